//! The values that a question speaks of, numbered.

use super::atom::ValueId;
use keyaki_logic::term::{Sort, Term, TermKind};
use rustc_hash::FxHashMap;

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// A symbol's.
    Symbol,
    /// These pieces, one after another.
    Concat(Vec<Piece>),
    /// That of a function's application, or by cases: what it is follows from clauses and lemmas.
    Derived,
}

/// A piece of a concatenation.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    Text(String),
    Value(ValueId),
}

/// A value that is one thing or another.
pub(super) struct ByCases {
    pub value: ValueId,
    pub cond: Term,
    pub then: Term,
    pub otherwise: Term,
}

#[derive(Default)]
pub(super) struct Values {
    all: Vec<(Term, Origin)>,
    numbers: FxHashMap<Term, ValueId>,
    undefined: Vec<ByCases>,
}

impl Values {
    /// The number of a term's value; none for a constant.
    pub fn number(&mut self, term: &Term) -> Option<ValueId> {
        if term.as_value().is_some() {
            return None;
        }
        if let Some(known) = self.numbers.get(term) {
            return Some(*known);
        }
        let origin = match term.kind() {
            TermKind::Var(_) => Origin::Symbol,
            TermKind::Concat(pieces) => {
                Origin::Concat(pieces.iter().map(|piece| self.piece(piece)).collect())
            }
            TermKind::Apply(_, argument) => {
                self.number(argument);
                Origin::Derived
            }
            TermKind::Value(_)
            | TermKind::Not(_)
            | TermKind::And(_)
            | TermKind::Or(_)
            | TermKind::Ite(..)
            | TermKind::Eq(..)
            | TermKind::Lt(..)
            | TermKind::Le(..)
            | TermKind::InRegex(..)
            | TermKind::Matches(..)
            | TermKind::PrefixBits { .. } => Origin::Derived,
        };
        let value = ValueId(self.all.len());
        self.all.push((term.clone(), origin));
        self.numbers.insert(term.clone(), value);
        if let TermKind::Ite(cond, then, otherwise) = term.kind() {
            let (cond, then, otherwise) = (cond.clone(), then.clone(), otherwise.clone());
            self.undefined.push(ByCases { value, cond, then, otherwise });
        }
        Some(value)
    }

    fn piece(&mut self, piece: &Term) -> Piece {
        match (piece.as_str(), self.number(piece)) {
            (None, Some(value)) => Piece::Value(value),
            (text, _) => Piece::Text(text.unwrap_or_default().to_owned()),
        }
    }

    /// A value by cases whose cases nobody has stated yet.
    pub fn next_by_cases(&mut self) -> Option<ByCases> {
        self.undefined.pop()
    }

    /// The number of a term's value, if it has been met.
    pub fn known(&self, term: &Term) -> Option<ValueId> {
        self.numbers.get(term).copied()
    }

    pub fn term(&self, value: ValueId) -> Option<&Term> {
        self.all.get(value.0).map(|(term, _)| term)
    }

    pub fn origin(&self, value: ValueId) -> &Origin {
        self.all.get(value.0).map_or(&Origin::Derived, |(_, origin)| origin)
    }

    pub fn sort(&self, value: ValueId) -> Sort {
        self.term(value).map_or(Sort::String, Term::sort)
    }

    pub fn iter(&self) -> impl Iterator<Item = (ValueId, &Term)> {
        self.all.iter().enumerate().map(|(number, (term, _))| (ValueId(number), term))
    }
}
