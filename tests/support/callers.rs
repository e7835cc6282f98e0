//! The callers that random requests are made by, and the principal entries and caller patterns that
//! name them.

use super::generate::{Rng, chance, pick};
use keyaki::request::Principal;
use rand::RngExt;
use rand::seq::IndexedRandom;
use serde_json::{Map, Value, json};

/// The unique ids that principal entries name and `aws:userid` shows.
pub const USER_ID: &str = "AIDAJQABLZS4A3QDU576Q";
pub const ROLE_ID: &str = "AROAJQABLZS4A3QDU576Q";

/// Values of `aws:userid`, by which entries with unique ids match and fail to.
pub const USERIDS: &[&str] = &[
    USER_ID,
    USER_ID,
    "AROAJQABLZS4A3QDU576Q:s1",
    "AROAJQABLZS4A3QDU576Q:s1",
    "AROAJQABLZS4A3QDU576Q",
    "AROAJQABLZS4A3QDU576QX:s1",
    "AIDAJQABLZS4A3QDU576Q:s1",
    "111122223333:dev",
];

/// ARN (or text), role ARN, user ARN; `-` for none. Some stand twice, to be drawn more often.
const CALLERS: &[(&str, &str, &str)] = &[
    ("arn:aws:iam::111122223333:user/dev", "-", "-"),
    ("arn:aws:iam::111122223333:user/dev", "-", "-"),
    ("arn:aws:iam::111122223333:user/dev", "-", "-"),
    ("arn:aws:iam::111122223333:user/eng/dev", "-", "-"),
    ("arn:aws:iam::444455556666:user/dev", "-", "-"),
    ("arn:aws-cn:iam::111122223333:user/dev", "-", "-"),
    ("arn:aws:sts::111122223333:assumed-role/app/s1", "-", "-"),
    ("arn:aws:sts::111122223333:assumed-role/app/s1", "arn:aws:iam::111122223333:role/app", "-"),
    (
        "arn:aws:sts::111122223333:assumed-role/app/s1",
        "arn:aws:iam::111122223333:role/svc/app",
        "-",
    ),
    (
        "arn:aws:sts::111122223333:assumed-role/app/dev",
        "arn:aws:iam::111122223333:role/svc/app",
        "-",
    ),
    ("arn:aws:iam::111122223333:role/app", "-", "-"),
    ("arn:aws:iam::111122223333:role/svc/app", "-", "-"),
    (
        "arn:aws:sts::444455556666:assumed-role/app/s1",
        "arn:aws:iam::444455556666:role/svc/app",
        "-",
    ),
    (
        "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s1",
        "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
        "-",
    ),
    ("arn:aws:sts::111122223333:federated-user/bob", "-", "-"),
    ("arn:aws:sts::111122223333:federated-user/bob", "-", "arn:aws:iam::111122223333:user/dev"),
    ("arn:aws:sts::111122223333:federated-user/bob", "-", "arn:aws:iam::111122223333:user/dev"),
    ("arn:aws:sts::444455556666:federated-user/bob", "-", "arn:aws:iam::444455556666:user/dev"),
    ("arn:aws:iam::111122223333:root", "-", "-"),
    ("arn:aws:iam::111122223333:root", "-", "-"),
    ("arn:aws:iam::444455556666:root", "-", "-"),
    ("bedrock.amazonaws.com", "-", "-"),
    ("bedrock.amazonaws.com", "-", "-"),
    ("logs.amazonaws.com", "-", "-"),
    ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", "-", "-"),
    ("arn:aws:sts::111122223333:assumed-role/aws:ec2-infrastructure/s1", "-", "-"),
    ("arn:aws:iam::111122223333:saml-provider/idp", "-", "-"),
    ("arn:aws:iam::111122223333:oidc-provider/id.example.com", "-", "-"),
    ("accounts.google.com", "-", "-"),
    ("anonymous", "-", "-"),
    ("anonymous", "-", "-"),
];

/// Texts of no kind.
const NOBODIES: &[&str] = &[
    "111122223333",
    "arn:aws:iam::111122223333:group/dev",
    "arn:aws:iam::111122223333:user/",
    "*",
];

/// Entries that match none of the callers, or only by a mistake.
const STRANGE_ENTRIES: &[(&str, &str)] = &[
    ("CanonicalUser", "79a59df900b949e55d96a1e698fbaced"),
    ("AWS", "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2"),
    ("AWS", "arn:aws:iam::111122223333:role/other/app"),
    ("AWS", "arn:aws:iam::111122223333:role/s1"),
    ("AWS", "AROAJQABLZS4A3QDU57"),
    ("Service", "Bedrock.amazonaws.com"),
    ("Service", "accounts.google.com"),
    ("Federated", "bedrock.amazonaws.com"),
];

/// A caller of any kind; rarely a text of no kind.
pub fn caller(rng: &mut Rng) -> Principal {
    if chance(rng, 0.02) {
        return Principal::new(pick(rng, NOBODIES));
    }
    let (arn, role, user) = CALLERS.choose(rng).expect("not empty");
    let given = |text: &str| (text != "-").then(|| text.to_owned());
    Principal { arn: (*arn).to_owned(), role_arn: given(role), user_arn: given(user) }
}

