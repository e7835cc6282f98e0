//! Plans written by hand, after the documented format of `terraform show -json`.

mod attached;
mod documents;
mod expressions;
mod principals;
mod random;

use super::*;
use crate::Document;
use keyaki_iam::policy::read;
use serde_json::{Value, json};

/// A plan with these changes, and this configuration of its root module.
fn with(changes: &[Value], configured: Value) -> Value {
    json!({
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws"}},
            "root_module": configured,
        },
    })
}

/// The change of a resource that is made.
fn made(address: &str, after: Value, unknown: Value) -> Value {
    changed(address, Value::Null, after, unknown)
}

fn changed(address: &str, before: Value, after: Value, unknown: Value) -> Value {
    let own = address
        .rsplit_once("module.")
        .map_or(address, |(_, own)| own.split_once('.').map_or(own, |(_, own)| own));
    let (mode, own) = match own.strip_prefix("data.") {
        Some(own) => ("data", own),
        None => ("managed", own),
    };
    let (kind, name) = own.split_once('.').unwrap();
    let (name, key) = match name.split_once('[') {
        Some((name, key)) => (name, serde_json::from_str(key.trim_end_matches(']')).ok()),
        None => (name, None),
    };
    let mut change = json!({
        "address": address, "mode": mode, "type": kind, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"before": before, "after": after, "after_unknown": unknown},
    });
    if let Some(key) = key {
        change["index"] = key;
    }
    change
}

/// The configuration of a resource.
fn block(address: &str, expressions: Value) -> Value {
    let (mode, own) = match address.strip_prefix("data.") {
        Some(own) => ("data", own),
        None => ("managed", address),
    };
    let (kind, name) = own.split_once('.').unwrap();
    json!({
        "address": address, "mode": mode, "type": kind, "name": name,
        "provider_config_key": "aws", "expressions": expressions,
    })
}

fn read_plan(plan: &Value, files: &[(&str, &str)]) -> Plan {
    let source = Source::new("plan.json", plan.to_string());
    let files: Vec<Source> = files.iter().map(|(name, text)| Source::new(*name, *text)).collect();
    super::plan(&source, &files, &ReadOptions::default()).expect("a plan")
}

fn of<'p>(template: &'p Template, address: &str) -> &'p Document {
    let found = template.documents.iter().find(|document| document.address == address);
    found.unwrap_or_else(|| panic!("no {address}: {template:#?}"))
}

/// The text of a document, which must be a policy.
fn text(template: &Template, address: &str) -> Value {
    let document = of(template, address);
    let outcome = read::read(&document.source, document.kind, &ReadOptions::default());
    let errors: Vec<String> =
        outcome.diagnostics.iter().filter(|it| it.is_error()).map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?} in {}", document.source.text());
    serde_json::from_str(document.source.text()).unwrap()
}

fn told(template: &Template) -> Vec<String> {
    template.findings.iter().map(ToString::to_string).collect()
}

fn field(name: &str) -> String {
    Parameter { name: name.to_owned(), form: Form::Field }.reference()
}

fn policy(resource: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
    ]})
}

#[test]
fn a_known_policy_is_read_from_the_plan() {
    let text_of = policy("arn:aws:s3:::b/*").to_string();
    let other = policy("arn:aws:s3:::c/*").to_string();
    let change = changed(
        "aws_iam_policy.p",
        json!({"name": "p", "policy": other, "arn": "arn:aws:iam::123456789012:policy/p"}),
        json!({"name": "p", "policy": text_of, "arn": "arn:aws:iam::123456789012:policy/p"}),
        json!({}),
    );
    let plan = read_plan(&with(&[change], json!({})), &[]);
    assert!(plan.findings.is_empty() && plan.after.findings.is_empty(), "{plan:#?}");
    assert_eq!(text(&plan.after, "aws_iam_policy.p.policy"), policy("arn:aws:s3:::b/*"));
    assert_eq!(text(&plan.before, "aws_iam_policy.p.policy"), policy("arn:aws:s3:::c/*"));
    let document = of(&plan.after, "aws_iam_policy.p.policy");
    // The place of the resource inside the text inside the plan.
    let at = document.source.text().find("arn:aws:s3").unwrap();
    let (file, span) = document.source.in_file(Span { start: at, end: at + 16 });
    assert_eq!(&file[span.start..span.end], "arn:aws:s3:::b/*");
}

const BUCKET: &str = r#"
resource "aws_s3_bucket" "b" {}

resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = "${aws_s3_bucket.b.arn}/home/$${aws:username}/*"
    }]
  })
}
"#;

fn bucket_plan() -> Value {
    with(
        &[
            made(
                "aws_s3_bucket.b",
                json!({"force_destroy": false}),
                json!({"arn": true, "id": true, "bucket": true}),
            ),
            made(
                "aws_iam_policy.p",
                json!({"name": "p", "path": "/"}),
                json!({"policy": true, "arn": true}),
            ),
        ],
        json!({"resources": [
            block("aws_s3_bucket.b", json!({})),
            block("aws_iam_policy.p", json!({"policy": {"references": ["aws_s3_bucket.b.arn", "aws_s3_bucket.b"]}})),
        ]}),
    )
}

#[test]
fn what_is_not_known_comes_from_the_file() {
    let plan = read_plan(&bucket_plan(), &[("main.tf", BUCKET)]);
    assert_eq!(told(&plan.after), Vec::<String>::new());
    let policy = text(&plan.after, "aws_iam_policy.p.policy");
    let expected = format!(
        "arn:{}:s3:::{}/home/${{aws:username}}/*",
        Parameter { name: "aws.partition".to_owned(), form: Form::Partition }.reference(),
        field("aws_s3_bucket.b.id"),
    );
    assert_eq!(policy["Statement"][0]["Resource"], expected);
    let document = of(&plan.after, "aws_iam_policy.p.policy");
    let at = document.source.text().find("home").unwrap();
    let (file, span) = document.source.in_file(Span { start: at, end: at + 4 });
    assert_eq!((file, &file[span.start..span.end]), (BUCKET, "home"));
}

#[test]
fn without_the_file_it_is_told() {
    let plan = read_plan(&bucket_plan(), &[]);
    assert!(plan.after.documents.is_empty());
    let told = told(&plan.after);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("`aws_iam_policy.p.policy` is not known"), "{told:?}");
    assert!(plan.after.findings[0].is_error());
}

#[test]
fn a_policy_that_is_no_text_of_the_configuration_is_not_known() {
    let other = made("aws_mystery.m", json!({}), json!({"thing": true, "things": true}));
    for policy in ["aws_mystery.m.thing", "\"${aws_mystery.m.thing} \"", "aws_mystery.m.things[0]"]
    {
        let mut plan = bucket_plan();
        plan["resource_changes"].as_array_mut().unwrap().push(other.clone());
        let main = format!("resource \"aws_iam_policy\" \"p\" {{\n  policy = {policy}\n}}\n");
        let plan = read_plan(&plan, &[("main.tf", &main)]);
        assert!(plan.after.documents.is_empty(), "{policy}");
        let told = told(&plan.after);
        let expected = "main.tf:2:12: error[terraform-expression]: the policy is not known";
        assert!(told[0].starts_with(expected), "{told:?}");
    }
}
