//! Policy variables (SEMANTICS 3) and the values that a request carries for a key.

use super::glob::Atom;
use keyaki_iam::catalogue::keys::is_list;
use keyaki_iam::policy::parameter;
use keyaki_iam::policy::{ContextKey, Piece, Template, Variable};
use keyaki_iam::request::{ContextValue, Request};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::str::Chars;

/// Why a policy variable has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoValue {
    /// The key is absent and the variable has no default.
    Absent,
    /// The key is multivalued; not even the default is used (`[U10]`).
    Multivalued,
}

/// A part of a template after substitution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Text of the policy.
    Literal(&'a str),
    /// A substituted value or default: its `*`, `?` and, in an ARN, `:` are ordinary characters
    /// (`[U9]`).
    Value(&'a str),
    /// `?`.
    AnyChar,
    /// `*`.
    AnyString,
}

impl<'a> Part<'a> {
    /// The part that a piece is; a variable has to be replaced.
    fn of(piece: &'a Piece) -> Result<Self, &'a Variable> {
        match piece {
            Piece::Literal(text) => Ok(Self::Literal(text)),
            Piece::AnyChar => Ok(Self::AnyChar),
            Piece::AnyString => Ok(Self::AnyString),
            Piece::Variable(variable) => Err(variable),
        }
    }
}

/// What a request carries for a key.
pub(super) enum Values<'a> {
    /// Nothing, or an empty list.
    Absent,
    /// The value of a single-valued key.
    Single(&'a str),
    /// The distinct values of a multivalued key, one at least. A list in the request is multivalued
    /// whatever the key; the keys that SEMANTICS 5 marks "list" are multivalued also where the
    /// request gives a single text.
    Many(BTreeSet<&'a str>),
}

/// What the request carries for `key`.
pub(super) fn values<'a>(request: &'a Request, key: &ContextKey) -> Values<'a> {
    match request.context.get(key) {
        None => Values::Absent,
        Some(ContextValue::Single(value)) if is_list(key) => {
            Values::Many(BTreeSet::from([value.as_str()]))
        }
        Some(ContextValue::Single(value)) => Values::Single(value),
        Some(ContextValue::List(values)) if values.is_empty() => Values::Absent,
        Some(ContextValue::List(values)) => {
            Values::Many(values.iter().map(String::as_str).collect())
        }
    }
}

fn value<'a>(request: &'a Request, variable: &'a Variable) -> Result<&'a str, NoValue> {
    match values(request, &variable.key) {
        Values::Absent => variable.default.as_deref().ok_or(NoValue::Absent),
        Values::Single(value) => Ok(value),
        Values::Many(_) => Err(NoValue::Multivalued),
    }
}

/// Replaces the variables of a template once; the result is not scanned again. Gives the first
/// variable without a value otherwise.
pub(super) fn substitute<'a>(
    template: &'a Template,
    request: &'a Request,
) -> Result<Vec<Part<'a>>, (&'a Variable, NoValue)> {
    let replaced = |variable: &'a Variable| {
        value(request, variable).map(Part::Value).map_err(|reason| (variable, reason))
    };
    let part = |piece| Part::of(piece).or_else(replaced);
    template.pieces.iter().map(part).collect()
}

/// The text of a principal with the values of its parameters (SEMANTICS 3.1); `None` where one has
/// no value.
pub(super) fn filled<'a>(text: &'a str, request: &Request) -> Option<Cow<'a, str>> {
    if !parameter::is_in(text) {
        return Some(Cow::Borrowed(text));
    }
    let mut filled = String::new();
    for piece in parameter::pieces(text) {
        match piece {
            Piece::Literal(text) => filled.push_str(&text),
            Piece::AnyChar => filled.push('?'),
            Piece::AnyString => filled.push('*'),
            Piece::Variable(variable) => filled.push_str(value(request, &variable).ok()?),
        }
    }
    Some(Cow::Owned(filled))
}

/// The text in which `*` and `?` are ordinary characters.
pub(super) fn plain_text(parts: &[Part<'_>]) -> String {
    let text = |part: &Part<'_>| match *part {
        Part::Literal(text) | Part::Value(text) => text.to_owned(),
        Part::AnyChar => "?".to_owned(),
        Part::AnyString => "*".to_owned(),
    };
    parts.iter().map(text).collect()
}

/// The pattern in which `*` and `?` of the policy are wildcards.
pub(super) fn pattern<'a>(parts: &'a [Part<'a>]) -> impl Iterator<Item = Atom> + Clone {
    parts.iter().copied().flat_map(Atoms::of)
}

/// The pattern of a template in which there is nothing to replace; `None` where there is.
pub(super) fn without_variables<'t>(
    template: &'t Template,
) -> Option<impl Iterator<Item = Atom> + Clone + 't> {
    let parts = template.pieces.iter().map(Part::of);
    parts.clone().all(|part| part.is_ok()).then(|| parts.flatten().flat_map(Atoms::of))
}

/// The positions of one part.
#[derive(Clone)]
enum Atoms<'a> {
    Text(Chars<'a>),
    Wildcard(Option<Atom>),
}

impl<'a> Atoms<'a> {
    fn of(part: Part<'a>) -> Self {
        match part {
            Part::Literal(text) | Part::Value(text) => Self::Text(text.chars()),
            Part::AnyChar => Self::Wildcard(Some(Atom::AnyChar)),
            Part::AnyString => Self::Wildcard(Some(Atom::AnyString)),
        }
    }
}

impl Iterator for Atoms<'_> {
    type Item = Atom;

    fn next(&mut self) -> Option<Atom> {
        match self {
            Atoms::Text(characters) => characters.next().map(Atom::Char),
            Atoms::Wildcard(atom) => atom.take(),
        }
    }
}
