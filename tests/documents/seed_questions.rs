//! Every question that was asked about the seed policies is answered by a claim. Names begin with
//! the number of the question, for example `Q07-`.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The questions are numbered from 1 to this.
const QUESTIONS: u32 = 59;

/// The numbers of the questions that the claims of a file name.
fn numbers(claims: &str) -> BTreeSet<u32> {
    let file: toml::Table = claims.parse().unwrap();
    let claims = file["claim"].as_array().unwrap();
    claims
        .iter()
        .filter_map(|claim| {
            claim["name"].as_str().unwrap().strip_prefix('Q')?.split_once('-')?.0.parse().ok()
        })
        .collect()
}

#[test]
fn every_question_has_a_claim() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/obligations");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let claims = files.filter(|file| file.extension().is_some_and(|extension| extension == "toml"));
    let answered: BTreeSet<u32> =
        claims.flat_map(|file| numbers(&fs::read_to_string(file).unwrap())).collect();
    assert_eq!(
        answered,
        (1..=QUESTIONS).collect(),
        "questions without a claim, or claims of no question"
    );
}

/// A claim may leave out why it is made; those about the seed policies say it.
#[test]
fn every_obligation_says_why() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/obligations");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (mut claims, mut silent) = (0, Vec::new());
    for file in files.filter(|file| file.extension().is_some_and(|end| end == "toml")) {
        let text: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
        for claim in text["claim"].as_array().unwrap() {
            claims += 1;
            if claim.get("why").and_then(toml::Value::as_str).is_none_or(str::is_empty) {
                silent.push(claim["name"].to_string());
            }
        }
    }
    assert!(claims > 300, "{claims}");
    assert_eq!(silent, [""; 0]);
}

#[test]
fn a_missing_question_is_noticed() {
    let claims = "[[claim]]\nname = \"Q01-a\"\n[[claim]]\nname = \"Q12-b\"\n[[claim]]\nname = \"no-question\"\n[[claim]]\nname = \"Quick-c\"\n";
    assert_eq!(numbers(claims), [1, 12].into());
}
