//! What a text may be that stands for a principal and is not known (SEMANTICS 3.1, 3.2).

use crate::{Assumption, Part};

/// What it may name.
pub(crate) const KINDS: [&str; 3] = ["account", "role", "user"];

/// What an origin access identity of CloudFront is called, before its identifier.
pub(crate) const IDENTITY: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ";

/// What is assumed where it names something of a kind. `name`: what the parameter is called that is
/// the kind. What is neither a role nor a user is an account, so that nothing else is left.
pub(crate) fn assumed(name: &str, kind: &str) -> Vec<Assumption> {
    match kind {
        "account" => vec![is(name, "role", false), is(name, "user", false)],
        _ => vec![is(name, kind, true)],
    }
}

/// That a parameter has a value, or that it has not.
pub(crate) fn is(name: &str, value: &str, holds: bool) -> Assumption {
    let sides = [vec![Part::Parameter(name.to_owned())], vec![Part::Known(value.to_owned())]];
    Assumption { sides, holds }
}
