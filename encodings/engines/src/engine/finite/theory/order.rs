//! Reals: a dense order without ends, with constants.
//!
//! Comparisons are edges of a graph. There are values iff no cycle has a strict edge and no two
//! values that must differ are in one cycle.

use super::super::atom::{Atom, Real};
use super::super::propositional::Lit;
use super::{Assignment, Literals};
use keyaki_logic::term::Value;
use num_rational::BigRational;
use num_traits::One;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

#[derive(Clone)]
struct Edge {
    to: usize,
    strict: bool,
    /// What says so; nothing for the order of constants.
    reason: Option<Lit>,
}

struct Graph {
    nodes: Vec<Real>,
    edges: Vec<Vec<Edge>>,
    differences: Vec<(usize, usize, Lit)>,
}

pub(super) fn check(literals: &Literals<'_>) -> Result<Assignment, Vec<Vec<Lit>>> {
    let graph = Graph::new(literals);
    let conflicts = graph.conflicts();
    if conflicts.is_empty() { Ok(graph.values()) } else { Err(conflicts) }
}

impl Graph {
    fn new(literals: &Literals<'_>) -> Graph {
        let mut sides = BTreeSet::new();
        let mut relations: Vec<(Real, Real, Relation, Lit)> = Vec::new();
        for (atom, holds, literal) in literals.iter() {
            let (a, b, relation) = match (atom, holds) {
                (Atom::Order { a, b, strict }, true) => {
                    (a.clone(), b.clone(), Relation::Below { strict: *strict })
                }
                (Atom::Order { a, b, strict }, false) => {
                    (b.clone(), a.clone(), Relation::Below { strict: !*strict })
                }
                (Atom::Same(a, b), _) => (Real::Value(*a), Real::Value(*b), Relation::same(holds)),
                (Atom::Constant(a, value), _) => {
                    (Real::Value(*a), Real::Constant(value.clone()), Relation::same(holds))
                }
                // Not of reals, and never here.
                (Atom::Member(..) | Atom::Prefix { .. } | Atom::Opaque(_), _) => continue,
            };
            sides.extend([a.clone(), b.clone()]);
            relations.push((a, b, relation, literal));
        }
        // Constants come first, in their order.
        let nodes: Vec<Real> = sides.into_iter().collect();
        let number: BTreeMap<&Real, usize> =
            nodes.iter().enumerate().map(|(number, node)| (node, number)).collect();
        let mut edges: Vec<Vec<Edge>> = vec![Vec::new(); nodes.len()];
        let mut differences = Vec::new();
        let mut add = |from: usize, edge: Edge| {
            if let Some(list) = edges.get_mut(from) {
                list.push(edge);
            }
        };
        for (at, pair) in nodes.windows(2).enumerate() {
            if matches!(pair, [Real::Constant(_), Real::Constant(_)]) {
                add(at, Edge { to: at + 1, strict: true, reason: None });
            }
        }
        for (a, b, relation, literal) in &relations {
            let (Some(&a), Some(&b)) = (number.get(a), number.get(b)) else { continue };
            match relation {
                Relation::Below { strict } => {
                    add(a, Edge { to: b, strict: *strict, reason: Some(*literal) })
                }
                Relation::Same => {
                    add(a, Edge { to: b, strict: false, reason: Some(*literal) });
                    add(b, Edge { to: a, strict: false, reason: Some(*literal) });
                }
                Relation::Different => differences.push((a, b, *literal)),
            }
        }
        Graph { nodes, edges, differences }
    }

    fn conflicts(&self) -> Vec<Vec<Lit>> {
        let mut conflicts = BTreeSet::new();
        for (from, edges) in self.edges.iter().enumerate() {
            for edge in edges.iter().filter(|edge| edge.strict) {
                conflicts.extend(
                    self.path(edge.to, from)
                        .map(|back| reasons(back.into_iter().chain(edge.reason))),
                );
            }
        }
        for (a, b, literal) in &self.differences {
            let cycle = self.path(*a, *b).zip(self.path(*b, *a));
            conflicts.extend(
                cycle.map(|(there, back)| reasons(there.into_iter().chain(back).chain([*literal]))),
            );
        }
        conflicts.into_iter().collect()
    }

