//! The small pools of overlapping texts that random policies and requests are drawn from: small, so
//! that matches are frequent.

use keyaki::policy::Family;

/// A condition key of the generator.
#[derive(Debug)]
pub struct Key {
    /// The canonical spelling.
    pub name: &'static str,
    /// What its values are.
    pub family: Family,
    /// Whether requests carry several values.
    pub list: bool,
}

const fn key(name: &'static str, family: Family) -> Key {
    Key { name, family, list: false }
}

const fn list(name: &'static str, family: Family) -> Key {
    Key { name, family, list: true }
}

pub const KEYS: &[Key] = &[
    key("aws:PrincipalTag/team", Family::String),
    key("aws:ResourceTag/team", Family::String),
    key("aws:username", Family::String),
    key("aws:userid", Family::String),
    key("aws:SourceVpce", Family::String),
    key("s3:prefix", Family::String),
    list("aws:TagKeys", Family::String),
    list("svc:Names", Family::String),
    key("aws:MultiFactorAuthAge", Family::Numeric),
    key("s3:max-keys", Family::Numeric),
    list("svc:Sizes", Family::Numeric),
    key("aws:CurrentTime", Family::Date),
    key("aws:EpochTime", Family::Date),
    list("svc:Days", Family::Date),
    key("aws:SecureTransport", Family::Bool),
    key("aws:MultiFactorAuthPresent", Family::Bool),
    list("svc:Flags", Family::Bool),
    key("svc:Blob", Family::Binary),
    list("svc:Blobs", Family::Binary),
    key("aws:SourceIp", Family::IpAddress),
    key("aws:VpcSourceIp", Family::IpAddress),
    list("svc:Hosts", Family::IpAddress),
    key("aws:SourceArn", Family::Arn),
    key("aws:PrincipalArn", Family::Arn),
    list("svc:Arns", Family::Arn),
];

/// Policy variables: of a present or absent key, with and without default, of multivalued keys, in
/// another case.
pub const VARIABLES: &[&str] = &[
    "${aws:username}",
    "${AWS:UserName}",
    "${aws:PrincipalTag/team}",
    "${aws:PrincipalTag/team, 'a'}",
    "${aws:ResourceTag/TEAM}",
    "${s3:prefix, ''}",
    "${s3:prefix, 'b*'}",
    "${aws:TagKeys}",
    "${aws:TagKeys, 'a'}",
    "${svc:Never}",
    "${svc:Never, 'dev'}",
];

pub const ESCAPES: &[&str] = &["${*}", "${?}", "${$}"];

/// The keys that show that a request came through a VPC endpoint.
pub const ENDPOINT_KEYS: &[&str] = &["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"];

pub const REQUEST_ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListBucket",
    "S3:getobject",
    "s3:PutBucketPolicy",
    "bedrock:InvokeModel",
    "bedrock:invokemodel",
    "bedrock:Retrieve",
];

pub const ACTIONS: &[&str] = &[
    "*",
    "**",
    "s3:*",
    "s3:GetObject",
    "S3:GETOBJECT",
    "s3:Get*",
    "s3:*Object",
    "s3:?etObject",
    "s3:*t*b*",
    "s3:PutObject",
    "s3:ListBucket?",
    "bedrock:*",
    "bedrock:Invoke*",
    "Bedrock:InvokeModel",
    "bedrock-agent:*",
    "iam:*",
];

/// Patterns of actions of every service that requests call.
pub const MIXED_ACTIONS: &[&str] = &[
    "*",
    "s3:*",
    "s3:GetObject",
    "s3:*t*b*",
    "bedrock:*",
    "kms:*",
    "kms:Decrypt",
    "sts:*",
    "sts:AssumeRole",
    "STS:assume*",
];

/// Patterns of actions of the services that [`REQUEST_ACTIONS`] are of.
pub const ORDINARY_ACTIONS: &[&str] = &[
    "*",
    "s3:*",
    "s3:GetObject",
    "S3:GETOBJECT",
    "s3:Get*",
    "s3:*Object",
    "s3:*t*b*",
    "bedrock:*",
    "bedrock:Invoke*",
    "iam:*",
];

pub const KEY_ACTIONS: &[&str] = &[
    "*",
    "kms:*",
    "kms:Decrypt",
    "KMS:decrypt",
    "kms:De*",
    "kms:RetireGrant",
    "kms:?ecrypt",
    "s3:*",
];

