//! Texts that look like place-holders: candidates, no more.

use keyaki_iam::catalogue::keys;
use keyaki_iam::policy::{ContextKey, Piece, ResourcePattern, Template, Variable};
use keyaki_iam::value;

/// Words that documentation writes where a value belongs, in lower case.
const WORDS: &[&str] = &[
    "account-id",
    "account_id",
    "accountid",
    "aws-account-id",
    "aws-region",
    "aws_region",
    "your-account",
    "your_account",
    "your-region",
    "my-account",
    "my-region",
    "resourcedescription",
    "placeholder",
    "replace-me",
    "replace_me",
    "changeme",
];

/// What is wrong with an entry of `Resource`, clause by clause, and the entry with `*` in their
/// stead. `None` when there is none.
pub(super) fn in_resource(pattern: &ResourcePattern) -> Option<(Vec<String>, ResourcePattern)> {
    let ResourcePattern::Arn { text, fields } = pattern else { return None };
    let mut found = Vec::new();
    let repaired =
        fields.iter().enumerate().map(|(at, field)| repaired(at, field, &mut found)).collect();
    (!found.is_empty())
        .then(|| (found, ResourcePattern::Arn { text: text.clone(), fields: repaired }))
}

/// A field with `*` for its place-holders, of which `found` tells.
fn repaired(at: usize, field: &Template, found: &mut Vec<String>) -> Template {
    if let [Piece::Literal(text)] = field.pieces.as_slice()
        && (at == 3 || at == 4)
        && !is_plausible(at, text)
    {
        found.push(format!("`{text}` is no {}", if at == 3 { "Region" } else { "account" }));
        return Template { pieces: vec![Piece::AnyString] };
    }
    let mut pieces = Vec::new();
    for piece in &field.pieces {
        match piece {
            Piece::Variable(variable) if names_nothing(variable) => {
                found.push(unknown(variable));
                pieces.push(Piece::AnyString);
            }
            Piece::Literal(text) if is_bracketed(text) || is_word(text) => {
                found.push(suspicious(text));
                pieces.push(Piece::AnyString);
            }
            other
            @ (Piece::Literal(_) | Piece::AnyChar | Piece::AnyString | Piece::Variable(_)) => {
                pieces.push(other.clone())
            }
        }
    }
    Template { pieces }
}

/// Whether a text may be a Region (field 3) or an account (field 4).
fn is_plausible(at: usize, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match at {
        3 => {
            text.rsplit_once('-').is_some_and(|(name, number)| digits(number) && name.contains('-'))
        }
        _ => text == "aws" || text == "cloudfront" || value::is_account(text),
    }
}

/// What is wrong with a value of that key, clause by clause. `None` when nothing looks like a
/// place-holder.
pub(super) fn in_value(key: &ContextKey, text: &str, template: &Template) -> Option<Vec<String>> {
    let variables = template.pieces.iter().filter_map(|piece| match piece {
        Piece::Variable(variable) if names_nothing(variable) => Some(unknown(variable)),
        Piece::Literal(_) | Piece::AnyChar | Piece::AnyString | Piece::Variable(_) => None,
    });
    let mut found: Vec<String> = variables.collect();
    if is_no_account(key, template) {
        found.push(format!("`{text}` is not an account"));
    } else if found.is_empty() && (is_bracketed(text) || is_word(text)) {
        found.push(suspicious(text));
    }
    (!found.is_empty()).then_some(found)
}

fn unknown(variable: &Variable) -> String {
    format!("the variable `${{{}}}` names no context key", variable.key.text())
}

fn suspicious(text: &str) -> String {
    format!("`{text}` looks like a place-holder")
}

/// Whether a plain text stands where an account belongs and is none.
fn is_no_account(key: &ContextKey, template: &Template) -> bool {
    let [Piece::Literal(text)] = template.pieces.as_slice() else { return false };
    key.lower().starts_with("aws:") && key.lower().ends_with("account") && !is_plausible(4, text)
}

/// Whether a variable has no default and names no key that Keyaki knows; whether such a key can be
/// present is not for the text to say.
fn names_nothing(variable: &Variable) -> bool {
    variable.default.is_none() && keys::lookup(&variable.key).is_none()
}

/// `<Account ID>`, `{account}`, `[region]`.
fn is_bracketed(text: &str) -> bool {
    let between = |open: char, close: char| {
        text.split_once(open).is_some_and(|(_, rest)| rest.contains(close))
    };
    between('<', '>') || between('{', '}') || between('[', ']')
}

fn is_word(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}
