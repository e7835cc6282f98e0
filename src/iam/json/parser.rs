//! The parser: recursive descent over bytes, reading on over the errors that leave no doubt about
//! what was meant.

use super::lexical::{character_name, clip, is_number};
use super::{JsonData, JsonValue, Limits, Member};
use crate::finding::{Finding, Level, codes};
use crate::source::{Source, Span};

/// Reads one JSON value.
///
/// The text is JSON within the limits iff the list of findings is empty. The value is what could be
/// read: `None` when the text breaks off or makes no sense, possibly `Some` beside findings, so
/// that a caller can go on and report what else is wrong.
pub fn parse(source: &Source, limits: &Limits) -> (Option<JsonValue>, Vec<Finding>) {
    parse_part(source, Span { start: 0, end: source.text().len() }, limits)
}

/// Reads one JSON value that is all there is in a part of a text, a line of it for instance. The
/// limit on the size is one on the text as far as the part's end.
pub fn parse_part(
    source: &Source,
    part: Span,
    limits: &Limits,
) -> (Option<JsonValue>, Vec<Finding>) {
    let mut parser = Parser {
        source,
        text: source.text().get(..part.end).unwrap_or_default(),
        at: part.start,
        open: Vec::new(),
        path: Vec::new(),
        depth: limits.depth.min(Limits::MAX_DEPTH),
        findings: Vec::new(),
        odd_space: None,
    };
    let value = match parser.check_size(limits.bytes) {
        Ok(()) => parser.document(),
        Err(Stop) => None,
    };
    (value, parser.finish())
}

/// More findings about one text are not listed; the text is rejected all the same.
const MOST_FINDINGS: usize = 1_000;

/// A finding has been recorded after which the rest of the text cannot be read.
pub(super) struct Stop;

pub(super) type Read<T> = Result<T, Stop>;

pub(super) struct Parser<'a> {
    source: &'a Source,
    text: &'a str,
    /// The offset of the next character; always on a character boundary.
    at: usize,
    /// Where the lists and objects that are being read begin.
    open: Vec<usize>,
    /// The way to the value that is being read.
    path: Vec<Step>,
    depth: usize,
    findings: Vec<Finding>,
    /// The first run of white space that is not JSON's, and how many runs there are.
    odd_space: Option<OddSpace>,
}

enum Step {
    Member(String),
    Index(usize),
}

struct OddSpace {
    span: Span,
    character: char,
    route: String,
    runs: usize,
}

impl<'a> Parser<'a> {
    fn check_size(&mut self, limit: usize) -> Read<()> {
        let size = self.text.len();
        if size <= limit {
            return Ok(());
        }
        self.stop(
            codes::DOCUMENT_TOO_LARGE,
            Span::default(),
            format!("the document has {size} bytes; the limit is {limit}"),
            None,
        )
    }

    fn document(&mut self) -> Option<JsonValue> {
        if self.at == 0 && self.text.starts_with('\u{feff}') {
            let help = "save the file as UTF-8 without a byte order mark (BOM)";
            self.report(
                codes::BYTE_ORDER_MARK,
                Span { start: 0, end: 3 },
                "the text begins with a byte order mark (U+FEFF)",
                Some(help),
            );
            self.at = 3;
        }
        let value = self.blank().and_then(|()| self.value()).ok()?;
        if self.blank().is_ok() && self.at < self.text.len() {
            let start = self.at;
            self.at = self.text.len();
            let end = start
                + self
                    .text
                    .get(start..)
                    .unwrap_or_default()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .trim_end()
                    .len();
            let (message, help) = match self.text.as_bytes().get(start) {
                Some(b'{' | b'[' | b'"') => (
                    "a second value follows the first",
                    "a document holds one value: put each in a file of its own",
                ),
                _ => {
                    ("text follows the value", "remove it, or look for a closing bracket too many")
                }
            };
            self.report(codes::TRAILING_TEXT, Span { start, end }, message, Some(help));
        }
        Some(value)
    }

    fn finish(mut self) -> Vec<Finding> {
        if let Some(OddSpace { span, character, route, runs }) = self.odd_space.take() {
            let more = if runs > 1 {
                format!(" (and at {} more places)", runs - 1)
            } else {
                String::new()
            };
            let message = format!("{} is not white space in JSON{more}", character_name(character));
            let help = "replace it by an ordinary space; it usually comes from copying a web page";
            self.report_at(codes::WHITE_SPACE, span, route, message, Some(help));
        }
        self.findings.sort_by_key(|finding| finding.span.start);
        self.findings
    }

