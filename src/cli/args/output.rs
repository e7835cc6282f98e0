//! How answers are printed.

use clap::{Args, ValueEnum};
use keyaki_questions::query::Quantifier;
use std::num::NonZero;
use std::path::PathBuf;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs: one JSON object on each line.
    Json,
}

/// How results are printed that a code review shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum ReviewFormat {
    /// For people
    #[default]
    Human,
    /// For programs: one JSON object on each line
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For build servers: JUnit XML, a test case for each claim or file
    Junit,
    /// For GitHub Actions: annotations of the pull request
    Github,
    /// For a comment on a pull request
    Markdown,
}

/// Over which values of parameters something is asked.
#[derive(Debug, Clone, Copy, Args)]
pub struct ValuesArgs {
    /// With texts that are not known (parameters, place-holders): whether `can` is to be a yes for
    /// every value, and `compare` to find values at which the sides differ least. By itself `can` is a
    /// yes if it is one for some value, and `compare` counts what differs for any
    #[arg(long = "for", value_enum, value_name = "VALUES")]
    pub values: Option<ValuesArg>,
}

/// A quantifier over values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ValuesArg {
    /// Whatever they are.
    Every,
    /// For at least one.
    Some,
}

impl From<ValuesArg> for Quantifier {
    fn from(values: ValuesArg) -> Self {
        match values {
            ValuesArg::Every => Self::Every,
            ValuesArg::Some => Self::Some,
        }
    }
}

/// What counts as found.
#[derive(Debug, Clone, Copy, Args)]
pub struct FailOnArgs {
    /// From which level on a finding makes the exit code 1. Without it, what counts as found is said
    /// under "Exit codes". What is unknown or wrong keeps its own code
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<FailOnArg>,
}

/// A level of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// Every finding.
    Note,
    /// No finding.
    Never,
}

/// Findings that were there before.
#[derive(Debug, Clone, Args)]
pub struct BaselineArgs {
    /// Leave out the findings in this file, and count them
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the findings to this file, for `--baseline`
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

/// What becomes of questions that say nothing.
#[derive(Debug, Clone, Copy, Args)]
pub struct VacuousArgs {
    /// Accept a vacuous question, one that says nothing about its policies. Without this flag it
    /// ends with exit code 1
    #[arg(long)]
    pub allow_vacuous: bool,
}

/// How answers are told.
#[derive(Debug, Clone, Copy, Args)]
pub struct AnswerArgs {
    /// How to show caveats that most answers have
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub caveats: CaveatsArg,
}

/// How much is said of caveats that most answers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CaveatsArg {
    /// Their names, in one line.
    #[default]
    Short,
    /// In full.
    Full,
}

/// How every command prints.
#[derive(Debug, Clone, Args)]
pub struct PrintArgs {
    /// Write the answer to this file. The file appears when the command is done. If the command
    /// fails, the file stays as it was. For `encode`, a name without `.smt2` at its end is a new
    /// folder
    #[arg(long, short, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The value of a parameter of templates. Without it, every value that it may have is considered
    #[arg(long, global = true, value_name = "NAME=VALUE")]
    pub parameter: Vec<String>,
    /// Parameters of templates have their defaults, where they have one
    #[arg(long, global = true)]
    pub defaults: bool,
    /// Print errors only. The exit code is the answer
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// When to colour verdicts
    #[arg(long = "color", global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub colour: ColourArg,
    /// Version of the JSON output: 2, or 1 for the older form, which the next release drops
    #[arg(long, global = true, value_name = "VERSION", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub schema: u8,
}

/// How commands work that have parts.
#[derive(Debug, Clone, Copy, Args)]
pub struct WorkArgs {
    /// Number of threads, at most four for each core. Without it: RAYON_NUM_THREADS, or one thread
    /// for each core
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<NonZero<usize>>,
}

/// Whether verdicts have colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColourArg {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
