//! What own accounts mean for a request (SEMANTICS 6.8).

use crate::frame::Frame;
use crate::principal::ENTITIES;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::shape::Home;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::Term;

impl Frame {
    /// True iff the request is as the own accounts of the question have it.
    pub fn is_at_home(&self, Home { callers, resources, members }: &Home) -> Term {
        let mut all = Vec::new();
        if !callers.is_empty() {
            all.push(Term::implies(self.caller.is_any(&ENTITIES), self.caller_in(callers)));
        }
        if !resources.is_empty() {
            all.push(self.owned_by(resources));
        }
        if let Some((accounts, organization)) = members {
            let id = || Regex::literal(organization);
            let path =
                || Regex::concat([Regex::literal(organization), Regex::literal("/"), Regex::all()]);
            // Every request by a member of an organization tells so; not every service tells of the
            // resource.
            let caller =
                [self.is_told("aws:PrincipalOrgID"), self.is_told("aws:PrincipalOrgPaths")]
                    .into_iter();
            let caller = caller.chain([
                self.tells("aws:PrincipalOrgID", &id()),
                self.tells("aws:PrincipalOrgPaths", &path()),
            ]);
            let resource = [
                self.tells("aws:ResourceOrgID", &id()),
                self.tells("aws:ResourceOrgPaths", &path()),
            ];
            all.push(Term::implies(self.caller_in(accounts), Term::and(caller)));
            let owned = Term::and([self.owned_by(accounts), Term::not(self.is_foundation_model())]);
            all.push(Term::implies(owned, Term::and(resource)));
        }
        Term::and(all)
    }

    /// True iff the caller belongs to one of the accounts.
    pub(super) fn caller_in(&self, accounts: &[String]) -> Term {
        let account = accounts.iter().map(|account| {
            Term::eq(Term::var(&self.caller.account), Term::string(account.as_str()))
        });
        Term::and([self.caller.has_account(), Term::or(account)])
    }

    /// True iff one of the accounts owns the resource.
    pub(super) fn owned_by(&self, accounts: &[String]) -> Term {
        Term::or(
            accounts
                .iter()
                .map(|account| Term::eq(Term::var(&self.owner), Term::string(account.as_str()))),
        )
    }

    /// True iff the key is present, where the question names it.
    fn is_told(&self, key: &str) -> Term {
        self.keys.get(&ContextKey::new(key)).map_or_else(Term::truth, super::frame::Key::present)
    }

    /// True iff every value that the key has is in the language.
    fn tells(&self, key: &str, values: &Regex) -> Term {
        let elements =
            self.keys.get(&ContextKey::new(key)).into_iter().flat_map(|key| &key.elements);
        Term::and(elements.map(|element| {
            Term::implies(Term::var(&element.member), element.slot.in_regex(values.clone()))
        }))
    }
}
