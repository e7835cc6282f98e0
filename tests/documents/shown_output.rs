//! The output that the documents show is what the commands print. `KEYAKI_BLESS=1` rewrites it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use crate::support::command::{err, keyaki, out};
use std::fs;
use std::path::Path;

/// A block begins with one of these, then `$ keyaki ...`, on several lines if they end in `\`, then
/// the output.
const BLOCKS: [&str; 2] = ["```console", "```json"];

/// The document with what its commands print now, and how many commands there were.
fn with_output(document: &str) -> (String, usize) {
    let mut lines = document.lines().peekable();
    let (mut text, mut commands) = (String::new(), 0);
    let mut push = |line: &str| text.push_str(&format!("{line}\n"));
    while let Some(line) = lines.next() {
        push(line);
        if !BLOCKS.contains(&line)
            || !lines.peek().is_some_and(|next| next.starts_with("$ keyaki "))
        {
            continue;
        }
        let mut command = String::new();
        loop {
            let line = lines.next().unwrap();
            push(line);
            command.push_str(line.trim_end_matches('\\'));
            if !line.ends_with('\\') {
                break;
            }
        }
        // Commands without output are there to be read.
        let shown: Vec<&str> =
            std::iter::from_fn(|| lines.next_if(|line| *line != "```")).collect();
        if !shown.is_empty() && !shown[0].starts_with("$ ") {
            let words = shlex::split(command.trim_start_matches("$ keyaki")).unwrap();
            let output = keyaki(&words.iter().map(String::as_str).collect::<Vec<_>>());
            // Notes stand before the answer, as a terminal shows them.
            let beside = err(&output);
            assert!(beside.lines().all(|line| line.starts_with("note: ")), "{command}: {beside}");
            format!("{beside}{}", out(&output)).trim_matches('\n').lines().for_each(&mut push);
            commands += 1;
        } else {
            shown.into_iter().for_each(&mut push);
        }
    }
    (text, commands)
}

#[test]
fn documents_show_what_commands_print() {
    for (path, least) in [
        ("README.md", 2),
        ("papers/guide.md", 7),
        ("papers/walkthrough.md", 6),
        ("papers/articles.md", 37),
        ("papers/bedrock.md", 52),
    ] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let document = fs::read_to_string(&file).unwrap();
        let (current, commands) = with_output(&document);
        assert!(commands >= least, "{path} shows {commands} commands with output");
        if std::env::var_os("KEYAKI_BLESS").is_some() {
            fs::write(&file, current).unwrap();
        } else {
            assert_eq!(
                document, current,
                "{path} shows something else than the commands print; KEYAKI_BLESS=1 rewrites it"
            );
        }
    }
}

/// Each policy that the recipes show stands in the file that they name.
#[test]
fn recipes_show_their_policies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("papers/bedrock.md")).unwrap();
    let mut shown = 0;
    for block in page.split("\n`proofs/policies/bedrock/").skip(1) {
        let (name, rest) = block.split_once("`:\n\n```json\n").unwrap();
        let path = format!("proofs/policies/bedrock/{name}");
        assert_eq!(
            rest.split("```").next().unwrap(),
            fs::read_to_string(root.join(&path)).unwrap(),
            "{path}"
        );
        shown += 1;
    }
    let files = fs::read_dir(root.join("proofs/policies/bedrock")).unwrap().count();
    assert_eq!(shown, files, "every policy of the folder is shown once");
}

/// The README is short, and shows the policy that its commands ask about.
#[test]
fn the_readme_is_short_and_shows_its_policy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("README.md")).unwrap();
    let words = page.split_whitespace().count();
    assert!(words <= 600, "{words} words");
    let policy = fs::read_to_string(root.join("papers/examples/reports.json")).unwrap();
    assert!(page.contains(&format!("`papers/examples/reports.json`:\n\n```json\n{policy}```\n")));
}

/// What a promise of `SECURITY.md` names: a file, and maybe a test in it.
fn named_tests(table: &str) -> Vec<(String, Option<String>)> {
    let mut folder = String::new();
    let mut found = Vec::new();
    for name in table.split('`').skip(1).step_by(2) {
        let (file, test) = name
            .split_once("::")
            .map_or((name, None), |(file, test)| (file, Some(test.to_owned())));
        // A name without a folder stands beside the one before it.
        let file = if file.contains('/') { file.to_owned() } else { format!("{folder}/{file}") };
        folder = file.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        found.push((file, test));
    }
    found
}

/// Each promise has a test that exists.
#[test]
fn every_promise_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| promise"))
        .collect();
    assert!(rows.len() > 20, "{} promises", rows.len());
    for row in rows {
        let tests = named_tests(row.trim_end_matches('|').rsplit(" | ").next().unwrap());
        assert!(!tests.is_empty(), "{row}");
        for (file, test) in tests {
            let path = root.join(&file);
            assert!(path.exists(), "{row}: there is no {file}");
            let written = test.as_ref().is_none_or(|test| {
                fs::read_to_string(&path).unwrap().contains(&format!("fn {test}()"))
            });
            assert!(written, "{row}: no test {test:?} in {file}");
        }
    }
}
