//! Questions over the service catalogue: their cases, what a "no" rests on, and what is not listed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::{policies, policy_set, shape};
use keyaki::query::{Answer, Query, Requests, RestsOn, Solver, Verdict};
use keyaki::symbolic::feasible::Universe;
use keyaki::world::{Assumptions, ModelChoice, World};
use keyaki_engines::engine::{Limits, Outcome, from_spec};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn solver() -> Solver {
    Solver::single(from_spec("auto").expect("the engine is built"))
}

fn limits() -> Limits {
    Limits::timeout(Duration::from_secs(60))
}

fn allow(statement: &Value) -> Value {
    let mut statement = statement.clone();
    statement["Effect"] = json!("Allow");
    json!({"Version": "2012-10-17", "Statement": statement})
}

/// Is anything allowed by an Allow statement of an identity-based policy, or, if it names a
/// principal, of a resource-based one?
fn ask(statement: &Value, world: World<'_>) -> Verdict {
    let document = allow(statement);
    let set = if statement.get("Principal").is_some() {
        policy_set(&json!({"resource": document}))
    } else {
        policies([&document])
    };
    let query = Query {
        shape: None,
        within: &[],
        unlike: &[],
        allowed_by: vec![&set],
        refused_by: Vec::new(),
        requests: Requests::Feasible(world),
    };
    query.ask(&solver(), &limits()).unwrap_or_else(|error| panic!("{statement}: {error}"))
}

fn is_allowed(statement: &Value, world: World<'_>) -> bool {
    match ask(statement, world).answer {
        Answer::Yes(_) => true,
        Answer::No => false,
        Answer::Unknown(reason) => panic!("{statement}: {reason}"),
    }
}

