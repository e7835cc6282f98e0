//! The document and its statements (SEMANTICS 1.2).

use super::kinds::Presence;
use super::reader::{Members, Reader, clip};
use super::route::Route;
use super::seems;
use crate::finding::codes;
use crate::json::{JsonData, JsonValue, Member};
use crate::organizations::{RCP_SERVICES, RCP_SERVICES_AS_OF};
use crate::policy::{
    ActionElement, ActionPattern, Effect, Kind, Policy, ResourceElement, ResourcePattern, Stated,
    Statement, Version,
};
use crate::source::Span;
use crate::texts::Key;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a document looks like, for one that looks like none.
const DOCUMENT: &str = "a policy document is `{\"Version\": \"2012-10-17\", \"Statement\": [...]}`";

const POLICY_ELEMENTS: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// An element and its negation.
pub(super) const ACTION: [&str; 2] = ["Action", "NotAction"];
pub(super) const RESOURCE: [&str; 2] = ["Resource", "NotResource"];
pub(super) const PRINCIPAL: [&str; 2] = ["Principal", "NotPrincipal"];

/// The places of the statement ids, to find one that is used twice.
pub(super) type Sids<'v> = BTreeMap<&'v str, Span>;

impl Reader<'_> {
    /// Reads a policy document; whether it is accepted is for [`Reader::finish`] to say.
    pub(super) fn policy(&mut self, value: &JsonValue, route: &Route<'_>) -> Option<Policy> {
        self.seems = seems::seems(value);
        // Most documents have none to report. The text may be a large file with many of them.
        let own = self.source.text().get(value.span.start..value.span.end);
        if !own.is_some_and(str::is_ascii) {
            self.check_characters(value, route);
        }
        if !matches!(value.data, JsonData::Object(_) | JsonData::Null) {
            let message = format!("a policy is an object, this is {}", value.type_name());
            self.error(codes::WRONG_TYPE, value.span, route, message, DOCUMENT);
            return None;
        }
        let members = self.elements(value, route, POLICY_ELEMENTS, "an object")?;
        let version = self.version(members.first("Version"), value, route);
        self.variables = version == Version::V2012;
        let id = members.first("Id").and_then(|member| self.id(member, route));
        let Some(member) = members.first("Statement") else {
            self.missing("Statement", value, route);
            return None;
        };
        let statements = self.statements(&member.value, &route.member("Statement"));
        Some(Policy { kind: self.kind, version, id, statements })
    }

    /// `Version`; one that is not known is reported and read as the newest, so that it does not
    /// cause further findings.
    fn version(
        &mut self,
        member: Option<&Member>,
        policy: &JsonValue,
        route: &Route<'_>,
    ) -> Version {
        let element = route.member("Version");
        let version = match member.map(|member| (member, self.string(&member.value, &element))) {
            None => Version::V2008,
            Some((_, Some("2012-10-17"))) => return Version::V2012,
            Some((_, Some("2008-10-17"))) => Version::V2008,
            Some((_, None)) => return Version::V2012,
            Some((member, Some(other))) => {
                let message = format!("`{}` is not a version of the policy language", clip(other));
                self.error(
                    codes::INVALID_VERSION,
                    member.value.span,
                    &element,
                    message,
                    "write `2012-10-17`; it is not the date of the policy",
                );
                return Version::V2012;
            }
        };
        if self.kind == Kind::Rcp {
            let span = member.map_or(opening(policy), |member| member.value.span);
            let message = "a resource control policy needs `\"Version\": \"2012-10-17\"`";
            self.error(codes::RCP_VERSION, span, &element, message, "");
        }
        version
    }

    fn id(&mut self, member: &Member, route: &Route<'_>) -> Option<String> {
        let route = route.member("Id");
        if !self.rules.id_allowed {
            let help = match self.seems {
                Kind::Resource | Kind::Trust => self.as_it_seems(),
                Kind::Identity
                | Kind::Boundary
                | Kind::Session
                | Kind::Scp
                | Kind::Rcp
                | Kind::Endpoint => format!(
                    "leave it out, or, if this is {}, {}",
                    seems::name(Kind::Scp),
                    seems::given(Kind::Scp)
                ),
            };
            self.forbidden(member, &route, &help);
        }
        self.string(&member.value, &route).map(str::to_owned)
    }

    fn statements(&mut self, value: &JsonValue, route: &Route<'_>) -> Vec<Stated> {
        if let JsonData::Array(values) = &value.data {
            let (count, limit) = (values.len(), self.options.limits.statements);
            if count > limit {
                let message = format!("the document has {count} statements; the limit is {limit}");
                self.error(codes::TOO_MANY_STATEMENTS, opening(value), route, message, "");
                return Vec::new();
            }
            if count == 0 {
                self.warn_if_empty(value, route, "the policy says nothing");
            }
        }
        let mut sids = Sids::new();
        let mut found = Vec::new();
        match &value.data {
            JsonData::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    found.extend(self.stated(value, &route.index(index), &mut sids));
                }
            }
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Object(_) => found.extend(self.stated(value, route, &mut sids)),
        }
        found
    }

    /// A statement, which may be known. One with findings is never known, since they tell where it
    /// stands.
    fn stated<'v>(
        &mut self,
        value: &'v JsonValue,
        route: &Route<'_>,
        sids: &mut Sids<'v>,
    ) -> Option<Stated> {
        let Span { start, end } = value.span;
        let place = |statement| Stated::at(statement, start);
        let Some((known, text)) = self.known.zip(self.source.text().get(start..end)) else {
            return self.statement(value, route, sids).map(Arc::new).map(place);
        };
        let key = Key::of((self.kind, self.variables), text);
        if let Some(statement) = known.find(&key) {
            // Whether its id is one of its own depends on the others.
            if let JsonData::Object(members) = &value.data {
                let mut ids = members.iter().filter(|member| member.name == "Sid");
                _ = ids.next().and_then(|id| self.sid(id, &route.member("Sid"), sids));
            }
            return Some(place(statement));
        }
        let found = self.found();
        let statement = Arc::new(self.statement(value, route, sids)?);
        if self.found() == found {
            known.keep(&key, &statement);
        }
        Some(place(statement))
    }

    /// A statement, with places that count from where it begins.
    pub(super) fn statement<'v>(
        &mut self,
        value: &'v JsonValue,
        route: &Route<'_>,
        sids: &mut Sids<'v>,
    ) -> Option<Statement> {
        let members =
            self.elements(value, route, STATEMENT_ELEMENTS, "an object or a list of objects")?;
        for names in [ACTION, RESOURCE, PRINCIPAL] {
            self.check_exclusive(&members, names, route);
        }
        let sid =
            members.first("Sid").and_then(|member| self.sid(member, &route.member("Sid"), sids));
        let effect = self.effect(&members, value, route);
        let principal = self.principal_element(&members, value, route);
        let action = self.action_element(&members, value, route);
        let resource = self.resource_element(&members, value, route);
        let conditions = match members.first("Condition") {
            Some(member) => self.conditions(&member.value, &route.member("Condition")),
            None => Vec::new(),
        };
        let statement = Statement {
            sid,
            effect: effect?,
            principal,
            action: action?,
            resource,
            conditions,
            span: value.span,
        };
        self.check_rcp(&statement, &members, route);
        if let Some(member) = members.first("NotPrincipal") {
            let route = route.member("NotPrincipal");
            match statement.effect {
                Effect::Deny => self.check_levels(statement.principal.as_ref()?, member, &route),
                Effect::Allow => self.check_not_principal(member, &route),
            }
        }
        Some(statement.counted_from(value.span.start))
    }

    fn check_exclusive(
        &mut self,
        members: &Members<'_>,
        [name, negated]: [&str; 2],
        route: &Route<'_>,
    ) {
        let (Some(positive), Some(negative)) = (members.first(name), members.first(negated)) else {
            return;
        };
        let later = if positive.name_span > negative.name_span { positive } else { negative };
        let message = format!("`{name}` and `{negated}` exclude each other in one statement");
        self.error(
            codes::EXCLUSIVE_ELEMENTS,
            later.name_span,
            &route.member(&later.name),
            message,
            "split the statement in two, or remove one",
        );
    }

    fn sid<'v>(
        &mut self,
        member: &'v Member,
        route: &Route<'_>,
        sids: &mut Sids<'v>,
    ) -> Option<String> {
        let span = member.value.span;
        let JsonData::String(sid) = &member.value.data else {
            self.string(&member.value, route);
            return None;
        };
        self.check_length(sid, span, route);
        if self.rules.strict_sids && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message = format!(
                "`{}`: a `Sid` in {} has only letters and digits",
                clip(sid),
                self.rules.name
            );
            if self.options.lenient_sids {
                self.warn(
                    codes::INVALID_SID,
                    span,
                    route,
                    message,
                    "IAM rejects it; remove spaces and punctuation",
                );
            } else {
                self.error(
                    codes::INVALID_SID,
                    span,
                    route,
                    message,
                    "remove spaces and punctuation",
                );
            }
        }
        // An empty id is how tools write none.
        if let Some(earlier) = sids.insert(sid, span).filter(|_| !sid.is_empty()) {
            let message =
                format!("the `Sid` `{}` is already used on {}", clip(sid), self.place(earlier));
            if self.rules.strict_sids {
                self.error(
                    codes::DUPLICATE_SID,
                    span,
                    route,
                    message,
                    "give each statement an id of its own, or none",
                );
            } else {
                self.warn(
                    codes::DUPLICATE_SID,
                    span,
                    route,
                    message,
                    "most services want ids that are unique in the document",
                );
            }
        }
        Some(sid.clone())
    }

    /// `Effect`; of several the last counts, which is an error unless legacy duplicates are read.
    fn effect(
        &mut self,
        members: &Members<'_>,
        statement: &JsonValue,
        route: &Route<'_>,
    ) -> Option<Effect> {
        let Some(occurrences) = members.get("Effect") else {
            self.missing("Effect", statement, route);
            return None;
        };
        let route = route.member("Effect");
        let mut effect = None;
        for member in occurrences {
            effect = match self.string(&member.value, &route)? {
                "Allow" => Some(Effect::Allow),
                "Deny" => Some(Effect::Deny),
                other => {
                    let message = format!(
                        "`{}` is not an effect: `Allow` or `Deny`, exactly so",
                        clip(other)
                    );
                    self.error(codes::INVALID_EFFECT, member.value.span, &route, message, "");
                    return None;
                }
            };
        }
        effect
    }

    fn action_element(
        &mut self,
        members: &Members<'_>,
        statement: &JsonValue,
        route: &Route<'_>,
    ) -> Option<ActionElement> {
        let Some((negated, occurrences)) = self.element(members, ACTION) else {
            self.missing("Action", statement, route);
            return None;
        };
        let mut patterns = Vec::new();
        for member in occurrences {
            let route = route.member(&member.name);
            if negated && !self.rules.not_action_allowed {
                self.forbidden(member, &route, "name the actions in `Action`");
            }
            self.warn_if_empty(&member.value, &route, never_or_always(negated));
            patterns.extend(self.texts(&member.value, &route, Self::action_pattern));
        }
        Some(ActionElement { negated, patterns })
    }

    fn resource_element(
        &mut self,
        members: &Members<'_>,
        statement: &JsonValue,
        route: &Route<'_>,
    ) -> Option<ResourceElement> {
        let Some((negated, occurrences)) = self.element(members, RESOURCE) else {
            match self.rules.resource {
                Presence::Required => self.missing("Resource", statement, route),
                Presence::Expected => {
                    let message = "the statement has neither `Resource` nor `NotResource`; read as: whatever the policy is attached to";
                    self.warn(
                        codes::MISSING_ELEMENT,
                        opening(statement),
                        route,
                        message,
                        "most services require it",
                    );
                }
                Presence::Forbidden => {}
            }
            return None;
        };
        let mut patterns = Vec::new();
        for member in occurrences {
            let route = route.member(&member.name);
            if self.rules.resource == Presence::Forbidden {
                self.forbidden(member, &route, "leave it out: the resource is the role itself; the policy of another resource is `--kind resource`");
            }
            self.warn_if_empty(&member.value, &route, never_or_always(negated));
            patterns.extend(self.texts(&member.value, &route, Self::resource_pattern));
        }
        Some(ResourceElement { negated, patterns })
    }

    /// The occurrences of an element or of its negation, and which of the two it is.
    pub(super) fn element<'m, 'v>(
        &self,
        members: &'m Members<'v>,
        names: [&str; 2],
    ) -> Option<(bool, &'m [&'v Member])> {
        let [positive, negative] = names.map(|name| members.get(name));
        positive.map(|found| (false, found)).or(negative.map(|found| (true, found)))
    }

    pub(super) fn missing(&mut self, name: &str, owner: &JsonValue, route: &Route<'_>) {
        let negation = if matches!(name, "Action" | "Resource") {
            format!(" or `Not{name}`")
        } else {
            String::new()
        };
        let (owner_name, help) = match name {
            "Statement" => ("the policy", DOCUMENT),
            _ => ("the statement", ""),
        };
        let message =
            format!("{owner_name} has no `{name}`{negation}, which {} needs", self.rules.name);
        let help = if name == "Principal" { self.without_principal() } else { help.to_owned() };
        self.error(codes::MISSING_ELEMENT, opening(owner), route, message, &help);
    }

    pub(super) fn forbidden(&mut self, member: &Member, route: &Route<'_>, help: &str) {
        let message = format!("{} must not have `{}`", self.rules.name, member.name);
        self.error(codes::FORBIDDEN_ELEMENT, member.name_span, route, message, help);
    }

    /// What only resource control policies demand. AWS's own `RCPFullAWSAccess`, which allows
    /// everything, is accepted.
    fn check_rcp(&mut self, statement: &Statement, members: &Members<'_>, route: &Route<'_>) {
        let every_action = statement.action.patterns.contains(&ActionPattern::Any);
        let every_resource = statement.resource.as_ref().is_some_and(|resource| {
            !resource.negated && matches!(resource.patterns.as_slice(), [ResourcePattern::Any])
        });
        let allows = statement.effect == Effect::Allow;
        if self.kind != Kind::Rcp
            || (allows && every_action && every_resource && statement.conditions.is_empty())
        {
            return;
        }
        if let (Some(member), true) = (members.first("Effect"), allows) {
            let message = "a resource control policy can only deny";
            self.error(
                codes::RCP_EFFECT,
                member.value.span,
                &route.member("Effect"),
                message,
                "write `Deny`, with a condition for what stays allowed; the policy of one resource is given with `--resource-policy FILE`, or as `--kind resource`",
            );
        }
        if let (Some(member), true) = (members.first("Action"), every_action) {
            let message = "`*` is not accepted as action of a resource control policy";
            self.error(
                codes::RCP_ACTION,
                member.value.span,
                &route.member("Action"),
                message,
                "name the services: for example `s3:*`",
            );
        }
        self.check_rcp_services(statement, members, route);
    }
}

