//! From `--engine` and `--timeout` to a solver.

use super::{Failure, Io};
use crate::query::{QueryError, Solver, SolverError};
use keyaki_encodings::engine::{self, Limits};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// Solvers that `cross-check` asks on a pipe where they are installed.
const ON_A_PIPE: &[&str] = &["cvc5", "z3"];

/// The solver and the limits that the flags name.
pub fn solver(spec: &str, timeout: f64) -> Result<(Solver, Limits), Failure> {
    let timeout = Duration::try_from_secs_f64(timeout).ok().filter(|timeout| !timeout.is_zero());
    let timeout = timeout.ok_or_else(|| Failure("error: `--timeout` is a positive number of seconds".to_owned()))?;
    let limits = Limits { timeout, ..Limits::default() };
    let solver = match spec {
        "cross-check" => Solver::cross_check(all()?),
        spec => {
            let command = spec.strip_prefix("smtlib:").and_then(|command| command.split_whitespace().next());
            if let Some(command) = command.filter(|command| !is_installed(command)) {
                return Err(Failure(format!("error: there is no command `{command}`; install the solver or name another one")));
            }
            Solver::single(engine::from_spec(spec)?)
        }
    };
    Ok((solver, limits))
}

/// What the engines did, a line for each that was asked.
pub fn statistics(wanted: bool, solver: &Solver, io: &mut Io<'_>) -> Result<(), Failure> {
    let asked = solver.statistics().into_iter().filter(|one| one.satisfiable + one.unsatisfiable + one.unknown > 0);
    for engine in asked.filter(|_| wanted) {
        writeln!(io.err, "{engine}")?;
    }
    Ok(())
}

fn all() -> Result<Vec<Box<dyn engine::Engine>>, Failure> {
    let mut engines = vec![engine::from_spec("finite")?];
    if cfg!(feature = "z3") {
        engines.push(engine::from_spec("z3")?);
        engines.push(engine::from_spec("z3-finite")?);
    }
    for command in ON_A_PIPE.iter().filter(|command| is_installed(command)) {
        engines.push(engine::from_spec(&format!("smtlib:{command}"))?);
    }
    if engines.len() < 2 {
        return Err(Failure(format!("error: `cross-check` needs two engines and found {}; install cvc5 or z3", engines.len())));
    }
    Ok(engines)
}

fn is_installed(command: &str) -> bool {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).any(|folder| folder.join(command).is_file())
}

/// An internal error as a failure; the script of a disagreement is saved where the user is.
pub fn report(error: &QueryError) -> Failure {
    let QueryError::Solver(SolverError::Disagreement(disagreement)) = error else { return Failure(error.to_string()) };
    let path = PathBuf::from("keyaki-disagreement.smt2");
    let saved = match fs::write(&path, &disagreement.script) {
        Ok(()) => format!("the query is saved as `{}`; please report it", path.display()),
        Err(failure) => format!("the query could not be saved ({failure}):\n{}", disagreement.script),
    };
    Failure(format!("{error}; {saved}"))
}
