//! What is known of resource types of the AWS provider. Plain data, as the provider documents it.

use keyaki_iam::policy::Kind;

/// What an attribute that the configuration does not set stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unset {
    /// There is no policy.
    Nothing,
    /// Another type of resource may set it, and the attribute then tells what that one says; so it
    /// counts where none does.
    By(&'static str),
}

/// An attribute that holds a policy.
#[derive(Debug)]
pub(super) struct Row {
    /// The type of the resource.
    pub resource: &'static str,
    /// The attribute, a text of JSON.
    pub attribute: &'static str,
    /// What it is attached to.
    pub kind: Kind,
    /// The attribute that names what it is attached to, and the type of that; `None`: the resource
    /// itself.
    pub holder: Option<(&'static str, &'static str)>,
    /// What it means that the configuration does not set it.
    pub unset: Unset,
}

const fn own(resource: &'static str, attribute: &'static str, kind: Kind) -> Row {
    Row { resource, attribute, kind, holder: None, unset: Unset::Nothing }
}

const fn of(
    resource: &'static str,
    attribute: &'static str,
    kind: Kind,
    by: &'static str,
    holder: &'static str,
) -> Row {
    Row { resource, attribute, kind, holder: Some((by, holder)), unset: Unset::Nothing }
}

const fn or(resource: &'static str, attribute: &'static str, kind: Kind, by: &'static str) -> Row {
    Row { resource, attribute, kind, holder: None, unset: Unset::By(by) }
}

use Kind::{Endpoint, Identity, Resource, Trust};

/// The attributes that hold policies. Policies of organizations, of Lambda functions and inside of
/// roles have code of their own.
#[rustfmt::skip]
pub(super) const POLICIES: &[Row] = &[
    own("aws_iam_policy", "policy", Identity),
    own("aws_iam_role", "assume_role_policy", Trust),
    of("aws_iam_role_policy", "policy", Identity, "role", "aws_iam_role"),
    of("aws_iam_user_policy", "policy", Identity, "user", "aws_iam_user"),
    of("aws_iam_group_policy", "policy", Identity, "group", "aws_iam_group"),
    of("aws_ssoadmin_permission_set_inline_policy", "inline_policy", Identity, "permission_set_arn", "aws_ssoadmin_permission_set"),
    or("aws_s3_bucket", "policy", Resource, "aws_s3_bucket_policy"),
    of("aws_s3_bucket_policy", "policy", Resource, "bucket", "aws_s3_bucket"),
    or("aws_s3_access_point", "policy", Resource, "aws_s3control_access_point_policy"),
    of("aws_s3control_access_point_policy", "policy", Resource, "access_point_arn", "aws_s3_access_point"),
    or("aws_kms_key", "policy", Resource, "aws_kms_key_policy"),
    or("aws_kms_replica_key", "policy", Resource, "aws_kms_key_policy"),
    or("aws_kms_external_key", "policy", Resource, "aws_kms_key_policy"),
    of("aws_kms_key_policy", "policy", Resource, "key_id", "aws_kms_key"),
    or("aws_sqs_queue", "policy", Resource, "aws_sqs_queue_policy"),
    of("aws_sqs_queue_policy", "policy", Resource, "queue_url", "aws_sqs_queue"),
    or("aws_sns_topic", "policy", Resource, "aws_sns_topic_policy"),
    of("aws_sns_topic_policy", "policy", Resource, "arn", "aws_sns_topic"),
    or("aws_secretsmanager_secret", "policy", Resource, "aws_secretsmanager_secret_policy"),
    of("aws_secretsmanager_secret_policy", "policy", Resource, "secret_arn", "aws_secretsmanager_secret"),
    of("aws_ecr_repository_policy", "policy", Resource, "repository", "aws_ecr_repository"),
    own("aws_ecr_registry_policy", "policy", Resource),
    of("aws_ecrpublic_repository_policy", "policy", Resource, "repository_name", "aws_ecrpublic_repository"),
    own("aws_organizations_resource_policy", "content", Resource),
    of("aws_s3control_object_lambda_access_point_policy", "policy", Resource, "name", "aws_s3control_object_lambda_access_point"),
    of("aws_glacier_vault_lock", "policy", Resource, "vault_name", "aws_glacier_vault"),
    own("aws_glacier_vault", "access_policy", Resource),
    of("aws_efs_file_system_policy", "policy", Resource, "file_system_id", "aws_efs_file_system"),
    of("aws_backup_vault_policy", "policy", Resource, "backup_vault_name", "aws_backup_vault"),
    or("aws_opensearch_domain", "access_policies", Resource, "aws_opensearch_domain_policy"),
    of("aws_opensearch_domain_policy", "access_policies", Resource, "domain_name", "aws_opensearch_domain"),
    or("aws_elasticsearch_domain", "access_policies", Resource, "aws_elasticsearch_domain_policy"),
    of("aws_elasticsearch_domain_policy", "access_policies", Resource, "domain_name", "aws_elasticsearch_domain"),
    of("aws_cloudwatch_event_bus_policy", "policy", Resource, "event_bus_name", "aws_cloudwatch_event_bus"),
    of("aws_dynamodb_resource_policy", "policy", Resource, "resource_arn", "aws_dynamodb_table"),
    of("aws_kinesis_resource_policy", "policy", Resource, "resource_arn", "aws_kinesis_stream"),
    of("aws_codeartifact_domain_permissions_policy", "policy_document", Resource, "domain", "aws_codeartifact_domain"),
    of("aws_codeartifact_repository_permissions_policy", "policy_document", Resource, "repository", "aws_codeartifact_repository"),
    of("aws_codebuild_resource_policy", "policy", Resource, "resource_arn", "aws_codebuild_project"),
    own("aws_cloudwatch_log_resource_policy", "policy_document", Resource),
    of("aws_cloudwatch_log_destination_policy", "access_policy", Resource, "destination_name", "aws_cloudwatch_log_destination"),
    own("aws_glue_resource_policy", "policy", Resource),
    or("aws_api_gateway_rest_api", "policy", Resource, "aws_api_gateway_rest_api_policy"),
    of("aws_api_gateway_rest_api_policy", "policy", Resource, "rest_api_id", "aws_api_gateway_rest_api"),
    of("aws_media_store_container_policy", "policy", Resource, "container_name", "aws_media_store_container"),
    of("aws_s3tables_table_bucket_policy", "resource_policy", Resource, "table_bucket_arn", "aws_s3tables_table_bucket"),
    or("aws_vpc_endpoint", "policy", Endpoint, "aws_vpc_endpoint_policy"),
    of("aws_vpc_endpoint_policy", "policy", Endpoint, "vpc_endpoint_id", "aws_vpc_endpoint"),
];

