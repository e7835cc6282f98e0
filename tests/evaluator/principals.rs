//! Principal elements: the class in which an entry matches a caller, and both readings of
//! `NotPrincipal` (SEMANTICS 6.2).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::{policy_set, request};
use keyaki::layers::{NotPrincipalReading, Policies};
use keyaki::policy::Effect;
use keyaki::request::Request;
use keyaki::semantics::{Decision, PrincipalClass, decide, explain, principal_class};
use serde_json::{Value, json};

const USER: &str = "arn:aws:iam::111122223333:user/eng/dev";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/s1";
const ROLE: &str = "arn:aws:iam::111122223333:role/team/app";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/dev";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const SERVICE: &str = "bedrock.amazonaws.com";
const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/idp";

/// The caller under a short name.
fn caller(name: &str) -> Value {
    match name {
        "user" => json!(USER),
        "session" => json!({"arn": SESSION, "roleArn": ROLE}),
        "session of unknown path" => json!(SESSION),
        "role" => json!(ROLE),
        "federated" => json!({"arn": FEDERATED, "userArn": USER}),
        "root" => json!(ROOT),
        "service" => json!(SERVICE),
        "provider" => json!(PROVIDER),
        "google" => json!("accounts.google.com"),
        "anonymous" => json!("anonymous"),
        "origin access identity" => json!("arn:aws:iam::cloudfront:user/CloudFront"),
        "chinese user" => json!("arn:aws-cn:iam::111122223333:user/eng/dev"),
        "nobody" => json!("111122223333"),
        _ => panic!("{name}"),
    }
}

const CALLERS: [&str; 13] = [
    "user",
    "session",
    "session of unknown path",
    "role",
    "federated",
    "root",
    "service",
    "provider",
    "google",
    "anonymous",
    "chinese user",
    "origin access identity",
    "nobody",
];

fn asking(name: &str) -> Request {
    let action = match name {
        "provider" => "sts:assumeRoleWithSAML",
        "google" => "sts:AssumeRoleWithWebIdentity",
        _ => "s3:GetObject",
    };
    request(&json!({"principal": caller(name), "action": action, "resource": "*"}).to_string())
}

fn bucket_policy(effect: &str, member: &str, entries: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, member: entries, "Action": "*", "Resource": "*"}]})
}

fn class(member: &str, effect: &str, entries: &Value, request: &Request) -> Option<PrincipalClass> {
    let set = policy_set(&json!({"resource": bucket_policy(effect, member, entries)}));
    let statement = set.statement(0, 0).unwrap();
    principal_class(statement.principal.as_ref().unwrap(), statement.effect, &set, request)
}

/// Each entry with all the callers that it matches, and their classes; it matches no other.
#[test]
fn classes_of_entries() {
    use PrincipalClass::{Account, Direct, Issuer};
    let aws = |text: &str| json!({"AWS": text});
    let account = vec![
        ("user", Account),
        ("session", Account),
        ("session of unknown path", Account),
        ("role", Account),
        ("federated", Account),
        ("root", Direct),
    ];
    let digits = account.iter().copied().chain([("chinese user", Account)]).collect();
    let all =
        CALLERS.into_iter().filter(|name| *name != "nobody").map(|name| (name, Direct)).collect();
    let cases: Vec<(Value, Vec<(&str, PrincipalClass)>)> = vec![
        (json!("*"), all),
        (aws("111122223333"), digits),
        (aws(ROOT), account),
        (aws("arn:aws-cn:iam::111122223333:root"), vec![("chinese user", Account)]),
        (aws("444455556666"), vec![]),
        (aws(USER), vec![("user", Direct), ("federated", Issuer)]),
        (aws("arn:aws:iam::111122223333:user/dev"), vec![]),
        (aws("arn:aws:iam::111122223333:user/Eng/dev"), vec![]),
        (aws("arn:aws:iam::444455556666:user/eng/dev"), vec![]),
        (aws(ROLE), vec![("session", Issuer), ("role", Issuer)]),
        (
            aws("arn:aws:iam::111122223333:role/app"),
            vec![("session", Issuer), ("session of unknown path", Issuer), ("role", Issuer)],
        ),
        (aws("arn:aws:iam::111122223333:role/other/app"), vec![]),
        (aws("arn:aws:iam::111122223333:role/ap"), vec![]),
        (aws("arn:aws:iam::111122223333:role/App"), vec![]),
        (aws("arn:aws:iam::444455556666:role/app"), vec![]),
        (aws("arn:aws-cn:iam::111122223333:role/app"), vec![]),
        (aws(SESSION), vec![("session", Direct), ("session of unknown path", Direct)]),
        (aws("arn:aws:sts::111122223333:assumed-role/app/s2"), vec![]),
        (aws(FEDERATED), vec![("federated", Direct)]),
        (aws("arn:aws:iam::cloudfront:user/CloudFront"), vec![("origin access identity", Direct)]),
        (aws("arn:aws:iam::cloudfront:user/Cloudfront"), vec![]),
        (aws("arn:aws-cn:iam::cloudfront:user/CloudFront"), vec![]),
        (json!({"Service": SERVICE}), vec![("service", Direct)]),
        (json!({"Service": "Bedrock.amazonaws.com"}), vec![]),
        (json!({"Federated": PROVIDER}), vec![("provider", Direct)]),
        (json!({"Federated": "accounts.google.com"}), vec![("google", Direct)]),
        (
            json!({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}),
            vec![],
        ),
        // Several entries: the strongest class.
        (
            json!({"AWS": ["111122223333", SESSION, ROLE]}),
            vec![
                ("user", Account),
                ("session", Direct),
                ("session of unknown path", Direct),
                ("role", Issuer),
                ("federated", Account),
                ("root", Direct),
                ("chinese user", Account),
            ],
        ),
        (
            json!({"AWS": USER, "Service": SERVICE}),
            vec![("user", Direct), ("federated", Issuer), ("service", Direct)],
        ),
        (json!({"AWS": []}), vec![]),
    ];
    for (entries, expected) in cases {
        for effect in ["Allow", "Deny"] {
            for name in CALLERS {
                let expected = expected
                    .iter()
                    .find(|(expected, _)| *expected == name)
                    .map(|(_, class)| *class);
                assert_eq!(
                    class("Principal", effect, &entries, &asking(name)),
                    expected,
                    "{effect} {entries} {name}"
                );
            }
        }
    }
}

