//! The encoder against the evaluator, on random policies and requests.
//!
//! `KEYAKI_DRAWS` is the number of draws, 2,000 unless set; `KEYAKI_SEED` the seed of the first.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use keyaki::environment::{NamedPolicy, Policies};
use keyaki::policy::Policy;
use keyaki::request::Request;
use keyaki::semantics;
use keyaki::symbolic::Frame;
#[cfg(feature = "z3")]
use keyaki_encodings::engine::{Engine, Limits, Outcome, Refining};
use keyaki_encodings::evaluate::Evaluation;
use keyaki_encodings::term::Term;
#[cfg(feature = "z3")]
use std::time::Duration;
use support::generate::{self, Options, Rng};

/// Requests for each drawn set of policies.
const REQUESTS: u64 = 4;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn policy(rng: &mut Rng) -> Policy {
    support::policy(&generate::policy(rng, Options::default()).to_string())
}

fn set(policies: &[Policy]) -> Policies {
    let named = |policy: &Policy| NamedPolicy { name: "policy".to_owned(), policy: policy.clone() };
    Policies::identity(policies.iter().map(named).collect())
}

/// Every outcome that the two must agree on: whether each statement applies.
fn encoded(frame: &Frame, set: &Policies) -> Vec<Term> {
    set.all().flat_map(|named| named.policy.statements.iter().map(|one| frame.applies(named.policy.kind, one).unwrap())).collect()
}

fn evaluated(policies: &[&Policy], request: &Request) -> Vec<bool> {
    policies.iter().flat_map(|policy| policy.statements.iter().map(|one| semantics::applies(one, policy.kind, request))).collect()
}

/// Draws once; the number of requests that the frame represents, and of outcomes that were true.
fn draw(seed: u64) -> (u64, usize) {
    let mut rng = generate::rng(seed);
    let drawn: Vec<Policy> = (0..=seed % 2).map(|_| policy(&mut rng)).collect();
    let policies: Vec<&Policy> = drawn.iter().collect();
    let set = set(&drawn);
    let frame = Frame::with_elements(&[&set], &[], 3).unwrap();
    let (structure, outcomes) = (frame.structure(), encoded(&frame, &set));
    let (mut represented, mut true_outcomes) = (0, 0);
    for _ in 0..REQUESTS {
        let request = generate::request(&mut rng, Options::default());
        let Ok(model) = frame.model_of(&request) else { continue };
        represented += 1;
        let expected = evaluated(&policies, &request);
        let context = || format!("seed {seed}\n{:#?}\n{drawn:#?}", request);
        let mut under_model = Evaluation::new(&model);
        assert!(under_model.is_true(&structure), "structure: {}", context());
        assert!(frame.pin(&request).unwrap().iter().all(|pin| under_model.is_true(pin)), "pins: {}", context());
        let found: Vec<bool> = outcomes.iter().map(|outcome| under_model.is_true(outcome)).collect();
        assert_eq!(found, expected, "{}", context());
        let back = frame.request_from(&model);
        assert_eq!(evaluated(&policies, &back), expected, "back as {back:#?}\n{}", context());
        true_outcomes += expected.iter().filter(|outcome| **outcome).count();
    }
    (represented, true_outcomes)
}

#[test]
fn the_encoder_agrees_with_the_evaluator() {
    let (draws, seed) = (number("KEYAKI_DRAWS", 2_000), number("KEYAKI_SEED", 0));
    let (mut represented, mut true_outcomes) = (0, 0);
    for draw_seed in seed..seed + draws.div_ceil(REQUESTS) {
        let (count, outcomes) = draw(draw_seed);
        represented += count;
        true_outcomes += outcomes;
    }
    println!("{represented} of {draws} requests representable, {true_outcomes} outcomes true");
    assert!(represented * 10 > draws * 7, "only {represented} of {draws} requests were representable");
    assert!(true_outcomes as u64 * 4 > draws, "only {true_outcomes} outcomes were true: the draws decide too little");
}

/// Draws for the engine: each is one request, pinned, and the three outcomes that a query is made of.
#[cfg(feature = "z3")]
const ENGINE_DRAWS: u64 = 150;

/// Asks Z3 for each outcome and its negation about a drawn request; how often it did not know. `None` when the frame does not represent
/// the request.
#[cfg(feature = "z3")]
fn ask_pinned(engine: &dyn Engine, seed: u64) -> Option<usize> {
    let mut rng = generate::rng(seed);
    let drawn: Vec<Policy> = (0..=seed % 2).map(|_| policy(&mut rng)).collect();
    let policies: Vec<&Policy> = drawn.iter().collect();
    let set = set(&drawn);
    let frame = Frame::with_elements(&[&set], &[], 3).unwrap();
    let request = generate::request(&mut rng, Options::default());
    let mut pinned = frame.pin(&request).ok()?;
    pinned.push(frame.structure());
    let mut unknown = 0;
    // The decision is the last of the outcomes.
    for (outcome, expected) in encoded(&frame, &set).into_iter().zip(evaluated(&policies, &request)).rev().take(3) {
        for (formula, satisfiable) in [(outcome.clone(), expected), (Term::not(outcome), !expected)] {
            let assertions: Vec<Term> = pinned.iter().cloned().chain([formula]).collect();
            match engine.decide(&assertions, &Limits::timeout(Duration::from_secs(3))) {
                Outcome::Unknown(_) => unknown += 1,
                found => assert_eq!(matches!(found, Outcome::Satisfiable(_)), satisfiable, "seed {seed}\n{request:#?}\n{drawn:#?}"),
            }
        }
    }
    Some(unknown)
}

/// Pinned queries through Z3, all of which it is given: split, most would be settled by substitution before they reach it.
#[cfg(feature = "z3")]
#[test]
fn z3_agrees_with_the_evaluator() {
    let engine = Refining::new(keyaki_encodings::engine::z3::Z3::new().expect("the tested version"));
    let (mut asked, mut unknown) = (0, 0);
    // As many draws as it takes: some requests are not representable.
    for count in (2_000_000..2_000_000 + 2 * ENGINE_DRAWS).filter_map(|seed| ask_pinned(&engine, seed)).take(ENGINE_DRAWS as usize) {
        asked += 1;
        unknown += count;
    }
    println!("{asked} pinned requests, {unknown} of {} questions unknown", asked * 6);
    assert_eq!(asked, ENGINE_DRAWS, "too few draws were representable");
    assert!(unknown as u64 * 100 <= asked * 6 * 3, "{unknown} of {} questions unknown", asked * 6);
}
