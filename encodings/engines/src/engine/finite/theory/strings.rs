//! Strings: languages, equality and concatenation.

use super::super::atom::{Atom, ValueId};
use super::super::propositional::Lit;
use super::super::values::{Origin, Piece, Values};
use super::{Assignment, Checked, Classes, Literals, Split, distinct};
use crate::language::{Exhausted, Language, Languages};
use keyaki_logic::term::Value;

/// What a class of strings must be and must not be: each language with the value that it is about
/// and the literal that says so.
#[derive(Default)]
struct Bounds {
    within: Vec<(Language, ValueId, Lit)>,
    without: Vec<(Language, ValueId, Lit)>,
}

impl Bounds {
    fn languages(&self) -> (Vec<Language>, Vec<Language>) {
        let of = |list: &[(Language, ValueId, Lit)]| {
            list.iter().map(|(language, _, _)| *language).collect()
        };
        (of(&self.within), of(&self.without))
    }

    fn all(&self) -> impl Iterator<Item = (bool, &(Language, ValueId, Lit))> {
        self.within
            .iter()
            .map(|bound| (true, bound))
            .chain(self.without.iter().map(|bound| (false, bound)))
    }
}

pub(super) fn check(
    literals: &Literals<'_>,
    values: &Values,
    languages: &mut Languages,
) -> Result<Checked, Exhausted> {
    let classes = Classes::new(literals);
    let mut bounds: Vec<Bounds> = (0..classes.len()).map(|_| Bounds::default()).collect();
    for (atom, holds, literal) in literals.iter() {
        let Atom::Member(value, language) = atom else { continue };
        let Some(own) = classes.class_of(*value).and_then(|class| bounds.get_mut(class)) else {
            continue;
        };
        if holds { &mut own.within } else { &mut own.without }.push((*language, *value, literal));
    }
    let mut conflicts = classes.contradictions();
    for own in &bounds {
        let (within, without) = own.languages();
        if !languages.consistent(&within, &without)? {
            conflicts.push(explain(own, &classes, languages)?);
        }
    }
    if !conflicts.is_empty() {
        return Ok(Checked::Conflicts(conflicts));
    }
    Choice { classes: &classes, bounds: &bounds, values, chosen: vec![None; classes.len()] }
        .run(languages)
}

/// A few literals for which a class has no string: languages, and the equalities between the values
/// that they are about.
fn explain(
    bounds: &Bounds,
    classes: &Classes,
    languages: &mut Languages,
) -> Result<Vec<Lit>, Exhausted> {
    let (within, without) = bounds.languages();
    let (inside, outside) = languages.conflict(&within, &without)?;
    let inside = inside.into_iter().filter_map(|at| bounds.within.get(at));
    let outside = outside.into_iter().filter_map(|at| bounds.without.get(at));
    let mut literals = Vec::new();
    let mut first = None;
    for (_, value, literal) in inside.chain(outside) {
        literals.push(*literal);
        literals.extend(classes.why(*first.get_or_insert(*value), *value));
    }
    literals.sort_unstable();
    literals.dedup();
    Ok(literals)
}

/// Choosing a string for each class: first for those that are in no concatenation's way, then
/// concatenations, then what must differ from one.
struct Choice<'a> {
    classes: &'a Classes,
    bounds: &'a [Bounds],
    values: &'a Values,
    chosen: Vec<Option<Value>>,
}

