//! The encoder against the evaluator, on random sets of policies, requests and request shapes.
//!
//! `KEYAKI_DRAWS` is the number of requests, 4,000 unless set; `KEYAKI_SEED` the seed of the first
//! set. A disagreement is printed as the smallest case that still has it.

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
use crate::support::shrink::shrink;
use keyaki::layers::Policies;
use keyaki::policy::{Kind, Statement};
use keyaki::request::Request;
use keyaki::semantics::{self, Decision};
use keyaki::shape::Shape;
use keyaki::symbolic::Frame;
use keyaki_engines::engine::{Engine, Helper, Limits, Outcome, Refining, Z3, from_spec};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::Term;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;

/// Requests for each drawn set of policies.
const REQUESTS: u64 = 4;

/// Sets that are tried together, so that a disagreement ends a long run early.
const CHUNK: u64 = 512;

/// What requests are put to: a set of policies and a shape.
struct Subject {
    set: Policies,
    shape: Shape,
}

impl Subject {
    /// Reads the members `policies`, `strict` and `shape`; the error is what is wrong with it.
    fn read(case: &Value) -> Result<Self, String> {
        Ok(Self {
            set: sets::set(&case["policies"], case["strict"] == true)?,
            shape: reading::shape_of(&case["shape"])?,
        })
    }

    /// The statements that name no principal: whether one applies is decided by its other parts
    /// alone.
    fn statements(&self) -> impl Iterator<Item = (&Statement, Kind)> {
        let all = self
            .set
            .all()
            .flat_map(|named| named.policy.statements().map(move |one| (one, named.policy.kind)));
        all.filter(|(statement, _)| statement.principal.is_none())
    }

    /// Every outcome that the two must agree on: the decision, whether the request has the shape,
    /// and which statements apply.
    fn evaluated(&self, request: &Request) -> Vec<(&'static str, bool)> {
        let decision = semantics::decide(&self.set, request).decision;
        let of_shape = semantics::matches_shape(&self.shape, request);
        let applying = self
            .statements()
            .map(|(statement, kind)| ("applies", semantics::applies(statement, kind, request)));
        let whole = [
            ("allowed", decision == Decision::Allowed),
            ("explicitDeny", decision == Decision::ExplicitDeny),
            ("shape", of_shape),
        ];
        whole.into_iter().chain(applying).collect()
    }

    fn encoded(&self) -> Result<Encoded<'_>, keyaki::symbolic::Error> {
        let frame = Frame::with_elements(&[&self.set], &[&self.shape], 3);
        let decision = frame.decision(&self.set)?;
        let applying: Result<Vec<_>, _> =
            self.statements().map(|(statement, kind)| frame.applies(kind, statement)).collect();
        let outcomes =
            [vec![decision.allowed, decision.explicit_deny, frame.shape(&self.shape)?], applying?]
                .concat();
        Ok(Encoded { subject: self, frame, outcomes })
    }
}

/// A subject as the encoder has it.
struct Encoded<'a> {
    subject: &'a Subject,
    frame: Frame,
    /// The formulas of [`Subject::evaluated`], in its order.
    outcomes: Vec<Term>,
}

impl Encoded<'_> {
    /// Compares the two on a request; the error is what they disagree on. `None` when the frame
    /// does not represent the request.
    fn compare(&self, request: &Request) -> Option<Result<Counts, String>> {
        let model = self.frame.model_of(request).ok()?;
        Some(self.compare_under(&model, request))
    }

    fn compare_under(&self, model: &Model, request: &Request) -> Result<Counts, String> {
        let mut under_model = Evaluation::new(model);
        if !under_model.is_true(&self.frame.structure()) {
            return Err("the model has not the structure of a request".to_owned());
        }
        if !self
            .frame
            .pin(request)
            .map_err(|error| error.to_string())?
            .iter()
            .all(|pin| under_model.is_true(pin))
        {
            return Err("the model is not the one that the pins allow".to_owned());
        }
        let expected = self.subject.evaluated(request);
        for (index, (term, (what, wanted))) in self.outcomes.iter().zip(&expected).enumerate() {
            let found = under_model.is_true(term);
            if found != *wanted {
                return Err(format!(
                    "`{what}` (outcome {index}): the evaluator says {wanted}, the encoder {found}"
                ));
            }
        }
        let back = self.frame.request_from(model);
        if self.subject.evaluated(&back) != expected {
            return Err(format!(
                "back from the model the request is {}, which is decided otherwise",
                back.to_json()
            ));
        }
        let truths = expected.iter().map(|(_, truth)| usize::from(*truth)).collect::<Vec<_>>();
        Ok(Counts { represented: 1, allowed: truths[0], denied: truths[1], shaped: truths[2] })
    }
}

