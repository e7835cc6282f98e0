//! The operators: whether one value stands in the positive relation to one policy value (SEMANTICS 4.4).

use crate::policy::Literal;
use crate::policy::{BaseOperator, Piece, Template};
use crate::symbolic::Error;
use crate::symbolic::arn::Arn;
use crate::symbolic::frame::Frame;
use crate::symbolic::shapes;
use crate::symbolic::slot::Slot;
use crate::symbolic::substitution::{Pattern, Wildcards};
use crate::symbolic::views;
use keyaki_encodings::term::Term;
use num_rational::BigRational;

impl Frame {
    /// Returns a formula that is true iff `op+(slot, literal)`, the negation of negated operators left out.
    pub(crate) fn relation(&self, base: BaseOperator, slot: &Slot, literal: &Literal) -> Result<Term, Error> {
        use BaseOperator as Op;
        match (base, literal) {
            (Op::StringEquals | Op::StringNotEquals, Literal::Text(template)) => {
                let pattern = self.substitute(&template.pieces, Wildcards::Literal)?;
                Ok(Term::and([pattern.resolved, slot.matches(&pattern.parts)]))
            }
            (Op::StringLike | Op::StringNotLike, Literal::Text(template)) => {
                let pattern = self.substitute(&template.pieces, Wildcards::Active)?;
                Ok(Term::and([pattern.resolved, slot.matches(&pattern.parts)]))
            }
            (Op::StringEqualsIgnoreCase | Op::StringNotEqualsIgnoreCase, Literal::Text(template)) => {
                Ok(equals_ignoring_case(slot, &self.substitute(&template.pieces, Wildcards::Literal)?))
            }
            (Op::Bool, Literal::Text(template)) => Ok(same_boolean(slot, &self.substitute(&template.pieces, Wildcards::Literal)?)),
            (Op::ArnEquals | Op::ArnLike | Op::ArnNotEquals | Op::ArnNotLike, Literal::Text(template)) => self.arn_like(slot, template),
            (_, Literal::Number(number)) => Ok(ordered(base, slot.number(), number)),
            (_, Literal::Instant(instant)) => Ok(ordered(base, slot.instant(), instant)),
            (Op::IpAddress | Op::NotIpAddress, Literal::Network(network)) => Ok(slot.in_network(network)),
            (Op::BinaryEquals, Literal::Bytes(bytes)) => Ok(slot.has_bytes(bytes)),
            _ => Err(Error::Literal { operator: base.name() }),
        }
    }

    /// `Arn*`: part by part. The policy value is split at the colons that it shows, not at those in substituted values.
    fn arn_like(&self, slot: &Slot, template: &Template) -> Result<Term, Error> {
        let Slot::Arn { arn, .. } = slot else { return Err(Error::Literal { operator: "ArnLike" }) };
        if let [Piece::Variable(_)] = template.pieces[..] {
            return self.same_arn(arn, template);
        }
        let parts = split(template);
        if parts.len() < arn.fields.len() {
            return Ok(Term::falsehood());
        }
        let mut conjuncts = vec![arn.is_arn()];
        for (field, pieces) in arn.terms().into_iter().zip(&parts) {
            let pattern = self.substitute(pieces, Wildcards::Active)?;
            conjuncts.extend([pattern.resolved, Term::matches(field, pattern.parts)]);
        }
        Ok(Term::and(conjuncts))
    }

    /// A policy value that is one variable and nothing else: both sides are ARNs, and the same text.
    fn same_arn(&self, arn: &Arn, template: &Template) -> Result<Term, Error> {
        if let [Piece::Variable(variable)] = &template.pieces[..] {
            let key = self.key(&variable.key)?;
            if let (Some(Slot::Arn { arn: other, .. }), None) = (key.variable(), &variable.default) {
                return Ok(Term::and([key.present(), arn.same(other)]));
            }
        }
        let pattern = self.substitute(&template.pieces, Wildcards::Active)?;
        Ok(Term::and([pattern.resolved, arn.is_arn(), Term::matches(arn.text(), pattern.parts)]))
    }
}

/// Splits a template at the first five colons of its literal text.
fn split(template: &Template) -> Vec<Vec<Piece>> {
    let mut parts = vec![Vec::new()];
    let mut push = |piece: Piece, next: bool| {
        if next {
            parts.push(Vec::new());
        }
        if let Some(last) = parts.last_mut() {
            last.push(piece);
        }
    };
    let mut colons = 0;
    for piece in &template.pieces {
        let Piece::Literal(text) = piece else {
            push(piece.clone(), false);
            continue;
        };
        for (at, field) in text.splitn(6 - colons, ':').enumerate() {
            push(Piece::Literal(field.to_owned()), at > 0);
        }
        colons = (colons + text.matches(':').count()).min(5);
    }
    parts
}

/// `StringEqualsIgnoreCase` (`[U15]`: ASCII).
fn equals_ignoring_case(slot: &Slot, pattern: &Pattern) -> Term {
    let same = match pattern.literal() {
        Some(text) => slot.equals_ignoring_case(text),
        None => slot.test(|value| Term::eq(Term::apply(&views::ASCII_LOWER, value), pattern.lower())),
    };
    Term::and([pattern.resolved.clone(), same])
}

/// `Bool`: both sides are `true`, or both `false`, ignoring case.
fn same_boolean(slot: &Slot, pattern: &Pattern) -> Term {
    let text = pattern.text();
    let both = [true, false].map(|value| Term::and([slot.is_boolean(value), Term::in_regex(text.clone(), shapes::boolean(value))]));
    Term::and([pattern.resolved.clone(), Term::or(both)])
}

/// `Numeric*` and `Date*`.
fn ordered(base: BaseOperator, (ok, value): (Term, Term), bound: &BigRational) -> Term {
    use BaseOperator as Op;
    let bound = Term::real(bound.clone());
    let holds = match base {
        Op::NumericLessThan | Op::DateLessThan => Term::lt(value, bound),
        Op::NumericLessThanEquals | Op::DateLessThanEquals => Term::le(value, bound),
        Op::NumericGreaterThan | Op::DateGreaterThan => Term::lt(bound, value),
        Op::NumericGreaterThanEquals | Op::DateGreaterThanEquals => Term::le(bound, value),
        _ => Term::eq(value, bound),
    };
    Term::and([ok, holds])
}
