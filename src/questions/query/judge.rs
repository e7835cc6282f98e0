//! The evaluator's word on many requests that differ little: what simplification asks for. What comes
//! of it is confirmed by the policies as they are.

use super::Query;
use keyaki_evaluator::semantics::{Asked, Prepared};
use keyaki_iam::layers::Policies;
use keyaki_iam::request::Request;
use std::cell::{Cell, OnceCell};

/// So many requests are judged by the policies as they are: to prepare them takes about as long.
const FEW: usize = 8;

/// Judges requests for one query, if there are many by policies that are prepared once.
pub(super) struct Judge<'q> {
    query: &'q Query<'q>,
    /// How many requests were judged.
    judged: Cell<usize>,
    prepared: OnceCell<Sets<'q>>,
}

/// The policy sets of a query.
struct Sets<'q> {
    allowed_by: Vec<Prepared<'q>>,
    refused_by: Vec<Prepared<'q>>,
}

impl<'q> Judge<'q> {
    /// For a query, of which policies are those that count.
    pub fn of(query: &'q Query<'q>) -> Self {
        Self { query, judged: Cell::new(0), prepared: OnceCell::new() }
    }

    /// What it judges for.
    pub fn query(&self) -> &'q Query<'q> {
        self.query
    }

    /// Whether the policies allow and refuse the request as the query asks, as [`Query::allows`]
    /// says.
    pub fn allows(&self, request: &Request) -> bool {
        let judged = self.judged.get();
        self.judged.set(judged.saturating_add(1));
        if judged < FEW {
            return self.query.allows(request);
        }
        let asked = Asked::about(request);
        let Sets { allowed_by, refused_by } = self.prepared.get_or_init(|| {
            let of = |sets: &[&'q Policies]| sets.iter().map(|set| Prepared::of(set)).collect();
            Sets { allowed_by: of(&self.query.allowed_by), refused_by: of(&self.query.refused_by) }
        });
        self.query.has_shapes(&asked)
            && allowed_by.iter().all(|set| set.allows(&asked))
            && !refused_by.iter().any(|set| set.allows(&asked))
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
    use std::collections::BTreeMap;

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
    fn prepared_sets_decide_as_they_do_as_they_are() {
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
            judge.judged.set(FEW);
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
