//! Findings about a document: what is wrong, where, and what to do.

pub mod codes;
mod decode;
mod render;

pub use codes::CODES;
pub use render::{Style, one_line, render, render_with};

use crate::source::{Position, Source, Span};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document is accepted; something in it is probably not what its author meant.
    Warning,
    /// The document is rejected.
    Error,
}

/// One finding about a document.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Stable kebab-case name of the rule, `unknown-element` say.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One line, lower case, the user's text in backticks.
    pub message: String,
    /// The document.
    pub source: Source,
    /// Where in the document.
    pub span: Span,
    /// The route inside the document, `Statement[2].Condition.StringLike.aws:SourceArn[0]` say; empty for the document itself.
    pub route: String,
    /// What to do, where that is known.
    pub help: Option<String>,
}

impl Diagnostic {
    /// The line and column of the first character concerned.
    pub fn position(&self) -> Position {
        self.source.position(self.span.start)
    }

    /// True for findings that reject the document.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
