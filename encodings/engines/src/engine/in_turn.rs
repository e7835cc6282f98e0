//! Asking one engine, and another one where the first does not know.

use super::{Engine, Limits, Outcome, Reason, Statistics};
use keyaki_logic::term::Term;

/// Engines that are asked in turn until one knows.
pub struct InTurn(Vec<Box<dyn Engine>>);

impl InTurn {
    /// Asks these engines, the first one first.
    pub fn new(engines: Vec<Box<dyn Engine>>) -> InTurn {
        InTurn(engines)
    }
}

impl Engine for InTurn {
    fn name(&self) -> String {
        self.0.iter().map(|engine| engine.name()).collect::<Vec<_>>().join(", then ")
    }

    /// The first answer that is not unknown; the last "unknown" where every answer is. Each engine
    /// gets half of the time that is left, the last one all of it.
    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        let limits = limits.begun();
        let mut last = Outcome::Unknown(Reason::Resource("there is no engine to ask".to_owned()));
        for (at, engine) in self.0.iter().enumerate() {
            if limits.deadline.is_reached() {
                return limits.late();
            }
            let part = if at + 1 == self.0.len() { 1 } else { 2 };
            last = engine.decide(assertions, &limits.until(limits.deadline.part(part)));
            if !matches!(last, Outcome::Unknown(_)) {
                return last;
            }
        }
        last
    }

    fn statistics(&self) -> Vec<Statistics> {
        self.0.iter().flat_map(|engine| engine.statistics()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Counted, Finite};
    use keyaki_logic::model::Model;
    use std::time::Duration;

    /// Says the same to every question.
    struct Says(&'static str, Outcome);

    impl Engine for Says {
        fn name(&self) -> String {
            self.0.to_owned()
        }

        fn decide(&self, _: &[Term], limits: &Limits) -> Outcome {
            assert!(!limits.timeout.is_zero());
            self.1.clone()
        }
    }

    fn unknown(what: &str) -> Outcome {
        Outcome::Unknown(Reason::Incomplete(what.to_owned()))
    }

    fn ask(engines: Vec<Box<dyn Engine>>) -> Outcome {
        InTurn::new(engines).decide(&[Term::truth()], &Limits::default())
    }

    #[test]
    fn the_first_engine_that_knows_answers() {
        let [one, two] =
            ["one", "two"].map(|name| Box::new(Says(name, unknown(name))) as Box<dyn Engine>);
        assert_eq!(
            ask(vec![one, Box::new(Says("no", Outcome::Unsatisfiable)), two]),
            Outcome::Unsatisfiable
        );
        let yes = || Outcome::Satisfiable(Model::new());
        assert_eq!(
            ask(vec![Box::new(Says("yes", yes())), Box::new(Says("no", Outcome::Unsatisfiable))]),
            yes()
        );
    }

    #[test]
    fn where_nobody_knows_the_answer_is_unknown() {
        let [one, two] =
            ["one", "two"].map(|name| Box::new(Says(name, unknown(name))) as Box<dyn Engine>);
        assert_eq!(ask(vec![one, two]), unknown("two"));
        assert!(matches!(ask(Vec::new()), Outcome::Unknown(_)));
        let late = Limits::timeout(Duration::ZERO);
        let engines: Vec<Box<dyn Engine>> = vec![Box::new(Says("no", Outcome::Unsatisfiable))];
        assert_eq!(
            InTurn::new(engines).decide(&[], &late),
            Outcome::Unknown(Reason::Timeout(Duration::ZERO))
        );
    }

    #[test]
    fn each_engine_counts_what_it_was_asked() {
        let engines: Vec<Box<dyn Engine>> = vec![
            Box::new(Counted::new(Says("mute", unknown("mute")))),
            Box::new(Counted::new(Finite::new())),
        ];
        let engine = InTurn::new(engines);
        _ = engine.decide(&[Term::truth()], &Limits::default());
        _ = engine.decide(&[Term::falsehood()], &Limits::default());
        let told: Vec<(String, u64, u64, u64)> = engine
            .statistics()
            .into_iter()
            .map(|one| (one.engine, one.satisfiable, one.unsatisfiable, one.unknown))
            .collect();
        assert_eq!(told, [("mute".to_owned(), 0, 0, 2), ("finite".to_owned(), 1, 1, 0)]);
    }
}
