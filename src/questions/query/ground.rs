//! What questions about the same symbolic request have in common: made once, whatever they assume.

use super::search;
use super::{Part, Query, QueryError, Requests, Solver};
use keyaki_encoder::Frame;
use keyaki_encoder::feasible::{self, Constraint};
use keyaki_engines::engine::{Limits, Outcome};
use keyaki_iam::catalogue::CatalogueError;
use keyaki_iam::layers::Policies;
use keyaki_iam::shape::Shape;
use keyaki_iam::world::{Assumptions, ModelChoice};
use keyaki_logic::model::Model;
use keyaki_logic::term::Term;
use std::cell::OnceCell;
use std::rc::Rc;

/// A symbolic request, and which of its concrete ones can exist.
pub(crate) struct Ground<'a> {
    /// What the symbolic request is made for, when somebody needs it.
    sets: Vec<&'a Policies>,
    shapes: Vec<&'a Shape>,
    requests: Requests<'a>,
    frame: OnceCell<Rc<Frame>>,
    constraints: OnceCell<Vec<Constraint>>,
}

/// A question on its ground, to be asked under some assumptions or others.
pub(super) struct Posed<'g, 'a> {
    ground: &'g Ground<'a>,
    asked: Vec<Term>,
    /// Whether it matters which services answer who does not sign (F36).
    unsigned: bool,
    /// What satisfies `asked`, or that nothing does, once an engine has told.
    of_asked: OnceCell<Option<Model>>,
}

/// A question that is posed when somebody needs it, and then once.
pub(super) struct Posing<'p, 'g, 'a> {
    query: &'p Query<'p>,
    ground: &'g Ground<'a>,
    posed: OnceCell<Posed<'g, 'a>>,
}

impl<'p, 'g, 'a> Posing<'p, 'g, 'a> {
    /// A question on the ground that was made for it, or for it and others.
    pub fn new(query: &'p Query<'p>, ground: &'g Ground<'a>) -> Self {
        Self { query, ground, posed: OnceCell::new() }
    }

    /// The question, posed within limits that have begun.
    ///
    /// # Errors
    /// As [`Posed::new`].
    pub fn within(&self, limits: &Limits) -> Result<&Posed<'g, 'a>, QueryError> {
        if let Some(known) = self.posed.get() {
            return Ok(known);
        }
        let posed = Posed::new(self.query, self.ground, limits)?;
        Ok(self.posed.get_or_init(|| posed))
    }
}

/// A query as a formula.
pub struct Encoded {
    /// The symbolic request.
    pub frame: Rc<Frame>,
    /// Those of the assertions that say what is asked, and nothing of which requests can exist:
    /// where nothing satisfies them, nothing does whatever is assumed. Empty for calls, which are
    /// not searched for action by action.
    pub asked: Vec<Term>,
    /// Satisfiable together with `lazy` iff such a request exists, as far as the service catalogue
    /// does not say otherwise.
    pub assertions: Vec<Term>,
    /// Constraints that solvers find hard and models seldom break: asserted only when one does.
    pub lazy: Vec<Term>,
}

impl Encoded {
    /// That of a call, whose first authorization has this frame.
    pub(super) fn of_call(frame: Rc<Frame>, assertions: Vec<Term>, lazy: Vec<Term>) -> Self {
        Self { frame, asked: Vec::new(), assertions, lazy }
    }

    /// Every assertion, the lazy ones too.
    pub fn all(&self) -> Vec<Term> {
        self.assertions.iter().chain(&self.lazy).cloned().collect()
    }
}

impl<'a> Ground<'a> {
    /// That of a query, and of others about the same policies and shapes.
    pub(super) fn of(query: &Query<'a>) -> Self {
        let (sets, shapes) = query.sets_and_shapes();
        let (frame, constraints) = (OnceCell::new(), OnceCell::new());
        Self { sets, shapes, requests: query.requests, frame, constraints }
    }

    /// That of questions over this frame.
    pub(super) fn over(frame: Rc<Frame>, requests: Requests<'a>) -> Self {
        let (sets, shapes) = (Vec::new(), Vec::new());
        let (frame, constraints) = (OnceCell::from(frame), OnceCell::new());
        Self { sets, shapes, requests, frame, constraints }
    }

