#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use super::{Given, cloudformation, is_template};
use crate::{Document, Template};
use keyaki_iam::json::{self, JsonValue, Limits};
use keyaki_iam::parameter::{self, Form, Parameter};
use keyaki_iam::policy::read::{self, ReadOptions};
use keyaki_iam::policy::{Kind, Piece};
use keyaki_iam::source::Source;

/// What a text says, with no values given.
fn template(text: &str) -> Template {
    given(text, &[])
}

fn given(text: &str, values: &[(&str, &str)]) -> Template {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let given = Given { values: values.collect(), defaults: false };
    cloudformation(&Source::new("t.yaml", text), &given, &ReadOptions::default()).expect(text)
}

/// A text of a policy with its parameters in short: `arn:<partition AWS::Partition>:s3:::<field B>`.
fn short(text: &str) -> String {
    let piece = |piece| match piece {
        Piece::Literal(text) => text,
        Piece::Variable(variable) => {
            let Parameter { name, form } = Parameter::of(&variable.key).unwrap();
            match form {
                Form::OneOf(texts) => format!("<{} of {name}>", texts.join("|")),
                Form::Text => format!("<text {name}>"),
                Form::Field => format!("<field {name}>"),
                Form::Account => format!("<account {name}>"),
                Form::Region => format!("<region {name}>"),
                Form::Partition => format!("<partition {name}>"),
            }
        }
        Piece::AnyChar | Piece::AnyString => unreachable!(),
    };
    parameter::pieces(text).into_iter().map(piece).collect()
}

/// The document of that address.
fn document<'t>(template: &'t Template, address: &str) -> &'t Document {
    let found = template.documents.iter().find(|document| document.address == address);
    found.unwrap_or_else(|| panic!("{address}: {template:#?}"))
}

fn parsed(document: &Document) -> JsonValue {
    let (value, findings) = json::parse(&document.source, &Limits::default());
    assert!(findings.is_empty(), "{findings:?}");
    value.unwrap()
}

/// What is wrong with a template, one finding a line.
fn findings(template: &Template) -> Vec<String> {
    template.findings.iter().map(ToString::to_string).collect()
}

/// Reads all documents as policies: with what is wrong with them.
fn refused(template: &Template) -> Vec<String> {
    let read = |document: &Document| {
        let outcome = read::read(&document.source, document.kind, &ReadOptions::default());
        let errors = outcome.diagnostics.into_iter().filter(|finding| finding.is_error());
        errors.map(|finding| finding.to_string()).collect::<Vec<_>>()
    };
    template.documents.iter().flat_map(read).collect()
}

/// A template in which functions can be tried: `{}` is the resource of a policy.
const AROUND: &str = r#"
Parameters:
  Env: {Type: String, AllowedValues: [prod, dev]}
  Stage: {Type: String, AllowedValues: [alpha, beta, gamma], Default: beta}
  Name: {Type: String}
  Id: {Type: String, AllowedPattern: '^\d{12}$'}
  Wild: {Type: String, Default: '*'}
  Colons: {Type: String, AllowedValues: ['a:b', c]}
  Names: {Type: CommaDelimitedList}
  Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}
Mappings:
  ByRegion:
    us-east-1: {bucket: one, same: s}
    eu-west-1: {bucket: two, same: s}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Not [!Condition IsProd]
  Never: !And [!Equals [a, b], !Condition IsProd]
  Always: !Or [!Condition IsProd, !Equals [a, a]]
  HasName: !Not [!Equals [!Ref Name, '']]
  Loop: !Not [!Condition Loop]
Resources:
  Bucket: {Type: 'AWS::S3::Bucket'}
  Named: {Type: 'AWS::S3::Bucket', Properties: {BucketName: logs}}
  ByEnv: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${Env}-logs'}}
  Perhaps: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !If [HasName, !Ref Name, !Ref 'AWS::NoValue']}}
  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: app, Path: /team/}}
  Queue: {Type: 'AWS::SQS::Queue'}
  Topic: {Type: 'AWS::SNS::Topic', Properties: {TopicName: news}}
  Secret: {Type: 'AWS::SecretsManager::Secret', Properties: {Name: db}}
  Table: {Type: 'AWS::DynamoDB::Table'}
  Key: {Type: 'AWS::KMS::Key'}
  Group: {Type: 'AWS::Logs::LogGroup'}
  Rule: {Type: 'AWS::Events::Rule', Properties: {EventBusName: bus, Name: r}}
  Oidc: {Type: 'AWS::IAM::OIDCProvider', Properties: {Url: 'https://token.example.com'}}
  Custom: {Type: 'Custom::Thing'}
  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${B}-a'}}
  B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${A}-b'}}
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: '*'
            Resource: {}
"#;

fn with(resource: &str) -> String {
    AROUND.replace("Resource: {}", &format!("Resource: {resource}"))
}

/// What each variant of the policy says, or what is wrong.
fn tried(resource: &str) -> Vec<String> {
    let template = template(&with(resource));
    assert_eq!(refused(&template), Vec::<String>::new(), "{resource}");
    let mut all: Vec<String> =
        template.findings.iter().map(|finding| finding.rule.to_owned()).collect();
    for document in &template.documents {
        let statement = parsed(document);
        let statement = statement.member("Statement").unwrap();
        let json::JsonData::Array(list) = &statement.data else { panic!("{resource}") };
        let text = list[0].member("Resource").map(JsonValue::compact).unwrap_or_default();
        let when = document.address.strip_prefix("P").unwrap();
        all.push(format!("{when}{}", short(text.trim_matches('"'))));
    }
    all
}

