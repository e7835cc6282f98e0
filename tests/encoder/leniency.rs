//! What the concrete checker of feasibility lets through, the encoder's constraints let through,
//! too: a constraint that excludes a request that can exist would make a "no" wrong. Requests are
//! drawn by changing feasible ones. `KEYAKI_DRAWS` is their number, 2,000 unless set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Rng, chance};
use crate::support::number;
use crate::support::requests::{change, everybody};
use crate::support::services::Subject;
use crate::support::{identity_set, policy};
use keyaki::feasibility::violations;
use keyaki::policy::{ContextKey, Kind};
use keyaki::request::{ContextValue, Request};
use keyaki::symbolic::Frame;
use keyaki::symbolic::feasible::{Universe, constraints};
use keyaki::world::{Assumptions, ModelChoice, World};
use keyaki_logic::evaluate::Evaluation;
use rand::RngExt;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Values that any key may get.
const VALUES: &[&str] = &[
    "",
    "x",
    "true",
    "false",
    "111122223333",
    "444455556666",
    "o-a",
    "o-b",
    "o-a/r-b/",
    "o-b/r-b/ou-c/",
    "o-a/r-b/|o-a/r-c/",
    "o-a/",
    "2025-06-30",
    "0",
    "10.0.0.5",
    "2001:db8::1",
    "AIDA1",
    "AROA1:s1",
    "eu-central-1",
    "unspecified",
    "arn:aws:s3:::b",
    "arn:aws:iam::aws:policy/x",
    "arn:aws-cn:iam::444455556666:role/a/b",
    "athena.amazonaws.com",
    "a|b",
];

/// Keys of services, which come with some actions only, and a value of each.
const OF_SERVICES: &[(&str, &str)] = &[
    ("aws:PrincipleOrgID", "o-a"),
    ("bedrock:InferenceProfileArn", "arn:aws:bedrock:us-east-1:111122223333:inference-profile/p"),
    ("bedrock:ServiceTier", "default"),
    ("ec2:Region", "us-east-1"),
    ("ec2:ResourceTag/team", "red"),
    ("iam:PermissionsBoundary", "arn:aws:iam::111122223333:policy/p"),
    ("iam:ResourceTag/team", "red"),
    ("kms:KeySpec", "SYMMETRIC_DEFAULT"),
    ("lambda:FunctionUrlAuthType", "NONE"),
    ("nobody:knows", "x"),
    ("rds:req-tag/team", "red"),
    ("s3:authType", "REST-HEADER"),
    ("s3:prefix", "a"),
    ("s3:x-amz-acl", "private"),
    ("sns:Protocol", "sqs"),
    ("s3:ExistingObjectTag/team", "red"),
    ("sts:ExternalId", "x"),
];

/// Those of them that every request for some actions carries (F34).
const ALWAYS: &[&str] =
    &["ec2:Region", "kms:KeySpec", "lambda:FunctionUrlAuthType", "s3:authType", "sns:Protocol"];

/// Members of the request that may change.
const MEMBERS: &[(&str, &[&str])] = &[
    (
        "action",
        &[
            "s3:GetObject",
            "sts:AssumeRoleWithSAML",
            "STS:assumerolewithwebidentity",
            "kms:Decrypt",
            "bedrock:InvokeModel",
            "s3-outposts:GetBucket",
            "s3:Tomorrow",
            "vpc-lattice:AssociateViaAWSService-EventsAndStates",
        ],
    ),
    (
        "resource",
        &[
            "*",
            "arn:aws:s3:::b/k",
            "arn:aws:bedrock:us-east-1::foundation-model/m",
            "arn:aws:bedrock:::foundation-model/m",
            "arn:aws-cn:s3:::b",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:kms:us-east-1:444455556666:key/k",
        ],
    ),
    (
        "principal",
        &[
            "arn:aws:iam::111122223333:user/dev",
            "arn:aws:iam::444455556666:user/dev",
            "arn:aws:iam::111122223333:user/a:b/dev",
            "arn:aws:sts::111122223333:assumed-role/app/i+1@x.org",
            "arn:aws:sts::111122223333:assumed-role/app/s",
            "arn:aws:iam:us-east-1:1:saml-provider/idp",
            "arn:aws:sts::111122223333:federated-user/a+b",
            "arn:aws-iso-b:iam::111122223333:root",
            "s3.amazonaws.com",
            "accounts.google.com",
            "arn:aws:iam::444455556666:oidc-provider/x.org/y",
            "anonymous",
        ],
    ),
    ("resource_account", &["111122223333", "444455556666"]),
    ("managed", &["yes"]),
    ("aws:SourceArn", &["arn:aws:iam::aws:policy/x", "arn:aws:s3:::b"]),
];

