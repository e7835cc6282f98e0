//! Reads questions and writes answers, until the questions end.

use crate::{Clauses, check, version, version_is_wanted};
use keyaki_engines::engine::helper::protocol::{
    Answer, Answered, Asked, ClausesQuestion, Constant, ConstantSort, Greeting, PROGRAM, PROTOCOL,
    Question, RELEASE, ScriptQuestion, line, read,
};
use std::io::{self, BufRead, Write};
use std::time::Duration;

/// What this program says of itself.
pub fn greeting() -> Greeting {
    let z3 = version();
    let refusal = version_is_wanted(&z3).err();
    Greeting {
        program: PROGRAM.to_owned(),
        release: RELEASE.to_owned(),
        protocol: PROTOCOL,
        z3,
        refusal,
    }
}

/// Greets, and answers each question in the order in which they come. What is not a question gets
/// an answer that says so.
///
/// # Errors
/// Where a question cannot be read for reasons of the system, or an answer cannot be written.
pub fn serve(mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let greeting = greeting();
    write(&mut output, &line(&greeting))?;
    let mut clauses = None;
    let mut text = Vec::new();
    while input.read_until(b'\n', &mut text)? > 0 {
        let answered = match &greeting.refusal {
            Some(refusal) => failed(0, refusal),
            None => answer(&text, &mut clauses),
        };
        write(&mut output, &line(&answered))?;
        text.clear();
    }
    Ok(())
}

fn write(output: &mut impl Write, line: &Result<String, String>) -> io::Result<()> {
    let line = line.as_ref().map_err(|error| io::Error::other(error.clone()))?;
    output.write_all(line.as_bytes()).and_then(|()| output.flush())
}

fn failed(number: u64, why: &str) -> Answered {
    Answered { number, answer: Answer::Failed(why.to_owned()) }
}

/// The answer to a line. `clauses` are those that were stated so far.
fn answer(text: &[u8], clauses: &mut Option<Clauses>) -> Answered {
    let asked: Result<Asked, String> =
        std::str::from_utf8(text).map_err(|error| error.to_string()).and_then(read);
    let Asked { number, microseconds, question } = match asked {
        Ok(asked) => asked,
        Err(error) => {
            return failed(0, &format!("it was asked something that is not a question: {error}"));
        }
    };
    let timeout = Duration::from_micros(microseconds);
    let answer = match question {
        Question::Script(question) => {
            objection(&question).map_or_else(|| check(&question, timeout), Answer::Failed)
        }
        Question::Clauses(question) => {
            if question.begin {
                // The old ones go before new ones come.
                *clauses = None;
            }
            solve(&question, timeout, clauses.get_or_insert_with(Clauses::new))
        }
    };
    Answered { number, answer }
}

/// What is wrong with a script before Z3 sees it.
fn objection(question: &ScriptQuestion) -> Option<String> {
    let is_wrong = |constant: &&Constant| match constant.sort {
        ConstantSort::BitVec(width) => !(1..=128).contains(&width),
        ConstantSort::Bool | ConstantSort::String | ConstantSort::Real => false,
    };
    if question.body.contains('\0')
        || question.constants.iter().any(|constant| constant.name.contains('\0'))
    {
        return Some("a script has no character U+0000".to_owned());
    }
    let wrong = question.constants.iter().find(is_wrong)?;
    Some(format!("the constant `{}` has a width that no bit-vector has here", wrong.name))
}

fn solve(question: &ClausesQuestion, timeout: Duration, clauses: &mut Clauses) -> Answer {
    let known = i64::from(question.variables);
    let is_literal = |literal: &i32| *literal != 0 && i64::from(*literal).abs() <= known;
    if i32::try_from(question.variables).is_err()
        || !question.clauses.iter().flatten().chain(&question.assumptions).all(is_literal)
    {
        return Answer::Failed(format!("a literal is none of {known} variables"));
    }
    clauses.add(question.variables, &question.clauses);
    clauses.solve(&question.assumptions, timeout)
}
