//! From the data, repaired, to services of the catalogue. Whatever the catalogue cannot say is an
//! error: no defect is passed on in silence.

use super::read::{RawAction, RawActionResource, RawKey, RawResourceType, RawService};
use keyaki_iam::catalogue::keys::KeyType;
use keyaki_iam::catalogue::{
    AccessLevel, Action, ActionResource, ArnFormat, Key, ResourceType, Service,
};
use std::sync::Arc;

/// The service; an error names the service and what is wrong in it.
pub fn service(raw: RawService) -> Result<Service, String> {
    let prefix = raw.prefix.clone();
    convert(raw).map_err(|what| {
        format!("service `{prefix}`: {what}; repair it in src/generator/repairs.rs")
    })
}

fn convert(raw: RawService) -> Result<Service, String> {
    let mut service = Service {
        prefix: raw.prefix,
        name: raw.name,
        supports_rcp: raw.supports_rcp,
        ..Service::default()
    };
    service.keys = raw.keys.into_values().map(key).collect::<Result<_, _>>()?;
    service.keys.sort_by_cached_key(|key| key.name.to_ascii_lowercase());
    service.resource_types = raw
        .resource_types
        .into_values()
        .map(|raw| resource_type(raw, &service))
        .collect::<Result<_, _>>()?;
    service.resource_types.sort_by_cached_key(|resource| resource.name.to_ascii_lowercase());
    service.actions =
        raw.actions.into_values().map(|raw| action(raw, &service)).collect::<Result<_, _>>()?;
    service.actions.sort_by_cached_key(|action| action.name.to_ascii_lowercase());
    Ok(service)
}

fn key(raw: RawKey) -> Result<Key, String> {
    let (element, multivalued) = raw
        .key_type
        .strip_prefix("ArrayOf")
        .map_or((raw.key_type.as_str(), false), |element| (element, true));
    let key_type = match element {
        "String" => KeyType::String,
        "ARN" => KeyType::Arn,
        "Bool" => KeyType::Bool,
        "Numeric" => KeyType::Numeric,
        "Date" => KeyType::Date,
        "IPAddress" => KeyType::Ip,
        other => return Err(format!("key `{}` has the unknown type `{other}`", raw.name)),
    };
    let free = raw.name.replace("${", "").contains(['<', '>', '{', '*', ' ', '$']);
    if free || !raw.name.contains(':') {
        return Err(format!("the name of key `{}` is not well-formed", raw.name));
    }
    Ok(Key { name: raw.name.into(), key_type, multivalued })
}

fn resource_type(raw: RawResourceType, service: &Service) -> Result<ResourceType, String> {
    let format = |arn: &String| {
        ArnFormat::parse(arn)
            .ok_or_else(|| format!("`{arn}` of resource type `{}` is not an ARN format", raw.name))
    };
    let arns = raw.arns.iter().map(format).collect::<Result<_, _>>()?;
    let condition_keys = keys(&raw.condition_keys, service)
        .map_err(|what| format!("resource type `{}` {what}", raw.name))?;
    Ok(ResourceType { name: raw.name.as_str().into(), arns, condition_keys })
}

fn action(raw: RawAction, service: &Service) -> Result<Action, String> {
    let fail = |what: String| format!("action `{}` {what}", raw.name);
    let access = match raw.access_level.as_str() {
        "List" => AccessLevel::List,
        "Read" => AccessLevel::Read,
        "Write" => AccessLevel::Write,
        "Tagging, Write" | "Tagging" => AccessLevel::Tagging,
        "Permissions management, Write" | "Permissions management" => {
            AccessLevel::PermissionsManagement
        }
        other => return Err(fail(format!("has the unknown access level `{other}`"))),
    };
    let dependent = raw
        .resource_types
        .iter()
        .flat_map(|resource| &resource.dependent_actions)
        .chain(&raw.dependent_actions);
    if let Some(other) = dependent.into_iter().next() {
        return Err(fail(format!(
            "depends on `{other}`, and the catalogue has no place for that yet"
        )));
    }
    let mut resources = raw
        .resource_types
        .iter()
        .map(|raw| action_resource(raw, service))
        .collect::<Result<Vec<_>, _>>()
        .map_err(fail)?;
    resources.sort_by_cached_key(|resource| resource.name.to_ascii_lowercase());
    if let Some((twice, _)) =
        resources.iter().zip(resources.iter().skip(1)).find(|(a, b)| a.name == b.name)
    {
        return Err(fail(format!("lists resource type `{}` twice", twice.name)));
    }
    let condition_keys = keys(&raw.condition_keys, service).map_err(fail)?;
    Ok(Action { name: raw.name.as_str().into(), access, resources, condition_keys })
}

fn action_resource(raw: &RawActionResource, service: &Service) -> Result<ActionResource, String> {
    let found = service
        .resource_type(&raw.name)
        .ok_or_else(|| format!("names `{}`, which is not a resource type", raw.name))?;
    Ok(ActionResource {
        name: found.name.clone(),
        required: raw.required,
        condition_keys: keys(&raw.condition_keys, service)?,
    })
}

/// The keys as the service spells them, in the order of its list.
fn keys(names: &[String], service: &Service) -> Result<Vec<Arc<str>>, String> {
    let known =
        |name: &String| service.keys.iter().position(|key| key.name.eq_ignore_ascii_case(name));
    let place = |name: &String| {
        known(name)
            .ok_or_else(|| format!("names `{name}`, which is not a condition key of the service"))
    };
    let mut places = names.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    places.sort_unstable();
    if let Some((twice, _)) = places.iter().zip(places.iter().skip(1)).find(|(a, b)| a == b) {
        let name = service.keys.get(*twice).map(|key| key.name.to_string()).unwrap_or_default();
        return Err(format!("lists the condition key `{name}` twice"));
    }
    Ok(places.into_iter().filter_map(|place| Some(service.keys.get(place)?.name.clone())).collect())
}
