//! Colours of verdicts, on a terminal.
//!
//! Reports are plain text, and so is what they quote: a colour never comes from a file. Here the
//! words with which lines begin get theirs.

use super::args::ColourArg;
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    /// Nothing was found.
    Calm,
    /// Something was found, or is wrong.
    Alarm,
    /// It is unknown, or says less than it seems to.
    Doubt,
    /// A remark.
    Remark,
}

impl Tone {
    fn style(self) -> Style {
        let colour = match self {
            Self::Calm => AnsiColor::Green,
            Self::Alarm => AnsiColor::Red,
            Self::Doubt => AnsiColor::Yellow,
            Self::Remark => AnsiColor::Cyan,
        };
        colour.on_default().bold()
    }
}

/// Words that stand before a colon.
const WORDS: &[(&str, Tone)] = &[
    ("no", Tone::Calm),
    ("equivalent", Tone::Calm),
    ("yes", Tone::Alarm),
    ("narrower", Tone::Alarm),
    ("wider", Tone::Alarm),
    ("incomparable", Tone::Alarm),
    ("error", Tone::Alarm),
    ("internal error", Tone::Alarm),
    ("unknown", Tone::Doubt),
    ("no, vacuously", Tone::Doubt),
    ("vacuous", Tone::Doubt),
    ("warning", Tone::Doubt),
    ("note", Tone::Remark),
];

/// Marks of claims, and their verdicts.
const MARKS: &[(&str, Tone)] = &[("ok  ", Tone::Calm), ("FAIL", Tone::Alarm)];
const VERDICTS: &[(&str, Tone)] = &[
    ("holds", Tone::Calm),
    ("violated", Tone::Alarm),
    ("error", Tone::Alarm),
    ("unknown", Tone::Doubt),
];

/// Findings, after their place.
const FINDINGS: &[(&str, Tone)] =
    &[("error", Tone::Alarm), ("warning", Tone::Doubt), ("note", Tone::Remark)];

/// Whether lines get colours on this stream.
pub fn wanted(choice: ColourArg, stream: &impl RawStream) -> bool {
    match choice {
        ColourArg::Always => true,
        ColourArg::Never => false,
        // NO_COLOR, CLICOLOR, CLICOLOR_FORCE, a terminal that knows no colours.
        ColourArg::Auto => AutoStream::choice(stream) != ColorChoice::Never,
    }
}

/// The same lines with colours.
pub fn painted(text: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(text) {
        Ok(text) => text.split_inclusive('\n').map(line).collect::<String>().into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// A line with colours.
fn line(line: &str) -> String {
    if let Some((mark, rest)) = first(line, MARKS, " ") {
        let (blank, rest) = rest.split_at(1);
        return match first(rest, VERDICTS, " ") {
            Some((verdict, rest)) => format!("{mark}{blank}{verdict}{rest}"),
            None => format!("{mark}{blank}{rest}"),
        };
    }
    let body = line.trim_start_matches(' ');
    let (indentation, _) = line.split_at(line.len() - body.len());
    if let Some((word, rest)) = first(body, WORDS, ":").or_else(|| first(body, FINDINGS, "[")) {
        return format!("{indentation}{word}{rest}");
    }
    let finding = FINDINGS.iter().find_map(|(word, tone)| {
        let sign = format!(": {word}[");
        let (place, rest) = line.split_once(&sign)?;
        let after_a_number = place.ends_with(|c: char| c.is_ascii_digit());
        after_a_number.then(|| format!("{place}: {}[{rest}", styled(word, *tone)))
    });
    finding.unwrap_or_else(|| line.to_owned())
}

/// The word, with its colour, with which a text begins, and the rest, which must begin like that.
fn first<'t>(text: &'t str, words: &[(&str, Tone)], then: &str) -> Option<(String, &'t str)> {
    words.iter().find_map(|(word, tone)| {
        let rest = text.strip_prefix(word).filter(|rest| rest.starts_with(then))?;
        Some((styled(word, *tone), rest))
    })
}

fn styled(word: &str, tone: Tone) -> String {
    let style = tone.style();
    format!("{style}{word}{style:#}")
}

/// Standard error, whose lines get colours.
pub struct Painted<W> {
    target: W,
    waiting: Vec<u8>,
    painted: bool,
}

impl<W: Write> Painted<W> {
    /// Lines with colours, or as they are.
    pub fn new(target: W, painted: bool) -> Self {
        Self { target, waiting: Vec::new(), painted }
    }
}

impl<W: Write> Write for Painted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if bytes.contains(&b'\n') {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let ready = std::mem::take(&mut self.waiting);
        self.target.write_all(&if self.painted { painted(ready) } else { ready })?;
        self.target.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_get_colours_and_nothing_else_does() {
        let shown = |text: &str| {
            let painted = String::from_utf8(painted(text.as_bytes().to_vec())).unwrap();
            // `<` and `>` for the escape sequences, which name no colour here.
            let mut plain = String::new();
            let mut parts = painted.split('\u{1b}');
            plain.push_str(parts.next().unwrap());
            let mut inside = false;
            for part in parts {
                let (code, rest) = part.split_once('m').unwrap();
                let ends = code == "[0";
                if ends || !inside {
                    plain.push(if ends { '>' } else { '<' });
                }
                inside = !ends;
                plain.push_str(rest);
            }
            plain
        };
        for (text, expected) in [
            ("yes: this request is allowed\n", "<yes>: this request is allowed\n"),
            ("no, vacuously: nothing\n", "<no, vacuously>: nothing\n"),
            ("unknown: timeout", "<unknown>: timeout"),
            ("ok   holds     never          x\n", "<ok  > <holds>     never          x\n"),
            ("FAIL error     never          x\n", "<FAIL> <error>     never          x\n"),
            ("       vacuous: it\n", "       <vacuous>: it\n"),
            ("a.json:2:10: error[code]: m\n", "a.json:2:10: <error>[code]: m\n"),
            ("error: cannot read\n", "<error>: cannot read\n"),
            // Words elsewhere, and those that only begin like one.
            ("  allowed by yes: x\n", "  allowed by yes: x\n"),
            ("nobody: else\n", "nobody: else\n"),
            ("okay fine\n", "okay fine\n"),
            ("{\"answer\":\"yes\"}\n", "{\"answer\":\"yes\"}\n"),
            ("a: error[x]\n", "a: error[x]\n"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn a_choice_goes_before_what_the_stream_is() {
        let stream = Vec::new();
        assert!(wanted(ColourArg::Always, &stream));
        assert!(!wanted(ColourArg::Never, &stream));
        assert!(!wanted(ColourArg::Auto, &stream), "a buffer is not a terminal");
    }
}
