//! The whole decision over every layer of policies (SEMANTICS 6.3 to 6.6).

use crate::Error;
use crate::caveat::may_be_of;
use crate::entries::{Classes, Denial};
use crate::frame::Frame;
use crate::principal::ENTITIES;
use keyaki_iam::endpoints::{BEDROCK_POLICIES, BEDROCK_PREFIXES, KEPT_BY_BUCKET_OWNERS};
use keyaki_iam::layers::{NamedPolicy, Policies};
use keyaki_iam::organizations::{RCP_EXEMPT_ACTIONS, RCP_SERVICES};
use keyaki_iam::policy::Effect;
use keyaki_iam::request::PrincipalKind::{Anonymous, FederatedIdentity, RoleSession, Root, User};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Term};

/// The call that no policy decides, in lower case.
pub(crate) const IDENTITY_CALL: &str = "sts:getcalleridentity";

/// What a policy set makes of the request.
#[derive(Debug, Clone)]
pub struct Decision {
    /// True iff the request is allowed.
    pub allowed: Term,
    /// True iff some Deny that counts applies; then the request is not allowed.
    pub explicit_deny: Term,
}

/// What the policies that limit the caller's own side say.
struct OwnSide {
    /// Some identity-based policy allows.
    identity: Term,
    /// The boundary allows, or there is none.
    boundary: Term,
    /// The session policies allow, or there are none.
    session: Term,
    has_session: bool,
}

/// What the resource-based policy grants.
struct Grant {
    classes: Classes,
    /// Whether there is such a policy.
    given: bool,
}

/// What a layer says to those requests in which it takes part.
struct Limit {
    denied: Term,
    /// Every level allows, or the layer takes no part.
    passed: Term,
}

impl Limit {
    fn none() -> Limit {
        Limit { denied: Term::falsehood(), passed: Term::truth() }
    }
}

impl Frame {
    /// What the set makes of the request. The frame was made from it.
    ///
    /// A set that is a resource-based policy alone ([`Policies::is_resource_alone`]) allows what
    /// that policy grants to the caller in any way. `sts:GetCallerIdentity` is allowed to whoever
    /// signs, whatever the policies say.
    ///
    /// # Errors
    ///
    /// As [`Frame::applies`].
    pub fn decision(&self, set: &Policies) -> Result<Decision, Error> {
        let Decision { allowed, explicit_deny } =
            if set.is_resource_alone() { self.granted(set)? } else { self.layered(set)? };
        let signed = Term::not(self.caller.is_any(&[Anonymous, FederatedIdentity]));
        let identity_call = Term::and([self.action_is(IDENTITY_CALL), signed]);
        Ok(Decision {
            allowed: Term::or([identity_call.clone(), allowed]),
            explicit_deny: Term::and([Term::not(identity_call), explicit_deny]),
        })
    }

    /// What a resource-based policy grants, in any class.
    fn granted(&self, set: &Policies) -> Result<Decision, Error> {
        let denied = self.resource_denied(set)?;
        let allowed = Term::and([self.grant(set)?.classes.any(), Term::not(denied.clone())]);
        Ok(Decision { allowed, explicit_deny: denied })
    }

    fn layered(&self, set: &Policies) -> Result<Decision, Error> {
        let caller = &self.caller;
        // Every member is named: a layer that is added has no part in the decision until it is
        // given one.
        let Policies {
            identity,
            boundary,
            session,
            resource: _,
            scp: _,
            rcp: _,
            endpoint: _,
            not_principal: _,
        } = set;
        let own_denied =
            self.some(Effect::Deny, identity.iter().flatten().chain(boundary).chain(session))?;
        // Nothing is attached to a root user.
        let own_denied = Term::and([Term::not(caller.is(Root)), own_denied]);
        let own = self.own_side(set)?;
        let grant = self.grant(set)?;
        let scp = self.scp(set)?;
        let rcp_denied = self.rcp_denied(set)?;
        let endpoint = self.endpoint(set)?;
        let resource_denied = self.resource_denied(set)?;

        let in_account = Term::and([
            Term::not(own_denied.clone()),
            Term::not(scp.denied.clone()),
            scp.passed,
            self.core(&own, &grant),
        ]);
        let elsewhere = Term::and([Term::not(caller.has_account()), grant.classes.direct]);
        let everybody = [&resource_denied, &rcp_denied, &endpoint.denied]
            .map(|denied| Term::not(denied.clone()));
        let allowed = Term::and(
            everybody.into_iter().chain([endpoint.passed, Term::or([in_account, elsewhere])]),
        );
        let own_denied = Term::and([caller.has_account(), own_denied]);
        Ok(Decision {
            allowed,
            explicit_deny: Term::or([
                own_denied,
                resource_denied,
                scp.denied,
                rcp_denied,
                endpoint.denied,
            ]),
        })
    }

