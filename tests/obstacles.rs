//! Which layer stands in the way: what an engine cannot tell is unknown, and not a layer that refuses nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use keyaki::environment::Layer;
use keyaki::query::{Query, Requests, Solver};
use keyaki_encodings::engine::{Engine, Limits, Outcome, Reason};
use keyaki_encodings::term::Term;
use serde_json::json;
use support::layers::allow;
use support::policy_set;

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
    let set = policy_set(&json!({"identity": [allow("*")], "boundary": allow("ec2:*"), "scp": [[allow("ec2:*")]]}));
    let query = Query { shape: None, unlike: None, allowed_by: vec![&set], refused_by: Vec::new(), requests: Requests::Any };
    let ask = |outcome| query.obstacles(&Solver::single(Box::new(Always(outcome))), &Limits::default()).unwrap();
    let unknown = ask(|| Outcome::Unknown(Reason::Resource("none left".to_owned())));
    assert!(unknown.found.is_empty());
    assert_eq!(unknown.unknown, [Layer::Boundary, Layer::Scp(0), Layer::Identity]);
    let none = ask(|| Outcome::Unsatisfiable);
    assert!(none.found.is_empty() && none.unknown.is_empty());
}
