//! Which requests can exist, and requests read off models.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::requests::{change, everybody, federated, provider, role, service, user};
use crate::support::{identity_set, policy};
use keyaki::caveat::Caveat;
use keyaki::policy::Policy;
use keyaki::request::{ContextValue, Request};
use keyaki::symbolic::feasible::{ConstraintKind, constraints};
use keyaki::symbolic::{Frame, caveats};
use keyaki::world::World;
use keyaki_logic::evaluate::Evaluation;
use keyaki_logic::model::Model;
use keyaki_logic::term::{Symbol, Value};
use num_rational::BigRational;
use serde_json::json;
use std::collections::BTreeSet;

/// A policy that mentions the keys and compares nothing with them.
fn mentioning<'a>(keys: impl IntoIterator<Item = &'a str>) -> Policy {
    let tests: serde_json::Map<_, _> =
        keys.into_iter().map(|key| (key.to_owned(), json!("true"))).collect();
    policy(
        &json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": tests}}})
            .to_string(),
    )
}

/// Keys that none of the requests carries, and that the cases give them.
const MORE_KEYS: [&str; 20] = [
    "accounts.google.com:sub",
    "bedrock:BearerTokenType",
    "bedrock:GuardrailIdentifier",
    "bedrock:InferenceProfileArn",
    "bedrock-mantle:Model",
    "iam:ServiceSpecificCredentialAgeDays",
    "aws:FederatedProvider",
    "aws:PrincipalTag/x509Subject/CN",
    "aws:PrincipleOrgID",
    "aws:SourceIdentity",
    "aws:SourceVpcArn",
    "aws:VpceAccount",
    "ec2:Region",
    "ec2:ResourceTag/team",
    "ec2:RoleDelivery",
    "lambda:SourceFunctionArn",
    "nobody:knows",
    "saml:aud",
    "s3:x-amz-acl",
    "saml:sub",
];

/// Every key that some of the requests carry, and more.
fn frame() -> Frame {
    let requests = everybody();
    let carried = requests.iter().flat_map(|request| request.context.keys()).map(|key| key.text());
    let keys: BTreeSet<String> = carried.chain(MORE_KEYS).map(str::to_owned).collect();
    Frame::with_elements(&[&identity_set(&mentioning(keys.iter().map(String::as_str)))], &[], 2)
}

/// The rows that the request violates.
fn violated(frame: &Frame, request: &Request) -> BTreeSet<&'static str> {
    let model = frame.model_of(request).unwrap();
    let mut values = Evaluation::new(&model);
    constraints(frame, &World::embedded().unwrap())
        .unwrap()
        .iter()
        .filter(|one| !values.is_true(&one.term))
        .map(|one| one.id)
        .collect()
}

#[test]
fn requests_of_every_kind_of_caller_are_feasible() {
    let frame = frame();
    for request in everybody() {
        assert_eq!(violated(&frame, &request), BTreeSet::new(), "{}", request.principal.arn);
    }
    let mut given = service();
    given.principal.arn = "accounts.google.com".into();
    assert!(violated(&frame, &given).contains("F6"));
    let mut anywhere = role();
    anywhere.action = "dynamodb:ListTables".into();
    anywhere.resource = "*".into();
    assert_eq!(violated(&frame, &anywhere), BTreeSet::new());
}

const MODEL_CHANGE: Change = ("resource", "arn:aws:bedrock:us-east-1::foundation-model/m");
const PROFILE: &str = "bedrock:InferenceProfileArn";
const OWN_PROFILE: &str = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.m";

/// What is changed in a feasible request: `action`, `resource` or a key, and the new value, or `-`
/// for none.
type Change<'a> = (&'a str, &'a str);

