//! # unknown-key
//!
//! Finds conditions on a key of a service that never comes with any of the statement's actions: a
//! misspelt key, or one of another action. Of the global keys (`aws:...`), those that do not exist
//! and are spelled like one that does.
//!
//! ## Why it matters
//!
//! A key that is never there makes a condition that never holds, or, with a negated operator or
//! `IfExists`, one that always does. IAM accepts any name.
//!
//! ## Triggers
//!
//! The key is called `bedrock:InferenceProfileArn`.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*",
//!    "Condition": {"ArnNotLikeIfExists": {"bedrock:InferenceProfileArns": "arn:aws:bedrock:*:*:inference-profile/*"}}}]}
//! ```
//!
//! ## Stays silent
//!
//! Keys that belong to the caller's session, for example `datazone:domainId`, may come with any
//! action; so may those of identity providers.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Deny", "Action": "bedrock:InvokeModel", "Resource": "*",
//!    "Condition": {"ArnNotLikeIfExists": {"bedrock:inferenceprofilearn": "arn:aws:bedrock:*:*:inference-profile/*"},
//!                  "StringNotEquals": {"datazone:domainId": "dzd_1"}}}]}
//! ```
//!
//! ## How it is decided
//!
//! Tags that a request passes (`aws:RequestTag/...`, `aws:TagKeys`) are asked about as keys of
//! services are.
//!
//! By one question to the solver for each key that no known request carries: is there a feasible
//! request of the statement's actions that carries it? Names of global keys are looked up.

use crate::lint::asker::Truth;
use crate::lint::examination::{Examination, Liveness, Remark};
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::names;
use crate::query::QueryError;
use keyaki_evaluator::feasibility;
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::finding::Level;
use keyaki_iam::policy::read::closest;
use keyaki_iam::policy::{Condition, ContextKey};

const RULE: &str = "unknown-key";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        for condition in &subject.statement.conditions {
            if is_global(&condition.key) && !is_passed_tag(&condition.key) {
                global_key(examination, &subject, condition)?;
            } else if feasibility::is_listed_somewhere(&condition.key, &examination.settings.world)
            {
                service_key(examination, &subject, condition)?;
            }
        }
    }
    Ok(())
}

fn is_global(key: &ContextKey) -> bool {
    key.lower().starts_with("aws:")
}

/// Whether the key is about tags that a request passes, which come with some actions only.
fn is_passed_tag(key: &ContextKey) -> bool {
    key.lower() == "aws:tagkeys" || key.lower().starts_with("aws:requesttag/")
}

/// A global key that is spelled like another one and that no service lists.
fn global_key(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    condition: &Condition,
) -> Result<(), CatalogueError> {
    let wrong = names::key(examination.settings.world.catalogue, &condition.key)?;
    let Some(wrong) = wrong.filter(|wrong| wrong.is_slip) else { return Ok(()) };
    let place = examination.condition_place(subject.index, condition, None);
    examination.report(place, Remark::looked_up(RULE, Level::Error, wrong.message, wrong.help));
    Ok(())
}

fn service_key(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    condition: &Condition,
) -> Result<(), QueryError> {
    let key = &condition.key;
    if let Liveness::Live(request) = examination.liveness(subject)?
        && request.context.contains_key(key)
    {
        return Ok(());
    }
    let place = examination.condition_place(subject.index, condition, None);
    let bare = variant::on_anything(&variant::unconditional(subject.statement));
    match examination.variant_lives(subject, variant::and(&bare, variant::absent(key, false)))? {
        Truth::Yes(_) => {}
        Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
        Truth::No(grounds) => {
            let message = format!("`{}` never comes with an action of this statement", key.text());
            if condition.needs_its_key() {
                let statement = examination.document.statement(subject.index);
                examination.explain(&statement);
            }
            let help = help(examination.settings.world.catalogue, key)?;
            examination
                .report(place, Remark::new(RULE, Level::Error, message, help).given(grounds));
        }
    }
    Ok(())
}

fn help(catalogue: &Catalogue, key: &ContextKey) -> Result<String, CatalogueError> {
    let prefix = key.text().split_once(':').map(|(prefix, _)| prefix).unwrap_or_default();
    let Some(service) = catalogue.service(prefix)? else {
        return Ok("correct the key, or remove the condition".to_owned());
    };
    if service.key(key.text()).is_some() {
        return Ok(format!("`keyaki catalogue {}` tells which actions list it", key.text()));
    }
    Ok(match closest(key.text(), service.keys.iter().map(|known| &*known.name), 1).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`keyaki catalogue {}` lists the keys of {}", service.prefix, service.name),
    })
}
