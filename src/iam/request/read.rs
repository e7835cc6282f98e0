//! From JSON to [`Request`].

use super::{ContextValue, Principal, Request};
use crate::finding::{Finding, Level, codes};
use crate::json::{self, JsonData, JsonValue, Member};
use crate::policy::ContextKey;
use crate::policy::read::{Route, suggestion};
use crate::source::{Source, Span};
use crate::value::{MOST_DIGITS, has_too_many_digits};
use std::collections::BTreeMap;

/// Code: a request has no such member.
pub const UNKNOWN_MEMBER: &str = "unknown-member";
/// Code: a required member of a request is missing.
pub const MISSING_MEMBER: &str = "missing-member";

const MEMBERS: &[&str] = &[
    "principal",
    "action",
    "resource",
    "resourceAccount",
    "principalInManagementAccount",
    "context",
];
/// The longest text, in bytes: that of a text in a policy, since each is compared with the other.
const LONGEST_TEXT: usize = 1 << 16;

/// More findings about one request are not listed; it is rejected all the same.
const MOST_FINDINGS: usize = 1_000;

const PRINCIPAL_MEMBERS: &[&str] = &["arn", "roleArn", "userArn"];

/// What reading a request gave.
#[derive(Debug, Clone)]
pub struct ReadOutcome {
    /// The request: `Some` iff no finding is an error.
    pub request: Option<Request>,
    /// All findings, in the order of the text.
    pub diagnostics: Vec<Finding>,
}

/// Reads a request: an object with the members `principal` (a text, or an object with `arn` and
/// `roleArn`), `action`, `resource`, and, if need be, `resourceAccount`,
/// `principalInManagementAccount` and `context`. Values of the context are texts or lists of texts;
/// numbers and Booleans stand for their JSON text.
///
/// What can be read but is probably not meant is for [`super::check_request`] to say.
pub fn read(source: &Source, limits: &json::Limits) -> ReadOutcome {
    let (value, diagnostics) = json::parse(source, limits);
    let mut reader = Reader { source, diagnostics };
    let request = value.and_then(|value| reader.request(&value, &Route::root("")));
    reader.finish(request)
}

/// Reads a request that stands inside another JSON document, at `route` of it; `value` must come
/// from `source`.
pub fn read_value(value: &JsonValue, source: &Source, route: &str) -> ReadOutcome {
    let mut reader = Reader { source, diagnostics: Vec::new() };
    let request = reader.request(value, &Route::root(route));
    reader.finish(request)
}

struct Reader<'a> {
    source: &'a Source,
    diagnostics: Vec<Finding>,
}

