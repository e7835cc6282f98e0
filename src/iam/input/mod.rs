//! What the command line's files and batch lines hold: policy sets, request shapes, and single
//! policies.

mod calls;
mod documents;
mod element;
mod known;
mod line;
mod recognise;
mod shape;

pub use calls::{calls, profiles};
pub use documents::{document, opened_document, policies, policies_known, policies_text};
pub use known::Documents;
pub use line::Line;
pub use recognise::{Opened, open, percent_decoded};
pub use shape::shape;

use crate::finding::{Finding, Level, codes};
use crate::json::{self, JsonData, JsonValue, Member};
use crate::layers::NamedPolicy;
use crate::policy::Kind;
use crate::policy::read::{ReadOptions, meant};
use crate::request::{self, Request};
use crate::shape::Shape;
use crate::source::{Source, Span};
use documents::DocumentReader;
use serde_json::Value;
use std::collections::BTreeSet;

/// Something that was read, and the warnings about it.
#[derive(Debug)]
pub struct Loaded<T> {
    /// What the text says.
    pub value: T,
    /// Findings that do not reject the text.
    pub warnings: Vec<Finding>,
}

/// Findings that reject a text; at least one is an error.
pub type Rejected = Vec<Finding>;

/// Parses JSON text.
///
/// # Errors
/// The syntax errors.
pub fn parse(source: &Source, options: &ReadOptions) -> Result<JsonValue, Rejected> {
    let (value, findings) = json::parse(source, &options.limits.json);
    value.filter(|_| !findings.iter().any(Finding::is_error)).ok_or(findings)
}

/// Reads a line of a library, `{"id", "policy"}`: the id, which is a text, and the document.
/// Further members are ignored.
///
/// # Errors
/// The findings, errors and warnings.
pub fn library_line(
    source: &Source,
    options: &ReadOptions,
    kind: Kind,
) -> Result<(String, Loaded<NamedPolicy>), Rejected> {
    let value = parse(source, options)?;
    no_duplicates(&value, source, "")?;
    let member = |name: &str| {
        let message = format!("the line has no member `{name}`");
        let help = Some("write `{\"id\": \"...\", \"policy\": {...}}`");
        value.member(name).ok_or_else(|| {
            vec![finding(request::MISSING_MEMBER, message, source, value.span, "", help)]
        })
    };
    let (id, document) = (member("id")?, member("policy")?);
    let Some(text) = id.as_str() else {
        let message = format!("the id of a policy is a text, this is {}", id.type_name());
        return Err(vec![finding(codes::WRONG_TYPE, message, source, id.span, "id", None)]);
    };
    let mut reader = DocumentReader::new(source, options);
    let policy = reader.document(document, kind, source.name().to_owned(), "policy");
    Ok((text.to_owned(), reader.finish_document(policy)?))
}

/// A line of a file of questions.
#[derive(Debug)]
pub struct QuestionLine {
    /// Its id, as written; `null` without one.
    pub id: Value,
    /// The shape of the requests, and the warnings about it.
    pub shape: Loaded<Shape>,
    /// The shape as it was written, for findings about its names.
    pub statement: JsonValue,
}

/// Reads a line of a file of questions, `{"id", "statement"}`.
///
/// # Errors
/// The findings, errors and warnings.
pub fn question_line(source: &Source, options: &ReadOptions) -> Result<QuestionLine, Rejected> {
    const MEMBERS: [&str; 2] = ["id", "statement"];
    const HELP: Option<&str> =
        Some("a line is `{\"id\": \"...\", \"statement\": {\"Action\": ...}}`");
    let value = parse(source, options)?;
    no_duplicates(&value, source, "")?;
    let wrong =
        |rule, message: String, span| Err(vec![finding(rule, message, source, span, "", HELP)]);
    let JsonData::Object(members) = &value.data else {
        let message = format!("a question is an object, this is {}", value.type_name());
        return wrong(codes::WRONG_TYPE, message, value.span);
    };
    let mut foreign = members.iter().filter(|member| !MEMBERS.contains(&member.name.as_str()));
    if let Some(Member { name, name_span, .. }) = foreign.next() {
        let message = format!("a question has no member `{name}`{}", meant(name, MEMBERS));
        return wrong(codes::UNKNOWN_MEMBER, message, *name_span);
    }
    let Some(statement) = value.member("statement") else {
        let message = "a question needs a `statement`".to_owned();
        return wrong(codes::MISSING_MEMBER, message, value.span);
    };
    let shape = shape(statement, source, options, "statement")?;
    let id = value.member("id").map_or(Value::Null, |id| as_written(id, source));
    Ok(QuestionLine { id, shape, statement: statement.clone() })
}

/// A value as it stands in its text.
pub fn as_written(value: &JsonValue, source: &Source) -> Value {
    let text = source.text().get(value.span.start..value.span.end).unwrap_or_default();
    serde_json::from_str(text).unwrap_or(Value::Null)
}

/// The members of a `policies` object.
const LAYERS: &[&str] = &["identity", "boundary", "session", "resource", "scp", "rcp", "endpoint"];

/// Whether some member is a layer of policies, and none is `Statement`.
fn is_policies_object(value: &JsonValue) -> bool {
    let layer = |member: &Member| LAYERS.contains(&member.name.as_str());
    matches!(&value.data, JsonData::Object(members) if members.iter().any(layer))
        && value.member("Statement").is_none()
}

/// The items of a list; what is not a list is its only item.
fn items(value: &JsonValue) -> Vec<&JsonValue> {
    match &value.data {
        JsonData::Array(items) => items.iter().collect(),
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Object(_) => vec![value],
    }
}

/// Refuses an object that has a member twice, which would silently lose one of them.
///
/// # Errors
/// One finding a duplicate.
pub fn no_duplicates(value: &JsonValue, source: &Source, route: &str) -> Result<(), Rejected> {
    let JsonData::Object(members) = &value.data else { return Ok(()) };
    let mut seen = BTreeSet::new();
    let again = members.iter().filter(|member| !seen.insert(&member.name));
    let findings: Vec<Finding> = again
        .map(|member| {
            let message = format!("`{}` is here twice", member.name);
            finding(
                codes::DUPLICATE_MEMBER,
                message,
                source,
                member.name_span,
                &join(route, &member.name),
                Some("keep one of them"),
            )
        })
        .collect();
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// Reads a request that stands at `route` of a larger text.
///
/// # Errors
/// The findings.
pub fn request(value: &JsonValue, source: &Source, route: &str) -> Result<Request, Rejected> {
    let read = request::read_value(value, source, route);
    read.request.ok_or(read.diagnostics)
}

fn join(route: &str, name: &str) -> String {
    if route.is_empty() { name.to_owned() } else { format!("{route}.{name}") }
}

fn finding(
    rule: &'static str,
    message: String,
    source: &Source,
    span: Span,
    route: &str,
    help: Option<&str>,
) -> Finding {
    Finding {
        rule,
        level: Level::Error,
        message,
        source: source.clone(),
        span,
        route: route.to_owned(),
        help: help.map(str::to_owned),
    }
}
