//! Actions that exist and resources that they are authorized on, to put into a counterexample
//! (SEMANTICS 5.6, F12 and F13).
//!
//! What is proposed comes from the catalogue, in the order in which a reader would choose; of
//! proposals that no policy of the question can tell apart only the first is made.

use super::candidates::Candidates;
use super::mentioned::{Entry, Mentioned};
use keyaki_evaluator::feasibility::{self, is_listed_somewhere, unlisted_keys};
use keyaki_evaluator::semantics;
use keyaki_iam::catalogue::{Action, ActionResource, ArnFormat, ResourceType, Service};
use keyaki_iam::policy::{ActionPattern, ContextKey, ResourcePattern, Statement};
use keyaki_iam::request::{Request, arn_fields};
use keyaki_iam::world::World;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::once_with;
use std::rc::Rc;

/// Types of resources that a reader of policies knows, the best known first.
const TYPES: &[&str] = &[
    "foundation-model",
    "agent",
    "object",
    "bucket",
    "role",
    "user",
    "key",
    "function",
    "instance",
    "table",
];

/// How many actions that policies name are tried, how many types of resources for each, and how
/// many patterns of the policies for each type.
const NAMED: usize = 300;
const NAMED_TYPES: usize = 12;
const NAMED_PATTERNS: usize = 16;

/// The catalogue, seen by the policies of one question.
#[derive(Debug)]
pub(super) struct Targets<'a> {
    world: World<'a>,
    /// The ARN patterns of the policies.
    patterns: Vec<&'a ResourcePattern>,
    /// The keys of the question where the catalogue decides whether they are present.
    keys: BTreeSet<&'a ContextKey>,
    candidates: Candidates,
}