    fn own_side(&self, set: &Policies) -> Result<OwnSide, Error> {
        let allow = |policies: &[&NamedPolicy]| self.some(Effect::Allow, policies.iter().copied());
        let limit = |policies: Vec<&NamedPolicy>| {
            if policies.is_empty() { Ok(Term::truth()) } else { allow(&policies) }
        };
        Ok(OwnSide {
            identity: self.some(Effect::Allow, set.identity.iter().flatten())?,
            boundary: limit(set.boundary.iter().collect())?,
            session: limit(set.session.iter().collect())?,
            has_session: !set.session.is_empty(),
        })
    }

    /// The core grant for callers that have an account: the table of SEMANTICS 6.3 where it owns
    /// the resource, 6.4 where it does not.
    fn core(&self, own: &OwnSide, grant: &Grant) -> Term {
        let same = Term::eq(Term::var(&self.caller.account), Term::var(&self.owner));
        let here = self.core_same_account(own, grant);
        let across = self.core_cross_account(own, grant);
        Term::or([Term::and([same.clone(), here]), Term::and([Term::not(same), across])])
    }

    fn core_same_account(&self, own: &OwnSide, grant: &Grant) -> Term {
        let caller = &self.caller;
        let Classes { direct, issuer, account } = &grant.classes;
        let OwnSide { identity, boundary, session, has_session } = own;
        let (key, to_assume) = (self.is_kms_key(), self.is_role_to_assume());
        // A key or a role without a policy given is taken to delegate to its account.
        let delegated = if grant.given {
            Term::or([Term::not(Term::or([key.clone(), to_assume.clone()])), account.clone()])
        } else {
            Term::truth()
        };
        let kinds = self.with_identity(*has_session);
        let by_identity = Term::and([kinds, Term::or([caller.is(User), session.clone()])]);
        let root =
            if grant.given { Term::or([Term::not(key), direct.clone()]) } else { Term::truth() };
        Term::or([
            Term::and([caller.is_any(&ENTITIES), direct.clone()]),
            Term::and([issuer.clone(), boundary.clone(), session.clone()]),
            Term::and([by_identity, identity.clone(), boundary.clone(), delegated]),
            Term::and([caller.is(Root), Term::not(to_assume), root]),
        ])
    }

    fn core_cross_account(&self, own: &OwnSide, grant: &Grant) -> Term {
        let caller = &self.caller;
        let OwnSide { identity, boundary, session, has_session } = own;
        let kinds = self.with_identity(*has_session);
        let own = Term::and([kinds, identity.clone(), boundary.clone(), session.clone()]);
        let root = Term::and([caller.is(Root), Term::not(self.is_role_to_assume())]);
        Term::and([grant.classes.any(), Term::or([own, root])])
    }

    /// True iff identity-based policies can grant to the caller: to a federated user they do
    /// through session policies only.
    fn with_identity(&self, has_session: bool) -> Term {
        self.caller.is_any(if has_session { &ENTITIES } else { &[User, RoleSession] })
    }

