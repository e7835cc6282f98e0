//! What an encoding assumed, as data for the answer.

use keyaki_iam::endpoints::BEDROCK_PREFIXES;
use keyaki_iam::environment::{Layer, Policies};
use keyaki_iam::keys::KeyType;
use keyaki_iam::policy::{ActionPattern, ContextKey, Effect, Operator, Piece, PrincipalEntry, ResourcePattern, Statement};
use keyaki_iam::request::arn_fields;
use keyaki_iam::shape::Shape;
use std::collections::BTreeSet;
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
    /// It may hold one value or several, as far as Keyaki knows.
    OneOrSeveral {
        /// The key.
        key: ContextKey,
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
    /// Grants of KMS, which are no policies.
    KmsGrants,
    /// Who owns foundation models.
    ModelOwner,
    /// Few resources of Bedrock have resource-based policies.
    BedrockPolicies,
    /// A resource-based policy alone lets accounts in, which then decide themselves.
    Delegates {
        /// The entries that name the accounts, in order.
        accounts: Vec<String>,
    },
}

/// What is assumed about the policies of the sets and what the shapes ask for, in a fixed order.
pub(crate) fn of(sets: &[&Policies], shapes: &[&Shape]) -> Vec<Caveat> {
    let statements: Vec<(Layer, &Statement)> = sets
        .iter()
        .flat_map(|set| set.layered())
        .flat_map(|(layer, named)| named.policy.statements.iter().map(move |statement| (layer, statement)))
        .collect();
    let entry = |wanted: &dyn Fn(Layer, &PrincipalEntry) -> bool| {
        statements.iter().any(|(layer, one)| one.principal.iter().flat_map(|element| &element.entries).any(|entry| wanted(*layer, entry)))
    };
    let denies_others = |one: &Statement| one.effect == Effect::Deny && one.principal.as_ref().is_some_and(|element| element.negated);
    let names_kms = |one: &Statement| one.action.patterns.iter().any(|pattern| is_of(pattern, "kms"));
    let granted = statements.iter().any(|(_, one)| names_kms(one))
        && (shapes.is_empty() || shapes.iter().any(|shape| may_be_of(&shape.statement, "kms")));
    let of_models = |one: &Statement| one.keys().any(|key| OF_OWNER.contains(&key.lower())) && may_be_about_models(one);
    let named = |one: &Statement| BEDROCK_PREFIXES.iter().any(|prefix| one.action.patterns.iter().any(|pattern| is_of(pattern, prefix)));
    let asked = |one: &Statement| BEDROCK_PREFIXES.iter().any(|prefix| may_be_of(one, prefix));
    let policy = |wanted: &dyn Fn(&Statement) -> bool| statements.iter().any(|(layer, one)| *layer == Layer::Resource && wanted(one));
    // Where the policy is of another service, and nobody asks about Bedrock, there is nothing to say.
    let of_bedrock = policy(&named) || policy(&asked) && shapes.iter().any(|shape| named(&shape.statement));
    let unasked = |set: &&Policies| set.resource.is_none() && set.identity.as_ref().is_some_and(|policies| !policies.is_empty());
    let accounts = delegates(sets);
    let delegated = !accounts.is_empty();
    let all = [
        (Caveat::Delegates { accounts }, delegated),
        (Caveat::CanonicalUser, entry(&|_, entry| matches!(entry, PrincipalEntry::CanonicalUser(_)))),
        (Caveat::EndpointAccount, entry(&|layer, entry| layer == Layer::Endpoint && is_account(entry))),
        (Caveat::RcpServices, sets.iter().any(|set| !set.rcp.is_empty())),
        (Caveat::NoResourcePolicy, sets.iter().any(unasked)),
        (Caveat::NotPrincipal, statements.iter().any(|(_, one)| denies_others(one))),
        (Caveat::KmsGrants, granted),
        (Caveat::ModelOwner, statements.iter().any(|(_, one)| of_models(one))),
        (Caveat::BedrockPolicies, of_bedrock),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(caveat, _)| caveat).collect()
}

/// The accounts that resource-based policies let in which stand alone (SEMANTICS 6.3).
fn delegates(sets: &[&Policies]) -> Vec<String> {
    let alone = sets.iter().filter(|set| set.is_resource_alone()).flat_map(|set| &set.resource);
    let allowing = alone.flat_map(|named| &named.policy.statements).filter(|statement| statement.effect == Effect::Allow);
    let elements = allowing.filter_map(|statement| statement.principal.as_ref()).filter(|element| !element.negated);
    let entries = elements.flat_map(|element| &element.entries).filter(|entry| is_account(entry));
    let names = entries.filter_map(|entry| if let PrincipalEntry::Aws(text) = entry { Some(text.clone()) } else { None });
    names.collect::<BTreeSet<String>>().into_iter().collect()
}

