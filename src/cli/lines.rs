//! Batches: one JSON object a line in, one a line out, in order.

use super::args::Format;
use super::in_order::in_order;
use super::{Ending, Failure, Io, read, threads};
use keyaki_iam::diagnostic::{self, Diagnostic, codes};
use keyaki_iam::input::{self, Rejected};
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::{Scope, Through};
use keyaki_iam::source::Source;
use keyaki_iam::value;
use keyaki_reports::json;
use serde_json::Value;
use std::io::{self, Write};
use std::path::Path;

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
            None => Self::new("unreadable", diagnostic::render(&findings)),
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
        self.value.member(name).ok_or_else(|| LineError::new(codes::MISSING_MEMBER, format!("the line has no member `{name}`")))
    }
}

/// What a line says of requests beyond the policy language, where it says nothing what the flags say: `account` and `resourceAccount` (or,
/// as in claims, `resource_account`), each the id of an account or a list of them, and `through`.
pub fn scope(line: &Line, flags: &Scope) -> Result<Scope, LineError> {
    let accounts = |names: &[&str], otherwise: &Vec<String>| {
        let given = names.iter().find_map(|name| Some((*name, line.value.member(name)?)));
        given.map_or_else(|| Ok(otherwise.clone()), |(name, value)| ids(name, value))
    };
    let through = line.value.member("through").map(|value| {
        let way = value.as_str().and_then(Through::of);
        way.ok_or_else(|| LineError::new(codes::UNKNOWN_WAY, "`through` is `endpoint`, `past` or `both`"))
    });
    Ok(Scope {
        accounts: accounts(&["account"], &flags.accounts)?,
        resource_accounts: accounts(&["resourceAccount", "resource_account"], &flags.resource_accounts)?,
        through: through.transpose()?.or(flags.through),
        own: flags.own.clone(),
    })
}

/// The ids of accounts: one, or a list.
fn ids(name: &str, value: &JsonValue) -> Result<Vec<String>, LineError> {
    let values = match &value.data {
        JsonData::Array(values) => values.iter().collect(),
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) | JsonData::Object(_) => vec![value],
    };
    let id = |value: &JsonValue| value.as_str().filter(|id| value::is_account(id)).map(str::to_owned);
    let wrong = || LineError::new(codes::INVALID_ACCOUNT, format!("`{name}` is an account of twelve digits, a text, or a list of such"));
    values.into_iter().map(|value| id(value).ok_or_else(wrong)).collect()
}

/// The answer to one line: the JSON to print and what it means for the exit code.
pub type Answer = Result<(Value, Ending), LineError>;

/// Batches are for programs.
///
/// # Errors
/// When somebody asks for another format.
pub fn only_json(format: Option<Format>) -> Result<(), Failure> {
    match format {
        Some(Format::Human) => Err(Failure::new("error: `--batch` prints JSON, a line for each line; leave `--format human` out")),
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
        match answer.ending {
            Some(end) => (self.ending, self.answered) = (self.ending.and(end), self.answered + 1),
            None => {
                self.failed += 1;
                self.internal |= answer.value.pointer("/error/code").and_then(Value::as_str) == Some(INTERNAL);
            }
        }
    }

    fn ending(&self) -> Ending {
        let wrong = self.failed > 0 && self.ending == Ending::NothingFound && (!self.lenient || self.answered == 0);
        if self.internal || wrong { Ending::WrongInput } else { self.ending }
    }
}

/// What is printed of a line, and what it means for the exit code; `None`: it has no answer.
struct Told {
    value: Value,
    ending: Option<Ending>,
}

/// Answers every line of a file (`-`: standard input), in order, on all cores; each answer is written out when it and those before it are
/// known. Empty lines are skipped.
///
/// A line that cannot be read makes the ending [`Ending::WrongInput`], unless something was found or is unknown; with `lenient`, only when
/// no line at all could be answered. An internal error always does.
///
/// # Errors
/// When the file cannot be read to its end, when an answer cannot be written, and when nobody reads the answers.
pub fn batch(
    path: &Path,
    options: &ReadOptions,
    lenient: bool,
    io: &mut Io<'_>,
    answer: &(dyn Fn(&Line, &Value) -> Answer + Sync),
) -> Result<Ending, Failure> {
    let name = path.display().to_string();
    let (_, reader) = read::open(path)?;
    let bound = options.limits.json.bytes;
    let empty = |line: &read::Line| line.bytes.as_ref().is_some_and(|bytes| bytes.trim_ascii().is_empty());
    let lines = read::Lines::new(reader, bound).filter(move |line| !line.as_ref().is_ok_and(empty));
    let answered = |line: io::Result<read::Line>| line.map(|line| one(&name, line, bound, options, answer));
    let mut tally = Tally { lenient, ending: Ending::NothingFound, answered: 0, failed: 0, internal: false };
    in_order(lines, threads::count(), &answered, |told, more| {
        let told = told.map_err(|error| Failure::new(format!("error: cannot read `{name}` to its end: {error}")))?;
        tally.count(&told);
        io.out.answer(told.value)?;
        if !more {
            io.out.flush()?;
        }
        if io.out.is_gone() {
            return Err(Failure::new("error: nobody reads the answers any more; the rest of the batch was not answered"));
        }
        Ok(())
    })?;
    Ok(tally.ending())
}

fn one(name: &str, line: read::Line, bound: usize, options: &ReadOptions, answer: &(dyn Fn(&Line, &Value) -> Answer + Sync)) -> Told {
    let number = line.number;
    let wrong = |id: &Value, LineError { code, message }: LineError| Told { value: json::error(id, number, &code, &message), ending: None };
    let Some(bytes) = line.bytes else {
        let error = LineError::new(codes::DOCUMENT_TOO_LARGE, format!("the line is longer than {bound} bytes"));
        return wrong(&Value::Null, error);
    };
    let parsed = Source::from_bytes(format!("{name}, line {number}"), &bytes)
        .map_err(|finding| vec![*finding])
        .and_then(|source| Ok((input::parse(&source, options)?, source)));
    let (value, source) = match parsed {
        Ok(parsed) => parsed,
        Err(findings) => return wrong(&Value::Null, findings.into()),
    };
    let id = value.member("id").map_or(Value::Null, |id| as_written(id, &source));
    let unique = input::no_duplicates(&value, &source, "").map_err(LineError::from);
    match unique.and_then(|()| answer(&Line { source, value }, &id)) {
        Ok((value, ending)) => Told { value, ending: Some(ending) },
        Err(error) => wrong(&id, error),
    }
}

/// An id as it was written.
fn as_written(value: &JsonValue, source: &Source) -> Value {
    let text = source.text().get(value.span.start..value.span.end).unwrap_or_default();
    serde_json::from_str(text).unwrap_or(Value::Null)
}
