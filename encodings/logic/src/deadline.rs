//! Time: the only place below the command line that reads the clock.
//!
//! A question begins with a timeout; everything that is done for it shares one [`Deadline`]. A
//! [`Stopwatch`] measures for statistics.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When work must end. Copies are of one deadline.
#[derive(Clone, Debug, Default)]
pub struct Deadline {
    /// `None`: never.
    at: Option<Instant>,
    /// Looks that are left before it is reached, whatever the time.
    looks: Option<Arc<AtomicU64>>,
}

impl Deadline {
    /// A deadline that is never reached.
    pub fn never() -> Deadline {
        Deadline::default()
    }

    /// A deadline that is reached when this much time has passed; never, where the clock cannot
    /// count so far.
    pub fn after(time: Duration) -> Deadline {
        Deadline { at: Instant::now().checked_add(time), looks: None }
    }

    /// A deadline that `looks` looks at it find open, and all later ones reached: the same on every
    /// machine, for tests.
    pub fn after_looks(looks: u64) -> Deadline {
        Deadline { at: None, looks: Some(Arc::new(AtomicU64::new(looks))) }
    }

    /// The same, or reached when this much time has passed, if that is earlier.
    #[must_use]
    pub fn within(&self, time: Duration) -> Deadline {
        let own = Deadline::after(time).at;
        let at = match (self.at, own) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Deadline { at, looks: self.looks.clone() }
    }

    /// One of `divisor` equal parts of the time that is left. Looks are not divided.
    #[must_use]
    pub fn part(&self, divisor: u32) -> Deadline {
        match self.at {
            None => self.clone(),
            Some(_) => self.within(self.time_left().checked_div(divisor).unwrap_or_default()),
        }
    }

    /// As much time as is left now, counted anew from when it is asked for: for one after the other
    /// of several that do the same.
    pub fn renewed(&self) -> impl Fn() -> Deadline + use<> {
        let (left, looks) = (self.at.map(|_| self.time_left()), self.looks.clone());
        move || Deadline {
            at: left.and_then(|left| Deadline::after(left).at),
            looks: looks.clone(),
        }
    }

    /// Whether the time is up. This is one look.
    pub fn is_reached(&self) -> bool {
        let looked = |looks: &Arc<AtomicU64>| {
            looks
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_err()
        };
        self.looks.as_ref().is_some_and(looked) || self.at.is_some_and(|at| Instant::now() >= at)
    }

    /// The time that is left: none where the deadline is reached, [`Duration::MAX`] where it never
    /// is. This is one look.
    pub fn left(&self) -> Duration {
        if self.is_reached() { Duration::ZERO } else { self.time_left() }
    }

    fn time_left(&self) -> Duration {
        self.at.map_or(Duration::MAX, |at| at.saturating_duration_since(Instant::now()))
    }
}

/// Measures time.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_too_long() {
        for time in
            [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_secs(u64::MAX / 2)]
        {
            let deadline = Deadline::after(time);
            assert!(
                !deadline.is_reached()
                    && !deadline.within(time).is_reached()
                    && !deadline.part(8).is_reached(),
                "{time:?}"
            );
            assert!(deadline.left() > Duration::from_secs(1 << 40), "{time:?}");
        }
        assert_eq!(Deadline::never().left(), Duration::MAX);
    }

    #[test]
    fn the_earlier_end_counts() {
        let (now, later) =
            (Deadline::after(Duration::ZERO), Deadline::after(Duration::from_secs(1000)));
        assert!(now.is_reached() && now.left().is_zero() && !later.is_reached());
        assert!(now.within(Duration::from_secs(1000)).is_reached());
        assert!(
            later.within(Duration::ZERO).is_reached()
                && Deadline::never().within(Duration::ZERO).is_reached()
        );
        assert!(later.part(10).left() <= Duration::from_secs(100) && later.part(0).is_reached());
        assert!(
            now.renewed()().is_reached()
                && !later.renewed()().is_reached()
                && !Deadline::never().renewed()().is_reached()
        );
    }

    #[test]
    fn looks_are_counted_over_all_copies() {
        let deadline = Deadline::after_looks(3);
        let copies = [
            deadline.within(Duration::from_secs(1000)),
            deadline.part(2),
            deadline.renewed()(),
            deadline.clone(),
        ];
        assert_eq!(copies.map(|copy| copy.is_reached()), [false, false, false, true]);
        assert!(deadline.is_reached() && deadline.left().is_zero());
    }
}
