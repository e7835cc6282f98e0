//! Questions about Bedrock that documents and people ask, each with its answer and the source of
//! that (`tests/cases/cli/bedrock.jsonl`). Most come in pairs: one word is another, and so is the
//! answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use crate::support::command::{keyaki, lines};
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn questions_have_the_answers_of_their_sources() {
    let path = "tests/cases/cli/bedrock.jsonl";
    let text = std::fs::read_to_string(path).unwrap();
    let cases: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: BTreeSet<&str> = cases.iter().map(|case| case["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), cases.len(), "ids are unique");
    assert!(
        cases.iter().all(|case| case["source"].as_str().is_some_and(|source| !source.is_empty()))
    );
    for expected in ["yes", "no"] {
        assert!(cases.iter().filter(|case| case["expect"] == expected).count() > 20, "{expected}");
    }
    let answers = lines(&keyaki(&["can", "--batch", path]));
    assert_eq!(answers.len(), cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter(|(case, answer)| case["id"] != answer["id"] || case["expect"] != answer["answer"])
        .map(|(case, answer)| format!("{}: not {} but {answer}", case["id"], case["expect"]))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
