//! Policies of templates and plans, by their addresses: `template.yaml#AppRole.Policies[0]`.

use super::{Failure, read};
use keyaki_iam::finding::{self, Finding};
use keyaki_iam::policy::read::{Placeholders, ReadOptions, closest};
use keyaki_iam::source::Source;
use keyaki_templates::{Document, Given, Template, cloudformation, is_within, plan, terraform};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

/// What the command line says of parameters of templates.
static GIVEN: OnceLock<Given> = OnceLock::new();

/// Keeps what the command line says of parameters, `NAME=VALUE` each.
///
/// # Errors
/// When one is not of that form, or a name comes twice.
pub fn give(values: &[String], defaults: bool) -> Result<(), Failure> {
    let mut given = Given { defaults, ..Given::default() };
    for text in values {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Failure::new(format!(
                "error: `--parameter {text}`: write `--parameter NAME=VALUE`"
            )));
        };
        if given.values.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::new(format!(
                "error: `--parameter {name}=...` is given twice; a parameter has one value"
            )));
        }
    }
    _ = GIVEN.set(given);
    Ok(())
}

/// Who may have asked for values that the command line gives.
#[derive(Default)]
struct Asked {
    /// The names that a template asked for.
    names: BTreeSet<String>,
    /// Whether templates or plans were read, and no policies with place-holders.
    templates: bool,
    /// Whether place-holders are values, too.
    placeholders: bool,
}

static ASKED: LazyLock<Mutex<Asked>> = LazyLock::new(Mutex::default);

/// What is to be said of values that nothing asked for.
pub fn unused() -> Option<String> {
    let asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    let all = GIVEN.get().filter(|_| asked.templates && !asked.placeholders)?;
    let unused: Vec<String> = all
        .values
        .keys()
        .filter(|name| !asked.names.contains(*name))
        .map(|name| format!("`{name}`"))
        .collect();
    (!unused.is_empty()).then(|| {
        format!(
            "note: no template that was read asks for {}, which `--parameter` gives; plans of Terraform take no values",
            unused.join(", ")
        )
    })
}

/// What is known of place-holders: the values that the command line gives.
pub fn placeholders() -> Placeholders {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner).placeholders = true;
    let values = GIVEN.get().map(|given| given.values.clone()).unwrap_or_default();
    Placeholders { values }
}

/// The policies of a text: of a template or a state, or of a plan those of after it, and those of
/// before it. `None`: it is none of these. `configuration` gives the files that a plan was made from.
pub fn of(
    source: &Source,
    configuration: impl FnOnce() -> Vec<Source>,
) -> Option<(Template, Option<Template>)> {
    let (given, options) = (GIVEN.get_or_init(Given::default), ReadOptions::default());
    let text = source.text();
    // Most files are policies: a look tells.
    // With an escape in it a name may be written in another way.
    let escaped = text.contains('\\') && text.contains("AWS::");
    let marks = ["Resources", "\"format_version\"", "AWSTemplateFormatVersion"];
    if !marks.iter().any(|mark| text.contains(mark)) && !escaped {
        return None;
    }
    let configuration =
        if text.contains("\"resource_changes\"") { configuration() } else { Vec::new() };
    if let Some(plan) = plan(source, &configuration, &options) {
        let mut after = plan.after;
        after.findings.splice(0..0, plan.findings);
        note_asked(&[]);
        return Some((after, Some(plan.before)));
    }
    let read = || cloudformation(source, given, &options);
    let template = terraform::state(source, &options).or_else(read)?;
    note_asked(&template.used);
    Some((template, None))
}

/// Notes what a template asked for.
fn note_asked(names: &[String]) {
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    asked.templates = true;
    asked.names.extend(names.iter().cloned());
}

/// The file and the address that a path names; `None`: it names a file as a whole.
pub fn addressed(path: &Path) -> Option<(PathBuf, String)> {
    if path.exists() {
        return None;
    }
    let text = path.to_str()?;
    let (file, address) = text.split_once('#')?;
    Some((PathBuf::from(file), address.to_owned()))
}

