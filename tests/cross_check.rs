//! Engines that were written apart do not contradict each other, on random questions about whole sets of policies.
//!
//! `finite` answers alone; Z3 in process answers alone, where it is built; cvc5 answers on a pipe, where it is installed. A request that
//! any of them finds is confirmed by the evaluator. `KEYAKI_DRAWS` is the number of questions, 40 unless set; `KEYAKI_SEED` the seed of
//! the first; `KEYAKI_MILLISECONDS` the time of the others for each, 1,000 unless set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skipped and counted"
)]

mod support;

use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::world::{Assumptions, World};
use keyaki_encodings::engine::{Limits, from_spec};
use rand::RngExt;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;
use support::generate::{self, Options, Rng};
use support::number;
use support::reading;
use support::sets;

/// The engines to compare `finite` with.
fn others() -> Vec<&'static str> {
    let mut others = if cfg!(feature = "z3") { vec!["z3"] } else { Vec::new() };
    if Command::new("cvc5").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        others.push("smtlib:cvc5");
    } else {
        eprintln!("skipped: there is no command `cvc5`");
    }
    others
}

/// The policies with one statement more or less: a neighbour, from which they differ in little.
fn neighbour(rng: &mut Rng, policies: &Value) -> Value {
    fn statements<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Vec<Value>>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    if name == "Statement" {
                        found.extend(member.as_array_mut());
                    } else {
                        statements(member, found);
                    }
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|one| statements(one, found)),
            _ => {}
        }
    }
    let mut policies = policies.clone();
    let mut found = Vec::new();
    statements(&mut policies, &mut found);
    let mut several: Vec<&mut Vec<Value>> = found.into_iter().filter(|list| list.len() > 1).collect();
    if !several.is_empty() {
        let at = rng.random_range(0..several.len());
        let list = &mut several[at];
        list.remove(rng.random_range(0..list.len()));
    }
    policies
}

/// What the engines say of one question: a word for each, and the reason where it is "unknown".
fn ask(seed: u64, specs: &[&str]) -> Result<Vec<(&'static str, String)>, String> {
    let rng = &mut generate::rng(seed);
    let options = Options { ill_typed: false, odd_lists: false, odd_resources: false };
    let case = sets::case(rng, options, 0);
    let shape = sets::shape(rng, options, &case.focus);
    let near = neighbour(rng, &case.policies);
    let read = reading::shape_of(&shape)?;
    let (set, other) = (case.set(), sets::set(&near, case.strict)?);
    let (allowed_by, refused_by) = match seed % 4 {
        0 => (vec![&set], Vec::new()),
        1 => (vec![&other], vec![&set]),
        _ => (vec![&set], vec![&other]),
    };
    let world = World { assumptions: if seed % 5 == 3 { Assumptions::none() } else { Assumptions::all() }, ..World::embedded().unwrap() };
    let requests = if seed.is_multiple_of(3) { Requests::Any } else { Requests::Feasible(world) };
    let query = Query { shape: seed.is_multiple_of(2).then_some(&read), unlike: None, allowed_by, refused_by, requests };
    let told = |error: String| format!("seed {seed}: {error}\n{}", json!({"policies": case.policies, "near": near, "shape": shape}));
    specs
        .iter()
        .map(|spec| {
            let time = if *spec == "finite" { 10_000 } else { number("KEYAKI_MILLISECONDS", 1000) };
            let solver = Solver::single(from_spec(spec).unwrap());
            let verdict = query.ask(&solver, &Limits::timeout(Duration::from_millis(time))).map_err(|error| told(error.to_string()))?;
            Ok(match verdict.answer {
                Answer::Yes(_) => ("yes", String::new()),
                Answer::No => ("no", String::new()),
                Answer::Unknown(reason) => ("unknown", reason),
            })
        })
        .collect()
}

#[test]
fn engines_do_not_contradict_each_other() {
    let (draws, first) = (number("KEYAKI_DRAWS", 40), number("KEYAKI_SEED", 0));
    let specs: Vec<&str> = std::iter::once("finite").chain(others()).collect();
    let answers: Vec<(u64, Result<Vec<_>, String>)> =
        (first..first + draws).into_par_iter().map(|seed| (seed, ask(seed, &specs))).collect();
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut failures = Vec::new();
    for (seed, answer) in answers {
        match answer {
            Ok(answers) => {
                for (spec, (word, reason)) in specs.iter().zip(&answers) {
                    *counts.entry((spec, word)).or_default() += 1;
                    if *spec == "finite" && *word == "unknown" {
                        println!("seed {seed}: finite does not know: {reason}");
                    }
                }
                let said = |wanted: &str| answers.iter().any(|(word, _)| *word == wanted);
                if said("yes") && said("no") {
                    failures.push(format!("seed {seed}: {specs:?} say {answers:?}"));
                }
            }
            Err(failure) => failures.push(failure),
        }
    }
    println!("{counts:?}");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n\n"));
    let count = |word| counts.get(&("finite", word)).copied().unwrap_or(0);
    assert!(count("yes") * 10 > draws && count("no") * 10 > draws, "both answers occur");
    assert!(count("unknown") * 50 <= draws, "finite knows nearly all answers");
}