impl Reader<'_> {
    /// A service that resource control policies do not cover, by a list that ages: no reason to
    /// leave a saved policy unread.
    fn check_rcp_services(
        &mut self,
        statement: &Statement,
        members: &Members<'_>,
        route: &Route<'_>,
    ) {
        let covered =
            |service: &str| RCP_SERVICES.iter().any(|known| known.eq_ignore_ascii_case(service));
        let mut named = statement.action.patterns.iter().filter_map(|pattern| match pattern {
            ActionPattern::Name { service, .. } => Some(&**service),
            ActionPattern::Any => None,
        });
        let (Some(service), Some(member)) =
            (named.find(|service| !covered(service)), members.first("Action"))
        else {
            return;
        };
        let message = format!(
            "resource control policies do not cover `{}`, as of {RCP_SERVICES_AS_OF}",
            clip(service)
        );
        let help = "`keyaki catalogue` marks the services that they cover";
        let route = route.member("Action");
        if self.options.supported_only {
            self.error(codes::RCP_SERVICE, member.value.span, &route, message, help);
        } else {
            self.warn(codes::RCP_SERVICE, member.value.span, &route, message, help);
        }
    }
}

fn never_or_always(negated: bool) -> &'static str {
    if negated { "it excludes nothing" } else { "the statement never applies" }
}

/// The opening bracket of an object or list: the place of what it lacks.
pub(super) fn opening(value: &JsonValue) -> Span {
    Span { start: value.span.start, end: value.span.end.min(value.span.start + 1) }
}
