//! Parameters (SEMANTICS 3.1): a policy with values is the policy with the values written in.
//!
//! Random policy sets, of which parts of texts are made parameters. What the evaluator says of a
//! request with the values is what it says of the set as it was drawn; and a question about the
//! parametric set at these values has the answer of the question about the set as it was drawn.
//! `KEYAKI_DRAWS` is the number of sets, 100 unless set; `KEYAKI_SEED` the seed of the first.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Options, Rng, chance};
use crate::support::{number, reading, sets};
use keyaki::partitions::Partitions;
use keyaki::policy::parameter::{Form, Parameter};
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::request::{ContextValue, Request};
use keyaki::semantics;
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use rand::RngExt;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const OPTIONS: Options = Options { ill_typed: false, odd_lists: false, odd_resources: false };

/// Where a text of a policy stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// A resource, or a value of an operator on texts.
    Text,
    /// An AWS principal.
    Principal,
    /// Somewhere that no parameter may stand.
    Other,
}

/// The values of the parameters that were made, by the parameter's reference.
struct Made<'r> {
    rng: &'r mut Rng,
    values: BTreeMap<String, (Parameter, String)>,
}

impl Made<'_> {
    /// A parameter with that value: an old one more often than not, so that names have several
    /// uses.
    fn parameter(&mut self, form: Form, value: &str) -> String {
        let same = |(known, text): &&(Parameter, String)| known.form == form && text == value;
        if let Some((known, _)) = self.values.values().find(same)
            && chance(self.rng, 0.7)
        {
            return known.reference();
        }
        let name = format!("p{}", self.values.len());
        let parameter = Parameter { name, form };
        let reference = parameter.reference();
        self.values.insert(reference.clone(), (parameter, value.to_owned()));
        reference
    }

    fn form_of(&mut self, text: &str) -> Form {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Form::Account;
        }
        match self.rng.random_range(0..3) {
            0 => Form::Field,
            1 => Form::Text,
            _ => Form::OneOf(vec!["other".to_owned(), text.to_owned()]),
        }
    }

    /// A text with a part of it made a parameter.
    fn text(&mut self, text: &str) -> String {
        // Variables and escapes stay whole.
        let end = text.find("${").unwrap_or(text.len());
        let parts: Vec<(usize, &str)> = text[..end]
            .split(['*', '?', ':', '$', '/'])
            .map(|part| (part.as_ptr() as usize - text.as_ptr() as usize, part))
            .filter(|(_, part)| !part.is_empty())
            .collect();
        if parts.is_empty() || !chance(self.rng, 0.5) {
            return text.to_owned();
        }
        let (at, part) = parts[self.rng.random_range(0..parts.len())];
        // `arn` is what makes an ARN of a text.
        if part == "arn" {
            return text.to_owned();
        }
        let form = self.form_of(part);
        let reference = self.parameter(form, part);
        format!("{}{reference}{}", &text[..at], &text[at + part.len()..])
    }

    fn principal(&mut self, text: &str) -> String {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.parameter(Form::Account, text);
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let [arn, partition, service @ "iam", region, account, rest] = fields.as_slice() else {
            return text.to_owned();
        };
        let mut maybe = |form: Form, value: &str| {
            if chance(self.rng, 0.5) { self.parameter(form, value) } else { value.to_owned() }
        };
        let partition = maybe(Form::Partition, partition);
        // The account `cloudfront` has no digits.
        let is_known = *account == "cloudfront";
        let account = if is_known { (*account).to_owned() } else { maybe(Form::Account, account) };
        let rest = match rest.rsplit_once('/') {
            Some((kind, name)) => format!("{kind}/{}", maybe(Form::Field, name)),
            None => (*rest).to_owned(),
        };
        format!("{arn}:{partition}:{service}:{region}:{account}:{rest}")
    }

    fn value(&mut self, value: &Value, place: Place) -> Value {
        match value {
            Value::String(text) => Value::String(match place {
                Place::Text => self.text(text),
                Place::Principal => self.principal(text),
                Place::Other => text.clone(),
            }),
            Value::Array(values) => values.iter().map(|value| self.value(value, place)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| {
                    let place = match name.as_str() {
                        "Resource" | "NotResource" => Place::Text,
                        "AWS" => Place::Principal,
                        _ if is_of_texts(name) => Place::Text,
                        // Keys of another operator have other values.
                        _ if is_operator(name) => Place::Other,
                        _ => place,
                    };
                    (name.clone(), self.value(value, place))
                })
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }
}

/// Whether the name is that of an operator, and not of a key.
fn is_operator(name: &str) -> bool {
    let base = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
    ["null", "bool", "numeric", "date", "binary", "ip", "notip"]
        .iter()
        .any(|start| base.starts_with(start))
        && !name.contains('/')
}

/// Whether operators of that name compare texts.
fn is_of_texts(operator: &str) -> bool {
    let base = operator.rsplit(':').next().unwrap_or_default();
    base.starts_with("String") || base.starts_with("Arn")
}

