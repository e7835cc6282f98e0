//! The command line: names, flags and their help, a file a command, and a file for flags that
//! several commands share. `papers/guide.md` explains the questions.

mod again;
mod can;
mod catalogue;
mod check;
mod compare;
mod completions;
mod encode;
mod engine;
mod eval;
mod explain;
mod guardrails;
mod help;
mod import;
mod lint;
mod matrix;
mod output;
mod paths;
mod policies;
mod quick;
mod review;
mod shape;
mod validate;
mod who_can;

pub use again::AgainArgs;
pub use can::{CallWayArgs, CanArgs, PathsArg, WhichCallArgs};
pub use catalogue::CatalogueArgs;
pub use check::CheckArgs;
pub use compare::{CompareArgs, Only};
pub use completions::{CompletionsArgs, ManArgs};
pub use encode::{
    DecidedArgs, EncodeCanArgs, EncodeCheckArgs, EncodeCommand, EncodeCompareArgs, MeaningArgs,
};
pub use engine::{EngineArgs, ProjectArgs, RequestsArg, SolverArgs, WorldArgs};
pub use eval::EvalArgs;
pub use explain::{ExplainArgs, SchemaArgs};
pub use guardrails::GuardrailsArgs;
pub use help::closing;
pub use import::{AsArgs, EstateArgs, ImportArgs, OneArgs};
pub use lint::LintArgs;
pub use matrix::MatrixArgs;
pub use output::{
    AnswerArgs, BaselineArgs, CaveatsArg, ColourArg, FailOnArg, FailOnArgs, Format, PrintArgs,
    ReviewFormat, VacuousArgs, ValuesArgs, WorkArgs,
};
pub use paths::PathsArgs;
pub use policies::{DecisionArgs, KindArg, LayerArgs, PairKind, PolicyArgs, ReadArgs};
pub use review::ReviewArgs;
pub use shape::{ScopeArgs, ShapeArgs, ThroughArg};
pub use validate::ValidateArgs;
pub use who_can::{ByArg, WhoCanArgs};

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::num::NonZero;
use std::path::{Path, PathBuf};

/// Ask questions about all requests that AWS IAM policies allow, and get answers with evidence.
#[derive(Debug, Parser)]
#[command(name = "keyaki", version, propagate_version = true, max_term_width = 110)]
pub struct Cli {
    /// How it prints.
    #[command(flatten)]
    pub print: PrintArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What does this request get, and which statements decide it? (no solver)
    Eval(EvalArgs),
    /// Is any request of this shape allowed?
    Can(Box<CanArgs>),
    /// Does NEW allow the same as OLD, less, more, or something else?
    Compare(Box<CompareArgs>),
    /// Do these claims hold?
    Check(CheckArgs),
    /// Which policies of a library allow no more than which others?
    Matrix(MatrixArgs),
    /// Write the SMT-LIB 2.6 scripts of a question, for any solver
    #[command(subcommand)]
    Encode(EncodeCommand),
    /// Is this document a valid policy of its kind?
    Validate(ValidateArgs),
    /// Which parts of these policies have no effect, or not the effect that they seem to have?
    Lint(Box<LintArgs>),
    /// What does a change of policies, templates, plans or estates allow that was not allowed before?
    Review(Box<ReviewArgs>),
    /// What do guardrails that an organization enforces change for inference?
    Guardrails(Box<GuardrailsArgs>),
    /// Read accounts and an organization, and write them as one file
    Import(ImportArgs),
    /// Who, of everybody in an estate, is allowed a request of this shape?
    WhoCan(Box<WhoCanArgs>),
    /// By which chains of roles does somebody come to a role, or to a request?
    Paths(Box<PathsArgs>),
    /// What is known of an action, a service or a condition key?
    Catalogue(CatalogueArgs),
    /// What does this code in an answer mean?
    Explain(ExplainArgs),
    /// Print the JSON Schema of a form of answers
    Schema(SchemaArgs),
    /// Ask the questions of answers once more, and compare the answers
    Again(AgainArgs),
    /// Print a script with which a shell completes commands and flags
    Completions(CompletionsArgs),
    /// Print a manual page
    Man(ManArgs),
}

/// The command line with all its help.
pub fn command() -> clap::Command {
    help::explained(Cli::command())
}

/// What the words of a command line say, the name of the program among them.
///
/// # Errors
/// What is wrong with them; and help and the version, where they ask for that.
pub fn parse(words: &[OsString]) -> Result<Cli, clap::Error> {
    let choice = match colour(words) {
        ColourArg::Auto => clap::ColorChoice::Auto,
        ColourArg::Always => clap::ColorChoice::Always,
        ColourArg::Never => clap::ColorChoice::Never,
    };
    match quick::parse(words) {
        Ok(cli) => return Ok(cli),
        Err(version) if version.kind() == ErrorKind::DisplayVersion => return Err(version),
        Err(_) => {}
    }
    let matches = command().color(choice).try_get_matches_from(words)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command()))
}

/// What a command line says of colours that says something wrong elsewhere.
pub fn colour(words: &[OsString]) -> ColourArg {
    let mut words = words.iter().filter_map(|word| word.to_str());
    let mut said = None;
    while let Some(word) = words.next() {
        match word.strip_prefix("--color") {
            Some("") => said = words.next(),
            Some(value) => said = value.strip_prefix('=').or(said),
            None => {}
        }
    }
    said.and_then(|said| ColourArg::from_str(said, false).ok()).unwrap_or_default()
}

