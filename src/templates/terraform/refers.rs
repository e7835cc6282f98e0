//! What attributes refer to: who has a policy, which policy somebody has.

use super::address::{self, Key, Module};
use super::evaluate::Scope;
use super::files::place;
use super::index::{Entry, references};
use super::reader::Reader;
use super::table;
use super::value::{Data, Origin, Out, Place, Value};
use crate::Holder;
use keyaki_iam::json::JsonValue;
use keyaki_iam::policy::Piece;
use keyaki_iam::policy::parameter::{self, Parameter};
use rustc_hash::FxHashMap;

/// How many calls of modules are followed from a reference.
const FAR: usize = 32;

/// What an attribute names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// A text: a name, an ARN, an id.
    Text(String),
    /// An attribute of an entry of the plan.
    Entry(usize, String),
}

/// The entries of a side by what others call them.
#[derive(Default)]
pub(super) struct Known {
    by_text: FxHashMap<(&'static str, String), Vec<usize>>,
}

impl Known {
    fn of(&self, kind: &'static str, text: &str) -> &[usize] {
        self.by_text.get(&(kind, text.to_owned())).map_or(&[], Vec::as_slice)
    }
}

/// The attributes by which resources are referred to, besides those that are names.
const CALLED: &[&str] = &["arn", "id", "name", "url", "key_id", "function_name", "bucket"];

/// The types that are referred to.
fn types() -> impl Iterator<Item = &'static str> {
    let holders = table::POLICIES.iter().filter_map(|row| row.holder);
    let attached = table::ATTACHED.iter().filter_map(|row| row.holder);
    let more = ["aws_iam_policy", "aws_organizations_policy", "aws_lambda_function"];
    let all = holders.chain(attached).map(|(_, kind)| kind);
    all.chain(more).chain(table::TARGETS.iter().copied())
}

impl<'a> Reader<'a> {
    /// Finds what resources are called.
    pub fn known_entries(&'a self) -> Known {
        let kinds: FxHashMap<&str, &'static str> = types().map(|kind| (kind, kind)).collect();
        let mut known = Known::default();
        for (number, entry) in self.index.entries.iter().enumerate() {
            let Some(kind) = kinds.get(entry.kind).copied() else { continue };
            if entry.data || !entry.is_there(self.side) {
                continue;
            }
            for name in CALLED {
                if let Some(text) = self.attribute_text(entry, name) {
                    let all = known.by_text.entry((kind, text)).or_default();
                    if all.last() != Some(&number) {
                        all.push(number);
                    }
                }
            }
        }
        known
    }

    /// The value of an attribute as the configuration has it, if there is a file with it.
    pub fn configured(&self, entry: &Entry<'_>, attribute: &str) -> Out<Option<Value>> {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let name = format!("resource.{}.{}", entry.kind, entry.name);
        let Some((file, block)) = self.block(&entry.module, &name, here)? else { return Ok(None) };
        let Some(found) = block.body.get_attribute(attribute) else { return Ok(None) };
        let scope = Scope::of(entry.module.clone(), file, block, entry.key.clone());
        self.steps.set(0);
        self.evaluate(&found.value, &scope).map(Some)
    }

    /// Where a resource stands: its block, if a file has it, otherwise its place in the plan.
    pub fn place_of(&self, entry: &Entry<'_>) -> Place {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let name = format!("resource.{}.{}", entry.kind, entry.name);
        match self.block(&entry.module, &name, here) {
            Ok(Some((file, block))) => place(file, &block.ident),
            Ok(None) | Err(_) => here,
        }
    }

    /// What an attribute names: nothing, one or several.
    pub fn names_of(&self, entry: &'a Entry<'a>, attribute: &str) -> Out<Vec<Named>> {
        if self.is_absent(entry, attribute) {
            return Ok(Vec::new());
        }
        let here = Place { origin: Origin::Plan, span: entry.span };
        let value = self.attribute(entry, attribute, here)?;
        if !has_unknown(&value) {
            return self.texts_of(value);
        }
        if let Some(value) = self.configured(entry, attribute)? {
            return self.texts_of(value);
        }
        let Some(expression) = self.index.expression(entry, attribute) else {
            let what = format!("`{}.{attribute}` is not known", entry.address);
            return here.problem(what, "give the `.tf` files too");
        };
        let mut named = Vec::new();
        if let Data::List(items) = &value.data {
            let known = items.iter().filter(|item| !has_unknown(item)).cloned().collect();
            named = self.texts_of(value.place.value(Data::List(known)))?;
        }
        let references = references(expression);
        let references: Vec<&str> =
            references.into_iter().filter(|reference| !is_of_instance(reference)).collect();
        if references.is_empty() {
            let what = format!("`{}.{attribute}` is not known", entry.address);
            return here.problem(what, "give the `.tf` files too");
        }
        for reference in references {
            match self.refers_to(reference, &entry.module, entry.key.as_ref(), FAR) {
                Some((number, attribute)) => named.push(Named::Entry(number, attribute)),
                None => {
                    let what = format!(
                        "`{}.{attribute}` is not known: it depends on `{reference}`",
                        entry.address
                    );
                    return here.problem(what, "give the `.tf` files too");
                }
            }
        }
        Ok(named)
    }

