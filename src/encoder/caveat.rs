//! What an encoding assumed, as data for the answer.

use crate::usage::Usages;
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::endpoints::BEDROCK_PREFIXES;
use keyaki_iam::layers::{Layer, Policies};
use keyaki_iam::policy::{
    ActionPattern, Effect, Piece, PrincipalEntry, ResourcePattern, Statement,
};
use keyaki_iam::request::arn_fields;
use keyaki_iam::shape::Shape;
use std::collections::BTreeSet;

/// What an encoding assumes: about keys that Keyaki does not know, in the order of the keys, unless
/// the catalogue tells it, and about the policies of the sets and what the shapes ask for.
///
/// # Errors
/// When the catalogue is damaged where it lists a key of the question.
pub fn caveats(
    sets: &[&Policies],
    shapes: &[&Shape],
    catalogue: Option<&Catalogue>,
) -> Result<Vec<Caveat>, CatalogueError> {
    let mut usages = Usages::of(sets, shapes);
    if let Some(catalogue) = catalogue {
        usages.look_up(catalogue)?;
    }
    let of_keys = usages.keys.iter().flat_map(|(key, usage)| usage.caveats(key));
    Ok(of_keys.chain(of(sets, shapes)).collect())
}

/// What is assumed about the policies of the sets and what the shapes ask for, in a fixed order.
fn of(sets: &[&Policies], shapes: &[&Shape]) -> Vec<Caveat> {
    let statements: Vec<(Layer, &Statement)> = sets
        .iter()
        .flat_map(|set| set.layered())
        .flat_map(|(layer, named)| {
            named.policy.statements().map(move |statement| (layer, statement))
        })
        .collect();
    let entry = |wanted: &dyn Fn(Layer, &PrincipalEntry) -> bool| {
        statements.iter().any(|(layer, one)| {
            one.principal
                .iter()
                .flat_map(|element| &element.entries)
                .any(|entry| wanted(*layer, entry))
        })
    };
    let denies_others = |one: &Statement| {
        one.effect == Effect::Deny && one.principal.as_ref().is_some_and(|element| element.negated)
    };
    let names_kms =
        |one: &Statement| one.action.patterns.iter().any(|pattern| is_of(pattern, "kms"));
    let granted = statements.iter().any(|(_, one)| names_kms(one))
        && (shapes.is_empty() || shapes.iter().any(|shape| may_be_of(&shape.statement, "kms")));
    let of_models = |one: &Statement| {
        one.keys().any(|key| OF_OWNER.contains(&key.lower())) && may_be_about_models(one)
    };
    let named = |one: &Statement| {
        BEDROCK_PREFIXES
            .iter()
            .any(|prefix| one.action.patterns.iter().any(|pattern| is_of(pattern, prefix)))
    };
    let asked = |one: &Statement| BEDROCK_PREFIXES.iter().any(|prefix| may_be_of(one, prefix));
    let policy = |wanted: &dyn Fn(&Statement) -> bool| {
        statements.iter().any(|(layer, one)| *layer == Layer::Resource && wanted(one))
    };
    // Where the policy is of another service, and nobody asks about Bedrock, there is nothing to
    // say.
    let of_bedrock =
        policy(&named) || policy(&asked) && shapes.iter().any(|shape| named(&shape.statement));
    let unasked = |set: &&Policies| {
        set.resource.is_none() && set.identity.as_ref().is_some_and(|policies| !policies.is_empty())
    };
    let accounts = delegates(sets);
    let delegated = !accounts.is_empty();
    let all = [
        (Caveat::Delegates { accounts }, delegated),
        (
            Caveat::CanonicalUser,
            entry(&|_, entry| matches!(entry, PrincipalEntry::CanonicalUser(_))),
        ),
        (
            Caveat::EndpointAccount,
            entry(&|layer, entry| layer == Layer::Endpoint && is_account(entry)),
        ),
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
    let allowing = alone
        .flat_map(|named| named.policy.statements())
        .filter(|statement| statement.effect == Effect::Allow);
    let elements = allowing
        .filter_map(|statement| statement.principal.as_ref())
        .filter(|element| !element.negated);
    let entries = elements.flat_map(|element| &element.entries).filter(|entry| is_account(entry));
    let names = entries.filter_map(|entry| {
        if let PrincipalEntry::Aws(text) = entry { Some(text.clone()) } else { None }
    });
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
    element.negated
        || element
            .patterns
            .iter()
            .any(|pattern| matches!(pattern, ActionPattern::Any) || is_of(pattern, service))
}

/// Whether the statement may be about foundation models.
fn may_be_about_models(statement: &Statement) -> bool {
    const START: &str = "foundation-model/";
    let named = |pattern: &ResourcePattern| match pattern {
        ResourcePattern::Any => true,
        ResourcePattern::Arn { fields, .. } => {
            match fields.get(5).and_then(|field| field.pieces.first()) {
                Some(Piece::Literal(text)) => {
                    text.starts_with(START) || START.starts_with(text.as_str())
                }
                _ => true,
            }
        }
    };
    let resource = statement
        .resource
        .as_ref()
        .is_none_or(|element| element.negated || element.patterns.iter().any(named));
    resource && may_be_of(statement, "bedrock")
}

/// The keys that tell who owns a resource.
const OF_OWNER: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];
