//! What the sides of a review are read from: folders, policies, templates and plans.

use super::documents::{self, Unread};
use super::{Failure, read, templates};
use keyaki_iam::finding::Finding;
use keyaki_iam::input;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::policy::{Kind, parameter};
use keyaki_iam::source::{Source, Span};
use keyaki_service::{Known, Side};
use keyaki_templates::{Document, Template};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a side is read from.
pub struct Place<'a> {
    /// The folder or the file.
    pub path: &'a Path,
    /// What answers call it: another name where it was copied from a revision.
    pub shown: &'a str,
}

impl Place<'_> {
    /// The text of a file of the place, by the name that answers give it.
    fn text(&self, path: &Path) -> Result<Source, Failure> {
        self.source(path, &read::bytes(path)?.1)
    }

    /// Likewise of what was read.
    pub fn source(&self, path: &Path, bytes: &[u8]) -> Result<Source, Failure> {
        let read = Source::from_bytes(self.named(path), bytes);
        read.map_err(|finding| Failure::findings(&[*finding]))
    }

    /// What answers call a file of the place.
    pub fn named(&self, path: &Path) -> String {
        match path.strip_prefix(self.path) {
            Ok(within) if within.as_os_str().is_empty() => self.shown.to_owned(),
            Ok(within) => Path::new(self.shown).join(within).display().to_string(),
            Err(_) => path.display().to_string(),
        }
    }
}

/// A side, and what could not be read.
#[derive(Default)]
pub struct Read {
    /// The side.
    pub side: Side,
    /// Whether there are `.tf` files in a folder, which are read with a plan only.
    has_configuration: bool,
    /// What could not be read, each with its file.
    pub wrong: Vec<(String, Unread)>,
    /// The files of a folder that hold something.
    held: BTreeMap<String, Source>,
    /// Those that hold nothing that is known.
    passed: BTreeSet<String>,
}

/// How sides are read.
pub struct How<'a> {
    /// How documents are.
    pub options: &'a ReadOptions,
    /// The texts of AWS's managed policies by their ARNs, as far as they are known.
    pub managed: &'a BTreeMap<String, Source>,
}

impl How<'_> {
    /// A template with the texts of AWS's managed policies that it attaches.
    fn whole(&self, mut template: Template) -> Template {
        let attached: BTreeSet<&str> =
            template.attachments.iter().map(|one| one.policy.as_str()).collect();
        let documents = attached.into_iter().filter_map(|arn| {
            let source = match parameter::arn_fields(arn) {
                // AWS has them in each of its partitions.
                Some([_, _, "iam", "", "aws", name]) => {
                    self.managed.get(&format!("arn:aws:iam::aws:{name}"))?.clone()
                }
                Some(_) => return None,
                // SAM looks them up by their names.
                None => {
                    let named = |known: &&String| {
                        known.rsplit_once('/').is_some_and(|(_, name)| name == arn)
                    };
                    let known = self.managed.keys().find(named)?;
                    self.managed.get(known)?.clone()
                }
            };
            let (address, kind) = (arn.to_owned(), Kind::Identity);
            let (holders, span, when) = (Vec::new(), Span::default(), Vec::new());
            Some(Document { address, kind, holders, source, span, when })
        });
        template.documents.extend(documents.collect::<Vec<_>>());
        template
    }
}

/// Folders that hold what others wrote, or what tools made.
const PASSED_OVER: [&str; 2] = ["node_modules", "target"];

/// The most files of a folder that are looked at.
const MOST_FILES: usize = 100_000;

/// Names of files that may hold policies.
const NAMES: &[&str] = &["json", "yaml", "yml", "template", "tf"];

impl Read {
    /// What a folder or a file holds; one file is called `name`. One file that cannot be read does
    /// not keep the others from it.
    ///
    /// # Errors
    /// When there is nothing at that path.
    pub fn at(place: &Place<'_>, name: &str, how: &How<'_>) -> Result<Self, Failure> {
        let (mut found, root) = (Self::default(), place.path);
        if !root.is_dir() {
            let source = place.text(root)?;
            match templates::of(&source, || templates::beside(root)) {
                Some((template, _)) => {
                    found.template(&how.whole(template), "", how, &mut Known::default());
                }
                None => {
                    found.file(&source, name, how.options);
                    // Nothing else of the side is known.
                    if !found.wrong.is_empty() {
                        found.side.lacks_everything(source.name());
                    }
                }
            }
            return Ok(found);
        }
        let paths = files(root, NAMES)?;
        let is_configuration =
            |path: &&PathBuf| path.extension().is_some_and(|name| name.eq_ignore_ascii_case("tf"));
        let configuration: Vec<Source> = paths
            .iter()
            .filter(is_configuration)
            .filter_map(|path| place.text(path).ok())
            .collect();
        found.has_configuration = !configuration.is_empty();
        for path in paths.iter().filter(|path| !is_configuration(path)) {
            let name = path.strip_prefix(root).unwrap_or(path);
            let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
            found.of_folder(place.text(path), &parts.join("/"), &configuration, how);
        }
        Ok(found)
    }