#[test]
fn each_row_refuses_what_cannot_be() {
    let user_cases: &[(&str, &[Change])] = &[
        ("action", &[("action", "s3")]),
        ("action", &[("action", "s3:Get*")]),
        ("F12", &[("resource", "urn:aws:s3:::b")]),
        ("F12", &[("resource", "arn:aws:s3:::")]),
        ("presence", &[("aws:SecureTransport", "-")]),
        ("presence", &[("aws:UserAgent", "-")]),
        ("F1", &[("aws:username", "-")]),
        ("F1", &[("aws:PrincipalType", "AssumedRole")]),
        ("F1", &[("aws:userid", "AROAEXAMPLE:s1")]),
        ("F2", &[("aws:username", "eve")]),
        ("F2", &[("aws:username", "eng/dev")]),
        (
            "F2",
            &[("aws:PrincipalAccount", "444455556666"), ("aws:ResourceAccount", "111122223333")],
        ),
        ("F2", &[("aws:PrincipalArn", "arn:aws:iam::111122223333:role/dev")]),
        ("F6", &[("aws:PrincipalIsAWSService", "true")]),
        ("F6", &[("aws:PrincipalServiceName", "bedrock.amazonaws.com")]),
        ("presence", &[("aws:PrincipalArn", "-")]),
        ("presence", &[("aws:PrincipalIsAWSService", "-")]),
        ("F1", &[("action", "sts:AssumeRoleWithSAML")]),
        ("F2", &[("principal", "arn:aws:iam::111122223333:user/dev")]),
        ("F2", &[("principal", "arn:aws:iam::111122223333:user/eng/d v")]),
        ("F9", &[("aws:PrincipalOrgID", "o-a")]),
        ("F13", &[("aws:PrincipleOrgID", "o-a")]),
        ("F13", &[("nobody:knows", "x")]),
        ("F26", &[("ec2:Region", "us-west-2")]),
        ("F35", &[("s3:x-amz-acl", "publicread")]),
        ("F35", &[("bedrock:BearerTokenType", "MIDDLE_TERM")]),
        (
            "F35",
            &[("bedrock:GuardrailIdentifier", "arn:aws:bedrock:us-east-1:111122223333:guardrail/")],
        ),
        (
            "F35",
            &[(
                "bedrock:GuardrailIdentifier",
                "arn:aws:bedrock:us-east-1:111122223333:guardrail/a/b",
            )],
        ),
        ("F35", &[("bedrock:GuardrailIdentifier", "arn:aws:bedrock::111122223333:guardrail/a")]),
        ("F35", &[("bedrock-mantle:Model", "a model")]),
        ("F35", &[("iam:ServiceSpecificCredentialAgeDays", "0")]),
        ("F35", &[("iam:ServiceSpecificCredentialAgeDays", "36601")]),
        ("F35", &[("iam:ServiceSpecificCredentialAgeDays", "soon")]),
        ("F37", &[("action", "bedrock:InvokeModel"), MODEL_CHANGE]),
        ("F37", &[("action", "bedrock:CreateModelInvocationJob"), MODEL_CHANGE]),
        (
            "F37",
            &[
                MODEL_CHANGE,
                ("action", "bedrock:InvokeModel"),
                ("aws:ResourceAccount", "-"),
                ("aws:ResourceOrgID", "o-a"),
            ],
        ),
        (
            "F37",
            &[
                MODEL_CHANGE,
                ("action", "bedrock:InvokeModel"),
                ("aws:ResourceAccount", "-"),
                ("aws:ResourceOrgPaths", "o-a/r-b/"),
            ],
        ),
        (
            "F38",
            &[
                MODEL_CHANGE,
                (PROFILE, "arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.other"),
            ],
        ),
        (
            "F38",
            &[
                MODEL_CHANGE,
                (PROFILE, "arn:aws:bedrock:us-west-2:111122223333:inference-profile/eu.m"),
            ],
        ),
        (
            "F38",
            &[
                MODEL_CHANGE,
                (PROFILE, "arn:aws:bedrock:us-west-2:111122223333:inference-profile/global.m"),
            ],
        ),
        (
            "F38",
            &[
                MODEL_CHANGE,
                (PROFILE, "arn:aws:bedrock:us-west-2:444455556666:inference-profile/us.m"),
            ],
        ),
        (
            "F38",
            &[
                MODEL_CHANGE,
                (
                    PROFILE,
                    "arn:aws-cn:bedrock:cn-north-1:111122223333:application-inference-profile/abc",
                ),
            ],
        ),
        ("F38", &[("resource", OWN_PROFILE), (PROFILE, OWN_PROFILE)]),
        ("F30", &[("ec2:Region", "us-west-2")]),
        (
            "F9",
            &[
                ("aws:PrincipalOrgID", "o-a"),
                ("aws:PrincipalOrgPaths", "o-b/r-c/"),
                ("aws:ResourceOrgID", "o-a"),
                ("aws:ResourceOrgPaths", "o-a/r-c/"),
            ],
        ),
        ("F9", &[("aws:PrincipalOrgID", "o-a"), ("aws:PrincipalOrgPaths", "o-a/r-c")]),
        ("F9", &[("aws:PrincipalOrgID", "o-A"), ("aws:PrincipalOrgPaths", "o-A/r-c/")]),
        ("F9", &[("aws:PrincipalOrgID", "a"), ("aws:PrincipalOrgPaths", "a/r-c/")]),
        ("F9", &[("aws:PrincipalOrgID", "o-a"), ("aws:PrincipalOrgPaths", "o-a/r-c/ou-c/")]),
        ("F9", &[("aws:PrincipalOrgID", "o-a"), ("aws:PrincipalOrgPaths", "o-a/r-c/|o-a/r-d/")]),
        ("F10", &[("aws:PrincipalOrgID", "o-a"), ("aws:PrincipalOrgPaths", "o-a/r-c/")]),
        (
            "F10",
            &[
                ("aws:PrincipalOrgID", "o-a"),
                ("aws:PrincipalOrgPaths", "o-a/r-c/"),
                ("aws:ResourceOrgID", "o-b"),
                ("aws:ResourceOrgPaths", "o-b/r-c/"),
            ],
        ),
        ("F11", &[("resource_account", "444455556666"), ("aws:ResourceAccount", "444455556666")]),
        ("F24", &[("resource", "*"), ("resource_account", "me"), ("aws:ResourceAccount", "-")]),
        ("F27", &[("kms:CallerAccount", "444455556666")]),
        ("F27", &[("kms:ViaService", "s3.us-east-1.amazonaws.com")]),
        ("F7", &[("aws:SourceAccount", "111122223333")]),
        ("F11", &[("aws:ResourceAccount", "444455556666")]),
        (
            "F11",
            &[
                ("resource", "arn:aws:bedrock:us-east-1::foundation-model/m"),
                ("aws:ResourceAccount", "444455556666"),
            ],
        ),
        (
            "F14",
            &[
                ("aws:SourceVpce", "vpce-1"),
                ("aws:SourceVpc", "vpc-1"),
                ("aws:VpcSourceIp", "10.0.0.5"),
            ],
        ),
        ("F18", &[("aws:EpochTime", "1751328001")]),
        ("F19", &[("aws:MultiFactorAuthPresent", "true")]),
        ("F20", &[("aws:AssumedRoot", "true")]),
        ("F21", &[("aws:SourceIp", "here")]),
        ("F21", &[("aws:SecureTransport", "yes")]),
        ("F22", &[("aws:PrincipalTag/team", "a*")]),
        ("F22", &[("aws:ResourceTag/team", "?")]),
        ("F22", &[("aws:TagKeys", "team|Team")]),
        ("F22", &[("aws:TagKeys", "team|")]),
        ("F14", &[("aws:VpceAccount", "111122223333")]),
        ("F14", &[("aws:SourceVpce", "vpc-1")]),
        (
            "F14",
            &[
                ("aws:SourceVpc", "vpc-1"),
                ("aws:SourceVpcArn", "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-2"),
            ],
        ),
        ("F30", &[("aws:ResourceTag/team", "red"), ("ec2:ResourceTag/team", "blue")]),
        (
            "F31",
            &[
                ("action", "iam:CreateUser"),
                ("resource", "*"),
                ("aws:RequestedRegion", "eu-west-1"),
            ],
        ),
        ("F32", &[("action", "iam:DeletePolicy"), ("resource", "arn:aws:iam::aws:policy/x")]),
        (
            "F32",
            &[
                ("action", "kms:DeleteAlias"),
                ("resource", "arn:aws:kms:us-east-1:111122223333:alias/aws/s3"),
            ],
        ),
        ("F28", &[("datazone:domainId", "d")]),
        ("F28", &[("aws:SourceIdentity", "ann")]),
        ("F29", &[("saml:sub", "ann")]),
        ("F24", &[("aws:RequestedRegion", "mars"), ("resource", "arn:aws:s3:::b")]),
        (
            "F24",
            &[("resource", "arn:aws:dynamodb:us-east-1:123:table/t"), ("aws:ResourceAccount", "-")],
        ),
        (
            "F24",
            &[
                ("resource", "arn:aws:dynamodb:mars:111122223333:table/t"),
                ("aws:RequestedRegion", "-"),
            ],
        ),
        ("F25", &[("resource", "arn:aws-cn:s3:::b")]),
        ("F26", &[("aws:RequestedRegion", "us-west-2")]),
        ("F26", &[("resource", "arn:aws:bedrock:::foundation-model/m")]),
    ];
    let role_cases: &[(&str, &[Change])] = &[
        ("F1", &[("aws:username", "dev")]),
        ("F1", &[("aws:userid", "AROAEXAMPLE")]),
        ("F2", &[("aws:PrincipalArn", "arn:aws:iam::111122223333:user/app")]),
        ("F2", &[("aws:PrincipalArn", "arn:aws:sts::111122223333:assumed-role/app/s1")]),
        ("F14", &[("aws:SourceVpc", "-")]),
        ("F17", &[("aws:CalledViaLast", "-")]),
        ("F17", &[("aws:ViaAWSService", "false")]),
        ("F18", &[("aws:TokenIssueTime", "-")]),
        ("F18", &[("aws:TokenIssueTime", "2025-07-01T00:00:00.5Z")]),
        ("F19", &[("aws:MultiFactorAuthPresent", "false")]),
        ("F19", &[("aws:MultiFactorAuthPresent", "-")]),
        ("F21", &[("aws:MultiFactorAuthAge", "old")]),
        (
            "F28",
            &[("lambda:SourceFunctionArn", "arn:aws:lambda:us-east-1:444455556666:function:f")],
        ),
        (
            "F28",
            &[
                ("lambda:SourceFunctionArn", "arn:aws:lambda:us-east-1:111122223333:function:f"),
                ("ec2:RoleDelivery", "2.0"),
            ],
        ),
        ("F29", &[("saml:sub", "ann"), ("accounts.google.com:sub", "1")]),
        ("F29", &[("saml:aud", "x")]),
        ("F1", &[("aws:userid", "AROAEXAMPLE:s2")]),
        ("F2", &[("role", "arn:aws:iam::111122223333:role/app")]),
        ("F3", &[("principal", "arn:aws:iam::111122223333:role/svc/app"), ("role", "-")]),
        ("F3", &[("principal", "arn:aws:sts::111122223333:assumed-role/app/s")]),
        ("F17", &[("aws:CalledViaLast", "lambda.amazonaws.com")]),
    ];
    let federated_cases: &[(&str, &[Change])] = &[
        ("F1", &[("aws:PrincipalType", "AssumedRole")]),
        ("F1", &[("aws:userid", "111122223333:ann")]),
        ("F1", &[("aws:username", "dev")]),
        ("F2", &[("aws:PrincipalArn", "arn:aws:iam::111122223333:user/dev")]),
        ("F10", &[("aws:ResourceOrgPaths", "o-a/r-b/")]),
        ("F18", &[("aws:TokenIssueTime", "-")]),
        ("F20", &[("aws:AssumedRoot", "true")]),
    ];
    let root_cases: &[(&str, &[Change])] = &[
        ("F1", &[("aws:userid", "444455556666")]),
        ("F2", &[("aws:PrincipalArn", "arn:aws:iam::444455556666:root")]),
        ("F5", &[("aws:PrincipalTag/team", "red")]),
        ("F20", &[("aws:AssumedRoot", "false")]),
        ("F20", &[("aws:TokenIssueTime", "-")]),
    ];
    let service_cases: &[(&str, &[Change])] = &[
        ("presence", &[("aws:PrincipalArn", "arn:aws:iam::111122223333:role/app")]),
        ("F1", &[("managed", "")]),
        ("F5", &[("aws:PrincipalOrgID", "o-a"), ("aws:PrincipalOrgPaths", "o-a/r-b/")]),
        ("F6", &[("aws:PrincipalTag/team", "red")]),
        ("F6", &[("aws:PrincipalTag/x509Subject/CN", "red")]),
        ("F28", &[("aws:FederatedProvider", "accounts.google.com")]),
        ("F6", &[("aws:PrincipalIsAWSService", "false")]),
        ("F6", &[("aws:PrincipalServiceName", "s3.amazonaws.com")]),
        ("F6", &[("aws:PrincipalServiceNamesList", "s3.amazonaws.com")]),
        ("F6", &[("aws:ViaAWSService", "true")]),
        ("F8", &[("aws:SourceAccount", "444455556666")]),
        ("F8", &[("aws:SourceAccount", "-")]),
        ("F18", &[("aws:TokenIssueTime", "2025-06-30T23:00:00Z")]),
        ("F24", &[("aws:PrincipalAccount", "anonymous")]),
    ];
    let provider_cases: &[(&str, &[Change])] = &[
        ("presence", &[("aws:PrincipalIsAWSService", "false")]),
        ("F1", &[("action", "sts:AssumeRole")]),
        ("F24", &[("principal", "arn:aws:iam::1:saml-provider/idp")]),
        ("F25", &[("principal", "arn:aws-cn:iam::111122223333:saml-provider/idp")]),
        ("F29", &[("aws:FederatedProvider", "www.amazon.com")]),
    ];
    let anonymous_cases: &[(&str, &[Change])] = &[
        ("presence", &[("aws:PrincipalIsAWSService", "false")]),
        ("presence", &[("aws:PrincipalAccount", "-")]),
        ("F2", &[("aws:PrincipalAccount", "111122223333")]),
        ("F5", &[("aws:PrincipalOrgID", "o-a"), ("aws:PrincipalOrgPaths", "o-a/r-b/")]),
        ("F7", &[("aws:SourceAccount", "111122223333")]),
    ];
    let frame = frame();
    let cases = [
        user_cases,
        role_cases,
        federated_cases,
        root_cases,
        service_cases,
        provider_cases,
        anonymous_cases,
    ];
    for (base, cases) in everybody().into_iter().zip(cases) {
        for (row, changes) in cases {
            let mut request = base.clone();
            for (what, value) in *changes {
                change(&mut request, what, value);
            }
            let violated = violated(&frame, &request);
            assert!(violated.contains(row), "{row}: {changes:?} violates {violated:?}");
        }
    }
}

