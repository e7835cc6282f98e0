//! What a plan says, found by address.

use super::address::{Key, Module};
use crate::members;
use keyaki_iam::json::{JsonData, JsonValue};
use keyaki_iam::source::{Source, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// Before or after the plan is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// An instance of a resource or of a data source.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub address: String,
    pub module: Module,
    pub data: bool,
    pub kind: &'a str,
    pub name: &'a str,
    pub key: Option<Key>,
    pub before: Option<&'a JsonValue>,
    pub after: Option<&'a JsonValue>,
    /// What is not known of `after`.
    pub unknown: Option<&'a JsonValue>,
    pub span: Span,
    /// Its address before the plan moved it.
    pub moved_from: Option<&'a str>,
}

/// All instances of a resource.
#[derive(Debug)]
pub(super) struct Group {
    /// The address without the instance.
    pub address: String,
    /// The numbers of its entries, in the order of the plan.
    pub entries: Vec<usize>,
}

/// What is known of the account of a provider.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Provider<'a> {
    pub account: Option<&'a str>,
    pub region: Option<&'a str>,
    pub partition: Option<&'a str>,
}

/// A plan or a state.
pub(super) struct Index<'a> {
    pub source: &'a Source,
    pub entries: Vec<Entry<'a>>,
    pub groups: Vec<Group>,
    by_base: FxHashMap<String, usize>,
    /// The blocks of the configuration by their addresses without instances; of modules the call.
    configured: FxHashMap<String, &'a JsonValue>,
    /// The configuration of the root module.
    root: Option<&'a JsonValue>,
    variables: FxHashMap<&'a str, &'a JsonValue>,
    providers: FxHashMap<&'a str, Provider<'a>>,
    /// What keeps parts from being read: where, and why.
    pub wrong: Vec<(Span, String)>,
    /// What the plan makes resources of their own of.
    taken_over: FxHashSet<&'a str>,
}

const NOTHING: &[JsonValue] = &[];

fn list<'a>(of: Option<&'a JsonValue>, name: &str) -> &'a [JsonValue] {
    match of.and_then(|of| of.member(name)).map(|value| &value.data) {
        Some(JsonData::Array(items)) => items,
        _ => NOTHING,
    }
}

fn text<'a>(of: &'a JsonValue, name: &str) -> Option<&'a str> {
    of.member(name)?.as_str()
}

/// A value that is not `null`.
fn some<'a>(of: Option<&'a JsonValue>, name: &str) -> Option<&'a JsonValue> {
    of?.member(name).filter(|value| value.data != JsonData::Null)
}

impl<'a> Index<'a> {
    /// Looks at a plan, or at a state, whose resources are before as they are after.
    pub fn of(source: &'a Source, file: &'a JsonValue) -> Self {
        let configuration = file.member("configuration");
        let mut index = Self {
            source,
            entries: Vec::new(),
            groups: Vec::new(),
            by_base: FxHashMap::default(),
            configured: FxHashMap::default(),
            root: some(configuration, "root_module"),
            variables: members(file.member("variables")).collect(),
            providers: FxHashMap::default(),
            wrong: Vec::new(),
            taken_over: FxHashSet::default(),
        };
        for change in list(Some(file), "resource_changes") {
            index.change(change);
        }
        let seen: FxHashSet<String> =
            index.entries.iter().map(|entry| entry.address.clone()).collect();
        for state in [some(file.member("prior_state"), "values"), file.member("values")] {
            index.state(some(state, "root_module"), &seen);
        }
        index.configure(index.root, &Module::default());
        index.of_providers(some(configuration, "provider_config"));
        index.taken_over = index.entries.iter().filter_map(taken_over).collect();
        index
    }

    fn change(&mut self, change: &'a JsonValue) {
        let part = change.member("change");
        let actions = list(part, "actions");
        let has = |action: &str| actions.iter().any(|known| known.as_str() == Some(action));
        let before = some(part, "before");
        // What Terraform forgets stays as it is.
        let after = if has("forget") { before } else { some(part, "after") };
        let unknown = some(part, "after_unknown");
        if part.is_none() {
            self.wrong.push((change.span, "a change of a resource has no `change`".to_owned()));
            return;
        }
        // The old object that a replacement left behind exists until the plan is applied.
        let deposed = text(change, "deposed").map(|key| format!(" (deposed object {key})"));
        self.entry(change, (before, after, unknown), deposed.as_deref().unwrap_or_default());
    }

