//! Documents that were read before: in the lines of a batch the same ones stand again and again.

use crate::policy::read::ReadOptions;
use crate::policy::{Kind, Policy};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How documents are read, and some that were read so without a finding, by their texts: those that
/// came again, and the last ones of those that came once. A clone knows the same documents. Threads
/// may share them.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    options: ReadOptions,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    /// What came more than once.
    again: Texts,
    /// What came once, of late: where something comes again, it often does so soon.
    late: Texts,
    /// The hashes of what came: where most texts come once, little is kept.
    seen: FxHashSet<u64>,
}

#[derive(Debug, Default)]
struct Texts {
    /// Of each text what it is as one kind of policy or another.
    policies: HashMap<Arc<str>, Vec<(Kind, Arc<Policy>)>>,
    bytes: usize,
}

/// How many bytes of text are kept of what came again; then it is forgotten. The managed policies of
/// AWS have 3 MB together. A policy takes about 15 times as much as its text.
const AGAIN: usize = 4 << 20;

/// Likewise of what came once.
const LATE: usize = 1 << 17;

/// How many hashes are kept.
const SEEN: usize = 1 << 16;

/// What a document takes beside its text, at the least.
const EACH: usize = 256;

impl Documents {
    /// None so far, to be read so.
    pub fn read_with(options: ReadOptions) -> Self {
        Self { options, known: Arc::default() }
    }

    /// How they are read.
    pub fn options(&self) -> &ReadOptions {
        &self.options
    }

    /// The policy of a text, with places that count from where the text begins.
    pub(super) fn find(&self, kind: Kind, text: &str) -> Option<Arc<Policy>> {
        let mut known = self.lock();
        if let Some(policy) = known.again.find(kind, text) {
            return Some(policy);
        }
        let policy = known.late.find(kind, text)?;
        known.again.keep(kind, text, &policy, AGAIN);
        Some(policy)
    }

