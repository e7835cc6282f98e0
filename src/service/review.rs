//! What a change of policies allows that was not allowed before, and which claims it breaks.

use super::in_order::in_order;
use super::pair::text_of;
use super::sift::Sieve;
use super::{Checked, Form, Piece, Says, Service, Told};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Estate;
use keyaki_iam::layers::Policies;
use keyaki_iam::shape::{About, CallerPattern, Shape};
use keyaki_iam::source::Place;
use keyaki_questions::claims::Claim;
use keyaki_questions::compare::{self, Comparison, Found};
use keyaki_questions::estates::{self, Deciding, Pair};
use keyaki_questions::query::{QueryError, RestsOn};
use keyaki_questions::unknown::Unknown;
use keyaki_reports::Written;
use keyaki_reports::claims;
use keyaki_reports::review::{self as report, Counts, Item};
use keyaki_reports::review_items::{Case, Fate};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A question about a change.
#[derive(Debug)]
pub struct Review<'a> {
    /// What is not the same on both sides.
    pub changes: Vec<Change>,
    /// How many things are the same.
    pub unchanged: usize,
    /// The claims of the new side.
    pub claims: Vec<Claim<'a>>,
    /// Those of the old side, by their names.
    pub before: BTreeMap<String, Claim<'a>>,
    /// Which requests changes are asked about; `None`: all.
    pub shape: Option<Shape>,
    /// The estates that are compared, where the sides are estates.
    pub estates: Option<Estates<'a>>,
}

/// The sides of a review that are estates.
#[derive(Debug)]
pub struct Estates<'a> {
    /// The old one and the new one.
    pub sides: [&'a Estate; 2],
    /// What one of them does not say, or both.
    pub caveats: Vec<Caveat>,
}

/// Something that is not the same on both sides.
#[derive(Debug)]
pub struct Change {
    /// What it is called: an address in a template or a plan, an ARN, or a file.
    pub address: String,
    /// What its policies are: `identity`, `trust` and the like.
    pub kind: &'static str,
    /// What became of it.
    pub revision: Revision,
    /// What it was and what it is.
    pub versions: Versions,
    /// Where it stands on the new side; of what was removed, on the old side.
    pub place: Option<Place>,
    /// What is attached to it on one side alone and whose text is not known.
    pub untold: Vec<String>,
    /// Parameters that may have other values than before.
    pub other_values: Vec<String>,
}

/// What something was and what it is.
#[derive(Debug)]
pub enum Versions {
    /// Each of these. What one finds is found.
    Sets(Vec<Sets>),
    /// What a user or role of an estate had and has; several may share that.
    Principal(Arc<Pair>, estates::Versions),
    /// Nothing, since one side does not say enough.
    Nothing(Unknown),
}

impl Versions {
    /// What the policies of both sides say: a finding that is known is about these and no others.
    fn content(&self) -> String {
        let of_set = |set: &Policies| set.all().map(text_of).collect::<Vec<_>>().join("\n");
        let of_sets = |sets: &[Sets]| -> Vec<String> {
            sets.iter().flat_map(|one| [of_set(&one.old), of_set(&one.new)]).collect()
        };
        let texts = match self {
            Self::Sets(sets) => of_sets(sets),
            Self::Principal(pair, versions) => {
                pair.sets(versions).iter().flatten().map(of_set).collect()
            }
            Self::Nothing(_) => Vec::new(),
        };
        texts.join("\n\n")
    }

    /// What its policies are written in, and what it is called.
    fn written(&self, address: &str) -> Vec<Written> {
        let texts = match self {
            Self::Sets(sets) => {
                sets.iter().flat_map(|one| [&one.old, &one.new]).flat_map(Written::of).collect()
            }
            Self::Principal(pair, versions) => {
                pair.sets(versions).iter().flatten().flat_map(Written::of).collect()
            }
            Self::Nothing(_) => Vec::new(),
        };
        [Written::Printed(address.to_owned())].into_iter().chain(texts).collect()
    }
}

/// What there was and what there is, in an environment that lets through what is not its business.
#[derive(Debug)]
pub struct Sets {
    /// What it was.
    pub old: Policies,
    /// What it is.
    pub new: Policies,
    /// Which requests it is about; `None`: those of the review.
    pub shape: Option<Shape>,
    /// Whose requests these are; `None`: anybody's.
    pub callers: Option<CallerPattern>,
    /// What a reader must know besides.
    pub caveats: Vec<Caveat>,
}

impl Review<'_> {
    /// The estates that are compared, if the sides are estates.
    pub(super) fn sides(&self) -> impl Iterator<Item = &Estate> {
        self.estates.iter().flat_map(|estates| estates.sides)
    }

    /// What all answers about estates have to know.
    fn caveats(&self) -> &[Caveat] {
        self.estates.as_ref().map_or(&[], |estates| &estates.caveats)
    }
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
}

impl Revision {
    /// By whether it was there, and whether it is there.
    pub(super) fn of(was: bool, is: bool) -> Self {
        match (was, is) {
            (false, _) => Self::Added,
            (true, false) => Self::Removed,
            (true, true) => Self::Changed,
        }
    }

