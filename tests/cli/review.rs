//! `keyaki review`: what a change of policies, templates and plans allows, and which claims it breaks.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use crate::support::command::{code, err, git, keyaki, lines, out};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

const CASES: &str = "tests/cases/review";

fn review(old: &str, new: &str, more: &[&str]) -> Output {
    let [old, new] = [old, new].map(|side| format!("{CASES}/{side}"));
    keyaki(&[&["review", &old, &new], more].concat())
}

/// The changes by their addresses, with the relation, and the summary.
fn told(output: &Output) -> (Vec<(String, String)>, Value) {
    let all = lines(output);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let changes = all.iter().filter(|line| line.get("relation").is_some());
    let changes = changes.map(|line| (text(&line["address"]), text(&line["relation"]))).collect();
    (changes, all.last().unwrap().clone())
}

#[test]
fn a_green_change_is_a_refactoring_and_less_access() {
    let claims = format!("{CASES}/green/claims.toml");
    let output = review("base", "green", &["--claims", &claims, "-f", "json"]);
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    let (changes, summary) = told(&output);
    let expected = [("app.yaml#AppRole", "equivalent"), ("ci.yaml#Deploy", "narrower")];
    assert_eq!(changes, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    for (name, count) in [
        ("unchanged", 9),
        ("added", 0),
        ("removed", 1),
        ("unknown", 0),
        ("claims", 15),
        ("failed", 0),
    ] {
        assert_eq!(summary[name], count, "{name}: {summary}");
    }
}

#[test]
fn a_red_change_is_told_with_statements_and_broken_claims() {
    let claims = format!("{CASES}/red/claims.toml");
    let output = review("base", "red", &["--claims", &claims, "-f", "json"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    let (changes, summary) = told(&output);
    let expected = [
        "app.yaml#AppRole",
        "ci.yaml#Deploy.AssumeRolePolicyDocument",
        "guardrails.yaml#Regions",
        "storage.yaml#ReportsPolicy",
        "terraform/plan.json#aws_iam_role.writer",
        "terraform/plan.json#aws_kms_key.data.policy",
    ];
    assert_eq!(changes, expected.map(|one| (one.to_owned(), "wider".to_owned())));
    assert_eq!((&summary["failed"], &summary["broken"]), (&json!(5), &json!(5)));
    let all = lines(&output);
    // The statement stands in the file that a person wrote.
    let added = |address: &str| {
        let line = all.iter().find(|line| line["address"] == address).unwrap();
        let statement = &line["added"]["statements"][0];
        let file = statement["file"].as_str().unwrap();
        let text = fs::read_to_string(file).unwrap();
        let line = usize::try_from(statement["line"].as_u64().unwrap()).unwrap();
        (file.to_owned(), text.lines().skip(line - 1).take(6).collect::<Vec<_>>().join("\n"))
    };
    let (file, text) = added("terraform/plan.json#aws_iam_role.writer");
    assert!(file.ends_with("policies.tf") && text.contains("s3:DeleteObject"), "{file}: {text}");
    let (file, text) = added("app.yaml#AppRole");
    assert!(file.ends_with("app.yaml") && text.contains("anthropic.claude-*"), "{file}: {text}");
    let broken: Vec<&Value> = all
        .iter()
        .filter(|line| line["asExpectedBefore"] == true && line["asExpected"] == false)
        .collect();
    assert_eq!(broken.len(), 5);
    let text = out(&review("base", "red", &["--claims", &claims]));
    assert_eq!(text.matches("this change breaks it").count(), 5, "{text}");
}

/// What a change adds is what the change back removes.
#[test]
fn a_change_back_removes_what_the_change_added() {
    let there = lines(&review("base", "red", &["-f", "json"]));
    let back = lines(&review("red", "base", &["-f", "json"]));
    for (one, other) in there.iter().zip(&back).filter(|(one, _)| one.get("relation").is_some()) {
        assert_eq!(one["address"], other["address"]);
        assert_eq!((&one["relation"], &other["relation"]), (&json!("wider"), &json!("narrower")));
        assert_eq!(one["added"]["request"], other["removed"]["request"]);
    }
}

#[test]
fn a_plan_alone_is_before_and_after() {
    let plan = format!("{CASES}/red/terraform/plan.json");
    let output = keyaki(&["review", &plan, "-f", "json"]);
    let (changes, _) = told(&output);
    assert!(changes.contains(&("aws_kms_key.data.policy".to_owned(), "wider".to_owned())));
    let output = keyaki(&["review", &format!("{CASES}/red/app.yaml")]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("needs two sides"), "{}", err(&output));
}

#[test]
fn a_revision_is_a_side() {
    let folder = TempDir::new().unwrap();
    let policy = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}).to_string()
    };
    let path = folder.path().join("policies/app.json");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, policy("s3:GetObject")).unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    fs::write(&path, policy("s3:*")).unwrap();
    let policies = folder.path().join("policies");
    for side in [&policies, &path] {
        let output = keyaki(&["review", "--git", "HEAD", side.to_str().unwrap(), "-f", "json"]);
        assert_eq!(code(&output), 1, "{}", err(&output));
        let (changes, _) = told(&output);
        assert_eq!(changes, [("app.json".to_owned(), "wider".to_owned())]);
    }
    // A file that is new was nothing.
    let new = policies.join("new.json");
    fs::write(&new, policy("sqs:*")).unwrap();
    let output = keyaki(&["review", "--git", "HEAD", new.to_str().unwrap(), "-f", "json"]);
    assert_eq!(code(&output), 1, "{}", err(&output));
    assert_eq!(told(&output).0, [("new.json".to_owned(), "wider".to_owned())]);
    // The project's accounts are those of whom a change is told.
    fs::write(folder.path().join("keyaki.toml"), "accounts = [\"444455556666\"]\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyaki"));
    let words = ["review", "--git", "HEAD", "policies", "-f", "json"];
    let output = command.args(words).current_dir(folder.path()).output().unwrap();
    let request = &lines(&output)[0]["added"]["request"];
    let caller = request["principal"].as_str().unwrap_or_else(|| panic!("{}", out(&output)));
    assert!(caller.contains(":444455556666:"), "{caller}");
    let output = keyaki(&["review", "--git", "no-such", policies.to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("no-such"), "{}", err(&output));
}

/// A plan of a revision is read with the files that stand beside it there.
#[test]
fn a_plan_of_a_revision_has_its_configuration() {
    let folder = TempDir::new().unwrap();
    for entry in fs::read_dir(format!("{CASES}/base/terraform")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    for words in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "first"]] {
        git(folder.path(), words);
    }
    let plan = folder.path().join("plan.json");
    let output = keyaki(&["review", "--git", "HEAD", plan.to_str().unwrap(), "-f", "json"]);
    assert_eq!((code(&output), err(&output).as_str()), (0, ""), "{}", out(&output));
    let (changes, summary) = told(&output);
    assert!(changes.is_empty() && summary["unchanged"] != json!(0), "{}", out(&output));
}

