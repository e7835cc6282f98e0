//! A large question in parts: alternatives that cannot meet are asked apart.
//!
//! Where a question `Q` needs one of many alternatives, `X = x1 or ... or xn`, and stays true when
//! `X` becomes true, then
//!
//! `Q iff Q[X := false], or for some part P of the alternatives: (the alternatives of P, one of
//! them) and Q[X := true]`.
//!
//! Most alternatives confine some string, a path for instance, to texts with a certain beginning.
//! Where those of `P` do, what confines the string to other beginnings is false and left out of
//! `Q[X := true]`, so that the parts together are hardly larger than the whole, and each is small.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "what is not known to fall into parts stays whole, which is always right"
)]

mod beginning;
#[cfg(test)]
mod tests;

use beginning::{Beginning, Confined, Index, confined};
use keyaki_logic::term::{Replacements, Sort, Symbol, Term, TermKind, substitute, symbols};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// How large things are.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    /// Alternatives of a question that is worth dividing.
    pub wide: usize,
    /// Alternatives of one part: so few that the patterns of a part are compared before the search
    /// begins.
    pub part: usize,
}

/// Questions with fewer alternatives are decided sooner than divided.
pub(super) const SIZES: Sizes = Sizes { wide: 192, part: 24 };
/// An alternative that meets more than so many others is asked together with all such.
const BROAD: usize = 128;
/// The parts together may be so many times as large as the whole.
const GROWTH: usize = 4;

/// Questions of which one has a model iff this one has, and every model of one is a model of this
/// one; none if the question is not worth dividing.
pub(super) fn divide(assertions: &[Term], sizes: Sizes) -> Option<Vec<Vec<Term>>> {
    let outline = Outline::of(assertions, sizes.wide)?;
    let others = outline.others();
    let plan = Plan::of(&outline, &others, sizes.part)?;
    let mut parts: Vec<Vec<Term>> =
        plan.parts.iter().map(|part| outline.part(part, &others)).collect();
    if !plan.broad.is_empty() {
        parts.push(outline.with(&plan.broad));
    }
    parts.push(outline.without());
    Some(parts)
}

/// A formula with many operands, and a symbol that stands for it.
struct Wide {
    formula: Term,
    name: Term,
    operands: Vec<Term>,
    is_or: bool,
}

/// A question, its wide formulas taken out.
struct Outline {
    /// Conjuncts that say what must not hold: the negation of each.
    refused: Vec<Term>,
    /// The other conjuncts, with names for the outermost wide formulas.
    rest: Vec<Term>,
    wide: Vec<Wide>,
    /// Which of the wide formulas is the choice.
    choice: usize,
}

impl Outline {
    fn of(assertions: &[Term], width: usize) -> Option<Outline> {
        let (refused, kept) = conjuncts(assertions, width);
        let seen = outermost(&kept, width);
        let choice = seen.iter().enumerate().filter(|(_, (formula, signs))| {
            matches!(formula.kind(), TermKind::Or(_))
                && *signs == Signs { holds: true, fails: false }
        });
        let choice = choice
            .max_by_key(|(at, (formula, _))| (operands(formula).len(), usize::MAX - at))
            .map(|(at, _)| at)?;
        let used: BTreeSet<Symbol> = symbols(assertions);
        let name = |number: usize| {
            let names =
                (0..).map(|again: u32| Symbol::new(format!("choice {number} {again}"), Sort::Bool));
            Term::var(
                &names
                    .into_iter()
                    .find(|symbol| !used.contains(symbol))
                    .unwrap_or_else(|| Symbol::new("choice", Sort::Bool)),
            )
        };
        let wide: Vec<Wide> = seen
            .iter()
            .enumerate()
            .map(|(number, (formula, _))| Wide {
                formula: (*formula).clone(),
                name: name(number),
                operands: operands(formula).to_vec(),
                is_or: matches!(formula.kind(), TermKind::Or(_)),
            })
            .collect();
        let names: Replacements =
            wide.iter().map(|wide| (wide.formula.clone(), wide.name.clone())).collect();
        let rest = substitute(&kept, &names);
        Some(Outline { refused, rest, wide, choice })
    }

    fn alternatives(&self) -> &[Term] {
        self.wide.get(self.choice).map_or(&[], |wide| &wide.operands)
    }

