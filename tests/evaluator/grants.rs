//! The core grant, every row of SEMANTICS 6.3 and 6.4 with every combination of the policies that
//! it looks at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::{policy_set, request};
use keyaki::layers::Layer;
use keyaki::request::Request;
use keyaki::semantics::{Decision, Evaluation, Grant, Row, Side, StatementRef, decide};
use serde_json::{Value, json};

const OWNER: &str = "111122223333";
const OTHER: &str = "444455556666";

/// Who asks: its principal in a request, the entries by which a resource-based policy names it, and
/// its rows of the tables.
struct Caller {
    principal: Value,
    direct: Value,
    issuer: Option<Value>,
    same: fn(&Facts) -> bool,
    across: fn(&Facts) -> bool,
}

/// What the tables speak of.
#[derive(Debug, Clone, Copy)]
struct Facts {
    identity: bool,
    boundary: bool,
    session: bool,
    session_present: bool,
    direct: bool,
    issuer: bool,
    account: bool,
    /// The resource-based policy is absent.
    unknown: bool,
    /// The resource is a key, or a role to assume.
    key: bool,
    role: bool,
}

impl Facts {
    /// `rA`, where an identity-based Allow needs it.
    fn delegated(&self) -> bool {
        !(self.key || self.role) || self.account || self.unknown
    }

    fn any(&self) -> bool {
        self.direct || self.issuer || self.account
    }
}

fn callers() -> Vec<Caller> {
    let arn = |rest: &str, service: &str| format!("arn:aws:{service}::{OWNER}:{rest}");
    let (user, role, session) =
        (arn("user/dev", "iam"), arn("role/app", "iam"), arn("assumed-role/app/s1", "sts"));
    let (federated, root) = (arn("federated-user/dev", "sts"), arn("root", "iam"));
    vec![
        Caller {
            principal: json!(user),
            direct: json!({"AWS": user}),
            issuer: None,
            same: |f| f.direct || f.identity && f.boundary && f.delegated(),
            across: |f| f.identity && f.boundary && f.session && f.any(),
        },
        Caller {
            principal: json!(session),
            direct: json!({"AWS": session}),
            issuer: Some(json!({"AWS": role})),
            same: |f| {
                f.direct
                    || f.issuer && f.boundary && f.session
                    || f.identity && f.boundary && f.session && f.delegated()
            },
            across: |f| f.identity && f.boundary && f.session && f.any(),
        },
        Caller {
            principal: json!({"arn": federated, "userArn": user}),
            direct: json!({"AWS": federated}),
            issuer: Some(json!({"AWS": user})),
            same: |f| {
                let own =
                    f.identity && f.boundary && f.session_present && f.session && f.delegated();
                f.direct || f.issuer && f.boundary && f.session || own
            },
            across: |f| f.identity && f.boundary && f.session_present && f.session && f.any(),
        },
        Caller {
            principal: json!(root),
            direct: json!({"AWS": root}),
            issuer: None,
            same: |f| !f.role && (!f.key || f.unknown || f.direct),
            across: |f| !f.role && f.any(),
        },
    ]
}

/// A key and a role to assume must grant; an alias of a key and a role that is only read are
/// ordinary.
const RESOURCES: [(&str, &str); 5] = [
    ("s3:GetObject", "arn:aws:s3:::b/k"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/target"),
    ("kms:CreateAlias", "arn:aws:kms:us-east-1:111122223333:alias/a"),
    ("iam:GetRole", "arn:aws:iam::111122223333:role/target"),
];

fn document(effect: &str, action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]})
}

/// A policy that allows everything, or something else.
fn allowing(allows: bool) -> Value {
    document("Allow", if allows { "*" } else { "ec2:*" })
}

/// One Allow statement a principal; none of them: one for somebody else.
fn resource_policy(principals: &[&Value]) -> Value {
    let nobody = json!({"AWS": "999999999999"});
    let principals = if principals.is_empty() { vec![&nobody] } else { principals.to_vec() };
    let grant = |principal: &&Value| json!({"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": principals.iter().map(grant).collect::<Vec<_>>()})
}

fn asked(principal: &Value, action: &str, resource: &str, owner: &str) -> Request {
    request(&json!({"principal": principal, "action": action, "resource": resource, "resourceAccount": owner}).to_string())
}

/// Three states of a layer: absent, silent, allowing. Absent and allowing do not limit.
const STATES: [Option<bool>; 3] = [None, Some(false), Some(true)];