/// A managed policy or a boundary that is attached by its ARN.
#[derive(Debug)]
pub(super) struct Attached {
    pub resource: &'static str,
    /// The attribute with the ARN, or with a list of ARNs.
    pub policy: &'static str,
    /// The attribute that names who has it, or a list of these, and their type; `None`: the
    /// resource itself.
    pub holder: Option<(&'static str, &'static str)>,
    pub boundary: bool,
}

const fn attached(
    resource: &'static str,
    policy: &'static str,
    by: &'static str,
    holder: &'static str,
) -> Attached {
    Attached { resource, policy, holder: Some((by, holder)), boundary: false }
}

const fn itself(resource: &'static str, policy: &'static str, boundary: bool) -> Attached {
    Attached { resource, policy, holder: None, boundary }
}

/// How managed policies and boundaries are attached.
#[rustfmt::skip]
pub(super) const ATTACHED: &[Attached] = &[
    attached("aws_iam_role_policy_attachment", "policy_arn", "role", "aws_iam_role"),
    attached("aws_iam_user_policy_attachment", "policy_arn", "user", "aws_iam_user"),
    attached("aws_iam_group_policy_attachment", "policy_arn", "group", "aws_iam_group"),
    attached("aws_iam_policy_attachment", "policy_arn", "roles", "aws_iam_role"),
    attached("aws_iam_policy_attachment", "policy_arn", "users", "aws_iam_user"),
    attached("aws_iam_policy_attachment", "policy_arn", "groups", "aws_iam_group"),
    attached("aws_iam_role_policy_attachments_exclusive", "policy_arns", "role_name", "aws_iam_role"),
    attached("aws_iam_user_policy_attachments_exclusive", "policy_arns", "user_name", "aws_iam_user"),
    attached("aws_iam_group_policy_attachments_exclusive", "policy_arns", "group_name", "aws_iam_group"),
    attached("aws_ssoadmin_managed_policy_attachment", "managed_policy_arn", "permission_set_arn", "aws_ssoadmin_permission_set"),
    attached("aws_ssoadmin_managed_policy_attachments_exclusive", "managed_policy_arns", "permission_set_arn", "aws_ssoadmin_permission_set"),
    attached("aws_organizations_policy_attachment", "policy_id", "target_id", TARGET),
    itself("aws_iam_role", "managed_policy_arns", false),
    itself("aws_iam_role", "permissions_boundary", true),
    itself("aws_iam_user", "permissions_boundary", true),
];

