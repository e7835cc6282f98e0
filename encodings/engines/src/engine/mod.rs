//! Engines: what decides formulas.
//!
//! An [`Engine`] answers about the terms themselves; a [`Solver`] answers about a [`Script`], which may allow more models. [`Refining`]
//! makes an engine of a solver. Sendable terms go in and plain values come out, so that any thread may ask.

pub mod deadline;
pub mod finite;
pub mod in_turn;
pub mod on_demand;
pub mod pipe;
pub mod refine;
pub mod split;
pub mod statistics;
#[cfg(feature = "z3")]
pub mod z3;

pub use deadline::{Deadline, Stopwatch};
pub use finite::Finite;
pub use in_turn::InTurn;
pub use on_demand::OnDemand;
pub use refine::Refining;
pub use split::Splitting;
pub use statistics::{Counted, Statistics, Work};
#[cfg(feature = "z3")]
pub use z3::Z3;

use keyaki_logic::model::Model;
use keyaki_logic::smtlib::{Script, ScriptError};
use keyaki_logic::term::Term;
use std::time::Duration;

/// Decides whether formulas have a common model.
pub trait Engine: Send + Sync {
    /// How people call the engine: the text that [`from_spec`] takes.
    fn name(&self) -> String;

    /// Whether some model makes all of `assertions` true. A model in the answer does, as [`keyaki_logic::evaluate::evaluate`] sees it.
    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome;

    /// The parts of its work that the engine counts.
    fn work(&self) -> Work {
        Work::default()
    }

    /// What each engine in this one did so far; nothing where nobody counts.
    fn statistics(&self) -> Vec<Statistics> {
        Vec::new()
    }
}

/// Checks scripts.
pub trait Solver: Send + Sync {
    /// How people call the solver.
    fn name(&self) -> String;

    /// One check within the limits of time and effort. A model gives values to the script's constants; nobody has confirmed it.
    fn check(&self, script: &Script, limits: &Limits) -> Outcome;
}

/// How much work one decision may be.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For the whole decision, all rounds of refinement together, from when it begins.
    pub timeout: Duration,
    /// The end of the whole that the decision is part of, if that is earlier; whoever asks for parts of it hands the same on.
    pub deadline: Deadline,
    /// The rounds of refinement.
    pub rounds: u32,
    /// The distinct terms that a question may have, each of which takes some hundred bytes.
    pub terms: usize,
    /// For each check of a solver, if bounded: units of work, each about a microsecond's. A solver that can measure its work stops at the
    /// same point on every machine; another one takes the units for microseconds.
    pub effort: Option<u32>,
}

/// Distinct terms of one question, usually.
const TERMS: usize = 2_000_000;

impl Limits {
    /// A timeout and the usual number of rounds.
    pub fn timeout(timeout: Duration) -> Limits {
        Limits { timeout, ..Limits::default() }
    }

    /// The same for work that begins now: the deadline is no later than the timeout allows. The timeout stays what the user was told.
    #[must_use]
    pub fn begun(&self) -> Limits {
        self.until(self.deadline.within(self.timeout))
    }

    /// The same with another deadline.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> Limits {
        Limits { deadline, ..self.clone() }
    }

    /// The same for a question and what is told about its answer afterwards: they may take half as long again as the question alone.
    #[must_use]
    pub fn with_aftermath(&self) -> Limits {
        self.lasting(3)
    }

    /// The same for several things that take at most so many halves of the timeout together, from now on.
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
        Limits { timeout: Duration::from_secs(10), deadline: Deadline::never(), rounds: 24, terms: TERMS, effort: None }
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

/// Why an engine does not know.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Reason {
    /// Time is up.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The question is too large.
    #[error("the question needs more than {0} terms; ask about fewer statements, keys or values at a time")]
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
    /// The solver failed, is missing, or answered something that is no answer.
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
}

/// Why there is no engine.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EngineError {
    /// The text names no engine.
    #[error("`{0}` is no engine; there are `auto`, `finite`, `z3`, `z3-finite` and `smtlib:COMMAND`, such as `smtlib:cvc5`")]
    Unknown(String),
    /// Built without the feature.
    #[error(
        "this build has no engines `z3` and `z3-finite`; build with the cargo feature `z3`, or use `smtlib:z3 -in` where that command exists"
    )]
    NotBuilt,
    /// Linked to another Z3 than the one this crate is tested with.
    #[error("Z3 {expected} is expected, but Z3 {found} was loaded; run `encodings/z3-setup.sh` and build again")]
    Version {
        /// The version this crate is tested with.
        expected: &'static str,
        /// The version of the library.
        found: String,
    },
}

/// The engine that a text names: `auto` (`finite`, then `z3` where it is built), `finite`, `z3`, `z3-finite` (`finite` with Z3 as its
/// propositional solver), or `smtlib:COMMAND` for any SMT-LIB 2.6 solver that reads a script from its standard input. The command is split
/// at white space; no shell sees it.
pub fn from_spec(spec: &str) -> Result<Box<dyn Engine>, EngineError> {
    let unknown = || EngineError::Unknown(spec.to_owned());
    match spec.split_once(':') {
        None if spec == "auto" => automatic(),
        None if spec == "finite" => Ok(finite()),
        None if spec == "z3" => in_process(),
        None if spec == "z3-finite" => finite_by_z3(),
        Some(("smtlib", command)) => {
            Ok(Box::new(Counted::new(Splitting::new(Refining::new(pipe::Pipe::new(command).ok_or_else(unknown)?)))))
        }
        _ => Err(unknown()),
    }
}

#[cfg(feature = "z3")]
fn automatic() -> Result<Box<dyn Engine>, EngineError> {
    Ok(Box::new(InTurn::new(vec![finite(), Box::new(OnDemand::new("z3", in_process))])))
}

#[cfg(not(feature = "z3"))]
fn automatic() -> Result<Box<dyn Engine>, EngineError> {
    Ok(finite())
}

fn finite() -> Box<dyn Engine> {
    Box::new(Counted::new(Finite::new()))
}

#[cfg(feature = "z3")]
fn in_process() -> Result<Box<dyn Engine>, EngineError> {
    Ok(Box::new(Counted::new(Splitting::new(Refining::new(Z3::new()?)))))
}

#[cfg(not(feature = "z3"))]
fn in_process() -> Result<Box<dyn Engine>, EngineError> {
    Err(EngineError::NotBuilt)
}

#[cfg(feature = "z3")]
fn finite_by_z3() -> Result<Box<dyn Engine>, EngineError> {
    Z3::new()?;
    Ok(Box::new(Counted::new(Finite::with_search("z3-finite", z3::propositional))))
}

#[cfg(not(feature = "z3"))]
fn finite_by_z3() -> Result<Box<dyn Engine>, EngineError> {
    Err(EngineError::NotBuilt)
}
