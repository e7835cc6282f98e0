//! Where policies stand in templates, by the reference of CloudFormation's resource types.

use keyaki_iam::policy::Kind;

/// A property that is a policy document.
#[derive(Debug)]
pub(super) struct Place {
    /// The type of the resource.
    pub(super) of: &'static str,
    /// The property; dots lead into properties.
    pub(super) property: &'static str,
    /// What the document is.
    pub(super) kind: Kind,
    /// The property that says what it is attached to, and the type of that; nothing where it is
    /// attached to the resource itself.
    pub(super) to: &'static [(&'static str, &'static str)],
    /// Whether the resource has other documents, so that the address says which this is.
    pub(super) one_of_several: bool,
}

macro_rules! places {
    ($($of:literal $property:literal $kind:ident [$($to:literal $to_type:literal)*] $several:literal;)*) => {
        /// The properties that are policy documents.
        pub(super) const PLACES: &[Place] = &[$(Place {
            of: $of,
            property: $property,
            kind: Kind::$kind,
            to: &[$(($to, $to_type)),*],
            one_of_several: $several,
        },)*];
    };
}

places! {
    "AWS::ApiGateway::RestApi" "Policy" Resource [] false;
    "AWS::Backup::BackupVault" "AccessPolicy" Resource [] false;
    "AWS::Backup::LogicallyAirGappedBackupVault" "AccessPolicy" Resource [] false;
    "AWS::CloudTrail::ResourcePolicy" "ResourcePolicy" Resource ["ResourceArn" ""] false;
    "AWS::CodeArtifact::Domain" "PermissionsPolicyDocument" Resource [] false;
    "AWS::CodeArtifact::Repository" "PermissionsPolicyDocument" Resource [] false;
    "AWS::DynamoDB::Table" "ResourcePolicy.PolicyDocument" Resource [] true;
    "AWS::DynamoDB::Table" "StreamSpecification.ResourcePolicy.PolicyDocument" Resource [] true;
    "AWS::EC2::VPCEndpoint" "PolicyDocument" Endpoint [] false;
    "AWS::ECR::PublicRepository" "RepositoryPolicyText" Resource [] false;
    "AWS::ECR::RegistryPolicy" "PolicyText" Resource [] false;
    "AWS::ECR::Repository" "RepositoryPolicyText" Resource [] false;
    "AWS::EFS::FileSystem" "FileSystemPolicy" Resource [] false;
    "AWS::Elasticsearch::Domain" "AccessPolicies" Resource [] false;
    "AWS::EventSchemas::RegistryPolicy" "Policy" Resource ["RegistryName" "AWS::EventSchemas::Registry"] false;
    "AWS::Events::EventBus" "Policy" Resource [] false;
    "AWS::IAM::GroupPolicy" "PolicyDocument" Identity ["GroupName" "AWS::IAM::Group"] false;
    "AWS::IAM::ManagedPolicy" "PolicyDocument" Identity ["Roles" "AWS::IAM::Role" "Users" "AWS::IAM::User" "Groups" "AWS::IAM::Group"] false;
    "AWS::IAM::Policy" "PolicyDocument" Identity ["Roles" "AWS::IAM::Role" "Users" "AWS::IAM::User" "Groups" "AWS::IAM::Group"] false;
    "AWS::IAM::Role" "AssumeRolePolicyDocument" Trust [] true;
    "AWS::IAM::RolePolicy" "PolicyDocument" Identity ["RoleName" "AWS::IAM::Role"] false;
    "AWS::IAM::UserPolicy" "PolicyDocument" Identity ["UserName" "AWS::IAM::User"] false;
    "AWS::KMS::Key" "KeyPolicy" Resource [] false;
    "AWS::KMS::ReplicaKey" "KeyPolicy" Resource [] false;
    "AWS::Kinesis::ResourcePolicy" "ResourcePolicy" Resource ["ResourceArn" "AWS::Kinesis::Stream"] false;
    "AWS::Lex::ResourcePolicy" "Policy" Resource ["ResourceArn" ""] false;
    "AWS::Logs::Destination" "DestinationPolicy" Resource [] false;
    "AWS::Logs::LogGroup" "ResourcePolicyDocument" Resource [] false;
    "AWS::Logs::ResourcePolicy" "PolicyDocument" Resource [] false;
    "AWS::MediaStore::Container" "Policy" Resource [] false;
    "AWS::OpenSearchService::Domain" "AccessPolicies" Resource [] false;
    "AWS::Organizations::ResourcePolicy" "Content" Resource [] false;
    "AWS::S3::AccessPoint" "Policy" Resource [] false;
    "AWS::S3::BucketPolicy" "PolicyDocument" Resource ["Bucket" "AWS::S3::Bucket"] false;
    "AWS::S3::MultiRegionAccessPointPolicy" "Policy" Resource ["MrapName" "AWS::S3::MultiRegionAccessPoint"] false;
    "AWS::S3Express::BucketPolicy" "PolicyDocument" Resource ["Bucket" "AWS::S3Express::DirectoryBucket"] false;
    "AWS::S3ObjectLambda::AccessPointPolicy" "PolicyDocument" Resource ["ObjectLambdaAccessPoint" "AWS::S3ObjectLambda::AccessPoint"] false;
    "AWS::S3Outposts::BucketPolicy" "PolicyDocument" Resource ["Bucket" "AWS::S3Outposts::Bucket"] false;
    "AWS::S3Tables::TableBucketPolicy" "ResourcePolicy" Resource ["TableBucketARN" "AWS::S3Tables::TableBucket"] false;
    "AWS::S3Tables::TablePolicy" "ResourcePolicy" Resource ["TableARN" "AWS::S3Tables::Table"] false;
    "AWS::SNS::TopicInlinePolicy" "PolicyDocument" Resource ["TopicArn" "AWS::SNS::Topic"] false;
    "AWS::SNS::TopicPolicy" "PolicyDocument" Resource ["Topics" "AWS::SNS::Topic"] false;
    "AWS::SQS::QueueInlinePolicy" "PolicyDocument" Resource ["Queue" "AWS::SQS::Queue"] false;
    "AWS::SQS::QueuePolicy" "PolicyDocument" Resource ["Queues" "AWS::SQS::Queue"] false;
    "AWS::SSM::ResourcePolicy" "Policy" Resource ["ResourceArn" ""] false;
    "AWS::SSO::PermissionSet" "InlinePolicy" Identity [] false;
    "AWS::SecretsManager::ResourcePolicy" "ResourcePolicy" Resource ["SecretId" "AWS::SecretsManager::Secret"] false;
    "AWS::VpcLattice::AuthPolicy" "Policy" Resource ["ResourceIdentifier" ""] false;
    "AWS::VpcLattice::ResourcePolicy" "Policy" Resource ["ResourceArn" ""] false;
    "AWS::XRay::ResourcePolicy" "PolicyDocument" Resource [] false;
}

