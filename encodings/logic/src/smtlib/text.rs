//! Constants and symbols as SMT-LIB text.

use super::ScriptError;
use crate::term::Value;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed};

/// The last character that SMT-LIB has.
pub(super) const LAST_CHARACTER: char = '\u{2FFFF}';

/// A symbol, quoted unless it is a simple one. The name contains neither `|` nor `\`, see
/// [`super::Names`].
pub(super) fn symbol(name: &str) -> String {
    let simple = |c: char| c.is_ascii_alphanumeric() || "~!@$%^&*_-+=<>.?/".contains(c);
    if !name.is_empty()
        && name.chars().all(simple)
        && !name.starts_with(|c: char| c.is_ascii_digit())
    {
        name.to_owned()
    } else {
        format!("|{name}|")
    }
}

/// A constant.
pub(super) fn value(value: &Value) -> Result<String, ScriptError> {
    Ok(match value {
        Value::Bool(value) => value.to_string(),
        Value::String(value) => string(value)?,
        Value::Real(value) => real(value),
        Value::BitVec { width, value } => bits(*width, *value),
    })
}

/// A string literal: printable ASCII as it is, except for the quote, which is doubled, and the
/// backslash, which could begin an escape.
pub(super) fn string(text: &str) -> Result<String, ScriptError> {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\"\""),
            ' '..='~' if c != '\\' => literal.push(c),
            _ if c > LAST_CHARACTER => return Err(ScriptError::Character(c)),
            _ => literal.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    literal.push('"');
    Ok(literal)
}

/// A text of a `set-info`: as it is, but for quotes, which are doubled, and for what is not printable
/// ASCII.
pub(super) fn quoted(text: &str) -> String {
    let kept: String = text.chars().map(|c| if matches!(c, ' '..='~') { c } else { '_' }).collect();
    format!("\"{}\"", kept.replace('"', "\"\""))
}

/// A rational: decimals for integers, `/` and unary `-` otherwise.
fn real(value: &BigRational) -> String {
    let integer = |number: &BigInt| format!("{number}.0");
    let magnitude = value.abs();
    let text = if magnitude.denom().is_one() {
        integer(magnitude.numer())
    } else {
        format!("(/ {} {})", integer(magnitude.numer()), integer(magnitude.denom()))
    };
    if value.is_negative() { format!("(- {text})") } else { text }
}

/// A bit-vector literal of exactly `width` bits, in hexadecimal digits where these come out even.
pub(super) fn bits(width: u32, value: u128) -> String {
    let digits = |of: u32| usize::try_from(of).unwrap_or(0);
    if width.is_multiple_of(4) {
        format!("#x{value:0w$x}", w = digits(width / 4))
    } else {
        format!("#b{value:0w$b}", w = digits(width))
    }
}
