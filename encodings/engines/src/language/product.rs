//! Several languages at once: texts that are in some and not in others.
//!
//! The states of the product are made as the search comes to them. Languages that have decided
//! nothing can change any more are left out of a state; a state from which no text can lead to the
//! end is not made.

use super::Exhausted;
use super::automaton::{Automata, Edges, Fate, target, work};
use super::letter::LETTERS;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The memory that a state may take on average, in words.
pub(super) const WORDS: usize = 256;

/// One of the languages: those texts that lead its automaton from `start` to acceptance, or to a
/// state.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub base: u32,
    pub start: u32,
    pub end: Option<End>,
    /// Whether the texts have to be in the language, or must not be.
    pub positive: bool,
}

/// A state in which texts end.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub state: u32,
    /// The states that lead to it.
    pub before: Arc<[bool]>,
}

/// First and last letter, and the state that they lead to.
pub(super) type Moves = Arc<[(u32, u32, u32)]>;

/// The product, as far as it is made. State 0 is the first, unless nothing is accepted.
pub(super) struct Product<'a> {
    automata: &'a mut Automata,
    components: Vec<Component>,
    states: Vec<State>,
    numbers: FxHashMap<Arc<[u32]>, u32>,
    bound: usize,
    words: usize,
}

struct State {
    /// Numbers of components with their states, one after another.
    key: Arc<[u32]>,
    accepts: bool,
    /// The state and the letter that it was first reached by.
    reached_by: Option<(u32, u32)>,
    moves: Option<Moves>,
}

/// A component in a state.
struct Place {
    index: usize,
    positive: bool,
    edges: Edges,
}

/// How a component stands.
enum Standing {
    /// No text leads to the end.
    Lost,
    /// Every text leads to the end.
    Won,
    Open,
}

impl<'a> Product<'a> {
    pub fn new(
        automata: &'a mut Automata,
        components: Vec<Component>,
        bound: usize,
    ) -> Result<Self, Exhausted> {
        let mut product = Self {
            automata,
            components,
            states: Vec::new(),
            numbers: FxHashMap::default(),
            bound,
            words: 0,
        };
        let mut key = Some(Vec::new());
        for index in 0..product.components.len() {
            let Some(start) = product.components.get(index).map(|component| component.start) else {
                continue;
            };
            key = key.and_then(|key| product.extended(key, index, start));
        }
        if let Some(key) = key {
            product.intern(key, None)?;
        }
        Ok(product)
    }

