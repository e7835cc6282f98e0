//! What the codes in answers mean: of caveats, of reasons why something is unknown, of what a "no"
//! rests on, of findings and errors.

use super::SCHEMA;
use super::answers::{Meaning, value};
use super::review_items;
use keyaki_iam::finding;
use keyaki_iam::visible::{Lines, line};
use keyaki_iam::world::ModelChoice;
use keyaki_iam::{caveat, visible};
use keyaki_questions::{claims, lint, unknown, vacuous};
use serde_json::Value;

/// Codes that answers have and that are of no list.
const OTHERS: &[(&str, &str, &str)] = &[
    (
        "internal-error",
        "error",
        "engine and evaluator, or two engines, contradict each other: a defect, please report it with the script that is printed",
    ),
    (
        "path-not-asked",
        "reason",
        "the question is not about this path of the call: a filter leaves it out, or it needs nothing of the caller",
    ),
    (
        "why-undecided",
        "reason",
        "`--why` could not tell of some layers whether they refuse alone, or what refuses together; allow more time with `--timeout`",
    ),
];

/// Every code, in the order of its kind.
pub fn meanings() -> Vec<Meaning> {
    let section = |section: &str| Some(format!("papers/semantics.md, section {section}"));
    let one = |code, kind, meaning: &str, source| Meaning {
        schema: SCHEMA,
        code,
        kind,
        meaning: meaning.to_owned(),
        source,
    };
    let caveats =
        caveat::CODES.iter().map(|row| one(row.code, "caveat", row.meaning, section(row.section)));
    let unknowns = unknown::CODES.iter().map(|row| one(row.code, "reason", row.meaning, None));
    let choices = ModelChoice::ALL.into_iter().map(|choice| {
        let meaning = format!(
            "an answer rests on this: {}; `--no-assume {}` asks without it",
            choice.says(),
            choice.id()
        );
        Meaning {
            schema: SCHEMA,
            code: choice.id(),
            kind: "model choice",
            meaning,
            source: section(&format!("5.6, row {}", choice.id())),
        }
    });
    let rules = lint::rules().iter().map(|rule| {
        let source = Some(format!("`keyaki lint --explain {}`", rule.name));
        Meaning {
            schema: SCHEMA,
            code: rule.name,
            kind: "lint rule",
            meaning: rule.summary.to_owned(),
            source,
        }
    });
    let of_policies =
        finding::CODES.iter().map(|row| one(row.code, "finding", row.meaning, section("1 to 4")));
    let of_others =
        finding::OTHER_CODES.iter().map(|row| one(row.code, "finding", row.meaning, None));
    let claimed = claims::RULES.iter().map(|row| one(row.code, "claim", row.meaning, None));
    let reviewed =
        review_items::RULES.iter().map(|row| one(row.code, "finding", row.meaning, None));
    let vacuous =
        vacuous::CODES.iter().map(|row| one(row.code, "vacuous question", row.meaning, None));
    let others = OTHERS.iter().map(|(code, kind, meaning)| one(code, kind, meaning, None));
    caveats
        .chain(unknowns)
        .chain(vacuous)
        .chain(choices)
        .chain(rules)
        .chain(of_policies)
        .chain(of_others)
        .chain(claimed)
        .chain(reviewed)
        .chain(others)
        .collect()
}

/// The meanings of a code, without regard to case: a rule of `lint` and a finding may share a name.
pub fn of(code: &str) -> Vec<Meaning> {
    meanings().into_iter().filter(|meaning| meaning.code.eq_ignore_ascii_case(code)).collect()
}

/// Meanings for people.
pub fn human(meanings: &[Meaning]) -> String {
    let mut text = Lines::new();
    for Meaning { code, kind, meaning, source, .. } in meanings {
        line!(text, "{} ({kind})", visible::visible(code));
        line!(text, "  {}", visible::message(meaning));
        if let Some(source) = source {
            line!(text, "  see {}", visible::message(source));
        }
    }
    text.into_text()
}

/// A meaning for programs.
pub fn json(meaning: &Meaning) -> Value {
    value(meaning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_of_one_kind_are_told_apart() {
        let all = meanings();
        let told: BTreeSet<(&str, &str)> =
            all.iter().map(|meaning| (meaning.kind, meaning.code)).collect();
        assert_eq!(told.len(), all.len());
        assert!(
            all.iter()
                .all(|meaning| !meaning.meaning.is_empty() && of(meaning.code).contains(meaning))
        );
    }
}
