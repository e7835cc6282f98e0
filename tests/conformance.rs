//! The conformance cases of SEMANTICS 8.2, through the reader and the evaluator.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use keyaki::environment::{NamedPolicy, Policies};
use keyaki::json::{self, JsonData, JsonValue};
use keyaki::policy::{Kind, read as policy};
use keyaki::request;
use keyaki::semantics::{decide, explain};
use keyaki::source::Source;

/// How many cases hold nothing but identity-based policies. A run that decided fewer fails.
const IDENTITY_ONLY: usize = 91;

fn text<'a>(case: &'a JsonValue, member: &str) -> &'a str {
    case.member(member).and_then(JsonValue::as_str).unwrap_or_else(|| panic!("a case has no `{member}`"))
}

/// The identity-based policies of a case; `None` when it has others too.
fn identity(case: &JsonValue, source: &Source) -> Option<Policies> {
    let JsonData::Object(layers) = &case.member("policies")?.data else { panic!("`policies` is not an object") };
    let [layer] = layers.as_slice() else { return None };
    if layer.name != "identity" {
        return None;
    }
    let JsonData::Array(documents) = &layer.value.data else { panic!("`identity` is not a list") };
    let read = |(index, document): (usize, &JsonValue)| {
        let name = format!("identity[{index}]");
        // Some seed policies are printed with spaces in a `Sid`.
        let options = policy::ReadOptions { lenient_sids: true, ..policy::ReadOptions::default() };
        let outcome = policy::read_value(document, source, Kind::Identity, &options, &name);
        let policy = outcome.policy.unwrap_or_else(|| panic!("{}: {:#?}", text(case, "id"), outcome.diagnostics));
        NamedPolicy { name, policy }
    };
    Some(Policies::identity(documents.iter().enumerate().map(read).collect()))
}

#[test]
fn identity_based_policies_decide_as_the_cases_say() {
    let mut decided = 0;
    let mut wrong = Vec::new();
    for line in include_str!("conformance.jsonl").lines() {
        let source = Source::new("conformance.jsonl", line);
        let (case, findings) = json::parse(&source, &json::Limits::default());
        let case = case.unwrap_or_else(|| panic!("{findings:#?}"));
        let Some(policies) = identity(&case, &source) else { continue };
        let outcome = request::read_value(case.member("request").expect("a request"), &source, "request");
        let request = outcome.request.unwrap_or_else(|| panic!("{:#?}", outcome.diagnostics));
        let evaluation = decide(&policies, &request);
        let explanation = explain(&policies, &request);
        assert_eq!(explanation.evaluation, evaluation);
        decided += 1;
        if evaluation.decision.word() != text(&case, "expect") {
            wrong.push(format!(
                "{}: {} instead of {}: {}",
                text(&case, "id"),
                evaluation.decision,
                text(&case, "expect"),
                text(&case, "why")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(decided, IDENTITY_ONLY, "cases of identity-based policies only");
}
