//! What a question may cost, and what comes of it.
//!
//! Whoever makes formulas looks at the same limits as the engine that decides them, and so they
//! stand below both.

use crate::deadline::Deadline;
use crate::model::Model;
use crate::smtlib::{ScriptError, Status};
use std::time::Duration;

/// How much work one decision may be.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For the whole decision, all rounds of refinement together, from when it begins.
    pub timeout: Duration,
    /// The end of the whole that the decision is part of, if that is earlier; whoever asks for
    /// parts of it hands the same on.
    pub deadline: Deadline,
    /// The rounds of refinement.
    pub rounds: u32,
    /// The distinct terms that a question may have, each of which takes some hundred bytes.
    pub terms: usize,
    /// For each check of a solver, if bounded: units of work, each about a microsecond's. A solver
    /// that can measure its work stops at the same point on every machine; another one takes the
    /// units for microseconds.
    pub effort: Option<u32>,
}

/// Distinct terms of one question, usually.
const TERMS: usize = 2_000_000;

impl Limits {
    /// A timeout and the usual number of rounds.
    pub fn timeout(timeout: Duration) -> Limits {
        Limits { timeout, ..Limits::default() }
    }

    /// The same for work that begins now: the deadline is no later than the timeout allows. The
    /// timeout stays what the user was told.
    #[must_use]
    pub fn begun(&self) -> Limits {
        self.until(self.deadline.within(self.timeout))
    }

    /// The same with another deadline.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> Limits {
        Limits { deadline, ..self.clone() }
    }

    /// The same for a question and what is told about its answer afterwards: they may take half as
    /// long again as the question alone.
    #[must_use]
    pub fn with_aftermath(&self) -> Limits {
        self.lasting(3)
    }

    /// The same for several things that take at most so many halves of the timeout together, from
    /// now on.
    #[must_use]
    pub fn lasting(&self, halves: u32) -> Limits {
        self.until(self.deadline.within((self.timeout / 2).saturating_mul(halves)))
    }

    /// What is said where the time is up.
    pub fn late(&self) -> Outcome {
        Outcome::Unknown(Reason::Timeout(self.timeout))
    }

    /// Why work on a question of so many distinct terms ends here, if it does.
    pub fn exceeded(&self, terms: usize) -> Option<Reason> {
        match () {
            () if terms > self.terms => Some(Reason::Terms(self.terms)),
            () if self.deadline.is_reached() => Some(Reason::Timeout(self.timeout)),
            () => None,
        }
    }
}

impl Default for Limits {
    /// Ten seconds, 24 rounds, two million terms, any effort.
    fn default() -> Limits {
        Limits {
            timeout: Duration::from_secs(10),
            deadline: Deadline::never(),
            rounds: 24,
            terms: TERMS,
            effort: None,
        }
    }
}

/// The answer of an engine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// There is a model, and here is one.
    Satisfiable(Model),
    /// There is no model.
    Unsatisfiable,
    /// The engine does not know.
    Unknown(Reason),
}

impl Outcome {
    /// What a solver says that has this outcome.
    pub fn status(&self) -> Status {
        match self {
            Outcome::Satisfiable(_) => Status::Sat,
            Outcome::Unsatisfiable => Status::Unsat,
            Outcome::Unknown(_) => Status::Unknown,
        }
    }
}

/// Why an engine does not know.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Reason {
    /// Time is up.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The question is too large.
    #[error(
        "the question needs more than {0} terms; ask about fewer statements, keys or values at a time"
    )]
    Terms(usize),
    /// Another limit was reached.
    #[error("the solver reached a limit: {0}")]
    Resource(String),
    /// Each round found a model that the terms' exact meaning refuses.
    #[error("no confirmed answer after {0} rounds of refinement")]
    Rounds(u32),
    /// The solver said that it does not know.
    #[error("the solver does not know: {0}")]
    Incomplete(String),
    /// The solver failed, is missing, or answered something that is not an answer.
    #[error("the solver failed: {0}")]
    Solver(String),
    /// The question cannot be stated to the solver.
    #[error("the question cannot be stated in SMT-LIB: {0}")]
    Script(#[from] ScriptError),
    /// The solver's model has a value that cannot be read, such as a string with a surrogate.
    #[error("the solver's value of `{symbol}` is not usable: {value}")]
    Value {
        /// The symbol's name.
        symbol: String,
        /// What the solver said.
        value: String,
    },
    /// The engine that was asked does not know, and another one that might was not there to ask.
    #[error("{reason} ({missing})")]
    Alone {
        /// Why the engine that was asked does not know.
        reason: Box<Reason>,
        /// What is said of the other one.
        missing: String,
    },
}