#[test]
fn functions_give_what_cloudformation_gives() {
    let s3 = "arn:<partition AWS::Partition>:s3:::";
    let here = "<region AWS::Region>:<account AWS::AccountId>";
    for (resource, expected) in [
        ("arn:aws:s3:::b", vec!["arn:aws:s3:::b".to_owned()]),
        ("!GetAtt Bucket.Arn", vec![format!("{s3}<field Bucket>")]),
        ("!GetAtt [Named, Arn]", vec![format!("{s3}logs")]),
        ("{'Fn::GetAtt': ByEnv.Arn}", vec![format!("{s3}<dev|prod of Env>-logs")]),
        ("!GetAtt Perhaps.Arn", vec![format!("{s3}<field Perhaps>")]),
        ("!GetAtt A.Arn", vec![format!("{s3}<field A>-b-a")]),
        ("!GetAtt Role.Arn", vec!["arn:<partition AWS::Partition>:iam::<account AWS::AccountId>:role/team/app".to_owned()]),
        ("!GetAtt Queue.Arn", vec![format!("arn:<partition AWS::Partition>:sqs:{here}:<field Queue.QueueName>")]),
        ("!Ref Topic", vec![format!("arn:<partition AWS::Partition>:sns:{here}:news")]),
        ("!Ref Secret", vec![format!("arn:<partition AWS::Partition>:secretsmanager:{here}:secret:db-<field Secret.Suffix>")]),
        ("!GetAtt Table.StreamArn", vec![format!("arn:<partition AWS::Partition>:dynamodb:{here}:table/<field Table>/stream/<text Table.StreamLabel>")]),
        ("!Sub '${Table.Arn}/index/*'", vec![format!("arn:<partition AWS::Partition>:dynamodb:{here}:table/<field Table>/index/*")]),
        ("!GetAtt Key.Arn", vec![format!("arn:<partition AWS::Partition>:kms:{here}:key/<field Key>")]),
        ("!GetAtt Group.Arn", vec![format!("arn:<partition AWS::Partition>:logs:{here}:log-group:<field Group>:*")]),
        ("!GetAtt Rule.Arn", vec![format!("arn:<partition AWS::Partition>:events:{here}:rule/<field Rule>")]),
        ("!Ref Oidc", vec!["arn:<partition AWS::Partition>:iam::<account AWS::AccountId>:oidc-provider/token.example.com".to_owned()]),
        ("!GetAtt Custom.Arn", vec!["arn:<partition Custom.Arn.partition>:<field Custom.Arn.service>:<field Custom.Arn.region>:<field Custom.Arn.account>:<text Custom.Arn.resource>".to_owned()]),
        ("!Sub '${Name}/*'", vec!["arn:<partition Name.partition>:<field Name.service>:<field Name.region>:<field Name.account>:<text Name.resource>/*".to_owned()]),
        ("!Sub 'arn:aws:s3:::${Name}/${!aws:username}'", vec!["arn:aws:s3:::<text Name>/${aws:username}".to_owned()]),
        ("!Sub 'arn:aws:sqs:${Name}:${Id}:q'", vec!["arn:aws:sqs:<field Name>:<account Id>:q".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}-${Env}', {X: !Ref Stage}]", vec!["arn:aws:s3:::<alpha|beta|gamma of Stage>-<dev|prod of Env>".to_owned()]),
        ("!Sub arn:${AWS::Partition}:s3:::${AWS::StackName}-x", vec![format!("{s3}<field AWS::StackName>-x")]),
        ("!Join ['', ['arn:', !Ref 'AWS::Partition', ':s3:::', !Ref Bucket]]", vec![format!("{s3}<field Bucket>")]),
        ("!Join [':', !Split ['/', 'arn/aws/s3///b']]", vec!["arn:aws:s3:::b".to_owned()]),
        ("!Select [1, [a, 'arn:aws:s3:::b', c]]", vec!["arn:aws:s3:::b".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !Select [5, !Split [':', !GetAtt Bucket.Arn]]}]", vec!["arn:aws:s3:::<field Bucket>".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !Select [0, !Ref Names]}]", vec!["arn:aws:s3:::<text Names[0]>".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !Join ['-', !Ref Names]}]", vec!["arn:aws:s3:::<text Join(\"-\", Names)>".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !Select [0, !Split ['-', !Ref Name]]}]", vec!["arn:aws:s3:::<text Split(\"-\", Name)[0]>".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !FindInMap [ByRegion, !Ref 'AWS::Region', bucket]}]", vec!["arn:aws:s3:::<one|two of ByRegion.AWS::Region.bucket>".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !FindInMap [ByRegion, !Ref 'AWS::Region', same]}]", vec!["arn:aws:s3:::s".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !FindInMap [ByRegion, eu-west-1, bucket]}]", vec!["arn:aws:s3:::two".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !ImportValue shared-bucket}]", vec!["arn:aws:s3:::<text ImportValue:shared-bucket>".to_owned()]),
        ("!Sub 'arn:aws:s3:::{{resolve:ssm:/${Name}/b}}'", vec!["arn:aws:s3:::<text resolve:ssm:/${Name}/b>".to_owned()]),
        ("'arn:aws:s3:::{{resolve:ssm:/x}}-y'", vec!["arn:aws:s3:::<text resolve:ssm:/x>-y".to_owned()]),
        ("!Sub 'arn:aws:s3:::${Stored}'", vec!["arn:aws:s3:::<text Stored>".to_owned()]),
        ("!If [Never, 'arn:aws:s3:::a', 'arn:aws:s3:::b']", vec!["arn:aws:s3:::b".to_owned()]),
        ("!If [Always, 'arn:aws:s3:::a', 'arn:aws:s3:::b']", vec!["arn:aws:s3:::a".to_owned()]),
        ("!If [IsProd, !Sub 'arn:aws:s3:::${Env}', !Sub 'arn:aws:s3:::x-${Env}']", vec!["[Env=prod]arn:aws:s3:::prod".to_owned(), "[Env!=prod]arn:aws:s3:::x-dev".to_owned()]),
        ("!If [IsDev, 'arn:aws:s3:::a', !If [IsProd, 'arn:aws:s3:::b', 'arn:aws:s3:::c']]", vec!["[Env=prod]arn:aws:s3:::b".to_owned(), "[Env!=prod]arn:aws:s3:::a".to_owned()]),
        ("!If [IsProd, 'arn:aws:s3:::a', 'arn:aws:s3:::a']", vec!["arn:aws:s3:::a".to_owned()]),
        ("['arn:aws:s3:::a', !If [Never, 'arn:aws:s3:::b', !Ref AWS::NoValue]]", vec!["[\"arn:aws:s3:::a\"]".to_owned()]),
    ] {
        assert_eq!(tried(resource), expected, "{resource}");
    }
}

#[test]
fn what_cannot_be_evaluated_is_an_error() {
    for (resource, rule) in [
        ("!Ref Nothing", "unknown-reference"),
        ("!GetAtt Nothing.Arn", "unknown-reference"),
        ("!Sub 'arn:aws:s3:::${Nothing}'", "unknown-reference"),
        ("!Sub 'arn:aws:s3:::${aws:username}'", "unknown-reference"),
        ("!Sub 'arn:aws:s3:::${}'", "invalid-function"),
        ("!Ref AWS::Nothing", "unknown-reference"),
        ("!FindInMap [Nothing, a, b]", "unknown-reference"),
        ("!FindInMap [ByRegion, a, b]", "unknown-reference"),
        ("!FindInMap [!Ref Name, a, b]", "value-not-known"),
        ("!FindInMap a", "invalid-function"),
        ("!If [Nothing, a, b]", "unknown-reference"),
        ("!If [Loop, a, b]", "circular-reference"),
        ("!If [IsProd, a]", "invalid-function"),
        ("!Select [7, [a]]", "invalid-function"),
        ("!Select [!Ref Name, [a]]", "value-not-known"),
        ("!Join ['', a]", "invalid-function"),
        ("!Sub [a]", "invalid-function"),
        ("!GetAtt a", "invalid-function"),
        ("!Base64 a", "unknown-function"),
        ("!Odd a", "unknown-function"),
        ("{'Fn::Transform': {Name: X}}", "unknown-function"),
        ("{'Fn::Sub': a, 'Fn::Join': b}", "invalid-function"),
        ("!Ref Names", "value-not-known"),
        ("!Ref Env", "value-not-known"),
        ("!Sub 'arn:aws:s3:::${Wild}'", "value-not-known"),
        ("!Sub 'arn:aws:sqs:${Colons}:${Id}:q'", "value-not-known"),
        ("~", "null-value"),
        ("[~, !Ref Nothing]", "null-value"),
        ("'${keyaki:parameter/text/X}'", "value-not-known"),
    ] {
        let found = tried(resource);
        assert_eq!(found.first().map(String::as_str), Some(rule), "{resource}: {found:?}");
        assert!(found.iter().all(|line| !line.contains("arn:")), "{resource}: {found:?}");
    }
}

