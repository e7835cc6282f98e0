//! JSON and YAML, as they are written.

use super::*;

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
        ("          - &a {Effect: Allow}\n", format!(r#"{head}[{{"Effect":"Allow"}}]}}"#)),
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
            "8:20: error[yaml-alias]: `*é` is an alias, which CloudFormation refuses",
        ),
        (
            "          - {a: &x b, c: *x}\n",
            "8:26: error[yaml-alias]: `*x` is an alias, which CloudFormation refuses",
        ),
        (
            "          - {a: &x b, *x : c}\n",
            "8:23: error[yaml-alias]: `*x` is an alias, which CloudFormation refuses",
        ),
        (
            "          - <<: a\n",
            "8:13: error[yaml-alias]: `<<` merges mappings, which CloudFormation refuses",
        ),
        (
            "          - a: &x {b: c}\n            d: {<<: *x}\n",
            "9:17: error[yaml-alias]: `<<` merges mappings, which CloudFormation refuses",
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
fn what_has_no_alias_is_read() {
    let policy = |name: &str, effect: &str| {
        format!(
            "  {name}:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: {{Statement: [{{Effect: {effect}, Action: 'a:b', Resource: '*'}}]}}\n"
        )
    };
    let shared = "  C:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: *p\n";
    let text = format!("Resources:\n{}{}{shared}", policy("A", "&a Allow"), policy("B", "*a"));
    let found = template(&text.replacen("Properties:", "Properties: &p", 1));
    let addresses: Vec<&str> = found.documents.iter().map(|one| &*one.address).collect();
    assert_eq!(addresses, ["A"], "{found:?}");
    let places: Vec<_> = found.findings.iter().map(|one| (one.rule, one.position().line)).collect();
    assert_eq!(places, [("yaml-alias", 9), ("yaml-alias", 12)]);
    // What depends on an alias is not told twice.
    let typed = "Resources:\n  A: {Type: &t AWS::S3::Bucket}\n  B: {Type: *t, Condition: *t}\n";
    let rules: Vec<_> = template(typed).findings.iter().map(|one| one.rule).collect();
    assert_eq!(rules, ["yaml-alias"; 2]);
    assert!(template("Resources: &r\n  A: {Type: AWS::S3::Bucket}\n").findings.is_empty());
}

#[test]
fn functions_are_named_after_those_that_there_are() {
    for (written, help) in [
        ("!GetAttr a.b", "did you mean `Fn::GetAtt`, `!GetAtt` in YAML?"),
        ("!ref a", "did you mean `Ref`, `!Ref` in YAML?"),
        (
            "!Frobnicate a",
            "there are `Ref`, `Fn::FindInMap`, `Fn::GetAtt`, `Fn::If`, `Fn::ImportValue`, `Fn::Join`, `Fn::Select`, `Fn::Split`, `Fn::Sub`",
        ),
    ] {
        let text = format!(
            "Resources:\n  P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Statement: [{{Resource: {written}}}]}}}}}}\n"
        );
        let found = template(&text);
        assert_eq!(found.findings[0].rule, "unknown-function");
        assert_eq!(found.findings[0].help.as_deref(), Some(help), "{written}");
    }
}

#[test]
fn resources_in_a_circle_are_refused() {
    let policy = |properties: &str| {
        format!(
            "{{Type: AWS::IAM::ManagedPolicy, Properties: {{{properties}PolicyDocument: {{Statement: [{{Effect: Allow, Action: 'a:b', Resource: !Ref Q}}]}}}}}}"
        )
    };
    let (plain, back) = (policy(""), policy("Description: !Sub 'of ${!Q} ${Q.Arn}', "));
    let queue = |properties: &str| {
        format!("  Q: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {properties}}}}}\n")
    };
    for (resources, expected) in [
        (
            format!("  P: {back}\n{}", queue("!GetAtt [P, PolicyId]")),
            vec!["P -> Q -> P", "Q -> P -> Q"],
        ),
        (
            format!(
                "  P: {plain}\n{}  R: {{Type: AWS::SNS::Topic, Properties: {{TopicName: !Ref P}}}}\n",
                queue("!Sub ['${x}-${R}', {x: y}]")
            ),
            vec!["P -> Q -> R -> P", "Q -> R -> P -> Q", "R -> P -> Q -> R"],
        ),
        (
            format!("  P: {plain}\n  Q: {{Type: AWS::SQS::Queue, DependsOn: [P]}}\n"),
            vec!["P -> Q -> P", "Q -> P -> Q"],
        ),
        // None of these need be there together, or is one.
        (format!("  P: {plain}\n{}", queue("!If [c, !Ref P, a]")), vec![]),
        (
            format!("  P: {plain}\n  Q: {{Type: AWS::SQS::Queue, Condition: c, DependsOn: P}}\n"),
            vec![],
        ),
        (format!("  P: {plain}\n{}", queue("!Sub ['${P}', {P: a}]")), vec![]),
    ] {
        let found = template(&format!(
            "Conditions: {{c: !Equals [!Ref 'AWS::Region', a]}}\nResources:\n{resources}"
        ));
        let told: Vec<&str> = found
            .findings
            .iter()
            .filter_map(|one| {
                one.message.strip_prefix("resources refer to each other in a circle: ")
            })
            .collect();
        assert_eq!(told, expected, "{resources} {:?}", found.findings);
        let has = resources.contains("P: {Type: AWS::IAM") && expected.is_empty();
        assert_eq!(found.documents.len(), usize::from(has), "{resources}");
    }
}

/// What cannot be made is read all the same: CDK prints it.
#[test]
fn a_resource_that_refers_to_itself_is_told() {
    let found = template(
        "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Ref T}\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      Description: !Sub '${P}'\n      PolicyDocument: {Statement: [{Effect: Allow, Action: 'a:b', Resource: !Ref T}]}\n",
    );
    let told: Vec<String> = found.findings.iter().map(|one| one.message.clone()).collect();
    assert_eq!(told, ["`T` refers to itself", "`P` refers to itself"]);
    assert!(found.findings.iter().all(|one| !one.is_error()));
    assert_eq!(found.documents.len(), 1);
}

#[test]
fn nesting_is_bounded() {
    let deep = format!(
        "Resources:\n  A: {{Type: AWS::S3::Bucket}}\nx: {}{}\n",
        "[".repeat(200),
        "]".repeat(200)
    );
    assert_eq!(template(&deep).findings[0].rule, "nested-too-deeply");
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
    let policy = r#"{"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": {"Statement": []}}}"#;
    let whole = format!(r#"{{"AWSTemplateFormatVersion": "x", "Resources": {{"P": {policy}}}}}"#);
    assert_eq!(template(&whole).documents.len(), 1);
    for (member, value) in [
        (r#""AWSTemplateFormatVersion""#, r#""y""#),
        (r#""P""#, policy),
        (r#""Type""#, r#""AWS::IAM::ManagedPolicy""#),
        (r#""PolicyDocument""#, "{}"),
        (r#""Statement""#, "{}"),
    ] {
        let twice = template(&whole.replace(member, &format!("{member}: {value}, {member}")));
        assert_eq!(
            (twice.documents.len(), twice.findings[0].rule),
            (0, "duplicate-member"),
            "{member}"
        );
    }
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
