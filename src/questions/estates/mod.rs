//! "Who can?" over everything that is there: a question for everybody, with a confirmed request for
//! each yes, and a "no" for everybody else (SEMANTICS 6.9).
//!
//! For each principal the question is asked elsewhere, about resources of which the estate has no
//! policy, and at each place, a resource with a policy that may let the principal in. What the
//! estate says of both, tags and the organization for example, narrows the question.

mod calls;
mod ceiling;
mod chains;
mod classes;
mod facts;
mod grants;
mod list;
mod one;
mod pair;
mod places;
mod strangers;
mod subjects;
mod targets;

pub use calls::{AskedCall, WhoCalls};
pub use chains::{Asking, Chain, Chains, Goal, Need, Paths, Reach, Reached, Step, Wanted};
pub use list::{ListError, listed};
pub use one::{NobodyError, ask_as, layers, may_be_asked_as, named, nobody};
pub use pair::{Deciding, Pair, Sides, Versions, apart};
pub use subjects::{Subject, SubjectKind};
pub use targets::{Target, Targets};

use crate::query::{
    Alike, Answer, Beyond, Narrowed, Obstacles, Query, QueryError, Requests, RestsOn, Solver,
    ToldAlike, Verdict, Witness,
};
use crate::unknown::Unknown;
use ceiling::Ceilings;
use chains::Given;
use classes::{Documents, Key};
use facts::Keys;
use keyaki_engines::engine::Limits;
use keyaki_evaluator::semantics;
use keyaki_iam::caveat::Caveat;
use keyaki_iam::estate::{Account, Blocked, Entity, Estate, Resource};
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::policy::{ActionPattern, Policy, ResourcePattern};
use keyaki_iam::request::{Request, arn_fields};
use keyaki_iam::shape::{About, CallerPattern, Own, Shape};
use places::{Place, Places};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use strangers::Stranger;

/// A question for everybody in an estate.
pub struct WhoCan<'a> {
    estate: &'a Estate,
    shape: Shape,
    requests: Requests<'a>,
    not_principal: NotPrincipalReading,
    places: Places<'a>,
    strangers: Vec<Stranger>,
    documents: Documents,
    /// SCPs and RCPs of each account, without what is out of question.
    limits: BTreeMap<String, Policies>,
    /// Every tag of principals that the question names to somebody.
    tags: BTreeSet<String>,
    /// What is known of a class, once one of it was asked.
    classes: Mutex<FxHashMap<Key, Class>>,
    /// What the questions to one and the other tell each other.
    alike: Alike,
    ceilings: Ceilings,
}

/// What is known of a class of principals, once one of it was asked.
type Class = Arc<Mutex<Option<Known>>>;

/// What is known of a class of principals.
enum Known {
    /// Nobody of it can.
    Nobody(Box<Verdict>),
    /// Somebody like them can, by this request on that spot.
    Somebody(Box<Found>),
    /// Each has to be asked.
    Nothing,
}

impl Known {
    /// What the answer about anybody of a class tells of each.
    fn of((verdict, spot): (Verdict, Option<Spot>)) -> Self {
        match (&verdict.answer, spot) {
            (Answer::No, _) => Self::Nobody(Box::new(verdict)),
            (Answer::Yes(witness), Some(spot)) => Self::Somebody(Box::new(Found {
                request: witness.request.clone(),
                spot,
                caveats: verdict.caveats,
                about: verdict.about,
            })),
            (Answer::Yes(_) | Answer::Unknown(_), _) => Self::Nothing,
        }
    }
}

/// By which request somebody can.
#[derive(Clone)]
struct Found {
    request: Request,
    spot: Spot,
    caveats: Vec<Caveat>,
    about: About,
}

impl Found {
    /// The answer for one like whom somebody can, by a request of its own.
    fn again(&self, witness: Witness) -> Verdict {
        Verdict {
            answer: Answer::Yes(Box::new(witness)),
            rests_on: RestsOn::default(),
            caveats: self.caveats.clone(),
            about: self.about.clone(),
        }
    }
}

