//! YAML as the tree that JSON gives: short tags become the functions that they stand for, scalars
//! stay as they are written.
//!
//! Aliases and merge keys are errors: CloudFormation refuses them (User Guide, "CloudFormation template
//! formats", YAML), so that what they would stand for is nobody's to say. What has none goes on.

use super::notes::Notes;
use granit_parser::{Event, Options, Parser, ScalarStyle, Tag};
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue, Limits, Member};
use keyaki_iam::source::{Source, Span};
use std::collections::BTreeSet;

/// The tag that the names of YAML's own tags begin with.
const CORE: &str = "tag:yaml.org,2002:";

/// What to do about an alias.
const WRITTEN_OUT: &str =
    "write the values out, or give Keyaki what `aws cloudformation package` prints, which does so";

/// The tree, and where the names of members and values begin that are none.
pub(super) struct Read {
    /// The value, if the text is one.
    pub(super) value: Option<JsonValue>,
    /// The first bytes of names and of aliases that were reported.
    pub(super) bad: BTreeSet<usize>,
}

/// Reads one YAML document.
pub(super) fn read(source: &Source, limits: &Limits, notes: &mut Notes) -> Read {
    let mut builder = Builder {
        source,
        limits: *limits,
        notes,
        stack: Vec::new(),
        root: None,
        bad: BTreeSet::new(),
    };
    let whole = builder.run().is_ok();
    Read { value: builder.root.filter(|_| whole), bad: builder.bad }
}

/// A node that is complete, or a collection that is about to be.
struct Node {
    value: JsonValue,
    /// A scalar as written, which is what a name is made of.
    written: Option<String>,
    depth: usize,
}

struct Frame {
    start: usize,
    end: usize,
    flow: bool,
    tag: Option<String>,
    depth: usize,
    items: Items,
}

enum Items {
    List(Vec<JsonValue>),
    Map(Vec<Member>, Option<(String, Span)>),
}

/// An error was reported, and nothing more can be read.
struct Stop;

struct Builder<'a> {
    source: &'a Source,
    limits: Limits,
    notes: &'a mut Notes,
    stack: Vec<Frame>,
    root: Option<JsonValue>,
    bad: BTreeSet<usize>,
}

