//! What the service catalogue knows, as text and as JSON.

use super::SCHEMA;
use super::answers::value;
use super::known::{
    ActionFacts, ActionResource, CatalogueHead, GlobalKey, KeyFacts, ListedKey, OneAction, Origin,
    ProviderKey, ResourceTypeFacts, ServiceSummary, WholeService,
};
use keyaki_iam::catalogue::keys::{KeyInfo, KeyType};
use keyaki_iam::catalogue::{Action, Catalogue, Key, ResourceType, Service, Summary};
use keyaki_iam::visible::{Lines, line};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Something to tell.
#[derive(Debug)]
pub enum Fact<'a> {
    /// The services, and what the catalogue is made from.
    Catalogue(&'a Catalogue),
    /// A service.
    Service(&'a Service),
    /// An action of a service.
    Action(&'a Service, &'a Action),
    /// A condition key of services, with each service that lists it.
    Key(Vec<(&'a Service, &'a Key)>),
    /// A key of an identity provider that no service lists.
    ProviderKey {
        /// The key, as asked for.
        name: String,
        /// The provider: `saml`, or a host with its path.
        provider: String,
    },
    /// A global condition key, when it is present, and the services among which to look for actions
    /// that list it.
    GlobalKey {
        /// The key.
        info: &'static KeyInfo,
        /// When it is present.
        presence: &'static str,
        /// Every service.
        services: Vec<&'a Service>,
    },
}

/// When a key of an identity provider is present (SEMANTICS 5.2, F29).
const OF_PROVIDER: &str = "present in calls of its identities, and, of those that AWS documents for later requests, in the role sessions that came from it";

/// The fact, which the catalogue tells, as lines of text. What is said of actions names its source,
/// since sources differ on access levels.
pub fn human(fact: &Fact<'_>, catalogue: &Catalogue) -> String {
    let mut text = Lines::new();
    match fact {
        Fact::Catalogue(catalogue) => whole(&mut text, catalogue),
        Fact::Service(service) => {
            whole_service(&mut text, service);
            line!(text, "as in {}", catalogue.source_and_date());
        }
        Fact::Action(service, action) => {
            one_action(&mut text, service, action);
            line!(text, "as in {}", catalogue.source_and_date());
        }
        Fact::Key(listed) => one_key(&mut text, listed),
        Fact::ProviderKey { name, provider } => {
            line!(text, "{name}   {}", values(&[KeyType::String], false));
            line!(
                text,
                "  a key of the identity provider {provider}, {OF_PROVIDER}; no service lists it"
            );
        }
        Fact::GlobalKey { info, presence, services } => {
            line!(text, "{}   {}", family(info), values(info.types, info.multivalued));
            line!(text, "  a global condition key, present {presence}");
            let (actions, of) = counts(services, &family(info));
            if actions > 0 {
                line!(text, "  {actions} actions of {of} services list it");
            }
        }
    }
    text.into_text()
}

fn whole(text: &mut Lines, catalogue: &Catalogue) {
    let width = catalogue.summaries().map(|summary| summary.prefix.len()).max().unwrap_or_default();
    line!(text, "{:<width$}  actions  resource types  condition keys", "service");
    for Summary { prefix, name, actions, resource_types, keys, .. } in catalogue.summaries() {
        line!(text, "{prefix:<width$}  {actions:>7}  {resource_types:>14}  {keys:>14}  {name}");
    }
    let total = |count: fn(&Summary) -> usize| catalogue.summaries().map(count).sum::<usize>();
    let (actions, types) =
        (total(|summary| summary.actions), total(|summary| summary.resource_types));
    let services = catalogue.summaries().len();
    text.blank();
    line!(text, "{services} services, {actions} actions, {types} resource types");
    line!(text, "from {}; {} bytes", catalogue.source_and_date(), catalogue.size());
}

fn whole_service(text: &mut Lines, service: &Service) {
    let Service { prefix, name, actions, resource_types, keys, .. } = service;
    let rcp = if service.supports_rcp { "; resource control policies apply" } else { "" };
    line!(text, "{prefix}   {name}{rcp}");
    line!(text, "{} actions", actions.len());
    columns(
        text,
        actions
            .iter()
            .map(|action| (format!("{prefix}:{}", action.name), action.access.words().to_owned())),
    );
    line!(text, "{} resource types", resource_types.len());
    columns(text, resource_types.iter().flat_map(formats));
    line!(text, "{} condition keys", keys.len());
    columns(
        text,
        keys.iter().map(|key| (key.name.to_string(), values(&[key.key_type], key.multivalued))),
    );
}

fn one_action(text: &mut Lines, service: &Service, action: &Action) {
    line!(text, "{}:{}   {}, {}", service.prefix, action.name, service.name, action.access.words());
    let (needed, any) = (action.needs_resource(), action.resources.is_empty());
    line!(
        text,
        "resource: {}",
        if any {
            "`*`"
        } else if needed {
            "one of"
        } else {
            "`*` or one of"
        }
    );
    columns(text, service.resources_of(action).flat_map(|(_, resource)| formats(resource)));
    let always = service.keys_of(action, None);
    if !always.is_empty() {
        line!(text, "condition keys");
        columns(
            text,
            always
                .iter()
                .filter_map(|name| service.key(name))
                .map(|key| (key.name.to_string(), values(&[key.key_type], key.multivalued))),
        );
    }
    for (more, types) in more_keys(service, action) {
        line!(text, "with a resource of type {}", types.join(", "));
        more.iter().for_each(|key| line!(text, "  {key}"));
    }
}

/// The keys that come with the resource, and the types they come with.
fn more_keys<'a>(service: &'a Service, action: &'a Action) -> BTreeMap<Vec<&'a str>, Vec<&'a str>> {
    let always = service.keys_of(action, None);
    let mut more: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for (listed, resource) in service.resources_of(action) {
        let keys: Vec<&str> =
            service.keys_of(action, Some(listed)).difference(&always).copied().collect();
        if !keys.is_empty() {
            more.entry(keys).or_default().push(&resource.name);
        }
    }
    more
}