    /// What may be left out: of the conjuncts that say what must not hold, of each wide formula
    /// beside the choice.
    fn others(&self) -> Vec<Other<'_>> {
        let wide = self.wide.iter().enumerate().filter(|(at, _)| *at != self.choice).flat_map(
            |(at, wide)| {
                wide.operands.iter().map(move |own| match own.kind() {
                    _ if wide.is_or => Other { of: Some(at), own, unless: Some(own) },
                    TermKind::Not(inner) => Other { of: Some(at), own, unless: Some(inner) },
                    _ => Other { of: Some(at), own, unless: None },
                })
            },
        );
        self.refused
            .iter()
            .map(|own| Other { of: None, own, unless: Some(own) })
            .chain(wide)
            .collect()
    }

    /// The question where some alternative of the part holds.
    fn part(&self, part: &Part, others: &[Other<'_>]) -> Vec<Term> {
        let mut refused = Vec::new();
        let mut operands: Vec<Vec<Term>> = vec![Vec::new(); self.wide.len()];
        for other in part.kept.iter().filter_map(|number| others.get(*number)) {
            match other.of {
                None => refused.push(other.own.clone()),
                Some(at) => {
                    operands.get_mut(at).into_iter().for_each(|list| list.push(other.own.clone()))
                }
            }
        }
        let of = |(at, (wide, left)): (usize, (&Wide, Vec<Term>))| {
            let own = if at == self.choice {
                Term::truth()
            } else if wide.is_or {
                Term::or(left)
            } else {
                Term::and(left)
            };
            (wide.name.clone(), own)
        };
        let names = self.wide.iter().zip(operands).enumerate().map(of).collect();
        self.put_together(&refused, &names, Some(&part.alternatives))
    }

    /// The whole question where one of these alternatives holds.
    fn with(&self, alternatives: &[usize]) -> Vec<Term> {
        self.put_together(&self.refused, &self.whole(Term::truth()), Some(alternatives))
    }

    /// The whole question where no alternative is chosen.
    fn without(&self) -> Vec<Term> {
        self.put_together(&self.refused, &self.whole(Term::falsehood()), None)
    }

    fn whole(&self, choice: Term) -> Replacements {
        let of = |(at, wide): (usize, &Wide)| {
            (
                wide.name.clone(),
                if at == self.choice { choice.clone() } else { wide.formula.clone() },
            )
        };
        self.wide.iter().enumerate().map(of).collect()
    }

    fn put_together(
        &self,
        refused: &[Term],
        names: &Replacements,
        alternatives: Option<&[usize]>,
    ) -> Vec<Term> {
        let mut question = substitute(&self.rest, names);
        question.extend(alternatives.map(|list| {
            Term::or(list.iter().filter_map(|at| self.alternatives().get(*at).cloned()))
        }));
        question.extend(refused.iter().cloned().map(Term::not));
        question
    }
}

/// A conjunct, or an operand of the wide formula of this number.
struct Other<'a> {
    of: Option<usize>,
    own: &'a Term,
    /// It says nothing where this cannot hold; none if it always says something.
    unless: Option<&'a Term>,
}

/// The conjuncts of a question: what must not hold and is not wide in itself, and the other ones.
fn conjuncts(assertions: &[Term], width: usize) -> (Vec<Term>, Vec<Term>) {
    let (mut refused, mut kept, mut seen) = (Vec::new(), Vec::new(), FxHashSet::default());
    let mut stack: Vec<(&Term, bool)> = assertions.iter().rev().map(|term| (term, true)).collect();
    while let Some((term, holds)) = stack.pop() {
        if !seen.insert((term.address(), holds)) {
            continue;
        }
        match (term.kind(), holds) {
            (TermKind::Not(inner), _) => stack.push((inner, !holds)),
            (TermKind::And(list), true) | (TermKind::Or(list), false) => {
                stack.extend(list.iter().rev().map(|one| (one, holds)))
            }
            (_, true) => kept.push(term.clone()),
            (_, false) if outermost(std::slice::from_ref(term), width).is_empty() => {
                refused.push(term.clone())
            }
            (_, false) => kept.push(Term::not(term.clone())),
        }
    }
    (refused, kept)
}

/// How a formula occurs: where it is good that it holds, where it is good that it fails.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Signs {
    holds: bool,
    fails: bool,
}

