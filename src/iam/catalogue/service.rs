//! What is known of one service.

use super::arn::ArnFormat;
use super::name;
use crate::catalogue::keys::KeyType;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A service as the Service Authorization Reference describes it. The lists are in the order of
/// their names, without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// The part of its actions before the colon, for example `bedrock`; in lower case.
    pub prefix: String,
    /// What people call it, for example `Amazon Bedrock`.
    pub name: String,
    /// Whether resource control policies apply to its resources (SEMANTICS 6.5), as the source of
    /// the catalogue says.
    pub supports_rcp: bool,
    /// The actions.
    pub actions: Vec<Action>,
    /// The types of resources that the actions name.
    pub resource_types: Vec<ResourceType>,
    /// The condition keys that the actions and the resource types list; global ones among them.
    pub keys: Vec<Key>,
}

/// What an action does, as AWS classifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// It tells which resources there are.
    List,
    /// It reads content.
    Read,
    /// It makes, changes or removes, and is of none of the two kinds below.
    Write,
    /// It only changes tags.
    Tagging,
    /// It gives or takes permissions.
    PermissionsManagement,
}

impl AccessLevel {
    /// Every level.
    pub const ALL: [Self; 5] =
        [Self::List, Self::Read, Self::Write, Self::Tagging, Self::PermissionsManagement];

    /// The name that AWS gives it.
    pub fn words(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Tagging => "Tagging",
            Self::PermissionsManagement => "Permissions management",
        }
    }
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its name after the colon, for example `InvokeModel`.
    pub name: Arc<str>,
    /// What it does.
    pub access: AccessLevel,
    /// The types of the resources it is authorized on; none if it is authorized on `*` only.
    pub resources: Vec<ActionResource>,
    /// The condition keys that it lists whatever the resource is.
    pub condition_keys: Vec<Arc<str>>,
}

impl Action {
    /// Whether some type is marked as required. If none is, the action may be authorized on `*`. Of
    /// several marked types a request has *one of* them: `bedrock:InvokeModel` marks twelve.
    pub fn needs_resource(&self) -> bool {
        self.resources.iter().any(|resource| resource.required)
    }
}

/// A resource type of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionResource {
    /// The name of the type; [`Service::resource_type`] knows the rest.
    pub name: Arc<str>,
    /// Whether the reference marks the type with an asterisk. See [`Action::needs_resource`].
    pub required: bool,
    /// The condition keys that the action lists for this type; the type lists more.
    pub condition_keys: Vec<Arc<str>>,
}

/// A type of resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceType {
    /// Its name, for example `foundation-model`.
    pub name: Arc<str>,
    /// How its ARNs are built: one format for nearly all types.
    pub arns: Vec<ArnFormat>,
    /// The condition keys that it lists.
    pub condition_keys: Vec<Arc<str>>,
}

/// A condition key, or a family of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name, the prefix included; `${Name}` in it stands for one or more characters:
    /// `ec2:ResourceTag/${TagKey}`.
    pub name: Arc<str>,
    /// What its values denote.
    pub key_type: KeyType,
    /// Whether it may hold several values.
    pub multivalued: bool,
}

impl Key {
    /// Whether this is the key of that name, or its family; without regard to case.
    pub fn matches(&self, name: &str) -> bool {
        name::matches(&self.name, name)
    }

    /// True for families: a part of the name is free.
    pub fn is_family(&self) -> bool {
        self.name.contains("${")
    }
}

impl Service {
    /// The action of that name (without the prefix and the colon), ignoring case.
    pub fn action(&self, name: &str) -> Option<&Action> {
        name::find(&self.actions, name, |action| &action.name)
    }

    /// The place of the action of that name among the actions, ignoring case. Who asks for many in a
    /// row says which place came before.
    pub(super) fn place_of_action(&self, before: usize, name: &str) -> Option<usize> {
        name::find_after(&self.actions, before, name, |action| &action.name)
    }

    /// The actions whose names begin so, ignoring case.
    pub fn actions_from(&self, start: &str) -> &[Action] {
        name::beginning(&self.actions, start, |action| &action.name)
    }

    /// The resource type of that name, ignoring case.
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        name::find(&self.resource_types, name, |resource| &resource.name)
    }

    /// The condition key of that name (with its prefix), ignoring case; a key such as
    /// `ec2:ResourceTag/team` finds its family.
    pub fn key(&self, name: &str) -> Option<&Key> {
        name::find(&self.keys, name, |key| &key.name)
            .or_else(|| self.keys.iter().find(|key| key.matches(name)))
    }

    /// The resource types of an action of this service, each with what the action says of it.
    pub fn resources_of<'a>(
        &'a self,
        action: &'a Action,
    ) -> impl Iterator<Item = (&'a ActionResource, &'a ResourceType)> {
        action
            .resources
            .iter()
            .filter_map(|listed| Some((listed, self.resource_type(&listed.name)?)))
    }

    /// Whether a key of that name is one of [`Self::keys_of`], or of a family that is; without
    /// regard to case.
    pub fn lists(&self, action: &Action, resource: Option<&ActionResource>, key: &str) -> bool {
        let has = |names: &[Arc<str>]| names.iter().any(|known| name::matches(known, key));
        let own = || {
            let found = resource.and_then(|resource| self.resource_type(&resource.name));
            found.is_some_and(|found| !is_passed(key) && has(&found.condition_keys))
        };
        has(&action.condition_keys)
            || resource.is_some_and(|resource| has(&resource.condition_keys))
            || own()
    }

    /// The names of the keys that may be present when the action is authorized on a resource of
    /// that type (or on `*`, for `None`): those that the action lists, those that it lists for the
    /// type, and those that the type lists (SEMANTICS F13). What a request passes the action has to
    /// list itself: a type lists that for the actions that make or tag such resources.
    pub fn keys_of<'a>(
        &'a self,
        action: &'a Action,
        resource: Option<&'a ActionResource>,
    ) -> BTreeSet<&'a str> {
        let listed =
            resource.map(|resource| resource.condition_keys.as_slice()).unwrap_or_default();
        let own = resource
            .and_then(|resource| self.resource_type(&resource.name))
            .map(|found| found.condition_keys.as_slice());
        let own = own.unwrap_or_default().iter().filter(|key| !is_passed(key));
        action.condition_keys.iter().chain(listed).chain(own).map(AsRef::as_ref).collect()
    }
}

/// Whether a key, whatever its service, tells of tags that the request passes (SEMANTICS 5.5).
fn is_passed(key: &str) -> bool {
    const STARTS: [&str; 4] =
        ["requesttag/", "requestobjecttag/", "requestobjecttagkeys", "tagkeys"];
    let name = key.split_once(':').map_or("", |(_, name)| name);
    STARTS.iter().any(|start| {
        name.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start))
    })
}
