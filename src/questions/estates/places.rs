//! The resources of an estate: those that have policies of their own, and the others.

use super::facts;
use super::grants;
use super::subjects::Subject;
use crate::query::Narrowed;
use crate::query::pattern::resources_apart;
use keyaki_iam::estate::{Account, Blocked, Entity, EntityKind, Estate, Resource, Shared, Tags};
use keyaki_iam::policy::{ActionElement, ActionPattern, Kind, Policy, Version};
use keyaki_iam::request::{Request, arn_fields};
use keyaki_iam::shape::{Scope, Shape};
use std::collections::BTreeSet;

/// The service whose actions a trust policy is asked about.
pub(super) const STS: &str = "sts";

/// The service whose keys need a policy.
pub(super) const KMS: &str = "kms";

/// A resource that the estate has, mostly one with a policy: of a role its trust policy.
pub(super) struct Place<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The account that owns it.
    pub account: &'a str,
    /// Its policy, whole; `None`: it has none, or nothing is said about it.
    pub policy: Option<&'a Shared>,
    /// The part of it that the question can meet.
    part: Policy,
    /// Its tags, where requests are known to tell of them.
    pub tags: Option<&'a Tags>,
    /// Whether it is a role to be assumed.
    pub is_role: bool,
    /// What S3 Block Public Access makes of its policy.
    pub blocked: Blocked,
    /// Which requests are about it.
    pub shape: Shape,
}

/// Every place, and what is asked elsewhere.
pub(super) struct Places<'a> {
    pub all: Vec<Place<'a>>,
    /// What is asked about nowhere else, where it matters: requests about any place.
    pub known: Vec<Shape>,
}

impl<'a> Place<'a> {
    /// Whether its policy may let the subject in.
    pub fn may_let_in(&self, subject: Subject<'_>, estate: &Estate) -> bool {
        let inside = matches!(subject, Subject::Service) || subject.account() == Some(self.account);
        if self.blocked == Blocked::Yes && !inside {
            return false;
        }
        grants::grantees(&self.part).any(|element| grants::may_match(element, subject, estate))
    }

    /// A resource of which the policy, if it has one, has nothing to do with the question.
    fn bare(estate: &Estate, one: &'a Resource) -> Self {
        Self {
            arn: &one.arn,
            account: &one.account,
            policy: one.policy.as_ref(),
            part: nothing(),
            tags: told_tags(one),
            is_role: false,
            blocked: estate.block_public_access(one),
            shape: about(&governed(&one.arn), &one.account),
        }
    }

    /// What the estate has at an ARN, or what that is in: a resource, a user or a role.
    pub fn bare_at(estate: &'a Estate, arn: &str) -> Option<Self> {
        // The longest is nearest: of repository `a/b` the policy is not that of `a`.
        let ends = [arn.len()].into_iter().chain(arn.rmatch_indices(['/', ':']).map(|(at, _)| at));
        let mut starts = ends.filter_map(|at| arn.get(..at));
        let resource = starts.find_map(|start| {
            let found = estate.resource(start)?;
            governs(&found.arn, arn).then_some(found)
        });
        resource.map(|one| Self::bare(estate, one)).or_else(|| {
            let entity = estate.entity(arn)?;
            Some(Self {
                shape: about(std::slice::from_ref(&entity.arn), &entity.account),
                ..Self::of_entity(entity)
            })
        })
    }

    /// A user or role as a resource: a role is assumed at a place of its own.
    pub fn of_entity(entity: &'a Entity) -> Self {
        let mut shape = about(std::slice::from_ref(&entity.arn), &entity.account);
        if entity.is_role() {
            shape = only(shape, STS);
            shape.statement.action.negated = true;
        }
        Self {
            arn: &entity.arn,
            account: &entity.account,
            policy: None,
            part: nothing(),
            tags: entity.tags.as_ref(),
            is_role: false,
            blocked: Blocked::No,
            shape,
        }
    }

    /// All that an account owns, under one policy.
    pub fn of_account(account: &'a str, policy: &'a Shared, shape: Shape) -> Self {
        Self {
            arn: "*",
            account,
            policy: Some(policy),
            part: nothing(),
            tags: None,
            is_role: false,
            blocked: Blocked::No,
            shape,
        }
    }

    /// A resource that is no place of a question; `None` of one that is, and of a key of KMS that
    /// nobody can use: it needs a policy, where all of its account are known.
    pub fn alone(estate: &Estate, one: &'a Resource, is_place: bool) -> Option<Self> {
        let keyless =
            estate.accounts.get(&one.account).is_some_and(|one| one.knows_resources_of(KMS));
        let needs = keyless && is_key(&one.arn);
        (!is_place && !needs).then(|| Self::bare(estate, one))
    }