#[test]
fn what_the_text_leaves_open_is_feasible() {
    const REGION: Change = ("aws:RequestedRegion", "us-east-1");
    const INVOKE: Change = ("action", "bedrock:InvokeModel");
    const OF_AWS: Change = ("aws:ResourceAccount", "000000000000");
    let cases: [(Request, &[Change]); 12] = [
        (user(), &[INVOKE, MODEL_CHANGE, REGION, OF_AWS]),
        (user(), &[INVOKE, MODEL_CHANGE, ("aws:ResourceAccount", "-")]),
        (
            user(),
            &[
                INVOKE,
                MODEL_CHANGE,
                OF_AWS,
                (PROFILE, "arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.m"),
            ],
        ),
        (
            user(),
            &[
                INVOKE,
                MODEL_CHANGE,
                OF_AWS,
                (PROFILE, "arn:aws:bedrock:us-west-2:111122223333:inference-profile/antarctica.n"),
            ],
        ),
        (
            user(),
            &[
                INVOKE,
                MODEL_CHANGE,
                OF_AWS,
                (PROFILE, "arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.m"),
            ],
        ),
        (
            user(),
            &[
                INVOKE,
                MODEL_CHANGE,
                OF_AWS,
                (
                    PROFILE,
                    "arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/abc",
                ),
            ],
        ),
        (
            user(),
            &[
                INVOKE,
                MODEL_CHANGE,
                OF_AWS,
                (
                    "bedrock:GuardrailIdentifier",
                    "arn:aws:bedrock:us-east-1:111122223333:guardrail/a1:2",
                ),
                ("iam:ServiceSpecificCredentialAgeDays", "30"),
                ("bedrock:BearerTokenType", "LONG_TERM"),
                ("bedrock-mantle:Model", "openai.gpt-oss-120b"),
            ],
        ),
        (
            service(),
            &[("aws:PrincipalAccount", "-"), ("aws:PrincipalType", "-"), ("aws:userid", "-")],
        ),
        (
            service(),
            &[
                ("aws:PrincipalAccount", "444455556666"),
                ("aws:PrincipalType", "AWSService"),
                ("aws:userid", "x"),
            ],
        ),
        (
            provider(),
            &[("aws:PrincipalAccount", "-"), ("aws:PrincipalType", "-"), ("aws:userid", "-")],
        ),
        (
            federated(),
            &[
                ("principal", "arn:aws:sts::111122223333:federated-user/a+b"),
                ("aws:userid", "111122223333:a+b"),
                ("aws:PrincipalArn", "arn:aws:sts::111122223333:federated-user/a+b"),
            ],
        ),
        (
            role(),
            &[
                ("principal", "arn:aws:sts::111122223333:assumed-role/app/a+b"),
                ("aws:userid", "AROAEXAMPLE:a+b"),
            ],
        ),
    ];
    let frame = frame();
    for (mut request, changes) in cases {
        changes.iter().for_each(|(what, value)| change(&mut request, what, value));
        assert_eq!(violated(&frame, &request), BTreeSet::new(), "{changes:?}");
    }
}

