//! A request as the JSON that is read back as the same request.

use super::{ContextValue, Principal, Request};
use serde_json::{Map, Value};

impl Request {
    /// The request in the shape that [`super::read`] reads. Members that say what is assumed without them are left out: a
    /// `resourceAccount` that is not given, and a principal outside the management account. Equal requests give equal texts.
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
        let context = self.context.iter().map(|(key, value)| (key.text().to_owned(), context_value(value)));
        members.insert("context".to_owned(), Value::Object(context.collect()));
        Value::Object(members)
    }
}

fn principal(principal: &Principal) -> Value {
    let Some(role) = &principal.role_arn else { return principal.arn.as_str().into() };
    let members = [("arn", &principal.arn), ("roleArn", role)];
    Value::Object(members.into_iter().map(|(name, text)| (name.to_owned(), text.as_str().into())).collect())
}

fn context_value(value: &ContextValue) -> Value {
    match value {
        ContextValue::Single(value) => value.as_str().into(),
        ContextValue::List(values) => values.iter().map(String::as_str).collect(),
    }
}
