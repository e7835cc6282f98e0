//! The encoder on the cases that the evaluator is tested with, each request as a fully pinned
//! query.

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
use crate::support::{identity_set, layers, policy, request};
use keyaki::input;
use keyaki::layers::{NotPrincipalReading, Policies};
use keyaki::partitions::Partitions;
use keyaki::policy::read::ReadOptions;
use keyaki::policy::{Policy, Statement, print};
use keyaki::query::is_in;
use keyaki::request::{ContextValue, Request};
use keyaki::semantics;
use keyaki::shape::Through;
use keyaki::source::Source;
use keyaki::symbolic::{CallerLimits, Decision, Frame, NotRepresentable};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::term::{Sort, Symbol, Term, Value as Sorted};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The values that the encoder gives to terms for a request: the decision, and so on.
fn truths(frame: &Frame, terms: &[Term], request: &Request) -> Result<Vec<bool>, NotRepresentable> {
    let model = frame.model_of(request)?;
    let mut values = Evaluation::new(&model);
    assert!(
        values.is_true(&frame.structure())
            && frame.pin(request)?.iter().all(|pin| values.is_true(pin)),
        "{request:#?}"
    );
    Ok(terms.iter().map(|term| values.is_true(term)).collect())
}

fn texts(value: Option<&toml::Value>) -> Vec<&str> {
    value
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect()
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

/// Runs the cases of one table; `yes` and `no` are the members that list requests. The number of
/// requests that were decided.
fn run(
    file: &str,
    table: &str,
    [yes, no]: [&str; 2],
    members: impl Fn(&Value) -> Value,
    ask: impl Fn(&str, &str) -> Request,
) -> usize {
    let file: toml::Value = toml::from_str(file).unwrap();
    let mut decided = 0;
    for case in file.get(table).unwrap().as_array().unwrap() {
        let element: Value = serde_json::from_str(case["json"].as_str().unwrap()).unwrap();
        let policy = allowing(case, &members(&element));
        let frame = Frame::with_elements(&[&identity_set(&policy)], &[], 4);
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
    let decided = run(
        include_str!("../cases/evaluator/conditions.toml"),
        "condition",
        ["holds", "fails"],
        members,
        |context, _| asking("s3:GetObject", "*", context),
    );
    assert!(decided > 250, "only {decided} requests were representable");
}

#[test]
fn elements() {
    let file = include_str!("../cases/evaluator/elements.toml");
    let actions = run(file, "action", ["matches", "misses"], Value::clone, |action, context| {
        asking(action, "*", context)
    });
    let resources =
        run(file, "resource", ["matches", "misses"], Value::clone, |resource, context| {
            asking("s3:GetObject", resource, context)
        });
    assert!(
        actions >= 20 && resources >= 60,
        "only {actions} actions and {resources} resources were representable"
    );
}

/// The word for the decision, and for that of the request read off the model.
fn decided(set: &Policies, request: &Request) -> &'static str {
    let frame = Frame::new(&[set], &[]);
    let Decision { allowed, explicit_deny } = frame.decision(set).unwrap();
    let word = |request: &Request| match truths(
        &frame,
        &[allowed.clone(), explicit_deny.clone()],
        request,
    )
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
    for line in include_str!("../cases/evaluator/conformance.jsonl").lines() {
        let source = Source::new("conformance.jsonl", line);
        // Some published policies have spaces in a `Sid`.
        let options = ReadOptions { lenient_sids: true, ..ReadOptions::default() };
        let case = input::parse(&source, &options).unwrap();
        let text = |member: &str| case.member(member).unwrap().as_str().unwrap();
        let set = input::policies(
            case.member("policies").unwrap(),
            &source,
            &options,
            "policies",
            keyaki::policy::Kind::Identity,
        )
        .unwrap()
        .value;
        let request = input::request(case.member("request").unwrap(), &source, "request").unwrap();
        assert_eq!(decided(&set, &request), text("expect"), "{}: {}", text("id"), text("why"));
        count += 1;
    }
    assert_eq!(count, 129, "cases");
}

/// What one policy set makes of requests by callers of every kind: the encoder, and the evaluator
/// by itself.
#[test]
fn layers_and_callers() {
    let file: toml::Value = toml::from_str(include_str!("../cases/evaluator/layers.toml")).unwrap();
    let mut words = BTreeMap::new();
    for case in file["set"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let mut set = layers(case["policies"].as_str().unwrap());
        if case.get("not_principal").is_some() {
            set.not_principal = NotPrincipalReading::EveryLevel;
        }
        let shared: Value = case
            .get("request")
            .map_or(json!({}), |text| serde_json::from_str(text.as_str().unwrap()).unwrap());
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
                let request = request(&members.to_string());
                assert_eq!(decided(&set, &request), word, "{name}: {members}");
                assert_eq!(
                    semantics::decide(&set, &request).decision.word(),
                    word,
                    "evaluator: {name}: {members}"
                );
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
            let kept = values
                .iter()
                .enumerate()
                .filter(|(at, _)| subset & (1 << at) != 0)
                .map(|(_, value)| value.clone());
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

/// The elements of a frame are enough: whatever the values of a request, some of them that the
/// frame can hold give every statement the same outcome.
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
        let frame = Frame::new(&[&identity_set(&policy)], &[]);
        let terms: Vec<Term> =
            policy.statements().map(|one| frame.applies(policy.kind, one).unwrap()).collect();
        for subset in 0_u32..32 {
            let values: Vec<&str> = pool
                .iter()
                .enumerate()
                .filter(|(at, _)| subset & (1 << at) != 0)
                .map(|(_, value)| *value)
                .collect();
            let request =
                asking("s3:GetObject", "*", &json!({ "aws:TagKeys": values }).to_string());
            let applies = |one: &Statement| semantics::applies(one, policy.kind, &request);
            let expected: Vec<bool> = policy.statements().map(applies).collect();
            let found = with_fewer_values(&request)
                .iter()
                .any(|fewer| truths(&frame, &terms, fewer).is_ok_and(|found| found == expected));
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
        let frame = Frame::new(&[&identity_set(&policy)], &[]);
        let terms: Vec<Term> =
            policy.statements().map(|one| frame.applies(policy.kind, one).unwrap()).collect();
        let mut request = generate::request(&mut rng, options);
        let mentioned = print::print(&policy).to_ascii_lowercase();
        request.context.retain(|key, _| mentioned.contains(key.lower()));
        let expected: Vec<bool> = policy
            .statements
            .iter()
            .map(|one| semantics::applies(one, policy.kind, &request))
            .collect();
        match frame.model_of(&request) {
            Err(NotRepresentable::TooManyValues { .. }) => dropped += 1,
            Err(_) => continue,
            Ok(_) => {}
        }
        let found = with_fewer_values(&request)
            .iter()
            .any(|fewer| truths(&frame, &terms, fewer).is_ok_and(|found| found == expected));
        assert!(found, "seed {seed}: {expected:?}\n{request:#?}\n{}", print::print(&policy));
    }
    assert!(dropped > 0, "no request had more values than its frame");
}

/// Callers that patterns of a request's shape match, and callers that they do not.
#[test]
fn patterns_of_callers() {
    let user = json!("arn:aws:iam::111122223333:user/a/dev");
    let session = json!({"arn": "arn:aws:sts::111122223333:assumed-role/app/s1", "roleArn": "arn:aws:iam::111122223333:role/p/app"});
    let role = json!("arn:aws:iam::111122223333:role/p/app");
    let federated = json!({"arn": "arn:aws:sts::111122223333:federated-user/a/b", "userArn": "arn:aws:iam::111122223333:user/x"});
    let stranger = json!("arn:aws:sts::444455556666:federated-user/bob");
    let root = json!("arn:aws:iam::111122223333:root");
    let (service, provider, idp) = (
        json!("s3.amazonaws.com"),
        json!("www.amazon.com"),
        json!("arn:aws:iam::111122223333:saml-provider/x.com"),
    );
    let anonymous = json!("anonymous");
    let all = [
        &user, &session, &role, &federated, &stranger, &root, &service, &provider, &idp, &anonymous,
    ];
    let cases: Vec<(&str, Vec<&Value>)> = vec![
        ("*", all.to_vec()),
        ("anonymous", vec![&anonymous]),
        ("111122223333", vec![&user, &session, &role, &federated, &root]),
        ("*.amazonaws.com", vec![&service]),
        ("*.c?m", vec![&service, &provider]),
        ("arn:*:*:*:*:*", vec![&user, &session, &role, &federated, &stranger, &root, &idp]),
        ("arn:aws:iam::*:user/*", vec![&user, &federated]),
        ("arn:aws:iam::*:*/dev", vec![&user]),
        ("arn:aws:iam::*:*o*", vec![&session, &role, &root, &idp]),
        ("arn:aws:iam::111122223333:role/p/app", vec![&session, &role]),
        ("arn:aws:iam::111122223333:role/app", vec![&session, &role]),
        ("arn:aws:iam::111122223333:role/ap?", vec![]),
        ("arn:aws:iam::*:root", vec![&root]),
        ("arn:aws:sts::*:*", vec![&session, &federated, &stranger]),
        ("arn:aws:sts::*:assumed-role/app/*", vec![&session]),
        ("arn:aws:sts::*:assumed-role/p/app/*", vec![]),
        ("arn:aws:sts::*:assumed-role/p*/s1", vec![]),
        ("arn:aws:sts::*:assumed-role/*/s?", vec![&session]),
        ("arn:aws:sts::*:assumed-role?app?s1", vec![&session]),
        ("arn:aws:sts::*:*p/s1", vec![&session]),
        ("arn:aws:sts::*:*/s1/*", vec![]),
        ("arn:aws:sts::*:federated-user/*b", vec![&federated, &stranger]),
        ("arn:aws:sts::*:federated-user/a/*", vec![&federated]),
        ("arn:aws:sts::4*:*", vec![&stranger]),
        ("arn:aws:iam::*:saml-provider/*", vec![&idp]),
    ];
    for (pattern, expected) in cases {
        let shape = support::shape(&json!({ "Principal": pattern }).to_string());
        let others = support::shape(&json!({ "NotPrincipal": [pattern] }).to_string());
        let frame = Frame::new(&[], &[&shape, &others]);
        let terms = [frame.shape(&shape).unwrap(), frame.shape(&others).unwrap()];
        for caller in all {
            let asked = request(
                &json!({"principal": caller, "action": "s3:GetObject", "resource": "*"})
                    .to_string(),
            );
            let matched = expected.contains(&caller);
            assert_eq!(
                truths(&frame, &terms, &asked).unwrap(),
                [matched, !matched],
                "`{pattern}` and {caller}"
            );
        }
    }
}

/// What each limit leaves out.
#[test]
fn limits_leave_out_what_they_say() {
    let all = CallerLimits {
        root_in_own_account: true,
        service_linked: true,
        management_account: true,
        through: Through::Both,
        get_caller_identity: true,
        partitions: None,
    };
    let linked =
        r#"{"principal": "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/R"}"#;
    let cases: [(CallerLimits, &str, &str); 6] = [
        (
            CallerLimits { root_in_own_account: false, ..all },
            r#"{"principal": "arn:aws:iam::111122223333:root"}"#,
            r#"{"principal": "arn:aws:iam::111122223333:root", "resourceAccount": "444455556666"}"#,
        ),
        (
            CallerLimits { service_linked: false, ..all },
            linked,
            r#"{"principal": "arn:aws:iam::111122223333:user/aws-service-role/R"}"#,
        ),
        (
            CallerLimits { management_account: false, ..all },
            r#"{"principalInManagementAccount": true}"#,
            "{}",
        ),
        (
            CallerLimits { get_caller_identity: false, ..all },
            r#"{"action": "sts:GetCallerIdentity"}"#,
            r#"{"action": "sts:GetSessionToken"}"#,
        ),
        (
            CallerLimits { through: Through::Past, ..all },
            r#"{"context": {"aws:SourceVpc": "vpc-1"}}"#,
            "{}",
        ),
        (
            CallerLimits { through: Through::Endpoint, ..all },
            "{}",
            r#"{"context": {"aws:SourceVpce": "vpce-1"}}"#,
        ),
    ];
    let set = layers(
        r#"{"identity": [], "endpoint": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}]}"#,
    );
    let frame = Frame::new(&[&set], &[]);
    for (limits, out, within) in cases {
        let terms = [frame.limits(&all), frame.limits(&limits)];
        for (members, expected) in [(out, [true, false]), (within, [true, true])] {
            let mut asked = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "*"});
            asked
                .as_object_mut()
                .unwrap()
                .extend(serde_json::from_str::<Map<String, Value>>(members).unwrap());
            assert_eq!(
                truths(&frame, &terms, &request(&asked.to_string())).unwrap(),
                expected,
                "{limits:?} and {asked}"
            );
        }
    }
}

