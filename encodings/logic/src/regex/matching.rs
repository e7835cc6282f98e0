//! Matching by derivatives.
//!
//! The derivative of a language by a character `c` is what may follow `c`. It is kept as a set of
//! alternatives (Antimirov's partial derivatives), each at most as large as the expression plus the
//! parts behind it, so a text of length `n` is matched without backtracking and without building an
//! automaton. Intersections and complements are derived as they stand.
//!
//! V. Antimirov: Partial derivatives of regular expressions and finite automaton
//! constructions, 1996. S. Owens, J. Reppy, A. Turon: Regular-expression derivatives
//! re-examined, 2009.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a short cut looks at the forms that it knows; any other takes the long way, by derivatives"
)]

use super::{Class, Regex};
use std::sync::Arc;

impl Regex {
    /// Whether the whole of `text` is in the language.
    ///
    /// Globs, of literals, single characters and `.*`, take time proportional to the product of
    /// both lengths at worst.
    pub fn is_match(&self, text: &str) -> bool {
        if let Some(units) = glob(self) {
            return glob_matches(&units, &text.chars().collect::<Vec<_>>());
        }
        let mut current = self.clone();
        for (index, c) in text.char_indices() {
            match &current {
                Regex::Empty => return false,
                Regex::Literal(rest) => return text.get(index..) == Some(rest),
                _ if current.is_all() => return true,
                _ => current = current.derivative(c),
            }
        }
        current.is_nullable()
    }

    /// Whether the empty text is in the language.
    pub fn is_nullable(&self) -> bool {
        match self {
            Regex::Empty | Regex::Class(_) => false,
            Regex::Literal(text) => text.is_empty(),
            Regex::Concat(parts) | Regex::Intersection(parts) => {
                parts.iter().all(Regex::is_nullable)
            }
            Regex::Union(parts) => parts.iter().any(Regex::is_nullable),
            Regex::Complement(inner) => !inner.is_nullable(),
            Regex::Star(_) => true,
            Regex::Repeat(inner, low, _) => *low == 0 || inner.is_nullable(),
        }
    }

    /// The texts `t` such that `c` followed by `t` is in the language.
    pub fn derivative(&self, c: char) -> Regex {
        match self {
            Regex::Empty => Regex::Empty,
            Regex::Literal(text) => text.strip_prefix(c).map_or(Regex::Empty, Regex::literal),
            Regex::Class(class) if class.contains(c) => Regex::epsilon(),
            Regex::Class(_) => Regex::Empty,
            Regex::Concat(parts) => derivative_of_concat(parts, c),
            Regex::Union(parts) => Regex::union(parts.iter().map(|part| part.derivative(c))),
            Regex::Intersection(parts) => {
                Regex::intersect(parts.iter().map(|part| part.derivative(c)))
            }
            Regex::Complement(inner) => Regex::complement(inner.derivative(c)),
            Regex::Star(inner) => followed_by(inner.derivative(c), || self.clone()),
            Regex::Repeat(inner, low, high) => followed_by(inner.derivative(c), || {
                Regex::repeat(inner.as_ref().clone(), low.saturating_sub(1), high.saturating_sub(1))
            }),
        }
    }
}

/// One step of a glob.
enum Unit<'a> {
    Char(char),
    Class(&'a Class),
    AnyString,
}

impl Unit<'_> {
    fn takes(&self, c: char) -> bool {
        match self {
            Unit::Char(own) => *own == c,
            Unit::Class(class) => class.contains(c),
            Unit::AnyString => false,
        }
    }
}

/// The expression as a glob, if it is a sequence of literals, classes and `.*`.
fn glob(regex: &Regex) -> Option<Vec<Unit<'_>>> {
    let parts = match regex {
        Regex::Concat(parts) => parts.as_ref(),
        single => std::slice::from_ref(single),
    };
    let mut units = Vec::new();
    for part in parts {
        match part {
            Regex::Literal(text) => units.extend(text.chars().map(Unit::Char)),
            Regex::Class(class) => units.push(Unit::Class(class)),
            all if all.is_all() => units.push(Unit::AnyString),
            _ => return None,
        }
    }
    Some(units)
}

/// Greedy: only the last `.*` that was passed is ever widened.
fn glob_matches(units: &[Unit<'_>], text: &[char]) -> bool {
    let (mut unit, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(at) {
        match units.get(unit) {
            Some(Unit::AnyString) => {
                retry = Some((unit + 1, at));
                unit += 1;
            }
            Some(one) if one.takes(c) => (unit, at) = (unit + 1, at + 1),
            _ => {
                let Some((after, from)) = retry else { return false };
                retry = Some((after, from + 1));
                (unit, at) = (after, from + 1);
            }
        }
    }
    units.get(unit..).is_some_and(|rest| rest.iter().all(|one| matches!(one, Unit::AnyString)))
}

/// The first part consumes `c`; or it is skipped, if it may be empty, and the next one does.
fn derivative_of_concat(parts: &Arc<[Regex]>, c: char) -> Regex {
    let (mut alternatives, mut rest) = (Vec::new(), parts.as_ref());
    while let Some((first, behind)) = rest.split_first() {
        alternatives
            .push(followed_by(first.derivative(c), || Regex::concat(behind.iter().cloned())));
        if !first.is_nullable() {
            break;
        }
        rest = behind;
    }
    Regex::union(alternatives)
}

/// `first` followed by `tail`, with a union in front distributed: alternatives stay a flat set.
fn followed_by(first: Regex, tail: impl Fn() -> Regex) -> Regex {
    match &first {
        Regex::Empty => Regex::Empty,
        Regex::Union(parts) => {
            let tail = tail();
            Regex::union(parts.iter().map(|part| Regex::concat([part.clone(), tail.clone()])))
        }
        _ => Regex::concat([first, tail()]),
    }
}
