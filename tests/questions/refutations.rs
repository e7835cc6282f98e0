//! Refutations of questions about policies: the seed policies against each other. What the search learnt
//! follows from the clauses, and Z3 says that what the theories state of a sample is true.
//!
//! `KEYAKI_PAIRS` is the number of pairs, 24 unless set; `KEYAKI_REFUTATIONS` a folder into which the
//! refutations are written, for other checkers (`tests/judges/refutations.sh`).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::number;
use keyaki::compare::difference;
use keyaki::input;
use keyaki::layers::Policies;
use keyaki::policy::Kind;
use keyaki::policy::read::ReadOptions;
use keyaki::query::{Answer, Requests, Solver};
use keyaki::source::Source as Text;
use keyaki_engines::engine::finite::Source;
use keyaki_engines::engine::{Engine, Finite, Limits, Outcome, from_spec};
use keyaki_logic::term::Term;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[path = "../support/propagation.rs"]
mod propagation;
#[path = "../support/z3.rs"]
mod z3;

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
            let path = |end: &str| format!("{folder}/seeds-{}.{end}", counts.refutations);
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

fn seed_policies() -> Vec<Policies> {
    let mut paths: Vec<_> =
        fs::read_dir("proofs/policies").unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let options = ReadOptions::default();
    let read = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).ok()?;
        let source = Text::new(path.to_string_lossy(), text);
        let policy = input::document(&source, &options, Kind::Identity).ok()?;
        Some(Policies::identity(vec![policy.value]))
    };
    paths.iter().filter_map(read).collect()
}

#[test]
fn what_the_seed_policies_do_not_allow_is_refuted() {
    let policies = seed_policies();
    let counts = Arc::new(Mutex::new(Counts::default()));
    let z3 = z3::z3_takes_part().then(|| from_spec("z3").unwrap());
    let solver = Solver::single(Box::new(Shows { counts: Arc::clone(&counts), z3 }));
    let limits = Limits::timeout(Duration::from_secs(20));
    let pairs = usize::try_from(number("KEYAKI_PAIRS", 24)).unwrap();
    let apart = policies.len() / 2 + 1;
    let mut no = 0;
    for at in 0..pairs {
        let (a, b) = (at % policies.len(), (at + at / policies.len() + apart) % policies.len());
        let (Some(one), Some(other)) = (policies.get(a), policies.get(b)) else { continue };
        // The policy and what it allows that another one does too: nothing.
        for query in [
            difference(one, other, Requests::Any),
            keyaki::query::Query {
                allowed_by: vec![one, other],
                ..difference(one, one, Requests::Any)
            },
        ] {
            no += usize::from(matches!(query.answer(&solver, &limits).unwrap(), Answer::No));
        }
    }
    let counts = counts.lock().unwrap();
    println!("{no} of {} refuted: {counts:?}", 2 * pairs);
    assert!(counts.refutations * 4 > pairs, "{counts:?}");
    assert!(counts.proved >= 10 * counts.open, "{counts:?}");
}
