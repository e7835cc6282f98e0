//! The invariants of ARCHITECTURE.md that a reader of the source can check.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use petgraph::algo::toposort;
use petgraph::graphmap::DiGraphMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules of `keyaki` by floor: imports only point down.
const FLOORS: &[&[&str]] = &[
    &["source", "diagnostic", "json", "value"],
    &["policy", "keys", "calls", "catalogue", "organizations", "request", "environment", "shape", "world"],
    &["semantics", "symbolic", "feasibility"],
    &["counterexample"],
    &["query"],
    &["compare", "input", "lint", "matrix"],
    &["claims"],
    &["report"],
    &["cli"],
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The code of a file: without comments, and without its unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// `(module, imported module)` for every `crate::` path, grouped imports included.
fn imports() -> Vec<(String, String)> {
    let source = root().join("src");
    let mut imports = Vec::new();
    for file in rust_files(&source) {
        let relative = file.strip_prefix(&source).unwrap();
        let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        for tail in code(&file).split("crate::").skip(1) {
            let names = match tail.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap().to_owned(),
                None => tail.to_owned(),
            };
            let names =
                if tail.starts_with('{') { names } else { names.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
            imports.extend(names.split(',').map(|name| (module.clone(), name.trim().split("::").next().unwrap().to_owned())));
        }
    }
    imports.retain(|(from, to)| from != to && from != "lib" && from != "main");
    imports
}

fn floor(module: &str) -> usize {
    FLOORS.iter().position(|floor| floor.contains(&module)).unwrap_or_else(|| panic!("module `{module}` stands on no floor"))
}

#[test]
fn imports_point_down() {
    let imports = imports();
    assert!(imports.len() > 20, "the test must see the imports");
    let graph: DiGraphMap<&str, ()> = imports.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    assert!(toposort(&graph, None).is_ok(), "modules import each other in a circle");
    for (from, to) in &imports {
        assert!(floor(from) >= floor(to), "`{from}` imports `{to}` from a higher floor");
    }
}

#[test]
fn the_evaluator_and_the_encoder_are_strangers() {
    for (from, to) in imports() {
        assert!(!(from == "semantics" && to == "symbolic"), "the evaluator imports the encoder");
        assert!(!(from == "symbolic" && to == "semantics"), "the encoder imports the evaluator");
        assert!(!(from == "feasibility" && to == "symbolic"), "the checker of witnesses imports the encoder");
        assert!(!(from == "symbolic" && to == "feasibility"), "the encoder imports the checker of witnesses");
    }
}

#[test]
fn z3_is_called_from_one_file() {
    let mut files = rust_files(&root().join("encodings/src"));
    files.extend(rust_files(&root().join("src")));
    let users: Vec<_> = files.into_iter().filter(|file| code(file).contains("z3::") && !code(file).contains("mod z3;")).collect();
    assert_eq!(users.len(), 1, "{users:?}");
}

#[test]
fn the_logic_crate_knows_no_policies() {
    for file in rust_files(&root().join("encodings/src")) {
        let text = fs::read_to_string(&file).unwrap().to_lowercase();
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for word in ["iam", "arn", "aws", "bedrock", "policy"] {
            assert!(!words.contains(&word), "{} speaks of `{word}`", file.display());
        }
    }
}

#[test]
fn the_command_line_alone_prints_and_reads() {
    for file in rust_files(&root().join("src")) {
        let relative = file.strip_prefix(root()).unwrap();
        // The generator of the catalogue is a program of its own.
        let programs = ["src/cli", "src/main.rs", "src/catalogue/generate"];
        if programs.iter().any(|program| relative.starts_with(program)) {
            continue;
        }
        for forbidden in ["std::fs", "std::env", "SystemTime::now", "std::io::stdin", "std::io::stdout", "println!"] {
            assert!(!code(&file).contains(forbidden), "{} uses `{forbidden}`", relative.display());
        }
    }
}
