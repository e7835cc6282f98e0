//! Laws of the evaluation, on random policies and requests (what follows from SEMANTICS 2 to 4 and
//! 6.1, and more).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::generate::{self, Options, Rng};
use crate::support::{policies, statements};
use keyaki::policy::{BaseOperator, ContextKey, Family, Kind};
use keyaki::request::{ContextValue, Request};
use keyaki::semantics::{Decision, applies, decide, explain};
use rand::RngExt;
use rand::seq::SliceRandom;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DRAWS: u64 = 600;

/// Tries the law on [`DRAWS`] draws; its premise must hold in `least` percent of them, for a law
/// that is seldom tried proves nothing.
fn law(least: u64, mut check: impl FnMut(&mut Rng) -> bool) {
    let tried = (0..DRAWS).map(|seed| u64::from(check(&mut generate::rng(seed)))).sum::<u64>();
    assert!(tried * 100 >= least * DRAWS, "the premise held in {tried} of {DRAWS} draws only");
}

fn decision(documents: &[Value], request: &Request) -> Decision {
    decide(&policies(documents), request).decision
}

/// Whether the statement of an identity-based policy applies, whoever asks.
fn applies_alone(statement: &Value, request: &Request) -> bool {
    let policies = policies(&[json!({"Version": "2012-10-17", "Statement": statement})]);
    applies(policies.statement(0, 0).expect("a statement"), Kind::Identity, request)
}

fn draw(rng: &mut Rng) -> (Value, Request) {
    (generate::policy(rng, Options::default()), generate::request(rng, Options::default()))
}

fn with_statements(document: &Value, statements: Vec<Value>) -> Value {
    let mut changed = document.clone();
    changed["Statement"] = Value::Array(statements);
    changed
}

/// The entries of a list, or the only one.
fn entries(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(entries) => entries.clone(),
        one @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Object(_)) => vec![one.clone()],
    }
}

#[test]
fn an_allow_never_takes_away() {
    law(5, |rng| {
        let (document, request) = draw(rng);
        let mut added = generate::statement(rng, Options::default());
        added["Effect"] = json!("Allow");
        let before = decision(std::slice::from_ref(&document), &request);
        let more = with_statements(&document, [statements(&document), vec![added]].concat());
        let after = decision(&[more], &request);
        assert!(
            after == before || (before, after) == (Decision::ImplicitDeny, Decision::Allowed),
            "{document} {request:?}"
        );
        before != after
    });
}

#[test]
fn a_deny_never_grants() {
    law(5, |rng| {
        let (document, request) = draw(rng);
        let mut added = generate::statement(rng, Options::default());
        added["Effect"] = json!("Deny");
        let before = decision(std::slice::from_ref(&document), &request);
        let more = with_statements(&document, [vec![added], statements(&document)].concat());
        let after = decision(&[more], &request);
        assert!(after == before || after == Decision::ExplicitDeny, "{document} {request:?}");
        before != after
    });
}

/// Each statement replaced by one for each entry of the list at `pointer`, where it is a list of
/// several.
fn split(document: &Value, pointer: &str) -> Option<Value> {
    let mut result = Vec::new();
    for statement in statements(document) {
        match statement.pointer(pointer) {
            Some(Value::Array(list)) if list.len() > 1 => {
                for entry in list {
                    let mut one = statement.clone();
                    *one.pointer_mut(pointer).expect("just found") = entry.clone();
                    result.push(one);
                }
            }
            _ => result.push(statement),
        }
    }
    (result.len() > statements(document).len()).then(|| with_statements(document, result))
}

#[test]
fn lists_of_actions_and_resources_can_be_split() {
    for pointer in ["/Action", "/Resource"] {
        law(20, |rng| {
            let (document, request) = draw(rng);
            let Some(splitted) = split(&document, pointer) else { return false };
            assert_eq!(
                decision(&[document], &request),
                decision(std::slice::from_ref(&splitted), &request),
                "{splitted} {request:?}"
            );
            true
        });
    }
}

/// The pointers to the value lists of positive operators, of which `ForAllValues` leaves none
/// positive.
fn positive_values(document: &Value) -> BTreeSet<String> {
    let mut pointers = BTreeSet::new();
    for statement in statements(document) {
        for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
            let positive = !operator.to_ascii_lowercase().contains("not")
                && !operator.to_ascii_lowercase().starts_with("forall");
            let keys = keys.as_object().into_iter().flatten().filter(|_| positive);
            pointers.extend(
                keys.map(|(key, _)| format!("/Condition/{operator}/{}", key.replace('/', "~1"))),
            );
        }
    }
    pointers
}

#[test]
fn value_lists_of_positive_operators_can_be_split() {
    law(10, |rng| {
        let (document, request) = draw(rng);
        let split_all = |result: Value, pointer: &String| split(&result, pointer).unwrap_or(result);
        let result = positive_values(&document).iter().fold(document.clone(), split_all);
        if result == document {
            return false;
        }
        assert_eq!(
            decision(&[document], &request),
            decision(std::slice::from_ref(&result), &request),
            "{result} {request:?}"
        );
        true
    });
}

