//! From files and folders to an estate.

use super::args::{AsArgs, EstateArgs};
use super::{Failure, Io, read};
use keyaki_iam::estate::Estate;
use keyaki_iam::finding::{self, Finding};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Source;
use keyaki_importers::{File, Imported, import};
use keyaki_questions::estates::{self, Subject};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The longest file of an estate that is read, in bytes.
const LONGEST: u64 = 1 << 30;

/// How the files are called that are read in a folder.
const READ: [&str; 2] = ["json", "jsonl"];

/// So many findings are shown one by one with their lines.
const SHOWN: usize = 20;

/// How the files of a database of SQLite begin.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// How they are called, in a folder.
const DATABASES: [&str; 3] = ["db", "sqlite", "sqlite3"];

/// The estate of the files and folders that are named, with what is to be told of it.
///
/// # Errors
/// What is wrong with the files, the first findings in full: nothing of the estate is given then.
pub fn estate(args: &EstateArgs, options: &ReadOptions) -> Result<Imported, Failure> {
    read_all(args, options)?.map_err(|findings| first_of(&findings))
}

/// Likewise, and where it is refused every finding is told, a line each.
///
/// # Errors
/// As [`estate`].
pub fn estate_or_every_finding(
    args: &EstateArgs,
    options: &ReadOptions,
) -> Result<Imported, Failure> {
    read_all(args, options)?.map_err(|findings| {
        let lines: Vec<String> = findings.iter().map(finding::one_line).collect();
        Failure(lines.join("\n"))
    })
}

/// The first findings in full, and what the others are.
fn first_of(findings: &[Finding]) -> Failure {
    let Some((shown, others)) = findings.split_at_checked(SHOWN) else {
        return Failure::findings(findings);
    };
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in others {
        *codes.entry(finding.rule).or_default() += 1;
    }
    let codes: Vec<String> = codes.iter().map(|(code, times)| format!("{times} {code}")).collect();
    let failure = Failure::findings(shown);
    if others.is_empty() {
        return failure;
    }
    failure.and_line(&format!(
        "error: {} more {} not shown ({}); `keyaki import ESTATE... --all-findings` lists all, a line each",
        others.len(),
        if others.len() == 1 { "finding is" } else { "findings are" },
        codes.join(", ")
    ))
}

/// Reads the files; findings where the estate is refused.
fn read_all(
    args: &EstateArgs,
    options: &ReadOptions,
) -> Result<Result<Imported, Vec<Finding>>, Failure> {
    let (mut files, mut others) = (Vec::new(), Vec::new());
    for path in &args.estates {
        let (found, more) = paths(path)?;
        for path in &found {
            files.push(File { path: named(path), source: text(path)? });
        }
        others.extend(more.iter().map(|path| path.display().to_string()));
    }
    let managed = args.managed.as_deref().map(text).transpose()?;
    let mut imported = import(&files, managed.as_ref(), options);
    if let Ok(imported) = &mut imported {
        others.iter().for_each(|file| imported.unread(file));
    }
    Ok(imported)
}

/// The files that a path names, of a folder those below it: those that are read, and the others.
///
/// # Errors
/// When there is none to be read, or a database.
pub fn paths(path: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    if !path.is_dir() {
        return Ok((vec![path.to_owned()], Vec::new()));
    }
    let (read, others): (Vec<PathBuf>, Vec<PathBuf>) =
        read::below(path)?.into_iter().partition(|path| is_read(path));
    let mut databases = others.iter().filter(|path| is_called(path, &DATABASES));
    if let Some(path) = databases.find(|path| is_database(path)) {
        return Err(database(path));
    }
    if read.is_empty() {
        let message =
            format!("error: no `*.json` and no `*.jsonl` in the folder `{}`", path.display());
        return Err(Failure::new(message));
    }
    Ok((read, others))
}

/// Whether a file of a folder is read, by its name.
pub fn is_read(path: &Path) -> bool {
    is_called(path, &READ)
}

fn is_called(path: &Path, names: &[&str]) -> bool {
    path.extension().is_some_and(|extension| names.iter().any(|one| extension == *one))
}

/// A path with `/` between names, also where the system has another letter.
pub fn named(path: &Path) -> String {
    let names = path.components().map(|name| name.as_os_str().to_string_lossy());
    names.collect::<Vec<_>>().join("/")
}

/// The estate of a question that names one, and whom it is asked as.
pub struct One {
    /// The estate.
    pub estate: Estate,
    /// The name of the principal.
    pub name: String,
}

/// As the flags say; `None` where no estate is named.
///
/// # Errors
/// As [`estate`]; and where it is not said who asks.
pub fn one(
    args: &AsArgs,
    options: &ReadOptions,
    others: bool,
    io: &mut Io<'_>,
) -> Result<Option<One>, Failure> {
    let Some(named) = args.one.estate() else { return Ok(None) };
    if others {
        return Err(Failure::new(
            "error: `--estate` stands in place of policies; leave the policy files out",
        ));
    }
    let Some(name) = args.asker.clone() else {
        return Err(Failure::new(
            "error: `--estate` needs `--as ARN`: whom the question is asked as; `keyaki who-can` asks as everybody",
        ));
    };
    let Imported { estate, report } = estate(&named, options)?;
    report.notes.iter().for_each(|note| io.warn(&format!("note: {note}")));
    Ok(Some(One { estate, name }))
}

impl One {
    /// Refuses a question that names other callers than the principal.
    ///
    /// # Errors
    /// Where it does.
    pub fn asks(&self, shape: &Shape) -> Result<(), Failure> {
        match estates::may_be_asked_as(self.subject()?, shape) {
            true => Ok(()),
            false => Err(Failure::new(
                "error: `--as` says who asks; leave `--principal` and other accounts out",
            )),
        }
    }

    /// The principal.
    ///
    /// # Errors
    /// Where the estate has none of that name.
    pub fn subject(&self) -> Result<Subject<'_>, Failure> {
        estates::named(&self.estate, &self.name)
            .map_err(|nobody| Failure::new(format!("error: `--as`: {nobody}")))
    }
}

/// The text of a file, which may be longer than other files.
///
/// # Errors
/// When it cannot be read, or is a database.
pub fn text(path: &Path) -> Result<Source, Failure> {
    let (name, bytes) = bytes(path)?;
    Source::from_bytes(name, &bytes).map_err(|finding| Failure::findings(&[*finding]))
}

/// What is in a file, and what messages call it.
///
/// # Errors
/// As [`text`].
pub fn bytes(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    if is_database(path) {
        return Err(database(path));
    }
    read::bytes_up_to(path, LONGEST)
}

/// Whether a file is a database of SQLite. What cannot be read is told where its text is read.
fn is_database(path: &Path) -> bool {
    let mut first = [0; SQLITE.len()];
    let mut read = || std::fs::File::open(path)?.read_exact(&mut first);
    path.is_file() && read().is_ok() && first == SQLITE
}

/// A store of iam-collect has two forms, of which one is read.
fn database(path: &Path) -> Failure {
    Failure::new(format!(
        "error: `{}` is a database of SQLite, which is not read; an estate is read from JSON. If iam-collect wrote it, let it write a folder (`\"storage\": {{\"type\": \"file\", \"path\": \"FOLDER\"}}` in its configuration, then `iam-collect download`) and name the folder; if it is no part of the estate, take it out",
        path.display()
    ))
}
