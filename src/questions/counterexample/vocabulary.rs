//! Values that a person recognises, to put into a counterexample where any value would do.
//!
//! A candidate is only ever a proposal: [`super::simplify`] keeps it when the evaluator confirms
//! the changed request.

use super::accounts::ACCOUNT;
use super::callers;
use super::mentioned::{Entry, Mentioned, named};
use super::placeholders::REGION;
use super::targets::Targets;
use super::written::{is_literal, of_parameter, samples, write, written, written_arn};
use keyaki_evaluator::semantics;
use keyaki_iam::policy::parameter::Parameter;
use keyaki_iam::policy::{
    ActionElement, BaseOperator, ConditionValue, ContextKey, Kind, Literal, Piece, Policy,
    PrincipalEntry, ResourcePattern, Statement, Template,
};
use keyaki_iam::request::{Principal, Request, arn_fields};
use keyaki_iam::shape::{CallerPattern, Shape};
use keyaki_iam::world::World;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::once_with;
use std::sync::LazyLock;

/// Actions that a reader of policies knows, the best known first.
const ACTIONS: &[&str] = &[
    "bedrock:InvokeModel",
    "bedrock:InvokeModelWithResponseStream",
    "bedrock:GetFoundationModel",
    "bedrock:GetAgent",
    "bedrock:ListAgents",
    "bedrock:CreateAgent",
    "bedrock:UpdateAgent",
    "bedrock:DeleteAgent",
    "s3:GetObject",
    "s3:PutObject",
    "iam:PassRole",
    "iam:CreateUser",
    "ec2:RunInstances",
    "kms:Decrypt",
    "sts:AssumeRole",
    "lambda:InvokeFunction",
    "dynamodb:GetItem",
];

/// ARNs that a reader of policies knows.
const RESOURCES: &[&str] = &[
    "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5",
    "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
    "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123def456",
    "arn:aws:s3:::example-bucket/example.txt",
    "arn:aws:s3:::example-bucket",
    "arn:aws:iam::111122223333:role/example",
    "arn:aws:iam::111122223333:user/dev",
    "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:lambda:us-east-1:111122223333:function:example",
    "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0",
    "arn:aws:dynamodb:us-east-1:111122223333:table/example",
];

/// Fillers for a wildcard after a literal part.
const FILLERS: &[&str] = &["example", "", "1", "0"];

/// Model ids, for a wildcard after a part that speaks of models.
const MODELS: &[&str] = &["anthropic.claude-sonnet-5", "amazon.nova-pro-v1:0"];

/// Ids of keys, for a wildcard that is all of a KMS resource.
const KMS_KEYS: &[&str] = &["key/1234abcd-12ab-34cd-56ef-1234567890ab"];

/// How many patterns, values or principals of the policies are made into candidates at a time. Of
/// more, those count first that match what the request carries now: where one of ten thousand
/// values is needed, it is one of these.
const MANY: usize = 32;

/// A value of a key that the policies name.
#[derive(Debug, Clone, Copy)]
enum Named<'a> {
    /// In a condition.
    Value(BaseOperator, &'a ConditionValue),
    /// A unique id in a principal element, which is seen in `aws:userid`.
    Id(&'a str),
}

/// The candidates that the policies of one question give rise to.
#[derive(Debug, Default)]
pub struct Vocabulary<'a> {
    statements: Vec<&'a Statement>,
    /// Actions of which each list must match those that are proposed.
    granted: Vec<Vec<&'a ActionElement>>,
    /// Whether the action and the resource of a request are given, so that no others are proposed.
    fixed: bool,
    /// The ARN patterns of the policies, in their order.
    patterns: Vec<&'a ResourcePattern>,
    values: BTreeMap<&'a ContextKey, Vec<Named<'a>>>,
    entries: Vec<&'a PrincipalEntry>,
    callers: Vec<&'a CallerPattern>,
    keys: BTreeSet<&'a ContextKey>,
    targets: Option<Targets<'a>>,
}

