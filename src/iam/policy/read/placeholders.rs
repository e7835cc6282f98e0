//! Place-holders that people leave in policies, as parameters (SEMANTICS 3.1).
//!
//! What is a place-holder is decided by the text and by where it stands; what its value may be, by
//! where it stands. A document is rewritten before it is read, so that the reader knows parameters
//! only.

mod marks;

use super::spelling::family;
use crate::finding::{Finding, Level, codes};
use crate::json::{JsonData, JsonValue, Member, span_within};
use crate::policy::Family;
use crate::policy::parameter::{Clash, Form, Forms, Parameter, arn};
use crate::source::{Source, Span};
use crate::visible::visible;
use marks::{is_name, marks};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What is known of place-holders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placeholders {
    /// Values, by the place-holder as it is written. A place-holder with a value is the value; any
    /// other is a parameter.
    pub values: BTreeMap<String, String>,
}

/// What stands in the account field of an ARN and is no account of twelve digits.
const OWNERS: &[&str] = &["aws", "amazon", "aws-marketplace", "cloudfront"];

/// Where a text stands.
#[derive(Clone, Copy)]
enum Place<'p> {
    /// `Resource` and `NotResource`.
    Resource,
    /// A value that an `Arn` operator compares with.
    Arn,
    /// A value that a `String` operator compares with, and the key in lower case.
    Value(&'p str),
    /// `AWS` of a principal.
    Aws,
    /// `Service` of a principal.
    Service,
    /// `Federated` of a principal.
    Federated,
    /// A value that another operator compares with, which has to be known.
    Known,
}

/// What a place-holder stands for.
#[derive(Clone)]
enum Stands {
    /// A text of that form.
    For(Form),
    /// A whole ARN, or what one begins with.
    ForArn,
    /// What has to be known.
    Known,
}

/// A place-holder in a text.
struct Holder {
    range: Range<usize>,
    stands: Stands,
}

impl Holder {
    fn new(range: Range<usize>, form: Form) -> Self {
        Self { range, stands: Stands::For(form) }
    }
}

/// A document without place-holders, and what is to be known of them.
pub(super) struct Filled {
    pub(super) value: JsonValue,
    pub(super) findings: Vec<Finding>,
    /// The names of the parameters.
    pub(super) names: BTreeSet<String>,
}

/// A place-holder of a document.
pub(super) struct Written {
    /// What is written.
    pub(super) name: String,
    /// Where it stands.
    pub(super) span: Span,
    /// The text in which it stands.
    pub(super) text: Span,
}

/// So many place-holders are looked at to say what one of them causes.
const MOST: usize = 1_000;

/// The first place-holders of a document.
pub(super) fn first(value: &JsonValue, source: &Source) -> Vec<Written> {
    let mut found = Vec::new();
    // The walk may change texts; this one does not.
    each(&mut value.clone(), &mut |text, place, whole| {
        if found.len() >= MOST {
            return;
        }
        found.extend(holders(text, place).into_iter().take(MOST).filter_map(|one| {
            let name = text.get(one.range.clone())?.to_owned();
            Some(Written { name, span: span_within(source, whole, one.range), text: whole })
        }));
    });
    found
}

/// Writes values and parameters for the place-holders of a document.
pub(super) fn filled(value: &JsonValue, source: &Source, known: &Placeholders) -> Filled {
    let mut value = value.clone();
    let mut uses = Uses::default();
    each(&mut value, &mut |text, place, span| {
        for Holder { range, stands } in holders(text, place) {
            let name = text.get(range.clone()).unwrap_or_default();
            if !known.values.contains_key(name) && !matches!(stands, Stands::Known) {
                let place = || span_within(source, span, range.clone());
                uses.note(name, stands, [&place, &|| span]);
            }
        }
    });
    each(&mut value, &mut |text, place, _| {
        let mut filled = String::new();
        let mut after = 0;
        for Holder { range, stands } in holders(text, place) {
            let name = text.get(range.clone()).unwrap_or_default();
            filled.push_str(text.get(after..range.start).unwrap_or_default());
            match (known.values.get(name), stands) {
                (Some(value), _) => filled.push_str(value),
                (None, Stands::Known) => filled.push_str(name),
                (None, Stands::For(_) | Stands::ForArn) => filled.push_str(&uses.reference(name)),
            }
            after = range.end;
        }
        filled.push_str(text.get(after..).unwrap_or_default());
        *text = filled;
    });
    Filled { value, findings: uses.findings(source), names: uses.places.into_keys().collect() }
}

/// Where place-holders stand, and what for.
#[derive(Default)]
struct Uses {
    forms: Forms,
    arns: BTreeSet<String>,
    /// The first place and the last one, by the name.
    places: BTreeMap<String, [Span; 2]>,
}

