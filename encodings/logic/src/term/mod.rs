//! Terms: immutable, shared, sendable between threads, built by constructors that simplify.
//!
//! A term is a node of a directed acyclic graph; cloning is counting a reference. Nothing here
//! recurses over the graph: comparing, hashing and dropping are safe for graphs of any depth. The
//! meaning of a term is [`crate::evaluate::evaluate`].
//!
//! Constructors expect operands of the documented sorts. An ill-sorted call is a bug of the caller:
//! debug builds assert, release builds give a term without a useful meaning, never undefined
//! behaviour.

mod boolean;
mod compare;
mod function;
mod sharing;
mod string;
mod substitute;
mod value;

pub use function::{Axioms, Function};
pub use sharing::Sharing;
pub use string::Part;
pub use substitute::{Replacements, substitute};
pub use value::same_prefix;
pub use value::{Sort, Symbol, Value};

use crate::regex::Regex;
use num_rational::BigRational;
use rustc_hash::FxHashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

/// A term: equal, ordered and hashed by structure, with shortcuts for shared nodes.
#[derive(Clone)]
pub struct Term(Arc<Node>);

struct Node {
    hash: u64,
    sort: Sort,
    kind: TermKind,
}

/// What a term is: its operator and operands. Sorts of the operands are as the constructors of
/// [`Term`] require.
#[derive(Clone)]
pub enum TermKind {
    /// A free symbol.
    Var(Symbol),
    /// A constant.
    Value(Value),
    /// Negation.
    Not(Term),
    /// Conjunction of at least two terms.
    And(Vec<Term>),
    /// Disjunction of at least two terms.
    Or(Vec<Term>),
    /// `Ite(c, a, b)`: `a` if `c`, otherwise `b`.
    Ite(Term, Term, Term),
    /// Equality of two terms of one sort.
    Eq(Term, Term),
    /// Strict order of reals.
    Lt(Term, Term),
    /// Order of reals.
    Le(Term, Term),
    /// Concatenation of at least two strings.
    Concat(Vec<Term>),
    /// Membership of a string in a regular language.
    InRegex(Term, Regex),
    /// `Matches(subject, glob)`: the whole subject matches the glob, see [`Part`].
    Matches(Term, Vec<Part>),
    /// The `len` most significant bits of `bits` are those of `value`; the other bits of `value`
    /// are zero.
    PrefixBits {
        /// A bit-vector.
        bits: Term,
        /// How many leading bits are compared: at least 1, less than the width.
        len: u32,
        /// The expected bits, at full width.
        value: u128,
    },
    /// A function of a string, see [`Function`].
    Apply(Function, Term),
}

impl TermKind {
    /// Calls `visit` on each operand, from the first to the last.
    pub fn for_each_child<'a>(&'a self, mut visit: impl FnMut(&'a Term)) {
        match self {
            TermKind::Var(_) | TermKind::Value(_) => {}
            TermKind::Not(a)
            | TermKind::InRegex(a, _)
            | TermKind::Apply(_, a)
            | TermKind::PrefixBits { bits: a, .. } => visit(a),
            TermKind::And(list) | TermKind::Or(list) | TermKind::Concat(list) => {
                list.iter().for_each(visit)
            }
            TermKind::Ite(a, b, c) => [a, b, c].into_iter().for_each(visit),
            TermKind::Eq(a, b) | TermKind::Lt(a, b) | TermKind::Le(a, b) => {
                [a, b].into_iter().for_each(visit)
            }
            TermKind::Matches(subject, parts) => {
                visit(subject);
                parts.iter().filter_map(Part::term).for_each(visit);
            }
        }
    }

    fn into_children(self) -> Vec<Term> {
        match self {
            TermKind::Var(_) | TermKind::Value(_) => Vec::new(),
            TermKind::Not(a)
            | TermKind::InRegex(a, _)
            | TermKind::Apply(_, a)
            | TermKind::PrefixBits { bits: a, .. } => vec![a],
            TermKind::And(list) | TermKind::Or(list) | TermKind::Concat(list) => list,
            TermKind::Ite(a, b, c) => vec![a, b, c],
            TermKind::Eq(a, b) | TermKind::Lt(a, b) | TermKind::Le(a, b) => vec![a, b],
            TermKind::Matches(subject, parts) => {
                let inner = parts.into_iter().filter_map(|part| {
                    if let Part::Value(term) = part { Some(term) } else { None }
                });
                std::iter::once(subject).chain(inner).collect()
            }
        }
    }
}

/// Dropping a long chain must not recurse: nodes that lose their last owner hand their operands to
/// a list.
impl Drop for Node {
    fn drop(&mut self) {
        let mut orphans = take_children(self);
        while let Some(term) = orphans.pop() {
            if let Some(mut node) = Arc::into_inner(term.0) {
                orphans.append(&mut take_children(&mut node));
            }
        }
    }
}

fn take_children(node: &mut Node) -> Vec<Term> {
    if matches!(node.kind, TermKind::Var(_) | TermKind::Value(_)) {
        return Vec::new();
    }
    std::mem::replace(&mut node.kind, TermKind::Value(Value::Bool(false))).into_children()
}

