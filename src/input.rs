//! What the command line's files and batch lines hold: policy sets, request shapes, and single policies.

use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::environment::{NamedPolicy, Policies};
use crate::json::{self, JsonData, JsonValue, Member};
use crate::policy::Kind;
use crate::policy::read::{self, Limits, ReadOptions, ReadOutcome, Route};
use crate::request::{self, Request};
use crate::shape::{CallerPattern, Shape};
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

/// The members of a `policies` object.
const LAYERS: &[&str] = &["identity", "boundary", "session", "resource", "scp", "rcp", "endpoint"];

/// Parses JSON text.
///
/// # Errors
/// The syntax errors.
pub fn parse(source: &Source, options: &ReadOptions) -> Result<JsonValue, Rejected> {
    let (value, findings) = json::parse(source, &options.limits.json);
    value.filter(|_| !findings.iter().any(Diagnostic::is_error)).ok_or(findings)
}

/// Reads a text that is either one policy document of that kind or a `policies` object (an object without `Statement`).
///
/// A document is named after its source; the policies of an object after their place in it.
///
/// # Errors
/// The findings, errors and warnings.
pub fn policies_text(source: &Source, options: &ReadOptions, kind: Kind) -> Result<Loaded<Policies>, Rejected> {
    let value = parse(source, options)?;
    let reader = DocumentReader::new(source, options);
    if is_policies_object(&value) { reader.set(&value, "") } else { reader.alone(&value, "", source.name(), kind) }
}

/// Reads a text that is one policy document, named after its source. A resource-based policy that reads as a role trust policy is read
/// as one.
///
/// # Errors
/// The findings, errors and warnings.
pub fn document(source: &Source, options: &ReadOptions, kind: Kind) -> Result<Loaded<NamedPolicy>, Rejected> {
    let value = parse(source, options)?;
    let mut reader = DocumentReader::new(source, options);
    let policy = reader.document(&value, kind, source.name().to_owned(), "");
    reader.finish_document(policy)
}

/// Reads a line of a library, `{"id", "policy"}`: the id, which is a text, and the document. Further members are ignored.
///
/// # Errors
/// The findings, errors and warnings.
pub fn library_line(source: &Source, options: &ReadOptions, kind: Kind) -> Result<(String, Loaded<NamedPolicy>), Rejected> {
    let value = parse(source, options)?;
    no_duplicates(&value, source, "")?;
    let member = |name: &str| {
        let message = format!("the line has no member `{name}`");
        let help = Some("write `{\"id\": \"...\", \"policy\": {...}}`");
        value.member(name).ok_or_else(|| vec![finding(request::MISSING_MEMBER, message, source, value.span, "", help)])
    };
    let (id, document) = (member("id")?, member("policy")?);
    let Some(text) = id.as_str() else {
        let message = format!("the id of a policy is a text, this is {}", id.type_name());
        return Err(vec![finding("wrong-type", message, source, id.span, "id", None)]);
    };
    let mut reader = DocumentReader::new(source, options);
    let policy = reader.document(document, kind, source.name().to_owned(), "policy");
    Ok((text.to_owned(), reader.finish_document(policy)?))
}

/// Reads one policy document of that kind or a `policies` object, the value of the member `name` of a larger text. Reports call a document
/// by that name.
///
/// # Errors
/// The findings, errors and warnings.
pub fn policies(value: &JsonValue, source: &Source, options: &ReadOptions, name: &str, kind: Kind) -> Result<Loaded<Policies>, Rejected> {
    let reader = DocumentReader::new(source, options);
    let empty = matches!(&value.data, JsonData::Object(members) if members.is_empty());
    if empty || is_policies_object(value) { reader.set(value, name) } else { reader.alone(value, name, name, kind) }
}

/// Reads documents and the members of `policies` objects, collecting what is wrong with them.
struct DocumentReader<'a> {
    source: &'a Source,
    options: &'a ReadOptions,
    findings: Vec<Diagnostic>,
}

impl<'a> DocumentReader<'a> {
    fn new(source: &'a Source, options: &'a ReadOptions) -> Self {
        Self { source, options, findings: Vec::new() }
    }

    fn finish<T>(self, value: T) -> Result<Loaded<T>, Rejected> {
        if self.findings.iter().any(Diagnostic::is_error) { Err(self.findings) } else { Ok(Loaded { value, warnings: self.findings }) }
    }

    fn finish_document(self, policy: Option<NamedPolicy>) -> Result<Loaded<NamedPolicy>, Rejected> {
        match policy {
            Some(policy) => self.finish(policy),
            None => Err(self.findings),
        }
    }

    /// A document that is all there is.
    fn alone(mut self, value: &JsonValue, route: &str, name: &str, kind: Kind) -> Result<Loaded<Policies>, Rejected> {
        let policy = self.document(value, kind, name.to_owned(), route);
        let set =
            if kind == Kind::Resource { policy.map(Policies::resource) } else { policy.map(|policy| Policies::identity(vec![policy])) };
        self.finish(set.unwrap_or_default())
    }

