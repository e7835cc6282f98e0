//! `keyaki again`: an answer tells what it is an answer to, exactly enough to ask it once more.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

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

/// A policy document that allows an action.
fn allows(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

/// An estate of two users, each with a file, of whom `ann` reads.
fn estate_of_two(folder: &Path) -> String {
    fs::create_dir(folder.join("estate")).unwrap();
    let user = |name: &str, action: &str| {
        let policy = json!({"name": "p", "document": allows(action)});
        let user =
            json!({"arn": format!("arn:aws:iam::111122223333:user/{name}"), "policies": [policy]});
        let accounts = json!({"111122223333": {"principals": true}});
        json!({"keyaki": "estate", "version": 1, "accounts": accounts, "users": [user]}).to_string()
    };
    file(folder, "estate/ann.json", &user("ann", "s3:GetObject"));
    file(folder, "estate/bob.json", &user("bob", "s3:PutObject"));
    let estate = folder.join("estate");
    estate.to_str().unwrap().to_owned()
}

/// Every question over an estate names its files, and is asked again.
#[test]
fn questions_over_an_estate_name_its_files() {
    let folder = TempDir::new().unwrap();
    let estate = estate_of_two(folder.path());
    let (ann, read) = ("arn:aws:iam::111122223333:user/ann", file(folder.path(), "r.json", READ));
    let request = json!({"principal": ann, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k",
        "resourceAccount": "111122223333"});
    let request = file(folder.path(), "request.json", &request.to_string());
    let claims = format!(
        "[[claim]]\nname = \"c\"\nclaim = \"only\"\nonly = [{ann:?}, \"root users\"]\nestate = {estate:?}\nstatement.Action = \"s3:GetObject\"\nexpect = \"holds\"\n"
    );
    let claims = file(folder.path(), "claims.toml", &claims);
    let sum = |name: &str| -> Value {
        let path = format!("{estate}/{name}");
        let digest = Sha256::digest(fs::read(&path).unwrap());
        let sum: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        json!({"file": path, "sha256": sum})
    };
    let files = json!([sum("ann.json"), sum("bob.json")]);
    for arguments in [
        vec!["who-can", &estate, "--action", "s3:GetObject"],
        vec!["paths", &estate, "--from", ann, "--to-action", "s3:GetObject"],
        vec!["can", "--estate", &estate, "--as", ann, "--action", "s3:GetObject"],
        vec!["compare", &read, &read, "--estate", &estate, "--as", ann],
        vec!["eval", "--estate", &estate, "--request", &request],
        vec!["check", &claims],
    ] {
        let output = keyaki(&[&arguments[..], &["--format", "json"]].concat());
        let told = lines(&output);
        let answer = told.last().unwrap_or_else(|| panic!("{arguments:?}: {}", err(&output)));
        assert_eq!(answer["question"]["estate"], files, "{arguments:?}");
        let kept = file(folder.path(), "kept.json", &out(&output));
        let again = keyaki(&["again", &kept, "--format", "json"]);
        assert_eq!(code(&again), 0, "{arguments:?}: {} {}", out(&again), err(&again));
        assert_eq!(lines(&again)[0]["changed"], json!([]));
    }
    let shown = out(&keyaki(&["who-can", &estate, "--action", "s3:GetObject"]));
    assert!(shown.contains(&format!("estate: {estate}/ann.json, SHA-256 ")), "{shown}");
}

/// A file that changed, came or went is told; who can is compared one by one.
#[test]
fn an_estate_that_changed_is_told() {
    let folder = TempDir::new().unwrap();
    let estate = estate_of_two(folder.path());
    let ask = ["who-can", &estate, "--action", "s3:GetObject", "--format", "json"];
    let kept = file(folder.path(), "kept.json", &out(&keyaki(&ask)));
    // As many can, and others.
    let (ann, bob) = (format!("{estate}/ann.json"), format!("{estate}/bob.json"));
    let swapped =
        |path: &str, from: &str, to: &str| fs::read_to_string(path).unwrap().replace(from, to);
    let (of_ann, of_bob) = (swapped(&ann, "Get", "Put"), swapped(&bob, "Put", "Get"));
    fs::write(&ann, of_ann).unwrap();
    fs::write(&bob, of_bob).unwrap();
    let again = keyaki(&["again", &kept]);
    assert_eq!(code(&again), 2, "{}", out(&again));
    assert!(out(&again).contains("bob.json` of the estate has another text"), "{}", out(&again));
    let again = keyaki(&["again", &kept, "--changed", "--format", "json"]);
    assert_eq!((code(&again), &lines(&again)[0]["same"]), (1, &json!(false)));
    fs::rename(&bob, format!("{estate}/eve.json")).unwrap();
    let again = out(&keyaki(&["again", &kept]));
    assert!(again.contains("bob.json` is not in the estate any more"), "{again}");
    assert!(again.contains("eve.json` is new in the estate"), "{again}");
}
