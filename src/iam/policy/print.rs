//! From [`Policy`] to text: canonical JSON that reads as the same policy.

use super::{
    ActionElement, ActionPattern, Condition, Effect, Piece, Policy, PrincipalElement,
    PrincipalEntry, ResourceElement, ResourcePattern, Statement, Template, Version,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The policy as indented JSON: elements in the order of the documentation, `Version` always there,
/// a list of one value as that value, condition operators and keys sorted. Reading it again as the
/// same kind gives the same policy, apart from spans and the order of conditions and principal
/// types, which mean nothing.
pub fn print(policy: &Policy) -> String {
    let mut text = String::new();
    for character in format!("{:#}", document(policy)).chars() {
        // IAM accepts no other characters in a document; beyond U+00FF they can only stand in
        // strings.
        if character <= '\u{ff}' {
            text.push(character);
        } else {
            let escapes = character
                .encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect::<String>();
            text.push_str(&escapes);
        }
    }
    text
}

/// The policy as a JSON value; see [`print()`].
pub fn document(policy: &Policy) -> Value {
    let mut members = Map::new();
    let version = match policy.version {
        Version::V2008 => "2008-10-17",
        Version::V2012 => "2012-10-17",
    };
    members.insert("Version".to_owned(), version.into());
    if let Some(id) = &policy.id {
        members.insert("Id".to_owned(), id.as_str().into());
    }
    members.insert("Statement".to_owned(), policy.statements().map(statement).collect());
    Value::Object(members)
}

/// One statement as a JSON object; see [`print()`].
pub fn statement(statement: &Statement) -> Value {
    let mut members = Map::new();
    if let Some(sid) = &statement.sid {
        members.insert("Sid".to_owned(), sid.as_str().into());
    }
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    members.insert("Effect".to_owned(), effect.into());
    if let Some(element) = &statement.principal {
        members.insert(name("Principal", element.negated), principal(element));
    }
    members.insert(name("Action", statement.action.negated), action(&statement.action));
    if let Some(element) = &statement.resource {
        members.insert(name("Resource", element.negated), resource(element));
    }
    if !statement.conditions.is_empty() {
        members.insert("Condition".to_owned(), conditions(&statement.conditions));
    }
    Value::Object(members)
}

/// The text of a template. Under Version 2008-10-17 there is no way to write a literal `*` or `?`,
/// nor a variable: the template must have been read under the same version.
pub fn template(template: &Template, version: Version) -> String {
    template.pieces.iter().fold(String::new(), |mut text, piece| {
        match piece {
            Piece::AnyChar => text.push('?'),
            Piece::AnyString => text.push('*'),
            Piece::Literal(literal) if version == Version::V2008 => text.push_str(literal),
            Piece::Literal(literal) => escape(literal, &mut text),
            Piece::Variable(variable) => {
                text.push_str("${");
                text.push_str(variable.key.text());
                if let Some(default) = &variable.default {
                    text.push_str(", '");
                    text.push_str(default);
                    text.push('\'');
                }
                text.push('}');
            }
        }
        text
    })
}

fn escape(literal: &str, text: &mut String) {
    let mut characters = literal.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '*' => text.push_str("${*}"),
            '?' => text.push_str("${?}"),
            '$' if characters.peek() == Some(&'{') => text.push_str("${$}"),
            other => text.push(other),
        }
    }
}

fn name(element: &str, negated: bool) -> String {
    if negated { format!("Not{element}") } else { element.to_owned() }
}

/// A list, or the one value in it.
fn list(mut values: Vec<Value>) -> Value {
    match (values.len(), values.pop()) {
        (1, Some(value)) => value,
        (_, last) => values.into_iter().chain(last).collect(),
    }
}

fn action(element: &ActionElement) -> Value {
    let text = |pattern: &ActionPattern| match pattern {
        ActionPattern::Any => "*".into(),
        ActionPattern::Name { service, name } => format!("{service}:{name}").into(),
    };
    list(element.patterns.iter().map(text).collect())
}

fn resource(element: &ResourceElement) -> Value {
    let text = |pattern: &ResourcePattern| match pattern {
        ResourcePattern::Any => "*".into(),
        ResourcePattern::Arn { text, .. } => (**text).into(),
    };
    list(element.patterns.iter().map(text).collect())
}

fn principal(element: &PrincipalElement) -> Value {
    if element.entries == [PrincipalEntry::Anyone] {
        return "*".into();
    }
    let mut types: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for entry in &element.entries {
        let (member, text) = match entry {
            PrincipalEntry::Anyone => ("AWS", "*"),
            PrincipalEntry::Aws(text) => ("AWS", text.as_str()),
            PrincipalEntry::Service(text) => ("Service", text.as_str()),
            PrincipalEntry::AnyProvider => ("Federated", "*"),
            PrincipalEntry::Federated(text) => ("Federated", text.as_str()),
            PrincipalEntry::CanonicalUser(text) => ("CanonicalUser", text.as_str()),
        };
        types.entry(member).or_default().push(text.into());
    }
    types.into_iter().map(|(member, values)| (member, list(values))).collect()
}

fn conditions(conditions: &[Condition]) -> Value {
    let mut sorted: Vec<&Condition> = conditions.iter().collect();
    sorted.sort_by(|a, b| (a.operator, &a.key).cmp(&(b.operator, &b.key)));
    let mut blocks = Map::new();
    for condition in sorted {
        let values =
            list(condition.values.iter().map(|value| value.text.as_str().into()).collect());
        let block = blocks
            .entry(condition.operator.to_string())
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(block) = block {
            block.insert(condition.key.text().to_owned(), values);
        }
    }
    Value::Object(blocks)
}
