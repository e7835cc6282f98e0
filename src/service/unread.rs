//! What of a side could not be read: nobody is taken to be without it.

use keyaki_iam::source::{Source, Span};
use keyaki_questions::unknown::Unknown;
use keyaki_templates::{Document, Template, is_variant, is_within};
use std::collections::{BTreeMap, BTreeSet};

/// What could not be read, and who has what: where a policy is missing since it could not be read,
/// nothing is said of those that have it.
#[derive(Debug, Default)]
pub(super) struct Unread {
    broken: Vec<Broken>,
    /// The addresses of what principals have: policies, and groups.
    has: BTreeMap<String, BTreeSet<String>>,
}

/// Something that could not be read.
#[derive(Debug)]
struct Broken {
    /// Its address, a resource, a policy or a file; the empty text is all that there is.
    address: String,
    /// What the addresses of principals begin with that may have it, where some may.
    others: Option<String>,
    /// Whether it may be anything with such an address.
    anything: bool,
    /// The file and the line of what is wrong.
    place: String,
}

impl Unread {
    /// A policy or a file could not be read; where it is known, for what stands there.
    pub fn note(&mut self, address: &str, at: Option<(&Source, Span)>) {
        let place = at.map_or_else(|| address.to_owned(), |(source, span)| shown(source, span));
        self.broken.push(Broken {
            address: address.to_owned(),
            others: None,
            anything: false,
            place,
        });
    }

    /// A file could not be read that is all of the side.
    pub fn note_everything(&mut self, file: &str) {
        let (address, place) = (String::new(), file.to_owned());
        self.broken.push(Broken { address, others: None, anything: false, place });
    }

    /// A template whose addresses begin with `start`: what of it could not be read, and who has
    /// which of its policies.
    pub fn template(&mut self, template: &Template, start: &str) {
        for one in &template.unread {
            // The file as a whole is called as it is, without what its addresses begin with.
            let address = match one.address.as_str() {
                "" => start.strip_suffix('#').unwrap_or(start).to_owned(),
                address => format!("{start}{address}"),
            };
            let others = one.of_others.then(|| start.to_owned());
            let (anything, place) = (one.anything, shown(&one.source, one.span));
            self.broken.push(Broken { address, others, anything, place });
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

    /// Gives what was moved other addresses.
    pub fn follow(&mut self, name: &dyn Fn(String) -> String) {
        for one in &mut self.broken {
            one.address = name(std::mem::take(&mut one.address));
        }
        let all = std::mem::take(&mut self.has).into_iter();
        let parts = |all: BTreeSet<String>| all.into_iter().map(name).collect();
        self.has = all.map(|(who, all)| (name(who), parts(all))).collect();
    }

    /// The addresses of what could not be read, and where that is.
    pub fn broken(&self) -> impl Iterator<Item = (&str, &str)> {
        self.broken.iter().map(|one| (one.address.as_str(), one.place.as_str()))
    }

    /// Why nothing can be said of what has this address, which is so on one of two sides at least;
    /// `both` says that something of that address was read on each. That is enough for a policy, and
    /// not for who has several.
    pub fn of(sides: [&Self; 2], address: &str, both: bool) -> Option<Unknown> {
        if sides.iter().all(|side| side.broken.is_empty()) {
            return None;
        }
        // What is gone may be in what makes resources.
        let may_be = |one: &&Broken| {
            one.anything && one.others.as_ref().is_some_and(|start| address.starts_with(start))
        };
        let hidden = sides.iter().flat_map(|side| &side.broken).find(may_be).filter(|_| !both);
        if let Some(Broken { place, .. }) = hidden {
            let what = format!("whether `{address}` is there: what makes resources is not read");
            return Some(Unknown::SideSaysNothing { side: place.clone(), what });
        }
        let is_who = sides.iter().any(|side| side.is_of_who(address));
        if both && !is_who {
            return None;
        }
        let parts = |of: &str| -> BTreeSet<String> {
            let all = sides.iter().flat_map(|side| &side.has);
            all.filter(|(who, _)| is_within(of, who)).flat_map(|(_, what)| what).cloned().collect()
        };
        let own = parts(address);
        let of_groups: Vec<String> = own.iter().flat_map(|group| parts(group)).collect();
        let all = || own.iter().chain(&of_groups).map(String::as_str).chain([address]);
        let lacks = |one: &&Broken| {
            let may_have = one.others.as_ref().is_some_and(|start| address.starts_with(start));
            all().any(|part| is_in(part, &one.address))
                || is_who && may_have && !sides.iter().any(|side| side.tells_who_has(&one.address))
        };
        let Broken { place, .. } = sides.iter().flat_map(|side| &side.broken).find(lacks)?;
        let what = format!("what `{address}` has: a policy cannot be read");
        Some(Unknown::SideSaysNothing { side: place.clone(), what })
    }

    /// Whether the address is that of a principal, perhaps under what is assumed.
    fn is_of_who(&self, address: &str) -> bool {
        self.has.keys().any(|who| is_variant(address, who))
    }

    /// Whether somebody is known to have what stands at an address.
    fn tells_who_has(&self, address: &str) -> bool {
        self.has.values().flatten().any(|what| is_in(what, address))
    }
}

fn shown(source: &Source, span: Span) -> String {
    let place = source.place(span);
    format!("{}:{}", place.file, place.start.line)
}

/// Whether an address is in what could not be read; the empty text is all that there is.
fn is_in(address: &str, broken: &str) -> bool {
    broken.is_empty() || is_within(address, broken)
}
