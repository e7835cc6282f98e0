//! Z3 in this process: the only place that knows the `z3` crate.
//!
//! Each check has a context of its own inside the calling thread and states the script that any other solver would get. Z3's objects never
//! leave the check, and its time limit is part of the check.

use super::finite::propositional::{Lit, Propositional, Search, Var};
use super::{Deadline, EngineError, Limits, Outcome, Reason, Solver};
use keyaki_logic::model::Model;
use keyaki_logic::smtlib::Script;
use keyaki_logic::smtlib::read;
use keyaki_logic::term::{Sort, Symbol, Value};
use std::thread;
use std::time::Duration;
use z3::ast::{Ast, BV, Bool, Real, String as Text};

/// The version that this crate is tested with, and that `z3-setup.sh` fetches.
pub const EXPECTED_VERSION: &str = "5.3.3";

/// Z3, of the expected version.
#[derive(Debug)]
pub struct Z3(());

impl Z3 {
    /// Z3, unless the library is of another version than expected.
    pub fn new() -> Result<Z3, EngineError> {
        check_version(z3::full_version())?;
        Ok(Z3(()))
    }
}

/// Z3 says `Z3 5.3.3.0`, and a build number or hash may follow.
fn check_version(full: &str) -> Result<(), EngineError> {
    let found = full.strip_prefix("Z3 ").unwrap_or(full);
    let rest = found.strip_prefix(EXPECTED_VERSION);
    match rest {
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii_digit()) => Ok(()),
        _ => Err(EngineError::Version { expected: EXPECTED_VERSION, found: found.to_owned() }),
    }
}

impl Solver for Z3 {
    fn name(&self) -> String {
        "z3".to_owned()
    }

    fn check(&self, script: &Script, limits: &Limits) -> Outcome {
        z3::with_z3_config(&z3::Config::new(), || check_in_turn(script, limits))
    }
}

/// Ways of Z3: which value it gives to an atom that it decides on (0: false always; 3: the last value, its default), and whether it leaves
/// out atoms that the others make irrelevant (2, its default; 0: no). With one way alone some small questions about several strings run
/// into the timeout; few do with all.
const WAYS: [(u32, u32); 3] = [FIRST, (3, 2), (0, 0)];

/// The way that answers most questions; it gets more work in each turn.
const FIRST: (u32, u32) = (0, 2);

/// Z3's units of work for one of its steps here; it spends about two million in a second.
const UNITS_PER_EFFORT: u32 = 2;

/// Asks the first way within the bound on the effort that is given; without one, all ways in turn with growing bounds.
fn check_in_turn(script: &Script, limits: &Limits) -> Outcome {
    let deadline = limits.begun().deadline;
    let growing = [1_000_000, 4_000_000, 16_000_000, 64_000_000];
    let turns: Vec<_> = match limits.effort {
        Some(effort) => vec![(effort, FIRST)],
        None => growing.iter().flat_map(|bound: &u32| WAYS.map(|way| (if way == FIRST { bound * 4 } else { *bound }, way))).collect(),
    };
    let mut last = limits.late();
    for (bound, way) in turns {
        let left = deadline.left();
        if left.is_zero() {
            return limits.late();
        }
        last = check(script, left, bound, way);
        if !matches!(last, Outcome::Unknown(_)) {
            break;
        }
    }
    last
}

/// Whether a thread is to be had. Z3 starts one for its time limit, and the process would end where it gets none.
fn is_thread_to_be_had() -> bool {
    thread::Builder::new().spawn(|| ()).is_ok_and(|thread| thread.join().is_ok())
}

fn check(script: &Script, timeout: Duration, effort: u32, (phase, relevancy): (u32, u32)) -> Outcome {
    if !is_thread_to_be_had() {
        return Outcome::Unknown(Reason::Resource("the system gives no thread, which its time limit needs".to_owned()));
    }
    let solver = z3::Solver::new();
    let mut parameters = z3::Params::new();
    let milliseconds = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX).max(1);
    parameters.set_u32("timeout", milliseconds);
    parameters.set_u32("phase_selection", phase);
    parameters.set_u32("relevancy", relevancy);
    parameters.set_u32("rlimit", effort.saturating_mul(UNITS_PER_EFFORT));
    solver.set_params(&parameters);
    solver.from_string(script.body.as_str());
    // The binding does not report errors of the parser, but then nothing is asserted.
    if solver.get_assertions().len() != script.assertions {
        return Outcome::Unknown(Reason::Solver("it did not take the script".to_owned()));
    }
    match solver.check() {
        z3::SatResult::Unsat => Outcome::Unsatisfiable,
        z3::SatResult::Unknown => Outcome::Unknown(reason(&solver, timeout)),
        z3::SatResult::Sat => match solver.get_model() {
            Some(model) => read_model(&model, script).map_or_else(Outcome::Unknown, Outcome::Satisfiable),
            None => Outcome::Unknown(Reason::Solver("it answered sat without a model".to_owned())),
        },
    }
}

