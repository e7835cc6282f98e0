//! Running the command line.

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The day on which the command takes itself to run, 2026-10-01: the embedded catalogue is new,
/// whenever the tests are run.
const TODAY: &str = "1790812800";

/// Runs `keyaki` in the repository with arguments and standard input.
pub fn keyaki_with(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_keyaki"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SOURCE_DATE_EPOCH", TODAY)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails early may not read its input.
    _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Runs `keyaki` without input.
pub fn keyaki(arguments: &[&str]) -> Output {
    keyaki_with(arguments, "")
}

/// The exit code.
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Standard output.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Standard error.
pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Standard output, a JSON value a line.
pub fn lines(output: &Output) -> Vec<Value> {
    out(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Standard output, of answers in JSON, but for the words of the command line in them.
pub fn without_arguments(output: &Output) -> String {
    let one = |mut answer: Value| {
        if let Some(question) = answer.get_mut("question").and_then(Value::as_object_mut) {
            question.remove("arguments");
        }
        format!("{answer}\n")
    };
    lines(output).into_iter().map(one).collect()
}

/// Runs a line of shell in the repository, in which `keyaki` is the command.
pub fn shell(line: &str) -> Output {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_keyaki")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    Command::new("sh")
        .args(["-c", line])
        .env("PATH", path)
        .env("SOURCE_DATE_EPOCH", TODAY)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

/// Git in a folder, as somebody whom it knows.
pub fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
    let output = git.args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", err(&output));
}