#[test]
fn values_that_are_given_count() {
    let text = with(
        "!If [IsProd, !Sub 'arn:aws:s3:::${Name}', !Sub 'arn:aws:s3:${AWS::Region}:${AWS::AccountId}:${AWS::Partition}']",
    );
    let prod = given(&text, &[("Env", "prod"), ("Name", "b*"), ("Unused", "x")]);
    assert_eq!(prod.used, ["Env", "Name"]);
    assert!(document(&prod, "P").source.text().contains("arn:aws:s3:::b*"));
    let values =
        [("Env", "dev"), ("AWS::Region", "cn-north-1"), ("AWS::AccountId", "123456789012")];
    let dev = given(&text, &values);
    assert!(
        document(&dev, "P").source.text().contains("arn:aws:s3:cn-north-1:123456789012:aws-cn")
    );
    let wrong = given(&text, &[("Env", "test")]);
    assert_eq!((wrong.documents.len(), wrong.findings[0].rule), (0, "parameter-value"));
    let source = Source::new("t.yaml", with("!Sub 'arn:aws:s3:::${Stage}-${Wild}'"));
    let defaults = Given { defaults: true, ..Given::default() };
    let read = cloudformation(&source, &defaults, &ReadOptions::default()).unwrap();
    assert!(document(&read, "P").source.text().contains("arn:aws:s3:::beta-*"));
    let lists = given(&with("!Ref Names"), &[("Names", "arn:aws:s3:::a, arn:aws:s3:::b")]);
    assert!(
        document(&lists, "P").source.text().contains("[\"arn:aws:s3:::a\",\"arn:aws:s3:::b\"]")
    );
}

/// A template with these resources.
fn resources(text: &str) -> Template {
    template(&format!("Resources:\n{text}"))
}

/// The statement that stands in many templates below.
const ALLOW: &str =
    "{Version: 2012-10-17, Statement: {Effect: Allow, Action: 's3:*', Resource: '*'}}";
const GRANT: &str = "{Version: 2012-10-17, Statement: {Effect: Allow, Principal: '*', Action: 's3:*', Resource: '*'}}";

fn addresses(template: &Template) -> Vec<String> {
    let one = |document: &Document| {
        let holders: Vec<String> = document
            .holders
            .iter()
            .map(|holder| {
                let arn = holder.arn.as_deref().map_or("?".to_owned(), short);
                format!("{} {} {arn}", short(&holder.address), holder.resource_type)
            })
            .collect();
        format!("{} {} {}", document.address, document.kind.word(), holders.join(", "))
    };
    template.documents.iter().map(one).collect()
}

#[test]
fn every_place_of_a_policy_is_read() {
    for place in super::places::PLACES {
        let mut value = match place.kind {
            Kind::Trust => "{Version: 2012-10-17, Statement: {Effect: Allow, Principal: {AWS: '123456789012'}, Action: 'sts:AssumeRole'}}",
            Kind::Resource | Kind::Endpoint => GRANT,
            Kind::Identity | Kind::Boundary | Kind::Session | Kind::Scp | Kind::Rcp => ALLOW,
        }
        .to_owned();
        for name in place.property.split('.').rev() {
            value = format!("{{{name}: {value}}}");
        }
        let to: Vec<String> =
            place.to.iter().map(|(property, _)| format!("{property}: x, ")).collect();
        let properties = value.replacen('{', &format!("{{{}", to.concat()), 1);
        let text = format!("  X:\n    Type: {}\n    Properties: {properties}\n", place.of);
        let labelled = text.replace("Effect: Allow", "Effect: Allow, Sid: !Ref AWS::StackName");
        for text in [text, labelled] {
            let found = resources(&text);
            assert_eq!(findings(&found), Vec::<String>::new(), "{text}");
            assert_eq!(refused(&found), Vec::<String>::new(), "{text}");
            let [document] = found.documents.as_slice() else { panic!("{text}") };
            let address =
                if place.one_of_several { format!("X.{}", place.property) } else { "X".to_owned() };
            assert_eq!((document.address.as_str(), document.kind), (address.as_str(), place.kind));
            assert_eq!(document.holders.len(), place.to.len().max(1), "{text}");
            let file = Source::new("t.yaml", format!("Resources:\n{text}"));
            assert_eq!(document.source.position(0), file.position(document.span.start));
        }
    }
}

#[test]
fn principals_have_their_policies() {
    let text = format!(
        r#"
  App:
    Type: AWS::IAM::Role
    Properties:
      Path: /team/
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Action: 'sts:AssumeRole', Principal: {{Service: !Sub 'ec2.${{AWS::URLSuffix}}'}}}}
          - {{Effect: Allow, Action: 'sts:AssumeRole', Principal: {{AWS: [!GetAtt Ann.Arn, !Ref Trusted, !Sub 'arn:aws:iam::${{Other}}:root']}}}}
      ManagedPolicyArns: [!Ref Shared, arn:aws:iam::aws:policy/ReadOnlyAccess]
      PermissionsBoundary: !Ref Shared
      Policies:
        - {{PolicyName: logs, PolicyDocument: {ALLOW}}}
        - !If [Big, {{PolicyName: big, PolicyDocument: {ALLOW}}}, !Ref AWS::NoValue]
        - {{PolicyName: !Sub '${{AWS::StackName}}-x', PolicyDocument: {ALLOW}}}
  Ann: {{Type: 'AWS::IAM::User', Properties: {{UserName: ann, Groups: [!Ref Staff, others]}}}}
  Staff: {{Type: 'AWS::IAM::Group', Properties: {{Policies: [{{PolicyName: p, PolicyDocument: {ALLOW}}}]}}}}
  Added: {{Type: 'AWS::IAM::UserToGroupAddition', Properties: {{GroupName: !Ref Staff, Users: [bob]}}}}
  Shared: {{Type: 'AWS::IAM::ManagedPolicy', Properties: {{Roles: [other], PolicyDocument: {ALLOW}}}}}
  Own: {{Type: 'AWS::IAM::Policy', Properties: {{PolicyName: n, Roles: [!Sub '${{App}}'], Users: [!Sub '${{Ann}}'], PolicyDocument: {ALLOW}}}}}
  Later: {{Type: 'AWS::IAM::RolePolicy', Condition: Big, Properties: {{RoleName: !Ref App, PolicyDocument: {ALLOW}}}}}
