//! "Who can?" over everything that is there: a question for everybody, with a confirmed request for
//! each yes, and a "no" for everybody else (SEMANTICS 6.9).
//!
//! For each principal the question is asked elsewhere, about resources of which the estate has no
//! policy, and at each place, a resource with a policy that may let the principal in. What the
//! estate says of both, tags and the organization for example, narrows the question.

mod facts;
mod grants;
mod places;
mod subjects;

pub use subjects::{Subject, SubjectKind};

use crate::query::{Answer, Query, QueryError, Requests, RestsOn, Solver, Verdict, Witness};
use crate::unknown::Unknown;
use facts::Keys;
use keyaki_engines::engine::Limits;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::Estate;
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::Policy;
use keyaki_iam::shape::{About, Own, Shape};
use places::{Place, Places};

/// A question for everybody in an estate.
pub struct WhoCan<'a> {
    estate: &'a Estate,
    shape: Shape,
    requests: Requests<'a>,
    not_principal: NotPrincipalReading,
    places: Places<'a>,
}

/// What was found about resources without a policy that is known.
enum Elsewhere {
    /// Yes.
    Answered(Verdict),
    /// No or unknown, and whether it was yes of a place as long as its policy was not looked at.
    Left { verdicts: Vec<Verdict>, at_places: bool },
}

/// What is gathered until somebody is found to be allowed.
#[derive(Default)]
struct Gathered {
    rests_on: RestsOn,
    caveats: Vec<Caveat>,
    unknown: Option<Unknown>,
    about: About,
}

impl<'a> WhoCan<'a> {
    /// Which requests are asked about is the shape's; what it says of own accounts is the estate's
    /// business.
    pub fn new(
        estate: &'a Estate,
        shape: &Shape,
        requests: Requests<'a>,
        not_principal: NotPrincipalReading,
    ) -> Self {
        let mut shape = shape.clone();
        shape.scope.own = own(estate);
        let places = Places::of(estate, &shape);
        Self { estate, shape, requests, not_principal, places }
    }

