//! Checked claims: rows of a table for people, and JSON for programs.

use super::answers::{CheckedClaim, Coded, Question, value};
use super::human::{append_caveats, short, way};
use super::json::{
    about, caveats, finding_form, reason, rests_on, says_nothing, statements, waived,
};
use super::question::Asking;
use super::review_items::{Accepted, Fate, Left};
use super::{Caveats, ProjectFile, SCHEMA, call, project_line};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::source::Source;
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::claims::{Checked, Claim, Expectation, Outcome, Subject, Vacuity};
use serde_json::Value;
use std::collections::BTreeSet;

/// What became of a claim, or the code and the message of the internal error that kept it from
/// being decided.
pub type Row<'a> = Result<&'a Checked, (&'static str, &'a str)>;

/// The heading of the claims of a file.
pub fn heading(source: &Source) -> String {
    let mut text = Lines::new();
    text.blank();
    line!(text, "{}", visible(source.name()));
    text.into_text()
}

/// A row of the table, and what becomes of it if it is not as expected.
pub fn human(claim: &Claim<'_>, row: Row<'_>, fate: &Fate) -> String {
    match row {
        Ok(checked) => decided(claim, checked, fate),
        Err((_, message)) => failed(claim, message),
    }
}

/// A claim as JSON.
pub fn json(
    claim: &Claim<'_>,
    row: Row<'_>,
    fate: &Fate,
    project: Option<&ProjectFile>,
    asking: &Asking,
) -> Value {
    match row {
        Ok(checked) => decided_json(claim, checked, fate, project, asking),
        Err((code, message)) => value(&CheckedClaim {
            error: Some(Coded::new(code, message)),
            ..nothing_of(claim, asking)
        }),
    }
}

/// What stands under the table: the numbers, who was asked, and the caveats of all claims together.
/// A claim that an internal error kept from being decided comes with nothing.
pub fn summary<'a>(
    claims: impl Iterator<Item = (&'a Claim<'a>, Option<&'a Checked>)>,
    left: Left,
    project: Option<&ProjectFile>,
    told: Caveats,
) -> String {
    let rows: Vec<_> = claims.collect();
    let decided = || rows.iter().filter_map(|(claim, checked)| Some((*claim, (*checked)?)));
    let count =
        |outcome: Outcome| decided().filter(|(_, checked)| checked.outcome == outcome).count();
    let expected = decided().filter(|(claim, checked)| claim.is_as_expected(checked)).count();
    let confirmed = decided()
        .filter(|(_, checked)| checked.witness.is_some() || checked.call.is_some())
        .count();
    let (holds, violated, unknown) =
        (count(Outcome::Holds), count(Outcome::Violated), count(Outcome::Unknown));
    let errors = match rows.len() - decided().count() {
        0 => String::new(),
        1 => ", 1 internal error".to_owned(),
        more => format!(", {more} internal errors"),
    };
    let vacuous = match decided().filter(|(_, checked)| checked.vacuous.is_some()).count() {
        0 => String::new(),
        some => format!(", {some} vacuous"),
    };
    let mut text = Lines::new();
    text.blank();
    line!(
        text,
        "{} claims: {holds} hold, {violated} violated, {unknown} unknown{vacuous}{errors}; {expected} as expected{}; {confirmed} confirmed requests",
        rows.len(),
        left.words()
    );
    if let Some(told) = project.and_then(|project| project_of(project, decided())) {
        line!(text, "{told}");
    }
    let caveats =
        Caveat::in_order(decided().flat_map(|(_, checked)| checked.caveats.iter().cloned()));
    append_caveats(&mut text, &caveats, told);
    text.into_text()
}

/// How many principals a claim shows.
const SHOWN: usize = 10;

