//! The command line: arguments, files, exit codes. The only module that prints.

mod args;
mod call;
mod catalogue;
mod check;
mod commands;
mod engines;
mod files;
mod lines;
mod lint;
mod matrix;
mod world;

use args::{Cli, Command};
use clap::Parser;
use std::io::{self, Write};
use std::process::ExitCode;

/// How a command ended, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// 0: no such request, equivalent, every claim holds, a valid document.
    NothingFound,
    /// 1: a request exists, the policies differ, a claim is violated.
    Found,
    /// 2: the input or the command line is wrong.
    WrongInput,
    /// 3: at least one answer is unknown, and nothing was found.
    Unknown,
}

impl Ending {
    fn code(self) -> u8 {
        match self {
            Self::NothingFound => 0,
            Self::Found => 1,
            Self::WrongInput => 2,
            Self::Unknown => 3,
        }
    }

    /// Of several answers, found outweighs unknown, unknown outweighs input that is wrong, and that outweighs nothing.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Found, _) | (_, Self::Found) => Self::Found,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::WrongInput, _) | (_, Self::WrongInput) => Self::WrongInput,
            (Self::NothingFound, Self::NothingFound) => Self::NothingFound,
        }
    }
}

/// What ends a command without an answer; the text for standard error.
#[derive(Debug)]
struct Failure(String);

impl<E: std::error::Error + 'static> From<E> for Failure {
    /// A reader that went away (`keyaki ... | head`) leaves nothing to say.
    fn from(error: E) -> Self {
        let broken =
            (&error as &dyn std::any::Any).downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        Self(if broken { String::new() } else { format!("error: {error}") })
    }
}

/// Where a command writes.
struct Io<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let (mut out, mut err) = (io::BufWriter::new(io::stdout().lock()), io::stderr().lock());
    let mut io = Io { out: &mut out, err: &mut err };
    let ending = run(cli, &mut io).unwrap_or_else(|Failure(message)| {
        if message.is_empty() {
            return Ending::NothingFound;
        }
        _ = writeln!(io.err, "{}", message.trim_end());
        Ending::WrongInput
    });
    _ = out.flush();
    ExitCode::from(ending.code())
}

fn run(cli: Cli, io: &mut Io<'_>) -> Result<Ending, Failure> {
    match cli.command {
        Command::Eval(args) => commands::eval(args, io),
        Command::Can(args) if args.call.call.is_some() => call::can(&args, io),
        Command::Can(args) => commands::can(*args, io),
        Command::Compare(args) => commands::compare(args, io),
        Command::Check(args) => check::check(args, io),
        Command::Matrix(args) => matrix::matrix(&args, io),
        Command::Encode(command) => commands::encode(command, io),
        Command::Validate(args) => commands::validate(args, io),
        Command::Lint(args) => lint::lint(&args, io),
        Command::Catalogue(args) => catalogue::catalogue(&args, io),
    }
}
