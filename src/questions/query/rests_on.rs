//! Which model choices a "no" rests on.

use super::alike::ToldAlike;
use super::ground::Posing;
use super::judge::Judge;
use super::propose::OF_A_CHOICE;
use super::search::Found;
use super::{Query, QueryError, Requests, Solver, finished};
use keyaki_engines::engine::Limits;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::world::{Assumptions, ModelChoice};
use std::collections::BTreeSet;

/// The model choices that a "no" rests on: an unsatisfiable core over them, none of which can be
/// left out alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestsOn {
    /// The choices, in order. None: the answer is "no" whatever is assumed.
    pub choices: Vec<ModelChoice>,
    /// Whether some of them were not tried, for want of time or because that is too much work, and
    /// may not be needed.
    pub undecided: bool,
}

impl RestsOn {
    /// What either rests on.
    pub fn and(self, other: RestsOn) -> RestsOn {
        let choices = ModelChoice::ALL
            .into_iter()
            .filter(|choice| self.choices.contains(choice) || other.choices.contains(choice));
        RestsOn { choices: choices.collect(), undecided: self.undecided || other.undecided }
    }
}

impl Query<'_> {
    /// What the answer "no" rests on: the question is asked again without the choices, first
    /// without any, then without one after the other. All of this has the timeout of one question.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn rests_on(&self, solver: &Solver, limits: &Limits) -> Result<RestsOn, QueryError> {
        let ground = self.ground();
        let slice = self.slice();
        let slice = slice.of(self);
        let keys = self.keys();
        slice.rests_on_posed((self, &keys), &Posing::new(&slice, &ground), None, solver, limits)
    }

    /// The same of the slice of a query, which names these keys. It is posed where an engine has to be
    /// asked; `told` is what questions like it told.
    pub(super) fn rests_on_posed(
        &self,
        (whole, keys): (&Query<'_>, &BTreeSet<&ContextKey>),
        posing: &Posing<'_, '_, '_>,
        told: Option<ToldAlike<'_>>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<RestsOn, QueryError> {
        let Requests::Feasible(world) = self.requests else { return Ok(RestsOn::default()) };
        let (solver, limits) = (&solver.unrecorded(), &limits.begun());
        let refuted = |assumptions: Assumptions| -> Result<Option<bool>, QueryError> {
            let whole = Query { requests: whole.requests.under(assumptions), ..whole.clone() };
            if let Some(told) = told {
                if told.refutes(assumptions) {
                    return Ok(Some(true));
                }
                if told.alike.is_answered(&whole) {
                    return Ok(Some(false));
                }
            }
            let query = Query { requests: self.requests.under(assumptions), ..self.clone() };
            let proposed = Judge::of(&query).proposed(keys, solver, limits, OF_A_CHOICE)?;
            if let Some(request) = proposed.filter(|request| whole.holds_with(request, keys)) {
                told.into_iter().for_each(|told| told.alike.answers(request.clone()));
                return Ok(Some(false));
            }
            if limits.deadline.is_reached() {
                return Ok(None);
            }
            let Ok(posed) = finished(posing.within(limits))? else { return Ok(None) };
            let Ok(found) = query.search_posed(posed, solver, limits)? else { return Ok(None) };
            Ok(match found {
                Found::Nothing => Some(true),
                Found::Request(request) => {
                    told.into_iter().for_each(|told| told.alike.answers(request.clone()));
                    Some(false)
                }
                Found::Unknown(_) => None,
            })
        };
        let mut guesses = told.map(|told| told.alike.guesses()).unwrap_or_default();
        guesses.extend(LIKELY.map(|one| vec![one]));
        let rests_on = needed_as(world.assumptions, &guesses, refuted)?;
        if let Some(told) = told.filter(|_| !rests_on.undecided) {
            told.alike.rests(&rests_on.choices);
        }
        Ok(rests_on)
    }
}

/// Choices on each of which alone many a "no" rests: which resources and which keys an action comes
/// with.
const LIKELY: [ModelChoice; 2] = [ModelChoice::F12, ModelChoice::F13];

/// Which of the choices a "no" needs: `refuted` says whether it is one under fewer of them, where
/// that can be told. What is found is what leaving out one choice after the other, in order, would
/// find, with fewer questions where few are needed: halves are left out at once (U. Junker,
/// "QuickXplain: Preferred explanations and relaxations for over-constrained problems", AAAI 2004).
pub(super) fn needed(
    assumed: Assumptions,
    refuted: impl FnMut(Assumptions) -> Result<Option<bool>, QueryError>,
) -> Result<RestsOn, QueryError> {
    needed_as(assumed, &[], refuted)
}

/// The same, where some sets of choices are likely to be it: to see that one is takes a question for
/// it, and one for each of its choices.
fn needed_as(
    assumed: Assumptions,
    guesses: &[Vec<ModelChoice>],
    mut refuted: impl FnMut(Assumptions) -> Result<Option<bool>, QueryError>,
) -> Result<RestsOn, QueryError> {
    let alone = refuted(Assumptions::none())?;
    if alone == Some(true) {
        return Ok(RestsOn::default());
    }
    let tried = if alone.is_some() { guesses } else { &[] };
    for guess in tried.iter().filter(|guess| guess.iter().all(|one| assumed.contains(*one))) {
        if is_it(assumed, guess, &mut refuted)? {
            return Ok(RestsOn { choices: guess.clone(), undecided: false });
        }
    }
    // Where it was not told, one choice is kept at least, which may not be needed.
    let mut halving = Halving { refuted, undecided: alone.is_none() };
    // Those are kept rather that come last.
    let choices: Vec<ModelChoice> = assumed.iter().collect::<Vec<_>>().into_iter().rev().collect();
    let kept = halving.needed_of(Assumptions::none(), false, &choices)?;
    Ok(RestsOn { choices: kept.iter().collect(), undecided: halving.undecided })
}

