//! The forms that a code review shows, what counts as found, and baselines: the part that `check`,
//! `lint` and `validate` have in common.

use super::args::{BaselineArgs, FailOnArg, FailOnArgs, Format, ReviewFormat};
use super::documents::Unread;
use super::output::Output;
use super::{Ending, Failure, Io, read};
use keyaki_iam::finding::Level;
use keyaki_reports::baseline::Baseline;
use keyaki_reports::review_items::{Case, Review};
use keyaki_reports::{github, junit, markdown, sarif};
use keyaki_service::{FailOn, Sieve, Sifting};
use std::io::Write;

/// The format of other questions, where it is one: then each part is printed as soon as it is known.
pub fn streamed(format: ReviewFormat) -> Option<Format> {
    match format {
        ReviewFormat::Human => Some(Format::Human),
        ReviewFormat::Json => Some(Format::Json),
        ReviewFormat::Sarif
        | ReviewFormat::Junit
        | ReviewFormat::Github
        | ReviewFormat::Markdown => None,
    }
}

/// Prints a review as a whole, unless its parts are printed.
///
/// # Errors
/// When it cannot be written.
pub fn print(review: &Review, format: ReviewFormat, io: &mut Io<'_>) -> Result<(), Failure> {
    let text = match format {
        ReviewFormat::Human | ReviewFormat::Json => return Ok(()),
        ReviewFormat::Sarif => sarif::document(review),
        ReviewFormat::Junit => junit::document(review)
            .map_err(|error| Failure::new(format!("error: no JUnit XML was made: {error}")))?,
        ReviewFormat::Github => github::lines(review),
        ReviewFormat::Markdown => markdown::comment(review),
    };
    io.out.plain();
    write!(io.out, "{text}")?;
    Ok(())
}

/// Says of findings what counts, where nobody says it with a flag from this level on.
pub fn fail_on(sifting: &mut Sifting, args: FailOnArgs, usual: Level) {
    let said = args.fail_on.map(|said| match said {
        FailOnArg::Error => FailOn::From(Level::Error),
        FailOnArg::Warning => FailOn::From(Level::Warning),
        FailOnArg::Note => FailOn::From(Level::Note),
        FailOnArg::Never => FailOn::Never,
    });
    sifting.fail_on = said.unwrap_or(FailOn::From(usual));
    // A waiver that is not needed any more, or what is not read, fails no run, unless somebody asks for
    // that.
    sifting.of_reading = said.unwrap_or(FailOn::From(Level::Error));
}

/// Reads the baseline, where there is one.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn baseline(sifting: &mut Sifting, args: &BaselineArgs) -> Result<(), Failure> {
    let Some(path) = &args.baseline else { return Ok(()) };
    let source = read::text(path)?;
    let known = Baseline::read(source.text()).map_err(|(line, column, said)| {
        let name = source.name();
        Failure::new(format!(
            "error: `{name}`, line {line}, column {column}: this is not a baseline ({said}); `--write-baseline {name}` writes one"
        ))
    })?;
    sifting.baseline = Some((source.name().to_owned(), known));
    Ok(())
}

/// Writes the baseline, where that is asked for. Where an input was wrong, findings are missing, and
/// the file stays what it was.
///
/// # Errors
/// When it cannot be written.
pub fn write_baseline(
    review: &Review,
    args: &BaselineArgs,
    ending: Ending,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let Some(path) = &args.write_baseline else { return Ok(()) };
    if ending == Ending::WrongInput {
        let said = "error: the baseline is not written, since not everything was read and answered";
        _ = writeln!(io.err, "{said}");
        return Ok(());
    }
    let mut file = Output::file(path, false)?;
    write!(file, "{}", Baseline::of(review).text())?;
    file.finish()?;
    Ok(())
}

/// A file of which nothing is known; it may have no name, where there is none to be found.
pub fn unread(name: &str, unread: &Unread, sieve: &Sieve<'_>) -> Case {
    let name = if name.is_empty() { "input" } else { name };
    match unread {
        Unread::Failed(Failure(said)) => {
            sieve.unreadable(name, said.strip_prefix("error: ").unwrap_or(said))
        }
        Unread::Other(findings) => sieve.rejected(name, findings),
    }
}
