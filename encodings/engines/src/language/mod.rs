//! Regular languages that share texts, or do not: a decision procedure for one string.
//!
//! [`Languages`] answers whether some text is in all of some languages and in none of some others,
//! with the most natural text, with several, or with the few languages that contradict each other.
//! Exact over Unicode scalar values.
//!
//! Ordinary shapes (literals, globs, literals that ignore case, runs of characters) are decided by
//! looking at them; the rest by deterministic automata that are built as far as the question leads.
//!
//! J. Brzozowski: Derivatives of regular expressions, 1964. The automata of single expressions are
//! K. Thompson's, determinized.

mod automaton;
mod chain;
mod conflict;
mod derivative;
mod enumerate;
mod letter;
mod nfa;
mod product;
mod question;
mod shape;
mod state;
#[cfg(test)]
mod tests;

use automaton::{Automata, START, Structure};
use keyaki_logic::regex::Regex;
use product::{Component, End};
use rustc_hash::FxHashMap;
use shape::{Shape, Word};
use std::sync::Arc;

/// The states of a question's automaton, if nothing else is said.
const STATES: usize = 1 << 16;

/// The memory that automata may take between questions, in words.
const WORDS: usize = 1 << 23;

/// The memory that a language and what is known of it take apart from its expression and its
/// automaton, in words.
const LANGUAGE: usize = 48;

/// The memory that a known relation of languages takes, in words.
const RELATION: usize = 4;

/// Interned languages, with everything that was ever found out about them, which never changes an
/// answer. They grow from question to question: [`Languages::size`] tells when it is time to begin
/// anew.
#[derive(Debug)]
pub struct Languages {
    automata: Automata,
    entries: Vec<Entry>,
    regexes: FxHashMap<Regex, Language>,
    /// The languages of the automata's expressions.
    bases: Vec<Language>,
    betweens: FxHashMap<(u32, u32, Option<u32>), Language>,
    relations: FxHashMap<(Relation, Language, Language), bool>,
    pairs: FxHashMap<(Language, Language), Related>,
    /// The memory of the languages themselves, in words.
    words: usize,
    /// The states of a question's automaton.
    bound: usize,
    /// The memory that automata may take between questions, in words.
    memory: usize,
}

/// An interned language of one [`Languages`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Language(u32);

/// A state of a language's automaton.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct StateId(u32);

/// The bound on states was reached: nobody knows the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "the automaton of a string's patterns has more than {states} states, or states that are too large"
)]
pub struct Exhausted {
    /// The bound.
    pub states: usize,
}

/// How two languages are related. Of those that are disjoint nothing else is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Related {
    /// They have no text in common.
    pub disjoint: bool,
    /// All texts of the first are in the second.
    pub contained: bool,
    /// All texts of the second are in the first.
    pub contains: bool,
    /// Every text is in one of them.
    pub cover: bool,
}

#[derive(Debug)]
struct Entry {
    base: u32,
    start: u32,
    end: Option<End>,
    shape: Shape,
    least: Option<Result<Option<Word>, Exhausted>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Relation {
    Disjoint,
    Contained,
    Covers,
}

impl Default for Languages {
    fn default() -> Self {
        Self::bounded(STATES)
    }
}

impl Languages {
    /// No languages yet; 65,536 states for a question.
    pub fn new() -> Self {
        Self::default()
    }

    /// No languages yet; so many states for a question. The memory that a question takes is
    /// proportional to it.
    pub fn bounded(states: usize) -> Self {
        Self {
            automata: Automata::new(states),
            entries: Vec::new(),
            regexes: FxHashMap::default(),
            bases: Vec::new(),
            betweens: FxHashMap::default(),
            relations: FxHashMap::default(),
            pairs: FxHashMap::default(),
            words: 0,
            bound: states,
            memory: WORDS,
        }
    }

    /// A bound of the memory that all of it takes, in words of eight bytes: an estimate that errs
    /// on the high side, and never shrinks much.
    pub fn size(&self) -> usize {
        self.words
            + self.automata.ever()
            + RELATION * (self.relations.len() + self.pairs.len() + 2 * self.betweens.len())
    }

    /// The language of an expression.
    pub fn regex(&mut self, regex: &Regex) -> Language {
        if let Some(language) = self.regexes.get(regex) {
            return *language;
        }
        // The expression itself, its texts as letters, and the shape that it has.
        self.words += 4 * derivative::size(regex) as usize;
        let structure = self.structure(regex);
        let base = self.automata.add(regex.clone(), structure);
        let language =
            self.add(Entry { base, start: START, end: None, shape: Shape::of(regex), least: None });
        self.bases.push(language);
        self.regexes.insert(regex.clone(), language);
        language
    }

    /// The language of one text.
    pub fn literal(&mut self, text: &str) -> Language {
        self.regex(&Regex::literal(text))
    }

    /// Whether a text is in a language.
    pub fn accepts(&mut self, language: Language, text: &str) -> bool {
        self.has(language, &Word::new(text))
    }

