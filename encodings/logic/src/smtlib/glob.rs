//! Globs with embedded terms as string constraints without quantifiers.
//!
//! A glob is a first and a last segment with middle segments between, separated by gaps of any
//! characters. The first must stand at the start, the last at the end, and each middle one may as
//! well stand at its leftmost place behind the one before, which `str.indexof` finds: all segments
//! have a fixed length once the embedded terms have values, so that standing further left never
//! hurts what follows. The formula is therefore exact, under negation too.
//!
//! A `?` beside a `*` makes the gap longer; one inside the first or last segment stands at a known
//! place. A middle segment with a `?` inside is the exception, because no function finds its
//! leftmost place.

use crate::term::{Part, Term, TermKind};

/// A glob cut at its `*`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segments {
    /// What the text begins with.
    pub first: Vec<Piece>,
    /// The least length of the gap before each middle segment, and the segment.
    pub middle: Vec<(usize, Vec<Piece>)>,
    /// The least length of the gap before the last segment and what the text ends with; `None` if
    /// the glob has no `*`.
    pub last: Option<(usize, Vec<Piece>)>,
}

/// A piece of a segment: its length is known once the embedded terms have values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// A string, never the empty constant.
    Fixed(Term),
    /// That many arbitrary characters, at least one.
    Any(usize),
}

impl Segments {
    /// Cuts a glob.
    pub fn of(parts: &[Part]) -> Segments {
        let mut runs: Vec<Vec<Piece>> =
            parts.split(|part| *part == Part::AnyString).map(segment).collect();
        let last = if runs.len() > 1 { runs.pop() } else { None };
        let mut runs = runs.into_iter();
        let mut first = runs.next().unwrap_or_default();
        let Some(mut last) = last else {
            return Segments { first, middle: Vec::new(), last: None };
        };
        let mut gap = cut_any(&mut first, true);
        let mut middle = Vec::new();
        for mut run in runs {
            gap += cut_any(&mut run, false);
            let behind = cut_any(&mut run, true);
            if !run.is_empty() {
                middle.push((std::mem::take(&mut gap), run));
            }
            gap += behind;
        }
        gap += cut_any(&mut last, false);
        Segments { first, middle, last: Some((gap, last)) }
    }

    /// The strings of all segments.
    pub fn terms(&self) -> Vec<Term> {
        let segments = [&self.first]
            .into_iter()
            .chain(self.middle.iter().map(|(_, segment)| segment))
            .chain(self.last.iter().map(|(_, segment)| segment));
        segments
            .flatten()
            .filter_map(
                |piece| if let Piece::Fixed(term) = piece { Some(term.clone()) } else { None },
            )
            .collect()
    }

    /// Whether a formula without quantifiers says exactly when a text matches.
    pub fn is_functional(&self) -> bool {
        self.middle
            .iter()
            .all(|(_, segment)| !segment.iter().any(|piece| matches!(piece, Piece::Any(_))))
    }
}

fn segment(parts: &[Part]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for part in parts {
        match part {
            Part::Literal(text) => push_fixed(&mut pieces, Term::string(text.as_str())),
            Part::Value(term) => push_fixed(&mut pieces, term.clone()),
            Part::AnyChar | Part::AnyString => match pieces.last_mut() {
                Some(Piece::Any(count)) => *count += 1,
                _ => pieces.push(Piece::Any(1)),
            },
        }
    }
    pieces
}

fn push_fixed(pieces: &mut Vec<Piece>, term: Term) {
    match pieces.last_mut() {
        _ if term.as_str() == Some("") => {}
        Some(Piece::Fixed(before)) => *before = Term::concat([before.clone(), term]),
        _ => pieces.push(Piece::Fixed(term)),
    }
}

/// Takes the arbitrary characters off the end (the start) of a segment and returns their number.
fn cut_any(segment: &mut Vec<Piece>, from_end: bool) -> usize {
    let outer = if from_end { segment.last() } else { segment.first() };
    let Some(Piece::Any(count)) = outer else { return 0 };
    let count = *count;
    if from_end {
        segment.pop();
    } else {
        segment.remove(0);
    }
    count
}

/// Writes the formula of one glob; `text_of` prints a string term, `define` names an integer.
pub(super) struct Formula<'a> {
    pub(super) subject: &'a str,
    pub(super) text_of: &'a mut dyn FnMut(&Term) -> String,
    pub(super) define: &'a mut dyn FnMut(String) -> String,
}

