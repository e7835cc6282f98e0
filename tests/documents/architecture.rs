//! The invariants of ARCHITECTURE.md that a reader of the source can check.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use petgraph::algo::{tarjan_scc, toposort};
use petgraph::graphmap::DiGraphMap;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates, and on which of Keyaki's crates each depends: all that it can import. For the tests
/// of `keyaki` see there.
const CRATES: &[(&str, &[&str])] = &[
    ("keyaki-logic", &[]),
    ("keyaki-engines", &["keyaki-logic"]),
    ("keyaki-z3", &["keyaki-engines", "keyaki-logic"]),
    ("keyaki-iam", &[]),
    ("keyaki-importers", &["keyaki-iam"]),
    ("keyaki-generator", &["keyaki-iam"]),
    ("keyaki-evaluator", &["keyaki-iam"]),
    ("keyaki-encoder", &["keyaki-iam", "keyaki-logic"]),
    (
        "keyaki-questions",
        &["keyaki-encoder", "keyaki-engines", "keyaki-evaluator", "keyaki-iam", "keyaki-logic"],
    ),
    ("keyaki-reports", &["keyaki-evaluator", "keyaki-iam", "keyaki-questions"]),
    (
        "keyaki-service",
        &[
            "keyaki-engines",
            "keyaki-evaluator",
            "keyaki-iam",
            "keyaki-questions",
            "keyaki-reports",
            "keyaki-templates",
        ],
    ),
    ("keyaki-startup", &[]),
    ("keyaki-templates", &["keyaki-iam"]),
    (
        "keyaki",
        &[
            "keyaki-encoder",
            "keyaki-engines",
            "keyaki-evaluator",
            "keyaki-generator",
            "keyaki-iam",
            "keyaki-importers",
            "keyaki-logic",
            "keyaki-questions",
            "keyaki-reports",
            "keyaki-service",
            "keyaki-startup",
            "keyaki-templates",
        ],
    ),
];

/// The modules of a crate by floor, its folder first: imports only point down.
const FLOORS: &[(&str, &[&[&str]])] = &[
    (
        "encodings/logic/src",
        &[&["term", "regex", "model", "evaluate", "smtlib", "deadline"], &["limits"]],
    ),
    ("encodings/engines/src", &[&["language"], &["engine"]]),
    (
        "src/iam",
        &[
            &["caseless", "source", "finding", "json", "texts", "value", "visible"],
            &[
                "policy",
                "calls",
                "catalogue",
                "caveat",
                "operations",
                "organizations",
                "endpoints",
                "estate",
                "partitions",
                "principals",
                "public",
                "request",
                "layers",
                "shape",
                "world",
            ],
            &["input", "project"],
        ],
    ),
    ("src/evaluator", &[&["semantics", "feasibility"]]),
    (
        "src/questions",
        &[
            &["counterexample", "guess", "names", "unknown"],
            &["query"],
            &["compare", "lint", "matrix", "vacuous"],
            &["claims", "enforcement", "estates"],
        ],
    ),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files_of(folder, &["rs"])
}

/// The files of a folder whose names end so, in order.
fn files_of(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_of(&path, extensions));
        } else if path
            .extension()
            .is_some_and(|own| extensions.iter().any(|extension| own == *extension))
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The sources of the crates that know logic only.
fn logic_files() -> Vec<PathBuf> {
    ["encodings/engines/src", "encodings/helper/src", "encodings/logic/src"]
        .iter()
        .flat_map(|folder| rust_files(&root().join(folder)))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The code of a file: without comments, and without its unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// `(module, imported module)` for every `crate::` path in the files of a crate, grouped imports
/// included.
fn imports(source: &Path) -> Vec<(String, String)> {
    let mut imports = Vec::new();
    for file in rust_files(source) {
        let relative = file.strip_prefix(source).unwrap();
        let module =
            relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        for tail in code(&file).split("crate::").skip(1) {
            let names = match tail.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap().to_owned(),
                None => tail.to_owned(),
            };
            let names = if tail.starts_with('{') {
                names
            } else {
                names.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
            };
            imports.extend(
                names.split(',').map(|name| {
                    (module.clone(), name.trim().split("::").next().unwrap().to_owned())
                }),
            );
        }
    }
    // A macro is at the root of its crate, whatever module it stands in.
    imports.retain(|(from, to)| from != to && from != "lib" && to != "line");
    imports
}

