//! API calls: the answers about a call are those of its single authorizations, all of them, asked
//! of every instance there is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use crate::support;
use crate::support::command::{code, err, keyaki, lines, out};
use crate::support::generate::{self, chance, pick};
use crate::support::number;
use keyaki::calls::{Call, Caller, Calls, Instance, Own, Path, Shape, Tags, Who};
use keyaki::layers::Policies;
use keyaki::policy::ContextKey;
use keyaki::query::{CallAnswer, CallQuery, CallVerdict, Filter, PathAnswer, Requests, Solver};
use keyaki::request::{ContextValue, Principal, Request};
use keyaki::semantics::{self, Decision};
use keyaki::world::{Assumptions, ModelChoice, World};
use keyaki_engines::engine::{Limits, from_spec};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

fn call(name: &str) -> &'static Call {
    Calls::embedded().unwrap().find(name).unwrap()
}

/// A path of a call, alone.
fn only(call: &Call, path: &str) -> Call {
    let mut alone = call.clone();
    alone.paths.retain(|known| known.name == path);
    assert_eq!(alone.paths.len(), 1, "{path}");
    alone
}

fn document(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow_all() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

fn filters(texts: &[String]) -> Vec<Filter> {
    texts.iter().map(|text| Filter::parse(text).unwrap()).collect()
}

fn ask(
    call: &Call,
    policies: &Policies,
    role: Option<&Policies>,
    filters: &[Filter],
) -> CallVerdict {
    ask_of("arn:aws:iam::111122223333:user/dev", call, policies, role, filters)
}

fn ask_of(
    principal: &str,
    call: &Call,
    policies: &Policies,
    role: Option<&Policies>,
    filters: &[Filter],
) -> CallVerdict {
    let solver = Solver::single(from_spec("auto").unwrap());
    let shape = support::shape(&json!({"Principal": principal}).to_string());
    let requests = Requests::Feasible(World::embedded().unwrap());
    let role = role.filter(|_| call.needs_role());
    let query =
        CallQuery { call, policies, role, shape: Some(&shape), filters, spots: &[], requests };
    query.ask(&solver, &Limits::timeout(Duration::from_secs(60))).unwrap()
}

fn is_yes(verdict: &CallVerdict) -> bool {
    match &verdict.answer {
        CallAnswer::Yes(_) => true,
        CallAnswer::No => false,
        CallAnswer::Unknown(reason) => panic!("{reason}"),
    }
}

/// The instance in which every variable has its best natural value.
fn natural(path: &Path) -> Instance {
    let caller = |arn: &str| Caller {
        principal: Principal::new(arn),
        in_management_account: false,
        context: BTreeMap::new(),
        shared: BTreeMap::new(),
    };
    let partition =
        path.variables.get("Partition").map_or("aws", |variable| variable.natural[0].as_str());
    let role = path
        .needs_role()
        .then(|| caller(&format!("arn:{partition}:sts::111122223333:assumed-role/app/session")));
    Instance {
        caller: caller(&format!("arn:{partition}:iam::111122223333:user/dev")),
        role,
        bindings: path
            .variables
            .iter()
            .map(|(name, variable)| (name.clone(), variable.natural[0].clone()))
            .collect(),
        tags: BTreeMap::from([(
            ContextKey::new("aws:TagKeys"),
            ContextValue::List(vec!["team".to_owned()]),
        )]),
        own: vec![Own::default(); path.authorizations.len()],
    }
}

#[test]
fn an_instance_is_its_requests() {
    let call = only(
        call("bedrock:Converse"),
        "through the system-defined inference profile of the geography us, two Regions",
    );
    let path = &call.paths[0];
    let mut instance = natural(path);
    instance
        .caller
        .context
        .insert(ContextKey::new("aws:PrincipalTag/t"), ContextValue::Single("x".to_owned()));
    instance.own[0].context.insert(
        ContextKey::new("bedrock:InferenceProfileArn"),
        ContextValue::Single("never".to_owned()),
    );
    instance.own[1]
        .context
        .insert(ContextKey::new("aws:RequestedRegion"), ContextValue::Single("never".to_owned()));
    let profile =
        "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-6";
    let model = |region: &str| {
        format!("arn:aws:bedrock:{region}::foundation-model/anthropic.claude-sonnet-4-6")
    };
    let requests: Vec<Value> =
        path.requests(&instance).iter().map(keyaki::request::Request::to_json).collect();
    let expected = |resource: &str, region: &str, profile: Option<&str>| {
        let mut context = json!({"aws:PrincipalTag/t": "x", "aws:RequestedRegion": region});
        if let Some(profile) = profile {
            context["bedrock:InferenceProfileArn"] = json!(profile);
        }
        json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "bedrock:InvokeModel", "resource": resource, "context": context})
    };
    assert_eq!(
        requests,
        [
            expected(profile, "us-east-1", None),
            expected(&model("us-east-1"), "us-east-1", Some(profile)),
            expected(&model("us-west-2"), "us-west-2", Some(profile)),
        ]
    );
    assert!(path.admits(&instance));
    let again = path.instance(instance.bindings.clone(), &path.requests(&instance)).unwrap();
    assert_eq!(path.requests(&again), path.requests(&instance));
    for (name, value) in
        [("Region", "eu-west-1"), ("CallerAccount", "444455556666"), ("Model", "a/b")]
    {
        let mut other = instance.clone();
        other.bindings.insert(name.to_owned(), value.to_owned());
        assert!(!path.admits(&other), "{name} {value}");
    }
}

