//! Names of services as callers, and as values of condition keys. No list has them all: a name is
//! wrong where it ends in what no name of a service ends in, or where a known name is nearly the
//! same.

use super::{ASKS_ACTIONS, Unlisted, regions};
use keyaki_iam::calls::Shape;
use keyaki_iam::catalogue::Catalogue;
use keyaki_iam::finding::codes::NO_SUCH_PRINCIPAL;
use keyaki_iam::policy::read::{closest, within};
use keyaki_iam::principals::{LABELS, MISTAKEN_ENDINGS, OTHERS, PARTS, endings};
use keyaki_iam::request::IDENTITY_PROVIDERS;

/// What is wrong with the name of a service or an identity provider; `*` and `?` are wildcards.
/// `None` also for a name that is not known and near to none that is.
pub(super) fn service(catalogue: &Catalogue, name: &str) -> Option<Unlisted> {
    if OTHERS.contains(&name) || IDENTITY_PROVIDERS.contains(&name) || !name.contains('.') {
        return None;
    }
    let Some((stem, ending)) =
        endings().find_map(|ending| Some((name.strip_suffix(ending)?, ending)))
    else {
        return without_ending(name);
    };
    let parts: Vec<&str> = stem.split('.').collect();
    let (parts, region) = match parts.as_slice() {
        [most @ .., last] if !most.is_empty() && tells_region(catalogue, last) => {
            (most, Some(*last))
        }
        all => (all, None),
    };
    if let Some(wrong) = region.and_then(|region| regions::region(region, name)) {
        return Some(wrong);
    }
    let rest = region.map_or(String::new(), |region| format!(".{region}"));
    let near = nearest(catalogue, parts)?;
    Some(no_such(name, Some(format!("{near}{rest}{ending}"))))
}

/// Whether the last part before the ending stands for a Region, as in `logs.us-east-1` and in
/// `s3.*`.
fn tells_region(catalogue: &Catalogue, part: &str) -> bool {
    !is_known(catalogue, part) && (part.contains(['*', '?']) || Shape::Region.admits(part))
}

fn is_known(catalogue: &Catalogue, part: &str) -> bool {
    // The catalogue knows prefixes in any case, and names of services have lower case.
    !part.contains(|letter: char| letter.is_ascii_uppercase())
        && (catalogue.summary(part).is_some() || LABELS.contains(&part))
}

/// The known name that was probably meant, where the parts are not those of one.
fn nearest(catalogue: &Catalogue, parts: &[&str]) -> Option<String> {
    let [own @ .., of] = parts else { return None };
    if parts.iter().any(|part| part.contains(['*', '?'])) {
        return None;
    }
    if !is_known(catalogue, of) {
        let prefixes = catalogue.summaries().map(|summary| summary.prefix.as_str());
        let known = prefixes.chain(LABELS.iter().copied());
        let near = within(of, known, slips(of), 1).first().copied()?;
        return Some([own, &[near]].concat().join("."));
    }
    let stem = parts.join(".");
    if own.is_empty() || PARTS.contains(&stem.as_str()) {
        return None;
    }
    let suffix = format!(".{of}");
    let siblings = PARTS.iter().filter_map(|known| known.strip_suffix(suffix.as_str()));
    let own = own.join(".");
    let near = within(&own, siblings, slips(&own), 1).first().copied()?;
    Some(format!("{near}{suffix}"))
}

