//! # forallvalues-in-allow
//!
//! Finds `ForAllValues` conditions of Allow statements that hold in requests without the key.
//!
//! ## Why it matters
//!
//! `ForAllValues` requires every value to be among the listed ones. Without any value, that holds.
//! An Allow that was meant for requests with certain tags also allows requests without tags.
//!
//! ## Triggers
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
//!    "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost-centre"]}}}]}
//! ```
//!
//! ## Stays silent
//!
//! `Null` requires the key to be present.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
//!    "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost-centre"]}, "Null": {"aws:TagKeys": "false"}}}]}
//! ```
//!
//! ## How it is decided
//!
//! By one question to the solver for each such condition: is there a feasible request without the
//! key that the statement applies to? The request stands beside the finding. Where other conditions
//! keep the key present (`aws:RequestTag/team` does it for `aws:TagKeys`), there is none.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Remark};
use crate::lint::variant;
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::SetOperator;

const RULE: &str = "forallvalues-in-allow";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects().into_iter().filter(|subject| subject.allows()) {
        for condition in &subject.statement.conditions {
            if condition.operator.set != Some(SetOperator::ForAllValues) {
                continue;
            }
            let place = examination.condition_place(subject.index, condition, None);
            // One that restricts nothing has its finding.
            if examination.is_explained(&place) {
                continue;
            }
            let without = variant::and(subject.statement, variant::absent(&condition.key, true));
            match examination.variant_would_live(&subject, without.clone())? {
                Truth::No(_) => {}
                Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
                Truth::Yes(request) => {
                    let caveats = examination.caveats(&subject, without)?;
                    let (operator, key) = (condition.operator, condition.key.text());
                    let message = format!(
                        "`{operator}` holds where `{key}` is absent: the statement allows requests without it"
                    );
                    let help = format!(
                        "if the key must be there, add `\"Null\": {{\"{key}\": \"false\"}}` to the conditions"
                    );
                    examination.report(
                        place,
                        Remark::new(RULE, Level::Warning, message, help)
                            .shown_by(*request)
                            .given(caveats),
                    );
                }
            }
        }
    }
    Ok(())
}