/// What was there has the name that Git gives it, and not that of a copy.
#[test]
fn what_a_revision_held_has_the_same_name_in_every_run() {
    let folder = TempDir::new().unwrap();
    let (policies, gone) =
        (folder.path().join("policies"), folder.path().join("policies/gone.yaml"));
    fs::create_dir_all(&policies).unwrap();
    fs::copy(format!("{CASES}/base/app.yaml"), &gone).unwrap();
    fs::copy(format!("{CASES}/base/queue.json"), policies.join("queue.json")).unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    fs::remove_file(&gone).unwrap();
    let review = |format| {
        let output = keyaki(&["review", "--git", "HEAD", policies.to_str().unwrap(), "-f", format]);
        assert_eq!(code(&output), 0, "{}", err(&output));
        out(&output)
    };
    for format in ["human", "json", "sarif", "markdown", "github", "junit"] {
        assert_eq!(review(format), review(format), "{format}");
    }
    let named = format!("HEAD:{}/gone.yaml:", policies.display());
    assert!(review("human").contains(&named), "{named}: {}", review("human"));
    // Where a code review shows files they have the paths that it knows.
    let path = gone.display();
    for (format, place) in [
        ("sarif", format!("\"uri\": \"file://{path}\"")),
        ("github", format!("::notice file={path},line=")),
    ] {
        assert!(review(format).contains(&place), "{place}: {}", review(format));
    }
}

/// A hook of Git in a second working tree has variables that name the repository. They must not
/// change which folder is compared.
#[test]
fn a_hook_reviews_the_folder_that_it_names() {
    let folder = TempDir::new().unwrap();
    let policies = folder.path().join("policies");
    fs::create_dir_all(&policies).unwrap();
    fs::copy(format!("{CASES}/base/app.yaml"), policies.join("app.yaml")).unwrap();
    fs::copy(format!("{CASES}/base/queue.json"), folder.path().join("queue.json")).unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    let output = Command::new(env!("CARGO_BIN_EXE_keyaki"))
        .args(["review", "--git", "HEAD", "policies"])
        .env("GIT_DIR", folder.path().join(".git"))
        .env("GIT_PREFIX", "")
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("0 changed, 2 the same"), "{}", out(&output));
}

/// One file that cannot be read does not keep the others from being reviewed.
#[test]
fn what_cannot_be_read_is_told_and_the_rest_goes_on() {
    let folder = TempDir::new().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    for side in [&old, &new] {
        fs::create_dir_all(side).unwrap();
        fs::write(side.join("package.json"), r#"{"name": "x"}"#).unwrap();
    }
    let allow = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    fs::write(new.join("good.json"), allow).unwrap();
    fs::write(new.join("bad.json"), allow.replace("Effect", "Efect")).unwrap();
    fs::write(new.join("tab.yaml"), "Resources:\n\tR:\n    Type: AWS::IAM::Role\n").unwrap();
    let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
    let output = keyaki(&["review", old, new, "-f", "json"]);
    assert_eq!(code(&output), 2);
    let (changes, _) = told(&output);
    assert_eq!(changes, [("good.json".to_owned(), "wider".to_owned())]);
    for named in ["bad.json:1", "Efect", "tab.yaml:2"] {
        assert!(err(&output).contains(named), "{named}: {}", err(&output));
    }
}

/// Two templates in a folder of their own, and what a review of them tells.
fn templates(old: &str, new: &str, more: &[&str]) -> (Output, TempDir) {
    let folder = TempDir::new().unwrap();
    let paths = [("old.yaml", old), ("new.yaml", new)].map(|(name, text)| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    (keyaki(&[&["review", &paths[0], &paths[1], "--no-project"], more].concat()), folder)
}

/// A role that may read a bucket but for one object.
const READER: &str = r"
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: !Sub 'arn:aws:s3:::data-${Stage}/*'
        - PolicyName: not
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{Effect: Deny, Action: s3:GetObject, Resource: 'arn:aws:s3:::*/secret'}]
";

#[test]
fn nobody_is_without_a_policy_that_cannot_be_read() {
    let broken = READER.replace("Effect: Deny", "Effect: !Frobnicate Deny");
    assert_ne!(broken, READER);
    for (old, new) in [(READER, broken.as_str()), (broken.as_str(), READER)] {
        let (output, _folder) = templates(old, new, &["-f", "json"]);
        assert_eq!(code(&output), 2, "{}", out(&output));
        let (changes, summary) = told(&output);
        assert_eq!(changes, [("Reader".to_owned(), "unknown".to_owned())], "{}", out(&output));
        assert_eq!((&summary["unknown"], &summary["unchanged"]), (&json!(1), &json!(1)));
        let line = &lines(&output)[0];
        assert_eq!(line["reason"]["code"], "side-says-nothing", "{line}");
    }
}

/// A policy that is new and cannot be read may be of anybody in the file; one of a bucket is of nobody.
#[test]
fn nobody_is_without_a_new_policy_that_cannot_be_read() {
    let policy = |kind: &str, more: &str| {
        format!(
            "{READER}  More:\n    Type: {kind}\n    Properties:\n{more}      PolicyDocument:\n        \
             Statement: [{{Effect: !Frobnicate Deny, Action: 's3:*', Resource: '*'}}]\n"
        )
    };
    let attached =
        policy("AWS::IAM::Policy", "      PolicyName: more\n      Roles: [!Ref Reader]\n");
    let of_bucket = policy("AWS::S3::BucketPolicy", "      Bucket: logs\n");
    for (new, unknown) in [(attached, 1), (of_bucket, 0)] {
        let (output, _folder) = templates(READER, &new, &["-f", "json"]);
        assert_eq!(code(&output), 2, "{}", out(&output));
        let (changes, summary) = told(&output);
        let expected = vec![("Reader".to_owned(), "unknown".to_owned()); unknown];
        assert_eq!(changes, expected, "{}", out(&output));
        assert_eq!(summary["unchanged"], json!(2 - unknown), "{summary}");
    }
}

#[test]
fn what_is_assumed_of_a_value_holds_in_all_policies() {
    let more = r"
  Also:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref Reader]
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Action: s3:GetObject, Resource: !If [IsProd, 'arn:aws:s3:::data-prod/*', 'arn:aws:s3:::data-dev/*']}]
";
    // At either value the other policy allows all of it before and after.
    let old = READER.to_owned() + more;
    let new =
        old.replace("prod/*', 'arn:aws:s3:::data-dev/*'", "prod/a*', 'arn:aws:s3:::data-dev/a*'");
    assert_ne!(old, new);
    let (output, _folder) = templates(&old, &new, &["-f", "json"]);
    let (changes, _) = told(&output);
    let of_reader = ["Reader[Stage!=prod]", "Reader[Stage=prod]"];
    let expected = of_reader.map(|at| (at.to_owned(), "equivalent".to_owned()));
    assert_eq!(changes, expected, "{}", out(&output));
}

#[test]
fn a_role_asks_as_a_role() {
    let named = READER.replace("Action: s3:GetObject\n                Resource: !Sub", "Action: s3:*\n                Condition: {StringLike: {aws:username: '*'}}\n                Resource: !Sub");
    assert_ne!(named, READER);
    let (output, _folder) = templates(READER, &named, &["-f", "json"]);
    let (changes, _) = told(&output);
    assert_eq!(changes, [("Reader".to_owned(), "narrower".to_owned())], "{}", out(&output));
    let removed = &lines(&output)[0]["removed"]["request"]["principal"];
    assert!(removed.to_string().contains(":assumed-role/"), "{removed}");
}

#[test]
fn a_baseline_knows_a_change_and_no_other() {
    let wider = READER.replace("data-${Stage}/*", "data-*");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("baseline.json").display().to_string();
    let (output, sides) = templates(READER, &wider, &["--write-baseline", &path]);
    assert!(code(&output) <= 1, "{}", err(&output));
    let [base, head] =
        ["old.yaml", "new.yaml"].map(|name| sides.path().join(name).display().to_string());
    let again = || keyaki(&["review", &base, &head, "--no-project", "--baseline", &path]);
    assert_eq!(code(&again()), 0, "{}", out(&again()));
    fs::write(&head, READER.replace("'arn:aws:s3:::data-${Stage}/*'", "'*'")).unwrap();
    assert_eq!(code(&again()), 1, "{}", out(&again()));
}

