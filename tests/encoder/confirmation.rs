//! What the solver finds is confirmed: random questions about whole sets of policies, over requests
//! that can exist.
//!
//! The constraints of the encoder and the concrete checker of feasibility were written apart; a
//! model that the checker refuses would be an internal error of the command line. `KEYAKI_DRAWS` is
//! the number of questions, 60 unless set; `KEYAKI_SEED` the seed of the first.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Options};
use crate::support::number;
use crate::support::reading;
use crate::support::sets;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::world::{Assumptions, World};
use keyaki_engines::engine::{Limits, from_spec};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The world of a question: mostly with every model choice, sometimes with actions of tomorrow.
fn world(seed: u64) -> World<'static> {
    let assumptions = if seed % 4 == 3 { Assumptions::none() } else { Assumptions::all() };
    World { assumptions, unknown_actions: seed % 5 == 2, ..World::embedded().unwrap() }
}

/// Asks one random question; the answer in a word.
fn ask(seed: u64, solver: &Solver) -> Result<String, String> {
    let rng = &mut generate::rng(seed);
    let options = Options { ill_typed: false, odd_lists: false, odd_resources: false };
    let case = sets::case(rng, options, 0);
    let shape = sets::shape(rng, options, &case.focus);
    let (set, read) = (case.set(), reading::shape_of(&shape)?);
    let other = sets::set(&case.policies, !case.strict)?;
    let refused_by = if seed % 8 == 7 { vec![&other] } else { Vec::new() };
    let query = Query {
        shape: Some(&read),
        within: &[],
        unlike: &[],
        allowed_by: vec![&set],
        refused_by,
        requests: Requests::Feasible(world(seed)),
    };
    let verdict = query.ask(solver, &Limits::timeout(Duration::from_secs(3)));
    let verdict = verdict.map_err(|error| {
        let error = error.to_string();
        let request = error.split("; please report").next().unwrap_or_default().to_owned();
        format!(
            "seed {seed}: {request}\n{}",
            json!({"policies": case.policies, "shape": shape, "strict": case.strict})
        )
    })?;
    Ok(match verdict.answer {
        Answer::Yes(witness) => witness
            .request
            .principal
            .kind()
            .map_or("nobody".to_owned(), |kind| format!("yes, {kind:?}")),
        Answer::No => "no".to_owned(),
        Answer::Unknown(_) => "unknown".to_owned(),
    })
}

#[test]
fn witnesses_are_confirmed() {
    let (draws, first) = (number("KEYAKI_DRAWS", 60), number("KEYAKI_SEED", 0));
    let solver = Solver::single(from_spec("auto").expect("the engine is built"));
    let mut answers: BTreeMap<String, u64> = BTreeMap::new();
    let mut failures = Vec::new();
    for seed in first..first + draws {
        match ask(seed, &solver) {
            Ok(answer) => *answers.entry(answer).or_default() += 1,
            Err(failure) => failures.push(failure),
        }
    }
    println!("{answers:?}");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n\n"));
    let confirmed: u64 = answers
        .iter()
        .filter(|(answer, _)| answer.starts_with("yes"))
        .map(|(_, count)| count)
        .sum();
    assert!(confirmed * 5 > draws, "only {confirmed} of {draws} questions had a witness");
}
