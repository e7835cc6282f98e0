//! Questions about API calls: is there a call every authorization of which is allowed (SEMANTICS
//! 6.7)?

mod check;
mod error;
mod filter;
mod formula;
mod simplify;
mod spot;
mod way;
mod whole;
mod why;

pub use check::find as find_call;
pub use error::CallError;
pub use filter::Filter;
pub use spot::CallSpot;
pub use whole::names as whole_names;
pub use why::{CallObstacles, PathObstacle, RefusedAuthorization};

use super::rests_on::needed;
use super::search::Search;
use super::{
    Encoded, Named, Part, Query, QueryError, Requests, RestsOn, Solver, Witness, finished,
};
use crate::unknown::Unknown;
use filter::Filters;
use formula::{Formula, Stock};
use keyaki_encoder::{Frame, INFERENCE_PROFILE, call};
use keyaki_engines::engine::{Deadline, Limits, Outcome};
use keyaki_evaluator::feasibility;
use keyaki_iam::calls::{Authorization, Call, Instance, Path, Template, Who};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::{ContextKey, Policy};
use keyaki_iam::request::{ContextValue, Request};
use keyaki_iam::shape::{About, Shape};
use keyaki_iam::world::{Assumptions, ModelChoice, World};
use keyaki_logic::model::Model;
use keyaki_logic::smtlib;
use spot::Alternatives;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use way::Way;
use whole::WholeCondition;

/// The variable of calls that stands for the partition.
const PARTITION: &str = "Partition";

/// Is there a call that the policies allow, by some path?
#[derive(Debug, Clone)]
pub struct CallQuery<'a> {
    /// The call.
    pub call: &'a Call,
    /// The policies that apply to the caller. A resource-based policy belongs to one resource and
    /// is not among them.
    pub policies: &'a Policies,
    /// The policies that apply to the service role, see [`CallQuery::service_role`]; `None`: what
    /// it needs is not asked.
    pub role: Option<&'a Policies>,
    /// Who calls, and what holds of the caller's session and of the way of its requests. Action and
    /// resource are the call's.
    pub shape: Option<&'a Shape>,
    /// What the variables of the call are like.
    pub filters: &'a [Filter],
    /// Where authorizations of the caller may be, and what decides there in place of `policies`.
    /// None: `policies` decide everywhere.
    pub spots: &'a [CallSpot<'a>],
    /// Which requests are considered.
    pub requests: Requests<'a>,
}

/// An answer about a call, and what it depends on.
#[derive(Debug)]
pub struct CallVerdict {
    /// Yes, no or unknown.
    pub answer: CallAnswer,
    /// Every path, in the order in which they were asked; after a "yes" no more is asked, unless
    /// all were to be asked.
    pub paths: Vec<PathVerdict>,
    /// The model choices that a "no" rests on.
    pub rests_on: RestsOn,
    /// Assumptions and approximations that a reader of the answer must know, in a fixed order.
    pub caveats: Vec<Caveat>,
    /// Which calls it is about, beyond the policy language.
    pub about: About,
}

impl CallVerdict {
    /// Nobody knows.
    pub fn unknown(reason: Unknown) -> Self {
        Self {
            answer: CallAnswer::Unknown(reason),
            paths: Vec::new(),
            rests_on: RestsOn::default(),
            caveats: Vec::new(),
            about: About::default(),
        }
    }
}

/// Whether there is such a call.
#[derive(Debug)]
pub enum CallAnswer {
    /// There is; the evaluator confirmed every authorization of this one.
    Yes(Box<CallWitness>),
    /// There is none by any path.
    No,
    /// No engine could tell; the reason.
    Unknown(Unknown),
}

/// A call that is allowed.
#[derive(Debug, Clone)]
pub struct CallWitness {
    /// The path.
    pub path: String,
    /// Its short name.
    pub id: String,
    /// What its variables stand for, and what belongs to the whole call.
    pub bindings: BTreeMap<String, String>,
    /// The variables that IAM does not check.
    pub unchecked: Vec<String>,
    /// Every authorization, in order.
    pub steps: Vec<Step>,
}