    /// Keeps the policy of a text, with places that count from where the text begins.
    pub(super) fn keep(&self, kind: Kind, text: &str, policy: &Arc<Policy>) {
        let mut known = self.lock();
        if known.seen.len() >= SEEN {
            known.seen.clear();
        }
        if known.seen.insert(FxBuildHasher.hash_one((kind, text))) {
            known.late.keep(kind, text, policy, LATE);
        } else {
            known.again.keep(kind, text, policy, AGAIN);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Texts {
    fn find(&self, kind: Kind, text: &str) -> Option<Arc<Policy>> {
        let kinds = self.policies.get(text)?;
        kinds.iter().find(|(known, _)| *known == kind).map(|(_, policy)| Arc::clone(policy))
    }

    /// Keeps a text, of at most so many bytes together; where these are full, without the others.
    fn keep(&mut self, kind: Kind, text: &str, policy: &Arc<Policy>, most: usize) {
        let bytes = EACH + text.len();
        if bytes > most {
            return;
        }
        if self.bytes + bytes > most {
            *self = Self::default();
        }
        let kinds = self.policies.entry(text.into()).or_default();
        // Another thread may have read it in the meantime.
        if !kinds.iter().any(|(known, _)| *known == kind) {
            kinds.push((kind, Arc::clone(policy)));
            self.bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Loaded, parse, policies_known};
    use super::*;
    use crate::layers::Policies;
    use crate::source::{Position, Source};

    fn read(known: &Documents, text: &str, kind: Kind) -> Result<Policies, usize> {
        let source = Source::new("line", text);
        let value = parse(&source, known.options()).unwrap();
        let read = policies_known(&value, &source, known, "policies", kind);
        let Loaded { value, .. } = read.map_err(|findings| findings[0].position().column)?;
        Ok(value)
    }

    fn only(set: &Policies) -> &crate::layers::NamedPolicy {
        set.all().next().unwrap()
    }

    const DOCUMENT: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]}"#;

    #[test]
    fn a_text_is_read_once_and_stands_where_it_stands() {
        let known = Documents::default();
        let texts = [
            DOCUMENT.to_owned(),
            format!(r#"{{"identity": [{DOCUMENT}]}}"#),
            format!("{{\"identity\":\n [{{\"name\": \"É\", \"document\": {DOCUMENT}}}]}}"),
        ];
        let sets = texts.each_ref().map(|text| read(&known, text, Kind::Identity).unwrap());
        for (text, set) in texts.iter().zip(&sets) {
            let named = only(set);
            assert!(Arc::ptr_eq(&named.policy, &only(&sets[0]).policy));
            let statement = &named.policy.statements[0];
            let spans = [statement.span, statement.conditions[0].span];
            let parts = [r#"{"Effect""#, r#"{"aws:Secure"#];
            for (span, part) in spans.into_iter().zip(parts) {
                let place = named.place(span).unwrap();
                let at = text.find(part).unwrap();
                let (source, condition) = (named.source.as_ref().unwrap(), part.contains("aws:"));
                // A condition stands where its key does.
                let expected = source.position(at + usize::from(condition));
                assert_eq!(place.start, expected, "{text}");
            }
        }
        let place = only(&sets[2]).place(only(&sets[2]).policy.statements[0].span).unwrap();
        assert_eq!(place.start, Position { line: 2, column: 69 });
    }

    /// A text is another document as another kind, and where its name is no part of it.
    #[test]
    fn what_is_read_otherwise_is_not_known() {
        let known = Documents::default();
        let kinds = [Kind::Identity, Kind::Boundary, Kind::Session, Kind::Scp];
        for member in ["identity", "boundary", "session", "scp", "identity"] {
            let set = read(&known, &format!(r#"{{"{member}": [{DOCUMENT}]}}"#), Kind::Identity);
            assert_eq!(only(&set.unwrap()).policy.kind.word(), member);
        }
        let count = |texts: &Texts| texts.policies.values().map(Vec::len).sum::<usize>();
        let late = count(&known.lock().late);
        // Of identity-based policies it came again.
        assert_eq!((late, count(&known.lock().again)), (kinds.len(), 1));
        let named = DOCUMENT.replacen('{', r#"{"name": "Admin", "#, 1);
        assert!(read(&known, &format!(r#"{{"identity": [{named}]}}"#), Kind::Identity).is_ok());
        let document = format!(r#"{{"identity": [{{"document": {named}}}]}}"#);
        assert_eq!(read(&known, &document, Kind::Identity).err(), Some(29));
        let empty = named.replace("Admin", "");
        assert!(read(&known, &format!(r#"{{"identity": [{empty}]}}"#), Kind::Identity).is_err());
    }

    /// Each time at its own place.
    #[test]
    fn findings_are_found_again() {
        let known = Documents::default();
        let wrong = DOCUMENT.replace("Allow", "Permit");
        let error = |text: &str| read(&known, text, Kind::Identity).err();
        let column = wrong.find("\"Permit").unwrap() + 1;
        assert_eq!(error(&wrong), Some(column));
        let start = r#"{"identity": ["#;
        assert_eq!(error(&format!("{start}{wrong}]}}")), Some(start.len() + column));
        assert!(known.lock().late.policies.is_empty());
    }

    #[test]
    fn what_comes_again_is_kept_and_of_the_rest_the_last() {
        let known = Documents::default();
        let policy = read(&known, DOCUMENT, Kind::Identity).map(|set| only(&set).policy.clone());
        let policy = policy.unwrap();
        let text = |at: usize| format!("{at:0width$}", width = LATE / 8);
        let find = |at: usize| known.find(Kind::Scp, &text(at)).is_some();
        let keep = |at: usize| known.keep(Kind::Scp, &text(at), &policy);
        keep(0);
        assert!(find(0) && find(0));
        (1..30).for_each(keep);
        let bytes = |texts: &Texts| -> usize {
            texts.policies.iter().map(|(text, kinds)| (EACH + text.len()) * kinds.len()).sum()
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
        for at in (0..1_000).chain(0..1_000) {
            keep(at);
            bounded();
        }
        assert!(find(999) && find(990) && !find(20));
        let longest = "x".repeat(AGAIN);
        (0..3).for_each(|_| known.keep(Kind::Scp, &longest, &policy));
        assert!(known.find(Kind::Scp, &longest).is_none() && find(999));
    }
}