/// `aws:userid` shows the unique ids of users and of roles.
#[test]
fn unique_ids() {
    let (user_id, role_id) = ("AIDA1111111111111111", "AROA1111111111111111");
    let cases = [
        (user_id, "user", json!(user_id), Some(PrincipalClass::Direct)),
        (user_id, "user", json!("AIDA1111111111111112"), None),
        (user_id, "user", json!([user_id]), Some(PrincipalClass::Direct)),
        (user_id, "user", json!([user_id, "AIDA1111111111111112"]), None),
        (user_id, "federated", json!(user_id), None),
        (user_id, "session", json!(user_id), None),
        (role_id, "session", json!(format!("{role_id}:s1")), Some(PrincipalClass::Issuer)),
        (role_id, "role", json!(format!("{role_id}:s1")), Some(PrincipalClass::Issuer)),
        (role_id, "session", json!(role_id), None),
        (role_id, "session", json!(format!("{role_id}1:s1")), None),
        (role_id, "user", json!(format!("{role_id}:s1")), None),
    ];
    for (entry, name, userid, expected) in cases {
        let asked =
            request(&json!({"principal": caller(name), "action": "a:b", "resource": "*", "context": {"aws:userid": userid}}).to_string());
        assert_eq!(
            class("Principal", "Allow", &json!({"AWS": entry}), &asked),
            expected,
            "{entry} {name} {userid}"
        );
        assert_eq!(class("Principal", "Allow", &json!({"AWS": entry}), &asking(name)), None);
    }
}

/// A provider's identities call nothing but the two actions that give them a session, and ask for
/// what belongs to that.
#[test]
fn federated_entries_match_federation_only() {
    let direct = Some(PrincipalClass::Direct);
    for (action, expected) in
        [("sts:AssumeRole", None), ("sts:TagSession", direct), ("STS:assumerolewithsaml", direct)]
    {
        let asked =
            request(&json!({"principal": PROVIDER, "action": action, "resource": "*"}).to_string());
        assert_eq!(
            class("Principal", "Allow", &json!({"Federated": PROVIDER}), &asked),
            expected,
            "{action}"
        );
    }
}

/// In an Allow, and by the default reading in a Deny, one entry of whatever class is enough to
/// exempt a caller.
#[test]
fn not_principal_by_any_entry() {
    let lists = [
        json!({"AWS": "111122223333"}),
        json!({"AWS": [ROLE, USER]}),
        json!({"Service": SERVICE}),
        json!("*"),
        json!({"AWS": []}),
    ];
    for (entries, name) in lists.iter().flat_map(|entries| CALLERS.map(|name| (entries, name))) {
        for effect in ["Allow", "Deny"] {
            let (named, not_named) = (
                class("Principal", effect, entries, &asking(name)),
                class("NotPrincipal", effect, entries, &asking(name)),
            );
            let expected = if named.is_none() && name != "nobody" {
                Some(PrincipalClass::Direct)
            } else {
                None
            };
            assert_eq!(not_named, expected, "{effect} {entries} {name}");
        }
    }
}

fn denied(layers: &Value, reading: NotPrincipalReading, name: &str) -> bool {
    let set = Policies { not_principal: reading, ..policy_set(layers) };
    let (denied, allowed) = (Decision::ExplicitDeny, Decision::Allowed);
    let decision = decide(&set, &asking(name)).decision;
    assert!(decision == denied || decision == allowed, "{layers} {name}: {decision}");
    decision == denied
}

/// A bucket policy that allows everybody and denies whoever is not among these.
fn except(entries: &Value) -> Value {
    let mut policy = bucket_policy("Allow", "Principal", &json!("*"));
    let deny = bucket_policy("Deny", "NotPrincipal", entries)["Statement"][0].clone();
    policy["Statement"].as_array_mut().unwrap().push(deny);
    policy
}

