//! Values of parameters (SEMANTICS 3.1): each has one, of its form.

use super::context::{Context, Values};
use keyaki_iam::partitions::Partitions;
use keyaki_iam::policy::ContextKey;
use keyaki_iam::policy::parameter::{Form, Parameter};
use keyaki_iam::request::Request;
use keyaki_iam::value;
use std::collections::BTreeSet;

/// Whether the request gives every parameter among the keys one value, of its form.
pub fn gives_parameters(request: &Request, keys: &BTreeSet<&ContextKey>) -> bool {
    let context = Context::of(request);
    keys.iter().all(|key| match (Parameter::of(key), context.values(key)) {
        (None, _) => true,
        (Some(parameter), Values::Single(value)) => is_of(&parameter.form, value.text),
        (Some(_), Values::Absent | Values::Many(_)) => false,
    })
}

fn is_of(form: &Form, text: &str) -> bool {
    match form {
        Form::Text => !text.contains(['*', '?', '$']),
        Form::Field => !text.contains(['*', '?', '$', ':']),
        Form::Account => value::is_account(text),
        Form::Region => crate::feasibility::is_region(text),
        Form::Partition => Partitions::known().contains(&text),
        Form::OneOf(texts) => texts.iter().any(|known| known == text),
    }
}
