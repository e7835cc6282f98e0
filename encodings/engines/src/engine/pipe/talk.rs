//! Talking to a solver: what is said to it, what it says, and how it ends.
//!
//! Threads of their own write and read: a solver that does not read, does not end, or has given its
//! pipes away cannot hold us.

use super::process::{Pipes, Process};
use crate::engine::Deadline;
use keyaki_logic::smtlib::read::{self, Sexp};
use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Write};
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

/// The bytes that it may print on its standard error.
const COMPLAINT: usize = 1 << 20;

/// The bytes in which a verdict is looked for while the solver runs.
const OPENING: usize = 1 << 16;

/// The bytes of one reading, and how many readings may wait for us.
const CHUNK: usize = 1 << 16;
const WAITING: usize = 4;

/// How long a process that has said its last is given to end.
const END: Duration = Duration::from_secs(1);

/// Why a talk came to nothing.
pub(in crate::engine) enum Failure {
    Timeout,
    Broken(String),
}

/// What a solver said, and how it ended.
pub(super) struct Heard {
    pub output: String,
    pub complaint: String,
    pub status: ExitStatus,
}

/// What stands first in an output, after answers that say nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Opening {
    Sat,
    Other,
}

#[derive(Clone, Copy)]
enum Stream {
    Output,
    Complaint,
}

/// What was read, nothing at the end of the stream; or why nothing more can be read.
type Event = (Stream, io::Result<Vec<u8>>);

/// A talk that goes on.
pub(in crate::engine) struct Talk {
    process: Process,
    input: Option<Sender<String>>,
    events: Receiver<Event>,
    output: Vec<u8>,
    complaint: Vec<u8>,
    /// The bytes of output that may wait to be looked at.
    bound: usize,
    /// How many streams have not ended.
    open: u8,
}

impl Talk {
    /// Starts a program, which may print so many bytes before somebody looks at them.
    pub fn start(
        program: impl AsRef<OsStr>,
        arguments: &[String],
        bound: usize,
    ) -> Result<Talk, Failure> {
        let started = Process::start(program.as_ref(), arguments).map_err(Failure::Broken)?;
        let (process, Pipes { mut input, output, complaint }) = started;
        let (say, said) = channel::<String>();
        let (tell, events) = sync_channel(WAITING);
        // A solver may stop reading early; what it answered tells what is wrong.
        in_a_thread(move || {
            while said.recv().is_ok_and(|text| {
                input.write_all(text.as_bytes()).and_then(|()| input.flush()).is_ok()
            }) {}
        })?;
        let other = tell.clone();
        in_a_thread(move || drain(output, Stream::Output, &tell))?;
        in_a_thread(move || drain(complaint, Stream::Complaint, &other))?;
        Ok(Talk {
            process,
            input: Some(say),
            events,
            output: Vec::new(),
            complaint: Vec::new(),
            bound,
            open: 2,
        })
    }

    /// Writes to the solver, which may not read it.
    pub fn say(&self, text: String) {
        if let Some(input) = &self.input {
            let _ = input.send(text);
        }
    }

    /// Waits for the verdict; nothing if there is none until then, or if the solver ends without
    /// one.
    pub(super) fn opening(&mut self, until: &Deadline) -> Result<Option<Opening>, Failure> {
        loop {
            let found = opening(&self.output);
            if found.is_some() || self.open == 0 || self.output.len() > OPENING {
                return Ok(found);
            }
            match self.listen(until) {
                Err(Failure::Timeout) => return Ok(None),
                other => other?,
            }
        }
    }

