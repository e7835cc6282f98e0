//! Tags: F15, F16, F22 and F23.

use super::ConstraintKind::{Hard, Model};
use super::{Context, Row, members, some_member};
use crate::policy::ContextKey;
use crate::symbolic::frame::{Frame, Key};
use crate::symbolic::{shapes, views};
use keyaki_encodings::regex::Regex;
use keyaki_encodings::term::Term;

pub(super) const KEY_LENGTH: &str = "tag keys have 1 to 128 characters";
pub(super) const VALUE_LENGTH: &str = "tag values have at most 256 characters";
pub(super) const KEY_CASE: &str = "tag keys differ by more than case";
const TAGS: [&str; 3] = ["aws:principaltag/", "aws:requesttag/", "aws:resourcetag/"];

const REQUEST_TAG: &str = "aws:requesttag/";
const RESOURCE_TAG: &str = "aws:resourcetag/";

impl Frame {
    /// Every tag that the request passes is in `aws:TagKeys` (F15). The key may be written there in another case than in the policies.
    pub(super) fn passed_tags_are_keys(&self) -> Term {
        self.passed(Term::implies)
    }

    /// Of the tags that the policies mention, those in `aws:TagKeys` are passed (F15, for actions that take tags).
    pub(crate) fn tag_keys_are_passed(&self) -> Term {
        self.passed(|present, among| Term::implies(among, present))
    }

    /// A relation between the presence of a tag in the request and its being in `aws:TagKeys`, for every tag.
    fn passed(&self, relation: impl Fn(Term, Term) -> Term) -> Term {
        let Some(keys) = self.keys.get(&ContextKey::new("aws:TagKeys")) else { return Term::truth() };
        Term::and(self.keys.values().filter_map(|key| {
            let tag = key.key.lower().strip_prefix(REQUEST_TAG)?;
            Some(relation(key.present(), some_member(keys, |slot| slot.equals_ignoring_case(tag))))
        }))
    }

    /// The resource has the tags that the request passes, and no others, as far as the policies mention both (F16).
    pub(crate) fn tags_are_those_passed(&self) -> Term {
        Term::and(self.keys.values().filter_map(|passed| {
            let tag = passed.key.lower().strip_prefix(REQUEST_TAG)?;
            let own = self.keys.get(&ContextKey::new(&format!("{RESOURCE_TAG}{tag}")))?;
            let same = passed.first()?.same(own.first()?);
            Some(Term::and([Term::iff(passed.present(), own.present()), Term::implies(passed.present(), same)]))
        }))
    }
}

impl Context<'_> {
    pub(super) fn tags(&self) -> Vec<Row> {
        let mut rows = vec![("F15", Hard, "`aws:TagKeys` holds the keys of the tags that are passed", self.frame.passed_tags_are_keys())];
        for key in self.frame.keys.values() {
            let lower = key.key.lower();
            let Some((family, tag)) = TAGS.iter().find_map(|family| Some((*family, lower.strip_prefix(family)?))) else {
                if lower.starts_with("datazone:") {
                    rows.push(("F23", Model, "`datazone:` values are not empty", members(key, |slot| Term::not(slot.is_empty()))));
                }
                continue;
            };
            let kind = if family == "aws:principaltag/" { Hard } else { Model };
            let possible = shapes::tag_text().is_match(tag) && shapes::length(1, 128).is_match(tag);
            let values = |shape: Regex| members(key, |slot| slot.in_regex(shape.clone()));
            rows.push((
                "F22",
                kind,
                "tag keys are 1 to 128 characters that tags may have",
                Term::or([Term::bool(possible), Term::not(key.present())]),
            ));
            rows.push(("F22", kind, "tag values have characters that tags may have", values(shapes::tag_text())));
            rows.push(("F22", kind, VALUE_LENGTH, values(shapes::length(0, 256))));
            rows.push(("F23", Model, "tag values are not empty", members(key, |slot| Term::not(slot.is_empty()))));
        }
        if let Some(key) = self.key("aws:TagKeys") {
            let characters = Regex::plus(shapes::tag_char());
            let values = |shape: Regex| members(key, |slot| slot.in_regex(shape.clone()));
            rows.push(("F22", Model, "tag keys have characters that tags may have", values(characters)));
            rows.push(("F22", Model, KEY_LENGTH, values(shapes::length(1, 128))));
            rows.push(("F22", Model, KEY_CASE, differ_by_more_than_case(key)));
        }
        rows
    }
}

/// True iff no two values of the key are the same ignoring case and yet different.
fn differ_by_more_than_case(key: &Key) -> Term {
    let texts: Vec<(Term, Term)> =
        key.elements.iter().filter_map(|element| Some((Term::var(&element.member), element.slot.text()?))).collect();
    let lower = |text: &Term| Term::apply(&views::ASCII_LOWER, text.clone());
    Term::and(texts.iter().enumerate().flat_map(|(at, (here, left))| {
        texts.iter().skip(at + 1).map(move |(there, right)| {
            let equal = Term::or([Term::eq(left.clone(), right.clone()), Term::not(Term::eq(lower(left), lower(right)))]);
            Term::implies(Term::and([here.clone(), there.clone()]), equal)
        })
    }))
}
