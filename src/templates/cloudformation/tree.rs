//! Templates as trees, from JSON or YAML.

use super::notes::Notes;
use super::yaml;
use keyaki_iam::finding::codes;
use keyaki_iam::json::{self, JsonData, JsonValue, Limits, Member};
use keyaki_iam::source::{Source, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A template that was read.
pub(super) struct Tree {
    /// All of it.
    pub(super) value: JsonValue,
    /// Where the names of members begin that are none, or that are there twice, and values that are
    /// aliases.
    pub(super) bad: BTreeSet<usize>,
}

/// Whether a text is JSON, by its first character.
fn is_json(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
}

/// Whether a text has the marks of a template, which it may have in vain.
pub(super) fn may_be_template(text: &str) -> bool {
    if is_json(text) {
        let (versioned, has) =
            (text.contains("\"AWSTemplateFormatVersion\""), |name: &str| text.contains(name));
        return has("\"Resources\"") && (has("\"AWS::") || versioned)
            || has("\"Transform\"") && versioned;
    }
    let member = |name: &str| {
        text.lines().any(|line| {
            let line = line.trim_start_matches('\u{feff}');
            let rest = ["", "\"", "'"]
                .iter()
                .find_map(|mark| line.strip_prefix(mark)?.strip_prefix(name)?.strip_prefix(mark));
            rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
        })
    };
    let versioned = member("AWSTemplateFormatVersion");
    member("Resources") && (text.contains("AWS::") || versioned) || member("Transform") && versioned
}

/// Whether a tree is a template.
fn is_template(value: &JsonValue) -> bool {
    let versioned = value.member("AWSTemplateFormatVersion").is_some();
    let Some(JsonValue { data: JsonData::Object(resources), .. }) = value.member("Resources")
    else {
        // A macro makes them.
        return versioned && value.member("Transform").is_some();
    };
    let typed = |member: &Member| {
        let resource_type = member.value.member("Type").and_then(JsonValue::as_str);
        resource_type.is_some_and(|name| name.starts_with("AWS::"))
            || member.name.starts_with("Fn::")
    };
    versioned || resources.iter().any(typed)
}

/// Whether a text that does not look like a template is one, written in an uncommon way: with `?`, a
/// tag or an escape in the name of its section.
fn is_uncommon(source: &Source, limits: &Limits) -> bool {
    let text = source.text();
    let may_be = text.contains("AWS::") && (text.contains("Resources") || text.contains('\\'));
    may_be && parsed(source, limits, &mut Notes::new(source)).0.is_some_and(|it| is_template(&it))
}

/// Reads a template: `None` if the text is none, and no tree where it is not JSON or YAML.
pub(super) fn read(source: &Source, limits: &Limits, notes: &mut Notes) -> Option<Option<Tree>> {
    if !may_be_template(source.text()) && !is_uncommon(source, limits) {
        return None;
    }
    let (value, mut bad) = parsed(source, limits, notes);
    let Some(value) = value else { return Some(None) };
    if !is_template(&value) {
        // Resources that are an alias, which was reported, are those of a template all the same.
        let aliased = value.member("Resources").filter(|all| bad.contains(&all.span.start));
        return aliased.map(|_| None);
    }
    check_names(&value, notes, &mut bad);
    Some(Some(Tree { value, bad }))
}

/// A text as JSON or YAML, and where what is no value and no name begins.
fn parsed(
    source: &Source,
    limits: &Limits,
    notes: &mut Notes,
) -> (Option<JsonValue>, BTreeSet<usize>) {
    if is_json(source.text()) {
        let (value, findings) = json::parse(source, limits);
        for finding in findings {
            let help = finding.help.as_deref().unwrap_or_default();
            notes.error(finding.rule, finding.span, finding.message, help);
        }
        (value, BTreeSet::new())
    } else {
        let read = yaml::read(source, limits, notes);
        (read.value, read.bad)
    }
}

/// Reports members that are there twice, each of which is no longer one.
fn check_names(value: &JsonValue, notes: &mut Notes, bad: &mut BTreeSet<usize>) {
    match &value.data {
        JsonData::Array(items) => items.iter().for_each(|item| check_names(item, notes, bad)),
        JsonData::Object(members) => {
            let mut first: BTreeMap<&str, Span> = BTreeMap::new();
            for member in members {
                if let Some(span) = first.get(member.name.as_str()) {
                    let message = format!("`{}` is there twice", member.name);
                    let help = "which of them counts is not said: remove one";
                    notes.error(codes::DUPLICATE_MEMBER, member.name_span, message, help);
                    bad.extend([span.start, member.name_span.start]);
                }
                first.insert(&member.name, member.name_span);
                check_names(&member.value, notes, bad);
            }
        }
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) => {}
    }
}