impl Term {
    /// The sort of the term's value.
    pub fn sort(&self) -> Sort {
        self.0.sort
    }

    /// Operator and operands.
    pub fn kind(&self) -> &TermKind {
        &self.0.kind
    }

    /// The constant, if the term is one.
    pub fn as_value(&self) -> Option<&Value> {
        if let TermKind::Value(value) = self.kind() { Some(value) } else { None }
    }

    /// The constant, if the term is a Boolean one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Some(Value::Bool(value)) = self.as_value() { Some(*value) } else { None }
    }

    /// The constant, if the term is a string one.
    pub fn as_str(&self) -> Option<&str> {
        if let Some(Value::String(value)) = self.as_value() { Some(value) } else { None }
    }

    /// The constant, if the term is a real one.
    pub fn as_real(&self) -> Option<&BigRational> {
        if let Some(Value::Real(value)) = self.as_value() { Some(value) } else { None }
    }

    /// Identifies the node, while it is alive: for tables over the nodes of a graph. Never a source
    /// of order.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// A free symbol.
    pub fn var(symbol: &Symbol) -> Term {
        Term::node(symbol.sort(), TermKind::Var(symbol.clone()))
    }

    /// A constant.
    pub fn value(value: Value) -> Term {
        Term::node(value.sort(), TermKind::Value(value))
    }

    /// A Boolean constant.
    pub fn bool(value: bool) -> Term {
        Term::value(Value::Bool(value))
    }

    /// The constant true.
    pub fn truth() -> Term {
        Term::bool(true)
    }

    /// The constant false.
    pub fn falsehood() -> Term {
        Term::bool(false)
    }

    /// A string constant.
    pub fn string(value: impl Into<String>) -> Term {
        Term::value(Value::String(value.into()))
    }

    /// A rational constant.
    pub fn real(value: BigRational) -> Term {
        Term::value(Value::Real(value))
    }

    /// A bit-vector constant of `width` bits (1 to 128); bits of `value` beyond the width are
    /// dropped.
    pub fn bits(width: u32, value: u128) -> Term {
        Term::value(Value::bits(width, value))
    }

    /// The only place where nodes are made: no simplification happens below this line.
    pub(crate) fn node(sort: Sort, kind: TermKind) -> Term {
        let mut hasher = DefaultHasher::new();
        kind.hash_shallow(&mut hasher);
        Term(Arc::new(Node { hash: hasher.finish(), sort, kind }))
    }
}

/// Every node reachable from `roots` once, operands before the terms that use them, in the order of
/// a left-to-right walk.
pub fn postorder<'a>(roots: impl IntoIterator<Item = &'a Term>) -> Vec<&'a Term> {
    let (mut entered, mut left) = (FxHashSet::default(), Vec::new());
    for root in roots {
        let mut stack = vec![(root, false)];
        while let Some((term, done)) = stack.pop() {
            if done {
                left.push(term);
            } else if entered.insert(term.address()) {
                stack.push((term, true));
                let first = stack.len();
                term.kind().for_each_child(|child| stack.push((child, false)));
                if let Some(children) = stack.get_mut(first..) {
                    children.reverse();
                }
            }
        }
    }
    left
}

/// The free symbols of `roots`, sorted.
pub fn symbols<'a>(
    roots: impl IntoIterator<Item = &'a Term>,
) -> std::collections::BTreeSet<Symbol> {
    let symbol = |term: &Term| {
        if let TermKind::Var(symbol) = term.kind() { Some(symbol.clone()) } else { None }
    };
    postorder(roots).into_iter().filter_map(symbol).collect()
}

/// An outline for debugging, cut at a fixed depth; scripts are printed elsewhere.
impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        outline(self, 8, f)
    }
}

fn outline(term: &Term, depth: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let name = match term.kind() {
        TermKind::Var(symbol) => return write!(f, "{}", symbol.name()),
        TermKind::Value(value) => return write!(f, "{value}"),
        _ if depth == 0 => return write!(f, "…"),
        TermKind::Not(_) => "not".to_owned(),
        TermKind::And(_) => "and".to_owned(),
        TermKind::Or(_) => "or".to_owned(),
        TermKind::Ite(..) => "ite".to_owned(),
        TermKind::Eq(..) => "=".to_owned(),
        TermKind::Lt(..) => "<".to_owned(),
        TermKind::Le(..) => "<=".to_owned(),
        TermKind::Concat(_) => "concat".to_owned(),
        TermKind::InRegex(_, regex) => format!("in[{regex:?}]"),
        TermKind::Matches(_, parts) => {
            format!("matches[{}]", parts.iter().map(Part::outline).collect::<String>())
        }
        TermKind::PrefixBits { len, value, .. } => format!("prefix[{len}, {value:#x}]"),
        TermKind::Apply(function, _) => function.name.to_owned(),
    };
    write!(f, "({name}")?;
    let mut result = Ok(());
    term.kind().for_each_child(|child| {
        if result.is_ok() {
            result = write!(f, " ").and_then(|()| outline(child, depth - 1, f));
        }
    });
    result?;
    write!(f, ")")
}
