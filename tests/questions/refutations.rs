//! Refutations of questions about random policy sets. What the search learnt follows from the clauses, and
//! Z3 says that what the theories state of a sample is true.
//!
//! `KEYAKI_SETS` is the number of sets, 40 unless set; `KEYAKI_SEED` the seed of the first;
//! `KEYAKI_REFUTATIONS` a folder into which the refutations are written, for other checkers
//! (`tests/judges/refutations.sh`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::proposals::changed;
use crate::support::generate::{self, Options};
use crate::support::z3::z3_takes_part;
use crate::support::{number, reading, sets};
use keyaki::compare::difference;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::world::World;
use keyaki_engines::engine::finite::Source;
use keyaki_engines::engine::{Engine, Finite, Limits, Outcome, from_spec};
use keyaki_logic::term::Term;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[path = "../support/propagation.rs"]
mod propagation;

/// What was counted.
#[derive(Debug, Default)]
struct Counts {
    refutations: usize,
    clauses: usize,
    learnt: usize,
    proved: usize,
    open: usize,
}

/// The engine `finite`, which shows why.
struct Shows {
    counts: Arc<Mutex<Counts>>,
    z3: Option<Box<dyn Engine>>,
}

impl Engine for Shows {
    fn name(&self) -> String {
        "finite".to_owned()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        let (outcome, refutation) = Finite::refute(assertions, limits);
        let Some(refutation) = refutation else { return outcome };
        let mut counts = self.counts.lock().unwrap();
        counts.refutations += 1;
        let (dimacs, drat) = (refutation.dimacs(), refutation.drat());
        if let Ok(folder) = std::env::var("KEYAKI_REFUTATIONS") {
            let path = |end: &str| format!("{folder}/policies-{}.{end}", counts.refutations);
            fs::write(path("cnf"), &dimacs).unwrap();
            fs::write(path("drat"), &drat).unwrap();
        }
        propagation::check(&dimacs, &drat).unwrap();
        counts.clauses += refutation.len();
        counts.learnt += drat.lines().count() - 1;
        let facts: Vec<usize> = (0..refutation.len())
            .filter(|one| refutation.source(*one) == Some(Source::Fact))
            .collect();
        // A sample of them, from everywhere.
        let step = facts.len() / 8 + 1;
        for one in facts.into_iter().step_by(step) {
            let (Some(z3), Some(meaning)) = (&self.z3, refutation.meaning(one)) else { continue };
            let limits = Limits::timeout(Duration::from_secs(1));
            match z3.decide(&[Term::not(meaning.clone())], &limits) {
                Outcome::Unsatisfiable => counts.proved += 1,
                Outcome::Unknown(_) => counts.open += 1,
                Outcome::Satisfiable(model) => panic!("{meaning:?} is not true at {model}"),
            }
        }
        outcome
    }
}

#[test]
fn what_policies_do_not_allow_is_refuted() {
    let (draws, first) = (number("KEYAKI_SETS", 40), number("KEYAKI_SEED", 0));
    let options = Options { ill_typed: false, odd_lists: false, odd_resources: false };
    let counts = Arc::new(Mutex::new(Counts::default()));
    let z3 = z3_takes_part().then(|| from_spec("z3").unwrap());
    let solver = Solver::single(Box::new(Shows { counts: Arc::clone(&counts), z3 }));
    let limits = Limits::timeout(Duration::from_secs(20));
    let mut no = 0;
    for seed in first..first + draws {
        let rng = &mut generate::rng(9_000_000 + seed);
        let case = sets::case(rng, options, 0);
        let set = case.set();
        let shape = reading::shape_of(&sets::shape(rng, options, &case.focus)).unwrap();
        let other = changed(rng, options, &case);
        for requests in [Requests::Any, Requests::Feasible(World::embedded().unwrap())] {
            let allowed = Query::allowed(&set, &shape, requests);
            let pair = other.iter().flat_map(|other| {
                [difference(other, &set, requests), difference(&set, other, requests)]
            });
            for query in std::iter::once(allowed).chain(pair) {
                no += usize::from(matches!(query.answer(&solver, &limits).unwrap(), Answer::No));
            }
        }
    }
    let counts = counts.lock().unwrap();
    println!("{no} times no: {counts:?}");
    assert!(counts.refutations * 2 > usize::try_from(draws).unwrap(), "{counts:?}");
    assert!(counts.learnt > 0, "{counts:?}");
    assert!(counts.proved >= 10 * counts.open, "{counts:?}");
}
