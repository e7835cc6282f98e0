//! Calls: one frame for each authorization of a path, which have in common what one caller with one
//! session has (SEMANTICS 6.7).

use crate::arn::Arn;
use crate::feasible::{Interest, Listing};
use crate::frame::{Frame, Key, Naming};
use crate::glob;
use crate::joined::Cutter;
use crate::shapes;
use crate::slot::Slot;
use crate::usage::Usages;
use keyaki_iam::calls::{
    Authorization, CALLER_ACCOUNT, Path, Patterns, Piece, ROLE_ACCOUNT, Scope, Shape, Tags, Target,
    Template, Who, scope,
};
use keyaki_iam::catalogue::CatalogueError;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::PrincipalKind::{RoleSession, Service};
use keyaki_iam::request::Request;
use keyaki_iam::shape;
use keyaki_iam::world::{ModelChoice, World};
use keyaki_logic::model::Model;
use keyaki_logic::regex::{Class, Regex};
use keyaki_logic::term::{Replacements, Sort, Symbol, Term, Value};
use std::collections::{BTreeMap, BTreeSet};

const REQUEST_TAG: &str = "aws:requesttag/";
const RESOURCE_TAG: &str = "aws:resourcetag/";
const TAG_KEYS: &str = "aws:TagKeys";
const SOURCE_IP: &str = "aws:SourceIp";

/// What the symbolic request of an authorization depends on besides policies and shapes.
/// Authorizations of different paths that agree in it have the same one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    who: Who,
    /// The place in the path.
    at: usize,
    /// How many frames may name a symbol alike.
    contexts: usize,
    /// The keys that the path says the values of.
    keys: BTreeSet<ContextKey>,
    /// The keys of the whole call.
    shared: BTreeSet<ContextKey>,
    /// Whether a service asks on behalf of the caller.
    forwarded: bool,
    passes_tags: bool,
    created: bool,
}

impl Kind {
    /// That of the authorization at this place of the path, by policies and shapes that use keys in
    /// this way.
    pub fn of(path: &Path, at: usize, needed: &Authorization, usages: &Usages) -> Kind {
        let own = |key: &&ContextKey| usages.keys.contains_key(*key);
        Kind {
            who: needed.who,
            at,
            contexts: if usages.look_at_contexts() { path.authorizations.len() } else { 1 },
            keys: needed.keys.keys().filter(own).cloned().collect(),
            shared: needed.shared.iter().filter(own).cloned().collect(),
            forwarded: needed.via.is_some(),
            passes_tags: needed.tags == Tags::Passed,
            created: needed.created,
        }
    }
}

impl Frame {
    /// The symbolic request for authorizations of this kind. Frames of one path have in common the
    /// symbols of the caller and of what belongs to it; a service role has symbols of its own.
    pub fn of_kind(
        sets: &[&Policies],
        shapes: &[&shape::Shape],
        usages: &Usages,
        kind: &Kind,
    ) -> Frame {
        let own = format!("authorization{}.", kind.at + 1);
        let caller = if kind.who == Who::Caller { "" } else { "role." };
        let key = |key: &ContextKey| match scope(key) {
            _ if kind.keys.contains(key) => own.clone(),
            // One value of the whole call, for each caller.
            _ if kind.shared.contains(key) => format!("call.{caller}"),
            Scope::Way if kind.forwarded => own.clone(),
            Scope::Session | Scope::Way => caller.to_owned(),
            Scope::Tags if kind.passes_tags => "call.".to_owned(),
            Scope::Tags | Scope::Authorization => own.clone(),
        };
        let mut usages = usages.clone();
        for (key, usage) in &mut usages.keys {
            // What a template writes is a text, and so is what is compared with it.
            usage.variable |= kind.keys.contains(key) || kind.created && is_tag(key);
            usage.variable |= scope(key) == Scope::Tags;
        }
        usages.names_resource_tags = true;
        Frame::named(
            sets,
            shapes,
            0,
            usages,
            &Naming { own: &own, caller, key: &key, contexts: kind.contexts },
        )
    }

    /// True iff the request is for this authorization: the action and the resource are those, the
    /// keys have their values.
    pub fn is_for(&self, needed: &Authorization) -> Term {
        let action =
            Term::eq(Term::var(&self.action), Term::string(needed.action.to_ascii_lowercase()));
        let resource = match needed.resource.fields() {
            None => Term::not(self.resource.is_arn()),
            Some(fields) => {
                let same = self
                    .resource
                    .terms()
                    .into_iter()
                    .zip(&fields)
                    .map(|(field, template)| Term::eq(field, written(template)));
                Term::and([self.resource.is_arn()].into_iter().chain(same))
            }
        };
        let keys = self.keys.values().map(|key| match needed.keys.get(&key.key) {
            Some(template) => Term::and([
                key.present(),
                key.first().map_or_else(Term::falsehood, |slot| is_written(slot, template)),
            ]),
            None if needed.lacks(&key.key) => Term::not(key.present()),
            None if needed.tags == Tags::Passed && key.key == ContextKey::new(TAG_KEYS) => {
                key.present()
            }
            None => Term::truth(),
        });
        let kind = if needed.who == Who::ServiceRole {
            self.caller.is(RoleSession)
        } else {
            Term::truth()
        };
        Term::and([action, resource, kind].into_iter().chain(keys))
    }

