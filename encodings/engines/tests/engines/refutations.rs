//! Refutations of the engine `finite`: what was learnt follows from the clauses, the clauses say what the
//! question says, and what the theories state is true: of random values, and as Z3 has it.
//!
//! `KEYAKI_DRAWS` is the number of questions, 180 unless set; `KEYAKI_SEED` the seed of the first;
//! `KEYAKI_REFUTATIONS` a folder into which they are written, for other checkers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it counted"
)]

use crate::common::ask::z3::z3_takes_part;
use crate::cross_check::{Dice, KINDS, number, question, random_value};
use keyaki_engines::engine::finite::{Refutation, Source};
use keyaki_engines::engine::{Engine, Finite, Limits, Outcome, from_spec};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Sort, Symbol, Term, Value, postorder, symbols};
use std::collections::BTreeSet;
use std::time::Duration;

#[path = "../../../../tests/support/propagation.rs"]
mod propagation;

/// What was counted.
#[derive(Debug, Default)]
struct Counts {
    refutations: usize,
    learnt: usize,
    facts: usize,
    choices: usize,
    /// Facts about ways from state to state, which have no formula.
    unnamed: usize,
    proved: usize,
    open: usize,
}

/// Values of the symbols of a question and of those that its clauses add.
fn model(all: &BTreeSet<Symbol>, dice: &mut Dice) -> Model {
    all.iter().map(|symbol| (symbol.clone(), random_value(symbol.sort(), dice))).collect()
}

/// Whether new symbols have values with which a clause is true: parts of the texts in it. `None` where
/// there are too many to try.
fn has_values(
    refutation: &mut Refutation,
    clause: usize,
    new: &BTreeSet<Symbol>,
    model: &Model,
) -> Option<bool> {
    if refutation.holds(clause, model) {
        return Some(true);
    }
    let meaning = refutation.meaning(clause).unwrap();
    let (own, old): (Vec<Symbol>, Vec<Symbol>) =
        symbols([&meaning]).into_iter().partition(|symbol| new.contains(symbol));
    let mut evaluation = Evaluation::new(model);
    let is_old = |term: &Term| symbols([term]).iter().all(|symbol| old.contains(symbol));
    let texts: BTreeSet<String> = postorder([&meaning])
        .into_iter()
        .filter(|term| term.sort() == Sort::String && is_old(term))
        .filter_map(|term| match evaluation.value(term) {
            Value::String(text) => Some(text),
            Value::Bool(_) | Value::Real(_) | Value::BitVec { .. } => None,
        })
        .collect();
    let parts: BTreeSet<&str> = texts
        .iter()
        .flat_map(|text| {
            let ends = move || text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends().flat_map(move |from| ends().filter_map(move |to| text.get(from..to)))
        })
        .collect();
    let parts: Vec<&str> = parts.into_iter().collect();
    if parts.len().checked_pow(u32::try_from(own.len()).unwrap()).is_none_or(|all| all > 20_000) {
        return None;
    }
    let mut chosen = model.clone();
    let mut at = vec![0; own.len()];
    loop {
        for (symbol, at) in own.iter().zip(&at) {
            chosen.insert(symbol.clone(), Value::String(parts[*at].to_owned()));
        }
        if refutation.holds(clause, &chosen) {
            return Some(true);
        }
        let Some(next) = at.iter().rposition(|at| at + 1 < parts.len()) else {
            return Some(false);
        };
        at[next] += 1;
        at[next + 1..].fill(0);
    }
}

