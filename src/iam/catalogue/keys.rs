//! The context keys that Keyaki knows: their types, whether they hold several values, and when the
//! global ones are present (SEMANTICS 5.1 to 5.5).
//!
//! Plain data. Keys of single services are here only where the type or the multiplicity is certain
//! and usage does not tell it.

use crate::policy::ContextKey;
use crate::policy::parameter;
use crate::value;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What the values of a context key denote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// A character string.
    String,
    /// An Amazon Resource Name of six fields.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A decimal number.
    Numeric,
    /// An instant.
    Date,
    /// An IPv4 or IPv6 address.
    Ip,
}

/// What is known about one context key, or about a family of tag keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyInfo {
    /// The canonical spelling; of a family, the part up to and including the `/`.
    pub name: &'static str,
    /// The types its values may have; one for nearly all keys.
    pub types: &'static [KeyType],
    /// Whether it may hold several values.
    pub multivalued: bool,
    /// Of a global key, when it is present in a request, in words (SEMANTICS 5.1 to 5.5).
    pub presence: Option<&'static str>,
}

impl KeyInfo {
    const fn present(self, when: &'static str) -> Self {
        Self { presence: Some(when), ..self }
    }

    /// True for the families of tag keys, for example `aws:ResourceTag/`.
    pub fn is_family(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// Looks a key up, without regard to case; a key such as `aws:ResourceTag/team` finds its family.
/// `None` for keys that Keyaki does not know.
pub fn lookup(key: &ContextKey) -> Option<&'static KeyInfo> {
    let lower = key.lower();
    let family = |(name, info): &(String, &'static KeyInfo)| {
        (lower.len() > name.len() && lower.starts_with(name)).then_some(*info)
    };
    INDEX.keys.get(lower).copied().or_else(|| INDEX.families.iter().find_map(family))
}

/// The names of the global keys and of their families, in the order of SEMANTICS 5.
pub fn global_names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().filter(|info| info.presence.is_some()).map(|info| info.name)
}

/// The table by names in lower case.
struct Index {
    keys: FxHashMap<String, &'static KeyInfo>,
    families: Vec<(String, &'static KeyInfo)>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let named = |families: bool| {
        let infos = TABLE.iter().filter(move |info| info.is_family() == families);
        infos.map(|info| (info.name.to_ascii_lowercase(), info))
    };
    Index { keys: named(false).collect(), families: named(true).collect() }
});

/// Whether the key is known to be multivalued, so that it is even where a request gives it as a
/// single text.
pub fn is_list(key: &ContextKey) -> bool {
    lookup(key).is_some_and(|info| info.multivalued)
}

/// A key that comes with sessions of roles, whatever they ask for (SEMANTICS 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionKey {
    /// Its name, in lower case.
    pub name: &'static str,
    /// The prefix of the service that issued the credentials, where the key tells that.
    pub issuer: Option<&'static str>,
    /// Whether requests pass it, too: with actions that the catalogue lists it for, whoever asks.
    pub passed: bool,
    /// The service field of the ARN that it holds, and what the last field begins with, where that
    /// is known.
    pub arn: Option<(&'static str, &'static str)>,
}

const fn of_session(name: &'static str) -> SessionKey {
    SessionKey { name, issuer: None, passed: false, arn: None }
}

const fn issued_by(issuer: &'static str, name: &'static str) -> SessionKey {
    SessionKey { name, issuer: Some(issuer), passed: false, arn: None }
}

const fn also_passed(name: &'static str) -> SessionKey {
    SessionKey { name, issuer: None, passed: true, arn: None }
}

/// Of a key that holds the ARN of what the credentials were issued to: its service, which issued
/// them, and the beginning of its last field.
const fn issued_to(issuer: &'static str, start: &'static str, name: &'static str) -> SessionKey {
    SessionKey { name, issuer: Some(issuer), passed: false, arn: Some((issuer, start)) }
}

