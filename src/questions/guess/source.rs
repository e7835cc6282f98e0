//! Requests to which several statements may well apply at once.

use super::context::{self, Context};
use super::{ACCOUNT, REGION, caller, filled_field, patterns, plain, resources};
use crate::names;
use keyaki_evaluator::semantics;
use keyaki_iam::catalogue::CatalogueError;
use keyaki_iam::policy::{
    ActionPattern, Condition, ContextKey, Kind, Piece, ResourcePattern, Statement, Template,
};
use keyaki_iam::request::Request;
use keyaki_iam::shape::CallerPattern;
use keyaki_iam::world::{ModelChoice, World};
use rustc_hash::FxHashSet;
use std::cell::Cell;
use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;

/// How many resources of one action are tried.
const RESOURCES: usize = 8;

/// How many are made to find these.
const MADE: usize = 64;

/// How many entries of resources are looked at for that; after them, everything is shown: whoever sees
/// it counts.
const ENTRIES: usize = 20_000;

/// What is tried where a statement is about all actions but some.
const OTHERS: [&str; 2] = ["s3:GetObject", "sqs:SendMessage"];

/// How many texts are tried for one entry where every string is an action.
const FILLED: [&str; 2] = ["x", ""];

/// What requests are put together from.
pub(crate) struct Source<'s> {
    /// What exists; `None`: every string is an action and a resource.
    pub world: Option<World<'s>>,
    /// The statements that are to apply.
    pub statements: &'s [&'s Statement],
    /// Whose requests these are; `None`: anybody's.
    pub callers: Option<&'s [CallerPattern]>,
    /// The keys of the question.
    pub keys: &'s BTreeSet<&'s ContextKey>,
    /// What had better not apply.
    pub avoided: &'s Avoided<'s>,
}

/// What statements have that had better not apply to a request.
#[derive(Default)]
pub(crate) struct Avoided<'s> {
    /// Their conditions, of which one fails.
    conditions: Vec<&'s Condition>,
    /// Entries and values that stand in them, by their texts: others are tried first.
    texts: HashSet<&'s str>,
    /// The actions that they leave out.
    left_out: Vec<&'s ActionPattern>,
}

impl<'s> Avoided<'s> {
    /// That of these statements.
    pub(crate) fn of(statements: impl IntoIterator<Item = &'s Statement>) -> Self {
        let mut avoided = Self::default();
        for statement in statements {
            avoided.conditions.extend(&statement.conditions);
            let values = statement.conditions.iter().flat_map(|condition| &condition.values);
            avoided.texts.extend(values.map(|value| value.text.as_str()));
            let entries = statement.resource.iter().flat_map(|element| &element.patterns);
            avoided.texts.extend(entries.filter_map(text));
            if statement.action.negated {
                avoided.left_out.extend(&statement.action.patterns);
            }
        }
        avoided
    }
}

/// An entry as it is written.
fn text(pattern: &ResourcePattern) -> Option<&str> {
    match pattern {
        ResourcePattern::Any => None,
        ResourcePattern::Arn { text, .. } => Some(text),
    }
}

