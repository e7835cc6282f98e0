//! Progress on a terminal's standard error, where something takes long.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a run is silent, and how often it tells of its progress then.
const PATIENCE: Duration = Duration::from_secs(2);
const INTERVAL: Duration = Duration::from_millis(200);

/// What a terminal shows now. There is one terminal.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// How many parts of something are done. Dropped, it leaves no trace.
pub struct Progress {
    bar: ProgressBar,
    /// Ends the patience.
    end: Option<Sender<()>>,
    patience: Option<JoinHandle<()>>,
}

impl Progress {
    /// Of so many parts, or of a number that nobody knows yet.
    pub fn of(total: Option<usize>, parts: &str, quiet: bool) -> Self {
        let hidden = ProgressDrawTarget::hidden();
        if quiet || !io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden(), end: None, patience: None };
        }
        let total = total.and_then(|total| u64::try_from(total).ok());
        let template = match total {
            Some(_) => format!("{{pos}} of {{len}} {parts} {{bar:30}} {{elapsed}}"),
            None => format!("{{spinner}} {{pos}} {parts} {{elapsed}}"),
        };
        let bar = ProgressBar::with_draw_target(total, hidden);
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        let (end, ended) = channel();
        let shown = bar.clone();
        let patience = thread::Builder::new().spawn(move || {
            if ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                *now() = Some(shown.clone());
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(INTERVAL);
            }
        });
        // Where no thread is to be had, nobody tells of the progress.
        Self { bar, end: Some(end), patience: patience.ok() }
    }

    /// One more part is done.
    pub fn part(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.end.take());
        _ = self.patience.take().map(JoinHandle::join);
        if let Some(bar) = now().take() {
            bar.finish_and_clear();
        }
    }
}

fn now() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does what prints, while the terminal shows no progress.
pub fn aside<T>(print: impl FnOnce() -> T) -> T {
    let shown = now().clone();
    match shown {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// Takes the progress off the terminal before the process ends. It waits for nobody.
pub fn wipe() {
    if SHOWN.try_lock().is_ok_and(|shown| shown.is_some()) {
        _ = write!(io::stderr(), "\r\x1b[K");
    }
}
