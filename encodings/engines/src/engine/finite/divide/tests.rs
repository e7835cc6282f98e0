//! What is divided has the answer of the whole.

use super::super::propositional::batsat;
use super::super::tally::Tally;
use super::super::{Decision, Whole};
use super::{Sizes, divide};
use crate::engine::{Limits, Outcome};
use crate::language::Languages;
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Sort, Symbol, Term};

const SMALL: Sizes = Sizes { wide: 3, part: 2 };

/// Numbers that look random: D. Lehmer's generator in G. Marsaglia's xorshift form.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % count as u64).unwrap()
    }

    fn list<T>(&mut self, low: usize, high: usize, mut one: impl FnMut(&mut Dice) -> T) -> Vec<T> {
        let count = low + self.below(high - low + 1);
        (0..count).map(|_| one(self)).collect()
    }
}

fn text(dice: &mut Dice) -> String {
    let letters = ["a", "b", "c", "x", "y"];
    dice.list(0, 3, |dice| letters[dice.below(letters.len())]).concat()
}

fn confining(dice: &mut Dice) -> Term {
    let subject = Term::var(&Symbol::new(
        ["path", "path", "path", "verb", "team"][dice.below(5)],
        Sort::String,
    ));
    let glob = |dice: &mut Dice| Regex::concat([Regex::literal(&text(dice)), Regex::all()]);
    match dice.below(6) {
        0..=1 => Term::eq(subject, Term::string(text(dice))),
        2 => Term::in_regex(
            subject,
            Regex::union(dice.list(2, 3, |dice| Regex::literal(&text(dice)))),
        ),
        3 => Term::in_regex(subject, Regex::union(dice.list(2, 3, glob))),
        _ => Term::in_regex(subject, glob(dice)),
    }
}

/// A case: what must hold, some of it by alternatives.
fn case(dice: &mut Dice) -> Term {
    let flag = |dice: &mut Dice| Term::var(&Symbol::new(["p", "q"][dice.below(2)], Sort::Bool));
    Term::and(dice.list(1, 3, |dice| match dice.below(8) {
        0 => flag(dice),
        1 => Term::not(confining(dice)),
        2 => Term::or(dice.list(2, 2, confining)),
        _ => confining(dice),
    }))
}

fn cases(dice: &mut Dice) -> Vec<Term> {
    dice.list(3, 9, case)
}

/// Some case holds, and none of others, in one of some shapes.
fn question(seed: u64) -> Vec<Term> {
    let dice = &mut Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..4).for_each(|_| _ = dice.below(2));
    let allowed = Term::or(cases(dice));
    let others = cases(dice);
    let refused = match dice.below(4) {
        0 => Term::not(Term::or(others)),
        1 => Term::and(others.into_iter().map(Term::not)),
        2 => Term::or([confining(dice), Term::and(others.into_iter().map(Term::not))]),
        _ => Term::not(Term::and([Term::or(others), Term::not(case(dice))])),
    };
    let allowed = match dice.below(5) {
        0 => allowed,
        3 => Term::iff(allowed, confining(dice)),
        1 => Term::or([case(dice), Term::and([confining(dice), allowed])]),
        2 => Term::and([allowed, Term::or(cases(dice))]),
        _ => {
            Term::ite(confining(dice), allowed.clone(), Term::or([allowed, Term::not(case(dice))]))
        }
    };
    vec![allowed, refused]
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Satisfiable(_) => "yes",
        Outcome::Unsatisfiable => "no",
        Outcome::Unknown(_) => "unknown",
    }
}

#[test]
fn divided_questions_have_the_answer_of_the_whole() {
    let languages = &mut Languages::new();
    let limits = Limits::default();
    let (mut divided, mut refuted) = (0, 0);
    for seed in 0..6000 {
        let question = question(seed);
        let (whole, _) = Decision::new(&question, &limits, &batsat).run(languages);
        let parts = Whole { assertions: &question, limits: &limits, make: &batsat, sizes: SMALL }
            .decide(languages, &mut Tally::default());
        assert_eq!(word(&whole), word(&parts), "{seed}: {question:?}");
        if let Outcome::Satisfiable(model) = &parts {
            let mut evaluation = Evaluation::new(model);
            assert!(
                question.iter().all(|term| evaluation.is_true(term)),
                "{seed}: {question:?} under {model}"
            );
        }
        if divide(&question, SMALL).is_some() {
            divided += 1;
            refuted += usize::from(whole == Outcome::Unsatisfiable);
        }
    }
    assert!(divided > 1000 && refuted > 100, "{divided} were divided, {refuted} of them refuted");
}

/// Many cases and their copies, more narrow: nothing is left, and no part is large.
#[test]
fn parts_are_small() {
    let var = |name: &str| Term::var(&Symbol::new(name, Sort::String));
    let glob = |text: String| {
        Term::in_regex(var("path"), Regex::concat([Regex::literal(&text), Regex::all()]))
    };
    let wide: Vec<Term> = (0..400)
        .map(|at| {
            Term::and([Term::eq(var("verb"), Term::string("get")), glob(format!("bucket-{at}/"))])
        })
        .collect();
    let narrow = (0..400).map(|at| {
        Term::and([Term::eq(var("verb"), Term::string("get")), glob(format!("bucket-{at}/x"))])
    });
    let question = vec![Term::or(narrow), Term::not(Term::or(wide))];
    let parts = divide(&question, super::SIZES).unwrap();
    assert_eq!(parts.len(), 400_usize.div_ceil(super::SIZES.part) + 1);
    let sizes: Vec<usize> = parts.iter().map(Vec::len).collect();
    assert!(
        sizes.iter().take(sizes.len() - 1).all(|size| *size <= super::SIZES.part + 2),
        "{sizes:?}"
    );
    let whole = Whole {
        assertions: &question,
        limits: &Limits::default(),
        make: &batsat,
        sizes: super::SIZES,
    };
    let outcome = whole.decide(&mut Languages::new(), &mut Tally::default());
    assert_eq!(outcome, Outcome::Unsatisfiable);
}
