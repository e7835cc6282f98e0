//! Questions to everybody in an estate.

use super::in_order::in_order;
use super::share::share;
use super::{Can, CanAs, Form, Piece, Says, Service, Told, WhoCan};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Estate;
use keyaki_iam::layers::NotPrincipalReading;
use keyaki_iam::visible::visible;
use keyaki_questions::estates::{
    self, Asking, Chains, Reach, Reached, Subject, SubjectKind, Targets,
};
use keyaki_questions::query::{Answer as Found, CallVerdict, QueryError, Verdict};
use keyaki_questions::unknown::Unknown;
use keyaki_questions::vacuous::{self, Vacuity, Vacuous};
use keyaki_reports::answers::Question as Restated;
use keyaki_reports::callers;
use keyaki_reports::estates::{self as report, Asked, MadeUp, Named, Tally};
use keyaki_reports::question as restated;
use keyaki_reports::resources::{self, AtOne, Everybody, One, ResourceCounts};
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
    /// What was found out about one, where it is asked who can make a call.
    Call {
        /// Who it is.
        asked: Asked,
        /// Whether it can.
        verdict: Box<CallVerdict>,
        /// What is made up in the requests of a "yes".
        made_up: Vec<MadeUp>,
        /// Who reaches it by assuming roles, where that is asked and it is a role that can.
        reached: Option<Reached>,
        /// What went wrong inside, in words: then it is unknown.
        failed: Option<String>,
    },
    /// What was found out about everybody at a resource.
    Resource {
        /// The id of the question.
        id: Value,
        /// The question, restated.
        question: Box<Restated>,
        /// The ARN of the resource.
        arn: String,
        /// The account that owns it.
        account: String,
        /// Who can.
        at: Box<AtOne>,
        /// What went wrong inside, in words: of these it is unknown.
        failed: Vec<String>,
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
        /// What is said of resources, where it is told resource by resource.
        resources: Option<Box<Resources>>,
        /// How long all of it has taken so far.
        taken: Duration,
    },
}

/// What was found out about all resources together.
#[derive(Debug)]
pub struct Resources {
    /// How many of the estate there are.
    pub counts: ResourceCounts,
    /// Who can on what the estate does not have.
    pub elsewhere: AtOne,
    /// What went wrong inside, in words, elsewhere.
    pub failed: Vec<String>,
}

