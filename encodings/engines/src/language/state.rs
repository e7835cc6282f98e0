//! The states of a language's automaton, for those who cut texts into pieces.

use super::automaton::{START, work};
use super::letter::letter;
use super::product::{End, WORDS};
use super::shape::Shape;
use super::{Entry, Exhausted, Language, Languages, StateId};
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl Languages {
    /// The state before anything is read.
    pub fn start(&self, of: Language) -> StateId {
        StateId(self.entry(of).map_or(START, |entry| entry.start))
    }

    /// Where a text leads.
    pub fn run(&mut self, of: Language, from: StateId, text: &str) -> StateId {
        let Some(base) = self.entry(of).map(|entry| entry.base) else { return from };
        self.automata.pin(base);
        StateId(text.chars().fold(from.0, |state, c| self.automata.next(base, state, letter(c))))
    }

    /// Whether a text of the language may end in a state.
    pub fn accepts_at(&mut self, of: Language, state: StateId) -> bool {
        let Some(entry) = self.entry(of) else { return false };
        match &entry.end {
            Some(end) => end.state == state.0,
            None => {
                let base = entry.base;
                self.automata.info(base, state.0).accepts
            }
        }
    }

    /// All states that texts lead to, those first that the shortest and then the most natural texts
    /// lead to; also the one from which nothing is accepted any more, if there is one. An error if
    /// there are more than `bound`.
    ///
    /// The automaton is deterministic and not always minimal. That of a glob has one state for each
    /// way to have begun the piece between two wildcards. States stay valid as long as the
    /// `Languages` live; their numbers say nothing.
    pub fn states(&mut self, of: Language, bound: usize) -> Result<Vec<StateId>, Exhausted> {
        let Some((base, start)) = self.entry(of).map(|entry| (entry.base, entry.start)) else {
            return Ok(Vec::new());
        };
        self.automata.pin(base);
        Ok(self.explore(base, start, bound)?.into_iter().map(StateId).collect())
    }

    /// The texts that lead the automaton of `of` from a state to a state, or to where a text of the
    /// language may end.
    pub fn between(
        &mut self,
        of: Language,
        from: StateId,
        to: Option<StateId>,
    ) -> Result<Language, Exhausted> {
        let Some(entry) = self.entry(of) else { return Ok(of) };
        let base = entry.base;
        let to = to.map(|state| state.0).or(entry.end.as_ref().map(|end| end.state));
        if to.is_none() && from.0 == START {
            return Ok(self.bases.get(base as usize).copied().unwrap_or(of));
        }
        if let Some(known) = self.betweens.get(&(base, from.0, to)) {
            return Ok(*known);
        }
        self.automata.pin(base);
        let end = match to {
            None => None,
            Some(state) => Some(self.end(base, from.0, state)?),
        };
        let language = match self.chain(base, from.0, end.as_ref()) {
            Some(regex) => self.regex(&regex),
            None => self.add(Entry { base, start: from.0, end, shape: Shape::Other, least: None }),
        };
        self.betweens.insert((base, from.0, to), language);
        Ok(language)
    }

    pub(super) fn explore(
        &mut self,
        base: u32,
        start: u32,
        bound: usize,
    ) -> Result<Vec<u32>, Exhausted> {
        let (mut found, mut known, mut words) = (vec![start], FxHashSet::from_iter([start]), 0);
        let mut at = 0;
        while let Some(&state) = found.get(at) {
            let edges = self.automata.edges(base, state);
            let info = self.automata.info(base, state);
            words += info.weight as usize + work(edges.len(), info);
            for edge in edges.iter() {
                if known.insert(edge.1) {
                    found.push(edge.1);
                }
            }
            if found.len() > bound || words > bound.saturating_mul(WORDS) {
                return Err(Exhausted { states: bound });
            }
            at += 1;
        }
        Ok(found)
    }

    /// A state as the end of texts, with the states from which it is reached.
    fn end(&mut self, base: u32, from: u32, to: u32) -> Result<End, Exhausted> {
        let states = self.explore(base, from, self.bound)?;
        let before = self.before(base, &states, &[to]);
        Ok(End { state: to, before: Arc::from(before) })
    }

    /// Which states lead to one of `ends`.
    pub(super) fn before(&mut self, base: u32, states: &[u32], ends: &[u32]) -> Vec<bool> {
        let count = states.iter().chain(ends).max().map_or(0, |last| *last as usize + 1);
        let mut earlier: Vec<Vec<u32>> = vec![Vec::new(); count];
        for &state in states {
            for edge in self.automata.edges(base, state).iter() {
                earlier.get_mut(edge.1 as usize).into_iter().for_each(|list| list.push(state));
            }
        }
        let (mut before, mut open) = (vec![false; count], ends.to_vec());
        while let Some(state) = open.pop() {
            if let Some(mark) = before.get_mut(state as usize).filter(|mark| !**mark) {
                *mark = true;
                open.extend(earlier.get(state as usize).into_iter().flatten());
            }
        }
        before
    }
}