impl<'a> Vocabulary<'a> {
    /// Collects what the policies and the shapes of a question themselves say and adds what
    /// everybody knows, and, if the question is about requests that can exist in a world, what
    /// exists there.
    pub fn of(
        policies: impl IntoIterator<Item = &'a Policy>,
        shapes: impl IntoIterator<Item = &'a Shape>,
        world: Option<World<'a>>,
    ) -> Self {
        let shapes: Vec<&Shape> = shapes.into_iter().collect();
        let mut statements: Vec<&Statement> =
            policies.into_iter().flat_map(|policy| policy.statements()).collect();
        statements.extend(shapes.iter().map(|shape| &shape.statement));
        let mut vocabulary = Self {
            callers: shapes.iter().flat_map(|shape| shape.patterns()).collect(),
            ..Self::default()
        };
        let (mut texts, mut entries) = (BTreeSet::new(), BTreeSet::new());
        for statement in &statements {
            for pattern in statement.resource.iter().flat_map(|element| &element.patterns) {
                let ResourcePattern::Arn { text, .. } = pattern else { continue };
                vocabulary.patterns.extend(texts.insert(text).then_some(pattern));
            }
            for condition in &statement.conditions {
                let named = condition
                    .values
                    .iter()
                    .map(|value| Named::Value(condition.operator.base, value));
                vocabulary.values.entry(&condition.key).or_default().extend(named);
            }
            for entry in statement
                .principal
                .iter()
                .flat_map(|element| &element.entries)
                .filter(|entry| entries.insert(*entry))
            {
                if let (true, PrincipalEntry::Aws(id)) = (entry.is_unique_id(), entry) {
                    vocabulary.values.entry(&USERID).or_default().push(Named::Id(id));
                }
                vocabulary.entries.push(entry);
            }
            vocabulary.keys.extend(statement.keys());
        }
        vocabulary.targets =
            world.map(|world| Targets::of(world, &statements, vocabulary.keys.iter().copied()));
        vocabulary.statements = statements;
        vocabulary
    }

    /// The same, for requests whose action and resource are given.
    #[must_use]
    pub fn of_given_target(self) -> Self {
        Self { fixed: true, ..self }
    }

    /// The same, for requests of actions that some element of each list matches: others would not be
    /// confirmed.
    #[must_use]
    pub fn of_granted(self, granted: Vec<Vec<&'a ActionElement>>) -> Self {
        Self { granted, ..self }
    }

    /// Action names, best first; where the question is about a world, those that exist in it.
    pub fn actions(&self) -> impl Iterator<Item = String> {
        let matches = |granted: &Vec<&ActionElement>, action: &str| {
            granted.iter().any(|one| semantics::matches_action_element(one, action))
        };
        let is_granted =
            move |action: &str| self.granted.iter().all(|granted| matches(granted, action));
        let (existing, any) = match &self.targets {
            _ if self.fixed => (None, None),
            Some(targets) => {
                (Some(targets.actions(ACTIONS, named(&self.statements), is_granted)), None)
            }
            None => (None, Some(action_candidates(&self.statements))),
        };
        let any = any.into_iter().flatten().filter(move |action| is_granted(action));
        existing.into_iter().flatten().chain(any)
    }

    /// Whether the policies or shapes of the question name the key.
    pub fn mentions(&self, key: &ContextKey) -> bool {
        self.keys.contains(key)
    }

    /// Resource ARNs for a request whose resource is `now`, best first: of patterns of the
    /// policies, then those that everybody knows. Where a service is given, only those of it.
    pub fn resources(&self, now: &str, of: Option<&str>) -> impl Iterator<Item = String> {
        let near =
            |pattern: &ResourcePattern| semantics::matches_resource(pattern, Kind::Identity, now);
        let patterns = nearest(&self.patterns, MANY, near);
        let known = RESOURCES.iter().map(ToString::to_string);
        let mut seen = FxHashSet::default();
        let is_of = move |service: Option<&str>| of.is_none() || service == of;
        // Of most patterns their texts tell that they are of another service.
        let may_be =
            move |pattern: &&ResourcePattern| pattern.service().is_none_or(|own| is_of(Some(own)));
        let all = patterns.into_iter().filter(may_be).flat_map(arns_of).chain(known);
        all.filter(move |resource| is_of(service_of(resource)) && seen.insert(resource.clone()))
    }

    /// An ARN, or a few, for every pattern of the policies.
    pub fn named_resources(&self) -> impl Iterator<Item = String> {
        self.patterns.iter().copied().flat_map(arns_of)
    }

    /// Callers for the request, best first.
    pub fn principals(&self, request: &Request) -> impl Iterator<Item = Principal> {
        let entries =
            nearest(&self.entries, MANY, |entry| semantics::matches_principal(entry, request));
        let own = request.principal.issuer().unwrap_or_else(|| request.principal.arn.clone());
        callers::candidates(
            entries,
            self.callers.iter().copied(),
            self.named(&PRINCIPAL_ARN, request, &own),
        )
    }

