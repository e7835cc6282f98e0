//! From bytes to text.

use super::{Finding, Level, codes};
use crate::source::{Source, Span};
use std::sync::Arc;

impl Source {
    /// Names the text of a file. Errors with a finding when the bytes are not UTF-8; its place is
    /// the end of what is.
    pub fn from_bytes(name: impl Into<Arc<str>>, bytes: &[u8]) -> Result<Self, Box<Finding>> {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(Self::new(name, text)),
            Err(error) => error,
        };
        let help = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it looks like UTF-16: save it as UTF-8",
            _ => "save it as UTF-8",
        };
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let source = Self::new(name, String::from_utf8_lossy(valid).as_ref());
        let end = error.valid_up_to();
        Err(Box::new(Finding {
            rule: codes::NOT_UTF8,
            level: Level::Error,
            message: format!("byte {end} of the file is not UTF-8 text"),
            source,
            span: Span { start: end, end },
            route: String::new(),
            help: Some(help.to_owned()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_utf8_is_named_and_placed() {
        assert_eq!(Source::from_bytes("p", "é".as_bytes()).unwrap().text(), "é");
        let error = Source::from_bytes("p", b"{\n\"a\xe9\"}").unwrap_err();
        assert_eq!(
            (error.rule, error.position().line, error.position().column),
            ("not-utf8", 2, 3)
        );
        assert_eq!(error.message, "byte 4 of the file is not UTF-8 text");
        assert!(
            Source::from_bytes("p", b"\xff\xfe{\0").unwrap_err().help.unwrap().contains("UTF-16")
        );
    }
}
