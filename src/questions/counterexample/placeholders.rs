//! What stands for the place-holders of ARN formats in a counterexample: ids of the alphabet and
//! length that the real ones have, models that exist. A place-holder without a row is `example`.
//! Plain data, but for the walk through a format.

use super::accounts::ACCOUNT;
use keyaki_iam::catalogue::ArnFormat;

/// The Region of the examples in AWS's documentation.
pub(super) const REGION: &str = "us-east-1";

/// Place-holders by name: how the service and the last field begin (service, a colon, what stands
/// before the place-holder), the name, what stands for it. The first row that fits counts.
const BY_NAME: &[(&str, &str, &str)] = &[
    ("bedrock:foundation-model/", "ResourceId", "anthropic.claude-sonnet-5"),
    ("bedrock:inference-profile/", "ResourceId", "us.anthropic.claude-sonnet-5"),
    ("bedrock:default-prompt-router/", "ResourceId", "anthropic.claude:1"),
    ("bedrock:guardrail-profile/", "ResourceId", "us.guardrail.v1:0"),
    ("bedrock:system-tool/", "ResourceId", "amazon.nova_grounding"),
    ("bedrock:custom-model/", "ResourceId", "amazon.nova-lite-v1:0:300k/abc123def456"),
    ("bedrock:", "ResourceId", "abc123def456"),
    ("bedrock:", "AgentId", "AGENT12345"),
    ("bedrock:", "AgentAliasId", "ALIAS12345"),
    ("bedrock:", "FlowId", "FLOW123456"),
    ("bedrock:", "FlowAliasId", "ALIAS12345"),
    ("bedrock:", "GuardrailId", "abc123def456"),
    ("bedrock:", "KnowledgeBaseId", "KB12345678"),
    ("bedrock:", "PromptId", "PROMPT1234"),
    ("bedrock:", "SessionId", UUID),
    ("bedrock:", "JobIdentifier", "abc123def456"),
    ("bedrock:", "AutomatedReasoningPolicyId", "abc123def456"),
    ("bedrock:", "BlueprintId", "abc123def456"),
    ("bedrock:", "ProjectId", "abc123def456"),
    ("", "BucketName", "example-bucket"),
    ("", "ObjectName", "example.txt"),
    ("", "RoleSessionName", "session"),
    ("", "UserName", "dev"),
    ("", "UserNameWithPath", "dev"),
    ("iam:oidc-provider/", "OidcProviderName", "id.example.com"),
    ("", "AWSServicePrincipal", "lambda.amazonaws.com"),
    ("kms:", "KeyId", UUID),
    ("ec2:", "AllocationId", "eipalloc-0123456789abcdef0"),
    ("ec2:", "ImageId", "ami-0123456789abcdef0"),
    ("ec2:", "InstanceId", "i-0123456789abcdef0"),
    ("ssm:managed-instance", "InstanceId", "mi-0123456789abcdef0"),
    ("ec2:", "InternetGatewayId", "igw-0123456789abcdef0"),
    ("ec2:", "LaunchTemplateId", "lt-0123456789abcdef0"),
    ("ec2:", "NaclId", "acl-0123456789abcdef0"),
    ("ec2:", "NatGatewayId", "nat-0123456789abcdef0"),
    ("ec2:", "NetworkInterfaceId", "eni-0123456789abcdef0"),
    ("ec2:", "RouteTableId", "rtb-0123456789abcdef0"),
    ("ec2:", "SecurityGroupId", "sg-0123456789abcdef0"),
    ("ec2:", "SnapshotId", "snap-0123456789abcdef0"),
    ("ec2:", "SubnetId", "subnet-0123456789abcdef0"),
    ("ec2:", "TransitGatewayId", "tgw-0123456789abcdef0"),
    ("ec2:", "VolumeId", "vol-0123456789abcdef0"),
    ("ec2:", "VpcEndpointId", "vpce-0123456789abcdef0"),
    ("ec2:", "VpcId", "vpc-0123456789abcdef0"),
    ("ec2:", "VpcPeeringConnectionId", "pcx-0123456789abcdef0"),
    ("elasticfilesystem:", "FileSystemId", "fs-0123456789abcdef0"),
    ("elasticfilesystem:", "AccessPointId", "fsap-0123456789abcdef0"),
    ("secretsmanager:", "SecretId", "example-a1b2c3"),
    ("cognito-idp:", "UserPoolId", "us-east-1_Example12"),
    ("route53:", "Id", "Z0123456789EXAMPLE"),
    ("cloudfront:", "DistributionId", "E0123456789EX"),
    ("elasticloadbalancing:", "LoadBalancerId", "0123456789abcdef"),
    ("elasticloadbalancing:", "ListenerId", "0123456789abcdef"),
    ("elasticloadbalancing:", "ListenerRuleId", "0123456789abcdef"),
    ("elasticloadbalancing:", "TargetGroupId", "0123456789abcdef"),
    ("lambda:", "Alias", "live"),
    ("organizations:", "OrganizationId", "exampleorgid"),
    ("organizations:", "OrganizationalUnitId", "exam-pleouid1"),
    ("organizations:", "PolicyType", "service_control_policy"),
    ("organizations:", "RootId", "exam"),
    ("codecommit:", "RepositoryName", "example"),
    ("${Vendor}:", "ResourceType", "snapshot"),
    ("${Vendor}:", "RecoveryPointId", "snap-0123456789abcdef0"),
    ("ecs:", "TaskId", "0123456789abcdef0123456789abcdef"),
    ("apigateway:", "ApiId", "a1b2c3d4e5"),
    ("apigateway:", "RestApiId", "a1b2c3d4e5"),
];

