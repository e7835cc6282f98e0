//! Names in a question that the service catalogue does not know: a question with one is about
//! nothing, and its "no" says nothing. In a policy such names are not errors, since IAM accepts
//! them.

mod regions;
mod services;
mod targets;

pub(crate) use targets::Targets;

use keyaki_evaluator::semantics;
use keyaki_iam::catalogue::{Action, Catalogue, CatalogueError, Service, keys};
use keyaki_iam::finding::codes::{
    NO_SUCH_ACTION, NO_SUCH_KEY, NO_SUCH_PARTITION, NO_SUCH_PRINCIPAL, NO_SUCH_SERVICE,
};
use keyaki_iam::finding::{Finding, Level};
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::operations::AUTHORIZED_AS;
use keyaki_iam::partitions::{Partitions, REGION_KEYS};
use keyaki_iam::policy::read::closest;
use keyaki_iam::policy::{
    ActionPattern, BaseOperator, Condition, ConditionValue, ContextKey, Literal, Piece,
    ResourcePattern, Statement, Template,
};
use keyaki_iam::principals;
use keyaki_iam::shape::{CallerPattern, Shape};
use keyaki_iam::source::{Source, Span};
use keyaki_iam::value;
use keyaki_iam::world::World;
use std::collections::BTreeSet;
use std::slice;

/// What the catalogue lacks, as a sentence without its stop, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// A stable code, one of [`keyaki_iam::finding::codes`].
    pub code: &'static str,
    /// Whether another name is spelled much like it, or stands for it: then it is surely a slip.
    pub is_slip: bool,
    /// What is missing.
    pub message: String,
    /// What to write.
    pub help: String,
    /// The flag under which the question is asked all the same; `None` where there is no such flag.
    pub anyway: Option<&'static str>,
}

/// The flags for what services may have tomorrow, and for keys.
const ASKS_ACTIONS: &str = "--unknown-actions";
const ASKS_KEYS: &str = "--unknown-keys";

/// Where a name stands in the shape of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// An entry of this element.
    Entry(&'static str, usize),
    /// A condition, or a value of one.
    Condition(Span),
}

/// The actions that an entry matches; none for a service that the catalogue does not know. For `*`,
/// some actions of a few services.
///
/// # Errors
/// When the catalogue is damaged there.
pub(crate) fn matching<'c>(
    catalogue: &'c Catalogue,
    pattern: &ActionPattern,
) -> Result<Vec<(&'c Service, &'c Action)>, CatalogueError> {
    let ActionPattern::Name { service, name } = pattern else {
        let common = ["s3", "iam", "ec2", "sts"];
        let services: Vec<Option<&Service>> =
            common.into_iter().map(|prefix| catalogue.service(prefix)).collect::<Result<_, _>>()?;
        let some = |service: &'c Service| {
            service.actions.iter().take(4).map(move |action| (service, action))
        };
        return Ok(services.into_iter().flatten().flat_map(some).collect());
    };
    let Some(service) = catalogue.service(service)? else { return Ok(Vec::new()) };
    let possible = match name.find(['*', '?']) {
        Some(end) => service.actions_from(name.get(..end).unwrap_or_default()),
        None => service.action(name).map(slice::from_ref).unwrap_or_default(),
    };
    let matched = possible.iter().filter(|action| matches(pattern, &service.prefix, &action.name));
    Ok(matched.map(|action| (service, action)).collect())
}

/// Whether an entry matches the action of that service.
pub(crate) fn matches(pattern: &ActionPattern, prefix: &str, name: &str) -> bool {
    semantics::matches_split_action(pattern, Some((prefix, name)))
}

