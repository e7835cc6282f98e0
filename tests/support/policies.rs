//! Policies drawn at random over the whole language, for every kind.

use base64::Engine;
use keyaki::policy::Literal;
use keyaki::policy::print;
use keyaki::policy::{
    ActionElement, ActionPattern, BaseOperator, Condition, ConditionValue, ContextKey, Effect,
    Family, Kind, Operator, Piece, Policy, PrincipalElement, PrincipalEntry, ResourceElement,
    ResourcePattern, SetOperator, Stated, Statement, Template, Variable, Version,
};
use keyaki::source::Span;
use keyaki::value::{boolean, instant, network, number};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

/// Every kind of policy.
pub const KINDS: [Kind; 8] = [
    Kind::Identity,
    Kind::Boundary,
    Kind::Session,
    Kind::Trust,
    Kind::Resource,
    Kind::Scp,
    Kind::Rcp,
    Kind::Endpoint,
];

/// A policy that the reader accepts, with its templates in canonical spelling.
pub fn policy() -> impl Strategy<Value = Policy> {
    let version = prop_oneof![1 => Just(Version::V2008), 3 => Just(Version::V2012)];
    (select(KINDS.to_vec()), version).prop_flat_map(|(kind, version)| {
        let version = if kind == Kind::Rcp { Version::V2012 } else { version };
        let id = if matches!(kind, Kind::Resource | Kind::Trust) {
            option::of("[ -~]{0,8}").boxed()
        } else {
            Just(None).boxed()
        };
        (id, vec(statement(kind, version), 0..4)).prop_map(move |(id, mut statements)| {
            let mut sids = BTreeSet::new();
            for statement in &mut statements {
                statement.sid = statement.sid.take().filter(|sid| sids.insert(sid.clone()));
            }
            let statements = statements.into_iter().map(Stated::from).collect();
            Policy { kind, version, id, statements }
        })
    })
}

/// What reading a printed policy must preserve: all but spans and the order of conditions and of
/// types of principals.
pub fn meaning(policy: &Policy) -> String {
    let statements = policy.statements().map(|statement| {
        let mut statement = statement.clone();
        statement.span = Span::default();
        statement.conditions.sort_by(|a, b| (a.operator, &a.key).cmp(&(b.operator, &b.key)));
        for condition in &mut statement.conditions {
            condition.span = Span::default();
            condition.values.iter_mut().for_each(|value| value.span = Span::default());
        }
        if let Some(principal) = &mut statement.principal {
            principal.entries.sort_by_key(|entry| format!("{entry:?}"));
        }
        statement
    });
    let statements: Vec<_> = statements.collect();
    format!("{:?} {:?} {:?} {statements:#?}", policy.kind, policy.version, policy.id)
}

fn statement(kind: Kind, version: Version) -> impl Strategy<Value = Statement> {
    let effect = if kind == Kind::Rcp {
        Just(Effect::Deny).boxed()
    } else {
        prop_oneof![Just(Effect::Allow), Just(Effect::Deny)].boxed()
    };
    let resource = if kind == Kind::Trust {
        Just(None).boxed()
    } else {
        resource(version).prop_map(Some).boxed()
    };
    (
        option::of("[A-Za-z0-9]{0,6}"),
        effect,
        principal(kind),
        action(kind),
        resource,
        vec(condition(version), 0..4),
    )
        .prop_map(|(sid, effect, principal, action, resource, mut conditions)| {
            let mut pairs = BTreeSet::new();
            conditions
                .retain(|condition| pairs.insert((condition.operator, condition.key.clone())));
            Statement {
                sid,
                effect,
                principal,
                action,
                resource,
                conditions,
                span: Span::default(),
            }
        })
}

fn principal(kind: Kind) -> BoxedStrategy<Option<PrincipalElement>> {
    let everyone = || Just(Some(PrincipalElement::new(false, vec![PrincipalEntry::Anyone])));
    let entry = select(vec![
        PrincipalEntry::Anyone,
        PrincipalEntry::Aws("111122223333".to_owned()),
        PrincipalEntry::Aws("arn:aws:iam::111122223333:role/path/app".to_owned()),
        PrincipalEntry::Aws("AROAJQABLZS4A3QDU576Q".to_owned()),
        PrincipalEntry::Service("bedrock.amazonaws.com".to_owned()),
        PrincipalEntry::AnyProvider,
        PrincipalEntry::Federated("arn:aws:iam::111122223333:saml-provider/corp".to_owned()),
        PrincipalEntry::CanonicalUser("79a59df900b949e55d96a1e698fbaced".to_owned()),
    ]);
    match kind {
        Kind::Identity | Kind::Boundary | Kind::Session | Kind::Scp => Just(None).boxed(),
        Kind::Rcp => everyone().boxed(),
        Kind::Trust | Kind::Resource | Kind::Endpoint => (any::<bool>(), vec(entry, 0..4))
            .prop_map(move |(negated, entries)| {
                Some(PrincipalElement::new(negated && kind != Kind::Trust, entries))
            })
            .boxed(),
    }
}