    /// The reasons of a shortest path.
    fn path(&self, from: usize, to: usize) -> Option<Vec<Lit>> {
        let mut back: BTreeMap<usize, (usize, Option<Lit>)> = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            if node == to {
                break;
            }
            for edge in self.edges.get(node).into_iter().flatten() {
                if edge.to != from && !back.contains_key(&edge.to) {
                    back.insert(edge.to, (node, edge.reason));
                    queue.push_back(edge.to);
                }
            }
        }
        let (mut reasons, mut at) = (Vec::new(), to);
        while at != from {
            let (before, reason) = back.get(&at)?;
            reasons.extend(*reason);
            at = *before;
        }
        Some(reasons)
    }

    fn reaches(&self, from: usize, to: usize) -> bool {
        self.path(from, to).is_some()
    }

    /// A value for each node: equal within a cycle, different otherwise.
    fn values(&self) -> Assignment {
        let count = self.nodes.len();
        let below = |a: usize, b: usize| self.reaches(a, b);
        let mut chosen: Vec<Option<BigRational>> = self
            .nodes
            .iter()
            .map(|node| if let Real::Constant(value) = node { Some(value.clone()) } else { None })
            .collect();
        let mut used: BTreeSet<BigRational> = chosen.iter().flatten().cloned().collect();
        for node in 0..count {
            if chosen.get(node).is_some_and(Option::is_some) {
                continue;
            }
            let (mut same, mut low, mut high) = (None, None::<BigRational>, None::<BigRational>);
            for (other, value) in chosen.iter().enumerate() {
                let Some(value) = value else { continue };
                match (below(other, node), below(node, other)) {
                    (true, true) => same = Some(value.clone()),
                    (true, false) => {
                        low = Some(low.map_or(value.clone(), |low| low.max(value.clone())))
                    }
                    (false, true) => {
                        high = Some(high.map_or(value.clone(), |high| high.min(value.clone())))
                    }
                    (false, false) => {}
                }
            }
            let value = same.unwrap_or_else(|| between(low, high, &used));
            used.insert(value.clone());
            if let Some(place) = chosen.get_mut(node) {
                *place = Some(value);
            }
        }
        let value = |(node, value): (&Real, Option<BigRational>)| match node {
            Real::Value(id) => value.map(|value| (*id, Value::Real(value))),
            Real::Constant(_) => None,
        };
        self.nodes.iter().zip(chosen).filter_map(value).collect()
    }
}

enum Relation {
    Below { strict: bool },
    Same,
    Different,
}

impl Relation {
    fn same(holds: bool) -> Relation {
        if holds { Relation::Same } else { Relation::Different }
    }
}

fn reasons(literals: impl Iterator<Item = Lit>) -> Vec<Lit> {
    literals.collect::<BTreeSet<Lit>>().into_iter().collect()
}

/// A number between both bounds, if they are there, that nobody uses: an integer if there is one at
/// hand.
fn between(
    low: Option<BigRational>,
    high: Option<BigRational>,
    used: &BTreeSet<BigRational>,
) -> BigRational {
    let one = BigRational::one();
    let mut candidate = match (&low, &high) {
        (Some(low), _) => low.floor() + &one,
        (None, Some(high)) => high.ceil() - &one,
        (None, None) => BigRational::default(),
    };
    let step = if low.is_none() && high.is_some() { -one } else { one };
    while used.contains(&candidate) {
        candidate += &step;
    }
    let (Some(low), Some(high)) = (low, high) else { return candidate };
    if candidate < high {
        return candidate;
    }
    let two = BigRational::from_integer(2.into());
    let mut candidate = (&low + &high) / &two;
    while used.contains(&candidate) {
        candidate = (&low + &candidate) / &two;
    }
    candidate
}
