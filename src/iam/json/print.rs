//! Values as text again.

use super::{JsonData, JsonValue, Member};
use serde_json::json;

impl JsonValue {
    /// The value as JSON without white space: numbers as they were written, members in their order,
    /// those that occur twice, too. Parsing it gives the same value with other places.
    pub fn compact(&self) -> String {
        let mut text = String::new();
        self.print(&mut text);
        text
    }

    fn print(&self, text: &mut String) {
        match &self.data {
            JsonData::Null => text.push_str("null"),
            JsonData::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
            JsonData::Number(number) => text.push_str(number),
            JsonData::String(string) => text.push_str(&json!(string).to_string()),
            JsonData::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    item.print(text);
                }
                text.push(']');
            }
            JsonData::Object(members) => {
                text.push('{');
                for (index, Member { name, value, name_span: _ }) in members.iter().enumerate() {
                    if index > 0 {
                        text.push(',');
                    }
                    text.push_str(&json!(name).to_string());
                    text.push(':');
                    value.print(text);
                }
                text.push('}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::json::{Limits, parse};
    use crate::source::Source;

    #[test]
    fn a_value_is_printed_as_it_was_written() {
        for (text, compact) in [
            (
                "{ \"b\": [1.50, -0, 1e400], \"a\": null, \"b\": true }",
                "{\"b\":[1.50,-0,1e400],\"a\":null,\"b\":true}",
            ),
            ("[ ]", "[]"),
            ("{}", "{}"),
            (r#""\u00e9\n\"\u0001\/""#, r#""é\n\"\u0001/""#),
        ] {
            let (value, findings) = parse(&Source::new("f", text), &Limits::default());
            assert!(findings.is_empty(), "{findings:?}");
            let printed = value.unwrap().compact();
            assert_eq!(printed, compact);
            let (again, _) = parse(&Source::new("f", printed.as_str()), &Limits::default());
            assert_eq!(again.unwrap().compact(), printed);
        }
    }
}
