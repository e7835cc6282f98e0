//! What the output of a solver means.

use super::Manner;
use super::talk::{Heard, says_nothing, shorten};
use crate::engine::{Outcome, Reason};
use keyaki_logic::model::Model;
use keyaki_logic::smtlib::Script;
use keyaki_logic::smtlib::read::{self, Sexp};
use keyaki_logic::term::Symbol;
use std::process::ExitStatus;

/// What it means when a solver prints this about a script, complains this on its standard error,
/// and ends with status 0. It was asked for the values after its verdict, or with it.
pub fn outcome(output: &str, complaint: &str, script: &Script) -> Outcome {
    let heard = Heard {
        output: output.to_owned(),
        complaint: complaint.to_owned(),
        status: ExitStatus::default(),
    };
    match judge(&heard, script, Manner::InTurn) {
        Verdict::Known(outcome) => outcome,
        Verdict::Unasked => Outcome::Unknown(Reason::Solver(
            "it answered sat without the values that were asked for".to_owned(),
        )),
    }
}

/// What an output means.
pub(super) enum Verdict {
    Known(Outcome),
    /// The solver said `sat` and was not asked for the values, or took no notice.
    Unasked,
}

/// Judges all that a solver said, and how it ended.
pub(super) fn judge(heard: &Heard, script: &Script, manner: Manner) -> Verdict {
    let (expressions, rest) = read::expressions_and_rest(&heard.output);
    if let Some(message) = reported(&expressions, &heard.complaint) {
        return failed(format!("it reported an error: {}", shorten(&message)));
    }
    let mut said = expressions.iter().filter(|one| !says_nothing(one));
    let verdict = said.next().and_then(Sexp::as_atom).unwrap_or_default();
    match verdict {
        "sat" | "unsat" => {}
        "unknown" => {
            return Verdict::Known(Outcome::Unknown(Reason::Incomplete("`unknown`".to_owned())));
        }
        "timeout" => {
            return Verdict::Known(Outcome::Unknown(Reason::Resource(
                "its own time limit".to_owned(),
            )));
        }
        _ => return failed(no_answer(heard)),
    }
    let values = if verdict == "sat" && !script.constants.is_empty() { said.next() } else { None };
    if said.next().is_some() || !rest.is_empty() {
        return failed(format!(
            "it answered `{}`, which is more than an answer",
            shorten(&heard.output)
        ));
    }
    if !heard.status.success() {
        return failed(format!("it answered {verdict} and then failed ({})", heard.status));
    }
    match (verdict, manner, values) {
        ("unsat", Manner::InTurn, _) => Verdict::Known(Outcome::Unsatisfiable),
        ("unsat", Manner::AtOnce, _) => {
            failed("it answered sat, and unsat when it was asked once more".to_owned())
        }
        (_, Manner::InTurn, None) if !script.constants.is_empty() => Verdict::Unasked,
        (_, _, values) => Verdict::Known(
            model(values, script).map_or_else(Outcome::Unknown, Outcome::Satisfiable),
        ),
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
    let complained =
        || complaint.find("(error").and_then(|at| complaint.get(at..)).map(str::to_owned);
    expressions.iter().find_map(message).or_else(complained)
}

fn no_answer(heard: &Heard) -> String {
    let said = if heard.output.trim().is_empty() { &heard.complaint } else { &heard.output };
    let said =
        if said.trim().is_empty() { "nothing".to_owned() } else { format!("`{}`", shorten(said)) };
    let ended = if heard.status.success() { String::new() } else { format!(" ({})", heard.status) };
    format!("it answered {said} instead of sat or unsat{ended}")
}

/// The answer of `get-value`: pairs of a constant and its value, in the order of the question.
fn model(answer: Option<&Sexp>, script: &Script) -> Result<Model, Reason> {
    let pairs = answer.and_then(Sexp::as_list).unwrap_or(&[]);
    if pairs.len() != script.constants.len() {
        return Err(Reason::Solver(
            "it answered sat without the values that were asked for".to_owned(),
        ));
    }
    let read_pair = |(pair, (symbol, _)): (&Sexp, &(Symbol, String))| match pair.as_list() {
        Some([_, value]) => read::value(value, symbol.sort())
            .map(|read| (symbol.clone(), read))
            .ok_or_else(|| Reason::Value {
                symbol: symbol.name().to_owned(),
                value: shorten(&format!("{value:?}")),
            }),
        _ => Err(Reason::Solver(format!("it gave no value of `{}`", symbol.name()))),
    };
    pairs.iter().zip(&script.constants).map(read_pair).collect()
}
