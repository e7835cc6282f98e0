//! Engines that contradict each other: every script in a file of its own, and the other questions
//! are answered.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, lines, out};
use crate::support::program;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs `keyaki ... --engine cross-check` in a folder, with a solver among the engines that finds
/// nothing satisfiable.
fn with_liar(folder: &Path, arguments: &[&str]) -> Output {
    let liar = folder.join("bin/z3");
    fs::create_dir_all(folder.join("bin")).unwrap();
    program::write(&liar, "#!/bin/sh\ncat >/dev/null\necho unsat\n");
    let path = format!("{}:/usr/bin:/bin", folder.join("bin").display());
    Command::new(env!("CARGO_BIN_EXE_keyaki"))
        .args(arguments)
        .args(["--engine", "cross-check"])
        .env("PATH", path)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn scripts(folder: &Path) -> usize {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("keyaki-disagreement-") && name.ends_with(".smt2")).count()
}

fn seed(name: &str) -> String {
    format!("{}/proofs/policies/{name}.json", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_disagreement_about_one_claim_leaves_the_others_decided() {
    let folder = tempfile::tempdir().unwrap();
    let claim = |name: &str, action: &str| {
        let policy = seed("S3-P16");
        format!(
            "[[claim]]\nname = \"{name}\"\npolicies = [\"{policy}\"]\nclaim = \"never\"\nstatement.Action = \"{action}\"\nexpect = \"holds\"\nwhy = \"w\"\n"
        )
    };
    let claims = [
        claim("a", "bedrock:InvokeModel"),
        claim("b", "iam:PassRole"),
        claim("c", "kms:DescribeKey"),
        claim("d", "ec2:RunInstances"),
    ];
    fs::write(folder.path().join("claims.toml"), claims.concat()).unwrap();
    let output = with_liar(folder.path(), &["check", "claims.toml", "--format", "json"]);
    let rows = lines(&output);
    assert_eq!((code(&output), rows.len()), (2, 4), "{}", err(&output));
    let failed: Vec<bool> = rows
        .iter()
        .map(|row| row["error"]["code"] == "internal-error" && row["verdict"].is_null())
        .collect();
    let decided = rows.iter().filter(|row| row["verdict"] == "holds").count();
    let wrong = failed.iter().filter(|failed| **failed).count();
    assert!(wrong >= 1 && decided >= 1 && wrong + decided == 4, "{}", out(&output));
    assert_eq!(scripts(folder.path()), wrong);
    let human = with_liar(folder.path(), &["check", "claims.toml"]);
    assert_eq!(code(&human), 2);
    assert!(
        out(&human).contains("FAIL error ")
            && out(&human).contains("internal error")
            && out(&human).contains(" hold, "),
        "{}",
        out(&human)
    );
    assert_eq!(scripts(folder.path()), 2 * wrong, "none is written over");
}

#[test]
fn batches_matrices_and_lint_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let policy: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(seed("S3-P16")).unwrap()).unwrap();
    let line = |id: usize, action: &str| {
        json!({"id": id, "policies": policy, "statement": {"Action": action}}).to_string()
    };
    let batch = [
        line(0, "bedrock:InvokeModel"),
        line(1, "ec2:RunInstances"),
        line(2, "bedrock:InvokeModel"),
    ]
    .join("\n");
    fs::write(folder.path().join("batch.jsonl"), batch).unwrap();
    let output = with_liar(folder.path(), &["can", "--batch", "batch.jsonl"]);
    let answers = lines(&output);
    assert_eq!((code(&output), answers.len(), &answers[1]["answer"]), (2, 3, &json!("no")));
    assert!(
        answers[0]["error"]["code"] == "internal-error"
            && answers[0]["error"] != answers[2]["error"],
        "{}",
        out(&output)
    );
    assert_eq!(scripts(folder.path()), 2);

    let output = with_liar(
        folder.path(),
        &["matrix", &seed("S1-P1"), &seed("S3-P16"), &seed("S2-P1"), "--format", "json"],
    );
    assert_eq!((code(&output), lines(&output).len()), (2, 4), "{}", err(&output));
    assert!(
        lines(&output)[0]["unknown"].as_u64().unwrap() > 0
            && err(&output).contains("internal error"),
        "{}",
        out(&output)
    );

    // Requests with such ids are none that lint guesses.
    let condition =
        json!({"StringLike": {"aws:userid": "AIDA?x*y"}, "StringNotLike": {"aws:userid": "*xy"}});
    let statement = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition});
    fs::write(
        folder.path().join("odd.json"),
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string(),
    )
    .unwrap();
    let output = with_liar(folder.path(), &["lint", "odd.json"]);
    assert_eq!(code(&output), 2, "{}{}", out(&output), err(&output));
    assert!(
        err(&output).contains("internal error") && out(&output).contains("undecided["),
        "{}{}",
        out(&output),
        err(&output)
    );
}
