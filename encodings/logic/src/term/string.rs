//! Constructors of strings and of formulas about strings.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a constructor simplifies the forms that it knows; it keeps any other, which is always right"
)]

use super::{Sort, Term, TermKind, Value};
use crate::regex::Regex;

/// A part of a glob with embedded terms.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// These characters.
    Literal(String),
    /// Any one character.
    AnyChar,
    /// Any string, also the empty one.
    AnyString,
    /// The value of a string term, character for character.
    Value(Term),
}

/// A part without the term in it.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum PartHead<'a> {
    Literal(&'a str),
    AnyChar,
    AnyString,
    Value,
}

impl Part {
    /// The embedded term, if there is one.
    pub fn term(&self) -> Option<&Term> {
        if let Part::Value(term) = self { Some(term) } else { None }
    }

    pub(super) fn head(&self) -> PartHead<'_> {
        match self {
            Part::Literal(text) => PartHead::Literal(text),
            Part::AnyChar => PartHead::AnyChar,
            Part::AnyString => PartHead::AnyString,
            Part::Value(_) => PartHead::Value,
        }
    }

    pub(super) fn outline(&self) -> String {
        match self {
            Part::Literal(text) => format!("{text:?}"),
            Part::AnyChar => "?".to_owned(),
            Part::AnyString => "*".to_owned(),
            Part::Value(_) => "$".to_owned(),
        }
    }
}

impl Term {
    /// The concatenation of strings. Flattens, and joins neighbouring constants.
    pub fn concat(terms: impl IntoIterator<Item = Term>) -> Term {
        let mut pieces: Vec<Term> = Vec::new();
        for term in terms {
            debug_assert_eq!(term.sort(), Sort::String, "`concat` takes strings");
            match term.kind() {
                TermKind::Concat(inner) => {
                    inner.iter().for_each(|piece| append(&mut pieces, piece.clone()))
                }
                _ => append(&mut pieces, term),
            }
        }
        match pieces.len() {
            0 => Term::string(""),
            1 => pieces.pop().unwrap_or_else(|| Term::string("")),
            _ => Term::node(Sort::String, TermKind::Concat(pieces)),
        }
    }

    /// True iff the whole of `subject` is in the language of `regex`.
    pub fn in_regex(subject: Term, regex: Regex) -> Term {
        debug_assert_eq!(subject.sort(), Sort::String, "`in_regex` takes a string");
        if let Some(text) = subject.as_str() {
            Term::bool(regex.is_match(text))
        } else if regex.is_empty() {
            Term::falsehood()
        } else if regex.is_all() {
            Term::truth()
        } else if let Some(literal) = regex.as_literal() {
            Term::eq(subject, Term::string(literal))
        } else {
            Term::node(Sort::Bool, TermKind::InRegex(subject, regex))
        }
    }

    /// True iff the whole of `subject` matches the glob. A glob without terms becomes a regular
    /// expression, one without wildcards an equality; one of constants only is decided. Ends that
    /// subject and glob have in common are cut off first.
    pub fn matches(subject: Term, parts: Vec<Part>) -> Term {
        debug_assert_eq!(subject.sort(), Sort::String, "`matches` takes a string");
        let Some((subject, parts)) = without_common_ends(subject, normalize(parts)) else {
            return Term::falsehood();
        };
        let fixed = |part: &Part| matches!(part, Part::Literal(_) | Part::Value(_));
        if parts.iter().all(fixed) {
            return Term::eq(subject, Term::concat(parts.into_iter().map(fixed_part)));
        }
        if parts.iter().all(|part| part.term().is_none()) {
            return Term::in_regex(subject, Regex::concat(parts.iter().map(wildcard_regex)));
        }
        Term::node(Sort::Bool, TermKind::Matches(subject, parts))
    }
}

/// A subject and a glob that match iff these do, cut off at both ends as far as each character there
/// meets its own; `None` where two characters that meet differ.
fn without_common_ends(subject: Term, mut parts: Vec<Part>) -> Option<(Term, Vec<Part>)> {
    let mut left = pieces(&subject);
    let before = parts.len();
    let mut texts_cut = false;
    for from_end in [false, true] {
        let end = |length: usize| if from_end { length.checked_sub(1) } else { Some(0) };
        while let (Some(i), Some(j)) = (end(left.len()), end(parts.len()))
            && let (Some(piece), Some(part)) = (left.get(i).cloned(), parts.get(j).cloned())
        {
            match (part, piece.as_str()) {
                (Part::Value(term), _) if term == piece => {
                    left.remove(i);
                    parts.remove(j);
                }
                (Part::Literal(wanted), Some(text)) => {
                    let (text, wanted) = cut(text, &wanted, from_end)?;
                    texts_cut = true;
                    replace(&mut left, i, text);
                    match parts.get_mut(j).filter(|_| !wanted.is_empty()) {
                        Some(part) => *part = Part::Literal(wanted.to_owned()),
                        None => _ = parts.remove(j),
                    }
                }
                _ => break,
            }
        }
    }
    let same = !texts_cut && parts.len() == before;
    Some((if same { subject } else { Term::concat(left) }, parts))
}

