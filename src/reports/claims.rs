//! The table of claims, as text and as JSON.

use super::human::project_of_claims;
use super::{ProjectFile, human, json};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::visible::{Lines, line, message, visible};
use keyaki_questions::claims::{Checked, Claim, Outcome};
use serde_json::Value;

/// What became of a claim, or the code and the message of the internal error that kept it from
/// being decided.
pub type Row<'a> = Result<&'a Checked, (&'static str, &'a str)>;

/// The heading of the claims of a file.
pub fn heading(file: &str) -> String {
    let mut text = Lines::new();
    text.blank();
    line!(text, "{}", visible(file));
    text.into_text()
}

/// A row of the table.
pub fn human(claim: &Claim<'_>, row: Row<'_>) -> String {
    match row {
        Ok(checked) => human::claim(claim, checked),
        Err((_, message)) => human::failed_claim(claim, message),
    }
}

/// A claim as JSON.
pub fn json(claim: &Claim<'_>, row: Row<'_>, project: Option<&ProjectFile>) -> Value {
    match row {
        Ok(checked) => json::claim(claim, checked, project),
        Err((code, message)) => json::failed_claim(claim, code, message),
    }
}

/// What stands under the table: the numbers, and the caveats of all claims together. A claim that
/// an internal error kept from being decided comes with nothing.
pub fn summary<'a>(
    claims: impl Iterator<Item = (&'a Claim<'a>, Option<&'a Checked>)>,
    project: Option<&ProjectFile>,
) -> String {
    let rows: Vec<_> = claims.collect();
    let decided = || rows.iter().filter_map(|(claim, checked)| Some((*claim, (*checked)?)));
    let count =
        |outcome: Outcome| decided().filter(|(_, checked)| checked.outcome == outcome).count();
    let expected = decided().filter(|(claim, checked)| checked.as_expected(claim.expect)).count();
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
    let mut text = Lines::new();
    text.blank();
    line!(
        text,
        "{} claims: {holds} hold, {violated} violated, {unknown} unknown{errors}; {expected} as expected; {confirmed} confirmed requests",
        rows.len()
    );
    if let Some(told) = project.and_then(|project| project_of_claims(project, decided())) {
        line!(text, "{told}");
    }
    let caveats =
        Caveat::in_order(decided().flat_map(|(_, checked)| checked.caveats.iter().cloned()));
    for caveat in caveats {
        line!(text, "caveat: {}", message(&caveat.to_string()));
    }
    text.into_text()
}