    /// The symbolic request.
    ///
    /// # Errors
    /// When the catalogue is damaged where it lists a key of the question.
    pub(super) fn frame(&self) -> Result<&Rc<Frame>, CatalogueError> {
        if let Some(known) = self.frame.get() {
            return Ok(known);
        }
        let Self { sets, shapes, .. } = self;
        let frame = match self.requests {
            Requests::Feasible(world) => Frame::listed(sets, shapes, world.catalogue)?,
            Requests::Any => Frame::new(sets, shapes),
        };
        Ok(self.frame.get_or_init(|| Rc::new(frame)))
    }

    /// What can exist, with what each row assumes: nothing where every request counts.
    fn constraints(&self) -> Result<&[Constraint], QueryError> {
        if let Some(known) = self.constraints.get() {
            return Ok(known);
        }
        let frame = self.frame()?;
        let world = self.requests.world();
        let mut rows = world
            .map(|world| feasible::constraints(frame, &world))
            .transpose()?
            .unwrap_or_default();
        for row in &mut rows {
            frame.goes_on()?;
            row.term = frame.shared(&row.term);
        }
        Ok(self.constraints.get_or_init(|| rows))
    }
}

impl<'g, 'a> Posed<'g, 'a> {
    /// The question on this ground, which was made for it, or for it and others, within limits that
    /// have begun.
    ///
    /// # Errors
    /// When a policy is not one of those that the encoder models.
    pub fn new(
        query: &Query<'_>,
        ground: &'g Ground<'a>,
        limits: &Limits,
    ) -> Result<Self, QueryError> {
        let frame = ground.frame()?;
        frame.limit(limits);
        // Who does not sign is granted something by resource-based policies only: without one, it
        // does not matter which services answer.
        let unsigned = query.allowed_by.iter().all(|set| set.resource.is_some());
        Ok(Self { ground, asked: query.asked(frame)?, unsigned, of_asked: OnceCell::new() })
    }

    /// The formula under these assumptions.
    ///
    /// # Errors
    /// When the limits leave no room for it.
    pub fn under(&self, assumptions: Assumptions) -> Result<Encoded, QueryError> {
        let (mut assertions, mut lazy) = (self.asked.clone(), Vec::new());
        for row in self.existing()?.filter(|row| row.is_assumed(assumptions)) {
            if row.costly { &mut lazy } else { &mut assertions }.push(row.term.clone());
        }
        let frame = Rc::clone(self.ground.frame()?);
        Ok(Encoded { frame, asked: self.asked.clone(), assertions, lazy })
    }

    /// What is asked alone, asked once for all assumptions.
    ///
    /// # Errors
    /// When engines contradict each other.
    pub fn of_asked(&self, solver: &Solver, limits: &Limits) -> Result<Outcome, QueryError> {
        let told = |model: &Option<Model>| {
            model.clone().map_or(Outcome::Unsatisfiable, Outcome::Satisfiable)
        };
        if let Some(model) = self.of_asked.get() {
            return Ok(told(model));
        }
        Ok(match search::probe(solver, limits, Part::Asked, &self.asked)? {
            Outcome::Satisfiable(model) => told(self.of_asked.get_or_init(|| Some(model))),
            Outcome::Unsatisfiable => told(self.of_asked.get_or_init(|| None)),
            Outcome::Unknown(reason) => Outcome::Unknown(reason),
        })
    }

    /// What is asked, and what can exist whatever is assumed.
    ///
    /// # Errors
    /// As [`Posed::under`].
    pub fn parts(self) -> Result<(Vec<Term>, Vec<Constraint>), QueryError> {
        let existing = self.existing()?.cloned().collect();
        Ok((self.asked, existing))
    }

    fn existing(&self) -> Result<impl Iterator<Item = &Constraint>, QueryError> {
        Ok(self
            .ground
            .constraints()?
            .iter()
            .filter(|row| self.unsigned || row.id != ModelChoice::F36.id()))
    }
}
