//! The JSON parser against `serde_json`: the same texts are accepted, and they mean the same.
//!
//! Intended differences, which are excluded: the depth limits (ours is set to its maximum of 512,
//! that of `serde_json` is 128), numbers that no 64-bit float holds (the grammar has them,
//! `serde_json` does not), and member names that occur twice (kept here, the last one counts
//! there).

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

use keyaki::json::{JsonData, JsonValue, Limits, parse, span_within};
use keyaki::source::Source;
use proptest::prelude::*;
use serde_json::Value;

const DOCUMENT: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "\u00e9\ud83d\ude00\n\/é"],
    "Condition": {"NumericLessThan": {"a:b": [1, -0.5e+3, 10E2, 0]}, "Bool": {"a:b": true, "c:d": false, "e:f": null}}}, [], {}]}"#;

fn plain(value: &JsonValue) -> Value {
    match &value.data {
        JsonData::Null => Value::Null,
        JsonData::Bool(value) => Value::Bool(*value),
        JsonData::Number(text) => serde_json::from_str(text).unwrap(),
        JsonData::String(text) => Value::String(text.clone()),
        JsonData::Array(values) => values.iter().map(plain).collect(),
        JsonData::Object(members) => {
            members.iter().map(|member| (member.name.clone(), plain(&member.value))).collect()
        }
    }
}

fn agrees(text: &str) -> Result<(), TestCaseError> {
    let source = Source::new("text", text);
    let (value, findings) = parse(&source, &Limits { depth: 512, ..Limits::default() });
    for finding in &findings {
        prop_assert!(
            finding.span.start <= finding.span.end && finding.span.end <= text.len(),
            "{text:?}: {finding:?}"
        );
        prop_assert!(
            text.get(finding.span.start..finding.span.end).is_some(),
            "{text:?}: {finding:?}"
        );
    }
    match (serde_json::from_str::<Value>(text), findings.is_empty()) {
        (Ok(expected), true) => prop_assert_eq!(plain(&value.unwrap()), expected),
        (Err(_), false) => {}
        (Err(error), true) => {
            let intended = ["number out of range", "recursion limit"]
                .iter()
                .any(|reason| error.to_string().contains(reason));
            prop_assert!(intended, "accepted, but serde_json says {error}: {text:?}");
        }
        (Ok(_), false) => prop_assert!(
            false,
            "rejected, but serde_json accepts: {text:?}: {}",
            findings[0].message
        ),
    }
    Ok(())
}

/// A piece of text that is likely to matter.
fn fragment() -> impl Strategy<Value = String> {
    let known = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u",
        "\\ud83d",
        "\\ude00",
        "\\u0000",
        "/",
        "//",
        "/*",
        "*/",
        "#",
        "-",
        "+",
        ".",
        "e",
        "E",
        "0",
        "00",
        "1e400",
        "true",
        "nul",
        "null",
        "NaN",
        "'",
        " ",
        "\n",
        "\r",
        "\t",
        "\u{0}",
        "\u{7f}",
        "\u{a0}",
        "\u{2028}",
        "\u{feff}",
        "é",
        "\u{1f600}",
        "\"a\":",
        "[[",
        "]]",
    ];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), "\\PC{0,3}"]
}

/// The document with some pieces cut out and others put in.
fn mutated() -> impl Strategy<Value = String> {
    let change = (0..DOCUMENT.len(), 0..6_usize, fragment());
    proptest::collection::vec(change, 1..4).prop_map(|changes| {
        let mut text = DOCUMENT.to_owned();
        for (at, length, insert) in changes {
            let floor = |at: usize| {
                (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap()
            };
            let range = floor(at)..floor(at + length);
            text.replace_range(range, &insert);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn mutated_documents_are_accepted_as_serde_json_does(text in mutated()) {
        agrees(&text)?;
    }

    #[test]
    fn heaps_of_fragments_are_accepted_as_serde_json_does(pieces in proptest::collection::vec(fragment(), 0..8)) {
        agrees(&pieces.concat())?;
    }

    #[test]
    fn every_string_survives(text in any::<String>(), at in any::<proptest::sample::Index>()) {
        let json = serde_json::to_string(&text).unwrap();
        agrees(&json)?;
        // The way back from any decoded character to its place.
        let Some((offset, character)) = text.char_indices().nth(at.index(text.chars().count().max(1))) else { return Ok(()) };
        let source = Source::new("text", json.as_str());
        let (value, _) = parse(&source, &Limits::default());
        let span = span_within(&source, value.unwrap().span, offset..offset + character.len_utf8());
        let piece: String = serde_json::from_str(&format!("\"{}\"", &json[span.start..span.end])).unwrap();
        prop_assert_eq!(piece, character.to_string());
    }
}

#[test]
fn the_document_itself_is_accepted() {
    agrees(DOCUMENT).unwrap();
    assert!(serde_json::from_str::<Value>(DOCUMENT).is_ok());
}

#[test]
fn every_value_knows_its_place() {
    fn check(source: &Source, value: &JsonValue) {
        let text = &source.text()[value.span.start..value.span.end];
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), plain(value), "{text}");
        match &value.data {
            JsonData::Array(values) => values.iter().for_each(|value| check(source, value)),
            JsonData::Object(members) => members.iter().for_each(|member| {
                let name = &source.text()[member.name_span.start..member.name_span.end];
                assert_eq!(serde_json::from_str::<String>(name).unwrap(), member.name);
                check(source, &member.value);
            }),
            JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) => {}
        }
    }
    let source = Source::new("text", DOCUMENT);
    check(&source, &parse(&source, &Limits::default()).0.unwrap());
}

#[test]
fn members_that_occur_twice_are_kept() {
    let (value, findings) = parse(&Source::new("text", r#"{"a": 1, "a": 2}"#), &Limits::default());
    let Some(JsonValue { data: JsonData::Object(members), .. }) = value else {
        panic!("no object")
    };
    assert!(findings.is_empty());
    assert_eq!(members.len(), 2);
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| Source::new("text", "[".repeat(depth) + &"]".repeat(depth));
    let codes = |depth, limit| {
        parse(&nested(depth), &Limits { depth: limit, ..Limits::default() })
            .1
            .first()
            .map(|finding| finding.rule)
    };
    assert_eq!(codes(64, 64), None);
    assert_eq!(codes(65, 64), Some("nested-too-deeply"));
    assert_eq!(codes(512, usize::MAX), None);
    assert_eq!(codes(513, usize::MAX), Some("nested-too-deeply"));
}
