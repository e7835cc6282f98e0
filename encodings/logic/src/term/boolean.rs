//! Constructors of formulas.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a constructor simplifies the forms that it knows; it keeps any other, which is always right"
)]

use super::value::{high_mask, same_prefix};
use super::{Sort, Term, TermKind, Value};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// Nested conjunctions (disjunctions) longer than this stay nested, so that building a chain one
/// link at a time stays linear.
const FLATTEN: usize = 32;

impl Term {
    /// True iff all of `terms` are. Flattens, drops duplicates, and is false where both a term and
    /// its negation occur.
    pub fn and(terms: impl IntoIterator<Item = Term>) -> Term {
        junction(terms, false)
    }

    /// True iff one of `terms` is. Flattens, drops duplicates, and is true where both a term and
    /// its negation occur.
    pub fn or(terms: impl IntoIterator<Item = Term>) -> Term {
        junction(terms, true)
    }

    /// Negation. Not a constructor of normal forms: it never goes below the operand's own negation.
    #[expect(
        clippy::should_implement_trait,
        reason = "a constructor of terms beside `and` and `or`"
    )]
    pub fn not(term: Term) -> Term {
        debug_assert_eq!(term.sort(), Sort::Bool, "`not` takes a formula");
        match term.kind() {
            TermKind::Value(Value::Bool(value)) => Term::bool(!value),
            TermKind::Not(inner) => inner.clone(),
            _ => Term::node(Sort::Bool, TermKind::Not(term)),
        }
    }

    /// True iff `a` is false or `b` is true.
    pub fn implies(a: Term, b: Term) -> Term {
        Term::or([Term::not(a), b])
    }

    /// True iff both formulas have one truth value.
    pub fn iff(a: Term, b: Term) -> Term {
        Term::eq(a, b)
    }

    /// `then` if `cond`, else `otherwise`; both of one sort.
    pub fn ite(cond: Term, then: Term, otherwise: Term) -> Term {
        debug_assert_eq!(then.sort(), otherwise.sort(), "the branches of `ite` have one sort");
        if let TermKind::Not(inner) = cond.kind() {
            return Term::ite(inner.clone(), otherwise, then);
        }
        match (cond.as_bool(), then.as_bool(), otherwise.as_bool()) {
            (Some(true), ..) => then,
            (Some(false), ..) => otherwise,
            _ if then == otherwise => then,
            (_, Some(true), _) => Term::or([cond, otherwise]),
            (_, Some(false), _) => Term::and([Term::not(cond), otherwise]),
            (_, _, Some(true)) => Term::or([Term::not(cond), then]),
            (_, _, Some(false)) => Term::and([cond, then]),
            _ => Term::node(then.sort(), TermKind::Ite(cond, then, otherwise)),
        }
    }

    /// Equality of two terms of one sort. Constants are folded, and constant ends of concatenations
    /// are compared at once.
    pub fn eq(a: Term, b: Term) -> Term {
        debug_assert_eq!(a.sort(), b.sort(), "`eq` takes terms of one sort");
        let (a, b) = if a.as_value().is_some() || (b.as_value().is_none() && b < a) {
            (b, a)
        } else {
            (a, b)
        };
        if a == b {
            return Term::truth();
        }
        match (a.kind(), b.kind()) {
            (TermKind::Value(_), TermKind::Value(_)) => Term::falsehood(),
            (_, TermKind::Value(Value::Bool(true))) => a,
            (_, TermKind::Value(Value::Bool(false))) => Term::not(a),
            (TermKind::Not(x), TermKind::Not(y)) => Term::eq(x.clone(), y.clone()),
            (TermKind::Not(x), _) if *x == b => Term::falsehood(),
            (_, TermKind::Not(y)) if *y == a => Term::falsehood(),
            (TermKind::Ite(cond, x, y), TermKind::Value(value))
                if x.as_value().is_some() && y.as_value().is_some() =>
            {
                Term::ite(
                    cond.clone(),
                    Term::bool(x.as_value() == Some(value)),
                    Term::bool(y.as_value() == Some(value)),
                )
            }
            (TermKind::Concat(_), _) | (_, TermKind::Concat(_)) => {
                super::string::equal_concatenations(a, b)
            }
            _ => Term::node(Sort::Bool, TermKind::Eq(a, b)),
        }
    }

    /// `a < b` of reals.
    pub fn lt(a: Term, b: Term) -> Term {
        debug_assert_eq!((a.sort(), b.sort()), (Sort::Real, Sort::Real), "`lt` takes reals");
        match (a.as_real(), b.as_real()) {
            (Some(x), Some(y)) => Term::bool(x < y),
            _ if a == b => Term::falsehood(),
            _ => Term::node(Sort::Bool, TermKind::Lt(a, b)),
        }
    }

    /// `a <= b` of reals.
    pub fn le(a: Term, b: Term) -> Term {
        debug_assert_eq!((a.sort(), b.sort()), (Sort::Real, Sort::Real), "`le` takes reals");
        match (a.as_real(), b.as_real()) {
            (Some(x), Some(y)) => Term::bool(x <= y),
            _ if a == b => Term::truth(),
            _ => Term::node(Sort::Bool, TermKind::Le(a, b)),
        }
    }

    /// True iff the `len` most significant bits of `bits` are those of `value`, a number of the
    /// bit-vector's full width. A `len` beyond the width means the width.
    pub fn prefix_bits(bits: Term, len: u32, value: u128) -> Term {
        let Sort::BitVec(width) = bits.sort() else {
            debug_assert!(false, "`prefix_bits` takes a bit-vector");
            return Term::falsehood();
        };
        let mask = high_mask(width, len);
        match bits.kind() {
            _ if len == 0 => Term::truth(),
            TermKind::Value(Value::BitVec { value: known, .. }) => {
                Term::bool(same_prefix(width, len, *known, value))
            }
            _ if len >= width => Term::eq(bits, Term::bits(width, value)),
            _ => Term::node(Sort::Bool, TermKind::PrefixBits { bits, len, value: value & mask }),
        }
    }
}

