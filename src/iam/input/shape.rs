//! Request shapes.

use super::{Loaded, Rejected, finding, items, join, no_duplicates};
use crate::finding::{Finding, codes};
use crate::json::{JsonData, JsonValue, Member};
use crate::policy::Kind;
use crate::policy::read::{self, Limits, ReadOptions, ReadOutcome, Route};
use crate::shape::{CallerPattern, Scope, Shape};
use crate::source::{Source, Span};

/// Reads a request shape: a statement of which every member is optional and `Effect` has no place.
/// `Principal` and `NotPrincipal` hold patterns of callers: a text, a list of texts, or an object
/// of such as in a policy.
///
/// # Errors
/// The findings, errors and warnings.
pub fn shape(
    value: &JsonValue,
    source: &Source,
    options: &ReadOptions,
    route: &str,
) -> Result<Loaded<Shape>, Rejected> {
    let JsonData::Object(members) = &value.data else {
        let message = format!("a request shape is an object, this is {}", value.type_name());
        return Err(vec![finding(
            codes::WRONG_TYPE,
            message,
            source,
            value.span,
            route,
            Some("write `{\"Action\": ..., \"Resource\": ...}`"),
        )]);
    };
    no_duplicates(value, source, route)?;
    if let Some(effect) = members.iter().find(|member| member.name == "Effect") {
        let message = "a request shape has no `Effect`".to_owned();
        let route = join(route, "Effect");
        return Err(vec![finding(
            codes::UNEXPECTED_EFFECT,
            message,
            source,
            effect.name_span,
            &route,
            Some("leave `Effect` out"),
        )]);
    }
    let (callers, mut completed): (Vec<Member>, Vec<Member>) = members
        .iter()
        .cloned()
        .partition(|member| matches!(member.name.as_str(), "Principal" | "NotPrincipal"));
    let has = |names: [&str; 2]| members.iter().any(|member| names.contains(&member.name.as_str()));
    let missing = [
        ("Effect", "Allow", false),
        ("Action", "*", has(["Action", "NotAction"])),
        ("Resource", "*", has(["Resource", "NotResource"])),
    ];
    completed.extend(
        missing
            .iter()
            .filter(|(.., present)| !present)
            .map(|(name, text, _)| member(name, text, value.span)),
    );
    let statement = JsonValue { span: value.span, data: JsonData::Object(completed) };
    let document = vec![
        member("Version", "2012-10-17", value.span),
        Member { name: "Statement".into(), name_span: value.span, value: statement },
    ];
    let document = JsonValue { span: value.span, data: JsonData::Object(document) };
    let ReadOutcome { policy, diagnostics: mut findings } =
        read::read_value(&document, source, Kind::Identity, options, route);
    let root = Route::root(route);
    let mut patterns = |name: &str| {
        let member = callers.iter().find(|member| member.name == name)?;
        let read = caller_patterns(&member.value, source, options, &root.member(name));
        Some(read.unwrap_or_else(|wrong| {
            findings.extend(wrong);
            Vec::new()
        }))
    };
    let (principals, not_principals) =
        (patterns("Principal"), patterns("NotPrincipal").unwrap_or_default());
    let statement = policy.and_then(|policy| policy.statements.into_iter().next());
    match statement {
        Some(statement) if !findings.iter().any(Finding::is_error) => Ok(Loaded {
            value: Shape {
                statement: statement.into_statement(),
                principals,
                not_principals,
                scope: Scope::default(),
            },
            warnings: findings,
        }),
        _ => Err(findings),
    }
}

/// The patterns in a `Principal` member of a shape.
fn caller_patterns(
    value: &JsonValue,
    source: &Source,
    options: &ReadOptions,
    route: &Route<'_>,
) -> Result<Vec<CallerPattern>, Rejected> {
    let texts: Vec<(&JsonValue, Route<'_>)> = match &value.data {
        JsonData::Object(members) => members
            .iter()
            .flat_map(|member| {
                items(&member.value).into_iter().map(|item| (item, route.member(&member.name)))
            })
            .collect(),
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Array(_) => items(value).into_iter().map(|item| (item, *route)).collect(),
    };
    let (mut patterns, mut findings) = (Vec::new(), Vec::new());
    for (item, route) in texts {
        match caller_pattern(item, &options.limits) {
            Ok(pattern) => patterns.push(pattern),
            Err((code, message, help)) => {
                findings.push(finding(code, message, source, item.span, &route.to_string(), help))
            }
        }
        if findings.len() >= options.limits.findings.max(1) {
            break;
        }
    }
    if findings.is_empty() { Ok(patterns) } else { Err(findings) }
}

/// One pattern; the error is the code, the message and the help of a finding.
fn caller_pattern(
    item: &JsonValue,
    limits: &Limits,
) -> Result<CallerPattern, (&'static str, String, Option<&'static str>)> {
    let Some(text) = item.as_str() else {
        return Err((
            codes::WRONG_TYPE,
            format!("a pattern of principals is a text, this is {}", item.type_name()),
            None,
        ));
    };
    let wildcards = text.bytes().filter(|byte| matches!(byte, b'*' | b'?')).count();
    if text.len() > limits.text_bytes {
        return Err((
            codes::TEXT_TOO_LONG,
            format!("this text has {} bytes; the limit is {}", text.len(), limits.text_bytes),
            None,
        ));
    }
    if wildcards > limits.wildcards {
        let message =
            format!("this pattern has {wildcards} wildcards; the limit is {}", limits.wildcards);
        return Err((codes::TOO_MANY_WILDCARDS, message, None));
    }
    CallerPattern::parse(text).map_err(|expected| {
        (
            codes::INVALID_PRINCIPAL,
            format!("`{text}` is not a pattern of principals"),
            Some(expected),
        )
    })
}

fn member(name: &str, text: &str, span: Span) -> Member {
    Member {
        name: name.to_owned(),
        name_span: span,
        value: JsonValue { span, data: JsonData::String(text.to_owned()) },
    }
}
