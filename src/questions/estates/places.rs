//! The resources of an estate that have policies of their own.

use super::facts;
use super::grants;
use super::subjects::Subject;
use crate::query::Narrowed;
use crate::query::pattern::resources_apart;
use keyaki_iam::estate::{EntityKind, Estate, Resource, Shared};
use keyaki_iam::policy::{ActionElement, ActionPattern, Policy};
use keyaki_iam::request::arn_fields;
use keyaki_iam::shape::Shape;
use std::collections::BTreeSet;

/// A resource with a policy: of a role its trust policy.
pub(super) struct Place<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The account that owns it.
    pub account: &'a str,
    /// Its policy, whole.
    pub policy: &'a Shared,
    /// The part of it that the question can meet.
    part: Policy,
    /// The resource, unless it is a role.
    pub resource: Option<&'a Resource>,
    /// Which requests are about it.
    pub shape: Shape,
}

/// Every place, and what is asked elsewhere.
pub(super) struct Places<'a> {
    pub all: Vec<Place<'a>>,
    /// What the other resources are not: keys and roles of accounts of which all are known, which
    /// let nobody in without a policy.
    pub apart: Vec<Shape>,
    /// What the other resources are not either, where it matters: any place.
    pub known: Vec<Shape>,
}

impl Place<'_> {
    /// Whether its policy may let the subject in.
    pub fn may_let_in(&self, subject: Subject<'_>, estate: &Estate) -> bool {
        grants::grantees(&self.part).any(|element| grants::may_match(element, subject, estate))
    }
}

impl<'a> Places<'a> {
    /// Those that a question of that shape may meet.
    pub fn of(estate: &'a Estate, shape: &Shape) -> Self {
        let narrowed = Narrowed::to(shape);
        let mut all = Vec::new();
        let mut add = |arn: &'a str, account: &'a str, policy: &'a Shared, resource, own: Shape| {
            let apart = shape
                .statement
                .resource
                .as_ref()
                .zip(own.statement.resource.as_ref())
                .is_some_and(|(asked, own)| resources_apart(asked, own));
            let part = narrowed.policy(&policy.policy);
            if !apart && !part.statements.is_empty() {
                all.push(Place { arn, account, policy, part, resource, shape: own });
            }
        };
        for one in &estate.resources {
            if let Some(policy) = &one.policy {
                add(
                    &one.arn,
                    &one.account,
                    policy,
                    Some(one),
                    about(&governed(&one.arn), &one.account),
                );
            }
        }
        for entity in &estate.entities {
            if let EntityKind::Role { trust: Some(trust) } = &entity.kind {
                let own = about(&[entity.arn.clone()], &entity.account);
                add(&entity.arn, &entity.account, trust, None, only(own, "sts"));
            }
        }
        let texts: Vec<String> = all
            .iter()
            .filter(|place| place.resource.is_some())
            .flat_map(|place| governed(place.arn))
            .collect();
        let mut known = Vec::new();
        if !texts.is_empty() {
            known.push(anywhere(texts.iter().map(String::as_str)));
        }
        Self { all, apart: apart(estate), known }
    }

    /// The place that a request is about, if it is about one.
    pub fn at(&self, resource: &str) -> Option<&Place<'a>> {
        self.all.iter().find(|place| {
            place.resource.is_some()
                && governed(place.arn).iter().any(|text| match text.strip_suffix('*') {
                    Some(start) => resource.starts_with(start),
                    None => resource == text,
                })
        })
    }
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
    let mut shape = facts::under(Vec::new());
    shape.statement.resource = Some(facts::resources(texts));
    shape
}

/// Those with actions of one service.
fn only(mut shape: Shape, service: &str) -> Shape {
    let pattern = ActionPattern::Name { service: service.to_owned(), name: "*".to_owned() };
    shape.statement.action = ActionElement { negated: false, patterns: vec![pattern] };
    shape
}

/// Roles to assume and keys of KMS need a policy that lets in; of accounts whose roles, whose keys
/// are known every one is a place, or nobody's.
fn apart(estate: &Estate) -> Vec<Shape> {
    let accounts = || estate.accounts.iter();
    let roles = accounts().filter(|(_, one)| one.principals);
    let trusted: BTreeSet<&str> = estate
        .entities
        .iter()
        .filter(|entity| matches!(entity.kind, EntityKind::Role { trust: None }))
        .map(|entity| entity.account.as_str())
        .collect();
    let roles: Vec<String> = roles
        .filter(|(account, _)| !trusted.contains(account.as_str()))
        .map(|(account, _)| format!("arn:*:iam::{account}:role/*"))
        .collect();
    let keys: Vec<String> = accounts()
        .filter(|(_, one)| one.resources)
        .map(|(account, _)| format!("arn:*:kms:*:{account}:key/*"))
        .collect();
    let shape = |texts: &[String], service| {
        let own = anywhere(texts.iter().map(String::as_str));
        (!texts.is_empty()).then(|| only(own, service))
    };
    [shape(&roles, "sts"), shape(&keys, "kms")].into_iter().flatten().collect()
}
