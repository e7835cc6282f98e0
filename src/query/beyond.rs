//! What would be allowed if every string were an action and a resource, and why it cannot be asked for.

use super::{Answer, Query, QueryError, Requests, Solver, Witness};
use crate::feasibility::{self, Violation};
use keyaki_encodings::engine::Limits;

/// A request that answers a question with yes under [`Requests::Any`], while no feasible one does.
#[derive(Debug)]
pub struct Beyond {
    /// The request.
    pub witness: Witness,
    /// Why it cannot exist: the constraints of SEMANTICS 5.6 that it breaks.
    pub violations: Vec<Violation>,
}

impl Query<'_> {
    /// For a question about feasible requests whose answer is "no": a request beyond them that answers it with yes. `None` where there is
    /// none, or where no engine could tell.
    ///
    /// # Errors
    /// As [`Query::answer`].
    pub fn beyond(&self, solver: &Solver, limits: &Limits) -> Result<Option<Beyond>, QueryError> {
        let Requests::Feasible(world) = self.requests else { return Ok(None) };
        let query = Query { requests: Requests::Any, ..self.clone() };
        let Answer::Yes(witness) = query.answer(solver, limits)? else { return Ok(None) };
        let violations = feasibility::violations(&witness.request, &self.keys(), &world);
        Ok(Some(Beyond { witness: *witness, violations }))
    }
}
