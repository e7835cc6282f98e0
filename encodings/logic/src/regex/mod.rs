//! Regular expressions over Unicode scalar values, with intersection and complement.
//!
//! A character is a Unicode scalar value. SMT-LIB's characters are the code points 0 to 0x2FFFF,
//! surrogates included.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a constructor simplifies the forms that it knows; it keeps any other, which is always right"
)]

mod automaton;
mod class;
mod matching;

pub use automaton::Automaton;
pub use class::Class;

use std::collections::BTreeSet;
use std::sync::Arc;

/// A regular expression. Read its variants freely, but make them with the constructors: those
/// simplify, and equality is equality of the simplified form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Regex {
    /// The empty language.
    Empty,
    /// The language of one text, which may be empty.
    Literal(Arc<str>),
    /// The characters of a class, as texts of length one.
    Class(Class),
    /// Texts of the parts' languages, one after another.
    Concat(Arc<[Regex]>),
    /// Texts in one of the languages.
    Union(Arc<[Regex]>),
    /// Texts in all of the languages.
    Intersection(Arc<[Regex]>),
    /// Texts that are not in the language.
    Complement(Arc<Regex>),
    /// Any number of texts of the language, one after another.
    Star(Arc<Regex>),
    /// `Repeat(r, low, high)`: at least `low` and at most `high` texts of `r`, one after another.
    Repeat(Arc<Regex>, u32, u32),
}

impl Regex {
    /// No text at all.
    pub fn empty() -> Regex {
        Regex::Empty
    }

    /// The empty text only.
    pub fn epsilon() -> Regex {
        Regex::literal("")
    }

    /// Exactly `text`.
    pub fn literal(text: &str) -> Regex {
        Regex::Literal(text.into())
    }

    /// Any one character.
    pub fn any_char() -> Regex {
        Regex::Class(Class::full())
    }

    /// Any text.
    pub fn all() -> Regex {
        Regex::Star(Arc::new(Regex::any_char()))
    }

    /// Any one character that is not in `chars`.
    pub fn none_of(chars: &str) -> Regex {
        Regex::class(Class::of(chars.chars()).complement())
    }

    /// Any one of `chars`.
    pub fn one_of(chars: &str) -> Regex {
        Regex::class(Class::of(chars.chars()))
    }

    /// Any one character from `low` to `high`, both included.
    pub fn range(low: char, high: char) -> Regex {
        Regex::class(Class::new([(low, high)]))
    }

    /// Any one character of `class`.
    pub fn class(class: Class) -> Regex {
        match class.ranges() {
            [] => Regex::Empty,
            [(low, high)] if low == high => Regex::literal(low.encode_utf8(&mut [0; 4])),
            _ => Regex::Class(class),
        }
    }

    /// `text`, where ASCII letters match in either case.
    pub fn ascii_case_insensitive(text: &str) -> Regex {
        Regex::concat(
            text.chars()
                .map(|c| Regex::class(Class::of([c.to_ascii_lowercase(), c.to_ascii_uppercase()]))),
        )
    }

    /// One after another. Nothing means [`Regex::epsilon`].
    pub fn concat(parts: impl IntoIterator<Item = Regex>) -> Regex {
        let mut kept = Vec::new();
        for part in parts {
            match &part {
                Regex::Empty => return Regex::Empty,
                Regex::Concat(inner) => inner.iter().for_each(|one| append(&mut kept, one)),
                _ => append(&mut kept, &part),
            }
        }
        match kept.len() {
            0 => Regex::epsilon(),
            1 => kept.pop().unwrap_or(Regex::Empty),
            _ => Regex::Concat(kept.into()),
        }
    }

    /// In one of the languages. Nothing means [`Regex::empty`].
    pub fn union(parts: impl IntoIterator<Item = Regex>) -> Regex {
        let (mut kept, mut class) = (BTreeSet::new(), None::<Class>);
        for part in parts.into_iter().flat_map(|part| {
            if let Regex::Union(inner) = &part { inner.to_vec() } else { vec![part] }
        }) {
            match part {
                Regex::Empty => {}
                Regex::Class(new) => class = Some(class.map_or(new.clone(), |old| old.union(&new))),
                _ if part.is_all() => return part,
                _ => {
                    kept.insert(part);
                }
            }
        }
        kept.extend(class.map(Regex::class));
        match kept.len() {
            0 | 1 => kept.pop_first().unwrap_or(Regex::Empty),
            _ => Regex::Union(kept.into_iter().collect()),
        }
    }

