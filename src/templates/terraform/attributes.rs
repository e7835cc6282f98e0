//! Attributes of resources: their values, or what stands for them.

use super::index::Entry;
use super::reader::Reader;
use super::table;
use super::value::{self, Data, Origin, Out, Place, Unknown, Value, Written, is_true};
use crate::compose::Composed;
use keyaki_iam::json::JsonData;
use keyaki_iam::policy::parameter::Form;

/// What to do about what the plan does not have.
pub(super) const GONE: &str = "give the files that the plan was made from";

impl<'a> Reader<'a> {
    /// An attribute of a resource: its value, where the plan knows it.
    pub fn attribute(&self, entry: &'a Entry<'a>, name: &str, here: Place) -> Out<Value> {
        let values = entry.values(self.side);
        let unknown = entry.unknown(self.side).and_then(|unknown| unknown.member(name));
        let address = format!("{}.{name}", entry.address);
        if !is_true(unknown) {
            return match values.and_then(|values| values.member(name)) {
                Some(json) => Ok(Value::of_json(json, unknown, &address, Origin::Plan)),
                None => here.problem(format!("the plan has no `{address}`"), GONE),
            };
        }
        if entry.data
            && entry.kind == "aws_iam_policy_document"
            && let "json" | "minified_json" = name
        {
            let document = || self.document(entry, here);
            return self.once(address, here, document);
        }
        if let Some(form) = table::arn(entry.kind, name)
            && let Some(arn) = self.arn(entry, form)
        {
            return Ok(here.text(arn));
        }
        if let Some(names) = table::names(entry.kind, name) {
            return Ok(match self.known_name(entry, names) {
                Ok(known) => here.text(known),
                Err(unknown) => here.value(Data::Unknown(unknown)),
            });
        }
        if let (true, Some(fact)) = (entry.data, self.fact_of(entry, name)) {
            return Ok(here.text(fact));
        }
        Ok(here.value(Data::Unknown(Unknown::called(address))))
    }

    /// The value of names that are one: what one of them is known to be, or what it is called.
    fn known_name(&self, entry: &Entry<'_>, names: &[&str]) -> Result<String, Unknown> {
        let values = entry.values(self.side);
        let known = |name: &&str| values?.member(name)?.as_str();
        match names.iter().find_map(known) {
            Some(known) => Ok(known.to_owned()),
            None => {
                let first = names.first().copied().unwrap_or_default();
                let name = format!("{}.{first}", entry.address);
                Err(Unknown { name, form: Some(Form::Field) })
            }
        }
    }

