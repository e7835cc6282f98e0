//! What a change of what is attached to principals allows: decided once for those of whom the change
//! is the same, with a request of each one's own.

use super::subjects::Subject;
use super::{classes, lock, places};
use crate::compare::{self, Comparison, Difference, Found};
use crate::query::{Account, Query, QueryError, Requests, Solver};
use keyaki_engines::engine::Limits;
use keyaki_iam::estate::{Entity, Estate};
use keyaki_iam::layers::{NotPrincipalReading, Policies, one_form};
use keyaki_iam::policy::parameter::Clash;
use keyaki_iam::shape::{CallerPattern, Own, Shape};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Two estates, an old one and a new one.
pub struct Sides<'a> {
    old: &'a Estate,
    new: &'a Estate,
    /// The accounts that are members of one organization on both: who is in one tells of it.
    own: Own,
}

/// What limits principals of one account of whom the change is the same, on both sides: what is
/// attached to them says the same, whatever it is called.
#[derive(Debug)]
pub struct Pair {
    /// The SCPs and RCPs of their account.
    limits: [Policies; 2],
    own: Own,
    management: Option<bool>,
    /// Whether there are several.
    shared: bool,
    /// What is known of anybody like them, once one was asked.
    known: Mutex<Option<Arc<Comparison>>>,
}

/// A user or role, as it is on the sides that have it.
#[derive(Debug, Clone)]
pub enum Versions {
    /// The new side alone has it.
    Added(Box<Entity>),
    /// The old side alone has it.
    Removed(Box<Entity>),
    /// What it was, and what it is.
    Changed(Box<[Entity; 2]>),
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

impl<'a> Sides<'a> {
    /// What there was, and what there is.
    pub fn of(old: &'a Estate, new: &'a Estate) -> Self {
        let members = |estate| {
            let Own { accounts, organization, .. } = super::own(estate);
            (accounts.into_iter().collect::<BTreeSet<String>>(), organization)
        };
        let ((before, was), (after, is)) = (members(old), members(new));
        let both = before.intersection(&after).cloned();
        let own = if was == is {
            Own { accounts: both.collect(), ..super::own(new) }
        } else {
            Own::default()
        };
        Self { old, new, own }
    }

    /// Whether requests of an account are those of a management account. Where the sides do not
    /// agree they are not: a side that has it as the management account has no SCPs for it.
    fn management(&self, account: &str) -> Option<bool> {
        let is_managing = |estate: &Estate| {
            let organization = estate.organization.as_ref()?;
            Some(organization.management_account.as_ref()? == account)
        };
        let (old, new) = (is_managing(self.old), is_managing(self.new));
        if old == new { old } else { Some(false) }
    }

    /// Requests about a resource that the estate has and what is in it; about a role, to assume it.
    pub fn about(&self, arn: &str, account: &str, is_role: bool) -> Shape {
        let mut shape = places::of_one(arn, account, is_role);
        if is_role {
            shape = places::only(shape, places::STS);
        }
        shape.scope.own = self.own.clone();
        shape
    }

    /// Requests of whoever is in an account.
    pub fn of_callers(&self, account: &str) -> Shape {
        let mut shape = Shape::under(Vec::new());
        shape.scope.own = self.own.clone();
        shape.scope.accounts = vec![account.to_owned()];
        shape.scope.management = self.management(account);
        shape
    }

    /// Requests about what an account has, whoever asks.
    pub fn of_resources(&self, account: &str) -> Shape {
        let mut shape = Shape::under(Vec::new());
        shape.scope.own = self.own.clone();
        shape.scope.resource_accounts = vec![account.to_owned()];
        shape
    }

