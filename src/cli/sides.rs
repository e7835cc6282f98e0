//! The sides of a review: what a folder or a file holds, by address and kind.

use super::documents::{self, Unread};
use super::{Failure, read, templates};
use keyaki_iam::finding::Finding;
use keyaki_iam::input;
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::parameter::Forms;
use keyaki_iam::policy::read::{ReadOptions, read as read_policy};
use keyaki_iam::policy::{Effect, Kind, Policy, Version, print};
use keyaki_iam::source::{Place, Source, Span};
use keyaki_service::{Change, Revision};
use keyaki_templates::{Assumption, Attachment, Document, Membership, Template};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// What there is on a side.
#[derive(Default)]
pub struct Side {
    things: BTreeMap<(String, Kind), Thing>,
    /// What is to be known of what was read.
    pub warnings: Vec<Finding>,
    /// Whether there are `.tf` files in a folder, which are read with a plan only.
    has_configuration: bool,
    /// What could not be read, each with its file.
    pub wrong: Vec<(String, Unread)>,
}

/// Policies of one kind that one thing has.
#[derive(Default)]
struct Thing {
    policies: Vec<NamedPolicy>,
    /// What bounds a principal.
    boundary: Option<NamedPolicy>,
    /// What is attached besides and whose text is not known.
    untold: BTreeSet<String>,
    place: Option<Place>,
}

/// Folders that hold what others wrote, or what tools made.
const PASSED_OVER: [&str; 2] = ["node_modules", "target"];

/// The most files of a folder that are looked at.
const MOST_FILES: usize = 100_000;

/// Names of files that may hold policies.
const NAMES: &[&str] = &["json", "yaml", "yml", "template", "tf"];

/// The most assumptions of a template of which every combination is looked at.
const MOST_ASSUMPTIONS: usize = 6;

impl Side {
    /// What a folder or a file holds; one file is called `name`. One file that cannot be read does
    /// not keep the others from it.
    ///
    /// # Errors
    /// When there is nothing at that path.
    pub fn at(root: &Path, name: &str, options: &ReadOptions) -> Result<Self, Failure> {
        let mut side = Self::default();
        if !root.is_dir() {
            let source = read::text(root)?;
            match templates::of(&source, || templates::beside(root)) {
                Some((template, _)) => side.template(&template, "", options),
                None => side.file(root, name, options),
            }
            return Ok(side);
        }
        let paths = files(root, NAMES)?;
        let is_configuration = |path: &&PathBuf| path.extension().is_some_and(|name| name == "tf");
        let configuration: Vec<Source> = paths
            .iter()
            .filter(is_configuration)
            .filter_map(|path| read::text(path).ok())
            .collect();
        side.has_configuration = !configuration.is_empty();
        for path in paths.iter().filter(|path| !is_configuration(path)) {
            let name = path.strip_prefix(root).unwrap_or(path);
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            side.of_folder(path, &parts.join("/"), &configuration, options);
        }
        Ok(side)
    }