/// Every combination of identity-based policies, boundary, session policies and grants of the
/// resource-based policy.
fn check_all(row: impl Fn(&Caller) -> fn(&Facts) -> bool, owner: &str) {
    let mut checked = 0;
    for (caller, (action, resource)) in
        callers().iter().flat_map(|caller| RESOURCES.map(|resource| (caller, resource)))
    {
        let asked = asked(&caller.principal, action, resource, owner);
        for (identity, boundary, session) in combinations() {
            let mut set = json!({"identity": [allowing(identity)]});
            boundary.inspect(|allows| set["boundary"] = allowing(*allows));
            session.inspect(|allows| set["session"] = json!([allowing(*allows)]));
            for grants in 0..9_u8 {
                let (direct, issuer, account) =
                    (grants & 1 != 0, grants & 2 != 0 && caller.issuer.is_some(), grants & 4 != 0);
                // The root user is named by its account.
                let root = caller.direct == json!({"AWS": format!("arn:aws:iam::{OWNER}:root")});
                let facts = Facts {
                    identity,
                    boundary: boundary != Some(false),
                    session: session != Some(false),
                    session_present: session.is_some(),
                    direct: direct || root && account,
                    issuer,
                    account,
                    unknown: grants == 8,
                    key: resource.contains(":key/"),
                    role: action.starts_with("sts"),
                };
                let entry = json!({"AWS": OWNER});
                let named = [
                    (direct, Some(&caller.direct)),
                    (issuer, caller.issuer.as_ref()),
                    (account, Some(&entry)),
                ];
                let named: Vec<&Value> = named
                    .into_iter()
                    .filter(|(named, _)| *named)
                    .filter_map(|(_, entry)| entry)
                    .collect();
                if grants < 8 {
                    set["resource"] = resource_policy(&named);
                } else {
                    set.as_object_mut().unwrap().remove("resource");
                }
                let decision = decide(&policy_set(&set), &asked).decision;
                let expected =
                    if row(caller)(&facts) { Decision::Allowed } else { Decision::ImplicitDeny };
                assert_eq!(decision, expected, "{set}\n{asked:?}\n{facts:?}");
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 4 * RESOURCES.len() * 18 * 9);
}

fn combinations() -> Vec<(bool, Option<bool>, Option<bool>)> {
    let rest = || STATES.into_iter().flat_map(|boundary| STATES.map(|session| (boundary, session)));
    [false, true]
        .into_iter()
        .flat_map(|identity| rest().map(move |(boundary, session)| (identity, boundary, session)))
        .collect()
}

#[test]
fn same_account() {
    check_all(|caller| caller.same, OWNER);
}

#[test]
fn across_accounts() {
    check_all(|caller| caller.across, OTHER);
}

/// Services, identities of providers and anonymous requesters have nothing but the resource-based
/// policy.
#[test]
fn callers_without_account() {
    let saml = "arn:aws:iam::111122223333:saml-provider/idp";
    let identity = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1A2";
    let callers = [
        ("bedrock.amazonaws.com", json!({"Service": "bedrock.amazonaws.com"}), "s3:GetObject"),
        (saml, json!({"Federated": saml}), "sts:AssumeRoleWithSAML"),
        (
            "accounts.google.com",
            json!({"Federated": "accounts.google.com"}),
            "sts:assumerolewithwebidentity",
        ),
        ("anonymous", json!("*"), "s3:GetObject"),
        (identity, json!({"AWS": identity}), "s3:GetObject"),
    ];
    for (caller, entry, action) in callers {
        for (principal, expected) in
            [(entry.clone(), true), (json!("*"), true), (json!({"AWS": OWNER}), false)]
        {
            let set = json!({"identity": [allowing(true)], "boundary": document("Deny", "*"), "session": [allowing(false)],
                             "scp": [[document("Deny", "*")]], "resource": resource_policy(&[&principal])});
            for owner in [OWNER, OTHER] {
                let evaluation = decide(
                    &policy_set(&set),
                    &asked(&json!(caller), action, "arn:aws:s3:::b/k", owner),
                );
                let decision = if expected { Decision::Allowed } else { Decision::ImplicitDeny };
                assert_eq!(
                    (evaluation.decision, evaluation.basis.row),
                    (decision, Row::NoAccount),
                    "{caller} {principal}"
                );
            }
        }
    }
}

/// A text that names no principal is granted nothing, by whatever policy, and refused by what is
/// attached to identities.
#[test]
fn no_principal() {
    let policy = resource_policy(&[&json!("*")]);
    let cases = [
        (json!({"identity": [allowing(true)], "resource": policy.clone()}), Decision::ImplicitDeny),
        (json!({"resource": policy.clone()}), Decision::ImplicitDeny),
        (json!({"identity": [document("Deny", "*")]}), Decision::ExplicitDeny),
        (
            json!({"identity": [allowing(true)], "session": [document("Deny", "*")]}),
            Decision::ExplicitDeny,
        ),
    ];
    for (set, expected) in cases {
        let evaluation = decide(
            &policy_set(&set),
            &asked(&json!(OWNER), "s3:GetObject", "arn:aws:s3:::b/k", OWNER),
        );
        assert_eq!(
            (evaluation.decision, evaluation.basis.row),
            (expected, Row::NoPrincipal),
            "{set}"
        );
    }
}

/// Alone, a resource-based policy is asked what it grants to principals of any class; other layers,
/// an empty list of identity-based policies included, ask for the whole decision.
#[test]
fn a_resource_based_policy_alone() {
    let user = "arn:aws:iam::111122223333:user/dev";
    let account = resource_policy(&[&json!({"AWS": OWNER})]);
    let mut denying = account.clone();
    denying["Statement"]
        .as_array_mut()
        .unwrap()
        .push(json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}));
    let cases = [
        (json!({"resource": account.clone()}), Decision::Allowed, Row::ResourceAlone),
        (json!({"resource": denying}), Decision::ExplicitDeny, Row::ResourceAlone),
        (json!({"resource": resource_policy(&[])}), Decision::ImplicitDeny, Row::ResourceAlone),
        (json!({"resource": account, "identity": []}), Decision::ImplicitDeny, Row::SameAccount),
    ];
    for (set, decision, row) in cases {
        let evaluation = decide(
            &policy_set(&set),
            &asked(&json!(user), "s3:GetObject", "arn:aws:s3:::b/k", OWNER),
        );
        assert_eq!((evaluation.decision, evaluation.basis.row), (decision, row), "{set}");
    }
}

