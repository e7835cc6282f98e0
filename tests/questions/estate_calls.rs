//! Who can make a call, against brute force: on small random estates every call whose resources are
//! those that the policies know is put together, and each of its requests is decided by the
//! evaluator under the policies that SEMANTICS 6.9 says bind it, as `estates.rs` writes them down.
//!
//! The calls are not all that there are, so two things are held against each other: where one of
//! them is allowed, nobody may say "no"; and of a call that is found every request must be allowed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use super::estates::{Caller, callers, layers, target};
use crate::support::estates::{MANAGEMENT, MEMBER, ORGANIZATION, estate_of};
use crate::support::generate::{Rng, chance, pick, rng};
use crate::support::{number, shape};
use keyaki::calls::{self, Calls, Instance, Own, Path};
use keyaki::estate::Estate;
use keyaki::estates::{AskedCall, Subject, WhoCalls};
use keyaki::feasibility;
use keyaki::layers::{NotPrincipalReading, Policies};
use keyaki::policy::{ContextKey, Policy};
use keyaki::query::{CallAnswer, Requests, Solver};
use keyaki::request::{ContextValue, PrincipalKind, Request};
use keyaki::semantics::{self, Decision};
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const HOME: &str = "111122223333";
const OTHER: &str = "222233334444";
const REGION: &str = "us-east-1";
const CALLS: [&str; 4] = ["s3:GetObject", "s3:CopyObject", "s3:PutObject", "bedrock:InvokeModel"];

fn statement(rng: &mut Rng, resources: &[&str]) -> Value {
    let action = pick(
        rng,
        &[
            "s3:GetObject",
            "s3:GetObject",
            "s3:PutObject",
            "s3:PutObject",
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "kms:*",
            "s3:*",
            "bedrock:InvokeModel",
        ],
    );
    let effect = if chance(rng, 0.8) { "Allow" } else { "Deny" };
    let mut one = json!({"Effect": effect, "Action": action, "Resource": pick(rng, resources)});
    let condition = match pick(rng, &["", "", "", "", "tag", "via", "way", "region"]) {
        "tag" => json!({"StringEquals": {"aws:PrincipalTag/team": pick(rng, &["x", "y"])}}),
        "via" => json!({"StringEquals": {"kms:ViaService": format!("s3.{REGION}.amazonaws.com")}}),
        "way" => json!({"Bool": {"aws:ViaAWSService": pick(rng, &["true", "false"])}}),
        "region" => {
            json!({"StringEquals": {"aws:RequestedRegion": pick(rng, &[REGION, "eu-west-1"])}})
        }
        _ => return one,
    };
    one["Condition"] = condition;
    one
}

