//! `keyaki paths`

use super::args::PathsArgs;
use super::setup::Setup;
use super::{Ending, Failure, Io, estates, files};
use keyaki_iam::estate::Estate;
use keyaki_iam::policy::read::{ReadOptions, meant};
use keyaki_iam::shape::Scope;
use keyaki_questions::estates::{self as estates_of, Chains, Subject, Wanted};
use keyaki_service::{Paths, Question, Watch};
use std::time::Instant;

/// `keyaki paths`
pub fn paths(mut args: PathsArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let start = Instant::now();
    let options: ReadOptions = args.read.into();
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    setup.service.allow_vacuous = args.vacuous.allow_vacuous;
    let requests = setup.service.requests;
    let shape = files::shape_if_given(args.shape(), Scope::default(), &options, requests, io)?;
    if args.to.is_none() && shape.is_none() {
        return Err(Failure::new(
            "error: a goal is missing: `--to ARN` for a role, `--to-action SHAPE` for a request",
        ));
    }
    let imported = estates::estate(&args.estate, &options)?;
    let estate = &imported.estate;
    if let Some(nobody) = shape.as_ref().and_then(|shape| estates_of::nobody(estate, shape)) {
        return Err(Failure::new(format!("error: {nobody}")));
    }
    let chains = Chains::new(estate, shape.as_ref(), requests, args.decision.into());
    let from = chains.subject(&args.from).ok_or_else(|| nobody(estate, &args.from))?;
    if let Some(to) = &args.to {
        role(estate, to)?;
    }
    for note in &imported.report.notes {
        io.warn(&format!("note: {note}"));
    }
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let taken = || start.elapsed();
    let question = Question::Paths(Box::new(Paths {
        from,
        name: args.from.clone(),
        to: args.to.clone(),
        shape,
        wanted: if args.all { Wanted::All(limit) } else { Wanted::Shortest },
        chains,
        watch: Watch { done: &|| (), taken: &taken },
    }));
    setup.answer(&question, Some(args.format), io)
}

/// A misspelt name is nobody's.
fn nobody(estate: &Estate, name: &str) -> Failure {
    let known: Vec<String> = Subject::all(estate).into_iter().map(|one| one.name(estate)).collect();
    let near = whole(name, &known).unwrap_or_else(|| meant(name, known.iter().map(String::as_str)));
    Failure::new(format!("error: `--from {name}`: the estate has nobody of this name{near}"))
}

/// The ARNs that end with a name, as the end of a message: people leave out what stands before it.
fn whole(name: &str, known: &[String]) -> Option<String> {
    let end = format!("/{name}");
    let arns: Vec<String> =
        known.iter().filter(|arn| arn.ends_with(&end)).map(|arn| format!("`{arn}`")).collect();
    (!arns.is_empty()).then(|| format!("; write the whole ARN: {}", arns.join(" or ")))
}

/// The goal is a role of the estate.
fn role(estate: &Estate, arn: &str) -> Result<(), Failure> {
    if estate.entity(arn).is_some_and(|entity| entity.is_role()) {
        return Ok(());
    }
    let roles = estate.entities.iter().filter(|entity| entity.is_role());
    let roles: Vec<String> = roles.map(|entity| entity.arn.clone()).collect();
    let near = whole(arn, &roles).unwrap_or_else(|| meant(arn, roles.iter().map(String::as_str)));
    Err(Failure::new(format!("error: `--to {arn}`: the estate has no such role{near}")))
}
