//! The sides of a review: which policies whoever and whatever has, by address and kind, and what is
//! not the same on both.

use super::unread::Unread;
use super::worlds::{MOST_ASSUMPTIONS, Values, words, worlds};
use super::{Change, Revision, Sets, Versions};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::input;
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::parameter::{Clash, Form, Forms, Parameter};
use keyaki_iam::policy::read::{ReadOptions, read as read_policy};
use keyaki_iam::policy::{ContextKey, Effect, Kind, Piece, Policy, Version, parameter, print};
use keyaki_iam::shape::CallerPattern;
use keyaki_iam::source::{Source, Span};
use keyaki_questions::unknown::Unknown;
use keyaki_templates::{
    Assumption, Attachment, Document, Holder, Kept, Membership, Part, Settings, Template,
    is_variant, is_within,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What there is on a side.
#[derive(Debug, Default)]
pub struct Side {
    things: Things,
    /// Policies that some principal has, or is bounded by: looked at alone only where nobody has them
    /// on the other side.
    held: Things,
    /// What is to be known of what was read.
    pub warnings: Vec<Finding>,
    /// What could not be read, each policy alone.
    pub wrong: Vec<Vec<Finding>>,
    /// What resources have beside policies, as it is written, and where the file is.
    settings: BTreeMap<String, (Settings, Source)>,
    /// The resources that the files make.
    resources: BTreeSet<String>,
    /// Those of them that stay when the files have them no more.
    retained: BTreeMap<String, Kept>,
    /// The resources that are open where they have no policy.
    with_defaults: BTreeSet<String>,
    /// Of what that is.
    unread: Unread,
}

/// What has policies of a kind, by its address: what it has under each of several assumptions, and
/// under those of several things that hold together all that they have.
type Things = BTreeMap<(String, Kind), Vec<Thing>>;

/// Policies of one kind that one thing has.
#[derive(Debug, Default, Clone)]
pub(super) struct Thing {
    pub policies: Vec<NamedPolicy>,
    /// What bounds a principal.
    pub boundary: Option<NamedPolicy>,
    /// What is attached besides and whose text is not known.
    pub untold: BTreeSet<String>,
    /// A part of a text where it stands.
    pub place: Option<(Source, Span)>,
    /// Who has it: users, or sessions of roles; `None` where nobody says.
    pub callers: Option<CallerPattern>,
    /// The type of a principal that has it, as the file gives it.
    pub of: String,
    /// The resources of its policies that stay when the file has them no more.
    pub kept: BTreeSet<String>,
    /// What it is called, without what is assumed.
    pub address: String,
    /// What is assumed of values that are not known.
    pub assumed: Vec<Assumption>,
    /// What a policy that is not a principal's is attached to.
    pub holders: BTreeSet<String>,
    /// The parameters of its policies, with what the file says of their values.
    pub facts: BTreeMap<String, String>,
    /// The values that parameters may have of which something is assumed.
    pub values: Values,
    /// Whether AWS puts another policy in its place where there is none.
    pub has_default: bool,
}

impl Thing {
    /// One policy.
    fn one(policy: NamedPolicy) -> Self {
        let place = beginning(&policy);
        Self { policies: vec![policy], place, ..Self::default() }
    }

    /// Takes what a file says of the values of its parameters, of those in the names of whoever has
    /// it, too.
    fn knowing(mut self, template: &Template, of_names: BTreeSet<String>) -> Self {
        let keys = self.all().flat_map(|named| named.policy.keys());
        let of_keys = keys.filter_map(Parameter::of).map(|parameter| parameter.name);
        let assumed = self.assumed.iter().flat_map(Assumption::parameters).map(str::to_owned);
        let mut names: BTreeSet<String> = of_keys.chain(assumed).chain(of_names).collect();
        let deciding = |name: &String| template.tables.get(name).map(|table| table.by.clone());
        names.extend(names.clone().iter().filter_map(deciding));
        for name in &names {
            let fact = template.fact(name).unwrap_or_default();
            self.facts.insert(name.clone(), fact.to_owned());
            let values = template.values.get(name).filter(|_| !self.assumed.is_empty());
            self.values.of.extend(values.map(|values| (name.clone(), values.clone())));
            let table = template.tables.get(name).filter(|_| !self.assumed.is_empty());
            self.values.tables.extend(table.map(|table| (name.clone(), table.clone())));
        }
        self
    }

    /// Takes the resource of one of its policies, if that stays when it is taken out of the file.
    fn keep(&mut self, template: &Template, document: &Document, start: &str) {
        let mut retained = template.retained.iter();
        let of = retained.find(|(resource, _)| is_within(&document.address, resource));
        self.kept.extend(of.map(|(resource, _)| format!("{start}{resource}")));
    }

    /// It as it is where this is assumed.
    fn under(mut self, world: &[Assumption]) -> Self {
        for named in self.policies.iter_mut().chain(&mut self.boundary) {
            named.form(&|key| under(key.clone(), world));
        }
        self
    }

    /// Takes what another one of the same address has.
    fn take(&mut self, other: Self) {
        self.policies.extend(other.policies);
        self.boundary = self.boundary.take().or(other.boundary);
        self.untold.extend(other.untold);
        self.place = self.place.take().or(other.place);
        self.callers = self.callers.take().or(other.callers);
        self.holders.extend(other.holders);
        self.kept.extend(other.kept);
        self.facts.extend(other.facts);
        self.has_default |= other.has_default;
    }

    /// Whether it has several policies of a kind of which AWS has one, each of another place.
    fn is_several(&self) -> bool {
        let one = |named: &NamedPolicy| {
            matches!(named.policy.kind, Kind::Resource | Kind::Trust | Kind::Boundary)
        };
        self.policies.len() > 1 && self.policies.iter().all(one)
    }

    /// Its policies, and what bounds it.
    fn all(&self) -> impl Iterator<Item = &NamedPolicy> {
        self.policies.iter().chain(&self.boundary)
    }
}

impl Side {
    /// Whether it has no policy, and nothing that gives or limits access beside policies.
    pub fn is_empty(&self) -> bool {
        let mut settings = self.settings.values();
        self.things.is_empty() && settings.all(|(own, _)| *own == Settings::default())
    }

    /// Something could not be read: what has this address, or the whole file of that name.
    pub fn lacks(&mut self, address: &str, findings: &[Finding]) {
        let at = findings.first().map(|found| (&found.source, found.span));
        self.unread.note(address, at);
    }

    /// Nothing of a file could be read that is all of the side.
    pub fn lacks_everything(&mut self, file: &str) {
        self.unread.note_everything(file);
    }

    /// Adds a policy that is looked at by itself.
    pub fn add(&mut self, address: String, policy: NamedPolicy) {
        self.add_thing(address, policy.policy.kind, Thing::one(policy));
    }

    /// Adds a thing to what has the same address and kind.
    fn add_thing(&mut self, address: String, kind: Kind, thing: Thing) {
        self.things.entry((address, kind)).or_default().push(thing);
    }

    /// The policies of a template: those of a principal together, under each combination of what is
    /// assumed of values that are not known, and each other one alone. Addresses begin with `start`.
    /// What was read with these options before, from a text that is the same, is not read again.
    pub fn template<'t>(
        &mut self,
        template: &'t Template,
        start: &str,
        options: &ReadOptions,
        known: &mut Known<'t>,
    ) {
        self.unread.template(template, start);
        let named = |address: &String| format!("{start}{address}");
        self.resources.extend(template.resources.iter().map(named));
        let retained = template.retained.iter();
        self.retained.extend(retained.map(|(address, kept)| (named(address), kept.clone())));
        self.with_defaults.extend(template.with_defaults.iter().map(named));
        if let Some(source) = &template.source {
            let settings = template.settings.iter();
            self.settings.extend(
                settings.map(|(address, own)| (named(address), (own.clone(), source.clone()))),
            );
        }
        let warnings = template.findings.iter().filter(|found| !found.is_error());
        self.warnings.extend(warnings.cloned());
        for found in template.findings.iter().filter(|found| found.is_error()) {
            self.wrong.push(vec![found.clone()]);
        }
        let mut read: Vec<(&Document, NamedPolicy)> = Vec::new();
        for document in &template.documents {
            match known.read(document, options) {
                Ok(policy) => read.push((document, policy)),
                Err(findings) => {
                    let at = findings.first().map(|found| (&found.source, found.span));
                    self.unread.note(&format!("{start}{}", document.address), at);
                    self.wrong.push(findings);
                }
            }
        }
        let (own, alone): (Vec<_>, Vec<_>) =
            read.into_iter().partition(|(document, _)| document.kind == Kind::Identity);
        for (document, policy) in alone {
            self.alone(template, document, policy, start);
        }
        let mut holders: BTreeSet<&str> = BTreeSet::new();
        holders.extend(own.iter().flat_map(|(one, _)| &one.holders).map(|one| &*one.address));
        holders.extend(template.attachments.iter().map(|one| &*one.holder.address));
        holders.extend(template.memberships.iter().map(|one| &*one.user.address));
        let values = Values { of: template.values.clone(), tables: template.tables.clone() };
        for holder in holders {
            self.principal(template, (&own, &values), holder, start);
        }
        // What nobody of the template has is looked at alone.
        let attached = |one: &Document| template.attachments.iter().any(|it| is_of(one, it));
        for (document, policy) in own {
            let address = format!("{start}{}", document.base());
            if document.holders.is_empty() && !attached(document) {
                self.alone(template, document, policy, start);
            } else {
                let thing = by_itself(template, document, policy, start);
                self.held.entry((address, Kind::Identity)).or_default().push(thing);
            }
        }
    }

    /// A policy of a template that is looked at by itself.
    fn alone(
        &mut self,
        template: &Template,
        document: &Document,
        policy: NamedPolicy,
        start: &str,
    ) {
        let (address, kind) = (format!("{start}{}", document.base()), policy.policy.kind);
        self.add_thing(address, kind, by_itself(template, document, policy, start));
    }

    /// The identity-based policies of a principal, its groups' too, and what bounds it.
    fn principal(
        &mut self,
        template: &Template,
        (own, values): (&[(&Document, NamedPolicy)], &Values),
        holder: &str,
        start: &str,
    ) {
        let member = |one: &&Membership| one.user.address == holder;
        let groups: Vec<&Membership> = template.memberships.iter().filter(member).collect();
        // Under what somebody has what the address has: itself, or each group, in every way.
        let has = |address: &str| -> Vec<Vec<&Assumption>> {
            let own = (address == holder).then(Vec::new);
            let of_groups = groups.iter().filter(|one| one.group.address == address);
            own.into_iter().chain(of_groups.map(|one| one.when.iter().collect())).collect()
        };
        let attached = template.attachments.iter().flat_map(|one| {
            has(&one.holder.address).into_iter().map(move |mut when| {
                when.extend(&one.when);
                (one, when)
            })
        });
        let attached: Vec<(&Attachment, Vec<&Assumption>)> = attached.collect();
        let policies = own.iter().flat_map(|(document, policy)| {
            let ways = document.holders.iter().flat_map(|one| has(&one.address));
            ways.map(move |mut when| {
                when.extend(&document.when);
                (*document, policy, when)
            })
        });
        let mut policies: Vec<(&Document, &NamedPolicy, Vec<&Assumption>)> = policies.collect();
        // What is attached under an assumption has no holder of its own.
        for (attachment, when) in attached.iter().filter(|(one, _)| !one.boundary) {
            for (document, policy) in own.iter().filter(|(one, _)| is_of(one, attachment)) {
                let when = when.iter().copied().chain(&document.when).collect();
                policies.push((*document, policy, when));
            }
        }
        // Of groups that the file does not have nobody knows the policies.
        let strangers: Vec<&Membership> =
            groups.iter().copied().filter(|one| !one.group.made).collect();
        let mut of_bounds: Vec<&Assumption> = Vec::new();
        for (attachment, _) in attached.iter().filter(|(one, _)| one.boundary) {
            let bounding = own.iter().filter(|(one, _)| is_of(one, attachment));
            of_bounds.extend(bounding.flat_map(|(one, _)| &one.when));
        }
        let assumed = policies.iter().map(|(_, _, when)| when);
        let assumed = assumed.chain(attached.iter().map(|(_, when)| when)).flatten().copied();
        let assumed = assumed.chain(of_bounds);
        let assumed = assumed.chain(strangers.iter().flat_map(|one| &one.when));
        let assumed: Vec<&Assumption> = assumed.collect();
        let Some(worlds) = worlds(assumed.iter().copied(), std::slice::from_ref(values)) else {
            let told = policies.iter().map(|(document, ..)| (&document.source, Span::default()));
            let told = told.chain(attached.iter().map(|(one, _)| (&one.source, one.span))).next();
            self.unread.note(&format!("{start}{holder}"), told);
            // It is told of, and unknown.
            let place = told.map(|(source, span)| (source.clone(), span));
            let thing = Thing { place, address: format!("{start}{holder}"), ..Thing::default() };
            self.add_thing(format!("{start}{holder}"), Kind::Identity, thing);
            self.wrong.extend(told.map(|(source, span)| {
                vec![Finding {
                    rule: codes::VALUE_NOT_KNOWN,
                    level: Level::Error,
                    message: format!(
                        "what `{start}{holder}` has depends on more than {MOST_ASSUMPTIONS} conditions that are not known"
                    ),
                    source: source.clone(),
                    span,
                    route: String::new(),
                    help: Some("give values with `--parameter`".to_owned()),
                }]
            }));
            return;
        };
        let who = holder_in(template, holder);
        for assumptions in worlds {
            let there =
                |when: &[&Assumption]| when.iter().all(|assumed| assumptions.contains(assumed));
            let mut thing = Thing {
                callers: who.and_then(callers),
                of: who.map(|one| one.resource_type.clone()).unwrap_or_default(),
                assumed: assumptions.clone(),
                address: format!("{start}{holder}"),
                ..Thing::default()
            };
            let mut names: BTreeSet<String> =
                who.iter().flat_map(|one| one.parameters.clone()).collect();
            // What somebody has in several ways is there once.
            let mut seen = BTreeSet::new();
            let present = policies.iter().filter(|(document, _, when)| {
                there(when) && seen.insert(document.address.as_str())
            });
            let present: Vec<_> = present.collect();
            thing.policies = present.iter().map(|(_, policy, _)| (*policy).clone()).collect();
            for (document, ..) in &present {
                thing.keep(template, document, start);
            }
            let unknown =
                strangers.iter().filter(|one| there(&one.when.iter().collect::<Vec<_>>()));
            for one in unknown {
                names.extend(one.group.parameters.iter().cloned());
                thing.untold.insert(format!("{} (group)", one.group.address));
            }
            // The policies of AWS stand in a file of their own.
            let of_file =
                present.iter().find(|(document, ..)| !document.address.starts_with("arn:"));
            thing.place = of_file.and_then(|(_, policy, _)| beginning(policy));
            for (attachment, _) in attached.iter().filter(|(_, when)| there(when)) {
                let here = || (attachment.source.clone(), attachment.span);
                thing.place = thing.place.take().or_else(|| Some(here()));
                names.extend(names_in(&attachment.policy));
                let named = parameter::shown(&attachment.policy);
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
                        thing.untold.insert(format!("{named} (permissions boundary)"));
                    }
                    (false, false) => _ = thing.untold.insert(named),
                }
            }
            let address = format!("{start}{holder}");
            self.add_thing(address, Kind::Identity, thing.knowing(template, names));
        }
    }
}

