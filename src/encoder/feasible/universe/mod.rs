//! The requests that the service catalogue knows: which action is authorized on what, with which
//! keys (SEMANTICS F12, F13, F15, F16).
//!
//! Policies tell actions apart by few patterns only. So a question about all actions is one
//! question for each way in which the actions of the catalogue fall under these patterns, and in
//! each of them no symbol stands for the action any more. Only services are unpacked that the
//! question names: by an action, by a resource or by a key. All others look alike to it; one
//! question about them leaves open what they are authorized on, and only when it is answered with
//! yes their actions are looked at one by one.

mod atoms;
mod skeleton;
mod targets;

use crate::frame::Frame;
use crate::shapes;
use atoms::{Atoms, OfService};
use keyaki_iam::catalogue::{Action, ActionResource, CatalogueError, Service};
use keyaki_iam::world::{ModelChoice, World};
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Term, substitute};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::hash::Hash;
use std::sync::Arc;
pub(crate) use targets::{Interest, Listing};

/// A question over the actions of the catalogue, as cases.
pub struct Universe<'a> {
    frame: &'a Frame,
    world: World<'a>,
    formulas: &'a [Term],
    atoms: Atoms,
    interest: Interest,
    named: BTreeSet<String>,
    /// By service and resource type, whether the resource is of the type.
    resources: RefCell<FxHashMap<String, FxHashMap<String, Term>>>,
    /// By service, whether the resource is `*` or has an ARN of the service; only where an action
    /// may be authorized on any.
    anything: RefCell<FxHashMap<String, Term>>,
}

/// Requests for some actions, authorized on resources of some types.
pub struct Case {
    /// Satisfiable together iff one of these requests answers the question. No symbol stands for
    /// the action.
    pub assertions: Vec<Term>,
    targets: Vec<Target>,
}

/// Requests to services that the question does not name.
pub struct Rest {
    /// Satisfiable together if one of these requests answers the question; whether one does,
    /// [`Universe::cases_of`] tells.
    pub assertions: Vec<Term>,
    /// The prefixes of the services.
    pub services: Vec<String>,
}

/// An action, and what it is authorized on.
struct Target {
    action: Arc<str>,
    resource: Term,
}

/// Of so many services all actions are written into one expression.
const MOST_SERVICES: usize = 20;

/// What is left of the formulas for some actions; `None` where nothing satisfies them.
type Residual = Option<Vec<Term>>;

impl<'a> Universe<'a> {
    /// The universe of a question: the formulas over the frame, which look at the action in atoms
    /// of their own.
    ///
    /// # Errors
    ///
    /// When the catalogue is damaged where the question needs it.
    pub fn new(
        frame: &'a Frame,
        world: World<'a>,
        formulas: &'a [Term],
    ) -> Result<Self, CatalogueError> {
        let atoms = Atoms::of(formulas, &frame.action);
        let interest = Interest::of(frame, &world);
        let catalogue = world.catalogue;
        let known = |prefix: &str| catalogue.summary(prefix).map(|summary| summary.prefix.clone());
        let mut named: BTreeSet<String> = atoms
            .services()
            .chain(frame.services.iter().map(String::as_str))
            .filter_map(known)
            .collect();
        for key in interest.restricted.iter().filter(|key| !key.lower().starts_with("aws:")) {
            named.extend(
                catalogue.keys(key.text())?.into_iter().map(|(service, _)| service.prefix.clone()),
            );
        }
        Ok(Self {
            frame,
            world,
            formulas,
            atoms,
            interest,
            named,
            resources: RefCell::default(),
            anything: RefCell::default(),
        })
    }