/// What is wrong with an entry of `Action`; `None` when it matches some action.
///
/// # Errors
/// When the catalogue is damaged there.
pub fn action(
    catalogue: &Catalogue,
    pattern: &ActionPattern,
) -> Result<Option<Unlisted>, CatalogueError> {
    let ActionPattern::Name { service: prefix, name } = pattern else { return Ok(None) };
    let written = format!("{prefix}:{name}");
    let Some(service) = catalogue.service(prefix)? else {
        let near = nearest_service(catalogue, prefix);
        return Ok(Some(Unlisted {
            code: NO_SUCH_SERVICE,
            is_slip: near.is_some(),
            message: format!(
                "no service has the prefix `{prefix}`, so `{written}` matches no action"
            ),
            help: near.map_or_else(
                || "`keyaki catalogue` lists the services that it knows".to_owned(),
                |near| format!("did you mean `{near}:{name}`?"),
            ),
            anyway: Some(ASKS_ACTIONS),
        }));
    };
    if !matching(catalogue, pattern)?.is_empty() {
        return Ok(None);
    }
    if let Some((operation, actions)) =
        AUTHORIZED_AS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&written))
    {
        let listed: Vec<String> = actions.iter().map(|action| format!("`{action}`")).collect();
        return Ok(Some(Unlisted {
            code: NO_SUCH_ACTION,
            is_slip: true,
            message: format!(
                "{} has no action `{name}`: the operation is authorized as {}",
                service.name,
                listed.join(" and ")
            ),
            help: format!("write {} in place of `{operation}`", listed.join(", ")),
            anyway: Some(ASKS_ACTIONS),
        }));
    }
    let near = closest(name, service.actions.iter().map(|action| &*action.name), 1);
    Ok(Some(Unlisted {
        code: NO_SUCH_ACTION,
        is_slip: !near.is_empty(),
        message: if name.contains(['*', '?']) {
            format!("`{written}` matches no action of {}", service.name)
        } else {
            format!("{} has no action `{name}`", service.name)
        },
        help: near.first().map_or_else(
            || {
                format!(
                    "`keyaki catalogue {prefix}` lists the actions of {} that it knows",
                    service.name
                )
            },
            |near| format!("did you mean `{prefix}:{near}`?"),
        ),
        anyway: Some(ASKS_ACTIONS),
    }))
}

fn nearest_service<'c>(catalogue: &'c Catalogue, prefix: &str) -> Option<&'c str> {
    let known = catalogue.summaries().map(|summary| summary.prefix.as_str());
    closest(prefix, known, 1).first().copied()
}

