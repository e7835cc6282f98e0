//! Resources, and where their policies stand.

use super::*;

#[test]
fn every_place_of_a_policy_is_read() {
    for place in super::super::places::PLACES {
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
    let compared = "Resource: !Ref Trusted, Effect: Allow, Action: 'sts:AssumeRole'";
    let failed = resources(&text.replace(
        "- {PolicyName: logs, ",
        &format!("- {{PolicyName: own, PolicyDocument: {{Statement: {{{compared}}}}}}}\n        - {{PolicyName: logs, "),
    ));
    assert_eq!(
        findings(&failed),
        [
            "t.yaml:11:90: error[value-not-known]: whether `Trusted` is an account, or which role or user it is, must be known (Resources.App)"
        ]
    );
    let trust = |kind: &str| format!("App.AssumeRolePolicyDocument[Trusted.kind{kind}]");
    let found = resources(&text);
    let apart: Vec<&str> =
        found.documents.iter().take(3).map(|document| document.address.as_str()).collect();
    assert_eq!(apart, [trust("!=role, Trusted.kind!=user"), trust("=role"), trust("=user")]);
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
            format!("Shared identity role/other AWS::IAM::Role ?, {role}"),
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
    assert_eq!(members, [("Ann", "Staff"), ("Ann", "group/others"), ("user/bob", "Staff")]);
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
        - S3ReedPolicy: {{BucketName: b}}
        - S3ReadPolicy: {{}}
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
            format!("F.Policies[3] identity FRole AWS::IAM::Role {role}"),
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
            ("error", "not-understood", 14),
            ("error", "missing-member", 15),
            ("warning", "not-understood", 16)
        ]
    );
    let attached: Vec<_> =
        found.attachments.iter().map(|one| (one.policy.as_str(), one.boundary)).collect();
    assert_eq!(
        attached,
        [
            ("arn:aws:iam::aws:policy/P", false),
            ("AWSLambdaExecute", false),
            ("arn:aws:iam::123456789012:policy/b", true)
        ]
    );
    assert_eq!(
        document(&found, "F.Policies[3]").source.text(),
        r#"{"Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","s3:GetBucketLocation","s3:GetObjectVersion","s3:GetLifecycleConfiguration"],"Resource":["arn:${keyaki:parameter/partition/AWS::Partition}:s3:::b","arn:${keyaki:parameter/partition/AWS::Partition}:s3:::b/*"]}]}"#
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
fn organizations_and_buses_are_read() {
    let found = resources(&format!(
        r#"
  S: {{Type: 'AWS::Organizations::Policy', Properties: {{Type: SERVICE_CONTROL_POLICY, TargetIds: [ou-1], Content: {ALLOW}}}}}
  R: {{Type: 'AWS::Organizations::Policy', Properties: {{Type: RESOURCE_CONTROL_POLICY, Content: '{{"Version": "2012-10-17", "Statement": []}}'}}}}
  D: {{Type: 'AWS::DynamoDB::GlobalTable', Properties: {{Replicas: [{{Region: a}}, {{Region: b, ResourcePolicy: {{PolicyDocument: {GRANT}}}}}]}}}}
  T: {{Type: 'AWS::Organizations::Policy', Properties: {{Type: TAG_POLICY, Content: {{tags: {{}}}}}}}}
  E: {{Type: 'AWS::Events::EventBusPolicy', Properties: {{StatementId: s, Statement: {{Effect: Allow, Principal: '*', Action: 'events:PutEvents', Resource: '*'}}}}}}
  O: {{Type: 'AWS::Events::EventBusPolicy', Properties: {{EventBusName: b, StatementId: s, Action: 'events:PutEvents', Principal: '*', Condition: {{Type: StringEquals, Key: 'aws:PrincipalOrgID', Value: o-1}}}}}}
  P: {{Type: 'AWS::Events::EventBusPolicy', Properties: {{StatementId: s, Action: 'events:PutEvents', Principal: '*', Condition: {{Type: StringEquals}}}}}}
"#
    ));
    assert_eq!(
        addresses(&found),
        [
            "S scp ou-1  ?".to_owned(),
            "R rcp ".to_owned(),
            "D.Replicas[b].ResourcePolicy resource D AWS::DynamoDB::GlobalTable ?".to_owned(),
            "E resource eventbus/default AWS::Events::EventBus arn:<partition AWS::Partition>:events:<region AWS::Region>:<account AWS::AccountId>:event-bus/default".to_owned(),
            "O resource eventbus/b AWS::Events::EventBus arn:<partition AWS::Partition>:events:<region AWS::Region>:<account AWS::AccountId>:event-bus/b".to_owned(),
        ]
    );
    let rules: Vec<_> = found.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["wrong-type"]);
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
