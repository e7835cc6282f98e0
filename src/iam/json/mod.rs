//! Strict JSON (RFC 8259) in which every value and every name knows its place in the text.
//!
//! Member names that occur twice are kept: what they mean is for the reader of the document to say.
//! Errors that people make when they write JSON by hand (a trailing comma, a comment, a no-break
//! space) are reported and read over, so that one pass finds them all.

mod lexical;
mod parser;
mod print;
mod string;

pub use parser::{parse, parse_part};
pub use string::{offsets_within, span_within};

use crate::source::Span;

/// Bounds on the text. Defaults: 4 MiB, 64 levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest text, in bytes.
    pub bytes: usize,
    /// The deepest nesting of lists and objects; never more than [`Limits::MAX_DEPTH`].
    pub depth: usize,
}

impl Limits {
    /// No setting allows deeper nesting: the parser and what walks its result are recursive.
    pub const MAX_DEPTH: usize = 512;
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 4 << 20, depth: 64 }
    }
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonValue {
    /// From the first to the last character, quotation marks and brackets included.
    pub span: Span,
    /// What it is.
    pub data: JsonData,
}

/// What a JSON value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonData {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string, decoded.
    String(String),
    /// A list.
    Array(Vec<JsonValue>),
    /// The members of an object in document order, duplicates included.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The name, decoded.
    pub name: String,
    /// The name in the text, quotation marks included.
    pub name_span: Span,
    /// The value.
    pub value: JsonValue,
}

impl JsonValue {
    /// The JSON type with its article, for messages: `a list`, for example.
    pub fn type_name(&self) -> &'static str {
        match self.data {
            JsonData::Null => "`null`",
            JsonData::Bool(_) => "a Boolean",
            JsonData::Number(_) => "a number",
            JsonData::String(_) => "a string",
            JsonData::Array(_) => "a list",
            JsonData::Object(_) => "an object",
        }
    }

    /// The first member of that name; `None` also when this is not an object.
    pub fn member(&self, name: &str) -> Option<&JsonValue> {
        match &self.data {
            JsonData::Object(members) => {
                members.iter().find(|member| member.name == name).map(|member| &member.value)
            }
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::String(_)
            | JsonData::Array(_) => None,
        }
    }

    /// The decoded text of a string; `None` for any other type.
    pub fn as_str(&self) -> Option<&str> {
        match &self.data {
            JsonData::String(text) => Some(text),
            JsonData::Null
            | JsonData::Bool(_)
            | JsonData::Number(_)
            | JsonData::Array(_)
            | JsonData::Object(_) => None,
        }
    }
}
