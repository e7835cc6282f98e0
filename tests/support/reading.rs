//! Reading what may be wrong: a case that is being shrunk, for example.

use keyaki::input;
use keyaki::json;
use keyaki::layers::Policies;
use keyaki::policy::Kind;
use keyaki::policy::read::ReadOptions;
use keyaki::request::{self, Request};
use keyaki::shape::Shape;
use keyaki::source::Source;

/// Reads a `policies` object of the command line; the error is what was found wrong.
pub fn policies_of(value: &serde_json::Value) -> Result<Policies, String> {
    policies_with(value, &ReadOptions::default())
}

/// Reads a `policies` object with these options; the error is what was found wrong.
pub fn policies_with(value: &serde_json::Value, options: &ReadOptions) -> Result<Policies, String> {
    let source = Source::new("policies.json", value.to_string());
    let parsed = input::parse(&source, options).map_err(shown)?;
    input::policies(&parsed, &source, options, "policies.json", Kind::Identity)
        .map(|loaded| loaded.value)
        .map_err(shown)
}

/// Reads a request shape; the error is what was found wrong.
pub fn shape_of(value: &serde_json::Value) -> Result<Shape, String> {
    let source = Source::new("shape.json", value.to_string());
    let options = ReadOptions::default();
    let parsed = input::parse(&source, &options).map_err(shown)?;
    input::shape(&parsed, &source, &options, "").map(|loaded| loaded.value).map_err(shown)
}

/// Reads a request; the error is what was found wrong.
pub fn request_of(value: &serde_json::Value) -> Result<Request, String> {
    let outcome =
        request::read(&Source::new("request.json", value.to_string()), &json::Limits::default());
    outcome.request.ok_or_else(|| shown(outcome.diagnostics))
}

fn shown(findings: Vec<keyaki::finding::Finding>) -> String {
    findings
        .iter()
        .filter(|finding| finding.is_error())
        .map(|finding| format!("{}: {}\n", finding.route, finding.message))
        .collect()
}
