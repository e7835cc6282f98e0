//! The sides of a review: what a folder or a file holds, by address and kind.

use super::documents::{self, Unread};
use super::Failure;
use keyaki_iam::input;
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::read::{ReadOptions, read as read_policy};
use keyaki_iam::policy::{Kind, Policy, Version, print};
use keyaki_iam::source::{Place, Source, Span};
use keyaki_service::{Change, Revision};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What there is on a side.
#[derive(Default)]
pub struct Side {
    things: BTreeMap<(String, Kind), Thing>,
    /// What could not be read, in words.
    pub wrong: Vec<String>,
}

/// Policies of one kind that one thing has.
#[derive(Default)]
struct Thing {
    policies: Vec<NamedPolicy>,
    /// What is attached besides and whose text is not known.
    untold: BTreeSet<String>,
    place: Option<Place>,
}

/// Folders that hold what others wrote, or what tools made.
const PASSED_OVER: [&str; 2] = ["node_modules", "target"];

/// The most files of a folder that are looked at.
const MOST_FILES: usize = 100_000;

impl Side {
    /// What a folder or a file holds. One file that cannot be read does not keep the others from
    /// it.
    ///
    /// # Errors
    /// When there is nothing at that path.
    pub fn at(root: &Path, options: &ReadOptions) -> Result<Self, Failure> {
        let mut side = Self::default();
        if !root.is_dir() {
            let name = root.file_name().unwrap_or(root.as_os_str()).to_string_lossy();
            side.file(root, &name, false, options);
            return if root.exists() || side.wrong.is_empty() {
                Ok(side)
            } else {
                Err(Failure::new(side.wrong.concat()))
            };
        }
        for path in files(root)? {
            let name = path.strip_prefix(root).unwrap_or(&path);
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            side.file(&path, &parts.join("/"), true, options);
        }
        Ok(side)
    }

    /// What a file holds; of a folder's files those that hold no policy are passed over.
    fn file(&mut self, path: &Path, address: &str, in_folder: bool, options: &ReadOptions) {
        if in_folder {
            match fs::read_to_string(path) {
                Ok(text) if text.contains("\"Statement\"") => {}
                Ok(_) => return,
                Err(_) => {}
            }
        }
        let found = documents::open(path, None, options).and_then(|document| {
            let loaded = input::opened_document(&document.opened, options, document.kind);
            loaded.map_err(Unread::Other)
        });
        match found {
            Ok(loaded) => {
                let policy = loaded.value;
                let place = policy.source.as_ref().map(|source| source.place(Span::default()));
                let thing =
                    self.things.entry((address.to_owned(), policy.policy.kind)).or_default();
                thing.place = thing.place.take().or(place);
                thing.policies.push(policy);
            }
            Err(unread) => self.wrong.push(unread.told()),
        }
    }
}

/// The files of a folder and of the folders in it that may hold policies, in the order of their
/// paths.
fn files(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let wrong =
            |error: std::io::Error| Failure::new(format!("error: `{}`: {error}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with('.') || PASSED_OVER.contains(&name.as_ref()) {
                continue;
            }
            // A link may lead in a circle.
            let kind = entry.file_type().map_err(wrong)?;
            if kind.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json")
                && path.is_file()
            {
                files.push(path);
            }
            if files.len() > MOST_FILES {
                return Err(Failure::new(format!(
                    "error: `{}` has more than {MOST_FILES} files; name a folder inside it",
                    root.display()
                )));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What is not the same on both sides, in the order of the addresses, and how much is.
pub fn changes(old: &Side, new: &Side, not_principal: NotPrincipalReading) -> (Vec<Change>, usize) {
    let keys: BTreeSet<&(String, Kind)> = old.things.keys().chain(new.things.keys()).collect();
    let (mut changes, mut unchanged) = (Vec::new(), 0);
    for key in keys {
        let (was, is) = (old.things.get(key), new.things.get(key));
        let untold =
            |thing: Option<&Thing>| thing.map(|one| one.untold.clone()).unwrap_or_default();
        let untold: Vec<String> = untold(was).symmetric_difference(&untold(is)).cloned().collect();
        let revision = match (was, is) {
            (None, _) => Revision::Added,
            (_, None) => Revision::Removed,
            (Some(was), Some(is)) if untold.is_empty() && text_of(was) == text_of(is) => {
                unchanged += 1;
                continue;
            }
            (Some(_), Some(_)) => Revision::Changed,
        };
        let (address, kind) = key;
        let set = |thing| Policies { not_principal, ..environment(*kind, thing) };
        changes.push(Change {
            address: address.clone(),
            kind: kind.word(),
            revision,
            old: set(was),
            new: set(is),
            place: is.or(was).and_then(|thing| thing.place.clone()),
            untold,
        });
    }
    (changes, unchanged)
}

/// What policies say, without names and places.
fn text_of(thing: &Thing) -> BTreeSet<String> {
    let text = |named: &NamedPolicy| {
        let statements = named.policy.statements.iter();
        let statements = statements.map(|statement| print::statement(statement).to_string());
        format!("{:?} {}", named.policy.version, statements.collect::<Vec<_>>().join("\n"))
    };
    thing.policies.iter().map(text).collect()
}

/// Policies of one kind where nothing else stands in the way: what grants stands alone, and what
/// limits stands beside a policy that grants everything. Without it nothing is granted, or nothing
/// limited.
fn environment(kind: Kind, thing: Option<&Thing>) -> Policies {
    let policies = thing.map(|thing| thing.policies.clone()).unwrap_or_default();
    let first = || policies.first().cloned();
    let granted = Policies::identity(vec![everything()]);
    match kind {
        Kind::Identity => Policies::identity(policies),
        Kind::Trust | Kind::Resource => {
            Policies::resource(first().unwrap_or_else(|| nothing(kind)))
        }
        Kind::Boundary => Policies { boundary: first(), ..granted },
        Kind::Session => Policies { session: policies, ..granted },
        Kind::Scp if policies.is_empty() => granted,
        Kind::Scp => Policies { scp: vec![policies], ..granted },
        Kind::Rcp if policies.is_empty() => granted,
        Kind::Rcp => Policies { rcp: vec![policies], ..granted },
        Kind::Endpoint => Policies { endpoint: policies, ..granted },
    }
}

/// A policy that grants everything.
fn everything() -> NamedPolicy {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let read =
        read_policy(&Source::new("everything", text), Kind::Identity, &ReadOptions::default());
    let policy = read.policy.unwrap_or_else(|| policy_of_nothing(Kind::Identity));
    NamedPolicy::new("everything".to_owned(), policy)
}

fn policy_of_nothing(kind: Kind) -> Policy {
    Policy { kind, version: Version::V2012, id: None, statements: Vec::new() }
}

/// A policy that grants nothing.
fn nothing(kind: Kind) -> NamedPolicy {
    NamedPolicy::new("nothing".to_owned(), policy_of_nothing(kind))
}
