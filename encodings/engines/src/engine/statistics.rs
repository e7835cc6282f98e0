//! What engines did.

use super::{Engine, Limits, Outcome, Stopwatch};
use keyaki_logic::term::Term;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What one engine did since it was made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Statistics {
    /// The engine's name.
    pub engine: String,
    /// Questions that it answered with a model.
    pub satisfiable: u64,
    /// Questions that it refuted.
    pub unsatisfiable: u64,
    /// Questions that it could not answer.
    pub unknown: u64,
    /// The time of all questions together, whichever thread asked them.
    pub time: Duration,
    /// The parts of the work that the engine counts itself.
    pub work: Work,
}

/// Counts and times of parts of the work, each with what it counts, in a fixed order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Work {
    /// How often.
    pub counts: Vec<(&'static str, u64)>,
    /// How long.
    pub times: Vec<(&'static str, Duration)>,
}

/// `finite: 12 questions (3 satisfiable, 9 unsatisfiable, 0 unknown) in 1.2 ms; 14 models; models
/// 0.3 ms`
impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statistics { engine, satisfiable, unsatisfiable, unknown, time, work } = self;
        let questions = satisfiable + unsatisfiable + unknown;
        write!(
            f,
            "{engine}: {questions} questions ({satisfiable} satisfiable, {unsatisfiable} unsatisfiable, {unknown} unknown)"
        )?;
        write!(f, " in {:.1} ms", milliseconds(*time))?;
        for (what, count) in &work.counts {
            write!(f, "; {count} {what}")?;
        }
        for (what, time) in &work.times {
            write!(f, "; {what} {:.1} ms", milliseconds(*time))?;
        }
        Ok(())
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// An engine that counts what it is asked.
pub struct Counted<E> {
    engine: E,
    counts: Mutex<Statistics>,
}

impl<E: Engine> Counted<E> {
    /// Counts the questions to this engine.
    pub fn new(engine: E) -> Counted<E> {
        let counts = Mutex::new(Statistics { engine: engine.name(), ..Statistics::default() });
        Counted { engine, counts }
    }
}

impl<E: Engine> Engine for Counted<E> {
    fn name(&self) -> String {
        self.engine.name()
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        let started = Stopwatch::start();
        let outcome = self.engine.decide(assertions, limits);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.time += started.elapsed();
        match outcome {
            Outcome::Satisfiable(_) => counts.satisfiable += 1,
            Outcome::Unsatisfiable => counts.unsatisfiable += 1,
            Outcome::Unknown(_) => counts.unknown += 1,
        }
        outcome
    }

    fn statistics(&self) -> Vec<Statistics> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        vec![Statistics { work: self.engine.work(), ..counts }]
    }
}
