//! From statements to decisions: kinds of principals, the statements that decided, and the words of
//! an explanation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::{policies, request};
use keyaki::semantics::{Decision, Explanation, StatementRef, decide, explain};
use serde_json::{Value, json};

const KINDS: &[(&str, Decision)] = &[
    ("arn:aws:iam::111122223333:user/eng/dev", Decision::Allowed),
    ("arn:aws:sts::111122223333:assumed-role/app/s1", Decision::Allowed),
    ("arn:aws:iam::111122223333:role/app", Decision::Allowed),
    ("arn:aws:iam::111122223333:root", Decision::Allowed),
    ("arn:aws:sts::111122223333:federated-user/dev", Decision::ImplicitDeny),
    ("bedrock.amazonaws.com", Decision::ImplicitDeny),
    ("anonymous", Decision::ImplicitDeny),
    ("111122223333", Decision::ImplicitDeny),
];

fn statement(effect: &str, action: &str) -> Value {
    json!({"Effect": effect, "Action": action, "Resource": "*"})
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn asking(principal: &str) -> keyaki::request::Request {
    request(
        &json!({"principal": principal, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"})
            .to_string(),
    )
}

#[test]
fn an_allow_grants_to_users_and_roles_only() {
    let documents = [document(&[statement("Allow", "*")])];
    for (principal, expected) in KINDS {
        assert_eq!(
            decide(&policies(&documents), &asking(principal)).decision,
            *expected,
            "{principal}"
        );
    }
}

#[test]
fn only_the_root_user_needs_no_allow() {
    let documents = [document(&[statement("Allow", "iam:*")])];
    for (principal, _) in KINDS {
        let evaluation = decide(&policies(&documents), &asking(principal));
        let expected =
            if principal.ends_with(":root") { Decision::Allowed } else { Decision::ImplicitDeny };
        assert_eq!(
            (evaluation.decision, evaluation.deciding.as_slice()),
            (expected, [].as_slice()),
            "{principal}"
        );
    }
}

/// Services, anonymous requesters and root users have no identity-based policies: nothing is
/// attached to them (SEMANTICS 9(g)). The root user is allowed all the same.
#[test]
fn a_deny_refuses_whom_it_can_be_attached_to() {
    let documents = [document(&[statement("Allow", "*"), statement("Deny", "s3:*")])];
    for (principal, _) in KINDS {
        let evaluation = decide(&policies(&documents), &asking(principal));
        let (expected, deciding) = match *principal {
            "bedrock.amazonaws.com" | "anonymous" => (Decision::ImplicitDeny, vec![]),
            root if root.ends_with(":root") => (Decision::Allowed, vec![]),
            _ => (Decision::ExplicitDeny, vec![StatementRef { policy: 0, index: 1 }]),
        };
        assert_eq!((evaluation.decision, evaluation.deciding), (expected, deciding), "{principal}");
    }
}

#[test]
fn the_statements_that_decided_are_named_across_policies() {
    let allows = document(&[
        statement("Allow", "iam:*"),
        statement("Allow", "s3:*"),
        statement("Allow", "*"),
    ]);
    let denies = document(&[statement("Deny", "iam:*"), statement("Deny", "s3:Get*")]);
    let user = asking("arn:aws:iam::111122223333:user/dev");
    let at = |policy, index| StatementRef { policy, index };
    let cases = [
        (
            vec![&allows, &allows],
            Decision::Allowed,
            vec![at(0, 1), at(0, 2), at(1, 1), at(1, 2)],
            4,
        ),
        (vec![&allows, &denies], Decision::ExplicitDeny, vec![at(1, 1)], 3),
        (vec![&denies, &allows], Decision::ExplicitDeny, vec![at(0, 1)], 3),
        (vec![], Decision::ImplicitDeny, vec![], 0),
    ];
    for (documents, decision, deciding, applying) in cases {
        let evaluation = decide(&policies(documents), &user);
        assert_eq!(
            (evaluation.decision, evaluation.deciding, evaluation.applying.len()),
            (decision, deciding, applying)
        );
    }
}

#[test]
fn words_of_the_simulator() {
    let words = [Decision::Allowed, Decision::ExplicitDeny, Decision::ImplicitDeny]
        .map(|decision| decision.to_string());
    assert_eq!(words, ["allowed", "explicitDeny", "implicitDeny"]);
}

/// The reasons of the only statement: Allow everything, with these members instead.
fn reasons(members: Value, request_members: Value) -> Vec<String> {
    let mut statement = json!({"Effect": "Allow"});
    let merged = statement.as_object_mut().expect("an object");
    merged.extend(members.as_object().expect("members").clone());
    if !merged.contains_key("NotAction") {
        merged.entry("Action").or_insert(json!("*"));
    }
    if !merged.contains_key("NotResource") {
        merged.entry("Resource").or_insert(json!("*"));
    }
    let mut asked = json!({"principal": "arn:aws:iam::111122223333:user/dev", "action": "s3:GetObject", "resource": "arn:aws:s3:eu-west-1::b/k"});
    asked
        .as_object_mut()
        .expect("an object")
        .extend(request_members.as_object().expect("members").clone());
    let Explanation { evaluation, statements } =
        explain(&policies(&[document(&[statement])]), &request(&asked.to_string()));
    let [only] = statements.as_slice() else { panic!("one statement") };
    assert_eq!(only.applied(), evaluation.decision == Decision::Allowed);
    assert_eq!(only.first_failure(), only.failures.first());
    only.failures.iter().map(ToString::to_string).collect()
}

fn condition(operator: &str, key: &str, values: Value) -> Value {
    json!({"Condition": {operator: {key: values}}})
}

#[test]
fn reasons_of_elements() {
    let cases: &[(Value, Value, &[&str])] = &[
        (json!({}), json!({}), &[]),
        (
            json!({"Action": ["s3:Put*", "iam:*"]}),
            json!({}),
            &["no entry of `Action` matches `s3:GetObject`: `s3:Put*`, `iam:*`"],
        ),
        (json!({"Action": []}), json!({}), &["`Action` is an empty list"]),
        (
            json!({"NotAction": ["iam:*", "S3:get*"]}),
            json!({}),
            &["`NotAction` excludes `s3:GetObject`: it matches `S3:get*`"],
        ),
        (json!({"Resource": []}), json!({}), &["`Resource` is an empty list"]),
        (
            json!({"Resource": "arn:aws:s3:us-*::b/*"}),
            json!({}),
            &[
                "no entry of `Resource` matches `arn:aws:s3:eu-west-1::b/k`: `arn:aws:s3:us-*::b/*` differs in field region: `us-*` against `eu-west-1`",
            ],
        ),
        (
            json!({"Resource": ["arn:aws:s3:*:*:b/${aws:username}", "arn:aws:s3:*:*:b/${s3:prefix}", "arn:aws:s3:*:*:b/${aws:TagKeys, 'k'}"]}),
            json!({"context": {"aws:username": "dev", "aws:TagKeys": ["k"]}}),
            &["no entry of `Resource` matches `arn:aws:s3:eu-west-1::b/k`: \
               `arn:aws:s3:*:*:b/${aws:username}` differs in field rest: `b/${aws:username}` (here `b/dev`) against `b/k`; \
               `arn:aws:s3:*:*:b/${s3:prefix}` matches nothing: variable `${s3:prefix}` has no value since `s3:prefix` is absent; \
               `arn:aws:s3:*:*:b/${aws:TagKeys, 'k'}` matches nothing: variable `${aws:TagKeys, 'k'}` has no value since `aws:TagKeys` is multivalued"],
        ),
        (
            json!({"Resource": "arn:aws:s3:::b"}),
            json!({"resource": "*"}),
            &[
                "no entry of `Resource` matches `*`: `arn:aws:s3:::b` is not `*`, which a resource that is not an ARN needs",
            ],
        ),
        (
            json!({"NotResource": ["arn:aws:iam:::x", "arn:aws:s3:*"]}),
            json!({}),
            &["`NotResource` excludes `arn:aws:s3:eu-west-1::b/k`: it matches `arn:aws:s3:*`"],
        ),
        (
            json!({"Action": ["a:1", "a:2", "a:3", "a:4", "a:5", "a:6"], "Resource": "arn:aws:iam:::b", "Condition": {"Null": {"a:b": "false"}}}),
            json!({}),
            &[
                "no entry of `Action` matches `s3:GetObject`: `a:1`, `a:2`, `a:3`, `a:4`, and 2 more",
                "no entry of `Resource` matches `arn:aws:s3:eu-west-1::b/k`: `arn:aws:iam:::b` differs in field service: `iam` against `s3`",
                "`a:b` is absent and `Null` needs it",
            ],
        ),
    ];
    for (members, asked, expected) in cases {
        assert_eq!(reasons(members.clone(), asked.clone()), *expected, "{members}");
    }
}

#[test]
fn reasons_of_conditions() {
    let cases: &[(&str, Value, Value, &str)] = &[
        ("StringEquals", json!("a"), json!({}), "`t:k` is absent and `StringEquals` needs it"),
        (
            "StringEquals",
            json!(["a", "b"]),
            json!({"t:k": "c"}),
            "`t:k` is `c`, which no value of `StringEquals` matches: `a`, `b`",
        ),
        (
            "StringEquals",
            json!([]),
            json!({"t:k": "c"}),
            "`t:k` is `c`, and `StringEquals` has an empty list of values",
        ),
        (
            "StringNotLike",
            json!(["a", "c*"]),
            json!({"t:k": "c"}),
            "`t:k` is `c`, which `StringNotLike` excludes by `c*`",
        ),
        (
            "StringNotEquals",
            json!("${t:v}"),
            json!({"t:k": "c", "t:v": "c"}),
            "`t:k` is `c`, which `StringNotEquals` excludes by `${t:v}` (here `c`)",
        ),
        (
            "StringEquals",
            json!("${t:v}"),
            json!({"t:k": "c"}),
            "`t:k` is `c`, which no value of `StringEquals` matches: `${t:v}` (variable `${t:v}` has no value since `t:v` is absent)",
        ),
        (
            "NumericEquals",
            json!(10),
            json!({"t:k": "ten"}),
            "`t:k` is `ten`, which no value of `NumericEquals` matches: `10` (the request's value is not a decimal number)",
        ),
        (
            "IpAddress",
            json!("0.0.0.0/0"),
            json!({"t:k": "::1"}),
            "`t:k` is `::1`, which no value of `IpAddress` matches: `0.0.0.0/0` (the addresses are of different families)",
        ),
        (
            "ArnLike",
            json!(["arn:aws:s3:::b", "*"]),
            json!({"t:k": "arn:aws:s3:us-east-1::b"}),
            "`t:k` is `arn:aws:s3:us-east-1::b`, which no value of `ArnLike` matches: `arn:aws:s3:::b` (differs in field region), \
             `*` (is not an ARN of six fields)",
        ),
        (
            "Bool",
            json!("${t:v}"),
            json!({"t:k": "true", "t:v": "x"}),
            "`t:k` is `true`, which no value of `Bool` matches: `${t:v}` (here `x`) (is not `true` or `false`)",
        ),
        (
            "StringNotEquals",
            json!("a"),
            json!({"t:k": ["b", "c"]}),
            "`t:k` has 2 values and `StringNotEquals` has no set operator: `b`, `c`",
        ),
        (
            "Null",
            json!("true"),
            json!({"t:k": ""}),
            "`t:k` is present and `Null` asks for its absence",
        ),
        ("Null", json!("false"), json!({}), "`t:k` is absent and `Null` needs it"),
        ("Null", json!([]), json!({}), "`Null` on `t:k` has an empty list of values"),
        (
            "ForAnyValue:Null",
            json!("true"),
            json!({}),
            "`ForAnyValue:Null` never holds; use `Null` to test the presence of `t:k`",
        ),
        (
            "ForAnyValue:StringEquals",
            json!("a"),
            json!({}),
            "`t:k` is absent and `ForAnyValue:StringEquals` needs it",
        ),
        (
            "ForAnyValue:StringEquals",
            json!("a"),
            json!({"t:k": [""]}),
            "the only value of `t:k` is empty, which `ForAnyValue:StringEquals` takes for no value",
        ),
        (
            "ForAllValues:StringEquals",
            json!(["a", "b"]),
            json!({"t:k": ["a", "y", "z"]}),
            "`t:k` holds `y`, which no value of `ForAllValues:StringEquals` matches: `a`, `b`; \
             `t:k` holds `z`, which no value of `ForAllValues:StringEquals` matches: `a`, `b`",
        ),
        (
            "ForAnyValue:StringNotEquals",
            json!(["a", "b"]),
            json!({"t:k": ["a"]}),
            "no value of `t:k` satisfies `ForAnyValue:StringNotEquals`: `t:k` holds `a`, which `ForAnyValue:StringNotEquals` excludes by `a`",
        ),
    ];
    for (operator, values, context, expected) in cases {
        assert_eq!(
            reasons(condition(operator, "t:k", values.clone()), json!({ "context": context })),
            [*expected],
            "{operator} {values}"
        );
    }
}

/// SEMANTICS 2.2 rule 3: which kinds of policies complete an ARN of fewer than six fields.
#[test]
fn short_arns_by_kind_of_policy() {
    use keyaki::policy::Kind;
    let matching: &[(&str, &[Kind])] = &[
        ("arn:aws:s3", &[Kind::Identity, Kind::Boundary]),
        (
            "arn:aws:s?",
            &[Kind::Identity, Kind::Boundary, Kind::Resource, Kind::Trust, Kind::Endpoint],
        ),
        (
            "arn:*:s3",
            &[Kind::Identity, Kind::Boundary, Kind::Resource, Kind::Trust, Kind::Endpoint],
        ),
        (
            "arn:aws:s3:*",
            &[
                Kind::Identity,
                Kind::Boundary,
                Kind::Resource,
                Kind::Trust,
                Kind::Endpoint,
                Kind::Scp,
                Kind::Rcp,
            ],
        ),
        ("arn:aws:sqs:*", &[]),
    ];
    let kinds = [
        Kind::Identity,
        Kind::Boundary,
        Kind::Session,
        Kind::Trust,
        Kind::Resource,
        Kind::Scp,
        Kind::Rcp,
        Kind::Endpoint,
    ];
    for (pattern, expected) in matching {
        let statement = json!({"Effect": "Allow", "Action": "*", "Resource": pattern});
        let policy = support::policy(&document(&[statement]).to_string());
        for kind in kinds {
            let applies =
                keyaki::semantics::applies(&policy.statements[0], kind, &asking("anonymous"));
            assert_eq!(applies, expected.contains(&kind), "{pattern} {kind:?}");
        }
    }
}