/// The keys that come with role sessions only (SEMANTICS 5.2, 7.5; those of SageMaker as AWS's own
/// policies use them, for example AmazonDataZoneSageMakerEnvironmentRolePermissionsBoundary). Of
/// those that requests pass, too, the Service Authorization Reference says so:
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondatazone.html>
/// ("the domain ID passed in the request"), `list_amazonq.html` and `list_amazonqbusiness.html`,
/// whose actions list `identitystore:UserId`. The ARNs are those of
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html> and of
/// the Reference.
pub const OF_ROLE_SESSIONS: &[SessionKey] = &[
    of_session("aws:sourceidentity"),
    of_session("aws:chatbotsourcearn"),
    issued_by("ec2", "aws:ec2instancesourcevpc"),
    issued_by("ec2", "aws:ec2instancesourceprivateipv4"),
    issued_to("codebuild", "build/", "codebuild:buildarn"),
    issued_to("codebuild", "project/", "codebuild:projectarn"),
    also_passed("datazone:domainid"),
    also_passed("datazone:projectid"),
    also_passed("datazone:userid"),
    issued_by("ec2", "ec2:roledelivery"),
    issued_to("ec2", "instance/", "ec2:sourceinstancearn"),
    issued_by("glue", "glue:credentialissuingservice"),
    issued_by("glue", "glue:roleassumedby"),
    also_passed("identitystore:userid"),
    issued_to("lambda", "function:", "lambda:sourcefunctionarn"),
    of_session("sagemaker:domainid"),
    of_session("sagemaker:userprofilename"),
    issued_by("ssm", "ssm:sourceinstancearn"),
];

/// What is known of a key that comes with role sessions.
pub fn of_role_sessions(key: &ContextKey) -> Option<&'static SessionKey> {
    OF_ROLE_SESSIONS.iter().find(|known| known.name == key.lower())
}

/// Whether the key, although it has the prefix of a service, belongs to the caller's session and
/// not to actions of that service.
pub fn comes_with_session(key: &ContextKey) -> bool {
    !key.lower().starts_with("aws:") && of_role_sessions(key).is_some()
}

/// Keys of services, and families of them, with the global ones that say the same, in lower case:
/// the owner of the resource, the Region of the request, its tags (SEMANTICS F30). As the Service
/// Authorization Reference describes them, 2026-09. Keys of RDS and DMS that tell the tags of one
/// type of resources are not among them: some actions list those of several types.
const TWINS: &[(&str, &str)] = &[
    ("ec2:region", "aws:requestedregion"),
    ("s3:resourceaccount", "aws:resourceaccount"),
    ("s3express:resourceaccount", "aws:resourceaccount"),
    ("autoscaling:resourcetag/", "aws:resourcetag/"),
    ("ec2:resourcetag/", "aws:resourcetag/"),
    ("ecr:resourcetag/", "aws:resourcetag/"),
    ("ecr-public:resourcetag/", "aws:resourcetag/"),
    ("ecs:resourcetag/", "aws:resourcetag/"),
    ("elasticloadbalancing:resourcetag/", "aws:resourcetag/"),
    ("elasticmapreduce:resourcetag/", "aws:resourcetag/"),
    ("iam:resourcetag/", "aws:resourcetag/"),
    ("iotanalytics:resourcetag/", "aws:resourcetag/"),
    ("license-manager:resourcetag/", "aws:resourcetag/"),
    ("ram:resourcetag/", "aws:resourcetag/"),
    ("sagemaker:resourcetag/", "aws:resourcetag/"),
    ("secretsmanager:resourcetag/", "aws:resourcetag/"),
    ("ssm:resourcetag/", "aws:resourcetag/"),
    ("dms:req-tag/", "aws:requesttag/"),
    ("elasticmapreduce:requesttag/", "aws:requesttag/"),
    ("rds:req-tag/", "aws:requesttag/"),
];

/// The global key that says the same as a key of a service. `None` for all other keys.
pub fn twin(key: &ContextKey) -> Option<ContextKey> {
    if key.lower().starts_with("aws:") {
        return None;
    }
    TWINS.iter().find_map(|(own, global)| {
        let rest = key.lower().strip_prefix(own)?;
        (rest.is_empty() != own.ends_with('/')).then(|| ContextKey::new(&format!("{global}{rest}")))
    })
}

/// The keys of services that say the same as a global key.
pub fn twinned(global: &ContextKey) -> impl Iterator<Item = ContextKey> {
    TWINS.iter().filter_map(|(own, start)| {
        let rest = global.lower().strip_prefix(start)?;
        (rest.is_empty() != own.ends_with('/')).then(|| ContextKey::new(&format!("{own}{rest}")))
    })
}

/// The identity provider that a key tells of, in lower case, and the rest of its name: `saml`, or
/// the host of a provider of web identities, with its path (SEMANTICS 5.2). `None` for all other
/// keys.
pub fn of_provider(key: &ContextKey) -> Option<(&str, &str)> {
    let (provider, name) = key.lower().split_once(':')?;
    (provider == "saml" || provider.contains('.')).then_some((provider, name))
}

impl KeyInfo {
    /// Whether a text is a value that the key may have (SEMANTICS F21).
    pub fn is_well_typed(&self, text: &str) -> bool {
        self.types.iter().any(|key_type| key_type.denotes(text))
    }
}

