//! Requests that can exist, one by each kind of caller, with the keys that its kind carries.

use super::request;
use keyaki::catalogue::keys::is_list;
use keyaki::policy::ContextKey;
use keyaki::request::{ContextValue, Request};
use serde_json::json;

fn with(context: &[(&str, &str)]) -> serde_json::Map<String, serde_json::Value> {
    let value = |key: &str, text: &str| match is_list(&ContextKey::new(key)) {
        true => json!(text.split('|').collect::<Vec<_>>()),
        false => json!(text),
    };
    context.iter().map(|(key, text)| ((*key).to_owned(), value(key, text))).collect()
}

const USER: &[(&str, &str)] = &[
    ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/eng/dev"),
    ("aws:PrincipalAccount", "111122223333"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:PrincipalType", "User"),
    ("aws:userid", "AIDAEXAMPLE"),
    ("aws:username", "dev"),
    ("aws:PrincipalTag/team", "red"),
    ("aws:SecureTransport", "TRUE"),
    ("aws:SourceIp", "203.0.113.7"),
    ("aws:CurrentTime", "2025-07-01T00:00:00Z"),
    ("aws:EpochTime", "1751328000"),
    ("aws:RequestedRegion", "us-east-1"),
    ("aws:ResourceAccount", "111122223333"),
    ("aws:ResourceTag/team", "red"),
    ("aws:RequestTag/team", "blue"),
    ("aws:TagKeys", "team|cost"),
    ("aws:ViaAWSService", "false"),
    ("aws:UserAgent", "aws-cli/2.0"),
];

const ROLE: &[(&str, &str)] = &[
    ("aws:PrincipalArn", "arn:aws:iam::111122223333:role/svc/app"),
    ("aws:PrincipalAccount", "111122223333"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:PrincipalType", "AssumedRole"),
    ("aws:userid", "AROAEXAMPLE:s1"),
    ("aws:TokenIssueTime", "2025-06-30T23:00:00Z"),
    ("aws:MultiFactorAuthPresent", "true"),
    ("aws:MultiFactorAuthAge", "60"),
    ("aws:SecureTransport", "true"),
    ("aws:SourceVpc", "vpc-1"),
    ("aws:SourceVpce", "vpce-1"),
    ("aws:VpcSourceIp", "10.0.0.5"),
    ("aws:VpceAccount", "111122223333"),
    ("aws:CurrentTime", "2025-07-01T00:00:00Z"),
    ("aws:EpochTime", "1751328000"),
    ("aws:RequestedRegion", "us-east-1"),
    ("aws:CalledVia", "athena.amazonaws.com|cloudformation.amazonaws.com"),
    ("aws:CalledViaFirst", "athena.amazonaws.com"),
    ("aws:CalledViaLast", "cloudformation.amazonaws.com"),
    ("aws:ViaAWSService", "true"),
    ("aws:UserAgent", "aws-cli/2.0"),
    ("datazone:domainId", "dzd-1"),
];

const FEDERATED: &[(&str, &str)] = &[
    ("aws:PrincipalArn", "arn:aws:sts::111122223333:federated-user/bob"),
    ("aws:PrincipalAccount", "111122223333"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:PrincipalType", "FederatedUser"),
    ("aws:userid", "111122223333:bob"),
    ("aws:PrincipalTag/team", "red"),
    ("aws:PrincipalOrgID", "o-a"),
    ("aws:PrincipalOrgPaths", "o-a/r-b/ou-b-c/"),
    ("aws:ResourceAccount", "111122223333"),
    ("aws:ResourceOrgID", "o-a"),
    ("aws:ResourceOrgPaths", "o-a/r-b/ou-b-c/"),
    ("aws:TokenIssueTime", "2025-06-30T23:00:00Z"),
    ("kms:CallerAccount", "111122223333"),
    ("kms:KeySpec", "SYMMETRIC_DEFAULT"),
    ("kms:ViaService", "s3.us-east-1.amazonaws.com"),
];

const ROOT: &[(&str, &str)] = &[
    ("aws:PrincipalArn", "arn:aws:iam::111122223333:root"),
    ("aws:PrincipalAccount", "111122223333"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:PrincipalType", "Account"),
    ("aws:userid", "111122223333"),
    ("aws:TokenIssueTime", "2025-06-30T23:00:00Z"),
    ("aws:AssumedRoot", "true"),
];

const SERVICE: &[(&str, &str)] = &[
    ("aws:PrincipalAccount", "999999999999"),
    ("aws:PrincipalIsAWSService", "true"),
    ("aws:PrincipalServiceName", "bedrock.amazonaws.com"),
    ("aws:PrincipalServiceNamesList", "bedrock.amazonaws.com|bedrock.us-east-1.amazonaws.com"),
    ("aws:PrincipalType", "Service"),
    ("aws:userid", "service"),
    ("aws:SourceArn", "arn:aws:bedrock:us-east-1:111122223333:agent/a"),
    ("aws:SourceAccount", "111122223333"),
    ("aws:SourceOrgID", "o-a"),
    ("aws:SourceOrgPaths", "o-a/r-b/"),
];

const PROVIDER: &[(&str, &str)] = &[
    ("aws:PrincipalAccount", "111122223333"),
    ("aws:PrincipalType", "WebIdentity"),
    ("aws:userid", "someone"),
];

const ANONYMOUS: &[(&str, &str)] = &[
    ("aws:PrincipalAccount", "anonymous"),
    ("aws:PrincipalType", "Anonymous"),
    ("aws:userid", "anonymous"),
];

/// What every request carries, whoever asks.
const EVERYBODY: &[(&str, &str)] = &[
    ("aws:SecureTransport", "true"),
    ("aws:CurrentTime", "2025-07-01T00:00:00Z"),
    ("aws:EpochTime", "1751328000"),
    ("aws:RequestedRegion", "us-east-1"),
    ("aws:ViaAWSService", "false"),
    ("aws:UserAgent", "aws-cli/2.0"),
];

const TABLE: &str = "arn:aws:dynamodb:us-east-1:111122223333:table/t";

fn asking(principal: &str, context: &[(&str, &str)]) -> Request {
    request(&json!({"principal": principal, "action": "dynamodb:GetItem", "resource": TABLE, "context": with(context)}).to_string())
}

/// An IAM user with a path, who tags a table.
pub fn user() -> Request {
    let mut request = asking("arn:aws:iam::111122223333:user/eng/dev", USER);
    request.action = "dynamodb:TagResource".into();
    request
}

/// A session of a role with a path, that a service forwards.
pub fn role() -> Request {
    let mut request = asking("arn:aws:sts::111122223333:assumed-role/app/s1", ROLE);
    request.principal.role_arn = Some("arn:aws:iam::111122223333:role/svc/app".to_owned());
    request
}

fn other(principal: &str, context: &[(&str, &str)]) -> Request {
    let context: Vec<(&str, &str)> = context.iter().chain(EVERYBODY).copied().collect();
    asking(principal, &context)
}

/// A federated user, for whom a service decrypts.
pub fn federated() -> Request {
    let mut request = other("arn:aws:sts::111122223333:federated-user/bob", FEDERATED);
    request.action = "kms:Decrypt".into();
    request.resource = "arn:aws:kms:us-east-1:111122223333:key/k".into();
    request
        .context
        .insert(ContextKey::new("aws:ViaAWSService"), ContextValue::Single("true".into()));
    request.principal.user_arn = Some("arn:aws:iam::111122223333:user/dev".to_owned());
    request
}

/// A root user with temporary credentials.
pub fn root() -> Request {
    other("arn:aws:iam::111122223333:root", ROOT)
}

/// A service that asks for itself, for an object.
pub fn service() -> Request {
    let mut request = other("bedrock.amazonaws.com", SERVICE);
    request.action = "s3:GetObject".into();
    request.resource = "arn:aws:s3:::bucket/key".into();
    request.resource_account = Some("111122223333".into());
    request.context.remove(&ContextKey::new("aws:RequestedRegion"));
    request
        .context
        .insert(ContextKey::new("aws:RequestedRegion"), ContextValue::Single("us-west-2".into()));
    request
}

/// An identity of an external provider.
pub fn provider() -> Request {
    let mut request = other("arn:aws:iam::111122223333:saml-provider/idp", PROVIDER);
    request.action = "sts:AssumeRoleWithSAML".into();
    request.resource = "arn:aws:iam::111122223333:role/app".into();
    request
}

/// Nobody.
pub fn anonymous() -> Request {
    other("anonymous", ANONYMOUS)
}

/// One of each kind.
pub fn everybody() -> [Request; 7] {
    [user(), role(), federated(), root(), service(), provider(), anonymous()]
}

/// Changes `action`, `resource`, another member or a key; `-` takes a key away, `|` separates the
/// values of a list.
pub fn change(request: &mut Request, what: &str, value: &str) {
    match (what, value) {
        ("action", _) => request.action = value.to_owned(),
        ("resource", _) => request.resource = value.to_owned(),
        ("principal", _) => request.principal.arn = value.to_owned(),
        ("role", _) => request.principal.role_arn = Some(value.to_owned()).filter(|arn| arn != "-"),
        ("resource_account", _) => request.resource_account = Some(value.to_owned()),
        ("managed", _) => request.principal_in_management_account = true,
        (_, "-") => drop(request.context.remove(&ContextKey::new(what))),
        _ => {
            let values = match value.split_once('|') {
                Some(_) => ContextValue::List(value.split('|').map(str::to_owned).collect()),
                None => ContextValue::Single(value.to_owned()),
            };
            request.context.insert(ContextKey::new(what), values);
        }
    }
}
