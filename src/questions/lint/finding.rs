//! What linting finds.

use crate::query::RestsOn;
use crate::unknown::Unknown;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::finding::Finding;
use keyaki_iam::request::Request;
use keyaki_iam::source::{Position, Source, Span};

/// How a finding was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// By questions about all requests.
    Solver,
    /// By looking a name up in the service catalogue.
    Catalogue,
    /// By matching the text of an entry: there is nothing left to ask.
    Evaluator,
}

impl Basis {
    /// The word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Solver => "solver",
            Self::Catalogue => "catalogue",
            Self::Evaluator => "evaluator",
        }
    }
}

/// What a finding depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grounds {
    /// The model choices without which it might not be so.
    pub rests_on: RestsOn,
    /// The caveats of the questions that decided it: assumptions and approximations that its reader
    /// must know.
    pub caveats: Vec<Caveat>,
}

/// The statement of a policy that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InStatement {
    /// Its place among the statements, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// What it says, as JSON without white space.
    pub content: String,
}

/// A finding, and why it is one.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What is the matter, and where.
    pub finding: Finding,
    /// The statement that it is about; none of findings about claims.
    pub statement: Option<InStatement>,
    /// How it was decided.
    pub basis: Basis,
    /// A request that shows it, where the matter is that there is one.
    pub evidence: Option<Request>,
    /// What it depends on.
    pub grounds: Grounds,
}

/// A question that no engine could answer, so that a rule has no verdict.
#[derive(Debug, Clone)]
pub struct Undecided {
    /// The name of the rule.
    pub rule: &'static str,
    /// The document.
    pub source: Source,
    /// Where in the document.
    pub span: Span,
    /// The same as a route.
    pub route: String,
    /// Why.
    pub reason: Unknown,
}

impl Undecided {
    /// The line and column where the part in question begins.
    pub fn position(&self) -> Position {
        self.source.position(self.span.start)
    }
}
