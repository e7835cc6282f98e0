//! `keyaki again`: the questions of answers, asked once more.

use super::args::{AgainArgs, Cli, Command, Format};
use super::output::Output;
use super::{Ending, Failure, Io, read, run};
use clap::Parser;
use keyaki_iam::visible::{self, Lines, line};
use keyaki_reports::SCHEMA;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// The members of a question that say how an answer is told, and by which version.
const MANNER: [&str; 2] = ["arguments", "keyaki"];
/// The members of answers that say what was found.
const VERDICTS: [&str; 4] = ["answer", "relation", "decision", "verdict"];
/// The members of other answers, the summary of lint for example, that are not what was found: how
/// much work it was.
const WORK: [&str; 4] = ["question", "queries", "seconds", "effort"];

/// `keyaki again`
pub fn again(args: &AgainArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let source = read::text(&args.file)?;
    let mut parsed = Vec::new();
    for (number, text) in
        source.text().lines().enumerate().filter(|(_, text)| !text.trim().is_empty())
    {
        let answer: Value = serde_json::from_str(text).map_err(|error| {
            Failure::new(format!(
                "error: `{}`, line {}, column {}: this is not an answer in JSON ({error}); `--format json` prints such",
                source.name(),
                number + 1,
                error.column()
            ))
        })?;
        parsed.push(answer);
    }
    let answers = with_question(parsed);
    if answers.is_empty() {
        return Err(Failure::new(format!(
            "error: `{}` has no answer with its question; answers of schema 2 have one",
            source.name()
        )));
    }
    let mut ending = Ending::NothingFound;
    for (arguments, old) in by_command(&answers)? {
        let new = asked(&arguments, io)?;
        for before in old {
            let after = new.iter().find(|after| is_of(before, after));
            ending = ending.and(told(before, after, args, io)?);
        }
    }
    Ok(ending)
}

/// The answers that restate their question; errors of a batch have none. What `who-can` found about
/// each principal has none either: it is a part of the summary that comes after it.
fn with_question(told: Vec<Value>) -> Vec<Value> {
    let (mut answers, mut each) = (Vec::new(), Map::new());
    for mut answer in told {
        if !answer.get("question").is_some_and(Value::is_object) {
            each.extend(of_one(&answer));
            continue;
        }
        let rows = std::mem::take(&mut each);
        if let (Some(members), false) = (answer.as_object_mut(), rows.is_empty()) {
            members.insert("each".to_owned(), rows.into());
        }
        answers.push(answer);
    }
    answers
}

/// Whom a row of `who-can` is about, and what was found.
fn of_one(row: &Value) -> Option<(String, Value)> {
    Some((row.get("principal")?.as_str()?.to_owned(), row.get("answer")?.clone()))
}

/// The words of a command line, and the answers that it printed.
type Group<'a> = (Vec<String>, Vec<&'a Value>);

/// The answers by the command line that printed them, in order.
fn by_command(answers: &[Value]) -> Result<Vec<Group<'_>>, Failure> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for answer in answers {
        let words = answer.pointer("/question/arguments").and_then(Value::as_array);
        let words: Option<Vec<String>> = words
            .and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect());
        let Some(words) = words else {
            return Err(Failure::new(
                "error: an answer does not tell the command line that asked its question; only answers of the command `keyaki` do",
            ));
        };
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, group)) => group.push(answer),
            None => groups.push((words, vec![answer])),
        }
    }
    Ok(groups)
}

/// A text that several parts of the program write and read.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the command prints now, as JSON.
fn asked(arguments: &[String], io: &mut Io<'_>) -> Result<Vec<Value>, Failure> {
    let line = ["keyaki".to_owned()].into_iter().chain(arguments.iter().cloned());
    let cli = Cli::try_parse_from(line).map_err(|error| {
        Failure::new(format!("error: the command line in the answer is not understood: {error}"))
    })?;
    if matches!(cli.command, Command::Again(_)) {
        return Err(Failure::new("error: the command line in the answer is `keyaki again` itself"));
    }
    let text = Shared::default();
    let mut out = Output::to(text.clone());
    let words = Some(arguments.to_vec());
    let (quiet, jobs) = (io.quiet, io.jobs);
    run(cli, &mut Io { out: &mut out, err: &mut *io.err, arguments: words, quiet, jobs })?;
    out.flush()?;
    let text = String::from_utf8_lossy(&text.0.lock().unwrap_or_else(PoisonError::into_inner))
        .into_owned();
    text.lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .map(with_question)
        .map_err(|_| Failure::new("error: the command line in the answer prints no JSON"))
}

/// Whether two answers are to the same part of what a command asks: the same line of a batch, the
/// same claim.
fn is_of(before: &Value, after: &Value) -> bool {
    ["/id", "/question/line", "/question/ask", "/name"]
        .into_iter()
        .all(|place| before.pointer(place) == after.pointer(place))
}