impl<'a> Targets<'a> {
    pub(super) fn of(
        world: World<'a>,
        statements: &[&'a Statement],
        keys: impl IntoIterator<Item = &'a ContextKey>,
    ) -> Self {
        let elements = statements.iter().filter_map(|statement| statement.resource.as_ref());
        let mut texts = BTreeMap::new();
        for pattern in elements.flat_map(|element| &element.patterns) {
            if let ResourcePattern::Arn { text, .. } = pattern {
                texts.entry(text).or_insert(pattern);
            }
        }
        let patterns = texts.into_values().collect();
        let keys = keys.into_iter().filter(|key| is_listed_somewhere(key, &world)).collect();
        Self { world, patterns, keys, candidates: Candidates::default() }
    }

    /// Actions that exist, best first: the known ones, those that the policies name, and of each
    /// wildcard pattern the shortest that it matches. Others, which policies name, come last and
    /// only where the world may have them. Each is looked up when it is asked for, and if it is
    /// wanted.
    pub(super) fn actions<'s>(
        &'s self,
        known: &'s [&str],
        named: Mentioned<'s, impl Iterator<Item = Entry<'s>> + Clone + 's>,
        is_wanted: impl Fn(&str) -> bool + Copy + 's,
    ) -> impl Iterator<Item = String> + 's {
        let Mentioned { names, patterns } = named;
        let names = names.map(Entry::text).filter(move |name| is_wanted(name));
        let tomorrow = self.world.unknown_actions.then(|| names.clone());
        let listed = names.filter_map(|name| self.spelled(&name));
        let known = known.iter().filter(move |name| is_wanted(name));
        let existing = known.filter_map(|name| self.spelled(name)).chain(listed).take(NAMED);
        let matched = once_with(move || {
            let patterns: BTreeSet<Entry<'_>> = patterns.into_iter().collect();
            let shortest =
                patterns.into_iter().filter_map(|one| self.shortest(one.service, one.name));
            shortest.take(NAMED).filter(move |name| is_wanted(name))
        });
        let tomorrow = tomorrow.into_iter().flatten().filter(|name| self.spelled(name).is_none());
        let mut seen = FxHashSet::default();
        let all = existing.chain(matched.flatten()).chain(tomorrow);
        all.filter(move |name| seen.insert(name.clone()))
    }

    /// The action in the spelling of the catalogue.
    pub(super) fn spelled(&self, name: &str) -> Option<String> {
        let (service, action) = self.world.catalogue.action(name).ok()??;
        Some(format!("{}:{}", service.prefix, action.name))
    }

    /// Of the actions that the pattern matches the one with the shortest name.
    fn shortest(&self, prefix: &str, name: &str) -> Option<String> {
        let service = self.world.catalogue.service(prefix).ok()??;
        let pattern = ActionPattern::Name { service: prefix.into(), name: name.into() };
        let full = |action: &Action| format!("{}:{}", service.prefix, action.name);
        let matches = |action: &&Action| semantics::matches_action(&pattern, &full(action));
        service.actions.iter().filter(matches).min_by_key(|action| action.name.len()).map(full)
    }

    /// Patterns that match the resource, as many as count.
    pub(super) fn matching(&self, resource: &str) -> Vec<&'a ResourcePattern> {
        let resource = Rc::from(resource);
        self.patterns
            .iter()
            .copied()
            .filter(|pattern| self.candidates.is_matched(pattern, &resource))
            .take(NAMED_PATTERNS)
            .collect()
    }

    /// Resources that the action is authorized on, best first; `None` for actions that the
    /// catalogue does not know. Of the patterns of the policies those that are `near` count more
    /// than others. Each is made when it is asked for: the first ones are often enough.
    pub(super) fn resources<'s>(
        &'s self,
        action: &str,
        near: &'s [&'s ResourcePattern],
    ) -> Option<impl Iterator<Item = String> + 's> {
        let (service, action) = self.world.catalogue.action(action).ok()??;
        let mut types: Vec<_> = service.resources_of(action).collect();
        types.sort_by_cached_key(|(listed, _)| rank(&listed.name, &action.name));
        let mut seen = BTreeSet::new();
        let formats = types.into_iter().take(NAMED_TYPES).flat_map(|(listed, known)| {
            let comes: Rc<[bool]> = self.come_with(service, action, listed).into();
            known.arns.iter().map(move |format| (Rc::clone(&comes), format))
        });
        let mut arns = formats
            .flat_map(|(comes, format)| {
                let patterns: Rc<[_]> = self.patterns_for(format, near).into();
                let arns = self.candidates.of(format, Rc::clone(&patterns));
                arns.map(move |arn| (Rc::clone(&comes), Rc::clone(&patterns), arn))
            })
            .filter_map(move |(comes, patterns, arn)| {
                let signature = self.signature(&comes, &patterns, &arn);
                seen.insert(signature).then(|| arn.to_string())
            });
        let first = if named_by(action, service) { arns.next() } else { None };
        let any = (!action.needs_resource()).then(|| "*".to_owned());
        Some(first.into_iter().chain(any).chain(arns))
    }

    /// The patterns that an ARN of the format may match, as far as the field of the service tells,
    /// near ones first.
    fn patterns_for<'s>(
        &'s self,
        format: &ArnFormat,
        near: &[&'s ResourcePattern],
    ) -> Vec<&'s ResourcePattern> {
        let [_, _, service, ..] = format.fields();
        let fits =
            |pattern: &&ResourcePattern| pattern.service().is_none_or(|named| named == service);
        let far = self
            .patterns
            .iter()
            .copied()
            .filter(|pattern| !near.iter().any(|one| std::ptr::eq(*one, *pattern)));
        near.iter().copied().chain(far).filter(fits).take(NAMED_PATTERNS).collect()
    }

    /// What the policies of the question can tell of the ARN: which patterns match it, which keys
    /// come with it, which fields are empty.
    fn signature(&self, comes: &[bool], patterns: &[&ResourcePattern], arn: &Rc<str>) -> Vec<bool> {
        let matched = patterns.iter().map(|pattern| self.candidates.is_matched(pattern, arn));
        let empty = arn_fields(arn).unwrap_or_default().map(str::is_empty);
        matched.chain(comes.iter().copied()).chain(empty).collect()
    }

    /// Which keys come with a resource of a type.
    fn come_with(&self, service: &Service, action: &Action, listed: &ActionResource) -> Vec<bool> {
        self.keys.iter().map(|key| service.lists(action, Some(listed), key.lower())).collect()
    }

    /// Takes away the keys that do not come with the action and the resource.
    pub(super) fn drop_unlisted(&self, request: &mut Request) {
        for key in unlisted_keys(request, &self.world) {
            request.context.remove(&key);
        }
    }
}

/// Where a type of resources stands among those of an action: well-known ones first, then those
/// that the action's name speaks of.
fn rank(kind: &str, action: &str) -> (usize, bool) {
    let known = TYPES.iter().position(|known| *known == kind).unwrap_or(TYPES.len());
    (known, !speaks_of(action, kind))
}

fn speaks_of(action: &str, kind: &str) -> bool {
    feasibility::letters(action).ends_with(&feasibility::letters(kind))
}

/// Whether the action's resources say more than `*` does: some type is well known, or the action's
/// name speaks of it.
fn named_by(action: &Action, service: &Service) -> bool {
    let says = |(_, known): (&ActionResource, &ResourceType)| {
        TYPES.contains(&&*known.name) || speaks_of(&action.name, &known.name)
    };
    service.resources_of(action).any(says)
}
