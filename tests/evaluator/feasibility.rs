//! The concrete checker of which requests can exist, row by row of SEMANTICS 5.6, for callers of
//! every kind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::request;
use keyaki::catalogue::{self, ActionResource, Catalogue, ResourceType, keys};
use keyaki::feasibility::{can_exist, ill_typed, violations};
use keyaki::policy::ContextKey;
use keyaki::request::Request;
use keyaki::world::{Assumptions, ModelChoice, World};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What every request carries.
fn always() -> Value {
    json!({
        "aws:SecureTransport": "true", "aws:CurrentTime": "2025-07-01T00:00:00Z", "aws:EpochTime": "1751328000",
        "aws:RequestedRegion": "us-east-1", "aws:ViaAWSService": "false", "aws:UserAgent": "aws-cli/2.0",
        "aws:SourceIp": "203.0.113.7", "aws:ResourceAccount": "111122223333",
        "aws:ResourceOrgID": "o-a", "aws:ResourceOrgPaths": ["o-a/r-b/"],
    })
}

/// The callers, by the names that the cases use: who, doing what, with which keys beyond
/// [`always`].
fn caller(kind: &str) -> (Value, &'static str, Value) {
    let member = json!({"aws:PrincipalOrgID": "o-a", "aws:PrincipalOrgPaths": ["o-a/r-b/"], "aws:PrincipalAccount": "111122223333",
        "aws:PrincipalIsAWSService": "false"});
    let (arn, own) = match kind {
        "user" => (
            json!("arn:aws:iam::111122223333:user/eng/dev"),
            json!({"aws:PrincipalArn": "arn:aws:iam::111122223333:user/eng/dev", "aws:PrincipalType": "User", "aws:username": "dev",
                "aws:userid": "AIDAEXAMPLE", "aws:PrincipalTag/team": "a"}),
        ),
        "role" => (
            json!({"arn": "arn:aws:sts::111122223333:assumed-role/app/s1", "roleArn": "arn:aws:iam::111122223333:role/svc/app"}),
            json!({"aws:PrincipalArn": "arn:aws:iam::111122223333:role/svc/app", "aws:PrincipalType": "AssumedRole",
                "aws:userid": "AROAEXAMPLE:s1", "aws:TokenIssueTime": "2025-06-30", "aws:MultiFactorAuthPresent": "true",
                "aws:MultiFactorAuthAge": "60", "aws:PrincipalTag/team": "a"}),
        ),
        "federated" => (
            json!({"arn": "arn:aws:sts::111122223333:federated-user/bob", "userArn": "arn:aws:iam::111122223333:user/dev"}),
            json!({"aws:PrincipalArn": "arn:aws:sts::111122223333:federated-user/bob", "aws:PrincipalType": "FederatedUser",
                "aws:userid": "111122223333:bob", "aws:TokenIssueTime": "2025-06-30"}),
        ),
        "root" => (
            json!("arn:aws:iam::111122223333:root"),
            json!({"aws:PrincipalArn": "arn:aws:iam::111122223333:root", "aws:PrincipalType": "Account", "aws:userid": "111122223333",
                "aws:TokenIssueTime": "2025-06-30", "aws:AssumedRoot": "true"}),
        ),
        "service" => {
            let own = json!({"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": "logs.amazonaws.com",
                "aws:PrincipalServiceNamesList": ["logs.amazonaws.com", "logs.us-east-1.amazonaws.com"],
                "aws:SourceArn": "arn:aws:s3:us-east-1:444455556666:b", "aws:SourceAccount": "444455556666", "aws:SourceOrgID": "o-z",
                "aws:SourceOrgPaths": ["o-z/r-y/ou-y-x/"]});
            return (json!("logs.amazonaws.com"), "dynamodb:GetItem", own);
        }
        "provider" => {
            return (
                json!("arn:aws:iam::111122223333:saml-provider/idp"),
                "sts:AssumeRoleWithSAML",
                json!({}),
            );
        }
        _ => {
            let own = json!({"aws:PrincipalAccount": "anonymous", "aws:PrincipalType": "Anonymous", "aws:userid": "anonymous"});
            return (json!("anonymous"), "dynamodb:GetItem", own);
        }
    };
    (arn, "dynamodb:GetItem", merged([member, own]))
}

fn merged(objects: impl IntoIterator<Item = Value>) -> Value {
    let members = objects.into_iter().flat_map(|object| object.as_object().unwrap().clone());
    Value::Object(members.collect::<Map<_, _>>())
}

const KINDS: &[&str] = &["user", "role", "federated", "root", "service", "provider", "anonymous"];

fn document(kind: &str) -> Value {
    let (principal, action, own) = caller(kind);
    let role = action.starts_with("sts:");
    let resource = if role {
        "arn:aws:iam::111122223333:role/app"
    } else {
        "arn:aws:dynamodb:us-east-1:111122223333:table/t"
    };
    json!({"principal": principal, "action": action, "resource": resource, "context": merged([always(), own])})
}

/// The rows that the request violates when every key that Keyaki knows is mentioned.
fn violated(request: &Request) -> BTreeSet<&'static str> {
    violated_in(request, &World::embedded().unwrap())
}

fn violated_in(request: &Request, world: &World<'_>) -> BTreeSet<&'static str> {
    let mut known: Vec<ContextKey> = keys::all()
        .iter()
        .filter(|key| !key.is_family())
        .map(|key| ContextKey::new(key.name))
        .collect();
    known.extend(request.context.keys().cloned());
    let mentioned = known.iter().collect();
    let found = violations(request, &mentioned, world);
    assert_eq!(can_exist(request, &mentioned, world), found.is_empty(), "{found:?}");
    found.into_iter().map(|one| one.id).collect()
}

#[test]
fn callers_of_every_kind_are_feasible() {
    for kind in KINDS {
        let found = violations(
            &request(&document(kind).to_string()),
            &BTreeSet::new(),
            &World::embedded().unwrap(),
        );
        assert!(found.is_empty(), "{kind}: {found:#?}");
        let found = violated(&request(&document(kind).to_string()));
        assert_eq!(found, BTreeSet::new(), "{kind}");
    }
}

/// What is changed: a member of the request, or a key of the context; `null` removes it. Roles that
/// AWS makes for resources of an account, and origin access identities, which have names of their
/// own.
#[test]
fn special_callers_are_feasible_under_their_names_only() {
    let role = |name: &str| {
        let mut document = document("role");
        document["principal"] = json!(format!("arn:aws:sts::111122223333:assumed-role/{name}/s1"));
        document["context"]["aws:PrincipalArn"] =
            json!(format!("arn:aws:iam::111122223333:role/{name}"));
        violated(&request(&document.to_string()))
    };
    assert_eq!(role("aws:ec2-infrastructure"), BTreeSet::new());
    assert_eq!(role("aws-ec2-infrastructure"), BTreeSet::new());
    for name in ["awx:ec2-infrastructure", "aws:", "aws:Ec2", "aws:a:b"] {
        assert_eq!(role(name), BTreeSet::from(["F2"]), "{name}");
    }
    let identity = |name: &str, more: Value| {
        let mut document = document("service");
        document["principal"] = json!(format!("arn:aws:iam::cloudfront:user/{name}"));
        let context = document["context"].as_object_mut().unwrap();
        context.retain(|key, _| !key.starts_with("aws:PrincipalServiceName"));
        context.extend(more.as_object().unwrap().clone());
        violated(&request(&document.to_string()))
    };
    let own = "CloudFront Origin Access Identity E1A2";
    assert_eq!(identity(own, json!({})), BTreeSet::new());
    assert_eq!(identity(own, json!({"aws:PrincipalIsAWSService": "false"})), BTreeSet::new());
    assert_eq!(
        identity(own, json!({"aws:PrincipalServiceName": "cloudfront.amazonaws.com"})),
        BTreeSet::from(["F6"])
    );
    assert!(identity(own, json!({"aws:PrincipalOrgID": "o-a"})).contains("F5"));
    assert_eq!(identity("CloudFront", json!({})), BTreeSet::from(["F24"]));
}

fn change(document: &mut Value, what: &str, value: &Value) {
    let target = if what.contains(':') {
        document["context"].as_object_mut()
    } else {
        document.as_object_mut()
    }
    .unwrap();
    match value {
        Value::Null => drop(target.remove(what)),
        value @ (Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_)) => drop(target.insert(what.to_owned(), value.clone())),
    }
}

