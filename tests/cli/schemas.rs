//! Answers in JSON: every form is published, every answer has its form, every code is explained,
//! and the form of before is still to be had.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use crate::support::command::{self, code, keyaki, keyaki_with, lines, out};
use jsonschema::Validator;
use keyaki_reports::schemas::schemas;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Questions of every command, with the names of the forms that their lines have, and their
/// standard input.
fn questions() -> Vec<(Vec<&'static str>, String)> {
    let all = "proofs/policies/context/allow-all.json";
    let haiku = "proofs/policies/S0-P5.json";
    let odd = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"NumericEquals": {"foo:bar": "1"}, "StringLike": {"foo:baz": "a"}}},
        {"Effect": "Allow", "Action": ["s3:GetObjct", "nosuch:Thing"], "Resource": "*"},
    ]});
    let request = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", "context": {}});
    let shared = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "kms:Decrypt", "Resource": "*"},
        {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "kms:Decrypt", "Resource": "*"},
    ]});
    let sets = json!([
        {"policies": {"identity": [odd]}, "statement": {"Action": "s3:*"}},
        {"policies": {"resource": shared}, "statement": {"Action": "kms:*"}},
        {"policies": {"boundary": odd, "scp": [[odd]]}, "statement": {"Action": "s3:*"}, "through": "endpoint"},
        {"statement": {}},
    ]);
    let batch = |items: &Value| {
        items.as_array().unwrap().iter().map(|line| format!("{line}\n")).collect::<String>()
    };
    let eval = json!([{"policies": odd, "request": request}, {"policies": odd}]);
    let compare = json!([{"old": odd, "new": {"identity": []}}, {"old": {"identity": []}, "new": odd, "kind": "else"}]);
    let effective = "proofs/policies/bedrock/effective-policy.json";
    let builder = "proofs/policies/bedrock/builder.json";
    let guardrail = "proofs/policies/bedrock/guardrail-policy.json";
    let estate = "tests/cases/cli/estate.json";
    let dev = "arn:aws:iam::111122223333:user/dev";
    let deploy = "arn:aws:iam::444455556666:role/deploy";
    let none = String::new();
    let json = ["--format", "json"];
    let ask = |arguments: &[&'static str], input: &String| {
        ([arguments, &json[..]].concat(), input.clone())
    };
    vec![
        ask(&["eval", "--batch", "-"], &batch(&eval)),
        ask(&["can", "--batch", "-", "--why"], &batch(&sets)),
        ask(&["can", "--batch", "-", "--timeout", "0.000001"], &batch(&sets)),
        ask(&["can", all, "--action", "s3:GetObject"], &none),
        ask(&["can", haiku, "--call", "bedrock:InvokeModel", "--paths", "all", "--why"], &none),
        ask(
            &[
                "can",
                all,
                "--call",
                "s3:CopyObject",
                "--boundary",
                "proofs/policies/S3-P19.json",
                "--why",
            ],
            &none,
        ),
        ask(&["can", all, "--call", "bedrock:Converse", "--where", "Path=direct"], &none),
        ask(&["can", all, "--call", "bedrock:Converse", "--timeout", "0.000001"], &none),
        ask(&["compare", "--batch", "-", "--why"], &batch(&compare)),
        ask(&["compare", haiku, all], &none),
        ask(&["compare", haiku, all, "--only", "added", "--timeout", "0.000001"], &none),
        ask(&["check", "proofs/obligations/lambda.toml"], &none),
        ask(
            &[
                "review",
                "tests/cases/review/base",
                "tests/cases/review/red",
                "--claims",
                "tests/cases/review/red/claims.toml",
            ],
            &none,
        ),
        ask(&["review", haiku, all, "--timeout", "0.000001"], &none),
        ask(
            &[
                "review",
                "tests/cases/review/estates/base.json",
                "tests/cases/review/estates/head.json",
            ],
            &none,
        ),
        ask(&["explain", "F12"], &none),
        ask(&["can", "--call", "list"], &none),
        ask(&["lint", "--explain", "all"], &none),
        ask(&["catalogue"], &none),
        ask(&["catalogue", "bedrock"], &none),
        ask(&["catalogue", "s3:GetObject"], &none),
        ask(&["catalogue", "iam:PassedToService"], &none),
        ask(&["catalogue", "token.actions.githubusercontent.com:sub"], &none),
        ask(&["catalogue", "aws:RequestTag/x"], &none),
        ask(&["guardrails", effective, builder, "--guardrail-policy", guardrail], &none),
        ask(&["who-can", estate, "--action", "s3:GetObject", "--through-roles"], &none),
        ask(&["who-can", estate, "--action", "s3:GetObject", "--timeout", "0.000001"], &none),
        ask(&["who-can", estate, "--call", "s3:CopyObject", "--through-roles"], &none),
        ask(&["who-can", estate, "--call", "s3:CopyObject", "--timeout", "0.000001"], &none),
        ask(&["who-can", estate, "--action", "s3:GetObject", "--by", "resource", "--all"], &none),
        ask(
            &[
                "who-can",
                estate,
                "--action",
                "s3:GetObject",
                "--by",
                "resource",
                "--timeout",
                "0.000001",
            ],
            &none,
        ),
        ask(&["paths", estate, "--from", dev, "--to-action", "s3:GetObject", "--all"], &none),
        ask(&["paths", estate, "--from", dev, "--to", deploy, "--timeout", "0.000001"], &none),
        ask(&["paths", estate, "--from", "anyAccount", "--to", deploy], &none),
        ask(&["matrix", "proofs/policies/S2-P1.json", "proofs/policies/S2-P2.json"], &none),
        ask(&["lint", "proofs/policies/S1-P1.json", "-"], &odd.to_string()),
        ask(&["lint", "-", "--timeout", "0.000001"], &odd.to_string()),
        ask(
            &["validate", "-"],
            &json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allowed"}]}).to_string(),
        ),
    ]
}

