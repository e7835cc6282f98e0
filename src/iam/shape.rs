//! The shape of the requests that a question is about, in the policy language.

use crate::partitions::Partitions;
use crate::policy::{
    ActionElement, ActionPattern, Condition, ContextKey, Effect, ResourceElement, ResourcePattern,
    Statement,
};
use crate::source::Span;
use crate::value;
use serde::Deserialize;

/// Which requests a question is about: those that the statement matches, by callers that the
/// patterns match.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Action, resource and conditions, as in an Allow statement of an identity-based policy.
    pub statement: Statement,
    /// The caller matches some of these; `None`: any caller.
    pub principals: Option<Vec<CallerPattern>>,
    /// The caller matches none of these.
    pub not_principals: Vec<CallerPattern>,
    /// What the policy language has no words for.
    pub scope: Scope,
}

/// What a question says of its requests beyond the policy language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// The caller is a user, a session or the root user of one of these accounts. None: any caller.
    pub accounts: Vec<String>,
    /// The resource belongs to one of these accounts. None: to any, or to nobody that a request
    /// shows.
    pub resource_accounts: Vec<String>,
    /// The way, where an endpoint policy is given; `None`: as the kind of question has it.
    pub through: Option<Through>,
    /// What is known of whoever asks.
    pub own: Own,
    /// Whether the caller belongs to the organization's management account. None: either.
    pub management: Option<bool>,
}

/// The accounts of whoever asks a question, and their organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// The accounts. None: they are not known.
    pub accounts: Vec<String>,
    /// The organization of which all of them are members.
    pub organization: Option<String>,
    /// Whether they tell of the organization only: callers and resources may be of any account.
    pub members_only: bool,
}

/// What own accounts mean for a question (SEMANTICS 6.8).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// Users and sessions belong to one of these accounts. None: to any.
    pub callers: Vec<String>,
    /// The resource belongs to one of these accounts. None: to any, or to nobody that a request
    /// shows.
    pub resources: Vec<String>,
    /// Accounts and the organization of which they are members.
    pub members: Option<(Vec<String>, String)>,
}

/// Which requests a question was about, beyond the policy language: for its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The accounts that the question names, see [`Scope`].
    pub accounts: Vec<String>,
    /// Likewise.
    pub resource_accounts: Vec<String>,
    /// The way that was taken; `None` without an endpoint policy.
    pub through: Option<Through>,
    /// What the answer has of own accounts.
    pub home: Home,
    /// The partitions in which the question was asked; `None` where everything that one can write
    /// down is considered.
    pub partitions: Option<Partitions>,
}

/// The way of a request, seen from a VPC endpoint with a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Through {
    /// Through the endpoint, so that its policy takes part.
    Endpoint,
    /// Past it.
    Past,
    /// Either.
    Both,
}

impl Through {
    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Past => "past",
            Self::Both => "both",
        }
    }

    /// The way with that word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Endpoint, Self::Past, Self::Both].into_iter().find(|way| way.word() == word)
    }
}

impl Shape {
    /// The shape of every request under these conditions.
    pub fn under(conditions: Vec<Condition>) -> Self {
        let statement = Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: ActionElement { negated: false, patterns: vec![ActionPattern::Any] },
            resource: Some(ResourceElement {
                negated: false,
                patterns: vec![ResourcePattern::Any],
            }),
            conditions,
            span: Span::default(),
        };
        Self { statement, principals: None, not_principals: Vec::new(), scope: Scope::default() }
    }

    /// Every context key that the shape names; a key may come more than once.
    pub fn keys(&self) -> impl Iterator<Item = &ContextKey> {
        self.statement.keys()
    }

    /// Every pattern of callers.
    pub fn patterns(&self) -> impl Iterator<Item = &CallerPattern> {
        self.principals.iter().flatten().chain(&self.not_principals)
    }
}