/// A policy of a template by itself, with what it is attached to.
fn by_itself(template: &Template, document: &Document, policy: NamedPolicy, start: &str) -> Thing {
    let has_default = document.holders.iter().any(Holder::has_default_policy);
    // Who has a policy of a principal is told of the principal.
    let of_resource = document.kind != Kind::Identity;
    let holders = document.holders.iter().filter(|_| of_resource);
    let holders = holders.map(|one| format!("{start}{}", one.address)).collect();
    let names = document.holders.iter().flat_map(|one| one.parameters.clone()).collect();
    let mut thing = Thing {
        assumed: document.when.clone(),
        holders,
        has_default,
        address: format!("{start}{}", document.base()),
        ..Thing::one(policy)
    }
    .knowing(template, names);
    thing.keep(template, document, start);
    thing
}

/// The names of parameters in a text.
fn names_in(text: &str) -> impl Iterator<Item = String> {
    parameter::pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Variable(variable) => Parameter::of(&variable.key).map(|known| known.name),
        Piece::Literal(_) | Piece::AnyChar | Piece::AnyString => None,
    })
}

/// Who a principal of a template is when it asks: a user, somebody of a group, or a session of a role.
fn callers(who: &Holder) -> Option<CallerPattern> {
    let kind = match who.resource_type.as_str() {
        "AWS::IAM::Role" | "aws_iam_role" => "role/*",
        "AWS::IAM::User" | "AWS::IAM::Group" | "aws_iam_user" | "aws_iam_group" => "user/*",
        _ => return None,
    };
    Some(CallerPattern::Arn(["arn", "*", "iam", "", "*", kind].map(str::to_owned)))
}

