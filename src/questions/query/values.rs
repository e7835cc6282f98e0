//! Questions for every value of parameters (SEMANTICS 3.1): whatever the values are, is there a
//! request?
//!
//! Values are proposed, and the question is asked at them. A request that answers it there answers it
//! at others, too: texts that have the value of a parameter in them go along with it. Those values are
//! left out of the next proposal, until there are none left, or some at which nothing answers.

use super::search::Found;
use super::{Posed, Query, QueryError, Requests, Solver};
use crate::unknown::Unknown;
use keyaki_encoder::Frame;
use keyaki_encoder::feasible::Universe;
use keyaki_engines::engine::{Limits, Outcome};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::{Policies, at_values};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::policy::parameter::{Form, Parameter, with_value};
use keyaki_iam::request::{ContextValue, Request};
use keyaki_iam::shape::Shape;
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::regex::{Class, Regex};
use keyaki_logic::term::{Term, substitute};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// So many values are proposed before nobody knows.
const ROUNDS: usize = 64;

/// Values of parameters, by their keys.
pub type Values = BTreeMap<ContextKey, String>;

/// Over which values of the parameters something is asserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantifier {
    /// Over each.
    Every,
    /// Over at least one.
    Some,
}

impl Quantifier {
    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::Some => "some",
        }
    }
}

/// What became of a question for every value.
#[derive(Debug)]
pub enum ForEvery {
    /// Whatever the values are, there is a request.
    Yes,
    /// At these values there is none.
    NotAt(Values),
    /// Nobody knows; the reason.
    Unknown(Unknown),
}

