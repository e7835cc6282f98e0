//! Documents of many files, of any kinds: what `validate` and `lint` read.

use super::args::KindArg;
use super::{Failure, read};
use keyaki_iam::finding::{self, Finding};
use keyaki_iam::input::{self, Opened};
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::{ReadOptions, seems};
use keyaki_iam::source::Source;
use keyaki_iam::visible;
use std::path::{Path, PathBuf};

/// What no document shows of its kind.
pub const SHOWN: &str = "note: a boundary, a session policy and a service control policy look like an identity-based policy, and a resource control policy and an endpoint policy like a resource-based one; `--kind` says what a document is";

/// A file, and what was found in it.
pub struct Document {
    /// The document.
    pub opened: Opened,
    /// What it is read as.
    pub kind: Kind,
}

/// Why a file has no document.
pub enum Unread {
    /// It cannot be read.
    Failed(Failure),
    /// It is something else.
    Other(Vec<Finding>),
}

impl Document {
    /// What is to be said of how the document was read, in lines for standard error: where it was
    /// found, and what it was taken for if nobody said it and it is not identity-based.
    pub fn told(&self, asked: Option<KindArg>) -> Option<String> {
        let note = self.opened.note().map(|note| finding::render(std::slice::from_ref(note)));
        let taken = (asked.is_none() && !self.opened.is_told() && self.kind != Kind::Identity)
            .then(|| {
                let name = visible::visible(self.opened.source().name());
                format!("note: {name}: read as {}; `--kind` says another", seems::name(self.kind))
            });
        match (note, taken) {
            (None, taken) => taken,
            (Some(note), None) => Some(note),
            (Some(note), Some(taken)) => Some(note + &taken),
        }
    }
}

impl Unread {
    /// The lines for standard error.
    pub fn told(self) -> String {
        let Failure(message) = match self {
            Self::Failed(failure) => failure,
            Self::Other(findings) => Failure::findings(&findings),
        };
        message
    }
}

/// The files that paths name, of a folder its `*.json`, or why a path names none.
pub fn files(paths: &[PathBuf]) -> Vec<Result<PathBuf, Unread>> {
    let mut files = Vec::new();
    for path in paths {
        match read::in_folders(std::slice::from_ref(path), "json") {
            Ok(found) if found.is_empty() => {
                files.push(Err(Unread::Failed(Failure::new(format!(
                    "error: no `*.json` in the folder `{}`; folders inside it are not looked into",
                    path.display()
                )))))
            }
            Ok(found) => files.extend(found.into_iter().map(Ok)),
            Err(failure) => files.push(Err(Unread::Failed(failure))),
        }
    }
    files
}

/// The document in a file, as one of the kind that is asked for, or else that it shows.
pub fn open(path: &Path, kind: Option<KindArg>, options: &ReadOptions) -> Result<Document, Unread> {
    let (name, bytes) = read::bytes(path).map_err(Unread::Failed)?;
    let source =
        Source::from_bytes(name, &bytes).map_err(|finding| Unread::Other(vec![*finding]))?;
    of_source(&source, kind, options)
}

/// The document in a text, as one of the kind that is asked for, or else that it shows.
pub fn of_source(
    source: &Source,
    kind: Option<KindArg>,
    options: &ReadOptions,
) -> Result<Document, Unread> {
    let opened = input::open(source, options).map_err(Unread::Other)?;
    opened.must_be_one().map_err(Unread::Other)?;
    let kind = kind.map_or_else(|| opened.kind(), Kind::from);
    Ok(Document { opened, kind })
}
