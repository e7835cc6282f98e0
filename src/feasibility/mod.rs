//! Which concrete requests can exist: the checker of every witness under `--requests feasible`.
//!
//! The same constraints stand, as formulas, in the encoder; the two were written apart, and a witness that the solver thinks feasible and
//! this checker does not is an internal error. Modelled of SEMANTICS 5.6: F1 to F3 for users and role sessions, F6, F7, F11, F14, F17 in
//! part, F18 to F26, and the shape of actions and ARNs. The catalogue of services is not consulted.

mod shapes;

use crate::keys::{KeyType, lookup};
use crate::policy::ContextKey;
use crate::request::{ContextValue, PrincipalKind, Request, arn_fields};
use crate::value;
use num_rational::BigRational;
use std::collections::BTreeSet;

/// A constraint that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The constraint of SEMANTICS 5.6, or `shape` for the form of actions and ARNs.
    pub id: &'static str,
    /// What is wrong, in words.
    pub message: String,
}

/// Keys of a known type whose value is of another type, and single-valued keys with a list (F21). Empty when the context is well-typed.
pub fn ill_typed(request: &Request) -> Vec<Violation> {
    let bad = |(key, value): (&ContextKey, &ContextValue)| {
        let known = lookup(key)?;
        let list = matches!(value, ContextValue::List(_));
        let typed = texts(value).iter().all(|text| known.is_well_typed(text));
        (list != known.multivalued || !typed).then(|| violation("F21", format!("`{}` holds a value of another type", key.text())))
    };
    request.context.iter().filter_map(bad).collect()
}

/// The constraints that a request breaks; empty when it can exist.
///
/// `mentioned` are the keys that the question's policies name: of those, the keys that every such request carries must be there. Other
/// keys may be left out of a witness, since nothing looks at them.
pub fn violations(request: &Request, mentioned: &BTreeSet<&ContextKey>) -> Vec<Violation> {
    let mut found = ill_typed(request);
    let check = Checker { request, mentioned };
    found.extend(shapes::violations(request));
    found.extend(check.presence());
    found.extend(check.principal());
    found.extend(check.session());
    found.extend(check.tags());
    found.extend(check.values());
    found.extend(check.network());
    found.extend(check.resource());
    found
}

struct Checker<'a> {
    request: &'a Request,
    mentioned: &'a BTreeSet<&'a ContextKey>,
}

/// Keys that every request of a user or role session carries (SEMANTICS 5.1 to 5.5).
const ALWAYS: &[&str] = &[
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:userid",
    "aws:PrincipalIsAWSService",
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:RequestedRegion",
    "aws:ViaAWSService",
    "aws:UserAgent",
];

