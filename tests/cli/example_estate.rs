//! The example organization in `proofs/estates/example`: who can is what was worked out by hand.
//! The rows are in `tests/cases/cli/example-estate.toml`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const ESTATE: &str = "proofs/estates/example";

/// How many users, roles and root users there are.
const EVERYBODY: usize = 43 + 3;

#[derive(Deserialize)]
struct Table {
    question: Vec<Question>,
}

/// A question, and who can.
#[derive(Deserialize)]
struct Question {
    id: String,
    why: String,
    statement: String,
    yes: Vec<String>,
}

/// Who can, and everybody who was asked about, by the id of the question.
#[derive(Default)]
struct Answers {
    yes: BTreeMap<String, BTreeSet<String>>,
    asked: BTreeMap<String, BTreeSet<String>>,
    summaries: BTreeMap<String, Value>,
}

fn answers(lines: Vec<Value>) -> Answers {
    let mut answers = Answers::default();
    for line in lines {
        let id = line["id"].as_str().unwrap().to_owned();
        if line["summary"] == true {
            answers.summaries.insert(id, line);
            continue;
        }
        let name = line["principal"].as_str().unwrap().to_owned();
        match line["answer"].as_str().unwrap() {
            "yes" => _ = answers.yes.entry(id.clone()).or_default().insert(name.clone()),
            answer => assert_eq!(answer, "no", "{line}"),
        }
        answers.asked.entry(id).or_default().insert(name);
    }
    answers
}

#[test]
fn who_can_is_what_was_worked_out_by_hand() {
    let table: Table = toml::from_str(include_str!("../cases/cli/example-estate.toml")).unwrap();
    let ask = |question: &Question| {
        let statement: Value = serde_json::from_str(&question.statement).unwrap();
        format!("{}\n", json!({"id": question.id, "statement": statement}))
    };
    let asked: String = table.question.iter().map(ask).collect();
    let words = ["who-can", ESTATE, "--questions", "-", "--all", "--format", "json"];
    let output = keyaki_with(&words, &asked);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let answers = answers(lines(&output));
    assert_eq!(answers.asked.len(), table.question.len());
    for Question { id, why, yes, .. } in &table.question {
        let everybody = &answers.asked[id];
        let mut expected: BTreeSet<String> = BTreeSet::new();
        for name in yes {
            match name.strip_prefix("everybody in ") {
                Some(account) => {
                    let of_account = |name: &&String| name.split(':').nth(4) == Some(account);
                    expected.extend(everybody.iter().filter(of_account).cloned());
                }
                None => _ = expected.insert(name.clone()),
            }
        }
        assert!(expected.is_subset(everybody), "{id}: somebody is misspelt");
        let found = answers.yes.get(id).cloned().unwrap_or_default();
        assert_eq!(found, expected, "{id}: {why}");
        let summary = &answers.summaries[id];
        let (of_estate, outside): (Vec<&String>, Vec<&String>) =
            expected.iter().partition(|name| name.starts_with("arn:"));
        assert_eq!((&summary["asked"], &summary["vacuous"]), (&json!(EVERYBODY), &json!(null)));
        assert_eq!(summary["yes"], json!(of_estate.len()), "{id}");
        assert_eq!(summary["nobodyElse"], json!(outside.is_empty()), "{id}");
    }
}

/// The dumps are of several encodings, and one file says the same.
#[test]
fn the_dumps_are_one_estate() {
    let report = keyaki(&["import", ESTATE, "--report", "--format", "json"]);
    let report = lines(&report).remove(0);
    for (member, count) in
        [("accountsWithPrincipals", 3), ("users", 9), ("roles", 34), ("units", 4)]
    {
        assert_eq!(report[member], json!(count), "{member}");
    }
    assert_eq!(report["notUnderstood"], json!([]));
    assert!(report["notes"].to_string().contains("AIDAEXAMPLEDELETED001"), "{report}");
    let file = out(&keyaki(&["import", ESTATE]));
    let words = ["-a", "kms:Decrypt", "-r", "arn:aws:kms:*:*:key/*", "--all", "--format", "json"];
    let of = |output| {
        let told = |line: &Value| (line["principal"].clone(), line["answer"].clone());
        lines(&output).iter().map(told).collect::<Vec<_>>()
    };
    let of_folder = of(keyaki(&[&["who-can", ESTATE], &words[..]].concat()));
    assert!(of_folder.len() > EVERYBODY, "{of_folder:?}");
    assert_eq!(of_folder, of(keyaki_with(&[&["who-can", "-"], &words[..]].concat(), &file)));
}
