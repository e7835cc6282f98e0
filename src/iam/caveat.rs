//! What a reader of an answer must know besides it: assumptions, approximations and what was left
//! out, each with a stable code.

use crate::catalogue::keys::KeyType;
use crate::policy::{ContextKey, Operator};
use std::collections::BTreeSet;
use std::fmt;

/// An assumption, an approximation, or something that a question left out. Its text says it to
/// people, its [code](Caveat::code) to programs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caveat {
    /// The values of a key that Keyaki does not know are taken to be of the type that the operator
    /// compares.
    ReadAs {
        /// The key.
        key: ContextKey,
        /// The type.
        read_as: KeyType,
        /// The operator that is applied to it.
        because: Operator,
    },
    /// A key may hold one value or several, as far as Keyaki knows.
    OneOrSeveral {
        /// The key.
        key: ContextKey,
    },
    /// `CanonicalUser` entries match nobody.
    CanonicalUser,
    /// An account in an endpoint policy is every user and session of it.
    EndpointAccount,
    /// Resource control policies restrict some services only.
    RcpServices,
    /// There are identity-based policies and no resource-based policy.
    NoResourcePolicy,
    /// `NotPrincipal` in a Deny.
    NotPrincipal,
    /// Grants of KMS, which are no policies.
    KmsGrants,
    /// Who owns foundation models.
    ModelOwner,
    /// Few resources of Bedrock have resource-based policies.
    BedrockPolicies,
    /// A resource-based policy alone lets accounts in, which then decide themselves.
    Delegates {
        /// The entries that name the accounts, in order.
        accounts: Vec<String>,
    },
    /// What needs no grant is left out: it is always allowed. At least one of the two.
    NeedsNoGrant {
        /// Root users in their own account are left out.
        root: bool,
        /// `sts:GetCallerIdentity` is left out.
        identity_call: bool,
    },
    /// Whom the policies of an organization do not restrict is left out: the management account,
    /// and perhaps service-linked roles.
    Unrestricted {
        /// Service-linked roles are left out, too.
        service_linked: bool,
    },
    /// A set of policies grants nothing, since it has neither identity-based nor resource-based
    /// policies.
    GrantsNothing {
        /// Root users, who need no grant, are considered.
        root: bool,
    },
    /// Only requests through the VPC endpoint are considered.
    ThroughEndpoint,
    /// Only requests past the VPC endpoint are considered.
    PastEndpoint,
    /// `--through` was given, and no endpoint policy.
    ThroughIgnored,
    /// The policies or the question name services that the catalogue does not know.
    UnknownServices {
        /// Their prefixes.
        names: BTreeSet<String>,
    },
    /// The policies or the question name actions that the catalogue does not know.
    UnknownActions {
        /// The actions.
        names: BTreeSet<String>,
    },
    /// The policies or the question name keys that nobody knows.
    UnknownKeys {
        /// The keys.
        names: BTreeSet<String>,
    },
    /// The policies or the question name keys without a prefix.
    KeysWithoutPrefix {
        /// The keys.
        names: BTreeSet<String>,
    },
    /// What the file of calls notes about a call.
    CallNote {
        /// The note.
        note: String,
    },
    /// What the service role needs was not asked.
    ServiceRoleNotAsked,
    /// Which role the service has is left open.
    ServiceRoleOpen,
}