/// The text of a policy: a file, standard input (`-`), or `FILE#ADDRESS` in a template or a plan. A
/// template with one policy needs no address.
///
/// # Errors
/// When it cannot be read, and when the file has no such policy, or several and no address is given.
pub fn text(path: &Path) -> Result<Source, Failure> {
    let (file, address) = match addressed(path) {
        Some((file, address)) => (file, Some(address)),
        None => (path.to_owned(), None),
    };
    let source = read::text(&file)?;
    let named = file.extension().is_some_and(|extension| extension == "json") || is_yaml(&file);
    if address.is_none() && !named && !cloudformation::is_template(source.text()) {
        return Ok(source);
    }
    let Some((template, _)) = of(&source, || beside(&file)) else {
        return match address {
            None => Ok(source),
            Some(_) => Err(no_addresses(&file)),
        };
    };
    found(&file, template, address.as_deref()).map(|document| document.source)
}

/// The policies of a template, or of a plan those of after it. `None`: the file is something else,
/// or nothing in it is a policy.
pub fn policies(source: &Source, path: &Path) -> Option<Template> {
    let (template, _) = of(source, || beside(path))?;
    let nothing = template.documents.is_empty() && template.findings.is_empty();
    (!nothing).then_some(template)
}

/// The policy at an address of a template or a plan, as all that it has.
///
/// # Errors
/// As [`text`].
pub fn policy(file: &Path, address: &str) -> Result<Template, Failure> {
    let source = read::text(file)?;
    let Some((template, _)) = of(&source, || beside(file)) else {
        return Err(no_addresses(file));
    };
    let document = found(file, template, Some(address))?;
    Ok(Template { documents: vec![document], ..Template::default() })
}

fn no_addresses(file: &Path) -> Failure {
    Failure::new(format!(
        "error: `{}` is neither a template nor a plan, so it has no addresses",
        file.display()
    ))
}

/// The policy at an address, or the only one.
fn found(file: &Path, template: Template, address: Option<&str>) -> Result<Document, Failure> {
    let Template { documents, findings, .. } = template;
    let errors: Vec<Finding> = findings.into_iter().filter(Finding::is_error).collect();
    let count = documents.len();
    let names: Vec<String> = documents.iter().map(|one| one.address.clone()).collect();
    let begins = |name: &str| address.is_none_or(|address| is_within(name, address));
    let exact = documents.iter().position(|one| address == Some(one.address.as_str()));
    let mut near =
        documents.iter().enumerate().filter(|(_, one)| begins(&one.address)).map(|(at, _)| at);
    // What could not be read may be a part of what is meant, and then a part is not enough.
    let chosen = exact.or_else(|| match (near.next(), near.next(), errors.is_empty()) {
        (Some(only), None, true) => Some(only),
        (None | Some(_), _, _) => None,
    });
    if let Some(document) = chosen.and_then(|at| documents.into_iter().nth(at)) {
        return Ok(document);
    }
    let errors = if errors.is_empty() { String::new() } else { finding::render(&errors) };
    let shown = |names: &[String]| {
        let most = names.iter().take(MOST_SHOWN).map(|name| format!("`{name}`"));
        most.collect::<Vec<_>>().join(", ")
    };
    let file = file.display();
    let message = match (address, count) {
        (_, 0) => format!("error: `{file}` has no policy that can be read"),
        (None, _) => format!(
            "error: `{file}` has {} that can be read; name one as `{file}#ADDRESS`: {}",
            if count == 1 { "1 policy".to_owned() } else { format!("{count} policies") },
            shown(&names)
        ),
        (Some(address), _) => {
            let near: Vec<String> = names.iter().filter(|name| begins(name)).cloned().collect();
            let told = if !near.is_empty() {
                format!(
                    "has several policies at `{address}`; name one of those that can be read: {}",
                    shown(&near)
                )
            } else {
                let all = names.iter().map(String::as_str);
                let meant = closest(address, all, 1)
                    .first()
                    .map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
                let read = if errors.is_empty() { "" } else { " that can be read" };
                format!("has no policy `{address}`{read}{meant}; it has {}", shown(&names))
            };
            format!("error: `{file}` {told}")
        }
    };
    Err(Failure(errors + &Failure::new(message).0))
}

/// How many addresses a message shows.
const MOST_SHOWN: usize = 20;

fn is_yaml(path: &Path) -> bool {
    let names = ["yaml", "yml", "template"];
    path.extension().and_then(OsStr::to_str).is_some_and(|name| names.contains(&name))
}

/// The files of configuration beside a plan, and those of the folders in that folder.
pub fn beside(plan: &Path) -> Vec<Source> {
    let parent = plan.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
    let files = super::sides::files(folder, &["tf"]).unwrap_or_default();
    files.iter().filter_map(|path| read::text(path).ok()).collect()
}