#[test]
fn rows_are_named_and_only_about_what_is_mentioned() {
    let ids: BTreeSet<_> = constraints(&frame(), &World::embedded().unwrap())
        .unwrap()
        .iter()
        .map(|one| one.id)
        .collect();
    // Of F13, keys that nobody knows; F15, F16, F33 and F34 need to know the operations. The number
    // 23 is free.
    let modelled =
        (1..=38).filter(|row| ![15, 16, 23, 33, 34].contains(row)).map(|row| format!("F{row}"));
    for id in modelled.chain(["action".to_owned(), "presence".to_owned()]) {
        assert!(ids.contains(id.as_str()), "{id}");
    }
    let few = constraints(
        &Frame::new(&[&identity_set(&mentioning([]))], &[]),
        &World::embedded().unwrap(),
    )
    .unwrap();
    let ids: Vec<_> = few.iter().map(|one| one.id).collect();
    assert_eq!(
        ids.join(" "),
        "action F12 F1 F1 F2 F3 F3 F4 F2 F3 F24 F24 F11 F25 F18 F18 F32 F36 F24 F24",
        "what every request is asked for, whatever the keys"
    );
    let choices = ["F24", "F32", "F36"];
    assert!(few.iter().all(|one| (one.kind == ConstraintKind::Model) == choices.contains(&one.id)));
}

