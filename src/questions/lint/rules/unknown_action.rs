//! # unknown-action
//!
//! Finds entries of `Action` and `NotAction` that name no action: a misspelt name, a pattern that
//! matches none, a service prefix that no service has, an API operation that is authorized as
//! another action (`bedrock:Converse`, `s3:ListObjectsV2`).
//!
//! ## Why it matters
//!
//! IAM accepts any name. An Allow with a misspelt name grants nothing, and somebody is refused what
//! they were meant to have; a Deny with one denies nothing, which nobody notices.
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
//! By looking the name up in the service catalogue, and in a table of operations
//! (`src/iam/operations.rs`): no question is asked. The catalogue is as old as `keyaki catalogue`
//! says; an action that is younger can be given with `--catalogue`. With `--unknown-actions` the
//! rule is silent.

use crate::lint::catalogue;
use crate::lint::examination::{Examination, Remark};
use crate::query::QueryError;
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::finding::Level;
use keyaki_iam::operations::AUTHORIZED_AS;
use keyaki_iam::policy::ActionPattern;
use keyaki_iam::policy::read::closest;

const RULE: &str = "unknown-action";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    let world = examination.settings.world;
    if world.unknown_actions {
        return Ok(());
    }
    for subject in examination.subjects() {
        for (at, pattern) in subject.statement.action.patterns.iter().enumerate() {
            let Some((severity, message, help)) = problem(world.catalogue, pattern)? else {
                continue;
            };
            let place = examination.document.entry(subject.index, subject.action_name(), at);
            examination.report(place, Remark::looked_up(RULE, severity, message, help));
        }
    }
    Ok(())
}

/// What is wrong with an entry and how bad that is, and what to do; a name that is spelled like
/// another one is a slip, any other may be younger than the catalogue; `None` when it matches some
/// action.
fn problem(
    catalogue: &Catalogue,
    pattern: &ActionPattern,
) -> Result<Option<(Level, String, String)>, CatalogueError> {
    let ActionPattern::Name { service: prefix, name } = pattern else { return Ok(None) };
    let written = format!("{prefix}:{name}");
    let Some(service) = catalogue.service(prefix)? else {
        let near = closest(prefix, catalogue.summaries().map(|summary| summary.prefix.as_str()), 1);
        let (severity, help) = match near.first() {
            Some(near) => (Level::Error, format!("did you mean `{near}:{name}`?")),
            None => {
                (Level::Warning, "`keyaki catalogue` lists the services that it knows".to_owned())
            }
        };
        return Ok(Some((
            severity,
            format!("no service has the prefix `{prefix}`, so `{written}` matches no action"),
            help,
        )));
    };
    if !catalogue::matching(catalogue, pattern)?.is_empty() {
        return Ok(None);
    }
    if let Some((operation, actions)) =
        AUTHORIZED_AS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&written))
    {
        let listed: Vec<String> = actions.iter().map(|action| format!("`{action}`")).collect();
        let message = format!(
            "{} has no action `{name}`: the operation is authorized as {}",
            service.name,
            listed.join(" and ")
        );
        return Ok(Some((
            Level::Error,
            message,
            format!("write {} in place of `{operation}`", listed.join(", ")),
        )));
    }
    let (severity, help) =
        match closest(name, service.actions.iter().map(|action| &*action.name), 1).first() {
            Some(near) => (Level::Error, format!("did you mean `{prefix}:{near}`?")),
            None => (
                Level::Warning,
                format!(
                    "`keyaki catalogue {prefix}` lists the actions of {} that it knows",
                    service.name
                ),
            ),
        };
    let message = if name.contains(['*', '?']) {
        format!("`{written}` matches no action of {}", service.name)
    } else {
        format!("{} has no action `{name}`", service.name)
    };
    Ok(Some((severity, message, help)))
}
