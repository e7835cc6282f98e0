//! The part of the policies that a question depends on.
//!
//! What no request in question can meet is left out before anything is encoded. Two rules; each
//! leaves the question with the same requests as answers, every one of them.
//!
//! 1. *Grants in common.* For A must allow and B must not, both identity-based policies alone
//!    (SEMANTICS 6.1). Let an Allow statement of A apply by an entry that an Allow statement of B
//!    covers, which then applies, too. If on each action that the entry matches every Deny statement
//!    of B either does not apply or is covered by Deny statements of A, then B allows what A allows:
//!    a Deny statement of B that applied would be covered by one that applies in A. So no answer is
//!    allowed by such an entry, and A may be read without it. Of a Deny of B those actions count
//!    that none of A's on terms as wide matches: of `NotAction`, beside one of A, what that one
//!    leaves out.
//!    Where requests of the catalogue's actions alone are considered, an entry is each of those that
//!    it matches: none, where nobody can do what it names.
//!    Where nothing is left that A grants, no request is an answer.
//! 2. *Actions out of question.* If the shape, or the grants of A that are left, are about some
//!    actions only, then an entry that matches none of these matches no answer, and a statement
//!    without entries applies to nothing. (The grants of A tell only where nobody is considered who
//!    needs none.)
//!
//! Which keys exist and what they hold depends on all policies as they are: the symbolic request is
//! made from these.

mod actions;
mod terms;

use super::pattern::resources_apart;
use super::{Query, Requests};
use actions::Actions;
use keyaki_iam::layers::Policies;
use keyaki_iam::policy::{
    ActionElement, Effect, Policy, ResourceElement, ResourcePattern, Stated, Statement,
};
use keyaki_iam::shape::Shape;
use std::borrow::Cow;
use terms::Terms;

/// The policy sets of a query without what the question does not depend on.
#[derive(Debug)]
pub(super) struct Slice {
    pub allowed_by: Vec<Policies>,
    pub refused_by: Vec<Policies>,
}

/// Policies without what no request of a shape can meet, by its actions: rule 2.
pub(crate) struct Narrowed<'a>(Option<Actions<'a>>);

impl<'a> Narrowed<'a> {
    /// For requests of that shape.
    pub fn to(shape: &'a Shape) -> Self {
        Self(Actions::of([&shape.statement]))
    }

    /// A policy in which statements that are out of question match no action: the others keep their
    /// numbers.
    pub fn in_place(&self, policy: &Policy) -> Policy {
        let dead = |statement: &Stated| {
            Stated::from(Statement {
                sid: statement.sid.clone(),
                effect: statement.effect,
                principal: None,
                action: ActionElement { negated: false, patterns: Vec::new() },
                resource: None,
                conditions: Vec::new(),
                span: statement.place(statement.span),
            })
        };
        let kept = |statement: &Stated| match &self.0 {
            Some(actions) => actions.narrowed(statement).unwrap_or_else(|| dead(statement)),
            None => statement.clone(),
        };
        let statements = policy.statements.iter().map(kept).collect();
        Policy { id: policy.id.clone(), statements, ..*policy }
    }

    /// What is left of a policy.
    pub fn policy(&self, policy: &Policy) -> Policy {
        let kept = |statement: &Stated| match &self.0 {
            Some(actions) => actions.narrowed(statement),
            None => Some(statement.clone()),
        };
        let statements = policy.statements.iter().filter_map(kept).collect();
        Policy { id: policy.id.clone(), statements, ..*policy }
    }
}

impl Slice {
    /// The query about the slice, which the same requests answer.
    pub fn of<'a>(&'a self, query: &Query<'a>) -> Query<'a> {
        Query {
            allowed_by: self.allowed_by.iter().collect(),
            refused_by: self.refused_by.iter().collect(),
            ..query.placed()
        }
    }
}

