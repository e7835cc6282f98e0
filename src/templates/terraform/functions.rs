//! Functions of Terraform that have an exact value also where parts are not known.

use super::reader::Reader;
use super::value::{Data, Members, Out, Place, Value, Written};
use keyaki_iam::json::{self, Limits};
use keyaki_iam::parameter;
use keyaki_iam::source::Source;
use rustc_hash::FxHashSet;

/// What to do about an expression that is not evaluated.
pub(super) const HELP: &str =
    "a plan in which the policy is known does not need it; otherwise write it without";

/// The value of a call.
pub(super) fn call(
    reader: &Reader<'_>,
    name: &str,
    mut arguments: Vec<Value>,
    here: Place,
) -> Out<Value> {
    let first = (!arguments.is_empty()).then(|| arguments.remove(0));
    let Some(first) = first else {
        return here.problem(format!("the function `{name}` is not known"), HELP);
    };
    if let "concat" | "flatten" | "tolist" | "toset" | "compact" | "distinct" | "merge" | "join"
    | "values" | "keys" | "format" | "jsonencode" | "jsondecode" | "tostring" = name
    {
        known(reader, name, first, arguments, here)
    } else {
        here.problem(format!("the function `{name}` is not known"), HELP)
    }
}

fn known(
    reader: &Reader<'_>,
    name: &str,
    first: Value,
    rest: Vec<Value>,
    here: Place,
) -> Out<Value> {
    let several = ["concat", "merge", "join", "format"].contains(&name);
    if !several && !rest.is_empty() {
        return here.problem(format!("`{name}` takes one argument"), "");
    }
    let items = |value: Value| -> Out<Vec<Value>> {
        Ok(reader.items(value, here)?.into_iter().map(|(_, item)| item).collect())
    };
    Ok(match name {
        "concat" => {
            let mut all = items(first)?;
            for list in rest {
                all.extend(items(list)?);
            }
            here.value(Data::List(all))
        }
        "flatten" => {
            let mut all = Vec::new();
            flatten(items(first)?, &mut all);
            here.value(Data::List(all))
        }
        "tolist" | "values" => here.value(Data::List(items(first)?)),
        "keys" => {
            let keys = reader.items(first, here)?.into_iter().map(|(key, _)| key);
            here.value(Data::List(keys.collect()))
        }
        "toset" | "distinct" | "compact" => {
            let (mut all, mut seen) = (Vec::new(), FxHashSet::default());
            for item in items(first)? {
                let written = reader.text(item)?;
                let stays = match name {
                    "compact" => !written.text.is_empty(),
                    _ => seen.insert(written.text.clone()),
                };
                if stays {
                    all.push(here.value(Data::Text(written)));
                }
            }
            here.value(Data::List(all))
        }
        "merge" => {
            let mut all = Members::default();
            for object in std::iter::once(first).chain(rest) {
                for (key, value) in reader.items(object, here)? {
                    let key = reader.text(key)?.text;
                    all.set(key, value.place.span, value);
                }
            }
            here.value(all.object())
        }
        "join" => {
            let between = reader.text(first)?;
            let mut joined = Written::default();
            let mut begun = false;
            for list in rest {
                for item in items(list)? {
                    if begun {
                        joined.add(&between);
                    }
                    joined.add(&reader.text(item)?);
                    begun = true;
                }
            }
            here.value(Data::Text(joined))
        }
        "format" => format(reader, &reader.text(first)?, rest, here)?,
        "tostring" => {
            let written = reader.text(first)?;
            here.value(Data::Text(written))
        }
        "jsonencode" => here.value(Data::Text(reader.encoded(&first)?)),
        _ => {
            let text = reader.text(first)?.text;
            let source = Source::new("", text);
            let (value, findings) = json::parse(&source, &Limits::default());
            let Some(value) = value.filter(|_| findings.is_empty()) else {
                return here.problem("the text that `jsondecode` reads is not JSON", "");
            };
            Value::of_json(&value, None, "", here.origin).placed(here)
        }
    })
}

fn flatten(items: Vec<Value>, all: &mut Vec<Value>) {
    for item in items {
        if let Data::List(inner) = item.data { flatten(inner, all) } else { all.push(item) }
    }
}

/// `format` with `%s` and `%%`: other verbs look at the value.
fn format(reader: &Reader<'_>, pattern: &Written, values: Vec<Value>, here: Place) -> Out<Value> {
    if parameter::is_in(&pattern.text) {
        return here.problem("the pattern of `format` is not known", "");
    }
    let mut values = values.into_iter();
    let (mut out, mut rest) = (Written::default(), pattern.text.as_str());
    while let Some((before, after)) = rest.split_once('%') {
        out.add(&Written::of(before.to_owned(), here.span));
        rest = if let Some(after) = after.strip_prefix('%') {
            out.add(&Written::of("%".to_owned(), here.span));
            after
        } else if let (Some(after), Some(value)) = (after.strip_prefix('s'), values.next()) {
            out.add(&reader.text(value)?);
            after
        } else {
            return here.problem("of the verbs of `format`, `%s` and `%%` are known", HELP);
        };
    }
    out.add(&Written::of(rest.to_owned(), here.span));
    if values.next().is_some() {
        return here.problem("`format` has more values than verbs", "");
    }
    Ok(here.value(Data::Text(out)))
}
