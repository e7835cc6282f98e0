//! Where the program `keyaki-z3` is: the only place below the command line that looks at the
//! environment.

use super::protocol::PROGRAM;
use std::env::{self, consts};
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// The environment variable that names the program. Where it is empty, there is no program, on
/// purpose.
pub const VARIABLE: &str = "KEYAKI_Z3";

/// Folders of Cargo beside which it puts programs: those of tests, and of examples.
const OF_CARGO: &[&str] = &["deps", "examples"];

/// Why the program is not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Absent {
    /// [`VARIABLE`] is empty.
    Unwanted,
    /// [`VARIABLE`] names this, which is not a file.
    NotWhereNamed(PathBuf),
    /// It is none of these, which are all places where it could be.
    NotBeside(Vec<PathBuf>),
}

/// Where the program is, as the environment and the place of this program say.
pub fn find() -> Result<PathBuf, Absent> {
    find_by(env::var_os(VARIABLE), env::current_exe().ok())
}

fn find_by(named: Option<OsString>, own: Option<PathBuf>) -> Result<PathBuf, Absent> {
    match named {
        Some(name) if name.is_empty() => Err(Absent::Unwanted),
        Some(name) => file(Path::new(&name)).ok_or(Absent::NotWhereNamed(name.into())),
        None => {
            let places = own.as_deref().map(beside).unwrap_or_default();
            places.iter().find_map(|place| file(place)).ok_or(Absent::NotBeside(places))
        }
    }
}

/// The whole path of a file: one without a folder would be looked for elsewhere.
fn file(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().filter(|path| path.is_file())
}

fn beside(own: &Path) -> Vec<PathBuf> {
    // The program itself, not what leads to it.
    let own = own.canonicalize().unwrap_or_else(|_| own.to_owned());
    let name = format!("{PROGRAM}{}", consts::EXE_SUFFIX);
    let mut places = Vec::new();
    if let Some(folder) = own.parent() {
        places.push(folder.join(&name));
        let is_of_cargo =
            folder.file_name().is_some_and(|last| OF_CARGO.iter().any(|known| last == *known));
        places.extend(folder.parent().filter(|_| is_of_cargo).map(|parent| parent.join(&name)));
    }
    places
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absent::Unwanted => write!(f, "the environment variable {VARIABLE} is empty"),
            Absent::NotWhereNamed(path) => {
                write!(
                    f,
                    "the environment variable {VARIABLE} names `{}`, which is not a file",
                    path.display()
                )
            }
            Absent::NotBeside(places) => {
                let places: Vec<String> =
                    places.iter().map(|place| format!("`{}`", place.display())).collect();
                write!(f, "there is no {}", places.join(" and no "))?;
                if places.is_empty() {
                    write!(f, "`{PROGRAM}` to be found: the place of this program is not known")
                } else {
                    Ok(())
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_setting_comes_first_and_then_the_folder_of_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let name = format!("{PROGRAM}{}", consts::EXE_SUFFIX);
        let (own, beside) = (root.join("keyaki"), root.join(&name));
        fs::create_dir_all(root.join("deps")).unwrap();
        fs::create_dir_all(root.join("other")).unwrap();
        fs::write(&own, "").unwrap();
        let find = |named: Option<&str>, own: &Path| {
            find_by(named.map(OsString::from), Some(own.to_owned()))
        };
        assert_eq!(find(None, &own), Err(Absent::NotBeside(vec![beside.clone()])));
        fs::write(&beside, "").unwrap();
        assert_eq!(find(None, &own), Ok(beside.clone()));
        // A test stands in `deps`; elsewhere, the folder above is not a place to look.
        assert_eq!(find(None, &root.join("deps/test-1")), Ok(beside));
        assert_eq!(
            find(None, &root.join("other/keyaki")),
            Err(Absent::NotBeside(vec![root.join("other").join(&name)]))
        );
        // What is named is taken, or nothing.
        let named = root.join("named");
        let text = named.to_str().unwrap();
        assert_eq!(find(Some(text), &own), Err(Absent::NotWhereNamed(named.clone())));
        assert_eq!(
            find(Some(root.to_str().unwrap()), &own),
            Err(Absent::NotWhereNamed(root.clone()))
        );
        fs::write(&named, "").unwrap();
        assert_eq!(find(Some(text), &own), Ok(named));
        assert_eq!(find(Some(""), &own), Err(Absent::Unwanted));
        assert_eq!(find_by(None, None), Err(Absent::NotBeside(Vec::new())));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_program_leads_to_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("bin")).unwrap();
        for name in ["keyaki", PROGRAM] {
            fs::write(root.join(name), "").unwrap();
        }
        std::os::unix::fs::symlink(root.join("keyaki"), root.join("bin/keyaki")).unwrap();
        assert_eq!(find_by(None, Some(root.join("bin/keyaki"))), Ok(root.join(PROGRAM)));
    }

    #[test]
    fn what_was_looked_for_is_said() {
        let told = |absent: Absent| absent.to_string();
        assert_eq!(
            told(Absent::NotBeside(vec!["/a/x".into(), "/b/x".into()])),
            "there is no `/a/x` and no `/b/x`"
        );
        assert!(told(Absent::NotBeside(Vec::new())).contains("keyaki-z3"));
        assert!(told(Absent::NotWhereNamed("/a/x".into())).contains("KEYAKI_Z3 names `/a/x`"));
        assert!(told(Absent::Unwanted).contains("KEYAKI_Z3 is empty"));
    }
}
