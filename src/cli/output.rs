//! Standard output: no answer is lost in silence.

use keyaki_reports::first::first;
use serde_json::Value;
use std::io::{self, BufWriter, Write};

/// Standard output, buffered.
///
/// An error of writing is an error, but for one: a reader that went away (`keyaki ... | head`)
/// wants nothing more. What is written then is thrown away, so that a command decides what is left
/// to decide and ends with the code of its answer.
pub struct Output {
    buffer: BufWriter<Standard>,
    /// Whether answers in JSON have the form of before.
    pub first: bool,
}

impl Output {
    /// The standard output of this process.
    ///
    /// # Errors
    /// When it is closed.
    pub fn standard() -> io::Result<Self> {
        Ok(Self {
            buffer: BufWriter::new(Standard { target: target()?, gone: false }),
            first: false,
        })
    }

    /// In place of standard output.
    pub fn to(target: impl Write + 'static) -> Self {
        Self {
            buffer: BufWriter::new(Standard { target: Box::new(target), gone: false }),
            first: false,
        }
    }

    /// Writes an answer in JSON, a line of its own, in the form that was asked for.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn answer(&mut self, answer: Value) -> io::Result<()> {
        let answer = if self.first { first(answer) } else { answer };
        writeln!(self, "{answer}")
    }

    /// Whether the reader is known to have gone away.
    pub fn is_gone(&self) -> bool {
        self.buffer.get_ref().gone
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.buffer.flush()
    }
}

struct Standard {
    target: Box<dyn Write>,
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
            Err(error) => Err(io::Error::new(
                error.kind(),
                format!("the answer cannot be written to standard output: {error}"),
            )),
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

/// A descriptor of its own: the writer of the standard library takes a descriptor that cannot be
/// written to for a success.
#[cfg(unix)]
fn target() -> io::Result<Box<dyn Write>> {
    use std::fs::File;
    use std::os::fd::AsFd;

    if keyaki_startup::had_standard_output() == Some(false) {
        return Err(io::Error::other("it is closed"));
    }
    Ok(Box::new(File::from(io::stdout().as_fd().try_clone_to_owned()?)))
}

#[cfg(not(unix))]
fn target() -> io::Result<Box<dyn Write>> {
    Ok(Box::new(io::stdout()))
}