    /// The prefixes of the services that the question names, which is what most questions are
    /// about.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(String::as_str)
    }

    /// True iff the action begins with one of these prefixes.
    pub fn is_of<'s>(&self, services: impl Iterator<Item = &'s str>) -> Term {
        let start = |service: &str| Regex::concat([Regex::literal(service), Regex::literal(":")]);
        Term::in_regex(
            Term::var(&self.frame.action),
            Regex::concat([Regex::union(services.map(start)), Regex::all()]),
        )
    }

    /// The cases of these services; `None` if `late` said so before all were made.
    ///
    /// # Errors
    ///
    /// As [`Universe::new`].
    pub fn cases_of<'s>(
        &self,
        services: impl Iterator<Item = &'s str>,
        late: &dyn Fn() -> bool,
    ) -> Result<Option<Vec<Case>>, CatalogueError> {
        let mut making = Making::new(self);
        for service in services {
            let Some(service) = self.world.catalogue.service(service)? else { continue };
            let atoms = self.atoms.of_actions(&service.prefix);
            for action in &service.actions {
                if late() {
                    return Ok(None);
                }
                making.add(service, &atoms, action);
            }
        }
        Ok(Some(making.cases()))
    }

    /// The cases of one action, in lower case; none if the catalogue does not list it.
    ///
    /// # Errors
    ///
    /// As [`Universe::new`].
    pub fn cases_of_action(&self, action: &str) -> Result<Vec<Case>, CatalogueError> {
        let mut making = Making::new(self);
        let (service, name) = action.split_once(':').unwrap_or_default();
        if let Some(service) = self.world.catalogue.service(service)? {
            let listed =
                service.actions.iter().find(|listed| listed.name.eq_ignore_ascii_case(name));
            listed.into_iter().for_each(|action| {
                making.add(service, &self.atoms.of_actions(&service.prefix), action)
            });
        }
        Ok(making.cases())
    }

    /// The other services, those together that the question does not tell apart.
    pub fn rest(&self) -> Vec<Rest> {
        let mut residuals = Residuals::new(self);
        let mut groups = Grouped::default();
        for summary in
            self.world.catalogue.summaries().filter(|summary| !self.named.contains(&summary.prefix))
        {
            // No pattern of the question is about the name after the colon.
            if let Some(residual) = residuals.of(&self.atoms.of_actions(&summary.prefix), "x") {
                groups.add(residual, summary.prefix.clone());
            }
        }
        let unlisted =
            self.interest.restricted.iter().filter(|key| !key.lower().starts_with("aws:"));
        let absent = Term::not(Term::or(
            unlisted.filter_map(|key| self.frame.keys.get(key)).map(|key| key.present()),
        ));
        let rest = |(residual, services)| Rest {
            assertions: residuals
                .formulas(residual)
                .iter()
                .cloned()
                .chain([absent.clone()])
                .collect(),
            services,
        };
        groups.in_order().map(rest).collect()
    }

    /// True iff the request is for an action that the catalogue knows, authorized on what it lists:
    /// [`Universe::cases_of`] and [`Universe::rest`] as one formula, for scripts. Services that the
    /// question does not name are approximated from above.
    ///
    /// # Errors
    ///
    /// As [`Universe::new`].
    pub fn formula(&self) -> Result<Term, CatalogueError> {
        let named = |names: Vec<String>| {
            Term::in_regex(
                Term::var(&self.frame.action),
                Regex::union(names.iter().map(|name| Regex::literal(name))),
            )
        };
        let mut cases = Grouped::default();
        for service in &self.named {
            let Some(service) = self.world.catalogue.service(service)? else { continue };
            for action in &service.actions {
                let mut ways: Vec<(Listing, Term)> = Vec::new();
                for target in targets_of(action) {
                    let listing = Listing::of(&self.interest, service, action, target);
                    ways.push((listing, self.authorized_on(service, target)));
                }
                if let Some(anything) = self.anything_else(service, action) {
                    ways.push((Listing::of(&self.interest, service, action, None), anything));
                }
                cases.add(ways, format!("{}:{}", service.prefix, action.name.to_ascii_lowercase()));
            }
        }
        let case = |(ways, actions): (Vec<(Listing, Term)>, Vec<String>)| {
            let way = |(listing, resource): (Listing, Term)| {
                Term::and([resource, listing.term(self.frame, &self.world)])
            };
            Term::and([named(actions), Term::or(ways.into_iter().map(way))])
        };
        let others = self.rest().into_iter().flat_map(|rest| rest.services);
        let others = Regex::union(
            others.map(|service| Regex::concat([Regex::literal(&service), Regex::literal(":")])),
        );
        let others =
            Term::in_regex(Term::var(&self.frame.action), Regex::concat([others, Regex::all()]));
        Ok(Term::or(cases.in_order().map(case).chain([others])))
    }

    /// The question about actions of known services that the catalogue does not list, which may be
    /// authorized on anything.
    ///
    /// # Errors
    ///
    /// As [`Universe::new`].
    pub fn unlisted(&self) -> Result<Vec<Term>, CatalogueError> {
        Ok(self.formulas.iter().cloned().chain([self.is_unlisted()?]).collect())
    }

    /// True iff the action is one of a known service, and of those that the question names not a
    /// listed one. Where they list very many, an action may be one of these.
    ///
    /// # Errors
    ///
    /// As [`Universe::new`].
    pub fn is_unlisted(&self) -> Result<Term, CatalogueError> {
        let action = || Term::var(&self.frame.action);
        let mut listed = Vec::new();
        for prefix in &self.named {
            let Some(service) = self.world.catalogue.service(prefix)? else { continue };
            let names = service
                .actions
                .iter()
                .map(|action| Regex::literal(&action.name.to_ascii_lowercase()));
            listed
                .push(Regex::concat([Regex::literal(&format!("{prefix}:")), Regex::union(names)]));
        }
        let few = listed.len() <= MOST_SERVICES;
        let known = Regex::union(
            self.world.catalogue.summaries().map(|summary| Regex::literal(&summary.prefix)),
        );
        let known = Regex::concat([known, Regex::literal(":"), shapes::action_name()]);
        Ok(Term::and([
            Term::in_regex(action(), known),
            Term::not(Term::in_regex(action(), Regex::union(listed.into_iter().filter(|_| few)))),
        ]))
    }

    /// True iff the resource is one that the target allows.
    fn authorized_on(&self, service: &Service, target: Option<&ActionResource>) -> Term {
        target.map_or_else(
            || Term::not(self.frame.resource.is_arn()),
            |target| self.resource(service, &target.name),
        )
    }

    /// True iff the resource is `*` or has an ARN of the service, and is none of those that are
    /// listed for the action; `None` where the lists of the catalogue are assumed to be complete
    /// (F12).
    fn anything_else(&self, service: &Service, action: &Action) -> Option<Term> {
        if self.world.assumptions.contains(ModelChoice::F12) {
            return None;
        }
        let made = || {
            Term::or([
                Term::not(self.frame.resource.is_arn()),
                targets::is_arn_of(&self.frame.resource, service),
            ])
        };
        let of_service =
            self.anything.borrow_mut().entry(service.prefix.clone()).or_insert_with(made).clone();
        let listed = Term::or(targets_of(action).map(|target| self.authorized_on(service, target)));
        Some(Term::and([of_service, Term::not(listed)]))
    }

    /// True iff the resource is of that type; made once for each type.
    fn resource(&self, service: &Service, name: &str) -> Term {
        if let Some(known) =
            self.resources.borrow().get(&service.prefix).and_then(|types| types.get(name))
        {
            return known.clone();
        }
        let formats =
            service.resource_type(name).map(|found| found.arns.as_slice()).unwrap_or_default();
        let made = targets::resource(&self.frame.resource, formats);
        self.resources
            .borrow_mut()
            .entry(service.prefix.clone())
            .or_default()
            .insert(name.to_owned(), made.clone());
        made
    }
}

