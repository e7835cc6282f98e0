//! Constructors simplify and never change the meaning; regular expressions and globs mean what
//! brute force says.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says on standard error what it skipped"
)]

use crate::common::oracle::{plain, syntax};
use crate::common::{formula, model, rx, text};
use keyaki_logic::evaluate::evaluate;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn simplification_preserves_meaning(tree in formula(), models in proptest::collection::vec(model(), 6)) {
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