    /// Requests about other resources of the estate that its policy would govern, but that they have
    /// their own.
    pub fn others_in_it(&self, estate: &Estate) -> Option<Shape> {
        let texts: Vec<String> =
            inside(estate, self.arn).flat_map(|one| governed(&one.arn)).collect();
        (!texts.is_empty()).then(|| anywhere(texts.iter().map(String::as_str)))
    }

    /// Requests about the same ARNs, whoever owns them.
    pub fn anyones(&self) -> Shape {
        Shape { scope: Scope::default(), ..self.shape.clone() }
    }
}

/// What the estate has at ARNs that the policy of a resource would govern, but that these are
/// resources of their own.
pub(super) fn inside<'a>(estate: &'a Estate, arn: &str) -> impl Iterator<Item = &'a Resource> {
    let first = estate.resources.partition_point(|one| one.arn.as_str() <= arn);
    let after = estate.resources.iter().skip(first);
    let below = after.take_while(move |one| one.arn.starts_with(arn));
    below.filter(move |one| governs(arn, &one.arn))
}

fn nothing() -> Policy {
    Policy { version: Version::V2012, kind: Kind::Resource, id: None, statements: Vec::new() }
}

/// The tags of a resource, where requests tell of them: which tags a request for an object of a
/// bucket tells of is another matter.
fn told_tags(one: &Resource) -> Option<&Tags> {
    let in_s3 = arn_fields(&one.arn).is_some_and(|[_, _, service, ..]| service == "s3");
    one.tags.as_ref().filter(|_| !in_s3)
}

impl<'a> Places<'a> {
    /// Those that a question of that shape may meet.
    pub fn of(estate: &'a Estate, shape: &Shape) -> Self {
        let narrowed = Narrowed::to(shape);
        let mut all = Vec::new();
        let mut add = |mut place: Place<'a>| {
            if let Some(policy) = place.policy {
                place.part = narrowed.policy(&policy.policy);
            }
            let met = place.policy.is_none() || !place.part.statements.is_empty();
            if met && !is_apart(shape, &place) {
                all.push(place);
            }
        };
        for one in estate.resources.iter().filter(|one| one.policy.is_some()) {
            add(Place::bare(estate, one));
        }
        for entity in &estate.entities {
            // A role of which nothing is said about who may assume it is taken to trust its
            // account.
            if let EntityKind::Role { trust } = &entity.kind {
                let own = about(std::slice::from_ref(&entity.arn), &entity.account);
                add(Place {
                    arn: &entity.arn,
                    account: &entity.account,
                    policy: trust.as_ref(),
                    part: nothing(),
                    tags: entity.tags.as_ref(),
                    is_role: true,
                    blocked: Blocked::No,
                    shape: only(own, STS),
                });
            }
        }
        let resources: Vec<String> = all
            .iter()
            .filter(|place| !place.is_role)
            .flat_map(|place| governed(place.arn))
            .collect();
        // Roles of accounts of which all are known are asked about nowhere else anyway.
        let is_open =
            |account: &str| !estate.accounts.get(account).is_some_and(|one| one.principals);
        let roles: Vec<&str> = all
            .iter()
            .filter(|place| place.is_role && is_open(place.account))
            .map(|place| place.arn)
            .collect();
        let mut known = Vec::new();
        if !resources.is_empty() {
            known.push(anywhere(resources.iter().map(String::as_str)));
        }
        if !roles.is_empty() {
            known.push(only(anywhere(roles), STS));
        }
        Self { all, known }
    }

    /// The place that a request is about, if it is about one: a role is one where it is to be
    /// assumed.
    pub fn at(&self, request: &Request) -> Option<&Place<'a>> {
        self.all_at(request).next().and_then(|number| self.all.get(number))
    }

    /// The places that a request may be about, by their numbers: one may be named after another.
    pub fn all_at<'r>(&'r self, request: &'r Request) -> impl Iterator<Item = usize> + 'r {
        let service = request.action.split(':').next().unwrap_or_default();
        let places = self.all.iter().enumerate().filter(move |(_, place)| match place.is_role {
            true => service.eq_ignore_ascii_case(STS) && place.arn == request.resource,
            false => governs(place.arn, &request.resource),
        });
        places.map(|(number, _)| number)
    }

    /// Whether whatever a pattern names is governed by a policy that the estate has: what is behind a
    /// wildcard, too.
    pub fn have(&self, estate: &Estate, text: &str) -> bool {
        let places = || self.all.iter().filter(|place| !place.is_role && place.policy.is_some());
        let mut governing = places().filter(|place| governs(place.arn, text));
        governing.any(|place| inside(estate, place.arn).all(|one| one.policy.is_some()))
    }

    /// Resources of an account that are no places and that the policy of one would govern, but that they are resources of their
    /// own: of repository `a/b` beside `a`.
    pub fn bare_inside(&self, estate: &'a Estate, shape: &Shape, account: &str) -> Vec<Place<'a>> {
        let places = self.all.iter().filter(|place| !place.is_role && place.account == account);
        let within: BTreeSet<&str> = places
            .flat_map(|place| inside(estate, place.arn))
            .map(|one| one.arn.as_str())
            .collect();
        if within.is_empty() {
            return Vec::new();
        }
        let mut bare = self.bare_of(estate, shape, account);
        bare.retain(|place| within.contains(place.arn));
        bare
    }

    /// The resources of an account of the estate that are no places. Keys of KMS need a policy,
    /// where the account's are known.
    pub fn bare_of(&self, estate: &'a Estate, shape: &Shape, account: &str) -> Vec<Place<'a>> {
        let places: BTreeSet<&str> = self.all.iter().map(|place| place.arn).collect();
        let own = estate.resources.iter().filter(|one| one.account == account);
        let own = own.filter_map(|one| Place::alone(estate, one, places.contains(&*one.arn)));
        own.filter(|place| !is_apart(shape, place)).collect()
    }
}

fn is_key(arn: &str) -> bool {
    arn_fields(arn).is_some_and(|[_, _, service, ..]| service == "kms")
}

/// Whether no request of the shape is about the place.
fn is_apart(shape: &Shape, place: &Place<'_>) -> bool {
    are_apart(shape, &place.shape)
}

/// Whether the resources of two shapes are others.
pub(super) fn are_apart(shape: &Shape, other: &Shape) -> bool {
    let asked = shape.statement.resource.as_ref();
    let own = other.statement.resource.as_ref();
    asked.zip(own).is_some_and(|(asked, own)| resources_apart(asked, own))
}

/// Requests about something that the estate has, and about what is in it: a user or role is what
/// its ARN is.
pub(super) fn of_one(arn: &str, account: &str, is_entity: bool) -> Shape {
    about(&whole(arn, is_entity), account)
}

/// Requests about any of these, whoever owns them.
pub(super) fn of_any<'t>(all: impl Iterator<Item = (&'t str, bool)>) -> Vec<Shape> {
    let texts: Vec<String> = all.flat_map(|(arn, is_entity)| whole(arn, is_entity)).collect();
    let any = (!texts.is_empty()).then(|| anywhere(texts.iter().map(String::as_str)));
    any.into_iter().collect()
}

