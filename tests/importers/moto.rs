//! What moto makes: the services of AWS, imitated. `make.py` has it write dumps and listings, and asks
//! it by other calls what is in them.

use super::imported;
use keyaki::estate::{Estate, Shared};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn names(policies: &[Shared]) -> BTreeSet<String> {
    policies.iter().map(|policy| policy.name.clone()).collect()
}

fn expected(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn estate(folder: &Path) -> Estate {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        texts.push((path.to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
    }
    texts.sort();
    imported(&texts).unwrap_or_else(|findings| panic!("{findings}")).estate
}

/// Runs where the environment variable KEYAKI_MOTO names the folder that `moto.sh` makes, as in the
/// gate.
#[test]
fn what_moto_makes_is_what_is_imported() {
    let Ok(folder) = std::env::var("KEYAKI_MOTO") else {
        println!("skipped: moto, since KEYAKI_MOTO names no folder");
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let truth: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("truth.json")).unwrap()).unwrap();
    let estate = estate(&folder.join("estate"));
    let principals = truth["principals"].as_object().unwrap();
    assert!(principals.len() >= 40, "{}", principals.len());
    assert_eq!(estate.entities.len(), principals.len());
    for (arn, known) in principals {
        let entity = estate.entity(arn).unwrap_or_else(|| panic!("{arn}"));
        assert_eq!(names(&entity.identity), expected(&known["policies"]), "{arn}");
        let boundary = entity.boundary.as_ref().map(|boundary| boundary.name.as_str());
        assert_eq!(boundary, known["boundary"].as_str(), "{arn}");
        // moto leaves the list out where a user has no tags; AWS has an empty one.
        let tags = serde_json::to_value(entity.tags.clone().unwrap_or_default()).unwrap();
        assert_eq!(tags, known["tags"], "{arn}");
    }
    let organization = estate.organization.as_ref().unwrap();
    let accounts = truth["accounts"].as_object().unwrap();
    assert_eq!(organization.members.len(), accounts.len());
    for (account, known) in accounts {
        assert_eq!(organization.path_of(account).unwrap(), known["path"].as_str().unwrap());
        for (levels, of) in
            [(organization.scps_of(account), "scps"), (organization.rcps_of(account), "rcps")]
        {
            let levels: Vec<_> = levels.iter().map(|level| names(level)).collect();
            let all: Vec<_> = known[of].as_array().unwrap().iter().map(expected).collect();
            assert_eq!(levels, all, "{account} {of}");
        }
    }
}
