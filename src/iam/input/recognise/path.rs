//! Ways into a JSON value: the signs by which a form is known, and the policy documents inside.

use crate::json::{JsonData, JsonValue, Member};
use crate::source::Span;

/// One step of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'v> {
    Member(&'v str),
    Index(usize),
}

/// The first value that a sign leads to, and the place of the name that leads to it.
///
/// A sign is names between dots: `*` is any member, `[]` any entry of a list, and a name that ends
/// in `*` a member whose name begins so. After `=` stands what the text there begins with.
pub(super) fn find<'v>(value: &'v JsonValue, sign: &str) -> Option<(Span, &'v JsonValue)> {
    let (way, start) = match sign.split_once('=') {
        Some((way, start)) => (way, Some(start)),
        None => (sign, None),
    };
    let names: Vec<&str> = way.split('.').collect();
    follow(value, value.span, &names, &|found: &JsonValue| {
        start.is_none_or(|start| found.as_str().is_some_and(|text| text.starts_with(start)))
    })
}

fn follow<'v>(
    value: &'v JsonValue,
    place: Span,
    names: &[&str],
    fits: &dyn Fn(&JsonValue) -> bool,
) -> Option<(Span, &'v JsonValue)> {
    let Some((name, rest)) = names.split_first() else {
        return fits(value).then_some((place, value));
    };
    match &value.data {
        JsonData::Array(entries) if *name == "[]" => {
            entries.iter().find_map(|entry| follow(entry, entry.span, rest, fits))
        }
        JsonData::Object(members) => members
            .iter()
            .filter(|member| match name.strip_suffix('*') {
                Some(start) => member.name.starts_with(start),
                None => member.name == *name,
            })
            .find_map(|member| follow(&member.value, member.name_span, rest, fits)),
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Array(_) => None,
    }
}

/// The way to the first policy document inside a value, and whether it stands in a text.
pub(super) fn first_document(value: &JsonValue) -> Option<(Vec<Step<'_>>, bool)> {
    let mut way = Vec::new();
    search(value, &mut way).map(|text| (way, text))
}

fn search<'v>(value: &'v JsonValue, way: &mut Vec<Step<'v>>) -> Option<bool> {
    if is_document(value) {
        return Some(value.as_str().is_some());
    }
    let mut enter = |step: Step<'v>, inner: &'v JsonValue| {
        way.push(step);
        let found = search(inner, way);
        if found.is_none() {
            way.pop();
        }
        found
    };
    match &value.data {
        JsonData::Array(entries) => {
            entries.iter().enumerate().find_map(|(index, entry)| enter(Step::Index(index), entry))
        }
        JsonData::Object(members) => {
            members.iter().find_map(|member| enter(Step::Member(&member.name), &member.value))
        }
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) => None,
    }
}

/// Whether a value is a policy document, or a text that holds one.
pub(super) fn is_document(value: &JsonValue) -> bool {
    match &value.data {
        JsonData::Object(_) => value.member("Statement").is_some_and(|statement| {
            matches!(statement.data, JsonData::Array(_) | JsonData::Object(_))
        }),
        JsonData::String(text) => {
            text.contains("Statement") && (is_json_object(text) || is_percent_encoded(text))
        }
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::Array(_) => false,
    }
}

