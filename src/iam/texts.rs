//! What texts were read as before: in the lines of a batch the same ones stand again and again.

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::hash::{BuildHasher, Hash};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A text, and what it is read as: as another thing it is something else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'t, K> {
    kind: K,
    text: &'t str,
    hash: u64,
}

impl<'t, K: Hash + Copy> Key<'t, K> {
    pub fn of(kind: K, text: &'t str) -> Self {
        Self { kind, text, hash: FxBuildHasher.hash_one((kind, text)) }
    }

    pub fn text(&self) -> &'t str {
        self.text
    }
}

/// What some texts were read as: those that came again, and the last ones of those that came once.
/// Threads may share them.
#[derive(Debug)]
pub(crate) struct Texts<K, V> {
    known: Mutex<Known<K, V>>,
}

#[derive(Debug)]
struct Known<K, V> {
    /// What came more than once.
    again: Kept<K, V>,
    /// What came once, of late: where something comes again, it often does so soon.
    late: Kept<K, V>,
    /// The hashes of what came: where most texts come once, little is kept.
    seen: FxHashSet<u64>,
}

/// Texts of at most so many bytes together.
#[derive(Debug)]
struct Kept<K, V> {
    most: usize,
    bytes: usize,
    by_hash: FxHashMap<u64, Vec<Read<K, V>>>,
}

#[derive(Debug)]
struct Read<K, V> {
    kind: K,
    text: Arc<str>,
    value: V,
}

/// How many bytes of text are kept of what came once.
const LATE: usize = 1 << 17;

/// How many hashes are kept.
const SEEN: usize = 1 << 13;

/// What is kept of a text beside it, at the least.
const EACH: usize = 256;

impl<K, V> Texts<K, V> {
    /// None so far. Of what came again, at most so many bytes of text are kept; then it is forgotten.
    pub fn keeping(again: usize) -> Self {
        let kept = |most| Kept { most, bytes: 0, by_hash: FxHashMap::default() };
        let known = Known { again: kept(again), late: kept(LATE), seen: FxHashSet::default() };
        Self { known: Mutex::new(known) }
    }
}

impl<K: Eq + Copy, V: Clone> Texts<K, V> {
    /// What a text was read as.
    pub fn find(&self, key: &Key<'_, K>) -> Option<V> {
        let mut known = self.lock();
        if let Some(value) = known.again.find(key) {
            return Some(value);
        }
        let value = known.late.find(key)?;
        known.again.keep(key, &value);
        Some(value)
    }

    /// Keeps what a text was read as.
    pub fn keep(&self, key: &Key<'_, K>, value: &V) {
        let mut known = self.lock();
        if known.seen.len() >= SEEN {
            known.seen.clear();
        }
        if known.seen.insert(key.hash) {
            known.late.keep(key, value);
        } else {
            known.again.keep(key, value);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known<K, V>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Copy, V: Clone> Kept<K, V> {
    fn find(&self, key: &Key<'_, K>) -> Option<V> {
        let same = |read: &&Read<K, V>| read.kind == key.kind && *read.text == *key.text;
        self.by_hash.get(&key.hash)?.iter().find(same).map(|read| read.value.clone())
    }

    /// Keeps a text; where the room is full, without the others.
    fn keep(&mut self, key: &Key<'_, K>, value: &V) {
        let bytes = EACH + key.text.len();
        if bytes > self.most {
            return;
        }
        if self.bytes + bytes > self.most {
            (self.bytes, self.by_hash) = (0, FxHashMap::default());
        }
        // Another thread may have read it in the meantime.
        if self.find(key).is_none() {
            let Key { kind, text, hash } = *key;
            let read = Read { kind, text: text.into(), value: value.clone() };
            self.by_hash.entry(hash).or_default().push(read);
            self.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGAIN: usize = 1 << 20;

    fn text(at: usize) -> String {
        format!("{at:0width$}", width = LATE / 8)
    }

    #[test]
    fn what_comes_again_is_kept_and_of_the_rest_the_last() {
        let known = Texts::keeping(AGAIN);
        let find = |at: usize| {
            let found = known.find(&Key::of((), &text(at)));
            assert!(found.is_none_or(|found| found == at));
            found.is_some()
        };
        let keep = |at: usize| known.keep(&Key::of((), &text(at)), &at);
        keep(0);
        assert!(find(0) && find(0));
        (1..30).for_each(keep);
        let bytes = |kept: &Kept<(), usize>| -> usize {
            kept.by_hash.values().flatten().map(|read| EACH + read.text.len()).sum()
        };
        let bounded = || {
            let Known { again, late, seen: _ } = &*known.lock();
            assert_eq!([again.bytes, late.bytes], [bytes(again), bytes(late)]);
            assert!(again.bytes <= AGAIN && late.bytes <= LATE);
        };
        bounded();
        // The first one came again, and most of the others are gone.
        assert!(find(0) && find(29) && !find(1) && !find(10));
        // One that comes again when it is gone came again all the same.
        keep(10);
        (30..60).for_each(keep);
        assert!(find(10) && !find(11));
        for at in (0..200).chain(0..200) {
            keep(at);
            bounded();
        }
        assert!(find(199) && find(190) && !find(20));
        let longest = "x".repeat(AGAIN);
        (0..3).for_each(|_| known.keep(&Key::of((), &longest), &0));
        assert!(known.find(&Key::of((), &longest)).is_none() && find(199));
    }

    /// Two texts of one hash, and one text that is read as two things.
    #[test]
    fn a_text_is_told_from_others() {
        let known = Texts::keeping(AGAIN);
        let key = |kind: u8, text: &'static str| Key { kind, text, hash: 7 };
        for (kind, text, value) in [(0, "a", 'a'), (0, "b", 'b'), (1, "a", 'c')] {
            known.keep(&key(kind, text), &value);
        }
        let found =
            [key(0, "a"), key(0, "b"), key(1, "a"), key(1, "b")].map(|key| known.find(&key));
        assert_eq!(found, [Some('a'), Some('b'), Some('c'), None]);
    }
}
