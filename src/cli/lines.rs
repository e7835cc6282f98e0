//! Batches: one JSON object a line in, one a line out, in order.

use super::args::Format;
use super::in_order::in_order;
use super::{Ending, Failure, Io, engines, read, threads};
use keyaki_questions::query::QueryError;
use keyaki_service::{INTERNAL, Line, Lines, Service, Told, What};
use serde_json::Value;
use std::io::{self, Write};
use std::path::Path;

/// Batches are for programs.
///
/// # Errors
/// When somebody asks for another format.
pub fn only_json(format: Option<Format>) -> Result<(), Failure> {
    match format {
        Some(Format::Human) => Err(Failure::new(
            "error: `--batch` prints JSON, a line for each line; leave `--format human` out",
        )),
        Some(Format::Json) | None => Ok(()),
    }
}

/// What becomes of a batch, line by line.
struct Tally {
    lenient: bool,
    ending: Ending,
    answered: usize,
    failed: usize,
    internal: bool,
}

impl Tally {
    fn count(&mut self, answer: &Told) {
        match answer.says {
            Some(says) => {
                (self.ending, self.answered) = (self.ending.and(says.into()), self.answered + 1)
            }
            None => {
                self.failed += 1;
                self.internal |=
                    answer.value.pointer("/error/code").and_then(Value::as_str) == Some(INTERNAL);
            }
        }
    }

    fn ending(&self) -> Ending {
        let wrong = self.failed > 0
            && self.ending == Ending::NothingFound
            && (!self.lenient || self.answered == 0);
        if self.internal || wrong { Ending::WrongInput } else { self.ending }
    }
}

/// Answers every line of a file (`-`: standard input), in order, on all cores; each answer is
/// written out when it and those before it are known. Empty lines are skipped.
///
/// A line that cannot be read makes the ending [`Ending::WrongInput`], unless something was found
/// or is unknown; where requests are evaluated, only when no line at all could be answered. An
/// internal error always does.
///
/// # Errors
/// When the file cannot be read to its end, when an answer cannot be written, and when nobody reads
/// the answers.
pub fn batch(
    path: &Path,
    lines: &Lines,
    service: &Service<'_>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let name = path.display().to_string();
    let internal = |error: &QueryError| engines::report(error).0;
    let lenient = matches!(lines.what, What::Eval);
    told(path, lines.options.limits.json.bytes, lenient, io, &|line| {
        service.answer_line(lines, &name, line, &internal)
    })
}

/// As [`batch`], whoever answers; lines are no longer than `bound` bytes.
pub(super) fn told(
    path: &Path,
    bound: usize,
    lenient: bool,
    io: &mut Io<'_>,
    answer: &(dyn Fn(Line) -> Told + Sync),
) -> Result<Ending, Failure> {
    let name = path.display().to_string();
    let (_, reader) = read::open(path)?;
    let empty =
        |line: &Line| line.bytes.as_ref().is_some_and(|bytes| bytes.trim_ascii().is_empty());
    let questions =
        read::Lines::new(reader, bound).filter(move |line| !line.as_ref().is_ok_and(empty));
    let answered = |line: io::Result<Line>| line.map(answer);
    let mut tally =
        Tally { lenient, ending: Ending::NothingFound, answered: 0, failed: 0, internal: false };
    in_order(questions, threads::count(), &answered, |told, more| {
        let told = told.map_err(|error| {
            Failure::new(format!("error: cannot read `{name}` to its end: {error}"))
        })?;
        tally.count(&told);
        io.out.answer(told.value)?;
        if !more {
            io.out.flush()?;
        }
        if io.out.is_gone() {
            return Err(Failure::new(
                "error: nobody reads the answers any more; the rest of the batch was not answered",
            ));
        }
        Ok(())
    })?;
    Ok(tally.ending())
}
