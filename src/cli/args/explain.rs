//! `keyaki explain` and `keyaki schema`

use super::Format;
use clap::Args;

/// `keyaki explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code of a caveat, a reason, a model choice, a finding, a rule or an error; without one,
    /// all are told
    pub code: Option<String>,
    /// How results are printed
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
}

/// `keyaki schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The form; without one, the forms are listed
    pub name: Option<String>,
}
