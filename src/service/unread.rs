//! What of a side could not be read: nobody is taken to be without it.

use keyaki_iam::finding::Finding;
use keyaki_questions::unknown::Unknown;
use keyaki_templates::{Document, Template};
use std::collections::{BTreeMap, BTreeSet};

/// What could not be read, and who has what: where a policy is missing since it could not be read,
/// nothing is said of those that have it.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// The address of each, a resource, a policy or a file; and the place of what is wrong.
    broken: Vec<(String, String)>,
    /// The addresses of what principals have: policies, and groups.
    has: BTreeMap<String, BTreeSet<String>>,
}

impl Unread {
    /// Something is wrong with what has this address, or all of a file; the empty text is all that
    /// there is.
    pub fn note(&mut self, address: String, findings: &[Finding]) {
        let place = findings.first().map(|found| {
            let place = found.source.place(found.span);
            format!("{}:{}", place.file, place.start.line)
        });
        self.broken.push((address, place.unwrap_or_default()));
    }

    /// A template whose addresses begin with `start`: what of it could not be read, and who has
    /// which of its policies.
    pub fn template(&mut self, template: &Template, start: &str) {
        for found in template.findings.iter().filter(|found| found.is_error()) {
            let resource = found.route.strip_prefix("Resources.").unwrap_or(&found.route);
            let address = format!("{start}{resource}");
            let address = address.strip_suffix('#').unwrap_or(&address).to_owned();
            self.note(address, std::slice::from_ref(found));
        }
        let mut has = |who: &str, what: &str| {
            let parts = self.has.entry(format!("{start}{who}")).or_default();
            parts.insert(format!("{start}{what}"));
        };
        for Document { address, holders, .. } in &template.documents {
            holders.iter().for_each(|holder| has(&holder.address, address));
        }
        for one in &template.attachments {
            has(&one.holder.address, &one.policy);
        }
        for one in &template.memberships {
            has(&one.user.address, &one.group.address);
        }
    }

    /// Why nothing can be said of what has this address, which is so on one of two sides at least;
    /// `both` says that something of that address was read on each. That is enough for a policy, and
    /// not for who has several.
    pub fn of(sides: [&Self; 2], address: &str, both: bool) -> Option<Unknown> {
        let has_several = || sides.iter().any(|side| side.is_of_who(address));
        if sides.iter().all(|side| side.broken.is_empty()) || both && !has_several() {
            return None;
        }
        let parts = |of: &str| -> BTreeSet<String> {
            let all = sides.iter().flat_map(|side| &side.has);
            all.filter(|(who, _)| is_within(of, who)).flat_map(|(_, what)| what).cloned().collect()
        };
        let own = parts(address);
        let of_groups: Vec<String> = own.iter().flat_map(|group| parts(group)).collect();
        let all = || own.iter().chain(&of_groups).map(String::as_str).chain([address]);
        let mut broken = sides.iter().flat_map(|side| &side.broken);
        let (_, place) = broken.find(|(what, _)| all().any(|part| is_within(part, what)))?;
        let what = format!("what `{address}` has: a policy cannot be read");
        Some(Unknown::SideSaysNothing { side: place.clone(), what })
    }

    /// Whether the address is that of a principal, perhaps under what is assumed.
    fn is_of_who(&self, address: &str) -> bool {
        self.has.keys().any(|who| {
            let rest = address.strip_prefix(who.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        })
    }
}

/// Whether an address is another one, or one of a part of it.
fn is_within(address: &str, other: &str) -> bool {
    let rest = address.strip_prefix(other);
    other.is_empty()
        || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '#']))
}
