//! Small questions, one for each way in which answers are searched for, with every silence and
//! every delay of the engine.
//!
//! `tests/questions/unknown.rs` does the same to all claims, where it cannot try everything.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::unknowing::{Silence, asking, limits, short};
use keyaki::calls::Calls;
use keyaki::compare::{self, Relation};
use keyaki::layers::Policies;
use keyaki::query::{
    Answer, CallAnswer, CallQuery, Filter, Query, QueryError, Requests, RestsOn, Solver,
};
use keyaki::shape::Shape;
use keyaki::world::{ModelChoice, World};
use keyaki_engines::engine::Limits;
use serde_json::{Value, json};
use std::sync::Arc;

/// An answer, and what it rests on.
#[derive(Debug, PartialEq)]
enum Said {
    Yes,
    No(RestsOn),
    Unknown,
}

/// So many questions are answered too late, each alone: it takes its time.
const DELAYS: usize = 8;

type Ask<'a> = dyn Fn(&Solver, &Limits) -> Result<Said, QueryError> + 'a;

fn world(unknown_actions: bool) -> Requests<'static> {
    Requests::Feasible(World { unknown_actions, ..World::embedded().unwrap() })
}

/// Tries every silence, alone and lasting, and every delay, and gives what is said without any.
fn try_all(name: &str, ask: &Ask<'_>) -> Said {
    let memory = Arc::default();
    let run =
        |silence, limits: &Limits| asking(&memory, silence, |solver| ask(solver, limits).unwrap());
    let (full, asked) = run(Silence::Never, &limits());
    assert!(asked > 0 && full != Said::Unknown, "{name}");
    let mut unknown = 0;
    let numbers = (1..=asked).flat_map(|number| [Silence::At(number), Silence::From(number)]);
    let late = (1..=asked.min(DELAYS)).map(Silence::Late);
    for silence in numbers.chain(late).chain([Silence::Models, Silence::Refutations]) {
        let limits = if matches!(silence, Silence::Late(_)) { short() } else { limits() };
        let (found, _) = run(silence, &limits);
        match (&full, &found) {
            (_, Said::Unknown) => unknown += 1,
            (Said::Yes, Said::Yes) => {}
            // Where it was not decided what is needed, nothing that is may be missing.
            (Said::No(full), Said::No(found)) => {
                let kept = full.choices.iter().all(|choice| found.choices.contains(choice));
                assert!(found == full || found.undecided && kept, "{name}, {silence:?}: {found:?}");
            }
            other => panic!("{name}, {silence:?}: {other:?}"),
        }
    }
    assert!(unknown > 0, "{name}");
    full
}

fn about(
    statements: &Value,
    shape: Option<&Shape>,
    requests: Requests<'_>,
    solver: &Solver,
    limits: &Limits,
) -> Result<Said, QueryError> {
    let set = support::policies([&json!({"Version": "2012-10-17", "Statement": statements})]);
    let query = Query {
        shape,
        within: &[],
        unlike: &[],
        allowed_by: vec![&set],
        refused_by: Vec::new(),
        requests,
    };
    let verdict = query.ask(solver, limits)?;
    Ok(match verdict.answer {
        Answer::Yes(_) => Said::Yes,
        Answer::No => Said::No(verdict.rests_on),
        Answer::Unknown(_) => Said::Unknown,
    })
}

/// No caller is like that: only users have a name, and none is a session. The text of the
/// conditions does not tell.
fn nobody() -> Value {
    json!({"Null": {"aws:username": "false"}, "StringEquals": {"aws:PrincipalType": "AssumedRole"}})
}

fn no(choices: &[ModelChoice]) -> Said {
    Said::No(RestsOn { choices: choices.to_vec(), undecided: false })
}

#[test]
fn in_the_services_that_a_question_names() {
    let statement = |condition: Value| json!([{"Effect": "Allow", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": "*", "Condition": condition}]);
    let ask = |condition: Value| {
        try_all("named", &|solver, limits| {
            about(&statement(condition.clone()), None, world(false), solver, limits)
        })
    };
    assert_eq!(ask(nobody()), no(&[]));
    assert_eq!(ask(json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}})), Said::Yes);
}

#[test]
fn in_the_services_that_no_question_names() {
    let ask = |condition: Value| {
        let statement = json!([{"Effect": "Allow", "NotAction": "sts:*", "Resource": "*", "Condition": condition}]);
        try_all("rest", &|solver, limits| about(&statement, None, world(false), solver, limits))
    };
    assert_eq!(ask(nobody()), no(&[]));
    assert_eq!(ask(json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}})), Said::Yes);
}