/// Whoever or whatever has an address in a template.
fn holder_in<'t>(template: &'t Template, address: &str) -> Option<&'t Holder> {
    let documents = template.documents.iter().flat_map(|one| &one.holders);
    let attached = template.attachments.iter().map(|one| &one.holder);
    let members = template.memberships.iter().flat_map(|one| [&one.user, &one.group]);
    documents.chain(attached).chain(members).find(|holder| holder.address == address)
}

/// Where the text of a policy begins.
fn beginning(policy: &NamedPolicy) -> Option<(Source, Span)> {
    policy.source.clone().map(|source| (source, Span::default()))
}

/// Policies that were read from texts of templates, each text once.
#[derive(Debug, Default)]
pub struct Known<'t>(HashMap<(Kind, &'t str), Arc<Policy>>);

impl<'t> Known<'t> {
    fn read(
        &mut self,
        document: &'t Document,
        options: &ReadOptions,
    ) -> Result<NamedPolicy, Vec<Finding>> {
        let source = &document.source;
        let key = (document.kind, source.text());
        if let Some(policy) = self.0.get(&key) {
            let (name, policy) = (source.name().to_owned(), Arc::clone(policy));
            return Ok(NamedPolicy {
                source: Some(source.clone()),
                ..NamedPolicy::new(name, policy)
            });
        }
        let policy = input::document(source, options, document.kind)?.value;
        // What is wrapped in something has places in a text of its own.
        if policy.source.as_ref().is_some_and(|own| own.text() == source.text()) {
            self.0.insert(key, Arc::clone(&policy.policy));
        }
        Ok(policy)
    }
}

