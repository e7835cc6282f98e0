//! What gives access, or limits it, beside policies. It is compared as it is written, with whatever
//! decides its values.

use super::deciding::with_referred;
use super::members;
use super::places::ELSEWHERE;
use crate::Settings;
use crate::apis::described;
use keyaki_iam::json::JsonValue;
use keyaki_iam::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The properties of a method or a route that say who may call it.
const WHO_MAY_CALL: &[&str] =
    &["ApiKeyRequired", "AuthorizationScopes", "AuthorizationType", "AuthorizerId"];

/// The properties of types that give access beside policies, and those that say where it is given or
/// limit it: of what has others than before nothing is known. By the reference of CloudFormation's
/// resource types, and that of SAM.
const SETTINGS: &[(&str, &[&str], &[&str])] = &[
    (
        "AWS::ApiGateway::Authorizer",
        &[],
        &["AuthType", "AuthorizerUri", "IdentitySource", "ProviderARNs", "Type"],
    ),
    (
        "AWS::ApiGateway::Method",
        &["AuthorizationType", "HttpMethod", "ResourceId", "RestApiId"],
        WHO_MAY_CALL,
    ),
    (
        "AWS::ApiGateway::RestApi",
        &["Body", "BodyS3Location"],
        &["Body", "BodyS3Location", "EndpointConfiguration"],
    ),
    (
        "AWS::ApiGatewayV2::Api",
        &["Body", "BodyS3Location", "RouteKey"],
        &["Body", "BodyS3Location"],
    ),
    (
        "AWS::ApiGatewayV2::Authorizer",
        &[],
        &["AuthorizerType", "AuthorizerUri", "IdentitySource", "JwtConfiguration"],
    ),
    ("AWS::ApiGatewayV2::Route", &["ApiId", "AuthorizationType", "RouteKey"], WHO_MAY_CALL),
    ("AWS::AppSync::Api", &["EventConfig"], &[]),
    (
        "AWS::AppSync::GraphQLApi",
        &[
            "AdditionalAuthenticationProviders",
            "AuthenticationType",
            "OpenIDConnectConfig",
            "UserPoolConfig",
        ],
        &[],
    ),
    (
        "AWS::Cognito::IdentityPool",
        &[
            "AllowUnauthenticatedIdentities",
            "CognitoIdentityProviders",
            "OpenIdConnectProviderARNs",
            "SamlProviderARNs",
            "SupportedLoginProviders",
        ],
        &[],
    ),
    ("AWS::Cognito::IdentityPoolRoleAttachment", &["IdentityPoolId", "RoleMappings", "Roles"], &[]),
    ("AWS::CodeBuild::Project", &["Visibility"], &[]),
    ("AWS::Cognito::UserPoolGroup", &["RoleArn"], &[]),
    ("AWS::EC2::VPCEndpointServicePermissions", &["AllowedPrincipals", "ServiceId"], &[]),
    ("AWS::EKS::AccessEntry", &["AccessPolicies", "KubernetesGroups", "PrincipalArn", "Type"], &[]),
    ("AWS::EKS::Cluster", &["AccessConfig"], &["AccessConfig"]),
    ("AWS::EKS::PodIdentityAssociation", &["Namespace", "RoleArn", "ServiceAccount"], &[]),
    ("AWS::Elasticsearch::Domain", &[], &["AdvancedSecurityOptions"]),
    ("AWS::IAM::InstanceProfile", &[], &["Roles"]),
    ("AWS::IAM::OIDCProvider", &[], &["ClientIdList", "Url"]),
    ("AWS::IAM::SAMLProvider", &[], &["SamlMetadataDocument"]),
    ("AWS::IdentityStore::GroupMembership", &["GroupId", "MemberId"], &[]),
    ("AWS::IoT::PolicyPrincipalAttachment", &["PolicyName", "Principal"], &[]),
    ("AWS::IoT::RoleAlias", &["RoleArn"], &[]),
    (
        "AWS::LakeFormation::DataCellsFilter",
        &[],
        &["ColumnNames", "ColumnWildcard", "RowFilter", "TableName"],
    ),
    (
        "AWS::LakeFormation::DataLakeSettings",
        &[
            "Admins",
            "AllowExternalDataFiltering",
            "AllowFullTableExternalDataAccess",
            "CreateDatabaseDefaultPermissions",
            "CreateTableDefaultPermissions",
            "ReadOnlyAdmins",
            "TrustedResourceOwners",
        ],
        &["CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions"],
    ),
    ("AWS::Lambda::Url", &["AuthType", "TargetFunctionArn"], &[]),
    ("AWS::MSK::Cluster", &["ClientAuthentication"], &["ClientAuthentication"]),
    ("AWS::MSK::ServerlessCluster", &["ClientAuthentication"], &["ClientAuthentication"]),
    ("AWS::OpenSearchServerless::AccessPolicy", &["Policy", "Type"], &[]),
    ("AWS::OpenSearchServerless::SecurityPolicy", &["Policy", "Type"], &[]),
    ("AWS::OpenSearchService::Domain", &[], &["AdvancedSecurityOptions"]),
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
    ("AWS::QuickSight::Analysis", &["Permissions"], &[]),
    ("AWS::QuickSight::Dashboard", &["LinkSharingConfiguration", "Permissions"], &[]),
    ("AWS::QuickSight::DataSet", &["Permissions"], &[]),
    ("AWS::QuickSight::DataSource", &["Permissions"], &[]),
    ("AWS::QuickSight::Folder", &["Permissions"], &[]),
    ("AWS::QuickSight::Template", &["Permissions"], &[]),
    ("AWS::QuickSight::Theme", &["Permissions"], &[]),
    ("AWS::Redshift::EndpointAuthorization", &["Account", "ClusterIdentifier", "VpcIds"], &[]),
    ("AWS::RAM::Permission", &["PolicyTemplate", "ResourceType"], &[]),
    ("AWS::RolesAnywhere::CRL", &[], &["CrlData", "Enabled"]),
    ("AWS::RolesAnywhere::TrustAnchor", &["Enabled", "Source"], &[]),
    ("AWS::S3::AccessGrantsLocation", &["IamRoleArn", "LocationScope"], &[]),
    (
        "AWS::Serverless::Api",
        &["DefinitionBody", "DefinitionUri"],
        &["Auth", "DefinitionBody", "DefinitionUri"],
    ),
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
    ("AWS::Serverless::GraphQLApi", &["Auth"], &[]),
    (
        "AWS::Serverless::HttpApi",
        &["DefinitionBody", "DefinitionUri"],
        &["Auth", "DefinitionBody", "DefinitionUri"],
    ),
    ("AWS::Serverless::StateMachine", &["Events", "Logging", "Tracing"], &[]),
    (
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
        &[
            "PathId",
            "PathName",
            "ProductId",
            "ProductName",
            "ProvisioningArtifactId",
            "ProvisioningArtifactName",
            "ProvisioningParameters",
        ],
        &[],
    ),
    ("AWS::ServiceCatalog::LaunchRoleConstraint", &["PortfolioId", "ProductId", "RoleArn"], &[]),
    ("AWS::ServiceCatalog::PortfolioShare", &["AccountId", "PortfolioId"], &[]),
    ("AWS::ServiceCatalog::PortfolioPrincipalAssociation", &["PortfolioId", "PrincipalARN"], &[]),
    ("AWS::Transfer::User", &["Role", "SshPublicKeys"], &[]),
    ("AWS::VpcLattice::Service", &[], &["AuthType"]),
    ("AWS::VpcLattice::ServiceNetwork", &[], &["AuthType"]),
];

