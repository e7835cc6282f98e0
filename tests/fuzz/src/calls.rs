//! Files of calls.

use keyaki::calls::{Authorization, Calls, Path, Template};
use std::collections::{BTreeMap, BTreeSet};

/// Names are unique; every path has the variables that its authorizations use, whose natural values
/// are values.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let calls = match Calls::parse(text) {
        Ok(calls) => calls,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let mut names = BTreeSet::new();
    for call in &calls.calls {
        assert!(call.names().all(|name| names.insert(name.to_ascii_lowercase())), "{call:?}");
        assert_eq!(calls.find(&call.name.to_ascii_uppercase()), Some(call));
        assert!(!call.paths.is_empty() && !call.sources.is_empty());
        assert_eq!(
            call.needs_role(),
            call.paths
                .iter()
                .any(|path| path.without_role().authorizations.len() < path.authorizations.len())
        );
        let mut paths = BTreeSet::new();
        assert!(call.paths.iter().all(|path| paths.insert(path.name.to_ascii_lowercase())));
        call.paths.iter().for_each(path);
    }
    calls.nearest(text.lines().next().unwrap_or_default());
}

fn path(path: &Path) {
    for variable in path.variables.values() {
        assert!(variable.natural.iter().all(|value| variable.shape.admits(value)), "{variable:?}");
        let held = variable.natural.iter().flat_map(|value| value.chars());
        assert!(held.into_iter().all(|letter| variable.shape.may_hold(letter)), "{variable:?}");
    }
    let values: BTreeMap<String, String> = path
        .variables
        .iter()
        .filter_map(|(name, variable)| Some((name.clone(), variable.natural.first()?.clone())))
        .collect();
    for needed in &path.authorizations {
        authorization(needed, path, &values);
    }
}

/// Templates print and read as the same; what one writes it reads; and an ARN has six fields
/// whatever the variables are.
fn authorization(needed: &Authorization, path: &Path, values: &BTreeMap<String, String>) {
    for template in needed.keys.values().chain([&needed.resource]) {
        assert_eq!(Template::parse(&template.to_string()).as_ref(), Some(template));
        assert!(template.variables().all(|name| path.variables.contains_key(name)));
        let written = template.fill(values);
        if template.variables().all(|name| values.get(name).is_some_and(|value| !value.is_empty()))
        {
            let read = template.read(&written);
            assert_eq!(read.map(|values| template.fill(&values)), Some(written));
        }
    }
    if let Some(fields) = needed.resource.fields() {
        let joined = fields.iter().map(Template::to_string).collect::<Vec<_>>().join(":");
        assert_eq!(joined, needed.resource.to_string());
    } else {
        assert_eq!(needed.resource.literal(), Some("*"));
    }
    needed.keys.keys().for_each(|key| _ = needed.lacks(key));
}
