//! Questions to everybody in an estate.

use super::in_order::in_order;
use super::share::share;
use super::{Can, CanAs, Form, Piece, Says, Service, Told, WhoCan};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::visible::visible;
use keyaki_questions::estates::{self, Asking, Chains, Reached, SubjectKind};
use keyaki_questions::query::{Answer as Found, QueryError, Verdict};
use keyaki_questions::unknown::Unknown;
use keyaki_questions::vacuous::{self, Vacuity, Vacuous};
use keyaki_reports::answers::Question as Restated;
use keyaki_reports::estates::{self as report, Asked, MadeUp, Named, Tally};
use keyaki_reports::question as restated;
use serde_json::Value;
use std::time::Duration;

/// A part of the answer to a question to everybody.
#[derive(Debug)]
pub enum WhoPart {
    /// What was found out about one.
    One {
        /// The id of the question.
        id: Value,
        /// Who it is.
        asked: Asked,
        /// Whether it can.
        verdict: Box<Verdict>,
        /// What is made up in the request of a "yes".
        made_up: Vec<MadeUp>,
        /// Who reaches it by assuming roles, where that is asked and it is a role that can.
        reached: Option<Reached>,
        /// What went wrong inside, in words: then it is unknown.
        failed: Option<String>,
    },
    /// What was found out about everybody together.
    Summary {
        /// The id of the question.
        id: Value,
        /// The question, restated.
        question: Box<Restated>,
        /// Why it says nothing about the estate, if so.
        vacuous: Option<Vacuous>,
        /// What is known.
        tally: Box<Tally>,
        /// How long all of it has taken so far.
        taken: Duration,
    },
}

