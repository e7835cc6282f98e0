//! What names refer to: attributes of resources, variables, locals, outputs.

use super::address::{Key, Module};
use super::evaluate::{Scope, Step};
use super::files::{Defined, Files, place};
use super::index::{Entry, Index, Side};
use super::names::Names;
use super::table;
use super::value::{self, Data, Origin, Out, Place, Unknown, Value, Written, is_true};
use crate::compose::Composed;
use hcl_edit::structure::{Attribute, Block};
use keyaki_iam::json::JsonData;
use keyaki_iam::parameter::Form;
use keyaki_iam::source::Span;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// What both sides of a plan share.
#[derive(Default)]
pub(super) struct Shared {
    pub names: RefCell<Names>,
    /// What stands where an ARN is needed, although its name does not tell that it is one.
    pub arns: RefCell<BTreeSet<String>>,
}

/// Reads values of one side of a plan.
pub(super) struct Reader<'a> {
    pub index: &'a Index<'a>,
    pub files: &'a Files<'a>,
    pub side: Side,
    pub shared: &'a Shared,
    pub steps: Cell<usize>,
    pub depth: Cell<usize>,
    /// What is being evaluated, to find what refers to itself.
    active: RefCell<Vec<String>>,
    /// What was taken for one text, although the plan does not tell what it is.
    pub opaque: RefCell<BTreeSet<String>>,
}

const GONE: &str = "give the files that the plan was made from";

impl<'a> Reader<'a> {
    pub fn new(index: &'a Index<'a>, files: &'a Files<'a>, side: Side, shared: &'a Shared) -> Self {
        Self {
            index,
            files,
            side,
            shared,
            steps: Cell::new(0),
            depth: Cell::new(0),
            active: RefCell::default(),
            opaque: RefCell::default(),
        }
    }

    /// Evaluates what must not refer to itself.
    fn once<T>(&self, name: String, here: Place, inner: impl FnOnce() -> Out<T>) -> Out<T> {
        if let Some(at) = self.active.borrow().iter().position(|active| *active == name) {
            let mut cycle = self.active.borrow().get(at..).unwrap_or_default().to_vec();
            cycle.push(name);
            let message = format!("`{}` refers to itself", cycle.join("` -> `"));
            return here.problem(message, "take one of the references out");
        }
        self.active.borrow_mut().push(name);
        let out = self.deeper(here, inner);
        self.active.borrow_mut().pop();
        out
    }

    /// The only definition of a name.
    pub fn block(
        &self,
        module: &Module,
        name: &str,
        here: Place,
    ) -> Out<Option<(usize, &'a Block)>> {
        match self.files.defined(module, name) {
            [] => Ok(None),
            [(file, Defined::Block(block))] => Ok(Some((*file, block))),
            [(_, Defined::Local(_))] => Ok(None),
            [_, (file, second), ..] => {
                let at = match second {
                    Defined::Block(block) => place(*file, *block),
                    Defined::Local(local) => place(*file, *local),
                };
                let at = if at.span == Span::default() { here } else { at };
                at.problem(
                    format!("`{}` is here for a second time", module.address(name)),
                    "what files named `override.tf` change is not looked at; give the plan alone",
                )
            }
        }
    }

    /// What a name means, and the parts of it that steps lead to.
    pub fn named(&self, name: &str, steps: &[Step], scope: &Scope<'a>, here: Place) -> Out<Value> {
        let variable = scope.variables.iter().rev().find(|(known, _)| known == name);
        if let Some((_, value)) = variable {
            return self.follow(value.clone(), steps, here);
        }
        let (first, rest) = match steps.split_first() {
            Some((Step::Attribute(first), rest)) => (first.as_str(), rest),
            Some((Step::Index(_) | Step::Splat, _)) | None => {
                return here.problem(format!("`{name}` is not defined"), GONE);
            }
        };
        let value = match name {
            "var" => self.variable(&scope.module, first, here)?,
            "local" => self.local(&scope.module, first, here)?,
            "each" | "count" => self.instance(name, first, scope, here)?,
            "module" => return self.output(first, rest, scope, here),
            "data" => match rest.split_first() {
                Some((Step::Attribute(second), rest)) => {
                    let base = format!("data.{first}.{second}");
                    return self.resource(&base, rest, scope, here);
                }
                Some((Step::Index(_) | Step::Splat, _)) | None => {
                    return here.problem(format!("`data.{first}` is not complete"), GONE);
                }
            },
            "terraform" | "path" | "self" => {
                let what = format!("`{name}.{first}` is not in the plan");
                return here.problem(what, "");
            }
            _ => return self.resource(&format!("{name}.{first}"), rest, scope, here),
        };
        self.follow(value, rest, here)
    }

