//! Policies that stand in a role: `inline_policy`.

use super::evaluate::Scope;
use super::files::place;
use super::index::{Entry, Side};
use super::policies::{Policies, WITHOUT};
use super::reader::Reader;
use super::value::{Origin, Out, Place, Problem, Value, is_true};
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::policy::Kind;

impl<'a> Policies<'a> {
    /// Policies that stand in a role.
    pub fn inline(&mut self, entry: &'a Entry<'a>) {
        const BLOCK: &str = "inline_policy";
        let (reader, side) = (self.reader, self.reader.side);
        // A role tells what others gave it, too, unless the configuration sets it: that has no word of
        // `dynamic` blocks, and what changes is set. What a resource of its own takes over was there.
        let is_told =
            self.reader.index.sets(entry, BLOCK) == Some(false) && !is_changed(entry, BLOCK);
        let counts = |name: Option<&str>| {
            !is_told
                || side == Side::Before
                    && name.is_some_and(|name| self.reader.index.takes_over(name))
        };
        if is_told && side == Side::After {
            return;
        }
        if self.reader.is_unknown(entry, BLOCK) {
            let place = Place { origin: Origin::Plan, span: entry.span };
            let message = format!("the policies in `{}.{BLOCK}` are not known", entry.address);
            self.not_known(entry, BLOCK, Problem { place, message, help: String::new() });
            return;
        }
        let list = |of: Option<&'a JsonValue>| match of.and_then(|of| of.member(BLOCK)) {
            Some(JsonValue { data: JsonData::Array(items), .. }) => items.as_slice(),
            _ => &[],
        };
        let unknown = list(entry.unknown(side));
        for (number, block) in list(entry.values(side)).iter().enumerate() {
            let unknown = unknown.get(number);
            let name = block.member("name").and_then(JsonValue::as_str);
            if !counts(name) {
                continue;
            }
            // Of a block without a name or a policy nothing is made.
            let called = name.map_or_else(|| format!("[{number}]"), |name| format!("[\"{name}\"]"));
            let address = format!("{}.{BLOCK}{called}", entry.address);
            let what = (address, Kind::Identity, vec![self.reader.holder_of(entry)]);
            let configured = || match name {
                Some(name) => reader.inline_block(entry, name),
                None => Ok(None),
            };
            if !is_true(unknown.and_then(|unknown| unknown.member("policy"))) {
                if let Some(json) = block.member("policy") {
                    self.known_text(json, what, configured);
                }
                continue;
            }
            let found = configured().and_then(|value| match value {
                Some(value) => self.whole(value),
                None => {
                    let place = Place { origin: Origin::Plan, span: entry.span };
                    place.problem(format!("the policy `{}` is not known", what.0), WITHOUT)
                }
            });
            match found {
                Ok((place, written)) => self.document(what, place, written),
                Err(problem) => self.not_known(entry, BLOCK, *problem),
            }
        }
    }
}

/// Whether the plan gives an attribute that is known another value.
fn is_changed(entry: &Entry<'_>, attribute: &str) -> bool {
    let said = |side| {
        let value = entry.values(side).and_then(|values| values.member(attribute));
        value.map(JsonValue::compact).filter(|text| !["null", "[]"].contains(&text.as_str()))
    };
    let unknown = entry.unknown(Side::After).and_then(|unknown| unknown.member(attribute));
    entry.is_there(Side::After) && !is_true(unknown) && said(Side::Before) != said(Side::After)
}

impl<'a> Reader<'a> {
    /// The policy of the block of that name in the file.
    fn inline_block(&self, entry: &Entry<'_>, name: &str) -> Out<Option<Value>> {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let resource = format!("resource.{}.{}", entry.kind, entry.name);
        let Some((file, block)) = self.block(&entry.module, &resource, here)? else {
            return Ok(None);
        };
        let scope = Scope::of(entry.module.clone(), file, block, entry.key.clone());
        for inner in block.body.get_blocks("inline_policy") {
            let attributes = (inner.body.get_attribute("name"), inner.body.get_attribute("policy"));
            let (Some(own), Some(policy)) = attributes else { continue };
            self.steps.set(0);
            let value = self.evaluate(&own.value, &scope)?;
            let own = self.text(value.used_at(place(file, &own.value)))?;
            if own.text == name {
                return self.evaluate(&policy.value, &scope).map(Some);
            }
        }
        Ok(None)
    }
}
