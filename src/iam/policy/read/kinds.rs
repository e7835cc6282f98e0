//! What each kind of policy must and must not have: the table of SEMANTICS 1.2.

use crate::policy::Kind;

/// Whether an element may and must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    /// Most services require it, so that it is missed with a warning.
    Expected,
    Forbidden,
}

/// The rules of one kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// For messages, with the article.
    pub(super) name: &'static str,
    pub(super) id_allowed: bool,
    /// Whether a `Sid` has letters and digits only and is unique.
    pub(super) strict_sids: bool,
    pub(super) principal: Presence,
    pub(super) not_principal_allowed: bool,
    pub(super) not_action_allowed: bool,
    pub(super) resource: Presence,
    pub(super) short_arn: ShortArn,
}

/// What happens to ARN patterns of fewer than six fields (SEMANTICS 2.2, rule 3, and `[U5]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShortArn {
    /// Missing fields are filled with `*`.
    Filled,
    Rejected,
    /// Accepted; matches nothing unless it has a wildcard.
    MatchesNothing,
    /// Rejected unless the pattern ends in `*`.
    NeedsTrailingStar,
}

/// The rules of a kind.
pub(super) fn rules(kind: Kind) -> Rules {
    let identity = Rules {
        name: "an identity-based policy",
        id_allowed: false,
        strict_sids: true,
        principal: Presence::Forbidden,
        not_principal_allowed: false,
        not_action_allowed: true,
        resource: Presence::Required,
        short_arn: ShortArn::Filled,
    };
    let resource = Rules {
        name: "a resource-based policy",
        id_allowed: true,
        strict_sids: false,
        principal: Presence::Required,
        not_principal_allowed: true,
        not_action_allowed: true,
        resource: Presence::Expected,
        short_arn: ShortArn::MatchesNothing,
    };
    let scp = Rules {
        name: "a service control policy",
        id_allowed: true,
        strict_sids: false,
        short_arn: ShortArn::NeedsTrailingStar,
        ..identity
    };
    match kind {
        Kind::Identity => identity,
        Kind::Boundary => Rules { name: "a permissions boundary", ..identity },
        Kind::Session => {
            Rules { name: "a session policy", short_arn: ShortArn::Rejected, ..identity }
        }
        Kind::Trust => {
            let forbidden = Presence::Forbidden;
            Rules {
                name: "a role trust policy",
                strict_sids: true,
                not_principal_allowed: false,
                resource: forbidden,
                ..resource
            }
        }
        Kind::Resource => resource,
        Kind::Scp => scp,
        Kind::Rcp => Rules {
            name: "a resource control policy",
            principal: Presence::Required,
            not_action_allowed: false,
            ..scp
        },
        Kind::Endpoint => {
            Rules { name: "a VPC endpoint policy", resource: Presence::Required, ..resource }
        }
    }
}
