//! Documents that were read before: in the lines of a batch the same ones stand again and again.

use crate::policy::read::{KnownStatements, ReadOptions, read_in_parts};
use crate::policy::{Kind, Policy};
use crate::source::{Source, Span};
use crate::texts::{Key, Texts};
use std::sync::Arc;

/// How documents are read, and some that were read so without a finding, by their texts: those that
/// came again, and the last ones of those that came once. A clone knows the same documents. Threads
/// may share them.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    options: ReadOptions,
    known: Arc<Known>,
}

#[derive(Debug)]
struct Known {
    /// Policies with places that count from where the text begins.
    documents: Texts<Kind, Arc<Policy>>,
    statements: KnownStatements,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            documents: Texts::keeping(DOCUMENTS),
            statements: KnownStatements::keeping(STATEMENTS),
        }
    }
}

/// How many bytes of text are kept of documents that came again. The managed policies of AWS have 3 MB
/// together. A policy takes about 15 times as much as its text.
const DOCUMENTS: usize = 4 << 20;

/// Likewise of statements: most that come again do so soon, in the next version of their policy.
const STATEMENTS: usize = 1 << 17;

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
    pub(super) fn find(&self, key: &Key<'_, Kind>) -> Option<Arc<Policy>> {
        self.known.documents.find(key)
    }

    /// Reads the identity-based policy of a text that begins there, statement by statement, and keeps
    /// it; `None` where it has to be read as a whole.
    pub(super) fn read_in_parts(
        &self,
        key: &Key<'_, Kind>,
        source: &Source,
        start: usize,
    ) -> Option<Arc<Policy>> {
        let part = Span { start, end: start + key.text().len() };
        let policy = read_in_parts(source, part, &self.options, &self.known.statements)?;
        let policy = Arc::new(policy.counted_from(start));
        self.keep(key, &policy);
        Some(policy)
    }

    /// Keeps the policy of a text, with places that count from where the text begins.
    pub(super) fn keep(&self, key: &Key<'_, Kind>, policy: &Arc<Policy>) {
        self.known.documents.keep(key, policy);
    }

    /// The statements of documents that were read before.
    pub(super) fn statements(&self) -> &KnownStatements {
        &self.known.statements
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
                let place = named.place(statement.place(span)).unwrap();
                let at = text.find(part).unwrap();
                let (source, condition) = (named.source.as_ref().unwrap(), part.contains("aws:"));
                // A condition stands where its key does.
                let expected = source.position(at + usize::from(condition));
                assert_eq!(place.start, expected, "{text}");
            }
        }
        let statement = &only(&sets[2]).policy.statements[0];
        let place = only(&sets[2]).place(statement.place(statement.span)).unwrap();
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
        // Whatever it is read as, it is known as such.
        for kind in kinds {
            let policy = known.find(&Key::of(kind, DOCUMENT)).unwrap();
            assert_eq!(policy.kind, kind);
        }
        assert!(known.find(&Key::of(Kind::Trust, DOCUMENT)).is_none());
        let named = DOCUMENT.replacen('{', r#"{"name": "Admin", "#, 1);
        assert!(read(&known, &format!(r#"{{"identity": [{named}]}}"#), Kind::Identity).is_ok());
        let document = format!(r#"{{"identity": [{{"document": {named}}}]}}"#);
        assert_eq!(read(&known, &document, Kind::Identity).err(), Some(29));
        let empty = named.replace("Admin", "");
        assert!(read(&known, &format!(r#"{{"identity": [{empty}]}}"#), Kind::Identity).is_err());
    }

    /// A statement is read once, wherever it stands, and says what it says there.
    #[test]
    fn statements_are_shared_by_documents() {
        let known = Documents::default();
        let named = DOCUMENT.replace(r#"[{"Effect""#, r#"[{"Sid": "A", "Effect""#);
        let statement = &named[named.find('[').unwrap() + 1..named.rfind(']').unwrap()];
        let list = |statements: &str| {
            format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
        };
        let other = statement.replace(r#""A""#, r#""B""#);
        let both = list(&format!("{other}, {statement}"));
        let at = |text: &str, kind| {
            let set = read(&known, text, kind).unwrap();
            let named = only(&set).clone();
            let last = named.policy.statements.last().unwrap().clone();
            let place = named.place(last.place(last.conditions[0].span)).unwrap();
            assert_eq!(place.start.column, text.rfind("\"aws:Secure").unwrap() + 1);
            last.address()
        };
        let first = at(&named, Kind::Identity);
        assert_eq!(at(&both, Kind::Identity), first);
        // In a language without variables, and in a policy of another kind, it may say something else.
        assert_ne!(at(&named.replace("2012", "2008"), Kind::Identity), first);
        assert_ne!(at(&format!(r#"{{"boundary": {named}}}"#), Kind::Identity), first);
        // Its id is one of its own or not.
        let twice = list(&format!("{statement}, {statement}"));
        assert_eq!(
            read(&known, &twice, Kind::Identity).err(),
            twice.rfind("\"A\"").map(|at| at + 1)
        );
    }

    /// Each time at its own place.
    #[test]
    fn findings_are_found_again() {
        let known = Documents::default();
        let condition = DOCUMENT.replace("aws:Secure", "aws Secure");
        for _ in 0..2 {
            let found = read(&known, &condition, Kind::Identity).err();
            assert_eq!(found, condition.find("\"aws Secure").map(|at| at + 1));
        }
        let wrong = DOCUMENT.replace("Allow", "Permit");
        let error = |text: &str| read(&known, text, Kind::Identity).err();
        let column = wrong.find("\"Permit").unwrap() + 1;
        assert_eq!(error(&wrong), Some(column));
        let start = r#"{"identity": ["#;
        assert_eq!(error(&format!("{start}{wrong}]}}")), Some(start.len() + column));
        assert!(known.find(&Key::of(Kind::Identity, &wrong)).is_none());
    }
}
