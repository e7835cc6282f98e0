//! Equality, order and hash of terms: by structure, without recursion, each pair of shared nodes
//! compared once.

use super::{Part, Term, TermKind};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

impl TermKind {
    /// Hashes the operator, its parameters and the operands' cached hashes.
    pub(super) fn hash_shallow<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            TermKind::Var(symbol) => symbol.hash(state),
            TermKind::Value(value) => value.hash(state),
            TermKind::InRegex(_, regex) => regex.hash(state),
            TermKind::Matches(_, parts) => parts.iter().for_each(|part| part.head().hash(state)),
            TermKind::PrefixBits { len, value, .. } => (len, value).hash(state),
            TermKind::Apply(function, _) => function.hash(state),
            TermKind::Not(_)
            | TermKind::And(_)
            | TermKind::Or(_)
            | TermKind::Ite(..)
            | TermKind::Eq(..)
            | TermKind::Lt(..)
            | TermKind::Le(..)
            | TermKind::Concat(_) => {}
        }
        self.for_each_child(|child| state.write_u64(child.0.hash));
    }

    /// Orders operators and their parameters; operands do not take part, except for their number.
    fn compare_shallow(&self, other: &TermKind) -> Ordering {
        match (self, other) {
            (TermKind::Var(a), TermKind::Var(b)) => a.cmp(b),
            (TermKind::Value(a), TermKind::Value(b)) => a.cmp(b),
            (TermKind::And(a), TermKind::And(b))
            | (TermKind::Or(a), TermKind::Or(b))
            | (TermKind::Concat(a), TermKind::Concat(b)) => a.len().cmp(&b.len()),
            (TermKind::InRegex(_, a), TermKind::InRegex(_, b)) => a.cmp(b),
            (TermKind::Matches(_, a), TermKind::Matches(_, b)) => {
                a.iter().map(Part::head).cmp(b.iter().map(Part::head))
            }
            (
                TermKind::PrefixBits { len: a, value: x, .. },
                TermKind::PrefixBits { len: b, value: y, .. },
            ) => (a, x).cmp(&(b, y)),
            (TermKind::Apply(a, _), TermKind::Apply(b, _)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            TermKind::Var(_) => 0,
            TermKind::Value(_) => 1,
            TermKind::Not(_) => 2,
            TermKind::And(_) => 3,
            TermKind::Or(_) => 4,
            TermKind::Ite(..) => 5,
            TermKind::Eq(..) => 6,
            TermKind::Lt(..) => 7,
            TermKind::Le(..) => 8,
            TermKind::Concat(_) => 9,
            TermKind::InRegex(..) => 10,
            TermKind::Matches(..) => 11,
            TermKind::PrefixBits { .. } => 12,
            TermKind::Apply(..) => 13,
        }
    }
}

impl Term {
    /// Whether both are the same operator over the very same nodes: the usual case of equal terms
    /// that are not one node.
    fn has_operands_of(&self, other: &Term) -> bool {
        let same = |a: &Term, b: &Term| Arc::ptr_eq(&a.0, &b.0);
        match (self.kind(), other.kind()) {
            (TermKind::Var(a), TermKind::Var(b)) => a == b,
            (TermKind::Value(a), TermKind::Value(b)) => a == b,
            (TermKind::Not(a), TermKind::Not(b)) => same(a, b),
            (TermKind::And(a), TermKind::And(b)) | (TermKind::Or(a), TermKind::Or(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (TermKind::Eq(a, b), TermKind::Eq(x, y)) => same(a, x) && same(b, y),
            _ => false,
        }
    }
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.hash == other.0.hash
                && (self.has_operands_of(other) || self.cmp(other) == Ordering::Equal))
    }
}

impl Eq for Term {}

impl PartialOrd for Term {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of a left-to-right, operator-first walk through both terms: the first difference
/// decides.
impl Ord for Term {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut seen, mut stack) = (FxHashSet::default(), vec![(self, other)]);
        while let Some((a, b)) = stack.pop() {
            if Arc::ptr_eq(&a.0, &b.0) {
                continue;
            }
            let order = a.kind().compare_shallow(b.kind());
            if order != Ordering::Equal {
                return order;
            }
            let (mut left, mut right) = (Vec::new(), Vec::new());
            a.kind().for_each_child(|child| left.push(child));
            b.kind().for_each_child(|child| right.push(child));
            // A pair met before compared equal, or is being compared further down the list.
            if !left.is_empty() && seen.insert((a.address(), b.address())) {
                stack.extend(left.into_iter().zip(right).rev());
            }
        }
        Ordering::Equal
    }
}

impl Hash for Term {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}
