//! Policy documents and sets of them.

use super::element::{self, Element};
use super::known::Documents;
use super::recognise::{self, Opened};
use super::{LAYERS, Loaded, Rejected, finding, is_policies_object, items, join, no_duplicates};
use crate::finding::Finding;
use crate::finding::codes;
use crate::json::{JsonData, JsonValue, Member};
use crate::layers::{NamedPolicy, Policies};
use crate::policy::read::seems::is_trust;
use crate::policy::read::{self, ReadOptions, ReadOutcome};
use crate::policy::{Kind, Policy};
use crate::source::Source;
use crate::texts::Key;
use std::borrow::Cow;
use std::sync::Arc;

/// What there can be where a document or a set of them is read.
const DOCUMENT_OR_SET: &str = "a policy document has `Statement`; several layers are `{\"identity\": [...], \"scp\": [[...]]}`";

/// Reads the text of a file: one policy document of that kind, output of AWS that wraps one, or a
/// `policies` object (an object without `Statement`).
///
/// A document is named after its source; the policies of an object are by their `name`, or after
/// their place in it.
///
/// # Errors
/// The findings, errors and warnings; one that says what the file is where it is something else.
pub fn policies_text(
    source: &Source,
    options: &ReadOptions,
    kind: Kind,
) -> Result<Loaded<Policies>, Rejected> {
    let opened = recognise::open(source, options)?;
    let value = opened.value()?;
    let reader = DocumentReader::new(opened.source(), options);
    if is_policies_object(value) {
        return reader.set(value, "");
    }
    opened.must_be(kind)?;
    let read = reader.alone(opened.route(), kind, |reader, kind| {
        reader.document(value, kind, source.name().to_owned(), opened.route())
    });
    noted(read, &opened)
}

/// Reads the text of a file: one policy document, named after its source, or output of AWS that
/// wraps one. A resource-based policy that reads as a role trust policy is read as one.
///
/// # Errors
/// The findings, errors and warnings; one that says what the file is where it is something else.
pub fn document(
    source: &Source,
    options: &ReadOptions,
    kind: Kind,
) -> Result<Loaded<NamedPolicy>, Rejected> {
    let opened = recognise::open(source, options)?;
    opened.must_be(kind)?;
    opened_document(&opened, options, kind)
}

/// Reads a policy document that was found in a file, as one of that kind.
///
/// # Errors
/// The findings, errors and warnings.
pub fn opened_document(
    opened: &Opened,
    options: &ReadOptions,
    kind: Kind,
) -> Result<Loaded<NamedPolicy>, Rejected> {
    let (value, source) = (opened.value()?, opened.source());
    opened.must_be_one()?;
    let mut reader = DocumentReader::new(source, options);
    let policy = reader.document(value, kind, source.name().to_owned(), opened.route());
    noted(reader.finish_document(policy), opened)
}

/// What was read, with the note that it was found inside something.
fn noted<T>(read: Result<Loaded<T>, Rejected>, opened: &Opened) -> Result<Loaded<T>, Rejected> {
    let first =
        |findings: Vec<Finding>| opened.note().cloned().into_iter().chain(findings).collect();
    match read {
        Ok(Loaded { value, warnings }) => Ok(Loaded { value, warnings: first(warnings) }),
        Err(findings) => Err(first(findings)),
    }
}

/// Reads one policy document of that kind or a `policies` object, the value of the member `name` of
/// a larger text. Reports call a document by that name, if it has none of its own.
///
/// # Errors
/// The findings, errors and warnings.
pub fn policies(
    value: &JsonValue,
    source: &Source,
    options: &ReadOptions,
    name: &str,
    kind: Kind,
) -> Result<Loaded<Policies>, Rejected> {
    policies_by(DocumentReader::new(source, options), value, name, kind)
}

/// The same, where documents that are known are not read again.
///
/// # Errors
/// As [`policies`].
pub fn policies_known(
    value: &JsonValue,
    source: &Source,
    known: &Documents,
    name: &str,
    kind: Kind,
) -> Result<Loaded<Policies>, Rejected> {
    let reader = DocumentReader::new(source, known.options());
    policies_by(DocumentReader { known: Some(known), ..reader }, value, name, kind)
}