/// Every code of a caveat, with what it means and the section of SEMANTICS that has the reason, in
/// the order of [`Caveat`].
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "key-read-as",
        "a condition key that Keyaki does not know is read as the type that its operator compares",
        "5.7",
    ),
    (
        "one-or-several-values",
        "a condition key that Keyaki does not know may have one value or several; both are considered",
        "5.7",
    ),
    (
        "canonical-user",
        "a `CanonicalUser` entry matches nobody, since no request tells the canonical id of its caller",
        "6.2",
    ),
    (
        "endpoint-account",
        "an account in an endpoint policy is read as all of its users and sessions",
        "6.6",
    ),
    (
        "rcp-services",
        "resource control policies restrict some services only, and are taken to restrict AWS managed KMS keys",
        "6.5",
    ),
    (
        "no-resource-policy",
        "no resource-based policy is given, so keys and roles delegate to their account, and other accounts are out of reach",
        "6.3",
    ),
    (
        "not-principal",
        "how `NotPrincipal` in a Deny is read depends on an order that AWS does not document",
        "6.2",
    ),
    ("kms-grants", "grants of KMS are not modelled, and may allow what the policies do not", "6.3"),
    (
        "model-owner",
        "the account and the organization that own foundation models are not documented; placeholders stand for them",
        "7.1",
    ),
    (
        "bedrock-policies",
        "of Bedrock's resources only some are taken to have resource-based policies",
        "6.3",
    ),
    (
        "delegates",
        "a resource-based policy alone lets accounts in, whose own policies are not part of the question",
        "6.3",
    ),
    (
        "needs-no-grant",
        "root users in their own account or `sts:GetCallerIdentity` are left out, since they need no grant",
        "6.8",
    ),
    (
        "unrestricted-callers",
        "whom SCPs and RCPs do not restrict is left out: the management account, service-linked roles",
        "6.8",
    ),
    (
        "grants-nothing",
        "a set without identity-based and resource-based policies grants nothing",
        "6.3",
    ),
    (
        "through-endpoint",
        "only requests through the VPC endpoint are considered, since its policy does not touch others",
        "6.6",
    ),
    (
        "past-endpoint",
        "only requests past the VPC endpoint are considered, which its policy does not touch",
        "6.6",
    ),
    (
        "through-ignored",
        "the question says a way, and no endpoint policy is given that could tell the ways apart",
        "6.6",
    ),
    (
        "unknown-services",
        "the catalogue does not know these services, so no request asks one",
        "5.7",
    ),
    (
        "unknown-actions",
        "the catalogue does not know these actions, so no request asks for one; `--unknown-actions` considers them",
        "5.7",
    ),
    (
        "unknown-keys",
        "nobody knows these condition keys, so no request carries one; `--unknown-keys` considers them",
        "5.7",
    ),
    (
        "keys-without-prefix",
        "these texts are no condition keys, since a key has a prefix and a colon",
        "5.7",
    ),
    (
        "call-note",
        "what is not documented about the call, or depends on more than Keyaki knows",
        "7.1",
    ),
    (
        "service-role-not-asked",
        "the call needs a service role, whose policies were not given",
        "6.7",
    ),
    (
        "service-role-open",
        "any role is considered that the policies given for the service role allow enough",
        "6.7",
    ),
];

/// How many names a caveat shows.
const SHOWN: usize = 5;

const CANONICAL_USER: &str = "principals given as `CanonicalUser` are taken to match nobody; name the account or the user by its ARN";
const KMS_GRANTS: &str =
    "grants of KMS are not policies and not modelled: they may allow what the policies do not";
const MODEL_OWNER: &str = "which account and organization of AWS own foundation models is not documented: `000000000000` and `o-aws` stand for them";
const BEDROCK_POLICIES: &str = "of Bedrock's resources only managed knowledge bases (for `bedrock:Retrieve` and `bedrock:GetDocumentContent`), guardrails and their profiles, shared custom models, and AgentCore's runtimes, gateways and memories are taken to have resource-based policies";
const ENDPOINT_ACCOUNT: &str = "an account in an endpoint policy is read as all of its users and sessions; in a gateway endpoint's policy it is the root user only";
const RCP_COVERAGE: &str = "resource control policies restrict only the services that `keyaki catalogue` marks (Bedrock, Lambda, EC2 and IAM are not among them), and are taken to restrict AWS managed KMS keys, too";
const NO_RESOURCE_POLICY: &str = "no resource-based policy is given: KMS keys, and roles to assume, are taken to delegate to their account, and resources of other accounts to be out of reach";
const NOT_PRINCIPAL: &str = "how `NotPrincipal` in a Deny is read depends on the order in which AWS tests account, role and session, which is not documented";
const UNKNOWN_SERVICES: &str = "the catalogue knows no such service, so no request asks one";
const UNKNOWN_ACTIONS: &str = "the catalogue knows no such action, so no request asks for one (`--unknown-actions` considers it)";
const UNKNOWN_KEYS: &str = "neither the global keys nor the catalogue have such a key, so no request carries one (`--unknown-keys` considers it)";
const KEYS_WITHOUT_PREFIX: &str = "a key has a prefix and a colon, so no request carries this one";

