//! Patterns of actions and resources: which contain which, by their texts.

use fixedbitset::FixedBitSet;
use keyaki_iam::policy::{
    ActionElement, ActionPattern, Kind, Piece, ResourceElement, ResourcePattern, Template, Variable,
};

/// Some of the actions that an action element matches.
pub(crate) enum Part<'a> {
    /// Those of an entry of `Action`.
    Entry(&'a ActionPattern),
    /// Those of a `NotAction`: all but these.
    AllBut(&'a [ActionPattern]),
}

impl<'a> Part<'a> {
    /// Parts that together are what the element matches.
    pub fn all(element: &'a ActionElement) -> Vec<Part<'a>> {
        if element.negated {
            vec![Part::AllBut(&element.patterns)]
        } else {
            element.patterns.iter().map(Part::Entry).collect()
        }
    }

    /// Whether the texts show that the element matches every action of the part.
    pub fn is_within(&self, element: &ActionElement) -> bool {
        let patterns = &element.patterns;
        match (self, element.negated) {
            (Part::Entry(own), false) => {
                patterns.iter().any(|pattern| is_action_within(own, pattern))
            }
            (Part::Entry(own), true) => patterns.iter().all(|pattern| are_apart(own, pattern)),
            (Part::AllBut(_), false) => patterns.contains(&ActionPattern::Any),
            (Part::AllBut(own), true) => {
                patterns.iter().all(|pattern| own.iter().any(|own| is_action_within(pattern, own)))
            }
        }
    }

    /// Whether the texts show that the element matches no action of the part.
    pub fn is_apart_from(&self, element: &ActionElement) -> bool {
        let patterns = &element.patterns;
        match (self, element.negated) {
            (Part::Entry(own), false) => patterns.iter().all(|pattern| are_apart(own, pattern)),
            (Part::Entry(own), true) => {
                patterns.iter().any(|pattern| is_action_within(own, pattern))
            }
            (Part::AllBut(own), false) => {
                patterns.iter().all(|pattern| own.iter().any(|own| is_action_within(pattern, own)))
            }
            (Part::AllBut(_), true) => false,
        }
    }
}

/// Whether every action that the first entry matches is matched by the second.
pub(super) fn is_action_within(own: &ActionPattern, other: &ActionPattern) -> bool {
    match (own, other) {
        (_, ActionPattern::Any) => true,
        (ActionPattern::Any, _) => false,
        (
            ActionPattern::Name { service: here, name: own },
            ActionPattern::Name { service: there, name: other },
        ) => {
            // A name that is empty or holds white space matches nothing.
            let dead = || other.is_empty() || other.contains(char::is_whitespace);
            here.eq_ignore_ascii_case(there) && is_name_within(own, other) && !dead()
        }
    }
}

/// Whether every name that the first pattern matches is matched by the second.
fn is_name_within(own: &str, other: &str) -> bool {
    match other.find(['*', '?']) {
        // What a wildcard of the first stands for is not one name only.
        None => own.eq_ignore_ascii_case(other),
        // Most patterns end with their only wildcard.
        Some(at) if at + 1 == other.len() && other.ends_with('*') => {
            own.as_bytes().get(..at).is_some_and(|start| {
                start.eq_ignore_ascii_case(other.as_bytes().get(..at).unwrap_or_default())
            })
        }
        Some(_) => is_within(&symbols_of_name(own), &symbols_of_name(other)),
    }
}

/// Whether no action matches both entries.
pub(super) fn are_apart(one: &ActionPattern, other: &ActionPattern) -> bool {
    let (
        ActionPattern::Name { service: here, name: one },
        ActionPattern::Name { service: there, name: other },
    ) = (one, other)
    else {
        return false;
    };
    if !here.eq_ignore_ascii_case(there) {
        return true;
    }
    match (is_one_name(one), is_one_name(other)) {
        (true, _) => !is_name_within(one, other),
        (_, true) => !is_name_within(other, one),
        _ => {
            let (one, other) = (symbols_of_name(one), symbols_of_name(other));
            start_differently(one.iter(), other.iter())
                || start_differently(one.iter().rev(), other.iter().rev())
        }
    }
}

/// Whether the characters before the first wildcard of either are different.
fn start_differently<'a, 't: 'a>(
    one: impl Iterator<Item = &'a Symbol<'t>>,
    other: impl Iterator<Item = &'a Symbol<'t>>,
) -> bool {
    let pairs = one.zip(other).map_while(|pair| {
        if let (Symbol::Char(one), Symbol::Char(other)) = pair { Some((one, other)) } else { None }
    });
    pairs.into_iter().any(|(one, other)| one != other)
}

/// Whether every resource that the first element matches is matched by the second, in policies of
/// this kind. A statement without the element speaks of what it is attached to, whatever that is.
pub(crate) fn resources_within(
    own: Option<&ResourceElement>,
    other: Option<&ResourceElement>,
    kind: Kind,
) -> bool {
    let Some(other) = other else { return true };
    let any = other.patterns.iter().any(|pattern| matches!(pattern, ResourcePattern::Any));
    if any && !other.negated {
        return true;
    }
    let within = |some: &ResourceElement, all: &ResourceElement| {
        some.patterns.iter().all(|pattern| {
            all.patterns.iter().any(|wider| is_resource_within(pattern, wider, kind))
        })
    };
    match own {
        Some(own) if !own.negated && !other.negated => within(own, other),
        Some(own) if own.negated && other.negated => within(other, own),
        _ => false,
    }
}

/// Whether every resource that the first entry matches is matched by the second.
fn is_resource_within(own: &ResourcePattern, other: &ResourcePattern, kind: Kind) -> bool {
    let (ResourcePattern::Arn { fields: own, .. }, ResourcePattern::Arn { fields: other, .. }) =
        (own, other)
    else {
        return matches!(other, ResourcePattern::Any);
    };
    if own == other {
        return true;
    }
    // The reader of identity-based policies completes short ARNs with `*` (SEMANTICS 2.2 rule 3);
    // of other kinds it depends.
    if kind != Kind::Identity && (own.len() < FIELDS || other.len() < FIELDS) {
        return false;
    }
    (0..FIELDS)
        .all(|at| is_within(&symbols_of_field(own.get(at)), &symbols_of_field(other.get(at))))
}

/// Whether the texts show that no resource matches both elements, of which the second has entries
/// without variables only and is not negated.
pub(crate) fn resources_apart(one: &ResourceElement, other: &ResourceElement) -> bool {
    other.patterns.iter().all(|pattern| {
        if one.negated {
            one.patterns.iter().any(|wider| is_resource_within(pattern, wider, Kind::Identity))
        } else {
            one.patterns.iter().all(|own| are_resources_apart(own, pattern))
        }
    })
}

/// Whether the texts show that no resource matches both entries.
fn are_resources_apart(one: &ResourcePattern, other: &ResourcePattern) -> bool {
    let (ResourcePattern::Arn { fields: one, .. }, ResourcePattern::Arn { fields: other, .. }) =
        (one, other)
    else {
        return false;
    };
    (0..FIELDS).any(|at| {
        let (one, other) = (symbols_of_field(one.get(at)), symbols_of_field(other.get(at)));
        start_differently(one.iter(), other.iter())
            || start_differently(one.iter().rev(), other.iter().rev())
            || is_literal(&one) && is_literal(&other) && one.len() != other.len()
    })
}

/// Whether a name is that of one action, without wildcards.
pub(super) fn is_one_name(name: &str) -> bool {
    !name.contains(['*', '?'])
}

fn is_literal(symbols: &[Symbol<'_>]) -> bool {
    symbols.iter().all(|symbol| matches!(symbol, Symbol::Char(_)))
}

/// The fields of an ARN.
const FIELDS: usize = 6;

/// One position of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Symbol<'a> {
    Char(char),
    AnyChar,
    AnyString,
    Variable(&'a Variable),
}

fn symbol(character: char) -> Symbol<'static> {
    match character {
        '*' => Symbol::AnyString,
        '?' => Symbol::AnyChar,
        other => Symbol::Char(other),
    }
}

/// The name of an action, in which case does not count.
fn symbols_of_name(name: &str) -> Vec<Symbol<'_>> {
    name.chars().map(|character| symbol(character.to_ascii_lowercase())).collect()
}