    fn instance(&self, name: &str, part: &str, scope: &Scope<'a>, here: Place) -> Out<Value> {
        match (name, part, &scope.key) {
            ("each", "key", Some(Key::Text(key))) => Ok(here.text(key.as_str())),
            ("count", "index", Some(Key::Number(number))) => {
                Ok(here.value(Data::Number(number.clone())))
            }
            ("each", "value", Some(Key::Text(key))) => {
                let Some(each) = scope.for_each else {
                    return here.problem("the block has no `for_each`", "");
                };
                let outer = Scope { key: None, for_each: None, ..scope.clone() };
                let all = self.evaluate(each, &outer)?;
                match self.collected(all).data {
                    // Of a set, key and value are the same.
                    Data::List(_) => Ok(here.text(key.as_str())),
                    Data::Object(members) => {
                        let found = members.into_iter().find(|(known, _, _)| known == key);
                        match found {
                            Some((_, _, value)) => Ok(value),
                            None => here.problem("`for_each` has no such key", ""),
                        }
                    }
                    _ => here.problem("what `for_each` has is not known", ""),
                }
            }
            _ => here.problem(format!("`{name}.{part}` has no meaning here"), ""),
        }
    }

    fn variable(&self, module: &Module, name: &str, here: Place) -> Out<Value> {
        let known = |json, of: &str| Value::of_json(json, None, of, Origin::Plan);
        let address = module.address(&format!("var.{name}"));
        let default = || match self.index.default(module, name) {
            Some(json) => Ok(known(json, &address)),
            None => here.problem(format!("`{address}` has no value"), GONE),
        };
        let Some((outer, call, key)) = module.outer() else {
            return match self.index.variable(name) {
                Some(json) => Ok(known(json, &address)),
                None => default(),
            };
        };
        let Some((file, block)) = self.block(&outer, &format!("module.{call}"), here)? else {
            return here.problem(format!("the call of `module.{call}` is in no file"), GONE);
        };
        let Some(attribute) = block.body.get_attribute(name) else { return default() };
        let scope = Scope::of(outer, file, block, key.cloned());
        self.once(address, here, || self.evaluate(&attribute.value, &scope))
    }

