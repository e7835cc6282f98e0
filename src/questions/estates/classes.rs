//! Principals of whom a question cannot tell one from the other: the same statements count for them,
//! and the estate says the same of them. One of them is asked for all.
//!
//! A class is asked about any principal of its kind in its account. A "no" is then one for each
//! member; a request that is found is made a member's, and confirmed anew.

use super::facts;
use crate::query::Narrowed;
use keyaki_iam::estate::{Entity, EntityKind, Estate, Shared};
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::policy::{ActionElement, ContextKey, Policy, Statement, print};
use keyaki_iam::request::{ContextValue, PrincipalKind, Request, arn_fields};
use keyaki_iam::shape::Shape;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The documents of an estate without what no request of a shape can meet.
pub(super) struct Documents {
    by_address: FxHashMap<usize, Document>,
    /// Every key that what is left names.
    keys: BTreeSet<ContextKey>,
}

/// A document of which statements that are out of question are left without a part: the others keep
/// their numbers.
struct Document {
    policy: Arc<NamedPolicy>,
    /// What is left, as a number: equal for equal statements. 0: nothing.
    content: usize,
}

/// What principals of one class have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    account: String,
    partition: String,
    is_role: bool,
    is_service_linked: bool,
    identity: Vec<usize>,
    boundary: Option<usize>,
    /// What is known of each tag that the question names.
    tags: Vec<Option<String>>,
    /// The places that may let one in, by their numbers.
    places: Vec<usize>,
}

fn address(policy: &Shared) -> usize {
    Arc::as_ptr(policy).addr()
}

impl Documents {
    /// Those of the users and roles of an estate.
    pub fn of(estate: &Estate, shape: &Shape) -> Self {
        let narrowed = Narrowed::to(shape);
        let mut contents: FxHashMap<String, usize> = FxHashMap::default();
        let mut all = Self { by_address: FxHashMap::default(), keys: BTreeSet::new() };
        let documents =
            estate.entities.iter().flat_map(|one| one.identity.iter().chain(&one.boundary));
        for document in documents {
            if all.by_address.contains_key(&address(document)) {
                continue;
            }
            let left = narrowed.in_place(&document.policy);
            let counting = || left.statements().filter(|one| !is_dead(one));
            let content = match counting().next() {
                None => 0,
                Some(_) => {
                    let text = print_of(&left, counting());
                    let next = contents.len() + 1;
                    *contents.entry(text).or_insert(next)
                }
            };
            all.keys.extend(counting().flat_map(Statement::keys).cloned());
            let NamedPolicy { name, policy: _, source, start } = document.as_ref();
            let (name, source, start) = (name.clone(), source.clone(), *start);
            let policy = Arc::new(NamedPolicy { name, policy: left.into(), source, start });
            all.by_address.insert(address(document), Document { policy, content });
        }
        all
    }

    /// The keys that what is left of the documents names.
    pub fn keys(&self) -> impl Iterator<Item = &ContextKey> {
        self.keys.iter()
    }

    /// What counts of the policies of a user or role; `rest` are those of its account.
    pub fn policies_of(&self, entity: &Entity, rest: Policies) -> Policies {
        let one = |policy: &Shared| match self.by_address.get(&address(policy)) {
            Some(known) => NamedPolicy::clone(&known.policy),
            None => NamedPolicy::clone(policy),
        };
        let counts = |policy: &&Shared| self.content(policy) != Some(0);
        Policies {
            identity: Some(entity.identity.iter().filter(counts).map(one).collect()),
            boundary: entity.boundary.as_ref().map(one),
            ..rest
        }
    }

    fn content(&self, policy: &Shared) -> Option<usize> {
        self.by_address.get(&address(policy)).map(|known| known.content)
    }

    /// The class of a user or role, which these places may let in. `tags` are those of principals that
    /// the question names.
    pub fn key(&self, entity: &Entity, tags: &BTreeSet<String>, places: Vec<usize>) -> Key {
        let mut identity: Vec<usize> = entity
            .identity
            .iter()
            .filter_map(|policy| self.content(policy))
            .filter(|content| *content != 0)
            .collect();
        identity.sort_unstable();
        identity.dedup();
        let fields = arn_fields(&entity.arn);
        Key {
            account: entity.account.clone(),
            partition: fields.map(|[_, partition, ..]| partition.to_owned()).unwrap_or_default(),
            is_role: entity.is_role(),
            is_service_linked: entity.is_service_linked(),
            identity,
            boundary: entity.boundary.as_ref().and_then(|policy| self.content(policy)),
            tags: facts::tags_in_words(entity, tags),
            places,
        }
    }
}

/// Whether a statement matches no action.
fn is_dead(statement: &Statement) -> bool {
    let ActionElement { negated, patterns } = &statement.action;
    !negated && patterns.is_empty()
}

/// Statements as text: equal texts mean the same.
fn print_of<'s>(policy: &Policy, statements: impl Iterator<Item = &'s Statement>) -> String {
    let mut text = format!("{:?}", policy.version);
    for statement in statements {
        // A name means nothing, and a place neither.
        let unnamed = Statement { sid: None, ..statement.clone() };
        text.push_str(&print::statement(&unnamed).to_string());
    }
    text
}

/// The request of somebody of its class as one of this user or role, in the ways that come to mind:
/// nothing but the caller changed; the name changed where the resource has it, too.
pub(super) fn made_own(request: &Request, entity: &Entity) -> Vec<Request> {
    let Some([_, partition, _, _, account, _]) = arn_fields(&entity.arn) else { return Vec::new() };
    let principal = &request.principal;
    let (own, other, issuer) = match (&entity.kind, principal.kind()) {
        (EntityKind::User { .. }, Some(PrincipalKind::User)) => {
            let mut own = principal.clone();
            own.arn.clone_from(&entity.arn);
            (own, principal.arn.rsplit('/').next(), entity.arn.clone())
        }
        (EntityKind::Role { .. }, Some(PrincipalKind::RoleSession)) => {
            let mut parts = principal.arn.rsplit('/');
            let (session, other) = (parts.next().unwrap_or_default(), parts.next());
            let name = entity.name();
            let mut own = principal.clone();
            own.arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}");
            let plain = format!("arn:{partition}:iam::{account}:role/{name}");
            own.role_arn = (plain != entity.arn).then(|| entity.arn.clone());
            (own, other, entity.arn.clone())
        }
        (EntityKind::User { .. } | EntityKind::Role { .. }, _) => return Vec::new(),
    };
    let mut same = request.clone();
    for (key, value) in &mut same.context {
        let own = match key.lower() {
            "aws:principalarn" => Some(issuer.clone()),
            "aws:username" => Some(entity.name().to_owned()),
            "aws:userid" => entity.id.as_ref().map(|id| match own.arn.rsplit('/').next() {
                Some(session) if entity.is_role() => format!("{id}:{session}"),
                Some(_) | None => id.clone(),
            }),
            _ => None,
        };
        if let Some(own) = own {
            *value = ContextValue::Single(own);
        }
    }
    same.principal = own;
    let renamed = other.filter(|other| !other.is_empty() && same.resource.contains(other));
    let renamed = renamed.map(|other| Request {
        resource: same.resource.replace(other, entity.name()),
        ..same.clone()
    });
    [same].into_iter().chain(renamed).collect()
}
