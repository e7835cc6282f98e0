//! `lint` and `validate` of templates and plans: each policy, at its place in the file.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, keyaki, lines, out};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const TEMPLATE: &str = r#"Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
      Policies:
        - PolicyName: reports
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:GetObjekt
                Resource: !Sub "arn:aws:s3:::${Bucket}/*"
  Bucket:
    Type: AWS::S3::Bucket
"#;

/// A resource of which no policy can be read.
const BROKEN: &str = r#"  Broken:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: "s3:*", Resource: !Unknown x}
"#;

fn ground() -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("app.yaml", TEMPLATE);
    write("notes.yaml", "a: 1\n");
    write("bucket.yml", "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n");
    write("broken.template", &format!("{TEMPLATE}{BROKEN}"));
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}}"#;
    write("policy.json", policy);
    folder
}

/// Where the findings of a rule stand: the name of the file, the line, and the way.
fn places(all: &[Value], rule: &str) -> Vec<(String, u64, String)> {
    let of_rule = |line: &&Value| line["rule"] == rule || line["code"] == rule;
    let place = |line: &Value| {
        let file = line.get("policy").or(line.get("file")).unwrap().as_str().unwrap();
        let name = file.rsplit('/').next().unwrap().to_owned();
        let way = line["route"].as_str().unwrap_or_default().to_owned();
        (name, line["line"].as_u64().unwrap(), way)
    };
    all.iter().filter(of_rule).map(place).collect()
}

#[test]
fn findings_stand_in_the_template() {
    let folder = ground();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let way = "Reader.Policies.reports.Statement[0].Action".to_owned();
    let expected = [("app.yaml".to_owned(), 17, way)];
    let app = path("app.yaml");
    for file in [app.clone(), format!("{app}#Reader"), format!("{app}#Reader.Policies.reports")] {
        let output = keyaki(&["lint", &file, "-f", "json"]);
        // The role has two policies, so that its address is not that of one.
        if file.ends_with("#Reader") {
            assert_eq!(code(&output), 2);
            assert!(err(&output).contains("has several policies at `Reader`"), "{}", err(&output));
            continue;
        }
        assert_eq!(code(&output), 1, "{file}: {}", err(&output));
        assert_eq!(places(&lines(&output), "unknown-action"), expected, "{file}");
    }
    let output = keyaki(&["lint", &format!("{app}#Reader.AssumeRolePolicyDocument")]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    for (format, words) in [
        ("github", "line=17,"),
        ("junit", "app.yaml#Reader.Policies.reports\""),
        ("sarif", "\"startLine\": 17"),
        ("markdown", "app.yaml:17"),
    ] {
        let output = keyaki(&["lint", &app, "-f", format]);
        assert_eq!(code(&output), 1, "{format}");
        assert!(out(&output).contains(words), "{format}: {}", out(&output));
    }
}

#[test]
fn a_folder_has_templates_too() {
    let folder = ground();
    let path = folder.path().display().to_string();
    let output = keyaki(&["lint", &path, "-f", "json"]);
    let found = places(&lines(&output), "unknown-action");
    let files: Vec<(&str, u64)> =
        found.iter().map(|(file, line, _)| (file.as_str(), *line)).collect();
    assert_eq!(files, [("policy.json", 1), ("app.yaml", 17), ("broken.template", 17)]);
    // What cannot be read is said, and stops nothing.
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("broken.template:27"), "{}", err(&output));
    assert!(!err(&output).contains("notes.yaml"), "{}", err(&output));
    // Nobody knows what stands in a file that is no text.
    fs::write(folder.path().join("other.yaml"), b"Resources: \xff").unwrap();
    for command in ["lint", "validate"] {
        let output = keyaki(&[command, &path]);
        let told = out(&output) + &err(&output);
        assert!(code(&output) == 2 && told.contains("other.yaml"), "{told}");
    }
    // Named, a file without a policy is an error.
    let named = |name: &str| keyaki(&["lint", &folder.path().join(name).display().to_string()]);
    assert_eq!(code(&named("notes.yaml")), 2);
    let output = named("bucket.yml");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("cloudformation-template"), "{}", err(&output));
    let none = TempDir::new().unwrap();
    let output = keyaki(&["lint", &none.path().display().to_string()]);
    assert!(err(&output).contains("no `*.json` and no template in the folder"));
}