    /// What there is to know of the resource that a request has now, for
    /// [`Vocabulary::resources_of`].
    pub fn near(&self, resource: &str) -> Vec<&ResourcePattern> {
        self.targets.as_ref().map(|targets| targets.matching(resource)).unwrap_or_default()
    }

    /// Resources that the action is authorized on, best first; `None` where the question is about
    /// any request, and for actions that nobody knows. Patterns of the policies that are `near`
    /// count more than others.
    pub fn resources_of<'s>(
        &'s self,
        action: &str,
        near: &'s [&'s ResourcePattern],
    ) -> Option<impl Iterator<Item = String> + 's> {
        self.targets.as_ref()?.resources(action, near)
    }

    /// The action as the catalogue spells it, if the question is about a world and the action
    /// exists there.
    pub fn spelled(&self, action: &str) -> Option<String> {
        self.targets.as_ref()?.spelled(action)
    }

    /// Takes away the keys that cannot come with the request's action and resource.
    pub(super) fn drop_unlisted(&self, request: &mut Request) {
        if let Some(targets) = &self.targets {
            targets.drop_unlisted(request);
        }
    }

    /// Candidates for a value that the request has for a key, best first.
    pub fn values(&self, key: &ContextKey, request: &Request, now: &str) -> Vec<String> {
        let samples = match Parameter::of(key) {
            Some(parameter) => of_parameter(&parameter),
            None => samples(key).iter().map(ToString::to_string).collect(),
        };
        distinct(
            self.named(key, request, now)
                .into_iter()
                .chain(moved(now, &request.resource))
                .chain(samples),
        )
    }

    /// Those of the policies.
    fn named(&self, key: &ContextKey, request: &Request, now: &str) -> Vec<String> {
        let Some(values) = self.values.get(key) else { return Vec::new() };
        let near = |named: Named<'_>| match named {
            Named::Value(base, value) => semantics::matches_value(base, now, value, request),
            Named::Id(id) => now.starts_with(id),
        };
        distinct(nearest(values, MANY, near).into_iter().flat_map(texts_of))
    }
}

/// The field of the service of an ARN.
pub(super) fn service_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(2)
}

/// The ARN in the Region of the resource, and in the one that everybody knows; none of other texts
/// and of ARNs without Region.
fn moved(arn: &str, resource: &str) -> Vec<String> {
    let Some([first, partition, service, region, account, rest]) =
        arn_fields(arn).filter(|fields| !fields[3].is_empty())
    else {
        return Vec::new();
    };
    let regions = [arn_fields(resource).map_or("", |fields| fields[3]), REGION];
    let others = regions.into_iter().filter(|other| !other.is_empty() && *other != region);
    others.map(|region| [first, partition, service, region, account, rest].join(":")).collect()
}

static USERID: LazyLock<ContextKey> = LazyLock::new(|| ContextKey::new("aws:userid"));
static PRINCIPAL_ARN: LazyLock<ContextKey> = LazyLock::new(|| ContextKey::new("aws:PrincipalArn"));

/// The items; of more than `most` those that are near, then others, in their order.
pub(super) fn nearest<T: Copy>(items: &[T], most: usize, near: impl Fn(T) -> bool) -> Vec<T> {
    if items.len() <= most {
        return items.to_vec();
    }
    let mut chosen: Vec<T> = Vec::new();
    let mut far = Vec::new();
    for item in items.iter().copied() {
        if chosen.len() == most {
            break;
        }
        match near(item) {
            true => chosen.push(item),
            false if far.len() < most => far.push(item),
            false => {}
        }
    }
    let room = most - chosen.len();
    chosen.into_iter().chain(far.into_iter().take(room)).collect()
}

/// Resources that the pattern matches, best first. Each is made when it is asked for.
fn arns_of(pattern: &ResourcePattern) -> impl Iterator<Item = String> {
    let fields = match pattern {
        ResourcePattern::Any => None,
        ResourcePattern::Arn { fields, .. } => Some(&**fields),
    };
    fields.into_iter().flat_map(|fields| {
        // Where nothing is filled in, one is as good as all.
        let is_open = |at: &usize| fields.get(*at).is_none_or(|field| !is_literal(field));
        let most = |filled: &[usize]| if filled.iter().any(is_open) { usize::MAX } else { 1 };
        let owned = most(&[3, 4]);
        fillers(fields).take(most(&[0, 2, 5])).flat_map(move |filler| {
            let owners = owners(fields).into_iter().take(owned);
            owners.map(move |owner| filled_arn(fields, filler, owner))
        })
    })
}

