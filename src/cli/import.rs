//! `keyaki import`.

use super::args::{Format, ImportArgs};
use super::output::Output;
use super::{Ending, Failure, Io, estates};
use keyaki_iam::visible::{self, Lines, line};
use keyaki_importers::form;
use keyaki_importers::report::{Counts, Report, Seen};
use keyaki_reports::SCHEMA;
use std::io::Write;
use std::path::PathBuf;

/// `keyaki import`
pub fn import(
    args: ImportArgs,
    output: Option<PathBuf>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    let read = match args.all_findings {
        true => estates::estate_or_every_finding,
        false => estates::estate,
    };
    let imported = read(&args.estate, &args.read.into())?;
    if !args.report {
        write!(io.out, "{}", form::write(&imported.estate))?;
        if !imported.report.not_understood.is_empty() {
            io.warn("note: some of the files is not understood and has no effect on any answer: it is kept as `notUnderstood`, and `--report` lists it");
        }
        return Ok(Ending::NothingFound);
    }
    if let Some(path) = output {
        let mut file = Output::file(&path, false)?;
        write!(file, "{}", form::write(&imported.estate))?;
        file.finish()?;
    }
    match args.format {
        Format::Human => write!(io.out, "{}", human(&imported.report))?,
        Format::Json => io.out.answer(imported.report.json(SCHEMA))?,
    }
    Ok(Ending::NothingFound)
}

/// A number of things.
fn of(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// How much there is.
fn said(counts: &Counts) -> String {
    let Counts { accounts, users, roles, groups, resources, documents, .. } = *counts;
    let parts = [
        (accounts, "account"),
        (users, "user"),
        (roles, "role"),
        (groups, "group"),
        (resources, "resource"),
        (documents, "policy document"),
    ];
    parts.map(|(number, what)| of(number, what)).join(", ")
}

fn human(report: &Report) -> String {
    let Report { counts, notes, not_understood } = report;
    let mut lines = Lines::new();
    line!(lines, "{}", said(counts));
    let (units, endpoints) =
        (of(counts.units, "organizational unit"), of(counts.endpoints, "VPC endpoint"));
    line!(lines, "{units}, {endpoints}");
    line!(
        lines,
        "read from {}; users and roles known in {} of {}",
        of(counts.files, "file"),
        counts.with_principals,
        of(counts.accounts, "account")
    );
    for note in notes {
        line!(lines, "note: {}", visible::message(note));
    }
    for (what, Seen { file, times }) in not_understood {
        let (what, file) = (visible::visible(what), visible::visible(file));
        match times {
            1 => line!(lines, "not understood: {what} (once, in {file})"),
            _ => line!(lines, "not understood: {what} ({times} times, first in {file})"),
        }
    }
    lines.into_text()
}
