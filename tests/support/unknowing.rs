//! An engine that says "unknown" where it is told to, and else what `finite` says.

use keyaki::query::Solver;
use keyaki_engines::engine::{Engine, Finite, Limits, Outcome, Reason};
use keyaki_logic::term::Term;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the engine gives as its reason.
pub const REASON: &str = "told to be silent";

/// Which questions the engine does not answer. The first question has number 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Silence {
    /// It answers all.
    Never,
    /// The question of this number.
    At(usize),
    /// The question of this number and all that come after it.
    From(usize),
    /// Whatever has a model.
    Models,
    /// Whatever has none.
    Refutations,
    /// None, but it answers the question of this number only when the time is up.
    Late(usize),
}

impl Silence {
    fn covers(self, number: usize, outcome: &Outcome) -> bool {
        match self {
            Self::Never | Self::Late(_) => false,
            Self::At(silent) => number == silent,
            Self::From(first) => number >= first,
            Self::Models => matches!(outcome, Outcome::Satisfiable(_)),
            Self::Refutations => *outcome == Outcome::Unsatisfiable,
        }
    }

    /// How to be silent where so many questions are asked: at each alone, from each on, and by the
    /// outcome. Where they are many, that takes minutes; then the usual run is silent at the first
    /// question and at the second one, and wherever there is a model. `KEYAKI_UNKNOWN=all` tries
    /// everything.
    pub fn all(asked: usize) -> Vec<Silence> {
        let by_outcome = [Self::Models, Self::Refutations];
        if thorough() {
            return (1..=asked)
                .flat_map(|number| [Self::At(number), Self::From(number)])
                .chain(by_outcome)
                .collect();
        }
        if asked > FEW {
            return vec![Self::At(1), Self::At(2), Self::Models];
        }
        (1..=asked).map(Self::At).chain(by_outcome).collect()
    }
}

/// What the usual run takes for few questions.
const FEW: usize = 6;

/// Whether everything is to be tried.
pub fn thorough() -> bool {
    std::env::var("KEYAKI_UNKNOWN").as_deref() == Ok("all")
}

/// What `finite` said. Questions come again for each silence, and need not be decided again.
#[derive(Default)]
pub struct Memory {
    engine: Finite,
    known: Mutex<HashMap<Vec<Term>, Outcome>>,
}

impl Memory {
    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        if let Some(known) = self.known.lock().unwrap().get(assertions) {
            return known.clone();
        }
        let outcome = self.engine.decide(assertions, limits);
        self.known.lock().unwrap().insert(assertions.to_vec(), outcome.clone());
        outcome
    }
}

struct Unknowing {
    memory: Arc<Memory>,
    silence: Silence,
    asked: Arc<AtomicUsize>,
}

impl Engine for Unknowing {
    fn name(&self) -> String {
        format!("finite, silent: {:?}", self.silence)
    }

    fn decide(&self, assertions: &[Term], limits: &Limits) -> Outcome {
        let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let outcome = self.memory.decide(assertions, limits);
        if self.silence == Silence::Late(number) {
            std::thread::sleep(SHORT);
        }
        if self.silence.covers(number, &outcome) {
            Outcome::Unknown(Reason::Incomplete(REASON.to_owned()))
        } else {
            outcome
        }
    }
}

/// Limits that no question of a test reaches, so that the engine is silent where it is told to and
/// nowhere else.
pub fn limits() -> Limits {
    Limits::timeout(Duration::from_secs(36_000))
}

/// The time of a question that is answered too late.
const SHORT: Duration = Duration::from_millis(300);

/// Limits of which an answer that is late exceeds the time.
pub fn short() -> Limits {
    Limits::timeout(SHORT)
}

/// What comes of asking an engine with this silence, and of how many questions.
pub fn asking<T>(
    memory: &Arc<Memory>,
    silence: Silence,
    ask: impl FnOnce(&Solver) -> T,
) -> (T, usize) {
    let asked = Arc::new(AtomicUsize::new(0));
    let engine = Unknowing { memory: Arc::clone(memory), silence, asked: Arc::clone(&asked) };
    let found = ask(&Solver::single(Box::new(engine)));
    (found, asked.load(Ordering::Relaxed))
}
