//! Deliberately broken encoders: each must be caught by the suite.
//!
//! A copy of the sources is changed as `tests/mutants.toml` says, built without Z3, and the conformance and differential tests run on it.
//! They must pass on the unchanged copy and fail on every mutant. A change that no longer applies fails too, so the list stays honest.

use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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
    /// Text that stands in the file exactly once.
    find: String,
    /// What takes its place.
    replace: String,
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

/// A fresh copy of what the tests are built from.
fn tree(folder: &Path) {
    for name in [
        "Cargo.toml",
        "Cargo.lock",
        "clippy.toml",
        "build.rs",
        "src",
        "encodings/Cargo.toml",
        "encodings/build.rs",
        "encodings/src",
        "tests",
        "proofs",
    ] {
        let from = root().join(name);
        if from.exists() {
            fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
            copy(&from, &folder.join(name));
        }
    }
    // Benches are named in the manifest, and not run.
    copy(&root().join("benches"), &folder.join("benches"));
}

fn cargo(tree: &Path, arguments: &[&str]) -> Output {
    let target: PathBuf = tree.with_file_name("target");
    Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--offline", "--no-default-features", "--test", "conformance", "--test", "differential"])
        .args(arguments)
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn every_mutant_is_caught() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants").join("tree");
    let mutants: Mutants = toml::from_str(&fs::read_to_string(root().join("tests/mutants.toml")).unwrap()).unwrap();
    assert!(mutants.mutant.len() >= 10);
    tree(&folder);
    let unchanged = cargo(&folder, &[]);
    assert!(unchanged.status.success(), "the suite fails without any change:\n{}", text(&unchanged));
    let mut survivors = Vec::new();
    for mutant in &mutants.mutant {
        let path = folder.join(&mutant.file);
        let original = fs::read_to_string(&path).unwrap();
        assert_eq!(original.matches(&mutant.find).count(), 1, "`{}`: the text to change must stand once in {}", mutant.name, mutant.file);
        fs::write(&path, original.replace(&mutant.find, &mutant.replace)).unwrap();
        let built = cargo(&folder, &["--no-run"]);
        assert!(built.status.success(), "`{}` does not build:\n{}", mutant.name, text(&built));
        let run = cargo(&folder, &[]);
        fs::write(&path, original).unwrap();
        if run.status.success() {
            survivors.push(&mutant.name);
        }
    }
    assert!(survivors.is_empty(), "mutants that no test noticed: {survivors:?}");
}
