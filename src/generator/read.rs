//! The data as the package has them.

use super::Files;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The whole package.
pub struct Package {
    /// Its name and version.
    pub source: String,
    pub services: Vec<RawService>,
}

/// A service, before the repairs.
pub struct RawService {
    pub prefix: String,
    pub name: String,
    pub supports_rcp: bool,
    pub actions: BTreeMap<String, RawAction>,
    pub resource_types: BTreeMap<String, RawResourceType>,
    pub keys: BTreeMap<String, RawKey>,
}

/// An action. The package has a member `dependentActions` too, which is empty everywhere.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawAction {
    pub name: String,
    pub access_level: String,
    pub resource_types: Vec<RawActionResource>,
    pub condition_keys: Vec<String>,
    pub dependent_actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawActionResource {
    pub name: String,
    pub required: bool,
    pub condition_keys: Vec<String>,
    pub dependent_actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawResourceType {
    #[serde(rename = "key")]
    pub name: String,
    /// One format as the package is read; the repairs may make several of it.
    #[serde(rename = "arn", deserialize_with = "one")]
    pub arns: Vec<String>,
    #[serde(default)]
    pub condition_keys: Vec<String>,
}

fn one<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(vec![String::deserialize(deserializer)?])
}

#[derive(Deserialize)]
pub struct RawKey {
    #[serde(rename = "key")]
    pub name: String,
    #[serde(rename = "type")]
    pub key_type: String,
}

#[derive(Deserialize)]
struct Manifest {
    name: String,
    version: String,
}

/// Reads a package, given its files by their names in it.
pub fn package(files: Files<'_>) -> Result<Package, String> {
    let manifest: Manifest = json(files, "package.json")?;
    let prefixes: Vec<String> = json(files, "data/services.json")?;
    let mut names: BTreeMap<String, String> = json(files, "data/serviceNames.json")?;
    let rcp: Vec<String> = json(files, "data/rcpSupportedServices.json")?;
    if let Some(unknown) = rcp.iter().find(|prefix| !prefixes.contains(prefix)) {
        return Err(format!("rcpSupportedServices.json names `{unknown}`, which is not a service"));
    }
    let mut services = Vec::new();
    for prefix in prefixes {
        services.push(RawService {
            name: names
                .remove(&prefix)
                .ok_or_else(|| format!("serviceNames.json lacks `{prefix}`"))?,
            supports_rcp: rcp.contains(&prefix),
            actions: json(files, &format!("data/actions/{prefix}.json"))?,
            resource_types: json(files, &format!("data/resourceTypes/{prefix}.json"))?,
            keys: json(files, &format!("data/conditionKeys/{prefix}.json"))?,
            prefix,
        });
    }
    services.sort_by(|a, b| a.prefix.cmp(&b.prefix));
    Ok(Package { source: format!("{} {}", manifest.name, manifest.version), services })
}

fn json<T: DeserializeOwned>(files: Files<'_>, name: &str) -> Result<T, String> {
    serde_json::from_str(&files(name)?).map_err(|error| format!("`{name}`: {error}"))
}