/// Conjunction (`absorbing` false) or disjunction (`absorbing` true).
fn junction(terms: impl IntoIterator<Item = Term>, absorbing: bool) -> Term {
    let (mut kept, mut polarity) = (Vec::new(), FxHashMap::default());
    for term in terms {
        debug_assert_eq!(term.sort(), Sort::Bool, "`and` and `or` take formulas");
        let contradicts = match term.kind() {
            TermKind::And(inner) if !absorbing && inner.len() <= FLATTEN => {
                inner.iter().any(|one| add(one, &mut kept, &mut polarity))
            }
            TermKind::Or(inner) if absorbing && inner.len() <= FLATTEN => {
                inner.iter().any(|one| add(one, &mut kept, &mut polarity))
            }
            TermKind::Value(Value::Bool(value)) => *value == absorbing,
            _ => add(&term, &mut kept, &mut polarity),
        };
        if contradicts {
            return Term::bool(absorbing);
        }
    }
    match kept.len() {
        0 => Term::bool(!absorbing),
        1 => kept.pop().unwrap_or_else(Term::truth),
        _ if absorbing => Term::node(Sort::Bool, TermKind::Or(kept)),
        _ => Term::node(Sort::Bool, TermKind::And(kept)),
    }
}

/// Adds a term unless it is there already; returns whether its negation is.
fn add(term: &Term, kept: &mut Vec<Term>, polarity: &mut FxHashMap<Term, bool>) -> bool {
    let (atom, positive) =
        if let TermKind::Not(inner) = term.kind() { (inner, false) } else { (term, true) };
    match polarity.entry(atom.clone()) {
        Entry::Occupied(known) => *known.get() != positive,
        Entry::Vacant(place) => {
            place.insert(positive);
            kept.push(term.clone());
            false
        }
    }
}
