//! # contained-entry
//!
//! Finds entries of `Action`, `Resource` and their negations that another entry of the same list
//! contains, and statements that another statement of the same effect contains.
//!
//! ## Why it matters
//!
//! It does no harm, but it misleads: whoever removes `s3:GetObject` from the list beside `s3:Get*`
//! believes that it is withdrawn.
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
//! By questions to the solver: is there any request, feasible or not, that one entry matches and
//! the other does not? So what is contained today stays contained when services get new actions.
//! Where neither has a variable and the other entry no `?`, matching the text of the one decides
//! it, and no question is asked. For statements, a request that is known to match one and not the
//! other saves the question.

use crate::lint::asker::Truth;
use crate::lint::catalogue;
use crate::lint::examination::{Examination, Remark};
use crate::lint::finding::Grounds;
use crate::lint::prefixes::Ends;
use crate::lint::subject::Subject;
use crate::lint::variant;
use crate::query::QueryError;
use crate::unknown::Unknown;
use keyaki_evaluator::semantics;
use keyaki_iam::finding::Level;
use keyaki_iam::policy::{ActionPattern, Kind, PrincipalEntry, ResourcePattern, Statement};
use keyaki_iam::shape::Shape;

const RULE: &str = "contained-entry";

/// Pairs of statements of one policy that are compared: a few seconds' worth.
const LOOKS: usize = 1 << 24;

pub(super) fn check(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    let kind = examination.document.policy.policy.kind;
    for subject in examination.subjects() {
        let statement = subject.statement;
        let bare = variant::conditions_alone(&variant::unconditional(statement));
        let alone = |pattern: &ActionPattern| variant::with_actions(&bare, vec![pattern.clone()]);
        let (patterns, member) = (&statement.action.patterns, subject.action_name());
        entries(
            examination,
            &subject,
            &List {
                member,
                patterns,
                covers: &catalogue::covers,
                written: action_text,
                alone: &alone,
            },
        )?;
        let Some(element) = &statement.resource else { continue };
        let alone =
            |pattern: &ResourcePattern| variant::with_resources(&bare, vec![pattern.clone()]);
        let (patterns, member) = (&element.patterns, subject.resource_name());
        let covers =
            |wide: &ResourcePattern, narrow: &ResourcePattern| covers_resource(wide, narrow, kind);
        entries(
            examination,
            &subject,
            &List { member, patterns, covers: &covers, written: resource_text, alone: &alone },
        )?;
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
        ResourcePattern::Arn { text, .. } => (**text).to_owned(),
    }
}

/// Whether an entry seems to contain another one: it matches the other's text.
fn covers_resource(wide: &ResourcePattern, narrow: &ResourcePattern, kind: Kind) -> bool {
    match (wide, narrow) {
        (ResourcePattern::Any, _) => true,
        (_, ResourcePattern::Any) => false,
        (ResourcePattern::Arn { text: wide_text, .. }, ResourcePattern::Arn { text, .. }) => {
            wide_text == text || semantics::matches_resource(wide, kind, text)
        }
    }
}

/// Whether an ARN has all six fields; a shorter one may be completed.
fn is_full(arn: &str) -> bool {
    arn.split(':').count() >= 6
}

/// The entries of one list, and what to know of them.
struct List<'a, P> {
    member: &'static str,
    patterns: &'a [P],
    /// Whether the first entry matches the text of the second one.
    covers: &'a dyn Fn(&P, &P) -> bool,
    written: fn(&P) -> String,
    /// A statement with this entry and nothing else.
    alone: &'a dyn Fn(&P) -> Statement,
}

/// Whether one entry or statement is contained in another.
enum Contained {
    /// Matching their texts tells so.
    Matched,
    /// A question told so.
    Decided(Grounds),
    Not,
    Unknown(Unknown),
}

impl From<Truth> for Contained {
    /// What it means whether a request escapes.
    fn from(escapes: Truth) -> Self {
        match escapes {
            Truth::Yes(_) => Self::Not,
            Truth::No(grounds) => Self::Decided(grounds),
            Truth::Unknown(reason) => Self::Unknown(reason),
        }
    }
}

fn entries<P>(
    examination: &mut Examination<'_>,
    subject: &Subject<'_>,
    list: &List<'_, P>,
) -> Result<(), QueryError> {
    let ends = list.ends();
    for (at, narrow) in list.patterns.iter().enumerate() {
        let place = examination.document.entry(subject.index, list.member, at);
        if examination.is_explained(&place) {
            continue;
        }
        let mut open = None;
        let others = ends.candidates(&(list.written)(narrow)).filter(|other| *other != at);
        for (other, wide) in others.filter_map(|other| Some((other, list.patterns.get(other)?))) {
            let found = match list.contained(examination, subject, narrow, wide)? {
                // Of two that contain each other the first one stays.
                found @ (Contained::Matched | Contained::Decided(_)) if other > at => {
                    match list.contained(examination, subject, wide, narrow)? {
                        Contained::Not => found,
                        Contained::Matched | Contained::Decided(_) => continue,
                        unknown @ Contained::Unknown(_) => unknown,
                    }
                }
                found @ (Contained::Matched
                | Contained::Decided(_)
                | Contained::Not
                | Contained::Unknown(_)) => found,
            };
            let remark = remark(format!(
                "`{}` is contained in `{}`",
                (list.written)(narrow),
                (list.written)(wide)
            ));
            let remark = match found {
                Contained::Matched => remark.matched(),
                Contained::Decided(grounds) => remark.given(grounds),
                Contained::Not => continue,
                Contained::Unknown(reason) => {
                    open.get_or_insert(reason);
                    continue;
                }
            };
            examination.report(place.clone(), remark);
            open = None;
            break;
        }
        if let Some(reason) = open {
            examination.undecided(RULE, place, reason);
        }
    }
    Ok(())
}

