//! Values of Terraform that know where they were written.

use crate::compose::Composed;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::source::Span;
use rustc_hash::FxHashMap;

/// Which text something stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The plan.
    Plan,
    /// The file of configuration of that number.
    File(usize),
}

/// A place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub origin: Origin,
    pub span: Span,
}

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub data: Data,
    pub place: Place,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum Data {
    Null,
    Bool(bool),
    Number(String),
    Text(Written),
    List(Vec<Value>),
    Object(Vec<(String, Span, Value)>),
    /// Something that is known after the plan is applied.
    Unknown(Unknown),
    /// A resource, or all instances of one: its number among the groups of the plan, and the number
    /// of the instance.
    Resource(usize, Option<usize>),
}

/// What is not known, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unknown {
    pub name: String,
    /// The form of a text; `None`: an ARN.
    pub form: Option<Form>,
}

/// A text that knows where each of its bytes is from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub text: String,
    pub at: Vec<usize>,
}

/// Why something cannot be read.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub place: Place,
    pub message: String,
    pub help: String,
}

/// What is read, or why it cannot be.
pub(super) type Out<T> = Result<T, Box<Problem>>;

impl Place {
    /// A problem here.
    pub fn problem<T>(self, message: impl Into<String>, help: &str) -> Out<T> {
        let (message, help) = (message.into(), help.to_owned());
        Err(Box::new(Problem { place: self, message, help }))
    }

    /// A value here.
    pub fn value(self, data: Data) -> Value {
        Value { data, place: self }
    }

    /// A text all of whose bytes are from here.
    pub fn text(self, text: impl Into<String>) -> Value {
        self.value(Data::Text(Written::of(text.into(), self.span)))
    }
}

impl Written {
    /// A text that is from a part of a file as a whole.
    pub fn of(text: String, span: Span) -> Self {
        let at = vec![span.start; text.len()];
        Self { text, at }
    }

    /// Adds another text.
    pub fn add(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        self.at.extend(&other.at);
    }
}

impl Value {
    /// The member of an object; `None` also for `null` and for what is no object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let members = self.members();
        let found = members.iter().find(|(known, _, _)| known == name);
        found.map(|(_, _, value)| value).filter(|value| !matches!(value.data, Data::Null))
    }

    /// The members of an object, or none.
    pub fn members(&self) -> &[(String, Span, Self)] {
        match &self.data {
            Data::Object(members) => members,
            Data::Null
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Text(_)
            | Data::List(_)
            | Data::Unknown(_)
            | Data::Resource(..) => &[],
        }
    }

    /// A text that is known.
    pub fn as_text(&self) -> Option<&str> {
        if let Data::Text(written) = &self.data { Some(&written.text) } else { None }
    }

    /// What the value is, with its article.
    pub fn type_name(&self) -> &'static str {
        match &self.data {
            Data::Null => "`null`",
            Data::Bool(_) => "a Boolean",
            Data::Number(_) => "a number",
            Data::Text(_) => "a text",
            Data::List(_) => "a list",
            Data::Object(_) => "an object",
            Data::Unknown(_) => "a value that is not known yet",
            Data::Resource(..) => "a resource",
        }
    }

    /// The value as something that stands in one file: what is from another one is placed where it
    /// is used.
    #[must_use]
    pub fn used_at(mut self, place: Place) -> Self {
        if self.place.origin != place.origin {
            self.move_to(place);
        }
        self
    }

    /// The value as if it had been written there.
    #[must_use]
    pub fn placed(mut self, place: Place) -> Self {
        self.move_to(place);
        self
    }

    fn move_to(&mut self, place: Place) {
        self.place = place;
        match &mut self.data {
            Data::Text(written) => written.at.fill(place.span.start),
            Data::List(items) => items.iter_mut().for_each(|item| item.move_to(place)),
            Data::Object(members) => {
                for (_, span, value) in members {
                    *span = place.span;
                    value.move_to(place);
                }
            }
            Data::Null
            | Data::Bool(_)
            | Data::Number(_)
            | Data::Unknown(_)
            | Data::Resource(..) => {}
        }
    }

    /// The value of JSON that stands in a text. What `unknown` says is not known is called after
    /// `name` and its way from there.
    pub fn of_json(
        json: &JsonValue,
        unknown: Option<&JsonValue>,
        name: &str,
        origin: Origin,
    ) -> Self {
        let place = Place { origin, span: json.span };
        let inner = |json: &JsonValue, unknown: Option<&JsonValue>, step: &str| {
            Self::of_json(json, unknown, &format!("{name}{step}"), origin)
        };
        // More that is not known than there is: the parts do not belong together.
        let odd = match (&json.data, unknown.map(|unknown| &unknown.data)) {
            (JsonData::Array(items), Some(JsonData::Array(parts))) => parts.len() > items.len(),
            _ => false,
        };
        if is_true(unknown) || odd {
            return place.value(Data::Unknown(Unknown::called(name.to_owned())));
        }
        let data = match &json.data {
            JsonData::Null => Data::Null,
            JsonData::Bool(value) => Data::Bool(*value),
            JsonData::Number(text) => Data::Number(text.clone()),
            JsonData::String(text) => Data::Text(Written::of(text.clone(), json.span)),
            JsonData::Array(items) => {
                let all = items.iter().enumerate();
                let one = |(at, item)| inner(item, nth(unknown, at), &format!("[{at}]"));
                Data::List(all.map(one).collect())
            }
            JsonData::Object(members) => {
                let mut known: Vec<(String, Span, Self)> = Vec::with_capacity(members.len());
                for member in members {
                    let part = unknown.and_then(|unknown| unknown.member(&member.name));
                    let value = inner(&member.value, part, &format!(".{}", member.name));
                    known.push((member.name.clone(), member.name_span, value));
                }
                // A member that is not known is absent from the values.
                let more = unknown.map(|unknown| &unknown.data);
                if let Some(JsonData::Object(more)) = more {
                    for member in more.iter().filter(|member| json.member(&member.name).is_none()) {
                        let step = format!(".{}", member.name);
                        let absent = JsonValue { span: json.span, data: JsonData::Null };
                        let value = inner(&absent, Some(&member.value), &step);
                        known.push((member.name.clone(), json.span, value));
                    }
                }
                Data::Object(known)
            }
        };
        place.value(data)
    }
}

