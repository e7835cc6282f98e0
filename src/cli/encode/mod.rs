//! `keyaki encode`: one script of a question, or those that are decided for it.

mod folder;

use super::args::{
    AnswerArgs, CaveatsArg, DecidedArgs, EncodeCanArgs, EncodeCheckArgs, EncodeCommand,
    EncodeCompareArgs, MeaningArgs, RequestsArg, SolverArgs, WorldArgs,
};
use super::call::{self, Asking};
use super::check::Loading;
use super::commands::pair_side;
use super::setup::{Flags, Setup};
use super::{Ending, Failure, Io, args, engines, files};
use folder::{Folder, Told};
use keyaki_engines::engine::Limits;
use keyaki_iam::layers::Policies;
use keyaki_questions::claims::{self, Checked, Outcome};
use keyaki_questions::compare::Direction;
use keyaki_questions::query::{CallAnswer, CallQuery, Found, Query, find_call};
use keyaki_reports::answers::Question as Restated;
use keyaki_reports::claims as report;
use std::io::Write;
use std::path::Path;

/// Behind the one script: what nobody can ask for after "unsat" is not in it.
const END: &str = "; after \"sat\", (get-model) in place of this line prints a model\n(exit)\n";

/// `keyaki encode`; `place` is the folder that gets the scripts that are decided.
pub fn encode(
    command: EncodeCommand,
    place: Option<&Path>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    match command {
        EncodeCommand::Can(args) if args.call.is_some() => of_call(&args, place, io),
        EncodeCommand::Can(args) => of_can(*args, place, io),
        EncodeCommand::Compare(args) => of_compare(*args, place, io),
        EncodeCommand::Check(args) => of_claims(&args, place, io),
    }
}

/// Who decides.
fn setup(
    args: &DecidedArgs,
    requests: RequestsArg,
    world: &WorldArgs,
    project: &args::ProjectArgs,
    io: &mut Io<'_>,
) -> Result<Setup, Failure> {
    let solver = SolverArgs {
        engine: args.engine.clone().unwrap_or_else(|| "auto".to_owned()),
        timeout: args.timeout.unwrap_or(Limits::default().timeout),
        stats: false,
    };
    let answer = AnswerArgs { caveats: CaveatsArg::default() };
    Setup::of(Flags::new(&solver, requests, world, &answer), Some(project), io)
}

impl MeaningArgs {
    fn setup(&self, io: &mut Io<'_>) -> Result<Setup, Failure> {
        setup(&self.decided, self.requests, &self.world, &self.project, io)
    }
}

fn of_can(args: EncodeCanArgs, place: Option<&Path>, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut setup = args.meaning.setup(io)?;
    let (options, requests) = (args.meaning.read.into(), setup.service.requests);
    let scope = files::scope(&args.scope, std::mem::take(&mut setup.own))?;
    let mut shape = files::shape(&args.shape, scope, &options, requests, io)?;
    let mut policies = files::policies(&args.policies, args.meaning.decision, &options, io)?;
    files::one_form(&mut [&mut policies], Some(&mut shape))?;
    let asked = setup.service.asking.question("can", Some(requests));
    let asked = asked.of_shape(Some(&shape)).of_policies(None, &policies);
    let query = Query::allowed(&policies, &shape, requests);
    let name = "can".to_owned();
    of_query(
        &query,
        Told { name, asked, direction: None },
        (&setup, &args.meaning.decided, place),
        io,
    )
}

fn of_compare(
    args: EncodeCompareArgs,
    place: Option<&Path>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let mut setup = args.meaning.setup(io)?;
    let (options, requests) = (args.meaning.read.into(), setup.service.requests);
    let mut side =
        |path: &Path| pair_side(path, args.kind, &args.layers, args.meaning.decision, &options, io);
    let (mut old, mut new) = (side(&args.old)?, side(&args.new)?);
    let scope = files::scope(&args.scope, std::mem::take(&mut setup.own))?;
    let mut shape = files::shape_if_given(&args.shape, scope, &options, requests, io)?;
    files::one_form(&mut [&mut old, &mut new], shape.as_mut())?;
    let direction: Direction = args.only.into();
    let asked = setup.service.asking.question("compare", Some(requests));
    let asked = asked.of_shape(shape.as_ref());
    let asked = asked.of_policies(Some("old"), &old).of_policies(Some("new"), &new);
    let (allows, refuses): (&Policies, &Policies) = match direction {
        Direction::Added => (&new, &old),
        Direction::Removed => (&old, &new),
    };
    let query = Query {
        shape: shape.as_ref(),
        within: &[],
        unlike: &[],
        allowed_by: vec![allows],
        refused_by: vec![refuses],
        requests,
    };
    let told = Told { name: direction.word().to_owned(), asked, direction: Some(direction) };
    of_query(&query, told, (&setup, &args.meaning.decided, place), io)
}

