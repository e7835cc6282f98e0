//! # unknown-action
//!
//! Finds entries of `Action` and `NotAction` that name no action: a misspelt name, a pattern that matches none, a service prefix that no
//! service has.
//!
//! ## Why it matters
//!
//! IAM accepts any name. An Allow with a misspelt name grants nothing, and somebody is refused what they were meant to have; a Deny with
//! one denies nothing, which nobody notices.
//!
//! ## Triggers
//!
//! The action is called `iam:ListGroupsForUser`.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": ["iam:GetUser", "iam:ListGroupForUser"], "Resource": "*"}]}
//! ```
//!
//! ## Stays silent
//!
//! Names are compared without regard to case.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": ["iam:getuser", "IAM:ListGroups*"], "Resource": "*"}]}
//! ```
//!
//! ## How it is decided
//!
//! By looking the name up in the service catalogue: no question is asked. The catalogue is as old as `keyaki catalogue` says; an action
//! that is younger can be given with `--catalogue`. With `--unknown-actions` the rule is silent.

use crate::catalogue::Catalogue;
use crate::lint::catalogue;
use crate::lint::examination::{Examination, Remark};
use crate::lint::finding::Severity;
use crate::policy::ActionPattern;
use crate::policy::read::closest;
use crate::query::QueryError;

const RULE: &str = "unknown-action";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    let world = examination.settings.world;
    if world.unknown_actions {
        return Ok(());
    }
    for subject in examination.subjects() {
        for (at, pattern) in subject.statement.action.patterns.iter().enumerate() {
            let Some((message, help)) = problem(world.catalogue, pattern) else { continue };
            let place = examination.document.entry(subject.index, subject.action_name(), at);
            examination.report(place, Remark::looked_up(RULE, Severity::Error, message, help));
        }
    }
    Ok(())
}

/// What is wrong with an entry, and what to do; `None` when it matches some action.
fn problem(catalogue: &Catalogue, pattern: &ActionPattern) -> Option<(String, String)> {
    let ActionPattern::Name { service: prefix, name } = pattern else { return None };
    let written = format!("{prefix}:{name}");
    let Ok(Some(service)) = catalogue.service(prefix) else {
        // A service that is there and cannot be read is no misspelling.
        if catalogue.summary(prefix).is_some() {
            return None;
        }
        let near = closest(prefix, catalogue.summaries().map(|summary| summary.prefix.as_str()), 1);
        let help = near
            .first()
            .map_or_else(|| "`keyaki catalogue` lists the services".to_owned(), |near| format!("did you mean `{near}:{name}`?"));
        return Some((format!("no service has the prefix `{prefix}`, so `{written}` matches no action"), help));
    };
    if !catalogue::matching(catalogue, pattern).is_empty() {
        return None;
    }
    let near = closest(name, service.actions.iter().map(|action| &*action.name), 1);
    let help = match near.first() {
        Some(near) => format!("did you mean `{prefix}:{near}`?"),
        None => format!("`keyaki catalogue {prefix}` lists the actions of {}", service.name),
    };
    let message = if name.contains(['*', '?']) {
        format!("`{written}` matches no action of {}", service.name)
    } else {
        format!("{} has no action `{name}`", service.name)
    };
    Some((message, help))
}
