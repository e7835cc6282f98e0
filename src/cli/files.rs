//! From paths and flags to policies, shapes and requests.

use super::args::{
    DecisionArgs, KindArg, LayerArgs, Only, PairKind, PolicyArgs, ReadArgs, ScopeArgs, ShapeArgs,
    ThroughArg,
};
use super::{Failure, Io, read, templates};
use keyaki_iam::finding::{self, Finding, codes};
use keyaki_iam::input::{self, Loaded, Rejected};
use keyaki_iam::layers::{self, NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::{Own, Scope, Shape, Through};
use keyaki_iam::source::Source;
use keyaki_iam::value;
use keyaki_questions::compare::Direction;
use keyaki_questions::names;
use keyaki_questions::query::Requests;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

impl From<ReadArgs> for ReadOptions {
    /// Questions are about meaning, which a `Sid` has none of: its alphabet is a warning here, and
    /// an error for `validate`.
    fn from(args: ReadArgs) -> Self {
        Self {
            legacy_duplicates: args.legacy_duplicates,
            lenient_sids: true,
            placeholders: args.placeholders.then(templates::placeholders),
            ..Self::default()
        }
    }
}

impl From<Only> for Direction {
    fn from(only: Only) -> Self {
        match only {
            Only::Added => Self::Added,
            Only::Removed => Self::Removed,
        }
    }
}

impl From<DecisionArgs> for NotPrincipalReading {
    fn from(args: DecisionArgs) -> Self {
        if args.strict_not_principal { Self::EveryLevel } else { Self::AnyEntry }
    }
}

impl From<ThroughArg> for Through {
    fn from(way: ThroughArg) -> Self {
        match way {
            ThroughArg::Endpoint => Self::Endpoint,
            ThroughArg::Past => Self::Past,
            ThroughArg::Both => Self::Both,
        }
    }
}

impl From<PairKind> for Kind {
    fn from(kind: PairKind) -> Self {
        match kind {
            PairKind::Identity => Self::Identity,
            PairKind::Resource => Self::Resource,
        }
    }
}

impl From<KindArg> for Kind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Identity => Self::Identity,
            KindArg::Boundary => Self::Boundary,
            KindArg::Session => Self::Session,
            KindArg::Trust => Self::Trust,
            KindArg::Resource => Self::Resource,
            KindArg::Scp => Self::Scp,
            KindArg::Rcp => Self::Rcp,
            KindArg::Endpoint => Self::Endpoint,
        }
    }
}

/// Prints warnings and unwraps what was read.
pub fn accept<T>(read: Result<Loaded<T>, Rejected>, io: &mut Io<'_>) -> Result<T, Failure> {
    let loaded = read.map_err(|findings| Failure::findings(&findings))?;
    // The caveat of the answer names the place-holders.
    let warnings = loaded.warnings.into_iter().filter(|found| found.rule != codes::PLACEHOLDER);
    let warnings: Vec<Finding> = warnings.collect();
    if !warnings.is_empty() {
        io.warn(&finding::render(&warnings));
    }
    Ok(loaded.value)
}

/// The policies of one file: a document of that kind, or a `policies` object.
pub fn policy_file(
    path: &Path,
    kind: PairKind,
    options: &ReadOptions,
    io: &mut Io<'_>,
) -> Result<Policies, Failure> {
    let source = templates::text(path)?;
    accept(input::policies_text(&source, options, kind.into()), io)
}

/// Gives place-holders and parameters of one name one form in all that a question is about.
pub fn one_form(sets: &mut [&mut Policies], shape: Option<&mut Shape>) -> Result<(), Failure> {
    layers::one_form(sets, shape).map_err(|clash| Failure::new(format!("error: {clash}")))
}

/// The policy set that the flags name.
pub fn policies(
    args: &PolicyArgs,
    decision: DecisionArgs,
    options: &ReadOptions,
    io: &mut Io<'_>,
) -> Result<Policies, Failure> {
    if args.all().next().is_none() {
        return Err(Failure::new("error: no policy given; name at least one policy file"));
    }
    let mut set = Policies { not_principal: decision.into(), ..Policies::default() };
    for file in args.files.iter().chain(&args.identity).chain(&args.policies) {
        merge(&mut set, policy_file(file, PairKind::Identity, options, io)?, file)?;
    }
    add_layers(&mut set, &args.layers, options, io)?;
    Ok(set)
}

