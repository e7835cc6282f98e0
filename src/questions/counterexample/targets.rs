//! Actions that exist and resources that they are authorized on, to put into a counterexample
//! (SEMANTICS 5.6, F12 and F13).
//!
//! What is proposed comes from the catalogue, in the order in which a reader would choose; of
//! proposals that no policy of the question can tell apart only the first is made.

use super::placeholders::{known_ids, natural_arn, values};
use super::written::written;
use keyaki_evaluator::feasibility::{self, is_listed_somewhere, unlisted_keys};
use keyaki_evaluator::semantics;
use keyaki_iam::catalogue::{Action, ActionResource, ArnFormat, ResourceType, Service};
use keyaki_iam::policy::{
    ActionPattern, ContextKey, Kind, Piece, ResourcePattern, Statement, Template,
};
use keyaki_iam::request::{Request, arn_fields};
use keyaki_iam::world::World;
use std::collections::{BTreeMap, BTreeSet};
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

/// Regions for patterns that `us-east-1` does not match, and partitions.
const REGIONS: &[&str] = &[
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-2",
    "us-gov-west-1",
    "cn-north-1",
];
const PARTITIONS: &[&str] = &["aws", "aws-cn", "aws-us-gov"];

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
        Self { world, patterns, keys }
    }

    /// Actions that exist, best first: the known ones, those that the policies name, and of each
    /// wildcard pattern the shortest that it matches. Others, which policies name, come last and
    /// only where the world may have them.
    pub(super) fn actions(&self, known: &[&str], statements: &[&Statement]) -> Vec<String> {
        let patterns: BTreeSet<(String, String)> =
            statements.iter().flat_map(|one| &one.action.patterns).filter_map(named).collect();
        let (wild, literal): (Vec<_>, Vec<_>) =
            patterns.into_iter().partition(|(_, name)| name.contains(['*', '?']));
        let literal: Vec<String> =
            literal.into_iter().map(|(service, name)| format!("{service}:{name}")).collect();
        let existing = known
            .iter()
            .copied()
            .chain(literal.iter().map(String::as_str))
            .filter_map(|name| self.spelled(name));
        let matched = wild.iter().filter_map(|(service, name)| self.shortest(service, name));
        let mut found: Vec<String> = Vec::new();
        let tomorrow = literal
            .iter()
            .filter(|name| self.world.unknown_actions && self.spelled(name).is_none())
            .cloned();
        for name in existing.take(NAMED).chain(matched.take(NAMED)).chain(tomorrow) {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }

    /// The action in the spelling of the catalogue.
    pub(super) fn spelled(&self, name: &str) -> Option<String> {
        let (service, action) = self.world.catalogue.action(name).ok()??;
        Some(format!("{}:{}", service.prefix, action.name))
    }

    /// Of the actions that the pattern matches the one with the shortest name.
    fn shortest(&self, prefix: &str, name: &str) -> Option<String> {
        let service = self.world.catalogue.service(prefix).ok()??;
        let pattern = ActionPattern::Name { service: prefix.to_owned(), name: name.to_owned() };
        let full = |action: &Action| format!("{}:{}", service.prefix, action.name);
        let matches = |action: &&Action| semantics::matches_action(&pattern, &full(action));
        service.actions.iter().filter(matches).min_by_key(|action| action.name.len()).map(full)
    }

    /// Patterns that match the resource, as many as count.
    pub(super) fn matching(&self, resource: &str) -> Vec<&'a ResourcePattern> {
        self.patterns
            .iter()
            .copied()
            .filter(|pattern| is_matched(pattern, resource))
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
        types.sort_by_key(|(listed, _)| rank(&listed.name, &action.name));
        let mut seen = BTreeSet::new();
        let formats = types
            .into_iter()
            .take(NAMED_TYPES)
            .flat_map(|(listed, known)| known.arns.iter().map(move |format| (listed, format)));
        let mut arns = formats
            .flat_map(|(listed, format)| {
                let patterns: Rc<[_]> = self.patterns_for(format, near).into();
                let arns = arns_of(format, Rc::clone(&patterns));
                arns.map(move |arn| (listed, Rc::clone(&patterns), arn))
            })
            .filter_map(move |(listed, patterns, arn)| {
                let signature = self.signature(service, action, listed, &patterns, &arn);
                seen.insert(signature).then_some(arn)
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
    fn signature(
        &self,
        service: &Service,
        action: &Action,
        listed: &ActionResource,
        patterns: &[&ResourcePattern],
        arn: &str,
    ) -> Vec<bool> {
        let matched = patterns.iter().map(|pattern| is_matched(pattern, arn));
        let comes = self.keys.iter().map(|key| service.lists(action, Some(listed), key.lower()));
        let empty = arn_fields(arn).unwrap_or_default().map(str::is_empty);
        matched.chain(comes).chain(empty).collect()
    }

    /// Takes away the keys that do not come with the action and the resource.
    pub(super) fn drop_unlisted(&self, request: &mut Request) {
        for key in unlisted_keys(request, &self.world) {
            request.context.remove(&key);
        }
    }
}

/// ARNs of the format: a natural one, those of known ids, and for each pattern one that it matches.
fn arns_of<'a>(
    format: &'a ArnFormat,
    patterns: Rc<[&'a ResourcePattern]>,
) -> impl Iterator<Item = String> + 'a {
    let natural = natural_arn(format);
    let known = with_known_ids(&natural, format);
    let count = patterns.len();
    let matched = (0..count).filter_map({
        let natural = natural.clone();
        move |at| arn_for(patterns.get(at)?, format, &natural)
    });
    std::iter::once(natural).chain(known).chain(matched)
}

/// Whether an identity-based policy's entry matches the resource, its variables taken for their
/// defaults.
fn is_matched(pattern: &ResourcePattern, resource: &str) -> bool {
    semantics::matches_resource(pattern, Kind::Identity, resource)
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

/// An ARN that the pattern matches and that is of the format, as natural as the pattern lets it be.
/// Each field is chosen apart from the others.
fn arn_for(pattern: &ResourcePattern, format: &ArnFormat, natural: &str) -> Option<String> {
    let ResourcePattern::Arn { fields, .. } = pattern else { return None };
    let own = arn_fields(natural)?;
    let fits = |index: usize, text: &str| {
        feasibility::field_is_of(format, index, text)
            && semantics::matches_resource_field(pattern, index, text)
    };
    if !fits(0, "arn") || !fits(2, own[2]) {
        return None;
    }
    let literal = |index: usize| {
        fields.get(index).filter(|field| is_literal(field)).map(|field| written(field, ""))
    };
    let one_of = |index: usize, others: &[&str]| {
        let mut options = match (literal(index), fields.get(index)) {
            (Some(text), _) => vec![text],
            (None, Some(_)) => others.iter().map(|text| (*text).to_owned()).collect(),
            (None, None) => vec![own.get(index).copied().unwrap_or_default().to_owned()],
        };
        let at = options.iter().position(|text| fits(index, text))?;
        Some(options.swap_remove(at))
    };
    let partition = one_of(1, PARTITIONS)?;
    let regions: Vec<&str> = match own[3] {
        "" => vec![""],
        region => [region].into_iter().chain(REGIONS.iter().copied()).collect(),
    };
    let region = one_of(3, &regions)?;
    let account = one_of(4, &[own[4]])?;
    let rest = rests(fields.get(5), format, own[5]).find(|rest| fits(5, rest))?;
    Some(format!("arn:{partition}:{}:{region}:{account}:{rest}", own[2]))
}

/// What may stand in the last field, where its own text is `own` and the pattern's is `field`.
fn rests<'a>(
    field: Option<&'a Template>,
    format: &'a ArnFormat,
    own: &'a str,
) -> Box<dyn Iterator<Item = String> + 'a> {
    match field {
        Some(field) if is_literal(field) => Box::new(std::iter::once(written(field, ""))),
        None => Box::new(std::iter::once(own.to_owned())),
        Some(field) => {
            // The ends of the natural text, shortest first, and all of it.
            let ends =
                own.rmatch_indices(['/', ':']).filter_map(|(at, _)| own.get(at + 1..)).chain([own]);
            let fillers = ends.chain(values(format)).chain(["example", ""]);
            let known = with_known_ids(own, format);
            let filled = fillers.flat_map(move |filler| spaced(field, filler));
            Box::new(std::iter::once(own.to_owned()).chain(known).chain(filled))
        }
    }
}