#[test]
fn what_is_attached_and_not_known_is_unknown() {
    let folder = TempDir::new().unwrap();
    let role = |attached: &str| {
        format!(
            "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - {{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: 'sts:AssumeRole'}}\n      ManagedPolicyArns: [{attached}]\n"
        )
    };
    let (old, new) = (folder.path().join("old.yaml"), folder.path().join("new.yaml"));
    fs::write(&old, role("")).unwrap();
    fs::write(&new, role("'arn:aws:iam::aws:policy/AdministratorAccess'")).unwrap();
    let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
    let output = keyaki(&["review", old, new, "-f", "json"]);
    assert_eq!(code(&output), 3, "{}{}", out(&output), err(&output));
    let (changes, summary) = told(&output);
    assert_eq!(changes, [("R".to_owned(), "unknown".to_owned())]);
    assert_eq!(summary["unknown"], 1);
    assert_eq!(lines(&output)[0]["untold"], json!(["arn:aws:iam::aws:policy/AdministratorAccess"]));
    let output = keyaki(&["review", old, new]);
    assert!(out(&output).contains("is not known; `--managed FILE` gives it"), "{}", out(&output));
}

/// The policies of AWS are read where a file has their texts, in whichever partition they are named,
/// as what is attached and as what bounds.
#[test]
fn policies_of_aws_are_read_where_their_texts_are_given() {
    let attached = |policies: &str| format!("{READER}      ManagedPolicyArns: [{policies}]\n");
    let managed = TempDir::new().unwrap();
    let file = managed.path().join("managed.json");
    let texts = r#"{"keyaki": "managed-policies", "version": 1, "policies": {
"arn:aws:iam::aws:policy/Read": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]},
"arn:aws:iam::aws:policy/job-function/Write": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"W\", \"Effect\": \"Allow\", \"Action\": \"s3:Put*\", \"Resource\": \"*\"}]}"
}}"#;
    fs::write(&file, texts).unwrap();
    let with = ["--managed", file.to_str().unwrap(), "-f", "json"];
    let [read, write] = [
        "'arn:aws:iam::aws:policy/Read'",
        "!Sub 'arn:${AWS::Partition}:iam::aws:policy/job-function/Write'",
    ];
    let both = format!("{read}, {write}");
    let bounded =
        |policy: &str| format!("{}      PermissionsBoundary: {policy}\n", attached(write));
    for (old, new, relation) in [
        (attached(read), attached(&both), "wider"),
        (attached(&both), attached(read), "narrower"),
        (attached(write), bounded(write), "narrower"),
        (attached(read), attached("'arn:aws:iam::aws:policy/Other'"), "unknown"),
    ] {
        let (output, _folder) = templates(&old, &new, &with);
        let (changes, _) = told(&output);
        assert_eq!(changes, [("Reader".to_owned(), relation.to_owned())], "{}", err(&output));
    }
    let (output, _folder) = templates(&attached(read), &attached(&both), &with);
    // What changed is the role, and not the file of AWS's policies.
    assert!(lines(&output)[0]["file"].as_str().unwrap().ends_with("new.yaml"));
    let place = &lines(&output)[0]["added"]["statements"][0];
    assert_eq!((&place["sid"], &place["line"]), (&json!("W"), &json!(3)), "{place}");
    for wrong in ["{}".to_owned(), texts.replace("\"version\": 1", "\"version\": 2")] {
        fs::write(&file, wrong).unwrap();
        let (output, _folder) = templates(&attached(read), &attached(&both), &with);
        assert_eq!(code(&output), 2);
        let told = err(&output);
        assert!(told.contains("this is not a file of managed policies of the form 1"), "{told}");
    }
}

/// A Deny that goes allows what other policies allow, though the policy grants nothing itself.
#[test]
fn a_deny_that_goes_is_access() {
    let folder = TempDir::new().unwrap();
    let statement = |more: &str| {
        format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", {more}}}]}}"#)
    };
    let identity = [
        statement(r#""Action": "s3:*", "Resource": "*""#),
        statement(r#""Action": "s3:Delete*", "Resource": "*""#),
    ];
    let of_bucket = |condition: &str| {
        statement(&format!(
            r#""Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {{"Bool": {{"aws:SecureTransport": "{condition}"}}}}"#
        ))
    };
    let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
    let relation = |one: &str, other: &str| {
        fs::write(&old, one).unwrap();
        fs::write(&new, other).unwrap();
        let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
        let output = keyaki(&["review", old, new, "-f", "json"]);
        (code(&output), told(&output).0[0].1.clone())
    };
    let wider = (1, "wider".to_owned());
    assert_eq!(relation(&identity[0], &identity[1]), wider);
    assert_eq!(relation(&identity[1], &identity[0]), (0, "narrower".to_owned()));
    let empty = r#"{"Version": "2012-10-17", "Statement": []}"#;
    assert_eq!(relation(&identity[0], empty), wider);
    assert_eq!(relation(&of_bucket("false"), &of_bucket("null")).0, 2);
    let tls = of_bucket("false");
    let less = tls.replace("arn:aws:s3:::b/*", "arn:aws:s3:::b/secret/*");
    assert_eq!(relation(&tls, &less), wider);
}

/// A boundary that goes allows what the policies allow that nobody here knows; and a policy is not a
/// boundary, though both say the same.
#[test]
fn a_boundary_that_goes_is_access() {
    let folder = TempDir::new().unwrap();
    let policy = |name: &str, action: &str| {
        format!(
            "  {name}:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]\n"
        )
    };
    let template = |more: &str| {
        format!(
            "Resources:\n{}{}  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - {{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: 'sts:AssumeRole'}}\n{more}",
            policy("A", "s3:Get*"),
            policy("B", "s3:GetObject")
        )
    };
    let (old, new) = (folder.path().join("old.yaml"), folder.path().join("new.yaml"));
    let relations = |one: &str, other: &str| {
        fs::write(&old, template(one)).unwrap();
        fs::write(&new, template(other)).unwrap();
        let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
        let output = keyaki(&["review", old, new, "-f", "json"]);
        (code(&output), told(&output).0)
    };
    let attached = "      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']\n";
    let bounded = format!("{attached}      PermissionsBoundary: !Ref A\n");
    let (code, changes) = relations(&bounded, attached);
    assert_eq!((code, changes), (1, vec![("R".to_owned(), "wider".to_owned())]));
    let swapped = |own: &str, bound: &str| {
        format!("      ManagedPolicyArns: [!Ref {own}]\n      PermissionsBoundary: !Ref {bound}\n")
    };
    let (_, changes) = relations(&swapped("A", "B"), &swapped("B", "A"));
    assert_eq!(changes, [("R".to_owned(), "wider".to_owned())]);
    // Nobody here has it any more, and it may be attached elsewhere.
    fs::write(&old, template("      ManagedPolicyArns: [!Ref A]\n")).unwrap();
    fs::write(&new, template("").replace("s3:Get*", "s3:*")).unwrap();
    let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
    let (changes, _) = told(&keyaki(&["review", old, new, "-f", "json"]));
    let expected = [("A", "wider"), ("R", "narrower")];
    assert_eq!(changes, expected.map(|(one, other)| (one.to_owned(), other.to_owned())));
}

/// A review that found nothing to ask is no green one.
#[test]
fn nothing_to_review_is_an_error() {
    let folder = TempDir::new().unwrap();
    let side = folder.path().to_str().unwrap();
    let output = keyaki(&["review", side, side]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("neither side has a policy"), "{}", err(&output));
    fs::write(folder.path().join("main.tf"), "").unwrap();
    fs::write(folder.path().join("iam.tf"), "resource \"x\" \"y\" {}\n").unwrap();
    let output = keyaki(&["review", side, side]);
    assert!(err(&output).contains("terraform show -json"), "{}", err(&output));
}

/// What is known does not make what is unknown go away.
#[test]
fn what_is_unknown_outlasts_a_baseline_and_levels() {
    let folder = TempDir::new().unwrap();
    let role = |attached: &str, action: &str| {
        format!(
            "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - {{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: 'sts:AssumeRole'}}\n      ManagedPolicyArns: [{attached}]\n      Policies:\n        - PolicyName: p\n          PolicyDocument:\n            Version: '2012-10-17'\n            Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]\n"
        )
    };
    let (old, new) = (folder.path().join("old.yaml"), folder.path().join("new.yaml"));
    fs::write(&old, role("", "s3:GetObject")).unwrap();
    fs::write(&new, role("'arn:aws:iam::aws:policy/ReadOnlyAccess'", "s3:*")).unwrap();
    let [old, new] = [&old, &new].map(|side| side.to_str().unwrap());
    let review = |more: &[&str]| code(&keyaki(&[&["review", old, new], more].concat()));
    let baseline = folder.path().join("baseline.json");
    let baseline = baseline.to_str().unwrap();
    assert_eq!(review(&["--write-baseline", baseline]), 1);
    assert_eq!(review(&["--baseline", baseline]), 3);
    assert_eq!(review(&["--fail-on", "never"]), 3);
}

/// A part of what an address means is not taken for all of it.
#[test]
fn what_cannot_be_read_is_not_left_out_of_an_address() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.yaml");
    fs::write(
        &path,
        "Resources:\n  A:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]\n  B:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement: [{Effect: Allow, Action: !Ref Nothing, Resource: '*'}]\n",
    )
    .unwrap();
    let can = |address: &str| {
        keyaki(&["can", &format!("{}{address}", path.display()), "-a", "s3:DeleteObject"])
    };
    let whole = can("");
    assert_eq!(code(&whole), 2, "{}", out(&whole));
    assert!(err(&whole).contains("Nothing") && err(&whole).contains("1 policy"), "{}", err(&whole));
    assert_eq!(code(&can("#A")), 0);
}

#[test]
fn policies_of_templates_have_addresses() {
    let can = |file: &str| keyaki(&["can", &format!("{CASES}/base/{file}"), "-a", "s3:GetObject"]);
    let output = can("app.yaml#AppRole.Policies.reports");
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("where      AWS::Partition = \"aws\""), "{}", out(&output));
    assert_eq!(code(&can("app.yaml#Invoke")), 0);
    for (file, said) in [
        ("app.yaml", "has 3 policies that can be read; name one"),
        ("app.yaml#Invok", "did you mean `Invoke`?"),
        ("app.yaml#AppRole", "has several policies at `AppRole`"),
        ("claims.toml#x", "neither a template nor a plan"),
        ("none.yaml#x", "none.yaml"),
    ] {
        let output = can(file);
        assert_eq!(code(&output), 2, "{file}");
        assert!(err(&output).contains(said), "{file}: {}", err(&output));
    }
    // A value that is given is known, and the others are what they were.
    let of = |more: &[&str]| {
        let policy = format!("{CASES}/base/app.yaml#AppRole.Policies.reports");
        let resource = "arn:aws:s3:::other/x";
        keyaki(&[&["can", &policy, "-a", "s3:GetObject", "-r", resource], more].concat())
    };
    assert_eq!(code(&of(&[])), 1);
    assert_eq!(code(&of(&["--parameter", "ReportsBucket=other"])), 1);
    assert_eq!(code(&of(&["--parameter", "ReportsBucket=reports"])), 0);
    assert!(err(&of(&["--parameter", "ReportsBucket"])).contains("NAME=VALUE"));
}

