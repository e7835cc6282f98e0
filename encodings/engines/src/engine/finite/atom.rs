//! Atoms: what a propositional variable says of values.

use crate::language::Language;
use keyaki_logic::term::Term;
use num_rational::BigRational;

/// A value that a question speaks of: a symbol, or a term made of symbols.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct ValueId(pub usize);

/// A side of a comparison of reals.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Real {
    Constant(BigRational),
    Value(ValueId),
}

/// An atom.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Atom {
    /// The string is in the language.
    Member(ValueId, Language),
    /// Both values, of one sort, are the same; the smaller number comes first.
    Same(ValueId, ValueId),
    /// `a <= b`, or `a < b` if it is strict.
    Order { a: Real, b: Real, strict: bool },
    /// The real has this value.
    Constant(ValueId, BigRational),
    /// The `len` most significant bits of the value are those of `value`.
    Prefix { of: ValueId, len: u32, value: u128 },
    /// A formula that no theory reads: evaluated when everything else has its value.
    Opaque(Term),
}

impl Atom {
    /// The values that the atom speaks of.
    pub fn values(&self) -> impl Iterator<Item = ValueId> {
        let real = |real: &Real| if let Real::Value(value) = real { Some(*value) } else { None };
        let (first, second) = match self {
            Atom::Member(value, _) | Atom::Constant(value, _) | Atom::Prefix { of: value, .. } => {
                (Some(*value), None)
            }
            Atom::Same(a, b) => (Some(*a), Some(*b)),
            Atom::Order { a, b, .. } => (real(a), real(b)),
            Atom::Opaque(_) => (None, None),
        };
        first.into_iter().chain(second)
    }
}