/// One authorization of a call.
#[derive(Debug, Clone)]
pub struct Step {
    /// Who is authorized.
    pub who: Who,
    /// The request and what allowed it.
    pub witness: Witness,
}

/// What became of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathVerdict {
    /// The path.
    pub path: String,
    /// Its short name.
    pub id: String,
    /// What became of it.
    pub answer: PathAnswer,
}

/// What became of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathAnswer {
    /// A call by this path is allowed.
    Yes,
    /// None is.
    No,
    /// No engine could tell; the reason.
    Unknown(Unknown),
    /// The question is not about this path; the reason.
    NotAsked(String),
}

/// A path of the question, with what each authorization is decided by.
struct Asked<'a> {
    /// The path, with what is not asked.
    whole: Path,
    /// The path as far as it is asked.
    path: Path,
    /// The questions about each authorization.
    needs: Vec<Alternatives<'a>>,
}

impl<'a> Asked<'a> {
    /// Every question about an authorization.
    fn queries(&self) -> impl Iterator<Item = &Query<'a>> {
        self.needs.iter().flat_map(Alternatives::all)
    }
}

/// What is asked of every path.
struct Context {
    /// The shape without its conditions on the whole call.
    shape: Option<Shape>,
    forwarded: Forwarded,
    whole: Vec<WholeCondition>,
}

/// What was found out of paths: whether calls by them are allowed under some assumptions. What is
/// refuted under some of them is under more; what is allowed is under fewer.
#[derive(Default)]
struct Memory {
    known: BTreeMap<Target, Known>,
    /// Their formulas, under whatever assumptions.
    formulas: BTreeMap<Target, Formula>,
    stock: Stock,
    /// Whose caveats were taken: the service role's, and what is asked on behalf of the caller; on
    /// which spot.
    caveats: BTreeSet<(bool, bool, Option<usize>)>,
    /// Whether a "no" of this question needed no model choice so far, so that the next is first
    /// looked for without any; `None` before the first "no".
    choiceless: Option<bool>,
    /// The way that was allowed when the question was asked last, which may be the one again.
    allowed: Option<usize>,
}

/// A path of which something was found out: a variant of a way, or of a more general path, by its
/// address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Case(usize, usize),
    General(usize, String, usize),
}

#[derive(Default)]
struct Known {
    refuted: Vec<Assumptions>,
    allowed: Vec<Assumptions>,
}

/// Who asks, and with what.
#[derive(Clone, Copy)]
struct Means<'a> {
    context: &'a Context,
    solver: &'a Solver,
    limits: &'a Limits,
}

/// What holds where a service asks on behalf of the caller: no VPC endpoint is on that way, and
/// conditions on the caller's own way say nothing.
struct Forwarded {
    policies: Policies,
    shape: Option<Shape>,
}

/// What engines said of a path.
struct Decided {
    frames: Vec<Rc<Frame>>,
    encoded: Encoded,
    outcome: Outcome,
}

/// What an engine found.
struct Evidence<'a> {
    asked: &'a Asked<'a>,
    context: &'a Context,
    frames: &'a [Rc<Frame>],
    model: &'a Model,
    encoded: &'a Encoded,
}

/// The limits of one path.
fn limits_of_path(means: Means<'_>) -> Limits {
    means.limits.with_aftermath().begun()
}

impl<'a> CallQuery<'a> {
    /// The policies that apply to a service role: its own identity-based ones, and the
    /// organization's, of which it is a member with the caller.
    pub fn service_role(identity: Vec<NamedPolicy>, caller: &Policies) -> Policies {
        let Policies {
            identity: _,
            boundary: _,
            session: _,
            resource: _,
            scp,
            rcp,
            endpoint: _,
            not_principal,
        } = caller;
        Policies {
            identity: Some(identity),
            boundary: None,
            session: Vec::new(),
            resource: None,
            scp: scp.clone(),
            rcp: rcp.clone(),
            endpoint: Vec::new(),
            not_principal: *not_principal,
        }
    }

