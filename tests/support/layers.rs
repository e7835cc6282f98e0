//! Policies of one statement, requests for one object, and what is explained of them.

use super::{policy_set, request};
use keyaki::request::Request;
use keyaki::semantics::{Evaluation, StatementRef, decide, explain};
use serde_json::{Value, json};

/// An IAM user of the account.
pub const USER: &str = "arn:aws:iam::111122223333:user/dev";
/// A session of one of its roles.
pub const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/s1";
/// A federated-user session.
pub const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/dev";
/// Its root user.
pub const ROOT: &str = "arn:aws:iam::111122223333:root";
/// An AWS service.
pub const SERVICE: &str = "bedrock.amazonaws.com";
/// A text that is not a principal.
pub const NOBODY: &str = "111122223333";

fn policy(effect: &str, action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]})
}

/// Allow the action.
pub fn allow(action: &str) -> Value {
    policy("Allow", action)
}

/// Deny the action.
pub fn deny(action: &str) -> Value {
    policy("Deny", action)
}

/// A policy of a layer with principals, for everybody.
pub fn public(effect: &str, action: &str) -> Value {
    let mut policy = policy(effect, action);
    policy["Statement"][0]["Principal"] = json!("*");
    policy
}

/// `s3:GetObject` on an object of the caller's account, with other members.
pub fn asking(principal: impl Into<Value>, members: Value) -> Request {
    let mut asked = json!({"principal": principal.into(), "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"});
    asked.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    request(&asked.to_string())
}

/// Decides, and checks that the explanation agrees.
pub fn evaluated(layers: &Value, request: &Request) -> Evaluation {
    let set = policy_set(layers);
    let explanation = explain(&set, request);
    let applied: Vec<StatementRef> = explanation
        .statements
        .iter()
        .filter(|one| one.applied())
        .map(|one| one.statement)
        .collect();
    assert_eq!(
        applied, explanation.evaluation.applying,
        "a statement is explained as it is evaluated\n{layers}"
    );
    assert_eq!(explanation.evaluation, decide(&set, request));
    explanation.evaluation
}