/// All of `sts`, so that documents without `Resource` are trust policies.
pub const TRUST_ACTIONS: &[&str] = &[
    "sts:*",
    "sts:AssumeRole",
    "sts:assumerole",
    "sts:AssumeRole*",
    "STS:Tag*",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
];

pub const FEDERATION_ACTIONS: &[&str] =
    &["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "STS:assumerolewithsaml"];

/// Actions and resources of requests about KMS keys.
pub const KEY_REQUESTS: (&[&str], &[&str]) = (
    &["kms:Decrypt", "kms:Decrypt", "KMS:decrypt", "kms:RetireGrant", "s3:GetObject"],
    &[
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd",
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd",
        "arn:aws:kms:us-east-1:444455556666:key/1234abcd",
        "arn:aws:kms:us-east-1:111122223333:alias/k",
        "arn:aws:kms:us-east-1:aws:key/1234abcd",
        "arn:aws:kms:us-east-1::key/1234abcd",
        "arn:aws:kms:us-east-1:111122223333:key",
        "*",
    ],
);

pub const KEY_PATTERNS: &[&str] = &[
    "arn:aws:kms:*:*:key/*",
    "arn:aws:kms:us-east-1:111122223333:key/1234abcd",
    "arn:aws:kms:*:111122223333:*",
    "arn:aws:kms:*",
];

/// Actions and resources of requests to assume a role.
pub const TRUST_REQUESTS: (&[&str], &[&str]) = (
    &[
        "sts:AssumeRole",
        "sts:AssumeRole",
        "sts:AssumeRole",
        "STS:assumerole",
        "sts:TagSession",
        "sts:AssumeRoleWithSAML",
        "sts:GetCallerIdentity",
    ],
    &[
        "arn:aws:iam::111122223333:role/target",
        "arn:aws:iam::111122223333:role/target",
        "arn:aws:iam::111122223333:role/svc/target",
        "arn:aws:iam::444455556666:role/target",
        "arn:aws:iam::111122223333:user/dev",
        "arn:aws:iam::111122223333:role",
        "*",
    ],
);

pub const ROLE_PATTERNS: &[&str] = &[
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::111122223333:role/target",
    "arn:aws:iam::111122223333:*",
    "arn:aws:iam::*:role/svc/*",
];

/// Fields of a request's ARN, and patterns for them. Field 6 is `RESTS`.
pub const PARTITIONS: (&[&str], &[&str]) =
    (&["aws", "aws", "aws", "aws-cn"], &["aws", "aws", "*", "aws*", "aws-??"]);
pub const SERVICES: (&[&str], &[&str]) =
    (&["s3", "s3", "bedrock"], &["s3", "s3", "*", "s?", "bedrock", "*3"]);
pub const REGIONS: (&[&str], &[&str]) = (
    &["", "us-east-1", "us-west-2"],
    &["", "*", "*", "us-*", "us-*-1", "us-east-1", "??-west-2", "${aws:PrincipalTag/team}"],
);
pub const ACCOUNTS: (&[&str], &[&str]) = (
    &["", "111122223333", "444455556666"],
    &[
        "",
        "*",
        "*",
        "1*",
        "111122223333",
        "11112222333?",
        "444455556666",
        "${svc:Never, '111122223333'}",
        "${aws:username}",
    ],
);
pub const RESTS: (&[&str], &[&str]) = (
    &[
        "b",
        "b/k",
        "b/home/dev/x",
        "b/home/a/x",
        "user/dev",
        "a:b",
        "model/a.b:1",
        "knowledge-base/K",
        "*",
        "b/${aws:username}",
        "B/k",
        "",
    ],
    &[
        "*",
        "*",
        "b/*",
        "b/*/x",
        "b?*",
        "b/home/${aws:username}/*",
        "b/${aws:PrincipalTag/team, 'k'}",
        "user/${aws:username}",
        "*:*",
        "model/*:?",
        "a:${s3:prefix}",
        "${*}",
        "b/${$}{aws:username}",
        "*${aws:username}*",
        "${aws:TagKeys}",
        "?",
        "",
    ],
);

/// Patterns of fewer than six fields.
pub const SHORT_ARNS: &[&str] =
    &["arn:aws:s3", "arn:aws:s3:*", "arn:*:s3::", "arn:aws*", "arn:aws:bedrock:us-east-1:*"];

/// Request resources that are no ARN.
pub const ODD_RESOURCES: &[&str] = &["*", "*", "*", "bucket", "arn:aws:s3", "b:k", ""];

pub const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111122223333:user/dev",
    "arn:aws:iam::111122223333:user/dev",
    "arn:aws:iam::111122223333:user/eng/dev",
    "arn:aws:iam::444455556666:user/a",
    "arn:aws:iam::111122223333:user/a",
    "arn:aws:sts::111122223333:assumed-role/app/s1",
    "arn:aws:sts::111122223333:assumed-role/app/s1",
    "arn:aws:sts::111122223333:assumed-role/app/dev",
    "arn:aws:sts::111122223333:federated-user/dev",
    "arn:aws:iam::111122223333:root",
    "bedrock.amazonaws.com",
    "anonymous",
];

