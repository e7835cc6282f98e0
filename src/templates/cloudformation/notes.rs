//! Findings of one template, each said once.

use keyaki_iam::finding::{Finding, Level};
use keyaki_iam::source::{Source, Span};
use std::collections::BTreeSet;

/// More findings of one file are not listed.
const MOST: usize = 1_000;

/// What was found so far.
#[derive(Debug)]
pub(super) struct Notes {
    source: Source,
    /// Where the reading is: `Resources.AppRole`.
    pub(super) route: String,
    list: Vec<Finding>,
    said: BTreeSet<(usize, usize, String)>,
}

impl Notes {
    /// No findings yet.
    pub(super) fn new(source: &Source) -> Self {
        let (route, list, said) = (String::new(), Vec::new(), BTreeSet::new());
        Self { source: source.clone(), route, list, said }
    }

    /// Adds what keeps a part of the template from being read; an empty `help` is none.
    pub(super) fn error(
        &mut self,
        rule: &'static str,
        span: Span,
        message: impl Into<String>,
        help: &str,
    ) {
        self.add(rule, Level::Error, span, message.into(), help);
    }

    /// Adds what may not be meant, or is not read.
    pub(super) fn warn(
        &mut self,
        rule: &'static str,
        span: Span,
        message: impl Into<String>,
        help: &str,
    ) {
        self.add(rule, Level::Warning, span, message.into(), help);
    }

    fn add(&mut self, rule: &'static str, level: Level, span: Span, message: String, help: &str) {
        // A part may be looked at once for each document that refers to it.
        let new = self.said.insert((span.start, span.end, message.clone()));
        if !new || self.list.len() >= MOST {
            return;
        }
        let (source, route) = (self.source.clone(), self.route.clone());
        let help = Some(help.to_owned()).filter(|help| !help.is_empty());
        self.list.push(Finding { rule, level, message, source, span, route, help });
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Forgets what came after the first ones.
    pub(super) fn forget_after(&mut self, count: usize) {
        for finding in self.list.drain(count.min(self.list.len())..) {
            self.said.remove(&(finding.span.start, finding.span.end, finding.message));
        }
    }

    /// All of them, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| (finding.span.start, finding.span.end));
        self.list
    }
}
