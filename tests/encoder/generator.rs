//! The random generator covers the language: every construct is drawn, and often enough for both
//! outcomes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::generate::{self, Options};
use crate::support::reading;
use crate::support::sets::{self, Case, Theme};
use crate::support::{policies, policy};
use keyaki::feasibility::violations;
use keyaki::layers::Layer;
use keyaki::policy::{
    ActionPattern, BaseOperator, ContextKey, Kind, Literal, Operator, Piece, PrincipalEntry,
    ResourcePattern, SetOperator, Statement, Version,
};
use keyaki::request::{ContextValue, Request};
use keyaki::semantics::{Evaluation, Failure, decide, failures, matches_shape};
use keyaki::world::World;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const DRAWS: u64 = 2_000;

/// How often each thing was seen.
#[derive(Default)]
struct Seen(BTreeMap<String, usize>);

impl Seen {
    fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    fn count(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or(0)
    }
}

fn every_operator() -> impl Iterator<Item = Operator> {
    let sets = [None, Some(SetOperator::ForAllValues), Some(SetOperator::ForAnyValue)];
    let all = BaseOperator::ALL.iter().flat_map(move |&base| sets.map(|set| (base, set)));
    all.flat_map(|(base, set)| [false, true].map(|if_exists| Operator { set, base, if_exists }))
        .filter(|operator| operator.base != BaseOperator::Null || !operator.if_exists)
}

#[test]
fn decisions_of_every_kind_are_frequent() {
    let mut seen = Seen::default();
    for seed in 0..DRAWS {
        let rng = &mut generate::rng(seed);
        let document = generate::policy(rng, Options::default());
        let request = generate::request(rng, Options::default());
        seen.add(decide(&policies([&document]), &request).decision.word());
    }
    // Identity-based policies deny users and sessions only: other callers are never asked about
    // them (SEMANTICS 6.3).
    for word in ["allowed", "explicitDeny", "implicitDeny"] {
        let share = seen.count(word) * 100 / DRAWS as usize;
        println!("{word}: {share} %");
        assert!(share >= 12, "{word}: {share} %");
    }
}

#[test]
fn every_operator_holds_and_fails() {
    let mut seen = Seen::default();
    for seed in 0..DRAWS {
        let rng = &mut generate::rng(seed);
        let condition = generate::condition(rng, 5, Options::default());
        let statement =
            json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
        let policy = policy(&json!({"Version": "2012-10-17", "Statement": statement}).to_string());
        let statement = policy.statements.first().expect("a statement");
        for _ in 0..8 {
            let request = generate::request(rng, Options::default());
            let failures = failures(statement, Kind::Identity, &request);
            for condition in &statement.conditions {
                let failed = |failure: &Failure| matches!(failure, Failure::Condition(one) if one.operator == condition.operator && one.key == condition.key);
                seen.add(format!("{} {}", condition.operator, !failures.iter().any(failed)));
            }
        }
    }
    for operator in every_operator() {
        for outcome in [true, false] {
            let never = match (operator.base, operator.set) {
                (BaseOperator::Null, Some(SetOperator::ForAllValues)) => !outcome,
                (BaseOperator::Null, Some(SetOperator::ForAnyValue)) => outcome,
                _ => false,
            };
            let count = seen.count(&format!("{operator} {outcome}"));
            assert!((count == 0) == never, "{operator} {outcome}: {count}");
        }
    }
}

fn note_pieces(seen: &mut Seen, place: &str, pieces: &[Piece]) {
    for piece in pieces {
        match piece {
            Piece::Literal(text) if text.contains(['*', '?', '$']) => {
                seen.add(format!("{place}: escape or 2008 text"))
            }
            Piece::Literal(_) => seen.add(format!("{place}: literal")),
            Piece::AnyChar => seen.add(format!("{place}: ?")),
            Piece::AnyString => seen.add(format!("{place}: *")),
            Piece::Variable(variable) if variable.default.is_some() => {
                seen.add(format!("{place}: variable with default"))
            }
            Piece::Variable(_) => seen.add(format!("{place}: variable")),
        }
    }
}