impl Service<'_> {
    /// As [`Question::WhoCan`](super::Question::WhoCan): asks on all threads, and tells what was
    /// found out in order. The second argument of `tell` says whether the next part is known
    /// already.
    ///
    /// # Errors
    /// [`QueryError`] where nobody could be asked, and the first error of `tell`.
    pub fn who_can<E: From<QueryError>>(
        &self,
        asked: &WhoCan<'_>,
        mut tell: impl FnMut(WhoPart, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let reach = match asked.through_roles {
            true => Some(share(self.threads, || {
                let chains = Chains::new(asked.estate, None, self.requests, asked.not_principal);
                chains.reach(Asking { solver: &self.solver, limits: &self.limits })
            })?),
            false => None,
        };
        for (id, shape) in &asked.shapes {
            let who = estates::WhoCan::new(asked.estate, shape, self.requests, asked.not_principal);
            let subjects = who.subjects();
            let mut tally = Tally::default();
            let ask = |number: usize| {
                let subject = subjects.get(number)?;
                Some(who.ask(*subject, &self.solver, &self.limits))
            };
            let mut left = subjects.iter();
            let mut named = Named::of(asked.estate, restated::shape(shape).to_string());
            in_order(0..subjects.len(), self.threads, &ask, |verdict, more| {
                let Some((subject, verdict)) = left.next().zip(verdict) else { return Ok(()) };
                let asked = Asked { name: subject.name(asked.estate), kind: subject.kind() };
                let (verdict, failed) = match verdict {
                    Ok(verdict) => (verdict, None),
                    Err(error) if error.is_of_one_question() => {
                        (Verdict::unknown(Unknown::Internal), Some((self.internal)(&error)))
                    }
                    Err(error) => return Err(error.into()),
                };
                tally.add(&asked, &verdict);
                let made_up = match &verdict.answer {
                    Found::Yes(found) => named.made_up(&asked.name, &found.request),
                    Found::No | Found::Unknown(_) => Vec::new(),
                };
                let reached = match (&verdict.answer, asked.kind) {
                    (Found::Yes(_), SubjectKind::Role) => {
                        reach.as_ref().and_then(|reach| reach.of(&asked.name))
                    }
                    (Found::Yes(_) | Found::No | Found::Unknown(_), _) => None,
                };
                tell(
                    WhoPart::One {
                        id: id.clone(),
                        asked,
                        verdict: Box::new(verdict),
                        made_up,
                        reached,
                        failed,
                    },
                    more,
                )
            })?;
            tally.caveats(who.caveats());
            if let Some(reach) = &reach {
                tally.caveats(reach.caveats.iter().cloned());
                tally.rests_on(&reach.rests_on);
            }
            let (found, _) = tally.found();
            let Vacuity { vacuous, caveats } = match found {
                true => Vacuity::default(),
                false => {
                    vacuous::question(&[], Some(shape), self.requests, &self.solver, &self.limits)?
                }
            };
            tally.caveats(caveats);
            let question = self.asking.question("who-can", Some(self.requests));
            let part = WhoPart::Summary {
                id: id.clone(),
                question: Box::new(question.of_shape(Some(shape)).of_estate(asked.estate)),
                vacuous,
                tally: Box::new(tally),
                taken: (asked.watch.taken)(),
            };
            tell(part, false)?;
        }
        Ok(())
    }

    /// As [`Question::CanAs`](super::Question::CanAs).
    pub(super) fn can_as(&self, asked: &CanAs<'_>) -> Result<Can, QueryError> {
        let CanAs { estate, subject, shape, not_principal, why } = asked;
        let who = estates::WhoCan::new(estate, shape, self.requests, *not_principal);
        // The answer and why together: twice the timeout.
        let limits = self.limits.lasting(4);
        let mut verdict = who.ask(*subject, &self.solver, &limits)?;
        verdict.caveats.extend(who.caveats());
        let (reasons, vacuity) = match verdict.answer {
            Found::No => {
                let ask = || who.why(*subject, &self.solver, &limits);
                let vacuity =
                    vacuous::question(&[], Some(shape), self.requests, &self.solver, &limits)?;
                (why.then(ask).transpose()?, vacuity)
            }
            Found::Yes(_) | Found::Unknown(_) => (None, Vacuity::default()),
        };
        let Vacuity { vacuous, caveats } = vacuity;
        verdict.caveats.extend(caveats);
        verdict.caveats = Caveat::in_order(verdict.caveats);
        Ok(Can { verdict, vacuous, reasons })
    }

    /// What is told of all parts.
    pub(super) fn pieces_of_who<'p>(
        &'p self,
        parts: &'p [WhoPart],
        all: bool,
        form: Form,
    ) -> impl Iterator<Item = Piece> + 'p {
        parts.iter().flat_map(move |part| self.told_of_who(part, all, form).pieces)
    }

    /// What is told of a part. Who cannot is told of where `all` are.
    pub(super) fn told_of_who(&self, part: &WhoPart, all: bool, form: Form) -> Told {
        let says = part.says();
        let pieces = match part {
            WhoPart::One { id, asked, verdict, made_up, reached, failed } => {
                let internal = failed
                    .as_ref()
                    .map(|message| Piece::Internal(format!("{}: {message}", visible(&asked.name))));
                let told = (all || says != Says::Nothing).then(|| match form {
                    Form::Text => {
                        Piece::Text(report::human(asked, verdict, made_up, reached.as_ref()))
                    }
                    Form::Json => {
                        Piece::Json(report::json(id, asked, verdict, made_up, reached.as_ref()))
                    }
                });
                internal.into_iter().chain(told).collect()
            }
            WhoPart::Summary { id, question, vacuous, tally, taken } => {
                let setting = self.setting(question, vacuous.as_ref());
                vec![match form {
                    Form::Text => Piece::Text(report::summary(id, tally, setting)),
                    Form::Json => Piece::Json(report::summary_json(id, tally, setting, *taken)),
                }]
            }
        };
        Told { pieces, says: self.weighed(says) }
    }
}

impl WhoPart {
    /// What it says for an exit code.
    pub fn says(&self) -> Says {
        match self {
            Self::One { failed: Some(_), .. } => Says::Internal,
            Self::One { verdict, failed: None, .. } => Says::of_verdict(verdict),
            Self::Summary { vacuous: Some(_), .. } => Says::Vacuous,
            Self::Summary { vacuous: None, .. } => Says::Nothing,
        }
    }
}
