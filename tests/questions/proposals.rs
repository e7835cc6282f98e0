//! Requests that are proposed: a solver that shows them to the evaluator before it asks its engine
//! answers as one that does not. `KEYAKI_DRAWS` is the number of sets, 150 unless set; `KEYAKI_SEED`
//! the seed of the first.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Options};
use crate::support::layers::allow;
use crate::support::{number, reading, sets};
use keyaki::compare::difference;
use keyaki::layers::Policies;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::world::World;
use keyaki_engines::engine::{self, Engine, Limits, Outcome, Reason};
use keyaki_logic::term::Term;
use rand::RngExt;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

fn solver() -> Solver {
    Solver::single(engine::finite())
}

fn limits() -> Limits {
    Limits::timeout(Duration::from_secs(60))
}

/// What a question comes to: the word of the answer, and whether an engine was asked.
fn answer(query: &Query<'_>, solver: &Solver) -> (&'static str, bool) {
    let answer = query.answer(solver, &limits()).unwrap();
    let asked =
        solver.statistics().iter().any(|one| one.satisfiable + one.unsatisfiable + one.unknown > 0);
    let word = match answer {
        Answer::Yes(witness) => {
            assert!(query.holds(&witness.request), "{}", witness.request.to_json());
            "yes"
        }
        Answer::No => "no",
        Answer::Unknown(_) => "unknown",
    };
    (word, asked)
}

/// The identity-based policies without one of their statements, or with another one.
pub fn changed(rng: &mut generate::Rng, options: Options, case: &sets::Case) -> Option<Policies> {
    let mut policies = case.policies.clone();
    let own = policies.pointer_mut("/identity/0/Statement")?.as_array_mut()?;
    if rng.random_bool(0.5) && own.len() > 1 {
        own.remove(rng.random_range(0..own.len()));
    } else {
        let effect = if rng.random_bool(0.7) { "Allow" } else { "Deny" };
        own.push(sets::statement(rng, options, case, "identity", effect));
    }
    sets::set(&policies, case.strict).ok()
}

#[test]
fn proposals_change_no_answer() {
    let (draws, first) = (number("KEYAKI_DRAWS", 150), number("KEYAKI_SEED", 0));
    let options = Options { ill_typed: false, odd_lists: false, odd_resources: false };
    let counts: Vec<BTreeMap<String, usize>> = (first..first + draws)
        .into_par_iter()
        .map(|seed| {
            let rng = &mut generate::rng(7_000_000 + seed);
            let case = sets::case(rng, options, 0);
            let set = case.set();
            let mut shape: Value = sets::shape(rng, options, &case.focus);
            if let Some(subject) = &case.subject {
                let members = shape.as_object_mut().unwrap();
                members.remove("NotAction");
                members.insert("Action".to_owned(), json!(subject.action(rng)));
            }
            let shape = reading::shape_of(&shape).unwrap();
            let other = changed(rng, options, &case);
            let mut counts = BTreeMap::new();
            for requests in [Requests::Any, Requests::Feasible(World::embedded().unwrap())] {
                let mut queries = vec![Query::allowed(&set, &shape, requests)];
                if let Some(other) = &other {
                    queries.push(difference(other, &set, requests));
                    queries.push(difference(&set, other, requests));
                }
                for query in &queries {
                    let (plain, _) = answer(query, &solver());
                    let (word, asked) = answer(query, &solver().proposing());
                    assert_eq!(word, plain, "seed {seed} {}", case.policies);
                    let name = if asked { word.to_owned() } else { format!("{word}, not asked") };
                    *counts.entry(format!("{}: {name}", requests.word())).or_default() += 1;
                }
            }
            counts
        })
        .collect();
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for (name, count) in counts.into_iter().flatten() {
        *all.entry(name).or_default() += count;
    }
    println!("{all:?}");
    for requests in ["any", "feasible"] {
        let count = |word: &str| all.get(&format!("{requests}: {word}")).copied().unwrap_or(0);
        assert!(count("yes, not asked") * 10 > usize::try_from(draws).unwrap(), "{all:?}");
        assert!(count("no") > 0, "{all:?}");
    }
}

/// Tells nothing.
struct Silent;

impl Engine for Silent {
    fn name(&self) -> String {
        "silent".to_owned()
    }

    fn decide(&self, _: &[Term], limits: &Limits) -> Outcome {
        Outcome::Unknown(Reason::Timeout(limits.timeout))
    }
}

/// Who names an engine gets its word; who proposes gets a request that it does not know of.
#[test]
fn an_engine_that_is_named_is_asked() {
    let shape = json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::example/*"});
    let set = sets::set(&json!({"identity": [allow("s3:Get*")]}), false).unwrap();
    let shape = reading::shape_of(&shape).unwrap();
    let query = Query::allowed(&set, &shape, Requests::Any);
    let silent = || Solver::single(Box::new(Silent));
    assert!(matches!(query.answer(&silent(), &limits()).unwrap(), Answer::Unknown(_)));
    let Answer::Yes(witness) = query.answer(&silent().proposing(), &limits()).unwrap() else {
        panic!("it stands in the texts");
    };
    assert_eq!(witness.request.action, "s3:GetObject");
    // Where no time is left nobody is asked.
    let none = Limits::timeout(Duration::from_nanos(1));
    assert!(matches!(query.answer(&silent().proposing(), &none).unwrap(), Answer::Unknown(_)));
}
