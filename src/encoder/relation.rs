//! The operators: whether one value stands in the positive relation to one policy value (SEMANTICS
//! 4.4).

use crate::Error;
use crate::arn::Arn;
use crate::frame::Frame;
use crate::shapes;
use crate::slot::Slot;
use crate::substitution::{Pattern, Wildcards};
use crate::views;
use keyaki_iam::policy::Literal;
use keyaki_iam::policy::{BaseOperator, Piece, Template};
use keyaki_logic::term::Term;
use num_rational::BigRational;

impl Frame {
    /// Returns a formula that is true iff `op+(slot, literal)`, the negation of negated operators
    /// left out.
    ///
    /// Every operator is named: there is none that is like another one because nobody thought of
    /// it.
    ///
    /// # Errors
    ///
    /// [`Error::Literal`] where the literal is not what the operator compares, which the reader
    /// never lets through.
    pub(crate) fn relation(
        &self,
        base: BaseOperator,
        slot: &Slot,
        literal: &Literal,
    ) -> Result<Term, Error> {
        use BaseOperator as Op;
        let wrong = || Error::Literal { operator: base.name() };
        let text =
            || if let Literal::Text(template) = literal { Ok(template) } else { Err(wrong()) };
        let substituted = |wildcards| self.substitute(&text()?.pieces, wildcards);
        let like = |pattern: Pattern| Term::and([pattern.resolved, slot.matches(&pattern.parts)]);
        let number = |order: Order| {
            if let Literal::Number(bound) = literal {
                Ok(ordered(slot.number(), order, bound))
            } else {
                Err(wrong())
            }
        };
        let date = |order: Order| {
            if let Literal::Instant(bound) = literal {
                Ok(ordered(slot.instant(), order, bound))
            } else {
                Err(wrong())
            }
        };
        match base {
            Op::StringEquals | Op::StringNotEquals => Ok(like(substituted(Wildcards::Literal)?)),
            Op::StringLike | Op::StringNotLike => Ok(like(substituted(Wildcards::Active)?)),
            Op::StringEqualsIgnoreCase | Op::StringNotEqualsIgnoreCase => {
                Ok(equals_ignoring_case(slot, &substituted(Wildcards::Literal)?))
            }
            Op::Bool => Ok(same_boolean(slot, &substituted(Wildcards::Literal)?)),
            Op::ArnEquals | Op::ArnLike | Op::ArnNotEquals | Op::ArnNotLike => {
                self.arn_like(slot, text()?)
            }
            Op::NumericEquals | Op::NumericNotEquals => number(Term::eq),
            Op::NumericLessThan => number(Term::lt),
            Op::NumericLessThanEquals => number(Term::le),
            Op::NumericGreaterThan => number(above),
            Op::NumericGreaterThanEquals => number(at_least),
            Op::DateEquals | Op::DateNotEquals => date(Term::eq),
            Op::DateLessThan => date(Term::lt),
            Op::DateLessThanEquals => date(Term::le),
            Op::DateGreaterThan => date(above),
            Op::DateGreaterThanEquals => date(at_least),
            Op::IpAddress | Op::NotIpAddress => {
                if let Literal::Network(network) = literal {
                    Ok(slot.in_network(network))
                } else {
                    Err(wrong())
                }
            }
            Op::BinaryEquals => {
                if let Literal::Bytes(bytes) = literal {
                    Ok(slot.has_bytes(bytes))
                } else {
                    Err(wrong())
                }
            }
            // Presence is not a relation of a value.
            Op::Null => Err(wrong()),
        }
    }

    /// `Arn*`: part by part. The policy value is split at the colons that it shows, not at those in
    /// substituted values.
    fn arn_like(&self, slot: &Slot, template: &Template) -> Result<Term, Error> {
        let Slot::Arn { arn, .. } = slot else {
            return Err(Error::Literal { operator: "ArnLike" });
        };
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

    /// A policy value that is one variable and nothing else: both sides are ARNs, and the same
    /// text.
    fn same_arn(&self, arn: &Arn, template: &Template) -> Result<Term, Error> {
        if let [Piece::Variable(variable)] = &template.pieces[..] {
            let key = self.key(&variable.key)?;
            if let (Some(Slot::Arn { arn: other, .. }), None) = (key.variable(), &variable.default)
            {
                return Ok(Term::and([key.present(), key.is_single(), arn.same(other)]));
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
        None => {
            slot.test(|value| Term::eq(Term::apply(&views::ASCII_LOWER, value), pattern.lower()))
        }
    };
    Term::and([pattern.resolved.clone(), same])
}

/// `Bool`: both sides are `true`, or both `false`, ignoring case.
fn same_boolean(slot: &Slot, pattern: &Pattern) -> Term {
    let text = pattern.text();
    let both = [true, false].map(|value| {
        Term::and([slot.is_boolean(value), Term::in_regex(text.clone(), shapes::boolean(value))])
    });
    Term::and([pattern.resolved.clone(), Term::or(both)])
}

/// `Numeric*` and `Date*`: the value is one, and stands in the order to the policy's.
fn ordered((ok, value): (Term, Term), order: Order, bound: &BigRational) -> Term {
    let holds = order(value, Term::real(bound.clone()));
    Term::and([ok, holds])
}

/// True iff the request's value, which comes first, stands in some order to the policy's.
type Order = fn(Term, Term) -> Term;

fn above(value: Term, bound: Term) -> Term {
    Term::lt(bound, value)
}

fn at_least(value: Term, bound: Term) -> Term {
    Term::le(bound, value)
}