/// How many requests were what.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    represented: usize,
    allowed: usize,
    denied: usize,
    shaped: usize,
}

impl Counts {
    fn and(self, other: Self) -> Self {
        Self {
            represented: self.represented + other.represented,
            allowed: self.allowed + other.allowed,
            denied: self.denied + other.denied,
            shaped: self.shaped + other.shaped,
        }
    }
}

/// The case with a request: the members `policies` and `request` are those of a line of
/// `keyaki eval --batch`.
fn with_request(case: &Value, request: &Request) -> Value {
    let mut case = case.clone();
    case["request"] = request.to_json();
    assert_eq!(
        reading::request_of(&case["request"]).as_ref(),
        Ok(request),
        "a request is not read as it was written"
    );
    case
}

/// The smallest case with a disagreement, as text.
fn smallest(seed: u64, case: Value) -> String {
    let disagreement = |case: &Value| {
        let (subject, request) =
            (Subject::read(case).ok()?, reading::request_of(&case["request"]).ok()?);
        subject.encoded().ok()?.compare(&request)?.err()
    };
    let small = shrink(case, &|case| disagreement(case).is_some());
    let what = disagreement(&small).unwrap_or_default();
    let line = json!({"policies": small["policies"], "request": small["request"]});
    let reading = if small["strict"] == true { "every level must be listed" } else { "any entry" };
    format!("seed {seed}: {what}\n{line}\nNotPrincipal: {reading}; shape: {}", small["shape"])
}

/// Draws one set with its requests and compares.
fn draw(seed: u64) -> Result<Counts, String> {
    let mut rng = generate::rng(seed);
    // One draw in four has identity-based policies only, which decide most about conditions.
    let (policies, strict, requests, shape) = if seed.is_multiple_of(4) {
        let documents: Vec<Value> =
            (0..=seed % 8 / 4).map(|_| generate::policy(&mut rng, Options::default())).collect();
        let requests =
            (0..REQUESTS).map(|_| generate::request(&mut rng, Options::default())).collect();
        (json!({"identity": documents}), false, requests, json!({}))
    } else {
        let case = sets::case(&mut rng, Options::default(), REQUESTS as usize);
        let shape = sets::shape(&mut rng, Options::default(), &case.focus);
        (case.policies, case.strict, case.requests, shape)
    };
    let case = json!({"policies": policies, "strict": strict, "shape": shape});
    let subject =
        Subject::read(&case).unwrap_or_else(|problem| panic!("seed {seed}: {problem}\n{case}"));
    let encoded = subject
        .encoded()
        .unwrap_or_else(|error| panic!("seed {seed}: not encoded: {error}\n{case}"));
    let mut counts = Counts::default();
    for request in &requests {
        match encoded.compare(request) {
            Some(Ok(more)) => counts = counts.and(more),
            Some(Err(_)) => return Err(smallest(seed, with_request(&case, request))),
            None => {}
        }
    }
    Ok(counts)
}

