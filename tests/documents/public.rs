//! What is public is public on purpose: the names at the root of the crate `keyaki`.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::path::Path;

/// Every name, in the order in which the file has them.
const NAMES: &[&str] = &[
    // The front door.
    "CheckedClaim",
    "Error",
    "Keyaki",
    "policies",
    "request",
    "resource_policy",
    "shape",
    // What is read.
    "calls",
    "catalogue",
    "caveat",
    "endpoints",
    "finding",
    "input",
    "json",
    "layers",
    "operations",
    "organizations",
    "partitions",
    "policy",
    "project",
    "request",
    "shape",
    "source",
    "value",
    "visible",
    "world",
    // The encoder, and the two that never meet it.
    "symbolic",
    "feasibility",
    "semantics",
    // Questions and answers.
    "claims",
    "compare",
    "counterexample",
    "enforcement",
    "lint",
    "matrix",
    "query",
    "unknown",
    "report",
    "service",
    // For the command, and hidden.
    "cli",
];

/// The names that `pub` items of a file give.
fn names(text: &str) -> Vec<String> {
    let code: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join(" ");
    let items = code.split("pub ").skip(1).map(|item| item.split(';').next().unwrap());
    let name = |item: &str| {
        let name = item.rsplit(" as ").next().unwrap().rsplit("::").next().unwrap();
        name.trim_start_matches("mod ").trim().to_owned()
    };
    let named = |item: &str| match item.split_once('{') {
        Some((_, list)) => list.trim_end_matches('}').split(',').map(str::to_owned).collect(),
        None => vec![name(item)],
    };
    let all = items.flat_map(named);
    all.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_root_of_the_crate_has_these_names() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs");
    assert_eq!(names(&fs::read_to_string(file).unwrap()), NAMES);
}

#[test]
fn a_name_more_is_seen() {
    assert_eq!(names("pub use a::{b, c};\npub mod d;\npub use e::f as g;"), ["b", "c", "d", "g"]);
}
