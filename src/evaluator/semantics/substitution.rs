//! Policy variables (SEMANTICS 3).

use super::context::{Context, Values};
use super::glob::Atom;
use keyaki_iam::policy::parameter;
use keyaki_iam::policy::{Piece, Template, Variable};
use std::borrow::Cow;
use std::slice;

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

    /// The text in which `*` and `?` are ordinary characters.
    fn text(self) -> &'a str {
        match self {
            Part::Literal(text) | Part::Value(text) => text,
            Part::AnyChar => "?",
            Part::AnyString => "*",
        }
    }
}

fn value<'a>(context: &'a Context<'_>, variable: &'a Variable) -> Result<&'a str, NoValue> {
    match context.values(&variable.key) {
        Values::Absent => variable.default.as_deref().ok_or(NoValue::Absent),
        Values::Single(value) => Ok(value.text),
        Values::Many(_) => Err(NoValue::Multivalued),
    }
}

/// A template whose variables are replaced.
pub(super) enum Substituted<'a> {
    /// It has none.
    AsWritten(&'a [Piece]),
    /// Its parts.
    Parts(Vec<Part<'a>>),
}

/// Replaces the variables of a template once; the result is not scanned again. Gives the first
/// variable without a value otherwise.
pub(super) fn substitute<'a>(
    template: &'a Template,
    context: &'a Context<'_>,
) -> Result<Substituted<'a>, (&'a Variable, NoValue)> {
    if template.pieces.iter().all(|piece| Part::of(piece).is_ok()) {
        return Ok(Substituted::AsWritten(&template.pieces));
    }
    let replaced = |variable: &'a Variable| {
        value(context, variable).map(Part::Value).map_err(|reason| (variable, reason))
    };
    let part = |piece| Part::of(piece).or_else(replaced);
    template.pieces.iter().map(part).collect::<Result<_, _>>().map(Substituted::Parts)
}

impl<'a> Substituted<'a> {
    /// Its parts, in order.
    pub(super) fn parts(&self) -> Parts<'_, 'a> {
        match self {
            Self::AsWritten(pieces) => Parts::AsWritten(pieces.iter()),
            Self::Parts(parts) => Parts::Replaced(parts.iter()),
        }
    }

    /// The value that is all of it, where it is one variable and nothing else.
    pub(super) fn whole_value(&self) -> Option<&'a str> {
        match self {
            Self::Parts(parts) => match parts[..] {
                [Part::Value(whole)] => Some(whole),
                _ => None,
            },
            Self::AsWritten(_) => None,
        }
    }

    /// The pattern in which `*` and `?` of the policy are wildcards.
    pub(super) fn pattern(&self) -> impl Iterator<Item = Atom<'a>> + Clone + use<'_, 'a> {
        pattern(self.parts())
    }

    /// The pattern in which `*` and `?` are ordinary characters.
    pub(super) fn plain(&self) -> impl Iterator<Item = Atom<'a>> + Clone + use<'_, 'a> {
        self.parts().map(|part| Atom::Text(part.text()))
    }

    /// The text in which `*` and `?` are ordinary characters.
    pub(super) fn text(&self) -> Cow<'a, str> {
        let mut parts = self.parts();
        match (parts.next(), parts.next()) {
            (Some(part), None) => Cow::Borrowed(part.text()),
            _ => self.parts().map(Part::text).collect(),
        }
    }
}

/// See [`Substituted::parts`]: those that are left.
#[derive(Clone)]
pub(super) enum Parts<'s, 'a> {
    AsWritten(slice::Iter<'a, Piece>),
    Replaced(slice::Iter<'s, Part<'a>>),
}

impl<'a> Iterator for Parts<'_, 'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        match self {
            Self::AsWritten(pieces) => pieces.next().and_then(|piece| Part::of(piece).ok()),
            Self::Replaced(parts) => parts.next().copied(),
        }
    }
}

/// The pattern in which `*` and `?` of the policy are wildcards.
pub(super) fn pattern<'a>(
    parts: impl Iterator<Item = Part<'a>> + Clone,
) -> impl Iterator<Item = Atom<'a>> + Clone {
    parts.map(|part| match part {
        Part::Literal(text) | Part::Value(text) => Atom::Text(text),
        Part::AnyChar => Atom::AnyChar,
        Part::AnyString => Atom::AnyString,
    })
}

/// The text of a principal with the values of its parameters (SEMANTICS 3.1); `None` where one has
/// no value.
pub(super) fn filled<'a>(text: &'a str, context: &Context<'_>) -> Option<Cow<'a, str>> {
    if !parameter::is_in(text) {
        return Some(Cow::Borrowed(text));
    }
    let mut filled = String::new();
    for piece in parameter::pieces(text) {
        match piece {
            Piece::Literal(text) => filled.push_str(&text),
            Piece::AnyChar => filled.push('?'),
            Piece::AnyString => filled.push('*'),
            Piece::Variable(variable) => filled.push_str(value(context, &variable).ok()?),
        }
    }
    Some(Cow::Owned(filled))
}
