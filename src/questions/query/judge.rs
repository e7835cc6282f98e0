//! The evaluator's word on many requests that differ little: what simplification asks for.
//!
//! A statement whose action part does not match a request cannot apply to it. So each proposal is
//! judged by sets that hold the others only, and proposals with actions that the same statements
//! match share them. What comes of it is confirmed by the whole sets.

use super::Query;
use fixedbitset::FixedBitSet;
use keyaki_evaluator::semantics;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{ActionElement, ActionPattern, Policy, Statement};
use keyaki_iam::request::Request;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// How many reduced queries are kept at most.
const KEPT: usize = 64;

/// Judges requests for one query.
pub(super) struct Judge<'q> {
    query: &'q Query<'q>,
    index: Index<'q>,
    reduced: RefCell<BTreeMap<FixedBitSet, Rc<Reduced>>>,
}

/// The sets of a query without the statements that some actions do not match.
struct Reduced {
    allowed_by: Vec<Policies>,
    refused_by: Vec<Policies>,
}

impl<'q> Judge<'q> {
    pub fn of(query: &'q Query<'q>) -> Self {
        Self { query, index: Index::of(query.policies()), reduced: RefCell::default() }
    }

    /// Whether the policies allow and refuse the request as the query asks, as [`Query::allows`]
    /// says.
    pub fn allows(&self, request: &Request) -> bool {
        let reduced = self.reduced(&request.action);
        let (allowed_by, refused_by) =
            (reduced.allowed_by.iter().collect(), reduced.refused_by.iter().collect());
        Query { allowed_by, refused_by, ..*self.query }.allows(request)
    }

    fn reduced(&self, action: &str) -> Rc<Reduced> {
        let matching = self.index.matching(action);
        let mut kept = self.reduced.borrow_mut();
        if let Some(reduced) = kept.get(&matching) {
            return Rc::clone(reduced);
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        let mut number = 0;
        let mut reduce = |sets: &[&Policies]| {
            sets.iter().map(|set| reduced(set, &matching, &mut number)).collect()
        };
        let made = Rc::new(Reduced {
            allowed_by: reduce(&self.query.allowed_by),
            refused_by: reduce(&self.query.refused_by),
        });
        kept.insert(matching, Rc::clone(&made));
        made
    }
}

/// The set with those of its statements that have these numbers, the first of which is `next`, for
/// whatever action.
fn reduced(set: &Policies, numbers: &FixedBitSet, next: &mut usize) -> Policies {
    let any = ActionElement { negated: false, patterns: vec![ActionPattern::Any] };
    set.keeping(&mut |_, statement| {
        let kept = numbers.contains(*next);
        *next += 1;
        kept.then(|| statement.with_action(any.clone()))
    })
}

/// Which statements match an action, numbered from 0 through all policies: names are looked up,
/// patterns are tried.
struct Index<'q> {
    names: HashMap<String, Vec<usize>>,
    patterns: Vec<(&'q ActionPattern, usize)>,
    /// Statements with `NotAction`, which match where no entry does.
    negated: FixedBitSet,
}

impl<'q> Index<'q> {
    fn of(policies: impl Iterator<Item = &'q Policy>) -> Self {
        let statements: Vec<&Statement> = policies.flat_map(|policy| &policy.statements).collect();
        let mut index = Self {
            names: HashMap::new(),
            patterns: Vec::new(),
            negated: FixedBitSet::with_capacity(statements.len()),
        };
        for (number, Statement { action, .. }) in statements.into_iter().enumerate() {
            index.negated.set(number, action.negated);
            for pattern in &action.patterns {
                match pattern {
                    ActionPattern::Name { service, name }
                        if name.bytes().all(|byte| byte.is_ascii_alphanumeric())
                            && !name.is_empty() =>
                    {
                        index
                            .names
                            .entry(format!("{service}:{name}").to_ascii_lowercase())
                            .or_default()
                            .push(number);
                    }
                    ActionPattern::Any | ActionPattern::Name { .. } => {
                        index.patterns.push((pattern, number))
                    }
                }
            }
        }
        index
    }