#[test]
fn order_and_grouping_do_not_matter() {
    law(40, |rng| {
        let (document, request) = draw(rng);
        let mut shuffled = statements(&document);
        if shuffled.len() < 2 {
            return false;
        }
        shuffled.shuffle(rng);
        let apart: Vec<Value> = shuffled
            .iter()
            .map(|statement| with_statements(&document, vec![statement.clone()]))
            .collect();
        let expected = decision(std::slice::from_ref(&document), &request);
        assert_eq!(
            decision(&[with_statements(&document, shuffled)], &request),
            expected,
            "{document} {request:?}"
        );
        assert_eq!(decision(&apart, &request), expected, "{document} {request:?}");
        true
    });
}

#[test]
fn the_case_of_actions_and_keys_does_not_matter() {
    law(100, |rng| {
        let (document, request) = draw(rng);
        let mut other = request.clone();
        other.action = request.action.to_ascii_uppercase();
        other.context = request
            .context
            .iter()
            .map(|(key, value)| (ContextKey::new(&key.text().to_ascii_uppercase()), value.clone()))
            .collect();
        assert_eq!(
            decision(std::slice::from_ref(&document), &request),
            decision(std::slice::from_ref(&document), &other),
            "{document} {request:?}"
        );
        true
    });
}

#[test]
fn without_a_dollar_the_version_does_not_matter() {
    law(20, |rng| {
        let (mut document, request) = draw(rng);
        if document.to_string().contains('$') {
            return false;
        }
        document["Version"] = json!("2008-10-17");
        let old = decision(std::slice::from_ref(&document), &request);
        document["Version"] = json!("2012-10-17");
        assert_eq!(
            old,
            decision(std::slice::from_ref(&document), &request),
            "{document} {request:?}"
        );
        true
    });
}

#[test]
fn the_explanation_agrees_with_the_decision() {
    law(100, |rng| {
        let (document, request) = draw(rng);
        let policies = policies([&document]);
        let explanation = explain(&policies, &request);
        assert_eq!(explanation.evaluation, decide(&policies, &request));
        let applied: Vec<_> = explanation
            .statements
            .iter()
            .filter(|one| one.applied())
            .map(|one| one.statement)
            .collect();
        assert_eq!(applied, explanation.evaluation.applying, "{document} {request:?}");
        let unspoken = explanation
            .statements
            .iter()
            .flat_map(|one| &one.failures)
            .find(|failure| failure.to_string().is_empty());
        assert_eq!(unspoken, None);
        true
    });
}

/// A random pair and a request; the operator without its prefix and suffix.
struct Pair {
    base: BaseOperator,
    key: String,
    values: Value,
    request: Request,
}

impl Pair {
    fn draw(rng: &mut Rng) -> Self {
        let (operator, key, values) = generate::pair(rng, Options::default());
        let operator = operator.to_ascii_lowercase();
        let name = operator.rsplit(':').next().unwrap_or_default().trim_end_matches("ifexists");
        let base = *BaseOperator::ALL
            .iter()
            .find(|base| base.name().eq_ignore_ascii_case(name))
            .expect("a base operator");
        Self { base, key, values, request: generate::request(rng, Options::default()) }
    }

    /// Whether the condition holds with this operator in the place of the drawn one.
    fn holds(&self, operator: &str) -> bool {
        let condition = json!({operator: {self.key.as_str(): self.values}});
        let statement =
            json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition});
        applies_alone(&statement, &self.request)
    }

    /// The distinct values that the request carries for the key.
    fn carried(&self) -> BTreeSet<&str> {
        match self.request.context.get(&ContextKey::new(&self.key)) {
            None => BTreeSet::new(),
            Some(ContextValue::Single(value)) => BTreeSet::from([value.as_str()]),
            Some(ContextValue::List(values)) => values.iter().map(String::as_str).collect(),
        }
    }

    fn add(&mut self, value: &str) {
        let mut values: Vec<String> = self.carried().into_iter().map(str::to_owned).collect();
        values.push(value.to_owned());
        self.request.context.insert(ContextKey::new(&self.key), ContextValue::List(values));
    }

    /// The positive and the negated spelling, where the operator has both.
    fn opposites(&self) -> Option<(&'static str, &'static str)> {
        const OPPOSITES: &[(&str, &str)] = &[
            ("StringEquals", "StringNotEquals"),
            ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
            ("StringLike", "StringNotLike"),
            ("NumericEquals", "NumericNotEquals"),
            ("DateEquals", "DateNotEquals"),
            ("IpAddress", "NotIpAddress"),
            ("ArnEquals", "ArnNotEquals"),
            ("ArnLike", "ArnNotLike"),
        ];
        let name = self.base.name();
        OPPOSITES.iter().copied().find(|(positive, negated)| name == *positive || name == *negated)
    }

    fn shown(&self) -> String {
        format!("{} {} {} {:?}", self.base.name(), self.key, self.values, self.request.context)
    }
}

