//! Contexts in which conditions may well hold.

use super::{ACCOUNT, CALLER, REGION};
use keyaki_iam::catalogue::keys::{self, KeyType};
use keyaki_iam::policy::parameter::{Form, Parameter};
use keyaki_iam::policy::{
    BaseOperator, Condition, ConditionValue, ContextKey, Literal, Piece, Statement, Variable,
};
use keyaki_iam::request::{ContextValue, Request, arn_fields};
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(super) type Context = BTreeMap<ContextKey, ContextValue>;

/// A context for the caller of the guesses that gives every condition its first value; conditions
/// that are beyond a guess are left out.
pub(super) fn of(statement: &Statement) -> Context {
    of_all(&[statement], &statement.keys().collect(), &HashSet::new())
}

/// The same for several statements at once, with what every request carries of some keys, and with
/// values that are not among `others` where there are any.
pub(super) fn of_all(
    statements: &[&Statement],
    mentioned: &BTreeSet<&ContextKey>,
    others: &HashSet<&str>,
) -> Context {
    let mut context = Context::new();
    for condition in statements.iter().flat_map(|statement| &statement.conditions) {
        match wanted(condition, others) {
            Some(value) => _ = context.insert(condition.key.clone(), value),
            None if condition.operator.base == BaseOperator::Null => {
                _ = context.remove(&condition.key)
            }
            None => {}
        }
    }
    // What variables stand for, as the guesses write them.
    let variables = statements.iter().flat_map(|statement| statement.templates());
    for piece in variables.flat_map(|template| &template.pieces) {
        let Piece::Variable(Variable { key, default: None }) = piece else { continue };
        if standing(key).is_none() && !context.contains_key(key) {
            context.insert(key.clone(), ContextValue::Single(EXAMPLE.to_owned()));
        }
    }
    companions(&mut context, mentioned);
    for key in mentioned.iter().filter(|key| Parameter::of(key).is_some()) {
        if let Some(value) = standing(key) {
            context.insert((*key).clone(), ContextValue::Single(value));
        }
    }
    for key in mentioned {
        if let Some((name, value)) = own_of(key) {
            let value = || ContextValue::Single((*value).to_owned());
            context.entry(ContextKey::new(name)).or_insert_with(value);
        }
    }
    context
}

/// Contexts for the statement in which the condition may well fail: without its key, and with other
/// values.
pub(super) fn failing(statement: &Statement, condition: &Condition) -> Vec<Context> {
    let key = &condition.key;
    let mut without = of(statement);
    without.remove(key);
    let with = |text: &str| {
        let value = valued(condition, text.to_owned());
        Context::from_iter(without.clone().into_iter().chain([(key.clone(), value)]))
    };
    let others =
        ["other", typed(key), "false", "0", "arn:aws:s3:::other", "198.51.100.1", "444455556666"]
            .map(with);
    // The values of a negated operator are those in which it fails; the first few are as good as
    // all.
    let own = condition.values.iter().filter_map(plain).take(OWN_VALUES).map(|text| with(&text));
    own.chain(others).chain([without.clone()]).collect()
}

/// A value of its key for which a condition fails that holds where the key is absent: one of those
/// that a negated operator names.
pub(super) fn failing_value(condition: &Condition) -> Option<ContextValue> {
    let text =
        condition.operator.base.negated().then(|| condition.values.first().and_then(plain))??;
    Some(valued(condition, text))
}

/// How many values of a condition are guessed to be those in which it fails.
const OWN_VALUES: usize = 8;

/// What every request by that caller carries.
const STANDING: &[(&str, &str)] = &[
    ("aws:PrincipalArn", CALLER),
    ("aws:PrincipalAccount", ACCOUNT),
    ("aws:PrincipalType", "User"),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:userid", "AIDAEXAMPLE"),
    ("aws:username", "dev"),
    ("aws:SecureTransport", "true"),
    ("aws:CurrentTime", "2026-06-01T00:00:00Z"),
    ("aws:EpochTime", "1780272000"),
    ("aws:RequestedRegion", REGION),
    ("aws:ResourceAccount", ACCOUNT),
    ("aws:SourceIp", "203.0.113.7"),
    ("aws:UserAgent", "x"),
    ("aws:ViaAWSService", "false"),
];

