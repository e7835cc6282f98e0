//! The symbolic caller: its kind, and the parts of its ARN.

use crate::parts::CallerParts;
use PrincipalKind::{
    Anonymous, FederatedIdentity, FederatedUser, RoleSession, Root, Service, User,
};
use keyaki_iam::organizations::SERVICE_LINKED_PATH;
use keyaki_iam::request::{IDENTITY_PROVIDERS, PrincipalKind};
use keyaki_logic::model::Model;
use keyaki_logic::regex::{Class, Regex};
use keyaki_logic::term::{Part, Sort, Symbol, Term, Value};

/// The kinds, and what their symbols are called.
const KINDS: [(PrincipalKind, &str); 7] = [
    (User, "is_user"),
    (RoleSession, "is_role_session"),
    (FederatedUser, "is_federated_user"),
    (Root, "is_root"),
    (Service, "is_service"),
    (FederatedIdentity, "is_federated_identity"),
    (Anonymous, "is_anonymous"),
];

/// The kinds that have identity-based policies or could have: users and sessions of users and
/// roles.
pub(crate) const ENTITIES: [PrincipalKind; 3] = [User, RoleSession, FederatedUser];
/// The kinds that belong to an account.
pub(crate) const IN_ACCOUNT: [PrincipalKind; 4] = [User, RoleSession, FederatedUser, Root];

/// The symbols of the caller. A string means nothing for kinds that do not have it; [`CallerParts`]
/// says which do.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    kinds: [(PrincipalKind, Symbol); 7],
    pub partition: Symbol,
    pub account: Symbol,
    pub entity: Symbol,
    pub session: Symbol,
    pub name: Symbol,
    pub in_management_account: Symbol,
    /// Whether the credentials are temporary; a request shows it only in its context.
    pub temporary: Symbol,
}

