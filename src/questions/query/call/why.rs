//! Why no call by a path is allowed: the first of its authorizations that cannot be allowed alone,
//! and what refuses that.
//!
//! An authorization alone is asked about with less than the path says of it: what its resource and
//! its keys are like, variable by variable, and not that the variables are the same everywhere. So
//! what is refused alone is refused in every call by the path; and where nothing is, the
//! authorizations exclude each other.

use super::filter::Filters;
use super::{CallQuery, CallVerdict, Context, PathAnswer, Way};
use crate::query::{Answer, Obstacles, Otherwise, Query, QueryError, Solver};
use crate::unknown::Unknown;
use keyaki_engines::engine::Limits;
use keyaki_evaluator::semantics::is_like;
use keyaki_iam::calls::{self, Authorization, Path, Patterns, Piece, Template, Who};
use keyaki_iam::input;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Source;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How many texts one template stands for; of more, a variable is any text.
const MOST: usize = 16;

/// Why no call by some paths is allowed.
#[derive(Debug, Default)]
pub struct CallObstacles {
    /// The authorizations that cannot be allowed alone, each once.
    pub refused: Vec<RefusedAuthorization>,
    /// Of each path of the verdict, in its order, why no call by it is allowed; `None` for a path
    /// of which that was not found.
    pub paths: Vec<Option<PathObstacle>>,
}

/// An authorization that cannot be allowed alone.
#[derive(Debug)]
pub struct RefusedAuthorization {
    /// Who is authorized.
    pub who: Who,
    /// The action.
    pub action: String,
    /// What the resource is like; `*` and `?` are wildcards.
    pub resources: Vec<String>,
    /// What refuses.
    pub obstacles: Obstacles,
}

/// Why no call by a path is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathObstacle {
    /// An authorization cannot be allowed alone; those before it can.
    Refused {
        /// Its place in [`CallObstacles::refused`].
        refused: usize,
        /// Its place in the path, from 0.
        at: usize,
        /// How many authorizations the path has.
        count: usize,
    },
    /// Each authorization could be allowed alone, but not all of them in one call.
    Together,
    /// What is asked of some authorization alone says too little of it: which one is refused was
    /// not found.
    NotFound,
    /// No engine could tell; the reason.
    Unknown(Unknown),
}

/// What became of one authorization alone.
#[derive(Clone)]
enum Alone {
    Refused(usize),
    Open,
    Unclear,
    Unknown(Unknown),
}

/// An authorization as it is asked about alone.
struct Single {
    /// Its resource, as patterns.
    resources: Vec<String>,
    shape: Shape,
    /// Without what the path says of its keys.
    without_keys: Shape,
    unlike: Option<Shape>,
    /// What tells it from others.
    text: String,
}

impl CallQuery<'_> {
    /// Why no call by the paths is allowed of which the verdict says so. Of a path that may have
    /// extras, it is the one without.
    ///
    /// # Errors
    /// As [`Query::obstacles`].
    pub fn obstacles(
        &self,
        verdict: &CallVerdict,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<CallObstacles, QueryError> {
        let query =
            CallQuery { requests: self.requests.asked_in(self.partitions()), ..self.clone() };
        let context = query.context()?;
        let mut known = BTreeMap::new();
        let mut told = CallObstacles::default();
        let ways: Vec<Way<'_>> =
            query.call.paths.iter().flat_map(|path| query.ways(path)).collect();
        for (way, path) in ways.iter().zip(&verdict.paths) {
            let variant = way.paths.as_ref().ok().and_then(|variants| variants.first());
            let obstacle = match (variant, &path.answer) {
                (Some(variant), PathAnswer::No) => {
                    let path = query.asked_part(variant);
                    Some(query.of_path(&path, &context, (solver, limits), &mut known, &mut told)?)
                }
                (Some(_) | None, _) => None,
            };
            told.paths.push(obstacle);
        }
        Ok(told)
    }

    fn of_path(
        &self,
        path: &Path,
        context: &Context,
        (solver, limits): (&Solver, &Limits),
        known: &mut BTreeMap<String, Alone>,
        told: &mut CallObstacles,
    ) -> Result<PathObstacle, QueryError> {
        let (mut unknown, mut unclear) = (None, false);
        for (at, needed) in path.authorizations.iter().enumerate() {
            let base = self.query_for(needed, context);
            let Some(single) = self.single(path, needed, base.shape) else {
                unclear = true;
                continue;
            };
            let alone = match known.get(&single.text) {
                Some(alone) => alone.clone(),
                None => {
                    let alone = self.alone(&base, &single, needed, (solver, limits), told)?;
                    known.insert(single.text, alone.clone());
                    alone
                }
            };
            match alone {
                Alone::Refused(refused) => {
                    let count = path.authorizations.len();
                    return Ok(PathObstacle::Refused { refused, at, count });
                }
                Alone::Open => {}
                Alone::Unclear => unclear = true,
                Alone::Unknown(reason) => unknown = unknown.or(Some(reason)),
            }
        }
        Ok(match unknown {
            Some(reason) => PathObstacle::Unknown(reason),
            None if unclear => PathObstacle::NotFound,
            None => PathObstacle::Together,
        })
    }

    /// Whether an authorization can be allowed alone, and if not, what refuses it.
    fn alone(
        &self,
        base: &Query<'_>,
        single: &Single,
        needed: &Authorization,
        (solver, limits): (&Solver, &Limits),
        told: &mut CallObstacles,
    ) -> Result<Alone, QueryError> {
        let unlike: Vec<&Shape> = single.unlike.iter().collect();
        let query = Query { shape: Some(&single.shape), unlike: &unlike, ..base.clone() };
        match query.answer(solver, limits)? {
            Answer::Yes(_) => return Ok(Alone::Open),
            Answer::Unknown(reason) => return Ok(Alone::Unknown(reason)),
            Answer::No => {}
        }
        let mut obstacles = query.obstacles(solver, limits)?;
        // Requests of calls may carry keys that nobody lists for their actions.
        if helps_nothing(&obstacles) {
            let query = Query { shape: Some(&single.without_keys), ..query };
            if !matches!(query.answer(solver, limits)?, Answer::No) {
                return Ok(Alone::Unclear);
            }
            obstacles = query.obstacles(solver, limits)?;
            if !helps_nothing(&obstacles) {
                return Ok(Alone::Unclear);
            }
        }
        told.refused.push(RefusedAuthorization {
            who: needed.who,
            action: needed.action.clone(),
            resources: single.resources.clone(),
            obstacles,
        });
        Ok(Alone::Refused(told.refused.len() - 1))
    }

    /// An authorization as a shape, with what is asked of its caller; `None` where its resource
    /// cannot be written as one.
    fn single(&self, path: &Path, needed: &Authorization, base: Option<&Shape>) -> Option<Single> {
        let filters = Filters(self.filters).by_variable();
        let resources = texts(&needed.resource, path, &filters);
        if resources.is_empty() {
            return None;
        }
        let mut conditions = Map::new();
        for (key, template) in &needed.keys {
            conditions.insert(key.text().to_owned(), json!(texts(template, path, &filters)));
        }
        let absent: Map<String, Value> = needed
            .absent
            .iter()
            .filter_map(|pattern| Some((pattern.exact()?.to_owned(), json!("true"))))
            .collect();
        let mut condition = Map::new();
        for (operator, members) in [("StringLike", conditions), ("Null", absent)] {
            if !members.is_empty() {
                condition.insert(operator.to_owned(), Value::Object(members));
            }
        }
        let keyless = json!({ "Action": needed.action, "Resource": resources }).to_string();
        let text =
            json!({ "Action": needed.action, "Resource": resources, "Condition": condition })
                .to_string();
        let with_base = |read: Shape| match base {
            Some(base) => {
                let mut shape = Shape { statement: read.statement, ..base.clone() };
                shape.statement.conditions.extend(base.statement.conditions.iter().cloned());
                shape
            }
            None => read,
        };
        let unlike = unlike(&needed.resource, &filters);
        let text_of_unlike = json!({ "Action": needed.action, "Resource": unlike }).to_string();
        Some(Single {
            shape: with_base(read(&text)?),
            without_keys: with_base(read(&keyless)?),
            unlike: if unlike.is_empty() { None } else { read(&text_of_unlike) },
            resources,
            text: format!("{:?} {:?} {text} {text_of_unlike}", needed.who, needed.via),
        })
    }
}

