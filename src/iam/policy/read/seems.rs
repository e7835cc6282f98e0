//! What kind of policy a document seems to be, and where a document of a kind is given.

use super::kinds::rules;
use crate::json::{JsonData, JsonValue};
use crate::policy::Kind;

/// The kind that a document shows: a role trust policy and any other resource-based policy have a
/// `Principal`, and an identity-based policy has none.
///
/// Boundaries, session policies and service control policies look like identity-based policies;
/// resource control policies and endpoint policies look like resource-based ones. Nothing in a
/// document tells them apart.
pub fn seems(document: &JsonValue) -> Kind {
    let statements = document.member("Statement").map(entries).unwrap_or_default();
    let names = |statement: &&JsonValue| {
        statement.member("Principal").or(statement.member("NotPrincipal")).is_some()
    };
    match (statements.iter().any(names), is_trust(document)) {
        (true, true) => Kind::Trust,
        (true, false) => Kind::Resource,
        (false, _) => Kind::Identity,
    }
}

/// Whether a document has no `Resource` and all its actions are of `sts`.
pub(crate) fn is_trust(document: &JsonValue) -> bool {
    let statements = document.member("Statement").map(entries).unwrap_or_default();
    let of_sts = |text: &JsonValue| {
        text.as_str().is_some_and(|action| {
            action.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sts:"))
        })
    };
    let trusts = |statement: &JsonValue| {
        let resource = statement.member("Resource").or(statement.member("NotResource"));
        resource.is_none()
            && statement
                .member("Action")
                .is_some_and(|actions| entries(actions).into_iter().all(of_sts))
    };
    !statements.is_empty() && statements.into_iter().all(trusts)
}

/// The entries of a list; what is not a list is its only entry.
fn entries(value: &JsonValue) -> Vec<&JsonValue> {
    match &value.data {
        JsonData::Array(entries) => entries.iter().collect(),
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Object(_) => vec![value],
    }
}

/// The name of a kind with its article, for messages.
pub fn name(kind: Kind) -> &'static str {
    rules(kind).name
}

/// How a document of a kind is given to the commands.
pub fn given(kind: Kind) -> &'static str {
    match kind {
        Kind::Identity => {
            "name it without a flag, or give it with `--identity FILE` (`identity` in claims) or `--kind identity`"
        }
        Kind::Boundary => {
            "give it with `--boundary FILE` (`boundary` in claims), or `--kind boundary` (`validate`, `lint`)"
        }
        Kind::Session => {
            "give it with `--session FILE` (`session` in claims), or `--kind session` (`validate`, `lint`)"
        }
        Kind::Trust => {
            "give it with `--resource-policy FILE` (`resource` in claims), `--kind trust` (`validate`, `lint`) or `--kind resource` (`compare`, `matrix`)"
        }
        Kind::Resource => {
            "give it with `--resource-policy FILE` (`resource` in claims) or `--kind resource`"
        }
        Kind::Scp => {
            "give it with `--scp FILE` (`scp` in claims), or `--kind scp` (`validate`, `lint`)"
        }
        Kind::Rcp => {
            "give it with `--rcp FILE` (`rcp` in claims), or `--kind rcp` (`validate`, `lint`)"
        }
        Kind::Endpoint => {
            "give it with `--endpoint FILE` (`endpoint` in claims), or `--kind endpoint` (`validate`, `lint`)"
        }
    }
}
