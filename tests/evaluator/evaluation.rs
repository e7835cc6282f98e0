//! `tests/cases/evaluator`: conditions and elements, each with requests that match and requests
//! that do not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::{policy, request};
use keyaki::policy::{Kind, Policy};
use keyaki::request::Request;
use keyaki::semantics::{applies, failures};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Conditions {
    condition: Vec<Condition>,
}

#[derive(Deserialize)]
struct Condition {
    name: String,
    version: Option<String>,
    json: String,
    #[serde(default)]
    holds: Vec<String>,
    #[serde(default)]
    fails: Vec<String>,
}

#[derive(Deserialize)]
struct Elements {
    action: Vec<Element>,
    resource: Vec<Element>,
}

#[derive(Deserialize)]
struct Element {
    name: String,
    version: Option<String>,
    json: String,
    context: Option<String>,
    #[serde(default)]
    matches: Vec<String>,
    #[serde(default)]
    misses: Vec<String>,
}

/// A policy of one statement: Allow everything, with these members instead.
fn allowing(version: Option<&str>, members: Value) -> Policy {
    let mut statement = Map::from_iter([("Effect".to_owned(), json!("Allow"))]);
    statement.extend(members.as_object().expect("members").clone());
    if !statement.contains_key("NotAction") {
        statement.entry("Action").or_insert(json!("*"));
    }
    if !statement.contains_key("NotResource") {
        statement.entry("Resource").or_insert(json!("*"));
    }
    policy(&json!({"Version": version.unwrap_or("2012-10-17"), "Statement": statement}).to_string())
}

fn asking(action: &str, resource: &str, context: &str) -> Request {
    let context: Value = serde_json::from_str(context).expect("a context");
    request(
        &json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": action, "resource": resource, "context": context}).to_string(),
    )
}

/// Collects what differs from the expectation, so that one run shows everything.
#[derive(Default)]
struct Tally {
    decided: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn check(
        &mut self,
        name: &str,
        policy: &Policy,
        request: &Request,
        expected: bool,
        shown: &str,
    ) {
        let statement = &policy.statements[0];
        let applied = applies(statement, Kind::Identity, request);
        let reasons = failures(statement, Kind::Identity, request);
        assert_eq!(
            applied,
            reasons.is_empty(),
            "{name}: {shown}: the explanation disagrees: {reasons:?}"
        );
        self.decided += 1;
        if applied != expected {
            let reasons: Vec<_> = reasons.iter().map(ToString::to_string).collect();
            self.wrong.push(format!(
                "{name}: {shown}: applies {applied} instead of {expected} {reasons:?}"
            ));
        }
    }

    fn finish(self, least: usize) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.decided >= least, "only {} requests were decided", self.decided);
    }
}

#[test]
fn conditions() {
    let cases: Conditions =
        toml::from_str(include_str!("../cases/evaluator/conditions.toml")).expect("cases");
    let mut tally = Tally::default();
    for case in &cases.condition {
        let condition: Value = serde_json::from_str(&case.json).expect("a condition");
        let policy = allowing(case.version.as_deref(), json!({ "Condition": condition }));
        for (contexts, expected) in [(&case.holds, true), (&case.fails, false)] {
            for context in contexts {
                tally.check(
                    &case.name,
                    &policy,
                    &asking("s3:GetObject", "*", context),
                    expected,
                    context,
                );
            }
        }
    }
    tally.finish(325);
}

fn elements(cases: &[Element], ask: impl Fn(&str, &str) -> Request, least: usize) {
    let mut tally = Tally::default();
    for case in cases {
        let policy = allowing(
            case.version.as_deref(),
            serde_json::from_str(&case.json).expect("an element"),
        );
        let context = case.context.as_deref().unwrap_or("{}");
        for (texts, expected) in [(&case.matches, true), (&case.misses, false)] {
            for text in texts {
                tally.check(&case.name, &policy, &ask(text, context), expected, text);
            }
        }
    }
    tally.finish(least);
}

#[test]
fn actions() {
    let cases: Elements =
        toml::from_str(include_str!("../cases/evaluator/elements.toml")).expect("cases");
    elements(&cases.action, |action, context| asking(action, "*", context), 22);
}

#[test]
fn resources() {
    let cases: Elements =
        toml::from_str(include_str!("../cases/evaluator/elements.toml")).expect("cases");
    elements(&cases.resource, |resource, context| asking("s3:GetObject", resource, context), 60);
}