impl Choice<'_> {
    fn run(mut self, languages: &mut Languages) -> Result<Checked, Exhausted> {
        let neighbours = self.classes.neighbours();
        let concatenated: Vec<Option<ValueId>> =
            (0..self.classes.len()).map(|class| self.concatenation(class)).collect();
        let is_concatenated = |class: &usize| concatenated.get(*class).is_some_and(Option::is_some);
        let must_differ = |class: &usize| neighbours.get(*class).is_some_and(|own| !own.is_empty());
        let (whole, plain): (Vec<usize>, Vec<usize>) =
            (0..self.classes.len()).partition(is_concatenated);
        // Concatenations that can be one string only are like any other class.
        let mut fixed = true;
        for class in whole.iter().filter(|class| must_differ(class)) {
            let (within, without) =
                self.bounds.get(*class).map(Bounds::languages).unwrap_or_default();
            fixed = fixed && languages.witnesses(&within, &without, 2)?.len() == 1;
        }
        let (early, late): (Vec<usize>, Vec<usize>) = if fixed {
            let known = whole.iter().copied().filter(must_differ);
            (plain.into_iter().chain(known).collect(), Vec::new())
        } else {
            let beside = |class: &usize| {
                neighbours
                    .get(*class)
                    .into_iter()
                    .flatten()
                    .any(|(other, _)| is_concatenated(other))
            };
            let pieces = self.pieces(&concatenated);
            plain.into_iter().partition(|class| !beside(class) || pieces.contains(class))
        };
        if let Some(conflict) = self.choose(&early, &neighbours, languages)? {
            return Ok(Checked::Conflicts(vec![conflict]));
        }
        let splits = self.concatenate(&concatenated, languages);
        if !splits.is_empty() {
            return Ok(Checked::Splits(splits));
        }
        if let Some(open) = self.torn(&whole) {
            return Ok(Checked::Entangled(open, self.assignment()));
        }
        let stuck = self.choose(&late, &neighbours, languages)?.is_some();
        let differ = |(class, list): (usize, &Vec<(usize, Lit)>)| {
            let own = self.chosen.get(class).and_then(Option::as_ref);
            list.iter().all(|(other, _)| {
                own.is_some() && own != self.chosen.get(*other).and_then(Option::as_ref)
            })
        };
        if stuck || !neighbours.iter().enumerate().all(differ) {
            let open = whole
                .into_iter()
                .filter(must_differ)
                .filter_map(|class| *concatenated.get(class)?)
                .collect();
            return Ok(Checked::Entangled(open, self.assignment()));
        }
        Ok(Checked::Values(self.assignment()))
    }

    fn concatenation(&self, class: usize) -> Option<ValueId> {
        self.classes
            .members(class)
            .iter()
            .copied()
            .find(|value| matches!(self.values.origin(*value), Origin::Concat(_)))
    }

    /// Concatenations of one class that are different strings.
    fn torn(&self, whole: &[usize]) -> Option<Vec<ValueId>> {
        whole.iter().find_map(|class| {
            let own = || {
                self.classes
                    .members(*class)
                    .iter()
                    .copied()
                    .filter(|value| matches!(self.values.origin(*value), Origin::Concat(_)))
            };
            let chosen = self.chosen.get(*class)?.as_ref()?;
            own()
                .any(|value| self.joined(value).map(Value::String).as_ref() != Some(chosen))
                .then(|| own().collect())
        })
    }

    /// The classes that pieces of concatenations are in.
    fn pieces(&self, concatenated: &[Option<ValueId>]) -> Vec<usize> {
        let of = |value: &ValueId| match self.values.origin(*value) {
            Origin::Concat(pieces) => pieces.as_slice(),
            Origin::Symbol | Origin::Derived => &[],
        };
        let values = concatenated.iter().flatten().flat_map(of);
        values
            .filter_map(|piece| {
                if let Piece::Value(value) = piece { self.classes.class_of(*value) } else { None }
            })
            .collect()
    }

    /// Chooses strings for some classes, beside those that are chosen already. Gives the literals
    /// of a conflict where there are none.
    fn choose(
        &mut self,
        classes: &[usize],
        neighbours: &[Vec<(usize, Lit)>],
        languages: &mut Languages,
    ) -> Result<Option<Vec<Lit>>, Exhausted> {
        let mut candidates = Vec::new();
        let mut among = Vec::new();
        for class in classes {
            let own = neighbours.get(*class).map_or(&[][..], Vec::as_slice);
            let taken: Vec<&Value> =
                own.iter().filter_map(|(other, _)| self.chosen.get(*other)?.as_ref()).collect();
            let Some(bounds) = self.bounds.get(*class) else { continue };
            let (within, without) = bounds.languages();
            let found = match own.len() {
                0 => languages.witness(&within, &without)?.into_iter().collect(),
                count => languages.witnesses(&within, &without, count + 1)?,
            };
            candidates.push(
                found
                    .into_iter()
                    .map(Value::String)
                    .filter(|value| !taken.contains(&value))
                    .collect::<Vec<Value>>(),
            );
            let place = |other: &usize| classes.iter().position(|class| class == other);
            among.push(own.iter().filter_map(|(other, _)| place(other)).collect::<Vec<usize>>());
        }
        let Some(found) = distinct::choose(&candidates, &among)? else {
            return Ok(Some(self.all_of(classes, neighbours)));
        };
        for (class, value) in classes.iter().zip(found) {
            if let Some(place) = self.chosen.get_mut(*class) {
                *place = Some(value);
            }
        }
        Ok(None)
    }

    /// Every literal about classes that must differ from others.
    fn all_of(&self, classes: &[usize], neighbours: &[Vec<(usize, Lit)>]) -> Vec<Lit> {
        let mut literals = Vec::new();
        for class in classes {
            let Some(own) = neighbours.get(*class).filter(|own| !own.is_empty()) else { continue };
            literals.extend(own.iter().map(|(_, literal)| *literal));
            literals.extend(
                self.bounds
                    .get(*class)
                    .into_iter()
                    .flat_map(Bounds::all)
                    .map(|(_, (_, _, literal))| *literal),
            );
            literals.extend(self.classes.equalities_of(*class));
        }
        literals.sort_unstable();
        literals.dedup();
        literals
    }

    /// Gives concatenations their strings, and says which languages their pieces do not respect.
    fn concatenate(
        &mut self,
        concatenated: &[Option<ValueId>],
        languages: &mut Languages,
    ) -> Vec<Split> {
        let mut splits = Vec::new();
        let mut open: Vec<(usize, ValueId)> = concatenated
            .iter()
            .enumerate()
            .filter_map(|(class, value)| Some((class, (*value)?)))
            .collect();
        // A concatenation of concatenations waits for them; one that waits for itself never gets a
        // string.
        while !open.is_empty() {
            let before = open.len();
            open.retain(|(class, value)| match self.joined(*value) {
                Some(text) => {
                    if let Some(bounds) = self.bounds.get(*class) {
                        splits.extend(self.broken(bounds, *value, &text, languages));
                    }
                    if let Some(place) = self.chosen.get_mut(*class) {
                        *place = Some(Value::String(text));
                    }
                    false
                }
                None => true,
            });
            if open.len() == before {
                break;
            }
        }
        splits
    }

    fn broken(
        &self,
        bounds: &Bounds,
        concat: ValueId,
        text: &str,
        languages: &mut Languages,
    ) -> Vec<Split> {
        let broken = bounds
            .all()
            .filter(|(holds, (language, _, _))| languages.accepts(*language, text) != *holds);
        let split = |(holds, (language, value, literal)): (bool, &(Language, ValueId, Lit))| {
            let reason = self.classes.why(*value, concat).into_iter().chain([*literal]).collect();
            Split { concat, language: *language, holds, reason }
        };
        broken.map(split).collect()
    }

    /// The text of a concatenation, if its pieces have theirs. A piece that no atom speaks of is
    /// empty.
    fn joined(&self, value: ValueId) -> Option<String> {
        let Origin::Concat(pieces) = self.values.origin(value) else { return None };
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(own) => text.push_str(own),
                Piece::Value(piece) => {
                    if let Some(class) = self.classes.class_of(*piece) {
                        let Some(Some(Value::String(own))) = self.chosen.get(class) else {
                            return None;
                        };
                        text.push_str(own);
                    }
                }
            }
        }
        Some(text)
    }

    fn assignment(&self) -> Assignment {
        let class = |(class, value): (usize, &Option<Value>)| {
            let value = value.clone();
            self.classes
                .members(class)
                .iter()
                .filter_map(move |member| Some((*member, value.clone()?)))
                .collect::<Vec<_>>()
        };
        self.chosen.iter().enumerate().flat_map(class).collect()
    }
}
