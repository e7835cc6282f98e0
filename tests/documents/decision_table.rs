//! `papers/decision.md` names, for every rule of the decision, files and tests that exist.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The cells of each row of the table: rule, what it says, evaluator, encoder, cases, tests.
fn rows() -> Vec<Vec<String>> {
    let table = text("papers/decision.md");
    let rows = table.lines().filter(|line| line.starts_with("| 6."));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The modules of the tests, each in the folder of its binary.
fn modules() -> Vec<PathBuf> {
    let paths = |folder: &Path| {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    let binaries =
        paths(&root().join("tests")).into_iter().filter(|folder| folder.join("main.rs").is_file());
    binaries
        .flat_map(|folder| paths(&folder))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The names of all test functions, by a `#[test]` on the line before.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in modules() {
        let lines: Vec<String> =
            fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect();
        for pair in lines.windows(2).filter(|pair| pair[0].trim() == "#[test]") {
            names.extend(
                pair[1]
                    .trim()
                    .strip_prefix("fn ")
                    .and_then(|rest| rest.split('(').next())
                    .map(str::to_owned),
            );
        }
    }
    names
}

fn cases() -> BTreeSet<String> {
    let case = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
    };
    text("tests/cases/evaluator/conformance.jsonl").lines().map(case).collect()
}

#[test]
fn every_rule_has_two_implementations_and_a_test() {
    let (rows, tests, cases) = (rows(), tests(), cases());
    assert!(rows.len() > 30 && tests.len() > 100, "the table and the tests must be seen");
    for row in &rows {
        assert_eq!(row.len(), 6, "{row:?}");
        for file in &row[2..4] {
            let file = file
                .strip_prefix('`')
                .and_then(|file| file.strip_suffix('`'))
                .unwrap_or_else(|| panic!("no file: {row:?}"));
            assert!(root().join("src").join(file).is_file(), "`src/{file}` of {row:?}");
        }
        for case in row[4].split(',').map(str::trim).filter(|case| !case.is_empty()) {
            assert!(cases.contains(case), "case {case} of {row:?}");
        }
        assert!(row[5].starts_with('`'), "no test: {row:?}");
        for name in row[5].split(',').map(|name| name.trim().trim_matches('`')) {
            assert!(tests.contains(name), "test `{name}` of {row:?}");
        }
    }
}

/// Rows of the same section may be many; no section of the decision is without one.
#[test]
fn every_section_of_the_decision_has_rules() {
    let semantics = text("papers/semantics.md");
    let sections: BTreeSet<&str> =
        semantics.lines().filter_map(|line| line.strip_prefix("### ")?.split(' ').next()).collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows() {
        *counts.entry(row[0].clone()).or_default() += 1;
    }
    for section in sections.into_iter().filter(|section| section.starts_with("6.")) {
        assert!(counts.contains_key(section), "section {section} has no row");
    }
    // Rules of 6.2 are as many as the rows of its table of entries, and the four about Deny and
    // `NotPrincipal`.
    assert!(counts["6.2"] >= 12 && counts["6.3"] >= 10, "{counts:?}");
}