/// How many letters a slip may change. Names of few letters differ by one.
fn slips(text: &str) -> usize {
    match text.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// What is wrong with a name that ends as no name of a service does.
fn without_ending(name: &str) -> Option<Unlisted> {
    let wild = name.rfind(['*', '?']);
    let tail = name.get(wild.map_or(0, |at| at + 1)..).unwrap_or_default();
    let ends = |known: &str| known.ends_with(tail);
    if wild.is_some()
        && (endings().any(ends) || [OTHERS, IDENTITY_PROVIDERS].concat().into_iter().any(ends))
    {
        return None;
    }
    let provider = within(name, IDENTITY_PROVIDERS.iter().copied(), 2, 1).first().copied();
    let near = provider.map(str::to_owned).or_else(|| {
        name.match_indices('.').find_map(|(at, _)| {
            let (stem, end) = (name.get(..at)?, name.get(at..)?);
            let mistaken = MISTAKEN_ENDINGS.contains(&end.trim_start_matches('.'));
            let near = if mistaken {
                ".amazonaws.com"
            } else {
                closest(end, endings(), 1).first().copied()?
            };
            Some(format!("{stem}{near}"))
        })
    });
    Some(no_such(name, near))
}

fn no_such(name: &str, near: Option<String>) -> Unlisted {
    let missing = if name.contains(['*', '?']) {
        format!("`{name}` matches no service")
    } else {
        format!("no service or identity provider has the name `{name}`")
    };
    Unlisted {
        code: NO_SUCH_PRINCIPAL,
        is_slip: near.is_some(),
        message: missing,
        help: near.map_or_else(
            || "names of services end in `.amazonaws.com`, those of other partitions in `.amazonaws.com.cn`, for example".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ),
        anyway: Some(ASKS_ACTIONS),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    #[test]
    fn true_names_are_let_through() {
        let catalogue = Catalogue::embedded().unwrap();
        let known = catalogue.summaries().map(|summary| summary.prefix.as_str());
        let labels = known.chain(LABELS.iter().copied()).chain(PARTS.iter().copied());
        let mut names: Vec<String> = labels.map(|label| format!("{label}.amazonaws.com")).collect();
        names.extend(OTHERS.iter().chain(IDENTITY_PROVIDERS).map(|name| (*name).to_owned()));
        names.extend(
            [
                "*.amazonaws.com",
                "*.com",
                "accounts.*",
                "lambda.*",
                "logs.us-east-1.amazonaws.com",
                "s3.*.amazonaws.com",
                "s3.eu-*.amazonaws.com",
                "s?.amazonaws.com",
                "delivery.logs.amazonaws.com",
                "ec2.amazonaws.com.cn",
                "resource-explorer-2.amazonaws.com",
                "preprod.bedrock.aws.internal",
                "lambda.amazonaws.eu",
                "somethingnew.amazonaws.com",
                "part.lambda.amazonaws.com",
            ]
            .map(str::to_owned),
        );
        for name in names {
            assert_eq!(service(catalogue, &name), None, "{name}");
        }
    }

    #[test]
    fn slips_are_told_with_what_was_meant() {
        let catalogue = Catalogue::embedded().unwrap();
        for (name, help) in [
            ("lamda.amazonaws.com", "did you mean `lambda.amazonaws.com`?"),
            ("Lambda.amazonaws.com", "did you mean `lambda.amazonaws.com`?"),
            ("lambda.amazonws.com", "did you mean `lambda.amazonaws.com`?"),
            ("s3.amazon.com", "did you mean `s3.amazonaws.com`?"),
            ("s3.aws.amazon.com", "did you mean `s3.amazonaws.com`?"),
            ("s3.amazonaws", "did you mean `s3.amazonaws.com`?"),
            ("ec2.amazonaws.com.nc", "did you mean `ec2.amazonaws.com.cn`?"),
            ("logs.us-esat-1.amazonaws.com", "did you mean `us-east-1`?"),
            ("lgs.us-east-1.amazonaws.com", "did you mean `logs.us-east-1.amazonaws.com`?"),
            ("dilivery.logs.amazonaws.com", "did you mean `delivery.logs.amazonaws.com`?"),
            ("accounts.gogle.com", "did you mean `accounts.google.com`?"),
            ("*.amazonws.com", "did you mean `*.amazonaws.com`?"),
            ("service.example.org", "names of services end in"),
        ] {
            let wrong = service(catalogue, name).unwrap();
            assert!(wrong.help.starts_with(help), "{name}: {}", wrong.help);
        }
    }
}
