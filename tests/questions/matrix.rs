//! The matrix of a library says of every pair what a question about the pair alone says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use crate::support::command::{code, err, keyaki, keyaki_with, lines, out};
use crate::support::generate;
use crate::support::number;
use keyaki::compare::difference;
use keyaki::layers::NamedPolicy;
use keyaki::matrix::{Matrix, Member, matrix};
use keyaki::policy::Kind;
use keyaki::policy::read::{ReadOptions, read};
use keyaki::query::{Found, Requests, Solver};
use keyaki::source::Source;
use keyaki::world::{Assumptions, World};
use keyaki_engines::engine::{Limits, from_spec};
use rand::RngExt;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

fn finite() -> Solver {
    Solver::single(from_spec("finite").unwrap())
}

/// What takes longer is left out of a comparison.
fn limits() -> Limits {
    Limits::timeout(Duration::from_millis(500))
}

fn feasible() -> Requests<'static> {
    Requests::Feasible(World::embedded().unwrap())
}

fn member(id: &str, text: &str, kind: Kind) -> Member {
    let options = ReadOptions { lenient_sids: true, ..ReadOptions::default() };
    let outcome = read(&Source::new(id, text), kind, &options);
    let policy =
        outcome.policy.unwrap_or_else(|| panic!("{id}: {text}\n{:?}", outcome.diagnostics));
    Member::new(id.to_owned(), NamedPolicy::new(id.to_owned(), policy))
}

fn library(documents: &[Value]) -> Vec<Member> {
    documents
        .iter()
        .enumerate()
        .map(|(number, document)| {
            member(&number.to_string(), &document.to_string(), Kind::Identity)
        })
        .collect()
}

fn decided(members: &[Member], requests: Requests<'_>) -> Matrix {
    within(members, requests, &Limits::default())
}

fn within(members: &[Member], requests: Requests<'_>, limits: &Limits) -> Matrix {
    let matrix = matrix(members, requests, &finite(), limits, &|| ()).unwrap();
    assert_eq!(matrix.rows.len(), members.len());
    assert_eq!(matrix.pairs(), matrix.holds() + matrix.fails() + matrix.unknown());
    matrix
}

/// Asks about pairs alone: those that are contained, and of the others every `step`th. Gives how
/// many were contained, and how many not.
fn agrees(members: &[Member], requests: Requests<'_>, step: usize) -> (usize, usize) {
    let (matrix, solver, limits) = (within(members, requests, &limits()), finite(), limits());
    let (mut contained, mut not) = (0, 0);
    for (own, row) in matrix.rows.iter().enumerate() {
        assert!(row.contained_in.is_sorted() && !row.contained_in.contains(&own));
        for other in (0..members.len()).filter(|other| *other != own) {
            let holds = row.contained_in.contains(&other);
            let unknown = row.unknown.iter().any(|(number, _)| *number == other);
            if unknown || !holds && !(own * members.len() + other).is_multiple_of(step) {
                continue;
            }
            let [a, b] = [&members[own], &members[other]];
            match difference(a.set(), b.set(), requests).find(&solver, &limits).unwrap() {
                Found::Nothing => assert!(
                    holds,
                    "`{}` is contained in `{}`, the matrix says that it is not",
                    a.id, b.id
                ),
                Found::Request(request) => assert!(
                    !holds,
                    "`{}` in `{}`, the matrix says; but {}",
                    a.id,
                    b.id,
                    request.to_json()
                ),
                Found::Unknown(_) => continue,
            }
            *(if holds { &mut contained } else { &mut not }) += 1;
        }
    }
    (contained, not)
}

/// The seed policies of a kind, each with its variant without the last statement.
fn seeds(kind: &str, as_kind: Kind) -> Vec<Member> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/policies");
    let index: toml::Value =
        toml::from_str(&fs::read_to_string(folder.join("index.toml")).unwrap()).unwrap();
    let mut members = Vec::new();
    for entry in index["policy"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["kind"].as_str() == Some(kind))
    {
        let id = entry["id"].as_str().unwrap();
        let text = fs::read_to_string(folder.join(entry["file"].as_str().unwrap())).unwrap();
        members.push(member(id, &text, as_kind));
        let mut document: Value = serde_json::from_str(&text).unwrap();
        if let Some(statements) =
            document["Statement"].as_array_mut().filter(|statements| statements.len() > 1)
        {
            statements.pop();
            members.push(member(&format!("{id}-shortened"), &document.to_string(), as_kind));
        }
    }
    members
}

