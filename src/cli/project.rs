//! `keyaki.toml`: where it is, and what answers say of it.

use super::args::ProjectArgs;
use super::{Failure, read};
use keyaki_iam::project::{FILE, Project};
use keyaki_iam::shape::Own;
use keyaki_iam::world::Assumptions;
use keyaki_reports::ProjectFile;
use std::env;
use std::path::{Path, PathBuf};

/// A project whose file was found.
#[derive(Debug)]
pub struct Found {
    path: PathBuf,
    /// What it says.
    pub project: Project,
}

/// The project of the current folder, unless it is to be ignored.
///
/// # Errors
/// When its file cannot be read, or is not as it must be.
pub fn find(args: &ProjectArgs) -> Result<Option<Found>, Failure> {
    let folders = env::current_dir().map_or(1, |folder| folder.ancestors().count());
    let path = if args.no_project { None } else { nearest(Path::new(""), folders) };
    let Some(path) = path else { return Ok(None) };
    let project =
        Project::read(&read::text(&path)?).map_err(|findings| Failure::findings(&findings))?;
    Ok(Some(Found { path, project }))
}

/// The file in a folder or the nearest of so many folders above, up to the root of a git
/// repository. Outside of one only the folder itself counts: what lies above may be somebody
/// else's.
fn nearest(folder: &Path, folders: usize) -> Option<PathBuf> {
    let mut paths = Vec::new();
    let mut up = folder.to_owned();
    for _ in 0..folders {
        paths.push(up.join(FILE));
        if up.join(".git").exists() {
            return paths.into_iter().find(|path| path.is_file());
        }
        up.push("..");
    }
    paths.into_iter().next().filter(|path| path.is_file())
}

/// The accounts of a project.
pub fn own(found: Option<&Found>) -> Own {
    found.map(|found| found.project.own.clone()).unwrap_or_default()
}

/// What answers say of a project that changes what is assumed, or that may say something of
/// accounts. `assumed` says what is assumed with a project, or without; `partition` are the
/// partitions that flags name, which go before those of a project.
pub fn told(
    found: Option<&Found>,
    partition: &[String],
    assumed: impl Fn(Option<&Project>) -> Result<Assumptions, Failure>,
) -> Result<Option<ProjectFile>, Failure> {
    let Some(Found { path, project }) = found else { return Ok(None) };
    let mut choices = Vec::new();
    if assumed(Some(project))? != assumed(None)? {
        let members =
            [("no_assume", project.no_assume.is_empty()), ("assume", project.assume.is_empty())];
        choices.extend(members.into_iter().filter(|(_, absent)| !absent).map(|(member, _)| member));
    }
    if project.partitions.is_some() && partition.is_empty() {
        choices.push("partitions");
    }
    Ok(Some(ProjectFile { path: path.display().to_string(), choices }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_file_counts_up_to_the_root_of_a_repository() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("repository/a/b");
        fs::create_dir_all(&inner).unwrap();
        let found = |folder: &Path| nearest(folder, 3).map(|path| fs::canonicalize(path).unwrap());
        let file = |folder: &str| {
            let path = root.path().join(folder).join(FILE);
            fs::write(&path, "").unwrap();
            Some(fs::canonicalize(path).unwrap())
        };
        let outside = file(".");
        assert_eq!(found(&inner), None);
        assert_eq!(found(root.path()), outside);
        let above = file("repository");
        assert_eq!(found(&inner), None, "outside of a repository");
        fs::create_dir(root.path().join("repository/.git")).unwrap();
        assert_eq!(found(&inner), above);
        let near = file("repository/a");
        assert_eq!(found(&inner), near);
        fs::remove_file(near.unwrap()).unwrap();
        fs::remove_file(above.unwrap()).unwrap();
        assert_eq!(found(&inner), None, "beyond the repository");
    }
}
