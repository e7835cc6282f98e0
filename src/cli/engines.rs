//! From `--engine` and `--timeout` to a solver.

use super::{Failure, Io};
use keyaki_engines::engine::helper::place::Absent;
use keyaki_engines::engine::{self, EngineError, Helper, Limits};
use keyaki_iam::visible;
use keyaki_questions::query::{CallError, QueryError, Solver, SolverError};
use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Solvers that `cross-check` asks on a pipe where they are installed.
const ON_A_PIPE: &[&str] = &["cvc5", "z3"];

/// How many scripts of one kind are saved in a folder.
const MOST_SAVED: usize = 10_000;

/// The longest time that a query may be given, in seconds: a year. The shortest is a nanosecond.
const LONGEST: f64 = 365.0 * 24.0 * 3600.0;

/// The engine unless one is named.
const AUTO: &str = "auto";

/// Reads `--timeout`.
///
/// # Errors
/// A message without the name of the flag.
pub fn timeout(text: &str) -> Result<Duration, String> {
    let wrong =
        || "a timeout is a number of seconds, from 1e-9 to 31536000, which is a year".to_owned();
    let seconds =
        text.parse::<f64>().ok().filter(|seconds| *seconds <= LONGEST).ok_or_else(wrong)?;
    Duration::try_from_secs_f64(seconds).ok().filter(|timeout| !timeout.is_zero()).ok_or_else(wrong)
}

/// The solver and the limits that the flags name.
pub fn solver(spec: &str, timeout: Duration) -> Result<(Solver, Limits), Failure> {
    let limits = Limits { timeout, ..Limits::default() };
    let solver = match spec {
        "cross-check" => Solver::cross_check(all()?),
        spec => {
            let command =
                spec.strip_prefix("smtlib:").and_then(|command| command.split_whitespace().next());
            if let Some(command) = command.filter(|command| !is_installed(command)) {
                return Err(Failure::new(format!(
                    "error: there is no command `{command}`; install the solver or name another one"
                )));
            }
            let solver = Solver::single(engine::from_spec(spec)?);
            // Who names an engine wants its word.
            if spec == AUTO { solver.proposing() } else { solver }
        }
    };
    Ok((solver, limits))
}

/// What the engines did, a line for each that was asked.
pub fn statistics(wanted: bool, solver: &Solver, io: &mut Io<'_>) {
    let asked = solver
        .statistics()
        .into_iter()
        .filter(|one| one.satisfiable + one.unsatisfiable + one.unknown > 0);
    for engine in asked.filter(|_| wanted) {
        _ = writeln!(io.err, "{}", visible::message(&engine.to_string()));
    }
}

fn all() -> Result<Vec<Box<dyn engine::Engine>>, Failure> {
    let mut engines = vec![engine::from_spec("finite")?];
    match engine::from_spec("z3") {
        // Z3 is left out on purpose.
        Err(EngineError::Absent(Absent::Unwanted)) => {}
        z3 => engines.extend([z3?, engine::from_spec("z3-finite")?]),
    }
    for command in ON_A_PIPE.iter().filter(|command| is_installed(command)) {
        engines.push(engine::from_spec(&format!("smtlib:{command}"))?);
    }
    if engines.len() < 2 {
        return Err(Failure::new(
            "error: `cross-check` needs two engines, and there is `finite` alone; install cvc5, or let Z3 be asked",
        ));
    }
    Ok(engines)
}

/// The engines that can be asked here, a line each, and why Z3 is not among them where it is not.
pub fn available() -> String {
    let z3 = match Helper::installed()
        .and_then(|helper| helper.greeting().map(|greeting| (helper, greeting)))
    {
        Ok((helper, greeting)) => format!(
            "engines z3, z3-finite: Z3 {}, through `{}`",
            greeting.z3,
            helper.path().display()
        ),
        Err(EngineError::Absent(absent)) => {
            format!("engines z3, z3-finite: not there, since {absent}")
        }
        Err(error) => format!("engines z3, z3-finite: not there, since {error}"),
    };
    let own = ["engine finite: always there".to_owned(), z3].into_iter();
    let on_a_pipe = ON_A_PIPE
        .iter()
        .filter(|command| is_installed(command))
        .map(|command| format!("engine smtlib:{command}: installed"));
    own.chain(on_a_pipe).map(|line| format!("{}\n", visible::message(&line))).collect()
}

