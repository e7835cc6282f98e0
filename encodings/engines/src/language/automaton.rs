//! Deterministic automata, built as far as they are asked for.
//!
//! The states of an expression's automaton are the sets of nodes of a nondeterministic one.
//! Complements, intersections and unions of expressions have those of their parts for states. Where
//! complements stand inside an expression, and where it is too large, its derivatives are the
//! states.

use super::derivative::boundaries;
use super::letter::{LETTERS, character};
use super::nfa::{ACCEPT, Nfa};
use keyaki_logic::regex::Regex;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The state before anything is read, in every automaton.
pub(super) const START: u32 = 0;

/// Where letters lead: the first letter of each range of letters, with the state. The first range
/// begins at 0.
pub(super) type Edges = Arc<[(u32, u32)]>;

/// Expressions by number, with their automata.
#[derive(Default, Debug)]
pub(super) struct Automata {
    bases: Vec<Base>,
    /// How much memory the automata take, in words.
    size: usize,
    /// How much memory they ever took, in words; what was forgotten counts, too.
    ever: usize,
    /// How many nodes an automaton may have that is not deterministic.
    nodes: usize,
}

#[derive(Debug)]
struct Base {
    regex: Regex,
    structure: Structure,
    automaton: Option<Box<Automaton>>,
    /// Whether somebody knows states of the automaton.
    pinned: bool,
}

/// How an expression is made of others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Structure {
    /// Not of others that have numbers.
    Leaf,
    Not(u32),
    All(Arc<[u32]>),
    Any(Arc<[u32]>),
}

#[derive(Debug)]
struct Automaton {
    machine: Machine,
    states: Vec<State>,
    numbers: FxHashMap<Key, u32>,
}

#[derive(Debug)]
enum Machine {
    Sets(Nfa),
    Derivatives,
    /// The states of the parts side by side.
    Parts(Arc<[u32]>, Junction),
}

#[derive(Clone, Copy, Debug)]
enum Junction {
    Not,
    All,
    Any,
}

/// A state of an automaton of parts: the parts, what they are joined by, and their states.
type Joint = (Arc<[u32]>, Junction, Arc<[u32]>);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    Numbers(Arc<[u32]>),
    Regex(Regex),
}

#[derive(Debug)]
struct State {
    key: Key,
    info: Info,
    edges: Option<Edges>,
}

/// What is known of a state.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Info {
    /// Whether a text may end here.
    pub accepts: bool,
    /// Whether it is known that nothing, or everything, is accepted from here. Such a state is the
    /// only one of its kind, and leads to itself.
    pub fate: Fate,
    /// The memory that it takes, in words.
    pub weight: u32,
}

/// What may follow a state, as far as it is seen at a glance.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Fate {
    Nothing,
    Everything,
    #[default]
    Open,
}

impl Automata {
    pub fn new(nodes: usize) -> Self {
        Self { bases: Vec::new(), size: 0, ever: 0, nodes }
    }

    /// Numbers an expression that has none yet.
    pub fn add(&mut self, regex: Regex, structure: Structure) -> u32 {
        self.bases.push(Base { regex, structure, automaton: None, pinned: false });
        u32::try_from(self.bases.len() - 1).unwrap_or(u32::MAX)
    }

    pub fn structure(&self, base: u32) -> Structure {
        self.bases.get(base as usize).map_or(Structure::Leaf, |base| base.structure.clone())
    }

    /// Keeps the states of an automaton valid from now on.
    pub fn pin(&mut self, base: u32) {
        let mut open = vec![base];
        while let Some(base) = open.pop() {
            if let Some(entry) = self.bases.get_mut(base as usize).filter(|entry| !entry.pinned) {
                entry.pinned = true;
                match &entry.structure {
                    Structure::Leaf => {}
                    Structure::Not(part) => open.push(*part),
                    Structure::All(parts) | Structure::Any(parts) => open.extend(parts.iter()),
                }
            }
        }
    }

    /// A bound of the memory that the automata take, in words: what they ever took.
    pub fn ever(&self) -> usize {
        self.ever
    }

    fn grow(&mut self, words: usize) {
        self.size += words;
        self.ever += words;
    }

    /// How much memory the automata take, in words.
    #[cfg(test)]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Forgets automata when they take more than so many words.
    pub fn trim(&mut self, words: usize) {
        if self.size > words {
            self.size = 0;
            self.bases
                .iter_mut()
                .filter(|base| !base.pinned)
                .for_each(|base| base.automaton = None);
        }
    }

    /// What is known of a state.
    pub fn info(&mut self, base: u32, state: u32) -> Info {
        self.automaton(base);
        self.existing(base, state).map_or_else(Info::default, |state| state.info)
    }

