//! What a reader of an answer must know besides it: assumptions, approximations and what was left
//! out, each with a stable code.

use crate::catalogue::keys::KeyType;
use crate::policy::{ContextKey, Operator, parameter};
use std::collections::BTreeSet;
use std::fmt;

/// An assumption, an approximation, or something that a question left out. Its text (`Display`)
/// says it to people, its [code](Caveat::code) to programs. Each variant begins with its code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caveat {
    /// `key-read-as`: the values of a key that Keyaki does not know are taken to be of the type
    /// that the operator compares.
    ReadAs {
        /// The key.
        key: ContextKey,
        /// The type.
        read_as: KeyType,
        /// The operator that is applied to it.
        because: Operator,
    },
    /// `one-or-several-values`: a key may hold one value or several, as far as Keyaki knows.
    OneOrSeveral {
        /// The key.
        key: ContextKey,
    },
    /// `canonical-user`: `CanonicalUser` entries match nobody.
    CanonicalUser,
    /// `endpoint-account`: an account in an endpoint policy is every user and session of it.
    EndpointAccount,
    /// `rcp-services`: resource control policies restrict some services only.
    RcpServices,
    /// `no-resource-policy`: there are identity-based policies and no resource-based policy.
    NoResourcePolicy,
    /// `not-principal`: how `NotPrincipal` in a Deny is read depends on an order that AWS does not
    /// document.
    NotPrincipal,
    /// `kms-grants`: grants of KMS, which are not policies, are not considered.
    KmsGrants,
    /// `model-owner`: who owns foundation models is not documented.
    ModelOwner,
    /// `bedrock-policies`: few resources of Bedrock have resource-based policies.
    BedrockPolicies,
    /// `delegates`: a resource-based policy alone lets accounts in, which then decide themselves.
    Delegates {
        /// The entries that name the accounts, in order.
        accounts: Vec<String>,
    },
    /// `needs-no-grant`: what needs no grant is left out: it is always allowed. At least one of the
    /// two.
    NeedsNoGrant {
        /// Root users in their own account are left out.
        root: bool,
        /// `sts:GetCallerIdentity` is left out.
        identity_call: bool,
    },
    /// `unrestricted-callers`: whom the policies of an organization do not restrict is left out:
    /// the management account, and perhaps service-linked roles.
    Unrestricted {
        /// Service-linked roles are left out, too.
        service_linked: bool,
    },
    /// `grants-nothing`: a set of policies grants nothing, since it has neither identity-based nor
    /// resource-based policies.
    GrantsNothing {
        /// Root users, who need no grant, are considered.
        root: bool,
    },
    /// `through-endpoint`: only requests through the VPC endpoint are considered.
    ThroughEndpoint,
    /// `past-endpoint`: only requests past the VPC endpoint are considered.
    PastEndpoint,
    /// `through-ignored`: `--through` was given, and no endpoint policy.
    ThroughIgnored,
    /// `unknown-services`: the policies or the question name services that the catalogue does not
    /// know, for example misspelled ones. No request asks them.
    UnknownServices {
        /// Their prefixes.
        names: BTreeSet<String>,
    },
    /// `unknown-actions`: the policies or the question name actions that the catalogue does not
    /// know, for example misspelled ones. No request asks for them.
    UnknownActions {
        /// The actions.
        names: BTreeSet<String>,
    },
    /// `unknown-keys`: the policies or the question name keys that nobody knows, for example
    /// misspelled ones. No request carries them.
    UnknownKeys {
        /// The keys.
        names: BTreeSet<String>,
    },
    /// `parameters`: texts of the policies are not known, and have values of their form.
    Parameters {
        /// The names, each with what its value is.
        names: BTreeSet<String>,
    },
    /// `for-every-value`: what was found is there whatever the values of the parameters are.
    EveryValue {
        /// The names.
        names: BTreeSet<String>,
    },
    /// `at-values`: the answer is that at these values of the parameters.
    TheseValues {
        /// The names, each with its value.
        names: BTreeSet<String>,
    },
    /// `attached-unknown`: what is attached on both sides of a review and whose text is not known may
    /// allow, refuse or bound what it will.
    AttachedUnknown {
        /// The policies.
        names: BTreeSet<String>,
    },
    /// `keys-without-prefix`: the policies or the question name keys without a prefix.
    KeysWithoutPrefix {
        /// The keys.
        names: BTreeSet<String>,
    },
    /// `call-note`: what AWS does not document about a call, or what depends on more than Keyaki
    /// knows.
    CallNote {
        /// The note.
        note: String,
    },
    /// `service-role-not-asked`: what the service role needs was not asked.
    ServiceRoleNotAsked,
    /// `service-role-open`: which role the service has is left open.
    ServiceRoleOpen,
    /// `vacuity-undecided`: no engine could tell whether a "no" says something about the policies.
    VacuityUndecided,
    /// `estate-resources`: of some accounts the estate does not say which resource-based policies
    /// there are.
    EstateResources {
        /// The accounts.
        accounts: Vec<String>,
    },
    /// `estate-strangers`: the question names resources of accounts that the estate does not have;
    /// their policies are taken to let everybody in.
    EstateStrangers {
        /// The accounts.
        accounts: Vec<String>,
    },
    /// `estate-elsewhere`: resources of accounts that neither the estate has nor the question names
    /// are taken to let nobody in.
    EstateElsewhere,
    /// `estate-organization`: the estate does not say of which organization its accounts are.
    EstateOrganization,
    /// `estate-organization-of-other`: one side of a review does not say what its organization is.
    EstateOrganizationOfOther {
        /// The side that does not.
        side: String,
    },
    /// `estate-federated-users`: federated-user sessions are not asked about.
    EstateFederatedUsers,
    /// `estate-service-linked-roles`: service-linked roles of accounts whose principals are not
    /// known are not asked about, and organization policies do not restrict them.
    EstateServiceLinkedRoles,
    /// `estate-acls`: ACLs of S3, which are not policies, may grant what the policies do not.
    EstateAcls,
    /// `estate-block-public-access`: of some buckets with a policy that may be public it is not clear
    /// whether S3 Block Public Access restricts it.
    EstateBlockPublicAccess {
        /// The buckets.
        buckets: Vec<String>,
    },
    /// `estate-access-points`: requests through access points of S3 are asked without the policy of
    /// the bucket behind them.
    EstateAccessPoints,
    /// `estate-shares`: AWS RAM shares some resources, and what it grants is not read.
    EstateShares {
        /// Their ARNs.
        resources: Vec<String>,
    },
    /// `estate-collected`: what was not collected of the services and Regions of a folder is taken
    /// not to exist.
    EstateCollected,
    /// `estate-identity-center`: who of IAM Identity Center comes to a role of a permission set is
    /// not read.
    EstateIdentityCenter,
    /// `action-out-of-reach`: no request for one of several actions has the shape of the question,
    /// so that its "no" says nothing about that action.
    ActionOutOfReach {
        /// The action.
        action: String,
        /// Where it is because of the resource: what the action is about, as a clause.
        about: Option<String>,
    },
    /// `chain-sessions`: what one step of a chain gives its session and what the next one wants of it
    /// were looked at apart.
    ChainSessions,
    /// `role-chaining`: AWS limits sessions that sessions make.
    RoleChaining,
}

