//! What the policies of a question are written in.

use keyaki_iam::layers::Policies;
use keyaki_iam::policy::print;
use keyaki_iam::source::Source;

/// A text that policies were read from, or what they say.
#[derive(Debug, Clone)]
pub enum Written {
    /// The text of a file.
    Text(Source),
    /// A policy that was read from no file, printed.
    Printed(String),
}

impl Written {
    /// What the policies of a set are written in.
    pub fn of(set: &Policies) -> Vec<Self> {
        set.layered()
            .map(|(_, policy)| match &policy.source {
                Some(source) => Self::Text(source.clone()),
                None => Self::Printed(print::print(&policy.policy)),
            })
            .collect()
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(source) => source.text(),
            Self::Printed(text) => text,
        }
    }
}