/// Whether no policy would help.
fn helps_nothing(obstacles: &Obstacles) -> bool {
    matches!(obstacles.otherwise, Some(Otherwise::NoPolicyHelps))
}

fn read(text: &str) -> Option<Shape> {
    let (source, options) = (Source::new("an authorization", text), ReadOptions::default());
    let value = input::parse(&source, &options).ok()?;
    input::shape(&value, &source, &options, "").ok().map(|read| read.value)
}

/// What a template stands for, as patterns: of a variable that the question narrows, or that has
/// few values, each of these.
fn texts(template: &Template, path: &Path, filters: &BTreeMap<&str, Patterns<'_>>) -> Vec<String> {
    template.pieces.iter().fold(vec![String::new()], |texts, piece| {
        let choices = match piece {
            Piece::Literal(text) => vec![text.clone()],
            Piece::Variable(name) => choices(name, path, filters),
        };
        let choices =
            if texts.len() * choices.len() > MOST { vec!["*".to_owned()] } else { choices };
        texts
            .iter()
            .flat_map(|text| choices.iter().map(move |choice| format!("{text}{choice}")))
            .collect()
    })
}

fn choices(name: &str, path: &Path, filters: &BTreeMap<&str, Patterns<'_>>) -> Vec<String> {
    let like = filters.get(name).map(|patterns| patterns.like.as_slice()).unwrap_or_default();
    match path.variables.get(name).map(|variable| &variable.shape) {
        Some(calls::Shape::Values(values)) => values
            .iter()
            .filter(|value| like.is_empty() || like.iter().any(|known| is_like(known, value)))
            .cloned()
            .collect(),
        Some(
            calls::Shape::Partition
            | calls::Shape::Region
            | calls::Shape::Account
            | calls::Shape::Text(_),
        )
        | None
            if like.is_empty() =>
        {
            vec!["*".to_owned()]
        }
        Some(
            calls::Shape::Partition
            | calls::Shape::Region
            | calls::Shape::Account
            | calls::Shape::Text(_),
        )
        | None => like.iter().map(|pattern| (*pattern).to_owned()).collect(),
    }
}

/// What the resource must not be like.
fn unlike(template: &Template, filters: &BTreeMap<&str, Patterns<'_>>) -> Vec<String> {
    let with = |wanted: &str, pattern: &str| -> String {
        let text = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Variable(name) if name == wanted => pattern.to_owned(),
            Piece::Variable(_) => "*".to_owned(),
        };
        template.pieces.iter().map(text).collect()
    };
    let named: Vec<&str> = template.variables().collect();
    let narrowed = filters.iter().filter(|(name, _)| named.contains(name));
    narrowed
        .flat_map(|(name, Patterns { like: _, unlike })| {
            unlike.iter().map(|pattern| with(name, pattern))
        })
        .collect()
}