fn policies_by(
    reader: DocumentReader<'_>,
    value: &JsonValue,
    name: &str,
    kind: Kind,
) -> Result<Loaded<Policies>, Rejected> {
    let empty = matches!(&value.data, JsonData::Object(members) if members.is_empty());
    if empty || is_policies_object(value) {
        reader.set(value, name)
    } else {
        reader.alone(name, kind, |reader, kind| reader.element(value, kind, name.to_owned(), name))
    }
}

/// Reads documents and the members of `policies` objects, collecting what is wrong with them.
pub(super) struct DocumentReader<'a> {
    source: &'a Source,
    options: &'a ReadOptions,
    /// What was read before, with these options.
    known: Option<&'a Documents>,
    findings: Vec<Finding>,
}

impl<'a> DocumentReader<'a> {
    pub(super) fn new(source: &'a Source, options: &'a ReadOptions) -> Self {
        Self { source, options, known: None, findings: Vec::new() }
    }

    fn finish<T>(self, value: T) -> Result<Loaded<T>, Rejected> {
        if self.findings.iter().any(Finding::is_error) {
            Err(self.findings)
        } else {
            Ok(Loaded { value, warnings: self.findings })
        }
    }

    pub(super) fn finish_document(
        self,
        policy: Option<NamedPolicy>,
    ) -> Result<Loaded<NamedPolicy>, Rejected> {
        match policy {
            Some(policy) => self.finish(policy),
            None => Err(self.findings),
        }
    }

    /// A document that is all there is.
    fn alone(
        mut self,
        route: &str,
        kind: Kind,
        read: impl FnOnce(&mut Self, Kind) -> Option<NamedPolicy>,
    ) -> Result<Loaded<Policies>, Rejected> {
        let policy = read(&mut self, kind);
        // What is not a document at all may have been meant for a set of them.
        for finding in self.findings.iter_mut().filter(|finding| finding.route == route) {
            if matches!(finding.rule, codes::MISSING_ELEMENT | codes::WRONG_TYPE) {
                finding.help = Some(DOCUMENT_OR_SET.to_owned());
            }
        }
        let set = if kind == Kind::Resource {
            policy.map(Policies::resource)
        } else {
            policy.map(|policy| Policies::identity(vec![policy]))
        };
        self.finish(set.unwrap_or_default())
    }

    /// A `policies` object.
    fn set(mut self, value: &JsonValue, route: &str) -> Result<Loaded<Policies>, Rejected> {
        no_duplicates(value, self.source, route)?;
        let mut set = Policies::default();
        if let JsonData::Object(members) = &value.data {
            members
                .iter()
                .for_each(|member| self.member(member, &join(route, &member.name), &mut set));
        }
        element::tell_apart(&mut set);
        self.finish(set)
    }

    fn member(&mut self, member: &Member, route: &str, set: &mut Policies) {
        let Member { name, value, .. } = member;
        match name.as_str() {
            // Not `null`: an empty list says that there are no identity-based policies, which is
            // not silence.
            "identity" if value.data == JsonData::Null => {}
            "identity" => set.identity = Some(self.list(value, Kind::Identity, name, route)),
            _ if LAYERS.contains(&name.as_str()) && is_absent(value) => {}
            "boundary" => set.boundary = self.only(value, Kind::Boundary, name, route),
            "session" => set.session = self.list(value, Kind::Session, name, route),
            "resource" => set.resource = self.only(value, Kind::Resource, name, route),
            "scp" => set.scp = self.levels(value, Kind::Scp, name, route),
            "rcp" => set.rcp = self.levels(value, Kind::Rcp, name, route),
            "endpoint" => set.endpoint = self.list(value, Kind::Endpoint, name, route),
            _ => self.findings.push(unknown_layer(member, self.source, route)),
        }
    }

    /// One document; of the resource-based policies, the trust policies of roles are read as such.
    pub(super) fn document(
        &mut self,
        value: &JsonValue,
        kind: Kind,
        name: String,
        route: &str,
    ) -> Option<NamedPolicy> {
        let kind = if kind == Kind::Resource && is_trust(value) { Kind::Trust } else { kind };
        let known = self.known.map(Documents::statements);
        let ReadOutcome { policy, diagnostics } =
            read::read_known(value, self.source, kind, self.options, route, known);
        self.findings.extend(diagnostics);
        Some(self.named(name, policy?, 0))
    }