/// A field of an ARN; one that is missing is `*`.
fn symbols_of_field(field: Option<&Template>) -> Vec<Symbol<'_>> {
    let Some(template) = field else { return vec![Symbol::AnyString] };
    let mut symbols = Vec::new();
    for piece in &template.pieces {
        match piece {
            Piece::Literal(text) => symbols.extend(text.chars().map(Symbol::Char)),
            Piece::AnyChar => symbols.push(Symbol::AnyChar),
            Piece::AnyString => symbols.push(Symbol::AnyString),
            Piece::Variable(variable) => symbols.push(Symbol::Variable(variable)),
        }
    }
    symbols
}

/// Whether every text that the pattern `own` matches is matched by `other`: whether `other` matches
/// `own` as a text of symbols, its `*` any symbols, its `?` a character or a `?`, everything else
/// its like.
///
/// A text that `own` matches is put together from texts for its symbols, and `other` takes these in
/// the same order: `*` takes anything, `?` the one character of a character or a `?`, a variable
/// the value that the same variable has in `own`. Where that has none, `own` matches nothing.
fn is_within(own: &[Symbol<'_>], other: &[Symbol<'_>]) -> bool {
    // The places in `other` up to which it can take what has been read of `own`.
    let mut places = after_stars(FixedBitSet::with_capacity(other.len() + 1), 0, other);
    for symbol in own {
        let mut next = FixedBitSet::with_capacity(other.len() + 1);
        for (at, wider) in places.ones().filter_map(|at| Some((at, other.get(at)?))) {
            let takes = match wider {
                Symbol::AnyString => {
                    next = after_stars(next, at, other);
                    continue;
                }
                Symbol::AnyChar => matches!(symbol, Symbol::Char(_) | Symbol::AnyChar),
                same @ (Symbol::Char(_) | Symbol::Variable(_)) => symbol == same,
            };
            if takes {
                next = after_stars(next, at + 1, other);
            }
        }
        places = next;
    }
    places.contains(other.len())
}