/// The forms that the lines of a command have.
fn forms(arguments: &[&str]) -> &'static [&'static str] {
    match (arguments[0], arguments.contains(&"--call")) {
        ("eval", _) => &["eval", "batch-error"],
        ("can", true) => &["can-call", "can-call-list"],
        ("can", false) => &["can", "batch-error"],
        ("compare", _) => &["compare", "batch-error"],
        ("check", _) => &["check"],
        ("review", _) => &["review", "review-claim", "review-summary"],
        ("explain", _) => &["explain"],
        ("guardrails", _) => &["guardrails-effect", "guardrails-way"],
        ("who-can", _) if arguments.contains(&"--by") => {
            &["who-can-resource", "who-can-resource-summary"]
        }
        ("who-can", true) => &["who-can-call", "who-can-summary"],
        ("who-can", false) => &["who-can", "who-can-summary"],
        ("paths", _) => &["paths", "paths-summary"],
        ("matrix", _) => &["matrix-head", "matrix-row"],
        ("lint", _) => &["lint-finding", "lint-undecided", "lint-summary", "lint-rule"],
        ("catalogue", _) => &[
            "catalogue",
            "catalogue-summary",
            "catalogue-service",
            "catalogue-action",
            "catalogue-key",
            "catalogue-provider-key",
            "catalogue-global-key",
        ],
        ("validate", _) => &["validate-finding"],
        (other, _) => panic!("{other}"),
    }
}

/// A published form.
struct Form {
    validator: Validator,
    /// The members that it tells of.
    members: BTreeSet<String>,
}

fn form(name: &str) -> Form {
    let form = schemas().into_iter().find(|(known, _)| *known == name).unwrap().1.to_value();
    let members = form["properties"].as_object().unwrap().keys().cloned().collect();
    Form { validator: jsonschema::validator_for(&form).unwrap(), members }
}

/// Whether an answer has a form, and no member that the form does not tell of.
fn has_form(answer: &Value, form: &Form) -> bool {
    form.validator.is_valid(answer)
        && answer.as_object().unwrap().keys().all(|member| form.members.contains(member))
}

#[test]
fn every_answer_has_a_published_form() {
    let mut met = BTreeSet::new();
    for (arguments, input) in questions() {
        let output = keyaki_with(&arguments, &input);
        let told = lines(&output);
        assert!(!told.is_empty(), "{arguments:?}: {}", command::err(&output));
        let known: Vec<(&str, Form)> =
            forms(&arguments).iter().map(|name| (*name, form(name))).collect();
        for answer in told {
            let named: Vec<&str> = known
                .iter()
                .filter(|(_, form)| has_form(&answer, form))
                .map(|(name, _)| *name)
                .collect();
            assert_eq!(named.len(), 1, "{arguments:?}: {named:?}: {answer}");
            met.extend(named);
        }
    }
    let all: BTreeSet<&str> = schemas().into_iter().map(|(name, _)| name).collect();
    assert_eq!(met, all, "every form is that of some answer");
}

#[test]
fn an_answer_of_another_form_is_refused() {
    let answer = lines(&keyaki(&[
        "can",
        "proofs/policies/context/allow-all.json",
        "--action",
        "s3:GetObject",
        "--format",
        "json",
    ]))
    .remove(0);
    let form = form("can");
    assert!(has_form(&answer, &form));
    for (member, value) in [
        ("schema", json!(1)),
        ("answer", json!("maybe")),
        ("caveats", json!(["text"])),
        ("request", json!({})),
    ] {
        let mut other = answer.clone();
        other[member] = value;
        assert!(!has_form(&other, &form), "{member}");
    }
    let mut other = answer.clone();
    other["assumed"] = json!([]);
    assert!(!has_form(&other, &form));
}

