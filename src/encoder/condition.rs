//! One pair of a `Condition` element: missing keys, `IfExists`, several values, set operators
//! (SEMANTICS 4.2 and 4.3).

use crate::Error;
use crate::frame::{Frame, Key};
use crate::slot::Slot;
use keyaki_iam::policy::Literal;
use keyaki_iam::policy::{BaseOperator, Condition, Family, SetOperator};
use keyaki_logic::term::Term;

impl Frame {
    /// Returns a formula that is true iff the condition holds of the request.
    pub(crate) fn holds(&self, condition: &Condition) -> Result<Term, Error> {
        let key = self.key(&condition.key)?;
        match (condition.operator.set, condition.operator.base.family()) {
            (None, Family::Null) => Ok(presence(key, condition)),
            (Some(set), Family::Null) => Ok(Term::bool(set == SetOperator::ForAllValues)),
            (None, _) => self.plain(key, condition),
            (Some(set), _) => self.over_set(set, key, condition),
        }
    }

    /// Without set operator. A key with several values fails every operator, also a negated one
    /// (`[U13]`).
    fn plain(&self, key: &Key, condition: &Condition) -> Result<Term, Error> {
        let Some(slot) = key.first() else { return Ok(Term::falsehood()) };
        let operator = condition.operator;
        let holds = Term::and([Term::not(several(key)), self.satisfies(slot, condition)?]);
        let absent = Term::not(key.present());
        Ok(if operator.base.negated() || operator.if_exists {
            Term::or([absent, holds])
        } else {
            Term::and([key.present(), holds])
        })
    }

    /// The row "key present" of SEMANTICS 4.2 for one value.
    fn satisfies(&self, slot: &Slot, condition: &Condition) -> Result<Term, Error> {
        let base: BaseOperator = condition.operator.base;
        let related = condition
            .values
            .iter()
            .map(|value| self.relation(base, slot, &value.literal))
            .collect::<Result<Vec<_>, _>>()?;
        let some = Term::or(related);
        Ok(if base.negated() { Term::not(some) } else { some })
    }

    /// Under a set operator. The set with nothing in it but the empty string counts as empty
    /// (`[U11]`).
    fn over_set(&self, set: SetOperator, key: &Key, condition: &Condition) -> Result<Term, Error> {
        let filled = key.filled.clone();
        let all = set == SetOperator::ForAllValues;
        if condition.values.is_empty() {
            let never_or_absent = if condition.operator.if_exists {
                Term::not(key.present())
            } else {
                Term::falsehood()
            };
            return Ok(if all { Term::not(filled) } else { never_or_absent });
        }
        self.has_room_for(key.elements.len().saturating_mul(condition.values.len()))?;
        let mut each = Vec::new();
        for element in &key.elements {
            let member = Term::var(&element.member);
            let satisfied = self.satisfies(&element.slot, condition)?;
            each.push(if all {
                Term::implies(member, satisfied)
            } else {
                Term::and([member, satisfied])
            });
        }
        Ok(match set {
            SetOperator::ForAllValues => Term::or([Term::not(filled), Term::and(each)]),
            SetOperator::ForAnyValue if condition.operator.if_exists => {
                Term::or([Term::not(key.present()), Term::and([filled, Term::or(each)])])
            }
            SetOperator::ForAnyValue => Term::and([filled, Term::or(each)]),
        })
    }
}

/// `Null`: true iff some value asks for what is the case.
fn presence(key: &Key, condition: &Condition) -> Term {
    Term::or(condition.values.iter().filter_map(|value| match value.literal {
        Literal::Presence(absent) => Some(Term::eq(key.present(), Term::bool(!absent))),
        Literal::Text(_)
        | Literal::Number(_)
        | Literal::Instant(_)
        | Literal::Network(_)
        | Literal::Bytes(_) => None,
    }))
}

/// True iff the key has more than one distinct value.
fn several(key: &Key) -> Term {
    let Some((first, others)) = key.elements.split_first() else { return Term::falsehood() };
    Term::or(others.iter().map(|other| {
        Term::and([Term::var(&other.member), Term::not(other.slot.same(&first.slot))])
    }))
}
