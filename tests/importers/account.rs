//! An account, and how each tool writes it down.

use serde_json::{Value, json};

pub const ACCOUNT: &str = "111122223333";

/// A document with what encodings must not break: a plus sign, a percent sign, a variable, quotes.
pub fn document() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": "arn:aws:s3:::b/${aws:username}/a+b%25é/*",
        "Condition": {"StringEquals": {"aws:RequestTag/x y": "\"+%2B\\"}}}]})
}

pub fn other_document() -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}})
}

pub fn trust() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "sts:AssumeRole"}]})
}

pub fn arn(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

pub const OF_AWS: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/// What the AWS CLI and boto3 print: documents are objects.
pub fn details() -> Value {
    let version = |document: Value| {
        json!([
            {"VersionId": "v2", "IsDefaultVersion": false, "CreateDate": "2026-01-01", "Document": other_document()},
            {"VersionId": "v3", "IsDefaultVersion": true, "CreateDate": "2026-01-02", "Document": document}])
    };
    json!({
        "UserDetailList": [{
            "Path": "/team/", "UserName": "dev", "UserId": "AIDAEXAMPLEEXAMPLE001", "Arn": arn("user/team/dev"),
            "CreateDate": "2026-01-01T00:00:00+00:00", "GroupList": ["readers"],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": document()}],
            "AttachedManagedPolicies": [{"PolicyName": "Limit", "PolicyArn": arn("policy/x/Limit")}],
            "Tags": [{"Key": "team", "Value": "a"}, {"Key": "cost center", "Value": ""}]}],
        "GroupDetailList": [{
            "Path": "/", "GroupName": "readers", "GroupId": "AGPAEXAMPLEEXAMPLE001", "Arn": arn("group/readers"),
            "CreateDate": "2026-01-01T00:00:00+00:00", "GroupPolicyList": [{"PolicyName": "read", "PolicyDocument": document()}],
            "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": OF_AWS}]}],
        "RoleDetailList": [{
            "Path": "/", "RoleName": "app", "RoleId": "AROAEXAMPLEEXAMPLE001", "Arn": arn("role/app"),
            "CreateDate": "2026-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": trust(), "InstanceProfileList": [],
            "RolePolicyList": [
                {"PolicyName": "z", "PolicyDocument": other_document()},
                {"PolicyName": "a", "PolicyDocument": document()}],
            "AttachedManagedPolicies": [
                {"PolicyName": "ReadOnlyAccess", "PolicyArn": OF_AWS},
                {"PolicyName": "Limit", "PolicyArn": arn("policy/x/Limit")}],
            "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy/x/Limit")},
            "Tags": [], "RoleLastUsed": {}}],
        "Policies": [
            {"PolicyName": "Limit", "PolicyId": "ANPA1", "Arn": arn("policy/x/Limit"), "Path": "/x/", "DefaultVersionId": "v3",
             "AttachmentCount": 2, "PolicyVersionList": version(document())},
            {"PolicyName": "ReadOnlyAccess", "PolicyId": "ANPA2", "Arn": OF_AWS, "Path": "/", "DefaultVersionId": "v3",
             "AttachmentCount": 2, "PolicyVersionList": version(other_document())}],
        "IsTruncated": false})
}

/// Percent-encoding as RFC 3986 has it, which the API of IAM uses.
pub fn encoded(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(one).collect()
}

/// What other SDKs have: documents are texts, percent-encoded.
pub fn with_texts(mut details: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(walk),
            Value::Object(members) => {
                for (name, value) in members {
                    if ["PolicyDocument", "AssumeRolePolicyDocument", "Document"]
                        .contains(&name.as_str())
                    {
                        *value = encoded(&format!("{value:#}")).into();
                    } else {
                        walk(value);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    walk(&mut details);
    details
}

/// The folder of iam-collect: lower-cased names, a file a fact.
pub fn collected() -> Vec<(String, String)> {
    let folder = format!("data/aws/aws/accounts/{ACCOUNT}/iam");
    let file = |path: &str, value: Value| (format!("{folder}/{path}.json"), format!("{value:#}"));
    let inline = |policies: &[(&str, Value)]| {
        let one = |(name, document): &(&str, Value)| json!({"PolicyName": name, "PolicyDocument": document});
        policies.iter().map(one).collect::<Value>()
    };
    vec![
        file(
            "user/team%2fdev/metadata",
            json!({"arn": arn("user/team/dev"), "path": "/team/", "id": "AIDAEXAMPLEEXAMPLE001", "name": "dev", "created": "2026-01-01"}),
        ),
        file("user/team%2fdev/groups", json!([arn("group/readers")])),
        file("user/team%2fdev/inline-policies", inline(&[("own", document())])),
        file("user/team%2fdev/managed-policies", json!([arn("policy/x/Limit")])),
        file("user/team%2fdev/tags", json!({"team": "a", "cost center": ""})),
        file(
            "group/readers/metadata",
            json!({"arn": arn("group/readers"), "path": "/", "id": "AGPAEXAMPLEEXAMPLE001", "name": "readers"}),
        ),
        file("group/readers/inline-policies", inline(&[("read", document())])),
        file("group/readers/managed-policies", json!([OF_AWS])),
        file(
            "role/app/metadata",
            json!({"arn": arn("role/app"), "path": "/", "id": "AROAEXAMPLEEXAMPLE001", "name": "app", "permissionBoundary": arn("policy/x/Limit")}),
        ),
        file("role/app/trust-policy", trust()),
        file("role/app/inline-policies", inline(&[("a", document()), ("z", other_document())])),
        file("role/app/managed-policies", json!([OF_AWS, arn("policy/x/Limit")])),
        file("policy/x%2flimit/metadata", json!({"arn": arn("policy/x/Limit"), "name": "Limit"})),
        file("policy/x%2flimit/current-policy", document()),
        file(
            "aws/policy/readonlyaccess/metadata",
            json!({"arn": OF_AWS, "name": "ReadOnlyAccess"}),
        ),
        file("aws/policy/readonlyaccess/current-policy", other_document()),
    ]
}
