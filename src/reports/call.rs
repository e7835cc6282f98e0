//! Answers about API calls, as text and as JSON.

use super::answers::{
    AskedPath, Authorization, CanCall, Coded, FoundCall, PathWhy, Question, value,
};
use super::human::{closing, way, why, witness};
use super::json::{
    about, catalogue, caveats, in_layers, layers, reason, rests_on, says_nothing, statements,
};
use super::known::{CallList, ListedCall, ListedExtra, ListedPath, Need};
use super::made_up::{self, MadeUp, made_up};
use super::{SCHEMA, Setting};
use keyaki_iam::calls::{self, Call, Calls, Extra, Path, Who};
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::query::{
    CallAnswer, CallObstacles, CallVerdict, CallWitness, Filter, Obstacles, PathAnswer,
    PathObstacle, PathVerdict, StatementName, Step, whole_names,
};
use serde_json::Value;

/// What is said where it was not found which authorization of a path is refused.
const NOT_FOUND: &str = "which authorization is refused was not found";

/// A question about a call and its answer.
pub struct Asked<'a> {
    /// The call.
    pub call: &'a Call,
    /// What the question says of its variables.
    pub filters: &'a [Filter],
    /// The answer.
    pub verdict: &'a CallVerdict,
    /// The call that was found of each path, where every path was asked; none where the first one
    /// that is allowed was enough.
    pub every_path: Option<&'a [Option<CallWitness>]>,
    /// Why no call by some paths is allowed, where that was asked.
    pub obstacles: Option<&'a CallObstacles>,
}

/// The answer of `can --call`.
pub fn human(asked: &Asked<'_>, setting: Setting<'_>) -> String {
    let Asked { call, filters, verdict, every_path, obstacles } = asked;
    let mut text = Lines::new();
    let way = way(&verdict.about);
    match &verdict.answer {
        CallAnswer::Yes(_) => line!(text, "yes: this call is allowed{way}"),
        CallAnswer::No => match setting.vacuous {
            Some(vacuous) => line!(text, "no, vacuously: {vacuous} ({})", vacuous.code()),
            None => line!(text, "no: no such call is allowed, by any path{way}"),
        },
        CallAnswer::Unknown(reason) => {
            line!(text, "unknown: {}{way}", message(&reason.to_string()))
        }
    }
    text.blank();
    line!(text, "  call       {}: {}", call.name, call.summary);
    for filter in *filters {
        line!(text, "  where      {}", visible(&filter.to_string()));
    }
    if let CallAnswer::Yes(found) = &verdict.answer {
        text.append(found_call(found));
        let made_up = of_call(found, asked, setting.question);
        if !made_up.is_empty() {
            text.blank();
        }
        text.append(made_up::lines(&made_up));
    }
    text.blank();
    line!(text, "paths asked");
    let width = every_path.map(|_| {
        verdict.paths.iter().map(|path| path.id.chars().count()).max().unwrap_or_default()
    });
    for (at, PathVerdict { path, id, answer }) in verdict.paths.iter().enumerate() {
        let found = every_path.and_then(|found| found.get(at)).and_then(Option::as_ref);
        let id = width.map_or_else(String::new, |width| format!("{id:<width$}  "));
        match (answer, found) {
            (PathAnswer::NotAsked(reason), _) => {
                line!(text, "  {:<10} {id}{path}: {}", word(answer), message(reason))
            }
            (PathAnswer::Unknown(reason), _) => {
                line!(text, "  {:<10} {id}{path}: {}", word(answer), message(&reason.to_string()))
            }
            (PathAnswer::Yes | PathAnswer::No, Some(found)) => {
                line!(text, "  {:<10} {id}{}", word(answer), short(found))
            }
            (PathAnswer::Yes | PathAnswer::No, None) => {
                line!(text, "  {:<10} {id}{path}", word(answer))
            }
        }
    }
    text.blank();
    if let Some(obstacles) = obstacles {
        text.append(in_the_way(verdict, obstacles));
    }
    closing(&mut text, setting, &verdict.about, &verdict.rests_on, &verdict.caveats);
    text.into_text()
}

