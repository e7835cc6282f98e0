//! Actions, resources and condition keys of the embedded catalogue, to draw policies and requests
//! about.

use super::generate::{Rng, chance, pick, recased};
use super::pools::{self, Key};
use keyaki::catalogue::keys::KeyType;
use keyaki::catalogue::{Action, ArnFormat, Catalogue, Service};
use keyaki::policy::Family;
use rand::RngExt;
use rand::seq::IndexedRandom;
use std::sync::LazyLock;

/// Services that are drawn more often than others.
const USUAL: &[&str] = &["bedrock", "bedrock", "s3", "kms", "iam", "sts", "lambda", "ec2"];

/// What stands for place-holders in the last field of an ARN: few texts, so that patterns match
/// often.
const IDS: &[&str] = &["a", "b", "dev", "app", "x-1"];

/// A service with its keys in the form of the generator.
struct Pool {
    service: &'static Service,
    keys: Vec<Key>,
}

static POOLS: LazyLock<Vec<Pool>> = LazyLock::new(|| {
    let services = Catalogue::embedded()
        .and_then(|catalogue| catalogue.services().collect::<Result<Vec<_>, _>>());
    services.expect("a catalogue").into_iter().map(Pool::of).collect()
});

impl Pool {
    fn of(service: &'static Service) -> Self {
        let key = |key: &'static keyaki::catalogue::Key| Key {
            name: if key.is_family() {
                Box::leak(concrete(&key.name).into_boxed_str())
            } else {
                &key.name
            },
            family: family(key.key_type),
            list: key.multivalued,
        };
        // The keys of a provider's tokens have a place-holder for a namespace.
        let keys = service.keys.iter().filter(|key| !key.name.starts_with("${")).map(key).collect();
        Self { service, keys }
    }
}

/// A member of a family of keys.
fn concrete(name: &str) -> String {
    name.split("${")
        .map(|part| part.split_once('}').map_or(part.to_owned(), |(_, rest)| format!("team{rest}")))
        .collect()
}

fn family(key_type: KeyType) -> Family {
    match key_type {
        KeyType::String => Family::String,
        KeyType::Arn => Family::Arn,
        KeyType::Bool => Family::Bool,
        KeyType::Numeric => Family::Numeric,
        KeyType::Date => Family::Date,
        KeyType::Ip => Family::IpAddress,
    }
}

/// An action that exists: what a case is about.
#[derive(Debug, Clone)]
pub struct Subject {
    service: &'static Service,
    action: &'static Action,
    /// Some of the keys that the action lists, and some that every request may have.
    pub keys: Vec<&'static Key>,
}

impl Subject {
    /// Draws a service, more often than others a usual one, and an action of it.
    pub fn draw(rng: &mut Rng) -> Self {
        let usual = pick(rng, USUAL);
        let pool = if chance(rng, 0.6) {
            POOLS.iter().find(|pool| pool.service.prefix == usual)
        } else {
            POOLS.choose(rng)
        };
        let pool = pool.expect("a service");
        let service = pool.service;
        let action = service.actions.choose(rng).expect("an action");
        let lists = |key: &&Key| {
            let resources = action.resources.iter().map(Some).chain([None]);
            resources.into_iter().any(|resource| service.lists(action, resource, key.name))
        };
        let listed: Vec<&Key> = pool.keys.iter().filter(lists).collect();
        let keys = listed.sample(rng, 4).copied().chain(pools::KEYS.sample(rng, 4)).collect();
        Self { service, action, keys }
    }

    /// The action, or rarely another of the service, as requests spell it.
    pub fn action(&self, rng: &mut Rng) -> String {
        let action = if chance(rng, 0.8) {
            self.action
        } else {
            self.service.actions.choose(rng).expect("an action")
        };
        let name = format!("{}:{}", self.service.prefix, action.name);
        if chance(rng, 0.1) { recased(rng, &name) } else { name }
    }

    /// An ARN of one of the action's types, or `*`.
    pub fn resource(&self, rng: &mut Rng) -> String {
        let formats: Vec<&ArnFormat> =
            self.service.resources_of(self.action).flat_map(|(_, known)| &known.arns).collect();
        match formats.choose(rng) {
            Some(format) if !chance(rng, 0.05) => filled(rng, format),
            _ => "*".to_owned(),
        }
    }

    /// An entry of `Action` that speaks of the action.
    pub fn action_pattern(&self, rng: &mut Rng) -> String {
        let (prefix, name) = (&self.service.prefix, &*self.action.name);
        let half = name.len() / 2;
        let name = match rng.random_range(0..8) {
            0 => "*".to_owned(),
            1 => format!("{}*", &name[..half]),
            2 => format!("*{}", &name[half..]),
            3 => format!("{}*{}", &name[..half / 2], &name[half..]),
            4 => format!("{}?{}", &name[..half], &name[half + 1..]),
            5 => self.service.actions.choose(rng).expect("an action").name.to_string(),
            _ => name.to_owned(),
        };
        let pattern = format!("{prefix}:{name}");
        if chance(rng, 0.1) { recased(rng, &pattern) } else { pattern }
    }

    /// An entry of `Resource` that speaks of such a resource.
    pub fn resource_pattern(&self, rng: &mut Rng) -> String {
        let resource = self.resource(rng);
        let Some(fields) = keyaki::request::arn_fields(&resource) else { return resource };
        let fields: Vec<String> =
            fields.iter().enumerate().map(|(index, field)| pattern(rng, index, field)).collect();
        fields.join(":")
    }
}

/// A pattern for a field of an ARN.
fn pattern(rng: &mut Rng, index: usize, field: &str) -> String {
    match (index, rng.random_range(0..10)) {
        (1 | 3 | 4, 0..4) | (2, 0) => "*".to_owned(),
        (3 | 4, 4) if field.len() > 4 => format!("{}*", &field[..4]),
        (4, 5) => "${aws:PrincipalAccount}".to_owned(),
        (5, 0) => "*".to_owned(),
        (5, 1..5) => {
            let end = field.rfind(['/', ':']).map_or(0, |at| at + 1);
            format!(
                "{}{}",
                &field[..end],
                pick(
                    rng,
                    &["*", "*", "?", "${aws:username}", "${aws:PrincipalTag/team, 'a'}", "?*"]
                )
            )
        }
        (5, 5) => format!("*{}", &field[field.rfind('/').unwrap_or(0)..]),
        _ => field.to_owned(),
    }
}

fn filled(rng: &mut Rng, format: &ArnFormat) -> String {
    let mut fields = Vec::new();
    for (index, field) in format.fields().into_iter().enumerate() {
        let pool = match index {
            1 => pools::PARTITIONS.0,
            3 => &["us-east-1", "us-east-1", "us-west-2"],
            4 => &["111122223333", "111122223333", "444455556666"],
            _ => IDS,
        };
        let mut text = String::new();
        for part in field.split("${") {
            let rest = match part.split_once('}') {
                Some((_, rest)) => {
                    text.push_str(pick(rng, pool));
                    rest
                }
                None => part,
            };
            text.push_str(&rest.replace('*', pick(rng, pool)));
        }
        fields.push(text);
    }
    fields.join(":")
}
