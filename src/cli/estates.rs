//! From files and folders to an estate.

use super::args::{AsArgs, EstateArgs};
use super::{Failure, Io, read};
use keyaki_iam::estate::Estate;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Source;
use keyaki_importers::{File, Imported, import};
use keyaki_questions::estates::{self, Subject};
use std::path::Path;

/// The longest file of an estate that is read, in bytes.
const LONGEST: u64 = 1 << 30;

/// How the files are called that are read in a folder.
const READ: [&str; 2] = ["json", "jsonl"];

/// The estate of the files and folders that are named, with what is to be told of it.
///
/// # Errors
/// What is wrong with the files: nothing of the estate is given then.
pub fn estate(args: &EstateArgs, options: &ReadOptions) -> Result<Imported, Failure> {
    let (mut files, mut others) = (Vec::new(), Vec::new());
    for path in &args.estates {
        if !path.is_dir() {
            files.push(File { path: named(path), source: text(path)? });
            continue;
        }
        let found = read::below(path)?;
        let before = files.len();
        for path in found {
            let known = |extension: &std::ffi::OsStr| READ.iter().any(|one| extension == *one);
            if path.extension().is_some_and(known) {
                files.push(File { path: named(&path), source: text(&path)? });
            } else {
                others.push(path.display().to_string());
            }
        }
        if files.len() == before {
            let message =
                format!("error: no `*.json` and no `*.jsonl` in the folder `{}`", path.display());
            return Err(Failure::new(message));
        }
    }
    let managed = args.managed.as_deref().map(text).transpose()?;
    let mut imported = import(&files, managed.as_ref(), options)
        .map_err(|findings| Failure::findings(&findings))?;
    others.iter().for_each(|file| imported.unread(file));
    Ok(imported)
}

/// A path with `/` between names, also where the system has another letter.
fn named(path: &Path) -> String {
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
fn text(path: &Path) -> Result<Source, Failure> {
    let (name, bytes) = read::bytes_up_to(path, LONGEST)?;
    Source::from_bytes(name, &bytes).map_err(|finding| Failure::findings(&[*finding]))
}
