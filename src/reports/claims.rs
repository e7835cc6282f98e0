//! Checked claims: rows of a table for people, and JSON for programs.

use super::answers::{CheckedClaim, Coded, Question, value};
use super::human::{short, way};
use super::json::{about, caveats, finding_form, reason, rests_on, says_nothing, statements};
use super::question::Asking;
use super::{ProjectFile, SCHEMA, call, project_line};
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::claims::{Checked, Claim, Expectation, Outcome, Subject, Vacuity};
use serde_json::Value;
use std::collections::BTreeSet;

/// One row of the table of claims, with the request under it when there is one.
pub fn human(claim: &Claim<'_>, checked: &Checked) -> String {
    let finding = claim.finding(checked);
    let mark = if finding.is_none() { "ok  " } else { "FAIL" };
    let mut text = Lines::new();
    let (verdict, kind) = (verdict(checked.outcome), claim.subject.kind().word());
    line!(text, "{mark} {verdict:<9} {kind:<14} {}{}", visible(&claim.name), way(&checked.about));
    if finding.is_some() {
        line!(text, "       expected: {}; {}", expectation(claim), message(&claim.why));
    }
    if let Some(vacuous) = &checked.vacuous {
        line!(text, "       vacuous: {vacuous} ({})", vacuous.code());
    }
    if let Some(reason) = &checked.reason {
        line!(text, "       reason: {}", message(&reason.to_string()));
    }
    if let Some(found) = &checked.witness {
        line!(text, "       request: {}", short(&found.request));
    }
    if let Some(found) = &checked.call {
        line!(text, "       call: {}", call::short(found));
    }
    text.into_text()
}

/// The line that says which members of a project's file the answers about claims used, if any.
pub fn project<'a>(
    project: &ProjectFile,
    checked: impl Iterator<Item = (&'a Claim<'a>, &'a Checked)>,
) -> Option<String> {
    let used =
        |(claim, checked): (&Claim<'_>, &Checked)| project.used(claim.requests, &checked.about);
    let used: BTreeSet<&str> = checked.flat_map(used).collect();
    let members: Vec<&str> = used.into_iter().collect();
    (!members.is_empty()).then(|| project_line(&project.path, &members))
}

/// The row of a claim that an internal error kept from being decided.
pub fn failed_human(claim: &Claim<'_>, failure: &str) -> String {
    let mut text = Lines::new();
    line!(text, "FAIL {:<9} {:<14} {}", "error", claim.subject.kind().word(), visible(&claim.name));
    line!(text, "       reason: {}", message(failure));
    text.into_text()
}

/// One checked claim.
pub fn json(
    claim: &Claim<'_>,
    checked: &Checked,
    project: Option<&ProjectFile>,
    asking: &Asking,
) -> Value {
    value(&CheckedClaim {
        verdict: Some(verdict(checked.outcome)),
        as_expected: claim.is_as_expected(checked),
        vacuous: checked.vacuous.as_ref().map(says_nothing),
        request: checked.witness.as_ref().map(|witness| witness.request.to_json()),
        statements: checked.witness.as_ref().map(|witness| statements(&witness.account.deciding)),
        call: checked.call.as_ref().map(|call| call::found(call)),
        reason: checked.reason.as_ref().map(reason),
        rests_on: rests_on(&checked.rests_on),
        rests_on_undecided: checked.rests_on.undecided,
        caveats: caveats(&checked.caveats),
        about: Some(about(&checked.about, claim.requests, project)),
        finding: claim.finding(checked).map(|judged| finding_form(&judged.finding)),
        ..nothing_of(claim, asking)
    })
}

/// A claim that an internal error kept from being decided: no verdict, and the error.
pub fn failed_json(claim: &Claim<'_>, code: &str, message: &str, asking: &Asking) -> Value {
    value(&CheckedClaim { error: Some(Coded::new(code, message)), ..nothing_of(claim, asking) })
}

/// What is known of a claim before it is checked.
fn nothing_of(claim: &Claim<'_>, asking: &Asking) -> CheckedClaim {
    let place = claim.source.place(claim.span);
    CheckedClaim {
        schema: SCHEMA,
        question: question(claim, asking),
        vacuous: None,
        file: place.file,
        line: place.start.line,
        column: place.start.column,
        name: claim.name.to_string(),
        claim: claim.subject.kind().word(),
        verdict: None,
        expect: match claim.expect {
            Expectation::Holds => "holds",
            Expectation::Violated => "violated",
        },
        as_expected: false,
        why: claim.why.to_string(),
        request: None,
        statements: None,
        call: None,
        reason: None,
        finding: None,
        error: None,
        rests_on: Vec::new(),
        rests_on_undecided: false,
        requests: claim.requests.word(),
        caveats: Vec::new(),
        about: None,
    }
}

/// The word for a claim's verdict.
fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "holds",
        Outcome::Violated => "violated",
        Outcome::Unknown => "unknown",
    }
}

/// What is expected of a claim.
fn expectation(claim: &Claim<'_>) -> &'static str {
    match (claim.expect, claim.vacuity) {
        (Expectation::Holds, Vacuity::Refused | Vacuity::Allowed) => "holds",
        (Expectation::Holds, Vacuity::Expected) => "holds, vacuously",
        (Expectation::Violated, Vacuity::Refused | Vacuity::Allowed) => "violated",
        (Expectation::Violated, Vacuity::Expected) => "violated, vacuously",
    }
}

/// The question of a claim.
fn question(claim: &Claim<'_>, asking: &Asking) -> Question {
    let asked = asking.question(claim.subject.kind().word(), Some(claim.requests));
    match &claim.subject {
        Subject::Shape { some: _, shape, policies } => {
            asked.of_shape(Some(shape)).of_policies(None, policies)
        }
        Subject::Call { some: _, call, filters, shape, policies, role } => {
            let asked = Question {
                call: Some(call.name.clone()),
                filters: filters.iter().map(ToString::to_string).collect(),
                ..asked.of_shape(shape.as_deref()).of_policies(None, policies)
            };
            match role {
                Some(role) => asked.of_policies(Some("serviceRole"), role),
                None => asked,
            }
        }
        Subject::Pair { equivalent: _, old, new, shape } => asked
            .of_shape(shape.as_deref())
            .of_policies(Some("old"), old)
            .of_policies(Some("new"), new),
    }
}