/// The pattern with the filler for its wildcards; after a letter or digit first with a hyphen
/// between.
fn spaced(field: &Template, filler: &str) -> Vec<String> {
    let starred =
        field.pieces.iter().zip(field.pieces.iter().skip(1)).find_map(|pair| match pair {
            (Piece::Literal(text), Piece::AnyString) => text.chars().next_back(),
            _ => None,
        });
    let hyphen =
        starred.is_some_and(char::is_alphanumeric).then(|| written(field, &format!("-{filler}")));
    hyphen.into_iter().chain([written(field, filler)]).collect()
}

/// The text, which ends in an id, with each other id that is known for the format.
fn with_known_ids(text: &str, format: &ArnFormat) -> impl Iterator<Item = String> + use<> {
    let stem = text.rsplit_once('/').map_or("", |(stem, _)| stem).to_owned();
    known_ids(format).map(move |id| format!("{stem}/{id}"))
}

fn is_literal(field: &Template) -> bool {
    field.pieces.iter().all(|piece| matches!(piece, Piece::Literal(_)))
}

fn named(pattern: &ActionPattern) -> Option<(String, String)> {
    match pattern {
        ActionPattern::Name { service, name } => Some((service.to_ascii_lowercase(), name.clone())),
        ActionPattern::Any => None,
    }
}
