//! Who calls, and what the context says of the caller (F1 to F6, F25 of principals in part).

use super::{Checker, shapes};
use keyaki_iam::request::PrincipalKind::{
    Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
};
use keyaki_iam::request::{arn_fields, is_origin_access_identity};
use keyaki_iam::world::ModelChoice;

/// The calls of identities of external providers, and what these ask for besides.
const FEDERATED_CALLS: &[&str] = &["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];
const ASKED_BESIDES: &[&str] = &["sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];

const ARN: &str = "aws:PrincipalArn";
const ACCOUNT: &str = "aws:PrincipalAccount";
const TYPE: &str = "aws:PrincipalType";
const USERID: &str = "aws:userid";
const USERNAME: &str = "aws:username";
const IS_SERVICE: &str = "aws:PrincipalIsAWSService";
const SERVICE_NAME: &str = "aws:PrincipalServiceName";
const SERVICE_NAMES: &str = "aws:PrincipalServiceNamesList";
const ORG_ID: &str = "aws:PrincipalOrgID";
const ORG_PATHS: &str = "aws:PrincipalOrgPaths";
const ORG_MASTER: &str = "aws:PrincipalOrgMasterAccountId";

impl Checker<'_> {
    pub(super) fn caller(&mut self) {
        self.require(
            self.kind.is_some(),
            "F1",
            format_args!("`{}` is not a principal", self.request.principal.arn),
        );
        let managed = self.request.principal_in_management_account;
        self.require(
            !managed || self.request.principal.account().is_some(),
            "F1",
            "only callers in an account are in the management account",
        );
        self.principal_arn();
        self.provider();
        self.issuer();
        self.ids();
        self.is_service();
        self.absences();
        let asks = |actions: &[&str]| {
            actions.iter().any(|action| action.eq_ignore_ascii_case(&self.request.action))
        };
        let possible = if self.is(&[FederatedIdentity]) {
            asks(FEDERATED_CALLS) || asks(ASKED_BESIDES)
        } else {
            !asks(FEDERATED_CALLS)
        };
        let message =
            "identities of external providers call `sts:AssumeRoleWith...` and nobody else does";
        self.require(possible, "F1", message);
    }

    /// The caller's ARN, where it has an account, and the keys that repeat it.
    fn principal_arn(&mut self) {
        let principal = &self.request.principal;
        let Some(account) = principal.account() else { return };
        let [_, partition, _, region, _, rest] = arn_fields(&principal.arn).unwrap_or_default();
        self.expect(
            shapes::is_account(account),
            ModelChoice::F24,
            "the principal's account has 12 digits",
        );
        self.expect(
            shapes::is_partition(partition),
            ModelChoice::F24,
            "the principal's ARN has a partition",
        );
        self.require(region.is_empty(), "F2", "the principal's ARN has no Region");
        self.require(
            self.is(&[Root]) || are_names(rest),
            "F2",
            "names of users and roles have 1 to 64 characters that IAM allows, of sessions 2 to 64, of federated users 2 to 32",
        );
        self.demand(&[ARN, ACCOUNT], "F1", "every request of a user, session or root user");
        self.value_is(ACCOUNT, account, "F2");
        let own = match self.kind {
            Some(RoleSession) => principal.issuer().unwrap_or_default(),
            _ => principal.arn.clone(),
        };
        let id = match self.kind {
            Some(RoleSession) => "F3",
            Some(FederatedUser | Root) => "F4",
            _ => "F2",
        };
        self.value_is(ARN, &own, id);
    }

    /// A provider that has an ARN is in an account.
    fn provider(&mut self) {
        let Some([_, partition, _, region, account, _]) = arn_fields(&self.request.principal.arn)
        else {
            return;
        };
        if self.is(&[FederatedIdentity]) {
            let placed =
                shapes::is_partition(partition) && shapes::is_account(account) && region.is_empty();
            self.expect(placed, ModelChoice::F24, "the provider has the ARN of a provider");
        }
    }

    /// The role of a session and the user of a federated-user session, where the request tells
    /// them.
    fn issuer(&mut self) {
        let principal = &self.request.principal;
        let own = arn_fields(&principal.arn).unwrap_or_default();
        let same_account = |fields: &[&str; 6]| fields[..5] == ["arn", own[1], "iam", "", own[4]];
        if let Some(role) = &principal.role_arn {
            let fits = arn_fields(role).is_some_and(|fields| {
                let role_name = fields[5].strip_prefix("role/").and_then(last_of_path);
                same_account(&fields) && role_name.is_some() && role_name == role_name_of(own[5])
            });
            self.require(
                fits && self.is(&[RoleSession]),
                "F3",
                format_args!("`{role}` is not the role of the session"),
            );
        }
        if let Some(user) = &principal.user_arn {
            let fits = arn_fields(user).is_some_and(|fields| {
                same_account(&fields)
                    && fields[5]
                        .strip_prefix("user/")
                        .and_then(last_of_path)
                        .is_some_and(shapes::is_entity_name)
            });
            self.require(
                fits && self.is(&[FederatedUser]),
                "F4",
                format_args!("`{user}` is not the user of the session"),
            );
        }
    }

    /// `aws:PrincipalType`, `aws:userid` and `aws:username`. What the first two are of services and
    /// of external identities the text does not say: there they are free.
    fn ids(&mut self) {
        let known = match self.kind {
            Some(User) => Some("User"),
            Some(RoleSession) => Some("AssumedRole"),
            Some(FederatedUser) => Some("FederatedUser"),
            Some(Root) => Some("Account"),
            Some(Anonymous) => Some("Anonymous"),
            Some(Service | FederatedIdentity) | None => None,
        };
        if let Some(known) = known {
            self.demand(&[TYPE, USERID], "F1", "every request of such a caller");
            self.value_is(TYPE, known, "F1");
        }
        let userid = self.text(USERID).is_none_or(|id| self.is_userid(id));
        self.require(
            userid,
            "F1",
            format_args!("`{USERID}` is not that of {}", self.caller_words()),
        );
        let name = last_of_path(&self.request.principal.arn).unwrap_or_default();
        if self.is(&[User]) {
            self.demand(&[USERNAME], "F1", "a request of a user");
            self.value_is(USERNAME, name, "F2");
        } else {
            self.forbid(&[USERNAME], "F1", self.caller_words());
        }
    }

    fn is_userid(&self, id: &str) -> bool {
        let principal = &self.request.principal;
        let rest = arn_fields(&principal.arn).map_or("", |fields| fields[5]);
        let account = principal.account().unwrap_or_default();
        match self.kind {
            Some(User) => shapes::is_unique_id(id, "AIDA"),
            Some(RoleSession) => {
                let session = rest
                    .strip_prefix("assumed-role/")
                    .and_then(|path| Some(path.split_once('/')?.1));
                let own = |name: &str| {
                    session.map_or_else(|| shapes::is_name(name), |session| session == name)
                };
                id.split_once(':')
                    .is_some_and(|(role, name)| shapes::is_unique_id(role, "AROA") && own(name))
            }
            Some(FederatedUser) => id.split_once(':').is_some_and(|(first, name)| {
                first == account && rest.strip_prefix("federated-user/") == Some(name)
            }),
            Some(Root) => id == account,
            Some(Anonymous) => id == "anonymous",
            Some(Service | FederatedIdentity) | None => true,
        }
    }

    /// F6: what tells services from everybody else. Which names services have the text does not
    /// say; any that is read as one will do.
    fn is_service(&mut self) {
        if self.is(&[Anonymous, FederatedIdentity]) {
            self.forbid(&[IS_SERVICE], "F5", self.caller_words());
        } else {
            self.demand(&[IS_SERVICE], "F1", "every signed request");
            let unknown = is_origin_access_identity(&self.request.principal.arn);
            let holds = unknown
                || self
                    .truth(IS_SERVICE)
                    .is_none_or(|is_service| is_service == self.is(&[Service]));
            self.require(
                holds,
                "F6",
                format_args!("`{IS_SERVICE}` is true of service principals only"),
            );
        }
        if !self.is(&[Service]) {
            return self.forbid(&[SERVICE_NAME, SERVICE_NAMES], "F6", self.caller_words());
        }
        let service = self.request.principal.arn.as_str();
        if is_origin_access_identity(service) {
            self.forbid(&[SERVICE_NAME, SERVICE_NAMES], "F6", "an origin access identity");
            self.expect(
                shapes::is_identity_of_cloudfront(service),
                ModelChoice::F24,
                "the origin access identity has the ARN of one",
            );
        } else {
            self.demand(&[SERVICE_NAME, SERVICE_NAMES], "F6", "a call by a service principal");
            self.value_is(SERVICE_NAME, service, "F6");
            let listed = self.list(SERVICE_NAMES).is_none_or(|names| names.contains(service));
            self.require(
                listed,
                "F6",
                format_args!("`{SERVICE_NAMES}` holds the name of the service"),
            );
        }
        self.require(
            self.truth("aws:ViaAWSService") != Some(true),
            "F6",
            "a call by a service principal is not forwarded",
        );
    }

    /// What callers of some kinds never carry. `aws:PrincipalAccount` of services and of external
    /// identities is any account `[U19]`.
    fn absences(&mut self) {
        let account = self.is(&[Anonymous]) || self.text(ACCOUNT).is_none_or(shapes::is_account);
        self.expect(account, ModelChoice::F24, format_args!("`{ACCOUNT}` has 12 digits"));
        if self.is(&[Service, FederatedIdentity, Anonymous]) {
            self.forbid(&[ARN], "F5", self.caller_words());
        }
        if self.is(&[Anonymous]) {
            self.demand(&[ACCOUNT], "F1", "every request");
            self.value_is(ACCOUNT, "anonymous", "F5");
        }
        if self.is(&[Anonymous, Service]) {
            self.forbid(&[ORG_ID, ORG_PATHS, ORG_MASTER], "F5", self.caller_words());
        }
        let mut tags = self
            .request
            .context
            .keys()
            .filter_map(|key| key.lower().strip_prefix("aws:principaltag/"));
        if self.is(&[Anonymous, Root, FederatedIdentity]) {
            let tagged = tags.next().is_some();
            self.require(
                !tagged,
                "F5",
                format_args!("{} has no `aws:PrincipalTag` keys", self.caller_words()),
            );
        } else if self.is(&[Service]) {
            // What a certificate says: tags whose keys begin with `x509`.
            let anywhere = self.request.principal.arn == "rolesanywhere.amazonaws.com";
            let possible = tags.all(|tag| anywhere && tag.starts_with("x509"));
            self.expect(
                possible,
                ModelChoice::F6,
                "of services only IAM Roles Anywhere has tags, those that begin with `x509`",
            );
        }
    }
}

/// Whether the names in the last field of a caller's ARN have the characters and lengths that IAM
/// allows. Paths are free.
fn are_names(rest: &str) -> bool {
    match rest.split_once('/') {
        Some(("assumed-role", names)) => names.split_once('/').is_some_and(|(role, session)| {
            shapes::is_entity_name(role) && shapes::is_name(session) && session.len() >= 2
        }),
        Some(("federated-user", name)) => shapes::is_name(name) && (2..=32).contains(&name.len()),
        Some((_, path)) => last_of_path(path).is_some_and(shapes::is_entity_name),
        None => false,
    }
}

/// The name of the role in the last field of a session's, or of a role's, ARN.
fn role_name_of(rest: &str) -> Option<&str> {
    match rest.split_once('/')? {
        ("assumed-role", names) => names.split('/').next(),
        ("role", path) => last_of_path(path),
        _ => None,
    }
}

fn last_of_path(path: &str) -> Option<&str> {
    path.rsplit('/').next()
}