/// A policy that grants what a path needs and nothing else allows the call, and one that lacks one
/// of the authorizations does not: so no authorization of any path is idle, and none is forgotten.
#[test]
fn the_minimal_grant_of_every_path_is_yes_and_each_missing_authorization_no() {
    let (mut asked, mut paths) = (0, 0);
    for call in &Calls::embedded().unwrap().calls {
        for path in &call.paths {
            let mut variants = vec![path.without_extras(&call.extras)];
            // What belongs to an inference belongs to it by every path.
            if ["direct", "profile:us", "application:eu-6", "profile:global"]
                .contains(&path.id.as_str())
            {
                variants.extend(call.extras.iter().flat_map(|extra| path.with_extra(extra)));
            }
            paths += variants.len();
            // The engines are asked about every call, and of the paths through profiles about few
            // geographies: the others are alike.
            let like =
                ["direct", "application", "profile:us-ca", "profile:global", "application:jp"];
            let engines = !path.id.contains(':') || like.contains(&path.id.as_str());
            asked += variants
                .iter()
                .map(|variant| each_is_needed(call, variant, engines))
                .sum::<usize>();
        }
    }
    assert!(paths > 300 && asked > 1000, "{paths} {asked}");
}

fn each_is_needed(call: &Call, path: &Path, engines: bool) -> usize {
    let requests = path.requests(&natural(path));
    let fixed: Vec<String> = path
        .variables
        .iter()
        .map(|(name, variable)| format!("{name}={}", variable.natural[0]))
        .collect();
    let fixed = filters(&fixed);
    let mut alone = call.clone();
    alone.paths = vec![path.clone()];
    alone.extras = std::iter::empty().collect();
    let principal = &requests[0].principal.arn;
    let solver = Solver::single(from_spec("auto").unwrap());
    let granted = |missing: Option<usize>| {
        let of = |who: Who| {
            let needed = path.authorizations.iter().zip(&requests).enumerate();
            let kept = needed.filter(|(at, (needed, _))| Some(*at) != missing && needed.who == who);
            let allow = |request: &Request| json!({"Effect": "Allow", "Action": request.action, "Resource": request.resource});
            support::policies([&document(kept.map(|(_, (_, request))| allow(request)).collect())])
        };
        let shape = support::shape(&json!({"Principal": principal}).to_string());
        // A "no" that needs no model choice is a "no" with them, too, and nothing has to be asked
        // about what it rests on.
        let assumptions = if missing.is_some() { Assumptions::none() } else { Assumptions::all() };
        let considered = Requests::Feasible(World { assumptions, ..World::embedded().unwrap() });
        let (caller, role) = (of(Who::Caller), of(Who::ServiceRole));
        // Nothing but action and resource is looked at, so that the evaluator decides it.
        let set = |who: Who| if who == Who::Caller { &caller } else { &role };
        let mut needed = path.authorizations.iter().zip(&requests);
        let allowed = needed.all(|(needed, request)| {
            semantics::decide(set(needed.who), request).decision == Decision::Allowed
        });
        if !engines {
            return allowed;
        }
        let role = alone.needs_role().then_some(&role);
        let query = CallQuery {
            call: &alone,
            policies: &caller,
            role,
            shape: Some(&shape),
            filters: &fixed,
            spots: &[],
            requests: considered,
        };
        let answer =
            is_yes(&query.ask(&solver, &Limits::timeout(Duration::from_secs(60))).unwrap());
        assert_eq!(answer, allowed, "{}: {}", call.name, path.name);
        answer
    };
    assert!(granted(None), "{}: {}", call.name, path.name);
    for (at, request) in requests.iter().enumerate() {
        assert!(
            !granted(Some(at)),
            "{}: {}: {} on {}",
            call.name,
            path.name,
            request.action,
            request.resource
        );
    }
    requests.len()
}

/// Values of a key in the search by hand: absent, two that policies name, and one that they do not.
const VALUES: [Option<&str>; 4] = [None, Some("x"), Some("y"), Some("z")];

/// Statements about a handful of models, profiles, Regions and tags.
fn statement(rng: &mut generate::Rng) -> Value {
    let resources = [
        "*",
        "arn:aws:bedrock:*::foundation-model/*",
        "arn:aws:bedrock:*::foundation-model/a",
        "arn:aws:bedrock:us-east-1::foundation-model/*",
        "arn:aws:bedrock:*:*:application-inference-profile/*",
        "arn:aws:bedrock:*:111122223333:application-inference-profile/p",
        "arn:aws:bedrock:*:*:inference-profile/*",
        "arn:aws:bedrock:us-west-2:*:inference-profile/us.a",
    ];
    let conditions = [
        json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}),
        json!({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}),
        json!({"StringEquals": {"aws:ResourceTag/k": "x"}}),
        json!({"StringNotEquals": {"aws:ResourceTag/k": "x"}}),
        json!({"Null": {"aws:ResourceTag/k": "true"}}),
        json!({"StringEquals": {"aws:PrincipalTag/t": "x"}}),
        json!({"StringNotEquals": {"aws:PrincipalTag/t": ["x", "y"]}}),
        json!({"StringEquals": {"aws:ResourceTag/k": "${aws:PrincipalTag/t}"}}),
        json!({"ArnLike": {"bedrock:InferenceProfileArn": "arn:aws:bedrock:*:*:application-inference-profile/p"}}),
        json!({"ArnLike": {"bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:*:inference-profile/*"}}),
        json!({"Null": {"bedrock:InferenceProfileArn": "true"}}),
    ];
    let action = pick(rng, &["bedrock:InvokeModel", "bedrock:Invoke*", "bedrock:*"]).to_owned();
    let effect = if chance(rng, 0.2) { "Deny" } else { "Allow" };
    let mut statement = json!({"Effect": effect, "Action": action, "Resource": [pick(rng, &resources), pick(rng, &resources)]});
    if chance(rng, 0.6) {
        let texts: Vec<String> = conditions.iter().map(Value::to_string).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        statement["Condition"] = serde_json::from_str(pick(rng, &texts)).unwrap();
    }
    statement
}