/// The route of a file of a crate as its module: `query/call/check.rs` is `[query, call, check]`,
/// `query/mod.rs` is `[query]`.
fn module(source: &Path, file: &Path) -> Vec<String> {
    let relative = file.strip_prefix(source).unwrap().with_extension("");
    let mut names: Vec<String> =
        relative.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
    if ["mod", "lib"].contains(&names.last().unwrap().as_str()) {
        names.pop();
    }
    names
}

/// The paths that follow `start` in the code of a file, groups taken apart to their first names.
fn paths(code: &str, start: &str) -> Vec<Vec<String>> {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut found = Vec::new();
    for (at, _) in code.match_indices(start) {
        if code[..at].ends_with(|letter| word(letter) || letter == ':') {
            continue;
        }
        let mut names = Vec::new();
        let mut rest = &code[at + start.len()..];
        loop {
            if let Some(group) = rest.strip_prefix('{') {
                let group = group.split('}').next().unwrap();
                for member in group.split([',', '{']) {
                    let first: String =
                        member.trim().chars().take_while(|letter| word(*letter)).collect();
                    found.push([names.clone(), vec![first]].concat());
                }
                break;
            }
            let name: String = rest.chars().take_while(|letter| word(*letter)).collect();
            rest = &rest[name.len()..];
            names.push(name);
            let Some(next) = rest.strip_prefix("::") else {
                found.push(names);
                break;
            };
            rest = next;
        }
    }
    found
}

/// Of every folder of a crate, which of its files and folders names which other one. What a parent
/// names of its children, and they of it, does not count: they are read together.
fn neighbours(source: &Path) -> BTreeMap<Vec<String>, BTreeSet<(String, String)>> {
    let files = rust_files(source);
    let modules: BTreeSet<Vec<String>> = files.iter().map(|file| module(source, file)).collect();
    let mut found: BTreeMap<Vec<String>, BTreeSet<(String, String)>> = BTreeMap::new();
    for file in &files {
        let from = module(source, file);
        let code = code(file);
        let above = |path: Vec<String>| {
            let up = 1 + path.iter().take_while(|name| *name == "super").count();
            let kept = from.len().checked_sub(up)?;
            Some([&from[..kept], &path[up - 1..]].concat())
        };
        let relative = paths(&code, "super::").into_iter().filter_map(above);
        for to in relative.chain(paths(&code, "crate::")) {
            let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
            if let (Some(one), Some(other)) = (from.get(shared), to.get(shared))
                && modules.contains(&to[..=shared])
            {
                found
                    .entry(from[..shared].to_vec())
                    .or_default()
                    .insert((one.clone(), other.clone()));
            }
        }
    }
    found
}

#[test]
fn no_files_of_a_folder_name_each_other_in_a_circle() {
    let sources = [
        "encodings/logic/src",
        "encodings/engines/src",
        "src/iam",
        "src/importers",
        "src/evaluator",
        "src/encoder",
        "src/questions",
        "src/reports",
        "src/service",
        "src/generator",
    ];
    let mut circles = Vec::new();
    let mut seen = 0;
    for source in sources {
        for (folder, edges) in neighbours(&root().join(source)) {
            seen += edges.len();
            let graph: DiGraphMap<&str, ()> =
                edges.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
            for circle in tarjan_scc(&graph).into_iter().filter(|circle| circle.len() > 1) {
                circles.push(format!("{source}/{}: {circle:?}", folder.join("/")));
            }
        }
    }
    assert!(seen > 200, "the test must see the imports: {seen}");
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn imports_point_down() {
    for (folder, floors) in FLOORS {
        let imports = imports(&root().join(folder));
        assert!(
            imports.len() > 4 || floors.len() == 1,
            "the test must see the imports of {folder}"
        );
        let graph: DiGraphMap<&str, ()> =
            imports.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        assert!(
            toposort(&graph, None).is_ok(),
            "modules of {folder} import each other in a circle"
        );
        let floor = |module: &str| {
            let found = floors.iter().position(|floor| floor.contains(&module));
            found.unwrap_or_else(|| panic!("module `{module}` of {folder} stands on no floor"))
        };
        for (from, to) in &imports {
            assert!(floor(from) >= floor(to), "`{from}` imports `{to}` from a higher floor");
        }
    }
}

/// What a manifest says: the crate, and of Keyaki's crates those that it depends on, `dev` for its
/// tests.
fn dependencies(kind: Option<&str>) -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output();
    let metadata: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let own = |dependency: &&Value| {
        dependency["kind"].as_str() == kind
            && dependency["name"].as_str().unwrap().starts_with("keyaki")
    };
    let names = |package: &Value| {
        let needed = package["dependencies"].as_array().unwrap().iter().filter(own);
        let needed =
            needed.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect();
        (package["name"].as_str().unwrap().to_owned(), needed)
    };
    metadata["packages"].as_array().unwrap().iter().map(names).collect()
}