/// The owner is what the request says; else the account of the resource's ARN; else the caller's
/// account.
#[test]
fn whose_resource_it_is() {
    let user = json!("arn:aws:iam::111122223333:user/dev");
    let cases = [
        ("arn:aws:s3:::b/k", None, Row::SameAccount),
        ("*", None, Row::SameAccount),
        ("arn:aws:sns:us-east-1:aws:t", None, Row::SameAccount),
        ("arn:aws:sqs:us-east-1:444455556666:q", None, Row::CrossAccount),
        ("arn:aws:sqs:us-east-1:444455556666:q", Some(OWNER), Row::SameAccount),
        ("arn:aws:s3:::b/k", Some(OTHER), Row::CrossAccount),
    ];
    for (resource, owner, expected) in cases {
        let mut asked = asked(&user, "s3:GetObject", resource, OWNER);
        asked.resource_account = owner.map(str::to_owned);
        assert_eq!(
            decide(&policy_set(&json!({"identity": []})), &asked).basis.row,
            expected,
            "{resource} {owner:?}"
        );
    }
}

fn of_session(set: &Value, owner: &str) -> Evaluation {
    decide(
        &policy_set(set),
        &asked(
            &json!("arn:aws:sts::111122223333:assumed-role/app/s1"),
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            owner,
        ),
    )
}

