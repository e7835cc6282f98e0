//! Whole reports as people read them, each of which somebody has read. `INSTA_UPDATE=always` writes
//! them anew; what changes is to be read.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use crate::support::command::{keyaki_with, out};
use serde_json::json;

/// What a command prints.
fn report(arguments: &[&str], input: &str) -> String {
    out(&keyaki_with(arguments, input))
}

/// A set with several layers, for `can --batch` no, for people a file.
fn layers() -> tempfile::NamedTempFile {
    let allow = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "Some", "Effect": "Allow", "Action": action, "Resource": "*"},
        ]})
    };
    let set =
        json!({"identity": [allow("s3:*")], "boundary": allow("ec2:*"), "scp": [[allow("*")]]});
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), set.to_string()).unwrap();
    file
}

const READER: &str = "proofs/policies/S1-P2.json";
const FULL: &str = "proofs/policies/S1-P1.json";

#[test]
fn a_request_that_is_allowed() {
    let shape = ["--action", "bedrock:DeleteInferenceProfile"];
    let arguments = [&["can", "proofs/policies/S0-P5.json"][..], &shape].concat();
    insta::assert_snapshot!(report(&arguments, ""));
}

#[test]
fn why_nothing_is_allowed() {
    let file = layers();
    let path = file.path().display().to_string();
    let text = report(&["can", "--policies", &path, "--action", "s3:GetObject", "--why"], "");
    insta::assert_snapshot!(text.replace(&path, "SET"));
}

/// Statements of named policies: of one layer, each alone; of one, together; of several layers; and
/// a layer that is not given.
#[test]
fn which_statements_stand_in_the_way() {
    let policy = |name: &str, statements: serde_json::Value| json!({"name": name, "Version": "2012-10-17", "Statement": statements});
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let deny = |sid: &str, action: &str| json!({"Sid": sid, "Effect": "Deny", "Action": action, "Resource": "*"});
    let set = json!({
        "identity": [policy("Admin", json!([all, deny("NoQueues", "sqs:SendMessage"), deny("NoMessages", "sqs:Send*")]))],
        "boundary": policy("Limit", json!([
            {"Sid": "Reads", "Effect": "Allow", "Action": ["s3:Get*", "sqs:*"], "Resource": "*"},
            {"Sid": "Home", "Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:eu-central-1:*:*"},
            deny("NoVersions", "s3:GetObjectVersion")])),
        "scp": [[policy("Root", json!([all]))], [policy("Unit", json!([{"Effect": "Allow", "NotAction": "sns:*", "Resource": "*"}]))]],
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), set.to_string()).unwrap();
    let path = file.path().display().to_string();
    for (name, shape) in [
        ("alone", ["--action", "s3:GetObjectVersion"].as_slice()),
        ("several_denies", &["--action", "sqs:SendMessage"]),
        (
            "several_layers",
            &[
                "--action",
                "sns:Publish",
                "--condition",
                "StringEquals aws:RequestedRegion us-east-1",
            ],
        ),
        (
            "not_given",
            &[
                "--action",
                "s3:GetObject",
                "--resource-account",
                "444455556666",
                "--account",
                "111122223333",
            ],
        ),
        (
            "no_policy",
            &["--action", "s3:GetObject", "--resource", "arn:aws:sqs:us-east-1:111122223333:q"],
        ),
    ] {
        let text = report(&[&["can", "--policies", &path, "--why"], shape].concat(), "");
        let text = text.split("requests considered").next().unwrap().to_owned();
        insta::assert_snapshot!(format!("in_the_way_{name}"), text.replace(&path, "SET"));
    }
    let old = policy("Old", json!([all, deny("NoQueues", "sqs:*")]));
    let lines = json!({"old": {"identity": [old], "boundary": set["boundary"]}, "new": {"identity": [policy("New", json!([{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]))], "boundary": set["boundary"]}});
    let answer = lines_of(&["compare", "--batch", "-", "--why"], &lines.to_string());
    let why = &answer["added"]["why"];
    assert_eq!(
        (
            why[0]["layer"].as_str(),
            why[0]["denies"][0]["sid"].as_str(),
            why[0]["denies"][0]["policy"].as_str()
        ),
        (Some("identity"), Some("NoQueues"), Some("Old"))
    );
    assert_eq!((why.as_array().unwrap().len(), &why[0]["silent"]), (1, &json!(false)));
}

fn lines_of(arguments: &[&str], input: &str) -> serde_json::Value {
    crate::support::command::lines(&keyaki_with(arguments, input)).remove(0)
}

#[test]
fn what_nobody_knows() {
    let arguments = ["can", FULL, "--action", "bedrock:*", "--timeout", "0.000001"];
    insta::assert_snapshot!(report(&arguments, ""));
}

#[test]
fn a_narrower_policy_and_why() {
    insta::assert_snapshot!(report(&["compare", FULL, READER, "--why"], ""));
}

#[test]
fn a_call_by_every_path() {
    let filters = ["--where", "Region=eu-central-1", "--where", "Path=direct"];
    let call = ["can", FULL, "--call", "bedrock:InvokeModel", "--paths", "all"];
    insta::assert_snapshot!(report(&[&call[..], &filters].concat(), ""));
}

#[test]
fn why_no_call_is_allowed() {
    let policy =
        |statements: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let grant = |action: &str, name: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:{action}", "Resource": "*", "Condition": {{"StringEquals": {{"aws:username": "{name}"}}}}}}"#
        )
    };
    let deny = r#"{"Sid": "NoCopies", "Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::*/*"}"#;
    let denied = policy(&format!("{}, {deny}", grant("*", "ada")));
    let apart = policy(&format!("{}, {}", grant("GetObject", "ada"), grant("PutObject", "bob")));
    let both = policy(&format!("{}, {}", grant("GetObject", "ada"), grant("PutObject", "ada")));
    let folder = tempfile::tempdir().unwrap();
    let ask = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap().to_owned();
        let json = ["can", &path, "--call", "s3:CopyObject", "--why", "--format", "json"];
        let answer = lines_of(&json, "");
        let human = report(&["can", &path, "--call", "s3:CopyObject", "--why"], "");
        (answer, human)
    };
    let (answer, human) = ask("denied.json", &denied);
    let why = &answer["paths"][0]["why"];
    assert_eq!(answer["answer"], "no");
    assert_eq!((&why["authorization"], &why["who"]), (&json!(2), &json!("caller")), "{why}");
    assert_eq!(why["action"], "s3:PutObject");
    assert_eq!(why["why"][0]["denies"][0]["sid"], "NoCopies");
    assert!(human.contains("authorization 2 of 2, of the caller: s3:PutObject on arn:*:s3:::*/*"));
    assert!(human.contains("`NoCopies`"), "{human}");
    let (answer, human) = ask("apart.json", &apart);
    let why = &answer["paths"][0]["why"];
    assert_eq!((&why["onlyTogether"], &why["authorization"]), (&json!(true), &json!(null)));
    assert!(human.contains("each authorization could be allowed alone, but not all of them"));
    let (answer, human) = ask("both.json", &both);
    assert_eq!((&answer["answer"], &answer["paths"][0]["why"]), (&json!("yes"), &json!(null)));
    assert!(!human.contains("authorization could be"));
}