fn set(model: &mut Model, name: &str, value: Value) {
    model.insert(Symbol::new(name, value.sort()), value);
}

fn model<'a>(values: impl IntoIterator<Item = (&'a str, Value)>) -> Model {
    let mut model = Model::new();
    values.into_iter().for_each(|(name, value)| set(&mut model, name, value));
    model
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn ratio(numerator: i64, denominator: i64) -> Value {
    Value::Real(BigRational::new(numerator.into(), denominator.into()))
}

fn conditioned(condition: serde_json::Value) -> Policy {
    let action = ["s3:GetObject", "bedrock:Invoke*"];
    policy(
        &json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition}})
            .to_string(),
    )
}

/// What the model gives the only key of the policy.
fn value_of(policy: &Policy, values: &[(&str, Value)]) -> Option<ContextValue> {
    let request =
        Frame::new(&[&identity_set(policy)], &[]).request_from(&model(values.iter().cloned()));
    request.context.into_values().next()
}

#[test]
fn values_are_written_as_a_person_would() {
    let single = |text: &str| Some(ContextValue::Single(text.to_owned()));
    let present = |key: &str| {
        (Box::leak(format!("{key}.present").into_boxed_str()) as &str, Value::Bool(true))
    };
    let numeric = conditioned(json!({"NumericLessThan": {"s3:max-keys": "3.5"}}));
    let number = |value: Value| {
        [
            present("s3:max-keys"),
            ("s3:max-keys.ok", Value::Bool(true)),
            ("s3:max-keys.value", value),
        ]
    };
    assert_eq!(value_of(&numeric, &number(ratio(10, 3))), single("3"));
    assert_eq!(value_of(&numeric, &number(ratio(7, 2))), single("3.5"));
    assert_eq!(value_of(&numeric, &number(ratio(32, 9))), single("3.55"), "not below the constant");
    assert_eq!(value_of(&numeric, &number(ratio(-1, 3))), single("-1"));
    assert_eq!(value_of(&numeric, &[present("s3:max-keys")]), single("ill-typed"));
    assert_eq!(value_of(&numeric, &[]), None);

    let dated = conditioned(json!({"DateLessThan": {"aws:CurrentTime": "2025-07-01"}}));
    let instant = |value: Value| {
        [
            present("aws:CurrentTime"),
            ("aws:CurrentTime.ok", Value::Bool(true)),
            ("aws:CurrentTime.value", value),
        ]
    };
    assert_eq!(value_of(&dated, &instant(ratio(1_751_328_000, 1))), single("2025-07-01T00:00:00Z"));
    assert_eq!(
        value_of(&dated, &instant(ratio(2025, 1))),
        single("1970-01-01T00:33:45Z"),
        "four digits would be a year"
    );
    assert_eq!(
        value_of(&dated, &instant(ratio(5_253_984_001, 3))),
        single("2025-07-01T00:00:00.3Z"),
        "after the constant"
    );
    assert_eq!(
        value_of(&dated, &instant(ratio(-100_000_000_000, 1))),
        single("-100000000000"),
        "before the year 1"
    );

    let located = conditioned(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}));
    let v6 = ("aws:SourceIp.v6", Value::bits(128, 0x2001_0db8 << 96 | 1));
    let address = [
        present("aws:SourceIp"),
        ("aws:SourceIp.ok", Value::Bool(true)),
        ("aws:SourceIp.v4", Value::bits(32, 0x0A00_0005)),
        v6,
    ];
    assert_eq!(value_of(&located, &address), single("10.0.0.5"));
    let other_family =
        address.into_iter().chain([("aws:SourceIp.is_v6", Value::Bool(true))]).collect::<Vec<_>>();
    assert_eq!(value_of(&located, &other_family), single("2001:db8::1"));

    let listed = conditioned(
        json!({"ForAnyValue:StringLike": {"AWS:tagkeys": ["a*", "b"]}, "Null": {"aws:TagKeys": "false"}}),
    );
    let set = [
        present("aws:TagKeys"),
        ("aws:TagKeys.value[0]", text("a1")),
        ("aws:TagKeys.in[1]", Value::Bool(true)),
        ("aws:TagKeys.value[1]", text("a1")),
    ];
    assert_eq!(value_of(&listed, &set), Some(ContextValue::List(vec!["a1".to_owned()])));
}

