//! What stands in the way: with all of it changed there is such a request, with less there is
//! none; what an engine cannot tell is unknown, and not a layer that refuses nothing.
//!
//! The changes are made here in the documents, which are read anew: not as they were asked about.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Options, chance};
use crate::support::layers::{allow, deny, public};
use crate::support::unknowing::{self, Silence, asking};
use crate::support::{number, policy_set, pools, reading, sets};
use keyaki::compare;
use keyaki::layers::{Layer, Policies};
use keyaki::policy::{Kind, Statement};
use keyaki::query::{
    Answer, Obstacle, Obstacles, Otherwise, Query, Refusal, Requests, Solver, StatementName,
};
use keyaki::semantics::{Decision, decide};
use keyaki::shape::Shape;
use keyaki::world::World;
use keyaki_engines::engine::{Engine, Finite, Limits, Outcome, Reason};
use keyaki_logic::term::Term;
use rand::seq::IndexedRandom;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

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
        within: &[],
        unlike: &[],
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
        within: &[],
        unlike: &[],
        allowed_by: vec![&set],
        refused_by: Vec::new(),
        requests,
    };
    let (solver, limits) = (Solver::single(Box::new(Finite::new())), Limits::default());
    assert!(matches!(query.answer(&solver, &limits).unwrap(), Answer::No));
    let beyond = query.beyond(&solver, &limits).unwrap();
    assert!(beyond.is_none(), "{beyond:?}");
}

fn solver() -> Solver {
    Solver::single(Box::new(Finite::new()))
}

fn limits() -> Limits {
    Limits::timeout(Duration::from_secs(20))
}

fn about<'a>(set: &'a Policies, shape: &'a Shape, requests: Requests<'a>) -> Query<'a> {
    let (allowed_by, refused_by) = (vec![set], Vec::new());
    Query { shape: Some(shape), within: &[], unlike: &[], allowed_by, refused_by, requests }
}

fn feasible() -> Requests<'static> {
    Requests::Feasible(World::embedded().unwrap())
}

/// What stands in the way of a shape.
fn obstacles(layers: &Value, shape: &Value, requests: Requests<'_>) -> Obstacles {
    let (set, shape) = (policy_set(layers), reading::shape_of(shape).unwrap());
    let query = about(&set, &shape, requests);
    assert!(matches!(query.answer(&solver(), &limits()).unwrap(), Answer::No), "{layers}");
    query.obstacles(&solver(), &limits()).unwrap()
}

/// A change as the text tells it.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Deny(StatementName),
    Allow(Layer),
}

fn parts(refusals: &[Refusal]) -> Vec<Part> {
    let of = |one: &Refusal| {
        let denies = one.denies.iter().cloned().map(Part::Deny);
        denies.chain(one.silent.then_some(Part::Allow(one.layer))).collect::<Vec<_>>()
    };
    refusals.iter().flat_map(of).collect()
}

fn everything(principal: bool) -> Value {
    if principal { public("Allow", "*") } else { allow("*") }
}

/// The statements of a document as a list.
fn list(document: &mut Value) -> &mut Vec<Value> {
    let statements = &mut document["Statement"];
    if !statements.is_array() {
        *statements = json!([statements.take()]);
    }
    statements.as_array_mut().unwrap()
}