/// Whether at all values of the parameters at least one of the queries, which are about the same
/// policies and the same shape, has a request.
///
/// # Errors
/// As [`Query::answer`].
pub fn for_every(
    queries: &[Query<'_>],
    solver: &Solver,
    limits: &Limits,
) -> Result<ForEvery, QueryError> {
    let Some(first) = queries.first() else { return Ok(ForEvery::NotAt(Values::new())) };
    let limits = &limits.begun();
    let ground = first.ground();
    let frame = ground.frame()?;
    let keys = first.parameter_keys();
    let mut open = vec![frame.structure()];
    open.extend(keys.iter().filter_map(|key| is_named(key, frame)));
    let mut tried = BTreeSet::new();
    while tried.len() < ROUNDS {
        let values = match proposed(&open, frame, &keys, solver, limits)? {
            Ok(Some(values)) => values,
            Ok(None) => return Ok(ForEvery::Yes),
            Err(reason) => return Ok(ForEvery::Unknown(reason)),
        };
        if !tried.insert(values.clone()) {
            break;
        }
        let mut unknown = None;
        let mut left_out = false;
        for query in queries {
            match query.at(&values, solver, limits)? {
                Found::Nothing => {}
                Found::Unknown(reason) => _ = unknown.get_or_insert(reason),
                Found::Request(request) => match query.answered_by(&request, limits)? {
                    Some(answered) => {
                        open.push(Term::not(answered));
                        left_out = true;
                        break;
                    }
                    None => return Ok(ForEvery::Unknown(Unknown::TooManyValues)),
                },
            }
        }
        match unknown {
            _ if left_out => {}
            Some(reason) => return Ok(ForEvery::Unknown(reason)),
            None => return Ok(ForEvery::NotAt(values)),
        }
    }
    Ok(ForEvery::Unknown(Unknown::TooManyValues))
}

/// The policies at these values of their parameters.
pub fn policies_at(set: &Policies, values: &Values) -> Policies {
    let mut set = set.clone();
    at_values(&mut [&mut set], None, values);
    set
}

/// The shape at these values of its parameters.
pub fn shape_at(shape: &Shape, values: &Values) -> Shape {
    let mut shape = shape.clone();
    at_values(&mut [], Some(&mut shape), values);
    shape
}

/// That what was found holds at every value of these parameters.
pub fn at_every_value(keys: &[ContextKey]) -> Caveat {
    let names = keys.iter().filter_map(Parameter::of).map(|one| format!("`{}`", one.name));
    Caveat::EveryValue { names: names.collect() }
}

/// That what was found holds at these values.
pub fn at_these_values(values: &Values) -> Caveat {
    let named = |(key, value): (&ContextKey, &String)| {
        Parameter::of(key).map(|one| format!("`{}` is `{value}`", one.name))
    };
    Caveat::TheseValues { names: values.iter().filter_map(named).collect() }
}

/// The caveats of an answer with that of its values. At values of their own, parameters are known.
pub fn beside(caveats: Vec<Caveat>, of_values: Caveat) -> Vec<Caveat> {
    let known = matches!(of_values, Caveat::TheseValues { .. });
    let stays = |caveat: &Caveat| !(known && matches!(caveat, Caveat::Parameters { .. }));
    Caveat::in_order(caveats.into_iter().filter(stays).chain([of_values]))
}

/// Values that satisfy what is open, or none; the error is why nobody knows.
fn proposed(
    open: &[Term],
    frame: &Frame,
    keys: &[ContextKey],
    solver: &Solver,
    limits: &Limits,
) -> Result<Result<Option<Values>, Unknown>, QueryError> {
    // A value that stands nowhere else is found again in the texts of a request.
    let distinct = keys.iter().enumerate().filter_map(|(at, key)| {
        Some(Term::eq(frame.parameter(key)?, Term::string(&sample(&Parameter::of(key)?.form, at)?)))
    });
    let preferred: Vec<Term> = open.iter().cloned().chain(distinct).collect();
    let mut outcome = solver.decide(&preferred, limits)?;
    if !matches!(outcome, Outcome::Satisfiable(_)) {
        outcome = solver.decide(open, limits)?;
    }
    Ok(match outcome {
        Outcome::Unsatisfiable => Ok(None),
        Outcome::Unknown(reason) => Err(reason.into()),
        Outcome::Satisfiable(model) => {
            let request = frame.request_from(&model);
            let value = |key: &ContextKey| match request.context.get(key)? {
                ContextValue::Single(value) => Some((key.clone(), value.clone())),
                ContextValue::List(_) => None,
            };
            Ok(Some(keys.iter().filter_map(value).collect()))
        }
    })
}

/// That a value is a name, as far as its form leaves that open (SEMANTICS 3.1).
fn is_named(key: &ContextKey, frame: &Frame) -> Option<Term> {
    match Parameter::of(key)?.form {
        Form::Text | Form::Field => {
            let letter = Class::new([('a', 'z'), ('A', 'Z'), ('0', '9'), ('-', '.'), ('_', '_')]);
            let name = Regex::plus(Regex::class(letter));
            Some(Term::in_regex(frame.parameter(key)?, name))
        }
        Form::Account | Form::Region | Form::Partition | Form::OneOf(_) => None,
    }
}

/// A value of the form that nothing else is likely to have, another one for another number; `None`
/// where the form lists its values.
fn sample(form: &Form, number: usize) -> Option<String> {
    const REGIONS: [&str; 4] = ["eu-central-2", "ap-southeast-4", "sa-east-1", "me-central-1"];
    match form {
        Form::Text | Form::Field => Some(format!("keyaki{number}value")),
        Form::Account => Some(format!("{:012}", 314_159_265_000_usize + number)),
        Form::Region => REGIONS.get(number % REGIONS.len()).map(|region| (*region).to_owned()),
        Form::Partition | Form::OneOf(_) => None,
    }
}

impl Query<'_> {
    /// The keys of its parameters.
    pub fn parameter_keys(&self) -> Vec<ContextKey> {
        // Most policies have none.
        let parameters = self.named_keys().filter(|key| Parameter::of(key).is_some());
        parameters.collect::<BTreeSet<_>>().into_iter().cloned().collect()
    }

    /// A request at these values of the parameters.
    fn at(&self, values: &Values, solver: &Solver, limits: &Limits) -> Result<Found, QueryError> {
        let shaped = |shape: &Shape| shape_at(shape, values);
        let all = |sets: &[&Policies]| -> Vec<_> {
            sets.iter().map(|set| policies_at(set, values)).collect()
        };
        let shapes =
            |shapes: &[&Shape]| -> Vec<_> { shapes.iter().map(|one| shaped(one)).collect() };
        let (allowed, refused) = (all(&self.allowed_by), all(&self.refused_by));
        let (shape, within) = (self.shape.map(shaped), shapes(self.within));
        let unlike = shapes(self.unlike);
        let query = Query {
            shape: shape.as_ref(),
            within: &within.iter().collect::<Vec<_>>(),
            unlike: &unlike.iter().collect::<Vec<_>>(),
            allowed_by: allowed.iter().collect(),
            refused_by: refused.iter().collect(),
            requests: self.requests,
        };
        Ok(match query.find(solver, limits)? {
            Found::Request(mut request) => {
                for (key, value) in values {
                    request.context.remove(&with_value(key, value));
                    request.context.insert(key.clone(), ContextValue::Single(value.clone()));
                }
                Found::Request(request)
            }
            found @ (Found::Nothing | Found::Unknown(_)) => found,
        })
    }

    /// True of those values of the parameters at which this request, its texts gone along with them,
    /// answers the question; `None` where that is not even told of its own values.
    fn answered_by(&self, request: &Request, limits: &Limits) -> Result<Option<Term>, QueryError> {
        let ground = self.ground();
        let encoded = Posed::new(self, &ground, limits)?.under(self.assumptions())?;
        let frame = &encoded.frame;
        let Ok(replacements) = frame.at_other_values(request) else { return Ok(None) };
        let Ok(model) = frame.model_of(request) else { return Ok(None) };
        let cases = match self.requests {
            Requests::Any => vec![encoded.assertions.clone()],
            Requests::Feasible(world) => {
                let universe = Universe::new(frame, world, &encoded.assertions)?;
                let action = request.action.to_ascii_lowercase();
                match world.catalogue.action(&request.action)? {
                    Some(_) => {
                        let cases = universe.cases_of_action(&action)?;
                        cases.into_iter().map(|case| case.assertions).collect()
                    }
                    None => vec![universe.unlisted()?],
                }
            }
        };
        let formula = |case: Vec<Term>| Term::and(case.into_iter().chain(encoded.lazy.clone()));
        let answered = Term::or(cases.into_iter().map(formula));
        let answered = substitute(&[answered], &replacements);
        let holds = |term: &Term| Evaluation::new(&model).is_true(term);
        Ok(answered.into_iter().next().filter(holds))
    }
}
