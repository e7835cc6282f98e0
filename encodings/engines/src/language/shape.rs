//! Shapes of languages about which much can be said without automata.

use super::letter::{LETTERS, Letters, letter, letters};
use keyaki_logic::regex::Regex;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Repetitions of one character that are written out.
const REPETITIONS: u32 = 64;

/// A text in both writings.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Word {
    pub text: Arc<str>,
    pub letters: Arc<[u32]>,
}

impl Word {
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), letters: letters(text).into() }
    }

    pub fn of(letters: Vec<u32>) -> Self {
        Self { text: super::letter::text(&letters).into(), letters: letters.into() }
    }

    /// The shorter first, then the more natural.
    pub fn rank(&self) -> (usize, &[u32]) {
        (self.letters.len(), &self.letters)
    }
}

/// What kind of language it is.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Some texts.
    Finite(Arc<Finite>),
    /// A sequence of letters and of repetitions of a letter: globs, literals that ignore case, runs
    /// of characters.
    Units(Arc<[Unit]>),
    /// Another one.
    Other,
}

/// Some texts, the most natural first.
#[derive(Debug)]
pub(super) struct Finite {
    pub words: Vec<Word>,
    /// Whether the expression is that of one text.
    pub is_literal: bool,
    texts: FxHashSet<Arc<str>>,
}

/// One of some letters, or any number of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unit {
    letters: Letters,
    star: bool,
}

impl Unit {
    fn is_anything(&self) -> bool {
        self.star && self.letters.is_full()
    }
}

impl Shape {
    pub fn of(regex: &Regex) -> Self {
        let literals: Option<Vec<&str>> = match regex {
            Regex::Empty => Some(Vec::new()),
            Regex::Literal(text) => Some(vec![text]),
            Regex::Union(parts) => parts.iter().map(Regex::as_literal).collect(),
            Regex::Class(_) | Regex::Concat(_) | Regex::Intersection(_) => None,
            Regex::Complement(_) | Regex::Star(_) | Regex::Repeat(..) => None,
        };
        if let Some(literals) = literals {
            return Self::Finite(Arc::new(Finite::new(literals, regex.as_literal().is_some())));
        }
        let mut units = Vec::new();
        let parts = if let Regex::Concat(parts) = regex {
            parts.as_ref()
        } else {
            std::slice::from_ref(regex)
        };
        match parts.iter().try_for_each(|part| append(&mut units, part)) {
            Some(()) => Self::Units(units.into()),
            None => Self::Other,
        }
    }

    /// Whether a word is in the language, if the shape says it.
    pub fn accepts(&self, word: &Word) -> Option<bool> {
        match self {
            Self::Finite(finite) => Some(finite.contains(&word.text)),
            Self::Units(units) => Some(matches(units, &word.letters)),
            Self::Other => None,
        }
    }

    /// The first word, if the shape shows it.
    pub fn least(&self) -> Option<Word> {
        match self {
            Self::Finite(finite) => finite.words.first().cloned(),
            Self::Units(units) => Some(Word::of(
                units.iter().filter(|unit| !unit.star).map(|unit| unit.letters.least()).collect(),
            )),
            Self::Other => None,
        }
    }

    /// The first text in three pieces, if the shape shows it: what stands before all repetitions,
    /// in between, and after them.
    pub fn pieces(&self) -> Option<(Vec<u32>, Vec<u32>, Vec<u32>)> {
        let Self::Units(units) = self else { return None };
        let first = units.iter().position(|unit| unit.star).unwrap_or(units.len());
        let last = units.iter().rposition(|unit| unit.star).unwrap_or(units.len());
        let piece = |from: usize, to: usize| {
            let piece = units.get(from..to).unwrap_or_default();
            piece.iter().filter(|unit| !unit.star).map(|unit| unit.letters.least()).collect()
        };
        Some((piece(0, first), piece(first, last), piece(last, units.len())))
    }

    fn units(&self) -> &[Unit] {
        if let Self::Units(units) = self { units } else { &[] }
    }

