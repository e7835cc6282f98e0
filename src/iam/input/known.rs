//! Documents that were read before: in the lines of a batch the same ones stand again and again.

use crate::policy::read::ReadOptions;
use crate::policy::{Kind, Policy};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How documents are read, and those that were read so without a finding, by their texts; the last
/// ones, of a few megabytes. A clone knows the same documents. Threads may share them.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    options: ReadOptions,
    known: Arc<Mutex<Known>>,
}

/// The documents of late, and those before them: where there are many of late, they become those
/// before, which are forgotten then. Who is asked for is of late.
#[derive(Debug, Default)]
struct Known {
    late: Texts,
    before: Texts,
}

#[derive(Debug, Default)]
struct Texts {
    /// Of each text what it is as one kind of policy or another.
    policies: HashMap<Arc<str>, Vec<(Kind, Arc<Policy>)>>,
    bytes: usize,
}

/// How many bytes of text are kept of late. The managed policies of AWS have 3 MB together.
const MOST: usize = 4 << 20;

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
        if let Some(policy) = known.late.find(kind, text) {
            return Some(policy);
        }
        let policy = known.before.find(kind, text)?;
        known.keep(kind, text, &policy);
        Some(policy)
    }

    /// Keeps the policy of a text, with places that count from where the text begins.
    pub(super) fn keep(&self, kind: Kind, text: &str, policy: &Arc<Policy>) {
        self.lock().keep(kind, text, policy);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn keep(&mut self, kind: Kind, text: &str, policy: &Arc<Policy>) {
        let bytes = EACH + text.len();
        if bytes > MOST {
            return;
        }
        if self.late.bytes + bytes > MOST {
            self.before = std::mem::take(&mut self.late);
        }
        let kinds = self.late.policies.entry(text.into()).or_default();
        // Another thread may have read it in the meantime.
        if !kinds.iter().any(|(known, _)| *known == kind) {
            kinds.push((kind, Arc::clone(policy)));
            self.late.bytes += bytes;
        }
    }
}

impl Texts {
    fn find(&self, kind: Kind, text: &str) -> Option<Arc<Policy>> {
        let kinds = self.policies.get(text)?;
        kinds.iter().find(|(known, _)| *known == kind).map(|(_, policy)| Arc::clone(policy))
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
        assert_eq!(place.start, Position { line: 2, column: 70 });
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
        assert_eq!(known.lock().late.policies.values().map(Vec::len).sum::<usize>(), kinds.len());
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
    fn the_last_ones_are_kept() {
        let known = Documents::default();
        let policy = read(&known, DOCUMENT, Kind::Identity).map(|set| only(&set).policy.clone());
        let policy = policy.unwrap();
        let text = |at: usize| format!("{at:0width$}", width = MOST / 8);
        let kept = |at: usize| known.find(Kind::Scp, &text(at)).is_some();
        for at in 0..40 {
            known.keep(Kind::Scp, &text(at), &policy);
            // What is asked for stays.
            assert!(kept(0), "{at}");
            let bytes = [known.lock().late.bytes, known.lock().before.bytes];
            assert!(bytes.iter().all(|bytes| *bytes <= MOST), "{bytes:?}");
        }
        assert!(kept(39) && kept(35) && !kept(1) && !kept(20));
        known.keep(Kind::Scp, &"x".repeat(MOST), &policy);
        assert!(known.find(Kind::Scp, &"x".repeat(MOST)).is_none() && kept(39));
    }
}