/// Where a request was found.
#[derive(Debug, Clone)]
enum Spot {
    /// On a resource that the estate does not have, or that is as the estate has it.
    Elsewhere,
    /// At a place, by its number.
    At(usize),
    /// On a resource of the estate without a policy that counts, by its ARN.
    Bare(String),
    /// On something of an account that the estate does not have, by its number.
    Stranger(usize),
}

/// What was found about resources without a policy that is known.
enum Elsewhere {
    /// Yes, on that spot.
    Answered(Box<Verdict>, Spot),
    /// No or unknown, and whether it was yes of a place as long as its policy was not looked at.
    Left { verdicts: Vec<Verdict>, at_places: bool },
}

/// Somebody who is asked, or anybody of its class.
struct Caller<'a> {
    subject: Subject<'a>,
    like: bool,
    policies: Policies,
    /// The places that may let it in, by their numbers.
    places: Vec<usize>,
    /// What else is known of what it asks.
    given: Given,
}

impl Caller<'_> {
    /// Anybody of its class.
    fn anybody(&self) -> Self {
        let Self { subject, like: _, policies, places, given } = self;
        Self {
            subject: *subject,
            like: true,
            policies: policies.clone(),
            places: places.clone(),
            given: given.clone(),
        }
    }
}

/// What an estate says of the requests of one, elsewhere or at a place.
struct Told {
    /// Who asks, and what is known of its context.
    who: Shape,
    /// What is known of the resource, at a place.
    at: Option<Shape>,
    /// What is asked elsewhere.
    apart: Vec<Shape>,
}

