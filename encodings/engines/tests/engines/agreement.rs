//! Every engine agrees with the evaluator of terms.
//!
//! Solvers on a pipe take part when their commands exist; otherwise the tests say so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says on standard error what it skipped"
)]

use crate::common::ask::{engines, limits, satisfied};
use crate::common::{Tree, atom, close_glob, formula, model, pins};
use keyaki_engines::engine::{Limits, Outcome};
use keyaki_logic::evaluate::evaluate;
use keyaki_logic::model::Model;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Sort, Symbol, Term, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::time::Duration;

/// Random cases with a fixed seed.
fn draw<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner =
        TestRunner::new(Config { rng_seed: RngSeed::Fixed(20_260_101), ..Config::default() });
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn pinned_formulas_have_the_evaluators_value() {
    for (index, engine) in engines().iter().enumerate() {
        // Processes are slow to start.
        let count = if engine.name() == "z3" { 200 } else { 60 };
        let (mut decided, mut truths) = (0, 0);
        for (tree, model) in draw((formula(), model()), count + index) {
            let mut assertions = pins(&model);
            assertions.push(tree.term());
            let truth = tree.value(&model) == Value::Bool(true);
            match engine.decide(&assertions, &limits()) {
                Outcome::Satisfiable(_) => {
                    assert!(truth, "{}: satisfiable: {tree:?} under {model}", engine.name())
                }
                Outcome::Unsatisfiable => {
                    assert!(!truth, "{}: unsatisfiable: {tree:?} under {model}", engine.name())
                }
                Outcome::Unknown(reason) => {
                    panic!("{}: {reason}: {tree:?} under {model}", engine.name())
                }
            }
            decided += 1;
            truths += usize::from(truth);
        }
        assert!(truths * 5 > decided && truths * 5 < decided * 4, "{truths} of {decided} are true");
    }
}

/// States for each formula that it has the evaluator's value under its model; each has its own
/// copies of the symbols.
fn stated_values(cases: &[(Tree, Model)]) -> Vec<Term> {
    let mut assertions = Vec::new();
    for (index, (tree, model)) in cases.iter().enumerate() {
        let rename = |name: &'static str| -> &'static str { format!("{name} {index}").leak() };
        assertions.extend(model.iter().map(|(symbol, value)| {
            Term::eq(
                Term::var(&Symbol::new(format!("{} {index}", symbol.name()), symbol.sort())),
                Term::value(value.clone()),
            )
        }));
        assertions.push(Term::eq(tree.renamed(&rename).term(), Term::value(tree.value(model))));
    }
    assertions
}

#[test]
fn single_atoms_have_the_evaluators_value() {
    let atoms = draw((atom(), model()), 200);
    let globs = draw(close_glob(), 400);
    let matching =
        globs.iter().filter(|(tree, model)| tree.value(model) == Value::Bool(true)).count();
    assert!((100..300).contains(&matching), "{matching} of the globs match");
    for engine in engines() {
        for batch in atoms.chunks(20).chain(globs.chunks(20)) {
            satisfied(&*engine, &stated_values(batch));
        }
    }
}

/// Every text of up to `longest` characters of `alphabet`.
fn texts(alphabet: &str, longest: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut last = texts.clone();
    for _ in 0..longest {
        last = last
            .iter()
            .flat_map(|text| alphabet.chars().map(move |c| format!("{text}{c}")))
            .collect();
        texts.extend(last.iter().cloned());
    }
    texts
}

/// States that a formula about `x` has its value where `x` is pinned to `value`; `index` tells the
/// copies of `x` apart.
fn state_at(index: usize, value: Value, formula: impl Fn(Term) -> Term) -> [Term; 2] {
    let x = Symbol::new(format!("x{index}"), value.sort());
    let truth = evaluate(
        &formula(Term::value(value.clone())),
        &[(v(), Value::String("b".into()))].into_iter().collect(),
    );
    [
        Term::eq(Term::var(&x), Term::value(value)),
        Term::eq(formula(Term::var(&x)), Term::value(truth)),
    ]
}

fn v() -> Symbol {
    Symbol::new("v", Sort::String)
}

