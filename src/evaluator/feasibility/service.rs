//! What the service of the action says: which actions exist, on which resources, with which keys
//! (F12, F13), and the rows on tags that depend on it (F15, F16). Called "target" below: what an
//! action is authorized on, a resource type or `*`.

use super::{Checker, formats, shapes, texts};
use keyaki_iam::catalogue::keys::{comes_with_session, lookup, of_provider};
use keyaki_iam::catalogue::service_keys::{ALWAYS_SENT, AlwaysSent, CLOSED, On, Values};
use keyaki_iam::catalogue::{Action, ActionResource, ResourceType, Service};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::{ContextValue, PrincipalKind, Request, arn_fields};
use keyaki_iam::value;
use keyaki_iam::world::{ModelChoice, World};
use num_rational::BigRational;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// How many resource types a message names.
const SHOWN: usize = 4;

/// What the catalogue says of an action and one of its targets.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    service: &'a Service,
    pub action: &'a Action,
    /// `None` for `*`.
    pub resource: Option<(&'a ActionResource, &'a ResourceType)>,
}

impl Target<'_> {
    /// Whether the action lists the key, or its family, for the target.
    pub fn lists(&self, key: &str) -> bool {
        self.service.lists(self.action, self.resource.map(|(listed, _)| listed), key)
    }
}

impl<'a> Checker<'a> {
    /// One and the same target must fit the resource, list every key, and fit the tags. Of an
    /// action that the catalogue does not list nothing is known.
    pub(super) fn service(&mut self) {
        let (prefix, name) = self.request.action.split_once(':').unwrap_or_default();
        let service = match self.world.catalogue.service(prefix) {
            Ok(Some(service)) => service,
            Ok(None) => {
                return self.require(false, "F12", format_args!("there is no service `{prefix}`"));
            }
            Err(error) => return self.require(false, "catalogue", error.to_string()),
        };
        let Some(action) = service.action(name) else {
            let possible =
                self.world.unknown_actions && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return self.require(
                possible,
                "F12",
                format_args!("there is no action `{}`", self.request.action),
            );
        };
        let mut targets = targets_of(service, action, &self.request.resource);
        if targets.is_empty()
            && !self.assumes(ModelChoice::F12)
            && is_of(service, &self.request.resource)
        {
            // On whatever else the action may be authorized, only its own keys are known to come.
            targets.push(Target { service, action, resource: None });
        }
        self.require(
            !targets.is_empty(),
            "F12",
            format_args!(
                "`{}` is not authorized on `{}`, but on {}",
                self.request.action,
                self.request.resource,
                on_what(action)
            ),
        );
        for check in [
            Self::unlisted_key,
            Self::untold_tag,
            Self::other_tag,
            Self::lone_twin,
            Self::unsent_key,
        ] {
            let mut found = None;
            targets.retain(|target| {
                let wrong = check(self, target);
                let fits = wrong.is_none();
                found = found.take().or(wrong);
                fits
            });
            if let (true, Some((id, key))) = (targets.is_empty(), found) {
                return self.require(
                    false,
                    id,
                    format_args!("{key} on `{}`", self.request.resource),
                );
            }
        }
    }

    /// F21: a key of a service holds one value or a list, as the services that list it say. Where
    /// they differ, either will do.
    pub(super) fn listed_values(&mut self) {
        for (key, value) in self.request.context.iter().filter(|(key, _)| lookup(key).is_none()) {
            let list = matches!(value, ContextValue::List(_));
            match self.world.catalogue.keys(key.text()) {
                Ok(known) => {
                    let possible = known.is_empty()
                        || known.iter().any(|(_, known)| known.multivalued == list);
                    let held = if list { "one value" } else { "a list of values" };
                    self.require(possible, "F21", format_args!("`{}` holds {held}", key.text()));
                }
                Err(error) => self.require(false, "catalogue", error.to_string()),
            }
        }
    }

    /// F13: keys that nobody knows are absent, but for those of services that are known: of these
    /// the lists say where they are.
    pub(super) fn unknown_keys(&mut self) {
        if self.world.unknown_keys {
            return;
        }
        for (key, _) in self.request.context.iter().filter(|(_, value)| !texts(value).is_empty()) {
            let namespace = key.lower().split_once(':').map_or("", |(namespace, _)| namespace);
            let foreign = self.world.catalogue.summary(namespace).is_none();
            let absurd = foreign && is_unknown(key, self.world);
            self.expect(
                !absurd,
                ModelChoice::F13,
                format_args!("the key `{}` is not known", key.text()),
            );
        }
    }

