//! Policies as data: what the reader produces and what the evaluator and the encoder read.
//!
//! The types follow the grammar of the IAM policy language. Nothing here matches, evaluates or
//! encodes.

mod literal;
mod operator;
pub mod parameter;
pub mod print;
pub mod read;
mod stated;
mod template;

pub use literal::Literal;
pub use operator::{BaseOperator, Family, Operator, SetOperator};
pub use stated::Stated;
pub use template::{ContextKey, Piece, Template, Variable};

use crate::source::Span;
use std::sync::{Arc, LazyLock};

/// What a policy is attached to, and so which elements it may and must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Attached to a user, group or role.
    Identity,
    /// A permissions boundary of a user or role.
    Boundary,
    /// A session policy.
    Session,
    /// A role trust policy.
    Trust,
    /// Any other resource-based policy.
    Resource,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A VPC endpoint policy.
    Endpoint,
}

impl Kind {
    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Trust => "trust",
            Self::Resource => "resource",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::Endpoint => "endpoint",
        }
    }
}

/// The `Version` element: which language the policy is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also when the element is absent: no variables, no escapes.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// What a statement does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Refuses, whatever grants.
    Deny,
}

/// One policy document.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What it was read as.
    pub kind: Kind,
    /// The language version.
    pub version: Version,
    /// The `Id` element.
    pub id: Option<String>,
    /// The statements, in document order.
    pub statements: Vec<Stated>,
}

impl Policy {
    /// Gives its parameters other forms: `formed` gives the key of each.
    pub fn form(&mut self, formed: &dyn Fn(&ContextKey) -> ContextKey) {
        self.statements.iter_mut().for_each(|statement| statement.form(formed));
    }

    /// The policy with places that count from this offset of its text on, where it begins: the same
    /// wherever the text stands.
    #[must_use]
    pub fn counted_from(mut self, start: usize) -> Self {
        self.statements.iter_mut().for_each(|stated| stated.count_from(start));
        self
    }

    /// The statements, in document order.
    pub fn statements(
        &self,
    ) -> impl DoubleEndedIterator<Item = &Statement> + ExactSizeIterator + Clone {
        self.statements.iter().map(|stated| &**stated)
    }

    /// Whether every action that it names is one of KMS: what it is attached to is a key.
    pub fn is_about_keys(&self) -> bool {
        let mut patterns = self.statements().flat_map(|statement| &statement.action.patterns);
        patterns.all(|pattern| matches!(pattern, ActionPattern::Name { service, .. } if service.eq_ignore_ascii_case("kms")))
    }

    /// Every context key that the policy names, in conditions and in variables; a key may come more
    /// than once.
    pub fn keys(&self) -> impl Iterator<Item = &ContextKey> {
        self.statements().flat_map(Statement::keys)
    }
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The `Sid` element.
    pub sid: Option<String>,
    /// Allow or Deny.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; `None` when the statement has neither.
    pub principal: Option<PrincipalElement>,
    /// `Action` or `NotAction`.
    pub action: ActionElement,
    /// `Resource` or `NotResource`; `None` when the statement has neither (trust policies: the role
    /// itself).
    pub resource: Option<ResourceElement>,
    /// Every (operator, key) pair of the `Condition` element; all must hold.
    pub conditions: Vec<Condition>,
    /// The statement in its document; in a [`Stated`], from where it begins.
    pub span: Span,
}

/// The key that shows a principal's unique id.
static USERID: LazyLock<ContextKey> = LazyLock::new(|| ContextKey::new("aws:userid"));