/// The wide formulas that are in no other wide one, and how they occur outside of those.
fn outermost(formulas: &[Term], width: usize) -> Vec<(&Term, Signs)> {
    let mut found: Vec<(&Term, Signs)> = Vec::new();
    let mut places: FxHashMap<&Term, usize> = FxHashMap::default();
    let mut seen: FxHashSet<(&Term, bool)> = FxHashSet::default();
    let mut stack: Vec<(&Term, bool)> = formulas.iter().rev().map(|term| (term, true)).collect();
    while let Some((term, holds)) = stack.pop() {
        if !seen.insert((term, holds)) {
            continue;
        }
        if operands(term).len() >= width {
            let place = *places.entry(term).or_insert(found.len());
            if place == found.len() {
                found.push((term, Signs::default()));
            }
            if let Some((_, signs)) = found.get_mut(place) {
                signs.holds |= holds;
                signs.fails |= !holds;
            }
            continue;
        }
        match term.kind() {
            TermKind::Not(inner) => stack.push((inner, !holds)),
            TermKind::And(list) | TermKind::Or(list) => {
                stack.extend(list.iter().rev().map(|one| (one, holds)))
            }
            other => other.for_each_child(|child| stack.extend([(child, true), (child, false)])),
        }
    }
    found
}

fn operands(formula: &Term) -> &[Term] {
    if let TermKind::And(list) | TermKind::Or(list) = formula.kind() { list } else { &[] }
}

/// Some alternatives, and what may hold beside one of them.
struct Part {
    alternatives: Vec<usize>,
    /// In order.
    kept: BTreeSet<usize>,
}

struct Plan {
    parts: Vec<Part>,
    /// The alternatives that meet too much.
    broad: Vec<usize>,
}

impl Plan {
    fn of(outline: &Outline, others: &[Other<'_>], most: usize) -> Option<Plan> {
        let alternatives: Vec<Confined<'_>> = outline.alternatives().iter().map(confined).collect();
        let subject = telling(&alternatives)?;
        let (mut index, mut always) = (Index::default(), Vec::new());
        for (number, other) in others.iter().enumerate() {
            match other.unless.and_then(|unless| confined(unless).remove(subject)) {
                Some(list) => list.iter().for_each(|beginning| index.insert(beginning, number)),
                None => always.push(number),
            }
        }
        let (mut narrow, mut broad) = (Vec::new(), Vec::new());
        for (number, own) in alternatives.iter().enumerate() {
            let met =
                own.get(subject).map(|list| met(&index, list)).filter(|met| met.len() <= BROAD);
            match (own.get(subject).and_then(|list| list.first()), met) {
                (Some(first), Some(met)) => narrow.push((first, number, met)),
                _ => broad.push(number),
            }
        }
        narrow.sort_unstable_by(|(a, one, _), (b, other, _)| (a, one).cmp(&(b, other)));
        let parts: Vec<Part> = narrow
            .chunks(most.max(1))
            .map(|chunk| Part {
                alternatives: chunk.iter().map(|(_, number, _)| *number).collect(),
                kept: chunk.iter().flat_map(|(_, _, met)| met).chain(&always).copied().collect(),
            })
            .collect();
        let whole = others.len() + alternatives.len();
        let size: usize = parts.iter().map(|part| part.kept.len()).sum();
        (parts.len() > 1 && size <= GROWTH * whole).then_some(Plan { parts, broad })
    }
}

/// The string that most alternatives confine, each to beginnings of its own.
fn telling<'a>(alternatives: &[Confined<'a>]) -> Option<&'a Term> {
    let mut beginnings: FxHashMap<&Term, BTreeSet<&Beginning>> = FxHashMap::default();
    for (subject, list) in alternatives.iter().flatten() {
        beginnings.entry(*subject).or_default().extend(list);
    }
    beginnings
        .into_iter()
        .max_by(|(a, one), (b, other)| (one.len(), b).cmp(&(other.len(), a)))
        .map(|(subject, _)| subject)
}

/// What these beginnings may meet; only so much of it that it is known to be too much, where it is.
fn met(index: &Index, list: &[Beginning]) -> FxHashSet<usize> {
    let mut all = FxHashSet::default();
    list.iter().for_each(|beginning| index.meeting(beginning, BROAD, &mut all));
    all
}