    /// Where letters lead from a state.
    pub fn edges(&mut self, base: u32, state: u32) -> Edges {
        self.automaton(base);
        if let Some(edges) = self.existing(base, state).and_then(|state| state.edges.clone()) {
            return edges;
        }
        let edges = match self.parts_of(base, state) {
            Some((parts, junction, key)) => self.joined_edges(base, &parts, junction, &key),
            None => self.own_edges(base, state),
        };
        self.grow(edges.len());
        if let Some(state) =
            self.slot(base).and_then(|automaton| automaton.states.get_mut(state as usize))
        {
            state.edges = Some(edges.clone());
        }
        edges
    }

    /// Where a letter leads from a state.
    pub fn next(&mut self, base: u32, state: u32, letter: u32) -> u32 {
        target(&self.edges(base, state), letter)
    }

    fn slot(&mut self, base: u32) -> Option<&mut Automaton> {
        self.bases.get_mut(base as usize)?.automaton.as_deref_mut()
    }

    fn existing(&self, base: u32, state: u32) -> Option<&State> {
        self.bases.get(base as usize)?.automaton.as_ref()?.states.get(state as usize)
    }

    /// Makes sure that there is an automaton with its first state.
    fn automaton(&mut self, base: u32) {
        let Some(entry) = self.bases.get(base as usize).filter(|entry| entry.automaton.is_none())
        else {
            return;
        };
        let (regex, structure) = (entry.regex.clone(), entry.structure.clone());
        let plain = if matches!(structure, Structure::Not(_) | Structure::All(_)) {
            None
        } else {
            Nfa::new(&regex, self.nodes)
        };
        let (machine, key) = match (plain, structure) {
            (Some(mut nfa), _) => {
                let start = nfa.start();
                self.grow(nfa.size());
                (Machine::Sets(nfa), Key::Numbers(start.into()))
            }
            (None, Structure::Leaf) => (Machine::Derivatives, Key::Regex(regex)),
            (None, Structure::Not(part)) => self.parts(&[part], Junction::Not),
            (None, Structure::All(parts)) => self.parts(&parts, Junction::All),
            (None, Structure::Any(parts)) => self.parts(&parts, Junction::Any),
        };
        if let Some(entry) = self.bases.get_mut(base as usize) {
            entry.automaton = Some(Box::new(Automaton {
                machine,
                states: Vec::new(),
                numbers: FxHashMap::default(),
            }));
        }
        self.intern(base, key);
    }

    fn parts(&mut self, parts: &[u32], junction: Junction) -> (Machine, Key) {
        let key = self.joined(parts, junction, &vec![START; parts.len()]);
        (Machine::Parts(parts.into(), junction), key)
    }

    fn parts_of(&self, base: u32, state: u32) -> Option<Joint> {
        let automaton = self.bases.get(base as usize)?.automaton.as_ref()?;
        match (&automaton.machine, &automaton.states.get(state as usize)?.key) {
            (Machine::Parts(parts, junction), Key::Numbers(key)) => {
                Some((parts.clone(), *junction, key.clone()))
            }
            _ => None,
        }
    }

    fn own_edges(&mut self, base: u32, state: u32) -> Edges {
        let Some(automaton) = self.slot(base) else { return Edges::from([]) };
        let Some(key) = automaton.states.get(state as usize).map(|state| state.key.clone()) else {
            return Edges::from([]);
        };
        let successors: Vec<(u32, Key)> = match (&mut automaton.machine, key) {
            (Machine::Sets(nfa), Key::Numbers(set)) => nfa
                .successors(&set)
                .into_iter()
                .map(|(low, next)| (low, Key::Numbers(next.into())))
                .collect(),
            (_, Key::Regex(regex)) => boundaries(&regex)
                .into_iter()
                .map(|low| (low, Key::Regex(regex.derivative(character(low)))))
                .collect(),
            (_, Key::Numbers(_)) => Vec::new(),
        };
        self.interned(base, successors)
    }

    fn joined_edges(&mut self, base: u32, parts: &[u32], junction: Junction, key: &[u32]) -> Edges {
        if key.len() != parts.len() {
            return self.interned(base, vec![(0, Key::Numbers(key.into()))]);
        }
        let edges: Vec<Edges> =
            parts.iter().zip(key).map(|(part, state)| self.edges(*part, *state)).collect();
        let mut lows: Vec<u32> =
            edges.iter().flat_map(|edges| edges.iter().map(|edge| edge.0)).collect();
        lows.sort_unstable();
        lows.dedup();
        let mut successors = Vec::with_capacity(lows.len());
        for low in lows {
            let next: Vec<u32> = edges.iter().map(|edges| target(edges, low)).collect();
            successors.push((low, self.joined(parts, junction, &next)));
        }
        self.interned(base, successors)
    }

