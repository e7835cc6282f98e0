//! What an estate says of requests: as shapes, which narrow a question.

use super::subjects::Subject;
use keyaki_iam::estate::{Entity, EntityKind, Estate, Tags};
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{
    ActionPattern, BaseOperator, Condition, ConditionValue, ContextKey, Effect, Literal, Operator,
    Piece, PrincipalEntry, ResourceElement, ResourcePattern, SetOperator, Statement, Template,
};
use keyaki_iam::shape::Shape;
use keyaki_iam::source::Span;
use std::collections::BTreeSet;

/// The keys of a question that an estate may say something about.
pub(super) type Keys<'k> = BTreeSet<&'k ContextKey>;

const USERID: &str = "aws:userid";
pub(super) const PRINCIPAL_TAG: &str = "aws:principaltag/";
const RESOURCE_TAG: &str = "resourcetag/";

/// What is known of the context, whoever asks: the conditions hold. Of anybody like the subject, what
/// is its own is left out.
pub(super) fn of_caller(
    estate: &Estate,
    subject: Subject<'_>,
    like: bool,
    keys: &Keys<'_>,
) -> Vec<Condition> {
    let mut known = organization(estate, subject, keys);
    if let Subject::Entity(entity) = subject {
        known.extend(entity.tags.iter().flat_map(|tags| tags_of(entity, tags, keys)));
        let own = entity.id.iter().filter(|_| !like);
        known.extend(own.flat_map(|id| unique_id(entity, id, keys)));
    }
    known
}

/// Tags of a user are what requests carry. Those of a role are carried by its sessions, unless
/// these were made with tags of their own of the same keys (IAM User Guide, "Pass session tags in
/// AWS STS"), which the trust policy has to allow.
fn tags_of(entity: &Entity, tags: &Tags, keys: &Keys<'_>) -> Vec<Condition> {
    let fixed = are_fixed(entity);
    let of_key = |key: &&ContextKey| {
        let name = key.lower().strip_prefix(PRINCIPAL_TAG)?.to_owned();
        match (tag(tags, &name), fixed) {
            (Some(value), true) => Some(equals(key, value)),
            (None, true) => Some(presence(key, false)),
            (Some(_), false) => Some(presence(key, true)),
            (None, false) => None,
        }
    };
    keys.iter().filter_map(of_key).collect()
}

/// The tags of principals that keys name, in lower case.
pub(super) fn tags_named<'k>(keys: impl Iterator<Item = &'k ContextKey>) -> BTreeSet<String> {
    keys.filter_map(|key| key.lower().strip_prefix(PRINCIPAL_TAG)).map(str::to_owned).collect()
}

/// What is known of the tags that the question names, for comparison.
pub(super) fn tags_in_words(entity: &Entity, named: &BTreeSet<String>) -> Vec<Option<String>> {
    let Some(tags) = &entity.tags else { return Vec::new() };
    let fixed = are_fixed(entity);
    let mut known: Vec<Option<String>> = named
        .iter()
        .map(|name| {
            tag(tags, name).map(|value| if fixed { format!("={value}") } else { String::new() })
        })
        .collect();
    known.push(fixed.then(String::new));
    known
}

/// Whether requests carry the tags as they are.
fn are_fixed(entity: &Entity) -> bool {
    match &entity.kind {
        EntityKind::User { .. } => true,
        EntityKind::Role { trust } => trust.as_ref().is_some_and(|trust| {
            let allowing = trust.policy.statements();
            !allowing.filter(|one| one.effect == Effect::Allow).any(may_tag)
        }),
    }
}

/// Whether a statement of a trust policy may allow that a session gets tags.
fn may_tag(statement: &Statement) -> bool {
    let matches = |pattern: &ActionPattern| {
        keyaki_evaluator::semantics::matches_action(pattern, "sts:TagSession")
    };
    statement.action.patterns.iter().any(matches) != statement.action.negated
}

/// `aws:userid`: of a user its id; of a session that of the role, and the name of the session.
fn unique_id(entity: &Entity, id: &str, keys: &Keys<'_>) -> Option<Condition> {
    let key = keys.iter().find(|key| key.lower() == USERID)?;
    Some(match entity.is_role() {
        false => equals(key, id),
        true => {
            let pieces = vec![Piece::Literal(format!("{id}:")), Piece::AnyString];
            condition(BaseOperator::StringLike, None, false, key, text(id, pieces))
        }
    })
}