/// The ARN with a filler for what is left open, or the Region and the account of an owner.
fn filled_arn(fields: &[Template], filler: &str, (region, account): (&str, &str)) -> String {
    let mut arn = String::new();
    for index in 0..6 {
        let fill = match index {
            1 => "aws",
            3 => region,
            4 => account,
            _ => filler,
        };
        if index > 0 {
            arn.push(':');
        }
        match fields.get(index) {
            Some(field) => write(field, fill, &mut arn),
            None => arn.push_str(fill),
        }
    }
    arn
}

/// Texts that the value matches, or is near to, best first.
fn texts_of(named: Named<'_>) -> Vec<String> {
    let (literal, text) = match named {
        Named::Id(id) if id.starts_with("AROA") => return vec![format!("{id}:session")],
        Named::Id(id) => return vec![id.to_owned()],
        Named::Value(_, value) => (&value.literal, &value.text),
    };
    match literal {
        Literal::Text(template) => ["example", "", "1"]
            .into_iter()
            .flat_map(|filler| [written_arn(template, filler), written(template, filler)])
            .collect(),
        Literal::Number(number) if number.is_integer() => [-1, 0, 1]
            .map(|neighbour| {
                (number + num_rational::BigRational::from_integer(neighbour.into())).to_string()
            })
            .into(),
        Literal::Network(network) => {
            vec![
                network.network().to_string(),
                network.hosts().next().map(|host| host.to_string()).unwrap_or_default(),
            ]
        }
        Literal::Bytes(bytes) => vec![String::from_utf8_lossy(bytes).into_owned()],
        Literal::Number(_) | Literal::Instant(_) => vec![text.clone()],
        Literal::Presence(_) => Vec::new(),
    }
}

/// What may stand for wildcards in the fields of Region and account, best first. Foundation models
/// have no account.
fn owners(fields: &[Template]) -> [(&'static str, &'static str); 4] {
    let model = matches!(fields.get(5).map(|field| field.pieces.as_slice()), Some([Piece::Literal(text), ..]) if text.starts_with("foundation-model/"));
    if model {
        [("us-east-1", ""), ("", ""), ("us-east-1", ACCOUNT), ("", ACCOUNT)]
    } else {
        [("us-east-1", ACCOUNT), ("us-east-1", ""), ("", ACCOUNT), ("", "")]
    }
}

/// What may stand for a wildcard in the last field of a resource pattern, best first.
fn fillers(fields: &[Template]) -> impl Iterator<Item = &'static str> {
    let literal = |index: usize| match fields.get(index).map(|field| field.pieces.as_slice()) {
        Some([Piece::Literal(text), ..]) => text.as_str(),
        _ => "",
    };
    let special = match (literal(2), literal(5)) {
        (_, rest)
            if rest.starts_with("foundation-model/") || rest.starts_with("inference-profile/") =>
        {
            MODELS
        }
        ("kms", "") => KMS_KEYS,
        _ => &[],
    };
    special.iter().chain(FILLERS).copied()
}

/// The actions that the statements name, those that everybody knows, and what the named patterns
/// begin with. Each is made when it is asked for: of thousands the first often will do.
fn action_candidates<'s>(statements: &[&'s Statement]) -> impl Iterator<Item = String> + use<'s> {
    let Mentioned { names, patterns } = named(statements);
    let stems = move || {
        let stems = patterns.iter().map(|Entry { service, name }| stem(service, name));
        stems.collect::<BTreeSet<String>>()
    };
    let names = names.map(Entry::text);
    names.chain(ACTIONS.iter().map(ToString::to_string)).chain(once_with(stems).flatten())
}

/// `Invoke*` becomes `Invoke`; an empty stem becomes a name that can be read.
fn stem(service: &str, name: &str) -> String {
    let stem: String = name
        .chars()
        .filter(|&letter| letter != '*')
        .map(|letter| if letter == '?' { 'X' } else { letter })
        .collect();
    format!("{service}:{}", if stem.is_empty() { "ExampleAction" } else { &stem })
}

/// The texts, each once, in their order.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| seen.insert(text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_items_the_near_ones_come_first() {
        let items: Vec<usize> = (0..10).collect();
        assert_eq!(nearest(&items, 10, |item| item == 7), items);
        assert_eq!(nearest(&items, 4, |item| item == 7), [7, 0, 1, 2]);
        assert_eq!(nearest(&items, 2, |item| item > 5), [6, 7]);
        assert_eq!(nearest(&items, 3, |_| false), [0, 1, 2]);
    }
}