    /// The ARN of a form; `None` where a part of it is not known and no field.
    fn arn(&self, entry: &Entry<'_>, form: &str) -> Option<String> {
        let values = entry.values(self.side)?;
        let mut arn = String::new();
        let mut rest = form;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}')?;
            arn.push_str(before);
            match word {
                "partition" | "account" | "region" => {
                    let own = (word == "region").then(|| values.member(word)?.as_str()).flatten();
                    match own {
                        Some(region) => arn.push_str(region),
                        None => arn.push_str(&self.fact(self.index.provider_key(entry), word)),
                    }
                }
                "path" => arn.push_str(values.member(word)?.as_str()?),
                word => match self.known_name(entry, table::names(entry.kind, word)?) {
                    Ok(known) => arn.push_str(&known),
                    Err(unknown) => arn.push_str(&self.words(&unknown)),
                },
            }
            rest = after;
        }
        arn.push_str(rest);
        Some(arn)
    }

    /// The ARN of what the plan does not make, from its name, where a type has such a form.
    pub fn arn_of(&self, kind: &str, name: &str, near: &Entry<'_>) -> Option<String> {
        let own = format!("{{{}}}", table::name(kind)?);
        let form = table::arn(kind, "arn")?;
        let form = form.replace("{path}", "/").replace(&own, name);
        let key = self.index.provider_key(near);
        let mut arn = form;
        // Since its version 6 the provider tells the Region of each resource.
        let values = near.values(self.side);
        if let Some(region) = values.and_then(|values| values.member("region")?.as_str()) {
            arn = arn.replace("{region}", region);
        }
        for word in ["partition", "region", "account"] {
            let field = format!("{{{word}}}");
            if arn.contains(&field) {
                arn = arn.replace(&field, &self.fact(key, word));
            }
        }
        Some(arn)
    }

    /// A fact of a provider: what it is, or the parameter that stands for it.
    fn fact(&self, key: &str, word: &str) -> String {
        let provider = self.index.provider(key);
        let (known, form) = match word {
            "account" => (provider.account, Form::Account),
            "region" => (provider.region, Form::Region),
            _ => (provider.partition, Form::Partition),
        };
        match known {
            Some(known) => known.to_owned(),
            None => self.words(&Unknown { name: format!("{key}.{word}"), form: Some(form) }),
        }
    }

    /// What a data source tells of its provider.
    fn fact_of(&self, entry: &Entry<'_>, name: &str) -> Option<String> {
        let word = match (entry.kind, name) {
            ("aws_caller_identity", "account_id" | "id") => "account",
            ("aws_region", "name" | "id" | "region")
                if self.index.sets(entry, "region") != Some(true) =>
            {
                "region"
            }
            ("aws_partition", "partition" | "id") => "partition",
            _ => return None,
        };
        Some(self.fact(self.index.provider_key(entry), word))
    }

    /// The text that stands for what is not known.
    pub fn words(&self, unknown: &Unknown) -> String {
        let name = &unknown.name;
        let mut names = self.shared.names.borrow_mut();
        match &unknown.form {
            Some(form) if !self.shared.arns.borrow().contains(name) => names.reference(name, form),
            _ => {
                let mut part = |part: &str, form| names.reference(&format!("{name}.{part}"), &form);
                let partition = part("partition", Form::Partition);
                let [service, region, account] =
                    ["service", "region", "account"].map(|field| part(field, Form::Field));
                let resource = part("resource", Form::Text);
                format!("arn:{partition}:{service}:{region}:{account}:{resource}")
            }
        }
    }

    /// A value as a text.
    pub fn text(&self, value: Value) -> Out<Written> {
        let span = value.place.span;
        Ok(match value.data {
            Data::Text(written) => written,
            Data::Number(number) => Written::of(number, span),
            Data::Bool(flag) => Written::of(flag.to_string(), span),
            Data::Unknown(unknown) => Written::of(self.words(&unknown), span),
            Data::Null | Data::List(_) | Data::Object(_) | Data::Resource(..) => {
                let what = format!(
                    "{} stands where a text is needed",
                    value.place.value(value.data).type_name()
                );
                return Place { origin: value.place.origin, span }.problem(what, "");
            }
        })
    }

    /// A value as JSON.
    pub fn encoded(&self, value: &Value) -> Out<Written> {
        let mut out = Composed::default();
        value::write(value, &mut out, &|unknown| self.words(unknown))?;
        let (text, at) = out.into_parts();
        Ok(Written { text, at })
    }

    /// The text of an attribute that is known, or that has a name of its own where it is not.
    pub fn attribute_text(&self, entry: &'a Entry<'a>, name: &str) -> Option<String> {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let value = self.attribute(entry, name, here).ok()?;
        self.text(value).ok().map(|written| written.text)
    }

    /// Whether an attribute is not known on this side.
    pub fn is_unknown(&self, entry: &Entry<'_>, name: &str) -> bool {
        is_true(entry.unknown(self.side).and_then(|unknown| unknown.member(name)))
    }

    /// Whether an attribute is absent, `null` or an empty text.
    pub fn is_absent(&self, entry: &Entry<'_>, name: &str) -> bool {
        let value = entry.values(self.side).and_then(|values| values.member(name));
        !self.is_unknown(entry, name)
            && value.is_none_or(|value| match &value.data {
                JsonData::Null => true,
                JsonData::String(text) => text.trim().is_empty(),
                JsonData::Array(items) => items.is_empty(),
                JsonData::Bool(_) | JsonData::Number(_) | JsonData::Object(_) => false,
            })
    }
}
