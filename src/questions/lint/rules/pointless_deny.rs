//! # pointless-deny
//!
//! Finds Deny statements that take nothing away from what the identity-based policies of one
//! principal allow. Asked with `--together` only.
//!
//! ## Why it matters
//!
//! A Deny that takes nothing away may be a guard against policies to come, or it may be wrong:
//! the action that it means is allowed under another name, or on other resources.
//!
//! ## Triggers
//!
//! No statement allows deletes.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
//!   {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::reports/*"}]}
//! ```
//!
//! ## Stays silent
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
//!   {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::reports/*"}]}
//! ```
//!
//! ## How it is decided
//!
//! By one question to the solver for each Deny statement: is there a feasible request that the
//! policies allow without the statement and do not allow with it? Only for identity-based policies,
//! and only with `--together`, which says that they are attached to one principal: a policy that
//! only denies is there to limit others. Statements that never apply are left to
//! `dead-statement`.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Remark};
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{Effect, Kind};

const RULE: &str = "pointless-deny";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    if !examination.settings.together || examination.document.policy.policy.kind != Kind::Identity {
        return Ok(());
    }
    let set: Vec<_> =
        examination.documents.iter().map(|document| document.policy.clone()).collect();
    let grants = set
        .iter()
        .flat_map(|named| named.policy.statements())
        .any(|statement| statement.effect == Effect::Allow);
    let own = examination
        .documents
        .iter()
        .position(|document| std::ptr::eq(document, examination.document));
    let (true, Some(own)) = (grants, own) else { return Ok(()) };
    let with = Policies::identity(set);
    for subject in examination.subjects().into_iter().filter(|subject| !subject.allows()) {
        if examination.live(RULE, &subject)?.is_none() {
            continue;
        }
        let mut without = with.clone();
        if let Some(named) = without.identity.iter_mut().flatten().nth(own) {
            named.policy_mut().statements.remove(subject.index);
        }
        let place = examination.document.statement(subject.index);
        match examination.asker.difference(&without, &with)? {
            Truth::Yes(_) => {}
            Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
            Truth::No(grounds) => {
                let message =
                    "the statement takes nothing away: the policies allow nothing that it denies"
                        .to_owned();
                let help = "remove it, or correct what it denies; keep it if it guards against policies to come";
                examination
                    .report(place, Remark::new(RULE, Level::Note, message, help).given(grounds));
            }
        }
    }
    Ok(())
}
