//! Answers as JSON.

use super::{ProjectFile, SCHEMA, project_json};
use keyaki_iam::diagnostic::{Diagnostic, Severity};
use keyaki_iam::environment::Layer;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::Effect;
use keyaki_iam::shape::{About, Through};
use keyaki_questions::claims::{Checked, Claim, Expectation, Outcome};
use keyaki_questions::compare::{Comparison, Direction, Found};
use keyaki_questions::query::{Account, Answer, Beyond, LayerAccount, Obstacle, Obstacles, Requests, RestsOn, StatementName, Verdict};
use serde_json::{Map, Value, json};

/// `Allow` or `Deny`.
pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}

/// A statement's name; further members go into the same object.
fn named(name: &StatementName) -> Map<String, Value> {
    let members = [
        ("policy", json!(name.policy)),
        ("layer", json!(name.layer.word())),
        ("index", json!(name.index)),
        ("sid", json!(name.sid)),
        ("effect", json!(effect(name.effect))),
    ];
    members.into_iter().map(|(member, value)| (member.to_owned(), value)).collect()
}

pub(super) fn statements(names: &[StatementName]) -> Value {
    names.iter().map(|name| Value::Object(named(name))).collect()
}

/// What each layer says.
pub(super) fn layers(account: &Account) -> Value {
    account.layers.iter().map(|LayerAccount { layer, says }| json!({"layer": layer.word(), "level": layer.level(), "says": says})).collect()
}

/// Every statement with what does not match in it.
fn account(account: &Account) -> Value {
    let failures =
        |statement: &keyaki_questions::query::StatementAccount| statement.failures.iter().map(ToString::to_string).collect::<Vec<_>>();
    let statement = |statement| {
        let failures = failures(statement);
        let mut members = named(&statement.name);
        members.insert("applies".to_owned(), failures.is_empty().into());
        members.insert("failures".to_owned(), failures.into());
        Value::Object(members)
    };
    account.statements.iter().map(statement).collect()
}

/// The result of `eval`.
pub fn eval(id: &Value, evaluated: &Account, warnings: &[String]) -> Value {
    json!({
        "id": id, "schema": SCHEMA, "decision": evaluated.decision.word(), "statements": statements(&evaluated.deciding),
        "conclusion": evaluated.conclusion, "layers": layers(evaluated), "explanation": account(evaluated), "warnings": warnings,
    })
}

/// The answer of `can`.
///
/// The reasons of a "no", where they were asked for, are its members `why` and `why_unknown` (the layers that refuse alone, and those of
/// which nobody knows) and `beyond` (a request that cannot exist and would be allowed).
pub fn can(
    id: &Value,
    verdict: &Verdict,
    requests: Requests<'_>,
    project: Option<&ProjectFile>,
    reasons: Option<&(Obstacles, Option<Beyond>)>,
) -> Value {
    let why = reasons.map(|(obstacles, _)| obstacles.found.iter().map(why).collect::<Value>());
    let why_unknown = reasons.map(|(obstacles, _)| obstacles.unknown.iter().map(|layer| level(*layer)).collect::<Value>());
    let beyond = reasons.and_then(|(_, beyond)| beyond.as_ref()).map(impossible);
    let answer = match &verdict.answer {
        Answer::Yes(witness) => json!({
            "id": id, "schema": SCHEMA, "answer": "yes", "request": witness.request.to_json(), "statements": statements(&witness.account.deciding),
            "conclusion": witness.account.conclusion, "layers": layers(&witness.account),
            "unlistedAction": witness.unlisted_action, "requests": requests.word(), "catalogue": catalogue(requests), "caveats": verdict.caveats,
        }),
        Answer::No => json!({
            "id": id, "schema": SCHEMA, "answer": "no", "why": why, "why_unknown": why_unknown, "beyond": beyond, "assumed": assumed(&verdict.rests_on),
            "requests": requests.word(), "catalogue": catalogue(requests), "caveats": verdict.caveats,
        }),
        Answer::Unknown(reason) => json!({
            "id": id, "schema": SCHEMA, "answer": "unknown", "reason": reason, "requests": requests.word(), "catalogue": catalogue(requests), "caveats": verdict.caveats,
        }),
    };
    about(answer, (&verdict.about, requests, project))
}