impl Uses {
    /// Takes note of a use; of the first of its name the exact place counts.
    fn note(&mut self, name: &str, stands: Stands, [exact, span]: [&dyn Fn() -> Span; 2]) {
        match stands {
            Stands::ForArn => _ = self.arns.insert(name.to_owned()),
            Stands::For(form) => self.forms.add(Parameter { name: name.to_owned(), form }),
            Stands::Known => return,
        }
        self.places.entry(name.to_owned()).or_insert_with(|| [exact(); 2])[1] = span();
    }

    /// What stands for a place-holder in the texts. One that is an ARN somewhere is one everywhere.
    fn reference(&self, name: &str) -> String {
        match self.forms.of(name) {
            Some(form) if !self.arns.contains(name) => {
                Parameter { name: name.to_owned(), form: form.clone() }.reference()
            }
            Some(_) | None => arn(name),
        }
    }

    /// What keeps a place-holder from having one value.
    fn clash(&self) -> Option<Clash> {
        let whole = self.arns.iter().find(|name| {
            let other = self.forms.of(name);
            self.forms.has(name) && other != Some(&Form::Text)
        });
        let by_case = || {
            let mut lower = BTreeMap::new();
            self.places.keys().find_map(|name| {
                let other: &String = lower.insert(name.to_lowercase(), name)?;
                Some(Clash::Case([other.clone(), name.clone()]))
            })
        };
        whole.cloned().map(Clash::Whole).or_else(|| self.forms.clash()).or_else(by_case)
    }

    fn findings(&self, source: &Source) -> Vec<Finding> {
        let find = |rule, level, message, span, help: Option<&str>| Finding {
            rule,
            level,
            message,
            source: source.clone(),
            span,
            route: String::new(),
            help: help.map(str::to_owned),
        };
        let clash = self.clash().map(|clash| {
            let (Clash::Forms { name, .. } | Clash::Whole(name) | Clash::Case([_, name])) = &clash;
            let span = self.places.get(name).map_or_else(Span::default, |places| places[1]);
            find(codes::PLACEHOLDER_CLASH, Level::Error, clash.to_string(), span, None)
        });
        let notes = self.places.iter().filter_map(|(name, places)| {
            // Of what cannot have one form nothing is to be said but that.
            let words = match self.arns.contains(name) {
                true => "an ARN".to_owned(),
                false => self.forms.of(name)?.words(),
            };
            let message = format!(
                "`{}` is taken for a place-holder, and is any value: {words}",
                visible(name)
            );
            let help = "give its value with `--parameter NAME=VALUE`, NAME as it is written here";
            Some(find(codes::PLACEHOLDER, Level::Note, message, places[0], Some(help)))
        });
        clash.into_iter().chain(notes).collect()
    }
}

