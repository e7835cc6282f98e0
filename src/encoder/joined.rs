//! Texts that are joined from several variables, and what is asked of them, as questions about the
//! single variables.
//!
//! Solvers find it hard to tell where in `${Bucket}/${Object}` the first part ends. What is asked
//! of such a text is nearly always whether it matches a pattern, and a pattern has few places where
//! it may be cut: the text matches iff, for some cut, its first part matches what comes before and
//! the rest what comes after.

use keyaki_iam::calls::Shape;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Replacements, Symbol, Term, TermKind, Value, postorder, substitute};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::rc::Rc;

/// More ways to cut than this are not written out.
const WAYS: usize = 256;

/// What was taken apart so far.
#[derive(Default)]
pub struct Cutter {
    cuts: FxHashMap<Regex, Option<Rc<Cuts>>>,
    /// By the question about a joined text and what its variables may stand for.
    apart: FxHashMap<(Term, Vec<Option<Shape>>), Option<Term>>,
}

/// Pairs of languages, see [`cuts`].
type Cuts = Vec<(Regex, Regex)>;

/// What variables may stand for.
type Shapes<'a> = BTreeMap<Symbol, &'a Shape>;

impl Cutter {
    /// The formulas, with what they ask of joined texts asked of the parts. A variable of a shape
    /// holds no character but those of the shape.
    pub(crate) fn taken_apart(&mut self, formulas: &[Term], shapes: &Shapes<'_>) -> Vec<Term> {
        let mut replacements = Replacements::default();
        for node in postorder(formulas) {
            // What is neither of the two is left as it is.
            let (pieces, language) = if let TermKind::InRegex(subject, regex) = node.kind() {
                (pieces(subject), regex.clone())
            } else if let TermKind::Eq(left, right) = node.kind()
                && let Some((text, joined)) = left
                    .as_str()
                    .map(|text| (text, right))
                    .or(right.as_str().map(|text| (text, left)))
            {
                (pieces(joined), Regex::literal(text))
            } else {
                continue;
            };
            let Some(pieces) = pieces else { continue };
            let question =
                (node.clone(), pieces.iter().map(|piece| shape(piece, shapes).cloned()).collect());
            let apart = match self.apart.get(&question) {
                Some(known) => known.clone(),
                None => {
                    let apart = self.member(&pieces, &language, shapes);
                    self.apart.insert(question, apart.clone());
                    apart
                }
            };
            if let Some(apart) = apart {
                replacements.insert(node.clone(), apart);
            }
        }
        substitute(formulas, &replacements)
    }

    /// True iff the pieces, joined, are in the language; `None` where that cannot be said with few
    /// cuts.
    fn member(&mut self, pieces: &[Term], language: &Regex, shapes: &Shapes<'_>) -> Option<Term> {
        match pieces {
            [] => Some(Term::bool(language.is_nullable())),
            [only] => Some(is_in(only, language, shapes)),
            [first, rest @ ..] => {
                if let TermKind::Value(Value::String(text)) = first.kind() {
                    return self.member(rest, &after(language, text), shapes);
                }
                let cuts = self.cuts(language).filter(|cuts| cuts.len() <= WAYS)?;
                let mut ways = Vec::new();
                for (before, behind) in cuts.iter() {
                    let own = is_in(first, before, shapes);
                    if own.as_bool() != Some(false) {
                        ways.push(Term::and([own, self.member(rest, behind, shapes)?]));
                    }
                }
                Some(Term::or(ways))
            }
        }
    }

    fn cuts(&mut self, language: &Regex) -> Option<Rc<Cuts>> {
        if let Some(known) = self.cuts.get(language) {
            return known.clone();
        }
        let cuts = cuts(language).map(Rc::new);
        self.cuts.insert(language.clone(), cuts.clone());
        cuts
    }
}

/// The pieces of a joined text.
fn pieces(term: &Term) -> Option<Vec<Term>> {
    if let TermKind::Concat(pieces) = term.kind() { Some(pieces.clone()) } else { None }
}

