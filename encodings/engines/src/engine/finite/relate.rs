//! How patterns at one value are related: what follows from it is stated as clauses, before models lead
//! to it.
//!
//! Of many patterns that exclude or contain each other each pair would be a conflict of its own, and
//! the propositional search would begin anew after each.

use super::atom::{Atom, ValueId};
use super::contain;
use super::formula::Formula;
use super::propositional::Lit;
use crate::engine::Deadline;
use crate::language::{Exhausted, Language, Languages, Related};
use rustc_hash::FxHashMap;

/// Patterns at one value that are compared with each other before the search begins. Of more, those
/// are that may contain each other, and others where models lead there.
const RELATED: usize = 48;

/// After so many conflicts of a pattern with single others at its value it is compared with all of
/// them.
const PATIENCE: u32 = 3;

/// Patterns at one value.
type Patterns = Vec<(Language, Lit)>;

/// The patterns of a question, and what was found out about them.
#[derive(Default)]
pub(super) struct Relations {
    /// How many conflicts of two literals each literal of a pattern was in.
    conflicts: FxHashMap<Lit, u32>,
    /// The patterns at each value, of the first so many atoms.
    patterns: FxHashMap<ValueId, Patterns>,
    atoms: usize,
}

impl Relations {
    /// States what is known before the search begins.
    pub fn before(
        &mut self,
        formula: &mut Formula,
        languages: &mut Languages,
        deadline: &Deadline,
    ) -> Result<(), Exhausted> {
        self.look(formula);
        let mut groups: Vec<(&ValueId, &Patterns)> = self.patterns.iter().collect();
        groups.sort_unstable_by_key(|(value, _)| **value);
        for (_, list) in groups {
            if list.len() > RELATED {
                contained(list, formula, languages, deadline)?;
                continue;
            }
            for (index, one) in list.iter().enumerate() {
                deadline.count(u64::try_from(list.len() - index).unwrap_or(u64::MAX));
                for other in list.iter().skip(index + 1) {
                    for clause in related(*one, *other, languages)? {
                        formula.clause(clause.to_vec());
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes note of literals that cannot hold together, and states how a pattern is related to the
    /// others at its value where that has conflicted often.
    pub fn after(
        &mut self,
        conflict: &[Lit],
        formula: &mut Formula,
        languages: &mut Languages,
        deadline: &Deadline,
    ) -> Result<(), Exhausted> {
        let [one, other] = conflict else { return Ok(()) };
        for literal in [one, other].map(|literal| literal.apply_sign(literal.sign())) {
            let Some(Atom::Member(value, language)) = formula.meant_by(literal) else { continue };
            let (value, language) = (*value, *language);
            let often = self.conflicts.entry(literal).or_default();
            *often += 1;
            if *often != PATIENCE {
                continue;
            }
            self.look(formula);
            let others = self.patterns.get(&value).into_iter().flatten();
            for other in others.filter(|(_, other)| *other != literal) {
                if deadline.is_reached() {
                    return Ok(());
                }
                for clause in related((language, literal), *other, languages)? {
                    formula.clause(clause.to_vec());
                }
            }
        }
        Ok(())
    }

    /// Takes note of the patterns that are new.
    fn look(&mut self, formula: &Formula) {
        for (atom, literal) in formula.atoms().iter().skip(self.atoms) {
            if let Atom::Member(value, language) = atom {
                self.patterns.entry(*value).or_default().push((*language, *literal));
            }
        }
        self.atoms = formula.atoms().len();
    }
}

/// States which of many patterns at one value contain which, as far as their literal parts show.
fn contained(
    list: &[(Language, Lit)],
    formula: &mut Formula,
    languages: &mut Languages,
    deadline: &Deadline,
) -> Result<(), Exhausted> {
    let regexes: Vec<_> = list.iter().map(|(language, _)| formula.regex(*language)).collect();
    for (inner, outer) in contain::pairs(&regexes, deadline) {
        let (Some((inner, one)), Some((outer, other))) = (list.get(inner), list.get(outer)) else {
            continue;
        };
        if deadline.is_reached() {
            break;
        }
        if languages.contained(*inner, *outer)? {
            formula.clause(vec![!*one, *other]);
        }
    }
    Ok(())
}

/// Clauses about two languages of one value.
fn related(
    (a, one): (Language, Lit),
    (b, other): (Language, Lit),
    languages: &mut Languages,
) -> Result<impl Iterator<Item = [Lit; 2]>, Exhausted> {
    let Related { disjoint, contained, contains, cover } = languages.related(a, b)?;
    let clauses = [
        (disjoint, [!one, !other]),
        (contained, [!one, other]),
        (contains, [one, !other]),
        (cover, [one, other]),
    ];
    let stated = clauses.into_iter().filter(|(holds, _)| *holds);
    Ok(stated.map(|(_, clause)| clause))
}
