//! What is wrong in the data, and what is written instead. One table, and each row must find its
//! defect: a row that finds none is an error, so that the table never outlives the defects.
//!
//! Not repaired here, because it is a matter of reading: "required" on several resource types of an
//! action means one of them ([`keyaki_iam::catalogue::Action::needs_resource`]), and `*` in an ARN
//! format is as free as `${Name}`.

use super::read::{RawActionResource, RawResourceType, RawService};

/// A defect and its repair; names as the data spell them.
pub enum Repair {
    /// The ARN field of a resource type holds two formats, with a comma between them.
    TwoArns { service: &'static str, resource_type: &'static str },
    /// The ARN format of a resource type is misspelt.
    Arn {
        service: &'static str,
        resource_type: &'static str,
        written: &'static str,
        meant: &'static str,
    },
    /// Resources of the type have ARNs of one more format.
    OneMoreArn { service: &'static str, resource_type: &'static str, format: &'static str },
    /// An action lists a resource type more than once; the entries are merged, and the type is
    /// required if one of them says so.
    TypeTwice { service: &'static str, action: &'static str, resource_type: &'static str },
    /// An action lists a condition key more than once.
    KeyTwice { service: &'static str, action: &'static str, key: &'static str },
    /// The free part of a key's name is not written `${Name}`.
    KeyName { service: &'static str, written: &'static str, meant: &'static str },
    /// Actions are authorized on resource types that the data list for other actions only.
    MoreTypes {
        service: &'static str,
        actions: &'static [&'static str],
        resource_types: &'static [&'static str],
    },
    /// Actions are always about a resource of one of their types, though the data require none of
    /// them.
    OneOfTypes { service: &'static str, actions: &'static [&'static str] },
    /// Actions are authorized on resources of which the data have no type: AWS names them where it
    /// refuses the action, or grants it on them. They come beside what is listed, since no source
    /// says that nothing else does.
    OneMoreTarget {
        service: &'static str,
        actions: &'static [&'static str],
        resource_type: &'static str,
        format: &'static str,
    },
    /// Keys come with resources of types that the data list for other types only.
    KeysOfTypes {
        service: &'static str,
        resource_types: &'static [&'static str],
        keys: &'static [&'static str],
    },
    /// An action takes a condition key that the data list for other actions only.
    OneMoreKey { service: &'static str, action: &'static str, key: &'static str },
    /// A key has the wrong type.
    KeyType { service: &'static str, key: &'static str, written: &'static str, meant: &'static str },
}

use Repair::{
    Arn, KeyName, KeyTwice, KeyType, KeysOfTypes, MoreTypes, OneMoreArn, OneMoreKey, OneMoreTarget,
    OneOfTypes, TwoArns, TypeTwice,
};

/// Load balancers of the second version of Elastic Load Balancing.
const LOAD_BALANCERS: &[&str] = &["loadbalancer/app/", "loadbalancer/gwy/", "loadbalancer/net/"];

/// What the second version of API Gateway has, and the first has not.
const HTTP_APIS: &[&str] = &[
    "AccessLogSettings",
    "Api",
    "ApiMapping",
    "ApiMappings",
    "Apis",
    "AuthorizersCache",
    "Cors",
    "ExportedAPI",
    "IntegrationResponses",
    "Integrations",
    "ModelTemplate",
    "Route",
    "RouteRequestParameter",
    "RouteResponse",
    "RouteResponses",
    "RouteSettings",
    "Routes",
];

/// What of the second version of Elastic Load Balancing has tags.
const TAGGED_BY_LOAD_BALANCING: &[&str] = &[
    "listener-rule/app",
    "listener-rule/net",
    "listener/app",
    "listener/gwy",
    "listener/net",
    "loadbalancer/app/",
    "loadbalancer/gwy/",
    "loadbalancer/net/",
    "targetgroup",
    "truststore",
];

/// What S3 does with a bucket, an object or an access point, which every request names.
const OF_BUCKETS_AND_OBJECTS: &[&str] = &[
    "AbortMultipartUpload",
    "BypassGovernanceRetention",
    "DeleteObject",
    "DeleteObjectAnnotation",
    "DeleteObjectTagging",
    "DeleteObjectVersion",
    "DeleteObjectVersionAnnotation",
    "DeleteObjectVersionTagging",
    "GetBucketAcl",
    "GetBucketCORS",
    "GetBucketLocation",
    "GetBucketNotification",
    "GetBucketPolicy",
    "GetObject",
    "GetObjectAcl",
    "GetObjectAnnotation",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "GetObjectTagging",
    "GetObjectVersion",
    "GetObjectVersionAcl",
    "GetObjectVersionAnnotation",
    "GetObjectVersionAttributes",
    "GetObjectVersionTagging",
    "ListBucket",
    "ListBucketVersions",
    "ListMultipartUploadParts",
    "ListObjectAnnotations",
    "ListObjectVersionAnnotations",
    "ListTagsForResource",
    "PutObject",
    "PutObjectAcl",
    "PutObjectAnnotation",
    "PutObjectLegalHold",
    "PutObjectRetention",
    "PutObjectTagging",
    "PutObjectVersionAcl",
    "PutObjectVersionAnnotation",
    "PutObjectVersionTagging",
    "RestoreObject",
    "TagResource",
    "UntagResource",
    "UpdateObjectEncryption",
];

/// The defects of the pinned version.
pub const TABLE: &[Repair] = &[
    // REST and HTTP APIs, V1 and V2 of Lex and Greengrass: one name, two formats.
    TwoArns { service: "apigateway", resource_type: "Authorizer" },
    TwoArns { service: "apigateway", resource_type: "Authorizers" },
    TwoArns { service: "apigateway", resource_type: "Deployment" },
    TwoArns { service: "apigateway", resource_type: "Deployments" },
    TwoArns { service: "apigateway", resource_type: "Integration" },
    TwoArns { service: "apigateway", resource_type: "IntegrationResponse" },
    TwoArns { service: "apigateway", resource_type: "Model" },
    TwoArns { service: "apigateway", resource_type: "Models" },
    TwoArns { service: "apigateway", resource_type: "Stage" },
    TwoArns { service: "apigateway", resource_type: "Stages" },
    TwoArns { service: "greengrass", resource_type: "deployment" },
    TwoArns { service: "lex", resource_type: "bot" },
    TwoArns { service: "lex", resource_type: "bot alias" },
    // The dollar sign is missing.
    Arn {
        service: "opsworks-cm",
        resource_type: "backup",
        written: "arn:${Partition}:opsworks-cm::${Account}:backup/${ServerName}-{Date-and-Time-Stamp-of-Backup}",
        meant: "arn:${Partition}:opsworks-cm::${Account}:backup/${ServerName}-${Date-and-Time-Stamp-of-Backup}",
    },
    // A field is missing. Offerings of MediaLive have an account there; `*` is also right if those
    // of MediaConnect have none.
    Arn {
        service: "mediaconnect",
        resource_type: "Offering",
        written: "arn:${Partition}:mediaconnect:${Region}:offering:${OfferingId}",
        meant: "arn:${Partition}:mediaconnect:${Region}:*:offering:${OfferingId}",
    },
    // A request through a global inference profile is authorized on a model without a Region
    // (SEMANTICS 7.2, 7.4):
    // https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
    OneMoreArn {
        service: "bedrock",
        resource_type: "foundation-model",
        format: "arn:${Partition}:bedrock:::foundation-model/${ResourceId}",
    },
    // Documents and parameters that AWS itself provides have no account in their ARNs:
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
    OneMoreArn {
        service: "ssm",
        resource_type: "document",
        format: "arn:${Partition}:ssm:${Region}::document/${DocumentName}",
    },
    OneMoreArn {
        service: "ssm",
        resource_type: "parameter",
        format: "arn:${Partition}:ssm:${Region}::parameter/${ParameterNameWithoutLeadingSlash}",
    },
    OneMoreArn {
        service: "ssm",
        resource_type: "automation-definition",
        format: "arn:${Partition}:ssm:${Region}::automation-definition/${AutomationDefinitionName}:${VersionId}",
    },
    // Two services have the prefix, and of the actions that both have the data keep those of the
    // first version:
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
    MoreTypes {
        service: "elasticloadbalancing",
        actions: &["AddTags"],
        resource_types: TAGGED_BY_LOAD_BALANCING,
    },
    MoreTypes {
        service: "elasticloadbalancing",
        actions: &["RemoveTags"],
        resource_types: TAGGED_BY_LOAD_BALANCING,
    },
    MoreTypes {
        service: "elasticloadbalancing",
        actions: &["CreateLoadBalancer"],
        resource_types: LOAD_BALANCERS,
    },
    MoreTypes {
        service: "elasticloadbalancing",
        actions: &["DeleteLoadBalancer"],
        resource_types: LOAD_BALANCERS,
    },
    MoreTypes {
        service: "elasticloadbalancing",
        actions: &["ModifyLoadBalancerAttributes"],
        resource_types: LOAD_BALANCERS,
    },
    // The same with API Gateway. Which of the five methods there is for which type is left open:
    // all.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
    MoreTypes { service: "apigateway", actions: &["DELETE"], resource_types: HTTP_APIS },
    MoreTypes { service: "apigateway", actions: &["GET"], resource_types: HTTP_APIS },
    MoreTypes { service: "apigateway", actions: &["PATCH"], resource_types: HTTP_APIS },
    MoreTypes { service: "apigateway", actions: &["POST"], resource_types: HTTP_APIS },
    MoreTypes { service: "apigateway", actions: &["PUT"], resource_types: HTTP_APIS },
    // Lists of IAM are authorized on the path that is listed, by the texts with which AWS refuses
    // them: "is not authorized to perform: iam:ListUsers on resource:
    // arn:aws:iam::111122223333:user/", and likewise for the others.
    OneMoreTarget {
        service: "iam",
        actions: &["ListUsers"],
        resource_type: "path of users",
        format: "arn:${Partition}:iam::${Account}:user/*",
    },
    OneMoreTarget {
        service: "iam",
        actions: &["ListRoles"],
        resource_type: "path of roles",
        format: "arn:${Partition}:iam::${Account}:role/*",
    },
    OneMoreTarget {
        service: "iam",
        actions: &["ListGroups"],
        resource_type: "path of groups",
        format: "arn:${Partition}:iam::${Account}:group/*",
    },
    OneMoreTarget {
        service: "iam",
        actions: &["ListInstanceProfiles"],
        resource_type: "path of instance profiles",
        format: "arn:${Partition}:iam::${Account}:instance-profile/*",
    },
    OneMoreTarget {
        service: "iam",
        actions: &["ListVirtualMFADevices"],
        resource_type: "path of MFA devices",
        format: "arn:${Partition}:iam::${Account}:mfa/*",
    },
    // "... is not authorized to perform: eks:CreateCluster on resource:
    // arn:aws:eks:...:cluster/NAME"; AWS managed policies such as
    // AWSElasticBeanstalkServiceRolePolicy rely on it.
    MoreTypes { service: "eks", actions: &["CreateCluster"], resource_types: &["cluster"] },
    // Authorized on the knowledge base, as `bedrock:Retrieve` is:
    // https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-get-document-content.html
    MoreTypes {
        service: "bedrock",
        actions: &["GetDocumentContent"],
        resource_types: &["knowledge-base"],
    },
    // "... logs:DescribeLogGroups on resource: arn:aws:logs:...:log-group::log-stream:"
    OneMoreTarget {
        service: "logs",
        actions: &["DescribeLogGroups"],
        resource_type: "log groups by prefix",
        format: "arn:${Partition}:logs:${Region}:${Account}:log-group:*",
    },
    // "... states:ListStateMachines on resource: arn:aws:states:...:stateMachine:*"
    OneMoreTarget {
        service: "states",
        actions: &["ListStateMachines"],
        resource_type: "all state machines",
        format: "arn:${Partition}:states:${Region}:${Account}:stateMachine:*",
    },
    // The Amazon S3 User Guide allows it on `arn:aws:s3:::*` in its walkthrough of user policies:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html
    OneMoreTarget {
        service: "s3",
        actions: &["ListAllMyBuckets"],
        resource_type: "all buckets",
        format: "arn:${Partition}:s3:::*",
    },
    // Change sets with a transform are authorized on the transform, too:
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
    OneMoreTarget {
        service: "cloudformation",
        actions: &["CreateChangeSet"],
        resource_type: "transform",
        format: "arn:${Partition}:cloudformation:${Region}:aws:transform/${TransformName}",
    },
    // Lists that are authorized on all that they could tell, and calls on what they make, by the
    // texts with which AWS refuses them (RESOURCE in "is not authorized to perform: ACTION on
    // resource: RESOURCE"). Most are collected in issues of public repositories, in the guide of
    // https://hackingthe.cloud/aws/enumeration/whoami/ and in
    // https://github.com/nccgroup/Scout2/issues/129.
    MoreTypes { service: "eks", actions: &["ListClusters"], resource_types: &["cluster"] },
    MoreTypes {
        service: "acm",
        actions: &["RequestCertificate"],
        resource_types: &["certificate"],
    },
    MoreTypes {
        service: "cloudfront",
        actions: &["CreateDistribution"],
        resource_types: &["distribution"],
    },
    MoreTypes {
        service: "cloudfront",
        actions: &["CreateOriginAccessControl"],
        resource_types: &["origin-access-control"],
    },
    MoreTypes {
        service: "elasticmapreduce",
        actions: &["RunJobFlow"],
        resource_types: &["cluster"],
    },
    MoreTypes { service: "es", actions: &["ListDomainNames"], resource_types: &["domain"] },
    MoreTypes { service: "guardduty", actions: &["ListDetectors"], resource_types: &["detector"] },
    MoreTypes { service: "sagemaker", actions: &["ListDomains"], resource_types: &["domain"] },
    OneMoreTarget {
        service: "kafka",
        actions: &["ListClusters"],
        resource_type: "path of clusters",
        format: "arn:${Partition}:kafka:${Region}:${Account}:/v1/clusters",
    },
    OneMoreTarget {
        service: "access-analyzer",
        actions: &["ListAnalyzers"],
        resource_type: "all analyzers",
        format: "arn:${Partition}:access-analyzer:${Region}:${Account}:*",
    },
    MoreTypes { service: "dynamodb", actions: &["ListTables"], resource_types: &["table"] },
    MoreTypes { service: "cloudformation", actions: &["ListStacks"], resource_types: &["stack"] },
    MoreTypes {
        service: "iam",
        actions: &["ListOpenIDConnectProviders"],
        resource_types: &["oidc-provider"],
    },
    MoreTypes {
        service: "events",
        actions: &["ListRules"],
        resource_types: &["rule-on-custom-event-bus", "rule-on-default-event-bus"],
    },
    OneMoreTarget {
        service: "eks",
        actions: &["DescribeClusterVersions"],
        resource_type: "everything",
        format: "arn:${Partition}:eks:${Region}:${Account}:*",
    },
    OneMoreTarget {
        service: "ssm",
        actions: &["DescribeInstanceInformation", "DescribeParameters"],
        resource_type: "everything",
        format: "arn:${Partition}:ssm:${Region}:${Account}:*",
    },
    OneMoreTarget {
        service: "sns",
        actions: &["ListSubscriptions", "ListTopics"],
        resource_type: "all topics",
        format: "arn:${Partition}:sns:${Region}:${Account}:*",
    },
    OneMoreTarget {
        service: "cognito-identity",
        actions: &["ListIdentityPools"],
        resource_type: "all identity pools",
        format: "arn:${Partition}:cognito-identity:${Region}:${Account}:identitypool/*",
    },
    // "... is not authorized to perform: sqs:listqueues on resource:
    // arn:aws:sqs:us-east-1:123456789012:": nothing stands after the account.
    OneMoreTarget {
        service: "sqs",
        actions: &["ListQueues"],
        resource_type: "all queues",
        format: "arn:${Partition}:sqs:${Region}:${Account}:",
    },
    // The texts that are public end before the resource does.
    OneMoreTarget {
        service: "codepipeline",
        actions: &["ListPipelines"],
        resource_type: "all pipelines",
        format: "arn:${Partition}:codepipeline:${Region}:${Account}:*",
    },
    MoreTypes { service: "scheduler", actions: &["ListSchedules"], resource_types: &["schedule"] },
    // On these resources AWS managed policies grant these actions, in statements that would grant
    // nothing otherwise:
    // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
    // CloudWatchOpenSearchDashboardsFullAccess
    MoreTypes { service: "aoss", actions: &["TagResource"], resource_types: &["Collection"] },
    // AmazonECSInfrastructureRoleforExpressGatewayServices,
    // SageMakerStudioProjectRoleMachineLearningPolicy
    MoreTypes {
        service: "application-autoscaling",
        actions: &[
            "DescribeScalableTargets",
            "DescribeScalingActivities",
            "DescribeScalingPolicies",
            "DescribeScheduledActions",
        ],
        resource_types: &["ScalableTarget"],
    },
    // AmazonConnectServiceLinkedRolePolicy
    MoreTypes {
        service: "chime",
        actions: &["ListVoiceConnectors"],
        resource_types: &["voice-connector"],
    },
    // AWSControlTowerServiceRolePolicy
    MoreTypes {
        service: "cloudformation",
        actions: &["ActivateType", "DeactivateType", "SetTypeConfiguration"],
        resource_types: &["typeHook"],
    },
    // SageMakerStudioDomainExecutionRolePolicy
    MoreTypes {
        service: "datazone",
        actions: &[
            "GetAccountPool",
            "GetProjectProfile",
            "ListAccountPools",
            "ListAccountsInAccountPool",
            "ListProjectProfiles",
        ],
        resource_types: &["domain"],
    },
    // AmazonSageMakerCanvasFullAccess
    OneMoreTarget {
        service: "emr-serverless",
        actions: &["CreateApplication", "ListApplications"],
        resource_type: "all applications",
        format: "arn:${Partition}:emr-serverless:${Region}:${Account}:/*",
    },
    // AWSBackupOperatorAccess, AWSBackupServiceRolePolicyForBackup
    MoreTypes { service: "fsx", actions: &["DescribeBackups"], resource_types: &["backup"] },
    MoreTypes {
        service: "fsx",
        actions: &["DescribeFileSystems"],
        resource_types: &["file-system"],
    },
    MoreTypes {
        service: "fsx",
        actions: &["DescribeStorageVirtualMachines"],
        resource_types: &["storage-virtual-machine"],
    },
    MoreTypes { service: "fsx", actions: &["DescribeVolumes"], resource_types: &["volume"] },
    // AmazonSageMakerHyperPodObservabilityAdminAccess
    OneMoreTarget {
        service: "grafana",
        actions: &["TagResource"],
        resource_type: "all workspaces",
        format: "arn:${Partition}:grafana:${Region}:${Account}:/workspaces",
    },
    // AWSSupplyChainFederationAdminAccess
    MoreTypes { service: "kms", actions: &["ListAliases", "ListKeys"], resource_types: &["key"] },
    // AWSNetworkFirewallFullAccess, AWSNetworkFirewallReadOnlyAccess, AWSWAFFullAccess
    OneMoreTarget {
        service: "logs",
        actions: &[
            "DescribeResourcePolicies",
            "GetLogDelivery",
            "ListLogDeliveries",
            "PutResourcePolicy",
        ],
        resource_type: "everything",
        format: "arn:${Partition}:logs:${Region}:${Account}:*",
    },
    // AWSMigrationHubOrchestratorPlugin, AWSMigrationHubStrategyCollector
    OneMoreTarget {
        service: "migrationhub-orchestrator",
        actions: &["GetMessage", "RegisterPlugin", "SendMessage"],
        resource_type: "everything",
        format: "arn:${Partition}:migrationhub-orchestrator:${Region}:${Account}:*",
    },
    OneMoreTarget {
        service: "migrationhub-strategy",
        actions: &[
            "GetAntiPattern",
            "GetMessage",
            "ListAntiPatterns",
            "ListJarArtifacts",
            "PutLogData",
            "PutMetricData",
            "RegisterCollector",
            "SendMessage",
            "UpdateCollectorConfiguration",
        ],
        resource_type: "everything",
        format: "arn:${Partition}:migrationhub-strategy:${Region}:${Account}:*",
    },
    // AmazonDevOpsGuruOrganizationsAccess
    OneMoreTarget {
        service: "organizations",
        actions: &[
            "DescribeAccount",
            "DescribeOrganization",
            "ListAWSServiceAccessForOrganization",
            "ListAccounts",
            "ListChildren",
            "ListOrganizationalUnitsForParent",
            "ListRoots",
        ],
        resource_type: "organization of the caller",
        format: "arn:${Partition}:organizations::${Account}:",
    },
    // AWSBudgetsSpendLimitMemberRolePolicy
    OneMoreTarget {
        service: "organizations",
        actions: &["EnableAWSServiceAccess"],
        resource_type: "everything",
        format: "arn:${Partition}:organizations::${Account}:*",
    },
    // CloudFrontFullAccess
    OneMoreTarget {
        service: "pricingplanmanager",
        actions: &[
            "ApprovePaidSubscription",
            "AssociateResourcesToSubscription",
            "CancelSubscription",
            "CancelSubscriptionChange",
            "DisassociateResourcesFromSubscription",
            "GetSubscription",
            "UpdateSubscription",
        ],
        resource_type: "subscription with a colon",
        format: "arn:${Partition}:pricingplanmanager::${Account}:subscription:${SubscriptionId}",
    },
    // AWSApplicationMigrationNetworkMigrationMultiAccount,
    // AWSMarketplaceResaleAuthorizationServiceRolePolicy
    MoreTypes {
        service: "ram",
        actions: &["CreateResourceShare", "GetResourceShares"],
        resource_types: &["resource-share"],
    },
    OneMoreTarget {
        service: "ram",
        actions: &[
            "CreateResourceShare",
            "GetResourceShareAssociations",
            "GetResourceShareInvitations",
            "GetResourceShares",
        ],
        resource_type: "everything",
        format: "arn:${Partition}:ram:${Region}:${Account}:*",
    },
    // AWSSSMForSAPServiceLinkedRolePolicy
    MoreTypes { service: "resource-groups", actions: &["CreateGroup"], resource_types: &["group"] },
    // CloudWatchFullAccessV2, AmazonSSMServiceRolePolicy
    MoreTypes {
        service: "resource-explorer-2",
        actions: &["CreateIndex"],
        resource_types: &["index"],
    },
    MoreTypes {
        service: "resource-explorer-2",
        actions: &["CreateManagedView"],
        resource_types: &["managed-view"],
    },
    // AmazonDataZoneSageMakerManageAccessRolePolicy
    MoreTypes {
        service: "sagemaker",
        actions: &["DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy"],
        resource_types: &["feature-group"],
    },
    // AmazonRedshiftQueryEditorV2NoSharing, AWSOpsWorksCMServiceRole: secrets that services manage.
    OneMoreArn {
        service: "secretsmanager",
        resource_type: "Secret",
        format: "arn:${Partition}:secretsmanager:${Region}:${Account}:sqlworkbench!${SecretId}",
    },
    OneMoreArn {
        service: "secretsmanager",
        resource_type: "Secret",
        format: "arn:${Partition}:secretsmanager:${Region}:${Account}:opsworks-cm!${SecretId}",
    },
    // AWSSystemsManagerJustInTimeAccessServicePolicy
    MoreTypes { service: "ssm", actions: &["CreateOpsItem"], resource_types: &["opsitem"] },
    // AmazonECSServiceRolePolicy, AWSCloud9Administrator
    OneMoreTarget {
        service: "ssmmessages",
        actions: &["OpenDataChannel"],
        resource_type: "session",
        format: "arn:${Partition}:ssm:${Region}:${Account}:session/${SessionId}",
    },
    // AWSBackupServiceRolePolicyForRestores
    OneMoreTarget {
        service: "storagegateway",
        actions: &["ListGateways", "ListVolumes"],
        resource_type: "everything",
        format: "arn:${Partition}:storagegateway:${Region}:${Account}:*",
    },
    // AmazonCloudWatchRUMReadOnlyAccess
    MoreTypes {
        service: "synthetics",
        actions: &["DescribeCanaries", "DescribeCanariesLastRun"],
        resource_types: &["canary"],
    },
    // Requests through a Multi-Region Access Point are authorized on its ARN, which has no Region:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html
    OneMoreArn {
        service: "s3",
        resource_type: "accesspoint",
        format: "arn:${Partition}:s3::${Account}:accesspoint/${AccessPointAlias}",
    },
    OneMoreArn {
        service: "s3",
        resource_type: "accesspointobject",
        format: "arn:${Partition}:s3::${Account}:accesspoint/${AccessPointAlias}/object/${ObjectName}",
    },
    // An object operation is about an object and a bucket operation about a bucket, by itself or
    // behind an access point; the tables mark neither, since it may be either:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    OneOfTypes { service: "s3", actions: OF_BUCKETS_AND_OBJECTS },
    // The bucket of an access point sees through which one a request came, and delegates by it:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
    KeysOfTypes {
        service: "s3",
        resource_types: &["bucket", "object"],
        keys: &[
            "s3:AccessPointNetworkOrigin",
            "s3:DataAccessPointAccount",
            "s3:DataAccessPointArn",
        ],
    },
    TypeTwice {
        service: "bedrock",
        action: "UpdateDataAutomationProject",
        resource_type: "data-automation-project",
    },
    TypeTwice { service: "connect", action: "StartOutboundChatContact", resource_type: "contact" },
    TypeTwice {
        service: "directconnect",
        action: "AssociateHostedConnection",
        resource_type: "dxcon",
    },
    TypeTwice {
        service: "ec2-instance-connect",
        action: "OpenTunnel",
        resource_type: "instance-connect-endpoint",
    },
    TypeTwice { service: "frauddetector", action: "TagResource", resource_type: "variable" },
    TypeTwice { service: "frauddetector", action: "UntagResource", resource_type: "variable" },
    KeyTwice {
        service: "s3",
        action: "GetBucketObjectLockConfiguration",
        key: "s3:signatureversion",
    },
    KeyTwice { service: "sagemaker", action: "UpdateUserProfile", key: "sagemaker:InstanceTypes" },
    KeyName {
        service: "s3",
        written: "s3:ExistingObjectTag/<key>",
        meant: "s3:ExistingObjectTag/${key}",
    },
    KeyName {
        service: "s3",
        written: "s3:RequestObjectTag/<key>",
        meant: "s3:RequestObjectTag/${key}",
    },
    // The families of tags, written as if `tag-key` were a tag.
    KeyName {
        service: "secretsmanager",
        written: "secretsmanager:ResourceTag/tag-key",
        meant: "secretsmanager:ResourceTag/${TagKey}",
    },
    KeyName {
        service: "ssm",
        written: "ssm:resourceTag/tag-key",
        meant: "ssm:resourceTag/${TagKey}",
    },
    KeyName {
        service: "glacier",
        written: "glacier:ResourceTag/",
        meant: "glacier:ResourceTag/${TagKey}",
    },
    KeyName {
        service: "s3-outposts",
        written: "s3-outposts:ExistingObjectTag/<key>",
        meant: "s3-outposts:ExistingObjectTag/${key}",
    },
    KeyName {
        service: "s3-outposts",
        written: "s3-outposts:RequestObjectTag/<key>",
        meant: "s3-outposts:RequestObjectTag/${key}",
    },
    // Subscriptions are limited to products by it:
    // https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
    OneMoreKey {
        service: "aws-marketplace",
        action: "Subscribe",
        key: "aws-marketplace:ProductId",
    },
    // "The type of operating system": `Linux/UNIX` is not an ARN.
    KeyType { service: "ec2", key: "ec2:InstancePlatform", written: "ARN", meant: "String" },
    // `authenticated` stands beside the login providers:
    // https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
    KeyType {
        service: "sts",
        key: "cognito-identity.amazonaws.com:amr",
        written: "String",
        meant: "ArrayOfString",
    },
    // A change set imports resources of several types:
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
    KeyType {
        service: "cloudformation",
        key: "cloudformation:ImportResourceTypes",
        written: "String",
        meant: "ArrayOfString",
    },
    // A request has several; `s3:RequestObjectTagKeys` has the right type.
    KeyType {
        service: "s3-outposts",
        key: "s3-outposts:RequestObjectTagKeys",
        written: "String",
        meant: "ArrayOfString",
    },
];

/// Repairs everything in the table. Returns what each row that found nothing to repair says.
pub fn apply(services: &mut [RawService]) -> Vec<String> {
    TABLE.iter().filter_map(|repair| repair.apply(services).err()).collect()
}

impl Repair {
    fn apply(&self, services: &mut [RawService]) -> Result<(), String> {
        let name = match self {
            TwoArns { service, .. }
            | Arn { service, .. }
            | OneMoreArn { service, .. }
            | TypeTwice { service, .. } => service,
            MoreTypes { service, .. }
            | OneMoreTarget { service, .. }
            | KeysOfTypes { service, .. }
            | OneOfTypes { service, .. } => service,
            KeyTwice { service, .. }
            | KeyName { service, .. }
            | KeyType { service, .. }
            | OneMoreKey { service, .. } => service,
        };
        let service = services.iter_mut().find(|known| known.prefix == *name);
        let found = service.and_then(|service| match self {
            TwoArns { resource_type, .. } => two_arns(arns(service, resource_type)?),
            Arn { resource_type, written, meant, .. } => {
                replace(arns(service, resource_type)?.first_mut()?, written, meant)
            }
            OneMoreArn { resource_type, format, .. } => {
                one_more(arns(service, resource_type)?, format)
            }
            TypeTwice { action, resource_type, .. } => {
                merge(&mut service.actions.get_mut(&lower(action))?.resource_types, resource_type)
            }
            MoreTypes { actions, resource_types, .. } => {
                more_types(service, actions, resource_types)
            }
            OneOfTypes { actions, .. } => one_of_types(service, actions),
            OneMoreTarget { actions, resource_type, format, .. } => {
                one_more_target(service, actions, resource_type, format)
            }
            KeysOfTypes { resource_types, keys, .. } => {
                keys_of_types(service, resource_types, keys)
            }
            KeyTwice { action, key, .. } => {
                once(&mut service.actions.get_mut(&lower(action))?.condition_keys, key)
            }
            OneMoreKey { action, key, .. } => {
                one_more(&mut service.actions.get_mut(&lower(action))?.condition_keys, key)
            }
            KeyName { written, meant, .. } => rename_key(service, written, meant),
            KeyType { key, written, meant, .. } => {
                replace(&mut service.keys.get_mut(&lower(key))?.key_type, written, meant)
            }
        });
        found.ok_or_else(|| {
            format!(
                "the data no longer have the defect that repair {} is for: {}",
                self.row(),
                self.words()
            )
        })
    }

    fn row(&self) -> usize {
        TABLE.iter().position(|known| std::ptr::eq(known, self)).map_or(0, |at| at + 1)
    }

    fn words(&self) -> String {
        match self {
            TwoArns { service, resource_type } => {
                format!("two ARNs of `{resource_type}` in `{service}`")
            }
            Arn { service, resource_type, written, .. } => {
                format!("the ARN `{written}` of `{resource_type}` in `{service}`")
            }
            OneMoreArn { service, resource_type, .. } => {
                format!("one more ARN of `{resource_type}` in `{service}`")
            }
            TypeTwice { service, action, resource_type } => {
                format!("`{resource_type}` twice in `{service}:{action}`")
            }
            MoreTypes { service, actions, resource_types } => {
                format!(
                    "{} of `{service}` without {}",
                    actions.join(", "),
                    resource_types.join(", ")
                )
            }
            OneOfTypes { service, actions } => {
                format!("no required type of `{service}`: {}", actions.join(", "))
            }
            OneMoreTarget { service, actions, format, .. } => {
                format!("{} of `{service}` without `{format}`", actions.join(", "))
            }
            KeysOfTypes { service, resource_types, keys } => {
                format!("{} of `{service}` without {}", resource_types.join(", "), keys.join(", "))
            }
            KeyTwice { service, action, key } => format!("`{key}` twice in `{service}:{action}`"),
            OneMoreKey { service, action, key } => {
                format!("`{service}:{action}` without the key `{key}`")
            }
            KeyName { service, written, .. } => format!("the key `{written}` in `{service}`"),
            KeyType { service, key, written, .. } => {
                format!("the type {written} of `{key}` in `{service}`")
            }
        }
    }
}

fn lower(name: &str) -> String {
    name.to_ascii_lowercase()
}

fn arns<'a>(service: &'a mut RawService, resource_type: &str) -> Option<&'a mut Vec<String>> {
    service
        .resource_types
        .values_mut()
        .find(|known| known.name == resource_type)
        .map(|found| &mut found.arns)
}