/// Whether an attachment is of the document, perhaps one of several that are there under different
/// assumptions.
fn is_of(document: &Document, attachment: &Attachment) -> bool {
    is_variant(&document.address, &attachment.policy)
}

/// What is not the same on both sides, in the order of the addresses, and how much is.
pub fn changes(
    old: &mut Side,
    new: &mut Side,
    not_principal: NotPrincipalReading,
) -> (Vec<Change>, usize) {
    let renamed = renamed(&old.things, &new.things);
    // All of a group are told by the first of the new side.
    let moved = |key: &Key| {
        let mut groups = renamed.iter();
        groups
            .any(|(first, sides)| **first != *key && sides.iter().flatten().any(|it| **it == *key))
    };
    let keys: BTreeSet<&Key> = old.things.keys().chain(new.things.keys()).collect();
    let (mut found, mut wrong) = (Differences::default(), Vec::new());
    for key in keys.into_iter().filter(|key| !moved(key)) {
        let things = |side: &'_ Side, keys: &[&Key]| -> Vec<Thing> {
            let all = keys.iter().flat_map(|key| [side.things.get(*key), side.held.get(*key)]);
            all.flatten().flatten().cloned().collect()
        };
        let mut both = match renamed.get(key) {
            Some([was, is]) => [things(old, was), things(new, is)],
            None => [things(old, &[key]), things(new, &[key])],
        };
        one_form(&mut both);
        let compare = Compare { sides: [&*old, &*new], not_principal };
        wrong.extend(compare.thing(key, &both, &mut found));
    }
    of_settings(old, new, &mut found);
    new.wrong.extend(wrong);
    (found.changes, found.unchanged)
}

