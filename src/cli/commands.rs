//! `eval`, `can`, `compare`, `encode` and `validate`.

use super::args::{CanArgs, CompareArgs, DecisionArgs, EncodeCommand, EngineArgs, EvalArgs, Format, LayerArgs, PairKind, ValidateArgs};
use super::engines;
use super::files;
use super::lines::{self, LineError};
use super::notes;
use super::project;
use super::world;
use super::{Ending, Failure, Io, read as reading};
use keyaki_iam::diagnostic::codes;
use keyaki_iam::diagnostic::{self, Diagnostic};
use keyaki_iam::environment::Policies;
use keyaki_iam::input::{self, Loaded};
use keyaki_iam::json::JsonValue;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::{self, ReadOptions};
use keyaki_iam::request::Request;
use keyaki_iam::shape::{Own, Scope, Shape};
use keyaki_iam::source::Source;
use keyaki_iam::visible;
use keyaki_questions::compare::{self, Comparison};
use keyaki_questions::query::{Account, Answer, Query, QueryError, Verdict};
use keyaki_reports::{human, json};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};

impl From<QueryError> for LineError {
    fn from(error: QueryError) -> Self {
        Self::new(lines::INTERNAL, engines::report(&error).0)
    }
}

/// `keyaki eval`
pub fn eval(args: EvalArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = args.read.into();
    if let Some(path) = &args.batch {
        lines::only_json(args.format)?;
        return lines::batch(path, &options, true, io, &|line, id| {
            let policies = line_policies(line, "policies", &options, PairKind::Identity, args.decision)?;
            let request = input::request(line.member("request")?, &line.source, "request")?;
            Ok((eval_json(id, &policies, &request), Ending::NothingFound))
        });
    }
    let policies = files::policies(&args.policies, args.decision, &options, io)?;
    let source = reading::text(&args.request.unwrap_or_default())?;
    let read = input::parse(&source, &options).and_then(|value| input::request(&value, &source, ""));
    let request = files::accept(read.map(|value| Loaded { value, warnings: Vec::new() }), io)?;
    match args.format.unwrap_or_default() {
        Format::Json => io.out.answer(eval_json(&Value::Null, &policies, &request))?,
        Format::Human => {
            let account = Account::of(&policies, &request);
            write!(io.out, "{}", human::eval(&account, &notes::notes(&policies, &account, &request)))?;
        }
    }
    Ok(Ending::NothingFound)
}

fn eval_json(id: &Value, policies: &Policies, request: &Request) -> Value {
    let account = Account::of(policies, request);
    json::eval(id, &account, &notes::notes(policies, &account, request))
}

fn line_policies(
    line: &lines::Line,
    member: &str,
    options: &ReadOptions,
    kind: PairKind,
    decision: DecisionArgs,
) -> Result<Policies, LineError> {
    let read = input::policies(line.member(member)?, &line.source, options, member, kind.into())?.value;
    Ok(Policies { not_principal: decision.into(), ..read })
}

/// `keyaki can`
pub fn can(args: CanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = args.read.into();
    let (solver, limits) = engines::solver(&args.engine.engine, args.engine.timeout)?;
    let project = project::find(&args.project)?;
    let requests = world::requests(args.engine.requests, &args.engine.world, project.as_ref().map(|found| &found.project))?;
    let told = project::told(project.as_ref(), &args.engine.world.partition, |project| world::assumed(&args.engine.world, project))?;
    let scope = files::scope(&args.scope, project::own(project.as_ref()))?;
    let ask = |policies: &Policies, shape: &Shape| -> Result<_, QueryError> {
        let query = Query { shape: Some(shape), unlike: None, allowed_by: vec![policies], refused_by: Vec::new(), requests };
        // The answer and why together: twice the timeout.
        let limits = limits.lasting(4);
        let verdict = query.ask(&solver, &limits)?;
        let asked = args.why && matches!(verdict.answer, Answer::No);
        let why = asked.then(|| Ok::<_, QueryError>((query.obstacles(&solver, &limits)?, query.beyond(&solver, &limits)?))).transpose()?;
        Ok((verdict, why))
    };
    if let Some(path) = &args.batch {
        lines::only_json(args.format)?;
        let ending = lines::batch(path, &options, false, io, &|line, id| {
            let policies = line_policies(line, "policies", &options, PairKind::Identity, args.decision)?;
            let shape = input::shape(line.member("statement")?, &line.source, &options, "statement")?.value;
            let shape = Shape { scope: lines::scope(line, &scope)?, ..shape };
            let (verdict, why) = ask(&policies, &shape)?;
            Ok((json::can(id, &verdict, requests, told.as_ref(), why.as_ref()), verdict_ending(&verdict)))
        })?;
        engines::statistics(args.engine.stats, &solver, io);
        return Ok(ending);
    }
    let policies = files::policies(&args.policies, args.decision, &options, io)?;
    let shape = files::shape(&args.shape, scope, &options, io)?;
    let (verdict, why) = ask(&policies, &shape).map_err(|error| engines::report(&error))?;
    match args.format.unwrap_or_default() {
        Format::Json => io.out.answer(json::can(&Value::Null, &verdict, requests, told.as_ref(), why.as_ref()))?,
        Format::Human => write!(io.out, "{}", human::can(&verdict, requests, told.as_ref(), why.as_ref()))?,
    }
    engines::statistics(args.engine.stats, &solver, io);
    Ok(verdict_ending(&verdict))
}

