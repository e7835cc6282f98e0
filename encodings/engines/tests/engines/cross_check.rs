//! Engines that were written apart do not contradict each other, on random questions of every kind.
//!
//! The engine `finite` answers each question twice: anew, and with what it has learnt from the
//! questions before. Both answers are one answer, models included. Z3 is asked, alone and in
//! batsat's place, and random values are tried: nobody refutes the answer. `KEYAKI_DRAWS` is the
//! number of questions, 180 unless set; `KEYAKI_SEED` the seed of the first; `KEYAKI_KIND` the only
//! kind to draw; `KEYAKI_TRACE` makes it say what is unknown.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it counted"
)]

use crate::common::ask::z3::z3_takes_part;
use crate::common::{ASCII_LOWER, BYTE, HAS_B, NUMBER, formula};
use keyaki_engines::engine::{Engine, Limits, Outcome, Reason, from_spec};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Sort, Symbol, Term, Value, symbols};
use num_rational::BigRational;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Numbers that look random: D. Lehmer's generator in G. Marsaglia's xorshift form.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        (0..4).for_each(|_| _ = dice.below(2));
        dice
    }

    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % count as u64).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    fn list<T>(&mut self, low: usize, high: usize, mut one: impl FnMut(&mut Dice) -> T) -> Vec<T> {
        let count = low + self.below(high - low + 1);
        (0..count).map(|_| one(self)).collect()
    }
}

fn var(name: &str, sort: Sort) -> Term {
    Term::var(&Symbol::new(name, sort))
}

fn word(dice: &mut Dice) -> String {
    dice.list(0, 3, |dice| dice.pick(&["a", "b", "a", "b", "/", "A"])).concat()
}

fn glob(dice: &mut Dice) -> Regex {
    let part = |dice: &mut Dice| match dice.below(8) {
        0..=2 => Regex::literal(&word(dice)),
        3 => Regex::any_char(),
        4 => Regex::star(Regex::none_of("/")),
        5 => Regex::ascii_case_insensitive(&word(dice)),
        _ => Regex::all(),
    };
    Regex::concat(dice.list(1, 4, part))
}

/// Few texts.
fn short_list(dice: &mut Dice) -> Regex {
    Regex::union(dice.list(1, 3, |dice| Regex::literal(dice.pick(&["", "a", "b", "ab", "c"]))))
}

fn language(dice: &mut Dice) -> Regex {
    match dice.below(10) {
        0..=4 => glob(dice),
        5 => short_list(dice),
        6 => Regex::union(dice.list(2, 3, glob)),
        7 => Regex::complement(glob(dice)),
        8 => Regex::intersect(dice.list(2, 2, glob)),
        _ => Regex::star(Regex::union(
            dice.list(1, 2, |dice| Regex::literal(dice.pick(&["ab", "a", "ba", "b/"]))),
        )),
    }
}

fn text_var(dice: &mut Dice) -> Term {
    var(dice.pick(&["s", "t", "u", "v"]), Sort::String)
}

fn text_leaf(dice: &mut Dice) -> Term {
    if dice.below(3) == 0 { Term::string(word(dice)) } else { text_var(dice) }
}

fn concat(dice: &mut Dice) -> Term {
    Term::concat(dice.list(2, 4, text_leaf))
}

fn bool_var(dice: &mut Dice) -> Term {
    var(dice.pick(&["p", "q"]), Sort::Bool)
}

fn by_cases(dice: &mut Dice, one: fn(&mut Dice) -> Term) -> Term {
    let cond = if dice.below(2) == 0 {
        bool_var(dice)
    } else {
        Term::in_regex(text_var(dice), glob(dice))
    };
    let (then, otherwise) = (one(dice), one(dice));
    Term::ite(cond, then, otherwise)
}

fn text_or_concat(dice: &mut Dice) -> Term {
    if dice.below(2) == 0 { concat(dice) } else { text_leaf(dice) }
}

fn joined(dice: &mut Dice) -> Term {
    match dice.below(5) {
        0 | 1 => concat(dice),
        2 => text_leaf(dice),
        3 => text_var(dice),
        _ => by_cases(dice, text_or_concat),
    }
}

