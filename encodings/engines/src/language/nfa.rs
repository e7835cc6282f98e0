//! Nondeterministic automata of regular expressions without complements and intersections.
//!
//! K. Thompson: Regular expression search algorithm, 1968. Built from the end to the beginning, so
//! that what follows exists already.

use super::letter::{Letters, letter};
use keyaki_logic::regex::Regex;
use rustc_hash::FxHashMap;

/// The node at which a text is accepted.
pub(super) const ACCEPT: u32 = 0;

/// An automaton whose states are sets of its nodes.
#[derive(Debug)]
pub(super) struct Nfa {
    nodes: Vec<Node>,
    start: u32,
    /// Nodes from which acceptance can be reached.
    live: Vec<bool>,
    /// For a node that reads anything for ever, `.*`: the last of the nodes after it whose way to
    /// acceptance leads through it. What they accept is accepted by the `.*` as well.
    loops: FxHashMap<u32, u32>,
    /// Nodes that accept everything.
    universal: Vec<bool>,
    /// Marks of nodes that the present search has seen.
    seen: Vec<u32>,
    search: u32,
}

#[derive(Debug)]
enum Node {
    Accept,
    /// Reads one of the letters.
    Step(Letters, u32),
    /// Goes to any of these without reading.
    Split(Vec<u32>),
}

impl Nfa {
    /// The automaton of an expression; `None` if that has a complement or intersection inside, or
    /// takes more than `bound` nodes.
    pub fn new(regex: &Regex, bound: usize) -> Option<Self> {
        let mut builder = Builder { nodes: vec![Node::Accept], loops: FxHashMap::default(), bound };
        let start = builder.build(regex, ACCEPT)?;
        let count = builder.nodes.len();
        let mut nfa = Self {
            nodes: builder.nodes,
            start,
            live: vec![false; count],
            loops: builder.loops,
            universal: vec![false; count],
            seen: vec![0; count],
            search: 0,
        };
        nfa.mark_live();
        nfa.mark_universal();
        Some(nfa)
    }

    /// How much memory it takes, in nodes.
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// The set of nodes before anything is read.
    pub fn start(&mut self) -> Vec<u32> {
        self.closure(&[self.start])
    }

    /// The sets that the letters lead to: each with the first letter that leads there, up to the
    /// next one's. The first begins at 0.
    pub fn successors(&mut self, set: &[u32]) -> Vec<(u32, Vec<u32>)> {
        let mut events: Vec<(u32, bool, u32)> = Vec::new();
        for &node in set {
            if let Some(Node::Step(letters, target)) = self.nodes.get(node as usize) {
                for &(low, high) in letters.ranges() {
                    events.extend([(low, true, *target), (high + 1, false, *target)]);
                }
            }
        }
        events.sort_unstable();
        let mut active: Vec<u32> = Vec::new();
        let mut successors: Vec<(u32, Vec<u32>)> = Vec::new();
        if events.first().is_none_or(|event| event.0 > 0) {
            successors.push((0, Vec::new()));
        }
        for group in events.chunk_by(|a, b| a.0 == b.0) {
            for &(_, begins, target) in group {
                let at = active.partition_point(|&other| other < target);
                if begins {
                    active.insert(at, target);
                } else if active.get(at) == Some(&target) {
                    active.remove(at);
                }
            }
            let next = self.closure(&active);
            if let Some(first) =
                group.first().filter(|_| successors.last().is_none_or(|last| last.1 != next))
            {
                successors.push((first.0, next));
            }
        }
        successors.retain(|(low, _)| *low < super::letter::LETTERS);
        successors
    }

    /// Whether a set accepts everything.
    pub fn is_universal(&self, set: &[u32]) -> bool {
        set.iter().any(|&node| self.universal.get(node as usize) == Some(&true))
    }

    /// The nodes that read, and acceptance, as far as they are reached without reading and are of
    /// use; sorted.
    fn closure(&mut self, from: &[u32]) -> Vec<u32> {
        self.search += 1;
        let (mut found, mut open) = (Vec::new(), from.to_vec());
        while let Some(node) = open.pop() {
            let Some(seen) = self.seen.get_mut(node as usize).filter(|seen| **seen != self.search)
            else {
                continue;
            };
            *seen = self.search;
            match self.nodes.get(node as usize) {
                Some(Node::Split(targets)) => open.extend(targets),
                _ if self.live.get(node as usize) == Some(&true) => found.push(node),
                _ => {}
            }
        }
        found.sort_unstable();
        self.reduce(found)
    }