    /// Whether the languages have no text in common, if the shapes say it.
    pub fn disjoint(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Finite(finite), other) | (other, Self::Finite(finite)) => {
                let hits: Option<Vec<bool>> =
                    finite.words.iter().map(|word| other.accepts(word)).collect();
                hits.map(|hits| !hits.contains(&true))
            }
            (Self::Units(a), Self::Units(b)) => Some(disjoint(a, b)),
            _ => None,
        }
    }

    /// Whether all texts of this language are in the other, if the shapes say it.
    pub fn contained(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Finite(finite), _) => {
                let hits: Option<Vec<bool>> =
                    finite.words.iter().map(|word| other.accepts(word)).collect();
                hits.map(|hits| !hits.contains(&false))
            }
            (Self::Units(a), Self::Finite(_)) => a.iter().any(|unit| unit.star).then_some(false),
            (Self::Units(a), Self::Units(b)) => contained(a, b),
            _ => None,
        }
    }

    /// `Some(false)` if some text is seen to be in neither.
    pub fn covers(&self, other: &Self) -> Option<bool> {
        let mut samples =
            vec![Word::of(Vec::new()), Word::of(vec![LETTERS - 1; 3]), Word::of(vec![0; 2])];
        for unit in [self, other].into_iter().flat_map(Self::units).filter(|unit| unit.star) {
            samples.extend(unit.letters.outside().map(|letter| Word::of(vec![letter])));
        }
        let missed = |shape: &Self, sample: &Word| shape.accepts(sample) == Some(false);
        samples.iter().any(|sample| missed(self, sample) && missed(other, sample)).then_some(false)
    }
}

impl Finite {
    fn new(literals: Vec<&str>, is_literal: bool) -> Self {
        let mut words: Vec<Word> = literals.into_iter().map(Word::new).collect();
        words.sort_by(|a, b| a.rank().cmp(&b.rank()));
        words.dedup();
        let texts = if words.len() > 1 {
            words.iter().map(|word| word.text.clone()).collect()
        } else {
            FxHashSet::default()
        };
        Self { words, is_literal, texts }
    }

    pub fn contains(&self, text: &str) -> bool {
        match self.words.as_slice() {
            [] => false,
            [one] => *one.text == *text,
            _ => self.texts.contains(text),
        }
    }
}

fn append(units: &mut Vec<Unit>, part: &Regex) -> Option<()> {
    match part {
        Regex::Literal(text) => units
            .extend(text.chars().map(|c| Unit { letters: Letters::one(letter(c)), star: false })),
        Regex::Star(inner) => units.push(Unit { letters: one_letter(inner)?, star: true }),
        Regex::Repeat(inner, low, high) if low == high && *low <= REPETITIONS => {
            let unit = Unit { letters: one_letter(inner)?, star: false };
            units.extend((0..*low).map(|_| unit.clone()));
        }
        Regex::Empty
        | Regex::Class(_)
        | Regex::Concat(_)
        | Regex::Union(_)
        | Regex::Intersection(_)
        | Regex::Complement(_) => units.push(Unit { letters: one_letter(part)?, star: false }),
        Regex::Repeat(..) => return None,
    }
    Some(())
}

fn one_letter(regex: &Regex) -> Option<Letters> {
    match regex {
        Regex::Class(class) => Letters::of_class(class),
        Regex::Literal(text) => {
            let mut chars = text.chars();
            let first = chars.next()?;
            chars.next().is_none().then(|| Letters::one(letter(first)))
        }
        Regex::Empty | Regex::Concat(_) | Regex::Union(_) | Regex::Intersection(_) => None,
        Regex::Complement(_) | Regex::Star(_) | Regex::Repeat(..) => None,
    }
}

fn matches(units: &[Unit], word: &[u32]) -> bool {
    if units.iter().any(|unit| unit.star && !unit.letters.is_full()) {
        simulate(units, word)
    } else {
        glob_matches(units, word)
    }
}

/// Greedy: only the last `.*` that was passed is ever widened.
fn glob_matches(units: &[Unit], word: &[u32]) -> bool {
    let (mut unit, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&letter) = word.get(at) {
        match units.get(unit) {
            Some(one) if one.star => {
                retry = Some((unit + 1, at));
                unit += 1;
            }
            Some(one) if one.letters.contains(letter) => (unit, at) = (unit + 1, at + 1),
            _ => {
                let Some((after, from)) = retry else { return false };
                retry = Some((after, from + 1));
                (unit, at) = (after, from + 1);
            }
        }
    }
    units.get(unit..).is_some_and(|rest| rest.iter().all(|one| one.star))
}

