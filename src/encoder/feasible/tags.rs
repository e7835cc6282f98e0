//! Tags: F15, F16 and F22.

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, members};
use crate::frame::{Element, Frame, Key};
use crate::{Error, shapes, views};
use keyaki_iam::catalogue::keys;
use keyaki_iam::policy::ContextKey;
use keyaki_logic::regex::Regex;
use keyaki_logic::term::Term;

pub(super) const KEY_LENGTH: &str = "tag keys have 1 to 128 characters";
pub(super) const VALUE_LENGTH: &str = "tag values have at most 256 characters";
pub(super) const KEY_CASE: &str = "tag keys differ by more than case";
const TAGS: [&str; 3] = ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"];

const REQUEST_TAG: &str = "aws:requesttag/";
const RESOURCE_TAG: &str = "aws:resourcetag/";

impl Frame {
    /// Every tag that the request passes is in `aws:TagKeys` (F15), in the place that is its own.
    /// The key may be written there in another case than in the policies.
    pub(super) fn passed_tags_are_keys(&self) -> Term {
        self.passed(|present, keys, tag| {
            Term::implies(present, keys.place_of(tag).unwrap_or_else(|| keys.names(tag)))
        })
    }

    /// Of the tags that the policies mention, those in `aws:TagKeys` are passed (F15, for actions
    /// that take tags).
    pub(crate) fn tag_keys_are_passed(&self) -> Term {
        self.passed(|present, keys, tag| Term::implies(keys.names(tag), present))
    }

    /// A relation between the presence of a tag in the request and `aws:TagKeys`, for every tag.
    fn passed(&self, relation: impl Fn(Term, &Key, &str) -> Term) -> Term {
        let Some(keys) = self.keys.get(&ContextKey::new("aws:TagKeys")) else {
            return Term::truth();
        };
        let tags = self
            .keys
            .values()
            .filter_map(|key| Some((key, key.key.lower().strip_prefix(REQUEST_TAG)?)));
        Term::and(tags.map(|(key, tag)| relation(key.present(), keys, tag)))
    }

    /// The resource has the tags that the request passes, and no others, as far as the policies
    /// mention both (F16).
    pub(crate) fn tags_are_those_passed(&self) -> Term {
        Term::and(self.keys.values().filter_map(|passed| {
            let tag = passed.key.lower().strip_prefix(REQUEST_TAG)?;
            let own = self.keys.get(&ContextKey::new(&format!("{RESOURCE_TAG}{tag}")))?;
            let same = passed.first()?.same(own.first()?);
            Some(Term::and([
                Term::iff(passed.present(), own.present()),
                Term::implies(passed.present(), same),
            ]))
        }))
    }
}

impl Context<'_> {
    pub(super) fn tags(&self) -> Result<Vec<Row>, Error> {
        let mut rows = vec![(
            "F15",
            Hard,
            "`aws:TagKeys` holds the keys of the tags that are passed",
            self.frame.passed_tags_are_keys(),
        )];
        for key in self.frame.keys.values() {
            self.frame.goes_on()?;
            let lower = key.key.lower();
            let Some((family, tag)) =
                TAGS.iter().find_map(|family| Some((*family, lower.strip_prefix(family)?)))
            else {
                continue;
            };
            let kind = if family == "aws:principaltag/" { Hard } else { Model };
            // In EC2 tags of resources have any character.
            let free =
                || if kind == Model { self.asks_one_of(&["ec2"]) } else { Term::falsehood() };
            let possible = if shapes::tag_text().is_match(tag) { Term::truth() } else { free() };
            let possible = Term::and([possible, Term::bool(shapes::length(1, 128).is_match(tag))]);
            let values = |shape: Regex| members(key, |slot| slot.in_regex(shape.clone()));
            rows.push((
                "F22",
                kind,
                "tag keys are 1 to 128 characters that tags may have",
                Term::or([possible, Term::not(key.present())]),
            ));
            let characters = Term::or([values(shapes::tag_text()), free()]);
            rows.push(("F22", kind, "tag values have characters that tags may have", characters));
            rows.push(("F22", kind, VALUE_LENGTH, values(shapes::length(0, 256))));
        }
        rows.push(("F30", Hard, "keys that say the same have the same value", self.twins_agree()));
        if let Some(version) = self.key("s3:TlsVersion") {
            let plain = self.value("aws:SecureTransport", |slot| {
                Term::implies(version.present(), Term::not(slot.is_boolean(false)))
            });
            rows.push(("F30", Hard, "only what came encrypted has a version of TLS", plain));
        }
        if let Some(key) = self.key("aws:TagKeys") {
            let characters = Regex::plus(shapes::tag_char());
            let values = |shape: Regex| members(key, |slot| slot.in_regex(shape.clone()));
            let characters = Term::or([values(characters), self.asks_one_of(&["ec2"])]);
            rows.push(("F22", Model, "tag keys have characters that tags may have", characters));
            rows.push(("F22", Model, KEY_LENGTH, values(shapes::length(1, 128))));
            let free = key.elements.iter().filter(|element| element.tag.is_none()).count();
            self.frame.has_room_for(free.saturating_mul(key.elements.len()))?;
            rows.push(("F22", Model, KEY_CASE, differ_by_more_than_case(key)));
        }
        Ok(rows)
    }
}

impl Context<'_> {
    /// A key of a service and the global key that says the same hold one value, where both are
    /// present.
    fn twins_agree(&self) -> Term {
        Term::and(self.frame.keys.values().filter_map(|own| {
            let global = self.frame.keys.get(&keys::twin(&own.key)?)?;
            let same = own.first()?.same(global.first()?);
            Some(Term::implies(Term::and([own.present(), global.present()]), same))
        }))
    }
}

/// True iff no two values of the key are the same ignoring case and yet different. Those in the
/// places of two tags never are the same.
fn differ_by_more_than_case(key: &Key) -> Term {
    let lower = |text: &Term| Term::apply(&views::ASCII_LOWER, text.clone());
    let apart = |here: &Element, there: &Element| {
        let (left, right) = (here.slot.text()?, there.slot.text()?);
        let both = Term::and([Term::var(&here.member), Term::var(&there.member)]);
        let equal = match &there.tag {
            Some(tag) => Term::not(here.slot.equals_ignoring_case(tag)),
            None => Term::not(Term::eq(lower(&left), lower(&right))),
        };
        Some(Term::implies(both, Term::or([Term::eq(left, right), equal])))
    };
    let free = key.elements.iter().take_while(|element| element.tag.is_none()).enumerate();
    Term::and(free.flat_map(|(at, here)| {
        key.elements.iter().skip(at + 1).filter_map(move |there| apart(here, there))
    }))
}
