//! What a question about a call cannot be asked of.

use super::CallQuery;
use super::filter::PATH;
use super::whole;
use keyaki_iam::calls::{Call, Calls};
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
    /// A text is no filter.
    #[error("`{0}` is no filter; write `VARIABLE=PATTERN` or `VARIABLE!=PATTERN`")]
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
        "`--condition` on `{0}` makes no sense with `--call`: the authorizations of a call differ in it; `--where 'VARIABLE=PATTERN'` narrows a call"
    )]
    Condition(String),
    /// There are policies of a service role, and the call has none.
    #[error("`--service-role`: the call `{0}` needs no service role")]
    NoServiceRole(String),
}

/// The call that this API operation makes.
///
/// # Errors
///
/// [`CallError::UnknownCall`], with the nearest names.
pub fn find<'a>(known: &'a Calls, name: &str) -> Result<&'a Call, CallError> {
    known.find(name).ok_or_else(|| {
        let near: Vec<String> = known.nearest(name).into_iter().map(|name| format!("`{name}`")).collect();
        let help = match near.as_slice() {
            [] => "`keyaki can --call list` shows those that there are; a single authorization is asked about with `--action`".to_owned(),
            near => format!("did you mean {}?", near.join(" or ")),
        };
        CallError::UnknownCall { name: name.to_owned(), help }
    })
}

impl CallQuery<'_> {
    /// Whether the question can be asked: its filters are about variables of the call and leave a
    /// path, its policies and conditions are about all authorizations.
    ///
    /// # Errors
    ///
    /// The first reason why not.
    pub fn check(&self) -> Result<(), CallError> {
        self.check_filters()?;
        if let Some(policy) = &self.policies.resource {
            return Err(CallError::ResourcePolicy(policy.name.clone()));
        }
        whole::conditions(self.call, self.shape, self.filters)?;
        if self.role.is_some() && !self.call.needs_role() {
            return Err(CallError::NoServiceRole(self.call.name.clone()));
        }
        Ok(())
    }

    fn check_filters(&self) -> Result<(), CallError> {
        let call = self.call;
        let extras = || call.possible_extras().flat_map(|extra| extra.variables.keys());
        let known = |name: &str| {
            name == PATH
                || call.variables().contains_key(name)
                || extras().any(|known| known == name)
                || whole::is_whole(call, name)
        };
        if let Some(wrong) = self.filters.iter().find(|filter| !known(&filter.variable)) {
            let mut names: Vec<String> =
                call.variables().into_keys().map(str::to_owned).chain(whole::names(call)).collect();
            for name in extras() {
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            names.push(PATH.to_owned());
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let (filter, variable) = (wrong.to_string(), wrong.variable.clone());
            return Err(CallError::UnknownVariable {
                filter,
                call: call.name.clone(),
                variable,
                known: names.join(", "),
            });
        }
        if call.paths.iter().all(|path| self.ways(path).iter().all(|way| way.paths.is_err())) {
            let paths =
                call.paths.iter().map(|path| format!("\n  {}: {}", path.id, path.name)).collect();
            return Err(CallError::NoPath { call: call.name.clone(), paths });
        }
        Ok(())
    }
}