    /// What [`Frame::is_for`] decides about single symbols: each stands for what the path says, so
    /// that no symbol is left for it.
    pub fn settle(&self, needed: &Authorization, replacements: &mut Replacements) {
        let mut settle =
            |symbol: &Symbol, value: Term| _ = replacements.insert(Term::var(symbol), value);
        settle(&self.action, Term::string(needed.action.to_ascii_lowercase()));
        settle_arn(&self.resource, needed.resource.fields(), &mut settle);
        for key in self.keys.values() {
            let Some(template) = needed.keys.get(&key.key) else {
                if needed.lacks(&key.key) {
                    settle(&key.present, Term::falsehood());
                }
                continue;
            };
            settle(&key.present, Term::truth());
            match (key.first(), template.fields()) {
                (Some(Slot::Text(symbol)), _) => settle(symbol, written(template)),
                (Some(Slot::Arn { arn, .. }), fields @ Some(_)) => {
                    settle_arn(arn, fields, &mut settle)
                }
                // What is not settled is still stated, by `is_for`.
                (Some(Slot::Arn { .. }), None) | (Some(Slot::Typed(_)), _) | (None, _) => {}
            }
        }
    }

    /// The request for an authorization that a model stands for, when the variables have these
    /// values: what [`Frame::settle`] took away is put back.
    pub fn request_for(
        &self,
        needed: &Authorization,
        bindings: &BTreeMap<String, String>,
        model: &Model,
    ) -> Request {
        let read = self.request_from(model);
        let mut request = Request {
            action: needed.action.clone(),
            resource: needed.resource.fill(bindings),
            resource_account: None,
            ..read
        };
        let owner = text(model, &self.owner);
        if request.owner().unwrap_or_default() != owner {
            request.resource_account = Some(owner);
        }
        request
    }

    /// True iff the accounts of caller and role are those of the callers, as far as the path speaks
    /// of them.
    pub fn owns_account(&self, needed: &Authorization, path: &Path) -> Term {
        let name = if needed.who == Who::Caller { CALLER_ACCOUNT } else { ROLE_ACCOUNT };
        if !path.variables.contains_key(name) {
            return Term::truth();
        }
        Term::and([
            self.caller.has_account(),
            Term::eq(Term::var(&self.caller.account), variable(name)),
        ])
    }

    /// True iff the keys are as the service catalogue lists them for the authorization (SEMANTICS
    /// F6, F13, F15, F16). The laws count always, of the model choices those that the world assumes.
    ///
    /// # Errors
    ///
    /// When the catalogue is damaged where it speaks of the service.
    pub fn is_listed(
        &self,
        needed: &Authorization,
        world: &World<'_>,
    ) -> Result<Term, CatalogueError> {
        let created = needed.created && world.assumptions.contains(ModelChoice::F16);
        let created = match needed.tags {
            _ if !created => Term::truth(),
            Tags::Without => Term::not(Term::or(
                self.keys
                    .values()
                    .filter(|key| key.key.lower().starts_with(RESOURCE_TAG))
                    .map(Key::present),
            )),
            Tags::Open | Tags::Passed => {
                Term::and([self.tags_are_those_passed(), self.has_named_tags()])
            }
        };
        // A service that asks for itself has nobody ask on its behalf (F6), whether or not a policy
        // looks at the key that tells.
        let forwarded = match needed.via {
            Some(_) => Term::not(self.caller.is(Service)),
            None => Term::truth(),
        };
        let created = Term::and([created, forwarded]);
        let Some(targets) = needed.targets(world.catalogue)? else {
            return Ok(Term::and([created, Term::bool(world.unknown_actions)]));
        };
        let interest = Interest::of(self, world);
        let listing = |target: &Target<'_>| {
            Listing::of(&interest, target.service, target.action, target.resource).term(self, world)
        };
        Ok(Term::and([created, Term::or(targets.iter().map(listing))]))
    }

    /// True iff what a service asks from its own network shows no VPC endpoint and no address, as
    /// far as the world assumes that (SEMANTICS F33).
    pub fn is_from_network(&self, needed: &Authorization, world: &World<'_>) -> Term {
        let own = needed.service_network && world.assumptions.contains(ModelChoice::F33);
        if !own {
            return Term::truth();
        }
        let address =
            self.keys.get(&ContextKey::new(SOURCE_IP)).map_or_else(Term::falsehood, Key::present);
        Term::and([self.past_endpoints(), Term::not(address)])
    }

    /// True iff the tag is among `aws:TagKeys`; `None` where nothing looks at these.
    fn among_keys(&self, tag: &str) -> Option<Term> {
        Some(self.keys.get(&ContextKey::new(TAG_KEYS))?.names(tag))
    }

    /// The tags of the resource of which nothing asks whether they are passed are those among
    /// `aws:TagKeys` (F15, F16).
    fn has_named_tags(&self) -> Term {
        let tags = self
            .keys
            .values()
            .filter_map(|key| Some((key, key.key.lower().strip_prefix(RESOURCE_TAG)?)));
        let asked =
            |tag: &str| self.keys.contains_key(&ContextKey::new(&format!("{REQUEST_TAG}{tag}")));
        let unasked = tags.filter(|(_, tag)| !asked(tag));
        Term::and(
            unasked.filter_map(|(key, tag)| Some(Term::iff(key.present(), self.among_keys(tag)?))),
        )
    }
}