fn about_concatenations(dice: &mut Dice) -> Term {
    match dice.below(4) {
        0 | 1 => Term::eq(joined(dice), joined(dice)),
        _ => Term::in_regex(joined(dice), language(dice)),
    }
}

fn about_few_texts(dice: &mut Dice) -> Term {
    let one = |dice: &mut Dice| var(dice.pick(&["s", "t", "u", "v", "w", "x"]), Sort::String);
    match dice.below(8) {
        0..=3 => Term::not(Term::eq(one(dice), one(dice))),
        4 => Term::eq(one(dice), one(dice)),
        _ => Term::in_regex(one(dice), short_list(dice)),
    }
}

fn about_languages(dice: &mut Dice) -> Term {
    match dice.below(8) {
        0 => Term::eq(text_var(dice), text_leaf(dice)),
        1 => Term::eq(by_cases(dice, text_leaf), text_leaf(dice)),
        2 => Term::in_regex(by_cases(dice, text_leaf), language(dice)),
        _ => Term::in_regex(text_var(dice), language(dice)),
    }
}

fn real(dice: &mut Dice) -> Term {
    let number = |dice: &mut Dice| {
        Term::real(BigRational::new(
            (dice.below(7) as i64 - 3).into(),
            (dice.below(2) as i64 + 1).into(),
        ))
    };
    let leaf: fn(&mut Dice) -> Term = |dice| var(dice.pick(&["x", "y", "z", "w", "n"]), Sort::Real);
    match dice.below(8) {
        0 | 1 => number(dice),
        2 => by_cases(dice, leaf),
        _ => leaf(dice),
    }
}

fn about_reals(dice: &mut Dice) -> Term {
    match dice.below(3) {
        0 => Term::eq(real(dice), real(dice)),
        1 => Term::lt(real(dice), real(dice)),
        _ => Term::le(real(dice), real(dice)),
    }
}

/// Prefixes and equalities of bit-vectors of one width.
fn about_bits(width: u32, dice: &mut Dice) -> Term {
    let value = |dice: &mut Dice| match dice.below(3) {
        0 => u128::MAX << (dice.below(4) as u32 + width.saturating_sub(3)).min(127),
        1 => dice.below(8) as u128,
        _ => (dice.below(8) as u128) << width.saturating_sub(3),
    };
    let one = |dice: &mut Dice| match dice.below(9) {
        0 => Term::bits(width, value(dice)),
        1 => {
            Term::ite(bool_var(dice), var("b", Sort::BitVec(width)), Term::bits(width, value(dice)))
        }
        _ => var(dice.pick(&["b", "c", "d", "e"]), Sort::BitVec(width)),
    };
    match dice.below(3) {
        0 => Term::eq(one(dice), one(dice)),
        _ => {
            let len = [1, 2, 3, width.saturating_sub(2), width.saturating_sub(1), width]
                [dice.below(6)]
            .min(width);
            Term::prefix_bits(one(dice), len, value(dice))
        }
    }
}

fn with_values(dice: &mut Dice) -> Vec<Part> {
    dice.list(1, 5, |dice| match dice.below(6) {
        0 => Part::Literal(word(dice)),
        1 => Part::AnyChar,
        2 | 3 => Part::AnyString,
        _ => Part::Value(text_var(dice)),
    })
}

fn about_globs(dice: &mut Dice) -> Term {
    match dice.below(6) {
        0 => Term::eq(text_var(dice), text_leaf(dice)),
        1 | 2 => Term::in_regex(text_var(dice), language(dice)),
        3 => Term::matches(concat(dice), with_values(dice)),
        _ => Term::matches(text_var(dice), with_values(dice)),
    }
}

fn about_functions(dice: &mut Dice) -> Term {
    let lower = |dice: &mut Dice| {
        Term::apply(&ASCII_LOWER, if dice.below(4) == 0 { concat(dice) } else { text_var(dice) })
    };
    match dice.below(8) {
        0 => Term::eq(lower(dice), text_leaf(dice)),
        1 => Term::in_regex(lower(dice), language(dice)),
        2 => Term::apply(&HAS_B, text_var(dice)),
        3 => Term::le(Term::apply(&NUMBER, text_var(dice)), real(dice)),
        4 => Term::prefix_bits(
            Term::apply(&BYTE, text_var(dice)),
            dice.below(9) as u32,
            dice.below(256) as u128,
        ),
        5 => Term::matches(lower(dice), with_values(dice)),
        _ => Term::in_regex(text_var(dice), language(dice)),
    }
}

