//! Which layers count for a caller and a request (SEMANTICS 6.3, 6.5 and 6.6).
//!
//! Decisions where the text is silent: a text that names no principal is granted nothing, while the
//! Deny statements of identity-based, boundary and session policies still refuse it; SCPs do not
//! restrict it.

use super::asked::{Asked, Caller};
use keyaki_iam::endpoints::{BEDROCK_POLICIES, BEDROCK_PREFIXES, KEPT_BY_BUCKET_OWNERS};
use keyaki_iam::layers::Layer;
use keyaki_iam::organizations::{RCP_EXEMPT_ACTIONS, RCP_SERVICES, SERVICE_LINKED_PATH};
use keyaki_iam::policy::{ContextKey, Effect};
use keyaki_iam::request::{ContextValue, PrincipalKind, Request, arn_fields};
use std::sync::LazyLock;

/// Why a layer does not count for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exemption {
    /// Callers of this kind have no identity-based policies, boundary or session policies.
    HasNone(PrincipalKind),
    /// No policy is attached to a root user: those of identities neither grant nor refuse.
    RootUser,
    /// The caller's text names no principal, and is granted nothing.
    NoPrincipal,
    /// A user has no session, so in its own account session policies do not limit it; their Deny
    /// statements count.
    UserWithoutSession,
    /// Service control policies do not restrict callers of this kind.
    OutsideScp(PrincipalKind),
    /// The management account is not restricted: as the caller's account by SCPs, as both accounts
    /// by RCPs.
    ManagementAccount,
    /// Service-linked roles are not restricted.
    ServiceLinkedRole,
    /// Resource control policies do not cover the action's service.
    ServiceNotCovered,
    /// Resource control policies do not restrict this action of a service that they cover.
    ActionNotCovered,
    /// The request did not come through a VPC endpoint.
    NotThroughEndpoint,
    /// The resource has no resource-based policy, or has none that can be about the action: most
    /// resources of Bedrock.
    NoResourcePolicy,
    /// The policy of a bucket cannot deny the root user of the bucket's owner what changes that
    /// policy.
    BucketOwner,
}

impl Asked<'_> {
    /// Why statements of the layer with this effect do not count; `None` when they do.
    pub(super) fn exemption(&self, layer: Layer, effect: Effect) -> Option<Exemption> {
        match layer {
            Layer::Identity | Layer::Boundary | Layer::Session => self.of_identity(layer, effect),
            Layer::Resource => self.of_resource().or_else(|| self.of_bucket(effect)),
            Layer::Scp(_) => self.of_scp(),
            Layer::Rcp(_) => self.of_rcp(),
            Layer::Endpoint => {
                (!came_through_endpoint(self.request)).then_some(Exemption::NotThroughEndpoint)
            }
        }
    }

    fn of_identity(&self, layer: Layer, effect: Effect) -> Option<Exemption> {
        use PrincipalKind::{
            Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
        };
        let of_allow = |exemption| (effect == Effect::Allow).then_some(exemption);
        match self.caller().kind {
            Some(kind @ (Service | FederatedIdentity | Anonymous)) => {
                Some(Exemption::HasNone(kind))
            }
            Some(User) if layer == Layer::Session && !self.is_cross_account() => {
                of_allow(Exemption::UserWithoutSession)
            }
            Some(User | RoleSession | FederatedUser) => None,
            Some(Root) => Some(Exemption::RootUser),
            None => of_allow(Exemption::NoPrincipal),
        }
    }

    /// Most resources of Bedrock have no resource-based policy (SEMANTICS 6.3).
    fn of_resource(&self) -> Option<Exemption> {
        let (prefix, _) = self.action?;
        if !names(BEDROCK_PREFIXES, prefix) {
            return None;
        }
        let action = &self.request.action;
        let [_, _, service, _, _, rest] = self.resource.unwrap_or_default();
        let known = BEDROCK_POLICIES
            .iter()
            .find(|known| known.service == service && rest.starts_with(known.start));
        let takes_part =
            known.is_some_and(|known| known.actions.is_empty() || names(known.actions, action));
        (!takes_part).then_some(Exemption::NoResourcePolicy)
    }

    /// The root user of a bucket's owner reads and changes the bucket's policy whatever that denies
    /// (SEMANTICS 6.3).
    fn of_bucket(&self, effect: Effect) -> Option<Exemption> {
        let action = &self.request.action;
        let bucket = self.resource.is_some_and(|[_, _, service, region, account, name]| {
            (service, region, account) == ("s3", "", "") && !name.is_empty() && !name.contains('/')
        });
        let own = self.caller().kind == Some(PrincipalKind::Root) && !self.is_cross_account();
        let kept = effect == Effect::Deny && own && bucket && names(KEPT_BY_BUCKET_OWNERS, action);
        kept.then_some(Exemption::BucketOwner)
    }

    fn of_scp(&self) -> Option<Exemption> {
        use PrincipalKind::{Anonymous, FederatedIdentity, Service};
        match self.caller().kind {
            None => Some(Exemption::NoPrincipal),
            Some(kind @ (Service | FederatedIdentity | Anonymous)) => {
                Some(Exemption::OutsideScp(kind))
            }
            Some(_) if self.request.principal_in_management_account => {
                Some(Exemption::ManagementAccount)
            }
            Some(_) => self.is_service_linked().then_some(Exemption::ServiceLinkedRole),
        }
    }

    fn of_rcp(&self) -> Option<Exemption> {
        let action = &self.request.action;
        let service = self.action.map_or("", |(service, _)| service);
        let Caller { account, owner, .. } = self.caller();
        let own = account.is_some() && account == owner;
        if self.is_service_linked() {
            Some(Exemption::ServiceLinkedRole)
        } else if self.request.principal_in_management_account && own {
            Some(Exemption::ManagementAccount)
        } else if !names(RCP_SERVICES, service) {
            Some(Exemption::ServiceNotCovered)
        } else {
            names(RCP_EXEMPT_ACTIONS, action).then_some(Exemption::ActionNotCovered)
        }
    }

    /// As [`is_service_linked`].
    fn is_service_linked(&self) -> bool {
        let linked = |role: &str| {
            role.strip_prefix("role").is_some_and(|path| path.starts_with(SERVICE_LINKED_PATH))
        };
        self.caller().kind == Some(PrincipalKind::RoleSession)
            && self
                .issuer()
                .is_some_and(|arn| arn_fields(arn).is_some_and(|[.., role]| linked(role)))
    }

    /// Whether the caller has an account and the resource belongs to another (SEMANTICS 6.4).
    pub(super) fn is_cross_account(&self) -> bool {
        let Caller { account, owner, .. } = self.caller();
        account.is_some() && account != owner
    }
}

/// Whether the caller is a session of a service-linked role: of a role whose path says so
/// (SEMANTICS 6.5).
pub fn is_service_linked(request: &Request) -> bool {
    Asked::about(request).is_service_linked()
}

/// The keys that only requests through VPC endpoints carry.
static OF_ENDPOINTS: LazyLock<[ContextKey; 3]> =
    LazyLock::new(|| ["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"].map(ContextKey::new));

/// Whether the request carries a key that only requests through VPC endpoints carry (SEMANTICS
/// 6.6).
pub fn came_through_endpoint(request: &Request) -> bool {
    OF_ENDPOINTS.iter().any(|key| match request.context.get(key) {
        None => false,
        Some(ContextValue::Single(_)) => true,
        Some(ContextValue::List(values)) => !values.is_empty(),
    })
}

fn names(list: &[&str], text: &str) -> bool {
    list.iter().any(|name| name.eq_ignore_ascii_case(text))
}