    /// Whether nothing that holds a policy was found.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty() && self.wrong.is_empty()
    }

    /// Whether there is configuration of Terraform and no policy was found: nobody made a plan.
    pub fn lacks_plan(&self) -> bool {
        self.has_configuration && self.is_empty()
    }

    /// What there is before a plan, and after it; `None` where the file is no plan.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_plan(root: &Path, options: &ReadOptions) -> Result<Option<[Self; 2]>, Failure> {
        if root.is_dir() {
            return Ok(None);
        }
        let source = read::text(root)?;
        let Some((after, Some(before))) = templates::of(&source, || templates::beside(root)) else {
            return Ok(None);
        };
        let [mut old, mut new] = [Self::default(), Self::default()];
        old.template(&before, "", options);
        new.template(&after, "", options);
        Ok(Some([old, new]))
    }

    /// What a file of a folder holds; those that hold no policy are passed over.
    fn of_folder(
        &mut self,
        path: &Path,
        name: &str,
        configuration: &[Source],
        options: &ReadOptions,
    ) {
        let source = match read::text(path) {
            Ok(source) => source,
            Err(failure) => return self.wrong.push((name.to_owned(), Unread::Failed(failure))),
        };
        match templates::of(&source, || configuration.to_vec()) {
            Some((template, _)) => self.template(&template, &format!("{name}#"), options),
            None if source.text().contains("\"Statement\"") => self.file(path, name, options),
            None => {}
        }
    }

    /// The policy in a file.
    fn file(&mut self, path: &Path, address: &str, options: &ReadOptions) {
        let found = documents::open(path, None, options).and_then(|document| {
            let loaded = input::opened_document(&document.opened, options, document.kind);
            loaded.map_err(Unread::Other)
        });
        match found {
            Ok(loaded) => {
                let place =
                    loaded.value.source.as_ref().map(|source| source.place(Span::default()));
                self.add(address.to_owned(), loaded.value, place);
            }
            Err(unread) => self.wrong.push((path.display().to_string(), unread)),
        }
    }

    fn add(&mut self, address: String, policy: NamedPolicy, place: Option<Place>) {
        let thing = self.things.entry((address, policy.policy.kind)).or_default();
        thing.place = thing.place.take().or(place);
        thing.policies.push(policy);
    }

    /// The policies of a template: those of a principal together, under each combination of what is
    /// assumed of values that are not known, and each other one alone.
    fn template(&mut self, template: &Template, start: &str, options: &ReadOptions) {
        let warnings = template.findings.iter().filter(|found| !found.is_error());
        self.warnings.extend(warnings.cloned());
        for found in template.findings.iter().filter(|found| found.is_error()) {
            let name = found.source.name().to_owned();
            self.wrong.push((name, Unread::Other(vec![found.clone()])));
        }
        let mut read: Vec<(&Document, NamedPolicy)> = Vec::new();
        for document in &template.documents {
            match input::document(&document.source, options, document.kind) {
                Ok(loaded) => read.push((document, loaded.value)),
                Err(findings) => {
                    let name = document.source.name().to_owned();
                    self.wrong.push((name, Unread::Other(findings)));
                }
            }
        }
        let (own, alone): (Vec<_>, Vec<_>) =
            read.into_iter().partition(|(document, _)| document.kind == Kind::Identity);
        for (document, policy) in alone {
            let place = Some(document.source.place(Span::default()));
            self.add(format!("{start}{}", document.address), policy, place);
        }
        let mut holders: BTreeSet<&str> = BTreeSet::new();
        holders.extend(own.iter().flat_map(|(one, _)| &one.holders).map(|one| &*one.address));
        holders.extend(template.attachments.iter().map(|one| &*one.holder.address));
        holders.extend(template.memberships.iter().map(|one| &*one.user.address));
        for holder in holders {
            self.principal(template, &own, holder, start);
        }
        // What nobody of the template has is looked at alone.
        for (document, policy) in own.iter().filter(|(one, _)| one.holders.is_empty()) {
            let place = Some(document.source.place(Span::default()));
            self.add(format!("{start}{}", document.address), policy.clone(), place);
        }
    }

    /// The identity-based policies of a principal, its groups' too, and what bounds it.
    fn principal(
        &mut self,
        template: &Template,
        own: &[(&Document, NamedPolicy)],
        holder: &str,
        start: &str,
    ) {
        let member = |one: &&Membership| one.user.address == holder;
        let groups: Vec<&Membership> = template.memberships.iter().filter(member).collect();
        // Why somebody has what the address has: itself, or a group.
        let has = |address: &str| -> Option<Vec<&Assumption>> {
            if address == holder {
                return Some(Vec::new());
            }
            let group = groups.iter().find(|one| one.group.address == address)?;
            Some(group.when.iter().collect())
        };
        let attached = template.attachments.iter().filter_map(|one| {
            let mut when = has(&one.holder.address)?;
            when.extend(&one.when);
            Some((one, when))
        });
        let attached: Vec<(&Attachment, Vec<&Assumption>)> = attached.collect();
        let policies = own.iter().filter_map(|(document, policy)| {
            let mut when = document.holders.iter().find_map(|one| has(&one.address))?;
            when.extend(&document.when);
            Some((*document, policy, when))
        });
        let mut policies: Vec<(&Document, &NamedPolicy, Vec<&Assumption>)> = policies.collect();
        // What is attached under an assumption has no holder of its own.
        for (attachment, when) in attached.iter().filter(|(one, _)| !one.boundary) {
            for (document, policy) in own.iter().filter(|(one, _)| is_of(one, attachment)) {
                if !policies.iter().any(|(known, ..)| known.address == document.address) {
                    let when = when.iter().copied().chain(&document.when).collect();
                    policies.push((*document, policy, when));
                }
            }
        }
        let mut of_bounds: Vec<&Assumption> = Vec::new();
        for (attachment, _) in attached.iter().filter(|(one, _)| one.boundary) {
            let bounding = own.iter().filter(|(one, _)| is_of(one, attachment));
            of_bounds.extend(bounding.flat_map(|(one, _)| &one.when));
        }
        let assumed = policies.iter().map(|(_, _, when)| when);
        let assumed = assumed.chain(attached.iter().map(|(_, when)| when)).flatten().copied();
        let assumed = assumed.chain(of_bounds);
        let atoms: BTreeSet<(&str, &str)> =
            assumed.map(|one| (one.left.as_str(), one.right.as_str())).collect();
        let atoms: Vec<(&str, &str)> = atoms.into_iter().collect();
        if atoms.len() > MOST_ASSUMPTIONS {
            let message = format!(
                "error: `{start}{holder}` depends on {} conditions that are not known, and at most {MOST_ASSUMPTIONS} are looked at; give values with `--parameter`",
                atoms.len()
            );
            self.wrong.push((holder.to_owned(), Unread::Failed(Failure::new(message))));
            return;
        }
        for world in 0..1_usize << atoms.len() {
            let assumptions = atoms.iter().enumerate().map(|(at, (left, right))| Assumption {
                left: (*left).to_owned(),
                right: (*right).to_owned(),
                holds: world >> at & 1 == 1,
            });
            let assumptions: Vec<Assumption> = assumptions.collect();
            let impossible = assumptions.iter().enumerate().any(|(at, one)| {
                assumptions.iter().skip(at + 1).any(|other| one.contradicts(other))
            });
            if impossible {
                continue;
            }
            let there =
                |when: &[&Assumption]| when.iter().all(|assumed| assumptions.contains(assumed));
            let words: Vec<String> = assumptions.iter().map(ToString::to_string).collect();
            let words =
                if words.is_empty() { String::new() } else { format!("[{}]", words.join(", ")) };
            let mut thing = Thing::default();
            let present = policies.iter().filter(|(_, _, when)| there(when));
            thing.policies = present.map(|(_, policy, _)| (*policy).clone()).collect();
            thing.place = thing.policies.first().and_then(|policy| {
                policy.source.as_ref().map(|source| source.place(Span::default()))
            });
            for (attachment, _) in attached.iter().filter(|(_, when)| there(when)) {
                let at = |source: &Source| source.place(attachment.span);
                thing.place = thing.place.take().or_else(|| Some(at(&attachment.source)));
                let mut of_file = own.iter().filter(|(one, _)| is_of(one, attachment)).peekable();
                match (of_file.peek().is_some(), attachment.boundary) {
                    (true, true) => {
                        let mut present = of_file.filter(|(one, _)| {
                            one.when.iter().all(|assumed| assumptions.contains(assumed))
                        });
                        thing.boundary = present.next().map(|(_, policy)| policy.clone());
                    }
                    (true, false) => {}
                    (false, true) => {
                        thing
                            .untold
                            .insert(format!("{} (permissions boundary)", attachment.policy));
                    }
                    (false, false) => _ = thing.untold.insert(attachment.policy.clone()),
                }
            }
            self.things.insert((format!("{start}{holder}{words}"), Kind::Identity), thing);
        }
    }
}