    /// In all of the languages. Nothing means [`Regex::all`].
    pub fn intersect(parts: impl IntoIterator<Item = Regex>) -> Regex {
        let mut kept = BTreeSet::new();
        for part in parts {
            match &part {
                Regex::Empty => return Regex::Empty,
                Regex::Intersection(inner) => kept.extend(inner.iter().cloned()),
                _ if part.is_all() => {}
                _ => {
                    kept.insert(part);
                }
            }
        }
        let literal = kept.iter().find_map(|part| part.as_literal().map(str::to_owned));
        match literal {
            Some(text) if kept.iter().all(|part| part.is_match(&text)) => Regex::literal(&text),
            Some(_) => Regex::Empty,
            None if kept.len() <= 1 => kept.pop_first().unwrap_or_else(Regex::all),
            None => Regex::Intersection(kept.into_iter().collect()),
        }
    }

    /// Not in the language.
    pub fn complement(inner: Regex) -> Regex {
        match &inner {
            Regex::Empty => Regex::all(),
            Regex::Complement(original) => original.as_ref().clone(),
            _ if inner.is_all() => Regex::Empty,
            _ => Regex::Complement(Arc::new(inner)),
        }
    }

    /// Any number of times.
    pub fn star(inner: Regex) -> Regex {
        match &inner {
            Regex::Empty => Regex::epsilon(),
            Regex::Star(_) => inner,
            _ if inner.as_literal() == Some("") => inner,
            _ => Regex::Star(Arc::new(inner)),
        }
    }

    /// At least once.
    pub fn plus(inner: Regex) -> Regex {
        Regex::concat([inner.clone(), Regex::star(inner)])
    }

    /// Once or not at all.
    pub fn opt(inner: Regex) -> Regex {
        Regex::union([Regex::epsilon(), inner])
    }

    /// From `low` to `high` times; a `high` of `None` means without bound, one below `low` gives
    /// the empty language.
    pub fn repeat(inner: Regex, low: u32, high: impl Into<Option<u32>>) -> Regex {
        match high.into() {
            None => Regex::concat([Regex::repeat(inner.clone(), low, low), Regex::star(inner)]),
            Some(high) if high < low => Regex::Empty,
            Some(0) => Regex::epsilon(),
            Some(1) if low == 1 => inner,
            Some(1) => Regex::opt(inner),
            Some(high) => match &inner {
                Regex::Empty if low == 0 => Regex::epsilon(),
                Regex::Empty => inner,
                Regex::Star(_) => inner,
                _ if inner.as_literal() == Some("") => inner,
                _ => Regex::Repeat(Arc::new(inner), low, high),
            },
        }
    }

    /// The expressions of which this one is made, in order.
    pub fn parts(&self) -> &[Regex] {
        match self {
            Regex::Empty | Regex::Literal(_) | Regex::Class(_) => &[],
            Regex::Concat(parts) | Regex::Union(parts) | Regex::Intersection(parts) => parts,
            Regex::Complement(inner) | Regex::Star(inner) | Regex::Repeat(inner, ..) => {
                std::slice::from_ref(inner.as_ref())
            }
        }
    }

    /// Whether the form is that of the empty language. (A language can be empty in a form that does
    /// not show it.)
    pub fn is_empty(&self) -> bool {
        *self == Regex::Empty
    }

    /// Whether the form is that of [`Regex::all`]. (A language can contain every text in a form
    /// that does not show it.)
    pub fn is_all(&self) -> bool {
        matches!(self, Regex::Star(inner) if matches!(inner.as_ref(), Regex::Class(class) if class.is_full()))
    }

    /// The one text of the language, if the form shows it.
    pub fn as_literal(&self) -> Option<&str> {
        if let Regex::Literal(text) = self { Some(text) } else { None }
    }
}

/// Joins neighbouring literals; of several `all` in a row one is enough, and a single character
/// moves in front of `all`.
fn append(kept: &mut Vec<Regex>, part: &Regex) {
    match (kept.last(), part) {
        (_, Regex::Literal(text)) if text.is_empty() => {}
        (Some(Regex::Literal(left)), Regex::Literal(right)) => {
            let joined = Regex::literal(&format!("{left}{right}"));
            kept.pop();
            kept.push(joined);
        }
        (Some(last), _) if last.is_all() && part.is_all() => {}
        (Some(last), Regex::Class(class)) if last.is_all() && class.is_full() => {
            kept.pop();
            kept.extend([part.clone(), Regex::all()]);
        }
        _ => kept.push(part.clone()),
    }
}