    /// Files that held something before and hold nothing that is known now cannot be read: nobody is
    /// taken to be without what stood in them.
    pub fn miss(&mut self, before: &Self, place: &Place<'_>) {
        let is_gone =
            |name: &&String| !self.held.contains_key(*name) && !self.passed.contains(*name);
        let gone: Vec<&String> = before.held.keys().filter(is_gone).collect();
        let is_new = |(name, _): &(&String, &Source)| {
            !before.held.contains_key(*name) && !before.passed.contains(*name)
        };
        let new: Vec<(&String, &Source)> = self.held.iter().filter(is_new).collect();
        for name in &gone {
            let text = before.held.get(*name).map(Source::text);
            let same = |side: &[(&String, &Source)]| -> Vec<String> {
                let same = side.iter().filter(|(_, source)| Some(source.text()) == text);
                same.map(|(name, _)| (*name).clone()).collect()
            };
            let all =
                before.held.iter().filter(|(name, _)| gone.contains(name)).collect::<Vec<_>>();
            if let ([_], [after]) = (same(&all).as_slice(), same(&new).as_slice()) {
                self.side.renames(name, after);
            }
        }
        for (name, other) in
            gone.into_iter().filter_map(|name| Some((name, sibling(place.path, name)?)))
        {
            self.side.lacks(name, &[]);
            let message = format!(
                "error: `{name}` held policies before and is gone, and `{other}` is not read; if it holds them now, give it an ending that is: {}",
                NAMES.join(", ")
            );
            self.wrong.push((name.clone(), Unread::Failed(Failure::new(message))));
        }
        for name in before.held.keys().filter(|name| self.passed.contains(*name)) {
            self.side.lacks(name, &[]);
            let message = format!(
                "error: `{name}` held policies before, and holds no document, template or plan that is known now; remove it, or mend it"
            );
            self.wrong.push((name.clone(), Unread::Failed(Failure::new(message))));
        }
    }

    /// Whether nothing that holds a policy was found.
    pub fn is_empty(&self) -> bool {
        self.side.is_empty() && self.wrong.is_empty()
    }

    /// Whether there is configuration of Terraform and no policy was found: nobody made a plan.
    pub fn lacks_plan(&self) -> bool {
        self.has_configuration && self.is_empty()
    }

