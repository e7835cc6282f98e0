//! Every engine refines what scripts leave open, brings models back as they are, and is honest
//! about what it does not know.
//!
//! Solvers on a pipe take part when their commands exist; otherwise the tests say so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says on standard error what it skipped"
)]

use crate::common::ask::z3::z3_takes_part;
use crate::common::ask::{engines, limits, refuted, satisfied};
use crate::common::{ASCII_LOWER, HAS_B, NUMBER};
use keyaki_engines::engine::helper::place::Absent;
use keyaki_engines::engine::{Engine, EngineError, Finite, Limits, Outcome, Reason, from_spec};
use keyaki_logic::model::Model;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Sort, Symbol, Term, Value};
use num_rational::BigRational;
use std::time::{Duration, Instant};

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

#[test]
fn different_strings_can_have_one_lower_case() {
    let (x, y) = (string("x"), string("y"));
    let (lower_x, lower_y) =
        (Term::apply(&ASCII_LOWER, x.clone()), Term::apply(&ASCII_LOWER, y.clone()));
    // The finite engine does not know how two functions of two strings are related.
    for engine in engines().into_iter().filter(|engine| !engine.name().ends_with("finite")) {
        let model = satisfied(
            &*engine,
            &[Term::eq(lower_x.clone(), lower_y.clone()), differ(x.clone(), y.clone())],
        );
        assert_ne!(
            model.value(&Symbol::new("x", Sort::String)),
            model.value(&Symbol::new("y", Sort::String))
        );
        refuted(
            &*engine,
            &[differ(lower_x.clone(), lower_y.clone()), Term::eq(x.clone(), y.clone())],
        );
        refuted(&*engine, &[Term::eq(lower_x.clone(), Term::string("Ab"))]);
        refuted(
            &*engine,
            &[Term::eq(x.clone(), Term::string("AB")), differ(lower_x.clone(), Term::string("ab"))],
        );
        satisfied(
            &*engine,
            &[Term::eq(lower_x.clone(), Term::string("ab")), differ(x.clone(), Term::string("ab"))],
        );
    }
}

#[test]
fn functions_of_several_kinds_are_refined_together() {
    let x = string("x");
    let number = Term::apply(&NUMBER, x.clone());
    let thousand = Term::real(BigRational::from_integer(1000.into()));
    for engine in engines() {
        let model = satisfied(&*engine, &[Term::lt(thousand.clone(), number.clone())]);
        assert!(
            matches!(model.get(&Symbol::new("x", Sort::String)), Some(Value::String(text)) if text.parse::<u32>().unwrap() > 1000)
        );
        satisfied(
            &*engine,
            &[
                Term::apply(&HAS_B, x.clone()),
                Term::in_regex(x.clone(), Regex::concat([Regex::literal("c"), Regex::all()])),
            ],
        );
        refuted(
            &*engine,
            &[
                Term::eq(x.clone(), Term::string("12")),
                Term::lt(number.clone(), real("r")),
                Term::le(real("r"), number.clone()),
            ],
        );
    }
}

#[test]
fn a_question_mark_inside_a_middle_segment_is_refined() {
    let (x, v) = (string("x"), string("v"));
    let glob = || {
        vec![
            lit("a"),
            Part::AnyString,
            lit("b"),
            Part::AnyChar,
            Part::Value(v.clone()),
            Part::AnyString,
            lit("z"),
        ]
    };
    let matches = Term::matches(x.clone(), glob());
    let fixed = |text: &str| Term::eq(x.clone(), Term::string(text));
    let value = |text: &str| Term::eq(v.clone(), Term::string(text));
    for engine in engines() {
        satisfied(&*engine, &[matches.clone(), differ(v.clone(), Term::string(""))]);
        satisfied(&*engine, &[Term::not(matches.clone())]);
        satisfied(&*engine, &[matches.clone(), fixed("a--b!cc--z"), value("cc")]);
        refuted(&*engine, &[Term::not(matches.clone()), fixed("a--b!cc--z"), value("cc")]);
        refuted(&*engine, &[matches.clone(), fixed("a--bcc--z"), value("cc")]);
        let values = || Term::or(["", "c", "cc", "--", "-", "dd"].map(value));
        let model =
            satisfied(&*engine, &[Term::not(matches.clone()), fixed("a--b!cc--z"), values()]);
        assert_ne!(model.get(&Symbol::new("v", Sort::String)), Some(&Value::String("cc".into())));
        refuted(
            &*engine,
            &[matches.clone(), Term::in_regex(x.clone(), Regex::star(Regex::none_of("b")))],
        );
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
        assert!(
            matches!(model.get(&bits), Some(Value::BitVec { width: 128, value }) if value >> 28 == u128::MAX >> 28)
        );
    }
}

#[test]
fn a_backslash_does_not_begin_an_escape() {
    let x = Symbol::new("x", Sort::String);
    let assertions = [Term::eq(Term::var(&x), Term::string("\\u{41}\\u0041"))];
    for engine in engines() {
        match engine.decide(&assertions, &limits()) {
            Outcome::Satisfiable(model) => {
                assert_eq!(model.get(&x), Some(&Value::String("\\u{41}\\u0041".to_owned())))
            }
            // Z3 4.8.12 takes the string for what it is, and then prints its backslashes unescaped.
            outcome @ (Outcome::Unsatisfiable | Outcome::Unknown(_)) => {
                assert!(
                    engine.name() == "smtlib:z3" && matches!(outcome, Outcome::Unknown(_)),
                    "{}: {outcome:?}",
                    engine.name()
                )
            }
        }
    }
}