    fn matching(&self, action: &str) -> FixedBitSet {
        let mut matching = FixedBitSet::with_capacity(self.negated.len());
        for number in self.names.get(&action.to_ascii_lowercase()).into_iter().flatten() {
            matching.insert(*number);
        }
        for (pattern, number) in &self.patterns {
            if !matching.contains(*number) && semantics::matches_action(pattern, action) {
                matching.insert(*number);
            }
        }
        matching.symmetric_difference_with(&self.negated);
        matching
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Requests;
    use keyaki_iam::layers::NamedPolicy;
    use keyaki_iam::policy::Kind;
    use keyaki_iam::request::Principal;
    use keyaki_iam::source::Source;

    fn set(statements: &str) -> Policies {
        let source = Source::new(
            "policy.json",
            format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#),
        );
        let read = keyaki_iam::policy::read::read(
            &source,
            Kind::Identity,
            &keyaki_iam::policy::read::ReadOptions::default(),
        );
        Policies::identity(vec![NamedPolicy::new("policy.json".to_owned(), read.policy.unwrap())])
    }

    fn statement(effect: &str, action: &str, resource: &str) -> String {
        format!(r#"{{"Effect": "{effect}", {action}, "Resource": "{resource}"}}"#)
    }

    /// Names, patterns and `NotAction`, in both effects, against actions in several spellings.
    #[test]
    fn reduced_sets_decide_as_whole_ones() {
        let parts = [
            statement("Allow", r#""Action": ["S3:GetObject", "ec2:Start*"]"#, "*"),
            statement(
                "Allow",
                r#""NotAction": ["s3:*", "ec2:stopinstances", "iam:?et*"]"#,
                "arn:aws:*:::b*",
            ),
            statement("Deny", r#""Action": "s3:get?bject""#, "arn:aws:s3:::secret/*"),
            statement("Deny", r#""NotAction": ["s3:GetObject", "ec2:*"]"#, "arn:aws:s3:::b"),
            statement("Allow", r#""Action": "*""#, "arn:aws:s3:::open"),
        ];
        let actions = [
            "s3:GetObject",
            "S3:getobject",
            "s3:GetxBject",
            "ec2:StartInstances",
            "EC2:StopInstances",
            "iam:SetX",
            "q:Z",
            "none",
        ];
        let sets: Vec<Policies> = (1..1 << parts.len())
            .map(|chosen| {
                let chosen: Vec<_> = parts
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| chosen >> at & 1 == 1)
                    .map(|(_, part)| part.as_str())
                    .collect();
                set(&chosen.join(", "))
            })
            .collect();
        let mut both = [0, 0];
        for (allows, refuses) in sets.iter().zip(sets.iter().rev().chain(&sets)) {
            let query = Query {
                shape: None,
                within: &[],
                unlike: &[],
                allowed_by: vec![allows],
                refused_by: vec![refuses],
                requests: Requests::Any,
            };
            let judge = Judge::of(&query);
            for action in actions {
                for resource in
                    ["*", "arn:aws:s3:::b", "arn:aws:s3:::secret/x", "arn:aws:s3:::open"]
                {
                    let request = Request {
                        principal: Principal::new("arn:aws:iam::111122223333:user/dev"),
                        action: action.to_owned(),
                        resource: resource.to_owned(),
                        resource_account: None,
                        principal_in_management_account: false,
                        context: BTreeMap::new(),
                    };
                    let expected = query.allows(&request);
                    assert_eq!(
                        judge.allows(&request),
                        expected,
                        "{action} {resource} {allows:?} {refuses:?}"
                    );
                    both[usize::from(expected)] += 1;
                }
            }
        }
        assert!(both.iter().all(|count| *count > 100), "{both:?}");
    }
}
