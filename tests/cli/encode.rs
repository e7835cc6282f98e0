//! `encode`: what is printed is what is decided.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, out};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const OLD: &str = "proofs/policies/S1-P1.json";
const NEW: &str = "proofs/policies/S1-P2.json";

/// The files of a folder with their texts.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    entries.map(|one| (one.file_name().into_string().unwrap(), text(&one.path()))).collect()
}

/// What `encode` with these words writes to a folder, and its index.
fn encoded(words: &[&str]) -> (BTreeMap<String, String>, Value) {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("scripts");
    let output = keyaki(&[&["encode"], words, &["-o", place.to_str().unwrap()]].concat());
    assert_eq!((code(&output), out(&output), err(&output)), (0, String::new(), String::new()));
    let files = files(&place);
    let index = serde_json::from_str(&files["index.json"]).unwrap();
    (files, index)
}

/// What a solver that is installed says of a script; nothing where there is none, or where it does
/// not know in time.
fn said(script: &str) -> Option<(String, Vec<String>)> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("script.smt2");
    fs::write(&path, script).unwrap();
    let mut complaints = Vec::new();
    let mut verdict = None;
    for solver in [&["cvc5", "--tlimit=2000"][..], &["z3", "-T:2"]] {
        let Ok(output) = Command::new(solver[0]).args(&solver[1..]).arg(&path).output() else {
            continue;
        };
        let text = format!("{}{}", out(&output), err(&output));
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line {
                "sat" | "unsat" => verdict = Some(line.to_owned()),
                "unknown" | "timeout" => {}
                _ if line.contains("interrupted by timeout") => {}
                _ => complaints.push(line.to_owned()),
            }
        }
    }
    verdict.map(|verdict| (verdict, complaints))
}

/// Every file is in the index and says what the index says; solvers that are there agree.
fn are_in_order(files: &BTreeMap<String, String>, index: &Value) {
    let rows: Vec<&Value> = index["questions"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|question| question["scripts"].as_array().unwrap())
        .collect();
    let named: BTreeSet<&str> = rows.iter().map(|row| row["file"].as_str().unwrap()).collect();
    let mut there: BTreeSet<&str> = files.keys().map(String::as_str).collect();
    assert!(there.remove("index.json"));
    assert_eq!(named, there);
    // Solvers take their time; they are asked about some.
    let step = rows.len().div_ceil(12);
    for (at, row) in rows.iter().enumerate() {
        let (name, status) = (row["file"].as_str().unwrap(), row["status"].as_str().unwrap());
        let text = &files[name];
        assert!(name.ends_with(&format!("-{status}.smt2")), "{name}");
        assert_eq!(row["bytes"], json!(text.len()));
        assert!(text.starts_with("(set-info :smt-lib-version 2.6)\n(set-logic "), "{text}");
        let logic = row["logic"].as_str().unwrap();
        for words in [
            format!("(set-logic {logic})\n"),
            format!("(set-info :status {status})\n"),
            "(set-info :source |\n".to_owned(),
            "(set-info :category \"industrial\")\n".to_owned(),
            "(set-info :license \"".to_owned(),
        ] {
            assert!(text.contains(&words), "{name}: {words}");
        }
        assert!(text.ends_with("\n(check-sat)\n(exit)\n") && !text.contains("(get-"), "{name}");
        let asked = if at % step == 0 { said(text) } else { None };
        if let Some((verdict, complaints)) = asked {
            assert!(complaints.is_empty(), "{name}: {complaints:?}");
            assert!(status == "unknown" || verdict == status, "{name}: {verdict}");
        }
    }
}

#[test]
fn a_comparison_is_written_case_by_case() {
    let words = ["compare", OLD, NEW, "--only", "added"];
    let (files, index) = encoded(&words);
    are_in_order(&files, &index);
    let asked = &index["questions"][0];
    assert_eq!((&asked["name"], &asked["answer"]), (&json!("added"), &json!("no")));
    let rows = asked["scripts"].as_array().unwrap();
    assert!(rows.len() > 3, "{index:#}");
    // "No" is what the rows say: one that answers with no, or none that has a model.
    let refuted = rows.iter().any(|row| row["unsat"] == "no" && row["decided"] == "unsat");
    let none = rows.iter().all(|row| row["sat"] == "open" || row["decided"] == "unsat");
    assert!(refuted || none, "{index:#}");
    assert!(rows.iter().any(|row| row["part"] == "actions" && row["logic"] == "QF_S"), "{index:#}");
    let bytes: u64 = rows.iter().map(|row| row["bytes"].as_u64().unwrap()).sum();
    let terms: u64 = rows.iter().map(|row| row["terms"].as_u64().unwrap()).sum();
    assert!(bytes < 250 * terms, "{bytes} bytes for {terms} terms");
    // The same once more, from another place.
    let again = encoded(&words);
    assert!(again == (files.clone(), index), "the same question has the same scripts");
    let folder = std::env::current_dir().unwrap();
    assert!(files.values().all(|text| !text.contains(folder.to_str().unwrap())));
    let of_folder = folder.join("proofs/policies");
    let [old, new] = ["S1-P1.json", "S1-P2.json"].map(|name| of_folder.join(name));
    let elsewhere = ["compare", old.to_str().unwrap(), new.to_str().unwrap(), "--only", "added"];
    assert!(encoded(&elsewhere).0 == files, "where the files are is nobody's business");
}

