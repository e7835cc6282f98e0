//! What can be asked.

use keyaki_iam::layers::Policies;
use keyaki_iam::request::Request;
use keyaki_iam::shape::Shape;
use keyaki_questions::compare::Direction;
use keyaki_questions::query::Filter;

/// A question.
#[derive(Debug)]
pub enum Question<'a> {
    /// What does this request get? No engine is asked.
    Eval {
        /// The policies that apply.
        policies: Policies,
        /// The request.
        request: Request,
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
    },
    /// Is there a call every authorization of which is allowed?
    Call(Call<'a>),
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
}
