//! `review`: two sides, and what a change between them allows.

use super::args::{ReviewArgs, ShapeArgs};
use super::check;
use super::documents::Unread;
use super::estate_sides::Files;
use super::setup::Setup;
use super::sides::{self, How, Place, Read};
use super::{Ending, Failure, Io, files, forms};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Estate;
use keyaki_iam::finding::{self, Finding, Level};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::shape::Scope;
use keyaki_importers::managed_policies;
use keyaki_reports::review_items::Review as ReviewItems;
use keyaki_service::{Change, Estates, Question, Review, changes, estate_changes};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{io, thread};
use tempfile::TempDir;

/// `keyaki review`
pub fn review(args: ReviewArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let mut setup = Setup::of(&args.engine, Some(&args.project), io)?;
    let own = std::mem::take(&mut setup.own);
    forms::fail_on(&mut setup.service.sifting, args.fail_on, Level::Warning);
    forms::baseline(&mut setup.service.sifting, &args.baseline)?;
    if let Some(revision) = &args.git {
        setup.service.sifting.earlier(&format!("{revision}:"));
    }
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
    let places = [
        Place { path: &old_root, shown: &old_shown },
        Place { path: &new_root, shown: &new_shown },
    ];
    let both = args.git.is_some() || args.head.is_some();
    let found = match both.then(|| estates(&places, &args, &options)).transpose()?.flatten() {
        Some(found) => found,
        None => policies(&places, both, &args, &options)?,
    };
    let Found { changes, unchanged, wrong, warnings, notes, sides } = found;
    notes.iter().for_each(|note| io.warn(&format!("note: {note}")));
    let mut review = ReviewItems { command: "review", cases: Vec::new() };
    let mut ending = Ending::NothingFound;
    let sieve = &setup.service.sifting.sieve();
    let mut unread = |name: &str, wrong: Unread, io: &mut Io<'_>| {
        ending = Ending::WrongInput;
        review.cases.push(forms::unread(name, &wrong, sieve));
        _ = writeln!(io.err, "{}", wrong.told().trim_end());
    };
    for (name, wrong) in wrong {
        unread(&name, wrong, io);
    }
    // What was there before is not what is reviewed.
    if !warnings.is_empty() {
        io.warn(&finding::render(&warnings));
    }
    let scope = Scope { own: own.clone(), ..Scope::default() };
    let requests = setup.service.requests;
    let shape = files::shape_if_given(&ShapeArgs::default(), scope, &options, requests, io)?;
    let loading = check::Loading {
        world: setup.exists.world()?,
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
        .filter_map(|path| {
            // However the paths are written.
            let (path, root) = (path.canonicalize().ok()?, new_root.canonicalize().ok()?);
            Some(old_root.join(path.strip_prefix(root).ok()?))
        })
        .filter(|path| path.exists())
        .collect();
    let files: BTreeSet<&str> = warnings.iter().map(|found| found.source.name()).collect();
    for name in files {
        let own = warnings.iter().filter(|found| found.source.name() == name);
        review.cases.push(sieve.noted(name, &own.cloned().collect::<Vec<_>>()));
    }
    let (before, _) = loading.claims(&earlier);
    let before = before.into_iter().map(|claim| (claim.name.clone(), claim)).collect();
    let estates = sides.as_deref().map(|Sides { estates: [old, new], caveats }| Estates {
        sides: [old, new],
        caveats: caveats.clone(),
    });
    // What is not read counts where somebody asks for warnings.
    if !warnings.is_empty() && setup.service.sifting.of_reading.counts(Level::Warning) {
        ending = ending.and(Ending::Found);
    }
    let question = Question::Review(Review { changes, unchanged, claims, before, shape, estates });
    let ending = ending.and(setup.review(&question, args.format, &mut review, io)?);
    forms::print(&review, args.format, io)?;
    forms::write_baseline(&review, &args.baseline, ending, io)?;
    Ok(ending)
}