#[test]
fn a_request_that_is_found_is_a_case_with_a_model() {
    for words in [
        &["can", NEW, "-a", "bedrock:GetFoundationModel", "--license", "CC0-1.0"][..],
        &["compare", NEW, OLD, "--only", "added"],
        &["can", NEW, "--requests", "any", "-a", "bedrock:*", "--license", "CC0-1.0"],
    ] {
        let (files, index) = encoded(words);
        are_in_order(&files, &index);
        let asked = &index["questions"][0];
        let rows = asked["scripts"].as_array().unwrap();
        let found = rows.iter().any(|row| row["sat"] == "yes" && row["decided"] == "sat");
        assert_eq!(found, asked["answer"] == "yes", "{index:#}");
        let licensed = files.values().any(|text| text.contains("(set-info :license \"CC0-1.0\")"));
        assert_eq!(licensed, words.contains(&"--license"));
    }
}

#[test]
fn calls_are_written_path_by_path() {
    let call = ["can", NEW, "--call", "bedrock:InvokeModel"];
    let (files, index) = encoded(&[&call[..], &["--paths", "all"]].concat());
    are_in_order(&files, &index);
    let rows = index["questions"][0]["scripts"].as_array().unwrap();
    assert!(rows.len() > 1 && rows.iter().all(|row| row["part"].to_string().contains("path")));
    let told = keyaki(&call[1..]);
    assert_eq!(code(&told), 2, "a call is a question of `can`");
    let output = keyaki(&[&["encode"], &call[..]].concat());
    assert_eq!((code(&output), out(&output)), (2, String::new()));
    assert!(err(&output).contains("--output"), "{}", err(&output));
}

#[test]
fn claims_are_written_one_by_one() {
    let claims = "proofs/obligations/consumption-role.toml";
    let (files, index) = encoded(&["check", claims]);
    are_in_order(&files, &index);
    let verdicts = |format: &[&str]| keyaki(&[&["check", claims], format].concat());
    let checked = verdicts(&["--format", "json"]);
    let lines: Vec<Value> =
        out(&checked).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let questions = index["questions"].as_array().unwrap();
    assert_eq!(questions.len(), lines.len());
    for (asked, line) in questions.iter().zip(&lines) {
        assert_eq!((&asked["name"], &asked["answer"]), (&line["name"], &line["verdict"]));
    }
    let output = keyaki(&["encode", "check", claims]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("`-o DIR`"), "{}", err(&output));
}

#[test]
fn a_folder_is_new_or_empty() {
    let ground = TempDir::new().unwrap();
    let path = |name: &str| ground.path().join(name).to_str().unwrap().to_owned();
    let run = |place: &str| {
        let output = keyaki(&["encode", "can", NEW, "-a", "bedrock:InvokeModel", "-o", place]);
        assert_eq!(out(&output), "");
        (code(&output), err(&output))
    };
    fs::create_dir(path("empty")).unwrap();
    assert_eq!(run(&path("empty")), (0, String::new()));
    let before = files(Path::new(&path("empty")));
    fs::write(path("file"), "kept").unwrap();
    for (place, words) in [
        (path("empty"), "is not empty; `-o` names a new folder"),
        (path("file"), "is no folder; `-o` names a new folder"),
        (path("none/scripts"), "cannot be made"),
    ] {
        let (ends, said) = run(&place);
        assert!(ends == 2 && said.contains(words) && said.contains(&place), "{place}: {said}");
    }
    assert_eq!(files(Path::new(&path("empty"))), before);
    assert_eq!(fs::read_to_string(path("file")).unwrap(), "kept");
    // Nothing is made for a question that cannot be asked.
    let wrong = keyaki(&["encode", "can", NEW, "-a", "bedrock:InvokeModl", "-o", &path("wrong")]);
    assert!(code(&wrong) == 2 && !Path::new(&path("wrong")).exists(), "{}", err(&wrong));
    // What is about the folder needs one.
    for flags in [&["--engine", "finite"][..], &["--timeout", "1"], &["--license", "MIT"]] {
        let output = keyaki(&[&["encode", "can", NEW], flags].concat());
        assert!(code(&output) == 2 && err(&output).contains("--output"), "{}", err(&output));
    }
}

#[test]
fn what_nobody_decides_has_no_status() {
    let (files, index) = encoded(&["compare", OLD, NEW, "--timeout", "0.000000001"]);
    are_in_order(&files, &index);
    let asked = &index["questions"][0];
    assert_eq!(
        (&asked["answer"], &asked["reason"]["code"]),
        (&json!("unknown"), &json!("timeout"))
    );
}

#[test]
fn the_index_has_its_published_form() {
    let form: Value = serde_json::from_str(&out(&keyaki(&["schema", "scripts"]))).unwrap();
    let form = jsonschema::validator_for(&form).unwrap();
    for words in [&["compare", OLD, NEW][..], &["can", NEW, "--call", "s3:CopyObject"]] {
        assert!(form.is_valid(&encoded(words).1), "{words:?}");
    }
}

#[test]
fn one_script_says_whether_sat_is_an_answer() {
    let script = |words: &[&str]| {
        let output = keyaki(&[&["encode"], words].concat());
        assert_eq!((code(&output), err(&output)), (0, String::new()));
        out(&output)
    };
    let answer = "; \"sat\" is an answer: there is such a request\n";
    let open = "; \"sat\" is no answer: there may be such a request";
    let compared = script(&["compare", OLD, NEW]);
    assert!(compared.contains(open) && !compared.contains(answer), "{compared}");
    assert!(script(&["compare", OLD, NEW, "--requests", "any"]).contains(answer));
    assert!(script(&["can", NEW, "-a", "bedrock:InvokeModel"]).contains(answer));
    assert!(compared.len() < 400_000, "{} bytes", compared.len());
    for text in [&compared, &script(&["can", OLD, "-a", "ec2:RunInstances"])] {
        assert!(text.ends_with("(exit)\n") && !text.contains("\n(get-"), "{text}");
        if let Some((_, complaints)) = said(text) {
            assert!(complaints.is_empty(), "{complaints:?}");
        }
    }
}
