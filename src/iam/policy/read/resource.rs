//! Entries of `Resource` and `NotResource` (SEMANTICS 2.2).

use super::action::is_stars;
use super::kinds::ShortArn;
use super::reader::{Reader, Text, clip};
use super::template::split_fields;
use crate::finding::codes;
use crate::policy::parameter::Parameter;
use crate::policy::{Kind, Piece, ResourcePattern, Template};

/// Services whose ARNs name the resource at once, without a resource type before it.
const UNTYPED: &[&str] = &["s3", "sqs", "sns", "codecommit", "execute-api", "apigateway"];

/// What stands for the first five fields and the API in an abbreviated ARN of API Gateway.
const ABBREVIATION: &str = "execute-api:";

impl Reader<'_> {
    pub(super) fn resource_pattern(&mut self, entry: Text<'_>) -> Option<ResourcePattern> {
        let text = entry.text;
        self.check_wildcards(entry);
        if is_stars(text) {
            return Some(ResourcePattern::Any);
        }
        let template = self.template(entry);
        if let Some(fields) = self.abbreviated(entry, &template) {
            return Some(ResourcePattern::Arn { text: text.into(), fields: fields.into() });
        }
        let fields = split_fields(&template, 6);
        if fields.first().and_then(literal) != Some("arn") {
            let message = format!("`{}` is neither `*` nor an ARN", clip(text));
            let help = "an ARN reads `arn:partition:service:region:account:resource`, such as `arn:aws:s3:::NAME/*` for what is in a bucket";
            self.error(codes::INVALID_RESOURCE, entry.span, entry.route, message, help);
            return None;
        }
        if fields.len() < 6 {
            self.short_arn(entry, fields.len());
        }
        self.warn_of_wildcards(entry, &fields);
        if fields.iter().take(5).any(has_variable) {
            let message = format!(
                "`{}` has a variable before the fifth colon, where the documentation allows none",
                clip(text)
            );
            self.warn(
                codes::EARLY_VARIABLE,
                entry.span,
                entry.route,
                message,
                "it is resolved here, as AWS's own policies rely on",
            );
        }
        Some(ResourcePattern::Arn { text: text.into(), fields: fields.into() })
    }

    /// The six fields that API Gateway makes of `execute-api:/STAGE/METHOD/PATH` in the policy of
    /// an API: the rest of the ARN is that of the API to which the policy is attached, which the
    /// text does not tell.
    fn abbreviated(&mut self, entry: Text<'_>, template: &Template) -> Option<Vec<Template>> {
        let [Piece::Literal(first), rest @ ..] = template.pieces.as_slice() else { return None };
        let path = first
            .strip_prefix(ABBREVIATION)
            .filter(|path| path.starts_with('/') && self.kind == Kind::Resource)?;
        let message = format!(
            "`{}` is short for the ARN of an API that the policy does not name",
            clip(entry.text)
        );
        let help = "it is read as an ARN of any API; API Gateway writes the whole ARN when it saves the policy";
        self.warn(codes::SHORT_ARN, entry.span, entry.route, message, help);
        let field = |pieces: Vec<Piece>| Template { pieces };
        let text = |text: &str| Piece::Literal(text.to_owned());
        let any = || field(vec![Piece::AnyString]);
        let last = [Piece::AnyString, text(path)].into_iter().chain(rest.iter().cloned()).collect();
        Some(vec![
            field(vec![text("arn")]),
            any(),
            field(vec![text("execute-api")]),
            any(),
            any(),
            field(last),
        ])
    }

    /// An ARN of fewer than six fields (`[U5]`).
    fn short_arn(&mut self, entry: Text<'_>, count: usize) {
        let wildcard = entry.text.contains(['*', '?']);
        let (rejected, meaning) = match self.rules.short_arn {
            ShortArn::Filled => (false, "the missing fields are read as `*`"),
            ShortArn::Rejected => (true, "a session policy needs all six"),
            ShortArn::MatchesNothing if wildcard => {
                (false, "only its wildcard lets it match anything")
            }
            ShortArn::MatchesNothing => (false, "it matches nothing"),
            ShortArn::NeedsTrailingStar if entry.text.ends_with('*') => {
                (false, "accepted because it ends in `*`")
            }
            ShortArn::NeedsTrailingStar => (true, "here it must have all six or end in `*`"),
        };
        let message =
            format!("`{}` has {count} of the six fields of an ARN: {meaning}", clip(entry.text));
        let help = "write `arn:partition:service:region:account:resource`, with `*` where anything will do";
        if rejected {
            self.error(codes::SHORT_ARN, entry.span, entry.route, message, help);
        } else {
            self.warn(codes::SHORT_ARN, entry.span, entry.route, message, help);
        }
    }

    /// Wildcards where the documentation allows none (`[U7]`): they are matched as anywhere else.
    fn warn_of_wildcards(&mut self, entry: Text<'_>, fields: &[Template]) {
        let service = fields.get(2);
        let place = if service.is_some_and(has_wildcard) {
            "service field"
        } else if service.and_then(literal).is_some_and(|service| !UNTYPED.contains(&service))
            && fields.get(5).is_some_and(starred_type)
        {
            "resource type"
        } else {
            return;
        };
        let message = format!(
            "`{}` has a wildcard in its {place}, where the documentation allows none",
            clip(entry.text)
        );
        self.warn(
            codes::ARN_WILDCARD,
            entry.span,
            entry.route,
            message,
            "it is matched like any other wildcard",
        );
    }
}

/// The text of a field without wildcards and variables.
fn literal(field: &Template) -> Option<&str> {
    match field.pieces.as_slice() {
        [] => Some(""),
        [Piece::Literal(text)] => Some(text),
        _ => None,
    }
}

fn has_wildcard(field: &Template) -> bool {
    field.pieces.iter().any(|piece| matches!(piece, Piece::AnyChar | Piece::AnyString))
}

fn has_variable(field: &Template) -> bool {
    let is_variable = |piece: &Piece| match piece {
        // What nobody knows yet will be a text.
        Piece::Variable(variable) => Parameter::of(&variable.key).is_none(),
        Piece::Literal(_) | Piece::AnyChar | Piece::AnyString => false,
    };
    field.pieces.iter().any(is_variable)
}

/// Whether a wildcard follows the first letters of the resource type: before any `/` or `:`, and
/// not as the whole field.
fn starred_type(field: &Template) -> bool {
    match field.pieces.as_slice() {
        [Piece::Literal(text), Piece::AnyChar | Piece::AnyString, ..] => !text.contains(['/', ':']),
        [Piece::AnyChar | Piece::AnyString, Piece::Literal(text), ..] => {
            text.starts_with(|c: char| !matches!(c, '/' | ':'))
        }
        _ => false,
    }
}
