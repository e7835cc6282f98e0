//! Any SMT-LIB 2.6 solver as a child process: the script goes to its standard input, the answer comes from its standard output.
//!
//! Only a solver that does nothing wrong is believed: it gives one verdict, after `sat` the values, nothing else, reports no error, and ends
//! with status 0. A "no" from any other one could be what is left of a crash.
//!
//! Asking for values is an error after `unsat`. So the values are asked for when the verdict is there. A solver that does not answer before
//! its input ends is told to exit after a while, and asked once more, for the verdict and the values together, if it said `sat`.

mod process;
mod talk;

use super::{Deadline, Limits, Outcome, Reason, Solver};
use crate::model::Model;
use crate::smtlib::Script;
use crate::smtlib::read::{self, Sexp};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use talk::{Failure, Heard, Opening, Talk, says_nothing};

/// How long a solver is waited for that has never answered before its input ended.
const GRACE: Duration = Duration::from_millis(100);

/// A command that reads a script.
#[derive(Debug)]
pub struct Pipe {
    command: String,
    program: String,
    arguments: Vec<String>,
    /// Whether the solver wants `strings-exp`, an option that others refuse: known once it has said so.
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
    /// A solver started by `command`, which is split at white space; `None` if that leaves nothing. A plain `z3` gets the `-in` it needs.
    pub fn new(command: &str) -> Option<Pipe> {
        let mut words = command.split_whitespace().map(str::to_owned);
        let program = words.next()?;
        let mut arguments: Vec<_> = words.collect();
        if arguments.is_empty() && Path::new(&program).file_stem().is_some_and(|name| name == "z3") {
            arguments.push("-in".to_owned());
        }
        let (strings_exp, converses) = Default::default();
        Some(Pipe { command: command.to_owned(), program, arguments, strings_exp, converses })
    }

    fn attempt(&self, script: &Script, deadline: &Deadline, strings_exp: bool, manner: Manner) -> Result<Heard, Failure> {
        let option = if strings_exp { "(set-option :strings-exp true)\n" } else { "" };
        let mut talk = Talk::start(&self.program, &self.arguments)?;
        talk.say(format!("{option}{}", script.check()));
        if manner == Manner::AtOnce || self.says_sat(&mut talk, deadline)? {
            talk.say(script.values());
        }
        talk.say("(exit)\n".to_owned());
        talk.finish(deadline)
    }

    /// Whether the solver says `sat` while it still may be asked for values.
    fn says_sat(&self, talk: &mut Talk, deadline: &Deadline) -> Result<bool, Failure> {
        let patience = if self.converses.load(Ordering::Relaxed) { deadline.clone() } else { deadline.within(GRACE) };
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
        let effort = limits.effort.map_or(Duration::MAX, |units| Duration::from_micros(units.into()));
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

/// What an output means.
enum Verdict {
    Known(Outcome),
    /// The solver said `sat` and was not asked for the values, or took no notice.
    Unasked,
}

/// Judges all that a solver said, and how it ended.
fn judge(heard: &Heard, script: &Script, manner: Manner) -> Verdict {
    let (expressions, rest) = read::expressions_and_rest(&heard.output);
    if let Some(message) = reported(&expressions, &heard.complaint) {
        return failed(format!("it reported an error: {}", shorten(&message)));
    }
    let mut said = expressions.iter().filter(|one| !says_nothing(one));
    let verdict = said.next().and_then(Sexp::as_atom).unwrap_or_default();
    match verdict {
        "sat" | "unsat" => {}
        "unknown" => return Verdict::Known(Outcome::Unknown(Reason::Incomplete("`unknown`".to_owned()))),
        "timeout" => return Verdict::Known(Outcome::Unknown(Reason::Resource("its own time limit".to_owned()))),
        _ => return failed(no_answer(heard)),
    }
    let values = if verdict == "sat" && !script.constants.is_empty() { said.next() } else { None };
    if said.next().is_some() || !rest.is_empty() {
        return failed(format!("it answered `{}`, which is more than an answer", shorten(&heard.output)));
    }
    if !heard.status.success() {
        return failed(format!("it answered {verdict} and then failed ({})", heard.status));
    }
    match (verdict, manner, values) {
        ("unsat", Manner::InTurn, _) => Verdict::Known(Outcome::Unsatisfiable),
        ("unsat", Manner::AtOnce, _) => failed("it answered sat, and unsat when it was asked once more".to_owned()),
        (_, Manner::InTurn, None) if !script.constants.is_empty() => Verdict::Unasked,
        (_, _, values) => Verdict::Known(model(values, script).map_or_else(Outcome::Unknown, Outcome::Satisfiable)),
    }
}

fn failed(why: String) -> Verdict {
    Verdict::Known(Outcome::Unknown(Reason::Solver(why)))
}

/// The first error that a solver reports, wherever it does.
fn reported(expressions: &[Sexp], complaint: &str) -> Option<String> {
    let message = |one: &Sexp| match one.as_list()? {
        [Sexp::Atom(head), rest @ ..] if head == "error" => Some(match rest {
            [Sexp::Text(message)] => message.clone(),
            _ => "it does not say which".to_owned(),
        }),
        _ => None,
    };
    let complained = || complaint.find("(error").and_then(|at| complaint.get(at..)).map(str::to_owned);
    expressions.iter().find_map(message).or_else(complained)
}

fn no_answer(heard: &Heard) -> String {
    let said = if heard.output.trim().is_empty() { &heard.complaint } else { &heard.output };
    let said = if said.trim().is_empty() { "nothing".to_owned() } else { format!("`{}`", shorten(said)) };
    let ended = if heard.status.success() { String::new() } else { format!(" ({})", heard.status) };
    format!("it answered {said} instead of sat or unsat{ended}")
}

/// Enough of a solver's text to recognise it.
fn shorten(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or("")),
        None => line,
    }
}

/// The answer of `get-value`: pairs of a constant and its value, in the order of the question.
fn model(answer: Option<&Sexp>, script: &Script) -> Result<Model, Reason> {
    let pairs = answer.and_then(Sexp::as_list).unwrap_or(&[]);
    if pairs.len() != script.constants.len() {
        return Err(Reason::Solver("it answered sat without the values that were asked for".to_owned()));
    }
    let read_pair = |(pair, (symbol, _)): (&Sexp, &(crate::term::Symbol, String))| match pair.as_list() {
        Some([_, value]) => read::value(value, symbol.sort())
            .map(|read| (symbol.clone(), read))
            .ok_or_else(|| Reason::Value { symbol: symbol.name().to_owned(), value: shorten(&format!("{value:?}")) }),
        _ => Err(Reason::Solver(format!("it gave no value of `{}`", symbol.name()))),
    };
    pairs.iter().zip(&script.constants).map(read_pair).collect()
}