    /// What there is before a plan, and after it; `None` where the file is no plan.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_plan(root: &Path, how: &How<'_>) -> Result<Option<[Self; 2]>, Failure> {
        if root.is_dir() {
            return Ok(None);
        }
        let source = read::text(root)?;
        let Some((after, Some(before))) = templates::of(&source, || templates::beside(root)) else {
            return Ok(None);
        };
        let [before, after] = [before, after].map(|template| how.whole(template));
        let [mut old, mut new] = [Self::default(), Self::default()];
        let mut known = Known::default();
        old.template(&before, "", how, &mut known);
        new.template(&after, "", how, &mut known);
        Ok(Some([old, new]))
    }

    /// What a file of a folder holds; those that hold no policy are passed over.
    fn of_folder(
        &mut self,
        source: Result<Source, Failure>,
        name: &str,
        configuration: &[Source],
        how: &How<'_>,
    ) {
        let source = match source {
            Ok(source) => source,
            Err(failure) => {
                self.side.lacks(name, &[]);
                return self.wrong.push((name.to_owned(), Unread::Failed(failure)));
            }
        };
        let text = source.text();
        match templates::of(&source, || configuration.to_vec()) {
            Some((template, _)) => {
                self.held.insert(name.to_owned(), source.clone());
                let (template, start) = (how.whole(template), format!("{name}#"));
                self.template(&template, &start, how, &mut Known::default());
            }
            // What CDK writes beside its templates has their policies once more.
            None if name.rsplit('/').next() == Some("tree.json")
                && (text.contains("\"version\": \"tree-0.1\"")
                    || text.contains("\"version\":\"tree-0.1\"")) => {}
            // In a text inside of it, too, as AWS answers.
            None if ["\"Statement\"", "\\\"Statement\\\""].iter().any(|it| text.contains(it)) => {
                self.held.insert(name.to_owned(), source.clone());
                self.file(&source, name, how.options);
            }
            // It may be written with escapes, or be a list of statements.
            None if ["\\u", "%22", "%7B", "%7b", "\"Effect\""]
                .iter()
                .any(|mark| text.contains(mark)) =>
            {
                let mut alone = Self::default();
                alone.file(&source, name, how.options);
                if alone.wrong.is_empty() {
                    self.held.insert(name.to_owned(), source.clone());
                    self.file(&source, name, how.options);
                } else {
                    self.pass(&source, name);
                }
            }
            None => self.pass(&source, name),
        }
    }

    /// A file that holds no document, template or plan that is known. What looks like statements in it
    /// is told, and where it changes nothing is known of it.
    fn pass(&mut self, source: &Source, name: &str) {
        self.passed.insert(name.to_owned());
        let has = |word: &str| source.text().contains(word);
        let seems = has("Effect") && has("Action") && (has("Allow") || has("Deny"));
        if seems {
            self.side.passes(name, source);
        }
    }

    /// The policy in a file.
    fn file(&mut self, source: &Source, address: &str, options: &ReadOptions) {
        let found = documents::of_source(source, None, options).and_then(|document| {
            let loaded = input::opened_document(&document.opened, options, document.kind);
            loaded.map_err(Unread::Other)
        });
        match found {
            Ok(loaded) => {
                self.side.add(address.to_owned(), loaded.value);
            }
            Err(unread) => {
                let findings =
                    if let Unread::Other(findings) = &unread { &**findings } else { &[] };
                self.side.lacks(address, findings);
                self.wrong.push((source.name().to_owned(), unread));
            }
        }
    }

    /// The policies of a template.
    fn template<'t>(
        &mut self,
        template: &'t Template,
        start: &str,
        how: &How<'_>,
        known: &mut Known<'t>,
    ) {
        self.side.template(template, start, how.options, known);
        self.take_wrong();
    }

    /// Takes what the side says that cannot be read.
    pub fn take_wrong(&mut self) {
        self.wrong.extend(self.side.wrong.drain(..).map(named));
    }
}

/// What is wrong, with the file that it is in.
pub fn named(findings: Vec<Finding>) -> (String, Unread) {
    let name = findings.first().map(|one| one.source.name().to_owned()).unwrap_or_default();
    (name, Unread::Other(findings))
}

/// A file beside one that is gone, of the same name with an ending that is not read.
fn sibling(root: &Path, gone: &str) -> Option<String> {
    let path = root.join(gone);
    let ending = |path: &Path| {
        let ending = path.extension().and_then(OsStr::to_str).map(str::to_lowercase);
        ending.is_none_or(|ending| !NAMES.contains(&ending.as_str()))
    };
    let beside = fs::read_dir(path.parent()?).ok()?.filter_map(Result::ok).map(|it| it.path());
    let name = path.file_name()?.to_string_lossy();
    let is_other = |other: &PathBuf| {
        other.file_stem() == path.file_stem()
            || other.file_name().is_some_and(|it| it.to_string_lossy().starts_with(&*name))
    };
    let mut others = beside.filter(is_other);
    let other = others.find(|other| other.is_file() && ending(other))?;
    Some(other.strip_prefix(root).ok()?.display().to_string())
}

/// The files of a folder and of the folders in it whose names end so, in the order of their paths.
///
/// # Errors
/// When a folder cannot be read, or there are very many.
pub fn files(root: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    let whole = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let mut links = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        let wrong =
            |error: std::io::Error| Failure::new(format!("error: `{}`: {error}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with('.') || PASSED_OVER.contains(&name.as_ref()) {
                continue;
            }
            let ending = path.extension().and_then(OsStr::to_str).map(str::to_lowercase);
            // A link to a folder may lead in a circle, or to what is looked at anyway.
            let is_link = entry.file_type().map_err(wrong)?.is_symlink();
            if path.is_dir() {
                let real = path.canonicalize().map_err(wrong)?;
                if !is_link || !real.starts_with(&whole) && links.insert(real) {
                    folders.push(path);
                }
            } else if ending.is_some_and(|ending| endings.contains(&ending.as_str()))
                && path.is_file()
            {
                files.push(path);
            }
            if files.len() > MOST_FILES {
                return Err(Failure::new(format!(
                    "error: `{}` has more than {MOST_FILES} files; name a folder inside it",
                    root.display()
                )));
            }
        }
    }
    files.sort();
    Ok(files)
}
