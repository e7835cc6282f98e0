//! Principals that a plan does not know: what they may be, each as a variant of its own; and identities
//! that have two names. As in templates of CloudFormation (SEMANTICS 3.1, 3.2).

use super::policies::Policies;
use super::value::{Place, Unknown, Written};
use crate::compose::Composed;
use crate::principals::{IDENTITY, KIND, KINDS, MOST_VARIANTS, assumed};
use crate::{Assumption, Document, items, under};
use keyaki_iam::json::{self, JsonData, JsonValue, Limits};
use keyaki_iam::policy::parameter::{self, Form, Parameter};
use keyaki_iam::source::{Source, Span};
use std::collections::BTreeSet;
use std::ops::Range;

/// The attribute of an origin access identity that is its canonical id.
const CANONICAL: &str = ".s3_canonical_user_id";

/// A policy that is put together from a plan and its files, with parameters in it.
pub(super) struct Put {
    /// The number of its document.
    pub document: usize,
    pub place: Place,
    pub written: Written,
}

/// What names principals in a policy.
struct Element {
    /// Where it stands in the text.
    range: Range<usize>,
    /// The types of principals, with the place of each, and their texts.
    types: Vec<(String, usize, Texts)>,
}

/// Texts with their places.
type Texts = Vec<(String, usize)>;

impl Policies<'_> {
    /// Tells principals apart that are not known.
    pub fn principals(&mut self) {
        let put = std::mem::take(&mut self.put);
        let mut read = Vec::new();
        let mut elsewhere = BTreeSet::new();
        for one in put {
            let source = Source::new("", one.written.text.as_str());
            if let (Some(policy), _) = json::parse(&source, &Limits::default()) {
                let mut elements = Vec::new();
                look(&policy, &one.written, &mut elements, &mut elsewhere);
                read.push((one, elements));
            }
        }
        // The last ones first: what comes before keeps its number.
        for (one, elements) in read.into_iter().rev() {
            let variants = self.variants(&one.written, elements, &elsewhere);
            let at = one.document;
            if let Some(variants) = variants
                && let Some(document) = self.template.documents.get(at).cloned()
            {
                let variant = |(when, written): (Vec<Assumption>, Written)| {
                    let source = self.source_of(one.place, written);
                    let address = format!("{}{}", document.address, under(&when));
                    Document { address, source, when, ..document.clone() }
                };
                let made: Vec<Document> = variants.into_iter().map(variant).collect();
                self.template.documents.splice(at..=at, made);
            }
        }
    }

    /// The variants of a policy; `None` where it is as it was.
    fn variants(
        &self,
        written: &Written,
        mut elements: Vec<Element>,
        elsewhere: &BTreeSet<String>,
    ) -> Option<Vec<(Vec<Assumption>, Written)>> {
        let mut named = BTreeSet::new();
        let mut changes = false;
        for element in &mut elements {
            changes |= self.name_identities(element);
            let aws = element.types.iter().filter(|(kind, _, _)| kind == "AWS");
            let texts = aws.flat_map(|(_, _, texts)| texts);
            named.extend(texts.filter_map(|(text, _)| self.unknown(text)));
        }
        named.retain(|(name, parts)| !parts.iter().chain([name]).any(|it| elsewhere.contains(it)));
        let mut variants = vec![(Vec::new(), elements)];
        for (name, _) in &named {
            if variants.len() * KINDS.len() > MOST_VARIANTS {
                continue;
            }
            let with = |(when, elements): &(Vec<Assumption>, Vec<Element>)| {
                KINDS.map(|kind| {
                    let when = [when.clone(), assumed(&format!("{name}{KIND}"), kind)].concat();
                    let text = self.named(name, kind);
                    (when, elements.iter().map(|one| self.with(one, name, &text)).collect())
                })
            };
            variants = variants.iter().flat_map(with).collect();
        }
        let changed = |(when, elements): (Vec<Assumption>, Vec<Element>)| {
            (when, elements.iter().rev().fold(written.clone(), |text, one| one.put_into(&text)))
        };
        (changes || !named.is_empty()).then(|| variants.into_iter().map(changed).collect())
    }

    /// Names an origin access identity by its ARN; whether there was one.
    fn name_identities(&self, element: &mut Element) -> bool {
        let Some(at) = element.types.iter().position(|(kind, _, _)| kind == "CanonicalUser") else {
            return false;
        };
        let (kind, place, texts) = element.types.remove(at);
        let identity = |text: &str| {
            let name = only(text)?.name;
            let base = name.strip_suffix(CANONICAL)?;
            let id = Unknown { name: format!("{base}.id"), form: Some(Form::Field) };
            Some(format!("{IDENTITY}{}", self.reader.words(&id)))
        };
        let (mut arns, mut others) = (Texts::new(), Texts::new());
        for (text, place) in texts {
            match identity(&text) {
                Some(arn) => arns.push((arn, place)),
                None => others.push((text, place)),
            }
        }
        let found = !arns.is_empty();
        if !others.is_empty() {
            element.types.insert(at, (kind, place, others));
        }
        match element.types.iter_mut().find(|(kind, _, _)| kind == "AWS") {
            Some((_, _, texts)) => texts.extend(arns),
            None if found => element.types.push(("AWS".to_owned(), place, arns)),
            None => {}
        }
        found
    }

    /// What a text is called that is one value, or an ARN, of which nothing else is known; and what
    /// its parts are called. What the plan does not tell how it is made may be anything.
    fn unknown(&self, text: &str) -> Option<(String, Vec<String>)> {
        if let Some(Parameter { name, form: Form::Text | Form::Field }) = only(text) {
            let is_made = !self.reader.opaque.borrow().contains_key(&name);
            return is_made.then_some((name, Vec::new()));
        }
        let names: Vec<String> =
            parameter::keys(text).iter().filter_map(Parameter::of).map(|it| it.name).collect();
        let name = names.first()?.strip_suffix(".partition")?.to_owned();
        let arn = self.reader.words(&Unknown { name: name.clone(), form: None });
        (arn == text).then_some((name, names))
    }

    /// A text that names something of a kind.
    fn named(&self, name: &str, kind: &str) -> String {
        let part = |part: &str, form| {
            let name = format!("{name}.{part}");
            let text = self.reader.words(&Unknown { name, form: Some(Form::Field) });
            // It may have been a part of any ARN before.
            only(&text).map_or(text, |known| Parameter { form, ..known }.reference())
        };
        let account = part("account", Form::Account);
        if kind == "account" {
            return account;
        }
        let (partition, called) = (part("partition", Form::Partition), part("name", Form::Text));
        format!("arn:{partition}:iam::{account}:{kind}/{called}")
    }

    /// An element with a text in the place of what is called so.
    fn with(&self, element: &Element, name: &str, by: &str) -> Element {
        let mut types = element.types.clone();
        for (_, _, texts) in types.iter_mut().filter(|(kind, _, _)| kind == "AWS") {
            for (text, _) in texts {
                if self.unknown(text).is_some_and(|(own, _)| own == name) {
                    by.clone_into(text);
                }
            }
        }
        Element { range: element.range.clone(), types }
    }
}

