//! The rules, in the order in which they are applied: those that name a reason come before those
//! that only see the effect.

mod action_without_effect;
mod contained_entry;
mod contradictory_condition;
mod dead_entry;
mod dead_statement;
mod forallvalues_in_allow;
mod left_over_placeholder;
mod notresource_of_models;
mod pointless_deny;
mod tautological_condition;
mod unknown_action;
mod unknown_key;
mod unknown_resource;
mod variables_in_2008;
mod wildcard_in_string_equals;

use super::examination::Examination;
use crate::query::QueryError;
use std::fmt;

/// A rule.
pub struct Rule {
    /// Its stable name, for example `dead-statement`.
    pub name: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    source: &'static str,
    pub(super) check: fn(&mut Examination<'_>) -> Result<(), QueryError>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Rule {
    /// The rule's documentation, as Markdown: what stands at the head of its file.
    pub fn documentation(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
    }
}

/// Every rule.
pub fn rules() -> &'static [Rule] {
    RULES
}

/// The rule of that name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

macro_rules! rules {
    ($($module:ident $name:literal $file:literal $summary:literal,)*) => {
        static RULES: &[Rule] = &[$(
            Rule { name: $name, summary: $summary, source: include_str!($file), check: $module::check },
        )*];
    };
}

rules! {
    unknown_action "unknown-action" "unknown_action.rs" "an action that no service has",
    action_without_effect "action-without-effect" "action_without_effect.rs" "an action that does nothing any more",
    left_over_placeholder "left-over-placeholder" "left_over_placeholder.rs" "a place-holder that was never filled in",
    unknown_resource "unknown-resource" "unknown_resource.rs" "an ARN that no action of the statement can be about",
    unknown_key "unknown-key" "unknown_key.rs" "a condition key that never comes with the statement's actions",
    wildcard_in_string_equals "wildcard-in-string-equals" "wildcard_in_string_equals.rs" "`*` or `?` where they are plain characters",
    contradictory_condition "contradictory-condition" "contradictory_condition.rs" "conditions that never hold together",
    variables_in_2008 "variables-in-2008" "variables_in_2008.rs" "`${...}` in a policy whose version has no variables",
    dead_entry "dead-entry" "dead_entry.rs" "an entry that never applies together with the rest of its statement",
    dead_statement "dead-statement" "dead_statement.rs" "a statement that never applies",
    tautological_condition "tautological-condition" "tautological_condition.rs" "a condition that restricts nothing",
    forallvalues_in_allow "forallvalues-in-allow" "forallvalues_in_allow.rs" "`ForAllValues` that holds where the key is absent",
    notresource_of_models "notresource-of-models" "notresource_of_models.rs" "a Deny of models that refuses every inference profile",
    contained_entry "contained-entry" "contained_entry.rs" "an entry or a statement that another one contains",
    pointless_deny "pointless-deny" "pointless_deny.rs" "a Deny that takes nothing away",
}
