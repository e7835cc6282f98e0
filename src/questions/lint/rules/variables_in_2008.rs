//! # variables-in-2008
//!
//! Finds `${...}` in statements of policies whose version is `2008-10-17`, or that have none.
//!
//! ## Why it matters
//!
//! Policy variables came with version `2012-10-17`. Before, `${aws:username}` is plain text, and
//! `home/${aws:username}/*` is a folder with a strange name instead of everybody's own.
//!
//! ## Triggers
//!
//! The version is missing, so the old one applies.
//!
//! ```json
//! {"Statement": [
//!   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}]}
//! ```
//!
//! ## Stays silent
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}]}
//! ```
//!
//! ## How it is decided
//!
//! By one or two questions to the solver: is there a feasible request that the statement applies to
//! under the old version and not under the new one, or the reverse? Where the version makes no
//! difference nothing is reported.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Remark};
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::read::{self, ReadOptions};
use keyaki_iam::policy::{
    Literal, Piece, Policy, ResourcePattern, Statement, Template, Version, print,
};
use keyaki_iam::source::Source;

const RULE: &str = "variables-in-2008";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    let policy = &examination.document.policy.policy;
    if policy.version == Version::V2012 || !policy.statements().any(has_braces) {
        return Ok(());
    }
    let Some(renewed) = renewed(policy) else { return Ok(()) };
    for subject in
        examination.subjects().into_iter().filter(|subject| has_braces(subject.statement))
    {
        let Some(new) = renewed.statements.get(subject.index) else { continue };
        let place = examination.document.statement(subject.index);
        let (old, new): (_, &Statement) = (subject.statement, new);
        let anybodys = |statement: &Statement| subject.shape_of_anybody(statement.clone());
        let lost = examination.asker.escapes(&subject.shape(), &anybodys(new), [])?;
        let answer = match lost {
            Truth::Yes(_) => lost,
            other @ (Truth::No(_) | Truth::Unknown(_)) => {
                match examination.asker.escapes(
                    &subject.shape_of(new.clone()),
                    &anybodys(old),
                    [],
                )? {
                    Truth::No(_) => other,
                    found @ (Truth::Yes(_) | Truth::Unknown(_)) => found,
                }
            }
        };
        match answer {
            Truth::No(_) => {}
            Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
            Truth::Yes(request) => {
                let message = "`${` is plain text under this version of the policy language; as a variable it would change what the statement applies to".to_owned();
                let help = "write `\"Version\": \"2012-10-17\"` if a variable is meant";
                let caveats = examination.asker.caveats(&subject.shape(), Some(&anybodys(new)))?;
                examination.report(
                    place,
                    Remark::new(RULE, Level::Error, message, help)
                        .shown_by(*request)
                        .given(caveats),
                );
            }
        }
    }
    Ok(())
}

/// The policy as version `2012-10-17` reads it; `None` when its braces are not variables.
fn renewed(policy: &Policy) -> Option<Policy> {
    let text = print::print(&Policy { version: Version::V2012, ..policy.clone() });
    read::read(
        &Source::new("the policy", text),
        policy.kind,
        &ReadOptions { lenient_sids: true, ..ReadOptions::default() },
    )
    .policy
}

fn has_braces(statement: &Statement) -> bool {
    let opens = |template: &Template| {
        template
            .pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Literal(text) if text.contains("${")))
    };
    let resources = statement.resource.iter().flat_map(|element| &element.patterns);
    let in_resources =
        resources.into_iter().any(|pattern| matches!(pattern, ResourcePattern::Arn { fields, .. } if fields.iter().any(opens)));
    let values = statement.conditions.iter().flat_map(|condition| &condition.values);
    in_resources
        || values
            .into_iter()
            .any(|value| matches!(&value.literal, Literal::Text(template) if opens(template)))
}