impl Case {
    /// The actions of the case, in order, as the catalogue spells them.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        let mut before: Option<&str> = None;
        self.targets.iter().map(|target| target.action.as_ref()).filter(move |action| {
            // The targets of an action stand beside each other.
            before.replace(action) != Some(*action)
        })
    }

    /// The first action of the case that is authorized on the resource in the model, as the
    /// catalogue spells it.
    pub fn action(&self, model: &Model) -> Option<&str> {
        let mut evaluation = Evaluation::new(model);
        self.targets
            .iter()
            .find(|target| evaluation.is_true(&target.resource))
            .map(|target| target.action.as_ref())
    }
}

/// The resource types of an action, and `*` (as `None`) if it needs none of them.
fn targets_of(action: &Action) -> impl Iterator<Item = Option<&ActionResource>> {
    let bare = (!action.needs_resource()).then_some(None);
    action.resources.iter().map(Some).chain(bare)
}

/// The disjunction of the terms, each once.
fn any_of<'t>(terms: impl Iterator<Item = &'t Term>) -> Term {
    let mut seen = FxHashSet::default();
    Term::or(terms.filter(|term| seen.insert(*term)).cloned().collect::<Vec<_>>())
}

/// Cases in the making, action by action.
struct Making<'a> {
    residuals: Residuals<'a>,
    cases: Grouped<(usize, Listing), Target>,
}

