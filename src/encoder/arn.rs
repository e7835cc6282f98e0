//! The symbols of an ARN, and patterns over its whole text.

use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Sort, Symbol, Term};
use std::collections::BTreeMap;

/// Six fields, the first five without colons, of a text that has them.
#[derive(Debug, Clone)]
pub(crate) struct Arn {
    pub is_arn: Symbol,
    pub fields: [Symbol; 6],
}

/// The names of the fields of an ARN.
const FIELDS: [&str; 6] = ["arn", "partition", "service", "region", "account", "resource"];

/// Patterns with more wildcards than this are compared with the fields joined, not with each field.
const WILDCARDS: usize = 16;

impl Arn {
    /// Fresh symbols; `name` makes the name of a symbol from the name of its part.
    pub fn new(name: impl Fn(&str) -> String) -> Arn {
        Arn {
            is_arn: Symbol::new(name("is_arn"), Sort::Bool),
            fields: FIELDS.map(|field| Symbol::new(name(field), Sort::String)),
        }
    }

    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        std::iter::once(&self.is_arn).chain(&self.fields)
    }

    pub fn is_arn(&self) -> Term {
        Term::var(&self.is_arn)
    }

    pub fn terms(&self) -> [Term; 6] {
        self.fields.each_ref().map(Term::var)
    }

    /// The whole text, where there are six fields.
    pub fn text(&self) -> Term {
        join(&self.terms())
    }

    /// True iff no field but the last holds a colon.
    pub fn structure(&self) -> Term {
        Term::and(
            self.fields
                .iter()
                .take(5)
                .map(|field| Term::in_regex(Term::var(field), Regex::star(Regex::none_of(":")))),
        )
    }

    /// True iff both are ARNs, field by field the same.
    pub fn same(&self, other: &Arn) -> Term {
        let fields =
            self.terms().into_iter().zip(other.terms()).map(|(left, right)| Term::eq(left, right));
        Term::and([self.is_arn(), other.is_arn()].into_iter().chain(fields))
    }

    /// True iff the value has six fields and, as a whole, is `text` but for the case of ASCII
    /// letters.
    pub fn equals_ignoring_case(&self, text: &str) -> Term {
        let pieces: Vec<&str> = text.splitn(self.fields.len(), ':').collect();
        if pieces.len() < self.fields.len() {
            return Term::falsehood();
        }
        let same = self
            .terms()
            .into_iter()
            .zip(pieces)
            .map(|(field, piece)| Term::in_regex(field, Regex::ascii_case_insensitive(piece)));
        Term::and(std::iter::once(self.is_arn()).chain(same))
    }

    /// True iff the value has six fields and, as a whole, matches `parts`. No two literals stand
    /// side by side there.
    pub fn matches(&self, parts: &[Part]) -> Term {
        let wildcards =
            parts.iter().filter(|part| matches!(part, Part::AnyChar | Part::AnyString)).count();
        let whole =
            if wildcards > WILDCARDS || parts.iter().any(|part| matches!(part, Part::Value(_))) {
                self.joined_match(parts)
            } else {
                Split { fields: self.terms(), parts, known: BTreeMap::new() }
                    .rest(0, Place { part: 0, offset: 0 })
            };
        Term::and([self.is_arn(), whole])
    }

    /// The fields that the first literal completes are compared one by one, since nothing else can
    /// begin with that literal; the rest is joined.
    fn joined_match(&self, parts: &[Part]) -> Term {
        let fields = self.terms();
        let Some((Part::Literal(start), rest)) = parts.split_first() else {
            return Term::matches(self.text(), parts.to_vec());
        };
        let pieces: Vec<&str> = start.splitn(fields.len(), ':').collect();
        let complete = pieces.len() - 1;
        let same = fields
            .iter()
            .zip(&pieces)
            .take(complete)
            .map(|(field, piece)| Term::eq(field.clone(), Term::string(*piece)));
        let open = pieces
            .get(complete)
            .map(|piece| Part::Literal((*piece).to_owned()))
            .into_iter()
            .chain(rest.iter().cloned());
        let remaining =
            Term::matches(join(fields.get(complete..).unwrap_or_default()), open.collect());
        Term::and(same.chain([remaining]))
    }
}

/// The fields with colons between them.
fn join(fields: &[Term]) -> Term {
    Term::concat(fields.iter().enumerate().flat_map(|(at, field)| {
        let colon = (at > 0).then(|| Term::string(":"));
        colon.into_iter().chain([field.clone()])
    }))
}

/// A place in a pattern: a part, and within a literal the number of bytes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    part: usize,
    offset: usize,
}

/// A pattern without variables over six fields with colons between them, as patterns over the
/// single fields.
///
/// Each of the five colons is matched by something in the pattern: by a colon in a literal, by a
/// `?`, or within a `*`, which then goes on after it. So the pattern is the disjunction, over these
/// choices, of one pattern for each field. A field but the last holds no colon itself: what lies
/// before the first colon that the pattern shows is all that it can match. Equal rests are made
/// once.
struct Split<'a> {
    fields: [Term; 6],
    parts: &'a [Part],
    known: BTreeMap<(usize, Place), Term>,
}