/// The values that each key has in some feasible request.
fn seen() -> BTreeMap<String, BTreeSet<String>> {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, value) in everybody().iter().flat_map(|request| &request.context) {
        let text = match value {
            ContextValue::Single(text) => text.clone(),
            ContextValue::List(texts) => texts.join("|"),
        };
        seen.entry(key.text().to_owned()).or_default().insert(text);
    }
    for (key, value) in OF_SERVICES {
        seen.entry((*key).to_owned()).or_default().insert((*value).to_owned());
    }
    seen
}

/// Whether the request's action lists the key for some resource; true of actions that the catalogue
/// does not know.
fn lists(request: &Request, key: &str, world: &World<'_>) -> bool {
    let Some((service, action)) = world.catalogue.action(&request.action).unwrap() else {
        return true;
    };
    action
        .resources
        .iter()
        .map(Some)
        .chain([None])
        .any(|resource| service.lists(action, resource, key))
}

/// Makes the request one for another action that exists; the keys that do not come with it go, most
/// of the time.
fn call_another(rng: &mut Rng, request: &mut Request, world: &World<'_>) {
    let subject = Subject::draw(rng);
    request.action = subject.action(rng);
    request.resource = subject.resource(rng);
    let region =
        keyaki::request::arn_fields(&request.resource).map_or("", |fields| fields[3]).to_owned();
    let shown = request.context.get_mut(&ContextKey::new("aws:RequestedRegion"));
    if let Some(shown) = shown.filter(|_| !region.is_empty() && chance(rng, 0.9)) {
        *shown = ContextValue::Single(region);
    }
    let listed: Vec<_> = OF_SERVICES.iter().filter(|(key, _)| lists(request, key, world)).collect();
    for (key, value) in listed
        .choose(rng)
        .copied()
        .into_iter()
        .chain(OF_SERVICES.choose(rng).filter(|_| chance(rng, 0.1)))
    {
        request.context.insert(ContextKey::new(key), ContextValue::Single((*value).to_owned()));
    }
    // What is always sent, most of the time.
    for (key, value) in OF_SERVICES {
        if ALWAYS.contains(key) && lists(request, key, world) && chance(rng, 0.9) {
            request.context.insert(ContextKey::new(key), ContextValue::Single((*value).to_owned()));
        }
    }
    let of_service = |key: &ContextKey| {
        key.lower()
            .split_once(':')
            .is_some_and(|(prefix, _)| world.catalogue.summary(prefix).is_some())
    };
    let tag = |key: &ContextKey| {
        ["aws:resourcetag/", "aws:requesttag/", "aws:tagkeys"]
            .iter()
            .any(|start| key.lower().starts_with(start))
    };
    let unlisted =
        |key: &&ContextKey| (of_service(key) || tag(key)) && !lists(request, key.lower(), world);
    let dropped: Vec<ContextKey> = request.context.keys().filter(unlisted).cloned().collect();
    for key in dropped.iter().filter(|_| chance(rng, 0.9)) {
        request.context.remove(key);
    }
}

fn mutate(
    rng: &mut Rng,
    request: &mut Request,
    seen: &BTreeMap<String, BTreeSet<String>>,
    keys: &[&String],
) {
    if rng.random_ratio(1, 4) {
        let (member, values) = MEMBERS.choose(rng).unwrap();
        return change(request, member, values.choose(rng).unwrap());
    }
    let key = *keys.choose(rng).unwrap();
    let own: Vec<&str> = seen[key].iter().map(String::as_str).collect();
    let value = match rng.random_range(0..4) {
        0 => "-",
        1 => VALUES.choose(rng).unwrap(),
        _ => own.choose(rng).unwrap(),
    };
    match value {
        "-" => change(request, key, value),
        _ if own.iter().any(|text| text.contains('|')) || key.ends_with("Paths") => {
            let values = value.split('|').map(str::to_owned).collect();
            request.context.insert(ContextKey::new(key), ContextValue::List(values));
        }
        _ => drop(
            request.context.insert(ContextKey::new(key), ContextValue::Single(value.to_owned())),
        ),
    }
}

