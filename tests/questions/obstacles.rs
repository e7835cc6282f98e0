//! Which layer stands in the way: what an engine cannot tell is unknown, and not a layer that
//! refuses nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::layers::allow;
use crate::support::policy_set;
use crate::support::reading;
use keyaki::layers::Layer;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::world::World;
use keyaki_engines::engine::{Engine, Finite, Limits, Outcome, Reason};
use keyaki_logic::term::Term;
use serde_json::json;

/// Gives the same outcome to every question.
struct Always(fn() -> Outcome);

impl Engine for Always {
    fn name(&self) -> String {
        "always".to_owned()
    }

    fn decide(&self, _: &[Term], _: &Limits) -> Outcome {
        (self.0)()
    }
}

#[test]
fn a_layer_of_which_nobody_knows_is_named() {
    let set = policy_set(
        &json!({"identity": [allow("*")], "boundary": allow("ec2:*"), "scp": [[allow("ec2:*")]]}),
    );
    let query = Query {
        shape: None,
        unlike: None,
        allowed_by: vec![&set],
        refused_by: Vec::new(),
        requests: Requests::Any,
    };
    let ask = |outcome| {
        query.obstacles(&Solver::single(Box::new(Always(outcome))), &Limits::default()).unwrap()
    };
    let unknown = ask(|| Outcome::Unknown(Reason::Resource("none left".to_owned())));
    assert!(unknown.found.is_empty());
    assert_eq!(unknown.unknown, [Layer::Boundary, Layer::Scp(0), Layer::Identity]);
    let none = ask(|| Outcome::Unsatisfiable);
    assert!(none.found.is_empty() && none.unknown.is_empty());
}

/// A role's own ARN is taken for some session of the role: the checker lets it pass, and so it is
/// nothing to show as one that cannot exist.
#[test]
fn a_request_beyond_breaks_something() {
    let key = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
        "Action": "kms:Decrypt", "Resource": "*"}]});
    let set = policy_set(&json!({"identity": [allow("*")], "resource": key}));
    let shape = |statement| reading::shape_of(&statement).unwrap();
    let others = shape(
        json!({"Action": "kms:*", "Resource": "arn:aws:kms:us-east-1:111122223333:key/*", "NotPrincipal": "arn:aws:sts::111122223333:assumed-role/app/*"}),
    );
    let requests = Requests::Feasible(World::embedded().unwrap());
    let query = Query {
        shape: Some(&others),
        unlike: None,
        allowed_by: vec![&set],
        refused_by: Vec::new(),
        requests,
    };
    let (solver, limits) = (Solver::single(Box::new(Finite::new())), Limits::default());
    assert!(matches!(query.answer(&solver, &limits).unwrap(), Answer::No));
    let beyond = query.beyond(&solver, &limits).unwrap();
    assert!(beyond.is_none(), "{beyond:?}");
}