/// Whether these choices, in order, are what leaving out one after the other finds. They are enough,
/// so that each other one is left out; and when it is the turn of one of them, what is kept before
/// it and all that come after it are not enough.
fn is_it(
    assumed: Assumptions,
    guess: &[ModelChoice],
    refuted: &mut impl FnMut(Assumptions) -> Result<Option<bool>, QueryError>,
) -> Result<bool, QueryError> {
    if refuted(with(Assumptions::none(), guess.iter().copied()))? != Some(true) {
        return Ok(false);
    }
    for choice in guess {
        let before = guess.iter().copied().take_while(|one| one < choice);
        let after = assumed.iter().filter(|one| one > choice);
        let others = with(Assumptions::none(), before.chain(after));
        if refuted(others)? != Some(false) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The search for what is needed.
struct Halving<F> {
    refuted: F,
    /// Whether some question had no answer.
    undecided: bool,
}

impl<F: FnMut(Assumptions) -> Result<Option<bool>, QueryError>> Halving<F> {
    /// What is needed of the choices, the first of which are kept rather, besides those that are
    /// `given`. Whether these alone are enough is asked only if something was `added` to them since
    /// the last question.
    fn needed_of(
        &mut self,
        given: Assumptions,
        added: bool,
        choices: &[ModelChoice],
    ) -> Result<Assumptions, QueryError> {
        if added {
            match (self.refuted)(given)? {
                Some(true) => return Ok(Assumptions::none()),
                Some(false) => {}
                None => self.undecided = true,
            }
        }
        if choices.len() < 2 {
            return Ok(with(Assumptions::none(), choices.iter().copied()));
        }
        let (first, last) = choices.split_at(choices.len() / 2);
        let of_last = self.needed_of(with(given, first.iter().copied()), true, last)?;
        let of_first =
            self.needed_of(with(given, of_last.iter()), of_last != Assumptions::none(), first)?;
        Ok(with(of_first, of_last.iter()))
    }
}

fn with(assumed: Assumptions, choices: impl Iterator<Item = ModelChoice>) -> Assumptions {
    choices.fold(assumed, Assumptions::with)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// One choice after the other is left out, in order.
    fn one_by_one(refuted: &dyn Fn(Assumptions) -> bool) -> Vec<ModelChoice> {
        let leave = |kept: Assumptions, choice: ModelChoice| {
            if refuted(kept.without(choice)) { kept.without(choice) } else { kept }
        };
        ModelChoice::ALL.into_iter().fold(Assumptions::all(), leave).iter().collect()
    }

    /// Every pair of choices, and every pair beside a third that serves as well as both.
    #[test]
    fn halves_find_what_one_after_the_other_finds() {
        for (at, first) in ModelChoice::ALL.into_iter().enumerate() {
            for second in ModelChoice::ALL.into_iter().skip(at) {
                for third in [None].into_iter().chain(ModelChoice::ALL.map(Some)) {
                    let asked = Cell::new(0);
                    let refuted = |assumed: Assumptions| {
                        asked.set(asked.get() + 1);
                        assumed.contains(first) && assumed.contains(second)
                            || third.is_some_and(|third| assumed.contains(third))
                    };
                    let found =
                        needed(Assumptions::all(), |assumed| Ok(Some(refuted(assumed)))).unwrap();
                    let questions = asked.get();
                    assert_eq!(
                        found,
                        RestsOn { choices: one_by_one(&refuted), undecided: false },
                        "{first:?} {second:?} {third:?}"
                    );
                    assert!(questions <= ModelChoice::ALL.len(), "{questions} questions");
                }
            }
        }
    }

    /// A guess changes nothing but the number of questions.
    #[test]
    fn guesses_are_taken_where_they_are_right() {
        let sets = [vec![0], vec![3, 4], vec![3, 4, 9], vec![21], vec![0, 21], vec![4, 5]];
        let choices =
            |set: &[usize]| set.iter().map(|at| ModelChoice::ALL[*at]).collect::<Vec<_>>();
        for needs in &sets {
            for instead in [None, Some(0), Some(7), Some(21)] {
                let refuted = |assumed: Assumptions| {
                    choices(needs).iter().all(|one| assumed.contains(*one))
                        || instead.is_some_and(|at| assumed.contains(ModelChoice::ALL[at]))
                };
                let expected = one_by_one(&refuted);
                for guess in &sets {
                    let asked = Cell::new(0);
                    let counted = |assumed: Assumptions| {
                        asked.set(asked.get() + 1);
                        Ok(Some(refuted(assumed)))
                    };
                    let found = needed_as(Assumptions::all(), &[choices(guess)], counted).unwrap();
                    let expected = RestsOn { choices: expected.clone(), undecided: false };
                    assert_eq!(found, expected, "{needs:?} {instead:?} {guess:?}");
                    if choices(guess) == expected.choices {
                        assert_eq!(asked.get(), 2 + guess.len());
                    }
                }
            }
        }
    }

    #[test]
    fn what_nobody_tells_is_kept_and_undecided() {
        let silent = needed(Assumptions::all(), |_| Ok(None)).unwrap();
        assert_eq!(silent, RestsOn { choices: ModelChoice::ALL.to_vec(), undecided: true });
    }
}
