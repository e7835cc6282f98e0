//! A project's file, `keyaki.toml`: what nobody wants to repeat with every question (SEMANTICS
//! 6.8), and the findings that it waives. `papers/guide.md` shows one.

mod waiver;

pub use waiver::{ADDED, REMOVED, Waived, Waiver, is_of_changes};

use crate::finding::codes;
use crate::finding::{Finding, Level};
use crate::partitions::Partitions;
use crate::shape::Own;
use crate::source::{Source, Span};
use crate::value;
use crate::world::{Assumptions, ModelChoice};
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;
use waiver::WaiverText;

/// The name of the file.
pub const FILE: &str = "keyaki.toml";

/// A project, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectText {
    accounts: Option<Spanned<Vec<Spanned<String>>>>,
    organization: Option<Spanned<String>>,
    partitions: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    assume: Vec<Spanned<String>>,
    #[serde(default)]
    no_assume: Vec<Spanned<String>>,
    #[serde(default)]
    waiver: Vec<Spanned<WaiverText>>,
}

/// What a project says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// Its accounts, and their organization.
    pub own: Own,
    /// The partitions that questions are asked in; `None`: those that each names.
    pub partitions: Option<Partitions>,
    /// Model choices that are not assumed.
    pub no_assume: Vec<ModelChoice>,
    /// Model choices that are assumed after all.
    pub assume: Vec<ModelChoice>,
    /// Findings that are accepted, in the order of the file.
    pub waivers: Vec<Waiver>,
}

impl Project {
    /// Reads the text of a project's file.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub fn read(source: &Source) -> Result<Self, Vec<Finding>> {
        let text: ProjectText =
            toml::from_str(source.text()).map_err(|error: toml::de::Error| {
                vec![wrong(source, error.span().unwrap_or_default(), error.message().to_owned())]
            })?;
        let mut findings = Vec::new();
        let own = own(&text, source, &mut findings);
        let partitions =
            text.partitions.as_ref().and_then(|names| match Partitions::named(names.as_ref()) {
                Ok(partitions) => Some(partitions),
                Err(message) => {
                    findings.push(wrong(source, names.span(), message));
                    None
                }
            });
        let mut choices = |names: &[Spanned<String>]| {
            let mut read = Vec::new();
            for name in names {
                match ModelChoice::named(name.as_ref()) {
                    Some(choices) => read.extend(choices),
                    None => {
                        let known: Vec<&str> =
                            ModelChoice::ALL.iter().map(|choice| choice.id()).collect();
                        let message = format!(
                            "`{}` is not a model choice; these are, and `all`: {}",
                            name.as_ref(),
                            known.join(", ")
                        );
                        findings.push(wrong(source, name.span(), message));
                    }
                }
            }
            read
        };
        let (no_assume, assume) = (choices(&text.no_assume), choices(&text.assume));
        let waivers =
            text.waiver.iter().filter_map(|one| Waiver::read(one, source, &mut findings)).collect();
        if findings.is_empty() {
            Ok(Self { own, partitions, no_assume, assume, waivers })
        } else {
            Err(findings)
        }
    }

    /// The choices that are assumed, of those that would be without the project.
    pub fn assumed(&self, usual: Assumptions) -> Assumptions {
        let fewer = self.no_assume.iter().fold(usual, |assumed, choice| assumed.without(*choice));
        self.assume.iter().fold(fewer, |assumed, choice| assumed.with(*choice))
    }
}

/// The accounts and their organization.
fn own(text: &ProjectText, source: &Source, findings: &mut Vec<Finding>) -> Own {
    let accounts = text.accounts.as_ref();
    let ids = accounts.map(|accounts| accounts.as_ref().as_slice()).unwrap_or_default();
    if let Some(accounts) = accounts.filter(|accounts| accounts.as_ref().is_empty()) {
        findings.push(wrong(
            source,
            accounts.span(),
            "`accounts` names no account; leave it out".to_owned(),
        ));
    }
    for id in ids.iter().filter(|id| !value::is_account(id.as_ref())) {
        findings.push(wrong(
            source,
            id.span(),
            format!("`{}` is not an account: an account has twelve digits", id.as_ref()),
        ));
    }
    if let Some(organization) = &text.organization {
        if !is_organization(organization.as_ref()) {
            let message = format!(
                "`{}` is not an organization: the id is `o-` and small letters and digits",
                organization.as_ref()
            );
            findings.push(wrong(source, organization.span(), message));
        } else if accounts.is_none() {
            let message =
                "`organization` is that of `accounts`, and there are none; name the accounts, too"
                    .to_owned();
            findings.push(wrong(source, organization.span(), message));
        }
    }
    let organization = text.organization.as_ref().map(|organization| organization.as_ref().clone());
    let accounts = ids.iter().map(|id| id.as_ref().clone()).collect();
    Own { accounts, organization, members_only: false }
}

