//! What every reader of files needs: findings, and typed access to JSON that knows its places.

use crate::report::Report;
use keyaki_iam::estate::{Kept, NotUnderstood};
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::policy::read::{ReadOptions, closest};
use keyaki_iam::source::{Source, Span};
use keyaki_iam::value;
use std::collections::BTreeSet;

/// How many members an object has at most for each to be compared with each.
const FEW: usize = 24;

/// What readers share: how documents are read, what is wrong, and what is to be reported.
pub(crate) struct Context<'o> {
    pub options: &'o ReadOptions,
    pub findings: Vec<Finding>,
    pub report: Report,
    /// What is not understood, in any order.
    pub not_understood: Vec<NotUnderstood>,
}

/// An object of a file.
#[derive(Clone)]
pub(crate) struct Object<'a> {
    pub source: &'a Source,
    pub span: Span,
    pub members: &'a [Member],
    pub route: String,
}

impl<'o> Context<'o> {
    /// Nothing was read yet.
    pub fn new(options: &'o ReadOptions) -> Self {
        let (findings, not_understood) = (Vec::new(), Vec::new());
        Self { options, findings, report: Report::default(), not_understood }
    }
}

impl Context<'_> {
    /// Something that refuses the estate.
    pub fn wrong(
        &mut self,
        rule: &'static str,
        source: &Source,
        span: Span,
        route: &str,
        message: String,
        help: &str,
    ) {
        self.findings.push(Finding {
            rule,
            level: Level::Error,
            message,
            source: source.clone(),
            span,
            route: route.to_owned(),
            help: (!help.is_empty()).then(|| help.to_owned()),
        });
    }

    /// A member that is not as it must be.
    pub fn member(
        &mut self,
        source: &Source,
        value: &JsonValue,
        route: &str,
        needs: &str,
        help: &str,
    ) {
        let message = format!("`{}` is {}, not {needs}", element(route), value.type_name());
        self.wrong(codes::ESTATE_MEMBER, source, value.span, route, message, help);
    }

    /// A value that must be an object without a member twice.
    pub fn object<'a>(
        &mut self,
        source: &'a Source,
        value: &'a JsonValue,
        route: String,
    ) -> Option<Object<'a>> {
        let JsonData::Object(members) = &value.data else {
            self.member(source, value, &route, "an object", "");
            return None;
        };
        self.no_duplicates(source, members, &route);
        Some(Object { source, span: value.span, members, route })
    }

    fn no_duplicates(&mut self, source: &Source, members: &[Member], route: &str) {
        let twice: Vec<&Member> = if members.len() > FEW {
            let mut seen = BTreeSet::new();
            members.iter().filter(|member| !seen.insert(member.name.as_str())).collect()
        } else {
            let before = |at: usize, member: &Member| {
                members.iter().take(at).any(|other| other.name == member.name)
            };
            members
                .iter()
                .enumerate()
                .filter(|(at, member)| before(*at, member))
                .map(|(_, member)| member)
                .collect()
        };
        for member in twice {
            let message = format!("`{}` is here twice", member.name);
            let (span, route) = (member.name_span, join(route, &member.name));
            let help = "keep one of them";
            self.wrong(codes::DUPLICATE_MEMBER, source, span, &route, message, help);
        }
    }

    /// The items of a list that a member must be; an absent member and `null` have none.
    pub fn list<'a>(&mut self, object: &Object<'a>, name: &str) -> &'a [JsonValue] {
        match object.value(name).map(|value| (value, &value.data)) {
            None | Some((_, JsonData::Null)) => &[],
            Some((_, JsonData::Array(items))) => items,
            Some((
                value,
                JsonData::Bool(_) | JsonData::Number(_) | JsonData::String(_) | JsonData::Object(_),
            )) => {
                // Examples in AWS's documentation have lists of one so.
                let is_object = matches!(value.data, JsonData::Object(_));
                let help = if is_object { "a list of one is written `[{...}]`" } else { "" };
                self.member(object.source, value, &object.at(name), "a list", help);
                &[]
            }
        }
    }

    /// The objects of a list.
    pub fn objects<'a>(&mut self, object: &Object<'a>, name: &str) -> Vec<Object<'a>> {
        let items = self.list(object, name);
        let route = object.at(name);
        let one = |(index, item)| self.object(object.source, item, format!("{route}[{index}]"));
        items.iter().enumerate().filter_map(one).collect()
    }

    /// The object that a member is, if it is there.
    pub fn inner<'a>(&mut self, object: &Object<'a>, name: &str) -> Option<Object<'a>> {
        let value = object.value(name).filter(|value| value.data != JsonData::Null)?;
        self.object(object.source, value, object.at(name))
    }

    /// The text that a member is, if it is there.
    pub fn maybe_text<'a>(&mut self, object: &Object<'a>, name: &str) -> Option<&'a str> {
        let value = object.value(name).filter(|value| value.data != JsonData::Null)?;
        let text = value.as_str();
        if text.is_none() {
            self.member(object.source, value, &object.at(name), "a string", "");
        }
        text
    }

    /// The text that a member must be.
    pub fn text<'a>(&mut self, object: &Object<'a>, name: &str) -> Option<&'a str> {
        if object.value(name).is_none() {
            self.missing(object, name, "");
        }
        self.maybe_text(object, name)
    }

    /// The Boolean that a member is, if it is there.
    pub fn maybe_flag(&mut self, object: &Object<'_>, name: &str) -> Option<bool> {
        let value = object.value(name)?;
        match &value.data {
            JsonData::Bool(flag) => Some(*flag),
            JsonData::Null => None,
            JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Array(_)
            | JsonData::Object(_) => {
                self.member(object.source, value, &object.at(name), "`true` or `false`", "");
                None
            }
        }
    }

    /// The whole number that a member is, if it is there.
    pub fn maybe_number(&mut self, object: &Object<'_>, name: &str) -> Option<usize> {
        let value = object.value(name).filter(|value| value.data != JsonData::Null)?;
        let number = match &value.data {
            JsonData::Number(text) => text.parse().ok(),
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::String(_)
            | JsonData::Array(_)
            | JsonData::Object(_) => None,
        };
        if number.is_none() {
            self.member(object.source, value, &object.at(name), "a whole number", "");
        }
        number
    }

    /// A member that is not there and must be.
    pub fn missing(&mut self, object: &Object<'_>, name: &str, help: &str) {
        let what = match element(&object.route) {
            "" => "the file".to_owned(),
            name => format!("`{name}`"),
        };
        let message = format!("{what} has no member `{name}`");
        let span = opening(object.span);
        self.wrong(codes::ESTATE_MEMBER, object.source, span, &object.route, message, help);
    }

    /// The texts of a list with their places.
    pub fn texts<'a>(&mut self, object: &Object<'a>, name: &str) -> Vec<(&'a str, Span)> {
        let route = object.at(name);
        let mut texts = Vec::new();
        for (index, item) in self.list(object, name).iter().enumerate() {
            match item.as_str() {
                Some(text) => texts.push((text, item.span)),
                None => {
                    self.member(object.source, item, &format!("{route}[{index}]"), "a string", "")
                }
            }
        }
        texts
    }

    /// Refuses members that have no meaning: a name that is spelled wrong would say nothing.
    pub fn only(&mut self, object: &Object<'_>, known: &[&str]) {
        for member in object.members.iter().filter(|member| !known.contains(&&*member.name)) {
            let near = closest(&member.name, known.iter().copied(), 1);
            let help = match near.first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the members are {}", known.join(", ")),
            };
            let message = format!("`{}` has no meaning here", member.name);
            let (span, route) = (member.name_span, object.at(&member.name));
            self.wrong(codes::ESTATE_MEMBER, object.source, span, &route, message, &help);
        }
    }

    /// Keeps the members of an object of AWS that are neither read nor known to say nothing.
    pub fn foreign(&mut self, object: &Object<'_>, what: &str, known: &[&str]) {
        for member in object.members.iter().filter(|member| !known.contains(&&*member.name)) {
            let what = format!("{what}: {}", member.name);
            self.keep(object.source, &member.value, object.at(&member.name), what);
        }
    }

    /// Keeps a value that is not understood.
    pub fn keep(&mut self, source: &Source, value: &JsonValue, path: String, what: String) {
        self.not_understood.push(NotUnderstood {
            file: source.name().to_owned(),
            line: Some(source.place(value.span).start.line),
            path,
            what,
            value: kept(value),
        });
    }

    /// The fields of an ARN, the account of which has twelve digits: partition, service, Region,
    /// account, resource.
    pub fn arn<'a>(&mut self, object: &Object<'a>, name: &str) -> Option<Arn<'a>> {
        let text = self.text(object, name)?;
        let arn = Arn::of(text);
        if arn.is_none() {
            let message = format!("`{text}` is not an ARN");
            let span = object.value(name).map_or(object.span, |value| value.span);
            let help = "an ARN has six fields: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`";
            let route = object.at(name);
            self.wrong(codes::ESTATE_MEMBER, object.source, span, &route, message, help);
        }
        arn
    }
}

