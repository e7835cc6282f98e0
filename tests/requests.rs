//! Reading and writing requests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use keyaki::diagnostic::Diagnostic;
use keyaki::json;
use keyaki::policy::ContextKey;
use keyaki::request::{self, ContextValue, Request, check_request};
use keyaki::source::Source;
use support::generate;

fn outcome(text: &str) -> request::ReadOutcome {
    request::read(&Source::new("request.json", text), &json::Limits::default())
}

fn read(text: &str) -> Request {
    let outcome = outcome(text);
    outcome.request.unwrap_or_else(|| panic!("{text}: {:?}", outcome.diagnostics))
}

fn shown(finding: &Diagnostic) -> String {
    let position = finding.position();
    let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{}:{} {} {}: {}{help}", position.line, position.column, finding.code, finding.route, finding.message)
}

#[test]
fn every_member_is_read() {
    let request = read(
        r#"{"principal": {"arn": "arn:aws:sts::1:assumed-role/app/s", "roleArn": "arn:aws:iam::1:role/p/app"}, "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k", "resourceAccount": "1", "principalInManagementAccount": true,
            "context": {"A:b": "x", "n": 1.50, "t": true, "l": ["p", 2, false], "e": []}}"#,
    );
    assert_eq!(request.principal.arn, "arn:aws:sts::1:assumed-role/app/s");
    assert_eq!(request.principal.role_arn.as_deref(), Some("arn:aws:iam::1:role/p/app"));
    assert_eq!((request.action.as_str(), request.resource.as_str()), ("s3:GetObject", "arn:aws:s3:::b/k"));
    assert_eq!(request.resource_account.as_deref(), Some("1"));
    assert!(request.principal_in_management_account);
    let single = |text: &str| ContextValue::Single(text.to_owned());
    let list = |texts: &[&str]| ContextValue::List(texts.iter().map(|&text| text.to_owned()).collect());
    let expected =
        [("a:B", single("x")), ("n", single("1.50")), ("t", single("true")), ("l", list(&["p", "2", "false"])), ("e", list(&[]))];
    assert_eq!(request.context.len(), expected.len());
    for (key, value) in expected {
        assert_eq!(request.context.get(&ContextKey::new(key)), Some(&value), "{key}");
    }
}

#[test]
fn only_principal_action_and_resource_are_needed() {
    let request = read(r#"{"principal": "anonymous", "action": "a:b", "resource": "*"}"#);
    assert_eq!((request.resource_account, request.principal_in_management_account, request.context.len()), (None, false, 0));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases: &[(&str, &[&str])] = &[
        ("[]", &["1:1 wrong-type : an object with `principal`, `action` and `resource` is expected here, not a list"]),
        (
            r#"{"principal": "p", "action": "a:b", "ressource": "*"}"#,
            &[
                "1:37 unknown-member ressource: a request has no member `ressource` here (did you mean `resource`?)",
                "1:1 missing-member : the member `resource` is missing (an action without a resource type is authorized on `*`)",
            ],
        ),
        (
            "{\"principal\": {\"arn\": 1},\n \"action\": [\"a:b\"], \"resource\": \"*\"}",
            &[
                "1:23 wrong-type principal.arn: a string is expected here, not a number",
                "2:12 wrong-type action: a string is expected here, not a list",
            ],
        ),
        (
            r#"{"principal": "p", "action": "a:b", "action": "a:c", "resource": "*", "context": {"k": null, "l": [[]], "m": "1", "M": "2"}}"#,
            &[
                "1:37 duplicate-member action: the member `action` occurs twice",
                "1:88 wrong-type context.k: a string, a number, a Boolean or a list of them is expected here, not `null` (leave a key out to say that it is absent)",
                "1:100 wrong-type context.l[0]: a string, a number, a Boolean or a list of them is expected here, not a list",
                "1:115 duplicate-member context.M: the condition key `M` occurs twice; case does not count",
            ],
        ),
        (
            r#"{"principal": "p", "action": "a:b", "resource": "*", "principalInManagementAccount": "yes", "resourceAccount": 5, "context": []}"#,
            &[
                "1:112 wrong-type resourceAccount: a string is expected here, not a number",
                "1:86 wrong-type principalInManagementAccount: `true` or `false` is expected here, not a string",
                "1:126 wrong-type context: an object of condition keys is expected here, not a list",
            ],
        ),
    ];
    for (text, expected) in cases {
        let outcome = outcome(text);
        assert!(outcome.request.is_none(), "{text}");
        assert_eq!(outcome.diagnostics.iter().map(shown).collect::<Vec<_>>(), *expected, "{text}");
    }
}

#[test]
fn a_written_request_is_read_back() {
    let mut rng = generate::rng(1);
    for _ in 0..500 {
        let mut request = generate::request(&mut rng, generate::Options::default());
        request.principal_in_management_account = request.context.len().is_multiple_of(2);
        request.resource_account = Some("111122223333".to_owned()).filter(|_| request.context.len().is_multiple_of(3));
        request.principal.role_arn =
            Some("arn:aws:iam::111122223333:role/p/app".to_owned()).filter(|_| request.context.len().is_multiple_of(5));
        let text = request.to_json().to_string();
        assert_eq!(read(&text), request, "{text}");
    }
}

#[test]
fn remarks() {
    let cases: &[(&str, &[&str])] = &[
        (
            r#"{"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
             "context": {"aws:TagKeys": ["a"], "aws:SourceIp": "::1", "aws:EpochTime": 1, "aws:CurrentTime": "2025-01-01", "x:y": ["", "z"]}}"#,
            &[],
        ),
        (
            r#"{"principal": "111122223333", "action": "GetObject", "resource": "arn:aws:s3", "context": {"aws:SourceIp": "1.2.3",
             "aws:TagKeys": "a", "aws:username": ["dev"], "aws:multifactorauthage": "old", "aws:SourceArn": "arn", "aws:CalledVia": []}}"#,
            &[
                "principal-shape",
                "action-shape",
                "resource-shape",
                "empty-list",
                "ill-typed-value",
                "ill-typed-value",
                "ill-typed-value",
                "list-key-single",
                "single-key-list",
            ],
        ),
        (
            r#"{"principal": {"arn": "arn:aws:sts::1:assumed-role/app/s", "roleArn": "arn:aws:iam::1:role/p/other"}, "action": "s3:Get*",
             "resource": "*"}"#,
            &["principal-role", "action-shape"],
        ),
        (
            r#"{"principal": {"arn": "arn:aws:sts::1:assumed-role/app/s", "roleArn": "arn:aws:iam::1:role/p/app"}, "action": "s3:", "resource": "*"}"#,
            &["action-shape"],
        ),
    ];
    for (text, expected) in cases {
        let warnings = check_request(&read(text));
        assert_eq!(warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), *expected, "{warnings:#?}");
    }
}