fn one_key(text: &mut Lines, listed: &[(&Service, &Key)]) {
    for (at, (service, key)) in listed.iter().enumerate() {
        let same = |other: &&(&Service, &Key)| other.1 == *key;
        if !listed.iter().take(at).any(|other| same(&other)) {
            line!(text, "{}   {}", key.name, values(&[key.key_type], key.multivalued));
        }
        let (actions, types) = users(service, key);
        line!(text, "listed by {}", service.name);
        columns(
            text,
            actions
                .into_iter()
                .map(|action| (format!("{}:{action}", service.prefix), String::new())),
        );
        columns(
            text,
            types.into_iter().map(|name| (format!("resource type {name}"), String::new())),
        );
    }
}

/// The actions that list the key themselves, and the resource types that do.
fn users<'a>(service: &'a Service, key: &Key) -> (Vec<&'a str>, Vec<&'a str>) {
    let lists = |action: &&Action| {
        let own = action.resources.iter().flat_map(|resource| &resource.condition_keys);
        action.condition_keys.iter().chain(own).any(|name| *name == key.name)
    };
    let actions = service.actions.iter().filter(lists).map(|action| action.name.as_ref()).collect();
    let types = service
        .resource_types
        .iter()
        .filter(|resource| resource.condition_keys.contains(&key.name));
    (actions, types.map(|resource| resource.name.as_ref()).collect())
}

/// How many actions may have the key, by themselves or by a resource type, and of how many
/// services.
fn counts(services: &[&Service], name: &str) -> (usize, usize) {
    let of = |service: &&&Service| {
        let Some(key) = service.key(name) else { return 0 };
        let (actions, types) = users(service, key);
        let (actions, types): (BTreeSet<&str>, BTreeSet<&str>) =
            (actions.into_iter().collect(), types.into_iter().collect());
        let by_type = |action: &Action| {
            action.resources.iter().any(|resource| types.contains(resource.name.as_ref()))
        };
        service
            .actions
            .iter()
            .filter(|action| actions.contains(action.name.as_ref()) || by_type(action))
            .count()
    };
    let counts: Vec<usize> =
        services.iter().map(|service| of(&service)).filter(|count| *count > 0).collect();
    (counts.iter().sum(), counts.len())
}

/// The name of a global key; a family with its free part.
fn family(info: &KeyInfo) -> String {
    if info.is_family() { format!("{}${{TagKey}}", info.name) } else { info.name.to_owned() }
}

/// `an ARN of six fields`, `a text; several values`.
fn values(types: &[KeyType], multivalued: bool) -> String {
    let words: Vec<&str> = types.iter().map(|key_type| key_type.words()).collect();
    format!("{}{}", words.join(" or "), if multivalued { "; several values" } else { "" })
}

/// A line for each format; the name stands in the first.
fn formats(resource: &ResourceType) -> Vec<(String, String)> {
    let name = |at: usize| if at == 0 { resource.name.to_string() } else { String::new() };
    resource.arns.iter().enumerate().map(|(at, arn)| (name(at), arn.to_string())).collect()
}

/// Two columns, indented.
fn columns(text: &mut Lines, rows: impl Iterator<Item = (String, String)>) {
    let rows: Vec<_> = rows.collect();
    let width = rows.iter().map(|(left, _)| left.chars().count()).max().unwrap_or_default();
    for (left, right) in rows {
        line!(text, "{}", format!("  {left:<width$}  {right}").trim_end());
    }
}

