//! From a solver's call to one that a person reads at a glance: one change at a time, and each is kept only when every authorization of the
//! changed call is confirmed.

use super::{Asked, CallQuery};
use crate::calls::{Caller, Instance, Shape};
use crate::counterexample::{self, ACCOUNT, Vocabulary};
use crate::policy::Policy;
use crate::request::{Request, arn_fields};

/// A call that is being simplified.
struct Simplifier<'a, 'q> {
    query: &'a CallQuery<'q>,
    asked: &'a Asked<'a>,
    instance: Instance,
}

/// The call with what it does not need left out, and natural values where any would do. The given call must hold.
pub(super) fn simplify(query: &CallQuery<'_>, asked: &Asked<'_>, instance: Instance) -> Instance {
    let mut simplifier = Simplifier { query, asked, instance };
    simplifier.choose_accounts();
    simplifier.choose_bindings();
    simplifier.simplify_requests();
    simplifier.choose_accounts();
    simplifier.choose_bindings();
    simplifier.instance
}

impl Simplifier<'_, '_> {
    fn keep(&mut self, changed: Instance) -> bool {
        let kept = changed == self.instance || self.query.holds(self.asked, &changed);
        if kept {
            self.instance = changed;
        }
        kept
    }

    /// The partition that everybody knows, and the account of the documentation for the caller and whoever is of the same one.
    fn choose_accounts(&mut self) {
        let callers = [Some(&self.instance.caller), self.instance.role.as_ref()].into_iter().flatten();
        let homes: Vec<[String; 2]> = callers
            .filter_map(|caller| arn_fields(&caller.principal.arn).map(|fields| [fields[1].to_owned(), fields[4].to_owned()]))
            .collect();
        for [partition, account] in homes {
            self.rename(&partition, "aws");
            self.rename(&account, ACCOUNT);
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        let changed = renamed(&self.instance, from, to);
        self.keep(self.asked.path.settled(changed));
    }

    /// The best natural value of each variable.
    fn choose_bindings(&mut self) {
        for (name, variable) in &self.asked.path.variables {
            for value in &variable.natural {
                let current = self.instance.bindings.get(name).cloned().unwrap_or_default();
                let mut changed = self.instance.clone();
                changed.bindings.insert(name.clone(), value.clone());
                if self.keep(self.asked.path.settled(changed)) {
                    break;
                }
                // The owner in the context follows the account in the ARN.
                let elsewhere = matches!(variable.shape, Shape::Account | Shape::Partition);
                if elsewhere && self.keep(self.asked.path.settled(renamed(&self.instance, &current, value))) {
                    break;
                }
            }
        }
    }

    /// Each request as if it were asked alone; a change must leave all others allowed.
    fn simplify_requests(&mut self) {
        for at in 0..self.asked.queries.len() {
            let (Some(query), Some(request)) = (self.asked.queries.get(at), self.asked.path.request(&self.instance, at)) else { continue };
            let policies: Vec<&Policy> = query.policies().collect();
            let vocabulary = Vocabulary::of(policies, query.shape);
            let lift = |candidate: &Request| self.asked.path.with_request(&self.instance, at, candidate);
            let holds = |candidate: &Request| lift(candidate).is_some_and(|changed| self.query.holds(self.asked, &changed));
            let simple = counterexample::simplify(request, &vocabulary, &holds);
            if let Some(changed) = lift(&simple) {
                self.keep(changed);
            }
        }
    }
}

/// The call with one text in place of another wherever it stands whole.
fn renamed(instance: &Instance, from: &str, to: &str) -> Instance {
    let mut changed = instance.clone();
    for value in changed.bindings.values_mut().filter(|value| *value == from) {
        to.clone_into(value);
    }
    for caller in std::iter::once(&mut changed.caller).chain(&mut changed.role) {
        rename_caller(caller, from, to);
    }
    for own in &mut changed.own {
        let mut request = blank();
        request.context.clone_from(&own.context);
        request.resource_account.clone_from(&own.resource_account);
        counterexample::rename(&mut request, from, to);
        (own.context, own.resource_account) = (request.context, request.resource_account);
    }
    changed
}

fn rename_caller(caller: &mut Caller, from: &str, to: &str) {
    let mut request = Request { principal: caller.principal.clone(), context: caller.context.clone(), ..blank() };
    counterexample::rename(&mut request, from, to);
    (caller.principal, caller.context) = (request.principal, request.context);
}

/// A request that says nothing.
fn blank() -> Request {
    Request {
        principal: crate::request::Principal::new(""),
        action: String::new(),
        resource: String::new(),
        resource_account: None,
        principal_in_management_account: false,
        context: std::collections::BTreeMap::new(),
    }
}
