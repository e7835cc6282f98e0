//! What is read from files and from standard input: all of it bounded, and standard input once.

use super::Failure;
use keyaki_iam::source::Source;
use keyaki_service::Line;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// How much of lines is read at once, in bytes, where it is there.
const AHEAD: usize = 1 << 17;

/// The longest file that is read as a whole, in bytes. Documents have a narrower bound of their
/// own.
const LONGEST_FILE: u64 = 64 << 20;

/// How much of a line that is too long is passed over, in bytes, until the line is taken for
/// endless.
const LONGEST_SKIP: usize = 256 << 20;

/// Whether somebody reads standard input, or has read it.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What there is to read must name standard input once at most.
///
/// # Errors
/// When it is named again: what came first would read it all.
pub fn standard_input_once(inputs: &[&Path]) -> Result<(), Failure> {
    if inputs.iter().filter(|path| is_standard_input(path)).count() > 1 {
        Err(taken())
    } else {
        Ok(())
    }
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn taken() -> Failure {
    Failure::new(
        "error: standard input (`-`) can be read once only; give a file in the other place",
    )
}

/// A file, or standard input (`-`), to be read, and what messages call it.
///
/// # Errors
/// When the file cannot be opened, and when standard input was read before, which a claims file may
/// ask for.
pub fn open(path: &Path) -> Result<(String, Box<dyn Read + Send>), Failure> {
    if !is_standard_input(path) {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        return Ok((path.display().to_string(), Box::new(file)));
    }
    if TAKEN.swap(true, Ordering::Relaxed) {
        return Err(taken());
    }
    Ok(("standard input".to_owned(), Box::new(io::stdin())))
}

/// Everything in a file or in standard input.
pub fn bytes(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    bytes_up_to(path, LONGEST_FILE)
}

/// Everything in a file or in standard input, if it has no more bytes than that.
pub fn bytes_up_to(path: &Path, most: u64) -> Result<(String, Vec<u8>), Failure> {
    if path.is_dir() {
        let message = format!("error: `{}` is a folder; name the files in it", path.display());
        return Err(Failure::new(message));
    }
    let (name, reader) = open(path)?;
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        return Ok((name, bytes));
    }
    Err(Failure::new(format!(
        "error: `{}` is longer than {} MiB, which is the most that is read",
        path.display(),
        most >> 20
    )))
}

/// All files below a folder, in the order of their paths. What has a name that begins with a dot is
/// left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let (mut found, mut left) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = left.pop() {
        let failure = |error| unreadable(&folder, &error);
        for entry in fs::read_dir(&folder).map_err(failure)? {
            let entry = entry.map_err(failure)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let (path, kind) = (entry.path(), entry.file_type().map_err(failure)?);
            if kind.is_dir() {
                left.push(path);
            } else if path.is_dir() {
                // It could lead in a circle, and must not be left out in silence.
                let message = format!(
                    "error: `{}` is a link to a folder, which is not followed; name the folder itself",
                    path.display()
                );
                return Err(Failure::new(message));
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a text file; `-` is standard input.
pub fn text(path: &Path) -> Result<Source, Failure> {
    let (name, bytes) = bytes(path)?;
    Source::from_bytes(name, &bytes).map_err(|finding| Failure::findings(&[*finding]))
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("error: cannot read `{}`: {error}", path.display()))
}

/// The files that paths name: of a directory those with that extension, in the order of their
/// names.
pub fn in_folders(paths: &[PathBuf], extension: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let failure = |error| unreadable(path, &error);
        let entries =
            fs::read_dir(path).map_err(failure)?.collect::<Result<Vec<_>, _>>().map_err(failure)?;
        let mut found: Vec<PathBuf> = entries
            .into_iter()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect();
        found.sort();
        files.extend(found);
    }
    Ok(files)
}

/// The lines of a text, each of a bounded length.
pub struct Lines<R> {
    reader: BufReader<R>,
    most: usize,
    most_skipped: usize,
    number: usize,
    /// Whether the rest of a line that is too long is still to be passed over.
    inside: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of at most so many bytes.
    pub fn new(reader: R, most: usize) -> Self {
        Self {
            reader: BufReader::with_capacity(AHEAD, reader),
            most,
            most_skipped: LONGEST_SKIP,
            number: 0,
            inside: false,
        }
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        if std::mem::take(&mut self.inside) {
            self.skip()?;
        }
        let mut bytes = Vec::new();
        let most = u64::try_from(self.most).unwrap_or(u64::MAX);
        // One more for what ends the line.
        if self.reader.by_ref().take(most.saturating_add(1)).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let ended = bytes.pop_if(|last| *last == b'\n').is_some();
        self.inside = !ended && bytes.len() > self.most;
        Ok(Some(Line { number: self.number, bytes: (!self.inside).then_some(bytes) }))
    }

    /// Passes over the rest of a line.
    fn skip(&mut self) -> io::Result<()> {
        let mut skipped = 0;
        while skipped < self.most_skipped {
            let buffer = self.reader.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (length, done) =
                (end.map_or(buffer.len(), |at| at + 1), end.is_some() || buffer.is_empty());
            self.reader.consume(length);
            skipped += length;
            if done {
                return Ok(());
            }
        }
        Err(io::Error::other(format!("line {} does not end; the rest is not read", self.number)))
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_bounded() {
        let lines = |text: &str| {
            Lines::new(text.as_bytes(), 4)
                .map(|line| line.unwrap())
                .map(|line| (line.number, line.bytes))
                .collect::<Vec<_>>()
        };
        let some = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(
            lines("abcd\n\nabcde\nx"),
            [(1, some("abcd")), (2, some("")), (3, None), (4, some("x"))]
        );
        assert_eq!(lines("abcdefghijkl"), [(1, None)]);
        assert_eq!(lines("abcd"), [(1, some("abcd"))]);
        assert_eq!(lines("abcde\n\n"), [(1, None), (2, some(""))]);
        assert_eq!(lines(""), []);
    }

    #[test]
    fn an_endless_line_ends_the_reading() {
        let mut lines = Lines { most_skipped: 1 << 16, ..Lines::new(io::repeat(0), 4) };
        assert_eq!(lines.next().unwrap().unwrap(), Line { number: 1, bytes: None });
        assert!(lines.next().unwrap().unwrap_err().to_string().contains("line 1 does not end"));
    }
}