/// The fact, which the catalogue tells, as JSON objects, one a line; the whole catalogue is an
/// object for itself and one for each service.
pub fn json(fact: &Fact<'_>, catalogue: &Catalogue) -> Vec<Value> {
    let origin = || Origin {
        source: catalogue.source().to_owned(),
        date: catalogue.date().map(|date| date.to_string()),
    };
    match fact {
        Fact::Catalogue(catalogue) => {
            let head = CatalogueHead {
                schema: SCHEMA,
                kind: "catalogue",
                bytes: catalogue.size(),
                services: catalogue.summaries().len(),
                origin: origin(),
            };
            let services = catalogue.summaries().map(|service| value(&summary_form(service)));
            std::iter::once(value(&head)).chain(services).collect()
        }
        Fact::Service(service) => vec![value(&service_form(service, origin()))],
        Fact::Action(service, action) => vec![value(&OneAction {
            schema: SCHEMA,
            kind: "action",
            action: action_form(service, action),
            origin: origin(),
        })],
        Fact::Key(listed) => {
            listed.iter().map(|(service, key)| value(&listed_form(service, key))).collect()
        }
        Fact::ProviderKey { name, provider } => vec![value(&ProviderKey {
            schema: SCHEMA,
            kind: "providerKey",
            name: name.clone(),
            provider: provider.clone(),
            present: OF_PROVIDER,
        })],
        Fact::GlobalKey { info, presence, services } => {
            vec![value(&global_form(info, presence, services))]
        }
    }
}

fn global_form(info: &KeyInfo, presence: &'static str, services: &[&Service]) -> GlobalKey {
    let (actions, of) = counts(services, &family(info));
    GlobalKey {
        schema: SCHEMA,
        kind: "globalKey",
        name: family(info),
        types: info.types.iter().map(|key_type| type_name(*key_type)).collect(),
        multivalued: info.multivalued,
        present: presence,
        actions,
        services: of,
    }
}

fn summary_form(summary: &Summary) -> ServiceSummary {
    ServiceSummary {
        schema: SCHEMA,
        kind: "serviceSummary",
        prefix: summary.prefix.clone(),
        name: summary.name.clone(),
        supports_resource_control_policies: summary.supports_rcp,
        actions: summary.actions,
        resource_types: summary.resource_types,
        condition_keys: summary.keys,
    }
}

fn service_form(service: &Service, origin: Origin) -> WholeService {
    let of_type = |resource: &ResourceType| ResourceTypeFacts {
        name: resource.name.to_string(),
        arns: arns(resource),
        condition_keys: names(&resource.condition_keys),
    };
    WholeService {
        schema: SCHEMA,
        kind: "service",
        prefix: service.prefix.clone(),
        name: service.name.clone(),
        supports_resource_control_policies: service.supports_rcp,
        actions: service.actions.iter().map(|action| action_form(service, action)).collect(),
        resource_types: service.resource_types.iter().map(of_type).collect(),
        condition_keys: service.keys.iter().map(key_form).collect(),
        origin,
    }
}

fn action_form(service: &Service, action: &Action) -> ActionFacts {
    let resources = service.resources_of(action).map(|(listed, resource)| {
        let keys = listed.condition_keys.iter().chain(&resource.condition_keys);
        ActionResource {
            name: resource.name.to_string(),
            required: listed.required,
            arns: arns(resource),
            condition_keys: keys.map(ToString::to_string).collect(),
        }
    });
    ActionFacts {
        name: format!("{}:{}", service.prefix, action.name),
        access_level: action.access.words(),
        needs_resource: action.needs_resource(),
        resources: resources.collect(),
        condition_keys: names(&action.condition_keys),
    }
}

fn listed_form(service: &Service, key: &Key) -> ListedKey {
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
    let (actions, types) = users(service, key);
    ListedKey {
        schema: SCHEMA,
        kind: "key",
        key: key_form(key),
        service: service.prefix.clone(),
        actions: owned(actions),
        resource_types: owned(types),
    }
}

fn key_form(key: &Key) -> KeyFacts {
    KeyFacts {
        name: key.name.to_string(),
        key_type: type_name(key.key_type),
        multivalued: key.multivalued,
    }
}

fn type_name(key_type: KeyType) -> &'static str {
    match key_type {
        KeyType::String => "String",
        KeyType::Arn => "ARN",
        KeyType::Bool => "Bool",
        KeyType::Numeric => "Numeric",
        KeyType::Date => "Date",
        KeyType::Ip => "IPAddress",
    }
}

fn arns(resource: &ResourceType) -> Vec<String> {
    resource.arns.iter().map(ToString::to_string).collect()
}

fn names(names: &[std::sync::Arc<str>]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
