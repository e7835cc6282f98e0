//! A baseline: findings that were there before, which a run leaves out and counts.

use super::SCHEMA;
use super::review_items::{Fate, Kind, Review};
use schemars::{JsonSchema, Schema, schema_for};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The word by which a file is known to be a baseline.
const WORD: &str = "baseline";

/// A baseline, as it is written.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BaselineForm {
    /// Always `baseline`.
    #[schemars(extend("const" = WORD))]
    keyaki: String,
    /// The version of this form.
    #[schemars(extend("const" = SCHEMA))]
    schema: u32,
    /// The findings, in the order of their files and rules.
    findings: Vec<KnownForm>,
}

/// A finding that is known.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct KnownForm {
    /// What stays the same while the finding does.
    fingerprint: String,
    /// The rule.
    rule: String,
    /// The file, from the root of the repository.
    file: String,
    /// The claim, or the file once more.
    name: String,
}

/// Findings that are known, by their fingerprints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<String, Entry>);

/// A finding of a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The rule.
    pub rule: String,
    /// The file, from the root of the repository.
    pub file: String,
    /// The claim, or the file once more.
    pub name: String,
}

impl Baseline {
    /// What a run found, but for what is waived and what nobody knows.
    pub fn of(review: &Review) -> Self {
        let items =
            review.cases.iter().flat_map(|case| case.items.iter().map(move |it| (case, it)));
        let kept = items.filter(|(_, item)| {
            let found = match item.kind {
                Kind::Finding | Kind::Unexpected | Kind::Vacuous => true,
                Kind::Unknown | Kind::Broken => false,
            };
            // What is said of the project's file has no fingerprint: it is never known.
            found && !item.fingerprint.is_empty() && !matches!(item.fate, Fate::Waived(_))
        });
        let entry = |(case, item): (&super::review_items::Case, &super::review_items::Item)| {
            let (rule, file) = (item.rule.to_owned(), case.file.clone());
            (item.fingerprint.clone(), Entry { rule, file, name: case.name.clone() })
        };
        Self(kept.map(entry).collect())
    }

    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// What is wrong with it: the line and the column, from 1, and the words.
    pub fn read(text: &str) -> Result<Self, (usize, usize, String)> {
        let form: BaselineForm = serde_json::from_str(text)
            .map_err(|error| (error.line(), error.column(), error.to_string()))?;
        if form.keyaki != WORD || form.schema != SCHEMA {
            let said = format!("`keyaki` is not `{WORD}`, or `schema` is not {SCHEMA}");
            return Err((1, 1, said));
        }
        let entry =
            |KnownForm { fingerprint, rule, file, name }| (fingerprint, Entry { rule, file, name });
        Ok(Self(form.findings.into_iter().map(entry).collect()))
    }

    /// The text of the baseline: a finding has lines of its own, in the order of file, rule and
    /// fingerprint, so that two versions can be told apart line by line.
    pub fn text(&self) -> String {
        let mut findings: Vec<KnownForm> = self
            .0
            .iter()
            .map(|(fingerprint, Entry { rule, file, name })| KnownForm {
                fingerprint: fingerprint.clone(),
                rule: rule.clone(),
                file: file.clone(),
                name: name.clone(),
            })
            .collect();
        findings.sort_by(|a, b| {
            (&a.file, &a.name, &a.rule, &a.fingerprint).cmp(&(
                &b.file,
                &b.name,
                &b.rule,
                &b.fingerprint,
            ))
        });
        let form = BaselineForm { keyaki: WORD.to_owned(), schema: SCHEMA, findings };
        let text = serde_json::to_string_pretty(&form);
        text.unwrap_or_default() + "\n"
    }

    /// Whether a finding is known.
    pub fn knows(&self, fingerprint: &str) -> bool {
        self.0.contains_key(fingerprint)
    }

    /// Every finding with its fingerprint.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(fingerprint, entry)| (fingerprint.as_str(), entry))
    }
}

/// The published form of a baseline.
pub fn schema() -> (&'static str, Schema) {
    (WORD, schema_for!(BaselineForm))
}
