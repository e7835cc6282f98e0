//! Where answers go: standard output, a file, or nowhere. No answer is lost in silence, and what is
//! interrupted leaves whole lines.

use super::colour;
use keyaki_reports::answers::Json;
use keyaki_reports::first::first;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

/// How much waits to be written, in bytes, until it is written without being asked for.
const MOST_WAITING: usize = 1 << 16;

/// How long an interruption waits for a line that is being written. A reader that stopped reading
/// must not keep the process alive.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the file is called that has the answers of an interrupted command.
const PARTIAL: &str = ".partial";

/// Where answers go.
///
/// An error of writing is an error, but for one: a reader that went away (`keyaki ... | head`)
/// wants nothing more. What is written then is thrown away, so that a command decides what is left
/// to decide and ends with the code of its answer.
pub struct Output {
    sink: Shared,
    /// Whether answers in JSON have the form of before.
    pub first: bool,
}

/// An output that an interruption can reach, too.
#[derive(Clone)]
pub struct Shared(Arc<Mutex<Sink>>);

struct Sink {
    /// What is not written yet. It goes out in whole lines.
    waiting: Vec<u8>,
    target: Target,
    painted: bool,
}

enum Target {
    Standard(Standard),
    Whole(Whole),
    Nowhere,
}

impl Output {
    fn new(target: Target, painted: bool) -> Self {
        let sink = Sink { waiting: Vec::new(), target, painted };
        Self { sink: Shared(Arc::new(Mutex::new(sink))), first: false }
    }

    /// The standard output of this process.
    ///
    /// # Errors
    /// When it is closed.
    pub fn standard(painted: bool) -> io::Result<Self> {
        let target = target()
            .map_err(|error| unwritten("standard output", &error))
            .map(|target| Standard { target, name: "standard output".to_owned(), gone: false })?;
        Ok(Self::new(Target::Standard(target), painted))
    }

    /// A file, which gets the answer as a whole when the command is done ([`Output::finish`]);
    /// until then it is what it was. What is not an ordinary file, a device or a pipe, is written
    /// to at once.
    ///
    /// # Errors
    /// When the file, or one beside it, cannot be made.
    pub fn file(path: &Path, painted: bool) -> io::Result<Self> {
        let name = format!("`{}`", path.display());
        let target = Whole::or_special(path).map_err(|error| unwritten(&name, &error))?;
        let target = match target {
            Ok(whole) => Target::Whole(whole),
            Err(special) => {
                Target::Standard(Standard { target: Box::new(special), name, gone: false })
            }
        };
        Ok(Self::new(target, painted))
    }

    /// Nowhere: the exit code is the answer.
    pub fn nowhere() -> Self {
        Self::new(Target::Nowhere, false)
    }

    /// In place of standard output.
    pub fn to(target: impl Write + Send + 'static) -> Self {
        let name = "a text in memory".to_owned();
        let target = Standard { target: Box::new(target), name, gone: false };
        Self::new(Target::Standard(target), false)
    }

    /// Writes an answer in JSON, a line of its own, in the form that was asked for.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn answer(&mut self, answer: impl Into<Json>) -> io::Result<()> {
        let answer: Json = answer.into();
        let answer = if self.first { first(answer.value()).into() } else { answer };
        // At once: what is written piece by piece takes several times as long.
        let mut line = answer.into_text();
        line.push('\n');
        self.write_all(line.as_bytes())
    }

    /// Gives no colours to what is written from now on: it is a file of a form of its own.
    pub fn plain(&mut self) {
        self.sink.lock().painted = false;
    }

    /// Whether the reader is known to have gone away.
    pub fn is_gone(&self) -> bool {
        match &self.sink.lock().target {
            Target::Standard(standard) => standard.gone,
            Target::Whole(_) | Target::Nowhere => false,
        }
    }

    /// For whoever interrupts.
    pub fn shared(&self) -> Shared {
        self.sink.clone()
    }

    /// Writes what is left; a file gets its name.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn finish(&mut self) -> io::Result<()> {
        let mut sink = self.sink.lock();
        sink.write_out(true)?;
        match mem::replace(&mut sink.target, Target::Nowhere) {
            Target::Whole(whole) => whole.keep(),
            Target::Standard(_) | Target::Nowhere => Ok(()),
        }
    }

    /// Writes what is left before a command fails; a file stays what it was.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn abandon(&mut self) -> io::Result<()> {
        let mut sink = self.sink.lock();
        match &sink.target {
            Target::Standard(_) => sink.write_out(true),
            Target::Whole(_) | Target::Nowhere => {
                sink.target = Target::Nowhere;
                Ok(())
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut sink = self.sink.lock();
        sink.waiting.extend_from_slice(bytes);
        // Only the end of a line makes something ready: a long line is not searched at each piece.
        if sink.waiting.len() >= MOST_WAITING && bytes.contains(&b'\n') {
            sink.write_out(false)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.lock().write_out(true)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Sink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the output early: whole lines that wait are written, and nothing more will be. What a
    /// file would have got is put beside it; returns where.
    pub fn interrupt(&self) -> Option<PathBuf> {
        let start = Instant::now();
        let mut sink = loop {
            match self.0.try_lock() {
                Ok(sink) => break sink,
                Err(TryLockError::Poisoned(poisoned)) => break poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => return None,
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(5)),
            }
        };
        // Nobody is left to be told of an error.
        _ = sink.write_out(false);
        let place = match mem::replace(&mut sink.target, Target::Nowhere) {
            Target::Whole(whole) => whole.keep_beside(),
            Target::Standard(_) | Target::Nowhere => None,
        };
        // Whoever writes waits here until the process ends.
        mem::forget(sink);
        place
    }
}

impl Sink {
    /// Writes what waits: all of it, or whole lines alone.
    fn write_out(&mut self, all: bool) -> io::Result<()> {
        let lines = self.waiting.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let rest = self.waiting.split_off(if all { self.waiting.len() } else { lines });
        let ready = mem::replace(&mut self.waiting, rest);
        let ready = if self.painted { colour::painted(ready) } else { ready };
        match &mut self.target {
            Target::Standard(standard) => {
                standard.write_all(&ready)?;
                standard.flush()
            }
            Target::Whole(whole) => whole.write(&ready),
            Target::Nowhere => Ok(()),
        }
    }
}

fn unwritten(name: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("the answer cannot be written to {name}: {error}"))
}

