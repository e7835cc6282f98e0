//! Answers as JSON.

use super::SCHEMA;
use crate::claims::{Checked, Claim, Expectation, Outcome};
use crate::compare::{Comparison, Found};
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::Effect;
use crate::query::{Account, Answer, Requests, StatementName, Verdict};
use serde_json::{Value, json};

/// `Allow` or `Deny`.
pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}

fn statements(names: &[StatementName]) -> Value {
    names.iter().map(|name| json!({"policy": name.policy, "index": name.index, "sid": name.sid, "effect": effect(name.effect)})).collect()
}

/// Every statement with what does not match in it.
fn account(account: &Account) -> Value {
    let failures = |statement: &crate::query::StatementAccount| statement.failures.iter().map(ToString::to_string).collect::<Vec<_>>();
    let statement = |statement| {
        let failures = failures(statement);
        let name = &statement.name;
        json!({
            "policy": name.policy, "index": name.index, "sid": name.sid, "effect": effect(name.effect),
            "applies": failures.is_empty(), "failures": failures,
        })
    };
    account.statements.iter().map(statement).collect()
}

/// The result of `eval`.
pub fn eval(id: &Value, evaluated: &Account, deciding: &[StatementName], warnings: &[String]) -> Value {
    json!({
        "id": id, "schema": SCHEMA, "decision": evaluated.decision.word(), "statements": statements(deciding),
        "explanation": account(evaluated), "warnings": warnings,
    })
}

/// The answer of `can`.
pub fn can(id: &Value, verdict: &Verdict, requests: Requests) -> Value {
    match &verdict.answer {
        Answer::Yes(witness) => json!({
            "id": id, "schema": SCHEMA, "answer": "yes", "request": witness.request.to_json(), "statements": statements(&witness.statements),
            "requests": requests.word(), "caveats": verdict.caveats,
        }),
        Answer::No => json!({"id": id, "schema": SCHEMA, "answer": "no", "requests": requests.word(), "caveats": verdict.caveats}),
        Answer::Unknown(reason) => json!({
            "id": id, "schema": SCHEMA, "answer": "unknown", "reason": reason, "requests": requests.word(), "caveats": verdict.caveats,
        }),
    }
}

/// The answer of `compare`. With one direction only, `relation` is null and `only` names the direction.
pub fn compare(id: &Value, comparison: &Comparison, requests: Requests) -> Value {
    let only = match (&comparison.added, &comparison.removed) {
        (_, Found::NotAsked) => Some("added"),
        (Found::NotAsked, _) => Some("removed"),
        _ => None,
    };
    json!({
        "id": id, "schema": SCHEMA, "relation": comparison.relation().map(|relation| relation.word()), "only": only,
        "added": found(&comparison.added), "removed": found(&comparison.removed), "reason": comparison.unknown(),
        "requests": requests.word(), "caveats": comparison.caveats,
    })
}

fn found(found: &Found) -> Value {
    match found {
        Found::Difference(difference) => {
            let found = &difference.witness;
            json!({"request": found.request.to_json(), "statements": statements(&found.statements), "refusal": account(&difference.refusal)})
        }
        Found::NotAsked | Found::Nothing | Found::Unknown(_) => Value::Null,
    }
}

/// One checked claim.
pub fn claim(claim: &Claim, checked: &Checked) -> Value {
    json!({
        "schema": SCHEMA, "file": claim.file, "name": claim.name, "claim": claim.subject.kind().word(), "verdict": verdict(checked.outcome),
        "expect": expectation(claim.expect), "as_expected": checked.as_expected(claim.expect), "why": claim.why,
        "request": checked.witness.as_ref().map(|witness| witness.request.to_json()),
        "statements": checked.witness.as_ref().map(|witness| statements(&witness.statements)),
        "reason": checked.reason, "requests": claim.requests.word(), "caveats": checked.caveats,
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

/// A batch line that could not be read.
pub fn error(id: &Value, code: &str, message: &str) -> Value {
    json!({"id": id, "error": {"code": code, "message": message}})
}
