//! Languages against brute force and against another library.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use crate::common::oracle::{plain, syntax};
use crate::common::{Rx, text};
use keyaki_engines::language::{Exhausted, Language, Languages};
use keyaki_logic::regex::Regex;
use proptest::collection::vec;
use proptest::prelude::*;

/// All texts of at most six characters; `c` stands for the characters that no pattern names, of
/// which it is the most natural.
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
        // Characters that no pattern names are all alike, so it is enough to look at texts without
        // two kinds of them.
        let fresh = |text: &&String| text.chars().all(|c| "abc:".contains(c));
        let named: Vec<_> = several.iter().filter(fresh).cloned().collect();
        let brute: Vec<_> = texts(LENGTH).into_iter().filter(|text| fits(text, &within, &without)).collect();
        let short: Vec<_> = named.iter().filter(|text| text.chars().count() <= LENGTH).cloned().collect();
        prop_assert!(brute.starts_with(&short), "{:?} but {:?}", short, &brute[..short.len().min(brute.len())]);
        prop_assert!(several.len() == count || short.len() == brute.len(), "{:?} but {:?}", several, brute);
        prop_assert_eq!(first.is_some(), languages.conflict(&positive, &negative).is_err());
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn membership_is_that_of_another_library(rx in plain(), texts in vec(text(), 12)) {
        let other = regex_automata::meta::Regex::new(&format!("^(?s:{})$", syntax(&rx))).unwrap();
        let mut languages = Languages::new();
        let language = languages.regex(&rx.regex());
        let start = languages.start(language);
        for text in texts {
            prop_assert_eq!(languages.accepts(language, &text), other.is_match(&text), "{:?} on {:?}", rx, text);
            let state = languages.run(language, start, &text);
            prop_assert_eq!(languages.accepts_at(language, state), other.is_match(&text), "{:?} on {:?}", rx, text);
        }
    }

    #[test]
    fn witnesses_satisfy_another_library(within in vec(plain(), 1..3), without in vec(plain(), 0..3)) {
        let other = |rx: &Rx| regex_automata::meta::Regex::new(&format!("^(?s:{})$", syntax(rx))).unwrap();
        let mut languages = Languages::new();
        let [positive, negative] = [&within, &without].map(|list| list.iter().map(|rx| languages.regex(&rx.regex())).collect::<Vec<_>>());
        for text in languages.witnesses(&positive, &negative, 5).unwrap() {
            prop_assert!(within.iter().all(|rx| other(rx).is_match(&text)), "{:?}", text);
            prop_assert!(!without.iter().any(|rx| other(rx).is_match(&text)), "{:?}", text);
        }
    }

    #[test]
    fn relations_are_what_brute_force_finds(a in pattern(), b in pattern()) {
        let mut languages = Languages::new();
        let (x, y) = (languages.regex(&a), languages.regex(&b));
        for text in texts(4) {
            let (in_a, in_b) = (a.is_match(&text), b.is_match(&text));
            prop_assert!(!(in_a && in_b && languages.disjoint(x, y).unwrap()), "{:?}", text);
            prop_assert!(!(in_a && !in_b && languages.contained(x, y).unwrap()), "{:?}", text);
            prop_assert!(in_a || in_b || !languages.covers(x, y).unwrap(), "{:?}", text);
        }
        // Where a relation does not hold, a text says why.
        if !languages.disjoint(x, y).unwrap() {
            let both = languages.witness(&[x, y], &[]).unwrap().unwrap();
            prop_assert!(a.is_match(&both) && b.is_match(&both));
        }
        if !languages.contained(x, y).unwrap() {
            let one = languages.witness(&[x], &[y]).unwrap().unwrap();
            prop_assert!(a.is_match(&one) && !b.is_match(&one));
        }
        if !languages.covers(x, y).unwrap() {
            let none = languages.witness(&[], &[x, y]).unwrap().unwrap();
            prop_assert!(!a.is_match(&none) && !b.is_match(&none));
        }
    }

    #[test]
    fn pieces_of_texts_lead_from_state_to_state(regex in pattern(), first in "[ab:]{0,3}", texts in vec("[abc:]{0,4}", 6)) {
        let mut languages = Languages::new();
        let language = languages.regex(&regex);
        let start = languages.start(language);
        let states = languages.states(language, 4000).unwrap();
        let from = languages.run(language, start, &first);
        prop_assert!(states.contains(&from));
        let rest = languages.between(language, from, None).unwrap();
        for text in &texts {
            prop_assert_eq!(languages.accepts(rest, text), regex.is_match(&format!("{first}{text}")), "{:?}", text);
        }
        for to in states.iter().take(8) {
            let way = languages.between(language, from, Some(*to)).unwrap();
            for text in &texts {
                let reached = languages.run(language, from, text);
                prop_assert_eq!(languages.accepts(way, text), reached == *to, "{:?}", text);
            }
            // A way that is not empty has a first text; it can be cut again.
            if let Some(text) = languages.witness(&[way], &[]).unwrap() {
                prop_assert_eq!(languages.run(language, from, &text), *to);
                prop_assert!(languages.accepts(way, &text));
                let start = languages.start(way);
                let half: String = text.chars().take(1).collect();
                let (middle, half_way) = (languages.run(way, start, &half), text.strip_prefix(&half).unwrap());
                let tail = languages.between(way, middle, None).unwrap();
                prop_assert!(languages.accepts(tail, half_way), "{:?} of {:?}", half_way, text);
            }
            let outside = languages.witness(&[], &[way, rest]).unwrap();
            prop_assert!(outside.is_none_or(|text| languages.run(language, from, &text) != *to));
        }
    }

    #[test]
    fn answers_do_not_depend_on_earlier_questions(questions in vec((vec(pattern(), 0..3), vec(pattern(), 0..3)), 1..5)) {
        let mut old = Languages::bounded(300);
        for (within, without) in questions {
            let mut new = Languages::bounded(300);
            let [was, is] = [&mut old, &mut new].map(|languages| {
                let (a, b) = (intern(languages, &within), intern(languages, &without));
                let conflict = languages.witness(&a, &b).is_ok_and(|text| text.is_none()).then(|| languages.conflict(&a, &b));
                (languages.witness(&a, &b), languages.witnesses(&a, &b, 4), conflict)
            });
            prop_assert_eq!(was, is);
        }
    }
}

