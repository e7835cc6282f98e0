//! `Principal` and `NotPrincipal` (SEMANTICS 1.2 and 6.2).

use super::kinds::Presence;
use super::reader::{Members, Reader, Text, clip};
use super::route::Route;
use super::seems;
use super::statement::PRINCIPAL;
use crate::finding::codes;
use crate::json::{JsonData, JsonValue, Member};
use crate::policy::parameter::{self, Form, Parameter};
use crate::policy::{Kind, Piece, PrincipalElement, PrincipalEntry};
use crate::value;
use std::collections::{BTreeMap, BTreeSet};

const TYPES: &[&str] = &["AWS", "Service", "Federated", "CanonicalUser"];

impl Reader<'_> {
    pub(super) fn principal_element(
        &mut self,
        members: &Members<'_>,
        statement: &JsonValue,
        route: &Route<'_>,
    ) -> Option<PrincipalElement> {
        let Some((negated, occurrences)) = self.element(members, PRINCIPAL) else {
            if self.rules.principal != Presence::Forbidden {
                self.missing("Principal", statement, route);
            }
            return None;
        };
        let member = occurrences.first()?;
        let route = route.member(&member.name);
        if self.rules.principal == Presence::Forbidden {
            let help = self.as_it_seems();
            self.forbidden(member, &route, &help);
        } else if negated && !self.rules.not_principal_allowed {
            self.forbidden(member, &route, "name the principals in `Principal`");
        } else if self.kind == Kind::Rcp && member.value.as_str() != Some("*") {
            let message = "the principal of a resource control policy is exactly `\"*\"`";
            self.error(
                codes::RCP_PRINCIPAL,
                member.value.span,
                &route,
                message,
                "narrow it by a condition on `aws:PrincipalArn`; the policy of one resource is given with `--resource-policy FILE`, or as `--kind resource`",
            );
        }
        let entries = self.principals(&member.value, &route);
        if self.kind == Kind::Trust && entries.contains(&PrincipalEntry::Anyone) {
            let message = "everyone can ask to assume this role";
            self.warn(
                codes::TRUST_EVERYONE,
                member.value.span,
                &route,
                message,
                "name the accounts, roles or services that may",
            );
        }
        Some(PrincipalElement::new(negated, entries))
    }

    /// What to do with a document that has a `Principal`, which its kind must not have.
    pub(super) fn as_it_seems(&self) -> String {
        let or = if self.kind == Kind::Scp {
            "; a resource control policy is given with `--rcp FILE` or `--kind rcp`"
        } else {
            ""
        };
        format!(
            "this seems to be {}: {}{or}; {} has no `Principal`, since it applies to whom it is attached to",
            seems::name(self.seems),
            seems::given(self.seems),
            self.rules.name
        )
    }

    /// What to do with a statement without `Principal`, which its kind must have.
    pub(super) fn without_principal(&self) -> String {
        let names = "name those who may in `Principal`: `\"*\"` is everyone";
        if self.seems != Kind::Identity {
            return names.to_owned();
        }
        format!(
            "this seems to be {}: {}; a service control policy is given with `--scp FILE`; otherwise {names}",
            seems::name(Kind::Identity),
            seems::given(Kind::Identity)
        )
    }

    /// AWS may test account, role and session in turn, so a list that lacks one of them may not
    /// exempt the caller (`[U20]`).
    pub(super) fn check_levels(
        &mut self,
        element: &PrincipalElement,
        member: &Member,
        route: &Route<'_>,
    ) {
        if element.entries.contains(&PrincipalEntry::Anyone) {
            return;
        }
        let texts = || {
            element.entries.iter().filter_map(|entry| {
                if let PrincipalEntry::Aws(text) = entry { Some(text.as_str()) } else { None }
            })
        };
        let listed: BTreeSet<String> = texts().map(without_path).collect();
        let lacking = |text: &'_ str| {
            levels_above(text)
                .into_iter()
                .filter(|level| !listed.contains(level))
                .collect::<Vec<_>>()
        };
        // One finding an element: a list may have thousands of entries.
        let Some((text, missing)) =
            texts().map(|text| (text, lacking(text))).find(|(_, missing)| !missing.is_empty())
        else {
            return;
        };
        let message = format!(
            "`{}` may be denied all the same: the list lacks `{}`",
            clip(text),
            missing.join("` and `")
        );
        let help = "list every level of every principal, or deny `*` with a condition on `aws:PrincipalArn`";
        self.warn(codes::NOT_PRINCIPAL_LEVELS, member.value.span, route, message, help);
    }

    /// `NotPrincipal` with `Allow` grants to everybody who is not listed, the anonymous included.
    pub(super) fn check_not_principal(&mut self, member: &Member, route: &Route<'_>) {
        if self.rules.not_principal_allowed {
            let message = "`NotPrincipal` with `Allow` is not supported";
            let help = "it allows everybody who is not listed, anonymous callers too; name who may in `Principal`";
            if self.options.supported_only {
                self.error(codes::NOT_PRINCIPAL_ALLOW, member.name_span, route, message, help);
            } else {
                self.warn(codes::NOT_PRINCIPAL_ALLOW, member.name_span, route, message, help);
            }
        }
    }

    fn principals(&mut self, value: &JsonValue, route: &Route<'_>) -> Vec<PrincipalEntry> {
        match &value.data {
            JsonData::String(text) if text == "*" => vec![PrincipalEntry::Anyone],
            JsonData::String(text) => {
                let message = format!("`{}`: a principal that is a string is `*`", clip(text));
                self.error(
                    codes::INVALID_PRINCIPAL,
                    value.span,
                    route,
                    message,
                    "write an object: `{\"AWS\": ...}`, `{\"Service\": ...}`",
                );
                Vec::new()
            }
            JsonData::Array(values) if values.is_empty() => {
                self.warn_if_empty(value, route, "it names nobody");
                Vec::new()
            }
            JsonData::Object(members) => {
                if members.is_empty() {
                    self.warn_of_nothing(value.span, route, "it names nobody");
                }
                self.principal_members(members, route)
            }
            JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) | JsonData::Array(_) => {
                self.wrong_type(value, route, "`\"*\"` or an object");
                Vec::new()
            }
        }
    }

    fn principal_members(&mut self, members: &[Member], route: &Route<'_>) -> Vec<PrincipalEntry> {
        let mut names: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
        let mut entries = Vec::new();
        for member in members {
            let element = route.member(&member.name);
            let read = match member.name.as_str() {
                "AWS" => Self::aws_principal,
                "Service" => Self::service_principal,
                "Federated" => Self::federated_principal,
                "CanonicalUser" => Self::canonical_user,
                other => {
                    let message = format!("`{}` is not a type of principal", clip(other));
                    let help = self.suggestion(other, TYPES);
                    self.error(
                        codes::UNKNOWN_PRINCIPAL_TYPE,
                        member.name_span,
                        &element,
                        message,
                        &help,
                    );
                    continue;
                }
            };
            names.entry(&member.name).or_default().push(member);
            self.warn_if_empty(&member.value, &element, "it names nobody");
            entries.extend(self.texts(&member.value, &element, read));
        }
        names.values().for_each(|occurrences| self.check_duplicates(occurrences, route));
        entries
    }

    fn aws_principal(&mut self, entry: Text<'_>) -> Option<PrincipalEntry> {
        let text = entry.text;
        if text == "*" {
            return Some(PrincipalEntry::Anyone);
        }
        if !self.without_wildcard(entry) {
            return None;
        }
        let problem =
            if parameter::is_in(text) { unknown_problem(text) } else { aws_problem(text) };
        match problem {
            None => Some(PrincipalEntry::Aws(text.to_owned())),
            Some(problem) => self.invalid_principal(entry, problem),
        }
    }

    fn service_principal(&mut self, entry: Text<'_>) -> Option<PrincipalEntry> {
        let named = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !self.without_wildcard(entry) {
            return None;
        }
        // What a parameter stands for cannot be looked at.
        let label = |label: &str| named(label) || parameter::is_in(label);
        let is_name = entry.text.contains('.') && labels(entry.text).into_iter().all(label);
        if is_name || is_one(entry.text) {
            return Some(PrincipalEntry::Service(entry.text.to_owned()));
        }
        self.invalid_principal(entry, "a service reads `bedrock.amazonaws.com`")
    }

    fn federated_principal(&mut self, entry: Text<'_>) -> Option<PrincipalEntry> {
        if entry.text == "*" {
            return Some(PrincipalEntry::AnyProvider);
        }
        if !self.without_wildcard(entry) {
            return None;
        }
        if entry.text.is_empty() || entry.text.contains(char::is_whitespace) {
            return self.invalid_principal(
                entry,
                "an identity provider is a domain, or the ARN of a SAML or OIDC provider",
            );
        }
        Some(PrincipalEntry::Federated(entry.text.to_owned()))
    }

    fn canonical_user(&mut self, entry: Text<'_>) -> Option<PrincipalEntry> {
        if !self.without_wildcard(entry) {
            return None;
        }
        // What a parameter stands for cannot be looked at.
        let is_id = entry.text.bytes().all(|byte| byte.is_ascii_hexdigit()) || is_one(entry.text);
        if entry.text.is_empty() || !is_id {
            return self.invalid_principal(entry, "a canonical user id is a hexadecimal number");
        }
        Some(PrincipalEntry::CanonicalUser(entry.text.to_owned()))
    }

    fn without_wildcard(&mut self, entry: Text<'_>) -> bool {
        let found = entry.text.contains(['*', '?']);
        if found {
            let message =
                format!("`{}`: a wildcard inside a principal is not accepted", clip(entry.text));
            let help =
                "name the account, and narrow it by a condition: `ArnLike` on `aws:PrincipalArn`";
            self.error(codes::PRINCIPAL_WILDCARD, entry.span, entry.route, message, help);
        }
        !found
    }

    fn invalid_principal<T>(&mut self, entry: Text<'_>, problem: &str) -> Option<T> {
        let message = format!("`{}` names no principal: {problem}", clip(entry.text));
        self.error(codes::INVALID_PRINCIPAL, entry.span, entry.route, message, "");
        None
    }
}

