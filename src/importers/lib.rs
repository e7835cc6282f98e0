//! Estates: what there is in accounts and organizations of AWS, from what people have of it.
//!
//! [`import`] reads texts of several kinds and gives one [`Estate`]: Keyaki's own form
//! ([`form`]), a folder that iam-collect wrote, what `aws iam get-account-authorization-details` and
//! `aws organizations` print, and files of resources. The guide, `papers/guide.md`, says how each is made. No part of an estate is
//! given for the whole: what breaks off, names what is not there or contradicts itself is refused,
//! and what the files do not say the estate does not say either.

mod assemble;
mod collect;
mod context;
mod cursor;
mod documents;
mod dump;
mod follow;
pub mod form;
mod managed;
mod organizations;
mod parts;
pub mod report;
mod resources;
mod tree;

use collect::{Collected, Fact, Stores};
use context::Context;
use dump::Pages;
use keyaki_iam::estate::{Estate, FileRead, Kept, NotUnderstood};
use keyaki_iam::finding::{Finding, codes};
use keyaki_iam::input::Rejected;
use keyaki_iam::json::{self, JsonData, JsonValue, Limits};
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::{Source, Span};
use keyaki_iam::visible::shortened;
pub use managed::managed_policies;
use parts::{OrganizationPart, Parts};
use report::Report;
use rustc_hash::FxHashMap;
use schemars::Schema;

/// The longest text that is read, in bytes: that of 100,000 principals is well below.
const LONGEST: usize = 1 << 30;

/// A file of an estate.
#[derive(Debug, Clone)]
pub struct File {
    /// Its path, with `/` between names. Where the text does not say what it is about, the name
    /// does, and in a folder of iam-collect the names of the folders.
    pub path: String,
    /// Its text.
    pub source: Source,
}

/// What was imported.
#[derive(Debug)]
pub struct Imported {
    /// The estate.
    pub estate: Estate,
    /// What is to be told of it.
    pub report: Report,
}

impl Imported {
    /// Tells of a file of a folder that is not read, since its name is not that of JSON.
    pub fn unread(&mut self, file: &str) {
        let unread = NotUnderstood {
            file: file.to_owned(),
            line: None,
            path: String::new(),
            what: "files that are not JSON".to_owned(),
            value: Kept::Nothing,
        };
        let known = &mut self.estate.not_understood;
        if let Err(place) = known.binary_search(&unread) {
            self.report.not_understood(&unread);
            known.insert(place, unread);
        }
    }
}

/// Whether files are those of an estate, and not of policies and templates: some of them is of
/// Keyaki's own form, a listing of an account, or written by iam-collect, and none that is no part of
/// an estate has statements.
pub fn are_an_estate(files: &[File], options: &ReadOptions) -> bool {
    let (mut stores, mut some) = (Stores::default(), false);
    files.iter().for_each(|file| stores.see(&file.path));
    for file in files {
        let mut context = Context::new(options);
        let Some(text) = Parsed::of(&mut context, &file.source, &file.path) else { continue };
        for value in &text.values {
            if stores.has(text.path) {
                let tells = text.path.ends_with("/metadata.json");
                some |= tells && value.member("arn").is_some();
            } else if form::is_estate(value) || pages_in(value).is_some() {
                some = true;
            } else if !organizations::is_output(value)
                && !resources::is_resource(value)
                && file.source.text().contains("Statement")
            {
                return false;
            }
        }
    }
    some
}

/// Reads an estate from all its files; `managed` is a file of AWS's managed policies. The order of
/// the files does not matter.
///
/// # Errors
/// Everything that is wrong with the files, in the order of the files and their texts: there is no
/// estate then, not even of what is right.
pub fn import(
    files: &[File],
    managed: Option<&Source>,
    options: &ReadOptions,
) -> Result<Imported, Rejected> {
    let mut context = Context::new(options);
    let texts: Vec<Parsed<'_>> = files
        .iter()
        .filter_map(|file| Parsed::of(&mut context, &file.source, &file.path))
        .collect();
    let of_aws = managed.and_then(|source| Parsed::of(&mut context, source, source.name()));
    let mut parts = Parts::default();
    let (mut pages, mut listings) = (Pages::default(), OrganizationPart::default());
    let (mut some, mut stores, mut collected) = (false, Stores::default(), Collected::default());
    texts.iter().for_each(|text| stores.see(text.path));
    for text in &texts {
        for value in &text.values {
            let fact = Fact { source: text.source, value };
            if collected.take(&mut context, &stores, text.path, fact) {
                some = true;
                continue;
            }
            some |= read(&mut context, &mut parts, (&mut pages, &mut listings), text, value);
        }
    }
    if let Some(text) = &of_aws {
        text.values
            .iter()
            .for_each(|value| managed::read(&mut context, &mut parts, text.source, value));
    }
    collected.read(&mut context, &mut parts);
    pages.finish(&mut context);
    organizations::finish(&mut context, &mut listings);
    if listings.id.is_some() || !listings.units.is_empty() || !listings.members.is_empty() {
        with_id(&mut context, &mut listings);
        parts.organizations.push(listings);
    }
    if !some && context.findings.is_empty() {
        let (source, message) = nothing(files);
        context.wrong(codes::NOT_AN_ESTATE, &source, Span::default(), "", message, KINDS);
    }
    let (mut estate, documents) = assemble::assemble(&mut context, parts);
    let Context { mut findings, mut report, mut not_understood, options: _ } = context;
    if findings.iter().any(Finding::is_error) {
        in_order(&mut findings, files);
        return Err(findings);
    }
    not_understood.sort_unstable();
    not_understood.dedup();
    estate.not_understood = not_understood;
    report.of(&estate, files.len(), documents);
    estate.files = files.iter().map(|file| &file.source).chain(managed).map(read_from).collect();
    Ok(Imported { estate, report })
}

