//! A policy with its text, and where the parts of its statements stand.

use super::finding::InStatement;
use keyaki_iam::finding::{Finding, codes};
use keyaki_iam::input::{self, Loaded, Opened, Rejected};
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::layers::NamedPolicy;
use keyaki_iam::policy::Kind;
use keyaki_iam::policy::read::ReadOptions;
use keyaki_iam::source::{Source, Span};

/// A policy that was read, with its text.
#[derive(Debug)]
pub struct Document {
    /// The text.
    pub source: Source,
    /// The policy, named after the text.
    pub policy: NamedPolicy,
    /// What was taken for place-holders in it.
    pub placeholders: Vec<Finding>,
    /// The address of the policy in a template or a plan, where it stands in one.
    pub address: Option<String>,
    value: JsonValue,
    /// The way to the policy in its file.
    route: String,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub route: String,
    pub span: Span,
}

impl Document {
    /// Reads a policy of that kind. Warnings about its text are dropped, but for place-holders:
    /// `keyaki validate` shows them.
    ///
    /// # Errors
    /// What rejects the text.
    pub fn read(source: &Source, kind: Kind, options: &ReadOptions) -> Result<Self, Rejected> {
        Self::opened(&input::open(source, options)?, kind, options)
    }

    /// Reads a policy that was found in a file, likewise.
    ///
    /// # Errors
    /// What rejects the text.
    pub fn opened(opened: &Opened, kind: Kind, options: &ReadOptions) -> Result<Self, Rejected> {
        let Loaded { value: policy, warnings } = input::opened_document(opened, options, kind)?;
        let (source, value) = (opened.source().clone(), opened.value()?.clone());
        let placeholders = warnings.into_iter().filter(|one| one.rule == codes::PLACEHOLDER);
        let placeholders = placeholders.collect();
        let route = opened.route().to_owned();
        Ok(Self { source, policy, placeholders, address: None, value, route })
    }

    /// The same, at an address of a template or a plan.
    #[must_use]
    pub fn at(self, address: String) -> Self {
        Self { route: address.clone(), address: Some(address), ..self }
    }

    /// The statement that a route leads into.
    pub(super) fn in_statement(&self, route: &str) -> Option<InStatement> {
        let rest = route.strip_prefix(&self.statements())?;
        let digits = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        // A statement without a list around it is the first.
        let index = digits.map_or(Some(0), |(index, _)| index.parse().ok())?;
        let value = match self.value.member("Statement")? {
            JsonValue { data: JsonData::Array(items), .. } => items.get(index)?,
            alone => alone,
        };
        let sid = value.member("Sid").and_then(JsonValue::as_str).map(str::to_owned);
        Some(InStatement { index, sid, content: value.compact() })
    }

    /// The route to the statements.
    fn statements(&self) -> String {
        match self.route.as_str() {
            "" => "Statement".to_owned(),
            outer => format!("{outer}.Statement"),
        }
    }

    /// The statement with that index.
    pub(super) fn statement(&self, index: usize) -> Place {
        let route = self.statements();
        match self.value.member("Statement") {
            Some(JsonValue { data: JsonData::Array(items), .. }) => {
                place(format!("{route}[{index}]"), items.get(index))
            }
            other => place(route, other),
        }
    }

    /// An entry of `Action`, `Resource` or their negations, counted through all members of that
    /// name.
    pub(super) fn entry(&self, statement: usize, member: &str, entry: usize) -> Place {
        let owner = self.statement(statement);
        let mut at = entry;
        for found in self.members(statement, member) {
            let route = format!("{}.{member}", owner.route);
            let JsonData::Array(items) = &found.value.data else {
                if at == 0 {
                    return place(route, Some(&found.value));
                }
                at -= 1;
                continue;
            };
            if let Some(item) = items.get(at) {
                return place(format!("{route}[{at}]"), Some(item));
            }
            at -= items.len();
        }
        owner
    }

    /// A member of a statement as a whole.
    pub(super) fn element(&self, statement: usize, member: &str) -> Place {
        let owner = self.statement(statement);
        match self.members(statement, member).first() {
            Some(found) => place(format!("{}.{member}", owner.route), Some(&found.value)),
            None => owner,
        }
    }

    /// An (operator, key) pair of a statement, or one of its values: the one with that span.
    pub(super) fn condition(
        &self,
        statement: usize,
        operator: &str,
        key: &str,
        span: Span,
        value: Option<usize>,
    ) -> Place {
        let mut route = format!("{}.Condition.{operator}.{key}", self.statement(statement).route);
        if let Some(value) = value {
            route.push_str(&format!("[{value}]"));
        }
        Place { route, span }
    }

    fn members(&self, statement: usize, name: &str) -> Vec<&Member> {
        let statement = match self.value.member("Statement") {
            Some(JsonValue { data: JsonData::Array(items), .. }) => items.get(statement),
            other => other,
        };
        match statement.map(|statement| &statement.data) {
            Some(JsonData::Object(members)) => {
                members.iter().filter(|member| member.name == name).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn place(route: String, value: Option<&JsonValue>) -> Place {
    Place { route, span: value.map(|value| value.span).unwrap_or_default() }
}
