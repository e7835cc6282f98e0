//! Mutations of JSON that leave it JSON: libFuzzer's own, of bytes, hardly get past the parser.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::{Map, Value};

const WORDS: &str = include_str!("../dictionaries/policy.dict");

/// A mutator for `libfuzzer_sys::fuzz_mutator!`: three times in four it changes some values of a
/// JSON text, else some bytes.
pub fn json(data: &mut [u8], size: usize, max: usize, seed: u32) -> usize {
    let mut random = Random(u64::from(seed) | 1 << 32);
    let value = data.get(..size).and_then(|text| serde_json::from_slice::<Value>(text).ok());
    let changed = value.filter(|_| random.below(4) > 0).map(|mut value| {
        for _ in 0..=random.below(3) {
            change(&mut value, &mut random);
        }
        value.to_string()
    });
    match changed.and_then(|text| {
        Some((text.len(), data.get_mut(..text.len())?.copy_from_slice(text.as_bytes())))
    }) {
        Some((length, ())) if length <= max => length,
        _ => fuzzer_mutate(data, size, max),
    }
}

/// A small generator (Steele, Lea, Flood: SplitMix), so that a seed gives the same mutation.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (bound.max(1) as u64)).unwrap_or_default()
    }

    /// A text between the quotation marks of the dictionary.
    fn word(&mut self) -> String {
        let words: Vec<&str> =
            WORDS.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"')).collect();
        words.get(self.below(words.len())).map_or_else(String::new, |word| (*word).to_owned())
    }
}

/// How many values there are, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The value with this number, itself being the first.
fn nth(value: &mut Value, number: usize) -> &mut Value {
    let place = match value {
        _ if number == 0 => None,
        Value::Array(items) => place(items.iter(), number - 1),
        Value::Object(members) => place(members.values(), number - 1),
        _ => None,
    };
    let Some((child, rest)) = place else { return value };
    match value {
        Value::Array(items) => nth(&mut items[child], rest),
        Value::Object(members) => members
            .values_mut()
            .nth(child)
            .map(|child| nth(child, rest))
            .unwrap_or_else(|| unreachable!()),
        _ => unreachable!(),
    }
}

/// Which child holds the value with this number, and which of the child's it is.
fn place<'a>(
    children: impl Iterator<Item = &'a Value>,
    mut number: usize,
) -> Option<(usize, usize)> {
    for (at, child) in children.enumerate() {
        let held = count(child);
        if number < held {
            return Some((at, number));
        }
        number -= held;
    }
    None
}

/// Changes one value somewhere in the document.
fn change(document: &mut Value, random: &mut Random) {
    let values = count(document);
    let other = nth(document, random.below(values)).clone();
    let target = nth(document, random.below(values));
    match (random.below(8), target) {
        (0, target) => *target = other,
        (1, target) => *target = Value::Array(vec![target.take(), other]),
        (2, target) => *target = leaf(random),
        (_, Value::String(text)) => *text = text_like(text, random),
        (_, Value::Array(items)) => list(items, other, random),
        (_, Value::Object(members)) => object(members, other, random),
        (_, target) => *target = leaf(random),
    }
}

fn leaf(random: &mut Random) -> Value {
    match random.below(6) {
        0 => Value::Null,
        1 => Value::Bool(random.below(2) == 0),
        2 => Value::Array(Vec::new()),
        3 => Value::from(random.below(3_000)),
        _ => Value::String(random.word()),
    }
}

fn list(items: &mut Vec<Value>, other: Value, random: &mut Random) {
    let at = random.below(items.len() + 1);
    match random.below(3) {
        0 if at < items.len() => _ = items.remove(at),
        1 => items.insert(at, leaf(random)),
        _ => items.insert(at, other),
    }
}

fn object(members: &mut Map<String, Value>, other: Value, random: &mut Random) {
    let name = members.keys().nth(random.below(members.len())).cloned().unwrap_or_default();
    match random.below(4) {
        0 => _ = members.shift_remove(&name),
        1 => {
            let renamed =
                if random.below(2) == 0 { random.word() } else { text_like(&name, random) };
            let value = members.shift_remove(&name).unwrap_or_default();
            members.insert(renamed, value);
        }
        2 => _ = members.insert(random.word(), other),
        _ => _ = members.insert(random.word(), leaf(random)),
    }
}

/// The text with a part left out, doubled, or replaced by a word or a character.
fn text_like(text: &str, random: &mut Random) -> String {
    let letters: Vec<char> = text.chars().collect();
    let start = random.below(letters.len() + 1);
    let end = (start + random.below(6)).min(letters.len());
    let (before, middle, after) = (&letters[..start], &letters[start..end], &letters[end..]);
    let odd = [
        '*',
        '?',
        '$',
        '{',
        '}',
        ':',
        '/',
        '\u{e9}',
        '\u{0}',
        '"',
        'A',
        '0',
        '-',
        '.',
        '\u{1F600}',
    ];
    let put = match random.below(5) {
        0 => Vec::new(),
        1 => [middle, middle].concat(),
        2 => vec![odd[random.below(odd.len())]],
        3 => middle
            .iter()
            .map(|letter| {
                if letter.is_lowercase() {
                    letter.to_ascii_uppercase()
                } else {
                    letter.to_ascii_lowercase()
                }
            })
            .collect(),
        _ => random.word().chars().collect(),
    };
    [before, &put, after].concat().into_iter().collect()
}