fn about_anything(dice: &mut Dice) -> Term {
    match dice.below(7) {
        0 => about_concatenations(dice),
        1 => about_languages(dice),
        2 => about_reals(dice),
        3 => about_bits(8, dice),
        4 => about_globs(dice),
        5 => bool_var(dice),
        _ => about_functions(dice),
    }
}

/// The kinds of questions.
pub const KINDS: [&str; 9] = [
    "any",
    "concatenations",
    "few texts",
    "languages",
    "reals",
    "bits",
    "globs",
    "functions",
    "formulas",
];

/// Clauses of literals, some of which are made of more.
fn clauses(dice: &mut Dice, most: usize, atom: &dyn Fn(&mut Dice) -> Term) -> Vec<Term> {
    let signed = |dice: &mut Dice| {
        let one = atom(dice);
        if dice.below(3) == 0 { Term::not(one) } else { one }
    };
    dice.list(2, most, |dice| match dice.below(8) {
        0..=4 => signed(dice),
        5 | 6 => Term::or(dice.list(2, 3, signed)),
        _ if dice.below(2) == 0 => Term::iff(signed(dice), signed(dice)),
        _ => Term::ite(signed(dice), Term::and(dice.list(1, 2, signed)), signed(dice)),
    })
}

pub fn question(kind: &str, seed: u64) -> Vec<Term> {
    let dice = &mut Dice::new(seed);
    let width = [1, 2, 8, 32, 127, 128][dice.below(6)];
    match kind {
        "concatenations" => clauses(dice, 5, &about_concatenations),
        "few texts" => clauses(dice, 16, &about_few_texts),
        "languages" => clauses(dice, 8, &about_languages),
        "reals" => clauses(dice, 12, &about_reals),
        "bits" => clauses(dice, 10, &|dice| about_bits(width, dice)),
        "globs" => clauses(dice, 6, &about_globs),
        "functions" => clauses(dice, 6, &about_functions),
        "formulas" => {
            let mut runner =
                TestRunner::new(Config { rng_seed: RngSeed::Fixed(seed), ..Config::default() });
            dice.list(1, 3, |_| formula().new_tree(&mut runner).unwrap().current().term())
        }
        _ => clauses(dice, 8, &about_anything),
    }
}

pub fn random_value(sort: Sort, dice: &mut Dice) -> Value {
    match sort {
        Sort::Bool => Value::Bool(dice.below(2) == 0),
        Sort::String => Value::String(word(dice)),
        Sort::Real => Value::Real(BigRational::new(
            (dice.below(9) as i64 - 4).into(),
            (dice.below(3) as i64 + 1).into(),
        )),
        Sort::BitVec(width) => Value::bits(
            width,
            (dice.below(8) as u128).rotate_right(dice.below(2) as u32 * 3 + 128 - width),
        ),
    }
}

fn is_true(question: &[Term], model: &Model) -> bool {
    let mut evaluation = Evaluation::new(model);
    question.iter().all(|term| evaluation.is_true(term))
}

/// A model, if one of some random ones is: values that were changed one at a time.
fn lucky(question: &[Term], dice: &mut Dice) -> Option<Model> {
    let symbols: Vec<Symbol> = symbols(question).into_iter().collect();
    let mut model: Model =
        symbols.iter().map(|symbol| (symbol.clone(), random_value(symbol.sort(), dice))).collect();
    let truths = |model: &Model| {
        let mut evaluation = Evaluation::new(model);
        question.iter().filter(|term| evaluation.is_true(term)).count()
    };
    let mut best = truths(&model);
    for _ in 0..150 {
        if best == question.len() || symbols.is_empty() {
            break;
        }
        let symbol = &symbols[dice.below(symbols.len())];
        let mut other = model.clone();
        other.insert(symbol.clone(), random_value(symbol.sort(), dice));
        let count = truths(&other);
        if count >= best || dice.below(20) == 0 {
            (model, best) = (other, count);
        }
    }
    is_true(question, &model).then_some(model)
}

