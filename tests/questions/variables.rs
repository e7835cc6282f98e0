//! Variables inside patterns, by the engine `finite` alone: what a pattern with variables matches
//! bears on the variables, and none is guessed.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use crate::support::{policy_set, reading};
use keyaki::engine::{Limits, from_spec};
use keyaki::layers::Policies;
use keyaki::query::{Answer, Query, Requests, Solver};
use serde_json::{Value, json};
use std::time::Duration;

/// A statement on what three tags name, in the buckets of payroll.
fn asked(condition: &Value) -> String {
    let tags = "${aws:PrincipalTag/a}/${aws:PrincipalTag/b}/${aws:PrincipalTag/c}";
    let statement = json!({"Effect": "Allow", "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{tags}/*"), "Condition": condition});
    ask(&json!([statement]), "arn:aws:s3:::payroll-data/*")
}

fn ask(statements: &Value, resource: &str) -> String {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    let set = policy_set(&json!({"identity": [document]}));
    answer(&set, &json!({"Action": "s3:GetObject", "Resource": resource}))
}

fn answer(set: &Policies, shape: &Value) -> String {
    let shape = reading::shape_of(shape).expect("a shape");
    let query = Query::allowed(set, &shape, Requests::Any);
    let solver = Solver::single(from_spec("finite").unwrap());
    match query.ask(&solver, &Limits::timeout(Duration::from_secs(60))).expect("a question").answer
    {
        Answer::Yes(_) => "yes".to_owned(),
        Answer::No => "no".to_owned(),
        Answer::Unknown(why) => format!("unknown: {why:?}"),
    }
}

#[test]
fn what_a_pattern_matches_bears_on_its_variables() {
    let tag = |name: &str| format!("aws:PrincipalTag/{name}");
    let (a, b, c) = (tag("a"), tag("b"), tag("c"));
    // As in a statement of AWS's own.
    assert_eq!(asked(&json!({"StringNotEquals": {&a: "", &b: "", &c: ""}})), "yes");
    assert_eq!(asked(&json!({"StringNotLike": {&a: "payroll*"}})), "no");
    assert_eq!(asked(&json!({"StringNotLike": {&a: "pay*"}, "StringLike": {&a: "?*"}})), "no");
    assert_eq!(asked(&json!({"StringLike": {&a: "payroll-data/*/x"}})), "yes");
    assert_eq!(asked(&json!({"StringEquals": {&a: format!("${{{b}}}")}})), "yes");
    assert_eq!(
        asked(&json!({"StringEquals": {&a: format!("${{{b}}}")},
        "StringLike": {&b: "*x*"}, "StringNotLike": {&a: "payroll-data*"}})),
        "no"
    );
    let fits =
        json!({"StringLike": {&c: format!("*${{{b}}}*")}, "StringNotEquals": {&b: ["", "e"]}});
    assert_eq!(asked(&fits), "yes");
}

#[test]
fn single_characters_and_refusals_are_taken_apart_too() {
    let tag = "${aws:PrincipalTag/a}";
    let allow = |resource: &str| {
        json!({"Effect": "Allow", "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{resource}")})
    };
    let single = json!([allow(&format!("b/?{tag}?z"))]);
    assert_eq!(ask(&single, "arn:aws:s3:::b/kxyz"), "yes");
    assert_eq!(ask(&single, "arn:aws:s3:::b/xz"), "no");
    // A character is one: there are many more ways to cut the name than are tried.
    let name = "payroll-data-of-the-department-of-finance-in-the-north-west";
    let ends = json!([allow(&format!("b/?{tag}?/*"))]);
    assert_eq!(ask(&ends, &format!("arn:aws:s3:::b/{name}/*")), "yes");
    let twice = allow(&format!("b/{tag}/{tag}/*"));
    let deny = json!({"Effect": "Deny", "Action": "s3:*",
        "Resource": format!("arn:aws:s3:::b/{tag}/x*")});
    assert_eq!(ask(&json!([twice, deny]), "arn:aws:s3:::b/y/*"), "yes");
    let deny = json!({"Effect": "Deny", "Action": "s3:*",
        "Resource": format!("arn:aws:s3:::b/{tag}/*")});
    assert_eq!(ask(&json!([twice, deny]), "arn:aws:s3:::b/*"), "no");
}

/// What a negated pattern says of a text is known where an equality says what that is put together
/// from: the ends that both have are the same.
#[test]
fn a_refused_pattern_over_a_text_that_is_put_together_is_decided() {
    let one = |operator: &str, value: &str| {
        json!({"Effect": "Allow", "Action": "ec2:DescribeInstanceAttribute", "Resource": "*",
            "Condition": {operator: {"ec2:SourceInstanceARN": value}}})
    };
    let id = "${aws:PrincipalTag/id}";
    let whole = one("ArnLike", &format!("arn:aws:ec2:*:*:instance/{id}"));
    let deny = |value: &str| {
        let mut statement = one("StringLike", value);
        statement["Effect"] = json!("Deny");
        statement["Action"] = json!("*");
        statement
    };
    let ask = |deny: Value| {
        let document = json!({"Version": "2012-10-17", "Statement": [whole, deny]});
        let set = policy_set(&json!({"identity": [document]}));
        answer(&set, &json!({"Action": "ec2:DescribeInstanceAttribute"}))
    };
    for ends in [format!("*{id}"), format!("*/{id}"), format!("*instance/{id}")] {
        assert_eq!(ask(deny(&ends)), "no", "{ends}");
    }
    for others in [format!("*{id}?"), format!("*x{id}"), format!("{id}*"), format!("*-{id}")] {
        assert_eq!(ask(deny(&others)), "yes", "{others}");
    }
}
