//! # contained-entry
//!
//! Finds entries of `Action`, `Resource` and their negations that another entry of the same list contains, and statements that another
//! statement of the same effect contains.
//!
//! ## Why it matters
//!
//! It does no harm, but it misleads: whoever removes `s3:GetObject` from the list beside `s3:Get*` believes to have withdrawn it.
//!
//! ## Triggers
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "*"}]}
//! ```
//!
//! ## Stays silent
//!
//! The bucket is not one of its objects.
//!
//! ```json
//! {"Version": "2012-10-17", "Statement": [
//!   {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]}]}
//! ```
//!
//! ## How it is decided
//!
//! By questions to the solver: is there any request, feasible or not, that one entry matches and the other does not? So what is contained
//! today stays contained when services get new actions. One question settles all entries that one other seems to contain. For statements,
//! a request that is known to match one and not the other saves the question.

use crate::lint::asker::Truth;
use crate::lint::catalogue;
use crate::lint::examination::{Examination, Liveness, Remark};
use crate::lint::finding::Severity;
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::policy::{ActionPattern, PrincipalEntry, ResourcePattern, Statement};
use crate::query::QueryError;
use crate::semantics;
use crate::shape::Shape;
use std::collections::BTreeMap;

const RULE: &str = "contained-entry";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let statement = subject.statement;
        let bare = variant::conditions_alone(&variant::unconditional(statement));
        let patterns = &statement.action.patterns;
        let written = |at: usize| patterns.get(at).map(action_text).unwrap_or_default();
        let with = |chosen: Vec<ActionPattern>| variant::with_actions(&bare, chosen);
        entries(examination, &subject, subject.action_name(), patterns, &catalogue::covers, &with, &written)?;
        let Some(element) = &statement.resource else { continue };
        let written = |at: usize| element.patterns.get(at).map(resource_text).unwrap_or_default();
        let with = |chosen: Vec<ResourcePattern>| variant::with_resources(&bare, chosen);
        entries(examination, &subject, subject.resource_name(), &element.patterns, &covers_resource, &with, &written)?;
    }
    statements(examination)
}

fn action_text(pattern: &ActionPattern) -> String {
    match pattern {
        ActionPattern::Any => "*".to_owned(),
        ActionPattern::Name { service, name } => format!("{service}:{name}"),
    }
}

fn resource_text(pattern: &ResourcePattern) -> String {
    match pattern {
        ResourcePattern::Any => "*".to_owned(),
        ResourcePattern::Arn { text, .. } => text.clone(),
    }
}

/// Whether an entry seems to contain another one: it matches the other's text.
fn covers_resource(wide: &ResourcePattern, narrow: &ResourcePattern) -> bool {
    match (wide, narrow) {
        (ResourcePattern::Any, _) => true,
        (_, ResourcePattern::Any) => false,
        (ResourcePattern::Arn { text: wide_text, .. }, ResourcePattern::Arn { text, .. }) => {
            wide_text == text || catalogue::matches_resource(wide, text)
        }
    }
}

/// Entries of one list: for each, those that it seems to contain, settled by one question.
fn entries<P: Clone>(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    member: &str,
    patterns: &[P],
    covers: &dyn Fn(&P, &P) -> bool,
    with: &dyn Fn(Vec<P>) -> Statement,
    written: &dyn Fn(usize) -> String,
) -> Result<(), QueryError> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (narrow, pattern) in patterns.iter().enumerate() {
        // Of two that contain each other the first one stays.
        let contains = |&(at, wide): &(usize, &P)| at != narrow && covers(wide, pattern) && (at < narrow || !covers(pattern, wide));
        if let Some((wide, _)) = patterns.iter().enumerate().find(contains) {
            groups.entry(wide).or_default().push(narrow);
        }
    }
    for (wide, narrow) in groups {
        let choose = |chosen: &[usize]| with(chosen.iter().filter_map(|at| patterns.get(*at)).cloned().collect());
        let shape = everybodys(choose(&narrow));
        let whole = examination.asker.escapes_ever(&shape, &choose(&[wide]))?;
        for at in &narrow {
            let place = examination.document.entry(subject.index, member, *at);
            let contained = match (&whole, narrow.len()) {
                (Truth::No(_), _) => true,
                (_, 1) => false,
                _ => matches!(examination.asker.escapes_ever(&everybodys(choose(&[*at])), &choose(&[wide]))?, Truth::No(_)),
            };
            if contained {
                let message = format!("`{}` is contained in `{}`", written(*at), written(wide));
                report(examination, place, message);
            }
        }
    }
    Ok(())
}

fn everybodys(statement: Statement) -> Shape {
    Shape { statement, principals: None, not_principals: Vec::new() }
}

fn report(examination: &mut Examination<'_>, place: crate::lint::document::Place, message: String) {
    examination.report(place, Remark::new(RULE, Severity::Note, message, "remove it: nothing changes"));
}

fn statements(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    let subjects = examination.subjects();
    for narrow in &subjects {
        let Liveness::Live(request) = examination.liveness(narrow)? else { continue };
        for wide in &subjects {
            let candidate = wide.index != narrow.index
                && wide.statement.effect == narrow.statement.effect
                && same_callers(wide.statement, narrow.statement)
                && semantics::matches_shape(&everybodys(wide.statement.clone()), &request);
            if !candidate || !contains(examination, wide, narrow)? {
                continue;
            }
            // Of two that contain each other the first one stays.
            if wide.index < narrow.index || !contains(examination, narrow, wide)? {
                let other = examination.document.statement(wide.index).route;
                let message = format!("the statement is contained in {other}: whatever it applies to, that one applies to");
                let place = examination.document.statement(narrow.index);
                report(examination, place, message);
                break;
            }
        }
    }
    Ok(())
}

fn contains(examination: &mut Examination<'_>, wide: &Subject<'_>, narrow: &Subject<'_>) -> Result<bool, QueryError> {
    let answer = examination.asker.escapes_ever(&everybodys(narrow.statement.clone()), wide.statement)?;
    Ok(matches!(answer, Truth::No(_)))
}

/// Whether the wide statement is about everybody that the narrow one is about.
fn same_callers(wide: &Statement, narrow: &Statement) -> bool {
    match (&wide.principal, &narrow.principal) {
        (None, None) => true,
        (Some(wide), Some(narrow)) => {
            let everybody = !wide.negated && wide.entries.contains(&PrincipalEntry::Anyone);
            everybody || wide.negated == narrow.negated && wide.entries == narrow.entries
        }
        _ => false,
    }
}