    /// What the Allow statements of the resource-based policy grant.
    fn grant(&self, set: &Policies) -> Result<Grant, Error> {
        let mut classes = Vec::new();
        for named in set.resource.iter() {
            for statement in
                named.policy.statements().filter(|statement| statement.effect == Effect::Allow)
            {
                let principal = self.allowed_principal(statement.principal.as_ref())?;
                classes.push(principal.when(&self.body(named.policy.kind, statement)?));
            }
        }
        Ok(Grant {
            classes: Classes::or(classes).when(&self.can_have_policy(set)),
            given: set.resource.is_some(),
        })
    }

    /// True iff the resource-based policy of the question can be one of the resource, and about the
    /// action: only few resources of Bedrock have policies (SEMANTICS 6.3). A policy that says
    /// nothing of Bedrock is asked about nothing of it.
    fn can_have_policy(&self, set: &Policies) -> Term {
        let mut statements = set.resource.iter().flat_map(|named| named.policy.statements());
        if !statements
            .any(|statement| BEDROCK_PREFIXES.iter().any(|prefix| may_be_of(statement, prefix)))
        {
            return Term::truth();
        }
        let others = BEDROCK_PREFIXES.iter().map(|prefix| {
            Regex::concat([Regex::literal(prefix), Regex::literal(":"), Regex::all()])
        });
        let others = Term::not(Term::in_regex(Term::var(&self.action), Regex::union(others)));
        let known = BEDROCK_POLICIES.iter().map(|known| {
            let asked =
                known.actions.iter().map(|action| self.action_is(&action.to_ascii_lowercase()));
            let asked = if known.actions.is_empty() { Term::truth() } else { Term::or(asked) };
            Term::and([asked, self.resource_is(known.service, known.start)])
        });
        Term::or(std::iter::once(others).chain(known))
    }

    /// True iff some Deny of the resource-based policy applies and counts.
    fn resource_denied(&self, set: &Policies) -> Result<Term, Error> {
        let denied = self.denied_by(&set.resource, set)?;
        if denied == Term::falsehood() {
            return Ok(denied);
        }
        Ok(Term::and([self.can_have_policy(set), denied, Term::not(self.keeps_bucket_policy())]))
    }

    /// True iff the root user of a bucket's owner reads or changes the bucket's policy, which that
    /// policy cannot deny (SEMANTICS 6.3).
    fn keeps_bucket_policy(&self) -> Term {
        let [_, _, service, region, account, name] = self.resource.terms();
        let empty = |field: Term| Term::eq(field, Term::string(""));
        let bucket = [
            self.resource.is_arn(),
            Term::eq(service, Term::string("s3")),
            empty(region),
            empty(account),
            Term::in_regex(name, Regex::plus(Regex::none_of("/"))),
        ];
        let own = Term::eq(Term::var(&self.caller.account), Term::var(&self.owner));
        let asked = Term::or(
            KEPT_BY_BUCKET_OWNERS.iter().map(|action| self.action_is(&action.to_ascii_lowercase())),
        );
        Term::and([self.caller.is(Root), own, asked].into_iter().chain(bucket))
    }

