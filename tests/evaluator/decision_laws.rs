//! Laws of whole decisions: what a change of the policies may and may not do (what follows from
//! SEMANTICS 6.1 to 6.6, over every layer).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Options, Rng};
use crate::support::sets::{self, Case};
use crate::support::statements;
use keyaki::semantics::{Decision, decide};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use serde_json::{Value, json};
use std::cell::Cell;

/// Sets that each law is tried on, with four requests each.
const CASES: u32 = 600;

/// The layers in which an Allow can stand.
const ALLOWING: &[&str] = &["identity", "boundary", "session", "resource", "scp", "endpoint"];

/// What a change may do to a decision.
#[derive(Clone, Copy)]
enum Effect {
    /// What was refused stays refused.
    NeverWidens,
    /// What was allowed stays allowed.
    NeverNarrows,
    /// The decision stays.
    ChangesNothing,
}

impl Effect {
    fn permits(self, before: Decision, after: Decision) -> bool {
        let allowed = [before, after].map(|decision| decision == Decision::Allowed);
        match self {
            Effect::NeverWidens => allowed[0] || !allowed[1],
            Effect::NeverNarrows => !allowed[0] || allowed[1],
            Effect::ChangesNothing => before == after,
        }
    }
}

/// Tries the law on random sets. `change` makes other policies of a case, or none where the law
/// says nothing. Of a thousand decisions at least `least` must be put to the test: changed by the
/// change or, where nothing may change, made again under other policies.
fn law(effect: Effect, least: u64, change: impl Fn(&mut Rng, &Case) -> Option<Value>) {
    let tested = Cell::new(0);
    let check = |seed: u64| {
        let rng = &mut generate::rng(seed);
        let case = sets::case(rng, Options::default(), 4);
        let Some(changed) = change(rng, &case) else { return Ok(()) };
        let after = sets::set(&changed, case.strict)
            .map_err(|problem| TestCaseError::fail(format!("{changed}: {problem}")))?;
        // A resource-based policy alone is asked another question.
        let before = case.set();
        if before.is_resource_alone() != after.is_resource_alone() {
            return Ok(());
        }
        for request in &case.requests {
            let (old, new) = (decide(&before, request).decision, decide(&after, request).decision);
            let shown = || {
                format!("{old} becomes {new}\n{}\n{changed}\n{}", case.policies, request.to_json())
            };
            prop_assert!(effect.permits(old, new), "{}", shown());
            let counts = old != new
                || matches!(effect, Effect::ChangesNothing) && old != Decision::ImplicitDeny;
            tested.set(tested.get() + u64::from(counts));
        }
        Ok(())
    };
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner.run(&any::<u64>(), check).unwrap_or_else(|failure| panic!("{failure}"));
    let share = tested.get() * 1000 / (4 * u64::from(CASES));
    println!("{share} of a thousand decisions were put to the test");
    assert!(share >= least, "only {share} of a thousand decisions were put to the test");
}

