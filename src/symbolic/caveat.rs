//! What an encoding assumed, as data for the answer.

use crate::environment::{Layer, Policies};
use crate::keys::KeyType;
use crate::organizations::RCP_SERVICES;
use crate::policy::{ContextKey, Effect, Operator, PrincipalEntry, Statement};
use crate::request::arn_fields;
use std::fmt;

/// An assumption about a context key that Keyaki does not know, or about how policies are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caveat {
    /// Its values are taken to be of the type that the operator compares.
    ReadAs {
        /// The key.
        key: ContextKey,
        /// The type.
        read_as: KeyType,
        /// The operator that is applied to it.
        because: Operator,
    },
    /// It is taken to hold several values.
    Multivalued {
        /// The key.
        key: ContextKey,
        /// The operator that is applied to it.
        because: Operator,
    },
    /// `CanonicalUser` entries match nobody.
    CanonicalUser,
    /// An account in an endpoint policy is every user and session of it.
    EndpointAccount,
    /// Resource control policies restrict some services only.
    RcpServices,
    /// There are identity-based policies and no resource-based policy.
    NoResourcePolicy,
    /// `NotPrincipal` in a Deny.
    NotPrincipal,
}

/// What is assumed about the policies of the sets, in a fixed order.
pub(crate) fn of(sets: &[&Policies]) -> Vec<Caveat> {
    let statements: Vec<(Layer, &Statement)> = sets
        .iter()
        .flat_map(|set| set.layered())
        .flat_map(|(layer, named)| named.policy.statements.iter().map(move |statement| (layer, statement)))
        .collect();
    let entry = |wanted: &dyn Fn(Layer, &PrincipalEntry) -> bool| {
        statements.iter().any(|(layer, one)| one.principal.iter().flat_map(|element| &element.entries).any(|entry| wanted(*layer, entry)))
    };
    let denies_others = |one: &Statement| one.effect == Effect::Deny && one.principal.as_ref().is_some_and(|element| element.negated);
    let unasked = |set: &&Policies| set.resource.is_none() && set.identity.as_ref().is_some_and(|policies| !policies.is_empty());
    let all = [
        (Caveat::CanonicalUser, entry(&|_, entry| matches!(entry, PrincipalEntry::CanonicalUser(_)))),
        (Caveat::EndpointAccount, entry(&|layer, entry| layer == Layer::Endpoint && is_account(entry))),
        (Caveat::RcpServices, sets.iter().any(|set| !set.rcp.is_empty())),
        (Caveat::NoResourcePolicy, sets.iter().any(unasked)),
        (Caveat::NotPrincipal, statements.iter().any(|(_, one)| denies_others(one))),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(caveat, _)| caveat).collect()
}

/// Whether an entry names an account, by its number or as its root user.
fn is_account(entry: &PrincipalEntry) -> bool {
    let PrincipalEntry::Aws(text) = entry else { return false };
    arn_fields(text).map_or_else(|| !entry.is_unique_id(), |[.., resource]| resource == "root")
}

const CANONICAL_USER: &str = "principals given as `CanonicalUser` are taken to match nobody; name the account or the user by its ARN";
const ENDPOINT_ACCOUNT: &str =
    "an account in an endpoint policy is read as all of its users and sessions; in a gateway endpoint's policy it is the root user only";
const NO_RESOURCE_POLICY: &str = "no resource-based policy is given: KMS keys, and roles to assume, are taken to delegate to their account, and resources of other accounts to be out of reach";
const NOT_PRINCIPAL: &str =
    "how `NotPrincipal` in a Deny is read depends on the order in which AWS tests account, role and session, which is not documented";

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, read_as, because) = match self {
            Caveat::ReadAs { key, read_as, because } => (key, noun(*read_as), because),
            Caveat::Multivalued { key, because } => (key, "a key with several values", because),
            Caveat::CanonicalUser => return f.write_str(CANONICAL_USER),
            Caveat::EndpointAccount => return f.write_str(ENDPOINT_ACCOUNT),
            Caveat::RcpServices => return write!(f, "resource control policies restrict {} only", RCP_SERVICES.join(", ")),
            Caveat::NoResourcePolicy => return f.write_str(NO_RESOURCE_POLICY),
            Caveat::NotPrincipal => return f.write_str(NOT_PRINCIPAL),
        };
        write!(f, "`{}` is not a key Keyaki knows; read as {read_as} because `{because}` is applied to it", key.text())
    }
}

fn noun(read_as: KeyType) -> &'static str {
    match read_as {
        KeyType::String => "a string",
        KeyType::Arn => "an ARN",
        KeyType::Bool => "a Boolean",
        KeyType::Numeric => "a number",
        KeyType::Date => "an instant",
        KeyType::Ip => "an address",
    }
}
