//! Texts that are in some languages and not in others.

use super::automaton::Structure;
use super::enumerate::enumerate;
use super::product::Product;
use super::shape::{Finite, Shape, Word};
use super::{Exhausted, Language, Languages};
use keyaki_logic::regex::Regex;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// How many ways to take unions for one of their parts each are looked at before the automata are
/// built.
const GUESSES: usize = 64;

/// A question in parts.
#[derive(Default)]
pub(super) struct Question {
    /// The texts have to be in these.
    pub within: Vec<Language>,
    /// They must not be in these,
    pub without: Vec<Language>,
    /// nor in these of several texts,
    pub several: Vec<Arc<Finite>>,
    /// nor in these of one text. Often thousands, of which one look is taken.
    pub single: Vec<Language>,
}

impl Languages {
    /// The first text that is in all of `within` and in none of `without`; `None` iff there is
    /// none. The shorter text comes first, then the more natural: lower-case letters before digits,
    /// before upper-case letters, before other printable ASCII, before the rest.
    ///
    /// Where the first text is out of reach of the bound, another one that is found at a glance is
    /// better than none.
    pub fn witness(
        &mut self,
        within: &[Language],
        without: &[Language],
    ) -> Result<Option<String>, Exhausted> {
        let word = match self.glance(within, without, 1) {
            Glance::Decided(mut words) => words.pop(),
            Glance::Open(question) => match self.search(&question, 1) {
                Ok(mut words) => words.pop(),
                Err(exhausted) => Some(self.joined(&question).ok_or(exhausted)?),
            },
        };
        Ok(word.map(|word| word.text.to_string()))
    }

    /// The first texts that are in all of `within` and in none of `without`, in the order of
    /// [`Languages::witness`]: as many as `count`, and fewer iff there are no more.
    pub fn witnesses(
        &mut self,
        within: &[Language],
        without: &[Language],
        count: usize,
    ) -> Result<Vec<String>, Exhausted> {
        if count == 0 {
            return Ok(Vec::new());
        }
        Ok(self
            .words(within, without, count)?
            .into_iter()
            .map(|word| word.text.to_string())
            .collect())
    }

    /// Whether there is such a text. Sometimes quicker than finding the first one, and known where
    /// that is not.
    pub fn consistent(
        &mut self,
        within: &[Language],
        without: &[Language],
    ) -> Result<bool, Exhausted> {
        match self.glance(within, without, 1) {
            Glance::Decided(words) => Ok(!words.is_empty()),
            Glance::Open(question) => {
                Ok(self.guess(&question).is_some() || !self.search(&question, 1)?.is_empty())
            }
        }
    }

    pub(super) fn words(
        &mut self,
        within: &[Language],
        without: &[Language],
        count: usize,
    ) -> Result<Vec<Word>, Exhausted> {
        match self.glance(within, without, count) {
            Glance::Decided(words) => Ok(words),
            Glance::Open(question) => self.search(&question, count),
        }
    }

    /// What can be said without automata of several languages.
    fn glance(&mut self, within: &[Language], without: &[Language], count: usize) -> Glance {
        self.tidy();
        let mut question = self.question(within, without);
        if let Some(finite) = self.smallest(&question.within) {
            return Glance::Decided(self.members(&question, &finite, count));
        }
        match self.candidate(&question) {
            Candidate::None => return Glance::Decided(Vec::new()),
            Candidate::First(word) if count <= 1 => return Glance::Decided(vec![word]),
            _ if self.clashes(&question) => return Glance::Decided(Vec::new()),
            Candidate::First(_) | Candidate::Unknown => {}
        }
        self.simplify(&mut question);
        Glance::Open(question)
    }

    /// Takes complements, intersections and unions apart, leaves out what is there twice.
    pub(super) fn question(&self, within: &[Language], without: &[Language]) -> Question {
        let mut question = Question::default();
        let mut seen = FxHashSet::default();
        let mut open: Vec<(Language, bool)> =
            without.iter().rev().map(|one| (*one, false)).collect();
        open.extend(within.iter().rev().map(|one| (*one, true)));
        while let Some((language, positive)) = open.pop() {
            if !positive && self.is_literal(language) {
                question.single.push(language);
                continue;
            }
            if !seen.insert((language, positive)) {
                continue;
            }
            match (self.parts(language), positive) {
                (Structure::Not(part), _) => {
                    open.extend(self.languages(&Arc::from([part])).map(|part| (part, !positive)))
                }
                (Structure::All(parts), true) | (Structure::Any(parts), false) => {
                    open.extend(self.languages(&parts).map(|part| (part, positive)));
                }
                (_, true) => question.within.push(language),
                (_, false) => match self.shape(language) {
                    Some(Shape::Finite(finite)) => question.several.push(finite.clone()),
                    _ => question.without.push(language),
                },
            }
        }
        question
    }