/// The members of the object that a text holds, by their names alone: for texts that are too long or
/// too broken to be read. `None` where the text does not begin as an object.
pub(super) fn outline(text: &str) -> Option<JsonValue> {
    if !is_json_object(text) {
        return None;
    }
    let bytes = text.as_bytes();
    let (mut members, mut depth, mut at) = (Vec::new(), 0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let end = end_of_string(bytes, at);
                let rest = text.get(end..).unwrap_or_default().trim_start();
                if depth == 1 && rest.starts_with(':') {
                    let name_span = Span { start: at, end };
                    let name =
                        text.get(at + 1..end.saturating_sub(1)).unwrap_or_default().to_owned();
                    let value = JsonValue { span: name_span, data: JsonData::Null };
                    members.push(Member { name, name_span, value });
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    let span = Span { start: 0, end: text.len() };
    Some(JsonValue { span, data: JsonData::Object(members) })
}

/// Where the string ends that begins at an offset.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn is_json_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Whether a text is a percent-encoded JSON object.
pub(super) fn is_percent_encoded(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(next) =
        ["%20", "%0A", "%0a", "%0D", "%0d", "%09"].iter().find_map(|blank| rest.strip_prefix(blank))
    {
        rest = next.trim_start();
    }
    rest.starts_with("%7B") || rest.starts_with("%7b")
}

/// The way as `jq` writes it, for a shell's single quotation marks; `None` where a name has
/// characters that do not belong on a command line.
pub(super) fn jq(way: &[Step<'_>]) -> Option<String> {
    let mut written = String::new();
    for step in way {
        match step {
            Step::Member(name) if is_identifier(name) => {
                written.push('.');
                written.push_str(name);
            }
            Step::Member(name) if name.chars().all(is_plain) => {
                written.push_str(&format!(
                    "{}[\"{name}\"]",
                    if written.is_empty() { "." } else { "" }
                ));
            }
            Step::Member(_) => return None,
            Step::Index(index) if written.is_empty() => written = format!(".[{index}]"),
            Step::Index(index) => written.push_str(&format!("[{index}]")),
        }
    }
    Some(if written.is_empty() { ".".to_owned() } else { written })
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// Characters that neither a shell nor `jq` reads as more than themselves.
pub(super) fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '_' | '-' | '.' | '/' | ':' | '@' | '+' | ' ' | ',' | '=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use crate::source::Source;

    fn value(text: &str) -> JsonValue {
        json::parse(&Source::new("p", text), &json::Limits::default()).0.unwrap()
    }

    #[test]
    fn signs_lead_to_members_entries_and_texts() {
        let tree = value(r#"{"a": {"x": [{"t": "no"}, {"t": "AWS::X"}]}, "b-c": 1}"#);
        for (sign, found) in [
            ("a", Some(1)),
            ("a.x.[].t=AWS::", Some(27)),
            ("*.x.[].t=AWS::", Some(27)),
            ("b*", Some(45)),
            ("a.x.[].t=other", None),
            ("a.x.t", None),
            ("b-c.d", None),
            ("c", None),
        ] {
            assert_eq!(find(&tree, sign).map(|(place, _)| place.start), found, "{sign}");
        }
    }

    #[test]
    fn an_outline_has_the_names_of_the_outermost_members() {
        let names = |text: &str| {
            let JsonData::Object(members) = outline(text)?.data else { return None };
            Some(members.into_iter().map(|member| member.name).collect::<Vec<_>>())
        };
        assert_eq!(
            names(r#" {"a": {"b": 1}, "c" : ["d:", "\"e\": "], "f": "g"#).unwrap(),
            ["a", "c", "f"]
        );
        assert_eq!(names("[1]"), None);
        assert_eq!(names(r#"{"é\"#).unwrap(), [""; 0]);
    }

    #[test]
    fn the_way_to_a_document_is_what_jq_reads() {
        for (text, expected) in [
            (r#"{"Statement": []}"#, Some((".", false))),
            (r#"[{"a": 1}, {"Statement": {}}]"#, Some((".[1]", false))),
            (r#"{"a": {"b c": [0, "{\"Statement\": []}"]}}"#, Some((".a[\"b c\"][1]", true))),
            (r#"{"x-y": "%7B%22Statement%22"}"#, Some((".[\"x-y\"]", true))),
            (r#"{"it's": {"Statement": []}}"#, None),
            (r#"{"Statement": "text"}"#, None),
        ] {
            let tree = value(text);
            let found = first_document(&tree).and_then(|(way, in_text)| Some((jq(&way)?, in_text)));
            let expected = expected.map(|(way, in_text)| (way.to_owned(), in_text));
            assert_eq!(found, expected, "{text}");
        }
    }
}
