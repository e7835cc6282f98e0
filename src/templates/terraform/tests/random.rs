//! Plans drawn at random.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A text of a statement, and whether the plan knows it.
type Text = (String, bool);

fn resource() -> impl Strategy<Value = Text> {
    ("arn:aws:[a-z]{2}:[a-z]{0,2}:[0-9]{0,2}:[a-z:/]{0,4}", any::<bool>())
}

fn plain() -> impl Strategy<Value = Text> {
    ("[a-z:/\"\\\\é]{1,5}", any::<bool>())
}

#[derive(Debug, Clone)]
struct Statement {
    actions: Vec<String>,
    resources: (bool, Vec<Text>),
    values: Vec<Text>,
}

fn statement() -> impl Strategy<Value = Statement> {
    let actions = prop::collection::vec("s3:[A-Z][a-z]{1,3}", 1..3);
    let resources = (any::<bool>(), prop::collection::vec(resource(), 1..4));
    let values = prop::collection::vec(plain(), 0..3);
    (actions, resources, values).prop_map(|(actions, resources, values)| Statement {
        actions,
        resources,
        values,
    })
}

/// The texts as the plan has them, and what it says of them.
fn split(texts: &[Text], all: bool) -> (Value, Value) {
    let known = texts.iter().map(|(text, known)| (all || *known).then_some(text));
    let unknown = texts.iter().map(|(_, known)| !all && !known);
    (
        known.collect::<Vec<_>>().into_iter().map(|it| json!(it)).collect(),
        unknown.map(Value::Bool).collect(),
    )
}

/// The plan; with `all`, everything in the statements is known.
fn plan_of(statements: &[Statement], all: bool) -> Value {
    let (mut after, mut unknown) = (Vec::new(), Vec::new());
    for statement in statements {
        let (negated, resources) = &statement.resources;
        let (known, open) = split(resources, all);
        let name = if *negated { "not_resources" } else { "resources" };
        let mut block = json!({"actions": statement.actions});
        let mut of_block = json!({});
        block[name] = known;
        of_block[name] = open;
        if !statement.values.is_empty() {
            let (known, open) = split(&statement.values, all);
            block["condition"] = json!([{"test": "StringEquals", "variable": "aws:PrincipalTag/a", "values": known}]);
            of_block["condition"] = json!([{"values": open}]);
        }
        after.push(block);
        unknown.push(of_block);
    }
    let reference = json!({"policy": {"references": ["data.aws_iam_policy_document.d.json"]}});
    with(
        &[
            made(
                "data.aws_iam_policy_document.d",
                json!({"statement": after}),
                json!({"statement": unknown, "json": true}),
            ),
            made("aws_iam_policy.p", json!({}), json!({"policy": true})),
        ],
        json!({"resources": [block("aws_iam_policy.p", reference)]}),
    )
}

/// What stands for each text that is not known, and the text.
fn values(statements: &[Statement]) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let mut add = |name: &str, form, value: &str| {
        values.insert(Parameter { name: name.to_owned(), form }.reference(), value.to_owned());
    };
    for (number, statement) in statements.iter().enumerate() {
        let base = format!("data.aws_iam_policy_document.d.statement[{number}]");
        let (negated, resources) = &statement.resources;
        let name = if *negated { "not_resources" } else { "resources" };
        for (at, (text, known)) in resources.iter().enumerate() {
            if !known {
                let name = format!("{base}.{name}[{at}]");
                let fields: Vec<&str> = text.splitn(6, ':').collect();
                add(&format!("{name}.partition"), Form::Partition, fields[1]);
                for (at, field) in ["service", "region", "account"].iter().enumerate() {
                    add(&format!("{name}.{field}"), Form::Field, fields[at + 2]);
                }
                add(&format!("{name}.resource"), Form::Text, fields[5]);
            }
        }
        for (at, (text, known)) in statement.values.iter().enumerate() {
            if !known {
                add(&format!("{base}.condition[0].values[{at}]"), Form::Text, text);
            }
        }
    }
    values
}