#[test]
fn validate_reads_templates_and_plans() {
    let folder = ground();
    let app = folder.path().join("app.yaml").display().to_string();
    let output = keyaki(&["validate", &app]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    for line in [
        "app.yaml#Reader.AssumeRolePolicyDocument: valid as a role trust policy\n",
        "app.yaml#Reader.Policies.reports: valid as an identity-based policy\n",
    ] {
        assert!(out(&output).contains(line), "{}", out(&output));
    }
    let output = keyaki(&["validate", "tests/cases/review/base/terraform/plan.json"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("plan.json#aws_iam_role."), "{}", out(&output));
    // What is wrong with a policy stands in the template, and its way begins with the address.
    let wrong = TEMPLATE
        .replace("Effect: Allow\n                Action", "Effect: Grant\n                Action");
    assert_ne!(wrong, TEMPLATE);
    fs::write(&app, wrong).unwrap();
    for command in ["validate", "lint"] {
        let output = keyaki(&[command, &app, "-f", "json"]);
        assert_eq!(code(&output), if command == "lint" { 2 } else { 1 }, "{}", err(&output));
        let said = if command == "lint" { err(&output) } else { out(&output) };
        assert!(said.contains("`Grant` is not an effect"), "{command}: {said}");
        if command == "validate" {
            let way = "Reader.Policies.reports.Statement[0].Effect".to_owned();
            let expected = [("app.yaml".to_owned(), 16, way)];
            assert_eq!(places(&lines(&output), "invalid-effect"), expected);
        }
    }
}

/// What the values of parameters may be counts for lint, too: nobody is a principal of no account.
#[test]
fn lint_reads_principals_with_parameters() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.yaml");
    let text = |principal: &str, key: &str| {
        format!(
            r#"Parameters: {{Partner: {{Type: String}}, Function: {{Type: String}}}}
Resources:
  Bucket: {{Type: AWS::S3::Bucket}}
  Shared:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {principal}
            Action: s3:PutObject
            Resource: !Sub "${{Bucket.Arn}}/*"
            Condition: {{StringEquals: {{"{key}": bucket-owner-full-control}}}}
"#
        )
    };
    let findings = |principal: &str, key: &str| {
        fs::write(&path, text(principal, key)).unwrap();
        let output = keyaki(&["lint", path.to_str().unwrap(), "--no-project"]);
        out(&output)
    };
    for principal in [
        "{AWS: !Sub 'arn:aws:iam::${Partner}:root'}",
        "{AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Function}'}",
        "{AWS: [!Sub 'arn:aws:iam::${Partner}:user/a', 'arn:aws:iam::111122223333:root']}",
        "{Service: !Sub 'lambda.${AWS::URLSuffix}'}",
    ] {
        let told = findings(principal, "s3:x-amz-acl");
        assert!(told.starts_with("0 findings"), "{principal}: {told}");
    }
    // What is wrong is found beside parameters, and called as in the template.
    let told = findings("{AWS: !Sub 'arn:aws:iam::${Partner}:root'}", "s3:VersionId");
    assert!(told.contains("`s3:VersionId` never comes with"), "{told}");
    fs::write(&path, text("'*'", "s3:x-amz-acl").replace("s3:PutObject", "sqs:SendMessage"))
        .unwrap();
    let told = out(&keyaki(&["lint", path.to_str().unwrap(), "--no-project"]));
    assert!(told.contains("`arn:${AWS::Partition}:s3:::${Bucket}/*`"), "{told}");
}