/// What every request by that caller has for a key; of a parameter a value of its form.
pub(super) fn standing(key: &ContextKey) -> Option<String> {
    if let Some(parameter) = Parameter::of(key) {
        return Some(match parameter.form {
            Form::Account => ACCOUNT.to_owned(),
            Form::Region => REGION.to_owned(),
            Form::Partition => "aws".to_owned(),
            Form::Field | Form::Text => "example".to_owned(),
            Form::OneOf(values) => values.first()?.clone(),
        });
    }
    own_of(key).map(|(_, value)| (*value).to_owned())
}

fn own_of(key: &ContextKey) -> Option<&'static (&'static str, &'static str)> {
    STANDING.iter().find(|(name, _)| name.eq_ignore_ascii_case(key.text()))
}

/// What a variable of which nothing else is known stands for.
const EXAMPLE: &str = "example";

/// What a variable stands for in the requests of that caller.
pub(super) fn standing_for(variable: &Variable) -> String {
    let known = standing(&variable.key).or_else(|| variable.default.clone());
    known.unwrap_or_else(|| EXAMPLE.to_owned())
}

/// Makes a request agree with itself: its Region and the owner of its resource.
pub(super) fn adapt(request: &mut Request) {
    if request.context.is_empty() {
        return;
    }
    let Some([arn, partition, service, region, account, rest]) =
        arn_fields(&request.resource).map(|fields| fields.map(str::to_owned))
    else {
        return;
    };
    if let Some(present) = request
        .context
        .get_mut(&ContextKey::new("aws:RequestedRegion"))
        .filter(|_| !region.is_empty())
    {
        *present = ContextValue::Single(region.clone());
    }
    let Some(ContextValue::Single(owner)) =
        request.context.get_mut(&ContextKey::new("aws:ResourceAccount"))
    else {
        return;
    };
    match account.as_str() {
        "" | "aws" => request.resource_account = Some(owner.clone()),
        // The account of a guess, for which another one will do.
        ACCOUNT => {
            request.resource =
                [&arn, &partition, &service, &region, &*owner, &rest].map(String::as_str).join(":")
        }
        _ => *owner = account,
    }
}

/// A value that the condition holds for; `None` where the key had better be absent, or no simple
/// value is at hand.
fn wanted(condition: &Condition, others: &HashSet<&str>) -> Option<ContextValue> {
    use BaseOperator::*;
    let Condition { operator, key, values, .. } = condition;
    let own = values.iter().find(|value| !others.contains(value.text.as_str()));
    let value = own.or(values.first())?;
    let text = match operator.base {
        Null => matches!(value.literal, Literal::Presence(false)).then(|| typed(key).to_owned())?,
        StringEquals | StringEqualsIgnoreCase | StringLike => plain(value)?,
        NumericEquals | NumericLessThanEquals | NumericGreaterThanEquals => plain(value)?,
        DateEquals | DateLessThanEquals | DateGreaterThanEquals => plain(value)?,
        Bool | BinaryEquals | IpAddress | ArnEquals | ArnLike => plain(value)?,
        StringNotEquals
        | StringNotEqualsIgnoreCase
        | StringNotLike
        | NumericNotEquals
        | DateNotEquals => return None,
        NotIpAddress | ArnNotEquals | ArnNotLike => return None,
        NumericLessThan | NumericGreaterThan | DateLessThan | DateGreaterThan => return None,
    };
    Some(valued(condition, text))
}

