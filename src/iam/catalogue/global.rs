//! When the global condition keys are present in a request (SEMANTICS 5.1 to 5.5). Their types are
//! in [`crate::keys`]. Plain data.

use crate::keys::{self, KeyInfo};
use crate::policy::ContextKey;

/// A global key, or a family of tag keys: what is known of it and when it is present, in words.
/// Without regard to case; `None` for other keys.
pub fn lookup(name: &str) -> Option<(&'static KeyInfo, &'static str)> {
    let info = keys::lookup(&ContextKey::new(name))?;
    PRESENCE.iter().find(|(known, _)| *known == info.name).map(|(_, presence)| (info, *presence))
}

/// The names, in the order of SEMANTICS 5.
pub fn names() -> impl Iterator<Item = &'static str> {
    PRESENCE.iter().map(|(name, _)| *name)
}

const ENDPOINT: &str =
    "in requests through a VPC endpoint; not when an AWS service calls on somebody's behalf";
const ENDPOINT_SOME: &str = "in requests through a VPC endpoint, to services that support it";
const SERVICE: &str = "when an AWS service principal calls directly";
const SOURCE: &str = "when an AWS service principal calls directly on behalf of a resource, if that service tells it";
const FORWARDED: &str =
    "when a service that supports it forwards the caller's credentials; never in direct calls";
const ROLE_OF_EC2: &str = "with credentials of an EC2 instance's role";
const MCP: &str = "in requests by way of an AWS MCP server";

static PRESENCE: &[(&str, &str)] = &[
    ("aws:PrincipalArn", "in every signed request by an IAM principal"),
    ("aws:PrincipalAccount", "always; `anonymous` in anonymous requests"),
    ("aws:PrincipalOrgID", "when the caller's account is in an organization"),
    ("aws:PrincipalOrgPaths", "when the caller's account is in an organization"),
    (
        "aws:PrincipalOrgMasterAccountId",
        "when the caller's account is in an organization; not documented, AWS's own policies use it",
    ),
    ("aws:PrincipalTag/", "when the user, role or session has that tag"),
    ("aws:PrincipalIsAWSService", "in every signed request"),
    ("aws:PrincipalServiceName", SERVICE),
    ("aws:PrincipalServiceNamesList", SERVICE),
    ("aws:PrincipalType", "always"),
    ("aws:userid", "always"),
    ("aws:username", "when the caller is an IAM user"),
    ("aws:TokenIssueTime", "with temporary credentials"),
    (
        "aws:MultiFactorAuthPresent",
        "with temporary credentials of users, of roles they assume and of console sessions; not with long-term access keys",
    ),
    ("aws:MultiFactorAuthAge", "when the caller signed in with MFA"),
    ("aws:AssumedRoot", "in sessions that sts:AssumeRoot made"),
    ("aws:FederatedProvider", "in role sessions of an OIDC provider"),
    ("aws:SourceIdentity", "when it was set as the role was assumed; later roles keep it"),
    ("aws:SignInSessionArn", "in OAuth sign-in sessions"),
    ("aws:ChatbotSourceArn", "in sessions of chat applications"),
    ("aws:Ec2InstanceSourceVpc", ROLE_OF_EC2),
    ("aws:Ec2InstanceSourcePrivateIPv4", ROLE_OF_EC2),
    ("aws:SourceIp", "in requests that do not come through a VPC endpoint"),
    ("aws:SourceVpc", ENDPOINT),
    ("aws:SourceVpce", ENDPOINT),
    ("aws:VpcSourceIp", ENDPOINT),
    ("aws:SourceVpcArn", ENDPOINT_SOME),
    ("aws:VpceAccount", ENDPOINT_SOME),
    ("aws:VpceOrgID", ENDPOINT_SOME),
    ("aws:VpceOrgPaths", ENDPOINT_SOME),
    ("aws:SecureTransport", "always"),
    ("aws:ResourceAccount", "for nearly all actions; the owner of the resource"),
    ("aws:ResourceOrgID", "when the owner's account is in an organization"),
    ("aws:ResourceOrgPaths", "when the owner's account is in an organization"),
    ("aws:ResourceTag/", "when the resource has that tag, or the request creates it with that tag"),
    ("aws:CurrentTime", "always"),
    ("aws:EpochTime", "always"),
    ("aws:RequestedRegion", "always; `us-east-1` for global services"),
    ("aws:RequestTag/", "when the request passes that tag"),
    ("aws:TagKeys", "when the operation supports tags"),
    ("aws:CalledVia", FORWARDED),
    ("aws:CalledViaFirst", FORWARDED),
    ("aws:CalledViaLast", FORWARDED),
    ("aws:ViaAWSService", "always"),
    ("aws:CalledViaAWSMCP", MCP),
    ("aws:ViaAWSMCPService", MCP),
    ("aws:IsMcpServiceAction", MCP),
    ("aws:SourceArn", SOURCE),
    ("aws:SourceAccount", SOURCE),
    ("aws:SourceOrgID", SOURCE),
    ("aws:SourceOrgPaths", SOURCE),
    ("aws:SourceOwner", "in requests to Amazon SNS; old, default policies of topics have it"),
    ("aws:referer", "in requests by browsers; the caller chooses it"),
    ("aws:UserAgent", "always; the caller chooses it"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_global_key_has_a_row_and_no_other() {
        let known: Vec<_> = keys::all()
            .iter()
            .map(|info| info.name)
            .filter(|name| name.starts_with("aws:"))
            .collect();
        assert_eq!(names().collect::<Vec<_>>(), known);
    }

    #[test]
    fn families_are_found() {
        assert_eq!(
            lookup("AWS:resourcetag/Team").map(|(info, _)| info.name),
            Some("aws:ResourceTag/")
        );
        assert_eq!(lookup("bedrock:InferenceProfileArn"), None);
    }
}