/// The address and the kind of a thing.
type Key = (String, Kind);

/// Policies of resources that have other addresses on the new side and are attached to the same: by
/// the first key of the new side, the keys of both. What a resource says of itself is told by the place
/// where it says so.
fn renamed<'k>(old: &'k Things, new: &'k Things) -> BTreeMap<&'k Key, [Vec<&'k Key>; 2]> {
    type Groups<'k> = BTreeMap<(Kind, BTreeSet<&'k str>), Vec<&'k Key>>;
    let lone = |side: &'k Things, other: &'k Things| {
        let mut of = Groups::new();
        for (key, things) in side.iter().filter(|(key, _)| !other.contains_key(*key)) {
            let holders: BTreeSet<&str> =
                things.iter().flat_map(|one| &one.holders).map(String::as_str).collect();
            let own = holders.iter().any(|holder| is_within(&key.0, holder));
            if key.1 != Kind::Identity && !holders.is_empty() && !own {
                of.entry((key.1, holders)).or_default().push(key);
            }
        }
        of
    };
    let mut was = lone(old, new);
    let is = lone(new, old).into_iter();
    is.filter_map(|(of, keys)| Some((*keys.first()?, [was.remove(&of)?, keys]))).collect()
}

/// What differs, and how much does not.
#[derive(Default)]
struct Differences {
    changes: Vec<Change>,
    unchanged: usize,
}

/// Two sides that are compared.
struct Compare<'s> {
    sides: [&'s Side; 2],
    not_principal: NotPrincipalReading,
}