impl Builder<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        let text = self.source.text();
        if text.len() > self.limits.bytes {
            let message =
                format!("the text has {} bytes; the limit is {}", text.len(), self.limits.bytes);
            return self.stop(codes::DOCUMENT_TOO_LARGE, Span::default(), message, "");
        }
        let options = Options::default();
        let mut documents = 0;
        for next in Parser::new_from_str_with_options(text, options) {
            let (event, span) = match next {
                Ok((event, span)) => (event, span),
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
                    let help = self.help_at(at);
                    let message = format!("the text is not YAML: {}", error.info());
                    return self.stop(
                        codes::YAML_SYNTAX,
                        Span { start: at, end: at },
                        message,
                        help,
                    );
                }
            };
            let range = span.byte_range().unwrap_or_default();
            let place = Span { start: range.start, end: range.end };
            let tagged = span.tag_start().and_then(|mark| mark.byte_offset());
            let start = tagged.unwrap_or(place.start).min(place.start);
            #[allow(
                clippy::wildcard_enum_match_arm,
                reason = "an event of another kind is no value"
            )]
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let message = "a second YAML document begins here";
                        let help = "a template is one document: put each in a file of its own";
                        return self.stop(codes::SEVERAL_DOCUMENTS, place, message, help);
                    }
                }
                Event::Scalar(written, style, _, tag) => {
                    let tag = tag.map(|tag| tag.into_owned());
                    self.scalar(&written, style, tag, Span { start, end: place.end })?;
                }
                Event::SequenceStart(style, _, tag) => {
                    let flow = style == granit_parser::StructureStyle::Flow;
                    self.open(Items::List(Vec::new()), start, flow, tag.as_deref(), place)?;
                }
                Event::MappingStart(style, _, tag) => {
                    let flow = style == granit_parser::StructureStyle::Flow;
                    let items = Items::Map(Vec::new(), None);
                    self.open(items, start, flow, tag.as_deref(), place)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.close(place)?,
                Event::Alias(_) => self.alias(place)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What to do about a mistake that many make.
    fn help_at(&self, at: usize) -> &'static str {
        let text = self.source.text();
        let line = text.get(..at).map_or(0, |before| before.rfind('\n').map_or(0, |end| end + 1));
        let indentation = text.get(line..).unwrap_or_default();
        let blank = indentation.len() - indentation.trim_start_matches([' ', '\t']).len();
        if indentation.get(..blank).is_some_and(|blank| blank.contains('\t')) {
            "YAML is indented by blanks; replace the tab"
        } else {
            ""
        }
    }

    fn stop<T>(
        &mut self,
        rule: &'static str,
        span: Span,
        message: impl Into<String>,
        help: &str,
    ) -> Result<T, Stop> {
        self.notes.error(rule, span, message, help);
        Err(Stop)
    }

    fn scalar(
        &mut self,
        written: &str,
        style: ScalarStyle,
        tag: Option<Tag>,
        span: Span,
    ) -> Result<(), Stop> {
        let plain = style == ScalarStyle::Plain;
        let is_text = tag
            .as_ref()
            .is_some_and(|tag| [(CORE, "str"), ("", "!"), ("!", "")].contains(&tag.parts()));
        let data = if plain && !is_text {
            plain_data(written)
        } else {
            JsonData::String(written.to_owned())
        };
        let function = self.function(tag.as_ref(), span)?;
        let value = JsonValue { span, data };
        // What is not quoted and has no tag is a merge key or no value at all.
        let written = function.is_none().then(|| written.to_owned());
        let merges = plain && written.as_deref() == Some("<<");
        let (value, depth) = wrapped(value, function, 1);
        self.finish(Node { value, written, depth }, merges)
    }

    /// The function that a tag stands for; `None` for no tag and for those of YAML itself.
    fn function(&mut self, tag: Option<&Tag>, span: Span) -> Result<Option<String>, Stop> {
        let Some(tag) = tag else { return Ok(None) };
        match tag.parts() {
            ("!", name @ ("Ref" | "Condition")) => Ok(Some(name.to_owned())),
            ("!", name) if !name.is_empty() => Ok(Some(format!("Fn::{name}"))),
            // `!` alone makes a text of a scalar.
            (CORE, "str" | "int" | "float" | "bool" | "null" | "seq" | "map")
            | ("", "!")
            | ("!", "") => Ok(None),
            _ => {
                let message = format!("the tag `{}` is not one of CloudFormation", tag.original());
                let help = "its functions are `!Ref`, `!Sub`, `!GetAtt` and the like";
                self.stop(codes::YAML_TAG, span, message, help)
            }
        }
    }

    fn open(
        &mut self,
        items: Items,
        start: usize,
        flow: bool,
        tag: Option<&Tag>,
        place: Span,
    ) -> Result<(), Stop> {
        let tag = self.function(tag, place)?;
        self.check_depth(self.stack.len() + 1, place)?;
        self.stack.push(Frame { start, end: place.end, flow, tag, depth: 0, items });
        Ok(())
    }

    fn check_depth(&mut self, depth: usize, place: Span) -> Result<(), Stop> {
        let most = self.limits.depth.min(Limits::MAX_DEPTH);
        if depth <= most {
            return Ok(());
        }
        let message = format!("lists and mappings are nested {depth} deep; the limit is {most}");
        self.stop(codes::NESTED_TOO_DEEPLY, place, message, "")
    }

    fn close(&mut self, place: Span) -> Result<(), Stop> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        // A block ends where its last value does; that is not where the next token begins.
        let end = if frame.flow { place.end } else { frame.end };
        let span = Span { start: frame.start, end: end.max(frame.start) };
        let data = match frame.items {
            Items::List(items) => JsonData::Array(items),
            Items::Map(members, _) => JsonData::Object(members),
        };
        let (value, depth) = wrapped(JsonValue { span, data }, frame.tag, frame.depth + 1);
        self.finish(Node { value, written: None, depth }, false)
    }

    /// An alias, which is no value.
    fn alias(&mut self, place: Span) -> Result<(), Stop> {
        let text = self.source.text().get(place.start..place.end).unwrap_or_default();
        let written = text.trim().to_owned();
        if !self.is_merged() {
            let message = format!("`{written}` is an alias, which CloudFormation refuses");
            self.notes.error(codes::ALIAS, place, message, WRITTEN_OUT);
        }
        self.bad.insert(place.start);
        let value = JsonValue { span: place, data: JsonData::Null };
        self.finish(Node { value, written: Some(written), depth: 1 }, false)
    }

    /// Whether what comes next is what a merge key takes.
    fn is_merged(&self) -> bool {
        let Some(Frame { items: Items::Map(_, Some((name, span))), .. }) = self.stack.last() else {
            return false;
        };
        name == "<<" && self.bad.contains(&span.start)
    }

    /// Puts a complete node where it belongs.
    fn finish(&mut self, node: Node, merges: bool) -> Result<(), Stop> {
        let Node { value, written, depth } = node;
        self.check_depth(self.stack.len() + depth.saturating_sub(1), value.span)?;
        let is_name =
            matches!(self.stack.last().map(|frame| &frame.items), Some(Items::Map(_, None)));
        if is_name {
            let name = self.name(&value, written, merges);
            if let Some(Frame { items: Items::Map(_, key), .. }) = self.stack.last_mut() {
                *key = Some(name);
            }
            return Ok(());
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        frame.depth = frame.depth.max(depth);
        frame.end = frame.end.max(value.span.end);
        match &mut frame.items {
            Items::List(items) => items.push(value),
            Items::Map(members, key) => {
                if let Some((name, name_span)) = key.take() {
                    // A member is none if its value is an alias.
                    if self.bad.contains(&value.span.start) {
                        self.bad.insert(name_span.start);
                    }
                    members.push(Member { name, name_span, value });
                }
            }
        }
        Ok(())
    }

    /// The name of a member.
    fn name(&mut self, value: &JsonValue, written: Option<String>, merges: bool) -> (String, Span) {
        let span = value.span;
        if merges {
            let message = "`<<` merges mappings, which CloudFormation refuses";
            self.notes.error(codes::ALIAS, span, message, WRITTEN_OUT);
            self.bad.insert(span.start);
            return ("<<".to_owned(), span);
        }
        // An alias that stands for a name was reported.
        if self.bad.contains(&span.start) {
            return (written.unwrap_or_default(), span);
        }
        let (rule, message, help) = match (&value.data, &written) {
            (JsonData::Null, _) => {
                let text = written.as_deref().filter(|text| !text.is_empty()).unwrap_or("null");
                (
                    codes::NULL_KEY,
                    format!(
                        "`{text}` without quotation marks is no name: YAML reads it as nothing"
                    ),
                    "quote it: `\"Null\"`",
                )
            }
            (JsonData::Array(_) | JsonData::Object(_), _) | (_, None) => (
                codes::NULL_KEY,
                format!("{} is no name of a member", value.type_name()),
                "names are texts, and no function can give one",
            ),
            _ => return (written.unwrap_or_default(), span),
        };
        self.notes.error(rule, span, message, help);
        self.bad.insert(span.start);
        (written.unwrap_or_default(), span)
    }
}