/// What stands between dots that are outside of parameters.
fn labels(text: &str) -> Vec<&str> {
    let mut within = false;
    text.split(move |letter| {
        within = letter == '{' || within && letter != '}';
        letter == '.' && !within
    })
    .collect()
}

/// What keeps a text with parameters from being an `AWS` principal that can be compared: an account,
/// or the ARN of an account, a user or a role of an account, each of which is known or a parameter
/// of that form.
fn unknown_problem(text: &str) -> Option<&'static str> {
    let is_account = |text: &str| {
        let form = parameter::keys(text).first().and_then(Parameter::of).map(|known| known.form);
        value::is_account(text) || is_one(text) && form == Some(Form::Account)
    };
    if is_account(text) {
        return None;
    }
    let Some([_, partition, service, region, account, name]) = parameter::arn_fields(text) else {
        return Some("what is not known yet is an account, or stands inside an ARN");
    };
    let has_partition = is_one(partition) || partition == "aws" || partition.starts_with("aws-");
    let named = ["user/", "role/"].iter().find_map(|kind| name.strip_prefix(kind));
    if !has_partition {
        Some("the partition is `aws`, `aws-cn`, `aws-us-gov` or the like")
    } else if service != "iam" || !region.is_empty() {
        Some("with what is not known yet, only accounts, users and roles can be compared")
    } else if account == "cloudfront" && name.starts_with("user/") {
        // An origin access identity.
        None
    } else if !is_account(account) {
        Some("the account id has 12 digits, or is a parameter of the form `account`")
    } else if name != "root" && named.is_none_or(|name| name.is_empty() || name.starts_with('/')) {
        Some("after the account stands `root`, `user/NAME` or `role/NAME`")
    } else {
        None
    }
}

