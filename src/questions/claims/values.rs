//! Claims over other values of parameters than claims of their kind are by themselves (SEMANTICS 3.1).

use super::{Claim, Subject};
use crate::compare;
use crate::query::Values;
use crate::query::{
    ForEvery, Quantifier, Query, QueryError, Solver, at_every_value, at_these_values, for_every,
    policies_at, shape_at,
};
use crate::unknown::Unknown;
use keyaki_engines::engine::Limits;
use keyaki_iam::caveat::Caveat;

/// What is to be checked in place of such a claim.
pub(super) enum Settled {
    /// The claim as it stands: at every value there is such a request.
    Alike(Caveat),
    /// The claim at values at which there is no such request.
    At(Box<Subject>, Caveat),
    /// Nobody knows; the reason.
    Unknown(Unknown),
}

impl Claim<'_> {
    /// What is to be checked in its place; `None` where it is itself.
    pub(super) fn settled(
        &self,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Option<Settled>, QueryError> {
        let queries: Vec<Query<'_>> = match (&self.subject, self.values) {
            (Subject::Shape { some: true, shape, policies }, Some(Quantifier::Every))
            | (Subject::Shape { some: false, shape, policies }, Some(Quantifier::Some)) => {
                vec![Query::allowed(policies, shape, self.requests)]
            }
            (Subject::Pair { equivalent, old, new, shape }, Some(Quantifier::Some)) => {
                let shape = shape.as_deref();
                let added = compare::difference(new, old, self.requests);
                let removed = compare::difference(old, new, self.requests);
                let asked = [Some(added), equivalent.then_some(removed)];
                asked.into_iter().flatten().map(|query| Query { shape, ..query }).collect()
            }
            (
                Subject::Shape { .. }
                | Subject::Pair { .. }
                | Subject::Call { .. }
                | Subject::Estate(_),
                _,
            ) => Vec::new(),
        };
        let keys = queries.first().map(Query::parameter_keys).unwrap_or_default();
        if keys.is_empty() {
            return Ok(None);
        }
        Ok(match for_every(&queries, solver, limits)? {
            ForEvery::Unknown(reason) => Some(Settled::Unknown(reason)),
            ForEvery::Yes => Some(Settled::Alike(at_every_value(&keys))),
            ForEvery::NotAt(values) => self
                .subject
                .at(&values)
                .map(|subject| Settled::At(Box::new(subject), at_these_values(&values))),
        })
    }
}

impl Subject {
    /// The same at these values of the parameters; `None` of what is not asked at values.
    fn at(&self, values: &Values) -> Option<Self> {
        Some(match self {
            Self::Shape { some, shape, policies } => Self::Shape {
                some: *some,
                shape: Box::new(shape_at(shape, values)),
                policies: Box::new(policies_at(policies, values)),
            },
            Self::Pair { equivalent, old, new, shape } => Self::Pair {
                equivalent: *equivalent,
                old: Box::new(policies_at(old, values)),
                new: Box::new(policies_at(new, values)),
                shape: shape.as_ref().map(|shape| Box::new(shape_at(shape, values))),
            },
            Self::Call { .. } | Self::Estate(_) => return None,
        })
    }
}
