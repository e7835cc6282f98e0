//! What parameters are called: names that differ in case only are one name to a policy.

use keyaki_iam::policy::parameter::{Form, Parameter};
use rustc_hash::FxHashMap;

/// The parameters of a plan.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What stands for each name.
    references: FxHashMap<String, String>,
    /// How many names there are that are alike but for their case.
    alike: FxHashMap<String, usize>,
}

impl Names {
    /// The text that stands for what is called so. The form is that of the first use.
    pub fn reference(&mut self, name: &str, form: &Form) -> String {
        if let Some(known) = self.references.get(name) {
            return known.clone();
        }
        let mut called = name.to_owned();
        loop {
            let alike = self.alike.entry(called.to_lowercase()).or_default();
            *alike += 1;
            if *alike == 1 {
                break;
            }
            called = format!("{name}#{alike}");
        }
        let reference = Parameter { name: called, form: form.clone() }.reference();
        self.references.insert(name.to_owned(), reference.clone());
        reference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_case_do_not_meet() {
        let mut names = Names::default();
        let mut name = |name: &str| names.reference(name, &Form::Text);
        let all = ["a.Id", "a.id", "A.ID", "a.id#2"].map(&mut name);
        let keys: std::collections::BTreeSet<String> =
            all.iter().map(|text| text.to_lowercase()).collect();
        assert_eq!(keys.len(), 4, "{all:?}");
        assert_eq!(all[1], "${keyaki:parameter/text/a.id#2}");
        assert_eq!(name("a.Id"), all[0]);
        assert_eq!(name("a.id"), all[1]);
    }
}