    /// The word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A part of the answer about a change.
#[derive(Debug)]
pub enum ReviewPart {
    /// Something that changed.
    Change {
        /// What.
        item: Box<Item>,
        /// What went wrong inside, in words: then it is unknown.
        failed: Option<String>,
    },
    /// What became of a claim.
    Claim {
        /// Its number among the claims of the question.
        number: usize,
        /// What became of it.
        checked: Box<Checked>,
        /// Whether the claim of that name was as expected on the old side, where there is one.
        before: Option<bool>,
    },
    /// All together.
    Summary(Counts),
}

impl ReviewPart {
    /// What it says for an exit code: access that was added is found, and so is a claim that is not
    /// as expected.
    pub(super) fn says(&self, asked: &Review<'_>) -> Says {
        match self {
            Self::Change { item, failed } => match (&item.compared, failed) {
                (_, Some(_)) => Says::Internal,
                (Some(compared), None) if matches!(compared.added, Found::Difference(_)) => {
                    Says::Found
                }
                (Some(_) | None, None) => Self::unsaid(item),
            },
            Self::Claim { number, checked, before: _ } => {
                let claim = asked.claims.get(*number);
                claim.map_or(Says::Nothing, |claim| super::answer::says(claim, checked))
            }
            Self::Summary(_) => Says::Nothing,
        }
    }

    /// What a change says where nothing that was found of it counts.
    fn unsaid(item: &Item) -> Says {
        let unknown = item.compared.as_ref().is_some_and(|compared| compared.unknown().is_some());
        if unknown || item.lacks_something() { Says::Unknown } else { Says::Nothing }
    }

