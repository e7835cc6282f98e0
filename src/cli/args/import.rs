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

impl EstateArgs {
    /// Every file and folder.
    pub fn all(&self) -> impl Iterator<Item = &Path> {
        self.estates.iter().chain(&self.managed).map(PathBuf::as_path)
    }
}
