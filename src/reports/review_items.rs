//! What a run found, as one list: what every form that a code review shows is written from.
//!
//! A [`Review`] has a [`Case`] for each thing that was examined, a claim or a policy file, and a
//! case has an [`Item`] for each thing that is to be said of it. A claim that is as expected and a
//! policy without a finding are cases without items.

pub use super::fate::{Accepted, Fate, Left};

use super::{call, human};
use keyaki_iam::finding::{Code, Finding, Level};
use keyaki_iam::project::{ADDED, REMOVED};
use keyaki_iam::request::Request;
use keyaki_iam::source::Place;
use keyaki_iam::visible::message;
use keyaki_questions::claims::{Checked, Claim, Outcome};
use keyaki_questions::lint::{InStatement, Judged, Undecided};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The rules of what is said beside findings of lint, of claims and of documents.
pub const RULES: &[Code] = &[
    Code { code: UNDECIDED, meaning: "no engine could tell whether there is a finding" },
    Code { code: ADDED, meaning: "a change allows something that was not allowed before" },
    Code { code: REMOVED, meaning: "a change no longer allows something" },
    Code {
        code: CHANGE_UNKNOWN,
        meaning: "no engine could tell what a change allows, or what is attached is not known",
    },
    Code { code: UNREADABLE, meaning: "a file cannot be read, so that nothing is known of it" },
];

const CHANGE_UNKNOWN: &str = "change-unknown";
const UNDECIDED: &str = "lint-undecided";
const UNREADABLE: &str = "unreadable-input";
const FAILED: &str = "internal-error";

/// What a run found.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// The command, `check` for example.
    pub command: &'static str,
    /// What was examined, in order.
    pub cases: Vec<Case>,
}

/// A thing that was examined.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its name: of a claim the name, of a file the path.
    pub name: String,
    /// The file that it stands in, a path from the root with `/`; empty if it is in none.
    pub file: String,
    /// What there is to be said of it.
    pub items: Vec<Item>,
}

/// What kind of thing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A finding about a document, or about the project's file.
    Finding,
    /// A claim is not as expected.
    Unexpected,
    /// A claim says nothing about its policies.
    Vacuous,
    /// Nobody knows: a claim, or a question of lint.
    Unknown,
    /// Some input cannot be read, or an answer is missing.
    Broken,
}

/// A thing that is to be said.
#[derive(Debug, Clone)]
pub struct Item {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its rule.
    pub rule: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is the matter, in one line.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where; the file as a path from the root with `/`. `None`: in no file.
    pub place: Option<Place>,
    /// The request or the call that shows it, lines of text.
    pub evidence: Option<String>,
    /// What stays the same while the thing does, whatever moves around it.
    pub fingerprint: String,
    /// What becomes of it.
    pub fate: Fate,
}

/// How many there are of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases.
    pub cases: usize,
    /// Cases of which nothing is told.
    pub passed: usize,
    /// Findings that are errors, those left out that are waived or known.
    pub errors: usize,
    /// Likewise warnings.
    pub warnings: usize,
    /// Likewise notes.
    pub notes: usize,
    /// What nobody knows.
    pub unknown: usize,
    /// What cannot be read or was not answered.
    pub broken: usize,
    /// Findings that are waived.
    pub waived: usize,
    /// Findings of the baseline.
    pub known: usize,
}

impl Item {
    /// Whether it is neither waived nor known.
    pub fn is_told(&self) -> bool {
        match self.fate {
            Fate::Counts | Fate::Told => true,
            Fate::Waived(_) | Fate::Known => false,
        }
    }

    /// A finding about a document, or about the project's file.
    pub fn of_finding(finding: &Finding) -> Self {
        Self {
            kind: Kind::Finding,
            rule: finding.rule,
            level: finding.level,
            message: one_line(&finding.message),
            help: finding.help.as_deref().map(one_line),
            place: Some(finding.place()),
            evidence: None,
            fingerprint: String::new(),
            fate: Fate::Told,
        }
    }

    /// A finding of lint.
    pub fn of_lint(judged: &Judged) -> Self {
        let evidence = judged.evidence.as_ref();
        let evidence = evidence.map(|request| human::request(request).into_text());
        Self { evidence, ..Self::of_finding(&judged.finding) }
    }

    /// A question of lint without an answer.
    pub fn of_undecided(undecided: &Undecided) -> Self {
        let Undecided { rule, source, span, route: _, reason } = undecided;
        let said = format!("the rule `{rule}` could not be decided here: {reason}");
        Self {
            rule: UNDECIDED,
            place: Some(source.place(*span)),
            ..Self::unknown(&said, "allow more time with `--timeout`")
        }
    }

