//! `Fn::FindInMap`.

use super::evaluate::{Evaluated, Evaluator, Nature};
use super::value::{Text, Value};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::source::Span;

impl Evaluator<'_> {
    /// What a mapping has under two keys: one of several texts, where a key is not known.
    pub(super) fn find_in_map(&mut self, value: &JsonValue, span: Span) -> Evaluated<Value> {
        let takes = "the name of a mapping and two keys";
        let (map, first, second, default) = match &value.data {
            JsonData::Array(items) => match items.as_slice() {
                [map, first, second] => (map, first, second, None),
                [map, first, second, more] if more.member("DefaultValue").is_some() => {
                    (map, first, second, more.member("DefaultValue"))
                }
                _ => return self.wrong("Fn::FindInMap", value, takes),
            },
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Object(_) => return self.wrong("Fn::FindInMap", value, takes),
        };
        let name = self.text(map)?;
        let Some(known) = name.as_known() else {
            return self.not_known("the name of a mapping", &name, map.span);
        };
        let Some(table) = self.of_section("Mappings", known) else {
            let message = format!("there is no mapping `{known}`");
            return self.fail(codes::UNKNOWN_REFERENCE, map.span, message, "");
        };
        self.sound(table)?;
        let mut found = Vec::new();
        let (first, second) = (self.text(first)?, self.text(second)?);
        for row in members_of(table, &first) {
            found.extend(members_of(row, &second));
        }
        let all_known = first.as_known().is_some() && second.as_known().is_some();
        match (found.as_slice(), default) {
            ([only], _) if all_known => self.value(only),
            ([], Some(default)) => self.value(default),
            ([], None) => {
                let message =
                    format!("`{known}` has no `{}` with `{}`", first.shown(), second.shown());
                self.fail(codes::UNKNOWN_REFERENCE, value.span, message, "")
            }
            (found, default) => {
                let mut texts = Vec::new();
                for value in found.iter().copied().chain(default) {
                    let text = self.text(value)?;
                    match text.as_known() {
                        Some(text) => texts.push(text.to_owned()),
                        None => return self.not_known("what a mapping gives", &text, value.span),
                    }
                }
                texts.sort();
                texts.dedup();
                let text = match texts.as_slice() {
                    [only] => Text::known(only.as_str()),
                    _ => {
                        let name =
                            format!("FindInMap:{known}.{}.{}", first.written(), second.written());
                        self.facts.insert(name.clone(), printed(table));
                        self.unknown(&name, Nature::Fixed(Form::OneOf(texts)))
                    }
                };
                Ok(Value::text(text, span))
            }
        }
    }
}

/// A mapping without its places.
fn printed(value: &JsonValue) -> String {
    match &value.data {
        JsonData::Object(members) => {
            let one = |member: &Member| format!("{:?}: {}", member.name, printed(&member.value));
            format!("{{{}}}", members.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        JsonData::Array(items) => {
            format!("[{}]", items.iter().map(printed).collect::<Vec<_>>().join(", "))
        }
        JsonData::String(text) | JsonData::Number(text) => format!("{text:?}"),
        JsonData::Bool(flag) => flag.to_string(),
        JsonData::Null => "null".to_owned(),
    }
}

/// The members of an object that a key may name: all, where it is not known.
fn members_of<'v>(value: &'v JsonValue, key: &Text) -> Vec<&'v JsonValue> {
    match (&value.data, key.as_known()) {
        (JsonData::Object(_), Some(name)) => value.member(name).into_iter().collect(),
        (JsonData::Object(members), None) => members.iter().map(|member| &member.value).collect(),
        _ => Vec::new(),
    }
}
