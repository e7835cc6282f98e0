//! What the integration tests share.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

pub mod callers;
pub mod generate;
pub mod policies;
pub mod pools;
pub mod reading;
pub mod sets;
pub mod shrink;

use keyaki::environment::{NamedPolicy, Policies};
use keyaki::json;
use keyaki::policy::{Kind, Policy, read};
use keyaki::request::{self, Request};
use keyaki::source::Source;

/// Reads an identity-based policy that must be accepted.
pub fn policy(text: &str) -> Policy {
    let outcome = read::read(&Source::new("policy.json", text), Kind::Identity, &read::ReadOptions::default());
    outcome.policy.unwrap_or_else(|| panic!("{text}\n{:#?}", outcome.diagnostics))
}

/// Identity-based policies from documents, named by their numbers.
pub fn policies<'a>(documents: impl IntoIterator<Item = &'a serde_json::Value>) -> Policies {
    let named = |(index, document): (usize, &serde_json::Value)| NamedPolicy {
        name: format!("identity[{index}]"),
        policy: policy(&document.to_string()),
    };
    Policies::identity(documents.into_iter().enumerate().map(named).collect())
}

/// Reads a request that must be accepted.
pub fn request(text: &str) -> Request {
    let outcome = request::read(&Source::new("request.json", text), &json::Limits::default());
    outcome.request.unwrap_or_else(|| panic!("{text}\n{:#?}", outcome.diagnostics))
}
