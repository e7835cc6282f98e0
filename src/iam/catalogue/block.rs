//! A service as lines of text, the content of one compressed block.
//!
//! The first line counts keys, resource types and actions; then they follow, one a line, fields
//! between tabs. Keys and types are referred to by their position, so that a name stands once:
//!
//! ```text
//! 2 <tab> 1 <tab> 1
//! aws:ResourceTag/${TagKey} <tab> S              S A B N D I as in SEMANTICS 5; a + marks several values
//! bedrock:InferenceProfileArn <tab> A
//! foundation-model <tab> 0 <tab> arn:...         its keys, its ARNs
//! InvokeModel <tab> R <tab> 1 <tab> 0!:0,1       L R W T P; its keys; its types: ! required, after the colon the keys for this type
//! ```

use super::arn::ArnFormat;
use super::name;
use super::service::{AccessLevel, Action, ActionResource, Key, ResourceType, Service};
use crate::catalogue::keys::KeyType;
use std::fmt::Write;
use std::sync::Arc;

const TYPES: [(KeyType, char); 6] = [
    (KeyType::String, 'S'),
    (KeyType::Arn, 'A'),
    (KeyType::Bool, 'B'),
    (KeyType::Numeric, 'N'),
    (KeyType::Date, 'D'),
    (KeyType::Ip, 'I'),
];

const LEVELS: [(AccessLevel, &str); 5] = [
    (AccessLevel::List, "L"),
    (AccessLevel::Read, "R"),
    (AccessLevel::Write, "W"),
    (AccessLevel::Tagging, "T"),
    (AccessLevel::PermissionsManagement, "P"),
];

/// The text of a service. The error says what cannot be written.
pub(super) fn write(service: &Service) -> Result<String, String> {
    let Service { keys, resource_types, actions, .. } = service;
    let mut text = format!("{}\t{}\t{}\n", keys.len(), resource_types.len(), actions.len());
    for key in keys {
        let letter = TYPES
            .iter()
            .find(|(known, _)| *known == key.key_type)
            .map(|(_, letter)| *letter)
            .unwrap_or('S');
        _ = writeln!(
            text,
            "{}\t{letter}{}",
            word(&key.name)?,
            if key.multivalued { "+" } else { "" }
        );
    }
    for resource in resource_types {
        _ = write!(
            text,
            "{}\t{}",
            word(&resource.name)?,
            key_list(&resource.condition_keys, service)?
        );
        for arn in &resource.arns {
            _ = write!(text, "\t{arn}");
        }
        text.push('\n');
    }
    for action in actions {
        let level = LEVELS
            .iter()
            .find(|(known, _)| *known == action.access)
            .map(|(_, letter)| *letter)
            .unwrap_or("W");
        let resources = action
            .resources
            .iter()
            .map(|resource| listed(resource, service))
            .collect::<Result<Vec<_>, _>>()?;
        let keys = key_list(&action.condition_keys, service)?;
        _ = writeln!(text, "{}\t{level}\t{keys}\t{}", word(&action.name)?, resources.join(" "));
    }
    in_order(service)?;
    Ok(text)
}

fn listed(resource: &ActionResource, service: &Service) -> Result<String, String> {
    let at = service.resource_types.iter().position(|known| known.name == resource.name);
    let at = at.ok_or_else(|| format!("there is no resource type `{}`", resource.name))?;
    let keys = key_list(&resource.condition_keys, service)?;
    let (mark, colon) =
        (if resource.required { "!" } else { "" }, if keys.is_empty() { "" } else { ":" });
    Ok(format!("{at}{mark}{colon}{keys}"))
}

fn key_list(names: &[Arc<str>], service: &Service) -> Result<String, String> {
    let position = |name: &Arc<str>| {
        let at = service.keys.iter().position(|key| key.name == *name);
        at.map(|at| at.to_string()).ok_or_else(|| format!("there is no condition key `{name}`"))
    };
    Ok(names.iter().map(position).collect::<Result<Vec<_>, _>>()?.join(","))
}

/// A name that can stand in a field.
pub(super) fn word(name: &str) -> Result<&str, String> {
    let fits = !name.is_empty() && !name.contains(char::is_control);
    fits.then_some(name).ok_or_else(|| format!("`{}` is not a name", name.escape_debug()))
}

