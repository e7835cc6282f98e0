//! Lines of JSON of which only what is not known is parsed: the documents in the lines of a batch
//! come again and again.

use super::known::Documents;
use crate::json::{self, JsonValue};
use crate::layers::{NamedPolicy, Policies};
use crate::policy::Kind;
use crate::source::{Source, Span};
use crate::texts::Key;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::fmt;

/// The members of an object that is all of a text.
#[derive(Debug)]
pub struct Line<'s> {
    source: &'s Source,
    documents: &'s Documents,
    members: Vec<Part<'s>>,
}

/// A member, which is parsed when it is asked for.
#[derive(Debug)]
struct Part<'s> {
    name: Cow<'s, str>,
    span: Span,
    value: OnceCell<Option<JsonValue>>,
}

impl<'s> Line<'s> {
    /// The members of a text, those called `later` unparsed; `None` where something is wrong with the
    /// others, or with the text as far as that shows: whoever parses it as a whole is told what.
    pub fn of(source: &'s Source, documents: &'s Documents, later: &[&str]) -> Option<Self> {
        let text = source.text();
        let place = |value: &str| {
            let start = value.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
            Some(Span { start, end: start + value.len() })
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let outline = deserializer.deserialize_map(Outline).ok()?;
        deserializer.end().ok()?;
        let mut names = BTreeSet::new();
        let mut members = Vec::new();
        for (name, value) in outline {
            if !names.insert(name.clone()) {
                return None;
            }
            members.push(Part { name, span: place(value.get())?, value: OnceCell::new() });
        }
        let line = Self { source, documents, members };
        let parsed = |part: &Part<'_>| later.contains(&&*part.name) || line.parsed(part).is_some();
        line.members.iter().all(parsed).then_some(line)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|part| &*part.name)
    }

    /// A member that is there and that nothing is wrong with.
    pub fn member(&self, name: &str) -> Option<&JsonValue> {
        self.parsed(self.part(name)?)
    }

    /// The policies of a member that is a document, if it is known as one of that kind, or is made of
    /// statements with nothing to tell of.
    pub fn known(&self, name: &str, kind: Kind) -> Option<Policies> {
        let Span { start, end } = self.part(name)?.span;
        let text = self.source.text().get(start..end)?;
        let key = Key::of(kind, text);
        let policy = match self.documents.find(&key) {
            Some(policy) => policy,
            None if kind == Kind::Identity => {
                self.documents.read_in_parts(&key, self.source, start)?
            }
            None => return None,
        };
        let source = Some(self.source.clone());
        let named = NamedPolicy { source, start, ..NamedPolicy::new(name, policy) };
        Some(match kind {
            Kind::Resource => Policies::resource(named),
            Kind::Identity
            | Kind::Boundary
            | Kind::Session
            | Kind::Trust
            | Kind::Scp
            | Kind::Rcp
            | Kind::Endpoint => Policies::identity(vec![named]),
        })
    }

    fn part(&self, name: &str) -> Option<&Part<'s>> {
        self.members.iter().find(|part| part.name == name)
    }

    fn parsed<'p>(&self, part: &'p Part<'_>) -> Option<&'p JsonValue> {
        let parse = || {
            let mut limits = self.documents.options().limits.json;
            // It stands inside the line.
            limits.depth = limits.depth.min(json::Limits::MAX_DEPTH).saturating_sub(1);
            let (value, findings) = json::parse_part(self.source, part.span, &limits);
            value.filter(|_| findings.is_empty())
        };
        part.value.get_or_init(parse).as_ref()
    }
}

/// The names of the members of an object, and the texts of their values.
struct Outline;

impl<'de> Visitor<'de> for Outline {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            members.push((name, value));
        }
        Ok(members)
    }
}

/// A name, which most often stands in the text as it is.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Name<'t>(#[serde(borrow)] Cow<'t, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{parse, policies_known};

    const DOCUMENT: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;

    /// What is not known is parsed, and stands where it stands.
    #[test]
    fn members_are_those_of_the_whole_line() {
        let documents = Documents::default();
        let text = format!(
            r#" {{"é": [1, {{"a": "\u0041"}}], "old": {DOCUMENT}, "\u006eew": {DOCUMENT} }} "#
        );
        let source = Source::new("line", text);
        let whole = parse(&source, documents.options()).unwrap();
        let line = Line::of(&source, &documents, &["old", "new"]).unwrap();
        assert_eq!(line.names().collect::<Vec<_>>(), ["é", "old", "new"]);
        for name in line.names() {
            assert_eq!(line.member(name), whole.member(name), "{name}");
        }
        assert!(line.member("id").is_none() && line.known("old", Kind::Identity).is_none());
        let read = |kind| {
            let old = whole.member("old").unwrap();
            policies_known(old, &source, &documents, "old", kind).unwrap().value
        };
        let place = |set: &Policies| {
            let named = set.all().next().unwrap();
            let statement = &named.policy.statements[0];
            (named.name.clone(), named.place(statement.place(statement.span)))
        };
        let first = read(Kind::Identity);
        let known = line.known("old", Kind::Identity).unwrap();
        assert!(place(&known) == place(&first) && known.identity.is_some());
        // Wherever it stands, and as what it was read.
        let other = place(&line.known("new", Kind::Identity).unwrap());
        assert!(other.0 == "new" && other.1 != place(&first).1);
        assert!(line.known("new", Kind::Resource).is_none());
    }

    /// Whatever a parser of the whole line would tell of is left to it.
    #[test]
    fn what_is_wrong_is_left_to_the_whole_line() {
        let deep = |count: usize| format!("{}1{}", "[".repeat(count), "]".repeat(count));
        let depth = json::Limits::default().depth;
        for (text, good) in [
            (r#"{"id": 1}"#.to_owned(), true),
            (r#"{"id": "\ud800"}"#.to_owned(), false),
            (r#"{"id": 1,}"#.to_owned(), false),
            (r#"{"id": 1} x"#.to_owned(), false),
            (r#"{"id": 1, "i\u0064": 1}"#.to_owned(), false),
            (r#"{"id": 01}"#.to_owned(), false),
            ("[1]".to_owned(), false),
            ("{\"id\":\u{a0}1}".to_owned(), false),
            (format!(r#"{{"id": {}}}"#, deep(depth - 1)), true),
            (format!(r#"{{"id": {}}}"#, deep(depth)), false),
        ] {
            let (source, documents) = (Source::new("line", text.as_str()), Documents::default());
            assert_eq!(Line::of(&source, &documents, &["old"]).is_some(), good, "{text}");
            let (value, findings) = json::parse(&source, &documents.options().limits.json);
            let unique = value.as_ref().is_some_and(|value| {
                crate::input::no_duplicates(value, &source, "").is_ok()
                    && matches!(value.data, json::JsonData::Object(_))
            });
            assert_eq!(unique && findings.is_empty(), good, "{text}");
        }
    }
}