/// Every instance over few values of what the statements look at: two models, Regions and profiles,
/// a tag of the caller, a tag of an application profile.
fn instances(path: &Path) -> Vec<Instance> {
    let choices =
        [("Model", ["a", "b"]), ("Region", ["us-east-1", "us-west-2"]), ("Profile", ["p", "q"])];
    let mut all = vec![natural(path)];
    for (name, values) in choices.iter().filter(|(name, _)| path.variables.contains_key(*name)) {
        let with = |instance: &Instance, value: &&str| {
            let mut changed = instance.clone();
            changed.bindings.insert((*name).to_owned(), (*value).to_owned());
            changed
        };
        all = all
            .iter()
            .flat_map(|instance| values.iter().map(move |value| with(instance, value)))
            .collect();
    }
    let tag = |place: &mut BTreeMap<ContextKey, ContextValue>, key: &str, value: &Option<&str>| {
        if let Some(value) = value {
            place.insert(ContextKey::new(key), ContextValue::Single((*value).to_owned()));
        }
    };
    let mut tagged = Vec::new();
    for (instance, own) in
        all.iter().flat_map(|instance| VALUES.iter().map(move |own| (instance, own)))
    {
        for of_resource in &VALUES {
            let mut changed = instance.clone();
            tag(&mut changed.caller.context, "aws:PrincipalTag/t", own);
            for (needed, place) in path.authorizations.iter().zip(&mut changed.own) {
                if needed.resource.to_string().contains(":application-inference-profile/") {
                    tag(&mut place.context, "aws:ResourceTag/k", of_resource);
                }
            }
            tagged.push(changed);
        }
    }
    tagged
}

#[test]
fn answers_are_those_of_every_instance() {
    let paths = [
        "the model directly",
        "through an application inference profile of the model",
        "through the system-defined inference profile of the geography us, two Regions",
        "through an application inference profile of the system-defined one of the geography us, two Regions",
    ];
    let confined = ["Model=a", "Model=b", "Region=us-east-1", "Region=us-west-2", "Partition=aws"]
        .map(str::to_owned);
    let mut counts = BTreeMap::new();
    for seed in 0..40 {
        let rng = &mut generate::rng(seed);
        let written = document((0..4).map(|_| statement(rng)).collect());
        let policies = support::policies([&written]);
        for name in paths {
            let alone = only(call("bedrock:InvokeModel"), name);
            let path = &alone.paths[0];
            let mut texts = confined.to_vec();
            for (variable, values) in [("Profile", &["p", "q"][..]), ("Account", &["111122223333"])]
            {
                let known = path.variables.contains_key(variable);
                texts.extend(
                    values.iter().filter(|_| known).map(|value| format!("{variable}={value}")),
                );
            }
            let allowed = |instance: &Instance| {
                path.requests(instance).iter().all(|request| {
                    semantics::decide(&policies, request).decision == Decision::Allowed
                })
            };
            let expected = instances(path).iter().any(allowed);
            let answer = is_yes(&ask(&alone, &policies, None, &filters(&texts)));
            assert_eq!(answer, expected, "seed {seed}: {name}: {written}");
            *counts.entry((name, answer)).or_insert(0) += 1;
        }
    }
    assert!(counts.len() == 8 && counts.values().all(|count| *count >= 4), "{counts:?}");
}

const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/aaaa";

/// Statements about models, profiles, guardrails and tiers.
fn statement_about_whole_calls(rng: &mut generate::Rng) -> Value {
    let inference = [
        "arn:aws:bedrock:*::foundation-model/*",
        "arn:aws:bedrock:us-east-1::foundation-model/a",
        "arn:aws:bedrock:*:*:inference-profile/*",
    ];
    let applied = ["arn:aws:bedrock:*:*:guardrail/*", GUARDRAIL];
    let conditions = [
        json!({"StringEquals": {"bedrock:GuardrailIdentifier": format!("{GUARDRAIL}:1")}}),
        json!({"StringNotEquals": {"bedrock:GuardrailIdentifier": format!("{GUARDRAIL}:1")}}),
        json!({"ArnLike": {"bedrock:GuardrailIdentifier": format!("{GUARDRAIL}*")}}),
        json!({"StringNotLike": {"bedrock:GuardrailIdentifier": "*guardrail/bbbb*"}}),
        json!({"Null": {"bedrock:GuardrailIdentifier": "true"}}),
        json!({"Null": {"bedrock:GuardrailIdentifier": "false"}}),
        json!({"StringEquals": {"bedrock:ServiceTier": ["flex", "default"]}}),
        json!({"StringNotEquals": {"bedrock:ServiceTier": "flex"}}),
        json!({"StringEquals": {"bedrock:ServiceTier": "priority", "bedrock:GuardrailIdentifier": GUARDRAIL}}),
    ];
    let effect = if chance(rng, 0.3) { "Deny" } else { "Allow" };
    if chance(rng, 0.3) {
        return json!({"Effect": effect, "Action": "bedrock:ApplyGuardrail", "Resource": pick(rng, &applied)});
    }
    let action = pick(rng, &["bedrock:InvokeModel", "bedrock:*"]).to_owned();
    let mut statement = json!({"Effect": effect, "Action": action, "Resource": [pick(rng, &inference), pick(rng, &inference)]});
    if chance(rng, 0.8) {
        let texts: Vec<String> = conditions.iter().map(Value::to_string).collect();
        statement["Condition"] =
            serde_json::from_str(pick(rng, &texts.iter().map(String::as_str).collect::<Vec<_>>()))
                .unwrap();
    }
    statement
}

