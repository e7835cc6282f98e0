//! Files that commands are given in place of a policy, and folders of documents of mixed kinds.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use serde::Deserialize;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::Command;

const IDENTITY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#;
const BUCKET: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#;
const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
const TEMPLATE: &str = r#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"App": {"Type": "AWS::IAM::Role"}}}"#;

/// What `aws s3api get-bucket-policy` prints of a document.
fn wrapped(document: &str) -> String {
    format!("{:#}\n", json!({ "Policy": document }))
}

fn folder(files: &[(&str, &[u8])]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let path = folder.path().to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn validate_takes_a_folder_of_mixed_kinds() {
    let bucket = wrapped(BUCKET);
    let (_folder, path) = folder(&[
        ("app.json", IDENTITY.as_bytes()),
        ("bucket.json", bucket.as_bytes()),
        ("notes.txt", b"not looked at"),
        ("trust.json", TRUST.as_bytes()),
    ]);
    let output = keyaki(&["validate", &path]);
    assert_eq!((code(&output), err(&output)), (0, String::new()), "{}", out(&output));
    let valid: Vec<String> = out(&output)
        .lines()
        .filter(|line| line.contains(": valid as "))
        .map(|line| line.replace(&path, ""))
        .collect();
    assert_eq!(
        valid,
        [
            "/app.json: valid as an identity-based policy",
            "/bucket.json: valid as a resource-based policy",
            "/trust.json: valid as a role trust policy",
        ]
    );
    assert_eq!(out(&output).matches("`--kind` says what a document is").count(), 1);
    // One kind for all: the trust policy and the bucket policy are rejected.
    let forced = keyaki(&["validate", &path, "--kind", "identity"]);
    assert_eq!(code(&forced), 1);
    assert_eq!(out(&forced).matches("error[forbidden-element]").count(), 2, "{}", out(&forced));
    assert!(!out(&forced).contains("says what a document is"), "{}", out(&forced));
    // What only a trust policy shows needs no word about it.
    let trust = keyaki(&["validate", &format!("{path}/trust.json")]);
    assert_eq!(out(&trust), format!("{path}/trust.json: valid as a role trust policy\n"));
}

#[test]
fn one_file_that_is_no_policy_does_not_stop_the_others() {
    let broken = IDENTITY.replace("Allow", "Alow");
    let (_folder, path) = folder(&[
        ("a-template.json", TEMPLATE.as_bytes()),
        ("b-archive.json", &[0x1f, 0x8b, 8, 0]),
        ("c-broken.json", broken.as_bytes()),
        ("d-policy.json", IDENTITY.as_bytes()),
    ]);
    let missing = format!("{path}/none.json");
    let all = keyaki(&["validate", &missing, &path]);
    assert_eq!(code(&all), 2, "what is not a policy outweighs what is invalid");
    assert!(err(&all).contains("cannot read") && err(&all).contains("none.json"), "{}", err(&all));
    for said in [
        "error[cloudformation-template]",
        "error[compressed-file]: the file is compressed by gzip",
        "error[invalid-effect]",
        "d-policy.json: valid as an identity-based policy",
    ] {
        assert!(out(&all).contains(said), "{said}: {}", out(&all));
    }
    let told = lines(&keyaki(&["validate", &path, "--format", "json"]));
    let codes: Vec<&str> = told.iter().map(|line| line["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["cloudformation-template", "compressed-file", "invalid-effect"]);
    let one = |name: &str| code(&keyaki(&["validate", &format!("{path}/{name}")]));
    assert_eq!((one("a-template.json"), one("c-broken.json"), one("d-policy.json")), (2, 1, 0));

    let linted = keyaki(&["lint", &missing, &path, "--format", "json"]);
    assert_eq!(code(&linted), 2);
    let summary = lines(&linted).pop().unwrap();
    assert_eq!(summary["findings"], 0, "the one policy was linted: {}", out(&linted));
    for said in ["none.json", "cloudformation-template", "compressed-file", "invalid-effect"] {
        assert!(err(&linted).contains(said), "{said}: {}", err(&linted));
    }
    let set = r#"{"identity": []}"#;
    for command in ["validate", "lint"] {
        let output = keyaki_with(&[command, "-"], set);
        let told = out(&output) + &err(&output);
        assert_eq!(code(&output), 2, "{command}: a set is not a document");
        assert!(told.contains("error[set-of-policies]"), "{command}: {told}");
    }
    let none = keyaki(&["lint", &format!("{path}/a-template.json")]);
    assert_eq!((code(&none), out(&none)), (2, String::new()), "nothing was linted");
}

#[test]
fn a_folder_without_documents_is_wrong_input() {
    let (_folder, path) = folder(&[("policy.yaml", b"Version: x")]);
    for command in ["validate", "lint"] {
        let output = keyaki(&[command, &path, "proofs/policies/S3-P16.json"]);
        assert_eq!(code(&output), 2, "{command}");
        assert!(
            err(&output).contains("no `*.json` and no template in the folder"),
            "{}",
            err(&output)
        );
        assert!(!out(&output).is_empty(), "{command}: the other file was read");
    }
}

#[test]
fn lint_says_what_it_takes_a_document_for() {
    let mut misspelt = BUCKET.replace("s3:GetObject", "s3:GetObjct");
    misspelt = wrapped(&misspelt);
    let output = keyaki_with(&["lint", "-", "proofs/policies/S0-P1.json"], &misspelt);
    assert!(
        err(&output)
            .contains("read from `Policy` of output like that of `aws s3api get-bucket-policy`")
    );
    assert!(
        err(&output).contains("S0-P1.json: read as a role trust policy; `--kind` says another")
    );
    // The place is that in the text inside the text.
    let place = out(&output).lines().next().unwrap().to_owned();
    let column = misspelt.lines().nth(1).unwrap().find("\\\"s3:GetObjct").unwrap() + 1;
    assert!(
        place.starts_with(&format!("standard input:2:{column}: error[unknown-action]")),
        "{place}"
    );
    assert!(place.ends_with("(Policy.Statement[0].Action)"), "{place}");
}

#[test]
fn output_of_aws_is_a_policy_for_questions() {
    let (_folder, path) = folder(&[
        ("bucket.json", wrapped(BUCKET).as_bytes()),
        (
            "version.json",
            format!(r#"{{"PolicyVersion": {{"VersionId": "v1", "Document": {IDENTITY}}}}}"#)
                .as_bytes(),
        ),
    ]);
    let [bucket, version] = ["bucket.json", "version.json"].map(|name| format!("{path}/{name}"));
    let can = keyaki(&["can", &version, "--action", "s3:GetObject"]);
    assert_eq!(code(&can), 1, "{}", err(&can));
    assert!(err(&can).contains("read from `PolicyVersion.Document`"), "{}", err(&can));
    let shared = keyaki(&["can", "--resource-policy", &bucket, "--action", "s3:GetObject"]);
    assert_eq!(code(&shared), 1, "{}", err(&shared));
    // A statement stands where its text does.
    let told = keyaki(&["can", "--resource-policy", &bucket, "--format", "json"]);
    let statement = &lines(&told)[0]["statements"][0];
    let column = wrapped(BUCKET).lines().nth(1).unwrap().find(r#"{\"Effect"#).unwrap() + 1;
    assert_eq!((&statement["line"], &statement["column"]), (&json!(2), &json!(column)));
    let wrong = keyaki(&["can", &bucket, "--action", "s3:GetObject"]);
    assert_eq!(code(&wrong), 2);
    assert!(
        err(&wrong).contains("error[wrong-kind]")
            && err(&wrong).contains("`--resource-policy FILE`"),
        "{}",
        err(&wrong)
    );
    let same = keyaki(&["compare", &version, "-"]);
    assert_eq!(code(&same), 2, "an empty standard input: {}", out(&same));
    assert!(err(&same).contains("error[empty-file]"), "{}", err(&same));
    assert_eq!(code(&keyaki_with(&["compare", &version, "-"], IDENTITY)), 0);
    let claims = format!("{path}/claims.toml");
    let claim = |file: &str| {
        format!(
            "[[claim]]\nname = \"a\"\npolicies = [\"{file}\"]\nclaim = \"some\"\nstatement.Action = \"s3:GetObject\"\nexpect = \"holds\"\nwhy = \"reading\"\n"
        )
    };
    fs::write(&claims, claim("version.json")).unwrap();
    assert_eq!(code(&keyaki(&["check", &claims])), 0);
    fs::write(&claims, claim("bucket.json")).unwrap();
    assert!(err(&keyaki(&["check", &claims])).contains("error[wrong-kind]"));
}

#[test]
fn a_folder_is_not_a_policy() {
    let output = keyaki(&["can", "proofs/policies", "--action", "s3:GetObject"]);
    assert_eq!(code(&output), 2);
    assert_eq!(err(&output), "error: `proofs/policies` is a folder; name the files in it\n");
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    files: Vec<String>,
}

/// A help that tells a `jq` command tells one that works, and what comes out is read.
#[test]
fn the_commands_that_are_told_take_the_document_out() {
    let jq = Command::new("jq").arg("--version").output();
    if jq.is_err() && std::env::var_os("CI").is_none() {
        return;
    }
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/iam/files/other.toml");
    let cases: Cases = toml::from_str(&fs::read_to_string(cases).unwrap()).unwrap();
    let mut run = 0;
    for Case { id, files } in &cases.case {
        for file in files {
            let (folder, path) = folder(&[("policy.json", file.as_bytes())]);
            let told = keyaki(&["validate", &format!("{path}/policy.json")]);
            // The policies of plans, states and templates are read.
            if code(&told) != 2 {
                let read = ["terraform-plan", "terraform-state", "cloudformation-template"];
                assert!(read.iter().any(|kind| id.starts_with(kind)), "{id}");
                continue;
            }
            for command in out(&told)
                .split('`')
                .filter(|part| part.starts_with("jq ") && !part.contains("NAME"))
            {
                let done = Command::new("sh")
                    .args(["-c", command])
                    .current_dir(folder.path())
                    .status()
                    .unwrap();
                assert!(done.success(), "{id}: {command}");
                let taken = fs::read_to_string(folder.path().join("extracted.json")).unwrap();
                let opened = keyaki::input::open(
                    &keyaki::source::Source::new("extracted", taken.as_str()),
                    &keyaki::policy::read::ReadOptions::default(),
                );
                let value = opened.unwrap();
                assert!(value.value().is_ok(), "{id}: {command}: {taken}");
                run += 1;
            }
        }
    }
    assert!(run > 12, "only {run} commands were told");
}
