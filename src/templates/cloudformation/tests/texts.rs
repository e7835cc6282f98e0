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