fn is_organization(text: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    text.strip_prefix("o-").is_some_and(|id| !id.is_empty() && id.chars().all(letter))
}

/// What is wrong with a part of a project's file.
pub fn wrong(source: &Source, span: Range<usize>, message: String) -> Finding {
    Finding {
        rule: codes::INVALID_PROJECT,
        level: Level::Error,
        message,
        source: source.clone(),
        span: Span { start: span.start, end: span.end },
        route: String::new(),
        help: Some(
            "`papers/guide.md` shows a project's file; `--no-project` ignores it".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Project, Vec<String>> {
        let source = Source::new(FILE, text);
        let place = |finding: &Finding| {
            let position = finding.position();
            format!("{}:{}: {}", position.line, position.column, finding.message)
        };
        Project::read(&source).map_err(|findings| findings.iter().map(place).collect())
    }

    #[test]
    fn projects_are_read() {
        let text = "accounts = [\"111122223333\"]\norganization = \"o-a1b2\"\nno_assume = [\"all\"]\nassume = [\"f24\"]\n";
        let project = read(text).unwrap();
        assert_eq!(
            project.own,
            Own {
                accounts: vec!["111122223333".to_owned()],
                organization: Some("o-a1b2".to_owned()),
                members_only: false,
            }
        );
        assert_eq!(
            project.assumed(Assumptions::all()).iter().collect::<Vec<_>>(),
            [ModelChoice::F24]
        );
        assert_eq!(read(""), Ok(Project::default()));
        let both = Partitions::of("aws").unwrap().and(Partitions::of("aws-cn").unwrap());
        assert_eq!(read("partitions = [\"aws\", \"aws-cn\"]").unwrap().partitions, Some(both));
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        let rows = [
            ("accounts = [\"111122223333\", \"12\"]", "1:29: `12` is not an account"),
            ("\naccounts = \"111122223333\"", "2:12: invalid type: string"),
            ("accounts = []", "1:12: `accounts` names no account"),
            ("organization = \"o-a\"", "1:16: `organization` is that of `accounts`"),
            (
                "accounts = [\"111122223333\"]\norganization = \"O-A\"",
                "2:16: `O-A` is not an organization",
            ),
            ("assume = [\"F24\", \"X99\"]", "1:18: `X99` is not a model choice"),
            ("\n\ntrusted = []", "3:1: unknown field `trusted`"),
            ("partitions = [\"aws\", \"aws-mars\"]", "1:14: `aws-mars` is not a partition"),
            ("partitions = []", "1:14: no partition is named"),
            ("no_assume = true", "1:13: invalid type: boolean"),
            ("accounts = [", "1:"),
            ("[[waiver]]\nreason = \"r\"", "1:1: a waiver names a `rule` or a `claim`"),
            (
                "[[waiver]]\nrule = \"a\"\nclaim = \"b\"\nfile = \"p\"\nreason = \"r\"",
                "3:9: a waiver names a `rule` or a `claim`, not both",
            ),
            ("[[waiver]]\nrule = \"a\"\nreason = \"r\"", "2:8: the waiver of `a` names no `file`"),
            ("\n[[waiver]]\nclaim = \"a\"", "2:1: a waiver says why: `reason` is missing"),
            ("[[waiver]]\nclaim = \"a\"\nreason = \" \"", "3:10: the `reason` is empty"),
            (
                "[[waiver]]\nclaim = \"a\"\nreason = \"r\"\nsid = \"s\"",
                "1:1: `statement` and `sid` are for waivers of a `rule`",
            ),
            (
                "[[waiver]]\nclaim = \"a\"\nreason = \"r\"\nexpires = \"2027-02-30\"",
                "4:11: `2027-02-30` is not a day",
            ),
            (
                "[[waiver]]\nclaim = \"a\"\nreason = \"r\"\nexpires = 2027-02-03T00:00:00Z",
                "4:11: `2027-02-03T00:00:00Z` is not a day",
            ),
            (
                "[[waiver]]\nclaim = \"a\"\nreason = \"r\"\nexpires = 20270203",
                "4:11: `20270203` is not a day",
            ),
            (
                "[[waiver]]\nclaim = \"a\"\nreason = \"r\"\nfile = \"../a\"",
                "4:8: `../a` does not count from the folder",
            ),
            ("[[waiver]]\nclaim = \"a\"\nraeson = \"r\"", "3:1: unknown field `raeson`"),
            ("[[waiver]]\nclaim = \"a\"\nreason = 1", "3:10: invalid type: integer"),
        ];
        for (text, expected) in rows {
            let found = read(text).unwrap_err();
            assert!(found[0].starts_with(expected), "{text}: {found:?}");
        }
        assert_eq!(
            read("accounts = [\"1\"]\norganization = \"x\"\nassume = [\"y\"]").unwrap_err().len(),
            3
        );
    }
}
