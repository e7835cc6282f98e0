//! What is known of each parameter, by where it stands in all documents, and texts with it.
//!
//! A parameter of which nothing is declared is
//! * an account, where it is the account of a principal's ARN, which AWS accepts with no other;
//! * an ARN in six parts, where a resource, or what an operator for ARNs compares with, begins with
//!   it: AWS accepts no other resource, apart from `*`;
//! * without colons, where it stands in a field of an ARN before the last;
//! * any text otherwise.
//!
//! One of many accounts is any account where it is a principal, since only accounts can be compared
//! there: more than it may be, and never less. Of few each has a variant (`principals`).

use super::document::{self, At};
use super::evaluate::{Evaluator, Nature};
use super::functions::given_help;
use super::reading::{Draft, Party, Says};
use super::value::{Data, Piece, Text, Value};
use crate::compose::Composed;
use keyaki_iam::finding::codes;
use keyaki_iam::policy::parameter::{Form, Parameter};
use keyaki_iam::source::{Source, Span};
use keyaki_iam::value::is_account;
use std::collections::{BTreeMap, BTreeSet};

/// The parts of an ARN that is not known, with their forms.
const PARTS: [(&str, Form); 5] = [
    ("partition", Form::Partition),
    ("service", Form::Field),
    ("region", Form::Field),
    ("account", Form::Field),
    ("resource", Form::Text),
];

/// The parameters of a template.
pub(super) struct Forms {
    /// What stands for each.
    references: BTreeMap<String, String>,
    /// Those that are ARNs.
    arns: BTreeSet<String>,
    /// Those that are accounts.
    accounts: BTreeSet<String>,
    /// Those whose values may have characters with a meaning, and which that is.
    wild: BTreeMap<String, String>,
    /// Those that are one of several texts, some with a colon.
    with_colons: BTreeSet<String>,
}

/// Where parameters stand of which nothing is declared.
#[derive(Default)]
struct Uses {
    accounts: BTreeSet<String>,
    /// What is a principal and nothing else.
    principals: BTreeSet<String>,
    arns: BTreeSet<String>,
    fields: BTreeSet<String>,
}

impl Uses {
    fn see(&mut self, text: &Text, at: At) {
        let fields = text.fields();
        let is_arn = fields.first().and_then(Text::as_known) == Some("arn");
        match at {
            At::Resource | At::Arn => match text.first_hole() {
                Some(first) => {
                    self.arns.insert(first.to_owned());
                }
                None if is_arn => self.see_fields(&fields),
                None => {}
            },
            At::Account if is_arn => {
                self.see_fields(&fields);
                let account = fields.get(4).and_then(Text::as_hole);
                self.accounts.extend(account.map(str::to_owned));
            }
            At::Account if text.as_hole().is_some() => {
                self.principals.extend(text.as_hole().map(str::to_owned));
            }
            At::Account | At::Label | At::Principal | At::String | At::Known => {}
        }
    }

    fn see_fields(&mut self, fields: &[Text]) {
        let inner = fields.iter().take(5).flat_map(Text::holes);
        self.fields.extend(inner.map(str::to_owned));
    }
}