/// Calls `act` with every text of a document in which a parameter may stand.
fn each(document: &mut JsonValue, act: &mut dyn FnMut(&mut String, Place<'_>, Span)) {
    for statements in of_name(document, &["Statement"]) {
        for statement in items(&mut statements.value) {
            for member in members(statement) {
                match member.name.as_str() {
                    "Resource" | "NotResource" => texts(&mut member.value, Place::Resource, act),
                    "Principal" | "NotPrincipal" => {
                        for of_type in members(&mut member.value) {
                            let place = match of_type.name.as_str() {
                                "AWS" => Place::Aws,
                                "Service" => Place::Service,
                                "Federated" => Place::Federated,
                                _ => continue,
                            };
                            texts(&mut of_type.value, place, act);
                        }
                    }
                    "Condition" => {
                        for block in members(&mut member.value) {
                            conditions(block, act);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

fn conditions(block: &mut Member, act: &mut dyn FnMut(&mut String, Place<'_>, Span)) {
    let family = family(&block.name);
    for member in members(&mut block.value) {
        let key = member.name.to_ascii_lowercase();
        let place = place_of_value(family, &key);
        texts(&mut member.value, place, act);
    }
}

fn place_of_value(family: Option<Family>, key: &str) -> Place<'_> {
    match family {
        Some(Family::Arn) => Place::Arn,
        Some(Family::String) => Place::Value(key),
        Some(
            Family::Numeric
            | Family::Date
            | Family::Bool
            | Family::Binary
            | Family::IpAddress
            | Family::Null,
        )
        | None => Place::Known,
    }
}

fn members(value: &mut JsonValue) -> &mut [Member] {
    match &mut value.data {
        JsonData::Object(members) => members,
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Array(_) => &mut [],
    }
}

fn of_name<'v>(
    value: &'v mut JsonValue,
    names: &'v [&str],
) -> impl Iterator<Item = &'v mut Member> {
    members(value).iter_mut().filter(|member| names.contains(&member.name.as_str()))
}

/// The values of a list, or the one value that stands instead of a list.
fn items(value: &mut JsonValue) -> &mut [JsonValue] {
    if matches!(value.data, JsonData::Array(_)) {
        let JsonData::Array(items) = &mut value.data else { return &mut [] };
        return items;
    }
    std::slice::from_mut(value)
}

fn texts(
    value: &mut JsonValue,
    place: Place<'_>,
    act: &mut dyn FnMut(&mut String, Place<'_>, Span),
) {
    for item in items(value) {
        let span = item.span;
        if let JsonData::String(text) = &mut item.data {
            act(text, place, span);
        }
    }
}

/// The place-holders of a text, in order.
fn holders(text: &str, place: Place<'_>) -> Vec<Holder> {
    let marks = marks(text);
    let fields = |marks: Vec<Range<usize>>| {
        marks.into_iter().map(|range| Holder::new(range, Form::Field)).collect::<Vec<_>>()
    };
    let whole = 0..text.len();
    let is_marked = marks.first() == Some(&whole);
    match place {
        Place::Known => {
            marks.into_iter().map(|range| Holder { range, stands: Stands::Known }).collect()
        }
        Place::Service => fields(marks),
        Place::Resource | Place::Arn | Place::Value(_) | Place::Aws | Place::Federated
            if text.starts_with("arn:") =>
        {
            in_arn(text, &marks)
        }
        Place::Resource | Place::Arn => {
            let mut found = fields(marks);
            if let Some(first) = found.first_mut().filter(|first| first.range.start == 0) {
                first.stands = Stands::ForArn;
            }
            found
        }
        // What is neither an account nor the ARN of somebody is not known to be one of them.
        Place::Aws if text.to_ascii_lowercase().contains("account") => {
            let is_account = is_marked || is_left_over(ACCOUNT, text);
            is_account.then(|| Holder::new(whole, Form::Account)).into_iter().collect()
        }
        Place::Aws => Vec::new(),
        Place::Value(key) if key.starts_with("aws:") && key.ends_with("account") => {
            if is_marked || is_left_over(ACCOUNT, text) {
                return vec![Holder::new(whole, Form::Account)];
            }
            fields(marks)
        }
        Place::Value("aws:requestedregion") if is_marked || is_left_over(REGION, text) => {
            vec![Holder::new(whole, Form::Region)]
        }
        Place::Value(_) | Place::Federated if is_marked => vec![Holder::new(whole, Form::Text)],
        Place::Value(_) | Place::Federated => fields(marks),
    }
}

/// The fields of an ARN, counted from 0.
const PARTITION: usize = 1;
const REGION: usize = 3;
const ACCOUNT: usize = 4;
const LAST: usize = 5;

/// The place-holders of a text that begins as an ARN does.
fn in_arn(text: &str, marks: &[Range<usize>]) -> Vec<Holder> {
    let mut found = Vec::new();
    let mut rest = marks;
    for (at, field) in fields_of(text, marks).into_iter().enumerate() {
        let count = rest.iter().take_while(|mark| mark.end <= field.end).count();
        let (within, others) = rest.split_at_checked(count).unwrap_or_default();
        rest = others;
        let written = text.get(field.clone()).unwrap_or_default();
        let is_whole = within.first() == Some(&field);
        match at {
            PARTITION if is_whole => found.push(Holder::new(field, Form::Partition)),
            REGION if is_whole || is_left_over(at, written) => {
                found.push(Holder::new(field, Form::Region));
            }
            ACCOUNT if is_whole || is_left_over(at, written) => {
                found.push(Holder::new(field, Form::Account));
            }
            _ => found.extend(within.iter().map(|mark| Holder::new(mark.clone(), Form::Field))),
        }
    }
    found
}

/// Up to six fields of a text, where colons inside of what is marked and of variables separate
/// nothing.
fn fields_of(text: &str, marks: &[Range<usize>]) -> Vec<Range<usize>> {
    let (mut fields, mut start, mut braces) = (Vec::new(), 0, false);
    let mut marks = marks.iter().peekable();
    for (at, byte) in text.bytes().enumerate() {
        while marks.next_if(|mark| mark.end <= at).is_some() {}
        let within = marks.peek().is_some_and(|mark| mark.start <= at);
        braces = byte == b'{' && !within || braces && byte != b'}';
        if byte == b':' && !within && !braces && fields.len() < LAST {
            fields.push(start..at);
            start = at + 1;
        }
    }
    fields.push(start..text.len());
    fields
}

/// Whether a text stands where a Region or an account belongs, and is a word that is none.
fn is_left_over(at: usize, text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | ' ');
    let is_known = match at {
        // Regions have digits.
        REGION => text == "global" || text.contains(|letter: char| letter.is_ascii_digit()),
        _ => OWNERS.contains(&text),
    };
    text.chars().all(plain) && is_name(text) && !is_known
}

#[cfg(test)]
mod tests;
