//! Documents of which most statements are known: only the others are parsed.

use super::reader::Reader;
use super::route::Route;
use super::{KnownStatements, ReadOptions};
use crate::json::{self, Limits};
use crate::policy::{Kind, Policy, Stated, Version};
use crate::source::{Source, Span};
use crate::texts::Key;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The members of a document of the usual form, each of which may stand there once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outline<'t> {
    #[serde(rename = "Version")]
    version: &'t str,
    #[serde(rename = "Statement", borrow)]
    statements: Vec<&'t RawValue>,
}

/// Reads a document of identity-based policies that stands in a part of a text, inside one list or
/// object more, as whoever reads all of it would; `None` where that one might find something to tell,
/// or the document is not of the usual form.
pub(crate) fn read_in_parts(
    source: &Source,
    part: Span,
    options: &ReadOptions,
    known: &KnownStatements,
) -> Option<Policy> {
    let text = source.text().get(part.start..part.end)?;
    if options.placeholders.is_some() || options.supported_only || !text.is_ascii() {
        return None;
    }
    let outline: Outline<'_> = serde_json::from_str(text).ok()?;
    let version = match outline.version {
        "2012-10-17" => Version::V2012,
        "2008-10-17" => Version::V2008,
        _ => return None,
    };
    if outline.statements.is_empty() || outline.statements.len() > options.limits.statements {
        return None;
    }
    let kind = Kind::Identity;
    let mut reader = Reader::new(source, kind, options);
    reader.variables = version == Version::V2012;
    let mut limits = options.limits.json;
    // A statement stands in the text, the document and its list.
    limits.depth = limits.depth.min(Limits::MAX_DEPTH).checked_sub(OUTSIDE)?;
    let mut statements = Vec::new();
    for raw in outline.statements {
        let start = raw.get().as_ptr().addr().checked_sub(source.text().as_ptr().addr())?;
        let key = Key::of((kind, reader.variables), raw.get());
        let statement = match known.find(&key) {
            Some(statement) => statement,
            None => {
                let span = Span { start, end: start + raw.get().len() };
                let (value, findings) = json::parse_part(source, span, &limits);
                let value = value.filter(|_| findings.is_empty())?;
                let read = reader.statement(&value, &Route::root(""), &mut BTreeMap::new());
                let statement = Arc::new(read.filter(|_| reader.found() == 0)?);
                known.keep(&key, &statement);
                statement
            }
        };
        statements.push(Stated::at(statement, start));
    }
    let mut ids = BTreeSet::new();
    let named = statements.iter().filter_map(|statement| statement.sid.as_deref());
    // An empty id is how tools write none.
    let unique = named.filter(|id| !id.is_empty()).all(|id| ids.insert(id));
    unique.then_some(Policy { kind, version, id: None, statements })
}

/// How many lists and objects a statement stands in.
const OUTSIDE: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::read::{ReadOutcome, read_known};

    const ALLOW: &str = r#"{"Sid": "A", "Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::${aws:username}/*", "Condition": {"Bool": {"aws:SecureTransport": true}}}"#;
    const DENY: &str = r#"{ "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" }"#;

    fn inside(document: &str) -> (Source, Span) {
        let before = r#"{"old": "#;
        let source = Source::new("line", format!("{before}{document}}}"));
        (source, Span { start: before.len(), end: before.len() + document.len() })
    }

    /// What the reader of the whole document says; `None` where it has something to tell.
    fn whole(document: &str, options: &ReadOptions) -> Option<Policy> {
        let (source, _) = inside(document);
        let (value, findings) = json::parse(&source, &options.limits.json);
        let value = value.filter(|_| findings.is_empty())?;
        let old = value.member("old")?;
        let ReadOutcome { policy, diagnostics } =
            read_known(old, &source, Kind::Identity, options, "old", None);
        policy.filter(|_| diagnostics.is_empty())
    }

    /// Twice, since the second time the statements are known.
    #[test]
    fn what_is_read_in_parts_is_what_is_read_as_a_whole() {
        let list = |statements: &[&str]| {
            format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "))
        };
        let deep = |by: usize| format!("{}\"s3:*\"{}", "[".repeat(by), "]".repeat(by));
        let documents = [
            (list(&[ALLOW]), true),
            (list(&[DENY, ALLOW, DENY]), true),
            (list(&[ALLOW]).replace("2012-10-17", "2008-10-17"), false),
            (list(&[DENY]).replace("2012-10-17", "2008-10-17"), true),
            (list(&[ALLOW, ALLOW]), false),
            (
                list(&[ALLOW, &ALLOW.replace("\"A\"", "\"\""), &ALLOW.replace("\"A\"", "\"\"")]),
                true,
            ),
            (list(&[ALLOW, &DENY.replace("Deny", "Refuse")]), false),
            (list(&[&ALLOW.replace("Get*", "Gét*")]), false),
            (list(&[&ALLOW.replace("aws:Sec", "aws :Sec")]), false),
            (list(&[&DENY.replace("{ ", r#"{"Effect": "Deny", "#)]), false),
            (list(&[&DENY.replace("\"s3:*\"", &deep(1))]), true),
            (list(&[&DENY.replace("\"s3:*\"", &deep(60))]), false),
            (list(&[&DENY.replace("s3:*", "s3: x")]), false),
            (list(&[]), false),
            (list(&["1"]), false),
            (list(&[DENY, "x"]), false),
            (format!(r#"{{"Version": "2012-10-17", "Statement": {DENY}}}"#), false),
            (format!(r#"{{"Statement": [{DENY}]}}"#), false),
            (list(&[DENY]).replacen('{', r#"{"Id": "x", "#, 1), false),
            (list(&[DENY]).replacen('{', r#"{"Version": "2012-10-17", "#, 1), false),
            (list(&[DENY]).replace("2012-10-17", "2012-10-18"), false),
            (list(&[DENY]) + " ", true),
        ];
        let (known, options) = (KnownStatements::keeping(1 << 16), ReadOptions::default());
        for (document, expected) in documents.iter().chain(&documents) {
            let (source, part) = inside(document);
            let read = read_in_parts(&source, part, &options, &known);
            assert_eq!(read.is_some(), *expected, "{document}");
            let Some(read) = read else { continue };
            let whole = whole(document, &options).unwrap();
            let statements = |policy: Policy| -> Vec<_> {
                policy.statements.into_iter().map(Stated::into_statement).collect()
            };
            assert_eq!((read.kind, read.version, &read.id), (whole.kind, whole.version, &whole.id));
            let [read, whole] = [read, whole].map(|policy| format!("{:?}", statements(policy)));
            assert_eq!(read, whole);
        }
    }

    /// What depends on options, or on the rest of the document, is left to the whole.
    #[test]
    fn options_that_look_at_the_whole_document_leave_it_whole() {
        let document = format!(r#"{{"Version": "2012-10-17", "Statement": [{DENY}]}}"#);
        let (source, part) = inside(&document);
        let usual = ReadOptions::default();
        let placeholders = Some(crate::policy::read::Placeholders::default());
        let few = crate::policy::read::Limits { statements: 0, ..usual.limits.clone() };
        for options in [
            ReadOptions { supported_only: true, ..usual.clone() },
            ReadOptions { placeholders, ..usual.clone() },
            ReadOptions { limits: few, ..usual.clone() },
        ] {
            let known = KnownStatements::keeping(1 << 16);
            assert!(read_in_parts(&source, part, &options, &known).is_none());
        }
    }
}