/// Place-holders by how their names end.
const BY_END: &[(&str, &str)] = &[
    ("AccountId", ACCOUNT),
    ("AccountID", ACCOUNT),
    ("OwnerAccount", ACCOUNT),
    ("CertificateId", UUID),
    ("Number", "1"),
    ("Partition", "aws"),
    ("Region", REGION),
    ("UUID", UUID),
    ("Uuid", UUID),
    ("Version", "1"),
    ("VersionId", "1"),
];

/// For everything else.
const OTHER: &str = "example";

const UUID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

/// Models that exist (SEMANTICS 7.4), for where a question wants a certain one: first those of
/// today, then earlier ones, which policies still name. The first came to Bedrock in June 2026, and
/// no model goes within a year:
/// https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-anthropic-claude-sonnet-5.html
/// and .../model-lifecycle.html, read in 2026-11.
pub(super) const MODELS: &[&str] = &[
    "anthropic.claude-sonnet-5",
    "anthropic.claude-sonnet-4-6",
    "anthropic.claude-haiku-4-5-20251001-v1:0",
    "amazon.nova-2-lite-v1:0",
    "openai.gpt-oss-120b-1:0",
    "anthropic.claude-3-7-sonnet-20250219-v1:0",
    "anthropic.claude-3-5-haiku-20241022-v1:0",
    "anthropic.claude-3-opus-20240229-v1:0",
    "anthropic.claude-v2:1",
    "anthropic.claude-v2",
    "anthropic.claude-instant-v1",
    "amazon.nova-pro-v1:0",
    "amazon.nova-lite-v1:0",
    "amazon.nova-canvas-v1:0",
    "amazon.titan-text-premier-v1:0",
    "amazon.titan-embed-text-v1",
    "meta.llama3-3-70b-instruct-v1:0",
    "meta.llama4-scout-17b-instruct-v1:0",
    "meta.llama4-maverick-17b-instruct-v1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "mistral.pixtral-large-2502-v1:0",
    "cohere.command-r-plus-v1:0",
    "cohere.command-light-text-v14",
    "cohere.embed-english-v3",
    "cohere.embed-multilingual-v3",
    "deepseek.r1-v1:0",
    "ai21.jamba-1-5-large-v1:0",
    "ai21.jamba-1-5-mini-v1:0",
    "ai21.jamba-instruct-v1:0",
    "stability.stable-diffusion-xl-v1",
];

/// Where system-defined inference profiles route to.
const GEOGRAPHIES: &[&str] = &["us", "eu", "apac", "jp", "au", "global"];

/// An ARN of the format that a person would believe: account 111122223333, Region us-east-1, ids of
/// the right form.
pub fn natural_arn(format: &ArnFormat) -> String {
    let [arn, partition, service, region, account, rest] = format.fields();
    let head = [
        arn.to_owned(),
        filled(partition, |_, _| "aws".to_owned()),
        filled(service, |_, _| "ec2".to_owned()),
        filled(region, |_, _| REGION.to_owned()),
        filled(account, |_, _| ACCOUNT.to_owned()),
    ];
    format!(
        "{}:{}",
        head.join(":"),
        filled(rest, |before, name| of_name(service, before, name).to_owned())
    )
}

/// Whether a part of an ARN, or a value, is one that stands for what a counterexample leaves open:
/// an id of the tables above that nothing real has, or a name with `example` in it.
pub fn is_example(part: &str) -> bool {
    let invented =
        |text: &str| text.bytes().any(|byte| byte.is_ascii_digit()) && !text.contains('.');
    let listed = || part == UUID || BY_NAME.iter().any(|(_, _, id)| *id == part);
    part.to_ascii_lowercase().contains(OTHER) || (part.len() > 1 && invented(part) && listed())
}

/// What stands for each place-holder of the last field, in order.
pub(super) fn values(format: &ArnFormat) -> Vec<&'static str> {
    let [_, _, service, _, _, rest] = format.fields();
    let mut found = Vec::new();
    filled(rest, |before, name| {
        found.push(of_name(service, before, name));
        String::new()
    });
    found
}

