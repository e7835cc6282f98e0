//! Why there is no text.

use super::shape::{Shape, Word};
use super::{Exhausted, Language, Languages};
use rustc_hash::FxHashMap;

/// The words that are asked for at once.
const WORDS: usize = 1024;

/// A language, whether texts have to be in it, and its place in the caller's list.
type Literal = (Language, bool, usize);

/// Languages in two parts: single texts that are excluded, of which there can be thousands, and all
/// others.
#[derive(Default)]
struct Core {
    others: Vec<Literal>,
    /// The places of the excluded texts.
    texts: FxHashMap<Language, usize>,
}

impl Core {
    fn within(&self) -> Vec<Language> {
        self.others.iter().filter(|one| one.1).map(|one| one.0).collect()
    }

    fn without(&self) -> Vec<Language> {
        let mut texts: Vec<_> =
            self.texts.iter().map(|(language, place)| (*place, *language)).collect();
        texts.sort_unstable();
        let others = self.others.iter().filter(|one| !one.1).map(|one| one.0);
        others.chain(texts.into_iter().map(|text| text.1)).collect()
    }

    fn places(&self) -> (Vec<usize>, Vec<usize>) {
        let side =
            |sign: bool| self.others.iter().filter(move |one| one.1 == sign).map(|one| one.2);
        let (mut within, mut without): (Vec<_>, Vec<_>) =
            (side(true).collect(), side(false).chain(self.texts.values().copied()).collect());
        within.sort_unstable();
        without.sort_unstable();
        (within, without)
    }
}

impl Languages {
    /// Few of the languages that contradict each other already: their places in `within` and in
    /// `without`, in order. None of them can be left out, unless what is left is too large to
    /// decide. To be called when [`Languages::witness`] gave `None`; an error where they do not
    /// contradict each other.
    pub fn conflict(
        &mut self,
        within: &[Language],
        without: &[Language],
    ) -> Result<(Vec<usize>, Vec<usize>), Exhausted> {
        let mut all = Core::default();
        all.others.extend(within.iter().enumerate().map(|(place, one)| (*one, true, place)));
        for (place, one) in without.iter().enumerate() {
            if self.is_literal(*one) {
                all.texts.entry(*one).or_insert(place);
            } else {
                all.others.push((*one, false, place));
            }
        }
        let core = match self.pair(&all) {
            Some(pair) => pair,
            None => self.grown(all)?,
        };
        Ok(self.shrunk(core).places())
    }

    /// Two languages that contradict each other at a glance.
    fn pair(&self, all: &Core) -> Option<Core> {
        let shape = |one: &Literal| self.shape(one.0).unwrap_or(&Shape::Other);
        for (index, a) in all.others.iter().enumerate().filter(|(_, one)| one.1) {
            let clash = |b: &&Literal| if b.1 { shape(a).disjoint(shape(b)) } else { shape(a).contained(shape(b)) } == Some(true);
            if let Some(b) = all.others.iter().skip(index + 1).find(clash) {
                return Some(Core { others: vec![*a, *b], ..Core::default() });
            }
            if let Some((language, place)) = all.texts.get_key_value(&a.0) {
                return Some(Core {
                    others: vec![*a],
                    texts: FxHashMap::from_iter([(*language, *place)]),
                });
            }
        }
        None
    }

    /// Adds languages that refuse the texts which are left, until none is left. What it gives is a
    /// conflict.
    fn grown(&mut self, all: Core) -> Result<Core, Exhausted> {
        let finite = |one: &&Literal| one.1 && matches!(self.shape(one.0), Some(Shape::Finite(_)));
        let mut core = Core {
            others: all.others.iter().find(finite).copied().into_iter().collect(),
            ..Core::default()
        };
        let mut count = 1;
        while let Ok(words) = self.words(&core.within(), &core.without(), count) {
            if words.is_empty() {
                return Ok(core);
            }
            for word in &words {
                if core.others.iter().any(|one| self.refuses(one, word)) {
                    continue;
                }
                if let Some(one) = all.others.iter().find(|one| self.refuses(one, word)) {
                    core.others.push(*one);
                } else if let Some((text, place)) =
                    self.literal_of(word).and_then(|text| all.texts.get_key_value(&text))
                {
                    core.texts.insert(*text, *place);
                } else {
                    return Err(Exhausted { states: self.bound });
                }
            }
            count = (count * 2).min(WORDS);
        }
        // Fewer languages can be harder than all of them.
        match self.words(&all.within(), &all.without(), 1)?.as_slice() {
            [] => Ok(all),
            _ => Err(Exhausted { states: self.bound }),
        }
    }

    /// Leaves out one after another what is not needed.
    fn shrunk(&mut self, mut core: Core) -> Core {
        // Without one of the excluded texts, that text is all that can be left.
        let mut texts = std::mem::take(&mut core.texts);
        texts.retain(|text, _| {
            self.only(*text)
                .is_some_and(|word| !core.others.iter().any(|other| self.refuses(other, &word)))
        });
        core.texts = texts;
        for at in (0..core.others.len()).rev() {
            let one = core.others.remove(at);
            if !self.words(&core.within(), &core.without(), 1).is_ok_and(|words| words.is_empty()) {
                core.others.insert(at, one);
            }
        }
        core
    }

    fn only(&self, language: Language) -> Option<Word> {
        self.shape(language).and_then(Shape::least)
    }

    fn refuses(&mut self, one: &Literal, word: &Word) -> bool {
        self.has(one.0, word) != one.1
    }
}