impl Query<'_> {
    /// What the answers depend on.
    pub(super) fn slice(&self) -> Slice {
        let allowed_by: Vec<Cow<'_, Policies>> =
            self.allowed_by.iter().map(|set| self.without_common_grants(set)).collect();
        let asked: Vec<Actions<'_>> =
            self.wanted().filter_map(|shape| Actions::of([&shape.statement])).collect();
        let needs_grant = self.needs_grant();
        let granting = allowed_by.iter().find(|set| needs_grant && is_identity_alone(set));
        let granted = granting.and_then(|set| Actions::of(grants(set)));
        let narrowed = |set: &Policies| {
            let is_granting = granting.is_some_and(|granting| std::ptr::eq(&**granting, set));
            set.keeping(&mut |_, statement| {
                let whole = statement.clone();
                let left = asked.iter().try_fold(whole, |left, actions| actions.narrowed(&left))?;
                match &granted {
                    // They are these grants.
                    Some(_) if is_granting && left.effect == Effect::Allow => Some(left),
                    Some(actions) => actions.narrowed(&left),
                    None => Some(left),
                }
            })
        };
        Slice {
            allowed_by: allowed_by.iter().map(|set| narrowed(set)).collect(),
            refused_by: self.refused_by.iter().map(|set| narrowed(set)).collect(),
        }
    }

    /// Whether nobody is considered who needs no grant.
    fn needs_grant(&self) -> bool {
        let limits = self.limits();
        !limits.root_in_own_account && !limits.get_caller_identity
    }

    /// Whether a set that must allow grants nothing. Then no request is an answer, whatever is assumed
    /// of which requests exist, and nobody has to be asked.
    pub(super) fn grants_nothing(&self) -> bool {
        let empty = |set: &&Policies| is_identity_alone(set) && grants(set).next().is_none();
        self.needs_grant() && self.allowed_by.iter().any(empty)
    }

    /// Of each set that alone must grant what it allows, the actions that it grants.
    pub(super) fn granted(&self) -> Vec<Vec<&ActionElement>> {
        let sets =
            self.allowed_by.iter().filter(|set| self.needs_grant() && is_identity_alone(set));
        sets.map(|set| grants(set).map(|statement| &statement.action).collect()).collect()
    }

    /// Whether a set that must allow grants nothing on what the question is about, as the texts of
    /// both show. Then no request is an answer, likewise.
    pub(super) fn grants_elsewhere(&self) -> bool {
        let mut asked = self.wanted().filter_map(|shape| shape.statement.resource.as_ref());
        let elsewhere = |asked: &ResourceElement, set: &Policies| {
            let apart = |own: &ResourceElement| resources_apart(own, asked);
            is_identity_alone(set)
                && grants(set).all(|one| one.resource.as_ref().is_some_and(apart))
        };
        self.needs_grant()
            && asked.any(|asked| {
                !asked.negated
                    && !asked.patterns.iter().any(ResourcePattern::has_variables)
                    && self.allowed_by.iter().any(|set| elsewhere(asked, set))
            })
    }

    /// A set that must allow, without the grants that a set that must not allow has in common with
    /// it: rule 1.
    fn without_common_grants<'s>(&self, set: &'s Policies) -> Cow<'s, Policies> {
        let listed = match self.requests {
            Requests::Feasible(world) => (!world.unknown_actions).then_some(world.catalogue),
            Requests::Any => None,
        };
        let mut own = Cow::Borrowed(set);
        for other in self
            .refused_by
            .iter()
            .filter(|other| is_identity_alone(set) && is_identity_alone(other))
        {
            let there = Terms::of(other);
            let granted = there.granted(set);
            own = Cow::Owned(
                own.keeping(&mut |policy, statement| granted.without(policy, statement, listed)),
            );
        }
        own
    }
}

/// Whether there are identity-based policies and no others.
fn is_identity_alone(set: &Policies) -> bool {
    let Policies { identity, boundary, session, resource, scp, rcp, endpoint, not_principal: _ } =
        set;
    let others = boundary.is_some() || !session.is_empty() || resource.is_some();
    identity.is_some() && !others && scp.is_empty() && rcp.is_empty() && endpoint.is_empty()
}