/// Adds a place, and those that are reached from it by leaving stars empty.
fn after_stars(mut places: FixedBitSet, place: usize, pattern: &[Symbol<'_>]) -> FixedBitSet {
    let stars =
        pattern.iter().skip(place).take_while(|symbol| **symbol == Symbol::AnyString).count();
    places.insert_range(place..place + stars + 1);
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(name: &str) -> ActionPattern {
        ActionPattern::Name { service: "s".into(), name: name.into() }
    }

    #[test]
    fn patterns_within_patterns() {
        for (own, other, expected) in [
            ("Get*", "g*", true),
            ("Get*", "Get?*", false),
            ("Get?", "Get*", true),
            ("G*t", "*", true),
            ("a*b*c", "a*c", true),
            ("a*c", "a*b*c", false),
            ("*", "?", false),
            ("", "*", true),
            ("a", "", false),
            ("?*", "*", true),
            ("G*", "Get", false),
            ("Ge*", "Get*", false),
            ("Get*", "GE*", true),
            ("G*t", "Get*", false),
            ("Getb", "Get*", true),
            ("Get b", "Get b", false),
        ] {
            assert_eq!(is_action_within(&name(own), &name(other)), expected, "{own} in {other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn what_is_within_is_matched(own in "[ab*?]{0,6}", other in "[ab*?]{0,6}", text in "[abc]{1,6}") {
            let matches = |pattern: &str| keyaki_evaluator::semantics::matches_action(&name(pattern), &format!("s:{text}"));
            if matches(&own) {
                prop_assert!(matches(&other) || !is_action_within(&name(&own), &name(&other)));
                prop_assert!(!(matches(&other) && are_apart(&name(&own), &name(&other))));
            }
        }
    }
}
