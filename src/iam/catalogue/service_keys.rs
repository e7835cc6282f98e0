//! Facts about keys of services that the catalogue does not tell: which come with every request for
//! an action (SEMANTICS F34), and which hold one of few values (F35). Plain data. The values of
//! parameters are those of botocore 1.43.11, of KMS those of 1.44.8, 2026-11.

/// Services that do not send `aws:ResourceOrgID` and `aws:ResourceOrgPaths` (SEMANTICS F10), by the
/// prefixes of their actions:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceorgid>
pub const WITHOUT_RESOURCE_ORGANIZATION: &[&str] = &["ebs", "events"];

/// Actions of other services that do not send them, in lower case; same source.
pub const ACTIONS_WITHOUT_RESOURCE_ORGANIZATION: &[&str] = &[
    "ec2:copyfpgaimage",
    "ec2:copyimage",
    "ec2:copysnapshot",
    "ec2:createtransitgatewaypeeringattachment",
    "ec2:createvolume",
    "ec2:createvpcpeeringconnection",
];

/// On what an action has to be authorized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// On anything, `*` included.
    Anything,
    /// On anything, for actions of which the catalogue knows some type of resources.
    Owned,
    /// On a resource of this type of the catalogue.
    Type(&'static str),
}

/// A key that is always sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlwaysSent {
    /// The key, in lower case.
    pub key: &'static str,
    /// The actions, in lower case; `s3:*` for all of a service.
    pub actions: &'static [&'static str],
    /// On what.
    pub on: On,
    /// Whether only requests of callers in an account carry it: others may be unsigned, and
    /// anonymous callers are.
    pub in_account: bool,
}