/// The resource-based policy in a file.
pub fn resource_policy(
    path: &Path,
    options: &ReadOptions,
    io: &mut Io<'_>,
) -> Result<NamedPolicy, Failure> {
    let source = templates::text(path)?;
    accept(input::document(&source, options, Kind::Resource), io)
}

/// Adds the policies that the flags of the layers name.
pub fn add_layers(
    set: &mut Policies,
    args: &LayerArgs,
    options: &ReadOptions,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let mut read = |path: &PathBuf, kind: Kind| -> Result<NamedPolicy, Failure> {
        let source = templates::text(path)?;
        accept(input::document(&source, options, kind), io)
    };
    let LayerArgs { boundary, session, resource_policy, scp, rcp, endpoint } = args;
    if let Some(path) = boundary {
        alone(&mut set.boundary, Some(read(path, Kind::Boundary)?), "boundary", path)?;
    }
    if let Some(path) = resource_policy {
        alone(&mut set.resource, Some(read(path, Kind::Resource)?), "resource-based policy", path)?;
    }
    for path in session {
        set.session.push(read(path, Kind::Session)?);
    }
    for (flag, levels, kind, into) in
        [("--scp", scp, Kind::Scp, &mut set.scp), ("--rcp", rcp, Kind::Rcp, &mut set.rcp)]
    {
        for named in levels {
            into.push(
                level(flag, named)?
                    .iter()
                    .map(|path| read(path, kind))
                    .collect::<Result<_, Failure>>()?,
            );
        }
    }
    for path in endpoint {
        set.endpoint.push(read(path, Kind::Endpoint)?);
    }
    Ok(())
}

/// The files of one level: those of a folder, in the order of their names, or those between commas,
/// each a file or a folder. A file that has a comma in its name is itself.
fn level(flag: &str, named: &Path) -> Result<Vec<PathBuf>, Failure> {
    let text = named.to_string_lossy();
    let parts: Vec<PathBuf> = match text.split_once(',') {
        Some(_) if !named.exists() => text.split(',').map(PathBuf::from).collect(),
        _ => vec![named.to_owned()],
    };
    let mut files = Vec::new();
    for part in &parts {
        if part.as_os_str().is_empty() {
            return Err(Failure::new(format!(
                "error: `{flag} {text}` names a file without a name; leave the comma out"
            )));
        }
        let found = read::in_folders(std::slice::from_ref(part), "json")?;
        if found.is_empty() {
            let message = format!(
                "error: `{flag}`: no policy in the folder `{}`; the policies of a level are its `*.json`",
                part.display()
            );
            return Err(Failure::new(message));
        }
        files.extend(found);
    }
    Ok(files)
}

/// Adds what applies to one of an estate to a set.
pub fn beside(set: &mut Policies, beside: &Policies, name: &str) -> Result<(), Failure> {
    merge(set, beside.clone(), Path::new(name))
}

fn merge(set: &mut Policies, more: Policies, path: &Path) -> Result<(), Failure> {
    let Policies { identity, boundary, session, resource, scp, rcp, endpoint, not_principal: _ } =
        more;
    if let Some(identity) = identity {
        set.identity.get_or_insert_default().extend(identity);
    }
    alone(&mut set.boundary, boundary, "boundary", path)?;
    alone(&mut set.resource, resource, "resource-based policy", path)?;
    set.session.extend(session);
    set.scp.extend(scp);
    set.rcp.extend(rcp);
    set.endpoint.extend(endpoint);
    Ok(())
}

/// Fills what there is one of.
fn alone(
    place: &mut Option<NamedPolicy>,
    policy: Option<NamedPolicy>,
    what: &str,
    path: &Path,
) -> Result<(), Failure> {
    if let (Some(known), Some(_)) = (&place, &policy) {
        let message = format!(
            "error: `{}`: there is a {what} already, `{}`; a request meets one",
            path.display(),
            known.name
        );
        return Err(Failure::new(message));
    }
    if policy.is_some() {
        *place = policy;
    }
    Ok(())
}