impl KeyType {
    /// Whether a text denotes a value of the type. An ARN has six fields, whatever they hold.
    pub fn denotes(self, text: &str) -> bool {
        match self {
            KeyType::String => true,
            KeyType::Arn => text.matches(':').count() >= 5,
            KeyType::Bool => value::boolean(text).is_some(),
            KeyType::Numeric => value::number(text).is_some(),
            KeyType::Date => value::instant(text).is_some(),
            KeyType::Ip => value::address(text).is_some(),
        }
    }

    /// Whether every text that denotes a value of the other type denotes one of this type, too:
    /// every text is a string, and a number is an instant, in seconds (SEMANTICS 4.4).
    pub fn includes(self, other: KeyType) -> bool {
        match self {
            KeyType::String => true,
            KeyType::Date => other == KeyType::Date || other == KeyType::Numeric,
            KeyType::Arn | KeyType::Bool | KeyType::Numeric | KeyType::Ip => self == other,
        }
    }

    /// What its values are, for messages.
    pub fn words(self) -> &'static str {
        match self {
            KeyType::String => "a text",
            KeyType::Arn => "an ARN of six fields",
            KeyType::Bool => "`true` or `false`",
            KeyType::Numeric => "a decimal number",
            KeyType::Date => "a date (ISO 8601, or seconds since 1970)",
            KeyType::Ip => "an IP address",
        }
    }
}

/// Every key and family in the table, in the order of SEMANTICS 5.
pub fn all() -> &'static [KeyInfo] {
    TABLE
}

const fn single(name: &'static str, types: &'static [KeyType]) -> KeyInfo {
    KeyInfo { name, types, multivalued: false, presence: None }
}

const fn list(name: &'static str, types: &'static [KeyType]) -> KeyInfo {
    KeyInfo { name, types, multivalued: true, presence: None }
}

const S: &[KeyType] = &[KeyType::String];
const A: &[KeyType] = &[KeyType::Arn];
const B: &[KeyType] = &[KeyType::Bool];
const N: &[KeyType] = &[KeyType::Numeric];
const D: &[KeyType] = &[KeyType::Date];
const I: &[KeyType] = &[KeyType::Ip];

const ENDPOINT: &str =
    "in requests through a VPC endpoint; not when an AWS service calls on somebody's behalf";
const ENDPOINT_SOME: &str = "in requests through a VPC endpoint, to services that support it";
const SERVICE: &str = "when an AWS service principal calls directly";
const SOURCE: &str = "when an AWS service principal calls directly on behalf of a resource, if that service tells it";
const FORWARDED: &str =
    "when a service that supports it forwards the caller's credentials; never in direct calls";
const ROLE_OF_EC2: &str = "with credentials of an EC2 instance's role";
const MCP: &str = "in requests by way of an AWS MCP server";

