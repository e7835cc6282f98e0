//! What one step of a chain leaves to the next: the session, as far as policies look at it.

use super::super::facts::{self, Keys, PRINCIPAL_TAG};
use super::super::subjects::Subject;
use keyaki_iam::estate::Entity;
use keyaki_iam::policy::{BaseOperator, Condition, ContextKey, SetOperator};
use keyaki_iam::request::{ContextValue, Request};
use std::collections::BTreeSet;

pub(super) const SOURCE: &str = "aws:sourceidentity";
pub(super) const MFA: [&str; 2] = ["aws:multifactorauthpresent", "aws:multifactorauthage"];
const REQUEST_TAG: &str = "aws:requesttag/";
const PASSED_SOURCE: &str = "sts:sourceidentity";
const PASSED_TAGS: [&str; 2] = ["aws:tagkeys", "sts:transitivetagkeys"];

/// What a session cannot have, since none of the steps before could give it. Nothing is said of a
/// session of which it is not known how it came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Session {
    /// No word of MFA: a session or a service assumed the role (SEMANTICS 5.2).
    pub without_mfa: bool,
    /// No tags but those of its role: nobody could pass it tags.
    pub own_tags: bool,
    /// No source identity: nobody could set one.
    pub without_source: bool,
}

impl Session {
    /// Whether it can have whatever the other one can have.
    pub(super) fn can_have_what(self, other: Self) -> bool {
        self.without_mfa <= other.without_mfa
            && self.own_tags <= other.own_tags
            && self.without_source <= other.without_source
    }
}

/// What a call must not pass on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Passes {
    /// No session tags.
    pub no_tags: bool,
    /// No source identity, neither a new one nor that of its own session.
    pub no_source: bool,
}

/// What is known of a call beside what the estate says.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Given {
    pub(super) session: Session,
    pub(super) passes: Passes,
    /// What the next step wants of it.
    pub(super) wanted: Vec<Condition>,
}

impl Given {
    /// What it says of the keys of a question.
    pub(in super::super) fn conditions(
        &self,
        subject: Subject<'_>,
        keys: &Keys<'_>,
    ) -> Vec<Condition> {
        let of_key = |key: &&ContextKey| {
            let absent = || Some(facts::presence(key, false));
            let name = key.lower();
            match name.strip_prefix(PRINCIPAL_TAG) {
                Some(tag) if self.session.own_tags => own_tag(subject, tag).map(|own| match own {
                    Some(value) => facts::equals(key, value),
                    None => facts::presence(key, false),
                }),
                Some(_) => None,
                None if self.session.without_mfa && MFA.contains(&name) => absent(),
                None if name == SOURCE => {
                    (self.session.without_source || self.passes.no_source).then(absent)?
                }
                None if name == PASSED_SOURCE => self.passes.no_source.then(absent)?,
                None if is_passed_tag(name) => self.passes.no_tags.then(absent)?,
                None => None,
            }
        };
        keys.iter().filter_map(of_key).chain(self.wanted.iter().cloned()).collect()
    }
}

/// The value of a tag of a role, if its tags are known: its key is in lower case.
fn own_tag<'a>(subject: Subject<'a>, name: &str) -> Option<Option<&'a str>> {
    Some(facts::tag(subject.entity()?.tags.as_ref()?, name))
}

fn is_passed_tag(name: &str) -> bool {
    name.starts_with(REQUEST_TAG) || PASSED_TAGS.contains(&name)
}

/// Every tag that the keys name, with what a session of the role has if nobody passes it tags.
pub(super) fn own_tags(entity: &Entity, named: &BTreeSet<String>) -> Vec<Option<String>> {
    let Some(tags) = &entity.tags else { return Vec::new() };
    named.iter().map(|name| facts::tag(tags, name).map(str::to_owned)).collect()
}

/// What a request for a role passes on.
pub(super) fn passes(request: &Request) -> Passes {
    let named = |is: &dyn Fn(&str) -> bool| request.context.keys().any(|key| is(key.lower()));
    Passes {
        no_tags: !named(&is_passed_tag),
        no_source: !named(&|name| name == SOURCE || name == PASSED_SOURCE),
    }
}

/// What a session keeps of the call that made it, so that its own requests have it.
pub(super) fn carried(request: &Request) -> Vec<Condition> {
    let mut carried = Vec::new();
    for (key, value) in &request.context {
        let ContextValue::Single(value) = value else { continue };
        let spelled = key.text().get(REQUEST_TAG.len()..);
        if let Some(tag) = spelled.filter(|_| key.lower().starts_with(REQUEST_TAG)) {
            let own = ContextKey::new(&format!("aws:PrincipalTag/{tag}"));
            carried.push(facts::equals(&own, value));
        } else if key.lower() == PASSED_SOURCE {
            carried.push(facts::equals(&ContextKey::new("aws:SourceIdentity"), value));
        }
    }
    carried
}

/// Whoever has a source identity passes it on.
pub(super) fn kept(request: &Request) -> Vec<Condition> {
    let own = request.context.get(&ContextKey::new("aws:SourceIdentity"));
    let passed = |value: &ContextValue| match value {
        ContextValue::Single(value) => {
            Some(facts::equals(&ContextKey::new("sts:SourceIdentity"), value))
        }
        ContextValue::List(_) => None,
    };
    own.and_then(passed).into_iter().collect()
}

/// What the request of a session of a role wants of the call that made the session.
pub(super) fn wanted(role: &Entity, request: &Request) -> Vec<Condition> {
    let mut wanted = Vec::new();
    for (key, value) in &request.context {
        let ContextValue::Single(value) = value else { continue };
        let name = key.lower();
        if let Some(tag) = name.strip_prefix(PRINCIPAL_TAG) {
            let own = own_tag(Subject::Entity(role), tag).flatten();
            // Where the tags of the role are not known it may have this one.
            if role.tags.is_none() || own == Some(value) {
                continue;
            }
            let spelled = key.text().get(PRINCIPAL_TAG.len()..).unwrap_or(tag);
            let passed = ContextKey::new(&format!("aws:RequestTag/{spelled}"));
            wanted.push(facts::equals(&passed, value));
            let some = Some(SetOperator::ForAnyValue);
            let keys = ContextKey::new("aws:TagKeys");
            let one = facts::literal(spelled);
            wanted.push(facts::condition(BaseOperator::StringEquals, some, false, &keys, one));
        } else if name == SOURCE {
            let one = || facts::literal(value);
            let passed = ContextKey::new("sts:SourceIdentity");
            wanted.push(facts::equals(&passed, value));
            let equals = BaseOperator::StringEquals;
            // Whoever has one keeps it.
            wanted.push(facts::condition(equals, None, true, key, one()));
        } else if name == MFA[0] && value == "true" {
            let value = facts::literal(value);
            wanted.push(facts::condition(BaseOperator::Bool, None, false, key, value));
        }
    }
    wanted
}