    fn local(&self, module: &Module, name: &str, here: Place) -> Out<Value> {
        let local = format!("local.{name}");
        let address = module.address(&local);
        let defined: Vec<(usize, &'a Attribute)> = self
            .files
            .defined(module, &local)
            .iter()
            .filter_map(|(file, defined)| match defined {
                Defined::Local(attribute) => Some((*file, *attribute)),
                Defined::Block(_) => None,
            })
            .collect();
        match defined.as_slice() {
            [] => here.problem(format!("`{address}` is not defined"), GONE),
            [(file, attribute)] => {
                let scope = Scope::plain(module.clone(), *file);
                self.once(address, here, || self.evaluate(&attribute.value, &scope))
            }
            [_, (file, second), ..] => place(*file, *second)
                .problem(format!("`{address}` is here for a second time"), "keep one of them"),
        }
    }

    fn output(&self, name: &str, steps: &[Step], scope: &Scope<'a>, here: Place) -> Out<Value> {
        let (key, steps) = match steps.split_first() {
            Some((Step::Index(key), rest)) => (Some(key.clone()), rest),
            _ => (None, steps),
        };
        let module = scope.module.inner(name, key);
        let Some((Step::Attribute(output), steps)) = steps.split_first() else {
            let what = format!("`module.{name}` stands without one of its outputs");
            return here.problem(what, "");
        };
        if self.index.call(&scope.module, name).is_none() {
            return here.problem(format!("the plan has no `module.{name}`"), GONE);
        }
        if !self.files.has(&module) {
            // The files of a module from elsewhere are not there.
            let address = module.address(output);
            self.opaque.borrow_mut().insert(address.clone());
            let value = here.value(Data::Unknown(Unknown::called(address)));
            return self.follow(value, steps, here);
        }
        let address = module.address(&format!("output.{output}"));
        let found = self.block(&module, &format!("output.{output}"), here)?;
        let value =
            found.and_then(|(file, block)| Some((file, &block.body.get_attribute("value")?.value)));
        let Some((file, value)) = value else {
            return here.problem(format!("`{address}` is not defined"), GONE);
        };
        let inner = Scope::plain(module, file);
        let value = self.once(address, here, || self.evaluate(value, &inner))?;
        self.follow(value, steps, here)
    }

    fn resource(&self, base: &str, steps: &[Step], scope: &Scope<'a>, here: Place) -> Out<Value> {
        let address = scope.module.address(base);
        let group = self.index.group(&address);
        let there = group.filter(|group| !self.instances(*group).is_empty());
        let Some(group) = there else {
            return here.problem(format!("the plan has no `{address}`"), GONE);
        };
        self.follow(here.value(Data::Resource(group, None)), steps, here)
    }

    /// The entries of a group that are there on this side.
    pub fn instances(&self, group: usize) -> Vec<usize> {
        let all = self.index.groups.get(group).map_or(&[][..], |group| &group.entries);
        let is_there = |number: &&usize| {
            self.index.entries.get(**number).is_some_and(|entry| entry.is_there(self.side))
        };
        all.iter().filter(is_there).copied().collect()
    }

    /// The instances of a resource as a list or an object; other values as they are.
    pub fn collected(&self, value: Value) -> Value {
        let Data::Resource(group, None) = value.data else { return value };
        let place = value.place;
        let one = |number| place.value(Data::Resource(group, Some(number)));
        let (mut list, mut object) = (Vec::new(), Vec::new());
        for number in self.instances(group) {
            match self.index.entries.get(number).and_then(|entry| entry.key.as_ref()) {
                Some(Key::Text(key)) => object.push((key.clone(), place.span, one(number))),
                Some(Key::Number(_)) | None => list.push(one(number)),
            }
        }
        place.value(if object.is_empty() { Data::List(list) } else { Data::Object(object) })
    }

    /// The part of a value that steps lead to.
    pub fn follow(&self, value: Value, steps: &[Step], here: Place) -> Out<Value> {
        let Some((step, rest)) = steps.split_first() else { return Ok(value) };
        if let Step::Splat = step {
            let items = match self.collected(value) {
                Value { data: Data::List(items), .. } => items,
                Value { data: Data::Null, .. } => Vec::new(),
                value @ Value { data: Data::Unknown(_), .. } => {
                    return here.problem(
                        format!("the list is {}", value.type_name()),
                        "a policy that depends on it is not known",
                    );
                }
                value => vec![value],
            };
            let inner = |item| self.follow(item, rest, here);
            return Ok(here.value(Data::List(items.into_iter().map(inner).collect::<Out<_>>()?)));
        }
        let part = self.part(value, step, here)?;
        self.follow(part, rest, here)
    }

    fn part(&self, value: Value, step: &Step, here: Place) -> Out<Value> {
        let (type_name, data) = (value.type_name(), value.data);
        match (data, step) {
            (Data::Resource(group, None), Step::Attribute(name)) => {
                let instances = self.instances(group);
                let only = instances
                    .first()
                    .and_then(|number| self.index.entries.get(*number))
                    .filter(|entry| entry.key.is_none());
                match only {
                    Some(entry) => self.attribute(entry, name, here),
                    None => here.problem(
                        format!("`{}` has several instances", self.address(group)),
                        "name one: `[0]`, `[\"key\"]`, `[each.key]`",
                    ),
                }
            }
            (Data::Resource(_, Some(number)), Step::Attribute(name)) => {
                match self.index.entries.get(number) {
                    Some(entry) => self.attribute(entry, name, here),
                    None => here.problem("the plan has no such instance", GONE),
                }
            }
            (Data::Resource(group, None), Step::Index(key)) => {
                let all = self.instances(group);
                let found = all.into_iter().find(|number| {
                    self.index
                        .entries
                        .get(*number)
                        .is_some_and(|entry| entry.key.as_ref() == Some(key))
                });
                match found {
                    Some(number) => Ok(here.value(Data::Resource(group, Some(number)))),
                    None => {
                        let what = format!("the plan has no `{}{key}`", self.address(group));
                        here.problem(what, GONE)
                    }
                }
            }
            (Data::Object(members), Step::Attribute(name) | Step::Index(Key::Text(name))) => {
                let found = members.into_iter().find(|(known, _, _)| known == name);
                match found {
                    Some((_, _, value)) => Ok(value),
                    None => here.problem(format!("there is no `{name}`"), ""),
                }
            }
            (Data::List(items), Step::Index(Key::Number(number))) => {
                let at = number.parse::<usize>().ok();
                match at.and_then(|at| items.into_iter().nth(at)) {
                    Some(value) => Ok(value),
                    None => here.problem(format!("the list has no item {number}"), ""),
                }
            }
            (Data::Unknown(unknown), Step::Attribute(name)) => {
                Ok(here.value(Data::Unknown(Unknown::called(format!("{}.{name}", unknown.name)))))
            }
            (Data::Unknown(unknown), Step::Index(key)) => {
                Ok(here.value(Data::Unknown(Unknown::called(format!("{}{key}", unknown.name)))))
            }
            (_, Step::Attribute(name)) => {
                here.problem(format!("`.{name}` is taken of what is {type_name}"), "")
            }
            (_, Step::Index(key)) => {
                here.problem(format!("`{key}` is taken of what is {type_name}"), "")
            }
            (_, Step::Splat) => here.problem(format!("`[*]` is taken of what is {type_name}"), ""),
        }
    }

    fn address(&self, group: usize) -> &str {
        self.index.groups.get(group).map_or("", |group| &group.address)
    }

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
        if entry.data && entry.kind == "aws_iam_policy_document" {
            if let "json" | "minified_json" = name {
                let document = || self.document(entry, here);
                return self.once(address, here, document);
            }
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
            ("aws_region", "name" | "id" | "region") if !self.index.sets(entry, "region") => {
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
        match value.data {
            Data::Null | Data::List(_) | Data::Object(_) => None,
            _ => self.text(value).ok().map(|written| written.text),
        }
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