#[test]
fn published_forms_are_those_of_the_command() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("papers/schemas");
    let mut files: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    for name in out(&keyaki(&["schema"])).lines() {
        let printed = out(&keyaki(&["schema", name]));
        let path = folder.join(format!("{name}.json"));
        if std::env::var_os("KEYAKI_BLESS").is_some() {
            fs::write(&path, &printed).unwrap();
        }
        assert_eq!(
            fs::read_to_string(&path).unwrap_or_default(),
            printed,
            "{name}: `keyaki schema {name} > papers/schemas/{name}.json`"
        );
        files.remove(&format!("{name}.json"));
    }
    assert!(files.is_empty(), "forms that there are not: {files:?}");
    let unknown = keyaki(&["schema", "cann"]);
    assert!(code(&unknown) == 2 && command::err(&unknown).contains("did you mean `can`?"));
}

/// Every `code` in an answer, but for what is inside of requests.
fn codes(answer: &Value, found: &mut BTreeSet<String>) {
    match answer {
        Value::Object(members) => {
            found.extend(members.get("code").and_then(Value::as_str).map(str::to_owned));
            members
                .iter()
                .filter(|(name, _)| *name != "request" && *name != "requests")
                .for_each(|(_, value)| codes(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| codes(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_code_of_an_answer_is_explained() {
    let mut met = BTreeSet::new();
    for (arguments, input) in questions() {
        lines(&keyaki_with(&arguments, &input)).iter().for_each(|answer| codes(answer, &mut met));
    }
    assert!(met.len() >= 15, "{met:?}");
    for code in [
        "key-read-as",
        "unknown-actions",
        "unknown-services",
        "not-principal",
        "delegates",
        "timeout",
        "F13",
    ] {
        assert!(met.contains(code), "{code} is in no answer: {met:?}");
    }
    let listed: BTreeSet<String> = lines(&keyaki(&["explain", "--format", "json"]))
        .iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect();
    let unexplained: Vec<&String> = met.difference(&listed).collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
    let wrong = keyaki(&["explain", "time-out"]);
    assert!(code(&wrong) == 2 && command::err(&wrong).contains("did you mean `timeout`?"));
}

/// The old names, for one release more; the answers are the same.
#[test]
fn the_form_of_before_is_to_be_had() {
    for (arguments, input) in questions().into_iter().filter(|(arguments, _)| {
        // Questions over estates and reviews came with schema 2.
        !["matrix", "review", "who-can", "paths"].contains(&arguments[0])
            && !arguments.contains(&"0.000001")
    }) {
        let (now, before) = (
            lines(&keyaki_with(&arguments, &input)),
            lines(&keyaki_with(&[&arguments[..], &["--schema", "1"]].concat(), &input)),
        );
        assert_eq!(now.len(), before.len());
        for (now, before) in now.iter().zip(&before) {
            assert_eq!((&now["schema"], &before["schema"]), (&json!(2), &json!(1)));
            for member in [
                "id",
                "answer",
                "relation",
                "decision",
                "verdict",
                "request",
                "statements",
                "message",
                "path",
                "added",
            ] {
                assert_eq!(
                    now.get(member).is_some(),
                    before.get(member).is_some(),
                    "{member}: {before}"
                );
            }
            for (new, old) in [
                ("restsOn", "assumed"),
                ("asExpected", "as_expected"),
                ("decidedBy", "decided_by"),
                ("whyUndecided", "why_unknown"),
            ] {
                assert!(before.get(new).is_none() && now.get(old).is_none(), "{before}");
                assert_eq!(now.get(new).is_some(), before.get(old).is_some(), "{new}");
            }
            let texts: Vec<&Value> = now["caveats"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|caveat| &caveat["message"])
                .collect();
            assert_eq!(
                texts,
                before["caveats"].as_array().into_iter().flatten().collect::<Vec<_>>()
            );
        }
    }
}

/// A statement is told with its place in the person's file.
#[test]
fn statements_have_their_place() {
    let file = "proofs/policies/S0-P5.json";
    let answer = lines(&keyaki(&[
        "can",
        file,
        "--action",
        "bedrock:DeleteInferenceProfile",
        "--format",
        "json",
    ]))
    .remove(0);
    let statement = &answer["statements"][0];
    assert_eq!((&statement["file"], &statement["index"]), (&json!(file), &json!(1)));
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let (line, column) = (
        statement["line"].as_u64().unwrap() as usize,
        statement["column"].as_u64().unwrap() as usize,
    );
    let from: String = text
        .lines()
        .skip(line - 1)
        .collect::<Vec<_>>()
        .join("\n")
        .chars()
        .skip(column - 1)
        .collect();
    let sid = statement["sid"].as_str().unwrap();
    assert!(from.starts_with('{') && from.find(sid) < from.find('}'), "{from}");
}
