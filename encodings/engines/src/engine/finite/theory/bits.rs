//! Bit-vectors: prefixes and equality.

use super::super::atom::{Atom, ValueId};
use super::super::propositional::Lit;
use super::super::values::Values;
use super::{Assignment, Classes, Literals, distinct};
use crate::language::Exhausted;
use keyaki_logic::term::{Sort, Value, same_prefix};

/// A prefix that a class must have or must not have, and what says so of which value.
#[derive(Clone, Copy)]
struct Prefix {
    len: u32,
    value: u128,
    of: ValueId,
    reason: Lit,
}

#[derive(Default)]
struct Bounds {
    within: Vec<Prefix>,
    without: Vec<Prefix>,
}

pub(super) fn check(
    literals: &Literals<'_>,
    values: &Values,
) -> Result<Result<Assignment, Vec<Vec<Lit>>>, Exhausted> {
    let classes = Classes::new(literals);
    let mut bounds: Vec<Bounds> = (0..classes.len()).map(|_| Bounds::default()).collect();
    for (atom, holds, reason) in literals.iter() {
        let Atom::Prefix { of, len, value } = atom else { continue };
        let Some(own) = classes.class_of(*of).and_then(|class| bounds.get_mut(class)) else {
            continue;
        };
        if holds { &mut own.within } else { &mut own.without }.push(Prefix {
            len: *len,
            value: *value,
            of: *of,
            reason,
        });
    }
    let neighbours = classes.neighbours();
    let mut conflicts = classes.contradictions();
    let mut candidates = Vec::new();
    for (class, own) in bounds.iter().enumerate() {
        let Some(width) = classes.members(class).first().map(|value| width(values.sort(*value)))
        else {
            continue;
        };
        let count = neighbours.get(class).map_or(0, Vec::len) + 1;
        let found = members(width, &own.within, &own.without, count);
        if found.is_empty() {
            conflicts.push(explain(width, own, &classes));
        }
        candidates.push(
            found.into_iter().map(|value| Value::BitVec { width, value }).collect::<Vec<_>>(),
        );
    }
    if !conflicts.is_empty() {
        return Ok(Err(conflicts));
    }
    let beside: Vec<Vec<usize>> =
        neighbours.iter().map(|list| list.iter().map(|(other, _)| *other).collect()).collect();
    let Some(chosen) = distinct::choose(&candidates, &beside)? else {
        let mut all: Vec<Lit> = literals.iter().map(|(_, _, literal)| literal).collect();
        all.sort_unstable();
        return Ok(Err(vec![all]));
    };
    let of = |(class, value): (usize, Value)| {
        classes
            .members(class)
            .iter()
            .map(move |member| (*member, value.clone()))
            .collect::<Vec<_>>()
    };
    Ok(Ok(chosen.into_iter().enumerate().flat_map(of).collect()))
}

fn width(sort: Sort) -> u32 {
    if let Sort::BitVec(width) = sort { width } else { 1 }
}

/// Up to `count` numbers with every prefix of `within` and none of `without`, smallest first; fewer
/// iff there are no more.
fn members(width: u32, within: &[Prefix], without: &[Prefix], count: usize) -> Vec<u128> {
    let deepest = within.iter().max_by_key(|prefix| prefix.len);
    let (len, value) = deepest.map_or((0, 0), |prefix| (prefix.len, prefix.value));
    if !within.iter().all(|prefix| same_prefix(width, prefix.len, prefix.value, value)) {
        return Vec::new();
    }
    let (mut found, mut stack) = (Vec::new(), vec![(len, value)]);
    while let Some((len, value)) = stack.pop() {
        if found.len() >= count {
            break;
        }
        let touching = || {
            without
                .iter()
                .filter(|prefix| same_prefix(width, prefix.len.min(len), prefix.value, value))
        };
        if touching().any(|prefix| prefix.len <= len) {
            continue;
        }
        if len >= width {
            found.push(value);
        } else if touching().next().is_none() {
            let bits = width - len;
            let room = 1_u128.checked_shl(bits).unwrap_or(u128::MAX);
            let wanted = u128::try_from(count - found.len()).unwrap_or(room).min(room);
            found.extend((0..wanted).map(|offset| value | offset));
        } else {
            let bit = 1_u128.checked_shl(width - len - 1).unwrap_or(0);
            stack.extend([(len + 1, value | bit), (len + 1, value)]);
        }
    }
    found
}

/// A set of prefixes of which none can be left out, and the equalities between the values that they
/// are about.
fn explain(width: u32, bounds: &Bounds, classes: &Classes) -> Vec<Lit> {
    let (mut within, mut without) = (bounds.within.clone(), bounds.without.clone());
    for sign in [true, false] {
        let count = if sign { within.len() } else { without.len() };
        for at in (0..count).rev() {
            let list = if sign { &mut within } else { &mut without };
            let left_out = list.remove(at);
            if !members(width, &within, &without, 1).is_empty() {
                if sign { &mut within } else { &mut without }.insert(at, left_out);
            }
        }
    }
    let mut literals = Vec::new();
    let mut first = None;
    for prefix in within.iter().chain(&without) {
        literals.push(prefix.reason);
        literals.extend(classes.why(*first.get_or_insert(prefix.of), prefix.of));
    }
    literals.sort_unstable();
    literals.dedup();
    literals
}
