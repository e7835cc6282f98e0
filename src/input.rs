//! What the command line's files and batch lines hold: policy sets, request shapes, and single policies.

use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::environment::{NamedPolicy, Policies};
use crate::json::{self, JsonData, JsonValue, Member};
use crate::policy::Kind;
use crate::policy::read::{self, ReadOptions, ReadOutcome};
use crate::request::{self, Request};
use crate::source::{Source, Span};
use std::collections::BTreeSet;

/// Something that was read, and the warnings about it.
#[derive(Debug)]
pub struct Loaded<T> {
    /// What the text says.
    pub value: T,
    /// Findings that do not reject the text.
    pub warnings: Vec<Diagnostic>,
}

/// Findings that reject a text; at least one is an error.
pub type Rejected = Vec<Diagnostic>;

/// The layers of a `policies` object that no question takes into account yet.
const OTHER_LAYERS: &[&str] = &["boundary", "session", "resource", "scp", "rcp", "endpoint"];

/// Parses JSON text.
///
/// # Errors
/// The syntax errors.
pub fn parse(source: &Source, options: &ReadOptions) -> Result<JsonValue, Rejected> {
    let (value, findings) = json::parse(source, &options.limits.json);
    value.filter(|_| !findings.iter().any(Diagnostic::is_error)).ok_or(findings)
}

/// Reads a text that is either one policy document or a `policies` object (an object without `Statement`).
///
/// A document is named after its source; the policies of an object after their place in it.
///
/// # Errors
/// The findings, errors and warnings.
pub fn policies_text(source: &Source, options: &ReadOptions) -> Result<Loaded<Policies>, Rejected> {
    let value = parse(source, options)?;
    if is_policies_object(&value) {
        return policies(&value, source, options, "", source.name());
    }
    one(read::read_value(&value, source, Kind::Identity, options, ""), source.name())
}

/// Reads one policy document or a `policies` object that stands at `route` of a larger text. `name` is what reports call a document.
///
/// # Errors
/// The findings, errors and warnings.
pub fn policies(value: &JsonValue, source: &Source, options: &ReadOptions, route: &str, name: &str) -> Result<Loaded<Policies>, Rejected> {
    let empty = matches!(&value.data, JsonData::Object(members) if members.is_empty());
    if !empty && !is_policies_object(value) {
        return one(read::read_value(value, source, Kind::Identity, options, route), name);
    }
    let JsonData::Object(members) = &value.data else { return Ok(Loaded { value: Policies::default(), warnings: Vec::new() }) };
    no_duplicates(value, source, route)?;
    let mut findings = Vec::new();
    let mut set = Policies::default();
    for member in members {
        let route = join(route, &member.name);
        if member.name == "identity" {
            identity_layer(member, source, options, &route, &mut set, &mut findings);
        } else if !OTHER_LAYERS.contains(&member.name.as_str()) || !is_absent(&member.value) {
            findings.push(unknown_layer(member, source, &route));
        }
    }
    finish(set, findings)
}

fn identity_layer(
    member: &Member,
    source: &Source,
    options: &ReadOptions,
    route: &str,
    set: &mut Policies,
    findings: &mut Vec<Diagnostic>,
) {
    let documents: Vec<&JsonValue> = match &member.value.data {
        JsonData::Array(items) => items.iter().collect(),
        _ => vec![&member.value],
    };
    for (index, document) in documents.into_iter().enumerate() {
        let ReadOutcome { policy, diagnostics } = read::read_value(document, source, Kind::Identity, options, &format!("{route}[{index}]"));
        findings.extend(diagnostics);
        set.identity.extend(policy.map(|policy| NamedPolicy { name: format!("identity[{index}]"), policy }));
    }
}

fn unknown_layer(member: &Member, source: &Source, route: &str) -> Diagnostic {
    if OTHER_LAYERS.contains(&member.name.as_str()) {
        let help = "ask about the identity-based policies alone, in the member `identity`";
        let message = format!("policies of the layer `{}` are not taken into account yet", member.name);
        finding("unsupported-layer", message, source, member.name_span, route, Some(help))
    } else {
        let help = "the members are `identity`, `boundary`, `session`, `resource`, `scp`, `rcp` and `endpoint`";
        finding("unknown-layer", format!("`{}` is no layer of policies", member.name), source, member.name_span, route, Some(help))
    }
}

