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

#[test]
fn a_missing_question_is_noticed() {
    let claims = "[[claim]]\nname = \"Q01-a\"\n[[claim]]\nname = \"Q12-b\"\n[[claim]]\nname = \"no-question\"\n[[claim]]\nname = \"Quick-c\"\n";
    assert_eq!(numbers(claims), [1, 12].into());
}
