//! Source text: named texts, byte spans, and positions a person can find.

use std::sync::{Arc, OnceLock};

/// A half-open range of byte offsets into one [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

/// A named text. Cloning shares the text.
#[derive(Debug, Clone)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    /// Where the lines begin; found when the first position is asked for.
    lines: Arc<OnceLock<Vec<usize>>>,
    /// The text that this one stands in.
    outer: Option<Arc<Outer>>,
}

/// Where the text of a [`Source`] stands in another one.
#[derive(Debug)]
struct Outer {
    source: Source,
    /// For each byte of the inner text, and for its end, where it comes from.
    offsets: Vec<usize>,
}

impl Outer {
    fn offset(&self, inner: usize) -> usize {
        self.offsets.get(inner).or(self.offsets.last()).copied().unwrap_or_default()
    }
}

/// A place in a text as an editor counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters (Unicode scalar values), from 1.
    pub column: usize,
}

/// A part of a named text as a person finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the text, usually the path of a file.
    pub file: String,
    /// The first character.
    pub start: Position,
    /// After the last character.
    pub end: Position,
}

impl Source {
    /// Where a part of it is.
    pub fn place(&self, span: Span) -> Place {
        Place {
            file: self.name.to_string(),
            start: self.position(span.start),
            end: self.position(span.end),
        }
    }

    /// Names a text; the name appears in diagnostics and is usually the path of a file.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), lines: Arc::default(), outer: None }
    }

    /// A text that is written inside this one with an encoding of its own, a JSON document in a
    /// JSON string for instance. `offsets` says for each byte of it, and for its end, where in this
    /// text it comes from. Its places are places in this text.
    #[must_use]
    pub fn inside(&self, text: impl Into<Arc<str>>, offsets: Vec<usize>) -> Self {
        let outer = Some(Arc::new(Outer { source: self.clone(), offsets }));
        Self { outer, ..Self::new(self.name.clone(), text) }
    }

    /// The text of the whole file, and where in it a part of this text stands.
    pub fn in_file(&self, span: Span) -> (&str, Span) {
        match &self.outer {
            None => (&self.text, span),
            Some(outer) => {
                let [start, end] = [span.start, span.end].map(|at| outer.offset(at));
                outer.source.in_file(Span { start, end })
            }
        }
    }

    /// The name given at construction.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        if let Some(outer) = &self.outer {
            return outer.source.position(outer.offset(offset));
        }
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let lines = self.lines.get_or_init(|| {
            let breaks = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
        });
        let line = lines.partition_point(|start| *start <= end);
        let start = lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..end).unwrap_or_default().chars().count() + 1;
        Position { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_inside_another_has_places_there() {
        let outer = Source::new("p", "{\n\"a\\tb\"}");
        let inner = outer.inside("a\tb", vec![3, 4, 6, 7]);
        assert_eq!(inner.text(), "a\tb");
        let place = inner.place(Span { start: 1, end: 2 });
        assert_eq!((place.file.as_str(), place.start.line), ("p", 2));
        assert_eq!((place.start.column, place.end.column), (3, 5));
        let (text, span) = inner.in_file(Span { start: 1, end: 99 });
        assert_eq!((text, span), (outer.text(), Span { start: 4, end: 7 }));
    }

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("p", "a\n\u{e9}b\r\n");
        let places: Vec<_> = [0, 1, 2, 3, 4, 5, 6, 7, 99]
            .map(|at| source.position(at))
            .iter()
            .map(|place| (place.line, place.column))
            .collect();
        assert_eq!(
            places,
            [(1, 1), (1, 2), (2, 1), (2, 1), (2, 2), (2, 3), (2, 4), (3, 1), (3, 1)]
        );
        assert_eq!(Source::new("p", "").position(0), Position { line: 1, column: 1 });
    }
}