#[test]
fn requests_have_the_spelling_of_the_policies() {
    let policy = conditioned(json!({"StringEquals": {"AWS:UserName": "dev"}}));
    let frame = Frame::new(&[&identity_set(&policy)], &[]);
    let request = |action: &str| {
        let user = [
            ("aws:username.present", Value::Bool(true)),
            ("aws:username.value", text("dev")),
            ("principal.is_user", Value::Bool(true)),
            ("principal.partition", text("aws")),
            ("principal.account", text("111122223333")),
            ("principal.entity", text("dev")),
        ];
        frame.request_from(&model(user.into_iter().chain([("action", text(action))])))
    };
    assert_eq!(request("s3:getobject").action, "s3:GetObject");
    assert_eq!(request("bedrock:invokemodel").action, "bedrock:Invokemodel");
    assert_eq!(request("iam:getuser").action, "iam:getuser");
    assert_eq!(request("s3:getobject").context.keys().next().unwrap().text(), "AWS:UserName");
    assert_eq!(request("s3:getobject").resource, "*");
    assert_eq!(request("s3:getobject").principal.arn, "arn:aws:iam::111122223333:user/dev");
}

#[test]
fn requests_are_read_back_as_they_were() {
    let frame = frame();
    for mut original in everybody() {
        original.principal_in_management_account = original.principal.account().is_some();
        let request = frame.request_from(&frame.model_of(&original).unwrap());
        assert_eq!(request.principal, original.principal);
        assert_eq!(
            (request.resource.clone(), request.resource_account.clone()),
            (original.resource.clone(), original.resource_account.clone())
        );
        assert_eq!(
            request.principal_in_management_account,
            original.principal_in_management_account
        );
        assert_eq!(request.owner(), original.owner());
    }
    let mut nobody = user();
    nobody.principal.arn = "nobody".to_owned();
    assert_eq!(
        frame.model_of(&nobody).unwrap_err().to_string(),
        "the principal `nobody` names no principal"
    );
}

