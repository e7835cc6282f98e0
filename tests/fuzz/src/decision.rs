//! A policy set and a request: the evaluator, and what an engine says of the encoding.

use crate::holds::{lenient, loaded, parsed, writes};
use keyaki::catalogue::Catalogue;
use keyaki::feasibility::violations;
use keyaki::input;
use keyaki::layers::{NotPrincipalReading, Policies};
use keyaki::policy::{ContextKey, Kind};
use keyaki::request::Request;
use keyaki::semantics::{Decision as Verdict, Evaluation, decide, explain, matches_shape};
use keyaki::shape::Shape;
use keyaki::source::Source;
use keyaki::symbolic::{Decision, Frame};
use keyaki::world::{Assumptions, World};
use keyaki_engines::engine::{Engine, Finite, Limits, Outcome};
use keyaki_logic::term::Term;
use std::collections::BTreeSet;
use std::time::Duration;

/// An object with `policies` and `request`, as the cases of
/// `tests/cases/evaluator/conformance.jsonl` are, and maybe a request shape, `statement`.
pub fn run(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes("fuzz", bytes) else { return };
    let Some(value) = parsed(&source) else { return };
    let (Some(policies), Some(request)) = (value.member("policies"), value.member("request"))
    else {
        return;
    };
    let Some(policies) =
        loaded(&source, input::policies(policies, &source, &lenient(), "policies", Kind::Identity))
    else {
        return;
    };
    let Ok(request) = input::request(request, &source, "request") else { return };
    let shape = value
        .member("statement")
        .and_then(|shape| loaded(&source, input::shape(shape, &source, &lenient(), "statement")));
    let not_principal = if bytes.len() % 2 == 0 {
        NotPrincipalReading::AnyEntry
    } else {
        NotPrincipalReading::EveryLevel
    };
    let policies = Policies { not_principal, ..policies };
    writes(&request);
    let evaluation = evaluated(&policies, &request);
    encoded(&policies, &request, &evaluation, shape.as_ref());
}

/// The evaluator says what its explanation says, and the request can be judged feasible or not.
fn evaluated(policies: &Policies, request: &Request) -> Evaluation {
    let evaluation = decide(policies, request);
    let explanation = explain(policies, request);
    assert_eq!(explanation.evaluation, evaluation);
    assert!(!explanation.evaluation.conclusion().is_empty());
    for statement in &explanation.statements {
        assert_eq!(statement.applied(), statement.first_failure().is_none());
        assert!(statement.failures.iter().all(|failure| !failure.to_string().is_empty()));
    }
    let keys: BTreeSet<&ContextKey> =
        policies.all().flat_map(|named| named.policy.keys()).collect();
    let Ok(catalogue) = Catalogue::embedded() else {
        panic!("the catalogue that Keyaki carries is read")
    };
    let world = World {
        catalogue,
        assumptions: Assumptions::all(),
        unknown_actions: true,
        unknown_keys: false,
        partitions: None,
    };
    assert!(
        violations(request, &keys, &world).iter().all(|violation| !violation.message.is_empty())
    );
    evaluation
}

/// The engine, given equations that fix every symbol to the request, does not contradict the
/// evaluator.
fn encoded(policies: &Policies, request: &Request, evaluation: &Evaluation, shape: Option<&Shape>) {
    let frame = Frame::new(&[policies], shape.as_slice());
    let Ok(pins) = frame.pin(request) else { return };
    let Ok(Decision { allowed, explicit_deny }) = frame.decision(policies) else { return };
    let (is_allowed, is_denied) =
        (evaluation.decision == Verdict::Allowed, evaluation.decision == Verdict::ExplicitDeny);
    let engine = Finite::new();
    let limits =
        Limits { rounds: 4, effort: Some(50_000), ..Limits::timeout(Duration::from_secs(2)) };
    let mut questions = vec![
        (Term::truth(), true),
        (allowed.clone(), is_allowed),
        (Term::not(allowed), !is_allowed),
        (explicit_deny.clone(), is_denied),
        (Term::not(explicit_deny), !is_denied),
    ];
    if let Some((shape, Ok(formula))) = shape.map(|shape| (shape, frame.shape(shape))) {
        let has_it = matches_shape(shape, request);
        questions.extend([(formula.clone(), has_it), (Term::not(formula), !has_it)]);
    }
    for (number, (formula, expected)) in questions.into_iter().enumerate() {
        let assertions: Vec<Term> =
            [frame.structure()].into_iter().chain(pins.iter().cloned()).chain([formula]).collect();
        match engine.decide(&assertions, &limits) {
            Outcome::Satisfiable(_) => {
                assert!(expected, "question {number}: the evaluator says {}", evaluation.decision)
            }
            Outcome::Unsatisfiable => {
                assert!(!expected, "question {number}: the evaluator says {}", evaluation.decision)
            }
            Outcome::Unknown(_) => {}
        }
    }
}
