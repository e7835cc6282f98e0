//! The actions that statements name, in order; each is looked at when it is asked for.

use keyaki_iam::policy::{ActionPattern, Statement};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::iter::from_fn;

/// What statements say of actions.
pub(super) struct Mentioned<'s, I> {
    /// The names, in order.
    pub names: I,
    /// The patterns, in no order.
    pub patterns: Vec<Entry<'s>>,
}

/// The actions that the statements name, each once.
pub(super) fn named<'s>(
    statements: &[&'s Statement],
) -> Mentioned<'s, impl Iterator<Item = Entry<'s>> + Clone + use<'s>> {
    let mut named = BinaryHeap::new();
    let mut patterns = Vec::new();
    for pattern in statements.iter().flat_map(|statement| &statement.action.patterns) {
        let ActionPattern::Name { service, name } = pattern else { continue };
        let own = Entry { service, name };
        match name.contains(['*', '?']) {
            true => patterns.push(own),
            false => named.push(Reverse(own)),
        }
    }
    let mut last = None;
    let names = from_fn(move || {
        loop {
            let Reverse(next) = named.pop()?;
            if last.replace(next) != Some(next) {
                return Some(next);
            }
        }
    });
    Mentioned { names, patterns }
}

/// An entry, in the order of the services and of the names of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry<'s> {
    pub service: &'s str,
    pub name: &'s str,
}

impl Entry<'_> {
    pub fn text(self) -> String {
        [self.service, self.name].join(":")
    }
}
