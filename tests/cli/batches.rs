//! Batches as a protocol: whoever sends a line gets its answer before the next is sent.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out, without_arguments};
use serde_json::{Value, json};
use std::collections::BTreeSet;
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

/// What earlier lines said is known, the documents that were read and which questions say nothing:
/// each line has the answer that it has alone, places and messages too.
#[test]
fn a_line_is_answered_as_it_is_alone() {
    let document = |effect: &str| json!({"Version": "2012-10-17", "Statement": [{"Sid": "É", "Effect": effect, "Action": ["s3:Get*", "sts:AssumeRole"], "Resource": "*"}]});
    let (allow, deny, wrong) = (document("Allow"), document("Deny"), document("Permit"));
    let open = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]});
    let get = json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll/*"});
    let put = json!({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::payroll/*"});
    // No object is in a queue, and no identity-based policy lets in who does not sign.
    let nowhere =
        json!({"Action": "s3:PutObject", "Resource": "arn:aws:sqs:us-east-1:111122223333:q"});
    let nobody = json!({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::payroll/*", "Principal": "arn:aws:iam::111122223333:root"});
    let service = json!({"Action": "s3:PutObject", "Principal": {"Service": "ec2.amazonaws.com"}});
    let mut lines = Vec::new();
    for statement in [&get, &put, &nowhere, &nobody, &service] {
        for policies in [
            json!({"identity": [allow]}),
            json!({"identity": [allow, allow]}),
            json!({"identity": [{"name": "Reader", "document": allow}, deny]}),
            json!({"boundary": allow, "identity": [allow], "scp": [[allow]]}),
            json!({"resource": open}),
            json!({"identity": [allow], "resource": open}),
            json!({"identity": [allow, wrong]}),
            json!({"resource": allow}),
            allow.clone(),
        ] {
            let line = json!({"id": "x".repeat(lines.len() % 7), "policies": policies, "statement": statement});
            lines.push(line.to_string());
            let mut open = line;
            open["unknownActions"] = json!(true);
            lines.push(open.to_string());
        }
    }
    lines.push(lines[0].replace(r#"{"Sid""#, r#"  {"Sid""#));
    let arguments = ["can", "--batch", "-", "--engine", "finite"];
    let all = keyaki_with(&arguments, &lines.join("\n"));
    let answers = out(&all);
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), lines.len());
    let (mut codes, mut columns) = (BTreeSet::new(), BTreeSet::new());
    for (at, line) in lines.iter().enumerate() {
        let alone = keyaki_with(&arguments, &format!("{}{line}", "\n".repeat(at)));
        assert_eq!(out(&alone).trim_end(), answers[at], "{line}");
        let answer: Value = serde_json::from_str(answers[at]).unwrap();
        codes.insert(answer["vacuous"]["code"].to_string());
        codes.insert(answer["error"]["code"].to_string());
        columns.insert(answer["statements"][0]["column"].to_string());
    }
    for code in ["no-such-request", "out-of-reach", "invalid-effect"] {
        assert!(codes.contains(&format!("{code:?}")), "{codes:?}");
    }
    assert!(columns.len() > 5, "{columns:?}");
}
