//! The pages of caveats and reasons name the codes that a program sees.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The variants of an enum with their documentation, in one line each.
fn documented(text: &str, name: &str) -> BTreeMap<String, String> {
    let (_, body) = text.split_once(&format!("pub enum {name} {{\n")).unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let (mut found, mut doc) = (BTreeMap::new(), String::new());
    for line in body.lines() {
        // What stands deeper belongs to the members of a variant.
        let Some(line) = line.strip_prefix("    ").filter(|line| !line.starts_with(' ')) else {
            continue;
        };
        if let Some(more) = line.strip_prefix("/// ") {
            doc.push_str(more);
            doc.push(' ');
        } else if line.starts_with(char::is_uppercase) {
            found.insert(word(line), std::mem::take(&mut doc));
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric()).collect()
}

/// The arms of the function that match on `kind` and give a code, in order.
fn arms(text: &str, function: &str, kind: &str) -> Vec<(String, String)> {
    let (_, body) = text.split_once(&format!("fn {function}(")).unwrap();
    let (body, _) = body.split_once("\n\n").unwrap_or((body, ""));
    let arm = |line: &str| {
        let (pattern, code) = line.trim().strip_prefix(kind)?.split_once(" => \"")?;
        Some((word(pattern), code.strip_suffix("\",")?.to_owned()))
    };
    body.lines().filter_map(arm).collect()
}

/// The variants whose documentation does not begin with their code.
fn without_code(docs: &BTreeMap<String, String>, codes: &[(String, String)]) -> Vec<String> {
    let begins = |(name, code): &&(String, String)| {
        docs.get(name).is_some_and(|doc| doc.starts_with(&format!("`{code}`: ")))
    };
    codes.iter().filter(|row| !begins(row)).map(|(name, _)| name.clone()).collect()
}

#[test]
fn every_caveat_begins_with_its_code() {
    let text = file("src/iam/caveat.rs");
    let (docs, codes) = (documented(&text, "Caveat"), arms(&text, "code", "Self::"));
    assert_eq!((docs.len(), codes.len()), (45, 45));
    assert_eq!(without_code(&docs, &codes), [""; 0]);
}

#[test]
fn every_reason_begins_with_its_code() {
    let text = file("src/questions/unknown.rs");
    let (mut docs, codes) = (documented(&text, "Unknown"), arms(&text, "code", "Self::"));
    let of_engines = arms(&text, "of_engine", "Reason::");
    assert_eq!((docs.len(), codes.len(), of_engines.len()), (10, 8, 8));
    assert_eq!(without_code(&docs, &codes), [""; 0]);
    // The code of an engine's reason is one of several, that of a path its reason's.
    let listed: Vec<String> = of_engines.iter().map(|(_, code)| format!("`{code}`")).collect();
    let engine = docs.remove("Engine").unwrap();
    assert!(engine.starts_with(&format!("{}: ", listed.join(", "))), "{engine}");
    assert!(docs.remove("OnPath").unwrap().starts_with("The code of its reason: "));
    assert_eq!(docs.len(), codes.len());
}

#[test]
fn another_code_in_a_page_is_seen() {
    let text = r#"
pub enum E {
    /// `a`: one,
    /// more.
    A {
        /// `x`: no variant.
        x: u8,
    },
    /// `c`: two.
    B(u8),
}

fn code(self) {
        Self::A { .. } => "a",
        Self::B(_) => "b",
}

        Self::B(_) => "another function",
"#;
    let (docs, codes) = (documented(text, "E"), arms(text, "code", "Self::"));
    assert_eq!(docs["A"], "`a`: one, more. ");
    assert_eq!(without_code(&docs, &codes), ["B"]);
}
