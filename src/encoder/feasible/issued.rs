//! What sessions carry of where they come from: F28 and F29.

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, is_text};
use crate::frame::Key;
use crate::slot::Slot;
use keyaki_iam::catalogue::Catalogue;
use keyaki_iam::catalogue::keys::{self, SessionKey};
use keyaki_iam::request::PrincipalKind::{FederatedIdentity, RoleSession, Root};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Term};
use std::collections::BTreeMap;

/// What requests of a session carry of SAML, and of a provider of web identities (SEMANTICS 5.2).
const LATER_SAML: [&str; 3] = ["namequalifier", "sub", "sub_type"];
const LATER_WEB: [&str; 6] = ["amr", "app_id", "aud", "id", "sub", "user_id"];

impl Context<'_> {
    pub(super) fn issued(&self, catalogue: &Catalogue) -> Vec<Row> {
        let session = self.is(RoleSession);
        let known: Vec<(&Key, &SessionKey)> = self
            .frame
            .keys
            .values()
            .filter_map(|key| Some((key, keys::of_role_sessions(&key.key)?)))
            .collect();
        let only_sessions = known.iter().map(|(key, known)| {
            let passed = if known.passed { self.lists(key, catalogue) } else { Term::falsehood() };
            // `sts:AssumeRoot` takes the source identity along.
            let root = (known.name == "aws:sourceidentity")
                .then(|| Term::and([self.is(Root), self.assumed_root()]));
            Term::implies(
                key.present(),
                Term::or([session.clone(), passed].into_iter().chain(root)),
            )
        });
        let federated = self.key("aws:FederatedProvider").map_or_else(Term::truth, |key| {
            Term::implies(key.present(), self.caller.is_any(&[RoleSession, FederatedIdentity]))
        });
        let mut by_issuer: BTreeMap<&str, Vec<Term>> = BTreeMap::new();
        for (key, known) in &known {
            by_issuer.entry(known.issuer.unwrap_or_default()).or_default().push(key.present());
        }
        by_issuer.remove("");
        let homes = known
            .iter()
            .filter(|(_, known)| known.issuer.is_some())
            .map(|(key, _)| self.of_own_account(key));
        let forms = known.iter().filter_map(|(key, known)| Some(has_form(key, known.arn?)));
        vec![
            (
                "F28",
                Hard,
                "keys of role sessions come with role sessions only",
                Term::and(only_sessions.chain([federated])),
            ),
            (
                "F28",
                Model,
                "credentials are issued by one service",
                one_at_most(by_issuer.into_values()),
            ),
            (
                "F28",
                Model,
                "what the credentials were issued to is in the caller's account",
                Term::and(homes),
            ),
            (
                "F28",
                Model,
                "what the credentials were issued to is of the service that issued them",
                Term::and(forms),
            ),
        ]
        .into_iter()
        .chain(self.providers())
        .collect()
    }

    /// True iff the context says that the session acts as a root user, or nothing looks at what
    /// says so.
    fn assumed_root(&self) -> Term {
        self.key("aws:AssumedRoot").map_or_else(Term::truth, Key::present)
    }

    /// The action is one that the catalogue lists the key for. Who made the frame read what it says
    /// of the key, and met what is damaged.
    fn lists(&self, key: &Key, catalogue: &Catalogue) -> Term {
        let mut actions = Vec::new();
        for (service, _) in catalogue.keys(key.key.text()).unwrap_or_default() {
            for action in &service.actions {
                let targets = std::iter::once(None).chain(action.resources.iter().map(Some));
                if targets.into_iter().any(|target| service.lists(action, target, key.key.lower()))
                {
                    actions.push(Regex::literal(&format!(
                        "{}:{}",
                        service.prefix,
                        action.name.to_ascii_lowercase()
                    )));
                }
            }
        }
        Term::in_regex(Term::var(&self.frame.action), Regex::union(actions))
    }

    /// The ARN in the key, if it holds one, is of the caller's account.
    fn of_own_account(&self, key: &Key) -> Term {
        match key.first() {
            Some(Slot::Arn { arn, .. }) => {
                let [_, _, _, _, account, _] = arn.terms();
                Term::implies(
                    Term::and([key.present(), arn.is_arn()]),
                    Term::eq(account, self.account()),
                )
            }
            Some(Slot::Text(_) | Slot::Typed(_)) | None => Term::truth(),
        }
    }

    fn providers(&self) -> Vec<Row> {
        let mut by_provider: BTreeMap<&str, Vec<(&Key, &str)>> = BTreeMap::new();
        for key in self.frame.keys.values() {
            if let Some((provider, name)) = keys::of_provider(&key.key) {
                by_provider.entry(provider).or_default().push((key, name));
            }
        }
        let (session, identity) = (self.is(RoleSession), self.is(FederatedIdentity));
        let (mut owned, mut later) = (Vec::new(), Vec::new());
        for (provider, keys) in &by_provider {
            let own = Term::and([
                identity.clone(),
                Term::in_regex(Term::var(&self.caller.name), named(provider)),
            ]);
            for (key, name) in keys {
                owned.push(Term::implies(key.present(), Term::or([session.clone(), own.clone()])));
                let known = if *provider == "saml" {
                    LATER_SAML.contains(name)
                } else {
                    LATER_WEB.contains(name)
                };
                if !known {
                    later.push(Term::not(Term::and([key.present(), session.clone()])));
                }
            }
        }
        let issuers = by_provider.iter().map(|(provider, keys)| {
            let some = Term::or(keys.iter().map(|(key, _)| key.present()));
            self.value("aws:FederatedProvider", |slot| {
                Term::implies(some.clone(), slot.in_regex(named(provider)))
            })
        });
        let own = self.value("aws:FederatedProvider", |slot| {
            Term::implies(identity.clone(), is_text(slot, &Term::var(&self.caller.name)))
        });
        let issuers = Term::and(issuers.chain([own]));
        let presences =
            by_provider.values().map(|keys| keys.iter().map(|(key, _)| key.present()).collect());
        vec![
            (
                "F29",
                Hard,
                "keys of an identity provider come with its identities and with role sessions",
                Term::and(owned),
            ),
            (
                "F29",
                Hard,
                "`aws:FederatedProvider` is the provider of the identity, and of the keys that come with it",
                issuers,
            ),
            (
                "F29",
                Hard,
                "a request carries keys of one identity provider",
                one_at_most(presences),
            ),
            (
                "F29",
                Model,
                "sessions carry those keys of their identity provider that AWS documents for them",
                Term::and(later),
            ),
        ]
    }
}