/// Access that is wanted can be waived: of one address, until a day.
#[test]
fn a_change_that_is_wanted_is_waived() {
    let folder = TempDir::new().unwrap();
    for side in ["old", "new"] {
        fs::create_dir(folder.path().join(side)).unwrap();
    }
    fs::write(folder.path().join("old/t.yaml"), READER).unwrap();
    fs::write(folder.path().join("new/t.yaml"), READER.replace("s3:GetObject\n", "s3:Get*\n"))
        .unwrap();
    let waiver = |text: &str| {
        let file = folder.path().join("keyaki.toml");
        fs::write(file, format!("[[waiver]]\nreason = \"ticket 12\"\n{text}\n")).unwrap();
    };
    let run = |day: u32, more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_keyaki"))
            .args([&["review", "old", "new"], more].concat())
            .current_dir(&folder)
            .env("SOURCE_DATE_EPOCH", (1_798_675_200 + 86_400 * day).to_string())
            .output()
            .unwrap()
    };
    let added = "rule = \"access-added\"\naddress = \"t.yaml#Reader\"\nkind = \"identity\"\nexpires = 2026-12-31";
    let plain = run(0, &["--no-project"]);
    assert_eq!(code(&plain), 1, "{}{}", out(&plain), err(&plain));
    waiver(added);
    let waived = run(0, &[]);
    assert_eq!(code(&waived), 0, "{}{}", out(&waived), err(&waived));
    let told = out(&waived);
    assert!(
        told.contains("    waived: ticket 12 (keyaki.toml:1, until the end of 2026-12-31)"),
        "{told}"
    );
    let json = run(0, &["-f", "json"]);
    assert_eq!(lines(&json)[0]["waived"]["access-added"]["reason"], "ticket 12");
    let late = run(1, &[]);
    assert_eq!(code(&late), 1);
    let expired = "error[expired-waiver]: the waiver of `access-added` of `t.yaml#Reader` was good until 2026-12-31";
    assert!(out(&late).contains(expired), "{}", out(&late));
    // Another address, another direction, another file.
    for (other, said) in [
        (added.replace("Reader", "Writer"), "matches no change"),
        (added.replace("added", "removed"), "matches no change"),
        (added.replace("identity", "trust"), "matches no change"),
        (format!("{added}\nfile = \"new/other.yaml\""), "no such file"),
    ] {
        waiver(&other);
        let output = run(0, &[]);
        assert_eq!(code(&output), 1, "{other}");
        assert!(out(&output).contains(said), "{other}: {}", out(&output));
    }
    for (other, said) in [
        (&*added.replace("\nexpires = 2026-12-31", ""), "a last day, `expires`"),
        (&added.replace("\naddress = \"t.yaml#Reader\"", ""), "has an `address` and a `kind`"),
        (&added.replace("\nkind = \"identity\"", ""), "has an `address` and a `kind`"),
        ("rule = \"dead-entry\"\nfile = \"a\"\naddress = \"b\"", "`address` is for waivers of"),
    ] {
        waiver(other);
        let output = run(0, &[]);
        assert_eq!(code(&output), 2, "{other}");
        assert!(err(&output).contains(said), "{other}: {}", err(&output));
    }
}

/// A comment says which statement allows what is new.
#[test]
fn a_comment_names_the_statement() {
    let new = READER.replace("s3:GetObject\n", "s3:Get*\n");
    let (output, _folder) = templates(READER, &new, &["-f", "markdown"]);
    let told = out(&output);
    let headline = told.lines().find(|line| line.starts_with("<summary>")).unwrap();
    assert!(headline.contains("now allows s3:Get"), "{headline}");
    assert!(headline.contains("new.yaml, statement 1 (Allow)"), "{headline}");
    assert!(!headline.contains("assumed-role"), "{headline}");
}

