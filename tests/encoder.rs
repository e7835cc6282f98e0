//! The encoder on the cases that the evaluator is tested with, each request as a fully pinned query.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

use keyaki::environment::{NotPrincipalReading, Policies};
use keyaki::input;
use keyaki::policy::read::ReadOptions;
use keyaki::policy::{Policy, Statement, print};
use keyaki::request::{ContextValue, Request};
use keyaki::semantics;
use keyaki::source::Source;
use keyaki::symbolic::{Decision, Frame, NotRepresentable};
use keyaki_encodings::evaluate::Evaluation;
use keyaki_encodings::term::Term;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use support::generate::{self, Options};
use support::{identity_set, layers, policy, request};

/// The values that the encoder gives to terms for a request: the decision, and so on.
fn truths(frame: &Frame, terms: &[Term], request: &Request) -> Result<Vec<bool>, NotRepresentable> {
    let model = frame.model_of(request)?;
    let mut values = Evaluation::new(&model);
    assert!(values.is_true(&frame.structure()) && frame.pin(request)?.iter().all(|pin| values.is_true(pin)), "{request:#?}");
    Ok(terms.iter().map(|term| values.is_true(term)).collect())
}

fn texts(value: Option<&toml::Value>) -> Vec<&str> {
    value.and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_str).collect()
}

/// One statement with these members over the defaults: Allow everything.
fn allowing(case: &toml::Value, members: &Value) -> Policy {
    let mut statement = Map::from_iter([("Effect".to_owned(), json!("Allow"))]);
    statement.extend(members.as_object().unwrap().clone());
    for (member, negation) in [("Action", "NotAction"), ("Resource", "NotResource")] {
        if !statement.contains_key(negation) {
            statement.entry(member).or_insert(json!("*"));
        }
    }
    let version = case.get("version").and_then(toml::Value::as_str).unwrap_or("2012-10-17");
    policy(&json!({"Version": version, "Statement": statement}).to_string())
}

fn asking(action: &str, resource: &str, context: &str) -> Request {
    let context: Value = serde_json::from_str(context).unwrap();
    request(
        &json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": action, "resource": resource, "context": context}).to_string(),
    )
}

/// Runs the cases of one table; `yes` and `no` are the members that list requests. The number of requests that were decided.
fn run(file: &str, table: &str, [yes, no]: [&str; 2], members: impl Fn(&Value) -> Value, ask: impl Fn(&str, &str) -> Request) -> usize {
    let file: toml::Value = toml::from_str(file).unwrap();
    let mut decided = 0;
    for case in file.get(table).unwrap().as_array().unwrap() {
        let element: Value = serde_json::from_str(case["json"].as_str().unwrap()).unwrap();
        let policy = allowing(case, &members(&element));
        let frame = Frame::with_elements(&[&identity_set(&policy)], &[], 4).unwrap();
        let applies = [frame.applies(policy.kind, &policy.statements[0]).unwrap()];
        let context = case.get("context").and_then(toml::Value::as_str).unwrap_or("{}");
        for (shown, expected) in [(texts(case.get(yes)), true), (texts(case.get(no)), false)] {
            for text in shown {
                let Ok(found) = truths(&frame, &applies, &ask(text, context)) else { continue };
                assert_eq!(found, [expected], "{}: {text}", case["name"]);
                decided += 1;
            }
        }
    }
    decided
}

#[test]
fn conditions() {
    let members = |condition: &Value| json!({ "Condition": condition });
    let decided = run(include_str!("cases/evaluation/conditions.toml"), "condition", ["holds", "fails"], members, |context, _| {
        asking("s3:GetObject", "*", context)
    });
    assert!(decided > 250, "only {decided} requests were representable");
}

#[test]
fn elements() {
    let file = include_str!("cases/evaluation/elements.toml");
    let actions = run(file, "action", ["matches", "misses"], Value::clone, |action, context| asking(action, "*", context));
    let resources =
        run(file, "resource", ["matches", "misses"], Value::clone, |resource, context| asking("s3:GetObject", resource, context));
    assert!(actions >= 20 && resources >= 60, "only {actions} actions and {resources} resources were representable");
}

/// The word for the decision, and for that of the request read off the model.
fn decided(set: &Policies, request: &Request) -> &'static str {
    let frame = Frame::new(&[set], &[]).unwrap();
    let Decision { allowed, explicit_deny } = frame.decision(set).unwrap();
    let word = |request: &Request| match truths(&frame, &[allowed.clone(), explicit_deny.clone()], request)
        .unwrap_or_else(|reason| panic!("{reason}: {request:#?}"))[..]
    {
        [true, false] => "allowed",
        [false, true] => "explicitDeny",
        [false, false] => "implicitDeny",
        _ => panic!("both allowed and denied: {request:#?}"),
    };
    let back = frame.request_from(&frame.model_of(request).unwrap());
    assert_eq!(back.principal.kind(), request.principal.kind());
    assert_eq!(word(&back), word(request), "{request:#?} is read back as {back:#?}");
    word(request)
}

#[test]
fn conformance_cases() {
    let mut count = 0;
    for line in include_str!("conformance.jsonl").lines() {
        let source = Source::new("conformance.jsonl", line);
        // Some published policies have spaces in a `Sid`.
        let options = ReadOptions { lenient_sids: true, ..ReadOptions::default() };
        let case = input::parse(&source, &options).unwrap();
        let text = |member: &str| case.member(member).unwrap().as_str().unwrap();
        let set =
            input::policies(case.member("policies").unwrap(), &source, &options, "policies", "policies", keyaki::policy::Kind::Identity)
                .unwrap()
                .value;
        let request = input::request(case.member("request").unwrap(), &source, "request").unwrap();
        assert_eq!(decided(&set, &request), text("expect"), "{}: {}", text("id"), text("why"));
        count += 1;
    }
    assert_eq!(count, 129, "cases");
}

