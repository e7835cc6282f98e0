//! Which kind of principal a text names.

use super::Principal;

/// The kinds that the decision tells apart (SEMANTICS 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// An IAM user.
    User,
    /// A session of a role; also what a role's own ARN is taken for: some session of that role.
    RoleSession,
    /// A session made by `sts:GetFederationToken`.
    FederatedUser,
    /// The root user of an account.
    Root,
    /// An AWS service principal, or an origin access identity of CloudFront, which asks as a
    /// service does ([`is_origin_access_identity`]).
    Service,
    /// An identity of an external provider, which calls `sts:AssumeRoleWithSAML` or
    /// `sts:AssumeRoleWithWebIdentity`.
    FederatedIdentity,
    /// Nobody: an unsigned request.
    Anonymous,
}

/// Identity providers that a trust policy names by a plain name; Cognito has names of its own in
/// AWS GovCloud (US):
/// <https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html>
pub const IDENTITY_PROVIDERS: &[&str] = &[
    "accounts.google.com",
    "cognito-identity-us-gov.amazonaws.com",
    "cognito-identity.amazonaws.com",
    "cognito-identity.us-gov-east-1.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

impl PrincipalKind {
    /// The kind in words, with its article.
    pub fn words(self) -> &'static str {
        match self {
            PrincipalKind::User => "an IAM user",
            PrincipalKind::RoleSession => "a role session",
            PrincipalKind::FederatedUser => "a federated-user session",
            PrincipalKind::Root => "a root user",
            PrincipalKind::Service => "a service principal",
            PrincipalKind::FederatedIdentity => "an identity of an external provider",
            PrincipalKind::Anonymous => "an anonymous requester",
        }
    }
}

impl Principal {
    /// A principal known by one text.
    pub fn new(arn: impl Into<String>) -> Self {
        Self { arn: arn.into(), role_arn: None, user_arn: None }
    }

    /// The account that it belongs to: the account field of its ARN. `None` for services,
    /// providers, anonymous requesters and texts that are not principals.
    pub fn account(&self) -> Option<&str> {
        use PrincipalKind::{FederatedUser, RoleSession, Root, User};
        let fields = super::arn_fields(&self.arn)?;
        let known = matches!(kind_of(&fields)?, User | RoleSession | FederatedUser | Root);
        known.then_some(fields[4])
    }

    /// The ARN of the IAM entity that issued the session: of a role session the role, without a
    /// path unless `role_arn` tells it; of a federated-user session the user, where `user_arn`
    /// tells it. `None` for everybody else.
    pub fn issuer(&self) -> Option<String> {
        match self.kind()? {
            PrincipalKind::RoleSession => Some(self.role_arn.clone().unwrap_or_else(|| {
                let Some([arn, partition, _, region, account, rest]) = super::arn_fields(&self.arn)
                else {
                    return self.arn.clone();
                };
                match rest.split('/').collect::<Vec<_>>()[..] {
                    ["assumed-role", name, ..] => {
                        format!("{arn}:{partition}:iam:{region}:{account}:role/{name}")
                    }
                    _ => self.arn.clone(),
                }
            })),
            PrincipalKind::FederatedUser => self.user_arn.clone(),
            PrincipalKind::User
            | PrincipalKind::Root
            | PrincipalKind::Service
            | PrincipalKind::FederatedIdentity
            | PrincipalKind::Anonymous => None,
        }
    }

    /// The kind; `None` when the text is none of the forms of SEMANTICS 5.1.
    ///
    /// The forms are `arn:P:iam::A:user/..`, `arn:P:iam::A:role/..`,
    /// `arn:P:sts::A:assumed-role/R/S`, `arn:P:sts::A:federated-user/N`, `arn:P:iam::A:root`,
    /// `anonymous`, the name of a service (letters, digits, `-` and at least one `.`) or the ARN of
    /// an origin access identity, and an identity provider: `arn:P:iam::A:saml-provider/N`,
    /// `arn:P:iam::A:oidc-provider/N` or one of [`IDENTITY_PROVIDERS`].
    pub fn kind(&self) -> Option<PrincipalKind> {
        match (super::arn_fields(&self.arn), self.arn.as_str()) {
            (Some(fields), _) => kind_of(&fields),
            (None, "anonymous") => Some(PrincipalKind::Anonymous),
            (None, name) if IDENTITY_PROVIDERS.contains(&name) => {
                Some(PrincipalKind::FederatedIdentity)
            }
            (None, name) => is_service(name).then_some(PrincipalKind::Service),
        }
    }
}

