//! Questions about all requests at once.
//!
//! A query is a value: which policy sets must allow the request and which must not. Every question
//! of the command line is one or two queries, and one function decides any of them.

mod account;
mod alike;
mod beyond;
mod call;
mod confirm;
mod considered;
pub(crate) mod covers;
mod ground;
pub use considered::is_in;
mod judge;
mod named;
mod obstacle;
pub(crate) mod pattern;
mod propose;
mod record;
mod rests_on;
mod search;
mod slice;
mod solver;
mod unlisted;
mod values;

pub use account::{Account, LayerAccount, StatementAccount};
pub(crate) use alike::{Alike, ToldAlike};
pub use beyond::Beyond;
pub use call::{
    CallAnswer, CallError, CallObstacles, CallQuery, CallSpot, CallVerdict, CallWitness, Filter,
    PathAnswer, PathObstacle, PathVerdict, RefusedAuthorization, Step, find_call, whole_names,
};
pub use confirm::{StatementName, Witness};
pub use ground::Encoded;
pub(crate) use ground::Ground;
use ground::{Posed, Posing};
use judge::Judge;
pub use named::Named;
pub(crate) use obstacle::everything;
pub use obstacle::{Obstacle, Obstacles, Otherwise, Refusal};
use propose::JUDGED;
pub use record::{Decided, Part, Record};
pub use rests_on::RestsOn;
pub use search::Found;
pub(crate) use slice::Narrowed;
pub use solver::{Disagreement, Solver, SolverError};
pub use values::{
    ForEvery, Quantifier, Values, at_every_value, at_these_values, beside, for_every, policies_at,
    shape_at,
};

use crate::counterexample::Vocabulary;
use crate::unknown::Unknown;
use keyaki_encoder::Frame;
use keyaki_encoder::feasible::Universe;
use keyaki_engines::engine::{Deadline, Limits, Reason};
use keyaki_iam::catalogue::CatalogueError;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::Policies;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::parameter::{Clash, Forms, Parameter};
use keyaki_iam::policy::{ContextKey, Policy};
use keyaki_iam::request::Request;
use keyaki_iam::shape::{About, Shape};
use keyaki_iam::visible::visible;
use keyaki_iam::world::{Assumptions, World};
use keyaki_logic::smtlib::{self, Header, Logic, Script};
use keyaki_logic::term::Term;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Which requests a question is about.
#[derive(Debug, Clone, Copy)]
pub enum Requests<'a> {
    /// Requests that can exist in this world, as far as SEMANTICS 5.6 is modelled: see
    /// [`keyaki_encoder::feasible`].
    Feasible(World<'a>),
    /// Every string is an action and a resource, every context key is free; only typing holds.
    Any,
}

impl<'a> Requests<'a> {
    /// What is taken to exist, where only requests that can exist are considered.
    pub fn world(self) -> Option<World<'a>> {
        match self {
            Self::Feasible(world) => Some(world),
            Self::Any => None,
        }
    }

    /// The same, in these partitions.
    #[must_use]
    pub fn asked_in(self, partitions: Option<Partitions>) -> Self {
        match self {
            Self::Feasible(world) => {
                Self::Feasible(World { partitions: partitions.or(world.partitions), ..world })
            }
            Self::Any => Self::Any,
        }
    }

    /// The same, with these model choices assumed.
    #[must_use]
    pub(crate) fn under(self, assumptions: Assumptions) -> Self {
        match self {
            Self::Feasible(world) => Self::Feasible(World { assumptions, ..world }),
            Self::Any => Self::Any,
        }
    }

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Feasible(_) => "feasible",
            Self::Any => "any",
        }
    }
}

/// Is there a request of some shapes and of none of others that all of `allowed_by` allow and none of
/// `refused_by` allows?
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// The shape that the request must have; `None`: any.
    pub shape: Option<&'a Shape>,
    /// Shapes that the request must have, too: what the question is narrowed to.
    pub within: &'a [&'a Shape],
    /// Shapes that the request must not have.
    pub unlike: &'a [&'a Shape],
    /// Policy sets that must allow the request.
    pub allowed_by: Vec<&'a Policies>,
    /// Policy sets that must not allow it.
    pub refused_by: Vec<&'a Policies>,
    /// Which requests are considered.
    pub requests: Requests<'a>,
}

