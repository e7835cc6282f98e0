//! Engines: what decides formulas.
//!
//! An [`Engine`] answers about the terms themselves; a [`Solver`] answers about a [`Script`], which may allow more models. [`Refining`]
//! makes an engine of a solver. Sendable terms go in and plain values come out, so that any thread may ask.

pub mod finite;
pub mod in_turn;
pub mod on_demand;
pub mod pipe;
pub mod refine;
pub mod split;
pub mod statistics;
#[cfg(feature = "z3")]
pub mod z3;

pub use finite::Finite;
pub use in_turn::InTurn;
pub use keyaki_logic::deadline::{Deadline, Stopwatch};
pub use keyaki_logic::limits::{Limits, Outcome, Reason};
pub use on_demand::OnDemand;
pub use refine::Refining;
pub use split::Splitting;
pub use statistics::{Counted, Statistics, Work};
#[cfg(feature = "z3")]
pub use z3::Z3;

use keyaki_logic::smtlib::Script;
use keyaki_logic::term::Term;

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

/// The finite engine, which every build has.
pub fn finite() -> Box<dyn Engine> {
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