static TABLE: &[KeyInfo] = &[
    // 5.1, principal
    single("aws:PrincipalArn", A).present("in every signed request by an IAM principal"),
    single("aws:PrincipalAccount", S).present("always; `anonymous` in anonymous requests"),
    single("aws:PrincipalOrgID", S).present("when the caller's account is in an organization"),
    list("aws:PrincipalOrgPaths", S).present("when the caller's account is in an organization"),
    single("aws:PrincipalOrgMasterAccountId", S).present("when the caller's account is in an organization; not documented, AWS's own policies use it"),
    single("aws:PrincipalTag/", S).present("when the user, role or session has that tag"),
    single("aws:PrincipalIsAWSService", B).present("in every signed request"),
    single("aws:PrincipalServiceName", S).present(SERVICE),
    list("aws:PrincipalServiceNamesList", S).present(SERVICE),
    single("aws:PrincipalType", S).present("always"),
    single("aws:userid", S).present("always"),
    single("aws:username", S).present("when the caller is an IAM user"),
    // 5.2, session
    single("aws:TokenIssueTime", D).present("with temporary credentials"),
    single("aws:MultiFactorAuthPresent", B).present("with temporary credentials of users, of roles they assume and of console sessions; not with long-term access keys"),
    single("aws:MultiFactorAuthAge", N).present("when the caller signed in with MFA"),
    single("aws:AssumedRoot", B).present("in sessions that sts:AssumeRoot made"),
    single("aws:FederatedProvider", &[KeyType::String, KeyType::Arn]).present("in role sessions of an OIDC provider"),
    single("aws:SourceIdentity", S).present("when it was set as the role was assumed; later roles keep it"),
    single("aws:SignInSessionArn", A).present("in OAuth sign-in sessions"),
    single("aws:ChatbotSourceArn", A).present("in sessions of chat applications"),
    single("aws:Ec2InstanceSourceVpc", S).present(ROLE_OF_EC2),
    single("aws:Ec2InstanceSourcePrivateIPv4", I).present(ROLE_OF_EC2),
    single("ec2:SourceInstanceArn", A),
    single("ec2:RoleDelivery", N),
    single("codebuild:buildArn", A),
    single("codebuild:projectArn", A),
    single("lambda:SourceFunctionArn", A),
    single("ssm:SourceInstanceArn", A),
    single("datazone:domainId", S),
    single("datazone:projectId", S),
    single("datazone:userId", S),
    // 7.3, Bedrock
    single("bedrock:InferenceProfileArn", A),
    single("bedrock:PromptRouterArn", A),
    single("bedrock:GuardrailIdentifier", A),
    single("bedrock:ModelArn", A),
    single("bedrock:ProjectArn", A),
    single("bedrock:ServiceTier", S),
    single("bedrock:InlineAgentName", S),
    single("bedrock:ThirdPartyKnowledgeBaseCredentialsSecretArn", A),
    single("bedrock:BearerTokenType", S),
    single("bedrock:DataRetentionMode", S),
    // 5.3, network
    single("aws:SourceIp", I).present("in requests that do not come through a VPC endpoint"),
    single("aws:SourceVpc", S).present(ENDPOINT),
    single("aws:SourceVpce", S).present(ENDPOINT),
    single("aws:VpcSourceIp", I).present(ENDPOINT),
    single("aws:SourceVpcArn", A).present(ENDPOINT_SOME),
    single("aws:VpceAccount", S).present(ENDPOINT_SOME),
    single("aws:VpceOrgID", S).present(ENDPOINT_SOME),
    list("aws:VpceOrgPaths", S).present(ENDPOINT_SOME),
    single("aws:SecureTransport", B).present("always"),
    // 5.4, resource
    single("aws:ResourceAccount", S).present("for nearly all actions; the owner of the resource"),
    single("aws:ResourceOrgID", S).present("when the owner's account is in an organization"),
    list("aws:ResourceOrgPaths", S).present("when the owner's account is in an organization"),
    single("aws:ResourceTag/", S).present("when the resource has that tag, or the request creates it with that tag"),
    // 5.5, request
    single("aws:CurrentTime", D).present("always"),
    single("aws:EpochTime", &[KeyType::Date, KeyType::Numeric]).present("always"),
    single("aws:RequestedRegion", S).present("always; `us-east-1` for global services"),
    single("aws:RequestTag/", S).present("when the request passes that tag"),
    list("aws:TagKeys", S).present("when the operation supports tags"),
    list("aws:CalledVia", S).present(FORWARDED),
    single("aws:CalledViaFirst", S).present(FORWARDED),
    single("aws:CalledViaLast", S).present(FORWARDED),
    single("aws:ViaAWSService", B).present("always"),
    single("aws:CalledViaAWSMCP", S).present(MCP),
    single("aws:ViaAWSMCPService", B).present(MCP),
    single("aws:IsMcpServiceAction", B).present(MCP),
    single("aws:SourceArn", A).present(SOURCE),
    single("aws:SourceAccount", S).present(SOURCE),
    single("aws:SourceOrgID", S).present(SOURCE),
    list("aws:SourceOrgPaths", S).present(SOURCE),
    single("aws:SourceOwner", S).present("in requests to Amazon SNS; old, default policies of topics have it"),
    single("aws:referer", S).present("in requests by browsers; the caller chooses it"),
    single("aws:UserAgent", S).present("always; the caller chooses it"),
    // 3.1, parameters
    single(parameter::FAMILY, S),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_regard_to_case() {
        for info in all() {
            let name =
                if info.is_family() { format!("{}Team", info.name) } else { info.name.to_owned() };
            assert_eq!(lookup(&ContextKey::new(&name.to_ascii_uppercase())), Some(info), "{name}");
        }
    }

    #[test]
    fn families_need_a_tag_key_and_other_names_match_whole() {
        for unknown in [
            "aws:ResourceTag/",
            "aws:SourceIpX",
            "aws:SourceI",
            "s3:prefix",
            "aws:ResourceTagTeam",
            "é",
            "",
        ] {
            assert_eq!(lookup(&ContextKey::new(unknown)), None, "{unknown}");
        }
    }

    #[test]
    fn every_global_key_says_when_it_is_present_and_no_other_does() {
        for info in all() {
            assert_eq!(info.presence.is_some(), info.name.starts_with("aws:"), "{}", info.name);
        }
    }

    #[test]
    fn names_are_unique() {
        for (at, info) in all().iter().enumerate() {
            assert!(
                all().iter().skip(at + 1).all(|other| !other.name.eq_ignore_ascii_case(info.name)),
                "{}",
                info.name
            );
        }
    }
}