/// The grant that succeeded, and the statements of every layer that it needed.
#[test]
fn what_decided() {
    let at = |policies: &[usize]| {
        policies.iter().map(|policy| StatementRef { policy: *policy, index: 0 }).collect::<Vec<_>>()
    };
    let (session, role, account) = (
        json!({"AWS": "arn:aws:sts::111122223333:assumed-role/app/s1"}),
        json!({"AWS": "arn:aws:iam::111122223333:role/app"}),
        json!({"AWS": OWNER}),
    );
    // Policies 0, 1 and 2 are identity-based, boundary and session policy, 3 the resource-based
    // policy, 4 and 5 SCPs.
    let set = |principal: &Value| {
        json!({"identity": [allowing(true)], "boundary": allowing(true), "session": [allowing(true)],
               "resource": resource_policy(&[principal]), "scp": [[allowing(true)], [allowing(true)]]})
    };
    let cases = [
        (&session, OWNER, Grant::Direct, at(&[3, 4, 5])),
        (&role, OWNER, Grant::Issuer, at(&[1, 2, 3, 4, 5])),
        (&account, OWNER, Grant::Identity, at(&[0, 1, 2, 4, 5])),
        (&account, OTHER, Grant::BothSides, at(&[0, 1, 2, 3, 4, 5])),
        (&role, OTHER, Grant::BothSides, at(&[0, 1, 2, 3, 4, 5])),
    ];
    for (principal, owner, grant, deciding) in cases {
        let evaluation = of_session(&set(principal), owner);
        assert_eq!(
            (evaluation.basis.grant, evaluation.deciding),
            (Some(grant), deciding),
            "{principal} {owner}"
        );
        assert_eq!(evaluation.applying, at(&[0, 1, 2, 3, 4, 5]));
    }
    let key =
        asked(&session["AWS"], "kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/1", OWNER);
    let evaluation = decide(&policy_set(&set(&account)), &key);
    assert_eq!(
        (evaluation.basis.grant, evaluation.deciding),
        (Some(Grant::Identity), at(&[0, 1, 2, 3, 4, 5]))
    );
}

/// What was needed and allows nothing.
#[test]
fn what_was_missing() {
    use Layer::{Boundary, Identity, Resource, Scp, Session};
    let (role, account) =
        (json!({"AWS": "arn:aws:iam::111122223333:role/app"}), json!({"AWS": OWNER}));
    let (no, yes) = (allowing(false), allowing(true));
    let cases: Vec<(Value, &str, Vec<Layer>, Vec<Side>)> = vec![
        (json!({"identity": [no]}), OWNER, vec![Identity], vec![]),
        (
            json!({"identity": [yes], "boundary": no, "session": [no]}),
            OWNER,
            vec![Boundary, Session],
            vec![],
        ),
        (
            json!({"identity": [], "boundary": no, "resource": resource_policy(&[&role])}),
            OWNER,
            vec![Boundary],
            vec![],
        ),
        (
            json!({"identity": [], "resource": resource_policy(&[&account])}),
            OWNER,
            vec![Identity],
            vec![],
        ),
        (json!({"identity": [yes], "scp": [[yes], [no]]}), OWNER, vec![Scp(1)], vec![]),
        (json!({"identity": [yes], "scp": [[]]}), OWNER, vec![Scp(0)], vec![]),
        (json!({"identity": [yes]}), OTHER, vec![Resource], vec![Side::Owner]),
        (
            json!({"identity": [no], "resource": resource_policy(&[&account])}),
            OTHER,
            vec![Identity],
            vec![Side::Caller],
        ),
        (
            json!({"identity": [yes], "session": [no], "resource": resource_policy(&[])}),
            OTHER,
            vec![Session, Resource],
            vec![Side::Caller, Side::Owner],
        ),
    ];
    for (set, owner, missing, sides) in cases {
        let Evaluation { decision, deciding, basis, .. } = of_session(&set, owner);
        assert_eq!((decision, deciding), (Decision::ImplicitDeny, vec![]), "{set}");
        assert_eq!((basis.refusing_sides(), basis.missing), (sides, missing), "{set}");
    }
}

/// `sts:GetCallerIdentity` is never refused to a signed caller.
#[test]
fn who_am_i() {
    let denying = json!({"identity": [document("Deny", "*")], "scp": [[document("Deny", "*")]]});
    let cases = [
        ("arn:aws:iam::111122223333:user/dev", Decision::Allowed),
        ("arn:aws:sts::111122223333:assumed-role/app/s1", Decision::Allowed),
        ("arn:aws:sts::111122223333:federated-user/dev", Decision::Allowed),
        ("arn:aws:iam::111122223333:root", Decision::Allowed),
        ("bedrock.amazonaws.com", Decision::Allowed),
        ("accounts.google.com", Decision::ImplicitDeny),
        ("anonymous", Decision::ImplicitDeny),
        (OWNER, Decision::ExplicitDeny),
    ];
    for (caller, expected) in cases {
        for action in ["sts:GetCallerIdentity", "STS:getcalleridentity"] {
            let evaluation =
                decide(&policy_set(&denying), &asked(&json!(caller), action, "*", OWNER));
            assert_eq!(evaluation.decision, expected, "{caller}");
            if expected == Decision::Allowed {
                assert_eq!(
                    (evaluation.basis.row, evaluation.deciding),
                    (Row::CallerIdentity, vec![])
                );
            }
        }
    }
}
