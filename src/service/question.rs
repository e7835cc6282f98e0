//! What can be asked.

use super::Review;
use keyaki_iam::estate::Estate;
use keyaki_iam::layers::{NamedPolicy, NotPrincipalReading, Policies};
use keyaki_iam::request::Request;
use keyaki_iam::shape::{Scope, Shape};
use keyaki_iam::world::World;
use keyaki_questions::claims::Claim;
use keyaki_questions::compare::Direction;
use keyaki_questions::enforcement::Enforced;
use keyaki_questions::estates::{Chains, Subject, Wanted};
use keyaki_questions::lint::{Document, Rule};
use keyaki_questions::matrix::Member;
use keyaki_questions::query::Filter;
use serde_json::Value;
use std::time::Duration;

/// A question.
pub enum Question<'a> {
    /// What does this request get? No engine is asked.
    Eval {
        /// The policies that apply.
        policies: Policies,
        /// The request.
        request: Request,
        /// The estate that the policies come from, if they do.
        estate: Option<&'a Estate>,
    },
    /// Is there a request of this shape that is allowed?
    Can {
        /// The policies that apply.
        policies: Policies,
        /// The shape.
        shape: Shape,
        /// Whether a "no" says which layers refuse, and what cannot exist.
        why: bool,
    },
    /// The same, asked as one of an estate.
    CanAs(CanAs<'a>),
    /// Do the new policies allow the same as the old ones?
    Compare {
        /// The old policies.
        old: Policies,
        /// The new policies.
        new: Policies,
        /// Of which requests; none: of all.
        shape: Option<Shape>,
        /// One direction; none: both.
        only: Option<Direction>,
        /// Whether "nothing" says what would be a difference and cannot exist.
        why: bool,
        /// The estate of whom the policies are compared for, where there is one.
        estate: Option<&'a Estate>,
    },
    /// Is there a call every authorization of which is allowed?
    Call(Call<'a>),
    /// Do these claims hold? Each says which requests it is about.
    Check(Vec<Claim<'a>>),
    /// What in these policies has no effect, or another effect than it seems to have?
    Lint(Lint<'a>),
    /// Which policies of a library are contained in which?
    Matrix {
        /// The library.
        members: Vec<Member>,
        /// Who looks on.
        watch: Watch<'a>,
    },
    /// Who, of everybody in an estate, is allowed a request?
    WhoCan(WhoCan<'a>),
    /// Who, of everybody in an estate, can make an API call?
    WhoCalls(Box<WhoCalls<'a>>),
    /// By which chains of roles does somebody come to a role, or to a request?
    Paths(Box<Paths<'a>>),
    /// What does a change allow that was not allowed before, and which claims does it break?
    Review(Review<'a>),
    /// What becomes of inference where an organization enforces guardrails?
    Guardrails(Guardrails),
}

/// A question about an API call (SEMANTICS 6.7).
#[derive(Debug)]
pub struct Call<'a> {
    /// The call.
    pub call: &'a keyaki_iam::calls::Call,
    /// The policies that apply to the caller.
    pub policies: Policies,
    /// Those of the service role, where they are given.
    pub role: Option<Policies>,
    /// What is asked of caller and context.
    pub shape: Option<Shape>,
    /// What is asked of the variables of the call.
    pub filters: Vec<Filter>,
    /// Whether every path is asked, or those up to the first that is allowed.
    pub every_path: bool,
    /// Whether a "no" says which authorizations are refused, and by what.
    pub why: bool,
}

/// A question asked as one of an estate.
pub struct CanAs<'a> {
    /// The estate.
    pub estate: &'a Estate,
    /// Who asks.
    pub subject: Subject<'a>,
    /// The shape.
    pub shape: Shape,
    /// How `NotPrincipal` in a Deny is read.
    pub not_principal: NotPrincipalReading,
    /// Whether a "no" says which layers refuse, and what cannot exist.
    pub why: bool,
}

/// Questions to everybody in an estate.
pub struct WhoCan<'a> {
    /// The estate.
    pub estate: &'a Estate,
    /// The shapes, each with the id of its question.
    pub shapes: Vec<(Value, Shape)>,
    /// How `NotPrincipal` in a Deny is read.
    pub not_principal: NotPrincipalReading,
    /// Whether those are told, too, who cannot.
    pub all: bool,
    /// Whether it is told resource by resource who can.
    pub by_resource: bool,
    /// Whether of each role that can it is told who reaches it by assuming roles.
    pub through_roles: bool,
    /// Who looks on.
    pub watch: Watch<'a>,
}

/// A question about an API call to everybody in an estate (SEMANTICS 6.7, 6.9).
pub struct WhoCalls<'a> {
    /// The estate.
    pub estate: &'a Estate,
    /// The call.
    pub call: &'a keyaki_iam::calls::Call,
    /// What is asked of caller and context.
    pub shape: Shape,
    /// What is asked of the variables of the call.
    pub filters: Vec<Filter>,
    /// How `NotPrincipal` in a Deny is read.
    pub not_principal: NotPrincipalReading,
    /// Whether those are told, too, who cannot.
    pub all: bool,
    /// Whether of each role that can it is told who reaches it by assuming roles.
    pub through_roles: bool,
    /// Who looks on.
    pub watch: Watch<'a>,
}

/// A question about chains of roles.
pub struct Paths<'a> {
    /// Who may assume which role of the estate.
    pub chains: Chains<'a>,
    /// From whom.
    pub from: Subject<'a>,
    /// The name of whom.
    pub name: String,
    /// The ARN of the role at the end; `None`: a request of the shape.
    pub to: Option<String>,
    /// The shape of the request at the end, where the chains were made with one.
    pub shape: Option<Shape>,
    /// How many chains are wanted.
    pub wanted: Wanted,
    /// Who looks on.
    pub watch: Watch<'a>,
}

/// A question about the meaning of what policies say.
#[derive(Debug)]
pub struct Lint<'a> {
    /// The policies.
    pub documents: Vec<Document>,
    /// The rules to apply.
    pub rules: Vec<&'static Rule>,
    /// What exists, whichever requests are considered.
    pub world: World<'a>,
    /// The account of the principals that the policies are attached to, where it is known.
    pub account: Option<String>,
    /// Whether that account is one that the project's file names.
    pub of_project: bool,
    /// Whether the identity-based policies are attached to one principal.
    pub together: bool,
    /// How many questions one policy may cost.
    pub most_queries: usize,
}

/// A question about guardrails that an organization enforces (SEMANTICS 7.6).
#[derive(Debug)]
pub struct Guardrails {
    /// The guardrails.
    pub enforced: Vec<Enforced>,
    /// The policies of the principal.
    pub policies: Policies,
    /// The resource-based policy of the guardrail, where it is known.
    pub resource: Option<NamedPolicy>,
    /// Whom the question is about.
    pub scope: Scope,
}

/// Who looks on while a question of many parts is answered: nothing below an interface has a clock.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Called after each part, on any thread.
    pub done: &'a (dyn Fn() + Sync),
    /// How long it has taken so far.
    pub taken: &'a (dyn Fn() -> Duration + Sync),
}
