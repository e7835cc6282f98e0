//! Where the credentials of a session come from: services that issue them, and identity providers
//! (F28, F29).

use super::{Checker, texts};
use keyaki_iam::catalogue::keys::{SessionKey, of_provider, of_role_sessions};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::PrincipalKind::{FederatedIdentity, RoleSession, Root};
use keyaki_iam::request::arn_fields;
use keyaki_iam::world::ModelChoice::{F28, F29};
use std::collections::BTreeSet;

/// Comes with sessions as a root user, too.
const SOURCE_IDENTITY: &str = "aws:sourceidentity";

impl<'a> Checker<'a> {
    pub(super) fn issued(&mut self) {
        let mut issuers = BTreeSet::new();
        let mut providers = BTreeSet::new();
        for key in self.present_keys() {
            if let Some(known) = of_role_sessions(key) {
                let passed = known.passed && self.is_listed_for_action(key);
                let possible = passed
                    || self.is(&[RoleSession])
                    || key.lower() == SOURCE_IDENTITY && self.acts_as_root();
                self.require(
                    possible,
                    "F28",
                    format_args!("`{}` comes with role sessions only", key.text()),
                );
                if let Some(issuer) = known.issuer {
                    issuers.insert(issuer);
                    self.own_account(key);
                    self.of_issuer(key, known);
                }
            }
            if let Some((provider, name)) = of_provider(key) {
                providers.insert(provider);
                self.provided(key, provider, name);
            }
        }
        self.expect(issuers.len() <= 1, F28, "credentials are issued by one service");
        self.require(
            providers.len() <= 1,
            "F29",
            "a request has the keys of one identity provider",
        );
        self.issuing_provider(&providers);
        let federated = self.is(&[RoleSession, FederatedIdentity]);
        self.require(
            federated || !self.present("aws:FederatedProvider"),
            "F28",
            "`aws:FederatedProvider` comes with role sessions only",
        );
    }

    /// Whether this may be a session that `sts:AssumeRoot` made.
    fn acts_as_root(&self) -> bool {
        self.is(&[Root]) && self.maybe_present("aws:AssumedRoot")
    }

    /// `aws:FederatedProvider` is the provider of the keys that come with it, and of an identity
    /// its own.
    fn issuing_provider(&mut self, providers: &BTreeSet<&str>) {
        let Some(told) = self.text("aws:FederatedProvider") else { return };
        let own = !self.is(&[FederatedIdentity]) || told == self.request.principal.arn;
        let agree = own && providers.iter().all(|provider| is_of(told, provider));
        self.require(
            agree,
            "F29",
            "`aws:FederatedProvider` is the provider of the identity and of its keys",
        );
    }

    /// Whether the action lists the key, for itself or for a type of its resources.
    fn is_listed_for_action(&self, key: &ContextKey) -> bool {
        // Damage of the catalogue is a violation already.
        let Ok(Some((service, action))) = self.world.catalogue.action(&self.request.action) else {
            return false;
        };
        let mut types = action.resources.iter().map(Some);
        service.lists(action, None, key.lower())
            || types.any(|listed| service.lists(action, listed, key.lower()))
    }

    fn present_keys(&self) -> Vec<&'a ContextKey> {
        self.request
            .context
            .iter()
            .filter(|(_, value)| !texts(value).is_empty())
            .map(|(key, _)| key)
            .collect()
    }

    /// What the credentials were issued to, where the key tells it as an ARN, is in the account of
    /// the caller.
    fn own_account(&mut self, key: &ContextKey) {
        let told = self.text(key.text()).and_then(arn_fields).map(|fields| fields[4]);
        let own = self.request.principal.account();
        let agree = told.is_none() || own.is_none() || told == own;
        self.expect(
            agree,
            F28,
            format_args!("`{}` tells of something in the caller's account", key.text()),
        );
    }

    /// The ARN of what the credentials were issued to is one of the service that issued them.
    fn of_issuer(&mut self, key: &ContextKey, known: &SessionKey) {
        let (Some((service, start)), Some(told)) =
            (known.arn, self.text(key.text()).and_then(arn_fields))
        else {
            return;
        };
        let formed =
            told[2] == service && told[5].strip_prefix(start).is_some_and(|name| !name.is_empty());
        self.expect(
            formed,
            F28,
            format_args!("`{}` is an ARN of `{service}` that ends in `{start}...`", key.text()),
        );
    }

    /// A key of an identity provider: at the call of its identity, or later in a session.
    fn provided(&mut self, key: &ContextKey, provider: &str, name: &str) {
        let later: &[&str] = if provider == "saml" {
            &["namequalifier", "sub", "sub_type"]
        } else {
            &["amr", "app_id", "aud", "id", "sub", "user_id"]
        };
        if self.is(&[RoleSession]) {
            self.expect(
                later.contains(&name),
                F29,
                format_args!("sessions do not carry `{}`", key.text()),
            );
        } else {
            let own = self.is(&[FederatedIdentity]) && is_of(&self.request.principal.arn, provider);
            self.require(
                own,
                "F29",
                format_args!("{} has no `{}`", self.caller_words(), key.text()),
            );
        }
    }
}

/// Whether a provider, by its name or its ARN, is the one that a namespace of keys means.
fn is_of(caller: &str, provider: &str) -> bool {
    match arn_fields(caller).map(|fields| fields[5]) {
        Some(kind) if provider == "saml" => kind.starts_with("saml-provider/"),
        Some(kind) => kind
            .strip_prefix("oidc-provider/")
            .is_some_and(|host| host.eq_ignore_ascii_case(provider)),
        None => caller.eq_ignore_ascii_case(provider),
    }
}
