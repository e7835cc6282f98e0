//! Regular expressions as SMT-LIB text.

use super::ScriptError;
use super::name::is_named;
use super::text::{LAST_CHARACTER, string};
use crate::regex::{Class, Regex};
use crate::term::{Term, TermKind};
use rustc_hash::FxHashMap;

/// Regular expressions that are written in several places, by how often, and what stands for them
/// once they are printed.
#[derive(Default)]
pub(super) struct Regexes {
    uses: FxHashMap<Regex, usize>,
    printed: FxHashMap<Regex, String>,
}

impl Regexes {
    /// Those of the terms, each of which stands in the script once.
    pub(super) fn of(nodes: &[&Term]) -> Self {
        let mut all = Self::default();
        for node in nodes {
            if let TermKind::InRegex(_, regex) = node.kind() {
                all.count(regex);
            }
        }
        all.uses.retain(|_, uses| *uses > 1);
        all
    }

    /// The parts of an expression are written as often as it is, which is once where it has a name.
    fn count(&mut self, regex: &Regex) {
        if let Some(uses) = self.uses.get_mut(regex) {
            *uses += 1;
            return;
        }
        self.uses.insert(regex.clone(), 1);
        regex.parts().iter().for_each(|part| self.count(part));
    }

    /// The `RegLan` term of a regular expression. `define` names a long one that is written in
    /// several places.
    pub(super) fn text(
        &mut self,
        expression: &Regex,
        define: &mut dyn FnMut(&str) -> String,
    ) -> Result<String, ScriptError> {
        let Some(&uses) = self.uses.get(expression) else {
            return self.operator(expression, define);
        };
        if let Some(known) = self.printed.get(expression) {
            return Ok(known.clone());
        }
        let text = self.operator(expression, define)?;
        let text = if is_named(text.len(), uses) { define(&text) } else { text };
        self.printed.insert(expression.clone(), text.clone());
        Ok(text)
    }

    fn operator(
        &mut self,
        expression: &Regex,
        define: &mut dyn FnMut(&str) -> String,
    ) -> Result<String, ScriptError> {
        let mut parts = Vec::new();
        if !expression.is_all() {
            for part in expression.parts() {
                parts.push(self.text(part, define)?);
            }
        }
        let list = |operator: &str, none: &str| match parts.as_slice() {
            [] => none.to_owned(),
            [one] => one.clone(),
            _ => format!("({operator} {})", parts.join(" ")),
        };
        let inner = parts.concat();
        Ok(match expression {
            Regex::Empty => "re.none".to_owned(),
            _ if expression.is_all() => "re.all".to_owned(),
            Regex::Literal(text) => format!("(str.to_re {})", string(text)?),
            Regex::Class(characters) => class(characters)?,
            Regex::Concat(_) => list("re.++", "re.all"),
            Regex::Union(_) => list("re.union", "re.none"),
            Regex::Intersection(_) => list("re.inter", "re.all"),
            Regex::Complement(_) => format!("(re.comp {inner})"),
            Regex::Star(_) => format!("(re.* {inner})"),
            Regex::Repeat(_, low, high) => format!("((_ re.loop {low} {high}) {inner})"),
        })
    }
}

/// A range that ends at the last scalar value ends at SMT-LIB's last character.
fn class(characters: &Class) -> Result<String, ScriptError> {
    if characters.is_full() {
        return Ok("re.allchar".to_owned());
    }
    let mut ranges = Vec::new();
    for &(low, high) in characters.ranges() {
        let high = if high == char::MAX { LAST_CHARACTER } else { high };
        let (low, high) =
            (string(low.encode_utf8(&mut [0; 4]))?, string(high.encode_utf8(&mut [0; 4]))?);
        ranges.push(if low == high {
            format!("(str.to_re {low})")
        } else {
            format!("(re.range {low} {high})")
        });
    }
    Ok(match ranges.as_slice() {
        [] => "re.none".to_owned(),
        [one] => one.clone(),
        _ => format!("(re.union {})", ranges.join(" ")),
    })
}
