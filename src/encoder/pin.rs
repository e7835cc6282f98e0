//! Concrete requests as models, and as equations that fix every symbol.

use crate::NotRepresentable;
use crate::arn::Arn;
use crate::frame::{Element, Frame, Key, MODEL};
use crate::parts::CallerParts;
use crate::slot::{Denotation, Slot, Typed};
use crate::usage::Multiplicity;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::policy::parameter::Parameter;
use keyaki_iam::request::{ContextValue, PrincipalKind, Request, arn_fields};
use keyaki_iam::value;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Replacements, Symbol, Term, Value};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::net::IpAddr;

impl Frame {
    /// Equations that fix every symbol of the frame to the request: together with
    /// [`Frame::structure`] they have exactly one model.
    ///
    /// # Errors
    ///
    /// As [`Frame::model_of`].
    pub fn pin(&self, request: &Request) -> Result<Vec<Term>, NotRepresentable> {
        let model = self.model_of(request)?;
        let fixed = self
            .symbols()
            .into_iter()
            .map(|symbol| Term::eq(Term::var(&symbol), Term::value(model.value(&symbol))));
        Ok(fixed.collect())
    }

    /// The model that stands for the request. Symbols that the request says nothing about (the
    /// value of an absent key, the number that an ill-typed value would be) have the default value
    /// of their sort.
    ///
    /// # Errors
    ///
    /// [`NotRepresentable`] for a context key with more values than the frame has elements for it,
    /// or given as a list where the frame takes it for a single value and the difference matters;
    /// for a caller that is not a principal, or whose parts contradict each other. Ill-typed values
    /// are representable.
    pub fn model_of(&self, request: &Request) -> Result<Model, NotRepresentable> {
        let mut model = Model::new();
        for symbol in self.symbols() {
            let default = Value::default_of(symbol.sort());
            model.insert(symbol, default);
        }
        set_text(&mut model, &self.action, &request.action.to_ascii_lowercase());
        self.resource.assign(&request.resource, &mut model);
        if let Some(id) = &self.model {
            let last = arn_fields(&request.resource).map_or("", |[.., last]| last);
            set_text(&mut model, id, last.strip_prefix(MODEL).unwrap_or_default());
        }
        set_text(&mut model, &self.owner, request.owner().unwrap_or_default());
        self.assign_principal(request, &mut model)?;
        for key in self.keys.values() {
            let value = request.context.get(&key.key);
            if let (Some(single), Some(ContextValue::Single(_))) = (&key.single, value) {
                set(&mut model, single, true);
            }
            let values = key.values(value)?;
            for (element, value) in key.places(&values)? {
                set(&mut model, &element.member, true);
                element.slot.assign(value, &mut model);
            }
        }
        Ok(model)
    }

    /// The request at other values of its parameters: what each symbol of the frame is to be replaced
    /// by, where texts that have the value of a parameter in them have the parameter in its stead. The
    /// texts of the parameters stay symbols. At the values of the request it is the request.
    ///
    /// # Errors
    ///
    /// As [`Frame::model_of`].
    pub fn at_other_values(&self, request: &Request) -> Result<Replacements, NotRepresentable> {
        let model = self.model_of(request)?;
        let mut parameters: Vec<(String, Symbol)> = Vec::new();
        for key in self.keys.values().filter(|key| Parameter::of(&key.key).is_some()) {
            if let Some(Slot::Text(symbol)) = key.first()
                && let Value::String(value) = model.value(symbol)
            {
                parameters.push((value, symbol.clone()));
            }
        }
        // Where one value is a part of another, the longer one counts.
        parameters.sort_by_key(|(value, _)| Reverse(value.len()));
        let open = |symbol: &Symbol| parameters.iter().any(|(_, known)| known == symbol);
        let closed = model.iter().filter(|(symbol, _)| !open(symbol));
        Ok(closed
            .map(|(symbol, value)| (Term::var(symbol), over_parameters(value, &parameters)))
            .collect())
    }

    /// The parameter of this key, as a term; `None` where the frame has no such parameter.
    pub fn parameter(&self, key: &ContextKey) -> Option<Term> {
        Parameter::of(key)?;
        self.keys.get(key)?.first()?.text()
    }

    /// The caller. Temporary credentials of users and root users show in `aws:TokenIssueTime`.
    fn assign_principal(
        &self,
        request: &Request,
        model: &mut Model,
    ) -> Result<(), NotRepresentable> {
        let parts = CallerParts::of(&request.principal)?;
        self.caller.assign(&parts, model);
        let issued = request.context.contains_key(&ContextKey::new("aws:TokenIssueTime"));
        let temporary = match parts.kind {
            PrincipalKind::RoleSession | PrincipalKind::FederatedUser => true,
            PrincipalKind::User | PrincipalKind::Root => issued,
            PrincipalKind::Service
            | PrincipalKind::FederatedIdentity
            | PrincipalKind::Anonymous => false,
        };
        set(model, &self.caller.temporary, temporary);
        set(model, &self.caller.in_management_account, request.principal_in_management_account);
        Ok(())
    }
}