/// The entries of a `Principal` element that name the caller, or the role, user or account behind
/// it: member and text.
pub fn entries_of(caller: &Principal) -> Vec<(&'static str, String)> {
    let arn = caller.arn.as_str();
    let Some([_, partition, _, _, account, rest]) = keyaki::request::arn_fields(arn) else {
        return match caller.kind() {
            Some(keyaki::request::PrincipalKind::Service) => vec![("Service", arn.to_owned())],
            Some(keyaki::request::PrincipalKind::FederatedIdentity) => {
                vec![("Federated", arn.to_owned())]
            }
            _ => Vec::new(),
        };
    };
    if account == "cloudfront" {
        return vec![("AWS", arn.to_owned())];
    }
    let iam = |name: &str| ("AWS", format!("arn:{partition}:iam::{account}:{name}"));
    let mut entries = vec![("AWS", account.to_owned()), iam("root")];
    match rest.split('/').collect::<Vec<_>>()[..] {
        ["user", .., name] if !name.is_empty() => {
            entries.extend([("AWS", arn.to_owned()), ("AWS", USER_ID.to_owned())])
        }
        ["assumed-role", role, _] => entries.extend([
            ("AWS", arn.to_owned()),
            iam(&format!("role/{role}")),
            ("AWS", ROLE_ID.to_owned()),
        ]),
        ["role", .., name] => {
            entries.extend([("AWS", arn.to_owned()), iam(&format!("role/{name}"))])
        }
        ["federated-user", _] => entries.push(("AWS", arn.to_owned())),
        ["saml-provider" | "oidc-provider", ..] => entries = vec![("Federated", arn.to_owned())],
        _ => {}
    }
    entries.extend(caller.issuer().filter(|issuer| issuer != arn).map(|issuer| ("AWS", issuer)));
    entries
}

fn entry(rng: &mut Rng, focus: &Principal) -> (&'static str, String) {
    let of = if chance(rng, 0.7) { focus.clone() } else { caller(rng) };
    let known = if chance(rng, 0.08) { Vec::new() } else { entries_of(&of) };
    match known.choose(rng) {
        _ if chance(rng, 0.08) => ("AWS", "*".to_owned()),
        Some(entry) => entry.clone(),
        None => STRANGE_ENTRIES
            .choose(rng)
            .map(|(member, text)| (*member, (*text).to_owned()))
            .expect("not empty"),
    }
}

/// A `Principal` element; more often than not it names the focus.
pub fn principals(rng: &mut Rng, focus: &Principal) -> Value {
    if chance(rng, 0.15) {
        return json!("*");
    }
    let mut members: Map<String, Value> = Map::new();
    let count = *[0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3].choose(rng).expect("not empty");
    for _ in 0..count {
        let (member, text) = entry(rng, focus);
        match members.entry(member).or_insert_with(|| json!([])) {
            Value::Array(texts) => texts.push(json!(text)),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_) => unreachable!("a list"),
        }
    }
    if chance(rng, 0.5) {
        members
            .values_mut()
            .filter(|texts| texts.as_array().is_some_and(|texts| texts.len() == 1))
            .for_each(|texts| *texts = texts[0].take());
    }
    Value::Object(members)
}

/// A caller pattern, as request shapes have; more often than not it matches the focus.
pub fn pattern(rng: &mut Rng, focus: &Principal) -> String {
    const FIXED: &[&str] = &[
        "*",
        "anonymous",
        "111122223333",
        "444455556666",
        "*.amazonaws.com",
        "accounts.*",
        "arn:aws:iam::*:root",
    ];
    let of = if chance(rng, 0.7) { focus.clone() } else { caller(rng) };
    let text = [Some(of.arn.clone()), of.issuer(), of.account().map(str::to_owned)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    let text = text.choose(rng).cloned().unwrap_or_default();
    if chance(rng, 0.25) || keyaki::shape::CallerPattern::parse(&text).is_err() {
        return pick(rng, FIXED).to_owned();
    }
    if !text.contains(['.', ':']) {
        return text;
    }
    let chosen = rng.random_range(0..=6);
    let fields: Vec<&str> = text.split(':').collect();
    let last = fields.len() - 1;
    let starred = |at: usize, with: &str| {
        fields
            .iter()
            .enumerate()
            .map(|(i, f)| if i == at { with } else { f })
            .collect::<Vec<_>>()
            .join(":")
    };
    match chosen {
        0 | 1 => starred(
            last,
            &format!("{}*", fields[last].split_inclusive(['/', '.']).next().unwrap_or_default()),
        ),
        2 => starred(last.min(4), "*"),
        3 => starred(last, &fields[last].replacen(['p', 'o'], "?", 1)),
        4 if last == 5 => starred(2, "*"),
        _ => text,
    }
}
