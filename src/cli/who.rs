//! `keyaki who-can`

use super::args::WhoCanArgs;
use super::setup::Setup;
use super::{Ending, Failure, Io, estates, files, read};
use keyaki_iam::estate::{Entity, Estate};
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::input::{self, Rejected};
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::policy::read::{ReadOptions, closest};
use keyaki_iam::shape::{CallerPattern, Scope, Shape};
use keyaki_iam::source::{Source, Span};
use keyaki_questions::names;
use keyaki_questions::query::Requests;
use keyaki_service::{Question, Watch, WhoCan};
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

/// `keyaki who-can`
pub fn who_can(args: WhoCanArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let start = Instant::now();
    let options: ReadOptions = args.read.into();
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    setup.service.allow_vacuous = args.vacuous.allow_vacuous;
    let accounts = |flag: &str, ids: &[String]| {
        ids.iter().map(|id| files::account(flag, id)).collect::<Result<Vec<String>, Failure>>()
    };
    let scope = Scope {
        accounts: accounts("--account", &args.account)?,
        resource_accounts: accounts("--resource-account", &args.resource_account)?,
        ..Scope::default()
    };
    let requests = setup.service.requests;
    let shapes = match &args.questions {
        Some(path) => questions(path, &scope, &options, requests)?,
        None => {
            vec![(Value::Null, files::shape(&args.shape, scope, &options, requests, io)?)]
        }
    };
    let imported = estates::estate(&args.estate, &options)?;
    for (_, shape) in &shapes {
        named(&imported.estate, shape)?;
    }
    for note in &imported.report.notes {
        io.warn(&format!("note: {note}"));
    }
    let taken = || start.elapsed();
    let question = Question::WhoCan(WhoCan {
        estate: &imported.estate,
        shapes,
        not_principal: args.decision.into(),
        all: args.all,
        through_roles: args.through_roles,
        watch: Watch { done: &|| (), taken: &taken },
    });
    setup.answer(&question, Some(args.format), io)
}

/// Whom the question names has to be there: a misspelt name is nobody's.
fn named(estate: &Estate, shape: &Shape) -> Result<(), Failure> {
    let accounts = estate.every_account();
    for (flag, account) in shape
        .scope
        .accounts
        .iter()
        .map(|account| ("--account", account))
        .chain(shape.scope.resource_accounts.iter().map(|one| ("--resource-account", one)))
    {
        if !accounts.contains(account.as_str()) {
            let message = match closest(account, accounts.iter().copied(), 1).first() {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            };
            return Err(Failure::new(format!(
                "error: `{flag} {account}`: the estate has no such account{message}"
            )));
        }
    }
    for pattern in shape.principals.iter().flatten() {
        there(estate, pattern)?;
    }
    Ok(())
}

/// A user or role that is named without wildcards, in an account whose users and roles are known.
fn there(estate: &Estate, pattern: &CallerPattern) -> Result<(), Failure> {
    let CallerPattern::Arn(fields) = pattern else { return Ok(()) };
    let arn = fields.join(":");
    let [_, _, service, _, account, rest] = fields;
    let is_entity = service == "iam" && (rest.starts_with("user/") || rest.starts_with("role/"));
    let known = estate.accounts.get(account).is_some_and(|one| one.principals);
    if !is_entity || !known || arn.contains(['*', '?']) {
        return Ok(());
    }
    // A role may be named without its path.
    let name = rest.strip_prefix("role/").filter(|name| !name.contains('/'));
    let is = |entity: &Entity| {
        entity.arn == arn
            || entity.is_role() && entity.account == *account && Some(entity.name()) == name
    };
    if estate.entities.iter().any(is) {
        return Ok(());
    }
    let arns = estate.entities.iter().map(|entity| entity.arn.as_str());
    let near = match closest(&arn, arns, 1).first() {
        Some(near) => format!("; did you mean `{near}`?"),
        None => String::new(),
    };
    Err(Failure::new(format!("error: `{arn}`: the estate has no such principal{near}")))
}

/// The questions of a file, a line each; what is wrong with all of them at once.
fn questions(
    path: &Path,
    scope: &Scope,
    options: &ReadOptions,
    requests: Requests<'_>,
) -> Result<Vec<(Value, Shape)>, Failure> {
    let text = read::text(path)?;
    let (mut shapes, mut findings) = (Vec::new(), Vec::new());
    for (number, line) in text.text().lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let source = Source::new(format!("{}, line {}", text.name(), number + 1), line);
        match question(&source, options, requests) {
            Ok((id, shape)) => shapes.push((id, Shape { scope: scope.clone(), ..shape })),
            Err(wrong) => findings.extend(wrong),
        }
    }
    if !findings.is_empty() {
        return Err(Failure::findings(&findings));
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
) -> Result<(Value, Shape), Rejected> {
    const MEMBERS: [&str; 2] = ["id", "statement"];
    let value = input::parse(source, options)?;
    let wrong = |rule: &'static str, message: String, span: Span| {
        let help = "a line is `{\"id\": \"...\", \"statement\": {\"Action\": ...}}`".to_owned();
        let (source, route) = (source.clone(), String::new());
        let help = Some(help);
        vec![Finding { rule, level: Level::Error, message, source, span, route, help }]
    };
    let JsonData::Object(members) = &value.data else {
        let message = format!("a question is an object, this is {}", value.type_name());
        return Err(wrong(codes::WRONG_TYPE, message, value.span));
    };
    if let Some(Member { name, name_span, .. }) =
        members.iter().find(|member| !MEMBERS.contains(&member.name.as_str()))
    {
        let near = closest(name, MEMBERS, 1);
        let near = near.first().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        let message = format!("a question has no member `{name}`{near}");
        return Err(wrong(codes::UNKNOWN_MEMBER, message, *name_span));
    }
    let Some(statement) = value.member("statement") else {
        let message = "a question needs a `statement`".to_owned();
        return Err(wrong(codes::MISSING_MEMBER, message, value.span));
    };
    let shape = input::shape(statement, source, options, "statement")?.value;
    if let Some(world) = requests.world() {
        let unlisted = names::in_shape(&shape, statement, source, "statement", &world)
            .map_err(|error| wrong(codes::WRONG_TYPE, error.to_string(), statement.span))?;
        if !unlisted.is_empty() {
            return Err(unlisted);
        }
    }
    let id = value.member("id").map_or(Value::Null, |id| as_written(id, source));
    Ok((id, shape))
}

fn as_written(value: &JsonValue, source: &Source) -> Value {
    let text = source.text().get(value.span.start..value.span.end).unwrap_or_default();
    serde_json::from_str(text).unwrap_or(Value::Null)
}