impl Checker<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        match self.request.context.get(&ContextKey::new(name)) {
            Some(ContextValue::Single(text)) => Some(text),
            _ => None,
        }
    }

    fn present(&self, name: &str) -> bool {
        self.request.context.contains_key(&ContextKey::new(name))
    }

    fn is_mentioned(&self, name: &str) -> bool {
        self.mentioned.contains(&ContextKey::new(name))
    }

    fn instant(&self, name: &str) -> Option<BigRational> {
        self.text(name).and_then(value::instant)
    }

    fn presence(&self) -> Vec<Violation> {
        let missing = ALWAYS.iter().filter(|name| self.is_mentioned(name) && !self.present(name));
        missing.map(|name| violation("F1", format!("every request carries `{name}`"))).collect()
    }

    /// F1 to F3 for the principals that identity-based policies are attached to.
    fn principal(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut require = |holds: bool, id, message: &str| {
            if !holds {
                found.push(violation(id, message.to_owned()));
            }
        };
        let principal = &self.request.principal;
        let fields = arn_fields(&principal.arn);
        let account = fields.map(|fields| fields[4]);
        let own_arn = principal.role_arn.clone().unwrap_or_else(|| match (principal.kind(), fields) {
            (Some(PrincipalKind::RoleSession), Some(fields)) => shapes::role_of_session(&fields),
            _ => principal.arn.clone(),
        });
        require(account.is_some_and(shapes::is_account), "F24", "the principal's account has 12 digits");
        let same = |name: &str, expected: &str| self.text(name).is_none_or(|text| text == expected);
        match principal.kind() {
            Some(PrincipalKind::User) => {
                let name = principal.arn.rsplit('/').next().unwrap_or_default();
                require(!self.is_mentioned("aws:username") || self.present("aws:username"), "F1", "a user has `aws:username`");
                require(same("aws:username", name), "F2", "`aws:username` is the user's name");
                require(same("aws:PrincipalType", "User"), "F1", "`aws:PrincipalType` of a user is `User`");
            }
            Some(PrincipalKind::RoleSession) => {
                require(!self.present("aws:username"), "F3", "a role session has no `aws:username`");
                require(same("aws:PrincipalType", "AssumedRole"), "F1", "`aws:PrincipalType` of a role session is `AssumedRole`");
            }
            _ => require(false, "F1", "identity-based policies are attached to users and roles"),
        }
        require(same("aws:PrincipalArn", &own_arn), "F2", "`aws:PrincipalArn` is the ARN of the user or role");
        require(same("aws:PrincipalAccount", account.unwrap_or_default()), "F2", "`aws:PrincipalAccount` is the principal's account");
        require(same("aws:PrincipalIsAWSService", "false"), "F6", "a user or role session is no AWS service");
        found
    }

    fn session(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut require = |holds: bool, id, message: &str| {
            if !holds {
                found.push(violation(id, message.to_owned()));
            }
        };
        let issued = self.present("aws:TokenIssueTime");
        let role = self.request.principal.kind() == Some(PrincipalKind::RoleSession);
        let temporary = role || issued || !self.is_mentioned("aws:TokenIssueTime");
        require(issued || !role || !self.is_mentioned("aws:TokenIssueTime"), "F18", "temporary credentials have `aws:TokenIssueTime`");
        let (now, epoch) = (self.instant("aws:CurrentTime"), self.instant("aws:EpochTime"));
        let before = |now: &Option<BigRational>| match (self.instant("aws:TokenIssueTime"), now) {
            (Some(issued), Some(now)) => issued <= *now,
            _ => true,
        };
        require(before(&now) && before(&epoch), "F18", "`aws:TokenIssueTime` is not in the future");
        require(now.is_none() || epoch.is_none() || now == epoch, "F18", "`aws:EpochTime` and `aws:CurrentTime` are the same instant");
        let mfa = self.text("aws:MultiFactorAuthPresent");
        let age = self.present("aws:MultiFactorAuthAge");
        let used = mfa.is_some_and(|text| value::boolean(text) == Some(true)) || !self.is_mentioned("aws:MultiFactorAuthPresent");
        require(!age || used, "F19", "`aws:MultiFactorAuthAge` comes with `aws:MultiFactorAuthPresent` true");
        require(mfa.is_none() && !age || temporary, "F19", "long-term keys carry no multi-factor keys");
        require(!self.present("aws:AssumedRoot"), "F20", "`aws:AssumedRoot` belongs to root sessions");
        found
    }

    fn tags(&self) -> Vec<Violation> {
        let tags = self.request.context.iter().filter_map(|(key, value)| Some((key, shapes::tag_key(key.text())?, texts(value))));
        let bad = tags.filter(|(_, name, values)| !shapes::is_tag_key(name) || !values.iter().all(|value| shapes::is_tag_value(value)));
        let mut found: Vec<_> = bad.map(|(key, ..)| violation("F22", format!("`{}` is no tag that can exist", key.text()))).collect();
        if let Some(value) = self.request.context.get(&ContextKey::new("aws:TagKeys")) {
            let keys = texts(value);
            let folded: BTreeSet<String> = keys.iter().map(|key| key.to_ascii_lowercase()).collect();
            if !keys.iter().all(|key| shapes::is_tag_key(key)) || folded.len() != keys.len() {
                found.push(violation("F22", "`aws:TagKeys` holds a key that cannot exist, or two that differ only in case".to_owned()));
            }
        }
        found
    }

    /// Names, ids, accounts, Regions and ARNs in the context.
    fn values(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut require = |holds: bool, id, message: &str| {
            if !holds {
                found.push(violation(id, message.to_owned()));
            }
        };
        for name in ["aws:PrincipalAccount", "aws:ResourceAccount", "aws:SourceAccount", "aws:VpceAccount"] {
            require(self.text(name).is_none_or(shapes::is_account), "F24", "account ids have 12 digits");
        }
        let user = self.request.principal.kind() == Some(PrincipalKind::User);
        require(
            self.text("aws:userid").is_none_or(|id| shapes::is_userid(id, user)),
            "F1",
            "`aws:userid` is a unique id, of a session with its name",
        );
        require(self.text("aws:username").is_none_or(shapes::is_name), "F2", "names have 1 to 64 characters that IAM allows");
        for (key, value) in &self.request.context {
            let arns = lookup(key).is_some_and(|known| known.types == [KeyType::Arn]);
            let exists = |text: &String| arn_fields(text).is_some_and(|fields| shapes::is_resource(&fields));
            require(!arns || texts(value).iter().all(exists), "F24", "ARNs in the context have the shapes of their fields");
            require(key.lower().contains(':'), "F13", "every context key has a service prefix");
            let never_empty = shapes::tag_key(key.text()).is_some() || key.lower().starts_with("datazone:");
            require(!never_empty || !texts(value).iter().any(String::is_empty), "F23", "tag and `datazone:` values are not empty");
        }
        found
    }

    /// F6, F7, F14 and F17.
    fn network(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut require = |holds: bool, id, message: &str| {
            if !holds {
                found.push(violation(id, message.to_owned()));
            }
        };
        let any = |names: &[&str]| names.iter().any(|name| self.present(name));
        let together = |names: &[&str]| !any(names) || names.iter().all(|name| self.present(name) || !self.is_mentioned(name));
        let service = ["aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"];
        let source = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];
        require(!any(&service), "F6", "the caller is no AWS service");
        require(!any(&source), "F7", "`aws:Source...` keys come with calls by AWS services");
        let endpoint = ["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"];
        let more = ["aws:SourceVpcArn", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"];
        require(
            !self.present("aws:SourceIp") || !(any(&endpoint) || any(&more)),
            "F14",
            "`aws:SourceIp` excludes the keys of VPC endpoints",
        );
        require(together(&endpoint), "F14", "the keys of VPC endpoints come together");
        let chain = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];
        require(together(&chain), "F17", "the `aws:CalledVia` keys come together");
        let forwarded = self.text("aws:ViaAWSService").and_then(value::boolean);
        require(!any(&chain) || forwarded != Some(false), "F17", "`aws:CalledVia` comes with forward access sessions only");
        found
    }

    /// F11, F25 and F26.
    fn resource(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut require = |holds: bool, id, message: &str| {
            if !holds {
                found.push(violation(id, message.to_owned()));
            }
        };
        let region = self.text("aws:RequestedRegion");
        require(region.is_none_or(|region| region == "unspecified" || shapes::is_region(region)), "F24", "a Region looks like `us-east-1`");
        if let Some([_, partition, service, resource_region, account, rest]) = arn_fields(&self.request.resource) {
            let owner = self.text("aws:ResourceAccount");
            require(
                account.is_empty() || account == "aws" || owner.is_none_or(|owner| owner == account),
                "F11",
                "`aws:ResourceAccount` owns the resource",
            );
            let own_partition = arn_fields(&self.request.principal.arn).map(|fields| fields[1]);
            require(own_partition == Some(partition), "F25", "principal and resource are in the same partition");
            require(
                resource_region.is_empty() || region.is_none_or(|region| region == resource_region),
                "F26",
                "`aws:RequestedRegion` is the resource's Region",
            );
            let everywhere = resource_region.is_empty() && service == "bedrock" && rest.starts_with("foundation-model/");
            require(!everywhere || region.is_none_or(|region| region == "unspecified"), "F26", "global inference has no Region");
        }
        found
    }
}

fn violation(id: &'static str, message: String) -> Violation {
    Violation { id, message }
}

fn texts(value: &ContextValue) -> &[String] {
    match value {
        ContextValue::Single(text) => std::slice::from_ref(text),
        ContextValue::List(texts) => texts,
    }
}
