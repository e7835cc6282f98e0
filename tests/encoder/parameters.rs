//! Parameters (SEMANTICS 3.1): a policy with values is the policy with the values written in.
//!
//! Random policy sets, of which parts of texts are made parameters. What the evaluator says of a
//! request with the values is what it says of the set as it was drawn; and a question about the
//! parametric set at these values has the answer of the question about the set as it was drawn.
//! So it is of place-holders, which are written as people write them; and what no value allows, no
//! drawn one does.
//! `KEYAKI_DRAWS` is the number of sets, 40 unless set; `KEYAKI_SEED` the seed of the first.

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
use keyaki::layers::{Policies, one_form};
use keyaki::partitions::Partitions;
use keyaki::policy::ContextKey;
use keyaki::policy::parameter::{Form, Parameter};
use keyaki::policy::read::{Placeholders, ReadOptions};
use keyaki::query::{Answer, ForEvery, Query, QueryError, Requests, Solver, Values, for_every};
use keyaki::request::{ContextValue, Request};
use keyaki::semantics;
use keyaki::shape::Shape;
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

/// Seeds that failed once.
///
/// 1000101: an empty value in the name of a user met a federated-user session of which nobody knows
/// the user.
const KEPT: [u64; 1] = [1_000_101];

/// How an unknown text is written.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// As a parameter.
    Parameter,
    /// As a place-holder.
    Placeholder,
}

/// The values of the parameters that were made, by what is written for them.
struct Made<'r> {
    rng: &'r mut Rng,
    way: Way,
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
            return self.reference(known);
        }
        let number = self.values.len();
        let name = match self.way {
            Way::Parameter => format!("p{number}"),
            Way::Placeholder => self.placeholder(number),
        };
        let parameter = Parameter { name, form };
        let reference = self.reference(&parameter);
        self.values.insert(reference.clone(), (parameter, value.to_owned()));
        reference
    }

    fn reference(&self, parameter: &Parameter) -> String {
        match self.way {
            Way::Parameter => parameter.reference(),
            Way::Placeholder => parameter.name.clone(),
        }
    }

    /// A place-holder as people write one, unlike those of other numbers. Some principals are
    /// accounts only if they are called so.
    fn placeholder(&mut self, number: usize) -> String {
        match self.rng.random_range(0..7) {
            0 => format!("<my account {number}>"),
            1 => format!("[account-{number}]"),
            2 => format!("{{account_{number}}}"),
            3 => format!("{{{{account.{number}}}}}"),
            4 => format!("${{AccountText{number}}}"),
            5 => format!("${{Account::Text{number}}}"),
            _ => format!("YOUR_ACCOUNT_{number}"),
        }
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
        // `arn` is what makes an ARN of a text, and a dollar sign a variable of what is in braces.
        if part == "arn" || self.way == Way::Placeholder && text[..at].ends_with('$') {
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
            // A name may have a colon, which no field has.
            Some((kind, name)) if name.contains(':') => {
                format!("{kind}/{}", maybe(Form::Text, name))
            }
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
    // A key of the generator is called `svc:Arns`.
    (base.starts_with("String") || base.starts_with("Arn"))
        && !operator.to_ascii_lowercase().starts_with("svc:")
}

/// What became of a draw.
fn draw(
    seed: u64,
    way: Way,
    solver: &Solver,
    tally: &mut BTreeMap<&'static str, u64>,
) -> Result<(), String> {
    let mut count = |what| *tally.entry(what).or_default() += 1;
    let rng = &mut generate::rng(seed);
    let case = sets::case(rng, OPTIONS, 12);
    let plain = sets::shape(rng, OPTIONS, &case.focus);
    let concrete = case.set();
    let mut made = Made { rng, way, values: BTreeMap::new() };
    let unknown = made.value(&case.policies, Place::Other);
    let mut values = made.values;
    if values.is_empty() {
        count("without parameters");
        return Ok(());
    }
    let told =
        || json!({"seed": seed, "policies": case.policies, "unknown": unknown, "shape": plain});
    let placeholders = (way == Way::Placeholder).then(Placeholders::default);
    let options = ReadOptions { placeholders, ..ReadOptions::default() };
    let set = match sets::set_with(&unknown, case.strict, &options) {
        Err(error) if error.contains("in one place and") => {
            count("clashes");
            return Ok(());
        }
        other => other.map_err(|error| format!("{error}\n{}", told()))?,
    };
    let mut set = set;
    if one_form(&mut [&mut set], None).is_err() {
        count("clashes");
        return Ok(());
    }
    if way == Way::Placeholder {
        let found: Vec<Parameter> =
            set.all().flat_map(|named| named.policy.keys()).filter_map(Parameter::of).collect();
        // Nothing is left that somebody wrote.
        let known = |name: &str| found.iter().find(|one| one.name == name);
        for (name, (parameter, value)) in &mut values {
            let Some(one) = known(name) else {
                return Err(format!("`{name}` is no parameter\n{}", told()));
            };
            *parameter = one.clone();
            let mut request = case.requests[0].clone();
            request.context.insert(parameter.key(), ContextValue::Single(value.clone()));
            if !semantics::gives_parameters(&request, &[&parameter.key()].into()) {
                count("values of another form");
                return Ok(());
            }
        }
        if let Some(other) = found.iter().find(|one| !values.contains_key(&one.name)) {
            return Err(format!("`{}` is no place-holder\n{}", other.name, told()));
        }
    }
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
    let drawn_values: Values =
        values.values().map(|(parameter, value)| (parameter.key(), value.clone())).collect();
    let (shape, pinned) = (reading::shape_of(&plain)?, at(&plain, &drawn_values)?);
    // Where a question is asked depends on the names in the policies; a parameter is no name.
    let all = Partitions::named(&Partitions::known()).unwrap();
    let world = World { partitions: Some(all), ..World::embedded().unwrap() };
    let requests = if seed.is_multiple_of(3) { Requests::Any } else { Requests::Feasible(world) };
    let ask = |set: &Policies, shape: &Shape| {
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
            let written = written(&unknown, &values, &witness.request);
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
            // Of other requests it is not known whether they can exist.
            if way == Way::Placeholder && matches!(requests, Requests::Any) {
                count("no with drawn values");
                let allowed = drawn(rng, &set, &values, &case.requests, &shape);
                if let Some(request) = allowed {
                    return Err(format!("allowed: {}\n{}", request.to_json(), told()));
                }
            }
        }
    }
    let query = Query::allowed(&set, &shape, requests);
    let limits = Limits::timeout(Duration::from_secs(3));
    let error = |error: QueryError| format!("{error}\n{}", told());
    match for_every(&[query], solver, &limits).map_err(error)? {
        ForEvery::Unknown(_) => count("unknown for every value"),
        ForEvery::NotAt(values) => {
            count("not for every value");
            let pinned = at(&plain, &values)?;
            if let Answer::Yes(found) = ask(&set, &pinned)? {
                return Err(format!("at {values:?}: {}\n{}", found.request.to_json(), told()));
            }
        }
        ForEvery::Yes => {
            count("yes for every value");
            let mut tried = vec![drawn_values];
            for _ in 0..5 {
                let one = |(parameter, _): &(Parameter, String)| {
                    (parameter.key(), value_of(rng, parameter, &case.requests))
                };
                tried.push(values.values().map(one).collect());
            }
            // The others are no names, and nothing was said of them.
            tried.retain(|values| values.iter().all(|(key, value)| is_of_every(key, value)));
            for values in tried {
                count("values of them");
                let pinned = at(&plain, &values)?;
                if matches!(ask(&set, &pinned)?, Answer::No) {
                    return Err(format!("nothing at {values:?}\n{}", told()));
                }
            }
        }
    }
    Ok(())
}