    /// The language with the fewest texts, if one shows how many it has.
    fn smallest(&self, within: &[Language]) -> Option<Arc<Finite>> {
        let finite = |language: &Language| {
            if let Some(Shape::Finite(finite)) = self.shape(*language) {
                Some(finite)
            } else {
                None
            }
        };
        within.iter().filter_map(finite).min_by_key(|finite| finite.words.len()).cloned()
    }

    fn members(&mut self, question: &Question, finite: &Finite, count: usize) -> Vec<Word> {
        let fits = |word: &&Word| self.fits(question, word);
        finite.words.iter().filter(fits).take(count).cloned().collect()
    }

    /// Whether the expression is a literal.
    pub(super) fn is_literal(&self, language: Language) -> bool {
        matches!(self.shape(language), Some(Shape::Finite(finite)) if finite.is_literal)
    }

    /// Whether a word is one of the excluded texts.
    fn excludes(&self, question: &Question, word: &Word) -> bool {
        question.several.iter().any(|finite| finite.contains(&word.text))
            || (!question.single.is_empty()
                && self.literal_of(word).is_some_and(|literal| question.single.contains(&literal)))
    }

    /// The language that is known for a word.
    pub(super) fn literal_of(&self, word: &Word) -> Option<Language> {
        self.regexes.get(&Regex::Literal(word.text.clone())).copied()
    }

    fn fits(&mut self, question: &Question, word: &Word) -> bool {
        !self.excludes(question, word)
            && question.within.iter().all(|language| self.has(*language, word))
            && !question.without.iter().any(|language| self.has(*language, word))
    }

    /// The first text of one language is the first of all, if it is in all the others.
    fn candidate(&mut self, question: &Question) -> Candidate {
        if question.within.is_empty() {
            let empty = Word::new("");
            return if self.fits(question, &empty) {
                Candidate::First(empty)
            } else {
                Candidate::Unknown
            };
        }
        for language in &question.within {
            match self.least(*language) {
                Ok(None) => return Candidate::None,
                Ok(Some(word)) if self.fits(question, &word) => return Candidate::First(word),
                _ => {}
            }
        }
        Candidate::Unknown
    }

    /// The first text of a language.
    fn least(&mut self, language: Language) -> Result<Option<Word>, Exhausted> {
        let Some(entry) = self.entry(language) else { return Ok(None) };
        if let Some(known) = &entry.least {
            return known.clone();
        }
        let shown = match &entry.shape {
            Shape::Other => None,
            shape @ (Shape::Finite(_) | Shape::Units(_)) => Some(shape.least()),
        };
        let least = match shown {
            Some(word) => Ok(word),
            None => {
                let components = self.component(language, true).into_iter().collect();
                let word = Product::new(&mut self.automata, components, self.bound)
                    .and_then(|mut product| product.least());
                word.map(|word| word.map(Word::of))
            }
        };
        if let Some(entry) = self.entries.get_mut(language.0 as usize) {
            entry.least = Some(least.clone());
        }
        least
    }

    /// Whether two languages contradict each other at a glance.
    fn clashes(&self, question: &Question) -> bool {
        let shape = |language: &Language| self.shape(*language).unwrap_or(&Shape::Other);
        question.within.iter().enumerate().any(|(index, a)| {
            let (mut others, mut negative) =
                (question.within.iter().skip(index + 1), question.without.iter());
            others.any(|b| shape(a).disjoint(shape(b)) == Some(true))
                || negative.any(|b| shape(a).contained(shape(b)) == Some(true))
        })
    }

    /// A text that consists of what the languages ask for, one after another, if it is an answer:
    /// the longest beginning, all that has to be in between, the longest end.
    fn joined(&mut self, question: &Question) -> Option<Word> {
        let word = self.join(&question.within)?;
        self.fits(question, &word).then_some(word)
    }

