//! What an import tells beside the estate: how much there is, what the estate does not say, and
//! which parts of the files were not understood.

use keyaki_iam::estate::{EntityKind, Estate, NotUnderstood};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The report of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How much there is.
    pub counts: Counts,
    /// What the estate does not say, and what else is worth knowing, in sentences.
    pub notes: Vec<String>,
    /// What was in the files and is not understood, by what it is: it has no effect on any answer.
    pub not_understood: BTreeMap<String, Seen>,
}

/// How much an estate has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that were read.
    pub files: usize,
    /// Accounts.
    pub accounts: usize,
    /// Accounts whose users and roles are known.
    pub with_principals: usize,
    /// Users.
    pub users: usize,
    /// Roles.
    pub roles: usize,
    /// Groups.
    pub groups: usize,
    /// Organizational units, the root among them.
    pub units: usize,
    /// Resources of which something is known.
    pub resources: usize,
    /// VPC endpoints.
    pub endpoints: usize,
    /// Policy documents, each counted once, however often it is used.
    pub documents: usize,
}

/// Where something is that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The file that has it; the first one by its name, where there are several.
    pub file: String,
    /// How often it occurs.
    pub times: usize,
}

/// The report as JSON.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ReportForm<'a> {
    /// The version of this form.
    #[schemars(extend("const" = 2))]
    schema: u32,
    /// How many files were read.
    files: usize,
    accounts: usize,
    /// The accounts whose users and roles are known.
    accounts_with_principals: usize,
    users: usize,
    roles: usize,
    groups: usize,
    /// The root of the organization and its units.
    units: usize,
    /// The resources of which something is known.
    resources: usize,
    /// VPC endpoints.
    endpoints: usize,
    /// Policy documents, each counted once.
    documents: usize,
    /// What the estate does not say, and what else is worth knowing: sentences.
    notes: &'a [String],
    /// What was in the files and is not understood.
    not_understood: Vec<SeenForm<'a>>,
}

/// Something that was not understood.
#[derive(Debug, Serialize, JsonSchema)]
struct SeenForm<'a> {
    /// What it is.
    what: &'a str,
    /// The file that has it; the first one by its name, where there are several.
    file: &'a str,
    /// How often it occurs.
    times: usize,
}

/// The JSON Schema of [`Report::json`].
pub fn schema() -> Schema {
    schema_for!(ReportForm<'_>)
}

impl Report {
    /// The report for programs, in the version `schema` of the JSON output.
    pub fn json(&self, schema: u32) -> Value {
        let Self { counts, notes, not_understood } = self;
        let seen = not_understood.iter().map(|(what, Seen { file, times })| SeenForm {
            what,
            file,
            times: *times,
        });
        let form = ReportForm {
            schema,
            files: counts.files,
            accounts: counts.accounts,
            accounts_with_principals: counts.with_principals,
            users: counts.users,
            roles: counts.roles,
            groups: counts.groups,
            units: counts.units,
            resources: counts.resources,
            endpoints: counts.endpoints,
            documents: counts.documents,
            notes,
            not_understood: seen.collect(),
        };
        // Nothing in it can fail: its maps have texts as keys, and there are no other numbers.
        serde_json::to_value(form).unwrap_or_default()
    }

    /// Adds a sentence, once.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Counts something that was not understood.
    pub(crate) fn not_understood(&mut self, one: &NotUnderstood) {
        let seen = self.not_understood.entry(one.what.clone());
        let seen = seen.or_insert_with(|| Seen { file: one.file.clone(), times: 0 });
        seen.times += 1;
        if one.file < seen.file {
            seen.file.clone_from(&one.file);
        }
    }

    /// Counts what an estate has, and says what it does not say.
    pub(crate) fn of(&mut self, estate: &Estate, files: usize, documents: usize) {
        let users = estate.entities.iter().filter(|entity| !entity.is_role()).count();
        self.counts = Counts {
            files,
            accounts: estate.accounts.len(),
            with_principals: estate.accounts.values().filter(|one| one.principals).count(),
            users,
            roles: estate.entities.len() - users,
            groups: estate.groups.len(),
            units: estate.organization.as_ref().map_or(0, |all| all.units.len()),
            resources: estate.resources.len(),
            endpoints: estate.endpoints.len(),
            documents,
        };
        estate.not_understood.iter().for_each(|one| self.not_understood(one));
        self.says_nothing(estate);
    }

    fn says_nothing(&mut self, estate: &Estate) {
        let accounts = |of: &dyn Fn(&str) -> bool| {
            let names: Vec<&str> =
                estate.accounts.keys().map(String::as_str).filter(|id| of(id)).collect();
            shortened(&names)
        };
        let is = |id: &str, of: fn(&keyaki_iam::estate::Account) -> bool| {
            estate.accounts.get(id).is_some_and(of)
        };
        match &estate.organization {
            None => self.note("nothing is said about an organization: SCPs and RCPs are not known"),
            Some(organization) => {
                let outside = accounts(&|id| !organization.members.contains_key(id));
                if let Some(outside) = outside {
                    self.note(format!("no members of the organization: {outside}"));
                }
                if organization.management_account.is_none() {
                    self.note("the management account of the organization is not known");
                }
            }
        }
        if let Some(without) = accounts(&|id| !is(id, |one| one.principals)) {
            self.note(format!("the users and roles of these accounts are not known: {without}"));
        }
        if let Some(without) = accounts(&|id| !is(id, |one| one.resources)) {
            self.note(format!(
                "nothing says that all resource-based policies of these accounts are here: {without}"
            ));
        }
        for (id, account) in &estate.accounts {
            let services: Vec<&str> =
                account.services.iter().flatten().map(String::as_str).collect();
            if !services.is_empty() {
                let services = services.join(", ");
                self.note(format!(
                    "of account {id} only the resources of these services are known, in the Regions that were collected: {services}"
                ));
            }
        }
        if estate.organization.as_ref().is_some_and(|all| all.s3_policies) {
            self.note("S3 policies of the organization are on: what its accounts say of S3 Block Public Access may not hold");
        }
        let roles = estate.entities.iter().filter(|entity| entity.is_role());
        let with_roles: BTreeSet<&str> = roles.map(|role| role.account.as_str()).collect();
        let known = |id: &str| is(id, |one| one.principals);
        if let Some(without) = accounts(&|id| known(id) && !with_roles.contains(id)) {
            self.note(format!(
                "without a single role, as a listing made with `--filter` may be: {without}"
            ));
        }
        let trusts = |kind: &EntityKind| matches!(kind, EntityKind::Role { trust: None });
        let without = estate.entities.iter().filter(|entity| trusts(&entity.kind)).count();
        if without > 0 {
            self.note(format!("the trust policies of {without} roles are not known"));
        }
        let without = estate.entities.iter().filter(|entity| entity.tags.is_none()).count();
        if without > 0 {
            self.note(format!("the tags of {without} users and roles are not known"));
        }
    }
}

/// The first names of a list, and how many there are more; `None` where there are none.
pub(crate) fn shortened(names: &[&str]) -> Option<String> {
    const MOST: usize = 5;
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => None,
        all if all > MOST => Some(format!("{shown} and {} more", all - MOST)),
        _ => Some(shown),
    }
}