/// Why no call by the paths is allowed. Where the same refuses authorizations of several paths, it
/// is told once, of the first.
fn in_the_way(verdict: &CallVerdict, obstacles: &CallObstacles) -> Lines {
    let mut groups: Vec<(String, Vec<String>, Option<&Obstacles>)> = Vec::new();
    for (path, obstacle) in verdict.paths.iter().zip(&obstacles.paths) {
        let Some(obstacle) = obstacle else { continue };
        let (key, told, detail) = match obstacle {
            PathObstacle::Refused { refused, at, count } => {
                let Some(one) = obstacles.refused.get(*refused) else { continue };
                let place = format!("authorization {} of {count}, of {}", at + 1, person(one.who));
                let resources = one.resources.join(" or ");
                let told = format!("{place}: {} on {}", one.action, visible(&resources));
                (one.obstacles.summary(), told, Some(&one.obstacles))
            }
            PathObstacle::Together => {
                let told =
                    "each authorization could be allowed alone, but not all of them in one call";
                ("together".to_owned(), told.to_owned(), None)
            }
            PathObstacle::NotFound => ("not found".to_owned(), NOT_FOUND.to_owned(), None),
            PathObstacle::Unknown(reason) => {
                let reason = reason.to_string();
                let told =
                    format!("which authorization is refused is unknown: {}", message(&reason));
                (format!("unknown: {reason}"), told, None)
            }
        };
        let told = format!("path {}: {told}", path.id);
        match groups.iter_mut().find(|(known, ..)| *known == key) {
            Some((_, paths, _)) => paths.push(told),
            None => groups.push((key, vec![told], detail)),
        }
    }
    let mut text = Lines::new();
    for (_, paths, detail) in groups {
        for path in &paths {
            line!(text, "{path}");
        }
        if detail.is_some() && paths.len() > 1 {
            line!(text, "the first of these:");
        }
        match detail {
            Some(detail) => text.append(why(detail)),
            None => text.blank(),
        }
    }
    text
}

/// What of the requests of a call is made up.
fn of_call(found: &CallWitness, asked: &Asked<'_>, question: &Question) -> Vec<MadeUp> {
    let requests = found.steps.iter().map(|step| &step.witness.request);
    made_up(requests, question, &asked.verdict.about, Some(asked.call))
}

/// The path, what its variables stand for, and every authorization.
fn found_call(found: &CallWitness) -> Lines {
    let mut text = made(found);
    let count = found.steps.len();
    for (at, step) in found.steps.iter().enumerate() {
        text.blank();
        line!(text, "authorization {} of {count}, of {}", at + 1, person(step.who));
        text.blank();
        text.append(witness(&step.witness, &[]));
    }
    text
}

/// The path, and what its variables stand for.
pub(super) fn made(found: &CallWitness) -> Lines {
    let mut text = Lines::new();
    line!(text, "  path       {}", found.path);
    let mut heading = "with";
    for (name, value) in &found.bindings {
        let unchecked = if found.unchecked.contains(name) { "  (not checked by IAM)" } else { "" };
        line!(text, "  {heading:<10} {name} = {}{unchecked}", visible(value));
        heading = "";
    }
    text
}

pub(super) fn person(who: Who) -> &'static str {
    match who {
        Who::Caller => "the caller",
        Who::ServiceRole => "the service role",
    }
}

/// The word of an answer.
pub(super) fn answered(answer: &CallAnswer) -> &'static str {
    match answer {
        CallAnswer::Yes(_) => "yes",
        CallAnswer::No => "no",
        CallAnswer::Unknown(_) => "unknown",
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

/// The answer of `can --call`. `requests` are what `eval` reads, in the order of the path;
/// `authorizations` say of each what allowed it. Where every path was asked, `paths` have the call
/// that was found of each.
pub fn json(asked: &Asked<'_>, setting: Setting<'_>) -> Value {
    let Setting { requests, project, question, vacuous, caveats: _ } = setting;
    let Asked { call, filters, verdict, every_path, obstacles } = asked;
    let paths = verdict.paths.iter().enumerate().map(|(at, verdict)| {
        let found = every_path.and_then(|found| found.get(at)).and_then(Option::as_ref);
        let why = obstacles.and_then(|told| Some(path_why(told, told.paths.get(at)?.as_ref()?)));
        path(verdict, found, why)
    });
    let (found, unknown) = match &verdict.answer {
        CallAnswer::Yes(found) => (Some(found), None),
        CallAnswer::No => (None, None),
        CallAnswer::Unknown(unknown) => (None, Some(reason(unknown))),
    };
    value(&CanCall {
        id: Value::Null,
        schema: SCHEMA,
        question: question.clone(),
        vacuous: vacuous.map(says_nothing),
        answer: answered(&verdict.answer),
        reason: unknown,
        call: call.name.clone(),
        filters: filters.iter().map(ToString::to_string).collect(),
        path: found.map(|found| found.path.clone()),
        path_id: found.map(|found| found.id.clone()),
        variables: found.map(|found| found.bindings.clone()),
        unchecked: found.map(|found| found.unchecked.clone()),
        requests: found.map(|found| found_requests(found)),
        made_up: found.map(|found| made_up::texts(of_call(found, asked, question))),
        authorizations: found.map(|found| found.steps.iter().map(authorization).collect()),
        paths: paths.collect(),
        rests_on: rests_on(&verdict.rests_on),
        rests_on_undecided: verdict.rests_on.undecided,
        considered: requests.word(),
        catalogue: catalogue(requests),
        caveats: caveats(&verdict.caveats),
        about: about(&verdict.about, requests, project),
    })
}

fn authorization(step: &Step) -> Authorization {
    authorized(step, &step.witness.account.deciding)
}

/// One authorization, which these statements allow.
pub(super) fn authorized<'s>(
    step: &Step,
    deciding: impl IntoIterator<Item = &'s StatementName>,
) -> Authorization {
    let (request, account) = (&step.witness.request, &step.witness.account);
    Authorization {
        who: of_whom(step.who),
        request: request.to_json(),
        statements: statements(deciding),
        conclusion: account.conclusion.clone(),
        layers: layers(account),
    }
}

