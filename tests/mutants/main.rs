//! Deliberately broken encoders and evaluators: each must be caught by the suite.
//!
//! A copy of the sources is changed as `tests/mutants/mutants.toml` says, and some tests run on it,
//! without Z3: those that the mutant names, else the differential test and the encoder's cases.
//! They must pass on the unchanged copy and fail on every mutant. A change that no longer applies
//! fails too, so the list stays honest. Where a mutant gives words of the compiler, it must not
//! even build: what is added to an enum has no meaning until every place that looks at it has
//! decided.
//!
//! `KEYAKI_MUTANTS=all` runs those, too, that are usually left out to save time, `1/3` the second third of the usual ones; any other text
//! those with it in their name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod places;

use places::{places, replaced};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

#[derive(Deserialize)]
struct Mutants {
    mutant: Vec<Mutant>,
}

#[derive(Deserialize)]
struct Mutant {
    /// What the mutant gets wrong.
    name: String,
    /// The file that is changed.
    file: String,
    /// Text that stands in the file exactly once, however its lines are broken.
    find: String,
    /// What takes its place.
    replace: String,
    /// The tests that are to notice, in the order in which they run: the name of a folder of tests,
    /// or `lib` for the tests that stand in the sources; and what is in the names of those that are
    /// enough. `engines:` in front of them says that they are those of the crate `keyaki-engines`,
    /// and so on.
    #[serde(default = "usual_tests")]
    tests: Vec<String>,
    /// Changes that go with it, each wherever its text stands.
    #[serde(default)]
    also: Vec<Change>,
    /// What the compiler is to say, all of it: for a change that must not even build. No test of it
    /// runs then.
    #[serde(default)]
    compiler: Vec<String>,
    /// Much like another one: not part of the usual run.
    #[serde(default)]
    thorough: bool,
}

#[derive(Deserialize)]
struct Change {
    file: String,
    find: String,
    replace: String,
}

impl Mutant {
    /// Its changes: a file, the text in it, and what takes its place.
    fn changes(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let also = self.also.iter().map(|also| (&also.file, &also.find, &also.replace));
        let own = std::iter::once((&self.file, &self.find, &self.replace));
        own.chain(also).map(|(file, find, replace)| (&**file, &**find, &**replace))
    }

    /// Makes its changes, beside those of other mutants: the files as they are, and as they become.
    fn change<'a>(&'a self, files: &mut BTreeMap<&'a str, (String, String)>) {
        for (file, find, replace) in self.changes() {
            let read = || {
                let text = fs::read_to_string(root().join(file)).unwrap();
                (text.clone(), text)
            };
            let (_, text) = files.entry(file).or_insert_with(read);
            *text = replaced(text, find, replace);
        }
    }

    /// Where it changes the files.
    fn ranges(&self) -> Vec<(&str, Range<usize>)> {
        let of = |(file, find, _): (_, &str, _)| {
            let text = fs::read_to_string(root().join(file)).unwrap();
            places(&text, find).into_iter().map(move |place| (file, place)).collect::<Vec<_>>()
        };
        self.changes().flat_map(of).collect()
    }
}

fn usual_tests() -> Vec<String> {
    ["encoder differential::", "encoder cases::"].map(str::to_owned).into()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        // Unchanged files keep their time, so that little is built anew.
        let text = fs::read(from).unwrap();
        if fs::read(to).ok().as_ref() != Some(&text) {
            fs::write(to, text).unwrap();
        }
    }
}

/// Removes the files of a copy that stand nowhere in the repository any more: Cargo would build a
/// test that has moved.
fn prune(copy: &Path, original: &Path) {
    for entry in fs::read_dir(copy).unwrap() {
        let path = entry.unwrap().path();
        let original = original.join(path.file_name().unwrap());
        if !original.exists() {
            if path.is_dir() {
                fs::remove_dir_all(&path).unwrap()
            } else {
                fs::remove_file(&path).unwrap()
            }
        } else if path.is_dir() {
            prune(&path, &original);
        }
    }
}

/// A copy of the sources, and where it is built.
struct Tree {
    folder: PathBuf,
    target: PathBuf,
}

impl Tree {
    /// Of what the tests of these mutants are built from; it undoes what an interrupted run left
    /// behind. Where none of them runs the command, it is built beside the sources, for the
    /// dependencies' sake.
    fn of(mutants: &[Mutant]) -> Self {
        let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
        // Tests of the importers read the guide as those of the command do.
        let of_the_command =
            |test: &String| ["cli ", "importers "].iter().any(|one| test.starts_with(one));
        let runs_the_command = |mutant: &Mutant| mutant.tests.iter().any(of_the_command);
        let (folder, target) = match mutants.iter().any(runs_the_command) {
            true => ("mutants-of-the-command", parent.join("mutants-target")),
            false => ("mutants", parent.parent().unwrap().to_owned()),
        };
        let folder = parent.join(folder);
        copy_sources(&folder, mutants.iter().any(runs_the_command));
        Self { folder, target }
    }
}