/// A text as the value of the key of a condition: of a key with several values a list.
fn valued(condition: &Condition, text: String) -> ContextValue {
    let several = keys::lookup(&condition.key)
        .map_or(condition.operator.set.is_some(), |info| info.multivalued);
    if several { ContextValue::List(vec![text]) } else { ContextValue::Single(text) }
}

fn typed(key: &ContextKey) -> &'static str {
    match keys::lookup(key).and_then(|info| info.types.first()) {
        Some(KeyType::Arn) => "arn:aws:s3:::x",
        Some(KeyType::Bool) => "true",
        Some(KeyType::Numeric) => "1",
        Some(KeyType::Date) => "2026-06-01T00:00:00Z",
        Some(KeyType::Ip) => "203.0.113.7",
        Some(KeyType::String) | None => "x",
    }
}

fn plain(value: &ConditionValue) -> Option<String> {
    match &value.literal {
        Literal::Text(template) => template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => Some(text.clone()),
                Piece::AnyChar | Piece::AnyString => Some("x".to_owned()),
                Piece::Variable(variable) => Some(standing_for(variable)),
            })
            .collect(),
        Literal::Network(network) => Some(network.network().to_string()),
        Literal::Number(_) | Literal::Instant(_) => Some(value.text.clone()),
        Literal::Bytes(_) | Literal::Presence(_) => None,
    }
}

/// Keys that come with others (SEMANTICS F15 and F17).
fn companions(context: &mut Context, mentioned: &BTreeSet<&ContextKey>) {
    if context.is_empty() {
        return;
    }
    let tags: Vec<String> = context
        .keys()
        .filter_map(|key| key.text().split_once('/'))
        .filter_map(request_tag)
        .collect();
    let all = ContextKey::new("aws:TagKeys");
    if mentioned.contains(&all) && (!tags.is_empty() || context.contains_key(&all)) {
        context.insert(all, ContextValue::List(tags));
    }
    let via = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];
    let service = via.iter().find_map(|name| match context.get(&ContextKey::new(name)) {
        Some(ContextValue::Single(text)) => Some(text.clone()),
        Some(ContextValue::List(texts)) => texts.first().cloned(),
        None => None,
    });
    let Some(service) = service else { return };
    let [list, first, last] = via.map(ContextKey::new);
    let values = [
        (list, ContextValue::List(vec![service.clone()])),
        (first, ContextValue::Single(service.clone())),
        (last, ContextValue::Single(service)),
    ];
    let forwarded = (ContextKey::new("aws:ViaAWSService"), ContextValue::Single("true".to_owned()));
    for (key, value) in
        values.into_iter().chain([forwarded]).filter(|(key, _)| mentioned.contains(key))
    {
        context.entry(key).or_insert(value);
    }
}

fn request_tag((family, key): (&str, &str)) -> Option<String> {
    family.eq_ignore_ascii_case("aws:RequestTag").then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::policy::{Kind, read};
    use keyaki_iam::source::Source;

    fn contexts(operator: &str, count: usize) -> usize {
        let ranges: Vec<String> =
            (0..count).map(|at| format!("\"10.{}.{}.0/24\"", at / 256, at % 256)).collect();
        let condition = format!(r#"{{"{operator}": {{"aws:SourceIp": [{}]}}}}"#, ranges.join(", "));
        let statement = format!(
            r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {condition}}}"#
        );
        let source = Source::new(
            "policy.json",
            format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#),
        );
        let policy =
            read::read(&source, Kind::Identity, &read::ReadOptions::default()).policy.unwrap();
        failing(&policy.statements[0], &policy.statements[0].conditions[0]).len()
    }

    #[test]
    fn guesses_do_not_grow_with_the_values() {
        for operator in ["IpAddress", "NotIpAddress"] {
            assert!(
                contexts(operator, 2) < contexts(operator, OWN_VALUES),
                "some values are tried"
            );
            assert_eq!(contexts(operator, 5_000), contexts(operator, OWN_VALUES));
        }
    }
}
