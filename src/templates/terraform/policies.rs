//! The policies of one side of a plan, and who has them.

use super::evaluate::Scope;
use super::files::place;
use super::index::{Entry, Side, references};
use super::reader::Reader;
use super::refers::Known;
use super::table::{self, Row, Unset};
use super::value::{Data, Origin, Out, Place, Problem, Value, Written, is_true};
use crate::compose::Composed;
use crate::{Attachment, Document, Holder, Template};
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::json::{self, JsonData, JsonValue};
use keyaki_iam::parameter;
use keyaki_iam::policy::Kind;
use keyaki_iam::source::Source;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// What to do where the plan does not tell.
const WITHOUT: &str = "give the `.tf` files too; what depends on it is not known";

/// How many calls of modules are followed to a policy document.
const FAR: usize = 32;

/// What is put together for one side.
pub(super) struct Policies<'a> {
    pub reader: &'a Reader<'a>,
    known: Known,
    /// The members of groups, by the address of the group.
    members: BTreeMap<String, Vec<Holder>>,
    /// Resources whose policy another resource sets, by that one's type and their address.
    set: FxHashSet<(&'static str, String)>,
    pub template: Template,
}

impl<'a> Policies<'a> {
    /// Reads all policies of a side.
    pub fn read(reader: &'a Reader<'a>) -> Template {
        let known = reader.known_entries();
        let mut policies = Self {
            reader,
            known,
            members: BTreeMap::new(),
            set: FxHashSet::default(),
            template: Template::default(),
        };
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
        }
        for entry in &there {
            policies.attachments(entry);
        }
        let attached = policies.attached();
        for entry in &there {
            policies.resource(entry, &attached);
        }
        policies.lambda(&there);
        policies.tell_of_opaque();
        policies.template
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

