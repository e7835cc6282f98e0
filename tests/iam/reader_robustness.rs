//! The reader on everything that is thrown at it: it never panics, takes no time to speak of, and
//! what it accepts prints and reads again.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

use crate::support::policies::{KINDS, meaning, policy};
use keyaki::finding::{Finding, one_line, render};
use keyaki::policy::print::print;
use keyaki::policy::read::{ReadOptions, ReadOutcome, read};
use keyaki::source::Source;
use proptest::prelude::*;
use std::time::{Duration, Instant};

const DOCUMENT: &str = r#"{"Version": "2012-10-17", "Id": "x", "Statement": [
  {"Sid": "A1", "Effect": "Allow", "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:role/app"], "Service": "s3.amazonaws.com"},
   "NotAction": ["s3:Get*", "iam:?", "*"], "Resource": ["arn:aws:s3:::${aws:username, 'a'}/${*}*", "arn:aws:sqs:*", "*"],
   "Condition": {"ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["${aws:username}", "b*"]}, "NumericLessThan": {"s3:max-keys": 10},
     "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "DateLessThan": {"aws:CurrentTime": "2025-07-01T00:00:00Z"}, "Null": {"aws:x": true},
     "BinaryEquals": {"a:b": "QmluYXJ5"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}, "Bool": {"aws:SecureTransport": "true"}}},
  {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Action": "kms:*", "NotResource": "arn:aws:kms:*:*:*"}]}"#;

/// Reads as every kind and checks what holds for every text.
fn survives(text: &str) -> Vec<ReadOutcome> {
    let source = Source::new("text", text);
    let outcomes: Vec<ReadOutcome> = KINDS
        .iter()
        .flat_map(|kind| {
            [false, true].map(|lenient| {
                (
                    kind,
                    ReadOptions {
                        legacy_duplicates: lenient,
                        lenient_sids: lenient,
                        ..ReadOptions::default()
                    },
                )
            })
        })
        .map(|(kind, options)| {
            let outcome = read(&source, *kind, &options);
            assert_eq!(
                outcome.policy.is_none(),
                outcome.diagnostics.iter().any(Finding::is_error),
                "{text}"
            );
            assert!(outcome.diagnostics.is_sorted_by_key(|finding| finding.span.start));
            if let Some(policy) = &outcome.policy {
                let again = read(&Source::new("printed", print(policy)), *kind, &options);
                assert_eq!(
                    again.policy.as_ref().map(meaning),
                    Some(meaning(policy)),
                    "{:?}",
                    again.diagnostics
                );
            }
            outcome
        })
        .collect();
    for finding in outcomes.iter().flat_map(|outcome| &outcome.diagnostics).take(3) {
        assert!(text.get(finding.span.start..finding.span.end).is_some(), "{finding:?}");
        assert!(
            one_line(finding).contains(finding.rule)
                && render(std::slice::from_ref(finding)).contains(finding.rule)
        );
    }
    outcomes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn printed_policies_read_as_the_same(policy in policy()) {
        let printed = print(&policy);
        let outcome = read(&Source::new("printed", printed.as_str()), policy.kind, &ReadOptions::default());
        let again = outcome.policy.map(|again| (meaning(&again), print(&again)));
        prop_assert_eq!(again, Some((meaning(&policy), printed)), "{:#?}", outcome.diagnostics);
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        survives(&String::from_utf8_lossy(&bytes));
        let _ = Source::from_bytes("bytes", &bytes);
    }

    #[test]
    fn mutated_documents_are_survived(
        changes in proptest::collection::vec((0..DOCUMENT.len(), 0..8_usize, "[a-zA-Z0-9{}\\[\\]\",:*?$/' \\\\\u{a0}é…]{0,4}"), 1..4),
    ) {
        let mut text = DOCUMENT.to_owned();
        for (at, length, insert) in changes {
            let floor = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let range = floor(at)..floor(at + length);
            text.replace_range(range, &insert);
        }
        survives(&text);
    }
}

#[test]
fn the_document_is_accepted_by_the_kind_that_has_all_elements() {
    assert!(survives(DOCUMENT).iter().any(|outcome| outcome.policy.is_some()));
}

/// Numbers are compared exactly, which takes stack for every digit.
#[test]
fn numbers_and_dates_have_a_bound() {
    let read_as = |operator: &str, value: &str| {
        let condition = format!(r#""Condition": {{"{operator}": {{"a:b": {value}}}}}"#);
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", {condition}}}}}"#
        );
        read(&Source::new("text", text), KINDS[0], &ReadOptions::default())
    };
    let digits = |count: usize| "7".repeat(count);
    for (operator, value) in [
        ("NumericLessThan", digits(201)),
        ("NumericEquals", format!("\"-0.{}\"", digits(200))),
        ("DateEquals", format!("\"1970-01-01T00:00:01.{}Z\"", digits(200))),
    ] {
        let outcome = read_as(operator, &value);
        let messages: Vec<&str> =
            outcome.diagnostics.iter().map(|finding| finding.message.as_str()).collect();
        assert!(
            matches!(messages.as_slice(), [one] if one.ends_with(" of at most 200 digits")),
            "{messages:?}"
        );
    }
    assert!(read_as("NumericLessThan", &digits(200)).policy.is_some());
    assert!(read_as("StringEquals", &format!("\"{}\"", digits(201))).policy.is_some());
}

#[test]
fn hostile_texts_take_no_time_to_speak_of() {
    let list = |item: &str, size: usize| vec![item; size / (item.len() + 1)].join(",");
    let statement = |element: &str| {
        format!(
            "{{\"Version\": \"2012-10-17\", \"Statement\": {{\"Effect\": \"Allow\", \"Resource\": \"*\", {element}}}}}"
        )
    };
    const MEGABYTE: usize = 1 << 20;
    let texts = [
        "[".repeat(MEGABYTE),
        "{\"a\":".repeat(MEGABYTE / 5),
        format!("\"{}\"", "x".repeat(MEGABYTE)),
        format!("{{{}}}", list("\"a\":1", MEGABYTE / 4)),
        statement(
            &(0..50_000)
                .map(|name| format!("\"{name}\":1,\"{name}\":2"))
                .collect::<Vec<_>>()
                .join(","),
        ),
        statement(&format!("\"Action\": [{}]", list("1", MEGABYTE / 4))),
        statement(&format!("\"Action\": [{}]", list("\"*\"", MEGABYTE))),
        statement(&format!("\"NotResource\": \"arn:aws:s3:::{}\"", "${".repeat(30_000))),
        statement(&format!("\"NotResource\": \"arn:aws:s3:::{}\"", "${}".repeat(20_000))),
        statement(&format!("\"NotResource\": \"arn:aws:s3:::{}\"", "${a}".repeat(16_000))),
        statement(&format!(
            "\"Condition\": {{\"{}\": {{{}}}}}",
            "x".repeat(MEGABYTE),
            list("\"a\":null", MEGABYTE / 4)
        )),
        statement(&format!(
            "\"Condition\": {{\"StringLike\": {{{}}}}}",
            list("\"a:b\":\"x\"", MEGABYTE / 4)
        )),
        format!("{{\"Statement\": [{}]}}", list("{\"Sid\":\"A\"}", MEGABYTE / 4)),
        "\u{a0}\n".repeat(MEGABYTE / 3),
        format!("\"{}\"", "\\x".repeat(MEGABYTE / 2)),
        format!("\"{}\"", "\n".repeat(MEGABYTE)),
        "/*".repeat(MEGABYTE / 2),
        "#\n".repeat(MEGABYTE / 2),
        "1".repeat(MEGABYTE),
        "é".repeat(MEGABYTE / 2),
    ];
    for text in &texts {
        let start = Instant::now();
        let outcome = read(&Source::new("text", text.as_str()), KINDS[4], &ReadOptions::default());
        render(&outcome.diagnostics[..outcome.diagnostics.len().min(20)]);
        assert!(outcome.policy.is_none());
        assert!(outcome.diagnostics.len() <= 1_001);
        let head: String = text.chars().take(80).collect();
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}: {head}", start.elapsed());
        println!("{:?} {head}", start.elapsed());
    }
}