/// What is written to as answers come.
struct Standard {
    target: Box<dyn Write + Send>,
    /// What messages call it.
    name: String,
    gone: bool,
}

impl Standard {
    /// What an outcome of the system means: the absence of a reader is remembered, other errors say
    /// what could not be done.
    fn judge<T>(&mut self, outcome: io::Result<T>, thrown_away: T) -> io::Result<T> {
        match outcome {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(thrown_away)
            }
            // Who writes tries these again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(unwritten(&self.name, &error)),
            done => done,
        }
    }
}

impl Write for Standard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.gone {
            return Ok(bytes.len());
        }
        let outcome = self.target.write(bytes);
        self.judge(outcome, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let outcome = self.target.flush();
        self.judge(outcome, ())
    }
}

/// A file that is written beside its place, and put there when it is whole.
struct Whole {
    file: NamedTempFile,
    place: PathBuf,
}

impl Whole {
    /// The file of that path; or, where something that is not an ordinary file has the path, that.
    fn or_special(path: &Path) -> io::Result<Result<Self, File>> {
        // A link stays a link: what it points to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let known = fs::metadata(&place).ok();
        if known.as_ref().is_some_and(|known| !known.is_file()) {
            return fs::OpenOptions::new().write(true).open(&place).map(Err);
        }
        let folder = match place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".keyaki-");
        // As the file was, or as new files are.
        let (old, new) = (known.map(|known| known.permissions()), permissions());
        if let Some(new) = new {
            builder.permissions(new);
        }
        let file = builder.tempfile_in(folder)?;
        if let Some(old) = old {
            file.as_file().set_permissions(old)?;
        }
        Ok(Ok(Self { file, place }))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let outcome = self.file.write_all(bytes).and_then(|()| self.file.flush());
        outcome.map_err(|error| unwritten(&format!("`{}`", self.place.display()), &error))
    }

    fn keep(self) -> io::Result<()> {
        let name = format!("`{}`", self.place.display());
        let kept = self.file.persist(&self.place);
        kept.map(|_| ()).map_err(|error| unwritten(&name, &error.error))
    }

    /// Keeps what there is in a file of another name.
    fn keep_beside(self) -> Option<PathBuf> {
        let some = self.file.as_file().metadata().is_ok_and(|known| known.len() > 0);
        let mut name: OsString = self.place.into_os_string();
        name.push(PARTIAL);
        let place = PathBuf::from(name);
        (some && self.file.persist(&place).is_ok()).then_some(place)
    }
}

/// What anybody may do with a new file, before the system takes away what it always takes away.
#[cfg(unix)]
fn permissions() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;

    Some(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn permissions() -> Option<fs::Permissions> {
    None
}

/// A descriptor of its own: the writer of the standard library takes a descriptor that cannot be
/// written to for a success.
#[cfg(unix)]
fn target() -> io::Result<Box<dyn Write + Send>> {
    use std::os::fd::AsFd;

    if keyaki_startup::had_standard_output() == Some(false) {
        return Err(io::Error::other("it is closed"));
    }
    Ok(Box::new(File::from(io::stdout().as_fd().try_clone_to_owned()?)))
}

#[cfg(not(unix))]
fn target() -> io::Result<Box<dyn Write + Send>> {
    Ok(Box::new(io::stdout()))
}
