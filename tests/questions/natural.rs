//! What remains of a counterexample when it is simplified: actions that exist, resources that they
//! are authorized on and that a person would believe, keys that come with them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::{policy, request};
use keyaki::counterexample::{Vocabulary, simplify};
use keyaki::feasibility::violations;
use keyaki::policy::Kind;
use keyaki::request::Request;
use keyaki::semantics;
use keyaki::world::{Assumptions, ModelChoice, World};
use keyaki_engines::engine::Deadline;
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeSet;

/// Simplifies a request as a question about requests that can exist does, with one statement of an
/// identity-based policy.
fn natural(statement: &str, found: &str, world: World<'_>) -> Value {
    let document =
        format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {statement}}}}}"#);
    let policy = policy(&document);
    let vocabulary = Vocabulary::of([&policy], [], Some(world));
    let mentioned: BTreeSet<_> = policy.keys().collect();
    let tried = Cell::new(0);
    let holds = |request: &Request| {
        tried.set(tried.get() + 1);
        semantics::applies(&policy.statements[0], Kind::Identity, request)
            && violations(request, &mentioned, &world).is_empty()
    };
    // A user with an odd name in an odd account.
    let original =
        request(&format!(r#"{{"principal": "arn:aws:iam::000000000000:user/Q", {found}}}"#));
    assert!(holds(&original), "{found}: {:?}", violations(&original, &mentioned, &world));
    let simple = simplify(original, &vocabulary, &holds, &Deadline::never()).to_json();
    assert!(tried.get() < 600, "{} requests tried for {statement}", tried.get());
    simple
}

fn embedded() -> World<'static> {
    World::embedded().unwrap()
}

/// Statement, what the solver found, and what a person reads: action, resource, keys of the context
/// with their values.
const NATURAL: &[(&str, &str, &str, &str, &str)] = &[
    (
        r#""Action": "*", "Resource": "*""#,
        r#""action": "a4b:aPPROVEsKILL", "resource": "*""#,
        "bedrock:InvokeModel",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5",
        "{}",
    ),
    (
        r#""Action": "BEDROCK:get*", "Resource": "*""#,
        r#""action": "bedrock:gETfLOWaLIAS", "resource": "arn:aws:bedrock:us-east-1:000000000000:flow/q/alias/q""#,
        "bedrock:GetFoundationModel",
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5",
        "{}",
    ),
    (
        r#""Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/meta.*""#,
        r#""action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:xx-x-1::foundation-model/meta.""#,
        "bedrock:InvokeModel",
        "arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-3-70b-instruct-v1:0",
        "{}",
    ),
    (
        r#""Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:eu-*::foundation-model/*haiku*""#,
        r#""action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:eu-x-1::foundation-model/haiku""#,
        "bedrock:InvokeModel",
        "arn:aws:bedrock:eu-west-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
        "{}",
    ),
    (
        r#""Action": "bedrock:InvokeModel", "Resource": "*", "Condition": {"Null": {"aws:ResourceTag/team": "false"}}"#,
        r#""action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:xx-x-1:000000000000:project/q",
           "context": {"aws:ResourceTag/team": "q", "bedrock:ServiceTier": "flex"}"#,
        "bedrock:InvokeModel",
        "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123def456",
        r#"{"aws:ResourceTag/team": "example"}"#,
    ),
    (
        r#""Action": "s3:*", "Resource": "arn:aws:s3:::my-data*", "Condition": {"StringNotEquals": {"s3:prefix": "home"}}"#,
        r#""action": "s3:ListBucketVersions", "resource": "arn:aws:s3:::my-data", "context": {"s3:prefix": ""}"#,
        "s3:GetObject",
        "arn:aws:s3:::my-data-example-bucket/example.txt",
        "{}",
    ),
    (
        r#""Action": ["s3:*Bucket"], "Resource": "arn:aws:s3:::my-data", "Condition": {"StringEquals": {"s3:prefix": "home"}}"#,
        r#""action": "s3:lISTbUCKET", "resource": "arn:aws:s3:::my-data", "context": {"s3:prefix": "home"}"#,
        "s3:ListBucket",
        "arn:aws:s3:::my-data",
        r#"{"s3:prefix": "home"}"#,
    ),
    (
        r#""NotAction": "bedrock:*", "Resource": "*""#,
        r#""action": "a4b:ApproveSkill", "resource": "*""#,
        "s3:GetObject",
        "arn:aws:s3:::example-bucket/example.txt",
        "{}",
    ),
    (
        r#""Action": "iam:*", "NotResource": "arn:aws:iam::*:role/*""#,
        r#""action": "iam:UpdateUser", "resource": "arn:aws:iam::000000000000:user/Q/Q""#,
        "iam:CreateUser",
        "arn:aws:iam::111122223333:user/dev",
        "{}",
    ),
    (
        r#""Action": "ec2:Terminate*", "Resource": "*""#,
        r#""action": "ec2:TerminateClientVpnConnections", "resource": "arn:aws:ec2:xx-x-1:000000000000:client-vpn-endpoint/q""#,
        "ec2:TerminateInstances",
        "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0",
        "{}",
    ),
    (
        r#""Action": "kms:CreateKey", "Resource": "*", "Condition": {"StringLike": {"aws:RequestTag/team": "*"}, "Null": {"aws:TagKeys": "false"}}"#,
        r#""action": "kms:CreateKey", "resource": "*", "context": {"aws:RequestTag/team": "q", "aws:TagKeys": ["team", "q"]}"#,
        "kms:CreateKey",
        "*",
        r#"{"aws:RequestTag/team": "example", "aws:TagKeys": ["team"]}"#,
    ),
    (
        r#""Action": "dynamodb:CreateTable", "Resource": "*", "Condition": {"StringNotLike": {"aws:RequestTag/team": "a*", "aws:ResourceTag/team": "a*",
           "aws:TagKeys": "a*"}}"#,
        r#""action": "dynamodb:CreateTable", "resource": "arn:aws:dynamodb:xx-x-1:000000000000:table/q",
           "context": {"aws:RequestTag/team": "q", "aws:ResourceTag/team": "q", "aws:TagKeys": ["team"]}"#,
        "dynamodb:CreateTable",
        "arn:aws:dynamodb:us-east-1:111122223333:table/example",
        "{}",
    ),
];