    /// The number of states that are made.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    pub fn accepts(&self, state: u32) -> bool {
        self.states.get(state as usize).is_some_and(|state| state.accepts)
    }

    /// The first text, if there is one.
    pub fn least(&mut self) -> Result<Option<Vec<u32>>, Exhausted> {
        // States are numbered in the order of the first texts that lead to them.
        let (mut state, mut seen) = (0, 0);
        loop {
            if let Some(found) =
                self.states.get(seen..).and_then(|new| new.iter().position(|state| state.accepts))
            {
                return Ok(Some(self.path(u32::try_from(seen + found).unwrap_or(0))));
            }
            seen = self.states.len();
            if state as usize >= seen {
                break;
            }
            self.moves(state)?;
            state += 1;
        }
        Ok(None)
    }

    fn path(&self, mut state: u32) -> Vec<u32> {
        let mut letters = Vec::new();
        while let Some((before, letter)) =
            self.states.get(state as usize).and_then(|state| state.reached_by)
        {
            letters.push(letter);
            state = before;
        }
        letters.reverse();
        letters
    }

    /// Where letters lead from a state, the most natural first.
    pub fn moves(&mut self, state: u32) -> Result<Moves, Exhausted> {
        let Some((key, known)) =
            self.states.get(state as usize).map(|state| (state.key.clone(), state.moves.clone()))
        else {
            return Ok(Moves::from([]));
        };
        if let Some(moves) = known {
            return Ok(moves);
        }
        let places = self.places(&key)?;
        let mut moves: Vec<(u32, u32, u32)> = Vec::new();
        for (low, high) in self.pieces(&places) {
            let Some(key) = self.after(&places, low) else { continue };
            let next = self.intern(key, Some((state, low)))?;
            match moves.last_mut() {
                Some(last) if last.2 == next && last.1 + 1 == low => last.1 = high,
                _ => moves.push((low, high, next)),
            }
        }
        self.charge(moves.len() * 3)?;
        let moves = Moves::from(moves);
        if let Some(state) = self.states.get_mut(state as usize) {
            state.moves = Some(moves.clone());
        }
        Ok(moves)
    }

    /// The components of a state, with the edges that lead on from theirs.
    fn places(&mut self, key: &[u32]) -> Result<Vec<Place>, Exhausted> {
        let mut places = Vec::with_capacity(key.len() / 2);
        for pair in key.chunks_exact(2) {
            let &[index, state] = pair else { continue };
            let Some((base, positive)) =
                self.components.get(index as usize).map(|one| (one.base, one.positive))
            else {
                continue;
            };
            let edges = self.automata.edges(base, state);
            let info = self.automata.info(base, state);
            self.charge(work(edges.len(), info))?;
            places.push(Place { index: index as usize, positive, edges });
        }
        Ok(places)
    }

    /// The ranges of letters that no edge cuts, without those by which a positive component is
    /// lost.
    fn pieces(&mut self, places: &[Place]) -> Vec<(u32, u32)> {
        let mut ranges = vec![(0, LETTERS - 1)];
        for place in places.iter().filter(|place| place.positive) {
            let mut kept: Vec<(u32, u32)> = Vec::new();
            for (low, high, next) in ranges.into_iter().flat_map(|range| cut(&place.edges, range)) {
                if !matches!(self.standing(place.index, next), Standing::Lost) {
                    kept.push((low, high));
                }
            }
            ranges = kept;
        }
        let mut pieces = Vec::new();
        for (low, high) in ranges {
            let mut lows = vec![low];
            for place in places.iter().filter(|place| !place.positive) {
                let from = place.edges.partition_point(|edge| edge.0 <= low);
                lows.extend(
                    place
                        .edges
                        .iter()
                        .skip(from)
                        .map(|edge| edge.0)
                        .take_while(|start| *start <= high),
                );
            }
            lows.sort_unstable();
            lows.dedup();
            let ends = lows.iter().skip(1).map(|next| next - 1).chain([high]);
            pieces.extend(lows.iter().copied().zip(ends));
        }
        pieces
    }

    /// The key of the state that a letter leads to; `None` if nothing can follow.
    fn after(&mut self, places: &[Place], letter: u32) -> Option<Vec<u32>> {
        places.iter().try_fold(Vec::with_capacity(places.len() * 2), |key, place| {
            self.extended(key, place.index, target(&place.edges, letter))
        })
    }

    /// A key with the state of one more component; `None` if it is lost.
    fn extended(&mut self, mut key: Vec<u32>, index: usize, state: u32) -> Option<Vec<u32>> {
        match self.standing(index, state) {
            Standing::Lost => return None,
            Standing::Won => {}
            Standing::Open => key.extend([u32::try_from(index).unwrap_or(u32::MAX), state]),
        }
        Some(key)
    }

    fn standing(&mut self, index: usize, state: u32) -> Standing {
        let Some(component) = self.components.get(index) else { return Standing::Open };
        let (base, positive) = (component.base, component.positive);
        let fate = match &component.end {
            None => self.automata.info(base, state).fate,
            Some(end) if end.before.get(state as usize) == Some(&false) => Fate::Nothing,
            Some(end)
                if end.state == state && self.automata.info(base, state).fate != Fate::Open =>
            {
                Fate::Everything
            }
            Some(_) => Fate::Open,
        };
        match (fate, positive) {
            (Fate::Nothing, true) | (Fate::Everything, false) => Standing::Lost,
            (Fate::Nothing, false) | (Fate::Everything, true) => Standing::Won,
            (Fate::Open, _) => Standing::Open,
        }
    }

    fn intern(&mut self, key: Vec<u32>, reached_by: Option<(u32, u32)>) -> Result<u32, Exhausted> {
        if let Some(number) = self.numbers.get(key.as_slice()) {
            return Ok(*number);
        }
        let (mut accepts, mut words) = (true, 8);
        for pair in key.chunks_exact(2) {
            let &[index, state] = pair else { continue };
            let Some(component) = self.components.get(index as usize) else { continue };
            let info = self.automata.info(component.base, state);
            let ends = component.end.as_ref().map_or(info.accepts, |end| end.state == state);
            accepts &= ends == component.positive;
            words += 2 + info.weight as usize;
        }
        self.charge(words)?;
        if self.states.len() >= self.bound {
            return Err(Exhausted { states: self.bound });
        }
        let number =
            u32::try_from(self.states.len()).map_err(|_| Exhausted { states: self.bound })?;
        let key: Arc<[u32]> = key.into();
        self.states.push(State { key: key.clone(), accepts, reached_by, moves: None });
        self.numbers.insert(key, number);
        Ok(number)
    }

    /// Counts memory.
    pub fn charge(&mut self, words: usize) -> Result<(), Exhausted> {
        self.words += words;
        if self.words > self.bound.saturating_mul(WORDS) {
            Err(Exhausted { states: self.bound })
        } else {
            Ok(())
        }
    }
}

/// A range of letters, cut where edges are: with the states that they lead to.
fn cut(edges: &[(u32, u32)], (low, high): (u32, u32)) -> Vec<(u32, u32, u32)> {
    let first = edges.partition_point(|edge| edge.0 <= low).saturating_sub(1);
    let ends = edges.iter().skip(first + 1).map(|edge| edge.0 - 1).chain([LETTERS - 1]);
    let pieces = edges.iter().skip(first).zip(ends).take_while(|(edge, _)| edge.0 <= high);
    pieces.map(|(edge, end)| (low.max(edge.0), high.min(end), edge.1)).collect()
}
