//! What is seen at a glance against automata.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// Units of globs: `~` stands for any number of characters other than `:`, `A` for `a` in either
/// case.
fn unit(c: char) -> Regex {
    match c {
        '*' => Regex::all(),
        '?' => Regex::any_char(),
        '~' => Regex::star(Regex::none_of(":")),
        'A' => Regex::one_of("aA"),
        '+' => Regex::star(Regex::literal("b")),
        c => Regex::literal(&c.to_string()),
    }
}

fn shaped() -> impl Strategy<Value = Regex> {
    let word = "[ab:A*?~+]{0,6}".prop_map(|word| Regex::concat(word.chars().map(unit)));
    let glob = "[ab:]{0,2}\\*[ab:]{0,2}".prop_map(|word| Regex::concat(word.chars().map(unit)));
    let finite = vec("[ab:]{0,2}", 0..4)
        .prop_map(|texts| Regex::union(texts.iter().map(|text| Regex::literal(text))));
    prop_oneof![3 => word, 3 => glob, 1 => finite]
}

/// The language of an expression, of which nothing is seen at a glance.
fn hidden(languages: &mut Languages, regex: &Regex) -> Language {
    let language = languages.regex(regex);
    let base = languages.entry(language).unwrap().base;
    languages.add(Entry { base, start: START, end: None, shape: Shape::Other, least: None })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn glances_say_what_automata_say(within in vec(shaped(), 0..3), without in vec(shaped(), 0..4), count in 1_usize..5) {
        let mut languages = Languages::new();
        let [mut a, mut b] = [Vec::new(), Vec::new()];
        let [mut c, mut d] = [Vec::new(), Vec::new()];
        for regex in &within {
            a.push(languages.regex(regex));
            c.push(hidden(&mut languages, regex));
        }
        for regex in &without {
            b.push(languages.regex(regex));
            d.push(hidden(&mut languages, regex));
        }
        let seen = languages.witnesses(&a, &b, count).unwrap();
        prop_assert_eq!(&seen, &languages.witnesses(&c, &d, count).unwrap());
        prop_assert_eq!(&seen, &languages.witnesses(&a, &d, count).unwrap());
        prop_assert_eq!(&seen, &languages.witnesses(&c, &b, count).unwrap());
        prop_assert_eq!(seen.first().cloned(), languages.witness(&a, &b).unwrap());
        prop_assert_eq!(!seen.is_empty(), languages.consistent(&a, &b).unwrap());
        // The automata alone, without first texts of single languages.
        let question = question::Question { within: c, without: d, ..Default::default() };
        let words = languages.search(&question, count).unwrap();
        prop_assert!(seen.iter().map(String::as_str).eq(words.iter().map(|word| &*word.text)), "{:?} {:?}", seen, words);
    }

    #[test]
    fn relations_at_a_glance_are_those_of_automata(a in shaped(), b in shaped(), texts in vec("[abcA:]{0,5}", 8)) {
        let mut languages = Languages::new();
        let (x, y) = (languages.regex(&a), languages.regex(&b));
        let (u, v) = (hidden(&mut languages, &a), hidden(&mut languages, &b));
        prop_assert_eq!(languages.disjoint(x, y).unwrap(), languages.disjoint(u, v).unwrap());
        prop_assert_eq!(languages.contained(x, y).unwrap(), languages.contained(u, v).unwrap());
        prop_assert_eq!(languages.covers(x, y).unwrap(), languages.covers(u, v).unwrap());
        for text in texts {
            prop_assert_eq!(languages.accepts(x, &text), a.is_match(&text));
            prop_assert_eq!(languages.accepts(u, &text), a.is_match(&text));
        }
    }

    /// Unions and intersections of shapes, of which parts are tried before the automata are built.
    #[test]
    fn what_is_guessed_is_an_answer(
        unions in vec(vec(shaped(), 1..4), 1..4),
        both in vec(shaped(), 0..3),
        without in vec(shaped(), 0..3),
    ) {
        let mut languages = Languages::new();
        let unions: Vec<Regex> = unions.into_iter().map(Regex::union).collect();
        let within: Vec<_> = unions.iter().chain([&Regex::union([Regex::intersect(both), Regex::literal("ab")])]).map(|one| languages.regex(one)).collect();
        let without: Vec<_> = without.iter().map(|one| languages.regex(one)).collect();
        let question = languages.question(&within, &without);
        let first = languages.witness(&within, &without).unwrap();
        if let Some(word) = languages.guess(&question) {
            prop_assert!(first.is_some());
            prop_assert!(within.iter().all(|one| languages.accepts(*one, &word.text)));
            prop_assert!(!without.iter().any(|one| languages.accepts(*one, &word.text)));
        }
        prop_assert_eq!(first.is_some(), languages.consistent(&within, &without).unwrap());
    }

    /// With room for no other automata than those of derivatives.
    #[test]
    fn derivatives_say_what_sets_of_nodes_say(a in shaped(), b in shaped(), c in shaped(), texts in vec("[abcA:]{0,5}", 8)) {
        let (mut sets, mut derivatives) = (Languages::new(), Languages::new());
        derivatives.automata = Automata::new(0);
        let joined = [Regex::concat([a.clone(), b.clone()]), Regex::star(a.clone()), Regex::union([b.clone(), c.clone()]), a, c];
        for (one, other) in joined.iter().zip(joined.iter().skip(1)) {
            let [is, was] = [&mut sets, &mut derivatives].map(|languages| {
                let (one, other) = (hidden(languages, one), hidden(languages, other));
                let accepted: Vec<bool> = texts.iter().map(|text| languages.accepts(one, text)).collect();
                (languages.witnesses(&[one], &[other], 4).unwrap(), languages.witnesses(&[one, other], &[], 4).unwrap(), accepted)
            });
            prop_assert_eq!(is, was);
        }
    }

    #[test]
    fn forgetting_changes_no_answer(questions in vec((vec(shaped(), 0..3), vec(shaped(), 0..3)), 1..6)) {
        let (mut keeps, mut forgets) = (Languages::new(), Languages::new());
        forgets.memory = 0;
        for (within, without) in questions {
            let ask = |languages: &mut Languages| {
                let a: Vec<_> = within.iter().map(|regex| hidden(languages, regex)).collect();
                let b: Vec<_> = without.iter().map(|regex| hidden(languages, regex)).collect();
                let states = a.first().map(|one| languages.states(*one, 1000).unwrap().len());
                (languages.witnesses(&a, &b, 3).unwrap(), states)
            };
            let answer = ask(&mut keeps);
            prop_assert_eq!(&answer, &ask(&mut forgets));
            prop_assert_eq!(&answer, &ask(&mut Languages::new()));
        }
    }
}

