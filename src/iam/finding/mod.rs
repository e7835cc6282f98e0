//! Findings: what is wrong with a document, a policy or a claim, where, and what to do.

pub mod codes;
mod decode;
mod render;

pub use codes::{CODES, Code, OTHER_CODES};
pub use render::{Style, one_line, render, render_with};

use crate::source::{Place, Position, Source, Span};
use std::fmt;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Superfluous, but harmless.
    Note,
    /// Probably not what the author meant. A document is accepted with it.
    Warning,
    /// Certainly not what the author meant: what is wrong with a document that is rejected, a part
    /// of a policy that can never have the effect it is written for, a claim that does not hold.
    Error,
}

impl Level {
    /// The word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The next milder one.
    #[must_use]
    pub fn milder(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning | Self::Note => Self::Note,
        }
    }
}

/// One finding: about a document that is read, about a policy that is examined, or about a claim.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Stable kebab-case name of the rule, for example `unknown-element`: `keyaki explain` explains
    /// it.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is the matter: one line, lower case, the user's text in backticks.
    pub message: String,
    /// The document.
    pub source: Source,
    /// Where in the document.
    pub span: Span,
    /// The route inside the document, for example
    /// `Statement[2].Condition.StringLike.aws:SourceArn[0]`; empty for the document itself.
    pub route: String,
    /// What to do, where that is known.
    pub help: Option<String>,
}

impl Finding {
    /// Where it begins and ends.
    pub fn place(&self) -> Place {
        self.source.place(self.span)
    }

    /// The line and column of the first character concerned.
    pub fn position(&self) -> Position {
        self.source.position(self.span.start)
    }

    /// True for findings that reject the document.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

impl fmt::Display for Finding {
    /// In one line, as [`one_line`]; [`render`] shows the text concerned, too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(self))
    }
}
