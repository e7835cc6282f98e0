//! What texts begin with: which formulas confine a string to which beginnings, and which beginnings
//! can meet.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a formula that is not known to confine a string confines none, which is always right"
)]

use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Term, TermKind, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// The beginnings that one formula may name for one string. One with more is taken to name none.
const MOST: usize = 64;
/// The operands that are looked at in one formula.
const OPERANDS: usize = 512;
/// How deep a formula is looked into.
const DEPTH: u32 = 8;

/// Texts that begin like this, or this very text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Beginning {
    pub text: String,
    pub whole: bool,
}

impl Beginning {
    /// Whether some text may be in both.
    #[cfg(test)]
    fn meets(&self, other: &Beginning) -> bool {
        match (self.whole, other.whole) {
            (true, true) => self.text == other.text,
            (true, false) => self.text.starts_with(&other.text),
            (false, true) => other.text.starts_with(&self.text),
            (false, false) => {
                self.text.starts_with(&other.text) || other.text.starts_with(&self.text)
            }
        }
    }
}

/// Strings, each with beginnings of which it has one wherever a formula holds.
pub(super) type Confined<'a> = FxHashMap<&'a Term, Vec<Beginning>>;

/// To which beginnings a formula confines which strings. A string that is left out may be anything.
pub(super) fn confined(formula: &Term) -> Confined<'_> {
    look(formula, DEPTH, &mut OPERANDS.clone())
}

fn look<'a>(formula: &'a Term, depth: u32, operands: &mut usize) -> Confined<'a> {
    let mut found = Confined::default();
    let Some(below) = depth.checked_sub(1) else { return found };
    match formula.kind() {
        TermKind::InRegex(subject, regex) => {
            _ = beginnings(regex).map(|list| found.insert(subject, list))
        }
        TermKind::Eq(subject, value) => {
            if let Some(Value::String(text)) = value.as_value() {
                found.insert(subject, vec![Beginning { text: text.clone(), whole: true }]);
            }
        }
        // Every operand holds: any of them may be the one that confines.
        TermKind::And(list) => {
            for operand in list {
                let Some(left) = operands.checked_sub(1) else { break };
                *operands = left;
                for (subject, own) in look(operand, below, operands) {
                    let known = found.entry(subject).or_insert_with(|| own.clone());
                    if narrow(&own) > narrow(known) {
                        *known = own;
                    }
                }
            }
        }
        // One operand holds, and any may be the one: what is left is what all of them confine.
        TermKind::Or(list) => {
            for (at, operand) in list.iter().enumerate() {
                let Some(left) = operands.checked_sub(1) else { return Confined::default() };
                *operands = left;
                let mut own = look(operand, below, operands);
                if at == 0 {
                    found = own;
                    continue;
                }
                found.retain(|subject, known| {
                    own.remove(subject).is_some_and(|other| {
                        known.extend(other);
                        known.len() <= MOST
                    })
                });
            }
        }
        _ => {}
    }
    found
}

/// How much a list of beginnings says: the length of its shortest text.
fn narrow(list: &[Beginning]) -> usize {
    list.iter().map(|one| one.text.len() + usize::from(one.whole)).min().unwrap_or(usize::MAX)
}

/// Beginnings of which every text of the language has one, if there are few and they say something.
fn beginnings(regex: &Regex) -> Option<Vec<Beginning>> {
    let one = |text: &str, whole| Some(vec![Beginning { text: text.to_owned(), whole }]);
    match regex {
        Regex::Literal(text) => one(text, true),
        Regex::Concat(parts) => match parts.first() {
            Some(Regex::Literal(text)) if !text.is_empty() => one(text, false),
            _ => None,
        },
        Regex::Union(parts) if parts.len() <= MOST => {
            let lists: Option<Vec<Vec<Beginning>>> = parts
                .iter()
                .map(|part| if matches!(part, Regex::Union(_)) { None } else { beginnings(part) })
                .collect();
            lists.map(|lists| lists.concat())
        }
        _ => None,
    }
}

/// Numbers by their beginnings.
#[derive(Default)]
pub(super) struct Index {
    at: BTreeMap<Beginning, Vec<usize>>,
}

impl Index {
    pub fn insert(&mut self, beginning: &Beginning, number: usize) {
        self.at.entry(beginning.clone()).or_default().push(number);
    }

    /// Adds the numbers whose beginnings may have a text in common with this one, until there are
    /// more than `most`.
    pub fn meeting(&self, beginning: &Beginning, most: usize, found: &mut FxHashSet<usize>) {
        let text = &beginning.text;
        let shorter = text.char_indices().filter_map(|(at, _)| text.get(..at));
        let shorter = shorter
            .filter_map(|text| self.at.get(&Beginning { text: text.to_owned(), whole: false }));
        let longer = self.at.range(Beginning { text: text.clone(), whole: false }..);
        let longer = longer.take_while(|(other, _)| {
            if beginning.whole { other.text == *text } else { other.text.starts_with(text) }
        });
        for number in shorter.chain(longer.map(|(_, numbers)| numbers)).flatten() {
            if found.len() > most {
                break;
            }
            found.insert(*number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::term::{Sort, Symbol};

    fn all() -> Vec<Beginning> {
        let texts = ["", "a", "b", "ab", "aé", "aéb", "abb", "ba"];
        texts
            .iter()
            .flat_map(|text| {
                [true, false].map(|whole| Beginning { text: (*text).to_owned(), whole })
            })
            .collect()
    }

    #[test]
    fn the_index_finds_what_meets_and_nothing_else() {
        let all = all();
        let mut index = Index::default();
        all.iter().enumerate().for_each(|(number, one)| index.insert(one, number));
        for one in &all {
            let mut found = FxHashSet::default();
            index.meeting(one, usize::MAX, &mut found);
            let mut found: Vec<usize> = found.into_iter().collect();
            found.sort_unstable();
            let expected: Vec<usize> = (0..all.len())
                .filter(|at| all.get(*at).is_some_and(|other| one.meets(other)))
                .collect();
            assert_eq!(found, expected, "{one:?}");
        }
    }

    #[test]
    fn a_formula_confines_what_all_of_its_alternatives_confine() {
        let var = |name: &str| Term::var(&Symbol::new(name, Sort::String));
        let glob = |name: &str, text: &str| {
            Term::in_regex(var(name), Regex::concat([Regex::literal(text), Regex::all()]))
        };
        let (s, t) = (var("s"), var("t"));
        let both =
            Term::and([glob("s", "a"), glob("s", "abc"), Term::eq(t.clone(), Term::string("x"))]);
        let either = Term::or([both.clone(), glob("s", "b")]);
        let said = |formula: &Term, of: &Term| confined(formula).get(of).cloned();
        assert_eq!(said(&both, &s), Some(vec![Beginning { text: "abc".to_owned(), whole: false }]));
        assert_eq!(said(&both, &t), Some(vec![Beginning { text: "x".to_owned(), whole: true }]));
        assert_eq!(said(&either, &s).map(|list| list.len()), Some(2));
        assert_eq!(said(&either, &t), None);
        assert_eq!(said(&Term::not(both), &s), None);
    }
}