#[test]
fn every_short_glob_has_the_evaluators_value() {
    let globs = texts("a?*$", 4).into_iter().filter(|glob| glob.contains('$'));
    let part = |c| match c {
        '?' => Part::AnyChar,
        '*' => Part::AnyString,
        '$' => Part::Value(Term::var(&v())),
        _ => Part::Literal("a".to_owned()),
    };
    let subjects = texts("ab", 4);
    let mut assertions = Vec::new();
    for (index, glob) in globs.enumerate() {
        let parts: Vec<_> = glob.chars().map(part).collect();
        // A fifth of the subjects for each glob, others for the next: the counts have no common
        // divisor.
        for subject in subjects.iter().skip(index % 5).step_by(5) {
            assertions.push(state_at(assertions.len(), Value::String(subject.clone()), |x| {
                Term::matches(x, parts.clone())
            }));
        }
    }
    assert!(assertions.len() > 1000);
    for engine in engines() {
        for batch in assertions.chunks(200) {
            satisfied(
                &*engine,
                &[&[Term::eq(Term::var(&v()), Term::string("b"))], batch.as_flattened()].concat(),
            );
        }
    }
}

#[test]
fn every_prefix_has_the_evaluators_value() {
    let mut assertions = Vec::new();
    for (len, expected) in
        (0..=8).flat_map(|len| [0b1010_0110_u128, 0b0101_1001].map(|expected| (len, expected)))
    {
        for flipped in [0, 1, 1 << 3, 1 << 4, 1 << 7] {
            let value = Value::bits(8, expected ^ flipped);
            assertions
                .push(state_at(assertions.len(), value, |x| Term::prefix_bits(x, len, expected)));
        }
    }
    for engine in engines() {
        satisfied(&*engine, assertions.as_flattened());
    }
}

#[test]
fn every_regular_expression_has_the_evaluators_value() {
    let (a, b, all) = (|| Regex::literal("a"), || Regex::literal("b"), Regex::all);
    let contains = |regex: Regex| Regex::concat([all(), regex, all()]);
    let regexes = [
        Regex::star(Regex::union([a(), Regex::literal("bb")])),
        Regex::intersect([contains(a()), contains(b())]),
        Regex::complement(contains(a())),
        Regex::intersect([
            Regex::plus(Regex::any_char()),
            Regex::complement(contains(Regex::literal("ab"))),
        ]),
        Regex::repeat(Regex::union([a(), b()]), 1, 2),
        Regex::repeat(a(), 1, None),
        Regex::concat([Regex::opt(a()), Regex::none_of("a"), all()]),
        Regex::concat([Regex::one_of("aB"), Regex::range('b', 'c')]),
        Regex::ascii_case_insensitive("aB"),
        Regex::intersect([Regex::star(Regex::none_of("B")), Regex::complement(Regex::epsilon())]),
    ];
    let mut assertions = Vec::new();
    for regex in regexes {
        for subject in texts("abB", 3) {
            assertions.push(state_at(assertions.len(), Value::String(subject), |x| {
                Term::in_regex(x, regex.clone())
            }));
        }
    }
    for engine in engines() {
        satisfied(&*engine, assertions.as_flattened());
    }
}

#[test]
fn free_formulas_are_not_refuted_if_they_have_a_model() {
    for engine in engines() {
        let count = if engine.name() == "z3" { 150 } else { 40 };
        let mut unknown = Vec::new();
        for (tree, models) in draw((formula(), proptest::collection::vec(model(), 40)), count) {
            let term = tree.term();
            match engine
                .decide(std::slice::from_ref(&term), &Limits::timeout(Duration::from_secs(5)))
            {
                Outcome::Satisfiable(model) => {
                    assert_eq!(
                        tree.value(&model),
                        Value::Bool(true),
                        "{}: {tree:?} under {model}",
                        engine.name()
                    )
                }
                Outcome::Unsatisfiable => {
                    let missed = models.iter().find(|model| tree.value(model) == Value::Bool(true));
                    assert!(missed.is_none(), "{}: {tree:?} under {missed:?}", engine.name());
                }
                Outcome::Unknown(reason) => unknown.push(format!("{reason}: {term:?}")),
            }
        }
        assert!(unknown.len() * 20 <= count, "{}: {unknown:#?}", engine.name());
    }
}