/// Why a finding does not count: what waives it, or that it is known.
pub(super) fn accepted(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Counts | Fate::Told => None,
        Fate::Waived(Accepted { reason, expires, file, line }) => {
            let last =
                expires.as_ref().map_or(String::new(), |day| format!(", until the end of {day}"));
            Some(format!("waived: {} ({}:{line}{last})", message(reason), visible(file)))
        }
        Fate::Known => Some("known: it is in the baseline".to_owned()),
    }
}

/// A claim with the request under it when there is one.
fn decided(claim: &Claim<'_>, checked: &Checked, fate: &Fate) -> String {
    let finding = claim.finding(checked);
    let accepted = accepted(fate);
    let mark = if finding.is_none() || accepted.is_some() { "ok  " } else { "FAIL" };
    let mut text = Lines::new();
    let refused = checked.vacuous.is_some() && claim.vacuity == Vacuity::Refused;
    let verdict = if refused { "vacuous" } else { verdict(checked.outcome) };
    let kind = claim.subject.kind().word();
    line!(text, "{mark} {verdict:<9} {kind:<14} {}{}", visible(&claim.name), way(&checked.about));
    if finding.is_some() {
        let why = claim.why.as_deref().map_or(String::new(), |why| format!("; {}", message(why)));
        line!(text, "       expected: {}{why}", expectation(claim));
    }
    if let Some(accepted) = &accepted {
        line!(text, "       {accepted}");
    }
    if let Some(vacuous) = &checked.vacuous {
        line!(text, "       vacuous: {vacuous} ({})", vacuous.code());
    }
    if let Some(reason) = &checked.reason {
        line!(text, "       reason: {}", message(&reason.to_string()));
    }
    if !checked.who.is_empty() {
        let more = checked.who.len().saturating_sub(SHOWN);
        let shown: Vec<_> = checked.who.iter().take(SHOWN).map(|name| visible(name)).collect();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let word = if checked.witness.is_some() { "allowed" } else { "not allowed" };
        line!(text, "       {word}: {}{more}", shown.join(", "));
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
fn project_of<'a>(
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
fn failed(claim: &Claim<'_>, failure: &str) -> String {
    let mut text = Lines::new();
    line!(text, "FAIL {:<9} {:<14} {}", "error", claim.subject.kind().word(), visible(&claim.name));
    line!(text, "       reason: {}", message(failure));
    text.into_text()
}

/// One checked claim.
fn decided_json(
    claim: &Claim<'_>,
    checked: &Checked,
    fate: &Fate,
    project: Option<&ProjectFile>,
    asking: &Asking,
) -> Value {
    value(&CheckedClaim {
        verdict: Some(verdict(checked.outcome)),
        as_expected: claim.is_as_expected(checked),
        vacuous: checked.vacuous.as_ref().map(says_nothing),
        request: checked.witness.as_ref().map(|witness| witness.request.to_json()),
        statements: checked.witness.as_ref().map(|witness| statements(&witness.account.deciding)),
        principals: matches!(claim.subject, Subject::Estate(_)).then(|| checked.who.clone()),
        call: checked.call.as_ref().map(|call| call::found(call)),
        reason: checked.reason.as_ref().map(reason),
        rests_on: rests_on(&checked.rests_on),
        rests_on_undecided: checked.rests_on.undecided,
        caveats: caveats(&checked.caveats),
        about: Some(about(&checked.about, claim.requests, project)),
        finding: claim.finding(checked).map(|judged| finding_form(&judged.finding)),
        waived: waived(fate),
        known: *fate == Fate::Known,
        ..nothing_of(claim, asking)
    })
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
        why: claim.why.clone(),
        request: None,
        statements: None,
        principals: None,
        call: None,
        reason: None,
        finding: None,
        waived: None,
        known: false,
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
pub fn question(claim: &Claim<'_>, asking: &Asking) -> Question {
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
        Subject::Estate(of) => asked.of_shape(Some(&of.shape)).of_estate(&of.estate),
        Subject::Pair { equivalent: _, old, new, shape } => asked
            .of_shape(shape.as_deref())
            .of_policies(Some("old"), old)
            .of_policies(Some("new"), new),
    }
}
