//! The files of configuration that a plan was made from.

use super::address::Module;
use super::index::Index;
use super::value::{Origin, Place};
use hcl_edit::structure::{Attribute, Block, Body};
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::source::{Source, Span};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The longest file that is read.
const LONGEST: usize = 4 << 20;

/// A file that was parsed.
pub(super) struct Parsed<'a> {
    pub source: &'a Source,
    pub body: Body,
}

/// Parses the files that are HCL.
pub(super) fn parse<'a>(sources: &'a [Source], findings: &mut Vec<Finding>) -> Vec<Parsed<'a>> {
    let mut files = Vec::new();
    for source in sources {
        let mut wrong = |span: Span, message: String, help: &str| {
            findings.push(Finding {
                rule: codes::TERRAFORM_EXPRESSION,
                level: Level::Error,
                message,
                source: source.clone(),
                span,
                route: String::new(),
                help: Some(help.to_owned()),
            });
        };
        let text = source.text();
        if text.len() > LONGEST {
            let message = format!("the file has {} bytes, the limit is {LONGEST}", text.len());
            wrong(Span::default(), message, "give the files of the configuration only");
            continue;
        }
        match hcl_edit::parser::parse_body(text) {
            Ok(body) => files.push(Parsed { source, body }),
            Err(error) => {
                let at = error.location().offset();
                // The parser may be inside a character.
                let whole = |at: &usize| text.is_char_boundary(*at);
                let at = (0..=at.min(text.len())).rev().find(whole).unwrap_or_default();
                // An error may stand at the end of the text.
                let letter = text.get(at..).and_then(|rest| rest.chars().next());
                let end = at + letter.map_or(0, char::len_utf8);
                let message = format!("this is no configuration of Terraform: {}", error.message());
                let help = "correct it; its blocks are not known, the other files are read";
                wrong(Span { start: at, end }, message, help);
            }
        }
    }
    files
}

/// Something that a file defines.
#[derive(Clone, Copy)]
pub(super) enum Defined<'a> {
    Block(&'a Block),
    Local(&'a Attribute),
}

#[derive(Default)]
struct Folder<'a> {
    /// What it defines, each with the number of its file.
    defined: FxHashMap<String, Vec<(usize, Defined<'a>)>>,
}

/// The blocks of the files by folder.
pub(super) struct Files<'a> {
    parsed: &'a [Parsed<'a>],
    folders: BTreeMap<String, Folder<'a>>,
    /// The folder of each module that has one, by its address in the configuration.
    modules: FxHashMap<String, String>,
}

/// The folder of a file, without the point that stands for where one is.
fn folder(name: &str) -> String {
    let name = name.replace('\\', "/");
    normal(name.rsplit_once('/').map_or("", |(folder, _)| folder))
}

fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for (at, part) in path.split('/').enumerate() {
        match part {
            "." => {}
            "" if at > 0 => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl<'a> Files<'a> {
    /// Finds the blocks of the files, and the folder of each module of a plan.
    pub fn of(parsed: &'a [Parsed<'a>], index: &Index<'_>, findings: &mut Vec<Finding>) -> Self {
        let mut folders: BTreeMap<String, Folder<'a>> = BTreeMap::new();
        for (number, file) in parsed.iter().enumerate() {
            let folder = folders.entry(folder(file.source.name())).or_default();
            for block in file.body.blocks() {
                define(folder, number, block);
            }
        }
        let mut files = Self { parsed, folders, modules: FxHashMap::default() };
        match files.root(index) {
            Ok(Some(root)) => files.place(index, &Module::default(), root),
            Ok(None) => {}
            Err(folders) => findings.push(Finding {
                rule: codes::TERRAFORM_EXPRESSION,
                level: Level::Error,
                message: format!(
                    "the plan may be of the configuration in `{}`: no file is looked at",
                    folders.join("` or in `")
                ),
                source: index.source.clone(),
                span: Span::default(),
                route: "configuration".to_owned(),
                help: Some("give the files of one root module and of its modules only".to_owned()),
            }),
        }
        files
    }

    /// The folder that has most of the blocks of the root module; several are in doubt, but where
    /// one holds the others.
    fn root(&self, index: &Index<'_>) -> Result<Option<String>, Vec<String>> {
        let blocks = index.blocks_of_root();
        let count =
            |folder: &Folder<'_>| blocks.iter().filter(|&b| folder.defined.contains_key(b)).count();
        let counts: Vec<(&String, usize)> =
            self.folders.iter().map(|(name, folder)| (name, count(folder))).collect();
        let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
        if most == 0 {
            return Ok(None);
        }
        let best: Vec<&String> =
            counts.iter().filter(|(_, count)| *count == most).map(|(name, _)| *name).collect();
        let holds = |outer: &str, inner: &str| {
            outer.is_empty()
                || inner
                    .strip_prefix(outer)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let of_all = best.iter().find(|outer| best.iter().all(|inner| holds(outer, inner)));
        match of_all {
            Some(root) => Ok(Some((*root).clone())),
            None => Err(best.into_iter().cloned().collect()),
        }
    }

    fn place(&mut self, index: &Index<'_>, module: &Module, folder: String) {
        let calls = index.module(module).and_then(|module| module.member("module_calls"));
        for (name, call) in Index::members(calls) {
            let source = call.member("source").and_then(|source| source.as_str());
            let local = source.filter(|path| path.starts_with("./") || path.starts_with("../"));
            if let Some(path) = local {
                let inner = normal(&format!("{folder}/{path}"));
                let inner = if folder.is_empty() { normal(path) } else { inner };
                self.place(index, &module.inner(name, None), inner);
            }
        }
        self.modules.insert(module.configured(""), folder);
    }

    /// What a module defines under a name such as `resource.aws_s3_bucket.b`, `local.x` or
    /// `module.m`: nothing, once or more often.
    pub fn defined(&self, module: &Module, name: &str) -> &[(usize, Defined<'a>)] {
        let folder = self.modules.get(&module.configured(""));
        let folder = folder.and_then(|folder| self.folders.get(folder));
        folder.and_then(|folder| folder.defined.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Whether there are files of a module.
    pub fn has(&self, module: &Module) -> bool {
        let folder = self.modules.get(&module.configured(""));
        folder.is_some_and(|folder| self.folders.contains_key(folder))
    }

    /// The text of a file.
    pub fn source(&self, file: usize) -> Option<&'a Source> {
        self.parsed.get(file).map(|file| file.source)
    }
}

fn define<'a>(folder: &mut Folder<'a>, file: usize, block: &'a Block) {
    let ident = block.ident.as_str();
    if ident == "locals" {
        for local in block.body.attributes() {
            let name = format!("local.{}", local.key.as_str());
            folder.defined.entry(name).or_default().push((file, Defined::Local(local)));
        }
        return;
    }
    let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
    let name = format!("{ident}.{}", labels.join("."));
    folder.defined.entry(name).or_default().push((file, Defined::Block(block)));
}

/// Where something of a file stands.
pub(super) fn place(file: usize, of: &impl hcl_edit::Span) -> Place {
    let range = of.span().unwrap_or_default();
    Place { origin: Origin::File(file), span: Span { start: range.start, end: range.end } }
}
