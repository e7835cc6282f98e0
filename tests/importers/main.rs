//! Estates: what is read from the files that people have, and what is refused. A module a subject.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod account;
mod encodings;
mod moto;
mod organizations;
#[cfg(unix)]
#[path = "../support/program.rs"]
mod program;
mod refusals;
mod scripts;
mod size;

use keyaki::finding::{Finding, one_line};
use keyaki::importers::{File, Imported, form, import};
use keyaki::policy::read::ReadOptions;
use keyaki::source::Source;

/// Files from paths and texts.
fn files<P: AsRef<str>, T: AsRef<str>>(texts: &[(P, T)]) -> Vec<File> {
    let file = |(path, text): &(P, T)| File {
        path: path.as_ref().to_owned(),
        source: Source::new(path.as_ref(), text.as_ref()),
    };
    texts.iter().map(file).collect()
}

/// A finding in one line, with what to do.
fn line(finding: &Finding) -> String {
    format!("{} {}", one_line(finding), finding.help.as_deref().unwrap_or_default())
}

/// What is imported from files, or the findings, one a line.
fn imported<P: AsRef<str>, T: AsRef<str>>(texts: &[(P, T)]) -> Result<Imported, String> {
    let lines = |findings: Vec<Finding>| findings.iter().map(line).collect::<Vec<_>>().join("\n");
    import(&files(texts), None, &ReadOptions::default()).map_err(lines)
}

/// The own form of what files hold, which must be an estate.
fn written<P: AsRef<str>, T: AsRef<str>>(texts: &[(P, T)]) -> String {
    match imported(texts) {
        Ok(imported) => form::write(&imported.estate),
        Err(findings) => panic!("{findings}"),
    }
}

/// The findings about files that are refused.
fn refused<P: AsRef<str>, T: AsRef<str>>(texts: &[(P, T)]) -> String {
    imported(texts).map(|imported| form::write(&imported.estate)).unwrap_err()
}
