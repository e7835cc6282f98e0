//! Any SMT-LIB 2.6 solver as a child process: the script goes to its standard input, the answer
//! comes from its standard output.
//!
//! Only a solver that does nothing wrong is believed: it gives one verdict, after `sat` the values,
//! nothing else, reports no error, and ends with status 0. A "no" from any other one could be what
//! is left of a crash.
//!
//! Asking for values is an error after `unsat`. So the values are asked for when the verdict is
//! there. A solver that does not answer before its input ends is told to exit after a while, and
//! asked once more, for the verdict and the values together, if it said `sat`.

pub mod answer;
mod process;
pub(super) mod talk;

use super::{Deadline, Limits, Outcome, Reason, Solver};
use answer::{Verdict, judge};
use keyaki_logic::smtlib::Script;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use talk::{Failure, Heard, Opening, Talk};

/// How long a solver is waited for that has never answered before its input ended.
const GRACE: Duration = Duration::from_millis(100);

/// The bytes that a solver may print: far more than the model of any question takes.
const OUTPUT: usize = 4 << 20;

/// A command that reads a script.
#[derive(Debug)]
pub struct Pipe {
    command: String,
    program: String,
    arguments: Vec<String>,
    /// Whether the solver wants `strings-exp`, an option that others refuse: known once it has said
    /// so.
    strings_exp: AtomicBool,
    /// Whether the solver answers before its input ends: known once it has.
    converses: AtomicBool,
}

/// How a question is put.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// The values are asked for after the verdict.
    InTurn,
    /// Verdict and values are asked for at once.
    AtOnce,
}

impl Pipe {
    /// A solver started by `command`, which is split at white space; `None` if that leaves nothing.
    /// A plain `z3` gets the `-in` it needs.
    pub fn new(command: &str) -> Option<Pipe> {
        let mut words = command.split_whitespace().map(str::to_owned);
        let program = words.next()?;
        let mut arguments: Vec<_> = words.collect();
        if arguments.is_empty() && Path::new(&program).file_stem().is_some_and(|name| name == "z3")
        {
            arguments.push("-in".to_owned());
        }
        let (strings_exp, converses) = Default::default();
        Some(Pipe { command: command.to_owned(), program, arguments, strings_exp, converses })
    }

    fn attempt(
        &self,
        script: &Script,
        deadline: &Deadline,
        strings_exp: bool,
        manner: Manner,
    ) -> Result<Heard, Failure> {
        let option = if strings_exp { "(set-option :strings-exp true)\n" } else { "" };
        let mut talk = Talk::start(&self.program, &self.arguments, OUTPUT)?;
        talk.say(format!("{option}{}", script.check()));
        if manner == Manner::AtOnce || self.says_sat(&mut talk, deadline)? {
            talk.say(script.values());
        }
        talk.say("(exit)\n".to_owned());
        talk.finish(deadline)
    }

    /// Whether the solver says `sat` while it still may be asked for values.
    fn says_sat(&self, talk: &mut Talk, deadline: &Deadline) -> Result<bool, Failure> {
        let patience = if self.converses.load(Ordering::Relaxed) {
            deadline.clone()
        } else {
            deadline.within(GRACE)
        };
        let opening = talk.opening(&patience)?;
        if opening.is_some() {
            self.converses.store(true, Ordering::Relaxed);
        }
        Ok(opening == Some(Opening::Sat))
    }
}

impl Solver for Pipe {
    fn name(&self) -> String {
        format!("smtlib:{}", self.command)
    }

    fn check(&self, script: &Script, limits: &Limits) -> Outcome {
        let effort =
            limits.effort.map_or(Duration::MAX, |units| Duration::from_micros(units.into()));
        let deadline = limits.begun().deadline.within(effort);
        let mut manner = Manner::InTurn;
        loop {
            let strings_exp = self.strings_exp.load(Ordering::Relaxed);
            let heard = match self.attempt(script, &deadline, strings_exp, manner) {
                Ok(heard) => heard,
                Err(Failure::Timeout) => return limits.late(),
                Err(Failure::Broken(text)) => return Outcome::Unknown(Reason::Solver(text)),
            };
            if !strings_exp && heard.output.contains("--strings-exp") {
                self.strings_exp.store(true, Ordering::Relaxed);
                continue;
            }
            match judge(&heard, script, manner) {
                Verdict::Known(outcome) => return outcome,
                Verdict::Unasked => manner = Manner::AtOnce,
            }
        }
    }
}
