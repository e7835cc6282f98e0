//! Batches: one question a line, one answer a line, in order.

use super::in_order::in_order;
use super::{Line, Lines, Says, Service, Told};
use std::io;

impl Service<'_> {
    /// Answers the lines of a text of that name, on all threads, and tells each answer as soon as
    /// it and those before it are known. The second argument of `tell` says whether the next one is
    /// known already. Returns what all lines say together.
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
        let answer = |line: Line| self.answer_line(lines, name, line);
        told(texts, self.threads, &answer, tell)
    }
}

/// As [`Service::tell_lines`], whoever answers.
pub(super) fn told<E>(
    texts: impl Iterator<Item = io::Result<Line>> + Send + 'static,
    threads: usize,
    answer: &(dyn Fn(Line) -> Told + Sync),
    mut tell: impl FnMut(io::Result<Told>, bool) -> Result<(), E>,
) -> Result<Says, E> {
    let answered = |line: io::Result<Line>| line.map(answer);
    let mut says = Says::Nothing;
    in_order(texts, threads, &answered, |told, more| {
        says = told.iter().map(|told| told.says).fold(says, Says::max);
        tell(told, more)
    })?;
    Ok(says)
}
