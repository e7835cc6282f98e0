//! A concrete caller taken apart into what the symbols of a frame stand for, and put together again
//! (SEMANTICS 5.1).

use crate::NotRepresentable;
use keyaki_iam::request::{Principal, PrincipalKind, arn_fields};

/// What a principal is, part by part; parts that its kind does not have are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallerParts {
    pub kind: PrincipalKind,
    pub partition: String,
    pub account: String,
    /// Path and name of the IAM entity: of a user itself, of a role session its role, of a
    /// federated-user session the user that made it, empty if that is not known.
    pub entity: String,
    /// The name of a session; empty for a role session that is given as its role.
    pub session: String,
    /// The name of a service; the whole text of an identity of an external provider.
    pub name: String,
}

impl CallerParts {
    /// Takes a principal apart.
    ///
    /// # Errors
    ///
    /// [`NotRepresentable::Principal`] for a text that is not a principal, or whose parts
    /// contradict each other.
    pub fn of(principal: &Principal) -> Result<Self, NotRepresentable> {
        let refuse = |problem| NotRepresentable::Principal { text: principal.arn.clone(), problem };
        let kind = principal.kind().ok_or_else(|| refuse("names no principal"))?;
        let mut parts = CallerParts {
            kind,
            partition: String::new(),
            account: String::new(),
            entity: String::new(),
            session: String::new(),
            name: String::new(),
        };
        match kind {
            PrincipalKind::Anonymous => return Ok(parts),
            PrincipalKind::Service | PrincipalKind::FederatedIdentity => {
                parts.name.clone_from(&principal.arn);
                return Ok(parts);
            }
            PrincipalKind::User
            | PrincipalKind::RoleSession
            | PrincipalKind::FederatedUser
            | PrincipalKind::Root => {}
        }
        let Some([_, partition, service, region, account, rest]) = arn_fields(&principal.arn)
        else {
            return Err(refuse("names no principal"));
        };
        if !region.is_empty() {
            return Err(refuse("has a Region, which no principal has"));
        }
        (parts.partition, parts.account) = (partition.to_owned(), account.to_owned());
        match kind {
            PrincipalKind::User => parts.entity = after(rest, "user/").to_owned(),
            PrincipalKind::FederatedUser => {
                parts.session = after(rest, "federated-user/").to_owned();
                parts.entity = parts
                    .issuer(principal.user_arn.as_deref(), "user/")
                    .map_err(refuse)?
                    .unwrap_or_default();
            }
            PrincipalKind::RoleSession => {
                parts.role_session(service, rest, principal.role_arn.as_deref()).map_err(refuse)?
            }
            PrincipalKind::Root
            | PrincipalKind::Service
            | PrincipalKind::FederatedIdentity
            | PrincipalKind::Anonymous => {}
        }
        Ok(parts)
    }

    fn role_session(
        &mut self,
        service: &str,
        rest: &str,
        role_arn: Option<&str>,
    ) -> Result<(), &'static str> {
        let role = self.issuer(role_arn, "role/")?;
        if service == "iam" {
            self.entity = after(rest, "role/").to_owned();
            if role.is_some_and(|role| role != self.entity) {
                return Err("is a role, and not the role that `roleArn` says");
            }
        } else {
            let ["assumed-role", name, session] = rest.split('/').collect::<Vec<_>>()[..] else {
                return Err(
                    "is not a session: after `assumed-role/` stand the name of a role, `/` and the name of a session",
                );
            };
            if session.is_empty() {
                return Err("is not a session: its name is empty");
            }
            self.session = session.to_owned();
            self.entity = role.unwrap_or_else(|| name.to_owned());
            if last_element(&self.entity) != name {
                return Err("is a session of another role than `roleArn` says");
            }
        }
        if last_element(&self.entity).is_empty() {
            Err("is a session of a role without a name")
        } else {
            Ok(())
        }
    }

    /// Path and name of the entity that issued the session.
    fn issuer(&self, arn: Option<&str>, start: &str) -> Result<Option<String>, &'static str> {
        let Some(arn) = arn else { return Ok(None) };
        match arn_fields(arn) {
            Some(["arn", partition, "iam", "", account, rest])
                if partition == self.partition && account == self.account =>
            {
                rest.strip_prefix(start)
                    .filter(|name| !name.is_empty())
                    .map(|name| Some(name.to_owned()))
                    .ok_or(OTHER)
            }
            _ => Err(OTHER),
        }
    }

    /// The principal that consists of these parts.
    pub fn principal(&self) -> Principal {
        let CallerParts { kind, partition, account, entity, session, name } = self;
        let entity_arn = |kind: &str| format!("arn:{partition}:iam::{account}:{kind}/{entity}");
        let session_arn = |resource: String| format!("arn:{partition}:sts::{account}:{resource}");
        match kind {
            PrincipalKind::User => Principal::new(entity_arn("user")),
            PrincipalKind::RoleSession if session.is_empty() => Principal::new(entity_arn("role")),
            PrincipalKind::RoleSession => {
                let arn = session_arn(format!("assumed-role/{}/{session}", last_element(entity)));
                Principal {
                    role_arn: entity.contains('/').then(|| entity_arn("role")),
                    ..Principal::new(arn)
                }
            }
            PrincipalKind::FederatedUser => {
                let arn = session_arn(format!("federated-user/{session}"));
                Principal {
                    user_arn: (!entity.is_empty()).then(|| entity_arn("user")),
                    ..Principal::new(arn)
                }
            }
            PrincipalKind::Root => Principal::new(format!("arn:{partition}:iam::{account}:root")),
            PrincipalKind::Service | PrincipalKind::FederatedIdentity => {
                Principal::new(name.as_str())
            }
            PrincipalKind::Anonymous => Principal::new("anonymous"),
        }
    }
}