    /// Whether two languages have no text in common.
    pub fn disjoint(&mut self, a: Language, b: Language) -> Result<bool, Exhausted> {
        let shapes = self.shape(a).zip(self.shape(b)).and_then(|(a, b)| a.disjoint(b));
        self.relation((Relation::Disjoint, a, b), shapes, &[a, b], &[])
    }

    /// Whether all texts of `a` are in `b`.
    pub fn contained(&mut self, a: Language, b: Language) -> Result<bool, Exhausted> {
        let shapes = self.shape(a).zip(self.shape(b)).and_then(|(a, b)| a.contained(b));
        self.relation((Relation::Contained, a, b), shapes, &[a], &[b])
    }

    /// Whether every text is in `a` or in `b`.
    pub fn covers(&mut self, a: Language, b: Language) -> Result<bool, Exhausted> {
        let shapes = self.shape(a).zip(self.shape(b)).and_then(|(a, b)| a.covers(b));
        self.relation((Relation::Covers, a, b), shapes, &[], &[a, b])
    }

    /// How two languages are related.
    pub fn related(&mut self, a: Language, b: Language) -> Result<Related, Exhausted> {
        if let Some(known) = self.pairs.get(&(a, b)) {
            return Ok(*known);
        }
        let related = if self.disjoint(a, b)? {
            Related { disjoint: true, ..Related::default() }
        } else {
            Related {
                disjoint: false,
                contained: self.contained(a, b)?,
                contains: self.contained(b, a)?,
                cover: self.covers(a, b)?,
            }
        };
        self.pairs.insert((a, b), related);
        Ok(related)
    }

    fn relation(
        &mut self,
        key: (Relation, Language, Language),
        shapes: Option<bool>,
        within: &[Language],
        without: &[Language],
    ) -> Result<bool, Exhausted> {
        if let Some(known) = shapes.or_else(|| self.relations.get(&key).copied()) {
            return Ok(known);
        }
        let holds = !self.consistent(within, without)?;
        self.relations.insert(key, holds);
        Ok(holds)
    }

    /// What an expression is made of: complements, intersections and unions are taken apart.
    fn structure(&mut self, regex: &Regex) -> Structure {
        match regex {
            Regex::Complement(inner) => Structure::Not(self.base(inner)),
            Regex::Intersection(parts) => {
                Structure::All(parts.iter().map(|part| self.base(part)).collect())
            }
            Regex::Union(parts) => {
                let (literals, others): (Vec<_>, Vec<_>) =
                    parts.iter().cloned().partition(|part| part.as_literal().is_some());
                if others.is_empty() {
                    return Structure::Leaf;
                }
                let literals = Some(Regex::union(literals)).filter(|literals| !literals.is_empty());
                Structure::Any(literals.iter().chain(&others).map(|part| self.base(part)).collect())
            }
            Regex::Empty
            | Regex::Literal(_)
            | Regex::Class(_)
            | Regex::Concat(_)
            | Regex::Star(_)
            | Regex::Repeat(..) => Structure::Leaf,
        }
    }

    fn base(&mut self, regex: &Regex) -> u32 {
        let language = self.regex(regex);
        self.entry(language).map_or(u32::MAX, |entry| entry.base)
    }

    fn add(&mut self, entry: Entry) -> Language {
        self.words +=
            LANGUAGE + entry.end.as_ref().map_or(0, |end| end.before.len() / size_of::<usize>());
        self.entries.push(entry);
        Language(u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX))
    }

    fn entry(&self, language: Language) -> Option<&Entry> {
        self.entries.get(language.0 as usize)
    }

    fn shape(&self, language: Language) -> Option<&Shape> {
        self.entry(language).map(|entry| &entry.shape)
    }

    fn component(&self, language: Language, positive: bool) -> Option<Component> {
        let entry = self.entry(language)?;
        Some(Component { base: entry.base, start: entry.start, end: entry.end.clone(), positive })
    }

    /// Whether a word is in a language.
    fn has(&mut self, language: Language, word: &Word) -> bool {
        if let Some(known) = self.shape(language).and_then(|shape| shape.accepts(word)) {
            return known;
        }
        let Some(entry) = self.entry(language) else { return false };
        let (base, mut state) = (entry.base, entry.start);
        for letter in word.letters.iter() {
            state = self.automata.next(base, state, *letter);
        }
        self.accepts_at(language, StateId(state))
    }

    /// The expressions that a language is made of, if it has an expression.
    fn parts(&self, language: Language) -> Structure {
        let entry =
            self.entry(language).filter(|entry| entry.start == START && entry.end.is_none());
        entry.map_or(Structure::Leaf, |entry| self.automata.structure(entry.base))
    }

    fn languages(&self, bases: &Arc<[u32]>) -> impl Iterator<Item = Language> {
        bases.iter().filter_map(|base| self.bases.get(*base as usize).copied())
    }

    /// Forgets what takes too much memory. Before a question only: within one, states have to stay.
    fn tidy(&mut self) {
        self.automata.trim(self.memory);
        if self.relations.len() > self.memory / 8 {
            self.relations.clear();
        }
        if self.pairs.len() > self.memory / 8 {
            self.pairs.clear();
        }
    }
}