/// The organization and the place in it. A member of the organization says so, which is asked
/// elsewhere; whoever is not a member says something else or nothing.
fn organization(estate: &Estate, subject: Subject<'_>, keys: &Keys<'_>) -> Vec<Condition> {
    let Some(organization) = &estate.organization else { return Vec::new() };
    match subject {
        Subject::Entity(_) | Subject::Root(_) | Subject::Member(_) | Subject::AnyAccount => {}
        // These are in no account.
        Subject::Service | Subject::Provider | Subject::Anonymous => return Vec::new(),
    }
    let path = subject.account().and_then(|account| organization.path_of(account));
    let one = |key: &&ContextKey| match (key.lower(), &path) {
        ("aws:principalorgid", None) => {
            let value = literal(&organization.id);
            Some(condition(BaseOperator::StringNotEquals, None, false, key, value))
        }
        ("aws:principalorgpaths", None) => {
            let pieces = vec![Piece::Literal(format!("{}/", organization.id)), Piece::AnyString];
            let value = text(&format!("{}/*", organization.id), pieces);
            let all = Some(SetOperator::ForAllValues);
            Some(condition(BaseOperator::StringNotLike, all, false, key, value))
        }
        ("aws:principalorgmasteraccountid", path) => {
            let management = literal(organization.management_account.as_ref()?);
            let base = match path {
                Some(_) => BaseOperator::StringEquals,
                None => BaseOperator::StringNotEquals,
            };
            Some(condition(base, None, true, key, management))
        }
        ("aws:principalorgpaths", Some(path)) => {
            let all = Some(SetOperator::ForAllValues);
            Some(condition(BaseOperator::StringEquals, all, false, key, literal(path)))
        }
        _ => None,
    };
    keys.iter().filter_map(one).collect()
}

/// What is known of a resource: its tags, where a request tells of them, and the place of its
/// account.
pub(super) fn of_resource(
    estate: &Estate,
    account: &str,
    tags: Option<&Tags>,
    keys: &Keys<'_>,
) -> Vec<Condition> {
    let tagged = |key: &&ContextKey| {
        let (_, name) = key.lower().split_once(':')?;
        let name = name.strip_prefix(RESOURCE_TAG)?;
        Some(match tag(tags?, name) {
            Some(value) => condition(BaseOperator::StringEquals, None, true, key, literal(value)),
            None => presence(key, false),
        })
    };
    let tags = keys.iter().filter_map(tagged);
    let placed = keys.iter().filter_map(|key| {
        let (base, value) = of_owner(estate, account, key)?;
        let set = is_path(key).then_some(SetOperator::ForAllValues);
        Some(condition(base, set, !is_path(key), key, value))
    });
    tags.chain(placed).collect()
}

/// What no request of the account about its own resources says: another place of the account in an
/// organization. A foundation model is in none of a customer's.
pub(super) fn unlike_elsewhere(estate: &Estate, account: &str, keys: &Keys<'_>) -> Vec<Shape> {
    let one = |key: &&ContextKey| {
        let (base, value) = of_owner(estate, account, key)?;
        let set = is_path(key).then_some(SetOperator::ForAnyValue);
        let mut shape = Shape::under(vec![condition(opposite(base), set, false, key, value)]);
        let models = resources(["arn:*:bedrock:*::foundation-model/*"]);
        shape.statement.resource = Some(ResourceElement { negated: true, ..models });
        Some(shape)
    };
    keys.iter().filter_map(one).collect()
}

fn is_path(key: &ContextKey) -> bool {
    key.lower() == "aws:resourceorgpaths"
}

/// What is known of a key that tells of the organization of a resource's account, where it is
/// there. The id of a member's is asked elsewhere.
fn of_owner(
    estate: &Estate,
    account: &str,
    key: &ContextKey,
) -> Option<(BaseOperator, ConditionValue)> {
    let organization = estate.organization.as_ref()?;
    let path = organization.path_of(account);
    match (key.lower(), path) {
        ("aws:resourceorgpaths", Some(path)) => Some((BaseOperator::StringEquals, literal(&path))),
        ("aws:resourceorgpaths", None) => {
            let pieces = vec![Piece::Literal(format!("{}/", organization.id)), Piece::AnyString];
            let value = text(&format!("{}/*", organization.id), pieces);
            Some((BaseOperator::StringNotLike, value))
        }
        ("aws:resourceorgid", None) => {
            Some((BaseOperator::StringNotEquals, literal(&organization.id)))
        }
        _ => None,
    }
}

fn opposite(base: BaseOperator) -> BaseOperator {
    if base == BaseOperator::StringEquals {
        BaseOperator::StringNotEquals
    } else if base == BaseOperator::StringNotEquals {
        BaseOperator::StringEquals
    } else {
        BaseOperator::StringLike
    }
}