impl<'a> Making<'a> {
    fn new(universe: &'a Universe<'a>) -> Self {
        Self { residuals: Residuals::new(universe), cases: Grouped::default() }
    }

    fn add(&mut self, service: &Service, atoms: &OfService<'_>, action: &Action) {
        let universe = self.residuals.universe;
        let Some(residual) = self.residuals.of(atoms, &action.name.to_ascii_lowercase()) else {
            return;
        };
        let name: Arc<str> = format!("{}:{}", service.prefix, action.name).into();
        for target in targets_of(action) {
            let listing = Listing::of(&universe.interest, service, action, target);
            self.cases.add(
                (residual, listing),
                Target { action: name.clone(), resource: universe.authorized_on(service, target) },
            );
        }
        if let Some(resource) = universe.anything_else(service, action) {
            let listing = Listing::of(&universe.interest, service, action, None);
            self.cases.add((residual, listing), Target { action: name.clone(), resource });
        }
    }

    fn cases(self) -> Vec<Case> {
        let Self { residuals, cases } = self;
        let universe = residuals.universe;
        let case = |((residual, listing), targets): ((usize, Listing), Vec<Target>)| {
            let authorized = any_of(targets.iter().map(|target| &target.resource));
            let own = [authorized, listing.term(universe.frame, &universe.world)];
            Case {
                assertions: residuals.formulas(residual).iter().cloned().chain(own).collect(),
                targets,
            }
        };
        cases.in_order().map(case).collect()
    }
}

/// What formulas come to, action by action: computed once for all actions that the formulas do not
/// tell apart.
struct Residuals<'a> {
    universe: &'a Universe<'a>,
    by_values: FxHashMap<Vec<bool>, Option<usize>>,
    by_formulas: FxHashMap<Vec<Term>, usize>,
    residuals: Vec<Vec<Term>>,
}

impl<'a> Residuals<'a> {
    fn new(universe: &'a Universe<'a>) -> Self {
        Self {
            universe,
            by_values: FxHashMap::default(),
            by_formulas: FxHashMap::default(),
            residuals: Vec::new(),
        }
    }

    /// The number of the residual for an action in lower case; `None` where nothing satisfies the
    /// formulas.
    fn of(&mut self, atoms: &OfService<'_>, action: &str) -> Option<usize> {
        let values = atoms.values(action);
        if let Some(known) = self.by_values.get(&values) {
            return *known;
        }
        let residual = self.residual(&atoms.truths(action)).map(|formulas| {
            let next = self.residuals.len();
            let number = *self.by_formulas.entry(formulas.clone()).or_insert(next);
            if number == next {
                self.residuals.push(formulas);
            }
            number
        });
        self.by_values.insert(values, residual);
        residual
    }

    fn residual(&self, truths: &[bool]) -> Residual {
        let formulas =
            substitute(self.universe.formulas, &self.universe.atoms.replacements(truths));
        if formulas.iter().any(|formula| formula.as_bool() == Some(false)) {
            return None;
        }
        Some(formulas.into_iter().filter(|formula| formula.as_bool().is_none()).collect())
    }

    fn formulas(&self, number: usize) -> &[Term] {
        self.residuals.get(number).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Values under keys, in the order in which the keys came first.
struct Grouped<K, V> {
    numbers: FxHashMap<K, usize>,
    groups: Vec<(K, Vec<V>)>,
}

impl<K, V> Default for Grouped<K, V> {
    fn default() -> Self {
        Self { numbers: FxHashMap::default(), groups: Vec::new() }
    }
}

impl<K: Clone + Eq + Hash, V> Grouped<K, V> {
    fn add(&mut self, key: K, value: V) {
        let next = self.groups.len();
        let number = *self.numbers.entry(key.clone()).or_insert(next);
        if number == next {
            self.groups.push((key, vec![value]));
        } else if let Some((_, values)) = self.groups.get_mut(number) {
            values.push(value);
        }
    }

    fn in_order(self) -> impl Iterator<Item = (K, Vec<V>)> {
        self.groups.into_iter()
    }
}
