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
//! today stays contained when services get new actions. Where the other entry has no `?`, matching the text of the one decides it, and no
//! question is asked. For statements, a request that is known to match one and not the other saves the question.

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

const RULE: &str = "contained-entry";

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    for subject in examination.subjects() {
        let statement = subject.statement;
        let bare = variant::conditions_alone(&variant::unconditional(statement));
        let alone = |pattern: &ActionPattern| variant::with_actions(&bare, vec![pattern.clone()]);
        let (patterns, member) = (&statement.action.patterns, subject.action_name());
        entries(examination, &subject, &List { member, patterns, covers: catalogue::covers, written: action_text, alone: &alone })?;
        let Some(element) = &statement.resource else { continue };
        let alone = |pattern: &ResourcePattern| variant::with_resources(&bare, vec![pattern.clone()]);
        let (patterns, member) = (&element.patterns, subject.resource_name());
        entries(examination, &subject, &List { member, patterns, covers: covers_resource, written: resource_text, alone: &alone })?;
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

/// The entries of one list, and what to know of them.
struct List<'p, P> {
    member: &'static str,
    patterns: &'p [P],
    /// Whether an entry seems to contain another one: it matches the other's text.
    covers: fn(&P, &P) -> bool,
    written: fn(&P) -> String,
    /// The statement that only has that entry.
    alone: &'p dyn Fn(&P) -> Statement,
}

/// Entries of one list: for each, the first one that contains it.
fn entries<P>(examination: &mut Examination<'_>, subject: &Subject<'_>, list: &List<'_, P>) -> Result<(), QueryError> {
    let List { member, patterns, covers, written, alone } = list;
    for (at, narrow) in patterns.iter().enumerate() {
        // Of two that contain each other the first one stays.
        let contains = |&(other, wide): &(usize, &P)| other != at && covers(wide, narrow) && (other < at || !covers(narrow, wide));
        let place = examination.document.entry(subject.index, member, at);
        let Some((_, wide)) = patterns.iter().enumerate().find(contains).filter(|_| !examination.is_explained(&place)) else { continue };
        let (narrow_text, wide_text) = (written(narrow), written(wide));
        let remark = remark(format!("`{narrow_text}` is contained in `{wide_text}`"));
        // An entry without wildcards and variables is one text, which was matched; and where `*` matches a wildcard or a variable as it is
        // written, it matches whatever that stands for. `?` is another matter.
        if !narrow_text.contains(['*', '?', '$']) || !wide_text.contains('?') {
            examination.report(place, remark.matched());
            continue;
        }
        match examination.asker.escapes_ever(&everybodys(alone(narrow)), &alone(wide))? {
            Truth::No(_) => examination.report(place, remark),
            Truth::Yes(_) => {}
            Truth::Unknown(reason) => examination.undecided(RULE, place, reason),
        }
    }
    Ok(())
}

fn everybodys(statement: Statement) -> Shape {
    Shape { statement, principals: None, not_principals: Vec::new() }
}

fn remark(message: String) -> Remark {
    Remark::new(RULE, Severity::Note, message, "remove it: nothing changes")
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
                examination.report(place, remark(message));
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
