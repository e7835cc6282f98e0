//! JSON texts that are put together from parts of another text, and know where each part is from.

use keyaki_iam::source::{Source, Span};

/// A text that grows, with the place in the file of each of its bytes.
#[derive(Debug, Default)]
pub(crate) struct Composed {
    text: String,
    offsets: Vec<usize>,
}

impl Composed {
    /// Adds what stands for a part of the file: the first byte is from where that begins, and what
    /// follows is from where it ends.
    pub fn push(&mut self, text: &str, from: Span) {
        self.text.push_str(text);
        self.offsets.resize(self.text.len(), from.start);
        if let (Some(last), true) = (self.offsets.last_mut(), text.len() > 1) {
            *last = from.end.saturating_sub(1).max(from.start);
        }
    }

    /// Adds a string with its quotation marks.
    pub fn string(&mut self, text: &str, from: Span) {
        self.push(&serde_json::Value::from(text).to_string(), from);
    }

    /// A text, and the place of each of its bytes.
    pub fn from_parts(text: String, offsets: Vec<usize>) -> Self {
        Self { text, offsets }
    }

    /// The text, and the place of each of its bytes.
    pub fn into_parts(self) -> (String, Vec<usize>) {
        (self.text, self.offsets)
    }

    /// The text inside the file.
    pub fn finish(mut self, file: &Source, end: usize) -> Source {
        self.offsets.push(end);
        file.inside(self.text, self.offsets)
    }
}
