//! Lint by meaning: what in a policy has no effect, or another effect than it seems to have.
//!
//! A rule picks candidates by their text and decides each by a question about requests
//! ([`crate::query::Query`]): whether some feasible request makes a part of a statement apply, or
//! tells two readings apart. Names that are merely looked up in the service catalogue are the
//! exception, and so are entries that are matched with each other; their findings say so. What no
//! engine could tell is listed as undecided and never becomes a finding.
//!
//! Each file of the folder `rules` is one rule and its documentation: what it finds, why that
//! matters, a policy that triggers it and one that does not, how it is decided.
//! [`Rule::documentation`] is that text.

mod asker;
mod catalogue;
mod document;
mod examination;
mod finding;
mod placeholder;
mod prefixes;
mod rules;
mod subject;
mod variant;

pub use asker::MOST_QUERIES;
pub use document::Document;
pub use finding::{Basis, Grounds, InStatement, Judged, Undecided};
pub use keyaki_iam::finding::{Finding, Level};
pub use rules::{Rule, rule, rules};

use crate::query::{QueryError, Requests, Solver};
use examination::Examination;
use keyaki_engines::engine::Limits;
use keyaki_iam::world::World;

/// How to lint.
pub struct Settings<'a> {
    /// The rules to apply.
    pub rules: Vec<&'static Rule>,
    /// What exists.
    pub world: World<'a>,
    /// Which requests the questions are about.
    pub requests: Requests<'a>,
    /// The account of the principals that the policies are attached to, where it is known.
    pub account: Option<String>,
    /// Whether the identity-based policies are attached to one principal, so that a Deny that takes
    /// nothing away is pointless.
    pub together: bool,
    /// How much one question may cost.
    pub limits: Limits,
    /// How many questions one policy may cost.
    pub most_queries: usize,
}

/// What linting some policies found.
#[derive(Debug, Default)]
pub struct Report {
    /// Findings in the order of the policies and of their texts.
    pub findings: Vec<Judged>,
    /// What could not be decided, in the same order.
    pub undecided: Vec<Undecided>,
    /// How many questions an engine was asked.
    pub queries: usize,
    /// Internal errors about single questions, in the order of the policies. What they concern is
    /// undecided.
    pub errors: Vec<QueryError>,
}

/// Lints policies.
///
/// # Errors
/// [`QueryError`]: a defect of Keyaki or of a solver, never a finding. Errors about one question are part of the report.
pub fn lint(
    documents: &[Document],
    settings: &Settings<'_>,
    solver: &Solver,
) -> Result<Report, QueryError> {
    let mut report = Report::default();
    for document in documents {
        report.append(lint_one(document, documents, settings, solver)?);
    }
    Ok(report)
}

/// Lints one of several policies; some rules look at the others, too.
///
/// # Errors
/// As [`lint`].
pub fn lint_one(
    document: &Document,
    documents: &[Document],
    settings: &Settings<'_>,
    solver: &Solver,
) -> Result<Report, QueryError> {
    let mut examination = Examination::new(document, documents, settings, solver);
    for rule in
        rules().iter().filter(|rule| settings.rules.iter().any(|wanted| wanted.name == rule.name))
    {
        (rule.check)(&mut examination)?;
    }
    Ok(examination.finish())
}

impl Report {
    /// Adds what was found in the next policy.
    pub fn append(&mut self, next: Self) {
        let Self { findings, undecided, queries, errors } = next;
        self.findings.extend(findings);
        self.undecided.extend(undecided);
        self.queries += queries;
        self.errors.extend(errors);
    }
}
