//! Hostile text in every place of every command: no report for people lets it steer the terminal or
//! write a line of its own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{err, out};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Ends a line, forges a verdict, clears the screen, reverses the text, and hides.
const HOSTILE: &str = "A\nno: forged\r\u{1b}[2J\u{9b}31m\u{7}\u{202e}\u{2066}\u{200f}\u{61c}\u{200b}\u{feff}\u{2028}\u{e0041}\u{ad}Z";

/// Beginnings of lines that only Keyaki may write.
const VERDICTS: &[&str] = &["no:", "yes:", "equivalent", "ok  ", "FAIL"];

fn check(what: &str, output: &Output) {
    for (stream, text) in [("output", out(output)), ("error", err(output))] {
        for (at, line) in text.split('\n').enumerate() {
            let raw = line.chars().find(|character| {
                character.is_control() || HOSTILE.contains(*character) && !character.is_ascii()
            });
            assert!(
                raw.is_none(),
                "{what}: {raw:?} in line {} of standard {stream}: {line:?}",
                at + 1
            );
            assert!(
                !line.trim_start().starts_with("no: forged"),
                "{what}: a forged line on standard {stream}:\n{text}"
            );
        }
    }
    let verdicts = out(output)
        .lines()
        .filter(|line| VERDICTS.iter().any(|verdict| line.starts_with(verdict)))
        .count();
    assert!(verdicts <= 2, "{what}: {}", out(output));
}

/// The document with escapes for what is not ASCII, which IAM does not accept as it is.
fn ascii(document: &Value) -> String {
    let escape = |character: char| match character.is_ascii() {
        true => character.to_string(),
        false => character
            .encode_utf16(&mut [0; 2])
            .iter()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect(),
    };
    document.to_string().chars().map(escape).collect()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_keyaki")).args(arguments).current_dir(folder).output().unwrap()
}

/// A policy that can be read, hostile wherever that leaves room.
fn readable() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": HOSTILE, "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:Referer": format!("{HOSTILE}*")}}},
            {"Sid": format!("B{HOSTILE}"), "Effect": "Deny", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::c/{HOSTILE}*"),
             "Condition": {"StringEquals": {format!("aws:PrincipalTag/t{HOSTILE}"): HOSTILE}}},
        ],
    })
}

