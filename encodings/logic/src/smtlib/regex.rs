//! Regular expressions as SMT-LIB text.

use super::ScriptError;
use super::text::{LAST_CHARACTER, string};
use crate::regex::{Class, Regex};

/// The `RegLan` term of a regular expression.
pub(super) fn regex(expression: &Regex) -> Result<String, ScriptError> {
    Ok(match expression {
        Regex::Empty => "re.none".to_owned(),
        _ if expression.is_all() => "re.all".to_owned(),
        Regex::Literal(text) => format!("(str.to_re {})", string(text)?),
        Regex::Class(characters) => class(characters)?,
        Regex::Concat(parts) => list("re.++", parts)?,
        Regex::Union(parts) => list("re.union", parts)?,
        Regex::Intersection(parts) => list("re.inter", parts)?,
        Regex::Complement(inner) => format!("(re.comp {})", regex(inner)?),
        Regex::Star(inner) => format!("(re.* {})", regex(inner)?),
        Regex::Repeat(inner, low, high) => format!("((_ re.loop {low} {high}) {})", regex(inner)?),
    })
}

fn list(operator: &str, parts: &[Regex]) -> Result<String, ScriptError> {
    let parts: Vec<_> = parts.iter().map(regex).collect::<Result<_, _>>()?;
    Ok(match parts.as_slice() {
        [] => return Ok(if operator == "re.union" { "re.none" } else { "re.all" }.to_owned()),
        [one] => one.clone(),
        _ => format!("({operator} {})", parts.join(" ")),
    })
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