#[test]
fn characters_beyond_the_standard_are_refused() {
    for engine in engines() {
        let outcome = engine.decide(&[differ(string("x"), Term::string("\u{30000}"))], &limits());
        let expected = match engine.name().as_str() {
            // It needs no script.
            "finite" | "z3-finite" => matches!(outcome, Outcome::Satisfiable(_)),
            _ => matches!(outcome, Outcome::Unknown(Reason::Script(_))),
        };
        assert!(expected, "{}: {outcome:?}", engine.name());
    }
}

#[test]
fn names_may_be_those_of_theories() {
    let names = [
        "and",
        "true",
        "str.len",
        "let",
        "bvadd",
        "_",
        "t",
        "t!2",
        "glob",
        "12",
        "",
        "(",
        "check-sat",
        "select",
        "seq.len",
    ];
    let assertions: Vec<_> =
        names.iter().map(|name| Term::eq(string(name), Term::string(*name))).collect();
    for engine in engines() {
        let model = satisfied(&*engine, &assertions);
        assert_eq!(model.iter().count(), names.len());
    }
}

#[test]
fn one_name_may_have_two_sorts() {
    for engine in engines() {
        let model = satisfied(
            &*engine,
            &[Term::eq(string("x"), Term::string("a")), Term::var(&Symbol::new("x", Sort::Bool))],
        );
        assert_eq!(model.iter().count(), 2);
    }
}

#[test]
fn constant_questions_need_no_solver() {
    let engine = from_spec("smtlib:/nonexistent/solver").unwrap();
    assert_eq!(engine.decide(&[Term::truth()], &limits()), Outcome::Satisfiable(Model::new()));
    assert_eq!(engine.decide(&[], &limits()), Outcome::Satisfiable(Model::new()));
    assert_eq!(
        engine.decide(&[string_is_anything(), Term::falsehood()], &limits()),
        Outcome::Unsatisfiable
    );
}

fn string_is_anything() -> Term {
    Term::eq(string("x"), string("y"))
}

#[cfg(unix)]
#[test]
fn a_hard_question_ends_in_time() {
    // Two strings of one language of long words, different at every cut: no solver does this in 50
    // ms.
    let words = Regex::repeat(
        Regex::union([Regex::literal("ab"), Regex::literal("ba"), Regex::literal("aab")]),
        400,
        900,
    );
    let (x, y) = (string("x"), string("y"));
    let assertions = [
        Term::in_regex(Term::concat([x.clone(), y.clone()]), words.clone()),
        Term::in_regex(Term::concat([y.clone(), x.clone()]), Regex::complement(words)),
        Term::eq(
            Term::concat([x.clone(), Term::string("ab"), y.clone()]),
            Term::concat([y, Term::string("ba"), x]),
        ),
    ];
    for engine in engines() {
        let started = Instant::now();
        let outcome = engine.decide(&assertions, &Limits::timeout(Duration::from_millis(50)));
        assert!(
            matches!(
                outcome,
                Outcome::Unknown(Reason::Timeout(_) | Reason::Incomplete(_) | Reason::Resource(_))
            ),
            "{}: {outcome:?}",
            engine.name()
        );
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{} took {:?}",
            engine.name(),
            started.elapsed()
        );
    }
}

#[test]
fn specifications_of_engines() {
    assert_eq!(from_spec("smtlib:cvc5 --lang smt2").unwrap().name(), "smtlib:cvc5 --lang smt2");
    for wrong in ["", "smtlib", "smtlib:", "smtlib:  ", "cvc5", "z3:x"] {
        assert_eq!(from_spec(wrong).err(), Some(EngineError::Unknown(wrong.to_owned())));
    }
    for name in ["z3", "z3-finite"] {
        if z3_takes_part() {
            assert_eq!(from_spec(name).unwrap().name(), name);
        } else {
            assert_eq!(from_spec(name).err(), Some(EngineError::Absent(Absent::Unwanted)));
        }
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

/// Of many patterns at one value, those that exclude or contain each other are compared before models
/// lead to each pair.
#[test]
fn many_patterns_are_few_conflicts() {
    let x = string("x");
    let glob = |number: u32, end: &str| {
        let mut parts = vec![lit("a"), Part::AnyString, lit(&format!("-{number}-"))];
        parts.extend([Part::AnyString, lit(end)]);
        Term::matches(x.clone(), parts)
    };
    let all = |end: &'static str| Term::or((0..100).map(|number| glob(number, end)));
    let decide = |assertions: &[Term]| {
        let engine = Finite::new();
        let outcome = engine.decide(assertions, &limits());
        let work = engine.work();
        let conflicts = work.counts.iter().find(|(what, _)| *what == "conflicts").unwrap().1;
        (outcome, conflicts)
    };
    // Each narrower pattern is contained in one of the others, and in no two.
    let (outcome, conflicts) = decide(&[all("x"), Term::not(all(""))]);
    assert_eq!(outcome, Outcome::Unsatisfiable);
    assert!(conflicts < 30, "{conflicts}");
    // And not the other way round.
    let (outcome, _) = decide(&[all(""), Term::not(all("x"))]);
    assert!(matches!(outcome, Outcome::Satisfiable(_)), "{outcome:?}");
    // Each excludes each: a text has one length.
    let of_length =
        |length: u32| Term::in_regex(x.clone(), Regex::repeat(Regex::any_char(), length, length));
    let two = |from: u32| Term::or((from..from + 40).map(of_length));
    let (outcome, conflicts) = decide(&[two(0), two(40)]);
    assert_eq!(outcome, Outcome::Unsatisfiable);
    assert!(conflicts < 40 * 40 / 4, "{conflicts}");
}
