//! What the engine remembers from question to question: languages, and what was found out about
//! them.
//!
//! Each question takes some languages and gives them back. What is kept is bounded, in number and
//! in size, since a process may ask for days: languages that have grown too large are forgotten as
//! a whole, and the next question begins with none. That costs time and changes no answer.

use crate::language::Languages;
use std::sync::{Mutex, PoisonError};

/// States of a product of automata before the engine gives up: a few tens of milliseconds.
const STATES: usize = 1 << 14;

/// The size of all that is kept, in words: 8 MiB.
const WORDS: usize = 1 << 20;

/// How many questions find languages to go on with when they are asked at once.
const NUMBER: usize = 64;

/// Languages that no question uses at the moment.
#[derive(Debug)]
pub(super) struct Memory {
    idle: Mutex<Vec<Languages>>,
    /// The most that they may take together, in words.
    words: usize,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory::bounded(WORDS)
    }
}

impl Memory {
    /// Remembers so many words.
    pub fn bounded(words: usize) -> Memory {
        Memory { idle: Mutex::default(), words }
    }

    /// The languages that were given back last, or new ones.
    pub fn take(&self) -> Languages {
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        taken.unwrap_or_else(|| Languages::bounded(STATES))
    }

    /// Keeps languages for later questions, and forgets those that were not asked for the longest,
    /// where it is too much.
    pub fn give(&self, languages: Languages) {
        if languages.size() > self.words {
            return;
        }
        let mut forgotten = Vec::new();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(languages);
        while idle.len() > NUMBER || size(&idle) > self.words {
            forgotten.push(idle.remove(0));
        }
        // Others may ask while much is given back to the system.
        drop(idle);
    }

    /// How many languages are kept, and their size in words.
    #[cfg(test)]
    pub fn kept(&self) -> (usize, usize) {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        (idle.len(), size(&idle))
    }
}

fn size(idle: &[Languages]) -> usize {
    idle.iter().map(Languages::size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, Finite, Limits, Outcome};
    use keyaki_logic::regex::Regex;
    use keyaki_logic::term::{Sort, Symbol, Term};

    /// Whether a string has a text of its own at the beginning, at the end and, where the question
    /// has no model, none of both.
    fn question(number: usize, satisfiable: bool) -> Vec<Term> {
        let x = Term::var(&Symbol::new("x", Sort::String));
        let text = Regex::literal(&format!("pattern number {number}"));
        let begins = Term::in_regex(
            x.clone(),
            Regex::concat([text.clone(), Regex::all(), Regex::literal("!")]),
        );
        let ends = Term::in_regex(
            x.clone(),
            Regex::concat([Regex::all(), text.clone(), Regex::all(), Regex::literal("!")]),
        );
        vec![begins, if satisfiable { ends } else { Term::not(ends) }]
    }

    fn answer(engine: &Finite, number: usize) -> bool {
        match engine.decide(&question(number, number.is_multiple_of(2)), &Limits::default()) {
            Outcome::Satisfiable(_) => true,
            Outcome::Unsatisfiable => false,
            Outcome::Unknown(reason) => panic!("{reason}"),
        }
    }

    #[test]
    fn thousands_of_different_questions_are_not_all_remembered() {
        let few = 1 << 16;
        let mut engine = Finite::new();
        engine.memory = Memory::bounded(few);
        let (mut most, mut forgotten) = (0, 0);
        for number in 0..4_000 {
            let (_, before) = engine.memory.kept();
            assert_eq!(answer(&engine, number), number.is_multiple_of(2));
            let (kept, size) = engine.memory.kept();
            assert!(kept <= 1 && size <= few, "{kept} of {size} words after {number} questions");
            most = most.max(size);
            forgotten += usize::from(size < before);
        }
        assert!(most > few / 2, "little is remembered: {most} words");
        assert!(forgotten > 10, "nothing is forgotten");
        let unbounded = Finite { memory: Memory::bounded(usize::MAX), ..Finite::new() };
        (0..4_000).for_each(|number| _ = answer(&unbounded, number));
        assert!(
            unbounded.memory.kept().1 > 10 * few,
            "the questions are not different: {:?}",
            unbounded.memory.kept()
        );
    }

    #[test]
    fn a_question_that_was_asked_before_is_remembered() {
        let engine = Finite::new();
        for _ in 0..100 {
            assert!(answer(&engine, 0));
        }
        let once = engine.memory.kept();
        assert!(answer(&engine, 0));
        assert_eq!((once.0, engine.memory.kept()), (1, once));
        assert!(once.1 < WORDS / 1000, "{once:?}");
    }

    #[test]
    fn languages_of_many_questions_at_once_are_not_all_kept() {
        let memory = Memory::default();
        let taken: Vec<Languages> = (0..2 * NUMBER).map(|_| memory.take()).collect();
        taken.into_iter().for_each(|languages| memory.give(languages));
        assert_eq!(memory.kept().0, NUMBER);
        let mut large = Languages::bounded(STATES);
        (0..1_000)
            .for_each(|number| _ = large.literal(&format!("{number} {}", "x".repeat(10_000))));
        assert!(large.size() > WORDS);
        memory.give(large);
        assert_eq!(memory.kept().0, NUMBER, "what is too large is forgotten alone");
    }
}