impl Caller {
    /// Symbols whose names begin with `start`.
    pub fn new(start: &str) -> Caller {
        let symbol = |name: &str, sort| Symbol::new(format!("{start}principal.{name}"), sort);
        Caller {
            kinds: KINDS.map(|(kind, name)| (kind, symbol(name, Sort::Bool))),
            partition: symbol("partition", Sort::String),
            account: symbol("account", Sort::String),
            entity: symbol("entity", Sort::String),
            session: symbol("session", Sort::String),
            name: symbol("name", Sort::String),
            in_management_account: symbol("in_management_account", Sort::Bool),
            temporary: symbol("temporary", Sort::Bool),
        }
    }

    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        let texts = [&self.partition, &self.account, &self.entity, &self.session, &self.name];
        let flags = [&self.in_management_account, &self.temporary];
        self.kinds.iter().map(|(_, symbol)| symbol).chain(texts).chain(flags)
    }

    /// True iff the caller is of this kind.
    pub fn is(&self, kind: PrincipalKind) -> Term {
        Term::or(
            self.kinds.iter().filter(|(own, _)| *own == kind).map(|(_, symbol)| Term::var(symbol)),
        )
    }

    /// True iff the caller is of one of several kinds. Written as what it is not: where this must
    /// hold, all other kinds are settled at once, and with them what is known of their names.
    pub fn is_any(&self, kinds: &[PrincipalKind]) -> Term {
        let others = self.kinds.iter().filter(|(kind, _)| !kinds.contains(kind));
        Term::not(Term::or(others.map(|(_, symbol)| Term::var(symbol))))
    }

    /// True iff the caller belongs to an account, its own or not.
    pub fn has_account(&self) -> Term {
        self.is_any(&IN_ACCOUNT)
    }

    /// True iff the ARN of the caller is of this partition and account; means nothing for callers
    /// without an account.
    pub fn in_account(&self, partition: &str, account: &str) -> Term {
        let eq = |symbol: &Symbol, text: &str| Term::eq(Term::var(symbol), Term::string(text));
        Term::and([eq(&self.partition, partition), eq(&self.account, account)])
    }

    /// True iff this is path and name of the user or role.
    pub fn entity_is(&self, entity: &str) -> Term {
        Term::eq(Term::var(&self.entity), Term::string(entity))
    }

    /// True iff the name of the user or role, without the path, is in the language, which holds no
    /// slash.
    pub fn entity_named(&self, name: Regex) -> Term {
        let path = Regex::opt(Regex::concat([Regex::all(), Regex::literal("/")]));
        Term::in_regex(Term::var(&self.entity), Regex::concat([path, name]))
    }

    pub fn session_is(&self, session: &str) -> Term {
        Term::eq(Term::var(&self.session), Term::string(session))
    }

    /// True iff the caller is a session of a service-linked role (SEMANTICS 6.5).
    pub fn is_service_linked(&self) -> Term {
        let linked = vec![
            Part::Literal(SERVICE_LINKED_PATH.trim_start_matches('/').to_owned()),
            Part::AnyString,
        ];
        Term::and([self.is(RoleSession), Term::matches(Term::var(&self.entity), linked)])
    }

    /// True iff the caller is an origin access identity of CloudFront (SEMANTICS 6.2).
    pub fn is_origin_access_identity(&self) -> Term {
        Term::and([
            self.is(Service),
            Term::in_regex(Term::var(&self.name), origin_access_identities()),
        ])
    }

    /// Without this the symbols stand for no principal of the kind that they say.
    pub fn structure(&self) -> Term {
        let symbols: Vec<Term> = self.kinds.iter().map(|(_, symbol)| Term::var(symbol)).collect();
        let no_other = |(at, one): (usize, &Term)| {
            Term::implies(one.clone(), Term::not(Term::or(symbols.iter().skip(at + 1).cloned())))
        };
        let single = symbols.iter().enumerate().map(no_other);
        let without = |symbol: &Symbol, letter: &str| {
            Term::in_regex(Term::var(symbol), Regex::star(Regex::none_of(letter)))
        };
        let some = Regex::plus(Regex::any_char());
        let named = Regex::concat([Regex::all(), Regex::none_of("/")]);
        let shaped = [
            (User, &self.entity, some.clone()),
            (RoleSession, &self.entity, named),
            (RoleSession, &self.session, Regex::star(Regex::none_of("/"))),
            (FederatedUser, &self.session, some),
            (Service, &self.name, Regex::union([service_names(), origin_access_identities()])),
            (FederatedIdentity, &self.name, Regex::union([plain_providers(), provider_arns()])),
        ];
        let shapes = shaped.map(|(kind, symbol, shape)| {
            Term::implies(self.is(kind), Term::in_regex(Term::var(symbol), shape))
        });
        let fields = [&self.partition, &self.account].map(|field| without(field, ":"));
        let service = Term::implies(
            self.is(Service),
            Term::not(Term::in_regex(Term::var(&self.name), plain_providers())),
        );
        // What looks like a user of the account `cloudfront` asks as a service does.
        let user = Term::implies(
            self.is(User),
            Term::not(Term::eq(Term::var(&self.account), Term::string("cloudfront"))),
        );
        Term::and(
            [Term::or(symbols.clone()), service, user]
                .into_iter()
                .chain(single)
                .chain(fields)
                .chain(shapes),
        )
    }

    /// Gives the symbols the values that they have for a caller.
    pub fn assign(&self, parts: &CallerParts, model: &mut Model) {
        for (kind, symbol) in &self.kinds {
            model.insert(symbol.clone(), Value::Bool(*kind == parts.kind));
        }
        let CallerParts { kind: _, partition, account, entity, session, name } = parts;
        let texts = [
            (&self.partition, partition),
            (&self.account, account),
            (&self.entity, entity),
            (&self.session, session),
        ];
        for (symbol, text) in texts.into_iter().chain([(&self.name, name)]) {
            model.insert(symbol.clone(), Value::String(text.clone()));
        }
    }

    /// The caller that a model stands for; an anonymous one where the model says nothing.
    pub fn parts(&self, model: &Model) -> CallerParts {
        let kind = self
            .kinds
            .iter()
            .find(|(_, symbol)| model.value(symbol) == Value::Bool(true))
            .map_or(Anonymous, |(kind, _)| *kind);
        let text = |symbol: &Symbol| match model.value(symbol) {
            Value::String(text) => text,
            Value::Bool(_) | Value::Real(_) | Value::BitVec { .. } => String::new(),
        };
        CallerParts {
            kind,
            partition: text(&self.partition),
            account: text(&self.account),
            entity: text(&self.entity),
            session: text(&self.session),
            name: text(&self.name),
        }
    }
}

