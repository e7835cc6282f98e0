//! `keyaki import`, and how estates are named.

use super::{Format, ReadArgs};
use clap::Args;
use std::path::{Path, PathBuf};

/// `keyaki import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The estate.
    #[command(flatten)]
    pub estate: EstateArgs,
    /// How documents are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Print what the estate has, what it does not say, and what in the files is not understood. With
    /// -o, the estate is written there; without, it is not written
    #[arg(long)]
    pub report: bool,
    /// Where the estate is refused, tell every finding, a line each; without, the first 20 are shown
    /// with their lines
    #[arg(long)]
    pub all_findings: bool,
    /// How to print the report
    #[arg(long, short, value_enum, default_value_t, requires = "report")]
    pub format: Format,
}

/// Which files an estate is read from.
#[derive(Debug, Clone, Args)]
pub struct EstateArgs {
    /// A file of keyaki import, what `aws iam get-account-authorization-details` prints, or a folder
    /// of such files, of what `aws organizations` prints, and of resources; or a folder of
    /// iam-collect. Several make one estate
    #[arg(value_name = "ESTATE", required = true)]
    pub estates: Vec<PathBuf>,
    /// The managed policies of AWS, for estates that name them and do not have them.
    /// benches/aws-managed.sh fetches them
    #[arg(long, value_name = "FILE")]
    pub managed: Option<PathBuf>,
}

/// One of an estate, in place of policies.
#[derive(Debug, Clone, Args)]
pub struct OneArgs {
    /// Ask as one of this estate: a file or folder as for `keyaki who-can`. Repeat the flag where
    /// several make one estate
    #[arg(long, value_name = "ESTATE")]
    pub estate: Vec<PathBuf>,
    /// The managed policies of AWS, for an estate that names them and does not have them
    #[arg(long, value_name = "FILE", requires = "estate")]
    pub managed: Option<PathBuf>,
}

impl OneArgs {
    /// Every file and folder.
    pub fn all(&self) -> impl Iterator<Item = &Path> {
        self.estate.iter().chain(&self.managed).map(PathBuf::as_path)
    }

    /// The estate, if one is given.
    pub fn estate(&self) -> Option<EstateArgs> {
        let Self { estate, managed } = self;
        (!estate.is_empty())
            .then(|| EstateArgs { estates: estate.clone(), managed: managed.clone() })
    }
}

/// Who asks, of an estate.
#[derive(Debug, Clone, Args)]
pub struct AsArgs {
    /// The estate.
    #[command(flatten)]
    pub one: OneArgs,
    /// The ARN of a user, of a role or of a root user of the estate: the question is asked with the
    /// policies that apply to it
    #[arg(long = "as", value_name = "ARN", requires = "estate")]
    pub asker: Option<String>,
}

impl EstateArgs {
    /// Every file and folder.
    pub fn all(&self) -> impl Iterator<Item = &Path> {
        self.estates.iter().chain(&self.managed).map(PathBuf::as_path)
    }
}
