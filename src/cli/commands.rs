//! `eval`, `can` and `compare`.

use super::args::{CanArgs, CompareArgs, DecisionArgs, EvalArgs, LayerArgs, PairKind};
use super::engines;
use super::estates;
use super::files;
use super::lines;
use super::setup::{self, Setup};
use super::{Ending, Failure, Io, read as reading};
use keyaki_engines::engine::Limits;
use keyaki_iam::input::{self, Documents, Loaded};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Scope;
use keyaki_questions::estates::{ask_as, layers};
use keyaki_questions::query::Requests;
use keyaki_service::{CanAs, Lines, Question, What};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A request file: what `eval --example` prints.
const EXAMPLE: &str = include_str!("request.json");

/// `keyaki eval`
pub fn eval(args: EvalArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    if args.example {
        write!(io.out, "{EXAMPLE}")?;
        return Ok(Ending::NothingFound);
    }
    let options: ReadOptions = args.read.into();
    // No engine is asked, and every request counts.
    let (solver, limits) = engines::solver("finite", Limits::default().timeout)?;
    let mut service = setup::service(solver, limits, Requests::Any, io);
    service.asking.arguments = io.arguments.clone();
    if let Some(path) = &args.batch {
        let lines = Lines {
            what: What::Eval,
            documents: Documents::read_with(options),
            not_principal: args.decision.into(),
            scope: Scope::default(),
        };
        return lines::batch(path, &lines, &service, args.format, io);
    }
    let policies = match &args.estate.estate() {
        Some(_) if args.policies.all().next().is_none() => None,
        Some(_) => {
            return Err(Failure::new(
                "error: `--estate` stands in place of policies; leave the policy files out",
            ));
        }
        None => Some(files::policies(&args.policies, args.decision, &options, io)?),
    };
    let source = reading::text(&args.request.unwrap_or_default())?;
    let read =
        input::parse(&source, &options).and_then(|value| input::request(&value, &source, ""));
    let request = files::accept(read.map(|value| Loaded { value, warnings: Vec::new() }), io)?;
    let (policies, estate) = match (policies, args.estate.estate()) {
        (Some(policies), _) => (policies, None),
        (None, named) => {
            let estate = named.map(|named| estates::estate(&named, &options)).transpose()?;
            let estate = estate.map(|imported| imported.estate).unwrap_or_default();
            let layers = layers(&estate, &request)
                .map_err(|nobody| Failure::new(format!("error: {nobody}")))?;
            (Policies { not_principal: args.decision.into(), ..layers }, Some(estate))
        }
    };
    let mut policies = policies;
    files::one_form(&mut [&mut policies], None)?;
    policies.has_values(&request).map_err(|wrong| Failure::new(format!("error: {wrong}")))?;
    let question = Question::Eval { policies, request, estate: estate.as_ref() };
    setup::answer(&service, &question, args.format, io)
}

/// `keyaki can`
pub fn can(args: CanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options: ReadOptions = args.read.into();
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    setup.service.allow_vacuous = args.vacuous.allow_vacuous;
    setup.over(args.values);
    let (scope, why) = (files::scope(&args.scope, std::mem::take(&mut setup.own))?, args.why);
    if let Some(path) = &args.batch {
        let not_principal = args.decision.into();
        let documents = Documents::read_with(options);
        let lines = Lines { what: What::Can { why }, documents, not_principal, scope };
        return setup.batch(path, &lines, args.format, io);
    }
    let others = args.policies.all().next().is_some();
    if let Some(one) = estates::one(&args.estate, &options, others, io)? {
        if args.values.values.is_some() {
            return Err(Failure::new(
                "error: `--for` is about policies with parameters, and those of an estate have none; leave it out",
            ));
        }
        let shape = files::shape(&args.shape, scope, &options, setup.service.requests, io)?;
        one.asks(&shape)?;
        let (estate, subject) = (&one.estate, one.subject()?);
        let not_principal = args.decision.into();
        let question = Question::CanAs(CanAs { estate, subject, shape, not_principal, why });
        return setup.answer(&question, args.format, io);
    }
    let mut policies = files::policies(&args.policies, args.decision, &options, io)?;
    let mut shape = files::shape(&args.shape, scope, &options, setup.service.requests, io)?;
    files::one_form(&mut [&mut policies], Some(&mut shape))?;
    setup.answer(&Question::Can { policies, shape, why }, args.format, io)
}

/// `keyaki compare`
pub fn compare(args: CompareArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options: ReadOptions = args.read.into();
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    setup.service.allow_vacuous = args.vacuous.allow_vacuous;
    setup.over(args.values);
    let scope = files::scope(&args.scope, std::mem::take(&mut setup.own))?;
    let (only, why) = (args.only.map(Into::into), args.why);
    if let Some(path) = &args.batch {
        let not_principal = args.decision.into();
        let documents = Documents::read_with(options);
        let what = What::Compare { only, why };
        let lines = Lines { what, documents, not_principal, scope };
        return setup.batch(path, &lines, args.format, io);
    }
    let mut side = |path: Option<PathBuf>| {
        let path = path.unwrap_or_default();
        pair_side(&path, args.kind, &args.layers, args.decision, &options, io)
    };
    let (mut old, mut new) = (side(args.old)?, side(args.new)?);
    let requests = setup.service.requests;
    let one = estates::one(&args.estate, &options, false, io)?;
    let mut shape = match &one {
        None => files::shape_if_given(&args.shape, scope, &options, requests, io)?,
        Some(one) => {
            let subject = one.subject()?;
            let beside = subject.beside(&one.estate).ok_or_else(|| {
                Failure::new("error: `--as`: policies can be attached to users and roles only")
            })?;
            files::beside(&mut old, &beside, &one.name)?;
            files::beside(&mut new, &beside, &one.name)?;
            let mut shape = files::shape(&args.shape, scope, &options, requests, io)?;
            one.asks(&shape)?;
            ask_as(subject, &one.estate, &mut shape);
            Some(shape)
        }
    };
    files::one_form(&mut [&mut old, &mut new], shape.as_mut())?;
    let estate = one.as_ref().map(|one| &one.estate);
    let question = Question::Compare { old, new, shape, only, why, estate };
    setup.answer(&question, args.format, io)
}

/// One side of a comparison: what its file holds, and what stands beside both.
pub fn pair_side(
    path: &Path,
    kind: PairKind,
    layers: &LayerArgs,
    decision: DecisionArgs,
    options: &ReadOptions,
    io: &mut Io<'_>,
) -> Result<Policies, Failure> {
    let mut set =
        Policies { not_principal: decision.into(), ..files::policy_file(path, kind, options, io)? };
    files::add_layers(&mut set, layers, options, io)?;
    Ok(set)
}