/// What is wrong with a condition key; `None` for those that SEMANTICS 5 or a service lists, and
/// for those of identity providers and of tags, which are known by their form.
///
/// # Errors
/// When the catalogue is damaged there.
pub fn key(catalogue: &Catalogue, key: &ContextKey) -> Result<Option<Unlisted>, CatalogueError> {
    let name = key.text();
    if keys::lookup(key).is_some()
        || keys::of_provider(key).is_some()
        || is_listed(catalogue, name)?
    {
        return Ok(None);
    }
    let (stem, tag) = name.split_once('/').map_or((name, ""), |(stem, tag)| (stem, tag));
    let with_tag = |near: &str| match (near.strip_suffix('/'), tag) {
        (Some(family), "") => format!("{family}/KEY"),
        (Some(family), tag) => format!("{family}/{tag}"),
        (None, _) => near.to_owned(),
    };
    let stem_of = |known: &'static str| known.trim_end_matches('/');
    let unlisted = |message: String, near: Option<String>, otherwise: String| Unlisted {
        code: NO_SUCH_KEY,
        is_slip: near.is_some(),
        message,
        help: near.map_or(otherwise, |near| format!("did you mean `{near}`?")),
        anyway: Some(ASKS_KEYS),
    };
    let global = |stem: &str, after: fn(&'static str) -> &'static str| {
        let near = closest(stem, keys::global_names().map(|known| after(stem_of(known))), 1);
        let near = near.first().copied();
        keys::global_names().find(|known| Some(after(stem_of(known))) == near).map(with_tag)
    };
    let Some((prefix, _)) = name.split_once(':') else {
        return Ok(Some(unlisted(
            format!("`{name}` is not a condition key: it has no prefix such as `aws:`"),
            global(stem, |known| known.trim_start_matches("aws:")),
            "`keyaki catalogue SERVICE` lists the keys of a service".to_owned(),
        )));
    };
    if prefix.eq_ignore_ascii_case("aws") {
        return Ok(Some(unlisted(
            format!("there is no global condition key `{name}`"),
            global(stem, |known| known),
            "the IAM User Guide lists the global condition keys".to_owned(),
        )));
    }
    let Some(service) = catalogue.service(prefix)? else {
        let near = nearest_service(catalogue, prefix);
        let near = near.map(|near| format!("{near}{}", name.get(prefix.len()..).unwrap_or("")));
        return Ok(Some(unlisted(
            format!("no service has the prefix `{prefix}`, so there is no condition key `{name}`"),
            near,
            "`keyaki catalogue` lists the services that it knows".to_owned(),
        )));
    };
    let near = closest(name, service.keys.iter().map(|known| &*known.name), 1);
    Ok(Some(unlisted(
        format!("{} has no condition key `{name}`", service.name),
        near.first().map(|near| (*near).to_owned()),
        format!("`keyaki catalogue {}` lists the keys of {}", service.prefix, service.name),
    )))
}

/// Whether some service lists the key, a global one or its own.
fn is_listed(catalogue: &Catalogue, key: &str) -> Result<bool, CatalogueError> {
    if !key.to_ascii_lowercase().starts_with("aws:") {
        return Ok(!catalogue.keys(key)?.is_empty());
    }
    for service in catalogue.services() {
        if service?.key(key).is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is wrong with an ARN's partition, Region or service; `None` where nothing is.
///
/// # Errors
/// When the catalogue is damaged there.
fn resource(
    catalogue: &Catalogue,
    pattern: &ResourcePattern,
) -> Result<Option<Unlisted>, CatalogueError> {
    let ResourcePattern::Arn { text, fields } = pattern else { return Ok(None) };
    if let Some(wrong) = fields.get(1).and_then(literal).and_then(|name| partition(name, text)) {
        return Ok(Some(wrong));
    }
    let place = fields.get(3).and_then(written).filter(|place| !place.is_empty());
    if let Some(wrong) = place.and_then(|place| regions::region(&place, text)) {
        return Ok(Some(wrong));
    }
    let Some(service) = pattern.service() else { return Ok(None) };
    if catalogue.summary(service).is_some() || names_resources(catalogue, service)? {
        return Ok(None);
    }
    let near = nearest_service(catalogue, service);
    Ok(Some(Unlisted {
        code: NO_SUCH_SERVICE,
        is_slip: near.is_some(),
        message: format!("no service has resources whose ARNs begin as `{text}` does: `{service}`"),
        help: near.map_or_else(
            || "`keyaki catalogue` lists the services that it knows".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ),
        anyway: Some(ASKS_ACTIONS),
    }))
}

fn literal(template: &Template) -> Option<&str> {
    match template.pieces.as_slice() {
        [Piece::Literal(text)] => Some(text),
        _ => None,
    }
}

/// A template as it was written; `None` where it has a variable.
fn written(template: &Template) -> Option<String> {
    let text = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(text.clone()),
        Piece::AnyChar => Some("?".to_owned()),
        Piece::AnyString => Some("*".to_owned()),
        Piece::Variable(_) => None,
    };
    template.pieces.iter().map(text).collect()
}

/// Whether the text is one that the pattern stands for; `*` and `?` are wildcards.
fn fits(pattern: &str, text: &str) -> bool {
    // Which beginnings of the pattern stand for the text so far, as it grows by a character.
    let pattern: Vec<char> = pattern.chars().collect();
    let skip = |mut at: BTreeSet<usize>| {
        for (index, letter) in pattern.iter().enumerate() {
            if *letter == '*' && at.contains(&index) {
                at.insert(index + 1);
            }
        }
        at
    };
    let ends = text.chars().fold(skip(BTreeSet::from([0])), |at, letter| {
        let next = at.into_iter().filter_map(|index| match pattern.get(index)? {
            '*' => Some(index),
            '?' => Some(index + 1),
            known => (*known == letter).then_some(index + 1),
        });
        skip(next.collect())
    });
    ends.contains(&pattern.len())
}

fn partition(name: &str, text: &str) -> Option<Unlisted> {
    if Partitions::of(name).is_some() {
        return None;
    }
    let near = closest(name, Partitions::known(), 1).first().copied();
    Some(Unlisted {
        code: NO_SUCH_PARTITION,
        is_slip: near.is_some(),
        message: format!("`{text}`: there is no partition `{name}`"),
        help: near.map_or_else(
            || format!("the partitions are {}", Partitions::known().join(", ")),
            |near| format!("did you mean `{near}`?"),
        ),
        anyway: None,
    })
}

/// Whether the ARNs of some service's resources have this name in their third field: that of
/// another service, `execute-api` of API Gateway, for example.
fn names_resources(catalogue: &Catalogue, name: &str) -> Result<bool, CatalogueError> {
    for service in catalogue.services() {
        let mut formats =
            service?.resource_types.iter().flat_map(|resource_type| &resource_type.arns);
        if formats.any(|format| format.fields()[2] == name) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What is wrong with a pattern of callers: it has a form that no caller has, or names a service
/// that there is not.
fn caller(catalogue: &Catalogue, pattern: &CallerPattern) -> Option<Unlisted> {
    const ENTITIES: &[&str] = &[
        "user",
        "role",
        "assumed-role",
        "federated-user",
        "saml-provider",
        "oidc-provider",
        "root",
    ];
    // Origin access identities of CloudFront have an account of their own.
    const CLOUDFRONT: &str = "cloudfront";
    let [arn, name, service, _, account, entity] = match pattern {
        CallerPattern::Arn(fields) => fields,
        CallerPattern::Name(name) => return services::service(catalogue, name),
        // What an estate has is no slip.
        CallerPattern::Anyone
        | CallerPattern::Account(_)
        | CallerPattern::Anonymous
        | CallerPattern::Entity(_) => return None,
    };
    let free = |text: &str| text.contains(['*', '?']);
    let text = [arn, name, service, "", account, entity].join(":");
    let wrong = |message: String, help: String| {
        Some(Unlisted { code: NO_SUCH_PRINCIPAL, is_slip: true, message, help, anyway: None })
    };
    if !free(name)
        && let Some(wrong) = partition(name, &text)
    {
        return Some(wrong);
    }
    if !free(service) && !["iam", "sts"].contains(&service.as_str()) {
        return wrong(
            format!("`{text}`: no caller has an ARN of the service `{service}`"),
            "ARNs of callers are those of `iam` and `sts`; services are named `lambda.amazonaws.com`, for example".to_owned(),
        );
    }
    if !free(account) && !value::is_account(account) && account != CLOUDFRONT {
        return wrong(
            format!("`{text}`: `{account}` is not an account"),
            "an account has twelve digits".to_owned(),
        );
    }
    let kind = entity.split('/').next().unwrap_or_default();
    if !free(kind) && !ENTITIES.contains(&kind) {
        let near = closest(kind, ENTITIES.iter().copied(), 1).first().copied();
        return wrong(
            format!("`{text}`: no caller is a `{kind}`"),
            near.map_or_else(
                || format!("what stands there is one of: {}", ENTITIES.join(", ")),
                |near| format!("did you mean `{near}`?"),
            ),
        );
    }
    None
}

/// The keys of a statement with the place of each: of conditions, and of variables.
fn keys_of(statement: &Statement) -> Vec<(Place, &ContextKey)> {
    let mut found = Vec::new();
    if let Some(element) = &statement.resource {
        let name = if element.negated { "NotResource" } else { "Resource" };
        for (at, pattern) in element.patterns.iter().enumerate() {
            if let ResourcePattern::Arn { fields, .. } = pattern {
                let keys = fields.iter().flat_map(variables);
                found.extend(keys.map(|key| (Place::Entry(name, at), key)));
            }
        }
    }
    for condition in &statement.conditions {
        found.push((Place::Condition(condition.span), &condition.key));
        for value in &condition.values {
            if let Literal::Text(template) = &value.literal {
                found.extend(variables(template).map(|key| (Place::Condition(value.span), key)));
            }
        }
    }
    found
}

/// What is wrong with the values that a condition compares a Region or the name of a service with.
fn values(catalogue: &Catalogue, condition: &Condition) -> Vec<(Place, Unlisted)> {
    // What a Region is where none is known (SEMANTICS 7.4).
    const NO_REGION: &str = "unspecified";
    let key = condition.key.lower();
    let (of_region, of_service) = (REGION_KEYS.contains(&key), principals::KEYS.contains(&key));
    let any_case = matches!(
        condition.operator.base,
        BaseOperator::StringEqualsIgnoreCase | BaseOperator::StringNotEqualsIgnoreCase
    );
    let wrong = |value: &ConditionValue| {
        let Literal::Text(template) = &value.literal else { return None };
        let text = written(template)?;
        let text = if any_case { text.to_ascii_lowercase() } else { text };
        let wrong = if of_region && text != NO_REGION {
            regions::region(&text, &text)
        } else if of_service {
            services::service(catalogue, &text)
        } else {
            None
        };
        wrong.map(|wrong| (Place::Condition(value.span), wrong))
    };
    condition.values.iter().filter_map(wrong).collect()
}

/// The keys of a template's variables.
fn variables(template: &Template) -> impl Iterator<Item = &ContextKey> {
    template.pieces.iter().filter_map(|piece| match piece {
        Piece::Variable(variable) => Some(&variable.key),
        Piece::Literal(_) | Piece::AnyChar | Piece::AnyString => None,
    })
}

/// What a shape names and the catalogue does not know, with its place.
fn unlisted(shape: &Shape, world: &World<'_>) -> Result<Vec<(Place, Unlisted)>, CatalogueError> {
    let Shape { statement, principals, not_principals, scope: _ } = shape;
    let catalogue = world.catalogue;
    let asked = |wrong: &Unlisted| !(world.unknown_actions && wrong.anyway == Some(ASKS_ACTIONS));
    let mut found = Vec::new();
    if !world.unknown_actions {
        let element = &statement.action;
        let name = if element.negated { "NotAction" } else { "Action" };
        for (at, pattern) in element.patterns.iter().enumerate() {
            found.extend(action(catalogue, pattern)?.map(|wrong| (Place::Entry(name, at), wrong)));
        }
    }
    if let Some(element) = &statement.resource {
        let name = if element.negated { "NotResource" } else { "Resource" };
        for (at, pattern) in element.patterns.iter().enumerate() {
            let wrong = resource(catalogue, pattern)?.filter(asked);
            found.extend(wrong.map(|wrong| (Place::Entry(name, at), wrong)));
        }
    }
    if !world.unknown_keys {
        for (place, named) in keys_of(statement) {
            found.extend(key(catalogue, named)?.map(|wrong| (place, wrong)));
        }
    }
    let callers = [
        ("Principal", principals.as_deref().unwrap_or_default()),
        ("NotPrincipal", not_principals.as_slice()),
    ];
    for (name, patterns) in callers {
        let wrong = |(at, pattern)| {
            let wrong = caller(catalogue, pattern).filter(asked)?;
            Some((Place::Entry(name, at), wrong))
        };
        found.extend(patterns.iter().enumerate().filter_map(wrong));
    }
    let wrong = statement.conditions.iter().flat_map(|condition| values(catalogue, condition));
    found.extend(wrong.filter(|(_, wrong)| asked(wrong)));
    Ok(found)
}

/// What the shape of a question names and nobody knows. `--unknown-actions` and `--unknown-keys`
/// leave names of these kinds alone, as `world` says.
///
/// # Errors
/// When the catalogue is damaged there.
pub fn of_shape(shape: &Shape, world: &World<'_>) -> Result<Vec<Unlisted>, CatalogueError> {
    Ok(unlisted(shape, world)?.into_iter().map(|(_, wrong)| wrong).collect())
}

/// What the shape of a question names and nobody knows, as findings in the text that the shape was
/// read from; `value` is the statement in it, and `route` its route. See [`of_shape`].
///
/// # Errors
/// When the catalogue is damaged there.
pub fn in_shape(
    shape: &Shape,
    value: &JsonValue,
    source: &Source,
    route: &str,
    world: &World<'_>,
) -> Result<Vec<Finding>, CatalogueError> {
    let finding = |(place, wrong): (Place, Unlisted)| {
        let Unlisted { code, message, help, anyway, is_slip: _ } = wrong;
        let (span, route) = match place {
            Place::Condition(span) => (span, join(route, "Condition")),
            Place::Entry(name, at) => {
                let member = value.member(name);
                let entry = member.map(|member| match &member.data {
                    JsonData::Array(items) => items.get(at).unwrap_or(member).span,
                    JsonData::Null
                    | JsonData::Bool(_)
                    | JsonData::Number(_)
                    | JsonData::String(_)
                    | JsonData::Object(_) => member.span,
                });
                (entry.unwrap_or(value.span), join(route, name))
            }
        };
        let help = match (anyway, help.ends_with('?')) {
            (None, _) => help,
            (Some(flag), true) => format!("{help} `{flag}` asks anyway"),
            (Some(flag), false) => format!("{help}; `{flag}` asks anyway"),
        };
        Finding {
            rule: code,
            level: Level::Error,
            message,
            source: source.clone(),
            span,
            route,
            help: Some(help),
        }
    };
    Ok(unlisted(shape, world)?.into_iter().map(finding).collect())
}

fn join(route: &str, member: &str) -> String {
    if route.is_empty() { member.to_owned() } else { format!("{route}.{member}") }
}
