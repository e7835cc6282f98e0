//! What can exist, and whom a question is about: cases from the documentation of AWS, each with its
//! source, and for each "no" a twin that one changed word turns round (SEMANTICS 5.6, 5.7, 6.3,
//! 6.8). The rows are in `tests/cases/questions/existence.toml`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support;
use crate::support::command::{keyaki, keyaki_with, lines, out};
use crate::support::{policy_set, request, shape};
use keyaki::feasibility::violations;
use keyaki::layers::Policies;
use keyaki::request::Request;
use keyaki::semantics::{self, Decision};
use keyaki::shape::Shape;
use keyaki::world::{Assumptions, ModelChoice, World};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The kinds of section 3 and its neighbours; each has at least three cases.
const KINDS: [&str; 24] = [
    "organization ids and paths",
    "request tags by row",
    "partitions",
    "global services",
    "keys tied to an endpoint",
    "forms of ids",
    "keys of identity providers",
    "keys of sessions that services issue",
    "organization keys of services",
    "twin keys",
    "gaps of the catalogue",
    "special principals",
    "services of RCPs",
    "tag values",
    "NotPrincipal with Allow",
    "keys that are always sent",
    "closed lists of values",
    "refusals by services",
    "anonymous callers",
    "root users in comparisons",
    "ways past an endpoint policy",
    "own accounts",
    "keys of services under set operators",
    "set operators in calls",
];

/// A row of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    kind: String,
    /// What the source says, and so why the answer is this.
    says: String,
    /// The address of a page that speaks of the case.
    source: String,
    /// `can`, `compare`, `call` or `validate`.
    asks: String,
    /// A set of policies, as `--policies` reads it, or, for `validate`, a document.
    #[serde(default)]
    policies: String,
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    /// The shape of the requests, as `--statement` reads it.
    #[serde(default)]
    statement: String,
    #[serde(default)]
    flags: Vec<String>,
    answer: String,
    /// The choices that a "no" rests on, where the row says so.
    #[serde(default)]
    rests_on: Vec<String>,
    twin: Option<Twin>,
}

/// One changed word, and the answer then.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Twin {
    word: String,
    becomes: String,
    answer: String,
}

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

fn cases() -> Vec<Case> {
    toml::from_str::<Table>(include_str!("../cases/questions/existence.toml")).unwrap().case
}

impl Case {
    /// The case with the word of its twin changed, which stands in it once.
    fn twin(&self) -> Option<Self> {
        let twin = self.twin.as_ref()?;
        let mut other = self.clone();
        let mut places = 0;
        let texts = [&mut other.policies, &mut other.old, &mut other.new, &mut other.statement];
        for text in texts.into_iter().chain(&mut other.flags) {
            places += text.matches(&twin.word).count();
            *text = text.replace(&twin.word, &twin.becomes);
        }
        assert_eq!(places, 1, "{}: `{}` stands in {places} places", self.id, twin.word);
        other.id.push_str(" (twin)");
        other.answer.clone_from(&twin.answer);
        other.rests_on.clear();
        other.twin = None;
        Some(other)
    }

    fn flags(&self) -> Vec<&str> {
        self.flags.iter().map(String::as_str).collect()
    }

    /// A line of a batch.
    fn line(&self) -> Value {
        let read = |text: &str| {
            serde_json::from_str::<Value>(text)
                .unwrap_or_else(|error| panic!("{}: {error}\n{text}", self.id))
        };
        let mut line = json!({"id": self.id});
        let members = [
            ("policies", &self.policies),
            ("old", &self.old),
            ("new", &self.new),
            ("statement", &self.statement),
        ];
        for (name, text) in members.into_iter().filter(|(_, text)| !text.is_empty()) {
            line[name] = read(text);
        }
        line
    }

    /// Asks without a batch: the policies are a file.
    fn alone(&self) -> Value {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("policies.json");
        fs::write(&file, &self.policies).unwrap();
        let path = file.display().to_string();
        if self.asks == "validate" {
            let output = keyaki(&[&["validate", &path][..], &self.flags()].concat());
            let word = if output.status.success() { "valid" } else { "invalid" };
            return json!({"answer": word, "findings": out(&output)});
        }
        let output = keyaki(
            &[&["can", "--policies", &path, "--format", "json"][..], &self.flags()].concat(),
        );
        lines(&output)
            .first()
            .cloned()
            .unwrap_or_else(|| json!({"error": support::command::err(&output)}))
    }

