//! What a text may be that stands for a principal and is not known (SEMANTICS 3.1, 3.2).

use crate::{Assumption, Part};
use keyaki_iam::value::is_account;

/// What ends the name of what it names.
pub const KIND: &str = ".kind";

/// What ends the name of its account.
pub const ACCOUNT: &str = ".account";

/// What ends the names of its parts.
pub const PARTS: [&str; 3] = [ACCOUNT, ".name", ".partition"];

/// What it may name.
pub(crate) const KINDS: [&str; 3] = ["account", "role", "user"];

/// How many variants of one policy are told apart: those of three principals.
pub(crate) const MOST_VARIANTS: usize = 27;

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

/// What a part of a principal is where the whole is known: of `kind`, `account`, `partition` and `name`.
/// `None` where it is no principal of these kinds, or has no such part.
#[must_use]
pub fn part_of(whole: &str, part: &str) -> Option<String> {
    let of_account = |partition: &str, account: &str| match part {
        "kind" => Some("account".to_owned()),
        "account" => Some(account.to_owned()),
        "partition" if !partition.is_empty() => Some(partition.to_owned()),
        _ => None,
    };
    if is_account(whole) {
        return of_account("", whole);
    }
    let mut fields = whole.splitn(6, ':');
    let mut next = || fields.next();
    let ("arn", partition, "iam", "", account, rest) =
        (next()?, next()?, next()?, next()?, next()?, next()?)
    else {
        return None;
    };
    if rest == "root" {
        return of_account(partition, account);
    }
    let (kind, name) = rest.split_once('/').filter(|(kind, _)| ["role", "user"].contains(kind))?;
    match part {
        "kind" => Some(kind.to_owned()),
        "account" => Some(account.to_owned()),
        "partition" => Some(partition.to_owned()),
        "name" => Some(name.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn a_principal_has_parts() {
        let parts = |whole: &str| {
            ["kind", "partition", "account", "name"]
                .map(|part| part_of(whole, part).unwrap_or_else(|| "-".to_owned()))
                .join(" ")
        };
        assert_eq!(parts("111122223333"), "account - 111122223333 -");
        assert_eq!(parts("arn:aws:iam::111122223333:root"), "account aws 111122223333 -");
        assert_eq!(parts("arn:aws-cn:iam::1:role/a/b:c"), "role aws-cn 1 a/b:c");
        assert_eq!(parts("arn:aws:iam::1:user/u"), "user aws 1 u");
        for other in ["", "*", "arn:aws:sts::1:assumed-role/r/s", "arn:aws:iam::1:group/g"] {
            assert_eq!(parts(other), "- - - -", "{other}");
        }
    }
}