fn two_arns(arns: &mut Vec<String>) -> Option<()> {
    let (first, second) = arns.first()?.split_once(", ").filter(|_| arns.len() == 1)?;
    *arns = vec![first.to_owned(), second.to_owned()];
    Some(())
}

fn one_more(texts: &mut Vec<String>, text: &str) -> Option<()> {
    let new = texts.iter().all(|known| known != text);
    new.then(|| texts.push(text.to_owned()))
}

fn replace(text: &mut String, written: &str, meant: &str) -> Option<()> {
    (text == written).then(|| meant.clone_into(text))
}

/// Whether they are required the types that are listed tell.
fn more_types(service: &mut RawService, actions: &[&str], names: &[&str]) -> Option<()> {
    let added = |name: &&str| RawActionResource {
        name: (*name).to_owned(),
        required: false,
        condition_keys: Vec::new(),
        dependent_actions: Vec::new(),
    };
    actions.iter().try_for_each(|action| {
        let listed = &mut service.actions.get_mut(&lower(action))?.resource_types;
        let missing =
            names.iter().all(|name| listed.iter().all(|resource| resource.name != **name));
        missing.then(|| listed.extend(names.iter().map(added)))
    })
}

/// Marks the types of actions that have some and mark none. Several that are marked mean that one
/// of them is required.
fn one_of_types(service: &mut RawService, actions: &[&str]) -> Option<()> {
    actions.iter().try_for_each(|action| {
        let listed = &mut service.actions.get_mut(&lower(action))?.resource_types;
        let unmarked = !listed.is_empty() && listed.iter().all(|resource| !resource.required);
        listed.iter_mut().for_each(|resource| resource.required = true);
        unmarked.then_some(())
    })
}

