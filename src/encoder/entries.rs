//! `Principal` and `NotPrincipal`: which entries match the caller, and how closely (SEMANTICS 6.2).

use crate::Error;
use crate::frame::Frame;
use crate::principal::ENTITIES;
use crate::substitution::Wildcards;
use keyaki_iam::layers::NotPrincipalReading;
use keyaki_iam::policy::parameter;
use keyaki_iam::policy::{ContextKey, PrincipalElement, PrincipalEntry};
use keyaki_iam::request::PrincipalKind::{
    FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
};
use keyaki_iam::request::arn_fields;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Symbol, Term};

/// The calls that an identity of an external provider makes, in lower case.
pub(crate) const FEDERATED_CALLS: [&str; 2] =
    ["sts:assumerolewithsaml", "sts:assumerolewithwebidentity"];

/// What else such a call asks for, in lower case.
pub(crate) const ASKED_BESIDES: [&str; 3] =
    ["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"];

/// For each class, whether some entry matches the caller in it. An entry that matches in a stronger
/// class may be in a weaker one, too: where a decision asks for a class, a stronger one grants no
/// less.
#[derive(Debug, Clone)]
pub(crate) struct Classes {
    /// The caller itself, or everybody.
    pub direct: Term,
    /// The role or the user that issued the caller's session.
    pub issuer: Term,
    /// The caller's account.
    pub account: Term,
}

/// Which Deny statements with `NotPrincipal` apply.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Denial {
    pub reading: NotPrincipalReading,
    /// Whether the caller, where it can have one, has a permissions boundary.
    pub boundary: bool,
}

impl Classes {
    pub fn none() -> Classes {
        Classes { direct: Term::falsehood(), issuer: Term::falsehood(), account: Term::falsehood() }
    }

    fn direct(direct: Term) -> Classes {
        Classes { direct, ..Classes::none() }
    }

    /// True iff some entry matches, in any class.
    pub fn any(&self) -> Term {
        Term::or([&self.direct, &self.issuer, &self.account].map(Clone::clone))
    }

    /// Some class of either.
    pub fn or(parts: impl IntoIterator<Item = Classes>) -> Classes {
        let (mut direct, mut issuer, mut account) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            direct.push(part.direct);
            issuer.push(part.issuer);
            account.push(part.account);
        }
        Classes { direct: Term::or(direct), issuer: Term::or(issuer), account: Term::or(account) }
    }

    /// Each class where `condition` holds.
    pub fn when(&self, condition: &Term) -> Classes {
        let [direct, issuer, account] = [&self.direct, &self.issuer, &self.account]
            .map(|class| Term::and([class.clone(), condition.clone()]));
        Classes { direct, issuer, account }
    }
}

impl Frame {
    /// The classes in which the principal part of an Allow statement matches. A `NotPrincipal` that
    /// matches does so directly; a statement without either matches nobody.
    pub(crate) fn allowed_principal(
        &self,
        element: Option<&PrincipalElement>,
    ) -> Result<Classes, Error> {
        let Some(element) = element else { return Ok(Classes::none()) };
        let classes = self.entries(element)?;
        Ok(if element.negated { Classes::direct(Term::not(classes.any())) } else { classes })
    }

    /// True iff the principal part of a Deny statement matches.
    pub(crate) fn denied_principal(
        &self,
        element: Option<&PrincipalElement>,
        denial: Denial,
    ) -> Result<Term, Error> {
        let Some(element) = element else { return Ok(Term::falsehood()) };
        let classes = self.entries(element)?;
        if !element.negated {
            return Ok(classes.any());
        }
        let exempt = match denial.reading {
            NotPrincipalReading::AnyEntry => classes.any(),
            NotPrincipalReading::EveryLevel => self.every_level(element, &classes),
        };
        let bounded =
            if denial.boundary { self.caller.is_any(&ENTITIES) } else { Term::falsehood() };
        Ok(Term::or([bounded, Term::not(exempt)]))
    }

