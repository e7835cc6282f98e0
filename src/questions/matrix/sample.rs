//! Samples: confirmed requests that a policy allows.

use super::{Library, Member, complete::complete, pin::pinned};
use crate::query::{self, Found, Query, QueryError, Requests};
use keyaki_evaluator::feasibility;
use keyaki_evaluator::semantics;
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::{ActionElement, ActionPattern, Policy, Stated, Statement};
use keyaki_iam::request::Request;
use std::cell::RefCell;

/// A request that a policy allows.
pub(super) struct Sample {
    pub request: Request,
    /// The number of its action, if it is one of those that tell policies apart.
    action: Option<usize>,
    /// Whether the request is one of those considered, whatever policies of the library the
    /// question is about. Otherwise that depends on the keys that they name.
    general: bool,
    /// The partitions of which it was looked at whether the request is one of theirs.
    placed: RefCell<Vec<(Partitions, bool)>>,
}

/// What a question about one action came to.
pub(super) enum Sampled {
    Sample(Box<Sample>),
    /// The policy allows no request for the action.
    Nothing,
    Unknown,
}

impl Sample {
    /// Whether the request is one that is considered in these partitions.
    fn is_in(&self, partitions: Partitions) -> bool {
        let mut placed = self.placed.borrow_mut();
        if let Some((_, known)) = placed.iter().find(|(known, _)| *known == partitions) {
            return *known;
        }
        let own = query::is_in(&self.request, partitions, &|_| true);
        placed.push((partitions, own));
        own
    }

    fn new(request: Request, action: Option<usize>, general: bool) -> Self {
        Self { request, action, general, placed: RefCell::default() }
    }
}

impl Library<'_> {
    /// A sample of an action: found for the statements that match the action, which are all that
    /// matters.
    ///
    /// It is asked for in the partitions of the pair; that there is none holds in those of every
    /// pair, since it is asked for there, too.
    pub fn sample(
        &self,
        [own, other]: [usize; 2],
        member: &Member,
        action: usize,
    ) -> Result<Sampled, QueryError> {
        let name = self.actions.name(action);
        let (Some(policy), Some((service, rest))) = (member.policy(), name.split_once(':')) else {
            return Ok(Sampled::Unknown);
        };
        let only = ActionElement {
            negated: false,
            patterns: vec![ActionPattern::Name { service: service.into(), name: rest.into() }],
        };
        let matching = policy
            .statements()
            .filter(|statement| semantics::matches_action_element(&statement.action, name));
        let statements = matching
            .map(|statement| Statement { action: only.clone(), ..statement.clone() })
            .collect();
        let (allows, own) = (alone(member, statements), self.requests_of(&[own, other]));
        let everywhere = self.requests.asked_in(self.partitions);
        let asked = |requests: Requests<'_>| requests.world().and_then(|world| world.partitions);
        let elsewhere =
            asked(own).zip(asked(everywhere)).is_some_and(|(own, all)| !all.are_within(own));
        for requests in std::iter::once(own).chain(elsewhere.then_some(everywhere)) {
            match self.find(&allows, None, requests)? {
                Found::Nothing => {}
                Found::Unknown(_) => return Ok(Sampled::Unknown),
                Found::Request(request) => {
                    let sample = self.confirmed(member, request, requests).map(Box::new);
                    return Ok(sample.map_or(Sampled::Unknown, Sampled::Sample));
                }
            }
        }
        Ok(Sampled::Nothing)
    }

    /// A request that one set allows and the other, if any, does not; it is confirmed.
    pub fn find(
        &self,
        allows: &Policies,
        refuses: Option<&Policies>,
        requests: Requests<'_>,
    ) -> Result<Found, QueryError> {
        let query = Query {
            shape: None,
            within: &[],
            unlike: &[],
            allowed_by: vec![allows],
            refused_by: refuses.into_iter().collect(),
            requests,
        };
        let sets: Vec<&Policies> = std::iter::once(allows).chain(refuses).collect();
        if let Some((shape, filled)) = pinned(&sets) {
            let mut filled = filled.iter();
            let (allowed_by, refused_by) = (filled.by_ref().take(1).collect(), filled.collect());
            let easier = Query {
                shape: Some(&shape),
                within: &[],
                unlike: &[],
                allowed_by,
                refused_by,
                requests,
            };
            if let Found::Request(request) = easier.find(self.solver, self.limits)?
                && query.holds(&request)
            {
                return Ok(Found::Request(request));
            }
        }
        query.find(self.solver, self.limits)
    }

    /// A sample of what an engine found among these requests, if the policy allows it.
    pub fn confirmed(
        &self,
        member: &Member,
        request: Request,
        requests: Requests<'_>,
    ) -> Option<Sample> {
        let alone = Query {
            shape: None,
            within: &[],
            unlike: &[],
            allowed_by: vec![member.set()],
            refused_by: Vec::new(),
            requests,
        };
        let action = self.actions.number(&request.action);
        if let Requests::Feasible(world) = self.requests {
            let broken =
                |request: &Request| feasibility::violations(request, &self.keys, &world).len();
            let complete = complete(&request, &self.keys, &broken);
            if alone.holds(&complete) && broken(&complete) == 0 {
                return Some(Sample::new(complete, action, true));
            }
        }
        let general = matches!(self.requests, Requests::Any);
        alone.holds(&request).then(|| Sample::new(request, action, general))
    }

    /// Whether the sample of one policy shows that it is not contained in another.
    pub fn refutes(&self, sample: &Sample, pair: [usize; 2], evaluations: &mut usize) -> bool {
        let [own, other] = pair;
        let (Some(own), Some(member)) = (self.members.get(own), self.members.get(other)) else {
            return false;
        };
        let requests = self.requests_of(&pair);
        let placed = || {
            requests
                .world()
                .and_then(|world| world.partitions)
                .is_none_or(|asked| sample.is_in(asked))
        };
        let may = |action| self.allowed.get(other).is_some_and(|allowed| allowed.contains(action));
        let refused = !sample.action.is_none_or(may) || {
            *evaluations += 1;
            !semantics::allows(member.set(), &sample.request)
        };
        let considered = || {
            let (allowed_by, refused_by) = (vec![own.set()], vec![member.set()]);
            Query { shape: None, within: &[], unlike: &[], allowed_by, refused_by, requests }
                .holds(&sample.request)
        };
        refused && if sample.general { placed() } else { considered() }
    }
}

/// The member's policy with these statements in place of its own.
pub(super) fn alone(member: &Member, statements: Vec<Statement>) -> Policies {
    let mut set = member.set().clone();
    let of_set = set.identity.iter_mut().flatten().chain(&mut set.resource);
    for NamedPolicy { policy, .. } in of_set {
        let statements = statements.iter().cloned().map(Stated::from).collect();
        *policy = Policy { id: None, statements, ..**policy }.into();
    }
    set
}