    /// Principals of an account of whom the change is the same; `shared` says that there are several.
    pub fn pair(&self, account: &str, not_principal: NotPrincipalReading, shared: bool) -> Pair {
        let limits = [self.old, self.new].map(|estate| Policies {
            scp: estate.scps_of(account),
            rcp: estate.rcps_of(account),
            not_principal,
            ..Policies::default()
        });
        let (own, management) = (self.own.clone(), self.management(account));
        Pair { limits, own, management, shared, known: Mutex::default() }
    }
}

/// Requests that S3 Block Public Access lets through, those of the account that owns a bucket and of
/// services, and the others.
pub fn apart(shape: Shape, account: &str) -> (Shape, Shape) {
    let mut inside = Shape::under(Vec::new());
    Subject::Service.narrow(&Estate::default(), false, &mut inside);
    let mut principals = inside.principals.unwrap_or_default();
    principals.push(CallerPattern::Account(account.to_owned()));
    let outside = Shape { not_principals: principals.clone(), ..shape.clone() };
    let not_principals = inside.not_principals;
    (Shape { principals: Some(principals), not_principals, ..shape }, outside)
}

impl Versions {
    /// What it is, or else what it was.
    pub fn last(&self) -> &Entity {
        match self {
            Self::Added(entity) | Self::Removed(entity) => entity,
            Self::Changed(both) => {
                let [_, entity] = both.as_ref();
                entity
            }
        }
    }

    /// What is attached to it on each side: nothing where it is not there.
    fn attached(&self) -> [Policies; 2] {
        let nothing = || Policies::identity(Vec::new());
        match self {
            Self::Added(entity) => [nothing(), entity.attached()],
            Self::Removed(entity) => [entity.attached(), nothing()],
            Self::Changed(both) => both.each_ref().map(Entity::attached),
        }
    }
}

impl Pair {
    /// What one of the principals had, and what it has.
    ///
    /// # Errors
    /// Where parameters of one name cannot have one form.
    pub fn sets(&self, versions: &Versions) -> Result<[Policies; 2], Clash> {
        let [old, new] = versions.attached();
        let [before, after] = self.limits.clone();
        let mut sets = [
            Policies { identity: old.identity, boundary: old.boundary, ..before },
            Policies { identity: new.identity, boundary: new.boundary, ..after },
        ];
        let [old, new] = &mut sets;
        one_form(&mut [old, new], None)?;
        Ok(sets)
    }

    /// What one of the principals may do that it could not, and the reverse; `sets` are its own.
    ///
    /// # Errors
    /// As [`compare::compare`].
    pub fn compare(
        &self,
        entity: &Entity,
        sets: &[Policies; 2],
        by: Deciding<'_>,
    ) -> Result<Comparison, QueryError> {
        let own = self.shape(entity, false);
        if self.shared {
            let known = self.of_anybody(entity, sets, by)?;
            let [old, new] = sets;
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
        asked(sets, &own, by)
    }

    /// The answer about anybody like a principal, which is asked for once.
    fn of_anybody(
        &self,
        entity: &Entity,
        sets: &[Policies; 2],
        by: Deciding<'_>,
    ) -> Result<Arc<Comparison>, QueryError> {
        let mut known = lock(&self.known);
        if let Some(known) = &*known {
            return Ok(Arc::clone(known));
        }
        let found = Arc::new(asked(sets, &self.shape(entity, true), by)?);
        *known = Some(Arc::clone(&found));
        Ok(found)
    }

    /// The requests of a principal, or of anybody like it.
    fn shape(&self, entity: &Entity, like: bool) -> Shape {
        let mut shape = Shape::under(Vec::new());
        Subject::Entity(entity).narrow(&Estate::default(), like, &mut shape);
        shape.scope.management = self.management;
        shape.scope.own = self.own.clone();
        shape
    }
}

fn asked(
    [old, new]: &[Policies; 2],
    shape: &Shape,
    by: Deciding<'_>,
) -> Result<Comparison, QueryError> {
    let Deciding { requests, solver, limits } = by;
    compare::compare(old, new, Some(shape), requests, None, solver, limits)
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
