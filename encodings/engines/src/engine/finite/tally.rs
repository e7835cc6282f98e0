//! Counting the work.

use super::super::Work;
use std::time::Duration;

/// The work of one question, or of several.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Comparisons that were told apart.
    pub atoms: u64,
    /// Propositional models that theories looked at: classes of values.
    pub models: u64,
    /// Clauses that theories gave.
    pub conflicts: u64,
    /// Models that the exact meaning of a function or a glob refused.
    pub refinements: u64,
    /// Making clauses of formulas.
    pub reading: Duration,
    pub propositional: Duration,
    pub theories: Duration,
}

impl Tally {
    pub fn add(&mut self, other: &Tally) {
        self.atoms += other.atoms;
        self.models += other.models;
        self.conflicts += other.conflicts;
        self.refinements += other.refinements;
        self.reading += other.reading;
        self.propositional += other.propositional;
        self.theories += other.theories;
    }

    pub fn work(&self) -> Work {
        Work {
            counts: vec![
                ("atoms", self.atoms),
                ("classes looked at", self.models),
                ("conflicts", self.conflicts),
                ("rounds of refinement", self.refinements),
            ],
            times: vec![
                ("making clauses", self.reading),
                ("propositional search", self.propositional),
                ("theories", self.theories),
            ],
        }
    }
}