fn verdict_ending(verdict: &Verdict) -> Ending {
    match verdict.answer {
        Answer::Yes(_) => Ending::Found,
        Answer::No => Ending::NothingFound,
        Answer::Unknown(_) => Ending::Unknown,
    }
}

/// `keyaki compare`
pub fn compare(args: CompareArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = args.read.into();
    let EngineArgs { engine, timeout, stats, requests, world } = args.engine;
    let (solver, limits) = engines::solver(&engine, timeout)?;
    let project = project::find(&args.project)?;
    let requests = world::requests(requests, &world, project.as_ref().map(|found| &found.project))?;
    let told = project::told(project.as_ref(), &world.partition, |project| world::assumed(&world, project))?;
    let (only, scope) = (args.only.map(Into::into), files::scope(&args.scope, project::own(project.as_ref()))?);
    let ask = |old: &Policies, new: &Policies, shape: Option<&Shape>| -> Result<_, QueryError> {
        // For each direction the answer and why together: twice the timeout.
        let limits = limits.lasting(if only.is_some() { 4 } else { 8 });
        let comparison = compare::compare(old, new, shape, requests, only, &solver, &limits)?;
        let beyond = if args.why { compare::beyond(&comparison, [old, new], shape, requests, &solver, &limits)? } else { Vec::new() };
        Ok((comparison, beyond))
    };
    if let Some(path) = &args.batch {
        lines::only_json(args.format)?;
        let ending = lines::batch(path, &options, false, io, &|line, id| {
            let kind = line_kind(line)?;
            let side = |member| line_policies(line, member, &options, kind, args.decision);
            let (old, new) = (side("old")?, side("new")?);
            let shape = line_shape(line, lines::scope(line, &scope)?, &options)?;
            let (comparison, beyond) = ask(&old, &new, shape.as_ref())?;
            Ok((json::compare(id, &comparison, requests, told.as_ref(), &beyond), comparison_ending(&comparison)))
        })?;
        engines::statistics(stats, &solver, io);
        return Ok(ending);
    }
    let mut side = |path: Option<PathBuf>| pair_side(&path.unwrap_or_default(), args.kind, &args.layers, args.decision, &options, io);
    let (old, new) = (side(args.old)?, side(args.new)?);
    let shape = files::shape_if_given(&args.shape, scope, &options, io)?;
    let (comparison, beyond) = ask(&old, &new, shape.as_ref()).map_err(|error| engines::report(&error))?;
    match args.format.unwrap_or_default() {
        Format::Json => io.out.answer(json::compare(&Value::Null, &comparison, requests, told.as_ref(), &beyond))?,
        Format::Human => write!(io.out, "{}", human::compare(&comparison, requests, told.as_ref(), &beyond))?,
    }
    engines::statistics(stats, &solver, io);
    Ok(comparison_ending(&comparison))
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
    let mut set = Policies { not_principal: decision.into(), ..files::policy_file(path, kind, options, io)? };
    files::add_layers(&mut set, layers, options, io)?;
    Ok(set)
}

/// The shape of a line that compares, if it has one: its `statement`, and its scope.
fn line_shape(line: &lines::Line, scope: Scope, options: &ReadOptions) -> Result<Option<Shape>, LineError> {
    let read = match line.value.member("statement") {
        None if scope == Scope::default() => return Ok(None),
        None => {
            let nothing = Source::new("no statement", "{}");
            input::parse(&nothing, options).and_then(|value| input::shape(&value, &nothing, options, ""))
        }
        Some(statement) => input::shape(statement, &line.source, options, "statement"),
    };
    Ok(Some(Shape { scope, ..read?.value }))
}

/// What single documents of a line are: identity-based policies unless it says otherwise.
fn line_kind(line: &lines::Line) -> Result<PairKind, LineError> {
    match line.value.member("kind").map(JsonValue::as_str) {
        None | Some(Some("identity")) => Ok(PairKind::Identity),
        Some(Some("resource")) => Ok(PairKind::Resource),
        Some(_) => Err(LineError::new(codes::UNKNOWN_KIND, "`kind` is `identity` or `resource`")),
    }
}

pub(super) fn comparison_ending(comparison: &Comparison) -> Ending {
    if comparison.differs() {
        Ending::Found
    } else if comparison.unknown().is_some() {
        Ending::Unknown
    } else {
        Ending::NothingFound
    }
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
        EncodeCommand::Compare { old, new, kind, layers, shape, scope, only, read, decision, requests, world } => {
            let options = read.into();
            let mut side = |path: &Path| pair_side(path, kind, &layers, decision, &options, io);
            let (old, new) = (side(&old)?, side(&new)?);
            let shape = files::shape_if_given(&shape, files::scope(&scope, Own::default())?, &options, io)?;
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
    let mut rejected = false;
    for path in &args.files {
        let source = reading::text(path)?;
        let findings = read::read(&source, Kind::from(args.kind), &options).diagnostics;
        rejected |= findings.iter().any(Diagnostic::is_error);
        print_findings(&source, &findings, args.format, io)?;
    }
    Ok(if rejected { Ending::Found } else { Ending::NothingFound })
}

fn print_findings(source: &Source, findings: &[Diagnostic], format: Format, io: &mut Io<'_>) -> Result<(), Failure> {
    match format {
        Format::Json => {
            for finding in findings {
                io.out.answer(json::finding(finding))?;
            }
        }
        Format::Human if findings.is_empty() => writeln!(io.out, "{}: valid", visible::visible(source.name()))?,
        Format::Human => writeln!(io.out, "{}", diagnostic::render(findings).trim_end())?,
    }
    Ok(())
}
