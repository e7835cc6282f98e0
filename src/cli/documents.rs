//! Documents of many files, of any kinds: what `validate` and `lint` read.

use super::args::KindArg;
use super::{Failure, read, templates};
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
    /// What it is called: the file that was named or found, and its address there.
    pub name: String,
    /// What it is read as.
    pub kind: Kind,
    /// Its address in a template or a plan, where it stands in one.
    pub address: Option<String>,
}

/// Why a file has no document.
pub enum Unread {
    /// It cannot be read.
    Failed(Failure),
    /// It is something else.
    Other(Vec<Finding>),
}

impl Document {
    /// Whether what is around it tells its kind.
    pub fn is_told(&self) -> bool {
        self.opened.is_told() || self.address.is_some()
    }

    /// What reading it finds; ways begin with its address.
    pub fn diagnostics(&self, options: &ReadOptions) -> Vec<Finding> {
        let mut found = self.opened.read(self.kind, options).diagnostics;
        if let Some(address) = &self.address {
            for finding in &mut found {
                finding.route = match finding.route.as_str() {
                    "" => address.clone(),
                    route => format!("{address}.{route}"),
                };
            }
        }
        found
    }

    /// What is to be said of how the document was read, in lines for standard error: where it was
    /// found, and what it was taken for if nobody said it and it is not identity-based.
    pub fn told(&self, asked: Option<KindArg>) -> Option<String> {
        let note = self.opened.note().map(|note| finding::render(std::slice::from_ref(note)));
        let taken =
            (asked.is_none() && !self.is_told() && self.kind != Kind::Identity).then(|| {
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

/// A file that was named, or found in a folder that was.
struct File {
    path: PathBuf,
    /// Whether it counts only if it is a template: most files in YAML are something else.
    if_template: bool,
}

/// What is read of a file.
pub enum Found {
    /// A document.
    Document(Box<Document>),
    /// Nothing: the name of the file, and why.
    Unread(String, Unread),
    /// Something that is to be known of a template whose other parts are read.
    Warning(Finding),
}

/// The documents of the files and folders: of a folder `*.json`, and the templates beside them. Each
/// policy of a template or a plan is a document.
pub fn all(paths: &[PathBuf], kind: Option<KindArg>, options: &ReadOptions) -> Vec<Found> {
    let mut all = Vec::new();
    for path in paths {
        match files(path) {
            Ok(files) => {
                let found: Vec<Found> =
                    files.iter().flat_map(|file| of_file(file, kind, options)).collect();
                if found.is_empty() {
                    all.push(Found::Unread(String::new(), Unread::Failed(empty(path))));
                }
                all.extend(found);
            }
            Err(failure) => all.push(Found::Unread(String::new(), Unread::Failed(failure))),
        }
    }
    all
}

/// The files that a path names.
fn files(path: &Path) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let paths = [path.to_owned()];
    for extension in ["json", "yaml", "yml", "template"] {
        let if_template = path.is_dir() && extension != "json";
        let found = read::in_folders(&paths, extension)?;
        files.extend(found.into_iter().map(|path| File { path, if_template }));
        if !path.is_dir() {
            return Ok(files);
        }
    }
    Ok(files)
}

/// Why nothing is read of a folder.
fn empty(folder: &Path) -> Failure {
    Failure::new(format!(
        "error: no `*.json` and no template in the folder `{}`; folders inside it are not looked into",
        folder.display()
    ))
}

fn of_file(file: &File, kind: Option<KindArg>, options: &ReadOptions) -> Vec<Found> {
    let File { path, if_template } = file;
    let unread = |unread: Unread| vec![Found::Unread(path.display().to_string(), unread)];
    let read = match templates::addressed(path) {
        Some((file, address)) => templates::policy(&file, &address).map(Ok).map_err(Unread::Failed),
        None => source(path).map(|source| match templates::policies(&source, path) {
            Some(template) => Ok(template),
            None => Err(source),
        }),
    };
    let template = match read {
        Ok(Ok(template)) => template,
        Ok(Err(_)) if *if_template => return Vec::new(),
        Ok(Err(source)) => {
            return match of_source(&source, kind, options) {
                Ok(document) => vec![Found::Document(Box::new(document))],
                Err(wrong) => unread(wrong),
            };
        }
        Err(wrong) => return unread(wrong),
    };
    let found = template.findings.into_iter().map(|found| match found.is_error() {
        true => Found::Unread(found.source.name().to_owned(), Unread::Other(vec![found])),
        false => Found::Warning(found),
    });
    let documents = template.documents.into_iter().map(|one| {
        let opened = match input::open(&one.source, options) {
            Ok(opened) => opened,
            Err(wrong) => return Found::Unread(path.display().to_string(), Unread::Other(wrong)),
        };
        let kind = kind.map_or(one.kind, Kind::from);
        let name = format!("{}#{}", file_of(path), one.address);
        Found::Document(Box::new(Document { opened, name, kind, address: Some(one.address) }))
    });
    found.chain(documents).collect()
}

/// The file of a path that may have an address.
fn file_of(path: &Path) -> String {
    let file = templates::addressed(path).map_or_else(|| path.to_owned(), |(file, _)| file);
    file.display().to_string()
}

/// The text of a file.
fn source(path: &Path) -> Result<Source, Unread> {
    let (name, bytes) = read::bytes(path).map_err(Unread::Failed)?;
    Source::from_bytes(name, &bytes).map_err(|finding| Unread::Other(vec![*finding]))
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
    let name = opened.source().name().to_owned();
    Ok(Document { opened, name, kind, address: None })
}
