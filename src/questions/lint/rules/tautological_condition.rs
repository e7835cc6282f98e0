//! # tautological-condition
//!
//! Finds conditions that restrict nothing: whenever the rest of the statement matches a request,
//! the condition holds.
//!
//! ## Why it matters
//!
//! Somebody wrote the condition to restrict access, and it does not. Often another key was meant,
//! `aws:ResourceAccount` instead of `aws:PrincipalAccount`, for example.
//!
//! ## Triggers
//!
//! The second condition holds for everybody for whom the first one holds.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
//!    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:PrincipalOrgPaths": "false"}}}]}
//! ```
//!
//! ## Stays silent
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
//!    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:ResourceOrgPaths": "false"}}}]}
//! ```
//!
//! ## How it is decided
//!
//! By one question to the solver for each condition: is there a feasible request that the statement
//! without the condition applies to, and in which the condition does not hold?
//! `aws:PrincipalAccount` restricts nothing when it names the account of the principals that the
//! policy is attached to; `--account` says which that is.

use crate::guess;
use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Remark};
use crate::lint::variant;
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::Statement;

const RULE: &str = "tautological-condition";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        if subject.statement.conditions.is_empty() || examination.live(RULE, &subject)?.is_none() {
            continue;
        }
        for (at, condition) in subject.statement.conditions.iter().enumerate() {
            let place = examination.condition_place(subject.index, condition, None);
            if examination.is_explained(&place) {
                continue;
            }
            let rest = subject.shape_of(variant::without_condition(subject.statement, at));
            let guesses = guess::failing(&examination.settings.world, &rest, condition)?;
            let alone = Statement {
                conditions: vec![condition.clone()],
                ..variant::conditions_alone(subject.statement)
            };
            let alone = subject.shape_of_anybody(alone);
            match examination.asker.escapes(&rest, &alone, guesses)? {
                Truth::Yes(_) => {}
                Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
                Truth::No(grounds) => {
                    let (operator, key) = (condition.operator, condition.key.text());
                    let message = format!(
                        "`{operator}` on `{key}` restricts nothing: it holds whenever the rest of the statement matches"
                    );
                    let help = "remove it, or name the key that was meant";
                    examination.report(
                        place,
                        Remark::new(RULE, Level::Warning, message, help).given(grounds),
                    );
                }
            }
        }
    }
    Ok(())
}
