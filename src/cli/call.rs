//! `can --call` and `who-can --call`: questions about API calls.

use super::args::{
    ByArg, CallWayArgs, CanArgs, DecisionArgs, Format, PathsArg, PolicyArgs, ReadArgs, ScopeArgs,
    ShapeArgs, WhichCallArgs, WhoCanArgs,
};
use super::setup::Setup;
use super::{Ending, Failure, Io, files, read, who};
use keyaki_iam::calls::Calls;
use keyaki_iam::input;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Scope;
use keyaki_questions::query::{CallError, CallQuery, Filter, find_call};
use keyaki_reports::call as report;
use keyaki_service::{Call, Question, Watch, WhoCalls};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

/// What `--call` takes besides the names of calls.
const LIST: &str = "list";

/// `keyaki can --call`
pub fn can(args: &CanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let name = args.call.call.as_deref().unwrap_or_default();
    let known = &known(&args.call.way.which, name)?;
    if name == LIST {
        match args.format.unwrap_or_default() {
            Format::Human => write!(io.out, "{}", report::list(known))?,
            Format::Json => io.out.answer(report::list_json(known))?,
        }
        return Ok(Ending::NothingFound);
    }
    let call = find_call(known, name).map_err(wrong)?;
    refuse_shapes(&args.shape)?;
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    setup.service.allow_vacuous = args.vacuous.allow_vacuous;
    let asking = Asking {
        policies: &args.policies,
        way: &args.call.way,
        shape: &args.shape,
        scope: &args.scope,
        read: args.read,
        decision: args.decision,
    };
    let question = Call { why: args.why, ..asking.question(call, &mut setup, io)? };
    setup.answer(&Question::Call(question), args.format, io)
}

/// What flags say of a call.
pub struct Asking<'a> {
    /// The policies of the caller.
    pub policies: &'a PolicyArgs,
    /// Which calls, by whom on the caller's behalf, and which paths.
    pub way: &'a CallWayArgs,
    /// Who calls; the call says the rest.
    pub shape: &'a ShapeArgs,
    /// Accounts, and the way.
    pub scope: &'a ScopeArgs,
    /// How documents are read.
    pub read: ReadArgs,
    /// How policies decide.
    pub decision: DecisionArgs,
}

impl Asking<'_> {
    /// The question about this call, which is one of those that are known.
    ///
    /// # Errors
    /// When a file or a flag is wrong.
    pub fn question<'c>(
        &self,
        call: &'c keyaki_iam::calls::Call,
        setup: &mut Setup,
        io: &mut Io<'_>,
    ) -> Result<Call<'c>, Failure> {
        let scope = files::scope(self.scope, std::mem::take(&mut setup.own))?;
        refuse_resource_accounts(&scope)?;
        let filters = filters(&self.way.which)?;
        let options: ReadOptions = self.read.into();
        let mut policies = files::policies(self.policies, self.decision, &options, io)?;
        let requests = setup.service.requests;
        let mut shape = Some(files::shape(self.shape, scope, &options, requests, io)?);
        let mut role = role(&self.way.service_role, &policies, &options, io)?;
        let mut sets: Vec<&mut Policies> = [&mut policies].into_iter().chain(&mut role).collect();
        files::one_form(&mut sets, shape.as_mut())?;
        let every_path = self.way.paths == Some(PathsArg::All);
        Ok(Call { call, policies, role, shape, filters, every_path, why: false })
    }
}

/// `keyaki who-can --call`
pub fn who_can(args: &WhoCanArgs, name: &str, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let start = Instant::now();
    let known = &known(&args.which, name)?;
    let call = find_call(known, name).map_err(wrong)?;
    refuse_shapes(&args.shape)?;
    if args.by == ByArg::Resource {
        let message = "error: `--by resource` cannot be used with `--call`, whose authorizations are on several resources; each can be asked about with `--action`";
        return Err(Failure::new(message));
    }
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    setup.service.allow_vacuous = args.vacuous.allow_vacuous;
    let scope = who::scope(args)?;
    refuse_resource_accounts(&scope)?;
    let options: ReadOptions = args.read.into();
    let shape = files::shape(&args.shape, scope, &options, setup.service.requests, io)?;
    let filters = filters(&args.which)?;
    let imported = who::estate(args, &options, [&shape].into_iter(), io)?;
    let taken = || start.elapsed();
    let question = Question::WhoCalls(Box::new(WhoCalls {
        estate: &imported.estate,
        call,
        shape,
        filters,
        not_principal: args.decision.into(),
        all: args.all,
        through_roles: args.through_roles,
        watch: Watch { done: &|| (), taken: &taken },
    }));
    setup.answer(&question, Some(args.format), io)
}

/// A call says itself whose its resources are.
fn refuse_resource_accounts(scope: &Scope) -> Result<(), Failure> {
    if scope.resource_accounts.is_empty() {
        return Ok(());
    }
    let message = "error: `--resource-account` cannot be used with `--call`, whose authorizations are on resources of several accounts; `--where 'Account=ID'` narrows a call";
    Err(Failure::new(message))
}

/// The calls that are known: those of Keyaki, those of the files, and through the inference
/// profiles that are given. Where the name is one of a call, that one is enough.
pub fn known(args: &WhichCallArgs, name: &str) -> Result<Calls, Failure> {
    let mut profiles = Vec::new();
    for path in &args.profile {
        profiles.extend(input::profiles(&read::text(path)?)?);
    }
    let mut files = Vec::new();
    for path in &args.calls {
        files.push(read::text(path)?);
    }
    Ok(input::calls(&files, profiles, Some(name))?)
}

/// What was asked is wrong.
pub fn wrong(error: CallError) -> Failure {
    Failure::new(format!("error: {error}"))
}

fn filters(args: &WhichCallArgs) -> Result<Vec<Filter>, Failure> {
    let model = |negated: bool| {
        move |pattern: &String| Filter {
            variable: "Model".to_owned(),
            pattern: pattern.clone(),
            negated,
        }
    };
    let mut filters: Vec<Filter> = args
        .model_like
        .iter()
        .map(model(false))
        .chain(args.model_not_like.iter().map(model(true)))
        .collect();
    for text in &args.filter {
        filters.push(Filter::parse(text).map_err(wrong)?);
    }
    Ok(filters)
}

/// The call says what is asked for.
pub fn refuse_shapes(args: &ShapeArgs) -> Result<(), Failure> {
    let ShapeArgs {
        action,
        not_action,
        resource,
        not_resource,
        principal: _,
        not_principal: _,
        condition: _,
        statement,
    } = args;
    let given = [
        ("--action", !action.is_empty()),
        ("--not-action", !not_action.is_empty()),
        ("--resource", !resource.is_empty()),
        ("--not-resource", !not_resource.is_empty()),
        ("--statement", statement.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(Failure::new(format!(
            "error: `{flag}` cannot be used with `--call`, which says what is asked for; `--where 'VARIABLE=PATTERN'` narrows a call"
        ))),
        None => Ok(()),
    }
}

/// The policies of the service role, where they are given.
fn role(
    files: &[PathBuf],
    caller: &Policies,
    options: &ReadOptions,
    io: &mut Io<'_>,
) -> Result<Option<Policies>, Failure> {
    if files.is_empty() {
        return Ok(None);
    }
    let mut identity = Vec::new();
    for path in files {
        let source = read::text(path)?;
        identity.push(files::accept(input::document(&source, options, Kind::Identity), io)?);
    }
    Ok(Some(CallQuery::service_role(identity, caller)))
}