/// Of each kind of caller: the row that is violated, and the changes that violate it.
const VIOLATIONS: &str = r#"{
  "user": [
    ["F1", {"principal": "nobody"}],
    ["F1", {"action": "sts:AssumeRoleWithSAML"}],
    ["F1", {"aws:PrincipalArn": null}],
    ["F1", {"aws:username": null}],
    ["F1", {"aws:UserAgent": null}],
    ["F1", {"aws:PrincipalType": "AssumedRole"}],
    ["F1", {"aws:userid": "AROAEXAMPLE:s1"}],
    ["F2", {"aws:username": "eve"}],
    ["F2", {"aws:PrincipalAccount": "444455556666"}],
    ["F2", {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/dev"}],
    ["F2", {"principal": "arn:aws:iam::111122223333:user/d v"}],
    ["F2", {"principal": "arn:aws:iam::111122223333:user/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],
    ["F3", {"principal": {"arn": "arn:aws:iam::111122223333:user/dev", "roleArn": "arn:aws:iam::111122223333:role/dev"}}],
    ["F4", {"principal": {"arn": "arn:aws:iam::111122223333:user/dev", "userArn": "arn:aws:iam::111122223333:user/dev"}}],
    ["F6", {"aws:PrincipalIsAWSService": "true"}],
    ["F6", {"aws:PrincipalServiceName": "logs.amazonaws.com"}],
    ["F7", {"aws:SourceAccount": "111122223333"}],
    ["F9", {"aws:ResourceOrgID": null, "aws:PrincipalOrgID": null}],
    ["F9", {"aws:VpceOrgID": "o-a", "aws:VpceOrgPaths": ["o-b/r-b/"]}],
    ["F9", {"aws:ResourceOrgPaths": ["o-a/r-b"]}],
    ["F10", {"aws:ResourceOrgID": "o-z", "aws:ResourceOrgPaths": ["o-z/r-b/"]}],
    ["F10", {"aws:PrincipalOrgID": null, "aws:PrincipalOrgPaths": null}],
    ["F10", {"aws:ResourceOrgID": null, "aws:ResourceOrgPaths": null}],
    ["F10", {"action": "ec2:DeleteVolume", "resource": "arn:aws:ec2:us-east-1:111122223333:volume/v", "aws:ResourceOrgID": null,
        "aws:ResourceOrgPaths": null}],
    ["F10", {"action": "ec2:CreateVolume", "resource": "arn:aws:ec2:us-east-1:111122223333:volume/v", "aws:PrincipalOrgID": null,
        "aws:PrincipalOrgPaths": null}],
    ["F10", {"aws:PrincipalOrgPaths": ["o-a/r-b/ou-b-c/"]}],
    ["F11", {"aws:ResourceAccount": "444455556666"}],
    ["F11", {"resourceAccount": "444455556666"}],
    ["F11", {"resource": "arn:aws:bedrock:us-east-1::foundation-model/m", "aws:ResourceAccount": "444455556666"}],
    ["F37", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m", "aws:ResourceAccount": "444455556666"}],
    ["F37", {"action": "bedrock:CreateModelInvocationJob", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "aws:ResourceOrgPaths": ["o-a/r-b/"]}],
    ["F11", {"resource": "arn:aws:s3:::b", "resourceAccount": "444455556666"}],
    ["F13", {"t:k": "x", "context": {"plain": "x"}}],
    ["F14", {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.5"}],
    ["F14", {"aws:SourceIp": null, "aws:SourceVpce": "vpce-1"}],
    ["F17", {"aws:ViaAWSService": "true", "aws:CalledVia": ["a.b"], "aws:CalledViaFirst": "a.b"}],
    ["F17", {"aws:ViaAWSService": "true", "aws:CalledVia": ["a.b"], "aws:CalledViaFirst": "c.d", "aws:CalledViaLast": "a.b"}],
    ["F17", {"aws:CalledVia": ["a.b"], "aws:CalledViaFirst": "a.b", "aws:CalledViaLast": "a.b"}],
    ["F18", {"aws:EpochTime": "1751328001"}],
    ["F18", {"aws:TokenIssueTime": "2025-07-01T00:00:01Z"}],
    ["F19", {"aws:MultiFactorAuthPresent": "true"}],
    ["F20", {"aws:TokenIssueTime": "2025-06-30", "aws:AssumedRoot": "true"}],
    ["F21", {"aws:SourceIp": "here"}],
    ["F21", {"aws:SecureTransport": ["true"]}],
    ["F22", {"aws:PrincipalTag/team": "a*"}],
    ["F22", {"aws:RequestTag/a*": "a"}],
    ["F22", {"aws:TagKeys": ["team", "Team"]}],
    ["F28", {"datazone:userId": "u"}],
    ["F30", {"action": "ec2:StartInstances", "resource": "arn:aws:ec2:us-east-1:111122223333:instance/i", "ec2:ResourceTag/a": "x",
        "aws:ResourceTag/a": "y"}],
    ["F30", {"action": "elasticmapreduce:RunJobFlow", "resource": "*", "elasticmapreduce:RequestTag/a": "x", "aws:RequestTag/a": "y",
        "aws:TagKeys": ["a"]}],
    ["F30", {"action": "ec2:DescribeInstances", "resource": "*", "ec2:Region": "us-west-2"}],
    ["F26", {"action": "ec2:StartInstances", "resource": "arn:aws:ec2:us-east-1:111122223333:instance/i", "ec2:Region": "us-west-2"}],
    ["F11", {"action": "s3express:CreateSession", "resource": "arn:aws:s3express:us-east-1:111122223333:bucket/b--use1-az1--x-s3",
        "s3express:ResourceAccount": "444455556666"}],
    ["F11", {"action": "s3:ListBucket", "resource": "arn:aws:s3:::b", "s3:ResourceAccount": "444455556666"}],
    ["F13", {"action": "ec2:StartInstances", "resource": "arn:aws:ec2:us-east-1:111122223333:instance/i", "aws:RequestTag/a": "x",
        "aws:TagKeys": ["a"]}],
    ["F14", {"aws:SourceIp": null, "aws:VpceAccount": "111122223333"}],
    ["F14", {"aws:SourceIp": null, "aws:SourceVpce": "vpc-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.5"}],
    ["F14", {"aws:SourceIp": null, "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.5",
        "aws:SourceVpcArn": "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-2"}],
    ["F28", {"aws:SourceIdentity": "ann"}],
    ["F28", {"identitystore:UserId": "u"}],
    ["F29", {"cognito-identity.amazonaws.com:sub": "u"}],
    ["F21", {"action": "s3:ListBucket", "resource": "arn:aws:s3:::b", "s3:prefix": ["a"]}],
    ["F9", {"aws:VpceOrgID": "o-A", "aws:VpceOrgPaths": ["o-A/r-b/"]}],
    ["F9", {"aws:VpceOrgID": "o-a", "aws:VpceOrgPaths": ["o-a/r-b/ou-b/"]}],
    ["F24", {"aws:RequestedRegion": "mars", "resource": "arn:aws:s3:::b"}],
    ["F24", {"principal": "arn:aws:iam::1:user/dev"}],
    ["F2", {"principal": "arn:aws:iam:us-east-1:111122223333:user/dev"}],
    ["F24", {"bedrock:ModelArn": "arn:aws:bedrock:mars::model/m"}],
    ["F24", {"aws:VpceAccount": "1"}],
    ["F24", {"resource": "arn:aws:s3:::b", "resourceAccount": "1"}],
    ["F25", {"resource": "arn:aws-cn:s3:::b"}],
    ["F26", {"aws:RequestedRegion": "us-west-2"}],
    ["F26", {"resource": "arn:aws:bedrock:::foundation-model/m"}],
    ["F27", {"action": "kms:Decrypt", "resource": "arn:aws:kms:us-east-1:111122223333:key/k", "kms:CallerAccount": "444455556666"}],
    ["F27", {"kms:ViaService": "s3.us-east-1.amazonaws.com"}],
    ["shape", {"action": "s3:Get*"}],
    ["shape", {"resource": "arn:aws:s3:::"}],
    ["shape", {"resource": "urn:aws:s3:::b"}]
  ],
  "role": [
    ["F1", {"aws:username": "dev"}],
    ["F29", {"accounts.google.com:sub": "1", "aws:FederatedProvider": "www.amazon.com"}],
    ["F1", {"aws:userid": "AROAEXAMPLE:s2"}],
    ["F1", {"aws:userid": "AIDAEXAMPLE"}],
    ["F2", {"principal": "arn:aws:sts::111122223333:assumed-role/app/s/1"}],
    ["F3", {"aws:PrincipalArn": "arn:aws:sts::111122223333:assumed-role/app/s1"}],
    ["F3", {"principal": "arn:aws:sts::111122223333:assumed-role/app/s1"}],
    ["F3", {"principal": {"arn": "arn:aws:sts::111122223333:assumed-role/app/s1", "roleArn": "arn:aws:iam::111122223333:role/svc/web"}}],
    ["F3", {"principal": {"arn": "arn:aws:sts::111122223333:assumed-role/app/s1", "roleArn": "arn:aws:iam::444455556666:role/svc/app"}}],
    ["F18", {"aws:TokenIssueTime": null}],
    ["F19", {"aws:MultiFactorAuthPresent": "false"}],
    ["F19", {"aws:MultiFactorAuthPresent": null}],
    ["F29", {"saml:sub": "ann", "accounts.google.com:sub": "1"}]
  ],
  "federated": [
    ["F1", {"aws:userid": "111122223333:eve"}],
    ["F1", {"aws:userid": "444455556666:bob"}],
    ["F1", {"aws:username": "dev"}],
    ["F4", {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/dev"}],
    ["F4", {"principal": {"arn": "arn:aws:sts::111122223333:federated-user/bob", "userArn": "arn:aws:iam::444455556666:user/dev"}}],
    ["F4", {"principal": {"arn": "arn:aws:sts::111122223333:federated-user/bob", "userArn": "arn:aws:iam::111122223333:role/dev"}}],
    ["F18", {"aws:TokenIssueTime": null}]
  ],
  "root": [
    ["F1", {"aws:userid": "AIDAEXAMPLE"}],
    ["F4", {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/dev"}],
    ["F5", {"aws:PrincipalTag/team": "a"}],
    ["F20", {"aws:AssumedRoot": "false"}],
    ["F20", {"aws:TokenIssueTime": null}],
    ["F28", {"aws:SourceIdentity": "ann", "aws:AssumedRoot": null}],
    ["F28", {"aws:ChatbotSourceArn": "arn:aws:chatbot::111122223333:chat-configuration/x"}]
  ],
  "service": [
    ["F1", {"aws:username": "dev"}],
    ["F1", {"principal": "logs"}],
    ["F1", {"principalInManagementAccount": true}],
    ["F5", {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/logs"}],
    ["F5", {"aws:PrincipalOrgID": "o-a", "aws:PrincipalOrgPaths": ["o-a/r-b/"]}],
    ["F5", {"aws:PrincipalOrgMasterAccountId": "111122223333"}],
    ["F6", {"aws:PrincipalTag/team": "a"}],
    ["F6", {"aws:PrincipalTag/x509Subject/CN": "a"}],
    ["F28", {"aws:FederatedProvider": "accounts.google.com"}],
    ["F6", {"aws:PrincipalIsAWSService": "false"}],
    ["F6", {"aws:PrincipalServiceName": "s3.amazonaws.com"}],
    ["F6", {"aws:PrincipalServiceName": null}],
    ["F6", {"aws:PrincipalServiceNamesList": ["s3.amazonaws.com"]}],
    ["F6", {"aws:ViaAWSService": "true"}],
    ["F8", {"aws:SourceAccount": "111122223333"}],
    ["F8", {"aws:SourceAccount": null}],
    ["F8", {"aws:SourceOrgPaths": null}],
    ["F8", {"aws:SourceOrgPaths": []}],
    ["F9", {"aws:SourceOrgPaths": ["o-y/r-y/"]}],
    ["F18", {"aws:TokenIssueTime": "2025-06-30"}],
    ["F19", {"aws:MultiFactorAuthPresent": "false"}],
    ["F20", {"aws:AssumedRoot": "true"}],
    ["F24", {"aws:PrincipalAccount": "anonymous"}]
  ],
  "provider": [
    ["F1", {"action": "sts:AssumeRole"}],
    ["F25", {"principal": "arn:aws-cn:iam::111122223333:saml-provider/idp"}],
    ["F5", {"aws:PrincipalArn": "arn:aws:iam::111122223333:saml-provider/idp"}],
    ["F5", {"aws:PrincipalIsAWSService": "false"}],
    ["F5", {"aws:PrincipalTag/team": "a"}],
    ["F18", {"aws:TokenIssueTime": "2025-06-30"}],
    ["F19", {"aws:MultiFactorAuthPresent": "true"}],
    ["F29", {"accounts.google.com:sub": "1"}],
    ["F29", {"aws:FederatedProvider": "www.amazon.com"}],
    ["F29", {"aws:FederatedProvider": "arn:aws:iam::111122223333:saml-provider/other"}]
  ],
  "anonymous": [
    ["F1", {"aws:PrincipalAccount": null}],
    ["F1", {"aws:userid": null}],
    ["F5", {"aws:PrincipalAccount": "111122223333"}],
    ["F5", {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/dev"}],
    ["F5", {"aws:PrincipalIsAWSService": "false"}],
    ["F5", {"aws:PrincipalOrgID": "o-a", "aws:PrincipalOrgPaths": ["o-a/r-b/"]}],
    ["F5", {"aws:PrincipalTag/team": "a"}],
    ["F7", {"aws:SourceArn": "arn:aws:s3:::b"}],
    ["F18", {"aws:TokenIssueTime": "2025-06-30"}]
  ]
}"#;

fn sorted<'a>(texts: &[&'a str]) -> Vec<&'a str> {
    texts.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn each_row_refuses_what_cannot_be() {
    let cases: BTreeMap<String, Vec<(String, Value)>> = serde_json::from_str(VIOLATIONS).unwrap();
    assert_eq!(cases.keys().collect::<Vec<_>>(), sorted(KINDS));
    for (kind, cases) in cases {
        for (row, changes) in cases {
            let mut changed = document(&kind);
            for (what, value) in changes.as_object().unwrap() {
                change(&mut changed, what, value);
            }
            let violated = violated(&request(&changed.to_string()));
            assert!(
                violated.contains(row.as_str()),
                "{kind} {row}: {changes} violates {violated:?}"
            );
        }
    }
}

/// Of a kind of caller, changes that no row refuses.
const ACCEPTED: &str = r#"[
    ["user", {"aws:TokenIssueTime": "2025-06-30", "aws:MultiFactorAuthPresent": "false"}],
    ["user", {"aws:SourceIp": null, "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.5",
        "aws:VpceAccount": "111122223333"}],
    ["user", {"action": "ebs:PutSnapshotBlock", "resource": "arn:aws:ec2:us-east-1::snapshot/s", "aws:ResourceOrgID": null,
        "aws:ResourceOrgPaths": null}],
    ["user", {"action": "ec2:CreateVolume", "resource": "arn:aws:ec2:us-east-1:111122223333:volume/v", "aws:ResourceOrgID": null,
        "aws:ResourceOrgPaths": null}],
    ["provider", {"principal": "cognito-identity-us-gov.amazonaws.com", "action": "sts:AssumeRoleWithWebIdentity",
        "cognito-identity-us-gov.amazonaws.com:aud": "x"}],
    ["user", {"aws:SourceIp": null}],
    ["user", {"action": "bedrock:ListFoundationModels", "resource": "*"}],
    ["user", {"aws:ResourceOrgID": null, "aws:ResourceOrgPaths": null, "aws:PrincipalOrgID": null, "aws:PrincipalOrgPaths": null}],
    ["user", {"action": "s3:ListBucket", "resource": "arn:aws:s3:::b", "resourceAccount": "444455556666",
        "aws:ResourceAccount": "444455556666", "aws:ResourceOrgID": "o-z", "aws:ResourceOrgPaths": ["o-z/r-b/"]}],
    ["user", {"action": "kms:Decrypt", "resource": "arn:aws:kms:us-east-1:111122223333:key/k", "kms:CallerAccount": "111122223333"}],
    ["user", {"action": "Bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m"}],
    ["user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "aws:ResourceAccount": null, "aws:ResourceOrgID": null, "aws:ResourceOrgPaths": null}],
    ["user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123:DRAFT", "bedrock:ServiceTier": "flex",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.m"}],
    ["user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-west-2:111122223333:inference-profile/antarctica.other"}],
    ["user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/abc123"}],
    ["user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:::foundation-model/m", "aws:RequestedRegion": "unspecified",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-west-2:111122223333:inference-profile/global.m"}],
    ["user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.m"}],
    ["user", {"action": "bedrock:CallWithBearerToken", "resource": "*", "bedrock:BearerTokenType": "LONG_TERM"}],
    ["user", {"action": "iam:CreateServiceSpecificCredential", "resource": "arn:aws:iam::111122223333:user/x",
        "iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com", "iam:ServiceSpecificCredentialAgeDays": "36600"}],
    ["user", {"action": "iam:CreateServiceSpecificCredential", "resource": "arn:aws:iam::111122223333:user/x",
        "iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com"}],
    ["user", {"action": "iam:GetPolicy", "resource": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
    ["role", {"principal": "arn:aws:iam::111122223333:role/svc/app", "aws:userid": "AROAOTHER:any"}],
    ["role", {"action": "kms:Decrypt", "resource": "arn:aws:kms:us-east-1:111122223333:key/k", "aws:ViaAWSService": "true",
        "kms:ViaService": "s3.us-east-1.amazonaws.com", "aws:CalledVia": ["a.b", "c.d"],
        "aws:CalledViaFirst": "a.b", "aws:CalledViaLast": "c.d"}],
    ["federated", {"principal": "arn:aws:sts::111122223333:federated-user/bob"}],
    ["root", {"aws:AssumedRoot": null, "aws:TokenIssueTime": null}],
    ["root", {"aws:SourceIdentity": "ann"}],
    ["role", {"accounts.google.com:sub": "1", "aws:FederatedProvider": "accounts.google.com"}],
    ["role", {"cognito-identity.amazonaws.com:amr": ["authenticated", "graph.facebook.com"]}],
    ["service", {"aws:PrincipalAccount": "444455556666", "aws:userid": "x", "aws:PrincipalType": "AWSService"}],
    ["service", {"action": "s3:ListBucket", "resource": "arn:aws-cn:s3:::b", "aws:RequestedRegion": "cn-north-1"}],
    ["service", {"action": "kms:Decrypt", "resource": "arn:aws:kms:us-east-1:111122223333:key/k",
        "kms:ViaService": "logs.amazonaws.com"}],
    ["service", {"aws:SourceArn": "arn:aws:s3:::b"}],
    ["provider", {"principal": "accounts.google.com", "action": "STS:assumerolewithwebidentity"}],
    ["provider", {"principal": "accounts.google.com", "action": "STS:assumerolewithwebidentity", "accounts.google.com:email": "x"}],
    ["provider", {"principal": "arn:aws:iam::111122223333:oidc-provider/Idp.example/p", "action": "sts:TagSession",
        "idp.example/p:sub": "x"}],
    ["provider", {"saml:aud": "x", "aws:FederatedProvider": "arn:aws:iam::111122223333:saml-provider/idp"}],
    ["role", {"aws:PrincipalOrgMasterAccountId": "444455556666", "aws:SourceOwner": "444455556666"}],
    ["role", {"new-idp.example.org/pool:sub": "x"}],
    ["role", {"saml:sub": "ann", "aws:SourceIdentity": "ann", "datazone:userId": "", "sagemaker:DomainId": "d"}],
    ["role", {"idp.example/p:aud": "x", "aws:FederatedProvider": "arn:aws:iam::111122223333:oidc-provider/idp.example/p"}],
    ["role", {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f", "identitystore:UserId": "u"}],
    ["role", {"ec2:RoleDelivery": "2.0", "aws:Ec2InstanceSourceVpc": "vpc-1",
        "ec2:SourceInstanceARN": "arn:aws:ec2:us-east-1:111122223333:instance/i-1"}],
    ["user", {"aws:PrincipalTag/team": ""}],
    ["user", {"action": "ec2:StartInstances", "resource": "arn:aws:ec2:us-east-1:111122223333:instance/i-1",
        "ec2:Region": "us-east-1", "aws:ResourceTag/team#1": "a|b", "ec2:ResourceTag/team#1": "a|b"}],
    ["user", {"action": "sqs:SendMessage", "resource": "arn:aws:sqs:us-east-1:111122223333:q", "aws:SourceIp": null,
        "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.1", "aws:VpceOrgID": "o-a"}],
    ["user", {"action": "iam:PassRole", "resource": "arn:aws:iam::111122223333:role/x", "aws:RequestedRegion": "eu-west-1"}],
    ["user", {"action": "support:CreateCase", "resource": "*", "aws:RequestedRegion": "eu-west-1"}],
    ["user", {"action": "iam:DeletePolicy", "resource": "arn:aws:iam::111122223333:policy/x"}],
    ["role", {"principal": {"arn": "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSSO/s1",
            "roleArn": "arn:aws:iam::111122223333:role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO"},
        "aws:PrincipalArn": "arn:aws:iam::111122223333:role/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO",
        "action": "iam:PutRolePolicy", "resource": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/x"}],
    ["user", {"action": "iam:ListUsers", "resource": "arn:aws:iam::111122223333:user/"}],
    ["user", {"action": "s3:ListBucket", "resource": "arn:aws:s3:::b", "s3:DataAccessPointAccount": "111122223333"}],
    ["user", {"action": "ec2-instance-connect:OpenTunnel", "ec2-instance-connect:remotePort": "22",
        "resource": "arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-1"}],
    ["user", {"action": "ec2:StartInstances", "resource": "arn:aws:ec2:us-east-1:111122223333:instance/i", "ec2:ResourceTag/a": "x",
        "aws:ResourceTag/a": "x"}],
    ["user", {"action": "ec2:DescribeInstances", "resource": "*", "ec2:Region": "us-east-1"}],
    ["user", {"action": "rds:CreateDBInstance", "resource": "arn:aws:rds:us-east-1:111122223333:db:d", "rds:req-tag/a": "x",
        "aws:RequestTag/a": "x", "aws:TagKeys": ["a"]}],
    ["anonymous", {"action": "sqs:SendMessage", "resource": "arn:aws:sqs:us-east-1:111122223333:q"}],
    ["anonymous", {"action": "execute-api:Invoke", "resource": "arn:aws:execute-api:us-east-1:111122223333:a/s/GET/p"}],
    ["user", {"action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "s3:x-amz-acl": "public-read",
        "s3:x-amz-server-side-encryption": "aws:kms:dsse"}],
    ["user", {"action": "iam:PassRole", "resource": "arn:aws:iam::111122223333:role/app", "iam:PassedToService": "ec2.amazonaws.com.cn"}],
    ["service", {"principal": "rolesanywhere.amazonaws.com", "aws:PrincipalServiceName": "rolesanywhere.amazonaws.com",
        "aws:PrincipalServiceNamesList": ["rolesanywhere.amazonaws.com"], "aws:PrincipalTag/x509Issuer/CN": "Bob"}]
]"#;

#[test]
fn what_the_text_leaves_open_is_accepted() {
    let cases: Value = serde_json::from_str(ACCEPTED).unwrap();
    for case in cases.as_array().unwrap() {
        assert_eq!(
            violated(&changed(case[0].as_str().unwrap(), &case[1])),
            BTreeSet::new(),
            "{case}"
        );
    }
}

/// The document of a kind with these changes.
fn changed(kind: &str, changes: &Value) -> Request {
    let mut changed = document(kind);
    if changes["resource"].as_str().is_some_and(|resource| resource.contains("::foundation-model/"))
    {
        let of_aws = [("ID", json!("o-aws")), ("Paths", json!(["o-aws/r-b/"]))];
        of_aws.iter().for_each(|(name, value)| {
            change(&mut changed, &format!("aws:ResourceOrg{name}"), value)
        });
        change(&mut changed, "aws:ResourceAccount", &json!("000000000000"));
    }
    for (what, value) in changes.as_object().unwrap() {
        change(&mut changed, what, value);
    }
    request(&changed.to_string())
}

/// Actions, resources and keys of the catalogue; none of an action that does not exist yet, if
/// there may be such. The document's `action`, `resource`, tags and keys are changed; the row is
/// what is violated, an empty text if nothing is.
const CATALOGUE: &str = r#"[
    ["F12", "nobody:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/t", {}],
    ["F12", "dynamodb:GetItems", "arn:aws:dynamodb:us-east-1:111122223333:table/t", {}],
    ["", "DynamoDB:getitem", "arn:aws:dynamodb:us-east-1:111122223333:table/t", {}],
    ["F12", "dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:backup/t", {}],
    ["F12", "dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:111122223333:table/", {}],
    ["F12", "dynamodb:GetItem", "arn:aws:dynamodb::111122223333:table/t", {}],
    ["F12", "dynamodb:GetItem", "arn:aws:s3:::b", {}],
    ["F12", "dynamodb:GetItem", "*", {}],
    ["", "dynamodb:ListTables", "*", {}],
    ["", "dynamodb:ListTables", "arn:aws:dynamodb:us-east-1:111122223333:table/t", {}],
    ["F12", "dynamodb:ListTables", "arn:aws:dynamodb:us-east-1:111122223333:export/t", {}],
    ["F12", "dynamodb:ListStreams", "arn:aws:dynamodb:us-east-1:111122223333:table/t", {}],
    ["", "bedrock:CreateGuardrail", "*", {}],
    ["", "bedrock:CreateGuardrail", "arn:aws:bedrock:us-east-1:111122223333:guardrail-profile/p", {}],
    ["F12", "bedrock:CreateGuardrail", "arn:aws:bedrock:us-east-1:111122223333:guardrail/g", {}],
    ["", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/a.b:0", {}],
    ["", "bedrock:InvokeModel", "arn:aws:bedrock:::foundation-model/a.b:0", {"aws:RequestedRegion": "unspecified"}],
    ["F12", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1:111122223333:foundation-model/a.b:0", {}],
    ["", "s3:ListBucket", "arn:aws:s3:::b", {}],
    ["", "sqs:ListQueues", "arn:aws:sqs:us-east-1:111122223333:", {}],
    ["F12", "sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:", {}],
    ["", "sns:ListTopics", "arn:aws:sns:us-east-1:111122223333:*", {}],
    ["F12", "sns:GetSMSAttributes", "arn:aws:sns:us-east-1:111122223333:*", {}],
    ["", "glacier:DeleteArchive", "arn:aws:glacier:us-east-1:111122223333:vaults/v", {"glacier:ResourceTag/env": "x"}],
    ["F13", "glacier:DeleteArchive", "arn:aws:glacier:us-east-1:111122223333:vaults/v", {"glacier:ResourceTags/env": "x"}],
    ["", "datazone:GetProject", "*", {"datazone:domainId": "d"}],
    ["", "qbusiness:CreateSubscription", "arn:aws:qbusiness:us-east-1:111122223333:application/a", {"identitystore:UserId": ["u"]}],
    ["F28", "qbusiness:GetApplication", "arn:aws:qbusiness:us-east-1:111122223333:application/a", {"identitystore:UserId": ["u"]}],
    ["F28", "ssm:UpdateInstanceInformation", "*", {"ec2:SourceInstanceARN": "arn:aws:ec2:us-east-1:111122223333:instance/i"}],
    ["", "iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/app", {"iam:PolicyARN": "arn:aws:iam::aws:policy/x"}],
    ["F32", "iam:CreatePolicy", "arn:aws:iam::aws:policy/x", {}],
    ["F32", "iam:DeleteRole", "arn:aws:iam::111122223333:role/aws-service-role/ram.amazonaws.com/x", {}],
    ["F32", "ssm:PutParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/aws/x", {}],
    ["", "ssm:PutParameter", "arn:aws:ssm:us-east-1:111122223333:parameter/x/aws", {}],
    ["F30", "s3:GetObject", "arn:aws:s3:::b/k", {"s3:TlsVersion": "1.2", "aws:SecureTransport": "false"}],
    ["", "s3:GetObject", "arn:aws:s3:::b/k", {"s3:TlsVersion": "1.2", "aws:SecureTransport": "true"}],
    ["F31", "notifications-contacts:ListEmailContacts", "*", {"aws:RequestedRegion": "eu-west-1"}],
    ["F35", "kms:Sign", "arn:aws:kms:us-east-1:111122223333:key/k", {"kms:SigningAlgorithm": "RSA_2048"}],
    ["", "kms:Sign", "arn:aws:kms:us-east-1:111122223333:key/k", {"kms:SigningAlgorithm": "ECDSA_SHA_256"}],
    ["F12", "s3:ListBucket", "arn:aws:s3:::b/k", {}],
    ["", "s3:GetObject", "arn:aws:s3:::b/k/l", {}],
    ["F12", "s3:GetObject", "arn:aws:s3:::b", {}],
    ["F12", "s3:GetObject", "*", {}],
    ["", "s3:GetObject", "arn:aws:s3:us-east-1:111122223333:accesspoint/a/object/k", {}],
    ["F12", "s3:ListBucket", "*", {}],
    ["", "s3:ListAllMyBuckets", "*", {}],
    ["", "ec2:RunInstances", "arn:aws:resource-groups:us-east-1:111122223333:group/g", {}],

    ["", "s3:ListBucket", "arn:aws:s3:::b", {"s3:prefix": "a", "S3:BUCKETTAG/x": "y"}],
    ["F13", "s3:GetObject", "arn:aws:s3:::b/k", {"s3:prefix": "a"}],
    ["F13", "s3:ListBucket", "arn:aws:s3:::b", {"s3:BucketTag/": "y"}],
    ["F13", "s3:GetObject", "arn:aws:s3:::b/k", {"s3:AccessPointTag/x": "y"}],
    ["", "s3:GetObject", "arn:aws:s3:us-east-1:111122223333:accesspoint/a/object/k", {"s3:AccessPointTag/x": "y"}],
    ["F13", "s3:GetObject", "arn:aws:s3:::b/k", {"bedrock:ServiceTier": "flex"}],
    ["F13", "bedrock:ListFoundationModels", "*", {"bedrock:ServiceTier": "flex"}],
    ["", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/a.b:0", {"bedrock:ServiceTier": "flex"}],
    ["F13", "sts:AssumeRole", "arn:aws:iam::111122223333:role/app", {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/p"}],
    ["", "sts:AssumeRole", "arn:aws:iam::111122223333:role/app", {"sts:ExternalId": "x", "iam:ResourceTag/x": "y"}],
    ["F29", "s3:GetObject", "arn:aws:s3:::b/k", {"saml:aud": "x", "accounts.google.com:aud": "y", "my.idp/x:aud": "z"}],
    ["F28", "s3:GetObject", "arn:aws:s3:::b/k", {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f"}],
    ["F13", "s3:GetObject", "arn:aws:s3:::b/k", {"lambda:FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f"}],

    ["F15", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/m", {"aws:RequestTag/team": "a"}],
    ["F15", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/m", {"aws:RequestTag/team": "a", "aws:TagKeys": []}],
    ["F15", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/m", {"aws:RequestTag/team": "a", "aws:TagKeys": ["Team"]}],
    ["", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/m", {"aws:RequestTag/team": "a", "aws:TagKeys": ["team", "x"]}],
    ["", "bedrock:UntagResource", "arn:aws:bedrock:us-east-1:111122223333:agent/A", {"aws:TagKeys": ["team"], "aws:ResourceTag/team": "b"}],
    ["", "bedrock:TagResource", "arn:aws:bedrock:us-east-1:111122223333:agent/A",
        {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"], "aws:ResourceTag/team": "b"}],
    ["", "bedrock:CreateAgentAlias", "arn:aws:bedrock:us-east-1:111122223333:agent/A",
        {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"], "aws:ResourceTag/team": "b"}],
    ["", "dynamodb:CreateTable", "arn:aws:dynamodb:us-east-1:111122223333:table/t",
        {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"], "aws:ResourceTag/team": "a"}],
    ["", "iam:CreateUser", "arn:aws:iam::111122223333:user/dev",
        {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"], "aws:ResourceTag/Team": "a", "iam:ResourceTag/team": "a"}],
    ["F16", "bedrock:CreateInferenceProfile", "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/p",
        {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"], "aws:ResourceTag/team": "b"}],
    ["F16", "rds:CreateDBCluster", "arn:aws:rds:us-east-1:111122223333:cluster:c",
        {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"], "aws:ResourceTag/team": "b"}],
    ["", "rds:CreateDBCluster", "arn:aws:rds:us-east-1:111122223333:cluster-pg:p",
        {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"], "aws:ResourceTag/team": "b"}]
]"#;

#[test]
fn actions_have_their_resources_and_keys() {
    let cases: Vec<(String, String, String, Value)> = serde_json::from_str(CATALOGUE).unwrap();
    for (row, action, resource, changes) in cases {
        let changes = merged([json!({"action": action, "resource": resource}), changes]);
        let violated = violated(&changed("user", &changes));
        let expected: BTreeSet<&str> =
            Some(row.as_str()).filter(|row| !row.is_empty()).into_iter().collect();
        assert_eq!(violated, expected, "{changes}");
    }
}

/// Of each model choice: requests that violate it, and nothing else.
const CHOICES: &str = r#"[
    ["F8", "service", {"aws:SourceAccount": null}],
    ["F8", "service", {"aws:SourceOrgID": null}],
    ["F8", "service", {"aws:SourceOrgPaths": null}],
    ["F13", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m", "aws:ResourceTag/a": "x"}],
    ["F13", "user", {"action": "bedrock:GetAgent", "resource": "arn:aws:bedrock:us-east-1:111122223333:agent/A", "aws:TagKeys": ["a"]}],
    ["F13", "user", {"aws:RequestTag/a": "x", "aws:TagKeys": ["a"]}],
    ["F13", "user", {"aws:PrincipleOrgID": "o-a"}],
    ["F13", "role", {"nobody:knows": "x"}],
    ["F13", "user", {"identitycenter:InstanceArn": "x"}],
    ["F14", "user", {"aws:SourceIp": null, "aws:SourceVpce": "vpce-1"}],
    ["F16", "user", {"action": "dynamodb:CreateTable", "aws:RequestTag/team": "a", "aws:TagKeys": ["team"], "aws:ResourceTag/team": "b"}],
    ["F16", "user", {"action": "dynamodb:CreateTable", "aws:ResourceTag/team": "b"}, "aws:RequestTag/team"],
    ["F16", "user", {"action": "iam:CreateUser", "resource": "arn:aws:iam::111122223333:user/x", "aws:ResourceTag/team": "b"}, "aws:RequestTag/team"],
    ["F16", "user", {"action": "iam:CreateUser", "resource": "arn:aws:iam::111122223333:user/x", "aws:RequestTag/team": "b",
        "aws:TagKeys": ["team"]}, "aws:ResourceTag/Team"],
    ["F22", "user", {"action": "bedrock:UntagResource", "resource": "arn:aws:bedrock:us-east-1:111122223333:agent/A",
        "aws:ResourceTag/a*": "x"}],
    ["F22", "user", {"action": "bedrock:UntagResource", "resource": "arn:aws:bedrock:us-east-1:111122223333:agent/A",
        "aws:ResourceTag/a": "?"}],
    ["F22", "user", {"action": "bedrock:UntagResource", "resource": "arn:aws:bedrock:us-east-1:111122223333:agent/A",
        "aws:TagKeys": ["a", "A"]}],
    ["F22", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "aws:RequestTag/a": "*", "aws:TagKeys": ["a"]}],
    ["F6", "service", {"aws:PrincipalTag/team": "a"}],
    ["F12", "user", {"resource": "arn:aws:dynamodb:us-east-1:111122223333:other/x"}],
    ["F12", "user", {"resource": "*"}],
    ["F31", "user", {"action": "iam:CreateUser", "resource": "arn:aws:iam::111122223333:user/x", "aws:RequestedRegion": "eu-west-1"}],
    ["F31", "role", {"action": "support:CreateCase", "resource": "*", "aws:RequestedRegion": "eu-central-1"}],
    ["F28", "role", {"ec2:SourceInstanceARN": "arn:aws:ec2:us-east-1:111122223333:volume/v"}],
    ["F28", "role", {"lambda:SourceFunctionArn": "arn:aws:ec2:us-east-1:111122223333:function:f"}],
    ["F34", "anonymous", {"action": "s3:ListBucket", "resource": "arn:aws:s3:::b", "s3:authType": "REST-HEADER"}],
    ["F32", "user", {"action": "iam:DeletePolicy", "resource": "arn:aws:iam::aws:policy/x"}],
    ["F32", "role", {"action": "iam:PutRolePolicy", "resource": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/x"}],
    ["F32", "user", {"action": "kms:DeleteAlias", "resource": "arn:aws:kms:us-east-1:111122223333:alias/aws/s3"}],
    ["F34", "user", {"action": "s3:ListBucket", "resource": "arn:aws:s3:::b"}, "s3:ResourceAccount"],
    ["F34", "user", {"action": "s3:ListAllMyBuckets", "resource": "*"}, "s3:authType"],
    ["F34", "user", {"action": "iam:AttachRolePolicy", "resource": "arn:aws:iam::111122223333:role/app"}, "iam:PolicyARN"],
    ["F34", "user", {"action": "kms:CreateGrant", "resource": "arn:aws:kms:us-east-1:111122223333:key/k"}, "kms:GrantOperations"],
    ["F34", "role", {"action": "kms:Decrypt", "resource": "arn:aws:kms:us-east-1:111122223333:key/k"}, "kms:KeySpec"],
    ["F34", "user", {"action": "sts:AssumeRole", "resource": "arn:aws:iam::111122223333:role/app"}, "sts:RoleSessionName"],
    ["F34", "user", {"action": "ec2:DescribeInstances", "resource": "*"}, "ec2:Region"],
    ["F36", "anonymous", {"action": "ec2:DescribeInstances", "resource": "*"}],
    ["F36", "anonymous", {"action": "athena:GetQueryExecution", "resource": "arn:aws:athena:us-east-1:111122223333:workgroup/w"}],
    ["F36", "anonymous", {"action": "cloudwatch:PutMetricData", "resource": "*"}],
    ["F35", "user", {"action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "s3:x-amz-acl": "publicread"}],
    ["F35", "user", {"action": "s3:PutObject", "resource": "arn:aws:s3:::b/k", "s3:x-amz-server-side-encryption": "aes256"}],
    ["F35", "role", {"action": "iam:PassRole", "resource": "arn:aws:iam::111122223333:role/app", "iam:PassedToService": "ec2"}],
    ["F35", "role", {"glue:CredentialIssuingService": "ec2.amazonaws.com"}],
    ["F7", "user", {"aws:SourceAccount": "111122223333"}],
    ["F28", "role", {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:444455556666:function:f"}],
    ["F28", "role", {"lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f", "glue:RoleAssumedBy": "glue.amazonaws.com"}],
    ["F29", "role", {"saml:aud": "x"}],
    ["F29", "role", {"example.com/idp:email": "x"}],
    ["F24", "user", {"resource": "arn:aws:dynamodb:mars:111122223333:table/t", "aws:RequestedRegion": "mars"}],
    ["F24", "user", {"resource": "arn:aws:dynamodb:us-east-1:1:table/t", "aws:ResourceAccount": "1"}],
    ["F24", "user", {"principal": "arn:mars:iam::1:user/eng/dev", "aws:PrincipalArn": "arn:mars:iam::1:user/eng/dev",
        "aws:PrincipalAccount": "1", "resource": "arn:mars:dynamodb:us-east-1:111122223333:table/t"}],
    ["F24", "user", {"action": "s3:ListBucket", "resource": "arn:aws:s3:::b", "resourceAccount": "x", "aws:ResourceAccount": "x"}],
    ["F24", "user", {"action": "dynamodb:ListTables", "resource": "*", "aws:RequestedRegion": "mars"}],
    ["F24", "role", {"lambda:SourceFunctionArn": "arn:aws:lambda:mars:111122223333:function:f"}],
    ["F14", "user", {"action": "kms:ListKeys", "resource": "*", "aws:SourceIp": null, "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1",
        "aws:VpcSourceIp": "10.0.0.5"}],
    ["F14", "user", {"action": "sqs:ListQueues", "resource": "*", "aws:SourceIp": null, "aws:VpceAccount": "111122223333", "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1",
        "aws:VpcSourceIp": "10.0.0.5"}],
    ["F24", "user", {"aws:SourceIp": null, "aws:VpceAccount": "1", "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1",
        "aws:VpcSourceIp": "10.0.0.5"}],
    ["F14", "user", {"action": "dynamodb:ListTables", "resource": "*", "aws:SourceIp": null, "aws:VpceAccount": "111122223333",
        "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.5", "aws:VpceOrgID": "o-a"}, "aws:VpceOrgPaths"],
    ["F14", "user", {"action": "dynamodb:ListTables", "resource": "*", "aws:SourceIp": null, "aws:VpceAccount": "111122223333",
        "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1", "aws:VpcSourceIp": "10.0.0.5",
        "aws:SourceVpcArn": "arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1"}],
    ["F24", "user", {"action": "dynamodb:ListTables", "resource": "*", "aws:RequestedRegion": "cn-north-1"}],
    ["F24", "user", {"resource": "arn:aws:dynamodb:us-gov-west-1:111122223333:table/t", "aws:RequestedRegion": "us-gov-west-1"}],
    ["F24", "role", {"lambda:SourceFunctionArn": "arn:aws-cn:lambda:us-east-1:111122223333:function:f"}],
    ["F24", "service", {"aws:PrincipalAccount": "x"}],
    ["F26", "user", {"aws:RequestedRegion": "us-west-2"}],
    ["F26", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:::foundation-model/m"}],
    ["F27", "user", {"action": "kms:Decrypt", "resource": "arn:aws:kms:us-east-1:111122223333:key/k",
        "kms:ViaService": "s3.us-east-1.amazonaws.com"}],
    ["F34", "user", {"action": "bedrock:CallWithBearerToken", "resource": "*"}, "bedrock:BearerTokenType"],
    ["F34", "user", {"action": "bedrock-mantle:CallWithBearerToken", "resource": "*"}, "bedrock-mantle:BearerTokenType"],
    ["F34", "user", {"action": "iam:CreateServiceSpecificCredential", "resource": "arn:aws:iam::111122223333:user/x"},
        "iam:ServiceSpecificCredentialServiceName"],
    ["F35", "user", {"action": "bedrock:CallWithBearerToken", "resource": "*", "bedrock:BearerTokenType": "MIDDLE_TERM"}],
    ["F35", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m", "bedrock:ServiceTier": ""}],
    ["F35", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:111122223333:guardrail/"}],
    ["F35", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:GuardrailIdentifier": "arn:aws:bedrock::111122223333:guardrail/a"}],
    ["F35", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:111122223333:guardrail/a/b"}],
    ["F35", "user", {"action": "iam:CreateServiceSpecificCredential", "resource": "arn:aws:iam::111122223333:user/x",
        "iam:ServiceSpecificCredentialServiceName": "bedrock.amazonaws.com", "iam:ServiceSpecificCredentialAgeDays": "0"}],
    ["F35", "user", {"action": "bedrock-mantle:CreateInference", "resource": "arn:aws:bedrock-mantle:us-east-1:111122223333:project/p",
        "bedrock-mantle:Model": "a model"}],
    ["F37", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "aws:ResourceAccount": "111122223333"}],
    ["F37", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "aws:ResourceOrgID": "o-a", "aws:ResourceOrgPaths": ["o-a/r-b/"]}],
    ["F37", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "aws:PrincipalOrgID": "o-aws", "aws:PrincipalOrgPaths": ["o-aws/r-b/"]}],
    ["F38", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.other"}],
    ["F38", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-west-2:111122223333:inference-profile/eu.m"}],
    ["F38", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-west-2:111122223333:inference-profile/global.m"}],
    ["F38", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-west-2:444455556666:inference-profile/us.m"}],
    ["F38", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
        "bedrock:InferenceProfileArn": "arn:aws-cn:bedrock:cn-north-1:111122223333:application-inference-profile/abc"}],
    ["F38", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.m"}],
    ["F38", "user", {"action": "bedrock:InvokeModel", "resource": "arn:aws:bedrock:us-east-1:111122223333:imported-model/m",
        "bedrock:InferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc"}],
    ["F15", "user", {"action": "bedrock:TagResource", "resource": "arn:aws:bedrock:us-east-1:111122223333:agent/A",
        "aws:TagKeys": ["team", "x"], "aws:ResourceTag/team": "b"}, "aws:RequestTag/team"],
    ["F15", "user", {"action": "ec2:CreateTags", "resource": "arn:aws:ec2:us-east-1:111122223333:instance/i", "aws:TagKeys": ["TEAM"]},
        "aws:RequestTag/team"]
]"#;

#[test]
fn model_choices_count_where_they_are_assumed() {
    let cases: Vec<Vec<Value>> = serde_json::from_str(CHOICES).unwrap();
    let mut seen = BTreeSet::new();
    for case in &cases {
        let choice = ModelChoice::of(case[0].as_str().unwrap()).unwrap();
        let request = changed(case[1].as_str().unwrap(), &case[2]);
        // A key that is not in the request and that the question mentions.
        let absent =
            ContextKey::new(case.get(3).and_then(Value::as_str).unwrap_or("aws:SourceIdentity"));
        let mut known: Vec<ContextKey> = keys::all()
            .iter()
            .filter(|key| !key.is_family())
            .map(|key| ContextKey::new(key.name))
            .collect();
        known.extend(request.context.keys().cloned().chain([absent]));
        let violated = |assumptions: Assumptions| {
            let world = World { assumptions, ..World::embedded().unwrap() };
            let mentioned = known.iter().collect();
            let found = violations(&request, &mentioned, &world);
            assert_eq!(can_exist(&request, &mentioned, &world), found.is_empty(), "{found:?}");
            found.into_iter().map(|one| one.id).collect::<BTreeSet<_>>()
        };
        assert_eq!(violated(Assumptions::all()), BTreeSet::from([choice.id()]), "{case:?}");
        assert_eq!(
            violated(Assumptions::none().with(choice)),
            BTreeSet::from([choice.id()]),
            "{case:?}"
        );
        assert_eq!(violated(Assumptions::all().without(choice)), BTreeSet::new(), "{case:?}");
        seen.insert(choice);
    }
    // F33 is about calls.
    seen.insert(ModelChoice::F33);
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ModelChoice::ALL);
}

#[test]
fn laws_hold_whatever_is_assumed() {
    let world = World { assumptions: Assumptions::none(), ..World::embedded().unwrap() };
    let cases = json!([
        ["F8", "service", {"aws:SourceAccount": "111122223333"}],
        ["F9", "service", {"aws:SourceOrgPaths": ["o-y/r-y/"]}],
        ["F9", "user", {"aws:ResourceOrgID": null, "aws:PrincipalOrgID": null}],
        ["F14", "user", {"aws:SourceVpce": "vpce-1"}],
        ["F15", "user", {"aws:RequestTag/a": "x"}],
        ["F22", "user", {"aws:PrincipalTag/a*": "x"}],
        ["F22", "user", {"action": "ec2:DescribeInstances", "resource": "*", "aws:PrincipalTag/a*": "x"}],
        ["F22", "user", {"aws:PrincipalTag/a": "*"}],
        ["F27", "user", {"action": "kms:Decrypt", "resource": "arn:aws:kms:us-east-1:111122223333:key/k",
            "kms:CallerAccount": "444455556666"}],
        ["F37", "user", {"action": "bedrock:CreateModelInvocationJob", "resource": "arn:aws:bedrock:us-east-1::foundation-model/m",
            "aws:ResourceAccount": "111122223333"}],
        ["shape", "user", {"resource": "arn:aws:dynamodb:us-east-1:111122223333:"}],
    ]);
    for case in cases.as_array().unwrap() {
        let violated = violated_in(&changed(case[1].as_str().unwrap(), &case[2]), &world);
        assert!(violated.contains(case[0].as_str().unwrap()), "{case} violates {violated:?}");
    }
}

#[test]
fn actions_of_tomorrow_have_any_resource_and_keys() {
    let world = World { unknown_actions: true, ..World::embedded().unwrap() };
    let cases = json!([
        ["", {"action": "dynamodb:Foresee", "resource": "arn:aws:nobody:us-east-1:111122223333:x", "dynamodb:None": "x", "s3:prefix": "y",
            "aws:ResourceTag/a": "x", "aws:TagKeys": ["b"]}],
        ["", {"action": "dynamodb:Foresee", "resource": "*"}],
        ["F12", {"action": "nobody:Foresee"}],
        ["F12", {"resource": "*"}],
        ["F13", {"s3:prefix": "y"}],
        ["F15", {"action": "dynamodb:CreateOracle", "aws:RequestTag/a": "x"}],
        ["F12", {"action": "dynamodb:Fore-see"}],
        ["F13", {"action": "dynamodb:Foresee", "aws:PrincipleOrgID": "o-a"}],
        ["F13", {"action": "dynamodb:Foresee", "nobody:knows": "x"}],
    ]);
    for case in cases.as_array().unwrap() {
        let violated = violated_in(&changed("user", &case[1]), &world);
        let expected: BTreeSet<&str> =
            case[0].as_str().filter(|row| !row.is_empty()).into_iter().collect();
        assert_eq!(violated, expected, "{case}");
        assert!(
            !violated_in(&changed("user", &case[1]), &World::embedded().unwrap()).is_empty(),
            "{case}"
        );
    }
}

#[test]
fn unknown_keys_come_with_anything_where_they_are_considered() {
    let world = World { unknown_keys: true, ..World::embedded().unwrap() };
    for unknown in ["aws:PrincipleOrgID", "nobody:knows", "dynamodb:None", "s3:perfix"] {
        let changes = json!({ unknown: "x" });
        assert_eq!(violated_in(&changed("user", &changes), &world), BTreeSet::new(), "{unknown}");
        assert_eq!(violated(&changed("user", &changes)), BTreeSet::from(["F13"]), "{unknown}");
    }
    for known in ["s3:prefix", "identitycenter:InstanceArn"] {
        assert_eq!(
            violated_in(&changed("user", &json!({ known: "x" })), &world),
            BTreeSet::from(["F13"]),
            "{known}"
        );
    }
}

#[test]
fn a_damaged_catalogue_is_a_violation() {
    let mut bytes = include_bytes!("../../src/iam/catalogue/services.bin").to_vec();
    let whole = Catalogue::from_bytes(bytes.clone()).unwrap();
    let length = bytes.len();
    bytes[length - 1] ^= 0x55;
    let damaged = Catalogue::from_bytes(bytes).unwrap();
    let last = whole.summaries().last().unwrap().prefix.clone();
    let request = changed("user", &json!({"action": format!("{last}:Anything")}));
    let found = violations(&request, &BTreeSet::new(), &World::new(&damaged));
    let one = found.iter().find(|one| one.id == "catalogue").unwrap_or_else(|| panic!("{found:?}"));
    assert!(one.message.contains("damaged"), "{}", one.message);
    assert!(
        violations(&request, &BTreeSet::new(), &World::new(&whole))
            .iter()
            .all(|one| one.id != "catalogue")
    );
}

/// Two types of resources with ARNs of one format: one lists what the request carries, and the other
/// does not ask for what is missing.
#[test]
fn one_and_the_same_type_fits_all_that_a_request_carries() {
    let mut service = Catalogue::embedded().unwrap().service("sqs").unwrap().unwrap().clone();
    let action = service.actions.iter_mut().find(|one| &*one.name == "CreateQueue").unwrap();
    let queue = action.resources[0].clone();
    let passed = std::mem::take(&mut action.condition_keys);
    assert_eq!(
        passed.iter().map(|key| &**key).collect::<Vec<_>>(),
        ["aws:RequestTag/${TagKey}", "aws:TagKeys"]
    );
    action.resources = vec![
        ActionResource { condition_keys: passed, ..queue.clone() },
        ActionResource { name: "twin".into(), condition_keys: Vec::new(), ..queue.clone() },
    ];
    let twin =
        ResourceType { name: "twin".into(), ..service.resource_type(&queue.name).unwrap().clone() };
    service.resource_types.push(twin);
    let bytes = catalogue::encode("by hand", &[service]).unwrap();
    let catalogue = Catalogue::from_bytes(bytes).unwrap();
    let world = World::new(&catalogue);
    let tag = ContextKey::new("aws:RequestTag/team");
    let with = |changes: Value| {
        let mut all = json!({"action": "sqs:CreateQueue", "resource": "arn:aws:sqs:us-east-1:111122223333:q"});
        all.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let request = changed("user", &all);
        let mentioned = request.context.keys().chain([&tag]).collect();
        let found = violations(&request, &mentioned, &world);
        assert_eq!(can_exist(&request, &mentioned, &world), found.is_empty(), "{found:?}");
        found.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(with(json!({})), [""; 0]);
    assert_eq!(with(json!({"aws:TagKeys": ["team"], "aws:RequestTag/team": "a"})), [""; 0]);
    assert_eq!(with(json!({"aws:TagKeys": ["team"]})), ["F15"]);
}

#[test]
fn keys_that_nobody_mentions_may_be_left_out() {
    for kind in KINDS {
        let mut bare = document(kind);
        bare["context"] = json!({});
        let bare = request(&bare.to_string());
        assert_eq!(violations(&bare, &BTreeSet::new(), &World::embedded().unwrap()), [], "{kind}");
        assert!(violated(&bare).contains("F1"), "{kind}");
    }
}

#[test]
fn types_alone() {
    let mut odd = document("user");
    change(&mut odd, "aws:SourceIp", &json!("here"));
    change(&mut odd, "aws:username", &json!("eve"));
    change(&mut odd, "svc:Unknown", &json!(["anything"]));
    let found = ill_typed(&request(&odd.to_string()));
    assert_eq!(
        found.iter().map(|one| one.message.as_str()).collect::<Vec<_>>(),
        ["`aws:SourceIp` holds a value of another type"]
    );
}
