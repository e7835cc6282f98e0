//! One node for equal terms.

use super::substitute::over;
use super::{Term, postorder};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt;

/// Gives equal terms one node. Graphs that are built piece by piece hold the same small terms many
/// times; shared, they take a fraction of the memory, and every walk over them is as much shorter.
#[derive(Clone, Default)]
pub struct Sharing {
    /// One node of each structure, with operands that are shared themselves.
    known: FxHashSet<Term>,
}

impl Sharing {
    /// An equal term whose nodes are those that were met first.
    pub fn share(&mut self, root: &Term) -> Term {
        self.share_all(std::slice::from_ref(root)).pop().unwrap_or_else(|| root.clone())
    }

    /// As [`Sharing::share`], of several terms: what they have in common is looked at once.
    pub fn share_all(&mut self, roots: &[Term]) -> Vec<Term> {
        let mut done: FxHashMap<usize, Term> = FxHashMap::default();
        for node in postorder(roots) {
            let shared = self.shared(node, &done);
            done.insert(node.address(), shared);
        }
        roots.iter().map(|root| done.get(&root.address()).unwrap_or(root).clone()).collect()
    }

    /// How many distinct terms were met so far.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// The node over its shared operands: so it is compared with its equals by looking at their
    /// addresses.
    fn shared(&mut self, node: &Term, done: &FxHashMap<usize, Term>) -> Term {
        let of = |child: &Term| done.get(&child.address()).unwrap_or(child).clone();
        let candidate =
            over(node, of).map_or_else(|| node.clone(), |kind| Term::node(node.sort(), kind));
        if let Some(known) = self.known.get(&candidate) {
            return known.clone();
        }
        self.known.insert(candidate.clone());
        candidate
    }
}

impl fmt::Debug for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} shared nodes", self.known.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::{Part, Sort, Symbol};

    /// A formula of which every call makes new nodes.
    fn formula(text: &str) -> Term {
        let symbol = Term::var(&Symbol::new("s", Sort::String));
        let glob = Term::matches(
            symbol.clone(),
            vec![Part::Literal("a".to_owned()), Part::AnyString, Part::Value(symbol.clone())],
        );
        Term::or([Term::not(Term::eq(symbol, Term::string(text))), glob])
    }

    #[test]
    fn equal_terms_get_one_node() {
        let mut sharing = Sharing::default();
        let apart = [formula("x"), formula("x"), formula("y")];
        let shared = apart.clone().map(|term| sharing.share(&term));
        assert_eq!(shared, apart);
        assert_eq!(shared[0].address(), shared[1].address());
        let distinct: FxHashSet<&Term> = postorder(&apart).into_iter().collect();
        assert!(distinct.len() < postorder(&apart).len());
        assert_eq!(postorder(&shared).len(), distinct.len());
        assert_eq!(sharing.count(), distinct.len());
        let together = Sharing::default().share_all(&apart);
        assert_eq!(together, apart);
        assert_eq!(postorder(&together).len(), distinct.len());
    }

    #[test]
    fn what_is_shared_stays_as_it_is() {
        let mut sharing = Sharing::default();
        let once = sharing.share(&formula("x"));
        assert_eq!(sharing.share(&once).address(), once.address());
    }
}
