//! What an operator's family reads in a condition value (SEMANTICS 4.4), and texts with variables
//! (SEMANTICS 3).

use super::reader::{Reader, Text, clip};
use super::template::{split_fields, template};
use crate::finding::codes;
use crate::json::span_within;
use crate::policy::Literal;
use crate::policy::parameter;
use crate::policy::{Family, Piece, Template};
use crate::source::{Source, Span};
use crate::value::{MOST_DIGITS, boolean, has_too_many_digits, instant, network, number};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Of one text no more variables than these are examined for their names.
const MOST_VARIABLES: usize = 20;

impl Reader<'_> {
    /// Reads a text in which variables may stand, and reports malformed ones.
    pub(super) fn template(&mut self, entry: Text<'_>) -> Template {
        let (template, errors) = template(entry.text, self.variables);
        for error in errors {
            let text = clip(entry.text.get(error.range.clone()).unwrap_or_default());
            let span = span_within(self.source, entry.span, error.range);
            let message = format!("`{text}` is not a policy variable: {}", error.problem);
            let help = "write `${key}` or `${key, 'default'}`; `${$}` stands for a dollar sign";
            self.error(codes::INVALID_VARIABLE, span, entry.route, message, help);
        }
        for piece in template
            .pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::Variable(_)))
            .take(MOST_VARIABLES)
        {
            let Piece::Variable(variable) = piece else { continue };
            let (prefix, name) = variable.key.text().split_once(':').unwrap_or_default();
            if prefix.is_empty() || name.is_empty() {
                let span = span_of_variable(self.source, entry, variable.key.text());
                let message = format!(
                    "`${{{}}}` names no condition key: a key reads `prefix:name`",
                    clip(variable.key.text())
                );
                let help = "if it is a placeholder of a template, fill it in; as it stands it never has a value";
                self.warn(codes::UNKNOWN_VARIABLE, span, entry.route, message, help);
            }
        }
        if !self.variables
            && let Some((offset, _)) = entry
                .text
                .match_indices("${")
                .find(|(at, _)| !entry.text.get(*at..).is_some_and(parameter::begins))
        {
            let span = span_within(self.source, entry.span, offset..offset + 2);
            let message = "`${` is plain text here: variables need version 2012-10-17";
            let help = "add `\"Version\": \"2012-10-17\"` to the policy";
            self.warn(codes::VARIABLE_WITHOUT_VERSION, span, entry.route, message, help);
        }
        template
    }

    /// Reads one condition value, already as text; reports one that the family cannot read.
    pub(super) fn literal(&mut self, family: Family, entry: Text<'_>) -> Option<Literal> {
        let text = entry.text;
        let found = match family {
            Family::String => {
                self.check_wildcards(entry);
                Some(Literal::Text(self.template(entry)))
            }
            Family::Arn => {
                self.check_wildcards(entry);
                Some(Literal::Text(self.arn(entry)))
            }
            Family::Bool => {
                let template = self.template(entry);
                (template.has_variables() || boolean(text).is_some())
                    .then_some(Literal::Text(template))
            }
            Family::Numeric => number(text).map(Literal::Number),
            Family::Date => instant(text).map(Literal::Instant),
            Family::IpAddress => network(text).map(Literal::Network),
            Family::Binary => STANDARD.decode(text).ok().map(Literal::Bytes),
            Family::Null => boolean(text).map(Literal::Presence),
        };
        if found.is_none() {
            self.ill_typed(family, entry);
        }
        found
    }

    fn ill_typed(&mut self, family: Family, entry: Text<'_>) {
        let (expected, example) = match family {
            Family::String | Family::Arn => return,
            Family::Bool | Family::Null => ("`true` or `false`", ""),
            Family::Numeric => ("a decimal number", "for example `10` or `2.5`, without exponent"),
            Family::Date => ("a date", "for example `2025-07-01T00:00:00Z`, or seconds since 1970"),
            Family::IpAddress => {
                ("an address or a CIDR range", "for example `203.0.113.0/24` or `2001:db8::/32`")
            }
            Family::Binary => ("base 64", "with padding, for example `QmluYXJ5`"),
        };
        let long =
            matches!(family, Family::Numeric | Family::Date) && has_too_many_digits(entry.text);
        let bound = if long { format!(" of at most {MOST_DIGITS} digits") } else { String::new() };
        let message = format!("`{}` is not {expected}{bound}", clip(entry.text));
        let no_variable = entry.text.contains("${") && family != Family::Bool;
        let help = if no_variable {
            "policy variables are not resolved under this operator; String and Arn operators know them"
        } else {
            example
        };
        self.error(codes::INVALID_VALUE, entry.span, entry.route, message, help);
    }

    /// A value of an ARN operator: fewer than six fields match nothing (`[U18]`).
    fn arn(&mut self, entry: Text<'_>) -> Template {
        let template = self.template(entry);
        let count = split_fields(&template, 6).len();
        if !template.has_variables() && count < 6 {
            let message = format!(
                "`{}` has {count} of the six fields of an ARN, so it is like no ARN",
                clip(entry.text)
            );
            let help = "write `arn:*:*:*:*:*` for any ARN, or use a String operator";
            self.warn(codes::SHORT_ARN_VALUE, entry.span, entry.route, message, help);
        }
        template
    }
}

/// The first place where a variable of that name stands.
fn span_of_variable(source: &Source, entry: Text<'_>, key: &str) -> Span {
    let found = entry
        .text
        .match_indices("${")
        .find(|(at, _)| entry.text.get(at + 2..).is_some_and(|rest| rest.starts_with(key)));
    found.map_or(entry.span, |(at, _)| span_within(source, entry.span, at..at + 2 + key.len()))
}