    fn texts_of(&self, value: Value) -> Out<Vec<Named>> {
        let items = match value.data {
            Data::Null => Vec::new(),
            Data::List(items) => items,
            Data::Resource(..)
            | Data::Object(_)
            | Data::Unknown(_)
            | Data::Text(_)
            | Data::Number(_)
            | Data::Bool(_) => vec![value],
        };
        let text = |item| Ok(Named::Text(self.text(item)?.text));
        items.into_iter().map(text).collect()
    }

    /// The entry and the attribute that a reference of the configuration leads to.
    pub fn refers_to(
        &self,
        reference: &str,
        module: &Module,
        key: Option<&Key>,
        far: usize,
    ) -> Option<(usize, String)> {
        let far = far.checked_sub(1)?;
        let names = address::names(reference);
        let mut rest = names.iter();
        let (first, _) = rest.next()?;
        let only = |expression: &'a JsonValue| -> Option<&'a str> {
            let all = references(expression);
            let mut all = all.into_iter().filter(|name| !is_of_instance(name));
            let one = all.next()?;
            all.next().is_none().then_some(one)
        };
        match first.as_str() {
            "module" => {
                let (name, key) = rest.next()?;
                let (output, _) = rest.next()?;
                let inner = module.inner(name, key.clone());
                let outputs = self.index.module(&inner)?.member("outputs")?;
                let expression = outputs.member(output)?.member("expression")?;
                self.refers_to(only(expression)?, &inner, None, far)
            }
            "var" => {
                let (variable, _) = rest.next()?;
                let (outer, name, key) = module.outer()?;
                let call = self.index.call(&outer, name)?;
                let expression = call.member("expressions")?.member(variable)?;
                self.refers_to(only(expression)?, &outer, key, far)
            }
            "local" | "path" | "terraform" => None,
            first => {
                let data = first == "data";
                let kind = if data { &rest.next()?.0 } else { first };
                let (name, index) = rest.next()?;
                let attribute = rest.next().map(|(name, _)| name.clone()).unwrap_or_default();
                let mode = if data { "data." } else { "" };
                let group = self.index.group(&module.address(&format!("{mode}{kind}.{name}")))?;
                let instances = self.instances(group);
                let of_key = |key: Option<&Key>| {
                    let is = |number: &&usize| {
                        self.index.entries.get(**number).is_some_and(|it| it.key.as_ref() == key)
                    };
                    instances.iter().find(is).copied()
                };
                // Without an index it is the only one, or the one of the same key.
                let number = match index {
                    Some(index) => of_key(Some(index)),
                    None => of_key(None).or_else(|| key.and_then(|key| of_key(Some(key)))),
                }?;
                Some((number, attribute))
            }
        }
    }

