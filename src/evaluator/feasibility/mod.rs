//! Which concrete requests can exist: the checker of every witness under `--requests feasible`.
//!
//! The same constraints stand, as formulas, in the encoder; the two were written apart, and a
//! witness that the solver thinks feasible and this checker does not is an internal error. Modelled
//! of SEMANTICS 5.6, for callers of every kind: F1 to F38 but for F33, which is about calls, and
//! the shape of actions and ARNs. Which actions there are, on which resources and with which keys
//! (F12, F13), and which create what (F16), the catalogue of the [`World`] says; a row that is a
//! model choice counts where the world assumes it.
//!
//! Where the text leaves room the checker is lenient: it refuses only what the text says cannot be.

mod caller;
mod calls;
mod endpoints;
mod formats;
mod issued;
mod organization;
mod resource;
mod service;
mod session;
mod shapes;
mod tags;
mod values;

pub use calls::tells_of_endpoint;
pub use endpoints::is_refused_by_service;
pub use formats::{field_is_of, matches as is_of_format};
pub use service::{comes_with, is_listed_somewhere, is_unknown, unlisted_keys};
pub(crate) use shapes::is_region;
pub use tags::letters;

use keyaki_iam::catalogue::keys::lookup;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::{ContextValue, PrincipalKind, Request};
use keyaki_iam::value;
use keyaki_iam::world::{ModelChoice, World};
use num_rational::BigRational;
use std::collections::BTreeSet;
use std::fmt::Display;

/// A constraint that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The constraint of SEMANTICS 5.6; `shape` for the form of actions and ARNs; `catalogue` where
    /// the catalogue cannot be read.
    pub id: &'static str,
    /// What is wrong, in words.
    pub message: String,
}

/// Keys of a known type whose value is of another type, and single-valued keys with a list (F21).
/// Empty when the context is well-typed.
pub fn ill_typed(request: &Request) -> Vec<Violation> {
    let bad = |(key, value): (&ContextKey, &ContextValue)| {
        let known = lookup(key)?;
        let list = matches!(value, ContextValue::List(_));
        let typed = texts(value).iter().all(|text| known.is_well_typed(text));
        (list != known.multivalued || !typed)
            .then(|| violation("F21", format!("`{}` holds a value of another type", key.text())))
    };
    request.context.iter().filter_map(bad).collect()
}

/// The constraints that a request breaks; empty when it can exist (SEMANTICS 5.6).
///
/// `mentioned` are the keys that the question's policies name: of those, the keys that every such
/// request carries must be there. Other keys may be left out of a witness, since nothing looks at
/// them.
pub fn violations(
    request: &Request,
    mentioned: &BTreeSet<&ContextKey>,
    world: &World<'_>,
) -> Vec<Violation> {
    let mut checker = Checker::of(request, mentioned, world);
    Checker::all().iter().for_each(|check| check(&mut checker));
    checker.found
}

/// Whether a request can exist: what [`violations`] says, and nothing about why.
pub fn can_exist(request: &Request, mentioned: &BTreeSet<&ContextKey>, world: &World<'_>) -> bool {
    let mut checker = Checker::of(request, mentioned, world);
    // What most requests break that cannot exist comes late: they are for other resources.
    checker.found.is_empty()
        && Checker::all().iter().rev().all(|check| {
            check(&mut checker);
            checker.found.is_empty()
        })
}

/// A request that is being checked, and what was found so far. Each file of this folder adds the
/// checks of some rows.
struct Checker<'a> {
    request: &'a Request,
    world: &'a World<'a>,
    kind: Option<PrincipalKind>,
    mentioned: &'a BTreeSet<&'a ContextKey>,
    found: Vec<Violation>,
}

impl<'a> Checker<'a> {
    fn of(
        request: &'a Request,
        mentioned: &'a BTreeSet<&'a ContextKey>,
        world: &'a World<'a>,
    ) -> Self {
        let (kind, found) = (request.principal.kind(), ill_typed(request));
        Self { request, world, kind, mentioned, found }
    }