/// Whether the request is in some case of the catalogue, in a question about its action that
/// mentions the keys.
fn is_in_the_universe(request: &Request, mentioning: &Value, world: World<'_>) -> bool {
    let asked = json!({"Effect": "Allow", "Action": request.action, "Resource": "*"});
    let policy =
        policy(&json!({"Version": "2012-10-17", "Statement": [mentioning, asked]}).to_string());
    let set = identity_set(&policy);
    let frame = Frame::with_elements(&[&set], &[], 3);
    let formulas = [frame.applies(Kind::Identity, &policy.statements[1]).unwrap()];
    let model = frame.model_of(request).unwrap();
    let mut values = Evaluation::new(&model);
    let universe = Universe::new(&frame, world, &formulas).unwrap();
    let cases = universe.cases_of(universe.named(), &|| false).unwrap().unwrap();
    cases.iter().any(|case| {
        case.action(&model).is_some() && case.assertions.iter().all(|one| values.is_true(one))
    }) || world.unknown_actions && values.is_true(&universe.is_unlisted().unwrap())
}

/// A request drawn by changing one of these.
fn draw(
    rng: &mut Rng,
    base: &[Request],
    seen: &BTreeMap<String, BTreeSet<String>>,
    world: &World<'_>,
) -> Request {
    let names: Vec<&String> = seen.keys().collect();
    let mut request = base.choose(rng).unwrap().clone();
    if chance(rng, 0.5) {
        call_another(rng, &mut request, world);
    }
    for _ in 0..rng.random_range(0..5) {
        mutate(rng, &mut request, seen, &names);
    }
    if request.owner().is_none() {
        request.resource_account = Some("111122223333".to_owned());
    }
    request
}

/// A world in which some model choices are assumed, mostly all of them.
fn draw_world<'a>(rng: &mut Rng, world: &World<'a>) -> World<'a> {
    let drop = |assumed: Assumptions, choice| {
        if chance(rng, 0.3) { assumed.without(choice) } else { assumed }
    };
    let some = ModelChoice::ALL.into_iter().fold(Assumptions::all(), drop);
    let assumptions = if chance(rng, 0.5) { some } else { Assumptions::all() };
    World {
        assumptions,
        unknown_actions: chance(rng, 0.2),
        unknown_keys: chance(rng, 0.2),
        ..*world
    }
}

#[test]
fn what_the_checker_lets_through_the_encoder_does_too() {
    let draws = number("KEYAKI_DRAWS", 2_000);
    let seen = seen();
    let names: Vec<&String> = seen.keys().collect();
    let tests: serde_json::Map<_, _> =
        names.iter().map(|key| ((*key).clone(), json!("true"))).collect();
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": tests,
        "ArnLike": {"aws:SourceArn": "arn:*:*:*:*:*", "aws:PrincipalArn": "arn:*:*:*:*:*"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
        "Bool": {"aws:SecureTransport": "true", "aws:ViaAWSService": "true"}, "DateLessThan": {"aws:CurrentTime": "2025-07-01T00:00:00Z"}}});
    let set = identity_set(&policy(
        &json!({"Version": "2012-10-17", "Statement": statement}).to_string(),
    ));
    let world = World::embedded().unwrap();
    let frame = Frame::with_elements(&[&set], &[], 3);
    let keys: Vec<ContextKey> = names.iter().map(|key| ContextKey::new(key)).collect();
    let mentioned: BTreeSet<&ContextKey> = keys.iter().collect();
    let rng = &mut generate::rng(1);
    let (mut feasible, mut refused, mut actions) = (0, BTreeMap::new(), BTreeSet::new());
    let mut with_keys = 0;
    let base = everybody();
    for request in &base {
        assert_eq!(violations(request, &mentioned, &world), [], "{}", request.to_json());
    }
    for _ in 0..draws {
        let request = draw(rng, &base, &seen, &world);
        let world = draw_world(rng, &world);
        let (true, Ok(model)) =
            (violations(&request, &mentioned, &world).is_empty(), frame.model_of(&request))
        else {
            continue;
        };
        feasible += 1;
        if !is_in_the_universe(&request, &statement, world) {
            refused
                .entry(("F12", "the cases of the catalogue"))
                .or_insert_with(|| request.to_json().to_string());
        }
        actions.insert(request.action.to_ascii_lowercase());
        with_keys += u64::from(
            OF_SERVICES.iter().any(|(key, _)| request.context.contains_key(&ContextKey::new(key))),
        );
        let mut values = Evaluation::new(&model);
        for one in constraints(&frame, &world)
            .unwrap()
            .iter()
            .filter(|one| one.is_assumed(world.assumptions) && !values.is_true(&one.term))
        {
            refused.entry((one.id, one.doc)).or_insert_with(|| request.to_json().to_string());
        }
    }
    println!(
        "{feasible} of {draws} are feasible, of {} actions, {with_keys} with keys of services",
        actions.len()
    );
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(feasible * 8 > draws, "only {feasible} of {draws} are feasible");
    assert!(
        actions.len() as u64 * 50 > draws && with_keys * 200 > draws,
        "{} actions, {with_keys} with keys",
        actions.len()
    );
}