Parameters: {{Trusted: {{Type: String}}, Other: {{Type: String}}, Size: {{Type: String}}}}
Conditions: {{Big: !Equals [!Ref Size, big]}}
"#
    );
    let failed = resources(&text);
    assert_eq!(
        findings(&failed),
        [
            "t.yaml:11:90: error[value-not-known]: whether `Trusted` is an account, or which role or user it is, must be known (Resources.App)"
        ]
    );
    let found = resources(&text.replace("!Ref Trusted", "'123456789012'"));
    assert_eq!(findings(&found), Vec::<String>::new());
    assert_eq!(refused(&found), Vec::<String>::new());
    let iam = "arn:<partition AWS::Partition>:iam::<account AWS::AccountId>";
    let role = format!("App AWS::IAM::Role {iam}:role/team/<field App>");
    assert_eq!(
        addresses(&found),
        [
            format!("App.AssumeRolePolicyDocument trust {role}"),
            format!("App.Policies.logs identity {role}"),
            format!("App.Policies.big identity {role}"),
            format!("App.Policies[2] identity {role}"),
            format!("Staff.Policies.p identity Staff AWS::IAM::Group {iam}:group/<field Staff>"),
            format!("Shared identity other AWS::IAM::Role ?, {role}"),
            format!("Own identity {role}, Ann AWS::IAM::User {iam}:user/ann"),
            format!("Later identity {role}"),
        ]
    );
    let trust = short(document(&found, "App.AssumeRolePolicyDocument").source.text());
    assert!(trust.contains(&format!("\"{iam}:user/ann\"")), "{trust}");
    assert!(
        trust.contains("arn:aws:iam::<account Other>:root") && trust.contains("\"ec2.<"),
        "{trust}"
    );
    for address in ["App.Policies.big", "Later"] {
        let when: Vec<String> =
            document(&found, address).when.iter().map(ToString::to_string).collect();
        assert_eq!(when, ["Size=big"]);
    }
    let attached: Vec<_> =
        found.attachments.iter().map(|one| (one.policy.as_str(), one.boundary)).collect();
    assert_eq!(
        attached,
        [("Shared", false), ("arn:aws:iam::aws:policy/ReadOnlyAccess", false), ("Shared", true),]
    );
    let members: Vec<_> = found
        .memberships
        .iter()
        .map(|one| (one.user.address.as_str(), one.group.address.as_str()))
        .collect();
    assert_eq!(members, [("Ann", "Staff"), ("Ann", "others"), ("bob", "Staff")]);
}

