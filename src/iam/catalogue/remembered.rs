//! What is remembered of statements, by a catalogue that was asked about them.

use crate::policy::Statement;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::Weak;

/// Names that the catalogue does not know.
#[derive(Debug, Clone, Default)]
pub struct NotListed {
    /// Prefixes of services.
    pub services: BTreeSet<String>,
    /// Actions of services that it knows, without wildcards.
    pub actions: BTreeSet<String>,
}

/// What is known of statements, by where they are in memory. A batch asks about the same ones many
/// times. No other statement gets that place while there is a weak reference to it.
#[derive(Debug, Default)]
pub(super) struct Remembered(pub FxHashMap<usize, (Weak<Statement>, NotListed)>);
