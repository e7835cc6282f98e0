//! Statements that documents share: each is read once, and stands in many places.

use super::{ActionElement, ActionPattern, Statement};
use crate::source::Span;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Weak};

/// A statement where it stands in a document. A clone shares the statement until it is changed.
#[derive(Debug, Clone)]
pub struct Stated {
    /// What stands there. Its places count from where it begins: it is the same wherever it stands.
    statement: Arc<Statement>,
    /// Where it begins.
    start: usize,
}

impl Stated {
    /// A statement whose places count from there.
    pub(crate) fn at(statement: Arc<Statement>, start: usize) -> Self {
        Self { statement, start }
    }

    /// Counts its place from this offset of its document on.
    pub(super) fn count_from(&mut self, start: usize) {
        self.start = self.start.saturating_sub(start);
    }

    /// Where a part of the statement stands in the document.
    pub fn place(&self, part: Span) -> Span {
        part.after(self.start)
    }

    /// For whoever remembers something of the statement as long as it is there.
    pub(crate) fn downgrade(&self) -> Weak<Statement> {
        Arc::downgrade(&self.statement)
    }

    /// The same for those that share one statement: what was read once.
    pub fn address(&self) -> usize {
        Arc::as_ptr(&self.statement).addr()
    }

    /// The statement with these entries of its `Action`, in their order; `None` where there are none.
    #[must_use]
    pub fn with_entries<'p>(
        &self,
        entries: impl Iterator<Item = &'p ActionPattern> + Clone,
    ) -> Option<Self> {
        match entries.clone().count() {
            0 => None,
            // Most statements keep all of theirs.
            count if count == self.action.patterns.len() => Some(self.clone()),
            _ => {
                let action = ActionElement { negated: false, patterns: entries.cloned().collect() };
                let statement = Arc::new(self.with_action(action));
                Some(Self { statement, start: self.start })
            }
        }
    }

    /// The statement, with places that count as those of the document do.
    pub fn into_statement(self) -> Statement {
        let Self { statement, start } = self;
        let mut statement = Arc::unwrap_or_clone(statement);
        statement.spans_mut().for_each(|span| *span = span.after(start));
        statement
    }
}

impl From<Statement> for Stated {
    fn from(statement: Statement) -> Self {
        Self { statement: statement.into(), start: 0 }
    }
}

impl Deref for Stated {
    type Target = Statement;

    fn deref(&self) -> &Statement {
        &self.statement
    }
}

impl DerefMut for Stated {
    /// The statement, to change it: a copy of its own where others share it.
    fn deref_mut(&mut self) -> &mut Statement {
        Arc::make_mut(&mut self.statement)
    }
}
