//! What functions of a template give: values in which some texts are not known.

use keyaki_iam::source::Span;

/// A value, and what of the file it comes from.
#[derive(Debug, Clone)]
pub(super) struct Value {
    /// What it is.
    pub(super) data: Data,
    /// Where it comes from.
    pub(super) span: Span,
}

/// What a value is. Numbers and Booleans are texts, as CloudFormation hands them on.
#[derive(Debug, Clone)]
pub(super) enum Data {
    /// A text.
    Text(Text),
    /// A list.
    List(Vec<Value>),
    /// A list of which nothing is known but what it is called.
    Many(String),
    /// An object.
    Object(Vec<Entry>),
    /// `AWS::NoValue`: what it stands for is not there.
    Absent,
}

/// A member of an object.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The name.
    pub(super) name: String,
    /// Where it stands.
    pub(super) span: Span,
    /// The value.
    pub(super) value: Value,
}

/// A text of parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Text {
    /// The parts; no two that are known stand side by side, and none is empty.
    pub(super) pieces: Vec<Piece>,
    /// The resource that it is the `Ref` or an attribute of, and nothing else.
    pub(super) of: Option<String>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// It is known.
    Known(String),
    /// The parameter of that name stands for it.
    Hole(String),
}

impl Text {
    /// A text that is known.
    pub(super) fn known(text: impl Into<String>) -> Self {
        let mut made = Self::default();
        made.push_str(&text.into());
        made
    }

    /// A text that a parameter stands for.
    pub(super) fn hole(name: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Hole(name.into())], of: None }
    }

    /// Adds what is known.
    pub(super) fn push_str(&mut self, text: &str) {
        self.of = None;
        match self.pieces.last_mut() {
            Some(Piece::Known(last)) => last.push_str(text),
            Some(Piece::Hole(_)) | None if text.is_empty() => {}
            Some(Piece::Hole(_)) | None => self.pieces.push(Piece::Known(text.to_owned())),
        }
    }

    /// Adds a text.
    pub(super) fn push(&mut self, text: &Self) {
        self.of = None;
        for piece in &text.pieces {
            match piece {
                Piece::Known(known) => self.push_str(known),
                Piece::Hole(_) => self.pieces.push(piece.clone()),
            }
        }
    }

    /// The whole text, if all of it is known.
    pub(super) fn as_known(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// The parameter that stands for all of it.
    pub(super) fn as_hole(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Hole(name)] => Some(name),
            _ => None,
        }
    }

    /// The parameter that it begins with.
    pub(super) fn first_hole(&self) -> Option<&str> {
        match self.pieces.first() {
            Some(Piece::Hole(name)) => Some(name),
            Some(Piece::Known(_)) | None => None,
        }
    }

    /// The names of its parameters.
    pub(super) fn holes(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(name) => Some(name.as_str()),
            Piece::Known(_) => None,
        })
    }

    /// This text and another one without what is known and both begin or end with.
    pub(super) fn without_common(&self, other: &Self) -> (Self, Self) {
        let letters = |text: &Self| -> Vec<Piece> {
            let split = |piece: &Piece| match piece {
                Piece::Known(known) => {
                    known.chars().map(|letter| Piece::Known(letter.into())).collect()
                }
                Piece::Hole(_) => vec![piece.clone()],
            };
            text.pieces.iter().flat_map(split).collect()
        };
        let (one, two) = (letters(self), letters(other));
        let alike = |pair: &(&Piece, &Piece)| pair.0 == pair.1;
        let first = one.iter().zip(&two).take_while(alike).count();
        let rest = one.iter().skip(first).rev().zip(two.iter().skip(first).rev());
        let last = rest.take_while(alike).count();
        let inner = |pieces: &[Piece]| {
            let mut text = Self::default();
            for piece in pieces.iter().take(pieces.len() - last).skip(first) {
                text.push(&Self { pieces: vec![piece.clone()], of: None });
            }
            text
        };
        (inner(&one), inner(&two))
    }

    /// As a person writes it: `${Env}-logs`, and `Env` where that is all.
    pub(super) fn shown(&self) -> String {
        if let Some(name) = self.as_hole() {
            return name.to_owned();
        }
        let part = |piece: &Piece| match piece {
            Piece::Known(text) => text.clone(),
            Piece::Hole(name) => format!("${{{name}}}"),
        };
        self.pieces.iter().map(part).collect()
    }

    /// As `Fn::Sub` writes it: equal for equal texts only, so that what it names is one thing.
    pub(super) fn written(&self) -> String {
        let part = |piece: &Piece| match piece {
            Piece::Known(text) => text.replace("${", "${!"),
            Piece::Hole(name) => format!("${{{name}}}"),
        };
        self.pieces.iter().map(part).collect()
    }

    /// Its parts between the five colons that come first: the parts of an ARN.
    pub(super) fn fields(&self) -> Vec<Self> {
        let mut fields = vec![Self::default()];
        for piece in &self.pieces {
            let Piece::Known(text) = piece else {
                if let Some(last) = fields.last_mut() {
                    last.pieces.push(piece.clone());
                }
                continue;
            };
            let left = 6usize.saturating_sub(fields.len()) + 1;
            for (index, part) in text.splitn(left, ':').enumerate() {
                if index > 0 {
                    fields.push(Self::default());
                }
                if let Some(last) = fields.last_mut() {
                    last.push_str(part);
                }
            }
        }
        fields
    }
}

