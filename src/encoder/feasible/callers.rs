//! Who asks: F1 to F7, and of F24 what concerns callers.

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, is_text, members, some_member};
use crate::entries::{ASKED_BESIDES, FEDERATED_CALLS};
use crate::frame::Key;
use crate::principal::plain_providers;
use crate::shapes;
use crate::slot::Slot;
use keyaki_iam::request::PrincipalKind::{
    Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Term};

pub(super) const NAME_LENGTH: &str = "names of users and roles have at most 64 characters";
pub(super) const SESSION_LENGTH: &str =
    "names of sessions have 2 to 64 characters, those of federated users to 32";

/// The keys that every request carries, whoever asks (SEMANTICS 5.3 and 5.5).
const ALWAYS: [&str; 6] = [
    "aws:SecureTransport",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:RequestedRegion",
    "aws:ViaAWSService",
    "aws:UserAgent",
];

/// The keys that every caller shows of whom the text says what they hold; of services and
/// identities of providers it does not (`[U19]`).
const OF_CALLER: [&str; 3] = ["aws:PrincipalAccount", "aws:PrincipalType", "aws:userid"];

/// The keys that come only with a call by an AWS service principal.
const SERVICE_ONLY: [&str; 2] = ["aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"];
const SOURCE: [&str; 4] =
    ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"];

/// The tags that IAM Roles Anywhere makes of a certificate: of its subject, issuer and alternative
/// names.
const CERTIFICATE_TAGS: &str = "aws:principaltag/x509";
const ROLES_ANYWHERE: &str = "rolesanywhere.amazonaws.com";

