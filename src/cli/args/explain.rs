//! `keyaki explain` and `keyaki schema`

use super::Format;
use clap::Args;

/// `keyaki explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The code of a caveat, a reason, a model choice, a finding, a rule or an error. Without one,
    /// all codes are listed
    pub code: Option<String>,
    /// How to print the answer
    #[arg(long, short, value_enum, default_value_t)]
    pub format: Format,
}

/// `keyaki schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The form. Without one, the forms are listed
    pub name: Option<String>,
}
