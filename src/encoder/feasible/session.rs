//! Credentials and time: F18 to F21.

use super::ConstraintKind::Hard;
use super::{Context, Row};
use keyaki_iam::request::PrincipalKind::{FederatedUser, RoleSession, Root};
use keyaki_logic::term::Term;

impl Context<'_> {
    pub(super) fn session(&self) -> Vec<Row> {
        let temporary = Term::var(&self.caller.temporary);
        let long_term = Term::not(temporary.clone());
        let sessions =
            Term::implies(self.caller.is_any(&[RoleSession, FederatedUser]), temporary.clone());
        let keyless = Term::implies(temporary.clone(), self.caller.has_account());
        let mut rows = vec![
            ("F18", Hard, "sessions have temporary credentials", sessions),
            (
                "F18",
                Hard,
                "services, identities of providers and requests that are not signed have no credentials of IAM",
                keyless,
            ),
        ];
        let issued = self
            .key("aws:TokenIssueTime")
            .map_or_else(Term::truth, |key| Term::iff(key.present(), temporary.clone()));
        rows.push((
            "F18",
            Hard,
            "`aws:TokenIssueTime` is present iff credentials are temporary",
            issued,
        ));
        let ordered = self.both("aws:TokenIssueTime", "aws:CurrentTime", |(_, issue), (_, now)| {
            Term::le(issue, now)
        });
        rows.push(("F18", Hard, "credentials are issued before they are used", ordered));
        let ordered = self.both("aws:TokenIssueTime", "aws:EpochTime", |(_, issue), (_, now)| {
            Term::le(issue, now)
        });
        rows.push(("F18", Hard, "credentials are issued before they are used", ordered));
        let same = self
            .both("aws:EpochTime", "aws:CurrentTime", |(_, epoch), (_, now)| Term::eq(epoch, now));
        rows.push(("F18", Hard, "`aws:EpochTime` is `aws:CurrentTime`", same));
        let unused = Term::implies(
            long_term,
            self.absent(&["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"]),
        );
        rows.push(("F19", Hard, "long-term credentials carry no MFA keys", unused));
        let used =
            self.slot("aws:MultiFactorAuthPresent").map_or_else(Term::truth, |(present, slot)| {
                Term::and([present, slot.is_boolean(true)])
            });
        rows.push((
            "F19",
            Hard,
            "`aws:MultiFactorAuthAge` is present only when MFA was used",
            self.value("aws:MultiFactorAuthAge", |_| used.clone()),
        ));
        let root = Term::and([self.is(Root), temporary]);
        rows.push((
            "F20",
            Hard,
            "`aws:AssumedRoot` is true, and present for root users with temporary credentials only",
            self.value("aws:AssumedRoot", |slot| Term::and([slot.is_boolean(true), root.clone()])),
        ));
        rows.push(("F21", Hard, "values are well-typed", self.frame.well_typed()));
        rows
    }

    /// A relation between two instants, where both keys are present.
    fn both(
        &self,
        left: &str,
        right: &str,
        relation: impl Fn((Term, Term), (Term, Term)) -> Term,
    ) -> Term {
        let (Some((here, left)), Some((there, right))) = (self.slot(left), self.slot(right)) else {
            return Term::truth();
        };
        Term::implies(Term::and([here, there]), relation(left.instant(), right.instant()))
    }
}
