//! Small organizations: drawn at random, as documents of a form that only tests know, and read from
//! these. A case is a document, so that one that went wrong can be made smaller and kept.

use super::generate::{Rng, chance};
use keyaki::estate::{
    Account, Attached, BlockPublicAccess, Bucket, Entity, EntityKind, Estate, Group, Member,
    Organization, Resource, Shared, Unit,
};
use keyaki::layers::NamedPolicy;
use keyaki::policy::{Kind, read};
use keyaki::source::Source;
use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The accounts that an estate may have.
pub const ACCOUNTS: [&str; 3] = ["111122223333", "222233334444", "333344445555"];
/// A member of the organization that is not one of the accounts.
pub const MEMBER: &str = "444455556666";
/// The management account, where it is none of the accounts.
pub const MANAGEMENT: &str = "555566667777";
/// An account of which no estate knows.
pub const STRANGER: &str = "999900001111";
/// The organization, and another one.
pub const ORGANIZATION: &str = "o-aaaaaaaaaa";
pub const OTHER_ORGANIZATION: &str = "o-bbbbbbbbbb";
/// Its root and units, each with the number of its parent.
pub const UNITS: [(&str, Option<usize>); 3] =
    [("r-a", None), ("ou-a-x", Some(0)), ("ou-a-y", Some(1))];
/// Unique ids of nobody: policies keep them of principals that were deleted.
pub const DELETED: [&str; 2] = ["AIDADELETED0000000000", "AROADELETED0000000000"];
/// The names of sessions that policies know.
pub const SESSION: &str = "s1";
pub const SERVICE: &str = "lambda.amazonaws.com";
pub const WEB_PROVIDER: &str = "accounts.google.com";

/// What requests are about: the service, the actions, and which resources they are about.
const ASKED: [(&str, &[&str]); 7] = [
    ("s3", &["s3:GetObject", "s3:ListBucket"]),
    ("sqs", &["sqs:SendMessage"]),
    ("kms", &["kms:Decrypt"]),
    ("secretsmanager", &["secretsmanager:GetSecretValue"]),
    (
        "sts",
        &[
            "sts:AssumeRole",
            "sts:AssumeRole",
            "sts:TagSession",
            "sts:AssumeRoleWithSAML",
            "sts:AssumeRoleWithWebIdentity",
        ],
    ),
    ("iam", &["iam:GetRole"]),
    ("bedrock", &["bedrock:InvokeModel"]),
];

/// Kinds of conditions.
#[derive(Debug, Clone, Copy, PartialEq)]
enum About {
    PrincipalTag,
    ResourceTag,
    Organization,
    Paths,
    Arn,
    PrincipalAccount,
    Address,
    Mfa,
    UserId,
    ExternalId,
    ResourceAccount,
    ResourceOrganization,
    Master,
}

const EVERYTHING: [About; 13] = [
    About::PrincipalTag,
    About::ResourceTag,
    About::Organization,
    About::Paths,
    About::Arn,
    About::PrincipalAccount,
    About::Address,
    About::Mfa,
    About::UserId,
    About::ExternalId,
    About::ResourceAccount,
    About::ResourceOrganization,
    About::Master,
];

struct Draw<'r> {
    rng: &'r mut Rng,
    /// The accounts of the estate.
    accounts: Vec<&'static str>,
    /// What its conditions are about, so that they meet.
    about: Vec<About>,
    /// The services and actions that its policies and questions are about, likewise.
    asked: Vec<(&'static str, &'static str)>,
    /// ARNs and unique ids of users and roles.
    entities: Vec<(String, Option<String>)>,
    resources: Vec<String>,
}

/// An estate and a question, as a document that [`estate_of`] and `shape` read.
pub fn draw(rng: &mut Rng) -> Value {
    let count = rng.random_range(1..=3);
    let accounts = ACCOUNTS[..count].to_vec();
    let mut about = EVERYTHING.to_vec();
    about.shuffle(rng);
    about.truncate(rng.random_range(1..=3));
    let asked = (0..rng.random_range(1..=2))
        .map(|_| {
            let (service, actions) = *ASKED.choose(rng).expect("not empty");
            (service, *actions.choose(rng).expect("not empty"))
        })
        .collect();
    let mut draw =
        Draw { rng, accounts, about, asked, entities: Vec::new(), resources: Vec::new() };
    draw.estate()
}

