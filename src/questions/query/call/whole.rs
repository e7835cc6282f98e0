//! What is asked of a whole call: its guardrail, its service tier, its project, the tags of its
//! profile, and where it may be carried out (SEMANTICS 6.7).

use super::error::CallError;
use super::filter::{Filter, PROFILE_TAG};
use keyaki_encoder::{Error, Frame};
use keyaki_evaluator::semantics::matches_shape;
use keyaki_iam::calls::{self, Call, Part, Path, Scope};
use keyaki_iam::policy::{
    BaseOperator, Condition, ConditionValue, ContextKey, Literal, Operator, Piece, Template,
};
use keyaki_iam::request::{ContextValue, Principal, Request};
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Span;
use keyaki_logic::term::Term;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What filters call the Regions in which a call may be carried out.
pub const DESTINATION: &str = "Destination";
/// The pattern that stands for no value.
pub const ABSENT: &str = "absent";

const REQUESTED_REGION: &str = "aws:RequestedRegion";
const RESOURCE_TAG: &str = "aws:ResourceTag/";

/// Something that filters name and that belongs to the call as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    /// A key that all authorizations of the inference have in common.
    Shared(ContextKey),
    /// A tag of the application inference profile.
    ProfileTag(ContextKey),
    /// The Regions in which the call may be carried out.
    Destination,
}

/// A condition on the whole call.
#[derive(Debug, Clone)]
pub struct WholeCondition {
    subject: Subject,
    /// The condition, alone, as the shape of a request.
    shape: Shape,
    /// Whether it holds iff it does somewhere, and not everywhere: of negated operators about the
    /// destinations.
    somewhere: bool,
}

/// What the name of a filter stands for in the call, if it is something of the whole call; keys of
/// several services may have one name.
fn subjects(call: &Call, name: &str) -> Vec<Subject> {
    if let Some(tag) = name.strip_prefix(PROFILE_TAG) {
        let key = ContextKey::new(&format!("{RESOURCE_TAG}{tag}"));
        return if call.has_part(Part::Profile) && !tag.is_empty() {
            vec![Subject::ProfileTag(key)]
        } else {
            Vec::new()
        };
    }
    if name == DESTINATION {
        return if call.has_part(Part::Model) { vec![Subject::Destination] } else { Vec::new() };
    }
    if call.variables().contains_key(name) {
        return Vec::new();
    }
    call.whole_keys()
        .filter(|whole| whole.name == name)
        .map(|whole| Subject::Shared(whole.key.clone()))
        .collect()
}

/// Whether a filter of that name is about something of the whole call.
pub fn is_whole(call: &Call, name: &str) -> bool {
    !subjects(call, name).is_empty()
}

/// The names of what filters may say of the whole call.
pub fn names(call: &Call) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for whole in
        call.whole_keys().filter(|whole| !call.variables().contains_key(whole.name.as_str()))
    {
        if !names.contains(&whole.name) {
            names.push(whole.name.clone());
        }
    }
    names.extend(call.has_part(Part::Profile).then(|| format!("{PROFILE_TAG}KEY")));
    names.extend(call.has_part(Part::Model).then(|| DESTINATION.to_owned()));
    names
}

/// The conditions of a question on the whole call: those of its shape, and what its filters say.
///
/// # Errors
/// [`CallError::Condition`] for a condition of the shape on what is neither of the whole call nor
/// of its caller.
pub fn conditions(
    call: &Call,
    shape: Option<&Shape>,
    filters: &[Filter],
) -> Result<Vec<WholeCondition>, CallError> {
    let mut all = Vec::new();
    for condition in shape
        .into_iter()
        .flat_map(|shape| &shape.statement.conditions)
        .filter(|condition| !is_of_caller(&condition.key))
    {
        let subject = subject_of(call, &condition.key)
            .ok_or_else(|| CallError::Condition(condition.key.text().to_owned()))?;
        all.push(WholeCondition::of(subject, condition.clone()));
    }
    let mut grouped: BTreeMap<&str, Vec<&Filter>> = BTreeMap::new();
    for filter in filters.iter().filter(|filter| is_whole(call, &filter.variable)) {
        grouped.entry(&filter.variable).or_default().push(filter);
    }
    for (name, filters) in grouped {
        for subject in subjects(call, name) {
            all.extend(
                filtered(&subject, &filters)
                    .into_iter()
                    .map(|condition| WholeCondition::of(subject.clone(), condition)),
            );
        }
    }
    Ok(all)
}