impl Context<'_> {
    pub(super) fn presence(&self) -> Vec<Row> {
        let always = Term::and(self.presences(&ALWAYS));
        let unknown = self.caller.is_any(&[Service, FederatedIdentity]);
        let of_caller = Term::or([unknown, Term::and(self.presences(&OF_CALLER))]);
        let arn = self
            .key("aws:PrincipalArn")
            .map_or_else(Term::truth, |key| Term::iff(key.present(), self.caller.has_account()));
        let service = self.key("aws:PrincipalIsAWSService").map_or_else(Term::truth, |key| {
            let signed = self.caller.is_any(&[User, RoleSession, FederatedUser, Root, Service]);
            Term::and([
                Term::implies(signed.clone(), key.present()),
                Term::implies(Term::not(signed), Term::not(key.present())),
            ])
        });
        vec![
            ("presence", Hard, "the keys that every request carries are present", always),
            (
                "presence",
                Hard,
                "the keys that tell of users, sessions, root users and anonymous requesters are present",
                of_caller,
            ),
            (
                "presence",
                Hard,
                "`aws:PrincipalArn` is present for callers in an account, and for no others",
                arn,
            ),
            (
                "presence",
                Hard,
                "`aws:PrincipalIsAWSService` is present in signed requests, and absent from others",
                service,
            ),
        ]
    }

    /// What tells the kinds apart.
    pub(super) fn kinds(&self) -> Vec<Row> {
        let among =
            |actions: &[&str]| Term::or(actions.iter().map(|action| self.frame.action_is(action)));
        let (calling, besides) = (among(&FEDERATED_CALLS), among(&ASKED_BESIDES));
        let provider = self.is(FederatedIdentity);
        let federating = Term::and([
            Term::implies(calling.clone(), provider.clone()),
            Term::implies(provider, Term::or([calling, besides])),
        ]);
        let managed =
            Term::implies(Term::var(&self.caller.in_management_account), self.caller.has_account());
        let named = self
            .key("aws:username")
            .map_or_else(Term::truth, |name| Term::iff(name.present(), self.is(User)));
        let words = [
            (User, "User"),
            (RoleSession, "AssumedRole"),
            (FederatedUser, "FederatedUser"),
            (Root, "Account"),
            (Anonymous, "Anonymous"),
        ];
        let type_of = |slot: &Slot| {
            Term::and(words.map(|(kind, word)| {
                Term::implies(self.is(kind), slot.in_regex(Regex::literal(word)))
            }))
        };
        vec![
            (
                "F1",
                Hard,
                "identities of external providers call `sts:AssumeRoleWithSAML` or `sts:AssumeRoleWithWebIdentity`, which nobody else calls, and ask for what belongs to it",
                federating,
            ),
            ("F1", Hard, "only callers in an account are in the management account", managed),
            ("F1", Hard, "`aws:username` is present for IAM users only", named),
            (
                "F1",
                Hard,
                "`aws:PrincipalType` is that of the caller",
                self.value("aws:PrincipalType", type_of),
            ),
            (
                "F1",
                Hard,
                "`aws:userid` is that of the caller",
                self.value("aws:userid", |slot| self.user_id(slot)),
            ),
        ]
    }

    /// The table of SEMANTICS 5.1.
    fn user_id(&self, slot: &Slot) -> Term {
        let session = || Part::Value(Term::var(&self.caller.session));
        let literal = |text: &str| Part::Literal(text.to_owned());
        let role = [literal("AROA"), Part::AnyString, literal(":"), session()];
        let federated = [Part::Value(self.account()), literal(":"), session()];
        let by_kind = [
            (User, slot.in_regex(shapes::unique_id("AIDA"))),
            (
                RoleSession,
                Term::and([slot.in_regex(shapes::role_session_id()), slot.matches(&role)]),
            ),
            (FederatedUser, slot.matches(&federated)),
            (Root, is_text(slot, &self.account())),
            (Anonymous, slot.in_regex(Regex::literal("anonymous"))),
        ];
        Term::and(by_kind.map(|(kind, shape)| Term::implies(self.is(kind), shape)))
    }

    /// Names have the characters and lengths that IAM allows. What a kind does not have may as well
    /// have the shape of what it is for others: unconditional formulas are easier.
    pub(super) fn names(&self) -> Vec<Row> {
        let [entity, session, name] =
            [&self.caller.entity, &self.caller.session, &self.caller.name].map(Term::var);
        let entities = Term::in_regex(entity.clone(), Regex::opt(shapes::path_and_name()));
        let sessions = Term::in_regex(session.clone(), Regex::opt(shapes::session()));
        let has_name = |kind| Term::implies(self.is(kind), Term::not(self.caller.session_is("")));
        let path = Regex::opt(Regex::concat([Regex::all(), Regex::literal("/")]));
        let short = Regex::concat([path, Regex::repeat(Regex::none_of("/"), 0, 64)]);
        let shaped = |kind, text: &Term, shape| {
            Term::implies(self.is(kind), Term::in_regex(text.clone(), shape))
        };
        let lengths = [
            shaped(RoleSession, &session, shapes::length(2, 64)),
            shaped(FederatedUser, &session, shapes::length(2, 32)),
        ];
        let provider = Regex::union([plain_providers(), shapes::provider_arn()]);
        let identity = Term::in_regex(name.clone(), shapes::origin_access_identity());
        let identity = Term::implies(self.caller.is_origin_access_identity(), identity);
        let named = Term::and([shaped(FederatedIdentity, &name, provider), identity]);
        vec![
            ("F2", Hard, "names of users and roles have the characters that IAM allows", entities),
            (
                "F2",
                Hard,
                "names of users and roles have the characters that IAM allows",
                self.value("aws:username", |slot| slot.in_regex(shapes::name())),
            ),
            ("F3", Hard, "names of sessions have the characters that IAM allows", sessions),
            ("F3", Hard, "role sessions have a name", has_name(RoleSession)),
            ("F4", Hard, "federated users have a name", has_name(FederatedUser)),
            ("F2", Hard, NAME_LENGTH, Term::in_regex(entity, short)),
            ("F3", Hard, SESSION_LENGTH, Term::and(lengths)),
            (
                "F24",
                Model,
                "identity providers and origin access identities have the ARN of one, or a plain name",
                named,
            ),
        ]
    }

    /// `aws:PrincipalArn` and what else tells the caller's account and name.
    pub(super) fn own_arn(&self) -> Vec<Row> {
        let caller = self.caller;
        let account_of = |slot: &Slot| {
            let own = Term::implies(caller.has_account(), is_text(slot, &self.account()));
            Term::and([
                own,
                Term::implies(self.is(Anonymous), slot.in_regex(Regex::literal("anonymous"))),
            ])
        };
        let last = |slot: &Slot| slot.test(|name| ends_in_name(&Term::var(&caller.entity), name));
        let [account, partition] =
            [(&caller.account, shapes::account()), (&caller.partition, shapes::partition())].map(
                |(field, shape)| {
                    Term::implies(caller.has_account(), Term::in_regex(Term::var(field), shape))
                },
            );
        vec![
            (
                "F2",
                Hard,
                "`aws:PrincipalArn` is the ARN of the user, of the session's role, of the federated user, of the root user",
                self.principal_arn(),
            ),
            (
                "F2",
                Hard,
                "`aws:PrincipalAccount` is the account of the caller",
                self.value("aws:PrincipalAccount", account_of),
            ),
            (
                "F2",
                Hard,
                "`aws:username` is the last element of the user's path",
                self.value("aws:username", last),
            ),
            (
                "F24",
                Model,
                "callers are in an account of twelve digits, in a partition",
                Term::and([account, partition]),
            ),
        ]
    }

    fn principal_arn(&self) -> Term {
        let Some((present, arn)) = self.arn("aws:PrincipalArn") else { return Term::truth() };
        let caller = self.caller;
        let [first, partition, service, region, account, resource] = arn.terms();
        let is = |field: &Term, text: &str| Term::eq(field.clone(), Term::string(text));
        let named = |kind, start: &str, name| {
            let whole = Term::concat([Term::string(start), Term::var(name)]);
            Term::implies(self.is(kind), Term::eq(resource.clone(), whole))
        };
        let by_kind = [
            named(User, "user/", &caller.entity),
            named(RoleSession, "role/", &caller.entity),
            named(FederatedUser, "federated-user/", &caller.session),
            Term::implies(self.is(Root), is(&resource, "root")),
            Term::ite(self.is(FederatedUser), is(&service, "sts"), is(&service, "iam")),
        ];
        let home =
            [Term::eq(partition, Term::var(&caller.partition)), Term::eq(account, self.account())];
        let own = [arn.is_arn(), is(&first, "arn"), is(&region, "")]
            .into_iter()
            .chain(home)
            .chain(by_kind);
        Term::implies(present, Term::and(own))
    }

    pub(super) fn services(&self) -> Vec<Row> {
        let service = self.is(Service);
        let name = Term::var(&self.caller.name);
        // An origin access identity shows no service principal, and what else it shows of a service
        // nobody says.
        let identity = self.caller.is_origin_access_identity();
        let principal = Term::and([service.clone(), Term::not(identity.clone())]);
        let told = |slot: &Slot| {
            Term::or([identity.clone(), Term::eq(slot.is_boolean(true), service.clone())])
        };
        let named = Term::and(SERVICE_ONLY.iter().filter_map(|key| self.key(key)).map(|key| {
            let own = some_member(key, |slot| is_text(slot, &name));
            Term::and([
                Term::iff(key.present(), principal.clone()),
                Term::implies(principal.clone(), own),
            ])
        }));
        let unforwarded = self.value("aws:ViaAWSService", |slot| {
            Term::implies(service.clone(), slot.is_boolean(false))
        });
        let tags = || {
            self.frame.keys.values().filter(|key| key.key.lower().starts_with("aws:principaltag/"))
        };
        let tagged = Term::or(tags().map(Key::present));
        let organization = self.absent(&[
            "aws:PrincipalOrgID",
            "aws:PrincipalOrgPaths",
            "aws:PrincipalOrgMasterAccountId",
        ]);
        let homeless = self.caller.is_any(&[Anonymous, Service]);
        let untagged = self.caller.is_any(&[Root, FederatedIdentity, Anonymous]);
        let (read, other): (Vec<&Key>, Vec<&Key>) =
            tags().partition(|key| key.key.lower().starts_with(CERTIFICATE_TAGS));
        let present = |keys: &[&Key]| Term::or(keys.iter().map(|key| key.present()));
        let certified =
            Term::implies(present(&read), Term::eq(name.clone(), Term::string(ROLES_ANYWHERE)));
        let by_certificate =
            Term::implies(service.clone(), Term::and([Term::not(present(&other)), certified]));
        let caller_account = self.key("kms:CallerAccount").map_or_else(Term::truth, |key| {
            members(key, |slot| {
                Term::implies(self.caller.has_account(), is_text(slot, &self.account()))
            })
        });
        let caller_account = Term::and([
            caller_account,
            self.same_value("kms:CallerAccount", "aws:PrincipalAccount"),
        ]);
        let via = self.key("kms:ViaService").zip(self.slot("aws:ViaAWSService")).map_or_else(
            Term::truth,
            |(key, (present, via))| {
                let forwarded = Term::and([present, via.is_boolean(true)]);
                Term::implies(key.present(), Term::or([service.clone(), forwarded]))
            },
        );
        vec![
            (
                "F5",
                Hard,
                "requests that are not signed, and services, come from no organization",
                Term::implies(homeless, organization),
            ),
            (
                "F5",
                Hard,
                "only users, roles and their sessions have tags",
                Term::implies(untagged, Term::not(tagged)),
            ),
            (
                "F6",
                Model,
                "services have no tags, but for what IAM Roles Anywhere reads in a certificate",
                by_certificate,
            ),
            (
                "F6",
                Hard,
                "`aws:PrincipalIsAWSService` tells whether a service asks",
                self.value("aws:PrincipalIsAWSService", told),
            ),
            (
                "F6",
                Hard,
                "the keys that name a service name the caller, and are absent for others",
                named,
            ),
            ("F6", Hard, "a service that asks for itself forwards nobody's request", unforwarded),
            (
                "F7",
                Model,
                "`aws:Source...` keys are present for services only",
                Term::or([service, self.absent(&SOURCE)]),
            ),
            ("F27", Hard, "`kms:CallerAccount` is the caller's account", caller_account),
            (
                "F27",
                Model,
                "`kms:ViaService` is present in calls by services and through services only",
                via,
            ),
        ]
    }
}

/// True iff `name` or `path/name` ends in `name`.
fn ends_in_name(entity: &Term, name: Term) -> Term {
    let path = vec![Part::AnyString, Part::Literal("/".to_owned()), Part::Value(name.clone())];
    Term::or([Term::eq(entity.clone(), name), Term::matches(entity.clone(), path)])
}