/// The value with the texts in the place of what stands for them.
fn filled(value: &mut Value, values: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            for (reference, value) in values {
                *text = text.replace(reference, value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| filled(item, values)),
        Value::Object(members) => members.values_mut().for_each(|item| filled(item, values)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What is not known, with its value, is what is read where that is known.
    #[test]
    fn values_may_come_before_or_afterwards(statements in prop::collection::vec(statement(), 1..4)) {
        let read = |all| {
            let plan = read_plan(&plan_of(&statements, all), &[]).after;
            text(&plan, "aws_iam_policy.p.policy")
        };
        let mut symbolic = read(false);
        let values = values(&statements);
        if let Some(reference) = values.keys().next() {
            let is_there = symbolic.to_string().contains(reference);
            prop_assert!(is_there, "{} is not there", reference);
        }
        filled(&mut symbolic, &values);
        prop_assert_eq!(symbolic, read(true));
    }

    /// No text makes the reader panic; a plan that is cut off is no plan without findings.
    #[test]
    fn plans_that_are_cut_are_told(at in 0.0..1.0f64) {
        let text = bucket_plan().to_string();
        let mut cut = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        let source = Source::new("plan.json", &text[..cut]);
        if let Some(plan) = super::super::plan(&source, &[], &ReadOptions::default()) {
            prop_assert!(plan.findings.iter().any(Finding::is_error));
        }
    }

    #[test]
    fn nothing_makes_it_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), edit()), 1..6)) {
        let mut plan = everything();
        for (at, edit) in edits {
            let count = nodes(&mut plan, &mut |_| {});
            let at = at.index(count);
            let mut number = 0;
            nodes(&mut plan, &mut |node| {
                if number == at {
                    *node = edit.clone();
                }
                number += 1;
            });
        }
        let files = [Source::new("main.tf", BUCKET)];
        let source = Source::new("plan.json", plan.to_string());
        if let Some(plan) = super::super::plan(&source, &files, &ReadOptions::default()) {
            for document in plan.before.documents.iter().chain(&plan.after.documents) {
                let all = Span { start: 0, end: document.source.text().len() };
                let (text, span) = document.source.in_file(all);
                prop_assert!(span.end <= text.len());
                prop_assert!(text.get(document.span.start..document.span.end).is_some());
                let outcome = read::read(&document.source, document.kind, &ReadOptions::default());
                outcome.diagnostics.iter().for_each(|it| drop(it.to_string()));
            }
            let all = plan.findings.iter().chain(&plan.before.findings).chain(&plan.after.findings);
            all.for_each(stands);
        }
    }

    #[test]
    fn no_file_makes_it_panic(at in any::<prop::sample::Index>(), length in 0usize..20, text in ".{0,6}|[\\[{(\"$%\\\\]{0,6}") {
        let mut main = BUCKET.to_owned();
        let mut start = at.index(main.len());
        while !main.is_char_boundary(start) {
            start -= 1;
        }
        let end = (start + length).min(main.len());
        if main.is_char_boundary(end) {
            main.replace_range(start..end, &text);
        }
        let plan = read_plan(&bucket_plan(), &[("main.tf", &main)]);
        plan.findings.iter().chain(&plan.after.findings).for_each(stands);
    }
}

fn edit() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, true, {"a": 1}])),
        Just(json!("module.a[\"")),
        Just(json!("data.aws_iam_policy_document.d.json")),
        Just(json!("${keyaki:parameter/text/x}")),
        ".{0,4}".prop_map(Value::String),
        any::<i32>().prop_map(|number| json!(number)),
    ]
}

/// What is found stands in its text, and can be told.
fn stands(finding: &Finding) {
    let (text, span) = finding.source.in_file(finding.span);
    assert!(text.get(span.start..span.end).is_some(), "{finding:?}");
    assert!(finding.to_string().contains(finding.rule));
}

/// Visits every value, and counts them.
fn nodes(value: &mut Value, visit: &mut impl FnMut(&mut Value)) -> usize {
    visit(value);
    1 + match value {
        Value::Array(items) => items.iter_mut().map(|item| nodes(item, visit)).sum(),
        Value::Object(members) => members.values_mut().map(|item| nodes(item, visit)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// A plan with a bit of everything.
fn everything() -> Value {
    let mut plan = bucket_plan();
    let statement = json!([{"sid": "A", "effect": "Allow", "actions": ["s3:*"], "resources": [null],
        "principals": [{"type": "AWS", "identifiers": [null]}],
        "condition": [{"test": "ArnLike", "variable": "aws:SourceArn", "values": [null]}]}]);
    let unknown = json!({"json": true, "statement": [{"resources": [true],
        "principals": [{"identifiers": [true]}], "condition": [{"values": [true]}]}]});
    let changes = plan["resource_changes"].as_array_mut().unwrap();
    changes.push(made("data.aws_iam_policy_document.d", json!({"statement": statement}), unknown));
    changes.push(made(
        "aws_sns_topic_policy.t",
        json!({"arn": "arn:aws:sns:us-east-1:1:t"}),
        json!({"policy": true}),
    ));
    changes.push(made("aws_iam_role.r[\"k\"]", json!({"name": "r", "path": "/",
        "assume_role_policy": policy("x").to_string(), "inline_policy": [{"name": "i", "policy": "{}"}]}), json!({"arn": true})));
    changes.push(made(
        "aws_iam_role_policy_attachment.a",
        json!({"policy_arn": "arn:aws:iam::aws:policy/P"}),
        json!({"role": true}),
    ));
    changes.push(made(
        "aws_iam_user_group_membership.m",
        json!({"user": "u", "groups": ["g"]}),
        json!({}),
    ));
    changes.push(made(
        "aws_lambda_permission.l",
        json!({"function_name": "f", "principal": "*", "action": "lambda:*"}),
        json!({"source_arn": true}),
    ));
    changes.push(made("aws_organizations_policy.o", json!({"content": "{}"}), json!({"id": true})));
    let blocks = plan["configuration"]["root_module"]["resources"].as_array_mut().unwrap();
    blocks.push(block(
        "aws_sns_topic_policy.t",
        json!({"policy": {"references": ["data.aws_iam_policy_document.d.json"]}}),
    ));
    blocks.push(block(
        "aws_iam_role_policy_attachment.a",
        json!({"role": {"references": ["aws_iam_role.r[\"k\"].name", "module.m.x"]}}),
    ));
    blocks.push(block("aws_iam_role.r", json!({"inline_policy": [{}]})));
    plan["prior_state"] = json!({"values": {"root_module": {"resources": [
        {"address": "data.aws_region.r", "mode": "data", "type": "aws_region", "name": "r", "values": {"name": "us-east-1"}},
    ]}}});
    plan
}