/// What a policy of an organization is attached to: an account, a unit or a root.
pub(super) const TARGET: &str = "an account, a unit or a root";

/// The resource types that are such a target.
pub(super) const TARGETS: &[&str] =
    &["aws_organizations_account", "aws_organizations_organizational_unit"];

/// Attributes that make users members of groups: of the type, who, and in which groups.
pub(super) const MEMBERS: &[(&str, &str, &str)] = &[
    ("aws_iam_user_group_membership", "user", "groups"),
    ("aws_iam_group_membership", "users", "group"),
];

/// Whether principals may have what a resource of that type is beside their own policies: one that
/// is attached to them, or a group that they are in.
pub(super) fn is_of_others(kind: &str) -> bool {
    let own = ["aws_iam_role", "aws_iam_user", "aws_iam_group"];
    kind.starts_with("aws_iam_") && !own.contains(&kind)
}

/// Names of a resource: attributes that have one value, of which the first gives the parameter its
/// name. What they are has no colon.
const NAMES: &[(&str, &[&str])] = &[
    ("aws_s3_bucket", &["id", "bucket"]),
    ("aws_iam_role", &["name", "id"]),
    ("aws_iam_user", &["name", "id"]),
    ("aws_iam_group", &["name", "id"]),
    ("aws_cloudfront_origin_access_identity", &["id"]),
    ("aws_iam_policy", &["name"]),
    ("aws_iam_instance_profile", &["name", "id"]),
    ("aws_kms_key", &["key_id", "id"]),
    ("aws_sqs_queue", &["name"]),
    ("aws_sns_topic", &["name"]),
    ("aws_lambda_function", &["function_name", "id"]),
    ("aws_dynamodb_table", &["name", "id"]),
    ("aws_cloudwatch_log_group", &["name", "id"]),
    ("aws_ecr_repository", &["name", "id"]),
    ("aws_kinesis_stream", &["name"]),
    ("aws_kinesis_firehose_delivery_stream", &["name"]),
    ("aws_sfn_state_machine", &["name"]),
    ("aws_cloudwatch_event_bus", &["name", "id"]),
    ("aws_efs_file_system", &["id"]),
    ("aws_opensearch_domain", &["domain_name"]),
    ("aws_elasticsearch_domain", &["domain_name"]),
    ("aws_backup_vault", &["name", "id"]),
    ("aws_codebuild_project", &["name"]),
    ("aws_ecs_cluster", &["name"]),
    ("aws_cloudtrail", &["name"]),
    ("aws_eks_cluster", &["name", "id"]),
    ("aws_cognito_user_pool", &["id"]),
    ("aws_codepipeline", &["name", "id"]),
    ("aws_db_instance", &["identifier"]),
    ("aws_rds_cluster", &["cluster_identifier", "id"]),
    ("aws_cloudwatch_metric_alarm", &["alarm_name", "id"]),
    ("aws_vpc", &["id"]),
    ("aws_subnet", &["id"]),
    ("aws_security_group", &["id"]),
    ("aws_vpc_endpoint", &["id"]),
    ("aws_instance", &["id"]),
    ("aws_api_gateway_rest_api", &["id"]),
    ("aws_apigatewayv2_api", &["id"]),
    ("aws_organizations_organizational_unit", &["id"]),
    ("aws_organizations_organization", &["id"]),
    ("aws_organizations_policy", &["id"]),
];

