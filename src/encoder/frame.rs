//! The symbolic request: which symbols a question is about.

use crate::Error;
use crate::arn::Arn;
use crate::principal::Caller;
use crate::shapes;
use crate::slot::Slot;
use crate::spelling::Spelling;
use crate::usage::{ENDPOINT_KEYS, Multiplicity, Usage, Usages};
use keyaki_iam::catalogue::keys;
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::policy::parameter::Parameter;
use keyaki_iam::shape::Shape;
use keyaki_logic::limits::Limits;
use keyaki_logic::regex::{Class, Regex};
use keyaki_logic::term::{Sharing, Sort, Symbol, Term};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The symbolic request of one question: a symbol for everything that the statements of the
/// question look at.
///
/// It is made from all statements that will be encoded over it, and is exact for these: for every
/// concrete request there is a model of [`Frame::structure`] that gives each of them the same
/// outcome, and for every model of it a request that does.
#[derive(Debug, Clone)]
pub struct Frame {
    pub(crate) action: Symbol,
    pub(crate) resource: Arn,
    /// The account that owns the resource; empty where nothing says.
    pub(crate) owner: Symbol,
    pub(crate) caller: Caller,
    pub(crate) keys: BTreeMap<ContextKey, Key>,
    /// The id of the foundation model that the resource is; where the question asks through which
    /// profile that is called and nothing else says which model it is.
    pub(crate) model: Option<Symbol>,
    /// How the policies write actions.
    pub(crate) spelling: Spelling,
    /// The services that actions and resources of the policies name.
    pub(crate) services: Vec<String>,
    /// What was encoded so far: statements repeat each other's parts, above all those about every
    /// element of a key.
    sharing: RefCell<Sharing>,
    /// How much may be encoded, and until when.
    limits: RefCell<Limits>,
}

/// The key that tells through which profile a foundation model is called.
pub const INFERENCE_PROFILE: &str = "bedrock:InferenceProfileArn";

/// What the last field of the ARN of a foundation model begins with.
pub(crate) const MODEL: &str = "foundation-model/";

/// The symbols of one context key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// As first written.
    pub key: ContextKey,
    pub usage: Usage,
    pub multiplicity: Multiplicity,
    /// Whether it holds one value and no list; only for a key of which nothing says so. Without
    /// meaning where the key is absent.
    pub single: Option<Symbol>,
    pub present: Symbol,
    /// One for a key with a single value. The first element is there iff the key is.
    pub elements: Vec<Element>,
    /// True iff the key has a value other than the empty string.
    pub filled: Term,
}

/// One optional value of a key.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub member: Symbol,
    pub slot: Slot,
    /// The only tag key that the value may be, but for its case; in lower case. So each tag that is
    /// passed has its own place in `aws:TagKeys`, and nothing has to be said about pairs of tags.
    /// `None`: any value.
    pub tag: Option<String>,
}

/// What the names of a frame's symbols begin with.
pub(crate) struct Naming<'a> {
    /// Those of the action, the resource and its owner.
    pub own: &'a str,
    /// Those of the caller.
    pub caller: &'a str,
    /// Those of a key.
    pub key: &'a dyn Fn(&ContextKey) -> String,
    /// How many frames may name a symbol alike, this one among them.
    pub contexts: usize,
}

impl Default for Naming<'_> {
    /// No symbol is told apart from those of other frames.
    fn default() -> Self {
        Self { own: "", caller: "", key: &|_| String::new(), contexts: 1 }
    }
}

impl Frame {
    /// The symbolic request for questions about the policy sets `sets` and the request shapes
    /// `shapes`.
    pub fn new(sets: &[&Policies], shapes: &[&Shape]) -> Frame {
        Frame::with_elements(sets, shapes, 0)
    }

    /// Like [`Frame::new`], for questions about requests of which the catalogue says how many
    /// values the keys of services hold.
    ///
    /// # Errors
    /// When the catalogue is damaged where it lists a key of the question.
    pub fn listed(
        sets: &[&Policies],
        shapes: &[&Shape],
        catalogue: &Catalogue,
    ) -> Result<Frame, CatalogueError> {
        let mut usages = Usages::of(sets, shapes);
        usages.look_up(catalogue)?;
        Ok(Frame::named(sets, shapes, 0, usages, &Naming::default()))
    }

    /// Like [`Frame::new`], with at least `at_least` elements for each multivalued key: so many
    /// values a concrete request may have and still be representable one by one.
    pub fn with_elements(sets: &[&Policies], shapes: &[&Shape], at_least: usize) -> Frame {
        Frame::named(sets, shapes, at_least, Usages::of(sets, shapes), &Naming::default())
    }