/// Every call by a variant of a path over few models, Regions, guardrails and tiers, one of each
/// that no policy names.
fn whole_calls(path: &Path) -> Vec<Instance> {
    let choices: [(&str, &[&str]); 4] = [
        ("Model", &["a", "b"]),
        ("Region", &["us-east-1", "us-west-2"]),
        ("GuardrailId", &["aaaa", "bbbb", "zzzz"]),
        ("GuardrailVersion", &["1", "9"]),
    ];
    let mut all = vec![natural(path)];
    for (name, values) in choices.iter().filter(|(name, _)| path.variables.contains_key(*name)) {
        let with = |instance: &Instance, value: &&str| {
            let mut changed = instance.clone();
            changed.bindings.insert((*name).to_owned(), (*value).to_owned());
            changed
        };
        all = all
            .iter()
            .flat_map(|instance| values.iter().map(move |value| with(instance, value)))
            .collect();
    }
    let tiers = [None, Some("flex"), Some("priority"), Some("default"), Some("reserved")];
    let with_tier = |instance: &Instance, tier: &Option<&str>| {
        let mut changed = instance.clone();
        if let Some(tier) = tier {
            changed.caller.shared.insert(
                ContextKey::new("bedrock:ServiceTier"),
                ContextValue::Single((*tier).to_owned()),
            );
        }
        changed
    };
    all.iter()
        .flat_map(|instance| tiers.iter().map(move |tier| with_tier(instance, tier)))
        .collect()
}

/// The answers about guardrails, tiers and destinations are those of every call, and what filters
/// say means what it says.
#[test]
fn answers_about_whole_calls_are_those_of_every_call() {
    let single = |request: &Request, key: &str| match request.context.get(&ContextKey::new(key)) {
        Some(ContextValue::Single(text)) => Some(text.clone()),
        _ => None,
    };
    type Meant = fn(guardrail: Option<&str>, tier: Option<&str>, regions: &[String]) -> bool;
    let of_guardrail = format!("Guardrail={GUARDRAIL}");
    let past_guardrail = format!("Guardrail!={GUARDRAIL}");
    let asked: [(&[&str], Meant); 9] = [
        (&[], |_, _, _| true),
        (&["Guardrail=absent"], |guardrail, _, _| guardrail.is_none()),
        (&["Guardrail!=absent"], |guardrail, _, _| guardrail.is_some()),
        (&[&of_guardrail], |guardrail, _, _| {
            guardrail
                .is_some_and(|arn| arn == GUARDRAIL || arn.starts_with(&format!("{GUARDRAIL}:")))
        }),
        (&[&past_guardrail], |guardrail, _, _| {
            !guardrail
                .is_some_and(|arn| arn == GUARDRAIL || arn.starts_with(&format!("{GUARDRAIL}:")))
        }),
        (&["Tier=flex", "Tier=absent"], |_, tier, _| tier.is_none_or(|tier| tier == "flex")),
        (&["Tier!=priority", "Guardrail!=absent"], |guardrail, tier, _| {
            tier != Some("priority") && guardrail.is_some()
        }),
        (&["Destination=us-east-*"], |_, _, regions| {
            regions.iter().all(|region| region.starts_with("us-east-"))
        }),
        (&["Destination!=us-east-*"], |_, _, regions| {
            regions.iter().any(|region| !region.starts_with("us-east-"))
        }),
    ];
    let mut counts = BTreeMap::new();
    for seed in 0..number("KEYAKI_DRAWS", 45) {
        let rng = &mut generate::rng(seed);
        let written = document((0..4).map(|_| statement_about_whole_calls(rng)).collect());
        let policies = support::policies([&written]);
        for name in [
            "the model directly",
            "through the system-defined inference profile of the geography us, two Regions",
        ] {
            let alone = only(call("bedrock:InvokeModel"), name);
            let path = &alone.paths[0];
            let mut variants = vec![path.without_extras(&alone.extras)];
            variants.extend(
                alone
                    .extras
                    .iter()
                    .filter(|extra| extra.id == "guardrail")
                    .flat_map(|extra| path.with_extra(extra)),
            );
            let (texts, meant) = asked[usize::try_from(seed).unwrap() % asked.len()];
            let expected = variants.iter().any(|variant| {
                whole_calls(variant).iter().any(|instance| {
                    let requests = variant.requests(instance);
                    let first = &requests[0];
                    let models = requests
                        .iter()
                        .filter(|request| request.resource.contains(":foundation-model/"));
                    let regions: Vec<String> = models
                        .filter_map(|request| single(request, "aws:RequestedRegion"))
                        .collect();
                    let [guardrail, tier] = ["bedrock:GuardrailIdentifier", "bedrock:ServiceTier"]
                        .map(|key| single(first, key));
                    meant(guardrail.as_deref(), tier.as_deref(), &regions)
                        && requests.iter().all(|request| {
                            semantics::decide(&policies, request).decision == Decision::Allowed
                        })
                })
            });
            let mut texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            texts.extend(
                ["Model=a", "Model=b", "Region=us-east-1", "Region=us-west-2", "Partition=aws"]
                    .map(str::to_owned),
            );
            let answer = is_yes(&ask(&alone, &policies, None, &filters(&texts)));
            assert_eq!(answer, expected, "seed {seed}: {name}: {texts:?}: {written}");
            *counts.entry((name, answer)).or_insert(0) += 1;
        }
    }
    assert!(counts.len() == 4 && counts.values().all(|count| *count >= 5), "{counts:?}");
}

