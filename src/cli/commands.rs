//! `eval`, `can`, `compare`, `encode` and `validate`.

use super::args::{
    CanArgs, CompareArgs, DecisionArgs, EncodeCommand, EngineArgs, EvalArgs, Format, LayerArgs,
    PairKind, ProjectArgs, ValidateArgs,
};
use super::documents::{self, Document, Unread};
use super::engines;
use super::files;
use super::lines;
use super::project;
use super::world;
use super::{Ending, Failure, Io, read as reading};
use keyaki_engines::engine::Limits;
use keyaki_iam::finding::{self, Finding};
use keyaki_iam::input::{self, Loaded};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::{ReadOptions, seems};
use keyaki_iam::shape::{Own, Scope};
use keyaki_iam::visible;
use keyaki_questions::compare;
use keyaki_questions::query::{Query, Requests};
use keyaki_reports::json;
use keyaki_service::{Lines, Question, Says, Service, What};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

/// `keyaki eval`
pub fn eval(args: EvalArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options: ReadOptions = args.read.into();
    // No engine is asked, and every request counts.
    let (solver, limits) = engines::solver("finite", Limits::default().timeout)?;
    let service = Service { solver, limits, requests: Requests::Any, project: None };
    if let Some(path) = &args.batch {
        lines::only_json(args.format)?;
        let lines = Lines {
            what: What::Eval,
            options,
            not_principal: args.decision.into(),
            scope: Scope::default(),
        };
        return lines::batch(path, &lines, &service, io);
    }
    let policies = files::policies(&args.policies, args.decision, &options, io)?;
    let source = reading::text(&args.request.unwrap_or_default())?;
    let read =
        input::parse(&source, &options).and_then(|value| input::request(&value, &source, ""));
    let request = files::accept(read.map(|value| Loaded { value, warnings: Vec::new() }), io)?;
    answer(&service, &Question::Eval { policies, request }, args.format, io)
}

/// Asks, and prints the answer.
pub(super) fn answer(
    service: &Service<'_>,
    question: &Question<'_>,
    format: Option<Format>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let answer = service.ask(question).map_err(|error| engines::report(&error))?;
    match format.unwrap_or_default() {
        Format::Json => io.out.answer(service.json(&Value::Null, &answer))?,
        Format::Human => write!(io.out, "{}", service.text(&answer))?,
    }
    Ok(answer.says().into())
}

impl From<Says> for Ending {
    fn from(says: Says) -> Self {
        match says {
            Says::Nothing => Self::NothingFound,
            Says::Found => Self::Found,
            Says::Unknown => Self::Unknown,
        }
    }
}

/// Who answers, as the flags say it, and what is had of own accounts.
pub(super) fn service(
    engine: &EngineArgs,
    project: &ProjectArgs,
) -> Result<(Service<'static>, Own), Failure> {
    let (solver, limits) = engines::solver(&engine.engine, engine.timeout)?;
    let project = project::find(project)?;
    let requests = world::requests(
        engine.requests,
        &engine.world,
        project.as_ref().map(|found| &found.project),
    )?;
    let told = project::told(project.as_ref(), &engine.world.partition, |project| {
        world::assumed(&engine.world, project)
    })?;
    Ok((Service { solver, limits, requests, project: told }, project::own(project.as_ref())))
}

/// `keyaki can`
pub fn can(args: CanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options: ReadOptions = args.read.into();
    let (service, own) = service(&args.engine, &args.project)?;
    let scope = files::scope(&args.scope, own)?;
    let ending = if let Some(path) = &args.batch {
        lines::only_json(args.format)?;
        let what = What::Can { why: args.why };
        lines::batch(
            path,
            &Lines { what, options, not_principal: args.decision.into(), scope },
            &service,
            io,
        )?
    } else {
        let policies = files::policies(&args.policies, args.decision, &options, io)?;
        let shape = files::shape(&args.shape, scope, &options, io)?;
        answer(&service, &Question::Can { policies, shape, why: args.why }, args.format, io)?
    };
    engines::statistics(args.engine.stats, &service.solver, io);
    Ok(ending)
}

