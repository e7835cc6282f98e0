//! Z3 in this process: the only place that knows the `z3` crate.
//!
//! Each check of a script has a context of its own inside the calling thread and states the script
//! that any other solver would get. Z3's objects never leave the check, and its time limit is part
//! of the check.

use keyaki_engines::engine::helper::protocol::{Answer, Constant, ConstantSort, ScriptQuestion};
use keyaki_logic::deadline::Deadline;
use std::thread;
use std::time::Duration;
use z3::ast::{Ast, BV, Bool, Real, String as Text};

/// The version that Keyaki is tested with, and that `z3-setup.sh` fetches.
pub const EXPECTED_VERSION: &str = "5.3.3";

/// The version of the library, `5.3.3.0`; a build number or hash may follow.
pub fn version() -> String {
    let full = z3::full_version();
    full.strip_prefix("Z3 ").unwrap_or(full).to_owned()
}

/// Whether a version is the expected one.
///
/// # Errors
/// What is said where it is not.
pub fn version_is_wanted(found: &str) -> Result<(), String> {
    match found.strip_prefix(EXPECTED_VERSION) {
        Some(rest) if !rest.starts_with(|c: char| c.is_ascii_digit()) => Ok(()),
        _ => Err(format!(
            "Z3 {EXPECTED_VERSION} is expected, but Z3 {found} was loaded; put the right one beside `keyaki-z3`, \
             or run `encodings/z3-setup.sh` and build again"
        )),
    }
}

/// Whether a script has a model, within the time.
pub fn check(question: &ScriptQuestion, timeout: Duration) -> Answer {
    z3::with_z3_config(&z3::Config::new(), || check_in_turn(question, timeout))
}

/// Ways of Z3: which value it gives to an atom that it decides on (0: false always; 3: the last
/// value, its default), and whether it leaves out atoms that the others make irrelevant (2, its
/// default; 0: no). With one way alone some small questions about several strings run into the
/// timeout; few do with all.
const WAYS: [(u32, u32); 3] = [FIRST, (3, 2), (0, 0)];

/// The way that answers most questions; it gets more work in each turn.
const FIRST: (u32, u32) = (0, 2);

/// Z3's units of work for one of its steps here; it spends about two million in a second.
const UNITS_PER_EFFORT: u32 = 2;

/// Asks the first way within the bound on the effort that is given; without one, all ways in turn
/// with growing bounds.
fn check_in_turn(question: &ScriptQuestion, timeout: Duration) -> Answer {
    let deadline = Deadline::after(timeout);
    let growing = [1_000_000, 4_000_000, 16_000_000, 64_000_000];
    let turns: Vec<_> = match question.effort {
        Some(effort) => vec![(effort, FIRST)],
        None => growing
            .iter()
            .flat_map(|bound: &u32| {
                WAYS.map(|way| (if way == FIRST { bound * 4 } else { *bound }, way))
            })
            .collect(),
    };
    let mut last = Answer::Timeout;
    for (bound, way) in turns {
        let left = deadline.left();
        if left.is_zero() {
            return Answer::Timeout;
        }
        last = check_once(question, left, bound, way);
        if matches!(last, Answer::Values(_) | Answer::Unsatisfiable) {
            break;
        }
    }
    last
}

/// Whether a thread is to be had. Z3 starts one for its time limit, and the process would end where
/// it gets none.
fn is_thread_to_be_had() -> bool {
    thread::Builder::new().spawn(|| ()).is_ok_and(|thread| thread.join().is_ok())
}

/// What is said where there is none.
fn no_thread() -> Answer {
    Answer::Resource("the system gives no thread, which its time limit needs".to_owned())
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).max(1)
}

fn check_once(
    question: &ScriptQuestion,
    timeout: Duration,
    effort: u32,
    (phase, relevancy): (u32, u32),
) -> Answer {
    if !is_thread_to_be_had() {
        return no_thread();
    }
    let solver = z3::Solver::new();
    let mut parameters = z3::Params::new();
    parameters.set_u32("timeout", milliseconds(timeout));
    parameters.set_u32("phase_selection", phase);
    parameters.set_u32("relevancy", relevancy);
    parameters.set_u32("rlimit", effort.saturating_mul(UNITS_PER_EFFORT));
    solver.set_params(&parameters);
    solver.from_string(question.body.as_str());
    // The binding does not report errors of the parser, but then nothing is asserted.
    if solver.get_assertions().len() != question.assertions {
        return Answer::Failed("it did not take the script".to_owned());
    }
    match solver.check() {
        z3::SatResult::Unsat => Answer::Unsatisfiable,
        z3::SatResult::Unknown => reason(&solver),
        z3::SatResult::Sat => match solver.get_model() {
            Some(model) => Answer::Values(
                question.constants.iter().map(|constant| value(&model, constant)).collect(),
            ),
            None => Answer::Failed("it answered sat without a model".to_owned()),
        },
    }
}

