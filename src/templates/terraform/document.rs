//! The data source `aws_iam_policy_document`: the policy that its blocks are, as
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
//! says.

use super::address::Module;
use super::evaluate::Scope;
use super::files::place;
use super::index::Entry;
use super::reader::Reader;
use super::value::{Data, Members, Origin, Out, Place, Unknown, Value};
use hcl_edit::structure::Block;
use keyaki_iam::json::{self, Limits};
use keyaki_iam::policy::parameter;
use keyaki_iam::source::Source;

/// The version of the policy language that has no variables.
const OLD: &str = "2008-10-17";

/// Members of a statement that are lists of texts: of the block, and of the policy; and whether
/// `&{` begins a variable in them.
const LISTS: &[(&str, &str, bool)] = &[
    ("actions", "Action", false),
    ("not_actions", "NotAction", false),
    ("resources", "Resource", true),
    ("not_resources", "NotResource", true),
];

/// The blocks of principals.
const PRINCIPALS: &[(&str, &str)] =
    &[("principals", "Principal"), ("not_principals", "NotPrincipal")];

/// Texts under a name, and where that begins.
type Texts = (String, Place, Vec<Value>);

/// A statement, with its id, which others may replace it by.
struct Statement {
    sid: Option<String>,
    value: Value,
}

/// A policy that is put together.
struct Merged {
    version: Option<String>,
    id: Option<Value>,
    statements: Vec<Statement>,
}

impl Merged {
    /// Adds a statement; of two with one id the later counts.
    fn add(&mut self, statement: Statement) {
        let of_id = |known: &&mut Statement| statement.sid.is_some() && known.sid == statement.sid;
        match self.statements.iter_mut().find(of_id) {
            Some(known) => *known = statement,
            None => self.statements.push(statement),
        }
    }
}

/// Whether all of a value is known.
fn is_known(value: &Value) -> bool {
    match &value.data {
        Data::Unknown(_) => false,
        Data::List(items) => items.iter().all(is_known),
        Data::Object(members) => members.iter().all(|(_, _, value)| is_known(value)),
        Data::Text(text) => !parameter::is_in(&text.text),
        Data::Null | Data::Bool(_) | Data::Number(_) | Data::Resource(..) => true,
    }
}

impl<'a> Reader<'a> {
    /// The policy of a data source that is read when the plan is applied: from its block, or from
    /// what the plan knows of it.
    pub fn document(&self, entry: &'a Entry<'a>, here: Place) -> Out<Value> {
        let written = self.written(&entry.module, entry, here)?;
        let Some((file, block)) = written else {
            let (policy, at) = self.planned(entry)?;
            self.take_for_texts(&policy);
            return Ok(at.value(Data::Text(self.encoded(&policy)?)));
        };
        let scope = Scope::of(entry.module.clone(), file, block, entry.key.clone());
        let at = place(file, block);
        let problem = match self.body(&block.body, &scope, at).and_then(|body| self.policy(&body)) {
            Ok(policy) => {
                self.agrees(entry, &policy, at)?;
                return Ok(at.value(Data::Text(self.encoded(&policy)?)));
            }
            Err(problem) => problem,
        };
        match self.planned(entry) {
            Ok((policy, at)) if is_known(&policy) => {
                Ok(at.value(Data::Text(self.encoded(&policy)?)))
            }
            // The block says more than the plan about what is missing, and what it makes of that may
            // be more than one text.
            Ok(_) | Err(_) => Err(problem),
        }
    }

    fn written(
        &self,
        module: &Module,
        entry: &Entry<'_>,
        here: Place,
    ) -> Out<Option<(usize, &'a Block)>> {
        self.block(module, &format!("data.{}.{}", entry.kind, entry.name), here)
    }

    /// The policy as the plan knows it, and where. A text in it that is not known is one parameter.
    fn planned(&self, entry: &'a Entry<'a>) -> Out<(Value, Place)> {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let (Some(values), unknown) = (entry.values(self.side), entry.unknown(self.side)) else {
            return here.problem("the plan does not tell the statements", "");
        };
        let blocks = Value::of_json(values, unknown, &entry.address, Origin::Plan);
        Ok((self.policy(&blocks)?, Place { origin: Origin::Plan, span: values.span }))
    }