/// A code of a caveat, and what it means whatever the question was; the caveat itself says it of
/// one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// What [`Caveat::code`] returns.
    pub code: &'static str,
    /// What it means, a clause in lower case.
    pub meaning: &'static str,
    /// The section of SEMANTICS that has the reason: `6.3`.
    pub section: &'static str,
}

/// Every code of a caveat, in the order of [`Caveat`].
pub const CODES: &[Code] = &[
    Code {
        code: "key-read-as",
        meaning: "a condition key that Keyaki does not know is read as the type that its operator compares",
        section: "5.7",
    },
    Code {
        code: "one-or-several-values",
        meaning: "a condition key that Keyaki does not know may have one value or several; both are considered",
        section: "5.7",
    },
    Code {
        code: "canonical-user",
        meaning: "a `CanonicalUser` entry matches nobody, because a request does not show the canonical id of its caller",
        section: "6.2",
    },
    Code {
        code: "endpoint-account",
        meaning: "an account in an endpoint policy is read as all of its users and sessions",
        section: "6.6",
    },
    Code {
        code: "rcp-services",
        meaning: "resource control policies restrict only some services; they are assumed to restrict AWS managed KMS keys",
        section: "6.5",
    },
    Code {
        code: "no-resource-policy",
        meaning: "no resource policy was given, so KMS keys and roles are assumed to trust their own account, and resources in other accounts are treated as unreachable",
        section: "6.3",
    },
    Code {
        code: "not-principal",
        meaning: "the meaning of `NotPrincipal` in a Deny depends on an order that AWS does not document",
        section: "6.2",
    },
    Code {
        code: "kms-grants",
        meaning: "KMS grants are not modelled, and they may allow what the policies do not",
        section: "6.3",
    },
    Code {
        code: "model-owner",
        meaning: "the account and the organization that own foundation models are not documented; placeholders stand for them",
        section: "7.1",
    },
    Code {
        code: "bedrock-policies",
        meaning: "only some of Bedrock's resources are assumed to have resource-based policies",
        section: "6.3",
    },
    Code {
        code: "delegates",
        meaning: "the resource-based policy was asked about alone; it lets accounts in whose own policies are not part of the question",
        section: "6.3",
    },
    Code {
        code: "needs-no-grant",
        meaning: "root users in their own account, or `sts:GetCallerIdentity`, are left out because they need no grant",
        section: "6.8",
    },
    Code {
        code: "unrestricted-callers",
        meaning: "callers that SCPs and RCPs do not restrict are left out: the management account and service-linked roles",
        section: "6.8",
    },
    Code {
        code: "grants-nothing",
        meaning: "a policy set without an identity-based or resource-based policy grants nothing",
        section: "6.3",
    },
    Code {
        code: "through-endpoint",
        meaning: "only requests through the VPC endpoint are considered, because its policy does not affect others",
        section: "6.6",
    },
    Code {
        code: "past-endpoint",
        meaning: "only requests that bypass the VPC endpoint are considered, and its policy does not affect them",
        section: "6.6",
    },
    Code {
        code: "through-ignored",
        meaning: "the question names a way (`through`), but no endpoint policy was given, so the way changes nothing",
        section: "6.6",
    },
    Code {
        code: "unknown-services",
        meaning: "the catalogue does not know these services, so no request uses them",
        section: "5.7",
    },
    Code {
        code: "unknown-actions",
        meaning: "the catalogue does not know these actions, so no request uses them; `--unknown-actions` considers them",
        section: "5.7",
    },
    Code {
        code: "unknown-keys",
        meaning: "these condition keys are not known, so no request has them; `--unknown-keys` considers them",
        section: "5.7",
    },
    Code {
        code: "parameters",
        meaning: "texts of the policies are not known; the answer is about every value of the form that is named",
        section: "3.1",
    },
    Code {
        code: "for-every-value",
        meaning: "there is such a request for every value of the parameters that is a name (letters, digits, `-`, `.` and `_`), and the one that is shown is for one of them",
        section: "3.1",
    },
    Code {
        code: "at-values",
        meaning: "the answer is that at the values of parameters that are named; others were not needed",
        section: "3.1",
    },
    Code {
        code: "attached-unknown",
        meaning: "these policies are attached on both sides of a review and their texts are not known; they may have allowed before what is told as added, or refuse it",
        section: "3.2",
    },
    Code {
        code: "keys-without-prefix",
        meaning: "these texts are not condition keys: a key has a prefix and a colon",
        section: "5.7",
    },
    Code {
        code: "call-note",
        meaning: "something about the call is not documented, or depends on more than Keyaki knows",
        section: "7.1",
    },
    Code {
        code: "service-role-not-asked",
        meaning: "the call needs a service role, and its policies were not given",
        section: "6.7",
    },
    Code {
        code: "service-role-open",
        meaning: "any role to which the given policies allow enough may be the service role",
        section: "6.7",
    },
    Code {
        code: "vacuity-undecided",
        meaning: "whether a \"no\" would be one whatever the policies say was not decided in time",
        section: "6.8",
    },
    Code {
        code: "estate-resources",
        meaning: "the estate does not have the resource policies of some accounts, so access that only these grant or refuse is not seen",
        section: "6.9",
    },
    Code {
        code: "estate-strangers",
        meaning: "the policies of accounts that the question names and the estate does not have are taken to let in everybody; in truth they may let in fewer",
        section: "6.9",
    },
    Code {
        code: "estate-elsewhere",
        meaning: "resources of accounts that neither the estate has nor the question names are taken to let in nobody; `--resource-account` names an account",
        section: "6.9",
    },
    Code {
        code: "estate-organization",
        meaning: "the estate has no organization, so SCPs and RCPs are assumed not to exist",
        section: "6.9",
    },
    Code {
        code: "estate-organization-of-other",
        meaning: "one side of a review has no organization, so the SCPs and RCPs of the other are taken for both, and what changed of them is not seen",
        section: "6.9",
    },
    Code {
        code: "estate-federated-users",
        meaning: "sessions that users make with `sts:GetFederationToken` are not asked about; they can do no more than their user unless a resource policy names them",
        section: "6.9",
    },
    Code {
        code: "estate-service-linked-roles",
        meaning: "service-linked roles of accounts whose users and roles are not known are not asked about; SCPs and RCPs do not restrict them",
        section: "6.9",
    },
    Code {
        code: "estate-acls",
        meaning: "S3 ACLs are not modelled, and they may grant what the policies do not, unless a bucket has them switched off",
        section: "6.9",
    },
    Code {
        code: "estate-block-public-access",
        meaning: "of these buckets it is not known whether their policy is public or whether S3 Block Public Access restricts public ones; the policy counts as it is written",
        section: "6.9",
    },
    Code {
        code: "estate-access-points",
        meaning: "a request through an access point of S3 is decided by the policy of the access point; the policy of the bucket behind it, which has to allow it, too, is not looked at",
        section: "6.9",
    },
    Code {
        code: "estate-shares",
        meaning: "AWS RAM shares these resources with other accounts; what it grants is not read, so access that only a share grants is not seen",
        section: "6.9",
    },
    Code {
        code: "estate-collected",
        meaning: "a folder of iam-collect does not say which Regions were collected; of the services that it has, the resources that it has are taken for all that there are",
        section: "6.9",
    },
    Code {
        code: "estate-identity-center",
        meaning: "which users and groups of IAM Identity Center have a permission set is not read; whoever comes to the role of one comes as `identities`",
        section: "6.9",
    },
    Code {
        code: "action-out-of-reach",
        meaning: "the question lists several actions, and no request for this one has its shape, for example because the action is about other resources; the answer says nothing about it",
        section: "5.7",
    },
    Code {
        code: "chain-sessions",
        meaning: "of a chain that was found each step is confirmed, and whether a step can give its session the tags, the source identity or the MFA that the next step wants was not confirmed",
        section: "6.9",
    },
    Code {
        code: "role-chaining",
        meaning: "a session that the session of a role makes lasts one hour at most: AWS limits role chaining",
        section: "6.9",
    },
];

