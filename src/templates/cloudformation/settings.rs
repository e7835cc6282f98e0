//! What gives access, or limits it, beside policies. It is compared as it is written, with whatever
//! decides its values.

use super::deciding::with_referred;
use super::members;
use super::places::ELSEWHERE;
use crate::Settings;
use keyaki_iam::json::{JsonData, JsonValue};
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
    ("AWS::ApiGateway::Method", &[], WHO_MAY_CALL),
    ("AWS::ApiGateway::RestApi", &["Body", "BodyS3Location"], &["EndpointConfiguration"]),
    ("AWS::ApiGatewayV2::Api", &["Body", "BodyS3Location", "RouteKey"], &[]),
    (
        "AWS::ApiGatewayV2::Authorizer",
        &[],
        &["AuthorizerType", "AuthorizerUri", "IdentitySource", "JwtConfiguration"],
    ),
    ("AWS::ApiGatewayV2::Route", &[], WHO_MAY_CALL),
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
    ("AWS::Cognito::UserPoolGroup", &["RoleArn"], &[]),
    ("AWS::EC2::VPCEndpointServicePermissions", &["AllowedPrincipals", "ServiceId"], &[]),
    ("AWS::EKS::AccessEntry", &["AccessPolicies", "KubernetesGroups", "PrincipalArn", "Type"], &[]),
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
        &[],
    ),
    ("AWS::Lambda::Url", &["AuthType", "TargetFunctionArn"], &[]),
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
    ("AWS::RAM::Permission", &["PolicyTemplate", "ResourceType"], &[]),
    ("AWS::RolesAnywhere::CRL", &[], &["CrlData", "Enabled"]),
    ("AWS::RolesAnywhere::TrustAnchor", &["Enabled", "Source"], &[]),
    ("AWS::S3::AccessGrantsLocation", &["IamRoleArn", "LocationScope"], &[]),
    ("AWS::Serverless::Api", &["DefinitionBody", "DefinitionUri"], &["Auth"]),
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
    ("AWS::Serverless::HttpApi", &["DefinitionBody", "DefinitionUri"], &["Auth"]),
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
    ("AWS::ServiceCatalog::PortfolioPrincipalAssociation", &["PortfolioId", "PrincipalARN"], &[]),
    ("AWS::VpcLattice::Service", &[], &["AuthType"]),
    ("AWS::VpcLattice::ServiceNetwork", &[], &["AuthType"]),
];

/// What everybody may call, or whoever an authorizer lets in: all but what asks IAM. The type, and the
/// properties that tell what is called.
const CALLED: &[(&str, &[&str])] = &[
    ("AWS::ApiGateway::Method", &["AuthorizationType", "HttpMethod", "ResourceId", "RestApiId"]),
    ("AWS::ApiGatewayV2::Route", &["ApiId", "AuthorizationType", "RouteKey"]),
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
        let grants = under(template, own.compact(), condition);
        return Some((name.to_owned(), Settings { grants, span, ..Settings::default() }));
    }
    let (_, grants, limits) = SETTINGS.iter().find(|(of, ..)| *of == kind)?;
    let said = |properties: &[&str]| {
        let said = properties.iter().filter_map(|property| {
            let value = own.member(property)?;
            let value = match *property {
                "Events" => events(value),
                _ if DESCRIPTIONS.contains(property) => described(value),
                _ => value.compact(),
            };
            Some(format!("{property}: {value}"))
        });
        under(template, said.collect::<Vec<_>>().join(", "), condition)
    };
    let asks_iam =
        || own.member("AuthorizationType").and_then(JsonValue::as_str) == Some("AWS_IAM");
    let called = CALLED.iter().find(|(of, _)| *of == kind).filter(|_| !asks_iam());
    let (grants, limits) = (said(called.map_or(grants, |(_, called)| called)), said(limits));
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

/// What the description of an API says of who may call what: all of it, or, where it names nobody, what
/// there is to be called.
fn described(body: &JsonValue) -> String {
    let text = body.compact();
    let names_callers =
        ["\"security", "x-amazon-apigateway-auth"].iter().any(|mark| text.contains(mark));
    let JsonData::Object(_) = body.data else { return text };
    let Some(paths) = body.member("paths").filter(|_| !names_callers) else { return text };
    let methods = |(path, item): (&str, &JsonValue)| {
        let methods: BTreeSet<&str> = members(Some(item)).map(|(method, _)| method).collect();
        (path.to_owned(), methods.into_iter().collect::<Vec<_>>().join(" "))
    };
    let paths: BTreeMap<String, String> = members(Some(paths)).map(methods).collect();
    paths.into_iter().map(|(path, methods)| format!("{path}: {methods}; ")).collect()
}
