//! An engine without the other one that is usually asked where it does not know.

use super::{Engine, Limits, Outcome, Reason, Statistics, Work};
use keyaki_logic::term::Term;

/// An engine whose "unknown" says which other one was missing.
pub struct Alone<E> {
    engine: E,
    missing: String,
}

impl<E: Engine> Alone<E> {
    /// Asks `engine`; `missing` is what "unknown" says beside the reason.
    pub fn new(engine: E, missing: String) -> Alone<E> {
        Alone { engine, missing }
    }
}

impl<E: Engine> Engine for Alone<E> {
    fn name(&self) -> String {
        self.engine.name()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        match self.engine.decide(assertions, limits) {
            Outcome::Unknown(reason) => Outcome::Unknown(Reason::Alone {
                reason: Box::new(reason),
                missing: self.missing.clone(),
            }),
            known @ (Outcome::Satisfiable(_) | Outcome::Unsatisfiable) => known,
        }
    }

    fn work(&self) -> Work {
        self.engine.work()
    }

    fn statistics(&self) -> Vec<Statistics> {
        self.engine.statistics()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Counted, Finite};
    use std::time::Duration;

    #[test]
    fn an_unknown_says_what_was_missing_and_nothing_else_does() {
        let engine =
            Alone::new(Counted::new(Finite::new()), "the other one is not there".to_owned());
        assert_eq!(engine.name(), "finite");
        assert_eq!(engine.decide(&[Term::falsehood()], &Limits::default()), Outcome::Unsatisfiable);
        assert!(matches!(engine.decide(&[], &Limits::default()), Outcome::Satisfiable(_)));
        let Outcome::Unknown(reason) =
            engine.decide(&[Term::falsehood()], &Limits::timeout(Duration::ZERO))
        else {
            unreachable!()
        };
        assert_eq!(reason.to_string(), "no answer within 0 s (the other one is not there)");
        assert_eq!(
            engine
                .statistics()
                .iter()
                .map(|one| one.unsatisfiable + one.satisfiable + one.unknown)
                .collect::<Vec<_>>(),
            [3]
        );
    }
}