fn note_policy(seen: &mut Seen, policy: &keyaki::policy::Policy) {
    seen.add(if policy.version == Version::V2008 { "2008" } else { "2012" });
    for statement in &policy.statements {
        let action = if statement.action.negated { "NotAction" } else { "Action" };
        seen.add(format!("{action}: {} entries", statement.action.patterns.len()));
        let resource = statement.resource.as_ref().expect("a resource element");
        let element = if resource.negated { "NotResource" } else { "Resource" };
        seen.add(format!("{element}: {} entries", resource.patterns.len()));
        for pattern in &resource.patterns {
            let ResourcePattern::Arn { fields, .. } = pattern else {
                seen.add("resource: stars");
                continue;
            };
            seen.add(format!("resource: {} fields", fields.len()));
            fields.iter().for_each(|field| note_pieces(seen, "resource", &field.pieces));
        }
        seen.add(format!("{} conditions", statement.conditions.len()));
        for condition in &statement.conditions {
            seen.add(format!("condition: {} values", condition.values.len()));
            for value in &condition.values {
                if let Literal::Text(template) = &value.literal {
                    note_pieces(seen, condition.operator.base.name(), &template.pieces);
                }
            }
        }
    }
}

fn note_request(seen: &mut Seen, request: &keyaki::request::Request) {
    seen.add(format!("{:?}", request.principal.kind()));
    let shape = if request.resource == "*" {
        "star"
    } else if request.resource.split(':').count() < 6 {
        "odd"
    } else {
        "arn"
    };
    seen.add(format!("request: {shape}"));
    for value in request.context.values() {
        match value {
            ContextValue::Single(value) if value.is_empty() => seen.add("context: empty text"),
            ContextValue::Single(_) => seen.add("context: single"),
            ContextValue::List(values) => seen.add(format!("context: list of {}", values.len())),
        }
    }
}

#[test]
fn every_construct_is_drawn() {
    let mut seen = Seen::default();
    for seed in 0..DRAWS {
        let rng = &mut generate::rng(seed);
        note_policy(&mut seen, &policy(&generate::policy(rng, Options::default()).to_string()));
        note_request(&mut seen, &generate::request(rng, Options::default()));
    }
    let mut expected: Vec<String> =
        ["2008", "2012", "resource: stars", "request: star", "request: odd", "request: arn"]
            .map(str::to_owned)
            .into();
    for element in ["Action", "NotAction", "Resource", "NotResource"] {
        expected.extend((0..=3).map(|count| format!("{element}: {count} entries")));
    }
    expected.extend((2..=6).map(|count| format!("resource: {count} fields")));
    expected.extend((0..=3).map(|count| format!("{count} conditions")));
    expected.extend((0..=3).map(|count| format!("condition: {count} values")));
    for place in [
        "resource",
        "StringEquals",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "ArnLike",
        "ArnNotEquals",
    ] {
        let pieces =
            ["escape or 2008 text", "literal", "?", "*", "variable", "variable with default"];
        expected.extend(pieces.map(|piece| format!("{place}: {piece}")));
    }
    expected.extend(
        ["empty text", "single", "list of 0", "list of 1", "list of 2", "list of 3"]
            .map(|shape| format!("context: {shape}")),
    );
    expected.extend(
        ["User", "RoleSession", "FederatedUser", "Root", "Service", "Anonymous"]
            .map(|kind| format!("Some({kind})")),
    );
    let rare: Vec<_> = expected.iter().filter(|what| seen.count(what) < 5).collect();
    assert!(rare.is_empty(), "seldom or never drawn: {rare:?}");
}

