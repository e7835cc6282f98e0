//! `aws_lambda_permission`: a statement of the policy of a function.

use super::index::Entry;
use super::policies::Policies;
use super::reader::Reader;
use super::refers::has_unknown;
use super::value::{Data, Members, Origin, Out, Place, Value};
use crate::Holder;
use keyaki_iam::finding::{Level, codes};
use keyaki_iam::policy::Kind;
use keyaki_iam::value::is_account;
use std::collections::BTreeMap;

/// Attributes that are conditions: the operator and the key.
const CONDITIONS: &[(&str, &str, &str)] = &[
    ("source_arn", "ArnLike", "aws:SourceArn"),
    ("source_account", "StringEquals", "aws:SourceAccount"),
    ("event_source_token", "StringEquals", "lambda:EventSourceToken"),
    ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
    ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("invoked_via_function_url", "Bool", "lambda:InvokedViaFunctionUrl"),
];

impl<'a> Reader<'a> {
    /// The statement that a permission is.
    pub fn permission(&self, entry: &'a Entry<'a>, function: &Holder) -> Out<Value> {
        let here = Place { origin: Origin::Plan, span: entry.span };
        let Some(function) = &function.arn else {
            let what = format!("the ARN of the function `{}` is not known", function.address);
            return here.problem(what, "");
        };
        let mut members = Members::default();
        let mut set = |name: &str, value: Value| members.set(name.to_owned(), here.span, value);
        if let Some(sid) = self.setting(entry, "statement_id", here)?.filter(|it| !has_unknown(it))
        {
            set("Sid", sid);
        }
        set("Effect", here.text("Allow"));
        let Some(principal) = self.setting(entry, "principal", here)? else {
            return here.problem("the permission names no principal", "");
        };
        set("Principal", self.principal(principal, here)?);
        match self.setting(entry, "action", here)? {
            Some(action) if !has_unknown(&action) => set("Action", action),
            Some(_) | None => return here.problem("the action of the permission is not known", ""),
        }
        let resource = match self.setting(entry, "qualifier", here)? {
            Some(qualifier) => format!("{function}:{}", self.text(qualifier)?.text),
            None => function.clone(),
        };
        set("Resource", here.text(resource));
        let mut conditions: Vec<(String, Members)> = Vec::new();
        for (attribute, operator, key) in CONDITIONS {
            let Some(value) = self.setting(entry, attribute, here)? else { continue };
            if !conditions.iter().any(|(known, _)| known == operator) {
                conditions.push(((*operator).to_owned(), Members::default()));
            }
            if let Some((_, members)) = conditions.iter_mut().find(|(known, _)| known == operator) {
                members.set((*key).to_owned(), here.span, value);
            }
        }
        if !conditions.is_empty() {
            let mut all = Members::default();
            for (operator, members) in conditions {
                all.set(operator, here.span, here.value(members.object()));
            }
            set("Condition", here.value(all.object()));
        }
        Ok(here.value(members.object()))
    }

    /// An attribute that is set, from the file where the plan does not know it.
    fn setting(&self, entry: &'a Entry<'a>, name: &str, here: Place) -> Out<Option<Value>> {
        let has = entry.values(self.side).is_some_and(|values| values.member(name).is_some());
        if self.is_absent(entry, name) || !(has || self.is_unknown(entry, name)) {
            return Ok(None);
        }
        let value = self.attribute(entry, name, here)?;
        if !has_unknown(&value) {
            return Ok(Some(value));
        }
        if let Some(configured) = self.configured(entry, name)? {
            return Ok(Some(configured.used_at(here)).filter(|it| !matches!(it.data, Data::Null)));
        }
        if let Data::Unknown(unknown) = &value.data {
            self.opaque.borrow_mut().insert(unknown.name.clone(), value.place);
        }
        Ok(Some(value))
    }

    /// Who may call: everybody, a service, or an account or one of its principals.
    fn principal(&self, principal: Value, here: Place) -> Out<Value> {
        let text = self.text(principal)?.text;
        let kind = if text == "*" {
            return Ok(here.text(text));
        } else if is_account(&text) || text.starts_with("arn:") {
            "AWS"
        } else if keyaki_iam::policy::parameter::is_in(&text) {
            return here.problem("the principal of the permission is not known", "");
        } else {
            "Service"
        };
        Ok(here.value(Data::Object(vec![(kind.to_owned(), here.span, here.text(text))])))
    }
}

impl<'a> Policies<'a> {
    /// The policies of Lambda functions, a permission a statement.
    pub fn lambda(&mut self, there: &[&'a Entry<'a>]) {
        let mut functions: BTreeMap<Holder, (Vec<Value>, Place)> = BTreeMap::new();
        for entry in there.iter().filter(|entry| entry.kind == "aws_lambda_permission") {
            let at = Place { origin: Origin::Plan, span: entry.span };
            let one = self.reader.names_of(entry, "function_name").and_then(|named| {
                let Some(named) = named.first() else {
                    return at.problem("the permission names no function", "");
                };
                let holder = self.reader.holder(&self.known, named, "aws_lambda_function", entry);
                let statement = self.reader.permission(entry, &holder)?;
                Ok((holder, statement))
            });
            match one {
                Ok((holder, statement)) => {
                    let known = functions.entry(holder).or_insert_with(|| (Vec::new(), at));
                    known.0.push(statement);
                }
                Err(problem) => self.not_known(entry, "function_name", *problem),
            }
        }
        for (holder, (statements, at)) in functions {
            let policy = at.value(Data::Object(vec![
                ("Version".to_owned(), at.span, at.text("2012-10-17")),
                ("Statement".to_owned(), at.span, at.value(Data::List(statements))),
            ]));
            let address = format!("{}.policy", holder.address);
            match self.reader.encoded(&policy) {
                Ok(written) => {
                    self.document((address, Kind::Resource, vec![holder]), at, written);
                }
                Err(problem) => {
                    self.tell(codes::TERRAFORM_UNKNOWN, Level::Error, *problem, &address);
                }
            }
        }
    }
}