/// Says what became of an answer.
fn told(
    before: &Value,
    after: Option<&Value>,
    args: &AgainArgs,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let changed = after.map(|after| changes(before, after)).unwrap_or_default();
    let (was, is) = (verdict(before), after.map(verdict).unwrap_or_default());
    let same = after.is_some() && was == is;
    let name = ["name", "id"].into_iter().find_map(|name| before.get(name)?.as_str());
    match args.format {
        Format::Json => io.out.answer(json!({
            "schema": SCHEMA,
            "id": before.get("id").cloned().unwrap_or_default(),
            "name": before.get("name").cloned().unwrap_or_default(),
            "same": same,
            "was": was,
            "is": is,
            "changed": changed,
            "answer": after.cloned().unwrap_or_default(),
        }))?,
        Format::Human => {
            let mut text = Lines::new();
            let name =
                name.map_or_else(String::new, |name| format!("{}: ", visible::visible(name)));
            match (&is, same) {
                (_, true) => line!(text, "{name}the same answer: {was}"),
                (Value::Null, false) => line!(text, "{name}no answer any more; it was {was}"),
                (_, false) => line!(text, "{name}another answer: it was {was}, and is {is}"),
            }
            for change in &changed {
                line!(text, "  changed: {}", visible::message(change));
            }
            write!(io.out, "{}", text.into_text())?;
        }
    }
    let unknown = is == "unknown";
    Ok(match (changed.is_empty() || args.changed, same) {
        (false, _) => Ending::WrongInput,
        (true, false) => Ending::Found,
        (true, true) if unknown => Ending::Unknown,
        (true, true) => Ending::NothingFound,
    })
}

/// What was found: a word, or of an answer without one all that it says.
fn verdict(answer: &Value) -> Value {
    let word = VERDICTS.iter().find_map(|name| answer.get(name).filter(|word| word.is_string()));
    word.cloned().unwrap_or_else(|| {
        let members = answer.as_object().into_iter().flatten();
        let said = members.filter(|(name, _)| !WORK.contains(&name.as_str()));
        said.map(|(name, value)| (name.clone(), value.clone())).collect()
    })
}

/// In what two questions differ, in words: the policies first.
fn changes(before: &Value, after: &Value) -> Vec<String> {
    let none = Map::new();
    let question = |answer: &'_ Value| -> Map<String, Value> {
        answer.get("question").and_then(Value::as_object).unwrap_or(&none).clone()
    };
    let (old, new) = (question(before), question(after));
    let policies = |question: &Map<String, Value>| {
        question.get("policies").and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let (was, is) = (policies(&old), policies(&new));
    let mut changed = Vec::new();
    for policy in &was {
        let text = |name: &str| policy.get(name).and_then(Value::as_str).unwrap_or_default();
        let same = |other: &&Value| {
            ["name", "side", "layer", "level"]
                .iter()
                .all(|name| policy.get(*name) == other.get(*name))
        };
        match is.iter().find(same) {
            None => {
                changed.push(format!("the policy `{}` is not among them any more", text("name")))
            }
            Some(other) if other.get("sha256") != policy.get("sha256") => {
                changed.push(format!("the policy `{}` has another text", text("name")));
            }
            Some(_) => {}
        }
    }
    if was.len() < is.len() {
        changed.push("there are more policies".to_owned());
    }
    changed.extend(files_changed(&old, &new));
    let others = old.keys().filter(|name| {
        !["policies", "estate"].contains(&name.as_str())
            && !MANNER.contains(&name.as_str())
            && old.get(*name) != new.get(*name)
    });
    changed.extend(others.map(|name| format!("`{name}` of the question")));
    changed
}

/// In what the files of two estates differ, in words.
fn files_changed(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<String> {
    let sums = |question: &Map<String, Value>| -> BTreeMap<String, Value> {
        let files = question.get("estate").and_then(Value::as_array).into_iter().flatten();
        let named = |file: &Value| {
            Some((file.get("file")?.as_str()?.to_owned(), file.get("sha256")?.clone()))
        };
        files.filter_map(named).collect()
    };
    let (was, is) = (sums(old), sums(new));
    let mut changed = Vec::new();
    for (name, sum) in &was {
        match is.get(name) {
            None => changed.push(format!("the file `{name}` is not in the estate any more")),
            Some(other) if other != sum => {
                changed.push(format!("the file `{name}` of the estate has another text"));
            }
            Some(_) => {}
        }
    }
    let added = is.keys().filter(|name| !was.contains_key(*name));
    changed.extend(added.map(|name| format!("the file `{name}` is new in the estate")));
    changed
}