/// What mutants are built from.
const COPIED: &[&str] = &[
    "Cargo.lock",
    "papers/examples", // named in a manifest, as the next are, and not run
    "tests/judges/templates",
    "benches",
    "src",
    "encodings/engines",
    "encodings/helper",
    "encodings/logic",
    "tests/encoder",
    "tests/evaluator",
    "tests/questions",
    "tests/cases",
    "proofs",
    "tests/support",
];

/// What the tests of the command need beside it.
const COPIED_FOR_THE_COMMAND: &[&str] = &["papers", "tests/cli", "tests/importers"];

/// A copy of what the tests are built from. Without the command `main.rs` stays out: nothing is to
/// take the place of the program that other tests run.
fn copy_sources(folder: &Path, with_command: bool) {
    fs::create_dir_all(folder).unwrap();
    prune(folder, root());
    let more = if with_command { COPIED_FOR_THE_COMMAND } else { &[] };
    for name in COPIED.iter().chain(more) {
        let from = root().join(name);
        if from.exists() {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            copy(&from, &folder.join(name));
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    // A mutant is built for a few tests: what takes longer to build than it saves is left out.
    let manifest = manifest.replace("opt-level = 1", "opt-level = 0");
    if with_command {
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        return;
    }
    // Crates of another version: what is built of a mutant never takes the place of what is built
    // of the sources, though both stand in one folder, for the dependencies' sake.
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest.matches(&version).count(), 1, "the version stands once in the manifest");
    fs::write(folder.join("Cargo.toml"), manifest.replace(&version, "version = \"0.0.0-mutant\""))
        .unwrap();
    fs::remove_file(folder.join("src/main.rs")).unwrap();
}

/// What the tests say of a tree.
#[derive(Debug, PartialEq)]
enum Verdict {
    Passed,
    Failed,
    /// It cannot be built, no test has the name, or a test did not come to an end.
    Broken,
    /// It cannot be built, and the compiler says so with the words that were expected.
    Refused,
}

/// What tells cargo which tests to run: their binary, and what is in their names, nothing for all.
fn selected(test: &str) -> (Vec<String>, Option<&str>) {
    let (package, test) =
        test.split_once(':').filter(|(_, rest)| !rest.starts_with(':')).map_or_else(
            || ("keyaki".to_owned(), test),
            |(crate_name, test)| (format!("keyaki-{crate_name}"), test),
        );
    let (file, function) =
        test.split_once(' ').map_or((test, None), |(file, function)| (file, Some(function)));
    let file = if file == "lib" { vec!["--lib"] } else { vec!["--test", file] };
    let words = [vec!["--package", &package], file].concat();
    (words.into_iter().map(str::to_owned).collect(), function)
}

/// What cargo says of the tree. The dependencies are those that this test was built with.
fn cargo(tree: &Tree, command: &str, words: &[String]) -> (bool, String) {
    let output = Command::new(env!("CARGO"))
        .args([command, "--offline", "--no-default-features"])
        .args(words)
        .current_dir(&tree.folder)
        .env("CARGO_TARGET_DIR", &tree.target)
        .env("CARGO_INCREMENTAL", "1")
        .env("CARGO_TERM_COLOR", "never")
        .env("KEYAKI_DRAWS", "1000")
        .env("KEYAKI_SEED", "0")
        .env("KEYAKI_Z3", "")
        .env("RUST_BACKTRACE", "0")
        // A mutant may give warnings.
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.success(), text)
}

/// Builds a binary and runs its tests that have one of these in their names, all of them if there
/// is none.
fn run_some(tree: &Tree, binary: &[String], names: &[&str]) -> (Verdict, String) {
    let names = std::iter::once("--").chain(names.iter().copied()).map(str::to_owned).collect();
    let (success, text) = cargo(tree, "test", &[binary.to_owned(), names].concat());
    let verdict = match success {
        true if text
            .lines()
            .any(|line| line.starts_with("test result: ok. ") && !line.contains(" 0 passed")) =>
        {
            Verdict::Passed
        }
        false if text.contains("\ntest result: FAILED") => Verdict::Failed,
        // A name that no test has is a mistake in the list.
        true | false => Verdict::Broken,
    };
    (verdict, text)
}

