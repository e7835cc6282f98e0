//! Answers about API calls, as text and as JSON.

use super::human::{closing, way, witness};
use super::json::{about, assumed, layers, statements};
use super::{ProjectFile, SCHEMA};
use crate::calls::{Call, Calls, Who};
use crate::query::{CallAnswer, CallVerdict, CallWitness, Filter, PathAnswer, PathVerdict, Requests};
use crate::visible::{Lines, line, message, visible};
use serde_json::{Value, json};

/// The answer of `can --call`.
pub fn human(call: &Call, filters: &[Filter], verdict: &CallVerdict, requests: Requests<'_>, project: Option<&ProjectFile>) -> String {
    let mut text = Lines::new();
    let way = way(&verdict.about);
    match &verdict.answer {
        CallAnswer::Yes(_) => line!(text, "yes: this call is allowed{way}"),
        CallAnswer::No => line!(text, "no: no such call is allowed, by any path{way}"),
        CallAnswer::Unknown(reason) => line!(text, "unknown: {}{way}", message(reason)),
    }
    text.blank();
    line!(text, "  call       {}: {}", call.name, call.summary);
    for filter in filters {
        line!(text, "  where      {}", visible(&filter.to_string()));
    }
    if let CallAnswer::Yes(found) = &verdict.answer {
        text.append(found_call(found));
    }
    text.blank();
    line!(text, "paths asked");
    for PathVerdict { path, answer } in &verdict.paths {
        match answer {
            PathAnswer::NotAsked(reason) => line!(text, "  {:<10} {path}: {}", word(answer), message(reason)),
            PathAnswer::Unknown(reason) => line!(text, "  {:<10} {path}: {}", word(answer), message(reason)),
            PathAnswer::Yes | PathAnswer::No => line!(text, "  {:<10} {path}", word(answer)),
        }
    }
    text.blank();
    closing(&mut text, requests, &verdict.about, project, &verdict.rests_on, &verdict.caveats);
    text.into_text()
}

/// The path, what its variables stand for, and every authorization.
fn found_call(found: &CallWitness) -> Lines {
    let mut text = Lines::new();
    line!(text, "  path       {}", found.path);
    let mut heading = "with";
    for (name, value) in &found.bindings {
        let unchecked = if found.unchecked.contains(name) { "  (not checked by IAM)" } else { "" };
        line!(text, "  {heading:<10} {name} = {}{unchecked}", visible(value));
        heading = "";
    }
    let count = found.steps.len();
    for (at, step) in found.steps.iter().enumerate() {
        text.blank();
        line!(text, "authorization {} of {count}, of {}", at + 1, person(step.who));
        text.blank();
        text.append(witness(&step.witness));
    }
    text
}

fn person(who: Who) -> &'static str {
    match who {
        Who::Caller => "the caller",
        Who::ServiceRole => "the service role",
    }
}

fn word(answer: &PathAnswer) -> &'static str {
    match answer {
        PathAnswer::Yes => "yes",
        PathAnswer::No => "no",
        PathAnswer::Unknown(_) => "unknown",
        PathAnswer::NotAsked(_) => "not asked",
    }
}