    fn entry(
        &mut self,
        of: &'a JsonValue,
        (before, after, unknown): (
            Option<&'a JsonValue>,
            Option<&'a JsonValue>,
            Option<&'a JsonValue>,
        ),
        suffix: &str,
    ) {
        let named = (text(of, "address"), text(of, "type"), text(of, "name"));
        let (Some(address), Some(kind), Some(name)) = named else {
            let message = "a resource has no `address`, `type` or `name` that is a text";
            self.wrong.push((of.span, message.to_owned()));
            return;
        };
        let data = text(of, "mode") == Some("data");
        let module = Module::of(address);
        let key = of.member("index").and_then(Key::of);
        let mode = if data { "data." } else { "" };
        let base = module.address(&format!("{mode}{kind}.{name}{suffix}"));
        let (groups, number) = (&mut self.groups, self.entries.len());
        let group = *self.by_base.entry(base).or_insert_with_key(|base| {
            groups.push(Group { address: base.clone(), entries: Vec::new() });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(group) {
            group.entries.push(number);
        }
        let address = format!("{address}{suffix}");
        let span = of.span;
        self.entries.push(Entry {
            address,
            module,
            data,
            kind,
            name,
            key,
            before,
            after,
            unknown,
            span,
            moved_from: text(of, "previous_address")
                .filter(|before| Some(*before) != text(of, "address")),
        });
    }

    /// What a state has and no change is about: data sources, and resources that the plan leaves
    /// out.
    fn state(&mut self, module: Option<&'a JsonValue>, seen: &FxHashSet<String>) {
        for resource in list(module, "resources") {
            if text(resource, "address").is_none_or(|address| !seen.contains(address)) {
                let values = some(Some(resource), "values");
                self.entry(resource, (values, values, None), "");
            }
        }
        for inner in list(module, "child_modules") {
            self.state(Some(inner), seen);
        }
    }

    fn configure(&mut self, module: Option<&'a JsonValue>, at: &Module) {
        for resource in list(module, "resources") {
            if let Some(address) = text(resource, "address") {
                self.configured.insert(at.configured(address), resource);
            }
        }
        for (name, call) in members(module.and_then(|module| module.member("module_calls"))) {
            self.configured.insert(at.configured(&format!("module.{name}")), call);
            self.configure(call.member("module"), &at.inner(name, None));
        }
    }

    fn of_providers(&mut self, configured: Option<&'a JsonValue>) {
        for (key, provider) in members(configured) {
            let region = some(some(Some(provider), "expressions"), "region");
            let region = region.and_then(|region| text(region, "constant_value"));
            self.providers.entry(key).or_default().region = region;
        }
        for number in 0..self.entries.len() {
            let Some(entry) = self.entries.get(number).filter(|entry| entry.data) else { continue };
            // Without its block nobody knows whose provider it asked.
            let (Some(values), Some(block)) = (entry.after, self.block(entry)) else { continue };
            let key = self.provider_key(entry);
            let of_another = ["region", "name", "endpoint"]
                .iter()
                .any(|it| expression(Some(block), it).is_some());
            let known = |names: &[&str]| names.iter().find_map(|name| text(values, name));
            let (kind, account) = (entry.kind, known(&["account_id"]));
            let (region, partition) = (known(&["region", "id", "name"]), known(&["partition"]));
            let provider = self.providers.entry(key).or_default();
            match kind {
                "aws_caller_identity" => provider.account = provider.account.or(account),
                "aws_region" if !of_another => provider.region = provider.region.or(region),
                "aws_partition" => provider.partition = provider.partition.or(partition),
                _ => {}
            }
        }
    }

    /// What the provider of an entry is called.
    pub fn provider_key(&self, entry: &Entry<'_>) -> &'a str {
        let block = self.block(entry);
        block.and_then(|block| text(block, "provider_config_key")).unwrap_or("aws")
    }

    /// What is known of a provider.
    pub fn provider(&self, key: &str) -> Provider<'a> {
        self.providers.get(key).copied().unwrap_or_default()
    }

    /// The block of the configuration that an entry is an instance of.
    pub fn block(&self, entry: &Entry<'_>) -> Option<&'a JsonValue> {
        let mode = if entry.data { "data." } else { "" };
        let address = format!("{mode}{}.{}", entry.kind, entry.name);
        self.configured.get(&entry.module.configured(&address)).copied()
    }

    /// What a resource has that is configured without instances: `count` or `for_each` is empty.
    /// `None`: the configuration has no such resource with instances. Otherwise whether they are
    /// numbered.
    pub fn counts(&self, module: &Module, base: &str) -> Option<bool> {
        let block = self.configured.get(&module.configured(base))?;
        if block.member("count_expression").is_some() {
            return Some(true);
        }
        block.member("for_each_expression").map(|_| false)
    }

    /// The call of a module.
    pub fn call(&self, module: &Module, name: &str) -> Option<&'a JsonValue> {
        self.configured.get(&module.configured(&format!("module.{name}"))).copied()
    }

    /// The configuration of a module.
    pub fn module(&self, module: &Module) -> Option<&'a JsonValue> {
        match module.outer() {
            None => self.root,
            Some((outer, name, _)) => self.call(&outer, name)?.member("module"),
        }
    }

    /// Whether the configuration sets an attribute. `None`: it does not have the resource, and what
    /// it had is not told.
    pub fn sets(&self, entry: &Entry<'_>, attribute: &str) -> Option<bool> {
        let block = self.block(entry)?;
        Some(expression(Some(block), attribute).is_some())
    }

    /// Whether the plan makes a resource of its own of what a role tells as this name or ARN.
    pub fn takes_over(&self, text: &str) -> bool {
        self.taken_over.contains(text)
    }

    /// What the configuration says of an attribute.
    pub fn expression(&self, entry: &Entry<'_>, attribute: &str) -> Option<&'a JsonValue> {
        expression(self.block(entry), attribute)
    }

    /// The value of a variable of the root module.
    pub fn variable(&self, name: &str) -> Option<&'a JsonValue> {
        self.variables.get(name)?.member("value")
    }

    /// The default of a variable of a module.
    pub fn default(&self, module: &Module, name: &str) -> Option<&'a JsonValue> {
        self.module(module)?.member("variables")?.member(name)?.member("default")
    }

