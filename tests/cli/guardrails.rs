//! Guardrails that an organization enforces: what breaks, and which ways are left open.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use crate::support::command::{code, err, keyaki, lines, out};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:123456789012:guardrail/hu1dlsv9wy1d";

fn allow(actions: &[&str]) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

fn effective(enforcement: &Value) -> Value {
    let configuration =
        json!({"identifier": format!("{GUARDRAIL}:1"), "model_enforcement": enforcement});
    let content =
        json!({"bedrock": {"guardrail_inference": {"us-east-1": {"config_1": configuration}}}});
    json!({"EffectivePolicy": {"PolicyContent": content.to_string(), "PolicyType": "BEDROCK_POLICY", "TargetId": "111122223333"}})
}

fn guardrail_policy() -> Value {
    let member = json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}});
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "bedrock:ApplyGuardrail", "Resource": "*", "Condition": member});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// A folder with an effective policy, the policies of a principal and the policy of the guardrail.
fn folder(enforcement: &Value, identity: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let documents = [
        ("effective.json", effective(enforcement)),
        ("identity.json", identity.clone()),
        ("guardrail.json", guardrail_policy()),
    ];
    for (name, document) in documents {
        fs::write(folder.path().join(name), document.to_string()).unwrap();
    }
    folder
}

/// The exit code, the outcome, and which ways are open.
fn asked(folder: &TempDir, shared: bool, more: &[&str]) -> (i32, String, Vec<String>) {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (effective, identity, guardrail) =
        (path("effective.json"), path("identity.json"), path("guardrail.json"));
    let mut arguments = vec!["guardrails", &effective, &identity, "--format", "json"];
    if shared {
        arguments.extend(["--guardrail-policy", &guardrail]);
    }
    arguments.extend(more);
    let output = keyaki(&arguments);
    assert!(err(&output).is_empty(), "{}", err(&output));
    let lines = lines(&output);
    let open = lines
        .iter()
        .filter(|line| line["open"]["answer"] == "yes")
        .map(|line| line["way"].as_str().unwrap().to_owned())
        .collect();
    (code(&output), lines[0]["outcome"].as_str().unwrap().to_owned(), open)
}

/// Both the caller and the guardrail must allow it: each case with a twin of one word.
#[test]
fn inference_breaks_without_the_guardrail() {
    let (invoke, apply) = ("bedrock:InvokeModel*", "bedrock:ApplyGuardrail");
    for (actions, shared, more, expected) in [
        (&[invoke, apply][..], true, &[][..], "works"),
        (&[invoke], true, &[], "breaks"),
        (&[invoke, apply], false, &[], "breaks"),
        (&[apply], true, &[], "nothing"),
        // In the account that owns the guardrail no policy of the guardrail is needed.
        (&[invoke, apply], false, &["--account", "123456789012"], "works"),
        (&[invoke], false, &["--account", "123456789012"], "breaks"),
    ] {
        let (_, outcome, _) = asked(&folder(&json!({}), &allow(actions)), shared, more);
        assert_eq!(outcome, expected, "{actions:?} {shared} {more:?}");
    }
}

#[test]
fn ways_past_the_guardrail_are_told() {
    let here = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["bedrock:InvokeModel", "bedrock:ApplyGuardrail"], "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}]});
    assert_eq!(asked(&folder(&json!({}), &here), true, &[]), (0, "works".to_owned(), vec![]));
    let excluded =
        json!({"included_models": ["ALL"], "excluded_models": ["cohere.embed-english-v3"]});
    let (ending, _, open) = asked(&folder(&excluded, &here), true, &[]);
    assert_eq!(
        (ending, open),
        (1, vec!["a model that config_1 excludes, in us-east-1".to_owned()])
    );
    let (ending, outcome, open) =
        asked(&folder(&json!({}), &allow(&["bedrock:*", "bedrock-mantle:*"])), true, &[]);
    assert_eq!((ending, outcome.as_str(), open.len()), (1, "works", 3), "{open:?}");
    // Only models that are included are guarded, and one that is excluded is not, although it is
    // included.
    let one = |included: &str| json!({"included_models": [included], "excluded_models": ["cohere.embed-english-v3"]});
    let only = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"}]});
    assert_eq!(asked(&folder(&one("amazon.nova-pro-v1:0"), &only), true, &[]).1, "breaks");
    assert_eq!(asked(&folder(&one("amazon.nova-lite-v1:0"), &only), true, &[]).1, "nothing");
    assert_eq!(asked(&folder(&one("cohere.embed-english-v3"), &only), true, &[]).1, "nothing");
}

#[test]
fn answers_are_for_people_and_wrong_input_is_named() {
    let folder = folder(&json!({}), &allow(&["bedrock:InvokeModel"]));
    let path = |name: &str| folder.path().join(name).display().to_string();
    let human = keyaki(&["guardrails", &path("effective.json"), &path("identity.json")]);
    assert_eq!(code(&human), 1);
    for part in [
        "us-east-1, config_1: arn:aws:bedrock",
        "breaks: inference is allowed",
        "--guardrail-policy",
        "yes  inference in other Regions: ",
    ] {
        assert!(out(&human).contains(part), "{part}: {}", out(&human));
    }
    for (arguments, part) in [
        (vec![path("identity.json"), path("identity.json")], "bedrock.guardrail_inference"),
        (
            vec![
                path("effective.json"),
                path("identity.json"),
                "--resource-policy".to_owned(),
                path("guardrail.json"),
            ],
            "--guardrail-policy",
        ),
        (vec![path("effective.json")], "no policy given"),
        (vec![path("missing.json"), path("identity.json")], "cannot read"),
    ] {
        let words: Vec<&str> =
            ["guardrails"].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        let output = keyaki(&words);
        assert!(code(&output) == 2 && err(&output).contains(part), "{words:?}: {}", err(&output));
    }
}
