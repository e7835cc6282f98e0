//! The data as the package has them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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

/// Reads the folder of an unpacked package.
pub fn package(folder: &Path) -> Result<Package, String> {
    let manifest: Manifest = json(&folder.join("package.json"))?;
    let data = folder.join("data");
    let prefixes: Vec<String> = json(&data.join("services.json"))?;
    let mut names: BTreeMap<String, String> = json(&data.join("serviceNames.json"))?;
    let rcp: Vec<String> = json(&data.join("rcpSupportedServices.json"))?;
    if let Some(unknown) = rcp.iter().find(|prefix| !prefixes.contains(prefix)) {
        return Err(format!("rcpSupportedServices.json names `{unknown}`, which is no service"));
    }
    let mut services = Vec::new();
    for prefix in prefixes {
        let file = format!("{prefix}.json");
        services.push(RawService {
            name: names.remove(&prefix).ok_or_else(|| format!("serviceNames.json lacks `{prefix}`"))?,
            supports_rcp: rcp.contains(&prefix),
            actions: json(&data.join("actions").join(&file))?,
            resource_types: json(&data.join("resourceTypes").join(&file))?,
            keys: json(&data.join("conditionKeys").join(&file))?,
            prefix,
        });
    }
    services.sort_by(|a, b| a.prefix.cmp(&b.prefix));
    Ok(Package { source: format!("{} {}", manifest.name, manifest.version), services })
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("cannot read `{}`: {error}; src/catalogue/fetch.sh fetches the data", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("`{}`: {error}", path.display()))
}
