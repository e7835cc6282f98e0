//! `keyaki paths` and `keyaki who-can --through-roles`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{code, err, keyaki, lines, out};
use serde_json::{Value, json};

const ESTATE: &str = "tests/cases/cli/estate.json";
const DEV: &str = "arn:aws:iam::111122223333:user/dev";
const GUEST: &str = "arn:aws:iam::111122223333:user/guest";
const BUILD: &str = "arn:aws:iam::111122223333:role/build";
const DEPLOY: &str = "arn:aws:iam::444455556666:role/deploy";
const VAULT: &str = "arn:aws:iam::444455556666:role/vault";

fn told(arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = keyaki(&[arguments, &["--format", "json"]].concat());
    (Some(code(&output)), lines(&output))
}

#[test]
fn a_chain_is_told_step_by_step() {
    let (code, lines) = told(&["paths", ESTATE, "--from", DEV, "--to", DEPLOY]);
    let [chain, summary] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(code, Some(1));
    assert_eq!(
        (&chain["from"], &chain["to"], &chain["answer"]),
        (&json!(DEV), &json!(DEPLOY), &json!("yes"))
    );
    let steps = chain["steps"].as_array().unwrap();
    let ends: Vec<_> = steps.iter().map(|step| (&step["from"], &step["to"])).collect();
    assert_eq!(ends, [(&json!(DEV), &json!(BUILD)), (&json!(BUILD), &json!(DEPLOY))]);
    assert_eq!(steps[0]["needs"], json!([{"key": "sts:ExternalId", "values": ["ci-42"]}]));
    assert_eq!(steps[0]["request"]["context"]["sts:ExternalId"], "ci-42");
    assert_eq!(summary["restsOn"], json!([]));
    let human = keyaki(&["paths", ESTATE, "--from", DEV, "--to", DEPLOY]);
    assert!(out(&human).contains("1. arn:aws:iam::111122223333:user/dev assumes"));
    assert!(out(&human).contains("  with sts:ExternalId = \"ci-42\""));
}

#[test]
fn chains_to_a_request_end_with_it() {
    let (code, lines) =
        told(&["paths", ESTATE, "--from", DEV, "--to-action", "s3:GetObject", "--all"]);
    assert_eq!((code, lines.len()), (Some(1), 3));
    assert_eq!((&lines[0]["to"], &lines[1]["to"]), (&json!(VAULT), &json!(DEPLOY)));
    let last = &lines[1]["steps"][2];
    assert_eq!((&last["to"], &last["request"]["action"]), (&Value::Null, &json!("s3:GetObject")));
    assert_eq!((&lines[2]["chains"], &lines[2]["limitReached"]), (&json!(2), &json!(false)));
    // The shape says more; the shape is a statement; no more than are wanted.
    let statement = r#"{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*"}"#;
    let flags = ["--to-action", "s3:GetObject", "-r", "arn:aws:s3:::other/*"];
    for shape in [&flags[..], &["--to-action", statement], &["--statement", statement]] {
        let (_, lines) = told(&[&["paths", ESTATE, "--from", DEV, "--all"], shape].concat());
        assert_eq!((lines.len(), &lines[0]["to"]), (2, &json!(VAULT)));
    }
    let (_, lines) = told(&["paths", ESTATE, "--from", DEV, "-a", "s3:*", "--all", "--limit", "1"]);
    assert_eq!((lines.len(), &lines[1]["limitReached"]), (2, &json!(true)));
}

#[test]
fn where_no_chain_leads_it_is_a_no() {
    for from in [GUEST, "anyAccount", "services", "identities", "anonymous"] {
        let (code, lines) = told(&["paths", ESTATE, "--from", from, "--to", VAULT]);
        assert_eq!(
            (code, &lines[0]["answer"], &lines[0]["steps"]),
            (Some(0), &json!("no"), &json!([]))
        );
        assert_eq!(lines[1]["asked"], lines[1]["refuted"]);
    }
    let (code, lines) =
        told(&["paths", ESTATE, "--from", DEV, "--to", VAULT, "--timeout", "0.000001"]);
    assert_eq!((code, &lines[0]["answer"]), (Some(3), &json!("unknown")));
    assert_eq!(lines[0]["reason"]["code"], "timeout");
    // Nothing of S3 is done with a role.
    let flags = ["--to-action", "s3:GetObject", "-r", BUILD];
    let (code, lines) = told(&[&["paths", ESTATE, "--from", DEV], &flags[..]].concat());
    assert_eq!((code, &lines[1]["vacuous"]["code"]), (Some(1), &json!("no-such-request")));
}

#[test]
fn names_have_to_be_there() {
    for (arguments, message) in [
        (
            &["--from", "arn:aws:iam::111122223333:user/dew", "--to", VAULT][..],
            "did you mean `arn:aws:iam::111122223333:user/dev`?",
        ),
        (
            &["--from", DEV, "--to", "arn:aws:iam::444455556666:role/vaul"],
            "did you mean `arn:aws:iam::444455556666:role/vault`?",
        ),
        (&["--from", DEV, "--to", GUEST], "the estate has no such role"),
        (
            &["--from", "dev", "--to", VAULT],
            "write the whole ARN: `arn:aws:iam::111122223333:user/dev`",
        ),
        (
            &["--from", DEV, "--to", "vault"],
            "write the whole ARN: `arn:aws:iam::444455556666:role/vault`",
        ),
        (&["--from", DEV], "a goal is missing"),
        (&["--from", DEV, "--to", VAULT, "--to-action", "s3:*"], "cannot be used with"),
        (&["--from", DEV, "--to", VAULT, "--limit", "3"], "--all"),
        (&["--from", DEV, "--to-action", "s3:GetObjct"], "s3:GetObjct"),
    ] {
        let output = keyaki(&[&["paths", ESTATE], arguments].concat());
        assert!(code(&output) == 2 && err(&output).contains(message), "{}", err(&output));
    }
}

#[test]
fn roles_that_can_say_who_reaches_them() {
    let shape = ["-a", "s3:GetObject", "-r", "arn:aws:s3:::logs/*"];
    let (code, lines) = told(&[&["who-can", ESTATE, "--through-roles"], &shape[..]].concat());
    assert_eq!(code, Some(1));
    let by = |name: &str| {
        let line = lines.iter().find(|line| line["principal"] == name).unwrap();
        line["reachedBy"].clone()
    };
    assert_eq!((by(DEPLOY), by(VAULT)), (json!([BUILD, DEV]), json!([DEV])));
    assert_eq!(by("arn:aws:iam::111122223333:root"), Value::Null);
    let human = keyaki(&[&["who-can", ESTATE, "--through-roles"], &shape[..]].concat());
    assert!(out(&human).contains(&format!("  reached by {BUILD}\n  reached by {DEV}\n")));
    let (_, lines) = told(&[&["who-can", ESTATE], &shape[..]].concat());
    assert!(lines.iter().all(|line| line.get("reachedBy").is_none_or(Value::is_null)));
}
