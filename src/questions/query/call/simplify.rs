//! From a solver's call to one that a person reads at a glance: one change at a time, and each is
//! kept only when every authorization of the changed call is confirmed.

use super::{Asked, CallQuery, WholeCondition};
use crate::counterexample::{self, ACCOUNT};
use keyaki_engines::engine::Deadline;
use keyaki_iam::calls::{Caller, Instance, Shape};
use keyaki_iam::request::{Principal, Request, arn_fields};
use std::collections::{BTreeMap, BTreeSet};

/// A call that is being simplified.
struct Simplifier<'a, 'q> {
    query: &'a CallQuery<'q>,
    asked: &'a Asked<'a>,
    whole: &'a [WholeCondition],
    instance: Instance,
    /// What the variables stand for in resources that the policies name.
    named: Vec<BTreeMap<String, String>>,
    deadline: &'a Deadline,
}

/// The call with what it does not need left out, and natural values where any would do. The given
/// call must hold. After the deadline nothing more is proposed.
pub(super) fn simplify(
    query: &CallQuery<'_>,
    asked: &Asked<'_>,
    whole: &[WholeCondition],
    instance: Instance,
    deadline: &Deadline,
) -> Instance {
    let mut simplifier =
        Simplifier { query, asked, whole, instance, named: named(asked), deadline };
    simplifier.choose_accounts();
    simplifier.choose_bindings();
    simplifier.simplify_requests();
    simplifier.choose_accounts();
    simplifier.choose_bindings();
    simplifier.instance
}

impl Simplifier<'_, '_> {
    fn keep(&mut self, changed: Instance) -> bool {
        let kept = changed == self.instance
            || !self.deadline.is_reached() && self.query.holds(self.asked, self.whole, &changed);
        if kept {
            self.instance = changed;
        }
        kept
    }

    /// The partition that everybody knows, and the account of the documentation for the caller and
    /// whoever is of the same one.
    fn choose_accounts(&mut self) {
        let callers =
            [Some(&self.instance.caller), self.instance.role.as_ref()].into_iter().flatten();
        let homes: Vec<[String; 2]> = callers
            .filter_map(|caller| {
                arn_fields(&caller.principal.arn)
                    .map(|fields| [fields[1].to_owned(), fields[4].to_owned()])
            })
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

    /// The best natural value of each variable, and where none will do, one that the policies name.
    fn choose_bindings(&mut self) {
        for (name, variable) in &self.asked.path.variables {
            let named: Vec<String> =
                self.named.iter().filter_map(|values| values.get(name).cloned()).collect();
            for value in variable.natural.iter().chain(&named) {
                if self.bind(name, value, &variable.shape) {
                    break;
                }
            }
        }
    }

    fn bind(&mut self, name: &str, value: &str, shape: &Shape) -> bool {
        let current = self.instance.bindings.get(name).cloned().unwrap_or_default();
        let mut changed = self.instance.clone();
        changed.bindings.insert(name.to_owned(), value.to_owned());
        // The owner in the context follows the account in the ARN.
        let follows = matches!(shape, Shape::Account | Shape::Partition);
        self.keep(self.asked.path.settled(changed))
            || follows
                && self.keep(self.asked.path.settled(renamed(&self.instance, &current, value)))
    }

    /// Each request as if it were asked alone; a change must leave all others allowed.
    fn simplify_requests(&mut self) {
        for at in 0..self.asked.needs.len() {
            let Some(request) = self.asked.path.request(&self.instance, at) else { continue };
            let Some(query) = self.asked.needs.get(at).and_then(|open| open.of(&request)) else {
                continue;
            };
            let vocabulary = query.vocabulary().of_given_target();
            let lift =
                |candidate: &Request| self.asked.path.with_request(&self.instance, at, candidate);
            let holds = |candidate: &Request| {
                lift(candidate)
                    .is_some_and(|changed| self.query.holds(self.asked, self.whole, &changed))
            };
            let simple = counterexample::simplify(request, &vocabulary, &holds, self.deadline);
            if let Some(changed) = lift(&simple) {
                self.keep(changed);
            }
        }
    }
}

/// What the variables stand for where a resource of the policies is one of the path.
fn named(asked: &Asked<'_>) -> Vec<BTreeMap<String, String>> {
    let needed = asked.path.authorizations.iter().zip(&asked.needs);
    let each = needed.flat_map(|(needed, open)| open.all().map(move |query| (needed, query)));
    let values = each.flat_map(|(needed, query)| {
        let vocabulary = query.vocabulary();
        vocabulary
            .named_resources()
            .filter_map(|resource| needed.resource.read(&resource))
            .collect::<Vec<_>>()
    });
    let distinct: BTreeSet<_> = values.collect();
    distinct.into_iter().collect()
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
    let mut request =
        Request { principal: caller.principal.clone(), context: caller.context.clone(), ..blank() };
    counterexample::rename(&mut request, from, to);
    (caller.principal, caller.context) = (request.principal, request.context);
    let mut request = Request { context: caller.shared.clone(), ..blank() };
    counterexample::rename(&mut request, from, to);
    caller.shared = request.context;
}

/// A request that says nothing.
fn blank() -> Request {
    Request {
        principal: Principal::new(""),
        action: String::new(),
        resource: String::new(),
        resource_account: None,
        principal_in_management_account: false,
        context: BTreeMap::new(),
    }
}
