//! Where services are asked, what they refuse themselves, and which answer anybody: F31, F32 and
//! F36.

use super::ConstraintKind::Model;
use super::{Context, Row, others_but, others_than};
use keyaki_iam::endpoints::{
    ASKED_BY_OTHERS, GLOBAL_SERVICES, GlobalService, REFUSALS, Refusal, WITH_RESOURCE_POLICIES,
};
use keyaki_iam::request::PrincipalKind::{Anonymous, RoleSession};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Term};
use std::sync::LazyLock;

/// The actions of services without resource-based policies; made once, since every question asks.
static CLOSED_TO_STRANGERS: LazyLock<Regex> = LazyLock::new(|| others_than(WITH_RESOURCE_POLICIES));

/// For each refusal the actions that it is not about, likewise.
static NOT_REFUSED: LazyLock<Vec<Regex>> =
    LazyLock::new(|| REFUSALS.iter().map(|refusal| others_but(refusal.actions)).collect());

impl Context<'_> {
    pub(super) fn endpoints(&self) -> Vec<Row> {
        let places = Term::and(GLOBAL_SERVICES.iter().map(|known| self.asked_where_it_is(known)));
        let refused = Term::or(
            REFUSALS
                .iter()
                .zip(NOT_REFUSED.iter())
                .map(|(refusal, others)| self.is_refused(refusal, others)),
        );
        let open = self.is_not_among(CLOSED_TO_STRANGERS.clone());
        vec![
            (
                "F31",
                Model,
                "services that are not regional are asked in the Regions of their endpoints",
                places,
            ),
            ("F32", Model, "services refuse changes of what belongs to AWS", Term::not(refused)),
            (
                "F36",
                Model,
                "anonymous callers ask services that have resource-based policies",
                Term::implies(self.is(Anonymous), open),
            ),
        ]
    }

    /// If a caller of the partition asks the service itself, `aws:RequestedRegion` is one of its
    /// Regions.
    fn asked_where_it_is(&self, known: &GlobalService) -> Term {
        let regions = || Regex::union(known.regions.iter().map(|region| Regex::literal(region)));
        let place = self.value("aws:RequestedRegion", |slot| slot.in_regex(regions()));
        if place == Term::truth() {
            return place;
        }
        let own = Regex::concat([Regex::literal(known.service), Regex::literal(":"), Regex::all()]);
        let others =
            ASKED_BY_OTHERS.iter().map(|action| Regex::literal(&action.to_ascii_lowercase()));
        let asked = Regex::intersect([own, Regex::complement(Regex::union(others))]);
        let caller = self.caller;
        let home = Term::and([
            caller.has_account(),
            Term::eq(Term::var(&caller.partition), Term::string(known.partition)),
        ]);
        Term::implies(
            Term::and([Term::in_regex(Term::var(&self.frame.action), asked), home]),
            place,
        )
    }

    /// True iff the service refuses the request; `others` are the actions that the refusal is not
    /// about.
    fn is_refused(&self, refusal: &Refusal, others: &Regex) -> Term {
        let arn = &self.frame.resource;
        let [_, _, service, _, account, resource] = arn.terms();
        let is = |field: Term, text: &str| Term::eq(field, Term::string(text));
        let begins = |subject: Term, start: &str| {
            Term::matches(subject, vec![Part::Literal(start.to_owned()), Part::AnyString])
        };
        let own = refusal.account.map_or_else(Term::truth, |only| is(account, only));
        let exempt = refusal.unless.map_or_else(Term::falsehood, |path| {
            Term::and([self.is(RoleSession), begins(Term::var(&self.caller.entity), path)])
        });
        let target =
            [arn.is_arn(), is(service, refusal.service), own, begins(resource, refusal.start)];
        let asks = [self.is_not_among(others.clone()), Term::not(exempt)];
        Term::and(asks.into_iter().chain(target))
    }
}
