//! What questions that are alike tell each other changes no answer: everybody of an estate, asked in
//! turn, is told what each is told alone, a "no" with what it rests on.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use crate::support::reading::shape_of;
use keyaki::estate::Estate;
use keyaki::estates::{Subject, WhoCan};
use keyaki::importers::{File, import};
use keyaki::layers::NotPrincipalReading;
use keyaki::policy::read::ReadOptions;
use keyaki::query::{Answer, Requests, Solver, Verdict};
use keyaki::source::Source;
use keyaki::world::World;
use keyaki_engines::engine::{Limits, from_spec};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

/// Roles that have one statement each, and a key where there is one.
fn estate(statements: &[Value], key: bool) -> Estate {
    let policy = |statement: &Value| {
        let mut whole = json!({"Effect": "Allow", "Resource": "*"});
        whole.as_object_mut().unwrap().extend(statement.as_object().unwrap().clone());
        json!({"name": "p", "document": {"Version": "2012-10-17", "Statement": [whole]}})
    };
    let trust = json!({"name": "t", "document": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}});
    let roles: Vec<Value> = statements
        .iter()
        .enumerate()
        .map(|(number, statement)| {
            json!({"arn": format!("arn:aws:iam::{ACCOUNT}:role/r{number}"), "tags": {},
                "trust": trust, "policies": [policy(statement)]})
        })
        .collect();
    let keys = key.then(|| json!({"arn": format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"),
        "policy": {"name": "k", "document": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}]}}}));
    let document = json!({"keyaki": "estate", "version": 1, "roles": roles,
        "resources": keys.into_iter().collect::<Vec<Value>>(),
        "accounts": {ACCOUNT: {"principals": true, "resources": true}}});
    let path = "estate.json".to_owned();
    let file = File { source: Source::new(path.clone(), document.to_string()), path };
    import(&[file], None, &ReadOptions::default()).unwrap().estate
}

fn told(verdict: &Verdict) -> String {
    let answer = match &verdict.answer {
        Answer::Yes(witness) => format!("yes: {}", witness.request.to_json()),
        Answer::No => "no".to_owned(),
        Answer::Unknown(reason) => format!("unknown: {reason:?}"),
    };
    format!("{answer}\n{:?}\n{:?}\n{:?}", verdict.rests_on, verdict.caveats, verdict.about)
}

#[test]
fn everybody_is_told_what_each_is_told_alone() {
    let world = World::embedded().unwrap();
    let statements = [
        json!({"Action": "kms:*"}),
        json!({"Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:*:alias/a"}),
        json!({"Action": "kms:De*", "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}}),
        json!({"Action": ["kms:Decrypt", "sqs:*"], "Condition": {"StringLike": {"kms:EncryptionContext:a": "b*"}}}),
        json!({"Action": ["kms:Decrypt", "sts:AssumeRole"], "Resource": "arn:aws-cn:*:*:*:*"}),
        json!({"NotAction": "iam:*", "Condition": {"Null": {"aws:TagKeys": "false"}}}),
        json!({"Action": "*", "Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}}),
        json!({"Action": ["sqs:SendMessage", "sts:*"], "Resource": "arn:aws:sns:*:*:t"}),
        json!({"Action": "sqs:SendMessage", "Condition": {"StringEquals": {"sqs:nothing": "b"}}}),
        json!({"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:1111:q"}),
        json!({"Action": "sqs:SendMessage", "Resource": "arn:aws:sns:*:*:u"}),
        json!({"Action": "sqs:SendMessage", "Condition": {"Bool": {"s3:no": "true"}}}),
    ];
    let (mut answers, mut resting) = ([0, 0], std::collections::BTreeSet::new());
    for (action, key) in [
        ("kms:Decrypt", false),
        ("kms:Decrypt", true),
        ("sts:AssumeRole", false),
        ("sqs:SendMessage", false),
    ] {
        let estate = estate(&statements, key);
        let shape = shape_of(&json!({"Action": action})).unwrap();
        let who = || {
            let requests = Requests::Feasible(world);
            WhoCan::new(&estate, &shape, requests, NotPrincipalReading::default())
        };
        let ask = |who: &WhoCan<'_>, subject: Subject<'_>| {
            let solver = Solver::single(from_spec("finite").unwrap());
            let name = subject.name(&estate);
            let subject = who.subjects().into_iter().find(|one| one.name(&estate) == name);
            who.ask(subject.unwrap(), &solver, &Limits::default()).unwrap()
        };
        let together = who();
        for subject in together.subjects() {
            let (one, alone) = (ask(&together, subject), ask(&who(), subject));
            assert_eq!(told(&one), told(&alone), "{action} {}", subject.name(&estate));
            answers[usize::from(matches!(one.answer, Answer::No))] += 1;
            resting.insert(one.rests_on.choices);
        }
    }
    // There is something to be wrong about.
    assert!(answers.iter().all(|count| *count > 5) && resting.len() > 2, "{answers:?} {resting:?}");
}
