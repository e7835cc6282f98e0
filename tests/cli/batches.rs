//! Batches as a protocol: whoever sends a line gets its answer before the next is sent.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out, without_arguments};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

fn allow(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

/// A line that every kind of batch reads.
fn line(id: usize) -> String {
    let request = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "*"});
    let policy = allow("s3:GetObject");
    json!({"id": id, "policies": policy, "request": request, "statement": {"Action": "s3:GetObject"}, "old": policy, "new": policy})
        .to_string()
}

#[test]
fn a_coprocess_gets_each_answer_before_it_sends_the_next_line() {
    for command in ["eval", "can", "compare"] {
        for threads in ["1", "3"] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_keyaki"))
                .args([command, "--batch", "-"])
                .env("RAYON_NUM_THREADS", threads)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let (mut input, mut output) =
                (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
            for id in 0..5 {
                writeln!(input, "{}", line(id)).unwrap();
                let mut answer = String::new();
                output.read_line(&mut answer).unwrap();
                assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["id"], id, "{command}");
            }
            drop(input);
            child.wait().unwrap();
        }
    }
}

#[test]
fn many_lines_are_answered_in_order() {
    let input: String = (0..300).map(|id| line(id) + "\n").collect();
    // From a file: who writes all of a large input before reading waits for ever, as with any
    // filter.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("batch.jsonl");
    std::fs::write(&path, input).unwrap();
    let output = keyaki(&["can", "--batch", path.to_str().unwrap()]);
    let ids: Vec<Value> = lines(&output).iter().map(|line| line["id"].clone()).collect();
    assert_eq!(ids, (0..300).map(Value::from).collect::<Vec<_>>());
    assert_eq!(code(&output), 1);
}

#[test]
fn an_error_has_the_number_of_its_line() {
    let long = format!("{{\"id\": \"{}\"}}", "x".repeat(5 << 20));
    let input = format!("{}\n\nnot json\n{long}\n{{\"id\": 7}}\n{}\n", line(1), line(2));
    for command in ["eval", "can", "compare"] {
        let output = keyaki_with(&[command, "--batch", "-"], &input);
        let answers = lines(&output);
        let numbers: Vec<Value> = answers.iter().map(|answer| answer["line"].clone()).collect();
        assert_eq!(numbers, [Value::Null, json!(3), json!(4), json!(5), Value::Null], "{command}");
        assert_eq!(answers[2]["error"]["code"], "document-too-large");
        assert_eq!((&answers[3]["id"], &answers[4]["id"]), (&json!(7), &json!(2)));
    }
}

#[cfg(unix)]
#[test]
fn endless_input_ends_with_an_error() {
    for command in ["eval", "can", "compare"] {
        let output = keyaki(&[command, "--batch", "/dev/zero"]);
        assert_eq!(lines(&output)[0]["line"], 1);
        assert!(
            code(&output) == 2 && err(&output).contains("line 1 does not end"),
            "{}",
            err(&output)
        );
    }
    let policy = "proofs/policies/S3-P16.json";
    for arguments in [
        &["can", "/dev/zero"][..],
        &["can", policy, "--statement", "@/dev/zero"],
        &["can", policy, "--catalogue", "/dev/zero"],
        &["can", policy, "--scp", "/dev/zero"],
        &["can", policy, "--call", "bedrock:InvokeModel", "--service-role", "/dev/zero"],
        &["eval", policy, "--request", "/dev/zero"],
        &["compare", policy, "/dev/zero"],
        &["check", "/dev/zero"],
        &["lint", "/dev/zero"],
        &["matrix", "/dev/zero"],
        &["validate", "/dev/zero"],
        &["catalogue", "--catalogue", "/dev/zero"],
    ] {
        let output = keyaki(arguments);
        assert!(
            code(&output) == 2 && err(&output).contains("`/dev/zero` is longer than 64 MiB"),
            "{arguments:?}: {}",
            err(&output)
        );
    }
}

#[test]
fn standard_input_is_read_once() {
    let (policy, text) = ("proofs/policies/S3-P16.json", allow("s3:*").to_string());
    for arguments in [
        &["can", "-", "-"][..],
        &["can", "-", "--statement", "@-"],
        &["can", "-", "--identity", "-"],
        &["can", "-", "--scp", "-"],
        &["can", policy, "--session", "-", "--session", "-"],
        &["can", "-", "--call", "bedrock:InvokeModel", "--service-role", "-"],
        &["can", "-", "--catalogue", "-"],
        &["eval", "-", "--request", "-"],
        &["compare", "-", "-"],
        &["compare", "-", policy, "--boundary", "-"],
        &["encode", "compare", "-", "-"],
        &["encode", "can", "-", "--statement", "@-"],
        &["lint", "-", "-"],
        &["validate", "-", "-"],
    ] {
        let output = keyaki_with(arguments, &text);
        let said = err(&output);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(said.contains("can be read once only"), "{arguments:?}: {said}");
    }
    let library = json!({"id": "a", "policy": allow("s3:*")}).to_string();
    assert!(err(&keyaki_with(&["matrix", "-", "-"], &library)).contains("can be read once only"));
    assert!(err(&keyaki_with(&["check", "-", "-"], "")).contains("can be read once only"));
}

#[test]
fn batches_are_json() {
    for command in ["eval", "can", "compare"] {
        let output = keyaki_with(&[command, "--batch", "-", "--format", "human"], &line(1));
        assert!(
            code(&output) == 2
                && out(&output).is_empty()
                && err(&output).contains("`--batch` prints JSON"),
            "{}",
            err(&output)
        );
        let told = keyaki_with(&[command, "--batch", "-", "--format", "json"], &line(1));
        let untold = keyaki_with(&[command, "--batch", "-"], &line(1));
        assert_eq!(without_arguments(&told), without_arguments(&untold));
    }
}