#[test]
fn crates_depend_on_each_other_as_the_map_says() {
    let known = |needed: &[&str]| needed.iter().map(|name| (*name).to_owned()).collect();
    let map: BTreeMap<String, BTreeSet<String>> =
        CRATES.iter().map(|(name, needed)| ((*name).to_owned(), known(needed))).collect();
    assert_eq!(dependencies(None), map);
    // The tests of all crates stand with `keyaki`, which sees everything, or see no more than their
    // crate.
    let for_tests = dependencies(Some("dev")).into_iter().filter(|(_, needed)| !needed.is_empty());
    assert_eq!(for_tests.collect::<Vec<_>>(), []);
    // All that a crate reaches.
    let reached = |name: &str| {
        let (mut seen, mut left) = (BTreeSet::new(), vec![name.to_owned()]);
        while let Some(next) = left.pop() {
            left.extend(map[&next].iter().filter(|needed| seen.insert((*needed).clone())).cloned());
        }
        seen
    };
    assert_eq!(
        reached("keyaki-evaluator"),
        known(&["keyaki-iam"]),
        "the evaluator knows neither the encoder nor a formula"
    );
    assert_eq!(
        reached("keyaki-encoder"),
        known(&["keyaki-iam", "keyaki-logic"]),
        "the encoder knows neither the evaluator nor engines"
    );
}

#[test]
fn z3_is_called_from_one_file() {
    let mut files = logic_files();
    files.extend(rust_files(&root().join("src")));
    // `keyaki_z3` is the crate around that file.
    let uses = |file: &PathBuf| {
        code(file).replace("keyaki_z3::", "").contains("z3::") && !code(file).contains("mod z3;")
    };
    let users: Vec<_> = files.into_iter().filter(uses).collect();
    assert_eq!(users, [root().join("encodings/helper/src/z3.rs")]);
}

