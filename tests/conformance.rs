//! The conformance cases of SEMANTICS 8.2, through the reader and the evaluator, and as pinned queries through the encoder and Z3.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use keyaki::environment::{NamedPolicy, Policies};
use keyaki::json::{self, JsonData, JsonValue};
use keyaki::policy::{Kind, read as policy};
use keyaki::request::{self, Request};
use keyaki::semantics::{decide, explain};
use keyaki::source::Source;
#[cfg(feature = "z3")]
use keyaki::{policy::Policy, symbolic::Frame};
#[cfg(feature = "z3")]
use keyaki_encodings::engine::{Engine, Limits, Outcome, Refining, from_spec};
#[cfg(feature = "z3")]
use keyaki_encodings::term::Term;

/// How many cases hold nothing but identity-based policies. A run that decided fewer fails.
const IDENTITY_ONLY: usize = 91;

fn text<'a>(case: &'a JsonValue, member: &str) -> &'a str {
    case.member(member).and_then(JsonValue::as_str).unwrap_or_else(|| panic!("a case has no `{member}`"))
}

/// The identity-based policies of a case; `None` when it has others too.
fn identity(case: &JsonValue, source: &Source) -> Option<Policies> {
    let JsonData::Object(layers) = &case.member("policies")?.data else { panic!("`policies` is not an object") };
    let [layer] = layers.as_slice() else { return None };
    if layer.name != "identity" {
        return None;
    }
    let JsonData::Array(documents) = &layer.value.data else { panic!("`identity` is not a list") };
    let read = |(index, document): (usize, &JsonValue)| {
        let name = format!("identity[{index}]");
        // Some seed policies are printed with spaces in a `Sid`.
        let options = policy::ReadOptions { lenient_sids: true, ..policy::ReadOptions::default() };
        let outcome = policy::read_value(document, source, Kind::Identity, &options, &name);
        let policy = outcome.policy.unwrap_or_else(|| panic!("{}: {:#?}", text(case, "id"), outcome.diagnostics));
        NamedPolicy { name, policy }
    };
    Some(Policies::identity(documents.iter().enumerate().map(read).collect()))
}

/// A case of identity-based policies only.
struct Case {
    id: String,
    policies: Policies,
    request: Request,
    expect: String,
    why: String,
}

fn cases() -> Vec<Case> {
    let case = |line: &str| {
        let source = Source::new("conformance.jsonl", line);
        let (case, findings) = json::parse(&source, &json::Limits::default());
        let case = case.unwrap_or_else(|| panic!("{findings:#?}"));
        let policies = identity(&case, &source)?;
        let outcome = request::read_value(case.member("request").expect("a request"), &source, "request");
        let request = outcome.request.unwrap_or_else(|| panic!("{:#?}", outcome.diagnostics));
        let owned = |member| text(&case, member).to_owned();
        Some(Case { id: owned("id"), policies, request, expect: owned("expect"), why: owned("why") })
    };
    let cases: Vec<Case> = include_str!("conformance.jsonl").lines().filter_map(case).collect();
    assert_eq!(cases.len(), IDENTITY_ONLY, "cases of identity-based policies only");
    cases
}

#[test]
fn identity_based_policies_decide_as_the_cases_say() {
    let mut wrong = Vec::new();
    for Case { id, policies, request, expect, why } in cases() {
        let evaluation = decide(&policies, &request);
        assert_eq!(explain(&policies, &request).evaluation, evaluation);
        if evaluation.decision.word() != expect {
            wrong.push(format!("{id}: {} instead of {expect}: {why}", evaluation.decision));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The case that the encoder leaves out, because a query leaves it out: the session of a federated user, for which the user's
/// identity-based policies decide nothing alone, since there is no session policy. Only the evaluator looks at the principal's kind;
/// identity-based questions are about the statements.
#[cfg(feature = "z3")]
const FEDERATED_USER: &str = "B08";

/// Z3 as queries use it, which settles much of a pinned question by substitution, and Z3 that is given all of it.
#[cfg(feature = "z3")]
fn engines() -> [Box<dyn Engine>; 2] {
    let whole = Refining::new(keyaki_encodings::engine::z3::Z3::new().expect("the tested version"));
    [from_spec("z3").expect("the engine is built"), Box::new(whole)]
}

#[cfg(feature = "z3")]
#[test]
fn pinned_queries_decide_as_the_cases_say() {
    let engines = engines();
    let mut decided = 0;
    for Case { id, policies, request, expect, why } in cases().into_iter().filter(|case| case.id != FEDERATED_USER) {
        let policies: Vec<&Policy> = policies.all().map(|named| &named.policy).collect();
        let frame = Frame::new(&policies, &[]).unwrap();
        let mut pinned = vec![frame.structure()];
        pinned.extend(frame.pin(&request).unwrap_or_else(|reason| panic!("{id}: {reason}")));
        let (allowed, deny) = (frame.allowed(&policies).unwrap(), frame.deny(&policies).unwrap());
        let (is_allowed, is_denied) = (expect == "allowed", expect == "explicitDeny");
        // Without a formula: pins that contradict each other would refute everything.
        let questions = [
            ("pins", Term::truth(), true),
            ("allowed", allowed.clone(), is_allowed),
            ("not allowed", Term::not(allowed), !is_allowed),
            ("deny", deny.clone(), is_denied),
            ("no deny", Term::not(deny), !is_denied),
        ];
        for (engine, (name, formula, expected)) in engines.iter().flat_map(|engine| questions.clone().map(|question| (engine, question))) {
            let assertions: Vec<Term> = pinned.iter().cloned().chain([formula]).collect();
            let satisfiable = match engine.decide(&assertions, &Limits::default()) {
                Outcome::Satisfiable(_) => true,
                Outcome::Unsatisfiable => false,
                Outcome::Unknown(reason) => panic!("{id}, {name}: {reason}"),
            };
            assert_eq!(satisfiable, expected, "{id}, {name}: {why}");
        }
        decided += 1;
    }
    assert_eq!(decided, IDENTITY_ONLY - 1, "cases that the encoder decides");
}