/// The shape at these values of the parameters.
fn at(shape: &Value, values: &Values) -> Result<Shape, String> {
    let mut pinned = shape.clone();
    let pins: serde_json::Map<String, Value> =
        values.iter().map(|(key, value)| (key.text().to_owned(), json!(value))).collect();
    let condition = pinned.as_object_mut().unwrap().entry("Condition").or_insert(json!({}));
    // The conditions of a shape that was drawn are about other keys.
    match condition.get_mut("StringEquals").and_then(Value::as_object_mut) {
        Some(members) => members.extend(pins),
        None => condition["StringEquals"] = Value::Object(pins),
    }
    reading::shape_of(&pinned)
}

/// Whether a value is among those that "every value" means: a name, where the form lists none.
fn is_of_every(key: &ContextKey, value: &str) -> bool {
    match Parameter::of(key).unwrap().form {
        Form::Text | Form::Field => {
            let letter = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
            !value.is_empty() && value.chars().all(letter)
        }
        Form::Account | Form::Region | Form::Partition | Form::OneOf(_) => true,
    }
}

/// How many values of each place-holder are drawn.
const VALUES: usize = 1_000;

/// A request of the shape that is allowed at some of the values that are drawn.
fn drawn(
    rng: &mut Rng,
    set: &Policies,
    values: &BTreeMap<String, (Parameter, String)>,
    requests: &[Request],
    shape: &Shape,
) -> Option<Request> {
    let query = Query {
        shape: Some(shape),
        within: &[],
        unlike: &[],
        allowed_by: vec![set],
        refused_by: Vec::new(),
        requests: Requests::Any,
    };
    let mut asked: Vec<Request> = requests.to_vec();
    asked.retain(|request| semantics::matches_shape(shape, request));
    for _ in 0..VALUES {
        let mut given = BTreeMap::new();
        for (parameter, value) in values.values() {
            let value =
                if chance(rng, 0.3) { value.clone() } else { value_of(rng, parameter, requests) };
            given.insert(parameter.key(), ContextValue::Single(value));
        }
        for request in &mut asked {
            request.context.extend(given.clone());
            if query.holds(request) {
                return Some(request.clone());
            }
        }
    }
    None
}

