//! The organization: its units are one tree, each account stands in one of them, and what is
//! attached is known.

use crate::follow::Assembler;
use crate::parts::{AttachedPart, OrganizationPart, Reference, UnitPart};
use keyaki_iam::estate::{Member, Organization, Unit};
use keyaki_iam::finding::codes;
use keyaki_iam::value::is_account;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The two types of policies that decide.
#[derive(Clone, Copy)]
enum Type {
    Scp,
    Rcp,
}

impl Type {
    /// The name that AWS has for it.
    fn name(self) -> &'static str {
        match self {
            Self::Scp => "SERVICE_CONTROL_POLICY",
            Self::Rcp => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// What its listing is called.
    fn listing(self) -> &'static str {
        match self {
            Self::Scp => "scps",
            Self::Rcp => "rcps",
        }
    }

    fn is_empty(self, attached: &AttachedPart<'_>) -> bool {
        match self {
            Self::Scp => attached.scps.is_empty(),
            Self::Rcp => attached.rcps.is_empty(),
        }
    }
}

/// The organization, where files describe one.
pub(crate) fn organization<'p, 'a>(
    assembler: &mut Assembler<'_, '_, 'p, 'a>,
    parts: &'p [OrganizationPart<'a>],
) -> Option<Organization> {
    let (part, others) = parts.split_first()?;
    for other in others {
        if let (Some(again), Some(first)) = (other.id, part.id) {
            let (one, two) = (first.text, again.text);
            let message = if one == two {
                format!(
                    "the organization `{one}` is described again; `{}` has it, too",
                    first.source.name()
                )
            } else {
                format!("`{two}` is a second organization; `{}` has `{one}`", first.source.name())
            };
            let help = "an estate has one organization; name the files of one";
            let Reference { source, span, .. } = again;
            assembler.context.wrong(codes::CONFLICTING_FILES, source, span, "", message, help);
        }
    }
    let id = part.id?;
    assembler.in_organization(&part.policies);
    listed(assembler, part);
    let order = order(assembler, part)?;
    let number: BTreeMap<&str, usize> =
        order.iter().enumerate().map(|(number, unit)| (*unit, number)).collect();
    let mut units = Vec::with_capacity(order.len());
    for unit in order.iter().filter_map(|id| part.units.get(id)) {
        let parent = unit.parents.first().and_then(|parent| number.get(parent.text)).copied();
        let attached = assembler.attached(&unit.attached);
        let name = unit.name.map(str::to_owned);
        units.push(Unit { id: unit.at.text.to_owned(), name, parent, attached });
    }
    if let Some(account) = part.management_account.filter(|account| !is_account(account)) {
        no_account(assembler, Reference { text: account, ..id });
    }
    let mut members = BTreeMap::new();
    for (account, member) in &part.members {
        if !is_account(account) {
            no_account(assembler, member.at);
            continue;
        }
        let parents = distinct(&member.parents);
        let unit = match parents.as_slice() {
            [parent] => number.get(parent.text).copied(),
            [one, two, ..] => {
                let message = format!(
                    "account {account} is in `{}` here, and in `{}` in `{}`",
                    two.text,
                    one.text,
                    one.source.name()
                );
                let help = "the listings are of different times: make them again";
                wrong(assembler, codes::ORGANIZATION_TREE, *two, message, help);
                continue;
            }
            [] => None,
        };
        let Some(unit) = unit else {
            let message = format!("nothing says in which unit account {account} is");
            let help = "`aws organizations list-parents --child-id ACCOUNT > parents.ACCOUNT.json`";
            wrong(assembler, codes::INCOMPLETE_ORGANIZATION, member.at, message, help);
            continue;
        };
        let attached = assembler.attached(&member.attached);
        members.insert((*account).to_owned(), Member { unit, attached });
    }
    let (Some(scps), Some(rcps)) = (part.scps, part.rcps) else {
        let message =
            format!("nothing says which types of policies are switched on in `{}`", id.text);
        let help = "`aws organizations list-roots > roots.json` says it";
        wrong(assembler, codes::INCOMPLETE_ORGANIZATION, id, message, help);
        return None;
    };
    if !part.own {
        attachments(assembler, part, [(Type::Scp, scps), (Type::Rcp, rcps)]);
    }
    Some(Organization {
        id: id.text.to_owned(),
        management_account: part.management_account.map(str::to_owned),
        units,
        members,
        scps,
        rcps,
        s3_policies: part.s3_policies,
    })
}

fn no_account(assembler: &mut Assembler<'_, '_, '_, '_>, at: Reference<'_>) {
    let message = format!("`{}` is not an account", at.text);
    wrong(assembler, codes::ESTATE_MEMBER, at, message, "an account has twelve digits");
}

/// Each unit must have listings of its units and accounts: what is not listed would be missing in
/// silence.
fn listed(assembler: &mut Assembler<'_, '_, '_, '_>, part: &OrganizationPart<'_>) {
    if part.whole {
        return;
    }
    for (id, unit) in &part.units {
        let listings = [
            (unit.units_listed, "units", "list-organizational-units-for-parent"),
            (unit.accounts_listed, "accounts", "list-accounts-for-parent"),
        ];
        for (listed, what, command) in listings {
            if !listed {
                let message = format!("no file lists the {what} of `{id}`");
                let help =
                    format!("`aws organizations {command} --parent-id {id} > {what}.{id}.json`");
                wrong(assembler, codes::INCOMPLETE_ORGANIZATION, unit.at, message, &help);
            }
        }
    }
}

