//! Why a question about a call cannot be asked.

use thiserror::Error;

/// Why a question about a call cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallError {
    /// There is no such call.
    #[error("there is no call `{name}`; {help}")]
    UnknownCall {
        /// The name.
        name: String,
        /// What to do.
        help: String,
    },
    /// A text is not a filter.
    #[error("`{0}` is not a filter; write `VARIABLE=PATTERN` or `VARIABLE!=PATTERN`")]
    NotAFilter(String),
    /// A filter is about a variable that the call does not have.
    #[error("`{filter}`: the call `{call}` has no variable `{variable}`; it has {known}")]
    UnknownVariable {
        /// The filter.
        filter: String,
        /// The call.
        call: String,
        /// The variable.
        variable: String,
        /// The variables that there are.
        known: String,
    },
    /// The filters leave nothing to ask about.
    #[error("the filters leave no path of the call `{call}` to ask about; its paths are{paths}")]
    NoPath {
        /// The call.
        call: String,
        /// The paths, each on a line of its own.
        paths: String,
    },
    /// There is a resource-based policy.
    #[error(
        "`{0}`: a resource-based policy belongs to one resource, and a call asks for several; ask about the authorization on that resource with `--action` and `--resource`"
    )]
    ResourcePolicy(String),
    /// A condition is about what authorizations differ in.
    #[error(
        "`--condition` on `{0}` cannot be used with `--call`: the authorizations of a call differ in it; `--where 'VARIABLE=PATTERN'` narrows a call"
    )]
    Condition(String),
    /// There are policies of a service role, and the call has none.
    #[error("`--service-role`: the call `{0}` needs no service role")]
    NoServiceRole(String),
}