#[test]
fn the_encoder_agrees_with_the_evaluator() {
    let (draws, first) = (number("KEYAKI_DRAWS", 4_000), number("KEYAKI_SEED", 0));
    let end = first + draws.div_ceil(REQUESTS);
    let mut counts = Counts::default();
    for start in (first..end).step_by(CHUNK as usize) {
        let chunk: Vec<_> = (start..end.min(start + CHUNK)).into_par_iter().map(draw).collect();
        for one in chunk {
            counts = counts.and(one.unwrap_or_else(|disagreement| panic!("{disagreement}")));
        }
    }
    let Counts { represented, allowed, denied, shaped } = counts;
    println!(
        "{represented} of {draws} requests representable; {allowed} allowed, {denied} explicitly denied, {shaped} of the shape"
    );
    assert!(
        represented as u64 * 10 > draws * 7,
        "only {represented} of {draws} requests were representable"
    );
    for (what, count) in [("allowed", allowed), ("explicitDeny", denied), ("shape", shaped)] {
        assert!(count * 100 > represented * 12, "{what}: only {count} of {represented}");
    }
}

/// Draws for the engine: each is one request, pinned, and the two outcomes that a query is made of.
const ENGINE_DRAWS: u64 = 150;

/// Asks an engine for both outcomes and their negations about a drawn request; how often it did not
/// know. `None` when the frame does not represent the request.
fn ask_pinned(engine: &dyn Engine, seed: u64) -> Option<usize> {
    let mut rng = generate::rng(seed);
    let case = sets::case(&mut rng, Options::default(), 1);
    let (set, request) = (case.set(), &case.requests[0]);
    let frame = Frame::with_elements(&[&set], &[], 3);
    let mut pinned = frame.pin(request).ok()?;
    pinned.push(frame.structure());
    let encoded = frame.decision(&set).unwrap();
    let decision = semantics::decide(&set, request).decision;
    let outcomes = [
        (encoded.allowed, decision == Decision::Allowed),
        (encoded.explicit_deny, decision == Decision::ExplicitDeny),
    ];
    let mut unknown = 0;
    for (outcome, expected) in outcomes {
        for (formula, satisfiable) in [(outcome.clone(), expected), (Term::not(outcome), !expected)]
        {
            let assertions: Vec<Term> = pinned.iter().cloned().chain([formula]).collect();
            match engine.decide(&assertions, &Limits::timeout(Duration::from_secs(3))) {
                Outcome::Unknown(_) => unknown += 1,
                found @ (Outcome::Satisfiable(_) | Outcome::Unsatisfiable) => assert_eq!(
                    matches!(found, Outcome::Satisfiable(_)),
                    satisfiable,
                    "seed {seed}\n{}",
                    json!({"policies": case.policies, "request": request.to_json()})
                ),
            }
        }
    }
    Some(unknown)
}

/// Pinned queries through an engine; no more than some in a hundred may be unknown.
fn agrees_with_the_evaluator(engine: &dyn Engine, percent: u64) {
    let (mut asked, mut unknown) = (0, 0);
    // As many draws as it takes: some requests are not representable.
    for count in (2_000_000..2_000_000 + 2 * ENGINE_DRAWS)
        .filter_map(|seed| ask_pinned(engine, seed))
        .take(ENGINE_DRAWS as usize)
    {
        asked += 1;
        unknown += count;
    }
    println!(
        "{}: {asked} pinned requests, {unknown} of {} questions unknown",
        engine.name(),
        asked * 4
    );
    assert_eq!(asked, ENGINE_DRAWS, "too few draws were representable");
    assert!(
        unknown as u64 * 100 <= asked * 4 * percent,
        "{unknown} of {} questions unknown",
        asked * 4
    );
}

#[test]
fn the_finite_engine_agrees_with_the_evaluator() {
    agrees_with_the_evaluator(&*from_spec("finite").expect("it is always there"), 0);
}

/// All of each question: split, most would be settled by substitution before they reach Z3.
#[test]
fn z3_agrees_with_the_evaluator() {
    if crate::support::z3::z3_takes_part() {
        agrees_with_the_evaluator(
            &Refining::new(Z3::new(Helper::installed().expect("it is there"))),
            3,
        );
    }
}
