//! `check`: claims files and the table of their verdicts.

use super::args::{CheckArgs, Format};
use super::{Ending, Failure, Io, engines, files, world};
use crate::claims::{self, Checked, Claim, LoadError, Loader, Outcome};
use crate::report::{human, json};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// `keyaki check`
pub fn check(args: CheckArgs, io: &mut Io<'_>) -> Result<Ending, Failure> {
    let options = args.read.into();
    let (solver, limits) = engines::solver(&args.engine, args.timeout)?;
    let world = world::world(&args.world)?;
    let mut loader = Loader::new(world, options, args.decision.into(), &files::text);
    let mut claims: Vec<Claim<'_>> = Vec::new();
    for file in files::in_folders(&args.files, "toml")? {
        claims.extend(loader.claims(&file).map_err(unreadable)?);
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = claims.iter().find(|claim| !names.insert(claim.name.as_str())) {
        return Err(Failure(format!("error: `{}`: there are two claims `{}`; give each a name of its own", twice.file, twice.name)));
    }
    claims.retain(|claim| args.filter.as_ref().is_none_or(|filter| claim.name.contains(filter.as_str())));
    if claims.is_empty() {
        return Err(Failure("error: there is no claim to check".to_owned()));
    }
    let checked: Vec<Checked> = claims
        .par_iter()
        .map(|claim| claims::check(claim, &solver, &limits).map_err(|error| (claim, error)))
        .collect::<Result<_, _>>()
        .map_err(|(claim, error)| Failure(format!("claim `{}`: {}", claim.name, engines::report(&error).0)))?;
    print(&claims, &checked, args.format, io)?;
    engines::statistics(args.stats, &solver, io)?;
    Ok(ending(&claims, &checked))
}

/// Why a claims file, or what it names, cannot be read.
fn unreadable(error: LoadError<Failure>) -> Failure {
    match error {
        LoadError::Text(failure) => failure,
        LoadError::Rejected(findings) => Failure(files::rendered(&findings)),
        LoadError::Calls(error) => error.into(),
    }
}

/// A claim whose verdict is not the expected one is a finding.
fn ending(claims: &[Claim<'_>], checked: &[Checked]) -> Ending {
    let pairs = claims.iter().zip(checked);
    pairs.fold(Ending::NothingFound, |ending, (claim, checked)| match checked.outcome {
        Outcome::Unknown => ending.and(Ending::Unknown),
        _ if checked.as_expected(claim.expect) => ending,
        Outcome::Holds | Outcome::Violated => ending.and(Ending::Found),
    })
}

fn print(claims: &[Claim<'_>], checked: &[Checked], format: Format, io: &mut Io<'_>) -> Result<(), Failure> {
    let pairs = || claims.iter().zip(checked);
    if format == Format::Json {
        for (claim, checked) in pairs() {
            writeln!(io.out, "{}", json::claim(claim, checked))?;
        }
        return Ok(());
    }
    let mut file = "";
    for (claim, checked) in pairs() {
        if claim.file != file {
            file = &claim.file;
            writeln!(io.out, "\n{file}")?;
        }
        write!(io.out, "{}", human::claim(claim, checked))?;
    }
    let count = |outcome: Outcome| checked.iter().filter(|checked| checked.outcome == outcome).count();
    let expected = pairs().filter(|(claim, checked)| checked.as_expected(claim.expect)).count();
    let confirmed = checked.iter().filter(|checked| checked.witness.is_some() || checked.call.is_some()).count();
    let (holds, violated, unknown) = (count(Outcome::Holds), count(Outcome::Violated), count(Outcome::Unknown));
    writeln!(
        io.out,
        "\n{} claims: {holds} hold, {violated} violated, {unknown} unknown; {expected} as expected; {confirmed} confirmed requests",
        claims.len()
    )?;
    let caveats: BTreeSet<&String> = checked.iter().flat_map(|checked| &checked.caveats).collect();
    for caveat in caveats {
        writeln!(io.out, "caveat: {caveat}")?;
    }
    Ok(())
}
