//! Which names and ARNs resources have: what `Ref` and attributes give, by the reference of
//! CloudFormation's resource types.

/// What `Ref` of a resource gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// Its name or id, the last part of its ARN.
    Name,
    /// Its ARN.
    Arn,
    /// Something else, such as the URL of a queue.
    Other,
}

/// A type of resource.
#[derive(Debug)]
pub(super) struct Row {
    /// The type.
    pub(super) name: &'static str,
    /// The property that names a resource; empty where nothing does before it is made.
    pub(super) property: &'static str,
    /// The ARN after the partition: `{r}` is the Region, `{a}` the account, `{p}` the path and
    /// `{n}` the name.
    pub(super) arn: &'static str,
    /// What `Ref` gives.
    pub(super) gives: Gives,
    /// The attributes that are the ARN.
    pub(super) arn_attributes: &'static [&'static str],
    /// The attribute that is the name.
    pub(super) name_attribute: &'static str,
    /// Whether colons may stand in a name that is made.
    pub(super) colons: bool,
}

macro_rules! rows {
    ($($name:literal $property:literal $arn:literal $gives:ident [$($attribute:literal)*] $of_name:literal $colons:literal;)*) => {
        /// The types whose ARNs are known.
        pub(super) const ROWS: &[Row] = &[$(Row {
            name: $name,
            property: $property,
            arn: $arn,
            gives: Gives::$gives,
            arn_attributes: &[$($attribute),*],
            name_attribute: $of_name,
            colons: $colons,
        },)*];
    };
}

