//! A solver's process, with all that it starts.
//!
//! On Unix they are a process group, which ends when the question does, and when this process is
//! gone, however it went. A pipe tells: a small process leads the group, reads from a pipe that
//! only we hold open, and kills the group when the pipe is closed. It is there before the solver
//! is, which joins its group or is not started, so that there is no moment in between. What leaves
//! the group of its own accord (a daemon) is out of reach.

use crate::engine::Deadline;
use std::ffi::OsStr;
use std::io;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// The longest pause between two looks at whether a process has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// A solver that runs. Dropping it ends it, with its group, and collects it.
pub(super) struct Process {
    solver: Child,
    group: group::Group,
}

/// The pipes to and from a solver.
pub(super) struct Pipes {
    pub input: ChildStdin,
    pub output: ChildStdout,
    pub complaint: ChildStderr,
}

impl Process {
    /// Starts a program. The error says what could not be started.
    pub fn start(program: &OsStr, arguments: &[String]) -> Result<(Process, Pipes), String> {
        let name = program.to_string_lossy();
        let group = group::Group::new().map_err(|error| {
            format!("`{}`, which guards solvers, cannot be started: {error}", group::LEADER)
        })?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        group.admit(&mut command);
        let mut solver =
            command.spawn().map_err(|error| format!("`{name}` cannot be started: {error}"))?;
        let pipes = (solver.stdin.take(), solver.stdout.take(), solver.stderr.take());
        let process = Process { solver, group };
        match pipes {
            (Some(input), Some(output), Some(complaint)) => {
                Ok((process, Pipes { input, output, complaint }))
            }
            _ => Err(format!("`{name}` has no pipes")),
        }
    }

    /// How the solver ended; nothing if it has not by the deadline.
    pub fn ended(&mut self, deadline: &Deadline) -> io::Result<Option<ExitStatus>> {
        let mut pause = Duration::from_micros(100);
        loop {
            let status = self.solver.try_wait()?;
            let left = deadline.left();
            if status.is_some() || left.is_zero() {
                return Ok(status);
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(PAUSE);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.group.end();
        // Both calls fail only if it has ended and been collected already.
        let _ = self.solver.kill();
        let _ = self.solver.wait();
    }
}

#[cfg(unix)]
mod group {
    use rustix::process::{Pid, Signal, kill_process_group};
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};

    pub const LEADER: &str = "/bin/sh";

    /// Waits for the end of its standard input, whatever a solver's wrapper sends to its group, and
    /// then kills the group, itself included.
    const WATCH: &str = "trap '' HUP INT TERM; read -r nothing; kill -KILL 0";

    /// A process group, by the process that leads it. Its number is not given to another one as
    /// long as the leader is not collected.
    pub struct Group(Child);

    impl Group {
        pub fn new() -> io::Result<Group> {
            let mut leader = Command::new(LEADER);
            leader
                .args(["-c", WATCH])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            leader.process_group(0).spawn().map(Group)
        }

        /// Has a command start in the group.
        pub fn admit(&self, command: &mut Command) {
            // A number that is not a process's: starting fails then, and says so.
            command.process_group(i32::try_from(self.0.id()).unwrap_or(i32::MAX));
        }

        /// Ends everything in the group.
        pub fn end(&mut self) {
            if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process_group(group, Signal::KILL);
            }
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            self.end();
            let _ = self.0.wait();
        }
    }
}

#[cfg(not(unix))]
mod group {
    use std::io;
    use std::process::Command;

    pub const LEADER: &str = "nothing";

    /// No group: only the solver itself is ended.
    pub struct Group;

    impl Group {
        pub fn new() -> io::Result<Group> {
            Ok(Group)
        }

        pub fn admit(&self, _: &mut Command) {}

        pub fn end(&mut self) {}
    }
}
