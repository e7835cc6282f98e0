//! Questions about chains of roles.

use super::share::share;
use super::{Answer, Paths, Service};
use keyaki_questions::estates::{Asking, Goal};
use keyaki_questions::query::QueryError;
use keyaki_questions::vacuous::{self, Vacuity};
use keyaki_reports::answers::Question as Restated;

impl Service<'_> {
    /// As [`Question::Paths`](super::Question::Paths): asks on all threads.
    ///
    /// # Errors
    /// As [`Service::ask`].
    pub(super) fn paths<'q>(
        &self,
        asked: &'q Paths<'_>,
        question: Box<Restated>,
    ) -> Result<Answer<'q>, QueryError> {
        let goal = asked.to.as_deref().map_or(Goal::Request, Goal::Role);
        let asking = Asking { solver: &self.solver, limits: &self.limits };
        let ask = || asked.chains.paths(asked.from, goal, asked.wanted, asking);
        let mut found = share(self.threads, ask)?;
        let Vacuity { vacuous, caveats } = match (&asked.shape, &found.chains[..]) {
            (Some(shape), []) if found.unknown.is_none() => {
                vacuous::question(&[], Some(shape), self.requests, &self.solver, &self.limits)?
            }
            (Some(_) | None, _) => Vacuity::default(),
        };
        found.caveats.extend(caveats);
        let ends = (asked.name.as_str(), asked.to.as_deref());
        Ok(Answer::Paths { question, vacuous, ends, found, taken: (asked.watch.taken)() })
    }
}
