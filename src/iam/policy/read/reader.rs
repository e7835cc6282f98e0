//! The reader's state, its findings, and what every element needs: typed access to values, lists
//! and members.

use super::kinds::{Rules, rules};
use super::nearest::suggestion;
use super::placeholders;
use super::route::Route;
use super::{KnownStatements, ReadOptions, ReadOutcome};
use crate::finding::{Finding, Level, codes};
use crate::json::{JsonData, JsonValue, Member};
use crate::policy::{Kind, Policy, parameter};
use crate::source::{Source, Span};
use crate::visible::escaped;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) kind: Kind,
    pub(super) rules: Rules,
    pub(super) options: &'a ReadOptions,
    /// The kind that the document shows, which helps where it is another one.
    pub(super) seems: Kind,
    /// Whether the language version knows variables.
    pub(super) variables: bool,
    /// The place-holders that are parameters, which messages show as they are written.
    names: BTreeSet<String>,
    /// The service of the last entry of an action.
    pub(super) service: Option<Arc<str>>,
    /// Statements that were read before.
    pub(super) known: Option<&'a KnownStatements>,
    findings: Vec<Finding>,
    rejected: bool,
    unlisted: usize,
}

/// The members of an object by name, with all their occurrences in document order.
pub(super) struct Members<'v>(Vec<&'v Member>);

impl<'v> Members<'v> {
    fn of(mut members: Vec<&'v Member>) -> Self {
        members.sort_by(|one, other| one.name.cmp(&other.name));
        Self(members)
    }

    /// The members of that name; `None` where there are none.
    pub(super) fn get(&self, name: &str) -> Option<&[&'v Member]> {
        let is_named = |member: &&Member| member.name == name;
        let rest = self.0.get(self.0.iter().position(is_named)?..)?;
        let count = rest.iter().take_while(|member| is_named(member)).count();
        rest.get(..count)
    }

    /// The first member of that name.
    pub(super) fn first(&self, name: &str) -> Option<&'v Member> {
        self.0.iter().find(|member| member.name == name).copied()
    }

    /// Those of each name.
    fn groups(&self) -> impl Iterator<Item = &[&'v Member]> {
        self.0.chunk_by(|one, other| one.name == other.name)
    }
}

