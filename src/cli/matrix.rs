//! `matrix`.

use super::args::MatrixArgs;
use super::setup::{self, Setup};
use super::{Ending, Failure, Io, engines, files, read};
use keyaki_iam::input::{self, Loaded, Rejected};
use keyaki_iam::layers::NamedPolicy;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::Source;
use keyaki_questions::matrix::Member;
use keyaki_questions::query::QueryError;
use keyaki_service::{Question, Told, Watch};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a run is silent, and how often it tells of its progress then.
const PATIENCE: Duration = Duration::from_secs(2);
const INTERVAL: Duration = Duration::from_millis(200);

/// `keyaki matrix`
pub fn matrix(args: &MatrixArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let start = Instant::now();
    let setup = Setup::of(&args.engine, None, io)?;
    let members = library(args, io)?;
    let told = thread::scope(|scope| {
        let (sender, receiver) = channel();
        // Where no thread is to be had, nobody tells of the progress.
        let total = members.len();
        let watch = move || tell_progress(&receiver, total, start);
        let watched =
            io::stderr().is_terminal() && thread::Builder::new().spawn_scoped(scope, watch).is_ok();
        // The sender goes with this, and then the thread that tells of the progress ends.
        let done = move || _ = watched.then(|| sender.send(()));
        let watch = Watch { done: &done, taken: &|| start.elapsed() };
        let question = Question::Matrix { members, watch };
        let answer = setup.service.ask(&question)?;
        Ok(setup.service.told(&answer, args.format.into()))
    });
    let told: Told = told.map_err(|error: QueryError| engines::report(&error))?;
    let ending = told.says.into();
    setup::print(told, false, io)?;
    setup.statistics(io);
    Ok(ending)
}

/// Tells a terminal how many policies are done, until the sender is gone.
fn tell_progress(receiver: &Receiver<()>, total: usize, start: Instant) {
    let (mut done, mut told) = (0, start + PATIENCE);
    loop {
        match receiver.recv_timeout(INTERVAL) {
            Ok(()) => done += 1,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if Instant::now() >= told {
            told = Instant::now() + INTERVAL;
            _ = write!(io::stderr(), "\r{done} of {total} policies");
        }
    }
    if told > start + PATIENCE {
        _ = write!(io::stderr(), "\r\x1b[K");
    }
}

/// The policies that the paths name, in the order of the paths; those of a directory in the order
/// of their names.
fn library(args: &MatrixArgs, io: &mut Io<'_>) -> Result<Vec<Member>, Failure> {
    let (options, kind) = (args.read.into(), args.kind.into());
    let mut members = Vec::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    let mut rejected = Vec::new();
    for path in read::in_folders(&args.files, "json")? {
        let source = read::text(&path)?;
        let lines = path.as_os_str() == "-"
            || path.extension().is_some_and(|extension| extension == "jsonl");
        let read = if lines {
            documents(&source, &options, kind)
        } else {
            vec![(id(&path), input::document(&source, &options, kind))]
        };
        for (id, document) in read {
            match document {
                Ok(loaded) => {
                    let policy = files::accept(Ok(loaded), io)?;
                    if let Some(other) = places.insert(id.clone(), policy.name.clone()) {
                        let message = format!(
                            "error: two policies are called `{id}`: `{other}` and `{}`; rename one",
                            policy.name
                        );
                        return Err(Failure::new(message));
                    }
                    members.push(Member::new(id, policy));
                }
                Err(findings) => rejected.extend(findings),
            }
        }
    }
    if !rejected.is_empty() {
        return Err(Failure::findings(&rejected));
    }
    if members.is_empty() {
        let names: Vec<String> =
            args.files.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(Failure::new(format!(
            "error: no policy in {}; a library is `*.json` in a directory, or lines of a `.jsonl` file",
            names.join(", ")
        )));
    }
    Ok(members)
}

/// What reports call the policy of a file.
fn id(path: &Path) -> String {
    path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The policy of each line, `{"id", "policy"}`. Empty lines are skipped.
fn documents(
    source: &Source,
    options: &ReadOptions,
    kind: Kind,
) -> Vec<(String, Result<Loaded<NamedPolicy>, Rejected>)> {
    let lines = source.text().lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let source = Source::new(format!("{}, line {}", source.name(), number + 1), line);
            match input::library_line(&source, options, kind) {
                Ok((id, loaded)) => (id, Ok(loaded)),
                Err(findings) => (String::new(), Err(findings)),
            }
        })
        .collect()
}