/// The answer of `can --call`. `requests` are what `eval` reads, in the order of the path; `authorizations` say of each what allowed it.
pub fn json(call: &Call, filters: &[Filter], verdict: &CallVerdict, requests: Requests<'_>, project: Option<&ProjectFile>) -> Value {
    let (answer, reason) = match &verdict.answer {
        CallAnswer::Yes(_) => ("yes", None),
        CallAnswer::No => ("no", None),
        CallAnswer::Unknown(reason) => ("unknown", Some(reason)),
    };
    let found = match &verdict.answer {
        CallAnswer::Yes(found) => Some(found),
        CallAnswer::No | CallAnswer::Unknown(_) => None,
    };
    let filters: Vec<String> = filters.iter().map(ToString::to_string).collect();
    let authorizations = found.map(|found| {
        found.steps.iter().map(|step| {
            let (request, account) = (&step.witness.request, &step.witness.account);
            let who = if step.who == Who::Caller { "caller" } else { "service-role" };
            json!({
                "who": who, "request": request.to_json(), "statements": statements(&account.deciding), "conclusion": account.conclusion,
                "layers": layers(account),
            })
        })
    });
    about(
        json!({
            "id": null, "schema": SCHEMA, "answer": answer, "reason": reason, "call": call.name, "where": filters,
            "path": found.map(|found| &found.path), "variables": found.map(|found| &found.bindings), "unchecked": found.map(|found| &found.unchecked),
            "requests": found.map(|found| found_requests(found)), "authorizations": authorizations.map(Iterator::collect::<Value>),
            "paths": verdict.paths.iter().map(path).collect::<Value>(), "assumed": assumed(&verdict.rests_on), "considered": requests.word(), "catalogue": super::json::catalogue(requests), "caveats": verdict.caveats,
        }),
        (&verdict.about, requests, project),
    )
}

/// The call that shows a verdict: how it is made, and every request.
pub(super) fn found_json(found: &CallWitness) -> Value {
    json!({"path": found.path, "variables": found.bindings, "unchecked": found.unchecked, "requests": found_requests(found)})
}

/// Every request of a call.
fn found_requests(found: &CallWitness) -> Value {
    found.steps.iter().map(|step| step.witness.request.to_json()).collect()
}

fn path(PathVerdict { path, answer }: &PathVerdict) -> Value {
    let reason = match answer {
        PathAnswer::Unknown(reason) | PathAnswer::NotAsked(reason) => Some(reason),
        PathAnswer::Yes | PathAnswer::No => None,
    };
    json!({"path": path, "answer": word(answer), "reason": reason})
}

/// A call in one line.
pub(super) fn short(found: &CallWitness) -> String {
    let bindings: Vec<String> = found.bindings.iter().map(|(name, value)| format!("{name}={}", visible(value))).collect();
    let caller = visible(found.steps.first().map_or("", |step| step.witness.request.principal.arn.as_str()));
    format!("{} by {caller} with {}", found.path, bindings.join(", "))
}

/// Every call that is known, with its paths and variables.
pub fn list(calls: &Calls) -> String {
    let mut text = Lines::new();
    for call in &calls.calls {
        line!(text, "{}   {}", call.name, call.summary);
        if !call.api.is_empty() {
            line!(text, "  also       {}", call.api.join(", "));
        }
        line!(text, "  variables  {}", call.variables().into_keys().collect::<Vec<_>>().join(", "));
        for path in &call.paths {
            let role = if path.needs_role() { ", and a service role" } else { "" };
            let count = path.without_role().authorizations.len();
            let noun = if count == 1 { "authorization" } else { "authorizations" };
            line!(text, "  path       {} ({count} {noun}{role})", path.name);
        }
        text.blank();
    }
    text.into_text()
}

/// Every call that is known, as one object.
pub fn list_json(calls: &Calls) -> Value {
    let call = |call: &Call| {
        let path = |path: &crate::calls::Path| {
            let needs = |needed: &crate::calls::Authorization| {
                let who = if needed.who == Who::Caller { "caller" } else { "service-role" };
                json!({"who": who, "action": needed.action, "resource": needed.resource.to_string()})
            };
            json!({"path": path.name, "needs": path.authorizations.iter().map(needs).collect::<Value>(), "unchecked": path.unchecked})
        };
        json!({
            "call": call.name, "api": call.api, "summary": call.summary, "sources": call.sources, "notes": call.notes,
            "variables": call.variables().into_keys().collect::<Vec<_>>(), "paths": call.paths.iter().map(path).collect::<Value>(),
        })
    };
    json!({"schema": SCHEMA, "calls": calls.calls.iter().map(call).collect::<Value>()})
}