impl Caveat {
    /// Its stable code, one of [`CODES`]: never renamed, never used for something else.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ReadAs { .. } => "key-read-as",
            Self::OneOrSeveral { .. } => "one-or-several-values",
            Self::CanonicalUser => "canonical-user",
            Self::EndpointAccount => "endpoint-account",
            Self::RcpServices => "rcp-services",
            Self::NoResourcePolicy => "no-resource-policy",
            Self::NotPrincipal => "not-principal",
            Self::KmsGrants => "kms-grants",
            Self::ModelOwner => "model-owner",
            Self::BedrockPolicies => "bedrock-policies",
            Self::Delegates { .. } => "delegates",
            Self::NeedsNoGrant { .. } => "needs-no-grant",
            Self::Unrestricted { .. } => "unrestricted-callers",
            Self::GrantsNothing { .. } => "grants-nothing",
            Self::ThroughEndpoint => "through-endpoint",
            Self::PastEndpoint => "past-endpoint",
            Self::ThroughIgnored => "through-ignored",
            Self::UnknownServices { .. } => "unknown-services",
            Self::UnknownActions { .. } => "unknown-actions",
            Self::UnknownKeys { .. } => "unknown-keys",
            Self::KeysWithoutPrefix { .. } => "keys-without-prefix",
            Self::CallNote { .. } => "call-note",
            Self::ServiceRoleNotAsked => "service-role-not-asked",
            Self::ServiceRoleOpen => "service-role-open",
        }
    }

    /// Whether most answers have it, so that its code is enough for somebody who knows it.
    pub fn is_standing(&self) -> bool {
        self.weight() == 2
    }

    /// How much it bears on an answer: 0, the question may be about something else than its author
    /// thinks; 1, the policies or the question have something that is read in a particular way; 2,
    /// what nearly every answer leaves open.
    fn weight(&self) -> u8 {
        match self {
            Self::ReadAs { .. }
            | Self::OneOrSeveral { .. }
            | Self::GrantsNothing { .. }
            | Self::ThroughIgnored
            | Self::UnknownServices { .. }
            | Self::UnknownActions { .. }
            | Self::UnknownKeys { .. }
            | Self::KeysWithoutPrefix { .. }
            | Self::ServiceRoleNotAsked => 0,
            Self::CanonicalUser
            | Self::EndpointAccount
            | Self::RcpServices
            | Self::NotPrincipal
            | Self::KmsGrants
            | Self::ModelOwner
            | Self::Delegates { .. }
            | Self::ThroughEndpoint
            | Self::PastEndpoint
            | Self::CallNote { .. }
            | Self::ServiceRoleOpen => 1,
            Self::NoResourcePolicy
            | Self::BedrockPolicies
            | Self::NeedsNoGrant { .. }
            | Self::Unrestricted { .. } => 2,
        }
    }

    /// The same caveats, those first that bear most on an answer; else in their order.
    pub fn by_weight(caveats: &[Self]) -> Vec<&Self> {
        let mut sorted: Vec<&Self> = caveats.iter().collect();
        sorted.sort_by_key(|caveat| caveat.weight());
        sorted
    }

    /// Caveats in the order of their texts, each once.
    pub fn in_order(caveats: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut told: Vec<(String, Self)> =
            caveats.into_iter().map(|caveat| (caveat.to_string(), caveat)).collect();
        told.sort_by(|(one, _), (other, _)| one.cmp(other));
        told.dedup_by(|(one, _), (other, _)| one == other);
        told.into_iter().map(|(_, caveat)| caveat).collect()
    }
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadAs { key, read_as, because } => {
                let (key, read_as) = (key.text(), noun(*read_as));
                return write!(f, "`{key}` is not a key Keyaki knows; read as {read_as} because `{because}` is applied to it");
            }
            Self::OneOrSeveral { key } => {
                return write!(f, "`{}` is not a key Keyaki knows; both one value and several are considered", key.text());
            }
            Self::Delegates { accounts } => {
                let lets_in =
                    "who in an account that it names is let in, the account's own policies decide, and they are not part of this question";
                let accounts = listed(accounts.iter());
                return write!(f, "the resource-based policy stands alone and delegates to {accounts}: {lets_in}");
            }
            Self::UnknownServices { names } => return write!(f, "{}: {UNKNOWN_SERVICES}", listed(names.iter())),
            Self::UnknownActions { names } => return write!(f, "{}: {UNKNOWN_ACTIONS}", listed(names.iter())),
            Self::UnknownKeys { names } => return write!(f, "{}: {UNKNOWN_KEYS}", listed(names.iter())),
            Self::KeysWithoutPrefix { names } => return write!(f, "{}: {KEYS_WITHOUT_PREFIX}", listed(names.iter())),
            Self::CallNote { note } => note,
            Self::CanonicalUser => CANONICAL_USER,
            Self::EndpointAccount => ENDPOINT_ACCOUNT,
            Self::RcpServices => RCP_COVERAGE,
            Self::NoResourcePolicy => NO_RESOURCE_POLICY,
            Self::NotPrincipal => NOT_PRINCIPAL,
            Self::KmsGrants => KMS_GRANTS,
            Self::ModelOwner => MODEL_OWNER,
            Self::BedrockPolicies => BEDROCK_POLICIES,
            Self::NeedsNoGrant { root: true, identity_call: true } => {
                "left out, since they need no grant (but for KMS keys): root users in their own account, and `sts:GetCallerIdentity`"
            }
            Self::NeedsNoGrant { root: true, identity_call: false } => {
                "left out, since they need no grant (but for KMS keys): root users in their own account"
            }
            Self::NeedsNoGrant { root: false, .. } => "left out, since it needs no grant: `sts:GetCallerIdentity`",
            Self::Unrestricted { service_linked: true } => {
                "left out, since SCPs and RCPs do not restrict them: principals of the organization's management account, and service-linked roles"
            }
            Self::Unrestricted { service_linked: false } => {
                "left out, since SCPs and RCPs do not restrict them: principals of the organization's management account"
            }
            Self::GrantsNothing { root: true } => {
                "a set without identity-based and resource-based policies grants nothing but to root users, who need no grant"
            }
            Self::GrantsNothing { root: false } => {
                "a set without identity-based and resource-based policies grants nothing, whatever its other layers say"
            }
            Self::ThroughEndpoint => "only requests through the VPC endpoint are considered: its policy does not touch others",
            Self::PastEndpoint => "only requests past the VPC endpoint are considered, which its policy does not touch",
            Self::ThroughIgnored => "`--through` (in claims and batches `through`) changes nothing here: no endpoint policy is given",
            Self::ServiceRoleNotAsked => "what the service role needs was not asked; `--service-role` gives its policies",
            Self::ServiceRoleOpen => "which role the service has is left open: any role that the policies given for it allow enough",
        })
    }
}

