//! Principals that are not known (SEMANTICS 3.1): what a version of a template allows and another one
//! does not, with any principal or list of them, is found in one of their variants.
//!
//! `KEYAKI_DRAWS` is the number of pairs, 60 unless set; `KEYAKI_SEED` the seed of the first.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::generate::{self, Rng, chance, pick};
use crate::support::number;
use keyaki::input;
use keyaki::layers::{Policies, one_form};
use keyaki::policy::read::ReadOptions;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::source::Source;
use keyaki_engines::engine::{Limits, from_spec};
use keyaki_templates::{Given, cloudformation};
use rand::RngExt;
use std::collections::BTreeMap;
use std::time::Duration;

const KNOWN: [&str; 7] = [
    "111122223333",
    "444455556666",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::111122223333:role/r",
    "arn:aws:iam::111122223333:role/p/r",
    "arn:aws:iam::111122223333:user/u",
    "arn:aws-cn:iam::111122223333:user/u",
];

/// A policy that names the parameter, or the list.
fn policy(rng: &mut Rng, of_list: bool) -> String {
    let unknown = if of_list { "!Ref L" } else { "!Ref P" };
    let statements = (0..rng.random_range(1..4)).map(|_| {
        let known = format!("'{}'", pick(rng, &KNOWN));
        let (element, who) = match rng.random_range(0..6) {
            0 => ("Principal", known),
            1 if !of_list => ("NotPrincipal", format!("[{unknown}, {known}]")),
            2 if !of_list => ("NotPrincipal", unknown.to_owned()),
            3 if !of_list => ("Principal", format!("[{known}, {unknown}]")),
            _ => ("Principal", unknown.to_owned()),
        };
        let effect = pick(rng, &["Allow", "Allow", "Deny"]);
        let condition = match rng.random_range(0..4) {
            0 => "StringEquals: {'aws:SourceVpce': x}".to_owned(),
            1 | 2 => {
                let operator = pick(rng, &["ArnLike", "ArnLike", "ArnNotLike"]);
                format!("{operator}: {{'aws:PrincipalArn': '{}'}}", pick(rng, &KNOWN[3..]))
            }
            _ => String::new(),
        };
        format!(
            "{{Effect: {effect}, {element}: {{AWS: {who}}}, Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:eu-west-1:111122223333:q', Condition: {{{condition}}}}}"
        )
    });
    let statements = statements.collect::<Vec<_>>().join(", ");
    format!(
        "Parameters: {{L: {{Type: CommaDelimitedList}}, P: {{Type: String}}}}\nResources:\n  R: {{Type: AWS::SQS::QueuePolicy, Properties: {{Queues: [q], PolicyDocument: {{Version: '2012-10-17', Statement: [{statements}]}}}}}}\n"
    )
}

/// The variants of the policy of a template: one, or an account, a role and a user.
///
/// `alone`: nothing is said of the callers' own policies; otherwise they have none, so that an account
/// that is named lets nobody in.
fn read(template: &str, value: Option<(&str, &str)>, alone: bool) -> Vec<Policies> {
    let values: BTreeMap<String, String> =
        value.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    let given = Given { values, ..Given::default() };
    let options = ReadOptions::default();
    let found = cloudformation(&Source::new("t.yaml", template), &given, &options).unwrap();
    assert!(found.findings.is_empty(), "{template}: {:?}", found.findings);
    let policy = |document: &keyaki_templates::Document| {
        let policy = input::document(&document.source, &options, document.kind).unwrap();
        let identity = (!alone).then(Vec::new);
        Policies { identity, ..Policies::resource(policy.value) }
    };
    found.documents.iter().map(policy).collect()
}

#[test]
fn what_a_principal_allows_is_found_without_it() {
    let (draws, first) = (number("KEYAKI_DRAWS", 60), number("KEYAKI_SEED", 1));
    let solver = Solver::single(from_spec("finite").unwrap());
    let ask = |old: &Policies, new: &Policies| {
        let (mut old, mut new) = (old.clone(), new.clone());
        one_form(&mut [&mut old, &mut new], None).unwrap();
        let query = Query {
            shape: None,
            within: &[],
            unlike: &[],
            allowed_by: vec![&new],
            refused_by: vec![&old],
            requests: Requests::Any,
        };
        match query.answer(&solver, &Limits::timeout(Duration::from_secs(10))).unwrap() {
            Answer::Yes(_) => "yes",
            Answer::No => "no",
            Answer::Unknown(_) => "unknown",
        }
    };
    let mut tally: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for seed in first..first + draws {
        let rng = &mut generate::rng(seed);
        let of_list = chance(rng, 0.5);
        let (old, new) = (policy(rng, of_list), policy(rng, of_list));
        let alone = chance(rng, 0.5);
        let (was, is) = (read(&old, None, alone), read(&new, None, alone));
        let variant = |all: &[Policies], at: usize| match all {
            [one] => one.clone(),
            [_, _, _] => all[at].clone(),
            _ => panic!("{old}\n{new}"),
        };
        let said: Vec<&str> = (0..3).map(|at| ask(&variant(&was, at), &variant(&is, at))).collect();
        for _ in 0..4 {
            let length = if of_list { rng.random_range(1..4) } else { 1 };
            let values: Vec<&str> = (0..length).map(|_| pick(rng, &KNOWN)).collect();
            let values = values.join(",");
            let given = Some((if of_list { "L" } else { "P" }, values.as_str()));
            let known = ask(&read(&old, given, alone)[0], &read(&new, given, alone)[0]);
            // One value is of one kind; of a list, any.
            let found = if of_list || !values.starts_with("arn:") || values.ends_with(":root") {
                if of_list { any(&said) } else { said[0] }
            } else {
                said[if values.contains(":role/") { 1 } else { 2 }]
            };
            *tally.entry((found, known)).or_default() += 1;
            assert!((found, known) != ("no", "yes"), "seed {seed}: {values}\n{old}\n{new}");
        }
    }
    println!("{tally:?}");
    assert!(tally.get(&("yes", "yes")).is_some_and(|count| *count > 0));
    assert!(tally.get(&("yes", "no")).is_some_and(|count| *count > 0));
    assert!(tally.get(&("no", "no")).is_some_and(|count| *count > 0));
}

fn any<'t>(said: &[&'t str]) -> &'t str {
    ["yes", "unknown"].into_iter().find(|word| said.contains(word)).unwrap_or("no")
}