impl Forms {
    /// What the documents tell of their parameters.
    pub(super) fn of(drafts: &[Draft], holes: &BTreeMap<String, Nature>) -> Self {
        let mut uses = Uses::default();
        for draft in drafts {
            if let Says::Policy(_, value, _) = &draft.says {
                document::walk(value, &mut |text, at, _, _| uses.see(text, at));
            }
        }
        let open = |name: &&String| matches!(holes.get(*name), Some(Nature::Open(_)));
        let of =
            |names: &BTreeSet<String>| names.iter().filter(open).cloned().collect::<BTreeSet<_>>();
        let (mut accounts, mut arns, fields) =
            (of(&uses.accounts), of(&uses.arns), of(&uses.fields));
        arns.retain(|name| !accounts.contains(name));
        let mut parameters = BTreeMap::new();
        let (mut wild, mut with_colons) = (BTreeMap::new(), BTreeSet::new());
        for (name, nature) in holes {
            let (form, texts) = match nature {
                Nature::Fixed(form) => {
                    let principal = uses.accounts.contains(name) || uses.principals.contains(name);
                    match form {
                        // A principal is one account or another: which, nobody can say in it.
                        Form::OneOf(texts)
                            if principal && texts.iter().all(|text| is_account(text)) =>
                        {
                            accounts.insert(name.clone());
                            (Form::Account, Vec::new())
                        }
                        Form::OneOf(texts) => {
                            if texts.iter().any(|text| text.contains(':')) {
                                with_colons.insert(name.clone());
                            }
                            (form.clone(), texts.clone())
                        }
                        Form::Account => {
                            accounts.insert(name.clone());
                            (Form::Account, Vec::new())
                        }
                        Form::Text | Form::Field | Form::Region | Form::Partition => {
                            (form.clone(), Vec::new())
                        }
                    }
                }
                Nature::Open(default) => {
                    let form = if accounts.contains(name) {
                        Form::Account
                    } else if fields.contains(name) {
                        Form::Field
                    } else {
                        Form::Text
                    };
                    (form, default.iter().cloned().collect())
                }
            };
            if let Some(text) = texts.into_iter().find(|text| text.contains(['*', '?', '$'])) {
                wild.insert(name.clone(), text);
            }
            if arns.contains(name) {
                for (part, form) in PARTS {
                    parameters.insert(format!("{name}\0{part}"), form);
                }
            } else {
                parameters.insert(name.clone(), form);
            }
        }
        Self { references: references(parameters), arns, accounts, wild, with_colons }
    }

