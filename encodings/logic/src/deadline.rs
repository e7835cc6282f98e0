//! Time: the only place below the command line that reads the clock.
//!
//! A question begins with a timeout; everything that is done for it shares one [`Deadline`]. What is
//! tried and given up when it takes too long is bounded by counted steps of work, not by time: a
//! machine that is busy with something else gives up at the same point. A [`Stopwatch`] measures for
//! statistics.

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
    /// Steps of work that are left before it is reached.
    steps: Option<Arc<Steps>>,
}

/// Steps of work that are left, for something and for the whole that it is a part of.
#[derive(Debug)]
struct Steps {
    left: AtomicU64,
    whole: Option<Arc<Steps>>,
}

impl Steps {
    fn take(&self, steps: u64) {
        let less = |left: u64| Some(left.saturating_sub(steps));
        _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        if let Some(whole) = &self.whole {
            whole.take(steps);
        }
    }

    fn left(&self) -> u64 {
        let whole = self.whole.as_ref().map_or(u64::MAX, |whole| whole.left());
        whole.min(self.left.load(Ordering::Relaxed))
    }
}

impl Deadline {
    /// A deadline that is never reached.
    pub fn never() -> Deadline {
        Deadline::default()
    }

    /// A deadline that is reached when this much time has passed; never, where the clock cannot
    /// count so far.
    pub fn after(time: Duration) -> Deadline {
        Deadline { at: Instant::now().checked_add(time), ..Deadline::never() }
    }

    /// A deadline that `looks` looks at it find open, and all later ones reached: the same on every
    /// machine, for tests.
    pub fn after_looks(looks: u64) -> Deadline {
        Deadline { looks: Some(Arc::new(AtomicU64::new(looks))), ..Deadline::never() }
    }

    /// The same, or reached after so many steps of work, if that is earlier: at the same point on
    /// every machine. A step is about a microsecond's work.
    #[must_use]
    pub fn within_steps(&self, steps: u64) -> Deadline {
        let steps = Steps { left: AtomicU64::new(steps), whole: self.steps.clone() };
        Deadline { steps: Some(Arc::new(steps)), ..self.clone() }
    }

    /// The steps of work that are left, if they are bounded.
    pub fn steps_left(&self) -> Option<u64> {
        self.steps.as_ref().map(|steps| steps.left())
    }

    /// Counts so many steps of work.
    pub fn count(&self, steps: u64) {
        if let Some(left) = &self.steps {
            left.take(steps);
        }
    }

    /// The same, or reached when this much time has passed, if that is earlier.
    #[must_use]
    pub fn within(&self, time: Duration) -> Deadline {
        let own = Deadline::after(time).at;
        let at = match (self.at, own) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Deadline { at, ..self.clone() }
    }

    /// One of `divisor` equal parts of the time that is left. Looks and steps are not divided.
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
        let (left, own) = (self.at.map(|_| self.time_left()), self.clone());
        move || Deadline { at: left.and_then(|left| Deadline::after(left).at), ..own.clone() }
    }

    /// Whether the time is up, or the steps are taken. This is one look.
    pub fn is_reached(&self) -> bool {
        let looked = |looks: &Arc<AtomicU64>| {
            looks
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_err()
        };
        self.looks.as_ref().is_some_and(looked)
            || self.steps_left() == Some(0)
            || self.at.is_some_and(|at| Instant::now() >= at)
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

    #[test]
    fn steps_count_for_a_part_and_for_the_whole() {
        let whole = Deadline::never().within_steps(10);
        let part = whole.within_steps(6);
        part.count(5);
        assert!(!part.is_reached() && !part.clone().is_reached() && !whole.is_reached());
        part.clone().count(1);
        assert!(part.is_reached() && part.left().is_zero() && !whole.is_reached());
        let other = whole.within_steps(1000).within(Duration::from_secs(1000));
        other.count(4);
        assert!(other.is_reached() && whole.is_reached() && part.part(3).is_reached());
        Deadline::never().count(7);
        assert!(!Deadline::never().is_reached());
    }
}