/// Makes the changes in the documents.
fn without(layers: &Value, parts: &[Part]) -> Value {
    let mut changed = layers.clone();
    for part in parts {
        match part {
            Part::Deny(name) => {
                let pointer = format!("/{}", name.policy.replace('[', "/").replace(']', ""));
                let document = changed.pointer_mut(&pointer).unwrap();
                assert_eq!(list(document)[name.index]["Effect"], "Deny");
                // Taken out at the end: the numbers of the others stay.
                let denied = list(document)[name.index].as_object_mut().unwrap();
                denied.insert("Effect".to_owned(), Value::Null);
            }
            Part::Allow(Layer::Scp(level)) => {
                changed["scp"][*level].as_array_mut().unwrap().push(everything(false));
            }
            Part::Allow(Layer::Boundary) => {
                let mut allowed = everything(false);
                list(&mut changed["boundary"]).append(list(&mut allowed));
            }
            Part::Allow(Layer::Resource) if changed["resource"].is_null() => {
                changed["resource"] = everything(true);
            }
            Part::Allow(Layer::Resource) => {
                let mut allowed = everything(true);
                list(&mut changed["resource"]).append(list(&mut allowed));
            }
            Part::Allow(layer) => {
                let layer = layer.word();
                if changed[layer].is_null() {
                    changed[layer] = json!([]);
                }
                changed[layer].as_array_mut().unwrap().push(everything(layer == "endpoint"));
            }
        }
    }
    fn tidy(value: &mut Value) {
        match value {
            Value::Object(document) if document.contains_key("Statement") => {
                let statements = list(value);
                let last = statements.last().cloned();
                statements.retain(|one| !one["Effect"].is_null());
                if statements.is_empty()
                    && let Some(Value::Object(mut nothing)) = last
                {
                    nothing.retain(|member, _| member != "NotAction");
                    nothing.insert("Effect".to_owned(), json!("Deny"));
                    nothing.insert("Action".to_owned(), json!("sts:Nothing"));
                    statements.push(nothing.into());
                }
            }
            Value::Object(layers) => layers.values_mut().for_each(tidy),
            Value::Array(items) => items.iter_mut().for_each(tidy),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    tidy(&mut changed);
    changed
}

/// A question whose answer is no.
struct Asked<'a> {
    layers: &'a Value,
    strict: bool,
    set: &'a Policies,
    shape: &'a Shape,
    requests: Requests<'a>,
}

impl Asked<'_> {
    /// The policies with these changes.
    fn changed(&self, parts: &[Part]) -> Policies {
        let read = |layers: &Value| {
            sets::set(layers, self.strict).unwrap_or_else(|why| panic!("{layers}\n{why}"))
        };
        let trust = self.set.resource.as_ref().is_some_and(|one| one.policy.kind == Kind::Trust);
        let of_role = |part: &Part| trust && *part == Part::Allow(Layer::Resource);
        let others: Vec<Part> = parts.iter().filter(|part| !of_role(part)).cloned().collect();
        let mut changed = read(&without(self.layers, &others));
        if parts.iter().any(of_role) {
            // Such a policy has no resources: nothing else would be read as one.
            let allowed = read(&json!({"resource": everything(true)})).resource.unwrap().policy;
            let allowed =
                Statement { resource: None, ..allowed.statements[0].clone().into_statement() };
            changed.resource.as_mut().unwrap().policy_mut().statements.push(allowed.into());
        }
        changed
    }

    /// Whether the answer is yes with these changes; `None` if it is unknown.
    fn answer(&self, parts: &[Part]) -> Option<bool> {
        let set = self.changed(parts);
        // Where it is asked is a matter of the policies as they are.
        let own = about(self.set, self.shape, self.requests);
        let query = about(&set, self.shape, self.requests.asked_in(own.partitions()));
        match query.answer(&solver(), &limits()).unwrap() {
            Answer::Yes(_) => Some(true),
            Answer::No => Some(false),
            Answer::Unknown(_) => None,
        }
    }

    /// An obstacle is what its text says; how many parts it has.
    fn holds(&self, obstacle: &Obstacle) -> usize {
        let parts = parts(&obstacle.refusals);
        let told = format!("{}\n{parts:?}\n{}", self.layers, obstacle.request.to_json());
        let changed = self.changed(&parts);
        let allowed = |set: &Policies| decide(set, &obstacle.request).decision == Decision::Allowed;
        assert!(!parts.is_empty() && !allowed(self.set) && allowed(&changed), "{told}");
        assert_ne!(self.answer(&parts), Some(false), "{told}");
        for number in 0..parts.len() {
            let mut fewer = parts.clone();
            fewer.remove(number);
            let answer = self.answer(&fewer);
            assert!(
                obstacle.undecided || answer != Some(true),
                "less is enough: {fewer:?}\n{told}"
            );
        }
        for refusal in &obstacle.refusals {
            assert!(refusal.silent || !refusal.denies.is_empty() && refusal.nearest.is_empty());
            assert!(refusal.nearest.is_sorted_by_key(|one| one.failures.len()));
            assert!(refusal.nearest.iter().all(|one| !one.failures.is_empty()), "{told}");
        }
        parts.len()
    }
}

/// What was met in a run.
#[derive(Debug, Default, Clone, Copy)]
struct Met {
    no: usize,
    denies: usize,
    silent: usize,
    several: usize,
    together: usize,
    helpless: usize,
}

