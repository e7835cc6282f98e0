//! The policies of one side of a plan, and who has them.

use super::index::{Entry, Index, Side, references};
use super::principals::Put;
use super::reader::Reader;
use super::refers::{Known, Named};
use super::table::{self, Row, Unset};
use super::value::{Data, Origin, Out, Place, Problem, Value, Written, has_unknown};
use crate::apis;
use crate::compose::Composed;
use crate::{Attachment, Document, Holder, Membership, Template, Unread};
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::json::{self, JsonData, JsonValue};
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::parameter;
use keyaki_iam::source::Source;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// What to do where the plan does not tell.
pub(super) const WITHOUT: &str = "give the `.tf` files too; what depends on it is not known";

/// How many calls of modules are followed to a policy document.
const FAR: usize = 32;

/// Resources whose policy another resource sets, by that one's type and their address.
pub(super) type Set = FxHashSet<(&'static str, String)>;

/// What is put together for one side.
pub(super) struct Policies<'a> {
    pub reader: &'a Reader<'a>,
    pub known: Known,
    set: Set,
    pub template: Template,
    /// The policies of the template that have parameters.
    pub put: Vec<Put>,
}

impl<'a> Policies<'a> {
    /// Reads all policies of a side. `earlier` says whose policies others set before: an attribute
    /// of these still tells a policy that the plan takes away.
    pub fn read(reader: &'a Reader<'a>, earlier: &Set) -> (Template, Set) {
        let known = reader.known_entries();
        let source = Some(reader.index.source.clone());
        let template = Template { source, ..Template::default() };
        let mut policies = Self { reader, known, set: earlier.clone(), template, put: Vec::new() };
        let there: Vec<&'a Entry<'a>> = reader
            .index
            .entries
            .iter()
            .filter(|entry| !entry.data && entry.is_there(reader.side))
            .collect();
        for entry in &there {
            policies.members_of(entry);
        }
        for entry in &there {
            policies.sets(entry);
            policies.settings(entry);
        }
        for entry in &there {
            policies.attachments(entry);
        }
        let attached = policies.attached();
        for entry in &there {
            policies.resource(entry, &attached);
        }
        policies.lambda(&there);
        policies.principals();
        policies.tell_of_opaque();
        policies.facts();
        (policies.template, policies.set)
    }

    /// Who has which managed policy of the plan, by the address of the document.
    fn attached(&self) -> FxHashMap<String, Vec<Holder>> {
        let mut by_policy: FxHashMap<String, Vec<Holder>> = FxHashMap::default();
        for attachment in self.template.attachments.iter().filter(|one| !one.boundary) {
            by_policy.entry(attachment.policy.clone()).or_default().push(attachment.holder.clone());
        }
        by_policy
    }

    fn source(&self, origin: Origin) -> Source {
        let file = match origin {
            Origin::Plan => None,
            Origin::File(file) => self.reader.files.source(file),
        };
        file.unwrap_or(self.reader.index.source).clone()
    }

    pub fn tell(&mut self, rule: &'static str, level: Level, problem: Problem, route: &str) {
        let source = self.source(problem.place.origin);
        if level == Level::Error {
            self.template.unread.push(Unread {
                address: route.to_owned(),
                of_others: self.is_of_others(route),
                anything: false,
                source: source.clone(),
                span: problem.place.span,
            });
        }
        self.template.findings.push(Finding {
            rule,
            level,
            message: problem.message,
            source,
            span: problem.place.span,
            route: route.to_owned(),
            help: (!problem.help.is_empty()).then_some(problem.help),
        });
    }

