//! What a file is that ought to hold a policy: the document itself, output of AWS that wraps one,
//! which is read, or something else, which is told.

mod foreign;
mod path;
#[cfg(test)]
mod tests;
mod text;
mod wrapped;

use super::{Rejected, is_policies_object, join};
use crate::finding::{Finding, Level, codes};
use crate::json::{self, JsonData, JsonValue};
use crate::policy::Kind;
use crate::policy::read::seems::{self, seems};
use crate::policy::read::{self, ReadOptions, ReadOutcome};
use crate::source::{Source, Span};

/// What a text is, where it is something else than a policy.
struct Found {
    code: &'static str,
    message: String,
    span: Span,
    help: String,
}

/// A text that holds a policy document, or a set of policies.
#[derive(Debug)]
pub struct Opened {
    /// The text of the document: that of the file, or one inside it.
    source: Source,
    /// The document; `None` where the text is too far from JSON.
    value: Option<JsonValue>,
    /// What is wrong with the text.
    syntax: Vec<Finding>,
    /// The way to the document in the file.
    route: &'static str,
    /// The kind of the document, where what is around it tells it.
    told: Option<Told>,
    /// Says that the document was found inside something.
    note: Option<Finding>,
}

/// The kind that something around a document tells, and what that is.
#[derive(Debug, Clone, Copy)]
struct Told {
    kind: Kind,
    what: &'static str,
}

/// Finds the policy document in the text of a file.
///
/// # Errors
/// One finding that says what the text is, where it is something else.
pub fn open(source: &Source, options: &ReadOptions) -> Result<Opened, Rejected> {
    let other = |found: Found| vec![finding(found, source)];
    if let Some(found) = text::empty(source.text()) {
        return Err(other(found));
    }
    if path::is_percent_encoded(source.text()) {
        let whole = Span { start: 0, end: source.text().len() };
        let offsets = (0..=whole.end).collect();
        if let Some(inner) = percent_decoded(source, source.text(), offsets) {
            let first = Span { start: 0, end: whole.end.min(3) };
            return Ok(inside(
                inner,
                options,
                "",
                note("a percent-encoded text", "", first, source),
                None,
            ));
        }
    }
    let (value, syntax) = json::parse(source, &options.limits.json);
    let Some(parsed) = &value else {
        let found = text::recognise(source.text()).or_else(|| {
            let outline = path::outline(source.text())?;
            let policy = outline.member("Statement").is_some();
            if policy { None } else { foreign::recognise(&outline, source.name()) }
        });
        return match found {
            Some(found) => Err(other(found)),
            None => Ok(Opened::plain(source, value, syntax)),
        };
    };
    if parsed.member("Statement").is_some() && syntax.is_empty() {
        return Ok(Opened::plain(source, value, syntax));
    }
    if let Some(wrapped) = wrapped::recognise(parsed) {
        if !syntax.is_empty() {
            return Ok(Opened::plain(source, value, syntax));
        }
        let told = wrapped.kind.map(|kind| Told { kind, what: wrapped.what });
        let note = note(wrapped.what, wrapped.route, wrapped.place, source);
        return Ok(match &wrapped.value.data {
            JsonData::String(text) => {
                let span = wrapped.value.span;
                let inner = if path::is_percent_encoded(text) {
                    percent_decoded(source, text, json::offsets_within(source, span))
                } else {
                    Some(source.inside_part(text.as_str(), span, json::offsets_within))
                };
                match inner {
                    Some(inner) => inside(inner, options, wrapped.route, note, told),
                    None => Opened::plain(source, value, syntax),
                }
            }
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::Array(_)
            | JsonData::Object(_) => Opened {
                source: source.clone(),
                value: Some(wrapped.value.clone()),
                syntax,
                route: wrapped.route,
                told,
                note: Some(note),
            },
        });
    }
    let follows = syntax.iter().any(|finding| finding.rule == codes::TRAILING_TEXT);
    let found = foreign::recognise(parsed, source.name())
        .filter(|_| parsed.member("Statement").is_none())
        .or_else(|| if follows { text::lines(source.text(), parsed.span) } else { None })
        .or_else(|| if follows { text::recognise(source.text()) } else { None })
        .or_else(|| {
            let known = is_policies_object(parsed) || parsed.member("Statement").is_some();
            if known { None } else { foreign::holder(parsed, source.name()) }
        });
    match found {
        Some(found) => Err(other(found)),
        None => Ok(Opened::plain(source, value, syntax)),
    }
}

/// What the text of a file is, with its article, where that is known: "a policy document".
pub(super) fn what(source: &Source) -> Option<String> {
    match open(source, &ReadOptions::default()) {
        Ok(opened) => {
            let value = opened.value.as_ref().filter(|_| opened.syntax.is_empty())?;
            let known = if value.member("Statement").is_some() {
                "a policy document"
            } else if is_policies_object(value) {
                "a set of policies"
            } else {
                return None;
            };
            Some(known.to_owned())
        }
        Err(findings) => {
            let message = &findings.first()?.message;
            let what = message.strip_prefix("this is ")?;
            Some(what.split(", not ").next().unwrap_or(what).to_owned())
        }
    }
}

