//! Splitting questions changes no answer, and ends at the deadline.

#![allow(clippy::indexing_slicing, reason = "a test may fail loudly")]

use keyaki_engines::engine::{Engine, Limits, Outcome, Reason, Splitting};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Sort, Symbol, Term, Value, symbols};
use proptest::prelude::*;
use std::time::Duration;

/// Texts that the questions below compare with: every text that no formula names behaves like the
/// last one.
const TEXTS: [&str; 3] = ["a", "b", "other"];

/// Tries every assignment. Where its effort is bounded it gives up, so that whatever can be split
/// is.
struct Exhaustive;

fn values(symbol: &Symbol) -> Vec<Value> {
    match symbol.sort() {
        Sort::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Sort::String | Sort::Real | Sort::BitVec(_) => {
            TEXTS.iter().map(|text| Value::String((*text).to_owned())).collect()
        }
    }
}

fn search(assertions: &[Term]) -> Option<Model> {
    let mut models = vec![Model::new()];
    for symbol in symbols(assertions) {
        let mut extended = Vec::new();
        for model in &models {
            for value in values(&symbol) {
                let mut model = model.clone();
                model.insert(symbol.clone(), value);
                extended.push(model);
            }
        }
        models = extended;
    }
    models.into_iter().find(|model| {
        let mut evaluation = Evaluation::new(model);
        assertions.iter().all(|assertion| evaluation.is_true(assertion))
    })
}

impl Engine for Exhaustive {
    fn name(&self) -> String {
        "exhaustive".to_owned()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        if limits.effort.is_some() {
            return Outcome::Unknown(Reason::Resource("quick attempts fail".to_owned()));
        }
        search(assertions).map_or(Outcome::Unsatisfiable, Outcome::Satisfiable)
    }
}

fn atom() -> impl Strategy<Value = Term> {
    let text = |index: usize| Term::var(&Symbol::new(format!("text{index}"), Sort::String));
    prop_oneof![
        (0..4usize).prop_map(|index| Term::var(&Symbol::new(format!("bool{index}"), Sort::Bool))),
        (0..3usize, 0..2usize)
            .prop_map(move |(index, value)| Term::eq(text(index), Term::string(TEXTS[value]))),
        (0..3usize, 0..3usize).prop_map(move |(left, right)| Term::eq(text(left), text(right))),
    ]
}

fn formula() -> impl Strategy<Value = Term> {
    atom().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Term::not),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Term::and),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Term::or),
            (inner.clone(), inner.clone(), inner).prop_map(|(cond, a, b)| Term::ite(cond, a, b)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn the_answer_is_that_of_the_whole_question(assertions in prop::collection::vec(formula(), 1..6)) {
        let expected = search(&assertions).is_some();
        match Splitting::new(Exhaustive).decide(&assertions, &Limits::default()) {
            Outcome::Satisfiable(model) => {
                prop_assert!(expected);
                let mut evaluation = Evaluation::new(&model);
                prop_assert!(assertions.iter().all(|assertion| evaluation.is_true(assertion)));
            }
            Outcome::Unsatisfiable => prop_assert!(!expected),
            Outcome::Unknown(reason) => prop_assert!(false, "{reason}"),
        }
    }
}

/// Many disjunctions: taken case by case without end, unless somebody looks at the clock.
#[test]
fn no_case_is_taken_after_the_deadline() {
    let pair = |index: usize| {
        ["left", "right"]
            .map(|side| Term::var(&Symbol::new(format!("{side}{index}"), Sort::String)))
    };
    let clause = |index: usize| {
        let [left, right] = pair(index);
        let [next, _] = pair(index + 1);
        Term::or([Term::eq(left, right.clone()), Term::eq(right, next)])
    };
    let assertions: Vec<Term> = (0..40).map(clause).collect();
    let limits = Limits { timeout: Duration::ZERO, ..Limits::default() };
    let outcome = Splitting::new(Exhaustive).decide(&assertions, &limits);
    assert_eq!(outcome, Outcome::Unknown(Reason::Timeout(Duration::ZERO)));
}

/// Every case of a negated conjunction and of a conditional counts: here only one of them can hold,
/// the first or the last.
#[test]
fn no_case_is_left_out() {
    let [p, q, r] = ["p", "q", "r"].map(|name| Term::var(&Symbol::new(name, Sort::Bool)));
    // Always true, which no constructor sees.
    let always = Term::or([p.clone(), Term::not(Term::and([p, q.clone()]))]);
    let never = Term::not(always.clone());
    let questions = [
        Term::not(Term::and([r.clone(), always.clone()])),
        Term::not(Term::and([always.clone(), r.clone()])),
        Term::or([r.clone(), never.clone()]),
        Term::or([never.clone(), r.clone()]),
        Term::ite(q.clone(), r.clone(), never.clone()),
        Term::ite(q, never, r),
    ];
    for question in questions {
        let outcome =
            Splitting::new(Exhaustive).decide(std::slice::from_ref(&question), &Limits::default());
        assert!(matches!(outcome, Outcome::Satisfiable(_)), "{question:?}: {outcome:?}");
    }
}
