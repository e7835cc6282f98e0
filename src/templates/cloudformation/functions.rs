//! The functions of templates.

use super::evaluate::{Evaluated, Evaluator, Nature};
use super::value::{Data, Piece, Text, Value};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::policy::read::closest;
use keyaki_iam::source::Span;

/// Functions that are evaluated.
const EVALUATED: &[&str] = &[
    "Ref",
    "Fn::FindInMap",
    "Fn::GetAtt",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
];

/// Functions that there are, and that nothing about a policy needs.
const NOT_EVALUATED: &[&str] = &[
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Equals",
    "Fn::GetAZs",
    "Fn::GetStackOutput",
    "Fn::Length",
    "Fn::Not",
    "Fn::Or",
    "Fn::ToJsonString",
    "Fn::Transform",
];

impl Evaluator<'_> {
    /// What a call gives.
    pub(super) fn call(&mut self, member: &Member, call: &JsonValue) -> Evaluated<Value> {
        let Member { name, name_span, value } = member;
        let span = call.span;
        if self.tree.bad.contains(&name_span.start) {
            return Err(super::evaluate::Stop::Reported);
        }
        match name.as_str() {
            "Ref" => match value.as_str() {
                Some(name) => self.reference(name, value.span),
                None => self.wrong("Ref", value, "the name of a parameter or a resource"),
            },
            "Fn::Sub" => self.sub(value, span),
            "Fn::GetAtt" => self.get_att(value),
            "Fn::Join" => self.join(value, span),
            "Fn::Select" => self.select(value, span),
            "Fn::Split" => self.split(value, span),
            "Fn::If" => self.if_else(value),
            "Fn::FindInMap" => self.find_in_map(value, span),
            "Fn::ImportValue" => {
                let name = self.text(value)?;
                let name = format!("ImportValue:{}", name.written());
                Ok(Value::text(self.unknown(&name, Nature::Open(None)), span))
            }
            known if NOT_EVALUATED.contains(&known) || known.starts_with("Fn::ForEach::") => {
                let message = format!("`{known}` is not evaluated here");
                let help = "write the value out, or give Keyaki the template as it is processed: `aws cloudformation get-template --template-stage Processed`";
                self.fail(codes::UNKNOWN_FUNCTION, *name_span, message, help)
            }
            other => {
                let bare = |name: &'static str| name.strip_prefix("Fn::").unwrap_or(name);
                let known = || EVALUATED.iter().chain(NOT_EVALUATED).copied();
                let written = other.strip_prefix("Fn::").unwrap_or(other);
                let near = closest(written, known().map(bare), 1).first().copied();
                let near = near.and_then(|tag| {
                    let name = known().find(|name| bare(name) == tag)?;
                    Some(format!("did you mean `{name}`, `!{tag}` in YAML?"))
                });
                let help = near.unwrap_or_else(|| {
                    let names: Vec<String> =
                        EVALUATED.iter().map(|name| format!("`{name}`")).collect();
                    format!("there are {}", names.join(", "))
                });
                let message = format!("there is no function `{other}`");
                self.fail(codes::UNKNOWN_FUNCTION, *name_span, message, &help)
            }
        }
    }

    /// The arguments of a function that takes `count` of them.
    fn arguments<'v>(
        &mut self,
        function: &str,
        value: &'v JsonValue,
        count: usize,
        takes: &str,
    ) -> Evaluated<&'v [JsonValue]> {
        match &value.data {
            JsonData::Array(items) if items.len() == count => Ok(items),
            JsonData::Array(items) => {
                let message = format!("`{function}` takes {takes}, and not {} values", items.len());
                self.fail(codes::INVALID_FUNCTION, value.span, message, "")
            }
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Object(_) => self.wrong(function, value, takes),
        }
    }

    fn sub(&mut self, value: &JsonValue, span: Span) -> Evaluated<Value> {
        let (text, variables) = match &value.data {
            JsonData::String(text) => (text, None),
            JsonData::Array(items) => match items.as_slice() {
                [
                    JsonValue { data: JsonData::String(text), .. },
                    variables @ JsonValue { data: JsonData::Object(_), .. },
                ] => (text, Some(variables)),
                _ => {
                    return self.wrong(
                        "Fn::Sub",
                        value,
                        "a text, or a list of a text and an object",
                    );
                }
            },
            JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::Object(_) => {
                return self.wrong("Fn::Sub", value, "a text, or a list of a text and an object");
            }
        };
        if let Some(variables) = variables {
            self.sound(variables)?;
        }
        // A text that is nothing but one reference is what the reference is.
        let only = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        if let Some(name) = only.filter(|name| !name.contains(['{', '}', '!'])) {
            let made = self.variable(name.trim(), variables, value.span)?;
            return Ok(Value::text(made, span));
        }
        let mut made = Text::default();
        let mut rest = text.as_str();
        while let Some((before, from)) = rest.split_once("${") {
            let Some((name, after)) = from.split_once('}') else { break };
            made.push_str(before);
            if let Some(literal) = name.strip_prefix('!') {
                made.push_str(&format!("${{{literal}}}"));
            } else {
                let part = self.variable(name.trim(), variables, value.span)?;
                made.push(&part);
            }
            rest = after;
        }
        made.push_str(rest);
        // `{{resolve:...}}` may hold variables, too.
        let made = self.resolved(made);
        Ok(Value::text(self.bounded(made, span)?, span))
    }

    /// A text in which `{{resolve:...}}` stands for something that is not known.
    pub(super) fn resolved(&mut self, text: Text) -> Text {
        const OPENING: &str = "{{resolve:";
        let has = |piece: &Piece| matches!(piece, Piece::Known(known) if known.contains(OPENING));
        if !text.pieces.iter().any(has) {
            return text;
        }
        let (mut made, mut open) = (Text::default(), None::<Text>);
        for piece in &text.pieces {
            let mut rest = match piece {
                Piece::Hole(name) => {
                    open.as_mut().unwrap_or(&mut made).push(&Text::hole(name));
                    continue;
                }
                Piece::Known(known) => known.as_str(),
            };
            while !rest.is_empty() {
                let Some(mut reference) = open.take() else {
                    let (before, after) = rest.split_once(OPENING).unwrap_or((rest, ""));
                    made.push_str(before);
                    open = (before.len() < rest.len()).then(Text::default);
                    rest = after;
                    continue;
                };
                let Some((last, after)) = rest.split_once("}}") else {
                    reference.push_str(rest);
                    open = Some(reference);
                    break;
                };
                reference.push_str(last);
                let name = format!("resolve:{}", reference.written());
                made.push(&self.unknown(&name, Nature::Open(None)));
                rest = after;
            }
        }
        if let Some(unclosed) = open {
            made.push_str(OPENING);
            made.push(&unclosed);
        }
        made
    }

    /// What `${NAME}` in a text of `Fn::Sub` is.
    fn variable(
        &mut self,
        name: &str,
        variables: Option<&JsonValue>,
        span: Span,
    ) -> Evaluated<Text> {
        if let Some(value) = variables.and_then(|variables| variables.member(name)) {
            return self.text(value);
        }
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_.:".contains(letter);
        if name.is_empty() || !name.chars().all(allowed) {
            let message = format!("`${{{name}}}` is no variable of `Fn::Sub`");
            let help = format!("a `${{` that is for IAM is written `${{!{name}}}`");
            return self.fail(codes::INVALID_FUNCTION, span, message, &help);
        }
        if name.contains(':') && !name.starts_with("AWS::") {
            let message = format!(
                "`${{{name}}}` refers to nothing: `Fn::Sub` replaces it before IAM sees it"
            );
            let help = format!("a variable of IAM is written `${{!{name}}}`");
            return self.fail(codes::UNKNOWN_REFERENCE, span, message, &help);
        }
        let value = match name.split_once('.') {
            Some((resource, attribute)) => self.attribute(resource, attribute, span)?,
            None => self.reference(name, span)?,
        };
        match value.data {
            Data::Text(text) => Ok(text),
            Data::List(_) | Data::Many(_) | Data::Object(_) | Data::Absent => {
                let message = format!("`${{{name}}}` is {}, and no text", value.type_name());
                self.fail(codes::INVALID_FUNCTION, span, message, "")
            }
        }
    }

    fn get_att(&mut self, value: &JsonValue) -> Evaluated<Value> {
        let takes = "the name of a resource and of an attribute";
        match &value.data {
            JsonData::String(text) => match text.split_once('.') {
                Some((resource, attribute)) => self.attribute(resource, attribute, value.span),
                None => self.wrong("Fn::GetAtt", value, takes),
            },
            JsonData::Array(items) => match items.as_slice() {
                [JsonValue { data: JsonData::String(resource), .. }, attribute] => {
                    let name = self.text(attribute)?;
                    match name.as_known() {
                        Some(name) => self.attribute(resource, name, value.span),
                        None => self.not_known("the name of an attribute", &name, attribute.span),
                    }
                }
                _ => self.wrong("Fn::GetAtt", value, takes),
            },
            JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::Object(_) => {
                self.wrong("Fn::GetAtt", value, takes)
            }
        }
    }

    /// Reports that something must be known.
    pub(super) fn not_known<T>(&mut self, what: &str, text: &Text, span: Span) -> Evaluated<T> {
        let message = format!("{what} must be known, and is `{}`", text.shown());
        let help = given_help(text);
        self.fail(codes::VALUE_NOT_KNOWN, span, message, &help)
    }

    fn join(&mut self, value: &JsonValue, span: Span) -> Evaluated<Value> {
        let takes = "a delimiter and a list";
        let [delimiter, list] = self.arguments("Fn::Join", value, 2, takes)? else {
            return self.wrong("Fn::Join", value, takes);
        };
        let Some(delimiter) = delimiter.as_str() else {
            return self.wrong("Fn::Join", delimiter, "a text as its delimiter");
        };
        let list = self.value(list)?;
        let items = match &list.data {
            Data::List(items) => items,
            Data::Many(name) => {
                let name = format!("Join({delimiter:?}, {name})");
                return Ok(Value::text(self.unknown(&name, Nature::Open(None)), span));
            }
            Data::Text(_) | Data::Object(_) | Data::Absent => {
                let message = format!("`Fn::Join` takes a list, and not {}", list.type_name());
                return self.fail(codes::INVALID_FUNCTION, list.span, message, "");
            }
        };
        let mut made = Text::default();
        for (index, item) in items.iter().enumerate() {
            let Some(text) = item.as_text() else {
                let message = format!("`Fn::Join` joins texts, and this is {}", item.type_name());
                return self.fail(codes::INVALID_FUNCTION, item.span, message, "");
            };
            if index > 0 {
                made.push_str(delimiter);
            }
            made.push(text);
        }
        if let [only] = items.as_slice() {
            made.of = only.as_text().and_then(|text| text.of.clone());
        }
        Ok(Value::text(self.bounded(made, span)?, span))
    }

    fn select(&mut self, value: &JsonValue, span: Span) -> Evaluated<Value> {
        let takes = "an index and a list";
        let [index, list] = self.arguments("Fn::Select", value, 2, takes)? else {
            return self.wrong("Fn::Select", value, takes);
        };
        let chosen = self.text(index)?;
        let Some(known) = chosen.as_known() else {
            return self.not_known("the index of `Fn::Select`", &chosen, index.span);
        };
        let Ok(at) = known.trim().parse::<usize>() else {
            return self.wrong("Fn::Select", index, "a number as its index");
        };
        let list = self.value(list)?;
        match list.data {
            Data::List(items) => {
                let count = items.len();
                match items.into_iter().nth(at) {
                    Some(item) => Ok(item),
                    None => {
                        let message = format!("the list has {count} items, and none of index {at}");
                        self.fail(
                            codes::INVALID_FUNCTION,
                            index.span,
                            message,
                            "indices begin with 0",
                        )
                    }
                }
            }
            Data::Many(name) => {
                // Then one of its values is not free.
                if self.compared.contains_key(&name) {
                    let hole = Text::hole(name);
                    return self.not_known("a list that is compared elsewhere", &hole, span);
                }
                // It is none of the values that stand for the list as a whole.
                let nature = self.lists.get(&name).cloned().unwrap_or(Nature::Open(None));
                let chosen = self.unknown(&crate::value_of_list(at, &name), nature);
                self.chosen.insert(name);
                Ok(Value::text(chosen, span))
            }
            Data::Text(_) | Data::Object(_) | Data::Absent => {
                let message = format!(
                    "`Fn::Select` takes a list, and not {}",
                    Value { data: list.data, span }.type_name()
                );
                self.fail(codes::INVALID_FUNCTION, list.span, message, "")
            }
        }
    }

    fn split(&mut self, value: &JsonValue, span: Span) -> Evaluated<Value> {
        let takes = "a delimiter and a text";
        let [delimiter, text] = self.arguments("Fn::Split", value, 2, takes)? else {
            return self.wrong("Fn::Split", value, takes);
        };
        let Some(delimiter) = delimiter.as_str().filter(|text| !text.is_empty()) else {
            return self.wrong("Fn::Split", delimiter, "a text as its delimiter");
        };
        let text = self.text(text)?;
        if !text.holes().all(|hole| self.is_without(hole, delimiter)) {
            let name = format!("Split({delimiter:?}, {})", text.written());
            return Ok(Value { data: self.unknown_list(&name, Vec::new()), span });
        }
        let mut parts = vec![Text::default()];
        for piece in &text.pieces {
            let Some(last) = parts.last_mut() else { break };
            let known = match piece {
                Piece::Hole(name) => {
                    last.push(&Text::hole(name));
                    continue;
                }
                Piece::Known(known) => known,
            };
            let mut split = known.split(delimiter);
            last.push_str(split.next().unwrap_or_default());
            parts.extend(split.map(Text::known));
        }
        let items = parts.into_iter().map(|part| Value::text(part, span)).collect();
        Ok(Value { data: Data::List(items), span })
    }

    /// Whether no value of a parameter can have, or be a part of, a delimiter.
    fn is_without(&self, hole: &str, delimiter: &str) -> bool {
        let mut letters = delimiter.chars();
        let single = letters.next().filter(|_| letters.next().is_none());
        let Some(letter) = single else { return false };
        match self.holes.get(hole) {
            Some(Nature::Fixed(Form::Field)) => letter == ':',
            Some(Nature::Fixed(Form::Account | Form::Region | Form::Partition)) => {
                !letter.is_ascii_alphanumeric() && letter != '-'
            }
            Some(Nature::Fixed(Form::OneOf(values))) => {
                !values.iter().any(|value| value.contains(letter))
            }
            Some(Nature::Fixed(Form::Text) | Nature::Open(_)) | None => false,
        }
    }

    fn if_else(&mut self, value: &JsonValue) -> Evaluated<Value> {
        let takes = "the name of a condition and two values";
        let [condition, then, otherwise] = self.arguments("Fn::If", value, 3, takes)? else {
            return self.wrong("Fn::If", value, takes);
        };
        let Some(name) = condition.as_str() else {
            return self.wrong("Fn::If", condition, "the name of a condition");
        };
        let holds = self.named_condition(name, condition.span)?;
        self.value(if holds { then } else { otherwise })
    }
}

/// What to do about a text that is not known.
pub(super) fn given_help(text: &Text) -> String {
    let mut names: Vec<&str> = text.holes().collect();
    names.dedup();
    let given: Vec<String> =
        names.iter().map(|name| format!("`--parameter '{name}=VALUE'`")).collect();
    format!("give its value: {}", given.join(", "))
}