/// No policy of the caller helps where the path is not in the partitions that are asked about: that
/// is said, and not that authorizations exclude each other.
#[test]
fn why_a_path_elsewhere_is_refused() {
    let policies = ["can", "proofs/policies/S0-P2.json", "proofs/policies/S0-P3.json"];
    let call = ["--call", "bedrock:InvokeModel", "--why", "--format", "json"];
    let filters = ["--model-not-like", "*haiku*", "--where", "Path=profile:us-*"];
    let answer = lines_of(&[&policies[..], &call, &filters].concat(), "");
    let paths = answer["paths"].as_array().unwrap();
    let elsewhere = paths.iter().find(|path| path["id"] == "profile:us-gov").unwrap();
    let here = paths.iter().find(|path| path["id"] == "profile:us-2").unwrap();
    assert_eq!(here["why"]["why"][0]["silent"], true);
    let why = &elsewhere["why"];
    assert_eq!((&why["noPolicyHelps"], &why["onlyTogether"]), (&json!(true), &json!(false)));
}

#[test]
fn claims_that_hold_and_do_not() {
    insta::assert_snapshot!(report(&["check", "proofs/obligations/lambda.toml"], ""));
}

#[test]
fn what_has_no_effect() {
    insta::assert_snapshot!(report(&["lint", READER], ""));
}

#[test]
fn a_library() {
    insta::assert_snapshot!(report(&["matrix", FULL, READER], ""));
}

#[test]
fn a_request_that_is_denied() {
    let request = json!({
        "principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject",
        "resource": "arn:aws:s3:::example-bucket/a.txt", "context": {},
    });
    insta::assert_snapshot!(report(&["eval", FULL, "--request", "-"], &request.to_string()));
}

#[test]
fn a_document_that_is_rejected() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allowed", "Action": "s3:*", "Resource": "*", "Conditions": {}}
]}"#;
    insta::assert_snapshot!(report(&["validate", "-"], text));
}

#[test]
fn a_code() {
    insta::assert_snapshot!(report(&["explain", "F12"], ""));
}