/// A general path is not an answer of its own: without it, every path has the same verdict, and a
/// "no" rests on the same choices.
#[test]
fn general_paths_change_no_answer() {
    let on = |resources: Value, condition: Value| json!({"Effect": "Allow", "Action": "bedrock:*", "Resource": resources, "Condition": condition});
    let profiles = on(json!(["arn:aws:bedrock:*:*:inference-profile/*"]), json!({}));
    let questions = [
        (
            vec![
                profiles.clone(),
                on(
                    json!("arn:aws:bedrock:us-*::foundation-model/*"),
                    json!({"Null": {"bedrock:InferenceProfileArn": "false"}}),
                ),
            ],
            vec![],
        ),
        (vec![profiles.clone()], vec!["Path=profile:*"]),
        (
            vec![
                profiles,
                on(
                    json!("arn:aws:bedrock:*-east-*::foundation-model/*"),
                    json!({"Bool": {"aws:ViaAWSService": "false"}}),
                ),
            ],
            vec!["Destination!=us-*", "Path=profile:*"],
        ),
        (
            vec![on(json!("*"), json!({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}))],
            vec!["Path=profile:*"],
        ),
    ];
    let mut each = call("bedrock:InvokeModel").clone();
    each.paths.iter_mut().for_each(|path| path.general = None);
    for (statements, texts) in questions {
        let policies = support::policies([&document(statements)]);
        let filters = filters(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let [with, without] =
            [call("bedrock:InvokeModel"), &each].map(|call| ask(call, &policies, None, &filters));
        assert_eq!(with.paths, without.paths, "{texts:?}");
        assert_eq!(with.rests_on, without.rests_on, "{texts:?}");
        assert_eq!(with.caveats, without.caveats, "{texts:?}");
    }
}

/// One caller with one session: what holds of the caller in one authorization holds in the others.
#[test]
fn authorizations_have_the_caller_in_common() {
    let on = |resource: &str, key: &str, value: &str| json!({"Effect": "Allow", "Action": "s3:*", "Resource": resource, "Condition": {"StringEquals": {key: value}}});
    let copy_of = |principal: &str, key: &str, one: &str, other: &str| {
        let written =
            document(vec![on("arn:aws:s3:::a/*", key, one), on("arn:aws:s3:::b/*", key, other)]);
        let policies = support::policies([&written]);
        let buckets = filters(&["SourceBucket=a".to_owned(), "Bucket=b".to_owned()]);
        is_yes(&ask_of(principal, call("s3:CopyObject"), &policies, None, &buckets))
    };
    let (user, session) = (
        "arn:aws:iam::111122223333:user/dev",
        "arn:aws:sts::111122223333:assumed-role/app/session",
    );
    for (shared, one, other) in [
        ("aws:PrincipalTag/t", "x", "y"),
        ("aws:SourceIdentity", "alice", "bob"),
        ("aws:SourceVpce", "vpce-0a1b2c3d", "vpce-0a1b2c3e"),
        ("datazone:projectId", "x", "y"),
        ("aws:PrincipalOrgID", "o-exampleorg1", "o-exampleorg2"),
    ] {
        assert!(!copy_of(session, shared, one, other), "{shared}");
        assert!(copy_of(session, shared, one, one), "{shared}");
        // A user has no session that a service or a role began (F28).
        let of_sessions = ["aws:SourceIdentity", "datazone:projectId"].contains(&shared);
        assert_eq!(copy_of(user, shared, one, one), !of_sessions, "{shared}");
    }
    let copy = |key: &str, one: &str, other: &str| copy_of(user, key, one, other);
    assert!(copy("aws:ResourceTag/t", "x", "y"));
    assert!(!copy("aws:username", "dev", "other"));
    // What a service asks on behalf of the caller goes another way, and is of the same session.
    let encrypted = |key: &str, one: &str, other: &str| {
        let kms = json!({"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {key: other}}});
        let policies = support::policies([&document(vec![on("*", key, one), kms])]);
        is_yes(&ask(&only(call("s3:GetObject"), "encrypted with a KMS key"), &policies, None, &[]))
    };
    assert!(!encrypted("aws:PrincipalTag/t", "x", "y"));
    assert!(encrypted("aws:SourceVpce", "vpce-1", "vpce-2"));
    assert!(
        encrypted("aws:ViaAWSService", "false", "true")
            && !encrypted("aws:ViaAWSService", "false", "false")
    );
}

#[test]
fn tags_are_those_of_the_call() {
    let create = call("bedrock:CreateInferenceProfile");
    let tagging = |conditions: [Value; 2]| {
        let [making, tagging] = conditions;
        let making = json!({"Effect": "Allow", "Action": "bedrock:CreateInferenceProfile", "Resource": "*", "Condition": making});
        let tagging = json!({"Effect": "Allow", "Action": "bedrock:TagResource", "Resource": "*", "Condition": tagging});
        is_yes(&ask(
            create,
            &support::policies([&document(vec![making, tagging])]),
            None,
            &filters(&["Path=*with tags".to_owned()]),
        ))
    };
    let request = |value: &str| json!({"StringEquals": {"aws:RequestTag/team": value}});
    let resource = |value: &str| json!({"StringEquals": {"aws:ResourceTag/team": value}});
    assert!(tagging([request("x"), request("x")]) && !tagging([request("x"), request("y")]));
    // The new profile has the tags that are passed (SEMANTICS F16).
    assert!(tagging([request("x"), resource("x")]) && !tagging([request("x"), resource("y")]));
    // Every tag that is passed is among the keys (F15).
    let keys = |key: &str| json!({"ForAllValues:StringEquals": {"aws:TagKeys": [key]}});
    assert!(tagging([request("x"), keys("team")]) && !tagging([request("x"), keys("owner")]));
    assert!(
        create
            .paths
            .iter()
            .any(|path| path.authorizations.iter().all(|needed| needed.tags == Tags::Without))
    );
    let none = json!({"Null": {"aws:TagKeys": "true"}});
    assert!(!tagging([none.clone(), none]));
    // Where nothing looks at the tags themselves, their keys tell of them.
    let owned = |present: &str| json!({"Null": {"aws:ResourceTag/owner": present}});
    assert!(!tagging([keys("team"), owned("false")]) && tagging([keys("owner"), owned("false")]));
    let untagged = |condition: Value| {
        let making = json!({"Effect": "Allow", "Action": "bedrock:CreateInferenceProfile", "Resource": "*", "Condition": condition});
        let else_where = json!({"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:bedrock:*::*", "arn:aws:bedrock:*:*:inference-profile/*"]});
        is_yes(&ask(
            create,
            &support::policies([&document(vec![making, else_where])]),
            None,
            &filters(&["Path=*without tags".to_owned()]),
        ))
    };
    assert!(untagged(owned("true")) && !untagged(owned("false")));
}

#[test]
fn whoever_the_question_names_is_asked_about() {
    let solver = Solver::single(from_spec("auto").unwrap());
    let call = only(call("s3:GetObject"), "encrypted with a KMS key");
    let policies = support::policies([&document(vec![])]);
    let shape = support::shape(r#"{"Principal": "arn:aws:iam::111122223333:root"}"#);
    let requests = Requests::Feasible(World::embedded().unwrap());
    let query = CallQuery {
        call: &call,
        policies: &policies,
        role: None,
        shape: Some(&shape),
        filters: &[],
        spots: &[],
        requests,
    };
    let verdict = query.ask(&solver, &Limits::timeout(Duration::from_secs(60))).unwrap();
    assert!(
        is_yes(&verdict),
        "root users need no grant in their own account, where the keys are theirs, too"
    );
}

#[test]
fn keys_are_there_only_where_the_catalogue_lists_them() {
    let with_of = |principal: &str, key: &str| {
        let statement = json!({"Effect": "Allow", "Action": "bedrock:*", "Resource": "*", "Condition": {"Null": {key: "false"}}});
        let policies = support::policies([&document(vec![statement])]);
        is_yes(&ask_of(
            principal,
            &only(call("bedrock:InvokeModel"), "the model directly"),
            &policies,
            None,
            &[],
        ))
    };
    let with = |key: &str| with_of("arn:aws:iam::111122223333:user/dev", key);
    assert!(with("bedrock:ServiceTier") && with("aws:PrincipalTag/t"));
    assert!(
        !with("bedrock:GuardrailIdentifier"),
        "what applies a guardrail does not carry the key"
    );
    // What tells of a session comes with sessions of roles (F28).
    assert!(
        with_of("arn:aws:sts::111122223333:assumed-role/app/session", "datazone:projectId")
            && !with("datazone:projectId")
    );
    assert!(!with("bedrock:InlineAgentName") && !with("s3:prefix") && !with("aws:ResourceTag/k"));
    assert!(!with("bedrock:InferenceProfileArn"), "absent, as the path says");
}

#[test]
fn a_service_role_is_asked_where_its_policies_are_given() {
    let agent = call("bedrock:InvokeAgent");
    let caller = support::policies([&document(vec![
        json!({"Effect": "Allow", "Action": "bedrock:InvokeAgent", "Resource": "*"}),
    ])]);
    let model = |resource: &str| json!({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": resource});
    let role = support::policies([&document(vec![model("arn:aws:bedrock:*::foundation-model/a")])]);
    let filter = filters(&["Model!=a".to_owned()]);
    assert!(is_yes(&ask(agent, &caller, None, &filter)));
    assert!(!is_yes(&ask(agent, &caller, Some(&role), &filter)));
    let verdict = ask(agent, &caller, Some(&role), &[]);
    let CallAnswer::Yes(found) = &verdict.answer else { panic!("{verdict:?}") };
    assert_eq!(found.steps[1].who, Who::ServiceRole);
    assert_eq!(
        found.steps[1].witness.request.principal.arn,
        "arn:aws:sts::111122223333:assumed-role/app/session"
    );
    // The role's account is the agent's.
    let elsewhere = document(vec![
        json!({"Effect": "Allow", "Action": "bedrock:InvokeAgent", "Resource": "arn:aws:bedrock:*:444455556666:*"}),
    ]);
    assert!(
        !is_yes(&ask(agent, &support::policies([&elsewhere]), Some(&role), &[])),
        "an agent of another account needs its consent"
    );
}

/// A service that works in its own network shows no endpoint of the customer (F33); a batch job may
/// run in the customer's VPC.
#[test]
fn a_service_role_comes_from_the_network_of_its_service() {
    let caller = support::policies([&document(vec![allow_all()])]);
    let everything = |condition: Value| {
        let mut statement = allow_all();
        statement["Condition"] = condition;
        CallQuery::service_role(
            support::policies([&document(vec![statement])]).identity.unwrap(),
            &caller,
        )
    };
    let through = everything(json!({"StringEquals": {"aws:SourceVpce": "vpce-1a"}}));
    let by_account = everything(json!({"StringLike": {"aws:VpceAccount": "*"}}));
    let from = everything(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}));
    let past = everything(
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1a"}, "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
    );
    for name in [
        "bedrock:InvokeAgent",
        "bedrock:InvokeFlow",
        "bedrock:Retrieve",
        "bedrock:RetrieveAndGenerate",
    ] {
        let asked = |role: &Policies| ask(call(name), &caller, Some(role), &[]);
        for role in [&through, &by_account, &from] {
            let verdict = asked(role);
            assert!(!is_yes(&verdict), "{name}");
            assert_eq!(verdict.rests_on.choices, [ModelChoice::F33], "{name}");
        }
        assert!(is_yes(&asked(&past)), "{name}");
    }
    assert!(is_yes(&ask(call("bedrock:CreateModelInvocationJob"), &caller, Some(&through), &[])));
    // Without the choice.
    let assumptions = Assumptions::all().without(ModelChoice::F33);
    let requests = Requests::Feasible(World { assumptions, ..World::embedded().unwrap() });
    let query = CallQuery {
        call: call("bedrock:InvokeAgent"),
        policies: &caller,
        role: Some(&through),
        shape: None,
        filters: &[],
        spots: &[],
        requests,
    };
    let solver = Solver::single(from_spec("auto").unwrap());
    assert!(is_yes(&query.ask(&solver, &Limits::timeout(Duration::from_secs(60))).unwrap()));
}

#[test]
fn paths_without_the_filtered_variable_are_not_asked() {
    const DIRECTLY: &str = "the model directly";
    const THROUGH_PROFILE: &str = "through an application inference profile of the model";
    let on = |resource: &str| {
        support::policies([&document(vec![
            json!({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": resource}),
        ])])
    };
    let asked = |resource: &str, filter: &[Filter]| {
        ask(call("bedrock:InvokeModel"), &on(resource), None, filter)
    };
    let answer = |verdict: &CallVerdict, name: &str| {
        verdict.paths.iter().find(|path| path.path == name).map(|path| path.answer.clone())
    };
    let not_asked = Some(PathAnswer::NotAsked("it has no variable `Profile`".to_owned()));
    let profile = filters(&["Profile=p*".to_owned()]);
    // Everything is allowed: the direct path would be, were it asked.
    let verdict = asked("*", &profile);
    assert!(is_yes(&verdict) && is_yes(&asked("*", &[])));
    assert_eq!(answer(&verdict, DIRECTLY), not_asked);
    assert_eq!(answer(&verdict, THROUGH_PROFILE), Some(PathAnswer::Yes));
    // Models alone are: the direct path is allowed without the filter, and none with it.
    let models = "arn:aws:bedrock:*::foundation-model/*";
    let verdict = asked(models, &profile);
    assert!(!is_yes(&verdict) && is_yes(&asked(models, &[])));
    assert_eq!(answer(&verdict, DIRECTLY), not_asked);
    assert_eq!(answer(&verdict, THROUGH_PROFILE), Some(PathAnswer::No));
    let confined = only(
        call("bedrock:InvokeModel"),
        "through the system-defined inference profile of the geography eu",
    );
    assert!(
        matches!(&confined.paths[0].variables["Region"].shape, Shape::Values(regions) if regions.len() == 4)
    );
}

const PLAYGROUND: &str = "proofs/policies/S2-P1.json";

#[test]
fn the_command_line_names_the_path_and_every_authorization() {
    let arguments = [
        "can",
        PLAYGROUND,
        "--call",
        "bedrock:Converse",
        "--where",
        "Path=*geography us, two Regions",
    ];
    let output = keyaki(&arguments);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let text = out(&output);
    for expected in [
        "yes: this call is allowed",
        "call       bedrock:InvokeModel",
        "path       through the system-defined inference profile of the geography us, two Regions",
        "Model = anthropic.claude-3-opus-20240229-v1:0",
        "authorization 3 of 3, of the caller",
        "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-3-opus-20240229-v1:0",
        "allowed by proofs/policies/S2-P1.json, statement 1",
        "not asked  the model directly: left out by the filters",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    let output = keyaki(&[&arguments[..], &["--format", "json"]].concat());
    let answer = &lines(&output)[0];
    assert_eq!(
        (answer["answer"].as_str(), answer["requests"].as_array().map(Vec::len)),
        (Some("yes"), Some(3))
    );
    assert_eq!(answer["paths"].as_array().unwrap().last().unwrap()["answer"], "yes");
    // Every request is what `eval` reads, and is allowed.
    for request in answer["requests"].as_array().unwrap() {
        let output = support::command::keyaki_with(
            &["eval", PLAYGROUND, "--request", "-"],
            &request.to_string(),
        );
        assert!(out(&output).starts_with("allowed"), "{request}: {}", out(&output));
    }
}

#[test]
fn a_no_lists_every_path_and_the_same_input_gives_the_same_output() {
    let arguments =
        ["can", PLAYGROUND, "--call", "bedrock:InvokeModel", "--model-not-like", "*opus*"];
    let output = keyaki(&arguments);
    assert_eq!(code(&output), 0);
    let text = out(&output);
    assert_eq!(
        text.lines().filter(|line| line.starts_with("  no  ")).count(),
        call("bedrock:InvokeModel").paths.len(),
        "{text}"
    );
    assert_eq!(out(&keyaki(&arguments)), text);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let cases: [(&[&str], &str); 12] = [
        (&["--call", "bedrock:Convers"], "did you mean `bedrock:Converse`"),
        (&["--call", "zebra"], "`keyaki can --call list`"),
        (
            &["--call", "bedrock:Converse", "--action", "s3:*"],
            "`--action` cannot be used with `--call`",
        ),
        (&["--call", "bedrock:Converse", "--statement", "{}"], "`--statement` cannot be used"),
        (&["--call", "bedrock:Converse", "--where", "Modell=x"], "has no variable `Modell`"),
        (&["--call", "bedrock:Converse", "--where", "x"], "`x` is not a filter"),
        (&["--call", "bedrock:Converse", "--where", "Path=directly"], "leave no path of the call"),
        (
            &["--call", "bedrock:Converse", "--where", "Profile=x", "--where", "Resource=x"],
            "leave no path of the call",
        ),
        (&["--call", "bedrock:Converse", "--service-role", PLAYGROUND], "needs no service role"),
        (
            &["--call", "bedrock:Converse", "--condition", "StringEquals bedrock:ModelArn x"],
            "`bedrock:ModelArn` cannot be used",
        ),
        (
            &[
                "--call",
                "bedrock:Converse",
                "--resource-policy",
                "proofs/policies/context/public-bucket.json",
            ],
            "belongs to one resource",
        ),
        (&["--model-like", "x"], "--call"),
    ];
    for (arguments, expected) in cases {
        let output = keyaki(&[&["can", PLAYGROUND], arguments].concat());
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(err(&output).contains(expected), "{arguments:?}: {}", err(&output));
    }
}

#[test]
fn calls_are_listed() {
    let text = out(&keyaki(&["can", "--call", "list"]));
    for call in &Calls::embedded().unwrap().calls {
        assert!(
            text.contains(&call.name) && call.paths.iter().all(|path| text.contains(&path.name)),
            "{}",
            call.name
        );
    }
    let listed = &lines(&keyaki(&["can", "--call", "list", "--format", "json"]))[0];
    assert_eq!(listed["calls"].as_array().unwrap().len(), Calls::embedded().unwrap().calls.len());
}

#[test]
fn claims_about_calls_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("claims.toml");
    let root = env!("CARGO_MANIFEST_DIR");
    let text = format!(
        "[[claim]]\nname = \"x\"\npolicies = [\"{root}/{PLAYGROUND}\"]\nclaim = \"never\"\ncall = \"bedrock:Converse\"\nwhere = [\"Model!=*opus*\"]\nexpect = \"holds\"\nwhy = \"w\"\n"
    );
    let check = |text: &str| {
        std::fs::write(&path, text).unwrap();
        keyaki(&["check", path.to_str().unwrap(), "--format", "json"])
    };
    assert_eq!(code(&check(&text)), 0);
    let violated = check(&text.replace("Model!=", "Model="));
    assert_eq!(code(&violated), 1);
    assert_eq!(lines(&violated)[0]["call"]["path"], "the model directly");
    // Through a profile that AWS printed, which routes to one Region.
    let arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-3-opus-20240229-v1:0";
    let model = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-opus-20240229-v1:0";
    let printed = json!({"inferenceProfileArn": arn, "models": [{"modelArn": model}], "type": "SYSTEM_DEFINED"});
    std::fs::write(folder.path().join("profile.json"), printed.to_string()).unwrap();
    let through = text
        .replace("call = ", "profile = [\"profile.json\"]\ncall = ")
        .replace("Model!=*opus*", "Path=profile:*");
    let violated = check(&through);
    assert_eq!(
        (code(&violated), lines(&violated)[0]["call"]["requests"].as_array().map(Vec::len)),
        (1, Some(2)),
        "{}",
        err(&violated)
    );
    for (from, to, expected) in [
        ("bedrock:Converse", "bedrock:Convers", "did you mean"),
        ("Model!=", "Modell!=", "has no variable"),
        ("call = \"bedrock:Converse\"\n", "", "belong to a `call`"),
        ("call = ", "profile = [\"claims.toml\"]\ncall = ", "get-inference-profile"),
        ("call = ", "calls = [\"nowhere.toml\"]\ncall = ", "nowhere.toml"),
        ("call = ", "statement = {}\ncall = ", "and no `statement`"),
        ("call = ", "service_role = []\ncall = ", "needs no service role"),
    ] {
        let output = check(&text.replace(from, to));
        assert_eq!(code(&output), 2, "{to}");
        assert!(err(&output).contains(expected), "{to}: {}", err(&output));
    }
}

/// Random policies of every layer that take away from a policy that allows everything: whatever the
/// solver finds, the evaluator and the checker of feasibility confirm; else the question would end
/// in an error. `KEYAKI_DRAWS` is the number of questions, `KEYAKI_SEED` the seed of the first.
#[test]
fn what_the_solver_finds_is_confirmed() {
    let (draws, first) = (number("KEYAKI_DRAWS", 25), number("KEYAKI_SEED", 0));
    let solver = Solver::single(from_spec("auto").unwrap());
    let calls = &Calls::embedded().unwrap().calls;
    let everything = support::policies([&document(vec![allow_all()])]);
    let mut answers = BTreeMap::new();
    for seed in first..first + draws {
        let rng = &mut generate::rng(seed);
        let options =
            generate::Options { ill_typed: false, odd_lists: false, odd_resources: false };
        let mut policies = support::sets::case(rng, options, 0).set();
        policies.resource = None;
        policies.identity.get_or_insert_default().extend(everything.identity.clone().unwrap());
        let role = CallQuery::service_role(everything.identity.clone().unwrap(), &policies);
        let call = &calls[usize::try_from(seed).unwrap() % calls.len()];
        let requests = if seed % 5 == 4 {
            Requests::Any
        } else {
            Requests::Feasible(World::embedded().unwrap())
        };
        let role = call.needs_role().then_some(&role);
        let query = CallQuery {
            call,
            policies: &policies,
            role,
            shape: None,
            filters: &[],
            spots: &[],
            requests,
        };
        let verdict = query.ask(&solver, &Limits::timeout(Duration::from_secs(2)));
        let verdict = verdict.unwrap_or_else(|error| panic!("seed {seed}: {}: {error}", call.name));
        let word = match verdict.answer {
            CallAnswer::Yes(_) => "yes",
            CallAnswer::No => "no",
            CallAnswer::Unknown(_) => "unknown",
        };
        *answers.entry(word).or_insert(0) += 1;
    }
    assert!(answers.get("yes").is_some_and(|count| 10 * count > draws), "{answers:?}");
}
