//! Sorts, symbols and constants.

use num_rational::BigRational;
use num_traits::Zero;
use std::fmt;
use std::sync::Arc;

/// The sort of a term.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Sort {
    /// Truth values.
    Bool,
    /// Finite sequences of Unicode scalar values.
    String,
    /// Exact numbers; constants are rational.
    Real,
    /// Bit-vectors of the given width, 1 to 128.
    BitVec(u32),
}

/// A free symbol: a name and a sort. Two symbols of one name and different sorts are different
/// symbols.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Symbol {
    name: Arc<str>,
    sort: Sort,
}

impl Symbol {
    /// A symbol; any text is a name, engines quote it as needed.
    pub fn new(name: impl Into<Arc<str>>, sort: Sort) -> Symbol {
        Symbol { name: name.into(), sort }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sort.
    pub fn sort(&self) -> Sort {
        self.sort
    }
}

/// A constant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// Of [`Sort::Bool`].
    Bool(bool),
    /// Of [`Sort::String`].
    String(String),
    /// Of [`Sort::Real`].
    Real(BigRational),
    /// Of [`Sort::BitVec`].
    BitVec {
        /// The number of bits, 1 to 128.
        width: u32,
        /// The bits as an unsigned number; those beyond the width are zero.
        value: u128,
    },
}

impl Value {
    /// A bit-vector; bits of `value` beyond `width` are dropped.
    pub fn bits(width: u32, value: u128) -> Value {
        Value::BitVec { width, value: value & low_mask(width) }
    }

    /// The sort of the value.
    pub fn sort(&self) -> Sort {
        match self {
            Value::Bool(_) => Sort::Bool,
            Value::String(_) => Sort::String,
            Value::Real(_) => Sort::Real,
            Value::BitVec { width, .. } => Sort::BitVec(*width),
        }
    }

    /// The value of a symbol that a model does not mention: false, the empty string, zero.
    pub fn default_of(sort: Sort) -> Value {
        match sort {
            Sort::Bool => Value::Bool(false),
            Sort::String => Value::String(String::new()),
            Sort::Real => Value::Real(BigRational::zero()),
            Sort::BitVec(width) => Value::BitVec { width, value: 0 },
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(value) => write!(f, "{value}"),
            Value::String(value) => write!(f, "{value:?}"),
            Value::Real(value) => write!(f, "{value}"),
            Value::BitVec { width, value } => write!(f, "{value:#x}:{width}"),
        }
    }
}

/// The `width` least significant bits set.
pub(crate) fn low_mask(width: u32) -> u128 {
    u128::MAX.checked_shr(128_u32.saturating_sub(width)).unwrap_or(0)
}

/// The `len` most significant of `width` bits set.
pub(crate) fn high_mask(width: u32, len: u32) -> u128 {
    low_mask(width) & !low_mask(width.saturating_sub(len))
}

/// Whether two bit-vectors of one width agree in their `len` most significant bits.
pub fn same_prefix(width: u32, len: u32, a: u128, b: u128) -> bool {
    (a ^ b) & high_mask(width, len) == 0
}
