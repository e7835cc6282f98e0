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

use crate::query::{Answer, Query, QueryError, Requests, RestsOn, Solver, Verdict};
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
            let verdict = self.elsewhere(subject, &policies, &[], solver, limits)?;
            if let Answer::Yes(witness) = &verdict.answer {
                // With the policy of the resource the answer may be another one.
                if self.places.at(&witness.request.resource).is_none() {
                    return Ok(verdict);
                }
                everywhere = true;
            } else {
                gathered.add(verdict);
            }
        }
        if everywhere {
            let known: Vec<&Shape> = self.places.known.iter().collect();
            let verdict = self.elsewhere(subject, &policies, &known, solver, limits)?;
            if matches!(verdict.answer, Answer::Yes(_)) {
                return Ok(verdict);
            }
            gathered.add(verdict);
        }
        for place in &self.places.all {
            let own = everywhere && subject.account() == Some(place.account);
            if !own && !place.may_let_in(subject, self.estate) {
                continue;
            }
            let verdict = self.at(subject, &policies, place, solver, limits)?;
            if matches!(verdict.answer, Answer::Yes(_)) {
                return Ok(verdict);
            }
            gathered.add(verdict);
        }
        Ok(gathered.verdict())
    }

    /// The question about resources without a policy that is known.
    fn elsewhere(
        &self,
        subject: Subject<'a>,
        policies: &Policies,
        known: &[&Shape],
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let account = subject.account().unwrap_or_default();
        let set = Policies { rcp: self.estate.rcps_of(account), ..policies.clone() };
        let apart: Vec<&Shape> = self.places.apart.iter().chain(known.iter().copied()).collect();
        let mut verdict = self.narrowed(subject, &set, None, &apart, solver, limits)?;
        // Keys and roles of such an account are known.
        if self.estate.accounts.get(account).is_some_and(|one| one.resources && one.principals) {
            verdict.caveats.retain(|caveat| *caveat != Caveat::NoResourcePolicy);
        }
        Ok(verdict)
    }

    /// The question about a resource with a policy.
    fn at(
        &self,
        subject: Subject<'a>,
        policies: &Policies,
        place: &Place<'_>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let set = Policies {
            resource: Some(NamedPolicy::clone(place.policy)),
            rcp: self.estate.rcps_of(place.account),
            ..policies.clone()
        };
        self.narrowed(subject, &set, Some(place), &[], solver, limits)
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
        let named = set.all().map(|named| &named.policy).flat_map(Policy::keys);
        let keys: Keys<'_> = named.chain(self.shape.keys()).collect();
        let mut own = facts::under(facts::of_caller(self.estate, subject, &keys));
        subject.narrow(self.estate, &mut own);
        let at = place.map(|place| {
            let mut at = place.shape.clone();
            at.statement.conditions =
                facts::of_resource(self.estate, place.account, place.resource, &keys);
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