fn reason(solver: &z3::Solver, timeout: Duration) -> Reason {
    match solver.get_reason_unknown().as_deref() {
        Some("timeout" | "canceled" | "interrupted from keyboard") => Reason::Timeout(timeout),
        Some(text) if text.contains("memout") || text.contains("resource") => Reason::Resource(text.to_owned()),
        Some(text) => Reason::Incomplete(text.to_owned()),
        None => Reason::Incomplete("no reason given".to_owned()),
    }
}

fn read_model(model: &z3::Model, script: &Script) -> Result<Model, Reason> {
    script.constants.iter().map(|(symbol, name)| Ok((symbol.clone(), read_value(model, symbol, name)?))).collect()
}

fn read_value(model: &z3::Model, symbol: &Symbol, name: &str) -> Result<Value, Reason> {
    let text = match symbol.sort() {
        Sort::Bool => text_of(model, &Bool::new_const(name)),
        Sort::String => text_of(model, &Text::new_const(name)),
        Sort::Real => text_of(model, &Real::new_const(name)),
        Sort::BitVec(width) => text_of(model, &BV::new_const(name, width)),
    };
    let value = text.as_deref().and_then(|text| read::value(read::expressions(text).first()?, symbol.sort()));
    value.ok_or_else(|| Reason::Value { symbol: symbol.name().to_owned(), value: text.unwrap_or_default() })
}

/// The value as SMT-LIB text: exact for every sort, which Z3's numeric getters are not.
fn text_of<T: Ast + std::fmt::Display>(model: &z3::Model, constant: &T) -> Option<String> {
    model.eval(constant, true).map(|value| value.to_string())
}

/// Z3 on the propositional side of the engine `finite`: Boolean constants and clauses, nothing else.
struct Clauses {
    solver: z3::Solver,
    constants: Vec<Bool>,
    model: Option<z3::Model>,
    deadline: Deadline,
}

/// Z3 as a propositional solver, in this thread's context.
pub fn propositional(deadline: Deadline) -> Box<dyn Search> {
    // A logic of finite domains: its solver is one of clauses.
    let solver = z3::Solver::new_for_logic("QF_FD").unwrap_or_default();
    Box::new(Clauses { solver, constants: Vec::new(), model: None, deadline })
}

impl Clauses {
    fn literal(&self, literal: Lit) -> Option<Bool> {
        let constant = self.constants.get(usize::try_from(literal.var().idx()).ok()?)?;
        Some(if literal.sign() { constant.clone() } else { constant.not() })
    }
}

impl Search for Clauses {
    fn variable(&mut self) -> Lit {
        let number = u32::try_from(self.constants.len()).unwrap_or(u32::MAX);
        self.constants.push(Bool::new_const(number));
        Lit::new(Var::unsafe_from_idx(number), true)
    }

    fn clause(&mut self, literals: &mut Vec<Lit>) {
        let own: Vec<Bool> = literals.iter().filter_map(|literal| self.literal(*literal)).collect();
        self.solver.assert(Bool::or(&own));
    }

    fn solve(&mut self, assumptions: &[Lit]) -> Propositional {
        self.model = None;
        let left = self.deadline.left();
        if left.is_zero() || !is_thread_to_be_had() {
            return Propositional::Stopped;
        }
        let mut parameters = z3::Params::new();
        parameters.set_u32("timeout", u32::try_from(left.as_millis()).unwrap_or(u32::MAX).max(1));
        // Atoms that nothing asks for are false, as with batsat: fewer of them are broken by what they mean.
        parameters.set_symbol("phase", "always_false");
        self.solver.set_params(&parameters);
        let own: Vec<Bool> = assumptions.iter().filter_map(|literal| self.literal(*literal)).collect();
        match self.solver.check_assumptions(&own) {
            z3::SatResult::Unsat => Propositional::Unsatisfiable,
            z3::SatResult::Unknown => Propositional::Stopped,
            z3::SatResult::Sat => {
                self.model = self.solver.get_model();
                if self.model.is_some() { Propositional::Satisfiable } else { Propositional::Stopped }
            }
        }
    }

    fn holds(&self, literal: Lit) -> bool {
        let value = || self.model.as_ref()?.eval(&self.literal(literal)?, true)?.as_bool();
        value().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_expected_version_is_taken() {
        assert_eq!(check_version("Z3 5.3.3.0"), Ok(()));
        assert_eq!(check_version("Z3 5.3.3.0 0123abcd"), Ok(()));
        for other in ["5.3.30.0", "5.3.2.0", "4.8.12.0", ""] {
            let error = check_version(&format!("Z3 {other}")).unwrap_err();
            assert_eq!(error, EngineError::Version { expected: EXPECTED_VERSION, found: other.to_owned() });
            assert!(error.to_string().contains("5.3.3") && error.to_string().contains(other) && error.to_string().contains("z3-setup.sh"));
        }
    }
}