    /// What went wrong inside, in words.
    pub(super) fn failed(&self) -> Option<String> {
        match self {
            Self::Change { failed, .. } => failed.clone(),
            Self::Claim { checked, .. } => {
                checked.as_ref().as_ref().err().map(|failed| failed.message.clone())
            }
            Self::Summary(_) => None,
        }
    }
}

impl Service<'_> {
    /// As [`Question::Review`](super::Question::Review), part by part.
    ///
    /// # Errors
    /// The first error of `tell`.
    pub fn review<E>(
        &self,
        asked: &Review<'_>,
        mut tell: impl FnMut(ReviewPart, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let Review { changes, unchanged, claims, before, shape, estates: _ } = asked;
        let mut counts = Counts { unchanged: *unchanged, ..Counts::default() };
        let one =
            |number: usize| Some(self.compared(&changes.get(number)?.versions, shape.as_ref()));
        let mut left = changes.iter();
        in_order(0..changes.len(), self.threads, &one, |compared, _| {
            let Some((change, compared)) = left.next().zip(compared) else { return Ok(()) };
            tell(self.change(change, compared, &mut counts), true)
        })?;
        let mut number = 0;
        self.check(claims, |claim, checked, more| {
            let before = before.get(&claim.name).map(|before| self.as_expected(before));
            counts.claim(claim, checked.as_ref().ok(), before);
            let part = ReviewPart::Claim { number, checked: Box::new(checked), before };
            number += 1;
            tell(part, more)
        })?;
        tell(ReviewPart::Summary(counts), false)
    }

    /// What either side allows alone. Where no question finds anything, neither side allows more.
    fn compared(
        &self,
        versions: &Versions,
        shape: Option<&Shape>,
    ) -> Result<Comparison, QueryError> {
        // Two directions, by itself and beside others. The time is that of one change.
        let limits = &self.limits.lasting(8);
        let (requests, solver) = (self.requests, &self.solver);
        let sets = match versions {
            Versions::Sets(sets) => sets,
            Versions::Principal(pair, versions) => {
                let by = Deciding { requests, solver, limits };
                let sets = pair.sets(versions).map_err(QueryError::Parameters)?;
                return pair.compare(versions.last(), &sets, by);
            }
            Versions::Nothing(unknown) => return Ok(not_compared(unknown)),
        };
        let differs = |found: &Found| matches!(found, Found::Difference(_));
        let mut all: Option<Comparison> = None;
        for Sets { old, new, shape: own, callers, caveats } in sets {
            if all.as_ref().is_some_and(|all| differs(&all.added) && differs(&all.removed)) {
                break;
            }
            let shape = own.as_ref().or(shape);
            let of_callers = callers.as_ref().map(|callers| Shape {
                principals: Some(vec![callers.clone()]),
                ..shape.cloned().unwrap_or_else(|| Shape::under(Vec::new()))
            });
            let shape = of_callers.as_ref().or(shape);
            let mut one = compare::compare(old, new, shape, requests, None, solver, limits)?;
            one.caveats.extend(caveats.iter().cloned());
            all = Some(match all {
                Some(all) => both(all, one),
                None => one,
            });
        }
        let nothing = Comparison { added: Found::Nothing, removed: Found::Nothing, ..unasked() };
        Ok(all.unwrap_or(nothing))
    }

    fn change(
        &self,
        change: &Change,
        compared: Result<Comparison, QueryError>,
        counts: &mut Counts,
    ) -> ReviewPart {
        let Change { address, kind, revision, versions, place, untold, other_values } = change;
        let (compared, failed) = match compared {
            Ok(compared) => (Some(compared), None),
            Err(error) => (None, Some((self.internal)(&error))),
        };
        let item = Item {
            address: address.clone(),
            kind,
            revision: revision.word(),
            place: place.clone(),
            untold: untold.clone(),
            other_values: other_values.clone(),
            written: versions.written(address),
            content: versions.content(),
            compared,
        };
        counts.change(&item);
        ReviewPart::Change { item: Box::new(item), failed }
    }

    /// Whether a claim is as it is expected to be; one that no engine decides is not.
    fn as_expected(&self, claim: &Claim<'_>) -> bool {
        keyaki_questions::claims::check(claim, &self.solver, &self.limits)
            .is_ok_and(|checked| claim.is_as_expected(&checked))
    }

    /// What is told of a part of a review.
    pub(super) fn told_of_review(
        &self,
        asked: &Review<'_>,
        part: &ReviewPart,
        form: Form,
        sieve: &mut Sieve<'_>,
    ) -> Told {
        let ask = || self.asking.question("review", Some(self.requests));
        let question = || asked.sides().fold(ask(), |question, side| question.of_estate(side));
        let mut closing = Told::default();
        let (piece, case) = match part {
            ReviewPart::Change { item, failed: _ } => {
                let case = sieve.change(item);
                let piece = match form {
                    Form::Text => Piece::Text(report::human(item, &case)),
                    Form::Json => {
                        Piece::Json(report::json(item, &case, self.requests, &ask()).into())
                    }
                };
                (Some(piece), Some(case))
            }
            ReviewPart::Claim { number, checked, before } => match asked.claims.get(*number) {
                None => (None, None),
                Some(claim) => {
                    let case = sieve.claim(claim, checked);
                    let fate = case.items.first().map_or(Fate::Told, |item| item.fate.clone());
                    let row = super::answer::row(checked);
                    let piece = match form {
                        Form::Text => Piece::Text(report::claim(claim, row, &fate, *before)),
                        Form::Json => {
                            let (project, asking) = (self.project.as_ref(), &self.asking);
                            let value = claims::json(claim, row, &fate, project, asking);
                            Piece::Json(report::claim_json(value, *before).into())
                        }
                    };
                    (Some(piece), Some(case))
                }
            },
            ReviewPart::Summary(counts) => {
                let caveats = asked.caveats();
                closing = super::tell::told_of_closing(sieve, form);
                let piece = match form {
                    Form::Text => {
                        let text = report::summary(counts, self.requests, caveats, self.caveats);
                        Piece::Text(text)
                    }
                    Form::Json => {
                        Piece::Json(report::summary_json(counts, question(), caveats).into())
                    }
                };
                (Some(piece), None)
            }
        };
        // What is waived or known, or of a level that does not count, is not found.
        let counts = |case: &Case| case.items.iter().any(|item| item.fate == Fate::Counts);
        let says = match (part.says(asked), &case, part) {
            // With a level that says so, what is no longer allowed counts, too.
            (_, Some(case), ReviewPart::Change { item, failed: None }) => {
                if counts(case) {
                    Says::Found
                } else {
                    ReviewPart::unsaid(item)
                }
            }
            (Says::Found, Some(case), _) if !counts(case) => Says::Nothing,
            (says, ..) => says,
        };
        let pieces = part.failed().map(Piece::Internal).into_iter().chain(piece).collect();
        closing.append(Told { pieces, says, cases: case.into_iter().collect() });
        closing
    }

    /// What is told of a review as a whole.
    pub(super) fn all_of_review(
        &self,
        asked: &Review<'_>,
        parts: &[ReviewPart],
        form: Form,
    ) -> Told {
        let (mut sieve, mut all) = (self.sifting.sieve().reviewing(), Told::default());
        for part in parts {
            all.append(self.told_of_review(asked, part, form, &mut sieve));
        }
        all
    }
}

/// What two questions about one thing find together: a difference outweighs what is unknown, and that
/// outweighs nothing.
fn both(one: Comparison, other: Comparison) -> Comparison {
    let both = |one: Found, other: Found| match (&one, &other) {
        (Found::Difference(_), _) => one,
        (_, Found::Difference(_)) => other,
        (Found::Unknown(_), _) => one,
        (Found::Nothing | Found::NotAsked, _) => other,
    };
    Comparison {
        added: both(one.added, other.added),
        removed: both(one.removed, other.removed),
        rests_on: one.rests_on.and(other.rests_on),
        caveats: Caveat::in_order(one.caveats.into_iter().chain(other.caveats)),
        about: one.about,
    }
}

fn unasked() -> Comparison {
    Comparison {
        added: Found::NotAsked,
        removed: Found::NotAsked,
        rests_on: RestsOn::default(),
        caveats: Vec::new(),
        about: About::default(),
    }
}

/// What there is to say where nothing could be compared: it is unknown, and told once.
fn not_compared(unknown: &Unknown) -> Comparison {
    Comparison { added: Found::Unknown(unknown.clone()), ..unasked() }
}
