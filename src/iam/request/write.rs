//! A request as the JSON that is read back as the same request.

use super::{ContextValue, Principal, Request};
use serde_json::{Map, Value};

impl Request {
    /// The request in the shape that [`super::read`] reads. Members that say what is assumed
    /// without them are left out: a `resourceAccount` that is not given, and a principal outside
    /// the management account. Equal requests give equal texts.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("principal".to_owned(), principal(&self.principal));
        members.insert("action".to_owned(), self.action.as_str().into());
        members.insert("resource".to_owned(), self.resource.as_str().into());
        if let Some(account) = &self.resource_account {
            members.insert("resourceAccount".to_owned(), account.as_str().into());
        }
        if self.principal_in_management_account {
            members.insert("principalInManagementAccount".to_owned(), true.into());
        }
        let context =
            self.context.iter().map(|(key, value)| (key.text().to_owned(), context_value(value)));
        members.insert("context".to_owned(), Value::Object(context.collect()));
        Value::Object(members)
    }
}

fn principal(principal: &Principal) -> Value {
    let Principal { arn, role_arn, user_arn } = principal;
    if role_arn.is_none() && user_arn.is_none() {
        return arn.as_str().into();
    }
    let members =
        [("arn", Some(arn)), ("roleArn", role_arn.as_ref()), ("userArn", user_arn.as_ref())];
    Value::Object(
        members
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text?.as_str().into())))
            .collect(),
    )
}

fn context_value(value: &ContextValue) -> Value {
    match value {
        ContextValue::Single(value) => value.as_str().into(),
        ContextValue::List(values) => values.iter().map(String::as_str).collect(),
    }
}
