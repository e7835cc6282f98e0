//! Strings: decoding, and the way back from decoded text to its place.

use super::lexical::character_name;
use super::parser::{Parser, Read, Stop};
use crate::finding::codes;
use crate::source::{Source, Span};
use std::ops::Range;

impl Parser<'_> {
    /// Reads a string whose opening quotation mark is next.
    pub(super) fn string(&mut self) -> Read<String> {
        let start = self.offset();
        self.advance(1);
        let mut decoded = String::new();
        let mut broken = false;
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            decoded.push_str(rest.get(..plain).unwrap_or_default());
            self.advance(plain);
            match self.rest().chars().next() {
                Some('"') => {
                    self.advance(1);
                    return Ok(decoded);
                }
                Some('\\') => self.escape(&mut decoded),
                Some(control) => {
                    self.raw_control(control, &mut broken);
                    decoded.push(control);
                    self.advance(1);
                }
                None => return self.unterminated(start, broken),
            }
        }
    }

    fn unterminated<T>(&mut self, start: usize, broken: bool) -> Read<T> {
        let end = self.end();
        if broken {
            return Err(Stop);
        }
        self.stop(
            codes::TRUNCATED,
            Span { start, end },
            "the text ends inside a string",
            Some("add the closing quotation mark and what follows it"),
        )
    }

    fn raw_control(&mut self, control: char, broken: &mut bool) {
        let start = self.offset();
        let span = Span { start, end: start + 1 };
        if !matches!(control, '\n' | '\r') {
            let message = format!("a string contains a raw {}", character_name(control));
            let help = format!("write `\\u{:04x}`, or remove it", u32::from(control));
            return self.report(codes::CONTROL_CHARACTER, span, message, Some(&help));
        }
        if !*broken {
            *broken = true;
            let help = "join the lines, or close the quotation mark before the line ends";
            self.report(
                codes::LINE_BREAK,
                span,
                "a string runs over the end of the line",
                Some(help),
            );
        }
    }

    fn escape(&mut self, decoded: &mut String) {
        let start = self.offset();
        match escape(self.rest()) {
            Escape::Character(character, length) => {
                decoded.push(character);
                self.advance(length);
            }
            Escape::Surrogate(length) => {
                decoded.push('\u{fffd}');
                self.advance(length);
                let text = self.slice(start, length);
                let help =
                    "characters beyond U+FFFF are written as two escapes, or without an escape";
                let message = format!("`{text}` is half of a surrogate pair and no character");
                self.report(
                    codes::LONE_SURROGATE,
                    Span { start, end: start + length },
                    message,
                    Some(help),
                );
            }
            Escape::Unknown(length) => {
                self.advance(length);
                let text = self.slice(start, length);
                let help = "the escapes are `\\\"` `\\\\` `\\/` `\\b` `\\f` `\\n` `\\r` `\\t` and `\\u` with four hexadecimal digits";
                self.report(
                    codes::ESCAPE,
                    Span { start, end: start + length },
                    format!("`{text}` is not an escape sequence of JSON"),
                    Some(help),
                );
            }
        }
    }
}

enum Escape {
    Character(char, usize),
    Surrogate(usize),
    /// The length covers what is read over; a quotation mark after the backslash is an escape, so
    /// the string's end is not lost.
    Unknown(usize),
}

/// Reads the escape that `text` begins with; lengths are in bytes.
fn escape(text: &str) -> Escape {
    let Some(letter) = text.chars().nth(1) else { return Escape::Unknown(1) };
    let character = match letter {
        '"' | '\\' | '/' => letter,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode_escape(text),
        c if c < ' ' => return Escape::Unknown(1),
        c => return Escape::Unknown(1 + c.len_utf8()),
    };
    Escape::Character(character, 2)
}

fn unicode_escape(text: &str) -> Escape {
    let unit = |from: usize| {
        let digits = text.get(from..from + 6)?.strip_prefix("\\u")?;
        let valid = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if valid { u32::from_str_radix(digits, 16).ok() } else { None }
    };
    let Some(first) = unit(0) else { return Escape::Unknown(2) };
    if let Some(character) = char::from_u32(first) {
        return Escape::Character(character, 6);
    }
    let pair = match (first, unit(6)) {
        (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) => {
            char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        }
        _ => None,
    };
    pair.map_or(Escape::Surrogate(6), |character| Escape::Character(character, 12))
}

/// The place of a range of the decoded text of a string; `string` is the span of the whole string
/// with its quotation marks.
///
/// A range that is not inside the text gives the whole string.
pub fn span_within(source: &Source, string: Span, decoded: Range<usize>) -> Span {
    let raw = between_marks(source, string);
    let mut start = None;
    let (mut read, mut offset) = (0, 0);
    loop {
        if offset >= decoded.start && start.is_none() {
            start = Some(read);
        }
        if let (Some(start), true) = (start, offset >= decoded.end) {
            return Span { start: string.start + 1 + start, end: string.start + 1 + read };
        }
        let Some((raw_length, decoded_length)) = next(raw, read) else { return string };
        read += raw_length;
        offset += decoded_length;
    }
}

/// For each byte of the decoded text of a string, and for its end, the offset in the source that it
/// comes from; `string` is the span of the whole string with its quotation marks.
pub fn offsets_within(source: &Source, string: Span) -> Vec<usize> {
    let raw = between_marks(source, string);
    let (mut offsets, mut read) = (Vec::with_capacity(raw.len() + 1), 0);
    while let Some((raw_length, decoded_length)) = next(raw, read) {
        offsets.resize(offsets.len() + decoded_length, string.start + 1 + read);
        read += raw_length;
    }
    offsets.push(string.start + 1 + read);
    offsets
}

fn between_marks(source: &Source, string: Span) -> &str {
    source.text().get(string.start + 1..string.end.saturating_sub(1)).unwrap_or_default()
}

/// How many bytes the next character of a raw string has, and how many its decoded form.
fn next(raw: &str, read: usize) -> Option<(usize, usize)> {
    let rest = raw.get(read..)?;
    let character = rest.chars().next()?;
    Some(match (character, escape(rest)) {
        ('\\', Escape::Character(character, length)) => (length, character.len_utf8()),
        ('\\', Escape::Surrogate(length)) => (length, '\u{fffd}'.len_utf8()),
        ('\\', Escape::Unknown(length)) => (length, 0),
        (character, _) => (character.len_utf8(), character.len_utf8()),
    })
}