/// Whether the lists are in the order in which names are looked up, each name once.
fn in_order(service: &Service) -> Result<(), String> {
    fn check<'a>(names: impl Iterator<Item = &'a Arc<str>>) -> Result<(), String> {
        let names: Vec<_> = names.collect();
        match names.iter().zip(names.iter().skip(1)).find(|(a, b)| name::compare(a, b).is_ge()) {
            Some((a, b)) => Err(format!("`{a}` stands before `{b}`")),
            None => Ok(()),
        }
    }
    check(service.keys.iter().map(|key| &key.name))?;
    check(service.resource_types.iter().map(|resource| &resource.name))?;
    check(service.actions.iter().map(|action| &action.name))
}

/// Reads what [`write`] wrote into a service that has its names already. The error says what is
/// wrong with the text.
pub(super) fn read(text: &str, service: Service) -> Result<Service, String> {
    let mut service = service;
    let mut lines = text.lines();
    let mut counts = lines.next().unwrap_or_default().split('\t').map(str::parse::<usize>);
    let mut count =
        || counts.next().and_then(Result::ok).ok_or("the first line is not three counts");
    let (keys, types, actions) = (count()?, count()?, count()?);
    service.keys = lines.by_ref().take(keys).map(key).collect::<Result<_, _>>()?;
    service.resource_types = lines
        .by_ref()
        .take(types)
        .map(|line| resource_type(line, &service.keys))
        .collect::<Result<_, _>>()?;
    let action = |line| action(line, &service.resource_types, &service.keys);
    service.actions = lines.by_ref().take(actions).map(action).collect::<Result<_, _>>()?;
    let complete = (service.keys.len(), service.resource_types.len(), service.actions.len())
        == (keys, types, actions);
    if !complete || lines.next().is_some() {
        return Err("it has not as many lines as its first line says".to_owned());
    }
    in_order(&service)?;
    Ok(service)
}

fn key(line: &str) -> Result<Key, String> {
    let (name, kind) = line.split_once('\t').ok_or_else(|| wrong(line))?;
    let (letter, multivalued) =
        kind.strip_suffix('+').map_or((kind, false), |letter| (letter, true));
    let found =
        TYPES.iter().find(|(_, known)| letter.chars().eq([*known])).ok_or_else(|| wrong(line))?;
    Ok(Key { name: word(name)?.into(), key_type: found.0, multivalued })
}

fn resource_type(line: &str, keys: &[Key]) -> Result<ResourceType, String> {
    let mut fields = line.split('\t');
    let (name, listed) = fields.next().zip(fields.next()).ok_or_else(|| wrong(line))?;
    let arns =
        fields.map(ArnFormat::parse).collect::<Option<Vec<_>>>().filter(|arns| !arns.is_empty());
    Ok(ResourceType {
        name: word(name)?.into(),
        arns: arns.ok_or_else(|| wrong(line))?,
        condition_keys: names(listed, keys)?,
    })
}

fn action(line: &str, types: &[ResourceType], keys: &[Key]) -> Result<Action, String> {
    let mut fields = line.split('\t');
    let mut field = || fields.next().ok_or_else(|| wrong(line));
    let (name, level, listed, resources) = (field()?, field()?, field()?, field()?);
    let level = LEVELS.iter().find(|(_, known)| *known == level).ok_or_else(|| wrong(line))?;
    if fields.next().is_some() {
        return Err(wrong(line));
    }
    let resources = resources
        .split_ascii_whitespace()
        .map(|text| action_resource(text, types, keys))
        .collect::<Result<_, _>>()?;
    Ok(Action {
        name: word(name)?.into(),
        access: level.0,
        resources,
        condition_keys: names(listed, keys)?,
    })
}

fn action_resource(
    text: &str,
    types: &[ResourceType],
    keys: &[Key],
) -> Result<ActionResource, String> {
    let (place, listed) = text.split_once(':').unwrap_or((text, ""));
    let (place, required) = place.strip_suffix('!').map_or((place, false), |place| (place, true));
    let found =
        place.parse().ok().and_then(|at: usize| types.get(at)).ok_or_else(|| wrong(text))?;
    Ok(ActionResource { name: found.name.clone(), required, condition_keys: names(listed, keys)? })
}

/// The names of the keys at these positions.
fn names(listed: &str, keys: &[Key]) -> Result<Vec<Arc<str>>, String> {
    let name = |place: &str| {
        place.parse().ok().and_then(|at: usize| keys.get(at)).map(|key| key.name.clone())
    };
    let places = listed.split(',').filter(|_| !listed.is_empty());
    places.map(|place| name(place).ok_or_else(|| wrong(listed))).collect()
}

fn wrong(text: &str) -> String {
    format!("`{}` cannot be read", text.chars().take(80).collect::<String>().escape_debug())
}
