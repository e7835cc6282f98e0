//! The wheel, the hooks, the action and the image are of this version, and say what the manifest
//! says. `tests/judges/ways-in.sh` tries them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::Path;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn toml(path: &str) -> toml::Table {
    text(path).parse().unwrap()
}

/// The versions that follow a word in a text.
fn versions(text: &str, word: &str) -> Vec<String> {
    let version = |rest: &str| {
        let version: String =
            rest.chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
        version.trim_end_matches('.').to_owned()
    };
    text.split(word).skip(1).map(version).collect()
}

/// Whatever names a version of Keyaki to be installed names this one.
#[test]
fn what_is_installed_is_of_this_version() {
    for (path, word, times) in [
        (".github/actions/review/action.yml", "keyaki==", 1),
        ("src/packaging/pre-commit/pyproject.toml", "keyaki==", 1),
        ("src/packaging/pre-commit/pyproject.toml", "\nversion = \"", 1),
        ("CITATION.cff", "\nversion: ", 1),
        ("CITATION.cff", "\n    version: ", 1),
        ("papers/guide.md", "keyaki==", 4),
        ("papers/guide.md", "keyaki@", 1),
        ("papers/guide.md", "dist/keyaki-", 2),
        ("papers/guide.md", "actions/review@v", 1),
        ("papers/guide.md", "rev: v", 1),
    ] {
        let named = versions(&text(path), word);
        assert_eq!(named, vec![VERSION; times], "{path}: what stands after `{word}`");
    }
}

/// The wheel has no version of its own, and the licence and the Rust of the command.
#[test]
fn the_wheel_says_what_the_manifest_says() {
    let (wheel, manifest) = (toml("src/packaging/pyproject.toml"), toml("Cargo.toml"));
    let (project, package) = (&wheel["project"], &manifest["workspace"]["package"]);
    assert_eq!(project.get("version"), None);
    let dynamic = project["dynamic"].as_array().unwrap();
    assert!(dynamic.iter().any(|name| name.as_str() == Some("version")));
    assert_eq!(project["license"], package["license"]);
    assert_eq!(
        toml("src/packaging/pre-commit/pyproject.toml")["project"]["license"],
        package["license"]
    );
    assert_eq!(package["version"].as_str(), Some(VERSION));
    let number =
        |text: &str| text.split('.').map(|part| part.parse().unwrap()).collect::<Vec<u32>>();
    let image = versions(&text("src/packaging/Containerfile"), "library/rust:");
    assert_eq!(image.len(), 1);
    assert!(number(&image[0]) >= number(package["rust-version"].as_str().unwrap()), "{image:?}");
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert_eq!(text(&format!("src/packaging/{name}")), text(name));
    }
}

/// What a workflow gives the action reaches the shell as a variable, and never as a part of what it
/// runs. Each input is passed on, and the guide says what it means.
#[test]
fn inputs_of_the_action_are_not_code() {
    let (action, guide) = (text(".github/actions/review/action.yml"), text("papers/guide.md"));
    let script = text(".github/actions/review/review.sh");
    let runs: Vec<&str> = action.lines().filter(|line| line.contains("run:")).collect();
    assert_eq!(runs, [r#"      run: sh "$GITHUB_ACTION_PATH/review.sh""#]);
    let (inputs, rest) = action.split_once("\noutputs:\n").unwrap();
    let inputs = inputs.split_once("\ninputs:\n").unwrap().1;
    let names = |text: &str| -> Vec<String> {
        let name = |line: &str| line.strip_prefix("  ")?.strip_suffix(':').map(str::to_owned);
        text.lines().filter_map(name).filter(|name| !name.starts_with(' ')).collect()
    };
    let inputs = names(inputs);
    assert_eq!(inputs.len(), 7, "{inputs:?}");
    for name in inputs {
        let variable = format!("INPUT_{}", name.to_uppercase().replace('-', "_"));
        assert!(
            rest.contains(&format!("        {variable}: ${{{{ inputs.{name} }}}}\n")),
            "{name}"
        );
        assert!(script.contains(&format!("${variable}")), "{variable}");
        assert!(guide.contains(&format!("| `{name}` | ")), "{name}");
    }
    let outputs = names(rest.split_once("\nruns:\n").unwrap().0);
    assert_eq!(outputs.len(), 3, "{outputs:?}");
    for name in outputs {
        assert!(script.contains(&format!("echo \"{name}=")), "{name}");
    }
}
