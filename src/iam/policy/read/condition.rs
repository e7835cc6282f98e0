//! The `Condition` element (SEMANTICS 1.2 and 4.1).

use super::reader::{Reader, Text, clip};
use super::route::Route;
use crate::finding::codes;
use crate::json::{JsonData, JsonValue, Member};
use crate::policy::{Condition, ConditionValue, ContextKey, Operator};
use crate::source::Span;
use std::collections::BTreeMap;

/// Where each (operator, key) pair stands, to find one that stands twice.
type Pairs = BTreeMap<(Operator, ContextKey), Span>;

impl Reader<'_> {
    pub(super) fn conditions(&mut self, value: &JsonValue, route: &Route<'_>) -> Vec<Condition> {
        let JsonData::Object(blocks) = &value.data else {
            self.wrong_type(value, route, "an object of operators");
            return Vec::new();
        };
        let mut names: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
        let mut pairs = Pairs::new();
        let mut conditions = Vec::new();
        for block in blocks {
            names.entry(&block.name).or_default().push(block);
            let route = route.member(&block.name);
            let operator = self.operator(&block.name, block.name_span, &route);
            let JsonData::Object(members) = &block.value.data else {
                self.wrong_type(&block.value, &route, "an object of condition keys");
                continue;
            };
            if members.is_empty() {
                self.warn_of_nothing(block.value.span, &route, "it demands nothing");
            }
            for member in members {
                conditions.extend(self.condition(
                    operator,
                    member,
                    &route.member(&member.name),
                    &mut pairs,
                ));
            }
        }
        names.values().for_each(|occurrences| self.check_duplicates(occurrences, route));
        conditions
    }

    /// One (operator, key) pair; without an operator, which has been reported, only what can be
    /// said without it.
    fn condition(
        &mut self,
        operator: Option<Operator>,
        member: &Member,
        route: &Route<'_>,
        pairs: &mut Pairs,
    ) -> Option<Condition> {
        self.check_key(member, route);
        let Some(operator) = operator else {
            self.each(&member.value, route, &mut |reader, value, route| {
                reader.scalar(value, route);
            });
            return None;
        };
        let key = ContextKey::new(&member.name);
        if let Some(earlier) = pairs.insert((operator, key.clone()), member.name_span) {
            let message = format!(
                "`{}` stands under `{operator}` twice; it is already on {}",
                clip(&member.name),
                self.place(earlier)
            );
            self.error(
                codes::DUPLICATE_CONDITION_KEY,
                member.name_span,
                route,
                message,
                "join the values in one list; keys ignore case",
            );
        }
        self.warn_if_empty(
            &member.value,
            route,
            if operator.base.negated() { "it excludes nothing" } else { "no value satisfies it" },
        );
        let mut values = Vec::new();
        self.each(&member.value, route, &mut |reader, value, route| {
            let Some(text) = reader.scalar(value, route) else { return };
            let literal =
                reader.literal(operator.base.family(), Text { text, span: value.span, route });
            values.extend(literal.map(|literal| ConditionValue {
                text: text.to_owned(),
                literal,
                span: value.span,
            }));
        });
        let span = Span { start: member.name_span.start, end: member.value.span.end };
        Some(Condition { operator, key, values, span })
    }

    /// A string, or the JSON text of a number or Boolean.
    fn scalar<'v>(&mut self, value: &'v JsonValue, route: &Route<'_>) -> Option<&'v str> {
        let text = match &value.data {
            JsonData::String(text) | JsonData::Number(text) => text,
            JsonData::Bool(true) => "true",
            JsonData::Bool(false) => "false",
            JsonData::Null | JsonData::Array(_) | JsonData::Object(_) => {
                self.wrong_type(value, route, "a string, a number, a Boolean, or a list of these");
                return None;
            }
        };
        self.check_length(text, value.span, route).then_some(text)
    }

    /// A key reads `prefix:name`; tag keys may have spaces, prefixes may be host names with paths.
    fn check_key(&mut self, member: &Member, route: &Route<'_>) {
        let key = member.name.as_str();
        let prefix_ok = |prefix: &str| {
            !prefix.is_empty()
                && !prefix.contains(|c: char| {
                    c.is_whitespace() || matches!(c, '*' | '?' | '$' | '{' | '}')
                })
        };
        let well_formed = key.split_once(':').is_some_and(|(prefix, name)| {
            prefix_ok(prefix) && !name.is_empty() && name.trim() == name
        });
        if !well_formed {
            let message =
                format!("`{}` is not a condition key: a key reads `prefix:name`", clip(key));
            self.error(
                codes::INVALID_CONDITION_KEY,
                member.name_span,
                route,
                message,
                "for example `aws:SourceIp`, or `aws:ResourceTag/team`",
            );
        } else {
            self.check_length(key, member.name_span, route);
        }
    }
}