/// How many names a caveat shows.
const SHOWN: usize = 5;

const CANONICAL_USER: &str = "a `CanonicalUser` principal is assumed to match nobody; name the account or the user by its ARN";
const KMS_GRANTS: &str =
    "KMS grants are not policies and are not modelled; they may allow what the policies do not";
const MODEL_OWNER: &str = "AWS does not document which account and organization own foundation models; `000000000000` and `o-aws` stand for them";
const BEDROCK_POLICIES: &str = "among Bedrock's resources, only these are assumed to have resource-based policies: managed knowledge bases (for `bedrock:Retrieve` and `bedrock:GetDocumentContent`), guardrails and their profiles, shared custom models, and the runtimes, gateways and memories of AgentCore";
const ENDPOINT_ACCOUNT: &str = "an account in an endpoint policy stands for all of its users and sessions; in the policy of a gateway endpoint it is only the root user";
const RCP_COVERAGE: &str = "resource control policies restrict only the services that `keyaki catalogue` marks (not Bedrock, Lambda, EC2 or IAM); they are assumed to restrict AWS managed KMS keys, too";
const NO_RESOURCE_POLICY: &str = "no resource policy was given, so KMS keys and roles are assumed to trust their own account, and resources in other accounts are treated as unreachable";
const NOT_PRINCIPAL: &str = "the meaning of `NotPrincipal` in a Deny depends on the order in which AWS tests account, role and session; AWS does not document it";
const UNKNOWN_SERVICES: &str = "the catalogue does not know this service, so no request uses it";
const UNKNOWN_ACTIONS: &str = "the catalogue does not know this action, so no request uses it (`--unknown-actions` considers it)";
const UNKNOWN_KEYS: &str = "this is neither a global key nor a key of the catalogue, so no request has it (`--unknown-keys` considers it)";
const KEYS_WITHOUT_PREFIX: &str = "a key has a prefix and a colon, so no request has this one";

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
            Self::Parameters { .. } => "parameters",
            Self::EveryValue { .. } => "for-every-value",
            Self::TheseValues { .. } => "at-values",
            Self::AttachedUnknown { .. } => "attached-unknown",
            Self::KeysWithoutPrefix { .. } => "keys-without-prefix",
            Self::CallNote { .. } => "call-note",
            Self::ServiceRoleNotAsked => "service-role-not-asked",
            Self::ServiceRoleOpen => "service-role-open",
            Self::VacuityUndecided => "vacuity-undecided",
            Self::EstateResources { .. } => "estate-resources",
            Self::EstateStrangers { .. } => "estate-strangers",
            Self::EstateElsewhere => "estate-elsewhere",
            Self::EstateOrganization => "estate-organization",
            Self::EstateOrganizationOfOther { .. } => "estate-organization-of-other",
            Self::EstateFederatedUsers => "estate-federated-users",
            Self::EstateServiceLinkedRoles => "estate-service-linked-roles",
            Self::EstateAcls => "estate-acls",
            Self::EstateBlockPublicAccess { .. } => "estate-block-public-access",
            Self::EstateAccessPoints => "estate-access-points",
            Self::EstateShares { .. } => "estate-shares",
            Self::EstateCollected => "estate-collected",
            Self::EstateIdentityCenter => "estate-identity-center",
            Self::ActionOutOfReach { .. } => "action-out-of-reach",
            Self::ChainSessions => "chain-sessions",
            Self::RoleChaining => "role-chaining",
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
            | Self::EveryValue { .. }
            | Self::TheseValues { .. }
            | Self::AttachedUnknown { .. }
            | Self::KeysWithoutPrefix { .. }
            | Self::ServiceRoleNotAsked
            | Self::VacuityUndecided
            | Self::EstateResources { .. }
            | Self::EstateStrangers { .. }
            | Self::ActionOutOfReach { .. }
            | Self::ChainSessions => 0,
            Self::CanonicalUser
            | Self::EndpointAccount
            | Self::RcpServices
            | Self::NotPrincipal
            | Self::KmsGrants
            | Self::ModelOwner
            | Self::Delegates { .. }
            | Self::ThroughEndpoint
            | Self::PastEndpoint
            | Self::Parameters { .. }
            | Self::CallNote { .. }
            | Self::ServiceRoleOpen
            | Self::EstateOrganization
            | Self::EstateOrganizationOfOther { .. }
            | Self::EstateAcls
            | Self::EstateBlockPublicAccess { .. }
            | Self::EstateAccessPoints
            | Self::EstateShares { .. } => 1,
            Self::NoResourcePolicy
            | Self::BedrockPolicies
            | Self::NeedsNoGrant { .. }
            | Self::Unrestricted { .. }
            | Self::EstateFederatedUsers
            | Self::EstateServiceLinkedRoles
            | Self::EstateCollected
            | Self::EstateIdentityCenter
            | Self::EstateElsewhere
            | Self::RoleChaining => 2,
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
                let read_as = noun(*read_as);
                return write!(f, "Keyaki does not know the key `{key}`; it is read as {read_as} because `{because}` is applied to it");
            }
            Self::OneOrSeveral { key } => {
                return write!(f, "Keyaki does not know the key `{key}`; both one value and several values are considered");
            }
            Self::Delegates { accounts } => {
                let lets_in =
                    "the policies of a named account decide who in it may use the resource, and they are not part of this question";
                let accounts = listed(accounts.iter().map(|account| parameter::shown(account)));
                return write!(f, "the resource-based policy was asked about alone, and it delegates to {accounts}: {lets_in}");
            }
            Self::ActionOutOfReach { action, about } => {
                let reason = about.as_deref().unwrap_or("check its resource, principal and conditions");
                return write!(f, "no request for `{action}` has the shape of the question, so the answer says nothing about it: {reason}");
            }
            Self::UnknownServices { names } => return write!(f, "{}: {UNKNOWN_SERVICES}", listed(names.iter())),
            Self::UnknownActions { names } => return write!(f, "{}: {UNKNOWN_ACTIONS}", listed(names.iter())),
            Self::UnknownKeys { names } => return write!(f, "{}: {UNKNOWN_KEYS}", listed(names.iter())),
            Self::Parameters { names } => return write!(f, "not known, and any value of the form is considered: {}", names.iter().map(String::as_str).collect::<Vec<_>>().join("; ")),
            Self::EveryValue { names } => return write!(f, "there is such a request for every value of {} that is a name; the one that is shown is for one of them", names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
            Self::TheseValues { names } => return write!(f, "this is the answer where {}", names.iter().map(String::as_str).collect::<Vec<_>>().join(" and ")),
            Self::AttachedUnknown { names } => {
                let names = listed(names.iter());
                return write!(f, "attached on both sides, and the text is not known: {names}; it may have allowed before what is told as added, or refuse it");
            }
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
                "left out because they need no grant (except for KMS keys): root users in their own account, and `sts:GetCallerIdentity`"
            }
            Self::NeedsNoGrant { root: true, identity_call: false } => {
                "left out because they need no grant (except for KMS keys): root users in their own account"
            }
            Self::NeedsNoGrant { root: false, .. } => "left out because it needs no grant: `sts:GetCallerIdentity`",
            Self::Unrestricted { service_linked: true } => {
                "left out because SCPs and RCPs do not restrict them: principals of the organization's management account, and service-linked roles"
            }
            Self::Unrestricted { service_linked: false } => {
                "left out because SCPs and RCPs do not restrict them: principals of the organization's management account"
            }
            Self::GrantsNothing { root: true } => {
                "a policy set without an identity-based or resource-based policy grants nothing, except to root users, who need no grant"
            }
            Self::GrantsNothing { root: false } => {
                "a policy set without an identity-based or resource-based policy grants nothing, whatever its other layers say"
            }
            Self::ThroughEndpoint => "only requests through the VPC endpoint are considered; its policy does not affect others",
            Self::PastEndpoint => "only requests that bypass the VPC endpoint are considered, and its policy does not affect them",
            Self::ThroughIgnored => "`--through` (`through` in claims and batches) changes nothing here, because no endpoint policy was given",
            Self::ServiceRoleNotAsked => "what the service role needs was not asked; give its policies with `--service-role`",
            Self::ServiceRoleOpen => "the question does not name the service role: any role to which the given policies allow enough may be it",
            Self::VacuityUndecided => {
                "whether this \"no\" says something about the policies was not decided; allow more time with `--timeout`"
            }
            Self::EstateResources { accounts } => {
                let what = "the estate does not have the resource policies of";
                let accounts = listed(accounts.iter());
                return write!(f, "{what} {accounts}; access that only these grant or refuse is not seen");
            }
            Self::EstateStrangers { accounts } => {
                let what = "the estate does not have the policies of resources of";
                let accounts = listed(accounts.iter());
                return write!(f, "{what} {accounts}; they are taken to let in everybody, and may let in fewer");
            }
            Self::EstateElsewhere => "resources of accounts that neither the estate has nor the question names are taken to let in nobody; `--resource-account` asks about those of an account",
            Self::EstateOrganization => "the estate has no organization; SCPs and RCPs are assumed not to exist",
            Self::EstateOrganizationOfOther { side } => {
                return write!(f, "`{side}` has no organization; the SCPs and RCPs of the other side are taken for both, and what changed of them is not seen");
            }
            Self::EstateAcls => "S3 ACLs are not modelled; they may grant access to buckets and objects that the policies do not, unless a bucket has them switched off",
            Self::EstateBlockPublicAccess { buckets } => {
                let what = "the policy counts as it is written of";
                let why = "whether it is public, or whether S3 Block Public Access restricts public ones, is not known";
                return write!(f, "{what} {}; {why}", listed(buckets.iter()));
            }
            Self::EstateAccessPoints => {
                "a request through an access point of S3 is asked without the policy of its bucket, which has to allow it, too"
            }
            Self::EstateShares { resources } => {
                let what = "what AWS RAM grants is not read; others may have access that only a share grants to";
                return write!(f, "{what} {}", listed(resources.iter()));
            }
            Self::EstateCollected => {
                "a folder of iam-collect does not say which Regions were collected; of the services that it has, the resources that it has are taken for all that there are"
            }
            Self::EstateIdentityCenter => {
                "which users and groups of IAM Identity Center have a permission set is not read; whoever comes to the role of one comes as `identities`"
            }
            Self::EstateFederatedUsers => {
                "sessions that users make with `sts:GetFederationToken` are not asked about; they can do no more than their user unless a resource policy names them"
            }
            Self::EstateServiceLinkedRoles => {
                "service-linked roles of accounts whose users and roles are not known are not asked about: SCPs and RCPs do not restrict them, and AWS decides what they may do"
            }
            Self::ChainSessions => {
                "of a chain that was found each step is confirmed, and whether a step can give its session the tags, the source identity or the MFA that the next step wants was not confirmed"
            }
            Self::RoleChaining => "a session that the session of a role makes lasts one hour at most",
        })
    }
}