    /// A `policies` object.
    fn set(mut self, value: &JsonValue, route: &str) -> Result<Loaded<Policies>, Rejected> {
        no_duplicates(value, self.source, route)?;
        let mut set = Policies::default();
        if let JsonData::Object(members) = &value.data {
            members.iter().for_each(|member| self.member(member, &join(route, &member.name), &mut set));
        }
        self.finish(set)
    }

    fn member(&mut self, member: &Member, route: &str, set: &mut Policies) {
        let Member { name, value, .. } = member;
        match name.as_str() {
            // Not `null`: an empty list says that there are no identity-based policies, which is not silence.
            "identity" if value.data == JsonData::Null => {}
            "identity" => set.identity = Some(self.list(value, Kind::Identity, name, route)),
            _ if LAYERS.contains(&name.as_str()) && is_absent(value) => {}
            "boundary" => set.boundary = self.only(value, Kind::Boundary, name, route),
            "session" => set.session = self.list(value, Kind::Session, name, route),
            "resource" => set.resource = self.only(value, Kind::Resource, name, route),
            "scp" => set.scp = self.levels(value, Kind::Scp, name, route),
            "rcp" => set.rcp = self.levels(value, Kind::Rcp, name, route),
            "endpoint" => set.endpoint = self.list(value, Kind::Endpoint, name, route),
            _ => self.findings.push(unknown_layer(member, self.source, route)),
        }
    }

    /// One document; of the resource-based policies, the trust policies of roles are read as such.
    fn document(&mut self, value: &JsonValue, kind: Kind, name: String, route: &str) -> Option<NamedPolicy> {
        let kind = if kind == Kind::Resource { resource_kind(value) } else { kind };
        let ReadOutcome { policy, diagnostics } = read::read_value(value, self.source, kind, self.options, route);
        self.findings.extend(diagnostics);
        Some(NamedPolicy { name, policy: policy? })
    }

    /// One document, perhaps in a list of one.
    fn only(&mut self, value: &JsonValue, kind: Kind, name: &str, route: &str) -> Option<NamedPolicy> {
        match &value.data {
            JsonData::Array(items) => match items.as_slice() {
                [document] => self.document(document, kind, name.to_owned(), &format!("{route}[0]")),
                _ => {
                    let message = format!("`{name}` is one policy, this is a list of {}", items.len());
                    let help = Some("a principal has one boundary and a resource one policy");
                    self.findings.push(finding("several-policies", message, self.source, value.span, route, help));
                    None
                }
            },
            JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) | JsonData::Object(_) => {
                self.document(value, kind, name.to_owned(), route)
            }
        }
    }

    fn list(&mut self, value: &JsonValue, kind: Kind, name: &str, route: &str) -> Vec<NamedPolicy> {
        let documents = items(value).into_iter().enumerate();
        documents.filter_map(|(index, item)| self.document(item, kind, format!("{name}[{index}]"), &format!("{route}[{index}]"))).collect()
    }

    /// A list of levels, each a list of policies or one.
    fn levels(&mut self, value: &JsonValue, kind: Kind, name: &str, route: &str) -> Vec<Vec<NamedPolicy>> {
        let levels = items(value).into_iter().enumerate();
        levels.map(|(level, value)| self.list(value, kind, &format!("{name}[{level}]"), &format!("{route}[{level}]"))).collect()
    }
}

/// The items of a list; what is no list is its only item.
fn items(value: &JsonValue) -> Vec<&JsonValue> {
    match &value.data {
        JsonData::Array(items) => items.iter().collect(),
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) | JsonData::Object(_) => vec![value],
    }
}

/// A document without `Resource` whose actions are all of `sts` is the trust policy of a role; any other is what it is called.
fn resource_kind(document: &JsonValue) -> Kind {
    let statements = document.member("Statement").map(items).unwrap_or_default();
    let of_sts =
        |text: &JsonValue| text.as_str().is_some_and(|action| action.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sts:")));
    let trusts = |statement: &JsonValue| {
        let resource = statement.member("Resource").or(statement.member("NotResource"));
        resource.is_none() && statement.member("Action").is_some_and(|actions| items(actions).into_iter().all(of_sts))
    };
    if !statements.is_empty() && statements.into_iter().all(trusts) { Kind::Trust } else { Kind::Resource }
}

fn unknown_layer(member: &Member, source: &Source, route: &str) -> Diagnostic {
    let help = "the members are `identity`, `boundary`, `session`, `resource`, `scp`, `rcp` and `endpoint`";
    finding("unknown-layer", format!("`{}` is no layer of policies", member.name), source, member.name_span, route, Some(help))
}

/// Whether some member is a layer of policies, and none is `Statement`.
fn is_policies_object(value: &JsonValue) -> bool {
    let layer = |member: &Member| LAYERS.contains(&member.name.as_str());
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
        JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) | JsonData::Object(_) => false,
    }
}