fn whole(arn: &str, is_entity: bool) -> Vec<String> {
    if is_entity { vec![arn.to_owned()] } else { governed(arn) }
}

/// Whether the policy of a resource governs what has the other ARN.
pub(super) fn governs(arn: &str, other: &str) -> bool {
    governed(arn).iter().any(|text| match text.strip_suffix('*') {
        Some(start) => other.starts_with(start),
        None => other == text,
    })
}

/// The resources that the policy of one governs: itself and what is in it.
fn governed(arn: &str) -> Vec<String> {
    let own = arn.to_owned();
    match arn_fields(arn) {
        Some([_, _, "kms", ..]) => vec![own],
        Some([_, _, "s3", "", "", _]) => vec![own, format!("{arn}/*")],
        _ => vec![own, format!("{arn}/*"), format!("{arn}:*")],
    }
}

/// Requests about resources of an account.
fn about(texts: &[String], account: &str) -> Shape {
    let mut shape = anywhere(texts.iter().map(String::as_str));
    shape.scope.resource_accounts = vec![account.to_owned()];
    shape
}

fn anywhere<'t>(texts: impl IntoIterator<Item = &'t str>) -> Shape {
    let mut shape = Shape::under(Vec::new());
    shape.statement.resource = Some(facts::resources(texts));
    shape
}

/// Those with actions of one service.
pub(super) fn only(mut shape: Shape, service: &str) -> Shape {
    let pattern = ActionPattern::Name { service: service.into(), name: "*".into() };
    shape.statement.action = ActionElement { negated: false, patterns: vec![pattern] };
    shape
}

/// What whoever is of an account is not asked about elsewhere: roles to assume and keys of KMS need
/// a policy that lets in. Of an account of which all are known each is a place, or nobody's; those
/// of other accounts let nobody in without a policy that is known.
pub(super) fn never_elsewhere(account: Option<&Account>) -> Vec<Shape> {
    let roles = account.is_some_and(|one| one.principals).then_some(("arn:*:iam:*:*:role/*", STS));
    let keys = account
        .is_some_and(|one| one.knows_resources_of(KMS))
        .then_some(("arn:*:kms:*:*:key/*", KMS));
    roles.into_iter().chain(keys).map(|(text, service)| only(anywhere([text]), service)).collect()
}

/// Resources of other accounts whose ARNs do not tell whose they are: buckets.
pub(super) fn of_others(estate: &Estate, account: &str) -> Vec<Shape> {
    let others = estate.resources.iter().filter(|one| {
        let silent = arn_fields(&one.arn).is_some_and(|[.., owner, _]| owner.is_empty());
        silent && one.account != account
    });
    let texts: Vec<String> = others.flat_map(|one| governed(&one.arn)).collect();
    vec![anywhere(texts.iter().map(String::as_str))]
}