/// The Allow statements of identity-based policies.
fn grants(set: &Policies) -> impl Iterator<Item = &Statement> {
    set.identity
        .iter()
        .flatten()
        .flat_map(|named| named.policy.statements())
        .filter(|one| one.effect == Effect::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Answer, Requests, Solver};
    use keyaki_engines::engine::Limits;
    use keyaki_iam::layers::NamedPolicy;
    use keyaki_iam::policy::print;
    use keyaki_iam::world::World;
    use serde_json::{Value, json};

    fn set(statements: &Value) -> Policies {
        let source = keyaki_iam::source::Source::new(
            "test",
            json!({"Version": "2012-10-17", "Statement": statements}).to_string(),
        );
        let outcome = keyaki_iam::policy::read::read(
            &source,
            keyaki_iam::policy::Kind::Identity,
            &keyaki_iam::policy::read::ReadOptions::default(),
        );
        Policies::identity(vec![NamedPolicy::new("test".to_owned(), outcome.policy.unwrap())])
    }

    /// What the first set allows and the second does not.
    fn difference<'a>(own: &'a Policies, other: &'a Policies, requests: Requests<'a>) -> Query<'a> {
        let (allowed_by, refused_by) = (vec![own], vec![other]);
        Query { shape: None, within: &[], unlike: &[], allowed_by, refused_by, requests }
    }

    fn statements(set: &Policies) -> Value {
        set.all().flat_map(|named| named.policy.statements()).map(print::statement).collect()
    }

    #[test]
    fn what_no_answer_depends_on_is_left_out() {
        let allow = |action: Value| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        let all_but =
            |action: Value| json!({"Effect": "Allow", "NotAction": action, "Resource": "*"});
        let deny = |action: Value| json!({"Effect": "Deny", "Action": action, "Resource": "*"});
        let deny_but =
            |action: Value| json!({"Effect": "Deny", "NotAction": action, "Resource": "*"});
        let only = |resource: &str, action: &str| json!({"Effect": "Allow", "Action": action, "Resource": resource});
        let within = |org: &str| json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": org}}});
        let within_deny = |org: &str| json!({"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": org}}});
        let rows = [
            // What must allow, what must not; what is left of either.
            (
                json!([allow(json!(["s3:Get*", "s3:Put*"]))]),
                json!([allow(json!(["s3:Get*", "sqs:*"]))]),
                "[s3:Put*] []",
            ),
            (json!([allow(json!("s3:Get*"))]), json!([allow(json!(["s3:Get*"]))]), "[] []"),
            (json!([allow(json!("s3:Get*"))]), json!([allow(json!("*"))]), "[] [*]"),
            (
                json!([allow(json!("s3:Get*"))]),
                json!([allow(json!(["s3:GetObject", "s3:PutObject"]))]),
                "[s3:Get*] [s3:GetObject]",
            ),
            (
                json!([allow(json!("s3:Get*"))]),
                json!([allow(json!("s3:*Object")), deny(json!("s3:G*"))]),
                "[s3:Get*] [s3:*Object, s3:G*]",
            ),
            (
                json!([allow(json!("s3:Get*"))]),
                json!([allow(json!("s3:Get*")), deny(json!("sqs:*"))]),
                "[] []",
            ),
            (
                json!([allow(json!(["s3:Get*", "sqs:Get*"]))]),
                json!([allow(json!("*")), deny(json!("sqs:*"))]),
                "[sqs:Get*] [*, sqs:*]",
            ),
            // A Deny statement that another covers, and one that covers it.
            (
                json!([allow(json!("s3:Get*")), deny(json!("s3:*"))]),
                json!([allow(json!("s3:*")), deny(json!("s3:GetObject"))]),
                "[] []",
            ),
            (
                json!([allow(json!("s3:Get*")), deny(json!("s3:GetObject"))]),
                json!([allow(json!("s3:*")), deny(json!("s3:*"))]),
                "[s3:Get*, s3:GetObject] [s3:*, s3:*]",
            ),
            (
                json!([allow(json!("s3:Get*")), within_deny("o-a")]),
                json!([allow(json!("s3:*")), deny(json!("s3:*"))]),
                "[s3:Get*, s3:*] [s3:*, s3:*]",
            ),
            // Wider actions, resources and conditions, and narrower ones.
            (json!([allow(json!("s3:Get*"))]), json!([allow(json!("s3:G*"))]), "[] []"),
            (json!([allow(json!("s3:G*"))]), json!([allow(json!("s3:Get*"))]), "[s3:G*] [s3:Get*]"),
            (
                json!([only("arn:aws:s3:::a/b*", "s3:*")]),
                json!([only("arn:aws:s3:::a/*", "s3:*")]),
                "[] []",
            ),
            (
                json!([only("arn:aws:s3:::a/*", "s3:*")]),
                json!([only("arn:aws:s3:::a/b*", "s3:*")]),
                "[s3:*] [s3:*]",
            ),
            (json!([within("o-a")]), json!([allow(json!("s3:*"))]), "[] []"),
            (json!([allow(json!("s3:*"))]), json!([within("o-a")]), "[s3:*] [s3:GetObject]"),
            (json!([all_but(json!(["s3:*", "sqs:*"]))]), json!([all_but(json!("s3:*"))]), "[] []"),
            (
                json!([all_but(json!("s3:*"))]),
                json!([all_but(json!(["s3:*", "sqs:*"]))]),
                "[not s3:*] [not s3:*,sqs:*]",
            ),
            (
                json!([allow(json!("s3:Get*")), deny(json!("sqs:*"))]),
                json!([allow(json!("s3:Get*")), deny(json!("sqs:*"))]),
                "[] []",
            ),
            (
                json!([only("arn:aws:s3:::a", "s3:*")]),
                json!([only("arn:aws:s3:::b", "s3:*")]),
                "[s3:*] [s3:*]",
            ),
            (json!([within("o-a")]), json!([within("o-b")]), "[s3:GetObject] [s3:GetObject]"),
            (json!([all_but(json!("s3:*"))]), json!([all_but(json!("s3:*"))]), "[] []"),
            (json!([all_but(json!("s3:*"))]), json!([allow(json!("sqs:*"))]), "[not s3:*] [sqs:*]"),
            (
                json!([allow(json!("s3:Get*"))]),
                json!([all_but(json!("s3:*")), all_but(json!("s3:GetObject"))]),
                "[s3:Get*] [not s3:GetObject]",
            ),
            (
                json!([allow(json!("s3:GETOBJECT"))]),
                json!([allow(json!(["S3:getobject", "s3:Put*"]))]),
                "[] []",
            ),
            // A Deny that leaves out more than one of the other side denies nothing that this does not.
            (
                json!([allow(json!("s3:Get*")), deny_but(json!("s3:*"))]),
                json!([allow(json!("s3:Get*")), deny_but(json!(["s3:*", "sqs:*"]))]),
                "[] []",
            ),
            // One that leaves out less denies what the other leaves out, and nothing else.
            (
                json!([allow(json!(["s3:Get*", "sqs:*"])), deny_but(json!(["s3:*", "sqs:*"]))]),
                json!([allow(json!(["s3:*", "sqs:*"])), deny_but(json!("s3:*"))]),
                "[sqs:*] [sqs:*, not s3:*]",
            ),
            (
                json!([allow(json!("s3:Get*")), deny_but(json!(["s3:*", "sqs:*"]))]),
                json!([allow(json!("s3:*")), deny_but(json!("sqs:*"))]),
                "[s3:Get*] [s3:*, not sqs:*]",
            ),
            (
                json!([allow(json!(["s3:Get*", "sqs:Send*"]))]),
                json!([allow(json!(["s3:*", "sqs:*"])), deny_but(json!(["s3:G*", "sqs:S?nd*"]))]),
                "[] []",
            ),
            (
                json!([allow(json!(["s3:Get*", "sqs:Send*"])), within_deny("o-a")]),
                json!([allow(json!(["s3:*", "sqs:*"])), deny_but(json!("s3:G*"))]),
                "[sqs:Send*] [sqs:*, not s3:G*]",
            ),
            (
                json!([allow(json!("s3:*"))]),
                json!([allow(json!("s3:*")), deny_but(json!("s3:G*"))]),
                "[s3:*] [s3:*, not s3:G*]",
            ),
            // Part of what is denied is denied there, too.
            (
                json!([allow(json!(["s3:Get*", "sqs:*"])), deny(json!("s3:*"))]),
                json!([
                    allow(json!(["s3:Get*", "sqs:*"])),
                    deny(json!(["s3:GetObject", "sqs:Send*"]))
                ]),
                "[sqs:*] [sqs:*, sqs:Send*]",
            ),
            (
                json!([allow(json!("s3:Get*"))]),
                json!([allow(json!("s3:*")), deny_but(json!("*"))]),
                "[] []",
            ),
            (
                json!([all_but(json!("s3:*"))]),
                json!([all_but(json!("s3:*")), deny(json!("s3:Get*"))]),
                "[] []",
            ),
            (
                json!([all_but(json!("s3:*"))]),
                json!([all_but(json!("s3:*")), deny_but(json!("sqs:*"))]),
                "[not s3:*] [not s3:*, not sqs:*]",
            ),
            (
                json!([all_but(json!("s3:*"))]),
                json!([all_but(json!("s3:*")), deny(json!("sqs:*"))]),
                "[not s3:*] [not s3:*, sqs:*]",
            ),
        ];
        for (own, other, expected) in rows {
            let [own, other] = [&own, &other].map(set);
            let query = difference(&own, &other, Requests::Any);
            let slice = query.slice();
            let word = |statement: &Value| match (&statement["Action"], &statement["NotAction"]) {
                (Value::Null, list) => {
                    format!("not {}", list.to_string().replace(['[', ']', '"'], ""))
                }
                (list, _) => list.to_string().replace(['[', ']', '"'], "").replace(',', ", "),
            };
            let words = |set: &Policies| {
                statements(set).as_array().unwrap().iter().map(word).collect::<Vec<_>>().join(", ")
            };
            let found =
                format!("[{}] [{}]", words(&slice.allowed_by[0]), words(&slice.refused_by[0]));
            assert_eq!(found, expected, "{} against {}", statements(&own), statements(&other));
            assert_eq!(slice.of(&query).grants_nothing(), expected.starts_with("[]"), "{found}");
        }
    }

    /// An entry is each action of the catalogue that it matches, where no others are considered.
    #[test]
    fn what_nobody_can_do_is_left_out() {
        let allow = |action: Value| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        let world = World::embedded().unwrap();
        let feasible = |unknown_actions| Requests::Feasible(World { unknown_actions, ..world });
        let all = [Requests::Any, feasible(true), feasible(false)];
        for (own, other, expected) in [
            ("sqs:FlyAway", "sqs:Send*", ["sqs:FlyAway", "sqs:FlyAway", ""]),
            ("nosuch:Thing", "sqs:Send*", ["nosuch:Thing", "nosuch:Thing", ""]),
            ("sqs:Fly*", "sqs:Send*", ["sqs:Fly*", "sqs:Fly*", ""]),
            ("sqs:SendM*", "sqs:SendMessage", ["sqs:SendM*", "sqs:SendM*", ""]),
            ("sqs:SendM*", "sqs:sendmessage", ["sqs:SendM*", "sqs:SendM*", ""]),
            ("sqs:Send*", "sqs:SendMessageB*", ["sqs:Send*"; 3]),
            ("sqs:SendMessage", "sqs:SendMessageB*", ["sqs:SendMessage"; 3]),
            ("*", "s3:*", ["*"; 3]),
        ] {
            let [own, other] = [own, other].map(|action| set(&json!([allow(json!(action))])));
            for (requests, expected) in all.into_iter().zip(expected) {
                let query = difference(&own, &other, requests);
                let slice = query.slice();
                let left = statements(&slice.allowed_by[0]);
                let found = left[0]["Action"].as_str().unwrap_or_default();
                assert_eq!(found, expected, "{} {requests:?}", statements(&own));
            }
        }
    }

    #[test]
    fn grants_on_other_resources_are_seen_in_the_texts() {
        let shape = |resource: &Value| {
            let options = keyaki_iam::policy::read::ReadOptions::default();
            let text = json!({"Action": "s3:GetObject", "Resource": resource}).to_string();
            let source = keyaki_iam::source::Source::new("shape", text);
            let value = keyaki_iam::input::parse(&source, &options).unwrap();
            keyaki_iam::input::shape(&value, &source, &options, "").unwrap().value
        };
        let allow =
            |resource: Value| json!({"Effect": "Allow", "Action": "s3:*", "Resource": resource});
        let (a, b) = ("arn:aws:s3:::a/*", "arn:aws:s3:::b*");
        let rows = [
            (json!([allow(json!(a))]), json!("arn:aws:s3:::b/*"), true),
            (
                json!([allow(json!(a)), allow(json!(["arn:aws:s3:::c", b]))]),
                json!("arn:aws:s3:::b/*"),
                false,
            ),
            (
                json!([allow(json!(a)), allow(json!(b))]),
                json!(["arn:aws:s3:::c", "arn:aws:s3:::d"]),
                true,
            ),
            (json!([allow(json!(a))]), json!(["arn:aws:s3:::c", "arn:aws:s3:::a/x"]), false),
            (json!([allow(json!("*"))]), json!("arn:aws:s3:::b/*"), false),
            (
                json!([allow(json!("arn:aws:s3:::${aws:username}/*"))]),
                json!("arn:aws:s3:::b/*"),
                false,
            ),
            (json!([allow(json!(a))]), json!("arn:aws:s3:::b/${aws:username}"), false),
            (
                json!([{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}]),
                json!("arn:aws:s3:::b/x"),
                true,
            ),
            (
                json!([{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/y"}]),
                json!("arn:aws:s3:::b/*"),
                false,
            ),
            (
                json!([{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, allow(json!(b))]),
                json!("arn:aws:s3:::bb"),
                false,
            ),
        ];
        for (statements, resource, expected) in rows {
            let (own, shape) = (set(&statements), shape(&resource));
            let query = Query::allowed(&own, &shape, Requests::Any);
            assert_eq!(query.grants_elsewhere(), expected, "{statements} {resource}");
            let solver = Solver::single(keyaki_engines::engine::from_spec("finite").unwrap());
            let answer = query.answer(&solver, &Limits::default()).unwrap();
            assert!(matches!(answer, Answer::No) || !expected, "{statements} {resource}");
        }
    }
}
