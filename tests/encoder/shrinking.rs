//! Shrinking finds the smallest case: tried on artificial properties in the place of a
//! disagreement.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Options};
use crate::support::reading::request_of;
use crate::support::sets;
use crate::support::shrink::shrink;
use keyaki::semantics::{Decision, decide};
use serde_json::{Value, json};
use std::cell::Cell;

#[test]
fn only_what_the_property_needs_is_left() {
    let document =
        json!({"a": [1, [2, 3], {"x": 4, "y": [5]}], "b": {"c": {"d": "e"}}, "f": "g", "h": [[7]]});
    let cases = [
        (json!({}), vec![]),
        (json!({"a": 3}), vec!["3"]),
        (json!({"a": {"y": 5}, "f": "g"}), vec!["5", "\"f\""]),
        (json!({"b": {"c": {"d": "e"}}}), vec!["\"e\""]),
        (json!({"a": [1, {"x": 4}]}), vec!["1", "\"x\""]),
        (json!({"h": 7}), vec!["7"]),
    ];
    for (expected, needed) in cases {
        let keeps = |value: &Value| needed.iter().all(|text| value.to_string().contains(text));
        assert_eq!(shrink(document.clone(), &keeps), expected, "{needed:?}");
    }
}

#[test]
fn what_does_not_keep_the_property_is_never_returned() {
    let document = json!({"a": [1, 2], "b": 3});
    let tried = Cell::new(0);
    let never = |_: &Value| {
        tried.set(tried.get() + 1);
        false
    };
    assert_eq!(shrink(document.clone(), &never), document);
    assert_eq!(tried.get(), 4, "each part is tried once: `a`, `b` and two items");
}

/// In the place of a disagreement: the decision is this one.
fn decided(case: &Value, wanted: Decision) -> bool {
    let (Ok(set), Ok(request)) =
        (sets::set(&case["policies"], false), request_of(&case["request"]))
    else {
        return false;
    };
    decide(&set, &request).decision == wanted
}

fn statements(case: &Value) -> Vec<Value> {
    fn collect(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(members) if members.contains_key("Effect") => found.push(value.clone()),
            Value::Object(members) => members.values().for_each(|value| collect(value, found)),
            Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    collect(case, &mut found);
    found
}

#[test]
fn a_deny_shrinks_to_one_statement_without_conditions() {
    let mut tried = 0;
    for seed in 0..150 {
        let drawn = sets::case(&mut generate::rng(seed), Options::default(), 1);
        let case = json!({"policies": drawn.policies, "request": drawn.requests[0].to_json()});
        if !decided(&case, Decision::ExplicitDeny) {
            continue;
        }
        tried += 1;
        let small = shrink(case, &|case| decided(case, Decision::ExplicitDeny));
        let statements = statements(&small);
        assert_eq!(statements.len(), 1, "{small}");
        assert_eq!(statements[0]["Effect"], "Deny", "{small}");
        assert_eq!(statements[0].get("Condition"), None, "{small}");
        assert_eq!(small["policies"].as_object().map(|layers| layers.len()), Some(1), "{small}");
        // An endpoint policy takes part only when a key of the context says so.
        let keys = small["request"]
            .get("context")
            .map_or(0, |context| context.as_object().map_or(0, |keys| keys.len()));
        assert!(keys == 0 || keys == 1 && small.to_string().contains("endpoint"), "{small}");
    }
    assert!(tried >= 20, "only {tried} cases were denied");
}

#[test]
fn a_grant_shrinks_to_what_it_needs() {
    let allows = json!({"Effect": "Allow", "Action": ["s3:*", "iam:*"], "Resource": "*", "Condition": {"Null": {"t:k": "false"}}});
    let other = json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"});
    let document =
        |statements: &[&Value]| json!({"Version": "2012-10-17", "Statement": statements});
    let case = json!({
        "policies": {"identity": [document(&[&other]), document(&[&other, &allows])], "boundary": document(&[&allows]), "scp": [[document(&[&allows])]]},
        "request": {"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::b",
            "context": {"t:k": "x", "aws:username": "dev"}, "principalInManagementAccount": false},
    });
    let small = shrink(case, &|case| decided(case, Decision::Allowed));
    let expected = json!({
        "policies": {"identity": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}},
        "request": {"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:::b"},
    });
    assert_eq!(small, expected);
}
