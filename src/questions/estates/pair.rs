//! What a change of what is attached to principals allows: decided once for those of whom the change
//! is the same, with a request of each one's own.

use super::subjects::Subject;
use super::{classes, facts, lock, places};
use crate::compare::{self, Comparison, Difference, Found};
use crate::query::{Account, Query, QueryError, Requests, Solver};
use keyaki_engines::engine::Limits;
use keyaki_iam::estate::{Entity, Estate};
use keyaki_iam::layers::Policies;
use keyaki_iam::shape::{CallerPattern, Own, Shape};
use std::sync::{Arc, Mutex};

/// Two estates, an old one and a new one.
#[derive(Clone, Copy)]
pub struct Sides<'a> {
    /// What there was.
    pub old: &'a Estate,
    /// What there is.
    pub new: &'a Estate,
}

/// What principals of one account had, and what they have.
#[derive(Debug)]
pub struct Pair {
    old: Policies,
    new: Policies,
    own: Own,
    management: Option<bool>,
    /// Whether several principals have it.
    shared: bool,
    /// What is known of anybody who has it, once one was asked.
    known: Mutex<Option<Arc<Comparison>>>,
}

/// Who decides.
#[derive(Clone, Copy)]
pub struct Deciding<'s> {
    /// Which requests are considered.
    pub requests: Requests<'s>,
    /// The engines.
    pub solver: &'s Solver,
    /// What it may cost.
    pub limits: &'s Limits,
}

impl Sides<'_> {
    /// The accounts that are members of one organization on both sides: who is in one tells of it.
    pub fn own(self) -> Own {
        let (old, new) = (super::own(self.old), super::own(self.new));
        if old.organization != new.organization {
            return Own::default();
        }
        let accounts = new.accounts.into_iter().filter(|account| old.accounts.contains(account));
        Own { accounts: accounts.collect(), ..old }
    }

    /// Whether requests of an account are those of a management account. Where the sides do not
    /// agree they are not: a side that has it as the management account has no SCPs for it.
    fn management(self, account: &str) -> Option<bool> {
        let is_managing = |estate: &Estate| {
            let organization = estate.organization.as_ref()?;
            Some(organization.management_account.as_ref()? == account)
        };
        let (old, new) = (is_managing(self.old), is_managing(self.new));
        if old == new { old } else { Some(false) }
    }

    /// Requests about a resource that the estate has and what is in it; about a role, to assume it.
    pub fn about(self, arn: &str, account: &str, is_role: bool) -> Shape {
        let mut shape = places::of_one(arn, account, is_role);
        if is_role {
            shape = places::only(shape, places::STS);
        }
        shape.scope.own = self.own();
        shape
    }

    /// Requests of whoever is in an account.
    pub fn of_callers(self, account: &str) -> Shape {
        let mut shape = facts::under(Vec::new());
        shape.scope.own = self.own();
        shape.scope.accounts = vec![account.to_owned()];
        shape.scope.management = self.management(account);
        shape
    }

    /// Requests about what an account has, whoever asks.
    pub fn of_resources(self, account: &str) -> Shape {
        let mut shape = facts::under(Vec::new());
        shape.scope.own = self.own();
        shape.scope.resource_accounts = vec![account.to_owned()];
        shape
    }

    /// What principals of an account had and have, all layers of each; `shared` says that several
    /// have it.
    pub fn pair(self, [old, new]: [Policies; 2], account: &str, shared: bool) -> Pair {
        let (own, management) = (self.own(), self.management(account));
        Pair { old, new, own, management, shared, known: Mutex::default() }
    }
}

/// Requests that S3 Block Public Access lets through, those of the account that owns a bucket and of
/// services, and the others.
pub fn apart(shape: Shape, account: &str) -> (Shape, Shape) {
    let mut inside = facts::under(Vec::new());
    Subject::Service.narrow(&Estate::default(), false, &mut inside);
    let mut principals = inside.principals.unwrap_or_default();
    principals.push(CallerPattern::Account(account.to_owned()));
    let outside = Shape { not_principals: principals.clone(), ..shape.clone() };
    let not_principals = inside.not_principals;
    (Shape { principals: Some(principals), not_principals, ..shape }, outside)
}

impl Pair {
    /// What they had, and what they have.
    pub fn sets(&self) -> [&Policies; 2] {
        [&self.old, &self.new]
    }

    /// What one of the principals may do that it could not, and the reverse.
    ///
    /// # Errors
    /// As [`compare::compare`].
    pub fn compare(&self, entity: &Entity, by: Deciding<'_>) -> Result<Comparison, QueryError> {
        let own = self.shape(entity, false);
        if self.shared {
            let known = self.of_anybody(entity, by)?;
            let (old, new) = (&self.old, &self.new);
            let added = likewise(&known.added, entity, &own, [new, old], by.requests);
            let removed = likewise(&known.removed, entity, &own, [old, new], by.requests);
            if let Some((added, removed)) = added.zip(removed) {
                return Ok(Comparison {
                    added,
                    removed,
                    rests_on: known.rests_on.clone(),
                    caveats: known.caveats.clone(),
                    about: known.about.clone(),
                });
            }
        }
        self.asked(&own, by)
    }

    /// The answer about anybody like a principal, which is asked for once.
    fn of_anybody(
        &self,
        entity: &Entity,
        by: Deciding<'_>,
    ) -> Result<Arc<Comparison>, QueryError> {
        let mut known = lock(&self.known);
        if let Some(known) = &*known {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(self.asked(&self.shape(entity, true), by)?);
        *known = Some(Arc::clone(&found));
        Ok(found)
    }

    fn asked(&self, shape: &Shape, by: Deciding<'_>) -> Result<Comparison, QueryError> {
        let Deciding { requests, solver, limits } = by;
        compare::compare(&self.old, &self.new, Some(shape), requests, None, solver, limits)
    }

    /// The requests of a principal, or of anybody like it.
    fn shape(&self, entity: &Entity, like: bool) -> Shape {
        let mut shape = facts::under(Vec::new());
        Subject::Entity(entity).narrow(&Estate::default(), like, &mut shape);
        shape.scope.management = self.management;
        shape.scope.own = self.own.clone();
        shape
    }
}

/// What is found of one, where that is known of anybody like it: nothing, or a request that is
/// confirmed as one of its own. `None`: it has to be asked itself.
fn likewise(
    known: &Found,
    entity: &Entity,
    shape: &Shape,
    [allows, refuses]: [&Policies; 2],
    requests: Requests<'_>,
) -> Option<Found> {
    let known = match known {
        Found::Nothing => return Some(Found::Nothing),
        Found::NotAsked | Found::Unknown(_) => return None,
        Found::Difference(known) => known,
    };
    let query = Query { shape: Some(shape), ..compare::difference(allows, refuses, requests) };
    let mut own = classes::made_own(&known.witness.request, entity).into_iter();
    let witness = own.find_map(|own| query.confirmed(own))?;
    let refusal = Account::of(refuses, &witness.request);
    Some(Found::Difference(Box::new(Difference { witness, refusal })))
}
