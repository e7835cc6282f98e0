//! `keyaki completions` and `keyaki man`

use clap::Args;
use clap_complete::Shell;

/// `keyaki completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// `keyaki man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command that the page is about. Without one, the page is that of keyaki
    pub command: Vec<String>,
}
