//! Random policies and requests that cover every construct of the policy language.
//!
//! Draws are a function of the generator's state only: the same seed gives the same draws. Policies
//! are drawn as JSON documents, so that they pass through the reader as everybody's do; every drawn
//! identity-based policy is accepted by it, perhaps with warnings.

use super::pools::{self, Key};
use keyaki::policy::{BaseOperator, ContextKey, Family};
use keyaki::request::{ContextValue, Principal, Request};
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The source of randomness.
pub type Rng = ChaCha8Rng;

/// What may be drawn. The default is everything.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Values of requests that are not what their key holds, and operators of another family than
    /// their key's.
    pub ill_typed: bool,
    /// Lists for keys that have one value, and single values for keys that are lists.
    pub odd_lists: bool,
    /// Request resources that are neither `*` nor of six fields.
    pub odd_resources: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { ill_typed: true, odd_lists: true, odd_resources: true }
    }
}

/// A generator for a seed.
pub fn rng(seed: u64) -> Rng {
    Rng::seed_from_u64(seed)
}

pub fn pick<'a, T: ?Sized>(rng: &mut Rng, pool: &[&'a T]) -> &'a T {
    pool.choose(rng).expect("pools are not empty")
}

pub fn chance(rng: &mut Rng, probability: f64) -> bool {
    rng.random_bool(probability)
}

/// The text with the case of some ASCII letters changed.
pub fn recased(rng: &mut Rng, text: &str) -> String {
    text.chars()
        .map(|letter| if chance(rng, 0.3) { letter.to_ascii_uppercase() } else { letter })
        .collect()
}

/// An identity-based policy of one to four statements.
pub fn policy(rng: &mut Rng, options: Options) -> Value {
    let mut policy = Map::new();
    match rng.random_range(0..10) {
        0 => {}
        1 => drop(policy.insert("Version".to_owned(), json!("2008-10-17"))),
        _ => drop(policy.insert("Version".to_owned(), json!("2012-10-17"))),
    }
    let mut statements: Vec<Value> =
        (0..rng.random_range(1..=4)).map(|_| statement(rng, options)).collect();
    let statements = if statements.len() == 1 && chance(rng, 0.5) {
        statements.remove(0)
    } else {
        Value::Array(statements)
    };
    policy.insert("Statement".to_owned(), statements);
    Value::Object(policy)
}

/// A statement of an identity-based policy.
pub fn statement(rng: &mut Rng, options: Options) -> Value {
    let mut statement = Map::new();
    let allow = chance(rng, 0.55);
    statement.insert("Effect".to_owned(), json!(if allow { "Allow" } else { "Deny" }));
    let action = if chance(rng, 0.15) { "NotAction" } else { "Action" };
    let actions = if chance(rng, 0.45) {
        json!("*")
    } else {
        one_or_list(rng, 3, |rng| json!(pick(rng, pools::ACTIONS)))
    };
    statement.insert(action.to_owned(), actions);
    let resource = if chance(rng, 0.2) { "NotResource" } else { "Resource" };
    let resources = if chance(rng, 0.45) {
        json!("*")
    } else {
        one_or_list(rng, 3, |rng| json!(resource_pattern(rng)))
    };
    statement.insert(resource.to_owned(), resources);
    let count = *[0, 1, 1, 1, 2, 3].choose(rng).expect("not empty");
    if count > 0 || chance(rng, 0.05) {
        statement.insert("Condition".to_owned(), condition(rng, count, options));
    }
    Value::Object(statement)
}

/// One value, a list of one to `most`, or rarely an empty list.
pub fn one_or_list(rng: &mut Rng, most: usize, mut draw: impl FnMut(&mut Rng) -> Value) -> Value {
    match rng.random_range(0..30) {
        0 => json!([]),
        1..15 => draw(rng),
        _ => {
            let count = rng.random_range(1..=most);
            Value::Array((0..count).map(|_| draw(rng)).collect())
        }
    }
}

/// An entry of `Resource`.
pub fn resource_pattern(rng: &mut Rng) -> String {
    match rng.random_range(0..20) {
        0 => "**".to_owned(),
        1 => "*".to_owned(),
        2..4 => pick(rng, pools::SHORT_ARNS).to_owned(),
        4..10 => arn(
            rng,
            &pools::PARTITIONS.1[..1],
            &pools::SERVICES.1[..3],
            &["*"],
            &["*"],
            pools::RESTS.1,
        ),
        10..13 => arn(rng, &["*"], &["*"], pools::REGIONS.1, pools::ACCOUNTS.1, &["*"]),
        _ => arn(
            rng,
            pools::PARTITIONS.1,
            pools::SERVICES.1,
            pools::REGIONS.1,
            pools::ACCOUNTS.1,
            pools::RESTS.1,
        ),
    }
}

fn arn(
    rng: &mut Rng,
    partitions: &[&str],
    services: &[&str],
    regions: &[&str],
    accounts: &[&str],
    rests: &[&str],
) -> String {
    let fields = [partitions, services, regions, accounts, rests].map(|pool| pick(rng, pool));
    format!("arn:{}", fields.join(":"))
}

/// A `Condition` element of at most that many pairs.
pub fn condition(rng: &mut Rng, count: usize, options: Options) -> Value {
    condition_of(rng, count, options, &pools::KEYS.iter().collect::<Vec<_>>())
}