fn is_tag(key: &ContextKey) -> bool {
    key.lower().starts_with(REQUEST_TAG) || key.lower().starts_with(RESOURCE_TAG)
}

/// The six fields, or none.
fn settle_arn(arn: &Arn, fields: Option<[Template; 6]>, settle: &mut impl FnMut(&Symbol, Term)) {
    settle(&arn.is_arn, Term::bool(fields.is_some()));
    for (symbol, template) in arn.fields.iter().zip(fields.iter().flatten()) {
        settle(symbol, written(template));
    }
}

/// The symbol of a variable of a call.
fn symbol(name: &str) -> Symbol {
    Symbol::new(format!("call.{name}"), Sort::String)
}

fn variable(name: &str) -> Term {
    Term::var(&symbol(name))
}

/// What a template writes.
fn written(template: &Template) -> Term {
    Term::concat(template.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => Term::string(text.as_str()),
        Piece::Variable(name) => variable(name),
    }))
}

/// True iff the value is what the template writes.
fn is_written(slot: &Slot, template: &Template) -> Term {
    match (slot, template.fields()) {
        (Slot::Arn { arn, .. }, Some(fields)) => {
            let same = arn
                .terms()
                .into_iter()
                .zip(&fields)
                .map(|(field, template)| Term::eq(field, written(template)));
            Term::and([arn.is_arn()].into_iter().chain(same))
        }
        // A typed slot has no text: `of_authorization` sees to it that there is none.
        (Slot::Text(_) | Slot::Typed(_), _) | (Slot::Arn { .. }, None) => {
            slot.test(|text| Term::eq(text, written(template)))
        }
    }
}

/// The formulas of a path with what they ask of texts that several variables make up asked of the
/// variables.
pub fn taken_apart(formulas: &[Term], path: &Path, cutter: &mut Cutter) -> Vec<Term> {
    let shapes: BTreeMap<Symbol, &Shape> =
        path.variables.iter().map(|(name, variable)| (symbol(name), &variable.shape)).collect();
    cutter.taken_apart(formulas, &shapes)
}

/// True iff every variable of the path stands for a text of its shape that is as its patterns say.
/// One language for each: solvers find it easier than several.
pub fn shaped(path: &Path, patterns: &BTreeMap<&str, Patterns<'_>>) -> Term {
    let any_of = |patterns: &[&str]| {
        Regex::union(patterns.iter().map(|pattern| glob::regex_without(pattern, "")))
    };
    let language = |name: &str, shape: &Shape| match patterns.get(name) {
        None => language(shape),
        Some(Patterns { like, unlike }) => {
            let like = if like.is_empty() { Regex::all() } else { any_of(like) };
            Regex::intersect([language(shape), like, Regex::complement(any_of(unlike))])
        }
    };
    Term::and(
        path.variables
            .iter()
            .map(|(name, known)| Term::in_regex(variable(name), language(name, &known.shape))),
    )
}

fn language(shape: &Shape) -> Regex {
    match shape {
        Shape::Partition => shapes::partition(),
        Shape::Region => shapes::region(),
        Shape::Account => shapes::account(),
        Shape::Values(values) => Regex::union(values.iter().map(|value| Regex::literal(value))),
        Shape::Text(ranges) => Regex::plus(Regex::class(Class::new(
            ranges.iter().map(|range| (*range.start(), *range.end())),
        ))),
    }
}

/// What the variables of the path stand for in a model.
pub fn bindings(path: &Path, model: &Model) -> BTreeMap<String, String> {
    path.variables.keys().map(|name| (name.clone(), text(model, &symbol(name)))).collect()
}

fn text(model: &Model, symbol: &Symbol) -> String {
    match model.value(symbol) {
        Value::String(text) => text,
        Value::Bool(_) | Value::Real(_) | Value::BitVec { .. } => String::new(),
    }
}