/// What became of a draw.
fn draw(seed: u64, solver: &Solver, tally: &mut BTreeMap<&'static str, u64>) -> Result<(), String> {
    let mut count = |what| *tally.entry(what).or_default() += 1;
    let rng = &mut generate::rng(seed);
    let case = sets::case(rng, OPTIONS, 12);
    let shape = sets::shape(rng, OPTIONS, &case.focus);
    let concrete = case.set();
    let mut made = Made { rng, values: BTreeMap::new() };
    let unknown = made.value(&case.policies, Place::Other);
    let values = made.values;
    if values.is_empty() {
        count("without parameters");
        return Ok(());
    }
    let told =
        || json!({"seed": seed, "policies": case.policies, "unknown": unknown, "shape": shape});
    let set = sets::set(&unknown, case.strict).map_err(|error| format!("{error}\n{}", told()))?;
    let given = |request: &Request| {
        let mut request = request.clone();
        for (parameter, value) in values.values() {
            request.context.insert(parameter.key(), ContextValue::Single(value.clone()));
        }
        request
    };
    for request in &case.requests {
        let expected = semantics::decide(&concrete, request).decision;
        let found = semantics::decide(&set, &given(request)).decision;
        count("evaluations");
        if expected != found {
            return Err(format!(
                "{expected:?}, but {found:?} of {}\n{}",
                request.to_json(),
                told()
            ));
        }
    }
    let mut pinned = shape.clone();
    let pins: serde_json::Map<String, Value> = values
        .values()
        .map(|(parameter, value)| (parameter.key().text().to_owned(), json!(value)))
        .collect();
    let condition = pinned.as_object_mut().unwrap().entry("Condition").or_insert(json!({}));
    // The conditions of a shape that was drawn are about other keys.
    match condition.get_mut("StringEquals").and_then(Value::as_object_mut) {
        Some(members) => members.extend(pins),
        None => condition["StringEquals"] = Value::Object(pins),
    }
    let (shape, pinned) = (reading::shape_of(&shape)?, reading::shape_of(&pinned)?);
    // Where a question is asked depends on the names in the policies; a parameter is no name.
    let all = Partitions::named(&Partitions::known()).unwrap();
    let world = World { partitions: Some(all), ..World::embedded().unwrap() };
    let requests = if seed.is_multiple_of(3) { Requests::Any } else { Requests::Feasible(world) };
    let ask = |set, shape| {
        let query = Query {
            shape: Some(shape),
            within: &[],
            unlike: &[],
            allowed_by: vec![set],
            refused_by: Vec::new(),
            requests,
        };
        query.answer(solver, &Limits::timeout(Duration::from_secs(3))).map_err(|error| {
            let error = error.to_string();
            format!("{}\n{}", error.split("; please report").next().unwrap_or_default(), told())
        })
    };
    match (ask(&concrete, &shape)?, ask(&set, &pinned)?) {
        (Answer::Yes(_), Answer::Yes(_)) => count("yes"),
        (Answer::No, Answer::No) => count("no"),
        (Answer::Unknown(_), _) | (_, Answer::Unknown(_)) => count("unknown"),
        (expected, found) => {
            return Err(format!("{expected:?}\nbut at these values {found:?}\n{}", told()));
        }
    }
    // Every value: what is allowed at some values is not refuted.
    match ask(&set, &shape)? {
        Answer::Unknown(_) => count("unknown of every value"),
        Answer::Yes(witness) => {
            count("yes of every value");
            let written = written(&unknown, &witness.request);
            // A principal without a name is refused, and a value may be empty.
            let Ok(concrete) = sets::set(&written, case.strict) else {
                count("values that make no policy");
                return Ok(());
            };
            let mut bare = witness.request.clone();
            bare.context.retain(|key, _| Parameter::of(key).is_none());
            if semantics::decide(&concrete, &bare).decision != semantics::Decision::Allowed {
                return Err(format!("refused: {}\n{}", witness.request.to_json(), told()));
            }
        }
        Answer::No => {
            count("no of every value");
            if matches!(ask(&concrete, &shape)?, Answer::Yes(_)) {
                return Err(format!("missed\n{}", told()));
            }
        }
    }
    Ok(())
}

/// The policies with the values of a request written in. A value is what a literal text of a policy
/// can be: one with `${` in it cannot be, and forms have none.
fn written(policies: &Value, request: &Request) -> Value {
    let mut text = policies.to_string();
    for (key, value) in &request.context {
        let (Some(parameter), ContextValue::Single(value)) = (Parameter::of(key), value) else {
            continue;
        };
        let quoted = json!(value).to_string();
        text = text.replace(&parameter.reference(), &quoted[1..quoted.len() - 1]);
    }
    serde_json::from_str(&text).unwrap()
}

#[test]
fn parameters_mean_their_values() {
    let (draws, first) = (number("KEYAKI_DRAWS", 100), number("KEYAKI_SEED", 0));
    let solver = Solver::single(from_spec("auto").expect("the engine is built"));
    let mut tally = BTreeMap::new();
    let failures: Vec<String> =
        (first..first + draws).filter_map(|seed| draw(seed, &solver, &mut tally).err()).collect();
    println!("{tally:?}");
    let shown = failures.iter().take(5).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(failures.is_empty(), "{} failures\n{shown}", failures.len());
    let of = |what| tally.get(what).copied().unwrap_or_default();
    assert!(of("without parameters") * 4 < draws, "{tally:?}");
    assert!(of("values that make no policy") * 8 < draws || draws < 100, "{tally:?}");
    for what in ["yes", "no", "yes of every value", "no of every value"] {
        assert!(of(what) * 10 > draws || draws < 100, "too few {what}: {tally:?}");
    }
}
