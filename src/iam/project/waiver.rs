//! Waivers: findings that a project has looked at and accepts, each with its reason.

use super::wrong;
use crate::finding::Finding;
use crate::source::{Source, Span};
use jiff::civil::Date;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;

/// A waiver, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WaiverText {
    rule: Option<Spanned<String>>,
    claim: Option<Spanned<String>>,
    file: Option<Spanned<String>>,
    address: Option<Spanned<String>>,
    kind: Option<Spanned<String>>,
    statement: Option<usize>,
    sid: Option<String>,
    reason: Option<Spanned<String>>,
    expires: Option<Spanned<toml::Value>>,
}

/// A finding, or several, that a project accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Whose findings.
    pub of: Waived,
    /// Where the name of the rule or of the claim stands in the file.
    pub name: Span,
    /// The files that it is about: a path or a pattern that counts from the folder of the project's
    /// file; `None`: any file.
    pub file: Option<String>,
    /// What a review calls it, of a change.
    pub address: Option<String>,
    /// The kind of the policies that changed, as a review calls it: `identity`.
    pub kind: Option<String>,
    /// The index of the statement, from 0.
    pub statement: Option<usize>,
    /// The `Sid` of the statement.
    pub sid: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub expires: Option<Date>,
    /// Where the waiver stands in the file.
    pub span: Span,
}

/// Access that was added: a rule of reviews.
pub const ADDED: &str = "access-added";
/// Access that was removed: a rule of reviews.
pub const REMOVED: &str = "access-removed";

/// Whether a rule is one of reviews.
pub fn is_of_changes(rule: &str) -> bool {
    [ADDED, REMOVED].contains(&rule)
}

/// Whose findings are waived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waived {
    /// Those of a rule of lint, or of reviews.
    Rule(String),
    /// That of a claim.
    Claim(String),
}

impl Waiver {
    /// Reads a waiver; what is wrong goes to the findings.
    pub(super) fn read(
        text: &Spanned<WaiverText>,
        source: &Source,
        findings: &mut Vec<Finding>,
    ) -> Option<Self> {
        let (span, text) = (text.span(), text.as_ref());
        let before = findings.len();
        let mut refuse = |span: Range<usize>, message: String| {
            findings.push(wrong(source, span, message));
        };
        let of = match (&text.rule, &text.claim) {
            (Some(rule), None) => Some((Waived::Rule(rule.as_ref().clone()), rule.span())),
            (None, Some(claim)) => Some((Waived::Claim(claim.as_ref().clone()), claim.span())),
            (None, None) => {
                let message = "a waiver names a `rule` or a `claim`, and this one does not";
                refuse(span.clone(), message.to_owned());
                None
            }
            (Some(_), Some(claim)) => {
                let message = "a waiver names a `rule` or a `claim`, not both; make two of it";
                refuse(claim.span(), message.to_owned());
                None
            }
        };
        let of_change = matches!(&of, Some((Waived::Rule(rule), _)) if is_of_changes(rule));
        for (name, value) in [("address", &text.address), ("kind", &text.kind)] {
            if let Some(value) = value.as_ref().filter(|_| !of_change) {
                let message = format!("`{name}` is for waivers of `{ADDED}` and `{REMOVED}`");
                refuse(value.span(), message);
            }
        }
        if let Some((Waived::Rule(rule), span)) = &of {
            let whole = text.address.is_some() && text.kind.is_some() && text.expires.is_some();
            if of_change && !whole {
                let message = format!(
                    "a waiver of `{rule}` has an `address` and a `kind`, as `keyaki review` tells them, and a last day, `expires`: a later change of the same would be waived, too"
                );
                refuse(span.clone(), message);
            } else if of_change && (text.statement.is_some() || text.sid.is_some()) {
                let message = format!("`statement` and `sid` are not for waivers of `{rule}`");
                refuse(span.clone(), message);
            } else if text.file.is_none() && !of_change {
                let message = format!(
                    "the waiver of `{rule}` names no `file`; a path or a pattern such as `policies/*.json` says where the rule is waived"
                );
                refuse(span.clone(), message);
            }
        } else if text.claim.is_some() && (text.statement.is_some() || text.sid.is_some()) {
            let message = "`statement` and `sid` are for waivers of a `rule`; a claim has a name";
            refuse(span.clone(), message.to_owned());
        }
        if let Some(file) = text.file.as_ref().filter(|file| !is_relative(file.as_ref())) {
            let message = format!(
                "`{}` does not count from the folder of this file; write a path below it, with `/`",
                file.as_ref()
            );
            refuse(file.span(), message);
        }
        match &text.reason {
            None => refuse(
                span.clone(),
                "a waiver says why: `reason` is missing; write who accepts this, and why"
                    .to_owned(),
            ),
            Some(reason) if reason.as_ref().trim().is_empty() => refuse(
                reason.span(),
                "the `reason` is empty; write who accepts this, and why".to_owned(),
            ),
            Some(_) => {}
        }
        let expires = text.expires.as_ref().map(|day| (date(day.as_ref()), day));
        if let Some((None, day)) = &expires {
            let message = format!(
                "{} is not a day: `expires` is written YYYY-MM-DD",
                match day.as_ref() {
                    toml::Value::String(text) => format!("`{text}`"),
                    other @ (toml::Value::Integer(_)
                    | toml::Value::Float(_)
                    | toml::Value::Boolean(_)
                    | toml::Value::Datetime(_)
                    | toml::Value::Array(_)
                    | toml::Value::Table(_)) => format!("`{other}`"),
                }
            );
            refuse(day.span(), message);
        }
        let (of, name) = of?;
        let reason = text.reason.as_ref()?.as_ref().trim().to_owned();
        (findings.len() == before).then(|| Self {
            of,
            name: Span { start: name.start, end: name.end },
            file: text.file.as_ref().map(|file| file.as_ref().clone()),
            address: text.address.as_ref().map(|address| address.as_ref().clone()),
            kind: text.kind.as_ref().map(|kind| kind.as_ref().clone()),
            statement: text.statement,
            sid: text.sid.clone(),
            reason,
            expires: expires.and_then(|(day, _)| day),
            span: Span { start: span.start, end: span.end },
        })
    }

