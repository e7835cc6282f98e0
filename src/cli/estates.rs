//! From files and folders to an estate.

use super::args::EstateArgs;
use super::{Failure, read};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::Source;
use keyaki_importers::{File, Imported, import};
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
    others.iter().for_each(|file| imported.report.unread(file));
    Ok(imported)
}

/// A path with `/` between names, also where the system has another letter.
fn named(path: &Path) -> String {
    let names = path.components().map(|name| name.as_os_str().to_string_lossy());
    names.collect::<Vec<_>>().join("/")
}

/// The text of a file, which may be longer than other files.
fn text(path: &Path) -> Result<Source, Failure> {
    let (name, bytes) = read::bytes_up_to(path, LONGEST)?;
    Source::from_bytes(name, &bytes).map_err(|finding| Failure::findings(&[*finding]))
}