/// More ids for formats whose ids are a known list: those of models and of system-defined profiles.
pub(super) fn known_ids(format: &ArnFormat) -> impl Iterator<Item = String> + use<> {
    let (models, profiles) = match format.fields() {
        [_, _, "bedrock", _, _, "foundation-model/${ResourceId}"] => (MODELS, &[][..]),
        [_, _, "bedrock", _, _, "inference-profile/${ResourceId}"] => (&[][..], GEOGRAPHIES),
        _ => (&[][..], &[][..]),
    };
    let profile = |place| MODELS.iter().map(move |model| format!("{place}.{model}"));
    models.iter().map(|model| (*model).to_owned()).chain(profiles.iter().flat_map(profile))
}

fn of_name(service: &str, before: &str, name: &str) -> &'static str {
    let begins = |start: &str| {
        start
            .split_once(':')
            .is_none_or(|(prefix, rest)| prefix == service && before.starts_with(rest))
    };
    let by_name = BY_NAME
        .iter()
        .find(|(start, known, _)| *known == name && begins(start))
        .map(|(_, _, value)| *value);
    by_name
        .or_else(|| BY_END.iter().find(|(end, _)| name.ends_with(end)).map(|(_, value)| *value))
        .unwrap_or(OTHER)
}

/// The field with a text for each place-holder, given what the field says before it and its name; a
/// `*` has an empty name.
fn filled(field: &str, mut value: impl FnMut(&str, &str) -> String) -> String {
    let (mut text, mut rest, mut before) = (String::new(), field, 0);
    while let Some(at) = rest.find(['$', '*']) {
        let (literal, after) = rest.split_at(at);
        let (name, after) = after
            .strip_prefix("${")
            .and_then(|after| after.split_once('}'))
            .unwrap_or(("", after.get(1..).unwrap_or_default()));
        text.push_str(literal);
        before += at;
        text.push_str(&value(field.get(..before).unwrap_or_default(), name));
        before = field.len() - after.len();
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::catalogue::Catalogue;

    fn format(text: &str) -> ArnFormat {
        ArnFormat::parse(text).unwrap()
    }

    #[test]
    fn place_holders_are_filled() {
        for (text, expected) in [
            (
                "arn:${Partition}:s3:::${BucketName}/${ObjectName}",
                "arn:aws:s3:::example-bucket/example.txt",
            ),
            (
                "arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}",
                "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            ),
            (
                "arn:${Partition}:bedrock:${Region}::foundation-model/${ResourceId}",
                "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-5",
            ),
            (
                "arn:${Partition}:bedrock:${Region}:${Account}:application-inference-profile/${ResourceId}",
                "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123def456",
            ),
            (
                "arn:${Partition}:bedrock:${Region}:${Account}:agent-alias/${AgentId}/${AgentAliasId}",
                "arn:aws:bedrock:us-east-1:111122223333:agent-alias/AGENT12345/ALIAS12345",
            ),
            (
                "arn:${Partition}:ec2:${Region}::image/${ImageId}",
                "arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0",
            ),
            (
                "arn:${Partition}:connect:${Region}:${Account}:instance/${InstanceId}/queue/*",
                "arn:aws:connect:us-east-1:111122223333:instance/example/queue/example",
            ),
            (
                "arn:${Partition}:${Vendor}:${Region}:*:${ResourceType}:${Id}",
                "arn:aws:ec2:us-east-1:111122223333:snapshot:example",
            ),
            (
                "arn:${Partition}:x::aws:policy/${PolicyVersion}-${X}",
                "arn:aws:x::aws:policy/1-example",
            ),
        ] {
            assert_eq!(natural_arn(&format(text)), expected, "{text}");
        }
        assert_eq!(
            values(&format("arn:${Partition}:s3:::${BucketName}/${ObjectName}/*")),
            ["example-bucket", "example.txt", "example"]
        );
    }

    /// A misspelt row would never be used.
    #[test]
    fn every_row_fills_some_format() {
        let catalogue = Catalogue::embedded().unwrap();
        let mut rows: std::collections::BTreeSet<_> =
            BY_NAME.iter().map(|row| (row.0, row.1)).collect();
        let mut ends: std::collections::BTreeSet<_> = BY_END.iter().map(|row| row.0).collect();
        for resource in catalogue.services().flat_map(|service| &service.unwrap().resource_types) {
            for fields in resource.arns.iter().map(ArnFormat::fields) {
                filled(fields[5], |before, name| {
                    rows.retain(|(start, known)| {
                        let at = format!("{}:{before}", fields[2]);
                        *known != name || !at.starts_with(start)
                    });
                    ends.retain(|end| !name.ends_with(end));
                    String::new()
                });
                for field in &fields[1..5] {
                    ends.retain(|end| !field.ends_with(&format!("{end}}}")));
                }
            }
        }
        assert!(rows.is_empty() && ends.is_empty(), "{rows:?} {ends:?}");
        assert_eq!(MODELS.iter().collect::<std::collections::BTreeSet<_>>().len(), MODELS.len());
    }
}