impl Key {
    /// The distinct values of the key in a request, not more than there are elements. An empty list
    /// means what an absent key means.
    fn values<'a>(
        &self,
        value: Option<&'a ContextValue>,
    ) -> Result<Vec<&'a str>, NotRepresentable> {
        let key = || self.key.clone();
        let (values, list) = match value {
            None => return Ok(Vec::new()),
            Some(ContextValue::Single(value)) => (vec![value.as_str()], false),
            Some(ContextValue::List(values)) => (
                values.iter().map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect(),
                true,
            ),
        };
        // A text in a key that SEMANTICS 5 marks "list" is a list of one for the evaluator, too.
        let declared =
            keyaki_iam::catalogue::keys::lookup(&self.key).is_some_and(|info| info.multivalued);
        match (self.multiplicity, list) {
            (Multiplicity::Several, false) if self.usage.variable && !declared => {
                Err(NotRepresentable::Multiplicity {
                    key: key(),
                    given: "a single value",
                    taken: "a list",
                })
            }
            (Multiplicity::One, true) if values.len() > 1 => {
                Err(NotRepresentable::SeveralValues { key: key(), count: values.len() })
            }
            (Multiplicity::One, true) if self.usage.variable && !values.is_empty() => {
                Err(NotRepresentable::Multiplicity {
                    key: key(),
                    given: "a list",
                    taken: "a single value",
                })
            }
            _ => Ok(values),
        }
    }

    /// Each value with an element for it: the first of a tag's values in the tag's place. The first
    /// element has a value iff there is one.
    fn places<'a, 'v>(
        &'a self,
        values: &[&'v str],
    ) -> Result<Vec<(&'a Element, &'v str)>, NotRepresentable> {
        let mut left = values.to_vec();
        let mut placed = Vec::new();
        for element in &self.elements {
            let of_tag =
                |tag: &String| left.iter().position(|value| value.eq_ignore_ascii_case(tag));
            if let Some(at) = element.tag.as_ref().and_then(of_tag) {
                placed.push((element, left.remove(at)));
            }
        }
        let free: Vec<&Element> =
            self.elements.iter().filter(|element| element.tag.is_none()).collect();
        if left.len() > free.len() {
            return Err(NotRepresentable::TooManyValues {
                key: self.key.clone(),
                count: left.len(),
                elements: free.len(),
            });
        }
        left.extend(values.first().filter(|_| left.is_empty()));
        placed.extend(free.into_iter().zip(left));
        Ok(placed)
    }
}

impl Arn {
    /// Splits the text at its first five colons; true iff there are five.
    fn assign(&self, text: &str, model: &mut Model) -> bool {
        let fields: Vec<&str> = text.splitn(self.fields.len(), ':').collect();
        let is_arn = fields.len() == self.fields.len();
        set(model, &self.is_arn, is_arn);
        if is_arn {
            self.fields
                .iter()
                .zip(fields)
                .for_each(|(symbol, field)| set_text(model, symbol, field));
        }
        is_arn
    }
}

impl Slot {
    fn assign(&self, text: &str, model: &mut Model) {
        match self {
            Slot::Text(symbol) => set_text(model, symbol, text),
            Slot::Arn { arn, raw } => {
                if !arn.assign(text, model) {
                    set_text(model, raw, text);
                }
            }
            Slot::Typed(typed) => typed.assign(text, model),
        }
    }
}

impl Typed {
    fn assign(&self, text: &str, model: &mut Model) {
        set(model, &self.empty, text.is_empty());
        let values = self.value.values(text);
        set(model, &self.ok, !values.is_empty());
        for (symbol, value) in values {
            model.insert(symbol.clone(), value);
        }
    }
}

impl Denotation {
    /// The values of the symbols for a text that denotes something; nothing for one that does not.
    fn values(&self, text: &str) -> Vec<(&Symbol, Value)> {
        match self {
            Denotation::Number(symbol) => {
                value::number(text).map(|number| vec![(symbol, Value::Real(number))])
            }
            Denotation::Instant(symbol) => {
                value::instant(text).map(|instant| vec![(symbol, Value::Real(instant))])
            }
            Denotation::Boolean(symbol) => {
                value::boolean(text).map(|boolean| vec![(symbol, Value::Bool(boolean))])
            }
            Denotation::Address { is_v6, v4, v6 } => {
                value::address(text).map(|address| match address {
                    IpAddr::V4(bits) => vec![(v4, Value::bits(32, bits.to_bits().into()))],
                    IpAddr::V6(bits) => {
                        vec![(is_v6, Value::Bool(true)), (v6, Value::bits(128, bits.to_bits()))]
                    }
                })
            }
        }
        .unwrap_or_default()
    }
}

/// A value with symbols for the values of parameters in it.
fn over_parameters(value: &Value, parameters: &[(String, Symbol)]) -> Term {
    let Value::String(text) = value else { return Term::value(value.clone()) };
    let (mut parts, mut rest) = (Vec::new(), text.as_str());
    let mut literal = String::new();
    while let Some(letter) = rest.chars().next() {
        let known = parameters.iter().find_map(|(value, symbol)| {
            let after = rest.strip_prefix(value.as_str()).filter(|_| !value.is_empty())?;
            Some((symbol, after))
        });
        match known {
            Some((symbol, after)) => {
                parts.push(Term::string(std::mem::take(&mut literal)));
                parts.push(Term::var(symbol));
                rest = after;
            }
            None => {
                literal.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    parts.push(Term::string(&literal));
    Term::concat(parts)
}

fn set(model: &mut Model, symbol: &Symbol, value: bool) {
    model.insert(symbol.clone(), Value::Bool(value));
}

fn set_text(model: &mut Model, symbol: &Symbol, text: &str) {
    model.insert(symbol.clone(), Value::String(text.to_owned()));
}
