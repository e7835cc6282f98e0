//! `keyaki.toml`: where it is, and what answers say of it.

use super::args::ProjectArgs;
use super::{Failure, read, world};
use keyaki_iam::finding::{self, Finding};
use keyaki_iam::policy::read::closest;
use keyaki_iam::project::{self, FILE, Project, Waived, Waiver, is_of_changes};
use keyaki_iam::shape::Own;
use keyaki_iam::source::Source;
use keyaki_iam::world::Assumptions;
use keyaki_questions::lint;
use keyaki_reports::ProjectFile;
use keyaki_service::{Root, Waivers};
use std::env;
use std::path::{Component, Path, PathBuf};

/// A project whose file was found.
#[derive(Debug)]
pub struct Found {
    path: PathBuf,
    source: Source,
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
    let source = read::text(&path)?;
    let refuse = |findings: Vec<Finding>| Failure::findings(&findings);
    let project = Project::read(&source).map_err(refuse)?;
    let unknown: Vec<Finding> =
        project.waivers.iter().filter_map(|waiver| unknown_rule(waiver, &source)).collect();
    if unknown.is_empty() {
        Ok(Some(Found { path, source, project }))
    } else {
        Err(refuse(unknown))
    }
}

/// What is wrong with a waiver of a rule that there is not.
fn unknown_rule(waiver: &Waiver, source: &Source) -> Option<Finding> {
    let Waived::Rule(rule) = &waiver.of else { return None };
    if lint::rule(rule).is_some() || is_of_changes(rule) {
        return None;
    }
    let reader = finding::CODES.iter().any(|known| known.code == rule);
    let near = closest(rule, lint::rules().iter().map(|rule| rule.name), 1);
    let message = match near.first() {
        _ if reader => {
            format!(
                "`{rule}` is what makes a document invalid, which nobody can waive; a waiver is for a rule of `keyaki lint`"
            )
        }
        Some(near) => format!("there is no rule `{rule}`; did you mean `{near}`?"),
        None => format!("there is no rule `{rule}`; `keyaki lint --explain all` lists the rules"),
    };
    Some(project::wrong(source, waiver.name.start..waiver.name.end, message))
}

/// The waivers of a project, on this day; none where it waives nothing.
///
/// # Errors
/// When one has a last day, and nobody knows which day it is.
pub fn waivers(found: &Found) -> Result<Option<Waivers>, Failure> {
    let waivers = found.project.waivers.clone();
    if waivers.is_empty() {
        return Ok(None);
    }
    let today = world::today().ok_or_else(|| {
        Failure::new(
            "error: the day is not known, so waivers may have expired; SOURCE_DATE_EPOCH and the clock say none",
        )
    })?;
    let here = root().here;
    let up = found.path.components().filter(|part| *part == Component::ParentDir).count();
    let folder = here.ancestors().nth(up).map(Path::to_owned).unwrap_or_default();
    let gone = |waiver: &Waiver| {
        let file = waiver.file.as_ref().filter(|file| !file.contains(['*', '?']));
        file.is_some_and(|file| !folder.join(file).exists())
    };
    let missing =
        waivers.iter().enumerate().filter(|(_, one)| gone(one)).map(|(at, _)| at).collect();
    let (source, root) = (found.source.clone(), Root { here, root: folder, ..Root::default() });
    Ok(Some(Waivers { source, waivers, today, root, missing }))
}

/// The root of the git repository that the current folder is in; outside of one that folder.
pub fn root() -> Root {
    let here = env::current_dir().unwrap_or_default();
    let root = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&here);
    Root { root: root.to_owned(), here: here.clone(), ..Root::default() }
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
    let Some(Found { path, project, source: _ }) = found else { return Ok(None) };
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