    fn value(&mut self) -> Read<JsonValue> {
        let start = self.at;
        let data = match self.peek() {
            Some('{') => self.nested(Self::object)?,
            Some('[') => self.nested(Self::array)?,
            Some('"') => JsonData::String(self.string()?),
            Some('-' | '0'..='9') => self.number()?,
            Some(_) => self.word()?,
            None => return self.truncated(),
        };
        Ok(JsonValue { span: Span { start, end: self.at }, data })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Read<JsonData>) -> Read<JsonData> {
        let start = self.at;
        if self.open.len() >= self.depth {
            let message = format!(
                "lists and objects are nested {} deep; the limit is {}",
                self.open.len() + 1,
                self.depth
            );
            return self.stop(
                codes::NESTED_TOO_DEEPLY,
                Span { start, end: start + 1 },
                message,
                None,
            );
        }
        self.open.push(start);
        self.at += 1;
        let data = read(self)?;
        self.open.pop();
        Ok(data)
    }

    fn array(&mut self) -> Read<JsonData> {
        let mut values = Vec::new();
        self.blank()?;
        if self.take(']') {
            return Ok(JsonData::Array(values));
        }
        loop {
            self.path.push(Step::Index(values.len()));
            values.push(self.value()?);
            self.path.pop();
            if !self.separator(']')? {
                // Of a large text, what growing left over is much.
                values.shrink_to_fit();
                return Ok(JsonData::Array(values));
            }
        }
    }

    fn object(&mut self) -> Read<JsonData> {
        let mut members = Vec::new();
        self.blank()?;
        if self.take('}') {
            return Ok(JsonData::Object(members));
        }
        loop {
            members.push(self.member()?);
            if !self.separator('}')? {
                members.shrink_to_fit();
                return Ok(JsonData::Object(members));
            }
        }
    }

    fn member(&mut self) -> Read<Member> {
        let start = self.at;
        match self.peek() {
            Some('"') => {}
            None => return self.truncated(),
            Some(_) => return self.unexpected("a member name in double quotation marks"),
        }
        let name = self.string()?;
        let name_span = Span { start, end: self.at };
        self.blank()?;
        if !self.take(':') {
            return self.unexpected("a colon after the member name");
        }
        self.blank()?;
        self.path.push(Step::Member(name.clone()));
        let value = self.value()?;
        self.path.pop();
        Ok(Member { name, name_span, value })
    }

    /// Reads what follows a value inside brackets: true if another value follows, false after the
    /// closing bracket.
    fn separator(&mut self, close: char) -> Read<bool> {
        let end_of_value = self.at;
        self.blank()?;
        if self.take(close) {
            return Ok(false);
        }
        let comma = self.at;
        if self.take(',') {
            self.blank()?;
            if self.take(close) {
                let message = format!("a comma stands before the closing `{close}`");
                self.report(
                    codes::TRAILING_COMMA,
                    Span { start: comma, end: comma + 1 },
                    message,
                    Some("remove the comma"),
                );
                return Ok(false);
            }
            return Ok(true);
        }
        if matches!((close, self.peek()), (_, Some('"')) | (']', Some('{' | '['))) {
            let span = Span { start: end_of_value, end: end_of_value };
            self.report(
                codes::MISSING_COMMA,
                span,
                "a comma is missing here",
                Some("separate members and values by commas"),
            );
            return Ok(true);
        }
        self.unexpected(if close == ']' { "`,` or `]`" } else { "`,` or `}`" })
    }

