//! What a question about a call cannot be asked of.

use super::CallQuery;
use super::error::CallError;
use super::filter::PATH;
use super::whole;
use keyaki_iam::calls::{Call, Calls};

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
