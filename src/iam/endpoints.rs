//! Facts about the endpoints of services that no policy document tells (SEMANTICS 5.6, F24 and
//! F31), and about what services refuse whatever the policies say (F32). Plain data.

/// What the Regions of a partition begin with; all others are in the partition `aws` (SEMANTICS
/// F24). As of botocore 1.44.8, 2026-11.
pub const REGIONS_OF_PARTITIONS: &[(&str, &str)] = &[
    ("aws-cn", "cn-"),
    ("aws-us-gov", "us-gov-"),
    ("aws-eusc", "eusc-"),
    ("aws-iso", "us-iso-"),
    ("aws-iso-b", "us-isob-"),
    ("aws-iso-e", "eu-isoe-"),
    ("aws-iso-f", "us-isof-"),
];

/// What the names of hosts, and so of service principals, end in; the partitions `aws` and
/// `aws-us-gov` share `amazonaws.com`, which other partitions use for some service principals, too.
/// As of botocore 1.44.8, 2026-11.
pub const SUFFIXES_OF_PARTITIONS: &[(&str, &str)] = &[
    ("aws-cn", ".amazonaws.com.cn"),
    ("aws-eusc", ".amazonaws.eu"),
    ("aws-iso", ".c2s.ic.gov"),
    ("aws-iso-b", ".sc2s.sgov.gov"),
    ("aws-iso-e", ".cloud.adc-e.uk"),
    ("aws-iso-f", ".csp.hci.ic.gov"),
];

/// The services some of whose actions are authorized on an ARN with nothing after the account
/// (SEMANTICS F12): `sqs:ListQueues`, by the text with which AWS refuses it ("on resource:
/// arn:aws:sqs:us-east-1:123456789012:", <https://hackingthe.cloud/aws/enumeration/whoami/>), and
/// what AWS's policy AmazonDevOpsGuruOrganizationsAccess grants on `arn:aws:organizations::*:`.
pub const NAME_NOTHING: &[&str] = &["organizations", "sqs"];

/// The account that stands for the one of AWS that owns foundation models (SEMANTICS 7.2, F37): no
/// source names that, and nobody is in this.
pub const MODEL_ACCOUNT: &str = "000000000000";

/// The organization that stands for the one of AWS that owns foundation models: ids of customers
/// are longer.
pub const MODEL_ORGANIZATION: &str = "o-aws";

/// The geographies that ids of system-defined inference profiles begin with, and what the Regions
/// begin with to which their profiles route (SEMANTICS F38); `global` has none, since its models
/// have no Region or that of the call. Which models route where, only
/// `aws bedrock get-inference-profile` says: this is what all profiles of a geography have in
/// common. As of 2026-11:
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html>
pub const GEOGRAPHIES: &[(&str, &[&str])] = &[
    ("us", &["us-", "ca-"]),
    ("eu", &["eu-", "il-"]),
    ("apac", &["ap-", "me-"]),
    ("jp", &["ap-northeast-"]),
    ("au", &["ap-southeast-"]),
    ("ca", &["ca-"]),
    ("amer", &["us-", "ca-", "mx-", "sa-"]),
    ("us-gov", &["us-gov-"]),
    ("global", &[]),
];

/// Resources of Bedrock that can have a resource-based policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BedrockPolicy {
    /// The service field of their ARNs.
    pub service: &'static str,
    /// What the last field of their ARNs begins with.
    pub start: &'static str,
    /// The actions that the policy can be about; none: all that are authorized on such a resource.
    pub actions: &'static [&'static str],
}

/// What the root user of a bucket's owner does whatever the bucket's policy denies (SEMANTICS 6.3),
/// so that nobody is locked out:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>
pub const KEPT_BY_BUCKET_OWNERS: &[&str] =
    &["s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"];

/// The prefixes of actions that are about resources of Bedrock.
pub const BEDROCK_PREFIXES: &[&str] = &["bedrock", "bedrock-mantle", "bedrock-agentcore"];