#[test]
fn permissions_of_functions_are_statements() {
    let permission = |properties: &str| {
        let found = resources(&format!(
            "  F: {{Type: 'AWS::Lambda::Function', Properties: {{FunctionName: f}}}}\n  T: {{Type: 'AWS::SNS::Topic'}}\n  X: {{Type: 'AWS::Lambda::Permission', Properties: {properties}}}\n"
        ));
        assert_eq!(refused(&found), Vec::<String>::new(), "{properties}");
        let said = found.documents.iter().map(|document| short(document.source.text()));
        said.chain(findings(&found)).collect::<Vec<_>>().join("\n")
    };
    let function = "arn:<partition AWS::Partition>:lambda:<region AWS::Region>:<account AWS::AccountId>:function:f";
    let head = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"lambda:InvokeFunction","Principal":"#;
    for (properties, expected) in [
        (
            "{Action: 'lambda:InvokeFunction', FunctionName: !GetAtt F.Arn, Principal: sns.amazonaws.com, SourceArn: !Ref T, SourceAccount: !Ref AWS::AccountId}",
            format!(r#"{head}{{"Service":"sns.amazonaws.com"}},"Resource":"{function}","Condition":{{"ArnLike":{{"aws:SourceArn":"arn:<partition AWS::Partition>:sns:<region AWS::Region>:<account AWS::AccountId>:<field T.TopicName>"}},"StringEquals":{{"aws:SourceAccount":"<account AWS::AccountId>"}}}}}}]}}"#),
        ),
        (
            "{Action: 'lambda:InvokeFunction', FunctionName: !Ref F, Principal: '123456789012', SourceAccount: '123456789012', PrincipalOrgID: o-1}",
            format!(r#"{head}{{"AWS":"123456789012"}},"Resource":"{function}","Condition":{{"StringEquals":{{"aws:SourceAccount":"123456789012","aws:PrincipalOrgID":"o-1"}}}}}}]}}"#),
        ),
        (
            "{Action: 'lambda:InvokeFunction', FunctionName: 'f', Principal: '*'}",
            format!(r#"{head}"*","Resource":"{function}"}}]}}"#),
        ),
        (
            "{Action: 'lambda:InvokeFunction', FunctionName: '123456789012:function:g:live', Principal: !Ref AWS::AccountId}",
            format!(r#"{head}{{"AWS":"<account AWS::AccountId>"}},"Resource":"{}"}}]}}"#, function.replace("<account AWS::AccountId>:function:f", "123456789012:function:g:live")),
        ),
        (
            "{Action: 'lambda:InvokeFunction', FunctionName: !Ref F, Principal: !Ref AWS::StackName}",
            "t.yaml:4:119: error[value-not-known]: whether a principal is a service or an account must be known, and is `AWS::StackName` (Resources.X)".to_owned(),
        ),
        (
            "{Action: 'lambda:InvokeFunction', FunctionName: !Ref F}",
            "t.yaml:4:52: error[missing-member]: `X` has no `Principal` (Resources.X)".to_owned(),
        ),
    ] {
        assert_eq!(permission(properties), expected, "{properties}");
    }
}

#[test]
fn sam_is_read_where_it_is_plain() {
    let found = resources(&format!(
        r#"
  F:
    Type: AWS::Serverless::Function
    Properties:
      RolePath: /x/
      AssumeRolePolicyDocument: {{Version: 2012-10-17, Statement: {{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: 'sts:AssumeRole'}}}}
      PermissionsBoundary: arn:aws:iam::123456789012:policy/b
      Policies:
        - {ALLOW}
        - arn:aws:iam::aws:policy/P
        - AWSLambdaExecute
        - S3ReadPolicy: {{BucketName: b}}
  G: {{Type: AWS::Serverless::Function, Properties: {{Role: !GetAtt FRole.Arn, Policies: [{ALLOW}]}}}}
  Q:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: ['https://sqs.us-east-1.amazonaws.com/1/q']
      PolicyDocument: {{Version: 2012-10-17, Statement: {{Effect: Allow, Principal: {{AWS: !GetAtt FRole.Arn}}, Action: 's3:*', Resource: '*'}}}}
"#
    ));
    let role = "arn:<partition AWS::Partition>:iam::<account AWS::AccountId>:role/x/<field FRole>";
    assert_eq!(
        addresses(&found),
        [
            format!("F.AssumeRolePolicyDocument trust FRole AWS::IAM::Role {role}"),
            format!("F.Policies[0] identity FRole AWS::IAM::Role {role}"),
            "Q resource https://sqs.us-east-1.amazonaws.com/1/q AWS::SQS::Queue ?".to_owned(),
        ]
    );
    assert!(
        short(document(&found, "Q").source.text()).contains(&format!("{{\"AWS\":\"{role}\"}}"))
    );
    let rules: Vec<_> = found
        .findings
        .iter()
        .map(|finding| (finding.level.word(), finding.rule, finding.position().line))
        .collect();
    assert_eq!(
        rules,
        [
            ("error", "not-understood", 12),
            ("error", "not-understood", 13),
            ("warning", "not-understood", 14)
        ]
    );
    let attached: Vec<_> =
        found.attachments.iter().map(|one| (one.policy.as_str(), one.boundary)).collect();
    assert_eq!(
        attached,
        [("arn:aws:iam::aws:policy/P", false), ("arn:aws:iam::123456789012:policy/b", true)]
    );
}

#[test]
fn what_sam_makes_can_be_referred_to() {
    let text = r#"
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {AutoPublishAlias: live}}
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - {Effect: Allow, Action: 'execute-api:*', Resource: !Sub 'arn:aws:execute-api:us-east-1:123456789012:${ServerlessRestApi}/*'}
          - {Effect: Allow, Action: 'lambda:*', Resource: !Ref F.Alias}
Transform: AWS::Serverless-2016-10-31
"#;
    let found = template(text);
    assert_eq!((findings(&found), refused(&found)), (Vec::new(), Vec::new()));
    let said = short(document(&found, "P").source.text());
    assert!(
        said.contains(":<text ServerlessRestApi>/*") && said.contains("<text F.Alias.resource>"),
        "{said}"
    );
    assert_eq!(template(&text.replace("Transform", "Description")).findings.len(), 2);
}

#[test]
fn one_of_several_accounts_is_an_account_where_it_is_a_principal() {
    let text = r#"
Mappings: {M: {us-east-1: {a: '123456789012'}, eu-west-1: {a: '210987654321'}}}
Resources:
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: b
      PolicyDocument:
        Version: 2012-10-17
        Statement: {Effect: Allow, Action: 's3:*', Resource: '*', Principal: {AWS: !FindInMap [M, !Ref AWS::Region, a]}}
"#;
    let found = template(text);
    assert_eq!((findings(&found), refused(&found)), (Vec::new(), Vec::new()));
    assert!(
        short(document(&found, "P").source.text())
            .contains("{\"AWS\":\"<account M.AWS::Region.a>\"}")
    );
    let odd = template(&text.replace("'210987654321'", "other"));
    assert_eq!((odd.documents.len(), odd.findings[0].rule), (0, "value-not-known"));
}

#[test]
fn organizations_and_buses_are_read() {
    let found = resources(&format!(
        r#"
  S: {{Type: 'AWS::Organizations::Policy', Properties: {{Type: SERVICE_CONTROL_POLICY, TargetIds: [ou-1], Content: {ALLOW}}}}}
  R: {{Type: 'AWS::Organizations::Policy', Properties: {{Type: RESOURCE_CONTROL_POLICY, Content: '{{"Version": "2012-10-17", "Statement": []}}'}}}}
  D: {{Type: 'AWS::DynamoDB::GlobalTable', Properties: {{Replicas: [{{Region: a}}, {{Region: b, ResourcePolicy: {{PolicyDocument: {GRANT}}}}}]}}}}
  T: {{Type: 'AWS::Organizations::Policy', Properties: {{Type: TAG_POLICY, Content: {{tags: {{}}}}}}}}
  E: {{Type: 'AWS::Events::EventBusPolicy', Properties: {{StatementId: s, Statement: {{Effect: Allow, Principal: '*', Action: 'events:PutEvents', Resource: '*'}}}}}}
  O: {{Type: 'AWS::Events::EventBusPolicy', Properties: {{StatementId: s, Action: 'events:PutEvents', Principal: '*'}}}}
"#
    ));
    assert_eq!(
        addresses(&found),
        [
            "S scp ou-1  ?".to_owned(),
            "R rcp ".to_owned(),
            "D.Replicas[1].ResourcePolicy resource D AWS::DynamoDB::GlobalTable ?".to_owned(),
            "E resource default AWS::Events::EventBus arn:<partition AWS::Partition>:events:<region AWS::Region>:<account AWS::AccountId>:event-bus/default".to_owned(),
        ]
    );
    let rules: Vec<_> = found.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["not-understood"]);
}

#[test]
fn what_is_not_read_is_said() {
    let found = resources(&format!(
        r#"
  A: {{Type: 'AWS::Odd::Thing', Properties: {{Inner: [{{Doc: {ALLOW}}}]}}}}
  B: {{Type: 'Custom::Thing', Properties: {{Text: '{{"Statement": [{{"Effect": "Allow"}}]}}'}}}}
  C: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: x}}}}
  D: {{Type: 'AWS::S3::Bucket', Properties: {{Tags: {{'Fn::Transform': {{Name: 'AWS::Include'}}}}}}}}
  E: {{Type: 'AWS::IoT::Policy', Properties: {{PolicyDocument: {ALLOW}}}}}
  W: {{Type: 'AWS::WAFv2::WebACL', Properties: {{Rules: [{{Statement: {{AndStatement: {{}}}}}}]}}}}
  F: {{Properties: {{}}}}
  Fn::ForEach::G: [x, [a], {{}}]
"#
    ));
    let said: Vec<_> = found.findings.iter().map(|one| (one.rule, one.position().line)).collect();
    assert_eq!(
        said,
        [
            ("not-understood", 3),
            ("not-understood", 4),
            ("not-understood", 5),
            ("not-understood", 6),
            ("not-understood", 7),
            ("not-understood", 7),
            ("missing-member", 9),
            ("unknown-function", 10),
        ]
    );
    let macros = format!(
        "Transform: [AWS::LanguageExtensions, Mine]\nGlobals: {{Function: {{X: {ALLOW}}}}}\nResources:\n  P: {{Type: 'AWS::IAM::ManagedPolicy', Properties: {{PolicyDocument: {ALLOW}}}}}\n"
    );
    let found = template(&macros);
    assert_eq!(found.documents.len(), 0);
    assert_eq!(
        findings(&found),
        [
            "t.yaml:1:38: error[macro]: the macro `Mine` may change every part of the template, and none is read",
            "t.yaml:2:47: warning[not-understood]: what seems to be a policy document stands in a place of `Globals` that is not read",
        ]
    );
    assert_eq!(template(&macros.replace(", Mine", "")).documents.len(), 1);
}

