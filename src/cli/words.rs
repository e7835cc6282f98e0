//! The words of a command line that belong to its question.

use std::ffi::OsString;

/// Flags about where and how an answer is printed, and what is written beside it: the answer is the
/// same without them.
const LONG: &[(&str, bool)] = &[
    ("--quiet", false),
    ("--output", true),
    ("--color", true),
    ("--jobs", true),
    ("--write-baseline", true),
];
const SHORT: &[(char, bool)] = &[('q', false), ('o', true), ('j', true)];

/// Short flags without a value that stay.
const PLAIN: &[char] = &['h', 'V'];

/// The words without flags that say how an answer is printed; none where one is not Unicode text.
pub fn of_question(words: impl IntoIterator<Item = OsString>) -> Option<Vec<String>> {
    let words: Option<Vec<String>> =
        words.into_iter().map(|word| word.into_string().ok()).collect();
    let mut left = words?.into_iter();
    let mut kept = Vec::new();
    while let Some(word) = left.next() {
        if word == "--" {
            kept.push(word);
            kept.extend(left);
            break;
        }
        if word.starts_with("--") {
            let (name, value) = match word.split_once('=') {
                Some((name, _)) => (name, true),
                None => (word.as_str(), false),
            };
            match LONG.iter().find(|(flag, _)| *flag == name) {
                Some((_, true)) if !value => _ = left.next(),
                Some(_) => {}
                None => kept.push(word),
            }
            continue;
        }
        match word.strip_prefix('-').filter(|flags| !flags.is_empty()) {
            Some(flags) => {
                let (flags, value_follows) = short(flags);
                if !flags.is_empty() {
                    kept.push(format!("-{flags}"));
                }
                if value_follows {
                    left.next();
                }
            }
            None => kept.push(word),
        }
    }
    Some(kept)
}

/// What is left of a word of short flags, and whether the next word is the value of a flag that is
/// not.
fn short(flags: &str) -> (String, bool) {
    let mut kept = String::new();
    for (at, flag) in flags.char_indices() {
        match SHORT.iter().find(|(known, _)| *known == flag) {
            Some((_, false)) => {}
            Some((_, true)) => return (kept, flags.len() == at + flag.len_utf8()),
            None if PLAIN.contains(&flag) => kept.push(flag),
            // The rest is its value.
            None => {
                kept.push_str(flags.get(at..).unwrap_or_default());
                break;
            }
        }
    }
    (kept, false)
}

#[cfg(test)]
mod tests {
    use super::of_question;

    #[test]
    fn what_is_about_printing_goes_and_the_rest_stays() {
        for (line, kept) in [
            ("can p.json -a s3:GetObject", "can p.json -a s3:GetObject"),
            ("-q can p.json --jobs 3 -f json", "can p.json -f json"),
            ("can p.json --jobs=3 --output=x --color never --quiet --why", "can p.json --why"),
            ("can -j3 p.json -j 4 -ox -o x --color=never", "can p.json"),
            ("can -qj3 p.json -qfjson", "can p.json -fjson"),
            ("can -qj 3 p.json -aqoj", "can p.json -aqoj"),
            ("can - -- -q --jobs", "can - -- -q --jobs"),
            ("check c.toml --filter=--quiet", "check c.toml --filter=--quiet"),
            ("lint p --write-baseline b --baseline a", "lint p --baseline a"),
        ] {
            let words = line.split(' ').map(Into::into);
            assert_eq!(of_question(words).unwrap().join(" "), kept, "{line}");
        }
    }
}
