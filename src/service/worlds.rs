//! Combinations of what is assumed of values that are not known, and which of them can be.

use keyaki_templates::principals::{KIND, part_of};
use keyaki_templates::{Assumption, Part, Table};
use std::collections::{BTreeMap, BTreeSet};

/// The most assumptions of which every combination is looked at.
pub(super) const MOST_ASSUMPTIONS: usize = 6;

/// The most values of parameters that are tried to see whether a combination can be.
const MOST_TRIED: usize = 256;

/// What files say of the values of parameters.
#[derive(Debug, Default, Clone)]
pub(super) struct Values {
    /// The values that a parameter may have.
    pub of: BTreeMap<String, Vec<String>>,
    /// Which parameter decides another one, and how.
    pub tables: BTreeMap<String, Table>,
}

/// Every combination of the assumptions, and of their opposites, that can be where parameters have
/// the values of one file or another; `None` where there are too many assumptions.
pub(super) fn worlds<'a>(
    of: impl IntoIterator<Item = &'a Assumption>,
    values: &[Values],
) -> Option<Vec<Vec<Assumption>>> {
    let atoms: BTreeSet<&[Vec<Part>; 2]> = of.into_iter().map(|one| &one.sides).collect();
    if atoms.len() > MOST_ASSUMPTIONS {
        return None;
    }
    let world = |number: usize| -> Vec<Assumption> {
        let one = |(at, sides): (usize, &&[Vec<Part>; 2])| Assumption {
            sides: (*sides).clone(),
            holds: number >> at & 1 == 1,
        };
        atoms.iter().enumerate().map(one).collect()
    };
    Some(
        (0..1 << atoms.len())
            .map(world)
            .filter(|world| values.iter().any(|values| can_be(world, values)))
            .collect(),
    )
}

/// Whether all of it can hold: with some of the values that the parameters may have, if these are not
/// too many, and otherwise as far as texts tell.
fn can_be(world: &[Assumption], values: &Values) -> bool {
    if !is_consistent(world) {
        return false;
    }
    let mut names: BTreeSet<&str> = world.iter().flat_map(Assumption::parameters).collect();
    // What decides a parameter, and what that decides.
    let tables: Vec<(&str, &Table)> =
        names.iter().filter_map(|name| Some((*name, values.tables.get(*name)?))).collect();
    names.extend(tables.iter().map(|(_, table)| table.by.as_str()));
    let free: Vec<(&str, Vec<&str>)> = names
        .iter()
        .filter(|name| !values.tables.contains_key(**name))
        .filter_map(|name| Some((*name, choices_of(name, values, &tables)?)))
        .collect();
    // What nothing else is said of together with others is looked at alone.
    let is_linked = |name: &str| {
        let with_others = |one: &Assumption| {
            let mut all: BTreeSet<&str> = one.parameters().collect();
            all.remove(name) && !all.is_empty()
        };
        world.iter().any(with_others) || tables.iter().any(|(_, table)| table.by == name)
    };
    let (linked, alone): (Vec<_>, Vec<_>) = free.into_iter().partition(|(name, _)| is_linked(name));
    let possible = |(name, own): &(&str, Vec<&str>)| {
        let about = |one: &&Assumption| one.parameters().any(|other| other == *name);
        let about: Vec<Assumption> = world.iter().filter(about).cloned().collect();
        own.iter().any(|value| is_consistent(&[&*about, &[is_value(name, value)]].concat()))
    };
    alone.iter().all(possible) && is_possible(world, &linked, &tables)
}

