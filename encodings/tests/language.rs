//! Languages against brute force and against another library.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use keyaki_encodings::language::{Language, Languages};
use keyaki_encodings::regex::Regex;
use proptest::collection::vec;
use proptest::prelude::*;

/// All texts of at most six characters; `c` stands for the characters that no pattern names, of which it is the most natural.
fn texts(length: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut from = 0;
    for _ in 0..length {
        let to = texts.len();
        for at in from..to {
            // In natural order.
            for c in ['a', 'b', 'c', ':'] {
                texts.push(format!("{}{c}", texts[at]));
            }
        }
        from = to;
    }
    texts
}

fn glob(pattern: &str) -> Regex {
    Regex::concat(pattern.chars().map(|c| match c {
        '*' => Regex::all(),
        '?' => Regex::any_char(),
        '~' => Regex::star(Regex::none_of(":")),
        c => Regex::literal(&c.to_string()),
    }))
}

fn pattern() -> impl Strategy<Value = Regex> {
    let simple = prop_oneof![
        4 => "[ab:]{0,3}",
        4 => "[ab:]{0,2}\\*",
        2 => "\\*[ab:]{0,2}",
        2 => "\\*[ab:]{1,2}\\*",
        2 => "[ab:]{0,2}\\*[ab:]{0,2}",
        3 => "[ab:*?~]{0,6}",
    ]
    .prop_map(|pattern| glob(&pattern));
    let leaf = prop_oneof![
        8 => simple,
        1 => "[ab:]{0,3}".prop_map(|text| Regex::ascii_case_insensitive(&text)),
        1 => Just(Regex::star(Regex::none_of(":"))),
        1 => Just(Regex::plus(Regex::one_of("ab"))),
        1 => vec("[ab:]{0,3}", 0..4).prop_map(|texts| Regex::union(texts.iter().map(|text| Regex::literal(text)))),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            2 => vec(inner.clone(), 0..3).prop_map(Regex::concat),
            2 => vec(inner.clone(), 0..3).prop_map(Regex::union),
            1 => inner.clone().prop_map(Regex::star),
            1 => (inner.clone(), 0_u32..3, 0_u32..3).prop_map(|(one, low, high)| Regex::repeat(one, low, high)),
            1 => vec(inner.clone(), 0..3).prop_map(Regex::intersect),
            1 => inner.prop_map(Regex::complement),
        ]
    })
}

/// What both sides of a question accept, by matching alone.
fn fits(text: &str, within: &[Regex], without: &[Regex]) -> bool {
    within.iter().all(|one| one.is_match(text)) && !without.iter().any(|one| one.is_match(text))
}

fn intern(languages: &mut Languages, regexes: &[Regex]) -> Vec<Language> {
    regexes.iter().map(|regex| languages.regex(regex)).collect()
}

const LENGTH: usize = 5;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn witnesses_are_what_brute_force_finds(within in vec(pattern(), 0..4), without in vec(pattern(), 0..4), count in 1_usize..8) {
        let mut languages = Languages::new();
        let (positive, negative) = (intern(&mut languages, &within), intern(&mut languages, &without));
        let first = languages.witness(&positive, &negative).unwrap();
        let several = languages.witnesses(&positive, &negative, count).unwrap();
        prop_assert_eq!(first.as_ref(), several.first());
        for text in &several {
            prop_assert!(fits(text, &within, &without), "{:?}", text);
        }
        // Characters that no pattern names are all alike, so it is enough to look at texts without two kinds of them.
        let fresh = |text: &&String| text.chars().all(|c| "abc:".contains(c));
        let named: Vec<_> = several.iter().filter(fresh).cloned().collect();
        let brute: Vec<_> = texts(LENGTH).into_iter().filter(|text| fits(text, &within, &without)).collect();
        let short: Vec<_> = named.iter().filter(|text| text.chars().count() <= LENGTH).cloned().collect();
        prop_assert!(brute.starts_with(&short), "{:?} but {:?}", short, &brute[..short.len().min(brute.len())]);
        prop_assert!(several.len() == count || short.len() == brute.len(), "{:?} but {:?}", several, brute);
        if first.is_none() {
            let (a, b) = languages.conflict(&positive, &negative).unwrap();
            let pick = |list: &[Language], places: &[usize]| places.iter().map(|at| list[*at]).collect::<Vec<_>>();
            let (a, b) = (pick(&positive, &a), pick(&negative, &b));
            prop_assert_eq!(Languages::witness(&mut languages, &a, &b).unwrap(), None);
            for at in 0..a.len() + b.len() {
                let keep = |list: &[Language], gone: usize| {
                    list.iter().enumerate().filter(|(place, _)| *place != gone).map(|(_, one)| *one).collect::<Vec<_>>()
                };
                let (a, b) = (keep(&a, at), keep(&b, at.wrapping_sub(a.len())));
                prop_assert!(languages.witness(&a, &b).unwrap().is_some(), "{} can be left out", at);
            }
        }
    }
}
