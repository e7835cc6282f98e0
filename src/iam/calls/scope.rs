//! Which context keys the authorizations of one call have in common (SEMANTICS 5 and 6.7).

use crate::catalogue::keys;
use crate::policy::ContextKey;
use crate::policy::parameter;

/// What a context key tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The caller, its session, the time, and the values of parameters: the same in every
    /// authorization of one caller.
    Session,
    /// The way of the request: the same in every authorization that the caller asks for itself.
    Way,
    /// The tags that the call passes: the same where they are passed.
    Tags,
    /// One authorization: its action, its resource, and what the service says of them.
    Authorization,
}

/// The global keys that tell of one authorization, or begin the names of such keys.
const OF_AUTHORIZATION: &[&str] =
    &["aws:resource", "aws:requestedregion", "aws:source", "aws:ismcpserviceaction"];

/// The global keys that tell of the way of the request, or begin their names.
const OF_WAY: &[&str] = &[
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:vpc",
    "aws:securetransport",
    "aws:calledvia",
    "aws:viaawsservice",
    "aws:viaawsmcpservice",
    "aws:useragent",
    "aws:referer",
];

/// What the key tells of. Keys that Keyaki does not know may differ from authorization to
/// authorization.
pub fn scope(key: &ContextKey) -> Scope {
    let name = key.lower();
    let begins = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
    if name == "aws:tagkeys" || name.starts_with("aws:requesttag/") {
        Scope::Tags
    } else if keys::of_role_sessions(key).is_some()
        || keys::of_provider(key).is_some()
        || name.starts_with(parameter::FAMILY)
    {
        Scope::Session
    } else if begins(OF_WAY) {
        Scope::Way
    } else if begins(OF_AUTHORIZATION) || keys::lookup(key).is_none() || !name.starts_with("aws:") {
        Scope::Authorization
    } else {
        Scope::Session
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart() {
        for (key, expected) in [
            ("aws:PrincipalTag/team", Scope::Session),
            ("aws:CurrentTime", Scope::Session),
            ("aws:SourceIdentity", Scope::Session),
            ("datazone:projectId", Scope::Session),
            ("aws:MultiFactorAuthPresent", Scope::Session),
            ("aws:SourceIp", Scope::Way),
            ("aws:SourceVpce", Scope::Way),
            ("aws:ViaAWSService", Scope::Way),
            ("aws:TagKeys", Scope::Tags),
            ("aws:requesttag/x", Scope::Tags),
            ("aws:ResourceTag/x", Scope::Authorization),
            ("aws:RequestedRegion", Scope::Authorization),
            ("aws:SourceArn", Scope::Authorization),
            ("bedrock:InferenceProfileArn", Scope::Authorization),
            ("aws:Unheard", Scope::Authorization),
            ("aws:username", Scope::Session),
            ("keyaki:parameter/account/x", Scope::Session),
        ] {
            assert_eq!(scope(&ContextKey::new(key)), expected, "{key}");
        }
    }
}