/// A string of the document.
#[derive(Clone, Copy)]
pub(super) struct Text<'v> {
    pub(super) text: &'v str,
    /// With its quotation marks.
    pub(super) span: Span,
    pub(super) route: &'v Route<'v>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source, kind: Kind, options: &'a ReadOptions) -> Self {
        let (findings, rules) = (Vec::new(), rules(kind));
        Self {
            source,
            kind,
            rules,
            options,
            seems: kind,
            variables: false,
            names: BTreeSet::new(),
            service: None,
            known: None,
            findings,
            rejected: false,
            unlisted: 0,
        }
    }

    /// The document as it is to be read: without place-holders, where they are parameters.
    pub(super) fn filled<'v>(&mut self, value: &'v JsonValue) -> Cow<'v, JsonValue> {
        let Some(known) = &self.options.placeholders else { return Cow::Borrowed(value) };
        let filled = placeholders::filled(value, self.source, known);
        filled.findings.into_iter().for_each(|finding| self.push(finding));
        self.names = filled.names;
        Cow::Owned(filled.value)
    }

    /// How many findings there are.
    pub(super) fn found(&self) -> usize {
        self.findings.len() + self.unlisted
    }

    /// Adds a finding, or only counts it when there are more than anyone reads.
    pub(super) fn push(&mut self, finding: Finding) {
        self.rejected |= finding.is_error();
        if self.full() {
            self.unlisted += 1;
        } else {
            self.findings.push(finding);
        }
    }

    pub(super) fn error(
        &mut self,
        rule: &'static str,
        span: Span,
        route: &Route<'_>,
        message: impl Into<String>,
        help: &str,
    ) {
        self.find(Level::Error, rule, span, route, message.into(), help);
    }

    pub(super) fn warn(
        &mut self,
        rule: &'static str,
        span: Span,
        route: &Route<'_>,
        message: impl Into<String>,
        help: &str,
    ) {
        self.find(Level::Warning, rule, span, route, message.into(), help);
    }

    fn find(
        &mut self,
        level: Level,
        rule: &'static str,
        span: Span,
        route: &Route<'_>,
        message: String,
        help: &str,
    ) {
        if self.full() {
            self.rejected |= level == Level::Error;
            self.unlisted += 1;
            return;
        }
        let help = (!help.is_empty()).then(|| help.to_owned());
        self.push(Finding {
            rule,
            level,
            message,
            source: self.source.clone(),
            span,
            route: route.to_string(),
            help,
        });
    }

    /// Whether further findings are only counted: nobody will read the parts of a message that take
    /// time.
    pub(super) fn full(&self) -> bool {
        self.findings.len() >= self.options.limits.findings
    }

    /// A help that names the known name nearest to what is written.
    pub(super) fn suggestion(&self, written: &str, known: &[&str]) -> String {
        if self.full() { String::new() } else { suggestion(written, known) }
    }

    /// `line 3, column 5`, for a message.
    pub(super) fn place(&self, span: Span) -> String {
        if self.full() {
            return String::new();
        }
        let place = self.source.position(span.start);
        format!("line {}, column {}", place.line, place.column)
    }

    pub(super) fn finish(mut self, policy: Option<Policy>) -> ReadOutcome {
        if !self.names.is_empty() {
            for finding in &mut self.findings {
                let shown = |name: &str| self.names.contains(name);
                finding.message = parameter::named(&finding.message, &shown);
            }
        }
        for finding in &mut self.findings {
            finding.message = parameter::shown(&finding.message);
        }
        self.findings.sort_by_key(|finding| finding.span.start);
        if let (Some(last), true) = (self.findings.last(), self.unlisted > 0) {
            let level = if self.rejected { Level::Error } else { Level::Warning };
            let message = format!("{} more findings are not listed", self.unlisted);
            let (source, span) = (last.source.clone(), last.span);
            self.findings.push(Finding {
                rule: codes::MORE_FINDINGS,
                level,
                message,
                source,
                span,
                route: String::new(),
                help: None,
            });
        }
        ReadOutcome { policy: policy.filter(|_| !self.rejected), diagnostics: self.findings }
    }

    pub(super) fn wrong_type(&mut self, value: &JsonValue, route: &Route<'_>, expected: &str) {
        let element = match route.element() {
            "" => "the policy".to_owned(),
            name => format!("`{}`", clip(name)),
        };
        match value.data {
            JsonData::Null => {
                let message =
                    format!("`null` is never a value in a policy; {element} needs {expected}");
                self.error(
                    codes::NULL_VALUE,
                    value.span,
                    route,
                    message,
                    "leave the member out, or give it a value",
                );
            }
            JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Array(_)
            | JsonData::Object(_) => {
                let message = format!("{element} needs {expected}, not {}", value.type_name());
                self.error(codes::WRONG_TYPE, value.span, route, message, "");
            }
        }
    }

    /// The members of an object that has no others than `known` ones; reports unknown names and
    /// duplicates.
    pub(super) fn elements<'v>(
        &mut self,
        value: &'v JsonValue,
        route: &Route<'_>,
        known: &[&str],
        expected: &str,
    ) -> Option<Members<'v>> {
        let JsonData::Object(list) = &value.data else {
            self.wrong_type(value, route, expected);
            return None;
        };
        let mut members = Vec::new();
        for member in list {
            if known.contains(&member.name.as_str()) {
                members.push(member);
            } else {
                let message = format!(
                    "`{}` is not an element of {}",
                    clip(&member.name),
                    if known.contains(&"Effect") { "a statement" } else { "a policy" }
                );
                let help = self.suggestion(&member.name, known);
                self.error(
                    codes::UNKNOWN_ELEMENT,
                    member.name_span,
                    &route.member(&member.name),
                    message,
                    &help,
                );
            }
        }
        let members = Members::of(members);
        members.groups().for_each(|occurrences| self.check_duplicates(occurrences, route));
        Some(members)
    }

    /// Reports all but the first of several members of one name.
    pub(super) fn check_duplicates(&mut self, occurrences: &[&Member], route: &Route<'_>) {
        let Some((first, others)) = occurrences.split_first() else { return };
        let legacy = match first.name.as_str() {
            "Effect" => "the last one counts",
            "Action" | "Resource" => "their entries are merged",
            _ => "",
        };
        for member in others {
            let message = format!(
                "`{}` stands here again; it is already on {}",
                clip(&member.name),
                self.place(first.name_span)
            );
            let route = route.member(&member.name);
            if self.options.legacy_duplicates && !legacy.is_empty() {
                let message = format!(
                    "{message}; read as in documents saved before IAM checked this: {legacy}"
                );
                self.warn(
                    codes::LEGACY_DUPLICATE,
                    member.name_span,
                    &route,
                    message,
                    "IAM rejects this when the policy is edited",
                );
            } else {
                let help = if legacy.is_empty() {
                    ""
                } else {
                    "`--legacy-duplicates` reads it as IAM does in documents saved before it checked"
                };
                self.error(codes::DUPLICATE_MEMBER, member.name_span, &route, message, help);
            }
        }
    }

    /// A string within the length limit.
    pub(super) fn string<'v>(
        &mut self,
        value: &'v JsonValue,
        route: &Route<'_>,
    ) -> Option<&'v str> {
        match &value.data {
            JsonData::String(text) => self.check_length(text, value.span, route).then_some(text),
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::Array(_)
            | JsonData::Object(_) => {
                self.wrong_type(value, route, "a string");
                None
            }
        }
    }

    pub(super) fn check_length(&mut self, text: &str, span: Span, route: &Route<'_>) -> bool {
        let limit = self.options.limits.text_bytes;
        if text.len() > limit {
            let message = format!("this text has {} bytes; the limit is {limit}", text.len());
            self.error(codes::TEXT_TOO_LONG, span, route, message, "");
        }
        text.len() <= limit
    }

    /// Reports a pattern with more wildcards than the limit.
    pub(super) fn check_wildcards(&mut self, text: Text<'_>) {
        let (count, limit) = (
            text.text.bytes().filter(|byte| matches!(byte, b'*' | b'?')).count(),
            self.options.limits.wildcards,
        );
        if count > limit {
            let message = format!("this pattern has {count} wildcards; the limit is {limit}");
            self.error(codes::TOO_MANY_WILDCARDS, text.span, text.route, message, "");
        }
    }

    /// Reads each entry of a list, or the one value that stands instead of a list.
    pub(super) fn each(
        &mut self,
        value: &JsonValue,
        route: &Route<'_>,
        read: &mut dyn FnMut(&mut Self, &JsonValue, &Route<'_>),
    ) {
        match &value.data {
            JsonData::Array(values) => values
                .iter()
                .enumerate()
                .for_each(|(index, value)| read(self, value, &route.index(index))),
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Object(_) => read(self, value, route),
        }
    }

    /// Reads a string or a list of strings; what `read` gives nothing for is left out.
    pub(super) fn texts<T>(
        &mut self,
        value: &JsonValue,
        route: &Route<'_>,
        read: fn(&mut Self, Text<'_>) -> Option<T>,
    ) -> Vec<T> {
        let mut found = Vec::new();
        self.each(value, route, &mut |reader, value, route| match &value.data {
            JsonData::String(_) => {
                let text = reader.string(value, route);
                found.extend(
                    text.and_then(|text| read(reader, Text { text, span: value.span, route })),
                );
            }
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::Array(_)
            | JsonData::Object(_) => {
                reader.wrong_type(value, route, "a string or a list of strings")
            }
        });
        found
    }

    /// Reports an empty list, which is accepted.
    pub(super) fn warn_if_empty(&mut self, value: &JsonValue, route: &Route<'_>, meaning: &str) {
        if matches!(&value.data, JsonData::Array(values) if values.is_empty()) {
            self.warn_of_nothing(value.span, route, meaning);
        }
    }

    pub(super) fn warn_of_nothing(&mut self, span: Span, route: &Route<'_>, meaning: &str) {
        let message = format!("`{}` is empty: {meaning}", clip(route.element()));
        self.warn(codes::EMPTY_LIST, span, route, message, "");
    }

    /// Reports the characters that IAM does not accept (SEMANTICS 1.1), the first of each string.
    pub(super) fn check_characters(&mut self, value: &JsonValue, route: &Route<'_>) {
        match &value.data {
            JsonData::Array(values) => {
                values
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| self.check_characters(value, &route.index(index)));
            }
            JsonData::Object(members) => members.iter().for_each(|member| {
                let route = route.member(&member.name);
                self.check_text(member.name_span, &route);
                self.check_characters(&member.value, &route);
            }),
            JsonData::String(_) => self.check_text(value.span, route),
            JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) => {}
        }
    }

    fn check_text(&mut self, span: Span, route: &Route<'_>) {
        let raw = self.source.text().get(span.start..span.end).unwrap_or_default();
        let Some((offset, character)) =
            raw.char_indices().find(|(_, character)| *character > '\u{ff}')
        else {
            return;
        };
        let start = span.start + offset;
        let message = format!(
            "IAM does not accept `{character}` (U+{:04X}) in a policy document",
            u32::from(character)
        );
        let help = "the characters up to U+00FF are accepted";
        self.error(
            codes::CHARACTER,
            Span { start, end: start + character.len_utf8() },
            route,
            message,
            help,
        );
    }
}

/// A text of the user for a message: not longer than anyone reads. A parameter counts as one
/// character, since it may be shown as its name.
pub(super) fn clip(text: &str) -> String {
    let (mut head, mut rest) = (String::new(), text);
    for _ in 0..80 {
        let end = if parameter::begins(rest) { rest.find('}').map(|at| at + 1) } else { None };
        let end = end.filter(|end| *end <= LONGEST_PARAMETER);
        let length = end.or_else(|| rest.chars().next().map(char::len_utf8)).unwrap_or_default();
        let (next, others) = rest.split_at_checked(length).unwrap_or((rest, ""));
        head.push_str(next);
        rest = others;
    }
    let head = escaped(&head);
    if rest.is_empty() { head.into_owned() } else { format!("{head}…") }
}

/// The longest parameter that a message holds, in bytes.
const LONGEST_PARAMETER: usize = 1_000;