/// What is the same for all answers to one question of an estate.
pub(super) struct Telling<'a> {
    pub(super) estate: &'a Estate,
    pub(super) named: Named<'a>,
    pub(super) reach: Option<&'a Reach>,
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
            true => Some(share(self.threads, || self.reach(asked.estate, asked.not_principal))?),
            false => None,
        };
        for (id, shape) in &asked.shapes {
            let who = estates::WhoCan::new(asked.estate, shape, self.requests, asked.not_principal);
            let telling = Telling {
                estate: asked.estate,
                named: Named::of(asked.estate, restated::shape(shape).to_string()),
                reach: reach.as_ref(),
            };
            let question = self.asking.question("who-can", Some(self.requests));
            let question = question.of_shape(Some(shape)).of_estate(asked.estate);
            let (mut tally, resources) = match asked.by_resource {
                false => (self.each_principal(&who, telling, id, &mut tell)?, None),
                true => {
                    let of = (id, &question, asked.all);
                    let (tally, resources) = self.each_resource(&who, telling, of, &mut tell)?;
                    (tally, Some(Box::new(resources)))
                }
            };
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
            let part = WhoPart::Summary {
                id: id.clone(),
                question: Box::new(question),
                vacuous,
                tally: Box::new(tally),
                resources,
                taken: (asked.watch.taken)(),
            };
            tell(part, false)?;
        }
        Ok(())
    }

    /// Who reaches which role of an estate.
    pub(super) fn reach(
        &self,
        estate: &Estate,
        not_principal: NotPrincipalReading,
    ) -> Result<Reach, QueryError> {
        let chains = Chains::new(estate, None, self.requests, not_principal);
        chains.reach(Asking { solver: &self.solver, limits: &self.limits })
    }

    /// Asks everybody, and tells of each.
    fn each_principal<E: From<QueryError>>(
        &self,
        who: &estates::WhoCan<'_>,
        mut telling: Telling<'_>,
        id: &Value,
        tell: &mut impl FnMut(WhoPart, bool) -> Result<(), E>,
    ) -> Result<Tally, E> {
        let subjects = who.subjects();
        let mut tally = Tally::default();
        let ask = |number: usize| {
            let subject = subjects.get(number)?;
            Some(who.ask(*subject, &self.solver, &self.limits))
        };
        let mut left = subjects.iter();
        in_order(0..subjects.len(), self.threads, &ask, |verdict, more| {
            let Some((subject, verdict)) = left.next().zip(verdict) else { return Ok(()) };
            let (one, failed) = self.told_of_one(&mut telling, *subject, verdict)?;
            tally.add(&one.asked, &one.verdict);
            let One { asked, verdict, made_up, reached } = one;
            let verdict = Box::new(verdict);
            tell(WhoPart::One { id: id.clone(), asked, verdict, made_up, reached, failed }, more)
        })?;
        Ok(tally)
    }

    /// Asks everybody at each resource that the question is about, and elsewhere; tells of each
    /// resource.
    fn each_resource<E: From<QueryError>>(
        &self,
        who: &estates::WhoCan<'_>,
        mut telling: Telling<'_>,
        (id, question, all): (&Value, &Restated, bool),
        tell: &mut impl FnMut(WhoPart, bool) -> Result<(), E>,
    ) -> Result<(Tally, Resources), E> {
        let targets = Targets::new(who);
        let subjects = who.subjects();
        let mut everybody = Everybody::new(subjects.iter().map(|one| telling.asked(*one)));
        let mut places = Vec::new();
        let concerns = |number: usize| {
            let target = targets.all().get(number)?;
            Some(targets.concerns(target, &self.solver, &self.limits))
        };
        let mut next = 0..;
        in_order(0..targets.all().len(), self.threads, &concerns, |concerned, _| {
            let Some((number, concerned)) = next.next().zip(concerned) else { return Ok(()) };
            match concerned {
                Ok(Verdict { answer: Found::No, rests_on, .. }) => everybody.rests_on(&rests_on),
                Ok(_) => places.push(Some(number)),
                // Whoever is asked there tells what goes wrong.
                Err(error) if error.is_of_one_question() => places.push(Some(number)),
                Err(error) => return Err(E::from(error)),
            }
            Ok(())
        })?;
        places.push(None);
        // Each place with everybody, as numbers from 0.
        let pair = |item: usize| {
            let number = item.checked_rem(subjects.len())?;
            Some((*places.get(item / subjects.len())?, number, subjects.get(number)?))
        };
        let ask = |item: usize| {
            let (place, _, subject) = pair(item)?;
            Some(targets.ask(place, *subject, &self.solver, &self.limits))
        };
        let mut counts = ResourceCounts::default();
        let (mut at, mut failed) = (AtOne::default(), Vec::new());
        let items = 0..places.len() * subjects.len();
        let mut left = items.clone();
        in_order(items, self.threads, &ask, |verdict, more| {
            let item = left.next().and_then(pair);
            let Some(((place, number, subject), verdict)) = item.zip(verdict) else {
                return Ok(());
            };
            // Outsiders are asked at the resources of the estate only.
            if place.is_some() || !subject.is_outside() {
                let (one, wrong) = self.told_of_one(&mut telling, *subject, verdict)?;
                at.tally.add(&one.asked, &one.verdict);
                everybody.add(number, &one.verdict);
                failed.extend(wrong.map(|message| (one.asked.name.clone(), message)));
                if all || !matches!(one.verdict.answer, Found::No) {
                    at.told.push(one);
                }
            }
            let target = place.and_then(|place| targets.all().get(place));
            let Some(target) = target.filter(|_| number + 1 == subjects.len()) else {
                return Ok(());
            };
            let (mut at, failed) = (std::mem::take(&mut at), std::mem::take(&mut failed));
            at.tally.caveats(targets.unread(target));
            counts.add(&at);
            let part = WhoPart::Resource {
                id: id.clone(),
                question: Box::new(question.clone()),
                arn: target.arn.to_owned(),
                account: target.account.to_owned(),
                at: Box::new(at),
                failed: in_words(failed),
            };
            tell(part, more)
        })?;
        let resources = Resources { counts, elsewhere: at, failed: in_words(failed) };
        Ok((everybody.tally(), resources))
    }

    /// What is told of one; of whom something went wrong inside it is unknown.
    fn told_of_one<E: From<QueryError>>(
        &self,
        telling: &mut Telling<'_>,
        subject: Subject<'_>,
        verdict: Result<Verdict, QueryError>,
    ) -> Result<(One, Option<String>), E> {
        let asked = telling.asked(subject);
        let (verdict, failed) = match verdict {
            Ok(verdict) => (verdict, None),
            Err(error) if error.is_of_one_question() => {
                (Verdict::unknown(Unknown::Internal), Some((self.internal)(&error)))
            }
            Err(error) => return Err(error.into()),
        };
        let made_up = match &verdict.answer {
            Found::Yes(found) => telling.named.made_up(&asked.name, &found.request),
            Found::No | Found::Unknown(_) => Vec::new(),
        };
        let reached = reach_of(telling, &asked, matches!(verdict.answer, Found::Yes(_)));
        Ok((One { asked, verdict, made_up, reached }, failed))
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
                let internal = failed.as_ref().map(|message| internal(&asked.name, message));
                let internal = internal.map(Piece::Internal);
                let told = (all || says != Says::Nothing).then(|| match form {
                    Form::Text => {
                        Piece::Text(report::human(asked, verdict, made_up, reached.as_ref()))
                    }
                    Form::Json => Piece::Json(
                        report::json(id, asked, verdict, made_up, reached.as_ref()).into(),
                    ),
                });
                internal.into_iter().chain(told).collect()
            }
            WhoPart::Call { asked, verdict, made_up, reached, failed } => {
                let internal = failed.as_ref().map(|message| internal(&asked.name, message));
                let internal = internal.map(Piece::Internal);
                let reached = reached.as_ref();
                let told = (all || says != Says::Nothing).then(|| match form {
                    Form::Text => Piece::Text(callers::human(asked, verdict, made_up, reached)),
                    Form::Json => {
                        Piece::Json(callers::json(asked, verdict, made_up, reached).into())
                    }
                });
                internal.into_iter().chain(told).collect()
            }
            WhoPart::Resource { id, question, arn, account, at, failed } => {
                let internal = failed.iter().cloned().map(Piece::Internal);
                let told = (all || says != Says::Nothing).then(|| match form {
                    Form::Text => Piece::Text(resources::human(arn, account, at, question)),
                    Form::Json => Piece::Json(resources::json(id, arn, account, at).into()),
                });
                internal.chain(told).collect()
            }
            WhoPart::Summary { id, question, vacuous, tally, resources, taken } => {
                let setting = self.setting(question, vacuous.as_ref());
                let failed = resources.iter().flat_map(|all| &all.failed).cloned();
                let summary = match (form, resources.as_deref()) {
                    (Form::Text, None) => Piece::Text(report::summary(id, tally, setting)),
                    (Form::Json, None) => {
                        Piece::Json(report::summary_json(id, tally, setting, *taken).into())
                    }
                    (Form::Text, Some(Resources { counts, elsewhere, failed: _ })) => {
                        Piece::Text(resources::summary(id, tally, *counts, elsewhere, setting))
                    }
                    (Form::Json, Some(Resources { counts, elsewhere, failed: _ })) => Piece::Json(
                        resources::summary_json(id, tally, *counts, elsewhere, setting, *taken)
                            .into(),
                    ),
                };
                failed.map(Piece::Internal).chain([summary]).collect()
            }
        };
        Told { pieces, says: self.weighed(says), ..Told::default() }
    }
}

