//! How the policies of a question spell actions, which models have in lower case.

use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{ActionPattern, Policy, Statement};
use keyaki_iam::shape::Shape;
use std::sync::Arc;

/// The policies and shapes of a question, to be looked through when a model is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spelling {
    policies: Vec<Arc<Policy>>,
    shapes: Vec<ActionPattern>,
}

impl Spelling {
    pub fn of(sets: &[&Policies], shapes: &[&Shape]) -> Self {
        let named = sets.iter().flat_map(|set| set.all());
        let of_shapes = shapes.iter().flat_map(|shape| &shape.statement.action.patterns);
        Self {
            policies: named.map(|named| Arc::clone(&named.policy)).collect(),
            shapes: of_shapes.cloned().collect(),
        }
    }

    /// The action in the case of the pattern that literally covers most of it. Of several that do,
    /// the last one in the order of texts counts: in the same question always the same.
    pub fn spelled(&self, action: &str) -> String {
        let statements = self.policies.iter().flat_map(|policy| policy.statements());
        let patterns = statements.flat_map(|one: &Statement| &one.action.patterns);
        let covering = patterns.chain(&self.shapes).filter_map(|pattern| covered(pattern, action));
        let most = covering.max_by_key(|(service, name)| {
            (service.len() + name.len(), [*service, ":", *name].concat())
        });
        let written = most.map(|(service, name)| format!("{service}:{name}")).unwrap_or_default();
        format!("{written}{}", action.get(written.len()..).unwrap_or_default())
    }
}

/// What the pattern writes up to its first wildcard, if the action begins so.
fn covered<'p>(pattern: &'p ActionPattern, action: &str) -> Option<(&'p str, &'p str)> {
    let ActionPattern::Name { service, name } = pattern else { return None };
    let literal = name.split(['*', '?']).next().unwrap_or_default();
    let (prefix, rest) = action.split_at_checked(service.len())?;
    let start = rest.strip_prefix(':')?.get(..literal.len())?;
    let covers = prefix.eq_ignore_ascii_case(service) && start.eq_ignore_ascii_case(literal);
    covers.then_some((service, literal))
}