    /// States side by side; those that decide are all written alike.
    fn joined(&mut self, parts: &[u32], junction: Junction, states: &[u32]) -> Key {
        let fates: Vec<Fate> =
            parts.iter().zip(states).map(|(part, state)| self.info(*part, *state).fate).collect();
        let decided = match junction {
            Junction::Not if fates.contains(&Fate::Nothing) => Some(Fate::Everything),
            Junction::Not if fates.contains(&Fate::Everything) => Some(Fate::Nothing),
            Junction::All if fates.contains(&Fate::Nothing) => Some(Fate::Nothing),
            Junction::All if fates.iter().all(|fate| *fate == Fate::Everything) => {
                Some(Fate::Everything)
            }
            Junction::Any if fates.contains(&Fate::Everything) => Some(Fate::Everything),
            Junction::Any if fates.iter().all(|fate| *fate == Fate::Nothing) => Some(Fate::Nothing),
            Junction::Not | Junction::All | Junction::Any => None,
        };
        match decided {
            // No states in this length: an automaton of parts has at least one.
            Some(Fate::Nothing) => Key::Numbers(Arc::from([])),
            Some(_) => Key::Numbers(vec![1; parts.len() + 1].into()),
            None => Key::Numbers(states.into()),
        }
    }

    fn interned(&mut self, base: u32, successors: Vec<(u32, Key)>) -> Edges {
        let mut edges: Vec<(u32, u32)> = Vec::with_capacity(successors.len());
        for (low, key) in successors {
            let state = self.intern(base, key);
            if edges.last().is_none_or(|last| last.1 != state) {
                edges.push((low, state));
            }
        }
        edges.into()
    }

    fn intern(&mut self, base: u32, key: Key) -> u32 {
        if let Some(number) = self.slot(base).and_then(|automaton| automaton.numbers.get(&key)) {
            return *number;
        }
        let info = self.inspect(base, &key);
        self.grow(info.weight as usize + 8);
        let Some(automaton) = self.slot(base) else { return START };
        let number = u32::try_from(automaton.states.len()).unwrap_or(u32::MAX);
        automaton.states.push(State { key: key.clone(), info, edges: None });
        automaton.numbers.insert(key, number);
        number
    }

    fn inspect(&mut self, base: u32, key: &Key) -> Info {
        let Some(machine) = self.slot(base).map(|automaton| &automaton.machine) else {
            return Info::default();
        };
        match (machine, key) {
            (_, Key::Regex(regex)) => {
                let fate = if regex.is_empty() {
                    Fate::Nothing
                } else if regex.is_all() {
                    Fate::Everything
                } else {
                    Fate::Open
                };
                Info { accepts: regex.is_nullable(), fate, weight: super::derivative::size(regex) }
            }
            (Machine::Sets(nfa), Key::Numbers(set)) => {
                let fate = if set.is_empty() {
                    Fate::Nothing
                } else if nfa.is_universal(set) {
                    Fate::Everything
                } else {
                    Fate::Open
                };
                Info {
                    accepts: set.first() == Some(&ACCEPT),
                    fate,
                    weight: u32::try_from(set.len()).unwrap_or(u32::MAX),
                }
            }
            (Machine::Parts(parts, junction), Key::Numbers(states)) => {
                let (parts, junction) = (parts.clone(), *junction);
                self.inspect_parts(&parts, junction, states)
            }
            (Machine::Derivatives, Key::Numbers(_)) => Info::default(),
        }
    }

    fn inspect_parts(&mut self, parts: &[u32], junction: Junction, states: &[u32]) -> Info {
        if states.is_empty() {
            return Info { accepts: false, fate: Fate::Nothing, weight: 1 };
        }
        if states.len() > parts.len() {
            return Info { accepts: true, fate: Fate::Everything, weight: 1 };
        }
        let infos: Vec<Info> =
            parts.iter().zip(states).map(|(part, state)| self.info(*part, *state)).collect();
        let accepts = match junction {
            Junction::Not => infos.iter().all(|info| !info.accepts),
            Junction::All => infos.iter().all(|info| info.accepts),
            Junction::Any => infos.iter().any(|info| info.accepts),
        };
        let weight = infos.iter().fold(1, |sum: u32, info| sum.saturating_add(info.weight));
        Info { accepts, fate: Fate::Open, weight }
    }
}

/// The state that a letter leads to.
pub(super) fn target(edges: &[(u32, u32)], letter: u32) -> u32 {
    debug_assert!(letter < LETTERS, "a letter");
    let at = edges.partition_point(|edge| edge.0 <= letter);
    at.checked_sub(1).and_then(|at| edges.get(at)).map_or(START, |edge| edge.1)
}

/// What it takes to make the edges of a state, in words of memory for which it takes as long.
pub(super) fn work(edges: usize, info: Info) -> usize {
    edges + edges.saturating_mul(info.weight as usize) / 64
}
