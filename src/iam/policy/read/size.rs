//! The quotas on the size of a document (SEMANTICS 1.5): warnings, since a quota says nothing about
//! what a policy means.

use super::reader::Reader;
use super::route::Route;
use crate::finding::codes;
use crate::json::JsonValue;
use crate::policy::Kind;
use crate::source::Span;

/// The most that a document of a kind may have, and what the number is of.
struct Quota {
    most: usize,
    says: &'static str,
}

/// IAM counts characters without white space, and so do we for everything, so that no document is
/// warned of that is only laid out.
fn quota(kind: Kind, of_keys: bool) -> Quota {
    let (most, says) = match kind {
        // A file does not say what it will be: the largest that some identity can have as one
        // document counts least.
        Kind::Identity => (
            6_144,
            "a managed policy has at most 6,144; of inline policies a role has 10,240 together, a group 5,120, a user 2,048",
        ),
        Kind::Boundary => (6_144, "a managed policy, which a boundary is, has at most 6,144"),
        Kind::Session => (2_048, "session policies have at most 2,048 together"),
        Kind::Trust => {
            (2_048, "a role trust policy has at most 2,048, and 4,096 where the quota was raised")
        }
        Kind::Scp => {
            (10_240, "a service control policy has at most 10,240 (5,120 before May 2026)")
        }
        Kind::Rcp => (5_120, "a resource control policy has at most 5,120"),
        Kind::Endpoint => (20_480, "the policy of a VPC endpoint has at most 20,480"),
        Kind::Resource if of_keys => (32_768, "the policy of a KMS key has at most 32,768 bytes"),
        Kind::Resource => (
            20_480,
            "the policy of a bucket has at most 20,480 bytes; other services have quotas of their own",
        ),
    };
    Quota { most, says }
}

impl Reader<'_> {
    /// Warns of a document that is longer than a quota of AWS.
    pub(super) fn check_size(
        &mut self,
        text: &str,
        value: &JsonValue,
        of_keys: bool,
        route: &Route<'_>,
    ) {
        let Span { start, end } = value.span;
        let Quota { most, says } = quota(self.kind, of_keys);
        let count = characters(text.get(start..end).unwrap_or_default());
        if count > most {
            let message = format!("the policy has {count} characters without white space: {says}");
            let span = Span { start, end: (start + 1).min(end) };
            self.warn(
                codes::POLICY_SIZE,
                span,
                route,
                message,
                "divide it, or name actions and resources by patterns",
            );
        }
    }
}

/// The characters outside strings that are not white space, and all of those inside.
fn characters(text: &str) -> usize {
    let (mut inside, mut escaped, mut count) = (false, false, 0);
    for character in text.chars() {
        let ends = inside && !escaped && character == '"';
        let begins = !inside && character == '"';
        count += usize::from(inside || !character.is_ascii_whitespace());
        escaped = inside && !escaped && character == '\\';
        inside = (inside && !ends) || begins;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_between_values_does_not_count() {
        for (text, expected) in [
            ("", 0),
            ("{ }", 2),
            ("{\n\t\"a b\": 1}", 9),
            (r#"["\" ", "\\" , 2]"#, 14),
            ("\"é \"", 4),
        ] {
            assert_eq!(characters(text), expected, "{text}");
        }
    }
}
