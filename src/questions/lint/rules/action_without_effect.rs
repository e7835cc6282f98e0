//! # action-without-effect
//!
//! Finds entries of `Action` that name actions that exist but that no service checks any more.
//!
//! ## Why it matters
//!
//! A statement about such an action does nothing. A Deny that was meant to keep models from
//! being enabled stops nobody: Bedrock enables all serverless models, and what counts is who may
//! call them.
//!
//! ## Triggers
//!
//! Models need no entitlement since 2025.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "*", "Resource": "*"},
//!   {"Effect": "Deny", "Action": "bedrock:PutFoundationModelEntitlement", "Resource": "*"}]}
//! ```
//!
//! ## Stays silent
//!
//! Patterns that also match other actions are not reported.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "*", "Resource": "*"},
//!   {"Effect": "Deny", "Action": "bedrock:Put*", "Resource": "*"}]}
//! ```
//!
//! ## How it is decided
//!
//! By a table of such actions, with sources, `src/iam/operations.rs`: no question is asked. The
//! answer to a question is not changed by it, since what policies decide is the same.

use crate::lint::examination::{Examination, Remark};
use crate::names;
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::operations::WITHOUT_EFFECT;
use keyaki_iam::policy::ActionPattern;

const RULE: &str = "action-without-effect";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    let world = examination.settings.world;
    for subject in
        examination.subjects().into_iter().filter(|subject| !subject.statement.action.negated)
    {
        for (at, pattern) in subject.statement.action.patterns.iter().enumerate() {
            let ActionPattern::Name { service: prefix, name } = pattern else { continue };
            // Most entries are about services that have no such action.
            if !WITHOUT_EFFECT.iter().any(|(known, _)| {
                known.split_once(':').is_some_and(|(own, _)| own.eq_ignore_ascii_case(prefix))
            }) {
                continue;
            }
            let matching = names::matching(world.catalogue, pattern)?;
            let retired: Option<Vec<&str>> = matching
                .iter()
                .map(|(service, action)| instead(&service.prefix, &action.name))
                .collect();
            let Some(help) = retired.as_deref().and_then(<[&str]>::first) else { continue };
            // A Deny was to protect something; an Allow is superfluous.
            let severity = if subject.allows() { Level::Note } else { Level::Warning };
            let message =
                format!("`{prefix}:{name}` has no effect: no service asks for it any more");
            let place = examination.document.entry(subject.index, "Action", at);
            examination.report(place, Remark::looked_up(RULE, severity, message, *help));
        }
    }
    Ok(())
}

/// What came in the place of an action that has no effect.
fn instead(prefix: &str, name: &str) -> Option<&'static str> {
    let full = format!("{prefix}:{name}");
    WITHOUT_EFFECT
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(&full))
        .map(|(_, help)| *help)
}
