//! `can --call`: questions about API calls.

use super::args::{CallArgs, CanArgs, Format, ShapeArgs};
use super::{Ending, Failure, Io, engines, files, world};
use crate::calls::{self, Call, Calls, Scope};
use crate::environment::Policies;
use crate::input;
use crate::policy::Kind;
use crate::policy::read::ReadOptions;
use crate::query::{CallAnswer, CallQuery, Filter, PATH};
use crate::report;
use crate::shape::Shape;

/// What `--call` takes besides the names of calls.
const LIST: &str = "list";

/// `keyaki can --call`
pub fn can(args: &CanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let known = Calls::embedded()?;
    let name = args.call.call.as_deref().unwrap_or_default();
    if name == LIST {
        match args.format {
            Format::Human => write!(io.out, "{}", report::call::list(known))?,
            Format::Json => writeln!(io.out, "{}", report::call::list_json(known))?,
        }
        return Ok(Ending::NothingFound);
    }
    let call = find(known, name).map_err(Failure)?;
    refuse_shapes(&args.shape)?;
    let filters = filters(&args.call)?;
    check_filters(call, &filters).map_err(Failure)?;
    let options: ReadOptions = args.read.into();
    let (solver, limits) = engines::solver(&args.engine.engine, args.engine.timeout)?;
    let requests = world::requests(args.engine.requests, &args.engine.world)?;
    let policies = files::policies(&args.policies, args.decision, &options, io)?;
    check_policies(&policies).map_err(Failure)?;
    let shape = files::shape(&args.shape, &options, io)?;
    check_conditions(&shape)?;
    let role = role(call, &args.call, &policies, &options, io)?;
    let query = CallQuery { call, policies: &policies, role: role.as_ref(), shape: Some(&shape), filters: &filters, requests };
    let verdict = query.ask(&solver, &limits).map_err(|error| engines::report(&error))?;
    match args.format {
        Format::Json => writeln!(io.out, "{}", report::call::json(call, &filters, &verdict, requests))?,
        Format::Human => write!(io.out, "{}", report::call::human(call, &filters, &verdict, requests))?,
    }
    Ok(match verdict.answer {
        CallAnswer::Yes(_) => Ending::Found,
        CallAnswer::No => Ending::NothingFound,
        CallAnswer::Unknown(_) => Ending::Unknown,
    })
}

/// The call of that name.
pub fn find<'a>(known: &'a Calls, name: &str) -> Result<&'a Call, String> {
    known.find(name).ok_or_else(|| {
        let near: Vec<String> = known.nearest(name).into_iter().map(|name| format!("`{name}`")).collect();
        let help = match near.as_slice() {
            [] => "`keyaki can --call list` shows those that there are; a single authorization is asked about with `--action`".to_owned(),
            near => format!("did you mean {}?", near.join(" or ")),
        };
        format!("error: there is no call `{name}`; {help}")
    })
}

/// Every variable that is filtered is one of the call, and some path is left to ask about.
pub fn check_filters(call: &Call, filters: &[Filter]) -> Result<(), String> {
    let variables = call.variables();
    let known = |filter: &Filter| filter.variable == PATH || variables.contains_key(filter.variable.as_str());
    let Some(wrong) = filters.iter().find(|filter| !known(filter)) else {
        let paths: String = call.paths.iter().map(|path| format!("\n  {}", path.name)).collect();
        let nothing = format!("error: the filters leave no path of the call `{}` to ask about; its paths are{paths}", call.name);
        return if CallQuery::is_vacuous(call, filters) { Err(nothing) } else { Ok(()) };
    };
    let names: Vec<String> = variables.keys().chain([&PATH]).map(|name| format!("`{name}`")).collect();
    Err(format!("error: `{wrong}`: the call `{}` has no variable `{}`; it has {}", call.name, wrong.variable, names.join(", ")))
}

/// What a question about a call cannot be asked of.
pub fn check_policies(policies: &Policies) -> Result<(), String> {
    match &policies.resource {
        Some(policy) => Err(format!(
            "error: `{}`: a resource-based policy belongs to one resource, and a call asks for several; ask about the authorization on that resource with `--action` and `--resource`",
            policy.name
        )),
        None => Ok(()),
    }
}

/// Reads one filter.
pub fn filter(text: &str) -> Result<Filter, String> {
    Filter::parse(text).ok_or_else(|| format!("error: `{text}` is no filter; write `VARIABLE=PATTERN` or `VARIABLE!=PATTERN`"))
}

fn filters(args: &CallArgs) -> Result<Vec<Filter>, Failure> {
    let model = |negated: bool| move |pattern: &String| Filter { variable: "Model".to_owned(), pattern: pattern.clone(), negated };
    let mut filters: Vec<Filter> = args.model_like.iter().map(model(false)).chain(args.model_not_like.iter().map(model(true))).collect();
    for text in &args.filter {
        filters.push(filter(text).map_err(Failure)?);
    }
    Ok(filters)
}

/// The call says what is asked for.
fn refuse_shapes(args: &ShapeArgs) -> Result<(), Failure> {
    let ShapeArgs { action, not_action, resource, not_resource, principal: _, not_principal: _, condition: _, statement } = args;
    let given = [
        ("--action", !action.is_empty()),
        ("--not-action", !not_action.is_empty()),
        ("--resource", !resource.is_empty()),
        ("--not-resource", !not_resource.is_empty()),
        ("--statement", statement.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => Err(Failure(format!(
            "error: `{flag}` makes no sense with `--call`, which says what is asked for; `--where 'VARIABLE=PATTERN'` narrows a call"
        ))),
        None => Ok(()),
    }
}

/// Conditions speak of what all authorizations of a call have in common.
fn check_conditions(shape: &Shape) -> Result<(), Failure> {
    match shape.keys().find(|key| !matches!(calls::scope(key), Scope::Session | Scope::Way)) {
        Some(key) => Err(Failure(format!(
            "error: `--condition` on `{}` makes no sense with `--call`: the authorizations of a call differ in it",
            key.text()
        ))),
        None => Ok(()),
    }
}

/// The policies of the service role, where they are given.
fn role(call: &Call, args: &CallArgs, caller: &Policies, options: &ReadOptions, io: &mut Io<'_>) -> Result<Option<Policies>, Failure> {
    if args.service_role.is_empty() {
        return Ok(None);
    }
    if !call.needs_role() {
        return Err(Failure(format!("error: `--service-role`: the call `{}` needs no service role", call.name)));
    }
    let mut identity = Vec::new();
    for path in &args.service_role {
        let source = files::text(path)?;
        identity.push(files::accept(input::document(&source, options, Kind::Identity), io)?);
    }
    Ok(Some(CallQuery::service_role(identity, caller)))
}
