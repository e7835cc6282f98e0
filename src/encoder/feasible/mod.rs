//! Which requests can exist: the constraints of SEMANTICS 5.6, for callers of every kind.
//!
//! [`constraints`] need no service catalogue; each is over the keys that the question mentions:
//!
//! * F1 to F7: the caller, its ARN and the keys that tell of it, kind by kind.
//! * F8 to F10: the organization's keys; an account has one path.
//! * F11, F25, F26: the resource's owner, partition and Region agree with the context.
//! * F12 and the action, as far as they need no catalogue: `*` or an ARN of six fields, a non-empty
//!   resource part; `prefix:Name`. Of F13, that every key has a service prefix, and that keys which
//!   nobody knows are absent. Of F15, that `aws:TagKeys` holds the keys of the tags that are
//!   passed.
//! * F14, F17, F27.
//! * F18 to F22, F24, F28 to F32, F35 to F38. Of F22, what characters beyond ASCII are letters is
//!   left open: too many requests are considered, never too few.
//!
//! [`Universe`] says what the catalogue adds: the actions that exist, what each is authorized on,
//! and which keys come with it (F12, F13, F15, F16, F34). F33 is a matter of calls.

mod callers;
mod endpoints;
mod issued;
mod models;
mod network;
mod organizations;
mod resource;
mod session;
mod tags;
mod universe;

pub use universe::{Case, Rest, Universe};
pub(crate) use universe::{Interest, Listing};

use crate::Error;
use crate::arn::Arn;
use crate::frame::{Frame, Key};
use crate::principal::Caller;
use crate::slot::Slot;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::PrincipalKind;
use keyaki_iam::world::{Assumptions, ModelChoice, World};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::Term;

/// Whether a constraint is documented, or a choice of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConstraintKind {
    /// Documented: holds of every request that can exist.
    Hard,
    /// A choice of the model: assumed, to be named in an answer that rests on it.
    Model,
}

/// A property of the requests that can exist.
#[derive(Debug, Clone)]
pub struct Constraint {
    /// The row of SEMANTICS 5.6, for example `F18`; `action` and `presence` for what 2.1 and the
    /// presence columns of section 5 say.
    pub id: &'static str,
    /// Documented, or a choice.
    pub kind: ConstraintKind,
    /// True iff the request has the property.
    pub term: Term,
    /// What it says, as a clause in lower case.
    pub doc: &'static str,
    /// True for those that cost a solver much and rarely decide anything: ask without them first,
    /// and again with those that the model violates. "No" without them is "no" with them.
    pub costly: bool,
}

/// The constraints on the requests of a frame, each a formula of its own: the laws, and the model
/// choices, whether the world assumes them or not. Those that concern only keys that the question
/// does not mention are left out. None looks at what is assumed: see [`Constraint::is_assumed`].
///
/// # Errors
///
/// [`Error::Unfinished`] where the frame's limits do not leave room for them.
pub fn constraints(frame: &Frame, world: &World<'_>) -> Result<Vec<Constraint>, Error> {
    let context = Context { frame, caller: &frame.caller };
    let catalogue = world.catalogue;
    let all = [
        context.request_shape(),
        if world.unknown_keys { Vec::new() } else { context.unknown_keys(catalogue) },
        context.closed_values(),
        context.unsigned(),
        context.presence(),
        context.kinds(),
        context.names(),
        context.own_arn(),
        context.services(),
        context.organizations(),
        context.agreement(),
        context.network(),
        context.session(),
        context.issued(catalogue),
        context.endpoints(),
        context.tags()?,
        context.places(),
        context.models(),
    ];
    let all = all.into_iter().flatten();
    let constraint = |(id, kind, doc, term): Row| Constraint {
        id,
        kind,
        term,
        doc,
        costly: COSTLY.contains(&doc),
    };
    Ok(all.map(constraint).filter(|one| one.term != Term::truth()).collect())
}

impl Constraint {
    /// Whether it counts under these assumptions: a law always does, a model choice where it is
    /// assumed.
    pub fn is_assumed(&self, assumptions: Assumptions) -> bool {
        match self.kind {
            ConstraintKind::Hard => true,
            ConstraintKind::Model => {
                ModelChoice::of(self.id).is_some_and(|choice| assumptions.contains(choice))
            }
        }
    }
}

