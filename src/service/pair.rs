//! What something has on both sides of a review, and what keeps it from being compared.

use super::sides::Thing;
use keyaki_iam::layers::NamedPolicy;
use keyaki_iam::policy::{Effect, Kind, PrincipalEntry, Statement, print};
use keyaki_questions::unknown::Unknown;
use keyaki_templates::list_of;
use keyaki_templates::principals::ACCOUNT;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What something has on either side, in one combination of what is assumed.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub address: &'a str,
    pub kind: Kind,
    pub was: Option<&'a Thing>,
    pub is: Option<&'a Thing>,
}

/// What an answer calls the side that a thing is on.
pub(super) fn side_of(thing: &Thing, address: &str) -> String {
    let place = thing.place.as_ref().map(|(source, span)| source.place(*span));
    place.map_or_else(|| address.to_owned(), |it| format!("{}:{}", it.file, it.start.line))
}

/// Why nothing can be said of what has this address, though its policies are known: what they are
/// attached to is not the same.
pub(super) fn not_compared(Pair { address, was, is, .. }: Pair<'_>) -> Option<Unknown> {
    let (thing, what) = match (was, is) {
        (Some(was), None) if was.has_default => {
            (was, format!("what is allowed where `{address}` is not there"))
        }
        (Some(was), Some(is)) if (was.is_several() || is.is_several()) && !is_same(was, is) => {
            (is, format!("what the policies of `{address}` allow together: it has several"))
        }
        (Some(was), Some(is)) if was.of != is.of => {
            (is, format!("whether `{address}` is the same: it was {}, and is {}", was.of, is.of))
        }
        (Some(was), Some(is)) if was.holders != is.holders => (
            is,
            format!("that what has `{address}` had it before: it is attached to something else"),
        ),
        (_, Some(is)) if names_canonical(is, true) && was.is_none_or(|was| !is_same(was, is)) => {
            (is, CANONICAL.to_owned())
        }
        (Some(was), _) if names_canonical(was, false) && is.is_none_or(|is| !is_same(was, is)) => {
            (was, CANONICAL.to_owned())
        }
        (None | Some(_), None | Some(_)) => return None,
    };
    Some(Unknown::SideSaysNothing { side: side_of(thing, address), what })
}

/// What is not known of policies with canonical ids.
const CANONICAL: &str = "what is allowed to a canonical user, whose id no request shows; name the account, or the origin access identity, by its ARN";

/// Whether policies name canonical users: anyhow, or otherwise than to allow something.
fn names_canonical(thing: &Thing, anyhow: bool) -> bool {
    let counts = |statement: &Statement| {
        let allows = statement.effect == Effect::Allow;
        statement.principal.as_ref().is_some_and(|element| {
            let named = |entry: &PrincipalEntry| matches!(entry, PrincipalEntry::CanonicalUser(_));
            element.entries.iter().any(named) && (anyhow || !allows || element.negated)
        })
    };
    thing.all().any(|named| named.policy.statements().any(counts))
}

/// Why nothing can be said of what has this address where both sides compare one value, each in its own
/// way: as a whole or by parts, a list or one of its values. Nothing tells then which parts are its own.
pub(super) fn is_compared_otherwise(address: &str, both: &[Vec<Thing>; 2]) -> Option<Unknown> {
    let sides = both.each_ref().map(|side| -> BTreeSet<&str> {
        side.iter().flat_map(|thing| thing.facts.keys()).map(String::as_str).collect()
    });
    let (how, thing) = in_parts(&sides).or_else(|| list_and_value(&sides)).zip(both[1].first())?;
    let texts = both.each_ref().map(|side| side.iter().map(texts_of).collect::<BTreeSet<_>>());
    if texts[0] == texts[1] {
        return None;
    }
    let what =
        format!("what of it is allowed on both sides: {how}; give its value with `--parameter`");
    Some(Unknown::SideSaysNothing { side: side_of(thing, address), what })
}

/// A value that one side compares as a whole, and the other one by its parts, or by others.
fn in_parts([old, new]: &[BTreeSet<&str>; 2]) -> Option<String> {
    let mut wholes = old.iter().map(|name| name.strip_suffix(ACCOUNT).unwrap_or(name));
    let clashes = |name: &&str| {
        let (was, is) = (Parts::of(name, old), Parts::of(name, new));
        was.is_some() && is.is_some() && was != is
    };
    let name = wholes.find(clashes)?;
    Some(format!("one compares `{name}` as a whole or by other parts than the other one"))
}

/// A list that is compared as a whole, and of which a value is taken. Four free values stand for the
/// list (SEMANTICS 3.1).
fn list_and_value(sides: &[BTreeSet<&str>; 2]) -> Option<String> {
    let names = || sides.iter().flatten();
    let is_compared = |list: &&str| {
        let value = format!("{list}[");
        names().any(|name| name.starts_with(&value))
    };
    let list = names().filter_map(|name| list_of(name)).find(is_compared)?;
    Some(format!("`{list}` is compared as a whole, and so is one of its values"))
}

/// As what a value is compared (SEMANTICS 3.2).
#[derive(PartialEq, Eq)]
enum Parts {
    Whole,
    OfArn,
    OfPrincipal,
}

impl Parts {
    fn of(name: &str, names: &BTreeSet<&str>) -> Option<Self> {
        let has = |part: &str| names.contains(&*format!("{name}{part}"));
        if has(".service") {
            Some(Self::OfArn)
        } else if has(ACCOUNT) {
            Some(Self::OfPrincipal)
        } else {
            has("").then_some(Self::Whole)
        }
    }
}

/// Whether both have policies that say the same.
pub(super) fn is_same(was: &Thing, is: &Thing) -> bool {
    let shared = was.policies.len() == is.policies.len()
        && was.boundary.is_some() == is.boundary.is_some()
        && was.all().zip(is.all()).all(|(one, other)| Arc::ptr_eq(&one.policy, &other.policy));
    shared || texts_of(was) == texts_of(is)
}

/// What policies say, and what the boundary says, without names and places.
fn texts_of(thing: &Thing) -> (BTreeSet<String>, Option<String>) {
    (thing.policies.iter().map(text_of).collect(), thing.boundary.as_ref().map(text_of))
}

/// What a policy says, without its name and place.
pub(super) fn text_of(named: &NamedPolicy) -> String {
    let statements = named.policy.statements();
    let statements = statements.map(|statement| print::statement(statement).to_string());
    format!("{:?} {}", named.policy.version, statements.collect::<Vec<_>>().join("\n"))
}