/// What is called by everybody, or by whoever an authorizer lets in, unless it asks IAM: the type, and the
/// property that says so.
const CALLED: &[(&str, &str)] = &[
    ("AWS::ApiGateway::Method", "AuthorizationType"),
    ("AWS::ApiGatewayV2::Route", "AuthorizationType"),
    ("AWS::Lambda::Url", "AuthType"),
];

/// The sections of `Globals` of a template of SAM, and the types that they are for.
const GLOBALS: &[(&str, &str)] = &[
    ("Api", "AWS::Serverless::Api"),
    ("Function", "AWS::Serverless::Function"),
    ("HttpApi", "AWS::Serverless::HttpApi"),
    ("StateMachine", "AWS::Serverless::StateMachine"),
];

/// Properties that describe an API: they count as far as they say who may call what of it.
const DESCRIPTIONS: &[&str] = &["Body", "DefinitionBody"];

/// What a resource has of them, and under which condition.
pub(super) fn settings(
    template: &JsonValue,
    name: &str,
    kind: &str,
    resource: &JsonValue,
) -> Option<(String, Settings)> {
    let condition = resource.member("Condition").map(JsonValue::compact);
    listed(template, name, kind, resource.member("Properties")?, condition.as_deref())
}

/// What all resources of a type have of them, by SAM.
pub(super) fn settings_of_all(template: &JsonValue) -> impl Iterator<Item = (String, Settings)> {
    let globals = template.member("Globals");
    GLOBALS.iter().filter_map(move |(section, kind)| {
        listed(template, &format!("Globals.{section}"), kind, globals?.member(section)?, None)
    })
}

