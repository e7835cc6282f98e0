//! Reading and writing requests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate;
use keyaki::finding::Finding;
use keyaki::json;
use keyaki::policy::ContextKey;
use keyaki::request::{self, ContextValue, Request, check_request};
use keyaki::source::Source;
use serde_json::{Value, json};

fn outcome(text: &str) -> request::ReadOutcome {
    request::read(&Source::new("request.json", text), &json::Limits::default())
}

fn read(text: &str) -> Request {
    let outcome = outcome(text);
    outcome.request.unwrap_or_else(|| panic!("{text}: {:?}", outcome.diagnostics))
}

fn shown(finding: &Finding) -> String {
    let position = finding.position();
    let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!(
        "{}:{} {} {}: {}{help}",
        position.line, position.column, finding.rule, finding.route, finding.message
    )
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
    assert_eq!(
        (request.action.as_str(), request.resource.as_str()),
        ("s3:GetObject", "arn:aws:s3:::b/k")
    );
    assert_eq!(request.resource_account.as_deref(), Some("1"));
    assert!(request.principal_in_management_account);
    let single = |text: &str| ContextValue::Single(text.to_owned());
    let list =
        |texts: &[&str]| ContextValue::List(texts.iter().map(|&text| text.to_owned()).collect());
    let expected = [
        ("a:B", single("x")),
        ("n", single("1.50")),
        ("t", single("true")),
        ("l", list(&["p", "2", "false"])),
        ("e", list(&[])),
    ];
    assert_eq!(request.context.len(), expected.len());
    for (key, value) in expected {
        assert_eq!(request.context.get(&ContextKey::new(key)), Some(&value), "{key}");
    }
}

