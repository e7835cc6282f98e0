//! Every engine agrees with the evaluator of terms, and refines what scripts leave open.
//!
//! The in-process engine takes part when it is built. Solvers on a pipe take part when their commands exist; otherwise the tests say so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says on standard error what it skipped"
)]

mod common;

use common::{ASCII_LOWER, HAS_B, NUMBER, formula, model, pins};
use keyaki_encodings::engine::{Engine, EngineError, Limits, Outcome, Reason, from_spec};
use keyaki_encodings::evaluate::evaluate;
use keyaki_encodings::model::Model;
use keyaki_encodings::regex::Regex;
use keyaki_encodings::term::{Part, Sort, Symbol, Term, Value};
use num_rational::BigRational;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn engines() -> Vec<Box<dyn Engine>> {
    let mut engines = Vec::new();
    if cfg!(feature = "z3") {
        engines.push(from_spec("z3").unwrap());
    }
    for command in ["cvc5", "z3"] {
        let found = Command::new(command).arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
        if found {
            engines.push(from_spec(&format!("smtlib:{command}")).unwrap());
        } else {
            eprintln!("skipped: there is no command `{command}`");
        }
    }
    engines
}

fn limits() -> Limits {
    Limits::timeout(Duration::from_secs(20))
}

fn string(name: &str) -> Term {
    Term::var(&Symbol::new(name, Sort::String))
}

fn real(name: &str) -> Term {
    Term::var(&Symbol::new(name, Sort::Real))
}

fn differ(a: Term, b: Term) -> Term {
    Term::not(Term::eq(a, b))
}

fn lit(text: &str) -> Part {
    Part::Literal(text.to_owned())
}

/// The model, after checking that it makes the assertions true.
fn satisfied(engine: &dyn Engine, assertions: &[Term]) -> Model {
    match engine.decide(assertions, &limits()) {
        Outcome::Satisfiable(model) => {
            for assertion in assertions {
                assert_eq!(evaluate(assertion, &model), Value::Bool(true), "{}: {assertion:?} under {model}", engine.name());
            }
            model
        }
        other => panic!("{}: {other:?} of {assertions:?}", engine.name()),
    }
}

fn refuted(engine: &dyn Engine, assertions: &[Term]) {
    let outcome = engine.decide(assertions, &limits());
    assert_eq!(outcome, Outcome::Unsatisfiable, "{} of {assertions:?}", engine.name());
}

/// Random cases with a fixed seed.
fn draw<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(20_260_101), ..Config::default() });
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn pinned_formulas_have_the_evaluators_value() {
    for (index, engine) in engines().iter().enumerate() {
        // Processes are slow to start.
        let count = if engine.name() == "z3" { 200 } else { 60 };
        let (mut decided, mut truths) = (0, 0);
        for (tree, model) in draw((formula(true), model()), count + index) {
            let mut assertions = pins(&model);
            assertions.push(tree.term());
            let truth = tree.value(&model) == Value::Bool(true);
            match engine.decide(&assertions, &limits()) {
                Outcome::Satisfiable(_) => assert!(truth, "{}: satisfiable: {tree:?} under {model}", engine.name()),
                Outcome::Unsatisfiable => assert!(!truth, "{}: unsatisfiable: {tree:?} under {model}", engine.name()),
                Outcome::Unknown(reason) => panic!("{}: {reason}: {tree:?} under {model}", engine.name()),
            }
            decided += 1;
            truths += usize::from(truth);
        }
        assert!(truths * 5 > decided && truths * 5 < decided * 4, "{truths} of {decided} are true");
    }
}

