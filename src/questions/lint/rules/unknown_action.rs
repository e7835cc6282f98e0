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

use crate::lint::examination::{Examination, Remark};
use crate::names;
use crate::query::QueryError;
use keyaki_iam::finding::Level;

const RULE: &str = "unknown-action";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    let world = examination.settings.world;
    if world.unknown_actions {
        return Ok(());
    }
    for subject in examination.subjects() {
        for (at, pattern) in subject.statement.action.patterns.iter().enumerate() {
            let Some(wrong) = names::action(world.catalogue, pattern)? else { continue };
            // A name that is not a slip may be younger than the catalogue.
            let level = if wrong.is_slip { Level::Error } else { Level::Warning };
            let place = examination.document.entry(subject.index, subject.action_name(), at);
            examination.report(place, Remark::looked_up(RULE, level, wrong.message, wrong.help));
        }
    }
    Ok(())
}
