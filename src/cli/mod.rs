//! The command line: arguments, files, exit codes. The only module that prints.

mod again;
mod args;
mod call;
mod catalogue;
mod check;
mod commands;
mod documents;
mod enforcement;
mod engines;
mod explain;
mod files;
mod lines;
mod lint;
mod matrix;
mod output;
mod parsing;
mod project;
mod read;
mod setup;
#[cfg(test)]
mod tests;
mod threads;
mod update;
mod world;

use args::{Cli, Command};
use clap::Parser;
use keyaki_iam::finding::{self, Finding};
use keyaki_iam::visible;
use output::Output;
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a command ended, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// 0: no such request, equivalent, every claim holds, a valid document.
    NothingFound,
    /// 1: a request exists, the policies differ, a claim is violated, a question is vacuous.
    Found,
    /// 2: some input or the command line is wrong; what could be decided is printed.
    WrongInput,
    /// 3: at least one answer is unknown, and nothing was found.
    Unknown,
}

impl Ending {
    /// Of two endings the one that counts: what was wrong with the input outweighs what was found,
    /// and that what is unknown.
    fn and(self, other: Self) -> Self {
        let weight = |ending| match ending {
            Self::NothingFound => 0,
            Self::Unknown => 1,
            Self::Found => 2,
            Self::WrongInput => 3,
        };
        if weight(self) < weight(other) { other } else { self }
    }

    fn code(self) -> u8 {
        match self {
            Self::NothingFound => 0,
            Self::Found => 1,
            Self::WrongInput => 2,
            Self::Unknown => 3,
        }
    }
}

/// What ends a command without an answer; the lines for standard error.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    /// One line, which may quote foreign text.
    fn new(message: impl AsRef<str>) -> Self {
        Self(visible::message(message.as_ref()).into_owned())
    }

    /// What is wrong with a document.
    fn findings(findings: &[Finding]) -> Self {
        Self(finding::render(findings))
    }

    /// Adds a line of Keyaki's own.
    fn and_line(self, line: &str) -> Self {
        Self(format!("{}\n{line}", self.0.trim_end()))
    }
}

impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(format!("error: {error}"))
    }
}

/// Where a command writes. What cannot be written to standard error is lost, and changes no exit
/// code.
struct Io<'a> {
    out: &'a mut Output,
    err: &'a mut dyn Write,
    /// The words of the command line after the name of the command, for answers that restate their
    /// question; none where they are not known, or no Unicode text.
    arguments: Option<Vec<String>>,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let mut err = io::stderr();
    let ending = Output::standard()
        .map_err(|error| {
            Failure::new(format!("error: the answer cannot be written to standard output: {error}"))
        })
        .and_then(|mut out| {
            let arguments = env::args_os().skip(1).map(|word| word.into_string().ok()).collect();
            let ending = start(&mut Io { out: &mut out, err: &mut err, arguments });
            // What a command printed before it failed stands before the reason.
            let flushed = out.flush();
            ending.and_then(|ending| flushed.map(|()| ending).map_err(Failure::from))
        });
    let ending = ending.unwrap_or_else(|Failure(message)| {
        _ = writeln!(err, "{}", message.trim_end());
        Ending::WrongInput
    });
    ExitCode::from(ending.code())
}

fn start(io: &mut Io<'_>) -> Result<Ending, Failure> {
    match Cli::try_parse() {
        Ok(cli) => run(cli, io),
        Err(error) => parsing::tell(error, io),
    }
}

fn run(cli: Cli, io: &mut Io<'_>) -> Result<Ending, Failure> {
    io.out.first = cli.schema == 1;
    read::standard_input_once(&cli.command.inputs())?;
    match cli.command {
        Command::Eval(args) => commands::eval(args, io),
        Command::Can(args) if args.call.call.is_some() => call::can(&args, io),
        Command::Can(args) => commands::can(*args, io),
        Command::Compare(args) => commands::compare(*args, io),
        Command::Check(args) => check::check(args, io),
        Command::Matrix(args) => matrix::matrix(&args, io),
        Command::Encode(command) => commands::encode(command, io),
        Command::Validate(args) => commands::validate(args, io),
        Command::Lint(args) => lint::lint(*args, io),
        Command::Guardrails(args) => enforcement::guardrails(*args, io),
        Command::Catalogue(args) => catalogue::catalogue(&args, io),
        Command::Explain(args) => explain::explain(&args, io),
        Command::Schema(args) => explain::schema(&args, io),
        Command::Again(args) => again::again(&args, io),
    }
}
