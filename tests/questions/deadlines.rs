//! A deadline that comes at any moment of the work: every answer is the one that there would be
//! with more time, or "unknown".
//!
//! The deadline counts looks at it instead of time, so that it comes at the same moments on every
//! machine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::policies;
use keyaki::layers::Policies;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::world::World;
use keyaki_engines::engine::{Deadline, Limits, from_spec};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Longer than any of these questions takes.
const PATIENCE: Duration = Duration::from_secs(600);

fn limits(looks: u64) -> Limits {
    Limits { deadline: Deadline::after_looks(looks), ..Limits::timeout(PATIENCE) }
}

/// A policy whose only condition compares so many tags of the request.
fn tags(count: usize) -> Value {
    let keys: serde_json::Map<_, _> =
        (0..count).map(|at| (format!("aws:RequestTag/k{at}"), json!("v"))).collect();
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:GetObject", "ec2:RunInstances"], "Resource": "*",
        "Condition": {"StringEquals": keys}}})
}

fn all(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "arn:aws:*:*:*:*"}})
}

/// What `all` allows, in two statements that have a tag of the request between them: their texts alone do
/// not show that.
fn all_in_two(action: &str) -> Value {
    let with = |operator: &str| json!({"Effect": "Allow", "Action": action, "Resource": "arn:aws:*:*:*:*", "Condition": {operator: {"aws:RequestTag/k": "v"}}});
    json!({"Version": "2012-10-17", "Statement": [with("StringEquals"), with("StringNotEquals")]})
}

/// The answer to whether the one allows what the other does not, in a word.
fn ask(
    [one, other]: [&Policies; 2],
    requests: Requests<'_>,
    spec: &str,
    limits: &Limits,
) -> &'static str {
    let query = Query {
        shape: None,
        within: &[],
        unlike: &[],
        allowed_by: vec![one],
        refused_by: vec![other],
        requests,
    };
    match query.ask(&Solver::single(from_spec(spec).unwrap()), limits).unwrap().answer {
        Answer::Yes(_) => "yes",
        Answer::No => "no",
        Answer::Unknown(reason) => {
            assert_eq!(reason.to_string(), "no answer within 600 s", "the user's timeout is named");
            "unknown"
        }
    }
}

#[test]
fn a_deadline_at_any_moment_makes_answers_unknown_and_nothing_else() {
    let pairs = [
        (tags(3), all("ec2:*")),
        (all("ec2:*"), tags(3)),
        (all("s3:GetObject"), all_in_two("s3:Get*")),
        (tags(2), all("*")),
    ];
    let worlds = [Requests::Any, Requests::Feasible(World::embedded().unwrap())];
    let specs =
        if crate::support::z3::z3_takes_part() { vec!["finite", "z3"] } else { vec!["finite"] };
    for (one, other) in pairs.iter().map(|(one, other)| (policies([one]), policies([other]))) {
        for (requests, spec) in
            worlds.iter().flat_map(|requests| specs.iter().map(move |spec| (*requests, *spec)))
        {
            let expected = ask([&one, &other], requests, spec, &Limits::timeout(PATIENCE));
            assert_ne!(expected, "unknown");
            let mut found: BTreeMap<&str, u64> = BTreeMap::new();
            let mut looks = 0;
            // Every moment at the beginning, and then fewer.
            while found.get(expected).is_none_or(|often| *often < 3) {
                let answer = ask([&one, &other], requests, spec, &limits(looks));
                assert!(
                    answer == expected || answer == "unknown",
                    "{answer} instead of {expected} after {looks} looks"
                );
                *found.entry(answer).or_default() += 1;
                looks += 1 + looks / 5;
            }
            assert!(
                found.get("unknown").is_some_and(|often| *often > 0),
                "no look at the deadline before {expected}"
            );
        }
    }
}