/// The first texts of the small universe, of which every language of a few is decided by looking at
/// all.
#[test]
fn finite_languages_are_listed_to_the_end() {
    let mut languages = Languages::new();
    let word = languages.regex(&Regex::repeat(Regex::range('a', 'c'), 0, 3));
    let no_b = languages.regex(&glob("*b*"));
    let found = languages.witnesses(&[word], &[no_b], 1000).unwrap();
    let expected = [
        "", "a", "c", "aa", "ac", "ca", "cc", "aaa", "aac", "aca", "acc", "caa", "cac", "cca",
        "ccc",
    ];
    assert_eq!(found, expected);
    let literals: Vec<_> = expected.iter().map(|text| languages.literal(text)).collect();
    assert_eq!(languages.witness(&[word], &[&literals[..], &[no_b]].concat()).unwrap(), None);
    let conflict = languages.conflict(&[word], &[&literals[..], &[no_b]].concat()).unwrap();
    assert_eq!(conflict, (vec![0], (0..=literals.len()).collect()));
    assert_eq!(
        languages.witness(&[word], &[&literals[1..], &[no_b]].concat()).unwrap().as_deref(),
        Some("")
    );
}

#[test]
fn the_natural_order_is_letters_digits_and_the_rest() {
    let mut languages = Languages::new();
    let one = languages.regex(&Regex::any_char());
    let order: String = languages.witnesses(&[one], &[], 100).unwrap().concat();
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    assert_eq!(
        order,
        format!(
            "{}0123456789{upper}!\"#$%&'()*+,-./:;<=>?@[\\]^_`{{|}}~ ¡¢£¤¥",
            upper.to_lowercase()
        )
    );
    let all = languages.witnesses(&[one], &[], usize::MAX).unwrap();
    assert_eq!(all.len(), ('\0'..=char::MAX).count());
}