/// Which lists exempt a caller from a Deny: by the default reading any that names it, by the strict
/// one those that name all its levels.
#[test]
fn both_readings_of_not_principal() {
    let account = "111122223333";
    let cases: Vec<(&str, Value, bool, bool)> = vec![
        ("user", json!({"AWS": [USER, account]}), true, true),
        ("user", json!({"AWS": USER}), true, false),
        ("user", json!({"AWS": account}), true, false),
        ("user", json!({"AWS": "444455556666"}), false, false),
        ("session", json!({"AWS": [SESSION, ROLE, account]}), true, true),
        (
            "session",
            json!({"AWS": [SESSION, "arn:aws:iam::111122223333:role/app", ROOT]}),
            true,
            true,
        ),
        ("session", json!({"AWS": [SESSION, ROLE]}), true, false),
        ("session", json!({"AWS": [SESSION, account]}), true, false),
        ("session", json!({"AWS": [ROLE, account]}), true, false),
        ("role", json!({"AWS": [ROLE, account]}), true, false),
        ("federated", json!({"AWS": [FEDERATED, account]}), true, true),
        ("federated", json!({"AWS": [USER, account]}), true, false),
        ("root", json!({"AWS": account}), true, true),
        ("root", json!({"AWS": USER}), false, false),
        ("service", json!({"Service": SERVICE}), true, true),
        ("service", json!({"AWS": account}), false, false),
        ("provider", json!({"Federated": PROVIDER}), true, true),
        ("anonymous", json!({"AWS": account}), false, false),
        ("anonymous", json!("*"), true, true),
        ("session", json!("*"), true, true),
        ("session", json!({"AWS": []}), false, false),
    ];
    for (name, entries, by_any, by_all) in cases {
        let readings =
            [(NotPrincipalReading::AnyEntry, by_any), (NotPrincipalReading::EveryLevel, by_all)];
        for (reading, exempt) in readings {
            assert_eq!(
                denied(&json!({"resource": except(&entries)}), reading, name),
                !exempt,
                "{name} {entries} {reading:?}"
            );
        }
    }
}

/// Complication (b) of SEMANTICS 6.2: a boundary makes every `NotPrincipal` Deny apply, for those
/// who can have a boundary.
#[test]
fn not_principal_and_a_boundary() {
    let everything = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let everybody =
        json!({"AWS": [USER, SESSION, ROLE, FEDERATED, "111122223333"], "Service": SERVICE});
    let set =
        json!({"identity": [everything], "boundary": everything, "resource": except(&everybody)});
    for (name, expected) in [
        ("user", true),
        ("session", true),
        ("federated", true),
        ("root", false),
        ("service", false),
    ] {
        for reading in [NotPrincipalReading::AnyEntry, NotPrincipalReading::EveryLevel] {
            assert_eq!(denied(&set, reading, name), expected, "{name} {reading:?}");
        }
    }
}

/// Why an entry does not match, in words.
#[test]
fn reasons() {
    let canonical = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let cases = [
        (
            "user",
            "Principal",
            json!({"AWS": [SESSION, "444455556666"]}),
            format!("the caller is `{USER}`; `Principal` names `{SESSION}`, `444455556666`"),
        ),
        (
            "user",
            "Principal",
            json!({"AWS": "AIDA1111111111111111", "CanonicalUser": canonical}),
            format!(
                "the caller is `{USER}`; `Principal` names `AIDA1111111111111111` (a unique id, which `aws:userid` does not show), \
                  `{canonical}` (a canonical user, which no request shows)"
            ),
        ),
        ("user", "Principal", json!({"AWS": []}), "`Principal` names nobody".to_owned()),
        (
            "nobody",
            "Principal",
            json!("*"),
            "the caller `111122223333` is not a principal".to_owned(),
        ),
        (
            "session",
            "NotPrincipal",
            json!({"AWS": [USER, ROLE, "111122223333"]}),
            format!(
                "the caller is `{SESSION}`, which `NotPrincipal` exempts by `{ROLE}`, `111122223333`"
            ),
        ),
    ];
    for (name, member, entries, expected) in cases {
        let explanation = explain(
            &policy_set(&json!({"resource": bucket_policy("Allow", member, &entries)})),
            &asking(name),
        );
        let reasons: Vec<_> =
            explanation.statements[0].failures.iter().map(ToString::to_string).collect();
        assert_eq!(reasons, [expected], "{entries}");
    }
    let asked = request(
        &json!({"principal": PROVIDER, "action": "sts:AssumeRole", "resource": "*"}).to_string(),
    );
    let set = policy_set(
        &json!({"resource": bucket_policy("Allow", "Principal", &json!({"Federated": PROVIDER}))}),
    );
    assert_eq!(set.statement(0, 0).unwrap().effect, Effect::Allow);
    let expected = format!(
        "the caller is `{PROVIDER}`; `Principal` names `{PROVIDER}` (only for `sts:AssumeRoleWith...` and what such a call asks for besides)"
    );
    assert_eq!(explain(&set, &asked).statements[0].first_failure().unwrap().to_string(), expected);
}