#[test]
fn among_the_actions_that_nobody_lists() {
    let statement = |condition: Value| json!([{"Effect": "Allow", "Action": "s3:GetSomethingNew", "Resource": "*", "Condition": condition}]);
    let ask = |condition: Value| {
        try_all("unlisted", &|solver, limits| {
            about(&statement(condition.clone()), None, world(true), solver, limits)
        })
    };
    assert_eq!(ask(nobody()), no(&[]));
    assert_eq!(ask(json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}})), Said::Yes);
}

#[test]
fn what_a_refusal_rests_on() {
    let table = "arn:aws:dynamodb:us-east-1:111122223333:table/t";
    let elsewhere = json!({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}});
    let statement = json!([{"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": table, "Condition": elsewhere}]);
    assert_eq!(
        try_all("rests on", &|solver, limits| about(
            &statement,
            None,
            world(false),
            solver,
            limits
        )),
        no(&[ModelChoice::F26])
    );
}

/// Two policies that allow the same as long as a choice is made; only one direction rests on it.
#[test]
fn what_both_directions_of_a_comparison_rest_on() {
    let table = "arn:aws:dynamodb:us-east-1:111122223333:table/t";
    let own = json!({"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": table, "Condition": nobody()});
    let elsewhere = json!({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}});
    let more = json!({"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": table, "Condition": elsewhere});
    let set = |statements: Value| {
        support::policies([&json!({"Version": "2012-10-17", "Statement": statements})])
    };
    let [less, more] = [set(json!([own])), set(json!([own, more]))];
    let equivalent = try_all("compare", &|solver, limits| {
        let comparison = compare::compare(&less, &more, None, world(false), None, solver, limits)?;
        Ok(match comparison.relation().unwrap() {
            Relation::Equivalent => Said::No(comparison.rests_on),
            Relation::Unknown => Said::Unknown,
            Relation::Narrower | Relation::Wider | Relation::Incomparable => Said::Yes,
        })
    });
    assert_eq!(equivalent, no(&[ModelChoice::F26]));
}

#[test]
fn over_every_string() {
    let pair = |first: &str, second: &str| {
        let tag = json!({"StringLike": {"aws:PrincipalTag/t": first}, "StringLikeIfExists": {"aws:PrincipalTag/t": second}});
        let statement = json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": tag}]);
        try_all("any", &|solver, limits| about(&statement, None, Requests::Any, solver, limits))
    };
    assert_eq!(pair("a*", "b*"), no(&[]));
    assert_eq!(pair("a*", "*b"), Said::Yes);
}

/// A call by the paths that a filter leaves.
fn call(policies: &Policies, name: &str, path: &str) -> Said {
    let call = Calls::embedded().unwrap().find(name).unwrap();
    let filters = [Filter::parse(&format!("Path={path}")).unwrap()];
    try_all(name, &|solver, limits| {
        let query = CallQuery {
            call,
            policies,
            role: None,
            shape: None,
            filters: &filters,
            spots: &[],
            requests: world(false),
        };
        let verdict = query.ask(solver, limits)?;
        Ok(match verdict.answer {
            CallAnswer::Yes(_) => Said::Yes,
            CallAnswer::No => Said::No(verdict.rests_on),
            CallAnswer::Unknown(_) => Said::Unknown,
        })
    })
}

#[test]
fn by_the_paths_of_a_call() {
    let policy = |statements: Value| {
        support::policies([&json!({"Version": "2012-10-17", "Statement": statements})])
    };
    let all = |condition: Value| {
        policy(json!([{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}]))
    };
    assert_eq!(call(&all(nobody()), "s3:GetObject", "*"), no(&[]));
    let by_sessions = json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}});
    assert_eq!(call(&all(by_sessions), "s3:GetObject", "encrypted with a KMS key"), Said::Yes);
    // What is made without tags has none.
    let owned = json!({"Null": {"aws:ResourceTag/owner": "false"}});
    let making = json!({"Effect": "Allow", "Action": "bedrock:CreateInferenceProfile", "Resource": "*", "Condition": owned});
    let sources = json!(["arn:aws:bedrock:*::*", "arn:aws:bedrock:*:*:inference-profile/*"]);
    let others = json!({"Effect": "Allow", "Action": "*", "Resource": sources});
    let untagged = call(
        &policy(json!([making, others])),
        "bedrock:CreateInferenceProfile",
        "*foundation model, without tags",
    );
    assert_eq!(untagged, no(&[ModelChoice::F16]));
}
