//! From what files say to an estate: references are followed, and what does not fit is said.

use crate::context::Context;
use crate::follow::Assembler;
use crate::parts::{AccountPart, Parts};
use crate::report::shortened;
use crate::tree;
use keyaki_iam::estate::{Account, EntityKind, Estate};
use keyaki_iam::policy::PrincipalEntry;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Makes an estate of everything that was read. Findings tell what does not fit.
pub(crate) fn assemble(context: &mut Context<'_>, mut parts: Parts<'_>) -> (Estate, usize) {
    let (managed, of_aws) = (std::mem::take(&mut parts.managed), std::mem::take(&mut parts.of_aws));
    let organizations = std::mem::take(&mut parts.organizations);
    let mut assembler = Assembler::new(context, &managed, &of_aws);
    let mut estate = Estate::default();
    estate.groups = assembler.groups(std::mem::take(&mut parts.groups));
    estate.entities = assembler.entities(std::mem::take(&mut parts.entities), &estate.groups);
    estate.resources = assembler.resources(std::mem::take(&mut parts.resources));
    estate.endpoints = assembler.endpoints(std::mem::take(&mut parts.endpoints));
    estate.organization = tree::organization(&mut assembler, &organizations);
    estate.shared = std::mem::take(&mut parts.shared);
    assembler.tell_missing();
    let documents = assembler.documents.count;
    estate.accounts = accounts(&estate, parts);
    deleted(context, &estate);
    (estate, documents)
}

/// The accounts that something is said of.
fn accounts(estate: &Estate, parts: Parts<'_>) -> BTreeMap<String, Account> {
    let mut partitions: FxHashMap<&str, &str> = FxHashMap::default();
    let arns = estate.entities.iter().map(|entity| (&entity.account, &entity.arn));
    let arns = arns.chain(estate.resources.iter().map(|one| (&one.account, &one.arn)));
    for (account, arn) in arns {
        if let Some(partition) = arn.split(':').nth(1) {
            partitions.entry(account).or_insert(partition);
        }
    }
    // An account of which a policy alone is known is one, too.
    let mut named: Vec<&str> = partitions.keys().copied().collect();
    named.extend(estate.endpoints.iter().map(|endpoint| endpoint.account.as_str()));
    let members = estate.organization.iter().flat_map(|all| all.members.keys());
    named.extend(members.map(String::as_str));
    // Where nothing tells it of an account, it is that of all the others: none spans partitions.
    let mut all: Vec<&str> = partitions.values().copied().collect();
    all.extend(parts.accounts.values().filter_map(|part| part.partition.as_deref()));
    all.sort_unstable();
    all.dedup();
    let usual = match all.as_slice() {
        [one] => (*one).to_owned(),
        _ => "aws".to_owned(),
    };
    let mut parts = parts.accounts;
    for account in named {
        parts.entry(account.to_owned()).or_default();
    }
    let whole = |(id, part): (String, AccountPart)| {
        let told =
            part.partition.or_else(|| partitions.get(id.as_str()).map(|&one| one.to_owned()));
        let account = Account {
            name: part.name,
            partition: told.unwrap_or_else(|| usual.clone()),
            block_public_access: part.block_public_access,
            principals: part.principals,
            resources: part.resources || !part.services.is_empty(),
            services: (!part.resources && !part.services.is_empty()).then_some(part.services),
        };
        (id, account)
    };
    parts.into_iter().map(whole).collect()
}

/// Notes the unique ids in policies that are of nobody here: of principals that were deleted, or of
/// other accounts.
fn deleted(context: &mut Context<'_>, estate: &Estate) {
    let ids: FxHashSet<&str> =
        estate.entities.iter().filter_map(|entity| entity.id.as_deref()).collect();
    let trusts = estate.entities.iter().filter_map(|entity| match &entity.kind {
        EntityKind::Role { trust } => trust.as_ref(),
        EntityKind::User { .. } => None,
    });
    let policies = estate.resources.iter().filter_map(|one| one.policy.as_ref());
    let mut unknown: BTreeMap<&str, &str> = BTreeMap::new();
    for policy in trusts.chain(policies) {
        let elements = policy.policy.statements().filter_map(|one| one.principal.as_ref());
        for entry in elements.flat_map(|element| &element.entries) {
            if let PrincipalEntry::Aws(id) = entry
                && entry.is_unique_id()
                && !ids.contains(id.as_str())
            {
                unknown.entry(id).or_insert(&policy.name);
            }
        }
    }
    let named: Vec<String> =
        unknown.iter().map(|(id, policy)| format!("{id} ({policy})")).collect();
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    if let Some(all) = shortened(&named) {
        context.report.note(format!(
            "policies name unique ids that nobody here has; their principals were deleted, or are in other accounts: {all}"
        ));
    }
}