    /// Who is named.
    pub fn holder(
        &'a self,
        known: &Known,
        named: &Named,
        kind: &'static str,
        near: &Entry<'_>,
    ) -> Holder {
        let kinds: &[&'static str] = if kind == table::TARGET { table::TARGETS } else { &[kind] };
        let of_kind = |number: &usize| {
            let mut of_kind = self.index.entries.get(*number).into_iter();
            // Functions are named by their aliases, too.
            let alias = |of: &str| kind == "aws_lambda_function" && of == "aws_lambda_alias";
            let is = |of: &str| kinds.contains(&of) || alias(of);
            of_kind.any(|entry| is(entry.kind))
        };
        let mut text = String::new();
        let number = match named {
            Named::Entry(number, _) if of_kind(number) => Some(*number),
            // An attribute of something else may be anything.
            Named::Entry(number, attribute) => {
                let entry = self.index.entries.get(*number);
                let address = entry.map(|entry| entry.address.as_str()).unwrap_or_default();
                text = format!("{address}.{attribute}");
                None
            }
            Named::Text(named) => {
                text.clone_from(named);
                let of = |kind: &&'static str| self.only(known.of(kind, named), near);
                kinds.iter().find_map(of)
            }
        };
        let is_name = matches!(named, Named::Text(_));
        if let Some(entry) = number.and_then(|number| self.index.entries.get(number)) {
            return self.holder_of(entry);
        }
        let arn = if text.starts_with("arn:") {
            Some(text.clone())
        } else if is_name {
            self.arn_of(kind, &text, near)
        } else {
            None
        };
        let mut address = crate::stranger(kind, &readable(&text));
        // Two accounts or Regions may have something of one name each.
        let provider = self.index.provider_key(near);
        if provider != "aws" && !text.starts_with("arn:") {
            address = format!("{address} ({provider})");
        }
        let names = parameter::pieces(&text).into_iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Parameter::of(&variable.key).map(|known| known.name),
            Piece::Literal(_) | Piece::AnyChar | Piece::AnyString => None,
        });
        let parameters = names.collect();
        Holder { address, parameters, resource_type: kind.to_owned(), arn, made: false }
    }

    /// The entry that is meant: two accounts may have a role of one name, and then it is that of the
    /// provider of what names it.
    fn only(&self, candidates: &[usize], near: &Entry<'_>) -> Option<usize> {
        if let [only] = candidates {
            return Some(*only);
        }
        // Without its block nobody knows whose provider something has.
        let provider =
            |entry: &Entry<'_>| self.index.block(entry).map(|_| self.index.provider_key(entry));
        let own = provider(near)?;
        let is_near = |number: &&usize| {
            self.index.entries.get(**number).is_some_and(|entry| provider(entry) == Some(own))
        };
        let mut near = candidates.iter().filter(is_near);
        let one = near.next().copied();
        one.filter(|_| near.next().is_none())
    }

    /// An entry as a holder.
    pub fn holder_of(&'a self, entry: &'a Entry<'a>) -> Holder {
        let arn = self.attribute_text(entry, "arn").filter(|arn| arn.starts_with("arn:"));
        let (address, resource_type) = (entry.address.clone(), entry.kind.to_owned());
        Holder { address, parameters: Vec::new(), resource_type, arn, made: true }
    }

    /// The address of a policy that is named, or its ARN.
    pub fn policy_named(&self, known: &Known, named: &Named, near: &Entry<'_>) -> String {
        let number = match named {
            Named::Entry(number, _) => Some(*number),
            Named::Text(text) => ["aws_iam_policy", "aws_organizations_policy"]
                .iter()
                .find_map(|kind| self.only(known.of(kind, text), near)),
        };
        match (number.and_then(|number| self.index.entries.get(number)), named) {
            (Some(entry), _) if entry.kind == "aws_organizations_policy" => {
                format!("{}.content", entry.address)
            }
            (Some(entry), _) if entry.kind == "aws_iam_policy" => {
                format!("{}.policy", entry.address)
            }
            (Some(entry), Named::Entry(_, attribute)) => format!("{}.{attribute}", entry.address),
            (Some(_) | None, Named::Text(text)) => text.clone(),
            (None, Named::Entry(..)) => String::new(),
        }
    }
}

/// A text in which parameters are written `${NAME}`, and one that is all of it `NAME`.
fn readable(text: &str) -> String {
    let pieces = parameter::pieces(text);
    let alone = pieces.len() == 1;
    let word = |piece: &Piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Variable(variable) => {
            let name = Parameter::of(&variable.key).map(|known| known.name).unwrap_or_default();
            if alone { name } else { format!("${{{name}}}") }
        }
        Piece::AnyChar => "?".to_owned(),
        Piece::AnyString => "*".to_owned(),
    };
    pieces.iter().map(word).collect()
}

/// Whether a reference tells an instance from others and is no value by itself.
fn is_of_instance(reference: &str) -> bool {
    ["each.key", "count.index"].iter().any(|name| reference.starts_with(name))
}

/// Whether a part of a value is not known.
pub(super) fn has_unknown(value: &Value) -> bool {
    match &value.data {
        Data::Unknown(_) => true,
        Data::List(items) => items.iter().any(has_unknown),
        Data::Object(members) => members.iter().any(|(_, _, value)| has_unknown(value)),
        Data::Text(written) => parameter::is_in(&written.text),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Resource(..) => false,
    }
}
