//! Answers of `who-can --call`: a line for each principal.

use super::answers::{Authorization, Coded, requests_form, value};
use super::call::{answered, authorized, found_requests, made, person};
use super::estates::{Asked, below, in_words, known};
use super::human;
use super::json::reason;
use super::made_up::{self, MadeUp, texts};
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::estates::Reached;
use keyaki_questions::query::{CallAnswer, CallVerdict, CallWitness};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What `who-can --call` says of one principal, or of everybody of one kind whom the estate does
/// not name.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoCall {
    /// An ARN; the number of an account whose principals are not known; or the word of the kind.
    pub principal: String,
    /// What it is.
    #[schemars(extend("enum" = ["user", "role", "root", "organization", "anyAccount", "services", "identities", "anonymous"]))]
    pub kind: &'static str,
    /// Whether it can make such a call.
    #[schemars(extend("enum" = ["yes", "no", "unknown"]))]
    pub answer: &'static str,
    /// The path of the call that was found.
    pub path: Option<String>,
    /// Its short name.
    pub path_id: Option<String>,
    /// What its variables stand for.
    pub variables: Option<BTreeMap<String, String>>,
    /// The variables that IAM does not check.
    pub unchecked: Option<Vec<String>>,
    /// Every request, in order; the evaluator confirmed each.
    #[schemars(schema_with = "requests_form")]
    pub requests: Option<Value>,
    /// What is made up in the requests: accounts, names and ids that neither the estate nor the
    /// question name.
    pub made_up: Option<Vec<String>>,
    /// Every authorization, in the same order. What an account that the estate does not have allows
    /// its own callers is not known, and not among the statements.
    pub authorizations: Option<Vec<Authorization>>,
    /// Why the answer is unknown.
    pub reason: Option<Coded>,
    /// Who reaches the role by assuming roles: names as in `principal`; `null` where that is not
    /// asked, and of principals that are no roles, or cannot.
    pub reached_by: Option<Vec<String>>,
    /// Of whom that is unknown.
    pub may_be_reached_by: Option<Vec<String>>,
}

/// A line for programs.
pub fn json(
    asked: &Asked,
    verdict: &CallVerdict,
    made_up: &[MadeUp],
    reached: Option<&Reached>,
) -> Value {
    let (found, unknown) = match &verdict.answer {
        CallAnswer::Yes(found) => (Some(found), None),
        CallAnswer::No => (None, None),
        CallAnswer::Unknown(unknown) => (None, Some(reason(unknown))),
    };
    let authorizations = |found: &CallWitness| {
        found.steps.iter().map(|step| authorized(step, known(asked, &step.witness))).collect()
    };
    value(&WhoCall {
        principal: asked.name.clone(),
        kind: asked.kind.word(),
        answer: answered(&verdict.answer),
        path: found.map(|found| found.path.clone()),
        path_id: found.map(|found| found.id.clone()),
        variables: found.map(|found| found.bindings.clone()),
        unchecked: found.map(|found| found.unchecked.clone()),
        requests: found.map(|found| found_requests(found)),
        made_up: found.map(|_| texts(made_up.to_vec())),
        authorizations: found.map(|found| authorizations(found)),
        reason: unknown,
        reached_by: reached.map(|reached| reached.by.clone()),
        may_be_reached_by: reached.map(|reached| reached.unknown.clone()),
    })
}

/// A line for people, with the call.
pub fn human(
    asked: &Asked,
    verdict: &CallVerdict,
    made_up: &[MadeUp],
    reached: Option<&Reached>,
) -> String {
    let mut text = Lines::new();
    let who = in_words(asked);
    match &verdict.answer {
        CallAnswer::Yes(found) => {
            line!(text, "yes: {}", visible(&who));
            text.append(made(found));
            let count = found.steps.len();
            for (at, step) in found.steps.iter().enumerate() {
                line!(text, "  authorization {} of {count}, of {}", at + 1, person(step.who));
                let deciding = known(asked, &step.witness);
                text.append(human::short_witness(&step.witness, &[], &deciding));
            }
            text.append(made_up::lines(made_up));
            text.append(below(asked, reached));
        }
        CallAnswer::No => line!(text, "no: {}", visible(&who)),
        CallAnswer::Unknown(unknown) => {
            line!(text, "unknown: {}: {}", visible(&who), message(&unknown.to_string()));
        }
    }
    text.into_text()
}
