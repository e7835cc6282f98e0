//! Policy documents as values: which text stands where, and what must be known there.

use super::evaluate::{Evaluated, Evaluator, Stop};
use super::functions::given_help;
use super::value::{Data, Entry, Piece, Text, Value};
use crate::compose::Composed;
use keyaki_iam::finding::codes;
use keyaki_iam::json::{self, JsonData, JsonValue};
use keyaki_iam::policy::Family;
use keyaki_iam::policy::read::family;
use keyaki_iam::source::{Source, Span};

/// Where a text stands in a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// `Sid` and `Id`, which decide nothing.
    Label,
    /// `Resource` and `NotResource`.
    Resource,
    /// An `AWS` principal.
    Account,
    /// A service, an identity provider, or a canonical id.
    Principal,
    /// What an operator for ARNs compares with.
    Arn,
    /// What an operator for strings compares with.
    String,
    /// What must be known: an effect, an action, a number.
    Known,
}

/// Calls `see` with every text of a policy, and where it stands; the last argument is the name of
/// the element.
pub(super) fn walk<'v>(policy: &'v Value, see: &mut dyn FnMut(&'v Text, At, &str, Span)) {
    for entry in policy.entries().unwrap_or_default() {
        match entry.name.as_str() {
            "Statement" => entry.value.items().iter().for_each(|one| statement(one, see)),
            "Id" => all(&entry.value, At::Label, &entry.name, see),
            name => all(&entry.value, At::Known, name, see),
        }
    }
}

fn statement<'v>(statement: &'v Value, see: &mut dyn FnMut(&'v Text, At, &str, Span)) {
    for Entry { name, value, span: _ } in statement.entries().unwrap_or_default() {
        match name.as_str() {
            "Sid" => all(value, At::Label, name, see),
            "Resource" | "NotResource" => all(value, At::Resource, name, see),
            "Principal" | "NotPrincipal" => match value.entries() {
                None => all(value, At::Known, name, see),
                Some(members) => members.iter().for_each(|member| {
                    let at = match member.name.as_str() {
                        "AWS" => At::Account,
                        "Service" | "Federated" | "CanonicalUser" => At::Principal,
                        _ => At::Known,
                    };
                    all(&member.value, at, &member.name, see);
                }),
            },
            "Condition" => value.entries().unwrap_or_default().iter().for_each(|operator| {
                let at = compared(&operator.name);
                let keys = operator.value.entries().unwrap_or_default();
                keys.iter().for_each(|key| all(&key.value, at, &operator.name, see));
            }),
            _ => all(value, At::Known, name, see),
        }
    }
}

/// What an operator compares with.
pub(super) fn compared(operator: &str) -> At {
    match family(operator) {
        Some(Family::String) => At::String,
        Some(Family::Arn) => At::Arn,
        Some(
            Family::Numeric
            | Family::Date
            | Family::Bool
            | Family::Binary
            | Family::IpAddress
            | Family::Null,
        )
        | None => At::Known,
    }
}

fn all<'v>(value: &'v Value, at: At, name: &str, see: &mut dyn FnMut(&'v Text, At, &str, Span)) {
    match &value.data {
        Data::Text(text) => see(text, at, name, value.span),
        Data::List(items) => items.iter().for_each(|item| all(item, at, name, see)),
        Data::Object(entries) => {
            entries.iter().for_each(|entry| all(&entry.value, at, &entry.name, see));
        }
        Data::Many(_) | Data::Absent => {}
    }
}

