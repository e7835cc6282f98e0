//! Any SMT-LIB 2.6 solver as a child process: the script goes to its standard input, the answer comes from its standard output.

use super::{Limits, Outcome, Reason, Solver};
use crate::model::Model;
use crate::smtlib::Script;
use crate::smtlib::read::{self, Sexp};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A command that reads a script.
#[derive(Debug)]
pub struct Pipe {
    command: String,
    program: String,
    arguments: Vec<String>,
    /// Whether the solver wants `strings-exp`, an option that others refuse: known once it has said so.
    strings_exp: AtomicBool,
}

/// What a child process gave.
struct Output {
    answer: String,
    complaint: String,
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
        Some(Pipe { command: command.to_owned(), program, arguments, strings_exp: AtomicBool::new(false) })
    }

    fn attempt(&self, script: &Script, deadline: Instant, strings_exp: bool) -> Result<Output, Failure> {
        let option = if strings_exp { "(set-option :strings-exp true)\n" } else { "" };
        let text = format!("{option}{}{}{}(exit)\n", script.preamble, script.body, script.question());
        let spawned =
            Command::new(&self.program).args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| Failure::Broken(format!("`{}` cannot be started: {error}", self.program)))?;
        let output = converse(&mut child, text, deadline);
        // Whatever happened, nothing of the solver stays behind. Both calls fail only if it has ended and been collected already.
        let _ = child.kill();
        let _ = child.wait();
        output
    }
}

enum Failure {
    Timeout,
    Broken(String),
}

/// Writes and reads in threads of their own: a solver that does not read, does not end, or has given its pipes away cannot hold us.
fn converse(child: &mut Child, text: String, deadline: Instant) -> Result<Output, Failure> {
    if let Some(mut stdin) = child.stdin.take() {
        // A solver may stop reading early; its answer tells what is wrong.
        thread::spawn(move || stdin.write_all(text.as_bytes()));
    }
    let answer = child.stdout.take().map(drain);
    let complaint = child.stderr.take().map(drain);
    let answer = receive(answer, deadline)?;
    let complaint = receive(complaint, deadline).unwrap_or_default();
    Ok(Output { answer, complaint })
}

fn drain(mut source: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is judged like any other answer.
        let _ = source.read_to_end(&mut bytes);
        sender.send(bytes)
    });
    receiver
}

fn receive(source: Option<Receiver<Vec<u8>>>, deadline: Instant) -> Result<String, Failure> {
    let source = source.ok_or_else(|| Failure::Broken("its output cannot be read".to_owned()))?;
    let bytes = source.recv_timeout(deadline.saturating_duration_since(Instant::now())).map_err(|_| Failure::Timeout)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Solver for Pipe {
    fn name(&self) -> String {
        format!("smtlib:{}", self.command)
    }

    fn check(&self, script: &Script, limits: &Limits) -> Outcome {
        let effort = limits.effort.map_or(Duration::MAX, |units| Duration::from_micros(units.into()));
        let timeout = limits.timeout.min(effort);
        let deadline = Instant::now() + timeout;
        loop {
            let strings_exp = self.strings_exp.load(Ordering::Relaxed);
            let output = match self.attempt(script, deadline, strings_exp) {
                Ok(output) => output,
                Err(Failure::Timeout) => return Outcome::Unknown(Reason::Timeout(timeout)),
                Err(Failure::Broken(text)) => return Outcome::Unknown(Reason::Solver(text)),
            };
            if !strings_exp && output.answer.contains("--strings-exp") {
                self.strings_exp.store(true, Ordering::Relaxed);
                continue;
            }
            return judge(&output, script);
        }
    }
}

/// The outcome that an output means. Errors before the verdict make it worthless; `unsupported` is how a solver refuses an option.
fn judge(output: &Output, script: &Script) -> Outcome {
    let expressions = read::expressions(&output.answer);
    let mut rest = expressions.iter().skip_while(|one| matches!(one.as_atom(), Some("unsupported" | "success")));
    match rest.next().map(|first| (first, first.as_atom())) {
        Some((_, Some("unsat"))) => Outcome::Unsatisfiable,
        Some((_, Some("sat"))) => model(rest.next(), script).map_or_else(Outcome::Unknown, Outcome::Satisfiable),
        Some((_, Some("unknown"))) => Outcome::Unknown(Reason::Incomplete("`unknown`".to_owned())),
        Some((_, Some("timeout"))) => Outcome::Unknown(Reason::Resource("its own time limit".to_owned())),
        Some((Sexp::List(members), _)) => match members.as_slice() {
            [Sexp::Atom(head), Sexp::Text(message)] if head == "error" => Outcome::Unknown(Reason::Solver(shorten(message))),
            _ => no_answer(output),
        },
        _ => no_answer(output),
    }
}

fn no_answer(output: &Output) -> Outcome {
    let said = if output.answer.trim().is_empty() { &output.complaint } else { &output.answer };
    let said = if said.trim().is_empty() { "nothing".to_owned() } else { format!("`{}`", shorten(said)) };
    Outcome::Unknown(Reason::Solver(format!("it answered {said} instead of sat or unsat")))
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
