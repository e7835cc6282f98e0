//! ARNs of the catalogue's formats to put into a counterexample (SEMANTICS 5.6, F12): natural ones,
//! and for a pattern of the policies one that it matches.
//!
//! The actions of a service share formats, and a question tries many actions: what was made for one
//! is kept for the others.

use super::placeholders::{known_ids, natural_arn, values};
use super::written::{is_literal, written};
use keyaki_evaluator::feasibility;
use keyaki_evaluator::semantics;
use keyaki_iam::catalogue::ArnFormat;
use keyaki_iam::policy::{Kind, Piece, ResourcePattern, Template};
use keyaki_iam::request::arn_fields;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Regions for patterns that `us-east-1` does not match, and partitions.
const REGIONS: &[&str] = &[
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-2",
    "us-gov-west-1",
    "cn-north-1",
];
const PARTITIONS: &[&str] = &["aws", "aws-cn", "aws-us-gov"];

type Pair = (*const ArnFormat, *const ResourcePattern);

/// What was made in one question, and what was found out about it. Formats and patterns are told
/// apart by where they stand.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    natural: RefCell<HashMap<*const ArnFormat, Rc<str>>>,
    made: RefCell<HashMap<Pair, Option<Rc<str>>>>,
    matched: RefCell<HashMap<(*const ResourcePattern, Rc<str>), bool>>,
}

impl Candidates {
    /// ARNs of the format: a natural one, those of known ids, and for each pattern one that it
    /// matches.
    pub fn of<'s>(
        &'s self,
        format: &'s ArnFormat,
        patterns: Rc<[&'s ResourcePattern]>,
    ) -> impl Iterator<Item = Rc<str>> + 's {
        let natural = self.natural(format);
        let known = with_known_ids(&natural, format).map(Rc::from);
        let matched =
            (0..patterns.len()).filter_map(move |at| self.made(format, patterns.get(at).copied()?));
        std::iter::once(natural).chain(known).chain(matched)
    }

    fn natural(&self, format: &ArnFormat) -> Rc<str> {
        let mut natural = self.natural.borrow_mut();
        Rc::clone(natural.entry(format).or_insert_with(|| natural_arn(format).into()))
    }

    fn made(&self, format: &ArnFormat, pattern: &ResourcePattern) -> Option<Rc<str>> {
        let natural = self.natural(format);
        let mut made = self.made.borrow_mut();
        let make = || arn_for(pattern, format, &natural).map(Rc::from);
        made.entry((format, pattern)).or_insert_with(make).clone()
    }

    /// Whether an identity-based policy's entry matches the ARN, its variables taken for their
    /// defaults.
    pub fn is_matched(&self, pattern: &ResourcePattern, arn: &Rc<str>) -> bool {
        let mut matched = self.matched.borrow_mut();
        let found = || semantics::matches_resource(pattern, Kind::Identity, arn);
        *matched.entry((pattern, Rc::clone(arn))).or_insert_with(found)
    }
}

/// An ARN that the pattern matches and that is of the format, as natural as the pattern lets it be.
/// Each field is chosen apart from the others.
fn arn_for(pattern: &ResourcePattern, format: &ArnFormat, natural: &str) -> Option<String> {
    let ResourcePattern::Arn { fields, .. } = pattern else { return None };
    let own = arn_fields(natural)?;
    let fits = |index: usize, text: &str| {
        feasibility::field_is_of(format, index, text)
            && semantics::matches_resource_field(pattern, index, text)
    };
    if !fits(0, "arn") || !fits(2, own[2]) {
        return None;
    }
    let literal = |index: usize| {
        fields.get(index).filter(|field| is_literal(field)).map(|field| written(field, ""))
    };
    let one_of = |index: usize, others: &[&str]| {
        let mut options = match (literal(index), fields.get(index)) {
            (Some(text), _) => vec![text],
            (None, Some(_)) => others.iter().map(|text| (*text).to_owned()).collect(),
            (None, None) => vec![own.get(index).copied().unwrap_or_default().to_owned()],
        };
        let at = options.iter().position(|text| fits(index, text))?;
        Some(options.swap_remove(at))
    };
    let partition = one_of(1, PARTITIONS)?;
    let regions: Vec<&str> = match own[3] {
        "" => vec![""],
        region => [region].into_iter().chain(REGIONS.iter().copied()).collect(),
    };
    let region = one_of(3, &regions)?;
    let account = one_of(4, &[own[4]])?;
    let rest = rests(fields.get(5), format, own[5]).find(|rest| fits(5, rest))?;
    Some(format!("arn:{partition}:{}:{region}:{account}:{rest}", own[2]))
}

/// What may stand in the last field, where its own text is `own` and the pattern's is `field`.
fn rests<'a>(
    field: Option<&'a Template>,
    format: &'a ArnFormat,
    own: &'a str,
) -> Box<dyn Iterator<Item = String> + 'a> {
    match field {
        Some(field) if is_literal(field) => Box::new(std::iter::once(written(field, ""))),
        None => Box::new(std::iter::once(own.to_owned())),
        Some(field) => {
            // The ends of the natural text, shortest first, and all of it.
            let ends =
                own.rmatch_indices(['/', ':']).filter_map(|(at, _)| own.get(at + 1..)).chain([own]);
            let fillers = ends.chain(values(format)).chain(["example", ""]);
            let known = with_known_ids(own, format);
            let filled = fillers.flat_map(move |filler| spaced(field, filler));
            Box::new(std::iter::once(own.to_owned()).chain(known).chain(filled))
        }
    }
}

/// The pattern with the filler for its wildcards; after a letter or digit first with a hyphen
/// between.
fn spaced(field: &Template, filler: &str) -> Vec<String> {
    let starred =
        field.pieces.iter().zip(field.pieces.iter().skip(1)).find_map(|pair| match pair {
            (Piece::Literal(text), Piece::AnyString) => text.chars().next_back(),
            _ => None,
        });
    let hyphen =
        starred.is_some_and(char::is_alphanumeric).then(|| written(field, &format!("-{filler}")));
    hyphen.into_iter().chain([written(field, filler)]).collect()
}

/// The text, which ends in an id, with each other id that is known for the format.
fn with_known_ids(text: &str, format: &ArnFormat) -> impl Iterator<Item = String> + use<> {
    let stem = text.rsplit_once('/').map_or("", |(stem, _)| stem).to_owned();
    known_ids(format).map(move |id| format!("{stem}/{id}"))
}