#[test]
fn the_same_seed_draws_the_same() {
    let draw = |seed| {
        let rng = &mut generate::rng(seed);
        (generate::policy(rng, Options::default()), generate::request(rng, Options::default()))
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}

#[test]
fn what_is_switched_off_is_not_drawn() {
    let options = Options { ill_typed: false, odd_lists: false, odd_resources: false };
    for seed in 0..500 {
        let request = generate::request(&mut generate::rng(seed), options);
        assert!(
            request.resource == "*" || request.resource.split(':').count() >= 6,
            "{}",
            request.resource
        );
        for key in support::pools::KEYS {
            let value = request.context.get(&keyaki::policy::ContextKey::new(key.name));
            assert!(
                value.is_none_or(|value| matches!(value, ContextValue::List(_)) == key.list),
                "{}",
                key.name
            );
        }
        // Callers and contexts are drawn apart, and so contradict each other at times.
        let odd = [
            "ill-typed-value",
            "list-key-single",
            "single-key-list",
            "resource-shape",
            "action-shape",
            "principal-shape",
        ];
        let warnings = keyaki::request::check_request(&request);
        assert!(!warnings.iter().any(|warning| odd.contains(&warning.code)), "{warnings:?}");
    }
}

/// Cases whose statistics are looked at, with four requests each.
const CASES: u64 = 2_500;

fn cases() -> impl Iterator<Item = Case> {
    (0..CASES).map(|seed| sets::case(&mut generate::rng(seed), Options::default(), 4))
}

/// By which row and what a request was granted, and what each layer said.
fn note_evaluation(seen: &mut Seen, evaluation: &Evaluation) {
    let basis = &evaluation.basis;
    seen.add(evaluation.decision.word());
    if let Some(grant) = basis.grant {
        let caller = basis.caller.map_or("nobody".to_owned(), |kind| format!("{kind:?}"));
        seen.add(format!("{:?}: {caller}: {grant:?}", basis.row));
        seen.add(format!("{:?}: {grant:?}", basis.must_grant));
    }
    for outcome in &evaluation.layers {
        let layer = match outcome.layer {
            Layer::Scp(_) => "SCP".to_owned(),
            Layer::Rcp(_) => "RCP".to_owned(),
            other @ (Layer::Identity
            | Layer::Boundary
            | Layer::Session
            | Layer::Resource
            | Layer::Endpoint) => other.to_string(),
        };
        let verdict = format!("{:?}", outcome.verdict);
        let class = outcome.class.map(|class| format!(" {class:?}")).unwrap_or_default();
        seen.add(format!("{layer}: {}{class}", verdict.split('(').next().unwrap_or_default()));
        seen.add(format!("{layer}: {}", verdict.split('(').next().unwrap_or_default()));
    }
}

#[test]
fn whole_sets_are_decided_in_every_way() {
    let mut seen = Seen::default();
    for case in cases() {
        let (set, other) =
            (case.set(), sets::set(&case.policies, !case.strict).expect("just read"));
        for request in &case.requests {
            let evaluation = decide(&set, request);
            note_evaluation(&mut seen, &evaluation);
            if decide(&other, request).decision != evaluation.decision {
                seen.add("depends on the reading of NotPrincipal");
            }
        }
    }
    for word in ["allowed", "explicitDeny", "implicitDeny"] {
        let share = seen.count(word) as u64 * 100 / (4 * CASES);
        println!("{word}: {share} %");
        assert!(share >= 15, "{word}: {share} %");
    }
    let rows = [
        ("SameAccount", "User", "Direct Identity"),
        ("SameAccount", "RoleSession", "Direct Issuer Identity"),
        ("SameAccount", "FederatedUser", "Direct Issuer Identity"),
        ("SameAccountRoot", "Root", "Direct Root"),
        ("CrossAccount", "User", "BothSides"),
        ("CrossAccount", "RoleSession", "BothSides"),
        ("CrossAccount", "FederatedUser", "BothSides"),
        ("CrossAccount", "Root", "BothSides"),
        ("NoAccount", "Service", "Direct"),
        ("NoAccount", "FederatedIdentity", "Direct"),
        ("NoAccount", "Anonymous", "Direct"),
        ("CallerIdentity", "User", "CallerIdentity"),
        ("ResourceAlone", "FederatedIdentity", "ResourceAlone"),
    ];
    let grants = rows.iter().flat_map(|(row, kind, grants)| {
        grants.split(' ').map(move |grant| format!("{row}: {kind}: {grant}"))
    });
    let must = ["Direct", "Issuer", "Identity", "BothSides"]
        .map(|grant| ["Key", "Role"].map(|one| format!("Some({one}): {grant}")));
    let layers = [
        "identity-based policies",
        "permissions boundary",
        "session policies",
        "resource-based policy",
        "SCP",
        "RCP",
    ];
    let verdicts =
        layers.map(|layer| ["Allows", "Denies"].map(|verdict| format!("{layer}: {verdict}")));
    let endpoint = ["Allows", "Denies", "Silent", "Exempt"]
        .map(|verdict| format!("VPC endpoint policy: {verdict}"));
    let classes = ["Direct", "Issuer", "Account"].map(|class| {
        ["Allows", "Denies"].map(|one| format!("resource-based policy: {one} {class}"))
    });
    let reading = ["depends on the reading of NotPrincipal".to_owned()];
    let expected = grants
        .chain(must.into_iter().flatten())
        .chain(verdicts.into_iter().flatten())
        .chain(endpoint)
        .chain(reading);
    let rare: Vec<_> =
        expected.chain(classes.into_iter().flatten()).filter(|what| seen.count(what) < 5).collect();
    assert!(rare.is_empty(), "seldom or never: {rare:?} of {:#?}", seen.0);
}

#[test]
fn actions_of_the_catalogue_are_called() {
    let world = World::embedded().unwrap();
    let (mut seen, mut services) = (Seen::default(), BTreeSet::new());
    for case in cases().filter(|case| case.theme == Theme::Listed) {
        let set = case.set();
        let listed = |key: &ContextKey| {
            key.lower()
                .split_once(':')
                .is_some_and(|(prefix, _)| world.catalogue.summary(prefix).is_some())
        };
        let statements = || set.all().flat_map(|named| named.policy.statements());
        seen.add(format!(
            "key of a service in a condition {}",
            statements().any(|one| one.conditions.iter().any(|one| listed(&one.key)))
        ));
        for request in &case.requests {
            seen.add("request");
            seen.add(decide(&set, request).decision.word());
            let (service, _) =
                world.catalogue.action(&request.action).unwrap().expect("an action that exists");
            services.insert(service.prefix.clone());
            let found = violations(request, &BTreeSet::new(), &world);
            seen.add(format!("authorized on it {}", !found.iter().any(|one| one.id == "F12")));
            seen.add(format!("an ARN {}", request.resource != "*"));
            seen.add(format!("key of a service {}", request.context.keys().any(listed)));
            for (what, matched) in named_by(statements(), request) {
                seen.add(format!("{what} {matched}"));
            }
        }
    }
    println!("{} services, {:#?}", services.len(), seen.0);
    assert!(seen.count("request") as u64 * 5 > 4 * CASES, "{} requests", seen.count("request"));
    assert!(services.len() > 100, "only {} services", services.len());
    let outcomes = [
        "key of a service in a condition",
        "authorized on it",
        "an ARN",
        "key of a service",
        "action",
        "resource",
    ];
    for what in outcomes.iter().flat_map(|what| [format!("{what} true"), format!("{what} false")]) {
        assert!(seen.count(&what) >= 50, "{what}: {}", seen.count(&what));
    }
    for word in ["allowed", "explicitDeny", "implicitDeny"] {
        assert!(
            seen.count(word) * 100 >= 10 * seen.count("request"),
            "{word}: {}",
            seen.count(word)
        );
    }
}

/// Of the statements that name actions and resources of the catalogue, whether they name those of
/// the request.
fn named_by<'a>(
    statements: impl Iterator<Item = &'a Statement>,
    request: &Request,
) -> Vec<(&'static str, bool)> {
    let mut found = Vec::new();
    for statement in statements {
        let failures = failures(statement, Kind::Identity, request);
        let named = statement.action.patterns.iter().any(|pattern| *pattern != ActionPattern::Any);
        let action = failures.iter().any(|failure| matches!(failure, Failure::Action(_)));
        found.extend(named.then_some(("action", !action)));
        let patterns = statement.resource.iter().flat_map(|element| &element.patterns);
        let named =
            patterns.into_iter().any(|pattern| matches!(pattern, ResourcePattern::Arn { .. }));
        let resource = failures.iter().any(|failure| matches!(failure, Failure::Resource(_)));
        found.extend(named.then_some(("resource", !resource)));
    }
    found
}

