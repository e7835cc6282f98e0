//! Files that ought to hold a policy: what is recognised, what is read, and which kind it has.
//! `tests/cases/iam/files/README.md` explains the cases.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use keyaki::finding::{Finding, OTHER_CODES};
use keyaki::input;
use keyaki::policy::Kind;
use keyaki::policy::read::ReadOptions;
use keyaki::source::Source;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[derive(Deserialize)]
struct Cases<T> {
    case: Vec<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    id: String,
    files: Vec<String>,
    code: String,
    message: String,
    marked: Option<String>,
    help: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped {
    id: String,
    file: String,
    route: String,
    what: String,
    kind: String,
    marked: String,
    not: Option<String>,
    help: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    id: String,
    file: String,
    kind: String,
    #[serde(rename = "as")]
    read_as: String,
    code: String,
    help: Vec<String>,
}

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn cases<T: DeserializeOwned>(file: &str) -> Vec<T> {
    toml::from_str::<Cases<T>>(&text(&format!("tests/cases/iam/files/{file}"))).unwrap().case
}

fn kind(name: &str) -> Kind {
    match name {
        "identity" => Kind::Identity,
        "boundary" => Kind::Boundary,
        "session" => Kind::Session,
        "trust" => Kind::Trust,
        "resource" => Kind::Resource,
        "scp" => Kind::Scp,
        "rcp" => Kind::Rcp,
        "endpoint" => Kind::Endpoint,
        other => panic!("unknown kind {other}"),
    }
}

/// The text of the file that a finding stands at.
fn marked(finding: &Finding) -> String {
    let (text, span) = finding.source.in_file(finding.span);
    text[span.start..span.end].to_owned()
}

fn source(text: &str) -> Source {
    Source::new("policy.json", text)
}

#[test]
fn what_is_something_else_is_told() {
    let options = ReadOptions::default();
    for Other { id, files, code, message, marked: place, help } in cases::<Other>("other.toml") {
        for file in &files {
            let findings = input::open(&source(file), &options).unwrap_err();
            let [finding] = findings.as_slice() else { panic!("{id}: {findings:?}") };
            let said = finding.help.as_deref().unwrap_or_default();
            assert!(finding.is_error(), "{id}");
            assert_eq!(finding.rule, code, "{id}: {file}");
            assert!(finding.message.contains(&message), "{id}: {}", finding.message);
            assert!(said.contains(&help), "{id}: {said}");
            if let Some(place) = &place {
                assert_eq!(marked(finding), *place, "{id}");
            }
            // Every command that reads a policy says the same.
            for asked in [Kind::Identity, Kind::Resource] {
                let set = input::policies_text(&source(file), &options, asked).unwrap_err();
                let one = input::document(&source(file), &options, asked).unwrap_err();
                assert_eq!((set[0].rule, one[0].rule), (finding.rule, finding.rule), "{id}");
            }
        }
    }
}

#[test]
fn what_wraps_a_document_is_read_with_the_places_of_the_file() {
    let options = ReadOptions::default();
    for case in cases::<Wrapped>("wrapped.toml") {
        let id = &case.id;
        let opened = input::open(&source(&case.file), &options).unwrap();
        assert_eq!(opened.kind(), kind(&case.kind), "{id}");
        assert_eq!(opened.route(), case.route, "{id}");
        let found = opened.read(kind(&case.kind), &options).diagnostics;
        assert_eq!(found[0].rule, "wrapped-document", "{id}");
        assert!(
            found[0].message.ends_with(&format!(" {}", case.what)),
            "{id}: {}",
            found[0].message
        );
        assert_eq!(found[0].message.contains(&format!("`{}`", case.route)), !case.route.is_empty());
        let effect = found.iter().find(|finding| finding.rule == "invalid-effect").unwrap();
        assert_eq!(marked(effect), case.marked, "{id}");
        let outer = if case.route.is_empty() { String::new() } else { format!("{}.", case.route) };
        assert!(effect.route.starts_with(&format!("{outer}Statement")), "{id}: {}", effect.route);
        let told = case.not.is_some();
        assert_eq!(opened.is_told(), told, "{id}");
        if let (Some(not), Some(help)) = (&case.not, &case.help) {
            let wrong = opened.must_be(kind(not)).unwrap_err();
            assert_eq!(wrong[0].rule, "wrong-kind", "{id}");
            assert!(wrong[0].help.as_ref().unwrap().contains(help), "{id}: {wrong:?}");
            opened.must_be(opened.kind()).unwrap();
        }
    }
}

/// What a member around a document promises is not a document: nothing is read from it.
#[test]
fn what_only_looks_like_a_wrapper_is_refused() {
    for text in [
        r#"{"Policy": "text"}"#,
        r#"{"Policy": "{\"Version\": 1}"}"#,
        r#"{"PolicyVersion": {"Document": null}}"#,
        r#"{"PolicyVersion": {"VersionId": "v1"}}"#,
        r#"{"PolicyDocument": [1]}"#,
        r#"{"Policy": "%7B%22Statement%22%3A%ZZ%7D"}"#,
        r#"{"Policy": "%7B%22Statement%22%3A%5B%5D%FF"}"#,
        "%7B%22Statement",
        "%7",
        "%7B%",
        r#""text""#,
        "[]",
        "[1]",
        "1",
        "null",
        "{}",
        "{",
        "\u{0}",
    ] {
        for asked in [Kind::Identity, Kind::Resource] {
            let read = input::document(&source(text), &ReadOptions::default(), asked);
            assert!(read.is_err(), "{text}");
        }
    }
}

#[test]
fn a_document_is_what_it_was_before() {
    let options = ReadOptions::default();
    // The members of a set come before names that other files have, too, and a broken policy stays
    // a broken policy.
    for (text, code) in [
        (r#"{"identity": {"Statement": []}}"#, None),
        (r#"{"resource": {"Statement": [], "Version": "2012-10-17"}}"#, None),
        (r#"{"Version": "2012-10-17", "Statement": []"#, Some("truncated")),
        (r#"{"Version": "2012-10-17", "statement": []}"#, Some("missing-element")),
        (r#"{"Statement": [], "Resources": {"A": {"Type": "AWS::X"}}}"#, Some("unknown-element")),
        (r#"{"Statement": [],}"#, Some("trailing-comma")),
        ("{'Version': 1}", Some("syntax")),
        ("foo", Some("syntax")),
        ("http://example.com", Some("syntax")),
        (
            r#"{"Policy": {"PolicySummary": {}, "Content": "{\"Statement\": []}",}}"#,
            Some("trailing-comma"),
        ),
    ] {
        let read = input::policies_text(&source(text), &options, Kind::Identity);
        let found = match read {
            Ok(_) => None,
            Err(findings) => findings.iter().find(|finding| finding.is_error()).map(|one| one.rule),
        };
        assert_eq!(found, code, "{text}");
    }
}

#[test]
fn a_set_of_policies_is_no_single_document() {
    let set = source(r#"{"identity": [{"Version": "2012-10-17", "Statement": []}]}"#);
    let options = ReadOptions::default();
    let opened = input::open(&set, &options).unwrap();
    for findings in [
        input::document(&set, &options, Kind::Scp).unwrap_err(),
        opened.read(Kind::Identity, &options).diagnostics,
    ] {
        assert_eq!(findings[0].rule, "set-of-policies");
        assert!(findings[0].help.as_ref().unwrap().contains("`--policies FILE`"));
    }
}

/// Dumps and plans are longer than any policy.
#[test]
fn what_is_too_long_is_recognised_by_its_members() {
    let filler = "x".repeat(4 << 20);
    let recognised = |text: String| {
        input::open(&source(&text), &ReadOptions::default()).map_err(|found| found[0].rule).err()
    };
    let plan = format!(r#"{{"format_version": "1.2", "a": "{filler}\"", "planned_values": {{}}}}"#);
    assert_eq!(recognised(plan), Some("terraform-plan"));
    let dump = format!(r#"{{"a": {{"b": "{filler}"}}, "RoleDetailList": []}}"#);
    assert_eq!(recognised(dump), Some("account-dump"));
    let policy = format!(r#"{{"Effect": "{filler}", "Statement": []}}"#);
    assert_eq!(recognised(policy), None);
    let read = input::document(
        &source(&format!(r#"{{"Id": "{filler}", "Statement": []}}"#)),
        &ReadOptions::default(),
        Kind::Identity,
    );
    assert_eq!(read.unwrap_err()[0].rule, "document-too-large");
}

#[test]
fn documents_show_their_kind_and_are_never_told_to_be_cut() {
    let options = ReadOptions { supported_only: true, ..ReadOptions::default() };
    for case in cases::<Shown>("kinds.toml") {
        let id = &case.id;
        let opened = input::open(&source(&case.file), &options).unwrap();
        assert_eq!(opened.kind(), kind(&case.kind), "{id}");
        assert!(!opened.is_told() && opened.note().is_none(), "{id}");
        let found = opened.read(kind(&case.read_as), &options).diagnostics;
        let finding = found.iter().find(|finding| finding.rule == case.code).unwrap();
        let said = finding.help.as_deref().unwrap_or_default();
        for part in &case.help {
            assert!(said.contains(part), "{id}: {said}");
        }
        for help in found.iter().filter_map(|finding| finding.help.as_deref()) {
            assert!(!help.starts_with("remove"), "{id}: {help}");
        }
    }
}

/// A file that breaks off, or lacks a character, is read or refused, and every finding stands in it.
#[test]
fn every_part_of_a_file_is_read_or_refused() {
    let options = ReadOptions { supported_only: true, ..ReadOptions::default() };
    let wrapped = cases::<Wrapped>("wrapped.toml").into_iter().map(|case| case.file);
    let other = cases::<Other>("other.toml").into_iter().flat_map(|case| case.files);
    let (mut read, mut refused) = (0, 0);
    for whole in wrapped.chain(other) {
        for (at, character) in whole.char_indices() {
            let (before, rest) = whole.split_at(at);
            let without = format!("{before}{}", &rest[character.len_utf8()..]);
            for text in [before, without.as_str()] {
                let findings = match input::open(&source(text), &options) {
                    Ok(opened) => {
                        read += 1;
                        opened.read(opened.kind(), &options).diagnostics
                    }
                    Err(findings) => {
                        refused += 1;
                        findings
                    }
                };
                for finding in &findings {
                    let (file, span) = finding.source.in_file(finding.span);
                    assert_eq!(file, text);
                    assert!(file.get(span.start..span.end).is_some(), "{text}: {finding:?}");
                }
            }
        }
    }
    assert!(read > 1_000 && refused > 1_000, "{read} were read, {refused} refused");
}

/// Each form of the tables has a case: what it is called stands in a message.
#[test]
fn every_form_has_a_case() {
    let (other, wrapped) = (cases::<Other>("other.toml"), cases::<Wrapped>("wrapped.toml"));
    let mut met = 0;
    for (file, member) in
        [("foreign", "what: \""), ("text", "message: \""), ("wrapped", "what: \"")]
    {
        let code = text(&format!("src/iam/input/recognise/{file}.rs"));
        for line in code.lines().filter_map(|line| line.trim().strip_prefix(member)) {
            let what = line.trim_end_matches(['"', ',']);
            let known = other
                .iter()
                .any(|case| what.contains(case.message.as_str()) || case.message.contains(what))
                || wrapped.iter().any(|case| case.what == what);
            assert!(known, "{file}: no case is {what}");
            met += 1;
        }
    }
    assert!(met > 60, "only {met} forms were found");
    let codes: BTreeSet<&str> = other.iter().map(|case| case.code.as_str()).collect();
    for code in &codes {
        let known = OTHER_CODES.iter().any(|row| row.code == *code) || *code == "not-utf8";
        assert!(known, "`{code}` is not explained");
    }
}