/// Whether a part of `after_unknown` says that all of it is not known.
pub(super) fn is_true(unknown: Option<&JsonValue>) -> bool {
    unknown.is_some_and(|unknown| unknown.data == JsonData::Bool(true))
}

/// Whether some part of a value is not known.
pub(super) fn has_unknown(unknown: &JsonValue) -> bool {
    match &unknown.data {
        JsonData::Bool(is) => *is,
        JsonData::Array(items) => items.iter().any(has_unknown),
        JsonData::Object(members) => members.iter().any(|member| has_unknown(&member.value)),
        JsonData::Null | JsonData::Number(_) | JsonData::String(_) => false,
    }
}

fn nth(list: Option<&JsonValue>, at: usize) -> Option<&JsonValue> {
    if let JsonData::Array(items) = &list?.data { items.get(at) } else { None }
}

impl Unknown {
    /// What is called so, of the form that the name tells: Terraform's providers name attributes
    /// alike.
    pub fn called(name: String) -> Self {
        let last = name.rsplit('.').next().unwrap_or_default();
        let form = match last {
            "account_id" | "owner_id" | "registry_id" => Some(Form::Account),
            "region" => Some(Form::Region),
            "partition" => Some(Form::Partition),
            "bucket" | "name" => Some(Form::Field),
            last if last == "arn" || last.ends_with("_arn") => None,
            _ => Some(Form::Text),
        };
        Self { name, form }
    }
}

/// The members of an object that is put together: of two of one name the later counts.
#[derive(Default)]
pub(super) struct Members {
    list: Vec<(String, Span, Value)>,
    at: FxHashMap<String, usize>,
}

impl Members {
    /// Adds one, in the place of another of its name.
    pub fn set(&mut self, name: String, span: Span, value: Value) {
        match self.at.get(&name).and_then(|at| self.list.get_mut(*at)) {
            Some(known) => *known = (name, span, value),
            None => {
                self.at.insert(name.clone(), self.list.len());
                self.list.push((name, span, value));
            }
        }
    }

    /// The object.
    pub fn object(self) -> Data {
        Data::Object(self.list)
    }
}

/// Writes a value as JSON; `words` gives the text of what is not known.
pub(super) fn write(
    value: &Value,
    out: &mut Composed,
    words: &impl Fn(&Unknown) -> String,
) -> Out<()> {
    let span = value.place.span;
    let start = Span { start: span.start, end: span.start + 1 };
    let end = Span { start: span.end.saturating_sub(1), end: span.end };
    match &value.data {
        Data::Null => out.push("null", span),
        Data::Bool(flag) => out.push(if *flag { "true" } else { "false" }, span),
        Data::Number(number) => out.push(number, span),
        Data::Unknown(unknown) => out.string(&words(unknown), span),
        Data::Text(written) => {
            out.push("\"", start);
            for (offset, letter) in written.text.char_indices() {
                let from = written.at.get(offset).copied().unwrap_or(span.start);
                let escaped = serde_json::Value::from(letter.to_string()).to_string();
                let inner = escaped.get(1..escaped.len().saturating_sub(1)).unwrap_or_default();
                out.push(inner, Span { start: from, end: from + 1 });
            }
            out.push("\"", end);
        }
        Data::List(items) => {
            out.push("[", start);
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(",", item.place.span);
                }
                write(item, out, words)?;
            }
            out.push("]", end);
        }
        Data::Object(members) => {
            out.push("{", start);
            for (at, (name, at_name, item)) in members.iter().enumerate() {
                if at > 0 {
                    out.push(",", *at_name);
                }
                out.string(name, *at_name);
                out.push(":", item.place.span);
                write(item, out, words)?;
            }
            out.push("}", end);
        }
        Data::Resource(..) => {
            return value.place.problem(
                "a whole resource stands where a text is needed",
                "name one of its attributes, `.arn` for example",
            );
        }
    }
    Ok(())
}