    /// Files that are not those that the plan was made from say something else than it.
    fn agrees(&self, entry: &'a Entry<'a>, written: &Value, at: Place) -> Out<()> {
        let (Some(values), unknown) = (entry.values(self.side), entry.unknown(self.side)) else {
            return Ok(());
        };
        let blocks = Value::of_json(values, unknown, &entry.address, Origin::Plan);
        // What the plan does not tell cannot be compared.
        let Ok(planned) = self.policy(&blocks) else { return Ok(()) };
        if self.is_alike(&planned, written) {
            return Ok(());
        }
        at.problem(
            format!("the block of `{}` says something else than the plan", entry.address),
            "give the files that the plan was made from",
        )
    }

    /// Whether a value may be what the plan knows in part. Lists are sets, as in policies.
    fn is_alike(&self, planned: &Value, written: &Value) -> bool {
        match (&planned.data, &written.data) {
            (Data::Unknown(_), _) => true,
            (Data::List(planned), Data::List(written)) => {
                let is = |one: &Value, other: &Value| self.is_alike(one, other);
                planned.iter().all(|one| written.iter().any(|other| is(one, other)))
                    && written.iter().all(|other| planned.iter().any(|one| is(one, other)))
            }
            (Data::Object(planned), Data::Object(written)) => {
                planned.len() == written.len()
                    && planned.iter().all(|(name, _, one)| {
                        let other = written.iter().find(|(known, _, _)| known == name);
                        other.is_some_and(|(_, _, other)| self.is_alike(one, other))
                    })
            }
            (Data::Text(planned), Data::Text(written)) => {
                planned.text == written.text || parameter::is_in(&written.text)
            }
            // A statement of a document that is named may have a text where others have a list.
            _ => true,
        }
    }

    /// Remembers what is taken for one text.
    fn take_for_texts(&self, value: &Value) {
        match &value.data {
            Data::Unknown(unknown) => {
                self.opaque.borrow_mut().insert(unknown.name.clone(), value.place);
            }
            Data::List(items) => items.iter().for_each(|item| self.take_for_texts(item)),
            Data::Object(members) => {
                members.iter().for_each(|(_, _, value)| self.take_for_texts(value));
            }
            Data::Null | Data::Bool(_) | Data::Number(_) | Data::Text(_) | Data::Resource(..) => {}
        }
    }

    /// The policy that blocks are.
    pub fn policy(&self, blocks: &Value) -> Out<Value> {
        let mut merged = Merged { version: None, id: None, statements: Vec::new() };
        for name in ["source_json", "source_policy_documents"] {
            self.merge(blocks, name, &mut merged)?;
        }
        let version =
            blocks.get("version").map(|value| self.known(value, "version")).transpose()?;
        let version = version.unwrap_or_else(|| "2012-10-17".to_owned());
        let old = version == OLD;
        // Versions are dates: the later one counts.
        merged.version = merged.version.max(Some(version));
        if let Some(id) = blocks.get("policy_id") {
            merged.id = Some(blocks.place.text(self.known(id, "policy_id")?));
        }
        let mut own: Vec<String> = Vec::new();
        for block in self.blocks(blocks, "statement")? {
            let statement = self.statement(block, old)?;
            if let Some(sid) = &statement.sid {
                if own.contains(sid) {
                    let what = format!("two statements have the id `{sid}`");
                    return block.place.problem(what, "give each an id of its own");
                }
                own.push(sid.clone());
            }
            merged.add(statement);
        }
        for name in ["override_json", "override_policy_documents"] {
            self.merge(blocks, name, &mut merged)?;
        }
        let at = blocks.place;
        let mut policy = Members::default();
        let version = merged.version.unwrap_or_default();
        policy.set("Version".to_owned(), at.span, at.text(version));
        if let Some(id) = merged.id {
            policy.set("Id".to_owned(), at.span, id.used_at(at));
        }
        let statements =
            merged.statements.into_iter().map(|statement| statement.value.used_at(at)).collect();
        policy.set("Statement".to_owned(), at.span, at.value(Data::List(statements)));
        Ok(at.value(policy.object()))
    }

