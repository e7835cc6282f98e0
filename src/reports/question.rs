//! The question restated, so that an answer tells what it is an answer to.

use super::answers::{Question, QuestionFile, QuestionPolicy};
use super::written::Written;
use keyaki_iam::estate::{Estate, FileRead};
use keyaki_iam::layers::{Layer, NamedPolicy, Policies};
use keyaki_iam::policy::print;
use keyaki_iam::shape::{CallerPattern, Shape};
use keyaki_iam::visible::{Lines, line, visible};
use keyaki_iam::world::ModelChoice;
use keyaki_questions::query::Requests;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// So many digits of a SHA-256 people see; programs see all.
const SHOWN: usize = 16;

/// So many files of an estate people see one by one.
const FILES: usize = 3;

/// Who is asked, and how: the same for every question of a command.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// The engine, as the command line names it; none where no engine is asked.
    pub engine: Option<String>,
    /// The most that an answer may take, in seconds, where an engine is asked.
    pub timeout: Option<f64>,
    /// Over which values of parameters, where that was said: `every` or `some`.
    pub values: Option<&'static str>,
    /// The words of the command line, for `keyaki again`.
    pub arguments: Option<Vec<String>>,
}

impl Asking {
    /// A question of a kind, about nothing yet.
    pub fn question(&self, ask: &'static str, requests: Option<Requests<'_>>) -> Question {
        let world = requests.and_then(Requests::world);
        let left_out = |world: &keyaki_iam::world::World<'_>| {
            let choices = ModelChoice::ALL.into_iter();
            choices
                .filter(|choice| !world.assumptions.contains(*choice))
                .map(ModelChoice::id)
                .collect()
        };
        Question {
            ask,
            shape: None,
            request: None,
            call: None,
            filters: Vec::new(),
            only: None,
            values: self.values,
            estate: Vec::new(),
            policies: Vec::new(),
            requests: requests.map(Requests::word),
            unknown_actions: world.is_some_and(|world| world.unknown_actions),
            unknown_keys: world.is_some_and(|world| world.unknown_keys),
            without: world.as_ref().map(left_out).unwrap_or_default(),
            catalogue: requests.and_then(super::json::catalogue),
            engine: self.engine.clone(),
            timeout: self.timeout,
            keyaki: env!("CARGO_PKG_VERSION"),
            arguments: self.arguments.clone(),
            line: None,
            written: Vec::new(),
        }
    }
}

impl Question {
    /// The question about requests of this shape.
    #[must_use]
    pub fn of_shape(self, asked: Option<&Shape>) -> Self {
        Self { shape: asked.map(shape), ..self }
    }

    /// The question about these policies; `side` is `old` or `new` where two sets are compared,
    /// `serviceRole` for those of the service's role.
    #[must_use]
    pub fn of_policies(mut self, side: Option<&'static str>, set: &Policies) -> Self {
        self.written.extend(Written::of(set));
        // The policies of one text share it.
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for (layer, policy) in set.layered() {
            self.policies.push(named(side, layer, policy, &mut known));
        }
        self
    }

    /// The question about an estate, beside those that it is about already.
    #[must_use]
    pub fn of_estate(mut self, estate: &Estate) -> Self {
        let file = |FileRead { name, sha256 }: &FileRead| QuestionFile {
            file: name.clone(),
            sha256: sha256.clone(),
        };
        self.estate.extend(estate.files.iter().map(file));
        self
    }

