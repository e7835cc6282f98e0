//! `keyaki again`: an answer tells what it is an answer to, exactly enough to ask it once more.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, lines, out};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const READ: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
const WRITE: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]}"#;

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path: PathBuf = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Runs a command in JSON and keeps what it printed.
fn kept(folder: &Path, arguments: &[&str]) -> (String, Vec<Value>) {
    let output = keyaki(arguments);
    assert!(err(&output).is_empty(), "{}", err(&output));
    (file(folder, "answer.json", &out(&output)), lines(&output))
}

#[test]
fn every_kind_of_answer_is_asked_again() {
    let folder = TempDir::new().unwrap();
    let read = file(folder.path(), "read.json", READ);
    let write = file(folder.path(), "write.json", WRITE);
    let request = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"});
    let request = file(folder.path(), "request.json", &request.to_string());
    let policy = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let batch = [
        json!({"id": "a", "policies": policy(READ), "statement": {"Action": "s3:GetObject"}}),
        json!({"id": "b", "policies": policy(READ), "statement": {"Action": "s3:PutObject"}}),
    ];
    let batch: Vec<String> = batch.iter().map(Value::to_string).collect();
    let batch = file(folder.path(), "batch.jsonl", &batch.join("\n"));
    let claims = format!(
        "[[claim]]\nname = \"c\"\nclaim = \"never\"\npolicies = [{read:?}]\nstatement.Action = \"s3:PutObject\"\nexpect = \"holds\"\nwhy = \"\"\n"
    );
    let claims = file(folder.path(), "claims.toml", &claims);
    for (arguments, verdicts) in [
        (vec!["can", &read, "--action", "s3:PutObject", "--format", "json"], vec!["no"]),
        (vec!["can", &read, "--call", "s3:GetObject", "--format", "json"], vec!["yes"]),
        (vec!["compare", &read, &write, "--format", "json"], vec!["incomparable"]),
        (vec!["eval", &read, "--request", &request, "--format", "json"], vec!["allowed"]),
        (vec!["can", "--batch", &batch], vec!["yes", "no"]),
        (vec!["check", &claims, "--format", "json"], vec!["holds"]),
    ] {
        let (answer, _) = kept(folder.path(), &arguments);
        let again = keyaki(&["again", &answer, "--format", "json"]);
        let told = lines(&again);
        assert_eq!(code(&again), 0, "{arguments:?}: {}", err(&again));
        let was: Vec<&str> = told.iter().map(|line| line["was"].as_str().unwrap()).collect();
        assert_eq!(was, verdicts, "{arguments:?}");
        for line in told {
            assert_eq!((&line["same"], &line["changed"]), (&json!(true), &json!([])));
        }
    }
}

/// An unknown is never a good answer, however often it is given; and what has no word for what was
/// found is compared as a whole.
#[test]
fn the_same_unknown_is_3_and_findings_are_compared() {
    let folder = TempDir::new().unwrap();
    let read = file(folder.path(), "read.json", READ);
    let question = ["can", &read, "--timeout", "1e-9", "--format", "json"];
    let (answer, told) = kept(folder.path(), &question);
    assert_eq!(told[0]["answer"], "unknown");
    let again = keyaki(&["again", &answer]);
    assert_eq!(code(&again), 3, "{}", out(&again));
    let (answer, _) = kept(folder.path(), &["lint", &read, "--format", "json"]);
    assert_eq!(code(&keyaki(&["again", &answer])), 0);
    let other = fs::read_to_string(&answer).unwrap().replace("\"findings\":0", "\"findings\":1");
    fs::write(&answer, other).unwrap();
    let again = keyaki(&["again", &answer]);
    assert_eq!(code(&again), 1, "{}", out(&again));
}

#[test]
fn a_policy_that_changed_is_told() {
    let folder = TempDir::new().unwrap();
    let read = file(folder.path(), "read.json", READ);
    let question = ["can", &read, "--action", "s3:PutObject", "--format", "json"];
    let (answer, lines) = kept(folder.path(), &question);
    let sum: String = Sha256::digest(READ).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(lines[0]["question"]["policies"][0]["sha256"], sum.as_str());
    assert_eq!(lines[0]["question"]["shape"], json!({"Action": "s3:PutObject"}));
    // Another text that says the same.
    fs::write(&read, format!("{READ}\n")).unwrap();
    let again = keyaki(&["again", &answer]);
    assert_eq!(code(&again), 2, "{}", out(&again));
    assert!(out(&again).contains("has another text"), "{}", out(&again));
    assert_eq!(code(&keyaki(&["again", &answer, "--changed"])), 0);
    // Another text that says something else.
    fs::write(&read, WRITE).unwrap();
    assert_eq!(code(&keyaki(&["again", &answer])), 2);
    let again = keyaki(&["again", &answer, "--changed"]);
    assert_eq!(code(&again), 1);
    assert!(out(&again).contains("it was \"no\", and is \"yes\""), "{}", out(&again));
}

#[test]
fn what_is_no_answer_is_refused() {
    let folder = TempDir::new().unwrap();
    for (text, says) in [
        (READ, "has no answer with its question"),
        ("yes", "line 1, column 1: this is not an answer in JSON"),
        (r#"{"question": {"ask": "can"}}"#, "does not tell the command line"),
        (r#"{"question": {"arguments": ["cann"]}}"#, "is not understood"),
        (r#"{"question": {"arguments": ["again", "x"]}}"#, "is `keyaki again` itself"),
    ] {
        let answer = file(folder.path(), "answer.json", text);
        let again = keyaki(&["again", &answer]);
        assert_eq!(code(&again), 2, "{text}");
        assert!(err(&again).contains(says), "{}", err(&again));
    }
}