    /// Whether what has this address may be something that principals have beside their own policies.
    fn is_of_others(&self, address: &str) -> bool {
        let mut entries = self.reader.index.entries.iter();
        let own = entries.find(|entry| {
            let rest = address.strip_prefix(entry.address.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        own.is_none_or(|entry| table::is_of_others(entry.kind))
    }

    /// A policy, or a part of one, that is not known.
    pub fn not_known(&mut self, entry: &Entry<'_>, attribute: &str, problem: Problem) {
        let rule = match problem.place.origin {
            Origin::Plan => codes::TERRAFORM_UNKNOWN,
            Origin::File(_) => codes::TERRAFORM_EXPRESSION,
        };
        let route = format!("{}.{attribute}", entry.address);
        self.tell(rule, Level::Error, problem, &route);
    }

    fn members_of(&mut self, entry: &'a Entry<'a>) {
        for (kind, who, groups) in table::MEMBERS.iter().filter(|row| row.0 == entry.kind) {
            let pair = self
                .reader
                .names_of(entry, who)
                .and_then(|users| Ok((users, self.reader.names_of(entry, groups)?)));
            let (users, groups) = match pair {
                Ok(pair) => pair,
                Err(problem) => {
                    self.not_known(entry, kind, *problem);
                    continue;
                }
            };
            for group in groups {
                let group = self.reader.holder(&self.known, &group, "aws_iam_group", entry);
                for user in &users {
                    let user = self.reader.holder(&self.known, user, "aws_iam_user", entry);
                    let (group, span) = (group.clone(), self.reader.place_of(entry).span);
                    self.template.memberships.push(Membership {
                        user,
                        group,
                        span,
                        when: Vec::new(),
                    });
                }
            }
        }
    }

    fn sets(&mut self, entry: &'a Entry<'a>) {
        let row = table::POLICIES.iter().find(|row| row.resource == entry.kind);
        let Some((row, (by, kind))) = row.and_then(|row| Some((row, row.holder?))) else { return };
        // A problem is told where the policy is read.
        for named in self.reader.names_of(entry, by).unwrap_or_default() {
            let holder = self.reader.holder(&self.known, &named, kind, entry);
            self.set.insert((row.resource, holder.address));
        }
    }

    /// Notes what gives or limits access beside policies.
    fn settings(&mut self, entry: &'a Entry<'a>) {
        if crate::has_default_policy(entry.kind) {
            self.template.with_defaults.insert(entry.address.clone());
        }
        self.template.resources.insert(entry.address.clone(), entry.kind.to_owned());
        let moved = entry.moved_from.map(|before| (before.to_owned(), entry.address.clone()));
        self.template.moved.extend(moved);
        // What gives access in a way of its own gives it by any of its attributes.
        if table::grants(entry.kind) {
            let said = self.said(entry, &|name| !table::MADE.contains(&name));
            let known = self.template.settings.entry(entry.address.clone()).or_default();
            known.grants.push_str(&said);
            known.span = entry.span;
        }
        let way = table::CALLED.iter().find(|(kind, _)| *kind == entry.kind).map(|(_, how)| how);
        let asks_iam = way.is_some_and(|how| self.text_of(entry, how) == Some("AWS_IAM"));
        let counts = |row: &&table::Setting| row.kind == entry.kind && !(row.grants && asks_iam);
        for row in table::SETTINGS.iter().filter(counts) {
            self.setting(entry, row);
        }
    }

    /// The text that an attribute is.
    fn text_of(&self, entry: &'a Entry<'a>, attribute: &str) -> Option<&'a str> {
        entry.values(self.reader.side)?.member(attribute)?.as_str()
    }

    fn setting(&mut self, entry: &'a Entry<'a>, row: &table::Setting) {
        let of_what = row.of.map(|(by, kind)| {
            // What it is about is another mistake, if nobody can tell.
            let named = self.reader.names_of(entry, by).unwrap_or_default();
            named.first().map(|one| self.reader.holder(&self.known, one, kind, entry).address)
        });
        // What limits an account is missed when it is gone: the account is still there.
        let own =
            if entry.kind.starts_with("aws_s3_account_") { entry.kind } else { &entry.address };
        let address = of_what.flatten().unwrap_or_else(|| own.to_owned());
        // What is private gives nothing, and of what describes an API counts who may call what.
        let described = Some("body").filter(|name| row.attributes.contains(name));
        let described = described.and_then(|name| described_by(self.text_of(entry, name)?));
        let counts = |name: &str| {
            row.attributes.contains(&name)
                && (name != "acl" || self.text_of(entry, name) != Some("private"))
                && (name != "body" || described.is_none())
        };
        let mut said = self.said(entry, &counts);
        said.extend(described);
        // Ownership by the bucket's owner takes what ACLs give.
        let takes = entry.kind == "aws_s3_bucket_ownership_controls"
            && said.contains("\"BucketOwnerEnforced\"");
        let known = self.template.settings.entry(address).or_default();
        let part = if row.grants && !takes { &mut known.grants } else { &mut known.limits };
        part.push_str(&said);
        known.span = entry.span;
    }

    /// What a resource says of these attributes, in the order of their names. What is not known is told
    /// by its expression.
    pub fn said(&self, entry: &'a Entry<'a>, counts: &dyn Fn(&str) -> bool) -> String {
        let side = self.reader.side;
        let is_empty = |value: &JsonValue| match &value.data {
            JsonData::Null => true,
            JsonData::String(text) => text.is_empty(),
            JsonData::Array(items) => items.is_empty(),
            JsonData::Object(members) => members.is_empty(),
            JsonData::Bool(_) | JsonData::Number(_) => false,
        };
        let there = |(name, value): &(&str, &JsonValue)| counts(name) && !is_empty(value);
        let mut said: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in Index::members(entry.values(side)).filter(there) {
            said.insert(name, value.compact());
        }
        for (name, unknown) in Index::members(entry.unknown(side)).filter(there) {
            if has_unknown(unknown)
                && let Some(expression) = self.reader.index.expression(entry, name)
            {
                said.entry(name).or_default().push_str(&expression.compact());
            }
        }
        said.iter().map(|(name, text)| format!("{name}: {text}; ")).collect()
    }

    fn attachments(&mut self, entry: &'a Entry<'a>) {
        for row in table::ATTACHED.iter().filter(|row| row.resource == entry.kind) {
            // A role tells what others attached to it, too, unless the configuration sets it.
            let computed = row.holder.is_none() && !row.boundary;
            let is_told = computed && self.reader.index.sets(entry, row.policy) == Some(false);
            if is_told && self.reader.side == Side::After {
                continue;
            }
            let holders = match row.holder {
                None => Ok(vec![self.reader.holder_of(entry)]),
                Some((by, kind)) => self.reader.names_of(entry, by).map(|all| {
                    let one = |named| self.reader.holder(&self.known, named, kind, entry);
                    all.iter().map(one).collect()
                }),
            };
            let pair =
                holders.and_then(|holders| Ok((holders, self.reader.names_of(entry, row.policy)?)));
            let (holders, policies) = match pair {
                Ok(pair) => pair,
                Err(problem) => {
                    self.not_known(entry, row.policy, *problem);
                    continue;
                }
            };
            let at = self.reader.place_of(entry);
            let source = self.source(at.origin);
            // What a resource of its own takes over was there.
            let counts = |named: &&Named| {
                !is_told || matches!(named, Named::Text(arn) if self.reader.index.takes_over(arn))
            };
            for named in policies.iter().filter(counts) {
                let policy = self.reader.policy_named(&self.known, named, entry);
                for holder in &holders {
                    self.template.attachments.push(Attachment {
                        holder: holder.clone(),
                        policy: policy.clone(),
                        boundary: row.boundary,
                        source: source.clone(),
                        span: at.span,
                        when: Vec::new(),
                    });
                }
            }
        }
    }

    fn resource(&mut self, entry: &'a Entry<'a>, attached: &FxHashMap<String, Vec<Holder>>) {
        let row = table::POLICIES.iter().find(|row| row.resource == entry.kind);
        if let Some(row) = row {
            self.row(entry, row, attached);
        }
        match entry.kind {
            "aws_iam_role" => self.inline(entry),
            "aws_organizations_policy" => self.of_organization(entry, attached),
            _ => {}
        }
        let known = match entry.kind {
            "aws_organizations_policy" => Some("content"),
            _ => row.map(|row| row.attribute),
        };
        self.not_understood(entry, known);
    }

    fn row(
        &mut self,
        entry: &'a Entry<'a>,
        row: &'static Row,
        attached: &FxHashMap<String, Vec<Holder>>,
    ) {
        if let Unset::By(other) = row.unset
            && self.reader.index.sets(entry, row.attribute) != Some(true)
        {
            let set = self.set.contains(&(other, entry.address.clone()));
            // What nobody sets and is not known is what AWS gives.
            if set {
                return;
            }
            if self.reader.is_unknown(entry, row.attribute) {
                self.default_policy(entry, row);
                return;
            }
        }
        let address = format!("{}.{}", entry.address, row.attribute);
        let holders = match row.holder {
            None if entry.kind == "aws_iam_policy" => {
                Ok(attached.get(&address).cloned().unwrap_or_default())
            }
            None => Ok(vec![self.reader.holder_of(entry)]),
            Some((by, kind)) => self.reader.names_of(entry, by).map(|all| {
                let one = |named| self.reader.holder(&self.known, named, kind, entry);
                all.iter().map(one).collect()
            }),
        };
        let holders = holders.unwrap_or_else(|problem| {
            self.not_known(entry, row.attribute, *problem);
            Vec::new()
        });
        self.attribute(entry, row.attribute, (address, row.kind, holders));
    }

    /// Tells of a policy that AWS gives where nobody sets one.
    fn default_policy(&mut self, entry: &'a Entry<'a>, row: &Row) {
        if let Some(default) = table::default_policy(row.resource) {
            let place = self.reader.place_of(entry);
            let message = format!("`{}` has no policy of its own: {default}", entry.address);
            let help = "no answer takes it into account; write it to have it looked at".to_owned();
            let problem = Problem { place, message, help };
            self.tell(codes::TERRAFORM_UNKNOWN, Level::Note, problem, &entry.address);
        }
    }

    /// The policy of an organization: of a kind that decides, or another one.
    fn of_organization(&mut self, entry: &'a Entry<'a>, attached: &FxHashMap<String, Vec<Holder>>) {
        let kind = entry.values(self.reader.side).and_then(|values| values.member("type"));
        let kind = match kind.and_then(JsonValue::as_str) {
            None | Some("SERVICE_CONTROL_POLICY") => Kind::Scp,
            Some("RESOURCE_CONTROL_POLICY") => Kind::Rcp,
            // The others say how services are set up; they allow and refuse nothing.
            Some(_) => return,
        };
        let address = format!("{}.content", entry.address);
        let holders = attached.get(&address).cloned().unwrap_or_default();
        self.attribute(entry, "content", (address, kind, holders));
    }

    /// The policy that an attribute holds.
    fn attribute(
        &mut self,
        entry: &'a Entry<'a>,
        attribute: &str,
        what: (String, Kind, Vec<Holder>),
    ) {
        let reader = self.reader;
        let configured = || reader.configured(entry, attribute);
        let values = entry.values(self.reader.side);
        if self.reader.is_unknown(entry, attribute) {
            let found = match configured() {
                Ok(Some(value)) => Ok(value),
                Ok(None) => self.by_reference(entry, attribute),
                Err(problem) => Err(problem),
            };
            match found.and_then(|value| self.whole(value)) {
                Ok((place, written)) => self.document(what, place, written),
                Err(problem) => self.not_known(entry, attribute, *problem),
            }
            return;
        }
        let Some(json) = values.and_then(|values| values.member(attribute)) else { return };
        self.known_text(json, what, configured);
    }

    /// A policy that the plan knows. It is shown where it is written, where a file has it.
    pub fn known_text(
        &mut self,
        json: &JsonValue,
        what: (String, Kind, Vec<Holder>),
        configured: impl FnOnce() -> Out<Option<Value>>,
    ) {
        let JsonData::String(text) = &json.data else {
            if json.data != JsonData::Null {
                let place = Place { origin: Origin::Plan, span: json.span };
                let message = format!("`{}` is {}, not a text", what.0, json.type_name());
                let problem = Problem { place, message, help: String::new() };
                self.tell(codes::TERRAFORM_FORM, Level::Error, problem, &what.0);
            }
            return;
        };
        if text.trim().is_empty() {
            return;
        }
        // The plan tells the policy; what the files say of it shows where it stands, and no more.
        let written = match self.reader.side {
            Side::After => configured().ok().flatten().and_then(|value| self.whole(value).ok()),
            Side::Before => None,
        };
        match written {
            Some((place, written)) if place.origin != Origin::Plan => {
                let same = is_same(&written.text, text);
                let at = if same { written } else { Written::of(text.clone(), place.span) };
                self.document(what, place, at);
            }
            _ => {
                let source = self.reader.index.source;
                let source = source.inside_part(text.as_str(), json.span, json::offsets_within);
                let (address, kind, holders) = what;
                let (span, when) = (json.span, Vec::new());
                let document = Document { address, kind, holders, source, span, when };
                self.template.documents.push(document);
            }
        }
    }

    /// The policy document that the configuration names and the plan knows in part.
    fn by_reference(&self, entry: &'a Entry<'a>, attribute: &str) -> Out<Value> {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let reader = self.reader;
        reader.steps.set(0);
        let expression = reader.index.expression(entry, attribute);
        let named = expression.map(references).unwrap_or_default();
        let named: Vec<&str> =
            named.into_iter().filter(|name| !["each.key", "count.index"].contains(name)).collect();
        if let [only] = named.as_slice()
            && let Some((number, name)) =
                reader.refers_to(only, &entry.module, entry.key.as_ref(), FAR)
            && let Some(document) = reader.index.entries.get(number)
            && document.kind == "aws_iam_policy_document"
            && matches!(name.as_str(), "json" | "minified_json")
        {
            return reader.attribute(document, &name, here);
        }
        let what = format!("the policy `{}.{attribute}` is not known", entry.address);
        here.problem(what, WITHOUT)
    }

    /// A value as the text of a policy.
    pub fn whole(&self, value: Value) -> Out<(Place, Written)> {
        let place = value.place;
        if let Data::Text(written) = value.data
            && !parameter::begins(&written.text)
        {
            return Ok((place, written));
        }
        place.problem("the policy is not known before the plan is applied", WITHOUT)
    }

    pub fn document(
        &mut self,
        (address, kind, holders): (String, Kind, Vec<Holder>),
        place: Place,
        written: Written,
    ) {
        let (span, when) = (place.span, Vec::new());
        if parameter::is_in(&written.text) {
            let (document, written) = (self.template.documents.len(), written.clone());
            self.put.push(Put { document, place, written });
        }
        let source = self.source_of(place, written);
        let document = Document { address, kind, holders, source, span, when };
        self.template.documents.push(document);
    }

    /// The text of a policy, inside of what it is from.
    pub fn source_of(&self, place: Place, written: Written) -> Source {
        let text = Composed::from_parts(written.text, written.at);
        text.finish(&self.source(place.origin), place.span.end)
    }
}

/// Whether two texts are the same JSON.
fn is_same(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let values = (read(one), read(other));
    matches!(values, (Some(one), Some(other)) if one == other)
}

/// What the description of an API says of who may call what of it, where all of it is JSON.
fn described_by(body: &str) -> Option<String> {
    let (body, findings) = json::parse(&Source::new("body", body), &json::Limits::default());
    body.filter(|_| findings.is_empty()).map(|body| apis::described(&body))
}
