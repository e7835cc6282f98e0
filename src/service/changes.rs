//! What is not the same on the sides of a review.

use super::alone::{gone, sets};
use super::pair::{Pair, is_compared_otherwise, is_same, not_compared, side_of};
use super::sides::{Side, Thing, Things};
use super::unread::Unread;
use super::worlds::{MOST_ASSUMPTIONS, Values, is_there, worlds};
use super::{Change, Revision, Versions};
use keyaki_iam::caveat::Caveat;
use keyaki_iam::finding::{Finding, Level, codes};
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::parameter::{Clash, Forms, Parameter};
use keyaki_iam::policy::{Effect, Kind, print};
use keyaki_iam::source::{Source, Span};
use keyaki_questions::unknown::Unknown;
use keyaki_templates::{Settings, is_of_mapping, is_within, under};
use std::collections::{BTreeMap, BTreeSet};

/// What is not the same on both sides, in the order of the addresses, and how much is.
pub fn changes(
    old: &mut Side,
    new: &mut Side,
    not_principal: NotPrincipalReading,
) -> (Vec<Change>, usize) {
    old.follow(&new.moved_since(old));
    let renamed = renamed(&old.things, &new.things);
    // All of a group are told by the first of the new side.
    let moved = |key: &Key| {
        let mut groups = renamed.iter();
        groups
            .any(|(first, sides)| **first != *key && sides.iter().flatten().any(|it| **it == *key))
    };
    let keys: BTreeSet<&Key> = old.things.keys().chain(new.things.keys()).collect();
    let (mut found, mut wrong) = (Differences::default(), Vec::new());
    for key in keys.into_iter().filter(|key| !moved(key)) {
        let things = |side: &'_ Side, keys: &[&Key]| -> Vec<Thing> {
            let all = keys.iter().flat_map(|key| [side.things.get(*key), side.held.get(*key)]);
            all.flatten().flatten().cloned().collect()
        };
        let mut both = match renamed.get(key) {
            Some([was, is]) => [things(old, was), things(new, is)],
            None => [things(old, &[key]), things(new, &[key])],
        };
        one_form(&mut both);
        let compare = Compare { sides: [&*old, &*new], not_principal };
        wrong.extend(compare.thing(key, &both, &mut found));
    }
    of_settings(old, new, &mut found);
    new.wrong.extend(wrong);
    (found.changes, found.unchanged)
}

/// The kind of a change of something that is no policy.
pub(super) const SETTING: &str = "setting";

/// The address and the kind of a thing.
type Key = (String, Kind);

/// Policies of resources that have other addresses on the new side and are attached to the same: by
/// the first key of the new side, the keys of both. What a resource says of itself is told by the place
/// where it says so.
fn renamed<'k>(old: &'k Things, new: &'k Things) -> BTreeMap<&'k Key, [Vec<&'k Key>; 2]> {
    type Groups<'k> = BTreeMap<(Kind, BTreeSet<&'k str>), Vec<&'k Key>>;
    let lone = |side: &'k Things, other: &'k Things| {
        let mut of = Groups::new();
        for (key, things) in side.iter().filter(|(key, _)| !other.contains_key(*key)) {
            let holders: BTreeSet<&str> =
                things.iter().flat_map(|one| &one.holders).map(String::as_str).collect();
            if key.1 != Kind::Identity && !holders.is_empty() {
                of.entry((key.1, holders)).or_default().push(key);
            }
        }
        of
    };
    let mut was = lone(old, new);
    let is = lone(new, old).into_iter();
    // Two of its own are two: that of a table, and that of its stream.
    let own = |holders: &BTreeSet<&str>, keys: &[&Key]| {
        keys.iter().all(|key| holders.iter().any(|holder| is_within(&key.0, holder)))
    };
    let pairs = is.filter_map(|(of, keys)| {
        let before = was.remove(&of)?;
        let both = own(&of.1, &before) && own(&of.1, &keys);
        let first = *keys.first().filter(|_| !both)?;
        Some((first, [before, keys]))
    });
    pairs.collect()
}

/// What differs, and how much does not.
#[derive(Default)]
struct Differences {
    changes: Vec<Change>,
    unchanged: usize,
}

/// Two sides that are compared.
struct Compare<'s> {
    sides: [&'s Side; 2],
    not_principal: NotPrincipalReading,
}

