//! Names of condition operators.

use super::nearest::nearest;
use super::reader::{Reader, clip};
use super::route::Route;
use super::spelling::{base_operator, strip_if_exists};
use crate::finding::codes;
use crate::policy::{BaseOperator, Operator, SetOperator};
use crate::source::Span;

impl Reader<'_> {
    /// Reads the name of an operator with its prefix and suffix; any case is accepted (`[U3]`).
    pub(super) fn operator(
        &mut self,
        name: &str,
        span: Span,
        route: &Route<'_>,
    ) -> Option<Operator> {
        let (set, rest) = match name.split_once(':') {
            Some((prefix, rest)) => (Some(self.set_operator(prefix, span, route)?), rest),
            None => (None, name),
        };
        let (base_name, if_exists) = strip_if_exists(rest);
        let Some(base) = base_operator(base_name) else {
            let message = format!("`{}` is not a condition operator", clip(name));
            let help = if self.full() { String::new() } else { operator_help(base_name) };
            self.error(codes::UNKNOWN_OPERATOR, span, route, message, &help);
            return None;
        };
        if base == BaseOperator::Null && if_exists {
            let message = "`Null` takes no `IfExists`: it asks itself whether the key exists";
            self.error(codes::NULL_IF_EXISTS, span, route, message, "write `Null`");
            return None;
        }
        let operator = Operator { set, base, if_exists };
        let canonical = operator.to_string();
        if canonical != name {
            let message = format!("`{}` is not the canonical case of the operator", clip(name));
            self.warn(codes::OPERATOR_CASE, span, route, message, &format!("write `{canonical}`"));
        }
        Some(operator)
    }

    fn set_operator(&mut self, prefix: &str, span: Span, route: &Route<'_>) -> Option<SetOperator> {
        if prefix.eq_ignore_ascii_case("ForAllValues") {
            return Some(SetOperator::ForAllValues);
        }
        if prefix.eq_ignore_ascii_case("ForAnyValue") {
            return Some(SetOperator::ForAnyValue);
        }
        let help = self.suggestion(prefix, &["ForAllValues", "ForAnyValue"]);
        let message = format!("`{}` is not a set operator", clip(prefix));
        self.error(codes::UNKNOWN_OPERATOR, span, route, message, &help);
        None
    }
}

fn operator_help(name: &str) -> String {
    if name.eq_ignore_ascii_case("BoolNotEquals") {
        return "there is no negated `Bool`: write `Bool` with the other value, and mind requests without the key".to_owned();
    }
    let names: Vec<&str> = BaseOperator::ALL.iter().map(|operator| operator.name()).collect();
    let suffixed: Vec<String> = names.iter().map(|name| format!("{name}IfExists")).collect();
    match nearest(name, names.iter().copied().chain(suffixed.iter().map(String::as_str))) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "operators are `StringLike`, `ArnEquals`, `NumericLessThan`, `DateGreaterThan`, `Bool`, `IpAddress`, `Null` and their kin"
            .to_owned(),
    }
}