/// Types that hold roles, users and groups' inline policies under `Policies`.
pub(super) const WITH_POLICIES: &[&str] = &["AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"];

/// The properties of types with which AWS replaces a resource, by the reference of the types.
pub(super) const REPLACES: &[(&str, &[&str])] = &[
    ("AWS::IAM::Group", &["GroupName", "Path"]),
    ("AWS::IAM::ManagedPolicy", &["Description", "ManagedPolicyName", "Path"]),
    ("AWS::IAM::Role", &["Path", "RoleName"]),
    ("AWS::IAM::User", &["Path", "UserName"]),
    ("AWS::KMS::Key", &["KeySpec", "KeyUsage", "MultiRegion", "Origin"]),
];

/// Properties that change in place, whatever has them.
pub(super) const IN_PLACE: &[&str] =
    &["Groups", "ManagedPolicyArns", "PermissionsBoundary", "Policies", "Roles", "Tags", "Users"];

/// Whether a property of a type holds a policy document.
pub(super) fn is_policy(kind: &str, property: &str) -> bool {
    let places = PLACES.iter().filter(|place| place.of == kind);
    places.map(|place| place.property.split('.').next()).any(|first| first == Some(property))
}

/// Types that give access without a document that could be read here, and what to do.
pub(super) const ELSEWHERE: &[(&str, &str)] = &[
    ("AWS::CloudFormation::Stack", "the template of the stack is another file: read it, too"),
    ("AWS::CloudFormation::StackSet", "the template of the stacks is another one: read it, too"),
    ("AWS::RAM::ResourceShare", "what is shared with whom is no policy document, and is left out"),
    ("AWS::Lambda::LayerVersionPermission", "it is no policy document; what it gives is left out"),
    (
        "AWS::Serverless::Application",
        "the template of the application is another file: read it, too",
    ),
    (
        "AWS::Serverless::Connector",
        "SAM makes policies of it: read the template as it is processed",
    ),
    ("AWS::LakeFormation::Permissions", "what it gives is no policy document, and is left out"),
    (
        "AWS::LakeFormation::PrincipalPermissions",
        "what it gives is no policy document, and is left out",
    ),
    ("AWS::RolesAnywhere::Profile", "which roles it gives is left out"),
    ("AWS::S3::AccessGrant", "what it gives is no policy document, and is left out"),
    ("AWS::SSO::Assignment", "who gets a permission set in which account is left out"),
    ("AWS::IoT::Policy", "the language of these policies is not that of IAM"),
];
