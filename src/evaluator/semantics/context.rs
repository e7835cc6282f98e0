//! What a request carries for a context key, and what the texts denote. Everything is found when it
//! is first asked for, and once.

use keyaki_iam::catalogue::keys::is_list;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::{ContextValue, Request};
use keyaki_iam::value;
use num_rational::BigRational;
use std::cell::OnceCell;
use std::net::IpAddr;

/// The context of a request.
pub(super) struct Context<'r>(Vec<Carried<'r>>);

/// What is carried for one key, in the order of the keys.
struct Carried<'r> {
    key: &'r ContextKey,
    given: &'r ContextValue,
    held: OnceCell<Held<'r>>,
}

/// The value of a single-valued key, or the distinct values of a multivalued one, in order.
enum Held<'r> {
    Single(Value<'r>),
    Many(Vec<Value<'r>>),
}

/// What a request carries for a key.
#[derive(Clone, Copy)]
pub(super) enum Values<'a> {
    /// Nothing, or an empty list.
    Absent,
    /// The value of a single-valued key.
    Single(&'a Value<'a>),
    /// The distinct values of a multivalued key, one at least, in order. A list in the request is
    /// multivalued whatever the key; the keys that SEMANTICS 5 marks "list" are multivalued also
    /// where the request gives a single text.
    Many(&'a [Value<'a>]),
}

impl<'r> Context<'r> {
    /// The context of a request.
    pub(super) fn of(request: &'r Request) -> Self {
        let carried = |(key, given)| Carried { key, given, held: OnceCell::new() };
        Self(request.context.iter().map(carried).collect())
    }

    /// A context that carries nothing.
    pub(super) fn empty() -> Self {
        Self(Vec::new())
    }

    /// What it carries for the key.
    pub(super) fn values(&self, key: &ContextKey) -> Values<'_> {
        let place = self.0.binary_search_by(|carried| carried.key.cmp(key));
        let Some(carried) = place.ok().and_then(|place| self.0.get(place)) else {
            return Values::Absent;
        };
        match carried.held.get_or_init(|| Held::of(carried.key, carried.given)) {
            Held::Single(value) => Values::Single(value),
            Held::Many(values) if values.is_empty() => Values::Absent,
            Held::Many(values) => Values::Many(values),
        }
    }
}

impl<'r> Held<'r> {
    fn of(key: &ContextKey, given: &'r ContextValue) -> Self {
        match given {
            ContextValue::Single(text) if is_list(key) => Self::Many(vec![Value::of(text)]),
            ContextValue::Single(text) => Self::Single(Value::of(text)),
            ContextValue::List(texts) => {
                let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                texts.sort_unstable();
                texts.dedup();
                Self::Many(texts.into_iter().map(Value::of).collect())
            }
        }
    }
}

/// A value of a request and what it denotes (SEMANTICS 4.4).
#[derive(Clone)]
pub(super) struct Value<'r> {
    /// As the request has it.
    pub(super) text: &'r str,
    number: OnceCell<Option<BigRational>>,
    instant: OnceCell<Option<BigRational>>,
    address: OnceCell<Option<IpAddr>>,
}

impl<'r> Value<'r> {
    pub(super) fn of(text: &'r str) -> Self {
        let (number, instant, address) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { text, number, instant, address }
    }

    /// The number that it denotes.
    pub(super) fn number(&self) -> Option<&BigRational> {
        self.number.get_or_init(|| value::number(self.text)).as_ref()
    }

    /// The instant that it denotes.
    pub(super) fn instant(&self) -> Option<&BigRational> {
        self.instant.get_or_init(|| value::instant(self.text)).as_ref()
    }

    /// The address that it denotes.
    pub(super) fn address(&self) -> Option<IpAddr> {
        *self.address.get_or_init(|| value::address(self.text))
    }

    /// The Boolean that it denotes.
    pub(super) fn boolean(&self) -> Option<bool> {
        value::boolean(self.text)
    }
}
