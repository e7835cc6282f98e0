//! `review`: two sides, and what a change between them allows.

use super::args::{ReviewArgs, ShapeArgs};
use super::check;
use super::documents::Unread;
use super::setup::Setup;
use super::sides::{Place, Read};
use super::{Ending, Failure, Io, files, forms};
use keyaki_iam::finding::{self, Level};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Scope;
use keyaki_reports::review_items::Review as ReviewItems;
use keyaki_service::{Question, Review, changes};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// `keyaki review`
pub fn review(args: ReviewArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    let own = std::mem::take(&mut setup.own);
    forms::fail_on(&mut setup.service.sifting, args.fail_on, Level::Warning);
    forms::baseline(&mut setup.service.sifting, &args.baseline)?;
    let options: ReadOptions = args.read.into();
    let given = args.base.clone().unwrap_or_else(|| PathBuf::from("."));
    let checked_out = args.git.as_ref().map(|revision| checked_out(revision, &given));
    let checked_out = checked_out.transpose()?;
    let (old_root, new_root) = match (&checked_out, args.head.clone()) {
        (Some((_, old)), _) => (old.clone(), given),
        (None, Some(head)) => (given, head),
        (None, None) => (given.clone(), given),
    };
    // What was copied from a revision has a name that is the same in every run.
    let new_shown = new_root.display().to_string();
    let old_shown = args.git.as_ref().map_or_else(
        || old_root.display().to_string(),
        |revision| format!("{revision}:{new_shown}"),
    );
    let name = new_root.file_name().unwrap_or(new_root.as_os_str()).to_string_lossy();
    let [mut old, mut new] = if args.git.is_none() && args.head.is_none() {
        Read::of_plan(&new_root, &options)?.ok_or_else(|| {
            Failure::new(
                "error: `review` needs two sides: BASE and HEAD, `--git REV` and what there is now, or a plan of Terraform",
            )
        })?
    } else {
        let side = |path, shown| Read::at(&Place { path, shown }, &name, &options);
        [side(&old_root, &old_shown)?, side(&new_root, &new_shown)?]
    };
    if old.is_empty() && new.is_empty() {
        let help = if new.lacks_plan() {
            "; `.tf` files are read with a plan, which `terraform show -json PLAN > plan.json` prints"
        } else {
            ""
        };
        return Err(Failure::new(format!(
            "error: neither side has a policy, a template or a plan{help}"
        )));
    }
    let mut review = ReviewItems { command: "review", cases: Vec::new() };
    let mut ending = Ending::NothingFound;
    let sieve = &setup.service.sifting.sieve();
    let (changes, unchanged) = changes(&mut old.side, &mut new.side, args.decision.into());
    new.take_wrong();
    let mut unread = |name: &str, wrong: Unread, io: &mut Io<'_>| {
        ending = Ending::WrongInput;
        review.cases.push(forms::unread(name, &wrong, sieve));
        _ = writeln!(io.err, "{}", wrong.told().trim_end());
    };
    for (name, wrong) in old.wrong.drain(..).chain(new.wrong.drain(..)) {
        unread(&name, wrong, io);
    }
    // What was there before is not what is reviewed.
    if !new.side.warnings.is_empty() {
        io.warn(&finding::render(&new.side.warnings));
    }
    let scope = Scope { own: own.clone(), ..Scope::default() };
    let requests = setup.service.requests;
    let shape = files::shape_if_given(&ShapeArgs::default(), scope, &options, requests, io)?;
    let loading = check::Loading {
        world: setup.world,
        read: args.read,
        decision: args.decision,
        managed: None,
        own,
        allow_vacuous: args.vacuous.allow_vacuous,
    };
    let (claims, failures) = loading.claims(&args.claims);
    for (name, wrong) in failures {
        unread(&name, wrong, io);
    }
    // What is wrong with the old claims is not what is reviewed.
    let earlier: Vec<PathBuf> = args
        .claims
        .iter()
        .filter_map(|path| Some(old_root.join(path.strip_prefix(&new_root).ok()?)))
        .filter(|path| path.exists())
        .collect();
    let (before, _) = loading.claims(&earlier);
    let before = before.into_iter().map(|claim| (claim.name.clone(), claim)).collect();
    let question = Question::Review(Review { changes, unchanged, claims, before, shape });
    let ending = ending.and(setup.review(&question, args.format, &mut review, io)?);
    forms::print(&review, args.format, io)?;
    forms::write_baseline(&review, &args.baseline, ending, io)?;
    Ok(ending)
}

/// What a path holds in a revision of its Git repository, in a folder that is removed with the
/// first value.
fn checked_out(revision: &str, path: &Path) -> Result<(TempDir, PathBuf), Failure> {
    let wrong = |what: String| {
        Failure::new(format!("error: `--git {revision}` of `{}`: {what}", path.display()))
    };
    let folder = TempDir::new().map_err(|error| wrong(error.to_string()))?;
    let (within, name) = if path.is_dir() {
        (path.to_owned(), None)
    } else {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        (parent.unwrap_or(Path::new(".")).to_owned(), path.file_name())
    };
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        // Where a hook of Git runs Keyaki, these may name another folder or index than `path` is in.
        for name in ["GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            git.env_remove(name);
        }
        git.arg("-C").arg(&within).args(words).args(["--end-of-options", revision]).args(name);
        let made = git.stdin(Stdio::null()).output();
        let made = made.map_err(|error| wrong(format!("git: {error}")))?;
        match made.status.success() {
            true => Ok(made.stdout),
            false => Err(wrong(String::from_utf8_lossy(&made.stderr).trim().to_owned())),
        }
    };
    // A file that is new was nothing.
    if path.is_file() && git(&["ls-tree", "--name-only"])?.is_empty() {
        let nothing = folder.path().to_owned();
        return Ok((folder, nothing));
    }
    let archive = folder.path().join(".archive.tar");
    let made = git(&["archive", "--format=tar"])?;
    std::fs::write(&archive, &made).map_err(|error| wrong(error.to_string()))?;
    let mut tar = Command::new("tar");
    let unpacked = tar.arg("-xf").arg(&archive).arg("-C").arg(folder.path()).output();
    let unpacked = unpacked.map_err(|error| wrong(format!("tar: {error}")))?;
    if !unpacked.status.success() {
        return Err(wrong(String::from_utf8_lossy(&unpacked.stderr).trim().to_owned()));
    }
    std::fs::remove_file(&archive).map_err(|error| wrong(error.to_string()))?;
    let root = name.map_or_else(|| folder.path().to_owned(), |name| folder.path().join(name));
    Ok((folder, root))
}