/// A value of a parameter: one that the requests have, more often than not.
fn value_of(rng: &mut Rng, parameter: &Parameter, requests: &[Request]) -> String {
    let request = &requests[rng.random_range(0..requests.len())];
    let fields: Vec<&str> = request.resource.splitn(6, ':').collect();
    let drawn = match parameter.form {
        Form::Account => request.principal.account().unwrap_or_default().to_owned(),
        Form::Region => fields.get(3).map_or(String::new(), |region| (*region).to_owned()),
        Form::Partition => "aws".to_owned(),
        Form::Field | Form::Text | Form::OneOf(_) => {
            let last = fields.last().copied().unwrap_or_default();
            let parts: Vec<&str> = last.split(['/', ':']).collect();
            parts[rng.random_range(0..parts.len())].to_owned()
        }
    };
    let mut probe = request.clone();
    probe.context.insert(parameter.key(), ContextValue::Single(drawn.clone()));
    if semantics::gives_parameters(&probe, &[&parameter.key()].into()) {
        return drawn;
    }
    match parameter.form {
        Form::Account => "999988887777".to_owned(),
        Form::Region => "eu-west-3".to_owned(),
        Form::Partition => "aws".to_owned(),
        Form::Field | Form::Text | Form::OneOf(_) => "other".to_owned(),
    }
}

/// The policies with the values of a request written in. A value is what a literal text of a policy
/// can be: one with `${` in it cannot be, and forms have none.
fn written(
    policies: &Value,
    values: &BTreeMap<String, (Parameter, String)>,
    request: &Request,
) -> Value {
    let mut text = policies.to_string();
    // The longer first: a number may be the beginning of another.
    for (reference, (parameter, _)) in values.iter().rev() {
        let Some(ContextValue::Single(value)) = request.context.get(&parameter.key()) else {
            continue;
        };
        let quoted = json!(value).to_string();
        text = text.replace(reference, &quoted[1..quoted.len() - 1]);
    }
    serde_json::from_str(&text).unwrap()
}

#[test]
fn parameters_mean_their_values() {
    all_draws(Way::Parameter);
}

#[test]
fn placeholders_mean_their_values() {
    let tally = all_draws(Way::Placeholder);
    let of = |what| tally.get(what).copied().unwrap_or_default();
    let draws = number("KEYAKI_DRAWS", 40);
    assert!(of("no with drawn values") * 30 > draws || draws < 40, "{tally:?}");
    assert!((of("clashes") + of("values of another form")) * 4 < draws || draws < 40, "{tally:?}");
}

fn all_draws(way: Way) -> BTreeMap<&'static str, u64> {
    let (draws, first) = (number("KEYAKI_DRAWS", 40), number("KEYAKI_SEED", 0));
    let solver = Solver::single(from_spec("auto").expect("the engine is built"));
    let mut tally = BTreeMap::new();
    let failures: Vec<String> = KEPT
        .into_iter()
        .chain(first..first + draws)
        .filter_map(|seed| draw(seed, way, &solver, &mut tally).err())
        .collect();
    println!("{tally:?}");
    let shown = failures.iter().take(5).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(failures.is_empty(), "{} failures\n{shown}", failures.len());
    let of = |what| tally.get(what).copied().unwrap_or_default();
    assert!(of("without parameters") * 4 < draws, "{tally:?}");
    assert!(of("values that make no policy") * 8 < draws || draws < 40, "{tally:?}");
    for what in ["yes for every value", "not for every value", "values of them"] {
        assert!(of(what) * 20 > draws || draws < 40, "too few {what}: {tally:?}");
    }
    assert!(of("unknown for every value") * 8 < draws || draws < 40, "{tally:?}");
    for what in ["yes", "no", "yes of every value", "no of every value"] {
        assert!(of(what) * 10 > draws || draws < 40, "too few {what}: {tally:?}");
    }
    tally
}