/// Whether some of the values of parameters fit.
fn is_possible(
    world: &[Assumption],
    choices: &[(&str, Vec<&str>)],
    tables: &[(&str, &Table)],
) -> bool {
    let count = choices.iter().try_fold(1_usize, |all, (_, own)| all.checked_mul(own.len()));
    let Some(count) = count.filter(|count| *count <= MOST_TRIED) else { return true };
    (0..count).any(|mut number| {
        let mut tried = world.to_vec();
        for (name, own) in choices {
            let chosen = own.get(number % own.len()).copied().unwrap_or_default();
            number /= own.len();
            tried.push(is_value(name, chosen));
            for (decided, table) in tables.iter().filter(|(_, table)| table.by == *name) {
                match table.values.get(chosen).or(table.default.as_ref()) {
                    Some(value) => tried.push(is_value(decided, value)),
                    None => return false,
                }
            }
        }
        is_consistent(&tried)
    })
}

fn is_value(name: &str, value: &str) -> Assumption {
    Assumption { sides: [vec![Part::Parameter(name.to_owned())], known(value)], holds: true }
}

/// Stands for all values that nobody names.
const ANY_OTHER: &str = "\u{f8f2}";

/// The values that a parameter may have, where they are known.
fn choices_of<'v>(
    name: &str,
    values: &'v Values,
    tables: &[(&str, &'v Table)],
) -> Option<Vec<&'v str>> {
    let own = values.of.get(name).map(|own| own.iter().map(String::as_str).collect());
    own.or_else(|| {
        let (_, table) = tables.iter().find(|(_, table)| table.by == name)?;
        let other = table.default.iter().map(|_| ANY_OTHER);
        Some(table.values.keys().map(String::as_str).chain(other).collect())
    })
}

fn known(text: &str) -> Vec<Part> {
    if text.is_empty() { Vec::new() } else { vec![Part::Known(text.to_owned())] }
}

/// Whether something that assumes this is there in a world that can be: all of it holds, and what it
/// takes for a principal is one. AWS makes nothing of a policy with another text for a principal.
pub(super) fn is_there(assumed: &[Assumption], world: &[Assumption]) -> bool {
    let is_principal = |one: &Assumption| {
        let Some(whole) = named_by(one) else { return true };
        let equal = Equal::of(world);
        let value = equal.values().and_then(|all| all.get(&[Part::Parameter(whole)][..]).cloned());
        value.is_none_or(|value| part_of(&value, "kind").is_some())
    };
    assumed.iter().all(|one| world.contains(one)) && assumed.iter().all(is_principal)
}

/// The parameter of which it is assumed what it names, as a principal.
fn named_by(one: &Assumption) -> Option<String> {
    let [Part::Parameter(left)] = &one.sides[0][..] else { return None };
    left.strip_suffix(KIND).map(str::to_owned)
}

/// Whether nothing of it contradicts something else: equal texts have one value.
fn is_consistent(world: &[Assumption]) -> bool {
    let equal = Equal::of(world);
    let Some(values) = equal.values() else { return false };
    let value = |text: &[Part]| values.get(text).cloned();
    let filled = |text: &Vec<Part>| {
        let whole = value(text);
        whole.or_else(|| text.chunks(1).map(value).collect::<Option<String>>())
    };
    // What a principal names follows from its value. Of a text that is none, nothing is assumed to hold.
    let is_named_so = |one: &Assumption| {
        let whole = named_by(one).and_then(|whole| value(&[Part::Parameter(whole)]));
        whole.is_none_or(|whole| match part_of(&whole, "kind") {
            Some(kind) => (one.sides[1] == known(&kind)) == one.holds,
            None => !one.holds,
        })
    };
    world.iter().all(is_named_so)
        && world.iter().all(|one| {
            let [left, right] = &one.sides;
            let equal = match (filled(left), filled(right)) {
                (Some(left), Some(right)) => Some(left == right),
                (None, _) | (_, None) => equal.is_one(left, right).then_some(true),
            };
            equal.is_none_or(|equal| equal == one.holds)
        })
}

/// Which texts are equal in a world: the first one of those that are stands for them.
struct Equal(BTreeMap<Vec<Part>, Vec<Part>>);

