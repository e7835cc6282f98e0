//! The resources that actions are about, in the words of the catalogue.

use super::matching;
use keyaki_iam::catalogue::{Catalogue, CatalogueError};
use keyaki_iam::policy::{ActionElement, ActionPattern};
use std::collections::BTreeSet;

/// How many formats are told.
const SHOWN: usize = 3;

/// What the actions of a statement are about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Targets {
    /// The formats of the ARNs: those that are most like the text that was given.
    formats: BTreeSet<String>,
    /// Whether there are others that are less like the text.
    others: bool,
    /// Whether some of the actions may be authorized on `*`.
    pub(crate) star: bool,
}

impl Targets {
    /// What the actions are about that the element lists: nothing is known of those that it leaves
    /// out. `text` is the ARN that was written.
    ///
    /// # Errors
    /// When the catalogue is damaged there.
    pub(crate) fn of(
        catalogue: &Catalogue,
        element: &ActionElement,
        text: &str,
    ) -> Result<Self, CatalogueError> {
        let patterns: &[ActionPattern] = if element.negated { &[] } else { &element.patterns };
        let mut targets = Self::default();
        for pattern in patterns {
            for (service, action) in matching(catalogue, pattern)? {
                targets.star |= !action.needs_resource();
                let types = service.resources_of(action).flat_map(|(_, resource)| &resource.arns);
                targets.formats.extend(types.map(|format| format.as_str().to_owned()));
            }
        }
        if targets.formats.iter().any(|format| of_one_type(format, text)) {
            targets.formats.retain(|format| of_one_type(format, text));
        }
        if targets.formats.iter().any(|format| of_one_form(format, text)) {
            let all = targets.formats.len();
            targets.formats.retain(|format| of_one_form(format, text));
            targets.others = targets.formats.len() < all;
        }
        Ok(targets)
    }

    /// The formats, in backticks; `None` where there are none.
    pub(crate) fn words(&self) -> Option<String> {
        let more = if self.others || self.formats.len() > SHOWN { ", and others" } else { "" };
        let shown: Vec<String> =
            self.formats.iter().take(SHOWN).map(|format| format!("`{format}`")).collect();
        (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
    }
}

/// Whether a format and an ARN name the same service and the same type of resource.
fn of_one_type(format: &str, text: &str) -> bool {
    let head = |text: &str| -> Option<(String, String)> {
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let [_, _, service, _, _, last] = fields.as_slice() else { return None };
        Some(((*service).to_owned(), last.split(['/', ':']).next().unwrap_or_default().to_owned()))
    };
    head(format) == head(text)
}

/// Whether a format and an ARN are of one service, and have a Region and an account or have none.
fn of_one_form(format: &str, text: &str) -> bool {
    let form = |text: &str| -> Option<(String, bool, bool)> {
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let [_, _, service, region, account, _] = fields.as_slice() else { return None };
        Some(((*service).to_owned(), region.is_empty(), account.is_empty()))
    };
    form(format) == form(text)
}
