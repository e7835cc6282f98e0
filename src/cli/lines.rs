//! Batches: one JSON object a line in, one a line out, in order.

use super::files::rendered;
use super::{Ending, Failure, Io};
use crate::diagnostic::Diagnostic;
use crate::input::{self, Rejected};
use crate::json::{JsonData, JsonValue};
use crate::policy::read::ReadOptions;
use crate::report::json;
use crate::source::Source;
use rayon::prelude::*;
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Lines that are answered together, so that output keeps flowing.
const CHUNK: usize = 64;

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
/// The ending is [`Ending::WrongInput`] when no line at all could be answered.
pub fn batch(
    path: &Path,
    options: &ReadOptions,
    io: &mut Io<'_>,
    answer: &(dyn Fn(&Line, &Value) -> Answer + Sync),
) -> Result<Ending, Failure> {
    let name = path.display().to_string();
    let reader: Box<dyn BufRead> = if name == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(File::open(path).map_err(|error| Failure(format!("error: cannot read `{name}`: {error}")))?))
    };
    let mut lines = reader.lines().enumerate();
    let (mut ending, mut answered, mut failed) = (Ending::NothingFound, 0usize, 0usize);
    loop {
        let chunk: Vec<(usize, String)> =
            lines.by_ref().take(CHUNK).map(|(index, line)| line.map(|line| (index, line))).collect::<Result<_, _>>()?;
        if chunk.is_empty() {
            break;
        }
        let answers: Vec<_> = chunk
            .par_iter()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(index, line)| one(&name, *index, line, options, answer))
            .collect();
        for (value, end) in answers {
            match end {
                Some(end) => (ending, answered) = (ending.and(end), answered + 1),
                None => failed += 1,
            }
            writeln!(io.out, "{value}")?;
        }
    }
    Ok(if answered == 0 && failed > 0 { Ending::WrongInput } else { ending })
}

fn one(
    name: &str,
    index: usize,
    text: &str,
    options: &ReadOptions,
    answer: &(dyn Fn(&Line, &Value) -> Answer + Sync),
) -> (Value, Option<Ending>) {
    let source = Source::new(format!("{name}, line {}", index + 1), text);
    let value = match input::parse(&source, options) {
        Ok(value) => value,
        Err(findings) => {
            let LineError { code, message } = findings.into();
            return (json::error(&Value::Null, &code, &message), None);
        }
    };
    let id = value.member("id").map_or(Value::Null, plain);
    match answer(&Line { source, value }, &id) {
        Ok((value, end)) => (value, Some(end)),
        Err(LineError { code, message }) => (json::error(&id, &code, &message), None),
    }
}

/// An id as it was written: ids are texts or numbers.
fn plain(value: &JsonValue) -> Value {
    match &value.data {
        JsonData::String(text) => Value::String(text.clone()),
        JsonData::Number(text) => text.parse::<serde_json::Number>().map_or(Value::Null, Value::Number),
        _ => Value::Null,
    }
}