#[test]
fn what_remains_exists_and_is_known() {
    for (statement, found, action, resource, context) in NATURAL {
        let simple = natural(statement, found, embedded());
        assert_eq!(
            (&simple["action"], &simple["resource"]),
            (&json!(action), &json!(resource)),
            "{statement}"
        );
        let expected: Value = serde_json::from_str(context).unwrap();
        assert_eq!(simple.get("context").unwrap_or(&json!({})), &expected, "{statement}");
        assert_eq!(simple["principal"], "arn:aws:iam::111122223333:user/dev");
        assert_eq!(simple, natural(statement, found, embedded()), "the same twice");
    }
}

#[test]
fn actions_of_tomorrow_remain_only_where_nothing_else_will_do() {
    let world = World { unknown_actions: true, ..embedded() };
    let found =
        r#""action": "bedrock:Zz9", "resource": "arn:aws:q:::q", "context": {"bedrock:None": "q"}"#;
    let simple = natural(r#""Action": ["bedrock:Zz*", "s3:*"], "Resource": "*""#, found, world);
    assert_eq!((&simple["action"], &simple["context"]), (&json!("s3:GetObject"), &json!({})));
    let simple = natural(r#""Action": "bedrock:Zz*", "Resource": "*""#, found, world);
    assert_eq!(simple["action"], "bedrock:Zz9");
    let simple =
        natural(r#""Action": ["bedrock:Zz*", "bedrock:Zza"], "Resource": "*""#, found, world);
    assert_eq!((&simple["action"], &simple["context"]), (&json!("bedrock:Zza"), &json!({})));
}

#[test]
fn keys_follow_what_is_assumed() {
    let statement = r#""Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:ResourceTag/team": "*"}}"#;
    let found = r#""action": "bedrock:GetAgent", "resource": "arn:aws:bedrock:xx-x-1:000000000000:agent/q",
        "context": {"aws:ResourceTag/team": "q"}"#;
    let simple = natural(statement, found, embedded());
    assert_eq!(
        simple["resource"],
        "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123def456"
    );
    let world = World { assumptions: Assumptions::all().without(ModelChoice::F13), ..embedded() };
    let simple = natural(statement, found, world);
    assert_eq!(
        simple["resource"],
        "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5"
    );
    assert_eq!(simple["context"], json!({"aws:ResourceTag/team": "example"}));
}

#[test]
fn what_is_proposed_is_feasible() {
    let statement = policy(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:get*", "S3:GETOBJECTACL", "nobody:X", "ec2:None", "ec2:Terminate*"],
            "Resource": ["arn:aws:s3:::data-*", "arn:aws:s3:*:444455556666:accesspoint/p/*", "arn:aws:ec2:eu-*:*:instance/*", "arn:*:kms:*"]}}"#,
    );
    let vocabulary = Vocabulary::of([&statement], [], Some(embedded()));
    let actions: Vec<String> = vocabulary.actions().collect();
    assert_eq!(actions[0], "bedrock:InvokeModel");
    let place = |name: &str| actions.iter().position(|action| action == name).unwrap();
    assert!(place("s3:GetObjectAcl") < place("ec2:TerminateInstances"), "{actions:?}");
    assert!(!actions.iter().any(|action| ["nobody:X", "ec2:None"].contains(&action.as_str())));
    for action in &actions {
        let near = vocabulary.near("*");
        for resource in vocabulary.resources_of(action, &near).unwrap() {
            let one =
                request(&json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": action, "resource": resource}).to_string());
            assert_eq!(violations(&one, &BTreeSet::new(), &embedded()), [], "{action} {resource}");
        }
    }
    let of = |action| vocabulary.resources_of(action, &[]).map(Iterator::collect::<Vec<_>>);
    let objects = of("s3:GetObject").unwrap();
    let expected = [
        "arn:aws:s3:::example-bucket/example.txt",
        "arn:aws:s3:::data-example-bucket/example.txt",
        "arn:aws:s3:us-east-1:111122223333:accesspoint/example/object/example.txt",
        "arn:aws:s3:us-east-1:444455556666:accesspoint/p/object/example.txt",
        "arn:aws:s3::111122223333:accesspoint/example/object/example.txt",
        "arn:aws:s3::444455556666:accesspoint/p/object/example.txt",
    ];
    assert_eq!(objects, expected);
    let instances = of("ec2:TerminateInstances").unwrap();
    let instance =
        |region: &str| format!("arn:aws:ec2:{region}:111122223333:instance/i-0123456789abcdef0");
    assert_eq!(instances, ["us-east-1", "eu-west-1"].map(instance));
    assert_eq!(of("nobody:X"), None);
    let any = Vocabulary::of([&statement], [], None);
    assert!(
        any.resources_of("s3:GetObject", &[]).is_none()
            && any.actions().any(|action| action == "nobody:X")
    );
}