impl Compare<'_> {
    /// Something, under each combination of what either side assumes; what is wrong with it.
    fn thing(
        &self,
        (address, kind): &Key,
        both: &[Vec<Thing>; 2],
        found: &mut Differences,
    ) -> Vec<Vec<Finding>> {
        let all = || both.iter().flatten();
        let assumed = all().flat_map(|thing| &thing.assumed);
        let values = both.each_ref().map(|side| {
            let mut values = Values::default();
            for thing in side {
                values.of.extend(thing.values.of.clone());
                values.tables.extend(thing.values.tables.clone());
            }
            values
        });
        let of_facts = other_values(address, both);
        // What cannot be on one side may be on the other.
        let (worlds, unknown) = match worlds(assumed, &values) {
            _ if of_facts.is_some() => (vec![Vec::new()], of_facts),
            Some(worlds) => (worlds, None),
            None => {
                let what = format!(
                    "what `{address}` allows: it depends on more than {MOST_ASSUMPTIONS} conditions that are not known; give values with `--parameter`"
                );
                let placed = all().find(|thing| thing.place.is_some());
                let side = placed.map(|thing| side_of(thing, address));
                let side = side.unwrap_or_else(|| address.clone());
                (vec![Vec::new()], Some(Unknown::SideSaysNothing { side, what }))
            }
        };
        let mut wrong = Vec::new();
        for world in worlds {
            let [was, is] = both.each_ref().map(|side| {
                let there = |thing: &&Thing| {
                    unknown.is_some() || thing.assumed.iter().all(|one| world.contains(one))
                };
                let mut all = side.iter().filter(there).cloned();
                let mut thing = all.next()?;
                all.for_each(|other| thing.take(other));
                Some(if world.is_empty() { thing } else { thing.under(&world) })
            });
            // Several things on the same resource are told each by its own address.
            let own = is.as_ref().or(was.as_ref()).map(|thing| thing.address.as_str());
            let own = own.filter(|own| !own.is_empty()).unwrap_or(address);
            let address = format!("{own}{}", words(&world));
            let unknown = unknown.clone();
            let sides = [was.as_ref(), is.as_ref()];
            wrong.extend(self.change(&address, *kind, sides, unknown, found));
        }
        wrong
    }

    /// Something where all that is assumed holds.
    fn change(
        &self,
        address: &str,
        kind: Kind,
        [was, is]: [Option<&Thing>; 2],
        unknown: Option<Unknown>,
        found: &mut Differences,
    ) -> Option<Vec<Finding>> {
        let untold =
            |thing: Option<&Thing>| thing.map(|one| one.untold.clone()).unwrap_or_default();
        let (of_old, of_new) = (untold(was), untold(is));
        let shared: BTreeSet<String> = of_old.intersection(&of_new).cloned().collect();
        let untold: Vec<String> = of_old.symmetric_difference(&of_new).cloned().collect();
        let unread = [&self.sides[0].unread, &self.sides[1].unread];
        let unknown = unknown
            .or_else(|| Unread::of(unread, address, was.is_some() && is.is_some()))
            .or_else(|| not_compared(address, was, is))
            .or_else(|| self.was_open(address, kind, was, is))
            .or_else(|| self.stays(address, was, is))
            .or_else(|| self.is_hidden(address, was, is));
        let revision = match (was, is) {
            (None, None) => return None,
            (None, Some(_)) => Revision::Added,
            (Some(_), None) => Revision::Removed,
            (Some(was), Some(is)) if unknown.is_none() && untold.is_empty() && is_same(was, is) => {
                found.unchanged += 1;
                return None;
            }
            (Some(_), Some(_)) => Revision::Changed,
        };
        let versions = match unknown {
            Some(unknown) => Versions::Nothing(unknown),
            None => {
                let mut sets = sets(kind, [was, is], self.not_principal);
                // Whoever is the same on both sides, or there on one of them alone.
                let mut who = [was, is].into_iter().flatten().map(|thing| &thing.callers);
                if let Some(Some(first)) = who.next()
                    && who.all(|other| other.as_ref() == Some(first))
                {
                    sets.iter_mut().for_each(|one| one.callers = Some(first.clone()));
                }
                if !shared.is_empty() {
                    let caveat = Caveat::AttachedUnknown { names: shared };
                    sets.iter_mut().for_each(|one| one.caveats.push(caveat.clone()));
                }
                if let Some(clash) = sets.iter().find_map(|sets| clash(&sets.old, &sets.new)) {
                    let policies = [is, was].into_iter().flatten().flat_map(|one| &one.policies);
                    let source = policies.filter_map(|named| named.source.clone()).next();
                    return Some(refused(&clash, address, source));
                }
                Versions::Sets(sets)
            }
        };
        let place = |thing: Option<&Thing>| thing.and_then(|thing| thing.place.clone());
        let place = place(is).or_else(|| place(was));
        found.changes.push(Change {
            address: address.to_owned(),
            kind: kind.word(),
            revision,
            versions,
            place: place.map(|(source, span)| source.place(span)),
            untold,
        });
        None
    }

    /// Why nothing can be said of what had a policy that stays when its resource is taken out of the
    /// file. On a resource another policy takes its place.
    fn stays(&self, address: &str, was: Option<&Thing>, is: Option<&Thing>) -> Option<Unknown> {
        let was = was?;
        let [old, new] = self.sides;
        let replaced = is.is_some_and(|is| !is.holders.is_empty());
        let gone = |resource: &String| {
            let kept = old.retained.get(resource);
            kept.is_some_and(|kept| kept.deleted) && !new.resources.contains(resource)
        };
        // Another one with the same policies may come in its place, and it stays beside that.
        let other = |resource: &String| {
            let of = |side: &Side| side.retained.get(resource).and_then(|it| it.replaced.clone());
            new.resources.contains(resource) && of(old) != of(new)
        };
        let own = new.retained.keys().filter(|resource| is_within(&was.address, resource));
        let mut all = was.kept.iter().chain(is.iter().flat_map(|is| &is.kept)).chain(own);
        let same = is.is_some_and(|is| is_same(was, is));
        let what = if !replaced && was.kept.iter().any(gone) {
            format!("whether all of `{address}` is gone: it stays when the stack lets go of it")
        } else if !same && all.any(other) {
            format!(
                "whether all of `{address}` is gone: it stays when AWS makes another one in its place"
            )
        } else {
            return None;
        };
        Some(Unknown::SideSaysNothing { side: side_of(was, address), what })
    }

    /// Why nothing can be said of a policy of a resource that is gone: another one that is new cannot
    /// be read, and may be in its place.
    fn is_hidden(&self, address: &str, was: Option<&Thing>, is: Option<&Thing>) -> Option<Unknown> {
        let (Some(was), None) = (was, is) else { return None };
        let [old, new] = self.sides;
        let is_new = |broken: &str| !old.things.keys().any(|(known, _)| is_within(known, broken));
        let side = new.unread.broken().find(|(broken, _)| is_new(broken))?.1;
        let what = format!("whether something is in the place of `{address}`: it cannot be read");
        (!was.holders.is_empty()).then(|| Unknown::SideSaysNothing { side: side.to_owned(), what })
    }

    /// Why nothing can be said of a policy that is new on what was there without one and open.
    fn was_open(
        &self,
        address: &str,
        kind: Kind,
        was: Option<&Thing>,
        is: Option<&Thing>,
    ) -> Option<Unknown> {
        let (None, Some(is)) = (was, is) else { return None };
        let [old, _] = self.sides;
        let open = kind == Kind::Resource && !is.holders.is_disjoint(&old.with_defaults);
        let what = format!("what was allowed before there was `{address}`");
        open.then(|| Unknown::SideSaysNothing { side: side_of(is, address), what })
    }
}

