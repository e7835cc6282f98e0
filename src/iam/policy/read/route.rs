//! Routes: the way from the top of a document to a value.

use std::borrow::Cow;
use std::fmt;

/// In characters.
const LONGEST_NAME: usize = 200;

/// A route, for example `Statement[2].Condition.StringLike`, as a chain that borrows from its
/// parent; written out only for a finding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route<'a> {
    parent: Option<&'a Route<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Index(usize),
}

impl<'a> Route<'a> {
    /// A route that begins with a text, possibly empty.
    pub(crate) fn root(text: &'a str) -> Self {
        Self { parent: None, step: Step::Member(text) }
    }

    /// The route to a member of the object here.
    pub(crate) fn member(&'a self, name: &'a str) -> Route<'a> {
        Route { parent: Some(self), step: Step::Member(name) }
    }

    /// The route to an entry of the list here, counted from 0.
    pub(crate) fn index(&'a self, index: usize) -> Route<'a> {
        Route { parent: Some(self), step: Step::Index(index) }
    }

    /// The last name on the way: the element that an entry of a list belongs to.
    pub(crate) fn element(&self) -> &'a str {
        match (self.step, self.parent) {
            (Step::Member(name), _) => name,
            (Step::Index(_), Some(parent)) => parent.element(),
            (Step::Index(_), None) => "",
        }
    }

    fn is_empty(&self) -> bool {
        self.parent.is_none() && matches!(self.step, Step::Member(""))
    }
}

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            if matches!(self.step, Step::Member(_)) && !parent.is_empty() {
                f.write_str(".")?;
            }
        }
        match self.step {
            Step::Member(name) => f.write_str(&shortened(name)),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A name that nobody would read to its end, cut: a route is written for each finding below it.
fn shortened(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default()).into(),
        None => name.into(),
    }
}