fn reason(solver: &z3::Solver) -> Answer {
    match solver.get_reason_unknown().as_deref() {
        Some("timeout" | "canceled" | "interrupted from keyboard") => Answer::Timeout,
        Some(text) if text.contains("memout") || text.contains("resource") => {
            Answer::Resource(text.to_owned())
        }
        Some(text) => Answer::Incomplete(text.to_owned()),
        None => Answer::Incomplete("no reason given".to_owned()),
    }
}

/// The value as SMT-LIB text: exact for every sort, which Z3's numeric getters are not. Nothing
/// where it has none.
fn value(model: &z3::Model, Constant { name, sort }: &Constant) -> String {
    let name = name.as_str();
    let text = match sort {
        ConstantSort::Bool => text_of(model, &Bool::new_const(name)),
        ConstantSort::String => text_of(model, &Text::new_const(name)),
        ConstantSort::Real => text_of(model, &Real::new_const(name)),
        ConstantSort::BitVec(width) => text_of(model, &BV::new_const(name, *width)),
    };
    text.unwrap_or_default()
}

fn text_of<T: Ast + std::fmt::Display>(model: &z3::Model, constant: &T) -> Option<String> {
    model.eval(constant, true).map(|value| value.to_string())
}

/// Z3 on the propositional side of the engine `finite`: Boolean constants and clauses, nothing
/// else.
pub struct Clauses {
    solver: z3::Solver,
    constants: Vec<Bool>,
}

impl Clauses {
    /// No variable and no clause, in this thread's context.
    pub fn new() -> Clauses {
        // A logic of finite domains: its solver is one of clauses.
        Clauses {
            solver: z3::Solver::new_for_logic("QF_FD").unwrap_or_default(),
            constants: Vec::new(),
        }
    }

    /// States clauses over so many variables, which are those from before and more.
    pub fn add(&mut self, variables: u32, clauses: &[Vec<i32>]) {
        let known = u32::try_from(self.constants.len()).unwrap_or(u32::MAX);
        self.constants.extend((known..variables).map(Bool::new_const));
        for clause in clauses {
            let own: Vec<Bool> =
                clause.iter().filter_map(|literal| self.literal(*literal)).collect();
            self.solver.assert(Bool::or(&own));
        }
    }

    fn literal(&self, literal: i32) -> Option<Bool> {
        let place = usize::try_from(literal.unsigned_abs()).ok()?.checked_sub(1)?;
        let constant = self.constants.get(place)?;
        Some(if literal > 0 { constant.clone() } else { constant.not() })
    }

    /// Whether the clauses and these literals can hold together.
    pub fn solve(&mut self, assumptions: &[i32], timeout: Duration) -> Answer {
        if !is_thread_to_be_had() {
            return no_thread();
        }
        let mut parameters = z3::Params::new();
        parameters.set_u32("timeout", milliseconds(timeout));
        // Atoms that nothing asks for are false, as with batsat: fewer of them are broken by what
        // they mean.
        parameters.set_symbol("phase", "always_false");
        self.solver.set_params(&parameters);
        let own: Vec<Bool> =
            assumptions.iter().filter_map(|literal| self.literal(*literal)).collect();
        match self.solver.check_assumptions(&own) {
            z3::SatResult::Unsat => Answer::Unsatisfiable,
            z3::SatResult::Unknown => reason(&self.solver),
            z3::SatResult::Sat => match self.solver.get_model() {
                Some(model) => Answer::True(self.true_in(&model)),
                None => Answer::Failed("it answered sat without a model".to_owned()),
            },
        }
    }

    fn true_in(&self, model: &z3::Model) -> Vec<u32> {
        let holds = |constant: &Bool| {
            model.eval(constant, true).and_then(|value| value.as_bool()).unwrap_or(false)
        };
        (1..)
            .zip(&self.constants)
            .filter(|(_, constant)| holds(constant))
            .map(|(variable, _)| variable)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_expected_version_is_taken() {
        assert_eq!(version_is_wanted("5.3.3.0"), Ok(()));
        assert_eq!(version_is_wanted("5.3.3.0 0123abcd"), Ok(()));
        for other in ["5.3.30.0", "5.3.2.0", "4.8.12.0", ""] {
            let error = version_is_wanted(other).unwrap_err();
            assert!(
                error.contains("5.3.3") && error.contains(other) && error.contains("z3-setup.sh"),
                "{error}"
            );
        }
    }
}
