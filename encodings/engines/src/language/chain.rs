//! Automata that are expressions of the simplest kind.

use super::Languages;
use super::letter::{LETTERS, Letters};
use super::product::End;
use keyaki_logic::regex::Regex;

/// Automata with more states are left as they are.
const STATES: usize = 1024;

impl Languages {
    /// The expression for the texts that lead from a state to an end, if it is a sequence of
    /// characters and repetitions of one: if each state that is of use leads to itself and to at
    /// most one other.
    pub(super) fn chain(&mut self, base: u32, from: u32, end: Option<&End>) -> Option<Regex> {
        let states = self.explore(base, from, STATES).ok()?;
        let mut ends = Vec::new();
        for &state in &states {
            if end.map_or_else(|| self.automata.info(base, state).accepts, |end| end.state == state)
            {
                ends.push(state);
            }
        }
        let useful = self.before(base, &states, &ends);
        if useful.get(from as usize) != Some(&true) {
            return Some(Regex::Empty);
        }
        let (mut parts, mut state) = (Vec::new(), from);
        for _ in &states {
            let (mut own, mut on, mut next) = (Vec::new(), Vec::new(), None);
            let edges = self.automata.edges(base, state);
            let highs = edges.iter().skip(1).map(|edge| edge.0 - 1).chain([LETTERS - 1]);
            for (&(low, target), high) in edges.iter().zip(highs) {
                if target == state {
                    own.push((low, high));
                } else if useful.get(target as usize) == Some(&true) {
                    if next.is_some_and(|next| next != target) {
                        return None;
                    }
                    next = Some(target);
                    on.push((low, high));
                }
            }
            parts.extend(Letters::of_ranges(own).map(|own| Regex::star(Regex::class(own.class()))));
            match (ends.contains(&state), next) {
                (true, None) => return Some(Regex::concat(parts)),
                (false, Some(next)) => state = next,
                _ => return None,
            }
            parts.extend(Letters::of_ranges(on).map(|on| Regex::class(on.class())));
        }
        None
    }
}