/// `keyaki compare`
pub fn compare(args: CompareArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options: ReadOptions = args.read.into();
    let (service, own) = service(&args.engine, &args.project)?;
    let (only, scope) = (args.only.map(Into::into), files::scope(&args.scope, own)?);
    let ending = if let Some(path) = &args.batch {
        lines::only_json(args.format)?;
        let what = What::Compare { only, why: args.why };
        lines::batch(
            path,
            &Lines { what, options, not_principal: args.decision.into(), scope },
            &service,
            io,
        )?
    } else {
        let mut side = |path: Option<PathBuf>| {
            pair_side(
                &path.unwrap_or_default(),
                args.kind,
                &args.layers,
                args.decision,
                &options,
                io,
            )
        };
        let (old, new) = (side(args.old)?, side(args.new)?);
        let shape = files::shape_if_given(&args.shape, scope, &options, io)?;
        answer(
            &service,
            &Question::Compare { old, new, shape, only, why: args.why },
            args.format,
            io,
        )?
    };
    engines::statistics(args.engine.stats, &service.solver, io);
    Ok(ending)
}

/// One side of a comparison: what its file holds, and what stands beside both.
fn pair_side(
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

/// `keyaki encode`
pub fn encode(command: EncodeCommand, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let (shape, allowed, refused, (requests, world)) = match command {
        EncodeCommand::Can { policies, shape, scope, read, decision, requests, world } => {
            let options = read.into();
            (
                Some(files::shape(&shape, files::scope(&scope, Own::default())?, &options, io)?),
                files::policies(&policies, decision, &options, io)?,
                None,
                (requests, world),
            )
        }
        EncodeCommand::Compare {
            old,
            new,
            kind,
            layers,
            shape,
            scope,
            only,
            read,
            decision,
            requests,
            world,
        } => {
            let options = read.into();
            let mut side = |path: &Path| pair_side(path, kind, &layers, decision, &options, io);
            let (old, new) = (side(&old)?, side(&new)?);
            let shape =
                files::shape_if_given(&shape, files::scope(&scope, Own::default())?, &options, io)?;
            match only.into() {
                compare::Direction::Added => (shape, new, Some(old), (requests, world)),
                compare::Direction::Removed => (shape, old, Some(new), (requests, world)),
            }
        }
    };
    let query = Query {
        shape: shape.as_ref(),
        unlike: None,
        allowed_by: vec![&allowed],
        refused_by: refused.iter().collect(),
        requests: world::requests(requests, &world, None)?,
    };
    write!(io.out, "{}", query.script()?)?;
    Ok(Ending::NothingFound)
}

/// `keyaki validate`
pub fn validate(args: ValidateArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = ReadOptions { lenient_sids: false, supported_only: true, ..args.read.into() };
    let (mut rejected, mut wrong, mut shown) = (false, false, false);
    for path in documents::files(&args.files) {
        let document = path.and_then(|path| documents::open(&path, args.kind, &options));
        let Document { opened, kind } = match document {
            Ok(document) => document,
            Err(unread) => {
                wrong = true;
                match unread {
                    Unread::Failed(Failure(message)) => {
                        _ = writeln!(io.err, "{}", message.trim_end())
                    }
                    Unread::Other(findings) => print_findings(&findings, args.format, io)?,
                }
                continue;
            }
        };
        let findings = opened.read(kind, &options).diagnostics;
        let invalid = findings.iter().any(Finding::is_error);
        rejected |= invalid;
        print_findings(&findings, args.format, io)?;
        if args.format == Format::Human && !invalid {
            shown |= args.kind.is_none() && !opened.is_told() && kind != Kind::Trust;
            let name = visible::visible(opened.source().name());
            writeln!(io.out, "{name}: valid as {}", seems::name(kind))?;
        }
    }
    if shown {
        writeln!(io.out, "{}", documents::SHOWN)?;
    }
    Ok(match (wrong, rejected) {
        (true, _) => Ending::WrongInput,
        (false, true) => Ending::Found,
        (false, false) => Ending::NothingFound,
    })
}

fn print_findings(findings: &[Finding], format: Format, io: &mut Io<'_>) -> Result<(), Failure> {
    match format {
        Format::Json => {
            for finding in findings {
                io.out.answer(json::finding(finding))?;
            }
        }
        Format::Human if findings.is_empty() => {}
        Format::Human => writeln!(io.out, "{}", finding::render(findings).trim_end())?,
    }
    Ok(())
}
