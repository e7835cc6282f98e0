//! Replacing terms by equal ones, with the constructors' simplifications on the way up.

use super::{Part, Term, TermKind, postorder};
use rustc_hash::FxHashMap;

/// What stands for what: each key is replaced by its value, which has the same sort.
pub type Replacements = FxHashMap<Term, Term>;

/// The roots with every occurrence of a key replaced; what a replacement holds is not replaced again.
///
/// Under every model that gives each key the value of its replacement, a root and its result have the same value.
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

/// The node over its operands' results; the node itself when none of them changed.
fn rebuilt(node: &Term, done: &FxHashMap<usize, Term>) -> Term {
    let of = |child: &Term| result(child, done);
    let all = |children: &[Term]| children.iter().map(of).collect::<Vec<_>>();
    let mut changed = false;
    node.kind().for_each_child(|child| changed |= of(child).address() != child.address());
    if !changed {
        return node.clone();
    }
    match node.kind() {
        TermKind::Var(_) | TermKind::Value(_) => node.clone(),
        TermKind::Not(a) => Term::not(of(a)),
        TermKind::And(list) => Term::and(all(list)),
        TermKind::Or(list) => Term::or(all(list)),
        TermKind::Ite(cond, a, b) => Term::ite(of(cond), of(a), of(b)),
        TermKind::Eq(a, b) => Term::eq(of(a), of(b)),
        TermKind::Lt(a, b) => Term::lt(of(a), of(b)),
        TermKind::Le(a, b) => Term::le(of(a), of(b)),
        TermKind::Concat(list) => Term::concat(all(list)),
        TermKind::InRegex(subject, regex) => Term::in_regex(of(subject), regex.clone()),
        TermKind::Matches(subject, parts) => {
            let part = |part: &Part| if let Part::Value(term) = part { Part::Value(of(term)) } else { part.clone() };
            Term::matches(of(subject), parts.iter().map(part).collect())
        }
        TermKind::PrefixBits { bits, len, value } => Term::prefix_bits(of(bits), *len, *value),
        TermKind::Apply(function, argument) => Term::apply(function, of(argument)),
    }
}