/// What a query came to.
#[derive(Debug)]
pub enum Answer {
    /// There is such a request; the evaluator confirmed this one.
    Yes(Box<Witness>),
    /// There is none.
    No,
    /// No engine could tell; the reason.
    Unknown(Unknown),
}

/// An answer and what it depends on.
#[derive(Debug)]
pub struct Verdict {
    /// Yes, no or unknown.
    pub answer: Answer,
    /// The model choices that a "no" rests on; none for other answers.
    pub rests_on: RestsOn,
    /// Assumptions and approximations that a reader of the answer must know, in a fixed order.
    pub caveats: Vec<Caveat>,
    /// Which requests it is about, beyond the policy language.
    pub about: About,
}

impl Verdict {
    /// Nobody knows.
    pub fn unknown(reason: Unknown) -> Self {
        Self {
            answer: Answer::Unknown(reason),
            rests_on: RestsOn::default(),
            caveats: Vec::new(),
            about: About::default(),
        }
    }
}

/// Why a query has no verdict. Each is a defect of Keyaki or of a solver, never an answer.
#[derive(Debug, Error)]
pub enum QueryError {
    /// The evaluator does not agree with the solver's request.
    #[error(
        "internal error: the evaluator does not confirm the counterexample of engine `{engine}` (request: {request}); please report this query:\n{script}"
    )]
    Unconfirmed {
        /// The engine's name.
        engine: String,
        /// The request in the form of the command line.
        request: String,
        /// The query as an SMT-LIB script.
        script: String,
    },
    /// Two engines contradict each other.
    #[error(transparent)]
    Solver(#[from] SolverError),
    /// The query cannot be written as a script.
    #[error(transparent)]
    Script(#[from] smtlib::ScriptError),
    /// A policy of the query cannot be encoded.
    #[error(transparent)]
    Encoding(#[from] keyaki_encoder::Error),
    /// The service catalogue is damaged where the query needs it.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A question about a call that cannot be asked.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Parameters of the policies cannot each have one value.
    #[error("{0}")]
    Parameters(Clash),
}

impl QueryError {
    /// Whether it is about one question, so that others may still be asked: what an engine or its
    /// request was wrong about.
    pub fn is_of_one_question(&self) -> bool {
        matches!(self, Self::Unconfirmed { .. } | Self::Solver(_))
    }
}

/// What was made, or why it was not within the limits; other errors stay errors.
fn finished<T>(made: Result<T, QueryError>) -> Result<Result<T, Reason>, QueryError> {
    match made {
        Err(QueryError::Encoding(keyaki_encoder::Error::Unfinished(reason))) => Ok(Err(reason)),
        other => other.map(Ok),
    }
}

impl<'a> Query<'a> {
    /// Is there a request of this shape that these policies allow?
    pub fn allowed(policies: &'a Policies, shape: &'a Shape, requests: Requests<'a>) -> Self {
        Query {
            shape: Some(shape),
            within: &[],
            unlike: &[],
            allowed_by: vec![policies],
            refused_by: Vec::new(),
            requests,
        }
    }

    /// Every policy of the query.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.allowed_by
            .iter()
            .chain(&self.refused_by)
            .flat_map(|set| set.all())
            .map(|named| &*named.policy)
    }

    /// The shapes that the request must have.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &'a Shape> + use<'_, 'a> {
        self.shape.into_iter().chain(self.within.iter().copied())
    }

    /// The shapes of the query.
    pub(super) fn shapes(&self) -> impl Iterator<Item = &'a Shape> + use<'_, 'a> {
        self.wanted().chain(self.unlike.iter().copied())
    }

    /// What the query is about, whatever it asks of it.
    fn sets_and_shapes(&self) -> (Vec<&'a Policies>, Vec<&'a Shape>) {
        let sets = self.allowed_by.iter().chain(&self.refused_by).copied().collect();
        (sets, self.shapes().collect())
    }

    /// The formula over a symbolic request.
    ///
    /// # Errors
    /// When a policy is not one of those that the encoder models.
    pub fn encode(&self) -> Result<Encoded, QueryError> {
        Posed::new(self, &self.ground(), &Limits::default())?.under(self.assumptions())
    }

    /// What its questions have in common, whichever assumptions they make.
    pub(crate) fn ground(&self) -> Ground<'a> {
        Ground::of(self)
    }

    /// The model choices that are assumed; none where every request counts.
    fn assumptions(&self) -> Assumptions {
        self.requests.world().map_or(Assumptions::none(), |world| world.assumptions)
    }

    /// Refuses parameters that would have several values, one for each form.
    fn has_one_form_each(&self) -> Result<(), QueryError> {
        let policies = self.policies().flat_map(Policy::keys);
        let mut names = BTreeMap::new();
        let mut forms = Forms::default();
        for key in policies.chain(self.shapes().flat_map(Shape::keys)) {
            let Some(parameter) = Parameter::of(key) else { continue };
            let known =
                names.entry(parameter.name.clone()).or_insert_with(|| parameter.form.clone());
            if *known != parameter.form {
                let forms = [known.clone(), parameter.form];
                return Err(QueryError::Parameters(Clash::Forms { name: parameter.name, forms }));
            }
            forms.add(parameter);
        }
        forms.clash().map_or(Ok(()), |clash| Err(QueryError::Parameters(clash)))
    }

    /// What is asked, over a frame that was made from the query's policies and shapes.
    fn asked(&self, frame: &Frame) -> Result<Vec<Term>, QueryError> {
        frame.goes_on()?;
        self.has_one_form_each()?;
        let mut asked = vec![
            frame.structure(),
            frame.well_typed(),
            frame.limits(&self.limits()),
            frame.is_at_home(&self.home()),
        ];
        let allowed = |set: &Policies| frame.decision(set).map(|decision| decision.allowed);
        for shape in self.wanted() {
            asked.push(frame.shape(shape)?);
        }
        for shape in self.unlike {
            asked.push(Term::not(frame.shape(shape)?));
        }
        for set in &self.allowed_by {
            asked.push(allowed(set)?);
        }
        for set in &self.refused_by {
            asked.push(Term::not(allowed(set)?));
        }
        Ok(asked
            .iter()
            .filter(|term| **term != Term::truth())
            .map(|term| frame.shared(term))
            .collect())
    }

    /// The query as one SMT-LIB 2.6 script, of its slice. Its comments say whether "sat" answers it:
    /// it does not where services are approximated.
    ///
    /// # Errors
    /// When the script cannot be written.
    pub fn script(&self) -> Result<Script, QueryError> {
        let ground = self.ground();
        let slice = self.slice();
        let slice = slice.of(self);
        let posed = Posed::new(&slice, &ground, &Limits::default())?;
        let encoded = posed.under(slice.assumptions())?;
        let mut assertions = encoded.all();
        let mut approximated = false;
        if let Requests::Feasible(world) = slice.requests {
            let universe = Universe::new(&encoded.frame, world, &encoded.assertions)?;
            let unlisted =
                if world.unknown_actions { universe.is_unlisted()? } else { Term::falsehood() };
            assertions.push(Term::or([universe.formula()?, unlisted]));
            approximated = world.unknown_actions || !universe.rest().is_empty();
        }
        let header = Header { logic: Logic::Narrowest, comments: Vec::new() };
        let mut script = smtlib::script(&assertions, &header)?;
        let mut comments = self.comments();
        comments.push("\"unsat\" is an answer: there is no such request".to_owned());
        comments.push(match (approximated, script.exact) {
            (false, true) => "\"sat\" is an answer: there is such a request".to_owned(),
            (false, false) => {
                "\"sat\" is no answer: the model has to be confirmed, see the comments below".to_owned()
            }
            (true, _) => {
                "\"sat\" is no answer: there may be such a request, of a service that is approximated"
                    .to_owned()
            }
        });
        script.comment(&comments);
        Ok(script)
    }

    /// Decides the query, and says what a "no" rests on and what else a reader must know.
    ///
    /// # Errors
    /// As [`Query::answer`].
    pub fn ask(&self, solver: &Solver, limits: &Limits) -> Result<Verdict, QueryError> {
        self.ask_told(None, solver, limits)
    }

    /// As [`Query::ask`], with what questions like it told.
    pub(crate) fn ask_told(
        &self,
        told: Option<ToldAlike<'_>>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let limits = &limits.with_aftermath();
        let ground = self.ground();
        let (answer, rests_on) = self.ask_on(&ground, told, solver, limits)?;
        Ok(Verdict { answer, rests_on, caveats: self.caveats()?, about: self.about() })
    }

    /// The request as a witness, if the evaluator confirms it.
    pub(crate) fn confirmed(&self, request: Request) -> Option<Witness> {
        self.holds(&request).then(|| Witness::of(self, request))
    }

    /// Decides the query on its ground, and says what a "no" rests on. `told` is what questions like
    /// it told.
    pub(crate) fn ask_on(
        &self,
        ground: &Ground<'a>,
        told: Option<ToldAlike<'_>>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<(Answer, RestsOn), QueryError> {
        // Where it is asked is found out once.
        let placed = &self.placed();
        placed.ask_placed(ground, told, solver, limits)
    }

    fn ask_placed(
        &self,
        ground: &Ground<'a>,
        told: Option<ToldAlike<'_>>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<(Answer, RestsOn), QueryError> {
        let limits = &limits.with_aftermath();
        let slice = self.slice();
        let slice = slice.of(self);
        if slice.is_refuted(solver) {
            return Ok((Answer::No, RestsOn::default()));
        }
        let begun = limits.begun();
        let (judge, posed, keys) = (Judge::of(&slice), Posing::new(&slice, ground), self.keys());
        let refuted = told.is_some_and(|told| told.refutes(self.assumptions()));
        let found = if refuted {
            Found::Nothing
        } else if let Some(request) = judge.proposed(&keys, solver, &begun, JUDGED)? {
            Found::Request(request)
        } else {
            match finished(posed.within(&begun))? {
                Ok(posed) => self.find_posed(posed, solver, &begun)?,
                Err(reason) => Found::Unknown(reason.into()),
            }
        };
        let rests_on = if matches!(found, Found::Nothing) {
            slice.rests_on_posed((self, &keys), &posed, told, solver, limits)?
        } else {
            RestsOn::default()
        };
        Ok((self.answer_of(found, (&judge, &keys), solver, limits)?, rests_on))
    }

    /// Decides the query. The timeout counts from here, and covers the formula, too. The
    /// simplification of a request that was found ends half a timeout later.
    ///
    /// # Errors
    /// [`QueryError`]: a disagreement between engines, or between a solver and the evaluator.
    pub fn answer(&self, solver: &Solver, limits: &Limits) -> Result<Answer, QueryError> {
        let limits = &limits.with_aftermath();
        let slice = self.slice();
        let slice = slice.of(self);
        let found = self.find_on(&self.ground(), &slice, solver, limits)?;
        self.answer_of(found, (&Judge::of(&slice), &self.keys()), solver, limits)
    }

    /// Decides the query as [`Query::answer`] does. A request in the answer is confirmed, and
    /// stands as the engine left it.
    ///
    /// # Errors
    /// As [`Query::answer`].
    pub fn find(&self, solver: &Solver, limits: &Limits) -> Result<Found, QueryError> {
        self.find_on(&self.ground(), &self.slice().of(self), solver, limits)
    }

    /// Whether the texts of the policies, of which this is the slice, show that no request is an
    /// answer. Whoever keeps what engines are asked gets the question, where there is one to ask.
    fn is_refuted(&self, solver: &Solver) -> bool {
        self.grants_nothing() || !solver.is_recorded() && self.grants_elsewhere()
    }

    /// Decides the query by one that the same requests answer.
    fn find_on(
        &self,
        ground: &Ground<'_>,
        slice: &Query<'_>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Found, QueryError> {
        if slice.is_refuted(solver) {
            return Ok(Found::Nothing);
        }
        let limits = &limits.begun();
        let keys = self.keys();
        if let Some(request) = Judge::of(slice).proposed(&keys, solver, limits, JUDGED)? {
            return match self.holds_with(&request, &keys) {
                true => Ok(Found::Request(request)),
                false => Err(self.unconfirmed(&request, solver)?),
            };
        }
        match finished(Posed::new(slice, ground, limits))? {
            Ok(posed) => self.find_posed(&posed, solver, limits),
            Err(reason) => Ok(Found::Unknown(reason.into())),
        }
    }

    /// Decides the query, posed as one that the same requests answer; the limits have begun.
    fn find_posed(
        &self,
        posed: &Posed<'_, '_>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Found, QueryError> {
        let found = match self.search_posed(posed, solver, limits)? {
            Ok(found) => found,
            Err(reason) => return Ok(Found::Unknown(reason.into())),
        };
        match &found {
            Found::Request(request) if !self.holds(request) => {
                Err(self.unconfirmed(request, solver)?)
            }
            Found::Request(_) | Found::Nothing | Found::Unknown(_) => Ok(found),
        }
    }

    /// The answer that was found, with a request simplified as far as the deadline allows. The judge
    /// is that of the slice, the keys are the query's.
    fn answer_of(
        &self,
        found: Found,
        known: (&Judge<'_>, &BTreeSet<&ContextKey>),
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Answer, QueryError> {
        Ok(match found {
            Found::Nothing => Answer::No,
            Found::Unknown(reason) => Answer::Unknown(reason),
            Found::Request(request) => {
                Answer::Yes(Box::new(self.witness(request, known, solver, &limits.deadline)?))
            }
        })
    }

    /// A confirmed request, simplified as far as the deadline allows. The judge of the
    /// slice tries candidates, and the last one is confirmed on the query itself.
    fn witness(
        &self,
        request: Request,
        (judge, keys): (&Judge<'_>, &BTreeSet<&ContextKey>),
        solver: &Solver,
        deadline: &Deadline,
    ) -> Result<Witness, QueryError> {
        let listed = self.placed().today(&request);
        let vocabulary = judge.query().vocabulary();
        let holds =
            |candidate: &Request| judge.allows(candidate) && listed.considers(candidate, keys);
        let request = crate::counterexample::simplify(request, &vocabulary, &holds, deadline);
        if self.holds_with(&request, keys) {
            Ok(Witness::of(self, request))
        } else {
            Err(self.unconfirmed(&request, solver)?)
        }
    }

    fn unconfirmed(&self, request: &Request, solver: &Solver) -> Result<QueryError, QueryError> {
        let (engine, request) = (solver.name(), request.to_json().to_string());
        Ok(QueryError::Unconfirmed { engine, request, script: self.script()?.to_string() })
    }

    /// The query about actions of today, if the request's is one.
    fn today(&self, request: &Request) -> Self {
        match self.requests {
            Requests::Feasible(world)
                if !matches!(world.catalogue.action(&request.action), Ok(None)) =>
            {
                Query {
                    requests: Requests::Feasible(World { unknown_actions: false, ..world }),
                    ..self.clone()
                }
            }
            Requests::Feasible(_) | Requests::Any => self.clone(),
        }
    }

    /// Values that a person recognises, for the requests of this query.
    fn vocabulary(&self) -> Vocabulary<'_> {
        Vocabulary::of(self.policies(), self.shapes(), self.requests.world())
            .of_granted(self.granted())
    }

    /// What a script of the query says of it.
    fn comments(&self) -> Vec<String> {
        let names = |sets: &[&Policies]| {
            sets.iter()
                .flat_map(|set| set.all())
                .map(|named| visible(&named.name))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let mut comments =
            vec![format!("is there a request ({} requests) that is", self.requests.word())];
        comments.push(format!("  allowed by: {}", names(&self.allowed_by)));
        if !self.refused_by.is_empty() {
            comments.push(format!("  not allowed by: {}", names(&self.refused_by)));
        }
        if let Requests::Feasible(world) = self.requests {
            comments.push(format!(
                "services are those of {}; of those that it does not name, any action on anything counts",
                visible(&world.catalogue.source_and_date())
            ));
        }
        comments.extend(self.parameters().map(|caveat| visible(&caveat.to_string()).into_owned()));
        comments
    }

    /// What a reader of an answer must know, in the order of the texts: what is left out, and what
    /// is assumed of names that Keyaki or the catalogue does not know.
    ///
    /// # Errors
    /// When the catalogue is damaged where a name of the query is looked up.
    pub fn caveats(&self) -> Result<Vec<Caveat>, CatalogueError> {
        let mut caveats = self.left_out();
        caveats.extend(self.parameters());
        let world = self.requests.world();
        let (sets, shapes) = self.sets_and_shapes();
        for caveat in keyaki_encoder::caveats(&sets, &shapes, world.map(|world| world.catalogue))? {
            let confirmed =
                world.map(|world| unlisted::is_confirmed(&caveat, world.catalogue)).transpose()?;
            if confirmed != Some(true) {
                caveats.push(caveat);
            }
        }
        if let Some(world) = world {
            caveats.extend(self.unlisted(world)?);
        }
        Ok(Caveat::in_order(caveats))
    }

    /// The parameters of the policies, if there are any.
    fn parameters(&self) -> Option<Caveat> {
        let parameters = self.named_keys().filter_map(Parameter::of);
        let names: BTreeSet<String> = parameters
            .map(|parameter| format!("`{}` is {}", parameter.name, parameter.form.words()))
            .collect();
        (!names.is_empty()).then_some(Caveat::Parameters { names })
    }
}