impl Formula<'_> {
    /// The formula; the segments must be functional.
    pub(super) fn print(mut self, segments: &Segments) -> String {
        let subject = self.subject;
        let mut conditions = Vec::new();
        let Some((gap, last)) = &segments.last else {
            let length = sum(self.lengths(&segments.first));
            conditions.push(format!("(= (str.len {subject}) {length})"));
            self.positions(&segments.first, "0".to_owned(), &mut conditions);
            return conjunction(conditions);
        };
        if let (true, true, 0, [(0, middle)]) =
            (segments.first.is_empty(), last.is_empty(), *gap, segments.middle.as_slice())
        {
            return format!("(str.contains {subject} {})", self.fixed(middle));
        }
        self.prefix(&segments.first, &mut conditions);
        let mut end = self.lengths(&segments.first);
        for (gap, middle) in &segments.middle {
            end.push(gap.to_string());
            let found = format!("(str.indexof {subject} {} {})", self.fixed(middle), sum(end));
            let found = (self.define)(found);
            conditions.push(format!("(>= {found} 0)"));
            end = self.lengths(middle);
            end.insert(0, found);
        }
        self.suffix(last, &mut conditions);
        let settled = last.is_empty()
            && *gap == 0
            && segments.first.iter().all(|piece| matches!(piece, Piece::Fixed(_)));
        let alone = segments.first.is_empty()
            && segments.middle.is_empty()
            && *gap == 0
            && matches!(last.as_slice(), [Piece::Fixed(_)]);
        if !settled && !alone {
            end.extend(self.lengths(last));
            end.push(gap.to_string());
            conditions.push(format!("(<= {} (str.len {subject}))", sum(end)));
        }
        conjunction(conditions)
    }

    fn prefix(&mut self, segment: &[Piece], conditions: &mut Vec<String>) {
        match segment {
            [] => {}
            [Piece::Fixed(term)] => {
                conditions.push(format!("(str.prefixof {} {})", (self.text_of)(term), self.subject))
            }
            _ => self.positions(segment, "0".to_owned(), conditions),
        }
    }

    fn suffix(&mut self, segment: &[Piece], conditions: &mut Vec<String>) {
        match segment {
            [] => {}
            [Piece::Fixed(term)] => {
                conditions.push(format!("(str.suffixof {} {})", (self.text_of)(term), self.subject))
            }
            _ => {
                let length = sum(self.lengths(segment));
                let start = (self.define)(format!("(- (str.len {}) {length})", self.subject));
                self.positions(segment, start, conditions);
            }
        }
    }

    /// Each fixed piece stands at its place, counted from `start`. Says nothing of the subject's
    /// length.
    fn positions(&mut self, segment: &[Piece], start: String, conditions: &mut Vec<String>) {
        let mut place = vec![start];
        for piece in segment {
            match piece {
                Piece::Any(count) => place.push(count.to_string()),
                Piece::Fixed(term) => {
                    let (text, lengths, at) = (
                        (self.text_of)(term),
                        self.lengths(std::slice::from_ref(piece)),
                        sum(place.clone()),
                    );
                    conditions.push(format!(
                        "(= (str.substr {} {at} {}) {text})",
                        self.subject,
                        sum(lengths.clone())
                    ));
                    place.extend(lengths);
                }
            }
        }
    }

    fn fixed(&mut self, segment: &[Piece]) -> String {
        // Neighbouring fixed pieces are one piece, and a functional middle segment has no other
        // kind.
        if let [Piece::Fixed(term)] = segment { (self.text_of)(term) } else { "\"\"".to_owned() }
    }

    /// The summands of a segment's length.
    fn lengths(&mut self, segment: &[Piece]) -> Vec<String> {
        let mut lengths = Vec::new();
        for piece in segment {
            match piece {
                Piece::Any(count) => lengths.push(count.to_string()),
                Piece::Fixed(term) => {
                    let pieces = if let TermKind::Concat(pieces) = term.kind() {
                        pieces.as_slice()
                    } else {
                        std::slice::from_ref(term)
                    };
                    lengths.extend(pieces.iter().map(|piece| self.length_of(piece)));
                }
            }
        }
        lengths
    }

    fn length_of(&mut self, term: &Term) -> String {
        match term.as_str() {
            Some(text) => text.chars().count().to_string(),
            None => format!("(str.len {})", (self.text_of)(term)),
        }
    }
}

/// A sum; constants are added up.
fn sum(summands: Vec<String>) -> String {
    let (mut constant, mut rest) = (0_usize, Vec::new());
    for summand in summands {
        match summand.parse::<usize>() {
            Ok(number) => constant += number,
            Err(_) => rest.push(summand),
        }
    }
    if constant > 0 || rest.is_empty() {
        rest.push(constant.to_string());
    }
    match rest.as_slice() {
        [one] => one.clone(),
        _ => format!("(+ {})", rest.join(" ")),
    }
}

fn conjunction(conditions: Vec<String>) -> String {
    match conditions.as_slice() {
        [] => "true".to_owned(),
        [one] => one.clone(),
        _ => format!("(and {})", conditions.join(" ")),
    }
}