    /// Leaves out nodes that a `.*` behind them makes superfluous.
    fn reduce(&self, set: Vec<u32>) -> Vec<u32> {
        if let Some(&node) =
            set.iter().find(|&&node| self.universal.get(node as usize) == Some(&true))
        {
            return vec![ACCEPT, node];
        }
        let mut covered = 0;
        let mut kept = Vec::with_capacity(set.len());
        for node in set {
            if node > covered {
                covered = self.loops.get(&node).copied().unwrap_or(covered);
                kept.push(node);
            } else if node == ACCEPT {
                kept.push(node);
            }
        }
        kept
    }

    fn mark_live(&mut self) {
        let mut before: Vec<Vec<u32>> = vec![Vec::new(); self.nodes.len()];
        for (node, kind) in (0..).zip(&self.nodes) {
            let targets = match kind {
                Node::Accept => &[][..],
                Node::Step(_, target) => std::slice::from_ref(target),
                Node::Split(targets) => targets,
            };
            for &target in targets {
                if let Some(list) = before.get_mut(target as usize) {
                    list.push(node);
                }
            }
        }
        let mut open = vec![ACCEPT];
        while let Some(node) = open.pop() {
            if let Some(live) = self.live.get_mut(node as usize).filter(|live| !**live) {
                *live = true;
                open.extend(before.get(node as usize).into_iter().flatten());
            }
        }
    }

    /// `.*` at the very end, and what leads only there.
    fn mark_universal(&mut self) {
        for node in 0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX) {
            let Some(Node::Step(letters, target)) = self.nodes.get(node as usize) else { continue };
            if letters.is_full() {
                let reached = self.closure(&[*target]);
                if let Some(universal) = self.universal.get_mut(node as usize) {
                    *universal = reached.first() == Some(&ACCEPT) && reached.contains(&node);
                }
            }
        }
    }
}

struct Builder {
    nodes: Vec<Node>,
    loops: FxHashMap<u32, u32>,
    bound: usize,
}

impl Builder {
    fn push(&mut self, node: Node) -> Option<u32> {
        let number = u32::try_from(self.nodes.len()).ok()?;
        self.nodes.push(node);
        (self.nodes.len() <= self.bound).then_some(number)
    }

    /// A node from which exactly the texts of the language lead to `next`.
    fn build(&mut self, regex: &Regex, next: u32) -> Option<u32> {
        match regex {
            Regex::Empty => self.push(Node::Split(Vec::new())),
            Regex::Literal(text) => text
                .chars()
                .rev()
                .try_fold(next, |next, c| self.push(Node::Step(Letters::one(letter(c)), next))),
            Regex::Class(class) => match Letters::of_class(class) {
                Some(letters) => self.push(Node::Step(letters, next)),
                None => self.push(Node::Split(Vec::new())),
            },
            Regex::Concat(parts) => self.concat(parts, next),
            Regex::Union(parts) => {
                let entries =
                    parts.iter().map(|part| self.build(part, next)).collect::<Option<_>>()?;
                self.push(Node::Split(entries))
            }
            Regex::Star(inner) => {
                let split = self.push(Node::Split(Vec::new()))?;
                let body = self.build(inner, split)?;
                *self.nodes.get_mut(split as usize)? = Node::Split(vec![body, next]);
                Some(split)
            }
            Regex::Repeat(inner, low, high) => {
                let optional = (*low..*high).try_fold(next, |entry, _| {
                    let body = self.build(inner, entry)?;
                    self.push(Node::Split(vec![body, next]))
                })?;
                (0..*low).try_fold(optional, |entry, _| self.build(inner, entry))
            }
            Regex::Intersection(_) | Regex::Complement(_) => None,
        }
    }

    fn concat(&mut self, parts: &[Regex], next: u32) -> Option<u32> {
        let mut loops = Vec::new();
        let mut entry = next;
        for part in parts.iter().rev() {
            entry = self.build(part, entry)?;
            if part.is_all() {
                loops.push(entry + 1);
            }
        }
        let last = u32::try_from(self.nodes.len()).ok()? - 1;
        self.loops.extend(loops.into_iter().map(|node| (node, last)));
        Some(entry)
    }
}