impl Equal {
    fn of(world: &[Assumption]) -> Self {
        let mut texts: BTreeSet<Vec<Part>> = world
            .iter()
            .flat_map(|one| &one.sides)
            // Parameters inside of texts, too.
            .flat_map(|text| std::iter::once(text.clone()).chain(text.chunks(1).map(<[_]>::to_vec)))
            .collect();
        // What principals name that are equal is equal.
        let named: Vec<String> = world.iter().filter_map(named_by).collect();
        texts.extend(named.iter().map(|name| vec![Part::Parameter(name.clone())]));
        let mut equal = Self(texts.into_iter().map(|text| (text.clone(), text)).collect());
        for [left, right] in world.iter().filter(|one| one.holds).map(|one| &one.sides) {
            equal.join(left, right);
        }
        let whole = |name: &str| vec![Part::Parameter(name.to_owned())];
        let kind = |name: &str| vec![Part::Parameter(format!("{name}{KIND}"))];
        for one in &named {
            for other in &named {
                if equal.is_one(&whole(one), &whole(other)) {
                    equal.join(&kind(one), &kind(other));
                }
            }
        }
        equal
    }

    fn join(&mut self, left: &[Part], right: &[Part]) {
        if let (Some(from), Some(to)) = (self.0.get(left).cloned(), self.0.get(right).cloned()) {
            self.0
                .values_mut()
                .filter(|first| **first == from)
                .for_each(|first| first.clone_from(&to));
        }
    }

    fn is_one(&self, left: &[Part], right: &[Part]) -> bool {
        self.0.get(left) == self.0.get(right)
    }

    /// What each text is, as far as that is known; `None` where one has several values.
    fn values(&self) -> Option<BTreeMap<&[Part], String>> {
        let mut of_first: BTreeMap<&[Part], String> = BTreeMap::new();
        for (text, first) in &self.0 {
            if let Some(text) = in_words(text)
                && of_first.insert(first, text.clone()).is_some_and(|other| other != text)
            {
                return None;
            }
        }
        let of = |(_, first): (&Vec<Part>, &Vec<Part>)| of_first.get(&first[..]).cloned();
        let all = self.0.iter().filter_map(|pair| Some((&pair.0[..], of(pair)?)));
        Some(all.collect())
    }
}