/// What resources have beside policies and is not the same: nothing is known of what that gives. What
/// only limits a resource that is new, or is gone, gives nothing.
fn of_settings(old: &Side, new: &Side, found: &mut Differences) {
    let all: BTreeSet<&String> = old.settings.keys().chain(new.settings.keys()).collect();
    for address in all {
        let [was, is] = [old, new].map(|side| side.settings.get(address));
        let settings = |of: Option<&(Settings, Source)>| {
            of.map(|(settings, _)| settings.clone()).unwrap_or_default()
        };
        let (before, after) = (settings(was), settings(is));
        // What no side makes is there on both.
        let made = [old, new].iter().any(|side| side.resources.contains(address));
        let [was_there, is_there] =
            [old, new].map(|side| !made || side.resources.contains(address));
        let gives = before.grants != after.grants && is_there;
        let limits = before.limits != after.limits && !before.limits.is_empty();
        if !(gives || limits && was_there && is_there) {
            continue;
        }
        let Some((_, source)) = is.or(was) else { continue };
        let what = format!(
            "what `{address}` gives or limits beside its policies: that has changed, and is not read"
        );
        let place = source.place(Span::default());
        let unknown = Unknown::SideSaysNothing { side: place.file.clone(), what };
        found.changes.push(Change {
            address: address.clone(),
            kind: "setting",
            revision: Revision::of(was.is_some(), is.is_some()),
            versions: Versions::Nothing(unknown),
            place: Some(place),
            untold: Vec::new(),
        });
    }
}

/// What is compared of policies of one kind: by themselves, and beside a policy that allows
/// everything where one of them denies something. What a Deny refuses shows only there, if other
/// policies allow it.
pub(super) fn sets(
    kind: Kind,
    [was, is]: [Option<&Thing>; 2],
    not_principal: NotPrincipalReading,
) -> Vec<Sets> {
    let set = |thing| Policies { not_principal, ..environment(kind, thing) };
    let (old, new) = (set(was), set(is));
    let limits = [&old, &new].iter().any(|set| limits(set));
    let grants = matches!(kind, Kind::Identity | Kind::Trust | Kind::Resource);
    let beside = (limits && grants).then(|| Sets::of(beside(&old), beside(&new)));
    [Sets::of(old, new)].into_iter().chain(beside).collect()
}

impl Sets {
    /// Both, about the requests of the review.
    pub(super) fn of(old: Policies, new: Policies) -> Self {
        Self { old, new, shape: None, callers: None, caveats: Vec::new() }
    }
}

/// What keeps parameters of both sides from having one value each.
fn clash(old: &Policies, new: &Policies) -> Option<Clash> {
    let mut forms = Forms::default();
    forms.note([old, new].into_iter().flat_map(Policies::all).flat_map(|one| one.policy.keys()));
    forms.clash()
}

/// Why what something has on both sides is not compared.
pub(super) fn refused(clash: &Clash, address: &str, source: Option<Source>) -> Vec<Finding> {
    vec![Finding {
        rule: codes::PLACEHOLDER_CLASH,
        level: Level::Error,
        message: format!("what `{address}` has is not compared: {clash}"),
        source: source.unwrap_or_else(|| Source::new(address, "")),
        span: Span::default(),
        route: String::new(),
        help: None,
    }]
}

/// Gives parameters of one name one form on both sides: they have one value. Those of other things may
/// be of other files.
fn one_form(both: &mut [Vec<Thing>; 2]) {
    let mut forms = Forms::default();
    let has_some =
        |named: &NamedPolicy| named.policy.keys().any(|key| Parameter::of(key).is_some());
    if !both.iter().flatten().flat_map(Thing::all).any(has_some) {
        return;
    }
    for thing in both.iter().flatten() {
        forms.note(thing.all().flat_map(|named| named.policy.keys()));
    }
    for thing in both.iter_mut().flatten() {
        for named in thing.policies.iter_mut().chain(&mut thing.boundary) {
            named.form(&|key| forms.key(key));
        }
    }
}