/// Who knows a state may ask about it after other questions.
#[test]
fn states_that_somebody_knows_are_not_forgotten() {
    let mut languages = Languages::new();
    languages.memory = 0;
    let glob = Regex::concat("*ab*b:a?*".chars().map(unit));
    let (language, other) =
        (hidden(&mut languages, &glob), hidden(&mut languages, &Regex::complement(glob)));
    let states = languages.states(language, 100).unwrap();
    let mut next = |states: &[StateId]| {
        languages.witnesses(&[other], &[language], 3).unwrap();
        states
            .iter()
            .map(|state| {
                (languages.run(language, *state, "ab"), languages.accepts_at(language, *state))
            })
            .collect::<Vec<_>>()
    };
    let back: Vec<_> = states.iter().rev().copied().collect();
    let (forth, mut back) = (next(&states), next(&back));
    back.reverse();
    assert_eq!(forth, back);
    assert!(
        forth.iter().any(|state| state.1) && forth.iter().all(|state| states.contains(&state.0))
    );
}

/// Two unions that share a text are told apart from two that share none without a product of their
/// automata.
#[test]
fn a_guess_takes_a_part_of_each_union() {
    let mut languages = Languages::new();
    let globs = |texts: &[&str]| {
        Regex::union(texts.iter().map(|text| Regex::concat(text.chars().map(unit))))
    };
    let one = languages.regex(&globs(&["aa*:b", "b:*:b"]));
    let other = languages.regex(&globs(&["ab:a*", "*a:*"]));
    let question = languages.question(&[one, other], &[]);
    assert_eq!(
        languages.guess(&question).map(|word| word.text.to_string()).as_deref(),
        Some("aaa::b")
    );
    assert!(languages.consistent(&[one, other], &[]).unwrap());
}

/// Ordinary questions are answered without automata.
#[test]
fn ordinary_shapes_make_no_automata() {
    let mut languages = Languages::new();
    let mut glob = |text: &str| languages.regex(&Regex::concat(text.chars().map(unit)));
    let (start, middle, end) = (glob("aa:bb*"), glob("*b:b*"), glob("*:aa"));
    let (both, run) = (glob("aa:*:aa"), glob("~"));
    let word = languages.regex(&Regex::ascii_case_insensitive("aa:bb:aa"));
    let mut literals: Vec<_> =
        (0..500).map(|number| languages.literal(&format!("aa:{number}"))).collect();
    assert_eq!(languages.witness(&[start], &literals).unwrap().as_deref(), Some("aa:bb"));
    assert_eq!(languages.witness(&[start, run], &literals).unwrap(), None);
    assert_eq!(languages.witness(&[word, end], &literals).unwrap().as_deref(), Some("aa:bb:aa"));
    literals.push(middle);
    assert_eq!(languages.conflict(&[start, middle, run], &literals).unwrap(), (vec![0, 2], vec![]));
    for (a, b) in [
        (start, middle),
        (start, end),
        (middle, end),
        (both, start),
        (run, start),
        (word, both),
        (word, run),
    ] {
        languages.disjoint(a, b).unwrap();
        languages.contained(a, b).unwrap();
        languages.covers(a, b).unwrap();
    }
    assert_eq!(languages.automata.size(), 0);
}
