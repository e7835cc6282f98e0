//! Replacing terms by equal ones, with the constructors' simplifications on the way up.

use super::{Part, Term, TermKind, postorder};
use rustc_hash::FxHashMap;

/// What stands for what: each key is replaced by its value, which has the same sort.
pub type Replacements = FxHashMap<Term, Term>;

/// The roots with every occurrence of a key replaced; what a replacement holds is not replaced
/// again.
///
/// Under every model that gives each key the value of its replacement, a root and its result have
/// the same value.
pub fn substitute(roots: &[Term], replacements: &Replacements) -> Vec<Term> {
    let mut done: FxHashMap<usize, Term> = FxHashMap::default();
    for node in postorder(roots) {
        let result = replacements.get(node).cloned().unwrap_or_else(|| rebuilt(node, &done));
        done.insert(node.address(), result);
    }
    roots.iter().map(|root| result(root, &done)).collect()
}

fn result(term: &Term, done: &FxHashMap<usize, Term>) -> Term {
    done.get(&term.address()).unwrap_or(term).clone()
}

/// The node over its operands' results, simplified; the node itself when none of them changed.
fn rebuilt(node: &Term, done: &FxHashMap<usize, Term>) -> Term {
    match over(node, |child| result(child, done)) {
        None => node.clone(),
        Some(kind) => constructed(kind),
    }
}

/// The same operator over other operands, not simplified; `None` when no operand is another node
/// than before.
pub(super) fn over(node: &Term, of: impl Fn(&Term) -> Term) -> Option<TermKind> {
    let mut changed = false;
    node.kind().for_each_child(|child| changed |= of(child).address() != child.address());
    let all = |children: &[Term]| children.iter().map(&of).collect::<Vec<_>>();
    let part = |part: &Part| {
        if let Part::Value(term) = part { Part::Value(of(term)) } else { part.clone() }
    };
    changed.then(|| match node.kind() {
        kind @ (TermKind::Var(_) | TermKind::Value(_)) => kind.clone(),
        TermKind::Not(a) => TermKind::Not(of(a)),
        TermKind::And(list) => TermKind::And(all(list)),
        TermKind::Or(list) => TermKind::Or(all(list)),
        TermKind::Ite(cond, a, b) => TermKind::Ite(of(cond), of(a), of(b)),
        TermKind::Eq(a, b) => TermKind::Eq(of(a), of(b)),
        TermKind::Lt(a, b) => TermKind::Lt(of(a), of(b)),
        TermKind::Le(a, b) => TermKind::Le(of(a), of(b)),
        TermKind::Concat(list) => TermKind::Concat(all(list)),
        TermKind::InRegex(subject, regex) => TermKind::InRegex(of(subject), regex.clone()),
        TermKind::Matches(subject, parts) => {
            TermKind::Matches(of(subject), parts.iter().map(part).collect())
        }
        TermKind::PrefixBits { bits, len, value } => {
            TermKind::PrefixBits { bits: of(bits), len: *len, value: *value }
        }
        TermKind::Apply(function, argument) => TermKind::Apply(*function, of(argument)),
    })
}

/// The term that the constructors make of it.
fn constructed(kind: TermKind) -> Term {
    match kind {
        TermKind::Var(symbol) => Term::var(&symbol),
        TermKind::Value(value) => Term::value(value),
        TermKind::Not(a) => Term::not(a),
        TermKind::And(list) => Term::and(list),
        TermKind::Or(list) => Term::or(list),
        TermKind::Ite(cond, a, b) => Term::ite(cond, a, b),
        TermKind::Eq(a, b) => Term::eq(a, b),
        TermKind::Lt(a, b) => Term::lt(a, b),
        TermKind::Le(a, b) => Term::le(a, b),
        TermKind::Concat(list) => Term::concat(list),
        TermKind::InRegex(subject, regex) => Term::in_regex(subject, regex),
        TermKind::Matches(subject, parts) => Term::matches(subject, parts),
        TermKind::PrefixBits { bits, len, value } => Term::prefix_bits(bits, len, value),
        TermKind::Apply(function, argument) => Term::apply(&function, argument),
    }
}
