//! The sides of a review: which policies whoever and whatever has, by address and kind.

use super::unread::Unread;
use super::worlds::{MOST_ASSUMPTIONS, Values, worlds};
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::input;
use keyaki_iam::layers::NamedPolicy;
use keyaki_iam::policy::parameter::{Form, Parameter};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::policy::{ContextKey, Kind, Piece, Policy, parameter};
use keyaki_iam::shape::CallerPattern;
use keyaki_iam::source::{Source, Span};
use keyaki_templates::principals::{PARTS, part_of};
use keyaki_templates::{
    Assumption, Attachment, Document, Holder, Kept, Membership, Part, Settings, Template,
    is_variant, is_within, parts, region_of,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What there is on a side.
#[derive(Debug, Default)]
pub struct Side {
    pub(super) things: Things,
    /// Policies that some principal has, or is bounded by: looked at alone only where nobody has them
    /// on the other side.
    pub(super) held: Things,
    /// What is to be known of what was read.
    pub warnings: Vec<Finding>,
    /// What could not be read, each policy alone.
    pub wrong: Vec<Vec<Finding>>,
    /// What resources have beside policies, as it is written, and where the file is.
    pub(super) settings: BTreeMap<String, (Settings, Source)>,
    /// The resources that the files make, with their types.
    pub(super) resources: BTreeMap<String, String>,
    /// Those of them that had another address before, by that.
    pub(super) moved: BTreeMap<String, String>,
    /// Those of them that stay when the files have them no more.
    pub(super) retained: BTreeMap<String, Kept>,
    /// The resources that are open where they have no policy.
    pub(super) with_defaults: BTreeSet<String>,
    /// Of what that is.
    pub(super) unread: Unread,
}

/// What has policies of a kind, by its address: what it has under each of several assumptions, and
/// under those of several things that hold together all that they have.
pub(super) type Things = BTreeMap<(String, Kind), Vec<Thing>>;

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
            self.facts.insert(name.clone(), fact);
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
    pub fn under(mut self, world: &[Assumption]) -> Self {
        for named in self.policies.iter_mut().chain(&mut self.boundary) {
            named.form(&|key| under(key.clone(), world));
        }
        self
    }

    /// Takes what another one of the same address has.
    pub fn take(&mut self, other: Self) {
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
    pub fn is_several(&self) -> bool {
        let one = |named: &NamedPolicy| {
            matches!(named.policy.kind, Kind::Resource | Kind::Trust | Kind::Boundary)
        };
        self.policies.len() > 1 && self.policies.iter().all(one)
    }

    /// Its policies, and what bounds it.
    pub fn all(&self) -> impl Iterator<Item = &NamedPolicy> {
        self.policies.iter().chain(&self.boundary)
    }
}

impl Side {
    /// Whether nothing was read: no policy, and no resource of a template or a plan, which may have none.
    pub fn is_empty(&self) -> bool {
        let mut settings = self.settings.values();
        let has_nothing = self.things.is_empty() && settings.all(|(own, _)| own.is_empty());
        has_nothing && self.resources.is_empty()
    }

    /// A file has another name than on the other side, and the same text.
    pub fn renames(&mut self, before: &str, after: &str) {
        self.moved.insert(before.to_owned(), after.to_owned());
    }

    /// The resources of this side that it moved since the other one: not those that are there already,
    /// and none to where something else stays.
    pub(super) fn moved_since(&self, old: &Self) -> BTreeMap<String, String> {
        let since = |(before, after): &(&String, &String)| {
            let moved_before = old.moved.get(*before) == Some(*after);
            let stays = old.resources.contains_key(*after) && !self.moved.contains_key(*after);
            let was = || old.things.keys().any(|(address, _)| is_within(address, before));
            !moved_before && !stays && was()
        };
        let moved = self.moved.iter().filter(since);
        moved.map(|(before, after)| (before.clone(), after.clone())).collect()
    }

    /// Gives what another side moved the addresses that it has there.
    pub(super) fn follow(&mut self, moved: &BTreeMap<String, String>) {
        if moved.is_empty() {
            return;
        }
        let name = |address: String| {
            let moved = |(of, rest)| Some(format!("{}{rest}", moved.get(of)?));
            let after = parts(&address).find_map(moved);
            after.unwrap_or(address)
        };
        let names = |all: BTreeSet<String>| all.into_iter().map(name).collect();
        for things in [&mut self.things, &mut self.held] {
            let all = std::mem::take(things).into_iter().map(|((address, kind), mut all)| {
                for thing in &mut all {
                    thing.address = name(std::mem::take(&mut thing.address));
                    thing.holders = names(std::mem::take(&mut thing.holders));
                    thing.kept = names(std::mem::take(&mut thing.kept));
                }
                ((name(address), kind), all)
            });
            *things = all.collect();
        }
        let all = std::mem::take(&mut self.settings).into_iter();
        self.settings = all.map(|(address, own)| (name(address), own)).collect();
        let all = std::mem::take(&mut self.resources).into_iter();
        self.resources = all.map(|(address, kind)| (name(address), kind)).collect();
        self.with_defaults = names(std::mem::take(&mut self.with_defaults));
        self.unread.follow(&name);
    }

    /// A file of this name holds what looks like statements, and is not read.
    pub fn passes(&mut self, name: &str, source: &Source) {
        let policies = source.text().to_owned();
        let settings = Settings { policies, ..Settings::default() };
        self.settings.insert(name.to_owned(), (settings, source.clone()));
        self.warnings.push(Finding {
            rule: codes::NOT_UNDERSTOOD,
            level: Level::Warning,
            message: "what looks like statements of a policy is not read here".to_owned(),
            source: source.clone(),
            span: Span::default(),
            route: String::new(),
            help: Some("a policy is a JSON document with `Version` and `Statement`".to_owned()),
        });
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
        let resources = template.resources.iter();
        self.resources.extend(resources.map(|(address, kind)| (named(address), kind.clone())));
        let moved = template.moved.iter();
        self.moved.extend(moved.map(|(before, after)| (named(before), named(after))));
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
    let names = document.holders.iter().flat_map(|one| one.parameters.clone());
    // The same name in another Region is another resource.
    let of = parts(&document.address).map(|(of, _)| region_of(of));
    let names = names.chain(of.filter(|name| template.facts.contains_key(name))).collect();
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

/// The key of a parameter of which something is assumed: what is assumed of it where a policy is there
/// holds in all policies of who has that.
fn under(key: ContextKey, assumed: &[Assumption]) -> ContextKey {
    let Some(mut parameter) = Parameter::of(&key) else { return key };
    for Assumption { sides: [left, right], holds } in assumed {
        let right = match (left.as_slice(), right.as_slice()) {
            // Of two that are equal one stands for both.
            ([Part::Parameter(one)], [Part::Parameter(other)]) if *holds => {
                // Of a principal that is in parts, each part.
                let of = [one, other].into_iter().find_map(|one| {
                    let rest = parameter.name.strip_prefix(one.as_str())?;
                    (rest.is_empty() || PARTS.contains(&rest)).then(|| rest.to_owned())
                });
                if let Some(rest) = of {
                    parameter.name = format!("{}{rest}", one.min(other));
                }
                continue;
            }
            ([Part::Parameter(name)], [Part::Known(text)]) if *name != parameter.name => {
                let rest = parameter.name.strip_prefix(name.as_str()).filter(|_| *holds);
                let part = rest.and_then(|rest| rest.strip_prefix('.'));
                let part = part.and_then(|part| part_of(text, part));
                let Some(part) = part else { continue };
                part
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