#[test]
fn what_is_wrong_with_a_policy_has_its_place_in_the_template() {
    let yaml = resources(
        "  É: {Type: 'AWS::S3::Bucket'}\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: 2012-10-17\n        Statement:\n          - Effect: !Sub 'Allows'\n            Odd: x\n            Action: s3:*\n            Resource: ['*', !Join ['', [é, x]]]\n",
    );
    assert_eq!(
        refused(&yaml),
        [
            "t.yaml:9:21: error[invalid-effect]: `Allows` is not an effect: `Allow` or `Deny`, exactly so (Statement[0].Effect)",
            "t.yaml:10:13: error[unknown-element]: `Odd` is not an element of a statement (Statement[0].Odd)",
            "t.yaml:12:29: error[invalid-resource]: `éx` is neither `*` nor an ARN (Statement[0].Resource[1])",
        ]
    );
    let json = template(
        r#"{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Version": "2012-10-17",
        "Statement": {"Effect": {"Ref": "X"}, "Action": "s3:*", "Resource": "*"}}}}},
        "Parameters": {"X": {"Type": "String", "AllowedValues": ["allow"]}}}"#,
    );
    assert_eq!(
        refused(&json),
        [
            "t.yaml:2:33: error[invalid-effect]: `allow` is not an effect: `Allow` or `Deny`, exactly so (Statement.Effect)"
        ]
    );
}

#[test]
fn names_that_differ_in_case_are_told_apart() {
    let found = resources(
        "  bucket: {Type: 'AWS::S3::Bucket'}\n  Bucket: {Type: 'AWS::S3::Bucket'}\n  P: {Type: 'AWS::IAM::ManagedPolicy', Properties: {PolicyDocument: {Version: 2012-10-17, Statement: {Effect: Allow, Action: 's3:*', Resource: [!GetAtt bucket.Arn, !GetAtt Bucket.Arn]}}}}\n",
    );
    let text = short(document(&found, "P").source.text());
    assert!(
        text.contains("s3:::<field bucket#2>") && text.contains("s3:::<field Bucket>"),
        "{text}"
    );
}

#[test]
fn a_parameter_has_one_form_in_a_template() {
    let found = resources(
        r#"
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - {Effect: Allow, Action: 's3:*', Resource: !Ref Arn, Sid: !Sub 'A${Arn}'}
          - {Effect: Allow, Action: 's3:*', Resource: '*', Condition: {StringEquals: {'aws:SourceArn': !Ref Arn, 'aws:userid': !Ref Id}}}
          - {Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:aws:sqs:${Id}:${AWS::AccountId}:q'}
          - {Effect: Allow, Action: 's3:*', Resource: '*', Condition: {ArnLike: {'aws:SourceArn': !Sub '${Topic}'}}}
Parameters: {Arn: {Type: String}, Id: {Type: String}, Topic: {Type: String}}
"#,
    );
    assert_eq!(findings(&found), Vec::<String>::new());
    assert_eq!(refused(&found), Vec::<String>::new());
    let text = short(document(&found, "P").source.text());
    let arn = |name: &str| {
        format!(
            "\"arn:<partition {name}.partition>:<field {name}.service>:<field {name}.region>:<field {name}.account>:<text {name}.resource>\""
        )
    };
    assert_eq!(text.matches(&arn("Arn")).count(), 2, "{text}");
    assert_eq!(text.matches(&arn("Topic")).count(), 1, "{text}");
    assert_eq!(text.matches("<field Id>").count(), 2, "{text}");
    assert!(text.contains("\"Sid\":\"AArn\""), "{text}");
}

#[test]
fn variants_say_what_they_assume_and_are_bounded() {
    let found = resources(&format!(
        "  P: {{Type: 'AWS::IAM::ManagedPolicy', Properties: {{PolicyDocument: !If [IsA, {ALLOW}, !If [IsB, {ALLOW}, {GRANT}]]}}}}\nParameters: {{X: {{Type: String}}}}\nConditions: {{IsA: !Equals [!Ref X, a], IsB: !Equals [b, !Ref X]}}\n"
    ));
    let names: Vec<_> = found.documents.iter().map(|document| document.address.as_str()).collect();
    assert_eq!(names, ["P[X=a]", "P[X!=a, X=b]", "P[X!=a, X!=b]"]);
    let [a, b, neither] = [0, 1, 2].map(|at: usize| &found.documents[at].when);
    assert!(a[0].contradicts(&b[0]) && a[0].contradicts(&b[1]) && !b[1].contradicts(&b[1]));
    assert!(!neither[0].contradicts(&neither[1]));
    let names = ["a", "b", "c", "d", "e"];
    let conditions: String =
        names.iter().map(|name| format!("  {name}: !Equals [!Ref '{name}p', x]\n")).collect();
    let parameters: String =
        names.iter().map(|name| format!("  {name}p: {{Type: String}}\n")).collect();
    let actions: String =
        names.iter().map(|name| format!("!If [{name}, 's3:a', 's3:b'], ")).collect();
    let all = format!(
        "Resources:\n  P: {{Type: 'AWS::IAM::ManagedPolicy', Properties: {{PolicyDocument: {{Version: 2012-10-17, Statement: {{Effect: Allow, Resource: '*', Action: [{actions}]}}}}}}}}\nParameters:\n{parameters}Conditions:\n{conditions}"
    );
    let many = template(&all);
    assert_eq!((many.documents.len(), many.findings[0].rule), (0, "value-not-known"));
    assert_eq!(given(&all, &[("ap", "x")]).documents.len(), 16);
}

#[test]
fn json_is_read_as_yaml_is() {
    let text = r#"{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*",
        "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Ref": "B"}]]}}]}}},
        "B": {"Type": "AWS::S3::Bucket"}, "É": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Effect": {"Ref": "Nö"}}}}}}"#;
    let found = template(text);
    assert_eq!(
        findings(&found),
        [
            "t.yaml:4:136: error[unknown-reference]: there is no parameter and no resource `Nö` (Resources.É)"
        ]
    );
    let text = short(document(&found, "P").source.text());
    assert!(
        text.contains("\"Resource\":\"arn:<partition AWS::Partition>:s3:::<field B>\""),
        "{text}"
    );
    let twice = template(
        r#"{"AWSTemplateFormatVersion": "x", "Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": [], "Statement": {}}}}}}"#,
    );
    assert_eq!((twice.documents.len(), twice.findings[0].rule), (0, "duplicate-member"));
    let cut = template(r#"{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy""#);
    assert_eq!((cut.documents.len(), cut.findings[0].rule), (0, "truncated"));
}

