//! Values that must be the same, and why.

use super::super::atom::{Atom, ValueId};
use super::super::propositional::Lit;
use super::Literals;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// Classes of values that equalities make the same.
pub(super) struct Classes {
    class_of: FxHashMap<ValueId, usize>,
    members: Vec<Vec<ValueId>>,
    /// The equalities at each value.
    equalities: FxHashMap<ValueId, Vec<(ValueId, Lit)>>,
    /// Pairs of values that must differ, with the literals that say so.
    differences: Vec<(ValueId, ValueId, Lit)>,
}

impl Classes {
    /// The classes of every value that the atoms speak of.
    pub fn new(literals: &Literals<'_>) -> Classes {
        let mut classes = Classes {
            class_of: FxHashMap::default(),
            members: Vec::new(),
            equalities: FxHashMap::default(),
            differences: Vec::new(),
        };
        let mut all = Vec::new();
        for (atom, holds, literal) in literals.iter() {
            all.extend(atom.values());
            match atom {
                Atom::Same(a, b) if holds => {
                    classes.equalities.entry(*a).or_default().push((*b, literal));
                    classes.equalities.entry(*b).or_default().push((*a, literal));
                }
                Atom::Same(a, b) => classes.differences.push((*a, *b, literal)),
                Atom::Member(..)
                | Atom::Order { .. }
                | Atom::Constant(..)
                | Atom::Prefix { .. }
                | Atom::Opaque(_) => {}
            }
        }
        for value in all {
            if !classes.class_of.contains_key(&value) {
                classes.collect(value);
            }
        }
        classes
    }

    fn collect(&mut self, from: ValueId) {
        let class = self.members.len();
        let (mut members, mut stack) = (Vec::new(), vec![from]);
        while let Some(value) = stack.pop() {
            if self.class_of.insert(value, class).is_none() {
                members.push(value);
                stack.extend(
                    self.equalities.get(&value).into_iter().flatten().map(|(other, _)| *other),
                );
            }
        }
        self.members.push(members);
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn members(&self, class: usize) -> &[ValueId] {
        self.members.get(class).map_or(&[], Vec::as_slice)
    }

    pub fn class_of(&self, value: ValueId) -> Option<usize> {
        self.class_of.get(&value).copied()
    }

    /// The equalities that make two values of one class the same: a shortest chain.
    pub fn why(&self, from: ValueId, to: ValueId) -> Vec<Lit> {
        let mut back: FxHashMap<ValueId, (ValueId, Lit)> = FxHashMap::default();
        let mut queue = VecDeque::from([from]);
        while let Some(value) = queue.pop_front() {
            if value == to {
                break;
            }
            for (next, literal) in self.equalities.get(&value).into_iter().flatten() {
                if *next != from && !back.contains_key(next) {
                    back.insert(*next, (value, *literal));
                    queue.push_back(*next);
                }
            }
        }
        let (mut chain, mut at) = (Vec::new(), to);
        while let Some((before, literal)) = back.get(&at) {
            chain.push(*literal);
            at = *before;
        }
        chain
    }

    /// Values that are the same and must differ: the literals of each such conflict.
    pub fn contradictions(&self) -> Vec<Vec<Lit>> {
        let same =
            self.differences.iter().filter(|(a, b, _)| self.class_of(*a) == self.class_of(*b));
        same.map(|(a, b, literal)| self.why(*a, *b).into_iter().chain([*literal]).collect())
            .collect()
    }

    /// For each class the classes that it must differ from, with the literals.
    pub fn neighbours(&self) -> Vec<Vec<(usize, Lit)>> {
        let mut neighbours = vec![Vec::new(); self.len()];
        for (a, b, literal) in &self.differences {
            let (Some(a), Some(b)) = (self.class_of(*a), self.class_of(*b)) else { continue };
            for (from, to) in [(a, b), (b, a)] {
                if let Some(list) = neighbours.get_mut(from) {
                    list.push((to, *literal));
                }
            }
        }
        neighbours
    }

    /// Every equality within a class.
    pub fn equalities_of(&self, class: usize) -> Vec<Lit> {
        let own = self.members(class).iter().filter_map(|value| self.equalities.get(value));
        let mut literals: Vec<Lit> = own.flatten().map(|(_, literal)| *literal).collect();
        literals.sort_unstable();
        literals.dedup();
        literals
    }
}