/// Values that requests carry, by family; each is well-typed.
pub fn values(family: Family) -> &'static [&'static str] {
    match family {
        Family::String | Family::Null => &[
            "a",
            "a",
            "A",
            "b",
            "ab",
            "dev",
            "Dev",
            "a*",
            "*",
            "?",
            "home/dev",
            "x:y",
            "é",
            "",
            "${aws:username}",
        ],
        Family::Numeric => &[
            "0",
            "1",
            "1.0",
            "+1",
            "-1",
            "1.50",
            "9",
            "10",
            "010",
            "123456789012345678901234567890",
        ],
        Family::Date => &[
            "2025",
            "2025-07",
            "2025-07-01",
            "2025-06-30T23:30:00Z",
            "2025-07-01T02:00:00+02:00",
            "2025-07-01T00:00:00.5Z",
            "1751328000",
            "1751328000.5",
        ],
        Family::Bool => &["true", "false", "True", "FALSE"],
        Family::Binary => &["a", "ab", "é", "", "YQ=="],
        Family::IpAddress => &[
            "203.0.113.1",
            "203.0.113.77",
            "10.0.0.5",
            "0.0.0.0",
            "2001:db8::1",
            "2001:DB8::2",
            "::1",
        ],
        Family::Arn => &[
            "arn:aws:iam::111122223333:user/dev",
            "arn:aws:iam::111122223333:role/app",
            "arn:aws:s3:::b",
            "arn:aws:s3:us-east-1:111122223333:b:c:d",
            "arn:aws:s3:us-east-1:111122223333:*",
            "arn:aws-cn:s3:::b",
            ":::::",
        ],
    }
}

/// Values that operators of the family have in policies; each is well-typed there. Those with `$`
/// hold variables or escapes.
pub fn expected(family: Family) -> &'static [&'static str] {
    match family {
        Family::String => &[
            "a",
            "a",
            "A",
            "b",
            "dev",
            "",
            "*",
            "a*",
            "A*",
            "?",
            "a?",
            "*e*",
            "home/*",
            "home/${aws:username}",
            "${aws:username}*",
            "x:?",
            "é",
            "??*",
            "${*}",
            "a${*}",
            "${?}",
            "${$}{aws:username}",
            "$",
            "a${aws:PrincipalTag/team, 'b'}",
        ],
        Family::Numeric => {
            &["0", "1", "1.5", "-1.0", "9", "10", "10.000", "123456789012345678901234567891"]
        }
        Family::Date => &[
            "2025",
            "2025-07-01",
            "2025-06-30T23:30Z",
            "2025-07-01T00:00:00+00:00",
            "2025-07-01T00:00:00.25-00:00",
            "1751328000",
        ],
        Family::Bool => &["true", "false", "TRUE", "False"],
        Family::Binary => &["YQ==", "YWI=", "w6k=", "", "WVE9PQ=="],
        Family::IpAddress => &[
            "203.0.113.0/24",
            "203.0.113.77/24",
            "203.0.113.1",
            "0.0.0.0/0",
            "10.0.0.0/8",
            "2001:db8::/32",
            "2001:db8::1",
            "::/0",
            "203.0.113.64/26",
        ],
        Family::Arn => &[
            "arn:aws:iam::111122223333:user/dev",
            "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:*:*:*:*",
            "arn:*:s3:::b",
            "arn:aws*:s3:*:*:b*",
            "arn:aws:s3:us-*:1?1122223333:b:*",
            "arn:aws:s3:us-east-1:111122223333:${*}",
            "arn:aws:${s3:prefix, 's3'}:::b",
            "${aws:PrincipalArn}",
            "${aws:SourceArn, 'arn:aws:s3:::b'}",
            "${aws:PrincipalArn}*",
            "*",
            "arn:aws:s3",
        ],
        Family::Null => &["true", "false"],
    }
}

/// Values that no family but strings reads.
pub const ILL_TYPED: &[&str] =
    &["x", "1e2", "tru", "203.0.113.300", "2025-13-01", "arn:aws", "1 ", ""];
