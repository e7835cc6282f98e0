//! # contradictory-condition
//!
//! Finds `Condition` elements that hold in no request at all, whatever the action and the resource.
//!
//! ## Why it matters
//!
//! All conditions of a statement must hold at once. Two that exclude each other, or one that no
//! value satisfies, switch the statement off: an Allow grants nothing, a Deny protects nothing.
//!
//! ## Triggers
//!
//! A request comes through a VPC endpoint or from a public address, never both.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
//!    "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}
//! ```
//!
//! ## Stays silent
//!
//! `IfExists` lets one of the two be absent.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
//!    "Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1a2b3c4d"}, "IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}}]}
//! ```
//!
//! ## How it is decided
//!
//! By one question to the solver, for statements that never apply: is there a feasible request of
//! any action on any resource in which all the conditions hold? When there is none, the same
//! question without each of them in turn tells which ones may be to blame; they are named when the
//! question about them alone is answered with no, too.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Liveness, Remark};
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::{Condition, Statement};

const RULE: &str = "contradictory-condition";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let conditions = &subject.statement.conditions;
        if conditions.is_empty() {
            continue;
        }
        match examination.liveness(&subject)? {
            Liveness::Dead(_) => {}
            Liveness::Live(_) | Liveness::Doubtful => continue,
            Liveness::Unknown(reason) => {
                examination.undecided(
                    RULE,
                    examination.document.element(subject.index, "Condition"),
                    reason,
                );
                continue;
            }
        }
        let explained = |condition: &Condition| {
            examination.is_explained(&examination.condition_place(subject.index, condition, None))
        };
        if conditions.iter().any(explained) {
            continue;
        }
        let place = examination.document.element(subject.index, "Condition");
        match examination.variant_lives(&subject, variant::conditions_alone(subject.statement))? {
            Truth::Yes(_) => {}
            Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
            Truth::No(grounds) => {
                let message = message(examination, &subject)?;
                let help = "correct the conditions, or remove the statement: it never applies";
                let statement = examination.document.statement(subject.index);
                examination.explain(&statement);
                examination
                    .report(place, Remark::new(RULE, Level::Error, message, help).given(grounds));
            }
        }
    }
    Ok(())
}

/// Names the conditions without any one of which the others could hold, if these alone contradict
/// each other.
fn message(examination: &mut Examination<'_>, subject: &Subject<'_>) -> Result<String, QueryError> {
    let statement = variant::conditions_alone(subject.statement);
    let mut guilty = Vec::new();
    for (at, condition) in statement.conditions.iter().enumerate() {
        if let Truth::Yes(_) =
            examination.variant_would_live(subject, variant::without_condition(&statement, at))?
        {
            guilty.push(condition.clone());
        }
    }
    // Each of them is needed for the contradiction; whether they are enough is another question.
    let enough = guilty.len() == statement.conditions.len() || {
        let alone = Statement { conditions: guilty.clone(), ..statement };
        !guilty.is_empty()
            && matches!(examination.variant_would_live(subject, alone)?, Truth::No(_))
    };
    let names = guilty
        .iter()
        .map(|condition| format!("`{}` on `{}`", condition.operator, condition.key.text()));
    Ok(match (names.collect::<Vec<_>>().as_slice(), enough) {
        ([one], true) => format!("{one} never holds"),
        (several, true) => {
            format!("these conditions never hold together: {}", several.join(" and "))
        }
        (_, false) => "the conditions never hold together".to_owned(),
    })
}
