//! Elements of a policy set: a document, and the name that reports call it by.

use super::{finding, join, no_duplicates};
use crate::finding::{Finding, codes};
use crate::json::{JsonData, JsonValue, Member};
use crate::layers::{NamedPolicy, Policies};
use crate::policy::read::ReadOptions;
use crate::source::Source;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The member that names a policy.
const NAME: &str = "name";
/// The member that holds the document of a policy, where it does not stand beside the name.
const DOCUMENT: &str = "document";

/// An element of a policy set, taken apart.
pub(super) struct Element<'v> {
    /// What the policy reader reads.
    pub document: Cow<'v, JsonValue>,
    /// Where it stands.
    pub route: String,
    /// What the element says that the policy is called.
    pub name: Option<String>,
}

/// Takes an element apart: `{"name", "document"}`, a document with `name` beside its own members,
/// or a document. No element of the policy language is called `name` or `document`.
///
/// # Errors
/// What is wrong with the name, or stands beside name and document.
pub(super) fn element<'v>(
    value: &'v JsonValue,
    source: &Source,
    options: &ReadOptions,
    route: &str,
) -> Result<Element<'v>, Vec<Finding>> {
    let members = match &value.data {
        JsonData::Object(members) => members.as_slice(),
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Array(_) => &[],
    };
    let is_name = |member: &&Member| member.name == NAME;
    let names: Vec<&Member> = members.iter().filter(is_name).collect();
    let name = name(&names, source, options, route)?;
    if let Some(document) = value.member(DOCUMENT) {
        no_duplicates(value, source, route)?;
        let others = members.iter().filter(|member| ![NAME, DOCUMENT].contains(&&*member.name));
        let findings: Vec<Finding> =
            others.map(|member| beside_document(member, source, route)).collect();
        return if findings.is_empty() {
            let (document, route) = (Cow::Borrowed(document), join(route, DOCUMENT));
            Ok(Element { document, route, name })
        } else {
            Err(findings)
        };
    }
    let document = if names.is_empty() {
        Cow::Borrowed(value)
    } else {
        let others = members.iter().filter(|member| !is_name(member)).cloned().collect();
        Cow::Owned(JsonValue { span: value.span, data: JsonData::Object(others) })
    };
    Ok(Element { document, route: route.to_owned(), name })
}

fn name(
    names: &[&Member],
    source: &Source,
    options: &ReadOptions,
    route: &str,
) -> Result<Option<String>, Vec<Finding>> {
    let wrong = |rule, member: &Member, message: String, help| {
        let (span, route) = (member.value.span, join(route, NAME));
        Err(vec![finding(rule, message, source, span, &route, Some(help))])
    };
    let help = "reports call the policy by it: `\"name\": \"Admin\"`";
    match names {
        [] => Ok(None),
        [member] => match member.value.as_str() {
            Some(text) if text.trim().is_empty() => {
                wrong(codes::EMPTY_NAME, member, "the name of a policy is empty".to_owned(), help)
            }
            Some(text) if text.len() > options.limits.text_bytes => {
                let limit = options.limits.text_bytes;
                let message = format!("this name has {} bytes; the limit is {limit}", text.len());
                wrong(codes::TEXT_TOO_LONG, member, message, help)
            }
            Some(text) => Ok(Some(text.to_owned())),
            None => {
                let given = member.value.type_name();
                let message = format!("the name of a policy is a string, this is {given}");
                wrong(codes::WRONG_TYPE, member, message, help)
            }
        },
        [_, again, ..] => {
            let (span, route) = (again.name_span, join(route, NAME));
            let message = "`name` is here twice".to_owned();
            let help = Some("keep one of them");
            Err(vec![finding(codes::DUPLICATE_MEMBER, message, source, span, &route, help)])
        }
    }
}

fn beside_document(member: &Member, source: &Source, route: &str) -> Finding {
    finding(
        codes::BESIDE_DOCUMENT,
        format!("`{}` stands beside `document`, where only `name` can", member.name),
        source,
        member.name_span,
        &join(route, &member.name),
        Some("write `{\"name\": \"...\", \"document\": {...}}`"),
    )
}

/// Policies of one name get their places added to it, so that reports tell them apart.
pub(super) fn tell_apart(set: &mut Policies) {
    let mut placed = placed(set);
    // What a place was added to may be the name of another one: then both get theirs.
    for _ in 0..placed.len() {
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for (_, policy) in &placed {
            *uses.entry(policy.name.clone()).or_default() += 1;
        }
        let mut changed = false;
        for (place, policy) in &mut placed {
            let shared = uses.get(&policy.name).is_some_and(|uses| *uses > 1);
            if shared && policy.name != *place {
                policy.name = format!("{} ({place})", policy.name);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
}

/// Every policy with its place, for example `scp[0][1]`, which is its name if it has no other.
fn placed(set: &mut Policies) -> Vec<(String, &mut NamedPolicy)> {
    fn list(
        place: String,
        policies: &mut [NamedPolicy],
    ) -> impl Iterator<Item = (String, &mut NamedPolicy)> {
        policies
            .iter_mut()
            .enumerate()
            .map(move |(index, policy)| (format!("{place}[{index}]"), policy))
    }
    fn levels<'p>(
        place: &'static str,
        levels: &'p mut [Vec<NamedPolicy>],
    ) -> impl Iterator<Item = (String, &'p mut NamedPolicy)> {
        levels
            .iter_mut()
            .enumerate()
            .flat_map(move |(level, policies)| list(format!("{place}[{level}]"), policies))
    }
    let Policies { identity, boundary, session, resource, scp, rcp, endpoint, not_principal: _ } =
        set;
    list("identity".to_owned(), identity.as_deref_mut().unwrap_or_default())
        .chain(boundary.as_mut().map(|policy| ("boundary".to_owned(), policy)))
        .chain(list("session".to_owned(), session))
        .chain(resource.as_mut().map(|policy| ("resource".to_owned(), policy)))
        .chain(levels("scp", scp))
        .chain(levels("rcp", rcp))
        .chain(list("endpoint".to_owned(), endpoint))
        .collect()
}