    /// True iff every level of the caller is in the list: of a role session the session, the role
    /// and the account. `*` is every level.
    fn every_level(&self, element: &PrincipalElement, classes: &Classes) -> Term {
        if element.entries.contains(&PrincipalEntry::Anyone) {
            return Term::truth();
        }
        let caller = &self.caller;
        let issuer = Term::implies(caller.is(RoleSession), classes.issuer.clone());
        let account = Term::implies(caller.is_any(&ENTITIES), classes.account.clone());
        Term::and([classes.direct.clone(), issuer, account])
    }

    /// The classes of all entries together.
    fn entries(&self, element: &PrincipalElement) -> Result<Classes, Error> {
        let entries =
            element.entries.iter().map(|entry| self.entry(entry)).collect::<Result<Vec<_>, _>>()?;
        Ok(Classes::or(entries))
    }

    fn entry(&self, entry: &PrincipalEntry) -> Result<Classes, Error> {
        let caller = &self.caller;
        let named = |name: &str| self.is_text(&caller.name, name);
        Ok(match entry {
            PrincipalEntry::Anyone => Classes::direct(Term::truth()),
            PrincipalEntry::Service(name) => {
                Classes::direct(Term::and([caller.is(Service), named(name)?]))
            }
            PrincipalEntry::Federated(provider) => {
                Classes::direct(Term::and([self.federates(), named(provider)?]))
            }
            PrincipalEntry::AnyProvider => Classes::direct(self.federates()),
            PrincipalEntry::Aws(id) if entry.is_unique_id() => self.unique_id(id)?,
            PrincipalEntry::Aws(text) if parameter::is_in(text) => self.unknown_entry(text)?,
            PrincipalEntry::Aws(text) => self.aws_entry(text),
            PrincipalEntry::CanonicalUser(_) => Classes::none(),
        })
    }

    /// True iff an identity of an external provider asks for what such identities are granted.
    fn federates(&self) -> Term {
        let called = Term::or(
            FEDERATED_CALLS.iter().chain(&ASKED_BESIDES).map(|action| self.action_is(action)),
        );
        Term::and([self.caller.is(FederatedIdentity), called])
    }

    /// True iff the text is what the symbol stands for, with the values of its parameters.
    fn is_text(&self, symbol: &Symbol, text: &str) -> Result<Term, Error> {
        if !parameter::is_in(text) {
            return Ok(Term::eq(Term::var(symbol), Term::string(text)));
        }
        let pattern = self.substitute(&parameter::pieces(text), Wildcards::Literal)?;
        Ok(Term::and([pattern.resolved.clone(), Term::eq(Term::var(symbol), pattern.text())]))
    }

    /// An account id or an ARN in which parameters stand (SEMANTICS 3.1): of an account, a user or a
    /// role.
    fn unknown_entry(&self, text: &str) -> Result<Classes, Error> {
        let caller = &self.caller;
        let Some([_, partition, _, _, account, resource]) = parameter::arn_fields(text) else {
            return Ok(self.account_entry(self.is_text(&caller.account, text)?));
        };
        if account == "cloudfront" {
            let own = [caller.is(Service), self.is_text(&caller.name, text)?];
            return Ok(Classes::direct(Term::and(own)));
        }
        let home = Term::and([
            self.is_text(&caller.partition, partition)?,
            self.is_text(&caller.account, account)?,
        ]);
        let Some((kind, name)) = resource.split_once('/') else {
            return Ok(self.account_entry(home));
        };
        let is_entity = self.is_text(&caller.entity, name)?;
        let when =
            |kind, condition: &Term| Term::and([caller.is(kind), home.clone(), condition.clone()]);
        if kind == "user" {
            let own = when(User, &is_entity);
            // A session of which nobody knows the user has the empty text, and so may a parameter.
            let told = Term::not(Term::eq(Term::var(&caller.entity), Term::string("")));
            let issuer = when(FederatedUser, &Term::and([is_entity, told]));
            return Ok(Classes { issuer, ..Classes::direct(own) });
        }
        // Without a path the name is that of any role that is called so.
        let pattern = self.substitute(&parameter::pieces(name), Wildcards::Literal)?;
        let with_path = [Part::AnyString, Part::Literal("/".to_owned()), Part::AnyString];
        let ends = [Part::AnyString, Part::Literal("/".to_owned())].into_iter();
        let is_called = Term::and([
            pattern.resolved.clone(),
            Term::not(Term::matches(pattern.text(), with_path.to_vec())),
            Term::matches(Term::var(&caller.entity), ends.chain(pattern.parts).collect()),
        ]);
        let issuer = when(RoleSession, &Term::or([is_entity, is_called]));
        Ok(Classes { issuer, ..Classes::none() })
    }