/// Whether an attachment is of the document, perhaps one of several that are there under different
/// assumptions.
fn is_of(document: &Document, attachment: &Attachment) -> bool {
    let rest = document.address.strip_prefix(&attachment.policy);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '#']))
}

/// The files of a folder and of the folders in it whose names end so, in the order of their paths.
///
/// # Errors
/// When a folder cannot be read, or there are very many.
pub fn files(root: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
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
            let ending = path.extension().and_then(OsStr::to_str);
            // A link to a folder may lead in a circle.
            if entry.file_type().map_err(wrong)?.is_dir() {
                folders.push(path);
            } else if ending.is_some_and(|ending| endings.contains(&ending)) && path.is_file() {
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
pub fn changes(
    old: &mut Side,
    new: &mut Side,
    not_principal: NotPrincipalReading,
) -> (Vec<Change>, usize) {
    one_form(old, new);
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
        let (old, new) = (set(was), set(is));
        let denies = [&old, &new].iter().any(|set| denies(set));
        let grants = matches!(kind, Kind::Identity | Kind::Trust | Kind::Resource);
        let beside = (denies && grants).then(|| [beside(&old), beside(&new)]);
        changes.push(Change {
            address: address.clone(),
            kind: kind.word(),
            revision,
            old,
            new,
            beside,
            place: is.or(was).and_then(|thing| thing.place.clone()),
            untold,
        });
    }
    (changes, unchanged)
}

/// Gives parameters of one name one form on both sides: they have one value.
fn one_form(old: &mut Side, new: &mut Side) {
    let mut forms = Forms::default();
    for thing in old.things.values().chain(new.things.values()) {
        let policies = thing.policies.iter().chain(&thing.boundary);
        forms.note(policies.flat_map(|named| named.policy.keys()));
    }
    for thing in old.things.values_mut().chain(new.things.values_mut()) {
        for named in thing.policies.iter_mut().chain(&mut thing.boundary) {
            named.policy = named.policy.formed(&|key| forms.key(key));
        }
    }
}

/// What policies say, without names and places.
fn text_of(thing: &Thing) -> BTreeSet<String> {
    let text = |named: &NamedPolicy| {
        let statements = named.policy.statements.iter();
        let statements = statements.map(|statement| print::statement(statement).to_string());
        format!("{:?} {}", named.policy.version, statements.collect::<Vec<_>>().join("\n"))
    };
    thing.policies.iter().chain(&thing.boundary).map(text).collect()
}

/// Policies of one kind where nothing else stands in the way: what grants stands alone, and what
/// limits stands beside a policy that grants everything. Without it nothing is granted, or nothing
/// limited.
fn environment(kind: Kind, thing: Option<&Thing>) -> Policies {
    let policies = thing.map(|thing| thing.policies.clone()).unwrap_or_default();
    let first = || policies.first().cloned();
    let granted = Policies::identity(vec![everything(Kind::Identity)]);
    match kind {
        Kind::Identity => {
            let boundary = thing.and_then(|thing| thing.boundary.clone());
            Policies { boundary, ..Policies::identity(policies) }
        }
        Kind::Trust | Kind::Resource => {
            Policies::resource(first().unwrap_or_else(|| nothing(kind)))
        }
        Kind::Boundary => Policies { boundary: first(), ..granted },
        Kind::Session => Policies { session: policies, ..granted },
        Kind::Scp if policies.is_empty() => granted,
        Kind::Scp => Policies { scp: vec![beside_everything(policies)], ..granted },
        Kind::Rcp if policies.is_empty() => granted,
        Kind::Rcp => Policies { rcp: vec![policies], ..granted },
        Kind::Endpoint => Policies { endpoint: policies, ..granted },
    }
}

/// Whether a policy of the set denies something.
fn denies(set: &Policies) -> bool {
    let mut statements = set.all().flat_map(|named| &named.policy.statements);
    statements.any(|statement| statement.effect == Effect::Deny)
}

/// The set beside an identity-based policy that allows everything.
fn beside(set: &Policies) -> Policies {
    let own = set.identity.iter().flatten().cloned();
    let identity = Some(own.chain([everything(Kind::Identity)]).collect());
    Policies { identity, ..set.clone() }
}

/// The policies of a level of an organization. Where none of them allows anything, that everything is
/// allowed stands beside them, as `FullAWSAccess` does unless somebody removes it.
fn beside_everything(mut policies: Vec<NamedPolicy>) -> Vec<NamedPolicy> {
    let mut statements = policies.iter().flat_map(|named| &named.policy.statements);
    if !statements.any(|statement| statement.effect == Effect::Allow) {
        policies.push(everything(Kind::Scp));
    }
    policies
}

/// A policy that grants everything.
fn everything(kind: Kind) -> NamedPolicy {
    let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let read = read_policy(&Source::new("everything", text), kind, &ReadOptions::default());
    let policy = read.policy.unwrap_or_else(|| policy_of_nothing(kind));
    NamedPolicy::new("everything".to_owned(), policy)
}

fn policy_of_nothing(kind: Kind) -> Policy {
    Policy { kind, version: Version::V2012, id: None, statements: Vec::new() }
}

/// A policy that grants nothing.
fn nothing(kind: Kind) -> NamedPolicy {
    NamedPolicy::new("nothing".to_owned(), policy_of_nothing(kind))
}