    /// The estate.
    pub fn estate(&self) -> &'a Estate {
        self.estate
    }

    /// Everybody who is asked about, in the order of answers.
    pub fn subjects(&self) -> Vec<Subject<'a>> {
        Subject::all(self.estate)
    }

    /// What the answers depend on that the estate does not say.
    pub fn caveats(&self) -> Vec<Caveat> {
        let accounts = || self.estate.accounts.iter();
        let unread: Vec<String> =
            accounts().filter(|(_, one)| !one.resources).map(|(id, _)| id.clone()).collect();
        let resources =
            (!unread.is_empty()).then_some(Caveat::EstateResources { accounts: unread });
        let organization = self.estate.organization.is_none().then_some(Caveat::EstateOrganization);
        let federated = self
            .estate
            .entities
            .iter()
            .any(|entity| !entity.is_role())
            .then_some(Caveat::EstateFederatedUsers);
        [resources, organization, federated].into_iter().flatten().collect()
    }

    /// Whether somebody can.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn ask(
        &self,
        subject: Subject<'a>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let policies =
            Policies { not_principal: self.not_principal, ..subject.policies(self.estate) };
        let mut gathered = Gathered::default();
        let mut everywhere = false;
        if !subject.is_outside() {
            match self.elsewhere(subject, &policies, solver, limits)? {
                Elsewhere::Answered(verdict) => return Ok(verdict),
                Elsewhere::Left { verdicts, at_places } => {
                    verdicts.into_iter().for_each(|verdict| gathered.add(verdict));
                    everywhere = at_places;
                }
            }
        }
        let own = |account: &str| subject.account() == Some(account);
        for place in &self.places.all {
            // Whoever is of the account may get in by policies of its own, which nobody here knows
            // of members.
            let by_own = (everywhere || subject.is_outside() || place.policy.is_none())
                && own(place.account);
            if !by_own && !place.may_let_in(subject, self.estate) {
                continue;
            }
            let verdict = self.at(subject, &policies, place, solver, limits)?;
            if matches!(verdict.answer, Answer::Yes(_)) {
                return Ok(verdict);
            }
            gathered.add(verdict);
        }
        if let Subject::Member(account) = subject {
            for bare in self.places.bare_of(self.estate, &self.shape, account) {
                let verdict = self.at(subject, &policies, &bare, solver, limits)?;
                if matches!(verdict.answer, Answer::Yes(_)) {
                    return Ok(verdict);
                }
                gathered.add(verdict);
            }
        }
        Ok(gathered.verdict())
    }

    /// The question about resources without a policy that is known. A request about something that
    /// the estate has must be as the estate has it; where it is not, that is asked about alone, and
    /// elsewhere again without it.
    fn elsewhere(
        &self,
        subject: Subject<'a>,
        policies: &Policies,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Elsewhere, QueryError> {
        let account = subject.account().unwrap_or_default();
        let set = Policies { rcp: self.estate.rcps_of(account), ..policies.clone() };
        let named = self.estate.accounts.get(account);
        let mut unlike = places::never_elsewhere(named);
        unlike.extend(facts::unlike_elsewhere(self.estate, account, &self.keys(&set)));
        let (mut verdicts, mut at_places, mut foreign) = (Vec::new(), false, false);
        loop {
            let excluded: Vec<&Shape> = unlike.iter().collect();
            let mut verdict = self.narrowed(subject, &set, None, &excluded, solver, limits)?;
            // Keys and roles of such an account are known.
            if named.is_some_and(|one| one.resources && one.principals) {
                verdict.caveats.retain(|caveat| *caveat != Caveat::NoResourcePolicy);
            }
            let Answer::Yes(witness) = &verdict.answer else {
                // Where nobody knows, the places may tell.
                at_places |= matches!(verdict.answer, Answer::Unknown(_));
                verdicts.push(verdict);
                return Ok(Elsewhere::Left { verdicts, at_places });
            };
            let without = if self.places.at(&witness.request.resource).is_some() && !at_places {
                // With the policy of the resource the answer may be another one.
                at_places = true;
                self.places.known.clone()
            } else {
                let bare = Place::bare_at(self.estate, &witness.request.resource);
                let Some(bare) = bare.filter(|bare| !self.is_as_known(bare, &set, witness)) else {
                    return Ok(Elsewhere::Answered(verdict));
                };
                if bare.account == account {
                    let alone = self.at(subject, policies, &bare, solver, limits)?;
                    if matches!(alone.answer, Answer::Yes(_)) {
                        return Ok(Elsewhere::Answered(alone));
                    }
                    verdicts.push(alone);
                    vec![bare.anyones()]
                } else if foreign {
                    vec![bare.anyones()]
                } else {
                    foreign = true;
                    places::of_others(self.estate, account)
                }
            };
            unlike.extend(without);
        }
    }

    /// Whether a request is what the estate says of the resource that it is about.
    fn is_as_known(&self, bare: &Place<'_>, set: &Policies, witness: &Witness) -> bool {
        let mut known = bare.shape.clone();
        known.statement.conditions =
            facts::of_resource(self.estate, bare.account, bare.tags, &self.keys(set));
        keyaki_evaluator::semantics::matches_shape(&known, &witness.request)
    }

    /// The question about a resource that the estate has.
    fn at(
        &self,
        subject: Subject<'a>,
        policies: &Policies,
        place: &Place<'_>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let set = Policies {
            resource: place.policy.map(|policy| NamedPolicy::clone(policy)),
            rcp: self.estate.rcps_of(place.account),
            ..policies.clone()
        };
        self.narrowed(subject, &set, Some(place), &[], solver, limits)
    }

    /// The keys that a set and the question look at.
    fn keys<'k>(&'k self, set: &'k Policies) -> Keys<'k> {
        let named = set.all().map(|named| &named.policy).flat_map(Policy::keys);
        named.chain(self.shape.keys()).collect()
    }

    /// The question to one, narrowed to what the estate says.
    fn narrowed(
        &self,
        subject: Subject<'a>,
        set: &Policies,
        place: Option<&Place<'_>>,
        unlike: &[&Shape],
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let keys = self.keys(set);
        let mut known = facts::of_caller(self.estate, subject, &keys);
        known.extend(facts::not_their_ids(self.estate, subject, set, &self.shape, &keys));
        let mut own = facts::under(known);
        subject.narrow(self.estate, &mut own);
        let at = place.map(|place| {
            let mut at = place.shape.clone();
            at.statement.conditions =
                facts::of_resource(self.estate, place.account, place.tags, &keys);
            at
        });
        let within: Vec<&Shape> = [&own].into_iter().chain(&at).collect();
        let query = Query {
            shape: Some(&self.shape),
            within: &within,
            unlike,
            allowed_by: vec![set],
            refused_by: Vec::new(),
            requests: self.requests,
        };
        query.ask(solver, limits)
    }
}

impl Gathered {
    /// Adds a "no" or an "unknown".
    fn add(&mut self, verdict: Verdict) {
        let Verdict { answer, rests_on, caveats, about } = verdict;
        match answer {
            Answer::Unknown(reason) => _ = self.unknown.get_or_insert(reason),
            Answer::Yes(_) | Answer::No => {}
        }
        self.rests_on = std::mem::take(&mut self.rests_on).and(rests_on);
        self.caveats.extend(caveats);
        self.about = about;
    }

    fn verdict(self) -> Verdict {
        let Self { rests_on, caveats, unknown, about } = self;
        let (answer, rests_on) = match unknown {
            Some(reason) => (Answer::Unknown(reason), RestsOn::default()),
            None => (Answer::No, rests_on),
        };
        Verdict { answer, rests_on, caveats: Caveat::in_order(caveats), about }
    }
}

/// The members of the organization, which tell of it.
fn own(estate: &Estate) -> Own {
    let Some(organization) = &estate.organization else { return Own::default() };
    Own {
        accounts: organization.members.keys().cloned().collect(),
        organization: Some(organization.id.clone()),
        members_only: true,
    }
}
