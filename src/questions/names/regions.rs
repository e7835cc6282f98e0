//! Regions that do not exist.

use super::{ASKS_ACTIONS, Unlisted, fits};
use keyaki_iam::finding::codes::NO_SUCH_REGION;
use keyaki_iam::partitions::REGIONS;
use keyaki_iam::policy::read::closest;
use std::collections::BTreeSet;

/// What is wrong with a Region, or with a pattern of Regions that stands in `text`; `None` where it
/// is or matches one that is known.
pub(super) fn region(pattern: &str, text: &str) -> Option<Unlisted> {
    if REGIONS.iter().any(|known| fits(pattern, known)) {
        return None;
    }
    let near = nearest(pattern);
    let is_pattern = pattern.contains(['*', '?']);
    let missing = if is_pattern {
        format!("`{pattern}` matches no Region that is known")
    } else {
        format!("no Region `{pattern}` is known")
    };
    Some(Unlisted {
        code: NO_SUCH_REGION,
        is_slip: near.is_some(),
        message: if text == pattern { missing } else { format!("`{text}`: {missing}") },
        help: near.map_or_else(
            || "Regions have names such as `us-east-1`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ),
        anyway: Some(ASKS_ACTIONS),
    })
}

/// The Region with the nearest name; of a pattern with `*` at its end, the nearest beginning of one.
fn nearest(pattern: &str) -> Option<String> {
    let first = |near: Vec<&str>| near.first().map(|near| (*near).to_owned());
    let Some(start) = pattern.strip_suffix('*') else {
        return first(closest(pattern, REGIONS.iter().copied(), 1));
    };
    let starts: BTreeSet<&str> = REGIONS
        .iter()
        .flat_map(|region| {
            let hyphens = region.match_indices('-').filter_map(|(at, _)| region.get(..=at));
            hyphens.flat_map(|start| [start, start.trim_end_matches('-')])
        })
        .filter(|known| known.ends_with('-') == start.ends_with('-'))
        .collect();
    first(closest(start, starts, 1)).map(|near| format!("{near}*"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    #[test]
    fn a_region_is_known_or_the_nearest_is_told() {
        for good in ["us-east-1", "eu-*", "us-?ast-1", "*", "*-1", "cn-north-1", "us-gov-*"] {
            assert_eq!(region(good, good), None, "{good}");
        }
        for (bad, help) in [
            ("eu-wset-1", "did you mean `eu-west-1`?"),
            ("eu-wset-*", "did you mean `eu-west-*`?"),
            ("us-esat*", "did you mean `us-east*`?"),
            ("mars-north-1", "did you mean"),
            ("", "Regions have names such as `us-east-1`"),
            ("frankfurt", "Regions have names such as `us-east-1`"),
        ] {
            let wrong = region(bad, bad).unwrap();
            assert!(wrong.help.starts_with(help), "{bad}: {}", wrong.help);
        }
    }
}