impl Statement {
    /// Every template of the statement: of its ARNs, and of the texts that conditions compare with.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        let resources = self
            .resource
            .iter()
            .flat_map(|element| &element.patterns)
            .flat_map(ResourcePattern::templates);
        let values =
            self.conditions.iter().flat_map(|condition| &condition.values).filter_map(|value| {
                match &value.literal {
                    Literal::Text(template) => Some(template),
                    Literal::Number(_)
                    | Literal::Instant(_)
                    | Literal::Network(_)
                    | Literal::Bytes(_)
                    | Literal::Presence(_) => None,
                }
            });
        resources.chain(values)
    }

    /// Every context key that the statement names, in conditions and in variables, and `aws:userid`
    /// where its principals are given by unique ids; a key may come more than once.
    pub fn keys(&self) -> impl Iterator<Item = &ContextKey> {
        let variables = self.templates().flat_map(|template| &template.pieces).filter_map(
            |piece| match piece {
                Piece::Variable(variable) => Some(&variable.key),
                Piece::Literal(_) | Piece::AnyChar | Piece::AnyString => None,
            },
        );
        let ids = self
            .principal
            .iter()
            .flat_map(|element| &element.entries)
            .any(PrincipalEntry::is_unique_id)
            .then(|| &*USERID);
        let parameters = self.principal.iter().flat_map(|element| &element.parameters);
        let conditions = self.conditions.iter().map(|condition| &condition.key);
        conditions.chain(variables).chain(ids).chain(parameters)
    }

    /// The statement with places that count from this offset of its document on.
    #[must_use]
    fn counted_from(mut self, start: usize) -> Self {
        self.spans_mut().for_each(|span| *span = span.counted_from(start));
        self
    }

    /// Its place, and those of what it is made of.
    fn spans_mut(&mut self) -> impl Iterator<Item = &mut Span> {
        let conditions =
            self.conditions.iter_mut().flat_map(|Condition { span, values, .. }| {
                std::iter::once(span).chain(values.iter_mut().map(|value| &mut value.span))
            });
        std::iter::once(&mut self.span).chain(conditions)
    }

    /// The statement without its places.
    #[must_use]
    pub fn without_places(mut self) -> Self {
        self.spans_mut().for_each(|span| *span = Span::default());
        self
    }

    /// Gives the parameters of the statement other forms: `formed` gives the key of each.
    pub(crate) fn form(&mut self, formed: &dyn Fn(&ContextKey) -> ContextKey) {
        let in_template = |template: &mut Template| {
            for piece in &mut template.pieces {
                if let Piece::Variable(variable) = piece {
                    variable.key = formed(&variable.key);
                }
            }
        };
        if let Some(element) = self.principal.take() {
            let entries = element.entries.into_iter();
            let entries =
                entries.map(|entry| entry.with_text(|text| parameter::formed(text, formed)));
            self.principal = Some(PrincipalElement::new(element.negated, entries.collect()));
        }
        let patterns = self.resource.iter_mut().flat_map(|element| &mut element.patterns);
        for pattern in patterns {
            if let ResourcePattern::Arn { text, fields } = pattern {
                *text = parameter::formed(text, formed).into();
                Arc::make_mut(fields).iter_mut().for_each(in_template);
            }
        }
        for value in self.conditions.iter_mut().flat_map(|one| &mut one.values) {
            value.text = parameter::formed(&value.text, formed);
            if let Literal::Text(template) = &mut value.literal {
                in_template(template);
            }
        }
    }

    /// The statement with another action part.
    #[must_use]
    pub fn with_action(&self, action: ActionElement) -> Self {
        let Self { sid, effect, principal, action: _, resource, conditions, span } = self;
        let (sid, principal, resource) = (sid.clone(), principal.clone(), resource.clone());
        Self {
            sid,
            effect: *effect,
            principal,
            action,
            resource,
            conditions: conditions.clone(),
            span: *span,
        }
    }
}

/// `Action` (`negated` false) or `NotAction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionElement {
    /// True for `NotAction`.
    pub negated: bool,
    /// The entries; none means that the element matches no request, or every one when negated.
    pub patterns: Vec<ActionPattern>,
}

/// One entry of `Action` or `NotAction`. `*` and `?` are wildcards in names only; comparison
/// ignores case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ActionPattern {
    /// One or more `*` and nothing else.
    Any,
    /// `prefix:name`.
    Name {
        /// The service prefix, as written, without wildcards.
        service: Arc<str>,
        /// The name, as written; empty, or with white space, it matches nothing.
        name: Arc<str>,
    },
}

/// `Resource` (`negated` false) or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceElement {
    /// True for `NotResource`.
    pub negated: bool,
    /// The entries.
    pub patterns: Vec<ResourcePattern>,
}

/// One entry of `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourcePattern {
    /// One or more `*` and nothing else.
    Any,
    /// Split at the first five colons that are outside `${...}`.
    Arn {
        /// The entry as written.
        text: Arc<str>,
        /// One to six fields; wildcards and variables are pieces.
        fields: Arc<[Template]>,
    },
}