impl<'a> Object<'a> {
    /// The value of a member.
    pub fn value(&self, name: &str) -> Option<&'a JsonValue> {
        self.members.iter().find(|member| member.name == name).map(|member| &member.value)
    }

    /// The route of a member.
    pub fn at(&self, name: &str) -> String {
        join(&self.route, name)
    }
}

/// An ARN, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub text: &'a str,
    pub partition: &'a str,
    pub service: &'a str,
    /// Empty where there is none.
    pub account: &'a str,
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The fields of an ARN; `None` unless there are six, of which the first three say something.
    pub fn of(text: &'a str) -> Option<Self> {
        let mut fields = text.splitn(6, ':');
        let mut next = || fields.next();
        let (first, partition, service) = (next()?, next()?, next()?);
        let (_, account, resource) = (next()?, next()?, next()?);
        let complete =
            first == "arn" && !partition.is_empty() && !service.is_empty() && !resource.is_empty();
        complete.then_some(Self { text, partition, service, account, resource })
    }

    /// Whether its account is one.
    pub fn has_account(&self) -> bool {
        value::is_account(self.account)
    }
}

/// The longest value that is kept as a whole, in bytes of its JSON without white space.
const LONGEST_KEPT: usize = 4096;

/// So many characters are kept of a longer one.
const BEGINNING: usize = 1000;

/// What is kept of a value that is not understood.
pub(crate) fn kept(value: &JsonValue) -> Kept {
    let text = value.compact();
    match text.len() {
        bytes if bytes > LONGEST_KEPT => {
            Kept::Cut { begins: text.chars().take(BEGINNING).collect(), bytes }
        }
        _ => Kept::Whole(text),
    }
}

/// The route of a member.
pub(crate) fn join(route: &str, name: &str) -> String {
    if route.is_empty() { name.to_owned() } else { format!("{route}.{name}") }
}

/// The last part of a route.
fn element(route: &str) -> &str {
    route.rsplit('.').next().unwrap_or(route)
}

/// The first character of something: what is missing inside has no place of its own.
pub(crate) fn opening(span: Span) -> Span {
    Span { start: span.start, end: (span.start + 1).min(span.end) }
}