impl<P> List<'_, P> {
    /// The entries by their fixed ends: whether one covers another is asked where these match.
    fn ends(&self) -> Ends {
        let mut ends = Ends::default();
        for (number, pattern) in self.patterns.iter().enumerate() {
            let text = (self.written)(pattern);
            ends.add(number, &text, self.member.ends_with("Action") || is_full(&text));
        }
        ends
    }

    /// Whether one entry is contained in another; asked where the text of the one matches the
    /// other.
    fn contained(
        &self,
        examination: &mut Examination<'_>,
        subject: &Subject<'_>,
        narrow: &P,
        wide: &P,
    ) -> Result<Contained, QueryError> {
        if !(self.covers)(wide, narrow) {
            return Ok(Contained::Not);
        }
        if decides((self.written)(narrow).as_str(), (self.written)(wide).as_str()) {
            return Ok(Contained::Matched);
        }
        let shape = |entry: &P| subject.shape_of_anybody((self.alone)(entry));
        Ok(examination.asker.escapes_ever(&shape(narrow), &shape(wide))?.into())
    }
}

/// Whether an entry that matches the text of another one contains it. The same text does. A text
/// without wildcards and variables is what it says; and where no `?` could take a wildcard for a
/// character, `*` matches whatever the wildcard stands for. What a variable stands for the text
/// does not tell, nor does `${*}` match what `*` does.
fn decides(narrow: &str, wide: &str) -> bool {
    let doubtful = narrow.contains('$')
        || wide.contains('$')
        || narrow.contains(['*', '?']) && wide.contains('?');
    narrow == wide || !doubtful
}

fn remark(message: String) -> Remark {
    Remark::new(RULE, Level::Note, message, "remove it: nothing changes")
}

fn statements(examination: &mut Examination<'_>) -> Result<(), QueryError> {
    let subjects = examination.subjects();
    let wholes: Vec<Shape> = subjects.iter().map(whole).collect();
    let ends = ends(&subjects);
    let mut looks = 0;
    for narrow in &subjects {
        let comparable = |wide: &&Subject<'_>| {
            wide.index != narrow.index
                && wide.statement.effect == narrow.statement.effect
                && same_callers(wide.statement, narrow.statement)
        };
        if !subjects.iter().any(|wide| comparable(&wide)) {
            continue;
        }
        let Some(request) = examination.live(RULE, narrow)? else { continue };
        if looks >= LOOKS {
            examination.undecided(
                RULE,
                examination.document.statement(narrow.index),
                Unknown::TooManyPairs(LOOKS),
            );
            continue;
        }
        let mut matching = Vec::new();
        for number in distinct(ends.candidates(&request.resource)) {
            looks += 1;
            let holds =
                wholes.get(number).is_some_and(|wide| semantics::matches_shape(wide, &request));
            matching.extend(subjects.get(number).filter(|wide| holds && comparable(wide)));
        }
        one_statement(examination, narrow, matching.into_iter())?;
    }
    Ok(())
}

/// Statements by the fixed ends of their resources: what a statement contains has a request on one
/// of these.
fn ends(subjects: &[Subject<'_>]) -> Ends {
    let mut ends = Ends::default();
    for (number, subject) in subjects.iter().enumerate() {
        match subject.statement.resource.as_ref().filter(|element| !element.negated) {
            None => ends.add(number, "*", true),
            Some(element) => element
                .patterns
                .iter()
                .map(resource_text)
                .for_each(|text| ends.add(number, &text, is_full(&text))),
        }
    }
    ends
}

/// Ascending numbers, each once.
fn distinct(numbers: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
    let mut last = None;
    numbers.filter(move |number| last.replace(*number) != Some(*number))
}

/// Looks for a statement that contains a statement, among those that apply to a request that it
/// applies to.
fn one_statement<'s>(
    examination: &mut Examination<'_>,
    narrow: &Subject<'_>,
    candidates: impl Iterator<Item = &'s Subject<'s>>,
) -> Result<(), QueryError> {
    let place = examination.document.statement(narrow.index);
    let mut open = None;
    for wide in candidates {
        let grounds = match examination.asker.escapes_ever(&whole(narrow), &whole(wide))? {
            Truth::Yes(_) => continue,
            Truth::No(grounds) => grounds,
            Truth::Unknown(reason) => {
                open.get_or_insert(reason);
                continue;
            }
        };
        // Of two that contain each other the first one stays.
        if wide.index > narrow.index {
            match examination.asker.escapes_ever(&whole(wide), &whole(narrow))? {
                Truth::Yes(_) => {}
                Truth::No(_) => continue,
                Truth::Unknown(reason) => {
                    open.get_or_insert(reason);
                    continue;
                }
            }
        }
        let other = examination.document.statement(wide.index).route;
        let message = format!(
            "the statement is contained in {other}: whatever it applies to, that one applies to"
        );
        examination.report(place, remark(message).given(grounds));
        return Ok(());
    }
    if let Some(reason) = open {
        examination.undecided(RULE, place, reason);
    }
    Ok(())
}

/// The requests that a statement matches, its principal apart.
fn whole(subject: &Subject<'_>) -> Shape {
    subject.shape_of_anybody(subject.statement.clone())
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
