//! Models as concrete requests, written as a person would write them.

use crate::arn::Arn;
use crate::frame::{Frame, Key};
use crate::slot::{Denotation, Slot, Typed};
use crate::texts;
use crate::usage::Multiplicity;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::{ContextValue, Request};
use keyaki_iam::value;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Symbol, Value};
use num_rational::BigRational;
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

/// A value that is neither a number nor an instant, an address or a Boolean.
const ILL_TYPED: &str = "ill-typed";

type Context = BTreeMap<ContextKey, ContextValue>;

impl Frame {
    /// A request that the model stands for: every statement that the frame was made from has the
    /// same outcome for it as for the model.
    ///
    /// Keys are spelled as first written in the policies, and only those that are present are
    /// listed. The action has the case in which some policy writes it. Numbers and instants are
    /// moved, all by the same monotone function, to short decimals between the same constants of
    /// the policies. The owner of the resource is given where it is not the one that is assumed
    /// without.
    pub fn request_from(&self, model: &Model) -> Request {
        let read = Reading { model, grid: self.grid(model) };
        let mut context: Context = self
            .keys
            .values()
            .filter_map(|key| Some((key.key.clone(), read.values(key)?)))
            .collect();
        spell_tags(&mut context);
        let mut request = Request {
            principal: self.caller.parts(model).principal(),
            action: self.spelling.spelled(&read.text(&self.action)),
            resource: read.arn(&self.resource).unwrap_or_else(|| "*".to_owned()),
            resource_account: None,
            principal_in_management_account: read.truth(&self.caller.in_management_account),
            context,
        };
        let owner = read.text(&self.owner);
        if request.owner().unwrap_or_default() != owner {
            request.resource_account = Some(owner);
        }
        request
    }

    /// The numbers that values must not be moved across, nor onto: those in the policies, and the
    /// instants that texts denote.
    fn grid(&self, model: &Model) -> BTreeSet<BigRational> {
        let mut grid = BTreeSet::new();
        for key in self.keys.values() {
            grid.extend(key.usage.constants.iter().cloned());
            for element in &key.elements {
                if let (Slot::Text(symbol), true) =
                    (&element.slot, key.usage.reads_instants(&key.key))
                {
                    let Value::String(text) = model.value(symbol) else { continue };
                    grid.extend(value::instant(&text));
                }
            }
        }
        grid
    }
}

/// Spells the keys of the tags that are passed as `aws:TagKeys` does (SEMANTICS F15).
fn spell_tags(context: &mut Context) {
    let Some(ContextValue::List(spelled)) = context.get(&ContextKey::new("aws:TagKeys")).cloned()
    else {
        return;
    };
    for tag in spelled {
        let key = ContextKey::new(&format!("aws:RequestTag/{tag}"));
        if let Some(value) = context.remove(&key) {
            context.insert(key, value);
        }
    }
}

/// Reads texts off a model.
struct Reading<'a> {
    model: &'a Model,
    grid: BTreeSet<BigRational>,
}

impl Reading<'_> {
    fn truth(&self, symbol: &Symbol) -> bool {
        self.model.value(symbol) == Value::Bool(true)
    }

    fn text(&self, symbol: &Symbol) -> String {
        match self.model.value(symbol) {
            Value::String(text) => text,
            Value::Bool(_) | Value::Real(_) | Value::BitVec { .. } => String::new(),
        }
    }

    fn real(&self, symbol: &Symbol) -> BigRational {
        match self.model.value(symbol) {
            Value::Real(value) => self.moved(value),
            Value::Bool(_) | Value::String(_) | Value::BitVec { .. } => BigRational::zero(),
        }
    }

    fn bits(&self, symbol: &Symbol) -> u128 {
        match self.model.value(symbol) {
            Value::BitVec { value, .. } => value,
            Value::Bool(_) | Value::String(_) | Value::Real(_) => 0,
        }
    }

    /// The short decimal between the same two numbers of the grid.
    fn moved(&self, value: BigRational) -> BigRational {
        if self.grid.contains(&value) {
            return value;
        }
        texts::short_decimal_below(&value, self.grid.range(..&value).next_back())
    }

    fn values(&self, key: &Key) -> Option<ContextValue> {
        if !self.truth(&key.present) {
            return None;
        }
        let single = match &key.single {
            Some(single) => self.truth(single),
            None => key.multiplicity == Multiplicity::One,
        };
        if single {
            return key.first().map(|slot| ContextValue::Single(self.value(slot)));
        }
        let mut values: Vec<String> = Vec::new();
        for element in key.elements.iter().filter(|element| self.truth(&element.member)) {
            let value = self.value(&element.slot);
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Some(ContextValue::List(values))
    }

    fn value(&self, slot: &Slot) -> String {
        match slot {
            Slot::Text(symbol) => self.text(symbol),
            Slot::Arn { arn, raw } => self.arn(arn).unwrap_or_else(|| self.text(raw)),
            Slot::Typed(Typed { empty, .. }) if self.truth(empty) => String::new(),
            Slot::Typed(Typed { ok, .. }) if !self.truth(ok) => ILL_TYPED.to_owned(),
            Slot::Typed(Typed { value, .. }) => self.denoting(value),
        }
    }

    /// A text that denotes the value. Values that were moved have a finite decimal notation.
    fn denoting(&self, value: &Denotation) -> String {
        match value {
            Denotation::Number(symbol) => texts::decimal(&self.real(symbol)).unwrap_or_default(),
            Denotation::Instant(symbol) => texts::instant(&self.real(symbol)).unwrap_or_default(),
            Denotation::Boolean(symbol) => self.truth(symbol).to_string(),
            Denotation::Address { is_v6, v6, .. } if self.truth(is_v6) => {
                Ipv6Addr::from_bits(self.bits(v6)).to_string()
            }
            Denotation::Address { v4, .. } => {
                Ipv4Addr::from_bits(u32::try_from(self.bits(v4)).unwrap_or_default()).to_string()
            }
        }
    }

    fn arn(&self, arn: &Arn) -> Option<String> {
        let fields = arn.fields.each_ref().map(|field| self.text(field));
        self.truth(&arn.is_arn).then(|| fields.join(":"))
    }
}