    /// A frame with these uses of keys, whose symbols have these names: frames that name a symbol
    /// alike have it in common.
    pub(crate) fn named(
        sets: &[&Policies],
        shapes: &[&Shape],
        at_least: usize,
        usages: Usages,
        naming: &Naming<'_>,
    ) -> Frame {
        let contexts = naming.contexts;
        let count = |key: &ContextKey, usage: &Usage| {
            (usage.elements(contexts) + usages.neighbours(key)).max(at_least)
        };
        let named = |key: &ContextKey, usage: &Usage| {
            Key::new(
                key.clone(),
                usage.clone(),
                count(key, usage),
                &usages.tags_in(key),
                &(naming.key)(key),
            )
        };
        let keys = usages.keys.iter().map(|(key, usage)| (key.clone(), named(key, usage)));
        let own = naming.own;
        // The authorizations of a call say themselves which model they are about, and through which
        // profile.
        let asked = own.is_empty() && usages.keys.contains_key(&ContextKey::new(INFERENCE_PROFILE));
        Frame {
            model: asked.then(|| Symbol::new("resource.model", Sort::String)),
            action: Symbol::new(format!("{own}action"), Sort::String),
            resource: Arn::new(|part| format!("{own}resource.{part}")),
            owner: Symbol::new(format!("{own}resource.owner"), Sort::String),
            caller: Caller::new(naming.caller),
            keys: keys.collect(),
            spelling: Spelling::of(sets, shapes),
            services: usages.services.iter().cloned().collect(),
            sharing: RefCell::default(),
            limits: RefCell::default(),
        }
    }

    /// Without this a model denotes no request: the action has no upper-case letters (it is
    /// compared in lower case), fields of an ARN no colons, no value is a member of an absent key,
    /// no text both denotes something and is empty, parameters have values, and the caller is of exactly one kind, with
    /// parts that this kind has. To be assumed in every query.
    pub fn structure(&self) -> Term {
        let lower = Regex::star(Regex::class(Class::new([('A', 'Z')]).complement()));
        let action = Term::in_regex(Term::var(&self.action), lower);
        let resource = Term::or([Term::not(self.resource.is_arn()), self.resource.structure()]);
        Term::and(
            [action, resource, self.caller.structure()]
                .into_iter()
                .chain(self.keys.values().map(Key::structure)),
        )
    }

    /// True iff the resource is a foundation model.
    pub(crate) fn is_foundation_model(&self) -> Term {
        let [_, _, service, _, account, last] = self.resource.terms();
        let named = Term::in_regex(last, shapes::beginning(MODEL));
        Term::and([
            self.resource.is_arn(),
            Term::eq(service, Term::string("bedrock")),
            Term::eq(account, Term::string("")),
            named,
        ])
    }

    /// True iff every key that is present holds well-typed values (SEMANTICS F21): of the declared
    /// type, or, for a key that is not known, of the type that the only family of operators applied
    /// to it compares.
    pub fn well_typed(&self) -> Term {
        Term::and(self.keys.values().map(Key::well_typed))
    }

    /// True iff the request came through a VPC endpoint, as far as the frame knows keys that show
    /// it.
    pub(crate) fn through_endpoint(&self) -> Term {
        Term::or(
            ENDPOINT_KEYS
                .iter()
                .filter_map(|name| self.keys.get(&ContextKey::new(name)))
                .map(Key::present),
        )
    }

    pub(crate) fn key(&self, key: &ContextKey) -> Result<&Key, Error> {
        self.keys.get(key).ok_or_else(|| Error::Foreign { key: key.clone() })
    }

    /// The same formula, which has its parts in common with all that were shared before.
    pub fn shared(&self, formula: &Term) -> Term {
        self.sharing.borrow_mut().share(formula)
    }

    /// From now on encodes within these limits.
    pub fn limit(&self, limits: &Limits) {
        self.limits.replace(limits.clone());
    }

    /// Whether the limits leave room for more.
    ///
    /// # Errors
    ///
    /// [`Error::Unfinished`] if they do not.
    pub fn goes_on(&self) -> Result<(), Error> {
        self.has_room_for(0)
    }

    /// Whether the limits leave room for so many more terms.
    ///
    /// # Errors
    ///
    /// As [`Frame::goes_on`].
    pub fn has_room_for(&self, terms: usize) -> Result<(), Error> {
        let terms = self.sharing.borrow().count().saturating_add(terms);
        self.limits.borrow().exceeded(terms).map_or(Ok(()), |reason| Err(Error::Unfinished(reason)))
    }

    /// Every symbol, in a fixed order.
    pub(crate) fn symbols(&self) -> Vec<Symbol> {
        let own = [&self.action, &self.owner]
            .into_iter()
            .chain(self.caller.symbols())
            .chain(self.resource.symbols());
        own.chain(&self.model).cloned().chain(self.keys.values().flat_map(Key::symbols)).collect()
    }
}

