//! The conformance cases of SEMANTICS 8.2, through the reader and the evaluator, and as pinned
//! queries through the encoder and engines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use keyaki::input;
use keyaki::json::{self, JsonValue};
use keyaki::layers::Policies;
use keyaki::policy::Kind;
use keyaki::policy::read::ReadOptions;
use keyaki::request::{self, Request};
use keyaki::semantics::{decide, explain};
use keyaki::source::Source;
use keyaki::symbolic::{Decision, Frame};
use keyaki_engines::engine::{Engine, Helper, Limits, Outcome, Refining, Z3, from_spec};
use keyaki_logic::term::Term;

/// How many cases there are. A run that decided fewer fails.
const CASES: usize = 129;

fn text<'a>(case: &'a JsonValue, member: &str) -> &'a str {
    case.member(member)
        .and_then(JsonValue::as_str)
        .unwrap_or_else(|| panic!("a case has no `{member}`"))
}

struct Case {
    id: String,
    policies: Policies,
    request: Request,
    expect: String,
    why: String,
}

fn cases() -> Vec<Case> {
    // Some seed policies are printed with spaces in a `Sid`.
    let options = ReadOptions { lenient_sids: true, ..ReadOptions::default() };
    let case = |line: &str| {
        let source = Source::new("conformance.jsonl", line);
        let (case, findings) = json::parse(&source, &json::Limits::default());
        let case = case.unwrap_or_else(|| panic!("{findings:#?}"));
        let owned = |member| text(&case, member).to_owned();
        let policies = input::policies(
            case.member("policies").expect("policies"),
            &source,
            &options,
            "policies",
            Kind::Identity,
        );
        let policies =
            policies.unwrap_or_else(|findings| panic!("{}: {findings:#?}", owned("id"))).value;
        let outcome =
            request::read_value(case.member("request").expect("a request"), &source, "request");
        let request = outcome.request.unwrap_or_else(|| panic!("{:#?}", outcome.diagnostics));
        Case { id: owned("id"), policies, request, expect: owned("expect"), why: owned("why") }
    };
    let cases: Vec<Case> =
        include_str!("../cases/evaluator/conformance.jsonl").lines().map(case).collect();
    assert_eq!(cases.len(), CASES);
    cases
}

#[test]
fn policies_decide_as_the_cases_say() {
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

/// The finite engine, and Z3: as queries use it, which settles much of a pinned question by
/// substitution, and given all of it.
fn engines() -> Vec<Box<dyn Engine>> {
    let mut engines = vec![from_spec("finite").expect("it is always there")];
    if crate::support::z3::z3_takes_part() {
        let whole = Refining::new(Z3::new(Helper::installed().expect("it is there")));
        engines.extend([from_spec("z3").expect("it is there"), Box::new(whole)]);
    }
    engines
}

/// Other engines, as `KEYAKI_ENGINES` names them, for example `smtlib:cvc5 z3-finite`: they may
/// leave a question open, and never contradict.
fn others() -> Vec<Box<dyn Engine>> {
    let specs = std::env::var("KEYAKI_ENGINES").unwrap_or_default();
    specs.split_whitespace().map(|spec| from_spec(spec).expect("an engine that is there")).collect()
}

#[test]
fn pinned_queries_decide_as_the_cases_say() {
    let (engines, others) = (engines(), others());
    let (mut decided, mut open) = (0, 0);
    for Case { id, policies, request, expect, why } in cases() {
        let frame = Frame::new(&[&policies], &[]);
        let mut pinned = vec![frame.structure()];
        pinned.extend(frame.pin(&request).unwrap_or_else(|reason| panic!("{id}: {reason}")));
        let Decision { allowed, explicit_deny: deny } = frame.decision(&policies).unwrap();
        let (is_allowed, is_denied) = (expect == "allowed", expect == "explicitDeny");
        // Without a formula: pins that contradict each other would refute everything.
        let questions = [
            ("pins", Term::truth(), true),
            ("allowed", allowed.clone(), is_allowed),
            ("not allowed", Term::not(allowed), !is_allowed),
            ("deny", deny.clone(), is_denied),
            ("no deny", Term::not(deny), !is_denied),
        ];
        let all = engines
            .iter()
            .map(|engine| (engine, true))
            .chain(others.iter().map(|engine| (engine, false)));
        for ((engine, knows), (name, formula, expected)) in
            all.flat_map(|engine| questions.clone().map(|question| (engine, question)))
        {
            let assertions: Vec<Term> = pinned.iter().cloned().chain([formula]).collect();
            let satisfiable = match engine.decide(&assertions, &Limits::default()) {
                Outcome::Satisfiable(_) => true,
                Outcome::Unsatisfiable => false,
                Outcome::Unknown(reason) if knows => panic!("{id}, {name}: {reason}"),
                Outcome::Unknown(_) => {
                    open += 1;
                    continue;
                }
            };
            assert_eq!(satisfiable, expected, "{id}, {name}: {why}");
        }
        decided += 1;
    }
    println!(
        "{decided} cases, five questions each; {} other engines left {open} of them open",
        others.len()
    );
    assert_eq!(decided, CASES, "cases that the encoder decides");
}