impl Compare<'_> {
    /// Something, under each combination of what either side assumes; what is wrong with it.
    fn thing(
        &self,
        (address, kind): &Key,
        both: &[Vec<Thing>; 2],
        found: &mut Differences,
    ) -> Vec<Vec<Finding>> {
        let all = || both.iter().flatten();
        let assumed = all().flat_map(|thing| &thing.assumed);
        let values = values(both);
        let others = other_values(both);
        let otherwise = is_compared_otherwise(address, both);
        // What cannot be on one side may be on the other.
        let (worlds, unknown) = match (otherwise, worlds(assumed, &values)) {
            (Some(unknown), _) => (vec![Vec::new()], Some(unknown)),
            (None, Some(worlds)) => (worlds, None),
            (None, None) => {
                let what = format!(
                    "what `{address}` allows: it depends on more than {MOST_ASSUMPTIONS} conditions that are not known; give values with `--parameter`"
                );
                let placed = all().find(|thing| thing.place.is_some());
                let side = placed.map(|thing| side_of(thing, address));
                let side = side.unwrap_or_else(|| address.clone());
                (vec![Vec::new()], Some(Unknown::SideSaysNothing { side, what }))
            }
        };
        let mut wrong = Vec::new();
        for world in worlds {
            let [was, is] = both.each_ref().map(|side| {
                let there = |thing: &&Thing| unknown.is_some() || is_there(&thing.assumed, &world);
                let mut all = side.iter().filter(there).cloned();
                let mut thing = all.next()?;
                all.for_each(|other| thing.take(other));
                Some(if world.is_empty() { thing } else { thing.under(&world) })
            });
            // Several things on the same resource are told each by its own address.
            let own = is.as_ref().or(was.as_ref()).map(|thing| thing.address.as_str());
            let own = own.filter(|own| !own.is_empty()).unwrap_or(address);
            let address = format!("{own}{}", under(&world));
            let unknown = unknown.clone();
            let (address, kind) = (address.as_str(), *kind);
            let pair = Pair { address, kind, was: was.as_ref(), is: is.as_ref() };
            wrong.extend(self.change(pair, unknown, &others, found));
        }
        wrong
    }

    /// Something where all that is assumed holds.
    fn change(
        &self,
        pair: Pair<'_>,
        unknown: Option<Unknown>,
        others: &[String],
        found: &mut Differences,
    ) -> Option<Vec<Finding>> {
        let Pair { address, kind, was, is } = pair;
        let untold =
            |thing: Option<&Thing>| thing.map(|one| one.untold.clone()).unwrap_or_default();
        let (of_old, of_new) = (untold(was), untold(is));
        let shared: BTreeSet<String> = of_old.intersection(&of_new).cloned().collect();
        let untold: Vec<String> = of_old.symmetric_difference(&of_new).cloned().collect();
        let unread = [&self.sides[0].unread, &self.sides[1].unread];
        let is_gone = self.is_gone(pair);
        let unknown = unknown
            .or_else(|| Unread::of(unread, address, was.is_some() && is.is_some()))
            .or_else(|| not_compared(pair).filter(|_| !is_gone))
            .or_else(|| self.was_open(pair))
            .or_else(|| self.is_allowed_elsewhere(pair))
            .or_else(|| self.has_other_trust(pair))
            .or_else(|| self.stays(pair))
            .or_else(|| self.is_hidden(pair));
        let has_nothing = |thing: &Thing| thing.all().next().is_none() && thing.untold.is_empty();
        let nobody = was.xor(is).is_some_and(has_nothing);
        let revision = match (was, is) {
            (None, None) => return None,
            (_, _) if nobody && unknown.is_none() => return None,
            (None, Some(_)) => Revision::Added,
            (Some(_), None) => Revision::Removed,
            (Some(was), Some(is))
                if unknown.is_none()
                    && untold.is_empty()
                    && others.is_empty()
                    && is_same(was, is) =>
            {
                found.unchanged += 1;
                return None;
            }
            (Some(_), Some(_)) => Revision::Changed,
        };
        let versions = match unknown {
            Some(unknown) => Versions::Nothing(unknown),
            None => {
                let mut sets = match was {
                    Some(was) if is_gone => vec![gone(kind, was, self.not_principal)],
                    Some(_) | None => sets(kind, [was, is], self.not_principal),
                };
                // Whoever is the same on both sides, or there on one of them alone.
                let mut who = [was, is].into_iter().flatten().map(|thing| &thing.callers);
                if let Some(Some(first)) = who.next()
                    && who.all(|other| other.as_ref() == Some(first))
                {
                    sets.iter_mut().for_each(|one| one.callers = Some(first.clone()));
                }
                if !shared.is_empty() {
                    let caveat = Caveat::AttachedUnknown { names: shared };
                    sets.iter_mut().for_each(|one| one.caveats.push(caveat.clone()));
                }
                if let Some(clash) = sets.iter().find_map(|sets| clash(&sets.old, &sets.new)) {
                    let policies = [is, was].into_iter().flatten().flat_map(|one| &one.policies);
                    let source = policies.filter_map(|named| named.source.clone()).next();
                    return Some(refused(&clash, address, source));
                }
                Versions::Sets(sets)
            }
        };
        let place = |thing: Option<&Thing>| thing.and_then(|thing| thing.place.clone());
        let place = place(is).or_else(|| place(was));
        found.changes.push(Change {
            address: address.to_owned(),
            kind: kind.word(),
            revision,
            versions,
            place: place.map(|(source, span)| source.place(span)),
            untold,
            other_values: others.to_vec(),
        });
        None
    }

    /// Why nothing can be said of who may assume a role that SAM makes, where the file says so no more:
    /// SAM says so then.
    fn has_other_trust(&self, pair: Pair<'_>) -> Option<Unknown> {
        let Pair { address, kind: Kind::Trust, was: Some(was), is: None } = pair else {
            return None;
        };
        let [_, new] = self.sides;
        let makes_role = |(resource, kind): (&String, &String)| {
            kind.starts_with("AWS::Serverless::") && is_within(&was.address, resource)
        };
        let there = new.resources.iter().any(makes_role);
        let what = format!("who may assume the role where `{address}` is not there");
        there.then(|| Unknown::SideSaysNothing { side: side_of(was, address), what })
    }

    /// Whether what a policy is attached to is gone with it. What is new and of the same type may be the
    /// same by its name.
    fn is_gone(&self, pair: Pair<'_>) -> bool {
        let Pair { kind: Kind::Resource | Kind::Endpoint, was: Some(was), is: None, .. } = pair
        else {
            return false;
        };
        let [old, new] = self.sides;
        let gone = |holder: &String| {
            let Some(kind) = old.resources.get(holder) else { return false };
            let is_new = |(address, other): (&String, &String)| {
                family(other) == family(kind) && !old.resources.contains_key(address)
            };
            let stays = old.retained.get(holder).is_some_and(|kept| kept.deleted);
            !stays && !new.resources.contains_key(holder) && !new.resources.iter().any(is_new)
        };
        !was.holders.is_empty() && was.holders.iter().all(gone)
    }

    /// Why nothing can be said of what had a policy that stays when its resource is taken out of the
    /// file. On a resource another policy takes its place.
    fn stays(&self, pair: Pair<'_>) -> Option<Unknown> {
        let Pair { address, was: Some(was), is, .. } = pair else { return None };
        let [old, new] = self.sides;
        let replaced = is.is_some_and(|is| !is.holders.is_empty());
        let gone = |resource: &String| {
            let kept = old.retained.get(resource);
            kept.is_some_and(|kept| kept.deleted) && !new.resources.contains_key(resource)
        };
        // Another one with the same policies may come in its place, and it stays beside that.
        let other = |resource: &String| {
            let of = |side: &Side| side.retained.get(resource).and_then(|it| it.replaced.clone());
            new.resources.contains_key(resource) && of(old) != of(new)
        };
        let own = new.retained.keys().filter(|resource| is_within(&was.address, resource));
        let mut all = was.kept.iter().chain(is.iter().flat_map(|is| &is.kept)).chain(own);
        let same = is.is_some_and(|is| is_same(was, is));
        let what = if !replaced && was.kept.iter().any(gone) {
            format!("whether all of `{address}` is gone: it stays when the stack lets go of it")
        } else if !same && all.any(other) {
            format!(
                "whether all of `{address}` is gone: it stays when AWS makes another one in its place"
            )
        } else {
            return None;
        };
        Some(Unknown::SideSaysNothing { side: side_of(was, address), what })
    }

    /// Why nothing can be said of a policy of a resource that is gone: another one that is new cannot
    /// be read, and may be in its place.
    fn is_hidden(&self, pair: Pair<'_>) -> Option<Unknown> {
        let Pair { address, was: Some(was), is: None, .. } = pair else { return None };
        let [old, new] = self.sides;
        let is_new = |broken: &str| !old.things.keys().any(|(known, _)| is_within(known, broken));
        let side = new.unread.broken().find(|(broken, _)| is_new(broken))?.1;
        let what = format!("whether something is in the place of `{address}`: it cannot be read");
        (!was.holders.is_empty()).then(|| Unknown::SideSaysNothing { side: side.to_owned(), what })
    }

    /// Why nothing can be said of what a policy of an organization allows: of those of one target, what any
    /// allows is allowed.
    fn is_allowed_elsewhere(&self, pair: Pair<'_>) -> Option<Unknown> {
        let allows = |thing: Option<&Thing>| -> Vec<String> {
            let own = thing.into_iter().flat_map(Thing::all).map(|named| &named.policy.statements);
            own.flatten()
                .filter(|one| one.effect == Effect::Allow)
                .map(|one| print::statement(one).to_string())
                .collect()
        };
        if pair.kind != Kind::Scp || allows(pair.was) == allows(pair.is) {
            return None;
        }
        let holders: BTreeSet<&String> =
            [pair.was, pair.is].into_iter().flatten().flat_map(|one| &one.holders).collect();
        let shares = |((address, kind), things): (&Key, &Vec<Thing>)| {
            let other = *kind == Kind::Scp && !is_within(pair.address, address);
            other && things.iter().any(|it| it.holders.iter().any(|one| holders.contains(one)))
        };
        let shared = self.sides.iter().any(|side| side.things.iter().any(shares));
        let side = side_of(pair.is.or(pair.was)?, pair.address);
        let what =
            format!("what `{}` and other policies of its target allow together", pair.address);
        shared.then_some(Unknown::SideSaysNothing { side, what })
    }

    /// Why nothing can be said of a policy that is new on what was there without one and open.
    fn was_open(&self, pair: Pair<'_>) -> Option<Unknown> {
        let Pair { address, kind, was: None, is: Some(is) } = pair else { return None };
        let [old, new] = self.sides;
        // What no side makes was there before, and what AWS gave it, or somebody else.
        let is_made = |holder: &String| new.resources.contains_key(holder);
        let was_there = !is.holders.is_disjoint(&old.with_defaults)
            || is.has_default && !is.holders.iter().any(is_made);
        let open = kind == Kind::Resource && was_there;
        let what = format!("what was allowed before there was `{address}`");
        open.then(|| Unknown::SideSaysNothing { side: side_of(is, address), what })
    }
}