    /// Whether it still holds on a day: its last day is one.
    pub fn holds_on(&self, day: Date) -> bool {
        self.expires.is_none_or(|last| day <= last)
    }

    /// Whether it is about a file, a path with `/` from the folder of the project's file.
    pub fn is_about(&self, file: &str) -> bool {
        self.file.as_ref().is_none_or(|pattern| matches(pattern, file))
    }
}

/// A day as a date of TOML, or as text.
fn date(value: &toml::Value) -> Option<Date> {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Datetime(date) => date.to_string(),
        toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_) => return None,
    };
    // Exactly this form: a library reads others, too, a time behind the day among them.
    let form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if form { text.parse().ok() } else { None }
}

/// Whether a path or a pattern counts from a folder and stays below it.
fn is_relative(file: &str) -> bool {
    let mut parts = file.split('/');
    let drive = file.as_bytes().get(1) == Some(&b':');
    !drive && !file.contains('\\') && parts.all(|part| !matches!(part, "" | "." | ".."))
}

/// Whether a pattern matches a path: `*` is any text and `?` any character of one name, `**` any
/// folders, none among them.
fn matches(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    // Which beginnings of the path the pattern so far matches.
    let mut reached: Vec<bool> = (0..=path.len()).map(|at| at == 0).collect();
    for part in pattern {
        let mut next = vec![false; reached.len()];
        let mut before = false;
        for (at, slot) in next.iter_mut().enumerate() {
            let here = reached.get(at).copied().unwrap_or_default();
            *slot = if part == "**" {
                before || here
            } else {
                let name = at.checked_sub(1).and_then(|last| path.get(last));
                let from = at.checked_sub(1).and_then(|last| reached.get(last));
                from == Some(&true) && name.is_some_and(|name| name_matches(part, name))
            };
            before |= here;
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

/// Whether a pattern matches a name. Only the last `*` is ever tried again.
fn name_matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut read, mut star) = (0, 0, None);
    while read < name.len() {
        match (pattern.get(at), name.get(read)) {
            (Some('*'), _) => {
                star = Some((at, read));
                at += 1;
            }
            (Some('?'), Some(_)) => (at, read) = (at + 1, read + 1),
            (Some(wanted), Some(found)) if wanted == found => (at, read) = (at + 1, read + 1),
            (Some(_), Some(_) | None) | (None, _) => match &mut star {
                Some((place, taken)) => {
                    *taken += 1;
                    (at, read) = (*place + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{FILE, Project};
    use jiff::civil::date;

    #[test]
    fn patterns_match_files() {
        let rows = [
            ("a/b.json", "a/b.json", true),
            ("a/b.json", "b.json", false),
            ("b.json", "a/b.json", false),
            ("a/*.json", "a/b.json", true),
            ("a/*.json", "a/b/c.json", false),
            ("a/*", "a/", true),
            ("*", "a", true),
            ("*", "a/b", false),
            ("**", "a/b/c", true),
            ("**/*.json", "b.json", true),
            ("**/*.json", "a/b/c.json", true),
            ("a/**/c.json", "a/c.json", true),
            ("a/**/c.json", "a/b/d/c.json", true),
            ("a/**/c.json", "b/c.json", false),
            ("a/**/c.json", "a/b/d/c.jsonl", false),
            ("**/b/**", "a/b/c", true),
            ("a/b?.json", "a/bé.json", true),
            ("a/b?.json", "a/b.json", false),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xaxbxc", false),
            ("[a].json", "a.json", false),
        ];
        for (pattern, path, expected) in rows {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn waivers_are_read() {
        let text = "[[waiver]]\nrule = \"dead-entry\"\nfile = \"p/*.json\"\nstatement = 2\nsid = \"A\"\nreason = \" ok \"\nexpires = 2027-01-31\n\n[[waiver]]\nclaim = \"c\"\nreason = \"r\"\nexpires = \"2027-02-01\"\n";
        let waivers = Project::read(&Source::new(FILE, text)).unwrap().waivers;
        let [rule, claim] = &waivers[..] else { panic!("{waivers:?}") };
        assert_eq!(
            (&rule.of, rule.statement, rule.reason.as_str()),
            (&Waived::Rule("dead-entry".to_owned()), Some(2), "ok")
        );
        assert!(rule.is_about("p/a.json") && !rule.is_about("q/a.json"));
        assert!(rule.holds_on(date(2027, 1, 31)) && !rule.holds_on(date(2027, 2, 1)));
        assert!(claim.is_about("any") && claim.expires == Some(date(2027, 2, 1)));
        let named = Source::new(FILE, text);
        assert_eq!(named.position(claim.name.start).line, 10);
    }
}
