//! What a counterexample makes up is marked, and what the policies or the question name is not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{keyaki, keyaki_with, lines, out};
use serde_json::{Value, json};

fn policy(resource: &str, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": resource, "Condition": condition}]})
}

/// What a question of `can` makes up.
fn of(policies: &Value, statement: &Value) -> Value {
    let line = json!({"policies": policies, "statement": statement}).to_string();
    let mut answers = lines(&keyaki_with(&["can", "--batch", "-"], &line));
    let answer = answers.remove(0);
    assert_eq!(answer["answer"], "yes", "{answer}");
    answer["madeUp"].clone()
}

#[test]
fn what_nobody_names_is_marked() {
    let any = json!({});
    let open = json!({"identity": [policy("*", &any)]});
    assert_eq!(of(&open, &json!({})), json!(["111122223333", "dev", "example"]));
    let account = json!({"identity": [policy("arn:aws:sqs:*:111122223333:*", &any)]});
    assert_eq!(of(&account, &json!({})), json!(["dev", "example"]));
    let queue = json!({"identity": [policy("arn:aws:sqs:*:111122223333:Example", &any)]});
    assert_eq!(of(&queue, &json!({})), json!(["dev"]));
    let user = json!({"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:user/dev"}});
    let named = json!({"identity": [policy("*", &user)]});
    assert_eq!(of(&named, &json!({})), json!(["example"]));
    // A longer word does not name a part of it.
    let longer = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/de*"}, "StringNotEquals": {"aws:username": "developer"}});
    assert!(
        of(&json!({"identity": [policy("*", &longer)]}), &json!({}))
            .as_array()
            .unwrap()
            .contains(&json!("dev"))
    );
}

#[test]
fn what_the_question_names_is_not_marked() {
    let open = json!({"identity": [policy("*", &json!({}))]});
    let asked = json!({"Principal": "arn:aws:iam::111122223333:user/dev"});
    assert_eq!(of(&open, &asked), json!(["example"]));
    let asked = json!({"Resource": "arn:aws:sqs:*:*:example"});
    assert_eq!(of(&open, &asked), json!(["111122223333", "dev"]));
}

/// An escape may spell a name, so nothing beside one is said to be made up.
#[test]
fn escapes_spell_names() {
    let line = r#"{"policies": {"identity": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:\u0065xample"}]}]}, "statement": {}}"#;
    let answers = lines(&keyaki_with(&["can", "--batch", "-"], line));
    assert_eq!(answers[0]["madeUp"], json!([]), "{}", answers[0]);
}

#[test]
fn comparisons_and_calls_mark_it_too() {
    let line = json!({"old": {"identity": [policy("*", &json!({}))]}, "new": {"identity": []}});
    let answers = lines(&keyaki_with(&["compare", "--batch", "-"], &line.to_string()));
    assert_eq!(
        answers[0]["removed"]["madeUp"],
        json!(["111122223333", "dev", "example"]),
        "{}",
        answers[0]
    );
    let ask = ["can", "proofs/policies/S1-P1.json", "--call", "bedrock:CreateKnowledgeBase"];
    let text = out(&keyaki(&ask));
    assert!(text.contains("  for example: account 111122223333"), "{text}");
    let answer = lines(&keyaki(&[&ask[..], &["--format", "json"]].concat())).remove(0);
    let made_up = answer["madeUp"].as_array().unwrap();
    assert!(made_up.contains(&json!("dev")), "{answer}");
    let named = [&ask[..], &["--where", "CallerAccount=111122223333", "--format", "json"]].concat();
    let answer = lines(&keyaki(&named)).remove(0);
    assert!(!answer["madeUp"].to_string().contains("111122223333"), "{answer}");
}
