//! Engines that were written apart do not contradict each other, on random questions about whole
//! sets of policies.
//!
//! And the part of the policies that a question is asked about, service by service, says what one
//! formula of everything says.
//!
//! `finite` answers alone; Z3 answers alone, and in `finite` in batsat's place; cvc5 answers on a
//! pipe, where it is installed. A request that any of them finds is confirmed by the evaluator.
//! `KEYAKI_DRAWS` is the number of questions, 40 unless set; `KEYAKI_SEED` the seed of the first;
//! `KEYAKI_MILLISECONDS` the time of the others for each, 1,000 unless set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skipped and counted"
)]

use crate::support::generate::{self, Options, Rng};
use crate::support::number;
use crate::support::reading;
use crate::support::sets;
use keyaki::layers::Policies;
use keyaki::query::{Answer, Query, Requests, Solver};
use keyaki::shape::{Scope, Shape};
use keyaki::symbolic::feasible::Universe;
use keyaki::world::{Assumptions, World};
use keyaki_engines::engine::{Limits, Outcome, from_spec};
use keyaki_logic::term::Term;
use rand::RngExt;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

/// The engines to compare `finite` with.
fn others() -> Vec<&'static str> {
    let mut others =
        if crate::support::z3::z3_takes_part() { vec!["z3", "z3-finite"] } else { Vec::new() };
    if Command::new("cvc5")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
    {
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
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut policies = policies.clone();
    let mut found = Vec::new();
    statements(&mut policies, &mut found);
    let mut several: Vec<&mut Vec<Value>> =
        found.into_iter().filter(|list| list.len() > 1).collect();
    if !several.is_empty() {
        let at = rng.random_range(0..several.len());
        let list = &mut several[at];
        list.remove(rng.random_range(0..list.len()));
    }
    policies
}

/// A random question about a set of policies and a neighbour.
struct Question {
    policies: Value,
    near: Value,
    shape: Value,
    sets: [Policies; 2],
    read: Shape,
    seed: u64,
}

impl Question {
    fn of(seed: u64) -> Result<Self, String> {
        let rng = &mut generate::rng(seed);
        let options = Options { ill_typed: false, odd_lists: false, odd_resources: false };
        let mut case = sets::case(rng, options, 0);
        let shape = sets::shape(rng, options, &case.focus);
        if seed % 7 > 3 {
            case.policies.as_object_mut().unwrap().retain(|layer, _| layer == "identity");
        }
        let near = neighbour(rng, &case.policies);
        let (read, sets) =
            (reading::shape_of(&shape)?, [case.set(), sets::set(&near, case.strict)?]);
        // A third of the shapes say something of accounts and of the way.
        let scope = if seed % 6 == 2 { sets::scope(rng, &case.focus) } else { Scope::default() };
        Ok(Self { policies: case.policies, near, shape, sets, read: Shape { scope, ..read }, seed })
    }

    fn query(&self) -> Query<'_> {
        let [set, other] = &self.sets;
        let (allowed_by, refused_by) = match self.seed % 4 {
            0 => (vec![set], Vec::new()),
            1 => (vec![other], vec![set]),
            _ => (vec![set], vec![other]),
        };
        let assumptions = if self.seed % 5 == 3 { Assumptions::none() } else { Assumptions::all() };
        let world = World { assumptions, ..World::embedded().unwrap() };
        let requests =
            if self.seed.is_multiple_of(3) { Requests::Any } else { Requests::Feasible(world) };
        Query {
            shape: self.seed.is_multiple_of(2).then_some(&self.read),
            within: &[],
            unlike: &[],
            allowed_by,
            refused_by,
            requests,
        }
    }

    fn told(&self, what: &str) -> String {
        format!(
            "seed {}: {what}\n{}",
            self.seed,
            json!({"policies": self.policies, "near": self.near, "shape": self.shape, "scope": format!("{:?}", self.read.scope)})
        )
    }
}

/// What an engine says of a question: a word, and the reason where it is "unknown".
fn ask(question: &Question, spec: &str) -> Result<(&'static str, String), String> {
    let time = if spec == "finite" { 10_000 } else { number("KEYAKI_MILLISECONDS", 1000) };
    let solver = Solver::single(from_spec(spec).unwrap());
    let limits = Limits::timeout(Duration::from_millis(time));
    match question
        .query()
        .answer(&solver, &limits)
        .map_err(|error| question.told(&error.to_string()))?
    {
        Answer::Yes(_) => Ok(("yes", String::new())),
        Answer::No => Ok(("no", String::new())),
        Answer::Unknown(reason) => Ok(("unknown", reason.to_string())),
    }
}

/// Whether some request answers a question, by one formula over all policies as they are and all
/// actions at once. `None` where the formula does not tell: services that the question does not
/// name are approximated in it.
fn whole(question: &Question) -> Option<bool> {
    let query = question.query();
    let encoded = query.encode().unwrap();
    let mut assertions = encoded.all();
    if let Requests::Feasible(world) = query.requests {
        let universe = Universe::new(&encoded.frame, world, &encoded.assertions).unwrap();
        assertions.push(Term::or([universe.formula().unwrap(), universe.is_unlisted().unwrap()]));
    }
    match from_spec("finite").unwrap().decide(&assertions, &Limits::timeout(Duration::from_secs(5)))
    {
        Outcome::Unsatisfiable => Some(false),
        Outcome::Satisfiable(model) => {
            query.holds(&encoded.frame.request_from(&model)).then_some(true)
        }
        Outcome::Unknown(_) => None,
    }
}

#[test]
fn a_part_of_the_policies_says_what_the_whole_says() {
    let (draws, first) = (number("KEYAKI_DRAWS", 120), number("KEYAKI_SEED", 0));
    let verdicts: Vec<Result<(&'static str, Option<bool>), String>> = (first..first + draws)
        .into_par_iter()
        .map(|seed| {
            let question = Question::of(seed)?;
            let (said, whole) = (ask(&question, "finite")?.0, whole(&question));
            match (said, whole) {
                ("yes", Some(false)) | ("no", Some(true)) => {
                    Err(question.told(&format!("the part says {said}, the whole {whole:?}")))
                }
                _ => Ok((said, whole)),
            }
        })
        .collect();
    let failures: Vec<&String> =
        verdicts.iter().filter_map(|verdict| verdict.as_ref().err()).collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures[0]);
    let count = |wanted| {
        verdicts.iter().flatten().filter(|(_, whole)| *whole == Some(wanted)).count() as u64
    };
    println!(
        "{draws} questions, {} answered with yes by the whole, {} with no",
        count(true),
        count(false)
    );
    assert!(count(true) * 20 > draws && count(false) * 20 > draws, "both answers occur");
}

#[test]
fn engines_do_not_contradict_each_other() {
    let (draws, first) = (number("KEYAKI_DRAWS", 40), number("KEYAKI_SEED", 0));
    let specs: Vec<&str> = std::iter::once("finite").chain(others()).collect();
    let answers: Vec<(u64, Result<Vec<_>, String>)> = (first..first + draws)
        .into_par_iter()
        .map(|seed| {
            let question = Question::of(seed);
            (
                seed,
                question
                    .and_then(|question| specs.iter().map(|spec| ask(&question, spec)).collect()),
            )
        })
        .collect();
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