    /// The next line of the solver's standard output, without its end. An error where it ends
    /// before.
    pub fn line(&mut self, until: &Deadline) -> Result<String, Failure> {
        let mut looked = 0;
        loop {
            let unseen = self.output.get(looked..).unwrap_or_default();
            if let Some(end) = unseen.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.output.drain(..=looked + end).collect();
                return Ok(
                    String::from_utf8_lossy(line.strip_suffix(b"\n").unwrap_or(&line)).into_owned()
                );
            }
            looked = self.output.len();
            if self.open == 0 {
                return Err(Failure::Broken(self.last_words()));
            }
            self.listen(until)?;
        }
    }

    /// Whether the solver has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.process.ended(&Deadline::after(Duration::ZERO)), Ok(None))
    }

    /// How a solver ended that says nothing any more.
    fn last_words(&mut self) -> String {
        let ended = match self.process.ended(&Deadline::after(END)) {
            Ok(Some(status)) => format!("it ended ({status})"),
            Ok(None) => "it closed its standard output".to_owned(),
            Err(error) => format!("nobody knows how it ended: {error}"),
        };
        let complaint = shorten(&String::from_utf8_lossy(&self.complaint));
        if complaint.is_empty() { ended } else { format!("{ended}: {complaint}") }
    }

    /// Closes the solver's standard input, and waits until it has said everything and ended.
    pub(super) fn finish(mut self, deadline: &Deadline) -> Result<Heard, Failure> {
        self.input = None;
        while self.open > 0 {
            self.listen(deadline)?;
        }
        let status = self
            .process
            .ended(deadline)
            .map_err(|error| Failure::Broken(format!("nobody knows how it ended: {error}")))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Heard {
            output: text(&self.output),
            complaint: text(&self.complaint),
            status: status.ok_or(Failure::Timeout)?,
        })
    }

    /// Takes in what is read next.
    fn listen(&mut self, until: &Deadline) -> Result<(), Failure> {
        let unreadable =
            |error| Failure::Broken(format!("its output cannot be read to the end: {error}"));
        let (stream, bytes) = match self.events.recv_timeout(until.left()) {
            Ok((stream, read)) => (stream, read.map_err(unreadable)?),
            Err(RecvTimeoutError::Timeout) => return Err(Failure::Timeout),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::Broken("its output cannot be read".to_owned()));
            }
        };
        if bytes.is_empty() {
            self.open = self.open.saturating_sub(1);
        }
        let (heard, bound, where_to) = match stream {
            Stream::Output => (&mut self.output, self.bound, "standard output"),
            Stream::Complaint => (&mut self.complaint, COMPLAINT, "standard error"),
        };
        if heard.len() + bytes.len() > bound {
            return Err(Failure::Broken(format!(
                "it printed more than {} MiB to its {where_to} and was ended",
                bound >> 20
            )));
        }
        heard.extend(bytes);
        Ok(())
    }
}

/// Starts a thread. An error if the system has none to give.
fn in_a_thread(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let started = thread::Builder::new().name("solver".to_owned()).spawn(work);
    started
        .map(drop)
        .map_err(|error| Failure::Broken(format!("there is no thread to talk to it: {error}")))
}

/// Passes on what is read, to the end or until nobody listens any more.
fn drain(mut source: impl Read, stream: Stream, tell: &SyncSender<Event>) {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match source.read(&mut buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // Not the end of the stream: an answer may be taken back in what cannot be read.
            read => read.map(|length| buffer.get(..length).unwrap_or_default().to_vec()),
        };
        let over = read.as_ref().map_or(true, Vec::is_empty);
        if tell.send((stream, read)).is_err() || over {
            return;
        }
    }
}

/// What the complete lines of an output begin with.
fn opening(output: &[u8]) -> Option<Opening> {
    let lines =
        output.iter().rposition(|byte| *byte == b'\n').and_then(|end| output.get(..=end))?;
    let text = String::from_utf8_lossy(lines);
    let expressions = read::expressions(&text);
    let first = expressions.iter().find(|one| !says_nothing(one))?;
    Some(if first.as_atom() == Some("sat") { Opening::Sat } else { Opening::Other })
}

/// Answers to commands other than questions; `unsupported` is how a solver refuses an option.
pub(super) fn says_nothing(expression: &Sexp) -> bool {
    matches!(expression.as_atom(), Some("unsupported" | "success"))
}

/// Enough of a solver's text to recognise it.
pub(super) fn shorten(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or("")),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// A stream whose readings come out like this, one after the other.
    struct Readings(VecDeque<io::Result<&'static str>>);

    impl Read for Readings {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.pop_front().unwrap_or(Ok("")).and_then(|text| text.as_bytes().read(buffer))
        }
    }

    fn told(
        readings: impl IntoIterator<Item = io::Result<&'static str>>,
    ) -> Vec<Result<String, ErrorKind>> {
        let (tell, events) = sync_channel(8);
        drain(Readings(readings.into_iter().collect()), Stream::Output, &tell);
        drop(tell);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        events.into_iter().map(|(_, read)| read.map(text).map_err(|error| error.kind())).collect()
    }

    #[test]
    fn an_error_of_reading_is_not_the_end() {
        let error = |kind: ErrorKind| Err(io::Error::from(kind));
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            told([Ok("unsat\n"), error(ErrorKind::Other), Ok("(error)")]),
            [ok("unsat\n"), Err(ErrorKind::Other)]
        );
        assert_eq!(
            told([Ok("un"), error(ErrorKind::Interrupted), Ok("sat\n")]),
            [ok("un"), ok("sat\n"), ok("")]
        );
    }

    #[test]
    fn a_stream_that_cannot_be_read_breaks_the_talk() {
        let (process, _) = Process::start(OsStr::new("true"), &[]).unwrap();
        let (tell, events) = sync_channel(1);
        let mut talk = Talk {
            process,
            input: None,
            events,
            output: b"unsat\n".to_vec(),
            complaint: Vec::new(),
            bound: 1,
            open: 1,
        };
        tell.send((Stream::Output, Err(io::Error::from(ErrorKind::Other)))).unwrap();
        assert!(matches!(talk.listen(&Deadline::never()), Err(Failure::Broken(_))));
    }
}