/// Whatever else is built, and whatever features are asked for: what cargo compiles into the
/// command has no Z3 in it.
#[test]
fn the_command_is_built_without_z3() {
    let tree = |package: &str| {
        let words = [
            "tree",
            "--offline",
            "--package",
            package,
            "--all-features",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ];
        let output = Command::new(env!("CARGO")).args(words).current_dir(root()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .filter_map(|line| line.split(' ').next())
            .map(str::to_owned)
            .collect::<BTreeSet<String>>()
    };
    let (command, helper) = (tree("keyaki"), tree("keyaki-z3"));
    assert!(
        command.contains("keyaki-engines") && helper.contains("z3-sys"),
        "the test must see what is built"
    );
    assert!(!command.iter().any(|name| name.contains("z3")), "{command:?}");
}

/// Where the program that asks Z3 is found depends on the environment; nothing else that decides
/// formulas does.
#[test]
fn one_file_of_the_engines_looks_at_the_environment() {
    let files = ["encodings/engines/src", "encodings/logic/src"]
        .iter()
        .flat_map(|folder| rust_files(&root().join(folder)));
    let looks = |file: &PathBuf| {
        ["std::env", "env::var", "current_exe", "std::fs"]
            .iter()
            .any(|word| code(file).contains(word))
    };
    assert_eq!(
        files.filter(looks).collect::<Vec<_>>(),
        [root().join("encodings/engines/src/engine/helper/place.rs")]
    );
}

#[test]
fn one_file_reads_the_clock() {
    let mut files = logic_files();
    files.extend(
        rust_files(&root().join("src"))
            .into_iter()
            .filter(|file| !file.starts_with(root().join("src/cli"))),
    );
    // `Literal::Instant` and its like are times that policies write.
    let reads = |file: &PathBuf| {
        ["Instant::now", "SystemTime", "time::Instant", "time::{Duration, Instant"]
            .iter()
            .any(|word| code(file).contains(word))
    };
    let readers: Vec<_> = files.into_iter().filter(reads).collect();
    assert_eq!(readers, [root().join("encodings/logic/src/deadline.rs")]);
}

#[test]
fn the_logic_crate_knows_no_policies() {
    for file in logic_files() {
        let text = fs::read_to_string(&file).unwrap().to_lowercase();
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for word in ["iam", "arn", "aws", "bedrock", "policy"] {
            assert!(!words.contains(&word), "{} speaks of `{word}`", file.display());
        }
    }
}

#[test]
fn the_command_line_alone_prints_and_reads() {
    for file in rust_files(&root().join("src")) {
        let relative = file.strip_prefix(root()).unwrap();
        // The generator of the catalogue is a program of its own; the front door reads files of
        // claims; a test of the templates measures memory.
        let programs = [
            "src/cli",
            "src/keyaki.rs",
            "src/main.rs",
            "src/generator/main.rs",
            "src/generator/tests",
            "src/templates/tests",
        ];
        if programs.iter().any(|program| relative.starts_with(program)) {
            continue;
        }
        for forbidden in [
            "std::fs",
            "std::env",
            "SystemTime::now",
            "std::io::stdin",
            "std::io::stdout",
            "println!",
        ] {
            assert!(!code(&file).contains(forbidden), "{} uses `{forbidden}`", relative.display());
        }
    }
}

/// The table of `ARCHITECTURE.md` whose head this is, a list of cells for each row.
fn table(head: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows = page
        .lines()
        .skip_while(|line| *line != head)
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

#[test]
fn the_map_shows_the_crates() {
    let short = |needed: &&str| needed.trim_start_matches("keyaki-").to_owned();
    let mut shown: Vec<(String, Vec<String>)> = Vec::new();
    for row in table("| folder | crate | depends on |") {
        let needed = row[2].split(", ").filter(|name| !name.is_empty()).map(str::to_owned);
        // A row without a folder goes on with the row above.
        if row[0].is_empty() {
            shown.last_mut().unwrap().1.extend(needed);
            continue;
        }
        let folder = row[0].trim_matches('`');
        assert!(root().join(folder).is_dir(), "{folder}");
        shown.push((row[1].trim_matches('`').to_owned(), needed.collect()));
    }
    let mut known: Vec<_> = CRATES
        .iter()
        .map(|(name, needed)| ((*name).to_owned(), needed.iter().map(short).collect()))
        .collect();
    shown.sort();
    known.sort();
    assert_eq!(shown, known);
}

#[test]
fn the_map_shows_the_floors() {
    let mut shown: BTreeMap<String, BTreeMap<usize, Vec<String>>> = BTreeMap::new();
    let (mut name, mut floor) = (String::new(), 0);
    for row in table("| crate | floor | modules |") {
        // What a row leaves out is as in the row above.
        name = Some(row[0].clone()).filter(|cell| !cell.is_empty()).unwrap_or(name);
        floor = row[1].parse().unwrap_or(floor);
        let modules = row[2].split('`').skip(1).step_by(2).map(str::to_owned);
        shown.entry(name.clone()).or_default().entry(floor).or_default().extend(modules);
    }
    let name =
        |folder: &str| folder.trim_end_matches("/src").rsplit('/').next().unwrap().to_owned();
    let floors = |floors: &[&[&str]]| {
        floors
            .iter()
            .map(|floor| floor.iter().map(|module| (*module).to_owned()).collect())
            .enumerate()
            .collect()
    };
    let known = FLOORS.iter().map(|(folder, known)| (name(folder), floors(known)));
    assert_eq!(shown, known.collect());
}

#[test]
fn the_map_is_short() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines.len() <= 250, "{} lines", lines.len());
    let long: Vec<&&str> = lines.iter().filter(|line| line.chars().count() > 100).collect();
    assert!(long.is_empty(), "more than 100 columns: {long:#?}");
}

/// The files and folders that a page names in backticks: those whose names begin at the root.
fn named_paths(page: &str) -> BTreeSet<String> {
    let folders = ["benches/", "encodings/", "papers/", "proofs/", "src/", "tests/"];
    let words = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| folders.iter().any(|folder| word.starts_with(folder)));
    words.filter(|word| !word.contains(['<', ' '])).map(str::to_owned).collect()
}

