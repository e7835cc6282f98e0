//! Facts about AWS Organizations that no policy document tells (SEMANTICS 6.5). Plain data.

/// The prefixes of the services whose resources are subject to resource control policies, as of 2026.
pub const RCP_SERVICES: &[&str] = &[
    "aoss",
    "codebuild",
    "cognito-identity",
    "cognito-idp",
    "cognito-sync",
    "dynamodb",
    "ecr",
    "events",
    "kms",
    "logs",
    "s3",
    "secretsmanager",
    "sqs",
    "sts",
];

/// Actions of these services that resource control policies do not restrict.
pub const RCP_EXEMPT_ACTIONS: &[&str] = &["kms:RetireGrant"];

/// How the path of a service-linked role begins. Neither service nor resource control policies restrict such roles.
pub const SERVICE_LINKED_PATH: &str = "/aws-service-role/";