#[test]
fn seed_policies_under_any() {
    let members = seeds("identity", Kind::Identity);
    assert_eq!(decided(&members, Requests::Any).unknown(), 0);
    let (contained, not) = agrees(&members, Requests::Any, 5);
    assert!(contained > 10 && not > 100, "{contained} {not}");
}

#[test]
fn seed_policies_under_feasible() {
    let members = seeds("identity", Kind::Identity);
    assert_eq!(decided(&members, feasible()).unknown(), 0);
    let (contained, not) = agrees(&members, feasible(), 37);
    assert!(contained > 10 && not > 20, "{contained} {not}");
}

#[test]
fn resource_based_seed_policies() {
    let members = [seeds("trust", Kind::Trust), seeds("resource", Kind::Resource)].concat();
    for requests in [Requests::Any, feasible()] {
        let (contained, not) = agrees(&members, requests, 1);
        assert!(contained + not > 10, "{contained} {not}");
    }
}

/// A random library: policies, and each without one of its statements, so that containment is not
/// rare.
fn random(seed: u64) -> Vec<Member> {
    let mut rng = generate::rng(seed);
    let options = generate::Options { ill_typed: false, odd_lists: false, odd_resources: false };
    let mut documents = vec![
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}),
    ];
    for _ in 0..4 {
        let document = generate::policy(&mut rng, options);
        let mut less = document.clone();
        if let Some(statements) = less["Statement"].as_array_mut() {
            statements.remove(rng.random_range(0..statements.len()));
        }
        let empty = less["Statement"].as_array().is_some_and(Vec::is_empty);
        documents.push(document);
        documents.extend(Some(less).filter(|_| !empty));
    }
    library(&documents)
}

