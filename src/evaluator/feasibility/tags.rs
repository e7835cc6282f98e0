//! Tags that a request passes (F15, F16), and keys that say the same (F30).

use super::service::Target;
use super::{Checker, texts};
use keyaki_iam::catalogue::keys;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::request::ContextValue;
use keyaki_iam::world::ModelChoice;

const TAG_KEYS: &str = "aws:TagKeys";
const PASSED: &str = "aws:RequestTag/";
const OWN: &str = "aws:ResourceTag/";

impl<'a> Checker<'a> {
    /// F15, the law: a tag that the request passes has its key in `aws:TagKeys`, in the same
    /// spelling.
    pub(super) fn passed_tags(&mut self) {
        let told = self.value(TAG_KEYS).map(texts);
        for (key, tag) in self.tags(PASSED) {
            let holds = told.map_or_else(
                || self.maybe_present(TAG_KEYS),
                |told| told.iter().any(|told| told == tag),
            );
            self.require(
                holds,
                "F15",
                format_args!("`{TAG_KEYS}` holds the key of `{}`", key.text()),
            );
        }
    }

    /// F15, the model choice: where the action takes tags, `aws:TagKeys` tells no others.
    pub(super) fn untold_tag(&self, target: &Target<'_>) -> Option<(&'static str, String)> {
        if !self.assumes(ModelChoice::F15) || !lists_tags(target, PASSED) {
            return None;
        }
        let told = self.value(TAG_KEYS).map(texts).unwrap_or_default();
        let missing = told.iter().find(|tag| !self.maybe_present(&format!("{PASSED}{tag}")));
        missing.map(|tag| ("F15", format!("`{TAG_KEYS}` holds `{tag}` without `{PASSED}{tag}`")))
    }

    /// F16: what the action creates has the tags that the request passes.
    pub(super) fn other_tag(&self, target: &Target<'_>) -> Option<(&'static str, String)> {
        if !self.assumes(ModelChoice::F16)
            || !creates(target)
            || ![PASSED, OWN].iter().all(|family| lists_tags(target, family))
        {
            return None;
        }
        let differs = |family: &'static str, other: &str| {
            self.tags(family).find_map(|(key, tag)| {
                let other = ContextKey::new(&format!("{other}{tag}"));
                let same = match self.present_value(&other) {
                    Some(value) => Some(value) == self.present_value(key),
                    None => !self.mentioned.contains(&other),
                };
                (!same).then(|| {
                    (
                        "F16",
                        format!(
                            "`{}` and `{}` differ where the action creates it",
                            key.text(),
                            other.text()
                        ),
                    )
                })
            })
        };
        differs(PASSED, OWN).or_else(|| differs(OWN, PASSED))
    }

    /// F30: a key of a service and the global key that says the same hold one value.
    pub(super) fn twins(&mut self) {
        for (key, value) in &self.request.context {
            let Some(global) = keys::twin(key) else { continue };
            let same = self
                .present_value(&global)
                .is_none_or(|other| texts(value).is_empty() || other == value);
            self.require(
                same,
                "F30",
                format_args!("`{}` and `{}` have the same value", key.text(), global.text()),
            );
        }
    }

    /// F30: only what came encrypted has a version of TLS.
    pub(super) fn encryption(&mut self) {
        let plain = self.truth("aws:SecureTransport") == Some(false);
        self.require(
            !(plain && self.present("s3:TlsVersion")),
            "F30",
            "`s3:TlsVersion` comes with `aws:SecureTransport` true",
        );
    }

    /// F30: of two keys that tell of a tag, where the action lists both, both are present or none
    /// is. Only F13 says that lists count.
    pub(super) fn lone_twin(&self, target: &Target<'_>) -> Option<(&'static str, String)> {
        if !self.assumes(ModelChoice::F13) {
            return None;
        }
        // One of the two is there, and the question may look at the other.
        let present = self.request.context.keys().filter(|key| self.present_value(key).is_some());
        let mut pairs = present.flat_map(|key| match keys::twin(key) {
            Some(global) => vec![(key.clone(), global)],
            None => keys::twinned(key).map(|own| (own, key.clone())).collect(),
        });
        let (own, global) = pairs.find(|(own, global)| {
            let tag = ["aws:resourcetag/", "aws:requesttag/"]
                .iter()
                .any(|family| global.lower().starts_with(family));
            let lone = self.present_value(own).is_some() != self.present_value(global).is_some();
            tag && lone
                && [own, global]
                    .iter()
                    .all(|key| self.mentioned.contains(key) && target.lists(key.lower()))
        })?;
        let [own, global] = [own, global].map(|key| {
            self.mentioned.get(&key).map_or_else(String::new, |known| known.text().to_owned())
        });
        Some(("F30", format!("`{own}` comes with `{global}`")))
    }

    /// The keys of the context that are of a family of tags, each with its tag key.
    fn tags(
        &self,
        family: &'static str,
    ) -> impl Iterator<Item = (&'a ContextKey, &'a str)> + use<'a> {
        let present = self.request.context.iter().filter(|(_, value)| !texts(value).is_empty());
        present.filter_map(move |(key, _)| {
            let (start, tag) = key.text().split_at_checked(family.len())?;
            start.eq_ignore_ascii_case(family).then_some((key, tag))
        })
    }

    fn present_value(&self, key: &ContextKey) -> Option<&'a ContextValue> {
        self.request.context.get(key).filter(|value| !texts(value).is_empty())
    }
}

fn lists_tags(target: &Target<'_>, family: &str) -> bool {
    target.lists(&format!("{family}${{TagKey}}"))
}

/// Whether the action makes a new resource of the type of the target, as its name says:
/// `CreateFlow` a `flow`, `CreateAgent` an `agent` but no `agent-alias`.
fn creates(target: &Target<'_>) -> bool {
    let (Some((listed, _)), Some(made)) =
        (target.resource, target.action.name.strip_prefix("Create"))
    else {
        return false;
    };
    let (kind, made) = (letters(&listed.name), letters(made));
    !made.is_empty() && (kind.ends_with(&made) || made.ends_with(&kind))
}

/// The ASCII letters and digits of a name, in lower case.
pub fn letters(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}