/// Whether a key tells of the caller, its session or its way, so that a condition on it is about
/// every authorization.
fn is_of_caller(key: &ContextKey) -> bool {
    matches!(calls::scope(key), Scope::Session | Scope::Way)
}

/// The shape without its conditions on the whole call.
pub fn of_caller(shape: &Shape) -> Shape {
    let mut own = shape.clone();
    own.statement.conditions.retain(|condition| is_of_caller(&condition.key));
    own
}

fn subject_of(call: &Call, key: &ContextKey) -> Option<Subject> {
    if key == &ContextKey::new(REQUESTED_REGION) {
        return call.has_part(Part::Model).then_some(Subject::Destination);
    }
    if key.lower().starts_with(&RESOURCE_TAG.to_ascii_lowercase()) {
        return call.has_part(Part::Profile).then(|| Subject::ProfileTag(key.clone()));
    }
    call.whole_keys()
        .find(|whole| whole.key == *key)
        .map(|whole| Subject::Shared(whole.key.clone()))
}

/// What filters of one name say, as conditions: the value is like one of the patterns, if there are
/// any, and like none of the negated ones. `absent` stands for no value, which no other pattern is
/// like.
fn filtered(subject: &Subject, filters: &[&Filter]) -> Vec<Condition> {
    let patterns = |negated: bool| {
        filters
            .iter()
            .filter(move |filter| filter.negated == negated)
            .map(|filter| filter.pattern.as_str())
    };
    let given = |negated: bool| -> (bool, Vec<String>) {
        let absent = patterns(negated).any(|pattern| pattern == ABSENT);
        (
            absent,
            patterns(negated)
                .filter(|pattern| *pattern != ABSENT)
                .flat_map(|pattern| spelled_out(subject, pattern))
                .collect(),
        )
    };
    let key = subject.key();
    let ((absent, like), (not_absent, unlike)) = (given(false), given(true));
    let mut all = Vec::new();
    if absent && like.is_empty() {
        all.push(presence(&key, true));
    } else if !like.is_empty() {
        all.push(texts(&key, BaseOperator::StringLike, absent, &like));
    }
    if not_absent {
        all.push(presence(&key, false));
    }
    if !unlike.is_empty() {
        all.push(texts(&key, BaseOperator::StringNotLike, false, &unlike));
    }
    all
}

/// The patterns that one stands for: that of a guardrail without a version stands for every version
/// of it, too.
fn spelled_out(subject: &Subject, pattern: &str) -> Vec<String> {
    let id = pattern.rsplit_once(":guardrail/").map(|(_, id)| id);
    match (subject, id) {
        (Subject::Shared(_), Some(id)) if !id.contains(':') && !id.ends_with('*') => {
            vec![pattern.to_owned(), format!("{pattern}:*")]
        }
        _ => vec![pattern.to_owned()],
    }
}

fn presence(key: &ContextKey, absent: bool) -> Condition {
    let value = ConditionValue {
        text: absent.to_string(),
        literal: Literal::Presence(absent),
        span: NOWHERE,
    };
    condition(key, BaseOperator::Null, false, vec![value])
}

fn texts(key: &ContextKey, base: BaseOperator, if_exists: bool, patterns: &[String]) -> Condition {
    let value = |pattern: &String| ConditionValue {
        text: pattern.clone(),
        literal: Literal::Text(template(pattern)),
        span: NOWHERE,
    };
    condition(key, base, if_exists, patterns.iter().map(value).collect())
}

fn condition(
    key: &ContextKey,
    base: BaseOperator,
    if_exists: bool,
    values: Vec<ConditionValue>,
) -> Condition {
    Condition {
        operator: Operator { set: None, base, if_exists },
        key: key.clone(),
        values,
        span: NOWHERE,
    }
}

/// A filter has wildcards and neither variables nor escapes.
fn template(pattern: &str) -> Template {
    let mut pieces = Vec::new();
    for letter in pattern.chars() {
        match (letter, pieces.last_mut()) {
            ('*', _) => pieces.push(Piece::AnyString),
            ('?', _) => pieces.push(Piece::AnyChar),
            (_, Some(Piece::Literal(text))) => text.push(letter),
            (_, _) => pieces.push(Piece::Literal(letter.to_string())),
        }
    }
    Template { pieces }
}