/// The type of a resource, by which it has a name: two types may have the same ARNs.
fn family(kind: &str) -> &str {
    match kind {
        "AWS::Elasticsearch::Domain" => "AWS::OpenSearchService::Domain",
        "aws_elasticsearch_domain" => "aws_opensearch_domain",
        other => other,
    }
}

/// What resources have beside policies and is not the same: nothing is known of what that gives. What
/// only limits a resource that is new, or is gone, gives nothing.
fn of_settings(old: &Side, new: &Side, found: &mut Differences) {
    let all: BTreeSet<&String> = old.settings.keys().chain(new.settings.keys()).collect();
    for address in all {
        let [was, is] = [old, new].map(|side| side.settings.get(address));
        let settings = |of: Option<&(Settings, Source)>| {
            of.map(|(settings, _)| settings.clone()).unwrap_or_default()
        };
        let (before, after) = (settings(was), settings(is));
        // What no side makes is there on both.
        let made = [old, new].iter().any(|side| side.resources.contains_key(address));
        let [was_there, is_there] =
            [old, new].map(|side| !made || side.resources.contains_key(address));
        let gives = before.grants != after.grants && is_there && !after.grants.is_empty();
        let limits = before.limits != after.limits && !before.limits.is_empty();
        let unread = before.policies != after.policies;
        // What is new and of the same type may be in its place, without what limited it.
        let replaced = || {
            let kind = old.resources.get(address);
            let is_new = |(other, of): (&String, &String)| {
                Some(of) == kind && !old.resources.contains_key(other)
            };
            let mut others =
                new.resources.iter().filter(|one| is_new(*one)).map(|(other, _)| other);
            others.any(|other| settings(new.settings.get(other)).limits != before.limits)
        };
        let there = was_there && (is_there || replaced());
        if !(gives || unread || limits && there) {
            continue;
        }
        let Some((own, source)) = is.or(was) else { continue };
        let what = format!(
            "what `{address}` gives or limits beside its policies: that has changed, and is not read"
        );
        let place = source.place(own.span);
        let unknown = Unknown::SideSaysNothing { side: place.file.clone(), what };
        found.changes.push(Change {
            address: address.clone(),
            kind: SETTING,
            revision: match made {
                true => Revision::of(was_there, is_there),
                false => Revision::of(was.is_some(), is.is_some()),
            },
            versions: Versions::Nothing(unknown),
            place: Some(place),
            untold: Vec::new(),
            other_values: Vec::new(),
        });
    }
}