fn document(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn key(account: &str, name: &str) -> String {
    format!("arn:aws:kms:{REGION}:{account}:key/{name}")
}

/// The policy of a resource, some of the time.
fn of_resource(rng: &mut Rng, resource: &str) -> Option<Value> {
    if chance(rng, 0.35) {
        return None;
    }
    let some = |rng: &mut Rng| {
        let mut one = statement(rng, &[resource, "*"]);
        one["Principal"] = match pick(rng, &["all", "home", "other", "role", "user", "service"]) {
            "all" => json!("*"),
            "home" => json!({"AWS": HOME}),
            "other" => json!({"AWS": OTHER}),
            "role" => json!({"AWS": format!("arn:aws:iam::{HOME}:role/r1")}),
            "user" => json!({"AWS": format!("arn:aws:iam::{OTHER}:user/u2")}),
            _ => json!({"Service": "ec2.amazonaws.com"}),
        };
        one
    };
    let statements = (0..=usize::from(chance(rng, 0.5))).map(|_| some(rng)).collect();
    Some(document(statements))
}

fn draw(rng: &mut Rng) -> Value {
    let keys = [key(HOME, "k1"), key(OTHER, "k2")];
    let known = [
        "*",
        "*",
        "arn:aws:s3:::b1/*",
        "arn:aws:s3:::b2/*",
        "arn:aws:s3:::b?/p/*",
        "arn:aws:s3:::zz/*",
        "arn:aws:bedrock:*::foundation-model/haiku*",
        &keys[0],
        &keys[1],
    ];
    let mut entities = Vec::new();
    for (account, kind, name) in
        [(HOME, "role", "r1"), (HOME, "role", "r2"), (HOME, "user", "u1"), (OTHER, "user", "u2")]
    {
        let count = if chance(rng, 0.5) { 3 } else { 1 };
        let statements = (0..count).map(|_| statement(rng, &known)).collect();
        let mut one = json!({
            "arn": format!("arn:aws:iam::{account}:{kind}/{name}"),
            "identity": [document(statements)],
            "tags": {"team": pick(rng, &["x", "y"])},
        });
        if kind == "role" {
            let trusted = json!({"Effect": "Allow", "Principal": {"AWS": account},
                "Action": "sts:AssumeRole"});
            one["trust"] = document(vec![trusted]);
        }
        if chance(rng, 0.15) {
            one["boundary"] = document(vec![statement(rng, &known), statement(rng, &known)]);
        }
        entities.push(one);
    }
    let mut resources = Vec::new();
    for (account, arn, governed) in [
        (HOME, "arn:aws:s3:::b1".to_owned(), "arn:aws:s3:::b1/*"),
        (OTHER, "arn:aws:s3:::b2".to_owned(), "arn:aws:s3:::b2/*"),
        (HOME, "arn:aws:s3:::b3".to_owned(), "arn:aws:s3:::b3/p/*"),
        (HOME, keys[0].clone(), "*"),
        (OTHER, keys[1].clone(), "*"),
    ] {
        let policy = of_resource(rng, governed);
        resources.push(json!({"arn": arn, "account": account, "policy": policy}));
    }
    let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let mut scp = vec![all.clone()];
    if chance(rng, 0.3) {
        let action = pick(rng, &["s3:PutObject", "kms:*"]);
        scp.push(json!({"Effect": "Deny", "Action": action, "Resource": pick(rng, &known)}));
    }
    let whole = json!({"principals": true, "resources": true});
    json!({
        "accounts": {HOME: whole, OTHER: whole},
        "organization": {
            "id": ORGANIZATION, "management": MANAGEMENT, "scps": true, "rcps": false,
            "units": [
                {"id": "r-a", "parent": null, "scps": [document(vec![all.clone()])], "rcps": []}
            ],
            "members": {
                HOME: {"unit": 0, "scps": [document(scp)], "rcps": []},
                OTHER: {"unit": 0, "scps": [document(vec![all.clone()])], "rcps": []},
                MEMBER: {"unit": 0, "scps": [document(vec![all])], "rcps": []},
                MANAGEMENT: {"unit": 0, "scps": [], "rcps": []},
            },
        },
        "entities": entities,
        "resources": resources,
    })
}

/// Every text that the variables of a path stand for here.
fn bindings(path: &Path, caller: &Caller<'_>) -> Vec<BTreeMap<String, String>> {
    let own = caller.principal.account().unwrap_or_default();
    let mut all = vec![BTreeMap::new()];
    for name in path.variables.keys() {
        let values: &[&str] = match name.as_str() {
            "Partition" => &["aws"],
            "Region" => &[REGION],
            "Bucket" | "SourceBucket" => &["b1", "b2", "b3", "zz"],
            "Object" | "SourceObject" => &["o", "p/o"],
            "Account" => &[HOME, OTHER],
            "Key" => &["k1", "k2", "new"],
            "Model" => &["haiku", "sonnet"],
            "CallerAccount" => &[own],
            "Profile" => &["abc"],
            _ => return Vec::new(),
        };
        all = all
            .into_iter()
            .flat_map(|one: BTreeMap<String, String>| {
                values.iter().map(move |value| {
                    let mut one = one.clone();
                    one.insert(name.clone(), (*value).to_owned());
                    one
                })
            })
            .collect();
    }
    all
}

/// The calls by a path with these variables, in every session that the policies tell apart.
fn instances(
    path: &Path,
    caller: &Caller<'_>,
    bindings: &BTreeMap<String, String>,
    keys: &BTreeSet<&ContextKey>,
) -> Vec<Instance> {
    let single = |text: &str| ContextValue::Single(text.to_owned());
    let of_account = caller.principal.account().is_some();
    let [team, via] = ["aws:PrincipalTag/team", "aws:ViaAWSService"].map(ContextKey::new);
    let ways: &[Option<&str>] = if keys.contains(&via) { &[None, Some("false")] } else { &[None] };
    let tags: Vec<Option<String>> = match caller.entity {
        _ if !keys.contains(&team) => vec![None],
        Some(entity) => {
            let own = entity.tags.iter().flatten().find(|(key, _)| *key == "team");
            vec![own.map(|(_, value)| value.clone())]
        }
        None if of_account && caller.principal.kind() != Some(PrincipalKind::Root) => {
            ["x", "y"].map(|value| Some(value.to_owned())).into_iter().chain([None]).collect()
        }
        None => vec![None],
    };
    let mut all = Vec::new();
    for tag in tags {
        for way in ways {
            let tag = tag.as_deref().map(|tag| (team.clone(), single(tag)));
            let way = way.map(|way| (via.clone(), single(way)));
            let region = (ContextKey::new("aws:RequestedRegion"), single(REGION));
            let own = Own { resource_account: None, context: BTreeMap::from([region]) };
            all.push(Instance {
                caller: calls::Caller {
                    principal: caller.principal.clone(),
                    in_management_account: caller.principal.account() == Some(MANAGEMENT),
                    context: tag.into_iter().chain(way).collect(),
                    shared: BTreeMap::new(),
                },
                role: None,
                bindings: bindings.clone(),
                tags: BTreeMap::new(),
                own: vec![own; path.authorizations.len()],
            });
        }
    }
    all
}

/// Whether a request is allowed, and whether it is about what the estate has, so that outsiders are
/// asked about it.
fn allowed(estate: &Estate, caller: &Caller<'_>, request: &Request) -> (bool, bool) {
    let target = target(estate, &request.resource, request.resource_account.as_deref());
    let own = |account: &str| caller.principal.account() == Some(account);
    let inside = target.known.is_some_and(|one| one.policy.is_some() || own(&one.account));
    let set = layers(estate, caller, &request.action, &target);
    let allows = |set: Policies| semantics::decide(&set, request).decision == Decision::Allowed;
    (set.is_some_and(allows), inside)
}

/// A call that somebody can make, by trying.
fn by_trying(
    estate: &Estate,
    subject: Subject<'_>,
    paths: &[Path],
    keys: &BTreeSet<&ContextKey>,
    world: &World<'_>,
) -> Option<Vec<Request>> {
    // Of outsiders a few stand for all: policies name accounts.
    let most = if subject.is_outside() { 4 } else { usize::MAX };
    for caller in callers(estate, subject).into_iter().take(most) {
        for path in paths {
            for bindings in bindings(path, &caller) {
                for instance in instances(path, &caller, &bindings, keys) {
                    let requests = path.requests(&instance).into_iter();
                    let requests: Vec<Request> = requests.map(|one| owned(estate, one)).collect();
                    let mut about = !caller.outside;
                    let mut each = requests.iter().map(|one| allowed(estate, &caller, one));
                    let all = each.all(|(allowed, inside)| {
                        about |= inside;
                        allowed
                    });
                    let exists =
                        |one: &Request| feasibility::violations(one, keys, world).is_empty();
                    if all && about && path.admits(&instance) && requests.iter().all(exists) {
                        return Some(requests);
                    }
                }
            }
        }
    }
    None
}

/// The request with the owner of what the estate has.
fn owned(estate: &Estate, request: Request) -> Request {
    let owner = target(estate, &request.resource, None).owner;
    Request { resource_account: owner.or(request.resource_account.clone()), ..request }
}

/// What a call that was found has against it.
fn wrong(estate: &Estate, subject: Subject<'_>, requests: &[Request]) -> Option<String> {
    let entity = match subject {
        Subject::Entity(entity) => Some(entity),
        Subject::Root(_)
        | Subject::Member(_)
        | Subject::AnyAccount
        | Subject::Service
        | Subject::Provider
        | Subject::Anonymous => None,
    };
    let principal = &requests.first()?.principal;
    let caller = Caller { principal: principal.clone(), entity, outside: subject.is_outside() };
    if requests.iter().any(|one| one.principal != *principal) {
        return Some("several callers".to_owned());
    }
    let issuer = principal.issuer().unwrap_or_else(|| principal.arn.clone());
    if entity.is_some_and(|entity| entity.arn != issuer) {
        return Some(format!("{issuer} is somebody else"));
    }
    let each: Vec<(bool, bool)> =
        requests.iter().map(|one| allowed(estate, &caller, one)).collect();
    if subject.is_outside() && !each.iter().any(|(_, inside)| *inside) {
        return Some("nothing of the call is about the estate".to_owned());
    }
    let refused = requests.iter().zip(&each).find(|(_, (allowed, _))| !allowed);
    refused.map(|(request, _)| format!("refused: {}", request.to_json()))
}

#[derive(Default)]
struct Count {
    yes: usize,
    no: usize,
    tried: usize,
}

fn differences(document: &Value, name: &str, count: &mut Count) -> Vec<String> {
    let estate = estate_of(document).unwrap();
    let world = World::embedded().unwrap();
    let call = Calls::embedded().unwrap().find(name).unwrap();
    // Those whose variables are known here; the others are found or are not.
    let few = call.paths.iter().filter(|path| path.authorizations.len() < 3);
    let paths: Vec<Path> = few.map(|path| path.without_extras(&call.extras)).collect();
    let shape = shape("{}");
    let asked = AskedCall { call, shape: &shape, filters: &[] };
    let requests = Requests::Feasible(world);
    let who = WhoCalls::new(&estate, asked, requests, NotPrincipalReading::default()).unwrap();
    let documents = estate.documents();
    let keys: BTreeSet<&ContextKey> =
        documents.map(|one| &*one.policy).flat_map(Policy::keys).collect();
    let solver = Solver::single(from_spec("auto").unwrap());
    let limits = Limits::timeout(Duration::from_secs(60));
    let mut found = Vec::new();
    for subject in who.subjects() {
        let whose = subject.name(&estate);
        let verdict = who.ask(subject, &solver, &limits).unwrap();
        let tried = by_trying(&estate, subject, &paths, &keys, &world);
        count.tried += usize::from(tried.is_some());
        match (&verdict.answer, tried) {
            (CallAnswer::Yes(witness), _) => {
                count.yes += 1;
                let requests: Vec<Request> =
                    witness.steps.iter().map(|step| step.witness.request.clone()).collect();
                let wrong = wrong(&estate, subject, &requests);
                found.extend(wrong.map(|wrong| format!("{name}, {whose}: yes, but {wrong}")));
            }
            (CallAnswer::No, Some(requests)) => {
                let requests: Vec<String> =
                    requests.iter().map(|one| one.to_json().to_string()).collect();
                found.push(format!("{name}, {whose}: no, but {}", requests.join("\n  ")));
            }
            (CallAnswer::No, None) => count.no += 1,
            (CallAnswer::Unknown(reason), _) => found.push(format!("{name}, {whose}: {reason}")),
        }
    }
    found
}

#[test]
fn everybody_as_by_trying() {
    let draws = number("KEYAKI_DRAWS", 5);
    let seed = number("KEYAKI_SEED", 0);
    let all: Vec<(Count, Vec<String>)> = (seed..seed + draws)
        .into_par_iter()
        .map(|number| {
            let (document, mut count) = (draw(&mut rng(number)), Count::default());
            let name = CALLS[usize::try_from(number).unwrap() % CALLS.len()];
            let found = differences(&document, name, &mut count);
            let told = found.into_iter().map(|one| format!("estate {number}: {one}"));
            (count, told.collect())
        })
        .collect();
    let sum = |of: fn(&Count) -> usize| all.iter().map(|(count, _)| of(count)).sum::<usize>();
    let (yes, no, tried) =
        (sum(|count| count.yes), sum(|count| count.no), sum(|count| count.tried));
    println!("{draws} estates: {yes} times yes, {tried} of them by trying, {no} times no");
    let bad: Vec<&String> = all.iter().flat_map(|(_, told)| told).collect();
    assert!(bad.is_empty(), "{} differences, the first: {}", bad.len(), bad[0]);
    // What is always the same proves little. Of few nothing follows.
    if draws >= 12 {
        assert!(yes * 8 > no && no * 8 > yes, "{yes} times yes, {no} times no");
        assert!(tried * 2 > yes, "{tried} of {yes} by trying");
    }
}
