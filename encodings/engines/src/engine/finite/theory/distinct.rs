//! Choosing different values where values must differ.

use crate::language::Exhausted;
use keyaki_logic::term::Value;
use std::collections::BTreeSet;

/// Steps of one search. Beyond them nothing is said.
const STEPS: usize = 100_000;

/// One value for each class, from its candidates, such that neighbours differ; none iff there is no
/// such choice. A class with fewer candidates than it has neighbours and one must list all of its
/// values.
pub(super) fn choose(
    candidates: &[Vec<Value>],
    neighbours: &[Vec<usize>],
) -> Result<Option<Vec<Value>>, Exhausted> {
    let degree = |class: &usize| neighbours.get(*class).map_or(0, Vec::len);
    let count = |class: &usize| candidates.get(*class).map_or(0, Vec::len);
    // Those with a candidate to spare, whatever the others take, come last.
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|class| (count(class) > degree(class), count(class), *class));
    let mut search =
        Search { candidates, neighbours, order, chosen: vec![None; candidates.len()], steps: 0 };
    let found = search.run()?;
    Ok(found.then(|| search.chosen.into_iter().flatten().cloned().collect()))
}

struct Search<'a> {
    candidates: &'a [Vec<Value>],
    neighbours: &'a [Vec<usize>],
    order: Vec<usize>,
    chosen: Vec<Option<&'a Value>>,
    steps: usize,
}

impl Search<'_> {
    /// Chooses in order, going back where nothing is left: without recursion.
    fn run(&mut self) -> Result<bool, Exhausted> {
        let mut tried = vec![0; self.order.len()];
        let mut at = 0;
        while let Some(&class) = self.order.get(at) {
            self.steps += 1;
            if self.steps > STEPS {
                return Err(Exhausted { states: STEPS });
            }
            let taken: BTreeSet<&Value> = self.taken(class);
            let from = tried.get(at).copied().unwrap_or(0);
            let own = self.candidates.get(class).map_or(&[][..], Vec::as_slice);
            let next = own.iter().enumerate().skip(from).find(|(_, value)| !taken.contains(value));
            let (Some(place), Some(mark)) = (self.chosen.get_mut(class), tried.get_mut(at)) else {
                return Ok(false);
            };
            match next {
                Some((index, value)) => {
                    *place = Some(value);
                    *mark = index + 1;
                    at += 1;
                }
                None => {
                    *place = None;
                    *mark = 0;
                    let Some(before) = at.checked_sub(1) else { return Ok(false) };
                    at = before;
                    if let Some(place) =
                        self.order.get(at).and_then(|class| self.chosen.get_mut(*class))
                    {
                        *place = None;
                    }
                }
            }
        }
        Ok(true)
    }

    fn taken(&self, class: usize) -> BTreeSet<&Value> {
        let neighbours = self.neighbours.get(class).into_iter().flatten();
        neighbours.filter_map(|other| self.chosen.get(*other).copied().flatten()).collect()
    }
}