/// Reads a request shape: a statement of which every member is optional and `Effect` has no place. `Principal` and `NotPrincipal` hold
/// patterns of callers: a text, a list of texts, or an object of such as in a policy.
///
/// # Errors
/// The findings, errors and warnings.
pub fn shape(value: &JsonValue, source: &Source, options: &ReadOptions, route: &str) -> Result<Loaded<Shape>, Rejected> {
    let JsonData::Object(members) = &value.data else {
        let message = format!("a request shape is an object, this is {}", value.type_name());
        return Err(vec![finding("wrong-type", message, source, value.span, route, Some("write `{\"Action\": ..., \"Resource\": ...}`"))]);
    };
    no_duplicates(value, source, route)?;
    if let Some(effect) = members.iter().find(|member| member.name == "Effect") {
        let message = "a request shape has no `Effect`".to_owned();
        let route = join(route, "Effect");
        return Err(vec![finding("unexpected-effect", message, source, effect.name_span, &route, Some("leave `Effect` out"))]);
    }
    let (callers, mut completed): (Vec<Member>, Vec<Member>) =
        members.iter().cloned().partition(|member| matches!(member.name.as_str(), "Principal" | "NotPrincipal"));
    let has = |names: [&str; 2]| members.iter().any(|member| names.contains(&member.name.as_str()));
    let missing =
        [("Effect", "Allow", false), ("Action", "*", has(["Action", "NotAction"])), ("Resource", "*", has(["Resource", "NotResource"]))];
    completed.extend(missing.iter().filter(|(.., present)| !present).map(|(name, text, _)| member(name, text, value.span)));
    let statement = JsonValue { span: value.span, data: JsonData::Object(completed) };
    let document =
        vec![member("Version", "2012-10-17", value.span), Member { name: "Statement".into(), name_span: value.span, value: statement }];
    let document = JsonValue { span: value.span, data: JsonData::Object(document) };
    let ReadOutcome { policy, diagnostics: mut findings } = read::read_value(&document, source, Kind::Identity, options, route);
    let root = Route::root(route);
    let mut patterns = |name: &str| {
        let member = callers.iter().find(|member| member.name == name)?;
        let read = caller_patterns(&member.value, source, options, &root.member(name));
        Some(read.unwrap_or_else(|wrong| {
            findings.extend(wrong);
            Vec::new()
        }))
    };
    let (principals, not_principals) = (patterns("Principal"), patterns("NotPrincipal").unwrap_or_default());
    let statement = policy.and_then(|policy| policy.statements.into_iter().next());
    match statement {
        Some(statement) if !findings.iter().any(Diagnostic::is_error) => {
            Ok(Loaded { value: Shape { statement, principals, not_principals }, warnings: findings })
        }
        _ => Err(findings),
    }
}

/// The patterns in a `Principal` member of a shape.
fn caller_patterns(value: &JsonValue, source: &Source, options: &ReadOptions, route: &Route<'_>) -> Result<Vec<CallerPattern>, Rejected> {
    let texts: Vec<(&JsonValue, Route<'_>)> = match &value.data {
        JsonData::Object(members) => {
            members.iter().flat_map(|member| items(&member.value).into_iter().map(|item| (item, route.member(&member.name)))).collect()
        }
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) | JsonData::Array(_) => {
            items(value).into_iter().map(|item| (item, *route)).collect()
        }
    };
    let (mut patterns, mut findings) = (Vec::new(), Vec::new());
    for (item, route) in texts {
        match caller_pattern(item, &options.limits) {
            Ok(pattern) => patterns.push(pattern),
            Err((code, message, help)) => findings.push(finding(code, message, source, item.span, &route.to_string(), help)),
        }
        if findings.len() >= options.limits.findings.max(1) {
            break;
        }
    }
    if findings.is_empty() { Ok(patterns) } else { Err(findings) }
}

/// One pattern; the error is the code, the message and the help of a finding.
fn caller_pattern(item: &JsonValue, limits: &Limits) -> Result<CallerPattern, (&'static str, String, Option<&'static str>)> {
    let Some(text) = item.as_str() else {
        return Err((codes::WRONG_TYPE, format!("a pattern of principals is a text, this is {}", item.type_name()), None));
    };
    let wildcards = text.bytes().filter(|byte| matches!(byte, b'*' | b'?')).count();
    if text.len() > limits.text_bytes {
        return Err((codes::TEXT_TOO_LONG, format!("this text has {} bytes; the limit is {}", text.len(), limits.text_bytes), None));
    }
    if wildcards > limits.wildcards {
        let message = format!("this pattern has {wildcards} wildcards; the limit is {}", limits.wildcards);
        return Err((codes::TOO_MANY_WILDCARDS, message, None));
    }
    CallerPattern::parse(text)
        .map_err(|expected| (codes::INVALID_PRINCIPAL, format!("`{text}` is no pattern of principals"), Some(expected)))
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