    fn join(&self, within: &[Language]) -> Option<Word> {
        let (mut head, mut middle, mut tail) = (Vec::new(), Vec::new(), Vec::new());
        for language in within {
            let (start, between, end) = self.shape(*language)?.pieces()?;
            head = if start.len() > head.len() { start } else { head };
            middle.extend(between);
            tail = if end.len() > tail.len() { end } else { tail };
        }
        Some(Word::of([head, middle, tail].concat()))
    }

    /// A text that is seen to be an answer, where unions are taken for one of their parts each.
    pub(super) fn guess(&mut self, question: &Question) -> Option<Word> {
        if let Some(word) = self.joined(question) {
            return Some(word);
        }
        let alternatives: Vec<Vec<Language>> =
            question.within.iter().map(|language| self.alternatives(*language)).collect();
        let count: usize = alternatives.iter().map(Vec::len).product();
        if count > GUESSES {
            return None;
        }
        (0..count).find_map(|number| {
            let mut rest = number;
            let chosen: Vec<Language> = alternatives
                .iter()
                .filter_map(|list| {
                    let place = rest % list.len();
                    rest /= list.len();
                    list.get(place).copied()
                })
                .collect();
            // A part may be an intersection, which is taken apart.
            let within = self.question(&chosen, &[]).within;
            let word = match self.smallest(&within) {
                Some(finite) => finite.words.iter().find(|word| self.fits(question, word)).cloned(),
                None => self.join(&within),
            };
            word.filter(|word| self.fits(question, word))
        })
    }

    /// The parts of a union, or the language itself.
    fn alternatives(&self, language: Language) -> Vec<Language> {
        if let Structure::Any(parts) = self.parts(language) {
            self.languages(&parts).collect()
        } else {
            vec![language]
        }
    }

    /// Leaves out what follows from another language at a glance.
    fn simplify(&self, question: &mut Question) {
        let shape = |language: &Language| self.shape(*language).unwrap_or(&Shape::Other);
        let mut kept: Vec<Language> = Vec::new();
        for (index, one) in question.within.iter().enumerate() {
            let later = question.within.get(index + 1..).unwrap_or_default();
            if !kept
                .iter()
                .chain(later)
                .any(|other| shape(other).contained(shape(one)) == Some(true))
            {
                kept.push(*one);
            }
        }
        question.without.retain(|one| {
            !kept.iter().any(|other| shape(one).disjoint(shape(other)) == Some(true))
        });
        question.within = kept;
    }

    pub(super) fn search(
        &mut self,
        question: &Question,
        count: usize,
    ) -> Result<Vec<Word>, Exhausted> {
        let positive = question.within.iter().filter_map(|one| self.component(*one, true));
        let negative = question.without.iter().filter_map(|one| self.component(*one, false));
        let components = positive.chain(negative).collect();
        // The automata are worked on while the rest is looked at.
        let mut automata = std::mem::take(&mut self.automata);
        let words = Product::new(&mut automata, components, self.bound)
            .and_then(|mut product| self.read(question, &mut product, count));
        self.automata = automata;
        words
    }

    fn read(
        &self,
        question: &Question,
        product: &mut Product<'_>,
        count: usize,
    ) -> Result<Vec<Word>, Exhausted> {
        let Some(first) = product.least()?.map(Word::of) else { return Ok(Vec::new()) };
        if count <= 1 && !self.excludes(question, &first) {
            return Ok(vec![first]);
        }
        let single: FxHashSet<Language> = question.single.iter().copied().collect();
        let mut words = Vec::new();
        enumerate(product, &mut |letters| {
            let word = Word::of(letters.to_vec());
            let literal = self.literal_of(&word).is_some_and(|literal| single.contains(&literal));
            if !literal && !question.several.iter().any(|finite| finite.contains(&word.text)) {
                words.push(word);
            }
            words.len() < count
        })?;
        Ok(words)
    }
}

enum Glance {
    /// These are the first texts.
    Decided(Vec<Word>),
    /// What is left to decide.
    Open(Question),
}

enum Candidate {
    /// The question has no answer.
    None,
    /// It has this one.
    First(Word),
    Unknown,
}
