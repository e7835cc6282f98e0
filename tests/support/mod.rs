//! What the integration tests share.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

pub mod callers;
pub mod command;
pub mod estates;
pub mod generate;
pub mod large;
pub mod layers;
pub mod policies;
pub mod pools;
#[cfg(unix)]
pub mod program;
pub mod reading;
pub mod requests;
pub mod services;
pub mod sets;
pub mod shrink;
pub mod unknowing;
pub mod z3;

use keyaki::json;
use keyaki::layers::{NamedPolicy, Policies};
use keyaki::policy::{Kind, Policy, read};
use keyaki::request::{self, Request};
use keyaki::shape::Shape;
use keyaki::source::Source;

/// A number from the environment, such as how many cases are drawn.
pub fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Reads an identity-based policy that must be accepted.
pub fn policy(text: &str) -> Policy {
    let outcome = read::read(
        &Source::new("policy.json", text),
        Kind::Identity,
        &read::ReadOptions::default(),
    );
    outcome.policy.unwrap_or_else(|| panic!("{text}\n{:#?}", outcome.diagnostics))
}

/// Identity-based policies from documents, named by their numbers.
pub fn policies<'a>(documents: impl IntoIterator<Item = &'a serde_json::Value>) -> Policies {
    let named = |(index, document): (usize, &serde_json::Value)| {
        NamedPolicy::new(format!("identity[{index}]"), policy(&document.to_string()))
    };
    Policies::identity(documents.into_iter().enumerate().map(named).collect())
}

/// Reads a `policies` object that must be accepted.
pub fn policy_set(layers: &serde_json::Value) -> Policies {
    reading::policies_of(layers).unwrap_or_else(|findings| panic!("{layers}\n{findings}"))
}

/// An identity-based policy as a policy set.
pub fn identity_set(policy: &Policy) -> Policies {
    Policies::identity(vec![NamedPolicy::new("policy".to_owned(), policy.clone())])
}

/// The text of a `policies` object that must be accepted.
pub fn layers(text: &str) -> Policies {
    policy_set(&serde_json::from_str(text).expect("JSON"))
}

/// The text of a request shape that must be accepted.
pub fn shape(text: &str) -> Shape {
    reading::shape_of(&serde_json::from_str(text).expect("JSON"))
        .unwrap_or_else(|findings| panic!("{text}\n{findings}"))
}

/// Reads a request that must be accepted.
pub fn request(text: &str) -> Request {
    let outcome = request::read(&Source::new("request.json", text), &json::Limits::default());
    outcome.request.unwrap_or_else(|| panic!("{text}\n{:#?}", outcome.diagnostics))
}

/// The statements of a document, in a list or not.
pub fn statements(document: &serde_json::Value) -> Vec<serde_json::Value> {
    match &document["Statement"] {
        serde_json::Value::Array(statements) => statements.clone(),
        one @ (serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_)
        | serde_json::Value::Object(_)) => vec![one.clone()],
    }
}