/// What the flags say of requests beyond the policy language, and what is known of whoever asks.
pub fn scope(args: &ScopeArgs, own: Own) -> Result<Scope, Failure> {
    Ok(Scope {
        accounts: accounts("--account", &args.account)?,
        resource_accounts: accounts("--resource-account", &args.resource_account)?,
        through: args.through.map(Into::into),
        own,
        management: None,
    })
}

/// The ids of accounts that a flag gives.
pub fn accounts(flag: &str, ids: &[String]) -> Result<Vec<String>, Failure> {
    ids.iter().map(|id| account(flag, id)).collect()
}

/// The id of an account that a flag gives.
pub fn account(flag: &str, id: &str) -> Result<String, Failure> {
    if value::is_account(id) {
        return Ok(id.to_owned());
    }
    Err(Failure::new(format!("error: `{flag} {id}`: an account has twelve digits")))
}

/// The request shape that the flags describe, if they describe one.
pub fn shape_if_given(
    args: &ShapeArgs,
    scope: Scope,
    options: &ReadOptions,
    requests: Requests<'_>,
    io: &mut Io<'_>,
) -> Result<Option<Shape>, Failure> {
    if args.is_absent() && scope == Scope::default() {
        Ok(None)
    } else {
        shape(args, scope, options, requests, io).map(Some)
    }
}

/// The request shape that the flags describe. Where only requests are considered that can exist, its
/// names are those that somebody knows.
pub fn shape(
    args: &ShapeArgs,
    scope: Scope,
    options: &ReadOptions,
    requests: Requests<'_>,
    io: &mut Io<'_>,
) -> Result<Shape, Failure> {
    let source = match (args.file(), &args.statement) {
        (Some(file), _) => read::text(file)?,
        (None, Some(text)) => Source::new("--statement", text.as_str()),
        (None, None) => Source::new("the request shape", shape_from_flags(args)?.to_string()),
    };
    let value = input::parse(&source, options).map_err(|findings| Failure::findings(&findings))?;
    let read = accept(input::shape(&value, &source, options, ""), io)?;
    if let Some(world) = requests.world() {
        let unlisted = names::in_shape(&read, &value, &source, "", &world)?;
        if !unlisted.is_empty() {
            return Err(Failure::findings(&unlisted));
        }
    }
    Ok(Shape { scope, ..read })
}

fn shape_from_flags(args: &ShapeArgs) -> Result<Value, Failure> {
    let mut statement = Map::new();
    let lists = [
        ("Action", &args.action),
        ("NotAction", &args.not_action),
        ("Resource", &args.resource),
        ("NotResource", &args.not_resource),
        ("Principal", &args.principal),
        ("NotPrincipal", &args.not_principal),
    ];
    for (name, list) in lists {
        if !list.is_empty() {
            statement.insert(name.to_owned(), json!(list));
        }
    }
    let mut conditions = Map::new();
    for text in &args.condition {
        let words = shlex::split(text).ok_or_else(|| {
            Failure::new(format!("error: a quotation mark in `--condition {text}` is not closed"))
        })?;
        let [operator, key, values @ ..] = words.as_slice() else {
            return Err(Failure::new(format!(
                "error: `--condition {text}` lacks a key; write `--condition 'OPERATOR KEY VALUE...'`"
            )));
        };
        if values.is_empty() {
            return Err(Failure::new(format!(
                "error: `--condition {text}` lacks a value; write `--condition 'OPERATOR KEY VALUE...'`"
            )));
        }
        let block = conditions.entry(operator.as_str()).or_insert_with(|| json!({}));
        if block.get(key.as_str()).is_some() {
            return Err(Failure::new(format!(
                "error: `{operator}` is applied to `{key}` twice; give the values in one `--condition`"
            )));
        }
        block[key.as_str()] = json!(values);
    }
    if !conditions.is_empty() {
        statement.insert("Condition".to_owned(), Value::Object(conditions));
    }
    Ok(Value::Object(statement))
}
