//! Reads every template of folders, and says of each policy whether it could be read:
//!
//!     cargo run -p keyaki-templates --example read_templates -- \
//!         [--documents] [--defaults] [NAME=VALUE...] FOLDER...
//!
//! A line a finding, then the counts. With `--documents`, a line of JSON a document comes before,
//! with its file, address, kind, text, and the types of what it is attached to. Values and `--defaults` are what is known of parameters.

#![allow(clippy::print_stdout, reason = "a program of its own")]

use keyaki_iam::policy::read::{self, ReadOptions};
use keyaki_iam::source::Source;
use keyaki_templates::{Given, cloudformation};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            files(&path, found);
        } else if ["json", "yaml", "yml", "template"].contains(&ending) {
            found.push(path);
        }
    }
}

fn main() {
    let mut found = Vec::new();
    let (options, folders): (Vec<String>, Vec<String>) =
        env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let (values, folders): (Vec<String>, Vec<String>) =
        folders.into_iter().partition(|argument| argument.contains('='));
    let value = |text: &String| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    let is_given = |name: &str| options.iter().any(|option| option == name);
    let given =
        Given { values: values.iter().map(value).collect(), defaults: is_given("--defaults") };
    folders.iter().for_each(|folder| files(Path::new(folder), &mut found));
    let (mut templates, mut documents, mut good) = (0, 0, 0);
    let mut rules: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for path in found {
        let Some(text) = fs::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok())
        else {
            continue;
        };
        let source = Source::new(path.display().to_string(), text);
        let reading = ReadOptions::default();
        let Some(template) = cloudformation(&source, &given, &reading) else { continue };
        templates += 1;
        for finding in &template.findings {
            *rules.entry((finding.level.word(), finding.rule)).or_default() += 1;
            println!("{finding}");
        }
        for document in &template.documents {
            documents += 1;
            let outcome = read::read(&document.source, document.kind, &reading);
            good += usize::from(outcome.policy.is_some());
            for finding in outcome.diagnostics.iter().filter(|finding| finding.is_error()) {
                println!("refused: {}: {finding}", document.address);
            }
            if is_given("--documents") {
                let to = document.holders.iter().map(|holder| holder.resource_type.as_str());
                let line = serde_json::json!({
                    "file": source.name(),
                    "address": document.address,
                    "kind": document.kind.word(),
                    "to": to.collect::<Vec<_>>(),
                    "text": document.source.text(),
                });
                println!("{line}");
            }
        }
    }
    println!("{templates} templates, {documents} policies, {good} of them read");
    for ((level, rule), count) in rules {
        println!("{count} {level} {rule}");
    }
}