/// What keeps parameters of both sides from having one value each.
fn clash(old: &Policies, new: &Policies) -> Option<Clash> {
    let mut forms = Forms::default();
    forms.note([old, new].into_iter().flat_map(Policies::all).flat_map(|one| one.policy.keys()));
    forms.clash()
}

/// Why what something has on both sides is not compared.
pub(super) fn refused(clash: &Clash, address: &str, source: Option<Source>) -> Vec<Finding> {
    vec![Finding {
        rule: codes::PLACEHOLDER_CLASH,
        level: Level::Error,
        message: format!("what `{address}` has is not compared: {clash}"),
        source: source.unwrap_or_else(|| Source::new(address, "")),
        span: Span::default(),
        route: String::new(),
        help: None,
    }]
}

/// Gives parameters of one name one form on both sides: they have one value. Those of other things may
/// be of other files.
fn one_form(both: &mut [Vec<Thing>; 2]) {
    let mut forms = Forms::default();
    let has_some =
        |named: &NamedPolicy| named.policy.keys().any(|key| Parameter::of(key).is_some());
    if !both.iter().flatten().flat_map(Thing::all).any(has_some) {
        return;
    }
    for thing in both.iter().flatten() {
        forms.note(thing.all().flat_map(|named| named.policy.keys()));
    }
    for thing in both.iter_mut().flatten() {
        for named in thing.policies.iter_mut().chain(&mut thing.boundary) {
            named.form(&|key| forms.key(key));
        }
    }
}