    /// True iff some Deny of policies that have principals applies.
    fn denied_by<'p>(
        &self,
        policies: impl IntoIterator<Item = &'p NamedPolicy>,
        set: &Policies,
    ) -> Result<Term, Error> {
        let denial = Denial { reading: set.not_principal, boundary: set.boundary.is_some() };
        let mut applying = Vec::new();
        for NamedPolicy { policy, .. } in policies {
            for statement in
                policy.statements().filter(|statement| statement.effect == Effect::Deny)
            {
                let principal = self.denied_principal(statement.principal.as_ref(), denial)?;
                applying.push(Term::and([principal, self.body(policy.kind, statement)?]));
            }
        }
        Ok(Term::or(applying))
    }

    /// True iff some statement of policies that have no principals applies.
    fn some<'p>(
        &self,
        effect: Effect,
        policies: impl IntoIterator<Item = &'p NamedPolicy>,
    ) -> Result<Term, Error> {
        let mut applying = Vec::new();
        for NamedPolicy { policy, .. } in policies {
            for statement in policy.statements().filter(|statement| statement.effect == effect) {
                applying.push(self.body(policy.kind, statement)?);
            }
        }
        Ok(Term::or(applying))
    }

    /// The service control policies of the caller's account (SEMANTICS 6.5).
    fn scp(&self, set: &Policies) -> Result<Limit, Error> {
        if set.scp.is_empty() {
            return Ok(Limit::none());
        }
        let exempt = Term::or([
            Term::var(&self.caller.in_management_account),
            self.caller.is_service_linked(),
        ]);
        let levels = set
            .scp
            .iter()
            .map(|level| self.some(Effect::Allow, level))
            .collect::<Result<Vec<_>, _>>()?;
        let denied = Term::and([
            self.caller.has_account(),
            Term::not(exempt.clone()),
            self.some(Effect::Deny, set.scp.iter().flatten())?,
        ]);
        Ok(Limit { denied, passed: Term::or([exempt, Term::and(levels)]) })
    }

    /// The resource control policies of the owner's account: only their Deny statements, since each
    /// level has one that allows everything (SEMANTICS 6.5).
    fn rcp_denied(&self, set: &Policies) -> Result<Term, Error> {
        if set.rcp.is_empty() {
            return Ok(Term::falsehood());
        }
        let caller = &self.caller;
        let services = Regex::union(
            RCP_SERVICES.iter().map(|service| Regex::literal(&service.to_ascii_lowercase())),
        );
        let governed = Term::in_regex(
            Term::var(&self.action),
            Regex::concat([services, Regex::literal(":"), Regex::all()]),
        );
        let exempt_action = Term::or(
            RCP_EXEMPT_ACTIONS.iter().map(|action| self.action_is(&action.to_ascii_lowercase())),
        );
        let same = Term::eq(Term::var(&caller.account), Term::var(&self.owner));
        let management =
            Term::and([caller.has_account(), Term::var(&caller.in_management_account), same]);
        let denied = self.denied_by(set.rcp.iter().flatten(), set)?;
        let exempt = [exempt_action, caller.is_service_linked(), management].map(Term::not);
        Ok(Term::and([denied, governed].into_iter().chain(exempt)))
    }

    /// The endpoint policies, for requests that come through an endpoint (SEMANTICS 6.6).
    fn endpoint(&self, set: &Policies) -> Result<Limit, Error> {
        if set.endpoint.is_empty() {
            return Ok(Limit::none());
        }
        let mut allowing = Vec::new();
        for NamedPolicy { policy, .. } in &set.endpoint {
            for statement in
                policy.statements().filter(|statement| statement.effect == Effect::Allow)
            {
                let principal = self.allowed_principal(statement.principal.as_ref())?.any();
                allowing.push(Term::and([principal, self.body(policy.kind, statement)?]));
            }
        }
        let through = self.through_endpoint();
        let denied = Term::and([through.clone(), self.denied_by(&set.endpoint, set)?]);
        Ok(Limit { denied, passed: Term::or([Term::not(through), Term::or(allowing)]) })
    }

    /// True iff the action is this one, given in lower case.
    pub fn action_is(&self, action: &str) -> Term {
        Term::eq(Term::var(&self.action), Term::string(action))
    }

    fn resource_is(&self, service: &str, start: &str) -> Term {
        let [_, _, field, _, _, resource] = self.resource.terms();
        let named = Term::matches(resource, vec![Part::Literal(start.to_owned()), Part::AnyString]);
        Term::and([self.resource.is_arn(), Term::eq(field, Term::string(service)), named])
    }

    fn action_of(&self, service: &str) -> Term {
        Term::matches(
            Term::var(&self.action),
            vec![Part::Literal(format!("{service}:")), Part::AnyString],
        )
    }

    /// True iff an action of KMS is asked for on a key, whose policy must grant.
    fn is_kms_key(&self) -> Term {
        Term::and([self.action_of("kms"), self.resource_is("kms", "key/")])
    }

    /// True iff a role is to be assumed, whose trust policy must grant.
    fn is_role_to_assume(&self) -> Term {
        Term::and([self.action_of("sts"), self.resource_is("iam", "role/")])
    }
}