/// What is not read has no place in a document.
const NOWHERE: Span = Span { start: 0, end: 0 };

impl Subject {
    fn key(&self) -> ContextKey {
        match self {
            Self::Shared(key) | Self::ProfileTag(key) => key.clone(),
            Self::Destination => ContextKey::new(REQUESTED_REGION),
        }
    }
}

impl WholeCondition {
    fn of(subject: Subject, condition: Condition) -> Self {
        let somewhere = subject == Subject::Destination && condition.operator.base.negated();
        let shape = Shape::under(vec![condition]);
        Self { subject, shape, somewhere }
    }

    /// Whether it is enough that it holds of one of the authorizations that it is about.
    pub fn is_somewhere(&self) -> bool {
        self.somewhere
    }

    /// The condition as the shape of a request.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The authorizations of a path that it is about, by their places.
    fn places(&self, path: &Path) -> Vec<usize> {
        let meant = |needed: &calls::Authorization| match &self.subject {
            Subject::Shared(key) => needed.shared.contains(key),
            Subject::ProfileTag(_) => needed.part == Some(Part::Profile),
            Subject::Destination => needed.part == Some(Part::Model),
        };
        path.authorizations
            .iter()
            .enumerate()
            .filter(|(_, needed)| meant(needed))
            .map(|(at, _)| at)
            .collect()
    }

    /// Why calls by the path are not asked about, if it can be told from the path alone: nothing of
    /// it is carried out anywhere.
    pub fn left_out(&self, path: &Path) -> Option<String> {
        let nowhere = self.subject == Subject::Destination && self.places(path).is_empty();
        nowhere.then(|| format!("it has no `{DESTINATION}`"))
    }

    /// True iff it holds of the call by the path, `asked` of which has these frames: of what a
    /// service role needs and is not asked about it says nothing.
    ///
    /// # Errors
    /// As [`Frame::shape`].
    pub fn term(&self, path: &Path, asked: &Path, frames: &[Rc<Frame>]) -> Result<Term, Error> {
        if self.places(path).is_empty() {
            // Without the key.
            return Ok(Term::bool(
                self.shape.statement.conditions.iter().all(|condition| !condition.needs_its_key()),
            ));
        }
        let places = self.places(asked);
        if places.is_empty() {
            return Ok(Term::truth());
        }
        let frames = places.into_iter().filter_map(|at| frames.get(at));
        let terms =
            frames.map(|frame| frame.shape(&self.shape)).collect::<Result<Vec<Term>, Error>>()?;
        Ok(if self.somewhere { Term::or(terms) } else { Term::and(terms) })
    }

    /// Whether the evaluator agrees that it holds of the call by the path whose part that is asked
    /// has these requests.
    pub fn holds(&self, path: &Path, asked: &Path, requests: &[Request]) -> bool {
        if self.places(path).is_empty() {
            return matches_shape(&self.shape, &nothing());
        }
        let places = self.places(asked);
        let mut matched = places
            .iter()
            .filter_map(|at| requests.get(*at))
            .map(|request| matches_shape(&self.shape, request));
        if places.is_empty() {
            true
        } else if self.somewhere {
            matched.any(|matched| matched)
        } else {
            matched.all(|matched| matched)
        }
    }
}

/// A request that has no keys.
fn nothing() -> Request {
    Request {
        principal: Principal::new("anonymous"),
        action: "s:A".to_owned(),
        resource: "*".to_owned(),
        resource_account: None,
        principal_in_management_account: false,
        context: BTreeMap::new(),
    }
}

/// The Regions in which a call with these requests may be carried out, in order and each once.
pub fn destinations(path: &Path, requests: &[Request]) -> Vec<String> {
    let mut regions: Vec<String> = Vec::new();
    let models = path
        .authorizations
        .iter()
        .zip(requests)
        .filter(|(needed, _)| needed.part == Some(Part::Model));
    for (_, request) in models {
        let Some(ContextValue::Single(region)) =
            request.context.get(&ContextKey::new(REQUESTED_REGION)).cloned()
        else {
            continue;
        };
        if !regions.contains(&region) {
            regions.push(region);
        }
    }
    regions
}