impl Evaluator<'_> {
    /// A policy document: an object, or a text that is JSON.
    pub(super) fn document(&mut self, file: &Source, value: Value) -> Evaluated<Value> {
        let value = match value.data {
            Data::Text(text) => self.parsed(file, &text, value.span)?,
            Data::Object(_) => value,
            Data::List(_) | Data::Many(_) | Data::Absent => {
                let message =
                    format!("a policy document is an object, and not {}", value.type_name());
                return self.fail(codes::WRONG_TYPE, value.span, message, "");
            }
        };
        let mut value = value;
        self.name_identities(&mut value);
        self.spread(&mut value);
        self.check_lists(&value)?;
        let mut unknown = Vec::new();
        walk(&value, &mut |text, at, name, span| {
            if at == At::Known && text.holes().next().is_some() {
                unknown.push((text.clone(), name.to_owned(), span));
            }
        });
        if unknown.is_empty() {
            return Ok(value);
        }
        for (text, name, span) in unknown {
            let message = format!("`{name}` must be known, and is `{}`", text.shown());
            self.notes.error(codes::VALUE_NOT_KNOWN, span, message, &given_help(&text));
        }
        Err(Stop::Reported)
    }

    /// Refuses lists of which nothing is known.
    fn check_lists(&mut self, value: &Value) -> Evaluated<()> {
        match &value.data {
            Data::Many(name) => {
                let message = format!("the list `{name}` is not known");
                let help = given_help(&Text::hole(name.as_str()));
                self.fail(codes::VALUE_NOT_KNOWN, value.span, message, &help)
            }
            Data::List(items) => items.iter().try_for_each(|item| self.check_lists(item)),
            Data::Object(entries) => {
                entries.iter().try_for_each(|entry| self.check_lists(&entry.value))
            }
            Data::Text(_) | Data::Absent => Ok(()),
        }
    }

    /// A document that is written as a text.
    fn parsed(&mut self, file: &Source, text: &Text, span: Span) -> Evaluated<Value> {
        let is_mark = |letter: char| letter == OPEN || letter == CLOSE;
        let mut composed = Composed::default();
        let mut holes = Vec::new();
        for piece in &text.pieces {
            match piece {
                Piece::Known(known) if known.contains(is_mark) => {
                    let message = "a character of the private use area stands in a policy";
                    return self.fail(codes::CHARACTER, span, message, "remove it");
                }
                Piece::Known(known) => composed.push(known, span),
                Piece::Hole(name) => {
                    composed.push(&format!("{OPEN}{}{CLOSE}", holes.len()), span);
                    holes.push(name.as_str());
                }
            }
        }
        let source = composed.finish(file, span.end);
        let (value, findings) = json::parse(&source, &self.options.limits.json);
        for finding in &findings {
            let message = format!("the policy document in this text: {}", finding.message);
            self.notes.error(
                finding.rule,
                span,
                message,
                finding.help.as_deref().unwrap_or_default(),
            );
        }
        match value.filter(|_| findings.is_empty()) {
            Some(value) => self.with_holes(&value, &holes, span),
            None => Err(Stop::Reported),
        }
    }

    fn with_holes(&mut self, value: &JsonValue, holes: &[&str], span: Span) -> Evaluated<Value> {
        let data = match &value.data {
            JsonData::Null => {
                let message = "`null` is no value in a policy";
                return self.fail(codes::NULL_VALUE, span, message, "");
            }
            JsonData::Bool(flag) => Data::Text(Text::known(flag.to_string())),
            JsonData::Number(number) => Data::Text(Text::known(number.as_str())),
            JsonData::String(text) => Data::Text(marked(text, holes)),
            JsonData::Array(items) => {
                let items = items.iter().map(|item| self.with_holes(item, holes, span));
                Data::List(items.collect::<Evaluated<_>>()?)
            }
            JsonData::Object(members) => {
                let mut entries = Vec::<Entry>::new();
                for member in members {
                    if member.name.contains(OPEN) {
                        let name = marked(&member.name, holes);
                        return self.not_known("the name of a member", &name, span);
                    }
                    if entries.iter().any(|entry| entry.name == member.name) {
                        let message = format!("`{}` is there twice", member.name);
                        return self.fail(codes::DUPLICATE_MEMBER, span, message, "remove one");
                    }
                    let value = self.with_holes(&member.value, holes, span)?;
                    entries.push(Entry { name: member.name.clone(), span, value });
                }
                Data::Object(entries)
            }
        };
        Ok(Value { data, span })
    }
}

/// Around the number of a parameter in a document that is written as a text.
const OPEN: char = '\u{f8f0}';
const CLOSE: char = '\u{f8f1}';

/// A text of a document, with its parameters.
fn marked(text: &str, holes: &[&str]) -> Text {
    let (mut made, mut rest) = (Text::default(), text);
    while let Some((before, from)) = rest.split_once(OPEN) {
        let (number, after) = from.split_once(CLOSE).unwrap_or((from, ""));
        made.push_str(before);
        if let Some(name) = number.parse().ok().and_then(|at: usize| holes.get(at)) {
            made.push(&Text::hole(*name));
        }
        rest = after;
    }
    made.push_str(rest);
    made
}