    fn tell(&mut self, rule: &'static str, level: Level, problem: Problem, route: &str) {
        let source = self.source(problem.place.origin);
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

    /// A policy, or a part of one, that is not known.
    fn not_known(&mut self, entry: &Entry<'_>, attribute: &str, problem: Problem) {
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
                    self.members.entry(group.address.clone()).or_default().push(user);
                }
            }
        }
    }

    /// A holder, and, where it is a group, who is in it.
    fn with_members(&self, holder: Holder) -> Vec<Holder> {
        let members = self.members.get(&holder.address).cloned().unwrap_or_default();
        std::iter::once(holder).chain(members).collect()
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

    fn attachments(&mut self, entry: &'a Entry<'a>) {
        for row in table::ATTACHED.iter().filter(|row| row.resource == entry.kind) {
            // A role tells what others attached to it, too, unless the configuration sets it.
            let computed = row.holder.is_none() && !row.boundary;
            if computed && !self.reader.index.sets(entry, row.policy) {
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
            for named in &policies {
                let policy = self.reader.policy_named(&self.known, named);
                let one = |holder: &Holder| self.with_members(holder.clone());
                let all: Vec<Holder> = holders.iter().flat_map(one).collect();
                for holder in all {
                    self.template.attachments.push(Attachment {
                        holder,
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
            && !self.reader.index.sets(entry, row.attribute)
        {
            let set = self.set.contains(&(other, entry.address.clone()));
            // What nobody sets and is not known is what AWS gives.
            if set || self.reader.is_unknown(entry, row.attribute) {
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
                all.iter().map(one).flat_map(|holder| self.with_members(holder)).collect()
            }),
        };
        let holders = holders.unwrap_or_else(|problem| {
            self.not_known(entry, row.attribute, *problem);
            Vec::new()
        });
        self.attribute(entry, row.attribute, (address, row.kind, holders));
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
    fn known_text(
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
        let written = match (self.reader.side, configured()) {
            (Side::After, Ok(Some(value))) => self.whole(value).ok(),
            // The plan tells the policy; what the files say of it is not needed.
            (Side::Before | Side::After, _) => None,
        };
        match written {
            Some((place, written)) if place.origin != Origin::Plan => {
                let same = is_same(&written.text, text);
                let at = if same { written } else { Written::of(text.clone(), place.span) };
                self.document(what, place, at);
            }
            _ => {
                let source = self.reader.index.source;
                let offsets = json::offsets_within(source, json.span);
                let source = source.inside(text.as_str(), offsets);
                let (address, kind, holders) = what;
                let span = json.span;
                let when = Vec::new();
                self.template.documents.push(Document {
                    address,
                    kind,
                    holders,
                    source,
                    span,
                    when,
                });
            }
        }
    }

    /// The policy document that the configuration names and the plan knows in part.
    fn by_reference(&self, entry: &'a Entry<'a>, attribute: &str) -> Out<Value> {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let reader = self.reader;
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
    fn whole(&self, value: Value) -> Out<(Place, Written)> {
        let place = value.place;
        if let Data::Text(written) = value.data
            && !parameter::begins(&written.text)
        {
            return Ok((place, written));
        }
        place.problem("the policy is not known before the plan is applied", WITHOUT)
    }

    fn document(
        &mut self,
        (address, kind, holders): (String, Kind, Vec<Holder>),
        place: Place,
        written: Written,
    ) {
        let text = Composed::from_parts(written.text, written.at);
        let source = text.finish(&self.source(place.origin), place.span.end);
        self.template.documents.push(Document {
            address,
            kind,
            holders,
            source,
            span: place.span,
            when: Vec::new(),
        });
    }

    /// Policies that stand in a role.
    fn inline(&mut self, entry: &'a Entry<'a>) {
        const BLOCK: &str = "inline_policy";
        // A role tells what others gave it, too, unless the configuration sets it.
        if !self.reader.index.sets(entry, BLOCK) {
            return;
        }
        let (reader, side) = (self.reader, self.reader.side);
        if self.reader.is_unknown(entry, BLOCK) {
            let place = Place { origin: Origin::Plan, span: entry.span };
            let message = format!("the policies in `{}.{BLOCK}` are not known", entry.address);
            self.not_known(entry, BLOCK, Problem { place, message, help: String::new() });
            return;
        }
        let list = |of: Option<&'a JsonValue>| match of.and_then(|of| of.member(BLOCK)) {
            Some(JsonValue { data: JsonData::Array(items), .. }) => items.as_slice(),
            _ => &[],
        };
        let unknown = list(entry.unknown(side));
        for (number, block) in list(entry.values(side)).iter().enumerate() {
            let unknown = unknown.get(number);
            let name = block.member("name").and_then(JsonValue::as_str);
            // Of a block without a name or a policy nothing is made.
            let called = name.map_or_else(|| format!("[{number}]"), |name| format!("[\"{name}\"]"));
            let address = format!("{}.{BLOCK}{called}", entry.address);
            let what = (address, Kind::Identity, vec![self.reader.holder_of(entry)]);
            let configured = || match name {
                Some(name) => reader.inline_block(entry, name),
                None => Ok(None),
            };
            if !is_true(unknown.and_then(|unknown| unknown.member("policy"))) {
                if let Some(json) = block.member("policy") {
                    self.known_text(json, what, configured);
                }
                continue;
            }
            let found = configured().and_then(|value| match value {
                Some(value) => self.whole(value),
                None => {
                    let place = Place { origin: Origin::Plan, span: entry.span };
                    place.problem(format!("the policy `{}` is not known", what.0), WITHOUT)
                }
            });
            match found {
                Ok((place, written)) => self.document(what, place, written),
                Err(problem) => self.not_known(entry, BLOCK, *problem),
            }
        }
    }

    /// Policies in resources of types that are not known, and in their other attributes.
    fn not_understood(&mut self, entry: &'a Entry<'a>, known: Option<&str>) {
        let side = self.reader.side;
        // What is there after the plan, too, is told of once.
        if side == Side::Before && entry.is_there(Side::After) {
            return;
        }
        let mut found = Vec::new();
        for (name, value) in super::index::Index::members(entry.values(side)) {
            let of_role = entry.kind == "aws_iam_role" && name == "inline_policy";
            if Some(name) != known && !of_role && holds_policy(value) {
                found.push(name);
            }
        }
        for (name, unknown) in super::index::Index::members(entry.unknown(side)) {
            let is_policy =
                name == "policy" || name.ends_with("_policy") || name == "policy_document";
            let is_set = || {
                let expression = self.reader.index.expression(entry, name);
                expression.is_some_and(|set| set.member("references").is_some())
            };
            let of_role = entry.kind == "aws_iam_role";
            if Some(name) != known && !of_role && is_policy && is_true(Some(unknown)) && is_set() {
                found.push(name);
            }
        }
        for name in found {
            let place = self.reader.place_of(entry);
            let address = format!("{}.{name}", entry.address);
            let message = format!("`{address}` holds a policy, and its type is not understood");
            let help = "no answer takes it into account".to_owned();
            let problem = Problem { place, message, help };
            self.tell(codes::TERRAFORM_RESOURCE, Level::Warning, problem, &address);
        }
    }

    /// Tells what was taken for one text.
    fn tell_of_opaque(&mut self) {
        let opaque = self.reader.opaque.borrow().clone();
        for name in opaque {
            let place = Place { origin: Origin::Plan, span: keyaki_iam::source::Span::default() };
            let message = format!(
                "the plan does not tell how `{name}` is made: it is taken for one text without wildcards"
            );
            let help = "give the `.tf` files too".to_owned();
            let problem = Problem { place, message, help };
            self.tell(codes::TERRAFORM_UNKNOWN, Level::Warning, problem, &name);
        }
    }

    /// The policies of Lambda functions, a permission a statement.
    fn lambda(&mut self, there: &[&'a Entry<'a>]) {
        let mut functions: BTreeMap<Holder, (Vec<Value>, Place)> = BTreeMap::new();
        for entry in there.iter().filter(|entry| entry.kind == "aws_lambda_permission") {
            let at = Place { origin: Origin::Plan, span: entry.span };
            let one = self.reader.names_of(entry, "function_name").and_then(|named| {
                let Some(named) = named.first() else {
                    return at.problem("the permission names no function", "");
                };
                let holder = self.reader.holder(&self.known, named, "aws_lambda_function", entry);
                let statement = self.reader.permission(entry, &holder)?;
                Ok((holder, statement))
            });
            match one {
                Ok((holder, statement)) => {
                    let known = functions.entry(holder).or_insert_with(|| (Vec::new(), at));
                    known.0.push(statement);
                }
                Err(problem) => self.not_known(entry, "function_name", *problem),
            }
        }
        for (holder, (statements, at)) in functions {
            let policy = at.value(Data::Object(vec![
                ("Version".to_owned(), at.span, at.text("2012-10-17")),
                ("Statement".to_owned(), at.span, at.value(Data::List(statements))),
            ]));
            let address = format!("{}.policy", holder.address);
            match self.reader.encoded(&policy) {
                Ok(written) => {
                    self.document((address, Kind::Resource, vec![holder]), at, written);
                }
                Err(problem) => {
                    self.tell(codes::TERRAFORM_UNKNOWN, Level::Error, *problem, &address);
                }
            }
        }
    }
}

impl<'a> Reader<'a> {
    /// The policy of the block of that name in the file.
    fn inline_block(&self, entry: &Entry<'_>, name: &str) -> Out<Option<Value>> {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let resource = format!("resource.{}.{}", entry.kind, entry.name);
        let Some((file, block)) = self.block(&entry.module, &resource, here)? else {
            return Ok(None);
        };
        let scope = Scope::of(entry.module.clone(), file, block, entry.key.clone());
        for inner in block.body.get_blocks("inline_policy") {
            let attributes = (inner.body.get_attribute("name"), inner.body.get_attribute("policy"));
            let (Some(own), Some(policy)) = attributes else { continue };
            self.steps.set(0);
            let value = self.evaluate(&own.value, &scope)?;
            let own = self.text(value.used_at(place(file, &own.value)))?;
            if own.text == name {
                return self.evaluate(&policy.value, &scope).map(Some);
            }
        }
        Ok(None)
    }
}

/// Whether two texts are the same JSON.
fn is_same(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let values = (read(one), read(other));
    matches!(values, (Some(one), Some(other)) if one == other)
}

/// Whether a text with statements is in a value.
fn holds_policy(value: &JsonValue) -> bool {
    match &value.data {
        JsonData::String(text) => {
            text.trim_start().starts_with('{') && text.contains("\"Statement\"")
        }
        JsonData::Array(items) => items.iter().any(holds_policy),
        JsonData::Object(members) => members.iter().any(|member| holds_policy(&member.value)),
        JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) => false,
    }
}