/// A value that nothing asks for is told.
#[test]
fn a_value_that_nothing_asks_for_is_told() {
    let note = |more: &[&str]| err(&templates(READER, READER, more).0);
    assert_eq!(note(&["--parameter", "Stage=dev"]), "");
    let told = note(&["--parameter", "Stage=dev", "--parameter", "Stag=dev"]);
    assert!(told.contains("no template that was read asks for `Stag`, which"), "{told}");
    // A parameter that is there has its value, though no policy asks.
    let other = READER.replace("Conditions:", "  Size: {Type: String}\nConditions:");
    let output = templates(&other, &other, &["--parameter", "Size=s"]).0;
    assert_eq!(err(&output), "");
}

/// What is wrong with what a claim names is told with the claim.
#[test]
fn a_claim_about_no_policy_is_named() {
    let (_, folder) = templates(READER, READER, &[]);
    let claims = folder.path().join("claims.toml");
    let claim = |address: &str| {
        format!(
            "[[claim]]\nname = \"c\"\nclaim = \"never\"\npolicies = [\"new.yaml#{address}\"]\nstatement = {{ Action = \"iam:*\" }}\nexpect = \"holds\"\n"
        )
    };
    fs::write(&claims, format!("\n{}", claim("Reader"))).unwrap();
    let path = claims.to_str().unwrap();
    let output = keyaki(&["check", path, "--no-project"]);
    assert_eq!(code(&output), 2);
    let told = err(&output);
    assert!(told.contains("has several policies at `Reader`"), "{told}");
    assert!(told.contains(&format!("  = claim `c` ({path}:2:1)")), "{told}");
    fs::write(&claims, claim("Reader.Policies.read")).unwrap();
    assert_eq!(code(&keyaki(&["check", path, "--no-project"])), 0);
}

/// What is not compared is not the same: what a policy is attached to, what its parameters may be, and
/// what a macro makes.
#[test]
fn what_is_not_compared_is_unknown() {
    let policy = |attached: &str, principal: &str| {
        format!(
            "Parameters: {{Env: {{Type: String}}, Who: {{Type: String, AllowedValues: [ann, bob]}}}}\nConditions: {{Dev: !Equals [!Ref Env, dev]}}\nMappings: {{M: {{dev: {{Id: '111122223333'}}, prod: {{Id: '444455556666'}}}}}}\nResources:\n  A: {{Type: AWS::SQS::Queue}}\n  B: {{Type: AWS::SQS::Queue}}\n  P:\n    Type: AWS::SQS::QueuePolicy\n    Condition: Dev\n    Properties:\n      Queues: [{attached}]\n      PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Principal: {{AWS: {principal}}}, Action: 'sqs:*', Resource: '*'}}]}}\n"
        )
    };
    let account = "'111122223333'}, Condition: {StringEquals: {'aws:SourceVpce': !FindInMap [M, !Ref Env, Id]}";
    let user = "!Sub 'arn:aws:iam::111122223333:user/${Who}'";
    let plain = policy("!Ref A", "'111122223333'");
    // Under its condition the value is known.
    let mapped = policy("!Ref A", account).replace("    Condition: Dev\n", "");
    let named = policy("!Ref A", user);
    let transform = "    Properties:\n      Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/p'}}";
    for (old, new) in [
        (plain.clone(), policy("!Ref B", "'111122223333'")),
        (mapped.clone(), mapped.replace("444455556666", "999988887777")),
        (named.clone(), named.replace("[ann, bob]", "[ann, eve]")),
        (plain.clone(), plain.replacen("    Properties:", transform, 1)),
    ] {
        let (output, _folder) = templates(&old, &new, &["-f", "json"]);
        let (changes, _) = told(&output);
        let [(address, relation)] = changes.as_slice() else { panic!("{new}{changes:?}") };
        assert_eq!(relation, "unknown", "{new}{}", err(&output));
        assert_eq!(address.split('[').next(), Some("P"));
        let (output, _folder) = templates(&old, &old, &["-f", "json"]);
        assert_eq!(told(&output).1["unchanged"], 1);
    }
    let key = "Resources:\n  K:\n    Type: AWS::KMS::Key\n    Properties:\n      KeyPolicy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {AWS: '111122223333'}, Action: 'kms:*', Resource: '*'}]}\n";
    let bare = "Resources: {K: {Type: AWS::KMS::Key}, R: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Version: '2012-10-17', Statement: []}}}}\n";
    let (output, _folder) = templates(key, bare, &["-f", "json"]);
    assert!(told(&output).0.contains(&("K".to_owned(), "unknown".to_owned())), "{}", out(&output));
    let (output, _folder) =
        templates(key, "X: &x {}\nResources: *x\nAWSTemplateFormatVersion: '2010-09-09'\n", &[]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("error[yaml-alias]: `*x` is an alias"), "{}", err(&output));
}

/// What a role has in several ways, it has in each.
#[test]
fn what_is_attached_in_several_ways_is_there_in_each() {
    let role = |first: &str, second: &str| {
        format!(
            "Parameters: {{Env: {{Type: String}}}}\nConditions: {{Prod: !Equals [!Ref Env, prod], Staging: !Equals [!Ref Env, staging]}}\nResources:\n  P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: '*', Resource: '*'}}]}}}}}}\n  N: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: 'sqs:ListQueues', Resource: '*'}}]}}}}}}\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: 'sts:AssumeRole'}}]}}\n      ManagedPolicyArns: [!If [Prod, !Ref {first}, !Ref 'AWS::NoValue'], !If [Staging, !Ref {second}, !Ref 'AWS::NoValue']]\n"
        )
    };
    let (output, _folder) = templates(&role("P", "N"), &role("P", "P"), &["-f", "json"]);
    let (changes, _) = told(&output);
    let staging = ("R[Env!=prod, Env=staging]".to_owned(), "wider".to_owned());
    assert!(changes.contains(&staging), "{changes:?} {}", err(&output));
    // A user is in a group in several ways.
    let member = |second: &str| {
        format!(
            "Parameters: {{Env: {{Type: String}}}}\nConditions: {{Prod: !Equals [!Ref Env, prod], Staging: !Equals [!Ref Env, staging]}}\nResources:\n  G: {{Type: AWS::IAM::Group, Properties: {{Policies: [{{PolicyName: p, PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: '*', Resource: '*'}}]}}}}]}}}}\n  H: {{Type: AWS::IAM::Group}}\n  U: {{Type: AWS::IAM::User, Properties: {{Groups: [!If [Prod, !Ref G, !Ref 'AWS::NoValue'], !If [Staging, !Ref {second}, !Ref 'AWS::NoValue']]}}}}\n"
        )
    };
    let (output, _folder) = templates(&member("H"), &member("G"), &["-f", "json"]);
    let (changes, _) = told(&output);
    let staging = ("U[Env!=prod, Env=staging]".to_owned(), "wider".to_owned());
    assert!(changes.contains(&staging), "{changes:?} {}", err(&output));
    let user = |groups: &str| {
        format!(
            "Resources: {{U: {{Type: AWS::IAM::User, Properties: {{Groups: [{groups}]}}}}, P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Users: [!Ref U], PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]}}}}}}}}\n"
        )
    };
    let (output, _folder) = templates(&user(""), &user("Admins"), &["-f", "json"]);
    assert_eq!(told(&output).0, [("U".to_owned(), "unknown".to_owned())], "{}", out(&output));
}

