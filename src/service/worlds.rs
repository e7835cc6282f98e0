//! Combinations of what is assumed of values that are not known, and which of them can be.

use keyaki_templates::Assumption;
use std::collections::{BTreeMap, BTreeSet};

/// The most assumptions of which every combination is looked at.
pub(super) const MOST_ASSUMPTIONS: usize = 6;

/// Every combination of the assumptions, and of their opposites, that can be, where parameters have
/// one of these values; `None` where there are too many assumptions.
pub(super) fn worlds<'a>(
    of: impl IntoIterator<Item = &'a Assumption>,
    values: &BTreeMap<String, Vec<String>>,
) -> Option<Vec<Vec<Assumption>>> {
    let atoms: BTreeSet<(&str, &str)> =
        of.into_iter().map(|one| (one.left.as_str(), one.right.as_str())).collect();
    if atoms.len() > MOST_ASSUMPTIONS {
        return None;
    }
    let world = |number: usize| -> Vec<Assumption> {
        let one = |(at, (left, right)): (usize, &(&str, &str))| Assumption {
            left: (*left).to_owned(),
            right: (*right).to_owned(),
            holds: number >> at & 1 == 1,
        };
        atoms.iter().enumerate().map(one).collect()
    };
    Some((0..1 << atoms.len()).map(world).filter(|world| can_be(world, values)).collect())
}

/// What an address says of what is assumed: nothing, or `[Env=prod, Region!=eu-west-1]`.
pub(super) fn words(world: &[Assumption]) -> String {
    if world.is_empty() {
        return String::new();
    }
    let words: Vec<String> = world.iter().map(ToString::to_string).collect();
    format!("[{}]", words.join(", "))
}

/// Whether all of it can hold, as far as texts without parameters tell: equal texts have one value,
/// of those that a parameter may have. What is made of parameters is compared where they are known.
fn can_be(world: &[Assumption], values: &BTreeMap<String, Vec<String>>) -> bool {
    let texts: BTreeSet<Text> = world.iter().flat_map(sides).collect();
    // Which texts are equal: the first one of those that are stands for them.
    let mut same: BTreeMap<Text, Text> =
        texts.iter().map(|text| (text.clone(), text.clone())).collect();
    let mut join = |one: &Text, other: &Text| {
        let (Some(from), Some(to)) = (same.get(one).cloned(), same.get(other).cloned()) else {
            return;
        };
        same.values_mut().filter(|first| **first == from).for_each(|first| *first = to.clone());
    };
    for [left, right] in world.iter().filter(|one| one.holds).map(sides) {
        join(&left, &right);
    }
    // What a parameter is in this world; several values contradict each other.
    let classes = |same: &BTreeMap<Text, Text>| {
        let mut known: BTreeMap<Text, BTreeSet<String>> = BTreeMap::new();
        for (text, first) in same {
            if let Text::Known(text) = text {
                known.entry(first.clone()).or_default().insert(text.clone());
            }
        }
        known
    };
    let known = classes(&same);
    if known.values().any(|texts| texts.len() > 1) {
        return false;
    }
    let value = |text: &Text| {
        known.get(same.get(text)?).and_then(|texts| texts.first().map(String::as_str))
    };
    let in_words = |text: &Text| match text {
        Text::Made(parts) => filled(parts, &|name| value(&Text::Parameter(name.to_owned()))),
        Text::Known(_) | Text::Parameter(_) => value(text).map(str::to_owned),
    };
    for (one, [left, right]) in world.iter().map(|one| (one, sides(one))) {
        let one_class = same.get(&left) == same.get(&right);
        let equal = match (in_words(&left), in_words(&right)) {
            (Some(left), Some(right)) => Some(left == right),
            (None, _) | (_, None) => one_class.then_some(true),
        };
        if equal.is_some_and(|equal| equal != one.holds) {
            return false;
        }
    }
    // Some value of each parameter is left.
    texts.iter().all(|text| {
        let Text::Parameter(name) = text else { return true };
        let Some(values) = values.get(name) else { return true };
        let refuted = |value: &String| {
            world.iter().filter(|one| !one.holds).map(sides).any(|[left, right]| {
                let is_it = |one: &Text| same.get(one) == same.get(text);
                let is_value = |one: &Text| in_words(one).as_ref() == Some(value);
                is_it(&left) && is_value(&right) || is_it(&right) && is_value(&left)
            })
        };
        let own = value(text);
        values.iter().any(|value| own.is_none_or(|own| own == value) && !refuted(value))
    })
}