impl WhoPart {
    /// What it says for an exit code.
    pub fn says(&self) -> Says {
        match self {
            Self::One { failed: Some(_), .. } | Self::Call { failed: Some(_), .. } => {
                Says::Internal
            }
            Self::One { verdict, failed: None, .. } => Says::of_verdict(verdict),
            Self::Call { verdict, failed: None, .. } => Says::of_call(verdict),
            Self::Resource { at, failed, .. } => of_place(at, failed),
            Self::Summary { vacuous, resources, .. } => {
                let elsewhere = resources.as_ref().map(|all| of_place(&all.elsewhere, &all.failed));
                let own = if vacuous.is_some() { Says::Vacuous } else { Says::Nothing };
                own.max(elsewhere.unwrap_or(Says::Nothing))
            }
        }
    }

    /// What went wrong inside, in words.
    pub(super) fn failed(&self) -> Vec<String> {
        match self {
            Self::One { failed, .. } | Self::Call { failed, .. } => {
                failed.iter().cloned().collect()
            }
            Self::Resource { failed, .. } => failed.clone(),
            Self::Summary { resources, .. } => {
                resources.iter().flat_map(|all| &all.failed).cloned().collect()
            }
        }
    }
}

/// What is said at a place, for an exit code.
fn of_place(at: &AtOne, failed: &[String]) -> Says {
    match (failed, at.tally.found()) {
        ([_, ..], _) => Says::Internal,
        ([], (true, _)) => Says::Found,
        ([], (false, true)) => Says::Unknown,
        ([], (false, false)) => Says::Nothing,
    }
}

fn in_words(failed: Vec<(String, String)>) -> Vec<String> {
    failed.iter().map(|(name, message)| internal(name, message)).collect()
}

fn internal(name: &str, message: &str) -> String {
    format!("{}: {message}", visible(name))
}

/// Who reaches somebody by assuming roles, where that is asked and it is a role that can.
pub(super) fn reach_of(telling: &Telling<'_>, asked: &Asked, can: bool) -> Option<Reached> {
    let is_role = asked.kind == SubjectKind::Role;
    telling.reach.filter(|_| can && is_role).and_then(|reach| reach.of(&asked.name))
}

impl Telling<'_> {
    pub(super) fn asked(&self, subject: Subject<'_>) -> Asked {
        Asked { name: subject.name(self.estate), kind: subject.kind() }
    }
}
