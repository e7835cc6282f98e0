//! The command line: arguments, files, exit codes. The only module that prints.

mod again;
mod args;
mod call;
mod catalogue;
mod check;
mod colour;
mod commands;
mod completions;
mod documents;
mod encode;
mod enforcement;
mod engines;
mod estate_sides;
mod estates;
mod explain;
mod files;
mod forms;
mod import;
mod interrupt;
mod lines;
mod lint;
mod matrix;
mod output;
mod parsing;
mod paths;
mod progress;
mod project;
mod read;
mod review;
mod setup;
mod sides;
mod templates;
#[cfg(test)]
mod tests;
mod threads;
mod update;
mod validate;
mod who;
mod words;
mod world;

use args::{Cli, ColourArg, Command};
use colour::Painted;
use keyaki_iam::finding::{self, Finding};
use keyaki_iam::visible;
use output::Output;
use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::num::NonZero;
use std::path::Path;
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
    /// The words of the command line after the name of the program, for answers that restate their
    /// question; none where they are not known, or not Unicode text.
    arguments: Option<Vec<String>>,
    /// Whether nothing but errors is printed.
    quiet: bool,
    /// How many threads are to work, where somebody says so.
    jobs: Option<NonZero<usize>>,
}

impl Io<'_> {
    /// Tells of something that is not an error.
    fn warn(&mut self, message: &str) {
        if !self.quiet {
            _ = writeln!(self.err, "{}", message.trim_end());
        }
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = env::args_os().collect();
    let parsed = args::parse(&words);
    let colour = match &parsed {
        Ok(cli) => cli.print.colour,
        Err(_) => args::colour(&words),
    };
    let painted = colour::wanted(colour, &io::stderr());
    let mut err = Painted::new(io::stderr(), painted);
    let ending = answer(parsed, colour, &words, &mut err).unwrap_or_else(|Failure(message)| {
        _ = writeln!(err, "{}", message.trim_end());
        Ending::WrongInput
    });
    ExitCode::from(ending.code())
}

fn answer(
    parsed: Result<Cli, clap::Error>,
    colour: ColourArg,
    words: &[OsString],
    err: &mut dyn Write,
) -> Result<Ending, Failure> {
    let painted = colour::wanted(colour, &io::stdout());
    let mut out = match &parsed {
        Ok(cli) => output(cli, painted)?,
        Err(_) => Output::standard(painted)?,
    };
    interrupt::listen(out.shared());
    let ending = match parsed {
        Ok(cli) => {
            let (quiet, jobs) = (cli.print.quiet, cli.command.jobs());
            let arguments = words::of_question(words.iter().skip(1).cloned());
            run(cli, &mut Io { out: &mut out, err, arguments, quiet, jobs })
        }
        Err(error) => parsing::tell(error, colour, words, &mut out),
    };
    match ending {
        Ok(ending) => out.finish().map(|()| ending).map_err(Failure::from),
        // What a command printed before it failed stands before the reason.
        Err(failure) => Err(out.abandon().map_or_else(Failure::from, |()| failure)),
    }
}

/// Where the answer goes.
fn output(cli: &Cli, painted: bool) -> io::Result<Output> {
    match cli.answer_file() {
        Some(path) if path.as_os_str() != "-" => {
            Output::file(path, cli.print.colour == ColourArg::Always)
        }
        None if cli.print.quiet => Ok(Output::nowhere()),
        Some(_) | None => Output::standard(painted),
    }
}

fn run(cli: Cli, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let ending = command(cli, io);
    templates::unused().iter().for_each(|note| io.warn(note));
    ending
}

fn command(cli: Cli, io: &mut Io<'_>) -> Result<Ending, Failure> {
    io.out.first = cli.print.schema == 1;
    read::standard_input_once(&cli.command.inputs())?;
    templates::give(&cli.print.parameter, cli.print.defaults)?;
    let folder = cli.folder().map(Path::to_owned);
    match cli.command {
        Command::Eval(args) => commands::eval(args, io),
        Command::Can(args) if args.call.call.is_some() => call::can(&args, io),
        Command::Can(args) => commands::can(*args, io),
        Command::Compare(args) => commands::compare(*args, io),
        Command::Check(args) => check::check(args, io),
        Command::Matrix(args) => matrix::matrix(&args, io),
        Command::Encode(command) => encode::encode(command, folder.as_deref(), io),
        Command::Validate(args) => validate::validate(args, io),
        Command::Lint(args) => lint::lint(*args, io),
        Command::Review(args) => review::review(*args, io),
        Command::Guardrails(args) => enforcement::guardrails(*args, io),
        Command::WhoCan(args) => who::who_can(*args, io),
        Command::Paths(args) => paths::paths(*args, io),
        Command::Import(args) => import::import(args, cli.print.output, io),
        Command::Catalogue(args) => catalogue::catalogue(&args, cli.print.output, io),
        Command::Explain(args) => explain::explain(&args, io),
        Command::Schema(args) => explain::schema(&args, io),
        Command::Again(args) => again::again(&args, io),
        Command::Completions(args) => completions::completions(&args, io),
        Command::Man(args) => completions::man(&args, io),
    }
}