const OTHER: &str = "cannot have been issued by what `roleArn` or `userArn` says: partition, account or kind differ";

/// What follows the start, which the text has.
fn after<'a>(text: &'a str, start: &str) -> &'a str {
    text.strip_prefix(start).unwrap_or_default()
}

/// What follows the last slash: the name without its path.
fn last_element(entity: &str) -> &str {
    entity.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principal(arn: &str, role_arn: &str, user_arn: &str) -> Principal {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Principal { arn: arn.to_owned(), role_arn: given(role_arn), user_arn: given(user_arn) }
    }

    #[test]
    fn parts_make_the_principal_again() {
        let cases = [
            ("arn:aws:iam::111122223333:user/dev", "", ""),
            ("arn:aws-cn:iam::111122223333:user/a/b:c/dev", "", ""),
            ("arn:aws:sts::111122223333:assumed-role/app/s1", "", ""),
            (
                "arn:aws:sts::111122223333:assumed-role/app/s1",
                "arn:aws:iam::111122223333:role/a/b/app",
                "",
            ),
            ("arn:aws:iam::111122223333:role/a/app", "", ""),
            ("arn:aws:sts::111122223333:federated-user/a/b", "", ""),
            (
                "arn:aws:sts::111122223333:federated-user/bob",
                "",
                "arn:aws:iam::111122223333:user/x/dev",
            ),
            ("arn:aws:iam::111122223333:root", "", ""),
            ("bedrock.amazonaws.com", "", ""),
            ("cognito-identity.amazonaws.com", "", ""),
            ("arn:aws:iam::111122223333:saml-provider/idp", "", ""),
            ("anonymous", "", ""),
        ];
        for (arn, role_arn, user_arn) in cases {
            let original = principal(arn, role_arn, user_arn);
            assert_eq!(CallerParts::of(&original).unwrap().principal(), original);
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let session = "arn:aws:sts::111122223333:assumed-role/app/s1";
        let federated = "arn:aws:sts::111122223333:federated-user/bob";
        let cases = [
            ("nobody", "", ""),
            ("arn:aws:iam:us-east-1:111122223333:user/dev", "", ""),
            ("arn:aws:sts::111122223333:assumed-role/app/", "", ""),
            ("arn:aws:sts::111122223333:assumed-role//s1", "", ""),
            ("arn:aws:sts::111122223333:assumed-role/app/s1/x", "", ""),
            ("arn:aws:iam::111122223333:role/app/", "", ""),
            ("arn:aws:iam::111122223333:role/app", "arn:aws:iam::111122223333:role/x/app", ""),
            (session, "arn:aws:iam::111122223333:role/other", ""),
            (session, "arn:aws:iam::444455556666:role/app", ""),
            (session, "arn:aws-cn:iam::111122223333:role/app", ""),
            (session, "arn:aws:iam::111122223333:user/app", ""),
            (federated, "", "arn:aws:iam::444455556666:user/dev"),
            (federated, "", "arn:aws:iam::111122223333:user/"),
        ];
        for (arn, role_arn, user_arn) in cases {
            assert!(
                CallerParts::of(&principal(arn, role_arn, user_arn)).is_err(),
                "{arn} {role_arn} {user_arn}"
            );
        }
    }
}