    /// An account id or an ARN.
    fn aws_entry(&self, text: &str) -> Classes {
        let caller = &self.caller;
        let Some([_, partition, service, _, account, resource]) = arn_fields(text) else {
            return self.account_entry(Term::eq(Term::var(&caller.account), Term::string(text)));
        };
        // Origin access identities look like users of an account `cloudfront`. They ask as services
        // do, under their ARN.
        if account == "cloudfront" {
            let own = [caller.is(Service), Term::eq(Term::var(&caller.name), Term::string(text))];
            return Classes::direct(Term::and(own));
        }
        let home = caller.in_account(partition, account);
        let when = |kind, conditions: Vec<Term>| {
            Term::and([caller.is(kind), home.clone()].into_iter().chain(conditions))
        };
        // What follows the kind: of a user or a role its path and name.
        let name = resource.split_once('/').map(|(_, name)| name).unwrap_or_default();
        match (service, resource.split('/').collect::<Vec<_>>().as_slice()) {
            ("iam", ["root"]) => self.account_entry(home),
            ("iam", ["user", ..]) => {
                let [direct, issuer] =
                    [User, FederatedUser].map(|kind| when(kind, vec![caller.entity_is(name)]));
                Classes { direct, issuer, account: Term::falsehood() }
            }
            ("iam", ["role", name]) => {
                let role = caller.entity_named(Regex::literal(name));
                Classes { issuer: when(RoleSession, vec![role]), ..Classes::none() }
            }
            ("iam", ["role", ..]) => Classes {
                issuer: when(RoleSession, vec![caller.entity_is(name)]),
                ..Classes::none()
            },
            ("sts", ["assumed-role", role, session]) => {
                let own =
                    vec![caller.entity_named(Regex::literal(role)), caller.session_is(session)];
                Classes::direct(when(RoleSession, own))
            }
            ("sts", ["federated-user", ..]) => {
                Classes::direct(when(FederatedUser, vec![caller.session_is(name)]))
            }
            _ => Classes::none(),
        }
    }

    /// An entry for the whole account; `home` says whether it is the caller's. The root user is the
    /// account itself.
    fn account_entry(&self, home: Term) -> Classes {
        let direct = Term::and([self.caller.is(Root), home.clone()]);
        let account = Term::and([self.caller.is_any(&ENTITIES), home]);
        Classes { direct, issuer: Term::falsehood(), account }
    }

    /// `AIDA...` is a user, `AROA...` a role, both known by `aws:userid`.
    fn unique_id(&self, id: &str) -> Result<Classes, Error> {
        let key = self.key(&ContextKey::new("aws:userid"))?;
        let Some(value) = key.first() else { return Ok(Classes::none()) };
        let shown = |parts: &[Part]| Term::and([key.present(), value.matches(parts)]);
        Ok(if id.starts_with("AIDA") {
            Classes::direct(Term::and([
                self.caller.is(User),
                shown(&[Part::Literal(id.to_owned())]),
            ]))
        } else if id.starts_with("AROA") {
            let session = shown(&[Part::Literal(format!("{id}:")), Part::AnyString]);
            Classes { issuer: Term::and([self.caller.is(RoleSession), session]), ..Classes::none() }
        } else {
            Classes::none()
        })
    }
}