impl Reader<'_> {
    fn finish(self, request: Option<Request>) -> ReadOutcome {
        let rejected = self.diagnostics.iter().any(Finding::is_error);
        ReadOutcome { request: request.filter(|_| !rejected), diagnostics: self.diagnostics }
    }

    fn error(
        &mut self,
        rule: &'static str,
        span: Span,
        route: &Route<'_>,
        message: String,
        help: Option<String>,
    ) {
        if self.diagnostics.len() < MOST_FINDINGS {
            let (level, source, route) = (Level::Error, self.source.clone(), route.to_string());
            self.diagnostics.push(Finding { rule, level, message, source, span, route, help });
        }
    }

    fn wrong_type(&mut self, value: &JsonValue, route: &Route<'_>, expected: &str) {
        let message = format!("{expected} is expected here, not {}", value.type_name());
        self.error(codes::WRONG_TYPE, value.span, route, message, None);
    }

    fn request(&mut self, value: &JsonValue, route: &Route<'_>) -> Option<Request> {
        let members = self.members(
            value,
            route,
            "an object with `principal`, `action` and `resource`",
            MEMBERS,
        )?;
        let principal = self.required(&members, value, route, "principal").and_then(|member| {
            let route = route.member("principal");
            self.principal(&member.value, &route)
        });
        let action = self
            .required(&members, value, route, "action")
            .and_then(|member| self.text(member, route));
        let resource = self
            .required(&members, value, route, "resource")
            .and_then(|member| self.text(member, route));
        let resource_account =
            members.get("resourceAccount").and_then(|member| self.text(member, route));
        let in_management_account =
            members.get("principalInManagementAccount").and_then(|member| {
                match member.value.data {
                    JsonData::Bool(value) => Some(value),
                    JsonData::Null
                    | JsonData::Number(_)
                    | JsonData::String(_)
                    | JsonData::Array(_)
                    | JsonData::Object(_) => {
                        self.wrong_type(
                            &member.value,
                            &route.member(&member.name),
                            "`true` or `false`",
                        );
                        None
                    }
                }
            });
        let context = match members.get("context") {
            Some(member) => self.context(&member.value, &route.member("context")),
            None => BTreeMap::new(),
        };
        Some(Request {
            principal: principal?,
            action: action?,
            resource: resource?,
            resource_account,
            principal_in_management_account: in_management_account.unwrap_or(false),
            context,
        })
    }

    /// The members of an object by name; unknown and duplicate ones are reported. `None` when the
    /// value is not an object.
    fn members<'v>(
        &mut self,
        value: &'v JsonValue,
        route: &Route<'_>,
        expected: &str,
        known: &[&str],
    ) -> Option<BTreeMap<&'v str, &'v Member>> {
        let JsonData::Object(members) = &value.data else {
            self.wrong_type(value, route, expected);
            return None;
        };
        let mut found = BTreeMap::new();
        for member in members {
            let route = route.member(&member.name);
            if !known.contains(&member.name.as_str()) {
                let message = format!("a request has no member `{}` here", member.name);
                self.error(
                    UNKNOWN_MEMBER,
                    member.name_span,
                    &route,
                    message,
                    Some(suggestion(&member.name, known)),
                );
            } else if found.insert(member.name.as_str(), member).is_some() {
                self.error(
                    codes::DUPLICATE_MEMBER,
                    member.name_span,
                    &route,
                    format!("the member `{}` occurs twice", member.name),
                    None,
                );
            }
        }
        Some(found)
    }

    fn required<'v>(
        &mut self,
        members: &BTreeMap<&str, &'v Member>,
        object: &JsonValue,
        route: &Route<'_>,
        name: &str,
    ) -> Option<&'v Member> {
        let found = members.get(name).copied();
        if found.is_none() {
            let help = match name {
                "resource" => {
                    Some("an action without a resource type is authorized on `*`".to_owned())
                }
                _ => None,
            };
            self.error(
                MISSING_MEMBER,
                object.span,
                route,
                format!("the member `{name}` is missing"),
                help,
            );
        }
        found
    }

    fn text(&mut self, member: &Member, route: &Route<'_>) -> Option<String> {
        let route = route.member(&member.name);
        match member.value.as_str() {
            Some(text) => self.bounded(text, member.value.span, &route),
            None => {
                self.wrong_type(&member.value, &route, "a string");
                None
            }
        }
    }

    fn principal(&mut self, value: &JsonValue, route: &Route<'_>) -> Option<Principal> {
        if let Some(arn) = value.as_str() {
            return self.bounded(arn, value.span, route).map(Principal::new);
        }
        let members = self.members(
            value,
            route,
            "a string, or an object with `arn` and `roleArn` or `userArn`,",
            PRINCIPAL_MEMBERS,
        )?;
        let arn = self
            .required(&members, value, route, "arn")
            .and_then(|member| self.text(member, route));
        let role_arn = members.get("roleArn").and_then(|member| self.text(member, route));
        let user_arn = members.get("userArn").and_then(|member| self.text(member, route));
        Some(Principal { arn: arn?, role_arn, user_arn })
    }

    fn context(
        &mut self,
        value: &JsonValue,
        route: &Route<'_>,
    ) -> BTreeMap<ContextKey, ContextValue> {
        let mut context = BTreeMap::new();
        let JsonData::Object(members) = &value.data else {
            self.wrong_type(value, route, "an object of condition keys");
            return context;
        };
        for member in members {
            let route = route.member(&member.name);
            let Some(name) = self.bounded(&member.name, member.name_span, &route) else { continue };
            let Some(read) = self.context_value(&member.value, &route) else { continue };
            if context.insert(ContextKey::new(&name), read).is_some() {
                let message =
                    format!("the condition key `{name}` occurs twice; case does not count");
                self.error(codes::DUPLICATE_MEMBER, member.name_span, &route, message, None);
            }
        }
        context
    }

    fn context_value(&mut self, value: &JsonValue, route: &Route<'_>) -> Option<ContextValue> {
        let JsonData::Array(values) = &value.data else {
            return self.scalar(value, route).map(ContextValue::Single);
        };
        let read: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(index, value)| self.scalar(value, &route.index(index)))
            .collect();
        read.into_iter().collect::<Option<_>>().map(ContextValue::List)
    }

    fn scalar(&mut self, value: &JsonValue, route: &Route<'_>) -> Option<String> {
        match &value.data {
            JsonData::String(text) | JsonData::Number(text) if has_too_many_digits(text) => {
                let message =
                    format!("this number has more digits than the limit, which is {MOST_DIGITS}");
                self.error(codes::TEXT_TOO_LONG, value.span, route, message, None);
                None
            }
            JsonData::String(text) | JsonData::Number(text) => {
                self.bounded(text, value.span, route)
            }
            JsonData::Bool(value) => Some(value.to_string()),
            JsonData::Null | JsonData::Array(_) | JsonData::Object(_) => {
                let message = format!(
                    "a string, a number, a Boolean or a list of them is expected here, not {}",
                    value.type_name()
                );
                let absent = (value.data == JsonData::Null)
                    .then(|| "leave a key out to say that it is absent".to_owned());
                self.error(codes::WRONG_TYPE, value.span, route, message, absent);
                None
            }
        }
    }

    /// A text that is not longer than texts may be.
    fn bounded(&mut self, text: &str, span: Span, route: &Route<'_>) -> Option<String> {
        if text.len() > LONGEST_TEXT {
            let message =
                format!("this text has {} bytes; the limit is {LONGEST_TEXT}", text.len());
            self.error(codes::TEXT_TOO_LONG, span, route, message, None);
            return None;
        }
        Some(text.to_owned())
    }
}
