//! Constructors simplify and never change the meaning; regular expressions and globs mean what brute force says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking, and says on standard error what it skipped")]

mod common;

use common::{Rx, formula, model, rx, text};
use keyaki_encodings::evaluate::evaluate;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn simplification_preserves_meaning(tree in formula(true), models in proptest::collection::vec(model(), 6)) {
        let term = tree.term();
        for model in models {
            prop_assert_eq!(evaluate(&term, &model), tree.value(&model), "{:?} under {}", term, model);
        }
    }

    #[test]
    fn regular_expressions_match_what_brute_force_does(rx in rx(), texts in proptest::collection::vec(text(), 12)) {
        let regex = rx.regex();
        for text in texts {
            prop_assert_eq!(regex.is_match(&text), rx.matches(&text.chars().collect::<Vec<_>>()), "{:?} on {:?}", regex, text);
        }
    }

    #[test]
    fn regular_expressions_match_what_another_library_does(rx in plain(), texts in proptest::collection::vec(text(), 12)) {
        let other = regex_automata::meta::Regex::new(&format!("^(?s:{})$", syntax(&rx))).unwrap();
        for text in texts {
            prop_assert_eq!(rx.regex().is_match(&text), other.is_match(&text), "{:?} on {:?}", rx, text);
        }
    }
}

/// Expressions without the operators that the other library lacks.
fn plain() -> impl Strategy<Value = Rx> {
    rx().prop_filter("no intersection or complement", has_syntax)
}

fn has_syntax(rx: &Rx) -> bool {
    match rx {
        Rx::Intersect(_) | Rx::Complement(_) => false,
        Rx::Concat(parts) | Rx::Union(parts) => parts.iter().all(has_syntax),
        Rx::Star(inner) => has_syntax(inner),
        Rx::Repeat(inner, low, high) => low <= high && has_syntax(inner),
        _ => true,
    }
}

fn syntax(rx: &Rx) -> String {
    let escape = |text: &str| text.chars().map(|c| format!("\\x{{{:x}}}", u32::from(c))).collect::<String>();
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
                .map(|c| if c.is_ascii_alphabetic() { c.to_string() } else { format!("(?u:{})", escape(&c.to_string())) })
                .collect::<String>()
        ),
        Rx::Concat(parts) => parts.iter().map(|part| format!("(?:{})", syntax(part))).collect(),
        Rx::Union(parts) if parts.is_empty() => syntax(&Rx::Empty),
        Rx::Union(parts) => format!("(?:{})", parts.iter().map(syntax).collect::<Vec<_>>().join("|")),
        Rx::Star(inner) => format!("(?:{})*", syntax(inner)),
        Rx::Repeat(inner, low, high) => format!("(?:{}){{{low},{high}}}", syntax(inner)),
        Rx::Intersect(_) | Rx::Complement(_) => unreachable!("filtered out"),
    }
}