#[test]
fn random_libraries() {
    let draws = number("KEYAKI_DRAWS", 1);
    let world = World::embedded().unwrap();
    let lenient = World { assumptions: Assumptions::none(), unknown_actions: true, ..world };
    let (mut contained, mut not) = (0, 0);
    for seed in 0..draws {
        let members = random(seed);
        for requests in [Requests::Any, Requests::Feasible(world), Requests::Feasible(lenient)] {
            let (some, others) = agrees(&members, requests, 3);
            (contained, not) = (contained + some, not + others);
        }
    }
    assert!(contained as u64 > 10 * draws && not as u64 > 10 * draws, "{contained} {not}");
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[test]
fn what_no_law_shows() {
    let documents = [
        document(&[allow("s3:*", "arn:aws:s3:::b/*")]),
        document(&[
            allow("s3:GetObject", "arn:aws:s3:::b/a*"),
            allow("s3:GetObject", "arn:aws:s3:::b/*"),
        ]),
        // Only feasible requests show that no bucket is an object.
        document(&[
            allow("s3:*Object", "*"),
            json!({"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::c"}),
        ]),
        document(&[allow("s3:*Object", "*")]),
        // Nothing is allowed.
        document(&[
            allow("s3:*", "*"),
            json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}),
        ]),
        document(&[allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}/*")]),
        document(&[allow("s3:GetObject", "arn:aws:s3:::b/${aws:userid}/*")]),
    ];
    let members = library(&documents);
    for requests in [Requests::Any, feasible()] {
        let (contained, not) = agrees(&members, requests, 1);
        assert!(contained + not > 30, "{contained} {not}");
        assert_eq!(decided(&members, requests).unknown(), 0);
    }
    let row =
        |requests, number: usize| decided(&members, requests).rows[number].contained_in.clone();
    assert_eq!(row(Requests::Any, 4), [0, 1, 2, 3, 5, 6]);
    assert_eq!(row(feasible(), 5), [0, 1, 2, 3]);
    assert_eq!(row(Requests::Any, 1), [0, 2, 3]);
    assert!(row(feasible(), 3).contains(&2) && !row(Requests::Any, 3).contains(&2));
}

#[test]
fn a_time_out_is_unknown_and_nothing_else() {
    let documents = [
        document(&[allow("s3:GetObject", "arn:aws:s3:::b/*")]),
        document(&[
            allow("s3:GetObject", "arn:aws:s3:::b/?*"),
            allow("s3:GetObject", "arn:aws:s3:::b/"),
        ]),
    ];
    let limits = Limits::timeout(Duration::from_nanos(1));
    let matrix = matrix(&library(&documents), feasible(), &finite(), &limits, &|| ()).unwrap();
    assert_eq!((matrix.holds() + matrix.unknown(), matrix.fails()), (2, 0));
    assert!(matrix.unknown() > 0);
}

/// A directory with a library, and the same as lines.
fn folder(documents: &[(&str, Value)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (id, document) in documents {
        fs::write(folder.path().join(format!("{id}.json")), document.to_string()).unwrap();
    }
    let lines: Vec<String> = documents
        .iter()
        .map(|(id, document)| json!({"id": id, "policy": document}).to_string())
        .collect();
    fs::write(folder.path().join("library.jsonl"), lines.join("\n\n")).unwrap();
    folder
}

fn three() -> tempfile::TempDir {
    let read = document(&[allow("s3:GetObject", "arn:aws:s3:::b/*")]);
    folder(&[("all", document(&[allow("*", "*")])), ("read", read.clone()), ("same", read)])
}

#[test]
fn a_directory_and_lines_give_the_same() {
    let folder = three();
    let [path, listed] = [folder.path().to_path_buf(), folder.path().join("library.jsonl")]
        .map(|path| path.display().to_string());
    let of = |output: &std::process::Output| {
        assert_eq!((code(output), err(output).as_str()), (1, ""));
        let mut lines = lines(output);
        assert!(
            lines[0].as_object_mut().unwrap().remove("seconds").unwrap().as_f64().unwrap() > 0.0
        );
        // The question tells which files were read.
        let question = lines[0].as_object_mut().unwrap().remove("question").unwrap();
        assert_eq!(question["policies"].as_array().unwrap().len(), 3, "{question}");
        lines
    };
    let by_folder = of(&keyaki(&["matrix", &path, "--engine", "finite", "--format", "json"]));
    let by_lines = of(&keyaki(&["matrix", &listed, "--engine", "finite", "--format", "json"]));
    let by_input = of(&keyaki_with(
        &["matrix", "-", "--engine", "finite", "--format", "json"],
        &fs::read_to_string(&listed).unwrap(),
    ));
    assert!(by_folder == by_lines && by_lines == by_input);
    let head = &by_folder[0];
    let expected = json!({"schema": 2, "policies": ["all", "read", "same"], "pairs": 6, "holds": 4, "fails": 2, "unknown": 0});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&head[name], value, "{name}");
    }
    let contained: Vec<(&Value, &Value)> =
        by_folder[1..].iter().map(|line| (&line["id"], &line["containedIn"])).collect();
    let expected =
        [(json!("all"), json!([])), (json!("read"), json!([0, 2])), (json!("same"), json!([0, 1]))];
    assert_eq!(contained, expected.iter().map(|(id, list)| (id, list)).collect::<Vec<_>>());
}

#[test]
fn people_read_groups() {
    let folder = three();
    let path = folder.path().display().to_string();
    for requests in ["feasible", "any"] {
        let text = out(&keyaki(&["matrix", &path, "--engine", "finite", "--requests", requests]));
        let head = format!(
            "3 policies, 6 ordered pairs ({requests} requests): 4 contained, 2 not, 0 unknown"
        );
        let groups = "`read`\n  is equivalent to `same`\n  is contained in `all`\nasked: which policies are contained in which?\nengine: finite; ";
        assert!(text.starts_with(&format!("{head}\n{groups}")), "{text}");
        assert!(text.contains(&format!("\nrequests considered: {requests}")), "{text}");
        assert_eq!(text.contains("assumed: F13: "), requests == "feasible", "{text}");
        assert!(text.contains("no-resource-policy"), "{text}");
    }
}

/// What `compare` says of a pair stands in the matrix of its library.
#[test]
fn caveats_are_those_of_the_pairs() {
    let mut tagged = allow("s3:GetObject", "*");
    tagged["Condition"] = json!({"NumericLessThan": {"example:Level": "5"}});
    let folder =
        folder(&[("a", document(&[tagged])), ("b", document(&[allow("s3:Nothing", "*")]))]);
    let file = |name: &str| folder.path().join(name).display().to_string();
    for requests in ["feasible", "any"] {
        let flags = ["--engine", "finite", "--requests", requests, "--format", "json"];
        let told = |arguments: &[&str]| -> Value {
            serde_json::from_str(out(&keyaki(arguments)).lines().next().unwrap()).unwrap()
        };
        let pair = told(&[&["compare", &file("a.json"), &file("b.json")][..], &flags].concat());
        let library = told(&[&["matrix", &file("")][..], &flags].concat());
        let caveats = |of: &Value| of["caveats"].as_array().unwrap().clone();
        assert!(
            caveats(&pair)
                .iter()
                .any(|caveat| caveat["message"].as_str().unwrap().contains("example:Level")),
            "{pair}"
        );
        assert_eq!(caveats(&library), caveats(&pair), "{requests}");
    }
}

#[test]
fn equivalent_policies_differ_in_nothing() {
    let read = document(&[allow("s3:GetObject", "*")]);
    let folder = folder(&[("a", read.clone()), ("b", read)]);
    assert_eq!(
        code(&keyaki(&["matrix", &folder.path().display().to_string(), "--engine", "finite"])),
        0
    );
    let output = keyaki(&[
        "matrix",
        &folder.path().display().to_string(),
        "--engine",
        "finite",
        "--timeout",
        "0",
    ]);
    assert_eq!(code(&output), 2);
}

#[test]
fn what_is_no_library_is_refused() {
    let good = json!({"id": "a", "policy": document(&[allow("s3:*", "*")])}).to_string();
    for (lines, expected) in [
        (String::new(), "no policy in `-`"),
        (
            format!("{good}\n{good}"),
            "two policies are called `a`: `standard input, line 1` and `standard input, line 2`",
        ),
        (format!("{good}\n{}", r#"{"policy": {}}"#), "has no member `id`"),
        (format!("{good}\n{}", r#"{"id": "b"}"#), "has no member `policy`"),
        (format!("{good}\n{}", r#"{"id": 1, "policy": {}}"#), "the id of a policy is a text"),
        (format!("{good}\n{}", r#"{"id": "b", "policy": {"Version": "2012-10-17"}}"#), "Statement"),
        (format!("{good}\n{}", r#"{"id": "b", "policy": {"identity": []}}"#), "Statement"),
        (format!("{good}\n{{\"id\": \"b\", \"policy\": <policy>}}"), "standard input, line 2"),
    ] {
        let output = keyaki_with(&["matrix", "-", "--engine", "finite"], &lines);
        assert_eq!((code(&output), out(&output).as_str()), (2, ""), "{lines}");
        assert!(err(&output).contains(expected), "{expected}: {}", err(&output));
    }
    let empty = tempfile::tempdir().unwrap();
    let output = keyaki(&["matrix", &empty.path().display().to_string(), "--engine", "finite"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("no policy in"));
    let output = keyaki(&["matrix", "no-such-folder", "--engine", "finite"]);
    assert_eq!(code(&output), 2);
    fs::write(empty.path().join("x.json"), "{ <policy> }").unwrap();
    let output = keyaki(&["matrix", &empty.path().display().to_string(), "--engine", "finite"]);
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("x.json"), "{}", err(&output));
}

#[test]
fn threads_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = generate::rng(5);
    let options = generate::Options { ill_typed: false, odd_lists: false, odd_resources: false };
    for number in 0..12 {
        fs::write(
            folder.path().join(format!("{number:02}.json")),
            generate::policy(&mut rng, options).to_string(),
        )
        .unwrap();
    }
    let with = |threads: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyaki"));
        let output = command
            .env("RAYON_NUM_THREADS", threads)
            .args(["matrix", "--engine", "finite", "--requests", "any", "--format", "json"])
            .arg(folder.path())
            .output()
            .unwrap();
        let mut lines = lines(&output);
        lines[0].as_object_mut().unwrap().remove("seconds");
        lines
    };
    assert_eq!(with("1"), with("2"));
}
