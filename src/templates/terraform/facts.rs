//! What a plan says of values that are not known: where it says something else, they may be others.

use super::index::{Entry, Index, references};
use super::policies::Policies;
use super::table;
use crate::parts;
use keyaki_iam::json::{JsonData, JsonValue};
use rustc_hash::{FxHashMap, FxHashSet};

impl<'a> Policies<'a> {
    /// Notes what decides the values of the parameters that the policies of the plan have.
    pub fn facts(&mut self) {
        let entries: FxHashMap<&str, &'a Entry<'a>> =
            self.reader.index.entries.iter().map(|one| (one.address.as_str(), one)).collect();
        for name in self.parameters() {
            let known = |(address, rest)| Some((*entries.get(address)?, rest));
            let Some((entry, rest)) = parts(&name).rev().find_map(known) else { continue };
            let fact = self.fact(entry, rest, &mut FxHashSet::default());
            self.template.facts.insert(name.clone(), fact);
        }
        // Since its version 6 the provider tells the Region of each resource.
        for entry in &self.reader.index.entries {
            let values = entry.values(self.reader.side);
            let region = values.and_then(|values| values.member("region")?.as_str());
            let named = region.map(|region| (crate::region_of(&entry.address), region.to_owned()));
            self.template.facts.extend(named);
        }
    }

    /// What decides a part of a resource: its type and its name, and for a type whose name is not
    /// known everything that it has; of a data source the expression of that part, and what that
    /// refers to, each once.
    fn fact(&self, entry: &'a Entry<'a>, rest: &str, told: &mut FxHashSet<&'a str>) -> String {
        if !told.insert(&entry.address) {
            return String::new();
        }
        let kind = entry.kind;
        if entry.data {
            let index = &self.reader.index;
            let mut words = rest.split(['.', '[']).map(|part| part.trim_end_matches(']'));
            let mut at = words
                .by_ref()
                .find(|part| !part.is_empty())
                .and_then(|attribute| index.expression(entry, attribute));
            for part in words {
                let inner = at.and_then(|value| inner(value, part));
                if inner.is_none() {
                    break;
                }
                at = inner;
            }
            // What is computed rests on all that the source is given.
            let given: Vec<&JsonValue> = match at {
                Some(at) => vec![at],
                None => {
                    let block = index.block(entry).and_then(|block| block.member("expressions"));
                    block.into_iter().chain(entry.values(self.reader.side)).collect()
                }
            };
            let compact = given.iter().map(|one| one.compact()).collect::<Vec<_>>();
            let mut said = format!("{kind} {}", compact.join(" "));
            let members = given.iter().flat_map(|one| Index::members(Some(*one)));
            let all = given.iter().copied().chain(members.map(|(_, member)| member));
            let all: Vec<&str> = all.flat_map(references).collect();
            for reference in all {
                let group = |(base, rest)| Some((index.group(&entry.module.address(base))?, rest));
                let Some((group, rest)) = parts(reference).rev().find_map(group) else { continue };
                let group = index.groups.get(group).into_iter().flat_map(|group| &group.entries);
                for entry in group.filter_map(|number| index.entries.get(*number)) {
                    said.push_str(&self.fact(entry, rest, told));
                }
            }
            return said;
        }
        let names = table::name(kind).and_then(|name| table::names(kind, name));
        let decides = |name: &str| match names {
            Some(names) => names.contains(&name) || name.ends_with("_prefix"),
            None => !table::MADE.contains(&name),
        };
        let values = Index::members(entry.values(self.reader.side));
        let there = values.filter(|(name, value)| decides(name) && value.data != JsonData::Null);
        let mut said: Vec<String> =
            there.map(|(name, value)| format!(" {name}: {}", value.compact())).collect();
        said.sort();
        format!("{kind}{}", said.concat())
    }
}

/// A member or an item of a value.
fn inner<'v>(value: &'v JsonValue, part: &str) -> Option<&'v JsonValue> {
    match &value.data {
        JsonData::Array(items) => items.get(part.parse::<usize>().ok()?),
        JsonData::Object(_) => value.member(part),
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) => None,
    }
}