/// A resource type of its own, which no other action has.
fn one_more_target(
    service: &mut RawService,
    actions: &[&str],
    name: &str,
    format: &str,
) -> Option<()> {
    more_types(service, actions, &[name])?;
    let added = RawResourceType {
        name: name.to_owned(),
        arns: vec![format.to_owned()],
        condition_keys: Vec::new(),
    };
    service.resource_types.insert(lower(name), added).is_none().then_some(())
}

fn keys_of_types(service: &mut RawService, names: &[&str], keys: &[&str]) -> Option<()> {
    names.iter().try_for_each(|name| {
        let listed = &mut service
            .resource_types
            .values_mut()
            .find(|known| known.name == *name)?
            .condition_keys;
        keys.iter().try_for_each(|key| one_more(listed, key))
    })
}

fn merge(listed: &mut Vec<RawActionResource>, name: &str) -> Option<()> {
    let first = listed.iter().position(|resource| resource.name == name)?;
    let before = listed.len();
    let (mut required, mut keys) = (false, Vec::new());
    for again in listed.iter().skip(first).filter(|resource| resource.name == name) {
        required |= again.required;
        keys.extend(again.condition_keys.iter().cloned());
    }
    keys.sort();
    keys.dedup();
    let mut kept = false;
    listed.retain(|resource| resource.name != name || !std::mem::replace(&mut kept, true));
    let merged = listed.get_mut(first)?;
    (merged.required, merged.condition_keys) = (required, keys);
    (listed.len() < before).then_some(())
}

fn once(keys: &mut Vec<String>, key: &str) -> Option<()> {
    let before = keys.len();
    let mut kept = false;
    keys.retain(|known| known != key || !std::mem::replace(&mut kept, true));
    (keys.len() < before).then_some(())
}

fn rename_key(service: &mut RawService, written: &str, meant: &str) -> Option<()> {
    let mut key = service.keys.remove(&lower(written))?;
    replace(&mut key.name, written, meant)?;
    service.keys.insert(lower(meant), key);
    let actions = service.actions.values_mut().flat_map(|action| {
        let listed = action
            .resource_types
            .iter_mut()
            .flat_map(|resource| resource.condition_keys.iter_mut());
        action.condition_keys.iter_mut().chain(listed)
    });
    let types =
        service.resource_types.values_mut().flat_map(|resource| resource.condition_keys.iter_mut());
    for name in actions.chain(types) {
        _ = replace(name, written, meant);
    }
    Some(())
}
