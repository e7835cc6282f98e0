//! `can` and `compare` over other values of parameters than they are asked about by themselves
//! (SEMANTICS 3.1).

use super::{Can, Compared, Service};
use keyaki_iam::layers::Policies;
use keyaki_iam::shape::{About, Shape};
use keyaki_questions::compare::{self, Comparison, Direction, Found};
use keyaki_questions::query::{
    ForEvery, Quantifier, Query, QueryError, Requests, RestsOn, Verdict, at_every_value,
    at_these_values, beside, for_every, policies_at, shape_at,
};

impl<'a> Service<'a> {
    /// As [`Service::can_at_some`]; where that is wanted, a "yes" is one at every value of the
    /// parameters, and a "no" one at values that the answer names.
    pub(super) fn can_about(
        &self,
        requests: Requests<'a>,
        policies: &Policies,
        shape: &Shape,
        why: bool,
    ) -> Result<Can, QueryError> {
        let query = Query::allowed(policies, shape, requests);
        let keys = query.parameter_keys();
        if self.values != Some(Quantifier::Every) || keys.is_empty() {
            return self.can_at_some(requests, policies, shape, why);
        }
        let (mut can, caveat) = match for_every(&[query], &self.solver, &self.limits)? {
            ForEvery::Unknown(reason) => {
                let verdict = Verdict::unknown(reason);
                return Ok(Can { verdict, vacuous: None, reasons: None });
            }
            ForEvery::Yes => {
                (self.can_at_some(requests, policies, shape, why)?, at_every_value(&keys))
            }
            ForEvery::NotAt(values) => {
                let (policies, shape) = (policies_at(policies, &values), shape_at(shape, &values));
                let can = self.can_at_some(requests, &policies, &shape, why)?;
                (can, at_these_values(&values))
            }
        };
        can.verdict.caveats = beside(can.verdict.caveats, caveat);
        Ok(can)
    }

    /// As [`Service::compare_at_every`]; where that is wanted, at those values of the parameters at
    /// which the sides differ least, which the answer names, or at all if they differ at all alike.
    pub(super) fn compare_about(
        &self,
        requests: Requests<'a>,
        [old, new]: [&Policies; 2],
        shape: Option<&Shape>,
        only: Option<Direction>,
        why: bool,
    ) -> Result<Compared, QueryError> {
        let keys = compare::difference(new, old, requests).parameter_keys();
        if self.values != Some(Quantifier::Some) || keys.is_empty() {
            return self.compare_at_every(requests, [old, new], shape, only, why);
        }
        let found =
            compare::closest([old, new], shape, requests, only, &self.solver, &self.limits)?;
        let (mut compared, caveat) = match found {
            ForEvery::Unknown(reason) => {
                let direction = |wanted| match only {
                    Some(only) if only != wanted => Found::NotAsked,
                    Some(_) | None => Found::Unknown(reason.clone()),
                };
                let comparison = Comparison {
                    added: direction(Direction::Added),
                    removed: direction(Direction::Removed),
                    rests_on: RestsOn::default(),
                    caveats: Vec::new(),
                    about: About::default(),
                };
                return Ok(Compared { comparison, vacuous: None, reasons: None });
            }
            ForEvery::Yes => {
                let pair = [old, new];
                let compared = self.compare_at_every(requests, pair, shape, only, why)?;
                (compared, at_every_value(&keys))
            }
            ForEvery::NotAt(values) => {
                let [old, new] = [old, new].map(|side| policies_at(side, &values));
                let shape = shape.map(|shape| shape_at(shape, &values));
                let pair = [&old, &new];
                let compared = self.compare_at_every(requests, pair, shape.as_ref(), only, why)?;
                (compared, at_these_values(&values))
            }
        };
        compared.comparison.caveats = beside(compared.comparison.caveats, caveat);
        Ok(compared)
    }
}
