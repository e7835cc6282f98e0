//! Filters of calls, and names of calls.

use keyaki::calls::Calls;
use keyaki::layers::Policies;
use keyaki::query::{CallError, CallQuery, Filter, Requests, find_call};

/// The first line names a call, the others are filters. What is accepted prints and reads as the
/// same; what is refused is quoted.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(known) = Calls::embedded() else { panic!("the calls that Keyaki carries are read") };
    let (name, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut filters = Vec::new();
    for line in rest.split('\n') {
        match Filter::parse(line) {
            Ok(filter) => {
                assert_eq!(Filter::parse(&filter.to_string()).as_ref(), Ok(&filter));
                assert!(!filter.variable.is_empty());
                filters.push(filter);
            }
            Err(error) => assert_eq!(error, CallError::NotAFilter(line.to_owned())),
        }
    }
    match find_call(known, name) {
        Ok(call) => {
            assert!(call.names().any(|known| known.eq_ignore_ascii_case(name)));
            asked(call, &filters);
        }
        Err(error) => assert!(error.to_string().contains(name)),
    }
}

/// A question with these filters can be asked, or its error names what is wrong with them.
fn asked(call: &keyaki::calls::Call, filters: &[Filter]) {
    let policies = Policies::identity(Vec::new());
    let role = CallQuery::service_role(Vec::new(), &policies);
    for role in [None, Some(&role)] {
        let query = CallQuery {
            call,
            policies: &policies,
            role,
            shape: None,
            filters,
            spots: &[],
            requests: Requests::Any,
        };
        match query.check() {
            Ok(()) => assert!(role.is_none() || call.needs_role()),
            Err(CallError::UnknownVariable { filter, variable, .. }) => {
                assert!(
                    filters
                        .iter()
                        .any(|known| known.to_string() == filter && known.variable == variable)
                );
                assert!(!call.variables().contains_key(variable.as_str()));
            }
            Err(CallError::NoPath { call: name, .. }) => assert_eq!(name, call.name),
            Err(CallError::NoServiceRole(name)) => assert!(name == call.name && !call.needs_role()),
            Err(error) => panic!("{error}"),
        }
    }
}