    /// The question about documents, each of a kind or layer of that word.
    #[must_use]
    pub fn of_documents<'d>(
        mut self,
        documents: impl Iterator<Item = (&'static str, &'d NamedPolicy)>,
    ) -> Self {
        let document = |(layer, policy): (&'static str, &NamedPolicy)| QuestionPolicy {
            layer,
            ..named(None, Layer::Identity, policy, &mut BTreeMap::new())
        };
        self.policies.extend(documents.map(document));
        self
    }

    /// What people see of it, a line for what was asked and one for each policy.
    pub fn told(&self) -> String {
        self.text().into_text()
    }

    /// What people see of it.
    pub(super) fn text(&self) -> Lines {
        let mut text = Lines::new();
        let empty = Value::Object(Map::new());
        let shape = self.shape.as_ref().filter(|shape| **shape != empty);
        let matching = |before: &str| {
            shape.map_or_else(String::new, |shape| {
                format!("{before} {}", visible(&shape.to_string()))
            })
        };
        match (self.ask, &self.call) {
            ("compare", _) => {
                let those = matching(" of the requests that match");
                line!(text, "asked: do both sides allow the same{those}?");
            }
            ("eval", _) => line!(text, "asked: what does this request get?"),
            ("who-can", Some(call)) => {
                let by = matching(", with requests that match");
                let narrowed = match self.filters.as_slice() {
                    [] => String::new(),
                    some => format!(" where {}", visible(&some.join(", "))),
                };
                line!(text, "asked: who can make a call of {}{narrowed}{by}?", visible(call));
            }
            ("who-can", None) => {
                let one = matching(" that matches");
                line!(text, "asked: who is allowed a request{one}?");
            }
            ("paths", _) if shape.is_some() => {
                let one = matching(" that matches");
                line!(text, "asked: by which roles does somebody come to a request{one}?");
            }
            ("paths", _) => line!(text, "asked: by which roles does somebody come to a role?"),
            ("matrix", _) => line!(text, "asked: which policies are contained in which?"),
            ("guardrails", _) => line!(text, "asked: what do the enforced guardrails refuse?"),
            (_, Some(call)) => {
                let by = matching(", with requests that match");
                line!(text, "asked: is a call of {} allowed{by}?", visible(call));
            }
            (_, None) => {
                let one = matching(" that matches");
                line!(text, "asked: is a request allowed{one}?");
            }
        }
        match self.estate.as_slice() {
            few if few.len() <= FILES => {
                for QuestionFile { file, sha256 } in few {
                    let sum = first_digits(sha256);
                    line!(text, "estate: {}, SHA-256 {sum}...", visible(file));
                }
            }
            many => line!(
                text,
                "estate: {} files; `--format json` lists each with its SHA-256",
                many.len()
            ),
        }
        // A library says itself what is in it.
        let told: &[QuestionPolicy] = if self.ask == "matrix" { &[] } else { &self.policies };
        for policy in told {
            let side = policy.side.map_or_else(String::new, |side| format!("{side}, "));
            let level =
                policy.level.map_or_else(String::new, |level| format!(" level {}", level + 1));
            let sum = policy
                .sha256
                .as_deref()
                .map_or_else(String::new, |sum| format!(", SHA-256 {}...", first_digits(sum)));
            line!(text, "policy: {side}{}{level}: {}{sum}", policy.layer, visible(&policy.name));
        }
        if let Some(values) = self.values {
            line!(text, "parameters: for {values} value");
        }
        if let Some(engine) = &self.engine {
            line!(text, "engine: {}; keyaki {}", visible(engine), self.keyaki);
        }
        text
    }
}

/// What people see of a sum.
fn first_digits(sum: &str) -> &str {
    sum.get(..SHOWN).unwrap_or(sum)
}

fn named(
    side: Option<&'static str>,
    layer: Layer,
    policy: &NamedPolicy,
    known: &mut BTreeMap<String, String>,
) -> QuestionPolicy {
    let sum = policy.source.as_ref().map(|source| {
        known.entry(source.name().to_owned()).or_insert_with(|| source.sha256()).clone()
    });
    QuestionPolicy {
        name: policy.name.clone(),
        side,
        layer: layer.word(),
        level: layer.level(),
        file: policy.source.as_ref().map(|source| source.name().to_owned()),
        sha256: sum,
    }
}

/// A shape in the language of the command line: a statement without `Effect`, and what the policy
/// language has no words for.
pub fn shape(shape: &Shape) -> Value {
    let Shape { statement, principals, not_principals, scope } = shape;
    let printed = print::statement(statement);
    let mut members = Map::new();
    if let Value::Object(printed) = printed {
        members.extend(printed.into_iter().filter(|(name, value)| {
            // What a shape need not say means anything.
            name != "Effect" && !(["Action", "Resource"].contains(&name.as_str()) && value == "*")
        }));
    }
    let mut lists = vec![
        ("account", scope.accounts.clone()),
        ("resourceAccount", scope.resource_accounts.clone()),
        ("NotPrincipal", not_principals.iter().map(caller).collect()),
    ];
    lists.extend(principals.as_ref().map(|all| ("Principal", all.iter().map(caller).collect())));
    for (name, list) in lists {
        if !list.is_empty() {
            members.insert(name.to_owned(), list.into());
        }
    }
    if let Some(way) = scope.through {
        members.insert("through".to_owned(), way.word().into());
    }
    Value::Object(members)
}

fn caller(pattern: &CallerPattern) -> String {
    match pattern {
        CallerPattern::Anyone => "*".to_owned(),
        CallerPattern::Account(id) => id.clone(),
        CallerPattern::Anonymous => "anonymous".to_owned(),
        CallerPattern::Arn(fields) => fields.join(":"),
        CallerPattern::Name(name) => name.clone(),
        CallerPattern::Entity(entity) => entity.arn(),
    }
}