/// The resources of Bedrock that have resource-based policies (SEMANTICS 6.3), as documented in
/// 2026-11.
pub const BEDROCK_POLICIES: &[BedrockPolicy] = &[
    // https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-cross-account.html: of type
    // MANAGED, which no ARN tells, and for these two actions.
    BedrockPolicy {
        service: "bedrock",
        start: "knowledge-base/",
        actions: &["bedrock:Retrieve", "bedrock:GetDocumentContent"],
    },
    // https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-resource-based-policies.html
    BedrockPolicy { service: "bedrock", start: "guardrail/", actions: &[] },
    BedrockPolicy { service: "bedrock", start: "guardrail-profile/", actions: &[] },
    // https://docs.aws.amazon.com/bedrock/latest/userguide/share-model.html: shared through AWS
    // RAM, which writes the policy.
    BedrockPolicy { service: "bedrock", start: "custom-model/", actions: &[] },
    // https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html:
    // runtimes and their endpoints, whose ARNs begin as theirs do, gateways and memories.
    BedrockPolicy { service: "bedrock-agentcore", start: "runtime/", actions: &[] },
    BedrockPolicy { service: "bedrock-agentcore", start: "gateway/", actions: &[] },
    BedrockPolicy { service: "bedrock-agentcore", start: "memory/", actions: &[] },
];

/// The Regions in which a service that is not regional can be asked in a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlobalService {
    /// The prefix of its actions.
    pub service: &'static str,
    /// The partition.
    pub partition: &'static str,
    /// Where its endpoints are: what `aws:RequestedRegion` is.
    pub regions: &'static [&'static str],
}

const fn at(
    service: &'static str,
    partition: &'static str,
    regions: &'static [&'static str],
) -> GlobalService {
    GlobalService { service, partition, regions }
}

const VIRGINIA: &[&str] = &["us-east-1"];
const OREGON: &[&str] = &["us-west-2"];
const BEIJING: &[&str] = &["cn-north-1"];
const NINGXIA: &[&str] = &["cn-northwest-1"];
const GOV_WEST: &[&str] = &["us-gov-west-1"];
const ISO: &[&str] = &["us-iso-east-1"];
const ISO_B: &[&str] = &["us-isob-east-1"];
const ISO_E: &[&str] = &["eu-isoe-west-1"];
const ISO_F: &[&str] = &["us-isof-south-1"];

/// The services that are not regional, partition by partition: what botocore 1.44.8 marks in its
/// endpoints (2026-11), with Support and Global Accelerator as the AWS General Reference has them.
/// Services whose resources have a Region in their ARNs are not among them (AWS Health, Amazon
/// Chime, whose prefix is also that of its regional SDK, Amazon CodeCatalyst).
pub const GLOBAL_SERVICES: &[GlobalService] = &[
    at("account", "aws", VIRGINIA),
    at("account", "aws-cn", NINGXIA),
    at("billingconductor", "aws", VIRGINIA),
    at("budgets", "aws", VIRGINIA),
    at("budgets", "aws-cn", NINGXIA),
    at("budgets", "aws-iso", ISO),
    at("budgets", "aws-iso-b", ISO_B),
    at("budgets", "aws-iso-e", ISO_E),
    at("budgets", "aws-iso-f", ISO_F),
    at("ce", "aws", VIRGINIA),
    at("ce", "aws-cn", NINGXIA),
    at("ce", "aws-iso", ISO),
    at("ce", "aws-iso-b", ISO_B),
    at("ce", "aws-iso-f", ISO_F),
    at("cloudfront", "aws", VIRGINIA),
    at("cloudfront", "aws-cn", NINGXIA),
    // https://docs.aws.amazon.com/general/latest/gr/global_accelerator.html: one endpoint, though
    // SDKs list every Region.
    at("globalaccelerator", "aws", OREGON),
    at("iam", "aws", VIRGINIA),
    at("iam", "aws-cn", BEIJING),
    at("iam", "aws-us-gov", GOV_WEST),
    at("iam", "aws-iso", ISO),
    at("iam", "aws-iso-b", ISO_B),
    at("iam", "aws-iso-f", ISO_F),
    at("importexport", "aws", VIRGINIA),
    // `mturk-requester` in botocore.
    at("mechanicalturk", "aws", VIRGINIA),
    at("networkmanager", "aws", OREGON),
    at("networkmanager", "aws-us-gov", GOV_WEST),
    at("notifications-contacts", "aws", VIRGINIA),
    at("organizations", "aws", VIRGINIA),
    at("organizations", "aws-cn", NINGXIA),
    at("organizations", "aws-us-gov", GOV_WEST),
    at("organizations", "aws-iso", ISO),
    at("organizations", "aws-iso-b", ISO_B),
    at("organizations", "aws-iso-e", ISO_E),
    at("organizations", "aws-iso-f", ISO_F),
    at("route53", "aws", VIRGINIA),
    at("route53", "aws-cn", NINGXIA),
    at("route53", "aws-us-gov", GOV_WEST),
    at("route53", "aws-iso", ISO),
    at("route53", "aws-iso-b", ISO_B),
    at("route53", "aws-iso-e", ISO_E),
    at("route53", "aws-iso-f", ISO_F),
    // https://docs.aws.amazon.com/recovery-cluster/latest/api/what-is-recovery-control.html: US
    // West (Oregon) for readiness and recovery control configuration.
    at("route53-recovery-control-config", "aws", OREGON),
    at("route53-recovery-readiness", "aws", OREGON),
    at("savingsplans", "aws", VIRGINIA),
    at("savingsplans", "aws-iso-e", ISO_E),
    at("savingsplans", "aws-iso-f", ISO_F),
    at("shield", "aws", VIRGINIA),
    // https://docs.aws.amazon.com/general/latest/gr/awssupport.html: three endpoints.
    at("support", "aws", &["us-east-1", "us-west-2", "eu-west-1"]),
    at("support", "aws-cn", BEIJING),
    at("support", "aws-us-gov", GOV_WEST),
    at("tax", "aws", VIRGINIA),
    at("waf", "aws", VIRGINIA),
];

