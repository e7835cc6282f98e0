//! Entries of `Action` and `NotAction` (SEMANTICS 2.1).

use super::reader::{Reader, Text, clip};
use crate::finding::codes;
use crate::policy::ActionPattern;
use std::sync::Arc;

impl Reader<'_> {
    pub(super) fn action_pattern(&mut self, entry: Text<'_>) -> Option<ActionPattern> {
        let Text { text, span, route } = entry;
        self.check_wildcards(entry);
        if is_stars(text) {
            return Some(ActionPattern::Any);
        }
        // Only for messages: most actions have none.
        let shown = || clip(text);
        let help = "write `prefix:name`, for example `s3:GetObject` or `s3:*`, or `*` alone";
        let (service, name) = match text.split_once(':') {
            Some((service, name)) if !service.is_empty() && !name.contains(':') => (service, name),
            _ => {
                self.error(
                    codes::INVALID_ACTION,
                    span,
                    route,
                    format!("`{}` is neither `*` nor `prefix:name`", shown()),
                    help,
                );
                return None;
            }
        };
        if service.contains(['*', '?']) {
            let message = format!("`{}` has a wildcard in its service prefix", shown());
            self.error(
                codes::ACTION_PREFIX_WILDCARD,
                span,
                route,
                message,
                "list the services one by one",
            );
            return None;
        }
        if !service
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        {
            let message = format!(
                "`{}` has a service prefix with other characters than letters, digits and hyphens",
                shown()
            );
            self.error(codes::INVALID_ACTION, span, route, message, help);
            return None;
        }
        if name.is_empty() || name.contains(char::is_whitespace) {
            let problem = if name.is_empty() {
                "has no action name"
            } else {
                "has white space in its action name"
            };
            let message = format!("`{}` {problem}, so it matches nothing", shown());
            self.warn(codes::UNMATCHABLE_ACTION, span, route, message, help);
        }
        // Entries name the same service one after the other.
        let service = match &self.service {
            Some(last) if **last == *service => Arc::clone(last),
            _ => Arc::clone(self.service.insert(service.into())),
        };
        Some(ActionPattern::Name { service, name: name.into() })
    }
}

/// One or more `*` and nothing else.
pub(super) fn is_stars(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}
