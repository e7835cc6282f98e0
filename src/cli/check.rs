//! `check`: claims files and the table of their verdicts.

use super::args::{CheckArgs, Format};
use super::{Ending, Failure, Io, engines, project, read, threads, world};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::visible::{self, Lines, line};
use keyaki_questions::claims::{self, Claim, LoadError, Loader, Outcome};
use keyaki_reports::ProjectFile;
use keyaki_reports::claims as report;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::Write;

/// What became of a claim, or the internal error that kept it from being decided.
type Checked = Result<claims::Checked, Failure>;

/// `keyaki check`
pub fn check(args: CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = args.read.into();
    let (solver, limits) = engines::solver(&args.engine, args.timeout)?;
    let project = project::find(&args.project)?;
    let world = world::world(&args.world, project.as_ref().map(|found| &found.project))?;
    let told = project::told(project.as_ref(), &args.world.partition, |project| {
        world::assumed(&args.world, project)
    })?;
    let mut loader = Loader::new(world, options, args.decision.into(), &read::text)
        .of(project::own(project.as_ref()));
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for file in read::in_folders(&args.files, "toml")? {
        claims.extend(loader.claims(&file).map_err(unreadable)?);
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = claims.iter().find(|claim| !names.insert(claim.name.as_str())) {
        return Err(Failure::new(format!(
            "error: `{}`: there are two claims `{}`; give each a name of its own",
            twice.source.name(),
            twice.name
        )));
    }
    claims.retain(|claim| {
        args.filter.as_ref().is_none_or(|filter| claim.name.contains(filter.as_str()))
    });
    if claims.is_empty() {
        return Err(Failure::new("error: there is no claim to check"));
    }
    let check = || claims.par_iter().map(|claim| claims::check(claim, &solver, &limits)).collect();
    let checked: Vec<_> = threads::share(check);
    // An internal error is one claim's. Here, and not where it occurs, so that the names of saved
    // files follow the order of the claims.
    let checked: Vec<Checked> =
        checked.into_iter().map(|one| one.map_err(|error| engines::report(&error))).collect();
    for (claim, failed) in claims
        .iter()
        .zip(&checked)
        .filter_map(|(claim, checked)| Some((claim, checked.as_ref().err()?)))
    {
        _ = writeln!(io.err, "claim `{}`: {}", visible::visible(&claim.name), failed.0);
    }
    print(&claims, &checked, told.as_ref(), args.format, io)?;
    engines::statistics(args.stats, &solver, io);
    Ok(ending(&claims, &checked))
}

/// Why a claims file, or what it names, cannot be read.
fn unreadable(error: LoadError<Failure>) -> Failure {
    match error {
        LoadError::Text(failure) => failure,
        LoadError::Rejected(findings) => Failure::findings(&findings),
        LoadError::Calls(error) => error.into(),
    }
}

/// A claim whose verdict is not the expected one is a finding; one without a verdict for an
/// internal error outweighs all.
pub(super) fn ending(claims: &[Claim<'_>], checked: &[Checked]) -> Ending {
    if checked.iter().any(Result::is_err) {
        return Ending::WrongInput;
    }
    let pairs = claims.iter().zip(checked.iter().flatten());
    pairs.fold(Ending::NothingFound, |ending, (claim, checked)| match checked.outcome {
        Outcome::Unknown => ending.and(Ending::Unknown),
        _ if checked.as_expected(claim.expect) => ending,
        Outcome::Holds | Outcome::Violated => ending.and(Ending::Found),
    })
}

fn print(
    claims: &[Claim<'_>],
    checked: &[Checked],
    project: Option<&ProjectFile>,
    format: Format,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    match format {
        Format::Json => {
            for (claim, checked) in claims.iter().zip(checked) {
                let line = match checked {
                    Ok(checked) => report::json(claim, checked, project),
                    Err(Failure(message)) => {
                        report::failed_json(claim, keyaki_service::INTERNAL, message)
                    }
                };
                io.out.answer(line)?;
            }
            Ok(())
        }
        Format::Human => table(claims, checked, project, io),
    }
}

/// The table for people, a heading for each file.
fn table(
    claims: &[Claim<'_>],
    checked: &[Checked],
    project: Option<&ProjectFile>,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let mut file = "";
    for (claim, checked) in claims.iter().zip(checked) {
        if claim.source.name() != file {
            file = claim.source.name();
            writeln!(io.out, "\n{}", visible::visible(file))?;
        }
        let row = match checked {
            Ok(checked) => report::human(claim, checked),
            Err(Failure(message)) => report::failed_human(claim, message),
        };
        write!(io.out, "{row}")?;
    }
    write!(io.out, "\n{}", summary(claims, checked, project))?;
    Ok(())
}

/// The numbers, and the caveats of all claims together.
fn summary(claims: &[Claim<'_>], checked: &[Checked], project: Option<&ProjectFile>) -> String {
    let decided = || {
        claims
            .iter()
            .zip(checked)
            .filter_map(|(claim, checked)| Some((claim, checked.as_ref().ok()?)))
    };
    let count =
        |outcome: Outcome| decided().filter(|(_, checked)| checked.outcome == outcome).count();
    let expected = decided().filter(|(claim, checked)| checked.as_expected(claim.expect)).count();
    let confirmed = decided()
        .filter(|(_, checked)| checked.witness.is_some() || checked.call.is_some())
        .count();
    let (holds, violated, unknown) =
        (count(Outcome::Holds), count(Outcome::Violated), count(Outcome::Unknown));
    let errors = match claims.len() - decided().count() {
        0 => String::new(),
        1 => ", 1 internal error".to_owned(),
        more => format!(", {more} internal errors"),
    };
    let mut text = Lines::new();
    line!(
        text,
        "{} claims: {holds} hold, {violated} violated, {unknown} unknown{errors}; {expected} as expected; {confirmed} confirmed requests",
        claims.len()
    );
    if let Some(told) = project.and_then(|project| report::project(project, decided())) {
        line!(text, "{told}");
    }
    let caveats =
        Caveat::in_order(decided().flat_map(|(_, checked)| checked.caveats.iter().cloned()));
    for caveat in caveats {
        line!(text, "caveat: {}", visible::message(&caveat.to_string()));
    }
    text.into_text()
}
