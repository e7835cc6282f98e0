//! What would be allowed if every string were an action and a resource, and why it cannot be asked
//! for.

use super::ground::Posed;
use super::search::Search;
use super::{Answer, Part, Query, QueryError, Requests, Solver, Witness, finished};
use keyaki_engines::engine::{Limits, Outcome};
use keyaki_evaluator::feasibility::{self, Violation};
use keyaki_iam::request::Request;
use std::cell::Cell;

/// A request that answers a question with yes under [`Requests::Any`], while no feasible one does.
#[derive(Debug)]
pub struct Beyond {
    /// The request.
    pub witness: Witness,
    /// Why it cannot exist: the constraints of SEMANTICS 5.6 that it breaks; at least one.
    pub violations: Vec<Violation>,
}

impl Query<'_> {
    /// For a question about feasible requests whose answer is "no": a request beyond them that
    /// answers it with yes. `None` where there is none, where no engine could tell, or where what
    /// is found breaks no constraint that the checker could name: it takes a role's own ARN for
    /// some session of the role.
    ///
    /// # Errors
    /// As [`Query::answer`].
    pub fn beyond(&self, solver: &Solver, limits: &Limits) -> Result<Option<Beyond>, QueryError> {
        let Requests::Feasible(world) = self.requests else { return Ok(None) };
        let limits = &limits.with_aftermath();
        let any = Query { requests: Requests::Any, ..self.clone() };
        let Some(request) = self.nearly_feasible(&any, solver, limits)? else { return Ok(None) };
        let broken = |request: &Request| feasibility::violations(request, &self.keys(), &world);
        // While it is simplified, the request comes no further from those that can exist.
        let fewest = Cell::new(broken(&request).len());
        let near = |candidate: &Request| {
            let count = if any.holds(candidate) { broken(candidate).len() } else { usize::MAX };
            let kept = count <= fewest.get();
            fewest.set(count.min(fewest.get()));
            kept
        };
        let request =
            crate::counterexample::simplify(request, &any.vocabulary(), &near, &limits.deadline);
        let violations = broken(&request);
        Ok((!violations.is_empty())
            .then(|| Beyond { witness: Witness::of(&any, request), violations }))
    }

    /// A request that would be feasible if any action went with any resource and any keys; failing
    /// that, any.
    fn nearly_feasible(
        &self,
        any: &Query<'_>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Option<Request>, QueryError> {
        let (solver, begun) = (&solver.unrecorded(), limits.begun());
        let ground = self.ground();
        let posed = Posed::new(self, &ground, &begun);
        let Ok(encoded) = finished(posed.and_then(|posed| posed.under(self.assumptions())))? else {
            return Ok(None);
        };
        let search = Search { encoded: &encoded, solver, limits: &begun };
        if let Outcome::Satisfiable(model) = search.decide(Part::Whole, &encoded.assertions)? {
            let request = encoded.frame.request_from(&model);
            if any.holds(&request) {
                return Ok(Some(request));
            }
        }
        Ok(match any.answer(solver, limits)? {
            Answer::Yes(witness) => Some(witness.request),
            Answer::No | Answer::Unknown(_) => None,
        })
    }
}
