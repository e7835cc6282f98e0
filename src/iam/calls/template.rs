//! Texts with variables.

use std::collections::BTreeMap;
use std::fmt;

/// How many ends of variables are tried when a text is read.
const MOST_TRIES: usize = 1 << 16;

/// A text with variables: `arn:${Partition}:bedrock:${Region}::foundation-model/${Model}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// No two literals side by side, and none that is empty.
    pub pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// This text.
    Literal(String),
    /// What the variable of this name stands for.
    Variable(String),
}

impl Template {
    /// Reads a template; `None` where a `${` has no `}`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}')?;
            pieces.extend([Piece::Literal(before.to_owned()), Piece::Variable(name.to_owned())]);
            rest = after;
        }
        pieces.push(Piece::Literal(rest.to_owned()));
        pieces.retain(|piece| !matches!(piece, Piece::Literal(text) if text.is_empty()));
        Some(Self { pieces })
    }

    /// The template that writes this text.
    pub fn of(text: &str) -> Self {
        Self { pieces: vec![Piece::Literal(text.to_owned())] }
    }

    /// The template with another variable in place of these.
    #[must_use]
    pub fn renamed(&self, from: &[&str], to: &str) -> Self {
        let renamed = |piece: &Piece| match piece {
            Piece::Variable(name) if from.contains(&name.as_str()) => {
                Piece::Variable(to.to_owned())
            }
            Piece::Variable(_) | Piece::Literal(_) => piece.clone(),
        };
        Self { pieces: self.pieces.iter().map(renamed).collect() }
    }

    /// The names of its variables, in order; a name may come more than once.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// The text when the variables stand for these values; a variable without one stands for
    /// nothing.
    pub fn fill(&self, values: &BTreeMap<String, String>) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Variable(name) => values.get(name).cloned().unwrap_or_default(),
        };
        self.pieces.iter().map(text).collect()
    }

    /// Values of the variables with which the template writes a text, where there are such: each as
    /// short as it can be, and not empty. `None` also where they are not found within a bound,
    /// which only a text that repeats itself hundreds of times reaches: who reads a text wants a
    /// proposal.
    pub fn read(&self, text: &str) -> Option<BTreeMap<String, String>> {
        let (mut values, mut tries) = (BTreeMap::new(), MOST_TRIES);
        read(&self.pieces, text, &mut values, &mut tries).then_some(values)
    }

    /// The six fields of an ARN: the template split at its first five colons. `None` when it has
    /// fewer.
    pub fn fields(&self) -> Option<[Self; 6]> {
        let mut fields: [Self; 6] = std::array::from_fn(|_| Self { pieces: Vec::new() });
        let mut at = 0;
        for piece in &self.pieces {
            let Piece::Literal(text) = piece else {
                fields.get_mut(at)?.pieces.push(piece.clone());
                continue;
            };
            for (index, part) in text.splitn(6 - at, ':').enumerate() {
                at += usize::from(index > 0);
                if !part.is_empty() {
                    fields.get_mut(at)?.pieces.push(Piece::Literal(part.to_owned()));
                }
            }
        }
        (at == 5).then_some(fields)
    }

    /// The text of a template without variables.
    pub fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

fn read(
    pieces: &[Piece],
    text: &str,
    values: &mut BTreeMap<String, String>,
    tries: &mut usize,
) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Literal(literal), rest @ ..] => text
            .strip_prefix(literal.as_str())
            .is_some_and(|after| read(rest, after, values, tries)),
        [Piece::Variable(name), rest @ ..] => {
            if let Some(known) = values.get(name).cloned() {
                return text
                    .strip_prefix(known.as_str())
                    .is_some_and(|after| read(rest, after, values, tries));
            }
            let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
            for (value, after) in ends.filter_map(|end| text.split_at_checked(end)) {
                if *tries == 0 {
                    return false;
                }
                *tries -= 1;
                if starts(rest, after) {
                    values.insert(name.clone(), value.to_owned());
                    if read(rest, after, values, tries) {
                        return true;
                    }
                    values.remove(name);
                }
            }
            false
        }
    }
}

/// Whether the text begins as the pieces do.
fn starts(pieces: &[Piece], text: &str) -> bool {
    match pieces.first() {
        None => text.is_empty(),
        Some(Piece::Literal(literal)) => text.starts_with(literal.as_str()),
        Some(Piece::Variable(_)) => !text.is_empty(),
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Literal(text) => f.write_str(text),
            Piece::Variable(name) => write!(f, "${{{name}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_its_pieces() {
        let text = "arn:${Partition}:bedrock:${Region}::inference-profile/us.${Model}:x";
        let template = Template::parse(text).unwrap();
        assert_eq!(template.to_string(), text);
        assert_eq!(template.variables().collect::<Vec<_>>(), ["Partition", "Region", "Model"]);
        let fields = template.fields().unwrap().map(|field| field.to_string());
        assert_eq!(
            fields,
            ["arn", "${Partition}", "bedrock", "${Region}", "", "inference-profile/us.${Model}:x"]
        );
        let values = [("Partition", "aws"), ("Region", "r"), ("Model", "m")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(
            template.fill(&values.clone().into()),
            "arn:aws:bedrock:r::inference-profile/us.m:x"
        );
        let written = template.fill(&values.clone().into());
        assert_eq!(template.read(&written), Some(values.into()));
        assert_eq!(template.read("arn:aws:bedrock:r::inference-profile/us.:x"), None);
        let twice = Template::parse("${A}/${B}/${A}").unwrap();
        assert_eq!(twice.read("a/b/c/a").unwrap().get("B").map(String::as_str), Some("b/c"));
        assert_eq!(twice.read("a/b/c"), None);
        assert_eq!(Template::parse("a${b"), None);
        let many = Template::parse("${A}:${B}:${C}:${D}:${E}!").unwrap();
        assert!(many.read("a:b:c:d:e!").is_some());
        assert_eq!(many.read(&":a".repeat(1 << 15)), None, "and not after hours");
        assert_eq!(Template::parse("a:b").unwrap().fields(), None);
        assert_eq!(Template::parse("").unwrap().literal(), Some(""));
    }
}
