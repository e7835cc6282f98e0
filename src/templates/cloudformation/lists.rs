//! Parameters that are lists, in policies.
//!
//! A request has one value for each place where a policy compares something with a list: its resource,
//! and each key of a condition. Whether an unknown list has a value that matches is free for each of
//! them, and a list of as many values as there are places can be any of these combinations: one value
//! is what the request has there, or another text. So a list of [`VALUES`] parameters stands for a list
//! of any length where a version of a template compares it in no more than half as many places, and
//! two versions in no more than all, and nothing else is made of one of its values.

use super::document::{At, compared};
use super::evaluate::{Evaluator, Nature};
use super::value::{Data, Entry, Value};
use keyaki_iam::policy::parameter::Form;

/// How many values an unknown list has.
pub(super) const VALUES: usize = 4;

impl Evaluator<'_> {
    /// Puts values into the lists of a document that are parameters of the template, as far as they
    /// are compared with one value of a request each.
    pub(super) fn spread(&mut self, document: &mut Value) {
        document.statements().for_each(|one| self.spread_in(one));
    }

    fn spread_in(&mut self, statement: &mut Value) {
        let Data::Object(entries) = &mut statement.data else { return };
        for Entry { name, value, .. } in entries {
            match name.as_str() {
                "Resource" | "NotResource" => self.fill(value, At::Arn, "Resource"),
                "Principal" => {
                    let Data::Object(members) = &mut value.data else { continue };
                    for member in members.iter_mut().filter(|member| member.name == "AWS") {
                        self.fill_principals(&mut member.value);
                    }
                }
                "Condition" => {
                    let Data::Object(operators) = &mut value.data else { continue };
                    // An operator of sets compares several values of a request.
                    for operator in operators.iter_mut().filter(|one| !one.name.contains(':')) {
                        let at = compared(&operator.name);
                        if at == At::Known {
                            continue;
                        }
                        let Data::Object(keys) = &mut operator.value.data else { continue };
                        for Entry { name, value, .. } in keys {
                            self.fill(value, at, &name.to_lowercase());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Puts values into a list that is compared in a place. What begins ARNs is one everywhere (SEMANTICS
    /// 3.1), and has no other text.
    fn fill(&mut self, value: &mut Value, at: At, place: &str) {
        if let Data::List(items) = &mut value.data {
            let all = std::mem::take(items).into_iter().flat_map(|mut item| {
                self.fill(&mut item, at, place);
                match item.data {
                    Data::List(inner) => inner,
                    Data::Text(_) | Data::Object(_) | Data::Many(_) | Data::Absent => vec![item],
                }
            });
            *items = all.collect();
            return;
        }
        let Some((name, nature)) = self.free_list(value) else { return };
        let places = self.compared.entry(name.clone()).or_default();
        let (arn, place) = (at == At::Arn, place.to_owned());
        let full = places.len() == VALUES / 2 && !places.contains(&(arn, place.clone()));
        if full || places.iter().any(|(other, _)| *other != arn) {
            return;
        }
        places.insert((arn, place));
        let span = value.span;
        let texts = (0..VALUES).map(|number| {
            Value::text(self.unknown(&format!("{name}[{number}]"), nature.clone()), span)
        });
        value.data = Data::List(texts.collect());
    }

    /// What a list is called that may have any values, and what these are; `None` where one of them is
    /// looked at alone.
    fn free_list(&self, value: &Value) -> Option<(String, Nature)> {
        let Data::Many(name) = &value.data else { return None };
        if self.chosen.contains(name) {
            return None;
        }
        Some((name.clone(), self.lists.get(name)?.clone()))
    }

    /// Puts one value into a list of principals: a caller who is none of them is told from this one, and
    /// of several that a caller is, one decides as all do, since no statement says less of a user or a
    /// role than of the account.
    fn fill_principals(&mut self, value: &mut Value) {
        let Some((name, nature)) = self.free_list(value) else { return };
        let span = value.span;
        value.data =
            Data::List(vec![Value::text(self.unknown(&format!("{name}[0]"), nature), span)]);
    }

    /// A parameter that is a list of which nothing is known but the values that it may have.
    pub(super) fn unknown_list(&mut self, name: &str, allowed: Vec<String>) -> Data {
        let nature = match allowed.is_empty() {
            true => Nature::Open(None),
            false => Nature::Fixed(Form::OneOf(allowed)),
        };
        self.lists.insert(name.to_owned(), nature);
        Data::Many(name.to_owned())
    }
}