/// All places at once.
fn simulate(units: &[Unit], word: &[u32]) -> bool {
    let mut reached = vec![false; units.len() + 1];
    reached.first_mut().into_iter().for_each(|first| *first = true);
    skip(units, &mut reached);
    for &letter in word {
        let mut next = vec![false; units.len() + 1];
        for (place, unit) in units.iter().enumerate() {
            if reached.get(place) == Some(&true) && unit.letters.contains(letter) {
                next.get_mut(place + usize::from(!unit.star))
                    .into_iter()
                    .for_each(|mark| *mark = true);
            }
        }
        reached = next;
        skip(units, &mut reached);
    }
    reached.last() == Some(&true)
}

fn skip(units: &[Unit], reached: &mut [bool]) {
    for (place, unit) in units.iter().enumerate() {
        if unit.star && reached.get(place) == Some(&true) {
            reached.get_mut(place + 1).into_iter().for_each(|mark| *mark = true);
        }
    }
}

fn disjoint(a: &[Unit], b: &[Unit]) -> bool {
    fn clash<'a>(a: impl Iterator<Item = &'a Unit>, b: impl Iterator<Item = &'a Unit>) -> bool {
        let pairs = a.take_while(|unit| !unit.star).zip(b.take_while(|unit| !unit.star));
        pairs.into_iter().any(|(a, b)| !a.letters.meets(&b.letters))
    }
    if clash(a.iter(), b.iter()) || clash(a.iter().rev(), b.iter().rev()) {
        return true;
    }
    // With `.*` between what is fixed at both ends, there is room for everything in between.
    let roomy = |units: &[Unit]| {
        let mut stars = units.iter().filter(|unit| unit.star);
        stars.next().is_some_and(Unit::is_anything)
            && stars.next_back().is_none_or(Unit::is_anything)
    };
    if roomy(a) && roomy(b) {
        return false;
    }
    !walk(a.len(), b.len(), |i, j| {
        let (x, y) = (a.get(i), b.get(j));
        let both = x.zip(y).is_some_and(|(x, y)| x.letters.meets(&y.letters));
        let (x, y) = (x.is_some_and(|unit| unit.star), y.is_some_and(|unit| unit.star));
        // Skip a star; or read a letter, after which a star stays.
        [(x, 1, 0), (y, 0, 1), (both, usize::from(!x), usize::from(!y))]
    })
}

/// `Some(true)` if each unit of `a` finds its place in `b`; `Some(false)` if a sample of `a` is not
/// in `b`.
fn contained(a: &[Unit], b: &[Unit]) -> Option<bool> {
    // The first text; and one with odd letters, also for the repetitions.
    let sample = |odd: bool| {
        let last = |unit: &Unit| unit.letters.ranges().last().map(|range| range.1);
        let letter = |unit: &Unit| {
            if odd { last(unit) } else { Some(unit.letters.least()).filter(|_| !unit.star) }
        };
        a.iter().filter_map(letter).collect::<Vec<u32>>()
    };
    if !matches(b, &sample(false)) || !matches(b, &sample(true)) {
        return Some(false);
    }
    let placed = walk(a.len(), b.len(), |i, j| {
        let (x, y) = (a.get(i), b.get(j));
        let fits = x.zip(y).is_some_and(|(x, y)| y.letters.includes(&x.letters));
        let (x, y) = (x.is_some_and(|unit| unit.star), y.is_some_and(|unit| unit.star));
        // Leave a star of `b`; or place a unit into it; or place a letter.
        [(y, 0, 1), (fits && y, 1, 0), (fits && !x && !y, 1, 1)]
    });
    placed.then_some(true)
}

/// Whether steps lead from the start of both sequences to the end of both. A step that does not
/// move is ignored.
fn walk(
    rows: usize,
    columns: usize,
    steps: impl Fn(usize, usize) -> [(bool, usize, usize); 3],
) -> bool {
    let width = columns + 1;
    let mut reached = vec![false; (rows + 1) * width];
    reached.first_mut().into_iter().for_each(|first| *first = true);
    for row in 0..=rows {
        for column in 0..=columns {
            if reached.get(row * width + column) != Some(&true) {
                continue;
            }
            for (allowed, down, right) in steps(row, column) {
                if allowed && row + down <= rows && column + right <= columns {
                    reached
                        .get_mut((row + down) * width + column + right)
                        .into_iter()
                        .for_each(|mark| *mark = true);
                }
            }
        }
    }
    reached.last() == Some(&true)
}
