//! What the sides of a review are read from where they are estates.

use super::documents::Unread;
use super::sides::{self, Place};
use super::{Failure, estates, read, templates};
use keyaki_iam::finding::Finding;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::Source;
use keyaki_iam::value::is_account;
use keyaki_importers::{File, Imported, are_an_estate, import};
use keyaki_service::EstateSide;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How files are called that may be templates and are in no estate.
const TEMPLATES: [&str; 3] = ["yaml", "yml", "template"];

/// The files of an estate.
pub struct Files {
    files: Vec<File>,
    /// Files of the folder that are not read, by their names.
    others: Vec<String>,
    wrong: Vec<(String, Unread)>,
}

/// A side, and what could not be read.
pub struct Read {
    /// The side.
    pub side: EstateSide,
    /// What is to be told of it.
    pub notes: Vec<String>,
    /// What could not be read, each with its file.
    pub wrong: Vec<(String, Unread)>,
}

impl Files {
    /// The files of a place, if that is an estate, as `who-can` takes it. A folder of policies and
    /// templates is none, whatever else is in it.
    ///
    /// # Errors
    /// Where it is one that is not read: a part of it is a database.
    pub fn of(place: &Place<'_>, options: &ReadOptions) -> Result<Option<Self>, Failure> {
        // What cannot be listed is told where policies are looked for.
        let Ok(all) = listed(place.path) else { return Ok(None) };
        let (mut files, mut wrong) = (Vec::new(), Vec::new());
        for path in &all {
            let text = estates::bytes(path).and_then(|(_, bytes)| place.source(path, &bytes));
            match text {
                Ok(source) => files.push(File { path: estates::named(path), source }),
                Err(failure) => wrong.push((place.named(path), Unread::Failed(failure))),
            }
        }
        if !are_an_estate(&files, options) || has_template(place)? {
            return Ok(None);
        }
        let (_, others) = estates::paths(place.path)?;
        let others = others.iter().map(|path| place.named(path)).collect();
        Ok(Some(Self { files, others, wrong }))
    }

    /// What there is at a place that is no estate, while the other side is one: nothing.
    ///
    /// # Errors
    /// Where there is something else, with which an estate is not compared.
    pub fn nothing(
        place: &Place<'_>,
        other: &Place<'_>,
        options: &ReadOptions,
    ) -> Result<Self, Failure> {
        let how = sides::How { options, managed: &BTreeMap::new() };
        if sides::Read::at(place, "", &how)?.is_empty() {
            return Ok(Self { files: Vec::new(), others: Vec::new(), wrong: Vec::new() });
        }
        let what = if place.path.is_dir() {
            "a folder of policies, templates or plans"
        } else {
            "a policy, a template or a plan"
        };
        Err(Failure::new(format!(
            "error: `{}` is an estate, and `{}` is {what}; name two estates, or two of the other",
            other.shown, place.shown
        )))
    }

    /// The estate. What cannot be read is left out, and what may belong to it; the side is not whole
    /// then.
    pub fn read(self, shown: &str, managed: Option<&Source>, options: &ReadOptions) -> Read {
        let Self { mut files, others, mut wrong } = self;
        if files.is_empty() {
            let side = EstateSide { shown: shown.to_owned(), ..EstateSide::default() };
            return Read { side, notes: Vec::new(), wrong };
        }
        loop {
            let findings = match import(&files, managed, options) {
                Ok(mut imported) => {
                    for file in others {
                        imported.unread(&file);
                    }
                    let Imported { estate, report } = imported;
                    let (shown, whole) = (shown.to_owned(), wrong.is_empty());
                    let notes =
                        report.notes.iter().map(|note| format!("{shown}: {note}")).collect();
                    return Read { side: EstateSide { estate, shown, whole }, notes, wrong };
                }
                Err(mut findings) => {
                    findings.retain(Finding::is_error);
                    findings
                }
            };
            let left = files.len();
            files = without(files, &findings);
            let mut by_file: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
            for finding in findings {
                by_file.entry(finding.source.name().to_owned()).or_default().push(finding);
            }
            wrong.extend(by_file.into_iter().map(|(name, all)| (name, Unread::Other(all))));
            if files.is_empty() || files.len() == left {
                let side = EstateSide { shown: shown.to_owned(), ..EstateSide::default() };
                return Read { side, notes: Vec::new(), wrong };
            }
        }
    }
}

/// The files that an estate may be read from.
fn listed(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        // What standard input holds can be read once, and is no estate.
        let is_file = path.as_os_str() != "-";
        return Ok(is_file.then(|| path.to_owned()).into_iter().collect());
    }
    let all = read::below(path)?.into_iter();
    Ok(all.filter(|path| estates::is_read(path)).collect())
}

/// Whether some file of a folder is a template.
fn has_template(place: &Place<'_>) -> Result<bool, Failure> {
    if !place.path.is_dir() {
        return Ok(false);
    }
    let mut paths = sides::files(place.path, &TEMPLATES)?.into_iter();
    Ok(paths.any(|path| {
        read::text(&path).is_ok_and(|source| templates::of(&source, Vec::new).is_some())
    }))
}

/// The files without those of the findings, and without what belongs to one thing with them: of what
/// iam-collect writes an account, or an organization, is in many files.
fn without(files: Vec<File>, findings: &[Finding]) -> Vec<File> {
    let wrong: BTreeSet<&str> = findings.iter().map(|finding| finding.source.name()).collect();
    let is_wrong = |file: &&File| wrong.contains(file.source.name());
    let units: BTreeSet<String> =
        files.iter().filter(is_wrong).map(|file| unit(&file.path).to_owned()).collect();
    files.into_iter().filter(|file| !units.contains(unit(&file.path))).collect()
}

/// The path of what a file belongs to: itself, or the folder of an account or an organization.
fn unit(path: &str) -> &str {
    let mut end = 0;
    let mut before = "";
    for name in path.split_inclusive('/') {
        end += name.len();
        let own = name.trim_end_matches('/');
        let is_one = before == "accounts" && is_account(own)
            || before == "organizations" && own.starts_with("o-");
        if is_one && name.ends_with('/') {
            return path.get(..end).unwrap_or(path);
        }
        before = own;
    }
    path
}