/// A file with the sum of its bytes.
fn read_from(source: &Source) -> FileRead {
    FileRead { name: source.name().to_owned(), sha256: source.sha256() }
}

/// The published forms with their names: of estates, and of reports.
pub fn schemas() -> [(&'static str, Schema); 2] {
    [("estate", form::schema()), ("import-report", report::schema())]
}

/// What estates are read from.
const KINDS: &str = "an estate is a file of `keyaki import`, what `aws iam get-account-authorization-details` prints, or a folder of such files, of what `aws organizations` prints, and of resources; the guide says how each is made";

/// The text of a file, parsed.
struct Parsed<'a> {
    source: &'a Source,
    path: &'a str,
    /// One value, or one a line.
    values: Vec<JsonValue>,
}

impl<'a> Parsed<'a> {
    fn of(context: &mut Context<'_>, source: &'a Source, path: &'a str) -> Option<Self> {
        let limits = Limits { bytes: LONGEST, ..context.options.limits.json };
        if path.ends_with(".jsonl") {
            return Self::lines(context, source, path, &limits);
        }
        let (value, findings) = json::parse(source, &limits);
        if findings.iter().any(Finding::is_error) {
            context.findings.extend(findings);
            return None;
        }
        Some(Self { source, path, values: vec![value?] })
    }

    /// A value a line.
    fn lines(
        context: &mut Context<'_>,
        source: &'a Source,
        path: &'a str,
        limits: &Limits,
    ) -> Option<Self> {
        let (mut values, mut start, mut fine) = (Vec::new(), 0, true);
        for line in source.text().split_inclusive('\n') {
            let end = start + line.len();
            if !line.trim().is_empty() {
                let (value, findings) = json::parse_part(source, Span { start, end }, limits);
                fine &= !findings.iter().any(Finding::is_error);
                context.findings.extend(findings.into_iter().filter(Finding::is_error));
                values.extend(value);
            }
            start = end;
        }
        fine.then_some(Self { source, path, values })
    }
}

/// The pages of the listing of an account: the value itself, or several in one file.
fn pages_in(value: &JsonValue) -> Option<&[JsonValue]> {
    match &value.data {
        JsonData::Array(items) => {
            (!items.is_empty() && items.iter().all(dump::is_page)).then_some(items.as_slice())
        }
        JsonData::Null
        | JsonData::Bool(_)
        | JsonData::Number(_)
        | JsonData::String(_)
        | JsonData::Object(_) => dump::is_page(value).then_some(std::slice::from_ref(value)),
    }
}

/// Reads a value of a file as what it is. Whether it said anything of an estate.
fn read<'a>(
    context: &mut Context<'_>,
    parts: &mut Parts<'a>,
    (pages, listings): (&mut Pages<'a>, &mut OrganizationPart<'a>),
    text: &Parsed<'a>,
    value: &'a JsonValue,
) -> bool {
    let source = text.source;
    if let JsonData::Array(_) = &value.data
        && let Some(items) = pages_in(value)
    {
        for (index, item) in items.iter().enumerate() {
            if let Some(page) = context.object(source, item, format!("[{index}]")) {
                dump::read(context, parts, pages, &page);
            }
        }
        return true;
    }
    let known = form::is_estate(value)
        || dump::is_page(value)
        || organizations::is_output(value)
        || resources::is_resource(value);
    if !known {
        let shown = source.text().get(value.span.start..value.span.end).unwrap_or_default();
        let message = format!("the file is no part of an estate: {}", shortened(&first(shown)));
        let span = context::opening(value.span);
        let help = "take it out of the folder, or give the files of the estate one by one";
        context.wrong(codes::NO_PART_OF_AN_ESTATE, source, span, "", message, help);
        return true;
    }
    let Some(file) = context.object(source, value, String::new()) else { return true };
    if form::is_estate(value) {
        form::read(context, parts, &file);
    } else if dump::is_page(value) {
        dump::read(context, parts, pages, &file);
    } else if organizations::is_output(value) {
        organizations::read(context, listings, parts, text.path, &file);
    } else {
        resources::read(context, parts, &file, source.place(value.span));
    }
    true
}

/// The first characters of a text, for a message.
fn first(text: &str) -> String {
    text.chars().take(60).collect()
}

/// An organization must have an id.
fn with_id(context: &mut Context<'_>, listings: &mut OrganizationPart<'_>) {
    if listings.id.is_some() {
        return;
    }
    let units = listings.units.values().map(|unit| unit.at);
    let members = listings.members.values().map(|member| member.at);
    if let Some(at) = units.chain(members).next() {
        let message = "nothing says which organization this is of".to_owned();
        let help = "`aws organizations list-roots > roots.json` says it";
        let rule = codes::INCOMPLETE_ORGANIZATION;
        context.wrong(rule, at.source, at.span, "", message, help);
    }
}

/// What is said where there is nothing, and of which file.
fn nothing(files: &[File]) -> (Source, String) {
    match files.first() {
        Some(file) => (file.source.clone(), "nothing here is a part of an estate".to_owned()),
        None => (Source::new("the estate", ""), "there are no files".to_owned()),
    }
}

/// Findings in the order of the files, and of the places in each.
fn in_order(findings: &mut [Finding], files: &[File]) {
    let numbers: FxHashMap<&str, usize> =
        files.iter().enumerate().map(|(number, file)| (file.source.name(), number)).collect();
    findings.sort_by_cached_key(|finding| {
        let (_, span) = finding.source.in_file(finding.span);
        (numbers.get(finding.source.name()).copied().unwrap_or(files.len()), span.start)
    });
}
