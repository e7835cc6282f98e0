//! Templates as parts of a pattern: variables replaced by the values of their keys (SEMANTICS 3).

use crate::Error;
use crate::frame::Frame;
use crate::slot::Slot;
use crate::views;
use keyaki_iam::policy::{Piece, Variable};
use keyaki_logic::term::{Part, Term};

/// A template after substitution.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    /// True iff every variable has a value; otherwise the pattern matches nothing.
    pub resolved: Term,
    /// No two literals stand side by side.
    pub parts: Vec<Part>,
}

/// What `*` and `?` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wildcards {
    /// Any string, any character.
    Active,
    /// The characters themselves.
    Literal,
}

impl Frame {
    /// Replaces the variables in `pieces`. Wildcard characters in a value or a default are ordinary
    /// characters (`[U9]`).
    pub(crate) fn substitute(
        &self,
        pieces: &[Piece],
        wildcards: Wildcards,
    ) -> Result<Pattern, Error> {
        let mut pattern = Pattern { resolved: Term::truth(), parts: Vec::new() };
        for piece in pieces {
            match (piece, wildcards) {
                (Piece::Literal(text), _) => pattern.push(Part::Literal(text.clone())),
                (Piece::AnyChar, Wildcards::Active) => pattern.push(Part::AnyChar),
                (Piece::AnyChar, Wildcards::Literal) => pattern.push(Part::Literal("?".to_owned())),
                (Piece::AnyString, Wildcards::Active) => pattern.push(Part::AnyString),
                (Piece::AnyString, Wildcards::Literal) => {
                    pattern.push(Part::Literal("*".to_owned()))
                }
                (Piece::Variable(variable), _) => match self.variable(variable)? {
                    Some((resolved, value)) => {
                        pattern.resolved = Term::and([pattern.resolved, resolved]);
                        pattern.push(Part::Value(value));
                    }
                    None => pattern.resolved = Term::falsehood(),
                },
            }
        }
        Ok(pattern)
    }

    /// Whether a variable has a value, and which; `None` if it never has one. An absent key gives
    /// the default. A multivalued key that is present gives nothing, not even the default
    /// (`[U10]`); nor does one that may hold either, and holds a list.
    fn variable(&self, variable: &Variable) -> Result<Option<(Term, Term)>, Error> {
        let key = self.key(&variable.key)?;
        let default = variable.default.as_deref().map(Term::string);
        let value = key.variable().and_then(Slot::text);
        Ok(match (value, default) {
            (Some(value), Some(default)) => {
                let resolved = Term::or([Term::not(key.present()), key.is_single()]);
                Some((resolved, Term::ite(key.present(), value, default)))
            }
            (Some(value), None) => Some((Term::and([key.present(), key.is_single()]), value)),
            (None, Some(default)) => Some((Term::not(key.present()), default)),
            (None, None) => None,
        })
    }
}

impl Pattern {
    fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (Some(Part::Literal(before)), Part::Literal(text)) => before.push_str(&text),
            (_, part) => self.parts.push(part),
        }
    }

    /// The text of a pattern without wildcards.
    pub fn text(&self) -> Term {
        self.concat(|text| Term::string(text), Term::clone)
    }

    /// The same in lower case.
    pub fn lower(&self) -> Term {
        self.concat(
            |text| Term::string(text.to_ascii_lowercase()),
            |value| Term::apply(&views::ASCII_LOWER, value.clone()),
        )
    }

    fn concat(&self, literal: impl Fn(&str) -> Term, value: impl Fn(&Term) -> Term) -> Term {
        Term::concat(self.parts.iter().filter_map(|part| match part {
            Part::Literal(text) => Some(literal(text)),
            Part::Value(term) => Some(value(term)),
            Part::AnyChar | Part::AnyString => None,
        }))
    }

    /// The text, if the pattern is one.
    pub fn literal(&self) -> Option<&str> {
        match &self.parts[..] {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }
}
