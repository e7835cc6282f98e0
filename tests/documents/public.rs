//! What is public is public on purpose: the names at the root of the crate `keyaki`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every name, in the order in which the file has them.
const NAMES: &[&str] = &[
    // The front door.
    "CheckedClaim",
    "Error",
    "Keyaki",
    "policies",
    "policies_with_warnings",
    "request",
    "resource_policy",
    "resource_policy_with_warnings",
    "shape",
    "shape_with_warnings",
    // What it takes and gives.
    "Caveat",
    "Finding",
    "Loaded",
    "Policies",
    "Request",
    "Shape",
    "ModelChoice",
    "Account",
    "Answer",
    "RestsOn",
    "Verdict",
    "Witness",
    "Comparison",
    "Difference",
    "Relation",
    "Unlisted",
    "Unknown",
    "Vacuous",
    "Reason",
    "Decision",
    // What is read.
    "calls",
    "catalogue",
    "caveat",
    "endpoints",
    "estate",
    "finding",
    "input",
    "json",
    "layers",
    "operations",
    "organizations",
    "partitions",
    "policy",
    "principals",
    "project",
    "request",
    "shape",
    "source",
    "value",
    "visible",
    "world",
    // What estates are read from.
    "importers",
    "templates",
    // The encoder, and the two that never meet it.
    "symbolic",
    "feasibility",
    "semantics",
    // Questions and answers.
    "claims",
    "compare",
    "counterexample",
    "enforcement",
    "estates",
    "lint",
    "matrix",
    "names",
    "query",
    "unknown",
    "vacuous",
    // What decides formulas, and what these are.
    "engine",
    "logic",
    // Answers for people and for other interfaces.
    "report",
    "service",
    // For the command, and hidden.
    "cli",
];

/// The crates whose types the interface has, and what each is at the root where it is there whole;
/// otherwise its modules are.
const CRATES: &[(&str, &str, Option<&str>)] = &[
    ("keyaki-encoder", "src/encoder", Some("symbolic")),
    ("keyaki-engines", "encodings/engines/src", None),
    ("keyaki-evaluator", "src/evaluator", None),
    ("keyaki-iam", "src/iam", None),
    ("keyaki-importers", "src/importers", Some("importers")),
    ("keyaki-logic", "encodings/logic/src", Some("logic")),
    ("keyaki-questions", "src/questions", None),
    ("keyaki-reports", "src/reports", Some("report")),
    ("keyaki-service", "src/service", Some("service")),
    ("keyaki-templates", "src/templates", Some("templates")),
];

/// The crates that the command needs and no interface has.
const OF_THE_COMMAND: &[&str] = &["keyaki-generator", "keyaki-startup"];

/// Modules of which no type occurs in the interface of another crate.
const INSIDE: &[&str] = &["caseless", "language"];

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
        Some((_, list)) => list.trim_end_matches('}').split(',').map(name).collect(),
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
    let text = "pub use a::{b, c::C};\n#[doc(inline)]\npub mod d;\npub use e::f as g;";
    assert_eq!(names(text), ["b", "C", "d", "g"]);
}

/// Whoever has only the crate can name every type that its interface has.
#[test]
fn every_crate_below_is_here_with_all_its_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest: toml::Table =
        toml::from_str(&fs::read_to_string(root.join("Cargo.toml")).unwrap()).unwrap();
    let needed: BTreeSet<&str> = manifest["dependencies"]
        .as_table()
        .unwrap()
        .keys()
        .map(String::as_str)
        .filter(|name| name.starts_with("keyaki-"))
        .collect();
    let known = CRATES.iter().map(|(name, ..)| name).chain(OF_THE_COMMAND).copied();
    assert_eq!(needed, known.collect());
    for (name, folder, whole) in CRATES {
        if let Some(whole) = whole {
            assert!(NAMES.contains(whole), "{whole}");
            continue;
        }
        let text = fs::read_to_string(root.join(folder).join("lib.rs")).unwrap();
        let modules: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
            .collect();
        assert!(!modules.is_empty(), "{name} has no module");
        for module in modules {
            assert_ne!(NAMES.contains(&module), INSIDE.contains(&module), "`{module}` of {name}");
        }
    }
}
