//! # dead-entry
//!
//! Finds entries of `Action` and `Resource` that apply to no request together with the rest of
//! their statement, while other entries do: dead pairs of actions and resources.
//!
//! ## Why it matters
//!
//! Whoever reads the statement believes that the action is granted. An action that is authorized on
//! no resource of its own (`sagemaker:ListEndpoints`) is matched only by `"Resource": "*"`, never
//! by an ARN. A finding that rests only on the resources that the Service Authorization
//! Reference lists is a note, because AWS authorizes some actions on other resources, too.
//!
//! ## Triggers
//!
//! Listing all endpoints is about no endpoint.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": ["sagemaker:ListEndpoints", "sagemaker:DescribeEndpoint"], "Resource": "arn:aws:sagemaker:*:*:endpoint/x"}]}
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
//! By questions to the solver: is there a feasible request that the statement applies to, with only
//! these entries? First about all entries that no known request matches; each request that is found
//! takes those that it matches from the list. What is left when the answer is "no" is dead. Entries
//! of `NotAction` and `NotResource` are not asked about, and neither are entries that another rule
//! explains.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Remark};
use crate::lint::finding::Grounds;
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::names;
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::{ActionPattern, ResourcePattern, Statement};

const RULE: &str = "dead-entry";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let (action, resource) = (&subject.statement.action, subject.statement.resource.as_ref());
        let actions = Some(action.patterns.len()).filter(|count| !action.negated && *count > 1);
        let resources = resource
            .filter(|element| !element.negated)
            .map(|element| element.patterns.len())
            .filter(|count| *count > 1);
        if (actions, resources) == (None, None) || examination.live(RULE, &subject)?.is_none() {
            continue;
        }
        if actions.is_some() {
            dead_actions(examination, &subject, &action.patterns)?;
        }
        if let (Some(_), Some(element)) = (resources, resource) {
            dead_resources(examination, &subject, &element.patterns)?;
        }
    }
    Ok(())
}

fn dead_actions(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    patterns: &[ActionPattern],
) -> Result<(), QueryError> {
    let only =
        |entries: &[usize]| variant::with_actions(subject.statement, chosen(patterns, entries));
    for (at, grounds) in dead(examination, subject, patterns.len(), "Action", &only)? {
        let Some(pattern @ ActionPattern::Name { service, name }) = patterns.get(at) else {
            continue;
        };
        let place = examination.document.entry(subject.index, "Action", at);
        let message = format!(
            "`{service}:{name}` never applies here: no request of it matches the rest of the statement"
        );
        let help = advice(examination, pattern)?;
        examination.report(place, Remark::new(RULE, Level::Warning, message, help).given(grounds));
    }
    Ok(())
}

fn dead_resources(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    patterns: &[ResourcePattern],
) -> Result<(), QueryError> {
    let only =
        |entries: &[usize]| variant::with_resources(subject.statement, chosen(patterns, entries));
    for (at, grounds) in dead(examination, subject, patterns.len(), "Resource", &only)? {
        let Some(ResourcePattern::Arn { text, .. }) = patterns.get(at) else { continue };
        let place = examination.document.entry(subject.index, "Resource", at);
        let message = format!(
            "`{text}` never applies here: the actions that are about such resources do not match the rest of the statement"
        );
        let help = "remove it, or correct what stands beside it";
        examination.report(place, Remark::new(RULE, Level::Warning, message, help).given(grounds));
    }
    Ok(())
}

fn chosen<P: Clone>(patterns: &[P], entries: &[usize]) -> Vec<P> {
    entries.iter().filter_map(|at| patterns.get(*at)).cloned().collect()
}

