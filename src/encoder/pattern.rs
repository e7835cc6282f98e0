//! The shape of a request: what it asks for, and patterns of callers.

use crate::Error;
use crate::frame::Frame;
use crate::glob::{cuts, parts, regex_without};
use keyaki_iam::policy::Kind;
use keyaki_iam::request::PrincipalKind::{
    Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
};
use keyaki_iam::shape::{CallerPattern, Shape};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Symbol, Term};

impl Frame {
    /// True iff the request has the shape: its statement applies, and its patterns match the
    /// caller. The frame was made from it.
    ///
    /// # Errors
    ///
    /// As [`Frame::applies`].
    pub fn shape(&self, shape: &Shape) -> Result<Term, Error> {
        let asked = self.applies(Kind::Identity, &shape.statement)?;
        let matched = |patterns: &[CallerPattern]| {
            Term::or(patterns.iter().map(|pattern| self.caller_pattern(pattern)))
        };
        let among = shape.principals.as_deref().map_or_else(Term::truth, matched);
        let own = [
            (&shape.scope.accounts, self.caller_in(&shape.scope.accounts)),
            (&shape.scope.resource_accounts, self.owned_by(&shape.scope.resource_accounts)),
        ];
        let own = own.into_iter().filter(|(named, _)| !named.is_empty()).map(|(_, term)| term);
        let management = shape.scope.management.map(|told| {
            let managing = Term::var(&self.caller.in_management_account);
            if told { managing } else { Term::not(managing) }
        });
        let asked = [asked, among, Term::not(matched(&shape.not_principals))];
        Ok(Term::and(asked.into_iter().chain(own).chain(management)))
    }

    fn caller_pattern(&self, pattern: &CallerPattern) -> Term {
        let caller = &self.caller;
        match pattern {
            CallerPattern::Anyone => Term::truth(),
            CallerPattern::Anonymous => caller.is(Anonymous),
            CallerPattern::Account(account) => Term::and([
                caller.has_account(),
                Term::eq(Term::var(&caller.account), Term::string(account.as_str())),
            ]),
            CallerPattern::Name(name) => {
                let plain = Term::in_regex(Term::var(&caller.name), regex_without(name, ":"));
                Term::and([caller.is_any(&[Service, FederatedIdentity]), plain])
            }
            CallerPattern::Arn(fields) => self.arn_pattern(fields, pattern.role_name()),
            CallerPattern::Entity(entity) => {
                let is =
                    |symbol: &Symbol, text: &str| Term::eq(Term::var(symbol), Term::string(text));
                Term::and([
                    caller.is(if entity.is_role { RoleSession } else { User }),
                    is(&caller.partition, &entity.partition),
                    is(&caller.account, &entity.account),
                    caller.entity_is(&entity.name),
                ])
            }
        }
    }

    /// The caller's own ARN, or that of the role or user that issued its session. Field by field,
    /// so no wildcard crosses a colon. `role_name` is the role's name where the pattern gives no
    /// path: then the role may have any.
    fn arn_pattern(&self, fields: &[String; 6], role_name: Option<&str>) -> Term {
        let caller = &self.caller;
        let [first, partition, service, region, account, resource] =
            fields.each_ref().map(String::as_str);
        let home = Term::and([
            is_match(first, "arn"),
            is_match(region, ""),
            matches(&caller.partition, partition),
            matches(&caller.account, account),
        ]);
        // The user itself, or the issuer of a session where it is known.
        let users = [
            caller.is(User),
            Term::and([caller.is(FederatedUser), Term::not(caller.entity_is(""))]),
        ];
        let user = Term::and([Term::or(users), after("user", resource, &caller.entity)]);
        let entity = role_name.map_or_else(
            || after("role", resource, &caller.entity),
            |name| caller.entity_named(Regex::literal(name)),
        );
        let role = Term::and([caller.is(RoleSession), entity]);
        let root = Term::and([caller.is(Root), is_match(resource, "root")]);
        let iam = Term::and([is_match(service, "iam"), Term::or([user, role, root])]);
        let session = Term::or([
            Term::and([caller.is(RoleSession), self.role_session(resource)]),
            Term::and([
                caller.is(FederatedUser),
                after("federated-user", resource, &caller.session),
            ]),
        ]);
        let sts = Term::and([is_match(service, "sts"), session]);
        Term::or([Term::and([home, Term::or([iam, sts])]), self.provider(fields)])
    }

    /// `assumed-role/ROLE/SESSION`, where neither name has a slash in it.
    fn role_session(&self, pattern: &str) -> Term {
        let caller = &self.caller;
        let ways = cuts(pattern)
            .into_iter()
            .filter(|(start, _)| is_match(start, "assumed-role").as_bool() == Some(true));
        let named = ways.flat_map(|(_, names)| cuts(names)).map(|(role, session)| {
            let session = Term::in_regex(Term::var(&caller.session), regex_without(session, "/"));
            Term::and([caller.entity_named(regex_without(role, "/")), session])
        });
        Term::and([Term::not(caller.session_is("")), Term::or(named)])
    }

    /// An identity provider, or an origin access identity, that is known by an ARN; names of
    /// services have no colon.
    fn provider(&self, fields: &[String; 6]) -> Term {
        let [first @ .., resource] = fields;
        let parts = first.iter().flat_map(|field| [regex_without(field, ":"), Regex::literal(":")]);
        let arn = Regex::concat(parts.chain([regex_without(resource, "")]));
        Term::and([
            self.caller.is_any(&[FederatedIdentity, Service]),
            Term::in_regex(Term::var(&self.caller.name), arn),
        ])
    }
}

/// True iff `start`, a slash and the value of the symbol match the pattern.
fn after(start: &str, pattern: &str, rest: &Symbol) -> Term {
    let ways = cuts(pattern)
        .into_iter()
        .filter(|(before, _)| is_match(before, start).as_bool() == Some(true));
    Term::or(ways.map(|(_, pattern)| matches(rest, pattern)))
}

fn matches(symbol: &Symbol, pattern: &str) -> Term {
    Term::matches(Term::var(symbol), parts(pattern))
}

/// Whether a text that is known matches, as a formula.
fn is_match(pattern: &str, text: &str) -> Term {
    Term::matches(Term::string(text), parts(pattern))
}
