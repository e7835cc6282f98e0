//! What becomes of findings: whether they count, are waived, or were known before.

/// What becomes of something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It counts: the run found something.
    Counts,
    /// It is told, and does not count.
    Told,
    /// The project's file waives it.
    Waived(Accepted),
    /// It is in the baseline.
    Known,
}

/// The waiver that accepts a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is, as YYYY-MM-DD.
    pub expires: Option<String>,
    /// The project's file.
    pub file: String,
    /// The line there, from 1.
    pub line: usize,
}

/// Findings that are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// How many are waived.
    pub waived: usize,
    /// How many are in the baseline.
    pub known: usize,
}

impl Left {
    /// One more, if that is its fate.
    pub fn add(&mut self, fate: &Fate) {
        match fate {
            Fate::Waived(_) => self.waived += 1,
            Fate::Known => self.known += 1,
            Fate::Counts | Fate::Told => {}
        }
    }

    /// What is added to a summary.
    pub(super) fn words(self) -> String {
        let rows = [(self.waived, "waived"), (self.known, "in the baseline")];
        let rows = rows.into_iter().filter(|(count, _)| *count > 0);
        rows.map(|(count, what)| format!(", {count} {what}")).collect()
    }
}