/// Requests that tell of a partition, each in one place only, and those that tell of none: the
/// evaluator and the encoder, each against what is written here.
#[test]
fn requests_tell_of_partitions() {
    let usual = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "*"});
    let cases = [
        (json!({}), Some("aws")),
        (json!({"principal": "arn:aws-cn:iam::111122223333:user/dev"}), Some("aws-cn")),
        (
            json!({"principal": "arn:aws-us-gov:sts::111122223333:assumed-role/app/s1"}),
            Some("aws-us-gov"),
        ),
        (json!({"principal": "anonymous"}), None),
        (json!({"principal": "anonymous", "resource": "arn:aws:s3:::b/o"}), Some("aws")),
        (json!({"principal": "anonymous", "resource": "arn:aws-iso:s3:::b/o"}), Some("aws-iso")),
        (json!({"principal": "lambda.amazonaws.com"}), None),
        (json!({"principal": "lambda.amazonaws.com.cn"}), Some("aws-cn")),
        (json!({"principal": "lambda.amazonaws.eu"}), Some("aws-eusc")),
        (json!({"principal": "accounts.google.com"}), None),
        (json!({"principal": "arn:aws-cn:iam::111122223333:saml-provider/p"}), Some("aws-cn")),
        (
            json!({"principal": "anonymous", "context": {"aws:RequestedRegion": "cn-north-1"}}),
            Some("aws-cn"),
        ),
        (
            json!({"principal": "anonymous", "context": {"aws:RequestedRegion": "us-gov-west-1"}}),
            Some("aws-us-gov"),
        ),
        (
            json!({"principal": "anonymous", "context": {"aws:RequestedRegion": "us-east-1"}}),
            Some("aws"),
        ),
        (
            json!({"principal": "anonymous", "context": {"aws:RequestedRegion": "unspecified"}}),
            None,
        ),
        (
            json!({"principal": "sns.amazonaws.com", "context": {"aws:SourceArn": "arn:aws-cn:sns:cn-north-1:111122223333:t"}}),
            Some("aws-cn"),
        ),
        (
            json!({"principal": "sns.amazonaws.com", "context": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:t"}}),
            Some("aws"),
        ),
    ];
    let set = layers(
        r#"{"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringLike": {"aws:RequestedRegion": "x"}, "ArnLike": {"aws:SourceArn": "arn:aws:x:*:*:y"}}}}]}"#,
    );
    let frame = Frame::new(&[&set], &[]);
    let one = CallerLimits {
        root_in_own_account: true,
        service_linked: true,
        management_account: true,
        through: Through::Both,
        get_caller_identity: true,
        partitions: None,
    };
    for (members, told) in cases {
        let mut asked = usual.clone();
        asked.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let asked = request(&asked.to_string());
        for name in Partitions::known() {
            let partitions = Partitions::of(name).unwrap();
            let expected = told.is_none_or(|told| told == name);
            assert_eq!(is_in(&asked, partitions, &|_| true), expected, "{members} in {name}");
            let term = frame.limits(&CallerLimits { partitions: Some(partitions), ..one });
            assert_eq!(truths(&frame, &[term], &asked).unwrap(), [expected], "{members} in {name}");
        }
    }
}

/// Values for the strings of a caller and the owner of a resource, odd ones too.
const TEXTS: [&str; 14] = [
    "",
    "dev",
    "a/dev",
    "a/",
    "app",
    "s1",
    "x:y",
    "111122223333",
    "444455556666",
    "aws",
    "s3.amazonaws.com",
    "accounts.google.com",
    "arn:aws:iam::111122223333:saml-provider/x",
    "aws-service-role/x/R",
];

/// Whatever a model says, as long as it has the structure of a request: the request that is read
/// off it has the model's outcomes.
#[test]
fn models_and_their_requests_have_the_same_outcomes() {
    let set = layers(
        r#"{"identity": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}],
            "session": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}],
            "resource": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:user/a/dev", "444455556666",
                    "arn:aws:sts::111122223333:assumed-role/dev/s1"], "Service": "s3.amazonaws.com"}, "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:sts::111122223333:federated-user/s1", "111122223333", "arn:aws:iam::444455556666:user/dev"],
                    "Service": "s3.amazonaws.com"}, "Action": "*", "Resource": "*"}]},
            "scp": [[{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}]]}"#,
    );
    let patterns = [
        "arn:aws:iam::*:role/*",
        "arn:aws:sts::*:*s1",
        "111122223333",
        "*.com",
        "arn:*:*:*:*:*dev",
        "anonymous",
    ];
    let shapes: Vec<_> =
        patterns.map(|pattern| support::shape(&json!({ "Principal": pattern }).to_string())).into();
    let frame = Frame::new(&[&set], &shapes.iter().collect::<Vec<_>>());
    let Decision { allowed, explicit_deny } = frame.decision(&set).unwrap();
    let shaped = shapes.iter().map(|shape| frame.shape(shape).unwrap());
    let terms: Vec<Term> =
        [allowed, explicit_deny, frame.structure()].into_iter().chain(shaped).collect();
    let template = frame.model_of(&asking("s3:GetObject", "arn:aws:s3:::b/k", "{}")).unwrap();
    let (mut kinds, mut outcomes) = (BTreeMap::new(), BTreeMap::new());
    let mut rng = generate::rng(7);
    for _ in 0..2_500 {
        let mut index = |below: usize| rand::RngExt::random_range(&mut rng, 0..below);
        let mut model = template.clone();
        let kind = index(7);
        for (at, name) in [
            "user",
            "role_session",
            "federated_user",
            "root",
            "service",
            "federated_identity",
            "anonymous",
        ]
        .iter()
        .enumerate()
        {
            model.insert(
                Symbol::new(format!("principal.is_{name}"), Sort::Bool),
                Sorted::Bool(at == kind),
            );
        }
        for name in [
            "principal.account",
            "principal.entity",
            "principal.session",
            "principal.name",
            "resource.owner",
            "resource.account",
        ] {
            model.insert(
                Symbol::new(name, Sort::String),
                Sorted::String(TEXTS[index(TEXTS.len())].to_owned()),
            );
        }
        model.insert(
            Symbol::new("principal.partition", Sort::String),
            Sorted::String(["aws", "aws-cn"][index(2)].to_owned()),
        );
        model.insert(
            Symbol::new("principal.in_management_account", Sort::Bool),
            Sorted::Bool(index(4) == 0),
        );
        let mut values = Evaluation::new(&model);
        let expected: Vec<bool> = terms.iter().map(|term| values.is_true(term)).collect();
        if !expected[2] {
            continue;
        }
        let request = frame.request_from(&model);
        assert_eq!(truths(&frame, &terms, &request).unwrap(), expected, "{request:#?}");
        *kinds.entry(request.principal.kind()).or_insert(0) += 1;
        *outcomes.entry(expected).or_insert(0) += 1;
    }
    assert!(
        kinds.len() == 7 && kinds.values().all(|count| *count > 20) && outcomes.len() > 12,
        "{kinds:?} {outcomes:?}"
    );
}