/// A group of which the file says nothing may have any policy, in a plan, too.
#[test]
fn a_group_that_a_plan_does_not_make_is_unknown() {
    let folder = TempDir::new().unwrap();
    let plan = |groups: Value| {
        let resource = |kind: &str, name: &str, before: Value, after: Value| {
            let action = if before.is_null() { "create" } else { "no-op" };
            json!({"address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name,
                "provider_name": "registry.terraform.io/hashicorp/aws",
                "change": {"actions": [action], "before": before, "after": after, "after_unknown": {}}})
        };
        let user = json!({"name": "ann", "path": "/", "arn": "arn:aws:iam::111122223333:user/ann"});
        let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#;
        let policy = json!({"name": "p", "user": "ann", "policy": text});
        let group =
            json!({"name": "own", "path": "/", "arn": "arn:aws:iam::111122223333:group/own"});
        let members = json!({"user": "ann", "groups": groups});
        json!({"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [
            resource("aws_iam_user", "u", user.clone(), user),
            resource("aws_iam_user_policy", "p", policy.clone(), policy),
            resource("aws_iam_group", "own", group.clone(), group),
            resource("aws_iam_user_group_membership", "m", Value::Null, members),
        ]})
    };
    let path = folder.path().join("plan.json");
    let review = |groups: Value| {
        fs::write(&path, plan(groups).to_string()).unwrap();
        told(&keyaki(&["review", path.to_str().unwrap(), "--no-project", "-f", "json"])).0
    };
    let unknown = [("aws_iam_user.u".to_owned(), "unknown".to_owned())];
    assert_eq!(review(json!(["AccountAdmins"])), unknown);
    assert_eq!(review(json!(["own"])), []);
}

/// What gives access and is not read is said.
#[test]
fn what_is_left_out_is_told() {
    let function = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, FunctionUrlConfig: {AuthType: NONE}}}\n  S: {Type: AWS::SSO::PermissionSet, Properties: {PermissionsBoundary: {ManagedPolicyArn: 'arn:aws:iam::aws:policy/X'}}}\n";
    let (output, _folder) = templates(
        READER,
        &format!("{READER}{}", function.split_once("Resources:\n").unwrap().1),
        &[],
    );
    let told = err(&output);
    assert!(told.contains("`FunctionUrlConfig` of `F` is not read"), "{told}");
    assert!(told.contains("`PermissionsBoundary` of `S` is not read"), "{told}");
    // What all functions have, each has.
    let sam = |globals: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\n{globals}Resources:\n  B: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]}}}}}}\n  F: {{Type: AWS::Serverless::Function, Properties: {{Policies: [{{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: ['sqs:ListQueues', 's3:ListAllMyBuckets'], Resource: '*'}}]}}]}}}}\n"
        )
    };
    let bounded = sam("Globals: {Function: {PermissionsBoundary: !Ref B}}\n");
    let (output, _folder) = templates(&bounded, &sam(""), &["-f", "json"]);
    let (changes, _) = super::review::told(&output);
    assert!(changes.contains(&("FRole".to_owned(), "wider".to_owned())), "{changes:?}");
    let open = sam("Globals: {Function: {FunctionUrlConfig: {AuthType: NONE}}}\n");
    let (output, _folder) = templates(&sam(""), &open, &[]);
    assert!(err(&output).contains("`FunctionUrlConfig` of all functions"), "{}", err(&output));
    let nested = sam("Globals: {Function: {Environment: {Statement: [{Effect: Allow}]}}}\n");
    let (output, _folder) = templates(&sam(""), &nested, &[]);
    assert!(err(&output).contains("stands in a place of `Globals`"), "{}", err(&output));
}

/// What is wrong stands on lines of its own.
#[test]
fn what_cannot_be_read_at_an_address_is_told_in_lines() {
    let broken = READER.replace("Action: s3:GetObject\n", "Action: !Odd a\n");
    let (_, folder) = templates(&broken, READER, &[]);
    let path = format!("{}#Reader.Policies.read", folder.path().join("old.yaml").display());
    let output = keyaki(&["can", &path, "--no-project", "--action", "s3:GetObject"]);
    assert_eq!(code(&output), 2);
    let told = err(&output);
    assert!(!told.contains("\\n"), "{told}");
    assert!(told.contains("has no policy `Reader.Policies.read` that can be read"), "{told}");
}

/// What one side assumes holds on the other side, too: a role that is there under a condition now is
/// the role that was there in any case, where the condition holds.
#[test]
fn every_combination_of_what_either_side_assumes_is_compared() {
    let role = |condition: &str, values: &str| {
        format!(
            "Parameters: {{Env: {{Type: String{values}}}}}\nConditions: {{Prod: !Equals [!Ref Env, prod], Dev: !Equals [!Ref Env, dev]}}\nResources:\n  R:\n    Type: AWS::IAM::Role{condition}\n    Properties:\n      AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: 'sts:AssumeRole'}}]}}\n      Policies: [{{PolicyName: p, PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]}}}}]\n"
        )
    };
    let (always, prod) = (role("", ""), role("\n    Condition: Prod", ""));
    let trust = |world: &str| format!("R{world}.AssumeRolePolicyDocument");
    let compare = |old: &str, new: &str| {
        let (output, _folder) = templates(old, new, &["-f", "json"]);
        let (mut changes, summary) = told(&output);
        changes.sort();
        (changes, summary["unchanged"].as_u64().unwrap())
    };
    let other = |relation: &str| {
        let one = |address: String| (address, relation.to_owned());
        let documents = trust("").split_once('.').unwrap().1.to_owned();
        let mut both =
            vec![one(format!("R.{documents}[Env!=prod]")), one("R[Env!=prod]".to_owned())];
        both.sort();
        both
    };
    assert_eq!(compare(&always, &prod), (other("narrower"), 2));
    assert_eq!(compare(&prod, &always), (other("wider"), 2));
    assert_eq!(compare(&prod, &prod), (Vec::new(), 3));
    // With a value that is neither, neither policy is there; where there is none, nobody asks.
    let either = |values: &str, action: &str| {
        format!(
            "{}        - !If [Dev, {{PolicyName: q, PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]}}}}, !Ref 'AWS::NoValue']\n        - !If [Prod, {{PolicyName: r, PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]}}}}, !Ref 'AWS::NoValue']\n",
            role("", values)
                .replace("Policies: [{", "Policies:\n        - {")
                .replace("}]\n", "}\n")
        )
    };
    let worlds = |values: &str| -> Vec<String> {
        let (old, new) = (either(values, "sqs:ListQueues"), either(values, "sns:ListTopics"));
        let changes = compare(&old, &new).0;
        changes.into_iter().map(|(address, _)| address).collect()
    };
    let both = ["R[Env!=dev, Env=prod]", "R[Env=dev, Env!=prod]"];
    assert_eq!(worlds(""), both);
    assert_eq!(worlds(", AllowedValues: [dev, prod]"), both);
    let always = either(", AllowedValues: [dev, prod]", "sqs:ListQueues");
    let gone = always.replace("s3:ListAllMyBuckets", "sns:ListTopics");
    let addresses: Vec<String> =
        compare(&always, &gone).0.into_iter().map(|(address, _)| address).collect();
    assert_eq!(addresses, both, "a value is dev or prod");
}

/// A policy of a resource is the one that it had, whatever both are called.
#[test]
fn a_policy_with_another_address_is_that_of_its_resource() {
    let queue = |name: &str, action: &str| {
        format!(
            "Resources:\n  Q: {{Type: AWS::SQS::Queue}}\n  {name}:\n    Type: AWS::SQS::QueuePolicy\n    Properties:\n      Queues: [!Ref Q]\n      PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Principal: {{AWS: '111122223333'}}, Action: '{action}', Resource: '*'}}]}}\n"
        )
    };
    let old = queue("Old", "sqs:SendMessage");
    let (output, _folder) = templates(&old, &queue("New", "sqs:SendMessage"), &["-f", "json"]);
    assert_eq!(told(&output).0, [], "{}", out(&output));
    let (output, _folder) = templates(&old, &queue("New", "sqs:*"), &["-f", "json"]);
    assert_eq!(told(&output).0, [("New".to_owned(), "wider".to_owned())], "{}", out(&output));
    assert_eq!(lines(&output)[0]["revision"], "changed");
}

