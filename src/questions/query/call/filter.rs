//! Which calls a question is about.

use super::error::CallError;
use keyaki_evaluator::semantics::is_like;
use keyaki_iam::calls::Patterns;
use std::collections::BTreeMap;
use std::fmt;

/// What is filtered besides variables: the name of the path.
pub const PATH: &str = "Path";
/// What filters call the tags of an application inference profile, before the key of the tag.
pub const PROFILE_TAG: &str = "ProfileTag/";

/// What a variable of a call must be like, or must not be like. `*` and `?` are wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The variable.
    pub variable: String,
    /// The pattern.
    pub pattern: String,
    /// True for what it must not be like.
    pub negated: bool,
}

impl Filter {
    /// Reads `Variable=PATTERN` or `Variable!=PATTERN`.
    ///
    /// # Errors
    ///
    /// [`CallError::NotAFilter`] for other texts.
    pub fn parse(text: &str) -> Result<Self, CallError> {
        let (variable, pattern) = text.split_once('=').unwrap_or_default();
        let (variable, negated) =
            variable.strip_suffix('!').map_or((variable, false), |variable| (variable, true));
        let plain = |name: &str| {
            !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric())
        };
        let named = plain(variable)
            || variable.strip_prefix(PROFILE_TAG).is_some_and(|tag| !tag.is_empty());
        let filter =
            || Self { variable: variable.to_owned(), pattern: pattern.to_owned(), negated };
        named.then(filter).ok_or_else(|| CallError::NotAFilter(text.to_owned()))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.variable, if self.negated { "!=" } else { "=" }, self.pattern)
    }
}

/// Several filters: of each variable the value is like one of the patterns, if there are any, and
/// like none of the negated ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filters<'a>(pub &'a [Filter]);

impl<'a> Filters<'a> {
    /// The patterns by variable, as [`Filters::grouped`].
    pub fn by_variable(self) -> BTreeMap<&'a str, Patterns<'a>> {
        let mut grouped = self.grouped();
        grouped.remove(PATH);
        grouped
    }

    /// The patterns by what is filtered.
    fn grouped(self) -> BTreeMap<&'a str, Patterns<'a>> {
        let mut grouped: BTreeMap<&str, Patterns<'_>> = BTreeMap::new();
        for filter in self.0 {
            let patterns = grouped.entry(&filter.variable).or_default();
            if filter.negated { &mut patterns.unlike } else { &mut patterns.like }
                .push(&filter.pattern);
        }
        grouped
    }

    /// Whether the question is about paths of this name or id.
    pub fn name(self, name: &str, id: &str) -> bool {
        let Some(Patterns { like, unlike }) = self.grouped().remove(PATH) else { return true };
        let any_of = |patterns: &[&str]| {
            patterns.iter().any(|pattern| is_like(pattern, name) || is_like(pattern, id))
        };
        (like.is_empty() || any_of(&like)) && !any_of(&unlike)
    }

    /// Whether the question names an extra of a path by its name or id with the path's. A pattern
    /// that might be about the path alone is not about the extra: `*geography us` is about the
    /// profile, and not about a guardrail profile of that geography.
    pub fn name_extra(self, name: &str, id: &str, extra: &str) -> bool {
        let word = extra.split([':', '-']).next().unwrap_or(extra);
        let tells = |pattern: &str| {
            pattern.contains('+')
                || pattern.contains(", ")
                || pattern.to_ascii_lowercase().contains(word)
        };
        let Some(Patterns { like, .. }) = self.grouped().remove(PATH) else { return false };
        like.iter()
            .any(|pattern| tells(pattern) && (is_like(pattern, name) || is_like(pattern, id)))
            && self.name(name, id)
    }

    /// Whether the variables have values that the question is about; what the filters say of other
    /// things is not looked at.
    pub fn admit(self, bindings: &BTreeMap<String, String>) -> bool {
        self.by_variable().iter().all(|(name, patterns)| {
            bindings.get(*name).is_none_or(|value| is_among(patterns, value))
        })
    }
}

/// Whether the value is as the patterns say.
fn is_among(Patterns { like, unlike }: &Patterns<'_>, value: &str) -> bool {
    let any_of = |patterns: &[&str]| patterns.iter().any(|pattern| is_like(pattern, value));
    (like.is_empty() || any_of(like)) && !any_of(unlike)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extra_is_named_by_what_tells_of_it() {
        let [name, id] = [
            "the model directly, with the guardrail profile of the geography us",
            "direct+guardrail-profile:us",
        ];
        let named = |texts: &[&str]| {
            let filters: Vec<Filter> =
                texts.iter().map(|text| Filter::parse(text).unwrap()).collect();
            Filters(&filters).name_extra(name, id, "guardrail-profile:us")
        };
        for telling in
            ["Path=*guardrail*", "Path=direct+*", "Path=*, with*", "Path=*+guardrail-profile:us"]
        {
            assert!(named(&[telling]), "{telling}");
            assert!(!named(&[telling, "Path!=*:us"]), "{telling}");
        }
        for other in [
            "Path=*geography us",
            "Path=*:us",
            "Path=*profile*",
            "Path=*",
            "Path!=direct",
            "Model=*+*",
            "Path=eu+*",
        ] {
            assert!(!named(&[other]), "{other}");
        }
    }

    #[test]
    fn filters_are_read_and_combined() {
        let filters: Vec<Filter> = ["M=a*", "M=b?", "M!=*x", "R!=us-*"]
            .into_iter()
            .map(|text| Filter::parse(text).unwrap())
            .collect();
        assert_eq!(
            filters.iter().map(Filter::to_string).collect::<Vec<_>>(),
            ["M=a*", "M=b?", "M!=*x", "R!=us-*"]
        );
        let admits = |model: &str, region: &str| {
            let bindings = [("M", model), ("R", region)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()));
            Filters(&filters).admit(&bindings.into())
        };
        assert!(admits("abc", "eu-west-1") && admits("b1", "eu-west-1"));
        assert!(
            !admits("abx", "eu-west-1")
                && !admits("b12", "eu-west-1")
                && !admits("abc", "us-east-1")
        );
        let tag = Filter::parse("ProfileTag/cost center!=a=b").unwrap();
        assert_eq!(
            (tag.variable.as_str(), tag.pattern.as_str(), tag.negated),
            ("ProfileTag/cost center", "a=b", true)
        );
        for wrong in ["", "M", "=x", "!=x", "a b=c", "ProfileTag/=x"] {
            assert_eq!(Filter::parse(wrong), Err(CallError::NotAFilter(wrong.to_owned())));
        }
    }
}
