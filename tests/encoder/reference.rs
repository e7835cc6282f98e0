//! `encodings/reference`: what each construct of the policy language becomes, written by this test
//! and read by people.
//!
//! `KEYAKI_BLESS=1` writes the files anew.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use keyaki::input;
use keyaki::layers::Policies;
use keyaki::policy::read::ReadOptions;
use keyaki::query::{Query, Requests};
use keyaki::source::Source;
use keyaki::world::World;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The solvers that read every file, where they are installed. Each gives up on a file after some
/// seconds of its own accord.
const SOLVERS: &[(&str, &[&str])] =
    &[("cvc5", &["--lang=smt2.6", "--strings-exp", "--tlimit=5000"]), ("z3", &["-in", "-T:5"])];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("encodings/reference")
}

fn texts(case: &toml::Value, member: &str) -> Vec<String> {
    let entries = case.get(member).and_then(toml::Value::as_array).into_iter().flatten();
    entries.map(|entry| entry.as_str().expect("a text").trim().to_owned()).collect()
}

/// A policy set for each text, a document or an object of layers. Documents are named `policy 1`
/// and so on from `first`.
fn policy_sets(documents: &[String], first: usize) -> Vec<Policies> {
    let read = |(index, text): (usize, &String)| {
        let source = Source::new(format!("policy {}", first + index), text.as_str());
        input::policies_text(&source, &ReadOptions::default(), keyaki::policy::Kind::Identity)
            .unwrap_or_else(|findings| panic!("{text}\n{findings:#?}"))
            .value
    };
    documents.iter().enumerate().map(read).collect()
}

/// The content of the file of a case: what it shows, its policies, and the script of its query.
fn render(case: &toml::Value) -> String {
    let (allowed, refused) = (texts(case, "allowed_by"), texts(case, "refused_by"));
    let (allowed_sets, refused_sets) =
        (policy_sets(&allowed, 1), policy_sets(&refused, 1 + allowed.len()));
    let requests = match case.get("requests").and_then(toml::Value::as_str) {
        None | Some("any") => Requests::Any,
        Some("feasible") => Requests::Feasible(World::embedded().unwrap()),
        Some(other) => panic!("`{other}` are not requests"),
    };
    let query = Query {
        shape: None,
        within: &[],
        unlike: &[],
        allowed_by: allowed_sets.iter().collect(),
        refused_by: refused_sets.iter().collect(),
        requests,
    };
    let mut lines = vec![format!("; {}", case["says"].as_str().expect("a text")), ";".to_owned()];
    for (index, document) in allowed.iter().chain(&refused).enumerate() {
        lines.push(format!("; policy {}:", index + 1));
        lines.extend(document.lines().map(|line| format!(";   {line}")));
    }
    format!("{}\n;\n{}", lines.join("\n"), query.script().unwrap())
}

/// Every file that there should be.
fn rendered() -> BTreeMap<String, String> {
    let table: toml::Value =
        toml::from_str(include_str!("../cases/encoder/reference.toml")).unwrap();
    let cases = table["case"].as_array().expect("a list");
    let files: BTreeMap<String, String> = cases
        .iter()
        .map(|case| (format!("{}.smt2", case["name"].as_str().expect("a text")), render(case)))
        .collect();
    assert_eq!(files.len(), cases.len(), "two cases have the same name");
    files
}

/// Every script that there is.
fn committed() -> BTreeMap<String, String> {
    let entries =
        fs::read_dir(folder()).expect("the folder is there").map(|entry| entry.unwrap().path());
    let scripts =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "smt2"));
    scripts
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

#[test]
fn the_committed_files_are_what_the_cases_become() {
    let expected = rendered();
    if std::env::var_os("KEYAKI_BLESS").is_some() {
        committed()
            .keys()
            .filter(|name| !expected.contains_key(*name))
            .for_each(|name| fs::remove_file(folder().join(name)).unwrap());
        expected.iter().for_each(|(name, text)| fs::write(folder().join(name), text).unwrap());
    }
    let found = committed();
    let foreign: Vec<&String> = found.keys().filter(|name| !expected.contains_key(*name)).collect();
    assert!(foreign.is_empty(), "no case writes {foreign:?}");
    for (name, text) in &expected {
        let hint =
            "if the change is right, run this test with KEYAKI_BLESS=1 and read the difference";
        assert!(
            found.get(name) == Some(text),
            "encodings/reference/{name} is not what its case becomes; {hint}. The case gives:\n{text}"
        );
    }
}

#[test]
fn the_files_are_fit_to_be_read() {
    for (name, text) in rendered() {
        // Only literals, names and closing parentheses may stand out.
        let longest = text.lines().max_by_key(|line| line.len()).expect("lines");
        assert!(longest.len() <= 150, "{name}: {longest}");
    }
}

/// What a solver says to a script up to its first answer; `None` if there is no such solver.
fn answer(program: &str, arguments: &[&str], script: &str) -> Option<String> {
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match spawned {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        spawned => spawned.expect("the solver starts"),
    };
    // A solver that gives up early closes the pipe: its output tells more.
    let _ = child.stdin.take().expect("a pipe").write_all(script.as_bytes());
    let output = child.wait_with_output().expect("the solver ends");
    Some(
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
        .trim()
        .to_owned(),
    )
}

#[test]
fn solvers_take_the_files_and_do_not_contradict_each_other() {
    let files = rendered();
    let mut answers: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
    for (program, arguments) in SOLVERS {
        for (name, text) in &files {
            // Without the question for values, which is an error after `unsat`.
            let script = text.split("(get-value").next().expect("a text");
            let Some(said) = answer(program, arguments, script) else {
                println!("`{program}` is not installed: skipped");
                break;
            };
            assert!(!said.to_ascii_lowercase().contains("error"), "{program} on {name}: {said}");
            answers.entry(name).or_default().insert(program, said);
        }
    }
    assert!(files.len() > 20, "only {} files", files.len());
    let mut decided = 0;
    for (name, said) in &answers {
        let has = |word| said.values().any(|answer| answer == word);
        assert!(!(has("sat") && has("unsat")), "{name}: {said:?}");
        decided += usize::from(has("sat") || has("unsat"));
        if said.values().any(|answer| answer != "sat" && answer != "unsat") {
            println!("{name}: {said:?}");
        }
    }
    println!("{decided} of {} files decided", answers.len());
    assert!(
        decided * 10 >= answers.len() * 8,
        "only {decided} of {} files were decided",
        answers.len()
    );
}
