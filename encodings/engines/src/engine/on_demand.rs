//! An engine that is made when it is first asked.

use super::{Engine, EngineError, Limits, Outcome, Reason, Statistics};
use keyaki_logic::term::Term;
use std::sync::OnceLock;

/// An engine that most questions do not need, and that takes its time to be made.
pub struct OnDemand {
    name: &'static str,
    make: fn() -> Result<Box<dyn Engine>, EngineError>,
    engine: OnceLock<Result<Box<dyn Engine>, EngineError>>,
}

impl OnDemand {
    /// The engine of that name, which `make` makes. Where that fails, every question is unknown, and the reason says why.
    pub fn new(name: &'static str, make: fn() -> Result<Box<dyn Engine>, EngineError>) -> OnDemand {
        OnDemand { name, make, engine: OnceLock::new() }
    }

    /// The engine, if it has been made.
    fn made(&self) -> Option<&dyn Engine> {
        self.engine.get()?.as_deref().ok()
    }
}

impl Engine for OnDemand {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        match self.engine.get_or_init(self.make) {
            Ok(engine) => engine.decide(assertions, limits),
            Err(error) => Outcome::Unknown(Reason::Solver(error.to_string())),
        }
    }

    fn statistics(&self) -> Vec<Statistics> {
        self.made().map(Engine::statistics).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Finite;

    #[test]
    fn an_engine_is_made_once_and_failing_to_make_it_is_no_answer() {
        let engine = OnDemand::new("later", || Ok(Box::new(Finite::new())));
        assert!(engine.made().is_none());
        for _ in 0..2 {
            assert_eq!(engine.decide(&[Term::falsehood()], &Limits::default()), Outcome::Unsatisfiable);
        }
        assert!(engine.made().is_some());
        let missing = OnDemand::new("never", || Err(EngineError::NotBuilt));
        let outcome = missing.decide(&[Term::falsehood()], &Limits::default());
        assert!(matches!(outcome, Outcome::Unknown(Reason::Solver(_))), "{outcome:?}");
    }
}