/// Unique ids are of one user or role each: whoever has another one, or none that is known, has
/// none of those that the policies and the question name and somebody of the estate has.
pub(super) fn not_their_ids(
    estate: &Estate,
    subject: Subject<'_>,
    set: &Policies,
    shape: &Shape,
    keys: &Keys<'_>,
) -> Vec<Condition> {
    let own = match subject {
        Subject::Entity(entity) => entity.id.is_some(),
        Subject::Member(_) | Subject::AnyAccount => false,
        Subject::Root(_) | Subject::Service | Subject::Provider | Subject::Anonymous => true,
    };
    let Some(key) = keys.iter().find(|key| key.lower() == USERID).filter(|_| !own) else {
        return Vec::new();
    };
    let statements = set.all().flat_map(|named| named.policy.statements());
    let named: BTreeSet<&str> = statements.chain([&shape.statement]).flat_map(ids_in).collect();
    let known = estate.entities.iter().filter_map(|entity| entity.id.as_deref());
    let one = |id: &str| {
        let pieces = vec![Piece::Literal(format!("{id}:")), Piece::AnyString];
        let session = text(&format!("{id}:*"), pieces);
        [
            condition(BaseOperator::StringNotEquals, None, false, key, literal(id)),
            condition(BaseOperator::StringNotLike, None, false, key, session),
        ]
    };
    known.filter(|id| named.contains(id)).flat_map(one).collect()
}

/// The unique ids that a statement names, and texts that are none.
fn ids_in(statement: &Statement) -> impl Iterator<Item = &str> {
    let entries = statement.principal.iter().flat_map(|element| &element.entries);
    let entries = entries.filter_map(|entry| match entry {
        PrincipalEntry::Aws(text) => Some(text.as_str()),
        PrincipalEntry::Anyone
        | PrincipalEntry::Service(_)
        | PrincipalEntry::Federated(_)
        | PrincipalEntry::AnyProvider
        | PrincipalEntry::CanonicalUser(_) => None,
    });
    let conditions = statement.conditions.iter().filter(|one| one.key.lower() == USERID);
    let values = conditions.flat_map(|one| &one.values);
    entries.chain(values.map(|value| value.text.split(':').next().unwrap_or_default()))
}

/// The value of a tag, whose key is given in lower case: keys of tags are compared without case.
pub(super) fn tag<'t>(tags: &'t Tags, lower: &str) -> Option<&'t str> {
    let mut named = tags.iter().filter(|(key, _)| key.eq_ignore_ascii_case(lower));
    named.next().map(|(_, value)| value.as_str())
}

/// Resources by ARNs in which `*` is a wildcard and nothing else.
pub(super) fn resources<'t>(texts: impl IntoIterator<Item = &'t str>) -> ResourceElement {
    let one = |text: &'t str| {
        let fields: Vec<_> = text.splitn(6, ':').map(starred).collect();
        ResourcePattern::Arn { text: text.into(), fields: fields.into() }
    };
    ResourceElement { negated: false, patterns: texts.into_iter().map(one).collect() }
}

fn starred(text: &str) -> Template {
    let mut pieces = Vec::new();
    for (number, part) in text.split('*').enumerate() {
        if number > 0 {
            pieces.push(Piece::AnyString);
        }
        if !part.is_empty() {
            pieces.push(Piece::Literal(part.to_owned()));
        }
    }
    Template { pieces }
}

pub(super) fn equals(key: &ContextKey, value: &str) -> Condition {
    condition(BaseOperator::StringEquals, None, false, key, literal(value))
}

pub(super) fn presence(key: &ContextKey, present: bool) -> Condition {
    let absent = !present;
    let value = ConditionValue {
        text: absent.to_string(),
        literal: Literal::Presence(absent),
        span: Span::default(),
    };
    condition(BaseOperator::Null, None, false, key, value)
}

pub(super) fn literal(value: &str) -> ConditionValue {
    let piece = (!value.is_empty()).then(|| Piece::Literal(value.to_owned()));
    text(value, piece.into_iter().collect())
}

fn text(written: &str, pieces: Vec<Piece>) -> ConditionValue {
    ConditionValue {
        text: written.to_owned(),
        literal: Literal::Text(Template { pieces }),
        span: Span::default(),
    }
}

pub(super) fn condition(
    base: BaseOperator,
    set: Option<SetOperator>,
    if_exists: bool,
    key: &ContextKey,
    value: ConditionValue,
) -> Condition {
    let operator = Operator { set, base, if_exists };
    Condition { operator, key: key.clone(), values: vec![value], span: Span::default() }
}