impl ResourcePattern {
    /// The service that an ARN names, where it names one without wildcards and variables.
    pub fn service(&self) -> Option<&str> {
        match self.templates().get(2)?.pieces.as_slice() {
            [Piece::Literal(service)] => Some(service),
            _ => None,
        }
    }

    /// Whether a variable stands in it.
    pub fn has_variables(&self) -> bool {
        self.templates().iter().any(Template::has_variables)
    }

    fn templates(&self) -> &[Template] {
        match self {
            ResourcePattern::Any => &[],
            ResourcePattern::Arn { fields, .. } => fields,
        }
    }
}

/// `Principal` (`negated` false) or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalElement {
    /// True for `NotPrincipal`.
    pub negated: bool,
    /// The entries of all members.
    pub entries: Vec<PrincipalEntry>,
    /// The keys of the parameters in the entries.
    pub parameters: Vec<ContextKey>,
}

impl PrincipalElement {
    /// `Principal`, or `NotPrincipal` if `negated`, with these entries.
    pub fn new(negated: bool, entries: Vec<PrincipalEntry>) -> Self {
        let texts = entries.iter().filter_map(PrincipalEntry::text);
        let parameters = texts.flat_map(parameter::keys).collect();
        Self { negated, entries, parameters }
    }
}

/// One entry of a principal element, as written. Parameters may stand in the texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrincipalEntry {
    /// `"*"` or `{"AWS": "*"}`.
    Anyone,
    /// `{"AWS": ...}`: an account id, an ARN or a unique id.
    Aws(String),
    /// `{"Service": ...}`.
    Service(String),
    /// `{"Federated": ...}`.
    Federated(String),
    /// `{"Federated": "*"}`: every identity provider.
    AnyProvider,
    /// `{"CanonicalUser": ...}`.
    CanonicalUser(String),
}

impl PrincipalEntry {
    /// What is written; `None` for everyone.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Aws(text)
            | Self::Service(text)
            | Self::Federated(text)
            | Self::CanonicalUser(text) => Some(text),
            Self::Anyone | Self::AnyProvider => None,
        }
    }

    /// The entry with another text, where it has one.
    fn with_text(self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Aws(text) => Self::Aws(change(&text)),
            Self::Service(text) => Self::Service(change(&text)),
            Self::Federated(text) => Self::Federated(change(&text)),
            Self::CanonicalUser(text) => Self::CanonicalUser(change(&text)),
            Self::Anyone | Self::AnyProvider => self,
        }
    }

    /// Whether the entry is a unique id, for example `AROA...`, which only `aws:userid` shows in a
    /// request.
    pub fn is_unique_id(&self) -> bool {
        matches!(self, PrincipalEntry::Aws(text) if !text.contains(':') && text.starts_with(|letter: char| letter.is_ascii_uppercase()))
    }
}

/// One (operator, key) pair of a `Condition` element with its values.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The operator with its prefix and suffix.
    pub operator: Operator,
    /// The condition key.
    pub key: ContextKey,
    /// The values; possibly none.
    pub values: Vec<ConditionValue>,
    /// The pair in its document.
    pub span: Span,
}

impl Condition {
    /// Whether the condition never holds in a request without its key (SEMANTICS 4.2, 4.3): negated
    /// operators, `IfExists` and `ForAllValues` hold there, `ForAnyValue` does not, negated or not.
    pub fn needs_its_key(&self) -> bool {
        let Operator { set, base, if_exists } = self.operator;
        match (base, set) {
            (_, Some(SetOperator::ForAllValues)) => false,
            (BaseOperator::Null, None) => {
                !self.values.iter().any(|value| value.literal == Literal::Presence(true))
            }
            (_, Some(SetOperator::ForAnyValue)) => !if_exists,
            (_, None) => !if_exists && !base.negated(),
        }
    }
}

/// One value of a condition.
#[derive(Debug, Clone)]
pub struct ConditionValue {
    /// As written; numbers and Booleans without quotes as their JSON text.
    pub text: String,
    /// What the operator's family reads in it.
    pub literal: Literal,
    /// The value in its document.
    pub span: Span,
}