/// A `Condition` element of at most that many pairs about these keys.
pub fn condition_of(rng: &mut Rng, count: usize, options: Options, keys: &[&Key]) -> Value {
    let known = keys;
    let mut operators: BTreeMap<String, (String, Map<String, Value>)> = BTreeMap::new();
    for _ in 0..count {
        let Some((operator, key, values)) = pair_of(rng, options, known) else { continue };
        let (_, keys) = operators
            .entry(operator.to_ascii_lowercase())
            .or_insert_with(|| (operator, Map::new()));
        // The same key twice under one operator is an error, also when the spellings differ by
        // case.
        if !keys.keys().any(|known| known.eq_ignore_ascii_case(&key)) {
            keys.insert(key, values);
        }
    }
    Value::Object(
        operators.into_values().map(|(operator, keys)| (operator, Value::Object(keys))).collect(),
    )
}

/// An operator, a key and the values: one pair of a `Condition` element.
pub fn pair(rng: &mut Rng, options: Options) -> (String, String, Value) {
    pair_of(rng, options, &pools::KEYS.iter().collect::<Vec<_>>())
        .expect("the pools have keys of every family")
}

/// One pair about one of these keys; `None` when none is of the family of the operator that was
/// drawn.
fn pair_of(rng: &mut Rng, options: Options, known: &[&Key]) -> Option<(String, String, Value)> {
    let base = *BaseOperator::ALL.choose(rng).expect("not empty");
    let family = if base == BaseOperator::Null { Family::Null } else { base.family() };
    let fits = |key: &&Key| family == Family::Null || key.family == family;
    let mixed = options.ill_typed && chance(rng, 0.1);
    let keys: Vec<&Key> = known.iter().copied().filter(|key| mixed || fits(key)).collect();
    let key = *keys.choose(rng)?;
    let prefix = match rng.random_range(0..10) {
        0..2 => "ForAllValues:",
        2..4 => "ForAnyValue:",
        4 if key.list => "ForAllValues:",
        5..7 if key.list => "ForAnyValue:",
        _ => "",
    };
    let suffix = if base != BaseOperator::Null && chance(rng, 0.25) { "IfExists" } else { "" };
    let operator = format!("{prefix}{}{suffix}", base.name());
    let operator = if chance(rng, 0.02) { operator.to_ascii_lowercase() } else { operator };
    let name = if chance(rng, 0.15) { recased(rng, key.name) } else { key.name.to_owned() };
    Some((operator, name, one_or_list(rng, 3, |rng| value(rng, family))))
}

/// A value of the policy; numbers and Booleans sometimes without quotation marks.
fn value(rng: &mut Rng, family: Family) -> Value {
    let text = match family {
        Family::String if chance(rng, 0.2) => pick(rng, pools::VARIABLES),
        Family::String
        | Family::Numeric
        | Family::Date
        | Family::Bool
        | Family::Binary
        | Family::IpAddress
        | Family::Arn
        | Family::Null => pick(rng, pools::expected(family)),
    };
    match (family, text) {
        (Family::Bool | Family::Null, "true" | "false") if chance(rng, 0.3) => {
            json!(text == "true")
        }
        (Family::Numeric | Family::Date, _) if text.len() < 12 && chance(rng, 0.3) => {
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        }
        _ => json!(text),
    }
}

/// A request. Each key of the pools is present or absent with the same probability.
pub fn request(rng: &mut Rng, options: Options) -> Request {
    let mut context = BTreeMap::new();
    for key in pools::KEYS {
        if chance(rng, 0.5) {
            let name = if chance(rng, 0.1) { recased(rng, key.name) } else { key.name.to_owned() };
            context.insert(ContextKey::new(&name), context_value(rng, key, options));
        }
    }
    let resource = match rng.random_range(0..12) {
        0 => "*".to_owned(),
        1 if options.odd_resources => pick(rng, pools::ODD_RESOURCES).to_owned(),
        _ => arn(
            rng,
            pools::PARTITIONS.0,
            pools::SERVICES.0,
            pools::REGIONS.0,
            pools::ACCOUNTS.0,
            pools::RESTS.0,
        ),
    };
    let principal = Principal::new(pick(rng, pools::PRINCIPALS));
    // Identity-based policies alone grant nothing across accounts: the owner is the caller's
    // account more often than the ARN says.
    let resource_account = principal.account().filter(|_| chance(rng, 0.5)).map(str::to_owned);
    Request {
        principal,
        action: pick(rng, pools::REQUEST_ACTIONS).to_owned(),
        resource,
        resource_account,
        principal_in_management_account: false,
        context,
    }
}

/// What a request carries for the key.
pub fn context_value(rng: &mut Rng, key: &Key, options: Options) -> ContextValue {
    let list = key.list != (options.odd_lists && chance(rng, 0.08));
    let draw = |rng: &mut Rng| {
        let ill_typed = options.ill_typed && chance(rng, 0.08);
        pick(rng, if ill_typed { pools::ILL_TYPED } else { pools::values(key.family) }).to_owned()
    };
    if !list {
        return ContextValue::Single(draw(rng));
    }
    if key.family == Family::String && chance(rng, 0.1) {
        return ContextValue::List(vec![String::new()]);
    }
    let count = *[0, 1, 1, 2, 2, 3].choose(rng).expect("not empty");
    ContextValue::List((0..count).map(|_| draw(rng)).collect())
}