/// There are requests of every kind, and they are what the model says.
#[test]
fn every_kind_of_caller_has_a_feasible_request() {
    use keyaki_engines::engine::{Limits, Outcome, from_spec};
    use keyaki_logic::term::{Sort, Term};
    let engine = from_spec("auto").expect("the engine is built");
    let few = [
        "aws:PrincipalArn",
        "aws:userid",
        "aws:username",
        "aws:PrincipalServiceName",
        "aws:PrincipalOrgPaths",
        "aws:SourceArn",
    ];
    let compared: serde_json::Map<_, _> =
        few.iter().map(|key| ((*key).to_owned(), json!("*"))).collect();
    let frame = Frame::new(&[&identity_set(&conditioned(json!({ "StringLike": compared })))], &[]);
    for original in everybody() {
        let kind = original.principal.kind().unwrap();
        let shown = format!("{kind:?}").chars().fold(String::new(), |name, letter| {
            match letter.is_ascii_uppercase() {
                true => format!("{name}_{}", letter.to_ascii_lowercase()),
                false => format!("{name}{letter}"),
            }
        });
        let mut assertions = vec![
            frame.structure(),
            frame.well_typed(),
            Term::var(&Symbol::new(format!("principal.is{shown}"), Sort::Bool)),
        ];
        assertions.extend(
            constraints(&frame, &World::embedded().unwrap())
                .unwrap()
                .into_iter()
                .map(|one| one.term),
        );
        let outcome = engine.decide(&assertions, &Limits::default());
        let Outcome::Satisfiable(model) = outcome else { panic!("{kind:?}: {outcome:?}") };
        let request = frame.request_from(&model);
        assert_eq!(request.principal.kind(), Some(kind), "{request:#?}");
        assert_eq!(violated(&frame, &request), BTreeSet::new(), "{request:#?}");
    }
}

