//! Engines: what decides formulas.
//!
//! An [`Engine`] answers about the terms themselves; a [`Solver`] answers about a [`Script`], which
//! may allow more models. [`Refining`] makes an engine of a solver. Sendable terms go in and plain
//! values come out, so that any thread may ask.

pub mod alone;
pub mod finite;
pub mod helper;
pub mod in_turn;
mod parts;
pub mod pipe;
pub mod refine;
pub mod split;
pub mod statistics;

pub use alone::Alone;
pub use finite::Finite;
pub use helper::{Helper, Z3};
pub use in_turn::InTurn;
pub use keyaki_logic::deadline::{Deadline, Stopwatch};
pub use keyaki_logic::limits::{Limits, Outcome, Reason};
pub use refine::Refining;
pub use split::Splitting;
pub use statistics::{Counted, Statistics, Work};

use helper::place::Absent;
use keyaki_logic::smtlib::Script;
use keyaki_logic::term::Term;
use std::path::PathBuf;
use std::sync::Arc;

/// Decides whether formulas have a common model.
pub trait Engine: Send + Sync {
    /// How people call the engine: the text that [`from_spec`] takes.
    fn name(&self) -> String;

    /// Whether some model makes all of `assertions` true. A model in the answer does, as
    /// [`keyaki_logic::evaluate::evaluate`] sees it.
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

    /// One check within the limits of time and effort. A model gives values to the script's
    /// constants; nobody has confirmed it.
    fn check(&self, script: &Script, limits: &Limits) -> Outcome;
}

/// Why there is no engine.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EngineError {
    /// The text names no engine.
    #[error(
        "`{0}` is not an engine; there are `auto`, `finite`, `z3`, `z3-finite` and `smtlib:COMMAND`, such as `smtlib:cvc5`"
    )]
    Unknown(String),
    /// The program that asks Z3 is not there.
    #[error(
        "Z3 is asked through the program `keyaki-z3`, which is not there: {0}. Put it beside `keyaki` or name it in the environment variable \
         KEYAKI_Z3 (from the sources: `sh encodings/z3-setup.sh`, then `cargo build --release -p keyaki-z3`), or use an engine that needs no \
         Z3: `finite`, `smtlib:COMMAND`"
    )]
    Absent(Absent),
    /// The program that asks Z3 is there, and of no use.
    #[error("`{}`, through which Z3 is asked, cannot be used: {why}{}", .path.display(), advice(.why))]
    Helper {
        /// The program.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// What to do about a program that cannot be used.
fn advice(why: &str) -> &'static str {
    if why.contains("libz3") {
        "; put the library beside it, or into `../lib/keyaki` from there"
    } else {
        ""
    }
}

/// The engine that a text names: `auto` (`finite`, then `z3` where that is installed), `finite`,
/// `z3`, `z3-finite` (`finite` with Z3 as its propositional solver), or `smtlib:COMMAND` for any
/// SMT-LIB 2.6 solver that reads a script from its standard input. The command is split at white
/// space; no shell sees it.
///
/// Z3 is asked through the program `keyaki-z3`, see [`helper`].
///
/// # Errors
/// Where the text names no engine, and where Z3 is named that cannot be asked.
pub fn from_spec(spec: &str) -> Result<Box<dyn Engine>, EngineError> {
    let unknown = || EngineError::Unknown(spec.to_owned());
    match spec.split_once(':') {
        None if spec == "auto" => Ok(automatic(Helper::installed())),
        None if spec == "finite" => Ok(finite()),
        None if spec == "z3" => Ok(by_z3(greeted()?)),
        None if spec == "z3-finite" => Ok(finite_by_z3(greeted()?)),
        Some(("smtlib", command)) => Ok(Box::new(Counted::new(Splitting::new(Refining::new(
            pipe::Pipe::new(command).ok_or_else(unknown)?,
        ))))),
        _ => Err(unknown()),
    }
}

/// The program that asks Z3, after it has shown that it can.
fn greeted() -> Result<Arc<Helper>, EngineError> {
    let helper = Helper::installed()?;
    helper.greeting()?;
    Ok(helper)
}

/// `finite`, and what there is to ask where that does not know. No process is started before then.
fn automatic(helper: Result<Arc<Helper>, EngineError>) -> Box<dyn Engine> {
    match helper {
        Ok(helper) => Box::new(InTurn::new(vec![finite(), by_z3(helper)])),
        Err(EngineError::Absent(Absent::Unwanted)) => {
            alone("Z3, which might, is not asked: KEYAKI_Z3 is empty")
        }
        Err(_) => alone(
            "Z3, which might, is not there to ask: `keyaki --version` says where it is looked for",
        ),
    }
}

/// The finite engine, which every build has.
pub fn finite() -> Box<dyn Engine> {
    Box::new(Counted::new(Finite::new()))
}

fn alone(missing: &str) -> Box<dyn Engine> {
    Box::new(Alone::new(Counted::new(Finite::new()), missing.to_owned()))
}

fn by_z3(helper: Arc<Helper>) -> Box<dyn Engine> {
    Box::new(Counted::new(Splitting::new(Refining::new(Z3::new(helper)))))
}

fn finite_by_z3(helper: Arc<Helper>) -> Box<dyn Engine> {
    Box::new(Counted::new(Finite::with_search("z3-finite", move |deadline| {
        helper.clauses(deadline)
    })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::term::{Sort, Symbol};
    use std::time::Duration;

    /// What an engine says of a question for which it has no time.
    fn late(engine: &dyn Engine) -> String {
        let symbol = Term::var(&Symbol::new("x", Sort::Bool));
        match engine.decide(&[symbol], &Limits::timeout(Duration::ZERO)) {
            Outcome::Unknown(reason) => reason.to_string(),
            other @ (Outcome::Satisfiable(_) | Outcome::Unsatisfiable) => format!("{other:?}"),
        }
    }

    #[test]
    fn where_z3_is_not_there_an_unknown_says_so() {
        let absent = |absent: Absent| automatic(Err(EngineError::Absent(absent)));
        assert!(late(&*absent(Absent::NotBeside(Vec::new()))).ends_with(
            "(Z3, which might, is not there to ask: `keyaki --version` says where it is looked for)"
        ));
        assert!(late(&*absent(Absent::Unwanted)).ends_with("KEYAKI_Z3 is empty)"));
        let there = automatic(Ok(Arc::new(Helper::at("/nonexistent/keyaki-z3"))));
        assert_eq!(
            (there.name().as_str(), late(&*there).as_str()),
            ("finite, then z3", "no answer within 0 s")
        );
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        let absent =
            EngineError::Absent(Absent::NotBeside(vec!["/a/keyaki-z3".into()])).to_string();
        for words in [
            "`/a/keyaki-z3`",
            "KEYAKI_Z3",
            "z3-setup.sh",
            "cargo build --release -p keyaki-z3",
            "`finite`",
        ] {
            assert!(absent.contains(words), "{absent}");
        }
        let told = |why: &str| {
            EngineError::Helper { path: "/a/keyaki-z3".into(), why: why.to_owned() }.to_string()
        };
        assert!(told("libz3.so: cannot open").ends_with("`../lib/keyaki` from there"));
        assert!(
            told("no").ends_with("`/a/keyaki-z3`, through which Z3 is asked, cannot be used: no")
        );
    }
}