#[test]
fn free_formulas_are_not_refuted_if_they_have_a_model() {
    for engine in engines() {
        let count = if engine.name() == "z3" { 150 } else { 40 };
        let mut unknown = Vec::new();
        for (tree, models) in draw((formula(true), proptest::collection::vec(model(), 40)), count) {
            let term = tree.term();
            match engine.decide(std::slice::from_ref(&term), &Limits::timeout(Duration::from_secs(5))) {
                Outcome::Satisfiable(model) => {
                    assert_eq!(tree.value(&model), Value::Bool(true), "{}: {tree:?} under {model}", engine.name())
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

#[test]
fn different_strings_can_have_one_lower_case() {
    let (x, y) = (string("x"), string("y"));
    let (lower_x, lower_y) = (Term::apply(&ASCII_LOWER, x.clone()), Term::apply(&ASCII_LOWER, y.clone()));
    for engine in engines() {
        let model = satisfied(&*engine, &[Term::eq(lower_x.clone(), lower_y.clone()), differ(x.clone(), y.clone())]);
        assert_ne!(model.value(&Symbol::new("x", Sort::String)), model.value(&Symbol::new("y", Sort::String)));
        refuted(&*engine, &[differ(lower_x.clone(), lower_y.clone()), Term::eq(x.clone(), y.clone())]);
        refuted(&*engine, &[Term::eq(lower_x.clone(), Term::string("Ab"))]);
        refuted(&*engine, &[Term::eq(x.clone(), Term::string("AB")), differ(lower_x.clone(), Term::string("ab"))]);
        satisfied(&*engine, &[Term::eq(lower_x.clone(), Term::string("ab")), differ(x.clone(), Term::string("ab"))]);
    }
}

#[test]
fn functions_of_several_kinds_are_refined_together() {
    let x = string("x");
    let number = Term::apply(&NUMBER, x.clone());
    let thousand = Term::real(BigRational::from_integer(1000.into()));
    for engine in engines() {
        let model = satisfied(&*engine, &[Term::lt(thousand.clone(), number.clone())]);
        assert!(matches!(model.get(&Symbol::new("x", Sort::String)), Some(Value::String(text)) if text.parse::<u32>().unwrap() > 1000));
        satisfied(
            &*engine,
            &[Term::apply(&HAS_B, x.clone()), Term::in_regex(x.clone(), Regex::concat([Regex::literal("c"), Regex::all()]))],
        );
        refuted(
            &*engine,
            &[Term::eq(x.clone(), Term::string("12")), Term::lt(number.clone(), real("r")), Term::le(real("r"), number.clone())],
        );
    }
}

#[test]
fn a_question_mark_inside_a_middle_segment_is_refined() {
    let (x, v) = (string("x"), string("v"));
    let glob = || vec![lit("a"), Part::AnyString, lit("b"), Part::AnyChar, Part::Value(v.clone()), Part::AnyString, lit("z")];
    let matches = Term::matches(x.clone(), glob());
    let fixed = |text: &str| Term::eq(x.clone(), Term::string(text));
    let value = |text: &str| Term::eq(v.clone(), Term::string(text));
    for engine in engines() {
        satisfied(&*engine, &[matches.clone(), differ(v.clone(), Term::string(""))]);
        satisfied(&*engine, &[Term::not(matches.clone())]);
        satisfied(&*engine, &[matches.clone(), fixed("a--b!cc--z"), value("cc")]);
        refuted(&*engine, &[Term::not(matches.clone()), fixed("a--b!cc--z"), value("cc")]);
        refuted(&*engine, &[matches.clone(), fixed("a--bcc--z"), value("cc")]);
        refuted(&*engine, &[matches.clone(), Term::in_regex(x.clone(), Regex::star(Regex::none_of("b")))]);
    }
}

#[test]
fn models_bring_awkward_values_back() {
    let awkward = "a\"b\\x41\\\u{0}\u{7f}\u{e9}\u{2028}\u{2ffff}|;(\n";
    let third = BigRational::new((-1).into(), 3.into());
    let large: BigRational = BigRational::new(1.into(), num_bigint::BigInt::from(10).pow(30));
    let (x, name) = (Symbol::new("x", Sort::String), Symbol::new("odd|name\\ é", Sort::String));
    let bits = Symbol::new("bits", Sort::BitVec(128));
    for engine in engines() {
        let model = satisfied(
            &*engine,
            &[
                Term::eq(Term::var(&x), Term::string(awkward)),
                Term::eq(Term::var(&name), Term::concat([Term::var(&x), Term::string("\\")])),
                Term::eq(real("r"), Term::real(third.clone())),
                Term::eq(real("q"), Term::real(large.clone())),
                Term::prefix_bits(Term::var(&bits), 100, u128::MAX),
            ],
        );
        assert_eq!(model.get(&x), Some(&Value::String(awkward.to_owned())), "{}", engine.name());
        assert_eq!(model.get(&Symbol::new("r", Sort::Real)), Some(&Value::Real(third.clone())));
        assert_eq!(model.get(&Symbol::new("q", Sort::Real)), Some(&Value::Real(large.clone())));
        assert!(matches!(model.get(&bits), Some(Value::BitVec { width: 128, value }) if value >> 28 == u128::MAX >> 28));
    }
}

#[test]
fn a_backslash_does_not_begin_an_escape() {
    let x = Symbol::new("x", Sort::String);
    let assertions = [Term::eq(Term::var(&x), Term::string("\\u{41}\\u0041"))];
    for engine in engines() {
        match engine.decide(&assertions, &limits()) {
            Outcome::Satisfiable(model) => assert_eq!(model.get(&x), Some(&Value::String("\\u{41}\\u0041".to_owned()))),
            // Z3 4.8.12 takes the string for what it is, and then prints its backslashes unescaped.
            outcome => assert!(engine.name() == "smtlib:z3" && matches!(outcome, Outcome::Unknown(_)), "{}: {outcome:?}", engine.name()),
        }
    }
}

#[test]
fn characters_beyond_the_standard_are_refused() {
    for engine in engines() {
        let outcome = engine.decide(&[differ(string("x"), Term::string("\u{30000}"))], &limits());
        assert!(matches!(outcome, Outcome::Unknown(Reason::Script(_))), "{}: {outcome:?}", engine.name());
    }
}

#[test]
fn names_may_be_those_of_theories() {
    let names = ["and", "true", "str.len", "let", "bvadd", "_", "t", "t!2", "glob", "12", "", "(", "check-sat", "select", "seq.len"];
    let assertions: Vec<_> = names.iter().map(|name| Term::eq(string(name), Term::string(*name))).collect();
    for engine in engines() {
        let model = satisfied(&*engine, &assertions);
        assert_eq!(model.iter().count(), names.len());
    }
}

#[test]
fn one_name_may_have_two_sorts() {
    for engine in engines() {
        let model = satisfied(&*engine, &[Term::eq(string("x"), Term::string("a")), Term::var(&Symbol::new("x", Sort::Bool))]);
        assert_eq!(model.iter().count(), 2);
    }
}

#[test]
fn constant_questions_need_no_solver() {
    let engine = from_spec("smtlib:/nonexistent/solver").unwrap();
    assert_eq!(engine.decide(&[Term::truth()], &limits()), Outcome::Satisfiable(Model::new()));
    assert_eq!(engine.decide(&[], &limits()), Outcome::Satisfiable(Model::new()));
    assert_eq!(engine.decide(&[string_is_anything(), Term::falsehood()], &limits()), Outcome::Unsatisfiable);
}

fn string_is_anything() -> Term {
    Term::eq(string("x"), string("y"))
}

#[cfg(unix)]
#[test]
fn solvers_that_misbehave_are_unknown() {
    let reason = |command: &str, timeout: Duration| {
        let started = Instant::now();
        let outcome = from_spec(&format!("smtlib:{command}")).unwrap().decide(&[string_is_anything()], &Limits::timeout(timeout));
        assert!(started.elapsed() < Duration::from_secs(5), "{command} held us");
        match outcome {
            Outcome::Unknown(reason) => reason.to_string(),
            other => panic!("{command}: {other:?}"),
        }
    };
    let second = Duration::from_secs(1);
    assert!(reason("/nonexistent/solver", second).contains("`/nonexistent/solver` cannot be started"));
    assert_eq!(reason("sleep 100", second), "no answer within 1 s");
    assert_eq!(reason("yes", second), "no answer within 1 s");
    assert!(reason("true", second).contains("it answered nothing"));
    assert!(reason("echo (error \"no strings\")", second).contains("no strings"));
    assert!(reason("echo hello", second).contains("`hello`"));
    assert!(reason("echo sat", second).contains("without the values"));
    assert!(reason("echo unknown", second).contains("does not know"));
    assert!(reason("printf sat((x\"a\")(y\"b\"))", second).contains("contradicts"));
    assert!(reason("printf sat((x\"\\\\\\\\u{d800}\")(y\"b\"))", second).contains("d800"));
}

#[cfg(unix)]
#[test]
fn a_hard_question_ends_in_time() {
    // Two strings of one language of long words, different at every cut: no solver does this in 50 ms.
    let words = Regex::repeat(Regex::union([Regex::literal("ab"), Regex::literal("ba"), Regex::literal("aab")]), 400, 900);
    let (x, y) = (string("x"), string("y"));
    let assertions = [
        Term::in_regex(Term::concat([x.clone(), y.clone()]), words.clone()),
        Term::in_regex(Term::concat([y.clone(), x.clone()]), Regex::complement(words)),
        Term::eq(Term::concat([x.clone(), Term::string("ab"), y.clone()]), Term::concat([y, Term::string("ba"), x])),
    ];
    for engine in engines() {
        let started = Instant::now();
        let outcome = engine.decide(&assertions, &Limits::timeout(Duration::from_millis(50)));
        assert!(matches!(outcome, Outcome::Unknown(Reason::Timeout(_) | Reason::Incomplete(_))), "{}: {outcome:?}", engine.name());
        assert!(started.elapsed() < Duration::from_secs(10), "{} took {:?}", engine.name(), started.elapsed());
    }
}

#[test]
fn specifications_of_engines() {
    assert_eq!(from_spec("smtlib:cvc5 --lang smt2").unwrap().name(), "smtlib:cvc5 --lang smt2");
    for wrong in ["", "smtlib", "smtlib:", "smtlib:  ", "cvc5", "z3:x"] {
        assert_eq!(from_spec(wrong).err(), Some(EngineError::Unknown(wrong.to_owned())));
    }
    if cfg!(feature = "z3") {
        assert_eq!(from_spec("z3").unwrap().name(), "z3");
    } else {
        assert_eq!(from_spec("z3").err(), Some(EngineError::NotBuilt));
    }
}

#[test]
fn threads_may_ask_at_once() {
    for engine in engines() {
        let engine = &engine;
        std::thread::scope(|scope| {
            for number in 0..4 {
                scope.spawn(move || {
                    let text = Term::string(format!("value {number}"));
                    let model = satisfied(&**engine, &[Term::eq(string("x"), text.clone())]);
                    assert_eq!(model.get(&Symbol::new("x", Sort::String)), text.as_value());
                });
            }
        });
    }
}