const fn sent(key: &'static str, actions: &'static [&'static str], on: On) -> AlwaysSent {
    AlwaysSent { key, actions, on, in_account: false }
}

const fn signed(key: &'static str, actions: &'static [&'static str]) -> AlwaysSent {
    AlwaysSent { key, actions, on: On::Anything, in_account: true }
}

/// The keys that are always sent: they tell of the resource or of the signature, or repeat a
/// parameter that the API requires. Each counts where the catalogue lists it for the action.
pub const ALWAYS_SENT: &[AlwaysSent] = &[
    // https://docs.aws.amazon.com/accounts/latest/reference/security_account-permissions-ref.html:
    // the Region is a required parameter.
    sent(
        "account:targetregion",
        &["account:disableregion", "account:enableregion", "account:getregionoptstatus"],
        On::Anything,
    ),
    // https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-permissions.html: a key is of
    // one type or the other.
    sent("bedrock:bearertokentype", &["bedrock:callwithbearertoken"], On::Anything),
    sent("bedrock-mantle:bearertokentype", &["bedrock-mantle:callwithbearertoken"], On::Anything),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    sent("cloudwatch:namespace", &["cloudwatch:putmetricdata"], On::Anything),
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html: the
    // Region of the request, which each has.
    sent("ec2:region", &["ec2:*"], On::Anything),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html: the
    // service is a required parameter.
    sent("iam:awsservicename", &["iam:createservicelinkedrole"], On::Anything),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html: required parameters.
    sent(
        "iam:policyarn",
        &[
            "iam:attachgrouppolicy",
            "iam:attachrolepolicy",
            "iam:attachuserpolicy",
            "iam:detachgrouppolicy",
            "iam:detachrolepolicy",
            "iam:detachuserpolicy",
        ],
        On::Anything,
    ),
    sent(
        "iam:permissionsboundary",
        &["iam:putrolepermissionsboundary", "iam:putuserpermissionsboundary"],
        On::Anything,
    ),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html:
    // the service is a required parameter. Other operations name a credential by its id.
    sent(
        "iam:servicespecificcredentialservicename",
        &["iam:createservicespecificcredential"],
        On::Anything,
    ),
    // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html: the account of the
    // caller; the properties of the key that an operation uses. A request that makes a key may
    // leave them out.
    signed("kms:calleraccount", &["kms:*"]),
    sent("kms:keyorigin", &["kms:*"], On::Type("key")),
    sent("kms:keyspec", &["kms:*"], On::Type("key")),
    sent("kms:keyusage", &["kms:*"], On::Type("key")),
    sent("kms:multiregion", &["kms:*"], On::Type("key")),
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html: required parameters.
    // The grantee of a grant is a principal or a service principal, so neither is required.
    sent(
        "kms:datakeypairspec",
        &["kms:generatedatakeypair", "kms:generatedatakeypairwithoutplaintext"],
        On::Anything,
    ),
    sent("kms:grantoperations", &["kms:creategrant"], On::Anything),
    sent("kms:keyagreementalgorithm", &["kms:derivesharedsecret"], On::Anything),
    sent("kms:macalgorithm", &["kms:generatemac", "kms:verifymac"], On::Anything),
    sent("kms:signingalgorithm", &["kms:sign", "kms:verify"], On::Anything),
    sent("kms:wrappingalgorithm", &["kms:getparametersforimport"], On::Anything),
    sent("kms:wrappingkeyspec", &["kms:getparametersforimport"], On::Anything),
    // https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html: every function URL has an
    // authorization type.
    sent(
        "lambda:functionurlauthtype",
        &["lambda:createfunctionurlconfig", "lambda:invokefunctionurl"],
        On::Anything,
    ),
    // https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html: required
    // parameters.
    sent(
        "organizations:policytype",
        &[
            "organizations:createpolicy",
            "organizations:disablepolicytype",
            "organizations:enablepolicytype",
        ],
        On::Anything,
    ),
    sent(
        "organizations:serviceprincipal",
        &[
            "organizations:deregisterdelegatedadministrator",
            "organizations:disableawsserviceaccess",
            "organizations:enableawsserviceaccess",
            "organizations:registerdelegatedadministrator",
        ],
        On::Anything,
    ),
    // https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html: how a
    // request is signed.
    signed("s3:authtype", &["s3:*"]),
    signed("s3:signatureversion", &["s3:*"]),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html: the account
    // that owns the bucket.
    sent("s3:resourceaccount", &["s3:*"], On::Owned),
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html: the
    // secret is a required parameter.
    sent(
        "secretsmanager:secretid",
        &[
            "secretsmanager:deletesecret",
            "secretsmanager:describesecret",
            "secretsmanager:getresourcepolicy",
            "secretsmanager:getsecretvalue",
            "secretsmanager:listsecretversionids",
            "secretsmanager:putresourcepolicy",
            "secretsmanager:putsecretvalue",
            "secretsmanager:restoresecret",
            "secretsmanager:rotatesecret",
            "secretsmanager:updatesecret",
        ],
        On::Anything,
    ),
    // https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html: the protocol is a required
    // parameter.
    sent("sns:protocol", &["sns:subscribe"], On::Anything),
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html:
    // present whenever a role is assumed, and in requests for a bearer token.
    sent(
        "sts:rolesessionname",
        &["sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"],
        On::Anything,
    ),
    sent("sts:awsservicename", &["sts:getservicebearertoken"], On::Anything),
];

/// A key that holds one of few values, or values of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// The key, in lower case.
    pub key: &'static str,
    /// The values.
    pub values: Values,
}

/// The values that a key can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// These; one that begins with `*` stands for every text that is longer and ends so.
    Listed(&'static [&'static str]),
    /// The decimal numbers that are no less than the first and no more than the second.
    Between(u32, u32),
    /// ARNs of this service in a Region and an account, whose last field begins with one of these
    /// and goes on with an id: letters, digits, and `.`, `:`, `_`, `-`.
    Arns(&'static str, &'static [&'static str]),
    /// One or more ASCII letters, digits, and these characters.
    Written(&'static str),
}

const fn closed(key: &'static str, values: &'static [&'static str]) -> Closed {
    Closed { key, values: Values::Listed(values) }
}

const fn of_form(key: &'static str, values: Values) -> Closed {
    Closed { key, values }
}

const KEY_SPECS: &[&str] = &[
    "SYMMETRIC_DEFAULT",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "ECC_NIST_P256",
    "ECC_NIST_P384",
    "ECC_NIST_P521",
    "ECC_NIST_EDWARDS25519",
    "ECC_SECG_P256K1",
    "HMAC_224",
    "HMAC_256",
    "HMAC_384",
    "HMAC_512",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "ML_KEM_512",
    "ML_KEM_768",
    "ML_KEM_1024",
    "SM2",
];

const KEY_USAGES: &[&str] = &[
    "ENCRYPT_DECRYPT",
    "SIGN_VERIFY",
    "GENERATE_VERIFY_MAC",
    "KEY_AGREEMENT",
    "ENCAPSULATE_DECAPSULATE",
];

/// The names of services, by the suffixes of the partitions.
const SERVICE_NAMES: &[&str] = &[
    "*.amazonaws.com",
    "*.amazonaws.com.cn",
    "*.amazonaws.eu",
    "*.c2s.ic.gov",
    "*.sc2s.sgov.gov",
    "*.cloud.adc-e.uk",
    "*.csp.hci.ic.gov",
];

/// The types of API keys of Bedrock.
const TOKEN_TYPES: &[&str] = &["SHORT_TERM", "LONG_TERM"];

/// The keys whose values are known. Those of parameters are the values that the API takes.
pub const CLOSED: &[Closed] = &[
    // https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-permissions.html, of 2026-11.
    closed("bedrock:bearertokentype", TOKEN_TYPES),
    closed("bedrock-mantle:bearertokentype", TOKEN_TYPES),
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ServiceTier.html, of
    // 2026-11. Of `bedrock-mantle:ServiceTier` no source lists the values.
    closed("bedrock:servicetier", &["priority", "default", "flex", "reserved"]),
    // https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html: an ARN,
    // with `:` and a version or without.
    of_form("bedrock:guardrailidentifier", Values::Arns("bedrock", &["guardrail/"])),
    // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    of_form(
        "bedrock:inferenceprofilearn",
        Values::Arns("bedrock", &["inference-profile/", "application-inference-profile/"]),
    ),
    // The ids of models:
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html, the
    // pattern of `modelId`.
    of_form("bedrock-mantle:model", Values::Written(".:_-/")),
    closed("dynamodb:returnconsumedcapacity", &["INDEXES", "TOTAL", "NONE"]),
    closed("dynamodb:returnvalues", &["NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"]),
    closed(
        "dynamodb:select",
        &["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT"],
    ),
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    closed("ec2:imagetype", &["machine", "kernel", "ramdisk"]),
    closed("ec2:metadatahttpendpoint", &["enabled", "disabled"]),
    closed("ec2:metadatahttptokens", &["optional", "required"]),
    closed("ec2:rootdevicetype", &["ebs", "instance-store"]),
    closed("ec2:tenancy", &["default", "dedicated", "host"]),
    closed("ec2:volumetype", &["standard", "io1", "io2", "gp2", "gp3", "sc1", "st1"]),
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/security_iam_service-with-iam.html
    closed("elasticloadbalancing:scheme", &["internet-facing", "internal"]),
    // https://docs.aws.amazon.com/glue/latest/dg/security_iam_service-with-iam.html
    closed("glue:credentialissuingservice", &["glue.amazonaws.com"]),
    closed("glue:roleassumedby", &["glue.amazonaws.com"]),
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html:
    // names of services.
    closed("iam:awsservicename", SERVICE_NAMES),
    closed("iam:passedtoservice", SERVICE_NAMES),
    closed("iam:servicespecificcredentialservicename", SERVICE_NAMES),
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
    of_form("iam:servicespecificcredentialagedays", Values::Between(1, 36600)),
    closed("sts:awsservicename", SERVICE_NAMES),
    closed("organizations:serviceprincipal", SERVICE_NAMES),
    // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    closed("kms:customermasterkeyspec", KEY_SPECS),
    closed("kms:customermasterkeyusage", KEY_USAGES),
    closed(
        "kms:encryptionalgorithm",
        &["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"],
    ),
    closed("kms:expirationmodel", &["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"]),
    closed("kms:keyorigin", &["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]),
    closed("kms:keyspec", KEY_SPECS),
    closed("kms:keyusage", KEY_USAGES),
    closed("kms:macalgorithm", &["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"]),
    closed("kms:messagetype", &["RAW", "DIGEST", "EXTERNAL_MU"]),
    closed("kms:multiregionkeytype", &["PRIMARY", "REPLICA"]),
    closed("kms:keyagreementalgorithm", &["ECDH"]),
    closed(
        "kms:signingalgorithm",
        &[
            "RSASSA_PSS_SHA_256",
            "RSASSA_PSS_SHA_384",
            "RSASSA_PSS_SHA_512",
            "RSASSA_PKCS1_V1_5_SHA_256",
            "RSASSA_PKCS1_V1_5_SHA_384",
            "RSASSA_PKCS1_V1_5_SHA_512",
            "ECDSA_SHA_256",
            "ECDSA_SHA_384",
            "ECDSA_SHA_512",
            "SM2DSA",
            "ML_DSA_SHAKE_256",
            "ED25519_SHA_512",
            "ED25519_PH_SHA_512",
        ],
    ),
    // `s3.us-east-1.amazonaws.com`
    closed("kms:viaservice", SERVICE_NAMES),
    closed("kms:wrappingkeyspec", &["RSA_2048", "RSA_3072", "RSA_4096", "SM2"]),
    // https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    closed("lambda:functionurlauthtype", &["NONE", "AWS_IAM"]),
    // https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html, with
    // the version that Multi-Region Access Points take.
    closed("s3:authtype", &["REST-HEADER", "REST-QUERY-STRING", "POST"]),
    closed("s3:signatureversion", &["AWS", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"]),
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
    closed("s3:accesspointnetworkorigin", &["Internet", "VPC"]),
    closed("s3:object-lock-legal-hold", &["ON", "OFF"]),
    closed("s3:object-lock-mode", &["GOVERNANCE", "COMPLIANCE"]),
    // The canned ACLs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
    closed(
        "s3:x-amz-acl",
        &[
            "private",
            "public-read",
            "public-read-write",
            "aws-exec-read",
            "authenticated-read",
            "bucket-owner-read",
            "bucket-owner-full-control",
            "log-delivery-write",
        ],
    ),
    closed("s3:x-amz-metadata-directive", &["COPY", "REPLACE"]),
    closed(
        "s3:x-amz-object-ownership",
        &["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"],
    ),
    closed("s3:x-amz-server-side-encryption", &["AES256", "aws:fsx", "aws:kms", "aws:kms:dsse"]),
    closed("s3:x-amz-server-side-encryption-customer-algorithm", &["AES256"]),
    closed(
        "s3:x-amz-storage-class",
        &[
            "STANDARD",
            "REDUCED_REDUNDANCY",
            "STANDARD_IA",
            "ONEZONE_IA",
            "INTELLIGENT_TIERING",
            "GLACIER",
            "GLACIER_IR",
            "DEEP_ARCHIVE",
            "OUTPOSTS",
            "SNOW",
            "EXPRESS_ONEZONE",
            "FSX_OPENZFS",
            "FSX_ONTAP",
        ],
    ),
    // https://docs.aws.amazon.com/sns/latest/dg/sns-using-identity-based-policies.html
    closed(
        "sns:protocol",
        &[
            "http",
            "https",
            "email",
            "email-json",
            "sms",
            "sqs",
            "application",
            "lambda",
            "firehose",
        ],
    ),
];
