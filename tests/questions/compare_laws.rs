//! Containment of whole policy sets is a preorder, and `compare` says the same whichever way round
//! it is asked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use keyaki::compare::{Relation, compare};
use keyaki::input;
use keyaki::layers::Policies;
use keyaki::policy::Kind;
use keyaki::policy::read::ReadOptions;
use keyaki::query::{Requests, Solver};
use keyaki::source::Source;
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use serde_json::{Value, json};

fn allow(actions: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
}

/// The same user and role in ever narrower surroundings, and some that none of the others contains.
fn sample() -> Vec<Policies> {
    let storage = allow(json!(["s3:GetObject", "s3:PutObject"]));
    let bucket = |principal: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]})
    };
    let sets = [
        json!({"identity": [storage]}),
        json!({"identity": [storage], "boundary": allow(json!("s3:Get*"))}),
        json!({"identity": [storage], "scp": [[allow(json!("*"))], [allow(json!("s3:GetObject"))]]}),
        json!({"identity": [storage], "resource": bucket("111122223333")}),
        json!({"identity": [], "resource": bucket("arn:aws:iam::111122223333:user/dev")}),
        json!({"identity": [storage], "boundary": allow(json!("s3:Get*")), "resource": bucket("arn:aws:iam::111122223333:user/dev")}),
    ];
    let read = |set: &Value| {
        let source = Source::new("set.json", set.to_string());
        input::policies_text(&source, &ReadOptions::default(), Kind::Identity).unwrap().value
    };
    sets.iter().map(read).collect()
}

#[test]
fn containment_is_a_preorder_that_both_directions_agree_on() {
    let (sets, solver, limits) =
        (sample(), Solver::single(from_spec("auto").unwrap()), Limits::default());
    let relation = |old: &Policies, new: &Policies| {
        compare(
            old,
            new,
            None,
            Requests::Feasible(World::embedded().unwrap()),
            None,
            &solver,
            &limits,
        )
        .unwrap()
        .relation()
        .unwrap()
    };
    let relations: Vec<Vec<Relation>> =
        sets.iter().map(|old| sets.iter().map(|new| relation(old, new)).collect()).collect();
    let count = sets.len();
    // Whether the set of the first index allows nothing that the set of the second does not.
    let within =
        |a: usize, b: usize| matches!(relations[a][b], Relation::Equivalent | Relation::Wider);
    let mirrored = |found: Relation| match found {
        Relation::Narrower => Relation::Wider,
        Relation::Wider => Relation::Narrower,
        same @ (Relation::Equivalent | Relation::Incomparable | Relation::Unknown) => same,
    };
    let mut strict = 0;
    for (a, row) in relations.iter().enumerate() {
        assert_eq!(row[a], Relation::Equivalent, "set {a} with itself");
        for (b, found) in row.iter().enumerate() {
            assert_ne!(*found, Relation::Unknown, "sets {a} and {b}");
            assert_eq!(relations[b][a], mirrored(*found), "sets {a} and {b}");
            strict += usize::from(within(a, b) && !within(b, a));
            for c in 0..count {
                assert!(!(within(a, b) && within(b, c)) || within(a, c), "sets {a}, {b} and {c}");
            }
        }
    }
    assert!(strict >= 6, "only {strict} strict containments: the sample says too little");
}
