//! Policy documents: found, read once, and kept once.

use crate::context::Context;
use keyaki_iam::estate::Shared;
use keyaki_iam::finding::{Finding, codes};
use keyaki_iam::input;
use keyaki_iam::json::{self, JsonData, JsonValue};
use keyaki_iam::layers::NamedPolicy;
use keyaki_iam::policy::read::read_value;
use keyaki_iam::policy::{Kind, print};
use keyaki_iam::source::Source;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use std::sync::Arc;

/// A document in a file.
#[derive(Clone)]
pub(crate) struct Doc<'a> {
    /// The text that it stands in: that of the file, or one inside it.
    source: Source,
    value: Value<'a>,
    route: Rc<str>,
}

#[derive(Clone)]
enum Value<'a> {
    Borrowed(&'a JsonValue),
    Owned(Rc<JsonValue>),
}

impl Value<'_> {
    fn get(&self) -> &JsonValue {
        match self {
            Self::Borrowed(value) => value,
            Self::Owned(value) => value,
        }
    }
}

impl<'a> Doc<'a> {
    /// A document that is an object, or a text that holds one: percent-encoded as the API of IAM
    /// sends it, or JSON. A text that is neither is reported.
    pub fn of(
        context: &mut Context<'_>,
        source: &Source,
        value: &'a JsonValue,
        route: &str,
    ) -> Option<Self> {
        let text = match &value.data {
            JsonData::String(text) => text,
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::Array(_)
            | JsonData::Object(_) => {
                let value = Value::Borrowed(value);
                return Some(Self { source: source.clone(), value, route: route.into() });
            }
        };
        let encoded = !text.trim_start().starts_with('{');
        let inner = if encoded {
            input::percent_decoded(source, text, json::offsets_within(source, value.span))
        } else {
            Some(source.inside_part(text.as_str(), value.span, json::offsets_within))
        };
        let Some(inner) = inner else {
            let message = "the text is no document: its percent-encoding is wrong".to_owned();
            context.wrong(codes::ESTATE_MEMBER, source, value.span, route, message, "");
            return None;
        };
        match input::parse(&inner, context.options) {
            Ok(parsed) => {
                let value = Value::Owned(Rc::new(parsed));
                Some(Self { source: inner, value, route: route.into() })
            }
            Err(findings) => {
                let within = |finding: Finding| Finding { route: route.to_owned(), ..finding };
                context.findings.extend(findings.into_iter().map(within));
                None
            }
        }
    }

    /// A document that Keyaki brings along.
    pub fn known(name: &str, text: &str) -> Option<Self> {
        let source = Source::new(name, text);
        let (value, _) = json::parse(&source, &json::Limits::default());
        Some(Self { source, value: Value::Owned(Rc::new(value?)), route: "".into() })
    }

    /// Its text.
    pub fn text(&self) -> Source {
        let span = self.value.get().span;
        let text = self.source.text().get(span.start..span.end).unwrap_or_default();
        self.source.inside_part(text, span, |_, span| (span.start..=span.end).collect())
    }

    /// Where it stands in memory: what makes it this one.
    fn address(&self) -> usize {
        std::ptr::from_ref(self.value.get()).addr()
    }
}

/// The documents of an estate. Equal documents of one kind and name are one.
#[derive(Default)]
pub(crate) struct Documents {
    /// What was read, by kind and place in memory.
    read: FxHashMap<(Kind, usize), Option<Shared>>,
    /// By kind and name; the text that compares them is made where there are two.
    by_name: FxHashMap<(Kind, String), Vec<Known>>,
    /// How many there are.
    pub count: usize,
}

struct Known {
    text: Option<String>,
    policy: Shared,
}

impl Documents {
    /// Reads a document that several may use under one name. What is wrong with it is reported
    /// once.
    pub fn shared(
        &mut self,
        context: &mut Context<'_>,
        doc: &Doc<'_>,
        kind: Kind,
        name: &str,
    ) -> Option<Shared> {
        let key = (kind, doc.address());
        if let Some(known) = self.read.get(&key) {
            return known.clone();
        }
        let read = self.one(context, doc, kind, name.to_owned());
        self.read.insert(key, read.clone());
        read
    }

    /// Reads a document that is used in one place.
    pub fn one(
        &mut self,
        context: &mut Context<'_>,
        doc: &Doc<'_>,
        kind: Kind,
        name: String,
    ) -> Option<Shared> {
        let outcome = read_value(doc.value.get(), &doc.source, kind, context.options, &doc.route);
        let Some(policy) = outcome.policy else {
            context.findings.extend(outcome.diagnostics);
            return None;
        };
        let known = self.by_name.entry((kind, name.clone())).or_default();
        let text = (!known.is_empty()).then(|| print::document(&policy).to_string());
        for other in known.iter_mut() {
            let theirs =
                other.text.get_or_insert_with(|| print::document(&other.policy.policy).to_string());
            if Some(&*theirs) == text.as_ref() {
                return Some(Arc::clone(&other.policy));
            }
        }
        self.count += 1;
        let policy = Arc::new(NamedPolicy {
            source: Some(doc.source.clone()),
            ..NamedPolicy::new(name, policy)
        });
        known.push(Known { text, policy: Arc::clone(&policy) });
        Some(policy)
    }
}
