//! What looks like a policy in a place where none is read: it is said, and never left out in silence.

use super::deciding::with_named;
use super::evaluate::{Evaluator, function};
use crate::items;
use keyaki_iam::finding::codes;
use keyaki_iam::json::{JsonData, JsonValue, Member};
use keyaki_iam::source::Span;

impl Evaluator<'_> {
    /// Warns of what looks like a policy where none is read.
    pub(super) fn look(&mut self, name: &str, value: &JsonValue) {
        match &value.data {
            JsonData::Array(items) => items.iter().for_each(|item| self.look(name, item)),
            JsonData::Object(members) => {
                let is = |member: &&Member| match member.name.as_str() {
                    "Statement" => items(&member.value).iter().any(seems_statement),
                    "ResourcePolicy" | "CustomStatements" => true,
                    _ => false,
                };
                if let Some(member) = members.iter().find(is) {
                    return self.unread(name, "a policy document", value, member.name_span);
                }
                if let Some(member) = members.iter().find(|member| member.name == "Fn::Transform") {
                    return self.unread(
                        name,
                        "a macro that may bring in a policy",
                        value,
                        member.name_span,
                    );
                }
                // What SAM gives all functions is read.
                let is_read = |member: &&Member| {
                    name == "Globals" && member.name == "AssumeRolePolicyDocument"
                };
                let others = members.iter().filter(|member| !is_read(member));
                others.for_each(|member| self.look(name, &member.value));
            }
            JsonData::String(text) => {
                let all = ["\"Statement\"", "\"Effect\""].iter().all(|part| text.contains(part));
                if all && text.trim_start().starts_with('{') {
                    self.unread(name, "a policy document", value, value.span);
                }
            }
            JsonData::Null | JsonData::Bool(_) | JsonData::Number(_) => {}
        }
    }

    pub(super) fn unread(&mut self, name: &str, what: &str, value: &JsonValue, span: Span) {
        let said = with_named(&self.tree.value, value.compact());
        let known = self.unread.entry(name.to_owned()).or_insert((span, String::new()));
        known.1.push_str(&said);
        let message =
            format!("what seems to be {what} stands in a place of `{name}` that is not read");
        let help = "what it gives is not among the answers";
        self.notes.warn(codes::NOT_UNDERSTOOD, span, message, help);
    }
}

/// Whether a value may be a statement of a policy.
fn seems_statement(value: &JsonValue) -> bool {
    let JsonData::Object(members) = &value.data else { return false };
    value.member("Effect").is_some() || function(members).is_some()
}