/// ARNs of resources: the type, the attributes that are the ARN, and its form. A word in braces is
/// an attribute of the resource, or its partition, Region or account.
pub(super) const ARNS: &[(&str, &[&str], &str)] = &[
    ("aws_s3_bucket", &["arn"], "arn:{partition}:s3:::{id}"),
    ("aws_iam_role", &["arn"], "arn:{partition}:iam::{account}:role{path}{name}"),
    ("aws_iam_user", &["arn"], "arn:{partition}:iam::{account}:user{path}{name}"),
    ("aws_iam_group", &["arn"], "arn:{partition}:iam::{account}:group{path}{name}"),
    (
        "aws_cloudfront_origin_access_identity",
        &["iam_arn"],
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {id}",
    ),
    ("aws_iam_policy", &["arn", "id"], "arn:{partition}:iam::{account}:policy{path}{name}"),
    (
        "aws_iam_instance_profile",
        &["arn"],
        "arn:{partition}:iam::{account}:instance-profile{path}{name}",
    ),
    ("aws_kms_key", &["arn"], "arn:{partition}:kms:{region}:{account}:key/{key_id}"),
    ("aws_sqs_queue", &["arn"], "arn:{partition}:sqs:{region}:{account}:{name}"),
    ("aws_sns_topic", &["arn", "id"], "arn:{partition}:sns:{region}:{account}:{name}"),
    (
        "aws_lambda_function",
        &["arn"],
        "arn:{partition}:lambda:{region}:{account}:function:{function_name}",
    ),
    ("aws_dynamodb_table", &["arn"], "arn:{partition}:dynamodb:{region}:{account}:table/{name}"),
    (
        "aws_cloudwatch_log_group",
        &["arn"],
        "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    ),
    ("aws_ecr_repository", &["arn"], "arn:{partition}:ecr:{region}:{account}:repository/{name}"),
    (
        "aws_kinesis_stream",
        &["arn", "id"],
        "arn:{partition}:kinesis:{region}:{account}:stream/{name}",
    ),
    (
        "aws_kinesis_firehose_delivery_stream",
        &["arn", "id"],
        "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
    ),
    (
        "aws_sfn_state_machine",
        &["arn", "id"],
        "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
    ),
    (
        "aws_cloudwatch_event_bus",
        &["arn"],
        "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    ),
    (
        "aws_efs_file_system",
        &["arn"],
        "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/{id}",
    ),
    (
        "aws_opensearch_domain",
        &["arn", "id"],
        "arn:{partition}:es:{region}:{account}:domain/{domain_name}",
    ),
    (
        "aws_elasticsearch_domain",
        &["arn", "id"],
        "arn:{partition}:es:{region}:{account}:domain/{domain_name}",
    ),
    ("aws_backup_vault", &["arn"], "arn:{partition}:backup:{region}:{account}:backup-vault:{name}"),
    (
        "aws_codebuild_project",
        &["arn", "id"],
        "arn:{partition}:codebuild:{region}:{account}:project/{name}",
    ),
    ("aws_ecs_cluster", &["arn", "id"], "arn:{partition}:ecs:{region}:{account}:cluster/{name}"),
    ("aws_cloudtrail", &["arn"], "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"),
    ("aws_eks_cluster", &["arn"], "arn:{partition}:eks:{region}:{account}:cluster/{name}"),
    (
        "aws_cognito_user_pool",
        &["arn"],
        "arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}",
    ),
    ("aws_codepipeline", &["arn"], "arn:{partition}:codepipeline:{region}:{account}:{name}"),
    ("aws_db_instance", &["arn"], "arn:{partition}:rds:{region}:{account}:db:{identifier}"),
    (
        "aws_rds_cluster",
        &["arn"],
        "arn:{partition}:rds:{region}:{account}:cluster:{cluster_identifier}",
    ),
    (
        "aws_cloudwatch_metric_alarm",
        &["arn"],
        "arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm_name}",
    ),
    ("aws_vpc", &["arn"], "arn:{partition}:ec2:{region}:{account}:vpc/{id}"),
    ("aws_subnet", &["arn"], "arn:{partition}:ec2:{region}:{account}:subnet/{id}"),
    ("aws_security_group", &["arn"], "arn:{partition}:ec2:{region}:{account}:security-group/{id}"),
    ("aws_vpc_endpoint", &["arn"], "arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}"),
    ("aws_instance", &["arn"], "arn:{partition}:ec2:{region}:{account}:instance/{id}"),
    (
        "aws_api_gateway_rest_api",
        &["execution_arn"],
        "arn:{partition}:execute-api:{region}:{account}:{id}",
    ),
    (
        "aws_apigatewayv2_api",
        &["execution_arn"],
        "arn:{partition}:execute-api:{region}:{account}:{id}",
    ),
];

/// The attributes that are one name of a resource, `attribute` among them.
pub(super) fn names(resource: &str, attribute: &str) -> Option<&'static [&'static str]> {
    let own = NAMES.iter().find(|(known, _)| *known == resource).map(|(_, names)| *names);
    own.filter(|names| names.contains(&attribute))
}

/// The attribute that names a resource of a type; `None` where its type is not in the table.
pub(super) fn name(resource: &str) -> Option<&'static str> {
    let own = NAMES.iter().find(|(known, _)| *known == resource);
    own.and_then(|(_, names)| names.first().copied())
}