/// The services that tell everything of a VPC endpoint, as the page of global condition keys lists
/// them in 2026, key by key:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
const TELL_EVERYTHING: &[&str] = &[
    "acm-pca",
    "applicationinsights",
    "apprunner",
    "athena",
    "cloudformation",
    "comprehendmedical",
    "compute-optimizer",
    "datasync",
    "discovery",
    "ebs",
    "ecr",
    "ecs",
    "firehose",
    "healthlake",
    "iam",
    "iotfleetwise",
    "iotwireless",
    "kinesisanalytics",
    "kms",
    "lambda",
    "medical-imaging",
    "omics",
    "payment-cryptography",
    "polly",
    "rbin",
    "rekognition",
    "route53",
    "s3",
    "scheduler",
    "servicediscovery",
    "servicequotas",
    "ssm-contacts",
    "storagegateway",
    "textract",
    "transcribe",
    "transfer",
];

/// Those that tell whose the endpoint is, and not the ARN of its VPC.
const TELL_OWNER: &[&str] = &["dynamodb", "gamelift", "shield"];

/// Those that tell the organization of the endpoint's account and nothing else.
const TELL_ORGANIZATION: &[&str] = &[
    "b2bi",
    "cassandra",
    "cognito-identity",
    "dms",
    "ds-data",
    "identitystore",
    "iottwinmaker",
    "network-firewall",
    "pricing",
    "ses",
    "sms-voice",
    "sqs",
    "workmail",
];

/// The services that tell the ARN of the VPC that a request came through, `aws:SourceVpcArn`
/// (SEMANTICS F14). `iam:PassRole` is not a request of its own and tells nothing, by the same page,
/// here and in the next two lists.
pub const TELL_VPC_ARN: &[&[&str]] = &[TELL_EVERYTHING];

/// Those that tell the account of the VPC endpoint, `aws:VpceAccount`, and its place in an
/// organization, `aws:VpceOrgPaths`.
pub const TELL_ENDPOINT_OWNER: &[&[&str]] = &[TELL_EVERYTHING, TELL_OWNER];

/// Those that tell the organization of the endpoint's account, `aws:VpceOrgID`.
pub const TELL_ENDPOINT_ORGANIZATION: &[&[&str]] =
    &[TELL_EVERYTHING, TELL_OWNER, TELL_ORGANIZATION];

/// The action that is authorized with the request of another service and tells nothing of a way of
/// its own.
pub const TELLS_NO_WAY: &str = "iam:PassRole";

