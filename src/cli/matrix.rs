//! `matrix`.

use super::args::MatrixArgs;
use super::progress::Progress;
use super::setup::{self, Setup};
use super::{Ending, Failure, Io, engines, files, read};
use keyaki_iam::input::{self, Loaded, Rejected};
use keyaki_iam::layers::NamedPolicy;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::Source;
use keyaki_questions::matrix::Member;
use keyaki_service::{Question, Watch};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

/// `keyaki matrix`
pub fn matrix(args: &MatrixArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let start = Instant::now();
    let setup = Setup::of(&args.engine, None, io)?;
    let members = library(args, io)?;
    let progress = Progress::of(Some(members.len()), "policies", io.quiet);
    let (done, taken) = (|| progress.part(), || start.elapsed());
    let watch = Watch { done: &done, taken: &taken };
    let question = Question::Matrix { members, watch };
    let answer = setup.service.ask(&question);
    let answer = answer.map_err(|error| engines::report(&error))?;
    let told = setup.service.told(&answer, args.format.into());
    let ending = told.says.into();
    setup::print(told, false, io)?;
    setup.statistics(io);
    Ok(ending)
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
    let mut sets: Vec<_> = members.iter_mut().map(Member::set_mut).collect();
    files::one_form(&mut sets, None)?;
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
