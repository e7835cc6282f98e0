//! The meaning of terms.

use crate::model::Model;
use crate::term::{Part, Term, TermKind, Value, postorder};
use rustc_hash::FxHashMap;

/// The value of `term` under `model`, exactly. Every node of the graph is computed once.
pub fn evaluate(term: &Term, model: &Model) -> Value {
    Evaluation::new(model).value(term)
}

/// Evaluates several terms under one model; nodes that they share are computed once.
pub struct Evaluation<'a> {
    model: &'a Model,
    /// By the address of the node. The terms are kept alive by `terms`, so that no address is used
    /// twice.
    values: FxHashMap<usize, Value>,
    terms: Vec<Term>,
}

impl<'a> Evaluation<'a> {
    /// Nothing is computed yet.
    pub fn new(model: &'a Model) -> Evaluation<'a> {
        Evaluation { model, values: FxHashMap::default(), terms: Vec::new() }
    }

    /// The value of `term`, see [`evaluate`].
    pub fn value(&mut self, term: &Term) -> Value {
        if let Some(known) = self.values.get(&term.address()) {
            return known.clone();
        }
        for node in postorder([term]) {
            if !self.values.contains_key(&node.address()) {
                let value = self.compute(node);
                self.values.insert(node.address(), value);
            }
        }
        self.terms.push(term.clone());
        self.values.get(&term.address()).cloned().unwrap_or_else(|| Value::default_of(term.sort()))
    }

    /// Whether a formula is true.
    pub fn is_true(&mut self, formula: &Term) -> bool {
        self.value(formula) == Value::Bool(true)
    }

    /// The value of a node whose operands are computed.
    fn compute(&self, node: &Term) -> Value {
        match node.kind() {
            TermKind::Var(symbol) => self.model.value(symbol),
            TermKind::Value(value) => value.clone(),
            TermKind::Not(a) => Value::Bool(!self.truth(a)),
            TermKind::And(list) => Value::Bool(list.iter().all(|one| self.truth(one))),
            TermKind::Or(list) => Value::Bool(list.iter().any(|one| self.truth(one))),
            TermKind::Ite(cond, a, b) => self
                .known(if self.truth(cond) { a } else { b })
                .cloned()
                .unwrap_or(Value::default_of(a.sort())),
            TermKind::Eq(a, b) => Value::Bool(self.known(a) == self.known(b)),
            TermKind::Lt(a, b) => Value::Bool(self.known(a) < self.known(b)),
            TermKind::Le(a, b) => Value::Bool(self.known(a) <= self.known(b)),
            TermKind::Concat(list) => {
                Value::String(list.iter().map(|one| self.text(one)).collect())
            }
            TermKind::InRegex(subject, regex) => Value::Bool(regex.is_match(self.text(subject))),
            TermKind::Matches(subject, parts) => Value::Bool(self.matches(subject, parts)),
            TermKind::PrefixBits { bits, len, value } => Value::Bool(match self.known(bits) {
                Some(Value::BitVec { width, value: bits }) => {
                    crate::term::same_prefix(*width, *len, *bits, *value)
                }
                Some(Value::Bool(_) | Value::String(_) | Value::Real(_)) | None => false,
            }),
            TermKind::Apply(function, argument) => (function.eval)(self.text(argument)),
        }
    }

    fn known(&self, term: &Term) -> Option<&Value> {
        self.values.get(&term.address())
    }

    fn truth(&self, term: &Term) -> bool {
        self.known(term) == Some(&Value::Bool(true))
    }

    fn text(&self, term: &Term) -> &str {
        if let Some(Value::String(text)) = self.known(term) { text } else { "" }
    }

    fn matches(&self, subject: &Term, parts: &[Part]) -> bool {
        let mut glob = Vec::new();
        for part in parts {
            match part {
                Part::Literal(text) => glob.extend(text.chars().map(Atom::Char)),
                Part::Value(term) => glob.extend(self.text(term).chars().map(Atom::Char)),
                Part::AnyChar => glob.push(Atom::AnyChar),
                Part::AnyString => glob.push(Atom::AnyString),
            }
        }
        glob_matches(&glob, &self.text(subject).chars().collect::<Vec<_>>())
    }
}

/// One character of a glob.
#[derive(Clone, Copy, PartialEq)]
enum Atom {
    Char(char),
    AnyChar,
    AnyString,
}

/// Whether the whole text matches. On a mismatch only the latest `AnyString` has to take one
/// character more: if any match exists, one exists in which every earlier `AnyString` is as short
/// as it is now. Quadratic at worst.
fn glob_matches(glob: &[Atom], text: &[char]) -> bool {
    let (mut g, mut t, mut retry) = (0, 0, None);
    loop {
        match (glob.get(g), text.get(t)) {
            (None, None) => return true,
            (Some(Atom::AnyString), _) => {
                retry = Some((g + 1, t));
                g += 1;
            }
            (Some(Atom::AnyChar), Some(_)) => (g, t) = (g + 1, t + 1),
            (Some(Atom::Char(expected)), Some(found)) if expected == found => {
                (g, t) = (g + 1, t + 1)
            }
            _ => match retry {
                Some((after, start)) if start < text.len() => {
                    retry = Some((after, start + 1));
                    (g, t) = (after, start + 1);
                }
                _ => return false,
            },
        }
    }
}