/// The form of an ARN that is an attribute of a resource.
pub(super) fn arn(resource: &str, attribute: &str) -> Option<&'static str> {
    let rows = ARNS.iter().filter(|(known, _, _)| *known == resource);
    rows.filter(|(_, names, _)| names.contains(&attribute)).map(|(_, _, form)| *form).next()
}

/// Types that give access without the text of a policy, or limit it, and are not read.
const GRANTS: &[&str] = &[
    "aws_iot_policy_attachment",
    "aws_redshift_endpoint_authorization",
    "aws_servicecatalog_portfolio_share",
    "aws_transfer_ssh_key",
    "aws_opensearchserverless_security_policy",
    "aws_s3control_access_grants_location",
    "aws_ssoadmin_customer_managed_policy_attachments_exclusive",
    "aws_lakeformation_permissions",
    "aws_rolesanywhere_profile",
    "aws_s3control_access_grant",
    "aws_ssoadmin_account_assignment",
    "aws_cloudwatch_event_permission",
    "aws_kms_grant",
    "aws_lambda_layer_version_permission",
    "aws_ram_principal_association",
    "aws_ram_resource_association",
    "aws_ssoadmin_customer_managed_policy_attachment",
    "aws_ssoadmin_permissions_boundary_attachment",
    "aws_vpc_endpoint_service_allowed_principal",
    "aws_ami_launch_permission",
    "aws_eks_access_entry",
    "aws_eks_pod_identity_association",
    "aws_identitystore_group_membership",
    "aws_organizations_delegated_administrator",
    "aws_eks_access_policy_association",
    "aws_opensearchserverless_access_policy",
    "aws_servicecatalog_principal_portfolio_association",
    "aws_snapshot_create_volume_permission",
];

/// Attributes that AWS or the provider makes, and that give nothing.
pub(super) const MADE: &[&str] = &[
    "access_grant_arn",
    "access_grant_id",
    "arn",
    "created_at",
    "grant_id",
    "grant_token",
    "id",
    "revision_id",
    "tags",
    "tags_all",
    "timeouts",
];

/// A resource that limits or gives access beside policies.
#[derive(Debug)]
pub(super) struct Setting {
    pub kind: &'static str,
    /// By which attribute it says of what, and the type of that, where it is another resource.
    pub of: Option<(&'static str, &'static str)>,
    /// Whether it gives access; otherwise it limits it.
    pub grants: bool,
    /// The attributes that count.
    pub attributes: &'static [&'static str],
}