#[test]
fn an_operator_and_its_negation_are_complements() {
    law(40, |rng| {
        let pair = Pair::draw(rng);
        let Some((positive, negated)) = pair.opposites() else { return false };
        match pair.carried().len() {
            0 => {
                assert!(!pair.holds(positive) && pair.holds(negated), "{}", pair.shown());
                assert!(
                    pair.holds(&format!("{positive}IfExists"))
                        && pair.holds(&format!("{negated}IfExists")),
                    "{}",
                    pair.shown()
                );
            }
            1 => assert_ne!(pair.holds(positive), pair.holds(negated), "{}", pair.shown()),
            _ => assert!(!pair.holds(positive) && !pair.holds(negated), "{}", pair.shown()),
        }
        true
    });
}

#[test]
fn the_set_operators_are_dual() {
    law(40, |rng| {
        let pair = Pair::draw(rng);
        let Some((positive, negated)) = pair.opposites().filter(|_| pair.values != json!([]))
        else {
            return false;
        };
        for (one, other) in [(positive, negated), (negated, positive)] {
            assert_ne!(
                pair.holds(&format!("ForAllValues:{one}")),
                pair.holds(&format!("ForAnyValue:{other}")),
                "{}",
                pair.shown()
            );
        }
        true
    });
}

#[test]
fn if_exists_is_or_absent() {
    law(80, |rng| {
        let pair = Pair::draw(rng);
        if pair.base == BaseOperator::Null {
            return false;
        }
        for set in ["", "ForAllValues:", "ForAnyValue:"] {
            let plain = format!("{set}{}", pair.base.name());
            assert_eq!(
                pair.holds(&format!("{plain}IfExists")),
                pair.carried().is_empty() || pair.holds(&plain),
                "{set} {}",
                pair.shown()
            );
        }
        true
    });
}

#[test]
fn one_more_value_spoils_for_all_and_helps_for_any() {
    law(30, |rng| {
        let mut pair = Pair::draw(rng);
        // A key that stands in its own values as a variable would change them.
        let own =
            pair.values.to_string().to_ascii_lowercase().contains(&pair.key.to_ascii_lowercase());
        if own || pair.carried().iter().all(|value| value.is_empty()) {
            return false;
        }
        let (all, any) = (
            format!("ForAllValues:{}", pair.base.name()),
            format!("ForAnyValue:{}", pair.base.name()),
        );
        let before = (pair.holds(&all), pair.holds(&any));
        let pool = support::pools::values(if pair.base.family() == Family::Null {
            Family::String
        } else {
            pair.base.family()
        });
        let added = pool[rng.random_range(0..pool.len())];
        pair.add(added);
        let after = (pair.holds(&all), pair.holds(&any));
        assert!(
            after.0 <= before.0 && before.1 <= after.1,
            "{before:?} {after:?} + {added} {}",
            pair.shown()
        );
        true
    });
}

#[test]
fn one_more_expected_value_helps_positive_and_spoils_negated_operators() {
    law(30, |rng| {
        let mut pair = Pair::draw(rng);
        let mut fewer = entries(&pair.values);
        if fewer.pop().is_none() {
            return false;
        }
        let more = pair.holds(pair.base.name());
        pair.values = Value::Array(fewer);
        let fewer = pair.holds(pair.base.name());
        assert!(
            if pair.base.negated() { more <= fewer } else { fewer <= more },
            "{}",
            pair.shown()
        );
        true
    });
}

#[test]
fn arn_equals_is_arn_like() {
    law(5, |rng| {
        let pair = Pair::draw(rng);
        if pair.base.family() != Family::Arn {
            return false;
        }
        for (equals, like) in [("ArnEquals", "ArnLike"), ("ArnNotEquals", "ArnNotLike")] {
            assert_eq!(pair.holds(equals), pair.holds(like), "{}", pair.shown());
        }
        true
    });
}

#[test]
fn the_negations_of_elements_are_complements() {
    law(100, |rng| {
        let (action, pattern) = (support::pools::ACTIONS, generate::resource_pattern(rng));
        let request = generate::request(rng, Options::default());
        let applies = |members: Value| {
            let mut statement = json!({"Effect": "Deny"});
            statement
                .as_object_mut()
                .expect("an object")
                .extend(members.as_object().expect("members").clone());
            applies_alone(&statement, &request)
        };
        let actions =
            [action[rng.random_range(0..action.len())], action[rng.random_range(0..action.len())]];
        assert_ne!(
            applies(json!({"Action": actions, "Resource": "*"})),
            applies(json!({"NotAction": actions, "Resource": "*"})),
            "{actions:?}"
        );
        let resources = [pattern, generate::resource_pattern(rng)];
        assert_ne!(
            applies(json!({"Action": "*", "Resource": resources})),
            applies(json!({"Action": "*", "NotResource": resources})),
            "{resources:?}"
        );
        true
    });
}