/// The values that parameters may have of which something is assumed, on either side. What one side does
/// not have in its policies has the values of the other one. So has what a mapping gives, where the mapping
/// has every key that may be asked for: elsewhere nobody makes a stack of the side that asks, and somebody
/// may of the other one.
fn values(both: &[Vec<Thing>; 2]) -> [Values; 2] {
    let own = both.each_ref().map(|side| {
        let mut values = Values::default();
        for thing in side {
            values.of.extend(thing.values.of.clone());
            values.tables.extend(thing.values.tables.clone());
        }
        values
    });
    let [old, new] = &own;
    let with = |side: &[Thing], own: &Values, other: &Values| {
        let unknown = |name: &String| side.iter().all(|thing| !thing.facts.contains_key(name));
        let mut values = own.clone();
        let of = other.of.iter().filter(|(name, _)| unknown(name) && !is_of_mapping(name));
        values.of.extend(of.map(|(name, of)| (name.clone(), of.clone())));
        for (name, table) in other.tables.iter().filter(|(name, _)| unknown(name)) {
            let has = |key: &String| table.default.is_some() || table.values.contains_key(key);
            if values.of.get(&table.by).is_some_and(|keys| keys.iter().all(has)) {
                values.tables.insert(name.clone(), table.clone());
                let of = other.of.get(name);
                values.of.extend(of.map(|of| (name.clone(), of.clone())));
            }
        }
        values
    };
    let [was, is] = both;
    [with(was, old, new), with(is, new, old)]
}

/// The parameters that may have other values on the new side.
fn other_values([was, is]: &[Vec<Thing>; 2]) -> Vec<String> {
    let facts = |things: &[Thing]| -> BTreeMap<String, String> {
        things.iter().flat_map(|thing| thing.facts.clone()).collect()
    };
    let (before, after) = (facts(was), facts(is));
    let other = |(name, fact): &(&String, &String)| after.get(*name).is_some_and(|it| it != *fact);
    before.iter().filter(other).map(|(name, _)| name.clone()).collect()
}
