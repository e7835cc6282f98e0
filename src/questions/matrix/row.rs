//! One policy against all others.

use super::sample::{Sample, Sampled};
use super::{Containment, Effort, Library, Member, classes, cover::covers};
use crate::query::{Found, QueryError};
use crate::unknown::Unknown;
use fixedbitset::FixedBitSet;
use keyaki_iam::layers::Policies;
use keyaki_iam::partitions::Partitions;
use std::collections::BTreeMap;

/// Samples of how many actions are looked for in vain before a pair is left to an engine.
const VAIN: usize = 8;

/// One policy, and the pairs of which it is the first.
pub(super) struct Row<'a> {
    library: &'a Library<'a>,
    number: usize,
    member: &'a Member,
    /// The policies of which nothing is known yet, ascending.
    open: Vec<usize>,
    /// Actions that the policy may allow, as far as nobody found that it does not.
    live: FixedBitSet,
    /// Of these, those of which samples were looked for, by the partitions in which they were.
    tried: BTreeMap<Option<Partitions>, FixedBitSet>,
    found: Containment,
    effort: Effort,
    errors: Vec<QueryError>,
}

impl<'a> Row<'a> {
    /// What is known of the policy of that number, what it took, and the internal errors about
    /// single questions.
    pub fn decide(
        library: &'a Library<'a>,
        number: usize,
    ) -> Result<(Containment, Effort, Vec<QueryError>), QueryError> {
        let (Some(member), Some(live)) =
            (library.members.get(number), library.allowed.get(number).cloned())
        else {
            return Ok(Default::default());
        };
        let open = (0..library.members.len()).filter(|other| *other != number).collect();
        let mut row = Self {
            library,
            number,
            member,
            open,
            tried: BTreeMap::new(),
            live,
            found: Containment::default(),
            effort: Effort::default(),
            errors: Vec::new(),
        };
        row.by_actions()?;
        row.by_law();
        row.by_engine()?;
        row.found.contained_in.sort_unstable();
        Ok((row.found, row.effort, row.errors))
    }

    /// Looks for samples of actions that others do not allow at all, rare ones first.
    fn by_actions(&mut self) -> Result<(), QueryError> {
        for other in self.open.clone() {
            let mut vain = 0;
            while vain < VAIN && self.open.binary_search(&other).is_ok() {
                let Some(action) = self.rarest(other) else { break };
                if !self.try_action(action, other)? {
                    vain += 1;
                }
            }
        }
        Ok(())
    }

    /// Of the actions that this policy may allow and the other one does not, the one that the
    /// fewest policies allow.
    fn rarest(&self, other: usize) -> Option<usize> {
        let others = self.library.allowed.get(other)?;
        let tried = self.tried.get(&self.partitions(other));
        let open = self
            .live
            .difference(others)
            .filter(|action| tried.is_none_or(|tried| !tried.contains(*action)));
        open.min_by_key(|action| self.library.frequency.get(*action))
    }

    /// The partitions in which the pair with the other policy is asked.
    fn partitions(&self, other: usize) -> Option<Partitions> {
        self.library.requests_of(&[self.number, other]).world().and_then(|world| world.partitions)
    }

    /// Looks for a sample of the action, for the pair with this policy; whether it refutes
    /// something.
    fn try_action(&mut self, action: usize, other: usize) -> Result<bool, QueryError> {
        self.effort.samples += 1;
        let actions = self.live.len();
        self.tried
            .entry(self.partitions(other))
            .or_insert_with(|| FixedBitSet::with_capacity(actions))
            .insert(action);
        let before = self.open.len();
        let sampled = self.library.sample([self.number, other], self.member, action);
        match self.noted(sampled, |_| Sampled::Unknown)? {
            Sampled::Sample(sample) => self.apply(&sample),
            Sampled::Nothing => self.live.remove(action),
            Sampled::Unknown => {}
        }
        Ok(self.open.len() < before)
    }