    /// Decides the query: path by path until one is allowed. The timeout counts for each path; the
    /// simplification of what was found ends half a timeout later.
    ///
    /// # Errors
    ///
    /// [`QueryError`]: the question cannot be asked, see [`CallQuery::check`]; a disagreement between engines, or between a solver and the
    /// evaluator.
    pub fn ask(&self, solver: &Solver, limits: &Limits) -> Result<CallVerdict, QueryError> {
        Ok(self.asked_of(false, solver, limits)?.0)
    }

    /// Decides every path of the query, and gives the call that was found of each that is allowed,
    /// in the order of the verdict's paths.
    ///
    /// # Errors
    ///
    /// As [`CallQuery::ask`].
    pub fn ask_all(
        &self,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<(CallVerdict, Vec<Option<CallWitness>>), QueryError> {
        self.asked_of(true, solver, limits)
    }

    fn asked_of(
        &self,
        all: bool,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<(CallVerdict, Vec<Option<CallWitness>>), QueryError> {
        self.check()?;
        let partitions = self.partitions();
        CallQuery { requests: self.requests.asked_in(partitions), ..self.clone() }
            .ask_there(all, solver, limits)
    }

    /// The partitions in which the question is asked: those that the policies, the shape and the
    /// patterns of variables name.
    pub(crate) fn partitions(&self) -> Option<Partitions> {
        let named = || {
            let sets = self.sets_of_caller().chain(self.role);
            let patterns = self.filters.iter().map(|filter| filter.pattern.as_str());
            Named::in_sets(sets)
                .and(Named::in_shapes(self.shape.into_iter().chain(self.shapes_of_spots())))
                .and(Named::in_texts(patterns))
                .asked()
        };
        self.requests.world().map(|world| {
            world.partitions.or_else(|| self.partitions_by_filters()).unwrap_or_else(named)
        })
    }

    /// Those that the patterns of the variable `Partition` admit, where there are such patterns:
    /// the question says itself where it is asked.
    fn partitions_by_filters(&self) -> Option<Partitions> {
        let filters: Vec<Filter> =
            self.filters.iter().filter(|filter| filter.variable == PARTITION).cloned().collect();
        let admits = |name: &&str| {
            Filters(&filters).admit(&BTreeMap::from([(PARTITION.to_owned(), (*name).to_owned())]))
        };
        let admitted: Vec<&str> = Partitions::known()
            .into_iter()
            .filter(|name| !filters.is_empty() && admits(name))
            .collect();
        Partitions::named(&admitted).ok()
    }

    fn ask_there(
        &self,
        all: bool,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<(CallVerdict, Vec<Option<CallWitness>>), QueryError> {
        let context = self.context()?;
        let means = Means { context: &context, solver, limits };
        let mut caveats = Vec::new();
        let (mut paths, mut found) = (Vec::new(), Vec::new());
        let mut memory = Memory::default();
        let ways: Vec<Way<'_>> = self.call.paths.iter().flat_map(|path| self.ways(path)).collect();
        for (at, way) in ways.iter().enumerate() {
            let (answer, witness) = self.ask_way(at, way, means, &mut memory, &mut caveats)?;
            let yes = witness.is_some();
            paths.push(PathVerdict { path: way.name.clone(), id: way.id.clone(), answer });
            found.push(witness);
            if yes && !all {
                break;
            }
        }
        let unknown = paths.iter().find_map(|tried| match &tried.answer {
            PathAnswer::Unknown(reason) => {
                Some(Unknown::OnPath { path: tried.path.clone(), reason: Box::new(reason.clone()) })
            }
            PathAnswer::Yes | PathAnswer::No | PathAnswer::NotAsked(_) => None,
        });
        let asked = paths.iter().any(|tried| !matches!(tried.answer, PathAnswer::NotAsked(_)));
        let answer = match (found.iter().flatten().next(), unknown) {
            (Some(witness), _) => CallAnswer::Yes(Box::new(witness.clone())),
            (None, Some(reason)) => CallAnswer::Unknown(reason),
            (None, None) if !asked => CallAnswer::Unknown(Unknown::NoPath),
            (None, None) => CallAnswer::No,
        };
        self.add_caveats(&mut caveats);
        let shape = context.shape.as_ref();
        let whole = Query {
            shape,
            within: &[],
            unlike: &[],
            allowed_by: vec![self.policies],
            refused_by: Vec::new(),
            requests: self.requests,
        };
        let about = whole.about();
        let rests_on = if matches!(answer, CallAnswer::No) {
            self.rests_on(&ways, means, &mut memory)?
        } else {
            RestsOn::default()
        };
        Ok((
            CallVerdict { answer, paths, rests_on, caveats: Caveat::in_order(caveats), about },
            found,
        ))
    }

    /// One way of a path: its variants until one is allowed.
    fn ask_way(
        &self,
        at: usize,
        way: &Way<'_>,
        means: Means<'_>,
        memory: &mut Memory,
        caveats: &mut Vec<Caveat>,
    ) -> Result<(PathAnswer, Option<CallWitness>), QueryError> {
        let variants = match &way.paths {
            Ok(variants) => variants,
            Err(reason) => return Ok((PathAnswer::NotAsked(reason.clone()), None)),
        };
        let begun = limits_of_path(means);
        let probing = Means { limits: &begun, ..means };
        let choiceless = self.assuming(Assumptions::none());
        let refuted = memory.choiceless == Some(true)
            && choiceless.is_way_refuted(at, way, probing, memory)? == Some(true)
            || self.is_refuted_in_general(way, probing, memory)? == Some(true);
        if refuted {
            for variant in variants {
                self.caveats_of(&self.asked(variant, means.context), memory, caveats)?;
            }
            return Ok((PathAnswer::No, None));
        }
        let mut answer = PathAnswer::No;
        for (which, variant) in variants.iter().enumerate() {
            let asked = self.asked(variant, means.context);
            let (own, witness) = self.ask_path(Target::Case(at, which), &asked, means, memory)?;
            if !matches!(own, PathAnswer::NotAsked(_)) {
                self.caveats_of(&asked, memory, caveats)?;
            }
            match own {
                PathAnswer::Yes => return Ok((own, witness)),
                PathAnswer::Unknown(_) => answer = own,
                PathAnswer::NotAsked(_) => return Ok((own, None)),
                PathAnswer::No => memory
                    .known
                    .entry(Target::Case(at, which))
                    .or_default()
                    .refuted
                    .push(self.assumptions()),
            }
        }
        if answer == PathAnswer::No
            && memory.choiceless.is_none()
            && matches!(self.requests, Requests::Feasible(_))
        {
            memory.choiceless =
                Some(choiceless.is_way_refuted(at, way, probing, memory)? == Some(true));
        }
        Ok((answer, None))
    }

    /// What a reader must know of the authorizations of a path; what is asked of the same policies
    /// is looked at once.
    fn caveats_of(
        &self,
        asked: &Asked<'_>,
        memory: &mut Memory,
        caveats: &mut Vec<Caveat>,
    ) -> Result<(), QueryError> {
        for (needed, open) in asked.path.authorizations.iter().zip(&asked.needs) {
            let spots = open.spots.iter().copied().map(Some).chain([None]);
            for (query, spot) in open.all().zip(spots) {
                let whose = (needed.who == Who::ServiceRole, needed.via.is_some(), spot);
                if memory.caveats.insert(whose) {
                    caveats.extend(query.caveats()?);
                }
            }
        }
        Ok(())
    }

    fn assumptions(&self) -> Assumptions {
        self.requests.world().map_or(Assumptions::none(), |world| world.assumptions)
    }

    /// The question under other assumptions.
    fn assuming(&self, assumptions: Assumptions) -> CallQuery<'a> {
        match self.requests {
            Requests::Feasible(world) => CallQuery {
                requests: Requests::Feasible(World { assumptions, ..world }),
                ..self.clone()
            },
            Requests::Any => self.clone(),
        }
    }

    /// Whether no call by this path is allowed, as far as that can be told: from what is known, or
    /// by asking.
    fn refutes(
        &self,
        target: Target,
        path: &Path,
        means: Means<'_>,
        memory: &mut Memory,
    ) -> Result<Option<bool>, QueryError> {
        let assumptions = self.assumptions();
        let known = memory.known.entry(target.clone()).or_default();
        let among = |fewer: Assumptions, more: Assumptions| {
            fewer.iter().all(|choice| more.contains(choice))
        };
        if known.refuted.iter().any(|fewer| among(*fewer, assumptions)) {
            return Ok(Some(true));
        }
        if known.allowed.iter().any(|more| among(assumptions, *more)) {
            return Ok(Some(false));
        }
        if means.limits.deadline.is_reached() {
            return Ok(None);
        }
        let part = Part::MoreThanPath { id: path.id.clone() };
        let decided = match finished(self.decide(target.clone(), part, path, means, memory))? {
            Ok(Some(decided)) => decided,
            Ok(None) => return Ok(Some(true)),
            Err(_) => return Ok(None),
        };
        let known = memory.known.entry(target).or_default();
        Ok(match decided.outcome {
            Outcome::Unsatisfiable => {
                known.refuted.push(assumptions);
                Some(true)
            }
            Outcome::Satisfiable(_) => {
                known.allowed.push(assumptions);
                Some(false)
            }
            Outcome::Unknown(_) => None,
        })
    }

    /// Whether no call is allowed by a way of which that of the path is a case; `None` where there
    /// is no such way or it cannot be told.
    fn is_refuted_in_general(
        &self,
        way: &Way<'_>,
        means: Means<'_>,
        memory: &mut Memory,
    ) -> Result<Option<bool>, QueryError> {
        let Some(general) = way.path.general.as_ref().filter(|_| !way.general.is_empty()) else {
            return Ok(None);
        };
        let (address, extras) =
            (Arc::as_ptr(general).addr(), way.id.get(way.path.id.len()..).unwrap_or_default());
        for (which, variant) in way.general.iter().enumerate() {
            let target = Target::General(address, extras.to_owned(), which);
            match self.refutes(target, variant, means, memory)? {
                Some(true) => {}
                other => return Ok(other),
            }
        }
        Ok(Some(true))
    }

    fn context(&self) -> Result<Context, QueryError> {
        let whole = whole::conditions(self.call, self.shape, self.filters)?;
        let shape = self.shape.map(whole::of_caller);
        let mut forwarded = shape.clone();
        if let Some(shape) = &mut forwarded {
            shape.statement.conditions.clear();
        }
        let policies = Policies { endpoint: Vec::new(), ..self.policies.clone() };
        Ok(Context { shape, forwarded: Forwarded { policies, shape: forwarded }, whole })
    }

    /// The path as far as it is asked.
    fn asked_part(&self, path: &Path) -> Path {
        if self.role.is_some() { path.clone() } else { path.without_role() }
    }

    /// The question about one authorization.
    fn query_for<'s>(&'s self, needed: &Authorization, context: &'s Context) -> Query<'s> {
        let (shape, set) = match (needed.who, self.role) {
            (Who::ServiceRole, Some(role)) => (None, role),
            _ if needed.via.is_some() => {
                (context.forwarded.shape.as_ref(), &context.forwarded.policies)
            }
            _ => (context.shape.as_ref(), self.policies),
        };
        Query {
            shape,
            within: &[],
            unlike: &[],
            allowed_by: vec![set],
            refused_by: Vec::new(),
            requests: self.requests_for(needed),
        }
    }

    /// Which requests are considered for an authorization: where the path says through which
    /// profile the model is called, the path says where that routes, too (SEMANTICS 7.4), and not
    /// the id (F38).
    fn requests_for(&self, needed: &Authorization) -> Requests<'a> {
        let told = needed.keys.contains_key(&ContextKey::new(INFERENCE_PROFILE));
        match self.requests {
            Requests::Feasible(world) if told => Requests::Feasible(World {
                assumptions: world.assumptions.without(ModelChoice::F38),
                ..world
            }),
            Requests::Feasible(_) | Requests::Any => self.requests,
        }
    }

    fn asked<'s>(&'s self, whole: &Path, context: &'s Context) -> Asked<'s> {
        let path = self.asked_part(whole);
        let needs =
            path.authorizations.iter().map(|needed| self.alternatives(needed, context)).collect();
        Asked { needs, path, whole: whole.clone() }
    }

    fn ask_path(
        &self,
        target: Target,
        asked: &Asked<'_>,
        means: Means<'_>,
        memory: &mut Memory,
    ) -> Result<(PathAnswer, Option<CallWitness>), QueryError> {
        let Means { context, solver, .. } = means;
        let limits = &means.limits.with_aftermath();
        let begun = Means { limits: &limits.begun(), ..means };
        let part = Part::Path { id: asked.whole.id.clone() };
        let decided = match finished(self.decide(target, part, &asked.whole, begun, memory))? {
            Ok(decided) => decided,
            Err(reason) => return Ok((PathAnswer::Unknown(reason.into()), None)),
        };
        let Some(Decided { frames, encoded, outcome }) = decided else {
            return Ok((PathAnswer::NotAsked("it needs nothing of the caller".to_owned()), None));
        };
        Ok(match outcome {
            Outcome::Unsatisfiable => (PathAnswer::No, None),
            Outcome::Unknown(reason) => (PathAnswer::Unknown(reason.into()), None),
            Outcome::Satisfiable(model) => {
                let evidence =
                    Evidence { asked, context, frames: &frames, model: &model, encoded: &encoded };
                (PathAnswer::Yes, Some(self.witness(&evidence, solver, &limits.deadline)?))
            }
        })
    }

    /// What engines say of a path, and of what formula; `None` for a path without authorizations.
    /// The limits have begun.
    fn decide(
        &self,
        target: Target,
        part: Part,
        path: &Path,
        means: Means<'_>,
        memory: &mut Memory,
    ) -> Result<Option<Decided>, QueryError> {
        let Means { context, solver, limits } = means;
        let Memory { formulas, stock, .. } = memory;
        let formula = match formulas.entry(target) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(open) => open.insert(Formula::new(
                self,
                [path, &self.asked_part(path)],
                context,
                stock,
                limits,
            )?),
        };
        let Some(encoded) = formula.under(self.requests, stock)? else { return Ok(None) };
        let frames = formula.frames.clone();
        let outcome =
            Search { encoded: &encoded, solver, limits }.decide(part, &encoded.assertions)?;
        Ok(Some(Decided { frames, encoded, outcome }))
    }