/// The call that shows a verdict: how it is made, and every request.
pub(super) fn found(found: &CallWitness) -> FoundCall {
    FoundCall {
        path: found.path.clone(),
        variables: found.bindings.clone(),
        unchecked: found.unchecked.clone(),
        requests: found_requests(found),
    }
}

/// Every request of a call.
pub(super) fn found_requests(found: &CallWitness) -> Value {
    found.steps.iter().map(|step| step.witness.request.to_json()).collect()
}

fn path(
    PathVerdict { path, id, answer }: &PathVerdict,
    witness: Option<&CallWitness>,
    why: Option<PathWhy>,
) -> AskedPath {
    let reason = match answer {
        PathAnswer::Unknown(unknown) => Some(reason(unknown)),
        PathAnswer::NotAsked(words) => Some(Coded::new("path-not-asked", words)),
        PathAnswer::Yes | PathAnswer::No => None,
    };
    AskedPath {
        path: path.clone(),
        id: id.clone(),
        answer: word(answer),
        reason,
        call: witness.map(found),
        why,
    }
}

fn path_why(told: &CallObstacles, obstacle: &PathObstacle) -> PathWhy {
    let nothing = PathWhy {
        authorization: None,
        who: None,
        action: None,
        resources: Vec::new(),
        only_together: false,
        why: Vec::new(),
        why_undecided: Vec::new(),
        together: None,
        no_policy_helps: false,
        reason: None,
    };
    match obstacle {
        PathObstacle::Refused { refused, at, count: _ } => match told.refused.get(*refused) {
            Some(one) => PathWhy {
                authorization: Some(at + 1),
                who: Some(of_whom(one.who)),
                action: Some(one.action.clone()),
                resources: one.resources.clone(),
                ..in_layers(&one.obstacles, nothing)
            },
            None => nothing,
        },
        PathObstacle::Together => PathWhy { only_together: true, ..nothing },
        PathObstacle::NotFound => {
            PathWhy { reason: Some(Coded::new("why-undecided", NOT_FOUND)), ..nothing }
        }
        PathObstacle::Unknown(unknown) => PathWhy { reason: Some(reason(unknown)), ..nothing },
    }
}

/// A call in one line.
pub(super) fn short(found: &CallWitness) -> String {
    let bindings: Vec<String> =
        found.bindings.iter().map(|(name, value)| format!("{name}={}", visible(value))).collect();
    let caller =
        visible(found.steps.first().map_or("", |step| step.witness.request.principal.arn.as_str()));
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
        let whole = whole_names(call);
        if !whole.is_empty() {
            line!(text, "  of it all  {}", whole.join(", "));
        }
        for path in &call.paths {
            let role = if path.needs_role() { ", and a service role" } else { "" };
            let count = path.without_role().authorizations.len();
            let noun = if count == 1 { "authorization" } else { "authorizations" };
            line!(text, "  path       {}: {} ({count} {noun}{role})", path.id, path.name);
        }
        for extra in call.possible_extras() {
            let variables: Vec<&str> = extra
                .variables
                .keys()
                .map(String::as_str)
                .filter(|name| !call.variables().contains_key(name))
                .collect();
            let variables = if variables.is_empty() {
                String::new()
            } else {
                format!(" ({})", variables.join(", "))
            };
            line!(text, "  and maybe  +{}: {}{variables}", extra.id, extra.suffix);
        }
        text.blank();
    }
    text.into_text()
}

/// Every call that is known, as one object.
pub fn list_json(calls: &Calls) -> Value {
    value(&CallList { schema: SCHEMA, calls: calls.calls.iter().map(listed).collect() })
}

fn listed(call: &Call) -> ListedCall {
    let extra = |extra: &Extra| ListedExtra { id: extra.id.clone(), extra: extra.suffix.clone() };
    let path = |path: &Path| ListedPath {
        path: path.name.clone(),
        id: path.id.clone(),
        needs: path.authorizations.iter().map(need).collect(),
        unchecked: path.unchecked.clone(),
    };
    ListedCall {
        call: call.name.clone(),
        api: call.api.clone(),
        summary: call.summary.clone(),
        sources: call.sources.clone(),
        notes: call.notes.clone(),
        variables: call.variables().into_keys().map(ToString::to_string).collect(),
        whole: whole_names(call).iter().map(ToString::to_string).collect(),
        extras: call.possible_extras().map(extra).collect(),
        paths: call.paths.iter().map(path).collect(),
    }
}

fn need(needed: &calls::Authorization) -> Need {
    Need {
        who: of_whom(needed.who),
        action: needed.action.clone(),
        resource: needed.resource.to_string(),
    }
}

fn of_whom(who: Who) -> &'static str {
    match who {
        Who::Caller => "caller",
        Who::ServiceRole => "service-role",
    }
}