/// The bound is on states: that these answers exist shows how few were needed.
#[test]
fn hostile_patterns_are_decided_with_few_states_or_given_up() {
    let bound = 4000;
    let mut languages = Languages::bounded(bound);
    let mut glob = |text: String| languages.regex(&glob(&text));
    let stars = glob("*a".repeat(300));
    let (some, pairs, turns) =
        (glob("*a".repeat(40)), glob("*ab?".repeat(10)), glob("*b*a".repeat(20)));
    let (other, ends) = (glob("*b*a".repeat(150)), glob("*b".repeat(300)));
    let (late, later) =
        (glob(format!("*a{}", "?".repeat(40))), glob(format!("*b{}:*", "?".repeat(40))));
    let infixes: Vec<_> = ('a'..='z').map(|c| glob(format!("*{c}*"))).collect();
    let length = |text: Option<String>| text.map(|text| text.chars().count());
    assert_eq!(length(languages.witness(&[stars], &[other]).unwrap()), Some(300));
    assert_eq!(length(languages.witness(&[some, pairs], &[]).unwrap()), Some(50));
    assert_eq!(length(languages.witness(&[some, turns], &[]).unwrap()), Some(60));
    assert_eq!(languages.witness(&[stars, ends], &[]).unwrap(), None);
    assert_eq!(languages.states(stars, 301).unwrap().len(), 301);
    assert_eq!(languages.states(stars, 300), Err(Exhausted { states: 300 }));
    assert_eq!(languages.states(late, bound), Err(Exhausted { states: bound }));
    assert_eq!(languages.contained(late, later), Ok(false));
    assert_eq!(languages.witnesses(&[late, later], &[stars], 2), Err(Exhausted { states: bound }));
    assert_eq!(length(languages.witness(&infixes[..6], &[]).unwrap()), Some(6));
    // The first of the texts is out of reach; that there are some is not.
    assert_eq!(languages.witnesses(&infixes, &[], 2), Err(Exhausted { states: bound }));
    assert_eq!(length(languages.witness(&infixes, &[]).unwrap()), Some(26));
    assert_eq!(languages.consistent(&infixes, &[stars]), Ok(true));
}

#[test]
fn expressions_that_are_too_large_are_given_up() {
    let bound = 1000;
    let mut languages = Languages::bounded(bound);
    let often = |inner: Regex| Regex::repeat(inner, 900, 1000);
    let huge =
        often(often(often(Regex::concat([Regex::literal("ab"), Regex::opt(Regex::literal("c"))]))));
    let complements = |count: usize| {
        Regex::concat((0..count).map(|_| Regex::complement(glob("*a?????????????????*"))))
    };
    let (huge, nested) = (languages.regex(&huge), languages.regex(&complements(20)));
    assert_eq!(languages.witness(&[huge], &[]), Err(Exhausted { states: bound }));
    assert_eq!(languages.states(nested, bound), Err(Exhausted { states: bound }));
    assert!(!languages.accepts(huge, "ababc"));
    assert!(languages.accepts(nested, "ababc"));
    assert_eq!(languages.witness(&[nested], &[]).unwrap().as_deref(), Some(""));
}

/// Ten thousand literals are not ten thousand automata.
#[test]
fn thousands_of_literals_are_few_states() {
    let mut languages = Languages::bounded(64);
    let start = languages.regex(&glob("key/*"));
    let texts: Vec<String> = languages.witnesses(&[start], &[], 10_000).unwrap();
    let literals: Vec<_> = texts.iter().map(|text| languages.literal(text)).collect();
    assert_eq!(languages.witness(&[start], &literals[1..]).unwrap().as_deref(), Some("key/"));
    let next = languages.witness(&[start], &literals).unwrap().unwrap();
    assert!(next.starts_with("key/") && !texts.contains(&next), "{next}");
    let few = languages.regex(&Regex::concat([
        Regex::literal("key/"),
        Regex::repeat(Regex::range('a', 'z'), 0, 1),
    ]));
    assert_eq!(languages.witness(&[few], &literals).unwrap(), None);
    let (within, without) = languages.conflict(&[start, few], &literals).unwrap();
    assert_eq!((within, without.len()), (vec![1], 27));
    assert_eq!(
        languages.conflict(&[start, few, literals[0]], &literals).unwrap(),
        (vec![2], vec![0])
    );
    let all = languages.regex(&Regex::union(texts.iter().map(|text| Regex::literal(text))));
    assert_eq!(languages.witness(&[all], &literals[..9_999]).unwrap(), Some(texts[9_999].clone()));
    assert_eq!(languages.conflict(&[all], &literals).unwrap().1.len(), 10_000);
}