impl Draw<'_> {
    fn chance(&mut self, probability: f64) -> bool {
        chance(self.rng, probability)
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of.choose(self.rng).expect("not empty").clone()
    }

    fn account(&mut self) -> &'static str {
        let own = self.accounts.clone();
        match self.rng.random_range(0..10) {
            0 => MEMBER,
            1 => STRANGER,
            _ => self.one(&own),
        }
    }

    fn estate(&mut self) -> Value {
        let mut accounts = Map::new();
        for (number, account) in self.accounts.clone().into_iter().enumerate() {
            let (principals, resources) = (number == 0 || self.chance(0.8), self.chance(0.8));
            let mut known = json!({"principals": principals, "resources": resources});
            if self.chance(0.3) {
                known["restricted"] = json!(self.chance(0.5));
            }
            accounts.insert(account.to_owned(), known);
        }
        let mut entities = Vec::new();
        for (account, known) in &accounts {
            if known["principals"] == true {
                for name in [
                    "user/u1",
                    "user/adm/u2",
                    "role/r1",
                    "role/adm/r2",
                    "role/r3",
                    "role/aws-service-role/sqs.amazonaws.com/linked",
                ] {
                    if self.chance(if name.contains("linked") { 0.1 } else { 0.45 }) {
                        entities.push(self.entity(account, name));
                    }
                }
            }
        }
        for account in self.accounts.clone() {
            let own = [
                format!("arn:aws:s3:::b{}", &account[..1]),
                format!("arn:aws:sqs:us-east-1:{account}:q"),
                format!("arn:aws:kms:us-east-1:{account}:key/k"),
                format!("arn:aws:secretsmanager:us-east-1:{account}:secret:s-AbCdEf"),
            ];
            self.resources.extend(own);
        }
        let mut document = Map::new();
        document.insert("accounts".to_owned(), Value::Object(accounts));
        if self.chance(0.65) {
            document.insert("organization".to_owned(), self.organization());
        }
        let mut groups = Vec::new();
        for account in self.accounts.clone() {
            if self.chance(0.3) {
                let own =
                    (0..self.rng.random_range(0..=2)).map(|_| self.identity()).collect::<Vec<_>>();
                groups.push(
                    json!({"arn": format!("arn:aws:iam::{account}:group/g"), "identity": own}),
                );
            }
        }
        // Some policies are attached to several principals.
        let shared: Vec<Value> = (0..2).map(|_| self.identity()).collect();
        for entity in &mut entities {
            let mut own: Vec<Value> =
                (0..self.rng.random_range(0..=2)).map(|_| self.identity()).collect();
            if self.chance(0.4) {
                own.push(self.one(&shared));
            }
            entity["identity"] = json!(own);
            if self.chance(0.2) {
                entity["boundary"] = self.identity();
            }
            let arn = entity["arn"].as_str().unwrap_or_default().to_owned();
            if arn.contains(":role/") && self.chance(0.95) {
                entity["trust"] = self.trust();
            }
            let group = arn.split(":user/").next().map(|home| format!("{home}:group/g"));
            let in_group = groups
                .iter()
                .any(|one| Some(one["arn"].as_str().unwrap_or_default()) == group.as_deref());
            if in_group && arn.contains(":user/") && self.chance(0.6) {
                entity["groups"] = json!([group]);
            }
        }
        let mut resources = Vec::new();
        for arn in self.resources.clone() {
            let service = arn.split(':').nth(2).unwrap_or_default().to_owned();
            let asked = self.asked.iter().any(|(one, _)| *one == service);
            if !self.chance(if asked { 0.85 } else { 0.1 }) {
                continue;
            }
            let account = self.owner(&arn);
            let mut one = json!({"arn": arn, "account": account});
            if self.chance(0.75) {
                one["policy"] = self.resource_policy(&service);
            }
            if self.chance(0.6) {
                one["tags"] = self.tags();
            }
            if service == "s3" && self.chance(0.5) {
                one["restricted"] = json!(self.chance(0.5));
            }
            resources.push(one);
        }
        document.insert("groups".to_owned(), json!(groups));
        document.insert("entities".to_owned(), json!(entities));
        document.insert("resources".to_owned(), json!(resources));
        document.insert("shape".to_owned(), self.shape());
        let document = Value::Object(document);
        match self.rng.random_range(0..20) {
            0 => elsewhere(&document, "aws-us-gov", "us-gov-west-1"),
            _ => document,
        }
    }

    /// The account that owns a resource of the pool.
    fn owner(&self, arn: &str) -> &'static str {
        let owns = |account: &&&str| {
            arn.contains(**account) || arn == format!("arn:aws:s3:::b{}", &account[..1])
        };
        self.accounts.iter().find(owns).copied().unwrap_or(ACCOUNTS[0])
    }

    fn entity(&mut self, account: &str, name: &str) -> Value {
        let arn = format!("arn:aws:iam::{account}:{name}");
        let mut entity = json!({"arn": arn});
        let start = if name.starts_with("role") { "AROA" } else { "AIDA" };
        let last = name.rsplit('/').next().unwrap_or_default().to_uppercase();
        let id = format!("{start}{last:0<16}{}", &account[..1]);
        let id = self.chance(0.6).then_some(id);
        if let Some(id) = &id {
            entity["id"] = json!(id);
        }
        if self.chance(0.8) {
            entity["tags"] = self.tags();
        }
        self.entities.push((arn, id));
        entity
    }

    fn tags(&mut self) -> Value {
        let mut tags = Map::new();
        if self.chance(0.7) {
            tags.insert(self.one(&["team", "Team"]).to_owned(), json!(self.one(&["red", "blue"])));
        }
        if self.chance(0.3) {
            tags.insert("env".to_owned(), json!(self.one(&["red", "blue", ""])));
        }
        Value::Object(tags)
    }

    fn organization(&mut self) -> Value {
        let own = self.accounts.clone();
        let management = if self.chance(0.4) { self.one(&own) } else { MANAGEMENT };
        let mut members = Map::new();
        for account in own.iter().chain([&MEMBER, &MANAGEMENT]) {
            let chosen = *account == management || *account != MANAGEMENT && self.chance(0.8);
            if chosen {
                let mut attached = self.attached(*account != management);
                attached["unit"] = json!(self.rng.random_range(0..3));
                members.insert((*account).to_owned(), attached);
            }
        }
        let units: Vec<Value> = UNITS
            .iter()
            .map(|(id, parent)| {
                let mut unit = self.attached(true);
                unit["id"] = json!(id);
                unit["parent"] = json!(parent);
                unit
            })
            .collect();
        json!({"id": ORGANIZATION, "management": management, "units": units, "members": members,
            "scps": self.chance(0.85), "rcps": self.chance(0.85)})
    }

    fn attached(&mut self, limits: bool) -> Value {
        let full = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
        let mut scps = Vec::new();
        if self.chance(0.9) {
            scps.push(full.clone());
        } else if self.chance(0.6) {
            let statement = self.statement("Allow", false);
            scps.push(document(vec![statement]));
        }
        if limits && self.chance(0.25) {
            let statement = self.statement("Deny", false);
            scps.push(document(vec![statement]));
        }
        let mut rcps = Vec::new();
        if self.chance(0.9) {
            let mut full = full;
            full["Statement"]["Principal"] = json!("*");
            rcps.push(full);
        }
        if limits && self.chance(0.3) {
            let (service, action) = {
                let asked = self.asked.clone();
                self.one(&asked)
            };
            let mut statement = json!({"Effect": "Deny", "Principal": "*"});
            statement["Action"] =
                if self.chance(0.5) { json!(action) } else { json!(format!("{service}:*")) };
            self.resource(&mut statement, service);
            self.condition(&mut statement, 0.9);
            // Of these only some services are covered.
            if !matches!(service, "bedrock" | "iam") {
                rcps.push(document(vec![statement]));
            }
        }
        json!({"scps": scps, "rcps": rcps})
    }

    fn identity(&mut self) -> Value {
        let count = self.rng.random_range(1..=2);
        let statements = (0..count)
            .map(|_| {
                let effect = if self.chance(0.75) { "Allow" } else { "Deny" };
                self.statement(effect, true)
            })
            .collect();
        document(statements)
    }

    fn statement(&mut self, effect: &str, identity: bool) -> Value {
        let asked = self.asked.clone();
        let (service, action) = self.one(&asked);
        let mut statement = json!({"Effect": effect});
        match self.rng.random_range(0..10) {
            0..3 => statement["Action"] = json!("*"),
            3..5 => statement["Action"] = json!(format!("{service}:*")),
            5 => statement["NotAction"] = json!([action, "ec2:*"]),
            6 => statement["NotAction"] = json!("ec2:*"),
            _ => statement["Action"] = json!([action]),
        }
        self.resource(&mut statement, service);
        self.condition(&mut statement, if identity { 0.4 } else { 0.6 });
        statement
    }

    fn resource(&mut self, statement: &mut Value, service: &str) {
        let account = self.account();
        let patterns: Vec<String> = match service {
            "s3" => ["b1", "b1/*", "b2/p/*", "*/p/*", "b3/*", "b2"]
                .map(|name| format!("arn:aws:s3:::{name}"))
                .into(),
            "sqs" => vec![
                format!("arn:aws:sqs:*:{account}:*"),
                format!("arn:aws:sqs:us-east-1:{account}:q"),
            ],
            "kms" => vec![
                format!("arn:aws:kms:*:{account}:key/*"),
                format!("arn:aws:kms:us-east-1:{account}:key/k"),
            ],
            "secretsmanager" => vec![
                format!("arn:aws:secretsmanager:*:{account}:secret:*"),
                format!("arn:aws:secretsmanager:us-east-1:{account}:secret:s-AbCdEf"),
            ],
            "bedrock" => vec![
                "arn:aws:bedrock:*::foundation-model/haiku*".to_owned(),
                "arn:aws:bedrock:us-east-1::foundation-model/*".to_owned(),
            ],
            _ => vec![
                format!("arn:aws:iam::{account}:role/adm/*"),
                format!("arn:aws:iam::{account}:role/r1"),
                format!("arn:aws:iam::{account}:*"),
            ],
        };
        match self.rng.random_range(0..10) {
            0..6 => statement["Resource"] = json!("*"),
            6 => statement["NotResource"] = json!(self.one(&patterns)),
            _ => statement["Resource"] = json!([self.one(&patterns), self.one(&patterns)]),
        }
    }

    fn condition(&mut self, statement: &mut Value, probability: f64) {
        if !self.chance(probability) {
            return;
        }
        let mut all: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for _ in 0..self.rng.random_range(1..=2) {
            let about = self.about.clone();
            let about = self.one(&about);
            let (operator, key, value) = self.pair(about);
            let pairs = all.entry(operator).or_default();
            if !pairs.keys().any(|known| known.eq_ignore_ascii_case(&key)) {
                pairs.insert(key, value);
            }
        }
        statement["Condition"] = json!(all);
    }

    fn pair(&mut self, about: About) -> (String, String, Value) {
        let text =
            |operator: &str, key: &str, value: Value| (operator.to_owned(), key.to_owned(), value);
        let equals = [
            "StringEquals",
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIfExists",
            "StringLike",
            "Null",
            "StringNotEqualsIfExists",
        ];
        match about {
            About::PrincipalTag | About::ResourceTag => {
                let family = if about == About::PrincipalTag {
                    "aws:PrincipalTag"
                } else {
                    "aws:ResourceTag"
                };
                let key = format!("{family}/{}", self.one(&["team", "team", "TEAM", "env"]));
                match self.one(&equals) {
                    "Null" => text("Null", &key, json!(self.one(&["true", "false"]))),
                    "StringLike" => text("StringLike", &key, json!(self.one(&["r*", "*", "?*"]))),
                    operator => {
                        let same = about == About::ResourceTag && self.chance(0.3);
                        let value = if same {
                            "${aws:PrincipalTag/team}"
                        } else {
                            self.one(&["red", "blue"])
                        };
                        text(operator, &key, json!(value))
                    }
                }
            }
            About::Organization => match self.one(&equals) {
                "Null" => text("Null", "aws:PrincipalOrgID", json!(self.one(&["true", "false"]))),
                "StringLike" => text("StringLike", "aws:PrincipalOrgID", json!("o-*")),
                operator => text(
                    operator,
                    "aws:PrincipalOrgID",
                    json!(self.one(&[ORGANIZATION, ORGANIZATION, OTHER_ORGANIZATION])),
                ),
            },
            About::Paths => {
                let path = self.one(&[
                    "o-aaaaaaaaaa/*",
                    "o-aaaaaaaaaa/r-a/",
                    "o-aaaaaaaaaa/r-a/ou-a-x/*",
                    "o-aaaaaaaaaa/r-a/ou-a-x/ou-a-y/",
                    "o-bbbbbbbbbb/*",
                ]);
                let operator = self.one(&[
                    "ForAnyValue:StringLike",
                    "ForAnyValue:StringLike",
                    "ForAllValues:StringLike",
                    "ForAnyValue:StringNotLike",
                    "ForAllValues:StringNotLike",
                ]);
                text(operator, "aws:PrincipalOrgPaths", json!(path))
            }
            About::Arn => {
                let account = self.account();
                let mut arns: Vec<String> =
                    self.entities.iter().map(|(arn, _)| arn.clone()).collect();
                arns.extend([
                    "arn:aws:iam::*:role/*".to_owned(),
                    "arn:aws:iam::*:user/*".to_owned(),
                    "arn:aws:iam::*:*/adm/*".to_owned(),
                    format!("arn:aws:iam::{account}:role/adm/*"),
                    format!("arn:aws:iam::{account}:root"),
                    format!("arn:aws:iam::{account}:*"),
                ]);
                let operator = self.one(&[
                    "ArnLike",
                    "ArnLike",
                    "ArnNotLike",
                    "ArnEquals",
                    "StringLike",
                    "ArnLikeIfExists",
                    "StringNotEquals",
                ]);
                text(operator, "aws:PrincipalArn", json!(self.one(&arns)))
            }
            About::PrincipalAccount | About::ResourceAccount => {
                let key = if about == About::PrincipalAccount {
                    "aws:PrincipalAccount"
                } else {
                    "aws:ResourceAccount"
                };
                let account = self.account();
                let operator =
                    self.one(&["StringEquals", "StringNotEquals", "StringEqualsIfExists"]);
                let same = about == About::ResourceAccount && self.chance(0.3);
                text(operator, key, json!(if same { "${aws:PrincipalAccount}" } else { account }))
            }
            About::Address => text(
                self.one(&["IpAddress", "NotIpAddress", "IpAddressIfExists"]),
                "aws:SourceIp",
                json!("10.0.0.0/8"),
            ),
            About::Mfa => text(
                self.one(&["Bool", "BoolIfExists"]),
                "aws:MultiFactorAuthPresent",
                json!(self.one(&["true", "false"])),
            ),
            About::UserId => {
                let mut ids: Vec<String> =
                    self.entities.iter().filter_map(|(_, id)| id.clone()).collect();
                ids.extend(DELETED.map(str::to_owned));
                let id = self.one(&ids);
                let value = self.one(&[
                    id.clone(),
                    format!("{id}:*"),
                    format!("{id}:{SESSION}"),
                    format!("*:{SESSION}"),
                ]);
                text(
                    self.one(&["StringLike", "StringLike", "StringNotLike", "StringEquals"]),
                    "aws:userid",
                    json!(value),
                )
            }
            About::Master => text(
                self.one(&["StringEquals", "StringNotEquals", "StringEqualsIfExists"]),
                "aws:PrincipalOrgMasterAccountId",
                json!(self.one(&[MANAGEMENT, MANAGEMENT, ACCOUNTS[0]])),
            ),
            About::ExternalId => {
                text(self.one(&["StringEquals", "StringNotEquals"]), "sts:ExternalId", json!("x1"))
            }
            About::ResourceOrganization => match self.rng.random_range(0..3) {
                0 => text(
                    "ForAnyValue:StringLike",
                    "aws:ResourceOrgPaths",
                    json!(self.one(&["o-aaaaaaaaaa/*", "o-aaaaaaaaaa/r-a/ou-a-x/*"])),
                ),
                1 => text(
                    "StringEquals",
                    "aws:ResourceOrgID",
                    json!(self.one(&["${aws:PrincipalOrgID}", ORGANIZATION, OTHER_ORGANIZATION])),
                ),
                _ => text(
                    self.one(&["StringNotEquals", "StringNotEqualsIfExists"]),
                    "aws:ResourceOrgID",
                    json!(ORGANIZATION),
                ),
            },
        }
    }

    /// The value of `Principal`.
    fn principal(&mut self) -> Value {
        let entities = self.entities.clone();
        let account = self.account();
        match self.rng.random_range(0..16) {
            0..2 => json!("*"),
            2 => json!({"AWS": account}),
            3..5 => json!({"AWS": format!("arn:aws:iam::{account}:root")}),
            5 => json!({"Service": self.one(&[SERVICE, "ec2.amazonaws.com"])}),
            6 => {
                json!({"AWS": [self.one(&[format!("arn:aws:iam::{MEMBER}:role/x"), format!("arn:aws:iam::{STRANGER}:user/x"), format!("arn:aws:sts::{STRANGER}:assumed-role/x/{SESSION}")])]})
            }
            7 => json!({"AWS": self.one(&DELETED)}),
            8 => {
                json!({"Federated": self.one(&[WEB_PROVIDER.to_owned(), format!("arn:aws:iam::{account}:saml-provider/idp")])})
            }
            kind => {
                let Some((arn, id)) = entities.choose(self.rng).cloned() else {
                    return json!({"AWS": account});
                };
                let (home, name) = arn.rsplit_once(":role/").unwrap_or((&arn, ""));
                let name = name.rsplit('/').next().unwrap_or_default();
                match (kind, id) {
                    (9..12, Some(id)) => json!({"AWS": id}),
                    (12, _) if !name.is_empty() => {
                        json!({"AWS": format!("{}:assumed-role/{name}/{SESSION}", home.replace(":iam:", ":sts:"))})
                    }
                    (13, _) if !name.is_empty() => json!({"AWS": format!("{home}:role/{name}")}),
                    _ => json!({"AWS": [arn]}),
                }
            }
        }
    }

    fn resource_policy(&mut self, service: &str) -> Value {
        let count = self.rng.random_range(1..=2);
        let own: Vec<&str> = ASKED
            .iter()
            .filter(|(one, _)| *one == service)
            .flat_map(|(_, actions)| *actions)
            .copied()
            .collect();
        let statements = (0..count)
            .map(|_| {
                let effect = if self.chance(0.75) { "Allow" } else { "Deny" };
                let mut statement = json!({"Effect": effect});
                let not = self.chance(if effect == "Deny" { 0.3 } else { 0.04 });
                let named = self.principal();
                statement[if not { "NotPrincipal" } else { "Principal" }] =
                    if not && named == "*" { json!({"AWS": ACCOUNTS[0]}) } else { named };
                match self.rng.random_range(0..4) {
                    0 => statement["Action"] = json!(format!("{service}:*")),
                    1 if effect == "Deny" => statement["NotAction"] = json!(self.one(&own)),
                    _ => statement["Action"] = json!(self.one(&own)),
                }
                self.resource(&mut statement, service);
                self.condition(&mut statement, 0.4);
                statement
            })
            .collect();
        document(statements)
    }

    fn trust(&mut self) -> Value {
        let count = self.rng.random_range(1..=2);
        let statements = (0..count)
            .map(|_| {
                let effect = if self.chance(0.85) { "Allow" } else { "Deny" };
                let mut statement = json!({"Effect": effect, "Principal": self.principal()});
                let federated = statement["Principal"].get("Federated").is_some();
                statement["Action"] = match self.rng.random_range(0..6) {
                    0 => json!("sts:*"),
                    1 => json!(["sts:AssumeRole", "sts:TagSession"]),
                    _ if federated => {
                        json!(["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"])
                    }
                    _ => json!("sts:AssumeRole"),
                };
                self.condition(&mut statement, 0.35);
                statement
            })
            .collect();
        document(statements)
    }

    fn shape(&mut self) -> Value {
        let mut actions: Vec<&str> = self.asked.iter().map(|(_, action)| *action).collect();
        if self.chance(0.5) {
            actions.truncate(1);
        }
        let mut shape = json!({"Action": actions});
        let asked = self.asked.clone();
        if self.chance(0.5) {
            let (service, _) = self.one(&asked);
            self.resource(&mut shape, service);
        }
        if self.chance(0.15) {
            let mut patterns: Vec<String> =
                self.entities.iter().map(|(arn, _)| arn.clone()).collect();
            let account = self.account();
            patterns.extend([
                "anonymous".to_owned(),
                account.to_owned(),
                format!("arn:aws:iam::{account}:role/*"),
                "*.amazonaws.com".to_owned(),
            ]);
            let name = self.one(&["Principal", "Principal", "NotPrincipal"]);
            shape[name] = json!([self.one(&patterns)]);
        }
        self.condition(&mut shape, 0.3);
        shape
    }
}