/// Statements, and whether a feasible request matches them.
fn rows() -> Vec<(bool, Value)> {
    let model = "arn:aws:bedrock:us-east-1::foundation-model/x";
    let profile = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/x";
    let user = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}});
    let by_user = |action: &str, mut condition: Value| {
        condition["ArnLike"] = user["ArnLike"].clone();
        json!({"Action": action, "Resource": "*", "Condition": condition})
    };
    let in_region = |action: &str, region: &str| json!({"Action": action, "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": region}}});
    let untold_organization = json!({"Null": {"aws:ResourceOrgID": "true"},
        "StringEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa", "aws:ResourceAccount": "${aws:PrincipalAccount}"}});
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/ram.amazonaws.com/AWSServiceRoleForResourceAccessManager";
    vec![
        (true, json!({"Action": "*", "Resource": "*"})),
        (true, json!({"Action": "bedrock:InvokeModel", "Resource": model})),
        (
            true,
            json!({"Action": "BEDROCK:invokemodel", "Resource": "arn:aws:bedrock:::foundation-model/x"}),
        ),
        (
            false,
            json!({"Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:us-east-1:111122223333:foundation-model/x"}),
        ),
        (false, json!({"Action": "bedrock:InvokeModel", "Resource": "arn:aws:s3:::bucket/x"})),
        (false, json!({"Action": "bedrock:InvokeModels", "Resource": "*"})),
        (false, json!({"Action": "nosuchservice:*", "Resource": "*"})),
        (
            false,
            json!({"Action": "bedrock:RetrieveAndGenerate", "Resource": "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/K"}),
        ),
        (true, json!({"Action": "bedrock:RetrieveAndGenerate", "Resource": "*"})),
        (
            true,
            json!({"Action": ["bedrock:Retrieve*"], "Resource": "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/K"}),
        ),
        (false, json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"})),
        (false, json!({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bucket/*"})),
        (
            true,
            json!({"Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "arn:aws:s3:::bucket/*"}),
        ),
        (true, json!({"Action": "*", "Resource": "arn:aws:sqs:us-east-1:111122223333:queue"})),
        (
            false,
            json!({"Action": "*", "Resource": "arn:aws:nosuchservice:us-east-1:111122223333:thing"}),
        ),
        (
            false,
            json!({"NotAction": "bedrock:*", "Resource": "arn:aws:bedrock:us-east-1:111122223333:agent/x"}),
        ),
        // Keys are where the catalogue lists them, and those of sessions everywhere.
        (
            true,
            json!({"Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "a*"}}}),
        ),
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "a*"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"StringNotLike": {"s3:prefix": "a*"}}}),
        ),
        (
            false,
            json!({"Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"s3:perfix": "a*"}}}),
        ),
        (
            true,
            json!({"Action": "*", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "a*"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"ec2:SourceInstanceArn": "*"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"oidc.example.com:sub": "*"}}}),
        ),
        // Keys that nobody knows, and their neighbours that exist.
        (
            false,
            json!({"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipleOrgID": "o-a"}}}),
        ),
        (
            true,
            json!({"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}}),
        ),
        (
            true,
            json!({"Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipleOrgID": "o-a"}}}),
        ),
        (
            true,
            json!({"Action": "sns:Publish", "Resource": "*", "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}}}),
        ),
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data-${AWS::Region}/*"}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data-${aws:RequestedRegion}/*"}),
        ),
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"s4:authType": "*"}}}),
        ),
        (
            true,
            json!({"Action": "sso:*", "Resource": "*", "Condition": {"ArnLike": {"identitycenter:InstanceArn": "arn:*:*:*:*:*"}}}),
        ),
        (
            false,
            json!({"Action": "s3:*", "Resource": "*", "Condition": {"ArnLike": {"identitycenter:InstanceArn": "arn:*:*:*:*:*"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"new-idp.example.org/pool:sub": "*"}}}),
        ),
        // Keys that are always sent where they belong, and values that exist; each with a
        // neighbour.
        (
            true,
            json!({"Action": "kms:CreateKey", "Resource": "*", "Condition": {"Null": {"kms:KeyUsage": "true"}}}),
        ),
        (
            false,
            json!({"Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"kms:KeyUsage": "true"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetAccountPublicAccessBlock", "Resource": "*", "Condition": {"Null": {"s3:ResourceAccount": "true"}}}),
        ),
        (
            false,
            json!({"Action": "s3:ListBucket", "Resource": "*", "Condition": {"Null": {"s3:ResourceAccount": "true"}}}),
        ),
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"Null": {"s3:authType": "true"}}}),
        ),
        (
            true,
            json!({"Action": "s3:PutObject", "Resource": "*", "Condition": {"StringLike": {"s3:x-amz-acl": "public-read*"}}}),
        ),
        (
            false,
            json!({"Action": "lambda:InvokeFunctionUrl", "Resource": "*", "Condition": {"StringNotEquals":
            {"lambda:FunctionUrlAuthType": ["NONE", "AWS_IAM"]}}}),
        ),
        (
            true,
            json!({"Action": "lambda:InvokeFunctionUrl", "Resource": "*", "Condition": {"StringNotEquals":
            {"lambda:FunctionUrlAuthType": ["NONE", "IAM"]}}}),
        ),
        (
            true,
            json!({"Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}),
        ),
        // A path names its organization, whatever patterns and variables stand for.
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAnyValue:StringLike": {"aws:ResourceOrgPaths":
                "${aws:PrincipalOrgID}/*"}, "StringNotEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}}),
        ),
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAnyValue:StringLike": {"aws:VpceOrgPaths":
                "o-abc/*/ou-*-x/*"}, "StringNotEquals": {"aws:VpceOrgID": "o-abc"}}}),
        ),
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths":
                "o-x*y/*/ou-*"}, "StringLike": {"aws:PrincipalOrgID": "o-w?y"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths":
                "o-x*y/*/ou-*"}, "StringLike": {"aws:PrincipalOrgID": "o-x?y"}}}),
        ),
        // Who owns an endpoint, some services tell, always.
        (
            true,
            json!({"Action": "dynamodb:*", "Resource": "*", "Condition": {"StringEquals": {"aws:VpceAccount": "111122223333"}}}),
        ),
        (
            false,
            json!({"Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:VpceAccount": "111122223333"}}}),
        ),
        (
            true,
            json!({"Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:VpceOrgID": "o-a"}}}),
        ),
        (
            false,
            json!({"Action": "sqs:*", "Resource": "*", "Condition": {"Null": {"aws:VpceOrgPaths": "false"}}}),
        ),
        (
            true,
            json!({"Action": "iam:GetUser", "Resource": "*", "Condition": {"Null": {"aws:SourceVpcArn": "false"}}}),
        ),
        (
            false,
            json!({"Action": "iam:PassRole", "Resource": "*", "Condition": {"Null": {"aws:SourceVpcArn": "false"}}}),
        ),
        (
            true,
            json!({"Action": "ec2:StartInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team#1": "a|b"}}}),
        ),
        (
            false,
            json!({"Action": "rds:StartDBInstance", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team#1": "a|b"}}}),
        ),
        (
            false,
            json!({"Action": "sns:*", "Resource": "*", "Condition": {"StringEquals": {"aws:VpceAccount": "111122223333"}}}),
        ),
        (
            false,
            json!({"Action": "kms:Decrypt", "Resource": "*", "Condition": {"Null": {"aws:SourceVpce": "false", "aws:VpceAccount": "true"}}}),
        ),
        (
            true,
            json!({"Action": "sns:Publish", "Resource": "*", "Condition": {"Null": {"aws:SourceVpce": "false", "aws:VpceAccount": "true"}}}),
        ),
        // Keys that say the same.
        (
            false,
            json!({"Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"ec2:Region": "eu-west-1"},
                "StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}),
        ),
        (
            true,
            json!({"Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"ec2:Region": "eu-west-1"},
                "StringNotEquals": {"aws:RequestedRegion": "eu-west-2"}}}),
        ),
        (
            false,
            json!({"Action": "ec2:StartInstances", "Resource": "arn:aws:ec2:eu-west-1:*:instance/*",
                "Condition": {"StringEquals": {"ec2:Region": "eu-west-2"}}}),
        ),
        (
            false,
            json!({"Action": "rds:CreateDBInstance", "Resource": "*", "Condition": {"StringEquals": {"rds:req-tag/team": "a"},
                "StringNotEquals": {"aws:RequestTag/team": "a"}}}),
        ),
        (
            true,
            json!({"Action": "rds:CreateDBInstance", "Resource": "*", "Condition": {"StringEquals": {"rds:req-tag/team": "a"},
                "StringNotEquals": {"aws:RequestTag/Group": "a"}}}),
        ),
        // What sessions carry and requests pass, too: whoever asks, with the actions that list it.
        (
            true,
            by_user(
                "qbusiness:CreateSubscription",
                json!({"ForAnyValue:StringEquals": {"identitystore:UserId": "u"}}),
            ),
        ),
        (
            true,
            by_user(
                "q:DeleteAssignment",
                json!({"ForAnyValue:StringEquals": {"identitystore:UserId": "u"}}),
            ),
        ),
        (
            false,
            by_user(
                "qbusiness:GetApplication",
                json!({"ForAnyValue:StringEquals": {"identitystore:UserId": "u"}}),
            ),
        ),
        (true, by_user("datazone:GetProject", json!({"StringEquals": {"datazone:domainId": "d"}}))),
        (false, by_user("s3:GetObject", json!({"StringEquals": {"datazone:domainId": "d"}}))),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"datazone:domainId": "d"}}}),
        ),
        (
            false,
            by_user(
                "ssm:UpdateInstanceInformation",
                json!({"StringLike": {"ec2:SourceInstanceARN": "*"}}),
            ),
        ),
        // What AWS's refusals name and the Reference does not list.
        (
            true,
            json!({"Action": "sns:ListTopics", "Resource": "arn:aws:sns:us-east-1:111122223333:*"}),
        ),
        (
            false,
            json!({"Action": "sns:GetSMSAttributes", "Resource": "arn:aws:sns:us-east-1:111122223333:*"}),
        ),
        (
            true,
            json!({"Action": "sqs:ListQueues", "Resource": "arn:aws:sqs:us-east-1:111122223333:"}),
        ),
        (
            false,
            json!({"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:111122223333:"}),
        ),
        (
            true,
            json!({"Action": "events:ListRules", "Resource": "arn:aws:events:us-east-1:111122223333:rule/*"}),
        ),
        (
            false,
            json!({"Action": "events:ListReplays", "Resource": "arn:aws:events:us-east-1:111122223333:rule/*"}),
        ),
        (
            true,
            json!({"Action": "ssmmessages:OpenDataChannel", "Resource": "arn:aws:ssm:*:*:session/*"}),
        ),
        (
            false,
            json!({"Action": "ssmmessages:OpenControlChannel", "Resource": "arn:aws:ssm:*:*:session/*"}),
        ),
        (
            true,
            json!({"Action": "organizations:ListAccounts", "Resource": "arn:aws:organizations::111122223333:"}),
        ),
        (
            true,
            json!({"Action": "glacier:DeleteArchive", "Resource": "*", "Condition": {"StringEquals": {"glacier:ResourceTag/env": "x"}}}),
        ),
        (
            false,
            json!({"Action": "glacier:DeleteArchive", "Resource": "*", "Condition": {"StringEquals": {"glacier:ResourceTags/env": "x"}}}),
        ),
        // The organization of the resource, which some actions do not tell.
        (
            true,
            json!({"Action": "ebs:PutSnapshotBlock", "Resource": "*", "Condition": untold_organization}),
        ),
        (
            false,
            json!({"Action": "dynamodb:PutItem", "Resource": "*", "Condition": untold_organization}),
        ),
        (
            true,
            json!({"Action": "ec2:CreateVolume", "Resource": "*", "Condition": untold_organization}),
        ),
        (
            false,
            json!({"Action": "ec2:DeleteVolume", "Resource": "*", "Condition": untold_organization}),
        ),
        (true, json!({"Action": "*", "Resource": "*", "Condition": untold_organization})),
        // Regions of services that are not regional.
        (false, in_region("notifications-contacts:CreateEmailContact", "eu-west-1")),
        (true, in_region("notifications-contacts:CreateEmailContact", "us-east-1")),
        (false, in_region("route53-recovery-readiness:CreateCell", "us-east-1")),
        (true, in_region("route53-recovery-readiness:CreateCell", "us-west-2")),
        (false, in_region("iam:CreateUser", "us-iso-west-1")),
        (true, in_region("iam:CreateUser", "us-iso-east-1")),
        // Required parameters, and their values.
        (
            false,
            json!({"Action": "iam:AttachRolePolicy", "Resource": "*", "Condition": {"Null": {"iam:PolicyARN": "true"}}}),
        ),
        (
            true,
            json!({"Action": "iam:PutRolePolicy", "Resource": "*", "Condition": {"Null": {"iam:PolicyARN": "true"}}}),
        ),
        (
            false,
            json!({"Action": "kms:CreateGrant", "Resource": "*", "Condition": {"Null": {"kms:GrantOperations": "true"}}}),
        ),
        (
            true,
            json!({"Action": "kms:CreateGrant", "Resource": "*", "Condition": {"Null": {"kms:GranteePrincipal": "true"}}}),
        ),
        (
            false,
            json!({"Action": "kms:Sign", "Resource": "*", "Condition": {"StringEquals": {"kms:SigningAlgorithm": "RSA_2048"}}}),
        ),
        (
            true,
            json!({"Action": "kms:Sign", "Resource": "*", "Condition": {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}}),
        ),
        (
            false,
            json!({"Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3"}}}),
        ),
        (
            true,
            json!({"Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}),
        ),
        (
            true,
            json!({"Action": "kms:CreateKey", "Resource": "*", "Condition": {"StringEquals": {"kms:KeySpec": "ML_KEM_768"}}}),
        ),
        (
            false,
            json!({"Action": "kms:CreateKey", "Resource": "*", "Condition": {"StringEquals": {"kms:KeySpec": "ML_KEM_767"}}}),
        ),
        // Forms of what a session tells, and what does not come without encryption or a signature.
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"ArnLike": {"ec2:SourceInstanceARN": "arn:aws:ec2:*:*:volume/*"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"ArnLike": {"ec2:SourceInstanceARN": "arn:aws:ec2:*:*:instance/*"}}}),
        ),
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"ArnLike": {"lambda:SourceFunctionArn": "arn:aws:ec2:*:*:*"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"ArnLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:*:*:*"}}}),
        ),
        (
            false,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"NumericEquals": {"s3:TlsVersion": "1.2"},
            "Bool": {"aws:SecureTransport": "false"}}}),
        ),
        (
            true,
            json!({"Action": "s3:GetObject", "Resource": "*", "Condition": {"NumericEquals": {"s3:TlsVersion": "1.2"},
            "Bool": {"aws:SecureTransport": "true"}}}),
        ),
        // What services refuse themselves.
        (false, json!({"Action": "iam:CreatePolicy", "Resource": "arn:aws:iam::aws:policy/x"})),
        (
            true,
            json!({"Action": "iam:CreatePolicy", "Resource": "arn:aws:iam::111122223333:policy/x"}),
        ),
        (
            false,
            json!({"Action": "ssm:PutParameter", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/aws/x"}),
        ),
        (
            true,
            json!({"Action": "ssm:PutParameter", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/x/aws"}),
        ),
        (false, json!({"Action": "iam:DeleteRole", "Resource": linked, "Condition": user})),
        (true, json!({"Action": "iam:AttachRolePolicy", "Resource": linked, "Condition": user})),
        (
            true,
            json!({"Action": "iam:DeleteRole", "Resource": linked, "Condition": {"ArnLike":
            {"aws:PrincipalArn": "arn:aws:iam::*:role/aws-service-role/ram.amazonaws.com/*"}}}),
        ),
        // Tags.
        (
            true,
            json!({"Action": "bedrock:InvokeModel", "Resource": profile, "Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}}),
        ),
        (
            false,
            json!({"Action": "bedrock:InvokeModel", "Resource": model, "Condition": {"StringEquals": {"aws:ResourceTag/a": "b"}}}),
        ),
        (
            false,
            json!({"Action": "bedrock:GetAgent", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}}),
        ),
        (
            true,
            json!({"Action": "bedrock:CreateAgent", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}}}),
        ),
        (
            false,
            json!({"Action": "bedrock:TagResource", "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["c"]}}}),
        ),
        (
            true,
            json!({"Action": "bedrock:TagResource", "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["A", "c"]}}}),
        ),
    ]
}

#[test]
fn actions_have_the_resources_and_keys_of_the_catalogue() {
    let world = World::embedded().unwrap();
    for (expected, statement) in rows() {
        assert_eq!(is_allowed(&statement, world), expected, "{statement}");
    }
}

#[test]
fn the_formula_of_scripts_says_the_same() {
    let world = World::embedded().unwrap();
    let mut decided = 0;
    for (expected, statement) in rows() {
        let set = policies([&allow(&statement)]);
        let requests = Requests::Feasible(world);
        let encoded = Query {
            shape: None,
            within: &[],
            unlike: &[],
            allowed_by: vec![&set],
            refused_by: Vec::new(),
            requests,
        }
        .encode()
        .unwrap();
        let universe = Universe::new(&encoded.frame, world, &encoded.assertions).unwrap();
        let assertions: Vec<_> =
            encoded.all().into_iter().chain([universe.formula().unwrap()]).collect();
        let any_action = statement["Action"] == "*" || statement.get("NotAction").is_some();
        match solver().decide(&assertions, &Limits::timeout(Duration::from_secs(10))).unwrap() {
            // Services that nothing names are approximated from above.
            Outcome::Satisfiable(_) => assert!(expected || any_action, "{statement}"),
            Outcome::Unsatisfiable => assert!(!expected, "{statement}"),
            Outcome::Unknown(_) => continue,
        }
        decided += 1;
    }
    assert!(decided > 20, "{decided}");
}

/// Statements that no feasible request matches, and the one model choice that this rests on.
fn resting() -> Vec<(ModelChoice, Value)> {
    let queue = "arn:aws:sqs:us-east-1:111122223333:queue";
    let by_service = |condition: Value| json!({"Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue, "Condition": condition});
    let tagging = |condition: Value| json!({"Action": "bedrock:TagResource", "Resource": "*", "Condition": condition});
    let reading = |condition: Value| json!({"Action": "s3:GetObject", "Resource": "*", "Condition": condition});
    let profile = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/x";
    let model = "arn:aws:bedrock:us-east-1::foundation-model/x";
    let both_cases = json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "ForAnyValue:StringLike": {"aws:TagKeys": "A"}});
    vec![
        (
            ModelChoice::F8,
            by_service(
                json!({"StringLike": {"aws:SourceOrgID": "*"}, "Null": {"aws:SourceAccount": "true"}}),
            ),
        ),
        (
            ModelChoice::F8,
            by_service(json!({"Null": {"aws:SourceOrgID": "false", "aws:SourceOrgPaths": "true"}})),
        ),
        (
            ModelChoice::F12,
            json!({"Action": "s3:ListBucket", "Resource": "arn:aws:s3:us-east-1:111122223333:job/x"}),
        ),
        (
            ModelChoice::F12,
            json!({"Action": "kafka-cluster:Connect", "Resource": "arn:aws:kafka:us-east-1:111122223333:replicator/x/y"}),
        ),
        (
            ModelChoice::F12,
            json!({"Action": "sagemaker-mlflow:CreateRun", "Resource": "arn:aws:sagemaker:us-east-1:111122223333:endpoint/x"}),
        ),
        (ModelChoice::F13, reading(json!({"StringLike": {"s3:prefix": "a*"}}))),
        (ModelChoice::F13, reading(json!({"StringEquals": {"aws:PrincipleOrgID": "o-a"}}))),
        (ModelChoice::F13, reading(json!({"StringLike": {"nobody:knows": "*"}}))),
        (
            ModelChoice::F14,
            reading(json!({"Null": {"aws:SourceVpc": "true", "aws:SourceVpce": "false"}})),
        ),
        (
            ModelChoice::F14,
            json!({"Action": "sns:Publish", "Resource": "*", "Condition": {"StringLike": {"aws:VpceOrgID": "*"}}}),
        ),
        (
            ModelChoice::F15,
            tagging(
                json!({"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "Null": {"aws:RequestTag/a": "true"}}),
            ),
        ),
        (
            ModelChoice::F16,
            json!({"Action": "bedrock:CreateInferenceProfile", "Resource": profile,
                "Condition": {"StringEquals": {"aws:RequestTag/a": "b"}, "StringNotEquals": {"aws:ResourceTag/a": "b"}}}),
        ),
        (ModelChoice::F22, tagging(json!({"StringEquals": {"aws:RequestTag/a": "<>"}}))),
        (
            ModelChoice::F22,
            json!({"Action": "bedrock:UntagResource", "Resource": "*", "Condition": both_cases}),
        ),
        (
            ModelChoice::F22,
            json!({"Action": "bedrock:UntagResource", "Resource": "*",
            "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "<>"}}}),
        ),
        (ModelChoice::F6, by_service(json!({"StringEquals": {"aws:PrincipalTag/a": "b"}}))),
        (ModelChoice::F7, reading(json!({"StringLike": {"aws:SourceAccount": "*"}}))),
        (
            ModelChoice::F28,
            reading(
                json!({"StringLike": {"glue:RoleAssumedBy": "*"}, "ArnLike": {"lambda:SourceFunctionArn": "*:*:*:*:*:*"}}),
            ),
        ),
        (
            ModelChoice::F28,
            reading(json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"},
                "ArnLike": {"lambda:SourceFunctionArn": "arn:aws:lambda:*:444455556666:function:*"}})),
        ),
        (
            ModelChoice::F31,
            json!({"Action": "iam:CreateUser", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"},
                "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}}),
        ),
        (
            ModelChoice::F32,
            json!({"Action": "iam:CreatePolicyVersion", "Resource": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        ),
        (ModelChoice::F34, reading(json!({"Null": {"s3:ResourceAccount": "true"}}))),
        (
            ModelChoice::F34,
            json!({"Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:111122223333:key/k", "Condition": {"Null": {"kms:KeyUsage": "true"}}}),
        ),
        (
            ModelChoice::F34,
            json!({"Action": "secretsmanager:GetSecretValue", "Resource": "*",
            "Condition": {"Null": {"secretsmanager:SecretId": "true"}}}),
        ),
        (
            ModelChoice::F36,
            json!({"Principal": "*", "Action": "ec2:RunInstances", "Resource": "*",
            "Condition": {"Null": {"aws:PrincipalIsAWSService": "true"}}}),
        ),
        (ModelChoice::F35, reading(json!({"StringEquals": {"s3:authType": "BASIC"}}))),
        (
            ModelChoice::F35,
            json!({"Action": "s3:PutObject", "Resource": "*", "Condition": {"StringLike": {"s3:x-amz-acl": "publicread*"}}}),
        ),
        (
            ModelChoice::F35,
            json!({"Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2"}}}),
        ),
        (
            ModelChoice::F37,
            json!({"Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/*",
                "Condition": {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}}),
        ),
        (
            ModelChoice::F38,
            json!({"Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*:*:inference-profile/*",
                "Condition": {"Null": {"bedrock:InferenceProfileArn": "false"}}}),
        ),
        (ModelChoice::F29, reading(json!({"StringLike": {"saml:aud": "*"}}))),
        (
            ModelChoice::F24,
            json!({"Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:1234:queue"}),
        ),
        (ModelChoice::F24, reading(json!({"StringEquals": {"aws:RequestedRegion": "nowhere"}}))),
        (
            ModelChoice::F24,
            by_service(json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:nowhere:*:*"}})),
        ),
        (
            ModelChoice::F26,
            json!({"Action": "bedrock:InvokeModel", "Resource": model, "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}),
        ),
        (
            ModelChoice::F27,
            json!({"Action": "kms:Decrypt", "Resource": "*",
                "Condition": {"StringLike": {"kms:ViaService": "*"}, "Bool": {"aws:ViaAWSService": "false"}}}),
        ),
    ]
}

#[test]
fn a_no_names_what_it_rests_on() {
    let world = World::embedded().unwrap();
    let mut seen = BTreeSet::new();
    for (choice, statement) in resting() {
        let verdict = ask(&statement, world);
        assert!(matches!(verdict.answer, Answer::No), "{statement}");
        assert_eq!(
            verdict.rests_on,
            RestsOn { choices: vec![choice], undecided: false },
            "{statement}"
        );
        assert!(
            is_allowed(
                &statement,
                World { assumptions: Assumptions::all().without(choice), ..world }
            ),
            "{statement}"
        );
        assert!(
            !is_allowed(
                &statement,
                World { assumptions: Assumptions::none().with(choice), ..world }
            ),
            "{statement}"
        );
        seen.insert(choice);
    }
    // F33 is about calls.
    assert_eq!(seen.len(), ModelChoice::ALL.len() - 1);
}

/// Who does not sign is granted something by resource-based policies only.
#[test]
fn unsigned_requests_reach_services_with_resource_based_policies() {
    for (action, expected) in [
        ("sqs:SendMessage", true),
        ("s3:GetObject", true),
        ("ec2:RunInstances", false),
        ("athena:*", false),
        ("iam:GetUser", false),
    ] {
        let condition = json!({"Null": {"aws:PrincipalIsAWSService": "true"}});
        let statement =
            json!({"Principal": "*", "Action": action, "Resource": "*", "Condition": condition});
        assert_eq!(is_allowed(&statement, World::embedded().unwrap()), expected, "{action}");
    }
}

/// Who does not sign sends no signature: the keys of S3 that tell of one are always sent by others
/// only.
#[test]
fn unsigned_requests_tell_of_no_signature() {
    let reading = |principal: Value, absent: &str| {
        let mut statement = json!({"Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"});
        statement["Condition"] = json!({"Null": {"s3:authType": absent}});
        is_allowed(&statement, World::embedded().unwrap())
    };
    assert!(reading(json!("*"), "true") && reading(json!("*"), "false"));
    let anonymous = |absent: &str| {
        let condition = json!({"Null": {"s3:authType": absent}, "StringEquals": {"aws:PrincipalAccount": "anonymous"}});
        let statement = json!({"Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": condition});
        is_allowed(&statement, World::embedded().unwrap())
    };
    assert!(anonymous("true") && !anonymous("false"));
    assert!(!reading(json!({"AWS": "arn:aws:iam::111122223333:user/dev"}), "true"));
    assert!(reading(json!({"AWS": "arn:aws:iam::111122223333:user/dev"}), "false"));
}

/// What the checker refuses the encoder refuses, too: else the answer would be an error.
#[test]
fn identities_of_providers_do_not_tell_whether_they_are_services() {
    let federated = json!({"Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}}});
    assert!(!is_allowed(&federated, World::embedded().unwrap()));
}

/// Cognito has names of its own in GovCloud, and its keys come along.
#[test]
fn cognito_is_a_provider_in_govcloud_too() {
    let trusted = |provider: &str, key: &str| {
        let condition: Value =
            json!({"StringEquals": {key: "us-gov-west-1:12345678-corner-cafe-123456790ab"}});
        let statement = json!({"Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition});
        is_allowed(&statement, World::embedded().unwrap())
    };
    let [west, east] =
        ["cognito-identity-us-gov.amazonaws.com", "cognito-identity.us-gov-east-1.amazonaws.com"];
    assert!(trusted(west, "cognito-identity-us-gov.amazonaws.com:aud"));
    assert!(trusted(east, "cognito-identity.us-gov-east-1.amazonaws.com:aud"));
    assert!(!trusted(west, "cognito-identity.us-gov-east-1.amazonaws.com:aud"));
    assert!(!trusted(
        "cognito-identity-us-goo.amazonaws.com",
        "cognito-identity-us-goo.amazonaws.com:aud"
    ));
}

/// The account field `aws` of a source is not an account that has to be told.
#[test]
fn sources_of_aws_itself_come_from_any_account() {
    let statement = json!({"Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*",
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:iam::aws:policy/x"}, "StringEquals": {"aws:SourceAccount": "111122223333"}}});
    assert!(is_allowed(&statement, World::embedded().unwrap()));
}

/// `aws:EpochTime` holds seconds or a date, and a date is not a number: neither Deny is about it.
#[test]
fn a_key_of_two_types_may_hold_what_the_operator_does_not_read() {
    let deny = |operator: &str| {
        let condition: Value =
            serde_json::from_str(&format!(r#"{{"{operator}": {{"aws:EpochTime": "1000"}}}}"#))
                .unwrap();
        json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition})
    };
    let told = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:EpochTime": "false"}}});
    for (family, expected) in [("Numeric", true), ("Date", false)] {
        let denies =
            ["LessThan", "GreaterThanEquals"].map(|order| deny(&format!("{family}{order}")));
        let set = policies([
            &json!({"Version": "2012-10-17", "Statement": [told, denies[0], denies[1]]}),
        ]);
        for requests in [Requests::Any, Requests::Feasible(World::embedded().unwrap())] {
            let query = Query {
                shape: None,
                within: &[],
                unlike: &[],
                allowed_by: vec![&set],
                refused_by: Vec::new(),
                requests,
            };
            let answer = query.ask(&solver(), &limits()).unwrap().answer;
            assert_eq!(matches!(answer, Answer::Yes(_)), expected, "{family}: {answer:?}");
            assert!(!matches!(answer, Answer::Unknown(_)), "{family}: {answer:?}");
        }
    }
}

#[test]
fn actions_of_tomorrow_are_considered_when_asked_for_and_told_apart() {
    let world = World::embedded().unwrap();
    let tomorrow = World { unknown_actions: true, ..world };
    for (statement, answers) in [
        (json!({"Action": "bedrock:InvokeModels", "Resource": "*"}), [false, true]),
        (json!({"Action": "bedrock:*", "Resource": "arn:aws:s3:::b"}), [false, true]),
        (json!({"Action": "nosuchservice:Get", "Resource": "*"}), [false, false]),
    ] {
        assert_eq!(
            [is_allowed(&statement, world), is_allowed(&statement, tomorrow)],
            answers,
            "{statement}"
        );
    }
    let unlisted = |statement: Value| match ask(&statement, tomorrow).answer {
        Answer::Yes(witness) => witness.unlisted_action,
        answer @ (Answer::No | Answer::Unknown(_)) => panic!("{answer:?}"),
    };
    assert!(
        !unlisted(json!({"Action": "bedrock:Get*", "Resource": "*"})),
        "an action of today answers"
    );
    assert!(unlisted(json!({"Action": "bedrock:GetTomorrow*", "Resource": "*"})));
}

#[test]
fn keys_that_nobody_knows_are_considered_when_asked_for() {
    let world = World::embedded().unwrap();
    let free = World { unknown_keys: true, ..world };
    for (key, answers) in [
        ("aws:PrincipleOrgID", [false, true]),
        ("nobody:knows", [false, true]),
        ("s3:perfix", [false, true]),
        ("AWS::Region", [false, true]),
        ("aws:PrincipalOrgID", [true, true]),
        // Known, but of other actions.
        ("s3:prefix", [false, false]),
        ("identitycenter:InstanceArn", [false, false]),
    ] {
        let mut statement = json!({"Action": "s3:GetObject", "Resource": "*"});
        statement["Condition"] = json!({"StringLike": {}});
        statement["Condition"]["StringLike"][key] = json!("*");
        assert_eq!(
            [is_allowed(&statement, world), is_allowed(&statement, free)],
            answers,
            "{statement}"
        );
        let told = |world| {
            ask(&statement, world)
                .caveats
                .iter()
                .any(|caveat| caveat.to_string().starts_with(&format!("`{key}`: ")))
        };
        assert_eq!([told(world), told(free)], [answers[0] != answers[1], false], "{statement}");
    }
    // An action that nobody knows does not make a misspelt global key one that exists, but may have
    // new keys of its service.
    let tomorrow = World { unknown_actions: true, ..world };
    for (key, expected) in
        [("aws:PrincipleOrgID", false), ("s3:perfix", true), ("nobody:knows", false)]
    {
        let mut statement =
            json!({"Action": "s3:GetTomorrow", "Resource": "*", "Condition": {"StringLike": {}}});
        statement["Condition"]["StringLike"][key] = json!("*");
        assert_eq!(is_allowed(&statement, tomorrow), expected, "{statement}");
    }
}

#[test]
fn names_that_the_catalogue_does_not_know_are_told() {
    let world = World::embedded().unwrap();
    let statement = json!({"Action": ["bedrock:InvokeModels", "nosuchservice:*", "s3:GetObject"], "Resource": "*",
        "Condition": {"StringEquals": {"s3:perfix": "a", "aws:PrincipleOrgID": "d", "oidc.example.com:sub": "b", "codebuild:projectArn": "c"}}});
    let caveats = ask(&statement, world)
        .caveats
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    for told in [
        "`bedrock:InvokeModels`: the catalogue does not know this action",
        "`nosuchservice`: ",
        "`aws:PrincipleOrgID`, `s3:perfix`: ",
    ] {
        assert!(caveats.contains(told), "{told}\n{caveats}");
    }
    assert_eq!(caveats.matches(": the catalogue").count(), 2, "{caveats}");
    assert_eq!(caveats.matches(": this is neither a global key nor").count(), 1, "{caveats}");
}

#[test]
fn what_no_feasible_request_gets_is_shown_with_the_reason() {
    let world = World::embedded().unwrap();
    let set =
        policies([&allow(&json!({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"}))]);
    let anything = shape("{}");
    let query = Query {
        shape: Some(&anything),
        within: &[],
        unlike: &[],
        allowed_by: vec![&set],
        refused_by: Vec::new(),
        requests: Requests::Feasible(world),
    };
    let beyond = query.beyond(&solver(), &limits()).unwrap().expect("the text allows it");
    let broken: Vec<&str> = beyond.violations.iter().map(|one| one.id).collect();
    assert_eq!(broken, ["F12"]);
    assert_eq!(beyond.witness.request.action, "s3:GetObject");
}