    /// Every check, in the order of their violations.
    fn all() -> [fn(&mut Self); 17] {
        [
            Self::shape,
            Self::caller,
            Self::session,
            Self::issued,
            Self::endpoints,
            Self::calls,
            Self::organizations,
            Self::values,
            Self::resource,
            Self::service,
            Self::unknown_keys,
            Self::listed_values,
            Self::closed_values,
            Self::unsigned,
            Self::passed_tags,
            Self::twins,
            Self::encryption,
        ]
    }

    /// Notes a violation unless the condition holds.
    fn require(&mut self, holds: bool, id: &'static str, message: impl Display) {
        if !holds {
            self.found.push(violation(id, message.to_string()));
        }
    }

    /// Whether the model choice is one of those that the question assumes.
    fn assumes(&self, choice: ModelChoice) -> bool {
        self.world.assumptions.contains(choice)
    }

    /// As [`Self::require`], of a model choice: counts only where it is assumed.
    fn expect(&mut self, holds: bool, choice: ModelChoice, message: impl Display) {
        self.require(holds || !self.assumes(choice), choice.id(), message);
    }

    /// Notes a violation for each of these keys that is present.
    fn forbid(&mut self, names: &[&str], id: &'static str, reason: &str) {
        for name in names {
            self.require(!self.present(name), id, format_args!("{reason} has no `{name}`"));
        }
    }

    /// Notes a violation for each of these keys that is mentioned and absent.
    fn demand(&mut self, names: &[&str], id: &'static str, reason: &str) {
        for name in names {
            self.require(self.maybe_present(name), id, format_args!("{reason} carries `{name}`"));
        }
    }

    /// Notes a violation unless the key, where it is present, has this value.
    fn value_is(&mut self, name: &str, expected: &str, id: &'static str) {
        let holds = self.text(name).is_none_or(|text| text == expected);
        self.require(
            holds,
            id,
            format_args!("`{name}` of {} is `{expected}`", self.caller_words()),
        );
    }

    /// Whether the kind of caller is one of these.
    fn is(&self, kinds: &[PrincipalKind]) -> bool {
        self.kind.is_some_and(|kind| kinds.contains(&kind))
    }

    fn caller_words(&self) -> &'static str {
        self.kind.map_or("a text that is not a principal", PrincipalKind::words)
    }

    /// What the context holds for a key; an empty list is as no value.
    fn value(&self, name: &str) -> Option<&'a ContextValue> {
        // Contexts are short: looking through one costs less than naming a key.
        let found =
            self.request.context.iter().find(|(key, _)| key.lower().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value).filter(|value| !texts(value).is_empty())
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        match self.value(name) {
            Some(ContextValue::Single(text)) => Some(text),
            _ => None,
        }
    }

    fn list(&self, name: &str) -> Option<BTreeSet<&'a str>> {
        self.value(name).map(|value| texts(value).iter().map(String::as_str).collect())
    }

    fn truth(&self, name: &str) -> Option<bool> {
        self.text(name).and_then(value::boolean)
    }

    fn instant(&self, name: &str) -> Option<BigRational> {
        self.text(name).and_then(value::instant)
    }

    fn present(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn any_present(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.present(name))
    }

    /// Whether the question names the key.
    fn mentions(&self, name: &str) -> bool {
        match self.mentioned.len() {
            // As in a context: to name a key takes longer than to look through a few.
            0..=16 => self.mentioned.iter().any(|key| key.lower().eq_ignore_ascii_case(name)),
            _ => self.mentioned.contains(&ContextKey::new(name)),
        }
    }

    /// Present, or left out because nobody mentions it.
    fn maybe_present(&self, name: &str) -> bool {
        self.present(name) || !self.mentions(name)
    }

    /// Whether of these keys all are present or none is, as far as they are mentioned.
    fn together(&self, names: &[&str]) -> bool {
        !self.any_present(names) || names.iter().all(|name| self.maybe_present(name))
    }
}

fn violation(id: &'static str, message: String) -> Violation {
    Violation { id, message }
}

fn texts(value: &ContextValue) -> &[String] {
    match value {
        ContextValue::Single(text) => std::slice::from_ref(text),
        ContextValue::List(texts) => texts,
    }
}