/// Who names a role, a user or a policy of the file by its name means that one.
#[test]
fn what_is_named_by_its_text_is_what_the_file_makes() {
    let template = |action: &str, role: &str, policy: &str| {
        format!(
            "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: reader\n      AssumeRolePolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Principal: {{Service: ec2.amazonaws.com}}, Action: 'sts:AssumeRole'}}]}}\n      ManagedPolicyArns: ['{policy}']\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      ManagedPolicyName: own\n      PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: '{action}', Resource: '*'}}]}}\n  I:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyName: inline\n      Roles: [{role}]\n      PolicyDocument: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: 's3:ListAllMyBuckets', Resource: '*'}}]}}\n"
        )
    };
    let compare = |role: &str, policy: &str| {
        let old = template("sqs:ListQueues", role, policy);
        let new = template("s3:ListAllMyBuckets", role, policy);
        let (output, _folder) = templates(&old, &new, &["-f", "json"]);
        told(&output).0
    };
    let own = "arn:aws:iam::111122223333:policy/own";
    let narrower = [("R".to_owned(), "narrower".to_owned())];
    assert_eq!(compare("reader", own), narrower);
    assert_eq!(compare("!Ref R", own), narrower);
    // Another role has the inline policy then, and another policy is not known.
    let other = compare("writer", own);
    assert_eq!(other, [("R".to_owned(), "incomparable".to_owned())]);
    let path = "arn:aws:iam::111122223333:policy/team/own";
    assert!(!compare("reader", path).contains(&narrower[0]));
}

/// What is attached on both sides and not known bears on what is told.
#[test]
fn what_is_attached_on_both_sides_and_not_known_is_a_caveat() {
    let attached = READER.replace(
        "    Type: AWS::IAM::Role\n    Properties:\n",
        "    Type: AWS::IAM::Role\n    Properties:\n      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess']\n",
    );
    assert_ne!(attached, READER);
    let new = attached.replace("s3:GetObject\n", "s3:Get*\n");
    let (output, _folder) = templates(&attached, &new, &["-f", "json"]);
    let caveats = lines(&output)[0]["caveats"].as_array().unwrap().clone();
    assert!(caveats.iter().any(|one| one["code"] == "attached-unknown"), "{caveats:?}");
    let (output, _folder) = templates(&attached, &new, &[]);
    let said = "caveat: attached on both sides, and the text is not known: `arn:aws:iam::aws:policy/AdministratorAccess`";
    assert!(out(&output).contains(said), "{}", out(&output));
    let (output, _folder) = templates(READER, &READER.replace("s3:GetObject\n", "s3:Get*\n"), &[]);
    assert!(!out(&output).contains("attached on both sides"), "{}", out(&output));
}

/// What makes resources may make what is gone.
#[test]
fn what_is_gone_may_be_in_a_loop_or_a_module() {
    let looped = "Transform: AWS::LanguageExtensions\nResources:\n  'Fn::ForEach::Readers':\n    - Name\n    - [Reader]\n    - '${Name}': {Type: AWS::IAM::Role}\n";
    let module =
        "Resources:\n  Readers: {Type: 'Org::Iam::Reader::MODULE'}\n  B: {Type: AWS::S3::Bucket}\n";
    for new in [looped, module] {
        let (output, _folder) = templates(READER, new, &["-f", "json"]);
        assert_eq!(code(&output), 2);
        let (changes, _) = told(&output);
        assert!(!changes.is_empty());
        assert!(changes.iter().all(|(_, relation)| relation == "unknown"), "{changes:?}");
    }
}

/// A file is the same under another name, and nothing is gone where a file beside it is not read. Links
/// to folders elsewhere are followed.
#[test]
fn files_are_followed_to_where_they_are() {
    let policy = |action: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
        )
    };
    let read = |old: &[(&str, &str)], new: &[(&str, &str)]| {
        let folder = TempDir::new().unwrap();
        let sides = [("old", old), ("new", new)].map(|(side, files)| {
            let root = folder.path().join(side);
            for (file, action) in files {
                let path = root.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, policy(action)).unwrap();
            }
            root.display().to_string()
        });
        let output = keyaki(&["review", &sides[0], &sides[1], "--no-project", "-f", "json"]);
        (told(&output).0, code(&output), err(&output))
    };
    let narrow = ("a.json", "s3:GetObject");
    let (changes, ending, _) = read(&[narrow], &[("b/c.json", "s3:GetObject")]);
    assert_eq!((changes, ending), (Vec::new(), 0));
    // Which of two has been moved nobody knows.
    let two = [("b.json", "s3:GetObject"), ("c.json", "s3:GetObject")];
    assert_eq!(read(&[narrow], &two).1, 1);
    for beside in ["a.txt", "a.json.j2"] {
        let (changes, ending, told) = read(&[narrow], &[(beside, "*")]);
        assert_eq!(changes, [("a.json".to_owned(), "unknown".to_owned())], "{beside}");
        assert_eq!(ending, 2);
        assert!(told.contains(&format!("`{beside}` is not read")), "{told}");
    }
    let wide = [narrow, ("B.JSON", "*"), ("c.Json", "*")];
    let (changes, ending, _) = read(&[narrow], &wide);
    assert_eq!((changes.len(), ending), (2, 1));
    // What CDK writes has a name of its own.
    let tree = format!(
        r#"{{"version":"tree-0.1","PolicyVersion":{{"Document":{},"VersionId":"v1"}}}}"#,
        policy("*")
    );
    let folder = TempDir::new().unwrap();
    for (side, file) in [("old", "tree.json"), ("new", "tree.json"), ("new", "other.json")] {
        fs::create_dir_all(folder.path().join(side)).unwrap();
        fs::write(folder.path().join(side).join(file), &tree).unwrap();
        fs::write(folder.path().join(side).join("a.json"), policy("s3:GetObject")).unwrap();
    }
    let [old, new] = ["old", "new"].map(|side| folder.path().join(side).display().to_string());
    let output = keyaki(&["review", &old, &new, "--no-project", "-f", "json"]);
    let told: Vec<String> = told(&output).0.into_iter().map(|(address, _)| address).collect();
    assert_eq!((told, code(&output)), (vec!["other.json".to_owned()], 1), "{}", err(&output));
}

#[cfg(unix)]
#[test]
fn links_to_folders_are_followed() {
    let folder = TempDir::new().unwrap();
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    for name in ["old", "new", "elsewhere"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join(format!("{name}.json")), policy).unwrap();
    }
    let link = |to: &str, name: &str| {
        std::os::unix::fs::symlink(folder.path().join(to), folder.path().join("new").join(name))
            .unwrap();
    };
    link("elsewhere", "one");
    link("elsewhere", "two");
    link("new", "circle");
    let [old, new] = ["old", "new"].map(|side| folder.path().join(side).display().to_string());
    let output = keyaki(&["review", &old, &new, "--no-project", "-f", "json"]);
    let all: Vec<String> = told(&output).0.into_iter().map(|(address, _)| address).collect();
    let of_link = all.iter().filter(|address| address.ends_with("elsewhere.json"));
    assert_eq!(of_link.count(), 1, "{all:?}");
    assert_eq!(code(&output), 1);
}

