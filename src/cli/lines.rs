//! Batches: one JSON object a line in, one a line out, in order.

use super::files::rendered;
use super::{Ending, Failure, Io};
use crate::diagnostic::Diagnostic;
use crate::input::{self, Rejected};
use crate::json::JsonValue;
use crate::policy::read::ReadOptions;
use crate::report::json;
use crate::source::Source;
use rayon::prelude::*;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// Lines that are answered together, so that output keeps flowing.
const CHUNK: usize = 64;

/// The code of a line whose question ended in an internal error.
pub const INTERNAL: &str = "internal-error";

/// Why a line has no answer: a code and a message.
pub struct LineError {
    code: String,
    message: String,
}

impl LineError {
    /// An error with a stable code.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

impl From<Rejected> for LineError {
    /// The first error speaks for the line; the message says where in the line it is.
    fn from(findings: Rejected) -> Self {
        match findings.iter().find(|finding| finding.is_error()).or(findings.first()) {
            Some(first) => Self::new(first.code, one_line(first)),
            None => Self::new("unreadable", rendered(&findings)),
        }
    }
}

fn one_line(finding: &Diagnostic) -> String {
    let position = finding.position();
    let route = if finding.route.is_empty() { String::new() } else { format!(" at {}", finding.route) };
    format!("{}{route} (column {})", finding.message, position.column)
}

/// One line of a batch.
pub struct Line {
    /// The line as a source; its name says which line of which file.
    pub source: Source,
    /// The parsed object.
    pub value: JsonValue,
}

impl Line {
    /// A member that the line must have.
    pub fn member(&self, name: &str) -> Result<&JsonValue, LineError> {
        self.value.member(name).ok_or_else(|| LineError::new("missing-member", format!("the line has no member `{name}`")))
    }
}

/// The answer to one line: the JSON to print and what it means for the exit code.
pub type Answer = Result<(Value, Ending), LineError>;

/// Answers every line of a file (`-`: standard input), in order, on all cores. Empty lines are skipped.
///
/// A line that cannot be read makes the ending [`Ending::WrongInput`], unless something was found or is unknown; with `lenient`, only when
/// no line at all could be answered. An internal error always does.
pub fn batch(
    path: &Path,
    options: &ReadOptions,
    lenient: bool,
    io: &mut Io<'_>,
    answer: &(dyn Fn(&Line, &Value) -> Answer + Sync),
) -> Result<Ending, Failure> {
    let name = path.display().to_string();
    let reader: Box<dyn Read> = if name == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).map_err(|error| Failure(format!("error: cannot read `{name}`: {error}")))?)
    };
    let mut lines = BufReader::new(reader).split(b'\n').enumerate();
    let (mut ending, mut answered, mut failed, mut internal) = (Ending::NothingFound, 0usize, 0usize, false);
    loop {
        let chunk: Vec<(usize, Vec<u8>)> =
            lines.by_ref().take(CHUNK).map(|(index, line)| line.map(|line| (index, line))).collect::<Result<_, _>>()?;
        if chunk.is_empty() {
            break;
        }
        let answers: Vec<_> = chunk
            .par_iter()
            .filter(|(_, line)| !line.trim_ascii().is_empty())
            .map(|(index, line)| one(&name, *index, line, options, answer))
            .collect();
        for (value, end) in answers {
            match end {
                Some(end) => (ending, answered) = (ending.and(end), answered + 1),
                None => {
                    failed += 1;
                    internal |= value.pointer("/error/code").and_then(Value::as_str) == Some(INTERNAL);
                }
            }
            writeln!(io.out, "{value}")?;
        }
    }
    let wrong = failed > 0 && ending == Ending::NothingFound && (!lenient || answered == 0);
    Ok(if internal || wrong { Ending::WrongInput } else { ending })
}

fn one(
    name: &str,
    index: usize,
    text: &[u8],
    options: &ReadOptions,
    answer: &(dyn Fn(&Line, &Value) -> Answer + Sync),
) -> (Value, Option<Ending>) {
    let unreadable = |findings: Rejected| {
        let LineError { code, message } = findings.into();
        (json::error(&Value::Null, &code, &message), None)
    };
    let source = match Source::from_bytes(format!("{name}, line {}", index + 1), text) {
        Ok(source) => source,
        Err(finding) => return unreadable(vec![*finding]),
    };
    let value = match input::parse(&source, options) {
        Ok(value) => value,
        Err(findings) => return unreadable(findings),
    };
    let id = value.member("id").map_or(Value::Null, |id| as_written(id, &source));
    if let Err(LineError { code, message }) = input::no_duplicates(&value, &source, "").map_err(LineError::from) {
        return (json::error(&id, &code, &message), None);
    }
    match answer(&Line { source, value }, &id) {
        Ok((value, end)) => (value, Some(end)),
        Err(LineError { code, message }) => (json::error(&id, &code, &message), None),
    }
}

/// An id as it was written.
fn as_written(value: &JsonValue, source: &Source) -> Value {
    let text = source.text().get(value.span.start..value.span.end).unwrap_or_default();
    serde_json::from_str(text).unwrap_or(Value::Null)
}