/// How a question is decided.
#[derive(Clone, Copy)]
struct By<'s> {
    solver: &'s Solver,
    limits: &'s Limits,
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
        let narrowed = Narrowed::to(&shape);
        let limits = estate.every_account().into_iter().map(|account| {
            let kept = |levels: Vec<Vec<NamedPolicy>>| narrowed_levels(&narrowed, levels);
            let set = Policies {
                scp: kept(estate.scps_of(account)),
                rcp: kept(estate.rcps_of(account)),
                ..Policies::default()
            };
            (account.to_owned(), set)
        });
        let limits: BTreeMap<String, Policies> = limits.collect();
        let documents = Documents::of(estate, &shape);
        let strangers = Stranger::all(estate, &shape);
        let of_limits = limits.values().flat_map(Policies::all).map(|named| &*named.policy);
        let of_places = places.all.iter().filter_map(|place| place.policy);
        let of_places = of_places.map(|policy| &*policy.policy);
        let keys = of_limits.chain(of_places).flat_map(Policy::keys);
        let keys = keys.chain(documents.keys()).chain(shape.keys());
        let tags = facts::tags_named(keys);
        Self {
            estate,
            shape,
            requests,
            not_principal,
            places,
            strangers,
            documents,
            limits,
            tags,
            classes: Mutex::default(),
            alike: Alike::default(),
            ceilings: Ceilings::default(),
        }
    }

    /// The estate.
    pub fn estate(&self) -> &'a Estate {
        self.estate
    }

    /// Everybody who is asked about, in the order of answers. Where the question is about callers of
    /// some accounts only, nobody else is.
    pub fn subjects(&self) -> Vec<Subject<'a>> {
        Subject::asked(self.estate, &self.shape)
    }

    /// Whether the question is about actions of a service.
    fn asks_about(&self, of: &str) -> bool {
        let action = &self.shape.statement.action;
        action.negated
            || action.patterns.iter().any(|pattern| match pattern {
                ActionPattern::Any => true,
                ActionPattern::Name { service, .. } => service.eq_ignore_ascii_case(of),
            })
    }

    /// Whether the resource-based policies of an account are known, as far as the question may be
    /// about them. Those of IAM are the trust policies of roles, and an account with its principals
    /// has these.
    fn knows_resources_of(&self, account: &Account) -> bool {
        let action = &self.shape.statement.action;
        let knows = |service: &str| match service {
            "iam" | "sts" => account.principals,
            other => account.knows_resources_of(other),
        };
        let named = |pattern: &ActionPattern| match pattern {
            ActionPattern::Any => false,
            ActionPattern::Name { service, .. } => knows(&service.to_ascii_lowercase()),
        };
        account.resources
            && (account.services.is_none() || !action.negated && action.patterns.iter().all(named))
    }

    /// What an answer has to know where the resource-based policies of some of these accounts are not
    /// known.
    fn unread<'i>(&self, accounts: impl Iterator<Item = &'i str>) -> Option<Caveat> {
        let known = |id: &str| {
            self.estate.accounts.get(id).is_some_and(|account| self.knows_resources_of(account))
        };
        let accounts: Vec<String> = accounts.filter(|id| !known(id)).map(str::to_owned).collect();
        (!accounts.is_empty()).then_some(Caveat::EstateResources { accounts })
    }

    /// Whether all that the question names has policies that the estate has.
    fn names_places(&self) -> bool {
        let element = self.shape.statement.resource.as_ref().filter(|element| !element.negated);
        element.is_some_and(|element| {
            element.patterns.iter().all(|pattern| match pattern {
                ResourcePattern::Any => false,
                ResourcePattern::Arn { text, .. } => self.places.have(self.estate, text),
            })
        })
    }

    /// The resources that AWS RAM shares and that the question may be about.
    fn shares(&self) -> Option<Caveat> {
        let about = |arn: &str| {
            let service = arn_fields(arn).map_or("", |[_, _, service, ..]| service);
            let requests = places::of_one(arn, "", false);
            self.asks_about(service) && !places::are_apart(&self.shape, &requests)
        };
        let resources: Vec<String> =
            self.estate.shared.iter().filter(|arn| about(arn)).cloned().collect();
        (!resources.is_empty()).then_some(Caveat::EstateShares { resources })
    }

    /// What a question about S3 has to know of its buckets beside their policies.
    fn of_buckets(&self) -> [Option<Caveat>; 3] {
        if !self.asks_about("s3") {
            return [None, None, None];
        }
        let resources = || self.estate.resources.iter();
        let mut buckets = resources().filter(|one| one.is_bucket());
        let acls = buckets.any(|one| one.bucket.acls_off != Some(true));
        let open: Vec<String> = self
            .places
            .all
            .iter()
            .filter(|place| place.blocked == Blocked::NotSaid)
            .map(|place| place.arn.to_owned())
            .collect();
        let block = (!open.is_empty()).then_some(Caveat::EstateBlockPublicAccess { buckets: open });
        let points = resources().any(Resource::is_access_point);
        [acls.then_some(Caveat::EstateAcls), block, points.then_some(Caveat::EstateAccessPoints)]
    }

    /// What the answers depend on that the estate does not say.
    pub fn caveats(&self) -> Vec<Caveat> {
        let accounts = || self.estate.accounts.iter();
        let resources = self.unread(accounts().map(|(id, _)| id.as_str()));
        let resources = resources.filter(|_| !self.names_places());
        let organization = self.estate.organization.is_none().then_some(Caveat::EstateOrganization);
        let federated = self
            .estate
            .entities
            .iter()
            .any(|entity| !entity.is_role())
            .then_some(Caveat::EstateFederatedUsers);
        let collected = accounts()
            .any(|(_, one)| one.services.is_some() && self.knows_resources_of(one))
            .then_some(Caveat::EstateCollected);
        let grants = self.asks_about(places::KMS).then_some(Caveat::KmsGrants);
        let assigned = (self.asks_about(places::STS) && has_permission_sets(self.estate))
            .then_some(Caveat::EstateIdentityCenter);
        let told = [resources, organization, federated, collected, grants, assigned, self.shares()];
        let told = told.into_iter().chain(self.of_buckets()).chain(self.of_strangers());
        told.flatten().collect()
    }

    /// Whether somebody can. What is found out about one counts for everybody like it.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn ask(
        &self,
        subject: Subject<'a>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<Verdict, QueryError> {
        let by = By { solver, limits };
        let caller = self.caller(subject);
        let Subject::Entity(entity) = subject else { return Ok(self.each(&caller, by)?.0) };
        let class = self.class(entity, &caller);
        let of_class = || Ok(Known::of(self.each(&caller.anybody(), by)?));
        let likewise = |found: &Found| self.likewise(entity, &caller, found);
        match by_class(&class, of_class, likewise)? {
            Some(verdict) => Ok(verdict),
            None => Ok(self.each(&caller, by)?.0),
        }
    }

    /// The class of a user or role.
    fn class(&self, entity: &Entity, caller: &Caller<'a>) -> Class {
        let key = self.documents.key(entity, &self.tags, caller.places.clone());
        Arc::clone(lock(&self.classes).entry(key).or_default())
    }

    /// The answer for one like whom somebody can by that request, if the request is one of its own
    /// when it asks.
    fn likewise(&self, entity: &Entity, caller: &Caller<'a>, found: &Found) -> Option<Verdict> {
        let Found { request, spot, caveats: _, about: _ } = found;
        let is_elsewhere = |own: &Request| {
            self.places.at(own).is_none() && self.known_otherwise(caller, own).is_none()
        };
        let mut own = classes::made_own(request, entity).into_iter();
        let witness = own.find_map(|own| {
            let may = !matches!(spot, Spot::Elsewhere) || is_elsewhere(&own);
            may.then(|| self.on_spot(caller, spot, |query| query.confirmed(own)))
                .flatten()
                .flatten()
        })?;
        Some(found.again(witness))
    }

    /// As [`WhoCan::on`], on a spot; `None` where the estate does not have it.
    fn on_spot<T>(
        &self,
        caller: &Caller<'a>,
        spot: &Spot,
        ask: impl FnOnce(&Query<'_>) -> T,
    ) -> Option<T> {
        let bare;
        let place = match spot {
            Spot::Elsewhere => None,
            Spot::At(number) => Some(self.places.all.get(*number)?),
            Spot::Bare(arn) => {
                bare = Place::bare_at(self.estate, arn)?;
                Some(&bare)
            }
            Spot::Stranger(number) => return self.on_stranger(caller, *number, ask),
        };
        Some(self.on(caller, place, &[], ask))
    }

    /// Why somebody cannot: what refuses requests on resources that the estate does not have, and a
    /// request that cannot exist and would be allowed.
    ///
    /// # Errors
    /// As [`Query::ask`].
    pub fn why(
        &self,
        subject: Subject<'a>,
        solver: &Solver,
        limits: &Limits,
    ) -> Result<(Obstacles, Option<Beyond>), QueryError> {
        let caller = self.caller(subject);
        self.on(&caller, None, &self.places.known, |query| {
            Ok((query.obstacles(solver, limits)?, query.beyond(solver, limits)?))
        })
    }

    /// Somebody, with what is attached to it.
    fn caller(&self, subject: Subject<'a>) -> Caller<'a> {
        let places = self.places.all.iter().enumerate();
        let places = places.filter(|(_, place)| place.may_let_in(subject, self.estate));
        let places = places.map(|(number, _)| number).collect();
        let policies = self.policies_of(subject);
        Caller { subject, like: false, policies, places, given: Given::default() }
    }

    /// What is attached to somebody, as far as it counts.
    fn policies_of(&self, subject: Subject<'a>) -> Policies {
        let nothing = Policies::default();
        let rest = subject.account().and_then(|account| self.limits.get(account));
        let scp = rest.unwrap_or(&nothing).scp.clone();
        let rest = Policies { scp, not_principal: self.not_principal, ..Policies::default() };
        match subject {
            Subject::Entity(entity) => self.documents.policies_of(entity, rest),
            Subject::Root(_)
            | Subject::Member(_)
            | Subject::AnyAccount
            | Subject::Service
            | Subject::Provider
            | Subject::Anonymous => Policies { identity: Some(subject.identity()), ..rest },
        }
    }

    /// The question to one, on every spot, and where a request was found.
    fn each(&self, caller: &Caller<'a>, by: By<'_>) -> Result<(Verdict, Option<Spot>), QueryError> {
        let subject = caller.subject;
        let mut gathered = Gathered::default();
        let mut everywhere = false;
        if !subject.is_outside() {
            match self.elsewhere(caller, by)? {
                Elsewhere::Answered(verdict, spot) => return Ok((*verdict, Some(spot))),
                Elsewhere::Left { verdicts, at_places } => {
                    verdicts.into_iter().for_each(|verdict| gathered.add(verdict));
                    everywhere = at_places;
                }
            }
        }
        for (number, place) in self.places.all.iter().enumerate() {
            // Whoever is of the account may get in by policies of its own, which nobody here knows
            // of members.
            let own = subject.account() == Some(place.account);
            let by_own = own && (everywhere || subject.is_outside() || place.policy.is_none());
            if !by_own && !caller.places.contains(&number) {
                continue;
            }
            let verdict = self.at(caller, place, by)?;
            if matches!(verdict.answer, Answer::Yes(_)) {
                return Ok((verdict, Some(Spot::At(number))));
            }
            gathered.add(verdict);
        }
        if let Subject::Member(account) = subject {
            for bare in self.places.bare_of(self.estate, &self.shape, account) {
                let verdict = self.at(caller, &bare, by)?;
                if matches!(verdict.answer, Answer::Yes(_)) {
                    return Ok((verdict, Some(Spot::Bare(bare.arn.to_owned()))));
                }
                gathered.add(verdict);
            }
        }
        for (number, verdict) in self.at_strangers(caller, by) {
            let verdict = verdict?;
            if matches!(verdict.answer, Answer::Yes(_)) {
                return Ok((verdict, Some(Spot::Stranger(number))));
            }
            gathered.add(verdict);
        }
        let mut verdict = gathered.verdict();
        if self.leaves_out_service_linked(caller) {
            verdict.caveats.push(Caveat::EstateServiceLinkedRoles);
        }
        Ok((verdict, None))
    }

    /// Whether service-linked roles are left out of those that are asked about together, as they
    /// are wherever organization policies apply and nobody names them. Those of the estate are asked
    /// one by one.
    fn leaves_out_service_linked(&self, caller: &Caller<'_>) -> bool {
        let together = match caller.subject {
            Subject::Member(_) | Subject::AnyAccount => true,
            Subject::Entity(_)
            | Subject::Root(_)
            | Subject::Service
            | Subject::Provider
            | Subject::Anonymous => false,
        };
        let mut named = self.shape.principals.iter().flatten();
        let places = caller.places.iter().filter_map(|number| self.places.all.get(*number));
        let mut owners = places.map(|place| place.account).chain(caller.subject.account());
        together
            && !named.any(CallerPattern::names_service_linked)
            && (!caller.policies.scp.is_empty()
                || owners.any(|id| self.limits.get(id).is_some_and(|set| !set.rcp.is_empty())))
    }

    /// The question about resources without a policy that is known. A request about something that
    /// the estate has must be as the estate has it; where it is not, that is asked about alone, and
    /// elsewhere again without it.
    fn elsewhere(&self, caller: &Caller<'a>, by: By<'_>) -> Result<Elsewhere, QueryError> {
        let account = caller.subject.account().unwrap_or_default();
        let (mut verdicts, mut at_places, mut foreign) = (Vec::new(), false, false);
        let mut without: Vec<Shape> = Vec::new();
        loop {
            let mut verdict = self.asked(caller, None, &without, by)?;
            self.told_all(account, &mut verdict.caveats);
            let Answer::Yes(witness) = &verdict.answer else {
                // Where nobody knows, the places may tell.
                at_places |= matches!(verdict.answer, Answer::Unknown(_));
                verdicts.push(verdict);
                return Ok(Elsewhere::Left { verdicts, at_places });
            };
            if self.places.at(&witness.request).is_some() && !at_places {
                // With the policy of the resource the answer may be another one.
                at_places = true;
                without.extend(self.places.known.iter().cloned());
                // What has no policy, and is named after a place.
                for bare in self.places.bare_inside(self.estate, &self.shape, account) {
                    let alone = self.at(caller, &bare, by)?;
                    if matches!(alone.answer, Answer::Yes(_)) {
                        let spot = Spot::Bare(bare.arn.to_owned());
                        return Ok(Elsewhere::Answered(Box::new(alone), spot));
                    }
                    verdicts.push(alone);
                }
                continue;
            }
            let Some(bare) = self.known_otherwise(caller, &witness.request) else {
                return Ok(Elsewhere::Answered(Box::new(verdict), Spot::Elsewhere));
            };
            if bare.account == account {
                let alone = self.at(caller, &bare, by)?;
                if matches!(alone.answer, Answer::Yes(_)) {
                    return Ok(Elsewhere::Answered(
                        Box::new(alone),
                        Spot::Bare(bare.arn.to_owned()),
                    ));
                }
                verdicts.push(alone);
                without.push(bare.anyones());
            } else if foreign {
                without.push(bare.anyones());
            } else {
                foreign = true;
                without.extend(places::of_others(self.estate, account));
            }
        }
    }

    /// Leaves out the caveat about policies of resources that nobody knows: keys and roles of an
    /// account of which everything is known are known.
    fn told_all(&self, account: &str, caveats: &mut Vec<Caveat>) {
        let named = self.estate.accounts.get(account);
        if named.is_some_and(|one| one.principals && self.knows_resources_of(one)) {
            caveats.retain(|caveat| *caveat != Caveat::NoResourcePolicy);
        }
    }

    /// The resource that a request is about, where the request is not as the estate has it.
    fn known_otherwise(&self, caller: &Caller<'a>, request: &Request) -> Option<Place<'a>> {
        let bare = Place::bare_at(self.estate, &request.resource)?;
        let mut known = bare.shape.clone();
        let set = self.set(caller, None);
        known.statement.conditions =
            facts::of_resource(self.estate, bare.account, bare.tags, &self.keys(&set));
        (!semantics::matches_shape(&known, request)).then_some(bare)
    }

    /// The question about a resource that the estate has.
    fn at(
        &self,
        caller: &Caller<'a>,
        place: &Place<'_>,
        by: By<'_>,
    ) -> Result<Verdict, QueryError> {
        self.asked(caller, Some(place), &[], by)
    }

    /// The answer to a question to one, with the caveats that bear on everybody.
    fn asked(
        &self,
        caller: &Caller<'a>,
        place: Option<&Place<'_>>,
        without: &[Shape],
        by: By<'_>,
    ) -> Result<Verdict, QueryError> {
        let kind = ceiling::Kind::of(caller.subject).filter(|_| place.is_none());
        let refuted =
            kind.as_ref().map(|kind| self.refuted(caller.subject, kind, by)).transpose()?;
        let told = ToldAlike { alike: &self.alike, refuted: refuted.flatten() };
        let ask = |query: &Query<'_>| query.ask_told(Some(told), by.solver, by.limits);
        let mut verdict = self.on(caller, place, without, ask)?;
        if let (Some(kind), Answer::No) = (kind, &verdict.answer) {
            self.ceilings.refuse(kind);
        }
        bearing(&mut verdict.caveats);
        Ok(verdict)
    }

    /// What decides about the requests of one, elsewhere or at a place.
    fn set(&self, caller: &Caller<'a>, place: Option<&Place<'_>>) -> Policies {
        let owner = place.map_or(caller.subject.account(), |place| Some(place.account));
        let limits = owner.and_then(|account| self.limits.get(account));
        let policy = place.and_then(|place| place.policy);
        Policies {
            resource: policy.map(|policy| NamedPolicy::clone(policy)),
            rcp: limits.map(|set| set.rcp.clone()).unwrap_or_default(),
            ..caller.policies.clone()
        }
    }

    /// Calls with the question to one, elsewhere or at a place, narrowed to what the estate says.
    fn on<T>(
        &self,
        caller: &Caller<'a>,
        place: Option<&Place<'_>>,
        without: &[Shape],
        ask: impl FnOnce(&Query<'_>) -> T,
    ) -> T {
        let set = self.set(caller, place);
        let Told { who, at, apart } = self.told(caller, place, &set, &self.keys(&set));
        let within: Vec<&Shape> = [&who].into_iter().chain(&at).collect();
        let unlike: Vec<&Shape> = apart.iter().chain(without).collect();
        ask(&Query {
            shape: Some(&self.shape),
            within: &within,
            unlike: &unlike,
            allowed_by: vec![&set],
            refused_by: Vec::new(),
            requests: self.requests,
        })
    }

    /// What the estate says of the requests of one, elsewhere or at a place, with these keys.
    fn told(
        &self,
        caller: &Caller<'a>,
        place: Option<&Place<'_>>,
        set: &Policies,
        keys: &Keys<'_>,
    ) -> Told {
        let (estate, subject) = (self.estate, caller.subject);
        let mut known = facts::of_caller(estate, subject, caller.like, keys);
        // Whoever is like somebody may have an id that the estate tells.
        if !caller.like {
            known.extend(facts::not_their_ids(estate, subject, set, &self.shape, keys));
        }
        known.extend(caller.given.conditions(subject, keys));
        let mut who = Shape::under(known);
        subject.narrow(estate, caller.like, &mut who);
        let at = place.map(|place| {
            let mut at = place.shape.clone();
            at.statement.conditions = facts::of_resource(estate, place.account, place.tags, keys);
            at
        });
        let account = subject.account().unwrap_or_default();
        let mut apart = Vec::new();
        if let Some(place) = place {
            apart.extend(place.others_in_it(estate));
        } else {
            apart = places::never_elsewhere(estate.accounts.get(account));
            apart.extend(facts::unlike_elsewhere(estate, account, keys));
        }
        Told { who, at, apart }
    }

    /// Every key that the question names to a set.
    fn keys<'k>(&'k self, set: &'k Policies) -> Keys<'k> {
        let named = set.all().map(|named| &*named.policy).flat_map(Policy::keys);
        named.chain(self.shape.keys()).collect()
    }
}

/// Whether some role is that of a permission set of IAM Identity Center.
pub(super) fn has_permission_sets(estate: &Estate) -> bool {
    let mut roles = estate.entities.iter().filter(|entity| entity.is_role());
    roles.any(|role| role.arn.contains(":role/aws-reserved/sso.amazonaws.com/"))
}

/// The answer for one that its class tells, which is asked if it was not; `None`: it has to be asked
/// itself. `likewise` is the answer for one like whom somebody can.
fn by_class(
    class: &Mutex<Option<Known>>,
    of_class: impl FnOnce() -> Result<Known, QueryError>,
    likewise: impl FnOnce(&Found) -> Option<Verdict>,
) -> Result<Option<Verdict>, QueryError> {
    let mut known = lock(class);
    if known.is_none() {
        *known = Some(of_class()?);
    }
    let found = match &*known {
        Some(Known::Nobody(verdict)) => {
            return Ok(Some(Verdict {
                answer: Answer::No,
                rests_on: verdict.rests_on.clone(),
                caveats: verdict.caveats.clone(),
                about: verdict.about.clone(),
            }));
        }
        Some(Known::Somebody(found)) => found.clone(),
        Some(Known::Nothing) | None => return Ok(None),
    };
    drop(known);
    Ok(likewise(&found))
}

/// The caveats that bear on everybody: a principal without policies is a plain "no", and root users
/// are asked alone.
fn bearing(caveats: &mut Vec<Caveat>) {
    caveats.retain(|caveat| {
        !matches!(
            caveat,
            Caveat::GrantsNothing { .. }
                | Caveat::NeedsNoGrant { root: true, identity_call: false }
        )
    });
    for caveat in caveats {
        if let Caveat::NeedsNoGrant { root, .. } = caveat {
            *root = false;
        }
    }
}

/// The policies of each level without what is out of question; their statements keep their numbers.
fn narrowed_levels(
    narrowed: &Narrowed<'_>,
    levels: Vec<Vec<NamedPolicy>>,
) -> Vec<Vec<NamedPolicy>> {
    let one = |named: NamedPolicy| NamedPolicy {
        policy: narrowed.in_place(&named.policy).into(),
        ..named
    };
    levels.into_iter().map(|level| level.into_iter().map(one).collect()).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