/// A text that was percent-encoded, from the text that stands at `offsets` of the source, one offset
/// a byte and one for its end. A `+` is itself. `None` where the encoding is wrong.
pub fn percent_decoded(source: &Source, text: &str, offsets: Vec<usize>) -> Option<Source> {
    let (mut bytes, mut places) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        places.push(*offsets.get(at)?);
        let hexadecimal = match rest {
            [b'%', high, low, ..] => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok()?;
                Some(u8::from_str_radix(digits, 16).ok()?)
            }
            _ => None,
        };
        bytes.push(hexadecimal.or(rest.first().copied())?);
        at += if hexadecimal.is_some() { 3 } else { 1 };
    }
    places.push(*offsets.last()?);
    Some(source.inside(String::from_utf8(bytes).ok()?, places))
}

fn inside(
    source: Source,
    options: &ReadOptions,
    route: &'static str,
    note: Finding,
    told: Option<Told>,
) -> Opened {
    let (value, mut syntax) = json::parse(&source, &options.limits.json);
    for finding in &mut syntax {
        finding.route = match (route, finding.route.as_str()) {
            ("", _) => continue,
            (_, "") => route.to_owned(),
            (_, inner) => join(route, inner),
        };
    }
    Opened { source, value, syntax, route, told, note: Some(note) }
}

fn note(what: &str, route: &str, span: Span, source: &Source) -> Finding {
    let message = if route.is_empty() {
        format!("the policy was read from {what}")
    } else {
        format!("the policy was read from `{route}` of {what}")
    };
    Finding {
        rule: codes::WRAPPED_DOCUMENT,
        level: Level::Note,
        message,
        source: source.clone(),
        span,
        route: route.to_owned(),
        help: None,
    }
}

fn finding(found: Found, source: &Source) -> Finding {
    let Found { code, message, span, help } = found;
    Finding {
        rule: code,
        level: Level::Error,
        message,
        source: source.clone(),
        span,
        route: String::new(),
        help: Some(help),
    }
}

impl Opened {
    fn plain(source: &Source, value: Option<JsonValue>, syntax: Vec<Finding>) -> Self {
        Self { source: source.clone(), value, syntax, route: "", told: None, note: None }
    }

    /// The text that the document stands in; its places are places in the file.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The way to the document in the file: empty where the file is the document.
    pub fn route(&self) -> &'static str {
        self.route
    }

    /// The document, or the set of policies.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn value(&self) -> Result<&JsonValue, Rejected> {
        let wrong = self.syntax.iter().any(Finding::is_error);
        self.value.as_ref().filter(|_| !wrong).ok_or_else(|| self.syntax.clone())
    }

    /// The kind of the document: what is around it tells it, or else the document shows it (see
    /// [`seems()`]).
    pub fn kind(&self) -> Kind {
        let shown = || self.value.as_ref().map_or(Kind::Identity, seems);
        self.told.map_or_else(shown, |told| told.kind)
    }

    /// Whether what is around the document tells its kind.
    pub fn is_told(&self) -> bool {
        self.told.is_some()
    }

    /// Says that the document was found inside something, where it was.
    pub fn note(&self) -> Option<&Finding> {
        self.note.as_ref()
    }

    /// Refuses a set of policies.
    ///
    /// # Errors
    /// A finding that says where sets are given.
    pub fn must_be_one(&self) -> Result<(), Rejected> {
        match self.value.as_ref().filter(|value| is_policies_object(value)) {
            None => Ok(()),
            Some(set) => Err(vec![Finding {
                rule: codes::SET_OF_POLICIES,
                level: Level::Error,
                message: "this is a set of policies, not one policy document".to_owned(),
                source: self.source.clone(),
                span: set.span,
                route: String::new(),
                help: Some(
                    "`eval`, `can`, `compare` and `encode` take a set without a flag, or with `--policies FILE`"
                        .to_owned(),
                ),
            }]),
        }
    }

    /// Reads the document as one of a kind, whatever it was taken for.
    pub fn read(&self, kind: Kind, options: &ReadOptions) -> ReadOutcome {
        if let Err(diagnostics) = self.must_be_one() {
            return ReadOutcome { policy: None, diagnostics };
        }
        let Self { source, value, syntax, route, .. } = self;
        let mut outcome =
            read::read_parsed(value.as_ref(), syntax.clone(), source, kind, options, route);
        outcome.diagnostics.splice(0..0, self.note.clone());
        outcome
    }

    /// Refuses a document that, as what is around it tells, is of another kind.
    ///
    /// # Errors
    /// A finding that says which kind it is, and where such documents are given.
    pub fn must_be(&self, asked: Kind) -> Result<(), Rejected> {
        let (Some(told), Some(note)) = (self.told, &self.note) else { return Ok(()) };
        if serves(told.kind, asked) {
            return Ok(());
        }
        let (is, not) = (seems::name(told.kind), seems::name(asked));
        Err(vec![Finding {
            rule: codes::WRONG_KIND,
            level: Level::Error,
            message: format!(
                "this is {is}, since it stands in {}; {not} is needed here",
                told.what
            ),
            help: Some(seems::given(told.kind).to_owned()),
            ..note.clone()
        }])
    }
}

/// Whether a document of a kind serves as one of another kind: managed policies are boundaries and
/// session policies, too, and trust policies are resource-based policies.
fn serves(told: Kind, asked: Kind) -> bool {
    match told {
        Kind::Identity => matches!(asked, Kind::Identity | Kind::Boundary | Kind::Session),
        Kind::Trust => matches!(asked, Kind::Trust | Kind::Resource),
        Kind::Boundary
        | Kind::Session
        | Kind::Resource
        | Kind::Scp
        | Kind::Rcp
        | Kind::Endpoint => told == asked,
    }
}
