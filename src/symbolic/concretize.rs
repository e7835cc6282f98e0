//! Models as concrete requests, written as a person would write them.

use crate::policy::ContextKey;
use crate::request::{ContextValue, Principal, Request};
use crate::symbolic::arn::Arn;
use crate::symbolic::frame::{Frame, Key};
use crate::symbolic::slot::{Denotation, Slot, Typed};
use crate::symbolic::{shapes, texts};
use crate::value;
use keyaki_encodings::model::Model;
use keyaki_encodings::term::{Symbol, Value};
use num_rational::BigRational;
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The account of a principal about which nothing else is known.
const ACCOUNT: &str = "111122223333";
/// A value that is no number, no instant, no address and no Boolean.
const ILL_TYPED: &str = "ill-typed";

type Context = BTreeMap<ContextKey, ContextValue>;

impl Frame {
    /// A request that the model stands for: every statement that the frame was made from has the same outcome for it as for the model.
    ///
    /// Keys are spelled as first written in the policies, and only those that are present are listed. The action has the case in which
    /// some policy writes it. Numbers and instants are moved, all by the same monotone function, to short decimals between the same
    /// constants of the policies. The principal is an IAM user or a role session and agrees with the context as far as that goes.
    pub fn request_from(&self, model: &Model) -> Request {
        let read = Reading { model, grid: self.grid(model) };
        let context: Context = self.keys.values().filter_map(|key| Some((key.key.clone(), read.values(key)?))).collect();
        let resource = read.arn(&self.resource).unwrap_or_else(|| "*".to_owned());
        let field = |index: usize| resource.splitn(6, ':').nth(index).unwrap_or_default().to_owned();
        let owner = single(&context, "aws:ResourceAccount").filter(|account| shapes::account().is_match(account) && *account != field(4));
        let partition = Some(field(1)).filter(|partition| shapes::partition().is_match(partition));
        Request {
            principal: principal(read.truth(&self.is_user), partition.as_deref().unwrap_or("aws"), &context),
            action: self.spelled(&read.text(&self.action)),
            resource_account: owner.map(str::to_owned),
            resource,
            principal_in_management_account: false,
            context,
        }
    }

    /// The action in the case of the pattern that literally covers most of it.
    fn spelled(&self, action: &str) -> String {
        let covers = |written: &&String| action.get(..written.len()).is_some_and(|start| start.eq_ignore_ascii_case(written));
        let written = self.actions.iter().filter(covers).max_by_key(|written| written.len()).map_or("", String::as_str);
        format!("{written}{}", action.get(written.len()..).unwrap_or_default())
    }

    /// The numbers that values must not be moved across, nor onto: those in the policies, and the instants that texts denote.
    fn grid(&self, model: &Model) -> BTreeSet<BigRational> {
        let mut grid = BTreeSet::new();
        for key in self.keys.values() {
            grid.extend(key.usage.constants.iter().cloned());
            for element in &key.elements {
                if let (Slot::Text(symbol), true) = (&element.slot, key.usage.reads_instants(&key.key)) {
                    let Value::String(text) = model.value(symbol) else { continue };
                    grid.extend(value::instant(&text));
                }
            }
        }
        grid
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
            _ => String::new(),
        }
    }

    fn real(&self, symbol: &Symbol) -> BigRational {
        match self.model.value(symbol) {
            Value::Real(value) => self.moved(value),
            _ => BigRational::zero(),
        }
    }

    fn bits(&self, symbol: &Symbol) -> u128 {
        match self.model.value(symbol) {
            Value::BitVec { value, .. } => value,
            _ => 0,
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
        if !key.multivalued {
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
            Denotation::Address { is_v6, v6, .. } if self.truth(is_v6) => Ipv6Addr::from_bits(self.bits(v6)).to_string(),
            Denotation::Address { v4, .. } => Ipv4Addr::from_bits(u32::try_from(self.bits(v4)).unwrap_or_default()).to_string(),
        }
    }

    fn arn(&self, arn: &Arn) -> Option<String> {
        let fields = arn.fields.each_ref().map(|field| self.text(field));
        self.truth(&arn.is_arn).then(|| fields.join(":"))
    }
}

fn single<'a>(context: &'a Context, key: &str) -> Option<&'a str> {
    match context.get(&ContextKey::new(key)) {
        Some(ContextValue::Single(value)) => Some(value),
        _ => None,
    }
}

/// An IAM user or a role session that agrees with `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:username` and `aws:userid`, where these
/// are in the context and have the shapes of SEMANTICS 5.1.
fn principal(is_user: bool, partition: &str, context: &Context) -> Principal {
    let arn: Option<Vec<&str>> = single(context, "aws:PrincipalArn").map(|arn| arn.splitn(6, ':').collect());
    let (known, path) = match arn.as_deref() {
        Some(["arn", partition, "iam", "", account, resource]) => (Some((*partition, *account)), Some(*resource)),
        _ => (None, None),
    };
    let account = single(context, "aws:PrincipalAccount").filter(|account| shapes::account().is_match(account)).unwrap_or(ACCOUNT);
    let (partition, account) = known.unwrap_or((partition, account));
    let name = single(context, "aws:username");
    if is_user || name.is_some() {
        let default = format!("user/{}", name.filter(|name| !name.is_empty()).unwrap_or("dev"));
        let resource = path.filter(|path| path.starts_with("user/")).unwrap_or(&default);
        return Principal::new(format!("arn:{partition}:iam::{account}:{resource}"));
    }
    let role = path.filter(|path| path.starts_with("role/")).unwrap_or("role/app");
    let name = role.rsplit('/').next().unwrap_or_default();
    let session = single(context, "aws:userid").and_then(|id| id.split_once(':')).map_or("session", |(_, session)| session);
    let role_arn = (role.matches('/').count() > 1).then(|| format!("arn:{partition}:iam::{account}:{role}"));
    Principal { arn: format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}"), role_arn, user_arn: None }
}
