//! The words for a whole decision: a line for each layer, and a sentence that concludes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::layers::{
    FEDERATED, NOBODY, ROOT, SERVICE, SESSION, USER, allow, asking, deny, evaluated, public,
};
use crate::support::policy_set;
use keyaki::layers::Layer;
use keyaki::request::Request;
use keyaki::semantics::{LayerOutcome, explain};
use serde_json::{Value, json};

fn words(layers: &Value, request: &Request) -> (Vec<String>, String) {
    let evaluation = evaluated(layers, request);
    let line =
        |outcome: &LayerOutcome| format!("{}: {}", outcome.layer, evaluation.said_by(outcome));
    (evaluation.layers.iter().map(line).collect(), evaluation.conclusion())
}

#[test]
fn a_line_for_each_layer() {
    let role = "arn:aws:iam::111122223333:role/app";
    let account = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}]});
    let mut to_role = account.clone();
    to_role["Statement"][0]["Principal"] = json!({"AWS": role});
    let whole = json!({"identity": [allow("*")], "boundary": allow("ec2:*"), "session": [allow("*")], "resource": account,
                       "scp": [allow("*"), allow("ec2:*")], "rcp": [[public("Deny", "sqs:*")]], "endpoint": [public("Allow", "*")]});
    let (lines, conclusion) =
        words(&whole, &asking(SESSION, json!({"context": {"aws:SourceVpce": "vpce-1"}})));
    let expected = [
        "identity-based policies: allow this",
        "permissions boundary: no statement allows this",
        "session policies: allow this",
        "resource-based policy: allows, by a grant to the account, which delegates only",
        "SCP level 1: allows this",
        "SCP level 2: allows nothing here",
        "RCP level 1: does not deny this",
        "VPC endpoint policy: allows this",
    ];
    assert_eq!(lines, expected);
    assert_eq!(
        conclusion,
        "implicitly denied: the permissions boundary and SCP level 2 allow nothing here"
    );
    let (lines, _) = words(&whole, &asking(SERVICE, json!({"action": "ec2:RunInstances"})));
    let expected = [
        "identity-based policies: a service principal has none",
        "permissions boundary: a service principal has none",
        "session policies: a service principal has none",
        "resource-based policy: no statement allows this",
        "SCP level 1: service control policies do not restrict a service principal",
        "SCP level 2: service control policies do not restrict a service principal",
        "RCP level 1: resource control policies do not cover this service",
        "VPC endpoint policy: the request did not come through a VPC endpoint",
    ];
    assert_eq!(lines, expected);
    let resource = |policy: Value, owner: &str| {
        words(
            &json!({"identity": [], "resource": policy}),
            &asking(SESSION, json!({"resourceAccount": owner})),
        )
        .0
        .pop()
        .unwrap()
    };
    let cases = [
        (
            public("Allow", "*"),
            "111122223333",
            "resource-based policy: allows, by a direct grant to the caller",
        ),
        (
            to_role.clone(),
            "111122223333",
            "resource-based policy: allows, by a grant to the caller's role, which permissions boundary and session policies limit",
        ),
        (to_role, "444455556666", "resource-based policy: allows, by a grant to the caller's role"),
        (
            account,
            "444455556666",
            "resource-based policy: allows, by a grant to the caller's account",
        ),
        (public("Deny", "*"), "444455556666", "resource-based policy: explicitly denies this"),
    ];
    for (policy, owner, expected) in cases {
        assert_eq!(resource(policy, owner), expected);
    }
}