fn is_installed(command: &str) -> bool {
    let paths = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&paths).any(|folder| folder.join(command).is_file())
}

/// An internal error as a failure; the script of the question is saved where the user is, and each
/// in a file of its own.
pub fn report(error: &QueryError) -> Failure {
    let (stem, script, what) = match error {
        QueryError::Solver(SolverError::Disagreement(disagreement)) => {
            ("keyaki-disagreement", &disagreement.script, error.to_string())
        }
        QueryError::Unconfirmed { engine, request, script } => {
            let what = format!(
                "internal error: the evaluator does not confirm the counterexample of engine `{engine}` (request: {})",
                visible::visible(request)
            );
            ("keyaki-unconfirmed", script, what)
        }
        QueryError::Solver(SolverError::Script(_))
        | QueryError::Script(_)
        | QueryError::Encoding(_)
        | QueryError::Catalogue(_) => {
            return Failure::new(error.to_string());
        }
        QueryError::Call(CallError::NoPath { call, paths }) => {
            let none = CallError::NoPath { call: call.clone(), paths: String::new() };
            let first = Failure::new(format!("error: {none}"));
            return paths
                .lines()
                .filter(|line| !line.is_empty())
                .fold(first, |told, line| told.and_line(&visible::message(line)));
        }
        QueryError::Parameters(wrong) => return Failure::new(format!("error: {wrong}")),
        QueryError::Call(wrong) => return Failure::new(format!("error: {wrong}")),
    };
    let saved = match save(stem, script) {
        Ok(path) => format!("the query is saved as `{}`; please report it", path.display()),
        Err(failure) => format!(
            "the query could not be saved ({failure}); run this where files can be written, and report it"
        ),
    };
    Failure::new(format!("{what}; {saved}"))
}

/// Writes a script to the first of `STEM-1.smt2`, `STEM-2.smt2`, ... that does not exist, here or,
/// if nothing can be written here, in the folder of temporary files.
fn save(stem: &str, script: &str) -> io::Result<PathBuf> {
    save_in(Path::new(""), stem, script)
        .or_else(|error| save_in(&env::temp_dir(), stem, script).map_err(|_| error))
}

fn save_in(folder: &Path, stem: &str, script: &str) -> io::Result<PathBuf> {
    for number in 1..=MOST_SAVED {
        let path = folder.join(format!("{stem}-{number}.smt2"));
        match File::create_new(&path) {
            Ok(mut file) => {
                return file
                    .write_all(script.as_bytes())
                    .and_then(|()| file.flush())
                    .map(|()| path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("there are {MOST_SAVED} files of that kind already")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_within_bounds() {
        for (text, nanoseconds) in [
            ("1", 1_000_000_000),
            ("0.5", 500_000_000),
            ("1e-9", 1),
            ("31536000", 31_536_000_000_000_000),
        ] {
            assert_eq!(timeout(text).map(|timeout| timeout.as_nanos()), Ok(nanoseconds), "{text}");
        }
        for text in [
            "0", "-0", "-1", "1e-300", "1e-10", "31536001", "1e19", "1e999", "inf", "-inf", "nan",
            "NaN", "", "1s", "one",
        ] {
            assert!(timeout(text).is_err_and(|error| error.contains("31536000")), "{text}");
        }
    }

    #[test]
    fn every_script_has_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let saved: Vec<_> = (0..3)
            .map(|number| save_in(folder.path(), "x", &number.to_string()).unwrap())
            .collect();
        for (number, path) in saved.iter().enumerate() {
            assert!(path.ends_with(format!("x-{}.smt2", number + 1)));
            assert_eq!(std::fs::read_to_string(path).unwrap(), number.to_string());
        }
    }
}