    /// The world of the question: its flags may lift choices.
    fn world(&self) -> World<'static> {
        let lifted = self
            .flags
            .iter()
            .zip(self.flags.iter().skip(1))
            .filter(|(flag, _)| *flag == "--no-assume");
        let lift = |assumed: Assumptions, (_, id): (&String, &String)| {
            assumed.without(ModelChoice::of(id).unwrap())
        };
        World { assumptions: lifted.fold(Assumptions::all(), lift), ..World::embedded().unwrap() }
    }

    /// A request that was shown can exist, has the shape, and is allowed by one set and refused by
    /// the other.
    fn confirm(
        &self,
        shown: &Value,
        allowed_by: &Policies,
        refused_by: Option<&Policies>,
        shape: Option<&Shape>,
    ) -> Result<(), String> {
        let request: Request = request(&shown.to_string());
        let sets = [Some(allowed_by), refused_by];
        let keys =
            sets.iter().flatten().flat_map(|set| set.all()).flat_map(|named| named.policy.keys());
        let keys: BTreeSet<_> = keys.chain(shape.into_iter().flat_map(Shape::keys)).collect();
        let broken = violations(&request, &keys, &self.world());
        let allowed =
            |set: &Policies| semantics::decide(set, &request).decision == Decision::Allowed;
        if !broken.is_empty() {
            return Err(format!("{}: {shown} cannot exist: {broken:?}", self.id));
        }
        if !allowed(allowed_by) || refused_by.is_some_and(allowed) {
            return Err(format!("{}: {shown} is decided otherwise", self.id));
        }
        if shape.is_some_and(|shape| !semantics::matches_shape(shape, &request)) {
            return Err(format!("{}: {shown} has another shape", self.id));
        }
        Ok(())
    }

    /// Compares an answer with what the row says.
    fn check(&self, told: &Value) -> Result<(), String> {
        let word = told["answer"].as_str().or(told["relation"].as_str()).unwrap_or("none");
        if word != self.answer {
            return Err(format!("{}: {word}, not {}\n  {told}", self.id, self.answer));
        }
        let named = told["restsOn"].as_array().into_iter().flatten();
        let named: Vec<&str> = named.filter_map(|one| one["code"].as_str()).collect();
        if let Some(missing) = self.rests_on.iter().find(|choice| !named.contains(&choice.as_str()))
        {
            return Err(format!("{}: the answer does not name {missing} but {named:?}", self.id));
        }
        let sets = |text: &str| policy_set(&comparable(&serde_json::from_str(text).unwrap()));
        let asked = Some(&self.statement).filter(|text| !text.is_empty()).map(|text| shape(text));
        match (self.asks.as_str(), word) {
            ("can", "yes") => {
                self.confirm(&told["request"], &sets(&self.policies), None, asked.as_ref())
            }
            ("compare", "wider" | "narrower" | "incomparable") => {
                let [old, new] = [&self.old, &self.new].map(|text| sets(text));
                let sides = [
                    (&told["added"]["request"], &new, &old),
                    (&told["removed"]["request"], &old, &new),
                ];
                let shown: Vec<_> =
                    sides.into_iter().filter(|(request, _, _)| !request.is_null()).collect();
                assert!(!shown.is_empty(), "{}: nothing is shown", self.id);
                shown.into_iter().try_for_each(|(request, by, other)| {
                    self.confirm(request, by, Some(other), asked.as_ref())
                })
            }
            ("call", "yes") => {
                let shown = told["requests"].as_array().unwrap();
                assert!(!shown.is_empty(), "{}: nothing is shown", self.id);
                shown.iter().try_for_each(|request| {
                    self.confirm(request, &sets(&self.policies), None, None)
                })
            }
            ("can" | "call", "no")
            | ("compare", "equivalent")
            | ("validate", "valid" | "invalid") => Ok(()),
            other => Err(format!("{}: nobody checks {other:?}", self.id)),
        }
    }
}

/// A lone document is an identity-based policy.
fn comparable(value: &Value) -> Value {
    if value.get("Statement").is_some() { json!({"identity": [value]}) } else { value.clone() }
}

/// The answers to cases, which are asked in batches as far as they can.
fn answers(cases: &[Case]) -> BTreeMap<String, Value> {
    let mut batches: BTreeMap<(&str, &[String]), String> = BTreeMap::new();
    let mut told = BTreeMap::new();
    for case in cases {
        if matches!(case.asks.as_str(), "can" | "compare") {
            let batch = batches.entry((&case.asks, &case.flags)).or_default();
            batch.push_str(&format!("{}\n", case.line()));
        } else {
            told.insert(case.id.clone(), case.alone());
        }
    }
    for ((command, flags), input) in batches {
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let output = keyaki_with(
            &[&[command, "--batch", "-", "--engine", "finite"][..], &flags].concat(),
            &input,
        );
        for line in lines(&output) {
            told.insert(line["id"].as_str().unwrap_or_default().to_owned(), line);
        }
    }
    told
}

#[test]
fn what_the_documentation_says_can_exist_and_nothing_else() {
    let rows = cases();
    let twins: Vec<Case> = rows.iter().filter_map(Case::twin).collect();
    let all = [rows, twins].concat();
    let told = answers(&all);
    let wrong = |case: &Case| case.check(told.get(&case.id).unwrap_or(&Value::Null)).err();
    let wrong: Vec<String> = all.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

/// Each kind has its cases, each case a page and a reason, and each refusal a twin that is none.
#[test]
fn the_table_is_whole() {
    let rows = cases();
    let ids: BTreeSet<&str> = rows.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "an id stands twice");
    for kind in KINDS {
        let count = rows.iter().filter(|case| case.kind == kind).count();
        assert!(count >= 3, "{kind}: {count}");
    }
    for case in &rows {
        let Case { id, kind, says, source, answer, .. } = case;
        assert!(KINDS.contains(&kind.as_str()), "{id}: {kind}");
        assert!(source.starts_with("https://") && says.ends_with('.'), "{id}");
        let refused = matches!(answer.as_str(), "no" | "equivalent" | "invalid");
        let turned = case
            .twin
            .as_ref()
            .is_some_and(|twin| !["no", "equivalent", "invalid"].contains(&twin.answer.as_str()));
        assert!(!refused || turned, "{id} has no twin");
    }
}