    /// The same of a document that stands in its text as it is: it may be known. One with findings
    /// is never known, since they tell where it stands.
    fn document_as_it_stands(
        &mut self,
        value: &JsonValue,
        kind: Kind,
        name: String,
        route: &str,
    ) -> Option<NamedPolicy> {
        let (start, end) = (value.span.start, value.span.end);
        let Some((known, text)) = self.known.zip(self.source.text().get(start..end)) else {
            return self.document(value, kind, name, route);
        };
        let key = Key::of(kind, text);
        let policy = match known.find(&key) {
            Some(policy) => policy,
            None => {
                let found = self.findings.len();
                let read = self.document(value, kind, name.clone(), route)?;
                if self.findings.len() > found {
                    return Some(read);
                }
                let policy = Arc::new(Arc::unwrap_or_clone(read.policy).counted_from(start));
                known.keep(&key, &policy);
                policy
            }
        };
        Some(self.named(name, policy, start))
    }

    /// A policy of the text, whose places count from there.
    fn named(&self, name: String, policy: impl Into<Arc<Policy>>, start: usize) -> NamedPolicy {
        let source = Some(self.source.clone());
        NamedPolicy { source, start, ..NamedPolicy::new(name, policy) }
    }

    /// One document of a larger text, by its own name if it has one.
    fn element(
        &mut self,
        value: &JsonValue,
        kind: Kind,
        place: String,
        route: &str,
    ) -> Option<NamedPolicy> {
        match element::element(value, self.source, self.options, route) {
            Ok(Element { document, route, name }) => {
                let name = name.unwrap_or(place);
                match document {
                    Cow::Borrowed(document) => {
                        self.document_as_it_stands(document, kind, name, &route)
                    }
                    // Its text has the name, too, which elsewhere is no part of a document.
                    Cow::Owned(document) => self.document(&document, kind, name, &route),
                }
            }
            Err(findings) => {
                self.findings.extend(findings);
                None
            }
        }
    }

    /// One document, perhaps in a list of one.
    fn only(
        &mut self,
        value: &JsonValue,
        kind: Kind,
        name: &str,
        route: &str,
    ) -> Option<NamedPolicy> {
        match &value.data {
            JsonData::Array(items) => match items.as_slice() {
                [document] => self.element(document, kind, name.to_owned(), &format!("{route}[0]")),
                _ => {
                    let message =
                        format!("`{name}` is one policy, this is a list of {}", items.len());
                    let help = Some("a principal has one boundary and a resource one policy");
                    self.findings.push(finding(
                        codes::SEVERAL_POLICIES,
                        message,
                        self.source,
                        value.span,
                        route,
                        help,
                    ));
                    None
                }
            },
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Object(_) => self.element(value, kind, name.to_owned(), route),
        }
    }

    fn list(&mut self, value: &JsonValue, kind: Kind, name: &str, route: &str) -> Vec<NamedPolicy> {
        let documents = items(value).into_iter().enumerate();
        documents
            .filter_map(|(index, item)| {
                self.element(item, kind, format!("{name}[{index}]"), &format!("{route}[{index}]"))
            })
            .collect()
    }

    /// A list of levels, each a list of policies or one.
    fn levels(
        &mut self,
        value: &JsonValue,
        kind: Kind,
        name: &str,
        route: &str,
    ) -> Vec<Vec<NamedPolicy>> {
        let levels = items(value).into_iter().enumerate();
        levels
            .map(|(level, value)| {
                self.list(value, kind, &format!("{name}[{level}]"), &format!("{route}[{level}]"))
            })
            .collect()
    }
}

fn unknown_layer(member: &Member, source: &Source, route: &str) -> Finding {
    let help = "the members are `identity`, `boundary`, `session`, `resource`, `scp`, `rcp` and `endpoint`";
    finding(
        codes::UNKNOWN_LAYER,
        format!("`{}` is not a layer of policies", member.name),
        source,
        member.name_span,
        route,
        Some(help),
    )
}

/// `null` and an empty list say that no such policy applies.
fn is_absent(value: &JsonValue) -> bool {
    match &value.data {
        JsonData::Null => true,
        JsonData::Array(items) => items.is_empty(),
        JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) | JsonData::Object(_) => {
            false
        }
    }
}