impl Key {
    /// If it is multivalued, with `count` elements and one for each of `tags`; the names of its
    /// symbols begin with `start`.
    fn new(key: ContextKey, usage: Usage, count: usize, tags: &BTreeSet<&str>, start: &str) -> Key {
        let multiplicity = usage.multiplicity(&key);
        let multivalued = multiplicity != Multiplicity::One;
        let representation = usage.representation(&key);
        let prefix = format!("{start}{}", symbol_prefix(&key));
        let present = Symbol::new(format!("{prefix}.present"), Sort::Bool);
        let single = (multiplicity == Multiplicity::Either)
            .then(|| Symbol::new(format!("{prefix}.single"), Sort::Bool));
        let slot =
            |index: &str| Slot::new(representation, |part| format!("{prefix}.{part}{index}"));
        let member = |index: &str| Symbol::new(format!("{prefix}.in{index}"), Sort::Bool);
        let elements: Vec<Element> = if multivalued {
            let first = Element { member: present.clone(), slot: slot("[0]"), tag: None };
            let others = (1..count).map(|at| (format!("[{at}]"), None));
            let tags = tags.iter().map(|tag| (format!("[tag {tag}]"), Some((*tag).to_owned())));
            let other = |(index, tag): (String, _)| Element {
                member: member(&index),
                slot: slot(&index),
                tag,
            };
            std::iter::once(first).chain(others.chain(tags).map(other)).collect()
        } else {
            vec![Element { member: present.clone(), slot: slot(""), tag: None }]
        };
        let filled = Term::or(
            elements
                .iter()
                .map(|one| Term::and([Term::var(&one.member), Term::not(one.slot.is_empty())])),
        );
        Key { key, usage, multiplicity, single, present, elements, filled }
    }

    pub fn present(&self) -> Term {
        Term::var(&self.present)
    }

    /// The value of a key with a single value; the first of several.
    pub fn first(&self) -> Option<&Slot> {
        self.elements.first().map(|element| &element.slot)
    }

    /// What is substituted for a policy variable when the key is present and [`Key::is_single`];
    /// `None` for a multivalued key (`[U10]`).
    pub fn variable(&self) -> Option<&Slot> {
        match self.multiplicity {
            Multiplicity::One | Multiplicity::Either => self.first(),
            Multiplicity::Several => None,
        }
    }

    /// True iff the key, if it is present, holds one value and no list.
    pub fn is_single(&self) -> Term {
        match &self.single {
            Some(single) => Term::var(single),
            None => Term::bool(self.multiplicity == Multiplicity::One),
        }
    }

    /// True iff the value of the key that is this tag's, in lower case, is among its values: where
    /// the tag has no place of its own, whether one of the others is.
    pub fn names(&self, tag: &str) -> Term {
        let free = self.elements.iter().take_while(|element| element.tag.is_none());
        let named = |element: &Element| {
            Term::and([Term::var(&element.member), element.slot.equals_ignoring_case(tag)])
        };
        Term::or(free.map(named).chain(self.place_of(tag)))
    }

    /// True iff the place of a tag, in lower case, is taken; `None` if it has no place.
    pub fn place_of(&self, tag: &str) -> Option<Term> {
        // The places of tags come last, in order.
        let place = self
            .elements
            .binary_search_by(|element| element.tag.as_deref().cmp(&Some(tag)))
            .ok()?;
        self.elements.get(place).map(|element| Term::var(&element.member))
    }

    fn structure(&self) -> Term {
        let asked_for_empty = self.usage.set_conditions > 0;
        let given = Parameter::of(&self.key).map(|parameter| self.is_given(&parameter));
        let elements = Term::and(self.elements.iter().enumerate().flat_map(|(at, element)| {
            let member = || Term::var(&element.member);
            let possible = || Term::and([self.present(), Term::not(self.is_single())]);
            let owned = if at == 0 { Term::truth() } else { Term::implies(member(), possible()) };
            let own = element.tag.as_ref().map_or_else(Term::truth, |tag| {
                Term::implies(member(), element.slot.equals_ignoring_case(tag))
            });
            [owned, own, element.slot.structure(asked_for_empty)]
        }));
        Term::and([elements].into_iter().chain(given))
    }

    /// True iff the parameter has a value, of its form (SEMANTICS 3.1).
    fn is_given(&self, parameter: &Parameter) -> Term {
        let form = shapes::of_form(&parameter.form);
        let value = self.first().map_or_else(Term::falsehood, |slot| slot.in_regex(form));
        Term::and([self.present(), self.is_single(), value])
    }

    fn well_typed(&self) -> Term {
        let types = self.usage.types(&self.key);
        Term::and(self.elements.iter().map(|element| {
            Term::implies(Term::var(&element.member), element.slot.well_typed(&types))
        }))
    }

    fn symbols(&self) -> impl Iterator<Item = Symbol> {
        let elements = self.elements.iter().flat_map(|element| {
            std::iter::once(element.member.clone()).chain(element.slot.symbols())
        });
        std::iter::once(self.present.clone()).chain(self.single.clone()).chain(elements)
    }
}

/// The part of a symbol's name that says which key it belongs to: the canonical spelling of a key
/// that is known. A key without a colon gets one in front, to be apart from `resource` and
/// `principal`; so does a key that begins with one, to be apart from the former.
fn symbol_prefix(key: &ContextKey) -> String {
    let written = key.text();
    if !written.contains(':') || written.starts_with(':') {
        return format!(":{written}");
    }
    match keys::lookup(key) {
        Some(info) => {
            format!("{}{}", info.name, written.get(info.name.len()..).unwrap_or_default())
        }
        None => written.to_owned(),
    }
}