rows! {
    "AWS::Backup::BackupVault" "BackupVaultName" "backup:{r}:{a}:backup-vault:{n}" Name ["BackupVaultArn"] "BackupVaultName" false;
    "AWS::CertificateManager::Certificate" "" "acm:{r}:{a}:certificate/{n}" Arn [] "" false;
    "AWS::CloudFront::CloudFrontOriginAccessIdentity" "" "cloudfront::{a}:origin-access-identity/{n}" Name [] "Id" false;
    "AWS::CloudTrail::Trail" "TrailName" "cloudtrail:{r}:{a}:trail/{n}" Name ["Arn"] "" false;
    "AWS::CloudWatch::Alarm" "AlarmName" "cloudwatch:{r}:{a}:alarm:{n}" Name ["Arn"] "" true;
    "AWS::CodeBuild::Project" "Name" "codebuild:{r}:{a}:project/{n}" Name ["Arn"] "" false;
    "AWS::CodeCommit::Repository" "RepositoryName" "codecommit:{r}:{a}:{n}" Other ["Arn"] "Name" false;
    "AWS::Cognito::UserPool" "" "cognito-idp:{r}:{a}:userpool/{n}" Name ["Arn"] "UserPoolId" false;
    "AWS::DynamoDB::GlobalTable" "TableName" "dynamodb:{r}:{a}:table/{n}" Name ["Arn"] "" false;
    "AWS::DynamoDB::Table" "TableName" "dynamodb:{r}:{a}:table/{n}" Name ["Arn"] "" false;
    "AWS::ECR::Repository" "RepositoryName" "ecr:{r}:{a}:repository/{n}" Name ["Arn"] "" false;
    "AWS::ECS::Cluster" "ClusterName" "ecs:{r}:{a}:cluster/{n}" Name ["Arn"] "" false;
    "AWS::ECS::Service" "" "ecs:{r}:{a}:service/{n}" Arn ["ServiceArn"] "" false;
    "AWS::ECS::TaskDefinition" "" "ecs:{r}:{a}:task-definition/{n}" Arn ["TaskDefinitionArn"] "" true;
    "AWS::EFS::FileSystem" "" "elasticfilesystem:{r}:{a}:file-system/{n}" Name ["Arn"] "FileSystemId" false;
    "AWS::EFS::AccessPoint" "" "elasticfilesystem:{r}:{a}:access-point/{n}" Name ["Arn"] "AccessPointId" false;
    "AWS::EKS::Cluster" "Name" "eks:{r}:{a}:cluster/{n}" Name ["Arn"] "" false;
    "AWS::Elasticsearch::Domain" "DomainName" "es:{r}:{a}:domain/{n}" Name ["Arn" "DomainArn"] "" false;
    "AWS::Events::EventBus" "Name" "events:{r}:{a}:event-bus/{n}" Name ["Arn"] "Name" false;
    "AWS::Events::Rule" "Name" "events:{r}:{a}:rule/{n}" Name ["Arn"] "" false;
    "AWS::IAM::Group" "GroupName" "iam::{a}:group{p}{n}" Name ["Arn"] "" false;
    "AWS::IAM::InstanceProfile" "InstanceProfileName" "iam::{a}:instance-profile{p}{n}" Name ["Arn"] "" false;
    "AWS::IAM::ManagedPolicy" "ManagedPolicyName" "iam::{a}:policy{p}{n}" Arn ["PolicyArn"] "" false;
    "AWS::IAM::OIDCProvider" "Url" "iam::{a}:oidc-provider/{n}" Arn ["Arn"] "" false;
    "AWS::IAM::Role" "RoleName" "iam::{a}:role{p}{n}" Name ["Arn"] "" false;
    "AWS::IAM::SAMLProvider" "Name" "iam::{a}:saml-provider/{n}" Arn ["Arn"] "" false;
    "AWS::IAM::User" "UserName" "iam::{a}:user{p}{n}" Name ["Arn"] "" false;
    "AWS::KMS::Key" "" "kms:{r}:{a}:key/{n}" Name ["Arn"] "KeyId" false;
    "AWS::KMS::ReplicaKey" "" "kms:{r}:{a}:key/{n}" Name ["Arn"] "KeyId" false;
    "AWS::Kinesis::Stream" "Name" "kinesis:{r}:{a}:stream/{n}" Name ["Arn"] "" false;
    "AWS::KinesisFirehose::DeliveryStream" "DeliveryStreamName" "firehose:{r}:{a}:deliverystream/{n}" Name ["Arn"] "" false;
    "AWS::Lambda::Alias" "" "lambda:{r}:{a}:function:{n}" Arn ["AliasArn"] "" true;
    "AWS::Lambda::Function" "FunctionName" "lambda:{r}:{a}:function:{n}" Name ["Arn"] "" false;
    "AWS::Lambda::LayerVersion" "" "lambda:{r}:{a}:layer:{n}" Arn ["LayerVersionArn"] "" true;
    "AWS::Lambda::Version" "" "lambda:{r}:{a}:function:{n}" Arn ["FunctionArn"] "" true;
    "AWS::Logs::LogGroup" "LogGroupName" "logs:{r}:{a}:log-group:{n}:*" Name ["Arn"] "" false;
    "AWS::OpenSearchService::Domain" "DomainName" "es:{r}:{a}:domain/{n}" Name ["Arn" "DomainArn"] "" false;
    "AWS::S3::Bucket" "BucketName" "s3:::{n}" Name ["Arn"] "" false;
    "AWS::SNS::Topic" "TopicName" "sns:{r}:{a}:{n}" Arn ["TopicArn"] "TopicName" false;
    "AWS::SQS::Queue" "QueueName" "sqs:{r}:{a}:{n}" Other ["Arn"] "QueueName" false;
    "AWS::Scheduler::ScheduleGroup" "Name" "scheduler:{r}:{a}:schedule-group/{n}" Name ["Arn"] "" false;
    "AWS::SecretsManager::Secret" "Name" "secretsmanager:{r}:{a}:secret:{n}" Arn ["Id"] "" false;
    "AWS::Serverless::Function" "FunctionName" "lambda:{r}:{a}:function:{n}" Name ["Arn"] "" false;
    "AWS::Serverless::SimpleTable" "TableName" "dynamodb:{r}:{a}:table/{n}" Name ["Arn"] "" false;
    "AWS::Serverless::StateMachine" "Name" "states:{r}:{a}:stateMachine:{n}" Arn ["Arn"] "Name" false;
    "AWS::StepFunctions::Activity" "Name" "states:{r}:{a}:activity:{n}" Arn ["Arn"] "Name" false;
    "AWS::StepFunctions::StateMachine" "StateMachineName" "states:{r}:{a}:stateMachine:{n}" Arn ["Arn"] "Name" false;
}

/// The row of a type.
pub(super) fn row(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}