/// Policies that are refused, each with hostile text where the refusal quotes it.
fn refused() -> Vec<Value> {
    let good = json!({"Sid": "a", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    let with = |member: &str, value: Value| {
        let mut statement = good.clone();
        statement[member] = value;
        json!({"Version": "2012-10-17", "Statement": [statement]})
    };
    vec![
        json!({"Version": HOSTILE, "Statement": [good]}),
        json!({"Version": "2012-10-17", "Statement": [good], HOSTILE: 1}),
        with(HOSTILE, json!(1)),
        with("Effect", json!(HOSTILE)),
        with("Action", json!(HOSTILE)),
        with("Action", json!(format!("s3:{HOSTILE}"))),
        with("Resource", json!(HOSTILE)),
        with("Principal", json!({"AWS": HOSTILE})),
        with("Principal", json!({HOSTILE: "*"})),
        with("Condition", json!({HOSTILE: {"aws:SourceIp": "a"}})),
        with("Condition", json!({"StringEquals": {HOSTILE: "a"}})),
        with("Condition", json!({"IpAddress": {"aws:SourceIp": HOSTILE}})),
        with("Condition", json!({"StringEquals": {"aws:userid": format!("${{{HOSTILE}}}")}})),
        json!(HOSTILE),
    ]
}

/// What file systems allow in a name.
fn hostile_name(extension: &str) -> String {
    format!("{}.{extension}", HOSTILE.replace('/', "_"))
}

#[cfg(unix)]
#[test]
fn no_command_lets_foreign_text_through() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let (policy, request, claims) =
        (hostile_name("json"), hostile_name("request"), hostile_name("toml"));
    write(&policy, &ascii(&readable()));
    write("other.json", &json!({"Version": "2012-10-17", "Statement": []}).to_string());
    let asked = json!({
        "principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": format!("arn:aws:s3:::b/{HOSTILE}"),
        "context": {format!("aws:PrincipalTag/t{HOSTILE}"): HOSTILE, "aws:TagKeys": [HOSTILE], "aws:Referer": HOSTILE},
    });
    write(&request, &asked.to_string());
    let text = |text: &str| toml::Value::from(text).to_string();
    let claim = format!(
        "[[claim]]\nname = {}\npolicies = [{}]\nclaim = \"never\"\nexpect = \"holds\"\nwhy = {}\n",
        text(HOSTILE),
        text(&policy),
        text(HOSTILE)
    );
    write(&claims, &claim);
    write("twice.toml", &format!("{claim}{claim}"));
    write("wrong.toml", &claim.replace("claim = \"never\"", &format!("claim = {}", text(HOSTILE))));
    let line = ascii(&json!({"id": HOSTILE, "policy": readable()}));
    write(
        "library.jsonl",
        &format!(
            "{line}\n{}\n",
            json!({"id": "other", "policy": {"Version": "2012-10-17", "Statement": []}})
        ),
    );
    write("twice.jsonl", &format!("{line}\n{line}\n"));
    let shape =
        json!({"Action": HOSTILE, "Condition": {"StringEquals": {"aws:PrincipalTag/x": HOSTILE}}})
            .to_string();
    let condition = format!("StringEquals aws:PrincipalTag/x '{HOSTILE}'");
    let variable = format!("Model={HOSTILE}");
    let commands: &[&[&str]] = &[
        &["eval", &policy, "--request", &request],
        &["can", &policy],
        &["can", &policy, "--why", "--stats"],
        &["can", &policy, "--requests", "any"],
        &["can", &policy, "--action", "iam:PassRole"],
        &["can", &policy, "--condition", &condition],
        &["can", &policy, "--statement", &shape],
        &["can", &policy, "--call", "bedrock:InvokeModel", "--where", &variable],
        &["can", &policy, "--call", HOSTILE],
        &["compare", &policy, "other.json"],
        &["compare", "other.json", &policy, "--why"],
        &["check", &claims],
        &["check", "twice.toml"],
        &["check", "wrong.toml"],
        &["matrix", "library.jsonl"],
        &["matrix", "twice.jsonl"],
        &["matrix", &policy, "other.json"],
        &["encode", "can", &policy],
        &["encode", "compare", &policy, "other.json"],
        &["validate", &policy],
        &["lint", &policy],
        &["lint", "--rule", HOSTILE, &policy],
        &["lint", "--explain", HOSTILE],
        &["lint", "--account", HOSTILE, &policy],
        &["catalogue", HOSTILE],
        &["catalogue", &format!("s3:{HOSTILE}")],
        &["can", HOSTILE],
        &["can", &policy, "--engine", HOSTILE],
        &["can", &policy, "--engine", &format!("smtlib:{HOSTILE}")],
        &["can", &policy, "--engine", &format!("smtlib:echo {HOSTILE}"), "--stats"],
        &["can", &policy, "--timeout", HOSTILE],
        &["can", &policy, "--no-assume", HOSTILE],
        &["can", &policy, "--catalogue", &policy],
        &["can", &policy, HOSTILE, "--format", HOSTILE],
        &[HOSTILE],
    ];
    for arguments in commands {
        check(&format!("{arguments:?}"), &run(folder.path(), arguments));
    }
    // The reports speak of what is hostile, and do not merely refuse it.
    for arguments in [
        &["can", &policy][..],
        &["eval", &policy, "--request", &request],
        &["compare", "other.json", &policy],
        &["check", &claims],
    ] {
        let text = out(&run(folder.path(), arguments));
        assert!(
            text.contains("A\\nno: forged") && text.contains("\\u{202e}"),
            "{arguments:?}: {text}"
        );
    }
    for (number, document) in refused().iter().enumerate() {
        for (kind, text) in [
            ("compact", ascii(document)),
            ("raw", document.to_string().replace("\\n", "\n").replace("\\u001b", "\u{1b}")),
        ] {
            write(&policy, &text);
            for command in ["validate", "can", "lint"] {
                check(
                    &format!("{command} of refused document {number}, {kind}"),
                    &run(folder.path(), &[command, &policy]),
                );
            }
        }
    }
}

#[test]
fn long_texts_are_shortened_for_people_and_whole_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    let sid = "S".repeat(50_000);
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]});
    fs::write(folder.path().join("p.json"), policy.to_string()).unwrap();
    let human = out(&run(folder.path(), &["can", "p.json"]));
    assert!(human.len() < 4_000 && human.contains("(49640 characters left out)"), "{human}");
    let answer: Value =
        serde_json::from_str(&out(&run(folder.path(), &["can", "p.json", "--format", "json"])))
            .unwrap();
    assert_eq!(answer["statements"][0]["sid"], sid);
}

#[test]
fn json_is_as_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.json"), ascii(&readable())).unwrap();
    let answer: Value =
        serde_json::from_str(&out(&run(folder.path(), &["can", "p.json", "--format", "json"])))
            .unwrap();
    assert_eq!(answer["statements"][0]["sid"], HOSTILE);
}
