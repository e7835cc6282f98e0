//! Expressions in the syntax of another library, to compare with.

use super::{Rx, rx};
use proptest::prelude::*;

/// Expressions without the operators that the other library lacks.
pub fn plain() -> impl Strategy<Value = Rx> {
    rx().prop_filter("no intersection or complement", has_syntax)
}

fn has_syntax(rx: &Rx) -> bool {
    match rx {
        Rx::Intersect(_) | Rx::Complement(_) => false,
        Rx::Concat(parts) | Rx::Union(parts) => parts.iter().all(has_syntax),
        Rx::Star(inner) => has_syntax(inner),
        Rx::Repeat(inner, low, high) => low <= high && has_syntax(inner),
        Rx::Empty
        | Rx::Literal(_)
        | Rx::AnyChar
        | Rx::NoneOf(_)
        | Rx::Range(..)
        | Rx::CaseInsensitive(_) => true,
    }
}

/// The expression in the other library's syntax, for a match in the middle of `^(?s:…)$`.
pub fn syntax(rx: &Rx) -> String {
    let escape =
        |text: &str| text.chars().map(|c| format!("\\x{{{:x}}}", u32::from(c))).collect::<String>();
    match rx {
        Rx::Empty => r"[^\s\S]".to_owned(),
        Rx::Literal(text) => escape(text),
        Rx::AnyChar => ".".to_owned(),
        Rx::NoneOf(chars) if chars.is_empty() => ".".to_owned(),
        Rx::NoneOf(chars) => format!("[^{}]", escape(chars)),
        Rx::Range(low, high) => format!("[{low}-{high}]"),
        Rx::CaseInsensitive(text) => format!(
            "(?i-u:{})",
            text.chars()
                .map(|c| if c.is_ascii_alphabetic() {
                    c.to_string()
                } else {
                    format!("(?u:{})", escape(&c.to_string()))
                })
                .collect::<String>()
        ),
        Rx::Concat(parts) => parts.iter().map(|part| format!("(?:{})", syntax(part))).collect(),
        Rx::Union(parts) if parts.is_empty() => syntax(&Rx::Empty),
        Rx::Union(parts) => {
            format!("(?:{})", parts.iter().map(syntax).collect::<Vec<_>>().join("|"))
        }
        Rx::Star(inner) => format!("(?:{})*", syntax(inner)),
        Rx::Repeat(inner, low, high) => format!("(?:{}){{{low},{high}}}", syntax(inner)),
        Rx::Intersect(_) | Rx::Complement(_) => unreachable!("filtered out"),
    }
}