/// Names in backticks, the first of them if they are many.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a String>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<String> = names.take(SHOWN).map(|name| format!("`{name}`")).collect();
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

fn noun(read_as: KeyType) -> &'static str {
    match read_as {
        KeyType::String => "a string",
        KeyType::Arn => "an ARN",
        KeyType::Bool => "a Boolean",
        KeyType::Numeric => "a number",
        KeyType::Date => "an instant",
        KeyType::Ip => "an address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::BaseOperator;

    #[test]
    fn every_caveat_has_a_listed_code() {
        let names = || BTreeSet::from(["a".to_owned()]);
        let (key, none) = (ContextKey::new("a:b"), Vec::new());
        let because = Operator { set: None, base: BaseOperator::NumericEquals, if_exists: false };
        let all = [
            Caveat::ReadAs { key: key.clone(), read_as: KeyType::Numeric, because },
            Caveat::OneOrSeveral { key },
            Caveat::CanonicalUser,
            Caveat::EndpointAccount,
            Caveat::RcpServices,
            Caveat::NoResourcePolicy,
            Caveat::NotPrincipal,
            Caveat::KmsGrants,
            Caveat::ModelOwner,
            Caveat::BedrockPolicies,
            Caveat::Delegates { accounts: none },
            Caveat::NeedsNoGrant { root: true, identity_call: true },
            Caveat::Unrestricted { service_linked: true },
            Caveat::GrantsNothing { root: true },
            Caveat::ThroughEndpoint,
            Caveat::PastEndpoint,
            Caveat::ThroughIgnored,
            Caveat::UnknownServices { names: names() },
            Caveat::UnknownActions { names: names() },
            Caveat::UnknownKeys { names: names() },
            Caveat::KeysWithoutPrefix { names: names() },
            Caveat::CallNote { note: "n".to_owned() },
            Caveat::ServiceRoleNotAsked,
            Caveat::ServiceRoleOpen,
        ];
        let codes: Vec<&str> = all.iter().map(Caveat::code).collect();
        assert_eq!(codes, CODES.iter().map(|(code, ..)| *code).collect::<Vec<_>>());
        assert_eq!(Caveat::in_order(all.iter().chain(&all).cloned()).len(), all.len());
    }
}