/// Identity providers with a plain name.
pub(crate) fn plain_providers() -> Regex {
    Regex::union(IDENTITY_PROVIDERS.iter().map(|name| Regex::literal(name)))
}

/// The ARNs of SAML and OIDC providers.
fn provider_arns() -> Regex {
    let field = || Regex::star(Regex::none_of(":"));
    let fields = [
        Regex::literal("arn:"),
        field(),
        Regex::literal(":iam:"),
        field(),
        Regex::literal(":"),
        field(),
    ];
    let kind = Regex::union([Regex::literal(":saml-provider/"), Regex::literal(":oidc-provider/")]);
    Regex::concat(fields.into_iter().chain([kind, Regex::plus(Regex::any_char())]))
}

/// The ARNs of origin access identities: of users in the account `cloudfront`.
pub(crate) fn origin_access_identities() -> Regex {
    let field = || Regex::star(Regex::none_of(":"));
    let fields = [
        Regex::literal("arn:"),
        field(),
        Regex::literal(":iam:"),
        field(),
        Regex::literal(":cloudfront:user/"),
    ];
    Regex::concat(fields.into_iter().chain([Regex::plus(Regex::any_char())]))
}

/// The names of services: labels with dots between them, two at least. Those of identity providers
/// are none.
fn service_names() -> Regex {
    let label =
        || Regex::plus(Regex::class(Class::new([('0', '9'), ('A', 'Z'), ('a', 'z'), ('-', '-')])));
    Regex::concat([label(), Regex::plus(Regex::concat([Regex::literal("."), label()]))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::request::Principal;
    use keyaki_logic::evaluate::evaluate;

    /// The language of a name is that of the kind.
    #[test]
    fn names_of_services_and_providers_are_those_that_a_request_reads() {
        let texts = [
            "bedrock.amazonaws.com",
            "a.b",
            "a",
            "a..b",
            ".a",
            "a.",
            "A-1.b",
            "a_b.c",
            "cognito-identity.amazonaws.com",
            "cognito-identity-us-gov.amazonaws.com",
            "cognito-identity.us-gov-east-1.amazonaws.com",
            "accounts.google.com",
            "arn:aws:iam::1:saml-provider/x",
            "arn:aws:iam::1:oidc-provider/x:y/z",
            "arn:aws:iam::1:oidc-provider/",
            "arn:aws:iam::1:user/x",
            "arn:aws:sts::1:saml-provider/x",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
            "arn:aws:iam::cloudfront:user/",
            "arn:aws:iam::cloudfront:role/x",
            "",
        ];
        let provider = Regex::union([plain_providers(), provider_arns()]);
        for text in texts {
            let kind = Principal::new(text).kind();
            let service = service_names().is_match(text) && !plain_providers().is_match(text)
                || origin_access_identities().is_match(text);
            assert_eq!(service, kind == Some(Service), "{text}");
            assert_eq!(provider.is_match(text), kind == Some(FederatedIdentity), "{text}");
        }
    }

    #[test]
    fn what_is_taken_apart_has_the_structure() {
        let caller = Caller::new("");
        let texts = [
            "arn:aws:iam::1:user/a/b",
            "arn:aws:sts::1:assumed-role/r/s",
            "arn:aws:iam::1:role/a/r",
            "arn:aws:sts::1:federated-user/n",
            "arn:aws:iam::1:root",
            "x.amazonaws.com",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
            "graph.facebook.com",
            "anonymous",
        ];
        for text in texts {
            let parts = CallerParts::of(&Principal::new(text)).unwrap();
            let mut model = Model::new();
            caller.assign(&parts, &mut model);
            assert_eq!(evaluate(&caller.structure(), &model), Value::Bool(true), "{text}");
            assert_eq!(caller.parts(&model), parts);
        }
        assert_eq!(evaluate(&caller.structure(), &Model::new()), Value::Bool(false));
    }

    #[test]
    fn no_user_is_of_the_account_of_origin_access_identities() {
        let caller = Caller::new("");
        for (account, expected) in [("1", true), ("cloudfront", false)] {
            let mut parts = CallerParts::of(&Principal::new("arn:aws:iam::1:user/x")).unwrap();
            account.clone_into(&mut parts.account);
            let mut model = Model::new();
            caller.assign(&parts, &mut model);
            assert_eq!(evaluate(&caller.structure(), &model), Value::Bool(expected), "{account}");
        }
    }
}