/// A text without parameters.
fn in_words(text: &[Part]) -> Option<String> {
    let mut words = String::new();
    for part in text {
        let Part::Known(known) = part else { return None };
        words.push_str(known);
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_templates::under;

    /// `A`, `"x"` and `${A}-x`: a parameter, a text, and one with a parameter.
    fn text(written: &str) -> Vec<Part> {
        if let Some(known) = written.strip_prefix('"') {
            return super::known(known.trim_end_matches('"'));
        }
        let Some((before, rest)) = written.split_once("${") else {
            return vec![Part::Parameter(written.to_owned())];
        };
        let (name, after) = rest.split_once('}').unwrap();
        let parts =
            [super::known(before), vec![Part::Parameter(name.to_owned())], super::known(after)];
        parts.concat()
    }

    fn all_of(of: &[(&str, &str)]) -> Vec<Assumption> {
        let atom = |(left, right): &(&str, &str)| Assumption {
            sides: [text(left), text(right)],
            holds: true,
        };
        of.iter().map(atom).collect()
    }

    fn shown(of: &[(&str, &str)], values: &[(&str, &[&str])]) -> Vec<String> {
        let values = values.iter().map(|(name, values)| {
            ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
        });
        let values = Values { of: values.collect(), ..Values::default() };
        let worlds = worlds(&all_of(of), &[values]).unwrap_or_default();
        worlds.iter().map(|world| under(world)).collect()
    }

    #[test]
    fn a_value_is_one_text() {
        assert_eq!(
            shown(&[("Env", "\"dev\""), ("Env", "\"prod\"")], &[]),
            ["[Env!=dev, Env!=prod]", "[Env=dev, Env!=prod]", "[Env!=dev, Env=prod]"]
        );
    }

    #[test]
    fn values_are_those_that_a_parameter_may_have() {
        assert_eq!(
            shown(&[("Env", "\"dev\""), ("Env", "\"prod\"")], &[("Env", &["dev", "prod"])]),
            ["[Env=dev, Env!=prod]", "[Env!=dev, Env=prod]"]
        );
        assert_eq!(shown(&[("Env", "\"stage\"")], &[("Env", &["dev", "prod"])]), ["[Env!=stage]"]);
    }

    #[test]
    fn parameters_that_are_equal_have_one_value() {
        let found = shown(&[("A", "${B}"), ("A", "\"x\""), ("B", "\"x\"")], &[]);
        assert_eq!(
            found,
            [
                "[A!=x, A!=${B}, B!=x]",
                "[A=x, A!=${B}, B!=x]",
                "[A!=x, A=${B}, B!=x]",
                "[A!=x, A!=${B}, B=x]",
                "[A=x, A=${B}, B=x]"
            ]
        );
    }

    #[test]
    fn a_text_with_parameters_has_their_values() {
        assert_eq!(
            shown(&[("${A}-x", "\"p-x\""), ("A", "\"p\"")], &[]).len(),
            3,
            "the text is `p-x` where the parameter is `p`"
        );
    }

    #[test]
    fn a_table_decides() {
        let atoms = all_of(&[("Level:${Env}", "\"high\""), ("Env", "\"prod\"")]);
        // The name of a parameter is none of another one.
        let level = |one: &Assumption| {
            let name = vec![Part::Parameter("Level:${Env}".to_owned())];
            let [left, right] = one.sides.clone();
            let of_table = left.len() > 1;
            Assumption { sides: [if of_table { name } else { left }, right], ..one.clone() }
        };
        let atoms: Vec<Assumption> = atoms.iter().map(level).collect();
        let count = |values: &Values| worlds(&atoms, std::slice::from_ref(values)).unwrap().len();
        assert_eq!(count(&Values::default()), 4);
        let table = |high: &str| {
            let rows = ["dev", "prod"]
                .map(|env| (env.to_owned(), if env == high { "high" } else { "low" }.to_owned()));
            let tables = BTreeMap::from([(
                "Level:${Env}".to_owned(),
                Table { by: "Env".to_owned(), values: BTreeMap::from(rows), default: None },
            )]);
            Values { tables, ..Values::default() }
        };
        let shown = |values: &Values| -> Vec<String> {
            worlds(&atoms, std::slice::from_ref(values))
                .unwrap()
                .iter()
                .map(|world| under(world))
                .collect()
        };
        assert_eq!(
            shown(&table("prod")),
            ["[Env!=prod, Level:${Env}!=high]", "[Env=prod, Level:${Env}=high]"]
        );
        assert_eq!(
            shown(&table("dev")),
            ["[Env=prod, Level:${Env}!=high]", "[Env!=prod, Level:${Env}=high]"]
        );
    }

    #[test]
    fn equal_parameters_need_a_value_that_both_may_have() {
        let of =
            |one: &[&str], other: &[&str]| shown(&[("A", "${B}")], &[("A", one), ("B", other)]);
        assert_eq!(of(&["x"], &["x"]), ["[A=${B}]"]);
        assert_eq!(of(&["x", "y"], &["z"]), ["[A!=${B}]"]);
        assert_eq!(of(&["x", "y"], &["y"]), ["[A!=${B}]", "[A=${B}]"]);
    }

    #[test]
    fn too_many_are_none() {
        let names: Vec<String> = (0..=MOST_ASSUMPTIONS).map(|at| format!("P{at}")).collect();
        let atoms: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "\"x\"")).collect();
        assert_eq!(worlds(&all_of(&atoms), &[Values::default()]), None);
    }
}
