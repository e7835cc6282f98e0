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
mod guess;
mod placeholder;
mod prefixes;
mod rules;
mod subject;
mod variant;

pub use asker::MOST_QUERIES;
pub use document::Document;
pub use finding::{Basis, Grounds, Judged, Undecided};
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
    lint_each(documents, settings, solver, |_, _| Ok(()))
}

/// As [`lint`]; after each policy `tell` gets its findings and the internal errors about it.
///
/// # Errors
/// As [`lint`], and the first error of `tell`, which ends the work.
pub fn lint_each<E: From<QueryError>>(
    documents: &[Document],
    settings: &Settings<'_>,
    solver: &Solver,
    mut tell: impl FnMut(&[Judged], &[QueryError]) -> Result<(), E>,
) -> Result<Report, E> {
    let mut report = Report::default();
    for document in documents {
        let mut examination = Examination::new(document, documents, settings, solver);
        for rule in rules()
            .iter()
            .filter(|rule| settings.rules.iter().any(|wanted| wanted.name == rule.name))
        {
            (rule.check)(&mut examination)?;
        }
        let (findings, errors) = (report.findings.len(), report.errors.len());
        examination.finish(&mut report);
        tell(
            report.findings.get(findings..).unwrap_or_default(),
            report.errors.get(errors..).unwrap_or_default(),
        )?;
    }
    Ok(report)
}
