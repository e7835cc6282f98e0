//! Templates drawn at random, and texts that are no templates any more.

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
        Just(json!({"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Queue", "Arn"]}]}]})),
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
    let text = name.strip_prefix("Select(0, Split(\"|\", ").unwrap().strip_suffix("))").unwrap();
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
    fn yaml_says_what_json_says(statements in prop::collection::vec(statement(), 1..4)) {
        let text = around(&statements);
        let Value::Object(sections) = serde_json::from_str(&text).unwrap() else { unreachable!() };
        let yaml: String = sections.iter().map(|(name, section)| format!("{name}: {section}\n")).collect();
        let (json, yaml) = (template(&text), template(&yaml));
        prop_assert_eq!(findings(&yaml), Vec::<String>::new());
        prop_assert_eq!(document(&json, "P").source.text(), document(&yaml, "P").source.text());
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
