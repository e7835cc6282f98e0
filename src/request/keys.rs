//! What is known of the global condition keys: type and number of values (SEMANTICS 5.1 to 5.5).

use crate::policy::ContextKey;

/// What the values of a condition key are (the letters of SEMANTICS 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// Any text.
    String,
    /// An ARN of six fields.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A decimal number.
    Numeric,
    /// An instant.
    Date,
    /// An IPv4 or IPv6 address.
    IpAddress,
}

/// Type of a condition key, and whether it is multivalued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyShape {
    /// Of each value.
    pub key_type: KeyType,
    /// Whether one request may carry several values.
    pub multivalued: bool,
}

const fn single(key_type: KeyType) -> KeyShape {
    KeyShape { key_type, multivalued: false }
}

const LIST: KeyShape = KeyShape { key_type: KeyType::String, multivalued: true };

/// The keys of SEMANTICS 5 whose name is fixed, in lower case and sorted.
const SHAPES: &[(&str, KeyShape)] = &[
    ("aws:assumedroot", single(KeyType::Bool)),
    ("aws:calledvia", LIST),
    ("aws:calledviaawsmcp", single(KeyType::String)),
    ("aws:calledviafirst", single(KeyType::String)),
    ("aws:calledvialast", single(KeyType::String)),
    ("aws:chatbotsourcearn", single(KeyType::Arn)),
    ("aws:currenttime", single(KeyType::Date)),
    ("aws:ec2instancesourceprivateipv4", single(KeyType::IpAddress)),
    ("aws:ec2instancesourcevpc", single(KeyType::String)),
    ("aws:epochtime", single(KeyType::Date)),
    ("aws:federatedprovider", single(KeyType::String)),
    ("aws:ismcpserviceaction", single(KeyType::Bool)),
    ("aws:multifactorauthage", single(KeyType::Numeric)),
    ("aws:multifactorauthpresent", single(KeyType::Bool)),
    ("aws:principalaccount", single(KeyType::String)),
    ("aws:principalarn", single(KeyType::Arn)),
    ("aws:principalisawsservice", single(KeyType::Bool)),
    ("aws:principalorgid", single(KeyType::String)),
    ("aws:principalorgpaths", LIST),
    ("aws:principalservicename", single(KeyType::String)),
    ("aws:principalservicenameslist", LIST),
    ("aws:principaltype", single(KeyType::String)),
    ("aws:referer", single(KeyType::String)),
    ("aws:requestedregion", single(KeyType::String)),
    ("aws:resourceaccount", single(KeyType::String)),
    ("aws:resourceorgid", single(KeyType::String)),
    ("aws:resourceorgpaths", LIST),
    ("aws:securetransport", single(KeyType::Bool)),
    ("aws:signinsessionarn", single(KeyType::Arn)),
    ("aws:sourceaccount", single(KeyType::String)),
    ("aws:sourcearn", single(KeyType::Arn)),
    ("aws:sourceidentity", single(KeyType::String)),
    ("aws:sourceip", single(KeyType::IpAddress)),
    ("aws:sourceorgid", single(KeyType::String)),
    ("aws:sourceorgpaths", LIST),
    ("aws:sourcevpc", single(KeyType::String)),
    ("aws:sourcevpcarn", single(KeyType::Arn)),
    ("aws:sourcevpce", single(KeyType::String)),
    ("aws:tagkeys", LIST),
    ("aws:tokenissuetime", single(KeyType::Date)),
    ("aws:useragent", single(KeyType::String)),
    ("aws:userid", single(KeyType::String)),
    ("aws:username", single(KeyType::String)),
    ("aws:viaawsmcpservice", single(KeyType::Bool)),
    ("aws:viaawsservice", single(KeyType::Bool)),
    ("aws:vpceaccount", single(KeyType::String)),
    ("aws:vpceorgid", single(KeyType::String)),
    ("aws:vpceorgpaths", LIST),
    ("aws:vpcsourceip", single(KeyType::IpAddress)),
    ("ec2:sourceinstancearn", single(KeyType::Arn)),
];

/// Keys with a part that the user chooses, by the fixed beginning: texts with one value.
const TAG_PREFIXES: &[&str] = &["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"];

/// The shape of a global condition key; `None` for a key that SEMANTICS 5 does not list.
pub fn shape(key: &ContextKey) -> Option<KeyShape> {
    let name = key.lower();
    if TAG_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Some(single(KeyType::String));
    }
    let found = SHAPES.binary_search_by_key(&name, |(listed, _)| listed).ok()?;
    SHAPES.get(found).map(|(_, shape)| *shape)
}

/// Whether the key is one that SEMANTICS 5 marks "list": multivalued even where a request gives it as a single text.
pub fn is_list(key: &ContextKey) -> bool {
    shape(key).is_some_and(|shape| shape.multivalued)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_lower_case() {
        assert!(SHAPES.is_sorted_by(|left, right| left.0 < right.0));
        for (name, expected) in SHAPES {
            assert_eq!(name.to_ascii_lowercase(), *name);
            assert_eq!(shape(&ContextKey::new(&name.to_ascii_uppercase())), Some(*expected));
        }
    }

    #[test]
    fn seven_keys_are_lists() {
        assert_eq!(SHAPES.iter().filter(|(_, shape)| shape.multivalued).count(), 7);
        assert!(is_list(&ContextKey::new("aws:TagKeys")));
        assert!(!is_list(&ContextKey::new("aws:RequestTag/TagKeys")));
        assert_eq!(shape(&ContextKey::new("bedrock:ModelArn")), None);
    }
}