/// The units, the root first and each after its parent; `None` where they are no tree.
fn order<'a>(
    assembler: &mut Assembler<'_, '_, '_, 'a>,
    part: &OrganizationPart<'a>,
) -> Option<Vec<&'a str>> {
    let mut below: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    let mut roots: Vec<&UnitPart<'a>> = Vec::new();
    let mut fits = true;
    for (id, unit) in &part.units {
        match distinct(&unit.parents).as_slice() {
            [] => roots.push(unit),
            [parent] if part.units.contains_key(parent.text) => {
                below.entry(parent.text).or_default().push(id);
            }
            [parent] => {
                fits = false;
                let message = format!("the parent of `{id}`, `{}`, is in no file", parent.text);
                let help = "give the listings of the whole tree, from the root";
                wrong(assembler, codes::ORGANIZATION_TREE, *parent, message, help);
            }
            [one, two, ..] => {
                fits = false;
                let message = format!(
                    "`{id}` is in `{}` here, and in `{}` in `{}`",
                    two.text,
                    one.text,
                    one.source.name()
                );
                let help = "the listings are of different times: make them again";
                wrong(assembler, codes::ORGANIZATION_TREE, *two, message, help);
            }
        }
    }
    // Units have `ou-...`, the root `r-...`: a unit without a parent is not another root.
    for unit in roots.iter().filter(|unit| !unit.at.text.starts_with("r-")) {
        fits = false;
        let message = format!("nothing says which unit `{}` is in", unit.at.text);
        let help = format!(
            "`aws organizations list-parents --child-id {} > parents.{}.json`",
            unit.at.text, unit.at.text
        );
        wrong(assembler, codes::ORGANIZATION_TREE, unit.at, message, &help);
    }
    roots.retain(|unit| unit.at.text.starts_with("r-"));
    let root = match roots.as_slice() {
        [root] => *root,
        [_, second, ..] => {
            let message = format!("`{}` is a second root", second.at.text);
            wrong(
                assembler,
                codes::ORGANIZATION_TREE,
                second.at,
                message,
                "an organization has one",
            );
            return None;
        }
        [] => {
            if let (Some(id), true) = (part.id, fits) {
                let message = format!("no file has the root of `{}`", id.text);
                let help = "`aws organizations list-roots > roots.json`";
                wrong(assembler, codes::INCOMPLETE_ORGANIZATION, id, message, help);
            }
            return None;
        }
    };
    let (mut order, mut left) = (Vec::new(), VecDeque::from([root.at.text]));
    while let Some(unit) = left.pop_front() {
        order.push(unit);
        left.extend(below.get(unit).into_iter().flatten().copied());
    }
    let reached: BTreeSet<&str> = order.iter().copied().collect();
    let circle = part.units.iter().find(|(id, _)| !reached.contains(*id));
    if let (Some((id, unit)), true) = (circle, fits) {
        let message = format!("`{id}` is not below the root: its parents go round in a circle");
        let at = unit.parents.first().copied().unwrap_or(unit.at);
        wrong(assembler, codes::ORGANIZATION_TREE, at, message, "each unit has one parent");
        return None;
    }
    fits.then_some(order)
}

/// A type of policies that is switched on has one at each target at least: AWS refuses to detach the
/// last one. Where there is none, a listing is missing.
fn attachments(
    assembler: &mut Assembler<'_, '_, '_, '_>,
    part: &OrganizationPart<'_>,
    types: [(Type, bool); 2],
) {
    for (kind, _) in types.into_iter().filter(|(_, on)| *on) {
        let units = part.units.values().map(|unit| (unit.at, &unit.attached));
        let members = part.members.values().map(|member| (member.at, &member.attached));
        let without: Vec<Reference<'_>> = units
            .chain(members)
            .filter(|(_, attached)| kind.is_empty(attached))
            .map(|(at, _)| at)
            .collect();
        for at in without {
            let (target, name, listing) = (at.text, kind.name(), kind.listing());
            let message = format!(
                "no file says which policies of the type {name} are attached to `{target}`"
            );
            let help = format!(
                "`aws organizations list-policies-for-target --target-id {target} --filter {name} > {listing}.{target}.json`"
            );
            wrong(assembler, codes::INCOMPLETE_ORGANIZATION, at, message, &help);
        }
    }
}

/// References by what they name, each once.
fn distinct<'a>(all: &[Reference<'a>]) -> Vec<Reference<'a>> {
    let mut seen = BTreeSet::new();
    all.iter().filter(|reference| seen.insert(reference.text)).copied().collect()
}

fn wrong(
    assembler: &mut Assembler<'_, '_, '_, '_>,
    rule: &'static str,
    at: Reference<'_>,
    message: String,
    help: &str,
) {
    assembler.context.wrong(rule, at.source, at.span, "", message, help);
}