fn append(pieces: &mut Vec<Term>, piece: Term) {
    let joined = match (pieces.last().and_then(Term::as_str), piece.as_str()) {
        (_, Some("")) => return,
        (Some(left), Some(right)) => Some(format!("{left}{right}")),
        _ => None,
    };
    match joined {
        Some(text) => {
            pieces.pop();
            pieces.push(Term::string(text));
        }
        None => pieces.push(piece),
    }
}

fn fixed_part(part: Part) -> Term {
    match part {
        Part::Literal(text) => Term::string(text),
        Part::Value(term) => term,
        Part::AnyChar | Part::AnyString => Term::string(""),
    }
}

fn wildcard_regex(part: &Part) -> Regex {
    match part {
        Part::Literal(text) => Regex::literal(text),
        Part::AnyChar => Regex::any_char(),
        Part::AnyString | Part::Value(_) => Regex::all(),
    }
}

/// Constants become literals, neighbouring literals one; `**` becomes `*`, and `*?` becomes `?*`.
fn normalize(parts: Vec<Part>) -> Vec<Part> {
    let mut result: Vec<Part> = Vec::new();
    for part in parts {
        match part {
            Part::Value(term) => match term.kind() {
                TermKind::Value(Value::String(text)) => push_literal(&mut result, text),
                TermKind::Concat(pieces) => pieces.iter().for_each(|piece| match piece.as_str() {
                    Some(text) => push_literal(&mut result, text),
                    None => result.push(Part::Value(piece.clone())),
                }),
                _ => result.push(Part::Value(term)),
            },
            Part::Literal(text) => push_literal(&mut result, &text),
            Part::AnyString if result.last() == Some(&Part::AnyString) => {}
            Part::AnyChar if result.last() == Some(&Part::AnyString) => {
                result.pop();
                result.extend([Part::AnyChar, Part::AnyString]);
            }
            wildcard => result.push(wildcard),
        }
    }
    result
}

fn push_literal(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Literal(last)) => last.push_str(text),
        _ => parts.push(Part::Literal(text.to_owned())),
    }
}

/// `a = b` where one is a concatenation: equal ends are cut off first, and unequal constant ends
/// decide.
pub(super) fn equal_concatenations(a: Term, b: Term) -> Term {
    let (mut left, mut right) = (pieces(&a), pieces(&b));
    let before = left.len() + right.len();
    let mut texts_cut = false;
    for from_end in [false, true] {
        loop {
            let place = |list: &[Term]| {
                if from_end { list.len().checked_sub(1) } else { (!list.is_empty()).then_some(0) }
            };
            let (Some(i), Some(j)) = (place(&left), place(&right)) else { break };
            let (Some(x), Some(y)) = (left.get(i).cloned(), right.get(j).cloned()) else { break };
            if x == y {
                left.remove(i);
                right.remove(j);
                continue;
            }
            let (Some(s), Some(t)) = (x.as_str(), y.as_str()) else { break };
            let Some((s, t)) = cut(s, t, from_end) else { return Term::falsehood() };
            texts_cut = true;
            replace(&mut left, i, s);
            replace(&mut right, j, t);
        }
    }
    match (left.is_empty(), right.is_empty()) {
        _ if !texts_cut && left.len() + right.len() == before => {
            Term::node(Sort::Bool, TermKind::Eq(a, b))
        }
        (true, _) => all_empty(right),
        (_, true) => all_empty(left),
        _ => Term::eq(Term::concat(left), Term::concat(right)),
    }
}

fn all_empty(pieces: Vec<Term>) -> Term {
    Term::and(pieces.into_iter().map(|piece| Term::eq(piece, Term::string(""))))
}

fn pieces(term: &Term) -> Vec<Term> {
    match term.kind() {
        TermKind::Concat(pieces) => pieces.clone(),
        TermKind::Value(Value::String(text)) if text.is_empty() => Vec::new(),
        _ => vec![term.clone()],
    }
}

/// What is left of both texts when one is a prefix (suffix) of the other.
fn cut<'a>(s: &'a str, t: &'a str, from_end: bool) -> Option<(&'a str, &'a str)> {
    if from_end {
        s.strip_suffix(t)
            .map(|rest| (rest, ""))
            .or_else(|| t.strip_suffix(s).map(|rest| ("", rest)))
    } else {
        s.strip_prefix(t)
            .map(|rest| (rest, ""))
            .or_else(|| t.strip_prefix(s).map(|rest| ("", rest)))
    }
}

fn replace(pieces: &mut Vec<Term>, index: usize, text: &str) {
    if text.is_empty() {
        pieces.remove(index);
    } else if let Some(piece) = pieces.get_mut(index) {
        *piece = Term::string(text);
    }
}
