//! Texts with wildcards, variables and escapes (SEMANTICS 2.3 and 3).

use crate::policy::parameter;
use crate::policy::{ContextKey, Piece, Template, Variable};
use std::ops::Range;

/// More malformed variables in one text are not reported.
const MOST_ERRORS: usize = 20;

/// A malformed variable.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct VariableError {
    /// Where in the text.
    pub(super) range: Range<usize>,
    /// What is wrong.
    pub(super) problem: &'static str,
}

/// Finds the pieces of a text. With `variables` false, for example under Version 2008-10-17, `${`
/// is plain text and nothing is malformed, parameters apart.
///
/// A malformed variable stays in the template as text and is among the errors.
pub(super) fn template(text: &str, variables: bool) -> (Template, Vec<VariableError>) {
    let mut pieces = Pieces::default();
    let mut errors = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let special = rest.find(['*', '?', '$']).unwrap_or(rest.len());
        pieces.text.push_str(rest.get(..special).unwrap_or_default());
        at += special;
        let rest = rest.get(special..).unwrap_or_default();
        let length = match rest.as_bytes() {
            [] => 0,
            [b'*', ..] => pieces.push(Piece::AnyString),
            [b'?', ..] => pieces.push(Piece::AnyChar),
            [b'$', b'{', escaped @ (b'*' | b'?' | b'$'), b'}', ..] if variables => {
                pieces.literal(char::from(*escaped), 4)
            }
            [b'$', b'{', ..] if variables || parameter::begins(rest) => match variable(rest) {
                Ok((found, length)) => {
                    pieces.push(Piece::Variable(found));
                    length
                }
                Err((problem, length)) => {
                    if errors.len() < MOST_ERRORS {
                        errors.push(VariableError { range: at..at + length, problem });
                    }
                    pieces.text.push_str(rest.get(..length).unwrap_or_default());
                    length
                }
            },
            _ => pieces.literal('$', 1),
        };
        at += length;
    }
    pieces.flush();
    (Template { pieces: pieces.list }, errors)
}

/// Splits a template at its first `count - 1` colons that are not inside a variable: at most
/// `count` fields.
pub(super) fn split_fields(template: &Template, count: usize) -> Vec<Template> {
    let mut fields = Vec::new();
    let mut field = Template::default();
    for piece in &template.pieces {
        let Piece::Literal(text) = piece else {
            field.pieces.push(piece.clone());
            continue;
        };
        let mut rest = text.as_str();
        while let Some((head, tail)) = rest.split_once(':').filter(|_| fields.len() + 1 < count) {
            if !head.is_empty() {
                field.pieces.push(Piece::Literal(head.to_owned()));
            }
            fields.push(std::mem::take(&mut field));
            rest = tail;
        }
        if !rest.is_empty() {
            field.pieces.push(Piece::Literal(rest.to_owned()));
        }
    }
    fields.push(field);
    fields
}

#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
    text: String,
}

impl Pieces {
    fn push(&mut self, piece: Piece) -> usize {
        self.flush();
        self.list.push(piece);
        1
    }

    fn literal(&mut self, character: char, length: usize) -> usize {
        self.text.push(character);
        length
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.list.push(Piece::Literal(std::mem::take(&mut self.text)));
        }
    }
}

