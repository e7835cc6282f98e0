//! From text to [`Policy`]: the grammar of SEMANTICS 1, the syntax of 2.1, 2.2 and 3, and what each
//! kind of policy must and must not have.
//!
//! A reader never stops at the first finding: what it cannot read it reports and skips, so that one
//! pass tells everything.

mod action;
mod condition;
mod kinds;
mod literal;
mod nearest;
mod operator;
mod parts;
mod placeholders;
mod principal;
mod reader;
mod resource;
mod route;
pub mod seems;
mod size;
mod spelling;
mod statement;
mod template;

use super::{Kind, Policy, Statement};
use crate::finding::Finding;
use crate::json::{self, JsonValue};
use crate::source::{Source, Span};
use crate::texts::Texts;
use crate::visible;
pub(crate) use nearest::suggestion;
pub use nearest::{closest, meant, within};
pub(crate) use parts::read_in_parts;
pub use placeholders::Placeholders;
use reader::Reader;
pub(crate) use route::Route;
pub use spelling::family;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How to read, beyond the rules that always hold. The default is what IAM does with a new
/// document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// Read duplicate members as IAM reads them in documents that were saved before it checked: of
    /// several `Effect` the last counts, several `Action` and several `Resource` are merged
    /// (SEMANTICS 1.1). A warning remains.
    pub legacy_duplicates: bool,
    /// Accept a `Sid` with spaces and other characters in identity-based policies, boundaries,
    /// session and trust policies, with a warning. IAM rejects them there, but its documentation
    /// prints such policies.
    pub lenient_sids: bool,
    /// Look at the document as one that is to be saved: refuse what AWS does not support, although
    /// saved policies with it still decide, which is `NotPrincipal` with `Allow` and a resource
    /// control policy for a service that such policies do not cover (SEMANTICS 1.2; otherwise a
    /// warning), and warn of a document that is longer than a quota (SEMANTICS 1.5).
    pub supported_only: bool,
    /// Take place-holders that people leave for parameters, or for the values that are given
    /// (SEMANTICS 3.1). `None`: they are texts as any other.
    pub placeholders: Option<Placeholders>,
    /// Bounds on the document.
    pub limits: Limits,
}

/// Bounds on a document, far beyond what AWS accepts, so that no document can make Keyaki run for
/// hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The size of the text (4 MiB) and its nesting (64).
    pub json: json::Limits,
    /// The number of statements (100,000).
    pub statements: usize,
    /// The length of one pattern or condition value in bytes (65,536).
    pub text_bytes: usize,
    /// The number of `*` and `?` in one pattern (1,000).
    pub wildcards: usize,
    /// The number of findings that are listed (1,000); whether the document is accepted does not
    /// depend on it.
    pub findings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json: json::Limits::default(),
            statements: 100_000,
            text_bytes: 1 << 16,
            wildcards: 1_000,
            findings: 1_000,
        }
    }
}

/// Statements that were read without a finding, with the same options, by their texts, the kinds of
/// their documents, and whether these know variables.
pub(crate) type KnownStatements = Texts<(Kind, bool), Arc<Statement>>;

/// What reading a document gave.
#[derive(Debug, Clone)]
pub struct ReadOutcome {
    /// The policy: `Some` iff no finding is an error.
    pub policy: Option<Policy>,
    /// All findings, in the order of the document.
    pub diagnostics: Vec<Finding>,
}

/// Reads a policy document (SEMANTICS 1).
pub fn read(source: &Source, kind: Kind, options: &ReadOptions) -> ReadOutcome {
    let (value, findings) = json::parse(source, &options.limits.json);
    read_parsed(value.as_ref(), findings, source, kind, options, "")
}

/// Reads a policy document that was parsed, with what parsing it found; it is all that counts of
/// `source`, and stands at `route` of it.
pub fn read_parsed(
    value: Option<&JsonValue>,
    findings: Vec<Finding>,
    source: &Source,
    kind: Kind,
    options: &ReadOptions,
    route: &str,
) -> ReadOutcome {
    let mut reader = Reader::new(source, kind, options);
    findings.into_iter().for_each(|finding| reader.push(finding));
    let policy = value.and_then(|value| {
        let policy = read_filled(&mut reader, value, route);
        if options.supported_only {
            let of_keys = policy.as_ref().is_some_and(Policy::is_about_keys);
            reader.check_size(source.text(), value, of_keys, &Route::root(route));
        }
        policy
    });
    hinted(reader.finish(policy), value, source, kind, options, route)
}

/// Reads a policy that stands inside another JSON document, at `route` of it; `value` must come
/// from `source`.
///
/// Routes of findings begin with `route`, for example `policies.identity[0]`.
pub fn read_value(
    value: &JsonValue,
    source: &Source,
    kind: Kind,
    options: &ReadOptions,
    route: &str,
) -> ReadOutcome {
    read_known(value, source, kind, options, route, None)
}

/// The same, where statements that are known are not read again.
pub(crate) fn read_known(
    value: &JsonValue,
    source: &Source,
    kind: Kind,
    options: &ReadOptions,
    route: &str,
    known: Option<&KnownStatements>,
) -> ReadOutcome {
    let mut reader = Reader::new(source, kind, options);
    // What a place-holder stands for may depend on the rest of the document.
    reader.known = known.filter(|_| options.placeholders.is_none());
    let policy = read_filled(&mut reader, value, route);
    hinted(reader.finish(policy), Some(value), source, kind, options, route)
}

fn read_filled(reader: &mut Reader<'_>, value: &JsonValue, route: &str) -> Option<Policy> {
    let value = reader.filled(value);
    reader.policy(&value, &Route::root(route))
}

/// Says where a place-holder is why something was found: it is not, where place-holders are parameters.
fn hinted(
    outcome: ReadOutcome,
    value: Option<&JsonValue>,
    source: &Source,
    kind: Kind,
    options: &ReadOptions,
    route: &str,
) -> ReadOutcome {
    let Some(value) =
        value.filter(|_| options.placeholders.is_none() && !outcome.diagnostics.is_empty())
    else {
        return outcome;
    };
    let found = placeholders::first(value, source);
    if found.is_empty() {
        return outcome;
    }
    let with = ReadOptions { placeholders: Some(Placeholders::default()), ..options.clone() };
    let mut reader = Reader::new(source, kind, &with);
    let policy = read_filled(&mut reader, value, route);
    let others = reader.finish(policy).diagnostics;
    let remains: BTreeSet<(&str, Span)> =
        others.iter().map(|finding| (finding.rule, finding.span)).collect();
    let mut outcome = outcome;
    for finding in &mut outcome.diagnostics {
        let place = finding.span;
        let within = |span: Span| span.start <= place.start && place.end <= span.end;
        let exact = found.iter().find(|one| within(one.span));
        let cause = exact.or_else(|| found.iter().find(|one| within(one.text)));
        if let (Some(cause), false) = (cause, remains.contains(&(finding.rule, place))) {
            let hint = format!(
                "with `--placeholders`, `{}` is a place-holder for any value",
                visible::visible(&cause.name)
            );
            finding.help = Some(match finding.help.take() {
                Some(help) => format!("{help}; {hint}"),
                None => hint,
            });
        }
    }
    outcome
}