fn draw(seed: u64) -> Met {
    let rng = &mut generate::rng(seed);
    let options = Options { ill_typed: false, odd_lists: false, odd_resources: false };
    let mut case = sets::case(rng, options, 0);
    let mut shape = sets::shape(rng, options, &case.focus);
    let shape_members = shape.as_object_mut().unwrap();
    shape_members.remove("NotAction");
    let listed = case.subject.as_ref().map(|subject| subject.action(rng));
    let action = listed.unwrap_or_else(|| generate::pick(rng, pools::MIXED_ACTIONS).to_owned());
    shape_members.insert("Action".to_owned(), json!(action));
    for _ in 0..2 {
        let layer = *["identity", "boundary", "resource", "scp"].choose(rng).unwrap();
        let mut statement = sets::statement(rng, options, &case, layer, "Deny");
        if chance(rng, 0.7) {
            let members = statement.as_object_mut().unwrap();
            members.retain(|name, _| !["NotAction", "Condition", "NotResource"].contains(&&**name));
            members.insert("Action".to_owned(), json!("*"));
            if members.contains_key("Resource") || layer != "resource" {
                members.insert("Resource".to_owned(), json!("*"));
            }
        }
        let pointer = match layer {
            "scp" => "/scp/0/0",
            "identity" => "/identity/0",
            "boundary" => "/boundary",
            _ => "/resource",
        };
        if let Some(document) = case.policies.pointer_mut(pointer) {
            let before = document.clone();
            list(document).push(statement);
            if sets::set(&case.policies, case.strict).is_err() {
                *case.policies.pointer_mut(pointer).unwrap() = before;
            }
        }
    }
    let (set, shape) = (case.set(), reading::shape_of(&shape).unwrap());
    let requests = if seed.is_multiple_of(2) { Requests::Any } else { feasible() };
    let query = about(&set, &shape, requests);
    let mut met = Met::default();
    if !matches!(query.answer(&solver(), &limits()).unwrap(), Answer::No) {
        return met;
    }
    met.no = 1;
    let asked =
        Asked { layers: &case.policies, strict: case.strict, set: &set, shape: &shape, requests };
    let obstacles = query.obstacles(&solver(), &limits()).unwrap();
    for (number, one) in obstacles.found.iter().enumerate() {
        assert_eq!(one.refusals.len(), 1, "seed {seed}");
        let count = asked.holds(one);
        met.several += usize::from(count > 1);
        met.denies += usize::from(!one.refusals[0].denies.is_empty());
        met.silent += usize::from(one.refusals[0].silent);
        let before = &obstacles.found[..number];
        let own = parts(&one.refusals);
        assert!(
            before.iter().all(|other| !parts(&other.refusals).iter().any(|one| own.contains(one)))
        );
    }
    match &obstacles.otherwise {
        Some(Otherwise::Together(together)) => {
            asked.holds(together);
            met.together += 1;
        }
        Some(Otherwise::NoPolicyHelps) => {
            met.helpless += 1;
            let mut all = case.policies.clone();
            let alone = set.is_resource_alone();
            for (layer, document) in all.as_object_mut().unwrap() {
                *document = match layer.as_str() {
                    "identity" | "session" => json!([allow("*")]),
                    "boundary" => allow("*"),
                    "resource" => public("Allow", "*"),
                    "endpoint" => json!([public("Allow", "*")]),
                    "scp" => {
                        document.as_array().unwrap().iter().map(|_| json!([allow("*")])).collect()
                    }
                    _ => json!([]),
                };
            }
            if !alone {
                all["identity"] = json!([allow("*")]);
                all["resource"] = public("Allow", "*");
            }
            let asked = Asked { layers: &all, ..asked };
            assert_ne!(asked.answer(&[]), Some(true), "seed {seed}: {}", case.policies);
        }
        Some(Otherwise::Unknown(_)) | None => {}
    }
    assert!(obstacles.found.is_empty() || obstacles.otherwise.is_none());
    met
}

/// With all of an obstacle changed in the documents the answer is yes, with any part left it is no.
/// `KEYAKI_DRAWS` is the number of questions, 150 unless set.
#[test]
fn obstacles_are_what_they_say() {
    let (draws, first) = (number("KEYAKI_DRAWS", 150), number("KEYAKI_SEED", 0));
    let met =
        (first..first + draws).into_par_iter().map(draw).reduce(Met::default, |one, other| Met {
            no: one.no + other.no,
            denies: one.denies + other.denies,
            silent: one.silent + other.silent,
            several: one.several + other.several,
            together: one.together + other.together,
            helpless: one.helpless + other.helpless,
        });
    println!("{met:?}");
    let least = usize::try_from(draws).unwrap() / 100;
    let counts = [met.no / 10, met.denies, met.silent, met.several, met.together, met.helpless];
    assert!(counts.iter().all(|count| *count >= least), "{met:?}");
}

