//! Asking one engine, and another one where the first does not know.

use super::{Engine, Limits, Outcome, Reason, Statistics};
use crate::term::Term;
use std::time::Instant;

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

    /// The first answer that is not unknown; the last "unknown" where every answer is. Each engine gets half of the time that is left, the
    /// last one all of it.
    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        let deadline = Instant::now() + limits.timeout;
        let mut last = Outcome::Unknown(Reason::Resource("there is no engine to ask".to_owned()));
        for (at, engine) in self.0.iter().enumerate() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Outcome::Unknown(Reason::Timeout(limits.timeout));
            }
            let timeout = if at + 1 == self.0.len() { left } else { left / 2 };
            last = engine.decide(assertions, &Limits { timeout, ..limits.clone() });
            if !matches!(last, Outcome::Unknown(_)) {
                return last;
            }
        }
        match last {
            Outcome::Unknown(Reason::Timeout(_)) => Outcome::Unknown(Reason::Timeout(limits.timeout)),
            other => other,
        }
    }

    fn statistics(&self) -> Vec<Statistics> {
        self.0.iter().flat_map(|engine| engine.statistics()).collect()
    }
}
