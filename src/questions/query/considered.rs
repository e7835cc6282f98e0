//! Which callers and requests a question leaves out, because asking about them would always be
//! answered with yes.

use super::{Named, Query, Requests};
use keyaki_encoder::CallerLimits;
use keyaki_evaluator::semantics::{self, IDENTITY_CALL};
use keyaki_iam::catalogue::keys::{self, KeyType};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::layers::Policies;
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::{ActionPattern, ContextKey};
use keyaki_iam::request::{ContextValue, PrincipalKind, Request, arn_fields};
use keyaki_iam::shape::{About, Home, Scope, Through};

/// The keys that tell of the organization of a caller or a resource.
const ORGANIZATION_KEYS: [&str; 4] =
    ["aws:principalorgid", "aws:principalorgpaths", "aws:resourceorgid", "aws:resourceorgpaths"];
use std::collections::BTreeSet;

impl Query<'_> {
    /// What is considered of what needs no grant: everything, where no policy has to grant or
    /// refuse.
    ///
    /// Root users in their own account are, where every set is a resource-based policy alone or the
    /// shape names them, and where sets are compared of which one has policies that may refuse a
    /// root user: then the difference may be about nobody else. Service-linked roles, where no
    /// organization policy is given or the shape names them; the management account, where no
    /// organization policy is given; `sts:GetCallerIdentity`, where the shape names it. Whether the
    /// caller is in the management account is asked where a shape says so. The way is as [`Query::through`] says.
    pub(super) fn limits(&self) -> CallerLimits {
        let sets = || self.allowed_by.iter().chain(&self.refused_by);
        let organization = sets().any(|set| !set.scp.is_empty() || !set.rcp.is_empty());
        let principals = || self.wanted().flat_map(|shape| shape.principals.iter().flatten());
        let actions = || {
            self.wanted()
                .filter(|shape| !shape.statement.action.negated)
                .flat_map(|shape| &shape.statement.action.patterns)
        };
        let named = |pattern: &ActionPattern| match pattern {
            ActionPattern::Name { service, name } => {
                format!("{service}:{name}").eq_ignore_ascii_case(IDENTITY_CALL)
            }
            ActionPattern::Any => false,
        };
        let compared = self.compares();
        let refuses_root = |set: &&Policies| {
            let Policies {
                identity: _,
                boundary: _,
                session: _,
                resource,
                scp,
                rcp,
                endpoint,
                not_principal: _,
            } = set;
            resource.is_some() || !scp.is_empty() || !rcp.is_empty() || !endpoint.is_empty()
        };
        let root = compared && sets().any(refuses_root);
        CallerLimits {
            root_in_own_account: root
                || sets().all(|set| set.is_resource_alone())
                || principals().any(|pattern| pattern.names_root()),
            service_linked: !organization
                || principals().any(|pattern| pattern.names_service_linked()),
            management_account: !organization
                || self.wanted().any(|shape| shape.scope.management.is_some()),
            through: self.through().unwrap_or(Through::Both),
            get_caller_identity: sets().next().is_none() || actions().any(named),
            partitions: self.partitions(),
        }
    }

    /// The partitions in which the question is asked: those that its policies and its shapes name,
    /// unless somebody said others; `None` where everything that one can write down is considered.
    pub fn partitions(&self) -> Option<Partitions> {
        let named =
            || Named::in_policies(self.policies()).and(Named::in_shapes(self.shapes())).asked();
        self.requests.world().map(|world| world.partitions.unwrap_or_else(named))
    }

    /// The query, and what is derived from it, in the partitions in which it is asked.
    pub(crate) fn placed(&self) -> Self {
        Query { requests: self.requests.asked_in(self.partitions()), ..self.clone() }
    }

    /// Whether the question is what some sets allow and others do not.
    fn compares(&self) -> bool {
        !self.allowed_by.is_empty() && !self.refused_by.is_empty()
    }

    /// By which way the requests come that are considered, where an endpoint policy is given: as
    /// the shape says; else through the endpoint, or, where sets are compared, by either way, since
    /// they may differ in what they allow past it. `None` without an endpoint policy, which alone
    /// tells the ways apart.
    pub(super) fn through(&self) -> Option<Through> {
        let given =
            self.allowed_by.iter().chain(&self.refused_by).any(|set| !set.endpoint.is_empty());
        let usual = if self.compares() { Through::Both } else { Through::Endpoint };
        given.then(|| self.shape.and_then(|shape| shape.scope.through).unwrap_or(usual))
    }

    /// What own accounts mean for the question. Users and sessions are of own accounts where every
    /// set has policies that are attached to them, and the resource is where every set has policies
    /// of the resource, unless the question names accounts itself; the organization is told where
    /// requests are feasible: otherwise every key is free.
    pub(super) fn home(&self) -> Home {
        let scope =
            self.shape.map(|shape| &shape.scope).filter(|scope| !scope.own.accounts.is_empty());
        let Some(Scope { accounts, resource_accounts, through: _, own, management: _ }) = scope
        else {
            return Home::default();
        };
        let every = |has: &dyn Fn(&Policies) -> bool| {
            let mut sets = self.allowed_by.iter().chain(&self.refused_by).peekable();
            sets.peek().is_some() && sets.all(|set| has(set))
        };
        let attached = |set: &Policies| {
            set.identity.as_ref().is_some_and(|policies| !policies.is_empty())
                || set.boundary.is_some()
                || !set.session.is_empty()
        };
        let of_resource = |set: &Policies| set.resource.is_some() || !set.rcp.is_empty();
        let own_if = |applies: bool| if applies { own.accounts.clone() } else { Vec::new() };
        let members =
            own.organization.as_ref().filter(|_| matches!(self.requests, Requests::Feasible(_)));
        Home {
            callers: own_if(!own.members_only && accounts.is_empty() && every(&attached)),
            resources: own_if(
                !own.members_only && resource_accounts.is_empty() && every(&of_resource),
            ),
            members: members.map(|organization| (own.accounts.clone(), organization.clone())),
        }
    }

    /// What the answer is about, beyond the policy language: what the question says, the way that
    /// was taken, and what is had of own accounts; of the organization, where the question names a
    /// key that tells of it.
    pub(crate) fn about(&self) -> About {
        let scope = self.shape.map(|shape| shape.scope.clone()).unwrap_or_default();
        let tells = |key: &&ContextKey| ORGANIZATION_KEYS.contains(&key.lower());
        let mut home = self.home();
        home.members = home.members.filter(|_| self.keys().iter().any(tells));
        About {
            accounts: scope.accounts,
            resource_accounts: scope.resource_accounts,
            through: self.through(),
            home,
            partitions: self.partitions(),
        }
    }

    /// Whether the request is not left out.
    pub(super) fn within_limits(&self, request: &Request, keys: &BTreeSet<&ContextKey>) -> bool {
        let limits = self.limits();
        let principal = &request.principal;
        let own_root =
            principal.kind() == Some(PrincipalKind::Root) && request.owner() == principal.account();
        (limits.root_in_own_account || !own_root)
            && (limits.service_linked || !semantics::is_service_linked(request))
            && (limits.management_account || !request.principal_in_management_account)
            && match limits.through {
                Through::Both => true,
                Through::Endpoint => semantics::came_through_endpoint(request),
                Through::Past => !semantics::came_through_endpoint(request),
            }
            && (limits.get_caller_identity || !request.action.eq_ignore_ascii_case(IDENTITY_CALL))
            && limits
                .partitions
                .is_none_or(|partitions| is_in(request, partitions, &|key| keys.contains(key)))
    }

    /// What is left out, and that nothing can be granted where that is so.
    pub(super) fn left_out(&self) -> Vec<Caveat> {
        let limits = self.limits();
        let mut caveats = Vec::new();
        if !(limits.root_in_own_account && limits.get_caller_identity) {
            caveats.push(Caveat::NeedsNoGrant {
                root: !limits.root_in_own_account,
                identity_call: !limits.get_caller_identity,
            });
        }
        if !limits.management_account {
            caveats.push(Caveat::Unrestricted { service_linked: !limits.service_linked });
        }
        let grants = |set: &Policies| {
            set.resource.is_some()
                || set.identity.as_ref().is_some_and(|policies| !policies.is_empty())
        };
        if !self.allowed_by.iter().chain(&self.refused_by).all(|set| grants(set)) {
            caveats.push(Caveat::GrantsNothing { root: limits.root_in_own_account });
        }
        match (self.through(), self.shape.and_then(|shape| shape.scope.through)) {
            (Some(Through::Endpoint), _) => caveats.push(Caveat::ThroughEndpoint),
            (Some(Through::Past), _) => caveats.push(Caveat::PastEndpoint),
            (Some(Through::Both), _) | (None, None) => {}
            (None, Some(_)) => caveats.push(Caveat::ThroughIgnored),
        }
        caveats
    }
}