    /// A claim that is not as expected, or unknown; `None` for one that is as expected.
    pub fn of_claim(claim: &Claim<'_>, checked: &Checked) -> Option<Self> {
        let judged = claim.finding(checked)?;
        let kind = match (checked.outcome, &checked.vacuous) {
            (Outcome::Unknown, _) => Kind::Unknown,
            (Outcome::Holds | Outcome::Violated, None) => Kind::Unexpected,
            (Outcome::Holds | Outcome::Violated, Some(_)) => Kind::Vacuous,
        };
        let item = Self { kind, ..Self::of_lint(&judged) };
        let reason = checked.reason.as_ref();
        Some(Self {
            message: reason.map_or(item.message.clone(), |reason| {
                one_line(&format!("{} ({reason})", judged.finding.message))
            }),
            evidence: match &checked.call {
                Some(found) => Some(call::short(found) + "\n"),
                None => item.evidence,
            },
            ..item
        })
    }

    /// What a change allows, or no longer allows: `request` is one such request, in one line.
    pub fn of_access(
        rule: &'static str,
        said: &str,
        place: Option<Place>,
        request: &Request,
    ) -> Self {
        let level = if rule == ADDED { Level::Error } else { Level::Note };
        Self {
            kind: Kind::Finding,
            rule,
            level,
            place,
            evidence: Some(human::request(request).into_text()),
            ..Self::unknown(said, "")
        }
    }

    /// A change of which nobody knows what it allows.
    pub fn of_change(said: &str, place: Option<Place>) -> Self {
        Self { rule: CHANGE_UNKNOWN, place, ..Self::unknown(said, "") }
    }

    /// Something that cannot be read, where no finding says where.
    pub fn unreadable(said: &str) -> Self {
        Self {
            rule: UNREADABLE,
            kind: Kind::Broken,
            level: Level::Error,
            ..Self::unknown(said, "")
        }
    }

    /// A question that an internal error kept from being answered.
    pub fn failed(said: &str) -> Self {
        Self { rule: FAILED, ..Self::unreadable(said) }
    }

    fn unknown(said: &str, help: &str) -> Self {
        Self {
            kind: Kind::Unknown,
            rule: UNDECIDED,
            level: Level::Warning,
            message: one_line(said),
            help: (!help.is_empty()).then(|| help.to_owned()),
            place: None,
            evidence: None,
            fingerprint: String::new(),
            fate: Fate::Told,
        }
    }
}

/// A foreign text as one line.
fn one_line(text: &str) -> String {
    message(text.trim()).into_owned()
}

impl Review {
    /// All items that are neither waived nor known, each with its case, in order.
    pub fn told(&self) -> impl Iterator<Item = (&Case, &Item)> {
        let items = self.cases.iter().flat_map(|case| case.items.iter().map(move |it| (case, it)));
        items.filter(|(_, item)| item.is_told())
    }

    /// All items that are waived, each with what accepts it, in order.
    pub fn waived(&self) -> impl Iterator<Item = (&Item, &Accepted)> {
        let items = self.cases.iter().flat_map(|case| &case.items);
        items.filter_map(|item| match &item.fate {
            Fate::Waived(accepted) => Some((item, accepted)),
            Fate::Counts | Fate::Told | Fate::Known => None,
        })
    }

    /// How many there are of what.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally { cases: self.cases.len(), ..Tally::default() };
        for case in &self.cases {
            tally.passed += usize::from(!case.items.iter().any(Item::is_told));
            for item in &case.items {
                let count = match (&item.fate, item.kind, item.level) {
                    (Fate::Waived(_), ..) => &mut tally.waived,
                    (Fate::Known, ..) => &mut tally.known,
                    (Fate::Counts | Fate::Told, Kind::Unknown, _) => &mut tally.unknown,
                    (Fate::Counts | Fate::Told, Kind::Broken, _) => &mut tally.broken,
                    (
                        Fate::Counts | Fate::Told,
                        Kind::Finding | Kind::Unexpected | Kind::Vacuous,
                        level,
                    ) => match level {
                        Level::Error => &mut tally.errors,
                        Level::Warning => &mut tally.warnings,
                        Level::Note => &mut tally.notes,
                    },
                };
                *count += 1;
            }
        }
        tally
    }

    /// What it was that was examined.
    pub fn what(&self, count: usize) -> String {
        let what = match self.command {
            "check" => "claim",
            "review" => "change or claim",
            _ => "file",
        };
        number(count, what)
    }
}

