//! What an action is authorized on: resources of the catalogue's types, and which keys come with
//! them (SEMANTICS F12, F13, F15, F16).

use crate::arn::Arn;
use crate::frame::Frame;
use crate::glob;
use keyaki_iam::catalogue::keys;
use keyaki_iam::catalogue::service_keys::{ALWAYS_SENT, AlwaysSent, On};
use keyaki_iam::catalogue::{Action, ActionResource, ArnFormat, Service};
use keyaki_iam::policy::ContextKey;
use keyaki_iam::world::{ModelChoice, World};
use keyaki_logic::regex::Regex;
use keyaki_logic::term::{Part, Term};
use std::collections::BTreeSet;

const REQUEST_TAG: &str = "aws:requesttag/";
const RESOURCE_TAG: &str = "aws:resourcetag/";

/// What the catalogue says of the keys of a question when an action is authorized on something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Listing {
    /// Of the keys that are present only where the catalogue lists them, those that it does not
    /// list.
    absent: Vec<ContextKey>,
    /// Whether tags may be passed.
    takes_tags: bool,
    /// Whether the request creates the resource with the tags that it passes.
    creates: bool,
    /// The keys that are always sent (F34), and whether by callers in an account only.
    sent: Vec<(ContextKey, bool)>,
}

/// Whether the key is present only where the catalogue lists it for the action or its resource.
fn needs_listing(key: &ContextKey, world: &World<'_>) -> bool {
    if !world.assumptions.contains(ModelChoice::F13) {
        return false;
    }
    let lower = key.lower();
    let tags =
        lower == "aws:tagkeys" || lower.starts_with(REQUEST_TAG) || lower.starts_with(RESOURCE_TAG);
    let namespace = lower.split_once(':').map(|(namespace, _)| namespace);
    let of_service = namespace
        .is_some_and(|namespace| world.catalogue.summary(namespace).is_some())
        || namespace.is_some_and(|namespace| namespace != "aws")
            && keys::of_provider(key).is_none()
            && world.catalogue.may_list(key.text());
    // A key of a known service that no service lists may still come, wherever it likes, if unknown
    // keys do.
    let considered = || {
        !world.unknown_keys || keys::lookup(key).is_some() || world.catalogue.may_list(key.text())
    };
    tags || of_service && !keys::comes_with_session(key) && considered()
}

/// What of a question depends on the lists of keys.
#[derive(Debug)]
pub(crate) struct Interest {
    /// Keys that are present only where the catalogue lists them.
    pub restricted: Vec<ContextKey>,
    /// Whether tags of the request are looked at, both as a list of keys and one by one, or beside
    /// tags of the resource.
    passed: bool,
    /// Keys that are always sent with some actions (F34), if that is assumed, each with what is
    /// known of it.
    sent: Vec<(ContextKey, &'static AlwaysSent)>,
}

impl Interest {
    pub fn of(frame: &Frame, world: &World<'_>) -> Self {
        let restricted =
            frame.keys.keys().filter(|key| needs_listing(key, world)).cloned().collect();
        let some = |start: &str| frame.keys.keys().any(|key| key.lower().starts_with(start));
        let known = |key: &ContextKey| {
            ALWAYS_SENT
                .iter()
                .find(|known| known.key == key.lower())
                .map(|known| (key.clone(), known))
        };
        let assumed = world.assumptions.contains(ModelChoice::F34);
        let sent = frame.keys.keys().filter(|_| assumed).filter_map(known).collect();
        Self {
            restricted,
            passed: some(REQUEST_TAG) && (some("aws:tagkeys") || some(RESOURCE_TAG)),
            sent,
        }
    }
}

impl Listing {
    /// For an action and one of its resource types, or `*`.
    pub fn of(
        interest: &Interest,
        service: &Service,
        action: &Action,
        target: Option<&ActionResource>,
    ) -> Self {
        let lists = |key: &str| service.lists(action, target, key);
        let absent =
            interest.restricted.iter().filter(|key| !lists(key.lower())).cloned().collect();
        let takes_tags = interest.passed && lists("aws:requesttag/k");
        let created = || target.is_some_and(|target| is_created(&action.name, &target.name));
        let creates = takes_tags && lists("aws:resourcetag/k") && created();
        let full = format!("{}:{}", service.prefix, action.name).to_ascii_lowercase();
        let expected = |(key, known): &&(ContextKey, &AlwaysSent)| {
            is_sent(known, &full, action, target) && lists(key.lower())
        };
        let sent = interest
            .sent
            .iter()
            .filter(expected)
            .map(|(key, known)| (key.clone(), known.in_account))
            .collect();
        Self { absent, takes_tags, creates, sent }
    }