/// Whether a text is one parameter and nothing else.
fn is_one(text: &str) -> bool {
    matches!(parameter::pieces(text).as_slice(), [Piece::Variable(_)])
}

/// What keeps a text from being an `AWS` principal: an account, an ARN or a unique id.
fn aws_problem(text: &str) -> Option<&'static str> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return (text.len() != 12).then_some("an account id has 12 digits");
    }
    if !text.starts_with("arn:") {
        let unique_id = (text.starts_with("AIDA") || text.starts_with("AROA"))
            && text.len() >= 16
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        return (!unique_id).then_some("an account id of 12 digits, the ARN of a user, role or session, or a unique id is needed");
    }
    arn_problem(text)
}

fn arn_problem(text: &str) -> Option<&'static str> {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    let &[_, partition, service, region, account, name] = fields.as_slice() else {
        return Some("an ARN has six fields");
    };
    if !(partition == "aws" || partition.starts_with("aws-")) {
        return Some("the partition is `aws`, `aws-cn`, `aws-us-gov` or the like");
    }
    if !region.is_empty() {
        return Some("the Region field of a principal is empty");
    }
    // `cloudfront` owns the origin access identities.
    if !value::is_account(account) && account != "cloudfront" {
        return Some("the account id has 12 digits");
    }
    let parts: Vec<&str> = name.split('/').collect();
    let named = parts.iter().all(|part| !part.is_empty());
    match (service, parts.as_slice()) {
        ("iam", ["root"]) => None,
        ("iam", ["user" | "role", _, ..]) if named => None,
        ("sts", ["assumed-role", _, _] | ["federated-user", _]) if named => None,
        ("iam", ["group", ..]) => Some("a group cannot be a principal"),
        ("iam", _) => Some("after the account stands `root`, `user/NAME` or `role/NAME`"),
        ("sts", _) => {
            Some("after the account stands `assumed-role/ROLE/SESSION` or `federated-user/NAME`")
        }
        _ => Some("the service of a principal is `iam` or `sts`"),
    }
}

/// An account by its digits, a role without its path, which its sessions do not show; any other
/// principal as it is.
fn without_path(text: &str) -> String {
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    match fields.as_slice() {
        [_, _, _, _, account, "root"] => (*account).to_owned(),
        [arn, partition, service, region, account, name] if name.starts_with("role/") => {
            format!(
                "{arn}:{partition}:{service}:{region}:{account}:role/{}",
                name.rsplit('/').next().unwrap_or_default()
            )
        }
        _ => text.to_owned(),
    }
}

/// The levels that AWS may test beside the principal itself, as [`without_path`] writes them: of a
/// session its role, and the account. None for accounts and unique ids.
fn levels_above(text: &str) -> Vec<String> {
    let Some([arn, partition, _, _, account, name]) = parameter::arn_fields(text) else {
        return Vec::new();
    };
    if name == "root" {
        return Vec::new();
    }
    let role = name.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
    let role = role.map(|role| format!("{arn}:{partition}:iam::{account}:role/{role}"));
    role.into_iter().chain([account.to_owned()]).collect()
}
