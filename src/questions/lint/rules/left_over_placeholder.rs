//! # left-over-placeholder
//!
//! Finds place-holders of documentation that nobody filled in: variables that name no context key
//! (`${region}`, `${account-id}`), words in the Region or account of an ARN (`region`,
//! `account-id`), texts such as `<Account ID>`.
//!
//! ## Why it matters
//!
//! To IAM `${account-id}` is a policy variable whose key is never in a request, so that what it
//! stands in matches nothing; `account-id` is an account that nobody has. The policy is accepted
//! and the statement does nothing.
//!
//! ## Triggers
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:${region}:${account-id}:key/${key-id}"}]}
//! ```
//!
//! ## Stays silent
//!
//! `aws:username` and `aws:PrincipalAccount` are keys.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}"}]}
//! ```
//!
//! ## How it is decided
//!
//! The text only picks candidates. An entry of `Resource` is reported when no feasible request of
//! the statement's actions is about it, and some is once the place-holders are replaced by `*`; a
//! condition value when the key can be present and never satisfies it. A text that looks like a
//! place-holder and does work (a bucket `region`, for example) is not reported.

use crate::lint::asker::Truth;
use crate::lint::document::Place;
use crate::lint::examination::{Examination, Remark};
use crate::lint::finding::Grounds;
use crate::lint::placeholder;
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::{Condition, Literal, ResourcePattern, Statement};

const RULE: &str = "left-over-placeholder";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let element = subject.statement.resource.as_ref().filter(|element| !element.negated);
        for (at, pattern) in element.iter().flat_map(|element| &element.patterns).enumerate() {
            resource(examination, &subject, at, pattern)?;
        }
        for condition in &subject.statement.conditions {
            values(examination, &subject, condition)?;
        }
    }
    Ok(())
}

fn resource(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    at: usize,
    pattern: &ResourcePattern,
) -> Result<(), QueryError> {
    let Some((found, repaired)) = placeholder::in_resource(pattern) else { return Ok(()) };
    let on = |pattern: &ResourcePattern| {
        variant::unconditional(&variant::with_resources(subject.statement, vec![pattern.clone()]))
    };
    let place = examination.document.entry(subject.index, "Resource", at);
    let message = format!("{}: the entry matches no resource", found.join(", "));
    blame(examination, subject, place, [on(pattern), on(&repaired)], message)?;
    Ok(())
}

/// Reports a place-holder because of which a statement applies to nothing, while the repaired one
/// applies to something; whether it did.
fn blame(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    place: Place,
    [written, repaired]: [Statement; 2],
    message: String,
) -> Result<bool, QueryError> {
    let grounds = match examination.variant_lives(subject, written)? {
        Truth::Yes(_) => return Ok(false),
        Truth::No(grounds) => grounds,
        Truth::Unknown(reason) => {
            examination.undecided(RULE, place, reason);
            return Ok(false);
        }
    };
    match examination.variant_would_live(subject, repaired)? {
        Truth::Yes(_) => {
            examination.report(place, remark(message, grounds));
            return Ok(true);
        }
        Truth::No(_) => {}
        Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
    }
    Ok(false)
}

fn remark(message: String, grounds: Grounds) -> Remark {
    Remark::new(RULE, Level::Error, message, "fill it in, or write `*` where anything will do")
        .given(grounds)
}

fn values(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    condition: &Condition,
) -> Result<(), QueryError> {
    if condition.operator.base.negated() {
        return Ok(());
    }
    let mut reported = 0;
    for (at, value) in condition.values.iter().enumerate() {
        let Literal::Text(template) = &value.literal else { continue };
        let Some(found) = placeholder::in_value(&condition.key, &value.text, template) else {
            continue;
        };
        let place = examination.condition_place(subject.index, condition, Some(at));
        // `IfExists` and `ForAllValues` hold without the key.
        let alone = vec![
            variant::with_value(condition, value.clone()),
            variant::absent(&condition.key, false),
        ];
        let with =
            |conditions| Statement { conditions, ..variant::conditions_alone(subject.statement) };
        let present = vec![variant::absent(&condition.key, false)];
        let message =
            format!("{}: `{}` never has such a value", found.join(", "), condition.key.text());
        reported +=
            usize::from(blame(examination, subject, place, [with(alone), with(present)], message)?);
    }
    if reported > 0 && reported == condition.values.len() && condition.needs_its_key() {
        let statement = examination.document.statement(subject.index);
        examination.explain(&statement);
        let place = examination.condition_place(subject.index, condition, None);
        examination.explain(&place);
    }
    Ok(())
}
