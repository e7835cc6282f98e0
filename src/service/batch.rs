//! Batches: one question a line, one answer a line, in order.

use super::in_order::in_order;
use super::{Line, Lines, Says, Service, Told, What};
use std::io;

/// What the lines of a batch say together.
struct Tally {
    /// Whether a line that cannot be read counts only where no line has an answer.
    lenient: bool,
    says: Says,
    answered: bool,
}

impl Tally {
    fn count(&mut self, told: &Told) {
        self.says = self.says.max(told.says);
        self.answered |= !matches!(told.says, Says::Unreadable | Says::Internal);
    }

    fn says(&self) -> Says {
        if self.says == Says::Unreadable && self.lenient && self.answered {
            Says::Nothing
        } else {
            self.says
        }
    }
}

impl Service<'_> {
    /// Answers the lines of a text of that name, on all threads, and tells each answer as soon as
    /// it and those before it are known. The second argument of `tell` says whether the next one is
    /// known already. Returns what all lines say together: a line that cannot be read counts unless
    /// something was found or is unknown; where requests are evaluated, only where no line at all
    /// has an answer.
    ///
    /// # Errors
    /// The first error of `tell`, which gets what kept a line from being had, too.
    pub fn tell_lines<E>(
        &self,
        lines: &Lines,
        name: &str,
        texts: impl Iterator<Item = io::Result<Line>> + Send + 'static,
        tell: impl FnMut(io::Result<Told>, bool) -> Result<(), E>,
    ) -> Result<Says, E> {
        let lenient = matches!(lines.what, What::Eval);
        let answer = |line: Line| self.answer_line(lines, name, line);
        told(texts, self.threads, lenient, &answer, tell)
    }
}

/// As [`Service::tell_lines`], whoever answers.
pub(super) fn told<E>(
    texts: impl Iterator<Item = io::Result<Line>> + Send + 'static,
    threads: usize,
    lenient: bool,
    answer: &(dyn Fn(Line) -> Told + Sync),
    mut tell: impl FnMut(io::Result<Told>, bool) -> Result<(), E>,
) -> Result<Says, E> {
    let answered = |line: io::Result<Line>| line.map(answer);
    let mut tally = Tally { lenient, says: Says::Nothing, answered: false };
    in_order(texts, threads, &answered, |told, more| {
        told.iter().for_each(|told| tally.count(told));
        tell(told, more)
    })?;
    Ok(tally.says())
}
