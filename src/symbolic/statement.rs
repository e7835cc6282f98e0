//! Statements and policies: what applies, what allows, what denies (SEMANTICS 2 and 6.1).

use crate::policy::{ActionElement, ActionPattern, Effect, Kind, Piece, Policy, ResourceElement, ResourcePattern, Statement, Template};
use crate::symbolic::Error;
use crate::symbolic::frame::Frame;
use crate::symbolic::substitution::Wildcards;
use keyaki_encodings::term::{Part, Term};

impl Frame {
    /// Returns a formula that is true iff the statement applies to the request. `kind` is that of its policy; the statement is among
    /// those that the frame was made from.
    ///
    /// # Errors
    ///
    /// [`Error::Foreign`] for a statement that shows itself not to be one of the frame's, [`Error::Principal`] for one with a principal,
    /// [`Error::Literal`] for a condition value that is none of its operator's.
    pub fn applies(&self, kind: Kind, statement: &Statement) -> Result<Term, Error> {
        if statement.principal.is_some() {
            return Err(Error::Principal);
        }
        let mut conjuncts = vec![self.action(&statement.action)];
        if let Some(element) = &statement.resource {
            conjuncts.push(self.resource(kind, element)?);
        }
        for condition in &statement.conditions {
            conjuncts.push(self.holds(condition)?);
        }
        Ok(Term::and(conjuncts))
    }

    /// Returns a formula that is true iff some Allow statement applies.
    ///
    /// # Errors
    ///
    /// As [`Frame::applies`].
    pub fn allow(&self, policies: &[&Policy]) -> Result<Term, Error> {
        self.some(Effect::Allow, policies)
    }

    /// Returns a formula that is true iff some Deny statement applies.
    ///
    /// # Errors
    ///
    /// As [`Frame::applies`].
    pub fn deny(&self, policies: &[&Policy]) -> Result<Term, Error> {
        self.some(Effect::Deny, policies)
    }

    /// Returns a formula that is true iff identity-based `policies` allow the request: some Allow applies, and no Deny.
    ///
    /// # Errors
    ///
    /// As [`Frame::applies`].
    pub fn allowed(&self, policies: &[&Policy]) -> Result<Term, Error> {
        Ok(Term::and([self.allow(policies)?, Term::not(self.deny(policies)?)]))
    }

    fn some(&self, effect: Effect, policies: &[&Policy]) -> Result<Term, Error> {
        let mut applying = Vec::new();
        for policy in policies {
            for statement in policy.statements.iter().filter(|statement| statement.effect == effect) {
                applying.push(self.applies(policy.kind, statement)?);
            }
        }
        Ok(Term::or(applying))
    }

    /// SEMANTICS 2.1.
    fn action(&self, element: &ActionElement) -> Term {
        let matched = Term::or(element.patterns.iter().map(|pattern| self.action_pattern(pattern)));
        if element.negated { Term::not(matched) } else { matched }
    }

    fn action_pattern(&self, pattern: &ActionPattern) -> Term {
        match pattern {
            ActionPattern::Any => Term::truth(),
            ActionPattern::Name { name, .. } if name.is_empty() || name.contains(char::is_whitespace) => Term::falsehood(),
            ActionPattern::Name { service, name } => {
                let mut parts = vec![Part::Literal(format!("{}:", service.to_ascii_lowercase()))];
                parts.extend(name.to_ascii_lowercase().split_inclusive(['*', '?']).flat_map(literal_and_wildcard));
                Term::matches(Term::var(&self.action), parts)
            }
        }
    }

    /// SEMANTICS 2.2.
    fn resource(&self, kind: Kind, element: &ResourceElement) -> Result<Term, Error> {
        let matched = element.patterns.iter().map(|pattern| self.resource_pattern(kind, pattern)).collect::<Result<Vec<_>, _>>()?;
        let matched = Term::or(matched);
        Ok(if element.negated { Term::not(matched) } else { matched })
    }

    /// Field by field: a wildcard never crosses a colon of the first five (`[U6]`, SEG), and neither does a substituted value.
    fn resource_pattern(&self, kind: Kind, pattern: &ResourcePattern) -> Result<Term, Error> {
        let ResourcePattern::Arn { fields, .. } = pattern else { return Ok(Term::truth()) };
        if fields.len() < self.resource.fields.len() && !completed(kind, fields) {
            return Ok(Term::falsehood());
        }
        let mut conjuncts = vec![self.resource.is_arn()];
        for (field, template) in self.resource.terms().into_iter().zip(fields) {
            let pattern = self.substitute(&template.pieces, Wildcards::Active)?;
            conjuncts.extend([pattern.resolved, Term::matches(field, pattern.parts)]);
        }
        Ok(Term::and(conjuncts))
    }
}

/// A piece of an action name that ends in a wildcard, or in nothing.
fn literal_and_wildcard(text: &str) -> impl Iterator<Item = Part> {
    let (literal, wildcard) = match text.char_indices().next_back() {
        Some((at, '*')) => (text.get(..at), Some(Part::AnyString)),
        Some((at, '?')) => (text.get(..at), Some(Part::AnyChar)),
        _ => (Some(text), None),
    };
    let literal = literal.filter(|literal| !literal.is_empty()).map(|literal| Part::Literal(literal.to_owned()));
    literal.into_iter().chain(wildcard)
}

/// Whether the missing fields of a short ARN are taken as `*` (`[U5]`); otherwise it matches nothing.
fn completed(kind: Kind, fields: &[Template]) -> bool {
    let wildcard = |piece: &Piece| matches!(piece, Piece::AnyChar | Piece::AnyString);
    match kind {
        Kind::Identity | Kind::Boundary => true,
        Kind::Resource | Kind::Endpoint | Kind::Trust => fields.iter().flat_map(|field| &field.pieces).any(wildcard),
        Kind::Scp | Kind::Rcp => fields.last().and_then(|field| field.pieces.last()) == Some(&Piece::AnyString),
        Kind::Session => false,
    }
}
