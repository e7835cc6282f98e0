#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod places;
mod random;
mod texts;

use super::{Given, cloudformation, is_template};
use crate::{Document, Template};
use keyaki_iam::json::{self, JsonValue, Limits};
use keyaki_iam::policy::parameter::{self, Form, Parameter};
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
  Service: {Type: 'AWS::ECS::Service'}
  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${B}-a'}}
  B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !If [Never, b, !Sub '${A}-b']}}
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
        ("!GetAtt Rule.Arn", vec![format!("arn:<partition AWS::Partition>:events:{here}:rule/<field Rule.NameInArn>")]),
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
        ("!Sub ['arn:aws:s3:::${X}', {X: !Select [0, !Ref Names]}]", vec!["arn:aws:s3:::<text Select(0, Names)>".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !Join ['-', !Ref Names]}]", vec!["arn:aws:s3:::<text Join(\"-\", Names)>".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !Select [0, !Split ['-', !Ref Name]]}]", vec!["arn:aws:s3:::<text Select(0, Split(\"-\", ${Name}))>".to_owned()]),
        ("!Sub ['arn:aws:s3:::${X}', {X: !FindInMap [ByRegion, !Ref 'AWS::Region', bucket]}]", vec!["arn:aws:s3:::<one|two of FindInMap:ByRegion.${AWS::Region}.bucket>".to_owned()]),
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
        ("!GetAttr Bucket.Arn", "unknown-function"),
        ("{'Fn::Transform': {Name: X}}", "unknown-function"),
        ("{'Fn::Sub': a, 'Fn::Join': b}", "invalid-function"),
        ("!Sub 'arn:aws:s3:::${Names}'", "invalid-function"),
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
    for (name, value) in [("AWS::AccountId", "12345"), ("AWS::Partition", "aws-mars"), ("Id", "1")]
    {
        let wrong = given(
            &with("!Sub 'arn:${AWS::Partition}:s3::${AWS::AccountId}:${Id}'"),
            &[(name, value)],
        );
        let rules: Vec<_> = wrong.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!((wrong.documents.len(), rules), (0, vec!["parameter-value"]), "{name}");
    }
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
fn one_of_many_accounts_is_an_account_where_it_is_a_principal() {
    let text = r#"
Mappings: {M: {us-east-1: {a: '123456789012'}, eu-west-1: {a: '210987654321'}, eu-west-2: {a: '1'}, eu-west-3: {a: '2'}, eu-north-1: {a: '3'}}}
Resources:
  P:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: b
      PolicyDocument:
        Version: 2012-10-17
        Statement: {Effect: Allow, Action: 's3:*', Resource: '*', Principal: {AWS: !FindInMap [M, !Ref AWS::Region, a]}}
"#;
    let many = text.replace("'1'", "'111111111111'").replace("'2'", "'222222222222'");
    let found = template(&many.replace("'3'", "'333333333333'"));
    assert_eq!((findings(&found), refused(&found)), (Vec::new(), Vec::new()));
    assert!(
        short(document(&found, "P").source.text())
            .contains("{\"AWS\":\"<account FindInMap:M.${AWS::Region}.a>\"}")
    );
    // Of few, and of what is no account, each is a variant.
    let few = text.replace("'1'", "'123456789012'").replace("'2'", "'123456789012'");
    let odd = template(&few.replace("'3'", "'123456789012'").replace("'210987654321'", "other"));
    let addresses: Vec<&str> = odd.documents.iter().map(|one| one.address.as_str()).collect();
    let regions = ["eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "us-east-1"];
    assert_eq!(addresses, regions.map(|region| format!("P[AWS::Region={region}]")));
    assert_eq!(refused(&odd).len(), 1, "{:?}", refused(&odd));
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
    assert!(found.documents.iter().all(|document| document.base() == "P"));
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

/// What two parts say is one symbol only if it is one thing.
#[test]
fn texts_that_look_alike_are_told_apart() {
    let resource = |list: &str| tried(&format!("!Sub ['arn:aws:s3:::${{A}}/${{B}}', {list}]"));
    for (list, expected) in [
        (
            "{A: !ImportValue Name, B: !ImportValue {Ref: Name}}",
            "arn:aws:s3:::<text ImportValue:Name>/<text ImportValue:${Name}>",
        ),
        (
            "{A: !ImportValue {'Fn::Sub': '${!Name}'}, B: !ImportValue {Ref: Name}}",
            "arn:aws:s3:::<text ImportValue:${!Name}>/<text ImportValue:${Name}>",
        ),
        (
            "{A: !GetAtt Service.Name, B: !Select [5, !Split [':', !Ref Service]]}",
            "arn:aws:s3:::<text Service.Name>/service/<field Service.NameInArn>",
        ),
        (
            "{A: !Ref Rule, B: !Select [5, !Split [':', !GetAtt Rule.Arn]]}",
            "arn:aws:s3:::<text Rule>/rule/<field Rule.NameInArn>",
        ),
    ] {
        assert_eq!(resource(list), [expected], "{list}");
    }
    // Equal to the text `Name`, and to the parameter of that name.
    let found = resources(&format!(
        "  P: {{Type: 'AWS::IAM::ManagedPolicy', Properties: {{PolicyDocument: !If [IsText, {ALLOW}, !If [IsOther, {GRANT}, {ALLOW}]]}}}}\nParameters: {{A: {{Type: String}}, Name: {{Type: String}}}}\nConditions: {{IsText: !Equals [!Ref A, Name], IsOther: !Equals [!Ref A, !Ref Name]}}\n"
    ));
    let names: Vec<_> = found.documents.iter().map(|document| document.address.as_str()).collect();
    assert_eq!(names, ["P[A=Name]", "P[A!=Name, A=${Name}]", "P[A!=Name, A!=${Name}]"]);
}
