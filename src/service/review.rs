//! What a change of policies allows that was not allowed before, and which claims it breaks.

use super::in_order::in_order;
use super::sift::Sieve;
use super::{Checked, Form, Piece, Says, Service, Told};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::Policies;
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Place;
use keyaki_questions::claims::Claim;
use keyaki_questions::compare::{self, Comparison, Found};
use keyaki_questions::query::QueryError;
use keyaki_reports::claims;
use keyaki_reports::review::{self as report, Counts, Item};
use keyaki_reports::review_items::{Case, Fate};
use std::collections::BTreeMap;

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
    /// What it was, in an environment that lets through what is not its business.
    pub old: Policies,
    /// What it is.
    pub new: Policies,
    /// Both beside a policy that allows everything, where one of them denies something: what a Deny
    /// refuses shows only there, if other policies allow it.
    pub beside: Option<[Policies; 2]>,
    /// Where it stands on the new side; of what was removed, on the old side.
    pub place: Option<Place>,
    /// What is attached to it on one side alone and whose text is not known.
    pub untold: Vec<String>,
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
        if unknown || !item.untold.is_empty() { Says::Unknown } else { Says::Nothing }
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
        let Review { changes, unchanged, claims, before, shape } = asked;
        let mut counts = Counts { unchanged: *unchanged, ..Counts::default() };
        let one = |number: usize| {
            let Change { old, new, beside, .. } = changes.get(number)?;
            Some(self.compared([old, new], beside.as_ref(), shape.as_ref()))
        };
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

    /// What either side allows alone: by itself, or else beside a policy that allows everything.
    /// Where both find nothing, neither side allows more, whatever other policies stand beside it.
    fn compared(
        &self,
        [old, new]: [&Policies; 2],
        beside: Option<&[Policies; 2]>,
        shape: Option<&Shape>,
    ) -> Result<Comparison, QueryError> {
        // Two directions, by itself and beside others. The time is that of one change.
        let limits = &self.limits.lasting(8);
        let ask = |old: &Policies, new: &Policies| {
            compare::compare(old, new, shape, self.requests, None, &self.solver, limits)
        };
        let alone = ask(old, new)?;
        let Some([old, new]) = beside else { return Ok(alone) };
        let differs = |found: &Found| matches!(found, Found::Difference(_));
        if differs(&alone.added) && differs(&alone.removed) {
            return Ok(alone);
        }
        let more = ask(old, new)?;
        // A difference outweighs what is unknown, and that outweighs nothing.
        let both = |one: Found, other: Found| match (&one, &other) {
            (Found::Difference(_), _) => one,
            (_, Found::Difference(_)) => other,
            (Found::Unknown(_), _) => one,
            (Found::Nothing | Found::NotAsked, _) => other,
        };
        Ok(Comparison {
            added: both(alone.added, more.added),
            removed: both(alone.removed, more.removed),
            rests_on: alone.rests_on.and(more.rests_on),
            caveats: Caveat::in_order(alone.caveats.into_iter().chain(more.caveats)),
            about: alone.about,
        })
    }

    fn change(
        &self,
        change: &Change,
        compared: Result<Comparison, QueryError>,
        counts: &mut Counts,
    ) -> ReviewPart {
        let Change { address, kind, revision, old: _, new: _, beside: _, place, untold } = change;
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
        let question = || self.asking.question("review", Some(self.requests));
        let (piece, case) = match part {
            ReviewPart::Change { item, failed: _ } => {
                let piece = match form {
                    Form::Text => Piece::Text(report::human(item)),
                    Form::Json => Piece::Json(report::json(item, self.requests, &question())),
                };
                (Some(piece), Some(sieve.change(item)))
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
                            Piece::Json(report::claim_json(value, *before))
                        }
                    };
                    (Some(piece), Some(case))
                }
            },
            ReviewPart::Summary(counts) => {
                let piece = match form {
                    Form::Text => Piece::Text(report::summary(counts, self.requests)),
                    Form::Json => Piece::Json(report::summary_json(counts, question())),
                };
                (Some(piece), None)
            }
        };
        // What is waived or known, or of a level that does not count, is not found.
        let counts = |case: &Case| case.items.iter().any(|item| item.fate == Fate::Counts);
        let says = match (part.says(asked), &case, part) {
            (Says::Found, Some(case), ReviewPart::Change { item, .. }) if !counts(case) => {
                ReviewPart::unsaid(item)
            }
            (Says::Found, Some(case), _) if !counts(case) => Says::Nothing,
            (says, ..) => says,
        };
        let pieces = part.failed().map(Piece::Internal).into_iter().chain(piece).collect();
        Told { pieces, says, cases: case.into_iter().collect() }
    }

    /// What is told of a review as a whole.
    pub(super) fn all_of_review(
        &self,
        asked: &Review<'_>,
        parts: &[ReviewPart],
        form: Form,
    ) -> Told {
        let (mut sieve, mut all) = (self.sifting.sieve(), Told::default());
        for part in parts {
            all.append(self.told_of_review(asked, part, form, &mut sieve));
        }
        all
    }
}