/// The ARN in the key, if it holds one, is of this service and its last field begins so.
fn has_form(key: &Key, (issuer, start): (&str, &str)) -> Term {
    let Some(Slot::Arn { arn, .. }) = key.first() else { return Term::truth() };
    let [_, _, service, _, _, resource] = arn.terms();
    let begins = Term::matches(
        resource,
        vec![Part::Literal(start.to_owned()), Part::AnyChar, Part::AnyString],
    );
    let formed = Term::and([Term::eq(service, Term::string(issuer)), begins]);
    Term::implies(Term::and([key.present(), arn.is_arn()]), formed)
}

/// The names of the callers that are of this provider: its own name, or the ARN of a provider of
/// this kind.
fn named(provider: &str) -> Regex {
    let field = || Regex::concat([Regex::star(Regex::none_of(":")), Regex::literal(":")]);
    let arn = |rest: Regex| {
        Regex::concat([Regex::literal("arn:"), field(), field(), field(), field(), rest])
    };
    if provider == "saml" {
        return arn(Regex::concat([Regex::literal("saml-provider/"), Regex::all()]));
    }
    let host = || Regex::ascii_case_insensitive(provider);
    Regex::union([host(), arn(Regex::concat([Regex::literal("oidc-provider/"), host()]))])
}

/// True iff of several groups at most one has a member that is true.
fn one_at_most(groups: impl Iterator<Item = Vec<Term>>) -> Term {
    let groups: Vec<Term> = groups.map(Term::or).collect();
    let alone = |(at, group): (usize, &Term)| {
        let others = groups.iter().skip(at + 1).cloned();
        Term::not(Term::and([group.clone(), Term::or(others)]))
    };
    Term::and(groups.iter().enumerate().map(alone))
}
