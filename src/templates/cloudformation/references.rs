//! What `Ref` and `Fn::GetAtt` give: parameters, what AWS knows, names and ARNs of resources.

use super::arns::{self, Gives, Row};
use super::deciding;
use super::evaluate::{Evaluated, Evaluator, Nature};
use super::value::{Data, Piece, Text, Value};
use keyaki_iam::endpoints::SUFFIXES_OF_PARTITIONS;
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::parameter::Form;
use keyaki_iam::policy::read::closest;
use keyaki_iam::source::Span;
use keyaki_iam::value;

impl Evaluator<'_> {
    /// What `Ref` gives.
    pub(super) fn reference(&mut self, name: &str, span: Span) -> Evaluated<Value> {
        if name.starts_with("AWS::") {
            return self.pseudo(name, span);
        }
        if let Some(declared) = self.of_section("Parameters", name) {
            self.sound(declared)?;
            return self.template_parameter(name, declared, span);
        }
        // SAM gives a version, an alias or a stage of a resource such names.
        if let Some((resource, _)) = name.split_once('.').filter(|_| self.is_of_sam())
            && self.of_section("Resources", resource).is_some()
        {
            return Ok(Value::text(self.unknown(name, Nature::Open(None)), span));
        }
        let Some(kind) = self.resource_type(name) else { return self.nothing(name, span) };
        let mut text = match arns::row(&kind) {
            Some(row) if row.gives == Gives::Arn => self.arn(name, row),
            Some(row) if row.gives == Gives::Name && !self.is_on_a_bus(name, row) => {
                self.name(name, row)
            }
            Some(_) | None => self.unknown_of(name, name, "Id"),
        };
        text.of = Some(name.to_owned());
        Ok(Value::text(text, span))
    }

    /// What a resource decides, by its name or by an attribute.
    fn unknown_of(&mut self, hole: &str, name: &str, attribute: &str) -> Text {
        self.note_fact(hole, name, attribute);
        self.unknown(hole, Nature::Open(None))
    }

    /// Notes what decides the value of a parameter that a resource gives.
    fn note_fact(&mut self, hole: &str, name: &str, attribute: &str) {
        // It is the same wherever the resource is referred to.
        if !self.facts.contains_key(hole)
            && let Some(resource) = self.of_section("Resources", name)
        {
            let fact = deciding::of_resource(&self.tree.value, resource, attribute);
            self.facts.insert(hole.to_owned(), fact);
        }
    }

    /// What an attribute of a resource is.
    pub(super) fn attribute(
        &mut self,
        name: &str,
        attribute: &str,
        span: Span,
    ) -> Evaluated<Value> {
        let Some(kind) = self.resource_type(name) else { return self.nothing(name, span) };
        let mut text = match arns::row(&kind) {
            Some(row) if row.arn_attributes.contains(&attribute) => self.arn(name, row),
            Some(row) if !attribute.is_empty() && row.name_attribute == attribute => {
                self.name(name, row)
            }
            Some(row) if row.name.starts_with("AWS::DynamoDB::") && attribute == "StreamArn" => {
                let mut text = self.arn(name, row);
                text.push_str("/stream/");
                // A label is an instant, with colons.
                let label = format!("{name}.StreamLabel");
                text.push(&self.unknown(&label, Nature::Fixed(Form::Text)));
                text
            }
            Some(_) | None => self.unknown_of(&format!("{name}.{attribute}"), name, attribute),
        };
        text.of = Some(name.to_owned());
        Ok(Value::text(text, span))
    }

    /// Reports a reference to nothing.
    fn nothing<T>(&mut self, name: &str, span: Span) -> Evaluated<T> {
        let members = |section| match self.tree.value.member(section).map(|value| &value.data) {
            Some(JsonData::Object(members)) => members.as_slice(),
            _ => &[],
        };
        let known = members("Resources").iter().chain(members("Parameters"));
        let names = known.map(|member| member.name.as_str());
        let near = closest(name, names, 1).first().map(|near| format!("did you mean `{near}`?"));
        let message = format!("there is no parameter and no resource `{name}`");
        self.fail(codes::UNKNOWN_REFERENCE, span, message, &near.unwrap_or_default())
    }

    /// The type of a resource of the template, or of a role that a resource of SAM brings with it.
    pub(super) fn resource_type(&self, name: &str) -> Option<String> {
        if let Some(resource) = self.of_section("Resources", name) {
            return resource.member("Type").and_then(JsonValue::as_str).map(str::to_owned);
        }
        if ["ServerlessRestApi", "ServerlessHttpApi"].contains(&name) && self.is_of_sam() {
            return Some("AWS::ApiGateway::RestApi".to_owned());
        }
        let of = name.strip_suffix("Role")?;
        let resource = self.of_section("Resources", of)?;
        let kind = resource.member("Type").and_then(JsonValue::as_str)?;
        let makes = ["AWS::Serverless::Function", "AWS::Serverless::StateMachine"].contains(&kind)
            && resource.member("Properties").is_none_or(|own| own.member("Role").is_none());
        makes.then(|| "AWS::IAM::Role".to_owned())
    }

    /// Whether SAM makes resources of those of the template.
    fn is_of_sam(&self) -> bool {
        let Some(transform) = self.tree.value.member("Transform") else { return false };
        let is = |value: &JsonValue| {
            value.as_str().is_some_and(|name| name.starts_with("AWS::Serverless-"))
        };
        crate::items(transform).iter().any(is)
    }

    fn property(&self, name: &str, property: &str) -> Option<&JsonValue> {
        self.of_section("Resources", name)?.member("Properties")?.member(property)
    }

    /// What a property says, where that can be told without a finding.
    fn quietly(&mut self, name: &str, property: &str) -> Option<Text> {
        let value = self.property(name, property)?.clone();
        self.text_of(name, &value)
    }

    /// What a value of a resource says, where that can be told without a finding.
    fn text_of(&mut self, name: &str, value: &JsonValue) -> Option<Text> {
        let before = self.notes.len();
        let pending = format!("the name of `{name}`");
        let found = self.guarded(pending, value.span, |at| at.value(value));
        // Whatever is wrong with it, the name is one of a resource.
        self.notes.forget_after(before);
        match found.ok()?.data {
            Data::Text(text) => Some(text),
            Data::List(_) | Data::Many(_) | Data::Object(_) | Data::Absent => None,
        }
    }

    /// Whether what it is called comes after the name of an event bus: in one way in its ARN, and in
    /// another one where it is referred to.
    fn is_on_a_bus(&self, name: &str, row: &Row) -> bool {
        row.name == "AWS::Events::Rule" && self.property(name, "EventBusName").is_some()
    }

    /// The name of a resource: the last part of its ARN.
    pub(super) fn name(&mut self, name: &str, row: &Row) -> Text {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let on_a_bus = self.is_on_a_bus(name, row);
        let hole = match (row.gives, row.name_attribute) {
            (Gives::Name, _) if !on_a_bus => name.to_owned(),
            (Gives::Name | Gives::Arn | Gives::Other, "") => format!("{name}.NameInArn"),
            (Gives::Name | Gives::Arn | Gives::Other, attribute) => format!("{name}.{attribute}"),
        };
        let form = if row.colons { Form::Text } else { Form::Field };
        let property = if on_a_bus { "" } else { row.property };
        let text = match self.quietly(name, property) {
            Some(text) if row.name == "AWS::IAM::OIDCProvider" => without_scheme(text),
            Some(mut text) if row.name == "AWS::SecretsManager::Secret" => {
                text.push_str("-");
                let suffix = format!("{name}.Suffix");
                text.push(&self.unknown(&suffix, Nature::Fixed(Form::Field)));
                text
            }
            Some(text) => text,
            None => {
                self.note_fact(&hole, name, property);
                self.unknown(&hole, Nature::Fixed(form))
            }
        };
        self.names.insert(name.to_owned(), text.clone());
        text
    }

    /// The ARN of a resource; `None` for types of which none is known.
    pub(super) fn resource_arn(&mut self, name: &str) -> Option<Text> {
        let row = arns::row(&self.resource_type(name)?)?;
        Some(self.arn(name, row))
    }

    fn arn(&mut self, name: &str, row: &Row) -> Text {
        let own = self.name(name, row);
        // A role that SAM makes gets its path from what it is made for.
        let (of, property) = match self.of_section("Resources", name) {
            Some(_) => (name, "Path"),
            None => (name.strip_suffix("Role").unwrap_or(name), "RolePath"),
        };
        let global = || {
            let kind = self.of_section("Resources", of)?.member("Type")?.as_str()?;
            self.global(kind)?.member(property)
        };
        let path = match self.property(of, property).or_else(global).cloned() {
            None => Text::known("/"),
            Some(value) => match self.text_of(name, &value) {
                Some(path) => path,
                None => self.unknown(&format!("{name}.Path"), Nature::Fixed(Form::Field)),
            },
        };
        self.arn_of(row, &own, &path)
    }

    /// The ARN of what has a name.
    pub(super) fn arn_of(&mut self, row: &Row, name: &Text, path: &Text) -> Text {
        let mut arn = Text::known("arn:");
        arn.push(&self.partition());
        arn.push_str(":");
        let mut rest = row.arn;
        while let Some((before, from)) = rest.split_once('{') {
            let Some((which, after)) = from.split_once('}') else { break };
            arn.push_str(before);
            match which {
                "r" => arn.push(&self.region()),
                "a" => arn.push(&self.account()),
                "p" => arn.push(path),
                _ => arn.push(name),
            }
            rest = after;
        }
        arn.push_str(rest);
        arn
    }

    pub(super) fn account(&mut self) -> Text {
        self.unknown("AWS::AccountId", Nature::Fixed(Form::Account))
    }

    pub(super) fn region(&mut self) -> Text {
        self.unknown("AWS::Region", Nature::Fixed(Form::Region))
    }

    pub(super) fn partition(&mut self) -> Text {
        if self.value_of("AWS::Partition").is_none()
            && let Some(region) = self.value_of("AWS::Region")
        {
            return Text::known(Partitions::of_region(&region));
        }
        self.unknown("AWS::Partition", Nature::Fixed(Form::Partition))
    }

    /// What AWS knows: `AWS::AccountId` and the like.
    fn pseudo(&mut self, name: &str, span: Span) -> Evaluated<Value> {
        let text = match name {
            "AWS::NoValue" => return Ok(Value { data: Data::Absent, span }),
            "AWS::NotificationARNs" => {
                return Ok(Value { data: Data::Many(name.to_owned()), span });
            }
            "AWS::AccountId" => self.account(),
            "AWS::Region" => self.region(),
            "AWS::Partition" => self.partition(),
            "AWS::StackName" => self.unknown(name, Nature::Fixed(Form::Field)),
            "AWS::URLSuffix" => self.suffix(),
            "AWS::StackId" => {
                let mut arn = Text::known("arn:");
                arn.push(&self.partition());
                arn.push_str(":cloudformation:");
                arn.push(&self.region());
                arn.push_str(":");
                arn.push(&self.account());
                arn.push_str(":stack/");
                arn.push(&self.unknown("AWS::StackName", Nature::Fixed(Form::Field)));
                arn.push_str("/");
                arn.push(&self.unknown("AWS::StackId.Id", Nature::Fixed(Form::Field)));
                arn
            }
            _ => {
                let message = format!("AWS knows no `{name}`");
                let help = "there are `AWS::AccountId`, `AWS::Region`, `AWS::Partition`, `AWS::StackName`, `AWS::StackId`, `AWS::URLSuffix`, `AWS::NotificationARNs` and `AWS::NoValue`";
                return self.fail(codes::UNKNOWN_REFERENCE, span, message, help);
            }
        };
        Ok(Value::text(text, span))
    }

    /// The domain of AWS in a partition.
    fn suffix(&mut self) -> Text {
        let domain = |partition: &str| {
            let row = SUFFIXES_OF_PARTITIONS.iter().find(|(name, _)| *name == partition);
            row.map_or("amazonaws.com", |(_, suffix)| suffix.trim_start_matches('.')).to_owned()
        };
        if let Some(partition) = self.partition().as_known() {
            return Text::known(domain(partition));
        }
        let mut domains: Vec<String> = Partitions::known().into_iter().map(domain).collect();
        domains.sort();
        domains.dedup();
        self.unknown("AWS::URLSuffix", Nature::Fixed(Form::OneOf(domains)))
    }

    /// What the section `Rules` says of a parameter: it limits its values.
    fn rules_about(&self, name: &str) -> String {
        let named = format!("\"{name}\"");
        let rules = super::members(self.tree.value.member("Rules")).map(|(_, rule)| rule.compact());
        rules.filter(|rule| rule.contains(&named)).collect()
    }

    /// A parameter of the template.
    fn template_parameter(
        &mut self,
        name: &str,
        declared: &JsonValue,
        span: Span,
    ) -> Evaluated<Value> {
        let of_type = declared.member("Type").and_then(JsonValue::as_str).unwrap_or_default();
        // What is declared of such a parameter is a name in the store, and not the value.
        let stored = of_type.starts_with("AWS::SSM::Parameter::Value<");
        let default = declared.member("Default").and_then(scalar).filter(|_| !stored);
        let mut allowed: Vec<String> = match declared
            .member("AllowedValues")
            .map(|value| &value.data)
        {
            Some(JsonData::Array(items)) if !stored => items.iter().filter_map(scalar).collect(),
            _ => Vec::new(),
        };
        let is_list = of_type == "CommaDelimitedList"
            || of_type.contains("List<")
            || of_type.contains("<CommaDelimitedList");
        if self.value_of(name).is_none()
            && let Some(default) = default.as_ref().filter(|_| self.given.defaults)
        {
            return Ok(self.parameter_value(default, is_list, span));
        }
        let pattern = declared.member("AllowedPattern").and_then(JsonValue::as_str);
        let is_account = pattern.is_some_and(is_of_accounts);
        if let Some(value) = self.value_of(name) {
            let values: Vec<&str> =
                if is_list { value.split(',').map(str::trim).collect() } else { vec![&value] };
            for value in values {
                if !allowed.is_empty() && !allowed.iter().any(|known| known == value) {
                    let message = format!("`{value}` is none of the values that `{name}` may have");
                    let help = format!("it may be {}", allowed.join(", "));
                    return self.fail(codes::PARAMETER_VALUE, declared.span, message, &help);
                }
                if is_account && !value::is_account(value) {
                    let message = format!("`{value}` is none of the values that `{name}` may have");
                    let help = "it is an account: twelve digits";
                    return self.fail(codes::PARAMETER_VALUE, declared.span, message, help);
                }
            }
            return Ok(self.parameter_value(&value, is_list, span));
        }
        allowed.sort();
        allowed.dedup();
        let declared_default = declared.member("Default").map(JsonValue::compact);
        let rules = self.rules_about(name);
        let fact = format!("{allowed:?} {pattern:?} {of_type} {declared_default:?}{rules}");
        self.facts.insert(name.to_owned(), fact);
        if is_list {
            return Ok(Value { data: self.unknown_list(name, allowed), span });
        }
        let nature = if !allowed.is_empty() {
            Nature::Fixed(Form::OneOf(allowed))
        } else if is_account {
            Nature::Fixed(Form::Account)
        } else {
            Nature::Open(default)
        };
        Ok(Value::text(self.unknown(name, nature), span))
    }

    fn parameter_value(&self, value: &str, is_list: bool, span: Span) -> Value {
        if !is_list {
            return Value::text(Text::known(value), span);
        }
        let item = |item: &str| Value::text(Text::known(item.trim()), span);
        Value { data: Data::List(value.split(',').map(item).collect()), span }
    }
}

/// A scalar as a text.
fn scalar(value: &JsonValue) -> Option<String> {
    match &value.data {
        JsonData::Bool(flag) => Some(flag.to_string()),
        JsonData::Number(text) | JsonData::String(text) => Some(text.clone()),
        JsonData::Null | JsonData::Array(_) | JsonData::Object(_) => None,
    }
}

/// Whether a pattern is one of twelve digits.
fn is_of_accounts(pattern: &str) -> bool {
    let inner = pattern.trim_start_matches('^').trim_end_matches('$');
    ["\\d{12}", "[0-9]{12}", "(\\d{12})", "([0-9]{12})"].contains(&inner)
}

/// The URL of an identity provider as its ARN has it.
fn without_scheme(mut text: Text) -> Text {
    if let Some(Piece::Known(first)) = text.pieces.first_mut()
        && let Some(rest) = first.strip_prefix("https://")
    {
        *first = rest.to_owned();
    }
    text.of = None;
    text
}
