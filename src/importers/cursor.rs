//! Places of many parts of one text, in the order of the text: the whole takes one walk, also where
//! the text is one line.

use keyaki_iam::source::{Place, Position, Source, Span};

/// A place in a text that goes forward.
pub(crate) struct Cursor<'a> {
    source: &'a Source,
    offset: usize,
    line: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(source: &'a Source) -> Self {
        Self { source, offset: 0, line: 1, column: 1 }
    }

    /// Where a part of the text is.
    pub fn place(&mut self, span: Span) -> Place {
        let (start, end) = (self.position(span.start), self.position(span.end));
        Place { file: self.source.name().to_owned(), start, end }
    }

    fn position(&mut self, offset: usize) -> Position {
        if offset < self.offset {
            *self = Self::new(self.source);
        }
        let passed = self.source.text().get(self.offset..offset).unwrap_or_default();
        for character in passed.chars() {
            if character == '\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else {
                self.column += 1;
            }
        }
        self.offset += passed.len();
        Position { line: self.line, column: self.column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_source() {
        let source = Source::new("f", "{\n \"é\": 1,\r\n\"b\":\n{}}");
        let mut cursor = Cursor::new(&source);
        let starts: Vec<usize> =
            source.text().char_indices().map(|(at, _)| at).chain([source.text().len()]).collect();
        let spans = || starts.windows(2).map(|pair| Span { start: pair[0], end: pair[1] });
        for span in spans().chain(spans()) {
            assert_eq!(cursor.place(span), source.place(span));
        }
    }
}