/// The ways, as JSON pointers, to every document of a layer.
fn documents(policies: &Value, layer: &str) -> Vec<String> {
    fn collect(value: &Value, at: String, found: &mut Vec<String>) {
        match value {
            Value::Object(_) => found.push(at),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(index, item)| collect(item, format!("{at}/{index}"), found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    if let Some(value) = policies.get(layer) {
        collect(value, format!("/{layer}"), &mut found);
    }
    found
}

/// The policies with a statement added to a document of one of the layers.
fn with_added(rng: &mut Rng, case: &Case, layers: &[&str], effect: &str) -> Option<Value> {
    let places = layers
        .iter()
        .flat_map(|layer| documents(&case.policies, layer).into_iter().map(move |at| (*layer, at)));
    let (layer, at) = places.collect::<Vec<_>>().choose(rng).cloned()?;
    let mut changed = case.policies.clone();
    let document = changed.pointer_mut(&at)?;
    let mut statements = statements(document);
    let place = rng.random_range(0..=statements.len());
    let mut added = sets::statement(rng, Options::default(), case, layer, effect);
    // Every other Allow is broad, or hardly any would apply where the others do not.
    if effect == "Allow" && rng.random_bool(0.5) {
        let members = added.as_object_mut()?;
        members.retain(|name, _| name.ends_with("Principal") || name == "Effect");
        members.insert("Action".to_owned(), json!("*"));
        members.insert("Resource".to_owned(), json!("*"));
    }
    statements.insert(place, added);
    document["Statement"] = Value::Array(statements);
    Some(changed)
}

#[test]
fn an_added_deny_never_widens() {
    law(Effect::NeverWidens, 20, |rng, case| {
        with_added(rng, case, &[ALLOWING, &["rcp"]].concat(), "Deny")
    });
}

#[test]
fn a_new_policy_that_denies_never_widens() {
    law(Effect::NeverWidens, 10, |rng, case| {
        let mut changed = case.policies.clone();
        let layer = ["identity", "session", "endpoint", "scp", "rcp"].choose(rng)?;
        let statement = sets::statement(rng, Options::default(), case, layer, "Deny");
        let document = json!({"Version": "2012-10-17", "Statement": statement});
        let list =
            changed.as_object_mut()?.entry(*layer).or_insert_with(|| json!([])).as_array_mut()?;
        list.push(if matches!(*layer, "scp" | "rcp") { json!([document]) } else { document });
        Some(changed)
    });
}

#[test]
fn an_added_allow_never_narrows() {
    for layer in ALLOWING {
        law(Effect::NeverNarrows, 2, |rng, case| with_added(rng, case, &[layer], "Allow"));
    }
}

/// The policies without these layers, where there is one of them.
fn without(case: &Case, layers: &[&str]) -> Option<Value> {
    let mut changed = case.policies.clone();
    let members = changed.as_object_mut()?;
    let before = members.len();
    members.retain(|name, _| !layers.contains(&name.as_str()));
    (members.len() < before).then_some(changed)
}

#[test]
fn removing_the_boundary_never_narrows() {
    law(Effect::NeverNarrows, 10, |_, case| without(case, &["boundary"]));
}

#[test]
fn service_and_resource_control_policies_never_grant() {
    law(Effect::NeverNarrows, 20, |_, case| without(case, &["scp", "rcp"]));
    law(Effect::NeverNarrows, 10, |_, case| without(case, &["scp"]));
    law(Effect::NeverNarrows, 5, |_, case| without(case, &["rcp"]));
}

#[test]
fn an_endpoint_policy_never_grants() {
    law(Effect::NeverNarrows, 5, |_, case| without(case, &["endpoint"]));
}

/// Without session policies a federated-user session has no identity-based permissions; everybody
/// else may only gain.
#[test]
fn removing_session_policies_never_narrows() {
    use keyaki::request::PrincipalKind::FederatedUser;
    law(Effect::NeverNarrows, 5, |_, case| {
        let federated =
            case.requests.iter().any(|request| request.principal.kind() == Some(FederatedUser));
        if federated { None } else { without(case, &["session"]) }
    });
}

/// Each statement replaced by one for each entry of the list at `pointer`, where it is a list of
/// several.
fn split(document: &mut Value, pointer: &str) {
    let parts = |statement: Value| match statement.pointer(pointer) {
        Some(Value::Array(list)) if list.len() > 1 => {
            let one = |entry: &Value| {
                let mut one = statement.clone();
                *one.pointer_mut(pointer).expect("just found") = entry.clone();
                one
            };
            list.iter().map(one).collect()
        }
        _ => vec![statement],
    };
    document["Statement"] = statements(document).into_iter().flat_map(parts).collect();
}

#[test]
fn splitting_a_statement_changes_nothing() {
    for pointer in ["/Action", "/Resource", "/Principal/AWS"] {
        law(Effect::ChangesNothing, 50, |_, case| {
            let mut changed = case.policies.clone();
            for at in [ALLOWING, &["rcp"]]
                .concat()
                .into_iter()
                .flat_map(|layer| documents(&case.policies, layer))
            {
                let document = changed.pointer_mut(&at)?;
                let before = statements(document).len();
                split(document, pointer);
                if statements(document).len() == before {
                    *document = case.policies.pointer(&at)?.clone();
                }
            }
            (changed != case.policies).then_some(changed)
        });
    }
}

/// Puts the items of every list in another order: of the layer, of its levels, of statements.
fn shuffle(rng: &mut Rng, value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.shuffle(rng);
            items.iter_mut().for_each(|item| shuffle(rng, item));
        }
        Value::Object(members) => {
            if let Some(Value::Array(statements)) = members.get_mut("Statement") {
                statements.shuffle(rng);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_order_of_policies_and_statements_changes_nothing() {
    law(Effect::ChangesNothing, 100, |rng, case| {
        let mut changed = case.policies.clone();
        changed.as_object_mut()?.values_mut().for_each(|layer| shuffle(rng, layer));
        (changed != case.policies).then_some(changed)
    });
}

/// One policy of several statements is as several policies of one statement each, in a layer that
/// is a list.
#[test]
fn the_grouping_of_statements_changes_nothing() {
    law(Effect::ChangesNothing, 50, |_, case| {
        let mut changed = case.policies.clone();
        for layer in ["identity", "session", "endpoint"] {
            let Some(Value::Array(documents)) = changed.get_mut(layer) else { continue };
            let alone = |document: &Value| {
                let one = |statement: Value| {
                    let mut one = document.clone();
                    one["Statement"] = statement;
                    one
                };
                statements(document).into_iter().map(one).collect::<Vec<_>>()
            };
            *documents = documents.iter().flat_map(alone).collect();
        }
        (changed != case.policies).then_some(changed)
    });
}