impl Cli {
    /// The file that gets the answer. With `catalogue --update` the file is that of the catalogue,
    /// with `import --report` that of the estate; `encode` may write a folder.
    pub fn answer_file(&self) -> Option<&Path> {
        let updates = matches!(&self.command, Command::Catalogue(args) if args.update);
        let reports = matches!(&self.command, Command::Import(args) if args.report);
        let scripts = self.folder().is_some();
        self.print.output.as_deref().filter(|_| !updates && !reports && !scripts)
    }

    /// The folder that gets the scripts of `encode`.
    pub fn folder(&self) -> Option<&Path> {
        let encodes = matches!(&self.command, Command::Encode(_));
        EncodeCommand::folder(self.print.output.as_deref()).filter(|_| encodes)
    }
}

impl Command {
    /// How many threads are to work, where somebody says so.
    pub fn jobs(&self) -> Option<NonZero<usize>> {
        let work = match self {
            Self::Eval(args) => args.work,
            Self::Can(args) => args.work,
            Self::Compare(args) => args.work,
            Self::Check(args) => args.work,
            Self::Matrix(args) => args.work,
            Self::Lint(args) => args.work,
            Self::WhoCan(args) => args.work,
            Self::Paths(args) => args.work,
            Self::Review(args) => args.work,
            Self::Encode(_)
            | Self::Validate(_)
            | Self::Guardrails(_)
            | Self::Import(_)
            | Self::Catalogue(_)
            | Self::Again(_)
            | Self::Explain(_)
            | Self::Schema(_)
            | Self::Completions(_)
            | Self::Man(_) => return None,
        };
        work.jobs
    }

    /// Every file that is read, but for those that claims files name.
    pub fn inputs(&self) -> Vec<&Path> {
        let mut inputs: Vec<&Path> = Vec::new();
        let (layers, worlds): (Option<&LayerArgs>, Option<&WorldArgs>) = match self {
            Self::Eval(EvalArgs { policies, estate, request, batch, .. }) => {
                inputs.extend(estate.all());
                inputs.extend(policies.all().chain(request).chain(batch).map(PathBuf::as_path));
                (None, None)
            }
            Self::Can(args) => {
                let CanArgs { policies, estate, shape, call, batch, engine, .. } = args.as_ref();
                inputs.extend(estate.one.all());
                inputs.extend(
                    policies
                        .all()
                        .chain(batch)
                        .chain(&call.way.service_role)
                        .map(PathBuf::as_path)
                        .chain(shape.file()),
                );
                (None, Some(&engine.world))
            }
            Self::Compare(args) => {
                let CompareArgs { old, new, layers, estate, shape, batch, engine, .. } =
                    args.as_ref();
                inputs.extend(estate.one.all());
                inputs.extend(
                    old.iter().chain(new).chain(batch).map(PathBuf::as_path).chain(shape.file()),
                );
                (Some(layers), Some(&engine.world))
            }
            Self::Encode(command) => {
                inputs.extend(command.inputs());
                (command.layers(), Some(command.world()))
            }
            Self::Check(CheckArgs { files, managed, baseline, world, .. }) => {
                let files = files.iter().chain(managed).chain(&baseline.baseline);
                inputs.extend(files.map(PathBuf::as_path));
                (None, Some(world))
            }
            Self::Matrix(MatrixArgs { files, engine, .. }) => {
                inputs.extend(files.iter().map(PathBuf::as_path));
                (None, Some(&engine.world))
            }
            Self::Lint(args) => {
                let files = args.files.iter().chain(&args.baseline.baseline);
                inputs.extend(files.map(PathBuf::as_path));
                (None, Some(&args.engine.world))
            }
            Self::Explain(_) | Self::Schema(_) | Self::Completions(_) | Self::Man(_) => {
                (None, None)
            }
            Self::Review(args) => {
                let ReviewArgs { base, head, managed, claims, engine, .. } = args.as_ref();
                let files = base.iter().chain(head).chain(managed).chain(claims);
                inputs.extend(files.map(PathBuf::as_path));
                (None, Some(&engine.world))
            }
            Self::Again(args) => {
                inputs.push(args.file.as_path());
                (None, None)
            }
            Self::Validate(ValidateArgs { files, .. }) => {
                inputs.extend(files.iter().map(PathBuf::as_path));
                (None, None)
            }
            Self::Guardrails(args) => {
                let GuardrailsArgs { effective, policies, guardrail_policy, engine, .. } =
                    args.as_ref();
                inputs.extend(
                    policies
                        .all()
                        .chain(guardrail_policy)
                        .map(PathBuf::as_path)
                        .chain([effective.as_path()]),
                );
                (None, Some(&engine.world))
            }
            Self::WhoCan(args) => {
                let WhoCanArgs { estate, shape, questions, engine, .. } = args.as_ref();
                inputs.extend(estate.all());
                inputs.extend(questions.as_deref().into_iter().chain(shape.file()));
                (None, Some(&engine.world))
            }
            Self::Paths(args) => {
                let PathsArgs { estate, shape, to_action, engine, .. } = args.as_ref();
                inputs.extend(estate.all().chain(shape.file()));
                let files = to_action.iter().filter_map(|shape| shape.strip_prefix('@'));
                inputs.extend(files.map(Path::new));
                (None, Some(&engine.world))
            }
            Self::Import(args) => {
                inputs.extend(args.estate.all());
                (None, None)
            }
            Self::Catalogue(CatalogueArgs { catalogue, from, .. }) => {
                inputs.extend(catalogue.as_deref().into_iter().chain(from.as_deref()));
                (None, None)
            }
        };
        inputs.extend(layers.into_iter().flat_map(LayerArgs::all).map(PathBuf::as_path));
        inputs.extend(worlds.and_then(|world| world.catalogue.as_deref()));
        inputs
    }
}