/// Names in backticks, the first of them if they are many.
fn listed(names: impl ExactSizeIterator<Item = impl fmt::Display>) -> String {
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
            Caveat::Parameters { names: names() },
            Caveat::EveryValue { names: names() },
            Caveat::TheseValues { names: names() },
            Caveat::AttachedUnknown { names: names() },
            Caveat::KeysWithoutPrefix { names: names() },
            Caveat::CallNote { note: "n".to_owned() },
            Caveat::ServiceRoleNotAsked,
            Caveat::ServiceRoleOpen,
            Caveat::VacuityUndecided,
            Caveat::EstateResources { accounts: Vec::new() },
            Caveat::EstateStrangers { accounts: Vec::new() },
            Caveat::EstateElsewhere,
            Caveat::EstateOrganization,
            Caveat::EstateOrganizationOfOther { side: String::new() },
            Caveat::EstateFederatedUsers,
            Caveat::EstateServiceLinkedRoles,
            Caveat::EstateAcls,
            Caveat::EstateBlockPublicAccess { buckets: Vec::new() },
            Caveat::EstateAccessPoints,
            Caveat::EstateShares { resources: Vec::new() },
            Caveat::EstateCollected,
            Caveat::EstateIdentityCenter,
            Caveat::ActionOutOfReach { action: "s3:GetObject".to_owned(), about: None },
            Caveat::ChainSessions,
            Caveat::RoleChaining,
        ];
        let codes: Vec<&str> = all.iter().map(Caveat::code).collect();
        assert_eq!(codes, CODES.iter().map(|row| row.code).collect::<Vec<_>>());
        assert_eq!(Caveat::in_order(all.iter().chain(&all).cloned()).len(), all.len());
    }
}
