//! Texts that are place-holders wherever they stand (SEMANTICS 3.1): in brackets, as variables that
//! name no key, and words that tell people to write something else.

use super::super::template::variable;
use crate::policy::parameter;
use std::ops::Range;

/// The longest name of a place-holder, in characters.
const LONGEST: usize = 64;

/// How a place-holder begins and ends. What begins as another does comes first.
const BRACKETS: [(&str, &str); 4] = [("{{", "}}"), ("{", "}"), ("<", ">"), ("[", "]")];

/// Words that begin a text in capitals that somebody has to replace.
const ORDERS: [&str; 4] = ["YOUR", "MY", "REPLACE", "INSERT"];

/// Words that end a text in capitals that somebody has to replace.
const THINGS: [&str; 8] = ["ID", "NAME", "ARN", "REGION", "ACCOUNT", "BUCKET", "NUMBER", "HERE"];

/// Texts that somebody has to replace, in lower case and without what separates words.
const ALONE: [&str; 2] = ["replaceme", "changeme"];

/// The places of place-holders in a text, in order.
pub(super) fn marks(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let run = rest.find(|letter| !is_of_run(letter)).unwrap_or(rest.len());
        words(rest.get(..run).unwrap_or_default(), at, &mut found);
        at += run;
        let rest = rest.get(run..).unwrap_or_default();
        let Some(first) = rest.chars().next() else { break };
        let (length, is_holder) = if rest.starts_with("${") {
            of_variable(rest)
        } else {
            bracketed(rest).map_or((first.len_utf8(), false), |length| (length, true))
        };
        if is_holder {
            found.push(at..at + length);
        }
        at += length;
    }
    found
}

/// The length of the place-holder in brackets that the text begins with.
fn bracketed(text: &str) -> Option<usize> {
    BRACKETS.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(open)?;
        let end = inner.find(close)?;
        is_name(inner.get(..end)?).then_some(open.len() + end + close.len())
    })
}

/// The length of the variable, or of what looks like one, that the text begins with; and whether it is
/// a place-holder.
fn of_variable(text: &str) -> (usize, bool) {
    const OPEN: usize = "${".len();
    const DOLLAR: &str = "${$}{";
    // A dollar sign and a brace that are texts, such as those of a name with `${`.
    if text.starts_with(DOLLAR) {
        return (DOLLAR.len(), false);
    }
    if let Ok((found, length)) = variable(text) {
        let is_key = found.key.text().split_once(':').is_some_and(|(prefix, name)| {
            // `AWS::Region` is no key.
            !prefix.is_empty() && !name.is_empty() && !name.starts_with(':')
        });
        let is_parameter = parameter::begins(text);
        if is_key || is_parameter || found.default.is_some() {
            return (length, false);
        }
    }
    let body = text.get(OPEN..).unwrap_or_default();
    match body.find('}').and_then(|end| Some((end, body.get(..end)?))) {
        Some((end, name)) if is_name(name) => (OPEN + end + 1, true),
        Some(_) | None => (OPEN, false),
    }
}

/// Whether a text is what people write between the brackets of a place-holder: a name, and not a
/// pattern or a range of letters.
pub(super) fn is_name(text: &str) -> bool {
    let of_name = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '-' | '.' | ':' | '/' | '@' | '#')
    };
    let letters: Vec<bool> = text.chars().map(char::is_alphabetic).collect();
    text.trim() == text
        && letters.len() <= LONGEST
        && letters.windows(2).any(|pair| pair == [true, true])
        && text.chars().all(of_name)
}

fn is_of_run(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

/// Adds the place-holders of a run of letters, digits, `_` and `-` that begins at `start`.
fn words(run: &str, start: usize, found: &mut Vec<Range<usize>>) {
    let words: Vec<(usize, &str)> = run
        .split(['_', '-'])
        .scan(0, |next, word| {
            let at = *next;
            *next += word.len() + 1;
            Some((at, word))
        })
        .collect();
    let mut rest = words.as_slice();
    while let Some((&(from, first), others)) = rest.split_first() {
        let begins = first.starts_with(|letter: char| letter.is_ascii_uppercase());
        let count = rest.iter().take_while(|(_, word)| begins && is_capital(word)).count();
        let capitals = rest.get(..count).unwrap_or_default();
        let length = if is_order(capitals) {
            count
        } else if first.eq_ignore_ascii_case("your") && !others.is_empty() {
            rest.len()
        } else if let Some(length) = alone(rest) {
            length
        } else {
            rest = rest.get(count.max(1)..).unwrap_or_default();
            continue;
        };
        let (taken, after) = rest.split_at_checked(length).unwrap_or_default();
        let end = taken.last().map_or(from, |(at, word)| at + word.len());
        found.push(start + from..start + end);
        rest = after;
    }
}

fn is_capital(word: &str) -> bool {
    let mut letters = word.bytes();
    !word.is_empty() && letters.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// Whether words in capitals tell somebody to replace them.
fn is_order(words: &[(usize, &str)]) -> bool {
    match words {
        [(_, alone)] => *alone == "PLACEHOLDER",
        [(_, first), .., (_, last)] => ORDERS.contains(first) || THINGS.contains(last),
        [] => false,
    }
}

/// How many of the words make a text that somebody has to replace.
fn alone(words: &[(usize, &str)]) -> Option<usize> {
    let mut joined = String::new();
    words.iter().take(2).enumerate().find_map(|(at, (_, word))| {
        joined.push_str(&word.to_ascii_lowercase());
        ALONE.contains(&joined.as_str()).then_some(at + 1)
    })
}