fn action(kind: Kind) -> impl Strategy<Value = ActionElement> {
    let name = ("[A-Za-z0-9-]{1,6}", "[A-Za-z*?,]{0,6}").prop_map(|(service, name)| {
        ActionPattern::Name { service: service.into(), name: name.into() }
    });
    let pattern = if kind == Kind::Rcp {
        name.boxed()
    } else {
        prop_oneof![1 => Just(ActionPattern::Any), 4 => name].boxed()
    };
    (any::<bool>(), vec(pattern, 0..3)).prop_map(move |(negated, patterns)| ActionElement {
        negated: negated && kind != Kind::Rcp,
        patterns,
    })
}

fn resource(version: Version) -> impl Strategy<Value = ResourceElement> {
    let fields =
        (vec(template(version, "[a-z${}/]{1,4}"), 4), template(version, "[a-z:/${} \"\\\\é]{1,6}"));
    let arn = fields.prop_map(move |(middle, rest)| {
        let start = Template { pieces: vec![Piece::Literal("arn".to_owned())] };
        let fields: Vec<Template> = std::iter::once(start).chain(middle).chain([rest]).collect();
        let text = fields
            .iter()
            .map(|field| print::template(field, version))
            .collect::<Vec<_>>()
            .join(":");
        ResourcePattern::Arn { text: text.into(), fields: fields.into() }
    });
    let pattern = prop_oneof![1 => Just(ResourcePattern::Any), 4 => arn];
    (any::<bool>(), vec(pattern, 0..3))
        .prop_map(|(negated, patterns)| ResourceElement { negated, patterns })
}

/// A template of literals over a class of characters, of wildcards, and, where the version knows
/// them, variables and escapes.
pub fn template(version: Version, class: &'static str) -> impl Strategy<Value = Template> {
    let literal = || class.prop_map(Piece::Literal);
    let wildcard = || prop_oneof![Just(Piece::AnyChar), Just(Piece::AnyString)];
    let key = select(vec!["aws:username", "AWS:PrincipalTag/Team", "s3:prefix"])
        .prop_map(ContextKey::new);
    let default = option::of("[a-z:*?$ {}]{0,4}");
    let variable =
        (key, default).prop_map(|(key, default)| Piece::Variable(Variable { key, default }));
    let piece = match version {
        Version::V2008 => prop_oneof![literal(), wildcard()].boxed(),
        Version::V2012 => {
            prop_oneof![literal(), "[*?$]{1,3}".prop_map(Piece::Literal), wildcard(), variable]
                .boxed()
        }
    };
    vec(piece, 0..5).prop_map(|pieces| {
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(Piece::Literal(text)), Piece::Literal(more)) => text.push_str(&more),
                (_, piece) => joined.push(piece),
            }
        }
        Template { pieces: joined }
    })
}

fn condition(version: Version) -> impl Strategy<Value = Condition> {
    let set =
        option::of(prop_oneof![Just(SetOperator::ForAllValues), Just(SetOperator::ForAnyValue)]);
    let operator = (set, select(BaseOperator::ALL.to_vec()), any::<bool>());
    let key = select(vec![
        "aws:username",
        "aws:ResourceTag/my team",
        "AWS:resourcetag/My Team",
        "kms:EncryptionContext:a",
        "s3:max-keys",
    ]);
    (operator, key).prop_flat_map(move |((set, base, if_exists), key)| {
        let operator = Operator { set, base, if_exists: if_exists && base != BaseOperator::Null };
        vec(value(base.family(), version), 0..3).prop_map(move |values| Condition {
            operator,
            key: ContextKey::new(key),
            values,
            span: Span::default(),
        })
    })
}

fn value(family: Family, version: Version) -> impl Strategy<Value = ConditionValue> {
    let read = |texts: Vec<&'static str>, read: fn(&str) -> Literal| {
        select(texts).prop_map(move |text| (text.to_owned(), read(text))).boxed()
    };
    let found = match family {
        Family::String | Family::Arn => template(version, "[a-z:${}' \"\\\\é\n]{1,4}")
            .prop_map(move |template| {
                (print::template(&template, version), Literal::Text(template))
            })
            .boxed(),
        Family::Numeric => {
            read(vec!["0", "-1.50", "+7", "007"], |text| Literal::Number(number(text).unwrap()))
        }
        Family::Date => read(vec!["2025", "2025-07-01T02:00:00.5+02:00", "1751328000"], |text| {
            Literal::Instant(instant(text).unwrap())
        }),
        Family::Bool => read(vec!["true", "FALSE"], |text| {
            Literal::Text(Template { pieces: vec![Piece::Literal(text.to_owned())] })
        }),
        Family::Null => {
            read(vec!["true", "False"], |text| Literal::Presence(boolean(text).unwrap()))
        }
        Family::IpAddress => read(vec!["203.0.113.77/24", "::1", "2001:db8::/32"], |text| {
            Literal::Network(network(text).unwrap())
        }),
        Family::Binary => vec(any::<u8>(), 0..5)
            .prop_map(|bytes| {
                (base64::engine::general_purpose::STANDARD.encode(&bytes), Literal::Bytes(bytes))
            })
            .boxed(),
    };
    found.prop_map(|(text, literal)| ConditionValue { text, literal, span: Span::default() })
}
