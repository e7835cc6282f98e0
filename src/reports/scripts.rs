//! The index of a folder of scripts.

use super::SCHEMA;
use super::answers::{Coded, version_form};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;

/// The name of the published form.
const WORD: &str = "scripts";

/// What stands in a folder of scripts, `index.json` in it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// The version of the form.
    #[schemars(schema_with = "version_form")]
    pub schema: u32,
    /// The version of Keyaki.
    pub keyaki: &'static str,
    /// The engine that decided.
    pub engine: String,
    /// The questions, in the order in which they were asked.
    pub questions: Vec<Asked>,
}

/// A question, and the scripts that were decided for it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// `can`, `call`, `added` or `removed`, or the name of a claim.
    pub name: String,
    /// What was asked, as each script of it says.
    pub asked: Vec<String>,
    /// `yes`, `no` or `unknown`; of a claim its verdict.
    #[schemars(extend("enum" = ["yes", "no", "unknown", "holds", "violated"]))]
    pub answer: &'static str,
    /// Why there is no answer.
    pub reason: Option<Coded>,
    /// The scripts, in the order in which they were decided.
    pub scripts: Vec<Script>,
}

/// One script.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Script {
    /// Its file in the folder; `null` where it cannot be written in SMT-LIB.
    pub file: Option<String>,
    /// Which part of the question it is, as a word.
    #[schemars(extend("enum" = [
        "whole", "asked", "named-services", "actions", "other-services", "unlisted-actions", "path",
        "more-than-path",
    ]))]
    pub part: &'static str,
    /// The same for people.
    pub about: String,
    /// What Keyaki decided of the formula.
    #[schemars(extend("enum" = ["sat", "unsat", "unknown"]))]
    pub decided: &'static str,
    /// What a solver ought to say of the script; `unknown` where it is not exact and the formula is
    /// unsatisfiable.
    #[schemars(extend("enum" = ["sat", "unsat", "unknown"]))]
    pub status: &'static str,
    /// What "sat" says of the question.
    #[schemars(extend("enum" = ["yes", "open"]))]
    pub sat: &'static str,
    /// What "unsat" says of the question: where it is `open`, the answer is no if all parts have
    /// none.
    #[schemars(extend("enum" = ["no", "open"]))]
    pub unsat: &'static str,
    /// The logic that it names.
    pub logic: Option<&'static str>,
    /// Whether it has the models of the formula and no others.
    pub exact: Option<bool>,
    /// How many distinct terms it states.
    pub terms: Option<usize>,
    /// How many bytes it has.
    pub bytes: Option<usize>,
    /// How many constraints of the part are not stated, since no model broke them.
    pub unstated: usize,
    /// Why it cannot be written.
    pub why: Option<String>,
}

impl Index {
    /// That of these questions.
    pub fn of(engine: String, questions: Vec<Asked>) -> Self {
        Self { schema: SCHEMA, keyaki: env!("CARGO_PKG_VERSION"), engine, questions }
    }
}

/// The published form of an index.
pub fn schema() -> (&'static str, Schema) {
    (WORD, schema_for!(Index))
}