/// A text of a template that is there under a condition, with what decides its values.
pub(super) fn under(template: &JsonValue, text: String, condition: Option<&str>) -> String {
    match condition.filter(|_| !text.is_empty()) {
        None => with_referred(template, text),
        Some(condition) => {
            with_referred(template, format!("{text} if {{\"Fn::If\": {condition}}}"))
        }
    }
}

fn listed(
    template: &JsonValue,
    name: &str,
    kind: &str,
    own: &JsonValue,
    condition: Option<&str>,
) -> Option<(String, Settings)> {
    let span = Span { start: own.span.start, end: own.span.start };
    // What gives access in a way of its own gives it by any of its properties.
    if ELSEWHERE.iter().any(|(known, _)| *known == kind) {
        let give_nothing = ["NotificationARNs", "Tags", "TimeoutInMinutes"];
        let counts = |name: &str| !give_nothing.contains(&name);
        let said = members(Some(own)).filter(|(name, _)| counts(name));
        let said = said.map(|(name, value)| format!("{name}: {}", value.compact()));
        let said: BTreeSet<String> = said.collect();
        let said = said.into_iter().collect::<Vec<_>>().join(", ");
        let grants = under(template, said, condition);
        return Some((name.to_owned(), Settings { grants, span, ..Settings::default() }));
    }
    let (_, grants, limits) = SETTINGS.iter().find(|(of, ..)| *of == kind)?;
    let said = |properties: &[&str]| {
        let said = properties.iter().filter_map(|property| {
            let value = own.member(property)?;
            // What is private gives nothing.
            if *property == "AccessControl" && value.as_str() == Some("Private") {
                return None;
            }
            let value = match *property {
                "Events" => events(value),
                _ if DESCRIPTIONS.contains(property) => described(value),
                _ => value.compact(),
            };
            Some(format!("{property}: {value}"))
        });
        under(template, said.collect::<Vec<_>>().join(", "), condition)
    };
    let text = |of: &JsonValue, name: &str| of.member(name)?.as_str().map(str::to_owned);
    let is = |name: &str, value: &str| text(own, name).as_deref() == Some(value);
    let asks_iam = CALLED.iter().any(|(of, how)| *of == kind && is(how, "AWS_IAM"));
    // What a browser asks before it calls reaches nothing.
    let integration = own.member("Integration").and_then(|of| text(of, "Type"));
    let reaches_nothing = kind == "AWS::ApiGateway::Method"
        && is("HttpMethod", "OPTIONS")
        && integration.as_deref() == Some("MOCK");
    let grants = if asks_iam || reaches_nothing { &[] } else { *grants };
    let (mut grants, mut limits) = (said(grants), said(limits));
    // Ownership by the bucket's owner takes what ACLs give.
    let ownership = own.member("OwnershipControls").map(JsonValue::compact).unwrap_or_default();
    if kind == "AWS::S3::Bucket" && ownership.contains("\"BucketOwnerEnforced\"") {
        grants = grants.replace(&format!("OwnershipControls: {ownership}"), "");
        limits.push_str(&ownership);
    }
    Some((name.to_owned(), Settings { grants, limits, span, ..Settings::default() }))
}

/// What the events of a function give: not how often they come, and how many at a time.
fn events(all: &JsonValue) -> String {
    const GIVE_NOTHING: &[&str] = &[
        "BatchSize",
        "BisectBatchOnFunctionError",
        "Description",
        "Enabled",
        "FilterCriteria",
        "FunctionResponseTypes",
        "Input",
        "InputPath",
        "MaximumBatchingWindowInSeconds",
        "MaximumRecordAgeInSeconds",
        "MaximumRetryAttempts",
        "ParallelizationFactor",
        "RetryPolicy",
        "ScalingConfig",
        "Schedule",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "StartingPosition",
        "State",
        "TumblingWindowInSeconds",
    ];
    if !members(Some(all)).all(|(_, event)| event.member("Type").is_some()) {
        return all.compact();
    }
    let event = |(name, event): (&str, &JsonValue)| {
        let counts = |name: &str| !GIVE_NOTHING.contains(&name);
        let own = members(event.member("Properties")).filter(|(name, _)| counts(name));
        let own: BTreeMap<String, String> =
            own.map(|(name, value)| (name.to_owned(), value.compact())).collect();
        (name.to_owned(), event.member("Type").map(JsonValue::compact), own)
    };
    let all: BTreeSet<_> = members(Some(all)).map(event).collect();
    all.iter()
        .map(|(name, kind, own)| {
            let own = own.iter().map(|(name, value)| format!(" {name}: {value}"));
            format!("{name}: {}{} ", kind.as_deref().unwrap_or_default(), own.collect::<String>())
        })
        .collect()
}
