//! Lists of values that are not known (SEMANTICS 3.1): what a version of a template allows and
//! another one does not, with any list, is found with the list unknown.
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

const RESOURCES: [&str; 3] = ["arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::a/b"];

const TEXTS: [&str; 3] = ["o-a", "o-b", ""];

/// The list, a text, or both.
fn values(rng: &mut Rng, texts: &[&str]) -> String {
    match rng.random_range(0..4) {
        0 => format!("'{}'", pick(rng, texts)),
        1 => format!("[!Ref L, '{}']", pick(rng, texts)),
        _ => "!Ref L".to_owned(),
    }
}

/// A policy that compares the list with two things at most.
fn policy(rng: &mut Rng, places: [usize; 2]) -> String {
    let statements = (0..rng.random_range(1..4)).map(|_| {
        let effect = pick(rng, &["Allow", "Allow", "Deny"]);
        let resource = pick(rng, &["Resource", "Resource", "NotResource"]);
        let on = if places.contains(&0) && chance(rng, 0.7) {
            values(rng, &RESOURCES)
        } else {
            format!("'{}'", pick(rng, &["*", RESOURCES[0]]))
        };
        let keys = [(1, "aws:PrincipalOrgID"), (2, "aws:SourceVpce")];
        let mut pairs = String::new();
        for (place, key) in keys {
            if places.contains(&place) && chance(rng, 0.6) {
                let operators =
                    ["StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists"];
                let operator = pick(rng, &operators);
                pairs += &format!("{operator}: {{'{key}': {}}}, ", values(rng, &TEXTS));
                break;
            }
        }
        format!(
            "{{Effect: {effect}, Action: 's3:GetObject', {resource}: {on}, Condition: {{{pairs}}}}}"
        )
    });
    let statements = statements.collect::<Vec<_>>().join(", ");
    format!(
        "Parameters: {{L: {{Type: CommaDelimitedList}}}}\nResources:\n  P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Version: '2012-10-17', Statement: [{statements}]}}}}}}\n"
    )
}

/// The policy of a template, with a list or without one.
fn read(template: &str, list: Option<&str>) -> Policies {
    let values: BTreeMap<String, String> =
        list.map(|list| ("L".to_owned(), list.to_owned())).into_iter().collect();
    let given = Given { values, ..Given::default() };
    let options = ReadOptions::default();
    let found = cloudformation(&Source::new("t.yaml", template), &given, &options).unwrap();
    let document =
        found.documents.first().unwrap_or_else(|| panic!("{template}: {:?}", found.findings));
    let policy = input::document(&document.source, &options, document.kind).unwrap();
    Policies::identity(vec![policy.value])
}

#[test]
fn what_a_list_allows_is_found_without_it() {
    let (draws, first) = (number("KEYAKI_DRAWS", 60), number("KEYAKI_SEED", 1));
    let solver = Solver::single(from_spec("finite").unwrap());
    let ask = |old: &Policies, new: &Policies| {
        let query = Query {
            shape: None,
            within: &[],
            unlike: &[],
            allowed_by: vec![new],
            refused_by: vec![old],
            requests: Requests::Any,
        };
        query.answer(&solver, &Limits::timeout(Duration::from_secs(10))).unwrap()
    };
    let mut tally: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for seed in first..first + draws {
        let rng = &mut generate::rng(seed);
        // An ARN, or two texts: what begins ARNs has no other text.
        let arns = chance(rng, 0.4);
        let places = if arns { [0, 0] } else { [1, 2] };
        let (old, new) = (policy(rng, places), policy(rng, places));
        let [mut was, mut is] = [read(&old, None), read(&new, None)];
        one_form(&mut [&mut was, &mut is], None).unwrap();
        let unknown = ask(&was, &is);
        let said = match unknown {
            Answer::Yes(_) => "yes",
            Answer::No => "no",
            Answer::Unknown(_) => "unknown",
        };
        for _ in 0..4 {
            // Patterns match in one way in resources; a parameter of an operator on texts is none.
            let all: &[&str] = if arns {
                &["arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::a/*", "arn:aws:s3:::*"]
            } else {
                &["o-a", "o-b", "o-c", "vpce-1"]
            };
            let length = rng.random_range(1..7);
            let list: Vec<&str> = (0..length).map(|_| pick(rng, all)).collect();
            let list = list.join(",");
            let known = match ask(&read(&old, Some(&list)), &read(&new, Some(&list))) {
                Answer::Yes(_) => "yes",
                Answer::No => "no",
                Answer::Unknown(_) => "unknown",
            };
            *tally.entry((said, known)).or_default() += 1;
            assert!((said, known) != ("no", "yes"), "seed {seed}: {list}\n{old}\n{new}");
        }
    }
    println!("{tally:?}");
    assert!(tally.get(&("yes", "no")).is_some_and(|count| *count > 0));
    assert!(tally.get(&("no", "no")).is_some_and(|count| *count > 0));
}
