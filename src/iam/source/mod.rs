//! Source text: named texts, byte spans, and positions a person can find.

use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};

/// A half-open range of byte offsets into one [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// Where the part is in a text in which its own text begins at that offset.
    #[must_use]
    pub fn after(self, start: usize) -> Self {
        Self { start: start + self.start, end: start + self.end }
    }

    /// The other way round: where the part is in the text that begins at that offset.
    #[must_use]
    pub fn counted_from(self, start: usize) -> Self {
        let at = |offset: usize| offset.saturating_sub(start);
        Self { start: at(self.start), end: at(self.end) }
    }
}

/// A named text. Cloning shares the text.
#[derive(Debug, Clone)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    /// What is found out of the text when somebody asks.
    found: Arc<FoundOut>,
    /// The text that this one stands in.
    outer: Option<Arc<Outer>>,
}

/// What a text tells of itself, found out once.
#[derive(Debug, Default)]
struct FoundOut {
    index: OnceLock<Index>,
    sha256: OnceLock<Arc<str>>,
}

/// Where lines and characters of a text are. A file of many megabytes may be one line.
#[derive(Debug)]
struct Index {
    /// The offset at which each line begins.
    lines: Vec<usize>,
    /// How many characters begin before each block of the text; nothing where each is one byte.
    before: Option<Vec<usize>>,
}

/// The bytes of a block.
const BLOCK: usize = 4096;

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

impl Index {
    fn of(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let lines = std::iter::once(0).chain(breaks.map(|at| at + 1)).collect();
        let mut sum = 0;
        let before = |block| {
            let before = sum;
            sum += characters(block);
            before
        };
        let before =
            (!text.is_ascii()).then(|| text.as_bytes().chunks(BLOCK).map(before).collect());
        Self { lines, before }
    }

    /// How many characters begin before an offset.
    fn before(&self, text: &str, offset: usize) -> usize {
        let Some(all) = &self.before else { return offset.min(text.len()) };
        let block = offset / BLOCK;
        let rest = text.as_bytes().get(block * BLOCK..offset).unwrap_or_default();
        // An offset at the end of the last block has no block of its own.
        match all.get(block) {
            Some(before) => before + characters(rest),
            None => all.last().map_or(0, |before| {
                let last = text.as_bytes().chunks(BLOCK).next_back().unwrap_or_default();
                before + characters(last)
            }),
        }
    }
}

/// Where the text of a [`Source`] stands in another one.
#[derive(Debug)]
struct Outer {
    source: Source,
    offsets: Offsets,
}

/// For each byte of an inner text, and for its end, where it comes from.
#[derive(Debug)]
enum Offsets {
    Told(Vec<usize>),
    /// Most texts have no place that is ever shown: found out when one is.
    Later {
        span: Span,
        find: FindOffsets,
        found: OnceLock<Vec<usize>>,
    },
}

/// Finds the offsets of a text that is written in a part of another one.
type FindOffsets = fn(&Source, Span) -> Vec<usize>;

impl Outer {
    fn offsets(&self) -> &[usize] {
        match &self.offsets {
            Offsets::Told(offsets) => offsets,
            Offsets::Later { span, find, found } => found.get_or_init(|| find(&self.source, *span)),
        }
    }

    fn offset(&self, inner: usize) -> usize {
        let offsets = self.offsets();
        offsets.get(inner).or(offsets.last()).copied().unwrap_or_default()
    }

    /// Where a part of the inner text stands. What follows it may come from before it, such as a
    /// comma from a list of YAML, which has none: then it ends after its own last byte.
    fn span(&self, inner: Span) -> Span {
        let length = self.offsets().len().saturating_sub(1);
        let inner = Span { start: inner.start.min(length), end: inner.end.min(length) };
        let [start, end] = [inner.start, inner.end].map(|at| self.offset(at));
        let last = self.offset(inner.end.saturating_sub(1));
        let end = if inner.end > inner.start && end <= last { last + 1 } else { end };
        Span { start, end }
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
        let (source, span) = self.outermost(span);
        Place {
            file: self.name.to_string(),
            start: source.position(span.start),
            end: source.position(span.end),
        }
    }

    /// Names a text; the name appears in diagnostics and is usually the path of a file.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), found: Arc::default(), outer: None }
    }

    /// A text that is written inside this one with an encoding of its own, a JSON document in a
    /// JSON string for instance. `offsets` says for each byte of it, and for its end, where in this
    /// text it comes from. Its places are places in this text.
    #[must_use]
    pub fn inside(&self, text: impl Into<Arc<str>>, offsets: Vec<usize>) -> Self {
        self.with_inner(text, Offsets::Told(offsets))
    }

    /// As [`Self::inside`], where the text is written in a part of this one and `find` says when it
    /// is asked how.
    #[must_use]
    pub fn inside_part(
        &self,
        text: impl Into<Arc<str>>,
        span: Span,
        find: fn(&Self, Span) -> Vec<usize>,
    ) -> Self {
        self.with_inner(text, Offsets::Later { span, find, found: OnceLock::new() })
    }

    fn with_inner(&self, text: impl Into<Arc<str>>, offsets: Offsets) -> Self {
        let outer = Some(Arc::new(Outer { source: self.clone(), offsets }));
        Self { outer, ..Self::new(self.name.clone(), text) }
    }

    /// The text of the whole file, and where in it a part of this text stands.
    pub fn in_file(&self, span: Span) -> (&str, Span) {
        let (source, span) = self.outermost(span);
        (&source.text, span)
    }

    fn outermost(&self, span: Span) -> (&Self, Span) {
        match &self.outer {
            None => (self, span),
            Some(outer) => outer.source.outermost(outer.span(span)),
        }
    }

    /// The SHA-256 of the bytes of the whole file, in hexadecimal digits.
    pub fn sha256(&self) -> String {
        let (source, _) = self.outermost(Span::default());
        let digits = || {
            let sum = Sha256::digest(source.text.as_bytes());
            sum.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
        };
        source.found.sha256.get_or_init(digits).to_string()
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
        let index = self.found.index.get_or_init(|| Index::of(&self.text));
        let line = index.lines.partition_point(|start| *start <= end);
        let start = index.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let [start, end] = [start, end].map(|at| index.before(&self.text, at));
        Position { line, column: end - start + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_across_blocks() {
        let text: String = (0..3 * BLOCK).map(|at| ['a', 'é', '漢', '\n'][at % 97 % 4]).collect();
        let source = Source::new("p", text.as_str());
        let (mut line, mut column) = (1, 1);
        for (at, character) in text.char_indices() {
            assert_eq!(source.position(at), Position { line, column }, "{at}");
            (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        assert_eq!(source.position(text.len()), Position { line, column });
        let full = Source::new("p", "x".repeat(BLOCK));
        assert_eq!(full.position(BLOCK), Position { line: 1, column: BLOCK + 1 });
        assert_eq!(Source::new("p", "").position(0), Position { line: 1, column: 1 });
    }

    #[test]
    fn a_text_inside_another_has_places_there() {
        let outer = Source::new("p", "{\n\"a\\tb\"}");
        let inner = outer.inside("a\tb", vec![3, 4, 6, 7]);
        assert_eq!(inner.text(), "a\tb");
        // The second byte is followed by one that comes from before it.
        let list = outer.inside("[a,b]", vec![0, 3, 0, 7, 8, 9]).place(Span { start: 1, end: 2 });
        assert_eq!((list.start, list.end), (outer.position(3), outer.position(4)));
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
