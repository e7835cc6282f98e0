//! Which engines are asked, and what happens when they differ.

use super::record::{Decided, Record};
use keyaki_engines::engine::{Engine, Limits, Outcome, Reason, Statistics};
use keyaki_logic::smtlib::{self, Header};
use keyaki_logic::term::Term;
use std::sync::Arc;
use thiserror::Error;

/// One engine, or several that must agree. A clone asks the same engines, which remember what they
/// found out.
#[derive(Clone)]
pub struct Solver {
    engines: Arc<[Box<dyn Engine>]>,
    record: Option<Arc<dyn Record>>,
    proposes: bool,
}

/// Two engines that contradict each other about one query.
#[derive(Debug, Error)]
#[error(
    "internal error: engine `{satisfiable}` found a request and engine `{unsatisfiable}` says that there is none"
)]
pub struct Disagreement {
    /// The engine that found a model.
    pub satisfiable: String,
    /// The engine that refuted it.
    pub unsatisfiable: String,
    /// The query, as text that any SMT-LIB solver reads.
    pub script: String,
}

/// Why engines gave no outcome.
#[derive(Debug, Error)]
pub enum SolverError {
    /// Engines contradict each other.
    #[error(transparent)]
    Disagreement(Box<Disagreement>),
    /// The disagreement cannot even be written down.
    #[error(transparent)]
    Script(#[from] smtlib::ScriptError),
}

impl Solver {
    /// A solver that asks one engine.
    pub fn single(engine: Box<dyn Engine>) -> Self {
        Self { engines: Arc::new([engine]), record: None, proposes: false }
    }

    /// A solver that asks every engine and compares.
    pub fn cross_check(engines: Vec<Box<dyn Engine>>) -> Self {
        Self { engines: engines.into(), record: None, proposes: false }
    }

    /// The same engines, and somebody who gets what they are asked.
    #[must_use]
    pub fn recorded(self, record: Arc<dyn Record>) -> Self {
        Self { record: Some(record), ..self }
    }

    /// The same engines, for what is asked beside a question.
    #[must_use]
    pub(crate) fn unrecorded(&self) -> Self {
        Self { record: None, ..self.clone() }
    }

    /// The same engines, asked only where no request is at hand that the evaluator confirms. Where
    /// it is the engines' word that counts, they are asked anyway.
    #[must_use]
    pub fn proposing(self) -> Self {
        Self { proposes: true, ..self }
    }

    /// Whether requests are proposed before engines are asked.
    pub(super) fn proposes(&self) -> bool {
        self.proposes && !self.is_recorded()
    }

    /// Whether somebody gets what is asked.
    pub(super) fn is_recorded(&self) -> bool {
        self.record.is_some()
    }

    /// Tells of a formula that was decided.
    pub(super) fn tell<'d>(&self, decided: impl FnOnce() -> Decided<'d>) {
        if let Some(record) = &self.record {
            record.decided(&decided());
        }
    }

    /// The engines' names.
    pub fn name(&self) -> String {
        self.engines.iter().map(|engine| engine.name()).collect::<Vec<_>>().join(" and ")
    }

    /// What the engines did so far.
    pub fn statistics(&self) -> Vec<Statistics> {
        self.engines.iter().flat_map(|engine| engine.statistics()).collect()
    }

    /// The first outcome that is not unknown, after every engine was asked; the first unknown if
    /// there is none. Each engine has the time that is left at the beginning.
    ///
    /// # Errors
    /// When one engine says satisfiable and another unsatisfiable.
    pub fn decide(&self, assertions: &[Term], limits: &Limits) -> Result<Outcome, SolverError> {
        let mut satisfiable = None;
        let mut unsatisfiable = None;
        let mut unknown = None;
        let anew = limits.deadline.renewed();
        for engine in self.engines.iter() {
            match engine.decide(assertions, &limits.until(anew())) {
                Outcome::Satisfiable(model) => {
                    _ = satisfiable.get_or_insert((engine.name(), model))
                }
                Outcome::Unsatisfiable => _ = unsatisfiable.get_or_insert(engine.name()),
                Outcome::Unknown(reason) => _ = unknown.get_or_insert(Outcome::Unknown(reason)),
            }
        }
        match (satisfiable, unsatisfiable) {
            (Some((satisfiable, _)), Some(unsatisfiable)) => {
                let script = smtlib::script(assertions, &Header::default())?.to_string();
                Err(SolverError::Disagreement(Box::new(Disagreement {
                    satisfiable,
                    unsatisfiable,
                    script,
                })))
            }
            (Some((_, model)), None) => Ok(Outcome::Satisfiable(model)),
            (None, Some(_)) => Ok(Outcome::Unsatisfiable),
            (None, None) => Ok(unknown.unwrap_or_else(|| {
                Outcome::Unknown(Reason::Resource("no engine was asked".to_owned()))
            })),
        }
    }
}