/// Whether nothing of a request tells of another partition (SEMANTICS 6.8): its caller, its
/// resource, and those keys that count. What a call says of keys that nothing looks at does not.
pub fn is_in(
    request: &Request,
    partitions: Partitions,
    counts: &dyn Fn(&ContextKey) -> bool,
) -> bool {
    let of_arn =
        |arn: &str| arn_fields(arn).is_none_or(|[_, partition, ..]| partitions.contain(partition));
    let texts = |value: &ContextValue| match value {
        ContextValue::Single(text) => vec![text.clone()],
        ContextValue::List(texts) => texts.clone(),
    };
    let principal = &request.principal;
    let caller = match principal.kind() {
        // An origin access identity is a service with an ARN.
        Some(PrincipalKind::Service) => {
            Partitions::of_service(&principal.arn).is_none_or(|name| partitions.contain(name))
                && of_arn(&principal.arn)
        }
        Some(
            PrincipalKind::User
            | PrincipalKind::RoleSession
            | PrincipalKind::FederatedUser
            | PrincipalKind::Root
            | PrincipalKind::FederatedIdentity,
        ) => of_arn(&principal.arn),
        Some(PrincipalKind::Anonymous) | None => true,
    };
    let told = |(key, value): (&ContextKey, &ContextValue)| {
        if key.lower() == "aws:requestedregion" {
            return texts(value).iter().all(|region| {
                region == "unspecified" || partitions.contain(Partitions::of_region(region))
            });
        }
        let arn = keys::lookup(key).is_some_and(|known| known.types == [KeyType::Arn]);
        !arn || texts(value).iter().all(|text| of_arn(text))
    };
    caller
        && of_arn(&request.resource)
        && request.context.iter().filter(|(key, _)| counts(key)).all(told)
}