impl Value {
    /// A text.
    pub(super) fn text(text: Text, span: Span) -> Self {
        Self { data: Data::Text(text), span }
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&Text> {
        match &self.data {
            Data::Text(text) => Some(text),
            Data::List(_) | Data::Many(_) | Data::Object(_) | Data::Absent => None,
        }
    }

    /// The members, if it is an object.
    pub(super) fn entries(&self) -> Option<&[Entry]> {
        match &self.data {
            Data::Object(entries) => Some(entries),
            Data::Text(_) | Data::List(_) | Data::Many(_) | Data::Absent => None,
        }
    }

    /// The first member of that name.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        let entry = self.entries()?.iter().find(|entry| entry.name == name);
        entry.map(|entry| &entry.value)
    }

    /// The items of a list; any other value is one item.
    pub(super) fn items(&self) -> &[Self] {
        match &self.data {
            Data::List(items) => items,
            Data::Text(_) | Data::Many(_) | Data::Object(_) | Data::Absent => {
                std::slice::from_ref(self)
            }
        }
    }

    /// The statements of a policy document; none of what is no object.
    pub(super) fn statements(&mut self) -> impl Iterator<Item = &mut Self> {
        let entries =
            if let Data::Object(entries) = &mut self.data { &mut entries[..] } else { &mut [] };
        let elements = entries.iter_mut().filter(|entry| entry.name == "Statement");
        elements.flat_map(|Entry { value, .. }| match matches!(value.data, Data::List(_)) {
            true => value.items_mut(),
            false => std::slice::from_mut(value),
        })
    }

    /// The items of a list; of any other value none.
    fn items_mut(&mut self) -> &mut [Self] {
        if let Data::List(items) = &mut self.data { items } else { &mut [] }
    }

    /// What it is, for messages.
    pub(super) fn type_name(&self) -> &'static str {
        match self.data {
            Data::Text(_) => "a text",
            Data::List(_) => "a list",
            Data::Many(_) => "a list that is not known",
            Data::Object(_) => "an object",
            Data::Absent => "`AWS::NoValue`",
        }
    }

    /// What it says, whatever part of the file says so: equal for equal values.
    pub(super) fn print(&self, out: &mut String) {
        match &self.data {
            Data::Text(text) => {
                for piece in &text.pieces {
                    match piece {
                        Piece::Known(known) => *out += &format!("{known:?}"),
                        Piece::Hole(name) => *out += &format!("<{name:?}>"),
                    }
                }
            }
            Data::List(items) => {
                *out += "[";
                for item in items {
                    item.print(out);
                    *out += ",";
                }
                *out += "]";
            }
            Data::Many(name) => *out += &format!("<<{name:?}>>"),
            Data::Object(entries) => {
                *out += "{";
                for entry in entries {
                    *out += &format!("{:?}:", entry.name);
                    entry.value.print(out);
                    *out += ",";
                }
                *out += "}";
            }
            Data::Absent => *out += "!",
        }
    }
}