/// The answer with what it is about beyond the policy language: `accounts` and `resourceAccounts`, lists that are empty where the question
/// names none, and `through`, the way, which is null without an endpoint policy; `own`, what is had of own accounts; and `project`, the file and its
/// members that were used, or null.
pub(super) fn about(mut answer: Value, (about, requests, project): (&About, Requests<'_>, Option<&ProjectFile>)) -> Value {
    if let Value::Object(members) = &mut answer {
        let About { accounts, resource_accounts, through, home, partitions: asked } = about;
        members.insert("partitions".to_owned(), partitions(*asked));
        members.insert("accounts".to_owned(), json!(accounts));
        members.insert("resourceAccounts".to_owned(), json!(resource_accounts));
        members.insert("through".to_owned(), json!(through.map(Through::word)));
        let organization = home.members.as_ref().map(|(_, organization)| organization);
        let own = json!({"callers": home.callers, "resources": home.resources, "organization": organization});
        members.insert("own".to_owned(), own);
        let used = project.map_or(Value::Null, |project| project_json(&project.path, &project.used(requests, about)));
        members.insert("project".to_owned(), used);
    }
    answer
}

/// What the service catalogue was made from, and its day; null where no catalogue is asked.
pub(super) fn catalogue(requests: Requests<'_>) -> Value {
    match requests {
        Requests::Any => Value::Null,
        Requests::Feasible(world) => {
            json!({"source": world.catalogue.source(), "date": world.catalogue.date().map(|date| date.to_string())})
        }
    }
}

/// The model choices that a "no" rests on, by their rows of SEMANTICS 5.6.
pub(super) fn assumed(rests_on: &RestsOn) -> Value {
    rests_on.choices.iter().map(|choice| choice.id()).collect()
}

/// The names of the partitions in which was asked; `null` where everything that one can write down is considered.
pub(super) fn partitions(asked: Option<Partitions>) -> Value {
    asked.map(|partitions| partitions.names().collect()).unwrap_or_default()
}

/// A request that cannot exist, and why.
fn impossible(beyond: &Beyond) -> Value {
    let violations: Value = beyond.violations.iter().map(|one| json!({"constraint": one.id, "message": one.message})).collect();
    json!({"request": beyond.witness.request.to_json(), "statements": statements(&beyond.witness.account.deciding), "violations": violations})
}

fn why(obstacle: &Obstacle) -> Value {
    let Obstacle { layer, request, account } = obstacle;
    json!({
        "layer": layer.word(), "level": layer.level(), "request": request.to_json(), "decision": account.decision.word(),
        "conclusion": account.conclusion, "layers": layers(account),
    })
}

fn level(layer: Layer) -> Value {
    json!({"layer": layer.word(), "level": layer.level()})
}

/// The answer of `compare`. With one direction only, `relation` is null and `only` names the direction.
///
/// `beyond`, where it was asked for and there is something, is for each direction a request that cannot exist and that would be a difference.
pub fn compare(
    id: &Value,
    comparison: &Comparison,
    requests: Requests<'_>,
    project: Option<&ProjectFile>,
    beyond: &[(Direction, Beyond)],
) -> Value {
    let beyond: serde_json::Map<String, Value> =
        beyond.iter().map(|(direction, one)| (direction.word().to_owned(), impossible(one))).collect();
    let only = match (&comparison.added, &comparison.removed) {
        (_, Found::NotAsked) => Some("added"),
        (Found::NotAsked, _) => Some("removed"),
        _ => None,
    };
    let answer = json!({
        "id": id, "schema": SCHEMA, "relation": comparison.relation().map(|relation| relation.word()), "only": only,
        "added": found(&comparison.added), "removed": found(&comparison.removed), "reason": comparison.unknown(), "beyond": beyond,
        "assumed": assumed(&comparison.rests_on),
        "requests": requests.word(), "catalogue": catalogue(requests), "caveats": comparison.caveats,
    });
    about(answer, (&comparison.about, requests, project))
}

fn found(found: &Found) -> Value {
    match found {
        Found::Difference(difference) => {
            let found = &difference.witness;
            json!({
                "request": found.request.to_json(), "unlistedAction": found.unlisted_action, "statements": statements(&found.account.deciding),
                "conclusion": found.account.conclusion, "layers": layers(&found.account), "refusal": account(&difference.refusal),
                "refusal_conclusion": difference.refusal.conclusion, "refusal_layers": layers(&difference.refusal),
            })
        }
        Found::NotAsked | Found::Nothing | Found::Unknown(_) => Value::Null,
    }
}

/// One checked claim.
pub fn claim(claim: &Claim<'_>, checked: &Checked, project: Option<&ProjectFile>) -> Value {
    let answer = json!({
        "schema": SCHEMA, "file": claim.file, "name": claim.name, "claim": claim.subject.kind().word(), "verdict": verdict(checked.outcome),
        "expect": expectation(claim.expect), "as_expected": checked.as_expected(claim.expect), "why": claim.why,
        "request": checked.witness.as_ref().map(|witness| witness.request.to_json()),
        "statements": checked.witness.as_ref().map(|witness| statements(&witness.account.deciding)),
        "call": checked.call.as_ref().map(|call| super::call::found_json(call)),
        "reason": checked.reason, "assumed": assumed(&checked.rests_on), "requests": claim.requests.word(), "caveats": checked.caveats,
    });
    about(answer, (&checked.about, claim.requests, project))
}

/// A claim that an internal error kept from being decided: no verdict, and the error.
pub fn failed_claim(claim: &Claim<'_>, code: &str, message: &str) -> Value {
    json!({
        "schema": SCHEMA, "file": claim.file, "name": claim.name, "claim": claim.subject.kind().word(), "verdict": null,
        "expect": expectation(claim.expect), "as_expected": false, "why": claim.why, "error": {"code": code, "message": message},
        "requests": claim.requests.word(),
    })
}

/// The word for a claim's verdict.
pub fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "holds",
        Outcome::Violated => "violated",
        Outcome::Unknown => "unknown",
    }
}

/// The word for an expected verdict.
pub fn expectation(expect: Expectation) -> &'static str {
    match expect {
        Expectation::Holds => "holds",
        Expectation::Violated => "violated",
    }
}

/// One finding about a document.
pub fn finding(diagnostic: &Diagnostic) -> Value {
    let position = diagnostic.position();
    let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
    json!({
        "code": diagnostic.code, "severity": severity, "message": diagnostic.message, "file": diagnostic.source.name(),
        "line": position.line, "column": position.column, "route": diagnostic.route, "help": diagnostic.help,
    })
}

/// A batch line without an answer: its number, from 1, and why.
pub fn error(id: &Value, line: usize, code: &str, message: &str) -> Value {
    json!({"id": id, "line": line, "error": {"code": code, "message": message}})
}