/// A side of an assumption.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Text {
    /// A text without parameters.
    Known(String),
    /// A parameter.
    Parameter(String),
    /// A text with parameters.
    Made(String),
}

/// Both sides; the left one is never without a parameter.
fn sides(one: &Assumption) -> [Text; 2] {
    let lone = |text: &str| {
        let name = text.strip_prefix("${")?.strip_suffix('}')?;
        (!name.contains('}')).then(|| name.to_owned())
    };
    let right = match lone(&one.right) {
        Some(name) => Text::Parameter(name),
        None if one.right.contains("${") => Text::Made(one.right.clone()),
        None => Text::Known(one.right.clone()),
    };
    let left = match lone(&one.left) {
        Some(name) => Text::Parameter(name),
        None if one.left.contains("${") => Text::Made(one.left.clone()),
        None => Text::Parameter(one.left.clone()),
    };
    [left, right]
}

/// A text with the values of its parameters; `None` if one is not known.
fn filled<'v>(text: &str, value: &dyn Fn(&str) -> Option<&'v str>) -> Option<String> {
    let (mut made, mut rest) = (String::new(), text);
    while let Some((before, from)) = rest.split_once("${") {
        let (name, after) = from.split_once('}')?;
        made.push_str(before);
        made.push_str(value(name)?);
        rest = after;
    }
    made.push_str(rest);
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(of: &[(&str, &str)], values: &[(&str, &[&str])]) -> Vec<String> {
        let atom = |(left, right): &(&str, &str)| Assumption {
            left: (*left).to_owned(),
            right: (*right).to_owned(),
            holds: true,
        };
        let atoms: Vec<Assumption> = of.iter().map(atom).collect();
        let values = values.iter().map(|(name, values)| {
            ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
        });
        let worlds = worlds(&atoms, &values.collect()).unwrap_or_default();
        worlds.iter().map(|world| words(world)).collect()
    }

    #[test]
    fn a_value_is_one_text() {
        assert_eq!(
            shown(&[("Env", "dev"), ("Env", "prod")], &[]),
            ["[Env!=dev, Env!=prod]", "[Env=dev, Env!=prod]", "[Env!=dev, Env=prod]"]
        );
    }

    #[test]
    fn values_are_those_that_a_parameter_may_have() {
        assert_eq!(
            shown(&[("Env", "dev"), ("Env", "prod")], &[("Env", &["dev", "prod"])]),
            ["[Env=dev, Env!=prod]", "[Env!=dev, Env=prod]"]
        );
        assert_eq!(shown(&[("Env", "stage")], &[("Env", &["dev", "prod"])]), ["[Env!=stage]"]);
    }

    #[test]
    fn parameters_that_are_equal_have_one_value() {
        let found = shown(&[("A", "${B}"), ("A", "x"), ("B", "x")], &[]);
        assert_eq!(
            found,
            [
                "[A!=${B}, A!=x, B!=x]",
                "[A=${B}, A!=x, B!=x]",
                "[A!=${B}, A=x, B!=x]",
                "[A!=${B}, A!=x, B=x]",
                "[A=${B}, A=x, B=x]"
            ]
        );
    }

    #[test]
    fn a_text_with_parameters_has_their_values() {
        assert_eq!(
            shown(&[("${A}-x", "p-x"), ("A", "p")], &[]),
            ["[${A}-x!=p-x, A!=p]", "[${A}-x=p-x, A!=p]", "[${A}-x=p-x, A=p]"]
        );
    }

    #[test]
    fn too_many_are_none() {
        let names: Vec<String> = (0..=MOST_ASSUMPTIONS).map(|at| format!("P{at}")).collect();
        let atoms = names.iter().map(|name| Assumption {
            left: name.clone(),
            right: "x".to_owned(),
            holds: true,
        });
        assert_eq!(worlds(&atoms.collect::<Vec<_>>(), &BTreeMap::new()), None);
    }
}