impl Source<'_> {
    /// Shows each request to `see`, until that breaks off.
    pub(crate) fn each(
        &self,
        see: &mut dyn FnMut(Request) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, CatalogueError> {
        let bases = self.bases();
        let mut seen = FxHashSet::default();
        let left = Cell::new(ENTRIES);
        // An action is looked for when those before it will not do: the first often does.
        let named = self.statements.iter().flat_map(|statement| super::actions(statement));
        // What one statement leaves out and another does not.
        for pattern in named.chain(self.avoided.left_out.iter().copied()) {
            for action in self.named(pattern)? {
                if self.is_of(&action)
                    && seen.insert(action.clone())
                    && self.on_resources(&action, &bases, &left, see)?.is_break()
                {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        for action in OTHERS.iter().filter(|action| seen.is_empty() && self.is_of(action)) {
            if self.on_resources(action, &bases, &left, see)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Shows the requests of an action.
    fn on_resources(
        &self,
        action: &str,
        bases: &[Request],
        left: &Cell<usize>,
        see: &mut dyn FnMut(Request) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, CatalogueError> {
        let resources = self.resources(action)?.take(MADE);
        let resources = resources.filter(|resource| self.may_be_on(resource, left));
        for resource in resources.take(RESOURCES) {
            for base in bases {
                let (action, resource) = (action.to_owned(), resource.clone());
                let mut request = Request { action, resource, ..base.clone() };
                context::adapt(&mut request);
                if see(request).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Whether the texts of the statements leave it open that all of them are about a resource. So
    /// many of their entries are `left` to be looked at.
    fn may_be_on(&self, resource: &str, left: &Cell<usize>) -> bool {
        let may_match = |pattern: &ResourcePattern| {
            pattern.has_variables()
                || semantics::matches_resource(pattern, Kind::Identity, resource)
        };
        let mut elements = self.statements.iter().filter_map(|one| one.resource.as_ref());
        elements.all(|element| {
            let entries = element.patterns.len().max(1);
            left.set(left.get().saturating_sub(entries));
            left.get() == 0 || element.negated || element.patterns.iter().any(may_match)
        })
    }

    /// Callers and contexts: in which the conditions of the statements may hold, and, where that is
    /// not the same, those that are avoided fail, by a value of their key or without it.
    fn bases(&self) -> Vec<Request> {
        let wanted = context::of_all(self.statements, self.keys, &self.avoided.texts);
        let (mut other, mut without) = (wanted.clone(), wanted.clone());
        let needed = |key: &ContextKey| {
            let mut all = self.statements.iter().flat_map(|statement| &statement.conditions);
            all.any(|condition| condition.key == *key)
        };
        for condition in &self.avoided.conditions {
            if let Some(value) = context::failing_value(condition) {
                other.entry(condition.key.clone()).or_insert(value);
            } else if !needed(&condition.key) {
                without.remove(&condition.key);
            }
        }
        let others = [other, without].into_iter().filter(|context| *context != wanted);
        let contexts: Vec<Context> = [wanted.clone()].into_iter().chain(others).collect();
        contexts.into_iter().map(|context| caller::request(self.callers, context)).collect()
    }

    /// Whether all statements are about an action.
    fn is_of(&self, action: &str) -> bool {
        self.statements.iter().all(|statement| {
            let mut patterns = statement.action.patterns.iter();
            let matched = patterns.any(|pattern| semantics::matches_action(pattern, action));
            matched != statement.action.negated
        })
    }

    /// Actions of an entry.
    fn named(&self, pattern: &ActionPattern) -> Result<Vec<String>, CatalogueError> {
        Ok(match (&self.world, pattern) {
            (Some(world), _) => names::matching(world.catalogue, pattern)?
                .into_iter()
                .map(|(service, action)| format!("{}:{}", service.prefix, action.name))
                .collect(),
            (None, ActionPattern::Any) => OTHERS.map(str::to_owned).to_vec(),
            (None, ActionPattern::Name { service, name }) => {
                let filled = FILLED.map(|text| name.replace('*', text).replace('?', "x"));
                let wild = usize::from(name.contains('*')) + 1;
                filled.into_iter().take(wild).map(|it| format!("{service}:{it}")).collect()
            }
        })
    }

    /// Resources of an action to which all statements may apply, those of the narrowest first. Each
    /// is made when it is asked for.
    fn resources<'r>(
        &'r self,
        action: &str,
    ) -> Result<impl Iterator<Item = String> + use<'r>, CatalogueError> {
        let listed = match &self.world {
            Some(world) => world.catalogue.action(action)?,
            None => None,
        };
        // Elsewhere every text is a resource of the action.
        let elsewhere =
            self.world.is_none_or(|world| !world.assumptions.contains(ModelChoice::F12));
        let own = |pattern: &ResourcePattern| {
            text(pattern).is_some_and(|text| !self.avoided.texts.contains(text))
        };
        let mut seen = FxHashSet::default();
        let all = self.statements.iter().rev().flat_map(move |statement| {
            let of_service =
                listed.map(|(service, action)| resources(statement, service, action, &own));
            let any = elsewhere.then(|| {
                let any = statement.resource.as_ref().is_none_or(|element| {
                    element.negated || element.patterns.contains(&ResourcePattern::Any)
                });
                let texts = || ["*".to_owned(), format!("arn:aws:x:{REGION}:{ACCOUNT}:x")];
                let open = any.then(texts).into_iter().flatten();
                patterns(statement, &own).filter_map(any_of).chain(open)
            });
            of_service.into_iter().flatten().chain(any.into_iter().flatten())
        });
        Ok(all.filter(move |resource| seen.insert(resource.clone())))
    }
}

/// A text that an entry matches, in the account of the caller where it may be.
fn any_of(fields: &[Template]) -> Option<String> {
    let field = |(at, template): (usize, &Template)| match template.pieces.as_slice() {
        [Piece::AnyString] if at < 5 => Some(filled_field(at, "${x}")),
        pieces => pieces.iter().map(|piece| plain(piece, "x")).collect(),
    };
    Some(fields.iter().enumerate().map(field).collect::<Option<Vec<_>>>()?.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyaki_iam::policy::read::{ReadOptions, read};
    use serde_json::json;

    fn statement(actions: &[String], resources: &[String]) -> Statement {
        let text = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}]});
        let source = keyaki_iam::source::Source::new("policy.json", text.to_string());
        let read = read(&source, Kind::Identity, &ReadOptions::default());
        read.policy.unwrap().statements.remove(0).into_statement()
    }

    fn texts(count: usize, text: &str) -> Vec<String> {
        (0..count).map(|at| text.replace('#', &at.to_string())).collect()
    }

    /// The requests that are shown, as many as somebody wants to see.
    fn shown(statements: [&Statement; 2], most: usize) -> Vec<Request> {
        let (keys, avoided) = (BTreeSet::new(), Avoided::default());
        let source = Source {
            world: None,
            statements: &statements,
            callers: None,
            keys: &keys,
            avoided: &avoided,
        };
        let mut seen = Vec::new();
        let see = &mut |request| {
            seen.push(request);
            if seen.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        _ = source.each(see).unwrap();
        seen
    }

    #[test]
    fn resources_that_a_statement_leaves_out_are_not_shown() {
        let [wide, narrow] = ["arn:aws:s3:::a*", "arn:aws:s3:::ab"]
            .map(|resource| statement(&texts(1, "s3:Get"), &texts(1, resource)));
        let found = shown([&wide, &narrow], 10);
        assert!(!found.is_empty());
        for request in found {
            assert!(semantics::applies(&wide, Kind::Identity, &request));
            assert!(semantics::applies(&narrow, Kind::Identity, &request));
        }
    }

    /// Two statements with no resource in common and many actions: the search for one ends.
    #[test]
    fn looking_for_resources_ends() {
        let [one, other] = ["arn:aws:s3:::a#", "arn:aws:s3:::b#"]
            .map(|resource| statement(&texts(2_000, "s3:Get#"), &texts(100, resource)));
        assert_eq!(shown([&one, &other], 3).len(), 3);
        let few = ["arn:aws:s3:::a#", "arn:aws:s3:::b#"]
            .map(|resource| statement(&texts(2, "s3:Get#"), &texts(2, resource)));
        assert_eq!(shown([&few[0], &few[1]], 3).len(), 0);
    }
}
