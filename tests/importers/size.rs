//! Large estates: no loop over all pairs, and memory for distinct documents.

use super::{files, written};
use keyaki::importers::import;
use keyaki::policy::read::ReadOptions;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PRINCIPALS: usize = 20_000;

fn role(number: usize) -> Value {
    json!({"Arn": format!("arn:aws:iam::111122223333:role/r{number}"), "RoleName": format!("r{number}"), "RoleId": format!("AROA{number}"),
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
        "RolePolicyList": [], "AttachedManagedPolicies": (0..3).map(|at| json!({"PolicyArn": format!("arn:aws:iam::111122223333:policy/p{}", (number + at) % 50)})).collect::<Value>()})
}

fn policy(number: usize) -> Value {
    json!({"Arn": format!("arn:aws:iam::111122223333:policy/p{number}"), "DefaultVersionId": "v1", "PolicyVersionList": [
        {"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::b{number}/*")}]}}]})
}

/// The text is one line, in which a place costs a walk: twenty thousand of them must not.
#[test]
fn many_principals_are_read_in_one_walk() {
    let text = json!({"UserDetailList": [], "GroupDetailList": [], "IsTruncated": false,
        "RoleDetailList": (0..PRINCIPALS).map(role).collect::<Value>(), "Policies": (0..50).map(policy).collect::<Value>()})
    .to_string();
    let files = files(&[("account.json", &text)]);
    let start = Instant::now();
    let imported = import(&files, None, &ReadOptions::default()).unwrap();
    let took = start.elapsed();
    assert_eq!(imported.report.counts.roles, PRINCIPALS);
    assert_eq!(imported.report.counts.documents, PRINCIPALS + 50);
    // Two seconds on two busy cores, without optimization; a walk for each place takes minutes.
    assert!(took < Duration::from_secs(60), "{took:?}");
    let own = written(&[("account.json", &text)]);
    assert_eq!(own, written(&[("estate.json", &own)]));
}
