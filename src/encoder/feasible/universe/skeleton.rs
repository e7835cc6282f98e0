//! What an action decides of formulas, where that meets the rest of them.
//!
//! An action makes many atoms true or false, and most of that shows nowhere: of the fifty actions
//! of a statement it is enough that one is the request's. So the truth values that count are those
//! of the largest parts that the action alone decides. Actions that agree on them leave the same of
//! the formulas.

use keyaki_logic::term::{Sort, Term, TermKind, Value, postorder};
use rustc_hash::FxHashMap;

/// The parts of formulas that an action decides.
#[derive(Clone, Default)]
pub(super) struct Skeleton {
    /// Operands come first.
    steps: Vec<Step>,
    /// The parts whose truth values count.
    heads: Vec<usize>,
}

/// How a truth value follows from others, which are named by their numbers.
#[derive(Clone)]
enum Step {
    Constant(bool),
    /// The atom of this number.
    Atom(usize),
    Not(usize),
    All(Vec<usize>),
    Any(Vec<usize>),
    Same(usize, usize),
    If(usize, usize, usize),
}

impl Skeleton {
    /// The skeleton of formulas; `atom` gives the number of a node that is an atom.
    pub fn of(formulas: &[Term], atom: impl Fn(&Term) -> Option<usize>) -> Self {
        let mut skeleton = Self::default();
        let mut decided: FxHashMap<usize, usize> = FxHashMap::default();
        for node in postorder(formulas).into_iter().filter(|node| node.sort() == Sort::Bool) {
            let step = match atom(node) {
                Some(number) => Some(Step::Atom(number)),
                None => skeleton.step(node, &decided),
            };
            if let Some(step) = step {
                let number = skeleton.push(step);
                decided.insert(node.address(), number);
            }
        }
        skeleton
            .heads
            .extend(formulas.iter().filter_map(|formula| decided.get(&formula.address())));
        skeleton
    }

    /// How the action decides a node. Where it does not, but decides some of the operands, these
    /// are heads: one for all operands of a conjunction or disjunction.
    fn step(&mut self, node: &Term, decided: &FxHashMap<usize, usize>) -> Option<Step> {
        let own = |term: &Term| decided.get(&term.address()).copied();
        let every = |list: &[Term]| -> (Vec<usize>, bool) {
            let known: Vec<usize> = list.iter().filter_map(own).collect();
            let all = known.len() == list.len();
            (known, all)
        };
        let (step, all) = match node.kind() {
            TermKind::Value(Value::Bool(value)) => (Step::Constant(*value), true),
            TermKind::Not(inner) => (Step::Not(own(inner)?), true),
            TermKind::And(list) => {
                let (known, all) = every(list);
                (Step::All(known), all)
            }
            TermKind::Or(list) => {
                let (known, all) = every(list);
                (Step::Any(known), all)
            }
            TermKind::Eq(a, b) => match (own(a), own(b)) {
                (Some(a), Some(b)) => (Step::Same(a, b), true),
                (some, other) => {
                    self.heads.extend(some.into_iter().chain(other));
                    return None;
                }
            },
            TermKind::Ite(cond, a, b) => match (own(cond), own(a), own(b)) {
                (Some(cond), Some(a), Some(b)) => (Step::If(cond, a, b), true),
                (cond, a, b) => {
                    self.heads.extend([cond, a, b].into_iter().flatten());
                    return None;
                }
            },
            TermKind::Value(_)
            | TermKind::Var(_)
            | TermKind::Lt(..)
            | TermKind::Le(..)
            | TermKind::Concat(_) => return None,
            TermKind::InRegex(..)
            | TermKind::Matches(..)
            | TermKind::PrefixBits { .. }
            | TermKind::Apply(..) => return None,
        };
        match &step {
            Step::All(known) | Step::Any(known) if !all => {
                if !known.is_empty() {
                    let head = self.push(step);
                    self.heads.push(head);
                }
                None
            }
            Step::Constant(_)
            | Step::Atom(_)
            | Step::Not(_)
            | Step::All(_)
            | Step::Any(_)
            | Step::Same(..)
            | Step::If(..) => Some(step),
        }
    }

    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// The same where the truth values of some atoms are known: without what follows from them.
    pub fn with(&self, known: impl Fn(usize) -> Option<bool>) -> Self {
        let mut small = Self::default();
        let mut places = Vec::with_capacity(self.steps.len());
        let [no, yes] = [false, true].map(|value| small.push(Step::Constant(value)));
        let constant = |value: bool| if value { yes } else { no };
        for step in &self.steps {
            let at = |number: &usize| places.get(*number).copied().unwrap_or(no);
            let junction = |list: &[usize], absorbing: usize| -> Result<usize, Vec<usize>> {
                let neutral = no + yes - absorbing;
                let left: Vec<usize> =
                    list.iter().map(at).filter(|place| *place != neutral).collect();
                match left.as_slice() {
                    _ if left.contains(&absorbing) => Ok(absorbing),
                    [] => Ok(neutral),
                    [single] => Ok(*single),
                    _ => Err(left),
                }
            };
            let place = match step {
                Step::Constant(value) => constant(*value),
                Step::Atom(number) => {
                    known(*number).map_or_else(|| small.push(Step::Atom(*number)), constant)
                }
                Step::Not(inner) => match at(inner) {
                    place if place == no => yes,
                    place if place == yes => no,
                    place => small.push(Step::Not(place)),
                },
                Step::All(list) => {
                    junction(list, no).unwrap_or_else(|left| small.push(Step::All(left)))
                }
                Step::Any(list) => {
                    junction(list, yes).unwrap_or_else(|left| small.push(Step::Any(left)))
                }
                Step::Same(a, b) => small.push(Step::Same(at(a), at(b))),
                Step::If(cond, a, b) => small.push(Step::If(at(cond), at(a), at(b))),
            };
            places.push(place);
        }
        small.heads =
            self.heads.iter().map(|head| places.get(*head).copied().unwrap_or(no)).collect();
        small
    }

