//! Names of API operations that are not actions, and actions that do nothing any more. Plain data.

/// API operations that are authorized as actions of other names: the operation, and the actions
/// that a policy has to name, as documented in 2026-11.
pub const AUTHORIZED_AS: &[(&str, &[&str])] = &[
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html:
    // each operation says what it asks for.
    ("bedrock:Converse", &["bedrock:InvokeModel"]),
    ("bedrock:ConverseStream", &["bedrock:InvokeModelWithResponseStream"]),
    ("bedrock:InvokeModelWithBidirectionalStream", &["bedrock:InvokeModel"]),
    ("bedrock:StartAsyncInvoke", &["bedrock:InvokeModel"]),
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Agents_for_Amazon_Bedrock_Runtime.html
    ("bedrock:RetrieveAndGenerateStream", &["bedrock:RetrieveAndGenerate"]),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html:
    // operations and the permissions that they need.
    ("s3:CompleteMultipartUpload", &["s3:PutObject"]),
    ("s3:CopyObject", &["s3:GetObject", "s3:PutObject"]),
    ("s3:CreateMultipartUpload", &["s3:PutObject"]),
    ("s3:DeleteObjects", &["s3:DeleteObject"]),
    ("s3:HeadBucket", &["s3:ListBucket"]),
    ("s3:HeadObject", &["s3:GetObject"]),
    ("s3:ListBuckets", &["s3:ListAllMyBuckets"]),
    ("s3:ListMultipartUploads", &["s3:ListBucketMultipartUploads"]),
    ("s3:ListObjects", &["s3:ListBucket"]),
    ("s3:ListObjectsV2", &["s3:ListBucket"]),
    ("s3:ListObjectVersions", &["s3:ListBucketVersions"]),
    ("s3:SelectObjectContent", &["s3:GetObject"]),
    ("s3:UploadPart", &["s3:PutObject"]),
    ("s3:UploadPartCopy", &["s3:GetObject", "s3:PutObject"]),
    // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    ("lambda:Invoke", &["lambda:InvokeFunction"]),
    ("lambda:InvokeWithResponseStream", &["lambda:InvokeFunction"]),
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    ("dynamodb:TransactGetItems", &["dynamodb:GetItem"]),
    (
        "dynamodb:TransactWriteItems",
        &[
            "dynamodb:ConditionCheckItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ],
    ),
];

/// Actions that exist and have no effect any more, each with what came in their place.
pub const WITHOUT_EFFECT: &[(&str, &str)] = &[
    // https://aws.amazon.com/blogs/security/simplified-amazon-bedrock-model-access: the page of
    // model access, the operation and this permission were retired in 2025; statements with the
    // permission have no effect.
    (
        "bedrock:PutFoundationModelEntitlement",
        "serverless models are enabled for every account: deny or allow `bedrock:InvokeModel*` and `bedrock:CreateModelInvocationJob` on models, \
         and `aws-marketplace:Subscribe`",
    ),
];