fn wrapped(value: JsonValue, function: Option<String>, depth: usize) -> (JsonValue, usize) {
    let Some(name) = function else { return (value, depth) };
    let span = value.span;
    let member = Member { name, name_span: span, value };
    (JsonValue { span, data: JsonData::Object(vec![member]) }, depth + 1)
}

/// What a plain scalar is: all that is not certainly a Boolean, a number or nothing is a text.
fn plain_data(written: &str) -> JsonData {
    match written {
        "" | "~" | "null" | "Null" | "NULL" => JsonData::Null,
        "true" | "True" | "TRUE" => JsonData::Bool(true),
        "false" | "False" | "FALSE" => JsonData::Bool(false),
        _ if is_number(written) => JsonData::Number(written.to_owned()),
        _ => JsonData::String(written.to_owned()),
    }
}

/// Whether every reader of YAML takes a plain scalar for this very decimal number.
fn is_number(written: &str) -> bool {
    let unsigned = written.strip_prefix('-').unwrap_or(written);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

/// Whether readers of YAML differ about what a plain scalar is: a text, or a Boolean, a number or
/// an hour of the day.
pub(super) fn is_ambiguous(written: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    let digits = |text: &str| {
        let text = text.trim_start_matches(['+', '-']);
        text.starts_with(|letter: char| letter.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b':' | b'.'))
    };
    let based = |text: &str| {
        ["0x", "0o", "0b"].iter().any(|base| {
            text.strip_prefix(base).is_some_and(|rest| {
                !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
        })
    };
    matches!(lower.as_str(), "yes" | "no" | "on" | "off" | "y" | "n")
        || based(&lower)
        || digits(&lower)
            && !is_number(written)
            // Addresses and versions have more dots than a number.
            && lower.bytes().filter(|byte| *byte == b'.').count() < 2
}
