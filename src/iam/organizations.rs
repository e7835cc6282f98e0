//! Facts about AWS Organizations that no policy document tells (SEMANTICS 6.5). Plain data.

/// When the list below was taken from the catalogue.
pub const RCP_SERVICES_AS_OF: &str = "September 2026";

/// The prefixes of the services whose resources are subject to resource control policies, as of
/// 2026: those that the catalogue marks. A test compares the two.
pub const RCP_SERVICES: &[&str] = &[
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Actions of these services that resource control policies do not restrict.
pub const RCP_EXEMPT_ACTIONS: &[&str] = &["kms:RetireGrant"];

/// How the path of a service-linked role begins. Neither service nor resource control policies
/// restrict such roles.
pub const SERVICE_LINKED_PATH: &str = "/aws-service-role/";