    /// F13: keys of services and tag keys are present only where they are listed.
    fn unlisted_key(&self, target: &Target<'_>) -> Option<(&'static str, String)> {
        let present = self.request.context.iter().filter(|(_, value)| !texts(value).is_empty());
        let mut keys = present.map(|(key, _)| key);
        keys.find(|key| is_listed_somewhere(key, self.world) && !target.lists(key.lower())).map(
            |key| {
                let action = &self.request.action;
                ("F13", format!("`{action}` does not list `{}`", key.text()))
            },
        )
    }
}

/// Whether the key comes with requests for the action, in lower case, on some resource.
pub fn comes_with(known: &AlwaysSent, action: &str) -> bool {
    known.actions.iter().any(|listed| {
        *listed == action || listed.strip_suffix('*').is_some_and(|start| action.starts_with(start))
    })
}

/// The keys that are always sent, by the services whose actions they come with.
static OF_SERVICES: LazyLock<FxHashMap<&str, Vec<&AlwaysSent>>> = LazyLock::new(|| {
    let mut all: FxHashMap<&str, Vec<&AlwaysSent>> = FxHashMap::default();
    for known in ALWAYS_SENT {
        let services = known.actions.iter().map(|action| action.split(':').next().unwrap_or(""));
        for service in services.collect::<BTreeSet<&str>>() {
            all.entry(service).or_default().push(known);
        }
    }
    all
});

impl Checker<'_> {
    /// F34: keys that are always sent are there, where the action lists them for the target.
    fn unsent_key(&self, target: &Target<'_>) -> Option<(&'static str, String)> {
        if !self.assumes(ModelChoice::F34) {
            return None;
        }
        let action = self.request.action.to_ascii_lowercase();
        let asked = |known: &&AlwaysSent| comes_with(known, &action);
        let meant = |known: &&AlwaysSent| match known.on {
            On::Anything => true,
            On::Owned => !target.action.resources.is_empty(),
            On::Type(name) => {
                target.resource.is_some_and(|(listed, _)| listed.name.eq_ignore_ascii_case(name))
            }
        };
        let of_service = OF_SERVICES.get(&*target.service.prefix).into_iter().flatten().copied();
        let mut expected =
            of_service.filter(asked).filter(meant).filter(|known| target.lists(known.key));
        let sends =
            |known: &AlwaysSent| !known.in_account || self.request.principal.account().is_some();
        let missing = expected.find(|known| sends(known) && !self.maybe_present(known.key))?;
        Some(("F34", format!("`{}` always carries `{}`", self.request.action, missing.key)))
    }

    /// F34: who does not sign sends nothing that tells of a signature or of an account.
    pub(super) fn unsigned(&mut self) {
        let anonymous = self.is(&[PrincipalKind::Anonymous]);
        for known in ALWAYS_SENT.iter().filter(|known| anonymous && known.in_account) {
            self.expect(
                !self.present(known.key),
                ModelChoice::F34,
                format_args!("who does not sign sends no `{}`", known.key),
            );
        }
    }

    /// F35: keys whose values are known hold one of these.
    pub(super) fn closed_values(&mut self) {
        for (key, value) in &self.request.context {
            let Some(known) = CLOSED.iter().find(|known| known.key == key.lower()) else {
                continue;
            };
            let told = texts(value).iter().all(|text| is_one_of(known.values, text));
            self.expect(
                told,
                ModelChoice::F35,
                format_args!("`{}` holds {}", key.text(), in_words(known.values)),
            );
        }
    }
}

/// Whether a text is one of the values that a key can hold (F35).
fn is_one_of(values: Values, text: &str) -> bool {
    match values {
        Values::Listed(values) => values.iter().any(|value| match value.strip_prefix('*') {
            Some(end) => text.len() > end.len() && text.ends_with(end),
            None => *value == text,
        }),
        Values::Between(least, most) => {
            let bound = |bound: u32| BigRational::from_integer(bound.into());
            value::number(text)
                .is_some_and(|number| bound(least) <= number && number <= bound(most))
        }
        Values::Arns(service, starts) => {
            arn_fields(text).is_some_and(|[_, _, of, region, account, rest]| {
                let named = |start: &&str| {
                    rest.strip_prefix(*start)
                        .is_some_and(|id| is_one_of(Values::Written(".:_-"), id))
                };
                of == service
                    && shapes::is_region(region)
                    && shapes::is_account(account)
                    && starts.iter().any(named)
            })
        }
        Values::Written(more) => {
            !text.is_empty()
                && text
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || more.contains(letter))
        }
    }
}

