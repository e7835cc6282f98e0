//! What nobody of an account could do elsewhere, whatever its policies are: where the question is
//! about keys of KMS or roles to assume and none is elsewhere, for example. Found out once, that
//! refutes the question for everybody of the account (SEMANTICS 6.9).

use super::subjects::Subject;
use super::{By, WhoCan, lock, places};
use crate::query::{Found, Query, QueryError, Requests, everything};
use keyaki_iam::layers::Policies;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::Kind as Document;
use keyaki_iam::request::arn_fields;
use keyaki_iam::shape::Shape;
use keyaki_iam::world::{Assumptions, World};
use rustc_hash::FxHashMap;
use std::sync::Mutex;

/// After so many refusals it is asked whether anybody could: one question more is nothing then, and
/// in an organization of many small accounts it would be one for each account.
const REFUSALS: usize = 3;

/// Principals who differ in their policies, their names and their tags alone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    account: String,
    partition: String,
    is_role: bool,
    is_service_linked: bool,
}

/// What is known of each kind.
#[derive(Default)]
pub(super) struct Ceilings(Mutex<FxHashMap<Kind, Ceiling>>);

/// What is known of one kind.
#[derive(Default)]
struct Ceiling {
    /// How often the answer elsewhere was "no".
    refusals: usize,
    /// Once it was asked: under which choices nobody could whatever its policies are.
    refuted: Option<Option<Assumptions>>,
}

impl Kind {
    /// That of a user or role; `None` of others, who are asked once each.
    pub fn of(subject: Subject<'_>) -> Option<Self> {
        let entity = subject.entity()?;
        let [_, partition, ..] = arn_fields(&entity.arn)?;
        Some(Self {
            account: entity.account.clone(),
            partition: partition.to_owned(),
            is_role: entity.is_role(),
            is_service_linked: entity.is_service_linked(),
        })
    }
}

impl Ceilings {
    /// Counts a "no".
    pub fn refuse(&self, kind: Kind) {
        lock(&self.0).entry(kind).or_default().refusals += 1;
    }
}

impl WhoCan<'_> {
    /// Under which choices nobody of a kind can elsewhere, whatever its policies are; `None` where
    /// somebody might, where that is not known, or where too few were refused for it to be asked.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub(super) fn refuted(
        &self,
        subject: Subject<'_>,
        kind: &Kind,
        by: By<'_>,
    ) -> Result<Option<Assumptions>, QueryError> {
        match lock(&self.ceilings.0).get(kind) {
            Some(Ceiling { refuted: Some(known), .. }) => return Ok(*known),
            Some(Ceiling { refusals, refuted: None }) if *refusals >= REFUSALS => {}
            Some(_) | None => return Ok(None),
        }
        let found = self.beyond_policies(subject, by)?;
        lock(&self.ceilings.0).entry(kind.clone()).or_default().refuted = Some(found);
        Ok(found)
    }

    /// Asks what anybody like the subject could elsewhere who is allowed everything: in all
    /// partitions, and without what else is known of one or the other. So more requests answer this
    /// than any question to one of them.
    fn beyond_policies(
        &self,
        subject: Subject<'_>,
        by: By<'_>,
    ) -> Result<Option<Assumptions>, QueryError> {
        let Requests::Feasible(world) = self.requests else { return Ok(None) };
        let account = subject.account().unwrap_or_default();
        let set = Policies {
            identity: Some(vec![everything(Document::Identity)]),
            rcp: self.limits.get(account).map(|set| set.rcp.clone()).unwrap_or_default(),
            not_principal: self.not_principal,
            ..Policies::default()
        };
        let mut who = Shape::under(Vec::new());
        subject.narrow(self.estate, true, &mut who);
        let apart = places::never_elsewhere(self.estate.accounts.get(account));
        let unlike: Vec<&Shape> = apart.iter().collect();
        let partitions = Some(world.partitions.unwrap_or_else(Partitions::whatever));
        let query = Query {
            shape: Some(&self.shape),
            within: &[&who],
            unlike: &unlike,
            allowed_by: vec![&set],
            refused_by: Vec::new(),
            requests: Requests::Feasible(World { partitions, ..world }),
        };
        if !matches!(query.find(by.solver, by.limits)?, Found::Nothing) {
            return Ok(None);
        }
        let rests_on = query.rests_on(by.solver, by.limits)?;
        let choices = rests_on.choices.into_iter();
        Ok(Some(choices.fold(Assumptions::none(), Assumptions::with)))
    }
}
