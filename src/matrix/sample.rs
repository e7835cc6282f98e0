//! Samples: confirmed requests that a policy allows.

use super::{Library, Member, complete::complete, pin::pinned};
use crate::environment::{NamedPolicy, Policies};
use crate::feasibility;
use crate::policy::{ActionElement, ActionPattern, Policy, Statement};
use crate::query::{Found, Query, QueryError, Requests};
use crate::request::Request;
use crate::semantics::{self, Decision};

/// A request that a policy allows.
pub(super) struct Sample {
    pub request: Request,
    /// The number of its action, if it is one of those that tell policies apart.
    action: Option<usize>,
    /// Whether the request is one of those considered, whatever policies of the library the question is about. Otherwise that depends on the
    /// keys that they name.
    general: bool,
}

/// What a question about one action came to.
pub(super) enum Sampled {
    Sample(Sample),
    /// The policy allows no request for the action.
    Nothing,
    Unknown,
}

impl Library<'_> {
    /// A sample of an action: found for the statements that match the action, which are all that matters.
    pub fn sample(&self, member: &Member, action: usize) -> Result<Sampled, QueryError> {
        let name = self.actions.name(action);
        let (Some(policy), Some((service, rest))) = (member.policy(), name.split_once(':')) else { return Ok(Sampled::Unknown) };
        let only =
            ActionElement { negated: false, patterns: vec![ActionPattern::Name { service: service.to_owned(), name: rest.to_owned() }] };
        let matching = policy.statements.iter().filter(|statement| semantics::matches_action_element(&statement.action, name));
        let statements = matching.map(|statement| Statement { action: only.clone(), ..statement.clone() }).collect();
        Ok(match self.find(&alone(member, statements), None)? {
            Found::Nothing => Sampled::Nothing,
            Found::Unknown(_) => Sampled::Unknown,
            Found::Request(request) => self.confirmed(member, request).map_or(Sampled::Unknown, Sampled::Sample),
        })
    }

    /// A request that one set allows and the other, if any, does not; it is confirmed.
    pub fn find(&self, allows: &Policies, refuses: Option<&Policies>) -> Result<Found, QueryError> {
        let query = Query {
            shape: None,
            unlike: None,
            allowed_by: vec![allows],
            refused_by: refuses.into_iter().collect(),
            requests: self.requests,
        };
        let sets: Vec<&Policies> = std::iter::once(allows).chain(refuses).collect();
        if let Some((shape, filled)) = pinned(&sets) {
            let mut filled = filled.iter();
            let (allowed_by, refused_by) = (filled.by_ref().take(1).collect(), filled.collect());
            let easier = Query { shape: Some(&shape), unlike: None, allowed_by, refused_by, requests: self.requests };
            if let Found::Request(request) = easier.find(self.solver, self.limits)?
                && query.holds(&request)
            {
                return Ok(Found::Request(request));
            }
        }
        query.find(self.solver, self.limits)
    }

    /// A sample of what an engine found, if the policy allows it.
    pub fn confirmed(&self, member: &Member, request: Request) -> Option<Sample> {
        let alone = Query { shape: None, unlike: None, allowed_by: vec![member.set()], refused_by: Vec::new(), requests: self.requests };
        let action = self.actions.number(&request.action);
        if let Requests::Feasible(world) = self.requests {
            let complete = complete(&request, &self.keys);
            if alone.holds(&complete) && feasibility::violations(&complete, &self.keys, &world).is_empty() {
                return Some(Sample { request: complete, action, general: true });
            }
        }
        let general = matches!(self.requests, Requests::Any);
        alone.holds(&request).then_some(Sample { request, action, general })
    }

    /// Whether the sample of one policy shows that it is not contained in another.
    pub fn refutes(&self, sample: &Sample, [own, other]: [usize; 2], evaluations: &mut usize) -> bool {
        let (Some(own), Some(member)) = (self.members.get(own), self.members.get(other)) else { return false };
        let may = |action| self.allowed.get(other).is_some_and(|allowed| allowed.contains(action));
        let refused = !sample.action.is_none_or(may) || {
            *evaluations += 1;
            semantics::decide(member.set(), &sample.request).decision != Decision::Allowed
        };
        let considered = || {
            let (allowed_by, refused_by) = (vec![own.set()], vec![member.set()]);
            Query { shape: None, unlike: None, allowed_by, refused_by, requests: self.requests }.holds(&sample.request)
        };
        refused && (sample.general || considered())
    }
}

/// The member's policy with these statements in place of its own.
pub(super) fn alone(member: &Member, statements: Vec<Statement>) -> Policies {
    let mut set = member.set().clone();
    let of_set = set.identity.iter_mut().flatten().chain(&mut set.resource);
    for NamedPolicy { policy, .. } in of_set {
        *policy = Policy { id: None, statements: statements.clone(), ..*policy };
    }
    set
}