    /// An internal error about one question is noted, and leaves what was asked unknown.
    fn noted<T>(
        &mut self,
        outcome: Result<T, QueryError>,
        unknown: impl FnOnce(Unknown) -> T,
    ) -> Result<T, QueryError> {
        match outcome {
            Err(error) if error.is_of_one_question() => {
                self.errors.push(error);
                Ok(unknown(Unknown::Internal))
            }
            outcome => outcome,
        }
    }

    /// Closes the pairs that the sample refutes.
    fn apply(&mut self, sample: &Sample) {
        let (library, own, evaluations) = (self.library, self.number, &mut self.effort.evaluations);
        self.open.retain(|other| !library.refutes(sample, [own, *other], evaluations));
    }

    fn by_law(&mut self) {
        let (holds, open) =
            std::mem::take(&mut self.open).into_iter().partition(|other| self.is_shown(*other));
        self.open = open;
        self.effort.by_law += holds.len();
        self.found.contained_in = holds;
    }

    /// Whether the texts show that the other policy contains this one.
    fn is_shown(&self, other: usize) -> bool {
        let pair = [self.number, other];
        let Some([own, policy]) = self.library.policies(pair) else { return false };
        let classes = || classes::of_pair(self.library, pair, &self.live);
        covers(policy, own)
            || classes()
                .is_some_and(|classes| classes.iter().all(|class| class.is_covered([own, policy])))
    }

    fn by_engine(&mut self) -> Result<(), QueryError> {
        while let Some(other) = self.open.first().copied() {
            let found = self.ask(other);
            match self.noted(found, Found::Unknown)? {
                Found::Nothing => self.found.contained_in.push(other),
                Found::Unknown(reason) => self.found.unknown.push((other, reason)),
                Found::Request(request) => {
                    if let Some(sample) = self.library.confirmed(
                        self.member,
                        request,
                        self.library.requests_of(&[self.number, other]),
                    ) {
                        self.apply(&sample);
                    }
                }
            }
            self.open.retain(|open| *open != other);
        }
        Ok(())
    }

    /// Whether the policy allows a request that the other one does not, class by class where there
    /// are classes. A request in the answer is confirmed for the pair.
    fn ask(&mut self, other: usize) -> Result<Found, QueryError> {
        let (library, pair) = (self.library, [self.number, other]);
        let (Some(policies), Some(classes)) =
            (library.policies(pair), classes::of_pair(library, pair, &self.live))
        else {
            return self.ask_whole(other);
        };
        let mut unknown = None;
        for class in classes.iter().filter(|class| !class.is_covered(policies)) {
            let Some([own, others]) = class.sets(library, pair) else {
                return self.ask_whole(other);
            };
            match self.difference(&own, &others, other)? {
                Found::Nothing => {}
                Found::Unknown(reason) => _ = unknown.get_or_insert(reason),
                Found::Request(request) => {
                    let sample =
                        library.confirmed(self.member, request, library.requests_of(&pair));
                    let refuting = sample.filter(|sample| {
                        library.refutes(sample, pair, &mut self.effort.evaluations)
                    });
                    return refuting.map_or_else(
                        || self.ask_whole(other),
                        |sample| Ok(Found::Request(sample.request)),
                    );
                }
            }
        }
        Ok(unknown.map_or(Found::Nothing, Found::Unknown))
    }

    fn ask_whole(&mut self, other: usize) -> Result<Found, QueryError> {
        match self.library.members.get(other) {
            Some(refusing) => self.difference(self.member.set(), refusing.set(), other),
            None => Ok(Found::Unknown(Unknown::NoPolicy(other))),
        }
    }

    /// Asks about what stands for this policy and the other one, in the partitions that these name.
    fn difference(
        &mut self,
        allows: &Policies,
        refuses: &Policies,
        other: usize,
    ) -> Result<Found, QueryError> {
        self.effort.questions += 1;
        self.library.find(allows, Some(refuses), self.library.requests_of(&[self.number, other]))
    }
}