/// Whether the compiler refuses the tree with these words. It goes on where one of two crates does
/// not build that do not need each other.
fn refused(tree: &Tree, words: &[String]) -> (Verdict, String) {
    let (success, text) = cargo(
        tree,
        "check",
        &["--workspace", "--exclude", "keyaki-z3", "--lib", "--keep-going"].map(str::to_owned),
    );
    let verdict = match success {
        true => Verdict::Passed,
        false if words.iter().all(|words| text.contains(words)) => Verdict::Refused,
        false => Verdict::Broken,
    };
    (verdict, text)
}

/// Runs tests, one after the other, until one does not pass.
fn run(tree: &Tree, tests: &[String]) -> (Verdict, String) {
    let mut last = (Verdict::Passed, String::new());
    for test in tests {
        let (binary, name) = selected(test);
        last = run_some(tree, &binary, name.as_slice());
        if last.0 != Verdict::Passed {
            break;
        }
    }
    last
}

/// Runs all tests that any mutant names, those of a binary at once, until one does not pass.
fn run_all(tree: &Tree, mutants: &[Mutant]) -> (Verdict, String) {
    let mut binaries: BTreeMap<Vec<String>, BTreeSet<Option<&str>>> = BTreeMap::new();
    for test in mutants.iter().flat_map(|mutant| &mutant.tests) {
        let (binary, name) = selected(test);
        binaries.entry(binary).or_default().insert(name);
    }
    let mut last = (Verdict::Passed, String::new());
    for (binary, names) in binaries {
        let names =
            if names.contains(&None) { Vec::new() } else { names.into_iter().flatten().collect() };
        last = run_some(tree, &binary, &names);
        if last.0 != Verdict::Passed {
            break;
        }
    }
    last
}

fn mutants() -> Vec<Mutant> {
    let mutants: Mutants = toml::from_str(include_str!("mutants.toml")).unwrap();
    mutants.mutant
}

#[test]
fn every_mutant_changes_something() {
    let mutants = mutants();
    assert!(mutants.iter().filter(|mutant| !mutant.thorough).count() >= 20);
    for Mutant { name, file, find, also, .. } in mutants {
        let original = fs::read_to_string(root().join(&file)).unwrap();
        assert_eq!(
            places(&original, &find).len(),
            1,
            "`{name}`: the text to change must stand once in {file}"
        );
        for Change { file, find, .. } in also {
            let original = fs::read_to_string(root().join(&file)).unwrap();
            assert!(
                !places(&original, &find).is_empty(),
                "`{name}`: the text to change must stand in {file}"
            );
        }
    }
}

/// The sources below a folder, and the modules that they are.
fn sources(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            into.push_str(&path.with_extension("").to_string_lossy());
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// The run itself takes most of an hour: a name that is wrong is to be seen before.
#[test]
fn every_test_that_a_mutant_names_is_there() {
    let mutants = mutants();
    for (mutant, test) in mutants.iter().flat_map(|one| one.tests.iter().map(move |it| (one, it))) {
        let (words, names) = selected(test);
        let folder = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["--package", "keyaki", "--lib"] => "src".to_owned(),
            ["--package", "keyaki", "--test", file] => {
                assert!(
                    COPIED
                        .iter()
                        .chain(COPIED_FOR_THE_COMMAND)
                        .any(|name| *name == format!("tests/{file}")),
                    "`{}`: tests/{file} is not copied: {test}",
                    mutant.name
                );
                format!("tests/{file}")
            }
            ["--package", package, ref file @ ..] => {
                let name = package.strip_prefix("keyaki-").unwrap();
                let folders = ["src", "encodings"].map(|folder| format!("{folder}/{name}"));
                let folder = folders.into_iter().find(|folder| root().join(folder).is_dir());
                let folder =
                    folder.unwrap_or_else(|| panic!("`{}`: no crate: {test}", mutant.name));
                match file {
                    ["--lib"] => folder,
                    [_, file] => format!("{folder}/tests/{file}"),
                    _ => panic!("{file:?}"),
                }
            }
            _ => panic!("{words:?}"),
        };
        assert!(root().join(&folder).is_dir(), "`{}`: no such tests: {test}", mutant.name);
        let mut text = String::new();
        sources(&root().join(folder), &mut text);
        for name in names.into_iter().flat_map(|names| names.split("::")) {
            assert!(text.contains(name), "`{}`: nothing has the name `{name}`", mutant.name);
        }
    }
}

/// Those of these mutants that can be made at once: the first of them, and each that changes
/// nothing of what one before it changes.
fn apart<'a>(mutants: &mut Vec<&'a Mutant>) -> Vec<&'a Mutant> {
    let mut taken: BTreeMap<&str, Vec<Range<usize>>> = BTreeMap::new();
    let free = |mutant: &&'a Mutant| {
        let ours = mutant.ranges();
        let free = ours.iter().all(|(file, one)| {
            let mut others = taken.get(file).into_iter().flatten();
            others.all(|other| one.end <= other.start || other.end <= one.start)
        });
        if free {
            ours.into_iter().for_each(|(file, one)| taken.entry(file).or_default().push(one));
        }
        free
    };
    let (free, rest) = mutants.drain(..).partition(free);
    *mutants = rest;
    free
}