/// The key of a parameter of which something is assumed: what is assumed of it where a policy is there
/// holds in all policies of who has that.
fn under(key: ContextKey, assumed: &[Assumption]) -> ContextKey {
    let Some(mut parameter) = Parameter::of(&key) else { return key };
    for Assumption { sides: [left, right], holds } in assumed {
        let right = match (left.as_slice(), right.as_slice()) {
            // Of two that are equal one stands for both.
            ([Part::Parameter(one)], [Part::Parameter(other)]) if *holds => {
                if [one, other].contains(&&parameter.name) {
                    parameter.name.clone_from(one.min(other));
                }
                continue;
            }
            ([Part::Parameter(name)], _) if *name != parameter.name => continue,
            ([Part::Parameter(_)], []) => String::new(),
            ([Part::Parameter(_)], [Part::Known(text)]) => text.clone(),
            (_, _) => continue,
        };
        parameter.form = match (parameter.form, holds) {
            (_, true) => Form::OneOf(vec![right.clone()]),
            (Form::OneOf(texts), false) if texts.iter().any(|text| *text != right) => {
                Form::OneOf(texts.into_iter().filter(|text| *text != right).collect())
            }
            (other, false) => other,
        };
    }
    parameter.key()
}

/// What an answer calls the side that a thing is on.
fn side_of(thing: &Thing, address: &str) -> String {
    let place = thing.place.as_ref().map(|(source, span)| source.place(*span));
    place.map_or_else(|| address.to_owned(), |it| format!("{}:{}", it.file, it.start.line))
}

/// Why nothing can be said of what has this address, though its policies are known: what they are
/// attached to is not the same.
fn not_compared(address: &str, was: Option<&Thing>, is: Option<&Thing>) -> Option<Unknown> {
    let (thing, what) = match (was, is) {
        (Some(was), None) if was.has_default => {
            (was, format!("what is allowed where `{address}` is not there"))
        }
        (Some(was), Some(is)) if (was.is_several() || is.is_several()) && !is_same(was, is) => {
            (is, format!("what the policies of `{address}` allow together: it has several"))
        }
        (Some(was), Some(is)) if was.of != is.of => {
            (is, format!("whether `{address}` is the same: it was {}, and is {}", was.of, is.of))
        }
        (Some(was), Some(is)) if was.holders != is.holders => (
            is,
            format!("that what has `{address}` had it before: it is attached to something else"),
        ),
        (None | Some(_), None | Some(_)) => return None,
    };
    Some(Unknown::SideSaysNothing { side: side_of(thing, address), what })
}

/// Why nothing can be said of what has parameters that may have other values on the new side.
fn other_values(address: &str, [was, is]: &[Vec<Thing>; 2]) -> Option<Unknown> {
    let facts = |things: &[Thing]| -> BTreeMap<String, String> {
        things.iter().flat_map(|thing| thing.facts.clone()).collect()
    };
    let (before, after) = (facts(was), facts(is));
    let other = |(name, fact): &(&String, &String)| after.get(*name).is_some_and(|it| it != *fact);
    let (name, _) = before.iter().find(other)?;
    let what = format!("that `{name}` in `{address}` has the same values as before");
    Some(Unknown::SideSaysNothing { side: side_of(is.first()?, address), what })
}

/// Whether both have policies that say the same.
fn is_same(was: &Thing, is: &Thing) -> bool {
    let shared = was.policies.len() == is.policies.len()
        && was.boundary.is_some() == is.boundary.is_some()
        && was.all().zip(is.all()).all(|(one, other)| Arc::ptr_eq(&one.policy, &other.policy));
    shared || texts_of(was) == texts_of(is)
}

/// What policies say, and what the boundary says, without names and places.
fn texts_of(thing: &Thing) -> (BTreeSet<String>, Option<String>) {
    (thing.policies.iter().map(text_of).collect(), thing.boundary.as_ref().map(text_of))
}

/// What a policy says, without its name and place.
pub(super) fn text_of(named: &NamedPolicy) -> String {
    let statements = named.policy.statements.iter();
    let statements = statements.map(|statement| print::statement(statement).to_string());
    format!("{:?} {}", named.policy.version, statements.collect::<Vec<_>>().join("\n"))
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

/// Whether the set limits what other policies may allow: it has a Deny, or a boundary.
fn limits(set: &Policies) -> bool {
    let mut statements = set.all().flat_map(|named| &named.policy.statements);
    set.boundary.is_some() || statements.any(|statement| statement.effect == Effect::Deny)
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
pub(super) fn everything(kind: Kind) -> NamedPolicy {
    of_everything(
        kind,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    )
}

/// A resource-based policy that grants everything to everybody.
pub(super) fn everybody() -> NamedPolicy {
    of_everything(
        Kind::Resource,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#,
    )
}

fn of_everything(kind: Kind, text: &str) -> NamedPolicy {
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