impl Element {
    /// A policy with this element in its place.
    fn put_into(&self, policy: &Written) -> Written {
        let mut out = Composed::default();
        let at = |start: usize| Span { start, end: start };
        let mut separator = "{";
        let mut last = at(0);
        for (kind, place, texts) in &self.types {
            last = at(*place);
            out.push(separator, last);
            out.string(kind, last);
            out.push(":[", last);
            for (number, (text, place)) in texts.iter().enumerate() {
                if number > 0 {
                    out.push(",", at(*place));
                }
                out.string(text, at(*place));
            }
            out.push("]", last);
            separator = ",";
        }
        out.push("}", last);
        let (text, places) = out.into_parts();
        let mut made = policy.clone();
        made.text.replace_range(self.range.clone(), &text);
        made.at.splice(self.range.clone(), places);
        made
    }
}

/// The parameter that a text is.
fn only(text: &str) -> Option<Parameter> {
    let [key] = &parameter::keys(text)[..] else { return None };
    let known = Parameter::of(key)?;
    (known.reference() == text).then_some(known)
}

/// Finds what names principals; of every other text, what its parameters are called.
fn look(
    policy: &JsonValue,
    written: &Written,
    elements: &mut Vec<Element>,
    elsewhere: &mut BTreeSet<String>,
) {
    let note = |value: &JsonValue, elsewhere: &mut BTreeSet<String>| {
        let keys = parameter::keys(&value.compact());
        elsewhere.extend(keys.iter().filter_map(Parameter::of).map(|it| it.name));
    };
    let JsonData::Object(members) = &policy.data else { return };
    for member in members {
        if member.name != "Statement" {
            note(&member.value, elsewhere);
            continue;
        }
        for statement in items(&member.value) {
            let JsonData::Object(members) = &statement.data else { continue };
            for member in members {
                let names = matches!(member.name.as_str(), "Principal" | "NotPrincipal");
                let element = names.then(|| element(&member.value, written)).flatten();
                let Some(element) = element else {
                    note(&member.value, elsewhere);
                    continue;
                };
                for (kind, _, texts) in &element.types {
                    if kind != "AWS" && kind != "CanonicalUser" {
                        let keys = texts.iter().flat_map(|(text, _)| parameter::keys(text));
                        elsewhere
                            .extend(keys.filter_map(|key| Parameter::of(&key)).map(|it| it.name));
                    }
                }
                elements.push(element);
            }
        }
    }
}

/// What names principals by their types; `None` where it has another form, which the reader of
/// policies reports.
fn element(value: &JsonValue, written: &Written) -> Option<Element> {
    let JsonData::Object(members) = &value.data else { return None };
    let place = |span: Span| written.at.get(span.start).copied().unwrap_or_default();
    let types = members.iter().map(|member| {
        let text = |item: &JsonValue| Some((item.as_str()?.to_owned(), place(item.span)));
        let texts = items(&member.value).iter().map(text).collect::<Option<Texts>>()?;
        Some((member.name.clone(), place(member.name_span), texts))
    });
    let types = types.collect::<Option<Vec<_>>>()?;
    let (start, end) = (value.span.start, value.span.end);
    (!types.is_empty()).then_some(Element { range: start..end, types })
}