    /// The model choices that the answer "no" rests on, as [`Query::rests_on`].
    fn rests_on(
        &self,
        ways: &[Way<'_>],
        means: Means<'_>,
        memory: &mut Memory,
    ) -> Result<RestsOn, QueryError> {
        let Requests::Feasible(world) = self.requests else { return Ok(RestsOn::default()) };
        let (solver, limits) = (&means.solver.unrecorded(), &means.limits.begun());
        let means = Means { solver, limits, ..means };
        self.look_ahead(ways, world.assumptions, means, memory)?;
        needed(world.assumptions, |assumptions| {
            if limits.deadline.is_reached() {
                return Ok(None);
            }
            self.assuming(assumptions).is_refuted(ways, means, memory)
        })
    }

    /// Finds out of one path after the other which choices its "no" needs, so that most of what is
    /// asked then is known: what one path needs is often what the others need.
    fn look_ahead(
        &self,
        ways: &[Way<'_>],
        assumed: Assumptions,
        means: Means<'_>,
        memory: &mut Memory,
    ) -> Result<(), QueryError> {
        let mut enough = Assumptions::none();
        for (at, way) in ways.iter().enumerate() {
            let mut refuted = |assumptions: Assumptions| -> Result<bool, QueryError> {
                Ok(self.assuming(assumptions).is_way_refuted(at, way, means, memory)? == Some(true))
            };
            if refuted(enough)? || refuted(Assumptions::none())? {
                continue;
            }
            // Many at once, then fewer.
            let mut kept = assumed;
            let mut size = kept.iter().count().div_ceil(2);
            while size > 0 {
                for choices in kept.iter().collect::<Vec<_>>().chunks(size) {
                    let fewer = choices.iter().fold(kept, |kept, choice| kept.without(*choice));
                    if refuted(fewer)? {
                        kept = fewer;
                    }
                }
                size /= 2;
            }
            enough = kept.iter().fold(enough, Assumptions::with);
        }
        Ok(())
    }

    /// Whether no path is allowed, as far as it can be told until the deadline.
    fn is_refuted(
        &self,
        ways: &[Way<'_>],
        means: Means<'_>,
        memory: &mut Memory,
    ) -> Result<Option<bool>, QueryError> {
        let mut answer = Some(true);
        let first = memory.allowed;
        let rest = (0..ways.len()).filter(|at| Some(*at) != first);
        for at in first.into_iter().chain(rest) {
            let Some(way) = ways.get(at) else { continue };
            match self.is_way_refuted(at, way, means, memory)? {
                Some(true) => {}
                Some(false) => {
                    memory.allowed = Some(at);
                    return Ok(Some(false));
                }
                None => answer = None,
            }
        }
        Ok(answer)
    }

    /// Whether no variant of the way is allowed.
    fn is_way_refuted(
        &self,
        at: usize,
        way: &Way<'_>,
        means: Means<'_>,
        memory: &mut Memory,
    ) -> Result<Option<bool>, QueryError> {
        if self.is_refuted_in_general(way, means, memory)? == Some(true) {
            return Ok(Some(true));
        }
        let mut answer = Some(true);
        for (which, variant) in way.paths.iter().flatten().enumerate() {
            match self.refutes(Target::Case(at, which), variant, means, memory)? {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => answer = None,
            }
        }
        Ok(answer)
    }

    fn witness(
        &self,
        evidence: &Evidence<'_>,
        solver: &Solver,
        deadline: &Deadline,
    ) -> Result<CallWitness, QueryError> {
        let Evidence { asked, context, frames, model, encoded } = evidence;
        let path = &asked.path;
        let bindings = call::bindings(path, model);
        let needed = path.authorizations.iter().zip(frames.iter());
        let requests: Vec<_> =
            needed.map(|(needed, frame)| frame.request_for(needed, &bindings, model)).collect();
        let instance = path.instance(bindings, &requests);
        let Some(instance) =
            instance.filter(|instance| self.holds(asked, &context.whole, instance))
        else {
            return Err(QueryError::Unconfirmed {
                engine: solver.name(),
                request: requests
                    .iter()
                    .map(|request| request.to_json().to_string())
                    .collect::<Vec<_>>()
                    .join(", "),
                script: smtlib::script(&encoded.all(), &smtlib::Header::default())?.to_string(),
            });
        };
        let instance = simplify::simplify(self, asked, &context.whole, instance, deadline);
        let requests = path.requests(&instance);
        let whole = self.of_whole_call(asked, &requests);
        let steps = path.authorizations.iter().zip(&asked.needs).zip(requests);
        Ok(CallWitness {
            path: path.name.clone(),
            id: path.id.clone(),
            unchecked: path.unchecked.clone(),
            steps: steps
                .filter_map(|((needed, open), request)| {
                    let witness = Witness::of(open.of(&request)?, request);
                    Some(Step { who: needed.who, witness })
                })
                .collect(),
            bindings: instance
                .bindings
                .into_iter()
                .filter(|(name, _)| self.shows(path, name))
                .chain(whole)
                .collect(),
        })
    }

    /// What belongs to the whole call: the keys that it has or that the question speaks of, and,
    /// where that is asked, where it may be carried out.
    fn of_whole_call(&self, asked: &Asked<'_>, requests: &[Request]) -> Vec<(String, String)> {
        let named = |name: &str| self.filters.iter().any(|filter| filter.variable == name);
        let mut all = Vec::new();
        for whole in
            self.call.whole_keys().filter(|whole| !asked.path.variables.contains_key(&whole.name))
        {
            let having = asked
                .path
                .authorizations
                .iter()
                .zip(requests)
                .filter(|(needed, _)| needed.shared.contains(&whole.key));
            let value = having
                .clone()
                .find_map(|(_, request)| request.context.get(&whole.key))
                .map(|value| match value {
                    ContextValue::Single(text) => text.clone(),
                    ContextValue::List(texts) => texts.join(", "),
                });
            let absent =
                (named(&whole.name) && having.count() > 0).then(|| whole::ABSENT.to_owned());
            all.extend(value.or(absent).map(|value| (whole.name.clone(), value)));
        }
        if named(whole::DESTINATION) {
            all.push((
                whole::DESTINATION.to_owned(),
                whole::destinations(&asked.path, requests).join(", "),
            ));
        }
        all
    }

    /// Whether the variable is one that an authorization that is asked shows, or that the question
    /// or the path speaks of.
    fn shows(&self, path: &Path, name: &str) -> bool {
        let templates = path
            .authorizations
            .iter()
            .flat_map(|needed| needed.keys.values().chain([&needed.resource]));
        let named = self.filters.iter().any(|filter| filter.variable == name)
            || path.unchecked.iter().any(|known| known == name);
        named || templates.flat_map(Template::variables).any(|known| known == name)
    }

    /// Whether the evaluator agrees that the call is allowed, and one of those that the question is
    /// about.
    fn holds(&self, asked: &Asked<'_>, whole: &[WholeCondition], instance: &Instance) -> bool {
        let requests = asked.path.requests(instance);
        asked.path.admits(instance)
            && Filters(self.filters).admit(&instance.bindings)
            && requests.len() == asked.needs.len()
            && whole.iter().all(|condition| condition.holds(&asked.whole, &asked.path, &requests))
            && self.tags_agree(asked, instance)
            && self.networks_agree(asked, &requests)
            && asked.needs.iter().zip(&requests).all(|(open, request)| open.of(request).is_some())
            && (!self.wants()
                || asked.needs.iter().zip(&requests).any(|(open, one)| open.is_wanted(one)))
    }

    /// Whether the tags that the call passes are where they have to be, as far as the policies
    /// look.
    fn tags_agree(&self, asked: &Asked<'_>, instance: &Instance) -> bool {
        let mentioned: BTreeSet<&ContextKey> =
            asked.queries().flat_map(Query::policies).flat_map(Policy::keys).collect();
        let created = matches!(self.requests, Requests::Feasible(world) if world.assumptions.contains(ModelChoice::F16));
        asked.path.passes_tags(instance, &mentioned)
            && (!created || asked.path.creates_with_tags(instance, &mentioned))
    }

    /// Whether what a service does from its own network comes through no VPC endpoint and shows no
    /// address (F33).
    fn networks_agree(&self, asked: &Asked<'_>, requests: &[Request]) -> bool {
        let assumed = matches!(self.requests, Requests::Feasible(world) if world.assumptions.contains(ModelChoice::F33));
        let mut steps = asked.path.authorizations.iter().zip(requests);
        let tells = |request: &Request| {
            feasibility::tells_of_endpoint(request)
                || request.context.contains_key(&ContextKey::new("aws:SourceIp"))
        };
        !assumed || steps.all(|(needed, request)| !(needed.service_network && tells(request)))
    }

    fn add_caveats(&self, caveats: &mut Vec<Caveat>) {
        caveats.extend(self.call.notes.iter().map(|note| Caveat::CallNote { note: note.clone() }));
        if self.call.needs_role() {
            caveats.push(if self.role.is_some() {
                Caveat::ServiceRoleOpen
            } else {
                Caveat::ServiceRoleNotAsked
            });
        }
    }
}