/// The one script of a query, or those that are decided for it.
fn of_query(
    query: &Query<'_>,
    told: Told,
    (setup, args, place): (&Setup, &DecidedArgs, Option<&Path>),
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let Some(place) = place else {
        let mut script = query.script()?;
        script.comment(&folder::project_comment(setup));
        write!(io.out, "{}{}", script.check(), END)?;
        return Ok(Ending::NothingFound);
    };
    let folder = Folder::new(place, setup, args)?;
    folder.begin(told);
    let found = query.find(&folder.solver, &setup.service.limits);
    let (answer, reason) = match found.map_err(|error| engines::report(&error))? {
        Found::Request(_) => ("yes", None),
        Found::Nothing => ("no", None),
        Found::Unknown(reason) => ("unknown", Some(reason)),
    };
    folder.end(answer, reason.as_ref())?;
    folder.finish()
}

fn of_call(args: &EncodeCanArgs, place: Option<&Path>, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let name = args.call.as_deref().unwrap_or_default();
    let known = &call::known(&args.way.which, name)?;
    let call = find_call(known, name).map_err(call::wrong)?;
    call::refuse_shapes(&args.shape)?;
    let Some(place) = place else { return Err(needs_folder("the paths of a call")) };
    let mut setup = args.meaning.setup(io)?;
    let asking = Asking {
        policies: &args.policies,
        way: &args.way,
        shape: &args.shape,
        scope: &args.scope,
        read: args.meaning.read,
        decision: args.meaning.decision,
    };
    let question = asking.question(call, &mut setup, io)?;
    let query = CallQuery {
        call,
        policies: &question.policies,
        role: question.role.as_ref(),
        shape: question.shape.as_ref(),
        filters: &question.filters,
        spots: &[],
        requests: setup.service.requests,
    };
    query.check().map_err(|error| engines::report(&error.into()))?;
    let asked = setup.service.asking.question("call", Some(setup.service.requests));
    let asked = Restated {
        call: Some(call.name.clone()),
        filters: question.filters.iter().map(ToString::to_string).collect(),
        ..asked.of_shape(question.shape.as_ref()).of_policies(None, &question.policies)
    };
    let asked = match &question.role {
        Some(role) => asked.of_policies(Some("serviceRole"), role),
        None => asked,
    };
    let folder = Folder::new(place, &setup, &args.meaning.decided)?;
    folder.begin(Told { name: "call".to_owned(), asked, direction: None });
    let (solver, limits) = (&folder.solver, &setup.service.limits);
    let verdict = if question.every_path {
        query.ask_all(solver, limits).map(|(verdict, _)| verdict)
    } else {
        query.ask(solver, limits)
    };
    let (answer, reason) = match verdict.map_err(|error| engines::report(&error))?.answer {
        CallAnswer::Yes(_) => ("yes", None),
        CallAnswer::No => ("no", None),
        CallAnswer::Unknown(reason) => ("unknown", Some(reason)),
    };
    folder.end(answer, reason.as_ref())?;
    folder.finish()
}

fn of_claims(
    args: &EncodeCheckArgs,
    place: Option<&Path>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let Some(place) = place else { return Err(needs_folder("the questions of claims")) };
    let feasible = RequestsArg::Feasible;
    let mut setup = setup(&args.decided, feasible, &args.world, &args.project, io)?;
    let loading = Loading {
        world: setup.exists.world()?,
        read: args.read,
        decision: args.decision,
        managed: args.managed.clone(),
        own: std::mem::take(&mut setup.own),
        allow_vacuous: true,
    };
    let (mut claims, failures) = loading.claims(&args.files);
    claims.retain(|claim| {
        args.filter.as_ref().is_none_or(|filter| claim.name.contains(filter.as_str()))
    });
    let mut ending = Ending::NothingFound;
    let unread = !failures.is_empty();
    for (_, wrong) in failures {
        ending = Ending::WrongInput;
        _ = writeln!(io.err, "{}", wrong.told().trim_end());
    }
    if claims.is_empty() {
        let none = Failure::new("error: there is no claim to check");
        return if unread { Ok(ending) } else { Err(none) };
    }
    let folder = Folder::new(place, &setup, &args.decided)?;
    for claim in &claims {
        let asked = report::question(claim, &setup.service.asking);
        folder.begin(Told { name: claim.name.clone(), asked, direction: None });
        let checked = claims::check(claim, &folder.solver, &setup.service.limits);
        let Checked { outcome, reason, .. } = checked.map_err(|error| engines::report(&error))?;
        let verdict = match outcome {
            Outcome::Holds => "holds",
            Outcome::Violated => "violated",
            Outcome::Unknown => "unknown",
        };
        folder.end(verdict, reason.as_ref())?;
    }
    Ok(folder.finish()?.and(ending))
}

/// Several formulas are not one script.
fn needs_folder(what: &str) -> Failure {
    Failure::new(format!(
        "error: {what} are decided one by one; `-o DIR` writes a script for each to a new folder"
    ))
}
