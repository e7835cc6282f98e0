//! Whether values exist as a set of atoms wants them: of strings, of reals, of bit-vectors.
//!
//! Each theory gets the atoms that a propositional model needs, and gives values, or small sets of
//! literals that no values fit.

mod bits;
mod classes;
mod distinct;
mod order;
mod strings;

use super::atom::{Atom, ValueId};
use super::formula::{Formula, Needed};
use super::propositional::Lit;
use crate::language::{Exhausted, Language, Languages};
use classes::Classes;
use keyaki_logic::term::{Sort, Value};
use rustc_hash::FxHashMap;

/// Values of what the atoms speak of.
pub(super) type Assignment = FxHashMap<ValueId, Value>;

/// What the theories say.
pub(super) enum Checked {
    /// Literals that hold in the propositional model and cannot hold together.
    Conflicts(Vec<Vec<Lit>>),
    /// What the pieces of concatenations must be for the atoms about the whole.
    Splits(Vec<Split>),
    /// Every atom is as the model wants it, the opaque ones aside.
    Values(Assignment),
    /// These concatenations are to differ from other strings, and one does not with the strings
    /// that were chosen.
    Entangled(Vec<ValueId>, Assignment),
}

/// A concatenation is in the language (or not) because `reason` says so of a value that is the
/// same.
pub(super) struct Split {
    pub concat: ValueId,
    pub language: Language,
    pub holds: bool,
    pub reason: Vec<Lit>,
}

/// Atoms of one sort, with the literals that hold.
struct Literals<'a> {
    atoms: Vec<(&'a Atom, Lit)>,
}

impl<'a> Literals<'a> {
    fn iter(&self) -> impl Iterator<Item = (&'a Atom, bool, Lit)> {
        self.atoms.iter().map(|(atom, literal)| (*atom, literal.sign(), *literal))
    }
}

/// Asks every theory.
pub(super) fn check(
    formula: &Formula,
    needed: &[Needed],
    languages: &mut Languages,
) -> Result<Checked, Exhausted> {
    let (mut strings, mut reals, mut bits) = (
        Literals { atoms: Vec::new() },
        Literals { atoms: Vec::new() },
        Literals { atoms: Vec::new() },
    );
    for Needed { atom, literal } in needed {
        let Some((atom, _)) = formula.atoms().get(*atom) else { continue };
        match (atom, atom.values().next().map(|value| formula.values.sort(value))) {
            (Atom::Opaque(_), _) => {}
            (Atom::Order { .. }, _) | (_, Some(Sort::Real)) => reals.atoms.push((atom, *literal)),
            (_, Some(Sort::BitVec(_))) => bits.atoms.push((atom, *literal)),
            (
                Atom::Member(..) | Atom::Same(..) | Atom::Constant(..) | Atom::Prefix { .. },
                Some(Sort::String | Sort::Bool) | None,
            ) => strings.atoms.push((atom, *literal)),
        }
    }
    let mut conflicts = Vec::new();
    let mut values = Assignment::default();
    match order::check(&reals) {
        Ok(found) => values.extend(found),
        Err(found) => conflicts.extend(found),
    }
    match bits::check(&bits, &formula.values)? {
        Ok(found) => values.extend(found),
        Err(found) => conflicts.extend(found),
    }
    match strings::check(&strings, &formula.values, languages)? {
        Checked::Conflicts(found) => conflicts.extend(found),
        Checked::Values(found) => values.extend(found),
        other if conflicts.is_empty() => return Ok(other),
        Checked::Splits(_) | Checked::Entangled(..) => {}
    }
    Ok(if conflicts.is_empty() { Checked::Values(values) } else { Checked::Conflicts(conflicts) })
}