#[test]
fn what_the_map_names_exists() {
    let mut seen = 0;
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "papers/engines.md", "papers/universe.md"] {
        let named = named_paths(&fs::read_to_string(root().join(page)).unwrap());
        seen += named.len();
        let missing: Vec<_> = named
            .into_iter()
            .filter(|path| !path.contains("NAME") && !root().join(path).exists())
            .collect();
        assert!(missing.is_empty(), "{page} names what is not there: {missing:#?}");
    }
    assert!(seen > 80, "the test must see the names, not {seen}");
}

/// What `papers/semantics.md` numbers: sections (`4.2`), constraints (`F12`) and open points
/// (`U9`).
fn numbered() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("papers/semantics.md")).unwrap();
    let mut found = BTreeSet::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ").or(line.strip_prefix("### ")) {
            found.extend(
                heading.split(' ').next().map(|number| number.trim_end_matches('.').to_owned()),
            );
        } else if let Some(cell) = line.strip_prefix("| ").and_then(|row| row.split(" |").next()) {
            match cell.split_once(" to F") {
                Some((first, last)) => {
                    let bound = |text: &str| text.trim_start_matches('F').parse::<usize>().unwrap();
                    found.extend((bound(first)..=bound(last)).map(|number| format!("F{number}")));
                }
                None => found.extend(Some(cell.to_owned()).filter(|cell| is_mark(cell))),
            }
        }
    }
    found
}

/// Whether a word is the number of a constraint or of an open point.
fn is_mark(word: &str) -> bool {
    word.strip_prefix(['F', 'U']).is_some_and(|number| {
        (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The sections that a text refers to: the list of numbers after each `SEMANTICS` or
/// `semantics.md`.
fn sections(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for mut rest in text.split("SEMANTICS").flat_map(|part| part.split("semantics.md")).skip(1) {
        loop {
            rest = rest.trim_start_matches([' ', ',', ';', '`', '*', '[', ']', ')']);
            if let Some(after) = ["section ", "sections ", "and ", "to "]
                .iter()
                .find_map(|word| rest.strip_prefix(word))
            {
                rest = after;
                continue;
            }
            let end =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let number = word.trim_end_matches('.');
            if !number.starts_with(|c: char| c.is_ascii_digit()) && !is_mark(number) {
                break;
            }
            found.push(number.to_owned());
            rest = after;
            if word != number {
                break;
            }
        }
    }
    found
}

/// Lines of comments and of lists in one line, so that a reference may be broken.
fn joined(text: &str) -> String {
    let line = |line: &str| line.trim().trim_start_matches(['/', '!', '#', ';']).trim().to_owned();
    text.lines().map(line).collect::<Vec<_>>().join(" ")
}

#[test]
fn references_to_the_semantics_are_found() {
    let text = joined(
        "/// As (SEMANTICS 4.2, 4.3 and F12\n/// to F14). See SEMANTICS 9, `[U11]`; **`papers/semantics.md`**, 5.6: more. SEMANTICS 2.2 rule 3. 7",
    );
    assert_eq!(sections(&text), ["4.2", "4.3", "F12", "F14", "9", "U11", "5.6", "2.2"]);
}

#[test]
fn every_reference_to_the_semantics_exists() {
    let numbered = numbered();
    let (has, lacks) =
        (["0", "4.2", "6.8", "F1", "F3", "F36", "U1", "U29"], ["8.3", "10", "F99", "U99"]);
    assert!(
        has.iter().all(|number| numbered.contains(*number))
            && !lacks.iter().any(|number| numbered.contains(*number))
    );
    let mut files = Vec::new();
    for folder in [
        "src",
        "encodings/engines",
        "encodings/helper",
        "encodings/logic",
        "encodings/reference",
        "tests",
        "benches",
        "proofs",
        "papers",
    ] {
        files.extend(files_of(&root().join(folder), &["rs", "toml", "md", "smt2"]));
    }
    files.extend(
        ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md"]
            .map(|name| root().join(name)),
    );
    let (this, mut seen, mut wrong) =
        (root().join("tests/documents/architecture.rs"), 0, Vec::new());
    for file in files.into_iter().filter(|file| *file != this) {
        let text = joined(&fs::read_to_string(&file).unwrap());
        let marks = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| is_mark(word))
            .map(str::to_owned);
        for number in sections(&text).into_iter().chain(marks) {
            seen += 1;
            if !numbered.contains(&number) {
                wrong.push(format!("{}: {number}", file.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(seen > 500, "the test must see the references, not {seen}");
    assert!(wrong.is_empty(), "papers/semantics.md has nothing of that number: {wrong:#?}");
}
