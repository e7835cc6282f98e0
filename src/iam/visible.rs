//! Foreign text in reports for people: every character shows, none steers the terminal, and no text
//! is longer than a screen.
//!
//! A policy, the name of a file or what a solver says may hold anything. A line break in a `Sid`
//! would begin a line of the report that Keyaki did not write, an escape sequence would change what
//! the terminal shows, and a bidirectional control would reorder a line. So such characters are
//! written as `\n` or `\u{1b}`. JSON for programs has an escape of its own and stays whole.

use std::borrow::Cow;
use std::fmt;

/// The longest foreign text that is shown whole, in characters.
const LONGEST: usize = 400;

/// Of a longer one, this many characters from its beginning, and so many from its end.
const HEAD: usize = 300;
const TAIL: usize = 60;

/// The longest message that is shown whole: it quotes several texts.
const LONGEST_MESSAGE: usize = 1_600;

/// Characters that show nothing, or steer how others are shown, besides control characters: those
/// of the properties `Default_Ignorable_Code_Point` and `Bidi_Control` of the Unicode Character
/// Database, of the general categories Cf (format), Zl and Zp (separators of lines and paragraphs),
/// and blanks other than U+0020 (Zs), which look like it and are not.
const UNSEEN: &[(char, char)] = &[
    ('\u{a0}', '\u{a0}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{2000}', '\u{200f}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{205f}', '\u{206f}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether the character must not stand in a report as it is.
pub fn is_unseen(character: char) -> bool {
    character.is_control()
        || UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&character))
}

/// The text with every character that does not show written out, for example `\n` or `\u{1b}`. What
/// was written out once stays as it is.
pub fn escaped(text: &str) -> Cow<'_, str> {
    // Most texts are printable ASCII.
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) || !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut seen = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => seen.push_str("\\n"),
            '\r' => seen.push_str("\\r"),
            '\t' => seen.push_str("\\t"),
            unseen if is_unseen(unseen) => seen.extend(unseen.escape_unicode()),
            other => seen.push(other),
        }
    }
    Cow::Owned(seen)
}

/// A foreign text as reports for people show it: escaped, and of a long one the beginning and the
/// end, with how much was left out.
pub fn visible(text: &str) -> Cow<'_, str> {
    cut(escaped(text), LONGEST)
}

/// A message that quotes foreign texts, as one line: as [`visible`], but that more of it is shown.
pub fn message(text: &str) -> Cow<'_, str> {
    cut(escaped(text), LONGEST_MESSAGE)
}

/// A foreign text, long ones cut as [`visible`] does, and nothing escaped: for those who quote it
/// in their own way.
pub fn shortened(text: &str) -> Cow<'_, str> {
    cut(Cow::Borrowed(text), LONGEST)
}

fn cut(text: Cow<'_, str>, longest: usize) -> Cow<'_, str> {
    // Bytes are no less than characters.
    if text.len() <= longest {
        return text;
    }
    let count = text.chars().count();
    if count <= longest {
        return text;
    }
    let (head, tail) = (longest * HEAD / LONGEST, longest * TAIL / LONGEST);
    let beginning: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    Cow::Owned(format!("{beginning}… ({} characters left out) …{end}", count - head - tail))
}

/// The lines of a report. Only [`Lines::line`] ends a line: a line break inside of one is escaped
/// like any other control character.
#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// No lines.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line. Long texts in it are the business of [`visible`].
    pub fn line(&mut self, text: fmt::Arguments<'_>) {
        match text.as_str() {
            Some(text) => self.0.push_str(&escaped(text)),
            None => self.0.push_str(&escaped(&text.to_string())),
        }
        self.0.push('\n');
    }

    /// Adds an empty line.
    pub fn blank(&mut self) {
        self.0.push('\n');
    }

    /// Adds the lines of another report.
    pub fn append(&mut self, other: Lines) {
        self.0.push_str(&other.0);
    }

    /// Adds the lines of another report, each further to the right.
    pub fn append_indented(&mut self, other: &Lines, indentation: &str) {
        for line in other.0.trim_end().lines() {
            // An empty line stays one.
            if !line.is_empty() {
                self.0.push_str(indentation);
            }
            self.0.push_str(line);
            self.0.push('\n');
        }
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The report as text, every line with its end.
    pub fn into_text(self) -> String {
        self.0
    }
}

/// Adds a line to [`Lines`], with the arguments of `format!`.
#[macro_export]
macro_rules! line {
    ($lines:expr, $($argument:tt)*) => { $lines.line(format_args!($($argument)*)) };
}
pub use crate::line;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_show_is_written_out() {
        for plain in ["", "a b ~", "é漢字 नमस्ते", "\\n \\u{1b}"] {
            assert!(matches!(escaped(plain), Cow::Borrowed(same) if same == plain), "{plain}");
        }
        assert_eq!(
            escaped("a\nb\r\tc\0\u{1b}[31m\u{7f}\u{9b}"),
            "a\\nb\\r\\tc\\u{0}\\u{1b}[31m\\u{7f}\\u{9b}"
        );
        for unseen in
            "\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}\u{200b}\u{200d}\u{feff}\u{2028}\u{2029}\u{ad}\u{2060}".chars()
        {
            assert_eq!(escaped(&format!("a{unseen}b")), format!("a\\u{{{:x}}}b", u32::from(unseen)));
        }
        for unseen in [
            '\u{a0}',
            '\u{3000}',
            '\u{3164}',
            '\u{e0001}',
            '\u{e0100}',
            '\u{fe0f}',
            '\u{fffa}',
            '\u{85}',
        ] {
            assert!(is_unseen(unseen), "{unseen:?}");
        }
        let twice = escaped("\u{202e}\n").into_owned();
        assert_eq!(escaped(&twice), twice);
    }

    #[test]
    fn long_texts_show_both_ends_and_how_much_is_missing() {
        let whole = "é".repeat(LONGEST);
        assert_eq!(visible(&whole), whole);
        let long = format!("<{}>", "é".repeat(10_000));
        let shown = visible(&long);
        assert!(
            shown.starts_with("<é")
                && shown.ends_with("é>")
                && shown.contains("… (9642 characters left out) …"),
            "{shown}"
        );
        assert!(message(&long).chars().count() < LONGEST_MESSAGE + 40);
    }

    #[test]
    fn a_line_is_one_line() {
        let mut lines = Lines::new();
        assert!(lines.is_empty());
        line!(lines, "sid {}", "A\nno: nothing");
        let mut inner = Lines::new();
        line!(inner, "b");
        inner.blank();
        lines.append_indented(&inner, "  ");
        lines.append(inner);
        assert_eq!(lines.into_text(), "sid A\\nno: nothing\n  b\nb\n\n");
    }
}
