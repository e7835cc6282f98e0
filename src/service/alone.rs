//! Policies where nothing else stands in the way: what is compared of them in a review.

use super::Sets;
use super::sides::Thing;
use keyaki_iam::input;
use keyaki_iam::json;
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::read::{ReadOptions, read as read_policy};
use keyaki_iam::policy::{Effect, Kind, Policy, Version};
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Source;

/// What is compared of policies of one kind: by themselves, and beside policies that allow everything
/// where one of them denies something. What a Deny refuses shows only there, if other policies allow
/// it: those of the caller, or those of the resource, which let in who has none and who comes from
/// another account.
pub(super) fn sets(
    kind: Kind,
    [was, is]: [Option<&Thing>; 2],
    not_principal: NotPrincipalReading,
) -> Vec<Sets> {
    let set = |thing| Policies { not_principal, ..environment(kind, thing) };
    let sides = [set(was), set(is)];
    let limits = sides.iter().any(limits);
    let is_conditional =
        sides.iter().any(|set| set.all().any(|named| named.policy.keys().next().is_some()));
    let mut all: Vec<[Policies; 2]> = Vec::new();
    match kind {
        Kind::Identity => {
            let beside = limits.then(|| sides.each_ref().map(beside));
            // The account of a resource, and whose it is, count where it is not that of the caller.
            let known = [Some(&sides), beside.as_ref()].into_iter().flatten();
            let abroad: Vec<_> = known.map(|sides| sides.each_ref().map(abroad)).collect();
            all.extend(beside);
            all.extend(abroad.into_iter().filter(|_| is_conditional));
        }
        Kind::Trust => all.extend(limits.then(|| sides.each_ref().map(beside))),
        // Several resources of a file may each hold a statement of one policy.
        Kind::Resource => {
            if limits {
                all.push(sides.each_ref().map(beside));
                all.push(sides.each_ref().map(open));
            }
        }
        Kind::Boundary | Kind::Session | Kind::Scp | Kind::Rcp | Kind::Endpoint => {
            all.push(sides.each_ref().map(abroad));
        }
    }
    let [old, new] = sides;
    let shape = || (kind == Kind::Trust).then(of_roles).flatten();
    let others = all.into_iter().map(|[old, new]| Sets::of(old, new));
    let sets = std::iter::once(Sets::of(old, new)).chain(others);
    sets.map(|sets| Sets { shape: shape(), ..sets }).collect()
}

/// Requests about roles: no others are shown to a trust policy.
fn of_roles() -> Option<Shape> {
    let source = Source::new("roles", r#"{"Action": "*", "Resource": "arn:*:iam::*:role/*"}"#);
    let (value, _) = json::parse(&source, &json::Limits::default());
    let shape = input::shape(&value?, &source, &ReadOptions::default(), "").ok()?;
    Some(shape.value)
}

/// What is compared of policies that are gone with what they were attached to: nothing is allowed
/// there any more, and nothing is refused that others allow.
pub(super) fn gone(kind: Kind, was: &Thing, not_principal: NotPrincipalReading) -> Sets {
    let is = Thing { policies: vec![nothing(kind)], ..Thing::default() };
    let set = |thing| Policies { not_principal, ..environment(kind, Some(thing)) };
    Sets::of(set(was), set(&is))
}

impl Sets {
    /// Both, about the requests of the review.
    pub(super) fn of(old: Policies, new: Policies) -> Self {
        Self { old, new, shape: None, callers: None, caveats: Vec::new() }
    }
}

/// Policies of one kind where nothing else stands in the way: what grants stands alone, and what
/// limits stands beside a policy that grants everything. Without it nothing is granted, or nothing
/// limited.
fn environment(kind: Kind, thing: Option<&Thing>) -> Policies {
    let policies = thing.map(|thing| thing.policies.clone()).unwrap_or_default();
    let first = || policies.first().cloned();
    let granted = Policies::identity(vec![everything(Kind::Identity)]);
    match kind {
        Kind::Identity => {
            let boundary = thing.and_then(|thing| thing.boundary.clone());
            Policies { boundary, ..Policies::identity(policies) }
        }
        Kind::Trust | Kind::Resource => {
            Policies::resource(first().unwrap_or_else(|| nothing(kind)))
        }
        Kind::Boundary => Policies { boundary: first(), ..granted },
        Kind::Session => Policies { session: policies, ..granted },
        Kind::Scp if policies.is_empty() => granted,
        Kind::Scp => Policies { scp: vec![beside_everything(policies)], ..granted },
        Kind::Rcp if policies.is_empty() => granted,
        Kind::Rcp => Policies { rcp: vec![policies], ..granted },
        Kind::Endpoint => Policies { endpoint: policies, ..granted },
    }
}

/// Whether the set limits what other policies may allow: it has a Deny, or a boundary.
fn limits(set: &Policies) -> bool {
    let mut statements = set.all().flat_map(|named| named.policy.statements());
    set.boundary.is_some() || statements.any(|statement| statement.effect == Effect::Deny)
}

/// The set beside an identity-based policy that allows everything.
fn beside(set: &Policies) -> Policies {
    let own = set.identity.iter().flatten().cloned();
    let identity = Some(own.chain([everything(Kind::Identity)]).collect());
    Policies { identity, ..set.clone() }
}

/// The set beside a resource-based policy that allows everything to everybody.
fn abroad(set: &Policies) -> Policies {
    Policies { resource: Some(everybody()), ..set.clone() }
}

/// The set, whose resource-based policy allows everything to everybody, too.
fn open(set: &Policies) -> Policies {
    let open = |named: &NamedPolicy| {
        let all = everybody();
        let own = named.policy.statements.iter().chain(&all.policy.statements).cloned().collect();
        let policy = Policy { id: None, statements: own, ..*named.policy };
        NamedPolicy { policy: policy.into(), ..named.clone() }
    };
    Policies { resource: set.resource.as_ref().map(open), ..set.clone() }
}

/// The policies of a level of an organization. Where none of them allows anything, that everything is
/// allowed stands beside them, as `FullAWSAccess` does unless somebody removes it.
fn beside_everything(mut policies: Vec<NamedPolicy>) -> Vec<NamedPolicy> {
    let allows = |named: &NamedPolicy| {
        named.policy.statements().any(|statement| statement.effect == Effect::Allow)
    };
    if !policies.iter().any(allows) {
        policies.push(everything(Kind::Scp));
    }
    policies
}

/// A policy that grants everything.
pub(super) fn everything(kind: Kind) -> NamedPolicy {
    of_everything(
        kind,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    )
}

/// A resource-based policy that grants everything to everybody.
pub(super) fn everybody() -> NamedPolicy {
    of_everything(
        Kind::Resource,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#,
    )
}

fn of_everything(kind: Kind, text: &str) -> NamedPolicy {
    let read = read_policy(&Source::new("everything", text), kind, &ReadOptions::default());
    let policy = read.policy.unwrap_or_else(|| policy_of_nothing(kind));
    NamedPolicy::new("everything".to_owned(), policy)
}

fn policy_of_nothing(kind: Kind) -> Policy {
    Policy { kind, version: Version::V2012, id: None, statements: Vec::new() }
}

/// A policy that grants nothing.
fn nothing(kind: Kind) -> NamedPolicy {
    NamedPolicy::new("nothing".to_owned(), policy_of_nothing(kind))
}