/// The kind of a principal that an ARN of these fields names.
fn kind_of(fields: &[&str; 6]) -> Option<PrincipalKind> {
    let ["arn", _, service, _, _, rest] = fields else { return None };
    if is_of_cloudfront(fields) {
        return Some(PrincipalKind::Service);
    }
    match (*service, rest.split_once('/')) {
        ("iam", None) if *rest == "root" => Some(PrincipalKind::Root),
        ("iam", Some(("user", name))) if !name.is_empty() => Some(PrincipalKind::User),
        ("iam", Some(("role", name))) if !name.is_empty() => Some(PrincipalKind::RoleSession),
        ("iam", Some(("saml-provider" | "oidc-provider", name))) if !name.is_empty() => {
            Some(PrincipalKind::FederatedIdentity)
        }
        ("sts", Some(("federated-user", name))) if !name.is_empty() => {
            Some(PrincipalKind::FederatedUser)
        }
        ("sts", Some(("assumed-role", name))) if name.contains('/') => {
            Some(PrincipalKind::RoleSession)
        }
        _ => None,
    }
}

/// Whether the text is the ARN of an origin access identity, by which CloudFront reads buckets: of
/// a user in the account `cloudfront`. Such a caller has no account, no policies of its own and no
/// service principal (SEMANTICS 6.2).
pub fn is_origin_access_identity(text: &str) -> bool {
    super::arn_fields(text).is_some_and(|fields| is_of_cloudfront(&fields))
}

fn is_of_cloudfront(fields: &[&str; 6]) -> bool {
    matches!(fields, ["arn", _, "iam", _, "cloudfront", user] if user.strip_prefix("user/").is_some_and(|name| !name.is_empty()))
}

fn is_service(text: &str) -> bool {
    let character = |character: char| character.is_ascii_alphanumeric() || character == '-';
    text.contains('.')
        && text.split('.').all(|label| !label.is_empty() && label.chars().all(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let cases = [
            ("arn:aws:iam::111122223333:user/dev", Some(PrincipalKind::User)),
            ("arn:aws:iam::111122223333:user/eng/dev", Some(PrincipalKind::User)),
            ("arn:aws:iam::111122223333:role/app", Some(PrincipalKind::RoleSession)),
            ("arn:aws-cn:sts::111122223333:assumed-role/app/s1", Some(PrincipalKind::RoleSession)),
            ("arn:aws:sts::111122223333:federated-user/dev", Some(PrincipalKind::FederatedUser)),
            ("arn:aws:iam::111122223333:root", Some(PrincipalKind::Root)),
            ("bedrock.amazonaws.com", Some(PrincipalKind::Service)),
            (
                "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
                Some(PrincipalKind::Service),
            ),
            ("arn:aws:iam::cloudfront:user/", None),
            ("arn:aws:iam::111122223333:saml-provider/idp", Some(PrincipalKind::FederatedIdentity)),
            ("accounts.google.com", Some(PrincipalKind::FederatedIdentity)),
            ("cognito-identity-us-gov.amazonaws.com", Some(PrincipalKind::FederatedIdentity)),
            (
                "cognito-identity.us-gov-east-1.amazonaws.com",
                Some(PrincipalKind::FederatedIdentity),
            ),
            ("cognito-identity-us-goo.amazonaws.com", Some(PrincipalKind::Service)),
            ("anonymous", Some(PrincipalKind::Anonymous)),
            ("arn:aws:sts::111122223333:assumed-role/app", None),
            ("arn:aws:iam::111122223333:group/dev", None),
            ("arn:aws:iam::111122223333:user/", None),
            ("111122223333", None),
            ("*", None),
            ("", None),
        ];
        for (arn, expected) in cases {
            assert_eq!(Principal::new(arn).kind(), expected, "{arn}");
        }
    }
}
