//! `lint`.

use super::args::{Format, LintArgs};
use super::documents::{self, Unread};
use super::{Ending, Failure, Io, engines, files, project, world};
use keyaki_iam::policy::read::{ReadOptions, closest};
use keyaki_questions::lint::{self, Document, Report, Rule, Settings};
use keyaki_reports::lint as report;
use std::io::Write;

/// `keyaki lint`
pub fn lint(args: &LintArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if let Some(name) = &args.explain {
        return explain(name, args.format, io);
    }
    let (solver, limits) = engines::solver(&args.engine.engine, args.engine.timeout)?;
    let project = project::find(&args.project)?;
    let (said, own) =
        (project.as_ref().map(|found| &found.project), project::own(project.as_ref()));
    // Of several accounts it is not known to which the policies belong.
    let own = if args.account.is_none() && own.accounts.len() == 1 {
        own.accounts.into_iter().next()
    } else {
        None
    };
    let used = project::told(project.as_ref(), &args.engine.world.partition, |project| {
        world::assumed(&args.engine.world, project)
    })?;
    let used = used.map(|used| {
        (used.path, own.iter().map(|_| "accounts").chain(used.choices).collect::<Vec<_>>())
    });
    let used = used
        .as_ref()
        .map(|(path, members)| (path.as_str(), members.as_slice()))
        .filter(|(_, members)| !members.is_empty());
    let settings = Settings {
        rules: chosen(&args.rule)?,
        world: world::world(&args.engine.world, said)?,
        requests: world::requests(args.engine.requests, &args.engine.world, said)?,
        account: args
            .account
            .as_deref()
            .map(|id| files::account("--account", id))
            .transpose()?
            .or(own),
        together: args.together,
        limits,
        most_queries: args.most_queries,
    };
    let options = args.read.into();
    let (documents, wrong) = read_documents(args, &options, io)?;
    if documents.is_empty() {
        return Ok(Ending::WrongInput);
    }
    let found =
        lint::lint(&documents, &settings, &solver).map_err(|error| engines::report(&error))?;
    engines::tell(&found.errors, io);
    match args.format {
        Format::Human => write!(io.out, "{}", report::human(&found, settings.requests, used))?,
        Format::Json => {
            for line in report::json(&found, settings.requests, used) {
                io.out.answer(line)?;
            }
        }
    }
    engines::statistics(args.engine.stats, &solver, io);
    Ok(if wrong { Ending::WrongInput } else { ending(&found) })
}

/// The documents of all files that hold one, and whether a file does not.
fn read_documents(
    args: &LintArgs,
    options: &ReadOptions,
    io: &mut Io<'_>,
) -> Result<(Vec<Document>, bool), Failure> {
    let (mut documents, mut wrong) = (Vec::new(), false);
    for path in documents::files(&args.files) {
        let opened = path.and_then(|path| documents::open(&path, args.kind, options));
        let read = opened.and_then(|found| {
            let document = Document::opened(&found.opened, found.kind, options);
            document.map(|document| (found, document)).map_err(Unread::Other)
        });
        let told = match read {
            Ok((found, document)) => {
                let told = found.told(args.kind);
                documents.push(document);
                told
            }
            Err(unread) => {
                wrong = true;
                Some(unread.told())
            }
        };
        if let Some(told) = told {
            _ = writeln!(io.err, "{}", told.trim_end());
        }
    }
    Ok((documents, wrong))
}

pub(super) fn ending(report: &Report) -> Ending {
    if !report.errors.is_empty() {
        return Ending::WrongInput;
    }
    match (report.findings.is_empty(), report.undecided.is_empty()) {
        (false, _) => Ending::Found,
        (true, false) => Ending::Unknown,
        (true, true) => Ending::NothingFound,
    }
}

/// The rules of these names; all of them when there is none.
fn chosen(names: &[String]) -> Result<Vec<&'static Rule>, Failure> {
    if names.is_empty() {
        return Ok(lint::rules().iter().collect());
    }
    names.iter().map(|name| rule(name)).collect()
}

fn rule(name: &str) -> Result<&'static Rule, Failure> {
    lint::rule(name).ok_or_else(|| {
        let near = closest(name, lint::rules().iter().map(|rule| rule.name), 1);
        let help = near.first().map_or_else(
            || "`keyaki lint --explain all` lists the rules".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::new(format!("error: there is no rule `{name}`; {help}"))
    })
}

fn explain(name: &str, format: Format, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let rules: Vec<&Rule> =
        if name == "all" { lint::rules().iter().collect() } else { vec![rule(name)?] };
    match format {
        Format::Json => {
            for rule in rules {
                io.out.answer(report::rule_json(rule))?;
            }
        }
        Format::Human if name == "all" => write!(io.out, "{}", report::rules_human(&rules))?,
        Format::Human => {
            for rule in rules {
                write!(io.out, "{}", rule.documentation())?;
            }
        }
    }
    Ok(Ending::NothingFound)
}
