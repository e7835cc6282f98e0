//! What condition values say.

use super::Template;
use ipnet::IpNet;
use num_rational::BigRational;

/// What the operator's family reads in a condition value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `String*`, `Arn*` and `Bool`: a text with wildcards and variables. (`Bool` knows no
    /// wildcards.)
    Text(Template),
    /// `Numeric*`.
    Number(BigRational),
    /// `Date*`: seconds since 1970-01-01T00:00:00Z.
    Instant(BigRational),
    /// `IpAddress` and `NotIpAddress`; host bits may be set and mean nothing.
    Network(IpNet),
    /// `BinaryEquals`: the decoded bytes.
    Bytes(Vec<u8>),
    /// `Null`.
    Presence(bool),
}
