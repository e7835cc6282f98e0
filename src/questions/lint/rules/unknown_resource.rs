//! # unknown-resource
//!
//! Finds entries of `Resource` that are not an ARN of any resource type of the statement's actions,
//! whatever its conditions.
//!
//! ## Why it matters
//!
//! IAM accepts any ARN. One with a field too many, a field too few or the wrong type matches
//! nothing; the statement looks as if it granted, or denied, something. A finding that rests only
//! on the resources that the Service Authorization Reference lists is a note, because AWS
//! authorizes some actions on other resources, too.
//!
//! ## Triggers
//!
//! ARNs of keys have a Region and an account; `:::` leaves them empty.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "kms:DescribeKey", "Resource": "arn:*:kms:*:::*"}]}
//! ```
//!
//! ## Stays silent
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": "kms:DescribeKey", "Resource": "arn:*:kms:*:*:key/*"}]}
//! ```
//!
//! ## How it is decided
//!
//! By questions to the solver: is there a feasible request of the statement's actions on such a
//! resource, without the conditions? When there is none, the same question with every action of the
//! service that the ARN names, or with every action if it names none, tells whether others are
//! about it.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Remark};
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::names::Targets;
use crate::query::QueryError;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::{ActionPattern, ResourcePattern};

const RULE: &str = "unknown-resource";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let Some(element) = subject.statement.resource.as_ref().filter(|element| !element.negated)
        else {
            continue;
        };
        // First the statement as it is: what applies needs no more questions.
        examination.liveness(&subject)?;
        for (at, pattern) in element.patterns.iter().enumerate() {
            entry(examination, &subject, at, pattern)?;
        }
    }
    Ok(())
}

fn entry(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    at: usize,
    pattern: &ResourcePattern,
) -> Result<(), QueryError> {
    let ResourcePattern::Arn { text, .. } = pattern else { return Ok(()) };
    let place = examination.document.entry(subject.index, "Resource", at);
    if examination.is_explained(&place) || actions_explained(examination, subject) {
        return Ok(());
    }
    let alone =
        variant::unconditional(&variant::with_resources(subject.statement, vec![pattern.clone()]));
    match examination.variant_might_live(subject, alone.clone())? {
        Truth::Yes(_) => {}
        Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
        Truth::No(grounds) => {
            let others = of_service(examination, pattern);
            let any = variant::with_actions(&alone, vec![others.clone()]);
            let message = match (examination.variant_would_live(subject, any)?, others) {
                (Truth::Yes(request), _) => format!(
                    "no action of the statement is about `{text}`; others are, for example `{}`",
                    request.action
                ),
                (Truth::No(_), ActionPattern::Name { service, .. }) => {
                    format!(
                        "no action of `{service}` that the catalogue knows is about `{text}`, and none of the statement"
                    )
                }
                (Truth::No(_), ActionPattern::Any) => {
                    format!("no action that the catalogue knows is about `{text}`")
                }
                (Truth::Unknown(_), _) => format!("no action of the statement is about `{text}`"),
            };
            let (severity, help) = help(examination, subject, text)?;
            examination.report(place, Remark::new(RULE, severity, message, help).given(grounds));
        }
    }
    Ok(())
}

/// Every action of the service that the ARN names, or every action.
fn of_service(examination: &Examination<'_>, pattern: &ResourcePattern) -> ActionPattern {
    let known = |service: &&str| examination.settings.world.catalogue.summary(service).is_some();
    match pattern.service().filter(known) {
        Some(service) => ActionPattern::Name { service: service.into(), name: "*".into() },
        None => ActionPattern::Any,
    }
}

/// Whether the statement names no action that exists.
fn actions_explained(examination: &Examination<'_>, subject: &Subject<'_>) -> bool {
    let element = &subject.statement.action;
    let explained =
        |at| examination.is_explained(&examination.document.entry(subject.index, "Action", at));
    !element.negated && (0..element.patterns.len()).all(explained)
}

/// How bad it is, and the ARNs that the statement's actions are about: those that are nearest to
/// the text.
fn help(
    examination: &Examination<'_>,
    subject: &Subject<'_>,
    text: &str,
) -> Result<(Level, String), QueryError> {
    let catalogue = examination.settings.world.catalogue;
    let targets = Targets::of(catalogue, &subject.statement.action, text)?;
    Ok(match (targets.words(), targets.star) {
        // Services may say more of such actions than the reference that the catalogue is made from.
        (None, true) => (
            Level::Warning,
            "the actions are authorized on no resource of their own: write `\"Resource\": \"*\"`"
                .to_owned(),
        ),
        (None, false) => (Level::Error, "correct the ARN, or remove it".to_owned()),
        (Some(formats), _) => {
            (Level::Error, format!("the statement's actions are about {formats}"))
        }
    })
}