/// Reads the variable that `text` begins with; the lengths are those of the variable, or of the
/// malformed text, in bytes.
pub(super) fn variable(text: &str) -> Result<(Variable, usize), (&'static str, usize)> {
    let body = text.get(2..).unwrap_or_default();
    let Some(end) = body.find(['}', ',', '{', '"']) else {
        return Err(("the brace is not closed", text.len()));
    };
    let (key, rest) = body.split_at_checked(end).unwrap_or_default();
    // What is malformed reaches to the brace that was probably meant to close it.
    let wrong = 2 + end + rest.find('}').map_or(rest.len(), |brace| brace + 1);
    if key.is_empty() {
        return Err(("the name is missing", wrong));
    }
    if !rest.starts_with(['}', ',']) {
        return Err(("the brace is not closed", 2 + end));
    }
    if key.contains(char::is_whitespace) {
        return Err(("white space stands in the name", wrong));
    }
    if key.contains(['*', '?', '$', '\'']) {
        return Err(("the name has a character that no condition key has", wrong));
    }
    if rest.starts_with('}') {
        return Ok((Variable { key: ContextKey::new(key), default: None }, 2 + end + 1));
    }
    let Some(default) = rest.strip_prefix(", '") else {
        return Err((
            "a default is written after one comma and one space, in single quotation marks",
            wrong,
        ));
    };
    match default.find('\'') {
        Some(quote) if default.get(quote + 1..).is_some_and(|rest| rest.starts_with('}')) => {
            let text = default.get(..quote).unwrap_or_default().to_owned();
            Ok((
                Variable { key: ContextKey::new(key), default: Some(text) },
                2 + end + 3 + quote + 2,
            ))
        }
        Some(_) => Err(("the default is not followed by the closing brace", wrong)),
        None => Err(("the default lacks its closing quotation mark", wrong)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, variables: bool) -> String {
        let (template, errors) = template(text, variables);
        assert!(errors.is_empty(), "{text}: {errors:?}");
        let piece = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::AnyString => "(*)".to_owned(),
            Piece::AnyChar => "(?)".to_owned(),
            Piece::Variable(Variable { key, default }) => format!("({} {default:?})", key.text()),
        };
        template.pieces.iter().map(piece).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn wildcards_variables_and_escapes_are_found() {
        assert_eq!(shown("", true), "");
        assert_eq!(shown("a*b?", true), "a|(*)|b|(?)");
        assert_eq!(shown("**", true), "(*)|(*)");
        assert_eq!(shown("h/${aws:username}/*", true), "h/|(aws:username None)|/|(*)");
        assert_eq!(shown("${a:b, 'c}:*'}é", true), "(a:b Some(\"c}:*\"))|é");
        assert_eq!(shown("${a:b, ''}", true), "(a:b Some(\"\"))");
        assert_eq!(shown("a${*}${?}${$}{b}", true), "a*?${b}");
        assert_eq!(shown("$$${a:b}$", true), "$$|(a:b None)|$");
        assert_eq!(shown("${a:b}${*}", false), "${a:b}${|(*)|}");
    }

    #[test]
    fn malformed_variables_are_placed() {
        for (text, malformed) in [
            ("a${aws:username", "${aws:username"),
            ("a${}b", "${}"),
            ("${aws: username}*", "${aws: username}"),
            ("${aws:username, team}", "${aws:username, team}"),
            ("${aws:username,'team'}", "${aws:username,'team'}"),
            ("${aws:username, 'team}", "${aws:username, 'team}"),
            ("${aws:username, 'a' }", "${aws:username, 'a' }"),
            ("${, 'a'}", "${, 'a'}"),
            ("${a:${b:c}}", "${a:$"),
            ("${**}", "${**}"),
        ] {
            let (_, errors) = template(text, true);
            assert_eq!(
                errors.first().map(|error| &text[error.range.clone()]),
                Some(malformed),
                "{text}"
            );
        }
    }

    #[test]
    fn fields_split_outside_variables() {
        let fields = |text| split_fields(&template(text, true).0, 6).len();
        assert_eq!(fields("arn:aws:s3:::b:c:d"), 6);
        assert_eq!(fields("arn:aws:sqs:${aws:RequestedRegion, 'a:b'}:1:q"), 6);
        assert_eq!(fields("arn:aws"), 2);
        assert_eq!(fields(""), 1);
        let parts = split_fields(&template("arn:*:kms:::", true).0, 6);
        assert_eq!(
            parts.iter().map(|part| part.pieces.len()).collect::<Vec<_>>(),
            [1, 1, 1, 0, 0, 0]
        );
    }
}