#[test]
fn a_template_is_known_by_what_it_says() {
    for (text, is) in [
        (r#"{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}"#, true),
        (r#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}"#, true),
        (r#"{"Resources": {"A": {"Type": "Custom::X"}}}"#, false),
        (r#"{"Statement": [], "Resource": "AWS::"}"#, false),
        ("Resources:\n  A:\n    Type: AWS::S3::Bucket\n", true),
        ("---\n'Resources':\n  A:\n    Type: 'AWS::S3::Bucket'\n", true),
        ("Resources: {A: {Type: \"AWS::S3::Bucket\"}}\nAWSTemplateFormatVersion: x\n", true),
        ("x:\n  Resources:\n    A:\n      Type: AWS::S3::Bucket\n", false),
        ("Resources: AWS::S3::Bucket\n", false),
        ("", false),
    ] {
        assert_eq!(is_template(text), is, "{text}");
        let read =
            cloudformation(&Source::new("t", text), &Given::default(), &ReadOptions::default());
        assert_eq!(read.is_some(), is, "{text}");
    }
}

#[test]
fn yaml_is_read_as_it_is_written() {
    let policy = |statement: &str| {
        let found = template(&format!(
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: 2012-10-17\n        Statement:\n{statement}"
        ));
        let said = found.documents.iter().map(|document| short(document.source.text()));
        said.chain(findings(&found)).collect::<Vec<_>>()
    };
    let head = r#"{"Version":"2012-10-17","Statement":"#;
    for (statement, expected) in [
        (
            "          - Sid: 1\n            Effect: Allow\n",
            format!(r#"{head}[{{"Sid":"1","Effect":"Allow"}}]}}"#),
        ),
        (
            "          - &a {Effect: Allow}\n          - *a\n",
            format!(r#"{head}[{{"Effect":"Allow"}},{{"Effect":"Allow"}}]}}"#),
        ),
        (
            "          - {<<: [{Effect: Deny, Sid: x}, {Sid: y}], Effect: Allow}\n",
            format!(r#"{head}[{{"Effect":"Allow","Sid":"x"}}]}}"#),
        ),
        ("          - '<<': Allow\n", format!(r#"{head}[{{"<<":"Allow"}}]}}"#)),
        (
            "          - Condition: {Bool: {'aws:SecureTransport': FALSE}}\n",
            format!(r#"{head}[{{"Condition":{{"Bool":{{"aws:SecureTransport":"false"}}}}}}]}}"#),
        ),
        (
            "          - Resource: |\n              a\n              b\n",
            format!(r#"{head}[{{"Resource":"a\nb\n"}}]}}"#),
        ),
        (
            "          - Resource: >-\n              a\n              b\n",
            format!(r#"{head}[{{"Resource":"a b"}}]}}"#),
        ),
        ("          - AWS: !!str 123456789012\n", format!(r#"{head}[{{"AWS":"123456789012"}}]}}"#)),
        ("          - Sid: ! 1.5\n", format!(r#"{head}[{{"Sid":"1.5"}}]}}"#)),
        ("          - AWS: 123456789012\n", format!(r#"{head}[{{"AWS":"123456789012"}}]}}"#)),
    ] {
        assert_eq!(policy(statement), [expected], "{statement}");
    }
    for (statement, expected) in [
        (
            "          - AWS: 012345678901\n",
            "8:18: warning[ambiguous-scalar]: `012345678901` without quotation marks is read as a text",
        ),
        (
            "          - AWS: yes\n",
            "8:18: warning[ambiguous-scalar]: `yes` without quotation marks is read as a text",
        ),
        (
            "          - Condition: {Null: {a: b}}\n",
            "8:25: error[null-key]: `Null` without quotation marks is no name: YAML reads it as nothing",
        ),
        ("          - Effect:\n", "8:19: error[null-value]: `null` is no value in a template"),
        ("          - {a: b, c: d, a: e}\n", "8:26: error[duplicate-member]: `a` is there twice"),
        ("          - [a]: b\n", "8:13: error[null-key]: a list is no name of a member"),
        (
            "          - é: &é [*é]\n",
            "8:20: error[yaml-alias]: the alias stands inside of what it refers to",
        ),
        (
            "          - <<: a\n",
            "8:13: error[yaml-alias]: `<<` takes a mapping, or a list of mappings",
        ),
        (
            "          - !!binary aGk=\n",
            "8:13: error[yaml-tag]: the tag `!!binary` is not one of CloudFormation",
        ),
        (
            "          - a\n---\nb: c\n",
            "9:1: error[several-documents]: a second YAML document begins here",
        ),
    ] {
        let found = policy(statement);
        let found = found
            .iter()
            .map(|line| line.trim_start_matches("t.yaml:").replace(" (Resources.P)", ""));
        let found: Vec<String> = found.filter(|line| !line.starts_with('{')).collect();
        assert_eq!(found, [expected], "{statement}");
    }
    let tab = template("Resources:\n  A:\n\tType: AWS::S3::Bucket\n");
    assert_eq!((tab.findings[0].rule, tab.findings[0].position().line), ("yaml-syntax", 3));
    assert_eq!(
        tab.findings[0].help.as_deref(),
        Some("YAML is indented by blanks; replace the tab")
    );
}

#[test]
fn aliases_and_nesting_are_bounded() {
    let mut bomb =
        "Resources:\n  A: {Type: AWS::S3::Bucket}\nx0: &x0 [a, a, a, a, a, a, a, a, a]\n"
            .to_owned();
    for level in 1..9 {
        let below = vec![format!("*x{}", level - 1); 9].join(", ");
        bomb += &format!("x{level}: &x{level} [{below}]\n");
    }
    assert_eq!(template(&bomb).findings[0].rule, "yaml-alias");
    let deep = format!(
        "Resources:\n  A: {{Type: AWS::S3::Bucket}}\nx: {}{}\n",
        "[".repeat(200),
        "]".repeat(200)
    );
    assert_eq!(template(&deep).findings[0].rule, "nested-too-deeply");
    let mut chain = "Resources:\n  A: {Type: AWS::S3::Bucket}\nx0: &x0 a\n".to_owned();
    for level in 1..80 {
        chain += &format!("x{level}: &x{level} [*x{}]\n", level - 1);
    }
    assert_eq!(template(&chain).findings[0].rule, "nested-too-deeply");
    // Names that refer to names, twice each.
    let mut doubled = "Resources:\n".to_owned();
    for level in 0..60 {
        doubled += &format!(
            "  B{level}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Sub '${{B{}}}${{B{}}}'}}}}\n",
            level + 1,
            level + 1
        );
    }
    doubled += "  B60: {Type: AWS::S3::Bucket, Properties: {BucketName: ''}}\n  P: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: {Resource: !GetAtt B0.Arn}}}}\n";
    assert_eq!(template(&doubled).documents.len(), 1);
}

#[test]
fn a_document_that_is_a_text_is_read() {
    let found = resources(
        r#"
  P:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyName: p
      PolicyDocument: !Sub |
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::${Other}:root"},
         "Action": "logs:*", "Resource": "${G.Arn}"}}
  Q: {Type: AWS::Logs::ResourcePolicy, Properties: {PolicyName: p, PolicyDocument: '{"a": 1,}'}}
  G: {Type: AWS::Logs::LogGroup}
Parameters: {Other: {Type: String}}
"#,
    );
    assert_eq!(
        findings(&found),
        [
            "t.yaml:10:84: error[trailing-comma]: the policy document in this text: a comma stands before the closing `}` (Resources.Q)"
        ]
    );
    assert_eq!(refused(&found), Vec::<String>::new());
    let text = short(document(&found, "P").source.text());
    assert!(
        text.contains("arn:aws:iam::<account Other>:root")
            && text.contains("log-group:<field G>:*"),
        "{text}"
    );
}

mod random {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    /// Values of everything that the templates below do not know.
    const VALUES: &[(&str, &str)] = &[
        ("AWS::AccountId", "123456789012"),
        ("AWS::Partition", "aws-cn"),
        ("AWS::Region", "cn-north-1"),
        ("AWS::URLSuffix", "amazonaws.com.cn"),
        ("AWS::StackName", "stack"),
        ("Bucket", "the-bucket"),
        ("Queue.QueueName", "the-queue"),
        ("Arn", "arn:aws:s3:us-east-1:123456789012:x:y/\"z\""),
        ("Free", "a/b:c\\"),
        ("Region", "eu-west-1"),
        ("Env", "prod"),
        ("Id", "210987654321"),
        ("ImportValue:x", "imported"),
    ];

    fn expression() -> impl Strategy<Value = Value> {
        let names = [
            "Free",
            "Env",
            "Id",
            "AWS::Region",
            "AWS::AccountId",
            "AWS::StackName",
            "AWS::URLSuffix",
            "Bucket",
        ];
        let leaf = prop_oneof![
            prop::sample::select(vec!["a", "logs", "", "é\"\\", "$", "${aws:username}"])
                .prop_map(Value::from),
            prop::sample::select(names.to_vec()).prop_map(|name| json!({"Ref": name})),
            prop::sample::select(names.to_vec())
                .prop_map(|name| json!({"Fn::Sub": format!("x${{{name}}}-${{!aws:username}}$")})),
            Just(json!({"Fn::GetAtt": ["Bucket", "Arn"]})),
            Just(json!({"Fn::GetAtt": "Queue.Arn"})),
            Just(json!({"Fn::ImportValue": "x"})),
            Just(
                json!({"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Queue", "Arn"]}]}]})
            ),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                (prop::sample::select(vec!["", "-", ":"]), prop::collection::vec(inner.clone(), 0..3))
                    .prop_map(|(delimiter, items)| json!({"Fn::Join": [delimiter, items]})),
                inner.clone().prop_map(|value| json!({"Fn::Sub": ["${V}/${Free}", {"V": value}]})),
                (inner.clone(), inner.clone()).prop_map(|(first, second)| json!({"Fn::Select": ["1", [first, second]]})),
                inner.prop_map(|value| json!({"Fn::Select": [0, {"Fn::Split": ["|", {"Fn::Join": ["", ["a", "|b", value]]}]}]}).clone()),
            ]
        })
    }

    fn statement() -> impl Strategy<Value = Value> {
        let resource = prop_oneof![
            expression().prop_map(|value| json!({"Fn::Join": ["", ["arn:aws:s3:::", value]]})),
            Just(json!({"Fn::Sub": "arn:${AWS::Partition}:sqs:${Region}:${AWS::AccountId}:q"})),
            Just(json!({"Ref": "Arn"})),
            Just(json!({"Fn::Sub": "${Arn}/*"})),
        ];
        (resource, expression(), prop::bool::ANY).prop_map(|(resource, text, arn)| {
            let operator = if arn { "ArnLike" } else { "StringLike" };
            let text = if arn { json!({"Ref": "Arn"}) } else { text };
            json!({"Effect": "Allow", "Action": "s3:*", "Resource": [resource, {"Ref": "AWS::NoValue"}],
                "Condition": {operator: {"aws:SourceArn": [text]}}})
        })
    }

    fn around(statements: &[Value]) -> String {
        json!({
            "Parameters": {
                "Arn": {"Type": "String"}, "Free": {"Type": "String"}, "Region": {"Type": "String"},
                "Env": {"Type": "String", "AllowedValues": ["prod", "dev"]},
                "Id": {"Type": "String", "AllowedPattern": "[0-9]{12}"},
            },
            "Resources": {
                "Bucket": {"Type": "AWS::S3::Bucket"}, "Queue": {"Type": "AWS::SQS::Queue"},
                "P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}},
            },
        })
        .to_string()
    }

    /// A text with the values of its parameters.
    fn substituted(text: &str) -> String {
        let values: BTreeMap<&str, &str> = VALUES.iter().copied().collect();
        let value = |name: &str| match name.strip_prefix("Arn.") {
            Some(part) => {
                let at = ["partition", "service", "region", "account", "resource"];
                let at = at.iter().position(|known| *known == part).unwrap();
                values["Arn"].splitn(6, ':').nth(at + 1).unwrap().to_owned()
            }
            None => match values.get(name) {
                Some(value) => (*value).to_owned(),
                None => split(name, &values),
            },
        };
        let piece = |piece| match piece {
            Piece::Literal(text) => text,
            Piece::Variable(variable) => {
                let text = json!(value(&Parameter::of(&variable.key).unwrap().name)).to_string();
                text[1..text.len() - 1].to_owned()
            }
            Piece::AnyChar | Piece::AnyString => unreachable!(),
        };
        parameter::pieces(text).into_iter().map(piece).collect()
    }

    /// The first part of a text that is split at bars, as the name of a parameter tells.
    fn split(name: &str, values: &BTreeMap<&str, &str>) -> String {
        let text = name.strip_prefix("Split(\"|\", ").unwrap().strip_suffix(")[0]").unwrap();
        let first = text.split('|').next().unwrap();
        assert!(!first.contains("${"), "{name} {values:?}");
        first.to_owned()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn values_may_be_given_before_or_after(statements in prop::collection::vec(statement(), 1..4)) {
            let text = around(&statements);
            let symbolic = template(&text);
            prop_assert_eq!(findings(&symbolic), Vec::<String>::new());
            let known = given(&text, VALUES);
            prop_assert_eq!(findings(&known), Vec::<String>::new());
            let before = document(&known, "P").source.text();
            prop_assert!(!parameter::is_in(before));
            prop_assert_eq!(substituted(document(&symbolic, "P").source.text()), before);
        }

        #[test]
        fn no_text_makes_it_fail(changes in prop::collection::vec((0usize..4000, prop::sample::select(vec!["", "\n", "{", "}", "[", "]", ":", " ", "'", "\"", "!", "&a ", "*a", "é", "\t", "- ", "${", "Fn::", "null", "<<: "])), 1..6), json in prop::bool::ANY, statements in prop::collection::vec(statement(), 1..2)) {
            let mut text = if json { around(&statements) } else { with("!Sub '${Name}${Env}'") };
            for (at, put) in changes {
                let at = (0..=at % text.len().max(1)).rev().find(|at| text.is_char_boundary(*at)).unwrap();
                let end = text[at..].chars().next().map_or(at, |letter| at + letter.len_utf8());
                text.replace_range(at..end, put);
            }
            let read = cloudformation(&Source::new("t", text.as_str()), &Given::default(), &ReadOptions::default());
            prop_assert_eq!(read.is_some(), is_template(&text));
            for found in read.iter().flat_map(|template| &template.findings) {
                prop_assert!(found.span.start <= found.span.end && found.span.end <= text.len(), "{} {:?}", found, found.span);
                prop_assert!(text.is_char_boundary(found.span.start) && text.is_char_boundary(found.span.end), "{}", found);
            }
            if let Some(template) = read {
                refused(&template);
            }
        }
    }
}
