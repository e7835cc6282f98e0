//! Questions about API calls to everybody in an estate.

use super::in_order::in_order;
use super::share::share;
use super::who::{Telling, reach_of};
use super::{Service, WhoCalls, WhoPart};
use keyaki_questions::estates::{self, AskedCall, Subject};
use keyaki_questions::query::{CallAnswer, CallVerdict, QueryError};
use keyaki_questions::unknown::Unknown;
use keyaki_questions::vacuous::{self, Vacuity};
use keyaki_reports::answers::Question as Restated;
use keyaki_reports::estates::{Named, Tally};
use keyaki_reports::question as restated;
use serde_json::Value;

impl Service<'_> {
    /// As [`Question::WhoCalls`](super::Question::WhoCalls): asks on all threads, and tells what
    /// was found out in order. The second argument of `tell` says whether the next part is known
    /// already.
    ///
    /// # Errors
    /// [`QueryError`] where nobody could be asked, and the first error of `tell`.
    pub fn who_calls<E: From<QueryError>>(
        &self,
        asked: &WhoCalls<'_>,
        mut tell: impl FnMut(WhoPart, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let WhoCalls { estate, call, shape, filters, not_principal, through_roles, .. } = asked;
        let question = AskedCall { call, shape, filters };
        let who = estates::WhoCalls::new(estate, question, self.requests, *not_principal)
            .map_err(QueryError::from)?;
        let reach = match through_roles {
            true => Some(share(self.threads, || self.reach(estate, *not_principal))?),
            false => None,
        };
        let said = filters.iter().map(ToString::to_string);
        let said: Vec<String> =
            [restated::shape(shape).to_string()].into_iter().chain(said).collect();
        let mut telling = Telling {
            estate,
            named: Named::of_call(estate, said.join(" "), call),
            reach: reach.as_ref(),
        };
        let subjects = who.subjects();
        let mut tally = Tally::default();
        let ask = |number: usize| {
            let subject = subjects.get(number)?;
            Some(who.ask(*subject, &self.solver, &self.limits))
        };
        let mut left = subjects.iter();
        in_order(0..subjects.len(), self.threads, &ask, |verdict, more| -> Result<(), E> {
            let Some((subject, verdict)) = left.next().zip(verdict) else { return Ok(()) };
            let part = self.told_of_call(&mut telling, *subject, verdict, &mut tally)?;
            tell(part, more)
        })?;
        tally.caveats(who.caveats());
        if let Some(reach) = &reach {
            tally.caveats(reach.caveats.iter().cloned());
            tally.rests_on(&reach.rests_on);
        }
        let Vacuity { vacuous, caveats } = match tally.found() {
            (true, _) => Vacuity::default(),
            (false, _) => vacuous::any_call(&who.query(), &self.solver, &self.limits)?,
        };
        tally.caveats(caveats);
        let part = WhoPart::Summary {
            id: Value::Null,
            question: Box::new(self.who_calls_restated(asked)),
            vacuous,
            tally: Box::new(tally),
            resources: None,
            taken: (asked.watch.taken)(),
        };
        tell(part, false)
    }

    /// The question, in the words of its answer.
    pub(super) fn who_calls_restated(&self, asked: &WhoCalls<'_>) -> Restated {
        let question = self.asking.question("who-can", Some(self.requests));
        Restated {
            call: Some(asked.call.name.clone()),
            filters: asked.filters.iter().map(ToString::to_string).collect(),
            ..question.of_shape(Some(&asked.shape)).of_estate(asked.estate)
        }
    }

    /// What is told of one; of whom something went wrong inside it is unknown.
    fn told_of_call<E: From<QueryError>>(
        &self,
        telling: &mut Telling<'_>,
        subject: Subject<'_>,
        verdict: Result<CallVerdict, QueryError>,
        tally: &mut Tally,
    ) -> Result<WhoPart, E> {
        let asked = telling.asked(subject);
        let (verdict, failed) = match verdict {
            Ok(verdict) => (verdict, None),
            Err(error) if error.is_of_one_question() => {
                (CallVerdict::unknown(Unknown::Internal), Some((self.internal)(&error)))
            }
            Err(error) => return Err(error.into()),
        };
        let (made_up, can) = match &verdict.answer {
            CallAnswer::Yes(found) => {
                let requests = found.steps.iter().map(|step| &step.witness.request);
                (telling.named.made_up_in(&asked.name, requests), true)
            }
            CallAnswer::No | CallAnswer::Unknown(_) => (Vec::new(), false),
        };
        let reached = reach_of(telling, &asked, can);
        tally.add_call(&asked, &verdict);
        Ok(WhoPart::Call { asked, verdict: Box::new(verdict), made_up, reached, failed })
    }
}