/// Whether some member is a layer of policies, and none is `Statement`.
fn is_policies_object(value: &JsonValue) -> bool {
    let layer = |member: &Member| member.name == "identity" || OTHER_LAYERS.contains(&member.name.as_str());
    matches!(&value.data, JsonData::Object(members) if members.iter().any(layer)) && value.member("Statement").is_none()
}

/// Refuses an object that has a member twice, which would silently lose one of them.
///
/// # Errors
/// One finding a duplicate.
pub fn no_duplicates(value: &JsonValue, source: &Source, route: &str) -> Result<(), Rejected> {
    let JsonData::Object(members) = &value.data else { return Ok(()) };
    let mut seen = BTreeSet::new();
    let again = members.iter().filter(|member| !seen.insert(&member.name));
    let findings: Vec<Diagnostic> = again
        .map(|member| {
            let message = format!("`{}` is here twice", member.name);
            finding(codes::DUPLICATE_MEMBER, message, source, member.name_span, &join(route, &member.name), Some("keep one of them"))
        })
        .collect();
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// `null` and an empty list say that no such policy applies.
fn is_absent(value: &JsonValue) -> bool {
    match &value.data {
        JsonData::Null => true,
        JsonData::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Reads a request shape: a statement of which every member is optional and `Effect` has no place. Returns it as a policy set of one Allow
/// statement named `name`.
///
/// # Errors
/// The findings, errors and warnings.
pub fn shape(value: &JsonValue, source: &Source, options: &ReadOptions, route: &str, name: &str) -> Result<Loaded<Policies>, Rejected> {
    let JsonData::Object(members) = &value.data else {
        let message = format!("a request shape is an object, this is {}", value.type_name());
        return Err(vec![finding("wrong-type", message, source, value.span, route, Some("write `{\"Action\": ..., \"Resource\": ...}`"))]);
    };
    if let Some(effect) = members.iter().find(|member| member.name == "Effect") {
        let message = "a request shape has no `Effect`".to_owned();
        return Err(vec![finding(
            "unexpected-effect",
            message,
            source,
            effect.name_span,
            &join(route, "Effect"),
            Some("leave `Effect` out"),
        )]);
    }
    let has = |names: [&str; 2]| members.iter().any(|member| names.contains(&member.name.as_str()));
    let mut completed = members.clone();
    let missing =
        [("Effect", "Allow", false), ("Action", "*", has(["Action", "NotAction"])), ("Resource", "*", has(["Resource", "NotResource"]))];
    completed.extend(missing.iter().filter(|(.., present)| !present).map(|(name, text, _)| member(name, text, value.span)));
    let statement = JsonValue { span: value.span, data: JsonData::Object(completed) };
    let document =
        vec![member("Version", "2012-10-17", value.span), Member { name: "Statement".into(), name_span: value.span, value: statement }];
    let document = JsonValue { span: value.span, data: JsonData::Object(document) };
    one(read::read_value(&document, source, Kind::Identity, options, route), name)
}

/// Reads a request that stands at `route` of a larger text.
///
/// # Errors
/// The findings.
pub fn request(value: &JsonValue, source: &Source, route: &str) -> Result<Request, Rejected> {
    let read = request::read_value(value, source, route);
    read.request.ok_or(read.diagnostics)
}

fn member(name: &str, text: &str, span: Span) -> Member {
    Member { name: name.to_owned(), name_span: span, value: JsonValue { span, data: JsonData::String(text.to_owned()) } }
}

fn one(outcome: ReadOutcome, name: &str) -> Result<Loaded<Policies>, Rejected> {
    let set = Policies { identity: outcome.policy.into_iter().map(|policy| NamedPolicy { name: name.to_owned(), policy }).collect() };
    finish(set, outcome.diagnostics)
}

fn finish(value: Policies, findings: Vec<Diagnostic>) -> Result<Loaded<Policies>, Rejected> {
    if findings.iter().any(Diagnostic::is_error) { Err(findings) } else { Ok(Loaded { value, warnings: findings }) }
}

fn join(route: &str, name: &str) -> String {
    if route.is_empty() { name.to_owned() } else { format!("{route}.{name}") }
}

fn finding(code: &'static str, message: String, source: &Source, span: Span, route: &str, help: Option<&str>) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        message,
        source: source.clone(),
        span,
        route: route.to_owned(),
        help: help.map(str::to_owned),
    }
}