/// Those of these mutants that do not build, with what the compiler says. All are made at once, and
/// the halves alone where they do not build together.
fn do_not_build<'a>(tree: &Tree, mutants: &[&'a Mutant]) -> Vec<(&'a Mutant, String)> {
    let mut files: BTreeMap<&str, (String, String)> = BTreeMap::new();
    for mutant in mutants {
        mutant.change(&mut files);
    }
    for (file, (_, changed)) in &files {
        fs::write(tree.folder.join(file), changed).unwrap();
    }
    let (success, text) = cargo(
        tree,
        "check",
        &["--workspace", "--exclude", "keyaki-z3", "--lib", "--bins"].map(str::to_owned),
    );
    for (file, (original, _)) in &files {
        fs::write(tree.folder.join(file), original).unwrap();
    }
    match mutants {
        _ if success => Vec::new(),
        [one] => vec![(*one, text)],
        _ => {
            let (one, other) = mutants.split_at(mutants.len() / 2);
            [do_not_build(tree, one), do_not_build(tree, other)].concat()
        }
    }
}

/// A run of the mutants takes a sixteenth of them: one that does not build is to be seen before its
/// turn comes, weeks later.
#[test]
fn every_mutant_is_caught_by_tests_that_build() {
    let mutants = mutants();
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // Nothing is linked: beside the sources, for the dependencies' sake.
    let target = parent.parent().unwrap().to_owned();
    let tree = Tree { folder: parent.join("mutants-that-build"), target };
    copy_sources(&tree.folder, true);
    let builds = |mutant: &&Mutant| mutant.compiler.is_empty();
    let mut rest: Vec<&Mutant> = mutants.iter().filter(builds).collect();
    let (mut runs, mut broken) = (0, Vec::new());
    while !rest.is_empty() {
        broken.extend(do_not_build(&tree, &apart(&mut rest)));
        runs += 1;
    }
    println!("{} mutants, made in {runs} steps", mutants.len());
    for (mutant, text) in &broken {
        println!("`{}` does not build:\n{text}", mutant.name);
    }
    assert!(broken.is_empty(), "{} mutants do not build", broken.len());
}

/// A part of all, as `1/3`.
fn part(text: &str) -> Option<(usize, usize)> {
    let (number, parts) = text.split_once('/')?;
    let (number, parts) = (number.parse().ok()?, parts.parse().ok()?);
    (parts > 0).then_some((number, parts))
}

#[test]
fn every_mutant_is_caught() {
    let mut mutants = mutants();
    match std::env::var("KEYAKI_MUTANTS").as_deref() {
        Ok("all") => {}
        Ok(text) if part(text).is_some() => {
            let (number, parts) = part(text).unwrap();
            mutants.retain(|mutant| !mutant.thorough);
            let kept = (0..mutants.len()).map(|at| at % parts == number % parts);
            let mut kept = kept.collect::<Vec<_>>().into_iter();
            mutants.retain(|_| kept.next().unwrap());
        }
        Ok(text) => mutants.retain(|mutant| mutant.name.contains(text)),
        Err(_) => mutants.retain(|mutant| !mutant.thorough),
    }
    let tree = Tree::of(&mutants);
    let start = Instant::now();
    let (unchanged, text) = run_all(&tree, &mutants);
    println!("without any change in {} s", start.elapsed().as_secs());
    assert_eq!(unchanged, Verdict::Passed, "the suite fails without any change:\n{text}");
    let mut survivors = Vec::new();
    for mutant in &mutants {
        let start = Instant::now();
        let Mutant { name, tests, compiler, .. } = mutant;
        let mut files = BTreeMap::new();
        mutant.change(&mut files);
        for (file, (_, changed)) in &files {
            fs::write(tree.folder.join(file), changed).unwrap();
        }
        let (verdict, text) =
            if compiler.is_empty() { run(&tree, tests) } else { refused(&tree, compiler) };
        for (file, (original, _)) in &files {
            fs::write(tree.folder.join(file), original).unwrap();
        }
        let expected = if compiler.is_empty() { Verdict::Failed } else { Verdict::Refused };
        assert_ne!(verdict, Verdict::Broken, "`{name}` is not a mutant that runs:\n{text}");
        println!("{verdict:?} in {} s: {name}", start.elapsed().as_secs());
        if verdict != expected {
            survivors.push(name);
        }
    }
    assert!(survivors.is_empty(), "mutants that no test noticed: {survivors:#?}");
}
