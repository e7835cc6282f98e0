//! What gives access, or limits it, beside policies. It is compared as it is written, with whatever
//! decides its values.

use super::members;
use super::places::ELSEWHERE;
use crate::Settings;
use keyaki_iam::json::JsonValue;
use keyaki_iam::source::Span;

/// The properties of a method or a route that say who may call it.
const WHO_MAY_CALL: &[&str] =
    &["ApiKeyRequired", "AuthorizationScopes", "AuthorizationType", "AuthorizerId"];

/// The properties of types that give access beside policies, and those that say where it is given or
/// limit it: of what has others than before nothing is known. By the reference of CloudFormation's
/// resource types, and that of SAM.
const SETTINGS: &[(&str, &[&str], &[&str])] = &[
    ("AWS::ApiGateway::Method", &[], WHO_MAY_CALL),
    ("AWS::ApiGatewayV2::Route", &[], WHO_MAY_CALL),
    ("AWS::Cognito::IdentityPoolRoleAttachment", &[], &["IdentityPoolId", "RoleMappings", "Roles"]),
    ("AWS::EC2::VPCEndpointServicePermissions", &["AllowedPrincipals", "ServiceId"], &[]),
    ("AWS::EKS::AccessEntry", &["AccessPolicies", "KubernetesGroups", "PrincipalArn", "Type"], &[]),
    ("AWS::IAM::InstanceProfile", &[], &["Roles"]),
    ("AWS::IAM::OIDCProvider", &[], &["ClientIdList", "Url"]),
    ("AWS::IAM::SAMLProvider", &[], &["SamlMetadataDocument"]),
    ("AWS::Lambda::Url", &["AuthType", "TargetFunctionArn"], &[]),
    ("AWS::OpenSearchServerless::AccessPolicy", &["Policy", "Type"], &[]),
    ("AWS::Organizations::Account", &[], &["ParentIds"]),
    ("AWS::Organizations::OrganizationalUnit", &[], &["ParentId"]),
    (
        "AWS::S3::AccessPoint",
        &[],
        &["Bucket", "BucketAccountId", "PublicAccessBlockConfiguration", "VpcConfiguration"],
    ),
    (
        "AWS::S3::Bucket",
        &["AccessControl", "OwnershipControls"],
        &["PublicAccessBlockConfiguration"],
    ),
    (
        "AWS::S3::MultiRegionAccessPoint",
        &["PublicAccessBlockConfiguration"],
        &["PublicAccessBlockConfiguration", "Regions"],
    ),
    ("AWS::SSO::PermissionSet", &["CustomerManagedPolicyReferences"], &["PermissionsBoundary"]),
    ("AWS::Serverless::Api", &[], &["Auth"]),
    (
        "AWS::Serverless::Function",
        &[
            "DeadLetterQueue",
            "DeploymentPreference",
            "EventInvokeConfig",
            "Events",
            "FunctionUrlConfig",
            "Tracing",
            "VpcConfig",
        ],
        &[],
    ),
    ("AWS::Serverless::HttpApi", &[], &["Auth"]),
    ("AWS::Serverless::StateMachine", &["Events", "Logging", "Tracing"], &[]),
    ("AWS::ServiceCatalog::PortfolioPrincipalAssociation", &["PortfolioId", "PrincipalARN"], &[]),
    ("AWS::VpcLattice::Service", &[], &["AuthType"]),
    ("AWS::VpcLattice::ServiceNetwork", &[], &["AuthType"]),
];

/// The sections of `Globals` of a template of SAM, and the types that they are for.
const GLOBALS: &[(&str, &str)] = &[
    ("Api", "AWS::Serverless::Api"),
    ("Function", "AWS::Serverless::Function"),
    ("HttpApi", "AWS::Serverless::HttpApi"),
    ("StateMachine", "AWS::Serverless::StateMachine"),
];

/// What a resource has of them.
pub(super) fn settings(
    template: &JsonValue,
    name: &str,
    kind: &str,
    resource: &JsonValue,
) -> Option<(String, Settings)> {
    listed(template, name, kind, resource.member("Properties")?)
}

/// What all resources of a type have of them, by SAM.
pub(super) fn settings_of_all(template: &JsonValue) -> impl Iterator<Item = (String, Settings)> {
    let globals = template.member("Globals");
    GLOBALS.iter().filter_map(move |(section, kind)| {
        listed(template, &format!("Globals.{section}"), kind, globals?.member(section)?)
    })
}

fn listed(
    template: &JsonValue,
    name: &str,
    kind: &str,
    own: &JsonValue,
) -> Option<(String, Settings)> {
    let span = Span { start: own.span.start, end: own.span.start };
    // What gives access in a way of its own gives it by any of its properties.
    if ELSEWHERE.iter().any(|(known, _)| *known == kind) {
        let grants = with_referred(template, own.compact());
        return Some((name.to_owned(), Settings { grants, span, ..Settings::default() }));
    }
    let body = own.member("Body").map(JsonValue::compact).filter(|body| tells_of_callers(body));
    if kind.starts_with("AWS::ApiGateway")
        && let Some(body) = body
    {
        let limits = with_referred(template, body);
        return Some((name.to_owned(), Settings { limits, span, ..Settings::default() }));
    }
    let (_, grants, limits) = SETTINGS.iter().find(|(of, ..)| *of == kind)?;
    let said = |properties: &[&str]| {
        let said = properties.iter().filter_map(|property| {
            Some(format!("{property}: {}", own.member(property)?.compact()))
        });
        with_referred(template, said.collect::<Vec<_>>().join(", "))
    };
    let (grants, limits) = (said(grants), said(limits));
    Some((name.to_owned(), Settings { grants, limits, span, ..Settings::default() }))
}

/// Whether the description of an API says who may call it.
pub(crate) fn tells_of_callers(body: &str) -> bool {
    ["\"security", "x-amazon-apigateway-auth"].iter().any(|mark| body.contains(mark))
}

/// A text of a template with what decides its values: whatever the text refers to by its name, and
/// what that refers to. Where that is another text, it may be another value.
pub(super) fn with_referred(template: &JsonValue, mut text: String) -> String {
    let refers = |text: &str| ["{\"Ref\":", "\"Fn::"].iter().any(|mark| text.contains(mark));
    if !refers(&text) {
        return text;
    }
    let sections = ["Conditions", "Mappings", "Parameters", "Resources"];
    let all = sections.iter().flat_map(|name| members(template.member(name)));
    let mut all: Vec<(&str, &JsonValue)> = all.filter(|(_, one)| gives_values(one)).collect();
    // The name of a mapping may be a value, too.
    let dynamic = "\"Fn::FindInMap\":[{";
    loop {
        let names = |name: &str, of: &str| of.contains(name) || of.contains(dynamic);
        let (found, rest): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(name, _)| names(name, &text));
        if found.is_empty() {
            return text;
        }
        text.extend(found.iter().map(|(name, one)| format!(" {name}: {}", one.compact())));
        all = rest;
    }
}

/// Whether something of a template decides values: of resources those that make what they give of
/// their properties.
fn gives_values(one: &JsonValue) -> bool {
    one.member("Properties").is_none()
        || one.member("Type").and_then(JsonValue::as_str).is_some_and(makes_values)
}

/// Whether a resource of this type makes what its attributes are of all its properties.
pub(super) fn makes_values(kind: &str) -> bool {
    !kind.starts_with("AWS::") || kind.starts_with("AWS::CloudFormation::")
}
