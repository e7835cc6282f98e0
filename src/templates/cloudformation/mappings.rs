//! `Fn::FindInMap`.

use super::evaluate::{Evaluated, Evaluator, Nature, Stop};
use super::value::{Text, Value};
use crate::{OF_MAPPING, Table};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::source::Span;
use std::collections::BTreeMap;

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
            (found, default) if found.iter().any(|one| matches!(one.data, JsonData::Array(_))) => {
                match cells(table, &first, &second) {
                    Some((by, cells)) => self.list_of(&by, &cells, default),
                    None => self.not_known("the list that a mapping gives", &first, value.span),
                }
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
                            format!("{OF_MAPPING}{known}.{}.{}", first.written(), second.written());
                        let default = default.map(|value| self.text(value)).transpose()?;
                        let default = default.as_ref().map(|text| text.as_known());
                        let decided = decided(table, &first, &second);
                        // Another cell of the mapping is another value.
                        let fact = match &decided {
                            Some(decided) => format!("{:?} {default:?}", decided.values),
                            None => format!("{} {default:?}", table.compact()),
                        };
                        self.facts.insert(name.clone(), fact);
                        let default = default.flatten().map(str::to_owned);
                        self.tables.extend(
                            decided.map(|table| (name.clone(), Table { default, ..table })),
                        );
                        self.unknown(&name, Nature::Fixed(Form::OneOf(texts)))
                    }
                };
                Ok(Value::text(text, span))
            }
        }
    }
}

impl Evaluator<'_> {
    /// A list that one key of a mapping decides, under what is assumed of that.
    fn list_of(
        &mut self,
        by: &str,
        cells: &[(&str, &JsonValue)],
        default: Option<&JsonValue>,
    ) -> Evaluated<Value> {
        for (key, value) in cells {
            if self.equal(&Text::hole(by), &Text::known(*key))? {
                return self.value(value);
            }
        }
        default.map_or(Err(Stop::Never), |default| self.value(default))
    }
}

/// The parameter that is the one key of a mapping that is not known, and what stands for each of its
/// values.
fn cells<'t>(
    table: &'t JsonValue,
    first: &Text,
    second: &Text,
) -> Option<(String, Vec<(&'t str, &'t JsonValue)>)> {
    let JsonData::Object(rows) = &table.data else { return None };
    let (by, rows): (&str, Vec<(&str, &JsonValue)>) = match (first.as_hole(), second.as_hole()) {
        (Some(by), None) => {
            let second = second.as_known()?;
            let of = |row: &'_ &Member| row.value.member(second).is_some();
            let rows = rows.iter().filter(of);
            (by, rows.filter_map(|row| Some((&*row.name, row.value.member(second)?))).collect())
        }
        (None, Some(by)) => {
            let row = rows.iter().find(|row| Some(row.name.as_str()) == first.as_known())?;
            let JsonData::Object(columns) = &row.value.data else { return None };
            (by, columns.iter().map(|column| (&*column.name, &column.value)).collect())
        }
        (Some(_), Some(_)) | (None, None) => return None,
    };
    Some((by.to_owned(), rows))
}

/// The parameter that is the one key of a mapping that is not known, and what stands for each of its
/// values, as far as that is a text.
fn decided(table: &JsonValue, first: &Text, second: &Text) -> Option<Table> {
    let (by, rows) = cells(table, first, second)?;
    let text = |(key, value): (&str, &JsonValue)| {
        let text = match &value.data {
            JsonData::String(text) | JsonData::Number(text) => text.clone(),
            JsonData::Bool(flag) => flag.to_string(),
            JsonData::Array(_) | JsonData::Object(_) | JsonData::Null => return None,
        };
        Some((key.to_owned(), text))
    };
    let values: Option<BTreeMap<String, String>> = rows.into_iter().map(text).collect();
    Some(Table { by, values: values?, default: None })
}

/// The members of an object that a key may name: all, where it is not known.
fn members_of<'v>(value: &'v JsonValue, key: &Text) -> Vec<&'v JsonValue> {
    match (&value.data, key.as_known()) {
        (JsonData::Object(_), Some(name)) => value.member(name).into_iter().collect(),
        (JsonData::Object(members), None) => members.iter().map(|member| &member.value).collect(),
        _ => Vec::new(),
    }
}