    /// True iff the keys are as the catalogue says.
    pub fn term(&self, frame: &Frame, world: &World<'_>) -> Term {
        let present = |key: &ContextKey| frame.keys.get(key).map(|key| key.present());
        let mut conjuncts = vec![Term::not(Term::or(self.absent.iter().filter_map(present)))];
        conjuncts.extend(self.twins(frame, world));
        conjuncts.extend(self.sent.iter().filter_map(|(key, in_account)| {
            let anybody =
                if *in_account { Term::not(frame.caller.has_account()) } else { Term::falsehood() };
            Some(Term::or([present(key)?, anybody]))
        }));
        if self.takes_tags && world.assumptions.contains(ModelChoice::F15) {
            conjuncts.push(frame.tag_keys_are_passed());
        }
        if self.creates && world.assumptions.contains(ModelChoice::F16) {
            conjuncts.push(frame.tags_are_those_passed());
        }
        Term::and(conjuncts)
    }
}

impl Listing {
    /// Of two keys that say the same and are both listed, both are present or none is (F30). Only
    /// the lists tell which are.
    fn twins(&self, frame: &Frame, world: &World<'_>) -> Vec<Term> {
        if !world.assumptions.contains(ModelChoice::F13) {
            return Vec::new();
        }
        let pairs = frame
            .keys
            .values()
            .filter_map(|own| Some((own, frame.keys.get(&keys::twin(&own.key)?)?)));
        let tags = pairs.filter(|(_, global)| {
            [RESOURCE_TAG, REQUEST_TAG].iter().any(|family| global.key.lower().starts_with(family))
        });
        let listed = tags.filter(|(own, global)| {
            ![own, global].iter().any(|key| self.absent.contains(&key.key))
        });
        listed.map(|(own, global)| Term::iff(own.present(), global.present())).collect()
    }
}

/// Whether the key always comes with the action, by its full name in lower case, on what it is
/// authorized on.
fn is_sent(
    known: &AlwaysSent,
    full: &str,
    action: &Action,
    target: Option<&ActionResource>,
) -> bool {
    let on = match known.on {
        On::Anything => true,
        On::Owned => !action.resources.is_empty(),
        On::Type(name) => target.is_some_and(|target| target.name.eq_ignore_ascii_case(name)),
    };
    let mut actions = known.actions.iter();
    on && actions.any(|listed| match listed.strip_suffix('*') {
        Some(start) => full.starts_with(start),
        None => *listed == full,
    })
}

/// Whether an action makes resources of that type, as far as their names tell:
/// `CreateInferenceProfile`, `application-inference-profile`.
fn is_created(action: &str, resource_type: &str) -> bool {
    let plain = |text: &str| {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect::<String>()
    };
    let Some(made) = action.strip_prefix("Create").map(plain).filter(|made| !made.is_empty())
    else {
        return false;
    };
    let kind = plain(resource_type);
    !kind.is_empty() && (kind.ends_with(&made) || made.ends_with(&kind))
}

/// True iff the resource has one of the formats.
pub(super) fn resource(arn: &Arn, formats: &[ArnFormat]) -> Term {
    Term::and([arn.is_arn(), Term::or(formats.iter().map(|format| has_format(arn, format)))])
}

fn has_format(arn: &Arn, format: &ArnFormat) -> Term {
    let written = format.fields();
    let own = written[2];
    Term::and(arn.terms().into_iter().zip(written).map(|(field, text)| match text {
        _ if own == "s3" && text.contains("${BucketName}") => Term::in_regex(field, bucket(text)),
        _ => match parts(text).as_slice() {
            [] => Term::eq(field, Term::string("")),
            [Part::Literal(literal)] => Term::eq(field, Term::string(literal.clone())),
            [Part::AnyChar, Part::AnyString] => Term::not(Term::eq(field, Term::string(""))),
            parts => Term::matches(field, parts.to_vec()),
        },
    }))
}

/// True iff an ARN is of the service: by the prefix of its actions, or as one of its types writes
/// it.
pub(super) fn is_arn_of(arn: &Arn, service: &Service) -> Term {
    let [_, _, own, _, _, _] = arn.terms();
    let formats = service.resource_types.iter().flat_map(|known| &known.arns);
    let written: BTreeSet<&str> =
        formats.map(|format| format.fields()[2]).chain([service.prefix.as_str()]).collect();
    Term::or(written.into_iter().map(|text| Term::matches(own.clone(), parts(text))))
}

/// The parts of a field of a format: `${Name}` is some text, `*` any.
fn parts(field: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = field;
    while let Some((before, after)) = rest.split_once("${") {
        parts.extend(glob::parts(before));
        parts.extend([Part::AnyChar, Part::AnyString]);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    parts.extend(glob::parts(rest));
    parts
}

/// The names of buckets hold no slash, unlike those of objects.
fn bucket(field: &str) -> Regex {
    let pieces = field.split("${BucketName}").map(|text| {
        Regex::concat(parts(text).into_iter().map(|part| match part {
            Part::Literal(text) => Regex::literal(&text),
            Part::AnyChar => Regex::any_char(),
            Part::AnyString | Part::Value(_) => Regex::all(),
        }))
    });
    let mut regexes: Vec<Regex> = Vec::new();
    for piece in pieces {
        if !regexes.is_empty() {
            regexes.push(Regex::plus(Regex::none_of("/")));
        }
        regexes.push(piece);
    }
    Regex::concat(regexes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_logic::evaluate::evaluate;
    use keyaki_logic::model::Model;
    use keyaki_logic::term::Value;

    fn is_a(text: &str, format: &str) -> bool {
        let arn = Arn::new(|part| part.to_owned());
        let mut model = Model::new();
        model.insert(arn.is_arn.clone(), Value::Bool(true));
        for (symbol, field) in arn.fields.iter().zip(text.splitn(6, ':')) {
            model.insert(symbol.clone(), Value::String(field.to_owned()));
        }
        evaluate(&resource(&arn, &[ArnFormat::parse(format).unwrap()]), &model) == Value::Bool(true)
    }

    #[test]
    fn formats_are_matched_field_by_field() {
        let object = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        let bucket = "arn:${Partition}:s3:::${BucketName}";
        let model = "arn:${Partition}:bedrock:${Region}::foundation-model/${ResourceId}";
        let alias =
            "arn:${Partition}:bedrock:${Region}:${Account}:agent-alias/${AgentId}/${AgentAliasId}";
        let any = "arn:${Partition}:xray:${Region}:${Account}:*";
        for (text, format, expected) in [
            ("arn:aws:s3:::b/o", object, true),
            ("arn:aws:s3:::b/o/p:q", object, true),
            ("arn:aws:s3:::b", object, false),
            ("arn:aws:s3:::b", bucket, true),
            ("arn:aws:s3:::b/o", bucket, false),
            ("arn:aws:s3:::", bucket, false),
            ("arn:aws:s3:us-east-1::b", bucket, false),
            ("arn:aws:bedrock:us-east-1::foundation-model/x", model, true),
            ("arn:aws:bedrock:::foundation-model/x", model, false),
            ("arn:aws:bedrock:us-east-1::foundation-model/", model, false),
            ("arn:aws:bedrock:us-east-1::Foundation-model/x", model, false),
            ("arn:aws:bedrock:us-east-1:1:agent-alias/a/b", alias, true),
            ("arn:aws:bedrock:us-east-1:1:agent-alias/a", alias, false),
            ("arn:aws:xray:us-east-1:1:", any, true),
            ("arn:aws:xray:us-east-1:1:group/x", any, true),
        ] {
            assert_eq!(is_a(text, format), expected, "{text} {format}");
        }
    }

    #[test]
    fn names_tell_what_is_created() {
        for (action, resource_type, expected) in [
            ("CreateInferenceProfile", "application-inference-profile", true),
            ("CreateAgentAlias", "agent-alias", true),
            ("CreateAgentAlias", "agent", false),
            ("CreateInferenceProfile", "foundation-model", false),
            ("TagResource", "agent", false),
            ("Create", "agent", false),
        ] {
            assert_eq!(is_created(action, resource_type), expected, "{action} {resource_type}");
        }
    }
}