/// A pattern of callers. In ARNs and names of services `*` and `?` are wildcards, which never cross
/// one of an ARN's first five colons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerPattern {
    /// `*`: every caller.
    Anyone,
    /// Twelve digits: the users, sessions and the root user of the account.
    Account(String),
    /// `anonymous`: requesters that do not sign.
    Anonymous,
    /// The six fields of an ARN. It matches a caller whose own ARN it matches (of a user, a
    /// session, the root user, an identity provider), and a session whose role or user it matches.
    /// `role/NAME` without path and wildcard stands for the role of that name at any path, as in a
    /// policy.
    Arn([String; 6]),
    /// The name of a service, or of an identity provider that has a plain name.
    Name(String),
    /// One user, or the sessions of one role. No text stands for it: [`CallerPattern::parse`] gives
    /// none.
    Entity(Entity),
}

/// A user or a role, with its path or without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// The partition.
    pub partition: String,
    /// Twelve digits.
    pub account: String,
    /// Whether it is a role.
    pub is_role: bool,
    /// The path without its first slash, and the name: `team/app`.
    pub name: String,
}

impl Entity {
    /// The user or role with that ARN; `None` where the ARN is of something else.
    pub fn of(arn: &str) -> Option<Self> {
        let [_, partition, "iam", "", account, rest] = crate::request::arn_fields(arn)? else {
            return None;
        };
        let (kind, name) = rest.split_once('/').filter(|(_, name)| !name.is_empty())?;
        let is_role = match kind {
            "role" => true,
            "user" => false,
            _ => return None,
        };
        Some(Self {
            partition: partition.to_owned(),
            account: account.to_owned(),
            is_role,
            name: name.to_owned(),
        })
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        let kind = if self.is_role { "role" } else { "user" };
        format!("arn:{}:iam::{}:{kind}/{}", self.partition, self.account, self.name)
    }
}

impl CallerPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What the text should be.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "a principal is an ARN, an account of twelve digits, the name of a service, `anonymous` or `*`";
        if text == "*" {
            return Ok(Self::Anyone);
        }
        if text == "anonymous" {
            return Ok(Self::Anonymous);
        }
        if value::is_account(text) {
            return Ok(Self::Account(text.to_owned()));
        }
        if let Some(fields) = crate::request::arn_fields(text) {
            return Ok(Self::Arn(fields.map(str::to_owned)));
        }
        let letter = |letter: char| {
            letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '*' | '?')
        };
        let name = text.contains('.') && text.chars().all(letter);
        if name { Ok(Self::Name(text.to_owned())) } else { Err(EXPECTED) }
    }

    /// The name of the role, where the pattern names one without path and wildcard.
    pub fn role_name(&self) -> Option<&str> {
        let Self::Arn([.., resource]) = self else { return None };
        resource
            .strip_prefix("role/")
            .filter(|name| !name.is_empty() && !name.contains(['/', '*', '?']))
    }

    /// Whether it names root users, and not only accounts or everybody.
    pub fn names_root(&self) -> bool {
        matches!(self, Self::Arn([.., resource]) if resource == "root")
    }

    /// Whether it names service-linked roles, and not only roles or everybody.
    pub fn names_service_linked(&self) -> bool {
        let named = |text: &str| {
            text.starts_with("role/aws-service-role/")
                || text.starts_with("assumed-role/AWSServiceRoleFor")
        };
        match self {
            Self::Arn([.., resource]) => named(resource),
            Self::Entity(entity) => entity.is_role && entity.name.starts_with("aws-service-role/"),
            Self::Anyone | Self::Account(_) | Self::Anonymous | Self::Name(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_told_apart() {
        let arn = |text: &str| {
            CallerPattern::Arn(crate::request::arn_fields(text).unwrap().map(str::to_owned))
        };
        let cases = [
            ("*", Ok(CallerPattern::Anyone)),
            ("anonymous", Ok(CallerPattern::Anonymous)),
            ("111122223333", Ok(CallerPattern::Account("111122223333".into()))),
            ("arn:aws:iam::*:role/*", Ok(arn("arn:aws:iam::*:role/*"))),
            ("*.amazonaws.com", Ok(CallerPattern::Name("*.amazonaws.com".into()))),
        ];
        for (text, expected) in cases {
            assert_eq!(CallerPattern::parse(text), expected, "{text}");
        }
        for text in ["", "dev", "11112222333", "arn:aws:iam", "user/dev.x", "a b.c"] {
            assert!(CallerPattern::parse(text).is_err(), "{text}");
        }
        assert!(arn("arn:aws:iam::*:root").names_root() && !arn("arn:aws:iam::1:*").names_root());
    }
}