    /// A text that must be known.
    fn known(&self, value: &Value, what: &str) -> Out<String> {
        let text = if let Data::Unknown(_) = &value.data {
            None
        } else {
            Some(self.text(value.clone())?.text).filter(|text| !parameter::is_in(text))
        };
        match text {
            Some(text) => Ok(text),
            None => value.place.problem(
                format!("`{what}` is not known before the plan is applied"),
                "what the policy says is not known without it",
            ),
        }
    }

    /// The blocks of a name.
    fn blocks<'v>(&self, of: &'v Value, name: &str) -> Out<Vec<&'v Value>> {
        let Some(value) = of.get(name) else { return Ok(Vec::new()) };
        if let Data::List(items) = &value.data {
            return Ok(items.iter().collect());
        }
        let what = format!("`{name}` is {}", value.type_name());
        value.place.problem(what, "what the policy says is not known without it")
    }

    /// The texts of a list, known or not.
    fn texts(&self, of: &Value, name: &str, variables: Option<bool>) -> Out<Vec<Value>> {
        let Some(value) = of.get(name) else { return Ok(Vec::new()) };
        let mut texts = Vec::new();
        for item in self.items(value.clone(), value.place)?.into_iter().map(|(_, item)| item) {
            let at = item.place;
            let item = if let Data::Unknown(_) = &item.data {
                item
            } else {
                at.value(Data::Text(self.text(item)?))
            };
            texts.push(match variables {
                Some(old) => with_variables(item, old)?,
                None => item,
            });
        }
        Ok(texts)
    }

    fn statement(&self, block: &Value, old: bool) -> Out<Statement> {
        let at = block.place;
        let mut members = Members::default();
        let mut set = |name: &str, value: Value| members.set(name.to_owned(), at.span, value);
        let sid = match block.get("sid") {
            Some(value) => Some(self.known(value, "sid")?).filter(|sid| !sid.is_empty()),
            None => None,
        };
        if let Some(sid) = &sid {
            set("Sid", at.text(sid.as_str()));
        }
        let effect = block.get("effect").map(|value| self.known(value, "effect")).transpose()?;
        set("Effect", at.text(effect.unwrap_or_else(|| "Allow".to_owned())));
        for (name, element, variables) in LISTS {
            let texts = self.texts(block, name, variables.then_some(old))?;
            if !variables && let Some(unknown) = texts.iter().find(|text| is_unknown(text)) {
                return unknown.place.problem(
                    format!("`{name}` has an action that is not known before the plan is applied"),
                    "what the policy says is not known without it",
                );
            }
            if !texts.is_empty() {
                set(element, at.value(Data::List(texts)));
            }
        }
        for (name, element) in PRINCIPALS {
            let blocks = self.blocks(block, name)?;
            if !blocks.is_empty() {
                set(element, self.principals(&blocks, at, old)?);
            }
        }
        let conditions = self.blocks(block, "condition")?;
        if !conditions.is_empty() {
            set("Condition", self.conditions(&conditions, at, old)?);
        }
        Ok(Statement { sid, value: at.value(members.object()) })
    }

    fn required<'v>(&self, of: &'v Value, name: &str) -> Out<&'v Value> {
        match of.get(name) {
            Some(value) => Ok(value),
            None => of.place.problem(format!("`{name}` is missing"), ""),
        }
    }

    fn principals(&self, blocks: &[&Value], at: Place, old: bool) -> Out<Value> {
        let mut types: Vec<Texts> = Vec::new();
        for block in blocks {
            let kind = self.known(self.required(block, "type")?, "type")?;
            let texts = self.texts(block, "identifiers", Some(old))?;
            match types.iter_mut().find(|(known, _, _)| *known == kind) {
                Some((_, _, known)) => known.extend(texts),
                None => types.push((kind, block.place, texts)),
            }
        }
        if let [(kind, _, texts)] = types.as_slice()
            && kind == "*"
            && let [only] = texts.as_slice()
            && only.as_text() == Some("*")
        {
            return Ok(only.clone());
        }
        let mut members = Members::default();
        for (kind, at, texts) in types {
            members.set(kind, at.span, at.value(Data::List(texts)));
        }
        Ok(at.value(members.object()))
    }

    fn conditions(&self, blocks: &[&Value], at: Place, old: bool) -> Out<Value> {
        let mut tests: Vec<(String, Vec<Texts>)> = Vec::new();
        for block in blocks {
            let test = self.known(self.required(block, "test")?, "test")?;
            let variable = self.known(self.required(block, "variable")?, "variable")?;
            let texts = self.texts(block, "values", Some(old))?;
            if !tests.iter().any(|(known, _)| *known == test) {
                tests.push((test.clone(), Vec::new()));
            }
            let of_test = tests.iter_mut().find(|(known, _)| *known == test);
            let Some((_, variables)) = of_test else { continue };
            match variables.iter_mut().find(|(known, _, _)| *known == variable) {
                Some((_, _, known)) => known.extend(texts),
                None => variables.push((variable, block.place, texts)),
            }
        }
        let mut members = Members::default();
        for (test, variables) in tests {
            let mut inner = Members::default();
            let mut first = at;
            for (number, (variable, at, texts)) in variables.into_iter().enumerate() {
                if number == 0 {
                    first = at;
                }
                inner.set(variable, at.span, at.value(Data::List(texts)));
            }
            members.set(test, first.span, first.value(inner.object()));
        }
        Ok(at.value(members.object()))
    }

    /// Adds the documents that a data source names, which are texts.
    fn merge(&self, blocks: &Value, name: &str, merged: &mut Merged) -> Out<()> {
        let Some(value) = blocks.get(name) else { return Ok(()) };
        let documents =
            if let Data::List(items) = &value.data { items.clone() } else { vec![value.clone()] };
        for document in documents {
            let at = document.place;
            if let Data::Unknown(Unknown { name: unknown, .. }) = &document.data {
                let what = format!("`{unknown}` is not known before the plan is applied");
                return at.problem(what, "what the policy says is not known without it");
            }
            let text = self.text(document)?.text;
            if text.trim().is_empty() {
                continue;
            }
            let source = Source::new("", text);
            let (parsed, findings) = json::parse(&source, &Limits::default());
            let Some(parsed) = parsed.filter(|_| findings.is_empty()) else {
                return at.problem(format!("a document in `{name}` is not JSON"), "");
            };
            let policy = Value::of_json(&parsed, None, "", at.origin).placed(at);
            if let Some(version) = policy.get("Version").and_then(Value::as_text) {
                merged.version = merged.version.take().max(Some(version.to_owned()));
            }
            if let Some(id) = policy.get("Id") {
                merged.id = Some(id.clone());
            }
            let statements = match policy.get("Statement").map(|value| value.data.clone()) {
                Some(Data::List(items)) => items,
                Some(Data::Object(members)) => vec![at.value(Data::Object(members))],
                _ => return at.problem(format!("a document in `{name}` has no statements"), ""),
            };
            for value in statements {
                let sid = value.get("Sid").and_then(Value::as_text);
                let sid = sid.filter(|sid| !sid.is_empty()).map(str::to_owned);
                merged.add(Statement { sid, value });
            }
        }
        Ok(())
    }
}

fn is_unknown(value: &Value) -> bool {
    match &value.data {
        Data::Unknown(_) => true,
        Data::Text(written) => parameter::is_in(&written.text),
        Data::Null
        | Data::Bool(_)
        | Data::Number(_)
        | Data::List(_)
        | Data::Object(_)
        | Data::Resource(..) => false,
    }
}

/// A text in which `&{` begins a variable, since `${` is Terraform's.
fn with_variables(mut value: Value, old: bool) -> Out<Value> {
    let at = value.place;
    if let Data::Text(written) = &mut value.data
        && written.text.contains("&{")
    {
        if old {
            return at.problem(
                format!(
                    "`&{{` stands in a document of the version `{OLD}`, which has no variables"
                ),
                "write `version = \"2012-10-17\"`",
            );
        }
        written.text = written.text.replace("&{", "${");
    }
    Ok(value)
}
