//! How answers are printed.

use clap::{Args, ValueEnum};

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Default)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs: one JSON object a line.
    Json,
}

/// How answers are told.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// A question that says nothing about its policies is as good as another: without this it is
    /// exit code 1
    #[arg(long)]
    pub allow_vacuous: bool,
    /// How much is said of caveats that most answers have: their names, or all
    #[arg(long, value_enum, value_name = "HOW", default_value_t)]
    pub caveats: CaveatsArg,
}

/// How much is said of caveats that most answers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum CaveatsArg {
    /// Their names, in one line.
    #[default]
    Short,
    /// All of them in full.
    Full,
}
