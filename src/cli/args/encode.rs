//! `keyaki encode`

use super::super::engines;
use super::{
    CallWayArgs, DecisionArgs, LayerArgs, Only, PairKind, PolicyArgs, ProjectArgs, ReadArgs,
    RequestsArg, ScopeArgs, ShapeArgs, WorldArgs,
};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `keyaki encode`
#[derive(Debug, Subcommand)]
pub enum EncodeCommand {
    /// The script of a `can` question; with -o DIR, the scripts that are decided for it
    Can(Box<EncodeCanArgs>),
    /// The script of one direction of a `compare` question; with -o DIR, the scripts that are
    /// decided for it
    Compare(Box<EncodeCompareArgs>),
    /// With -o DIR, the scripts that are decided for claims
    Check(Box<EncodeCheckArgs>),
}

/// `keyaki encode can`
#[derive(Debug, Args)]
pub struct EncodeCanArgs {
    /// The policies.
    #[command(flatten)]
    pub policies: PolicyArgs,
    /// The shape.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Accounts, and the way.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// With -o DIR: the call, in place of a shape, as for `keyaki can`
    #[arg(long, value_name = "CALL", requires = "output")]
    pub call: Option<String>,
    /// How the call is made.
    #[command(flatten)]
    pub way: CallWayArgs,
    /// What it means.
    #[command(flatten)]
    pub meaning: MeaningArgs,
}

/// `keyaki encode compare`
#[derive(Debug, Args)]
pub struct EncodeCompareArgs {
    /// The old policy
    pub old: PathBuf,
    /// The new policy
    pub new: PathBuf,
    /// What OLD and NEW are, if they are single documents
    #[arg(long, short, value_enum, default_value = "identity")]
    pub kind: PairKind,
    /// Policies that stand beside both, old and new.
    #[command(flatten)]
    pub layers: LayerArgs,
    /// Only requests of this shape count.
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Accounts, and the way.
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Which direction
    #[arg(long, value_enum, default_value = "added")]
    pub only: Only,
    /// What it means.
    #[command(flatten)]
    pub meaning: MeaningArgs,
}

/// What a question means, and how it is decided.
#[derive(Debug, Args)]
pub struct MeaningArgs {
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// Which requests are considered
    #[arg(long, value_enum, default_value_t)]
    pub requests: RequestsArg,
    /// What exists.
    #[command(flatten)]
    pub world: WorldArgs,
    /// How it is decided.
    #[command(flatten)]
    pub decided: DecidedArgs,
}

/// `keyaki encode check`
#[derive(Debug, Args)]
pub struct EncodeCheckArgs {
    /// Claims files, or folders of them (*.toml)
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The managed policies of AWS, for estates that name them and do not have them
    #[arg(long, value_name = "FILE")]
    pub managed: Option<PathBuf>,
    /// Only claims whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// How policies decide.
    #[command(flatten)]
    pub decision: DecisionArgs,
    /// The project's file.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// What exists.
    #[command(flatten)]
    pub world: WorldArgs,
    /// How it is decided.
    #[command(flatten)]
    pub decided: DecidedArgs,
}

/// How the scripts of a folder are decided, and what they say of themselves.
#[derive(Debug, Clone, Args)]
pub struct DecidedArgs {
    /// With -o DIR: who decides, as for `keyaki can` [default: auto]
    #[arg(long, value_name = "ENGINE", requires = "output")]
    pub engine: Option<String>,
    /// With -o DIR: seconds that one query may take. After that its scripts have the status unknown
    /// [default: 60]
    #[arg(long, value_name = "SECONDS", requires = "output", value_parser = engines::timeout, allow_hyphen_values = true)]
    pub timeout: Option<Duration>,
    /// With -o DIR: the licence that each script states, for example `CC-BY-4.0`. Without it, each
    /// says that none is stated
    #[arg(long, value_name = "TEXT", requires = "output")]
    pub license: Option<String>,
}

impl EncodeCommand {
    /// Of the place that `--output` names, the folder: a file is named by its ending, and what is a
    /// device or a pipe is none.
    pub fn folder(output: Option<&Path>) -> Option<&Path> {
        let is_script =
            |path: &Path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("smt2"));
        let is_special =
            |path: &Path| path.metadata().is_ok_and(|known| !known.is_dir() && !known.is_file());
        output.filter(|path| path.as_os_str() != "-" && !is_script(path) && !is_special(path))
    }

    /// What is taken to exist.
    pub fn world(&self) -> &WorldArgs {
        match self {
            Self::Can(args) => &args.meaning.world,
            Self::Compare(args) => &args.meaning.world,
            Self::Check(args) => &args.world,
        }
    }

    /// Every file that is read, but for those of layers and those that claims files name.
    pub fn inputs(&self) -> Vec<&Path> {
        match self {
            Self::Can(args) => {
                let EncodeCanArgs { policies, shape, way, .. } = args.as_ref();
                let files = policies.all().chain(&way.service_role).map(PathBuf::as_path);
                files.chain(shape.file()).collect()
            }
            Self::Compare(args) => {
                let EncodeCompareArgs { old, new, shape, .. } = args.as_ref();
                [old.as_path(), new.as_path()].into_iter().chain(shape.file()).collect()
            }
            Self::Check(args) => {
                args.files.iter().chain(&args.managed).map(PathBuf::as_path).collect()
            }
        }
    }

    /// Policies that stand beside others.
    pub fn layers(&self) -> Option<&LayerArgs> {
        match self {
            Self::Compare(args) => Some(&args.layers),
            Self::Can(_) | Self::Check(_) => None,
        }
    }
}
