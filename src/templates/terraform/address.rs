//! Addresses: of modules, and of the instances of what has `count` or `for_each`.

use keyaki_iam::json::{JsonData, JsonValue};
use std::fmt;

/// What tells one instance from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// Of `count`.
    Number(String),
    /// Of `for_each`.
    Text(String),
}

impl Key {
    /// The member `index` of a resource.
    pub fn of(value: &JsonValue) -> Option<Self> {
        match &value.data {
            JsonData::Number(number) => Some(Self::Number(number.clone())),
            JsonData::String(text) => Some(Self::Text(text.clone())),
            JsonData::Null | JsonData::Bool(_) | JsonData::Array(_) | JsonData::Object(_) => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "[{number}]"),
            Self::Text(text) => write!(f, "[{}]", serde_json::Value::from(text.as_str())),
        }
    }
}

/// An instance of a module: the calls from the root module to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Module(pub Vec<(String, Option<Key>)>);

impl Module {
    /// The module of an address, such as `module.a["x"].module.b`; what is no call is left out.
    pub fn of(address: &str) -> Self {
        let mut calls = Vec::new();
        let mut rest = address;
        while let Some(call) = rest.strip_prefix("module.") {
            let end = call.find(['.', '[']).unwrap_or(call.len());
            let (name, after) = call.split_at_checked(end).unwrap_or_default();
            let (key, after) = key(after);
            calls.push((name.to_owned(), key));
            rest = after.strip_prefix('.').unwrap_or_default();
        }
        Self(calls)
    }

    /// The address of something in it.
    pub fn address(&self, of: &str) -> String {
        let calls = self.0.iter().map(|(name, key)| match key {
            Some(key) => format!("module.{name}{key}."),
            None => format!("module.{name}."),
        });
        calls.collect::<String>() + of
    }

    /// The same in the configuration, which has no instances.
    pub fn configured(&self, of: &str) -> String {
        self.0.iter().map(|(name, _)| format!("module.{name}.")).collect::<String>() + of
    }

    /// The module that it calls.
    pub fn inner(&self, name: &str, key: Option<Key>) -> Self {
        let mut calls = self.0.clone();
        calls.push((name.to_owned(), key));
        Self(calls)
    }

    /// The module that calls it, and the call.
    pub fn outer(&self) -> Option<(Self, &str, Option<&Key>)> {
        let ((name, key), calls) = self.0.split_last()?;
        Some((Self(calls.to_vec()), name, key.as_ref()))
    }
}

/// The names of a reference such as `module.m[0].x`, each with its key.
pub(super) fn names(reference: &str) -> Vec<(String, Option<Key>)> {
    let mut names = Vec::new();
    let mut rest = reference;
    while !rest.is_empty() {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end).unwrap_or_default();
        let (key, after) = key(after);
        names.push((name.to_owned(), key));
        // A second key is of something inside, which no reference to a resource has.
        rest = after.strip_prefix('.').unwrap_or_default();
    }
    names
}

/// The key that a text begins with, and what follows.
fn key(text: &str) -> (Option<Key>, &str) {
    let Some(inner) = text.strip_prefix('[') else { return (None, text) };
    if !inner.starts_with('"') {
        let (number, after) = inner.split_once(']').unwrap_or((inner, ""));
        return (Some(Key::Number(number.to_owned())), after);
    }
    let mut escaped = false;
    let end = inner.char_indices().skip(1).find(|(_, letter)| {
        let ends = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    let end = end.map_or(inner.len(), |(at, _)| at + 1);
    let (quoted, after) = inner.split_at_checked(end).unwrap_or_default();
    let text = serde_json::from_str(quoted).unwrap_or_else(|_| quoted.to_owned());
    (Some(Key::Text(text)), after.strip_prefix(']').unwrap_or(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_have_addresses() {
        for (address, configured) in [
            ("", "x"),
            ("module.a", "module.a.x"),
            ("module.a[0].module.b", "module.a.module.b.x"),
            (r#"module.a["x.y]\"."].module.b["é"].module.c[12]"#, "module.a.module.b.module.c.x"),
        ] {
            let module = Module::of(address);
            let of = if address.is_empty() { "x".to_owned() } else { format!("{address}.x") };
            assert_eq!(module.address("x"), of);
            assert_eq!(module.configured("x"), configured);
            if let Some((outer, name, key)) = module.outer() {
                assert_eq!(outer.inner(name, key.cloned()), module);
            }
        }
        for broken in ["module.", "module.a[", "module.a[\"", "module.a[\"\\", "module.a[\"x\"y.z"]
        {
            Module::of(broken);
        }
    }
}
