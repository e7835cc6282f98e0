//! What is remembered of policies, by a catalogue that was asked about them.

use crate::policy::Policy;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Weak};

/// Names that the catalogue does not know.
#[derive(Debug, Clone, Default)]
pub struct NotListed {
    /// Prefixes of services.
    pub services: BTreeSet<String>,
    /// Actions of services that it knows, without wildcards.
    pub actions: BTreeSet<String>,
}

/// What is known of policies, by where they are in memory. A batch asks about the same ones many
/// times.
#[derive(Debug, Default)]
pub(super) struct Remembered(pub HashMap<usize, (Weak<Policy>, Arc<NotListed>)>);
