//! What decides values that are not known before a stack is made: where it is another text, they may
//! be others.

use super::arns;
use super::members;
use keyaki_iam::json::JsonValue;
use rustc_hash::FxHashMap;

/// The properties that decide what a resource is called and what its attributes are, beside those
/// that the attributes are called after, by the reference of the types. Where there are none, AWS
/// makes an identifier that stays as long as the resource does.
const DECIDES: &[(&str, &[&str])] = &[
    ("AWS::AmazonMQ::Broker", &["BrokerName"]),
    ("AWS::ApiGateway::Deployment", &["RestApiId"]),
    ("AWS::ApiGateway::RestApi", &[]),
    ("AWS::ApiGateway::Stage", &["RestApiId", "StageName"]),
    ("AWS::ApiGatewayV2::Api", &[]),
    ("AWS::ApiGatewayV2::Stage", &["ApiId", "StageName"]),
    ("AWS::AppSync::GraphQLApi", &[]),
    ("AWS::Athena::WorkGroup", &["Name"]),
    ("AWS::CloudFront::Distribution", &[]),
    ("AWS::CodePipeline::Pipeline", &["Name"]),
    ("AWS::Cognito::IdentityPool", &[]),
    ("AWS::Cognito::UserPoolClient", &["UserPoolId"]),
    ("AWS::EC2::Instance", &[]),
    ("AWS::EC2::SecurityGroup", &[]),
    ("AWS::EC2::Subnet", &[]),
    ("AWS::EC2::VPC", &[]),
    ("AWS::EC2::VPCEndpoint", &[]),
    ("AWS::ECS::Service", &["Cluster", "ServiceName"]),
    ("AWS::ECS::TaskDefinition", &["Family"]),
    ("AWS::EFS::AccessPoint", &["FileSystemId", "PosixUser", "RootDirectory"]),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", &["Name"]),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", &["Name"]),
    ("AWS::Events::Rule", &["EventBusName", "Name"]),
    ("AWS::Glue::Job", &["Name"]),
    ("AWS::Lambda::Alias", &["FunctionName", "Name"]),
    ("AWS::Lambda::LayerVersion", &["LayerName"]),
    ("AWS::Lambda::Version", &["FunctionName"]),
    ("AWS::RDS::DBCluster", &["DBClusterIdentifier"]),
    ("AWS::RDS::DBInstance", &["DBInstanceIdentifier"]),
    ("AWS::SSM::Parameter", &["Name"]),
    ("AWS::Serverless::Api", &["StageName"]),
    ("AWS::Serverless::HttpApi", &["StageName"]),
];

/// What decides the values of a parameter of a template.
const OF_PARAMETERS: [&str; 4] = ["AllowedPattern", "AllowedValues", "Default", "Type"];

/// What decides an attribute of a resource, with whatever that refers to. Where it is not known which
/// property is the name, as with custom resources, every property does.
pub(super) fn of_resource(template: &JsonValue, resource: &JsonValue, attribute: &str) -> String {
    with_referred(template, own(resource, &|property| property == attribute))
}

/// The type of a resource, and its properties that decide something, or that are asked for.
fn own(resource: &JsonValue, asked: &dyn Fn(&str) -> bool) -> String {
    let kind = resource.member("Type").and_then(JsonValue::as_str).unwrap_or_default();
    let listed = DECIDES.iter().find(|(of, _)| *of == kind).map(|(_, properties)| *properties);
    let row = arns::row(kind).map(|row| row.property);
    let decides = |name: &str| match (listed, row) {
        (Some(properties), _) => properties.contains(&name),
        (None, Some(property)) => property == name,
        (None, None) => !name.starts_with("Tags"),
    };
    let all = members(resource.member("Properties"));
    let all = all.filter(|(name, _)| decides(name) || asked(name));
    let said = all.map(|(name, value)| format!(" {name}: {}", value.compact()));
    format!("{kind}{}", said.collect::<String>())
}

/// A text of a template with what decides its values: whatever the text refers to, and what that
/// refers to.
pub(super) fn with_referred(template: &JsonValue, text: String) -> String {
    let refers = ["{\"Ref\":", "\"Fn::"].iter().any(|mark| text.contains(mark));
    if refers { with_named(template, text) } else { text }
}

/// Likewise where a name alone refers to something.
pub(super) fn with_named(template: &JsonValue, mut text: String) -> String {
    let sections = ["Conditions", "Mappings", "Parameters", "Resources"];
    let mut known: FxHashMap<&str, Vec<(&str, &JsonValue)>> = FxHashMap::default();
    for section in sections {
        for (name, one) in members(template.member(section)) {
            known.entry(name).or_default().push((section, one));
        }
    }
    // What has been looked at does not have to be looked at again.
    let mut seen = 0;
    loop {
        let new = text.get(seen..).unwrap_or_default();
        let mut found: Vec<&str> = names(new).filter(|name| known.contains_key(name)).collect();
        // The name of a mapping may be a value, too.
        if new.contains("\"Fn::FindInMap\":[{") {
            found.extend(members(template.member("Mappings")).map(|(name, _)| name));
        }
        let mut more = String::new();
        for name in found {
            // Each is told once.
            let Some((name, all)) = known.remove_entry(name) else { continue };
            for (section, one) in all {
                let said = match section {
                    "Resources" => own(one, &|property| {
                        ["\"", "."].iter().any(|mark| text.contains(&format!("{mark}{property}")))
                    }),
                    "Parameters" => {
                        let decides = OF_PARAMETERS.iter().filter_map(|member| one.member(member));
                        decides.map(JsonValue::compact).collect::<Vec<_>>().join(" ")
                    }
                    _ => one.compact(),
                };
                more.push_str(&format!(" {name}: {said}"));
            }
        }
        if more.is_empty() {
            return text;
        }
        seen = text.len();
        text.push_str(&more);
    }
}

/// The names that a text may refer to: by `Ref` and the like, in a text of `Sub`, or with an attribute.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices(['"', '{']).filter_map(|(at, _)| text.get(at + 1..));
    starts.filter_map(|rest| {
        let rest = rest.trim_start_matches(' ');
        rest.split(['"', '.', '}', ' ']).next().filter(|name| !name.is_empty())
    })
}
