//! # dead-statement
//!
//! Finds statements that apply to no request that can exist, where no other rule can name the
//! reason more exactly.
//!
//! ## Why it matters
//!
//! Such an Allow grants nothing and such a Deny protects nothing, whatever it looks like.
//!
//! ## Triggers
//!
//! The queue is in one Region, and the condition asks for another.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Deny", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs",
//!    "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}]}
//! ```
//!
//! ## Stays silent
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Deny", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:111122223333:jobs",
//!    "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}]}
//! ```
//!
//! ## How it is decided
//!
//! By one question to the solver: is there a feasible request that the statement applies to? When
//! there is none, the same question without the conditions, and then without the resources, tells
//! which element stands in the way. The effect is not looked at: a Deny is dead when it applies to
//! nothing.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Liveness, Remark};
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::query::QueryError;
use keyaki_iam::finding::Level;

const RULE: &str = "dead-statement";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let place = examination.document.statement(subject.index);
        match examination.liveness(&subject)? {
            Liveness::Live(_) | Liveness::Doubtful => {}
            Liveness::Unknown(reason) => examination.undecided(RULE, place, reason),
            Liveness::Dead(_) if examination.is_statement_explained(&subject) => {}
            Liveness::Dead(grounds) => {
                let (reason, help) = reason(examination, &subject)?;
                let message = format!("the statement never applies: {reason}");
                examination
                    .report(place, Remark::new(RULE, Level::Error, message, help).given(grounds));
            }
        }
    }
    Ok(())
}

/// Which element stands in the way, and what to do.
fn reason(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
) -> Result<(&'static str, &'static str), QueryError> {
    let statement = subject.statement;
    let mut refuted = true;
    if !statement.conditions.is_empty() {
        match examination.variant_would_live(subject, variant::unconditional(statement))? {
            Truth::Yes(_) => {
                return Ok((
                    "its conditions never hold in requests of these actions on these resources",
                    "correct the conditions, or remove the statement",
                ));
            }
            Truth::No(_) => {}
            Truth::Unknown(_) => refuted = false,
        }
    }
    // Only what applies to nothing without its conditions has its resources to blame.
    if refuted && statement.resource.is_some() {
        let anywhere = variant::on_anything(&variant::unconditional(statement));
        if let Truth::Yes(_) = examination.variant_would_live(subject, anywhere)? {
            return Ok((
                "none of its actions is about such resources",
                "correct the resources, or remove the statement",
            ));
        }
    }
    Ok(("no request that can exist matches its elements", "correct it, or remove it"))
}