#[test]
fn what_is_assumed_about_unknown_keys_is_said() {
    let condition = json!({"NumericLessThan": {"foo:bar": "1"}, "ForAnyValue:StringLike": {"foo:list": "a*"}, "StringEquals": {"s3:prefix": "x"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
    let caveats: Vec<String> = caveats(&[&identity_set(&conditioned(condition))], &[], None)
        .unwrap()
        .iter()
        .map(Caveat::to_string)
        .collect();
    assert_eq!(
        caveats,
        [
            "Keyaki does not know the key `foo:bar`; it is read as a number because `NumericLessThan` is applied to it",
            "Keyaki does not know the key `foo:list`; both one value and several values are considered",
            &Caveat::NoResourcePolicy.to_string(),
        ]
    );
}

#[test]
fn what_is_assumed_about_layers_is_said() {
    let set = |layer: &str, members: serde_json::Value| {
        let mut statement = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"});
        statement.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let document = json!({"Version": "2012-10-17", "Statement": statement});
        let policies = match layer {
            "resource" => document,
            "rcp" => json!([[document]]),
            _ => json!([document]),
        };
        support::layers(&json!({ layer: policies }).to_string())
    };
    let owner = json!({"StringEquals": {"aws:ResourceAccount": "111122223333"}});
    let cases = [
        (set("identity", json!({})), vec![Caveat::NoResourcePolicy]),
        (
            set("resource", json!({"Principal": {"CanonicalUser": "0a1b"}})),
            vec![Caveat::CanonicalUser],
        ),
        (
            set("resource", json!({"Principal": {"AWS": "111122223333"}})),
            vec![Caveat::Delegates { accounts: vec!["111122223333".to_owned()] }],
        ),
        (
            set(
                "resource",
                json!({"Principal": {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}}),
            ),
            vec![],
        ),
        (
            set("resource", json!({"Principal": "*", "Action": "KMS:Decrypt"})),
            vec![Caveat::KmsGrants],
        ),
        (
            set("resource", json!({"Principal": "*", "Action": "*", "Condition": owner})),
            vec![Caveat::ModelOwner],
        ),
        (
            set("resource", json!({"Principal": "*", "Action": "bedrock:Retrieve"})),
            vec![Caveat::BedrockPolicies],
        ),
        (
            set("resource", json!({"Principal": "*", "Action": "bedrock-agentcore:*"})),
            vec![Caveat::BedrockPolicies],
        ),
        (set("resource", json!({"Principal": "*", "Condition": owner})), vec![]),
        (
            set(
                "resource",
                json!({"Principal": "*", "Action": "bedrock:*", "Resource": "arn:aws:bedrock:*:*:inference-profile/*", "Condition": owner}),
            ),
            vec![Caveat::BedrockPolicies],
        ),
        (
            set("endpoint", json!({"Principal": {"AWS": "111122223333"}})),
            vec![Caveat::EndpointAccount],
        ),
        (
            set("endpoint", json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})),
            vec![Caveat::EndpointAccount],
        ),
        (
            set(
                "endpoint",
                json!({"Principal": {"AWS": ["AIDAEXAMPLE1234567", "arn:aws:iam::111122223333:user/dev"]}}),
            ),
            vec![],
        ),
        (set("rcp", json!({"Effect": "Deny", "Principal": "*"})), vec![Caveat::RcpServices]),
        (
            set("resource", json!({"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}})),
            vec![Caveat::NotPrincipal],
        ),
        (set("resource", json!({"NotPrincipal": {"AWS": "111122223333"}})), vec![]),
    ];
    for (set, expected) in cases {
        assert_eq!(caveats(&[&set], &[], None).unwrap(), expected, "{set:#?}");
    }
}