/// Whether an entry names an account, by its number or as its root user.
fn is_account(entry: &PrincipalEntry) -> bool {
    let PrincipalEntry::Aws(text) = entry else { return false };
    arn_fields(text).map_or_else(|| !entry.is_unique_id(), |[.., resource]| resource == "root")
}

fn is_of(pattern: &ActionPattern, of: &str) -> bool {
    matches!(pattern, ActionPattern::Name { service, .. } if service.eq_ignore_ascii_case(of))
}

/// Whether the statement may be about actions of the service.
pub(super) fn may_be_of(statement: &Statement, service: &str) -> bool {
    let element = &statement.action;
    element.negated || element.patterns.iter().any(|pattern| matches!(pattern, ActionPattern::Any) || is_of(pattern, service))
}

/// Whether the statement may be about foundation models.
fn may_be_about_models(statement: &Statement) -> bool {
    const START: &str = "foundation-model/";
    let named = |pattern: &ResourcePattern| match pattern {
        ResourcePattern::Any => true,
        ResourcePattern::Arn { fields, .. } => match fields.get(5).and_then(|field| field.pieces.first()) {
            Some(Piece::Literal(text)) => text.starts_with(START) || START.starts_with(text.as_str()),
            _ => true,
        },
    };
    let resource = statement.resource.as_ref().is_none_or(|element| element.negated || element.patterns.iter().any(named));
    resource && may_be_of(statement, "bedrock")
}

/// How many accounts a caveat shows.
const SHOWN: usize = 5;

const CANONICAL_USER: &str = "principals given as `CanonicalUser` are taken to match nobody; name the account or the user by its ARN";
const KMS_GRANTS: &str = "grants of KMS are not policies and not modelled: they may allow what the policies do not";
const MODEL_OWNER: &str =
    "which account and organization of AWS own foundation models is not documented: `000000000000` and `o-aws` stand for them";
const BEDROCK_POLICIES: &str = "of Bedrock's resources only managed knowledge bases (for `bedrock:Retrieve` and `bedrock:GetDocumentContent`), guardrails and their profiles, shared custom models, and AgentCore's runtimes, gateways and memories are taken to have resource-based policies";
/// The keys that tell who owns a resource.
const OF_OWNER: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];
const ENDPOINT_ACCOUNT: &str =
    "an account in an endpoint policy is read as all of its users and sessions; in a gateway endpoint's policy it is the root user only";
const RCP_COVERAGE: &str = "resource control policies restrict only the services that `keyaki catalogue` marks (Bedrock, Lambda, EC2 and IAM are not among them), and are taken to restrict AWS managed KMS keys, too";
const NO_RESOURCE_POLICY: &str = "no resource-based policy is given: KMS keys, and roles to assume, are taken to delegate to their account, and resources of other accounts to be out of reach";
const NOT_PRINCIPAL: &str =
    "how `NotPrincipal` in a Deny is read depends on the order in which AWS tests account, role and session, which is not documented";

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, read_as, because) = match self {
            Caveat::ReadAs { key, read_as, because } => (key, noun(*read_as), because),
            Caveat::OneOrSeveral { key } => {
                return write!(f, "`{}` is not a key Keyaki knows; both one value and several are considered", key.text());
            }
            Caveat::Delegates { accounts } => return write_delegates(f, accounts),
            Caveat::CanonicalUser => return f.write_str(CANONICAL_USER),
            Caveat::EndpointAccount => return f.write_str(ENDPOINT_ACCOUNT),
            Caveat::RcpServices => return f.write_str(RCP_COVERAGE),
            Caveat::NoResourcePolicy => return f.write_str(NO_RESOURCE_POLICY),
            Caveat::NotPrincipal => return f.write_str(NOT_PRINCIPAL),
            Caveat::KmsGrants => return f.write_str(KMS_GRANTS),
            Caveat::ModelOwner => return f.write_str(MODEL_OWNER),
            Caveat::BedrockPolicies => return f.write_str(BEDROCK_POLICIES),
        };
        write!(f, "`{}` is not a key Keyaki knows; read as {read_as} because `{because}` is applied to it", key.text())
    }
}

fn write_delegates(f: &mut fmt::Formatter<'_>, accounts: &[String]) -> fmt::Result {
    let shown: Vec<String> = accounts.iter().take(SHOWN).map(|account| format!("`{account}`")).collect();
    let more = accounts.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let lets_in = "who in an account that it names is let in, the account's own policies decide, and they are not part of this question";
    write!(f, "the resource-based policy stands alone and delegates to {}{more}: {lets_in}", shown.join(", "))
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