fn document(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The same in another partition.
fn elsewhere(document: &Value, partition: &str, region: &str) -> Value {
    let text = document.to_string().replace("arn:aws:", &format!("arn:{partition}:"));
    let mut document: Value =
        serde_json::from_str(&text.replace("us-east-1", region)).expect("JSON");
    document["partition"] = json!(partition);
    document
}

/// The estate of a document; the error says what is wrong with it.
pub fn estate_of(document: &Value) -> Result<Estate, String> {
    Reading::default().estate(document)
}

/// What is said of S3 Block Public Access.
fn restricted(one: &Value) -> Option<BlockPublicAccess> {
    let restrict_buckets = one["restricted"].as_bool()?;
    Some(BlockPublicAccess { restrict_buckets, ..BlockPublicAccess::default() })
}

/// Documents that were read: equal ones are one.
#[derive(Default)]
struct Reading {
    shared: BTreeMap<(String, &'static str), Shared>,
}

impl Reading {
    fn policy(&mut self, document: &Value, kind: Kind) -> Result<Shared, String> {
        let text = document.to_string();
        if let Some(known) = self.shared.get(&(text.clone(), kind.word())) {
            return Ok(known.clone());
        }
        let name = format!("{}-{}", kind.word(), self.shared.len());
        let source = Source::new(name.clone(), text.clone());
        let outcome = read::read(&source, kind, &read::ReadOptions::default());
        let policy = outcome.policy.ok_or_else(|| format!("{text}\n{:#?}", outcome.diagnostics))?;
        let shared: Shared =
            Arc::new(NamedPolicy { source: Some(source), ..NamedPolicy::new(name, policy) });
        self.shared.insert((text, kind.word()), shared.clone());
        Ok(shared)
    }

    fn policies(&mut self, list: &Value, kind: Kind) -> Result<Vec<Shared>, String> {
        items(list).iter().map(|one| self.policy(one, kind)).collect()
    }

    fn optional(&mut self, one: &Value, kind: Kind) -> Result<Option<Shared>, String> {
        if one.is_null() { Ok(None) } else { self.policy(one, kind).map(Some) }
    }

    fn attached(&mut self, one: &Value) -> Result<Attached, String> {
        Ok(Attached {
            scps: self.policies(&one["scps"], Kind::Scp)?,
            rcps: self.policies(&one["rcps"], Kind::Rcp)?,
        })
    }

    fn estate(&mut self, document: &Value) -> Result<Estate, String> {
        let partition = document["partition"].as_str().unwrap_or("aws").to_owned();
        let mut estate = Estate::default();
        for (number, known) in document["accounts"].as_object().into_iter().flatten() {
            let account = Account {
                partition: partition.clone(),
                principals: known["principals"] == true,
                resources: known["resources"] == true,
                block_public_access: restricted(known),
                ..Account::default()
            };
            estate.accounts.insert(number.clone(), account);
        }
        if let Some(one) = document.get("organization") {
            estate.organization = Some(self.organization(one)?);
        }
        for group in items(&document["groups"]) {
            estate.groups.push(Group {
                arn: text(&group["arn"])?,
                identity: self.policies(&group["identity"], Kind::Identity)?,
                place: None,
            });
        }
        for one in items(&document["entities"]) {
            let entity = self.entity(one, &estate)?;
            estate.entities.push(entity);
        }
        for one in items(&document["resources"]) {
            let account = text(&one["account"])?;
            if !estate.accounts.contains_key(&account) {
                return Err("a resource of an account that is not there".to_owned());
            }
            estate.resources.push(Resource {
                arn: text(&one["arn"])?,
                account,
                policy: self.optional(&one["policy"], Kind::Resource)?,
                tags: tags(&one["tags"])?,
                bucket: Bucket { block_public_access: restricted(one), acls_off: None },
                place: None,
            });
        }
        estate.groups.sort_by(|one, other| one.arn.cmp(&other.arn));
        estate.entities.sort_by(|one, other| one.arn.cmp(&other.arn));
        estate.resources.sort_by(|one, other| one.arn.cmp(&other.arn));
        Ok(estate)
    }

    fn organization(&mut self, one: &Value) -> Result<Organization, String> {
        let mut organization = Organization {
            id: text(&one["id"])?,
            management_account: one["management"].as_str().map(str::to_owned),
            scps: one["scps"] == true,
            rcps: one["rcps"] == true,
            ..Organization::default()
        };
        for unit in items(&one["units"]) {
            let parent = unit["parent"].as_u64().and_then(|parent| usize::try_from(parent).ok());
            if parent.is_some_and(|parent| parent >= organization.units.len())
                || parent.is_none() != organization.units.is_empty()
            {
                return Err("a unit at an impossible place".to_owned());
            }
            organization.units.push(Unit {
                id: text(&unit["id"])?,
                name: None,
                parent,
                attached: self.attached(unit)?,
            });
        }
        for (account, member) in one["members"].as_object().into_iter().flatten() {
            let unit = member["unit"].as_u64().and_then(|unit| usize::try_from(unit).ok());
            let unit = unit.filter(|unit| *unit < organization.units.len());
            organization.members.insert(
                account.clone(),
                Member {
                    unit: unit.ok_or("an account in no unit")?,
                    attached: self.attached(member)?,
                },
            );
        }
        let management = organization.management_account.as_ref();
        if !management.is_some_and(|account| organization.members.contains_key(account)) {
            return Err("a management account that is not a member".to_owned());
        }
        Ok(organization)
    }

    fn entity(&mut self, one: &Value, estate: &Estate) -> Result<Entity, String> {
        let arn = text(&one["arn"])?;
        let account = arn.split(':').nth(4).unwrap_or_default().to_owned();
        if !estate.accounts.get(&account).is_some_and(|account| account.principals) {
            return Err("a principal of an account whose principals are not known".to_owned());
        }
        let mut identity = self.policies(&one["identity"], Kind::Identity)?;
        let groups: Vec<String> =
            items(&one["groups"]).iter().map(text).collect::<Result<_, _>>()?;
        for group in &groups {
            let found = estate.groups.iter().find(|known| known.arn == *group);
            identity.extend(found.ok_or("a group that is not there")?.identity.iter().cloned());
        }
        let kind = if arn.contains(":role/") {
            EntityKind::Role { trust: self.optional(&one["trust"], Kind::Trust)? }
        } else {
            EntityKind::User { groups }
        };
        Ok(Entity {
            account,
            id: one["id"].as_str().map(str::to_owned),
            kind,
            identity,
            boundary: self.optional(&one["boundary"], Kind::Boundary)?,
            tags: tags(&one["tags"])?,
            place: None,
            arn,
        })
    }
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> Result<String, String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("a text is expected: {value}"))
}

fn tags(value: &Value) -> Result<Option<BTreeMap<String, String>>, String> {
    let Some(members) = value.as_object() else { return Ok(None) };
    members
        .iter()
        .map(|(key, value)| Ok((key.clone(), text(value)?)))
        .collect::<Result<_, _>>()
        .map(Some)
}

/// The partition of an estate.
pub fn partition_of(estate: &Estate) -> &str {
    estate.accounts.values().next().map_or("aws", |account| &account.partition)
}