    /// A text with its parameters.
    pub(super) fn text(&self, text: &Text) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Known(known) => known.clone(),
            Piece::Hole(name) if self.arns.contains(name) => {
                let part = |(part, _): &(&str, Form)| {
                    let reference = self.references.get(&format!("{name}\0{part}"));
                    format!(":{}", reference.map_or("", String::as_str))
                };
                format!("arn{}", PARTS.iter().map(part).collect::<String>())
            }
            Piece::Hole(name) => self.references.get(name).cloned().unwrap_or_default(),
        };
        text.pieces.iter().map(piece).collect()
    }

    /// What keeps a text from standing where it does.
    fn problem(&self, text: &Text, at: At) -> Option<String> {
        if let Some(Piece::Known(known)) = text
            .pieces
            .iter()
            .find(|piece| matches!(piece, Piece::Known(known) if known.contains("${keyaki:")))
        {
            return Some(format!(
                "`{known}` has what stands for parameters, which a template cannot have"
            ));
        }
        if at == At::Label {
            return None;
        }
        if let Some((name, value)) =
            text.holes().find_map(|name| Some((name, self.wild.get(name)?)))
        {
            return Some(format!(
                "`{name}` may be `{value}`, and values that are not known are taken to be without `*`, `?` and `$`"
            ));
        }
        let fields = text.fields();
        let one = |text: &Text| text.as_hole().is_some_and(|hole| self.accounts.contains(hole));
        match (at, text.first_hole()) {
            (At::Resource | At::Arn, Some(first)) if !self.arns.contains(first) => {
                Some(format!("whether `{}` is an ARN must be known", text.shown()))
            }
            (At::Resource | At::Arn, _) => {
                let mut inner = fields.iter().take(5).flat_map(Text::holes);
                let hole = inner.find(|hole| self.with_colons.contains(*hole))?;
                Some(format!(
                    "a value of `{hole}` has a colon, so the fields of the ARN are not known"
                ))
            }
            (At::Account, Some(_)) if !one(text) => Some(format!(
                "whether `{}` is an account, or which role or user it is, must be known",
                text.shown()
            )),
            (At::Account, None)
                if text.as_known().is_none()
                    && !fields
                        .get(4)
                        .is_some_and(|account| account.as_known().is_some() || one(account)) =>
            {
                Some(format!(
                    "the account of `{}` must be known, or be twelve digits",
                    text.shown()
                ))
            }
            (At::Account | At::Principal | At::String | At::Known | At::Label, _) => None,
        }
    }

    /// The text of a document; problems are reported.
    pub(super) fn document(
        &self,
        file: &Source,
        value: &Value,
        reader: &mut Evaluator<'_>,
    ) -> Option<Source> {
        let mut problems = Vec::new();
        let mut labels = BTreeSet::new();
        document::walk(value, &mut |text, at, _, span| {
            if at == At::Label {
                labels.insert(std::ptr::from_ref(text));
            }
            if let Some(problem) = self.problem(text, at) {
                problems.push((problem, span, given_help(text)));
            }
        });
        let sound = problems.is_empty();
        for (problem, span, help) in problems {
            reader.notes.error(codes::VALUE_NOT_KNOWN, span, problem, &help);
        }
        let mut composed = Composed::default();
        self.compose(value, &labels, &mut composed);
        sound.then(|| composed.finish(file, value.span.end))
    }

    fn compose(&self, value: &Value, labels: &BTreeSet<*const Text>, out: &mut Composed) {
        let (first, last) = ends(value.span);
        match &value.data {
            Data::Text(text) if labels.contains(&std::ptr::from_ref(text)) => {
                out.string(&label(text), value.span);
            }
            Data::Text(text) => out.string(&self.text(text), value.span),
            Data::List(items) => {
                out.push("[", first);
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(",", first);
                    }
                    self.compose(item, labels, out);
                }
                out.push("]", last);
            }
            Data::Object(entries) => {
                out.push("{", first);
                for (index, entry) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(",", first);
                    }
                    out.string(&entry.name, entry.span);
                    out.push(":", entry.span);
                    self.compose(&entry.value, labels, out);
                }
                out.push("}", last);
            }
            // A document has none: `Evaluator::document` refuses them.
            Data::Many(_) | Data::Absent => out.push("null", value.span),
        }
    }

    /// A principal or a resource.
    pub(super) fn holder(&self, party: &Party) -> crate::Holder {
        let address = match party.made {
            true => party.address.shown(),
            false => crate::stranger(&party.resource_type, &party.address.written()),
        };
        crate::Holder {
            address,
            parameters: party.address.holes().map(str::to_owned).collect(),
            resource_type: party.resource_type.clone(),
            arn: party.arn.as_ref().map(|arn| self.text(arn)),
            made: party.made,
        }
    }
}

/// The first and the last character of a part of a file.
fn ends(span: Span) -> (Span, Span) {
    let end = span.end.max(span.start);
    (
        Span { start: span.start, end: (span.start + 1).min(end) },
        Span { start: end.saturating_sub(1).max(span.start), end },
    )
}

/// A `Sid` or an `Id`, which decides nothing: a parameter is its name.
fn label(text: &Text) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Known(known) => known.clone(),
        Piece::Hole(name) => name.chars().filter(char::is_ascii_alphanumeric).collect(),
    };
    text.pieces.iter().map(piece).collect()
}

/// What stands for each parameter. Names that differ in case alone are one context key, so all but
/// the first of them get a number.
fn references(parameters: BTreeMap<String, Form>) -> BTreeMap<String, String> {
    let mut taken = BTreeSet::new();
    let mut references = BTreeMap::new();
    for (id, form) in parameters {
        let plain = id.replace('\0', ".");
        let numbered = (2..).map(|number| format!("{plain}#{number}"));
        let mut names = std::iter::once(plain.clone()).chain(numbered);
        let free = names.find(|name| taken.insert(name.to_lowercase()));
        let name = free.unwrap_or(plain);
        references.insert(id, Parameter { name, form }.reference());
    }
    references
}