    /// `true`, `false` or `null`.
    fn word(&mut self) -> Read<JsonData> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        let data = match word {
            "true" => JsonData::Bool(true),
            "false" => JsonData::Bool(false),
            "null" => JsonData::Null,
            _ => return self.unexpected("a value"),
        };
        self.at += end;
        Ok(data)
    }

    fn number(&mut self) -> Read<JsonData> {
        let start = self.at;
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'))
            .unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or_default();
        if !is_number(text) {
            let help = "numbers have no leading zeros, no leading `+`, and digits on both sides of the point; quote anything else";
            return self.stop(
                codes::SYNTAX,
                Span { start, end: start + end },
                format!("`{}` is not a JSON number", clip(text)),
                Some(help),
            );
        }
        self.at += end;
        Ok(JsonData::Number(text.to_owned()))
    }

    /// Skips white space, and, with a finding, what people take for it.
    fn blank(&mut self) -> Read<()> {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\n' | '\r') => self.at += 1,
                Some('/' | '#') => self.comment()?,
                Some(c)
                    if c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}') =>
                {
                    self.odd_white_space(c)
                }
                _ => return Ok(()),
            }
        }
    }

    fn odd_white_space(&mut self, character: char) {
        let start = self.at;
        while self.peek() == Some(character) {
            self.at += character.len_utf8();
        }
        let span = Span { start, end: self.at };
        match &mut self.odd_space {
            Some(first) => first.runs += 1,
            None => {
                self.odd_space = Some(OddSpace { span, character, route: self.route(), runs: 1 })
            }
        }
    }

    fn comment(&mut self) -> Read<()> {
        let start = self.at;
        let rest = self.rest();
        let length = if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("//") || rest.starts_with('#') {
            rest.find('\n').unwrap_or(rest.len())
        } else {
            return self.unexpected("a value");
        };
        self.at += length;
        let first_line = rest.get(..length).unwrap_or_default().lines().next().unwrap_or_default();
        let span = Span { start, end: start + first_line.trim_end().len() };
        self.report(
            codes::COMMENT,
            span,
            "JSON has no comments",
            Some("remove it; a `Sid` can say what a statement is for"),
        );
        Ok(())
    }

    fn truncated<T>(&mut self) -> Read<T> {
        let end = self.text.len();
        let (message, help) = match self.open.last() {
            Some(&start) => {
                let place = self.source.position(start);
                let bracket = self.text.get(start..=start).unwrap_or_default();
                (
                    format!(
                        "the text ends before the `{bracket}` of line {}, column {} is closed",
                        place.line, place.column
                    ),
                    "add what is missing at the end",
                )
            }
            None => ("the text is empty".to_owned(), "a policy document is a JSON object"),
        };
        self.stop(codes::TRUNCATED, Span { start: end, end }, message, Some(help))
    }

    fn unexpected<T>(&mut self, expected: &str) -> Read<T> {
        let start = self.at;
        let Some(found) = self.peek() else { return self.truncated() };
        let rest = self.rest();
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let end = start + word.max(found.len_utf8());
        let shown = match self.text.get(start..end) {
            Some(text) if found.is_alphanumeric() => format!("`{}`", clip(text)),
            _ if found.is_ascii_graphic() => format!("`{found}`"),
            _ => character_name(found),
        };
        let help = match found {
            '\'' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => {
                Some("strings stand in straight double quotation marks")
            }
            'T' | 'F' | 'N'
                if rest.starts_with("True")
                    || rest.starts_with("False")
                    || rest.starts_with("None") =>
            {
                Some("JSON writes `true`, `false` and `null`")
            }
            _ => None,
        };
        self.stop(
            codes::SYNTAX,
            Span { start, end },
            format!("expected {expected}, found {shown}"),
            help,
        )
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    pub(super) fn slice(&self, start: usize, length: usize) -> &'a str {
        self.text.get(start..start + length).unwrap_or_default()
    }

    pub(super) fn end(&self) -> usize {
        self.text.len()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, character: char) -> bool {
        let found = self.peek() == Some(character);
        if found {
            self.at += character.len_utf8();
        }
        found
    }

    /// As policies write routes: `Statement[2].Condition`.
    fn route(&self) -> String {
        self.path.iter().fold(String::new(), |route, step| match step {
            Step::Index(index) => format!("{route}[{index}]"),
            Step::Member(name) if route.is_empty() => clip(name),
            Step::Member(name) => format!("{route}.{}", clip(name)),
        })
    }

    pub(super) fn report(
        &mut self,
        rule: &'static str,
        span: Span,
        message: impl Into<String>,
        help: Option<&str>,
    ) {
        let route = self.route();
        self.report_at(rule, span, route, message.into(), help);
    }

    fn report_at(
        &mut self,
        rule: &'static str,
        span: Span,
        route: String,
        message: String,
        help: Option<&str>,
    ) {
        if self.findings.len() < MOST_FINDINGS {
            let (level, source, help) =
                (Level::Error, self.source.clone(), help.map(str::to_owned));
            self.findings.push(Finding { rule, level, message, source, span, route, help });
        }
    }

    pub(super) fn stop<T>(
        &mut self,
        rule: &'static str,
        span: Span,
        message: impl Into<String>,
        help: Option<&str>,
    ) -> Read<T> {
        self.report(rule, span, message, help);
        Err(Stop)
    }
}