    /// The resources of the configuration of the root module and its calls, as blocks are named.
    pub fn blocks_of_root(&self) -> Vec<String> {
        let resources = list(self.root, "resources").iter().filter_map(|resource| {
            let (kind, name) = (text(resource, "type")?, text(resource, "name")?);
            let data = text(resource, "mode") == Some("data");
            Some(format!("{}.{kind}.{name}", if data { "data" } else { "resource" }))
        });
        let calls = members(self.root.and_then(|root| root.member("module_calls")));
        resources.chain(calls.map(|(name, _)| format!("module.{name}"))).collect()
    }

    /// The number of the group of that address.
    pub fn group(&self, address: &str) -> Option<usize> {
        self.by_base.get(address).copied()
    }

    /// The members of an object of the plan.
    pub fn members(of: Option<&JsonValue>) -> impl Iterator<Item = (&str, &JsonValue)> {
        members(of)
    }
}

fn expression<'a>(block: Option<&'a JsonValue>, attribute: &str) -> Option<&'a JsonValue> {
    some(block, "expressions")?.member(attribute)
}

/// The references of an expression of the configuration that are not part of another one:
/// `aws_s3_bucket.b.arn` stands there with `aws_s3_bucket.b`.
pub(super) fn references(expression: &JsonValue) -> Vec<&str> {
    let all: Vec<&str> =
        list(Some(expression), "references").iter().filter_map(JsonValue::as_str).collect();
    let is_part = |name: &str| {
        let longer = |other: &&str| {
            other.strip_prefix(name).is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        all.iter().any(longer)
    };
    all.iter().copied().filter(|name| !is_part(name)).collect()
}

/// What a resource that the plan makes takes out of a role: the name of a policy, or the ARN of one that
/// is attached.
fn taken_over<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    let attribute = match entry.kind {
        "aws_iam_role_policy" => "name",
        "aws_iam_role_policy_attachment" => "policy_arn",
        _ => return None,
    };
    let made = entry.is_there(Side::After) && !entry.is_there(Side::Before);
    text(entry.values(Side::After).filter(|_| made)?, attribute)
}

impl<'a> Entry<'a> {
    /// Its values.
    pub fn values(&self, side: Side) -> Option<&'a JsonValue> {
        match side {
            Side::Before => self.before,
            Side::After => self.after,
        }
    }

    /// What of its values is not known.
    pub fn unknown(&self, side: Side) -> Option<&'a JsonValue> {
        match side {
            Side::Before => None,
            Side::After => self.unknown,
        }
    }

    /// Whether it is there.
    pub fn is_there(&self, side: Side) -> bool {
        self.values(side).is_some()
    }
}