fn policy(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn names(refusal: &Refusal) -> Vec<(&str, usize)> {
    refusal.denies.iter().map(|name| (name.policy.as_str(), name.index)).collect()
}

#[test]
fn each_deny_that_refuses_alone_is_told_by_itself() {
    let on = |effect: &str, bucket: &str| json!({"Effect": effect, "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*")});
    let statements =
        [on("Allow", "a"), on("Allow", "b"), on("Deny", "a"), on("Deny", "b"), on("Deny", "c")];
    let set = json!({"identity": [policy(json!(statements))]});
    let found = obstacles(&set, &json!({"Action": "s3:GetObject"}), feasible()).found;
    let told: Vec<Vec<(&str, usize)>> = found
        .iter()
        .filter(|one| !one.refusals[0].silent)
        .map(|one| names(&one.refusals[0]))
        .collect();
    // The third Deny refuses what nothing allows: it is in no obstacle.
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [[("identity[0]", 2)], [("identity[0]", 3)]]);
    let silent: Vec<_> = found.iter().filter(|one| one.refusals[0].silent).collect();
    assert_eq!(
        (silent.len(), silent[0].refusals[0].denies.len()),
        (1, 0),
        "buckets of other names"
    );
}

#[test]
fn denies_that_refuse_together_are_told_together() {
    let shape = json!({"Action": "s3:GetObject"});
    let set = json!({"identity": [policy(json!([
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Sid": "One", "Effect": "Deny", "Action": "s3:*", "Resource": "*"},
        {"Sid": "Two", "Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Sid": "Other", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
    ]))]});
    let found = obstacles(&set, &shape, feasible()).found;
    assert_eq!(found.len(), 1);
    assert_eq!(names(&found[0].refusals[0]), [("identity[0]", 1), ("identity[0]", 2)]);
    assert!(!found[0].refusals[0].silent && !found[0].undecided);
}

/// Each layer is asked; but that a resource's policy grants nothing is not said beside a limit.
#[test]
fn every_layer_that_refuses_alone_is_told() {
    let bucket = json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"}]);
    let set = json!({"identity": [allow("*"), deny("s3:PutObject")], "boundary": policy(json!([
        {"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}])), "resource": policy(bucket)});
    let shape = json!({"Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "Principal": "arn:aws:iam::111122223333:user/dev"});
    let found = obstacles(&set, &shape, feasible()).found;
    let told: Vec<_> =
        found.iter().map(|one| (one.refusals[0].layer, one.request.action.as_str())).collect();
    assert_eq!(
        told,
        [
            (Layer::Boundary, "s3:GetObject"),
            (Layer::Resource, "s3:DeleteObject"),
            (Layer::Identity, "s3:PutObject")
        ]
    );
    assert!(found.iter().all(|one| names(&one.refusals[0]).len() == 1 && !one.refusals[0].silent));
}

#[test]
fn layers_that_refuse_together_are_told_together() {
    let key = "arn:aws:s3:::b/k";
    let set = json!({
        "identity": [allow("s3:*")], "boundary": policy(json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}])),
        "scp": [[allow("*")], [allow("ec2:*"), deny("s3:GetObject")]],
    });
    let Obstacles { found, unknown, otherwise } =
        obstacles(&set, &json!({"Action": "s3:GetObject", "Resource": key}), feasible());
    assert!(found.is_empty() && unknown.is_empty());
    let Some(Otherwise::Together(together)) = otherwise else { panic!("{otherwise:?}") };
    let [boundary, scp] = together.refusals.as_slice() else { panic!("{together:?}") };
    assert_eq!(
        (boundary.layer, names(boundary), boundary.silent),
        (Layer::Boundary, vec![("boundary", 1)], false)
    );
    assert_eq!((scp.layer, names(scp), scp.silent), (Layer::Scp(1), vec![("scp[1][1]", 0)], true));
    assert!(scp.nearest.is_empty(), "no Allow of it is about the action");
    assert!(!together.undecided);
}

/// What is asked about is asked about as near to an Allow as can be.
#[test]
fn the_nearest_allow_lacks_as_little_as_can_be() {
    let boundary = policy(json!([
        {"Sid": "Far", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::far/*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
        {"Sid": "Near", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::near/*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}},
    ]));
    let set = json!({"identity": [allow("s3:*")], "boundary": boundary});
    let shape = json!({"Action": "s3:GetObject", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "b"}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}});
    let found = obstacles(&set, &shape, feasible()).found;
    let [Obstacle { refusals, .. }] = found.as_slice() else { panic!("{found:?}") };
    let nearest = &refusals[0].nearest;
    assert_eq!((nearest.len(), nearest[0].failures.len()), (2, 1), "only a condition: {nearest:?}");
    assert!(nearest[1].failures.len() > 1);
}

/// Where no engine refutes anything, it is not said that less would not be enough.
#[test]
fn whether_less_is_enough_may_be_undecided() {
    let set = policy_set(&json!({"identity": [allow("s3:*"), deny("s3:*"), deny("*")]}));
    let shape = reading::shape_of(&json!({"Action": "s3:GetObject"})).unwrap();
    let query = about(&set, &shape, feasible());
    for (silence, undecided) in [(Silence::Never, false), (Silence::Refutations, true)] {
        let (Obstacles { found, .. }, _) = asking(&Arc::default(), silence, |solver| {
            query.obstacles(solver, &unknowing::limits()).unwrap()
        });
        assert_eq!(found.len(), 1, "{silence:?}");
        assert_eq!((found[0].refusals[0].denies.len(), found[0].undecided), (2, undecided));
    }
}

/// Across accounts the owner has to allow, whether or not its policy is given; and where no policy
/// would help, that is said.
#[test]
fn a_layer_that_is_not_given_is_missed() {
    let other = json!({"Action": "s3:GetObject", "Principal": "arn:aws:iam::111122223333:user/dev", "Condition": {"StringEquals": {"aws:ResourceAccount": "444455556666"}}});
    let of = |layers: &Value, shape: &Value| {
        let Obstacles { found, unknown, otherwise } = obstacles(layers, shape, feasible());
        assert!(found.is_empty() && unknown.is_empty(), "{found:?}");
        otherwise.unwrap()
    };
    let owner = of(&json!({"identity": [allow("*")]}), &other);
    let Otherwise::Together(together) = &owner else { panic!("{owner:?}") };
    let one = &together.refusals[0];
    assert_eq!(
        (together.refusals.len(), one.layer, one.given, one.silent),
        (1, Layer::Resource, false, true)
    );
    let boundary = of(&json!({"boundary": allow("*")}), &json!({"Action": "s3:GetObject"}));
    let Otherwise::Together(together) = &boundary else { panic!("{boundary:?}") };
    assert_eq!(together.refusals[0].layer, Layer::Identity);
    let nothing = of(
        &json!({"identity": [deny("*")]}),
        &json!({"Action": "s3:GetObject", "Resource": "arn:aws:sqs:us-east-1:111122223333:q"}),
    );
    assert!(matches!(nothing, Otherwise::NoPolicyHelps), "{nothing:?}");
}

/// What refuses a difference on the other side.
#[test]
fn a_comparison_says_what_refuses_the_difference() {
    let old = policy_set(
        &json!({"identity": [allow("s3:*"), deny("s3:GetObject")], "boundary": allow("ec2:*")}),
    );
    let new = policy_set(&json!({"identity": [allow("s3:GetObject")]}));
    let (solver, limits) = (solver(), limits());
    let comparison =
        compare::compare(&old, &new, None, feasible(), None, &solver, &limits).unwrap();
    let reasons =
        compare::reasons(&comparison, [&old, &new], None, feasible(), &solver, &limits).unwrap();
    let added = &reasons.refusals[&compare::Direction::Added];
    assert_eq!(reasons.refusals.len(), 1, "nothing was removed");
    let told: Vec<_> = added.iter().map(|one| (one.layer, names(one), one.silent)).collect();
    assert_eq!(
        told,
        [(Layer::Identity, vec![("identity[1]", 0)], false), (Layer::Boundary, vec![], true)]
    );
    assert!(Refusal::all(&new, &policy_request()).is_empty(), "what is allowed is not refused");
}

fn policy_request() -> keyaki::request::Request {
    crate::support::layers::asking("arn:aws:iam::111122223333:user/dev", json!({}))
}
