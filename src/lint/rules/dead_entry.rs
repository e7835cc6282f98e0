//! # dead-entry
//!
//! Finds entries of `Action` and `Resource` that apply to no request together with the rest of their statement, while other entries do:
//! dead pairs of actions and resources.
//!
//! ## Why it matters
//!
//! Whoever reads the statement believes that the action is granted. An action that is authorized on no resource of its own
//! (`s3:ListAllMyBuckets`, `sagemaker:ListEndpoints`) is only matched by `"Resource": "*"`, never by an ARN.
//!
//! ## Triggers
//!
//! Listing all buckets is about no bucket.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:ListBucket"], "Resource": "arn:aws:s3:::reports"}]}
//! ```
//!
//! ## Stays silent
//!
//! Each action has a resource here, and each resource an action.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]}]}
//! ```
//!
//! ## How it is decided
//!
//! By questions to the solver: is there a feasible request that the statement applies to, with only these entries? First about all entries
//! that no known request matches; each request that is found takes those that it matches from the list. What is left when the answer is no
//! is dead. Entries of `NotAction` and `NotResource` are not asked about, and neither are entries that another rule explains.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Liveness, Remark};
use crate::lint::finding::Severity;
use crate::lint::subject::Subject;
use crate::lint::{catalogue, variant};
use crate::policy::{ActionPattern, ResourcePattern, Statement};
use crate::query::{QueryError, RestsOn};

const RULE: &str = "dead-entry";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let Liveness::Live(_) = examination.liveness(&subject)? else { continue };
        actions(examination, &subject)?;
        resources(examination, &subject)?;
    }
    Ok(())
}

fn actions(examination: &mut Examination<'_>, subject: &Subject<'_>) -> Result<(), QueryError> {
    let element = &subject.statement.action;
    if element.negated || element.patterns.len() < 2 {
        return Ok(());
    }
    let only = |entries: &[usize]| {
        let chosen = entries.iter().filter_map(|at| element.patterns.get(*at)).cloned().collect();
        variant::with_actions(subject.statement, chosen)
    };
    let (dead, rests_on) = dead(examination, subject, element.patterns.len(), "Action", &only)?;
    for at in dead {
        let Some(ActionPattern::Name { service, name }) = element.patterns.get(at) else { continue };
        let place = examination.document.entry(subject.index, "Action", at);
        let message = format!("`{service}:{name}` never applies here: no request of it matches the rest of the statement");
        let help = advice(examination, element.patterns.get(at));
        examination.report(place, Remark::new(RULE, Severity::Warning, message, help).resting_on(rests_on.clone()));
    }
    Ok(())
}

fn resources(examination: &mut Examination<'_>, subject: &Subject<'_>) -> Result<(), QueryError> {
    let Some(element) = subject.statement.resource.as_ref().filter(|element| !element.negated && element.patterns.len() > 1) else {
        return Ok(());
    };
    let only = |entries: &[usize]| {
        let chosen = entries.iter().filter_map(|at| element.patterns.get(*at)).cloned().collect();
        variant::with_resources(subject.statement, chosen)
    };
    let (dead, rests_on) = dead(examination, subject, element.patterns.len(), "Resource", &only)?;
    for at in dead {
        let Some(ResourcePattern::Arn { text, .. }) = element.patterns.get(at) else { continue };
        let place = examination.document.entry(subject.index, "Resource", at);
        let message =
            format!("`{text}` never applies here: the actions that are about such resources do not match the rest of the statement");
        let help = "remove it, or correct what stands beside it";
        examination.report(place, Remark::new(RULE, Severity::Warning, message, help).resting_on(rests_on.clone()));
    }
    Ok(())
}

/// The entries of an element that never apply, and what that rests on; `only` is the statement with these entries and no others.
fn dead(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    count: usize,
    member: &str,
    only: &dyn Fn(&[usize]) -> Statement,
) -> Result<(Vec<usize>, RestsOn), QueryError> {
    let place = |examination: &Examination<'_>, at: usize| examination.document.entry(subject.index, member, at);
    let mut open: Vec<usize> = (0..count).filter(|at| !examination.is_explained(&place(examination, *at))).collect();
    open.retain(|at| !examination.surely_lives(subject, only(&[*at])));
    let (mut dead, mut rests_on) = (Vec::new(), RestsOn::default());
    while !open.is_empty() {
        match examination.variant_lives(subject, only(&open))? {
            Truth::No(found) => {
                rests_on = rests_on.and(found);
                dead.append(&mut open);
            }
            Truth::Yes(_) => {
                let before = open.len();
                open.retain(|at| !examination.asker.knows(&subject.shape_of(only(&[*at]))));
                // Not to be expected; silence is better than a wrong finding.
                if open.len() == before {
                    open.clear();
                }
            }
            // What is too hard about all entries may be easy about one.
            Truth::Unknown(_) => {
                let Some(at) = open.pop() else { break };
                match examination.variant_lives(subject, only(&[at]))? {
                    Truth::Yes(_) => {}
                    Truth::No(found) => {
                        rests_on = rests_on.and(found);
                        dead.push(at);
                    }
                    Truth::Unknown(reason) => examination.undecided(RULE, place(examination, at), reason),
                }
            }
        }
    }
    dead.sort_unstable();
    Ok((certain(examination, subject, dead, only)?, rests_on))
}

/// Those that would be dead if resources were read generously, too.
fn certain(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    dead: Vec<usize>,
    only: &dyn Fn(&[usize]) -> Statement,
) -> Result<Vec<usize>, QueryError> {
    let mut certain = Vec::new();
    for at in dead {
        if !examination.might_live(subject, &only(&[at]))? {
            certain.push(at);
        }
    }
    Ok(certain)
}

/// What to do about a dead action.
fn advice(examination: &Examination<'_>, pattern: Option<&ActionPattern>) -> String {
    let matching = pattern.map(|pattern| catalogue::matching(examination.settings.world.catalogue, pattern)).unwrap_or_default();
    let only_star = !matching.is_empty() && matching.iter().all(|(_, action)| action.resources.is_empty());
    if only_star {
        return "it is authorized on no resource of its own: put it into a statement with `\"Resource\": \"*\"`".to_owned();
    }
    let mut types: Vec<&str> = matching.iter().flat_map(|(_, action)| &action.resources).map(|resource| &*resource.name).collect();
    types.sort_unstable();
    types.dedup();
    match types.as_slice() {
        [] => "remove it, or correct what stands beside it".to_owned(),
        types => {
            let shown: Vec<String> = types.iter().take(6).map(|name| format!("`{name}`")).collect();
            format!("it is authorized on resources of the types {}: name one, or remove it", shown.join(", "))
        }
    }
}