const COSTLY: [&str; 5] = [
    callers::NAME_LENGTH,
    callers::SESSION_LENGTH,
    tags::KEY_LENGTH,
    tags::VALUE_LENGTH,
    tags::KEY_CASE,
];

/// A row of SEMANTICS 5.6, its kind, what it says, and the formula.
type Row = (&'static str, ConstraintKind, &'static str, Term);

/// What every constraint is written with.
struct Context<'a> {
    frame: &'a Frame,
    caller: &'a Caller,
}

impl<'a> Context<'a> {
    fn key(&self, name: &str) -> Option<&'a Key> {
        self.frame.keys.get(&ContextKey::new(name))
    }

    fn slot(&self, name: &str) -> Option<(Term, &'a Slot)> {
        let key = self.key(name)?;
        Some((key.present(), key.first()?))
    }

    /// The presence of those of the keys that the frame knows.
    fn presences(&self, names: &[&str]) -> Vec<Term> {
        names.iter().filter_map(|name| self.key(name)).map(Key::present).collect()
    }

    fn absent(&self, names: &[&str]) -> Term {
        Term::not(Term::or(self.presences(names)))
    }

    fn together(&self, names: &[&str]) -> Term {
        let presences = self.presences(names);
        Term::and(presences.windows(2).map(|pair| match pair {
            [left, right] => Term::iff(left.clone(), right.clone()),
            _ => Term::truth(),
        }))
    }

    /// If the key is present, its value satisfies `formula`; true where the frame does not know it.
    fn value(&self, name: &str, formula: impl Fn(&Slot) -> Term) -> Term {
        self.slot(name)
            .map_or_else(Term::truth, |(present, slot)| Term::implies(present, formula(slot)))
    }

    /// If both keys are present, they hold the same text.
    fn same_value(&self, left: &str, right: &str) -> Term {
        let (Some((here, left)), Some((there, right))) = (self.slot(left), self.slot(right)) else {
            return Term::truth();
        };
        Term::implies(Term::and([here, there]), left.same(right))
    }

    fn is(&self, kind: PrincipalKind) -> Term {
        self.caller.is(kind)
    }

    /// True iff the action is one of these services. Written as what it is not: the question does
    /// not name these services, most of which it is not about.
    fn asks_one_of(&self, services: &[&str]) -> Term {
        self.is_not_among(others_than(services))
    }

    fn is_not_among(&self, others: Regex) -> Term {
        Term::not(Term::in_regex(Term::var(&self.frame.action), others))
    }

    /// True iff the action is one of these. Written as what it is not, likewise.
    fn asks_for(&self, actions: &[&str]) -> Term {
        self.is_not_among(others_but(actions))
    }

    fn account(&self) -> Term {
        Term::var(&self.caller.account)
    }

    fn owner(&self) -> Term {
        Term::var(&self.frame.owner)
    }

    /// The fields of a key that is represented as an ARN.
    fn arn(&self, name: &str) -> Option<(Term, &'a Arn)> {
        match self.slot(name)? {
            (present, Slot::Arn { arn, .. }) => Some((present, arn)),
            (_, Slot::Text(_) | Slot::Typed(_)) => None,
        }
    }
}

/// All actions but these.
fn others_but(actions: &[&str]) -> Regex {
    Regex::complement(Regex::union(
        actions.iter().map(|action| Regex::literal(&action.to_ascii_lowercase())),
    ))
}

/// All actions but those of these services.
fn others_than(services: &[&str]) -> Regex {
    let prefixes = services.iter().map(|service| Regex::literal(&format!("{service}:")));
    Regex::complement(Regex::concat([Regex::union(prefixes), Regex::all()]))
}

/// True iff the text of a value is this one.
fn is_text(slot: &Slot, text: &Term) -> Term {
    slot.test(|value| Term::eq(value, text.clone()))
}

/// Every value that the key holds satisfies `formula`.
fn members(key: &Key, formula: impl Fn(&Slot) -> Term) -> Term {
    Term::and(
        key.elements
            .iter()
            .map(|element| Term::implies(Term::var(&element.member), formula(&element.slot))),
    )
}

/// Some value that the key holds satisfies `formula`.
fn some_member(key: &Key, formula: impl Fn(&Slot) -> Term) -> Term {
    Term::or(
        key.elements
            .iter()
            .map(|element| Term::and([Term::var(&element.member), formula(&element.slot)])),
    )
}