fn entry_kind(entry: &PrincipalEntry) -> &'static str {
    let PrincipalEntry::Aws(text) = entry else {
        return match entry {
            PrincipalEntry::Anyone => "everyone",
            PrincipalEntry::Service(_) => "service",
            PrincipalEntry::Federated(_) | PrincipalEntry::AnyProvider => "provider",
            PrincipalEntry::Aws(_) | PrincipalEntry::CanonicalUser(_) => "canonical user",
        };
    };
    let rest = text.rsplit(':').next().unwrap_or_default();
    match (rest.split('/').next().unwrap_or_default(), rest.matches('/').count()) {
        ("root", _) => "root ARN",
        ("user", _) => "user",
        ("role", 1) => "role",
        ("role", _) => "role with a path",
        ("assumed-role", _) => "session",
        ("federated-user", _) => "federated-user session",
        (id, _) if id.starts_with("AIDA") => "user id",
        (id, _) if id.starts_with("AROA") => "role id",
        _ => "account",
    }
}

#[test]
fn every_principal_is_named_and_calls() {
    let mut seen = Seen::default();
    for case in cases() {
        let set = case.set();
        let elements = set
            .all()
            .flat_map(|named| named.policy.statements())
            .filter_map(|statement| statement.principal.as_ref());
        for element in elements {
            let name = if element.negated { "NotPrincipal" } else { "Principal" };
            seen.add(format!("{name}: {} entries", element.entries.len().min(3)));
            element
                .entries
                .iter()
                .for_each(|entry| seen.add(format!("{name}: {}", entry_kind(entry))));
        }
        for request in &case.requests {
            let principal = &request.principal;
            seen.add(format!("{:?}", principal.kind()));
            seen.add(format!(
                "role {} user {}",
                principal.role_arn.is_some(),
                principal.user_arn.is_some()
            ));
            seen.add(format!("management {}", request.principal_in_management_account));
            seen.add(format!("owner given {}", request.resource_account.is_some()));
            seen.add(if principal.account() == request.owner() {
                "same account"
            } else {
                "cross-account"
            });
        }
        let others = set.boundary.is_some() as usize + set.resource.is_some() as usize;
        seen.add(format!("{} layers of one", others));
        seen.add(format!("identity {:?}", set.identity.as_ref().map(Vec::len)));
        for (name, count) in [
            ("session", set.session.len()),
            ("SCP", set.scp.len()),
            ("RCP", set.rcp.len()),
            ("endpoint", set.endpoint.len()),
        ] {
            seen.add(format!("{name} {count}"));
        }
    }
    let entries = "everyone|account|root ARN|user|role|role with a path|session|federated-user session|user id|role id|service|provider|\
                   canonical user|0 entries|1 entries|2 entries|3 entries";
    let mut expected: Vec<String> = ["Principal", "NotPrincipal"]
        .iter()
        .flat_map(|name| entries.split('|').map(move |entry| format!("{name}: {entry}")))
        .collect();
    let kinds = "User|RoleSession|FederatedUser|Root|Service|FederatedIdentity|Anonymous";
    expected.extend(kinds.split('|').map(|kind| format!("Some({kind})")));
    let others = "None|role true user false|role false user true|management true|owner given true|same account|cross-account|0 layers of one|\
                  2 layers of one|identity None|identity Some(0)|identity Some(3)|session 2|SCP 0|SCP 1|SCP 2|SCP 3|RCP 2|endpoint 2";
    expected.extend(others.split('|').map(str::to_owned));
    let rare: Vec<_> = expected.iter().filter(|what| seen.count(what) < 5).collect();
    assert!(rare.is_empty(), "seldom or never: {rare:?} of {:#?}", seen.0);
}

#[test]
fn shapes_match_and_do_not() {
    let mut seen = Seen::default();
    for seed in 0..CASES {
        let rng = &mut generate::rng(seed);
        let case = sets::case(rng, Options::default(), 1);
        let shape =
            reading::shape_of(&sets::shape(rng, Options::default(), &case.focus)).expect("a shape");
        let caller = keyaki::shape::Shape {
            statement: reading::shape_of(&json!({})).expect("a shape").statement,
            ..shape.clone()
        };
        seen.add(format!("shape {}", matches_shape(&shape, &case.requests[0])));
        seen.add(format!("caller {}", matches_shape(&caller, &case.requests[0])));
    }
    for what in ["shape true", "shape false", "caller true", "caller false"] {
        assert!(seen.count(what) as u64 * 100 >= 20 * CASES, "{what}: {}", seen.count(what));
    }
}
