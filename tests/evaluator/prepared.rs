//! Policies and requests that are prepared for many decisions decide as they do when they are asked
//! once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Options};
use crate::support::sets;
use keyaki::layers::{NamedPolicy, Policies};
use keyaki::policy::{Kind, read};
use keyaki::request::{ContextValue, Principal, Request};
use keyaki::semantics::{Asked, Decision, Prepared, allows, decide};
use keyaki::source::Source;
use std::collections::BTreeMap;

/// Random sets with requests by callers of every kind. What is found out about a request for one
/// set serves the next one.
#[test]
fn random_sets_decide_as_they_do_once() {
    let mut decisions = BTreeMap::new();
    for seed in 0..1_500 {
        let rng = &mut generate::rng(seed);
        let [case, other] = [4, 0].map(|requests| sets::case(rng, Options::default(), requests));
        let sets = [case.set(), other.set()];
        let prepared = sets.each_ref().map(Prepared::of);
        for request in &case.requests {
            let shouted = Request { action: request.action.to_uppercase(), ..request.clone() };
            for request in [request, &shouted] {
                let asked = Asked::about(request);
                for (set, prepared) in sets.iter().zip(&prepared) {
                    let expected = decide(set, request);
                    let shown = || format!("seed {seed}: {}", request.to_json());
                    assert_eq!(prepared.decide(&asked), expected, "{}", shown());
                    let allowed = expected.decision == Decision::Allowed;
                    assert_eq!(prepared.allows(&asked), allowed, "{}", shown());
                    assert_eq!(asked.is_allowed(set), allowed, "{}", shown());
                    assert_eq!(allows(set, request), allowed, "{}", shown());
                    *decisions.entry(expected.decision).or_insert(0) += 1;
                }
            }
        }
    }
    let rare = decisions.values().any(|count| *count < 500);
    assert!(decisions.len() == 3 && !rare, "{decisions:?}");
}

/// Each entry of `Action` with actions and whether it matches them: alone, beside an entry of
/// another service, and beside one that names the same statement in another way.
#[test]
fn statements_are_found_by_every_form_of_entry() {
    let asked = ["s3:GetObject", "S3:getobject", "s3:GetObjectAcl", "s3:", "ec2:GetObject", "s3"];
    for (entries, matches) in [
        (r#""Action": "s3:GetObject""#, [true, true, false, false, false, false]),
        (r#""Action": "S3:GETOBJECT""#, [true, true, false, false, false, false]),
        (r#""Action": "s3:Get?bject""#, [true, true, false, false, false, false]),
        (r#""Action": "S3:get*""#, [true, true, true, false, false, false]),
        (r#""Action": "s3:*""#, [true, true, true, true, false, false]),
        (r#""Action": "*""#, [true, true, true, true, true, true]),
        (r#""Action": ["s3:GetObject", "s3:Get*"]"#, [true, true, true, false, false, false]),
        (r#""Action": ["s3:GetObject", "*"]"#, [true, true, true, true, true, true]),
        (r#""Action": ["ec2:*", "s3:GetObject"]"#, [true, true, false, false, true, false]),
        (r#""Action": ["s3:getobject", "s3:GetObject"]"#, [true, true, false, false, false, false]),
        (r#""NotAction": "s3:GetObject""#, [false, false, true, true, true, true]),
        (r#""NotAction": ["s3:*", "ec2:*"]"#, [false, false, false, false, false, true]),
    ] {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {entries}, "Resource": "*"}}}}"#
        );
        let source = Source::new("policy.json", text);
        let read = read::read(&source, Kind::Identity, &read::ReadOptions::default());
        let set = Policies::identity(vec![NamedPolicy::new("policy.json", read.policy.unwrap())]);
        let prepared = Prepared::of(&set);
        for (action, matches) in asked.into_iter().zip(matches) {
            let request = Request {
                principal: Principal::new("arn:aws:iam::111122223333:user/dev"),
                action: action.to_owned(),
                resource: "*".to_owned(),
                resource_account: None,
                principal_in_management_account: false,
                context: BTreeMap::new(),
            };
            let found = prepared.decide(&Asked::about(&request)).applying.len();
            assert_eq!(found, usize::from(matches), "{entries}, {action}");
        }
    }
}

/// Texts that are numbers, dates and addresses for one statement and plain texts for another: what
/// is remembered of a value is remembered for each operator by itself.
#[test]
fn a_value_is_read_by_each_operator_in_its_own_way() {
    let pairs = [
        ("StringEquals", "2026", true),
        ("StringEquals", "02026", false),
        ("NumericEquals", "2026.0", true),
        ("NumericLessThan", "2026", false),
        ("DateEquals", "2026-01-01T00:00:00Z", true),
        ("DateLessThan", "1970-01-01T01:00:00Z", false),
        ("IpAddress", "0.0.0.0/0", false),
        ("NotIpAddress", "0.0.0.0/0", true),
    ];
    let statement = |(operator, value, _): (&str, &str, bool)| {
        format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*",
                "Condition": {{"{operator}": {{"aws:PrincipalTag/since": "{value}"}}}}}}"#
        )
    };
    let statements = pairs.map(statement).join(", ");
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let read = read::read(
        &Source::new("policy.json", text),
        Kind::Identity,
        &read::ReadOptions::default(),
    );
    let set = Policies::identity(vec![NamedPolicy::new("policy.json", read.policy.unwrap())]);
    let request = Request {
        principal: Principal::new("arn:aws:iam::111122223333:user/dev"),
        action: "s3:GetObject".to_owned(),
        resource: "*".to_owned(),
        resource_account: None,
        principal_in_management_account: false,
        context: BTreeMap::from([(
            keyaki::policy::ContextKey::new("AWS:principaltag/Since"),
            ContextValue::Single("2026".to_owned()),
        )]),
    };
    let (prepared, asked) = (Prepared::of(&set), Asked::about(&request));
    let expected: Vec<usize> = (0..pairs.len()).filter(|place| pairs[*place].2).collect();
    for _ in 0..2 {
        let applying = prepared.decide(&asked).applying;
        assert_eq!(applying.iter().map(|one| one.index).collect::<Vec<_>>(), expected);
    }
}