#[test]
fn only_principal_action_and_resource_are_needed() {
    let request = read(r#"{"principal": "anonymous", "action": "a:b", "resource": "*"}"#);
    assert_eq!(
        (request.resource_account, request.principal_in_management_account, request.context.len()),
        (None, false, 0)
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases: &[(&str, &[&str])] = &[
        (
            "[]",
            &[
                "1:1 wrong-type : an object with `principal`, `action` and `resource` is expected here, not a list",
            ],
        ),
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

/// Beyond the bounds a text would be compared for hours, and a number until the stack is full.
#[test]
fn no_text_and_no_number_is_longer_than_its_bound() {
    let (long, digits) = ("x".repeat((1 << 16) + 1), "7".repeat(201));
    let text = |principal: &str, action: &str, key: &str, value: &str| {
        format!(
            r#"{{"principal": {principal}, "action": "{action}", "resource": "*", "context": {{"{key}": {value}}}}}"#
        )
    };
    let quoted = |text: &str| format!("\"{text}\"");
    let number = "this number has more digits than the limit, which is 200";
    let longer = "this text has 65537 bytes; the limit is 65536";
    for (text, route, message) in [
        (text(&quoted(&long), "a:b", "k", "1"), "principal", longer),
        (text(&format!(r#"{{"arn": "{long}"}}"#), "a:b", "k", "1"), "principal.arn", longer),
        (text("\"x\"", &long, "k", "1"), "action", longer),
        (text("\"x\"", "a:b", "k", &format!("[\"{long}\"]")), "context.k[0]", longer),
        (text("\"x\"", "a:b", "k", &digits), "context.k", number),
        (text("\"x\"", "a:b", "k", &quoted(&format!("-1.{digits}"))), "context.k", number),
        (
            text("\"x\"", "a:b", "k", &quoted(&format!("1970-01-01T00:00:01.{digits}Z"))),
            "context.k",
            number,
        ),
    ] {
        let outcome = outcome(&text);
        assert!(outcome.request.is_none());
        let found: Vec<_> = outcome
            .diagnostics
            .iter()
            .map(|one| (one.rule, one.route.as_str(), one.message.as_str()))
            .collect();
        assert_eq!(found, [("text-too-long", route, message)]);
    }
    assert!(outcome(&text("\"x\"", "a:b", &long, "1")).request.is_none());
    let most = outcome(&text(&quoted(&long[1..]), "a:b", "k", &digits[1..])).request.unwrap();
    assert_eq!(most.context[&ContextKey::new("k")], ContextValue::Single(digits[1..].to_owned()));
}

/// The route of a finding is written for the finding alone, and findings are as many as anybody
/// reads.
#[test]
fn long_names_over_long_lists_take_no_time_to_speak_of() {
    let (name, values) = ("k".repeat(1 << 16), vec!["null"; 1 << 19].join(","));
    let outcome = outcome(&format!(
        r#"{{"principal": "x", "action": "a:b", "resource": "*", "context": {{"{name}": [{values}]}}}}"#
    ));
    assert!(outcome.request.is_none());
    assert_eq!(outcome.diagnostics.len(), 1_000);
    assert!(outcome.diagnostics.iter().all(|finding| finding.route.len() < 300));
}

#[test]
fn a_written_request_is_read_back() {
    let mut rng = generate::rng(1);
    for _ in 0..500 {
        let mut request = generate::request(&mut rng, generate::Options::default());
        request.principal_in_management_account = request.context.len().is_multiple_of(2);
        request.resource_account =
            Some("111122223333".to_owned()).filter(|_| request.context.len().is_multiple_of(3));
        request.principal.role_arn = Some("arn:aws:iam::111122223333:role/p/app".to_owned())
            .filter(|_| request.context.len().is_multiple_of(5));
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
            r#"{"principal": {"arn": "arn:aws:sts::111122223333:assumed-role/app/s", "roleArn": "arn:aws:iam::111122223333:role/p/other"}, "action": "s3:Get*",
             "resource": "*"}"#,
            &["principal-role", "action-shape"],
        ),
        (
            r#"{"principal": {"arn": "arn:aws:sts::111122223333:assumed-role/app/s", "roleArn": "arn:aws:iam::111122223333:role/p/app"}, "action": "s3:", "resource": "*"}"#,
            &["action-shape"],
        ),
        (
            r#"{"principal": {"arn": "arn:aws:sts::1:assumed-role/app/s", "roleArn": "arn:aws:iam::1:role/p/app"}, "action": "s3:GetObject",
             "resource": "arn:aws:s3:::b/k", "resourceAccount": "2"}"#,
            &["placeholder-account", "placeholder-account"],
        ),
    ];
    for (text, expected) in cases {
        let warnings = check_request(&read(text));
        assert_eq!(
            warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(),
            *expected,
            "{warnings:#?}"
        );
    }
}

const USER: &str = "arn:aws:iam::111122223333:user/eng/dev";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/s1";
const ROLE: &str = "arn:aws:iam::111122223333:role/team/app";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/dev";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const SERVICE: &str = "bedrock.amazonaws.com";

/// The codes of the remarks about `s3:GetObject` on an object, with these members.
fn remarks_on(principal: &Value, members: &Value) -> Vec<&'static str> {
    let mut request =
        json!({"principal": principal, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"});
    request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    check_request(&read(&request.to_string())).into_iter().map(|warning| warning.code).collect()
}

/// A caller, a key about it, the code of the remark, values that the key can have and others that
/// it cannot.
type About = (Value, &'static str, &'static str, Vec<Value>, Vec<Value>);

/// What of each kind of caller the keys about it hold (SEMANTICS 5.1), and what contradicts it.
#[test]
fn keys_about_the_caller() {
    let role_id = "AROA1111111111111111";
    let cases: Vec<About> = vec![
        (
            json!(USER),
            "aws:PrincipalAccount",
            "principal-account",
            vec![json!("111122223333")],
            vec![json!("444455556666")],
        ),
        (
            json!(SESSION),
            "AWS:principalaccount",
            "principal-account",
            vec![json!("111122223333")],
            vec![json!("444455556666")],
        ),
        (
            json!("anonymous"),
            "aws:PrincipalAccount",
            "principal-account",
            vec![json!("anonymous")],
            vec![json!("111122223333")],
        ),
        (
            json!(SERVICE),
            "aws:PrincipalAccount",
            "principal-account",
            vec![json!("111122223333")],
            vec![],
        ),
        (
            json!(USER),
            "aws:PrincipalArn",
            "principal-arn",
            vec![json!(USER)],
            vec![json!("arn:aws:iam::111122223333:user/dev")],
        ),
        (
            json!(FEDERATED),
            "aws:PrincipalArn",
            "principal-arn",
            vec![json!(FEDERATED)],
            vec![json!(USER)],
        ),
        (json!(ROOT), "aws:PrincipalArn", "principal-arn", vec![json!(ROOT)], vec![json!(USER)]),
        (
            json!(SESSION),
            "aws:PrincipalArn",
            "principal-arn",
            vec![json!(ROLE), json!("arn:aws:iam::111122223333:role/app")],
            vec![
                json!(SESSION),
                json!("arn:aws:iam::444455556666:role/app"),
                json!("arn:aws:iam::111122223333:role/other"),
                json!("arn:aws-cn:iam::111122223333:role/app"),
            ],
        ),
        (
            json!({"arn": SESSION, "roleArn": ROLE}),
            "aws:PrincipalArn",
            "principal-arn",
            vec![json!(ROLE)],
            vec![json!("arn:aws:iam::111122223333:role/app"), json!(SESSION)],
        ),
        (
            json!(ROLE),
            "aws:PrincipalArn",
            "principal-arn",
            vec![json!(ROLE)],
            vec![json!("arn:aws:iam::111122223333:role/app")],
        ),
        (json!("anonymous"), "aws:PrincipalArn", "principal-arn", vec![], vec![json!(USER)]),
        (
            json!(USER),
            "aws:PrincipalType",
            "principal-type",
            vec![json!("User")],
            vec![json!("AssumedRole"), json!("user")],
        ),
        (
            json!(SESSION),
            "aws:PrincipalType",
            "principal-type",
            vec![json!("AssumedRole")],
            vec![json!("User")],
        ),
        (
            json!(FEDERATED),
            "aws:PrincipalType",
            "principal-type",
            vec![json!("FederatedUser")],
            vec![json!("User")],
        ),
        (
            json!(ROOT),
            "aws:PrincipalType",
            "principal-type",
            vec![json!("Account")],
            vec![json!("Root")],
        ),
        (
            json!("anonymous"),
            "aws:PrincipalType",
            "principal-type",
            vec![json!("Anonymous")],
            vec![json!("User")],
        ),
        (
            json!(USER),
            "aws:userid",
            "userid",
            vec![json!("AIDA1111111111111111")],
            vec![json!("dev"), json!("AIDA11:s1"), json!(format!("{role_id}:s1"))],
        ),
        (
            json!(SESSION),
            "aws:userid",
            "userid",
            vec![json!(format!("{role_id}:s1"))],
            vec![json!(role_id), json!(format!("{role_id}:s2")), json!("AIDA1:s1")],
        ),
        (
            json!(ROLE),
            "aws:userid",
            "userid",
            vec![json!(format!("{role_id}:any"))],
            vec![json!(role_id)],
        ),
        (
            json!(FEDERATED),
            "aws:userid",
            "userid",
            vec![json!("111122223333:dev")],
            vec![json!("dev"), json!("444455556666:dev")],
        ),
        (
            json!(ROOT),
            "aws:userid",
            "userid",
            vec![json!("111122223333")],
            vec![json!("AIDA1111111111111111")],
        ),
        (
            json!("anonymous"),
            "aws:userid",
            "userid",
            vec![json!("anonymous")],
            vec![json!("AIDA1111111111111111")],
        ),
        (
            json!(USER),
            "aws:username",
            "username",
            vec![json!("dev")],
            vec![json!("eng/dev"), json!("eve")],
        ),
        (json!(SESSION), "aws:username", "username", vec![], vec![json!("dev")]),
        (json!(FEDERATED), "aws:username", "username", vec![], vec![json!("dev")]),
        (json!(ROOT), "aws:username", "username", vec![], vec![json!("root")]),
        (json!(SERVICE), "aws:username", "username", vec![], vec![json!("bedrock")]),
        (
            json!(USER),
            "aws:PrincipalIsAWSService",
            "principal-is-service",
            vec![json!("false"), json!("False")],
            vec![json!("true")],
        ),
        (
            json!(SERVICE),
            "aws:PrincipalIsAWSService",
            "principal-is-service",
            vec![json!("true")],
            vec![json!("false")],
        ),
        (
            json!("anonymous"),
            "aws:PrincipalIsAWSService",
            "principal-is-service",
            vec![],
            vec![json!("false")],
        ),
        (json!("nobody"), "aws:username", "username", vec![], vec![]),
    ];
    for (principal, key, code, possible, impossible) in cases {
        let known: Vec<_> = remarks_on(&principal, &json!({}));
        for (values, expected) in [(possible, vec![]), (impossible, vec![code])] {
            for value in values {
                let found = remarks_on(&principal, &json!({"context": {key: value}}));
                let found: Vec<_> =
                    found.into_iter().filter(|code| !known.contains(code)).collect();
                assert_eq!(found, expected, "{principal} {key} {value}");
            }
        }
    }
}

#[test]
fn other_contradictions() {
    let session = |role: &str| json!({"arn": SESSION, "roleArn": role});
    let federated = |user: &str| json!({"arn": FEDERATED, "userArn": user});
    let cases: Vec<(Value, Value, Vec<&str>)> = vec![
        (session(ROLE), json!({}), vec![]),
        (session("arn:aws:iam::444455556666:role/team/app"), json!({}), vec!["principal-role"]),
        (
            json!("arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s"),
            json!({}),
            vec!["service-linked-role"],
        ),
        (session("arn:aws-cn:iam::111122223333:role/app"), json!({}), vec!["principal-role"]),
        (session(USER), json!({}), vec!["principal-role"]),
        (json!({"arn": ROLE, "roleArn": ROLE}), json!({}), vec![]),
        (json!({"arn": USER, "roleArn": ROLE}), json!({}), vec!["principal-role"]),
        (federated(USER), json!({}), vec![]),
        (federated("arn:aws:iam::444455556666:user/eng/dev"), json!({}), vec!["principal-user"]),
        (federated(ROLE), json!({}), vec!["principal-user"]),
        (json!({"arn": SESSION, "userArn": USER}), json!({}), vec!["principal-user"]),
        (json!(USER), json!({"resource": "arn:aws-cn:s3:::b/k"}), vec!["partition"]),
        (json!(SERVICE), json!({"resource": "arn:aws-cn:s3:::b/k"}), vec![]),
        (
            json!(USER),
            json!({"resource": "arn:aws:sqs:us-east-1:111122223333:q", "resourceAccount": "111122223333"}),
            vec![],
        ),
        (
            json!(USER),
            json!({"resource": "arn:aws:sqs:us-east-1:111122223333:q", "resourceAccount": "444455556666"}),
            vec!["resource-owner"],
        ),
        (
            json!(USER),
            json!({"resource": "arn:aws:sns:us-east-1:aws:t", "resourceAccount": "444455556666"}),
            vec![],
        ),
        (
            json!(USER),
            json!({"resourceAccount": "444455556666", "context": {"aws:ResourceAccount": "444455556666"}}),
            vec![],
        ),
        (
            json!(USER),
            json!({"resourceAccount": "444455556666", "context": {"aws:ResourceAccount": "111122223333"}}),
            vec!["resource-owner"],
        ),
        (
            json!(USER),
            json!({"context": {"aws:ResourceAccount": "444455556666"}}),
            vec!["resource-owner"],
        ),
        (json!(SERVICE), json!({"context": {"aws:ResourceAccount": "444455556666"}}), vec![]),
        (json!(USER), json!({"context": {"aws:SourceIp": "203.0.113.1"}}), vec![]),
        (
            json!(USER),
            json!({"context": {"aws:SourceVpce": "vpce-1", "aws:VpcSourceIp": "10.0.0.1"}}),
            vec![],
        ),
        (
            json!(USER),
            json!({"context": {"aws:SourceIp": "203.0.113.1", "aws:SourceVpce": "vpce-1"}}),
            vec!["network-path"],
        ),
        (
            json!(USER),
            json!({"context": {"aws:SourceIp": "203.0.113.1", "aws:VpceAccount": "111122223333"}}),
            vec!["network-path"],
        ),
        (
            json!(USER),
            json!({"context": {"aws:SourceIp": "203.0.113.1", "aws:VpceOrgPaths": []}}),
            vec!["empty-list"],
        ),
    ];
    for (principal, members, expected) in cases {
        assert_eq!(remarks_on(&principal, &members), expected, "{principal} {members}");
    }
}

#[test]
fn words_of_contradictions() {
    let text = json!({"principal": SESSION, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
                      "context": {"aws:PrincipalAccount": "444455556666", "aws:username": "dev", "aws:ResourceAccount": "444455556666"}});
    let end = "so AWS could not send this request; it is evaluated as given";
    let expected = [
        format!(
            "context.aws:PrincipalAccount: `aws:PrincipalAccount` is `444455556666`, of the caller `{SESSION}` it is `111122223333`, {end}"
        ),
        "context.aws:ResourceAccount: `aws:ResourceAccount` is `444455556666`, the resource's owner is taken to be `111122223333`, \
         since nothing else says it; give `resourceAccount`"
            .to_owned(),
        format!("context.aws:username: `aws:username` is present, of the caller `{SESSION}` it is absent, {end}"),
    ];
    let found: Vec<_> =
        check_request(&read(&text.to_string())).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}
