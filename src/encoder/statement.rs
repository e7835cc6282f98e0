//! Statements: when each applies (SEMANTICS 2 and 6.1).

use crate::Error;
use crate::entries::Denial;
use crate::frame::Frame;
use crate::glob;
use crate::substitution::Wildcards;
use keyaki_iam::layers::NotPrincipalReading;
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Effect, Kind, Piece, ResourceElement, ResourcePattern, Statement,
    Template,
};
use keyaki_logic::term::{Part, Term};

impl Frame {
    /// Returns a formula that is true iff the statement applies to the request (SEMANTICS 6.1).
    /// `kind` is that of its policy; the statement is among those that the frame was made from. In
    /// policies whose statements have principals, one without applies to nobody, and `NotPrincipal`
    /// is read as [`NotPrincipalReading::AnyEntry`].
    ///
    /// # Errors
    ///
    /// [`Error::Foreign`] for a statement that shows itself not to be one of the frame's,
    /// [`Error::Literal`] for a condition value that is none of its operator's.
    pub fn applies(&self, kind: Kind, statement: &Statement) -> Result<Term, Error> {
        let body = self.body(kind, statement)?;
        let principal = match (kind, statement.effect) {
            (Kind::Identity | Kind::Boundary | Kind::Session | Kind::Scp, _) => Term::truth(),
            (Kind::Resource | Kind::Trust | Kind::Rcp | Kind::Endpoint, Effect::Allow) => {
                self.allowed_principal(statement.principal.as_ref())?.any()
            }
            (Kind::Resource | Kind::Trust | Kind::Rcp | Kind::Endpoint, Effect::Deny) => {
                let denial = Denial { reading: NotPrincipalReading::AnyEntry, boundary: false };
                self.denied_principal(statement.principal.as_ref(), denial)?
            }
        };
        Ok(Term::and([principal, body]))
    }

    /// True iff all parts of the statement but the principal match.
    pub(crate) fn body(&self, kind: Kind, statement: &Statement) -> Result<Term, Error> {
        self.goes_on()?;
        let mut conjuncts = vec![self.action(&statement.action)];
        if let Some(element) = &statement.resource {
            conjuncts.push(self.resource(kind, element)?);
        }
        for condition in &statement.conditions {
            self.goes_on()?;
            conjuncts.push(self.holds(condition)?);
        }
        Ok(self.shared(&Term::and(conjuncts)))
    }

    /// SEMANTICS 2.1.
    fn action(&self, element: &ActionElement) -> Term {
        let matched = Term::or(element.patterns.iter().map(|pattern| self.action_pattern(pattern)));
        if element.negated { Term::not(matched) } else { matched }
    }

    fn action_pattern(&self, pattern: &ActionPattern) -> Term {
        match pattern {
            ActionPattern::Any => Term::truth(),
            ActionPattern::Name { name, .. }
                if name.is_empty() || name.contains(char::is_whitespace) =>
            {
                Term::falsehood()
            }
            ActionPattern::Name { service, name } => {
                let mut parts = vec![Part::Literal(format!("{}:", service.to_ascii_lowercase()))];
                parts.extend(glob::parts(&name.to_ascii_lowercase()));
                Term::matches(Term::var(&self.action), parts)
            }
        }
    }

    /// SEMANTICS 2.2.
    fn resource(&self, kind: Kind, element: &ResourceElement) -> Result<Term, Error> {
        let matched = element
            .patterns
            .iter()
            .map(|pattern| self.resource_pattern(kind, pattern))
            .collect::<Result<Vec<_>, _>>()?;
        let matched = Term::or(matched);
        Ok(if element.negated { Term::not(matched) } else { matched })
    }

    /// Field by field: a wildcard never crosses a colon of the first five (`[U6]`, SEG), and
    /// neither does a substituted value.
    fn resource_pattern(&self, kind: Kind, pattern: &ResourcePattern) -> Result<Term, Error> {
        let ResourcePattern::Arn { fields, .. } = pattern else { return Ok(Term::truth()) };
        if fields.len() < self.resource.fields.len() && !completed(kind, fields) {
            return Ok(Term::falsehood());
        }
        let mut conjuncts = vec![self.resource.is_arn()];
        for (field, template) in self.resource.terms().into_iter().zip(&**fields) {
            let pattern = self.substitute(&template.pieces, Wildcards::Active)?;
            conjuncts.extend([pattern.resolved, Term::matches(field, pattern.parts)]);
        }
        Ok(Term::and(conjuncts))
    }
}

/// Whether the missing fields of a short ARN are taken as `*` (`[U5]`); otherwise it matches
/// nothing.
fn completed(kind: Kind, fields: &[Template]) -> bool {
    let wildcard = |piece: &Piece| matches!(piece, Piece::AnyChar | Piece::AnyString);
    match kind {
        Kind::Identity | Kind::Boundary => true,
        Kind::Resource | Kind::Endpoint | Kind::Trust => {
            fields.iter().flat_map(|field| &field.pieces).any(wildcard)
        }
        Kind::Scp | Kind::Rcp => {
            fields.last().and_then(|field| field.pieces.last()) == Some(&Piece::AnyString)
        }
        Kind::Session => false,
    }
}
