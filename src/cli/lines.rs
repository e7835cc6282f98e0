//! Batches: one JSON object a line in, one a line out, in order.

use super::args::Format;
use super::progress::Progress;
use super::{Ending, Failure, Io, read, setup};
use keyaki_service::{Line, Lines, Service};
use std::io;
use std::path::Path;

/// Answers every line of a file (`-`: standard input), in order, on all cores; each answer is
/// written out when it and those before it are known. Empty lines are skipped. How it ends says
/// [`Service::tell_lines`].
///
/// # Errors
/// When somebody asks for another format than JSON, since batches are for programs; when the file
/// cannot be read to its end, when an answer cannot be written, and when nobody reads the answers.
pub fn batch(
    path: &Path,
    lines: &Lines,
    service: &Service<'_>,
    format: Option<Format>,
    io: &mut Io<'_>,
) -> Result<Ending, Failure> {
    if format == Some(Format::Human) {
        return Err(Failure::new(
            "error: `--batch` prints JSON, a line for each line; leave `--format human` out",
        ));
    }
    let name = path.display().to_string();
    let (_, reader) = read::open(path)?;
    let empty =
        |line: &Line| line.bytes.as_ref().is_some_and(|bytes| bytes.trim_ascii().is_empty());
    let texts = read::Lines::new(reader, lines.documents.options().limits.json.bytes)
        .filter(move |line| !line.as_ref().is_ok_and(empty));
    let progress = Progress::of(None, "lines", io.quiet);
    let mut answered = false;
    let says = service.tell_lines(lines, &name, texts, |told: io::Result<_>, more| {
        let told = told.map_err(|error| {
            Failure::new(format!("error: cannot read `{name}` to its end: {error}"))
        })?;
        progress.part();
        answered = true;
        setup::print(told, more, io)?;
        if io.out.is_gone() {
            return Err(Failure::new(
                "error: nobody reads the answers any more; the rest of the batch was not answered",
            ));
        }
        Ok(())
    })?;
    if !answered {
        return Err(Failure::new(format!(
            "error: `{name}` has no line to answer; a batch is a JSON object on each line"
        )));
    }
    Ok(says.into())
}