pub fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What was counted of one kind of questions.
#[derive(Default, Debug)]
struct Counts {
    satisfiable: u64,
    unsatisfiable: u64,
    unknown: u64,
    /// Answers that another engine gave as well.
    confirmed: BTreeMap<String, u64>,
    slowest: Duration,
}

fn timed_out(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown(Reason::Timeout(_)))
}

struct Engines {
    /// Knows the languages of all questions before.
    experienced: Box<dyn Engine>,
    others: Vec<Box<dyn Engine>>,
}

fn check(kind: &'static str, seed: u64, engines: &Engines, counts: &mut Counts) {
    let question = question(kind, seed);
    let limits = Limits::timeout(Duration::from_secs(1));
    let started = Instant::now();
    let answer = from_spec("finite").unwrap().decide(&question, &limits);
    counts.slowest = counts.slowest.max(started.elapsed());
    let again = engines.experienced.decide(&question, &limits);
    if !timed_out(&answer) && !timed_out(&again) {
        assert_eq!(answer, again, "experience changes the answer to {kind} {seed}: {question:?}");
    }
    match &answer {
        Outcome::Satisfiable(model) => {
            counts.satisfiable += 1;
            assert!(is_true(&question, model), "{kind} {seed}: {question:?} under {model}");
        }
        Outcome::Unsatisfiable => {
            counts.unsatisfiable += 1;
            let missed = lucky(&question, &mut Dice::new(!seed));
            assert!(
                missed.is_none(),
                "{kind} {seed}: {question:?} is not unsatisfiable: {}",
                missed.unwrap()
            );
        }
        Outcome::Unknown(reason) => {
            counts.unknown += 1;
            if std::env::var("KEYAKI_TRACE").is_ok() {
                println!("{kind} {seed}: {reason}: {question:?}");
            }
            return;
        }
    }
    for other in &engines.others {
        match (
            &answer,
            other.decide(
                &question,
                &Limits::timeout(Duration::from_millis(number("KEYAKI_MILLISECONDS", 300))),
            ),
        ) {
            (_, Outcome::Unknown(_)) => {}
            (Outcome::Satisfiable(_), Outcome::Satisfiable(_))
            | (Outcome::Unsatisfiable, Outcome::Unsatisfiable) => {
                *counts.confirmed.entry(other.name()).or_default() += 1;
            }
            (answer, said) => panic!(
                "{kind} {seed}: {answer:?}, but {} says {said:?}: {question:?}",
                other.name()
            ),
        }
    }
}

#[test]
fn engines_do_not_contradict_each_other() {
    let (draws, first) = (number("KEYAKI_DRAWS", 180), number("KEYAKI_SEED", 0));
    let only = std::env::var("KEYAKI_KIND").ok();
    let kinds: Vec<&'static str> =
        KINDS.into_iter().filter(|kind| only.as_deref().is_none_or(|only| only == *kind)).collect();
    let asked: &[&str] =
        if number("KEYAKI_ALONE", 0) == 0 && z3_takes_part() { &["z3", "z3-finite"] } else { &[] };
    let others = asked.iter().map(|name| from_spec(name).unwrap()).collect();
    let engines = Engines { experienced: from_spec("finite").unwrap(), others };
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for seed in first..first + draws / kinds.len() as u64 {
        for kind in &kinds {
            check(kind, seed, &engines, counts.entry(kind).or_default());
        }
    }
    for (kind, counts) in &counts {
        println!("{kind}: {counts:?}");
    }
    let all = |count: fn(&Counts) -> u64| counts.values().map(count).sum::<u64>();
    assert!(
        all(|counts| counts.unsatisfiable) * 10 > draws
            && all(|counts| counts.satisfiable) * 10 > draws,
        "both answers occur"
    );
    assert!(all(|counts| counts.unknown) * 10 < draws, "finite knows most answers");
    for other in &engines.others {
        let confirmed: u64 =
            counts.values().filter_map(|counts| counts.confirmed.get(&other.name())).sum();
        let known = all(|counts| counts.satisfiable + counts.unsatisfiable);
        assert!(confirmed * 10 > known * 8, "{} knows {confirmed} of {known}", other.name());
    }
}