const fn gives(kind: &'static str, attributes: &'static [&'static str]) -> Setting {
    Setting { kind, of: None, grants: true, attributes }
}

/// Types of the provider `awscc`, by what they begin with, that give access: they are those of
/// CloudFormation, and are not read.
const GRANTS_OF_AWSCC: &[&str] = &[
    "awscc_iam_",
    "awscc_identitystore_",
    "awscc_kms_",
    "awscc_lakeformation_",
    "awscc_lambda_permission",
    "awscc_lambda_url",
    "awscc_organizations_",
    "awscc_ram_",
    "awscc_rolesanywhere_",
    "awscc_sso_",
];

/// Whether a type gives access and is not read.
pub(super) fn grants(kind: &str) -> bool {
    GRANTS.contains(&kind) || GRANTS_OF_AWSCC.iter().any(|start| kind.starts_with(start))
}

/// Whether a resource of a type may give access, or limit it, in any way that is known.
pub(super) fn may_give(kind: &str) -> bool {
    let of_policies = POLICIES.iter().map(|row| row.resource);
    let attached = ATTACHED.iter().map(|row| row.resource);
    let members = MEMBERS.iter().map(|(kind, ..)| *kind);
    let settings = SETTINGS.iter().map(|row| row.kind);
    let others = ["aws_lambda_permission", "aws_organizations_policy"];
    let mut all = of_policies.chain(attached).chain(members).chain(settings);
    grants(kind) || others.contains(&kind) || all.any(|known| known == kind)
}

const fn limits(kind: &'static str, attributes: &'static [&'static str]) -> Setting {
    Setting { kind, of: None, grants: false, attributes }
}

/// What a method or a route says of who may call it.
const WHO_MAY_CALL: &[&str] = &[
    "api_key_required",
    "authorization",
    "authorization_scopes",
    "authorization_type",
    "authorizer_id",
];

/// What S3 Block Public Access says.
const BLOCK: &[&str] = &[
    "account_id",
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
];

/// What is called by everybody, or by whoever an authorizer lets in, unless it asks IAM: the type, and the
/// attribute that says so.
pub(super) const CALLED: &[(&str, &str)] = &[
    ("aws_api_gateway_method", "authorization"),
    ("aws_apigatewayv2_route", "authorization_type"),
    ("aws_lambda_function_url", "authorization_type"),
];

/// The resources that limit or give access beside policies.
pub(super) const SETTINGS: &[Setting] = &[
    limits(
        "aws_s3_access_point",
        &["bucket", "bucket_account_id", "public_access_block_configuration", "vpc_configuration"],
    ),
    gives("aws_s3control_multi_region_access_point", &["details"]),
    limits(
        "aws_api_gateway_authorizer",
        &["authorizer_uri", "identity_source", "provider_arns", "type"],
    ),
    gives(
        "aws_api_gateway_method",
        &["authorization", "http_method", "resource_id", "rest_api_id"],
    ),
    limits("aws_api_gateway_method", WHO_MAY_CALL),
    gives("aws_api_gateway_rest_api", &["body"]),
    limits("aws_api_gateway_rest_api", &["body", "endpoint_configuration"]),
    gives("aws_apigatewayv2_api", &["body", "route_key"]),
    limits("aws_apigatewayv2_api", &["body"]),
    gives("aws_appsync_api", &["event_config"]),
    limits(
        "aws_apigatewayv2_authorizer",
        &["authorizer_type", "authorizer_uri", "identity_sources", "jwt_configuration"],
    ),
    gives(
        "aws_appsync_graphql_api",
        &[
            "additional_authentication_provider",
            "authentication_type",
            "openid_connect_config",
            "user_pool_config",
        ],
    ),
    gives(
        "aws_cognito_identity_pool",
        &[
            "allow_unauthenticated_identities",
            "cognito_identity_providers",
            "openid_connect_provider_arns",
            "saml_provider_arns",
            "supported_login_providers",
        ],
    ),
    gives(
        "aws_cognito_identity_pool_roles_attachment",
        &["identity_pool_id", "role_mapping", "roles"],
    ),
    gives("aws_cognito_user_group", &["role_arn"]),
    // The stack may make anything.
    gives("aws_cloudformation_stack", &["parameters", "template_body", "template_url"]),
    gives("aws_cloudformation_stack_set", &["parameters", "template_body", "template_url"]),
    gives("aws_cloudcontrolapi_resource", &["desired_state"]),
    gives(
        "aws_serverlessapplicationrepository_cloudformation_stack",
        &["application_id", "capabilities", "parameters", "semantic_version"],
    ),
    gives(
        "aws_servicecatalog_provisioned_product",
        &[
            "path_id",
            "path_name",
            "product_id",
            "product_name",
            "provisioning_artifact_id",
            "provisioning_artifact_name",
            "provisioning_parameters",
        ],
    ),
    gives("aws_servicecatalog_constraint", &["parameters", "portfolio_id", "product_id", "type"]),
    gives("aws_codebuild_project", &["project_visibility"]),
    gives("aws_eks_cluster", &["access_config"]),
    limits("aws_eks_cluster", &["access_config"]),
    gives("aws_msk_cluster", &["client_authentication"]),
    limits("aws_msk_cluster", &["client_authentication"]),
    gives("aws_msk_serverless_cluster", &["client_authentication"]),
    limits("aws_msk_serverless_cluster", &["client_authentication"]),
    gives("aws_transfer_user", &["role"]),
    gives("aws_db_cluster_snapshot", &["shared_accounts"]),
    gives("aws_db_snapshot", &["shared_accounts"]),
    limits("aws_elasticsearch_domain", &["advanced_security_options"]),
    limits("aws_opensearch_domain", &["advanced_security_options"]),
    gives("aws_iot_role_alias", &["role_arn"]),
    limits("aws_lakeformation_data_cells_filter", &["table_data"]),
    gives(
        "aws_lakeformation_data_lake_settings",
        &[
            "admins",
            "allow_external_data_filtering",
            "allow_full_table_external_data_access",
            "create_database_default_permissions",
            "create_table_default_permissions",
            "read_only_admins",
            "trusted_resource_owners",
        ],
    ),
    limits(
        "aws_lakeformation_data_lake_settings",
        &["create_database_default_permissions", "create_table_default_permissions"],
    ),
    gives("aws_ram_permission", &["policy_template", "resource_type"]),
    gives("aws_ram_resource_share", &["permission_arns"]),
    limits("aws_ram_resource_share", &["allow_external_principals"]),
    gives("aws_rolesanywhere_trust_anchor", &["enabled", "source"]),
    gives("aws_vpc_endpoint_service", &["allowed_principals"]),
    gives("aws_ssm_document", &["permissions"]),
    gives("aws_apigatewayv2_route", &["api_id", "authorization_type", "route_key"]),
    limits("aws_apigatewayv2_route", WHO_MAY_CALL),
    gives("aws_lambda_function_url", &["authorization_type", "function_name", "qualifier"]),
    limits("aws_iam_instance_profile", &["role"]),
    limits("aws_iam_openid_connect_provider", &["client_id_list", "url"]),
    limits("aws_iam_saml_provider", &["saml_metadata_document"]),
    limits("aws_organizations_account", &["parent_id"]),
    limits("aws_organizations_organization", &["enabled_policy_types", "feature_set"]),
    limits("aws_organizations_organizational_unit", &["parent_id"]),
    limits("aws_vpclattice_service", &["auth_type"]),
    limits("aws_vpclattice_service_network", &["auth_type"]),
    gives("aws_s3_bucket_object", &["acl"]),
    gives("aws_s3_object", &["acl"]),
    gives("aws_s3_object_copy", &["acl", "grant"]),
    limits("aws_s3_account_public_access_block", BLOCK),
    gives("aws_s3_bucket", &["acl", "grant"]),
    Setting {
        kind: "aws_s3_bucket_acl",
        of: Some(("bucket", "aws_s3_bucket")),
        grants: true,
        attributes: &["access_control_policy", "acl"],
    },
    Setting {
        kind: "aws_s3_bucket_ownership_controls",
        of: Some(("bucket", "aws_s3_bucket")),
        grants: true,
        attributes: &["rule"],
    },
    Setting {
        kind: "aws_s3_bucket_public_access_block",
        of: Some(("bucket", "aws_s3_bucket")),
        grants: false,
        attributes: BLOCK,
    },
    Setting {
        kind: "aws_ssoadmin_customer_managed_policy_attachment",
        of: Some(("permission_set_arn", "aws_ssoadmin_permission_set")),
        grants: true,
        attributes: &["customer_managed_policy_reference"],
    },
    Setting {
        kind: "aws_ssoadmin_permissions_boundary_attachment",
        of: Some(("permission_set_arn", "aws_ssoadmin_permission_set")),
        grants: false,
        attributes: &["permissions_boundary"],
    },
];

/// What AWS gives a new resource of a type whose policy nobody sets, where that grants something.
pub(super) fn default_policy(resource: &str) -> Option<&'static str> {
    // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    let of_keys = "AWS gives the key a policy that lets the policies of its account decide";
    resource.starts_with("aws_kms_").then_some(of_keys)
}