/// What the piece may stand for, if it is a variable of which that is known.
fn shape<'a>(piece: &Term, shapes: &Shapes<'a>) -> Option<&'a Shape> {
    if let TermKind::Var(symbol) = piece.kind() { shapes.get(symbol).copied() } else { None }
}

/// True iff the piece is in the language; false where the language needs a character that the piece
/// cannot have.
fn is_in(piece: &Term, language: &Regex, shapes: &Shapes<'_>) -> Term {
    if let Some(shape) = shape(piece, shapes)
        && !literals(language).all(|text| text.chars().all(|letter| shape.may_hold(letter)))
    {
        return Term::falsehood();
    }
    Term::in_regex(piece.clone(), language.clone())
}

/// The texts that every member of the language contains, as far as they can be seen.
fn literals(language: &Regex) -> impl Iterator<Item = &str> {
    let parts = if let Regex::Concat(parts) = language {
        parts.as_ref()
    } else {
        std::slice::from_ref(language)
    };
    parts
        .iter()
        .filter_map(|part| if let Regex::Literal(text) = part { Some(text.as_ref()) } else { None })
}

/// Repetitions that are cut up.
const REPETITIONS: u32 = 16;

/// What may follow the text.
fn after(language: &Regex, text: &str) -> Regex {
    text.chars().fold(language.clone(), |rest, letter| rest.derivative(letter))
}