/// What is not the same on both sides, and what is to be told of them.
struct Found {
    changes: Vec<Change>,
    unchanged: usize,
    wrong: Vec<(String, Unread)>,
    warnings: Vec<Finding>,
    notes: Vec<String>,
    /// The sides, where they are estates.
    sides: Option<Box<Sides>>,
}

/// Sides that are estates, and what one of them does not say, or both.
struct Sides {
    estates: [Estate; 2],
    caveats: Vec<Caveat>,
}

/// What is not the same in two estates; `None` where neither side is one.
fn estates(
    [old, new]: &[Place<'_>; 2],
    args: &ReviewArgs,
    options: &ReadOptions,
) -> Result<Option<Found>, Failure> {
    let sides = [Files::of(old, options)?, Files::of(new, options)?];
    let [was, is] = match sides {
        [None, None] => return Ok(None),
        [Some(was), None] => [was, Files::nothing(new, old, options)?],
        [None, Some(is)] => [Files::nothing(old, new, options)?, is],
        [Some(was), Some(is)] => [was, is],
    };
    let managed = args.managed.as_deref().map(super::estates::text).transpose()?;
    let [mut was, mut is] = [
        was.read(old.shown, managed.as_ref(), options),
        is.read(new.shown, managed.as_ref(), options),
    ];
    let found = estate_changes(&mut was.side, &mut is.side, args.decision.into());
    let mut wrong = was.wrong;
    wrong.append(&mut is.wrong);
    wrong.extend(found.wrong.into_iter().map(sides::named));
    let estates = [was.side.estate, is.side.estate];
    Ok(Some(Found {
        changes: found.changes,
        unchanged: found.unchanged,
        wrong,
        warnings: Vec::new(),
        notes: was.notes.into_iter().chain(is.notes).collect(),
        sides: Some(Box::new(Sides { estates, caveats: found.caveats })),
    }))
}

/// What is not the same in two folders or files of policies, or before and after a plan.
fn policies(
    [old, new]: &[Place<'_>; 2],
    both: bool,
    args: &ReviewArgs,
    options: &ReadOptions,
) -> Result<Found, Failure> {
    let managed = args.managed.as_deref().map(super::estates::text).transpose()?;
    let managed = managed.map(|file| managed_policies(&file, options)).transpose();
    let managed = managed.map_err(|found| Failure::findings(&found))?.unwrap_or_default();
    let how = How { options, managed: &managed };
    let place = new;
    let name = new.path.file_name().unwrap_or(new.path.as_os_str()).to_string_lossy();
    let [mut old, mut new] = if both {
        [Read::at(old, &name, &how)?, Read::at(new, &name, &how)?]
    } else {
        Read::of_plan(new.path, &how)?.ok_or_else(|| {
            Failure::new(
                "error: `review` needs two sides: BASE and HEAD, `--git REV` and what there is now, or a plan of Terraform",
            )
        })?
    };
    if old.is_empty() && new.is_empty() {
        let help = if new.lacks_plan() {
            "; `.tf` files are read with a plan, which `terraform show -json PLAN > plan.json` prints"
        } else {
            ""
        };
        return Err(Failure::new(format!(
            "error: neither side has a policy, by itself, in a template or in a plan{help}"
        )));
    }
    new.miss(&old, place);
    let (changes, unchanged) = changes(&mut old.side, &mut new.side, args.decision.into());
    new.take_wrong();
    let mut wrong = old.wrong;
    wrong.append(&mut new.wrong);
    let warnings = new.side.warnings;
    Ok(Found { changes, unchanged, wrong, warnings, notes: Vec::new(), sides: None })
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
    let run = |words: &[&str], at: &Path, index: Option<&Path>, given: &[u8]| {
        let mut git = Command::new("git");
        // Where a hook of Git runs Keyaki, these may name another folder or index than `path` is in.
        for name in ENVIRONMENT {
            git.env_remove(name);
        }
        git.envs(index.map(|index| ("GIT_INDEX_FILE", index)));
        git.arg("-C").arg(at).args(words);
        let made = answer(git, given).map_err(|error| wrong(format!("git: {error}")))?;
        match made.status.success() {
            true => Ok(made.stdout),
            false => Err(wrong(String::from_utf8_lossy(&made.stderr).trim().to_owned())),
        }
    };
    let is_there = || -> Result<bool, Failure> {
        let Some(name) = name.and_then(OsStr::to_str) else { return Ok(true) };
        let listed = ["ls-tree", "--name-only", "--end-of-options", revision, name];
        Ok(!run(&listed, &within, None, &[])?.is_empty())
    };
    // A file that is new was nothing.
    if path.is_file() && !is_there()? {
        let nothing = folder.path().to_owned();
        return Ok((folder, nothing));
    }
    // As a checkout has it, whatever an archive would leave out or change, with what stands beside a
    // file: a plan is read with the configuration that it was made from.
    let line = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned();
    let top = PathBuf::from(line(run(&["rev-parse", "--show-toplevel"], &within, None, &[])?));
    let prefix = line(run(&["rev-parse", "--show-prefix"], &within, None, &[])?);
    let index = folder.path().join(".index");
    run(&["read-tree", "--end-of-options", revision], &within, Some(&index), &[])?;
    let below = format!(":(top,literal){prefix}");
    let listed =
        |more: &[&str]| run(&[&["ls-files", "-z"], more].concat(), &top, Some(&index), &[]);
    // A link may lead to anything of the revision.
    let links =
        |listed: &[u8]| listed.split(|byte| *byte == 0).any(|one| one.starts_with(b"120000"));
    let names = if links(&listed(&["-s", "--", &below])?) {
        listed(&[])?
    } else {
        listed(&["--full-name", "--", &below])?
    };
    let to = format!("--prefix={}/", folder.path().display());
    run(&["checkout-index", "-f", "-z", "--stdin", &to], &top, Some(&index), &names)?;
    std::fs::remove_file(&index).map_err(|error| wrong(error.to_string()))?;
    let within = folder.path().join(&prefix);
    // A folder that is new was empty.
    std::fs::create_dir_all(&within).map_err(|error| wrong(error.to_string()))?;
    if let Some(link) = leaving(&within, folder.path()) {
        return Err(wrong(format!(
            "`{}` is a link to something that is not in the revision",
            link.display()
        )));
    }
    let root = name.map_or(within.clone(), |name| within.join(name));
    Ok((folder, root))
}

/// The variables of Git that name another repository, or say how paths are read.
const ENVIRONMENT: [&str; 9] = [
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_INDEX_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

/// A link in a folder of a checkout to something that is there and outside of the checkout: what stands
/// there now is not what a revision had. The path is that inside the checkout.
fn leaving(within: &Path, root: &Path) -> Option<PathBuf> {
    let whole = root.canonicalize().ok()?;
    let mut folders = vec![within.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()?.flatten() {
            let (path, kind) = (entry.path(), entry.file_type().ok()?);
            let leads_out =
                |path: &Path| path.canonicalize().is_ok_and(|target| !target.starts_with(&whole));
            if kind.is_symlink() && leads_out(&path) {
                return path.strip_prefix(root).ok().map(Path::to_owned);
            }
            if kind.is_dir() {
                folders.push(path);
            }
        }
    }
    None
}

/// What a command answers to what it is given.
fn answer(mut command: Command, given: &[u8]) -> io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let input = child.stdin.take();
    thread::scope(|scope| {
        // It may answer before it has read all.
        let writing = scope.spawn(move || input.map_or(Ok(()), |mut input| input.write_all(given)));
        let output = child.wait_with_output();
        // Who answers without reading closes its input.
        _ = writing.join();
        output
    })
}
