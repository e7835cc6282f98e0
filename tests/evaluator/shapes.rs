//! Shapes of requests: which callers a pattern takes in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::request;
use keyaki::input;
use keyaki::policy::read::ReadOptions;
use keyaki::semantics::matches_shape;
use keyaki::shape::Shape;
use keyaki::source::Source;
use serde_json::{Value, json};

fn shape(members: &Value) -> Shape {
    let source = Source::new("shape.json", members.to_string());
    let loaded = input::parse(&source, &ReadOptions::default())
        .and_then(|value| input::shape(&value, &source, &ReadOptions::default(), ""));
    loaded.unwrap_or_else(|findings| panic!("{members}\n{findings:#?}")).value
}

fn callers() -> Vec<(&'static str, Value)> {
    let role = "arn:aws:iam::111122223333:role/team/app";
    vec![
        ("user", json!("arn:aws:iam::111122223333:user/eng/dev")),
        (
            "session",
            json!({"arn": "arn:aws:sts::111122223333:assumed-role/app/s1", "roleArn": role}),
        ),
        ("role", json!(role)),
        (
            "federated",
            json!({"arn": "arn:aws:sts::111122223333:federated-user/dev", "userArn": "arn:aws:iam::111122223333:user/eng/dev"}),
        ),
        ("root", json!("arn:aws:iam::111122223333:root")),
        ("foreigner", json!("arn:aws:iam::444455556666:user/eng/dev")),
        ("service", json!("bedrock.amazonaws.com")),
        ("saml", json!("arn:aws:iam::111122223333:saml-provider/idp")),
        ("google", json!("accounts.google.com")),
        ("anonymous", json!("anonymous")),
        ("nobody", json!("111122223333")),
        ("group", json!("arn:aws:iam::111122223333:group/eng")),
    ]
}

fn taken(shape: &Shape) -> Vec<&'static str> {
    let asked = |principal: &Value| {
        request(
            &json!({"principal": principal, "action": "s3:GetObject", "resource": "*"}).to_string(),
        )
    };
    callers()
        .into_iter()
        .filter(|(_, principal)| matches_shape(shape, &asked(principal)))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn callers_of_patterns() {
    let all: Vec<_> = callers().into_iter().map(|(name, _)| name).collect();
    let cases: Vec<(Value, Vec<&str>)> = vec![
        (json!("*"), all),
        (json!([]), vec![]),
        (json!("111122223333"), vec!["user", "session", "role", "federated", "root"]),
        (json!("anonymous"), vec!["anonymous"]),
        (json!("arn:aws:iam::111122223333:user/*"), vec!["user", "federated"]),
        (json!("arn:aws:iam::*:user/eng/dev"), vec!["user", "federated", "foreigner"]),
        (json!("arn:aws:iam::*:user/ENG/dev"), vec![]),
        (json!("arn:*:iam::1111????3333:role/*"), vec!["session", "role"]),
        (json!("arn:aws:sts::*:assumed-role/app/*"), vec!["session"]),
        (json!("arn:aws:iam::111122223333:role/app"), vec!["session", "role"]),
        (json!("arn:aws:iam::111122223333:role/ap?"), vec![]),
        (json!("arn:aws:iam::*:root"), vec!["root"]),
        (
            json!("arn:aws:iam::*:*"),
            vec!["user", "session", "role", "federated", "root", "foreigner", "saml"],
        ),
        (json!("arn:aws:*:saml-provider/idp:::"), vec![]),
        (json!("*.amazonaws.com"), vec!["service"]),
        (json!("*.com"), vec!["service", "google"]),
        (json!("Bedrock.amazonaws.com"), vec![]),
        (json!(["anonymous", "accounts.google.com"]), vec!["google", "anonymous"]),
    ];
    for (patterns, expected) in cases {
        assert_eq!(taken(&shape(&json!({"Principal": patterns}))), expected, "{patterns}");
    }
}

#[test]
fn excluded_callers_and_the_statement() {
    let account = json!({"AWS": "111122223333"});
    let cases: Vec<(Value, Vec<&str>)> = vec![
        (
            json!({"Principal": account, "NotPrincipal": "arn:aws:iam::*:role/*"}),
            vec!["user", "federated", "root"],
        ),
        (
            json!({"NotPrincipal": ["*.com", "anonymous", account["AWS"], "arn:*:*:*:*:*"]}),
            vec!["nobody", "group"],
        ),
        (json!({"NotPrincipal": "*"}), vec![]),
        (json!({"Principal": account, "Action": "s3:Put*"}), vec![]),
        (
            json!({"Principal": "anonymous", "Action": "s3:Get*", "Resource": "*"}),
            vec!["anonymous"],
        ),
        (json!({"Principal": "anonymous", "Resource": "arn:aws:s3:::b/*"}), vec![]),
        (
            json!({"Principal": "anonymous", "Condition": {"Null": {"aws:SourceIp": "false"}}}),
            vec![],
        ),
    ];
    for (members, expected) in cases {
        assert_eq!(taken(&shape(&members)), expected, "{members}");
    }
}

/// Findings of a shape, as code and route.
fn refused(members: &Value) -> Vec<(&'static str, String)> {
    let source = Source::new("shape.json", members.to_string());
    let read = input::parse(&source, &ReadOptions::default())
        .and_then(|value| input::shape(&value, &source, &ReadOptions::default(), ""));
    read.unwrap_err().into_iter().map(|finding| (finding.rule, finding.route)).collect()
}

#[test]
fn patterns_of_callers_are_bounded_as_those_of_policies_are() {
    let (long, wild) =
        ("x".repeat((1 << 16) + 1), format!("arn:aws:iam::*:role/{}", "a*".repeat(1_000)));
    for (members, code, route) in [
        (json!({"Principal": [long]}), "text-too-long", "Principal"),
        (json!({"NotPrincipal": {"AWS": ["*", wild]}}), "too-many-wildcards", "NotPrincipal.AWS"),
        (json!({"Principal": ["*", "nobody"]}), "invalid-principal", "Principal"),
        (json!({"Principal": {"AWS": 1}}), "wrong-type", "Principal.AWS"),
    ] {
        assert_eq!(refused(&members), [(code, route.to_owned())]);
    }
}

/// The route of a finding is written for the finding alone, and findings are as many as anybody
/// reads.
#[test]
fn long_names_over_long_lists_take_no_time_to_speak_of() {
    let found = refused(&json!({"Principal": {"k".repeat(1 << 20): vec![1; 1 << 19]}}));
    assert_eq!(found.len(), 1_000);
    assert!(found.iter().all(|(_, route)| route.len() < 300));
}