/// Pairs of languages such that a text is in the language, and is cut somewhere, iff its two parts
/// are in the languages of some pair. `None` for languages that are not cut up.
fn cuts(language: &Regex) -> Option<Cuts> {
    match language {
        Regex::Empty => Some(Vec::new()),
        Regex::Literal(text) => {
            let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            Some(
                places
                    .filter_map(|at| text.split_at_checked(at))
                    .map(|(a, b)| (Regex::literal(a), Regex::literal(b)))
                    .collect(),
            )
        }
        Regex::Class(_) => {
            Some(vec![(Regex::epsilon(), language.clone()), (language.clone(), Regex::epsilon())])
        }
        Regex::Concat(parts) => {
            let mut found = Vec::new();
            for (at, part) in parts.iter().enumerate() {
                let before = || parts.iter().take(at).cloned();
                let behind = || parts.iter().skip(at + 1).cloned();
                let own = cuts(part)?.into_iter();
                found.extend(own.map(|(a, b)| {
                    (
                        Regex::concat(before().chain([a])),
                        Regex::concat(std::iter::once(b).chain(behind())),
                    )
                }));
            }
            found.sort();
            found.dedup();
            Some(found)
        }
        Regex::Union(parts) => {
            parts.iter().map(cuts).collect::<Option<Vec<_>>>().map(|found| found.concat())
        }
        // Between two repetitions, or within one.
        Regex::Star(inner) => {
            let within = cuts(inner)?
                .into_iter()
                .filter(|(a, b)| *a != Regex::epsilon() && *b != Regex::epsilon());
            let within = within.map(|(a, b)| {
                (Regex::concat([language.clone(), a]), Regex::concat([b, language.clone()]))
            });
            Some(std::iter::once((language.clone(), language.clone())).chain(within).collect())
        }
        Regex::Repeat(inner, low, high) if *high <= REPETITIONS => {
            let times = |low, high| Regex::repeat(inner.as_ref().clone(), low, high);
            let after = |at: u32| times(low.saturating_sub(at), high.saturating_sub(at));
            let within = cuts(inner)?
                .into_iter()
                .filter(|(a, b)| *a != Regex::epsilon() && *b != Regex::epsilon());
            let within = within.flat_map(|(a, b)| {
                (0..*high)
                    .map(move |at| {
                        (
                            Regex::concat([times(at, at), a.clone()]),
                            Regex::concat([b.clone(), after(at + 1)]),
                        )
                    })
                    .collect::<Vec<_>>()
            });
            Some((0..=*high).map(|at| (times(at, at), after(at))).chain(within).collect())
        }
        Regex::Repeat(..) | Regex::Intersection(_) | Regex::Complement(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::evaluate::evaluate;
    use keyaki_logic::model::Model;
    use keyaki_logic::term::Sort;

    /// Every text over a small alphabet up to a length.
    fn texts(length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..length {
            last = last
                .iter()
                .flat_map(|text| ["a", "b", "/"].map(|letter| format!("{text}{letter}")))
                .collect();
            all.extend(last.clone());
        }
        all
    }

    #[test]
    fn parts_are_asked_what_the_whole_is_asked() {
        let star = Regex::all;
        let literal = Regex::literal;
        let languages = [
            literal("a/b"),
            Regex::concat([literal("a"), star(), literal("/b")]),
            Regex::concat([star(), literal("b"), Regex::any_char(), star()]),
            Regex::union([literal("ab"), Regex::concat([literal("a/"), star()])]),
            Regex::concat([Regex::any_char(), star()]),
            Regex::complement(literal("a/a")),
            Regex::repeat(Regex::any_char(), 2, 3),
            Regex::repeat(Regex::any_char(), 2, 30),
            Regex::repeat(
                Regex::concat([Regex::star(Regex::none_of("/")), Regex::opt(literal("/"))]),
                1,
                2,
            ),
            Regex::star(Regex::none_of("/")),
            Regex::star(Regex::concat([literal("a"), Regex::opt(literal("/b"))])),
        ];
        let [first, second] = ["first", "second"].map(|name| Symbol::new(name, Sort::String));
        let joined = Term::concat([Term::var(&first), Term::string("/"), Term::var(&second)]);
        // The first part has no slash.
        let shape = Shape::text("a-z");
        let shapes = BTreeMap::from([(first.clone(), &shape)]);
        let mut cutter = Cutter::default();
        let (mut members, mut apart) = (0, 0);
        for language in languages {
            let asked = Term::in_regex(joined.clone(), language.clone());
            let answer = cutter.taken_apart(std::slice::from_ref(&asked), &shapes);
            apart += usize::from(answer[0] != asked);
            for (one, other) in texts(3)
                .iter()
                .filter(|text| !text.contains('/'))
                .flat_map(|one| texts(3).into_iter().map(move |other| (one, other)))
            {
                let mut model = Model::new();
                model.insert(first.clone(), Value::String(one.clone()));
                model.insert(second.clone(), Value::String(other.clone()));
                let expected = language.is_match(&format!("{one}/{other}"));
                assert_eq!(
                    evaluate(&answer[0], &model),
                    Value::Bool(expected),
                    "{one} / {other}: {language:?}"
                );
                members += usize::from(expected);
            }
        }
        assert!(members > 500 && apart == 9, "{members} {apart}");
    }

    /// One question about variables that may hold more here than there.
    #[test]
    fn what_was_taken_apart_counts_for_the_same_shapes() {
        let [first, second] = ["first", "second"].map(|name| Symbol::new(name, Sort::String));
        let joined = Term::concat([Term::var(&first), Term::string("/"), Term::var(&second)]);
        let asked = Term::in_regex(joined, Regex::literal("a/b/c"));
        let [narrow, wide] = ["a-z", "a-z/"].map(Shape::text);
        let mut cutter = Cutter::default();
        let mut apart = |shape: &Shape| {
            let shapes = BTreeMap::from([(first.clone(), shape)]);
            cutter.taken_apart(std::slice::from_ref(&asked), &shapes)
        };
        let model = Model::from_iter(
            [(first.clone(), "a/b"), (second.clone(), "c")]
                .map(|(name, text)| (name, Value::String(text.to_owned()))),
        );
        let expected = [(&narrow, false), (&wide, true), (&narrow, false)];
        for (shape, holds) in expected {
            assert_eq!(evaluate(&apart(shape)[0], &model), Value::Bool(holds), "{shape:?}");
        }
    }
}
