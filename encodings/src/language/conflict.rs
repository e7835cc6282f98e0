//! Why there is no text.

use super::shape::{Shape, Word};
use super::{Exhausted, Language, Languages};

/// A language, whether texts have to be in it, and its place in the caller's list.
type Literal = (Language, bool, usize);

impl Languages {
    /// Few of the languages that contradict each other already: their places in `within` and in `without`, in order. None of them can be
    /// left out, unless what is left is too large to decide. To be called when [`Languages::witness`] gave `None`.
    pub fn conflict(&mut self, within: &[Language], without: &[Language]) -> Result<(Vec<usize>, Vec<usize>), Exhausted> {
        let positive = within.iter().enumerate().map(|(place, one)| (*one, true, place));
        let negative = without.iter().enumerate().map(|(place, one)| (*one, false, place));
        let literals: Vec<Literal> = positive.chain(negative).collect();
        let core = match self.pair(&literals) {
            Some(pair) => pair,
            None => self.grown(&literals)?,
        };
        let core = self.shrunk(core);
        let places = |sign: bool| {
            let mut places: Vec<usize> = core.iter().filter(|one| one.1 == sign).map(|one| one.2).collect();
            places.sort_unstable();
            places
        };
        Ok((places(true), places(false)))
    }

    /// Two literals that contradict each other at a glance.
    fn pair(&self, literals: &[Literal]) -> Option<Vec<Literal>> {
        let shape = |one: &Literal| self.shape(one.0).unwrap_or(&Shape::Other);
        for (index, a) in literals.iter().enumerate().filter(|(_, one)| one.1) {
            let clash = |b: &&Literal| if b.1 { shape(a).disjoint(shape(b)) } else { shape(a).contained(shape(b)) } == Some(true);
            if let Some(b) = literals.iter().skip(index + 1).find(clash) {
                return Some(vec![*a, *b]);
            }
        }
        None
    }

    /// Adds literals that refuse the texts which are left, until none is left.
    fn grown(&mut self, literals: &[Literal]) -> Result<Vec<Literal>, Exhausted> {
        let finite = |one: &&Literal| one.1 && matches!(self.shape(one.0), Some(Shape::Finite(_)));
        let mut core: Vec<Literal> = literals.iter().find(finite).copied().into_iter().collect();
        let mut count = 1;
        loop {
            let words = match self.ask(&core, count) {
                Ok(words) => words,
                // Fewer languages can be harder than all of them.
                Err(_) => return Ok(literals.to_vec()),
            };
            if words.is_empty() {
                return Ok(core);
            }
            count = (count * 2).min(1024);
            for word in &words {
                if core.iter().any(|one| self.refuses(one, word)) {
                    continue;
                }
                match literals.iter().find(|one| self.refuses(one, word)) {
                    Some(one) => core.push(*one),
                    // There is no conflict.
                    None => return Ok(literals.to_vec()),
                }
            }
        }
    }

    /// Leaves out one after another what is not needed.
    fn shrunk(&mut self, core: Vec<Literal>) -> Vec<Literal> {
        let mut kept = core;
        for at in (0..kept.len()).rev() {
            let one = kept.remove(at);
            if !self.is_needless(&one, &kept) {
                kept.insert(at, one);
            }
        }
        kept
    }

    /// Whether the rest contradicts itself.
    fn is_needless(&mut self, one: &Literal, rest: &[Literal]) -> bool {
        if let (Some(word), false) = (self.only(one.0), one.1) {
            // What is left can be this word only, since with its literal nothing is left.
            let is_other_word = |other: &Literal| !other.1 && self.only(other.0).is_some_and(|other| other != word);
            let others: Vec<Literal> = rest.iter().filter(|other| !is_other_word(other)).copied().collect();
            return others.iter().any(|other| self.refuses(other, &word));
        }
        self.ask(rest, 1).is_ok_and(|words| words.is_empty())
    }

    /// The text of a language that has no other, if its shape says so.
    fn only(&self, language: Language) -> Option<Word> {
        match self.shape(language) {
            Some(Shape::Finite(finite)) if finite.words.len() == 1 => finite.words.first().cloned(),
            _ => None,
        }
    }

    fn refuses(&mut self, one: &Literal, word: &Word) -> bool {
        self.has(one.0, word) != one.1
    }

    fn ask(&mut self, literals: &[Literal], count: usize) -> Result<Vec<Word>, Exhausted> {
        let side = |sign: bool| literals.iter().filter(|one| one.1 == sign).map(|one| one.0).collect::<Vec<_>>();
        self.words(&side(true), &side(false), count)
    }
}
