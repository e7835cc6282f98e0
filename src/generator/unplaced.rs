//! Keys that the data name for a service and list for no action and no resource type of it.
//!
//! A key that nothing lists would never be in a request, and every condition on it would be dead;
//! but AWS documents these keys for the service. So they come with all of its actions (SEMANTICS
//! F13), but for those of sessions, which come with requests to any service and which no request
//! passes (F28).

use super::read::RawService;
use keyaki_iam::catalogue::keys;
use keyaki_iam::policy::ContextKey;
use std::collections::BTreeSet;

/// Lists the keys for every action of the service. Returns how many there are.
pub fn place(service: &mut RawService) -> usize {
    let listed: BTreeSet<String> = {
        let of_actions = service.actions.values().flat_map(|action| {
            let of_types =
                action.resource_types.iter().flat_map(|resource| &resource.condition_keys);
            action.condition_keys.iter().chain(of_types)
        });
        let of_types = service.resource_types.values().flat_map(|known| &known.condition_keys);
        of_actions.chain(of_types).map(|name| name.to_ascii_lowercase()).collect()
    };
    let unplaced: Vec<String> = service
        .keys
        .values()
        .map(|key| &key.name)
        // A name that ends in a slash is a family without its free part, which no request carries.
        .filter(|name| !name.ends_with('/') && !listed.contains(&name.to_ascii_lowercase()))
        .filter(|name| {
            !name.starts_with("aws:")
                && keys::of_role_sessions(&ContextKey::new(name)).is_none_or(|known| known.passed)
        })
        .cloned()
        .collect();
    for action in service.actions.values_mut() {
        action.condition_keys.extend(unplaced.iter().cloned());
    }
    unplaced.len()
}
