//! `keyaki who-can`

use super::args::{ByArg, WhoCanArgs};
use super::setup::Setup;
use super::{Ending, Failure, Io, call, estates, files, read};
use keyaki_iam::input;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::{Scope, Shape};
use keyaki_iam::source::Source;
use keyaki_importers::Imported;
use keyaki_questions::estates::nobody;
use keyaki_questions::names;
use keyaki_questions::query::Requests;
use keyaki_service::{Question, Watch, WhoCan};
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

/// `keyaki who-can`
pub fn who_can(args: WhoCanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if let Some(name) = &args.call {
        return call::who_can(&args, name, io);
    }
    let start = Instant::now();
    let options: ReadOptions = args.read.into();
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    setup.service.allow_vacuous = args.vacuous.allow_vacuous;
    let scope = scope(&args)?;
    let requests = setup.service.requests;
    let shapes = match &args.questions {
        Some(path) => questions(path, &scope, &options, requests, io)?,
        None => {
            vec![(Value::Null, files::shape(&args.shape, scope, &options, requests, io)?)]
        }
    };
    let imported = estate(&args, &options, shapes.iter().map(|(_, shape)| shape), io)?;
    let taken = || start.elapsed();
    let question = Question::WhoCan(WhoCan {
        estate: &imported.estate,
        shapes,
        not_principal: args.decision.into(),
        all: args.all,
        by_resource: args.by == ByArg::Resource,
        through_roles: args.through_roles,
        watch: Watch { done: &|| (), taken: &taken },
    });
    setup.answer(&question, Some(args.format), io)
}

/// The accounts that the flags name.
pub fn scope(args: &WhoCanArgs) -> Result<Scope, Failure> {
    Ok(Scope {
        accounts: files::accounts("--account", &args.account)?,
        resource_accounts: files::accounts("--resource-account", &args.resource_account)?,
        ..Scope::default()
    })
}

/// The estate, which has whoever is named in the questions.
pub fn estate<'s>(
    args: &WhoCanArgs,
    options: &ReadOptions,
    mut shapes: impl Iterator<Item = &'s Shape>,
    io: &mut Io<'_>,
) -> Result<Imported, Failure> {
    let imported = estates::estate(&args.estate, options)?;
    if let Some(nobody) = shapes.find_map(|shape| nobody(&imported.estate, shape)) {
        return Err(Failure::new(format!("error: {nobody}")));
    }
    for note in &imported.report.notes {
        io.warn(&format!("note: {note}"));
    }
    Ok(imported)
}

/// The questions of a file, a line each; what is wrong with all of them at once.
fn questions(
    path: &Path,
    scope: &Scope,
    options: &ReadOptions,
    requests: Requests<'_>,
    io: &mut Io<'_>,
) -> Result<Vec<(Value, Shape)>, Failure> {
    let text = read::text(path)?;
    let (mut shapes, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in text.text().lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let source = Source::new(format!("{}, line {}", text.name(), number + 1), line);
        match question(&source, options, requests, io) {
            Ok((id, shape)) => shapes.push((id, Shape { scope: scope.clone(), ..shape })),
            Err(Failure(message)) => wrong.push(message),
        }
    }
    if !wrong.is_empty() {
        return Err(Failure(wrong.join("\n")));
    }
    if shapes.is_empty() {
        return Err(Failure::new(format!(
            "error: `{}` has no question; a line is {{\"id\": \"...\", \"statement\": {{...}}}}",
            path.display()
        )));
    }
    Ok(shapes)
}

/// A line of a file of questions.
fn question(
    source: &Source,
    options: &ReadOptions,
    requests: Requests<'_>,
    io: &mut Io<'_>,
) -> Result<(Value, Shape), Failure> {
    let line = input::question_line(source, options).map_err(|wrong| Failure::findings(&wrong))?;
    if let Some(world) = requests.world() {
        let shape = &line.shape.value;
        let unlisted = names::in_shape(shape, &line.statement, source, "statement", &world)?;
        if !unlisted.is_empty() {
            return Err(Failure::findings(&unlisted));
        }
    }
    Ok((line.id, files::accept(Ok(line.shape), io)?))
}