/// The services that have resource-based policies, which alone can grant something to callers who
/// do not sign (SEMANTICS F36): those of which botocore 1.43.11 (2026-11) knows an operation that
/// attaches one, and those that ask the policies of another prefix. Roles have policies, too, and
/// nobody assumes one without a signature or an identity provider.
pub const WITH_RESOURCE_POLICIES: &[&str] = &[
    "acm-pca",
    "aoss",
    "aps",
    "aws-marketplace",
    "backup",
    "bedrock",
    "bedrock-agentcore",
    "cloudfront",
    "cloudhsm",
    "cloudtrail",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codeguru-profiler",
    "comprehend",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "elasticfilesystem",
    "entityresolution",
    "es",
    "events",
    "execute-api",
    "glacier",
    "glue",
    "imagebuilder",
    "kafka",
    "kafka-cluster",
    "kinesis",
    "kms",
    "lambda",
    "lex",
    "logs",
    "mediaconvert",
    "mediapackagev2",
    "mediastore",
    "mediatailor",
    "network-firewall",
    "networkmanager",
    "omics",
    "organizations",
    "osis",
    "payment-cryptography",
    "redshift",
    "redshift-serverless",
    "refactor-spaces",
    "rekognition",
    "rum",
    "s3",
    "s3-object-lambda",
    "s3-outposts",
    "s3express",
    "s3files",
    "s3tables",
    "s3vectors",
    "sagemaker",
    "schemas",
    "secretsmanager",
    "serverlessrepo",
    "ses",
    "signer",
    "sms-voice",
    "sns",
    "sqs",
    "ssm",
    "ssm-contacts",
    "ssm-incidents",
    "vpc-lattice",
    "vpc-lattice-svcs",
    "wafv2",
    "xray",
];

/// Actions of these services that have no API of their own, or are asked for on behalf of another
/// call: in the Region of that call.
pub const ASKED_BY_OTHERS: &[&str] = &["iam:CreateServiceLinkedRole", "iam:PassRole"];

/// What a service refuses itself, whatever the policies say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The actions.
    pub actions: &'static [&'static str],
    /// The service field of the resources.
    pub service: &'static str,
    /// Their account field, if only one is meant.
    pub account: Option<&'static str>,
    /// What the last field of the resources begins with.
    pub start: &'static str,
    /// The path of the roles whose sessions are not refused.
    pub unless: Option<&'static str>,
}

/// The refusals that are documented.
pub const REFUSALS: &[Refusal] = &[
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html: AWS
    // managed policies cannot be changed.
    Refusal {
        actions: &[
            "iam:CreatePolicy",
            "iam:CreatePolicyVersion",
            "iam:DeletePolicy",
            "iam:DeletePolicyVersion",
            "iam:SetDefaultPolicyVersion",
            "iam:TagPolicy",
            "iam:UntagPolicy",
        ],
        service: "iam",
        account: Some("aws"),
        start: "policy/",
        unless: None,
    },
    // https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html:
    // roles of permission sets are changed by IAM Identity Center only.
    Refusal {
        actions: &[
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:UpdateRoleDescription",
        ],
        service: "iam",
        account: None,
        start: "role/aws-reserved/sso.amazonaws.com/",
        unless: Some("aws-service-role/sso.amazonaws.com/"),
    },
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html, UnmodifiableEntity:
    // only the service that depends on a service-linked role can change it, and its roles do
    // (AWSOrganizationsServiceTrustPolicy). `AttachRolePolicy`, `PutRolePolicy` and
    // `UpdateRoleDescription` are not here: AWS's policies grant them to those who have such a role
    // made (CloudWatchInternetMonitorFullAccess).
    Refusal {
        actions: &[
            "iam:DeleteRole",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
        ],
        service: "iam",
        account: None,
        start: "role/aws-service-role/",
        unless: Some("aws-service-role/"),
    },
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html: no
    // name begins with `aws` or `ssm`.
    Refusal {
        actions: &["ssm:PutParameter"],
        service: "ssm",
        account: None,
        start: "parameter/aws",
        unless: None,
    },
    Refusal {
        actions: &["ssm:PutParameter"],
        service: "ssm",
        account: None,
        start: "parameter/ssm",
        unless: None,
    },
    // https://docs.aws.amazon.com/kms/latest/developerguide/alias-manage.html: aliases that begin
    // with `aws/` are those of AWS managed keys.
    Refusal {
        actions: &["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
        service: "kms",
        account: None,
        start: "alias/aws/",
        unless: None,
    },
];