/// What one policy set makes of requests by callers of every kind.
#[test]
fn layers_and_callers() {
    let file: toml::Value = toml::from_str(include_str!("cases/evaluation/layers.toml")).unwrap();
    let mut words = BTreeMap::new();
    for case in file["set"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let mut set = layers(case["policies"].as_str().unwrap());
        if case.get("not_principal").is_some() {
            set.not_principal = NotPrincipalReading::EveryLevel;
        }
        let shared: Value = case.get("request").map_or(json!({}), |text| serde_json::from_str(text.as_str().unwrap()).unwrap());
        for (word, requests) in case["decisions"].as_table().unwrap() {
            for text in requests.as_array().unwrap() {
                let mut members = json!({"action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"});
                let own: Value = match text.as_str().unwrap() {
                    caller if caller.starts_with('{') => serde_json::from_str(caller).unwrap(),
                    caller => json!({ "principal": caller }),
                };
                for given in [&shared, &own] {
                    members.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
                }
                assert_eq!(decided(&set, &request(&members.to_string())), word, "{name}: {members}");
                *words.entry(word.clone()).or_insert(0) += 1;
            }
        }
    }
    assert!(words.len() == 3 && words.values().all(|count| *count > 20), "{words:?}");
}

/// Every way to drop values from the lists of a request.
fn with_fewer_values(request: &Request) -> Vec<Request> {
    let mut requests = vec![request.clone()];
    for (key, value) in &request.context {
        let ContextValue::List(values) = value else { continue };
        if values.is_empty() {
            continue;
        }
        let subsets = (1_u32..1 << values.len()).map(|subset| {
            let kept = values.iter().enumerate().filter(|(at, _)| subset & (1 << at) != 0).map(|(_, value)| value.clone());
            ContextValue::List(kept.collect())
        });
        let subsets: Vec<ContextValue> = subsets.collect();
        requests = requests
            .iter()
            .flat_map(|request| {
                subsets.iter().map(|subset| {
                    let mut request = request.clone();
                    request.context.insert(key.clone(), subset.clone());
                    request
                })
            })
            .collect();
    }
    requests
}

/// The elements of a frame are enough: whatever the values of a request, some of them that the frame can hold give every statement the
/// same outcome.
#[test]
fn as_many_elements_as_there_are_set_operators_and_one() {
    let pool = ["a", "b", "c", "d", ""];
    let operators = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"];
    let mut dropped = 0;
    for seed in 0..50 {
        let mut rng = generate::rng(seed);
        let mut index = |below: usize| rand::RngExt::random_range(&mut rng, 0..below);
        let statements: Vec<Value> = (0..=index(3)).map(|_| {
            let prefix = ["ForAllValues:", "ForAnyValue:", "ForAllValues:", "ForAnyValue:", ""][index(5)];
            let operator = format!("{prefix}{}{}", operators[index(4)], ["", "IfExists"][index(2)]);
            let values: Vec<&str> = (0..index(3)).map(|_| pool[index(5)]).collect();
            json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {"aws:TagKeys": values}, "Null": {"aws:TagKeys": "false"}}})
        }).collect();
        let policy = policy(&json!({"Version": "2012-10-17", "Statement": statements}).to_string());
        let frame = Frame::new(&[&identity_set(&policy)], &[]).unwrap();
        let terms: Vec<Term> = policy.statements.iter().map(|one| frame.applies(policy.kind, one).unwrap()).collect();
        for subset in 0_u32..32 {
            let values: Vec<&str> = pool.iter().enumerate().filter(|(at, _)| subset & (1 << at) != 0).map(|(_, value)| *value).collect();
            let request = asking("s3:GetObject", "*", &json!({ "aws:TagKeys": values }).to_string());
            let applies = |one: &Statement| semantics::applies(one, policy.kind, &request);
            let expected: Vec<bool> = policy.statements.iter().map(applies).collect();
            let found = with_fewer_values(&request).iter().any(|fewer| truths(&frame, &terms, fewer).is_ok_and(|found| found == expected));
            assert!(found, "seed {seed}: no few of {values:?} give {expected:?}\n{statements:#?}");
            dropped += usize::from(frame.model_of(&request).is_err());
        }
    }
    assert!(dropped > 150, "only {dropped} requests had more values than their frame");
}

#[test]
fn drawn_policies_need_no_more_elements_either() {
    let options = Options { odd_lists: false, ..Options::default() };
    let mut dropped = 0;
    for seed in 0..120 {
        let mut rng = generate::rng(1_000_000 + seed);
        let policy = policy(&generate::policy(&mut rng, options).to_string());
        let frame = Frame::new(&[&identity_set(&policy)], &[]).unwrap();
        let terms: Vec<Term> = policy.statements.iter().map(|one| frame.applies(policy.kind, one).unwrap()).collect();
        let mut request = generate::request(&mut rng, options);
        let mentioned = print::print(&policy).to_ascii_lowercase();
        request.context.retain(|key, _| mentioned.contains(key.lower()));
        let expected: Vec<bool> = policy.statements.iter().map(|one| semantics::applies(one, policy.kind, &request)).collect();
        match frame.model_of(&request) {
            Err(NotRepresentable::TooManyValues { .. }) => dropped += 1,
            Err(_) => continue,
            Ok(_) => {}
        }
        let found = with_fewer_values(&request).iter().any(|fewer| truths(&frame, &terms, fewer).is_ok_and(|found| found == expected));
        assert!(found, "seed {seed}: {expected:?}\n{request:#?}\n{}", print::print(&policy));
    }
    assert!(dropped > 0, "no request had more values than its frame");
}