fn in_words(values: Values) -> String {
    match values {
        Values::Listed(values) => format!("one of {}", values.join(", ")),
        Values::Between(least, most) => format!("a number from {least} to {most}"),
        Values::Arns(service, starts) => {
            format!("an ARN of `{service}` with {}", starts.join(" or "))
        }
        Values::Written(more) => format!("letters, digits and {more}"),
    }
}

/// What an action is authorized on, in words.
fn on_what(action: &Action) -> String {
    let mut names: Vec<&str> =
        action.resources.iter().map(|resource| resource.name.as_ref()).collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let types = match (names.join(", "), more) {
        (types, 0) => types,
        (types, more) => format!("{types} and {more} more types"),
    };
    match (names.is_empty(), action.needs_resource()) {
        (true, _) => "`*` only".to_owned(),
        (false, true) => format!("resources of type {types}"),
        (false, false) => format!("`*` and resources of type {types}"),
    }
}

/// The targets of the action that the resource fits (F12).
fn targets_of<'a>(service: &'a Service, action: &'a Action, resource: &str) -> Vec<Target<'a>> {
    let target = |resource| Target { service, action, resource };
    match arn_fields(resource) {
        Some(arn) => {
            let fits = |(_, known): &(&ActionResource, &ResourceType)| {
                known.arns.iter().any(|format| formats::matches(format, &arn))
            };
            service.resources_of(action).filter(fits).map(|found| target(Some(found))).collect()
        }
        None if resource == "*" && !action.needs_resource() => vec![target(None)],
        None => Vec::new(),
    }
}

/// Whether a resource is `*` or has an ARN of the service.
fn is_of(service: &Service, resource: &str) -> bool {
    let mut formats = service.resource_types.iter().flat_map(|known| &known.arns);
    arn_fields(resource).map_or(resource == "*", |arn| {
        arn[2] == service.prefix || formats.any(|format| formats::names_service(format, arn[2]))
    })
}

/// Whether the catalogue decides where the key is present (F13, if that is assumed).
pub fn is_listed_somewhere(key: &ContextKey, world: &World<'_>) -> bool {
    if !world.assumptions.contains(ModelChoice::F13) {
        return false;
    }
    let Some((namespace, rest)) = key.lower().split_once(':') else { return false };
    if namespace == "aws" {
        return rest == "tagkeys"
            || rest.starts_with("resourcetag/")
            || rest.starts_with("requesttag/");
    }
    let known_service = world.catalogue.summary(namespace).is_some();
    let foreign = || of_provider(key).is_none() && world.catalogue.may_list(key.text());
    (known_service || foreign())
        && !comes_with_session(key)
        && !(world.unknown_keys && is_unknown(key, world))
}

/// Whether nobody knows the key: SEMANTICS 5 has no such global key, no service lists it, and it is
/// none of an identity provider.
pub fn is_unknown(key: &ContextKey, world: &World<'_>) -> bool {
    lookup(key).is_none() && of_provider(key).is_none() && !world.catalogue.may_list(key.text())
}

/// The keys of a request that its action does not list for its resource (F13): of the target with
/// the fewest. None of actions that the catalogue does not know, and where the resource fits no
/// target.
pub fn unlisted_keys(request: &Request, world: &World<'_>) -> Vec<ContextKey> {
    if request.context.is_empty() {
        return Vec::new();
    }
    let Ok(Some((service, action))) = world.catalogue.action(&request.action) else {
        return Vec::new();
    };
    let governed: Vec<&ContextKey> =
        request.context.keys().filter(|key| is_listed_somewhere(key, world)).collect();
    if governed.is_empty() {
        return Vec::new();
    }
    let unlisted = |target: Target<'_>| -> Vec<ContextKey> {
        governed.iter().filter(|key| !target.lists(key.lower())).map(|key| (*key).clone()).collect()
    };
    let all = targets_of(service, action, &request.resource).into_iter().map(unlisted);
    all.min_by_key(Vec::len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By its service each key that is always sent is found for each of its actions.
    #[test]
    fn keys_that_are_always_sent_are_found_by_their_services() {
        for known in ALWAYS_SENT {
            for action in known.actions {
                let (service, name) = action.split_once(':').unwrap();
                assert!(!service.is_empty() && !service.contains('*'), "{action}");
                assert_eq!(service, service.to_ascii_lowercase());
                assert!(OF_SERVICES[service].contains(&known), "{action}");
                assert!(comes_with(known, &format!("{service}:{}", name.replace('*', "x"))));
            }
        }
    }
}