#[test]
fn one_sentence_concludes() {
    let (key, trust) = (
        json!({"action": "kms:Decrypt", "resource": "arn:aws:kms:us-east-1:111122223333:key/1"}),
        json!({"action": "sts:AssumeRole", "resource": "arn:aws:iam::111122223333:role/t"}),
    );
    let foreign = json!({"resourceAccount": "444455556666"});
    let service = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "*", "Resource": "*"}]});
    let cases: Vec<(Value, &str, Value, &str)> = vec![
        (
            json!({"identity": [allow("*")]}),
            USER,
            json!({}),
            "allowed: the identity-based policies allow this",
        ),
        (
            json!({"identity": [allow("*")], "boundary": allow("*"), "scp": [allow("*")]}),
            USER,
            json!({}),
            "allowed: the identity-based policies allow this, and so do the permissions boundary and SCP level 1",
        ),
        (
            json!({"identity": [], "boundary": allow("ec2:*"), "resource": public("Allow", "*")}),
            USER,
            json!({}),
            "allowed: the resource-based policy grants this directly to the caller",
        ),
        (
            json!({"resource": public("Allow", "*")}),
            USER,
            json!({}),
            "allowed: the resource-based policy, which is asked alone, grants this",
        ),
        (
            json!({"identity": [allow("*")], "resource": public("Allow", "*"), "scp": [allow("*")]}),
            USER,
            foreign.clone(),
            "allowed: both the caller's account and the resource's owner allow this, and so does SCP level 1",
        ),
        (
            json!({"identity": []}),
            ROOT,
            json!({}),
            "allowed: the caller is the root user of the account",
        ),
        (
            json!({"identity": []}),
            USER,
            json!({"action": "sts:GetCallerIdentity"}),
            "allowed: `sts:GetCallerIdentity` is never refused to a signed caller",
        ),
        (
            json!({"identity": [allow("*")]}),
            USER,
            key.clone(),
            "allowed: the resource's policy delegates to the account, and the identity-based policies allow this",
        ),
        (
            json!({"identity": [allow("*"), deny("*")], "scp": [deny("*")]}),
            USER,
            json!({}),
            "explicitly denied by the identity-based policies and SCP level 1",
        ),
        (
            json!({"identity": []}),
            USER,
            json!({}),
            "implicitly denied: the identity-based policies allow nothing here",
        ),
        (
            json!({"identity": [allow("*")], "scp": [allow("*"), allow("ec2:*")]}),
            USER,
            json!({}),
            "implicitly denied: SCP level 2 allows nothing here",
        ),
        (
            json!({"identity": [allow("*")], "resource": service}),
            USER,
            key,
            "implicitly denied: the policy of the key grants nothing to the caller or its account",
        ),
        (
            json!({"identity": [allow("*")], "resource": service}),
            USER,
            trust.clone(),
            "implicitly denied: the trust policy grants nothing to the caller or its account",
        ),
        (
            json!({"identity": [allow("*")]}),
            ROOT,
            trust,
            "implicitly denied: a root user cannot assume roles",
        ),
        (
            json!({"identity": [allow("*")]}),
            FEDERATED,
            json!({}),
            "implicitly denied: a federated-user session without session policies has no permissions of its own",
        ),
        (
            json!({"identity": [allow("*")]}),
            "anonymous",
            json!({}),
            "implicitly denied: there is no resource-based policy",
        ),
        (
            json!({"identity": [allow("*")]}),
            NOBODY,
            json!({}),
            "implicitly denied: the caller is not a principal",
        ),
        (
            json!({"identity": [], "boundary": allow("ec2:*"), "resource": service}),
            USER,
            foreign.clone(),
            "implicitly denied: on the caller's side the identity-based policies and the permissions boundary allow nothing here; \
             on the owner's side the resource-based policy grants nothing to the caller",
        ),
        (
            json!({"identity": [allow("*")]}),
            USER,
            foreign,
            "implicitly denied: on the owner's side there is no resource-based policy",
        ),
    ];
    for (set, caller, members, expected) in cases {
        assert_eq!(words(&set, &asking(caller, members)).1, expected, "{set}");
    }
}

/// A statement of a layer that does not count is said not to apply, and why, before anything else.
#[test]
fn statements_of_layers_that_do_not_count() {
    let set = policy_set(&json!({"identity": [allow("*")], "scp": [deny("ec2:*")]}));
    let explanation = explain(&set, &asking(USER, json!({"principalInManagementAccount": true})));
    let reasons: Vec<_> =
        explanation.statements[1].failures.iter().map(ToString::to_string).collect();
    assert_eq!(
        reasons,
        [
            "SCP level 1: the management account is not restricted",
            "no entry of `Action` matches `s3:GetObject`: `ec2:*`"
        ]
    );
    assert_eq!(explanation.statements[1].layer, Layer::Scp(0));
}
