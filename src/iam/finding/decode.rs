//! From bytes to text.

use super::{Finding, Level, codes};
use crate::source::{Source, Span};
use std::sync::Arc;

/// Forms of files by their first bytes: the code, what the file is, and what to do.
const FORMS: &[(&[u8], &str, &str, &str)] = &[
    (
        &[0xff, 0xfe],
        codes::NOT_UTF8,
        "UTF-16 text",
        "save it as UTF-8, with `iconv -f UTF-16 -t UTF-8 FILE > NEW` for instance",
    ),
    (
        &[0xfe, 0xff],
        codes::NOT_UTF8,
        "UTF-16 text",
        "save it as UTF-8, with `iconv -f UTF-16 -t UTF-8 FILE > NEW` for instance",
    ),
    (
        &[0x1f, 0x8b],
        codes::COMPRESSED_FILE,
        "compressed by gzip",
        "`gunzip -c FILE > NEW` unpacks it",
    ),
    (b"PK\x03\x04", codes::COMPRESSED_FILE, "a zip archive", "`unzip FILE` unpacks it"),
    (b"BZh", codes::COMPRESSED_FILE, "compressed by bzip2", "`bunzip2 -c FILE > NEW` unpacks it"),
    (
        &[0x28, 0xb5, 0x2f, 0xfd],
        codes::COMPRESSED_FILE,
        "compressed by zstd",
        "`zstd -dc FILE > NEW` unpacks it",
    ),
    (b"\xfd7zXZ", codes::COMPRESSED_FILE, "compressed by xz", "`xz -dc FILE > NEW` unpacks it"),
];

impl Source {
    /// Names the text of a file. Errors with a finding when the bytes are not UTF-8; its place is
    /// the end of what is.
    pub fn from_bytes(name: impl Into<Arc<str>>, bytes: &[u8]) -> Result<Self, Box<Finding>> {
        let error = match std::str::from_utf8(bytes) {
            Ok(text) => return Ok(Self::new(name, text)),
            Err(error) => error,
        };
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let source = Self::new(name, String::from_utf8_lossy(valid).as_ref());
        let end = error.valid_up_to();
        let known = FORMS.iter().find(|(magic, ..)| bytes.starts_with(magic));
        let (rule, message, help) = match known {
            Some((_, rule, is, help)) => {
                (*rule, format!("the file is {is}, not UTF-8 text"), *help)
            }
            None => (
                codes::NOT_UTF8,
                format!("byte {end} of the file is not UTF-8 text"),
                "save it as UTF-8",
            ),
        };
        Err(Box::new(Finding {
            rule,
            level: Level::Error,
            message,
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
        let all: [(&[u8], &str, &str, &str); 7] = [
            (b"\xff\xfe{\0", "not-utf8", "UTF-16 text", "iconv -f UTF-16 "),
            (b"\xfe\xff\0{", "not-utf8", "UTF-16 text", "iconv -f UTF-16 "),
            (b"\x1f\x8b\x08\0", "compressed-file", "gzip", "gunzip"),
            (b"PK\x03\x04\xff", "compressed-file", "zip archive", "unzip"),
            (b"BZh9\xff", "compressed-file", "bzip2", "bunzip2"),
            (b"\x28\xb5\x2f\xfd", "compressed-file", "zstd", "zstd"),
            (b"\xfd7zXZ\0", "compressed-file", "xz", "xz"),
        ];
        assert_eq!(all.len(), FORMS.len());
        for (bytes, rule, message, help) in all {
            let error = Source::from_bytes("p", bytes).unwrap_err();
            assert_eq!(error.rule, rule, "{message}");
            assert!(error.message.contains(message), "{}", error.message);
            assert!(error.help.unwrap().contains(help), "{message}");
        }
    }
}
