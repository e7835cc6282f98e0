//! Of every action of the embedded catalogue, and of every resource that it is authorized on, one
//! natural request is feasible, for the checker and in some case of the encoder: a policy that
//! allows everything is vacuous nowhere.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use keyaki::catalogue::keys;
use keyaki::catalogue::service_keys::{CLOSED, Values};
use keyaki::catalogue::{Action, ActionResource, Catalogue, ResourceType, Service};
use keyaki::counterexample::natural_arn;
use keyaki::endpoints::GLOBAL_SERVICES;
use keyaki::feasibility::violations;
use keyaki::policy::ContextKey;
use keyaki::request::{ContextValue, Principal, Request};
use keyaki::symbolic::Frame;
use keyaki::symbolic::feasible::Universe;
use keyaki::world::World;
use keyaki_logic::evaluate::Evaluation;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const USER: &str = "arn:aws:iam::111122223333:user/dev";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/session";

/// What only identities of external providers ask for (SEMANTICS 6.3).
const OF_PROVIDERS: &[&str] = &["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// One for each format of each resource type, and `*` where no type is required.
fn requests(service: &Service, action: &Action) -> Vec<(Request, String)> {
    let name = format!("{}:{}", service.prefix, action.name);
    let formats = |(listed, known): (&ActionResource, &ResourceType)| {
        let keys =
            service.keys_of(action, action.resources.iter().find(|one| one.name == listed.name));
        let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
        known.arns.iter().map(|format| (natural_arn(format), keys.clone())).collect::<Vec<_>>()
    };
    let mut targets: Vec<(String, Vec<String>)> =
        service.resources_of(action).flat_map(formats).collect();
    if !action.needs_resource() {
        targets.push((
            "*".to_owned(),
            service.keys_of(action, None).into_iter().map(str::to_owned).collect(),
        ));
    }
    let request = |(resource, keys): (String, Vec<String>)| {
        let provider = OF_PROVIDERS.contains(&name.as_str());
        let caller =
            if provider { "accounts.google.com" } else { [USER, SESSION][action.name.len() % 2] };
        // The whole context once for each service.
        let whole = !provider && service.actions.first() == Some(action);
        let context = context(service, caller, &resource, &keys, whole);
        let words = format!("{name} on {resource}");
        let request = Request {
            principal: Principal::new(caller),
            action: name.clone(),
            resource,
            resource_account: provider.then(|| "111122223333".to_owned()),
            principal_in_management_account: false,
            context,
        };
        (request, words)
    };
    targets.into_iter().map(request).collect()
}

/// What a request carries whoever asks, and what it carries by caller.
const ALWAYS: &[(&str, &str)] = &[
    ("aws:CurrentTime", "2026-01-01T12:00:00Z"),
    ("aws:EpochTime", "1767268800"),
    ("aws:SecureTransport", "true"),
    ("aws:UserAgent", "aws-cli/2.0"),
    ("aws:ViaAWSService", "false"),
    ("aws:SourceIp", "203.0.113.7"),
];
const OF_USER: &[(&str, &str)] = &[
    ("aws:PrincipalArn", USER),
    ("aws:username", "dev"),
    ("aws:userid", "AIDAEXAMPLE"),
    ("aws:PrincipalType", "User"),
    ("aws:PrincipalAccount", "111122223333"),
    ("aws:PrincipalIsAWSService", "false"),
];
const OF_SESSION: &[(&str, &str)] = &[
    ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/app"),
    ("aws:userid", "AROAEXAMPLE:session"),
    ("aws:PrincipalType", "AssumedRole"),
    ("aws:TokenIssueTime", "2026-01-01T11:00:00Z"),
    ("aws:PrincipalAccount", "111122223333"),
    ("aws:PrincipalIsAWSService", "false"),
];

/// The Region, the keys that the action lists, and, if the whole context is wanted, what every such
/// caller carries.
fn context(
    service: &Service,
    caller: &str,
    resource: &str,
    listed: &[String],
    whole: bool,
) -> BTreeMap<ContextKey, ContextValue> {
    let home = GLOBAL_SERVICES
        .iter()
        .find(|known| known.service == service.prefix && known.partition == "aws");
    let home = home.map_or("us-east-1", |known| known.regions[0]);
    let region = resource.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or(home);
    let global = resource.starts_with("arn:aws:bedrock:::foundation-model/");
    let mut texts = vec![("aws:RequestedRegion", if global { "unspecified" } else { region })];
    if whole {
        texts.extend(ALWAYS);
        texts.extend(if caller == USER { OF_USER } else { OF_SESSION });
    }
    let single = |text: &str| ContextValue::Single(text.to_owned());
    let mut context: BTreeMap<_, _> =
        texts.into_iter().map(|(key, text)| (ContextKey::new(key), single(text))).collect();
    for name in listed {
        let key =
            ContextKey::new(&name.replace("${TagKey}", "team").replace("${", "").replace('}', ""));
        let value = match key.lower() {
            "aws:tagkeys" => ContextValue::List(vec!["team".to_owned()]),
            "kms:calleraccount" | "s3:resourceaccount" | "s3express:resourceaccount" => {
                single("111122223333")
            }
            "ec2:region" => single(region),
            // Of foundation models only (F38).
            "bedrock:inferenceprofilearn" if !resource.contains(":foundation-model/") => continue,
            // Of sessions only, whatever lists them.
            _ if keys::of_role_sessions(&key).is_some() => continue,
            lower
                if lower.starts_with("saml:")
                    || lower.split_once(':').is_some_and(|(host, _)| host.contains('.')) =>
            {
                continue;
            }
            _ if service.key(key.text()).is_some_and(|known| known.multivalued) => {
                ContextValue::List(vec![value_of(&key)])
            }
            // Not in direct calls.
            "kms:viaservice" => continue,
            // Those of other types than texts.
            lower if !lower.starts_with("aws:") && keys::lookup(&key).is_some() => continue,
            _ => single(&value_of(&key)),
        };
        context.insert(key, value);
    }
    context
}

/// One of the values of a key whose values are known (F35), or any.
fn value_of(key: &ContextKey) -> String {
    let known = CLOSED.iter().find(|known| known.key == key.lower());
    match known.map(|known| known.values) {
        None => "example".to_owned(),
        Some(Values::Listed(values)) => values[0].replace('*', "ec2"),
        Some(Values::Between(least, _)) => least.to_string(),
        Some(Values::Arns(service, starts)) => {
            format!("arn:aws:{service}:us-east-1:111122223333:{}abc123", starts[0])
        }
        Some(Values::Written(_)) => "openai.gpt-oss-120b".to_owned(),
    }
}

/// What is wrong with the requests of a service, and how many actions and requests were tried.
fn broken(
    service: &Service,
    world: &World<'_>,
    known: &BTreeSet<&ContextKey>,
) -> (Vec<String>, usize, usize) {
    let (mut broken, mut requested) = (Vec::new(), 0);
    let always = &ContextKey::new("aws:SecureTransport");
    let frame = Frame::new(&[], &[]);
    let universe = Universe::new(&frame, *world, &[]).unwrap();
    let cases =
        universe.cases_of([service.prefix.as_str()].into_iter(), &|| false).unwrap().unwrap();
    for action in &service.actions {
        let requests = requests(service, action);
        assert!(!requests.is_empty(), "{}:{} has no target", service.prefix, action.name);
        requested += requests.len();
        for (request, words) in requests {
            let whole = known.iter().copied().filter(|_| request.context.contains_key(always));
            let mentioned: BTreeSet<&ContextKey> = whole.chain(request.context.keys()).collect();
            let found = violations(&request, &mentioned, world);
            broken.extend((!found.is_empty()).then(|| format!("{words}: {found:?}")));
            let model = frame.model_of(&Request { context: BTreeMap::new(), ..request }).unwrap();
            let mut values = Evaluation::new(&model);
            let in_a_case =
                cases.iter().any(|case| case.assertions.iter().all(|one| values.is_true(one)));
            broken.extend((!in_a_case).then(|| format!("{words}: in no case of the encoder")));
        }
    }
    (broken, service.actions.len(), requested)
}

#[test]
fn every_action_is_feasible_on_every_resource() {
    let catalogue = Catalogue::embedded().unwrap();
    let world = World::new(catalogue);
    let known: Vec<ContextKey> = keys::all()
        .iter()
        .filter(|key| !key.is_family())
        .map(|key| ContextKey::new(key.name))
        .collect();
    // Where an action lists tags of the request and not their keys, a request has neither.
    let known: BTreeSet<&ContextKey> =
        known.iter().filter(|key| key.lower() != "aws:tagkeys").collect();
    let services: Vec<&Service> = catalogue.services().collect::<Result<_, _>>().unwrap();
    let found: Vec<_> =
        services.par_iter().map(|service| broken(service, &world, &known)).collect();
    let broken: Vec<&String> = found.iter().flat_map(|(broken, ..)| broken).collect();
    println!("{} requests", found.iter().map(|(_, _, requests)| requests).sum::<usize>());
    assert_eq!(found.iter().map(|(_, actions, _)| actions).sum::<usize>(), 22_137);
    assert!(
        broken.is_empty(),
        "{} are not feasible: {:#?}",
        broken.len(),
        &broken[..broken.len().min(20)]
    );
}