    /// The truth values of the heads, if these atoms hold.
    pub fn values(&self, holds: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut values: Vec<bool> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let of = |number: &usize| values.get(*number).copied().unwrap_or(false);
            let value = match step {
                Step::Constant(value) => *value,
                Step::Atom(number) => holds(*number),
                Step::Not(inner) => !of(inner),
                Step::All(list) => list.iter().all(of),
                Step::Any(list) => list.iter().any(of),
                Step::Same(a, b) => of(a) == of(b),
                Step::If(cond, a, b) => of(if of(cond) { a } else { b }),
            };
            values.push(value);
        }
        self.heads.iter().map(|head| values.get(*head).copied().unwrap_or(false)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::term::Symbol;

    fn flag(name: &str) -> Term {
        Term::var(&Symbol::new(name, Sort::Bool))
    }

    /// Symbols with these names are the atoms.
    fn skeleton(formulas: &[Term]) -> Skeleton {
        let names = ["a", "b", "c"].map(flag);
        Skeleton::of(formulas, |node| names.iter().position(|name| name == node))
    }

    #[test]
    fn what_is_decided_together_has_one_head() {
        let [a, b, c, x, y] = ["a", "b", "c", "x", "y"].map(flag);
        let statement = Term::and([Term::or([a.clone(), b.clone()]), x.clone()]);
        let formulas = [
            Term::or([statement, c.clone(), Term::not(a.clone()), y]),
            Term::iff(b.clone(), x),
            Term::not(c),
        ];
        let skeleton = skeleton(&formulas);
        let values = |holding: &[usize]| skeleton.values(|number| holding.contains(&number));
        assert_eq!(values(&[]), [false, true, false, true]);
        assert_eq!(values(&[0]), [true, false, false, true]);
        assert_eq!(values(&[1]), [true, true, true, true]);
        assert_eq!(values(&[0, 2]), [true, true, false, false]);
    }

    #[test]
    fn what_follows_from_known_atoms_is_left_out() {
        let [a, b, c, x, y] = ["a", "b", "c", "x", "y"].map(flag);
        let formulas = [
            Term::or([
                Term::and([Term::or([a.clone(), b.clone()]), Term::not(c.clone()), x.clone()]),
                y.clone(),
            ]),
            Term::ite(Term::and([a, b.clone()]), x.clone(), y),
            Term::or([Term::iff(b, c), x]),
        ];
        let whole = skeleton(&formulas);
        for known in 0..8_usize {
            for truths in 0..8_usize {
                let holds = |number: usize| truths >> number & 1 == 1;
                let small = whole.with(|number| (known >> number & 1 == 1).then(|| holds(number)));
                assert_eq!(small.values(holds), whole.values(holds), "{known:b} {truths:b}");
            }
        }
        let none = whole.with(|_| Some(false));
        assert!(none.steps.len() < whole.steps.len());
    }
}