impl Split<'_> {
    /// True iff the fields from `field` on, with colons between them, match the pattern from
    /// `start` on.
    fn rest(&mut self, field: usize, start: Place) -> Term {
        if let Some(known) = self.known.get(&(field, start)) {
            return known.clone();
        }
        let Some(subject) = self.fields.get(field).cloned() else { return Term::falsehood() };
        let term = if field + 1 == self.fields.len() {
            Term::matches(subject, self.between(start, Place { part: self.parts.len(), offset: 0 }))
        } else {
            let choices = self.colons(start).into_iter().map(|(end, next)| {
                let own = Term::matches(subject.clone(), self.between(start, end));
                if own.as_bool() == Some(false) {
                    own
                } else {
                    Term::and([own, self.rest(field + 1, next)])
                }
            });
            Term::or(choices.collect::<Vec<_>>())
        };
        self.known.insert((field, start), term.clone());
        term
    }

    /// The ways to match one colon: where the pattern of the field before it ends, and where what
    /// follows it begins.
    fn colons(&self, start: Place) -> Vec<(Place, Place)> {
        let mut ways = Vec::new();
        for (part, content) in self.parts.iter().enumerate().skip(start.part) {
            let here = Place { part, offset: if part == start.part { start.offset } else { 0 } };
            let after = Place { part: part + 1, offset: 0 };
            match content {
                Part::AnyString => ways.push((after, here)),
                Part::AnyChar => ways.push((here, after)),
                Part::Value(_) => return ways,
                Part::Literal(text) => {
                    if let Some(colon) = text.get(here.offset..).and_then(|rest| rest.find(':')) {
                        let offset = here.offset + colon;
                        ways.push((Place { part, offset }, Place { part, offset: offset + 1 }));
                        return ways;
                    }
                }
            }
        }
        ways
    }

    /// The pattern from one place to another.
    fn between(&self, start: Place, end: Place) -> Vec<Part> {
        let mut parts = Vec::new();
        for (part, content) in
            self.parts.iter().enumerate().skip(start.part).take_while(|(part, _)| *part <= end.part)
        {
            let from = if part == start.part { start.offset } else { 0 };
            match content {
                Part::Literal(text) => {
                    let to = if part == end.part { end.offset } else { text.len() };
                    parts.extend(text.get(from..to).map(|text| Part::Literal(text.to_owned())));
                }
                _ if part < end.part => parts.push(content.clone()),
                Part::AnyChar | Part::AnyString | Part::Value(_) => {}
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::evaluate::evaluate;
    use keyaki_logic::model::Model;
    use keyaki_logic::term::{TermKind, Value, postorder};

    fn parts(pattern: &str) -> Vec<Part> {
        let part = |piece: &str| match piece {
            "*" => Part::AnyString,
            "?" => Part::AnyChar,
            _ => Part::Literal(piece.to_owned()),
        };
        let spaced = pattern.replace('*', "\n*\n").replace('?', "\n?\n");
        spaced.split('\n').filter(|piece| !piece.is_empty()).map(part).collect()
    }

    #[test]
    fn patterns_over_fields_are_the_patterns_over_the_text() {
        let patterns = [
            "*",
            "",
            "?*",
            "arn:aws:iam::*:role/x",
            "arn:aws:iam::1:role/x",
            "arn:aws:iam::1:role/*",
            "arn:*",
            "*x",
            "*:*",
            "a*:?:*x",
            "?????",
            "??????",
            "*:*:*:*:*:*",
            "*:*:*:*:*:*:*",
            "arn",
            "arn:aws:iam:::",
            "*/x",
            "*::*",
            "*:role/?",
            "arn?aws?*x",
            ":::::",
            "*a*a*",
            "é*",
        ];
        let arns = [
            "arn:aws:iam::1:role/x",
            "arn:aws:iam::1:role/a:b/x",
            "arn:aws:iam:::",
            ":::::",
            "a:b:c:d:e:f",
            "a:b:c:d:e:f:g",
            "arn:aws:s3:::b:role/x",
            "::::x:",
            "é:::::é",
            "arn:aws:iam:r:1:x",
        ];
        let arn = Arn::new(|part| part.to_owned());
        let mut agreed = [0, 0];
        for text in arns {
            let mut model = Model::new();
            model.insert(arn.is_arn.clone(), Value::Bool(true));
            for (symbol, field) in arn.fields.iter().zip(text.splitn(6, ':')) {
                model.insert(symbol.clone(), Value::String(field.to_owned()));
            }
            for pattern in patterns {
                let whole = Term::matches(Term::string(text), parts(pattern)).as_bool();
                for split in [arn.matches(&parts(pattern)), arn.joined_match(&parts(pattern))] {
                    assert_eq!(
                        Some(evaluate(&split, &model) == Value::Bool(true)),
                        whole,
                        "`{pattern}` and `{text}`"
                    );
                }
                agreed[usize::from(whole == Some(true))] += 1;
            }
        }
        assert!(agreed[0] > 100 && agreed[1] > 60, "{agreed:?}");
    }

    #[test]
    fn usual_patterns_never_join_fields() {
        let arn = Arn::new(|part| part.to_owned());
        let joins = |term: &Term| {
            postorder([term]).iter().any(|node| matches!(node.kind(), TermKind::Concat(_)))
        };
        for pattern in ["arn:aws:iam::*:role/x", "*", "arn:*x", "arn:aws:iam::1:role/x"] {
            assert!(!joins(&arn.matches(&parts(pattern))), "{pattern}");
        }
        assert!(joins(&arn.joined_match(&parts("arn:*x"))));
    }
}