impl Tally {
    /// The counts that are not nothing, in words.
    pub fn words(&self) -> String {
        let rows = [
            (self.errors, "error"),
            (self.warnings, "warning"),
            (self.notes, "note"),
            (self.unknown, "unknown"),
            (self.broken, "not read or not answered"),
            (self.waived, "waived"),
            (self.known, "in the baseline"),
        ];
        let words = rows.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| {
            if ["error", "warning", "note"].contains(&what) {
                number(count, what)
            } else {
                format!("{count} {what}")
            }
        });
        let words: Vec<String> = words.collect();
        if words.is_empty() { "nothing found".to_owned() } else { words.join(", ") }
    }
}

pub(super) fn number(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Makes fingerprints, in the order of the findings: equal ones get a number each.
#[derive(Debug, Default)]
pub struct Fingerprints(BTreeMap<String, usize>);

impl Fingerprints {
    /// The fingerprint of a finding of a rule in a file, with what it is about: the statement's
    /// content and the text that is marked there, or the name of a claim. Lines and columns are no
    /// part of it.
    pub fn next(&mut self, rule: &str, file: &str, about: &[&str]) -> String {
        let mut hash = Sha256::new();
        for part in ["keyaki/1", rule, file].iter().chain(about) {
            // Each with its length: no two lists of parts read alike.
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        // Half of the digits tell findings apart well enough.
        let digits: String =
            hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let count = self.0.entry(digits.clone()).or_default();
        *count += 1;
        format!("{digits}:{count}")
    }

    /// The fingerprint of a finding about a document.
    pub fn of(&mut self, finding: &Finding, file: &str, statement: Option<&InStatement>) -> String {
        let marked = finding.source.text().get(finding.span.start..finding.span.end);
        // White space and line breaks come and go with who formats the file.
        let marked: String = marked.unwrap_or_default().split_whitespace().collect();
        match statement {
            Some(InStatement { content, .. }) => {
                self.next(finding.rule, file, &["statement", content, &marked])
            }
            None => self.next(finding.rule, file, &["text", &marked]),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use keyaki_iam::source::Position;

    /// A review of one file with so many errors, all with this text.
    pub(crate) fn review(count: usize, text: &str) -> Review {
        let at = |line| Position { line, column: 1 };
        let item = |number: usize| Item {
            kind: Kind::Finding,
            rule: "dead-entry",
            level: Level::Error,
            place: Some(Place { file: "p.json".to_owned(), start: at(number), end: at(number) }),
            fingerprint: format!("{number}"),
            fate: Fate::Counts,
            ..Item::unreadable(text)
        };
        let items = (1..=count).map(item).collect();
        let case = Case { name: "p.json".to_owned(), file: "p.json".to_owned(), items };
        Review { command: "lint", cases: vec![case] }
    }

    #[test]
    fn what_is_waived_or_known_is_counted_apart() {
        let mut review = review(4, "x");
        let accepted = Accepted {
            reason: "r".to_owned(),
            expires: None,
            file: "keyaki.toml".to_owned(),
            line: 1,
        };
        let items = &mut review.cases[0].items;
        items[1].fate = Fate::Waived(accepted);
        items[2].fate = Fate::Known;
        items[3].kind = Kind::Unknown;
        let tally = review.tally();
        assert_eq!(
            tally,
            Tally { cases: 1, errors: 1, unknown: 1, waived: 1, known: 1, ..Tally::default() }
        );
        assert_eq!(tally.words(), "1 error, 1 unknown, 1 waived, 1 in the baseline");
        assert_eq!(review.told().count(), 2);
    }

    #[test]
    fn fingerprints_tell_parts_and_equal_findings_apart() {
        let mut prints = Fingerprints::default();
        let first = prints.next("a", "f", &["x"]);
        let second = prints.next("a", "f", &["x"]);
        assert_eq!(first.split_once(':').unwrap().0, second.split_once(':').unwrap().0);
        assert_eq!((first.ends_with(":1"), second.ends_with(":2")), (true, true));
        let others = [
            prints.next("b", "f", &["x"]),
            prints.next("a", "g", &["x"]),
            prints.next("a", "f", &["x", ""]),
            prints.next("a", "fx", &[""]),
        ];
        for other in others {
            assert!(other.ends_with(":1"), "{other}");
        }
        assert_eq!(Fingerprints::default().next("a", "f", &["x"]), first);
    }
}