/// What is not read counts where somebody asks for warnings, and only there.
#[test]
fn warnings_count_where_somebody_asks_for_them() {
    let new =
        format!("{READER}  A: {{Type: AWS::SSO::Assignment, Properties: {{PrincipalId: x}}}}\n");
    let ends = |words: &[&str]| code(&templates(&new, &new, words).0);
    assert_eq!(ends(&[]), 0);
    assert_eq!(ends(&["--fail-on", "error"]), 0);
    assert_eq!(ends(&["--fail-on", "warning"]), 1);
    assert_eq!(ends(&["--fail-on", "note"]), 1);
}

/// What a change of a file says: each case has the reason why it is one, and both versions.
#[test]
fn changes_are_told_as_they_are() {
    let cases = fs::read_to_string(format!("{CASES}/changes.jsonl")).unwrap();
    let cases: Vec<Value> = cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(cases.len() > 40);
    for case in &cases {
        let folder = TempDir::new().unwrap();
        let text = |name: &str| case[name].as_str().unwrap();
        // A plan is both sides.
        let sides = ["old", "new"].into_iter().filter(|side| case[*side].is_string());
        let paths = sides.map(|side| {
            let path = folder.path().join(format!("{side}.{}", text("extension")));
            fs::write(&path, text(side)).unwrap();
            path.display().to_string()
        });
        let paths: Vec<String> = paths.collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let words = ["--no-project", "-f", "json"];
        let output = keyaki(&[&["review"], paths.as_slice(), &words].concat());
        let lines = lines(&output);
        let change = |line: &Value| json!([line["address"], line["revision"], line["relation"]]);
        let told = lines.iter().filter(|line| line["summary"].is_null()).map(change);
        assert_eq!(told.collect::<Value>(), case["changes"], "{}", text("name"));
        assert_eq!(lines.last().unwrap()["unchanged"], case["unchanged"], "{}", text("name"));
        assert_eq!(json!(code(&output)), case["code"], "{}", text("name"));
    }
}

/// In a folder nothing is passed over that a file alone is read as, and what held policies before and
/// holds none that are known now is no file without policies.
#[test]
fn a_folder_passes_nothing_over() {
    let read = |file: &str, old: &str, new: &str| {
        let folder = TempDir::new().unwrap();
        let sides = [("old", old), ("new", new)].map(|(side, text)| {
            fs::create_dir(folder.path().join(side)).unwrap();
            fs::write(folder.path().join(side).join(file), text).unwrap();
            folder.path().join(side).display().to_string()
        });
        let output = keyaki(&["review", &sides[0], &sides[1], "--no-project", "-f", "json"]);
        (told(&output).0, code(&output), err(&output))
    };
    let policy = |action: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
        )
    };
    let open = |action: &str| policy(action).replace("\"Action", "\"Principal\":\"*\",\"Action");
    let as_text = |action: &str| json!({"Policy": open(action)}).to_string();
    let escaped = |action: &str| policy(action).replace("Statement", r"\u0053tatement");
    let encoded = |action: &str| {
        json!(policy(action).replace('"', "%22").replace('{', "%7B").replace('}', "%7D"))
            .to_string()
    };
    let template = |action: &str| {
        format!(
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{PolicyDocument: {}}}\n",
            policy(action)
        )
    };
    let hidden = |action: &str| template(action).replace("Resources:", "\"R\\x65sources\":");
    let wider = |address: &str| vec![(address.to_owned(), "wider".to_owned())];
    for of in [&as_text as &dyn Fn(&str) -> String, &escaped, &encoded] {
        let (changes, code, err) = read("p.json", &of("s3:GetObject"), &of("s3:*"));
        assert_eq!((changes, code), (wider("p.json"), 1), "{err}");
    }
    for of in [&template as &dyn Fn(&str) -> String, &hidden] {
        let (changes, code, err) = read("t.yaml", &of("s3:GetObject"), &of("s3:*"));
        assert_eq!((changes, code), (wider("t.yaml#P"), 1), "{err}");
    }
    let old = template("s3:GetObject");
    for new in [
        old.replace("AWS::IAM::ManagedPolicy", "AWS:IAM:ManagedPolicy"),
        "Resources: {P: {Type: AWS::IAM::ManagedPolicy".to_owned(),
        "Resources: {P: {Type: My::X::MODULE}}".to_owned(),
    ] {
        let (changes, code, err) = read("t.yaml", &old, &new);
        assert_eq!(changes, [("t.yaml#P".to_owned(), "unknown".to_owned())], "{new}");
        assert_eq!(code, 2);
        assert!(err.contains("t.yaml"), "{err}");
    }
}

/// A revision is what a checkout of it has, and not what an archive leaves of it.
#[test]
fn a_revision_is_checked_out() {
    let folder = TempDir::new().unwrap();
    let policies = folder.path().join("policies");
    fs::create_dir(&policies).unwrap();
    let policy = |effect: &str, action: &str| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Resource": "*"}}).to_string()
    };
    fs::write(folder.path().join(".gitattributes"), "one.json export-ignore\n").unwrap();
    fs::write(policies.join("one.json"), policy("Allow", "s3:GetObject")).unwrap();
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    fs::write(policies.join("one.json"), policy("Allow", "s3:Get*")).unwrap();
    for side in [policies.clone(), policies.join("one.json")] {
        let output = keyaki(&["review", "--git", "HEAD", side.to_str().unwrap(), "-f", "json"]);
        assert_eq!(
            told(&output).0,
            [("one.json".to_owned(), "wider".to_owned())],
            "{}",
            err(&output)
        );
        assert_eq!(lines(&output)[0]["revision"], "changed");
    }
    // A link leads to what the revision had, and a link out of it is an error.
    let (linked, out_of_it) = (folder.path().join("linked"), folder.path().join("out"));
    for place in [&linked, &out_of_it] {
        fs::create_dir(place).unwrap();
    }
    std::os::unix::fs::symlink("../policies/one.json", linked.join("one.json")).unwrap();
    std::os::unix::fs::symlink(policies.join("one.json"), out_of_it.join("one.json")).unwrap();
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "second"]);
    fs::write(policies.join("one.json"), policy("Allow", "s3:*")).unwrap();
    let output = keyaki(&["review", "--git", "HEAD", linked.to_str().unwrap(), "-f", "json"]);
    assert_eq!(told(&output).0, [("one.json".to_owned(), "wider".to_owned())], "{}", err(&output));
    assert_eq!(lines(&output)[0]["revision"], "changed");
    let output = keyaki(&["review", "--git", "HEAD", out_of_it.to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    let said = "`out/one.json` is a link to something that is not in the revision";
    assert!(err(&output).contains(said), "{}", err(&output));
    // A folder that is new was empty.
    let new = folder.path().join("new");
    fs::create_dir(&new).unwrap();
    fs::write(new.join("two.json"), policy("Allow", "s3:Get*")).unwrap();
    let output = keyaki(&["review", "--git", "HEAD", new.to_str().unwrap(), "-f", "json"]);
    assert_eq!(told(&output).0, [("two.json".to_owned(), "wider".to_owned())], "{}", err(&output));
}

/// What is no policy is passed over: what CDK writes beside its templates, and other people's JSON.
#[test]
fn a_folder_passes_over_what_is_no_policy() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("t.yaml"), READER).unwrap();
    let of_cdk =
        json!({"version": "tree-0.1", "tree": {"PolicyDocument": {"Statement": [{"Effect": 1}]}}});
    let of_others = json!({"AccountStatement": [], "BankStatement": "\u{1}"});
    fs::write(folder.path().join("tree.json"), of_cdk.to_string()).unwrap();
    fs::write(folder.path().join("other.json"), of_others.to_string()).unwrap();
    let path = folder.path().to_str().unwrap();
    let output = keyaki(&["review", path, path, "--no-project", "-f", "json"]);
    assert_eq!((code(&output), told(&output).0), (0, Vec::new()), "{}", err(&output));
}