/// The entries of an element that never apply, each with what that depends on; `only` is the
/// statement with these entries and no others.
fn dead(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    count: usize,
    member: &str,
    only: &dyn Fn(&[usize]) -> Statement,
) -> Result<Vec<(usize, Grounds)>, QueryError> {
    let place = |examination: &Examination<'_>, at: usize| {
        examination.document.entry(subject.index, member, at)
    };
    let (mut open, mut dead) = (Vec::new(), Vec::new());
    for at in 0..count {
        if !examination.is_explained(&place(examination, at))
            && !examination.surely_lives(subject, only(&[at]))?
        {
            open.push(at);
        }
    }
    let mut together = true;
    while let Some(last) = open.last().copied() {
        let asked = if together { open.clone() } else { vec![last] };
        match examination.variant_lives(subject, only(&asked))? {
            Truth::No(grounds) => {
                open.retain(|at| !asked.contains(at));
                for at in asked.iter().copied() {
                    let own = if asked.len() == 1 {
                        Some(grounds.clone())
                    } else {
                        own(examination, subject, only(&[at]), &grounds)?
                    };
                    dead.extend(own.map(|own| (at, own)));
                }
            }
            Truth::Yes(_) if asked.len() > 1 => {
                let before = open.len();
                open.retain(|at| !examination.asker.knows(&subject.shape_of(only(&[*at]))));
                together = open.len() < before;
            }
            // What is too hard about all entries may be easy about one.
            Truth::Unknown(_) if asked.len() > 1 => together = false,
            Truth::Yes(_) => _ = open.pop(),
            Truth::Unknown(reason) => {
                open.pop();
                examination.undecided(RULE, place(examination, last), reason);
            }
        }
    }
    dead.sort_unstable_by_key(|(at, _)| *at);
    certain(examination, subject, dead, member, only)
}

/// What the deadness of one entry depends on, where that of several, it among them, depends on
/// `all`; `None` if it turns out to live.
fn own(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    alone: Statement,
    all: &Grounds,
) -> Result<Option<Grounds>, QueryError> {
    if all.rests_on.choices.is_empty() {
        return Ok(Some(Grounds {
            rests_on: all.rests_on.clone(),
            ..examination.caveats(subject, alone)?
        }));
    }
    Ok(match examination.variant_lives(subject, alone)? {
        Truth::No(own) => Some(own),
        Truth::Unknown(_) => Some(all.clone()),
        Truth::Yes(_) => None,
    })
}

/// Those that would be dead if resources were read generously, too.
fn certain(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    dead: Vec<(usize, Grounds)>,
    member: &str,
    only: &dyn Fn(&[usize]) -> Statement,
) -> Result<Vec<(usize, Grounds)>, QueryError> {
    let mut certain = Vec::new();
    for (at, grounds) in dead {
        match examination.might_live(subject, &only(&[at]))? {
            Truth::Yes(_) => {}
            Truth::No(_) => certain.push((at, grounds)),
            Truth::Unknown(reason) => examination.undecided(
                RULE,
                examination.document.entry(subject.index, member, at),
                reason,
            ),
        }
    }
    Ok(certain)
}

/// What to do about a dead action.
fn advice(examination: &Examination<'_>, pattern: &ActionPattern) -> Result<String, QueryError> {
    let matching = names::matching(examination.settings.world.catalogue, pattern)?;
    let only_star =
        !matching.is_empty() && matching.iter().all(|(_, action)| action.resources.is_empty());
    if only_star {
        return Ok("it is authorized on no resource of its own: put it into a statement with `\"Resource\": \"*\"`".to_owned());
    }
    let mut types: Vec<&str> = matching
        .iter()
        .flat_map(|(_, action)| &action.resources)
        .map(|resource| &*resource.name)
        .collect();
    types.sort_unstable();
    types.dedup();
    Ok(match types.as_slice() {
        [] => "remove it, or correct what stands beside it".to_owned(),
        types => {
            let shown: Vec<String> = types.iter().take(6).map(|name| format!("`{name}`")).collect();
            format!(
                "it is authorized on resources of the types {}: name one, or remove it",
                shown.join(", ")
            )
        }
    })
}