fn check(kind: &str, seed: u64, z3: Option<&dyn Engine>, counts: &mut Counts) {
    let question = question(kind, seed);
    let limits = Limits::timeout(Duration::from_secs(1));
    let (outcome, refutation) = Finite::refute(&question, &limits);
    assert_eq!(matches!(outcome, Outcome::Unsatisfiable), refutation.is_some());
    let Some(mut refutation) = refutation else { return };
    counts.refutations += 1;
    let about = format!("{kind} {seed}: {question:?}");
    let (dimacs, drat) = (refutation.dimacs(), refutation.drat());
    if let Ok(folder) = std::env::var("KEYAKI_REFUTATIONS") {
        let path = |end: &str| format!("{folder}/{}-{seed}.{end}", kind.replace(' ', "-"));
        std::fs::write(path("cnf"), &dimacs).unwrap();
        std::fs::write(path("drat"), &drat).unwrap();
    }
    propagation::check(&dimacs, &drat).unwrap_or_else(|why| panic!("{about}: {why}"));
    counts.learnt += drat.lines().count();
    let of = |source: Source, refutation: &Refutation| -> Vec<usize> {
        (0..refutation.len()).filter(|one| refutation.source(*one) == Some(source)).collect()
    };
    let [asked, defined, facts, choices] =
        [Source::Question, Source::Definition, Source::Fact, Source::Choice]
            .map(|source| of(source, &refutation));
    assert!(!asked.is_empty(), "{about}: nothing was asked");
    let new = refutation.new_symbols(&question);
    let all: BTreeSet<Symbol> = symbols(&question).into_iter().chain(new.clone()).collect();
    let dice = &mut Dice::new(seed + 1);
    for round in 0..30 {
        let model = model(&all, dice);
        let mut evaluation = Evaluation::new(&model);
        let is_true = question.iter().all(|term| evaluation.is_true(term));
        let holds = asked.iter().all(|one| refutation.holds(*one, &model));
        assert_eq!(is_true, holds, "{about}: the clauses ask something else at {model}");
        for one in defined.iter().chain(&facts) {
            assert!(
                refutation.holds(*one, &model),
                "{about}: {:?} is not true at {model}",
                refutation.meaning(*one)
            );
        }
        for one in choices.iter().filter(|_| round < 3) {
            let found = has_values(&mut refutation, *one, &new, &model);
            counts.choices += usize::from(found == Some(true));
            assert!(
                found != Some(false),
                "{about}: {:?} has no values at {model}",
                refutation.meaning(*one)
            );
        }
    }
    counts.facts += facts.len();
    // Without what was asked nothing is refuted.
    let facts_alone: String = dimacs
        .lines()
        .skip(1)
        .enumerate()
        .filter(|(number, _)| !asked.contains(number))
        .map(|(_, line)| format!("{line}\n"))
        .collect();
    let header = dimacs.lines().next().unwrap().rsplit_once(' ').unwrap().0;
    let alone = format!("{header} {}\n{facts_alone}", refutation.len() - asked.len());
    assert!(propagation::check(&alone, &drat).is_err(), "{about}: the facts contradict each other");
    for one in facts.into_iter().take(60) {
        let (Some(z3), Some(meaning)) = (z3, refutation.meaning(one)) else {
            counts.unnamed += usize::from(z3.is_some());
            continue;
        };
        let limits = Limits::timeout(Duration::from_millis(300));
        match z3.decide(&[Term::not(meaning.clone())], &limits) {
            Outcome::Unsatisfiable => counts.proved += 1,
            Outcome::Unknown(_) => counts.open += 1,
            Outcome::Satisfiable(model) => panic!("{about}: {meaning:?} is not true at {model}"),
        }
    }
}

#[test]
fn refutations_are_what_they_say() {
    let (draws, first) = (number("KEYAKI_DRAWS", 180), number("KEYAKI_SEED", 0));
    let z3 = z3_takes_part().then(|| from_spec("z3").unwrap());
    let mut counts = Counts::default();
    for seed in first..first + draws / KINDS.len() as u64 {
        for kind in KINDS {
            check(kind, seed, z3.as_deref(), &mut counts);
        }
    }
    println!("{counts:?}");
    assert!(counts.refutations * 10 > usize::try_from(draws).unwrap(), "{counts:?}");
    assert!(counts.facts > counts.refutations, "{counts:?}");
    if z3.is_some() {
        assert!(counts.proved > 10 * counts.open, "{counts:?}");
        assert!(counts.proved > counts.unnamed, "{counts:?}");
    }
}
